//! A plan for people, for programs, and as a folder of files.

pub(crate) mod alternatives;
pub(crate) mod by_hand;
mod client_files;
pub mod folder;
pub mod json;
pub mod lab;
mod manifest;
mod migration;
pub mod pages;
pub(crate) mod readme;
pub mod report;
mod secrets;
pub(crate) mod text;
