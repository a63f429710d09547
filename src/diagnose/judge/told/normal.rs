//! What looks odd in a log and is normal, and where to look if nothing decides.

use crate::diagnose::attempt::{Attempt, Role};
use crate::diagnose::event::Witness;
use crate::diagnose::finding::Outcome;
use crate::diagnose::statement::Statement;
use crate::ike::TransformType;

/// Notes on an attempt.
pub(in crate::diagnose::judge) fn notes(attempt: &Attempt, outcome: Outcome) -> Vec<String> {
    let mut notes = Vec::new();
    let mut note = |text: &str| notes.push(text.to_owned());
    let up = attempt.has_any(&[Statement::ChildEstablished, Statement::ChildRekeyed]);
    let names_group = |list: &Option<(Vec<crate::ike::Proposal>, _)>| {
        list.as_ref()
            .is_some_and(|(list, _)| list.iter().any(|it| !it.of(TransformType::KE).is_empty()))
    };
    if names_group(&attempt.esp.configured)
        && !attempt.rekeying
        && !attempt.has(Statement::RekeyingChild)
    {
        note(
            "`configured proposals` of ESP name a group that is not compared for the first child SA: keys come from \
             the IKE SA, and the group counts when the child SA is rekeyed (RFC 7296, section 1.2)",
        );
    }
    if up && attempt.has_any(&[Statement::GroupRequested, Statement::GroupFollowed]) {
        note(
            "one round of INVALID_KE_PAYLOAD is normal: the client guessed a group, the server asked for another one \
             (RFC 7296, section 1.2)",
        );
    }
    if attempt.has(Statement::RedHerring) {
        note(
            "`Failed to find the VPN app`, `BUG in libdispatch client`, `SIOCPROTODETACH_IN6` and \
             `nw_interface_create_with_name` are red herrings: OS X logs them on success too",
        );
    }
    if outcome == Outcome::Inconclusive {
        match attempt.attempt_key.witness {
            Witness::Apple => note(
                "nothing here decides; filter the log by neagent (`log show --predicate 'process == \"neagent\"'`), or \
                 look at the server's log",
            ),
            Witness::Charon if attempt.role == Some(Role::Responder) => note(
                "nothing here decides; if clients fail, raise the log level of ike, cfg and enc to 2 and try again",
            ),
            _ => {}
        }
    }
    if attempt.has(Statement::VersionOne) {
        note("some connections here are of IKE version 1, which is not judged");
    }
    notes
}
