//! What people read: an answer in one format each.

pub mod cbom;
pub(crate) mod cbom_algorithm;
pub mod certificate;
pub mod change;
pub mod csv;
pub mod diagnose;
#[cfg(feature = "live")]
pub mod enumeration;
pub mod github;
#[cfg(feature = "live")]
mod heard;
pub mod html;
pub mod json;
pub mod junit;
pub mod lint;
#[cfg(feature = "live")]
pub mod listen;
pub mod markdown;
pub mod negotiation;
#[cfg(feature = "live")]
pub mod probe;
#[cfg(feature = "live")]
pub mod proof;
pub mod sarif;
pub mod summary;
pub mod table;
pub mod upgrade;
