//! OpenIKED's words: the transforms of `ikesa` and `childsa` in `iked.conf`.
//!
//! Tables of `parse.y` in openiked-portable 01c64db4. IKE and ESP have different ciphers; a
//! proposal is one block, and transforms that are left out of it are filled with defaults.

use crate::ike::{Encr, Integ, Ke, Prf, Proposal, Protocol, Sn, Transform, TransformType};

/// Where the words are written.
pub(crate) const SOURCE: &str =
    "https://github.com/openiked/openiked-portable/blob/01c64db4/iked/parse.y";

/// Ciphers: word, algorithm, key bits, whether IKE has it, whether ESP has it.
const CIPHERS: &[(&str, Encr, u16, bool, bool)] = &[
    ("3des", Encr::TripleDes, 0, true, true),
    ("aes-128", Encr::AesCbc, 128, true, true),
    ("aes-192", Encr::AesCbc, 192, true, true),
    ("aes-256", Encr::AesCbc, 256, true, true),
    ("aes-128-ctr", Encr::AesCtr, 128, false, true),
    ("aes-192-ctr", Encr::AesCtr, 192, false, true),
    ("aes-256-ctr", Encr::AesCtr, 256, false, true),
    ("aes-128-gcm", Encr::AesGcm16, 128, true, true),
    ("aes-192-gcm", Encr::AesGcm16, 192, false, true),
    ("aes-256-gcm", Encr::AesGcm16, 256, true, true),
    ("aes-128-gcm-12", Encr::AesGcm12, 128, true, false),
    ("aes-256-gcm-12", Encr::AesGcm12, 256, true, false),
    ("aes-128-gmac", Encr::NullAuthAesGmac, 128, false, true),
    ("aes-192-gmac", Encr::NullAuthAesGmac, 192, false, true),
    ("aes-256-gmac", Encr::NullAuthAesGmac, 256, false, true),
    ("chacha20-poly1305", Encr::ChaCha20Poly1305, 0, false, true),
    ("null", Encr::Null, 0, false, true),
];

/// Hashes: word, integrity algorithm, PRF.
const HASHES: &[(&str, Integ, Prf)] = &[
    ("hmac-md5", Integ::HmacMd5_96, Prf::HmacMd5),
    ("hmac-sha1", Integ::HmacSha1_96, Prf::HmacSha1),
    ("hmac-sha2-256", Integ::HmacSha2_256_128, Prf::HmacSha2_256),
    ("hmac-sha2-384", Integ::HmacSha2_384_192, Prf::HmacSha2_384),
    ("hmac-sha2-512", Integ::HmacSha2_512_256, Prf::HmacSha2_512),
];

/// Groups by their names.
const GROUPS: &[(&str, Ke)] = &[
    ("none", Ke::None),
    ("modp768", Ke::Modp768),
    ("modp1024", Ke::Modp1024),
    ("modp1536", Ke::Modp1536),
    ("modp2048", Ke::Modp2048),
    ("modp3072", Ke::Modp3072),
    ("modp4096", Ke::Modp4096),
    ("modp6144", Ke::Modp6144),
    ("modp8192", Ke::Modp8192),
    ("ecp256", Ke::Ecp256),
    ("ecp384", Ke::Ecp384),
    ("ecp521", Ke::Ecp521),
    ("ecp192", Ke::Ecp192),
    ("ecp224", Ke::Ecp224),
    ("brainpool224", Ke::BrainpoolP224r1),
    ("brainpool256", Ke::BrainpoolP256r1),
    ("brainpool384", Ke::BrainpoolP384r1),
    ("brainpool512", Ke::BrainpoolP512r1),
    ("curve25519", Ke::Curve25519),
];

