//! What a packet has to do with IKE: the message, ESP, a keepalive, a fragment, a refusal.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use etherparse::{IpNumber, LaxIpSlice, UdpSlice};

use super::reject::{self, IKE, Look};
use super::{Packet, Unreachable};

/// The packet an interesting thing was seen in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Seen<'a> {
    /// Number of the packet, from 1.
    pub number: u64,
    /// When it was captured, since 1970.
    pub time: Option<Duration>,
    /// Who sent it; port 0 where there is no port.
    pub source: SocketAddr,
    /// Whom it was sent to; port 0 where there is no port.
    pub destination: SocketAddr,
    /// What was seen.
    pub what: What<'a>,
}

/// What of a packet concerns IKE or IPsec.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum What<'a> {
    /// A message of IKE.
    Ike(Ike<'a>),
    /// A packet of an IPsec SA.
    Esp {
        /// Its SPI.
        spi: u32,
        /// Inside UDP, because of NAT.
        in_udp: bool,
    },
    /// The octet that keeps a NAT mapping alive (RFC 3948, section 2.3).
    Keepalive,
    /// A later fragment of an IP packet that was UDP.
    LaterFragment {
        /// What the fragments of one packet have in common.
        identification: u32,
        /// Whether it is the last one.
        last: bool,
    },
    /// A message about a packet of IKE that did not arrive.
    Unreachable(Unreachable),
}

/// A message of IKE, or its beginning.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Ike<'a> {
    /// The octets that were captured, without the marker.
    pub bytes: &'a [u8],
    /// How many octets UDP says there are, without the marker.
    pub length: usize,
    /// Whether the marker of port 4500 stood before it (RFC 3948, section 2.2).
    pub marked: bool,
    /// Where IP has cut the packet: what its fragments have in common.
    pub fragment: Option<u32>,
}

impl Ike<'_> {
    /// Whether the capture holds less than was sent, because of fragments or a snapshot length.
    pub(crate) const fn is_cut(&self) -> bool {
        self.bytes.len() < self.length
    }
}

/// What four octets of zero before a message mean: that it is no ESP.
const NON_ESP_MARKER: [u8; 4] = [0; 4];

impl<'a> Seen<'a> {
    #[inline]
    pub(super) fn of(packet: &Packet<'a>) -> Option<Self> {
        let ip = packet.link.ip(packet.bytes)?;
        match reject::look(ip) {
            Look::Reject => None,
            Look::Esp {
                source,
                destination,
                spi,
            } => Some(Self {
                number: packet.number,
                time: packet.time,
                source: SocketAddr::new(source, 0),
                destination: SocketAddr::new(destination, 0),
                what: What::Esp { spi, in_udp: false },
            }),
            Look::Keep => {
                let (source, destination, what) = closer(ip)?;
                Some(Self {
                    number: packet.number,
                    time: packet.time,
                    source,
                    destination,
                    what,
                })
            }
        }
    }
}

/// Reads a packet with all its lengths.
fn closer(packet: &[u8]) -> Option<(SocketAddr, SocketAddr, What<'_>)> {
    let (ip, _) = LaxIpSlice::from_slice(packet).ok()?;
    let (source, destination) = (ip.source_addr(), ip.destination_addr());
    let payload = ip.payload();
    let bare = |what| {
        Some((
            SocketAddr::new(source, 0),
            SocketAddr::new(destination, 0),
            what,
        ))
    };
    let fragment = fragment_of(&ip);
    if let Some(Fragment {
        identification,
        first: false,
        last,
    }) = fragment
    {
        return (payload.ip_number == IpNumber::UDP)
            .then_some(What::LaterFragment {
                identification,
                last,
            })
            .and_then(bare);
    }
    match payload.ip_number {
        IpNumber::UDP => {
            let (from, to, what) = udp(payload.payload, fragment.map(|it| it.identification))?;
            let source = SocketAddr::new(source, from);
            let destination = SocketAddr::new(destination, to);
            Some((source, destination, what))
        }
        // Behind extension headers; directly in IP it has been seen already.
        IpNumber::ENCAPSULATING_SECURITY_PAYLOAD => {
            let spi = u32::from_be_bytes(*payload.payload.first_chunk()?);
            bare(What::Esp { spi, in_udp: false })
        }
        IpNumber::ICMP | IpNumber::IPV6_ICMP => {
            let read = Unreachable::read(payload.ip_number.0, payload.payload)?;
            bare(What::Unreachable(read))
        }
        _ => None,
    }
}

/// What IP says about a fragment.
#[derive(Clone, Copy)]
struct Fragment {
    identification: u32,
    first: bool,
    last: bool,
}

fn fragment_of(ip: &LaxIpSlice<'_>) -> Option<Fragment> {
    if !ip.is_fragmenting_payload() {
        return None;
    }
    if let Some(v4) = ip.ipv4() {
        let header = v4.header();
        return Some(Fragment {
            identification: u32::from(header.identification()),
            first: header.fragments_offset().value() == 0,
            last: !header.more_fragments(),
        });
    }
    let extensions = ip.ipv6()?.extensions().clone();
    extensions
        .into_iter()
        .find_map(|extension| match extension {
            etherparse::Ipv6ExtensionSlice::Fragment(header) => Some(Fragment {
                identification: header.identification(),
                first: header.fragment_offset().value() == 0,
                last: !header.more_fragments(),
            }),
            _ => None,
        })
}

fn udp(packet: &[u8], fragment: Option<u32>) -> Option<(u16, u16, What<'_>)> {
    let udp = UdpSlice::from_slice_lax(packet).ok()?;
    let (source, destination) = (udp.source_port(), udp.destination_port());
    if !reject::concerns(source, destination) {
        return None;
    }
    let bytes = udp.payload();
    // A length of zero is a UDP packet too long for its field; nobody sends such IKE.
    let claimed = usize::from(udp.length()).saturating_sub(8);
    let plain = source == IKE || destination == IKE;
    let what = match bytes.strip_prefix(&NON_ESP_MARKER) {
        _ if plain => What::Ike(Ike {
            bytes,
            length: claimed.max(bytes.len()),
            marked: false,
            fragment,
        }),
        Some(bytes) => What::Ike(Ike {
            bytes,
            length: claimed
                .saturating_sub(NON_ESP_MARKER.len())
                .max(bytes.len()),
            marked: true,
            fragment,
        }),
        None if bytes == [0xff] => What::Keepalive,
        None => What::Esp {
            spi: u32::from_be_bytes(*bytes.first_chunk()?),
            in_udp: true,
        },
    };
    Some((source, destination, what))
}

/// Sender and receiver of a packet of IKE that an ICMP message quotes, perhaps in part.
pub(super) fn quoted(packet: &[u8]) -> Option<(SocketAddr, SocketAddr)> {
    let (ip, _) = LaxIpSlice::from_slice(packet).ok()?;
    let (source, destination): (IpAddr, IpAddr) = (ip.source_addr(), ip.destination_addr());
    let payload = ip.payload();
    let [a, b, c, d] = *payload.payload.first_chunk()?;
    let (from, to) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    let is_ike = payload.ip_number == IpNumber::UDP && reject::concerns(from, to);
    is_ike.then_some((
        SocketAddr::new(source, from),
        SocketAddr::new(destination, to),
    ))
}
