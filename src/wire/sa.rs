//! The SA payload: proposals, their transforms, and the attributes of those (RFC 7296, section 3.3).
//!
//! What [`ike::Proposal`] groups by type is kept here in the order of the wire, boundaries between
//! types included: that order tells one implementation from another.

use super::Malformed;
use super::reader::WireReader;
use crate::ike::{self, Protocol, TransformType};

/// Attribute type "Key Length", the only one there is.
const KEY_LENGTH: u16 = 14;

/// Bit of an attribute whose value stands in the place of its length.
const SHORT: u16 = 0x8000;

/// A proposal as it stands in an SA payload.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Proposal<'a> {
    /// Its number, from 1 in an offer.
    pub number: u8,
    /// Number of the protocol, see `protocol`.
    pub protocol: u8,
    /// The sender's SPI; empty in IKE_SA_INIT.
    pub spi: &'a [u8],
    /// The transforms, in the order of the wire.
    pub transforms: Vec<Transform<'a>>,
}

/// A transform with what else stands beside it.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Transform<'a> {
    /// Type, number and key length.
    pub transform: ike::Transform,
    /// Attributes that are no key length, or a second one; they make a transform unacceptable
    /// (RFC 7296, section 3.3.6).
    pub others: Vec<Attribute<'a>>,
}

/// An attribute of a transform.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Attribute<'a> {
    /// A value of two octets.
    Short {
        /// Its type, below 32768.
        kind: u16,
        /// Its value.
        value: u16,
    },
    /// A value of any length.
    Long {
        /// Its type, below 32768.
        kind: u16,
        /// Its value.
        value: &'a [u8],
    },
}

/// The protocol of a number in a proposal, a Notify or a Delete (RFC 7296, section 3.3.1).
pub(crate) const fn protocol(number: u8) -> Option<Protocol> {
    match number {
        1 => Some(Protocol::Ike),
        2 => Some(Protocol::Ah),
        3 => Some(Protocol::Esp),
        _ => None,
    }
}

/// The number of a protocol.
pub(crate) const fn number(protocol: Protocol) -> u8 {
    match protocol {
        Protocol::Ike => 1,
        Protocol::Ah => 2,
        Protocol::Esp => 3,
    }
}

impl Proposal<'_> {
    /// A proposal with one transform after another, as `proposal` has them.
    pub fn of(number_from_1: u8, proposal: &ike::Proposal) -> Proposal<'static> {
        let transforms = proposal.transforms().iter().map(|transform| Transform {
            transform: *transform,
            others: Vec::new(),
        });
        Proposal {
            number: number_from_1,
            protocol: number(proposal.protocol()),
            spi: &[],
            transforms: transforms.collect(),
        }
    }

    /// The proposal as it is compared, or `None` if it is for a protocol without comparison.
    pub(crate) fn grouped(&self) -> Option<ike::Proposal> {
        let transforms = self.transforms.iter().map(|it| it.transform);
        Some(ike::Proposal::new(protocol(self.protocol)?, transforms))
    }

    /// The types in the order in which they first occur, such as ENCR, PRF, INTEG, KE.
    pub(crate) fn type_order(&self) -> Vec<TransformType> {
        let mut order = Vec::new();
        for transform in &self.transforms {
            if !order.contains(&transform.transform.kind) {
                order.push(transform.transform.kind);
            }
        }
        order
    }
}

/// Reads the proposals of an SA payload, to its end.
pub(super) fn read<'a>(reader: &mut WireReader<'a>) -> Result<Vec<Proposal<'a>>, Malformed> {
    let what = "a proposal";
    let mut proposals = Vec::new();
    loop {
        let last = reader.u8(what)?;
        reader.u8(what)?;
        let length = usize::from(reader.u16(what)?);
        let mut body = inside(reader, what, length)?;
        let number = body.u8("the number of a proposal")?;
        let protocol = body.u8("the protocol of a proposal")?;
        let spi = body.u8("the SPI length of a proposal")?;
        let count = body.u8("the transform count of a proposal")?;
        let spi = body.take("the SPI of a proposal", usize::from(spi))?;
        let transforms = transforms(&mut body)?;
        if usize::from(count) != transforms.len() {
            return Err(Malformed::TransformCount {
                claimed: count,
                found: transforms.len(),
            });
        }
        proposals.push(Proposal {
            number,
            protocol,
            spi,
            transforms,
        });
        match last {
            0 => {
                reader.end("the last proposal")?;
                return Ok(proposals);
            }
            2 => {}
            octet => return Err(Malformed::NotAChain { what, octet }),
        }
    }
}

