//! The SK and SKF payloads: encrypted, authenticated, in parts (RFC 7296, section 3.14; RFC 7383).

use std::collections::BTreeMap;
use std::fmt::{self, Debug, Display, Formatter};

use zeroize::Zeroizing;

use super::Random;
use super::keys::SideKeys;
use crate::wire::{Encrypted, Fragment, HEADER, Header, Message, Payload, PayloadType};

/// More octets than this no message here has.
const MOST_OCTETS: usize = 64 << 10;

/// More fragments than this no message here has.
const MOST_FRAGMENTS: u16 = 128;

/// Header of the payload, between that of the message and the initialisation vector.
const GENERIC: usize = 4;

/// Number and count of fragments, behind that header.
const NUMBERS: usize = 4;

/// Why an encrypted message cannot be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum SealError {
    /// It is shorter than its own parts, or no multiple of a block.
    Length,
    /// It was made with other keys, or changed on the way.
    Integrity,
    /// The padding is longer than the message.
    Padding,
}

impl Display for SealError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Length => "the encrypted payload is too short",
            Self::Integrity => "the integrity check fails",
            Self::Padding => "the padding is longer than the message",
        })
    }
}

/// A message whose payloads, `plain`, are encrypted; `first` is the type of the first of them.
///
/// `None` if it is too long.
pub(crate) fn seal(
    keys: &SideKeys,
    header: &Header,
    (first, plain): (PayloadType, &[u8]),
    random: &mut dyn Random,
) -> Option<Vec<u8>> {
    let SideKeys {
        cipher, integrity, ..
    } = keys;
    let block = cipher.block_octets();
    let padding = (block - (plain.len() + 1) % block) % block;
    let tag = tag_octets(keys);
    let mut data = random.octets(cipher.iv_octets());
    data.extend(plain);
    data.resize(data.len() + padding, 0);
    data.push(u8::try_from(padding).ok()?);
    data.resize(data.len() + tag, 0);
    let mut message = Message {
        header: *header,
        payloads: Vec::new(),
    };
    message.payloads.push(Payload::Encrypted(Encrypted {
        inner: first,
        data: &data,
    }));
    let mut octets = message.encode()?;
    let end = octets.len() - tag;
    let (head, rest) = octets.split_at_mut_checked(HEADER + GENERIC)?;
    let (iv, rest) = rest.split_at_mut_checked(cipher.iv_octets())?;
    let body = rest.get_mut(..rest.len() - tag)?;
    let mut made = cipher.encrypt(&keys.encryption, iv, head, body).ok()?;
    if let Some(integrity) = integrity {
        made = integrity.tag(&keys.authentication, &[octets.get(..end)?]);
    }
    octets.get_mut(end..)?.copy_from_slice(&made);
    Some(octets)
}

/// The payloads of a message that ends with `encrypted`; `message` are all of its octets.
pub(crate) fn open(
    keys: &SideKeys,
    message: &[u8],
    encrypted: &Encrypted<'_>,
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    open_data(keys, message, encrypted.data)
}

/// What is in a fragment; `message` are all octets of the message that ends with it.
pub(crate) fn open_fragment(
    keys: &SideKeys,
    message: &[u8],
    fragment: &Fragment<'_>,
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    open_data(keys, message, fragment.data)
}

fn tag_octets(keys: &SideKeys) -> usize {
    let of_cipher = keys.cipher.tag_octets();
    of_cipher.unwrap_or_else(|| keys.integrity.map_or(0, super::Integrity::tag_octets))
}

fn open_data(
    keys: &SideKeys,
    message: &[u8],
    data: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let SideKeys {
        cipher, integrity, ..
    } = keys;
    let start = message.len().checked_sub(data.len());
    let head = start.and_then(|start| message.get(..start));
    let head = head.ok_or(SealError::Length)?;
    let (iv, rest) = data
        .split_at_checked(cipher.iv_octets())
        .ok_or(SealError::Length)?;
    let body = rest.len().checked_sub(tag_octets(keys));
    let (body, tag) = body
        .and_then(|body| rest.split_at_checked(body))
        .ok_or(SealError::Length)?;
    if let Some(integrity) = integrity {
        let right = integrity.tag(&keys.authentication, &[head, iv, body]);
        if !same(&right, tag) {
            return Err(SealError::Integrity);
        }
    }
    if body.is_empty() || !body.len().is_multiple_of(cipher.block_octets()) {
        return Err(SealError::Length);
    }
    let mut plain = Zeroizing::new(body.to_vec());
    let done = cipher.decrypt(&keys.encryption, iv, head, &mut plain, tag);
    done.map_err(|_| SealError::Integrity)?;
    let padding = plain.pop().ok_or(SealError::Length)?;
    let left = plain.len().checked_sub(usize::from(padding));
    plain.truncate(left.ok_or(SealError::Padding)?);
    Ok(plain)
}

/// Whether two tags are the same, in a time that does not depend on where they differ.
fn same(one: &[u8], other: &[u8]) -> bool {
    let different = one.iter().zip(other).fold(0, |all, (a, b)| all | (a ^ b));
    one.len() == other.len() && different == 0
}

/// The fragments of one message. What is in them is wiped when dropped, and never shown.
#[derive(Default)]
pub(crate) struct Reassembly {
    total: u16,
    first: Option<PayloadType>,
    parts: BTreeMap<u16, Zeroizing<Vec<u8>>>,
    octets: usize,
    /// Length of the messages that they came in.
    sent: usize,
}

impl Debug for Reassembly {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Reassembly of {} of {}", self.parts.len(), self.total)
    }
}

impl Reassembly {
    /// Takes a fragment whose tag was right; gives the whole once all are there.
    ///
    /// A fragment that contradicts the others, or is one too many, is passed over.
    pub(crate) fn take(
        &mut self,
        fragment: &Fragment<'_>,
        plain: Zeroizing<Vec<u8>>,
    ) -> Option<(PayloadType, Zeroizing<Vec<u8>>)> {
        let Fragment { number, total, .. } = *fragment;
        if number == 0 || number > total || total > MOST_FRAGMENTS || total < self.total {
            return None;
        }
        if total > self.total {
            // RFC 7383, section 2.6: the sender has made smaller ones.
            *self = Self {
                total,
                ..Self::default()
            };
        }
        if self.parts.contains_key(&number) || self.octets + plain.len() > MOST_OCTETS {
            return None;
        }
        if number == 1 {
            self.first = Some(fragment.inner);
        }
        self.octets += plain.len();
        self.sent += HEADER + GENERIC + NUMBERS + fragment.data.len();
        self.parts.insert(number, plain);
        if self.parts.len() < usize::from(total) {
            return None;
        }
        // Of the right size from the beginning: what grows leaves its octets where it was.
        let mut whole = Zeroizing::new(Vec::with_capacity(self.octets));
        for part in self.parts.values() {
            whole.extend_from_slice(part);
        }
        Some((self.first?, whole))
    }

    /// Length of the messages that those have come in which are of the whole, each once, in octets.
    pub(crate) const fn sent_octets(&self) -> usize {
        self.sent
    }

    /// How many have come, and of how many.
    pub(crate) fn progress(&self) -> (usize, u16) {
        (self.parts.len(), self.total)
    }
}
