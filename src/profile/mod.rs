//! The database of clients, policies and server products, built in or laid over by the user.
//!
//! [`shape`] is the file format, [`database`] finds and converts, [`selection`] is what people
//! write after `--clients`.

pub mod database;
pub mod selection;
pub mod servers;
pub mod shape;

pub use database::{Broken, Database, Profile};
pub use selection::{Selected, Unselectable};
