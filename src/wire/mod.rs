//! IKE messages: octets ⇄ types, and the captures that hold them.
//!
//! Reading never trusts a length, never panics and keeps what it does not know. What is encrypted
//! stays opaque: no key is ever asked for.

// What comes from outside is never cut at a place that may not be there.
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::string_slice))]
// A log or a capture shows less of a message than `live` writes.
#![cfg_attr(not(feature = "live"), allow(dead_code))]

pub mod capture;
mod header;
mod malformed;
mod message;
mod notify;
mod payload;
mod reader;
pub mod sa;
pub mod vendor;

pub use header::{Exchange, Flags, HEADER, Header, Spi};
pub use malformed::Malformed;
pub use message::Message;
pub use notify::{Delete, Gateway, Notify, NotifyData};
pub use payload::{Encrypted, Fragment, KeyExchange, Payload, PayloadType};
pub use reader::WireReader;
