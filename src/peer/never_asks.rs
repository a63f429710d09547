//! How the place where a server is configured says that it never asks for new keys.

use super::surface::ConfigSurface;
use crate::ike::Protocol;

/// The settings with which a server never asks for new keys, in the words of its file or its pages.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct NeverAsks {
    /// Of the IKE SA; `None` if no setting is known.
    pub ike: Option<&'static str>,
    /// Of child SAs.
    pub child: Option<&'static str>,
}

impl NeverAsks {
    const fn both(ike: &'static str, child: &'static str) -> Self {
        Self {
            ike: Some(ike),
            child: Some(child),
        }
    }

    /// The one of the SAs of a protocol.
    pub(crate) const fn of_protocol(self, protocol: Protocol) -> Option<&'static str> {
        match protocol {
            Protocol::Ike => self.ike,
            Protocol::Ah | Protocol::Esp => self.child,
        }
    }
}

impl ConfigSurface {
    /// How it says that the server never asks for new keys.
    pub(crate) const fn never_asks(self) -> NeverAsks {
        match self {
            Self::Iked => NeverAsks::both("no `ikelifetime`", "`lifetime 0 bytes 0`"),
            Self::IpsecConf | Self::Libreswan => NeverAsks::both("`rekey=no`", "`rekey=no`"),
            Self::Nixos => NeverAsks::both(
                "`rekey_time = \"0s\"` in the connection",
                "`rekey_time = \"0s\"` in each of its children",
            ),
            Self::Opnsense => NeverAsks::both(
                "Rekey time (s) 0 in the connection",
                "Rekey time (s) 0 in each of its children",
            ),
            Self::Pfsense => NeverAsks::both(
                "Rekey Time 0 in phase 1",
                "Rekey Time 0 in each of its phase 2",
            ),
            Self::Swanctl => NeverAsks::both(
                "`rekey_time = 0s` in the connection",
                "`rekey_time = 0s` in each of its children",
            ),
            Self::Vyos => NeverAsks {
                ike: None,
                child: Some("`disable-rekey` in its ESP group"),
            },
            Self::Cisco | Self::Fortigate | Self::Mikrotik | Self::Rras | Self::Uci => NeverAsks {
                ike: None,
                child: None,
            },
        }
    }
}
