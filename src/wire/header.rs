//! The header that IKEv1 and IKEv2 share (RFC 7296, section 3.1; RFC 2408, section 3.1).

use std::fmt::{self, Display, Formatter};

use super::reader::WireReader;
use super::{Malformed, PayloadType};

/// Length of the header in octets.
pub const HEADER: usize = 28;

/// The index of an IKE SA that one side chose; IKEv1 calls it a cookie.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Spi(pub u64);

impl Spi {
    /// Whether the side has not chosen one yet.
    pub(crate) const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl Display for Spi {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// What a message is for, as the octet on the wire.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Exchange(pub u8);

impl Exchange {
    /// The first two messages of IKEv2.
    pub const IKE_SA_INIT: Self = Self(34);
    /// Authentication and the first child SA.
    pub const IKE_AUTH: Self = Self(35);
    /// New keys, or a further child SA.
    pub const CREATE_CHILD_SA: Self = Self(36);
    /// Deletes, liveness checks, notifications.
    pub(crate) const INFORMATIONAL: Self = Self(37);
    /// Additional key exchanges between IKE_SA_INIT and IKE_AUTH (RFC 9242).
    pub(crate) const IKE_INTERMEDIATE: Self = Self(43);
    /// Additional key exchanges after CREATE_CHILD_SA (RFC 9370).
    pub(crate) const IKE_FOLLOWUP_KE: Self = Self(44);

    /// The name in the registry "IKEv2 Exchange Types", or that of IKEv1 (RFC 2408, RFC 2409).
    pub(crate) const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            1 => "Base",
            2 => "Main Mode",
            3 => "Authentication Only",
            4 => "Aggressive Mode",
            5 => "Informational",
            6 => "Transaction",
            32 => "Quick Mode",
            33 => "New Group Mode",
            34 => "IKE_SA_INIT",
            35 => "IKE_AUTH",
            36 => "CREATE_CHILD_SA",
            37 => "INFORMATIONAL",
            38 => "IKE_SESSION_RESUME",
            43 => "IKE_INTERMEDIATE",
            44 => "IKE_FOLLOWUP_KE",
            _ => return None,
        })
    }
}

impl Display for Exchange {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "exchange {}", self.0),
        }
    }
}

/// The flags of IKEv2, as the octet on the wire.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Flags(pub u8);

impl Flags {
    /// The original initiator of the IKE SA sent it.
    pub const INITIATOR: u8 = 0x08;
    /// It answers a message with the same message ID.
    pub const RESPONSE: u8 = 0x20;

    /// Whether the original initiator of the IKE SA sent it.
    pub const fn from_initiator(self) -> bool {
        self.0 & Self::INITIATOR != 0
    }

    /// Whether it answers a message with the same message ID.
    pub(crate) const fn is_response(self) -> bool {
        self.0 & Self::RESPONSE != 0
    }
}

/// The header of a message.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Header {
    /// Chosen by the initiator.
    pub initiator_spi: Spi,
    /// Chosen by the responder; zero in the first message, and where the responder keeps nothing.
    pub responder_spi: Spi,
    /// The first payload.
    pub next: PayloadType,
    /// Major version in the upper four bits, minor version in the lower.
    pub version: u8,
    /// What the message is for.
    pub exchange: Exchange,
    /// Who sent it, and whether it is an answer.
    pub flags: Flags,
    /// Number of the request that it is or answers.
    pub message_id: u32,
    /// Length of the whole message in octets, header included.
    pub length: u32,
}

impl Header {
    /// Reads the header alone; nothing is said about what follows it.
    #[cfg(test)]
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        Self::read(&mut WireReader::new(bytes))
    }

    pub(super) fn read(reader: &mut WireReader<'_>) -> Result<Self, Malformed> {
        let what = "the IKE header";
        if reader.left() < HEADER {
            return Err(Malformed::Ends {
                what,
                needed: HEADER,
                left: reader.left(),
            });
        }
        let header = Self {
            initiator_spi: Spi(reader.u64(what)?),
            responder_spi: Spi(reader.u64(what)?),
            next: PayloadType(reader.u8(what)?),
            version: reader.u8(what)?,
            exchange: Exchange(reader.u8(what)?),
            flags: Flags(reader.u8(what)?),
            message_id: reader.u32(what)?,
            length: reader.u32(what)?,
        };
        match header.major() {
            1 | 2 => Ok(header),
            other => Err(Malformed::Version(other)),
        }
    }

    /// The major version: 1 or 2.
    pub const fn major(&self) -> u8 {
        self.version >> 4
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.initiator_spi.0.to_be_bytes());
        out.extend(self.responder_spi.0.to_be_bytes());
        out.extend([self.next.0, self.version, self.exchange.0, self.flags.0]);
        out.extend(self.message_id.to_be_bytes());
        out.extend(self.length.to_be_bytes());
    }
}
