//! OPNsense's `config.xml`: the page Connections, and the tunnel settings that came before it.
//!
//! What is read is what OPNsense writes into strongSwan's `swanctl.conf`. Neither place is
//! validated when that is done, so a wrong value ends in a connection that strongSwan discards.

mod connections;
mod legacy;

use super::backup::{self, Backup};
use super::pfsense::places::ElementValue;
use super::xml::{self, Doctype, Element};
use super::{ReadCode, ReadContext, Reading};
use crate::diag::{Diagnostic, Place, Sources};
use crate::peer::server::Product;
use crate::peer::setting::{Definitions, KeySet};
use crate::peer::surface::ConfigSurface;
use crate::peer::{Connection, Server};

/// Elements of either place whose values may be shown. Everything else is a secret.
const SHOWN: &[&str] = &[
    "address",
    "auth",
    "authentication_method",
    "cacerts",
    "caref",
    "certref",
    "certs",
    "connection",
    "descr",
    "description",
    "dhgroup",
    "enable",
    "enabled",
    "esp_proposals",
    "hash-algorithm",
    "hash-algorithm-option",
    "id",
    "ikeid",
    "iketype",
    "interface",
    "keylen",
    "lifetime",
    "local_addrs",
    "mobike",
    "mode",
    "myid_data",
    "myid_type",
    "name",
    "netbits",
    "peerid_data",
    "peerid_type",
    "pfs_group",
    "pfsgroup",
    "pools",
    "proposals",
    "protocol",
    "rekey_time",
    "remote-gateway",
    "remote_addrs",
    "reqid",
    "round",
    "sha256_96",
    "start_action",
    "type",
    "unique",
    "version",
];

/// Elements of which the value is a name or an address.
const NAMES: &[&str] = &[
    "descr",
    "description",
    "local_addrs",
    "myid_data",
    "remote-gateway",
    "remote_addrs",
];

/// Elements of which the value is an algorithm.
const ALGORITHMS: &[&str] = &[
    "dhgroup",
    "esp_proposals",
    "hash-algorithm",
    "hash-algorithm-option",
    "name",
    "pfs_group",
    "pfsgroup",
    "proposals",
];

/// Elements that are named in lines.
const TAGS: [&[&str]; 2] = [
    SHOWN,
    &[
        "child",
        "children",
        "client",
        "Connection",
        "Connections",
        "encryption-algorithm",
        "ipsec",
        "IPsec",
        "local",
        "locals",
        "opnsense",
        "phase1",
        "phase2",
        "remote",
        "remotes",
        "Swanctl",
    ],
];

/// Where the rekey times of children stand, each with the start of its child. A text that is not read has none.
pub(crate) fn rekey_times(text: &str) -> Vec<(usize, ElementValue)> {
    let Ok(document) = xml::parse(&Sources::new(), 0, text, Doctype::Refuse) else {
        return Vec::new();
    };
    let children = Element::root(&document, 0).all_inside();
    let times = children.filter(|it| it.is("child")).filter_map(|child| {
        let time = child.child("rekey_time")?;
        let placed = ElementValue {
            place: time.range(),
            value: time.text().trim().to_owned(),
        };
        Some((child.range().start, placed))
    });
    times.collect()
}

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
    let inside = |element: Element<'_, '_>| {
        [
            "phase1",
            "phase2",
            "Connections",
            "locals",
            "remotes",
            "children",
        ]
        .iter()
        .any(|name| element.is(name))
    };
    root.show(sources, &TAGS.concat(), |element| {
        let mut context = std::iter::successors(Some(element), |element| element.parent());
        backup::is_harmless(element, NAMES, ALGORITHMS, SHOWN)
            && (context.any(inside) || element.is("pfs_group"))
    });
    let ipsec = part(root, "ipsec");
    let model = part(root, "Swanctl").or_else(|| root.child("OPNsense")?.child("Swanctl"));
    let mut backup = Backup::new(context);
    if let (None, Some(model)) = (context.engine, model) {
        backup.assume(connections::later_release(model, context));
    }
    let mut connections: Vec<Connection> = Vec::new();
    if let Some(ipsec) = ipsec {
        connections.extend(legacy::connections(&mut backup, ipsec));
    }
    if let Some(model) = model {
        connections.extend(connections::connections(&mut backup, model));
    }
    let mut errors = Vec::new();
    if connections.is_empty() {
        // A backup of everything has the system in it.
        let whole = root.is("opnsense") && root.has("system");
        let (message, help) = match whole {
            true => (
                "the file is a backup of OPNsense without IPsec tunnels",
                "nothing is configured under VPN: IPsec there; take the backup of the firewall that has the tunnels",
            ),
            false => (
                "the file has no IPsec connection",
                "in System: Configuration: Backups download the whole configuration",
            ),
        };
        errors
            .push(Diagnostic::error(ReadCode::NoConnection, Place::File(file), message).help(help));
    }
    // A fragment does not say whether IPsec is enabled.
    let enabled = ipsec.is_none_or(|ipsec| ipsec.has("enable"));
    if !enabled && root.is("opnsense") && !connections.is_empty() {
        let message = "IPsec is not enabled, so no connection is loaded";
        let place = ipsec.map_or(Place::File(file), |ipsec| ipsec.span().into());
        let why = backup.discard(
            Diagnostic::error(ReadCode::NotWritten, place, message)
                .help("tick `Enable IPsec` below the Connections"),
        );
        for connection in &mut connections {
            connection.not_loaded.get_or_insert_with(|| why.clone());
        }
    }
    let remote_id = connections
        .iter()
        .filter(|it| it.serves_clients())
        .find_map(|it| it.local.id.clone());
    let server = Server {
        file: sources.name(file).to_owned(),
        product: Some(Product::Opnsense),
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
            keys: Some(KeySet::Opnsense),
            surface: Some(ConfigSurface::Opnsense),
            pools: model.map_or_else(Vec::new, connections::pools),
            ..Definitions::default()
        },
    };
    backup.finish(server, errors)
}

/// An element that is the root, or stands directly below it.
fn part<'d, 't>(root: Element<'d, 't>, name: &str) -> Option<Element<'d, 't>> {
    // `ipsec` has a namesake of the model: `<OPNsense><IPsec>`, which stands deeper.
    if root.is(name) {
        Some(root)
    } else {
        root.child(name)
    }
}
