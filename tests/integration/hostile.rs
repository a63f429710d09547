//! Texts that nobody writes: no parser panics on them, and none takes more than its share.

use ikecompat::dialect::{charon, pluto, swan};
use ikecompat::ike::Protocol;
use proptest::prelude::*;

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
