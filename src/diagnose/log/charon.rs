//! charon's messages, in the words of strongSwan 5.0 to 6.0.
//!
//! The words are those of its source: `libcharon`, `libstrongswan`, `libtls`, `libradius` and the
//! plugins. Where a release changed them, both stand here: "inacceptable" became "unacceptable" in
//! 5.6.1, "DH group" became "key exchange method" in 6.0.

use std::sync::LazyLock;

use super::table::{Detail, Phrase, Table, starts, within};
use crate::diagnose::Sign;
use crate::diagnose::event::{Endpoint, Exchange, Message, Said, Way, Whose};
use crate::dialect::charon as names;
use crate::ike::{Notify, Proposal, Protocol, Transform, TransformType};

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(PHRASES));

/// What each phrase says.
const PHRASES: &[Phrase] = &[
    // The network.
    starts("unable to resolve ", Sign::NameUnresolved, Detail::Word),
    starts(
        "error writing to socket: ",
        Sign::PortUnreachable,
        Detail::Rest,
    ),
    starts("initiating IKE_SA ", Sign::Initiating, Detail::None),
    within(
        " is initiating an IKE_SA",
        Sign::PeerInitiating,
        Detail::Before,
    ),
    within(
        " is initiating a Main Mode IKE_SA",
        Sign::VersionOne,
        Detail::Before,
    ),
    within(
        " is initiating a Aggressive Mode IKE_SA",
        Sign::VersionOne,
        Detail::Before,
    ),
    starts(
        "initiating Main Mode IKE_SA ",
        Sign::VersionOne,
        Detail::None,
    ),
    starts(
        "initiating Aggressive Mode IKE_SA ",
        Sign::VersionOne,
        Detail::None,
    ),
    starts("retransmit ", Sign::Retransmit, Detail::Rest),
    starts(
        "received retransmit of request with ID ",
        Sign::Retransmit,
        Detail::Rest,
    ),
    starts("giving up after ", Sign::GaveUp, Detail::Word),
    starts(
        "peer not responding, trying again",
        Sign::TryingAgain,
        Detail::None,
    ),
    starts(
        "establishing IKE_SA failed, peer not responding",
        Sign::GaveUp,
        Detail::None,
    ),
    // IKE_SA_INIT.
    starts("no IKE config found for ", Sign::NoIkeConfig, Detail::Rest),
    starts(
        "received proposals unacceptable",
        Sign::IkeProposalsRefused,
        Detail::None,
    ),
    starts(
        "received proposals inacceptable",
        Sign::IkeProposalsRefused,
        Detail::None,
    ),
    starts(
        "received NO_PROPOSAL_CHOSEN notify error",
        Sign::NoProposalReceived,
        Detail::None,
    ),
    starts(
        "peers proposal selection invalid",
        Sign::SelectionInvalid,
        Detail::None,
    ),
    within(
        " unacceptable, requesting ",
        Sign::GroupRequested,
        Detail::Word,
    ),
    within(
        " inacceptable, requesting ",
        Sign::GroupRequested,
        Detail::Word,
    ),
    starts(
        "peer didn't accept DH group ",
        Sign::GroupFollowed,
        Detail::Rest,
    ),
    starts(
        "peer didn't accept key exchange method ",
        Sign::GroupFollowed,
        Detail::Rest,
    ),
    starts("requested DH group ", Sign::GroupRefused, Detail::Word),
    starts(
        "requested key exchange method ",
        Sign::GroupRefused,
        Detail::Word,
    ),
    starts("configured DH group ", Sign::GroupRefused, Detail::Word),
    starts(
        "configured key exchange method ",
        Sign::GroupRefused,
        Detail::Word,
    ),
    starts(
        "already retried with DH group ",
        Sign::GroupRefused,
        Detail::Word,
    ),
    starts(
        "already retried with key exchange method ",
        Sign::GroupRefused,
        Detail::Word,
    ),
    starts(
        "peer DH group selection invalid",
        Sign::GroupRefused,
        Detail::None,
    ),
    starts(
        "peer key exchange selection invalid",
        Sign::GroupRefused,
        Detail::None,
    ),
    starts(
        "applying DH public value failed",
        Sign::KeyExchangeInvalid,
        Detail::None,
    ),
    starts(
        "applying KE public value failed",
        Sign::KeyExchangeInvalid,
        Detail::None,
    ),
    starts(
        "peer didn't send INTERMEDIATE_EXCHANGE_SUPPORTED",
        Sign::IntermediateMissing,
        Detail::None,
    ),
    starts(
        "ignoring IKE_SA setup from ",
        Sign::Overloaded,
        Detail::Rest,
    ),
    starts("parsing of message failed", Sign::Malformed, Detail::None),
    starts("message parsing failed", Sign::Malformed, Detail::None),
    starts("message verification failed", Sign::Malformed, Detail::None),
    starts("header could not be parsed", Sign::Malformed, Detail::None),
    starts("header verification failed", Sign::Malformed, Detail::None),
    starts(
        "received invalid IKE header from ",
        Sign::Malformed,
        Detail::Word,
    ),
    starts(
        "received packet is too short",
        Sign::Malformed,
        Detail::None,
    ),
    starts(
        "critical unknown payloads found",
        Sign::Malformed,
        Detail::None,
    ),
    within(
        " payload verification failed",
        Sign::Malformed,
        Detail::None,
    ),
    starts("payload type ", Sign::Malformed, Detail::None),
    starts(
        "integrity check failed",
        Sign::IntegrityFailed,
        Detail::None,
    ),
    starts(
        "could not decrypt payloads",
        Sign::IntegrityFailed,
        Detail::None,
    ),
    starts(
        "verifying encrypted payload integrity failed",
        Sign::IntegrityFailed,
        Detail::None,
    ),
    starts(
        "received unsupported IKE version ",
        Sign::WrongVersion,
        Detail::Word,
    ),
    starts(
        "received INVALID_MAJOR_VERSION notify error",
        Sign::WrongVersion,
        Detail::None,
    ),
    starts(
        "received INVALID_SYNTAX notify error",
        Sign::Malformed,
        Detail::None,
    ),
    // Identities and configurations.
    starts(
        "looking for peer configs matching ",
        Sign::LookingForPeer,
        Detail::Rest,
    ),
    starts(
        "no matching peer config found",
        Sign::NoPeerConfig,
        Detail::None,
    ),
    starts("no peer config found", Sign::NoPeerConfig, Detail::None),
    starts("ignore candidate ", Sign::PeerConfigUnfit, Detail::Quoted),
    starts(
        "selected peer config ",
        Sign::PeerConfigChosen,
        Detail::Quoted,
    ),
    starts(
        "no alternative config found",
        Sign::NoAlternative,
        Detail::None,
    ),
    starts("received IDr ", Sign::WrongResponderId, Detail::Rest),
    starts(
        "peer requested EAP, config unacceptable",
        Sign::EapUnwanted,
        Detail::None,
    ),
    starts(
        "peer requested EAP, config inacceptable",
        Sign::EapUnwanted,
        Detail::None,
    ),
    starts(
        "non-matching authentication done",
        Sign::MethodRefused,
        Detail::None,
    ),
    starts(
        "insufficient authentication rounds",
        Sign::MethodRefused,
        Detail::None,
    ),
    within(
        "unacceptable: non-matching authentication done",
        Sign::MethodRefused,
        Detail::None,
    ),
    within(
        "unacceptable: insufficient authentication rounds",
        Sign::MethodRefused,
        Detail::None,
    ),
    within(
        "inacceptable: non-matching authentication done",
        Sign::MethodRefused,
        Detail::None,
    ),
    starts(
        "configured EAP-only authentication, but peer",
        Sign::MethodRefused,
        Detail::None,
    ),
    starts(
        "constraint requires public key authentication",
        Sign::MethodRefused,
        Detail::None,
    ),
    starts(
        "constraint requires EAP authentication",
        Sign::MethodRefused,
        Detail::None,
    ),
    starts(
        "constraint requires pre-shared key authentication",
        Sign::MethodRefused,
        Detail::None,
    ),
    within(" authentication, but ", Sign::MethodRefused, Detail::None),
    starts(
        "expected EAP-only authentication",
        Sign::MethodRefused,
        Detail::None,
    ),
    starts(
        "constraint check failed: EAP identity ",
        Sign::MethodRefused,
        Detail::None,
    ),
    starts(
        "no certificate sent by peer",
        Sign::NoPeerCertificate,
        Detail::None,
    ),
    starts("resolving '", Sign::NameUnresolved, Detail::Quoted),
    starts(
        "constraint check failed: identity ",
        Sign::PeerConfigUnfit,
        Detail::Quoted,
    ),
    starts(
        "constraint check failed: peer not authenticated by CA ",
        Sign::IssuerUnknown,
        Detail::Quoted,
    ),
    starts(
        "constraint check failed: peer not authenticated with peer cert ",
        Sign::IssuerUnknown,
        Detail::Quoted,
    ),
    starts(
        "constraint check failed: RULE_CRL_VALIDATION ",
        Sign::RevocationUnknown,
        Detail::None,
    ),
    starts(
        "constraint check failed: RULE_OCSP_VALIDATION ",
        Sign::RevocationUnknown,
        Detail::None,
    ),
    starts(
        "loading connection ",
        Sign::ConnectionNotLoaded,
        Detail::Quoted,
    ),
    starts(
        "invalid value for: ",
        Sign::ConnectionNotLoaded,
        Detail::Word,
    ),
    starts(
        "added vici connection: ",
        Sign::ConnectionLoaded,
        Detail::Word,
    ),
    starts(
        "added configuration ",
        Sign::ConnectionLoaded,
        Detail::Quoted,
    ),
    // Keys and certificates.
    starts("no shared key found for ", Sign::NoSharedKey, Detail::Rest),
    within(" but MAC mismatched", Sign::SharedKeyDiffers, Detail::None),
    starts(
        "no private key found for ",
        Sign::NoPrivateKey,
        Detail::Quoted,
    ),
    within(
        " private key found for ",
        Sign::NoPrivateKey,
        Detail::Quoted,
    ),
    starts("no trusted ", Sign::NoTrustedKey, Detail::Quoted),
    starts(
        "no TLS public key found for server ",
        Sign::NoTrustedKey,
        Detail::Quoted,
    ),
    starts(
        "received end entity cert ",
        Sign::PeerCertificate,
        Detail::Quoted,
    ),
    starts(
        "received TLS server certificate ",
        Sign::PeerCertificate,
        Detail::Quoted,
    ),
    starts(
        "received TLS peer certificate ",
        Sign::PeerCertificate,
        Detail::Quoted,
    ),
    within(
        " certificate invalid (valid from ",
        Sign::CertificateTime,
        Detail::None,
    ),
    starts(
        "certificate was revoked on ",
        Sign::CertificateRevoked,
        Detail::None,
    ),
    starts("crl is stale", Sign::RevocationUnknown, Detail::None),
    starts(
        "ocsp response is stale",
        Sign::RevocationUnknown,
        Detail::None,
    ),
    starts(
        "certificate status is not available",
        Sign::Other,
        Detail::None,
    ),
    starts("certificate status is unknown", Sign::Other, Detail::None),
    starts(
        "no issuer certificate found for ",
        Sign::IssuerUnknown,
        Detail::Quoted,
    ),
    starts(
        "reached self-signed root ca with a path length of",
        Sign::Other,
        Detail::None,
    ),
    starts(
        "self-signed certificate ",
        Sign::IssuerUnknown,
        Detail::Quoted,
    ),
    starts(
        "reached end of incomplete trust chain",
        Sign::IssuerUnknown,
        Detail::Quoted,
    ),
    within(
        "certificate does not match to ",
        Sign::IdentityNotInCertificate,
        Detail::Quoted,
    ),
    within(
        " not confirmed by certificate",
        Sign::IdentityNotInCertificate,
        Detail::None,
    ),
    within(
        " does not contain ",
        Sign::IdentityNotInCertificate,
        Detail::None,
    ),
    starts(
        "rejecting certificate without ",
        Sign::CertificateUse,
        Detail::Rest,
    ),
    starts(
        "signature validation failed",
        Sign::SignatureInvalid,
        Detail::None,
    ),
    starts(
        "received cert request for unknown ca",
        Sign::UnknownCaRequested,
        Detail::None,
    ),
    within(
        " cert requests for an unknown ca",
        Sign::UnknownCaRequested,
        Detail::None,
    ),
    starts(
        "received AUTHENTICATION_FAILED notify error",
        Sign::AuthFailedReceived,
        Detail::None,
    ),
    starts(
        "authentication of ",
        Sign::PeerAuthenticated,
        Detail::Quoted,
    ),
    // EAP.
    starts(
        "EAP-MS-CHAPv2 verification failed",
        Sign::EapPasswordWrong,
        Detail::None,
    ),
    starts(
        "EAP-MS-CHAPv2 failed with error ",
        Sign::EapPasswordWrong,
        Detail::None,
    ),
    starts("EAP-MS-CHAPv2 succeeded", Sign::Other, Detail::None),
    starts(
        "EAP-MD5 verification failed",
        Sign::EapPasswordWrong,
        Detail::None,
    ),
    starts(
        "EAP-GTC password verification failed",
        Sign::EapPasswordWrong,
        Detail::None,
    ),
    within(
        " user authentication for ",
        Sign::EapPasswordWrong,
        Detail::None,
    ),
    starts(
        "no EAP key found for ",
        Sign::EapSecretMissing,
        Detail::None,
    ),
    starts(
        "no EAP user secret found",
        Sign::EapSecretMissing,
        Detail::None,
    ),
    within(" failed for peer ", Sign::EapMethodFailed, Detail::Before),
    within(" method failed", Sign::EapMethodFailed, Detail::Before),
    starts(
        "received EAP_FAILURE",
        Sign::EapFailureReceived,
        Detail::None,
    ),
    starts("received EAP_NAK", Sign::EapNak, Detail::None),
    within(
        " not supported, sending EAP_NAK",
        Sign::EapNak,
        Detail::Before,
    ),
    within(
        " authentication, sending EAP_NAK",
        Sign::EapNak,
        Detail::Before,
    ),
    within(", sending EAP_NAK", Sign::EapNak, Detail::Before),
    starts("loading EAP", Sign::EapMethodUnsupported, Detail::Rest),
    starts(
        "EAP method not supported",
        Sign::EapMethodUnsupported,
        Detail::None,
    ),
    starts(
        "unable to load EAP",
        Sign::EapMethodUnsupported,
        Detail::Rest,
    ),
    starts("no EAP method ", Sign::EapMethodUnsupported, Detail::None),
    within(" method (id 0x", Sign::EapMethodBegun, Detail::Before),
    within(
        " succeeded, MSK established",
        Sign::EapSucceeded,
        Detail::Before,
    ),
    within(
        " succeeded, no MSK established",
        Sign::EapSucceeded,
        Detail::Before,
    ),
    within(" to verify TLS peer", Sign::TlsPeerUntrusted, Detail::None),
    within(" to verify TLS server", Sign::NoTrustedKey, Detail::None),
    starts(
        "no usable TLS client certificate found for ",
        Sign::NoPrivateKey,
        Detail::Quoted,
    ),
    starts(
        "no usable TLS server certificate found for ",
        Sign::NoPrivateKey,
        Detail::Quoted,
    ),
    starts(
        "no trusted certificate found for ",
        Sign::TlsPeerUntrusted,
        Detail::Quoted,
    ),
    starts(
        "sending fatal TLS alert ",
        Sign::TlsAlertSent,
        Detail::Quoted,
    ),
    starts(
        "received fatal TLS alert ",
        Sign::TlsAlertReceived,
        Detail::Quoted,
    ),
    starts(
        "received TLS alert warning ",
        Sign::TlsAlertReceived,
        Detail::Quoted,
    ),
    within(" timed out after ", Sign::RadiusSilent, Detail::Before),
    starts(
        "RADIUS Response-Authenticator verification failed",
        Sign::RadiusSilent,
        Detail::None,
    ),
    starts(
        "RADIUS Message-Authenticator verification failed",
        Sign::RadiusSilent,
        Detail::None,
    ),
    starts(
        "received invalid RADIUS message, ignored",
        Sign::RadiusSilent,
        Detail::None,
    ),
    starts(
        "resolving RADIUS server address ",
        Sign::RadiusSilent,
        Detail::Quoted,
    ),
    starts(
        "sending RADIUS message failed",
        Sign::RadiusSilent,
        Detail::None,
    ),
    starts(
        "receiving RADIUS message failed",
        Sign::RadiusSilent,
        Detail::None,
    ),
    starts(
        "RADIUS server is not responding",
        Sign::RadiusSilent,
        Detail::None,
    ),
    starts(
        "received RADIUS Access-Reject",
        Sign::RadiusRejected,
        Detail::None,
    ),
    starts(
        "RADIUS authentication of ",
        Sign::RadiusRejected,
        Detail::None,
    ),
    // Half-open.
    starts(
        "deleting half open IKE_SA",
        Sign::HalfOpenTimeout,
        Detail::None,
    ),
    // The child SA.
    starts(
        "no acceptable proposal found",
        Sign::ChildProposalsRefused,
        Detail::None,
    ),
    starts(
        "received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built",
        Sign::ChildNoProposalReceived,
        Detail::None,
    ),
    starts(
        "failed to establish CHILD_SA",
        Sign::ChildFailed,
        Detail::None,
    ),
    starts(
        "closing IKE_SA due CHILD_SA setup failure",
        Sign::ChildFailed,
        Detail::None,
    ),
    starts(
        "no acceptable traffic selectors found",
        Sign::SelectorsRefused,
        Detail::None,
    ),
    starts("traffic selectors ", Sign::SelectorsRefused, Detail::Rest),
    starts(
        "received TS_UNACCEPTABLE notify",
        Sign::SelectorsRefusedByPeer,
        Detail::None,
    ),
    starts(
        "received SINGLE_PAIR_REQUIRED notify",
        Sign::SelectorsRefusedByPeer,
        Detail::None,
    ),
    starts("no virtual IP found", Sign::NoVirtualIp, Detail::Word),
    within(
        " is full, unable to assign address",
        Sign::PoolFull,
        Detail::None,
    ),
    within(
        "no available address found in pool",
        Sign::PoolFull,
        Detail::Quoted,
    ),
    starts(
        "expected a virtual IP request",
        Sign::VirtualIpNotRequested,
        Detail::None,
    ),
    starts(
        "received INTERNAL_ADDRESS_FAILURE notify",
        Sign::NoVirtualIpReceived,
        Detail::None,
    ),
    starts(
        "received FAILED_CP_REQUIRED notify",
        Sign::VirtualIpNotRequested,
        Detail::None,
    ),
    starts(
        "unable to install inbound and outbound IPsec SA",
        Sign::KernelRefused,
        Detail::None,
    ),
    starts(
        "unable to install inbound IPsec SA",
        Sign::KernelRefused,
        Detail::None,
    ),
    starts(
        "unable to install outbound IPsec SA",
        Sign::KernelRefused,
        Detail::None,
    ),
    starts(
        "unable to install IPsec policies",
        Sign::KernelRefused,
        Detail::None,
    ),
    starts("unable to add SAD entry", Sign::KernelRefused, Detail::None),
    starts(
        "unable to allocate SPIs from kernel",
        Sign::KernelRefused,
        Detail::None,
    ),
    starts("allocating SPI failed", Sign::KernelRefused, Detail::None),
    starts("installing virtual IP ", Sign::KernelRefused, Detail::None),
    starts("received netlink error: ", Sign::Other, Detail::Rest),
    // Afterwards.
    starts("establishing CHILD_SA ", Sign::Other, Detail::None),
    starts("rekeying IKE_SA failed", Sign::IkeRekeyFailed, Detail::None),
    starts("IKE_SA rekeying failed", Sign::IkeRekeyFailed, Detail::None),
    starts(
        "CHILD_SA rekeying failed",
        Sign::ChildRekeyFailed,
        Detail::None,
    ),
    starts(
        "peer didn't find the CHILD_SA we tried to rekey",
        Sign::ChildUnknown,
        Detail::None,
    ),
    starts("deleting IKE_SA ", Sign::Closed, Detail::None),
    starts("received DELETE for IKE_SA ", Sign::Closed, Detail::None),
    starts("Starting IKE charon daemon", Sign::Restarted, Detail::None),
    starts("Starting strongSwan", Sign::Restarted, Detail::None),
    starts("sending DPD request", Sign::Other, Detail::None),
];

