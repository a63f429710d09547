//! The database of clients, policies and server products, built in or laid over by the user.
//!
//! [`shape`] is the file format, `database` finds, `convert` makes clients of profiles,
//! `selector` and [`selection`] are what people write after `--clients`, `names` what they call
//! clients.

pub(crate) mod behaviour;
pub(crate) mod convert;
pub(crate) mod database;
pub(crate) mod engine_name;
pub mod fleet;
pub mod lint;
mod names;
pub(crate) mod overlay;
pub mod policy;
mod release;
pub mod selection;
pub(crate) mod selector;
pub mod server_shape;
pub(crate) mod servers;
pub mod shape;
mod unselectable;
pub(crate) mod unset;

pub use behaviour::BehaviourChange;
pub use convert::Profile;
pub use database::{Broken, Database};
pub use selection::Selected;
pub use unselectable::Unselectable;