/// A reader of the substructure whose length field, just read, says `length`.
fn inside<'a>(
    reader: &mut WireReader<'a>,
    what: &'static str,
    length: usize,
) -> Result<WireReader<'a>, Malformed> {
    let header = super::payload::GENERIC;
    let rest = length.checked_sub(header).ok_or(Malformed::TooShort {
        what,
        claimed: length,
        least: header,
    })?;
    if rest > reader.left() {
        return Err(Malformed::Claims {
            what,
            claimed: length,
            left: reader.left() + header,
        });
    }
    reader.sub(what, rest)
}

fn transforms<'a>(reader: &mut WireReader<'a>) -> Result<Vec<Transform<'a>>, Malformed> {
    let what = "a transform";
    let mut transforms = Vec::new();
    // A proposal without transforms is well-formed, if useless.
    while !reader.is_empty() {
        let last = reader.u8(what)?;
        reader.u8(what)?;
        let length = usize::from(reader.u16(what)?);
        let mut body = inside(reader, what, length)?;
        let kind = TransformType(body.u8("the type of a transform")?);
        body.u8("the reserved field of a transform")?;
        let mut transform = ike::Transform::raw(kind, body.u16("the number of a transform")?);
        let mut others = Vec::new();
        while !body.is_empty() {
            match attribute(&mut body)? {
                Attribute::Short {
                    kind: KEY_LENGTH,
                    value,
                } if transform.key_bits == 0 && value != 0 => transform.key_bits = value,
                other => others.push(other),
            }
        }
        transforms.push(Transform { transform, others });
        match last {
            0 => {
                reader.end("the last transform")?;
                break;
            }
            3 => {}
            octet => return Err(Malformed::NotAChain { what, octet }),
        }
    }
    Ok(transforms)
}

fn attribute<'a>(reader: &mut WireReader<'a>) -> Result<Attribute<'a>, Malformed> {
    let what = "an attribute";
    let kind = reader.u16(what)?;
    let value = reader.u16(what)?;
    if kind & SHORT != 0 {
        let kind = kind & !SHORT;
        return Ok(Attribute::Short { kind, value });
    }
    let value = reader.take(what, usize::from(value))?;
    Ok(Attribute::Long { kind, value })
}

/// Writes the proposals of an SA payload. `None` if one of them is too long for its fields.
pub(super) fn write(proposals: &[Proposal<'_>], out: &mut Vec<u8>) -> Option<()> {
    for (place, proposal) in proposals.iter().enumerate() {
        let start = out.len();
        let more = place + 1 < proposals.len();
        out.extend([if more { 2 } else { 0 }, 0, 0, 0]);
        out.extend([proposal.number, proposal.protocol]);
        out.push(u8::try_from(proposal.spi.len()).ok()?);
        out.push(u8::try_from(proposal.transforms.len()).ok()?);
        out.extend(proposal.spi);
        for (place, transform) in proposal.transforms.iter().enumerate() {
            let more = place + 1 < proposal.transforms.len();
            write_transform(transform, more, out)?;
        }
        length(out, start)?;
    }
    Some(())
}

fn write_transform(it: &Transform<'_>, more: bool, out: &mut Vec<u8>) -> Option<()> {
    let start = out.len();
    let ike::Transform { kind, id, key_bits } = it.transform;
    out.extend([if more { 3 } else { 0 }, 0, 0, 0, kind.0, 0]);
    out.extend(id.to_be_bytes());
    if key_bits != 0 {
        out.extend((SHORT | KEY_LENGTH).to_be_bytes());
        out.extend(key_bits.to_be_bytes());
    }
    for attribute in &it.others {
        match *attribute {
            Attribute::Short { kind, value } => {
                out.extend((SHORT | kind).to_be_bytes());
                out.extend(value.to_be_bytes());
            }
            Attribute::Long { kind, value } => {
                out.extend((kind & !SHORT).to_be_bytes());
                out.extend(u16::try_from(value.len()).ok()?.to_be_bytes());
                out.extend(value);
            }
        }
    }
    length(out, start)
}

/// Fills in the length of the substructure that began at `start`.
fn length(out: &mut [u8], start: usize) -> Option<()> {
    let length = u16::try_from(out.len() - start).ok()?;
    let field = out.get_mut(start + 2..start + 4)?;
    field.copy_from_slice(&length.to_be_bytes());
    Some(())
}
