//! The formats that are written, and one way to write any of them.
//!
//! A server format takes a [`Server`], a client format the [`Setup`] of one of its connections.
//! Nothing reaches the output unless everything can be said; [`Format::carried`] is what is left of
//! a server when what cannot be said is given up.

use std::io::Write;

use super::{
    commands, iked, ipsec_conf, libreswan, mobileconfig, opnsense, opnsense_xml, pfs, pfsense,
    pfsense_xml, powershell, profilexml, reg, rras, server_yaml, sswan, swanctl,
};
use crate::diag::is_steering;
use crate::dialect;
use crate::dialect::powershell::Spelling;
use crate::format::{ClientFile, End, Format, ServerFile};
use crate::ike::{Proposal, Protocol, Suite, Transform, TransformType};
use crate::peer::client::RegistryLevel;
use crate::peer::server::IkeVersions;
use crate::peer::{Connection, Entry, Server, Version};
use crate::write::config::refusal::{Failure, suites};
use crate::write::config::setup::{Auth, Setup};

/// What a file says beside what the server's configuration says.
#[derive(Clone, Copy, Debug)]
pub struct Choices {
    /// How clients authenticate where the configuration does not say.
    pub auth: Auth,
    /// PowerShell makes the connection too.
    pub full: bool,
    /// The release of the product that the file is for, where somebody said; only words that every known release has
    /// are written without.
    pub release: Option<Version>,
}

/// Refuses names that end a line: most formats have no way to say them.
fn on_one_line<'n>(mut names: impl Iterator<Item = &'n String>) -> Result<(), Failure> {
    match names.find(|name| name.contains(['\n', '\r'])) {
        Some(_) => Err(Failure::Impossible(
            "a name has more than one line".to_owned(),
        )),
        None => Ok(()),
    }
}

