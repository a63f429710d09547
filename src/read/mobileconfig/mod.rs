//! Apple's configuration profiles, `.mobileconfig`: the IKEv2 connection in one.
//!
//! Payload `com.apple.vpn.managed` of Apple's device management schema. A profile sets one suite of
//! IKE and one of the child; what it leaves out has the default of the system's release.

mod parameters;
mod plist;

use self::parameters::{FALLBACK, Parameters};
use self::plist::{Dict, Number};
use super::xml::{self, Doctype, Element};
use super::{ReadCode, Reading, harmless};
use crate::diag::{self, Diagnostic, Place, Severity, Sources, is_slip};
use crate::dialect::apple;
use crate::ike::{Proposal, Protocol, Transform, TransformType};
use crate::peer::client::{ConfigMethod, ServerKey};
use crate::peer::{Client, Configuration, Entry, Origin};

/// Keys whose values may be shown. Every other value is a secret: pre-shared keys, passwords,
/// certificates with their keys, identities of users.
const SHOWN: &[&str] = &[
    "AuthenticationMethod",
    "CertificateType",
    "DiffieHellmanGroup",
    "EnablePFS",
    "EncryptionAlgorithm",
    "ExtendedAuthEnabled",
    "IntegrityAlgorithm",
    "LifeTimeInMinutes",
    "PayloadType",
    "PayloadVersion",
    "PostQuantumKeyExchangeMethods",
    "RemoteAddress",
    "RemoteIdentifier",
    "ServerCertificateCommonName",
    "ServerCertificateIssuerCommonName",
    "UserDefinedName",
    "VPNType",
];

/// Those of the keys whose values are names.
const NAMES: &[&str] = &[
    "RemoteAddress",
    "RemoteIdentifier",
    "ServerCertificateCommonName",
    "ServerCertificateIssuerCommonName",
    "UserDefinedName",
];

/// Values that are no algorithms, numbers or names.
const WORDS: &[&str] = &[
    "Certificate",
    "Configuration",
    "ECDSA256",
    "ECDSA384",
    "ECDSA521",
    "Ed25519",
    "IKEv2",
    "IPSec",
    "L2TP",
    "None",
    "RSA",
    "RSA-PSS",
    "SharedSecret",
    "VPN",
    PAYLOAD,
];

/// Whether a key is one that is read, or a slip of one.
fn is_key(key: &str) -> bool {
    let read = [
        "ChildSecurityAssociationParameters",
        "IKE",
        "IKESecurityAssociationParameters",
    ];
    let others = ["IKEv2", "PayloadContent", "SharedSecret"];
    let known = SHOWN.iter().copied().chain(read).chain(others);
    is_slip(key, known)
}

/// Whether the value of a key is recognised as harmless.
fn is_shown(key: &str, value: &str) -> bool {
    match key {
        "EncryptionAlgorithm" | "IntegrityAlgorithm" => harmless::is_word(value),
        _ if NAMES.contains(&key) => true,
        _ if SHOWN.contains(&key) => {
            is_slip(value, WORDS.iter().copied()) || value.parse::<i64>().is_ok()
        }
        _ => false,
    }
}

/// The type of the payload.
const PAYLOAD: &str = "com.apple.vpn.managed";

/// Reads the text numbered `file` as a configuration of `unset`, which is the client with a profile
/// that sets no parameters.
///
/// Fails with everything that is wrong with the text, and with the warnings and notes about it.
pub(crate) fn client(
    sources: &mut Sources,
    file: usize,
    unset: &Client,
) -> Result<Reading<Configuration>, Vec<Diagnostic>> {
    let text = sources.text(file);
    let document = xml::parse(sources, file, &text, Doctype::Allow)?;
    let root = Element::root(&document, file);
    plist::show(root, sources, is_key, is_shown);
    let top = root.children().find_map(Dict::of);
    let payload = connection(top, file).map_err(|it| vec![*it])?;
    let Some(ikev2) = payload.dict("IKEv2") else {
        let message = "the payload has no dictionary `IKEv2`";
        return Err(vec![Diagnostic::error(
            ReadCode::MissingParameter,
            payload.span(),
            message,
        )]);
    };
    let mut wrong = Vec::new();
    let server_key = server_key(ikev2, &mut wrong);
    let mut configuration = Configuration::new(sources.name(file), ConfigMethod::AppleProfile);
    configuration.name = payload.string("UserDefinedName");
    configuration.address = ikev2.string("RemoteAddress");
    configuration.remote_id = ikev2.string("RemoteIdentifier");
    configuration.server_key = server_key;

    let defaults = Defaults::of(unset);
    let ike = ikev2.dict("IKESecurityAssociationParameters");
    let child = ikev2.dict("ChildSecurityAssociationParameters");
    let pfs = ikev2.is_on("EnablePFS");
    let falls_back = ikev2.is_on(FALLBACK);
    if let Some(dict) = ike {
        let parameters = Parameters::read(dict, &defaults.ike, (Protocol::Ike, true), &mut wrong);
        configuration.ike = parameters.entries(Protocol::Ike, true, falls_back);
        configuration.sets_lifetimes[0] = parameters.sets_lifetime;
    }
    // Without a dictionary of its own the child has the one of IKE.
    if let Some(dict) = child.or(ike) {
        let own = child.is_some();
        let mut said_before = Vec::new();
        let wrong = if own { &mut wrong } else { &mut said_before };
        let parameters = Parameters::read(dict, &defaults.child, (Protocol::Esp, pfs), wrong);
        configuration.esp = parameters.entries(Protocol::Esp, pfs, falls_back);
        configuration.sets_lifetimes[1] = parameters.sets_lifetime;
    } else if pfs {
        configuration.esp = defaults.with_group(ikev2).into_iter().collect();
    }
    diag::sort(&mut wrong);
    if wrong.iter().any(|it| it.severity == Severity::Error) {
        return Err(wrong);
    }
    Ok(Reading {
        value: configuration,
        diagnostics: wrong,
    })
}

