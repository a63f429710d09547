//! `iked.conf` against the grammar of OpenIKED.
//!
//! The lexer and the rule `ikev2rule` of `parse.y` in openiked-portable 01c64db4, as far as they
//! concern one rule: keywords in their order, names out of its tables.

use ikecompat::ike::Protocol;
use ikecompat::write::config::iked;
use ikecompat::write::config::setup::Auth;

use super::plans::{plans, proposal, server, suites};

const AUTH: &[&str] = &[
    "hmac-md5",
    "hmac-sha1",
    "hmac-sha2-256",
    "hmac-sha2-384",
    "hmac-sha2-512",
];
const IKE_ENC: &[&str] = &[
    "3des",
    "3des-cbc",
    "aes-128",
    "aes-192",
    "aes-256",
    "aes-128-gcm",
    "aes-256-gcm",
    "aes-128-gcm-12",
    "aes-256-gcm-12",
];
const ESP_ENC: &[&str] = &[
    "3des",
    "3des-cbc",
    "aes-128",
    "aes-192",
    "aes-256",
    "aes-128-ctr",
    "aes-192-ctr",
    "aes-256-ctr",
    "aes-128-gcm",
    "aes-192-gcm",
    "aes-256-gcm",
    "aes-128-gmac",
    "aes-192-gmac",
    "aes-256-gmac",
    "blowfish",
    "cast",
    "chacha20-poly1305",
    "null",
];
const GROUPS: &[&str] = &[
    "none",
    "modp768",
    "modp1024",
    "modp1536",
    "modp2048",
    "modp3072",
    "modp4096",
    "modp6144",
    "modp8192",
    "ecp256",
    "ecp384",
    "ecp521",
    "ecp192",
    "ecp224",
    "brainpool224",
    "brainpool256",
    "brainpool384",
    "brainpool512",
    "curve25519",
];

/// The words of the lexer: comments gone, continued lines joined, strings without their marks. A
/// line break is a word of its own.
fn words(text: &str) -> Vec<String> {
    let text = text.replace("\\\n", " ");
    let mut words = Vec::new();
    for line in text.lines() {
        let mut letters = line.chars().peekable();
        while let Some(c) = letters.next() {
            match c {
                ' ' | '\t' => {}
                '#' => break,
                '"' => {
                    let mut word = String::from("\"");
                    loop {
                        match letters.next().expect("the string ends") {
                            '"' => break,
                            '\\' => word.extend(letters.next_if_eq(&'"').or(Some('\\'))),
                            c => word.push(c),
                        }
                    }
                    words.push(word);
                }
                c => {
                    let mut word = String::from(c);
                    while let Some(next) = letters.next_if(|c| !" \t(){}<>!=#,".contains(*c)) {
                        word.push(next);
                    }
                    words.push(word);
                }
            }
        }
        words.push("\n".to_owned());
    }
    words
}

struct Grammar<'a> {
    words: std::iter::Peekable<std::slice::Iter<'a, String>>,
}

