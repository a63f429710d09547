//! One structured entry: `{encryption: aes256, hash: sha256, dh: 14}`.

use super::phase::Phase;
use super::words::{self, CIPHERS, GROUPS, HASHES};
use crate::diag::{Diagnostic, Span, quoted};
use crate::dialect::swan::{self, Refusal};
use crate::ike::{Encr, Protocol, Transform};
use crate::peer::{Entry, Origin};
use crate::read::pfsense::{Cipher, Phase2, Spanned};
use crate::read::{ReadCode, proposal};
use crate::yaml::{self, FieldReader, Fields, Node, Word};

/// Other words for the keys of an entry, of other products and of the standards.
const SYNONYMS: &[(&str, &str)] = &[
    ("algorithm", "encryption"),
    ("cipher", "encryption"),
    ("ciphers", "encryption"),
    ("enc", "encryption"),
    ("encr", "encryption"),
    ("encryption_algorithm", "encryption"),
    ("auth", "hash"),
    ("authentication", "hash"),
    ("hash_algorithm", "hash"),
    ("integ", "hash"),
    ("integrity", "hash"),
    ("icv", "tag"),
    ("keylen", "tag"),
    ("key_length", "tag"),
];
const IKE_SYNONYMS: &[(&str, &str)] = &[
    ("dh_group", "dh"),
    ("dhgroup", "dh"),
    ("group", "dh"),
    ("ke", "dh"),
    ("key_exchange", "dh"),
    ("pfs", "dh"),
];
const ESP_SYNONYMS: &[(&str, &str)] = &[
    ("dh", "pfs"),
    ("dh_group", "pfs"),
    ("group", "pfs"),
    ("pfs_group", "pfs"),
    ("pfsgroup", "pfs"),
];

/// What an entry says, word by word.
struct Settings {
    ciphers: Vec<Spanned<Cipher>>,
    hashes: Vec<Spanned<Transform>>,
    prfs: Vec<Spanned<Transform>>,
    groups: Vec<Spanned<Transform>>,
    extent: Span,
}

/// The proposals of one entry, in the order in which the product puts them.
pub(super) fn read(phase: &Phase<'_>, reader: &mut FieldReader<'_>, node: &Node<'_>) -> Vec<Entry> {
    let Some(settings) = settings(phase, reader, node) else {
        return Vec::new();
    };
    if phase.protocol == Protocol::Ike {
        return written(phase.protocol, reader, &settings);
    }
    if !phase.is_pfsense() {
        return written(phase.protocol, reader, &settings);
    }
    let phase2 = Phase2 {
        ciphers: settings.ciphers,
        hashes: settings.hashes,
        group: settings.groups.into_iter().next(),
    };
    // The page ticks boxes: in what order they were ticked is not kept.
    phase2.in_page_order().proposals()
}

