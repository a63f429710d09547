//! The life of a tunnel between two charons: how it comes up, and what each rekeying makes of it.
//!
//! Each rekeying is the first one of its SA and depends on no other.

use strum::{EnumString, VariantNames};

use super::exchange::{
    Agreement, Limit, Outcome, Side, child_rekey, child_rekey_in, first_child, ike_rekey,
    ike_sa_init,
};
use crate::peer::PerExchange;

/// What comes of each exchange. *Client* is the initiator of the connection, *server* its responder.
pub(crate) type Tunnel = PerExchange<Outcome>;

/// Whether an IKE SA comes up without a child SA, which is then made with CREATE_CHILD_SA
/// (RFC 6023, `childless` in `swanctl.conf`).
#[derive(Clone, Copy, Debug, Default, EnumString, Eq, PartialEq, VariantNames)]
#[strum(serialize_all = "lowercase")]
pub enum Childless {
    /// Taken where the peer asks for it.
    #[default]
    Allow,
    /// Asked for where the peer takes it.
    Prefer,
    /// Neither taken nor asked for.
    Never,
    /// Nothing else is taken or asked for.
    Force,
}

/// Where the first child SA of a tunnel is made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum FirstChild {
    /// In IKE_AUTH, without key exchange.
    IkeAuth,
    /// In CREATE_CHILD_SA, with the groups of its list.
    CreateChildSa,
    /// Nowhere: one side demands what the other does not do.
    Nowhere,
}

impl FirstChild {
    /// `defer_child_sa` and `handle_childless` in strongSwan's `child_create.c`.
    const fn of(client: Childless, server: Childless) -> Self {
        match (client, server) {
            (Childless::Force, Childless::Never)
            | (Childless::Allow | Childless::Never, Childless::Force) => Self::Nowhere,
            (Childless::Force, _)
            | (Childless::Prefer, Childless::Allow | Childless::Prefer | Childless::Force) => {
                Self::CreateChildSa
            }
            (Childless::Prefer | Childless::Allow | Childless::Never, _) => Self::IkeAuth,
        }
    }
}

/// Plays all exchanges.
pub(crate) fn tunnel(client: Side<'_>, server: Side<'_>) -> Tunnel {
    with_first_child(client, server, FirstChild::IkeAuth)
}

/// Plays all exchanges between a client and a server with these settings.
pub(crate) fn childless_tunnel(
    client: (Side<'_>, Childless),
    server: (Side<'_>, Childless),
) -> Tunnel {
    with_first_child(client.0, server.0, FirstChild::of(client.1, server.1))
}

fn with_first_child(client: Side<'_>, server: Side<'_>, first: FirstChild) -> Tunnel {
    let mut tunnel = Tunnel {
        ike_sa_init: ike_sa_init(client, server),
        ike_auth: Outcome::NotReached,
        child_rekey_by_client: Outcome::NotReached,
        child_rekey_by_server: Outcome::NotReached,
        ike_rekey_by_client: Outcome::NotReached,
        ike_rekey_by_server: Outcome::NotReached,
    };
    let Some(up) = tunnel.ike_sa_init.agreement() else {
        return tunnel;
    };
    let suite = up.selection.suite;
    let child = match first {
        FirstChild::IkeAuth => first_child(client, server),
        // Nothing is rekeyed yet, but the request is the same.
        FirstChild::CreateChildSa => child_rekey(client, server),
        FirstChild::Nowhere => {
            tunnel.ike_sa_init = ended(up, Limit::ChildlessNotAgreed);
            return tunnel;
        }
    };
    if first == FirstChild::IkeAuth
        && let Some(refused) = child
            .agreement()
            .filter(|_| server.build.ends_with_failed_child)
        && !server.build.installs(&refused.selection.suite)
    {
        tunnel.ike_sa_init = ended(up, Limit::ChildNotInstalled);
        return tunnel;
    }
    tunnel.ike_auth = child;
    tunnel.ike_rekey_by_client = ike_rekey(client, server, &suite);
    tunnel.ike_rekey_by_server = ike_rekey(server, client, &suite);
    if let Some(child) = tunnel.ike_auth.agreement().filter(|child| child.installed) {
        let group = child.selection.suite.ke();
        tunnel.child_rekey_by_client = child_rekey_in(client, server, group);
        tunnel.child_rekey_by_server = child_rekey_in(server, client, group);
    }
    tunnel
}

/// An IKE SA that ends before it is of any use.
fn ended(up: &Agreement, limit: Limit) -> Outcome {
    Outcome::Limit {
        limit,
        selected: Some(up.selection.suite),
        invalid_ke: up.invalid_ke.clone(),
    }
}
