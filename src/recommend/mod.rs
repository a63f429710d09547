//! The server settings that serve a set of clients best, and what each client must be told.
//!
//! Goals, in this order: no chosen client unserved; the best worst tier; fewest clients touched;
//! fewest base entries on the server; the best base rank. A client is *touched* if it has to be
//! configured to offer something else than by default; it gets the base suites. What would suit an
//! untouched client better than the base is an *addition*, separate and optional.

mod configured;
mod cover;
mod pfs;
mod plan;
mod server;
mod space;

pub use configured::configured;
pub use pfs::Pfs;
pub use plan::{Addition, Impossible, Plan, PlanEntry, PlanRequest, Reconfigured, recommend};
pub use server::{CONNECTION, Names, server};
