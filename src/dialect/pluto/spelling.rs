//! Writing a proposal so that libreswan reads it back.

use super::names::{CIPHERS, GROUPS, GROUPS_5, INTEGS, PRFS};
use super::{Release, grammar, typed};
use crate::ike::{Proposal, Protocol, Suite, Transform, TransformType};

/// The word for a transform, or `None` if libreswan has none: `aes256`, `aes_gcm128`, `sha2_256`.
///
/// Integrity algorithms are spelt as in ESP; in IKE the word of the PRF stands for both. An
/// additional key exchange has the word of its group.
pub fn spell(transform: Transform) -> Option<String> {
    let rows = match transform.kind {
        TransformType::ENCR => return spell_cipher(transform),
        TransformType::PRF => PRFS,
        TransformType::INTEG => INTEGS,
        kind if kind.is_key_exchange() => GROUPS,
        _ => return None,
    };
    let mut rows = rows.iter().chain(GROUPS_5);
    let plain = Transform {
        kind: if transform.kind.is_key_exchange() {
            TransformType::KE
        } else {
            transform.kind
        },
        ..transform
    };
    let row = rows.find(|(_, known)| *known == plain)?;
    row.0.first().map(|name| (*name).to_owned())
}

fn spell_cipher(transform: Transform) -> Option<String> {
    let cipher = CIPHERS.iter().find(|c| c.encr as u16 == transform.id)?;
    let name = *cipher.names.first()?;
    match transform.key_bits {
        0 if cipher.keys.is_empty() => Some(name.to_owned()),
        bits if cipher.keys.contains(&bits) => {
            // A digit at the end of the name would run into the length.
            let gap = if name.ends_with(|c: char| c.is_ascii_digit()) {
                "_"
            } else {
                ""
            };
            Some(format!("{name}{gap}{bits}"))
        }
        _ => None,
    }
}

/// The full name of an integrity algorithm, which no PRF has.
fn spell_integrity(transform: Transform) -> Option<String> {
    if transform.is_none() {
        return Some("none".to_owned());
    }
    let row = INTEGS.iter().find(|(_, known)| *known == transform)?;
    let is_full = |name: &&&str| PRFS.iter().all(|(names, _)| !names.contains(name));
    row.0.iter().find(is_full).map(|name| (*name).to_owned())
}

/// Writes a proposal so that [`super::parse`] reads it back, or `None` if libreswan has no words
/// for it. Sequence numbers are not part of it: `esn=` says them.
pub fn write(proposal: &Proposal) -> Option<String> {
    let protocol = proposal.protocol();
    let of = |kind| proposal.of(kind);
    let spelt = |transforms: &[Transform]| -> Option<String> {
        let words: Option<Vec<_>> = transforms.iter().map(|t| spell(*t)).collect();
        Some(words?.join("+"))
    };
    let mut parts = Vec::new();
    if protocol != Protocol::Ah {
        parts.push(spelt(of(TransformType::ENCR))?);
    }
    if protocol == Protocol::Ike {
        let derived: Vec<_> = of(TransformType::PRF)
            .iter()
            .filter_map(|prf| grammar::integrity_of(*prf))
            .collect();
        let aead = of(TransformType::ENCR).iter().any(|t| t.is_aead());
        if !aead && of(TransformType::INTEG) != derived {
            let words: Option<Vec<_>> = of(TransformType::INTEG)
                .iter()
                .map(|t| spell_integrity(*t))
                .collect();
            parts.push(words?.join("+"));
        }
        parts.push(spelt(of(TransformType::PRF))?);
    } else if !of(TransformType::INTEG).is_empty() {
        parts.push(spelt(of(TransformType::INTEG))?);
    }
    let groups = spelt(of(TransformType::KE))?;
    let mut text = parts.join("-");
    if !groups.is_empty() {
        // In ESP a group behind `-` could be taken for an integrity algorithm.
        text += if protocol == Protocol::Ike { "-" } else { ";" };
        text += &groups;
    }
    for kind in (1..=7).filter_map(TransformType::additional) {
        if !of(kind).is_empty() {
            text += &format!(";{}={}", typed::name(kind)?, spelt(of(kind))?);
        }
    }
    let plain = proposal.without(|kind| kind == TransformType::SN);
    let reads_back = grammar::parse(protocol, &text, Release::Five) == Ok(plain);
    reads_back.then_some(text)
}