/// What a message says. `message` is the text behind thread, group and IKE SA.
pub(super) fn read(message: &str) -> Option<Said> {
    let message = message.trim();
    if let Some(said) = packet(message).or_else(|| coded(message)) {
        return Some(Said::Message(said));
    }
    if let Some((whose, list)) = proposals(message) {
        return Some(Said::Proposals(whose, list));
    }
    let sign = |sign, detail: Option<&str>| Some(Said::Sign(sign, detail.map(ToOwned::to_owned)));
    match life(message) {
        Some(Sign::Other) => return None,
        Some(found) => return sign(found, address_behind_to(message)),
        None => {}
    }
    let (found, detail) = TABLE.find(message)?;
    match found {
        // Success and failure begin alike.
        Sign::PeerAuthenticated if message.contains("(myself)") => {
            let failed = message.ends_with("failed");
            failed.then(|| Said::Sign(Sign::NoPrivateKey, detail.map(ToOwned::to_owned)))
        }
        Sign::PeerAuthenticated if !message.ends_with("successful") => None,
        Sign::RadiusRejected if message.ends_with("successful") => None,
        Sign::ConnectionNotLoaded
            if message.starts_with("loading") && !message.contains("failed") =>
        {
            None
        }
        Sign::EapMethodUnsupported
            if !message.contains("fail") && message.starts_with("loading") =>
        {
            None
        }
        Sign::SelectorsRefused
            if message.starts_with("traffic selectors") && !message.contains("acceptable") =>
        {
            None
        }
        Sign::KernelRefused
            if message.starts_with("installing virtual IP") && !message.ends_with("failed") =>
        {
            None
        }
        Sign::Malformed if message.starts_with("payload type") && !message.contains("critical") => {
            None
        }
        // A name in its place is that of a user, whom this connection is not for.
        Sign::MethodRefused
            if message.starts_with("constraint check failed: EAP identity ")
                && !message.contains("'%any'") =>
        {
            sign(Sign::PeerConfigUnfit, None)
        }
        Sign::NameUnresolved if message.starts_with("resolving") && !message.contains("failed") => {
            None
        }
        Sign::NoPrivateKey if !message.starts_with("no ") => None,
        Sign::EapMethodFailed if !message.contains("EAP") => None,
        Sign::RadiusSilent if message.contains("timed out") && !message.contains("RADIUS") => None,
        Sign::Initiating => sign(found, address_behind_to(message)),
        Sign::Other => None,
        _ => sign(found, detail),
    }
}

