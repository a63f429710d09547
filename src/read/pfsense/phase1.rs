//! A phase 1 and its phase 2 entries: one connection.

use std::ops::Range;
use std::time::Duration;

use super::besides;
use super::phase2::{self, Children};
use crate::diag::{Diagnostic, Span, quoted};
use crate::dialect::{pfsense, swan};
use crate::ike::Protocol;
use crate::peer::server::{Authentication, IkeVersions, Rekey, Role, Spanned};
use crate::peer::{Child, Connection, Entry, Origin};
use crate::read::backup::Backup;
use crate::read::xml::Element;
use crate::read::{ReadCode, harmless, proposal};

/// When pfSense asks for new IKE keys if neither time is set.
const REKEY: u64 = 14_400;

/// A phase 1 with what belongs to it.
pub(super) struct Tunnel<'d, 't> {
    pub(super) element: Element<'d, 't>,
    /// Its phase 2 entries.
    pub(super) phase2: Vec<Element<'d, 't>>,
    /// The page Mobile Clients.
    pub(super) client: Option<Element<'d, 't>>,
    /// `off` in the Mobile Clients page overrides the group of phase 2.
    pub(super) off_overrides: bool,
    /// The product brings the old layout into rows when it restores this file.
    pub(super) upgraded: bool,
    /// The entry that takes its place.
    pub(super) replaced_by: Option<Span>,
}

impl Tunnel<'_, '_> {
    pub(super) fn connection(&self, backup: &mut Backup<'_>) -> Connection {
        let element = self.element;
        let mut connection = Connection {
            name: self.name(),
            span: Some(element.span()),
            role: if self.is_mobile() {
                Role::RemoteAccess
            } else {
                Role::SiteToSite
            },
            versions: self.versions(),
            ..Connection::default()
        };
        (connection.local, connection.remote) = self.authentication();
        if let Some(why) = self.not_written(backup) {
            connection.not_loaded = Some(why);
            return connection;
        }
        match self.proposals(backup) {
            Ok(proposals) => connection.ike = proposals,
            Err(why) => connection.not_loaded = Some(why),
        }
        let children = Children {
            mobile: self.is_mobile(),
            split: !self.is_mobile()
                && (connection.versions == IkeVersions::Ikev1 || element.has("splitconn")),
            number: element.text_of("ikeid").into_owned(),
            client: self.client,
            off_overrides: self.off_overrides,
        };
        match children.read(backup, &self.phase2) {
            Ok(read) => connection.children = read,
            Err(why) => connection.not_loaded = connection.not_loaded.or(Some(why)),
        }
        if connection.children.is_empty() && connection.not_loaded.is_none() {
            self.say_no_child(backup);
        }
        connection.rekey = Rekey {
            ike: Some(self.rekey_time()),
            child: self
                .phase2
                .iter()
                .rev()
                .copied()
                .find_map(phase2::rekey_time),
        };
        besides::complete(&mut connection, element, &self.phase2, self.client);
        connection
    }

    fn is_mobile(&self) -> bool {
        self.element.has("mobile")
    }

    /// What its owner calls it, else what strongSwan's log calls it.
    fn name(&self) -> String {
        let description = self.element.text_of("descr");
        match description.trim() {
            "" if self.is_mobile() => "con-mobile".to_owned(),
            "" => format!("con{}", self.element.text_of("ikeid")),
            description => description.to_owned(),
        }
    }

    fn versions(&self) -> IkeVersions {
        match &*self.element.text_of("iketype") {
            "ikev2" => IkeVersions::Ikev2,
            "auto" => IkeVersions::Any,
            _ => IkeVersions::Ikev1,
        }
    }

    /// Why pfSense writes no connection for it.
    fn not_written(&self, backup: &mut Backup<'_>) -> Option<String> {
        let element = self.element;
        if element.has("disabled") {
            return Some("it is disabled".to_owned());
        }
        if let Some(other) = &self.replaced_by {
            let message = format!(
                "another phase 1 takes the place of {}",
                quoted(&self.name())
            );
            let why = if self.is_mobile() {
                "pfSense has one connection for mobile clients, and the last phase 1 is in it"
            } else {
                "of two with the same number pfSense keeps the last"
            };
            return Some(
                backup.discard(
                    Diagnostic::warning(ReadCode::Replaced, element.span(), message)
                        .context(other.clone(), "this one")
                        .note(why)
                        .help("disable one of the two"),
                ),
            );
        }
        let skipped = |message: &str, help: &str| {
            Diagnostic::warning(ReadCode::NotWritten, element.span(), message)
                .note("pfSense writes no connection for it, and says nothing")
                .help(help)
        };
        if element.text_of("protocol").is_empty() {
            let message = "the phase 1 has no `<protocol>`";
            return Some(backup.discard(skipped(message, "save it again in the pages")));
        }
        if self.rows().is_empty() {
            let message = "the phase 1 has no rows of algorithms";
            let help = if element.has("encryption-algorithm") {
                "restore the whole backup, not only its IPsec part: that brings the layout of \
                 2.4.3 and older up to date"
            } else {
                "add a row in the pages"
            };
            return Some(backup.discard(skipped(message, help)));
        }
        None
    }

