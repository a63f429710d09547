//! The file formats pcap and pcapng, read one packet at a time by pcap-parser.

use std::fmt::{self, Display, Formatter};
use std::io::Read;
use std::ops::Range;
use std::time::Duration;

use pcap_parser::nom::{Err, IResult, Needed};
use pcap_parser::pcapng::{Block, parse_block_be, parse_block_le};
use pcap_parser::traits::PcapNGPacketBlock as _;
use pcap_parser::{
    LegacyPcapBlock, PcapError, PcapHeader, parse_pcap_frame, parse_pcap_frame_be,
    parse_pcap_frame_modified, parse_pcap_header,
};

use super::buffer::{Buffer, Filled, LIMIT};
use super::{Broken, Ending, Link, Seen};

/// The largest length a packet can claim. Programs capture 262,144 octets at most.
const MAX_PACKET: u64 = LIMIT as u64 / 2;

/// More interfaces than any capture describes.
const MAX_INTERFACES: usize = 4096;

/// Whether octets are the beginning of a capture.
pub fn is_capture(start: &[u8]) -> bool {
    let Some(magic) = start.first_chunk() else {
        return false;
    };
    matches!(
        u32::from_be_bytes(*magic),
        0x0a0d_0d0a | 0xa1b2_c3d4 | 0xd4c3_b2a1 | 0xa1b2_3c4d | 0x4d3c_b2a1 | 0x34cd_b2a1
    )
}

/// The file is no capture.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NotACapture;

impl Display for NotACapture {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("this is neither pcap nor pcapng, or it ends before its first packet")
    }
}

impl std::error::Error for NotACapture {}

/// A packet of a capture.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a> {
    /// Its number, from 1, as Wireshark counts.
    pub number: u64,
    /// When it was captured, since 1970; `None` where the format does not say.
    pub time: Option<Duration>,
    /// What its first octets are.
    pub link: Link,
    /// The octets that were captured.
    pub bytes: &'a [u8],
    /// How many there were on the wire.
    pub length: u32,
}

impl<'a> Packet<'a> {
    /// What the packet has to do with IKE or IPsec, if anything.
    #[inline]
    pub fn seen(&self) -> Option<Seen<'a>> {
        Seen::of(self)
    }
}

/// A capture that is read from front to back.
#[derive(Debug)]
pub struct Capture<R> {
    buffer: Buffer<R>,
    format: Format,
    /// Octets of the packet that was given last.
    given: usize,
    packets: u64,
    ending: Option<Ending>,
}

#[derive(Debug)]
enum Format {
    Pcap {
        frame: for<'a> fn(&'a [u8]) -> Parsed<'a, LegacyPcapBlock<'a>>,
        link: Link,
        /// Nanoseconds in a unit of the fraction.
        unit: u32,
    },
    PcapNg {
        big_endian: bool,
        interfaces: Vec<Interface>,
    },
}

#[derive(Clone, Copy, Debug)]
struct Interface {
    link: Link,
    /// Exponent of the resolution, as the file has it.
    resolution: u8,
    /// Seconds to be added.
    offset: i64,
}

type Parsed<'a, T> = IResult<&'a [u8], T, PcapError<&'a [u8]>>;

/// What stands at the start of the window.
enum Step {
    /// A packet; `total` octets are to be consumed.
    Packet { total: usize, found: Found },
    /// Something else, of this length.
    Skip(usize),
    /// Not all of it.
    More,
    /// Nothing that can be read.
    Broken(Broken),
}

struct Found {
    bytes: Range<usize>,
    link: Link,
    time: Option<Duration>,
    length: u32,
}

