//! What two peers make of each other's proposals: the pure core, without files, clock or chance.
//!
//! * [`select`]: one selection, list against list, by the rule of the answering engine.
//! * [`exchange`]: one exchange with its INVALID_KE_PAYLOAD rounds.
//! * [`tunnel`]: the life of a tunnel between two charons, from IKE_SA_INIT to all four rekeyings.
//! * [`likeness`]: which known client an offer looks like.
//! * [`change`]: what one client offers and another does not.
//! * `gap`: why two lists share nothing, and what the nearest pair lacks.

pub(crate) mod answering;
pub mod certificate;
pub mod change;
pub mod client;
pub mod closing;
pub mod code;
pub mod config_method;
pub mod conflict;
pub mod exchange;
pub(crate) mod gap;
pub mod harm;
pub(crate) mod identities;
pub mod likeness;
pub(crate) mod obstacle;
pub(crate) mod possible;
pub mod rank;
pub(crate) mod reauthentication;
pub mod report;
pub mod select;
pub(crate) mod strength;
pub(crate) mod surface;
pub(crate) mod survival;
pub mod tunnel;
pub(crate) mod upgrade;
pub mod verdict;
