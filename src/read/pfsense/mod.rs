//! pfSense's `config.xml`: full backups, and area backups, which are the element `<ipsec>` alone.
//!
//! What is read is what pfSense would write into strongSwan's `swanctl.conf`: `ipsec_setup_tunnels`
//! of `ipsec.inc`, 2.5.0 and later. pfSense validates nothing at that point, so a wrong value ends
//! in a connection that strongSwan discards.

pub(super) mod besides;
mod expansion;
mod phase1;
mod phase2;
pub(crate) mod places;

use rustc_hash::FxHashMap;

use self::phase1::Tunnel;
use super::backup::{self, Backup};
use super::xml::{self, Doctype, Element};
use super::{ReadCode, ReadContext, Reading};
use crate::diag::{Diagnostic, Place, Sources};
use crate::peer::server::Product;
use crate::peer::setting::{Definitions, KeySet};
use crate::peer::surface::ConfigSurface;
use crate::peer::{Connection, Server, Version};

pub(crate) use self::expansion::{Cipher, Phase2, merge};
pub(crate) use crate::peer::server::Spanned;

/// Elements whose values may be shown. Everything else in a backup is a secret.
const SHOWN: &[&str] = &[
    "address",
    "authentication_method",
    "caref",
    "certref",
    "closeaction",
    "descr",
    "dhgroup",
    "dpd_delay",
    "dpd_maxfail",
    "hash-algorithm",
    "hash-algorithm-option",
    "ikeid",
    "iketype",
    "interface",
    "keylen",
    "lifetime",
    "mobike",
    "mode",
    "myid_data",
    "myid_type",
    "name",
    "nat_traversal",
    "netbits",
    "peerid_data",
    "peerid_type",
    "pfs_group",
    "pfsgroup",
    "prf-algorithm",
    "prfselect_enable",
    "protocol",
    "rand_time",
    "reauth_time",
    "rekey_time",
    "remote-gateway",
    "reqid",
    "startaction",
    "type",
    "uniqid",
];

/// Elements of which the value is a name or an address.
const NAMES: &[&str] = &["descr", "myid_data", "remote-gateway"];

/// Elements of which the value is an algorithm.
const ALGORITHMS: &[&str] = &[
    "dhgroup",
    "encryption-algorithm",
    "encryption-algorithm-option",
    "hash-algorithm",
    "hash-algorithm-option",
    "name",
    "pfs_group",
    "pfsgroup",
    "prf-algorithm",
];

/// Elements that are named in lines.
const TAGS: [&[&str]; 3] = [
    SHOWN,
    LISTS,
    &[
        "client",
        "encryption",
        "encryption-algorithm",
        "ipsec",
        "pfsense",
    ],
];

/// Elements that may be there several times.
const LISTS: &[&str] = &[
    "encryption-algorithm-option",
    "hash-algorithm-option",
    "item",
    "mobilekey",
    "phase1",
    "phase2",
];

/// More elements that are there twice are not worth a line each.
const MAX_REPEATED: usize = 20;

/// Reads the text numbered `file`.
///
/// Fails with everything that is wrong with the text, and with the warnings and notes about it.
pub(crate) fn read(
    sources: &mut Sources,
    file: usize,
    context: &ReadContext<'_>,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    let text = sources.text(file);
    backup::refuse_encrypted(&text, file)?;
    let document = xml::parse(sources, file, &text, Doctype::Refuse)?;
    let root = Element::root(&document, file);
    let inside = |element: Element<'_, '_>| element.is("phase1") || element.is("phase2");
    root.show(sources, &TAGS.concat(), |element| {
        let mut context = std::iter::successors(Some(element), |element| element.parent());
        let in_client = || element.is("pfs_group");
        let top = element.is("version") && element.parent().is_some_and(|it| it.is("pfsense"));
        top || backup::is_harmless(element, NAMES, ALGORITHMS, SHOWN)
            && (context.any(inside) || in_client())
    });
    let whole = root.is("pfsense");
    let ipsec = if whole {
        root.child("ipsec")
    } else {
        Some(root)
    };
    let Some(ipsec) = ipsec.filter(|element| element.is("ipsec")) else {
        return Err(vec![no_tunnel(file, root)]);
    };
    let version = root.text_of("version").parse().ok().filter(|_| whole);
    let mut backup = Backup::new(context);
    let mut repeated = Vec::new();
    for element in ipsec.all_inside() {
        find_repeated(element, &mut repeated);
    }
    let connections = connections(&mut backup, ipsec, version);
    if connections.is_empty() {
        repeated.push(no_tunnel(file, ipsec));
    }
    let remote_id = connections
        .iter()
        .filter(|it| it.serves_clients())
        .find_map(|it| it.local.id.clone());
    let server = Server {
        file: sources.name(file).to_owned(),
        product: Some(Product::Pfsense),
        engine: backup.engine,
        prefers_own: true,
        address: None,
        remote_id: remote_id.map(|id| id.value),
        connection_name: None,
        nat: Default::default(),
        built_with: Vec::new(),
        connections,
        clients: Vec::new(),
        definitions: Definitions {
            keys: Some(KeySet::Pfsense),
            surface: Some(ConfigSurface::Pfsense),
            ..Definitions::default()
        },
    };
    backup.finish(server, repeated)
}

