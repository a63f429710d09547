//! Phase 2 entries: a child of their own each, or all of them in one.

use std::time::Duration;

use super::expansion::{Cipher, Phase2, merge};
use super::phase1::{named, seconds};
use crate::diag::{Diagnostic, or_list};
use crate::dialect::{pfsense, swan};
use crate::ike::{Proposal, Protocol, Sn, Transform, TransformType};
use crate::peer::server::Spanned;
use crate::peer::{Child, Entry, Origin};
use crate::read::backup::Backup;
use crate::read::xml::Element;
use crate::read::{ReadCode, harmless, proposal};

/// How the phase 2 entries of one phase 1 are to be read.
pub(super) struct Children<'d, 't> {
    pub(super) mobile: bool,
    /// Each gets a child of its own.
    pub(super) split: bool,
    /// Of phase 1.
    pub(super) number: String,
    /// The page Mobile Clients.
    pub(super) client: Option<Element<'d, 't>>,
    /// `off` in that page overrides too.
    pub(super) off_overrides: bool,
}

/// When pfSense asks for new keys of the child SA, if the entry says so.
pub(super) fn rekey_time(phase2: Element<'_, '_>) -> Option<Duration> {
    if phase2.has("disabled") {
        return None;
    }
    let lifetime = seconds(phase2, "lifetime").filter(|seconds| *seconds > 0)?;
    let time = seconds(phase2, "rekey_time").unwrap_or(lifetime * 9 / 10);
    Some(Duration::from_secs(time))
}

impl Children<'_, '_> {
    /// The children, or why strongSwan discards the connection.
    pub(super) fn read(
        &self,
        backup: &mut Backup<'_>,
        entries: &[Element<'_, '_>],
    ) -> Result<Vec<Child>, String> {
        let mut children = Vec::new();
        let mut refused = None;
        for entry in entries.iter().copied() {
            if !self.is_written(backup, entry) {
                continue;
            }
            match self.child(backup, entry) {
                Ok(child) => children.push((child, entry)),
                Err(why) => refused = Some(why),
            }
        }
        if let Some(why) = refused {
            return Err(why);
        }
        if self.split {
            for (child, entry) in &mut children {
                child.name = format!("con{}_{}", self.number, entry.text_of("reqid"));
            }
        } else if let Some((first, entry)) = children.first() {
            let (span, entry) = (first.span.clone(), *entry);
            let (esp, ah): (Vec<_>, Vec<_>) =
                children.into_iter().map(|(it, _)| (it.esp, it.ah)).unzip();
            let mut ah = merge(ah);
            // Names with `sha` in them are put in front one after the other.
            let is_sha = |entry: &Entry| {
                let integ = entry.proposal.of(TransformType::INTEG).first();
                let word = integ.and_then(|integ| swan::spell(*integ));
                word.is_some_and(|word| word.starts_with("sha"))
            };
            let (mut sha, rest): (Vec<_>, Vec<_>) = ah.drain(..).partition(is_sha);
            sha.reverse();
            let child = Child {
                span,
                esp: merge(esp),
                ah: sha.into_iter().chain(rest).collect(),
                ..named(&self.number, self.mobile)
            };
            children = vec![(child, entry)];
        }
        for (child, entry) in &mut children {
            if child.esp.is_empty() && child.ah.is_empty() {
                let what = "the phase 2 names no algorithm that is written";
                child.esp = backup.default_proposals(Protocol::Esp, &entry.span(), what);
            }
        }
        Ok(children.into_iter().map(|(child, _)| child).collect())
    }

