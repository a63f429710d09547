//! How the place where a server is configured says that it never asks for new keys.

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
