//! What of a running configuration may be shown. Everything else is masked.

use std::collections::HashSet;

use super::lines::{Block, Kind, Line};
use super::{Reader, SECRETS, is_secret};
use crate::diag::{Span, is_slip};
use crate::dialect::cisco::Menu;
use crate::ike::TransformType;
use crate::read::harmless;

/// Words of commands and choices.
const HARMLESS: &[&str] = &[
    "16",
    "128",
    "192",
    "256",
    "address",
    "any",
    "anyconnect-eap",
    "authentication",
    "certificate",
    "crypto",
    "domain",
    "dynamic",
    "dynamic-map",
    "eap",
    "ecdsa-sig",
    "email",
    "encryption",
    "esp",
    "fqdn",
    "group",
    "hash",
    "identity",
    "ikev1",
    "ikev2",
    "ikev2-profile",
    "integrity",
    "ip",
    "ipsec",
    "ipsec-isakmp",
    "ipsec-proposal",
    "isakmp",
    "key-id",
    "keyring",
    "lifetime",
    "local",
    "local-authentication",
    "map",
    "match",
    "mode",
    "null",
    "optional",
    "peer",
    "pfs",
    "pki",
    "policy",
    "pool",
    "pqc",
    "pre-share",
    "prf",
    "profile",
    "proposal",
    "protocol",
    "query-identity",
    "remote",
    "remote-authentication",
    "rsa-sig",
    "seconds",
    "security-association",
    "set",
    "transform-set",
    "transport",
    "trustpoint",
    "tunnel",
    "tunnel-group",
    "type",
    "virtual-template",
    "additional-key-exchange",
    "key-exchange-method",
    "ipsec-attributes",
    "general-attributes",
    "remote-access",
    "ipsec-l2l",
    "authorization",
    "interface",
    "address-pool",
];

/// Commands behind which identities and addresses stand, and which word of the line is the first of them.
const IDENTITIES: &[(&[&str], usize)] = &[
    (&["identity", "local"], 3),
    (&["match", "identity", "remote"], 4),
    (&["set", "peer"], 2),
    (&["tunnel", "destination"], 2),
    (&["tunnel", "source"], 2),
    (&["tunnel", "mode"], 2),
];

impl Reader<'_> {
    /// What may be shown, and where secrets begin.
    pub(super) fn shown(&self) -> (Vec<Span>, Option<Span>) {
        let known = self.names();
        let mut shown = Vec::new();
        let mut secrets = None;
        for block in self.blocks.iter() {
            if block.kind == Kind::Other {
                if is_secret(&block.header)
                    && block.header.first().is_some_and(|it| it.text == "crypto")
                {
                    secrets = secrets.or_else(|| block.header.first().map(|it| it.span.clone()));
                }
                continue;
            }
            for line in std::iter::once(&block.header).chain(&block.lines) {
                if is_secret(line) {
                    let key = line
                        .iter()
                        .find(|word| SECRETS.contains(&word.text.as_str()));
                    secrets = secrets.or_else(|| key.map(|it| it.span.clone()));
                }
                self.look_at(block.kind, line, &known, &mut shown);
            }
        }
        (shown, secrets)
    }

    /// The names that commands give.
    fn names(&self) -> HashSet<&str> {
        let named = self.blocks.iter().filter(|block| block.kind != Kind::Other);
        let names = named.filter_map(Block::name);
        names
            .map(|name| name.text.as_str())
            .filter(|name| harmless::is_word(name))
            .collect()
    }

    fn look_at(&self, kind: Kind, line: &Line, known: &HashSet<&str>, shown: &mut Vec<Span>) {
        let words: Vec<&str> = line.iter().map(|word| word.text.as_str()).collect();
        let identity = IDENTITIES
            .iter()
            .find(|(command, _)| words.starts_with(command))
            .map(|(_, place)| *place);
        let has_algorithms = lists_algorithms(&words);
        for (place, word) in line.iter().enumerate() {
            let text = word.text.as_str();
            let is_address =
                kind == Kind::Pool && text.chars().all(|c| c.is_ascii_digit() || ".-".contains(c));
            let is_identity = identity == Some(place) && harmless::is_identity(text);
            if HARMLESS.contains(&text)
                || SECRETS.contains(&text)
                || known.contains(text)
                || is_address
                || is_identity
                || is_number(text)
                || has_algorithms && is_algorithm(text)
            {
                shown.push(word.span.clone());
            }
            // Whatever stands behind such a word is a secret, the type of a key too.
            if SECRETS.contains(&text) {
                break;
            }
        }
    }
}

fn is_number(text: &str) -> bool {
    const DIGITS: usize = 6;
    text.len() <= DIGITS && text.bytes().all(|digit| digit.is_ascii_digit())
}

/// Whether algorithms stand in a line.
fn lists_algorithms(words: &[&str]) -> bool {
    matches!(
        words,
        [
            "encryption" | "integrity" | "prf" | "group" | "pqc" | "key-exchange-method",
            ..
        ] | ["protocol", "esp", ..]
            | ["set", "pfs", ..]
            | ["crypto", "ipsec", "transform-set", ..]
    )
}

/// Whether a word is an algorithm, or a slip of one.
fn is_algorithm(text: &str) -> bool {
    let menus = [
        Menu::IosProposal,
        Menu::TransformSet,
        Menu::TransformSetAh,
        Menu::AsaPolicy,
        Menu::AsaProposal,
    ];
    let kinds = [
        TransformType::ENCR,
        TransformType::INTEG,
        TransformType::KE,
        TransformType::ADDKE1,
    ];
    let text = text.strip_prefix("group").unwrap_or(text);
    menus
        .iter()
        .any(|menu| kinds.iter().any(|kind| is_slip(text, menu.words(*kind))))
}
