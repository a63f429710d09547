//! Answers.

pub mod negotiation;
