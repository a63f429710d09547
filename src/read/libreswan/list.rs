//! `ike=`, `esp=`, `ah=` and `phase2alg=` of libreswan.

use std::ops::Range;

use super::{NO, Reader, is};
use crate::diag::{Diagnostic, Severity, Span, nearest};
use crate::dialect::pluto::{self, Reason, Refusal};
use crate::dialect::swan;
use crate::ike::{Ke, Proposal, Protocol, Sn, Transform, TransformType};
use crate::peer::server::Spanned;
use crate::peer::{Connection, Entry, Origin, Version};
use crate::read::ipsec_conf::inherit::Whole;
use crate::read::settings::Value;
use crate::read::{ReadCode, harmless, loading};

/// The first version in which `esn=` is `either` where nobody says (CHANGES v4.6).
const ESN_EITHER: Version = Version::new(4, 6, 0);

impl Reader<'_> {
    pub(super) fn ike(&mut self, connection: &mut Connection, whole: &Whole<'_>) -> Vec<Entry> {
        match whole.value("ike") {
            Some(value) => self.written(connection, Protocol::Ike, value),
            None => self.defaults(connection, Protocol::Ike, whole),
        }
    }

    pub(super) fn child(
        &mut self,
        connection: &mut Connection,
        whole: &Whole<'_>,
        protocol: Protocol,
    ) -> Vec<Entry> {
        let keys = match protocol {
            Protocol::Ah => ["ah", "phase2alg", "esp"],
            Protocol::Esp | Protocol::Ike => ["esp", "phase2alg", "ah"],
        };
        let value = keys.iter().find_map(|key| whole.value(key));
        let Some(value) = value else {
            return self.defaults(connection, protocol, whole);
        };
        let mut entries = self.written(connection, protocol, value);
        let sizes = self.sequence_numbers(whole);
        for entry in &mut entries {
            let transforms = entry.proposal.transforms().iter().copied();
            let with_sizes = transforms.chain(sizes.iter().copied().map(Transform::sn));
            entry.proposal = Proposal::new(protocol, with_sizes);
        }
        self.groups(connection, whole, protocol, value, &mut entries);
        entries
    }

    fn written(
        &mut self,
        connection: &mut Connection,
        protocol: Protocol,
        value: &Value,
    ) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut start = 0;
        for (number, item) in value.split(',').enumerate() {
            if number >= loading::MOST_PROPOSALS {
                let too_many = loading::too_many(value.span());
                loading::discard(connection, &mut self.diagnostics, too_many);
                break;
            }
            let bytes = start..start + item.len();
            start += item.len() + 1;
            let part =
                |part: Range<usize>| value.part(bytes.start + part.start..bytes.start + part.end);
            // Whether the build has what only some have is for who knows the build.
            let plain = pluto::parse_with_places(protocol, item, self.release());
            let parsed = plain.or_else(|refusal| {
                let built = pluto::parse_as_built(protocol, item, self.release(), &[Ke::Modp1024]);
                built.map_err(|_| refusal)
            });
            match parsed {
                Ok((proposal, words)) => {
                    // libreswan discards a proposal that it has already.
                    if entries.iter().all(|entry| entry.proposal != proposal) {
                        let origin = Origin::Written(value.part(bytes.clone()));
                        let words = words.into_iter().map(|(place, value)| Spanned {
                            value,
                            span: part(place),
                        });
                        entries.push(Entry::new(proposal, origin).with_words(words));
                    }
                }
                Err(_) if item.is_empty() => {
                    let message = "a proposal of the list is empty";
                    let noun = if protocol == Protocol::Ah {
                        "integrity"
                    } else {
                        "encryption"
                    };
                    let diagnostic = Diagnostic::error(ReadCode::EmptyList, value.span(), message)
                        .note(format!(
                            "libreswan says \"{protocol} {noun} algorithm is empty\""
                        ))
                        .help("remove the comma that is too much");
                    loading::discard(connection, &mut self.diagnostics, diagnostic);
                }
                Err(_) if item.contains(' ') => {
                    let blank = item.find(' ').unwrap_or_default();
                    let message = "the list contains a blank";
                    let diagnostic = Diagnostic::error(ReadCode::SyntaxError, part(blank..blank + 1), message)
                        .note("libreswan takes it for a part of the word, and outside of quotes for the end of the line")
                        .help("remove the blank");
                    loading::discard(connection, &mut self.diagnostics, diagnostic);
                }
                Err(refusal) => {
                    let diagnostic = complaint(item, &refusal, part(refusal.at.clone()));
                    loading::discard(connection, &mut self.diagnostics, diagnostic);
                }
            }
        }
        entries
    }

    /// What `esn=` adds to each proposal: 64-bit numbers first where both are allowed.
    fn sequence_numbers(&self, whole: &Whole<'_>) -> &'static [Sn] {
        let either = &[Sn::Sequential64, Sn::Sequential32][..];
        let without_replay = is(whole, "replay-window", &["0"]);
        if is(whole, "esn", &["no"]) || without_replay {
            &either[1..]
        } else if is(whole, "esn", &["yes"]) {
            &either[..1]
        } else if is(whole, "esn", &["either"]) || self.engine.version >= ESN_EITHER {
            either
        } else {
            &either[1..]
        }
    }

    /// Groups of the child: dropped without PFS; else all proposals name one, or none does
    /// (`proposals_pfs_vs_dh_check` in `proposals.c`).
    fn groups(
        &mut self,
        connection: &mut Connection,
        whole: &Whole<'_>,
        protocol: Protocol,
        value: &Value,
        entries: &mut [Entry],
    ) {
        let first = |entry: &Entry| entry.proposal.first_ke();
        let named = entries
            .iter()
            .filter(|entry| first(entry).is_some())
            .count();
        if named == 0 {
            return;
        }
        if is(whole, "pfs", NO) {
            if self.engine.version < Version::new(4, 0, 0) {
                return;
            }
            for entry in entries.iter_mut() {
                entry.proposal = entry.proposal.without_key_exchange();
            }
            let message = format!("the groups of `{}` are passed over", &**value);
            let diagnostic = Diagnostic::warning(ReadCode::IgnoredSetting, value.span(), message)
                .note(format!(
                    "libreswan says \"ignoring {protocol} DH algorithm … as PFS policy is disabled\""
                ))
                .help("set `pfs=yes`, or remove the groups");
            let diagnostic = match whole.settings.get("pfs") {
                Some(pfs) => diagnostic.context(pfs.key.clone(), "because of this"),
                None => diagnostic,
            };
            loading::remark(&mut self.diagnostics, diagnostic);
            return;
        }
        if named < entries.len() {
            let message = "some proposals name a group and others do not";
            let diagnostic = Diagnostic::error(ReadCode::Contradiction, value.span(), message)
                .note(format!(
                    "libreswan says \"either all or no {protocol} proposals should specify DH\""
                ))
                .help("write a group behind each, `;none` where there is to be none");
            loading::discard(connection, &mut self.diagnostics, diagnostic);
        }
        let mut groups: Vec<_> = entries
            .iter()
            .filter_map(first)
            .filter(|t| !t.is_none())
            .collect();
        groups.dedup();
        if groups.len() > 1 {
            let message = "the proposals begin with different groups";
            let diagnostic = Diagnostic::error(ReadCode::Contradiction, value.span(), message)
                .note(format!(
                    "libreswan says \"more than one IKEv2 {protocol} DH algorithm (…) requires \
                     unimplemented CHILD_SA INVALID_KE\""
                ))
                .help("use the same group first in all of them");
            loading::discard(connection, &mut self.diagnostics, diagnostic);
        }
    }

    fn defaults(
        &mut self,
        connection: &Connection,
        protocol: Protocol,
        whole: &Whole<'_>,
    ) -> Vec<Entry> {
        let engine = format!("{} {}", self.engine.name, self.engine.version);
        let said = &mut self.assumed[usize::from(protocol != Protocol::Ike)];
        let key = match protocol {
            Protocol::Ike => "ike",
            Protocol::Esp => "esp",
            Protocol::Ah => "ah",
        };
        if let Some(place) = whole
            .place()
            .filter(|_| connection.serves_clients() && !*said)
        {
            *said = true;
            let message =
                format!("`{key}` is missing, the default proposals of {engine} are assumed");
            self.diagnostics.push(
                Diagnostic::new(Severity::Note, ReadCode::DefaultAssumed, place, message)
                    .note("Fedora and Red Hat replace them by those of their crypto policy"),
            );
        }
        let sizes = match protocol {
            Protocol::Ike => &[],
            Protocol::Ah | Protocol::Esp => self.sequence_numbers(whole),
        };
        let entry = |proposal: Proposal| {
            let transforms = proposal.transforms().iter().copied();
            let transforms = transforms.chain(sizes.iter().copied().map(Transform::sn));
            let proposal = Proposal::new(protocol, transforms);
            Entry::new(proposal, Origin::Default(engine.clone()))
        };
        let Some(list) = self.known_defaults(protocol) else {
            if let Some(place) = whole.place() {
                let message = format!("it is not known what {engine} uses without `{key}`");
                self.diagnostics.push(
                    Diagnostic::warning(ReadCode::DefaultUnknown, place, message)
                        .help(format!("add `{key}=` with the proposals")),
                );
            }
            return Vec::new();
        };
        list.into_iter().map(entry).collect()
    }

    /// The default lists of this version, without sequence numbers.
    fn known_defaults(&self, protocol: Protocol) -> Option<Vec<Proposal>> {
        let plain = |proposal: &Proposal| proposal.without(|kind| kind == TransformType::SN);
        let listed = (self.context.defaults)(self.engine, protocol)?;
        Some(listed.iter().map(plain).collect())
    }
}

