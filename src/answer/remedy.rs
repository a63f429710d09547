//! What would let a client in, or keep it, as data and as lines that can be followed: on the server in
//! the words of its product, on the client as the command or the values to enter.

use super::words::short;
use crate::compat::config_method::ConfigMethod;
use crate::compat::fix::{Change, Fix};
use crate::compat::gap;
use crate::dialect::{apple, pfsense, powershell};
use crate::ike::{Protocol, Suite};
use crate::peer::server::Product;
use crate::peer::{EngineName, Policy, Server};

/// Where a remedy is carried out.
#[derive(Clone, Copy, Debug, Eq, PartialEq, strum::Display, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum RemedySide {
    /// In the server's configuration.
    Server,
    /// In the client's.
    Client,
}

/// One remedy. The remedies of a client are alternatives, except that those on the server's side
/// belong together where they concern different phases.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Remedy {
    /// Where it is carried out.
    pub side: RemedySide,
    /// What is to be changed.
    pub fix: Fix,
    /// The product whose words are used, where it is the server's.
    pub product: Option<Product>,
    /// 1 for IKE, 2 for ESP; `None` if both are concerned.
    pub phase: Option<u8>,
    /// The proposal to be added, in strongSwan's keywords.
    pub proposal: Option<String>,
    /// What is to be done, in one line.
    pub instruction: String,
    /// What is to be typed or entered, each on a line of its own.
    pub commands: Vec<String>,
    /// Why nobody should do it although it helps; `None` if it is advised.
    pub objection: Option<String>,
}

impl Remedy {
    /// The remedy of a fix, in the words of the server's product.
    pub fn new(fix: &Fix, server: &Server, policy: &Policy) -> Option<Self> {
        match fix {
            Fix::Server { change, .. } => Some(Self::on_server(fix, change, server, policy)),
            Fix::Client { method, ike, esp } => {
                let (instruction, commands) = on_client(*method, ike, esp, server)?;
                Some(Self {
                    side: RemedySide::Client,
                    fix: fix.clone(),
                    product: None,
                    phase: None,
                    proposal: None,
                    instruction: instruction.to_owned(),
                    commands,
                    objection: None,
                })
            }
        }
    }

    fn on_server(fix: &Fix, change: &Change, server: &Server, policy: &Policy) -> Self {
        let (suite, protocol) = match change {
            Change::Add(suite) => (Some(suite), suite.protocol),
            Change::DropKeyExchange | Change::RequireKeyExchange(_) => (None, Protocol::Esp),
            Change::StopRekeying(protocol) => (None, *protocol),
        };
        Self {
            side: RemedySide::Server,
            fix: fix.clone(),
            product: server.product,
            phase: Some(phase(protocol)),
            proposal: suite.map(short),
            instruction: instruction(change, server),
            commands: Vec::new(),
            objection: suite.and_then(|suite| policy.objection(suite)),
        }
    }

    /// The lines that tell a person what to do; what is to be typed is indented.
    pub fn lines(&self) -> Vec<String> {
        let objection = self.objection.as_ref();
        let objection = objection.map_or_else(String::new, |why| format!("; not advised: {why}"));
        let colon = if self.commands.is_empty() { "" } else { ":" };
        let first = match self.side {
            RemedySide::Server => format!("on the server: {}{objection}", self.instruction),
            RemedySide::Client => format!("on the client, {}{objection}{colon}", self.instruction),
        };
        let commands = self.commands.iter().map(|command| format!("  {command}"));
        std::iter::once(first).chain(commands).collect()
    }
}

/// The phase that a protocol's SAs are called.
const fn phase(protocol: Protocol) -> u8 {
    match protocol {
        Protocol::Ike => 1,
        Protocol::Ah | Protocol::Esp => 2,
    }
}

fn instruction(change: &Change, server: &Server) -> String {
    let is_pfsense = server.product == Some(Product::Pfsense);
    match change {
        Change::Add(suite) => {
            let words = is_pfsense.then(|| pfsense::words(suite)).flatten();
            let words = words.map_or_else(String::new, |words| format!(" ({words})"));
            format!(
                "add {} to phase {}{words}",
                short(suite),
                phase(suite.protocol)
            )
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
            format!("add the group {} to phase 2", gap::transform(*group))
        }
        Change::StopRekeying(protocol) => {
            let what = match protocol {
                Protocol::Ike => "IKE SA",
                Protocol::Ah | Protocol::Esp => "child SA",
            };
            format!(
                "never ask for new keys of the {what} (rekey time 0); the client does it by itself"
            )
        }
    }
}

/// By what a client is configured, and what is typed or entered there; `None` if its product cannot
/// say the suites.
fn on_client(
    method: ConfigMethod,
    ike: &Suite,
    esp: &Suite,
    server: &Server,
) -> Option<(&'static str, Vec<String>)> {
    let plain = || vec![format!("IKE {}, ESP {}", short(ike), short(esp))];
    Some(match method {
        ConfigMethod::Powershell => {
            let name = server.connection_name.as_deref();
            let line = powershell::line(name.unwrap_or("VPN connection"), ike, esp);
            ("in PowerShell", vec![line.ok()?])
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
            let (ike, esp) = (words(ike)?, words(esp)?);
            (
                "by a configuration profile",
                vec![
                    format!("IKESecurityAssociationParameters: {ike}"),
                    format!("ChildSecurityAssociationParameters: {esp}; EnablePFS {pfs}"),
                ],
            )
        }
        ConfigMethod::Sswan | ConfigMethod::Proposals => ("as its own proposals", plain()),
        ConfigMethod::Registry => (
            "in the registry",
            vec![powershell::REGISTRY_ENFORCE.to_owned()],
        ),
        ConfigMethod::Settings => ("in its settings", plain()),
    })
}
