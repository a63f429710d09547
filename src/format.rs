//! The formats of configurations, one table for reading, writing and choosing.
//!
//! A format has one name everywhere: `--from`, `--to` and `--format` share the ids of this table.
//! What reads and writes a format is chosen by [`read`](crate::read) and [`write`](crate::write),
//! without a rest: a variant that is added here does not compile until both have decided.

use strum::{Display, EnumIter, EnumString, IntoEnumIterator as _, IntoStaticStr};

use crate::peer::client::ConfigMethod;
use crate::peer::server::Product;
use crate::peer::surface::ConfigSurface;

/// A format of files, of commands, or of the pages of a product.
#[derive(
    Clone,
    Copy,
    Debug,
    Display,
    EnumIter,
    EnumString,
    Eq,
    Hash,
    IntoStaticStr,
    Ord,
    PartialEq,
    PartialOrd,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Format {
    /// A running configuration of Cisco's IOS, IOS XE or ASA.
    Cisco,
    /// A configuration of Fortinet's FortiGate.
    Fortigate,
    /// OpenIKED's `iked.conf`.
    Iked,
    /// A VPN profile of Windows as Intune exports it.
    Intune,
    /// strongSwan's `ipsec.conf`.
    IpsecConf,
    /// libreswan's `ipsec.conf`.
    Libreswan,
    /// An export of MikroTik's RouterOS.
    Mikrotik,
    /// Apple's configuration profile.
    Mobileconfig,
    /// A configuration of NixOS.
    Nixos,
    /// NetworkManager's file of a connection.
    Nmconnection,
    /// What to pick on OPNsense's pages.
    OpnsensePages,
    /// OPNsense's `config.xml`.
    OpnsenseXml,
    /// What to click on pfSense's pages.
    PfsensePages,
    /// pfSense's `config.xml`.
    PfsenseXml,
    /// PowerShell for the built-in client of Windows.
    Powershell,
    /// A VPN profile of Windows' device management.
    Profilexml,
    /// The phone book of Windows.
    Rasphone,
    /// The registry value of the built-in client of Windows.
    Reg,
    /// PowerShell for RRAS on Windows Server.
    Rras,
    /// The program's own format.
    ServerYaml,
    /// A profile of the strongSwan app.
    Sswan,
    /// strongSwan's `swanctl.conf`.
    Swanctl,
    /// OpenWrt's `/etc/config/ipsec`.
    Uci,
    /// A configuration of VyOS or EdgeOS.
    Vyos,
}

/// Whom a file configures.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum End {
    /// The server; `None` where such files are only read.
    Server(Option<ServerFile>),
    /// A client.
    Client(ClientFile),
}

/// A file or the pages of a server that are written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ServerFile {
    /// Commands of Cisco's IOS XE.
    Cisco,
    /// Commands of FortiOS.
    Fortigate,
    /// `iked.conf`.
    Iked,
    /// `ipsec.conf` of strongSwan.
    IpsecConf,
    /// `ipsec.conf` of libreswan.
    Libreswan,
    /// Commands of RouterOS.
    Mikrotik,
    /// The pages of OPNsense.
    OpnsensePages,
    /// `config.xml` of OPNsense.
    OpnsenseXml,
    /// The pages of pfSense.
    PfsensePages,
    /// `config.xml` of pfSense.
    PfsenseXml,
    /// PowerShell for RRAS.
    Rras,
    /// `server.yaml`.
    ServerYaml,
    /// `swanctl.conf`.
    Swanctl,
    /// Commands of VyOS.
    Vyos,
}

/// A file that configures a client.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ClientFile {
    /// An export of Intune, which is only read.
    Intune,
    /// `.mobileconfig`.
    Mobileconfig,
    /// `.nmconnection`, which is only read.
    Nmconnection,
    /// PowerShell for the built-in client of Windows.
    Powershell,
    /// ProfileXML.
    Profilexml,
    /// `rasphone.pbk`, which is only read.
    Rasphone,
    /// The registry value, which is only written.
    Reg,
    /// `.sswan`.
    Sswan,
}

impl ServerFile {
    /// The device whose commands the file is made of.
    const fn device(self) -> Option<&'static str> {
        match self {
            Self::Cisco => Some("IOS XE"),
            Self::Fortigate => Some("FortiOS"),
            Self::Mikrotik => Some("RouterOS"),
            Self::Vyos => Some("VyOS"),
            Self::Iked
            | Self::IpsecConf
            | Self::Libreswan
            | Self::OpnsensePages
            | Self::OpnsenseXml
            | Self::PfsensePages
            | Self::PfsenseXml
            | Self::Rras
            | Self::ServerYaml
            | Self::Swanctl => None,
        }
    }
}

impl ClientFile {
    /// The way in which the client is configured by it.
    pub const fn method(self) -> ConfigMethod {
        match self {
            Self::Mobileconfig => ConfigMethod::AppleProfile,
            Self::Nmconnection => ConfigMethod::Proposals,
            Self::Intune | Self::Powershell | Self::Profilexml | Self::Rasphone => {
                ConfigMethod::Powershell
            }
            Self::Reg => ConfigMethod::Registry,
            Self::Sswan => ConfigMethod::Sswan,
        }
    }

