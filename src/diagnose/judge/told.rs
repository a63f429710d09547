//! What a log says outright: statements of a program about itself and its peer, turned into causes.
//!
//! An attempt is looked at from its end: what fails after a child SA is up is about rekeying or a
//! peer that is gone; what fails before is judged exchange by exchange, the latest first, since an
//! exchange that was reached proves that those before it worked. Inside an exchange the more
//! specific statement goes first.

mod appliances;
mod auth;
mod child;
mod clients;
mod init;
mod network;
mod normal;
mod rekey;
mod start;
mod terms;
mod version_one;

use super::Aid;
use crate::diagnose::attempt::{Attempt, Role, Seen};
use crate::diagnose::cause::Cause;
use crate::diagnose::event::Witness;
use crate::diagnose::explanation::{Confidence, Evidence, Explanation, Phase};
use crate::diagnose::statement::Statement;

pub(super) use appliances::next_step;
pub(super) use normal::notes;

/// A rule about one exchange.
type Rule = fn(&Attempt, &Aid<'_>) -> Option<Explanation>;

/// Why the attempt failed, if its log says so; nothing if it worked.
pub(super) fn cause(attempt: &Attempt, aid: &Aid<'_>) -> Option<Explanation> {
    if attempt.is_watched() {
        return None;
    }
    if attempt.version_one {
        return version_one::cause(attempt, aid);
    }
    let first = |rules: &[Rule]| rules.iter().find_map(|rule| rule(attempt, aid));
    if let Some(up) = attempt.up() {
        return first(rekey::RULES).filter(|_| !attempt.came_back(up));
    }
    // An excerpt can begin when the tunnel had been up for long.
    let rekey = if attempt.was_up() {
        first(rekey::RULES)
    } else {
        None
    };
    rekey
        .or_else(|| first(clients::RULES))
        .or_else(|| first(child::RULES))
        .or_else(|| first(appliances::RULES))
        .or_else(|| first(auth::RULES))
        .or_else(|| first(init::RULES))
        .or_else(|| first(network::RULES))
}

/// How the program that wrote a log is made to say more.
pub(in crate::diagnose) const fn louder(witness: Witness) -> &'static str {
    match witness {
        Witness::Pluto => {
            "set `plutodebug=all` in `config setup` of ipsec.conf, restart ipsec, and try again: pluto's log then says it"
        }
        Witness::Apple => {
            "look at the server's log of that second; on the Mac, `log stream --debug --predicate 'process == \
             \"neagent\" OR process == \"nesessionmanager\" OR senderImagePath CONTAINS \"NetworkExtension\"'` says more"
        }
        Witness::Windows | Witness::Rras => {
            "look at the server's log of that second; on Windows, `netsh trace start scenario=InternetClient` or \
             `netsh wfp capture start` records more"
        }
        Witness::Android => {
            "look at `adb logcat -s IKE IkeV2VpnRunner Vpn`, and at the server's log of that second"
        }
        Witness::FortiGate => {
            "run `diagnose vpn ike log filter rem-addr4 ADDRESS`, `diagnose debug application ike -1` and `diagnose debug \
             enable`, and try again"
        }
        Witness::Cisco => {
            "run `debug crypto ikev2 protocol 127` and `debug crypto ikev2 platform 127` (ASA), or `debug crypto ikev2` \
             (IOS XE), and try again"
        }
        Witness::Aws => {
            "look at the log of the customer gateway of that second: it has the proposals and identities"
        }
        Witness::OpenIked => "run `ikectl log verbose`, or `iked -dv`, and try again",
        Witness::MikroTik => "run `/system logging add topics=ipsec,!packet`, and try again",
        Witness::PaloAlto => {
            "run `debug ike global on debug`, try again, and look at `less mp-log ikemgr.log`"
        }
        Witness::Junos => {
            "run `request security ike debug-enable local ADDRESS remote ADDRESS level 15`, try again, and look at the \
             file `kmd` or `iked`"
        }
        Witness::Capture => {
            "look at the log of either end of that second: it says what is encrypted here"
        }
        Witness::Charon | Witness::Unknown => {
            "raise charon's log level of ike, cfg and enc to 2 (`filelog` in strongswan.conf, or `swanctl --log`), and \
             try again"
        }
    }
}

/// What many attempts that end alike show, or one if nothing ever comes up; with how many it takes.
pub(super) fn tentative(attempt: &Attempt) -> Option<(u64, Explanation)> {
    if attempt.is_watched() || attempt.version_one || attempt.up().is_some() {
        return None;
    }
    if let Some(finding) = start::key(attempt) {
        return Some((1, finding));
    }
    if attempt.role != Some(Role::Responder) {
        return None;
    }
    init::asked_in_vain(attempt)
        .map(|finding| (ROUNDS, finding))
        .or_else(|| network::never_authenticates(attempt).map(|finding| (1, finding)))
}

