//! Captures, pcap and pcapng: from the file to the messages that matter for IKE.
//!
//! [`Capture`] gives one packet after another, in constant memory; [`Packet::seen`] says what of it
//! concerns IKE and IPsec, after a look at a few octets that rejects everything else. Nothing is
//! put together from IP fragments: the first one holds the ports and the header of the message.

mod buffer;
mod datagram;
mod ending;
mod file;
mod icmp;
mod link;
mod reject;

pub use datagram::{Ike, Seen, What};
pub use ending::{Broken, Ending};
pub use file::{Capture, NotACapture, Packet, is_capture};
pub use icmp::{Refused, Unreachable};
pub use link::Link;
