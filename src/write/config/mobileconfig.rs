//! A configuration profile for Apple's built-in client.
//!
//! Keys, types and values of Apple's schema `com.apple.vpn.managed`. Both dictionaries of SA
//! parameters are written: a client with a profile sends exactly one proposal for each. UUIDs are
//! made from names, so that a later version of the profile replaces the one that is installed.

use std::io::Write;

use plist::{Dictionary, Value};
use uuid::Uuid;

use crate::dialect::apple::{self, SOURCE};
use crate::ike::{Protocol, Suite};
use crate::peer::certificate::Key;
use crate::write::config::refusal::{Failure, Refusal};
use crate::write::config::setup::{Auth, Setup, only, unmarked};
use crate::write::config::unique;

const PRODUCT: &str = "Apple's configuration profile";
const LIMIT: &str = "it holds one suite of IKE and one of ESP";

/// Stands where the client's certificate and key belong.
const PKCS12: &[u8] = b"REPLACE: PKCS#12 with the user certificate and its private key";
/// Stands where the certificate of the authority belongs.
const ROOT: &[u8] = b"REPLACE: certificate of the CA that issued the server certificate (DER)";

/// Writes the profile. Returns what it could not carry.
pub fn write(setup: &Setup, out: &mut impl Write) -> Result<Vec<String>, Failure> {
    let mut refused = Vec::new();
    let mut one = |proposals: &[_], protocol| {
        let parameters = only(proposals, (PRODUCT, LIMIT, SOURCE), expresses).and_then(|suite| {
            let own = parameters(&suite, protocol);
            own.map(|own| (suite, own))
                .map_err(|why| Refusal::of(&suite.to_proposal(), why, expresses))
        });
        parameters.map_err(|why| refused.push(why)).ok()
    };
    let (ike, esp) = (
        one(&setup.ike, Protocol::Ike),
        one(&setup.esp, Protocol::Esp),
    );
    let (Some((_, ike)), Some((suite, esp))) = (ike, esp) else {
        return Err(Failure::Refused(refused));
    };
    let profile = Value::Dictionary(profile(setup, ike, esp, suite.ke().is_some()));
    let mut text = Vec::new();
    let written = profile.to_writer_xml(&mut text);
    written.map_err(|error| Failure::Io(std::io::Error::other(error)))?;
    text.push(b'\n');
    out.write_all(&text)?;
    Ok(match setup.auth {
        Auth::Psk => vec!["the pre-shared key: add `SharedSecret`".to_owned()],
        Auth::Certificate | Auth::EapMschapv2 | Auth::EapRadius | Auth::EapTls => Vec::new(),
    })
}

/// Whether a dictionary can make a client offer exactly this suite.
pub(crate) fn expresses(suite: &Suite) -> bool {
    parameters(suite, suite.protocol).is_ok()
}

fn parameters(
    suite: &Suite,
    protocol: Protocol,
) -> Result<Dictionary, crate::dialect::Inexpressible> {
    let own = apple::parameters(suite)?;
    let mut dictionary = Dictionary::new();
    dictionary.insert("EncryptionAlgorithm".to_owned(), own.encryption.into());
    if let Some(integrity) = own.integrity {
        dictionary.insert("IntegrityAlgorithm".to_owned(), integrity.into());
    }
    if let Some(group) = own.group {
        dictionary.insert("DiffieHellmanGroup".to_owned(), u64::from(group).into());
    } else if protocol == Protocol::Ike {
        return Err(apple::no_group());
    }
    if !own.post_quantum.is_empty() {
        let methods = own.post_quantum.into_iter().map(|it| u64::from(it).into());
        let methods = Value::Array(methods.collect());
        dictionary.insert("PostQuantumKeyExchangeMethods".to_owned(), methods);
    }
    Ok(dictionary)
}

/// The UUID of a part of the profile for one connection.
fn uuid(setup: &Setup, part: &str) -> Uuid {
    let connection = format!("{}\n{}\n{part}", setup.address, setup.name);
    unique::of_name(&connection)
}

/// `com.example.vpn` for `vpn.example.com`; an address stays as it is but for its dots.
fn identifier(setup: &Setup) -> String {
    let address = &setup.address;
    if address.parse::<std::net::IpAddr>().is_ok() {
        let plain = address.replace(['.', ':'], "-");
        return format!("ikev2.{plain}");
    }
    let labels: Vec<_> = address.split('.').rev().collect();
    labels.join(".")
}

