//! What a certificate says about who has it, and what a client demands of a server's.

use super::client::ServerKey;
use std::net::IpAddr;

/// A certificate, as far as clients look at it before they trust it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Certificate {
    /// The CN of its subject.
    pub common_name: Option<String>,
    /// Names of type dNSName.
    pub dns_names: Vec<String>,
    /// Names of type iPAddress.
    pub addresses: Vec<IpAddr>,
    /// Names of type rfc822Name.
    pub mail_names: Vec<String>,
    /// The extended key usages, `None` without the extension, which restricts nothing.
    pub usage: Option<Usage>,
    /// Its public key.
    pub key: Key,
    /// It is signed with SHA-1 or MD5.
    pub weak_signature: bool,
    /// It is the certificate of a CA.
    pub is_ca: bool,
    /// Beginning and end of its validity, in seconds since 1970.
    pub valid: (i64, i64),
    /// The CN of its issuer.
    pub issuer: Option<String>,
    /// The certificate itself, in DER.
    pub der: Vec<u8>,
}

/// Extended key usages.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Usage {
    /// serverAuth, or any.
    pub server: bool,
    /// clientAuth, or any.
    pub client: bool,
}

impl Certificate {
    /// Whether only clients may prove themselves with it.
    pub fn is_of_client_only(&self) -> bool {
        self.usage
            .is_some_and(|usage| usage.client && !usage.server)
    }

    /// Whether only servers may prove themselves with it.
    pub(crate) fn is_of_server_only(&self) -> bool {
        self.usage
            .is_some_and(|usage| usage.server && !usage.client)
    }
}

/// A public key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Key {
    /// RSA with so many bits.
    Rsa(usize),
    /// An elliptic curve for ECDSA with so many bits.
    Ecdsa(usize),
    /// Another kind.
    Other,
}

/// What a client demands of a server's certificate and address; nothing by default.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Demands {
    /// The name has to be a subjectAltName.
    pub san: bool,
    /// The extended key usage serverAuth has to be there.
    pub server_auth: bool,
    /// An IP address that is dialled has to be there as a dNSName.
    pub address_as_dns_name: bool,
    /// The Remote ID has to be the CN.
    pub cn_as_remote_id: bool,
    /// The key must not be ECDSA.
    pub no_ecdsa: bool,
    /// The key must not be RSA.
    pub no_rsa: bool,
    /// The bits of the curve that the client was told to expect.
    pub curve: Option<usize>,
    /// A configuration profile can name the kind of key that it takes (`CertificateType`).
    pub by_certificate_type: bool,
    /// The shortest name that can be dialled; IP addresses are exempt.
    pub shortest_address: usize,
}

impl Demands {
    /// The same demands of a client that takes only keys of a kind, where that is known.
    #[must_use]
    pub(crate) const fn with_key(mut self, key: Option<ServerKey>) -> Self {
        match key {
            Some(ServerKey::Rsa) => self.no_ecdsa = true,
            Some(key) => {
                (self.no_ecdsa, self.no_rsa) = (false, true);
                self.curve = match key {
                    ServerKey::Ecdsa256 => Some(256),
                    ServerKey::Ecdsa384 => Some(384),
                    ServerKey::Ecdsa521 => Some(521),
                    ServerKey::Ecdsa | ServerKey::Rsa => None,
                };
            }
            None => {}
        }
        self
    }
}

impl Certificate {
    /// Whether a name or an address is one of its subjectAltNames; a dNSName may begin with `*.`.
    pub fn names(&self, name: &str) -> bool {
        match name.parse::<IpAddr>() {
            Ok(address) => self.addresses.contains(&address),
            Err(_) => self.has_dns_name(name),
        }
    }

    /// Whether a text is one of its dNSNames.
    pub(crate) fn has_dns_name(&self, name: &str) -> bool {
        let fits = |own: &String| match own.strip_prefix("*.") {
            Some(domain) => {
                let rest = name.split_once('.').map(|(_, rest)| rest);
                rest.is_some_and(|rest| rest.eq_ignore_ascii_case(domain))
            }
            None => own.eq_ignore_ascii_case(name),
        };
        self.dns_names.iter().any(fits)
    }

    /// Whether it has any subjectAltName that names a server.
    pub(crate) fn has_san(&self) -> bool {
        !self.dns_names.is_empty() || !self.addresses.is_empty()
    }
}