    /// The rows of algorithms, each an element with cipher, hash and group.
    fn rows(&self) -> Vec<Element<'_, '_>> {
        let rows = self.element.child("encryption");
        let rows: Vec<_> = rows.into_iter().flat_map(|it| it.all("item")).collect();
        if rows.is_empty() && self.upgraded && self.element.has("encryption-algorithm") {
            return vec![self.element];
        }
        rows
    }

    fn proposals(&self, backup: &mut Backup<'_>) -> Result<Vec<Entry>, String> {
        let with_prf = self.element.text_of("prfselect_enable") == "yes";
        let mut entries = Vec::new();
        let mut refused = None;
        for row in self.rows() {
            match Row::of(row, with_prf).map(|row| row.proposal()) {
                Some(Ok(entry)) => entries.push(entry),
                Some(Err(wrong)) => {
                    for diagnostic in wrong {
                        refused = Some(backup.discard(diagnostic));
                    }
                }
                None => backup.warn(
                    Diagnostic::warning(
                        ReadCode::NotWritten,
                        row.span(),
                        "the row lacks an algorithm or a hash, so pfSense leaves it out",
                    )
                    .help("complete the row or remove it"),
                ),
            }
        }
        if let Some(why) = refused {
            return Err(why);
        }
        if entries.is_empty() {
            let place = self.element.span();
            entries = backup.default_proposals(Protocol::Ike, &place, "no row is complete");
        }
        Ok(entries)
    }

    /// Who authenticates how, in strongSwan's words, as pfSense writes them.
    fn authentication(&self) -> (Authentication, Authentication) {
        let element = self.element;
        let method = element.value_of("authentication_method");
        let (local, remote): (&str, &[&str]) = match method.as_ref().map(|it| it.value.as_str()) {
            Some("eap-tls") => ("pubkey", &["eap-tls"]),
            Some("eap-mschapv2") => ("pubkey", &["eap-mschapv2"]),
            Some("eap-radius") => ("pubkey", &["eap-radius"]),
            Some("cert" | "rsasig" | "pkcs11") => ("pubkey", &["pubkey"]),
            Some("pre_shared_key") => ("psk", &["psk"]),
            Some("hybrid_cert_server" | "hybrid_rsa_server") => ("pubkey", &["xauth"]),
            Some("xauth_cert_server" | "xauth_rsa_server") => ("pubkey", &["pubkey", "xauth"]),
            Some("xauth_psk_server") => ("psk", &["psk", "xauth"]),
            _ => ("", &[]),
        };
        let placed = |word: &str| {
            let method = method.as_ref().filter(|_| !word.is_empty())?;
            Some(Spanned {
                value: word.to_owned(),
                span: method.span.clone(),
            })
        };
        let certificate = |name| element.value_of(name).into_iter().collect();
        let gateway = element.value_of("remote-gateway");
        (
            Authentication {
                methods: placed(local).into_iter().collect(),
                id: element.value_of("myid_data"),
                certificates: certificate("certref"),
                addresses: Vec::new(),
                rounds: Vec::new(),
            },
            Authentication {
                methods: remote.iter().filter_map(|word| placed(word)).collect(),
                id: element.value_of("peerid_data"),
                certificates: certificate("caref"),
                addresses: gateway.into_iter().collect(),
                rounds: Vec::new(),
            },
        )
    }

    fn rekey_time(&self) -> Duration {
        let own = seconds(self.element, "rekey_time");
        let lifetime = seconds(self.element, "lifetime").filter(|seconds| *seconds > 0);
        let time = own.or(lifetime.map(|seconds| seconds * 9 / 10));
        Duration::from_secs(time.unwrap_or(REKEY))
    }

