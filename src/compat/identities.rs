//! Which connection of charon's answers IKE_AUTH where the addresses leave several: the better match of both identities
//! (`backend_manager.c`, `create_peer_cfg_enumerator`; `identification.c`, `matches`).

use itertools::Itertools as _;

use crate::peer::Connection;

/// Most pairs of identities that are tried.
const MOST: usize = 256;

/// The identities that a client sends, as far as they make a difference.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) struct Sent<'c> {
    /// IDr, what it expects the server to be.
    server: Option<&'c str>,
    /// IDi, what it calls itself; `None` is one that no connection names.
    client: Option<&'c str>,
}

/// An identity without the mark that says that it is a name.
fn bare(id: &str) -> &str {
    let id = id.trim();
    let id = id.strip_prefix("fqdn:").unwrap_or(id);
    id.strip_prefix('@').unwrap_or(id)
}

fn is_any(id: &str) -> bool {
    matches!(
        bare(id),
        "%any" | "%any4" | "%any6" | "*" | "0.0.0.0" | "::" | ""
    )
}

/// How well a connection's identity fits the one that was sent: 0 not at all, 20 exactly, as charon counts.
fn quality(own: Option<&str>, sent: Option<&str>) -> u32 {
    const ANY: u32 = 1;
    const WILDCARD: u32 = 19;
    const PERFECT: u32 = 20;
    let (own, sent) = match (own.filter(|own| !is_any(own)), sent) {
        (Some(own), Some(sent)) => (bare(own), bare(sent)),
        _ => return ANY,
    };
    let suffix = own.strip_prefix('*');
    if own.eq_ignore_ascii_case(sent) {
        PERFECT
    } else if suffix.is_some_and(|suffix| ends_with(sent, suffix)) {
        WILDCARD
    } else {
        0
    }
}

fn ends_with(name: &str, suffix: &str) -> bool {
    let start = name.len().checked_sub(suffix.len());
    start.is_some_and(|start| {
        start > 0
            && name
                .get(start..)
                .is_some_and(|end| end.eq_ignore_ascii_case(suffix))
    })
}

/// Whether a connection is for clients that expect the server to be `name`.
pub(crate) fn expects(connection: &Connection, name: &str) -> bool {
    quality(server_id(connection), Some(name)) > 0
}

fn server_id(connection: &Connection) -> Option<&str> {
    connection.local.id.as_ref().map(|id| id.value.as_str())
}

fn client_id(connection: &Connection) -> Option<&str> {
    connection.remote.id.as_ref().map(|id| id.value.as_str())
}

/// Every pair of identities that makes a difference among these connections; `None` if they are too many to try. `server`
/// is what clients are known to expect.
pub(super) fn sent<'c>(
    connections: &[&'c Connection],
    server: Option<&'c str>,
) -> Option<Vec<Sent<'c>>> {
    fn named<'c>(ids: impl Iterator<Item = Option<&'c str>>) -> Vec<Option<&'c str>> {
        let ids: Vec<_> = ids.map(|id| id.filter(|id| !is_any(id))).unique().collect();
        let open = ids.contains(&None);
        let exact = ids
            .into_iter()
            .filter(|id| id.is_some_and(|id| !id.contains('*')));
        // Where every connection names one, nobody else is let in at all.
        let exact: Vec<_> = exact.collect();
        let none = (open || exact.is_empty()).then_some(None);
        none.into_iter().chain(exact).collect()
    }
    let servers = match server {
        Some(server) => vec![Some(server)],
        // Who sends no IDr leaves it open.
        None => std::iter::once(None)
            .chain(named(connections.iter().map(|one| server_id(one))))
            .unique()
            .collect(),
    };
    let clients = named(connections.iter().map(|one| client_id(one)));
    if servers.len() * clients.len() > MOST {
        return None;
    }
    let pairs = servers.into_iter().cartesian_product(clients);
    let pairs = pairs.map(|(server, client)| Sent { server, client });
    Some(pairs.collect())
}

/// The place of the connection that charon tries first, each given with its score for the addresses.
pub(super) fn first(connections: &[(&Connection, u32)], sent: Sent<'_>) -> Option<usize> {
    let mut first: Option<(usize, u32, u32)> = None;
    for (place, (connection, address)) in connections.iter().enumerate() {
        let own = quality(server_id(connection), sent.server);
        let other = match (client_id(connection).filter(|id| !is_any(id)), sent.client) {
            // Nobody knows what the client is called, only that it is not this.
            (Some(_), None) => 0,
            (id, sent) => quality(id, sent),
        };
        if own == 0 || other == 0 {
            continue;
        }
        let (address, peer) = (*address, own + other);
        // It goes before the one that it is better than in one of both, and not worse in the other.
        let better = |(_, other_address, other_peer): (usize, u32, u32)| {
            address > other_address && peer >= other_peer
                || address >= other_address && peer > other_peer
        };
        if first.is_none_or(better) {
            first = Some((place, address, peer));
        }
    }
    first.map(|(place, ..)| place)
}

#[cfg(test)]
mod tests {
    use super::quality;

    #[test]
    fn an_exact_identity_is_better_than_a_wildcard() {
        for (own, sent, expected) in [
            (None, Some("vpn.example.com"), 1),
            (Some("%any"), Some("vpn.example.com"), 1),
            (Some("vpn.example.com"), None, 1),
            (Some("VPN.example.com"), Some("@vpn.example.com"), 20),
            (Some("*.example.com"), Some("vpn.example.com"), 19),
            (Some("*.example.com"), Some("vpn.example.org"), 0),
            (Some("vpn.example.org"), Some("vpn.example.com"), 0),
        ] {
            assert_eq!(quality(own, sent), expected, "{own:?} {sent:?}");
        }
    }
}
