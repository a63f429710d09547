//! Configurations of Fortinet's FortiGate: `config vpn ipsec phase1-interface` and `phase2-interface`, and the
//! older `phase1` and `phase2`.
//!
//! A phase 1 is a connection, the phases 2 that name it are its children. A backup leaves out what is as
//! FortiOS has it by default.

mod blocks;
mod sides;
mod unread;

use std::collections::HashMap;

use sides::{network, seconds, settings, sides};

use self::blocks::{Assignment, Row, Word};
use super::loading::Found;
use super::unread::Unread;
use super::{ReadCode, ReadContext, Reading, harmless, loading};
use crate::diag::{Diagnostic, Place, Severity, Sources, Span, nearest, quoted_or};
use crate::dialect::fortios;
use crate::ike::{Proposal, Protocol, Sn, Transform, TransformType};
use crate::peer::server::{IkeVersions, Role, Spanned};
use crate::peer::setting::{Definitions, KeySet};
use crate::peer::surface::ConfigSurface;
use crate::peer::{Child, Connection, Engine, EngineName, Entry, Origin, Server, Version};

/// The version that is assumed: the reference that was read is of one of these releases.
const ASSUMED: Engine = Engine {
    name: EngineName::Fortios,
    version: Version::new(7, 0, 0),
};

/// The group where none is written: the only one in the newest reference, the first in older samples.
const GROUP: &str = "14";

/// Reads the text numbered `file`.
///
/// Fails if it has no phase 1, or if a word of a proposal is none.
pub(crate) fn read(
    sources: &mut Sources,
    file: usize,
    context: &ReadContext<'_>,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    let engine = context
        .engine
        .filter(|engine| engine.name == EngineName::Fortios)
        .unwrap_or(ASSUMED);
    let rows = blocks::rows(file, &sources.text(file));
    let of = |tables: [&str; 2]| -> Vec<&Row> {
        let all = rows.iter();
        all.filter(|row| tables.contains(&row.table.as_str()))
            .collect()
    };
    let first = of(["vpn ipsec phase1-interface", "vpn ipsec phase1"]);
    let second = of(["vpn ipsec phase2-interface", "vpn ipsec phase2"]);
    let mut reader = Reader {
        assumed: false,
        secrets: None,
        shown: Vec::new(),
        diagnostics: Vec::new(),
    };
    for row in first.iter().chain(&second) {
        reader.look_at(row);
    }
    let mut connections = Vec::new();
    let down = down(&rows);
    for row in &first {
        match down.get(row.name.text.as_str()) {
            Some(status) => reader.complain(
                Diagnostic::warning(
                    ReadCode::IgnoredSetting,
                    &row.name.span,
                    "the interface of this tunnel is down, so it answers nobody",
                )
                .context(status.span.clone(), "here")
                .help("`set status up` in `config system interface` brings it up"),
            ),
            None => connections.push(reader.connection(row, &second)),
        }
    }
    for span in std::mem::take(&mut reader.shown) {
        sources.show(&span);
    }
    let found = Found {
        product: None,
        engine,
        connections,
        definitions: Definitions {
            keys: Some(KeySet::Device),
            surface: Some(ConfigSurface::Fortigate),
            secrets: reader.secrets,
            ..Definitions::default()
        },
        diagnostics: reader.diagnostics,
    };
    let mut unread = Unread::default();
    unread::look(&rows, &mut unread);
    let read = found.server(sources, file, || {
        let message = "the file has no `config vpn ipsec phase1-interface` with an entry";
        Diagnostic::error(ReadCode::NoConnection, Place::File(file), message)
            .help("`show vpn ipsec phase1-interface` and `show vpn ipsec phase2-interface` print what is read")
    });
    unread.of_server(read)
}

/// Interfaces that are down, each with the word that says so; a phase 1 has an interface of its name.
fn down(rows: &[Row]) -> HashMap<&str, &Word> {
    let interfaces = rows.iter().filter(|row| row.table == "system interface");
    let down = interfaces.filter_map(|row| {
        let status = row.word("status").filter(|status| status.text == "down")?;
        Some((row.name.text.as_str(), status))
    });
    down.collect()
}

/// What reading takes and gives.
struct Reader {
    /// Whether it was said already that the group is assumed.
    assumed: bool,
    secrets: Option<Span>,
    shown: Vec<Span>,
    diagnostics: Vec<Diagnostic>,
}

/// Keys whose values are names, addresses, numbers or algorithms.
const HARMLESS: &[&str] = &[
    "authmethod",
    "authmethod-remote",
    "certificate",
    "dhgrp",
    "dst-subnet",
    "eap",
    "ike-version",
    "interface",
    "ipv4-end-ip",
    "ipv4-start-ip",
    "keylife",
    "keylifeseconds",
    "local-gw",
    "localid",
    "mode-cfg",
    "peerid",
    "pfs",
    "phase1name",
    "proposal",
    "remote-gw",
    "src-subnet",
    "type",
];