    fn say_no_child(&self, backup: &mut Backup<'_>) {
        let enabled = self.client.is_some_and(|client| client.has("enable"));
        let waiting = self.phase2.iter().any(|it| !it.has("disabled"));
        let (message, help) = if self.is_mobile() && !enabled && waiting {
            let help = "tick `Enable IPsec Mobile Client Support` in Mobile Clients";
            (
                "mobile clients are not enabled, so there is no phase 2",
                help,
            )
        } else {
            (
                "the phase 1 has no phase 2 that is enabled",
                "add a phase 2",
            )
        };
        let place = self.element.span();
        backup.warn(Diagnostic::warning(ReadCode::NoChild, place, message).help(help));
    }
}

/// The number of seconds in an element; pfSense takes an empty one for none.
pub(super) fn seconds(element: Element<'_, '_>, name: &str) -> Option<u64> {
    element
        .text_of(name)
        .trim()
        .parse::<u32>()
        .ok()
        .map(u64::from)
}

/// A row of algorithms.
struct Row {
    name: Spanned<String>,
    length: Option<Spanned<String>>,
    /// What pfSense writes for it, in order.
    words: Vec<Spanned<String>>,
    /// A group that pfSense does not know, so that it writes none.
    unknown_group: Option<Spanned<String>>,
}

impl Row {
    /// `None` if the row lacks what pfSense asks for.
    fn of(row: Element<'_, '_>, with_prf: bool) -> Option<Self> {
        let cipher = row.child("encryption-algorithm")?;
        let name = cipher.value_of("name")?;
        let hash = row.value_of("hash-algorithm")?;
        let length = cipher.value_of("keylen");
        let cipher = Spanned {
            value: phase2::written_cipher(&name, length.as_ref()),
            span: name.span.clone(),
        };
        let mut words = vec![cipher, hash];
        if with_prf && let Some(mut prf) = row.value_of("prf-algorithm") {
            prf.value.insert_str(0, "prf");
            words.push(prf);
        }
        let mut unknown_group = None;
        if let Some(group) = row.value_of("dhgroup") {
            let number = group.value.parse().ok();
            match number.and_then(pfsense::group_of).and_then(swan::spell) {
                Some(word) => words.push(Spanned {
                    value: word,
                    span: group.span,
                }),
                None => unknown_group = Some(group),
            }
        }
        Some(Self {
            name,
            length,
            words,
            unknown_group,
        })
    }

    fn proposal(&self) -> Result<Entry, Vec<Diagnostic>> {
        let mut text = String::new();
        let mut places: Vec<(Range<usize>, &Span)> = Vec::new();
        for word in &self.words {
            if !text.is_empty() {
                text.push('-');
            }
            let start = text.len();
            text.push_str(&word.value);
            places.push((start..text.len(), &word.span));
        }
        let place = |part: Range<usize>| {
            let found = places.iter().find(|(word, _)| word.contains(&part.start));
            found.map_or_else(|| self.words[0].span.clone(), |(_, span)| (*span).clone())
        };
        if let Some(group) = &self.unknown_group {
            let message = format!("pfSense has no group {}", harmless::quoted(&group.value));
            let note = "it writes the proposal without a group, and strongSwan discards the whole connection";
            return Err(vec![
                Diagnostic::error(ReadCode::NoKeyExchange, &group.span, message)
                    .note(note)
                    .help("choose a group, such as `14 (2048 bit)`"),
            ]);
        }
        if swan::transforms(&self.words[0].value).is_err() {
            let complaint = *phase2::unknown_cipher(&self.name, self.length.as_ref());
            return Err(vec![complaint]);
        }
        let spans = std::iter::once(&self.name.span)
            .chain(self.length.as_ref().map(|length| &length.span))
            .chain(self.words[1..].iter().map(|word| &word.span));
        match proposal::read(Protocol::Ike, &text, place) {
            Ok(entry) => Ok(Entry {
                origin: Origin::Expanded(spans.cloned().collect()),
                ..entry
            }),
            Err(wrong) => {
                let note = format!("pfSense writes the row as {}", harmless::quoted(&text));
                let noted = wrong.into_iter().map(|it| it.note(note.clone()));
                Err(noted.collect())
            }
        }
    }
}

/// A child named after the number of its phase 1, as strongSwan's log calls it.
pub(super) fn named(number: &str, mobile: bool) -> Child {
    let name = if mobile {
        "con-mobile".to_owned()
    } else {
        format!("con{number}")
    };
    Child {
        name,
        ..Child::default()
    }
}