impl Grammar<'_> {
    fn next(&mut self) -> Result<&str, String> {
        let word = self.words.next();
        word.map(String::as_str)
            .ok_or_else(|| "the rule ends early".to_owned())
    }

    fn is(&mut self, word: &str) -> bool {
        self.words.next_if(|next| *next == word).is_some()
    }

    fn expect(&mut self, word: &str) -> Result<(), String> {
        let found = self.next()?;
        if found == word {
            Ok(())
        } else {
            Err(format!("expected {word}, found {found}"))
        }
    }

    fn one_of(&mut self, words: &[&str]) -> Result<(), String> {
        let found = self.next()?;
        if words.contains(&found) {
            Ok(())
        } else {
            Err(format!("{found} not a valid transform"))
        }
    }

    /// `ikev2 name passive esp from host to host peer host ike_sas child_sas ids ikelifetime
    /// lifetime ikeauth ikecfg`.
    fn rule(&mut self) -> Result<(), String> {
        self.expect("ikev2")?;
        let name = self.next()?;
        if !name.starts_with('"') {
            return Err(format!("{name} is no name"));
        }
        self.expect("passive")?;
        self.expect("esp")?;
        for word in ["from", "to", "peer"] {
            self.expect(word)?;
            self.next()?;
        }
        while self.is("ikesa") {
            self.transforms(IKE_ENC, false)?;
        }
        while self.is("childsa") {
            self.transforms(ESP_ENC, true)?;
        }
        for word in ["srcid", "dstid"] {
            if self.is(word) {
                self.next()?;
            }
        }
        for word in ["ikelifetime", "lifetime"] {
            if self.is(word) {
                let time = self.next()?;
                time.parse::<u32>()
                    .map_err(|why| format!("{time}: {why}"))?;
                if self.is("bytes") {
                    self.next()?;
                }
            }
        }
        if self.is("eap") {
            self.expect("\"mschap-v2")?;
        } else if self.is("psk") {
            self.expect("file")?;
            self.next()?;
        } else {
            self.one_of(&[
                "rsa",
                "ecdsa256",
                "ecdsa384",
                "ecdsa521",
                "rfc7427",
                "signature",
            ])?;
        }
        while self.is("config") {
            self.one_of(&["address", "netmask", "name-server", "protected-subnet"])?;
            self.next()?;
        }
        self.expect("\n")
    }

    fn transforms(&mut self, ciphers: &[&str], child: bool) -> Result<(), String> {
        let mut seen = 0;
        loop {
            if self.is("enc") {
                self.one_of(ciphers)?;
            } else if self.is("auth") || self.is("prf") {
                self.one_of(AUTH)?;
            } else if self.is("group") {
                self.one_of(GROUPS)?;
            } else if child && (self.is("esn") || self.is("noesn")) {
            } else {
                break;
            }
            seen += 1;
        }
        if seen < 3 {
            return Err(format!("{seen} transforms: defaults would fill the rest"));
        }
        Ok(())
    }
}

fn check(text: &str) -> Result<usize, String> {
    let words = words(text);
    let mut grammar = Grammar {
        words: words.iter().peekable(),
    };
    let mut rules = 0;
    while grammar.words.peek().is_some() {
        if grammar.is("\n") {
            continue;
        }
        if grammar.is("set") {
            grammar.expect("fragmentation")?;
            continue;
        }
        grammar.rule()?;
        rules += 1;
    }
    Ok(rules)
}

#[test]
fn the_grammar_takes_every_plan_that_is_written() {
    let mut written = 0;
    for planned in plans() {
        for auth in [Auth::EapTls, Auth::EapMschapv2, Auth::Certificate] {
            let mut text = Vec::new();
            if iked::write(&planned.server(), auth, &mut text).is_ok() {
                let text = String::from_utf8(text).unwrap();
                assert_eq!(check(&text), Ok(1), "{}\n{text}", planned.name);
                written += 1;
            } else {
                assert!(text.is_empty());
            }
        }
    }
    assert!(written > 100, "{written}");
}

#[test]
fn the_grammar_takes_every_suite_that_is_written() {
    let ike = [proposal(Protocol::Ike, "aes256-sha256-modp2048")];
    let esp = [proposal(Protocol::Esp, "aes256-sha256")];
    for protocol in [Protocol::Ike, Protocol::Esp] {
        let mut written = 0;
        for suite in suites(protocol) {
            let own = [suite.to_proposal()];
            let server = match protocol {
                Protocol::Ike => server(&own, &esp),
                _ => server(&ike, &own),
            };
            let mut text = Vec::new();
            let outcome = iked::write(&server, Auth::Certificate, &mut text);
            assert_eq!(outcome.is_ok(), iked::expresses(&suite));
            if outcome.is_ok() {
                let text = String::from_utf8(text).unwrap();
                assert_eq!(check(&text), Ok(1), "{text}");
                written += 1;
            }
        }
        assert!(written > 40, "{protocol}: {written}");
    }
}

#[test]
fn the_grammar_finds_what_is_broken() {
    let good = "ikev2 \"a\" passive esp from any to dynamic peer any \
        ikesa enc aes-256 auth hmac-sha2-256 prf hmac-sha2-256 group modp2048 \
        childsa enc aes-256-gcm noesn group none srcid \"x\" signature\n";
    assert_eq!(check(good), Ok(1));
    for (from, to) in [
        ("aes-256 ", "aes256 "),
        ("modp2048", "dh14"),
        ("peer any ", ""),
        ("signature", "eap-tls"),
        ("prf hmac-sha2-256", "prf sha256"),
        ("noesn group none ", ""),
    ] {
        assert!(check(&good.replace(from, to)).is_err(), "{to}");
    }
}
