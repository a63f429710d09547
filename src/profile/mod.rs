//! The database of clients, policies and server products, built in or laid over by the user.
//!
//! [`shape`] is the file format, [`database`] finds, [`convert`] makes clients of profiles,
//! [`selector`] and [`selection`] are what people write after `--clients`.

pub mod convert;
pub mod database;
pub mod engine_name;
pub mod fleet;
pub mod lint;
pub mod overlay;
pub mod policy;
mod release;
pub mod selection;
pub mod selector;
pub mod server_shape;
pub mod servers;
pub mod shape;
pub mod unset;

pub use convert::Profile;
pub use database::{Broken, Database};
pub use selection::{Selected, Unselectable};
