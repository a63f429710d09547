//! Every file that is written, read back and held against what its consumer takes.

mod apple;
mod client_files;
mod commands;
mod convert;
mod folder;
mod iked;
mod impossible;
mod law;
mod manifest;
mod migration;
mod partial;
mod pfsense;
mod plans;
mod powershell;
mod recommend;
mod round_trip;
mod sswan;
mod verdicts;
