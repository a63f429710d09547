//! The tunnel settings that came before the page Connections: `<ipsec><phase1>`, `<phase2>`.
//!
//! `ipsec.inc` of OPNsense. One cipher in phase 1 with lists of hashes and groups; the combination
//! that is written last becomes the first proposal. Used as long as the pages are installed: they
//! left the core in July 2025.

use std::time::Duration;

use rustc_hash::FxHashMap;

use crate::diag::{Diagnostic, Span};
use crate::dialect::{pfsense, swan};
use crate::ike::{Ke, Proposal, Protocol, Sn, Transform, TransformType};
use crate::peer::server::{Authentication, IkeVersions, Rekey, Role, Spanned};
use crate::peer::{Child, Connection, Entry, Origin};
use crate::read::backup::{self, Backup};
use crate::read::pfsense::{besides, merge};
use crate::read::xml::Element;
use crate::read::{ReadCode, harmless, proposal};

/// Hashes of phase 2 in the order in which they are written, whatever that of the file.
const HASHES: [&str; 6] = ["md5", "sha1", "sha256", "sha384", "sha512", "aesxcbc"];

/// Groups that the pages do not have, and for which nothing is written.
const NO_GROUPS: [Ke; 4] = [Ke::Ecp192, Ke::Ecp224, Ke::BrainpoolP224r1, Ke::Curve448];

/// The connections of the tunnel settings.
pub(super) fn connections(backup: &mut Backup<'_>, ipsec: Element<'_, '_>) -> Vec<Connection> {
    let mut by_number: FxHashMap<String, Vec<Element<'_, '_>>> = FxHashMap::default();
    for phase2 in ipsec.all("phase2") {
        let number = phase2.text_of("ikeid").into_owned();
        by_number.entry(number).or_default().push(phase2);
    }
    let phase1 = ipsec
        .all("phase1")
        .filter(|it| it.children().next().is_some());
    phase1
        .map(|phase1| {
            let number = phase1.text_of("ikeid").into_owned();
            let tunnel = Tunnel {
                phase1,
                phase2: by_number.get(&number).cloned().unwrap_or_default(),
                client: ipsec.child("client"),
                number,
            };
            tunnel.connection(backup)
        })
        .collect()
}

struct Tunnel<'d, 't> {
    phase1: Element<'d, 't>,
    phase2: Vec<Element<'d, 't>>,
    client: Option<Element<'d, 't>>,
    number: String,
}

impl Tunnel<'_, '_> {
    fn connection(&self, backup: &mut Backup<'_>) -> Connection {
        let entry = self.phase1;
        let mobile = entry.has("mobile");
        let description = entry.text_of("descr");
        let name = match description.trim() {
            "" => format!("con{}", self.number),
            description => description.to_owned(),
        };
        let mut connection = Connection {
            name,
            span: Some(entry.span()),
            role: if mobile {
                Role::RemoteAccess
            } else {
                Role::SiteToSite
            },
            versions: match &*entry.text_of("iketype") {
                "ikev2" => IkeVersions::Ikev2,
                _ => IkeVersions::Ikev1,
            },
            ..Connection::default()
        };
        (connection.local, connection.remote) = authentication(entry);
        if entry.has("disabled") {
            connection.not_loaded = Some("it is disabled".to_owned());
            return connection;
        }
        match self.proposals(backup) {
            Ok(proposals) => connection.ike = proposals,
            Err(why) => connection.not_loaded = Some(why),
        }
        match self.children(backup, mobile, connection.versions) {
            Ok(children) => connection.children = children,
            Err(why) => {
                connection.not_loaded.get_or_insert(why);
            }
        }
        if connection.children.is_empty() && connection.not_loaded.is_none() {
            let message = "the phase 1 has no phase 2 that is written";
            let place = entry.span();
            backup.warn(Diagnostic::warning(ReadCode::NoChild, place, message));
        }
        // The pages call the element after what it switches off.
        let never = entry.has("rekey_enable").then_some(Duration::ZERO);
        connection.rekey = Rekey {
            ike: never,
            child: never,
        };
        besides::complete(&mut connection, entry, &self.phase2, self.client);
        connection
    }