fn settings(phase: &Phase<'_>, reader: &mut FieldReader<'_>, node: &Node<'_>) -> Option<Settings> {
    let (what, keys, group_key, synonyms): (_, &[&'static str], _, _) = match phase.protocol {
        Protocol::Ike => (
            "an entry of phase1",
            &["encryption", "hash", "prf", "dh", "tag"],
            "dh",
            IKE_SYNONYMS,
        ),
        Protocol::Ah | Protocol::Esp => (
            "an entry of phase2",
            &["encryption", "hash", "pfs", "tag"],
            "pfs",
            ESP_SYNONYMS,
        ),
    };
    let synonyms = [SYNONYMS, synonyms].concat();
    let before = reader.errors();
    let fields = reader.fields_and_synonyms(node, what, keys, &synonyms)?;
    if fields.get("encryption").is_none() {
        let message = format!("{what} has no `encryption`");
        reader.push(
            Diagnostic::error(yaml::YamlCode::MissingKey, node.extent(), message)
                .help("add `encryption: aes256`"),
        );
    }
    let settings = Settings {
        ciphers: ciphers(phase, reader, &fields),
        hashes: words_of(reader, &fields, "hash", "a hash", words::hash, HASHES),
        prfs: words_of(reader, &fields, "prf", "a PRF", words::prf, HASHES),
        groups: words_of(
            reader,
            &fields,
            group_key,
            "a key exchange",
            words::group,
            GROUPS,
        ),
        extent: node.extent(),
    };
    if phase.is_pfsense() {
        let Settings {
            ciphers,
            hashes,
            prfs,
            groups,
            extent: _,
        } = &settings;
        if phase.protocol == Protocol::Ike {
            only_one(reader, "phase 1 row", "encryption algorithm", ciphers);
            only_one(reader, "phase 1 row", "hash", hashes);
            only_one(reader, "phase 1 row", "PRF", prfs);
            only_one(reader, "phase 1 row", "group", groups);
        } else {
            only_one(reader, "phase 2", "PFS group", groups);
        }
    }
    let off = |group: &Spanned<Transform>| group.value.is_none();
    let settings = match phase.protocol {
        Protocol::Esp if settings.groups.iter().all(off) => Settings {
            groups: Vec::new(),
            ..settings
        },
        _ => settings,
    };
    (reader.errors() == before).then_some(settings)
}

/// The words of a list, or the one word, under `key`.
fn words_of<T>(
    reader: &mut FieldReader<'_>,
    fields: &Fields<'_, '_>,
    key: &str,
    what: &str,
    parse: impl Fn(&str) -> Option<T>,
    known: &[&str],
) -> Vec<Spanned<T>> {
    let Some(node) = fields.get(key) else {
        return Vec::new();
    };
    let Some(items) = reader.one_or_more(node, what) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for item in items {
        let Some(word) = reader.word(item, what) else {
            continue;
        };
        match parse(word) {
            Some(value) => {
                reader.show(word);
                found.push(Spanned {
                    value,
                    span: word.span.clone(),
                });
            }
            None => not_understood(reader, word, what, &parse, known),
        }
    }
    if items.is_empty() {
        let message = format!("`{key}` has no entries");
        reader.push(Diagnostic::error(ReadCode::EmptyList, &node.place, message));
    }
    found
}

fn not_understood<T>(
    reader: &mut FieldReader<'_>,
    word: &Word<'_>,
    what: &str,
    parse: impl Fn(&str) -> Option<T>,
    known: &[&str],
) {
    let lower = word.to_lowercase();
    let with_cipher = format!("aes{}", word.text);
    let (note, better) = if parse(&lower).is_some() {
        (Some("names are written in lower case"), lower)
    } else if parse(&with_cipher).is_some() {
        (None, with_cipher)
    } else {
        return reader.unknown_word(word, what, known.iter().copied());
    };
    reader.show(word);
    let message = format!("{} is not {what}", quoted(word));
    let mut diagnostic = Diagnostic::error(yaml::YamlCode::UnknownWord, &word.span, message)
        .help(format!("write `{better}`"));
    diagnostic.notes.extend(note.map(str::to_owned));
    reader.push(diagnostic);
}

fn ciphers(
    phase: &Phase<'_>,
    reader: &mut FieldReader<'_>,
    fields: &Fields<'_, '_>,
) -> Vec<Spanned<Cipher>> {
    let tag = tag(reader, fields);
    let bits = tag.as_ref().map(|tag| tag.value);
    let parse = |word: &str| words::cipher(word, bits).map(|cipher| (cipher, word.to_owned()));
    let what = "an encryption algorithm";
    let found = words_of(reader, fields, "encryption", what, parse, CIPHERS);
    let mut ciphers = Vec::new();
    for Spanned { value, span } in found {
        let (cipher, word) = value;
        let is_auto = matches!(cipher, Cipher::AesAuto | Cipher::GcmAuto(_));
        if is_auto && !(phase.is_pfsense() && phase.protocol == Protocol::Esp) {
            let message = format!("{} exists in pfSense's phase 2 only", quoted(&word));
            reader.push(
                Diagnostic::error(yaml::YamlCode::UnknownWord, &span, message)
                    .help("write the algorithms, such as `[aes256, aes128]`"),
            );
        }
        if words::leaves_key_length_open(&word, cipher) {
            let message = format!("{} means a key of 128 bits", quoted(&word));
            reader.push(
                Diagnostic::warning(ReadCode::AmbiguousKeyLength, &span, message)
                    .help(format!("write `{word}128` or `{word}256`")),
            );
        }
        if let (Some(tag), Cipher::One(transform)) = (&tag, cipher)
            && tag_bits(transform).is_some_and(|bits| bits != tag.value)
        {
            let message = format!("{} has a tag of another length", quoted(&word));
            reader.push(
                Diagnostic::error(ReadCode::Contradiction, &span, message)
                    .context(tag.span.clone(), "than this")
                    .help("remove the length from one of the two"),
            );
        }
        ciphers.push(Spanned {
            value: cipher,
            span,
        });
    }
    ciphers
}

/// The length of the tag that a cipher's name can choose.
fn tag_bits(cipher: Transform) -> Option<u16> {
    let encr = Encr::from_repr(cipher.id)?;
    let chosen = cipher.key_bits > 0 && encr != Encr::NullAuthAesGmac;
    let bytes = encr.icv_octets().filter(|_| chosen)?;
    Some(u16::from(bytes) * 8)
}

fn tag(reader: &mut FieldReader<'_>, fields: &Fields<'_, '_>) -> Option<Spanned<u16>> {
    const LENGTHS: [&str; 3] = ["128", "96", "64"];
    let word = reader.word(fields.get("tag")?, "the length of a tag in bits")?;
    if !LENGTHS.contains(&&**word) {
        let what = "the length of a tag in bits";
        reader.unknown_word(word, what, LENGTHS);
        return None;
    }
    reader.show(word);
    Some(Spanned {
        value: word.parse().ok()?,
        span: word.span.clone(),
    })
}

/// Complains about every setting but the first.
fn only_one<T>(reader: &mut FieldReader<'_>, whole: &str, part: &str, settings: &[Spanned<T>]) {
    let Some((first, more)) = settings.split_first() else {
        return;
    };
    for setting in more {
        let message = format!("a {whole} of pfSense has one {part}");
        let mut diagnostic = Diagnostic::error(ReadCode::OneAlgorithmOnly, &setting.span, message)
            .context(first.span.clone(), "first")
            .help("write one entry for each combination");
        diagnostic = diagnostic.label("another");
        reader.push(diagnostic);
    }
}

fn is_aead(cipher: Cipher) -> bool {
    match cipher {
        Cipher::AesAuto => false,
        Cipher::GcmAuto(_) => true,
        Cipher::One(transform) => transform.is_aead(),
    }
}

/// The proposals as they are written: one, or two where AEAD and classic ciphers are listed
/// together, which no proposal can hold; that of the first cipher first.
fn written(protocol: Protocol, reader: &mut FieldReader<'_>, settings: &Settings) -> Vec<Entry> {
    let (first, other): (Vec<_>, Vec<_>) = {
        let kind = settings.ciphers.first().is_some_and(|it| is_aead(it.value));
        let same = |it: &&Spanned<Cipher>| is_aead(it.value) == kind;
        settings.ciphers.iter().partition(same)
    };
    let split = !other.is_empty();
    let mut entries = Vec::new();
    for ciphers in [first, other] {
        let Some(leader) = ciphers.first() else {
            continue;
        };
        let needs_hash = protocol == Protocol::Ike || !is_aead(leader.value);
        let hashes = settings.hashes.iter().filter(|_| needs_hash);
        let rest: Vec<_> = hashes
            .chain(&settings.prfs)
            .chain(&settings.groups)
            .collect();
        let encr = ciphers.iter().filter_map(|cipher| match cipher.value {
            Cipher::One(transform) => Some(transform),
            Cipher::AesAuto | Cipher::GcmAuto(_) => None,
        });
        let transforms = encr.chain(rest.iter().map(|setting| setting.value));
        let origin = if split {
            let ciphers = ciphers.iter().map(|cipher| &cipher.span);
            let spans = ciphers.chain(rest.iter().map(|setting| &setting.span));
            Origin::Expanded(spans.cloned().collect())
        } else {
            Origin::Written(settings.extent.clone())
        };
        match swan::completed(protocol, transforms.collect()) {
            Ok(proposal) => {
                let ciphers = ciphers.iter().filter_map(|cipher| match cipher.value {
                    Cipher::One(value) => Some(Spanned {
                        value,
                        span: cipher.span.clone(),
                    }),
                    Cipher::AesAuto | Cipher::GcmAuto(_) => None,
                });
                let words = ciphers.chain(rest.into_iter().cloned());
                entries.push(Entry::new(proposal, origin).with_words(words));
            }
            Err(refusal) => {
                reader.push(refused(&refusal, protocol, &settings.extent));
                break; // the second proposal would lack the same
            }
        }
    }
    entries
}

fn refused(refusal: &Refusal, protocol: Protocol, extent: &Span) -> Diagnostic {
    let message = format!("the entry {}", proposal::lack(refusal));
    Diagnostic::error(ReadCode::from(refusal), extent, message)
        .note(proposal::reason(refusal, protocol))
        .help(match refusal {
            Refusal::NoCipher => "add `encryption: aes256`",
            Refusal::NoKeyExchange => "add `dh: 14`",
            Refusal::NoIntegrity | Refusal::NoPrf => "add `hash: sha256`",
            Refusal::MixedCipherModes | Refusal::UnknownKeyword(_) => "write two entries",
        })
}
