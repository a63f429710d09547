//! What people get: one file a format, each a function of what it writes and `&mut impl Write`.

pub mod config;
pub mod database;
pub(crate) mod escape;
pub mod grid;
pub mod json;
pub mod plan;
pub mod report;
pub(crate) use crate::answer::text;
