//! One proposal of `ike=`, `esp=` or `ah=` as libreswan reads it.

use std::ops::Range;

use super::names::{self, CIPHERS, Cipher, DEFAULT_KEY};
use super::typed::{self, Typed};
use super::{Reason, Refusal, Release};
use crate::dialect::Places;
use crate::ike::{Encr, Integ, Ke, Prf, Proposal, Protocol, Transform, TransformType};

/// Groups where a proposal of IKE names none, by release: those of the default list
/// (`profiles/servers/libreswan.yaml`).
const GROUPS_4: [Ke; 8] = [
    Ke::Modp2048,
    Ke::Modp3072,
    Ke::Modp4096,
    Ke::Modp8192,
    Ke::Ecp256,
    Ke::Ecp384,
    Ke::Ecp521,
    Ke::Curve25519,
];
const GROUPS_5: [Ke; 8] = [
    Ke::Ecp256,
    Ke::Ecp384,
    Ke::Ecp521,
    Ke::Curve25519,
    Ke::Modp4096,
    Ke::Modp3072,
    Ke::Modp2048,
    Ke::Modp8192,
];
/// PRFs where a proposal of IKE names none.
const PRFS: [Prf; 2] = [Prf::HmacSha2_512, Prf::HmacSha2_256];
/// Integrity algorithms where a proposal of ESP names none.
const INTEGS: [Integ; 2] = [Integ::HmacSha2_512_256, Integ::HmacSha2_256_128];

/// Reads one proposal, and adds what libreswan adds: PRFs, integrity algorithms and groups that are
/// not written, the key lengths of a cipher without one. ESP and AH are left without sequence
/// numbers, which `esn=` decides, and without NONE beside AEAD ciphers.
pub fn parse(protocol: Protocol, text: &str, release: Release) -> Result<Proposal, Refusal> {
    parse_with_places(protocol, text, release).map(|(proposal, _)| proposal)
}

/// [`parse`], and where the transforms are written that the text names.
pub fn parse_with_places(
    protocol: Protocol,
    text: &str,
    release: Release,
) -> Result<(Proposal, Places), Refusal> {
    if text.is_empty() {
        let said = format!("{protocol} proposal is empty");
        return Err(refusal(0..0, Reason::Empty, said));
    }
    let (whole, (text, typed)) = match release {
        Release::Four => (text, (text, Vec::new())),
        Release::Five => (text, typed::split(text)),
    };
    let mut reader = Reader {
        protocol,
        release,
        text,
        tokens: tokens(text),
        next: 0,
        places: Vec::new(),
    };
    let mut found = Vec::new();
    if protocol != Protocol::Ah {
        reader.ciphers(&mut found)?;
    }
    let ciphers = found.len();
    reader.hashes(&mut found)?;
    reader.groups(&mut found)?;
    if let Some(token) = reader.tokens.get(reader.next) {
        let said = format!(
            "{protocol} proposal contains unexpected '{}'",
            text.get(token.bytes.clone()).unwrap_or_default()
        );
        return Err(refusal(token.bytes.clone(), Reason::Unexpected, said));
    }
    let mut places = reader.places;
    for part in typed {
        named_type(protocol, whole, &part, &mut found, &mut places)?;
    }
    complete(protocol, whole, release, &mut found, ciphers)?;
    Ok((Proposal::new(protocol, found), places))
}

/// The algorithms of a part that names its type, such as `addke1=ml_kem_768`.
fn named_type(
    protocol: Protocol,
    whole: &str,
    part: &Typed,
    found: &mut Vec<Transform>,
    places: &mut Places,
) -> Result<(), Refusal> {
    let Some(kind) = part.kind else {
        let name = whole.get(part.name.clone()).unwrap_or_default();
        let said = format!("transform '{name}' unrecognized");
        return Err(refusal(part.name.clone(), Reason::Unknown, said));
    };
    let groups = [names::GROUPS, names::GROUPS_5].concat();
    let (noun, rows) = match kind {
        TransformType::PRF => ("PRF", names::PRFS.to_vec()),
        TransformType::INTEG => ("integrity", names::INTEGS.to_vec()),
        _ => ("DH", groups),
    };
    let text = whole.get(part.list.clone()).unwrap_or_default();
    let mut reader = Reader {
        protocol,
        release: Release::Five,
        text,
        tokens: tokens(text),
        next: 0,
        places: Vec::new(),
    };
    let here = |at: Range<usize>| part.list.start + at.start..part.list.start + at.end;
    let list = reader.list(noun, &rows).map_err(|refused| Refusal {
        at: here(refused.at.clone()),
        ..refused
    })?;
    if let Some(token) = reader.tokens.get(reader.next) {
        let word = text.get(token.bytes.clone()).unwrap_or_default();
        let said = format!("{protocol} proposal contains unexpected '{word}'");
        return Err(refusal(here(token.bytes.clone()), Reason::Unexpected, said));
    }
    for transform in list {
        push(found, Transform { kind, ..transform });
    }
    let typed = |(at, transform)| (here(at), Transform { kind, ..transform });
    places.extend(reader.places.into_iter().map(typed));
    Ok(())
}