/// A refusal in this program's words, with libreswan's beside.
fn complaint(item: &str, refusal: &Refusal, place: Span) -> Diagnostic {
    let word = item.get(refusal.at.clone()).unwrap_or_default();
    let whole = harmless::quoted(item);
    let (code, message) = match refusal.reason {
        Reason::Empty => (
            ReadCode::EmptyList,
            "a proposal or a part of one is empty".to_owned(),
        ),
        Reason::KeyLength => (
            ReadCode::UnknownKeyword,
            format!(
                "{} has a key length that does not exist",
                harmless::quoted(word)
            ),
        ),
        Reason::Unknown => (
            ReadCode::UnknownKeyword,
            format!(
                "{} is not the name of an algorithm here",
                harmless::quoted(word)
            ),
        ),
        Reason::Unsupported => (
            ReadCode::UnknownKeyword,
            format!("libreswan does not support {} here", harmless::quoted(word)),
        ),
        Reason::Unexpected => (
            ReadCode::UnknownKeyword,
            format!("{} is one word too many", harmless::quoted(word)),
        ),
        Reason::MixedCipherModes => (
            ReadCode::MixedCipherModes,
            format!("{whole} mixes AEAD and classic encryption algorithms"),
        ),
        Reason::IntegrityBesideAead => (
            ReadCode::MixedCipherModes,
            format!("{whole} names an integrity algorithm beside an AEAD cipher"),
        ),
        Reason::NoIntegrity => (
            ReadCode::NoIntegrity,
            format!("{whole} has no integrity algorithm"),
        ),
        Reason::NoKeyExchange => (
            ReadCode::NoKeyExchange,
            format!("{whole} allows IKE without key exchange"),
        ),
    };
    let mut diagnostic = Diagnostic::error(code, place, message);
    // The daemon repeats the word, which may be anything.
    if harmless::is_list(item) {
        diagnostic = diagnostic.note(format!("libreswan says \"{}\"", refusal.said));
    }
    diagnostic.maybe_help(help(word, refusal.reason))
}

