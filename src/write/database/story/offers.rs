//! What a client offers and accepts in one of its set-ups, exchange by exchange.

use super::{Block, Story};
use crate::ike::{Proposal, Protocol};
use crate::peer::client::{Lifetimes, RekeyAnswer, RekeyOffer};
use crate::peer::{Client, Fact, Known};
use crate::profile::shape::{ResponderGroup, Variant};
use crate::write::database::clients::{group_name, offer};
use crate::write::text;

/// What there is to say about an exchange whose facts are known: a list, and sentences after it.
type Described = (Protocol, Vec<Proposal>, Vec<String>);

/// Adds one set-up.
pub(super) fn add(client: &Client, variant: &Variant, story: &mut Story) {
    // A file takes the place of the set-up.
    story.section(match client.id.contains('=') {
        true => client.id.clone(),
        false => format!("{}: {}", client.id, variant.setup),
    });
    exchange(client, "IKE_SA_INIT", &client.ike_sa_init, story, |offer| {
        let group = offer.key_exchange;
        let after = group.map(|group| format!("KE payload: {}", group_name(group)));
        (
            Protocol::Ike,
            offer.proposals.clone(),
            Vec::from_iter(after),
        )
    });
    let configured = if client.engine.is_some() {
        "ESP, as configured (IKE_AUTH goes out without groups)"
    } else {
        "IKE_AUTH (first child SA)"
    };
    exchange(client, configured, &client.ike_auth, story, |list| {
        (Protocol::Esp, list.clone(), Vec::new())
    });
    if client.engine.is_some() {
        story.subsection("rekeying: by the rule of its engine, from the same lists");
    } else {
        rekeyings(client, story);
    }
    if let Some(group) = &variant.responder {
        responder(group, story);
    }
    times(client, story);
}

fn rekeyings(client: &Client, story: &mut Story) {
    for (title, protocol, known) in [
        (
            "child rekeying by the client",
            Protocol::Esp,
            &client.child_rekey_by_client,
        ),
        (
            "IKE rekeying by the client",
            Protocol::Ike,
            &client.ike_rekey_by_client,
        ),
    ] {
        exchange(client, title, known, story, |offer| {
            let (list, words) = describe(offer, "offered");
            (protocol, list, Vec::from_iter(words))
        });
    }
    for (title, protocol, known) in [
        (
            "child rekeying by the server",
            Protocol::Esp,
            &client.child_rekey_by_server,
        ),
        (
            "IKE rekeying by the server",
            Protocol::Ike,
            &client.ike_rekey_by_server,
        ),
    ] {
        exchange(client, title, known, story, |answer: &RekeyAnswer| {
            let (list, words) = describe(&answer.accepts, "accepted");
            let mut after = Vec::from_iter(words);
            if answer.refuses_any_ke {
                after.push("refuses an offer that names a key exchange".to_owned());
            }
            if answer.refuses_behind_nat {
                after.push("refuses altogether behind NAT".to_owned());
            }
            (protocol, list, after)
        });
    }
}

fn responder(group: &ResponderGroup, story: &mut Story) {
    let sources = group.sources.join(", ");
    story.subsection(format!("when the other side begins ({sources})"));
    for (protocol, list) in [("IKE", &group.ike), ("ESP", &group.esp)] {
        if !list.is_empty() {
            story.line(2, format!("{protocol}: {}", list.join(", ")));
        }
    }
    if let Some(note) = &group.note {
        story.line(2, note);
    }
}

fn times(client: &Client, story: &mut Story) {
    let times = &client.lifetimes;
    let when = |what: &str, time: std::time::Duration| match time {
        Lifetimes::NEVER => format!("{what} never"),
        time => format!("{what} after {} s", time.as_secs()),
    };
    let child = times.child.map(|time| when("child SA", time));
    let volume = times.child_mebibytes;
    let volume = volume.map(|m| format!("child SA after {m} MiB"));
    let ike = times.ike.map(|time| when("IKE SA", time));
    let when: Vec<_> = [child, volume, ike].into_iter().flatten().collect();
    if when.is_empty() {
        return;
    }
    let evidence = times.evidence.as_ref();
    let known = evidence.map_or_else(String::new, |evidence| {
        format!(" ({}: {})", evidence.grade, evidence.sources.join(", "))
    });
    story.subsection(format!(
        "asks for new keys: {}{known}",
        text::and_list(&when)
    ));
}

/// The list of a rekeying, and what else there is to say about it.
fn describe(words: &RekeyOffer, verb: &str) -> (Vec<Proposal>, Option<String>) {
    let in_use = format!("only the suite in use is {verb}");
    match words {
        RekeyOffer::List(list) => (list.clone(), None),
        RekeyOffer::ListInIkeGroup(list) => {
            let words = "the key exchange stands for the one of the IKE SA";
            (list.clone(), Some(words.to_owned()))
        }
        RekeyOffer::Negotiated => (Vec::new(), Some(in_use)),
        RekeyOffer::NegotiatedInIkeGroup => {
            let words = format!("{in_use}, with the group of the IKE SA or without");
            (Vec::new(), Some(words))
        }
        RekeyOffer::NegotiatedOnlyInIkeGroup => {
            let words = format!("{in_use}, with the group of the IKE SA");
            (Vec::new(), Some(words))
        }
    }
}

/// One exchange: its proposals, or why they are not known.
fn exchange<T>(
    client: &Client,
    title: &str,
    known: &Known<T>,
    story: &mut Story,
    describe: impl Fn(&T) -> Described,
) {
    let Fact {
        value,
        grade,
        sources,
        note,
    } = match known {
        Known::Unknown(what) => {
            story.subsection(format!("{title}: not known: {what}"));
            return;
        }
        Known::Stated(fact) => fact,
    };
    let (protocol, proposals, after) = describe(value);
    story.subsection(format!("{title} ({grade}: {})", sources.join(", ")));
    if !proposals.is_empty() {
        let table = offer(protocol, &proposals);
        story.blocks.push(Block::Table(table));
    } else if after.is_empty() {
        story.line(2, format!("nothing ({})", client.id));
    }
    for line in after.iter().chain(note) {
        story.line(2, line);
    }
}