/// The steps in the life of an SA, which name it: `IKE_SA con1[1] established between …`,
/// `CHILD_SA con1{1} established with …`, `inbound CHILD_SA …`.
fn life(message: &str) -> Option<Sign> {
    let ike = message.starts_with("IKE_SA ");
    let child = message.starts_with("CHILD_SA ")
        || message.starts_with("inbound CHILD_SA ")
        || message.starts_with("outbound CHILD_SA ");
    if message.starts_with("rekeying IKE_SA ")
        || message.starts_with("initiator did not reauthenticate")
    {
        return (!message.contains("failed")).then_some(Sign::RekeyingIke);
    }
    if message.starts_with("rekeying CHILD_SA ")
        || message.starts_with("creating rekey job for CHILD_SA ")
        || message.starts_with("detected rekeying of CHILD_SA ")
    {
        return Some(Sign::RekeyingChild);
    }
    if !ike && !child {
        return None;
    }
    let says = |words: &str| message.contains(words);
    let sign = if ike && says("] established between ") {
        Sign::IkeEstablished
    } else if child && says("} established with SPIs ") {
        Sign::ChildEstablished
    } else if ike && says(" rekeyed between ") {
        Sign::IkeRekeyed
    } else if child && says(" rekeyed ") {
        Sign::ChildRekeyed
    } else if says(" rekeying failed") {
        if ike {
            Sign::IkeRekeyFailed
        } else {
            Sign::ChildRekeyFailed
        }
    } else {
        Sign::Other
    };
    Some(sign)
}

