//! Networks, as they are written: an address and how many of its bits count.

use std::fmt::{self, Display, Formatter};
use std::net::IpAddr;
use std::str::FromStr;

/// Bits before the address in an IPv4-mapped address of IPv6 (RFC 4291, section 2.5.5.2).
const MAPPED_BITS: u8 = 96;

/// A network.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    /// The network of an address and its netmask, if the mask is one.
    pub fn of_mask(address: IpAddr, mask: IpAddr) -> Option<Self> {
        let (number, width) = number(mask);
        let bits = (number << (128 - u32::from(width))).leading_ones();
        let same = number == mask_of(u8::try_from(bits).ok()?, width);
        same.then_some(Self {
            address,
            bits: u8::try_from(bits).ok()?,
        })
    }

    /// Whether an address belongs to it.
    pub fn contains(&self, address: IpAddr) -> bool {
        let (own, width) = number(self.address);
        let (other, other_width) = number(address.to_canonical());
        let mask = mask_of(self.bits, width);
        width == other_width && own & mask == other & mask
    }
}

/// An address as a number of so many bits.
fn number(address: IpAddr) -> (u128, u8) {
    match address {
        IpAddr::V4(v4) => (u128::from(u32::from(v4)), 32),
        IpAddr::V6(v6) => (u128::from(v6), 128),
    }
}

/// The number whose first `bits` of `width` are set.
fn mask_of(bits: u8, width: u8) -> u128 {
    let all = u128::MAX >> (128 - u32::from(width));
    let zeros = u32::from(width.saturating_sub(bits));
    all & all.checked_shl(zeros).unwrap_or(0)
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || "expected a network such as `192.0.2.0/24`, or an address".to_owned();
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let (_, width) = number(address);
        let bits: u8 = bits.map_or(Ok(width), str::parse).map_err(|_| wrong())?;
        if bits > width {
            return Err(wrong());
        }
        // Addresses of IPv4 are compared as such, however they are written.
        let canonical = address.to_canonical();
        if canonical == address {
            return Ok(Self { address, bits });
        }
        let bits = bits.checked_sub(MAPPED_BITS).ok_or_else(|| {
            format!("an IPv4-mapped network has at least {MAPPED_BITS} bits, such as `::ffff:192.0.2.0/120`")
        })?;
        Ok(Self {
            address: canonical,
            bits,
        })
    }
}

impl Display for Network {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

/// Whether an address is one of a home or office network, or of this machine alone: the addresses
/// from which somebody may connect without having been named.
pub fn is_local(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Network, is_local};

    #[test]
    fn a_network_has_the_addresses_that_begin_alike() {
        for (network, address, expected) in [
            ("192.0.2.0/24", "192.0.2.77", true),
            ("192.0.2.0/24", "192.0.3.77", false),
            ("192.0.2.0/24", "::ffff:192.0.2.1", true),
            ("::ffff:192.0.2.0/120", "192.0.2.77", true),
            ("::ffff:192.0.2.0/120", "192.0.3.77", false),
            ("::ffff:192.0.2.0/120", "::ffff:192.0.2.1", true),
            ("::ffff:192.0.2.1", "192.0.2.1", true),
            ("::ffff:0.0.0.0/96", "203.0.113.9", true),
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "2001:db8::1", true),
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
        ] {
            let network: Network = network.parse().unwrap();
            let address = address.parse().unwrap();
            assert_eq!(network.contains(address), expected, "{network} {address}");
        }
        for wrong in [
            "",
            "192.0.2.0/33",
            "::/129",
            "::ffff:192.0.2.0/24",
            "::ffff:192.0.2.0/129",
            "192.0.2.0/x",
            "example.invalid",
        ] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
        let of_mask = |address: &str, mask: &str| {
            Network::of_mask(address.parse().unwrap(), mask.parse().unwrap())
        };
        let network = of_mask("192.0.2.5", "255.255.255.128").unwrap();
        assert_eq!(network.to_string(), "192.0.2.5/25");
        assert!(of_mask("192.0.2.5", "255.0.255.0").is_none());
        assert!(of_mask("fe80::1", "ffff:ffff:ffff:ffff::").is_some());
    }

    #[test]
    fn only_addresses_of_ones_own_networks_are_local() {
        for address in [
            "127.0.0.1",
            "10.1.2.3",
            "192.168.0.1",
            "169.254.1.1",
            "::1",
            "fe80::1",
            "fd00::1",
        ] {
            assert!(is_local(address.parse().unwrap()), "{address}");
        }
        for address in ["203.0.113.5", "2001:db8::1", "0.0.0.0", "100.64.0.1"] {
            assert!(!is_local(address.parse().unwrap()), "{address}");
        }
    }
}