impl Row {
    /// The last `set` of a key.
    fn setting(&self, key: &str) -> Option<&Assignment> {
        let mut all = self.settings.iter().rev();
        all.find(|one| one.key.text == key)
    }

    fn word(&self, key: &str) -> Option<&Word> {
        self.setting(key)?.values.first()
    }

    fn value(&self, key: &str) -> Option<&str> {
        self.word(key).map(|word| word.text.as_str())
    }
}

/// Whether the values of a key are secrets.
fn is_secret(key: &str) -> bool {
    ["secret", "passwd", "password"]
        .iter()
        .any(|word| key.contains(word))
}

/// Whether a word is a proposal of either phase, or a slip of one.
fn is_proposal(word: &str) -> bool {
    [Protocol::Ike, Protocol::Esp].into_iter().any(|protocol| {
        let known = fortios::words(protocol);
        crate::diag::is_slip(word, known.iter().map(String::as_str))
    })
}

impl Reader {
    fn complain(&mut self, diagnostic: Diagnostic) {
        loading::remark(&mut self.diagnostics, diagnostic);
    }

    /// Notes secrets, and shows what is none.
    fn look_at(&mut self, row: &Row) {
        self.shown.push(row.name.span.clone());
        for Assignment { key, values } in &row.settings {
            if is_secret(&key.text) {
                self.secrets.get_or_insert_with(|| key.span.clone());
                continue;
            }
            if HARMLESS.contains(&key.text.as_str()) {
                self.shown.push(key.span.clone());
                // A network has two words, every other value one; whatever stands behind may be a
                // secret that belongs elsewhere.
                let most = match key.text.as_str() {
                    "proposal" | "dhgrp" => usize::MAX,
                    "src-subnet" | "dst-subnet" => 2,
                    _ => 1,
                };
                let words = values
                    .iter()
                    .take(most)
                    .filter(|it| match key.text.as_str() {
                        "proposal" => is_proposal(&it.text),
                        "dhgrp" => {
                            it.text.len() <= 3 && it.text.bytes().all(|c| c.is_ascii_digit())
                        }
                        _ => harmless::is_identity(&it.text),
                    });
                self.shown.extend(words.map(|word| word.span.clone()));
            }
        }
    }

    fn connection(&mut self, row: &Row, second: &[&Row]) -> Connection {
        let versions = match row.value("ike-version") {
            Some("2") => IkeVersions::Ikev2,
            // 1 is the default.
            _ => IkeVersions::Ikev1,
        };
        let ikev2 = versions == IkeVersions::Ikev2;
        let mut connection = Connection {
            name: row.name.text.clone(),
            span: Some(row.name.span.clone()),
            role: match row.value("type") {
                Some("dynamic") => Role::RemoteAccess,
                // `static` is the default.
                _ => Role::SiteToSite,
            },
            versions,
            ike: if ikev2 {
                self.list(Protocol::Ike, row, true)
            } else {
                Vec::new()
            },
            lifetime: seconds(row, "keylife"),
            settings: settings(row),
            ..Connection::default()
        };
        sides(row, &mut connection);
        let range = row.word("ipv4-start-ip").zip(row.word("ipv4-end-ip"));
        if let Some((start, end)) = range.filter(|_| row.value("mode-cfg") == Some("enable")) {
            connection.pools.push(Spanned {
                value: format!("{}-{}", start.text, end.text),
                span: start.span.clone(),
            });
        }
        let own = second
            .iter()
            .filter(|it| it.value("phase1name") == Some(&row.name.text));
        for child in own.filter(|_| ikev2) {
            // `enable` is the default.
            let pfs = child.value("pfs") != Some("disable");
            let mut esp = self.list(Protocol::Esp, child, pfs);
            for entry in &mut esp {
                let transforms = entry.proposal.transforms().iter().copied();
                let sized = transforms.chain(sizes(row).iter().copied().map(Transform::sn));
                entry.proposal = Proposal::new(Protocol::Esp, sized);
            }
            connection.children.push(Child {
                name: child.name.text.clone(),
                span: Some(child.name.span.clone()),
                esp,
                local_networks: network(child, "src-subnet"),
                remote_networks: network(child, "dst-subnet"),
                lifetime: seconds(child, "keylifeseconds"),
                settings: settings(child),
                ..Child::default()
            });
        }
        connection
    }