#[derive(Clone, Debug)]
struct Token {
    bytes: Range<usize>,
    /// The character before it.
    before: Option<char>,
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let (mut start, mut before) = (0, None);
    for (end, c) in text.char_indices().filter(|(_, c)| "-;+".contains(*c)) {
        tokens.push(Token {
            bytes: start..end,
            before,
        });
        (start, before) = (end + 1, Some(c));
    }
    tokens.push(Token {
        bytes: start..text.len(),
        before,
    });
    tokens
}

struct Reader<'t> {
    protocol: Protocol,
    release: Release,
    text: &'t str,
    tokens: Vec<Token>,
    next: usize,
    /// What was read, with its places.
    places: Places,
}

const fn refusal(at: Range<usize>, reason: Reason, said: String) -> Refusal {
    Refusal { at, reason, said }
}

impl<'t> Reader<'t> {
    fn word(&self, place: usize) -> Option<&'t str> {
        let token = self.tokens.get(place)?;
        self.text.get(token.bytes.clone())
    }

    /// Where the word at `place` stands, or the end of the text where there is none.
    fn bytes(&self, place: usize) -> Range<usize> {
        let end = self.text.len();
        let token = self.tokens.get(place);
        token.map_or(end..end, |token| token.bytes.clone())
    }

    fn part(&self, bytes: &Range<usize>) -> &'t str {
        self.text.get(bytes.clone()).unwrap_or_default()
    }

    fn is_before(&self, place: usize, separator: char) -> bool {
        let token = self.tokens.get(place);
        token.is_some_and(|token| token.before == Some(separator))
    }

    fn ciphers(&mut self, found: &mut Vec<Transform>) -> Result<(), Refusal> {
        loop {
            let start = self.next;
            let (cipher, bits) = self.cipher()?;
            let at = self.bytes(start).start..self.bytes(self.next.saturating_sub(1)).end;
            for transform in keyed(cipher, bits, self.protocol) {
                self.places.push((at.clone(), transform));
                push(found, transform);
            }
            if !self.is_before(self.next, '+') {
                return Ok(());
            }
        }
    }

    /// One cipher: `aes`, `aes256`, `aes_256` or `aes-256`.
    fn cipher(&mut self) -> Result<(&'static Cipher, u16), Refusal> {
        let at = self.bytes(self.next);
        let word = self.part(&at);
        let protocol = self.protocol;
        if word.is_empty() {
            let said = format!("{protocol} encryption algorithm is empty");
            return Err(refusal(at, Reason::Empty, said));
        }
        let behind = self.word(self.next + 1).unwrap_or_default();
        let follows =
            self.is_before(self.next + 1, '-') && behind.starts_with(|c: char| c.is_ascii_digit());
        if follows {
            let at = at.start..self.bytes(self.next + 1).end;
            let found = self.known(word, Some(behind), at)?;
            self.next += 2;
            return Ok(found);
        }
        let found = match self.known(word, None, at.clone()) {
            Ok(found) => found,
            Err(refused) => {
                let name = word.trim_end_matches(|c: char| c.is_ascii_digit());
                let digits = word.strip_prefix(name).unwrap_or_default();
                if digits.is_empty() {
                    return Err(refused);
                }
                let name = name.strip_suffix('_').unwrap_or(name);
                self.known(name, Some(digits), at)?
            }
        };
        self.next += 1;
        Ok(found)
    }

    fn known(
        &self,
        name: &str,
        digits: Option<&str>,
        at: Range<usize>,
    ) -> Result<(&'static Cipher, u16), Refusal> {
        let (protocol, whole) = (self.protocol, self.part(&at));
        let refuse = |reason, said| Err(refusal(at.clone(), reason, said));
        let digits = digits.map(|digits| digits.parse::<u32>().ok());
        let bits = match digits {
            None => 0,
            Some(Some(0)) => {
                let said = format!("{protocol} encryption key length is zero");
                return refuse(Reason::KeyLength, said);
            }
            Some(Some(bits)) => bits,
            Some(None) => {
                let said = format!(
                    "{protocol} encryption algorithm '{whole}' key length contains a non-numeric character"
                );
                return refuse(Reason::KeyLength, said);
            }
        };
        let is_name = |known: &&str| known.eq_ignore_ascii_case(name);
        let Some(cipher) = CIPHERS
            .iter()
            .find(|cipher| cipher.names.iter().any(is_name))
        else {
            let esp = names::UNSUPPORTED_IN_ESP.iter();
            let esp = esp.filter(|_| protocol == Protocol::Esp);
            if names::UNSUPPORTED_CIPHERS.iter().chain(esp).any(is_name) {
                let said = format!("{protocol} encryption algorithm '{whole}' is not supported");
                return refuse(Reason::Unsupported, said);
            }
            let said = format!("{protocol} encryption algorithm '{whole}' is not recognized");
            return refuse(Reason::Unknown, said);
        };
        if protocol == Protocol::Ike && !cipher.ike {
            let said = format!("{protocol} encryption algorithm '{whole}' is not supported");
            return refuse(Reason::Unsupported, said);
        }
        if bits != 0 && cipher.keys.is_empty() {
            let said = format!(
                "{protocol} encryption algorithm {} does not allow a key lengths",
                cipher.formal
            );
            return refuse(Reason::KeyLength, said);
        }
        let length = u16::try_from(bits).ok();
        let Some(length) = length.filter(|it| *it == 0 || cipher.keys.contains(it)) else {
            let valid: Vec<_> = cipher.keys.iter().rev().map(ToString::to_string).collect();
            let said = format!(
                "{protocol} encryption algorithm {} with key length {bits} invalid; valid key lengths: {}",
                cipher.formal,
                valid.join(", ")
            );
            return refuse(Reason::KeyLength, said);
        };
        Ok((cipher, length))
    }

    /// Whether there is a word that is not announced as a group by a semicolon.
    fn has_hash(&self) -> bool {
        self.next < self.tokens.len() && !self.is_before(self.next, ';')
    }

    /// PRF, or integrity algorithm and PRF; for ESP and AH the integrity algorithm.
    fn hashes(&mut self, found: &mut Vec<Transform>) -> Result<(), Refusal> {
        let mut prf_refused = None;
        if self.protocol == Protocol::Ike && self.has_hash() {
            match self.list("PRF", names::PRFS) {
                Ok(prfs) => {
                    prfs.into_iter().for_each(|t| push(found, t));
                    return self.integrity_behind(found);
                }
                Err(refused) => prf_refused = Some(refused),
            }
        }
        if !self.has_hash() {
            return Ok(());
        }
        let mut rows = names::INTEGS.to_vec();
        if self.protocol == Protocol::Ike {
            rows.retain(|(_, integ)| *integ != Transform::integ(Integ::AesCmac96));
        }
        match (self.list("integrity", &rows), prf_refused) {
            (Ok(integs), _) => integs.into_iter().for_each(|t| push(found, t)),
            (Err(_), Some(refused)) | (Err(refused), None) => return Err(refused),
        }
        if self.protocol == Protocol::Ike && self.has_hash() {
            let prfs = self.list("PRF", names::PRFS)?;
            prfs.into_iter().for_each(|t| push(found, t));
        }
        Ok(())
    }

    /// Version 5 takes the integrity algorithm behind the PRF, by its full name.
    fn integrity_behind(&mut self, found: &mut Vec<Transform>) -> Result<(), Refusal> {
        let word = self.word(self.next).filter(|_| self.has_hash());
        let is_full = word.is_some_and(|word| {
            names::find(names::INTEGS, word).is_some() && names::find(names::PRFS, word).is_none()
        });
        let is_group = word.is_some_and(|word| names::find(names::GROUPS, word).is_some());
        if self.release == Release::Five && is_full && !is_group {
            let integs = self.list("integrity", names::INTEGS)?;
            integs.into_iter().for_each(|t| push(found, t));
        }
        Ok(())
    }

    fn groups(&mut self, found: &mut Vec<Transform>) -> Result<(), Refusal> {
        if self.next == self.tokens.len() {
            return Ok(());
        }
        let mut rows = names::GROUPS.to_vec();
        if self.release == Release::Five {
            rows.extend(names::GROUPS_5);
        }
        let groups = self.list("DH", &rows)?;
        groups.into_iter().for_each(|t| push(found, t));
        Ok(())
    }

    /// One algorithm or several joined by `+`. On a refusal the reader stays where it was.
    fn list(&mut self, noun: &str, rows: &[names::Row]) -> Result<Vec<Transform>, Refusal> {
        let (start, known) = (self.next, self.places.len());
        let mut found = Vec::new();
        loop {
            match self.algorithm(noun, rows) {
                Ok(transform) => {
                    let at = self.bytes(self.next);
                    self.places.push((at, transform));
                    push(&mut found, transform);
                }
                Err(refused) => {
                    self.next = start;
                    self.places.truncate(known);
                    return Err(refused);
                }
            }
            self.next += 1;
            if !self.is_before(self.next, '+') {
                return Ok(found);
            }
        }
    }

    fn algorithm(&self, noun: &str, rows: &[names::Row]) -> Result<Transform, Refusal> {
        let at = self.bytes(self.next);
        let (protocol, word) = (self.protocol, self.part(&at));
        if word.is_empty() {
            let said = format!("{protocol} {noun} algorithm is empty");
            return Err(refusal(at, Reason::Empty, said));
        }
        if let Some(transform) = names::find(rows, word) {
            return Ok(transform);
        }
        let among = |words: &[&str]| words.iter().any(|name| name.eq_ignore_ascii_case(word));
        if noun == "DH" && among(names::UNSUPPORTED_GROUPS) {
            let said = format!("{protocol} DH algorithm '{word}' is not supported");
            return Err(refusal(at, Reason::Unsupported, said));
        }
        if noun == "integrity" && among(names::NOT_IN_IKEV2) {
            let said = format!("{protocol} integrity algorithm '{word}' is not supported by IKEv2");
            return Err(refusal(at, Reason::Unsupported, said));
        }
        let said = format!("{protocol} {noun} algorithm '{word}' is not recognized");
        Err(refusal(at, Reason::Unknown, said))
    }
}

