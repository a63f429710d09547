//! Payloads: what an IKEv2 message is a chain of (RFC 7296, section 3.2).

use std::fmt::{self, Display, Formatter};

use super::notify::{Delete, Notify};
use super::reader::WireReader;
use super::sa::Proposal;
use super::{Malformed, sa};

/// Length of the header that every payload has, in octets.
pub(super) const GENERIC: usize = 4;

/// Type of a payload, as the octet on the wire.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct PayloadType(pub u8);

impl PayloadType {
    /// No further payload.
    pub(crate) const NONE: Self = Self(0);
    /// Security Association.
    pub(crate) const SA: Self = Self(33);
    /// Key Exchange.
    pub(crate) const KE: Self = Self(34);
    /// Identification of the initiator.
    pub(crate) const IDI: Self = Self(35);
    /// Identification of the responder.
    pub(crate) const IDR: Self = Self(36);
    /// Certificate.
    pub(crate) const CERT: Self = Self(37);
    /// Certificate Request.
    pub(crate) const CERTREQ: Self = Self(38);
    /// Authentication.
    pub(crate) const AUTH: Self = Self(39);
    /// Nonce.
    pub(crate) const NONCE: Self = Self(40);
    /// Notify.
    pub const NOTIFY: Self = Self(41);
    /// Delete.
    pub(crate) const DELETE: Self = Self(42);
    /// Vendor ID.
    pub(crate) const VENDOR_ID: Self = Self(43);
    /// Traffic Selector of the initiator.
    pub(crate) const TSI: Self = Self(44);
    /// Traffic Selector of the responder.
    pub(crate) const TSR: Self = Self(45);
    /// Encrypted and Authenticated.
    pub(crate) const SK: Self = Self(46);
    /// Configuration.
    pub(crate) const CP: Self = Self(47);
    /// Extensible Authentication.
    pub(crate) const EAP: Self = Self(48);
    /// Encrypted and Authenticated Fragment (RFC 7383).
    pub(crate) const SKF: Self = Self(53);

    /// The abbreviation in the registry "IKEv2 Payload Types".
    pub(crate) const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            33 => "SA",
            34 => "KE",
            35 => "IDi",
            36 => "IDr",
            37 => "CERT",
            38 => "CERTREQ",
            39 => "AUTH",
            40 => "Nonce",
            41 => "Notify",
            42 => "Delete",
            43 => "Vendor ID",
            44 => "TSi",
            45 => "TSr",
            46 => "SK",
            47 => "CP",
            48 => "EAP",
            49 => "GSPM",
            53 => "SKF",
            54 => "PS",
            _ => return None,
        })
    }

    /// The payload in a sentence about its length.
    const fn noun(self) -> &'static str {
        match self.0 {
            33 => "SA payload",
            34 => "KE payload",
            35 => "IDi payload",
            36 => "IDr payload",
            37 => "CERT payload",
            38 => "CERTREQ payload",
            39 => "AUTH payload",
            40 => "Nonce payload",
            41 => "Notify payload",
            42 => "Delete payload",
            43 => "Vendor ID payload",
            44 => "TSi payload",
            45 => "TSr payload",
            46 => "SK payload",
            47 => "CP payload",
            48 => "EAP payload",
            53 => "SKF payload",
            _ => "a payload of an unknown type",
        }
    }
}

impl Display for PayloadType {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "payload {}", self.0),
        }
    }
}

/// A KE payload.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct KeyExchange<'a> {
    /// Number of the key exchange method, see [`crate::ike::Ke`].
    pub group: u16,
    /// The public value.
    pub data: &'a [u8],
}

/// An SK payload; what is in it only the peers can read.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Encrypted<'a> {
    /// The first payload inside.
    pub inner: PayloadType,
    /// Initialisation vector, ciphertext and integrity check value.
    pub data: &'a [u8],
}

/// An SKF payload: one of several parts of an encrypted message (RFC 7383, section 2.5).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Fragment<'a> {
    /// The first payload inside, in the first fragment; zero in the others.
    pub inner: PayloadType,
    /// Number of the fragment, from 1.
    pub number: u16,
    /// How many there are.
    pub total: u16,
    /// Initialisation vector, ciphertext and integrity check value.
    pub data: &'a [u8],
}

