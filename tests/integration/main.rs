//! The integration tests: one binary, a module a subject.

mod architecture;
mod article;
mod cli;
mod common;
mod negotiation;
mod profiles;
mod ranking;
