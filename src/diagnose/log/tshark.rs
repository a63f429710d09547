//! TShark and Wireshark in text: `tshark -V`, or a packet that was exported or copied; and the summary, a
//! packet a line.
//!
//! The details are read as the octets would be, so that both give the same answer. The summary shows which
//! messages went by, not what is in them.

mod frame;
mod isakmp;
mod summary;

use super::{Line, listed};
use crate::diagnose::conversation::Conversations;
use crate::diagnose::event::Event;
use frame::Frame;
use summary::{complaint, summary};

/// More lines than this do not belong to one packet.
const MOST_LINES: u32 = 20_000;

/// Reads packets, whose details are many lines.
#[derive(Debug, Default)]
pub(super) struct Reader {
    open: Option<Frame>,
}

impl Reader {
    /// Whether the next line may belong to the one before.
    pub(super) const fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Reads a line; `None` if it is not TShark's.
    pub(super) fn line(
        &mut self,
        at: u64,
        text: &str,
        conversations: &mut Conversations,
        take: &mut dyn FnMut(&Event),
    ) -> Option<Line> {
        if begins(text) {
            // A paste may begin below the line with the number of the packet.
            let below = !text.starts_with("Frame ")
                && self.open.as_ref().is_some_and(|frame| {
                    let addressed = frame.from.is_some() && text.starts_with("Internet Protocol");
                    frame.isakmp.is_none() && !addressed
                });
            if !below {
                self.finish(conversations, take);
                self.open = Some(Frame::new(at));
            }
        }
        if let Some(frame) = self.open.as_mut() {
            frame.lines += 1;
            if frame.lines <= MOST_LINES && belongs(text) {
                frame.read(at, text);
                return Some(if frame.isakmp.is_some() {
                    Line::Continued
                } else {
                    Line::Announced
                });
            }
            self.finish(conversations, take);
        }
        if let Some((packet, why)) = complaint(at, text) {
            // The port is not shown; what is asked first goes to 500.
            let ends = (packet.to, packet.from);
            let event = conversations.refused(packet, ends, (why, 500))?;
            take(&event);
            return Some(Line::Ike);
        }
        let (packet, spi, message) = summary(at, text)?;
        let Some(message) = message else {
            let esp = conversations.esp(packet);
            esp.iter().for_each(&mut *take);
            return Some(Line::Ike);
        };
        if message.exchange.is_none() {
            take(&conversations.version_one(packet, spi));
            return Some(Line::Ike);
        }
        let said = conversations.message(packet.clone(), spi, message);
        let attempt_key = said.event.as_ref().map(|event| event.attempt_key);
        said.event.iter().chain(&said.earlier).for_each(&mut *take);
        if let Some(attempt_key) = attempt_key {
            take(&listed(packet, attempt_key, "tshark"));
        }
        Some(Line::Ike)
    }

    /// Gives the packet that is open.
    pub(super) fn finish(
        &mut self,
        conversations: &mut Conversations,
        take: &mut dyn FnMut(&Event),
    ) {
        if let Some(frame) = self.open.take() {
            frame.give(conversations, take);
        }
    }
}

/// Whether a packet begins, or the part of one that matters here.
fn begins(text: &str) -> bool {
    text.starts_with("Internet Protocol Version ")
        || text.starts_with("Internet Security Association and Key Management Protocol")
        || text
            .strip_prefix("Frame ")
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether a line can be one of a packet's details.
fn belongs(text: &str) -> bool {
    const HEADS: [&str; 18] = [
        "Frame ",
        "Ethernet",
        "Raw packet data",
        "Linux cooked",
        "Internet ",
        "User Datagram",
        "UDP Encapsulation",
        "Encapsulating Security",
        "Fragmented IP",
        "Data (",
        "Null/Loopback",
        "802.1Q",
        "PPP",
        "Point-to-Point",
        "Packet comments",
        "Reassembled",
        "[",
        "0000",
    ];
    text.is_empty()
        || text.starts_with([' ', '\t'])
        || HEADS.iter().any(|head| text.starts_with(head))
}

/// The number in the last brackets of a line, or at its end.
fn number(text: &str) -> Option<u16> {
    let inner = text.trim_end().strip_suffix(')')?.rsplit_once('(')?.1;
    inner.parse().ok()
}

/// What stands behind `name: `.
fn after<'l>(text: &'l str, name: &str) -> Option<&'l str> {
    text.strip_prefix(name)?.strip_prefix(':').map(str::trim)
}
