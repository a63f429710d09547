//! Notify and Delete payloads, and what the data of the known notifies says.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::Malformed;
use super::reader::WireReader;
use crate::ike::Notify as NotifyType;

/// A Notify payload (RFC 7296, section 3.10).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Notify<'a> {
    /// Number of the protocol that `spi` belongs to; zero without one.
    pub protocol: u8,
    /// The SA it is about; empty if it is about the IKE SA or none.
    pub spi: &'a [u8],
    /// Its type.
    pub kind: NotifyType,
    /// What goes with it.
    pub data: &'a [u8],
}

/// What the data of a notify says.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum NotifyData<'a> {
    /// INVALID_KE_PAYLOAD: the group that is wanted.
    WantedGroup(u16),
    /// COOKIE, COOKIE2: octets to be sent back.
    Cookie(&'a [u8]),
    /// NAT_DETECTION_SOURCE_IP, NAT_DETECTION_DESTINATION_IP: SHA-1 of SPIs, address and port.
    NatDetection(&'a [u8]),
    /// SIGNATURE_HASH_ALGORITHMS: numbers of hash algorithms (RFC 7427, section 4).
    Hashes(Vec<u16>),
    /// REDIRECT, REDIRECTED_FROM: the other gateway (RFC 5685).
    Gateway(Gateway<'a>),
    /// Nothing that is taken apart.
    Nothing,
}

/// A gateway that a redirection names.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Gateway<'a> {
    /// By its address.
    V4(Ipv4Addr),
    /// By its address.
    V6(Ipv6Addr),
    /// By its name, in octets.
    Name(&'a [u8]),
}

impl<'a> Notify<'a> {
    /// A notify about no SA, with data.
    pub const fn new(kind: NotifyType, data: &'a [u8]) -> Self {
        Self {
            protocol: 0,
            spi: &[],
            kind,
            data,
        }
    }

    /// What the data says; fails if it is too short for that.
    pub fn said(&self) -> Result<NotifyData<'a>, Malformed> {
        let mut data = WireReader::new(self.data);
        Ok(match self.kind {
            NotifyType::INVALID_KE_PAYLOAD => {
                NotifyData::WantedGroup(data.u16("the group of INVALID_KE_PAYLOAD")?)
            }
            NotifyType::COOKIE | NotifyType::COOKIE2 => NotifyData::Cookie(self.data),
            NotifyType::NAT_DETECTION_SOURCE_IP | NotifyType::NAT_DETECTION_DESTINATION_IP => {
                NotifyData::NatDetection(self.data)
            }
            NotifyType::SIGNATURE_HASH_ALGORITHMS => {
                let mut hashes = Vec::new();
                while !data.is_empty() {
                    hashes.push(data.u16("a hash of SIGNATURE_HASH_ALGORITHMS")?);
                }
                NotifyData::Hashes(hashes)
            }
            NotifyType::REDIRECT | NotifyType::REDIRECTED_FROM => {
                NotifyData::Gateway(gateway(&mut data)?)
            }
            _ => NotifyData::Nothing,
        })
    }

    pub(super) fn read(reader: &mut WireReader<'a>) -> Result<Self, Malformed> {
        let what = "a Notify payload";
        let protocol = reader.u8(what)?;
        let spi = reader.u8(what)?;
        let kind = NotifyType(reader.u16(what)?);
        Ok(Self {
            protocol,
            kind,
            spi: reader.take("the SPI of a Notify payload", usize::from(spi))?,
            data: reader.rest(),
        })
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) -> Option<()> {
        out.push(self.protocol);
        out.push(u8::try_from(self.spi.len()).ok()?);
        out.extend(self.kind.0.to_be_bytes());
        out.extend(self.spi);
        out.extend(self.data);
        Some(())
    }
}

fn gateway<'a>(data: &mut WireReader<'a>) -> Result<Gateway<'a>, Malformed> {
    let what = "the gateway of REDIRECT";
    let kind = data.u8(what)?;
    let length = data.u8(what)?;
    let mut identity = data.sub(what, usize::from(length))?;
    Ok(match kind {
        1 => Gateway::V4(Ipv4Addr::from(identity.array::<4>(what)?)),
        2 => Gateway::V6(Ipv6Addr::from(identity.array::<16>(what)?)),
        _ => Gateway::Name(identity.rest()),
    })
}

/// A Delete payload (RFC 7296, section 3.11).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Delete<'a> {
    /// Number of the protocol whose SAs are gone.
    pub protocol: u8,
    /// Length of one SPI in octets.
    pub spi_length: u8,
    /// The SPIs, one after another; none for the IKE SA.
    pub spis: &'a [u8],
}

impl<'a> Delete<'a> {
    /// How many SPIs there are.
    fn count(&self) -> usize {
        let length = usize::from(self.spi_length);
        self.spis.len().checked_div(length).unwrap_or(0)
    }

    pub(super) fn read(reader: &mut WireReader<'a>) -> Result<Self, Malformed> {
        let what = "a Delete payload";
        let protocol = reader.u8(what)?;
        let spi_length = reader.u8(what)?;
        let count = reader.u16(what)?;
        let bytes = usize::from(spi_length) * usize::from(count);
        let spis = reader.take("the SPIs of a Delete payload", bytes)?;
        reader.end("the SPIs of a Delete payload")?;
        Ok(Self {
            protocol,
            spi_length,
            spis,
        })
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) -> Option<()> {
        out.extend([self.protocol, self.spi_length]);
        out.extend(u16::try_from(self.count()).ok()?.to_be_bytes());
        out.extend(self.spis);
        Some(())
    }
}
