//! How the place where a server is configured says something of IKE SAs and child SAs.

use crate::ike::Protocol;

/// The settings that say the same of the IKE SA and of child SAs, in the words of the server's file or pages.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct SaSettings {
    /// Of the IKE SA; `None` if no setting is known.
    pub ike: Option<&'static str>,
    /// Of child SAs.
    pub child: Option<&'static str>,
}

impl SaSettings {
    /// No setting is known.
    pub(super) const UNKNOWN: Self = Self {
        ike: None,
        child: None,
    };

    pub(super) const fn both(ike: &'static str, child: &'static str) -> Self {
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
