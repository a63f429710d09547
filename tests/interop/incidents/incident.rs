//! What an incident is: how a connection is spoilt, and what either end's log shows of it.

use std::thread::sleep;
use std::time::Duration;

use anyhow::Result;

use super::end::{End, gateways};
use crate::daemon::{Side, What};
use crate::lab::Lab;

/// One way for a connection to fail, or not to.
#[derive(Clone, Copy)]
pub(super) struct Incident {
    pub(super) name: &'static str,
    /// The two ends that would connect.
    pub(super) ends: fn() -> (End, End),
    /// What is changed: initiator, responder.
    pub(super) spoil: fn(&mut End, &mut End),
    /// More lines of strongswan.conf, for both.
    pub(super) settings: &'static str,
    pub(super) happens: fn(&mut Lab) -> Result<()>,
    pub(super) initiator: Says,
    pub(super) responder: Says,
}

/// What one end logs, and what can be made of it.
#[derive(Clone, Copy)]
pub(super) struct Says {
    /// A part of the decisive line.
    pub(super) line: &'static str,
    /// The answers that the log supports: causes, or an outcome. Without one, what this end logs is
    /// another story, or nothing.
    pub(super) answers: &'static [&'static str],
}

pub(super) const fn says(line: &'static str, answers: &'static [&'static str]) -> Says {
    Says { line, answers }
}

/// Filled in where an incident has nothing of its own to say.
pub(super) const PLAIN: Incident = Incident {
    name: "",
    ends: gateways,
    spoil: |_, _| (),
    settings: "",
    happens: dial,
    initiator: says("", &[]),
    responder: says("", &[]),
};

pub(super) const ESTABLISHED: Says = says("CHILD_SA net{1} established", &["established"]);
/// AUTHENTICATION_FAILED without a reason (RFC 7296, section 2.21.2).
pub(super) const REFUSED: &[&str] = &["auth_failed_opaque"];
/// NO_PROPOSAL_CHOSEN as the initiator sees it.
pub(super) const NO_PROPOSAL: &[&str] = &["ike_proposal_mismatch", "no_peer_config"];
/// EAP-Failure without a reason.
pub(super) const EAP_FAILURE: &[&str] = &[
    "eap_failed",
    "auth_failed_opaque",
    "eap_method",
    "aaa_unreachable",
];
/// IKE_SA_INIT is answered, and nothing after it.
pub(super) const SILENT_AFTER_INIT: &[&str] = &["nat_t_blocked", "fragmentation", "half_open"];

pub(super) fn dial(lab: &mut Lab) -> Result<()> {
    lab.initiator.initiate()
}

/// Rekeys the CHILD_SA, and waits for what comes of it.
pub(super) fn rekey(lab: &mut Lab) -> Result<()> {
    lab.initiator.rekey(What::Child)?;
    sleep(Duration::from_millis(500));
    Ok(())
}

/// Drops packets that arrive at that side, before they are put together.
pub(super) fn block(lab: &Lab, side: Side, rule: &str) -> Result<()> {
    let rules = format!(
        "table ip test {{\nchain arriving {{\ntype filter hook prerouting priority -500\n{rule}\n}}\n}}\n"
    );
    lab.run_at(side, &["nft", "-f", "-"], &rules)?;
    Ok(())
}