/// The address in `… to 192.0.2.1`.
fn address_behind_to(message: &str) -> Option<&str> {
    let (_, rest) = message.rsplit_once(" to ")?;
    let word = rest.split_whitespace().next()?;
    word.parse::<std::net::IpAddr>().is_ok().then_some(word)
}

/// `sending packet: from 192.0.2.1[500] to 192.0.2.2[500] (464 bytes)`.
fn packet(message: &str) -> Option<Message> {
    let (way, rest) = if let Some(rest) = message.strip_prefix("sending packet: from ") {
        (Way::Sent, rest)
    } else {
        (
            Way::Received,
            message.strip_prefix("received packet: from ")?,
        )
    };
    let (from, rest) = rest.split_once(" to ")?;
    let mut words = rest.split_whitespace();
    let to = words.next()?;
    let octets = words
        .next()
        .and_then(|word| word.trim_start_matches('(').parse().ok());
    Some(Message {
        from: endpoint(from),
        to: endpoint(to),
        octets,
        ..Message::plain(way)
    })
}

/// `192.0.2.1[500]`.
fn endpoint(text: &str) -> Option<Endpoint> {
    let (address, port) = match text.rsplit_once('[') {
        Some((address, port)) => (address, port.trim_end_matches(']').parse().ok()),
        None => (text, None),
    };
    let address = address.parse().ok()?;
    Some(Endpoint { address, port })
}