    fn is_written(&self, backup: &mut Backup<'_>, entry: Element<'_, '_>) -> bool {
        let enabled = self.client.is_some_and(|client| client.has("enable"));
        if entry.has("disabled") || entry.has("mobile") && !enabled {
            return false;
        }
        let Some(local) = entry.child("localid") else {
            return true;
        };
        let kind = local.text_of("type");
        let lacks = matches!(&*kind, "address" | "network") && !local.has_value("address");
        if lacks && matches!(&*entry.text_of("mode"), "tunnel" | "tunnel6") {
            let message = "the local network of the phase 2 has no address";
            backup.warn(
                Diagnostic::warning(ReadCode::NotWritten, local.span(), message)
                    .note("pfSense leaves the phase 2 out and logs \"has no subnet\"")
                    .help("enter the local network"),
            );
        }
        !lacks
    }

    fn child(&self, backup: &mut Backup<'_>, entry: Element<'_, '_>) -> Result<Child, String> {
        let mut refused = None;
        let hashes: Vec<_> = entry
            .all("hash-algorithm-option")
            .filter_map(|it| it.value())
            .filter_map(|hash| match swan_hash(&hash) {
                Ok(found) => Some(found),
                Err(diagnostic) => {
                    refused = Some(backup.discard(*diagnostic));
                    None
                }
            })
            .collect();
        let group = self.group(backup, entry);
        let mut child = Child {
            span: Some(entry.span()),
            ..Child::default()
        };
        if entry.text_of("protocol") == "ah" {
            child.ah = authenticated(&hashes, group.as_ref());
        } else {
            let mut ciphers = Vec::new();
            for option in entry.all("encryption-algorithm-option") {
                match cipher(option) {
                    Ok(found) => ciphers.extend(found),
                    Err(diagnostic) => refused = Some(backup.discard(*diagnostic)),
                }
            }
            // At most three lengths each.
            let made = ciphers.len().saturating_mul(3 * hashes.len().max(1));
            let phase2 = Phase2 {
                ciphers,
                hashes,
                group,
            };
            match backup.make(made, &entry.span()) {
                Ok(()) => child.esp = phase2.proposals(),
                Err(why) => refused = Some(why),
            }
        }
        refused.map_or(Ok(child), Err)
    }

    /// The PFS group: that of the page Mobile Clients goes before the entry's own.
    fn group(&self, backup: &mut Backup<'_>, entry: Element<'_, '_>) -> Option<Spanned<Transform>> {
        let own = entry.value_of("pfsgroup");
        let client = self.client.and_then(|client| client.child("pfs_group"));
        let client = client.filter(|_| entry.has("mobile"));
        let off = |text: &str| text.is_empty() || text == "0";
        let group = match client {
            Some(client) if !off(&client.text()) || self.off_overrides => client.value(),
            Some(client) => {
                if let Some(own) = own.as_ref().filter(|own| !off(&own.value)) {
                    let message = "`off` here does not override the group of phase 2";
                    backup.warn(
                        Diagnostic::warning(ReadCode::IgnoredSetting, client.value_span(), message)
                            .context(own.span.clone(), "this group stays")
                            .note(
                                "since pfSense 2.7.1, although the page says that it overrides \
                                 all mobile phase2 settings",
                            )
                            .help("set the PFS key group of the phase 2 to `off`"),
                    );
                }
                own
            }
            None => own,
        };
        let group = group.filter(|group| !off(&group.value))?;
        let number = group.value.parse().ok();
        let Some(value) = number.and_then(pfsense::group_of) else {
            let message = format!(
                "pfSense has no group {}, so it writes none",
                harmless::quoted(&group.value)
            );
            backup.warn(
                Diagnostic::warning(ReadCode::IgnoredSetting, &group.span, message)
                    .help("choose a group, such as `14 (2048 bit)`, or `off`"),
            );
            return None;
        };
        Some(Spanned {
            value,
            span: group.span,
        })
    }
}

