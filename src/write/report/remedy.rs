//! A remedy as lines that can be followed: on the server in the words of its product, on the
//! client as the command or the values to enter.

use crate::compat::config_method::ConfigMethod;
use crate::compat::fix::{Change, Fix};
use crate::compat::rank::Tier;
use crate::dialect::{apple, pfsense};
use crate::ike::{Encr, Protocol, Suite, Transform};
use crate::peer::server::Product;
use crate::peer::{EngineName, Policy, Server};
use crate::write::config::powershell;
use crate::write::report::table::short;

/// The lines of one remedy.
pub fn lines(fix: &Fix, server: &Server, policy: &Policy) -> Vec<String> {
    match fix {
        Fix::Server { change, .. } => {
            let advice = match change {
                Change::Add(suite) => misgivings(suite, policy),
                _ => None,
            };
            let advice = advice.map_or_else(String::new, |why| format!("; not advised: {why}"));
            vec![format!(
                "on the server: {}{advice}",
                on_server(change, server)
            )]
        }
        Fix::Client { method, ike, esp } => on_client(*method, ike, esp, server),
    }
}

/// Why nobody should do what would help.
fn misgivings(suite: &Suite, policy: &Policy) -> Option<String> {
    let null = Transform::encr(Encr::Null, 0);
    if suite.encr() == Some(null) {
        return Some("null does not encrypt".to_owned());
    }
    let deciding = policy.deciding(suite);
    (deciding.tier >= Tier::Discouraged)
        .then(|| format!("{} is {}", deciding.name(), deciding.tier))
}

fn on_server(change: &Change, server: &Server) -> String {
    let is_pfsense = server.product == Some(Product::Pfsense);
    match change {
        Change::Add(suite) => {
            let phase = if suite.protocol == Protocol::Ike {
                1
            } else {
                2
            };
            let words = if is_pfsense {
                pfsense_words(suite)
            } else {
                None
            };
            let words = words.map_or_else(String::new, |words| format!(" ({words})"));
            format!("add {} to phase {phase}{words}", short(suite))
        }
        Change::DropKeyExchange if is_pfsense => {
            "set PFS key group to off in phase 2, and untick Phase2 PFS Group under Mobile Clients"
                .to_owned()
        }
        Change::DropKeyExchange if server.engine.name == EngineName::Libreswan => {
            "turn PFS off: pfs=no, and no group in phase 2".to_owned()
        }
        Change::DropKeyExchange => "turn PFS off: no group in phase 2".to_owned(),
        Change::RequireKeyExchange(group) => {
            format!(
                "add the group {} to phase 2",
                crate::write::text::transform(*group)
            )
        }
        Change::StopRekeying(protocol) => {
            let what = if *protocol == Protocol::Ike {
                "IKE SA"
            } else {
                "child SA"
            };
            format!(
                "never ask for new keys of the {what} (rekey time 0); the client does it by itself"
            )
        }
    }
}

/// The labels of pfSense's pages for a suite.
pub(crate) fn pfsense_words(suite: &Suite) -> Option<String> {
    let cipher = |label: pfsense::CipherLabel| match label.length {
        Some(bits) => format!("{} {bits} bits", label.algorithm),
        None => label.algorithm.to_owned(),
    };
    match suite.protocol {
        Protocol::Ike => {
            let row = pfsense::phase1(suite).ok()?;
            let prf = row
                .prf
                .map_or_else(String::new, |prf| format!(", PRF {prf}"));
            Some(format!(
                "{}, {}, DH Group {}{prf}",
                cipher(row.cipher),
                row.hash,
                row.group
            ))
        }
        Protocol::Ah | Protocol::Esp => {
            let ticks = pfsense::phase2(suite).ok()?;
            let hash = ticks
                .hash
                .map_or_else(String::new, |hash| format!(", {hash}"));
            Some(format!("{}{hash}", cipher(ticks.cipher)))
        }
    }
}

fn on_client(method: ConfigMethod, ike: &Suite, esp: &Suite, server: &Server) -> Vec<String> {
    match method {
        ConfigMethod::Powershell => {
            let name = server
                .connection_name
                .as_deref()
                .unwrap_or("VPN connection");
            match powershell::line(name, ike, esp) {
                Ok(line) => vec![
                    "on the client, in PowerShell:".to_owned(),
                    format!("  {line}"),
                ],
                Err(_) => Vec::new(), // the fix was only proposed because it can be said
            }
        }
        ConfigMethod::AppleProfile => {
            let words = |suite: &Suite| {
                let p = apple::parameters(suite).ok()?;
                let mut words = vec![format!("EncryptionAlgorithm {}", p.encryption)];
                words.extend(p.integrity.map(|i| format!("IntegrityAlgorithm {i}")));
                words.extend(p.group.map(|g| format!("DiffieHellmanGroup {g}")));
                Some(words.join(", "))
            };
            let pfs = u8::from(esp.ke().is_some());
            let (Some(ike), Some(esp)) = (words(ike), words(esp)) else {
                return Vec::new();
            };
            vec![
                "on the client, by a configuration profile:".to_owned(),
                format!("  IKESecurityAssociationParameters: {ike}"),
                format!("  ChildSecurityAssociationParameters: {esp}; EnablePFS {pfs}"),
            ]
        }
        ConfigMethod::Sswan | ConfigMethod::Proposals => vec![
            "on the client, as its own proposals:".to_owned(),
            format!("  IKE {}, ESP {}", short(ike), short(esp)),
        ],
        ConfigMethod::Registry => vec![
            "on the client, in the registry:".to_owned(),
            format!("  {}", crate::write::config::reg::ENFORCE),
        ],
        ConfigMethod::Settings => vec![
            "on the client, in its settings:".to_owned(),
            format!("  IKE {}, ESP {}", short(ike), short(esp)),
        ],
    }
}
