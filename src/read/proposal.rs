//! One proposal in strongSwan's keywords, with complaints that point at its words.
//!
//! For every format that takes such strings: `server.yaml`, `swanctl.conf`, `ipsec.conf`.

use std::ops::Range;

use super::{ReadCode, harmless};
use crate::diag::{Diagnostic, Span, nearest};
use crate::dialect::swan::{self, Refusal};
use crate::ike::{Ke, Proposal, Protocol, Transform, TransformType};
use crate::peer::server::Spanned;
use crate::peer::{Engine, EngineName, Entry, Origin, Version};

/// More wrong words of one proposal are not named: it is no proposal.
const MOST_WORDS: usize = 20;

/// Reads one proposal as strongSwan does. `place` gives the place of a part of `text`.
/// The entry is written at the whole of `text`; its words have their own places.
///
/// Fails with all words that are no keywords, or with the daemon's reason for refusing the whole.
pub(crate) fn read(
    protocol: Protocol,
    text: &str,
    place: impl Fn(Range<usize>) -> Span,
) -> Result<Entry, Vec<Diagnostic>> {
    let words = match swan::transforms(text) {
        Ok(words) => words,
        Err(unknown) => {
            let complain = |part: Range<usize>| unknown_keyword(&text[part.clone()], place(part));
            return Err(unknown.into_iter().take(MOST_WORDS).map(complain).collect());
        }
    };
    let refused = |refusal: Refusal| {
        let start = text.len() - text.trim_start().len();
        let span = place(start..start + text.trim().len());
        let message = format!("{} {}", harmless::quoted(text.trim()), lack(&refusal));
        let diagnostic = Diagnostic::error(ReadCode::from(&refusal), span, message)
            .note(reason(&refusal, protocol))
            .help(match refusal {
                Refusal::NoCipher => "add an encryption algorithm, such as `aes256`",
                Refusal::NoIntegrity => "add an integrity algorithm, such as `sha256`",
                Refusal::NoKeyExchange => "add a key exchange, such as `modp2048`",
                Refusal::NoPrf => "add a PRF, such as `prfsha256`",
                Refusal::MixedCipherModes | Refusal::UnknownKeyword(_) => {
                    "write two proposals, one of each kind"
                }
            });
        vec![diagnostic]
    };
    let transforms = words.iter().map(|(_, transform)| *transform);
    let proposal = swan::completed(protocol, transforms.collect()).map_err(refused)?;
    let words = words.into_iter().map(|(part, value)| Spanned {
        value,
        span: place(part),
    });
    let origin = Origin::Written(place(0..text.len()));
    Ok(Entry::new(proposal, origin).with_words(words))
}

/// What the word `default` stands for, given the list that a missing key means. Until version 6.0.0
/// of strongSwan it puts classic ciphers first in ESP, where a missing list puts AEAD first
/// (commit 8e020bc9).
pub(super) fn of_default_word(engine: Engine, mut proposals: Vec<Proposal>) -> Vec<Proposal> {
    let before_six = engine.version < Version::new(6, 0, 0);
    if engine.name == EngineName::Strongswan && before_six {
        proposals.sort_by_key(|proposal| {
            let ciphers = proposal.of(TransformType::ENCR);
            let is_aead = ciphers.first().is_some_and(|cipher| cipher.is_aead());
            proposal.protocol() == Protocol::Esp && is_aead
        });
    }
    proposals
}

/// What the proposal lacks, as a predicate.
pub(super) const fn lack(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::UnknownKeyword(_) => "has a word that is not an algorithm keyword",
        Refusal::NoCipher => "names no encryption algorithm",
        Refusal::NoPrf => "names no PRF, nor an integrity algorithm to derive it from",
        Refusal::NoKeyExchange => "names no key exchange",
        Refusal::NoIntegrity => "names no integrity algorithm",
        Refusal::MixedCipherModes => "mixes AEAD and classic encryption algorithms",
    }
}

/// What the daemon itself says, as strongSwan 5.9.8 logs it.
pub(super) fn reason(refusal: &Refusal, protocol: Protocol) -> String {
    let words = match refusal {
        Refusal::UnknownKeyword(_) => "algorithm not recognized".to_owned(),
        Refusal::NoCipher => {
            format!("an encryption algorithm is mandatory in {protocol} proposals")
        }
        Refusal::NoPrf => "a PRF algorithm is mandatory in IKE proposals".to_owned(),
        Refusal::NoKeyExchange => "a DH group is mandatory in IKE proposals".to_owned(),
        Refusal::NoIntegrity if protocol == Protocol::Ike => {
            "an integrity algorithm is mandatory in IKE proposals with classic (non-AEAD) \
             encryption algorithms"
                .to_owned()
        }
        Refusal::NoIntegrity => {
            format!("an integrity algorithm is mandatory in {protocol} proposals")
        }
        Refusal::MixedCipherModes => format!(
            "classic and combined-mode (AEAD) encryption algorithms can't be contained in the \
             same {protocol} proposal"
        ),
    };
    format!("strongSwan discards the connection and logs \"{words}\"")
}