    const fn is_written(self) -> bool {
        match self {
            Self::Mobileconfig | Self::Powershell | Self::Profilexml | Self::Reg | Self::Sswan => {
                true
            }
            Self::Intune | Self::Nmconnection | Self::Rasphone => false,
        }
    }

    /// The row of its format.
    const fn row(self) -> FormatRow {
        match self {
            Self::Intune => of_client(self, "a VPN profile of Windows exported from Intune"),
            Self::Mobileconfig => of_client(self, "Apple's configuration profile"),
            Self::Nmconnection => FormatRow {
                takes_one_suite: false,
                ..of_client(self, "NetworkManager's `.nmconnection`")
            },
            Self::Powershell => of_client(self, "PowerShell commands for Windows"),
            Self::Profilexml => of_client(self, "a VPN profile of Windows (ProfileXML)"),
            Self::Rasphone => of_client(self, "the phone book of Windows, `rasphone.pbk`"),
            Self::Reg => FormatRow {
                is_read: false,
                takes_one_suite: false,
                ..of_client(self, "the registry value for Windows' built-in client")
            },
            Self::Sswan => of_client(self, "a profile of the strongSwan app"),
        }
    }
}

/// What is known of a format.
#[derive(Clone, Copy, Debug)]
pub struct FormatRow {
    /// What people call it.
    pub title: &'static str,
    /// Other words for it where a file is meant, as in `--from` and `--to`.
    pub aliases: &'static [&'static str],
    /// Whom it configures.
    pub end: End,
    /// The product that it belongs to; `None` where several products share it.
    pub product: Option<Product>,
    /// Whether it is read.
    pub is_read: bool,
    /// Whether it holds one suite of each phase.
    pub takes_one_suite: bool,
}

/// A file of a server that is read.
const SERVER_FILE: FormatRow = FormatRow {
    title: "",
    aliases: &[],
    end: End::Server(None),
    product: None,
    is_read: true,
    takes_one_suite: false,
};

/// A file that is read and written.
const fn written(file: ServerFile, title: &'static str) -> FormatRow {
    FormatRow {
        title,
        end: End::Server(Some(file)),
        ..SERVER_FILE
    }
}

/// Pages to click through, which nobody reads from a file.
const fn pages(file: ServerFile, title: &'static str) -> FormatRow {
    FormatRow {
        is_read: false,
        ..written(file, title)
    }
}

/// A file of a client.
const fn of_client(file: ClientFile, title: &'static str) -> FormatRow {
    FormatRow {
        title,
        end: End::Client(file),
        takes_one_suite: true,
        ..SERVER_FILE
    }
}

impl FormatRow {
    /// Whether it is written.
    pub const fn is_written(&self) -> bool {
        match self.end {
            End::Server(file) => file.is_some(),
            End::Client(file) => file.is_written(),
        }
    }
}

impl Format {
    /// The row of the table.
    pub const fn row(self) -> FormatRow {
        match self {
            Self::Cisco => FormatRow {
                aliases: &["ios-xe", "asa"],
                ..written(ServerFile::Cisco, "a configuration of Cisco's IOS or ASA")
            },
            Self::Fortigate => FormatRow {
                aliases: &["fortios"],
                ..written(ServerFile::Fortigate, "a configuration of a FortiGate")
            },
            Self::Iked => FormatRow {
                product: Some(Product::Openiked),
                ..written(ServerFile::Iked, "OpenIKED's `iked.conf`")
            },
            Self::Intune => ClientFile::Intune.row(),
            Self::IpsecConf => FormatRow {
                product: Some(Product::Strongswan),
                ..written(ServerFile::IpsecConf, "strongSwan's `ipsec.conf`")
            },
            Self::Libreswan => FormatRow {
                product: Some(Product::Libreswan),
                ..written(ServerFile::Libreswan, "libreswan's `ipsec.conf`")
            },
            Self::Mikrotik => FormatRow {
                aliases: &["routeros"],
                ..written(ServerFile::Mikrotik, "an export of MikroTik's RouterOS")
            },
            Self::Mobileconfig => ClientFile::Mobileconfig.row(),
            Self::Nixos => FormatRow {
                title: "a configuration of NixOS",
                aliases: &["nix"],
                ..SERVER_FILE
            },
            Self::Nmconnection => ClientFile::Nmconnection.row(),
            Self::OpnsensePages => FormatRow {
                product: Some(Product::Opnsense),
                ..pages(
                    ServerFile::OpnsensePages,
                    "what to pick on OPNsense's pages",
                )
            },
            Self::OpnsenseXml => FormatRow {
                aliases: &["opnsense"],
                product: Some(Product::Opnsense),
                ..written(ServerFile::OpnsenseXml, "OPNsense's `config.xml`")
            },
            Self::PfsensePages => FormatRow {
                product: Some(Product::Pfsense),
                ..pages(ServerFile::PfsensePages, "what to click on pfSense's pages")
            },
            Self::PfsenseXml => FormatRow {
                aliases: &["pfsense"],
                product: Some(Product::Pfsense),
                ..written(ServerFile::PfsenseXml, "pfSense's `config.xml`")
            },
            Self::Powershell => ClientFile::Powershell.row(),
            Self::Profilexml => ClientFile::Profilexml.row(),
            Self::Rasphone => ClientFile::Rasphone.row(),
            Self::Reg => ClientFile::Reg.row(),
            Self::Rras => FormatRow {
                product: Some(Product::Rras),
                takes_one_suite: true,
                ..written(ServerFile::Rras, "PowerShell for RRAS on Windows Server")
            },
            Self::ServerYaml => written(ServerFile::ServerYaml, "`server.yaml`"),
            Self::Sswan => ClientFile::Sswan.row(),
            Self::Swanctl => FormatRow {
                product: Some(Product::Strongswan),
                ..written(ServerFile::Swanctl, "strongSwan's `swanctl.conf`")
            },
            Self::Uci => FormatRow {
                title: "OpenWrt's `/etc/config/ipsec`",
                aliases: &["openwrt"],
                ..SERVER_FILE
            },
            Self::Vyos => FormatRow {
                aliases: &["edgeos"],
                ..written(ServerFile::Vyos, "a configuration of VyOS")
            },
        }
    }

