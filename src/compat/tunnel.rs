//! The life of a tunnel between two charons: how it comes up, and what each rekeying makes of it.
//!
//! Each rekeying is the first one of its SA and depends on no other.

use super::exchange::{Outcome, Side, child_rekey, first_child, ike_rekey, ike_sa_init};

/// All exchanges of a tunnel. *Client* is the initiator of the connection, *server* its responder.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Tunnel {
    /// IKE_SA_INIT.
    pub ike: Outcome,
    /// The first child SA, in IKE_AUTH.
    pub esp: Outcome,
    /// The client rekeys the child SA.
    pub child_rekey_by_client: Outcome,
    /// The server rekeys the child SA.
    pub child_rekey_by_server: Outcome,
    /// The client rekeys the IKE SA.
    pub ike_rekey_by_client: Outcome,
    /// The server rekeys the IKE SA.
    pub ike_rekey_by_server: Outcome,
}

/// Plays all exchanges.
pub fn tunnel(client: Side<'_>, server: Side<'_>) -> Tunnel {
    let mut tunnel = Tunnel {
        ike: ike_sa_init(client, server),
        esp: Outcome::NotReached,
        child_rekey_by_client: Outcome::NotReached,
        child_rekey_by_server: Outcome::NotReached,
        ike_rekey_by_client: Outcome::NotReached,
        ike_rekey_by_server: Outcome::NotReached,
    };
    let Some(up) = tunnel.ike.agreement() else {
        return tunnel;
    };
    let suite = up.selection.suite;
    tunnel.ike_rekey_by_client = ike_rekey(client, server, &suite);
    tunnel.ike_rekey_by_server = ike_rekey(server, client, &suite);
    tunnel.esp = first_child(client, server);
    if tunnel.esp.agreement().is_some_and(|child| child.installed) {
        tunnel.child_rekey_by_client = child_rekey(client, server);
        tunnel.child_rekey_by_server = child_rekey(server, client);
    }
    tunnel
}
