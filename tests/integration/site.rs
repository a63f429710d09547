//! `clients site`: pages without scripts, whose links lead somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use ikecompat::profile::Database;
use ikecompat::write::database::site::site;

use crate::common::ikecompat;

/// What stands between quotation marks behind a word.
fn values<'t>(text: &'t str, before: &str) -> impl Iterator<Item = &'t str> {
    let pieces: Vec<&str> = text.split(before).skip(1).collect();
    pieces
        .into_iter()
        .filter_map(|piece| piece.split('"').next())
}

/// The path that a link of a page leads to.
fn target(page: &str, link: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[test]
fn every_client_and_algorithm_has_a_page_and_every_link_leads_to_one() {
    let database = Database::builtin();
    let policy = database.policy("rfc8247").unwrap();
    let files = site(&database, &policy).unwrap();
    let paths: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths.len(), files.len(), "two pages have one path");
    for id in database.ids() {
        assert!(
            paths.contains(format!("clients/{id}.html").as_str()),
            "{id}"
        );
    }
    for keyword in ["aes256", "aes256gcm16", "sha1", "modp1024", "curve25519"] {
        assert!(paths.contains(format!("algorithms/{keyword}.html").as_str()));
    }
    let mut reached = BTreeSet::from(["index.html".to_owned()]);
    for file in &files {
        let text = String::from_utf8(file.bytes.clone()).unwrap();
        assert!(!text.contains("<script"), "{}", file.path);
        assert!(text.contains("default-src 'none'"), "{}", file.path);
        let inside = values(&text, "href=\"");
        let inside = inside.filter(|link| !link.starts_with("http") && !link.starts_with('#'));
        for link in inside {
            let path = target(&file.path, link);
            assert!(paths.contains(path.as_str()), "{}: {link}", file.path);
            reached.insert(path);
        }
    }
    assert_eq!(reached.len(), files.len(), "a page is not linked");
}

#[test]
fn a_page_says_what_the_client_offers_and_where_that_is_written() {
    let database = Database::builtin();
    let policy = database.policy("rfc8247").unwrap();
    let files = site(&database, &policy).unwrap();
    let page = |path: &str| {
        let file = files.iter().find(|file| file.path == path).unwrap();
        String::from_utf8(file.bytes.clone()).unwrap()
    };
    let ios = page("clients/ios-17.html");
    assert!(ios.contains("<title>iOS and iPadOS 17 and 18, built-in IKEv2 client"));
    assert!(ios.contains("href=\"../algorithms/aes256gcm16.html\""));
    assert!(ios.contains("href=\"https://github.com/strongswan/strongswan/issues/2861\""));
    let matrix = page("matrix.html");
    assert!(matrix.contains("aes256-sha256-modp2048"));
    assert!(matrix.contains("href=\"clients/windows-11.html\">windows-11:"));
    let group = page("algorithms/modp1024.html");
    assert!(group.contains("2 (1024 bit)"), "as pfSense calls it");
}

#[test]
fn the_folder_is_written_once_unless_it_may_be_overwritten() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("site");
    fs::remove_dir_all(&folder).ok();
    let name = folder.to_str().unwrap();
    let run = ikecompat(&["clients", "site", name], "");
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stdout.contains("pages, from"), "{}", run.stdout);
    assert!(folder.join("clients/windows-11.html").is_file());
    let again = ikecompat(&["clients", "site", name], "");
    assert_eq!(again.status, 2);
    assert!(
        again.stderr.contains("would be overwritten"),
        "{}",
        again.stderr
    );
    let forced = ikecompat(&["clients", "site", "--force", name], "");
    assert_eq!(forced.status, 0, "{}", forced.stderr);
}
