//! Reading configurations: a text in, a [`peer`](crate::peer) out.
//!
//! One file a format. A reader opens no files; it is given a text of [`Sources`]
//! and says everything that is wrong with it at once. It knows the words of its format and what
//! the server's engine makes of them, but not what is wise: that is for lint and rank.

mod annotation;
mod backup;
mod binary;
pub mod certificate;
pub(crate) mod cisco;
mod code;
pub mod context;
pub(crate) mod embedded;
pub(crate) mod foreign;
pub(crate) mod fortigate;
mod harmless;
pub(crate) mod iked;
pub(crate) mod intune;
pub(crate) mod ipsec_conf;
mod json;
pub(crate) mod libreswan;
mod loading;
pub(crate) mod mikrotik;
pub(crate) mod mobileconfig;
pub(crate) mod nixos;
pub(crate) mod nmconnection;
pub(crate) mod opnsense;
pub(crate) mod pfsense;
pub(crate) mod powershell;
pub(crate) mod profilexml;
pub(crate) mod proposal;
pub(crate) mod rasphone;
mod recognition;
pub mod server_yaml;
mod settings;
pub(crate) mod sswan;
mod swan_version;
pub(crate) mod swanctl;
pub(crate) mod uci;
mod unread;
pub(crate) mod vyos;
mod windows_policy;
mod windows_profile;
mod xml;

use crate::diag::{Diagnostic, Place, Sources, shell_file};
use crate::format::Format;
use crate::peer::{Client, Configuration, Server};

pub(crate) use annotation::{algorithms, built_with};
pub(crate) use binary::add;
pub use code::ReadCode;
pub use context::{Files, ReadContext};
pub use recognition::Unlike;

/// What was read, and what is to be said about it that does not make it unusable.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reading<T> {
    /// What was read.
    pub value: T,
    /// Notes and warnings, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads the text numbered `file` as the configuration of a server.
///
/// Fails with everything that is wrong with the text, and with the warnings and notes about it.
pub fn server(
    sources: &mut Sources,
    file: usize,
    format: Format,
    context: &ReadContext<'_>,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    match format {
        Format::Iked => iked::read(sources, file, context),
        Format::Cisco => cisco::read(sources, file, context),
        Format::Fortigate => fortigate::read(sources, file, context),
        Format::Mikrotik => mikrotik::read(sources, file, context),
        Format::OpnsenseXml => opnsense::read(sources, file, context),
        Format::PfsenseXml => pfsense::read(sources, file, context),
        Format::Powershell | Format::Rras => powershell::server(sources, file, context),
        Format::Swanctl => swanctl::read(sources, file, context),
        Format::Nixos => nixos::read(sources, file, context),
        Format::Uci => uci::read(sources, file, context),
        Format::Vyos => vyos::read(sources, file, context),
        Format::IpsecConf => ipsec_conf::read(sources, file, context),
        Format::Libreswan => libreswan::read(sources, file, context),
        Format::ServerYaml => server_yaml::read(sources, file, context),
        Format::Intune
        | Format::Mobileconfig
        | Format::Nmconnection
        | Format::Profilexml
        | Format::Rasphone
        | Format::Reg
        | Format::Sswan => Err(vec![not_a_server(sources, file, format)]),
        Format::OpnsensePages | Format::PfsensePages => Err(vec![not_read(file, format)]),
    }
}

/// Reads the text numbered `file` as the configuration of a client. `unset` is the client as it is
/// when the file sets nothing.
///
/// Fails with everything that is wrong with the text, and with the warnings and notes about it.
pub fn client(
    sources: &mut Sources,
    file: usize,
    format: Format,
    unset: &Client,
) -> Result<Reading<Configuration>, Vec<Diagnostic>> {
    match format {
        Format::Intune => intune::client(sources, file),
        Format::Mobileconfig => mobileconfig::client(sources, file, unset),
        Format::Powershell => powershell::client(sources, file),
        Format::Profilexml => profilexml::client(sources, file),
        Format::Rasphone => rasphone::client(sources, file),
        Format::Sswan => sswan::client(sources, file),
        Format::Iked
        | Format::IpsecConf
        | Format::Libreswan
        | Format::Cisco
        | Format::Fortigate
        | Format::Mikrotik
        | Format::Nmconnection
        | Format::OpnsensePages
        | Format::OpnsenseXml
        | Format::PfsensePages
        | Format::PfsenseXml
        | Format::Rras
        | Format::ServerYaml
        | Format::Nixos
        | Format::Swanctl
        | Format::Uci
        | Format::Vyos => Err(vec![not_a_client(file, format)]),
        Format::Reg => Err(vec![not_read(file, format)]),
    }
}

/// Reads the text numbered `file` as that of a daemon which dials in itself; each of its connections
/// to a peer of a known address may be a client.
///
/// Fails with everything that is wrong with the text, and with the warnings and notes about it.
pub(crate) fn initiator(
    sources: &mut Sources,
    file: usize,
    format: Format,
    context: &ReadContext<'_>,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    match format {
        Format::Nmconnection => nmconnection::read(sources, file, context),
        _ => server(sources, file, format, context),
    }
}

fn not_a_server(sources: &Sources, file: usize, format: Format) -> Diagnostic {
    let message = format!("the file is {}, which configures a client", format.title());
    let client = format.client().unwrap_or("ID");
    let client = format!("{client}={}", shell_file(sources.name(file)));
    Diagnostic::error(ReadCode::NotAServer, Place::File(file), message).help(format!(
        "`ikecompat check SERVER --clients {client}` tries it on a server, `ikecompat recommend --clients {client}` plans one \
         for it"
    ))
}

fn not_a_client(file: usize, format: Format) -> Diagnostic {
    let message = format!("the file is {}, which configures a server", format.title());
    Diagnostic::error(ReadCode::NotAClient, Place::File(file), message)
        .help("name it without `ID=`, as the server to check")
}

fn not_read(file: usize, format: Format) -> Diagnostic {
    let formats: Vec<_> = Format::all_read().map(Format::title).collect();
    let message = format!("{} is written, not read", format.title());
    Diagnostic::error(ReadCode::ForeignFile, Place::File(file), message)
        .note(format!("formats that are read: {}", formats.join(", ")))
}