/// `generating IKE_AUTH request 1 [ IDi CERT N(INIT_CONTACT) … ]`, `parsed …`.
fn coded(message: &str) -> Option<Message> {
    let (way, rest) = if let Some(rest) = message.strip_prefix("generating ") {
        (Way::Sent, rest)
    } else {
        (Way::Received, message.strip_prefix("parsed ")?)
    };
    let mut words = rest.split_whitespace();
    let exchange = exchange(words.next()?)?;
    let response = match words.next()? {
        "request" => false,
        "response" => true,
        _ => return None,
    };
    let id = words.next()?.parse().ok()?;
    let mut message = Message {
        exchange: Some(exchange),
        response,
        id: Some(id),
        ..Message::plain(way)
    };
    for word in words.filter(|word| !matches!(*word, "[" | "]")) {
        if let Some(name) = word.strip_prefix("N(") {
            let name = name.trim_end_matches(')');
            message.notifies.extend(notify(name));
        } else if let Some(numbers) = word.strip_prefix("EF(") {
            let (number, of) = numbers.trim_end_matches(')').split_once('/')?;
            message.fragment = Some((number.parse().ok()?, of.parse().ok()?));
        } else if message.payloads.len() < 64 {
            message.payloads.push(word.to_owned());
        }
    }
    Some(message)
}

