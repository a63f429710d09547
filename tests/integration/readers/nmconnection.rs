//! Connections of NetworkManager.

use ikecompat::answer::{ServerText, reading};
use ikecompat::diag::Sources;
use ikecompat::format::Format;
use ikecompat::peer::Server;
use ikecompat::profile::Database;

use super::{Read, assert_broken, assert_survives_cuts, corpus, proposals};

/// Reads a text as the server that such a client needs.
pub(crate) fn read(text: &str) -> Read<Server> {
    let mut sources = Sources::new();
    let text = ServerText {
        format: Some(Format::Nmconnection),
        ..ServerText::new("file", text.as_bytes())
    };
    let result = reading::server_or_client(&text, &Database::builtin(), &mut sources);
    Read { sources, result }
}

fn text(name: &str) -> String {
    let files = corpus("nmconnection", "nmconnection").into_iter();
    let mut files = files.filter(|(path, _)| path.file_stem().is_some_and(|stem| stem == name));
    files.next().unwrap().1
}

#[test]
fn lists_name_and_server_are_read() {
    for (name, title, lists) in [
        (
            "office",
            "Office",
            [
                "aes256gcm16-prfsha384-ecp384,aes256-sha256-prfsha256-modp2048",
                "aes256gcm16-ecp256-noesn,aes256-sha256-noesn",
            ],
        ),
        (
            "work",
            "work",
            [
                "aes256-sha256-prfsha256-modp2048,aes256gcm16-prfsha256-ecp256",
                "aes256gcm16-esn-noesn,aes256-sha256-esn-noesn",
            ],
        ),
    ] {
        let text = text(name);
        let read = read(&text);
        let server = read.value();
        assert_eq!(server.connection_name.as_deref(), Some(title));
        assert_eq!(server.address.as_deref(), Some("vpn.example.org"));
        assert_eq!(Format::of(&text), Some(Format::Nmconnection));
        let plain = |list: &str| list.replace("-prfsha256-modp2048", "-modp2048");
        let plain = |list: &str| plain(list).replace("-noesn", "").replace("-esn", "");
        let found: Vec<_> = proposals(&server.connections[0])
            .iter()
            .map(|list| plain(list))
            .collect();
        assert_eq!(found, lists.map(plain), "{name}");
    }
}

#[test]
fn without_the_switch_the_lists_count_for_nothing() {
    let text = text("office").replace("proposal=yes", "proposal=no");
    let read = read(&text);
    assert!(read.result.is_err());
    let codes: Vec<_> = read.places().into_iter().map(|(code, ..)| code).collect();
    assert_eq!(codes, ["ignored-setting", "default-unknown"]);
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    assert_broken(
        Format::Nmconnection,
        "nmconnection",
        read,
        &[
            ("comma", "unknown-keyword", 12, 27),
            ("ikev1", "not-a-client", 0, 0),
            ("method", "unknown-value", 14, 8),
            ("no-address", "missing-parameter", 0, 0),
            ("no-method", "missing-parameter", 0, 0),
            ("no-such-group", "not-a-client", 0, 0),
            ("slip", "unknown-keyword", 11, 5),
        ],
    );
}

#[test]
fn a_text_that_is_cut_off_is_read_or_refused() {
    for name in ["office", "work"] {
        assert_survives_cuts(&text(name), read);
    }
}
