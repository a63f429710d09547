//! The look at a few octets that rejects a packet which cannot concern IKE or IPsec.
//!
//! Most packets of a capture end here; the others are read with all their lengths.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The port of IKE (RFC 7296, section 2.23).
pub(super) const IKE: u16 = 500;
/// The port of IKE and of ESP in UDP (RFC 3948).
pub(super) const IKE_NAT_T: u16 = 4500;

pub(super) const ICMP: u8 = 1;
pub(super) const UDP: u8 = 17;
pub(super) const ESP: u8 = 50;
pub(super) const ICMPV6: u8 = 58;

/// What the look found.
pub(super) enum Look {
    /// Nothing of interest.
    Reject,
    /// ESP, directly in IP.
    Esp {
        source: IpAddr,
        destination: IpAddr,
        spi: u32,
    },
    /// Perhaps something.
    Keep,
}

/// Whether one of the ports is one of IKE's.
pub(super) const fn concerns(source: u16, destination: u16) -> bool {
    matches!(source, IKE | IKE_NAT_T) || matches!(destination, IKE | IKE_NAT_T)
}

/// Looks at an IP packet.
#[inline]
pub(super) fn look(packet: &[u8]) -> Look {
    match packet.first().map(|octet| octet >> 4) {
        Some(4) => v4(packet),
        Some(6) => v6(packet),
        _ => Look::Reject,
    }
}

#[inline]
fn v4(packet: &[u8]) -> Look {
    let Some(header) = packet.first_chunk::<20>() else {
        return Look::Reject;
    };
    let protocol = header[9];
    if !matches!(protocol, UDP | ESP | ICMP) {
        return Look::Reject;
    }
    let length = usize::from(header[0] & 0x0f) * 4;
    let offset = u16::from_be_bytes([header[6], header[7]]) & 0x1fff;
    let rest = packet.get(length..).unwrap_or_default();
    if offset != 0 {
        // The ports are in the first fragment.
        return if protocol == UDP {
            Look::Keep
        } else {
            Look::Reject
        };
    }
    if protocol == ESP {
        let Some(spi) = rest.first_chunk() else {
            return Look::Reject;
        };
        let [.., a, b, c, d, e, f, g, h] = *header;
        return Look::Esp {
            source: Ipv4Addr::new(a, b, c, d).into(),
            destination: Ipv4Addr::new(e, f, g, h).into(),
            spi: u32::from_be_bytes(*spi),
        };
    }
    upper(protocol, rest)
}

#[inline]
fn v6(packet: &[u8]) -> Look {
    let Some((header, rest)) = packet.split_first_chunk::<40>() else {
        return Look::Reject;
    };
    match header[6] {
        ESP => {
            let Some(spi) = rest.first_chunk() else {
                return Look::Reject;
            };
            let address = |from: usize| {
                let bytes = header.get(from..from + 16);
                let bytes = bytes.and_then(|bytes| bytes.first_chunk::<16>());
                IpAddr::from(bytes.map_or(Ipv6Addr::UNSPECIFIED, |it| Ipv6Addr::from(*it)))
            };
            Look::Esp {
                source: address(8),
                destination: address(24),
                spi: u32::from_be_bytes(*spi),
            }
        }
        protocol @ (UDP | ICMPV6) => upper(protocol, rest),
        // Hop-by-hop, routing, fragment, destination options: something may follow.
        0 | 43 | 44 | 60 => Look::Keep,
        _ => Look::Reject,
    }
}

/// Looks at the first octets of UDP or ICMP.
#[inline]
fn upper(protocol: u8, rest: &[u8]) -> Look {
    let Some([a, b, c, d]) = rest.first_chunk() else {
        return Look::Reject;
    };
    let keep = match protocol {
        UDP => concerns(u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*c, *d])),
        // Destination unreachable; packet too big is a type of its own in ICMPv6.
        ICMP => *a == 3,
        _ => matches!(*a, 1 | 2),
    };
    if keep { Look::Keep } else { Look::Reject }
}