fn exchange(name: &str) -> Option<Exchange> {
    Some(match name {
        "IKE_SA_INIT" => Exchange::IKE_SA_INIT,
        "IKE_AUTH" => Exchange::IKE_AUTH,
        "CREATE_CHILD_SA" => Exchange::CREATE_CHILD_SA,
        "INFORMATIONAL" => Exchange::INFORMATIONAL,
        "IKE_INTERMEDIATE" => Exchange::IKE_INTERMEDIATE,
        "IKE_FOLLOWUP_KE" => Exchange::IKE_FOLLOWUP_KE,
        _ => return None,
    })
}

/// charon's short names of notifies (`notify_payload.c`), those that matter here.
const SHORT: &[(&str, Notify)] = &[
    ("AUTH_FAILED", Notify::AUTHENTICATION_FAILED),
    ("COOKIE", Notify::COOKIE),
    ("FAIL_CP_REQ", Notify::FAILED_CP_REQUIRED),
    ("FRAG_SUP", Notify::FRAGMENTATION_SUPPORTED),
    ("INT_ADDR_FAIL", Notify::INTERNAL_ADDRESS_FAILURE),
    ("INVAL_KE", Notify::INVALID_KE_PAYLOAD),
    ("INVAL_MAJOR", Notify::INVALID_MAJOR_VERSION),
    ("INVAL_SYN", Notify::INVALID_SYNTAX),
    ("NO_CHILD_SA", Notify::CHILD_SA_NOT_FOUND),
    ("NO_PROP", Notify::NO_PROPOSAL_CHOSEN),
    ("REKEY_SA", Notify::REKEY_SA),
    ("TEMP_FAIL", Notify::TEMPORARY_FAILURE),
    ("TS_UNACCEPT", Notify::TS_UNACCEPTABLE),
];