fn help(word: &str, reason: Reason) -> Option<String> {
    match reason {
        Reason::IntegrityBesideAead => return Some("write `none` in its place".to_owned()),
        Reason::MixedCipherModes => {
            return Some("write two proposals, one of each kind".to_owned());
        }
        Reason::Unknown | Reason::Unsupported | Reason::Unexpected => {}
        Reason::Empty | Reason::KeyLength | Reason::NoIntegrity | Reason::NoKeyExchange => {
            return None;
        }
    }
    if word.contains(['$', '{', '<', '%', '@']) {
        return Some("this is a placeholder; fill in the template first".to_owned());
    }
    let lower = word.to_lowercase();
    if lower.starts_with("addke") {
        return Some("additional key exchanges are `addke1=` to `addke7=`".to_owned());
    }
    // Words of strongSwan, and groups by number that libreswan has no such name for.
    let transform = swan::keyword(lower.trim_end_matches('!')).or_else(|| {
        let number = lower
            .strip_prefix("dh")
            .or_else(|| lower.strip_prefix("group"))?;
        Ke::from_repr(number.parse().ok()?).map(Transform::ke)
    });
    if let Some(right) = transform.and_then(pluto::spell) {
        return (right != lower).then(|| format!("write `{right}`"));
    }
    if reason == Reason::Unsupported {
        return None;
    }
    let kinds = [
        TransformType::ENCR,
        TransformType::PRF,
        TransformType::INTEG,
        TransformType::KE,
    ];
    let known = kinds.into_iter().flat_map(pluto::words);
    let near = nearest(&lower, known).filter(|near| *near != lower);
    near.map(|near| format!("did you mean `{near}`?"))
}