/// Whether version 4 has words for exactly this suite, sequence numbers apart; version 5 where it has
/// additional key exchanges.
pub fn expresses(suite: &Suite) -> bool {
    let release = match suite.additional().next() {
        Some(_) => Release::Five,
        None => Release::Four,
    };
    let proposal = suite.to_proposal();
    let plain = proposal.without(|kind| kind == TransformType::SN);
    let text = write(&plain);
    text.is_some_and(|text| grammar::parse(plain.protocol(), &text, release).as_ref() == Ok(&plain))
}

#[cfg(test)]
mod tests {
    use super::{spell, write};
    use crate::dialect::pluto::names::{CIPHERS, GROUPS, INTEGS, PRFS};
    use crate::dialect::pluto::{Release, parse};
    use crate::dialect::swan;
    use crate::ike::Protocol::{self, Ah, Esp, Ike};
    use crate::ike::Transform;

    #[test]
    fn names_are_unique_within_a_type() {
        for rows in [PRFS, INTEGS, GROUPS] {
            let mut names: Vec<_> = rows.iter().flat_map(|(names, _)| *names).collect();
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all);
        }
    }

    #[test]
    fn every_cipher_is_read_back_in_each_of_its_names_and_lengths() {
        for cipher in CIPHERS {
            for bits in cipher
                .keys
                .iter()
                .copied()
                .chain(cipher.keys.is_empty().then_some(0))
            {
                let transform = Transform::encr(cipher.encr, bits);
                let canonical = spell(transform).unwrap();
                let suffix = if bits == 0 {
                    String::new()
                } else {
                    format!("_{bits}")
                };
                let names = cipher.names.iter().map(|name| format!("{name}{suffix}"));
                for text in names.chain([canonical]) {
                    let read = parse(Esp, &text, Release::Four).unwrap();
                    assert_eq!(read.transforms()[0], transform, "{text}");
                }
            }
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        let written =
            |protocol: Protocol, keywords: &str| write(&swan::parse(protocol, keywords).unwrap());
        let is = |text: &str| Some(text.to_owned());
        assert_eq!(
            written(Ike, "aes256-sha256-modp2048"),
            is("aes256-sha2_256-modp2048")
        );
        assert_eq!(
            written(Ike, "aes256gcm16-prfsha384-ecp384"),
            is("aes_gcm256-sha2_384-dh20")
        );
        assert_eq!(
            written(Ike, "aes256-sha256-prfsha512-modp2048"),
            is("aes256-sha2_256_128-sha2_512-modp2048")
        );
        assert_eq!(written(Esp, "aes256-sha256"), is("aes256-sha2_256"));
        assert_eq!(
            written(Esp, "aes128gcm8-modp2048-none"),
            is("aes_gcm_8_128;modp2048+none")
        );
        assert_eq!(written(Ah, "sha256"), is("sha2_256"));
        assert_eq!(written(Ike, "aes256-sha256-modp1024"), None);
        assert_eq!(
            written(Ike, "aes256ccm16-prfsha256-ecp256"),
            None,
            "ESP only"
        );
        assert_eq!(written(Esp, "aes256"), None, "no cipher without integrity");
        assert_eq!(
            written(
                Ike,
                "aes256gcm16-prfsha512-ecp384-ke1_mlkem768-ke1_none-ke2_ecp521"
            ),
            is("aes_gcm256-sha2_512-dh20;addke1=ml_kem_768+none;addke2=dh21")
        );
        assert_eq!(
            written(Ike, "aes256gcm16-prfsha512-ecp384-ke1_mlkem1024"),
            None,
            "not in 5.4"
        );
    }
}
