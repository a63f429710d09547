//! IKE with a real peer: as each client to a server, and as a server to a client.
//!
//! Everything here is pure. Octets come in and octets go out; time is a [`Duration`](std::time::Duration)
//! since the beginning, and random numbers come from [`Random`](crate::crypt::Random). Whoever has a
//! socket, a clock and the operating system's random numbers plays it, and so does a test without them.

// What comes from outside is never cut at a place that may not be there.
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::string_slice))]

pub mod auth;
pub(crate) mod candidates;
pub(crate) mod comparison;
pub mod datagram;
pub mod enumeration;
pub mod first;
pub mod heard;
pub mod initiator;
pub mod limits;
pub mod network;
pub mod probe;
pub mod proof;
#[cfg(test)]
mod recorded;
pub mod responder;
pub mod target;
#[cfg(test)]
mod tests;
pub mod visitor;