/// Writes what is made, unless it has characters that are not seen or that steer what is shown: a file
/// that is put into service holds what its reader sees.
fn seen<T>(
    make: impl FnOnce(&mut Vec<u8>) -> Result<T, Failure>,
    out: &mut impl Write,
) -> Result<T, Failure> {
    let mut bytes = Vec::new();
    let made = make(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let steers = |letter: &char| is_steering(*letter) && !matches!(letter, '\n' | '\r' | '\t');
    if let Some(letter) = text.chars().find(steers) {
        return Err(Failure::Impossible(format!(
            "a name has the character U+{:04X}, which is not seen or steers what is shown",
            u32::from(letter)
        )));
    }
    out.write_all(&bytes)?;
    Ok(made)
}

impl ServerFile {
    /// Whether the file has a place for the connection.
    fn writes(self, connection: &Connection) -> bool {
        match self {
            Self::ServerYaml => connection.serves_clients() && !connection.children.is_empty(),
            Self::Iked => {
                connection.not_loaded.is_none()
                    && connection.versions != IkeVersions::Ikev1
                    && !connection.children.is_empty()
            }
            Self::Cisco | Self::Fortigate | Self::Mikrotik | Self::Vyos => {
                commands::serves(connection)
            }
            Self::Rras => connection.serves_clients(),
            Self::IpsecConf
            | Self::Libreswan
            | Self::OpnsensePages
            | Self::OpnsenseXml
            | Self::PfsensePages
            | Self::PfsenseXml
            | Self::Swanctl => connection.not_loaded.is_none(),
        }
    }

    /// Whether a file is written as it was read, where it was one of its own kind.
    pub(super) const fn is_verbatim(self) -> bool {
        matches!(
            self,
            Self::Iked | Self::IpsecConf | Self::Libreswan | Self::Swanctl
        )
    }

    /// Whether the file has a switch for groups of their own in phase 2, so that proposals leave them out.
    const fn switches_pfs(self) -> bool {
        match self {
            Self::Libreswan | Self::ServerYaml => true,
            Self::Cisco
            | Self::Fortigate
            | Self::Iked
            | Self::IpsecConf
            | Self::Mikrotik
            | Self::OpnsensePages
            | Self::OpnsenseXml
            | Self::PfsensePages
            | Self::PfsenseXml
            | Self::Rras
            | Self::Swanctl
            | Self::Vyos => false,
        }
    }

    fn write(
        self,
        server: &Server,
        choices: Choices,
        out: &mut Vec<u8>,
    ) -> Result<Vec<String>, Failure> {
        let auth = choices.auth;
        if !server.connections.iter().any(|one| self.writes(one)) {
            let why = "no connection of the configuration is loaded and fits into the format";
            return Err(Failure::Impossible(format!("nothing to convert: {why}")));
        }
        match self {
            Self::Cisco => commands::cisco::write(server, choices, out),
            Self::Fortigate => commands::fortigate::write(server, auth, out),
            Self::Mikrotik => commands::mikrotik::write(server, auth, out),
            Self::Vyos => commands::vyos::write(server, out),
            Self::Iked => iked::write(server, auth, out),
            Self::IpsecConf => ipsec_conf::write(server, auth, out),
            Self::Libreswan => libreswan::write(server, choices, out),
            Self::OpnsensePages => opnsense::write(server, out),
            Self::OpnsenseXml => opnsense_xml::write(server, auth, out),
            Self::PfsensePages => pfsense::write_server(server, out),
            Self::PfsenseXml => pfsense_xml::write(server, auth, out),
            Self::Rras => rras::write(server, out),
            Self::ServerYaml => server_yaml::write(server, out),
            Self::Swanctl => swanctl::write(server, auth, out),
        }
    }

    fn expresses(self, suite: &Suite, release: Option<Version>) -> bool {
        match self {
            Self::Cisco => commands::cisco::device(release).says(suite),
            Self::Fortigate => commands::fortigate::DEVICE.says(suite),
            Self::Mikrotik => commands::mikrotik::DEVICE.says(suite),
            Self::Vyos => commands::vyos::DEVICE.says(suite),
            Self::Iked => iked::expresses(suite),
            Self::IpsecConf | Self::ServerYaml | Self::Swanctl => {
                let proposal = suite.to_proposal();
                let text = dialect::swan::write(&proposal);
                text.is_some_and(|text| {
                    dialect::swan::parse(suite.protocol, &text).as_ref() == Ok(&proposal)
                })
            }
            Self::Libreswan => libreswan::expresses(suite, release),
            Self::OpnsensePages | Self::OpnsenseXml => dialect::opnsense::expresses(suite),
            Self::PfsensePages | Self::PfsenseXml => dialect::pfsense::expresses(suite),
            Self::Rras => dialect::powershell::expresses(suite),
        }
    }

    const fn grouping(self) -> Grouping {
        match self {
            Self::Cisco | Self::PfsensePages | Self::PfsenseXml | Self::Vyos => {
                Grouping::OneGroupForAll
            }
            Self::Fortigate => Grouping::GroupOrNone,
            Self::Mikrotik => Grouping::OneHashAndGroup,
            Self::Libreswan => Grouping::OneGroupBesideNone,
            Self::Rras => Grouping::Suites,
            Self::Iked
            | Self::IpsecConf
            | Self::OpnsensePages
            | Self::OpnsenseXml
            | Self::ServerYaml
            | Self::Swanctl => Grouping::Proposals,
        }
    }
}

impl ClientFile {
    fn write(
        self,
        setup: &Setup,
        choices: Choices,
        out: &mut Vec<u8>,
    ) -> Result<Vec<String>, Failure> {
        match self {
            Self::Mobileconfig => mobileconfig::write(setup, out),
            Self::Powershell => powershell::script(setup, (choices.full, true), out),
            Self::Profilexml => profilexml::write(setup, out),
            Self::Reg => reg::write(setup, RegistryLevel::Enforce, out),
            Self::Sswan => sswan::write(setup, out),
            Self::Intune | Self::Nmconnection | Self::Rasphone => Err(Failure::Impossible(
                "the format is read, not written".to_owned(),
            )),
        }
    }

    fn expresses(self, suite: &Suite) -> bool {
        match self {
            Self::Intune => profilexml::expresses(suite, Spelling::Intune),
            Self::Mobileconfig => mobileconfig::expresses(suite),
            Self::Nmconnection => ServerFile::Swanctl.expresses(suite, None),
            Self::Powershell | Self::Rasphone => dialect::powershell::expresses(suite),
            Self::Profilexml => profilexml::expresses(suite, Spelling::Profilexml),
            Self::Reg => reg::expresses(suite),
            Self::Sswan => sswan::expresses(suite),
        }
    }

    const fn grouping(self) -> Grouping {
        match self {
            Self::Intune
            | Self::Mobileconfig
            | Self::Powershell
            | Self::Profilexml
            | Self::Rasphone => Grouping::Suites,
            Self::Nmconnection | Self::Reg | Self::Sswan => Grouping::Proposals,
        }
    }
}

impl Format {
    /// Writes the format, a client's for the first connection that clients of IKEv2 can meet.
    ///
    /// Returns what could not be carried; nothing is written if a proposal cannot, or if a name has
    /// characters that are not seen.
    pub fn write(
        self,
        server: &Server,
        choices: Choices,
        out: &mut impl Write,
    ) -> Result<Vec<String>, Failure> {
        let connections = server.connections.iter();
        let names = connections.flat_map(|one| {
            let children = one.children.iter().map(|child| &child.name);
            std::iter::once(&one.name).chain(children)
        });
        let given = [&server.address, &server.remote_id, &server.connection_name];
        on_one_line(names.chain(given.into_iter().flatten()))?;
        seen(|out| self.write_server(server, choices, out), out)
    }

    fn write_server(
        self,
        server: &Server,
        choices: Choices,
        out: &mut Vec<u8>,
    ) -> Result<Vec<String>, Failure> {
        match self.row().end {
            End::Server(None) => Err(self.not_written()),
            End::Server(Some(file)) if file.switches_pfs() => file.write(server, choices, out),
            End::Server(Some(file)) => file.write(&pfs::spelt_out(server), choices, out),
            End::Client(file) => {
                let server = pfs::spelt_out(server);
                let connection = met_by_clients(&server)?;
                let setup = Setup::for_connection(&server, connection, choices.auth);
                let written = file.write(&setup, choices, out);
                let mut lost = written.map_err(|why| why.in_lists(connection))?;
                let others = server.connections.iter();
                lost.extend(
                    others
                        .filter(|other| !std::ptr::eq(*other, connection))
                        .map(|other| {
                            format!(
                                "connection `{}`: the file is for clients of `{}`",
                                other.name, connection.name
                            )
                        }),
                );
                Ok(lost)
            }
        }
    }

    /// Writes a client format for one client.
    pub fn write_setup(
        self,
        setup: &Setup,
        choices: Choices,
        out: &mut impl Write,
    ) -> Result<Vec<String>, Failure> {
        let names = [&setup.name, &setup.address, &setup.remote_id];
        on_one_line(names.into_iter().chain(&setup.local_id))?;
        match self.row().end {
            End::Client(file) => seen(|out| file.write(setup, choices, out), out),
            End::Server(_) => Err(Failure::Impossible(format!("{self} configures no client"))),
        }
    }

    fn not_written(self) -> Failure {
        Failure::Impossible(format!("{self} is read, not written"))
    }

    /// Whether a file of the format that is written can say the suite.
    pub fn expresses(self, suite: &Suite) -> bool {
        self.expresses_in(suite, None)
    }

    fn expresses_in(self, suite: &Suite, release: Option<Version>) -> bool {
        match self.row().end {
            End::Server(file) => file.is_some_and(|file| file.expresses(suite, release)),
            End::Client(file) => file.expresses(suite),
        }
    }

    /// How the format groups the suites of an entry.
    const fn grouping(self) -> Grouping {
        match self.row().end {
            End::Server(Some(file)) => file.grouping(),
            End::Server(None) => Grouping::Proposals,
            End::Client(file) => file.grouping(),
        }
    }

    /// Whether what is written depends on the release that the file is for.
    pub const fn has_releases(self) -> bool {
        matches!(
            self,
            Self::Cisco | Self::IpsecConf | Self::Libreswan | Self::Swanctl
        )
    }

    /// The server without what the format cannot say in that release, and what that is.
    pub fn carried(self, server: &Server, release: Option<Version>) -> (Server, Vec<String>) {
        let mut carried = server.clone();
        let mut dropped = Vec::new();
        if self == Self::Rras {
            let connections = &mut carried.connections;
            connections.retain(Connection::serves_clients);
            for other in connections.drain(1.min(connections.len())..) {
                dropped.push(format!("connection `{}`", other.name));
            }
        }
        for connection in &mut carried.connections {
            self.keep(&mut connection.ike, release, &mut dropped);
            for child in &mut connection.children {
                self.keep(&mut child.esp, release, &mut dropped);
            }
        }
        (carried, dropped)
    }

    fn keep(self, entries: &mut Vec<Entry>, release: Option<Version>, dropped: &mut Vec<String>) {
        let mut kept: Vec<Entry> = Vec::new();
        let mut group: Option<Option<Transform>> = None;
        for entry in entries.drain(..) {
            let all = suites(&entry.proposal);
            let sayable: Vec<Suite> = all
                .iter()
                .copied()
                .filter(|s| self.expresses_in(s, release))
                .collect();
            // Written as it is wherever nothing has to go.
            let mut parts: Vec<Proposal> = if sayable.len() == all.len() {
                vec![entry.proposal.clone()]
            } else {
                sayable.iter().map(Suite::to_proposal).collect()
            };
            match self.grouping() {
                Grouping::Proposals => {}
                Grouping::Suites => parts = sayable.iter().map(Suite::to_proposal).collect(),
                Grouping::OneGroupForAll => {
                    parts = sayable.iter().map(Suite::to_proposal).collect();
                    parts.retain(|part| {
                        let own = part.first_ke().filter(|ke| !ke.is_none());
                        part.protocol() == Protocol::Ike || *group.get_or_insert(own) == own
                    });
                }
                Grouping::OneHashAndGroup | Grouping::GroupOrNone => {
                    parts = sayable.iter().map(Suite::to_proposal).collect();
                    let is_group = matches!(self.grouping(), Grouping::OneHashAndGroup);
                    parts.retain(|part| {
                        let ke = part.first_ke().filter(|ke| !ke.is_none());
                        let own = match (part.protocol(), is_group) {
                            (Protocol::Ike, true) => part.of(TransformType::INTEG).first().copied(),
                            (Protocol::Ike, false) => return true,
                            (_, true) => ke,
                            // Whether there is one.
                            (_, false) => ke.map(|_| Transform::raw(TransformType::KE, 0)),
                        };
                        *group.get_or_insert(own) == own
                    });
                }
                Grouping::OneGroupBesideNone => parts.retain(|part| {
                    let own = part.first_ke().filter(|ke| !ke.is_none());
                    let esp = part.protocol() != Protocol::Ike && own.is_some();
                    !esp || *group.get_or_insert(own) == own
                }),
            }
            if self.row().takes_one_suite {
                parts.truncate(usize::from(kept.is_empty()));
            }
            let left: Vec<Suite> = parts.iter().flat_map(suites).collect();
            let gone = all.iter().filter(|suite| !left.contains(suite));
            dropped.extend(gone.map(|suite| {
                let proposal = suite.to_proposal();
                let phase = crate::write::config::refusal::phase(proposal.protocol());
                format!(
                    "phase {phase}: {}",
                    crate::write::config::refusal::words(&proposal)
                )
            }));
            kept.extend(parts.into_iter().map(|proposal| Entry {
                proposal,
                ..entry.clone()
            }));
        }
        *entries = kept;
    }
}

/// How a format groups the suites of an entry.
enum Grouping {
    /// Every combination of one proposal stays together.
    Proposals,
    /// One suite at a time.
    Suites,
    /// One suite at a time, and one PFS group for a phase 2: that of its first proposal.
    OneGroupForAll,
    /// One suite at a time; one hash for a phase 1 and one PFS group for a phase 2, those of the first proposal.
    OneHashAndGroup,
    /// One suite at a time, and PFS for all of a phase 2 or for none, as the first proposal has it.
    GroupOrNone,
    /// One PFS group for all that have one: that of the first.
    OneGroupBesideNone,
}

/// The first connection that clients of IKEv2 can meet.
fn met_by_clients(server: &Server) -> Result<&Connection, Failure> {
    let mut connections = server.connections.iter();
    connections
        .find(|connection| connection.serves_clients())
        .ok_or_else(|| {
            Failure::Impossible(
                "no connection of the configuration is for clients of IKEv2".to_owned(),
            )
        })
}
