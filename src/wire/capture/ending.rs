//! How a capture ended: whole, cut off, or with something that is no packet.

use std::fmt::{self, Display, Formatter};

/// How a capture ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Ending {
    /// Behind its last packet.
    Whole,
    /// Inside a packet, as when it was copied while it was written.
    CutOff {
        /// Number of that packet.
        packet: u64,
    },
    /// With something that is no packet, behind which nothing can be found.
    Broken {
        /// Number that the packet would have.
        packet: u64,
        /// What is wrong with it.
        why: Broken,
    },
    /// The file could not be read further.
    Failed {
        /// What the system says.
        why: String,
    },
}

/// What is wrong with the record of a packet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Broken {
    /// It claims a length that no packet has.
    Claims(u64),
    /// It belongs to an interface that the file does not describe.
    UnknownInterface(u32),
    /// Its lengths contradict each other.
    Contradiction,
}

impl Display for Ending {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("the capture is whole"),
            Self::CutOff { packet } => {
                write!(f, "packet {packet}: the capture ends inside it")
            }
            Self::Broken { packet, why } => write!(f, "packet {packet}: {why}"),
            Self::Failed { why } => write!(f, "the capture cannot be read further: {why}"),
        }
    }
}

impl Display for Broken {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Claims(bytes) => write!(f, "it claims {bytes} octets, which no packet has"),
            Self::UnknownInterface(number) => {
                write!(
                    f,
                    "it is of interface {number}, which the capture does not describe"
                )
            }
            Self::Contradiction => f.write_str("its lengths contradict each other"),
        }
    }
}
