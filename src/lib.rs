//! Which IKEv2 clients reach which VPN servers, on which suite, and whether they keep the tunnel.
//!
//! ```
//! use ikecompat::answer::{Question, ServerInput, ServerText, ask, words};
//! use ikecompat::{diag::Sources, profile::Database};
//!
//! let (database, mut sources) = (Database::builtin(), Sources::new());
//! let policy = database.policy("rfc8247").unwrap();
//! let text = ServerText::new("before.yaml", include_bytes!("../examples/before.yaml"));
//! let question = Question::new(ServerInput::Text(text), &policy);
//! let answer = ask(&question, &database, &mut sources).unwrap();
//! assert_eq!(words::headline(&answer), "2 of 7 clients connect; 5 refused");
//! ```
//!
//! ```text
//!  what people have               the model             the answer                  what they get
//!
//!  profiles/clients ─► profile ─► peer::Client ─┐
//!                                               ├─► compat ─► lint ─┐
//!  server.yaml, … ───► read ────► peer::Server ─┤   rank            ├─► answer ─► write
//!                                               └─► recommend ──────┤    words
//!  logs, captures ───► diagnose ────────────────────────────────────┘
//!  anything unreadable ─► diag::Diagnostic ─► stderr, exit status 2
//! ```
//!
//! [`ike`] is the vocabulary all of them speak; [`dialect`] is what each product calls it; [`answer`] is what
//! a program asks. Imports point down, and `tests/integration/architecture.rs` says which.

// What does not fit on two screens is two things; a test may tell a longer story.
#![warn(clippy::too_many_lines)]

pub mod answer;
pub mod compat;
#[cfg(feature = "live")]
pub mod crypt;
pub mod diag;
pub mod diagnose;
pub mod dialect;
pub mod explain;
pub mod format;
pub mod ike;
pub mod lint;
#[cfg(feature = "live")]
pub mod live;
pub mod peer;
pub mod profile;
pub mod read;
pub mod recommend;
pub mod wire;
pub mod write;
pub(crate) mod yaml;

/// Version of the program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
