//! Answers: one question in, one answer out, for every renderer.
//!
//! [`ask`] says which clients connect to a server, [`plan`](plan::plan) what to set so that they do,
//! [`compare_engines`] who notices an upgrade. An answer is neutral and complete; [`words`] turns parts of it into
//! sentences, once, and nothing in [`write`](crate::write) has a sentence of its own about a verdict.

pub mod certificate;
pub(crate) mod check;
pub(crate) mod conclusion;
pub mod diagnosis;
pub(crate) mod engines;
pub mod failure;
pub mod habits;
mod initiator;
pub mod manifest;
pub mod migration;
pub mod negotiation;
pub mod plan;
pub(crate) mod question;
pub mod reading;
pub mod remedy;
pub mod selection;
pub mod text;
pub(crate) mod tone;
pub mod words;

pub use check::{Answer, Answered, Answers, ClientAnswer, Executor, Sequential, ask, ask_all};
pub use conclusion::Conclusion;
pub use engines::{EngineComparison, ReleaseDifference, WithoutIkev1, compare_engines};
pub use plan::{PlanAnswer, PlanQuestion};
pub use question::{Question, ServerInput};
pub use reading::ServerText;
pub use selection::Clients;
pub(crate) use tone::Tone;
