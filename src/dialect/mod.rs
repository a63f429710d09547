//! What each product calls the transforms, and how it writes proposals.
//!
//! One file a product. A dialect spells; what a product lets its users *select* is data in
//! `profiles/servers/`, except where the vocabulary is the selection.

// What comes from outside is never cut at a place that may not be there.
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::string_slice))]

pub mod apple;
pub mod charon;
pub(crate) mod cisco;
pub(crate) mod fortios;
pub mod iked;
mod inexpressible;
pub(crate) mod keyword;
pub mod opnsense;
pub mod pfsense;
pub mod pluto;
pub mod powershell;
pub(crate) mod routeros;
pub mod swan;
pub(crate) mod vyos;

use std::ops::Range;

use crate::ike::Transform;

pub use inexpressible::{DialectCode, Inexpressible};

/// Transforms that a text names, with the octets in which each stands.
pub(crate) type Places = Vec<(Range<usize>, Transform)>;