/// The algorithms of one cipher that is ticked: several with the length `auto`.
fn cipher(option: Element<'_, '_>) -> Result<Vec<Spanned<Cipher>>, Box<Diagnostic>> {
    let Some(name) = option.value_of("name") else {
        return Ok(Vec::new());
    };
    let length = option.value_of("keylen");
    let place = |value| Spanned {
        value,
        span: name.span.clone(),
    };
    let one = |word: &str| {
        let known = swan::keyword(word).filter(|it| it.kind == TransformType::ENCR);
        known.map(|transform| place(Cipher::One(transform)))
    };
    if length.as_ref().is_some_and(|length| length.value == "auto") {
        return Ok(match name.value.as_str() {
            "aes" => vec![place(Cipher::AesAuto)],
            "aes128gcm" => vec![place(Cipher::GcmAuto(128))],
            "aes192gcm" => vec![place(Cipher::GcmAuto(192))],
            "aes256gcm" => vec![place(Cipher::GcmAuto(256))],
            // Up to 2.6.0.
            "blowfish" => ["blowfish256", "blowfish192", "blowfish128"]
                .into_iter()
                .filter_map(one)
                .collect(),
            // Without lengths to choose from there is nothing to write.
            _ => Vec::new(),
        });
    }
    let word = written_cipher(&name, length.as_ref());
    match one(&word) {
        Some(cipher) => Ok(vec![cipher]),
        None => Err(unknown_cipher(&name, length.as_ref())),
    }
}

/// Name and length, as pfSense writes them in one.
pub(super) fn written_cipher(name: &Spanned<String>, length: Option<&Spanned<String>>) -> String {
    let length = length.map_or("", |length| &length.value);
    format!("{}{length}", name.value)
}

/// The complaint about a cipher that strongSwan does not know.
pub(super) fn unknown_cipher(
    name: &Spanned<String>,
    length: Option<&Spanned<String>>,
) -> Box<Diagnostic> {
    let word = written_cipher(name, length);
    let lengths = pfsense::lengths_of(&name.value);
    match length {
        Some(length) if !lengths.is_empty() => {
            let quoted = match harmless::is_choice(&length.value) {
                true => harmless::quoted(&word),
                false => format!("{} with this length", harmless::quoted(&name.value)),
            };
            let message = format!("{quoted} is not an algorithm keyword");
            let lengths: Vec<_> = lengths.iter().map(ToString::to_string).collect();
            let help = format!("choose {} bits", or_list(&lengths));
            let complaint = Diagnostic::error(ReadCode::UnknownKeyword, &length.span, message);
            Box::new(complaint.note(AS_IT_IS).help(help))
        }
        _ => unknown(&word, name),
    }
}

/// Why a wrong word matters.
const AS_IT_IS: &str =
    "pfSense writes the word as it is, and strongSwan discards the whole connection";

fn swan_hash(hash: &Spanned<String>) -> Result<Spanned<Transform>, Box<Diagnostic>> {
    let word = hash.value.strip_prefix("hmac_").unwrap_or(&hash.value);
    let known = swan::keyword(word).filter(|it| it.kind == TransformType::INTEG);
    match known {
        Some(value) => Ok(Spanned {
            value,
            span: hash.span.clone(),
        }),
        None => Err(unknown(word, hash)),
    }
}

fn unknown(word: &str, place: &Spanned<String>) -> Box<Diagnostic> {
    let complaint = proposal::unknown_keyword(word, place.span.clone());
    Box::new(complaint.note(AS_IT_IS))
}

/// AH proposals: one for each hash.
fn authenticated(hashes: &[Spanned<Transform>], group: Option<&Spanned<Transform>>) -> Vec<Entry> {
    let entry = |hash: &Spanned<Transform>| {
        let settings = std::iter::once(hash).chain(group);
        let transforms = settings.clone().map(|it| it.value);
        let transforms = transforms.chain([Transform::sn(Sn::Sequential32)]);
        let spans = settings.clone().map(|it| it.span.clone());
        let origin = Origin::Expanded(spans.collect());
        Entry::new(Proposal::new(Protocol::Ah, transforms), origin).with_words(settings.cloned())
    };
    hashes.iter().map(entry).collect()
}
