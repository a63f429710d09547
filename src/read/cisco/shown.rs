//! What of a running configuration may be shown. Everything else is masked.

use std::collections::HashSet;

use super::lines::{Block, Kind, Line, Word};
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
        for block in &self.blocks {
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
        for (place, word) in line.iter().enumerate() {
            // Whatever stands behind such a word is a secret, the type of a key too.
            let secret = words.get(..place).unwrap_or_default();
            if secret.iter().any(|before| SECRETS.contains(before)) {
                break;
            }
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
                || is_algorithm(line, word)
            {
                shown.push(word.span.clone());
            }
        }
    }
}

fn is_number(text: &str) -> bool {
    const DIGITS: usize = 6;
    text.len() <= DIGITS && text.bytes().all(|digit| digit.is_ascii_digit())
}

/// Whether a word is an algorithm where algorithms stand, or a slip of one.
fn is_algorithm(line: &[Word], word: &Word) -> bool {
    let words: Vec<&str> = line.iter().map(|word| word.text.as_str()).collect();
    let listed = matches!(
        words.as_slice(),
        [
            "encryption" | "integrity" | "prf" | "group" | "pqc" | "key-exchange-method",
            ..
        ] | ["protocol", "esp", ..]
            | ["set", "pfs", ..]
            | ["crypto", "ipsec", "transform-set", ..]
    );
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
    let text = word.text.strip_prefix("group").unwrap_or(&word.text);
    listed
        && menus
            .iter()
            .any(|menu| kinds.iter().any(|kind| is_slip(text, menu.words(*kind))))
}
