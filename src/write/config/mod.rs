//! Files and settings that a server or a client is given, one file a format.

mod carry;
pub mod format;
pub mod iked;
pub mod ipsec_conf;
pub mod libreswan;
pub mod loss;
pub mod mobileconfig;
pub mod opnsense;
pub mod opnsense_xml;
mod pfs;
pub mod pfsense;
pub mod pfsense_xml;
pub mod powershell;
pub mod refusal;
pub mod reg;
pub mod rras;
pub mod server_yaml;
pub mod setup;
pub mod sswan;
pub mod strongswan;
pub mod swanctl;
mod unique;
pub mod xml;
