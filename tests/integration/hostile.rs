//! Texts that nobody writes: no parser panics on them, and none takes more than its share.

use ikecompat::dialect::{charon, pluto, swan};
use ikecompat::format::Format;
use ikecompat::ike::Protocol;
use proptest::prelude::*;

use crate::readers::{read_as, read_client};

/// A parser of words or lines, of which only the end of the run is of interest.
type Parser = (&'static str, fn(&str));

const PROTOCOLS: [Protocol; 3] = [Protocol::Ike, Protocol::Esp, Protocol::Ah];

/// Every parser of proposal words and of transforms in logs.
const PARSERS: &[Parser] = &[
    ("swan", |text| {
        for protocol in PROTOCOLS {
            let _ = swan::parse(protocol, text);
        }
        let _ = swan::transforms(text);
    }),
    ("pluto", |text| {
        for protocol in PROTOCOLS {
            for release in [pluto::Release::Four, pluto::Release::Five] {
                let _ = pluto::parse(protocol, text, release);
            }
        }
    }),
    ("pluto, offered", |text| {
        let _ = pluto::logged::parse_offered(text);
    }),
    ("pluto, chosen", |text| {
        let _ = pluto::logged::parse_chosen(text);
    }),
    ("charon", |text| {
        let _ = charon::parse_proposal(text);
        let _ = charon::parse_transform(text);
    }),
];

/// Words and signs of proposals in whatever order.
const PIECES: &str = "(aes|aes_|_|gcm|sha2|256|_128|-|-|;|\\+|:|:|=|=|1|0|\\[|\\]|,|/|ENCR|DH|ESN|IKE|\
    ESP|modp2048|MODP_2048|AES_CBC|none|NULL|prf|ke1_|ADDKE|8|99999999999|!| |é|\u{1f600}|x){0,12}";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn no_parser_of_proposals_panics(text in PIECES) {
        for (_, parse) in PARSERS {
            parse(&text);
        }
    }
}

/// Every proposal line of the corpus of logs, cut at every octet and with every octet left out.
#[test]
fn cut_proposals_are_no_reason_to_panic() {
    for text in [
        "1:IKE:ENCR=AES_CBC_256;PRF=HMAC_SHA2_256;INTEG=HMAC_SHA2_256_128;DH=MODP2048[first-match]",
        "2:ESP=AES_GCM_C_256-NONE-MODP2048-DISABLED",
        "IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048",
        "aes256gcm16-prfsha384-ecp384-ke1_mlkem768",
        "aes_gcm-256;modp2048+dh19",
    ] {
        for (end, _) in text.char_indices() {
            let without = format!("{}{}", &text[..end], &text[end + 1..]);
            for text in [&text[..end], &text[end..], &without] {
                for (name, parse) in PARSERS {
                    let done = std::panic::catch_unwind(|| parse(text));
                    assert!(done.is_ok(), "{name}: {text}");
                }
            }
        }
    }
}

/// What the logs of the corpus tell about whose they are.
const TELLING: [&str; 7] = [
    "198.51.100.",
    "203.0.113.",
    "example.",
    "O=Example",
    "CN=",
    "2001:db8:1::",
    "mallory",
];

#[test]
fn no_log_of_the_corpus_tells_whose_it_is() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/logs");
    let mut lines = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "log") {
            continue;
        }
        let mut redactor = ikecompat::diagnose::redact::Redactor::default();
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            let redacted = redactor.text(line);
            lines += 1;
            for telling in TELLING {
                let told = redacted.contains(telling);
                assert!(!told, "{}: {line}\n{redacted}", path.display());
            }
        }
    }
    assert!(lines > 500, "{lines}");
}

/// Codes of what is said about a text that is read as the configuration of a server.
fn codes(format: Format, text: &str) -> Vec<&'static str> {
    let read = read_as(format, text);
    read.diagnostics().iter().map(|it| it.code).collect()
}

/// What would cost the square of its size is refused, at one size and at twice that size alike.
#[test]
fn what_grows_with_its_square_is_refused() {
    for size in [1200, 2400] {
        let many = |one: &dyn Fn(usize) -> String| (0..size).map(one).collect::<String>();
        let attributes = format!("<pfsense {}/>", many(&|n| format!("a{n}=\"1\" ")));
        assert_eq!(codes(Format::PfsenseXml, &attributes), ["too-large"]);
        let namespaces = many(&|n| format!("<a xmlns:n{n}=\"u{n}\">\n"));
        assert_eq!(codes(Format::PfsenseXml, &namespaces), ["too-large"]);

        let entity = format!("<!DOCTYPE plist [<!ENTITY a \"{}\">]>", "A".repeat(size));
        let entities = format!("{entity}<plist><dict>{}</dict></plist>", "&a;".repeat(size));
        let read = read_client(Format::Mobileconfig, &entities, "ios");
        assert_eq!(read.diagnostics().len(), 1);
        assert!(read.diagnostics()[0].message.contains("entities"));

        let wide = "conn x\n".to_owned() + &many(&|n| format!("  also=a{n}\n"));
        let wide = wide + &many(&|n| format!("conn a{n}\n  also=x\n"));
        for format in [Format::IpsecConf, Format::Libreswan] {
            let codes = codes(format, &wide);
            assert!(codes.contains(&"inheritance-too-long"), "{codes:?}");
            assert!(codes.len() <= 2001, "{}", codes.len());
        }
        let keys = "? ".repeat(size);
        assert_eq!(codes(Format::ServerYaml, &keys), ["yaml-too-deep"]);
    }
}

