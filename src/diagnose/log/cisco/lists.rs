//! Lists of proposals in the words of Cisco.

use super::super::names;
use crate::ike::{Protocol, Transform, TransformType};

/// The transforms of a proposal, in either form.
pub(super) fn proposal(row: &str, protocol: Protocol) -> Option<Vec<Transform>> {
    if row.contains("ENCRYPTION:") {
        return labelled(row);
    }
    let row = row
        .replace("Don't use ESN", "NO_ESN")
        .replace("Use ESN", "ESN");
    let words: Vec<&str> = row.split_whitespace().collect();
    let mut transforms = Vec::new();
    let mut hashes = Vec::new();
    let mut place = 0;
    while let Some(word) = words.get(place) {
        place += 1;
        if *word == "Group" || word.ends_with("/Group") {
            let number = words.get(place)?;
            transforms.push(names::group(number)?);
            place += 1;
        } else if word.starts_with("DH_GROUP") {
            return None;
        } else if *word == "ESN" || *word == "NO_ESN" {
            transforms.push(names::transform(TransformType::SN, word, None)?);
        } else if let Some(cipher) = cipher(word) {
            transforms.push(cipher);
        } else {
            hashes.push(*word);
        }
    }
    transforms.extend(hashes_of(&hashes, &transforms, protocol)?);
    Some(transforms)
}

/// PRFs stand before integrity algorithms, without a word between them.
pub(super) fn hashes_of(
    hashes: &[&str],
    ciphers: &[Transform],
    protocol: Protocol,
) -> Option<Vec<Transform>> {
    let read = |kind, words: &[&str]| -> Option<Vec<Transform>> {
        words
            .iter()
            .filter(|word| !matches!(**word, "None" | "NULL" | "N/A"))
            .map(|word| names::transform(kind, word, None))
            .collect()
    };
    if protocol == Protocol::Esp {
        return read(TransformType::INTEG, hashes);
    }
    let aead = ciphers.iter().any(|it| it.is_aead());
    let half = match hashes.len() {
        count
            if aead
                && hashes
                    .last()
                    .is_none_or(|it| !matches!(*it, "None" | "NULL")) =>
        {
            count
        }
        count if count % 2 == 0 || aead => count.div_ceil(2),
        _ => return None,
    };
    let mut all = read(TransformType::PRF, &hashes[..half])?;
    all.extend(read(TransformType::INTEG, &hashes[half..])?);
    Some(all)
}

/// `AES-CBC-256`, `AES-GCM-128`, `3DES`, `DES`.
pub(super) fn cipher(word: &str) -> Option<Transform> {
    let (name, bits) = match word.rsplit_once('-') {
        Some((name, bits)) if bits.parse::<u16>().is_ok() => (name, bits.parse().ok()),
        _ => (word, None),
    };
    let name = match name {
        "AES-GCM" => "AES_GCM_16",
        "AES-GMAC" => "NULL_AUTH_AES_GMAC",
        other => other,
    };
    // Hashes have names of their own.
    (!name.starts_with("SHA") && !name.starts_with("MD5"))
        .then(|| names::transform(TransformType::ENCR, name, bits))?
}

/// `ENCRYPTION: AES-CBC-256 PRF: SHA256 INTEGRITY: SHA256 DH GROUP: DH_GROUP_2048_MODP/Group 14`.
pub(super) fn labelled(row: &str) -> Option<Vec<Transform>> {
    const LABELS: [(&str, Option<TransformType>); 4] = [
        ("ENCRYPTION:", Some(TransformType::ENCR)),
        ("PRF:", Some(TransformType::PRF)),
        ("INTEGRITY:", Some(TransformType::INTEG)),
        ("DH GROUP:", None),
    ];
    let mut transforms = Vec::new();
    for (label, kind) in LABELS {
        let Some((_, rest)) = row.split_once(label) else {
            continue;
        };
        let end = LABELS
            .iter()
            .filter_map(|(label, _)| rest.find(label))
            .min()
            .unwrap_or(rest.len());
        let words = rest[..end].split_whitespace();
        for word in words.filter(|word| !matches!(*word, "None" | "NULL")) {
            let transform = match kind {
                Some(TransformType::ENCR) => cipher(word)?,
                Some(kind) => names::transform(kind, word, None)?,
                // Name and number: `DH_GROUP_2048_MODP/Group 14`.
                None if word.ends_with("/Group") => continue,
                None => names::group(word)?,
            };
            transforms.push(transform);
        }
    }
    Some(transforms)
}