/// The complaint about a word that is no keyword, with the one that was probably meant.
pub(super) fn unknown_keyword(word: &str, place: Span) -> Diagnostic {
    let message = format!("{} is not an algorithm keyword", harmless::quoted(word));
    let diagnostic = Diagnostic::error(ReadCode::UnknownKeyword, place, message);
    let lower = word.to_lowercase();
    let bare = lower.trim_end_matches('!');
    if swan::keyword(&lower).is_some() {
        return diagnostic
            .note("strongSwan's keywords are lower case")
            .help(format!("write `{lower}`"));
    }
    if bare != lower && swan::keyword(bare).is_some() {
        return diagnostic
            .note("`!` has a meaning only at the end of `ike=` and `esp=` in ipsec.conf")
            .help(format!("write `{bare}`"));
    }
    if let Some(additional) = swan::meant_as_additional(&lower) {
        return diagnostic
            .note("strongSwan 6 has `ke1_` to `ke7_` for additional key exchanges, behind the first one")
            .help(format!("write `{additional}` behind a classical group"));
    }
    match numbered_group(&lower).and_then(swan::spell) {
        Some(group) => diagnostic.help(format!("write `{group}`")),
        None => match nearest(word, swan::keywords()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic,
        },
    }
}

/// The key exchange that a word names by number: `14`, `dh14`, `group14`.
pub(super) fn numbered_group(word: &str) -> Option<Transform> {
    let number = ["dh", "group", "pfs"]
        .into_iter()
        .find_map(|prefix| word.strip_prefix(prefix))
        .unwrap_or(word);
    let digits = number.bytes().all(|digit| digit.is_ascii_digit());
    let number = number.parse().ok().filter(|_| digits)?;
    Ke::from_repr(number).map(Transform::ke)
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::diag::Span;
    use crate::ike::Protocol::{self, Esp, Ike};

    fn complaints(protocol: Protocol, text: &str) -> Vec<(String, String, Option<String>)> {
        let place = |part: std::ops::Range<usize>| Span::new(0, part);
        let diagnostics = read(protocol, text, place).err().unwrap_or_default();
        diagnostics
            .into_iter()
            .map(|it| {
                let at = &text[it.place.span().unwrap().bytes()];
                (it.code.to_owned(), at.to_owned(), it.help)
            })
            .collect()
    }

    #[test]
    fn every_wrong_word_is_pointed_at_with_the_right_one() {
        let help = |words: &str| Some(words.to_owned());
        let unknown = |at: &str, help| ("unknown-keyword".to_owned(), at.to_owned(), help);
        assert_eq!(
            complaints(Ike, " aes265 - SHA256-modp2048!"),
            [
                unknown("aes265", help("did you mean `aes256`?")),
                unknown("SHA256", help("write `sha256`")),
                unknown("modp2048!", help("write `modp2048`")),
            ]
        );
        assert_eq!(
            complaints(Esp, "aes256-sha256-dh14-xyzzyx"),
            [
                unknown("dh14", help("write `modp2048`")),
                unknown("xyzzyx", None)
            ]
        );
    }

    #[test]
    fn every_refusal_of_the_daemon_says_what_to_do() {
        for (protocol, text, code) in [
            (Ike, "aes256gcm16-modp2048", "no-prf"),
            (Ike, " aes256-sha256 ", "no-key-exchange"),
            (Ike, "aes256-sha256-none", "no-key-exchange"),
            (
                Ike,
                "aes256-aes256gcm16-sha256-modp2048",
                "mixed-cipher-modes",
            ),
            (Ike, "aes128-prfsha256-modp2048", "no-integrity"),
            (Esp, "sha256", "no-cipher"),
            (Esp, "aes256-aes256gcm16-sha256", "mixed-cipher-modes"),
        ] {
            let found = complaints(protocol, text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!((&*found[0].0, &*found[0].1), (code, text.trim()));
            assert!(found[0].2.is_some());
        }
        assert!(complaints(Esp, "aes256").is_empty(), "the daemon loads it");
    }
}
