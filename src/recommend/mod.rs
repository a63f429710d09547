//! The server settings that serve a set of clients best, and what each client must be told.
//!
//! docs/ranking.md has the goals in their order. A client is *touched* if it has to be configured to
//! offer something else than by default. Base entries are those that somebody needs; what would suit
//! an untouched client better than the base is an *addition*, separate and optional.

mod configured;
mod cover;
mod emit;
mod frontier;
mod goal;
mod impossible;
mod pfs;
mod plan;
mod problem;
mod question;
mod request;
mod search;
mod server;
mod space;

pub use configured::configured;
pub(crate) use emit::verdict;
pub use frontier::{Dropped, Frontier, Remedy, WeakEntry, frontier};
pub use goal::{Aspects, Costs, Goal, Preference, effort, order};
pub use pfs::Pfs;
pub use plan::{
    Addition, Impossible, LeftOut, Listed, Plan, PlanEntry, Reconfigured, Rekeying, Unserved,
};
pub use question::recommend;
pub use request::{Constraints, PlanRequest};
pub use server::{CONNECTION, Names, server};
pub(crate) use space::universe;
