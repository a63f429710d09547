//! What charon's phrases say.
//!
//! The words are those of its source: `libcharon`, `libstrongswan`, `libtls`, `libradius` and the
//! plugins, of strongSwan 5.0 to 6.0. Where a release changed them, both stand here: "inacceptable"
//! became "unacceptable" in 5.6.1, "DH group" became "key exchange method" in 6.0.

use std::sync::LazyLock;

use crate::diagnose::Statement;
use crate::diagnose::log::table::{Detail, Phrase, Table, starts, within};

/// All of them, to be found in one pass.
pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(PHRASES));

/// What each phrase says.
const PHRASES: &[Phrase] = &[
    // The network.
    starts(
        "unable to resolve ",
        Statement::NameUnresolved,
        Detail::Word,
    ),
    starts(
        "error writing to socket: ",
        Statement::PortUnreachable,
        Detail::Rest,
    ),
    starts("initiating IKE_SA ", Statement::Initiating, Detail::None),
    within(
        " is initiating an IKE_SA",
        Statement::PeerInitiating,
        Detail::Before,
    ),
    within(
        " is initiating a Main Mode IKE_SA",
        Statement::VersionOne,
        Detail::Before,
    ),
    within(
        " is initiating a Aggressive Mode IKE_SA",
        Statement::VersionOne,
        Detail::Before,
    ),
    starts(
        "initiating Main Mode IKE_SA ",
        Statement::VersionOne,
        Detail::None,
    ),
    starts(
        "initiating Aggressive Mode IKE_SA ",
        Statement::VersionOne,
        Detail::None,
    ),
    starts("retransmit ", Statement::Retransmit, Detail::Rest),
    starts(
        "received retransmit of request with ID ",
        Statement::Retransmit,
        Detail::Rest,
    ),
    starts("giving up after ", Statement::GaveUp, Detail::Word),
    starts(
        "peer not responding, trying again",
        Statement::TryingAgain,
        Detail::None,
    ),
    starts(
        "establishing IKE_SA failed, peer not responding",
        Statement::GaveUp,
        Detail::None,
    ),
    // IKE_SA_INIT.
    starts(
        "no IKE config found for ",
        Statement::NoIkeConfig,
        Detail::Rest,
    ),
    starts(
        "received proposals unacceptable",
        Statement::IkeProposalsRefused,
        Detail::None,
    ),
    starts(
        "received proposals inacceptable",
        Statement::IkeProposalsRefused,
        Detail::None,
    ),
    starts(
        "received NO_PROPOSAL_CHOSEN notify error",
        Statement::NoProposalReceived,
        Detail::None,
    ),
    starts(
        "peers proposal selection invalid",
        Statement::SelectionInvalid,
        Detail::None,
    ),
    within(
        " unacceptable, requesting ",
        Statement::GroupRequested,
        Detail::Word,
    ),
    within(
        " inacceptable, requesting ",
        Statement::GroupRequested,
        Detail::Word,
    ),
    starts(
        "peer didn't accept DH group ",
        Statement::GroupFollowed,
        Detail::Rest,
    ),
    starts(
        "peer didn't accept key exchange method ",
        Statement::GroupFollowed,
        Detail::Rest,
    ),
    starts("requested DH group ", Statement::GroupRefused, Detail::Word),
    starts(
        "requested key exchange method ",
        Statement::GroupRefused,
        Detail::Word,
    ),
    starts(
        "configured DH group ",
        Statement::GroupRefused,
        Detail::Word,
    ),
    starts(
        "configured key exchange method ",
        Statement::GroupRefused,
        Detail::Word,
    ),
    starts(
        "already retried with DH group ",
        Statement::GroupRefused,
        Detail::Word,
    ),
    starts(
        "already retried with key exchange method ",
        Statement::GroupRefused,
        Detail::Word,
    ),
    starts(
        "peer DH group selection invalid",
        Statement::GroupRefused,
        Detail::None,
    ),
    starts(
        "peer key exchange selection invalid",
        Statement::GroupRefused,
        Detail::None,
    ),
    starts(
        "applying DH public value failed",
        Statement::KeyExchangeInvalid,
        Detail::None,
    ),
    starts(
        "applying KE public value failed",
        Statement::KeyExchangeInvalid,
        Detail::None,
    ),
    starts(
        "peer didn't send INTERMEDIATE_EXCHANGE_SUPPORTED",
        Statement::IntermediateMissing,
        Detail::None,
    ),
    starts(
        "ignoring IKE_SA setup from ",
        Statement::Overloaded,
        Detail::Rest,
    ),
    starts(
        "parsing of message failed",
        Statement::Malformed,
        Detail::None,
    ),
    starts("message parsing failed", Statement::Malformed, Detail::None),
    starts(
        "message verification failed",
        Statement::Malformed,
        Detail::None,
    ),
    starts(
        "header could not be parsed",
        Statement::Malformed,
        Detail::None,
    ),
    starts(
        "header verification failed",
        Statement::Malformed,
        Detail::None,
    ),
    starts(
        "received invalid IKE header from ",
        Statement::Malformed,
        Detail::Word,
    ),
    starts(
        "received packet is too short",
        Statement::Malformed,
        Detail::None,
    ),
    starts(
        "critical unknown payloads found",
        Statement::Malformed,
        Detail::None,
    ),
    within(
        " payload verification failed",
        Statement::Malformed,
        Detail::None,
    ),
    starts("payload type ", Statement::Malformed, Detail::None),
    starts(
        "integrity check failed",
        Statement::IntegrityFailed,
        Detail::None,
    ),
    starts(
        "could not decrypt payloads",
        Statement::IntegrityFailed,
        Detail::None,
    ),
    starts(
        "verifying encrypted payload integrity failed",
        Statement::IntegrityFailed,
        Detail::None,
    ),
    starts(
        "received unsupported IKE version ",
        Statement::WrongVersion,
        Detail::Word,
    ),
    starts(
        "received INVALID_MAJOR_VERSION notify error",
        Statement::WrongVersion,
        Detail::None,
    ),
    starts(
        "received INVALID_SYNTAX notify error",
        Statement::Malformed,
        Detail::None,
    ),
    // Identities and configurations.
    starts(
        "looking for peer configs matching ",
        Statement::LookingForPeer,
        Detail::Rest,
    ),
    starts(
        "no matching peer config found",
        Statement::NoPeerConfig,
        Detail::None,
    ),
    starts(
        "no peer config found",
        Statement::NoPeerConfig,
        Detail::None,
    ),
    starts(
        "ignore candidate ",
        Statement::PeerConfigUnfit,
        Detail::Quoted,
    ),
    starts(
        "selected peer config ",
        Statement::PeerConfigChosen,
        Detail::Quoted,
    ),
    starts(
        "no alternative config found",
        Statement::NoAlternative,
        Detail::None,
    ),
    starts("received IDr ", Statement::WrongResponderId, Detail::Rest),
    starts(
        "peer requested EAP, config unacceptable",
        Statement::EapUnwanted,
        Detail::None,
    ),
    starts(
        "peer requested EAP, config inacceptable",
        Statement::EapUnwanted,
        Detail::None,
    ),
    starts(
        "non-matching authentication done",
        Statement::MethodRefused,
        Detail::None,
    ),
    starts(
        "insufficient authentication rounds",
        Statement::MethodRefused,
        Detail::None,
    ),
    within(
        "unacceptable: non-matching authentication done",
        Statement::MethodRefused,
        Detail::None,
    ),
    within(
        "unacceptable: insufficient authentication rounds",
        Statement::MethodRefused,
        Detail::None,
    ),
    within(
        "inacceptable: non-matching authentication done",
        Statement::MethodRefused,
        Detail::None,
    ),
    starts(
        "configured EAP-only authentication, but peer",
        Statement::MethodRefused,
        Detail::None,
    ),
    starts(
        "constraint requires public key authentication",
        Statement::MethodRefused,
        Detail::None,
    ),
    starts(
        "constraint requires EAP authentication",
        Statement::MethodRefused,
        Detail::None,
    ),
    starts(
        "constraint requires pre-shared key authentication",
        Statement::MethodRefused,
        Detail::None,
    ),
    within(
        " authentication, but ",
        Statement::MethodRefused,
        Detail::None,
    ),
    starts(
        "expected EAP-only authentication",
        Statement::MethodRefused,
        Detail::None,
    ),
    starts(
        "constraint check failed: EAP identity ",
        Statement::MethodRefused,
        Detail::None,
    ),
    starts(
        "no certificate sent by peer",
        Statement::NoPeerCertificate,
        Detail::None,
    ),
    starts("resolving '", Statement::NameUnresolved, Detail::Quoted),
    starts(
        "constraint check failed: identity ",
        Statement::PeerConfigUnfit,
        Detail::Quoted,
    ),
    starts(
        "constraint check failed: peer not authenticated by CA ",
        Statement::IssuerUnknown,
        Detail::Quoted,
    ),
    starts(
        "constraint check failed: peer not authenticated with peer cert ",
        Statement::IssuerUnknown,
        Detail::Quoted,
    ),
    starts(
        "constraint check failed: RULE_CRL_VALIDATION ",
        Statement::RevocationUnknown,
        Detail::None,
    ),
    starts(
        "constraint check failed: RULE_OCSP_VALIDATION ",
        Statement::RevocationUnknown,
        Detail::None,
    ),
    starts(
        "loading connection ",
        Statement::ConnectionNotLoaded,
        Detail::Quoted,
    ),
    starts(
        "invalid value for: ",
        Statement::ConnectionNotLoaded,
        Detail::Word,
    ),
    starts(
        "added vici connection: ",
        Statement::ConnectionLoaded,
        Detail::Word,
    ),
    starts(
        "added configuration ",
        Statement::ConnectionLoaded,
        Detail::Quoted,
    ),
    // Keys and certificates.
    starts(
        "no shared key found for ",
        Statement::NoSharedKey,
        Detail::Rest,
    ),
    within(
        " but MAC mismatched",
        Statement::SharedKeyDiffers,
        Detail::None,
    ),
    starts(
        "no private key found for ",
        Statement::NoPrivateKey,
        Detail::Quoted,
    ),
    within(
        " private key found for ",
        Statement::NoPrivateKey,
        Detail::Quoted,
    ),
    starts("no trusted ", Statement::NoTrustedKey, Detail::Quoted),
    starts(
        "no TLS public key found for server ",
        Statement::NoTrustedKey,
        Detail::Quoted,
    ),
    starts(
        "received end entity cert ",
        Statement::PeerCertificate,
        Detail::Quoted,
    ),
    starts(
        "received TLS server certificate ",
        Statement::PeerCertificate,
        Detail::Quoted,
    ),
    starts(
        "received TLS peer certificate ",
        Statement::PeerCertificate,
        Detail::Quoted,
    ),
    within(
        " certificate invalid (valid from ",
        Statement::CertificateTime,
        Detail::None,
    ),
    starts(
        "certificate was revoked on ",
        Statement::CertificateRevoked,
        Detail::None,
    ),
    starts("crl is stale", Statement::RevocationUnknown, Detail::None),
    starts(
        "ocsp response is stale",
        Statement::RevocationUnknown,
        Detail::None,
    ),
    starts(
        "certificate status is not available",
        Statement::Other,
        Detail::None,
    ),
    starts(
        "certificate status is unknown",
        Statement::Other,
        Detail::None,
    ),
    starts(
        "no issuer certificate found for ",
        Statement::IssuerUnknown,
        Detail::Quoted,
    ),
    starts(
        "reached self-signed root ca with a path length of",
        Statement::Other,
        Detail::None,
    ),
    starts(
        "self-signed certificate ",
        Statement::IssuerUnknown,
        Detail::Quoted,
    ),
    starts(
        "reached end of incomplete trust chain",
        Statement::IssuerUnknown,
        Detail::Quoted,
    ),
    within(
        "certificate does not match to ",
        Statement::IdentityNotInCertificate,
        Detail::Quoted,
    ),
    within(
        " not confirmed by certificate",
        Statement::IdentityNotInCertificate,
        Detail::None,
    ),
    within(
        " does not contain ",
        Statement::IdentityNotInCertificate,
        Detail::None,
    ),
    starts(
        "rejecting certificate without ",
        Statement::CertificateUse,
        Detail::Rest,
    ),
    starts(
        "signature validation failed",
        Statement::SignatureInvalid,
        Detail::None,
    ),
    starts(
        "received cert request for unknown ca",
        Statement::UnknownCaRequested,
        Detail::None,
    ),
    within(
        " cert requests for an unknown ca",
        Statement::UnknownCaRequested,
        Detail::None,
    ),
    starts(
        "received AUTHENTICATION_FAILED notify error",
        Statement::AuthFailedReceived,
        Detail::None,
    ),
    starts(
        "authentication of ",
        Statement::PeerAuthenticated,
        Detail::Quoted,
    ),
    // EAP.
    starts(
        "EAP-MS-CHAPv2 verification failed",
        Statement::EapPasswordWrong,
        Detail::None,
    ),
    starts(
        "EAP-MS-CHAPv2 failed with error ",
        Statement::EapPasswordWrong,
        Detail::None,
    ),
    starts("EAP-MS-CHAPv2 succeeded", Statement::Other, Detail::None),
    starts(
        "EAP-MD5 verification failed",
        Statement::EapPasswordWrong,
        Detail::None,
    ),
    starts(
        "EAP-GTC password verification failed",
        Statement::EapPasswordWrong,
        Detail::None,
    ),
    within(
        " user authentication for ",
        Statement::EapPasswordWrong,
        Detail::None,
    ),
    starts(
        "no EAP key found for ",
        Statement::EapSecretMissing,
        Detail::None,
    ),
    starts(
        "no EAP user secret found",
        Statement::EapSecretMissing,
        Detail::None,
    ),
    within(
        " failed for peer ",
        Statement::EapMethodFailed,
        Detail::Before,
    ),
    within(" method failed", Statement::EapMethodFailed, Detail::Before),
    starts(
        "received EAP_FAILURE",
        Statement::EapFailureReceived,
        Detail::None,
    ),
    starts("received EAP_NAK", Statement::EapNak, Detail::None),
    within(
        " not supported, sending EAP_NAK",
        Statement::EapNak,
        Detail::Before,
    ),
    within(
        " authentication, sending EAP_NAK",
        Statement::EapNak,
        Detail::Before,
    ),
    within(", sending EAP_NAK", Statement::EapNak, Detail::Before),
    starts("loading EAP", Statement::EapMethodUnsupported, Detail::Rest),
    starts(
        "EAP method not supported",
        Statement::EapMethodUnsupported,
        Detail::None,
    ),
    starts(
        "unable to load EAP",
        Statement::EapMethodUnsupported,
        Detail::Rest,
    ),
    starts(
        "no EAP method ",
        Statement::EapMethodUnsupported,
        Detail::None,
    ),
    within(" method (id 0x", Statement::EapMethodBegun, Detail::Before),
    within(
        " succeeded, MSK established",
        Statement::EapSucceeded,
        Detail::Before,
    ),
    within(
        " succeeded, no MSK established",
        Statement::EapSucceeded,
        Detail::Before,
    ),
    within(
        " to verify TLS peer",
        Statement::TlsPeerUntrusted,
        Detail::None,
    ),
    within(
        " to verify TLS server",
        Statement::NoTrustedKey,
        Detail::None,
    ),
    starts(
        "no usable TLS client certificate found for ",
        Statement::NoPrivateKey,
        Detail::Quoted,
    ),
    starts(
        "no usable TLS server certificate found for ",
        Statement::NoPrivateKey,
        Detail::Quoted,
    ),
    starts(
        "no trusted certificate found for ",
        Statement::TlsPeerUntrusted,
        Detail::Quoted,
    ),
    starts(
        "sending fatal TLS alert ",
        Statement::TlsAlertSent,
        Detail::Quoted,
    ),
    starts(
        "received fatal TLS alert ",
        Statement::TlsAlertReceived,
        Detail::Quoted,
    ),
    starts(
        "received TLS alert warning ",
        Statement::TlsAlertReceived,
        Detail::Quoted,
    ),
    within(" timed out after ", Statement::RadiusSilent, Detail::Before),
    starts(
        "RADIUS Response-Authenticator verification failed",
        Statement::RadiusSilent,
        Detail::None,
    ),
    starts(
        "RADIUS Message-Authenticator verification failed",
        Statement::RadiusSilent,
        Detail::None,
    ),
    starts(
        "received invalid RADIUS message, ignored",
        Statement::RadiusSilent,
        Detail::None,
    ),
    starts(
        "resolving RADIUS server address ",
        Statement::RadiusSilent,
        Detail::Quoted,
    ),
    starts(
        "sending RADIUS message failed",
        Statement::RadiusSilent,
        Detail::None,
    ),
    starts(
        "receiving RADIUS message failed",
        Statement::RadiusSilent,
        Detail::None,
    ),
    starts(
        "RADIUS server is not responding",
        Statement::RadiusSilent,
        Detail::None,
    ),
    starts(
        "received RADIUS Access-Reject",
        Statement::RadiusRejected,
        Detail::None,
    ),
    starts(
        "RADIUS authentication of ",
        Statement::RadiusRejected,
        Detail::None,
    ),
    // Half-open.
    starts(
        "deleting half open IKE_SA",
        Statement::HalfOpenTimeout,
        Detail::None,
    ),
    // The child SA.
    starts(
        "no acceptable proposal found",
        Statement::ChildProposalsRefused,
        Detail::None,
    ),
    starts(
        "received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built",
        Statement::ChildNoProposalReceived,
        Detail::None,
    ),
    starts(
        "failed to establish CHILD_SA",
        Statement::ChildFailed,
        Detail::None,
    ),
    starts(
        "closing IKE_SA due CHILD_SA setup failure",
        Statement::ChildFailed,
        Detail::None,
    ),
    starts(
        "no acceptable traffic selectors found",
        Statement::SelectorsRefused,
        Detail::None,
    ),
    starts(
        "traffic selectors ",
        Statement::SelectorsRefused,
        Detail::Rest,
    ),
    starts(
        "received TS_UNACCEPTABLE notify",
        Statement::SelectorsRefusedByPeer,
        Detail::None,
    ),
    starts(
        "received SINGLE_PAIR_REQUIRED notify",
        Statement::SelectorsRefusedByPeer,
        Detail::None,
    ),
    starts("no virtual IP found", Statement::NoVirtualIp, Detail::Word),
    within(
        " is full, unable to assign address",
        Statement::PoolFull,
        Detail::None,
    ),
    within(
        "no available address found in pool",
        Statement::PoolFull,
        Detail::Quoted,
    ),
    starts(
        "expected a virtual IP request",
        Statement::VirtualIpNotRequested,
        Detail::None,
    ),
    starts(
        "received INTERNAL_ADDRESS_FAILURE notify",
        Statement::NoVirtualIpReceived,
        Detail::None,
    ),
    starts(
        "received FAILED_CP_REQUIRED notify",
        Statement::VirtualIpNotRequested,
        Detail::None,
    ),
    starts(
        "unable to install inbound and outbound IPsec SA",
        Statement::KernelRefused,
        Detail::None,
    ),
    starts(
        "unable to install inbound IPsec SA",
        Statement::KernelRefused,
        Detail::None,
    ),
    starts(
        "unable to install outbound IPsec SA",
        Statement::KernelRefused,
        Detail::None,
    ),
    starts(
        "unable to install IPsec policies",
        Statement::KernelRefused,
        Detail::None,
    ),
    starts(
        "unable to add SAD entry",
        Statement::KernelRefused,
        Detail::None,
    ),
    starts(
        "unable to allocate SPIs from kernel",
        Statement::KernelRefused,
        Detail::None,
    ),
    starts(
        "allocating SPI failed",
        Statement::KernelRefused,
        Detail::None,
    ),
    starts(
        "installing virtual IP ",
        Statement::KernelRefused,
        Detail::None,
    ),
    starts("received netlink error: ", Statement::Other, Detail::Rest),
    // Afterwards.
    starts("establishing CHILD_SA ", Statement::Other, Detail::None),
    starts(
        "rekeying IKE_SA failed",
        Statement::IkeRekeyFailed,
        Detail::None,
    ),
    starts(
        "IKE_SA rekeying failed",
        Statement::IkeRekeyFailed,
        Detail::None,
    ),
    starts(
        "CHILD_SA rekeying failed",
        Statement::ChildRekeyFailed,
        Detail::None,
    ),
    starts(
        "peer didn't find the CHILD_SA we tried to rekey",
        Statement::ChildUnknown,
        Detail::None,
    ),
    starts("deleting IKE_SA ", Statement::Closed, Detail::None),
    starts(
        "received DELETE for IKE_SA ",
        Statement::Closed,
        Detail::None,
    ),
    starts(
        "Starting IKE charon daemon",
        Statement::Restarted,
        Detail::None,
    ),
    starts("Starting strongSwan", Statement::Restarted, Detail::None),
    starts("sending DPD request", Statement::Other, Detail::None),
];
