//! Reading configurations: a text in, a [`peer`](crate::peer) out.
//!
//! One file a format. A reader opens no files; it is given a text of [`Sources`]
//! and says everything that is wrong with it at once. It knows the words of its format and what
//! the server's engine makes of them, but not what is wise: that is for lint and rank.

pub mod around;
mod backup;
mod code;
mod format;
pub mod pfsense;
pub mod proposal;
pub mod server_yaml;
mod settings;
pub mod swanctl;
mod xml;

use crate::diag::{Diagnostic, Sources};
use crate::peer::Server;

pub use around::{Around, Files};
pub use code::Code;
pub use format::Format;

/// What was read, and what is to be said about it that does not make it unusable.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reading<T> {
    /// What was read.
    pub value: T,
    /// Notes and warnings, in the order of the text.
    pub remarks: Vec<Diagnostic>,
}

/// Reads the text numbered `file` as the configuration of a server.
///
/// Fails with everything that is wrong with the text, and with the remarks on it.
pub fn server(
    sources: &mut Sources,
    file: usize,
    format: Format,
    around: &Around<'_>,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    match format {
        Format::Pfsense => pfsense::read(sources, file, around),
        Format::IpsecConf
        | Format::Libreswan
        | Format::Mobileconfig
        | Format::Opnsense
        | Format::Powershell
        | Format::Rasphone
        | Format::ServerYaml
        | Format::Sswan => server_yaml::read(sources, file, around),
        Format::Swanctl => swanctl::read(sources, file, around),
    }
}