    /// What people call the format.
    pub const fn title(self) -> &'static str {
        self.row().title
    }

    /// The way in which a client is configured by it; `None` for the format of a server.
    pub const fn method(self) -> Option<ConfigMethod> {
        match self.row().end {
            End::Client(file) => Some(file.method()),
            End::Server(_) => None,
        }
    }

    /// The device whose commands are written in this format.
    pub(crate) const fn device(self) -> Option<&'static str> {
        match self.row().end {
            End::Server(Some(file)) => file.device(),
            End::Server(None) | End::Client(_) => None,
        }
    }

    /// Where a server is configured by such a file; `None` for one that tells nothing of it.
    pub(crate) fn surface(self) -> Option<ConfigSurface> {
        match self {
            Self::Cisco => Some(ConfigSurface::Cisco),
            Self::Fortigate => Some(ConfigSurface::Fortigate),
            Self::IpsecConf => Some(ConfigSurface::IpsecConf),
            Self::Mikrotik => Some(ConfigSurface::Mikrotik),
            Self::Nixos => Some(ConfigSurface::Nixos),
            Self::Uci => Some(ConfigSurface::Uci),
            Self::Vyos => Some(ConfigSurface::Vyos),
            Self::Iked
            | Self::Intune
            | Self::Libreswan
            | Self::Mobileconfig
            | Self::Nmconnection
            | Self::OpnsensePages
            | Self::OpnsenseXml
            | Self::PfsensePages
            | Self::PfsenseXml
            | Self::Powershell
            | Self::Profilexml
            | Self::Rasphone
            | Self::Reg
            | Self::Rras
            | Self::ServerYaml
            | Self::Sswan
            | Self::Swanctl => self.row().product.map(Product::surface),
        }
    }

    /// An alias of a client that is configured by it; `None` for the format of a server.
    pub fn client(self) -> Option<&'static str> {
        Some(match self.method()? {
            ConfigMethod::AppleProfile => "ios",
            ConfigMethod::Proposals => "linux",
            ConfigMethod::Sswan => "android",
            ConfigMethod::Powershell | ConfigMethod::Registry | ConfigMethod::Settings => "windows",
        })
    }

    /// The formats that are read.
    pub fn all_read() -> impl Iterator<Item = Self> {
        Self::iter().filter(|format| format.row().is_read)
    }

    /// The formats that are written.
    pub fn all_written() -> impl Iterator<Item = Self> {
        Self::iter().filter(|format| format.row().is_written())
    }

    /// The pages of a product that is configured by clicking.
    pub fn pages_of(product: Product) -> Option<Self> {
        let pages = [Self::OpnsensePages, Self::PfsensePages];
        pages
            .into_iter()
            .find(|it| it.row().product == Some(product))
    }

    /// The format of the file that `word` names: an id or another word for it.
    pub fn of_word(word: &str) -> Option<Self> {
        let mut all = Self::iter();
        all.find(|it| <&str>::from(it) == word || it.row().aliases.contains(&word))
    }

    /// The words for the format where a file is meant, its id first.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.into()).chain(self.row().aliases.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{Format, Product};

    #[test]
    fn a_word_means_one_format() {
        let mut seen = HashSet::new();
        for format in Format::all_read()
            .chain(Format::all_written())
            .collect::<HashSet<_>>()
        {
            for word in format.words() {
                assert!(seen.insert(word), "{word}");
                assert_eq!(Format::of_word(word), Some(format));
            }
        }
        assert_eq!(Format::of_word("pfsense"), Some(Format::PfsenseXml));
        assert_eq!(
            Format::pages_of(Product::Pfsense),
            Some(Format::PfsensePages)
        );
        assert_eq!(Format::pages_of(Product::Rras), None);
    }
}
