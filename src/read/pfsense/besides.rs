//! What a tunnel of pfSense and of OPNsense's old pages says beside its proposals: rounds of
//! authentication, networks, pools, lifetimes, and switches of the daemon.

use std::time::Duration;

use super::phase1::seconds;
use crate::peer::authentication::{Authentication, Method, Round};
use crate::peer::server::{Mode, Reauthentication, Spanned};
use crate::peer::setting::{Bearing, Setting};
use crate::peer::{Child, Connection};
use crate::read::xml::Element;

/// Elements of phase 1 that are settings of the daemon, and what depends on them. No element that
/// may hold a secret is here.
const PHASE1: &[(&str, Bearing)] = &[
    ("closeaction", Bearing::Operation),
    ("dpd_delay", Bearing::Operation),
    ("dpd_maxfail", Bearing::Operation),
    ("ikeport", Bearing::Reachability),
    ("mobike", Bearing::Operation),
    ("nat_traversal", Bearing::Operation),
    ("nattport", Bearing::Reachability),
    ("rand_time", Bearing::Operation),
    ("splitconn", Bearing::Operation),
    ("startaction", Bearing::Reachability),
];

/// The same for phase 2.
const PHASE2: &[(&str, Bearing)] = &[
    ("keepalive", Bearing::Operation),
    ("pinghost", Bearing::Operation),
    ("rand_time", Bearing::Operation),
];

/// Values that say what holds anyway.
const DEFAULTS: &[&str] = &["disabled", "none", "off"];

/// Completes a connection out of its phase 1, its phase 2 entries and the page Mobile Clients.
pub(in crate::read) fn complete(
    connection: &mut Connection,
    phase1: Element<'_, '_>,
    phase2: &[Element<'_, '_>],
    client: Option<Element<'_, '_>>,
) {
    rounds(&mut connection.local, false);
    rounds(&mut connection.remote, true);
    connection.settings = settings(phase1, PHASE1);
    let time = |name| {
        let time = seconds(phase1, name).filter(|seconds| *seconds > 0)?;
        let span = phase1.child(name)?.value_span();
        Some(Spanned {
            value: Duration::from_secs(time),
            span,
        })
    };
    connection.lifetime = time("lifetime");
    connection.reauthentication = time("reauth_time").map(|time| Reauthentication {
        after: time.value,
        span: Some(time.span),
    });
    if phase1.has("mobile")
        && let Some(client) = client
    {
        for (address, bits) in [
            ("pool_address", "pool_netbits"),
            ("pool_address_v6", "pool_netbits_v6"),
        ] {
            let network = client.value_of(address).zip(client.value_of(bits));
            connection
                .pools
                .extend(network.map(|(address, bits)| Spanned {
                    value: format!("{}/{}", address.value, bits.value),
                    span: address.span,
                }));
        }
    }
    let written = phase2.iter().filter(|it| !it.has("disabled"));
    let written: Vec<_> = written.copied().collect();
    if connection.children.len() == written.len() {
        for (child, entry) in connection.children.iter_mut().zip(written) {
            of_child(child, entry);
        }
    } else if let [child] = connection.children.as_mut_slice() {
        // Several entries become one child, with all their networks.
        written.into_iter().for_each(|entry| of_child(child, entry));
    }
}

/// One round for each method.
fn rounds(side: &mut Authentication, is_remote: bool) {
    let methods = side.methods.iter().enumerate();
    let rounds = methods.map(|(place, method)| {
        let first = place == 0;
        Round {
            method: Method::of(&method.value),
            written: Some(method.clone()),
            id: side.id.clone().filter(|_| first),
            certificates: side
                .certificates
                .iter()
                .filter(|_| first && !is_remote)
                .cloned()
                .collect(),
            authorities: side
                .certificates
                .iter()
                .filter(|_| first && is_remote)
                .cloned()
                .collect(),
            ..Round::default()
        }
    });
    side.rounds = rounds.collect();
}

fn settings(element: Element<'_, '_>, known: &[(&str, Bearing)]) -> Vec<Setting> {
    let found = known.iter().filter_map(|(name, bearing)| {
        let value = element.value_of(name)?;
        let says_more = !DEFAULTS.contains(&value.value.as_str());
        says_more.then(|| Setting {
            key: (*name).to_owned(),
            value: value.value,
            span: value.span,
            bearing: Some(*bearing),
        })
    });
    found.collect()
}

fn of_child(child: &mut Child, entry: Element<'_, '_>) {
    child.settings.extend(settings(entry, PHASE2));
    if let Some(mode) = entry.value_of("mode") {
        if mode.value == "transport" {
            child.mode = Some(Spanned {
                value: Mode::Transport,
                span: mode.span,
            });
        } else if mode.value.starts_with("vti") || mode.value == "route-based" {
            child.settings.push(Setting {
                key: "mode".to_owned(),
                value: mode.value,
                span: mode.span,
                bearing: Some(Bearing::Reachability),
            });
        }
    }
    for (name, networks) in [
        ("localid", &mut child.local_networks),
        ("remoteid", &mut child.remote_networks),
    ] {
        let Some(id) = entry.child(name) else {
            continue;
        };
        let kind = id.text_of("type");
        match (&*kind, id.value_of("address")) {
            ("mobile" | "none" | "", _) => {}
            ("network" | "address", Some(address)) => {
                let bits = id.text_of("netbits");
                let whole = match (&*kind, bits.trim()) {
                    ("address", _) | (_, "") => address.value,
                    (_, bits) => format!("{}/{bits}", address.value),
                };
                networks.push(Spanned {
                    value: whole,
                    span: address.span,
                });
            }
            // The network of an interface, which the tunnel alone does not say.
            (kind, _) => child.settings.push(Setting {
                key: name.to_owned(),
                value: kind.to_owned(),
                span: id.child("type").unwrap_or(id).value_span(),
                bearing: Some(Bearing::Reachability),
            }),
        }
    }
    child.lifetime = child.lifetime.take().or_else(|| {
        let seconds = seconds(entry, "lifetime").filter(|seconds| *seconds > 0)?;
        Some(Spanned {
            value: Duration::from_secs(seconds),
            span: entry.child("lifetime")?.value_span(),
        })
    });
}
