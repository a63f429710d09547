//! One client on a screen: what it offers, what is known of rekeyings, how it is configured; the story has the
//! rest.

use std::io::{self, Write};

use itertools::Itertools as _;

use crate::diag::Tone;
use crate::dialect::keyword;
use crate::ike::Proposal;
use crate::peer::{Client, Fact, Known};
use crate::profile::Profile;
use crate::write::grid::fold;
use crate::write::text::{and_list, count, wrap};

/// Proposals of a phase that are written out.
const MOST_PROPOSALS: usize = 4;

/// Lines of a phase.
const MOST_LINES: usize = 4;

/// Oddities that are named.
const MOST_ODDITIES: usize = 6;

/// Set-ups that are written out.
const MOST_SET_UPS: usize = 12;

/// Writes what fits on a screen of a profile and some of its clients.
pub(crate) fn write(
    profile: &Profile,
    clients: &[(String, Client)],
    width: u16,
    out: &mut impl Write,
) -> io::Result<()> {
    let file = &profile.file;
    let mut facts = vec![
        ("id", profile.id.clone()),
        ("versions", file.covers.join(", ")),
        ("also called", super::clients::aliases(file).join(", ")),
    ];
    match clients {
        [(_, one)] => {
            facts.push((
                "phase 1",
                offer(&one.ike_sa_init, |it| &it.proposals, width),
            ));
            facts.push(("phase 2", offer(&one.ike_auth, |it| it, width)));
            facts.extend(rekeyings(one));
        }
        several => {
            let all = several.iter().take(MOST_SET_UPS);
            let each = all.map(|(_, client)| set_up(client));
            facts.push(("set-ups", each.collect::<Vec<_>>().join("\n")));
            if several.len() > MOST_SET_UPS {
                facts.push(("", format!("and {} more", several.len() - MOST_SET_UPS)));
            }
        }
    }
    let mut methods: Vec<String> = Vec::new();
    for method in clients.iter().flat_map(|(_, client)| &client.method) {
        let method = method.to_string();
        if !methods.contains(&method) {
            methods.push(method);
        }
    }
    facts.push(("configured by", methods.join(", ")));
    let quirks: Vec<_> = file.quirks.iter().map(|quirk| quirk.id.as_str()).collect();
    let more = quirks.len().saturating_sub(MOST_ODDITIES);
    let named = quirks
        .iter()
        .take(MOST_ODDITIES)
        .copied()
        .collect::<Vec<_>>();
    let more = match more {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    facts.push(("oddities", format!("{}{more}", named.join(", "))));
    let sources = count(file.sources.len(), "source");
    facts.push((
        "sources",
        format!("{sources}; -v tells the whole story with them"),
    ));
    let widest = facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
        let mut lines = value.lines();
        let lead = format!("{name:widest$}  ");
        let first = lines.next().unwrap_or_default();
        writeln!(out, "{}", wrap(first, width, &lead, widest + 2))?;
        let lead = " ".repeat(widest + 2);
        for line in lines {
            writeln!(out, "{}", wrap(line, width, &lead, widest + 2))?;
        }
    }
    Ok(())
}

/// The proposals of a phase, one below the other, and on what they rest.
fn offer<T>(known: &Known<T>, list: impl Fn(&T) -> &Vec<Proposal>, width: u16) -> String {
    let fact = match known {
        Known::Unknown(why) => return Tone::Doubtful.marked(&format!("not known: {why}")),
        Known::Stated(fact) => fact,
    };
    let Fact { value, grade, .. } = fact;
    let all = list(value);
    let room = usize::from(width.saturating_sub(20));
    // What tells proposals apart that are called the same, such as sequence numbers, is a part of the whole story.
    let proposals = all.iter().map(keyword::of_proposal).dedup_with_count();
    let proposals = proposals
        .take(MOST_PROPOSALS)
        .map(|(times, words)| match times {
            1 => words,
            times => format!("{words} ({})", count(times, "proposal")),
        });
    let mut lines: Vec<String> = proposals.flat_map(|words| fold(&words, room)).collect();
    if all.len() > MOST_PROPOSALS || lines.len() > MOST_LINES {
        lines.truncate(MOST_LINES - 1);
        lines.push(format!("… {} in all", count(all.len(), "proposal")));
    }
    if let Some(last) = lines.last_mut() {
        *last += &format!(" ({})", grade.tone().marked(&grade.to_string()));
    }
    lines.join("\n")
}

/// A set-up among several, by how much it offers.
fn set_up(client: &Client) -> String {
    let number = |list: Option<usize>| match list {
        Some(number) => count(number, "proposal"),
        None => "not known".to_owned(),
    };
    let ike = client.ike_sa_init.stated();
    let esp = client.ike_auth.stated();
    format!(
        "{}: {} / {}",
        client.id,
        number(ike.map(|fact| fact.value.proposals.len())),
        number(esp.map(|fact| fact.value.len()))
    )
}

/// Which rekeyings are known, on what evidence, and which are not.
fn rekeyings(client: &Client) -> Vec<(&'static str, String)> {
    if let Some(engine) = client.engine {
        return vec![(
            "rekeying",
            format!("by the rule of {engine}, from the same lists"),
        )];
    }
    let grade = |known: Option<&dyn std::fmt::Display>| known.map(ToString::to_string);
    let all = [
        (
            "child SA by the client",
            grade(fact(&client.child_rekey_by_client)),
        ),
        (
            "IKE SA by the client",
            grade(fact(&client.ike_rekey_by_client)),
        ),
        (
            "child SA by the server",
            grade(fact(&client.child_rekey_by_server)),
        ),
        (
            "IKE SA by the server",
            grade(fact(&client.ike_rekey_by_server)),
        ),
    ];
    let known = all.iter().filter_map(|(what, grade)| {
        let grade = grade.as_ref()?;
        Some(format!("{what} ({grade})"))
    });
    let known: Vec<_> = known.collect();
    let open = all.iter().filter(|(_, grade)| grade.is_none());
    let open: Vec<_> = open.map(|(what, _)| *what).collect();
    let mut said = Vec::new();
    if !known.is_empty() {
        said.push(format!("known: {}", known.join(", ")));
    }
    if !open.is_empty() {
        said.push(Tone::Doubtful.marked(&format!("not known: {}", and_list(&open))));
    }
    vec![("rekeying", said.join("\n"))]
}

/// The grade of a fact.
fn fact<T>(known: &Known<T>) -> Option<&dyn std::fmt::Display> {
    known
        .stated()
        .map(|fact| &fact.grade as &dyn std::fmt::Display)
}
