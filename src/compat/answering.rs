//! Which connection of a server answers a client: charon prefers the more exact addresses, then the
//! version of IKE, then what stands first in the file (`backend_manager.c`, `ike_cfg.c`).

use std::cmp::Reverse;
use std::net::IpAddr;

use itertools::Itertools as _;

use crate::peer::server::{IkeVersions, Spanned};
use crate::peer::{Connection, Role};

/// Most pairs of addresses that are tried.
const MOST: usize = 64;

/// An address of one end, as far as it is known.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
enum Address {
    /// This one.
    Ip(IpAddr),
    /// That of a name.
    Named(String),
    /// One that nothing in the file names.
    Elsewhere,
}

/// What an item of a list of addresses stands for.
enum Item {
    Any,
    Network(IpAddr, u8),
    Range(IpAddr, IpAddr),
    Exact(Address),
}

impl Item {
    fn of(text: &str) -> Self {
        let text = text.trim();
        let unspecified = |ip: &IpAddr| ip.is_unspecified();
        if text.starts_with('%') || text.parse().is_ok_and(|ip| unspecified(&ip)) {
            return Self::Any;
        }
        if let Some((network, bits)) = text.split_once('/')
            && let (Ok(network), Ok(bits)) = (network.parse(), bits.parse())
        {
            return Self::Network(network, bits);
        }
        if let Some((from, to)) = text.split_once('-')
            && let (Ok(from), Ok(to)) = (from.trim().parse(), to.trim().parse())
        {
            return Self::Range(from, to);
        }
        let named = || Address::Named(text.to_owned());
        Self::Exact(text.parse().map_or_else(|_| named(), Address::Ip))
    }

    /// How exactly it names `address`; 0 if it does not.
    fn quality(&self, address: &Address) -> u32 {
        match (self, address) {
            (Self::Any, _) => 1,
            (Self::Network(_, 0), Address::Elsewhere) => 1,
            (Self::Exact(own), address) => 129 * u32::from(own == address),
            (Self::Network(network, bits), Address::Ip(ip)) => {
                let inside = ends(*network, *bits).is_some_and(|(from, to)| within(from, *ip, to));
                (u32::from(*bits) + 1) * u32::from(inside)
            }
            (Self::Range(from, to), Address::Ip(ip)) => u32::from(within(*from, *ip, *to)),
            (Self::Network(..) | Self::Range(..), Address::Named(_) | Address::Elsewhere) => 0,
        }
    }

    /// Addresses that it tells apart from others.
    fn examples(&self) -> Vec<Address> {
        let both = |(from, to)| vec![Address::Ip(from), Address::Ip(to)];
        match self {
            Self::Any | Self::Network(_, 0) => Vec::new(),
            Self::Network(network, bits) => ends(*network, *bits).map_or_else(Vec::new, both),
            Self::Range(from, to) => both((*from, *to)),
            Self::Exact(address) => vec![address.clone()],
        }
    }
}

fn within(from: IpAddr, ip: IpAddr, to: IpAddr) -> bool {
    from.is_ipv4() == ip.is_ipv4() && from <= ip && ip <= to
}

/// The first and the last address of a network.
fn ends(network: IpAddr, bits: u8) -> Option<(IpAddr, IpAddr)> {
    match network {
        IpAddr::V4(ip) => {
            let host = u32::MAX.checked_shr(u32::from(bits)).unwrap_or(0);
            let ip = u32::from(ip);
            (bits <= 32).then(|| {
                (
                    IpAddr::V4((ip & !host).into()),
                    IpAddr::V4((ip | host).into()),
                )
            })
        }
        IpAddr::V6(ip) => {
            let host = u128::MAX.checked_shr(u32::from(bits)).unwrap_or(0);
            let ip = u128::from(ip);
            (bits <= 128).then(|| {
                (
                    IpAddr::V6((ip & !host).into()),
                    IpAddr::V6((ip | host).into()),
                )
            })
        }
    }
}

fn quality(list: &[Spanned<String>], address: &Address) -> u32 {
    let items = list.iter().map(|item| Item::of(&item.value));
    let qualities = items.map(|item| item.quality(address));
    let all = if list.is_empty() { Some(1) } else { None };
    all.or_else(|| qualities.max()).unwrap_or(0)
}

