//! Routers and hosts that say why a packet of IKE did not arrive (RFC 792, RFC 4443).

use std::fmt::{self, Display, Formatter};
use std::net::SocketAddr;

use super::datagram;
use super::reject;
use crate::wire::reader::WireReader;

/// A packet that says why another one did not arrive.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Unreachable {
    /// Why the packet was refused.
    pub why: Refused,
    /// Who sent the other packet.
    pub from: SocketAddr,
    /// Where it was sent.
    pub to: SocketAddr,
}

/// Why a packet did not arrive.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refused {
    /// No route to the host, or the host does not answer.
    Host,
    /// Nobody listens on the port.
    Port,
    /// A firewall says so.
    Prohibited,
    /// It is larger than the next link takes, and must not be cut.
    TooBig {
        /// Largest packet in octets; 0 if the router does not say.
        mtu: u32,
    },
}

impl Display for Refused {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host => f.write_str("host unreachable"),
            Self::Port => f.write_str("port unreachable"),
            Self::Prohibited => f.write_str("administratively prohibited"),
            Self::TooBig { mtu: 0 } => f.write_str("packet too big"),
            Self::TooBig { mtu } => write!(f, "packet too big, at most {mtu} octets"),
        }
    }
}

impl Unreachable {
    /// Reads an ICMP message that quotes a packet of IKE.
    pub(super) fn read(protocol: u8, message: &[u8]) -> Option<Self> {
        let mut reader = WireReader::new(message);
        let what = "an ICMP message";
        let kind = reader.u8(what).ok()?;
        let code = reader.u8(what).ok()?;
        reader.u16(what).ok()?;
        let word = reader.u32(what).ok()?;
        let why = match (protocol, kind, code) {
            (reject::ICMP, 3, 3) | (reject::ICMPV6, 1, 4) => Refused::Port,
            (reject::ICMP, 3, 4) => Refused::TooBig { mtu: word & 0xffff },
            (reject::ICMP, 3, 9 | 10 | 13) | (reject::ICMPV6, 1, 1 | 5 | 6) => Refused::Prohibited,
            (reject::ICMP, 3, _) | (reject::ICMPV6, 1, _) => Refused::Host,
            (reject::ICMPV6, 2, _) => Refused::TooBig { mtu: word },
            _ => return None,
        };
        let (from, to) = datagram::quoted(reader.rest())?;
        Some(Self { why, from, to })
    }
}
