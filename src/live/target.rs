//! Where a probe may go: to one address that belongs to one machine.

use std::fmt::{self, Display, Formatter};
use std::net::{IpAddr, Ipv4Addr};

/// Why an address is not probed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NotATarget {
    /// It is that of every machine on a network.
    Broadcast,
    /// It is that of a group.
    Multicast,
    /// It is that of nobody.
    Unspecified,
}

impl Display for NotATarget {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Broadcast => "a broadcast address, and only one machine is probed",
            Self::Multicast => "a multicast address, and only one machine is probed",
            Self::Unspecified => "no machine's address",
        })
    }
}

/// Refuses what is not one machine; `broadcasts` are the broadcast addresses of the own interfaces.
pub fn admit(address: IpAddr, broadcasts: &[IpAddr]) -> Result<(), NotATarget> {
    let address = address.to_canonical();
    let limited = matches!(address, IpAddr::V4(v4) if v4.is_broadcast());
    if address.is_unspecified() || matches!(address, IpAddr::V4(v4) if v4.octets()[0] == 0) {
        Err(NotATarget::Unspecified)
    } else if address.is_multicast() {
        Err(NotATarget::Multicast)
    } else if limited || broadcasts.contains(&address) {
        Err(NotATarget::Broadcast)
    } else {
        Ok(())
    }
}

/// The broadcast address of a network, whether or not the system names it; none of one or two machines.
pub fn broadcast(own: Ipv4Addr, mask: Ipv4Addr) -> Option<Ipv4Addr> {
    let several = mask.to_bits().trailing_zeros() > 1;
    several.then(|| Ipv4Addr::from_bits(own.to_bits() | !mask.to_bits()))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::{NotATarget, admit, broadcast};

    #[test]
    fn a_network_of_several_machines_has_a_broadcast_address() {
        let own = Ipv4Addr::new(192, 0, 2, 77);
        let of = |bits: u32| broadcast(own, Ipv4Addr::from_bits(!(u32::MAX >> bits)));
        assert_eq!(of(24), Some(Ipv4Addr::new(192, 0, 2, 255)));
        assert_eq!(of(30), Some(Ipv4Addr::new(192, 0, 2, 79)));
        assert_eq!(of(31), None);
        assert_eq!(broadcast(own, Ipv4Addr::BROADCAST), None);
    }

    #[test]
    fn one_machine_is_admitted_and_nothing_else() {
        let own = ["192.0.2.255".parse().unwrap()];
        for (address, expected) in [
            ("192.0.2.1", Ok(())),
            ("127.0.0.1", Ok(())),
            ("::1", Ok(())),
            ("2001:db8::1", Ok(())),
            ("0.0.0.0", Err(NotATarget::Unspecified)),
            ("0.1.2.3", Err(NotATarget::Unspecified)),
            ("::", Err(NotATarget::Unspecified)),
            ("::ffff:0.0.0.0", Err(NotATarget::Unspecified)),
            ("255.255.255.255", Err(NotATarget::Broadcast)),
            ("::ffff:255.255.255.255", Err(NotATarget::Broadcast)),
            ("192.0.2.255", Err(NotATarget::Broadcast)),
            ("224.0.0.1", Err(NotATarget::Multicast)),
            ("239.255.255.255", Err(NotATarget::Multicast)),
            ("::ffff:224.0.0.1", Err(NotATarget::Multicast)),
            ("ff02::1", Err(NotATarget::Multicast)),
        ] {
            assert_eq!(admit(address.parse().unwrap(), &own), expected, "{address}");
        }
    }
}
