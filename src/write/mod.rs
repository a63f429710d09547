//! What people get: one file a format, each a function of a report or plan and `&mut impl Write`.

pub mod check;
pub mod clients;
pub mod clients_json;
pub mod fix;
pub mod grid;
pub mod json;
pub mod pfsense;
pub mod plan;
pub mod plan_json;
pub mod powershell;
mod story;
pub mod text;
