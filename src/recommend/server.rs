//! A plan as the server that it makes, for everything that reads or writes servers.

use std::time::Duration;

use super::{Plan, Reconfigured};
use crate::ike::Suite;
use crate::peer::server::{Nat, Rekey};
use crate::peer::{Child, Client, Connection, Engine, EngineName, Entry, Origin, Server, Version};

/// Name of the connection and of its child in files.
pub const CONNECTION: &str = "roadwarriors";

/// Windows Server 2022; the value sets are the same from 2016 to 2025.
const RRAS: Version = Version::new(2022, 0, 0);

/// What a plan does not know: how the server is called.
#[derive(Clone, Copy, Debug, Default)]
pub struct Names<'a> {
    /// What the connection is called on clients.
    pub connection: Option<&'a str>,
    /// Host name or IP address that clients dial.
    pub address: Option<&'a str>,
    /// Name in the server certificate.
    pub remote_id: Option<&'a str>,
}

/// The server that a plan for `clients` describes: additions first, then the base, in each phase.
///
/// It never asks for new keys of a child SA if one of the clients is known to refuse that: behind
/// NAT, or because the offer names a group.
pub fn server(plan: &Plan, clients: &[Client], names: Names<'_>) -> Server {
    let entry = |suite: &Suite| Entry::new(suite.to_proposal(), Origin::Argument);
    let ike = plan.ike_additions.iter().map(|addition| &addition.suite);
    let esp = plan.esp_additions.iter().map(|addition| &addition.suite);
    let reconfigured = plan.reconfigured.iter().map(|Reconfigured { esp, .. }| esp);
    let mut phase2: Vec<Entry> = esp
        .chain(plan.esp.iter().map(|entry| &entry.suite))
        .chain(reconfigured)
        .map(entry)
        .collect();
    let mut seen = Vec::new();
    phase2.retain(|entry| {
        let first = !seen.contains(&entry.proposal);
        seen.push(entry.proposal.clone());
        first
    });
    let with_group = plan.pfs.group.is_some();
    let refuses = |client: &Client| {
        let answer = client.child_rekey_by_server.stated();
        answer.is_some_and(|fact| {
            fact.value.refuses_behind_nat || fact.value.refuses_any_ke && with_group
        })
    };
    let child = clients.iter().any(refuses).then_some(Duration::ZERO);
    let name = plan.product.engine();
    Server {
        file: String::new(),
        product: Some(plan.product),
        engine: Engine {
            name,
            version: name.assumed_version().unwrap_or(RRAS),
        },
        prefers_own: true,
        address: names.address.map(str::to_owned),
        remote_id: names.remote_id.map(str::to_owned),
        connection_name: names.connection.map(str::to_owned),
        nat: Nat::Unknown,
        connections: vec![Connection {
            name: CONNECTION.to_owned(),
            ike: ike
                .chain(plan.ike.iter().map(|entry| &entry.suite))
                .map(entry)
                .collect(),
            children: vec![Child {
                name: CONNECTION.to_owned(),
                esp: phase2,
                // Without a word libreswan takes the group of the IKE SA.
                pfs: (name == EngineName::Libreswan).then_some(with_group),
                ..Child::default()
            }],
            rekey: Rekey { ike: None, child },
            ..Connection::default()
        }],
        clients: Vec::new(),
        definitions: Default::default(),
    }
}