/// The keyword and the word of a transform.
fn spell(protocol: Protocol, transform: Transform) -> Result<String, &'static str> {
    let hash = |own: fn(&(&str, Integ, Prf)) -> Transform| {
        let row = HASHES.iter().find(|row| own(row) == transform);
        row.map(|row| row.0)
    };
    let (keyword, word, limit) = match transform.kind {
        TransformType::ENCR => {
            let row = CIPHERS.iter().find(|row| {
                let listed = if protocol == Protocol::Ike {
                    row.3
                } else {
                    row.4
                };
                listed && transform == Transform::encr(row.1, row.2)
            });
            let limit = "its ciphers of IKE are 3DES, AES-CBC, and AES-GCM with 128 or 256 bits and a tag of 12 or 16 octets; those of ESP are 3DES, AES-CBC, AES-CTR, AES-GCM with a 16-octet tag, AES-GMAC, ChaCha20-Poly1305 and null";
            ("enc", row.map(|row| row.0), limit)
        }
        TransformType::INTEG => (
            "auth",
            hash(|row| Transform::integ(row.1)),
            "its integrity algorithms are HMAC with MD5, SHA-1 and SHA-2",
        ),
        TransformType::PRF => (
            "prf",
            hash(|row| Transform::prf(row.2)),
            "its PRFs are HMAC with MD5, SHA-1 and SHA-2",
        ),
        TransformType::KE => {
            let row = GROUPS.iter().find(|row| transform == Transform::ke(row.1));
            let limit = "its groups are 1, 2, 5, 14 to 21, 25 to 31";
            ("group", row.map(|row| row.0), limit)
        }
        TransformType::SN => {
            let esn = transform == Transform::sn(Sn::Sequential64);
            return Ok(if esn { "esn" } else { "noesn" }.to_owned());
        }
        _ => return Err("its grammar has no additional key exchanges"),
    };
    word.map(|word| format!("{keyword} {word}")).ok_or(limit)
}

/// One block after `ikesa` or `childsa`, or the limit that the proposal goes beyond.
pub(crate) fn proposal(proposal: &Proposal) -> Result<String, &'static str> {
    if proposal.protocol() == Protocol::Ah {
        return Err("this program writes AH into strongSwan's files alone");
    }
    let ike = proposal.protocol() == Protocol::Ike;
    let classic = proposal
        .of(TransformType::ENCR)
        .iter()
        .any(|t| !t.is_aead());
    let without = proposal.of(TransformType::INTEG).is_empty();
    if classic && without {
        return Err("a classic cipher without integrity gets the default ones");
    }
    let words: Result<Vec<_>, _> = proposal
        .transforms()
        .iter()
        .map(|t| spell(proposal.protocol(), *t))
        .collect();
    let mut words = words?;
    if !ike && proposal.of(TransformType::KE).is_empty() {
        words.push("group none".to_owned());
    }
    if !ike && proposal.of(TransformType::SN).is_empty() {
        words.push("noesn".to_owned());
    }
    Ok(words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::proposal;
    use crate::dialect::swan;
    use crate::ike::Protocol::{Esp, Ike};

    #[test]
    fn every_type_is_written_because_defaults_fill_the_rest() {
        for (protocol, text, expected) in [
            (
                Ike,
                "aes256-sha256-modp2048",
                Ok("enc aes-256 auth hmac-sha2-256 prf hmac-sha2-256 group modp2048"),
            ),
            (
                Ike,
                "aes256gcm16-prfsha384-ecp384",
                Ok("enc aes-256-gcm prf hmac-sha2-384 group ecp384"),
            ),
            (Esp, "aes256gcm16", Ok("enc aes-256-gcm noesn group none")),
            (
                Esp,
                "aes128-sha1-curve25519",
                Ok("enc aes-128 auth hmac-sha1 group curve25519 noesn"),
            ),
            (Ike, "aes192gcm16-prfsha256-ecp256", Err(())),
            (Ike, "aes256-sha256-curve448", Err(())),
            (Ike, "aes256-aesxcbc-modp2048", Err(())),
            (Esp, "aes256gcm8", Err(())),
            (Esp, "aes256", Err(())),
        ] {
            let read = swan::parse(protocol, text).unwrap();
            let written = proposal(&read);
            assert_eq!(written.as_deref().map_err(|_| ()), expected, "{text}");
        }
    }
}
