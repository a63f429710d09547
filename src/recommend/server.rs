//! A plan as the server that it makes, for everything that reads or writes servers.

use std::time::Duration;

use super::Plan;
use super::plan::Listed;
use crate::diag::Span;
use crate::peer::server::{Product, Spanned};
use crate::peer::{Child, Connection, Engine, Entry, Origin, Server, Version};

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

/// The server that a plan describes: base and additions in one list for each phase, best first.
///
/// It never asks for new keys where one of the clients is known to refuse that.
pub fn server(plan: &Plan, names: Names<'_>) -> Server {
    let entry = |listed: Listed| Entry::new(listed.to_proposal(), Origin::Argument);
    let name = plan.product.engine();
    // pfSense's page has a lifetime for child SAs, at which they end if nobody has renewed them.
    let never = plan.rekeying.server.child == Some(Duration::ZERO);
    let time = |value: Duration| Spanned {
        value,
        span: Span::new(0, 0..0),
    };
    let lifetime =
        (plan.product == Product::Pfsense && never).then(|| time(plan.rekeying.outlasting()));
    // The one of IKE SAs ends them even where the server never asks for their keys.
    let never = plan.rekeying.server.ike == Some(Duration::ZERO);
    let ike_lifetime = plan.rekeying.hard_lifetime_of_ike();
    let ike_lifetime = ike_lifetime.filter(|_| plan.product == Product::Pfsense && never);
    Server {
        file: String::new(),
        product: Some(plan.product),
        engine: plan.engine.unwrap_or(Engine {
            name,
            version: name.assumed_version().unwrap_or(RRAS),
        }),
        prefers_own: true,
        address: names.address.map(str::to_owned),
        remote_id: names.remote_id.map(str::to_owned),
        connection_name: names.connection.map(str::to_owned),
        nat: None,
        connections: vec![Connection {
            name: CONNECTION.to_owned(),
            ike: plan.listed_ike().into_iter().map(entry).collect(),
            children: vec![Child {
                name: CONNECTION.to_owned(),
                // Without a word libreswan takes the group of the IKE SA.
                pfs: (plan.product == Product::Libreswan).then_some(plan.pfs.group.is_some()),
                esp: plan.listed_esp().into_iter().map(entry).collect(),
                lifetime,
                ..Child::default()
            }],
            rekey: plan.rekeying.server,
            lifetime: ike_lifetime.map(time),
            ..Connection::default()
        }],
        built_with: Vec::new(),
        clients: Vec::new(),
        definitions: Default::default(),
    }
}
