//! A plan for people, for programs, and as a folder of files.

pub mod alternatives;
pub mod folder;
pub mod json;
pub mod lab;
pub(crate) mod readme;
pub mod text;