/// The release after which an empty group of the Mobile Clients page no longer overrides.
const PFS_OFF_IS_NO_OVERRIDE: Version = Version::new(22, 10, 0);

/// The layout in which algorithms stand in rows.
const ROWS: Version = Version::new(17, 5, 0);

fn connections(
    backup: &mut Backup<'_>,
    ipsec: Element<'_, '_>,
    version: Option<Version>,
) -> Vec<Connection> {
    let client = ipsec.child("client");
    let mut tunnels: Vec<Tunnel<'_, '_>> = ipsec
        .all("phase1")
        .filter(|phase1| phase1.children().next().is_some())
        .map(|element| Tunnel {
            element,
            phase2: Vec::new(),
            client,
            // Up to 2.7.0 even `off` in the Mobile Clients page overrides the group of phase 2.
            off_overrides: version.is_some_and(|version| version < PFS_OFF_IS_NO_OVERRIDE),
            // A restore of a whole backup brings the old layout into rows.
            upgraded: version.is_some_and(|version| version < ROWS),
            replaced_by: None,
        })
        .collect();
    // Phase 1 entries are kept by their number, and all mobile ones become `con-mobile`.
    let mut last: FxHashMap<String, usize> = FxHashMap::default();
    let mut last_mobile = None;
    let is_mobile = |element: Element<'_, '_>| element.has("mobile") && !element.has("disabled");
    for (place, tunnel) in tunnels.iter().enumerate() {
        last.insert(tunnel.element.text_of("ikeid").into_owned(), place);
        last_mobile = last_mobile.max(is_mobile(tunnel.element).then_some(place));
    }
    for place in 0..tunnels.len() {
        let this = tunnels[place].element;
        let same_number = last.get(&*this.text_of("ikeid")).copied();
        let other_mobile = last_mobile.filter(|_| is_mobile(this));
        let later = |other: &usize| *other > place;
        let by = same_number.filter(later).or(other_mobile.filter(later));
        tunnels[place].replaced_by = by.map(|by| tunnels[by].element.span());
    }
    for phase2 in ipsec.all("phase2") {
        let id = phase2.text_of("ikeid");
        match last.get(&*id) {
            Some(place) => tunnels[*place].phase2.push(phase2),
            None if phase2.children().next().is_none() || phase2.has("disabled") => {}
            None => backup.warn(
                Diagnostic::warning(
                    ReadCode::DanglingReference,
                    phase2.child("ikeid").unwrap_or(phase2).value_span(),
                    "no phase 1 has this number, so pfSense ignores this phase 2",
                )
                .help("remove the phase 2, or give it the number of its phase 1"),
            ),
        }
    }
    tunnels
        .iter()
        .map(|tunnel| tunnel.connection(backup))
        .collect()
}

fn find_repeated(element: Element<'_, '_>, found: &mut Vec<Diagnostic>) {
    let mut seen: FxHashMap<String, Element<'_, '_>> = FxHashMap::default();
    for child in element.children() {
        if LISTS.iter().any(|name| child.is(name)) {
            continue;
        }
        let first = *seen.entry(child.name().to_lowercase()).or_insert(child);
        if first.span() == child.span() || found.len() >= MAX_REPEATED {
            continue;
        }
        let known = TAGS.concat().into_iter().find(|name| child.is(name));
        let name = known.map_or("this element".to_owned(), |name| format!("`<{name}>`"));
        let message = format!("{name} is there twice");
        found.push(
            Diagnostic::error(ReadCode::DuplicateElement, child.span(), message)
                .context(first.span(), "first")
                .note("pfSense refuses the whole file: \"cannot occur more than once\"")
                .help("remove one of the two"),
        );
    }
}

fn no_tunnel(file: usize, element: Element<'_, '_>) -> Diagnostic {
    let whole = element.parent().unwrap_or(element);
    // A backup of everything has the system in it.
    if whole.is("pfsense") && whole.has("system") {
        let message = "the file is a backup of pfSense without IPsec tunnels";
        return Diagnostic::error(ReadCode::NoConnection, Place::File(file), message)
            .help("nothing is configured under VPN > IPsec there; take the backup of the firewall that has the tunnels");
    }
    let message = if element.is("ipsec") {
        "the file has no phase 1"
    } else {
        "the file has no IPsec settings"
    };
    Diagnostic::error(ReadCode::NoConnection, Place::File(file), message)
        .help("in Diagnostics > Backup & Restore choose the backup area `All` or `IPSEC`")
}
