//! A whole message: the header and the chain of payloads.

use super::header::{HEADER, Header};
use super::notify::Notify;
use super::payload::{KeyExchange, Payload, PayloadType};
use super::reader::WireReader;
use super::sa::Proposal;
use super::{Exchange, Flags, Malformed, Spi};
use crate::ike;

/// More payloads than this no message has; a chain of empty ones would fill 64 KiB with 16,000.
const MAX_PAYLOADS: usize = 512;

/// A message of IKEv2, or the header of one of IKEv1.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Message<'a> {
    /// The header.
    pub header: Header,
    /// The payloads; none of IKEv1, whose payloads are not taken apart.
    pub payloads: Vec<Payload<'a>>,
}

impl<'a> Message<'a> {
    /// Reads a whole message and refuses one with anything wrong in it.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        match Self::parse_start(bytes)? {
            (message, None) => Ok(message),
            (_, Some(malformed)) => Err(malformed),
        }
    }

    /// Reads as many payloads as can be read, and says what is wrong with the next one.
    ///
    /// A capture may hold the start of each packet only; that start is worth having.
    pub fn parse_start(bytes: &'a [u8]) -> Result<(Self, Option<Malformed>), Malformed> {
        let mut reader = WireReader::new(bytes);
        let header = Header::read(&mut reader)?;
        let mut payloads = Vec::new();
        let failed = Self::read_rest(&header, reader, &mut payloads).err();
        Ok((Self { header, payloads }, failed))
    }

    fn read_rest(
        header: &Header,
        mut reader: WireReader<'a>,
        payloads: &mut Vec<Payload<'a>>,
    ) -> Result<(), Malformed> {
        let what = "the message";
        let there = reader.left() + HEADER;
        let claimed = usize::try_from(header.length).unwrap_or(usize::MAX);
        if claimed < HEADER {
            return Err(Malformed::TooShort {
                what,
                claimed,
                least: HEADER,
            });
        }
        // What a snapshot has cut off is missing only where a payload reaches into it.
        let short = claimed > there;
        if header.major() == 2 {
            let mut reader = reader.sub(what, reader.left().min(claimed - HEADER))?;
            read_chain(header.next, &mut reader, payloads)?;
            if !short {
                reader.end("the last payload")?;
            }
        }
        if short {
            return Err(Malformed::Claims {
                what,
                claimed,
                left: there,
            });
        }
        if there > claimed {
            return Err(Malformed::Trailing {
                what,
                left: there - claimed,
            });
        }
        Ok(())
    }

    /// A request or an answer in an exchange of IKEv2, without payloads.
    pub const fn new(exchange: Exchange, initiator: Spi, responder: Spi, flags: Flags) -> Self {
        let header = Header {
            initiator_spi: initiator,
            responder_spi: responder,
            next: PayloadType::NONE,
            version: 0x20,
            exchange,
            flags,
            message_id: 0,
            length: 0,
        };
        Self {
            header,
            payloads: Vec::new(),
        }
    }

    /// The octets of the message; first payload and length of the header are filled in.
    ///
    /// `None` if something is too long for its length field. A message of IKEv1 has its header
    /// only.
    pub fn encode(&self) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let (first, payloads) = Self::encode_payloads(&self.payloads)?;
        let mut header = self.header;
        header.next = first;
        header.write(&mut out);
        out.extend(payloads);
        let length = u32::try_from(out.len()).ok()?;
        let field = out.get_mut(HEADER - 4..HEADER)?;
        field.copy_from_slice(&length.to_be_bytes());
        Some(out)
    }

    /// The payloads of what was encrypted; `first` is the type of the first of them.
    pub(crate) fn parse_payloads(
        first: PayloadType,
        bytes: &'a [u8],
    ) -> Result<Vec<Payload<'a>>, Malformed> {
        let mut payloads = Vec::new();
        let mut reader = WireReader::new(bytes);
        read_chain(first, &mut reader, &mut payloads)?;
        reader.end("the last payload")?;
        Ok(payloads)
    }

    /// The octets of a chain of payloads that is to be encrypted, with the type of its first one.
    ///
    /// `None` if something is too long for its length field.
    pub(crate) fn encode_payloads(payloads: &[Payload<'_>]) -> Option<(PayloadType, Vec<u8>)> {
        let mut out = Vec::new();
        let first = payloads.first().map_or(PayloadType::NONE, Payload::kind);
        let next = payloads.iter().skip(1).map(Payload::kind);
        for (payload, next) in payloads.iter().zip(next.chain([PayloadType::NONE])) {
            payload.write(next, &mut out)?;
        }
        Some((first, out))
    }

    /// The proposals of the SA payload, if there is one.
    pub(crate) fn proposals(&self) -> Option<&[Proposal<'a>]> {
        self.payloads.iter().find_map(|payload| match payload {
            Payload::Sa(proposals) => Some(proposals.as_slice()),
            _ => None,
        })
    }

    /// The KE payload, if there is one.
    pub(crate) fn key_exchange(&self) -> Option<KeyExchange<'a>> {
        self.payloads.iter().find_map(|payload| match payload {
            Payload::KeyExchange(ke) => Some(*ke),
            _ => None,
        })
    }

    /// The notifies, in order.
    pub fn notifies(&self) -> impl Iterator<Item = Notify<'a>> + '_ {
        self.payloads.iter().filter_map(|payload| match payload {
            Payload::Notify(notify) => Some(*notify),
            _ => None,
        })
    }

    /// The first notify of a type.
    pub(crate) fn notify(&self, kind: ike::Notify) -> Option<Notify<'a>> {
        self.notifies().find(|it| it.kind == kind)
    }

    /// The octets of the Vendor IDs, in order.
    pub fn vendor_ids(&self) -> impl Iterator<Item = &'a [u8]> + '_ {
        self.payloads.iter().filter_map(|payload| match payload {
            Payload::VendorId(bytes) => Some(*bytes),
            _ => None,
        })
    }
}

/// Reads payloads until one says that none follows, or is encrypted.
fn read_chain<'a>(
    first: PayloadType,
    reader: &mut WireReader<'a>,
    payloads: &mut Vec<Payload<'a>>,
) -> Result<(), Malformed> {
    let mut next = first;
    while next != PayloadType::NONE {
        if payloads.len() == MAX_PAYLOADS {
            return Err(Malformed::TooManyPayloads);
        }
        let (payload, following) = Payload::read(next, reader)?;
        let last = matches!(payload, Payload::Encrypted(_) | Payload::Fragment(_));
        payloads.push(payload);
        next = if last { PayloadType::NONE } else { following };
    }
    Ok(())
}
