//! What stands before the IP header, by the registry of link-layer types
//! (<https://www.tcpdump.org/linktypes.html>).

use std::fmt::{self, Display, Formatter};

/// A link-layer type.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Link {
    /// Ethernet, with VLAN tags and PPPoE inside.
    Ethernet,
    /// BSD loopback, the protocol in the order of the capturing machine.
    Null,
    /// OpenBSD loopback, the protocol in network order.
    Loop,
    /// PPP, with or without the octets of HDLC.
    Ppp,
    /// IP without anything before it.
    Raw,
    /// Linux cooked capture, version 1 (`tcpdump -i any`).
    LinuxSll,
    /// Linux cooked capture, version 2.
    LinuxSll2,
    /// A type that is not read.
    Other(i32),
}

const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86dd;
const PPPOE: u16 = 0x8864;
/// 802.1Q, 802.1ad, and the number that older switches use.
const VLAN: [u16; 3] = [0x8100, 0x88a8, 0x9100];
/// More VLAN tags than any frame has.
const MAX_TAGS: usize = 4;

impl Link {
    /// The type of a number in a file.
    pub(super) const fn of(number: i32) -> Self {
        match number {
            0 => Self::Null,
            1 => Self::Ethernet,
            9 | 50 => Self::Ppp,
            // 12 and 14 are what BSD and Linux number raw IP inside; some programs write them.
            12 | 14 | 101 | 228 | 229 => Self::Raw,
            108 => Self::Loop,
            113 => Self::LinuxSll,
            276 => Self::LinuxSll2,
            other => Self::Other(other),
        }
    }

    /// The IP packet in a frame, if there is one.
    #[inline]
    pub(super) fn ip(self, frame: &[u8]) -> Option<&[u8]> {
        match self {
            Self::Ethernet => {
                let (_, rest) = frame.split_at_checked(12)?;
                ether(rest)
            }
            Self::LinuxSll => {
                let (_, rest) = frame.split_at_checked(14)?;
                ether(rest)
            }
            Self::LinuxSll2 => {
                let (protocol, _) = frame.split_first_chunk()?;
                let (_, rest) = frame.split_at_checked(20)?;
                typed(u16::from_be_bytes(*protocol), rest)
            }
            // Which number means IPv6 depends on the system; the version in the packet does not.
            Self::Null | Self::Loop => frame.get(4..).and_then(versioned),
            Self::Raw => versioned(frame),
            Self::Ppp => ppp(frame.strip_prefix(&[0xff, 0x03]).unwrap_or(frame)),
            Self::Other(_) => None,
        }
    }
}

impl Display for Link {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ethernet => "Ethernet",
            Self::Null | Self::Loop => "BSD loopback",
            Self::Ppp => "PPP",
            Self::Raw => "raw IP",
            Self::LinuxSll | Self::LinuxSll2 => "Linux cooked capture",
            Self::Other(number) => return write!(f, "link-layer type {number}"),
        })
    }
}

/// What follows the addresses of a frame: type, perhaps tags, payload.
#[inline]
fn ether(rest: &[u8]) -> Option<&[u8]> {
    let (kind, payload) = rest.split_first_chunk()?;
    typed(u16::from_be_bytes(*kind), payload)
}

fn typed(kind: u16, payload: &[u8]) -> Option<&[u8]> {
    let (mut kind, mut payload) = (kind, payload);
    for _ in 0..=MAX_TAGS {
        match kind {
            IPV4 | IPV6 => return versioned(payload),
            PPPOE => return ppp(payload.get(6..)?),
            tag if VLAN.contains(&tag) => {
                let (_, rest) = payload.split_at_checked(2)?;
                let (inner, rest) = rest.split_first_chunk()?;
                kind = u16::from_be_bytes(*inner);
                payload = rest;
            }
            _ => return None,
        }
    }
    None
}

fn ppp(frame: &[u8]) -> Option<&[u8]> {
    // The first octet of the protocol may be left out (RFC 1661, section 6.5).
    match frame {
        [0x00, 0x21 | 0x57, rest @ ..] | [0x21 | 0x57, rest @ ..] => versioned(rest),
        _ => None,
    }
}

/// The packet, if its version is 4 or 6.
#[inline]
fn versioned(packet: &[u8]) -> Option<&[u8]> {
    matches!(packet.first()? >> 4, 4 | 6).then_some(packet)
}
