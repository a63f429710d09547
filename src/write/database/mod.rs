//! What is known about clients and rules, for people and programs.

pub(crate) mod brief;
pub mod clients;
pub mod diff;
pub mod frames;
pub mod holes;
pub mod html;
pub mod json;
pub mod learned;
pub mod rules;
pub mod site;
pub mod story;