/// Complaints are not made without end, and lists hold what one octet can number.
#[test]
fn twice_the_mistakes_are_not_twice_the_complaints() {
    for size in [2000, 4000] {
        let many = |one: &dyn Fn(usize) -> String| (0..size).map(one).collect::<String>();
        let words = many(&|n| format!("aes256-x{n}-modp2048,"));
        let swanctl = format!("connections {{ a {{ version = 2\n proposals = {words}\n }} }}\n");
        let ipsec = format!("conn a\n ike={words}\n");
        let yaml = format!("phase1: [{words}]\nphase2: [aes256-sha256]\n");
        for (format, text) in [
            (Format::Swanctl, &swanctl),
            (Format::IpsecConf, &ipsec),
            (Format::Libreswan, &ipsec),
            (Format::ServerYaml, &yaml),
        ] {
            let codes = codes(format, text);
            assert!(codes.contains(&"proposal-too-long"), "{format}");
            assert!(codes.len() <= 2 * 255 + 2, "{format}: {}", codes.len());
        }
        let unknown = "phase1: [aes256-sha256-modp2048]\n".to_owned()
            + &many(&|n| format!("unknownkey{n}: 1\n"));
        assert!(codes(Format::ServerYaml, &unknown).len() <= 1010);
        let keys = "conn a\n".to_owned() + &many(&|n| format!(" unknownkey{n}=1\n"));
        assert!(codes(Format::IpsecConf, &keys).len() <= 1010);
    }
}

/// A comment for each of many findings, and many comments for one: each is heard once.
#[test]
fn many_comments_are_heard_in_the_order_of_the_text() {
    let mut sources = ikecompat::diag::Sources::new();
    let comment = "# ikecompat: allow(weak-entry): reason\n";
    let text = format!("{}a\n  b\nc\n{comment}d\n", comment.repeat(20_000));
    sources.add("f", &text);
    let mut comments = ikecompat::lint::Comments::of(&sources, 1);
    for (line, allowed) in [
        (20_001, true),
        (20_002, true),
        (20_003, false),
        (20_005, true),
    ] {
        let reason = comments.suppress("weak-entry", 0, Some(line));
        assert_eq!(reason.is_some(), allowed, "{line}");
    }
    assert_eq!(comments.complaints().len(), 1000);
}

/// Formats with the start of a text of theirs, and what opens one more level in it.
const LEVELS: &[(Format, &str, &str)] = &[
    (Format::Swanctl, "connections {\n", "a {\n"),
    (Format::IpsecConf, "conn a\n", " also=a\n"),
    (Format::Iked, "ikev2 from ", "{ "),
    (Format::Mikrotik, "/ip ipsec peer add name=", "[ {"),
    (
        Format::Fortigate,
        "config vpn ipsec phase1-interface\n",
        "edit a\nconfig b\n",
    ),
    (Format::Vyos, "set vpn ipsec", " a"),
    (Format::Vyos, "vpn {\nipsec {\n", "a {\n"),
    (Format::Vyos, "vpn {\nipsec {\n", "{"),
    (Format::Cisco, "crypto ikev2 profile", " a"),
    (Format::Cisco, "crypto ikev2 profile a\n", " a\n "),
    (Format::Uci, "config remote 'a'\n", " list child a\n"),
    (
        Format::Nixos,
        "services.strongswan-swanctl.swanctl = {\n",
        "a = {\n",
    ),
    (Format::Nixos, "services.strongswan-swanctl.swanctl.", "a."),
    (Format::Nixos, "services.strongswan-swanctl.swanctl = ", "["),
    (Format::PfsenseXml, "<pfsense><ipsec>", "<a>"),
    (Format::OpnsenseXml, "<opnsense><ipsec>", "<a>"),
    (Format::ServerYaml, "phase1: ", "["),
    (Format::ServerYaml, "phase1: ", "{a: "),
    (Format::Rras, "Set-VpnServerConfiguration -TunnelType ", "("),
    (Format::Rras, "$a = ", "@{a="),
];

#[test]
fn depth_is_no_reason_to_overflow_the_stack() {
    for (format, start, level) in LEVELS {
        let text = format!("{start}{}", level.repeat(20_000));
        let read = read_as(*format, &text);
        if read.result.is_err() {
            assert!(!read.diagnostics().is_empty(), "{format:?} {level}");
        }
    }
}
