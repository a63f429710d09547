//! The life of a tunnel between two charons: how it comes up, and what each rekeying makes of it.
//!
//! Each rekeying is the first one of its SA and depends on no other.

use super::exchange::{Outcome, Side, child_rekey, first_child, ike_rekey, ike_sa_init};
use crate::peer::PerExchange;

/// What comes of each exchange. *Client* is the initiator of the connection, *server* its responder.
pub type Tunnel = PerExchange<Outcome>;

/// Plays all exchanges.
pub fn tunnel(client: Side<'_>, server: Side<'_>) -> Tunnel {
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
    tunnel.ike_rekey_by_client = ike_rekey(client, server, &suite);
    tunnel.ike_rekey_by_server = ike_rekey(server, client, &suite);
    tunnel.ike_auth = first_child(client, server);
    let first = tunnel.ike_auth.agreement();
    if first.is_some_and(|child| child.installed) {
        tunnel.child_rekey_by_client = child_rekey(client, server);
        tunnel.child_rekey_by_server = child_rekey(server, client);
    }
    tunnel
}