/// So many attempts that end with INVALID_KE_PAYLOAD are no accident; one or two are normal.
const ROUNDS: u64 = 3;

impl Attempt {
    /// When the first child SA came up, by its line in the order of time.
    fn up(&self) -> Option<u64> {
        self.statement(Statement::ChildEstablished)
            .map(|seen| self.order(&seen.first))
    }

    /// Whether the log runs from its end to its beginning, as some web pages show it.
    fn is_reversed(&self) -> bool {
        const BEGINS: &[Statement] = &[Statement::Initiating, Statement::PeerInitiating];
        const ENDS: &[Statement] = &[
            Statement::ChildEstablished,
            Statement::IkeEstablished,
            Statement::AuthFailedReceived,
            Statement::AuthFailedSent,
            Statement::PeerAuthenticated,
            Statement::NoProposalSent,
            Statement::HalfOpenTimeout,
        ];
        let line = |statements: &[Statement]| {
            let seen = statements
                .iter()
                .filter_map(|statement| self.statement(*statement));
            seen.map(|seen| self.order(&seen.first)).next()
        };
        line(BEGINS).zip(line(ENDS)).is_some_and(|(b, e)| b > e)
    }

    /// Whether a statement was made after the line of this place in the order of time, for the last time.
    fn says_after(&self, statement: Statement, place: u64) -> bool {
        self.statement(statement).is_some_and(|seen| {
            if self.is_reversed() {
                self.order(&seen.first) < place
            } else {
                self.order(last(seen)) > place
            }
        })
    }

    /// Whether the tunnel came up again after the last complaint.
    fn came_back(&self, up: u64) -> bool {
        let complaints = [
            Statement::GaveUp,
            Statement::PeerDead,
            Statement::DeleteUnanswered,
            Statement::ChildRekeyFailed,
            Statement::IkeRekeyFailed,
            Statement::ChildProposalsRefused,
            Statement::SelectorsRefused,
            Statement::SelectorsRefusedByPeer,
            Statement::ChildNoProposalReceived,
            Statement::KernelRefused,
        ];
        let after = complaints
            .iter()
            .filter(|statement| self.says_after(**statement, up))
            .filter_map(|statement| self.statement(*statement))
            .map(|seen| self.order(last(seen)))
            .max();
        let Some(complaint) = after.filter(|_| !self.is_reversed()) else {
            return false;
        };
        [
            Statement::ChildEstablished,
            Statement::ChildRekeyed,
            Statement::IkeRekeyed,
        ]
        .iter()
        .any(|statement| self.says_after(*statement, complaint))
    }

    /// The last line that complains in words that nobody here knows, no later than `line`.
    fn complaint_until(&self, line: &Evidence) -> Option<&Evidence> {
        let mut complaints = self.complaints.iter().rev();
        let place = self.order(line);
        complaints.find(|complaint| self.is_reversed() || self.order(complaint) <= place)
    }

    /// The first of some statements that was made.
    fn first_of(&self, statements: &[Statement]) -> Option<&Seen> {
        statements
            .iter()
            .find_map(|statement| self.statement(*statement))
    }

    /// The first and last lines of those of some statements that were made, in the order of the
    /// file.
    fn lines(&self, statements: &[Statement]) -> Vec<Evidence> {
        let seen = statements
            .iter()
            .filter_map(|statement| self.statement(*statement));
        let both = seen.flat_map(|seen| std::iter::once(&seen.first).chain(&seen.last));
        let mut lines: Vec<_> = both.cloned().collect();
        lines.sort_by_key(|line| line.line);
        lines.dedup();
        lines
    }

    /// The name, address or text that came with a statement.
    fn detail(&self, statement: Statement) -> Option<&str> {
        self.statement(statement)?.detail.as_deref()
    }
}

/// The line of a statement that counts: the last one.
fn last(seen: &Seen) -> &Evidence {
    seen.last.as_ref().unwrap_or(&seen.first)
}

/// The beginning of a finding; what was ruled out and the source come afterwards.
fn finding(
    (cause, phase): (Cause, Phase),
    confidence: Confidence,
    message: impl Into<String>,
    evidence: Vec<Evidence>,
    fix: impl Into<String>,
) -> Explanation {
    Explanation {
        cause,
        phase,
        confidence,
        message: message.into(),
        evidence,
        ruled_out: Vec::new(),
        fix: fix.into(),
        source: None,
    }
}

impl Explanation {
    fn rules_out(mut self, clause: impl Into<String>) -> Self {
        self.ruled_out.push(clause.into());
        self
    }

    const fn says(mut self, source: &'static str) -> Self {
        self.source = Some(source);
        self
    }
}
