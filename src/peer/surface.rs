//! Where a server is configured: whose words help its administrator.

use super::EngineName;
use super::server::{Product, Server};
use super::setting::{Generator, KeySet};

impl EngineName {
    const fn surface(self) -> ConfigSurface {
        match self {
            Self::CiscoAsa | Self::CiscoIos => ConfigSurface::Cisco,
            Self::Fortios => ConfigSurface::Fortigate,
            Self::Libreswan => ConfigSurface::Libreswan,
            Self::Openiked => ConfigSurface::Iked,
            Self::Routeros => ConfigSurface::Mikrotik,
            Self::Rras => ConfigSurface::Rras,
            Self::Strongswan => ConfigSurface::Swanctl,
        }
    }
}

/// Where the administrator of a server changes it: whose words help him.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ConfigSurface {
    /// The command line of Cisco's products.
    Cisco,
    /// FortiOS' command line.
    Fortigate,
    /// `iked.conf`.
    Iked,
    /// strongSwan's `ipsec.conf`.
    IpsecConf,
    /// libreswan's `ipsec.conf`.
    Libreswan,
    /// RouterOS' command line.
    Mikrotik,
    /// The configuration of NixOS.
    Nixos,
    /// OPNsense's pages.
    Opnsense,
    /// pfSense's pages.
    Pfsense,
    /// PowerShell on Windows Server.
    Rras,
    /// `swanctl.conf`.
    Swanctl,
    /// OpenWrt's `/etc/config/ipsec`.
    Uci,
    /// VyOS' command line.
    Vyos,
}

impl Product {
    /// Where it is configured, usually.
    pub(crate) const fn surface(self) -> ConfigSurface {
        match self {
            Self::Libreswan => ConfigSurface::Libreswan,
            Self::Openiked => ConfigSurface::Iked,
            Self::Opnsense => ConfigSurface::Opnsense,
            Self::Pfsense => ConfigSurface::Pfsense,
            Self::Rras => ConfigSurface::Rras,
            Self::Strongswan => ConfigSurface::Swanctl,
        }
    }
}

impl ConfigSurface {
    /// Whether a phase 2 has one field for the group, beside its list.
    pub(crate) const fn sets_one_pfs_group(self) -> bool {
        match self {
            Self::Pfsense => true,
            Self::Cisco
            | Self::Fortigate
            | Self::Iked
            | Self::IpsecConf
            | Self::Libreswan
            | Self::Mikrotik
            | Self::Nixos
            | Self::Opnsense
            | Self::Rras
            | Self::Swanctl
            | Self::Uci
            | Self::Vyos => false,
        }
    }
}

impl Server {
    /// Where its administrator changes it: the file that was read, or else the product's or the engine's usual one.
    pub(crate) fn surface(&self) -> ConfigSurface {
        match (self.definitions.generator, self.definitions.keys) {
            (Some(Generator::Nixos), _) => ConfigSurface::Nixos,
            (Some(Generator::Uci), _) => ConfigSurface::Uci,
            (Some(Generator::Vyos), _) => ConfigSurface::Vyos,
            (None, Some(KeySet::Cisco)) => ConfigSurface::Cisco,
            (None, Some(KeySet::Fortigate)) => ConfigSurface::Fortigate,
            (None, Some(KeySet::Iked)) => ConfigSurface::Iked,
            (None, Some(KeySet::IpsecConf)) => ConfigSurface::IpsecConf,
            (None, Some(KeySet::Libreswan)) => ConfigSurface::Libreswan,
            (None, Some(KeySet::Mikrotik)) => ConfigSurface::Mikrotik,
            (None, Some(KeySet::Opnsense)) => ConfigSurface::Opnsense,
            (None, Some(KeySet::Pfsense)) => ConfigSurface::Pfsense,
            (None, Some(KeySet::Swanctl)) => ConfigSurface::Swanctl,
            (None, None) => match self.product {
                Some(product) => product.surface(),
                None => self.engine.name.surface(),
            },
        }
    }
}
