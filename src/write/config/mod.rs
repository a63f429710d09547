//! Files and settings that a server or a client is given, one file a format.

mod carry;
mod commands;
pub mod format;
pub mod iked;
pub(crate) mod ipsec_conf;
pub(crate) mod libreswan;
pub mod loss;
pub mod mobileconfig;
pub(crate) mod opnsense;
pub(crate) mod opnsense_xml;
mod pfs;
pub mod pfsense;
pub mod pfsense_xml;
pub mod powershell;
pub(crate) mod profilexml;
pub mod refusal;
pub(crate) mod reg;
pub mod rras;
pub(crate) mod server_yaml;
pub mod setup;
pub mod sswan;
pub(crate) mod strongswan;
pub(crate) mod swanctl;
mod unique;
pub(crate) mod xml;