/// How well a connection fits two addresses; 0 if it does not. charon weighs the other side twice;
/// of equals the one that names the version of IKE is before others.
fn score(connection: &Connection, server: &Address, client: &Address) -> u32 {
    let own = quality(&connection.local.addresses, server);
    let other = quality(&connection.remote.addresses, client);
    let version = u32::from(connection.versions != IkeVersions::Any);
    if own == 0 || other == 0 {
        return 0;
    }
    8 * own + 16 * other + 4 * version
}

/// Whether a client may meet the connection: one for a fixed peer only if the client's address is
/// said to be that peer's.
pub(super) fn may_answer(connection: &Connection, client: Option<IpAddr>) -> bool {
    if connection.serves_clients() {
        return true;
    }
    let clients_of = |connection: &Connection| Connection {
        role: Role::RemoteAccess,
        not_loaded: connection.not_loaded.clone(),
        versions: connection.versions,
        children: connection.children.clone(),
        ..Connection::default()
    };
    client.is_some_and(|ip| quality(&connection.remote.addresses, &Address::Ip(ip)) > 0)
        && connection.role != Role::RemoteAccess
        && !connection.children.is_empty()
        && clients_of(connection).serves_clients()
}

/// The orders in which charon looks at the connections, by their places, each with its score, for every address that
/// makes a difference; `None` if these are too many to try. With an address of the client only the server's own may.
pub(super) fn orders(
    connections: &[&Connection],
    client: Option<IpAddr>,
) -> Option<Vec<Vec<(usize, u32)>>> {
    let local = connections.iter().flat_map(|it| &it.local.addresses);
    let mut servers: Vec<_> = local
        .clone()
        .flat_map(|item| Item::of(&item.value).examples())
        .collect();
    // A server that is named by an address is dialled there.
    let exact = |item: &Spanned<String>| matches!(Item::of(&item.value), Item::Exact(_));
    let named: Vec<_> = local
        .filter(|item| exact(item))
        .flat_map(|item| Item::of(&item.value).examples())
        .collect();
    if !named.is_empty() {
        servers = named;
    }
    if servers.is_empty() {
        servers.push(Address::Elsewhere);
    }
    let clients: Vec<Address> = match client {
        Some(ip) => vec![Address::Ip(ip)],
        None => {
            let remote = connections.iter().flat_map(|it| &it.remote.addresses);
            let named = remote.flat_map(|item| Item::of(&item.value).examples());
            std::iter::once(Address::Elsewhere).chain(named).collect()
        }
    };
    let [servers, clients] = [servers, clients].map(|all| -> Vec<Address> {
        let different = all.into_iter().unique();
        different.take(MOST + 1).collect()
    });
    if servers.len() * clients.len() > MOST {
        return None;
    }
    let pairs = servers.iter().cartesian_product(&clients);
    let order = |(server, client): (&Address, &Address)| {
        let scored = connections.iter().enumerate();
        let scored = scored.map(|(place, one)| (place, score(one, server, client)));
        let fitting = scored.filter(|(_, score)| *score > 0);
        let order = fitting.sorted_by_key(|(_, score)| Reverse(*score));
        order.collect::<Vec<_>>()
    };
    let orders = pairs.map(order).unique();
    Some(orders.filter(|order| !order.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use super::{Address, Item};

    #[test]
    fn the_more_exact_address_is_better() {
        let address = Address::Ip("203.0.113.10".parse().unwrap());
        for (item, expected) in [
            ("%any", 1),
            ("0.0.0.0", 1),
            ("0.0.0.0/0", 1),
            ("203.0.113.0/24", 25),
            ("203.0.113.10", 129),
            ("203.0.113.1-203.0.113.99", 1),
            ("203.0.114.0/24", 0),
            ("192.0.2.1", 0),
            ("2001:db8::/32", 0),
            ("vpn.example.com", 0),
        ] {
            assert_eq!(Item::of(item).quality(&address), expected, "{item}");
        }
    }
}
