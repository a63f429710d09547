//! What one build of a daemon implements: knowing a keyword is not having the algorithm.

use crate::ike::{Suite, Transform};

/// Numbers that a build implements, ascending; `None` = no limit is known.
pub type Numbers = Option<Vec<u16>>;

/// A build's limits.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Build {
    /// Classic ciphers.
    pub encr: Numbers,
    /// AEAD ciphers.
    pub aead: Numbers,
    /// Integrity algorithms.
    pub integ: Numbers,
    /// Pseudo-random functions.
    pub prf: Numbers,
    /// Key exchange methods.
    pub ke: Numbers,
    /// Whether the IPsec backend can do 64-bit sequence numbers.
    pub installs_esn: bool,
    /// Whether the IPsec backend takes a classic cipher without integrity.
    pub installs_unauthenticated: bool,
    /// Integrity algorithms that the daemon has but its IPsec backend refuses.
    pub not_installed: Vec<u16>,
}

fn has(numbers: &Numbers, id: u16) -> bool {
    numbers
        .as_ref()
        .is_none_or(|list| list.binary_search(&id).is_ok())
}

impl Build {
    /// A build without known limits.
    pub fn unlimited() -> Self {
        Self {
            installs_esn: true,
            installs_unauthenticated: true,
            ..Self::default()
        }
    }

    /// Whether the build can compute the key exchange.
    pub fn supports_ke(&self, group: Transform) -> bool {
        has(&self.ke, group.id)
    }

    fn has_ciphers(&self, suite: &Suite) -> bool {
        let aead = suite.encr().is_some_and(Transform::is_aead);
        let ciphers = if aead { &self.aead } else { &self.encr };
        suite.encr().is_none_or(|t| has(ciphers, t.id))
            && (aead || suite.integ().is_none_or(|t| has(&self.integ, t.id)))
    }

    /// Whether the daemon itself can use a suite of IKE.
    pub fn implements(&self, suite: &Suite) -> bool {
        self.has_ciphers(suite) && suite.prf().is_none_or(|t| has(&self.prf, t.id))
    }

    /// Whether the IPsec backend can take a suite of ESP.
    pub fn installs(&self, suite: &Suite) -> bool {
        let aead = suite.encr().is_some_and(Transform::is_aead);
        let esn = suite.sn().is_some_and(|t| t.id == 1);
        self.has_ciphers(suite)
            && (aead || suite.integ().is_some() || self.installs_unauthenticated)
            && (!esn || self.installs_esn)
            && suite
                .integ()
                .is_none_or(|t| !self.not_installed.contains(&t.id))
    }
}
