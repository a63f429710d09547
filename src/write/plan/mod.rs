//! A plan for people, for programs, and as a folder of files.

pub mod alternatives;
mod client_files;
pub mod folder;
pub mod json;
pub mod lab;
mod manifest;
pub mod migration;
pub mod pages;
pub(crate) mod readme;
mod secrets;
pub mod text;
