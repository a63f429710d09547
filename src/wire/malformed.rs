//! Why octets are not an IKE message, as a part of a sentence that names the packet.

use std::fmt::{self, Display, Formatter};

/// What is wrong with a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Malformed {
    /// A length field says more than there is.
    Claims {
        /// What has the length.
        what: &'static str,
        /// The length in octets.
        claimed: usize,
        /// Octets that are left.
        left: usize,
    },
    /// A length field says less than the fixed fields take.
    TooShort {
        /// What has the length.
        what: &'static str,
        /// The length in octets.
        claimed: usize,
        /// What the fixed fields take.
        least: usize,
    },
    /// The octets end inside a fixed field.
    Ends {
        /// The field.
        what: &'static str,
        /// Its length.
        needed: usize,
        /// Octets that are left.
        left: usize,
    },
    /// Octets follow where there should be none.
    Trailing {
        /// What should have been the end.
        what: &'static str,
        /// How many octets follow.
        left: usize,
    },
    /// A proposal says how many transforms it has, and has another number of them.
    TransformCount {
        /// What it says.
        claimed: u8,
        /// How many there are.
        found: usize,
    },
    /// The octet that says whether another one follows says something else.
    NotAChain {
        /// What is chained.
        what: &'static str,
        /// The octet.
        octet: u8,
    },
    /// More payloads than any message has.
    TooManyPayloads,
    /// The version is neither 1 nor 2.
    Version(u8),
}

impl Display for Malformed {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Claims {
                what,
                claimed,
                left,
            } => write!(f, "{what} claims {}, {}", bytes(claimed), are_left(left)),
            Self::TooShort {
                what,
                claimed,
                least,
            } => write!(
                f,
                "{what} claims {}, its header alone takes {least}",
                bytes(claimed)
            ),
            Self::Ends { what, needed, left } => {
                write!(f, "{what} needs {}, {}", bytes(needed), are_left(left))
            }
            Self::Trailing { what, left: 1 } => write!(f, "1 octet follows {what}"),
            Self::Trailing { what, left } => write!(f, "{left} octets follow {what}"),
            Self::TransformCount { claimed, found } => write!(
                f,
                "a proposal claims {claimed} transform{}, {found} {} there",
                if claimed == 1 { "" } else { "s" },
                if found == 1 { "is" } else { "are" },
            ),
            Self::NotAChain { what, octet } => {
                write!(
                    f,
                    "the octet before {what} is {octet}, which has no meaning there"
                )
            }
            Self::TooManyPayloads => f.write_str("more payloads than any message has"),
            Self::Version(major) => write!(f, "IKE version {major} is not known"),
        }
    }
}

impl std::error::Error for Malformed {}

fn bytes(count: usize) -> String {
    format!("{count} octet{}", if count == 1 { "" } else { "s" })
}

fn are_left(left: usize) -> String {
    match left {
        0 => "none is left".to_owned(),
        1 => "1 octet is left".to_owned(),
        _ => format!("{left} are left"),
    }
}