fn notify(short: &str) -> Option<Notify> {
    let row = SHORT.iter().find(|(name, _)| *name == short)?;
    Some(row.1)
}

/// `received proposals: IKE:…, IKE:…`, `configured proposals:`, `selected proposal:`.
pub(super) fn proposals(message: &str) -> Option<(Whose, Vec<Proposal>)> {
    let (whose, list) = if let Some(list) = message.strip_prefix("received proposals: ") {
        (Whose::Received, list)
    } else if let Some(list) = message.strip_prefix("configured proposals: ") {
        (Whose::Configured, list)
    } else {
        (
            Whose::Selected,
            message.strip_prefix("selected proposal: ")?,
        )
    };
    let list: Vec<_> = list
        .split(',')
        .map(str::trim)
        .filter_map(proposal)
        .collect();
    (!list.is_empty()).then_some((whose, list))
}

/// One proposal; a name that nobody knows becomes a transform of an unknown type, which matches
/// nothing.
fn proposal(text: &str) -> Option<Proposal> {
    let (protocol, rest) = text.split_once(':')?;
    let protocol = match protocol {
        "IKE" => Protocol::Ike,
        "ESP" => Protocol::Esp,
        "AH" => Protocol::Ah,
        _ => return None,
    };
    let transforms = rest.split('/').map(transform);
    Some(Proposal::new(protocol, transforms))
}

fn transform(word: &str) -> Transform {
    if let Some(known) = names::parse_transform(word) {
        return known;
    }
    // strongSwan 6 numbers additional key exchanges: `KE1_ML_KEM_768`.
    let additional = word.strip_prefix("KE").and_then(|rest| {
        let (number, name) = rest.split_once('_')?;
        let number: u8 = number.parse().ok().filter(|n| (1..=7).contains(n))?;
        let method = names::parse_transform(name)?;
        let kind = TransformType(TransformType::KE.0 + 1 + number);
        Some(Transform { kind, ..method })
    });
    additional.unwrap_or(UNKNOWN)
}

/// Of a type that no suite has, so that the proposal matches nothing.
const UNKNOWN: Transform = Transform::raw(TransformType(u8::MAX), 0);