    /// The proposals of a phase: each word of `proposal` with all groups of `dhgrp`.
    fn list(&mut self, protocol: Protocol, row: &Row, with_groups: bool) -> Vec<Entry> {
        let Some(proposal) = row.setting("proposal") else {
            let message = "`proposal` is missing, and what FortiOS has instead is not known";
            self.complain(
                Diagnostic::warning(ReadCode::DefaultUnknown, &row.name.span, message)
                    .help("`show full-configuration` prints it"),
            );
            return Vec::new();
        };
        let groups = if with_groups {
            self.groups(row)
        } else {
            Vec::new()
        };
        let mut entries = Vec::new();
        for word in proposal.values.iter().take(loading::MOST_PROPOSALS) {
            let Word { text, span } = word;
            match fortios::word(protocol, text) {
                Some(fortios::Word::Transforms(own)) => {
                    let all = own.iter().copied().chain(groups.iter().map(|it| it.0));
                    let mut words: Vec<_> = own
                        .iter()
                        .map(|value| Spanned {
                            value: *value,
                            span: span.clone(),
                        })
                        .collect();
                    words.extend(groups.iter().filter_map(|(value, span)| {
                        let (value, span) = (*value, span.clone()?);
                        Some(Spanned { value, span })
                    }));
                    let origin = Origin::Written(span.clone());
                    entries
                        .push(Entry::new(Proposal::new(protocol, all), origin).with_words(words));
                }
                Some(fortios::Word::WithoutNumber) => {
                    let message =
                        "this cipher has no number of IKE, so only a FortiGate understands it";
                    self.complain(Diagnostic::warning(ReadCode::IgnoredSetting, span, message));
                }
                None => {
                    let known = fortios::words(protocol);
                    let known = || known.iter().map(String::as_str);
                    let said = quoted_or(text, known(), "this");
                    let near = nearest(text, known());
                    let phase = if protocol == Protocol::Ike { 1 } else { 2 };
                    let message = format!("{said} is no proposal of phase {phase}");
                    self.complain(
                        Diagnostic::error(ReadCode::UnknownKeyword, span, message)
                            .maybe_help(near.map(|near| format!("did you mean `{near}`?"))),
                    );
                }
            }
        }
        entries
    }

    fn groups(&mut self, row: &Row) -> Vec<(Transform, Option<Span>)> {
        let Some(written) = row.setting("dhgrp") else {
            if !std::mem::replace(&mut self.assumed, true) {
                let message = "`dhgrp` is missing, so group 14 is assumed";
                self.complain(
                    Diagnostic::new(
                        Severity::Note,
                        ReadCode::DefaultAssumed,
                        &row.name.span,
                        message,
                    )
                    .note("older releases have group 5 behind it")
                    .help("`show full-configuration` prints it"),
                );
            }
            let assumed = fortios::group(GROUP).map(|group| (group, None));
            return assumed.into_iter().chain(additional(row)).collect();
        };
        let mut groups = additional(row);
        for Word { text, span } in &written.values {
            match fortios::group(text) {
                Some(group) => groups.push((group, Some(span.clone()))),
                None => {
                    let said = quoted_or(text, fortios::groups(), "this");
                    let message = format!("{said} is no group of `dhgrp`");
                    self.complain(
                        Diagnostic::error(ReadCode::UnknownKeyword, span, message).note(format!(
                            "expected {}",
                            crate::diag::any_of(fortios::groups())
                        )),
                    );
                }
            }
        }
        groups
    }
}

/// Additional key exchanges, `addke1` to `addke7`: the numbers are those of IKE, 0 is none.
fn additional(row: &Row) -> Vec<(Transform, Option<Span>)> {
    let rounds = (1..=7_u8).filter_map(|round| {
        let kind = TransformType::additional(round)?;
        let setting = row.setting(&format!("addke{round}"))?;
        let numbers = setting.values.iter();
        let numbers = numbers.filter_map(|word| Some((word.text.parse().ok()?, &word.span)));
        let numbers: Vec<(u16, &Span)> = numbers.collect();
        let is_used = numbers.iter().any(|(number, _)| *number != 0);
        is_used.then_some((kind, numbers))
    });
    rounds
        .flat_map(|(kind, numbers)| {
            let all = numbers.into_iter();
            all.map(move |(number, span)| (Transform::raw(kind, number), Some(span.clone())))
        })
        .collect()
}

/// The sizes of sequence numbers; `esn disable` is the default.
fn sizes(row: &Row) -> &'static [Sn] {
    match row.value("esn") {
        Some("require") => &[Sn::Sequential64],
        Some("allow") => &[Sn::Sequential64, Sn::Sequential32],
        _ => &[Sn::Sequential32],
    }
}

fn placed(word: &Word) -> Spanned<String> {
    Spanned {
        value: word.text.clone(),
        span: word.span.clone(),
    }
}
