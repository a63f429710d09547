//! Every algorithm of an entry knows the word of the file that it comes from.

use ikecompat::diag::Span;
use ikecompat::dialect::{pluto, swan};
use ikecompat::format::Format;
use ikecompat::ike::{Transform, TransformType};
use ikecompat::peer::{Entry, Server};

use super::{Read, read_as, read_client};

/// The words of all entries as they stand in the file.
fn words<T>(read: &Read<T>, entries: &[&Entry]) -> Vec<(Transform, String)> {
    let text = |span: &Span| read.text_at(span);
    let words = entries.iter().flat_map(|entry| &entry.words);
    words.map(|word| (word.value, text(&word.span))).collect()
}

fn entries(server: &Server) -> Vec<&Entry> {
    let connections = server.connections.iter();
    connections
        .flat_map(|connection| {
            let children = connection.children.iter();
            let esp = children.flat_map(|child| child.esp.iter().chain(&child.ah));
            connection.ike.iter().chain(esp)
        })
        .collect()
}

#[test]
fn keywords_stand_where_they_are_written() {
    let swanctl = "connections {\n  rw {\n    proposals = \"aes256 -sha256-modp2048, \
        aes128gcm16-prfsha256-x25519\"\n    children {\n      net {\n        \
        esp_proposals = aes256-sha256-sha1,default\n      }\n    }\n  }\n}\n";
    let starter = "conn rw\n  ike=aes256-sha256-modp2048,aes128-sha1-modp1024!\n  \
        esp=aes256-sha256!\n  auto=add\n";
    let yaml = "engine: strongswan@5.9.8\nphase1:\n  - aes256-sha256-modp2048\n  - {encryption: \
        aes128, hash: sha256, prf: sha384, dh: ecp256}\nphase2: [aes256-sha256]\n";
    for (format, text, least) in [
        (Format::Swanctl, swanctl, 9),
        (Format::IpsecConf, starter, 8),
        (Format::ServerYaml, yaml, 9),
    ] {
        let read = read_as(format, text);
        let words = words(&read, &entries(read.value()));
        assert!(words.len() >= least, "{format}: {words:?}");
        for (transform, word) in words {
            // server.yaml says what a word is for by its key.
            let named = swan::keyword(&word) == Some(transform)
                || swan::keyword(&format!("prf{word}")) == Some(transform);
            assert!(named, "{format}: {word} is {transform:?}");
        }
    }
}

#[test]
fn libreswan_keeps_the_words_and_adds_none() {
    let text = "conn rw\n  left=%defaultroute\n  right=%any\n  ikev2=insist\n  \
        ike=aes_gcm256-sha2_512+sha2_256;dh14,aes256-sha2;modp2048\n  esp=aes-128-sha1\n  auto=add\n";
    let read = read_as(Format::Libreswan, text);
    let found = words(&read, &entries(read.value()));
    let texts: Vec<_> = found.iter().map(|(_, word)| word.as_str()).collect();
    let expected = [
        "aes_gcm256",
        "sha2_512",
        "sha2_256",
        "dh14",
        "aes256",
        "sha2",
        "modp2048",
        "aes-128",
        "sha1",
    ];
    assert_eq!(texts, expected);
    for (transform, word) in &found[3..4] {
        assert_eq!(transform.kind, TransformType::KE, "{word}");
        assert!(pluto::words(TransformType::KE).contains(&word.as_str()));
    }
}

#[test]
fn a_prf_that_is_not_written_comes_from_the_hash() {
    let text = "conn rw\n  ike=aes256-sha256-modp2048!\n  esp=aes256-sha256!\n  auto=add\n";
    let read = read_as(Format::IpsecConf, text);
    let entry = &read.value().connections[0].ike[0];
    for (keyword, place) in [
        ("aes256", Some("aes256")),
        ("prfsha256", Some("sha256")),
        ("prfsha1", None),
    ] {
        let transform = swan::keyword(keyword).unwrap();
        let span = entry.place_of(transform);
        assert_eq!(span.map(|span| &text[span.bytes()]), place, "{keyword}");
    }
}

#[test]
fn parameters_of_windows_and_apple_are_words_too() {
    let text = "Set-VpnConnectionIPsecConfiguration -ConnectionName 'Office' \
        -AuthenticationTransformConstants SHA256128 -CipherTransformConstants AES256 -DHGroup \
        Group14 -EncryptionMethod AES256 -IntegrityCheckMethod SHA384 -PfsGroup None -Force\n";
    let read = read_client(Format::Powershell, text, "windows-10");
    let configuration = read.value();
    let own: Vec<_> = configuration.ike.iter().chain(&configuration.esp).collect();
    let texts: Vec<_> = words(&read, &own)
        .into_iter()
        .map(|(_, word)| word)
        .collect();
    assert_eq!(
        texts,
        [
            "AES256",
            "SHA384",
            "SHA384",
            "Group14",
            "AES256",
            "SHA256128"
        ]
    );
}
