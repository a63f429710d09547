//! What the fixed sentences of Cisco say.

use super::super::table::{Detail, Phrase, Table, within};
use crate::diagnose::Statement;
use std::sync::LazyLock;

pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(PHRASES));

/// What each phrase says; whether a refusal is about the child SA, the reader decides.
pub(super) const PHRASES: &[Phrase] = &[
    within(
        "Failed to find a matching policy",
        Statement::IkeProposalsRefused,
        Detail::None,
    ),
    within(
        "eceived no proposal chosen notify",
        Statement::NoProposalReceived,
        Detail::None,
    ),
    within(
        "KE payload contained the wrong DH group",
        Statement::GroupRequested,
        Detail::None,
    ),
    within(
        "Failed to receive the AUTH msg before the timer expired",
        Statement::HalfOpenTimeout,
        Detail::None,
    ),
    within(
        "aximum number of retransmissions reached",
        Statement::GaveUp,
        Detail::None,
    ),
    within("Retransmitting packet", Statement::Retransmit, Detail::None),
    within(
        "no IPSEC policy found for received TS",
        Statement::SelectorsRefused,
        Detail::None,
    ),
    within(
        "IKEv2 profile not found",
        Statement::NoPeerConfig,
        Detail::None,
    ),
    within(
        "Can't find tunnel group for peer",
        Statement::NoPeerConfig,
        Detail::None,
    ),
    within(
        "authentication method configured is mismatching with the method proposed by peer",
        Statement::MethodRefused,
        Detail::None,
    ),
    within(
        "Computed authentication value for peer differs from what peer sent",
        Statement::SharedKeySuspected,
        Detail::None,
    ),
    within(
        "No preshared key or trustpoint configured",
        Statement::NoSharedKey,
        Detail::None,
    ),
    within(
        "Sending authentication failure notify",
        Statement::AuthFailedSent,
        Detail::None,
    ),
    within(
        "Auth exchange failed",
        Statement::AuthFailedReceived,
        Detail::None,
    ),
    within(
        "NOTIFY(AUTHENTICATION_FAILED)",
        Statement::AuthFailedReceived,
        Detail::None,
    ),
    within(
        "NOTIFY(TS_UNACCEPTABLE)",
        Statement::SelectorsRefusedByPeer,
        Detail::None,
    ),
    within(
        "authenctication data PASSED",
        Statement::PeerAuthenticated,
        Detail::None,
    ),
    within(
        "authentication data PASSED",
        Statement::PeerAuthenticated,
        Detail::None,
    ),
    within(
        "Session with IKE ID PAIR",
        Statement::IkeEstablished,
        Detail::None,
    ),
    within(
        "Crypto tunnel v2 is UP",
        Statement::ChildEstablished,
        Detail::None,
    ),
    within("SA UP. Reason:", Statement::ChildEstablished, Detail::None),
    within(
        "Load IPSEC key material",
        Statement::ChildEstablished,
        Detail::None,
    ),
    within(
        "SA DOWN. Reason: peer lost",
        Statement::PeerDead,
        Detail::None,
    ),
    within("Deleting SA", Statement::Closed, Detail::None),
];
