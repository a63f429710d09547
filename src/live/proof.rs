//! How a server proves who it is: its identity, its certificates, and whether its signature is right.

use std::net::IpAddr;

use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::auth::X509_SIGNATURE;
use crate::crypt::{NotVerified, Scheme, verify, verify_auth};
use crate::wire::{Payload, PayloadType};

/// Octets before the data of an identity and of AUTH.
const PREFIX: usize = 4;

/// No more certificates than this are looked at.
const MOST: usize = 16;

/// Method of an AUTH payload that is made with a shared secret.
const SHARED_KEY: u8 = 2;

/// Types of identities (RFC 7296, section 3.5).
const ID_IPV4_ADDR: u8 = 1;
const ID_FQDN: u8 = 2;
const ID_RFC822_ADDR: u8 = 3;
const ID_IPV6_ADDR: u8 = 5;
const ID_DER_ASN1_DN: u8 = 9;

/// What a server shows of itself in IKE_AUTH.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Proof {
    /// Type of its identity.
    pub identity_type: u8,
    /// The identity as a text; of a type that is none, nothing.
    pub identity: Option<String>,
    /// The certificates in DER, in the order in which they came.
    pub certificates: Vec<Vec<u8>>,
    /// How many came in another encoding, as an address instead of a certificate.
    pub others: usize,
    /// The method of its AUTH payload.
    pub method: u8,
    /// Whether its signature is right, by the first certificate; `None` without one, and with a
    /// shared secret, whose proof is not kept.
    pub signature: Option<Result<Scheme, NotVerified>>,
}

impl Proof {
    /// The proof of an answer, if there is one; `signed` is what is signed with an identity.
    ///
    /// A proof by a shared secret can be tried offline by whoever has it: it is not looked at.
    pub(crate) fn of(payloads: &[Payload<'_>], signed: impl Fn(&[u8]) -> Vec<u8>) -> Option<Self> {
        let find = |wanted: PayloadType| {
            payloads.iter().filter_map(move |payload| match payload {
                Payload::Other { kind, data, .. } if *kind == wanted => Some(*data),
                _ => None,
            })
        };
        let identity = find(PayloadType::IDR).next()?;
        let auth = find(PayloadType::AUTH).next()?;
        let (method, data) = (*auth.first()?, auth.get(PREFIX..)?);
        let all: Vec<_> = find(PayloadType::CERT).take(MOST).collect();
        let x509 = all.iter().filter_map(|data| data.split_first());
        let x509 = x509.filter(|(encoding, _)| **encoding == X509_SIGNATURE);
        let certificates: Vec<_> = x509.map(|(_, der)| der.to_vec()).collect();
        let leaf = certificates.first().filter(|_| method != SHARED_KEY);
        let signature = leaf.map(|leaf| {
            let (_, leaf) = X509Certificate::from_der(leaf).map_err(|_| NotVerified::Malformed)?;
            verify_auth(leaf.public_key(), method, data, &signed(identity))
        });
        Some(Self {
            identity_type: *identity.first()?,
            identity: text(*identity.first()?, identity.get(PREFIX..)?),
            others: all.len() - certificates.len(),
            certificates,
            method,
            signature,
        })
    }

    /// The identity, where it is a name or an address that clients can be told.
    pub fn name(&self) -> Option<&str> {
        let named = [ID_FQDN, ID_IPV4_ADDR, ID_IPV6_ADDR].contains(&self.identity_type);
        self.identity.as_deref().filter(|_| named)
    }

    /// Whether it is a shared secret that the server proves to have.
    pub fn is_of_shared_secret(&self) -> bool {
        self.method == SHARED_KEY
    }

    /// Whether the server has shown that the first certificate is its own.
    pub fn is_right(&self) -> bool {
        matches!(self.signature, Some(Ok(_)))
    }

    /// For each certificate, which other one has signed it, counted from 0, and whether that signature
    /// is right; `None` where the one that did was not sent.
    pub fn chain(&self) -> Vec<Option<(usize, Result<Scheme, NotVerified>)>> {
        let parsed = self
            .certificates
            .iter()
            .map(|der| X509Certificate::from_der(der).ok());
        let parsed: Vec<_> = parsed.map(|it| it.map(|(_, x509)| x509)).collect();
        let signed = parsed.iter().map(|own| {
            let own = own.as_ref()?;
            let issuers = parsed.iter().enumerate();
            let mut issuers = issuers.filter_map(|(place, it)| {
                let it = it.as_ref()?;
                (it.subject().as_raw() == own.issuer().as_raw()).then_some((place, it))
            });
            let (place, issuer) = issuers.next()?;
            let verified = verify(
                issuer.public_key(),
                &own.signature_algorithm,
                &own.signature_value.data,
                own.tbs_certificate.as_ref(),
            );
            Some((place, verified))
        });
        signed.collect()
    }

    /// Who has issued the last certificate whose issuer was not sent.
    pub fn issuer(&self) -> Option<String> {
        let chain = self.chain();
        let mut last = self.certificates.iter().zip(&chain).rev();
        let (der, _) = last.find(|(_, signed)| signed.is_none())?;
        let (_, x509) = X509Certificate::from_der(der).ok()?;
        Some(printable(&x509.issuer().to_string()))
    }
}

/// An identity as it is written.
fn text(kind: u8, data: &[u8]) -> Option<String> {
    match kind {
        ID_FQDN | ID_RFC822_ADDR => std::str::from_utf8(data).ok().map(printable),
        ID_IPV4_ADDR => {
            let octets = <[u8; 4]>::try_from(data).ok()?;
            Some(IpAddr::from(octets).to_string())
        }
        ID_IPV6_ADDR => {
            let octets = <[u8; 16]>::try_from(data).ok()?;
            Some(IpAddr::from(octets).to_string())
        }
        ID_DER_ASN1_DN => {
            let (_, name) = x509_parser::x509::X509Name::from_der(data).ok()?;
            Some(printable(&name.to_string()))
        }
        _ => None,
    }
}

/// A text of a stranger as it can be shown on a terminal.
fn printable(text: &str) -> String {
    if text.contains(char::is_control) {
        text.escape_debug().to_string()
    } else {
        text.to_owned()
    }
}