/// A payload.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Payload<'a> {
    /// Proposals, or the one that was chosen.
    Sa(Vec<Proposal<'a>>),
    /// A public value.
    KeyExchange(KeyExchange<'a>),
    /// Random octets.
    Nonce(&'a [u8]),
    /// An error or a status.
    Notify(Notify<'a>),
    /// SAs that are gone.
    Delete(Delete<'a>),
    /// Who made the sender, or what else it can do; see [`super::vendor`].
    VendorId(&'a [u8]),
    /// Everything else, encrypted; always the last payload.
    Encrypted(Encrypted<'a>),
    /// A part of what is encrypted; always the last payload.
    Fragment(Fragment<'a>),
    /// A payload that is not taken apart.
    Other {
        /// Its type.
        kind: PayloadType,
        /// A receiver that does not know the type must refuse the message.
        critical: bool,
        /// What is in it.
        data: &'a [u8],
    },
}

impl<'a> Payload<'a> {
    /// The type on the wire.
    pub(crate) const fn kind(&self) -> PayloadType {
        match self {
            Self::Sa(_) => PayloadType::SA,
            Self::KeyExchange(_) => PayloadType::KE,
            Self::Nonce(_) => PayloadType::NONCE,
            Self::Notify(_) => PayloadType::NOTIFY,
            Self::Delete(_) => PayloadType::DELETE,
            Self::VendorId(_) => PayloadType::VENDOR_ID,
            Self::Encrypted(_) => PayloadType::SK,
            Self::Fragment(_) => PayloadType::SKF,
            Self::Other { kind, .. } => *kind,
        }
    }

    /// Reads one payload of type `kind`; gives the type of the next one.
    pub(super) fn read(
        kind: PayloadType,
        reader: &mut WireReader<'a>,
    ) -> Result<(Self, PayloadType), Malformed> {
        let what = kind.noun();
        let next = PayloadType(reader.u8(what)?);
        let critical = reader.u8(what)? & 0x80 != 0;
        let length = usize::from(reader.u16(what)?);
        let inside = length.checked_sub(GENERIC).ok_or(Malformed::TooShort {
            what,
            claimed: length,
            least: GENERIC,
        })?;
        if inside > reader.left() {
            return Err(Malformed::Claims {
                what,
                claimed: length,
                left: reader.left() + GENERIC,
            });
        }
        let mut body = reader.sub(what, inside)?;
        let payload = match kind {
            PayloadType::SA => Self::Sa(sa::read(&mut body)?),
            PayloadType::KE => {
                let group = body.u16("the group of the KE payload")?;
                body.u16("the reserved field of the KE payload")?;
                let data = body.rest();
                Self::KeyExchange(KeyExchange { group, data })
            }
            PayloadType::NONCE => Self::Nonce(body.rest()),
            PayloadType::NOTIFY => Self::Notify(Notify::read(&mut body)?),
            PayloadType::DELETE => Self::Delete(Delete::read(&mut body)?),
            PayloadType::VENDOR_ID => Self::VendorId(body.rest()),
            // The type of the next payload is that of the first one inside.
            PayloadType::SK => Self::Encrypted(Encrypted {
                inner: next,
                data: body.rest(),
            }),
            PayloadType::SKF => Self::Fragment(Fragment {
                inner: next,
                number: body.u16("the number of the SKF payload")?,
                total: body.u16("the total of the SKF payload")?,
                data: body.rest(),
            }),
            _ => Self::Other {
                kind,
                critical,
                data: body.rest(),
            },
        };
        Ok((payload, next))
    }

    /// Writes the payload; `next` is the type of the one behind it. `None` if it is too long.
    pub(super) fn write(&self, next: PayloadType, out: &mut Vec<u8>) -> Option<()> {
        let start = out.len();
        let (next, critical) = match self {
            Self::Encrypted(Encrypted { inner, .. }) | Self::Fragment(Fragment { inner, .. }) => {
                (*inner, false)
            }
            Self::Other { critical, .. } => (next, *critical),
            _ => (next, false),
        };
        out.extend([next.0, if critical { 0x80 } else { 0 }, 0, 0]);
        match self {
            Self::Sa(proposals) => sa::write(proposals, out)?,
            Self::KeyExchange(KeyExchange { group, data }) => {
                out.extend(group.to_be_bytes());
                out.extend([0, 0]);
                out.extend(*data);
            }
            Self::Notify(notify) => notify.write(out)?,
            Self::Delete(delete) => delete.write(out)?,
            Self::Fragment(fragment) => {
                out.extend(fragment.number.to_be_bytes());
                out.extend(fragment.total.to_be_bytes());
                out.extend(fragment.data);
            }
            Self::Encrypted(Encrypted { data, .. })
            | Self::Nonce(data)
            | Self::VendorId(data)
            | Self::Other { data, .. } => out.extend(*data),
        }
        let length = u16::try_from(out.len() - start).ok()?;
        let field = out.get_mut(start + 2..start + 4)?;
        field.copy_from_slice(&length.to_be_bytes());
        Some(())
    }
}