fn payload(setup: &Setup, kind: &str, part: &str) -> Dictionary {
    let mut own = Dictionary::new();
    let mut text = |key: &str, value: String| {
        own.insert(key.to_owned(), Value::String(value));
    };
    text("PayloadType", kind.to_owned());
    let suffix = if part.is_empty() {
        String::new()
    } else {
        format!(".{part}")
    };
    text("PayloadIdentifier", identifier(setup) + &suffix);
    text("PayloadUUID", uuid(setup, part).to_string().to_uppercase());
    own.insert("PayloadVersion".to_owned(), 1.into());
    own
}

fn profile(setup: &Setup, ike: Dictionary, esp: Dictionary, pfs: bool) -> Dictionary {
    let mut vpn = payload(setup, "com.apple.vpn.managed", "ikev2");
    let mut text = |key: &str, value: &str| {
        vpn.insert(key.to_owned(), Value::String(value.to_owned()));
    };
    text("PayloadDisplayName", &setup.name);
    text("UserDefinedName", &setup.name);
    text("VPNType", "IKEv2");
    let settings = settings(setup, ike, esp, pfs);
    vpn.insert("IKEv2".to_owned(), Value::Dictionary(settings));

    let mut content = vec![Value::Dictionary(vpn)];
    let mut certificate = |kind: &str, part: &str, bytes: &[u8]| {
        let mut own = payload(setup, kind, part);
        own.insert("PayloadContent".to_owned(), Value::Data(bytes.to_vec()));
        content.push(Value::Dictionary(own));
    };
    if setup.auth.by_certificate() {
        certificate("com.apple.security.pkcs12", "user", PKCS12);
    }
    if setup.auth != Auth::Psk {
        match setup.authorities.as_slice() {
            [] => certificate("com.apple.security.root", "ca", ROOT),
            several => {
                for (place, authority) in several.iter().enumerate() {
                    let part = match place {
                        0 => "ca".to_owned(),
                        _ => format!("ca-{}", place + 1),
                    };
                    certificate("com.apple.security.root", &part, &authority.der);
                }
            }
        }
        if let Some(server) = &setup.server {
            certificate("com.apple.security.pkcs1", "server", &server.der);
        }
    }
    let mut profile = payload(setup, "Configuration", "");
    profile.insert(
        "PayloadDisplayName".to_owned(),
        Value::String(format!("VPN {}", setup.name)),
    );
    profile.insert("PayloadContent".to_owned(), Value::Array(content));
    profile
}

/// The word for the key of the server.
fn certificate_type(key: Key) -> Option<&'static str> {
    match key {
        Key::Rsa(_) => apple::certificate_type(None),
        Key::Ecdsa(bits) => apple::certificate_type(Some(bits)),
        Key::Other => None,
    }
}

fn settings(setup: &Setup, ike: Dictionary, esp: Dictionary, pfs: bool) -> Dictionary {
    let mut own = Dictionary::new();
    let mut text = |key: &str, value: &str| {
        own.insert(key.to_owned(), Value::String(value.to_owned()));
    };
    text("RemoteAddress", &setup.address);
    text("RemoteIdentifier", unmarked(&setup.remote_id));
    text("LocalIdentifier", setup.local_identity());
    // The client expects RSA where nobody says, and wants to know the issuer of any other.
    let server = setup.server.as_ref();
    if let Some((kind, issuer)) =
        server.and_then(|it| certificate_type(it.key).zip(it.issuer.as_ref()))
    {
        text("CertificateType", kind);
        text("ServerCertificateIssuerCommonName", issuer);
    }
    let (method, extended) = match setup.auth {
        Auth::Certificate => ("Certificate", 0),
        Auth::EapTls => ("Certificate", 1),
        Auth::EapMschapv2 | Auth::EapRadius => ("None", 1),
        Auth::Psk => ("SharedSecret", 0),
    };
    text("AuthenticationMethod", method);
    if setup.auth.by_certificate() {
        let user = uuid(setup, "user").to_string().to_uppercase();
        text("PayloadCertificateUUID", &user);
    }
    own.insert("ExtendedAuthEnabled".to_owned(), extended.into());
    own.insert("EnablePFS".to_owned(), i64::from(pfs).into());
    own.insert(
        "IKESecurityAssociationParameters".to_owned(),
        Value::Dictionary(ike),
    );
    own.insert(
        "ChildSecurityAssociationParameters".to_owned(),
        Value::Dictionary(esp),
    );
    own
}
