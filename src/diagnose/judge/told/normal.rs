//! What looks odd in a log and is normal, and where to look if nothing decides.

use super::{clients, louder, network, start, version_one};
use crate::diagnose::attempt::{Attempt, Repeated};
use crate::diagnose::event::Witness;
use crate::diagnose::explanation::Outcome;
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
    if outcome == Outcome::Established {
        let refused = refused_beside(attempt);
        refused.iter().for_each(|text| note(text));
    }
    if outcome == Outcome::Inconclusive {
        if attempt.attempt_key.witness == Witness::Apple {
            note(
                "nothing here decides; filter the log by neagent (`log show --predicate 'process == \"neagent\"'`), or \
                 look at the server's log",
            );
        }
        notes.extend(undecided(attempt));
        notes.extend(start::key_note(attempt));
    }
    notes.extend(version_one::note(attempt));
    notes.extend(start::notes(attempt));
    notes
}

/// A further child SA that was refused although another one is up.
fn refused_beside(attempt: &Attempt) -> Option<String> {
    const REFUSALS: [Statement; 5] = [
        Statement::SelectorsRefusedByPeer,
        Statement::SelectorsRefused,
        Statement::ChildNoProposalReceived,
        Statement::ChildProposalsRefused,
        Statement::ChildFailed,
    ];
    let up = attempt.up()?;
    let refused = REFUSALS
        .iter()
        .find(|statement| attempt.says_after(**statement, up))?;
    let seen = attempt.statement(*refused)?;
    let times = match seen.count {
        1 => "once".to_owned(),
        count => format!("{count} times"),
    };
    Some(format!(
        "a child SA is up, and another one was refused {times} (line {}: {}): compare its networks and its phase 2 on \
         both sides",
        seen.first.line,
        seen.first.text.trim()
    ))
}

/// What is recognised where nothing decides, and what would.
fn undecided(attempt: &Attempt) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    let place = |statement| {
        attempt
            .statement(statement)
            .map_or(0, |seen| seen.first.line)
    };
    let more = louder(attempt.attempt_key.witness);
    if attempt.version_one || attempt.watched.redirect().is_some() {
        return notes;
    }
    notes.extend(clients::opaque_number(attempt));
    if !attempt.complaints.is_empty() {
        let lines: Vec<_> = attempt
            .complaints
            .iter()
            .map(|line| format!("line {}: {}", line.line, line.text.trim()))
            .collect();
        notes.push(format!(
            "what complains here is not known: {}; {more}",
            lines.join("; ")
        ));
    }
    let asking = attempt.has_any(&[
        Statement::Retransmit,
        Statement::GaveUp,
        Statement::NeverEstablished,
    ]);
    if asking {
        match attempt.repeated() {
            Repeated::First if attempt.has(Statement::CookieReceived) => notes.push(format!(
                "the peer answered with a COOKIE (line {}), so its address is right and UDP 500 is open; the request that \
                 brings the cookie back gets no answer that is accepted: look into the peer's log of that second",
                place(Statement::CookieReceived)
            )),
            Repeated::First if network::first_was_answered(attempt) => notes.push(
                "the peer answered a first message, so its address is right and UDP 500 is open; the next one gets no \
                 answer here: look into the peer's log of that second, or capture on both ends"
                    .to_owned(),
            ),
            Repeated::Later => notes.push(format!(
                "the IKE SA is up: what is repeated here is a request inside it, such as a liveness check (DPD), and \
                 nothing says that it was given up; a peer that sleeps answers later. If it is given up, the log says so: \
                 {}",
                match attempt.attempt_key.witness {
                    Witness::Pluto => "`timeout exceeded` or `liveness action`",
                    _ => "`giving up after`",
                }
            )),
            Repeated::Unknown => notes.push(
                "a request is repeated, and the excerpt does not show which: the lines before tell whether it is IKE_SA_INIT \
                 (nobody answers), IKE_AUTH (UDP 4500), or a later one (the tunnel was up)"
                    .to_owned(),
            ),
            Repeated::First | Repeated::Auth => notes.push(
                "a request was repeated; whether it is answered later is not in this log: wait for the end of it, or \
                 capture (`tcpdump -ni any udp port 500 or udp port 4500`)"
                    .to_owned(),
            ),
        }
    }
    // What went wrong at the start of the daemon is said elsewhere.
    let starts = !start::notes(attempt).is_empty();
    if attempt.has(Statement::PortUnreachable) && attempt.heard.is_some() {
        notes.push(
            "sending failed once, and a packet of the peer arrived afterwards, so the way was open again; the lines behind it \
             decide"
                .to_owned(),
        );
    } else if let Some(closed) = attempt.statement(Statement::Closed) {
        notes.push(format!(
            "the IKE SA was taken down (line {}: {}); if nobody here did it, the lines before it, or the other end's log of \
             that second, say why",
            closed.first.line,
            closed.first.text.trim()
        ));
    } else if notes.is_empty() && !starts {
        notes.push(format!(
            "the log ends, or the excerpt is cut, before anything is decided; the lines behind it say what came of it, at \
             this end or at the other one. If they are all there, {more}"
        ));
    }
    // Those left out have notes of their own on what is repeated.
    let quiet = !matches!(
        attempt.attempt_key.witness,
        Witness::Charon | Witness::Pluto | Witness::Capture | Witness::Apple | Witness::Unknown
    );
    if quiet && !notes.iter().any(|note| note.ends_with(more)) {
        notes.push(format!("nothing here decides; {more}"));
    }
    notes
}