impl<R: Read> Capture<R> {
    /// Reads the file's header.
    pub fn new(source: R) -> Result<Self, NotACapture> {
        let mut buffer = Buffer::new(source);
        let format = loop {
            match Format::of(buffer.data()) {
                Ok((format, header)) => {
                    buffer.consume(header);
                    break format;
                }
                Err(Some(NotACapture)) => return Err(NotACapture),
                Err(None) => match buffer.fill() {
                    Filled::More => {}
                    Filled::End | Filled::Full | Filled::Failed(_) => return Err(NotACapture),
                },
            }
        };
        Ok(Self {
            buffer,
            format,
            given: 0,
            packets: 0,
            ending: None,
        })
    }

    /// The next packet, or `None` at the end; [`Self::ending`] then says how it ended.
    #[expect(
        clippy::should_implement_trait,
        reason = "the packet borrows the window"
    )]
    pub fn next(&mut self) -> Option<Packet<'_>> {
        let Found {
            bytes,
            link,
            time,
            length,
        } = self.advance()?;
        Some(Packet {
            number: self.packets,
            time,
            link,
            bytes: self.buffer.data().get(bytes).unwrap_or_default(),
            length,
        })
    }

    fn advance(&mut self) -> Option<Found> {
        if self.ending.is_some() {
            return None;
        }
        self.buffer.consume(std::mem::take(&mut self.given));
        loop {
            let packet = self.packets + 1;
            match self.format.step(self.buffer.data()) {
                Step::Packet { total, found } => {
                    self.given = total;
                    self.packets = packet;
                    return Some(found);
                }
                Step::Skip(total) => self.buffer.consume(total),
                Step::Broken(why) => {
                    self.ending = Some(Ending::Broken { packet, why });
                    return None;
                }
                Step::More => {
                    let ending = match self.buffer.fill() {
                        Filled::More => continue,
                        Filled::End if self.buffer.data().is_empty() => Ending::Whole,
                        Filled::End => Ending::CutOff { packet },
                        Filled::Full => Ending::Broken {
                            packet,
                            why: Broken::Claims(MAX_PACKET),
                        },
                        Filled::Failed(error) => Ending::Failed {
                            why: error.to_string(),
                        },
                    };
                    self.ending = Some(ending);
                    return None;
                }
            }
        }
    }

    /// How many packets were given.
    pub const fn packets(&self) -> u64 {
        self.packets
    }

    /// How the capture ended, once [`Self::next`] has given `None`.
    pub const fn ending(&self) -> Option<&Ending> {
        self.ending.as_ref()
    }
}

impl Format {
    /// The format and the length of the header; `Err(None)` if more of it is needed.
    fn of(data: &[u8]) -> Result<(Self, usize), Option<NotACapture>> {
        if data.len() < 4 {
            return Err(None);
        }
        if !is_capture(data) {
            return Err(Some(NotACapture));
        }
        if data.starts_with(&[0x0a, 0x0d, 0x0d, 0x0a]) {
            // Its section header is read like every other block.
            let format = Self::PcapNg {
                big_endian: false,
                interfaces: Vec::new(),
            };
            return Ok((format, 0));
        }
        match parse_pcap_header(data) {
            Ok((rest, header)) => Ok((Self::pcap(&header), data.len() - rest.len())),
            Err(Err::Incomplete(_)) => Err(None),
            Err(_) => Err(Some(NotACapture)),
        }
    }

    fn pcap(header: &PcapHeader) -> Self {
        let frame = if header.is_modified_format() {
            parse_pcap_frame_modified
        } else if header.is_bigendian() {
            parse_pcap_frame_be
        } else {
            parse_pcap_frame
        };
        let nanoseconds = header.is_nanosecond_precision();
        // The upper bits say whether a checksum follows the frame.
        let number = header.network.0 & 0x03ff_ffff;
        Self::Pcap {
            frame,
            link: Link::of(number),
            unit: if nanoseconds { 1 } else { 1000 },
        }
    }