/// Adds a transform that is not there yet, as libreswan discards duplicates.
fn push(found: &mut Vec<Transform>, transform: Transform) {
    if !found.contains(&transform) {
        found.push(transform);
    }
}

/// The cipher with its key length; without one, the longest and 128 bits, in IKE the longest first
/// (`append_encrypt_transform` in `ikev2_proposals.c`).
fn keyed(cipher: &Cipher, bits: u16, protocol: Protocol) -> Vec<Transform> {
    let lengths = match (cipher.keys.first(), protocol) {
        (None, _) => vec![0],
        (Some(_), _) if bits != 0 => vec![bits],
        (Some(longest), Protocol::Ike) => vec![*longest, DEFAULT_KEY],
        (Some(longest), _) => vec![DEFAULT_KEY, *longest],
    };
    let keyed = |bits| Transform::encr(cipher.encr, bits);
    lengths.into_iter().map(keyed).collect()
}

/// Adds what is not written, and refuses what does not go together.
fn complete(
    protocol: Protocol,
    text: &str,
    release: Release,
    found: &mut Vec<Transform>,
    ciphers: usize,
) -> Result<(), Refusal> {
    let has = |found: &[Transform], kind| found.iter().any(|t| t.kind == kind);
    if protocol == Protocol::Ike && !has(found, TransformType::PRF) {
        found.extend(PRFS.map(Transform::prf));
    }
    let aead = found
        .iter()
        .take(ciphers)
        .filter(|t| t.is_aead() || is_gmac(**t))
        .count();
    let formal = |found: &[Transform]| {
        let first = found.first().map(|t| t.id);
        let cipher = CIPHERS
            .iter()
            .find(|cipher| Some(cipher.encr as u16) == first);
        cipher.map_or("", |cipher| cipher.formal)
    };
    let refuse = |reason, said| Err(refusal(0..text.len(), reason, said));
    if aead > 0 && aead < ciphers {
        let said = format!("AEAD and non-AEAD {protocol} encryption algorithm cannot be combined");
        return refuse(Reason::MixedCipherModes, said);
    }
    let integs: Vec<_> = found
        .iter()
        .filter(|t| t.kind == TransformType::INTEG)
        .collect();
    if integs.is_empty() && aead == 0 {
        let derived: Vec<_> = match protocol {
            Protocol::Ike => found.iter().filter_map(|t| integrity_of(*t)).collect(),
            Protocol::Ah | Protocol::Esp => INTEGS.map(Transform::integ).to_vec(),
        };
        found.extend(derived);
    } else if protocol == Protocol::Ah && integs.iter().any(|t| t.is_none()) {
        let said = "AH cannot have 'none' as the integrity algorithm".to_owned();
        return refuse(Reason::NoIntegrity, said);
    } else if aead > 0 && integs.iter().any(|t| !t.is_none()) {
        let said = format!(
            "AEAD {protocol} encryption algorithm {} must have 'NONE' as the integrity algorithm",
            formal(found)
        );
        return refuse(Reason::IntegrityBesideAead, said);
    } else if aead == 0 && integs.iter().all(|t| t.is_none()) {
        let said = format!(
            "non-AEAD {protocol} encryption algorithm {} cannot have 'NONE' as the integrity algorithm",
            formal(found)
        );
        return refuse(Reason::NoIntegrity, said);
    }
    if aead > 0 {
        found.retain(|t| t.kind != TransformType::INTEG);
    }
    let none = |t: &Transform| t.kind == TransformType::KE && t.is_none();
    if protocol == Protocol::Ike && found.iter().any(none) {
        let said = "IKE DH algorithm 'none' not permitted".to_owned();
        return refuse(Reason::NoKeyExchange, said);
    }
    if protocol == Protocol::Ike && !has(found, TransformType::KE) {
        let groups = match release {
            Release::Four => GROUPS_4,
            Release::Five => GROUPS_5,
        };
        found.extend(groups.map(Transform::ke));
    }
    Ok(())
}

