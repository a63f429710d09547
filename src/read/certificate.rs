//! Certificates: PEM, DER, chains of either. Private keys in the same file are passed over.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::oid_registry::{OID_PKCS1_MD5WITHRSAENC, OID_PKCS1_SHA1WITHRSA};
use x509_parser::pem::parse_x509_pem;
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::PublicKey;

use crate::peer::certificate::{Certificate, Key, Usage};

/// ecdsa-with-SHA1 (RFC 3279, section 2.2.3).
const ECDSA_WITH_SHA1: &str = "1.2.840.10045.4.1";

/// More than a chain has.
const MOST: usize = 32;

/// How a block of PEM begins (RFC 7468, section 2).
const BEGIN: &[u8] = b"-----BEGIN ";

/// How one with a certificate begins: the label of RFC 7468, section 5.1, and OpenSSL's older ones.
const LABELS: [&[u8]; 3] = [
    b"-----BEGIN CERTIFICATE-----",
    b"-----BEGIN X509 CERTIFICATE-----",
    b"-----BEGIN TRUSTED CERTIFICATE-----",
];

/// Reads the certificates of a file, in its order. Fails with the reason.
pub fn certificates(bytes: &[u8]) -> Result<Vec<Certificate>, &'static str> {
    let mut found = Vec::new();
    let blocks: Vec<_> = memchr::memmem::find_iter(bytes, BEGIN).collect();
    if !blocks.is_empty() {
        // Keys, also encrypted ones with headers of their own, stand beside certificates and are not looked into.
        let is_certificate = |block: &&[u8]| LABELS.iter().any(|label| block.starts_with(label));
        let blocks = blocks.iter().filter_map(|place| bytes.get(*place..));
        for block in blocks.filter(is_certificate) {
            let (_, pem) = parse_x509_pem(block).map_err(|_| "a PEM block is broken")?;
            found.push(one(&pem.contents)?.0);
            if found.len() > MOST {
                return Err("there are more than 32 certificates in it");
            }
        }
    } else {
        let mut rest = bytes;
        while !rest.is_empty() && found.len() < MOST {
            let (certificate, left) = one(rest)?;
            found.push(certificate);
            rest = left;
        }
    }
    if found.is_empty() {
        return Err("there is no certificate in it");
    }
    Ok(found)
}

/// The certificate that the others stand for: the first one that is not a CA's, else the first.
pub fn leaf(chain: &[Certificate]) -> Option<&Certificate> {
    let own = chain.iter().find(|certificate| !certificate.is_ca);
    own.or_else(|| chain.first())
}

fn one(der: &[u8]) -> Result<(Certificate, &[u8]), &'static str> {
    let (rest, x509) =
        X509Certificate::from_der(der).map_err(|_| "it is no X.509 certificate in PEM or DER")?;
    let mut made = Certificate {
        common_name: x509
            .subject()
            .iter_common_name()
            .find_map(|name| name.as_str().ok())
            .map(clean),
        dns_names: Vec::new(),
        addresses: Vec::new(),
        mail_names: Vec::new(),
        usage: None,
        key: key(&x509),
        weak_signature: has_weak_signature(&x509),
        is_ca: x509.is_ca(),
        valid: (
            x509.validity().not_before.timestamp(),
            x509.validity().not_after.timestamp(),
        ),
        issuer: x509
            .issuer()
            .iter_common_name()
            .find_map(|name| name.as_str().ok())
            .map(clean),
        der: der[..der.len() - rest.len()].to_vec(),
    };
    let broken = "an extension of the certificate is broken";
    if let Some(names) = x509.subject_alternative_name().map_err(|_| broken)? {
        for name in &names.value.general_names {
            match name {
                GeneralName::DNSName(name) => made.dns_names.push(clean(name)),
                GeneralName::RFC822Name(name) => made.mail_names.push(clean(name)),
                GeneralName::IPAddress(bytes) => made.addresses.extend(address(bytes)),
                _ => {}
            }
        }
    }
    let usage = x509.extended_key_usage().map_err(|_| broken)?;
    made.usage = usage.map(|usage| Usage {
        server: usage.value.any || usage.value.server_auth,
        client: usage.value.any || usage.value.client_auth,
    });
    Ok((made, rest))
}

/// A name as it can be shown on a terminal.
fn clean(name: &str) -> String {
    let escaped = |c: char| c.is_control();
    if name.contains(escaped) {
        name.escape_debug().to_string()
    } else {
        name.to_owned()
    }
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let four = <[u8; 4]>::try_from(bytes).map(|bytes| Ipv4Addr::from(bytes).into());
    let sixteen = <[u8; 16]>::try_from(bytes).map(|bytes| Ipv6Addr::from(bytes).into());
    four.or(sixteen).ok()
}

fn key(x509: &X509Certificate<'_>) -> Key {
    match x509.public_key().parsed() {
        Ok(PublicKey::RSA(rsa)) => Key::Rsa(rsa.key_size()),
        Ok(PublicKey::EC(point)) => Key::Ecdsa(point.key_size()),
        _ => Key::Other,
    }
}

fn has_weak_signature(x509: &X509Certificate<'_>) -> bool {
    let used = &x509.signature_algorithm.algorithm;
    let rsa = [OID_PKCS1_MD5WITHRSAENC, OID_PKCS1_SHA1WITHRSA];
    rsa.contains(used) || used.to_id_string() == ECDSA_WITH_SHA1
}
