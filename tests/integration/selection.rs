//! What people write after `--clients`, and what it means.

use ikecompat::profile::shape::Role;
use ikecompat::profile::{Database, Unselectable, selection};

/// What a selection means, or what is wrong with it.
fn selected(selection: &str) -> Result<Vec<String>, Vec<String>> {
    let database = Database::builtin();
    match database.select(selection) {
        Ok(clients) => Ok(clients.into_iter().map(|one| one.client.id).collect()),
        Err(wrong) => {
            let said = |it: Unselectable| format!("{it}; {}", it.help().unwrap_or_default());
            Err(wrong.into_iter().map(said).collect())
        }
    }
}

#[test]
fn a_selection_means_clients_in_its_order_each_once() {
    for (selection, expected) in [
        ("windows", "windows-10:require"),
        ("windows-10", "windows-10:optional"),
        ("windows-10:none,windows:none", "windows-10:none"),
        (
            "windows:*um,osx, windows-10:require",
            "windows-10:maximum osx-10.11 windows-10:require",
        ),
        ("osx-10.1?", "osx-10.11"),
        ("os-x@10..", "osx-10.11"),
        ("android@..1.8", "strongswan-android-1.7.2"),
        (
            "android@..1.9",
            "strongswan-android-1.7.2 strongswan-android-1.9.5 strongswan-android-1.9.6",
        ),
        ("android@2.2", "strongswan-android-2.0.0"),
        ("windows@10", "windows-10:require"),
        (
            "windows@7..:none",
            "windows-10:none windows-11:none windows-7:none windows-8.1:none",
        ),
        ("windows@10..:dh2048-1", "windows-10:dh2048-1"),
        (
            "windows@10..:optional",
            "windows-10:optional windows-11:optional",
        ),
        ("osx,,", "osx-10.11"),
        ("", ""),
    ] {
        let found = selected(selection).unwrap().join(" ");
        assert_eq!(found, expected, "{selection}");
    }
    let default: Vec<_> = selected(selection::DEFAULT).unwrap();
    assert_eq!(default.len(), 5);
    assert_eq!(default[4], "windows-10:require");
}

#[test]
fn all_are_clients_and_a_glob_finds_gateways_too() {
    let all = selected("all").unwrap();
    let every = selected("*").unwrap();
    assert!(all.iter().all(|id| every.contains(id)));
    let database = Database::builtin();
    for (id, chosen) in database.ids().zip(&every) {
        let profile = database.profile(id).unwrap().unwrap();
        let is_client = profile.file.role == Role::Client;
        assert_eq!(all.contains(chosen), is_client, "{id}");
    }
}

#[test]
fn everything_wrong_with_a_selection_is_said_at_once() {
    let wrong = selected("wndows,osx,ios@97..,windows:optinal,windows=,zz*,windows:*um=a.ps1");
    let expected = [
        "there is no client `wndows`; did you mean `windows`?",
        "no profile covers the versions of `ios@97..`; covered are ",
        "there is no variant `windows:optinal`; did you mean `windows-10:optional`?",
        "`windows=` names no file behind `=`; write `windows=FILE`",
        "no client matches `zz*`; `ikecompat clients list` names them all",
    ];
    let wrong = wrong.unwrap_err();
    assert_eq!(wrong.len(), expected.len());
    for (said, expected) in wrong.iter().zip(expected) {
        assert!(said.starts_with(expected), "{said}");
    }
    // A glob that fits one variant gives the file to one client; brackets are no sign of a glob.
    let wrong = selected("windows:*i*um=a.ps1,windows:[x]").unwrap_err();
    assert_eq!(wrong.len(), 1);
    let expected = "there is no variant `windows:[x]`; write `windows-10:optional`, ";
    assert!(wrong[0].starts_with(expected), "{}", wrong[0]);
}

#[test]
fn a_file_stays_with_the_client_it_configures() {
    let database = Database::builtin();
    let selected = database.select(r"windows=C:\a=b.ps1,windows=c.ps1,windows");
    let selected = selected.unwrap();
    let files: Vec<_> = selected.iter().map(|one| one.file.as_deref()).collect();
    assert_eq!(files, [Some(r"C:\a=b.ps1"), Some("c.ps1"), None]);
    assert!(selected.iter().all(|one| one.variant == "require"));
}