    fn proposals(&self, backup: &mut Backup<'_>) -> Result<Vec<Entry>, String> {
        let entry = self.phase1;
        let cipher = entry.child("encryption-algorithm");
        let name = cipher.and_then(|cipher| cipher.value_of("name"));
        let length = cipher.and_then(|cipher| cipher.value_of("keylen"));
        let (hashes, groups) = (entry.value_of("hash-algorithm"), entry.value_of("dhgroup"));
        let (Some(name), Some(hashes), Some(groups)) = (name, hashes, groups) else {
            let what = "the phase 1 lacks a cipher, a hash or a group";
            return Ok(backup.default_proposals(Protocol::Ike, &entry.span(), what));
        };
        let cipher = Spanned {
            value: with_length(&name.value, &length.map_or(String::new(), |it| it.value)),
            span: name.span,
        };
        let mut refused = None;
        let mut groups = backup::items(&groups);
        groups.retain_mut(|group| match group_of(&group.value).and_then(swan::spell) {
            Some(word) => {
                group.value = word;
                true
            }
            None => {
                let message = format!("OPNsense has no group {}", harmless::quoted(&group.value));
                refused = Some(backup.discard(
                    Diagnostic::error(ReadCode::NoKeyExchange, &group.span, message).note(
                        "it writes the proposal without a group, and strongSwan discards it all",
                    ),
                ));
                false
            }
        });
        let mut hashes = backup::items(&hashes);
        hashes.retain(|hash| {
            let known = swan::keyword(&hash.value).is_some();
            if !known {
                refused = Some(backup.discard(unknown(&hash.value, &hash.span)));
            }
            known
        });
        let made = hashes.len().saturating_mul(groups.len());
        backup.make(made, &entry.span())?;
        let mut entries = Vec::new();
        'all: for hash in &hashes {
            for group in &groups {
                match one([&cipher, hash, group]) {
                    Ok(entry) => entries.push(entry),
                    Err(wrong) => {
                        for diagnostic in wrong {
                            refused = Some(backup.discard(diagnostic));
                        }
                        break 'all; // the others would lack the same
                    }
                }
            }
        }
        entries.reverse();
        refused.map_or(Ok(entries), Err)
    }

    fn children(
        &self,
        backup: &mut Backup<'_>,
        mobile: bool,
        versions: IkeVersions,
    ) -> Result<Vec<Child>, String> {
        let enabled = self.client.is_some_and(|client| client.has("enable"));
        let split =
            self.phase1.has("tunnel_isolation") || versions == IkeVersions::Ikev1 && !mobile;
        let mut children = Vec::new();
        let mut refused = None;
        for entry in &self.phase2 {
            if entry.has("disabled") || entry.has("mobile") && !enabled {
                continue;
            }
            match self.child(backup, *entry) {
                Ok(child) => children.push((child, *entry)),
                Err(why) => refused = Some(why),
            }
        }
        if let Some(why) = refused {
            return Err(why);
        }
        if !split && children.len() > 1 {
            let entry = children[0].1;
            let (span, name) = (children[0].0.span.clone(), format!("con{}", self.number));
            let (esp, ah): (Vec<_>, Vec<_>) =
                children.into_iter().map(|(it, _)| (it.esp, it.ah)).unzip();
            let child = Child {
                name,
                span,
                esp: merge(esp),
                ah: merge(ah),
                ..Child::default()
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

    fn child(&self, backup: &mut Backup<'_>, entry: Element<'_, '_>) -> Result<Child, String> {
        let description = entry.text_of("descr");
        let mut child = Child {
            name: match description.trim() {
                "" => format!("con{}", self.number),
                description => description.to_owned(),
            },
            span: Some(entry.span()),
            ..Child::default()
        };
        let mut refused = None;
        let mut hashes: Vec<Spanned<Transform>> = Vec::new();
        for option in entry
            .all("hash-algorithm-option")
            .filter_map(|it| it.value())
        {
            let word = option.value.strip_prefix("hmac_").unwrap_or(&option.value);
            match swan::keyword(word).filter(|it| it.kind == TransformType::INTEG) {
                Some(value) => hashes.push(Spanned {
                    value,
                    span: option.span,
                }),
                None => refused = Some(backup.discard(unknown(word, &option.span))),
            }
        }
        hashes.sort_by_key(|hash| {
            let word = swan::spell(hash.value).unwrap_or_default();
            HASHES.iter().position(|it| *it == word)
        });
        let group = self.group(entry);
        if entry.text_of("protocol") == "ah" {
            if let Some(group) = &group {
                let message = "with a PFS group OPNsense leaves the hash out of an AH proposal";
                refused = Some(
                    backup.discard(
                        Diagnostic::warning(ReadCode::NoIntegrity, &group.span, message)
                            .help("switch PFS off, or use ESP"),
                    ),
                );
            }
            child.ah = hashes
                .iter()
                .map(|it| entry_of(Protocol::Ah, None, Some(it), None))
                .collect();
            return refused.map_or(Ok(child), Err);
        }
        let options = entry.all("encryption-algorithm-option").count();
        let made = options.saturating_mul(3 * hashes.len().max(1));
        backup.make(made, &entry.span())?;
        for option in entry.all("encryption-algorithm-option") {
            match ciphers(option) {
                Ok(ciphers) => {
                    for cipher in &ciphers {
                        let mut of = |hash| {
                            child.esp.push(entry_of(
                                Protocol::Esp,
                                Some(cipher),
                                hash,
                                group.as_ref(),
                            ));
                        };
                        // Beside AEAD the hashes are written too, and strongSwan drops them.
                        if cipher.value.is_aead() || hashes.is_empty() {
                            of(None);
                        } else {
                            hashes.iter().for_each(|hash| of(Some(hash)));
                        }
                    }
                }
                Err(wrong) => refused = Some(backup.discard(*wrong)),
            }
        }
        child.esp = merge([child.esp]);
        refused.map_or(Ok(child), Err)
    }

    /// The PFS group; that of the page Mobile Clients goes before the entry's own, `off` included.
    fn group(&self, entry: Element<'_, '_>) -> Option<Spanned<Transform>> {
        let client = self.client.and_then(|client| client.child("pfs_group"));
        let group = match client.filter(|_| entry.has("mobile")) {
            Some(client) => client.value(),
            None => entry.value_of("pfsgroup"),
        }?;
        Some(Spanned {
            value: group_of(&group.value)?,
            span: group.span,
        })
    }
}

fn group_of(number: &str) -> Option<Transform> {
    let group = pfsense::group_of(number.parse().ok()?)?;
    let absent = NO_GROUPS.iter().any(|ke| Transform::ke(*ke) == group);
    (!absent).then_some(group)
}

/// One proposal of phase 1: cipher, hash and group.
fn one(words: [&Spanned<String>; 3]) -> Result<Entry, Vec<Diagnostic>> {
    let text = words.map(|word| word.value.as_str()).join("-");
    let [cipher, hash, group] = words;
    let place = |part: std::ops::Range<usize>| {
        let word = if part.start < cipher.value.len() {
            cipher
        } else if part.start <= cipher.value.len() + hash.value.len() {
            hash
        } else {
            group
        };
        word.span.clone()
    };
    Ok(Entry {
        origin: Origin::Expanded(words.map(|word| word.span.clone()).to_vec()),
        ..proposal::read(Protocol::Ike, &text, place)?
    })
}

/// Name and length of a cipher in one, as OPNsense writes them. What is no length is left away: it could be anything, and
/// no complaint may repeat it.
fn with_length(name: &str, length: &str) -> String {
    match harmless::is_choice(length) {
        true => format!("{name}{length}"),
        false => format!("{name}-with-another-length"),
    }
}

/// The algorithms of one cipher of phase 2: since 22.1 its name has the length of the key.
fn ciphers(option: Element<'_, '_>) -> Result<Vec<Spanned<Transform>>, Box<Diagnostic>> {
    let Some(name) = option.value_of("name") else {
        return Ok(Vec::new());
    };
    let length = option.text_of("keylen");
    let words = if length == "auto" {
        ["128", "192", "256"]
            .map(|bits| format!("{}{bits}", name.value))
            .to_vec()
    } else {
        vec![with_length(&name.value, &length)]
    };
    let found: Option<Vec<_>> = words
        .iter()
        .map(|word| {
            let value = swan::keyword(word).filter(|it| it.kind == TransformType::ENCR)?;
            let span = name.span.clone();
            Some(Spanned { value, span })
        })
        .collect();
    found.ok_or_else(|| Box::new(unknown(&words[0], &name.span)))
}

fn unknown(word: &str, span: &Span) -> Diagnostic {
    proposal::unknown_keyword(word, span.clone())
        .note("OPNsense writes the word as it is, and strongSwan discards the whole connection")
}

fn entry_of(
    protocol: Protocol,
    cipher: Option<&Spanned<Transform>>,
    hash: Option<&Spanned<Transform>>,
    group: Option<&Spanned<Transform>>,
) -> Entry {
    let settings = cipher.into_iter().chain(hash).chain(group);
    let transforms = settings.clone().map(|it| it.value);
    let transforms = transforms.chain([Transform::sn(Sn::Sequential32)]);
    let spans = settings.clone().map(|it| it.span.clone());
    let origin = Origin::Expanded(spans.collect());
    Entry::new(Proposal::new(protocol, transforms), origin).with_words(settings.cloned())
}

/// Who authenticates how, in strongSwan's words, as OPNsense writes them.
fn authentication(entry: Element<'_, '_>) -> (Authentication, Authentication) {
    let method = entry.value_of("authentication_method");
    let (local, remote): (&str, &[&str]) = match method.as_ref().map(|it| it.value.as_str()) {
        Some("eap-tls") => ("eap-tls", &["eap-tls"]),
        Some("psk_eap-tls") => ("pubkey", &["eap-tls"]),
        Some("eap-mschapv2") => ("pubkey", &["eap-mschapv2"]),
        Some("rsa_eap-mschapv2") => ("pubkey", &["pubkey", "eap-mschapv2"]),
        Some("eap-radius") => ("pubkey", &["eap-radius"]),
        Some("rsasig" | "pubkey") => ("pubkey", &["pubkey"]),
        Some("pre_shared_key") => ("psk", &["psk"]),
        Some("xauth_rsa_server") => ("pubkey", &["pubkey", "xauth"]),
        Some("xauth_psk_server") => ("psk", &["psk", "xauth"]),
        Some("hybrid_rsa_server") => ("pubkey", &["xauth"]),
        _ => ("", &[]),
    };
    let placed = |word: &str| {
        let method = method.as_ref().filter(|_| !word.is_empty())?;
        Some(Spanned {
            value: word.to_owned(),
            span: method.span.clone(),
        })
    };
    let certificate = |name| entry.value_of(name).into_iter().collect();
    (
        Authentication {
            methods: placed(local).into_iter().collect(),
            id: entry.value_of("myid_data"),
            certificates: certificate("certref"),
            ..Authentication::default()
        },
        Authentication {
            methods: remote.iter().filter_map(|word| placed(word)).collect(),
            id: entry.value_of("peerid_data"),
            certificates: certificate("caref"),
            addresses: entry.value_of("remote-gateway").into_iter().collect(),
            ..Authentication::default()
        },
    )
}
