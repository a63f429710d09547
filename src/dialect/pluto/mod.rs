//! libreswan's spelling: proposals of `ike=`, `esp=` and `ah=`, and what pluto's log calls them.
//!
//! [`parse`] is libreswan's own reading of one proposal (`v2_proposals.c`), with what it adds and
//! what it refuses; [`write()`] writes one that reads back. [`logged`] has the words of the log.
//! Splitting a list at commas, the rules that hold over a list, and `pfs` belong to the format.

mod grammar;
pub mod logged;
mod names;
mod spelling;
mod typed;

use std::fmt::{self, Display, Formatter};
use std::ops::Range;

pub use grammar::{parse, parse_as_built, parse_with_places};
pub use names::words;
pub use spelling::{expresses, spell, write};

/// What libreswan understands and adds: it changed with version 5.0.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Release {
    /// 4.0 to 4.15.
    Four,
    /// 5.0 and later: other groups first, ChaCha20 in the default list, ML-KEM.
    Five,
}

impl Release {
    /// The release of a major version.
    pub(crate) const fn of_major(major: u16) -> Self {
        if major < 5 { Self::Four } else { Self::Five }
    }
}

/// Why libreswan refuses a proposal; one of these makes it refuse the connection.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal {
    /// Octets of the proposal that the reason is about.
    pub at: Range<usize>,
    /// The kind of reason.
    pub reason: Reason,
    /// libreswan's own words.
    pub said: String,
}

/// Kinds of reasons.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reason {
    /// A place where a word must stand is empty.
    Empty,
    /// A key length that the cipher does not have.
    KeyLength,
    /// A word that is no name of an algorithm of the type expected there.
    Unknown,
    /// An algorithm that libreswan has a name for, and that is not built in or not for this use.
    Unsupported,
    /// More words than a proposal has.
    Unexpected,
    /// AEAD and classic ciphers side by side.
    MixedCipherModes,
    /// An AEAD cipher with an integrity algorithm.
    IntegrityBesideAead,
    /// A classic cipher, or AH, without integrity algorithm.
    NoIntegrity,
    /// IKE without key exchange.
    NoKeyExchange,
}

impl Display for Refusal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said)
    }
}

impl std::error::Error for Refusal {}
