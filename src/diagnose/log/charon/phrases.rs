//! What charon's phrases say.
//!
//! The words are those of its source: `libcharon`, `libstrongswan`, `libtls`, `libradius` and the
//! plugins, of strongSwan 5.0 to 6.0. Where a release changed them, both stand here: "inacceptable"
//! became "unacceptable" in 5.6.1, "DH group" became "key exchange method" in 6.0.

use std::sync::LazyLock;

use crate::diagnose::Sign;
use crate::diagnose::log::table::{Detail, Phrase, Table, starts, within};

/// All of them, to be found in one pass.
pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(PHRASES));

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