/// libreswan counts AES-GMAC, which only authenticates, among the AEAD ciphers.
fn is_gmac(transform: Transform) -> bool {
    transform.kind == TransformType::ENCR && transform.id == Encr::NullAuthAesGmac as u16
}

/// The integrity algorithm that libreswan makes of a PRF.
pub(super) fn integrity_of(prf: Transform) -> Option<Transform> {
    if prf.kind != TransformType::PRF {
        return None;
    }
    let integ = match Prf::from_repr(prf.id)? {
        Prf::HmacMd5 => Integ::HmacMd5_96,
        Prf::HmacSha1 => Integ::HmacSha1_96,
        Prf::HmacSha2_256 => Integ::HmacSha2_256_128,
        Prf::HmacSha2_384 => Integ::HmacSha2_384_192,
        Prf::HmacSha2_512 => Integ::HmacSha2_512_256,
        Prf::Aes128Xcbc => Integ::AesXcbc96,
        _ => return None,
    };
    Some(Transform::integ(integ))
}

#[cfg(test)]
mod tests {
    use super::{parse, parse_with_places};
    use crate::dialect::pluto::Release::{Five, Four};
    use crate::dialect::swan;
    use crate::ike::Protocol::{Ah, Esp, Ike};

    #[test]
    fn every_word_has_its_place_behind_the_name_of_its_type_too() {
        let text = "aes-256-sha2_256-dh19;addke1=ml_kem_768+none";
        let (_, places) = parse_with_places(Ike, text, Five).unwrap();
        let found: Vec<_> = places
            .into_iter()
            .map(|(at, transform)| (&text[at], transform.kind.additional_round()))
            .collect();
        let expected = [
            ("aes-256", None),
            ("sha2_256", None),
            ("dh19", None),
            ("ml_kem_768", Some(1)),
            ("none", Some(1)),
        ];
        assert_eq!(found, expected);
    }