/// The kind of key that the client expects of the server: `CertificateType`, RSA where it is left
/// out.
fn server_key(
    ikev2: Dict<'_, '_>,
    wrong: &mut Vec<Diagnostic>,
) -> Option<Result<ServerKey, String>> {
    let Some(written) = ikev2.string("CertificateType") else {
        return Some(Ok(ServerKey::Rsa));
    };
    if let Some(curve) = apple::curve_of(&written.value) {
        return Some(Ok(ServerKey::of_curve(curve)));
    }
    let values = apple::certificate_types().collect();
    if written.value == "Ed25519" {
        let message =
            "`Ed25519` is a value of NetworkExtension, and the schema of profiles does not list it";
        wrong.push(
            Diagnostic::warning(ReadCode::UnknownValue, &written.span, message)
                .note("which keys of a server the client then takes is not known")
                .note(format!("Apple's schema: {}", apple::SOURCE)),
        );
        return Some(Err(message.to_owned()));
    }
    wrong.push(parameters::not_a_value("CertificateType", &written, values));
    None
}

/// The payload of the only IKEv2 connection.
fn connection<'d, 't>(
    top: Option<Dict<'d, 't>>,
    file: usize,
) -> Result<Dict<'d, 't>, Box<Diagnostic>> {
    let none = |message: &str| {
        Box::new(Diagnostic::error(
            ReadCode::NotAClient,
            Place::File(file),
            message,
        ))
    };
    let Some(top) = top else {
        return Err(none("the property list is no dictionary"));
    };
    let mut payloads = top.dicts("PayloadContent");
    payloads.push(top);
    let of_vpn = |payload: &Dict<'_, '_>| {
        let kind = payload.string("PayloadType");
        kind.is_some_and(|kind| kind.value.starts_with(PAYLOAD)) || payload.dict("IKEv2").is_some()
    };
    payloads.retain(of_vpn);
    let is_ikev2 = |payload: &Dict<'_, '_>| {
        let kind = payload.string("VPNType");
        kind.is_none_or(|kind| kind.value == "IKEv2")
    };
    let (ikev2, others): (Vec<_>, Vec<_>) = payloads.into_iter().partition(is_ikev2);
    match (ikev2.as_slice(), others.as_slice()) {
        ([one], _) => Ok(*one),
        ([], []) => Err(none("the profile has no VPN connection")),
        ([], [other, ..]) => {
            let kind = other.string("VPNType");
            let (place, name) = kind.map_or((Place::File(file), "no type".to_owned()), |kind| {
                let name = diag::quoted_or(&kind.value, WORDS.iter().copied(), "another type");
                (kind.span.into(), name)
            });
            let message = format!("the connection is of {name}, not `IKEv2`");
            Err(Box::new(Diagnostic::error(
                ReadCode::NotIkev2,
                place,
                message,
            )))
        }
        ([first, second, ..], _) => {
            let name = |payload: &Dict<'_, '_>| {
                let name = payload.string("UserDefinedName");
                name.map_or_else(|| payload.span(), |name| name.span)
            };
            let message = format!("the profile has {} IKEv2 connections", ikev2.len());
            Err(Box::new(
                Diagnostic::error(ReadCode::SeveralConnections, name(second), message)
                    .context(name(first), "first")
                    .help("keep one of them in the file"),
            ))
        }
    }
}

/// What the system takes for what is not set.
struct Defaults {
    ike: Vec<Transform>,
    child: Vec<Transform>,
    /// What the system's list was taken from; of several proposals nobody knows which one a key
    /// that is set would go into.
    single: bool,
}

impl Defaults {
    fn of(unset: &Client) -> Self {
        let only = |list: Option<&[Proposal]>| match list {
            Some([one]) => Some(one.transforms().to_vec()),
            _ => None,
        };
        let ike = unset.ike_sa_init.stated();
        let ike = only(ike.map(|fact| fact.value.proposals.as_slice()));
        let child = unset.ike_auth.stated();
        let child = only(child.map(|fact| fact.value.as_slice()));
        let single = ike.is_some() && child.is_some();
        let documented = || parameters::documented().to_vec();
        let ike = ike.unwrap_or_else(documented);
        let mut child = child.unwrap_or_else(documented);
        let has_group = child.iter().any(|it| it.kind == TransformType::KE);
        let group = ike.iter().find(|it| it.kind == TransformType::KE);
        child.extend(group.filter(|_| !has_group));
        Self { ike, child, single }
    }

    /// The child's proposal where only `EnablePFS` is set.
    fn with_group(&self, ikev2: Dict<'_, '_>) -> Option<Entry> {
        let span = ikev2.key("EnablePFS").filter(|_| self.single)?;
        let proposal = Proposal::new(Protocol::Esp, self.child.iter().copied());
        Some(Entry::new(proposal, Origin::Expanded(vec![span])))
    }
}
