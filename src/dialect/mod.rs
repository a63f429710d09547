//! What each product calls the transforms, and how it writes proposals.
//!
//! One file a product. A dialect spells; what a product lets its users *select* is data in
//! `profiles/servers/`.

pub mod charon;
pub mod swan;
