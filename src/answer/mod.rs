//! Answers.

pub mod negotiation;
pub mod tone;

pub use tone::Tone;
