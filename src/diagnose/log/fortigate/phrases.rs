//! What FortiOS writes, as data.

use std::sync::LazyLock;

use super::super::table::{Detail, Phrase, Table, within};
use crate::diagnose::Statement;

pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(PHRASES));

/// What each phrase says; what is refused before and after IKE_AUTH is told apart by the reader.
const PHRASES: &[Phrase] = &[
    within(
        "responder received SA_INIT msg",
        Statement::PeerInitiating,
        Detail::None,
    ),
    within(
        "initiator preparing SA_INIT msg",
        Statement::Initiating,
        Detail::None,
    ),
    within(
        "initiator received SA_INIT response",
        Statement::InitAnswered,
        Detail::None,
    ),
    within(
        "initiator preparing AUTH msg",
        Statement::InitAnswered,
        Detail::None,
    ),
    within(
        "responder preparing SA_INIT msg",
        Statement::InitAnswered,
        Detail::None,
    ),
    within(
        "responder received AUTH msg",
        Statement::AuthReceived,
        Detail::None,
    ),
    within(
        "no proposal chosen",
        Statement::IkeProposalsRefused,
        Detail::None,
    ),
    within(
        "no SA proposal chosen",
        Statement::IkeProposalsRefused,
        Detail::None,
    ),
    within(
        "no policy configured",
        Statement::NoFirewallPolicy,
        Detail::None,
    ),
    within(
        "gw validation failed",
        Statement::NoPeerConfig,
        Detail::None,
    ),
    within(
        "no matching gateway for new request",
        Statement::NoIkeConfig,
        Detail::None,
    ),
    within(
        "probable pre-shared key mismatch",
        Statement::SharedKeySuspected,
        Detail::None,
    ),
    within(
        "probable pre-shared secret mismatch",
        Statement::SharedKeySuspected,
        Detail::None,
    ),
    within(
        "ignature verification failed",
        Statement::SignatureInvalid,
        Detail::None,
    ),
    within("auth verify OK", Statement::PeerAuthenticated, Detail::None),
    within(
        "authentication OK",
        Statement::PeerAuthenticated,
        Detail::None,
    ),
    within(
        "notify type NO_PROPOSAL_CHOSEN",
        Statement::NoProposalReceived,
        Detail::None,
    ),
    within(
        "notify type AUTHENTICATION_FAILED",
        Statement::AuthFailedReceived,
        Detail::None,
    ),
    within(
        "notify type TS_UNACCEPTABLE",
        Statement::SelectorsRefusedByPeer,
        Detail::None,
    ),
    within(
        "notify type INTERNAL_ADDRESS_FAILURE",
        Statement::NoVirtualIpReceived,
        Detail::None,
    ),
    within(
        "notify type INVALID_SYNTAX",
        Statement::Malformed,
        Detail::None,
    ),
    within(
        "notify type INVALID_KE_PAYLOAD",
        Statement::GroupFollowed,
        Detail::None,
    ),
    within(
        "failed to match peer selectors",
        Statement::SelectorsRefused,
        Detail::None,
    ),
    within(
        "established IKE SA",
        Statement::IkeEstablished,
        Detail::None,
    ),
    within("added IPsec SA", Statement::ChildEstablished, Detail::None),
    within(
        "negotiation timeout, deleting",
        Statement::GaveUp,
        Detail::None,
    ),
    within("(RETRANSMIT_", Statement::Retransmit, Detail::None),
    within("(P1_RETRANSMIT)", Statement::VersionOne, Detail::None),
    within(
        "Network is unreachable",
        Statement::PortUnreachable,
        Detail::None,
    ),
    within("IKEv1 exchange=", Statement::VersionOne, Detail::None),
    within("protocol id = ISAKMP", Statement::VersionOne, Detail::None),
    within("main mode get", Statement::VersionOne, Detail::None),
];