    #[inline]
    fn step(&mut self, data: &[u8]) -> Step {
        if data.is_empty() {
            return Step::More;
        }
        match self {
            Self::Pcap { frame, link, unit } => match frame(data) {
                Ok((rest, block)) => {
                    let fraction = block.ts_usec.saturating_mul(*unit);
                    let time = Duration::from_secs(block.ts_sec.into())
                        + Duration::from_nanos(fraction.into());
                    let found = Found {
                        bytes: range(data, block.data),
                        link: *link,
                        time: Some(time),
                        length: block.origlen,
                    };
                    let total = data.len() - rest.len();
                    Step::Packet { total, found }
                }
                Err(failed) => not_yet(&failed),
            },
            Self::PcapNg {
                big_endian,
                interfaces,
            } => {
                let parse = if *big_endian {
                    parse_block_be
                } else {
                    parse_block_le
                };
                match parse(data) {
                    Ok((rest, block)) => {
                        let total = data.len() - rest.len();
                        block_of(&block, data, total, big_endian, interfaces)
                    }
                    Err(failed) => not_yet(&failed),
                }
            }
        }
    }
}

/// What a parser that did not succeed waits for.
fn not_yet(failed: &Err<PcapError<&[u8]>>) -> Step {
    match failed {
        Err::Incomplete(Needed::Size(size)) if size.get() as u64 > MAX_PACKET => {
            Step::Broken(Broken::Claims(size.get() as u64))
        }
        Err::Incomplete(_) => Step::More,
        Err::Error(_) | Err::Failure(_) => Step::Broken(Broken::Contradiction),
    }
}

fn block_of(
    block: &Block<'_>,
    data: &[u8],
    total: usize,
    big_endian: &mut bool,
    interfaces: &mut Vec<Interface>,
) -> Step {
    match block {
        Block::SectionHeader(section) => {
            *big_endian = section.big_endian();
            interfaces.clear();
            Step::Skip(total)
        }
        Block::InterfaceDescription(description) => {
            if interfaces.len() == MAX_INTERFACES {
                return Step::Broken(Broken::Contradiction);
            }
            interfaces.push(Interface {
                link: Link::of(description.linktype.0),
                resolution: description.if_tsresol,
                offset: description.if_tsoffset,
            });
            Step::Skip(total)
        }
        Block::EnhancedPacket(packet) => {
            let interface = usize::try_from(packet.if_id).ok();
            let Some(interface) = interface.and_then(|place| interfaces.get(place)) else {
                return Step::Broken(Broken::UnknownInterface(packet.if_id));
            };
            let units = u64::from(packet.ts_high) << 32 | u64::from(packet.ts_low);
            let found = Found {
                bytes: range(data, packet.packet_data()),
                link: interface.link,
                time: interface.time(units),
                length: packet.origlen,
            };
            Step::Packet { total, found }
        }
        Block::SimplePacket(packet) => {
            let Some(interface) = interfaces.first() else {
                return Step::Broken(Broken::UnknownInterface(0));
            };
            let found = Found {
                bytes: range(data, packet.packet_data()),
                link: interface.link,
                time: None,
                length: packet.origlen,
            };
            Step::Packet { total, found }
        }
        _ => Step::Skip(total),
    }
}

impl Interface {
    /// A time in the units of the interface.
    fn time(self, units: u64) -> Option<Duration> {
        let exponent = u32::from(self.resolution & 0x7f);
        let a_second = if self.resolution & 0x80 == 0 {
            10_u64.checked_pow(exponent)?
        } else {
            1_u64.checked_shl(exponent)?
        };
        let seconds = (units / a_second).checked_add_signed(self.offset)?;
        let fraction = u128::from(units % a_second) * 1_000_000_000 / u128::from(a_second);
        Some(Duration::new(seconds, u32::try_from(fraction).ok()?))
    }
}

/// Where `part` lies in `whole`.
fn range(whole: &[u8], part: &[u8]) -> Range<usize> {
    let start = part.as_ptr().addr() - whole.as_ptr().addr();
    start..start + part.len()
}
