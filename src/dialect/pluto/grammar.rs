//! One proposal of `ike=`, `esp=` or `ah=` as libreswan reads it.

mod complete;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::names::{self, CIPHERS, Cipher};
use super::typed::{self, Typed};
use super::{Reason, Refusal, Release};
use crate::dialect::Places;
use crate::ike::{Integ, Ke, Proposal, Protocol, Transform, TransformType};
pub(super) use complete::integrity_of;
use complete::{complete, keyed, push};

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
    parse_as_built(protocol, text, release, &[])
}

/// [`parse_with_places`] of a build that has `groups` which others lack.
pub fn parse_as_built(
    protocol: Protocol,
    text: &str,
    release: Release,
    groups: &[Ke],
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
        groups,
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
        groups: &[],
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
    /// Groups that the build has beside those of every build.
    groups: &'t [Ke],
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
        let of_build = names::OPTIONAL_GROUPS.iter();
        let of_build = of_build.filter(|(_, group)| self.groups.contains(group));
        rows.extend(of_build.map(|(words, group)| (*words, Transform::ke(*group))));
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
