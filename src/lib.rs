//! Which IKEv2 clients reach which VPN servers, on which suite, and whether they keep the tunnel.
//!
//! ```text
//!  what people have                    the model              the answer             what they get
//!
//!  profiles/clients/*.yaml ─► profile ─► peer::Client ─┐
//!                                                      ├─► compat ─► verdicts ─► Report ─┐
//!  server.yaml, … ─────────► read ────► peer::Server ──┤             rank                ├─► write
//!                                                      └─► recommend ─► Plan ────────────┘
//!  anything unreadable ─► diag::Diagnostic ─► stderr, exit status 2
//! ```
//!
//! [`ike`] is the vocabulary all of them speak; [`dialect`] is what each product calls it. Imports
//! point down, and `tests/integration/architecture.rs` says which.

pub mod answer;
pub mod compat;
pub mod diag;
pub mod diagnose;
pub mod dialect;
pub mod explain;
pub mod ike;
pub mod lint;
pub mod peer;
pub mod profile;
pub mod read;
pub mod recommend;
pub mod wire;
pub mod write;
pub mod yaml;