    /// What libreswan 4.10 makes of a proposal (`algparse -v2`), in strongSwan's keywords.
    #[test]
    fn reads_what_libreswan_reads() {
        for (protocol, text, expected) in [
            (Ike, "aes256-sha1-modp2048", "aes256-sha1-modp2048"),
            (Ike, "aes256-sha2_256;dh14", "aes256-sha256-modp2048"),
            (
                Ike,
                "AES_CBC_256-HMAC_SHA2_256-DH19",
                "aes256-sha256-ecp256",
            ),
            (Ike, "aes-256-sha1-dh14", "aes256-sha1-modp2048"),
            (
                Ike,
                "aes_gcm_c_256-hmac_sha2_256-ecp_256",
                "aes256gcm16-prfsha256-ecp256",
            ),
            (
                Ike,
                "aes_gcm-none-sha2-dh31",
                "aes256gcm16-aes128gcm16-prfsha256-curve25519",
            ),
            (
                Ike,
                "aes256+aes128-sha1+sha2-dh14+dh19",
                "aes256-aes128-sha1-sha256-modp2048-ecp256",
            ),
            (
                Ike,
                "aes256-sha2_256_128-sha2_512-dh14",
                "aes256-sha256-prfsha512-modp2048",
            ),
            (Ike, "3des-sha1-dh14", "3des-sha1-modp2048"),
            (Esp, "aes128-sha1", "aes128-sha1"),
            (Esp, "aes", "aes128-aes256-sha512-sha256"),
            (Esp, "aes_gcm-null", "aes128gcm16-aes256gcm16"),
            (
                Esp,
                "aes-sha2_256;dh14+none",
                "aes128-aes256-sha256-modp2048-none",
            ),
            (Esp, "null", "null-sha512-sha256"),
            (Esp, "aes_gmac", "aes128gmac-aes256gmac"),
            (Ah, "sha1-dh14", "sha1-modp2048"),
        ] {
            let read = parse(protocol, text, Four).map(|proposal| swan::write(&proposal));
            // strongSwan's keywords leave 32-bit sequence numbers out, as this grammar does.
            assert_eq!(read, Ok(Some(expected.to_owned())), "{text}");
        }
    }

