//! What people write after `--clients`, and what it means.

use ikecompat::peer::Grade;
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
    // The three of the article, and this year's.
    assert_eq!(
        default.join(" "),
        "osx-10.11 strongswan-android-2.4.1 windows-10:require ios-26 macos-26 windows-11:optional \
         android-13"
    );
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
    let wrong =
        selected("wndows,iphon,osx,ios@97..,windows:optinal,windows=,zz*,windows:*um=a.ps1");
    let expected = [
        "there is no client `wndows`; did you mean `windows`?",
        "there is no client `iphon`; did you mean `iphone`?",
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

/// What a selection means, by what it is judged, and how well its first message is known.
fn judged(selection: &str) -> (String, String, Option<Grade>) {
    let selected = Database::builtin().select(selection).unwrap();
    let ids: Vec<_> = selected.iter().map(|one| one.client.id.clone()).collect();
    let said: Vec<_> = selected
        .iter()
        .filter_map(|one| one.judged_by.clone())
        .collect();
    let grade = selected[0]
        .client
        .ike_sa_init
        .stated()
        .map(|fact| fact.grade);
    (ids.join(" "), said.join("; "), grade)
}

#[test]
fn people_call_clients_by_their_systems() {
    for (word, ids, said) in [
        (
            "iPhone",
            "ios-26",
            "iPhone: judged by ios-26, inferred for 26",
        ),
        ("ipad", "ios-26", "ipad: judged by ios-26, inferred for 26"),
        ("ios", "ios-26", "ios: judged by ios-26, inferred for 26"),
        (
            "mac",
            "macos-26",
            "mac: judged by macos-26, inferred for 26",
        ),
        (
            "iOS 18.4",
            "ios-17",
            "iOS 18.4: judged by ios-17, observed on 18",
        ),
        (
            "ios-17",
            "ios-17",
            "iOS 17: judged by ios-17, inferred from 18",
        ),
        ("ios-26", "ios-26", ""),
        (
            "macos-15",
            "macos-14",
            "macOS 15: judged by macos-14, inferred from 14",
        ),
        ("macos-26", "macos-26", ""),
        (
            "macOS 12",
            "macos-11",
            "macOS 12: judged by macos-11, the nearest evidence, which is about 11",
        ),
        (
            "win11",
            "windows-11:optional",
            "Windows 11: judged by windows-11, inferred for 11",
        ),
        ("Windows 11", "windows-11:optional", ""),
        ("WINDOWS-11:Require", "windows-11:require", ""),
        ("windows-10", "windows-10:optional", ""),
        (
            "android-15",
            "android-13",
            "Android 15: judged by android-13, source on 13..16",
        ),
        (
            "apple",
            "ios-26 macos-26",
            "apple: judged by ios-26, inferred for 26; apple: judged by macos-26, inferred for 26",
        ),
        // These keep their meaning.
        ("OSX", "osx-10.11", ""),
        ("Android", "strongswan-android-2.4.1", ""),
        ("Windows", "windows-10:require", ""),
    ] {
        let (found, judged_by, _) = judged(word);
        assert_eq!((found.as_str(), judged_by.as_str()), (ids, said), "{word}");
    }
    let (id, _, _) = judged("linux");
    assert_eq!(id, "networkmanager-strongswan-6.0.2");
    // What is deduced from another release is graded so.
    assert_eq!(judged("ios-18").2, Some(Grade::Observed));
    assert_eq!(judged("ios-17").2, Some(Grade::Inferred));
    assert_eq!(judged("macos-14").2, Some(Grade::Observed));
    assert_eq!(judged("macos-12").2, Some(Grade::Inferred));
}

#[test]
fn another_number_is_no_slip_of_the_finger() {
    let wrong = selected("chromeos-99,vpn-17").unwrap_err();
    assert!(
        wrong.iter().all(|said| !said.contains("did you mean")),
        "{wrong:?}"
    );
    let wrong = selected("windws-10").unwrap_err();
    assert!(
        wrong[0].ends_with("did you mean `windows-10`?"),
        "{wrong:?}"
    );
}

#[test]
fn nothing_is_unknown_of_a_server_that_never_asks_for_new_keys() {
    let server = "phase1: [aes256-sha256-modp2048, aes256-sha256-modp1024]\n\
                  phase2: [aes256-sha256, aes256-sha1]\nrekey: {ike: 0, child: 0}\n";
    let clients = "osx,macos-11,macos-13,macos-14,macos-26,ios-9,ios-13,ios-14,ios-16,ios-17,ios-26,\
                   windows-7:require,windows-10:require,windows-11:require,windows-11,\
                   android-13,android";
    let arguments = ["check", "-", "--format", "csv", "--clients", clients];
    let run = crate::common::ikecompat(&arguments, server);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    let judged = "note: iOS 17: judged by ios-17, inferred from 18\n";
    assert!(run.stderr.contains(judged), "{}", run.stderr);
    assert!(!run.stdout.contains("unknown"), "{}", run.stdout);
    // With rekeying by the server it is, and the sentence says how to do without knowing.
    let asking = server.replace("rekey: {ike: 0, child: 0}\n", "");
    let run = crate::common::ikecompat(&["check", "-", "-v", "--clients", "ios-26"], &asking);
    let words = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.contains(
            "never asks for new keys (`rekey_time = 0s` in the connection) need not know"
        ) || words.contains(
            "never asks for new keys (`rekey_time = 0s` in each of its children) need not know"
        ),
        "{words}"
    );
}