    #[test]
    fn refuses_what_libreswan_refuses_in_its_words() {
        for (protocol, text, said) in [
            (
                Ike,
                "aes128-aes256",
                "IKE PRF algorithm 'aes256' is not recognized",
            ),
            (
                Ike,
                "aes256-sha1-modp1024",
                "IKE DH algorithm 'modp1024' is not supported",
            ),
            (
                Ike,
                "aes256-sha1-dh2",
                "IKE DH algorithm 'dh2' is not recognized",
            ),
            (
                Ike,
                "aes256-sha1-modp2048!",
                "IKE DH algorithm 'modp2048!' is not recognized",
            ),
            (
                Ike,
                "aes256-sha1;dh14+none",
                "IKE DH algorithm 'none' not permitted",
            ),
            (Ike, "", "IKE proposal is empty"),
            (Ike, "-sha1", "IKE encryption algorithm is empty"),
            (
                Ike,
                "aes256gcm16",
                "IKE encryption algorithm 'aes256gcm16' is not recognized",
            ),
            (
                Ike,
                "aes_ccm-sha1",
                "IKE encryption algorithm 'aes_ccm' is not supported",
            ),
            (
                Ike,
                "aes256-sha1-sha2-dh14",
                "IKE DH algorithm 'sha2' is not recognized",
            ),
            (
                Ike,
                "aes512-sha1",
                "IKE encryption algorithm AES_CBC with key length 512 invalid; valid key lengths: 128, 192, 256",
            ),
            (
                Ike,
                "3des256-sha1",
                "IKE encryption algorithm 3DES_CBC does not allow a key lengths",
            ),
            (
                Ike,
                "aes256+aes_gcm-sha2",
                "AEAD and non-AEAD IKE encryption algorithm cannot be combined",
            ),
            (
                Esp,
                "aes_gcm-sha1",
                "AEAD ESP encryption algorithm AES_GCM_16 must have 'NONE' as the integrity algorithm",
            ),
            (
                Esp,
                "aes-none",
                "non-AEAD ESP encryption algorithm AES_CBC cannot have 'NONE' as the integrity algorithm",
            ),
            (
                Esp,
                "aes256-hmac_sha2_256_truncbug",
                "ESP integrity algorithm 'hmac_sha2_256_truncbug' is not supported by IKEv2",
            ),
            (
                Esp,
                "aes256-sha1-dh14-dh19",
                "ESP proposal contains unexpected 'dh19'",
            ),
            (
                Ah,
                "aes-sha1",
                "AH integrity algorithm 'aes' is not recognized",
            ),
            (
                Ah,
                "none",
                "AH cannot have 'none' as the integrity algorithm",
            ),
        ] {
            let refused = parse(protocol, text, Four).map_err(|refused| refused.said);
            assert_eq!(refused, Err(said.to_owned()), "{text}");
        }
    }
}
