//! The keyword `default`: what it means to the daemon, and what it means to the program.
//!
//! The daemon logs its list when it finds no match in it. The program is only asked to negotiate: as
//! the responder's order decides, a responder with `default` shows by its choice which transform stands
//! first. Without that one it shows the second, and so on, until nothing is left that it accepts.

use std::slice::from_ref;

use anyhow::{Context, Result};

use crate::answer::{Answer, Outcome};
use crate::keywords::{AEAD, CLASSIC, GROUPS, INTEGRITY, PRF, SEQUENCE_NUMBERS};
use crate::lab::Lab;
use crate::log::Protocol;
use crate::observe::refusing_list;
use crate::pairs::{Lists, Pair};
use crate::program::predict;

const IKE: &str = "aes256-sha256-modp2048";
const ESP: &str = "aes256-sha256";

/// The keywords of one type.
type Table = &'static [&'static str];

/// The kinds of proposals that there are, by the tables of their types, in the order of a suite.
fn kinds(protocol: Protocol) -> [Vec<Table>; 2] {
    match protocol {
        Protocol::Esp => [
            vec![CLASSIC, INTEGRITY, SEQUENCE_NUMBERS],
            vec![AEAD, SEQUENCE_NUMBERS],
        ],
        Protocol::Ike => [
            vec![CLASSIC, INTEGRITY, PRF, GROUPS],
            vec![AEAD, PRF, GROUPS],
        ],
    }
}

/// An initiator with this proposal meets a responder with that one.
fn meeting(protocol: Protocol, initiator: &[String], responder: &str) -> Pair {
    let lists = |list: &[String]| match protocol {
        Protocol::Esp => Lists {
            ike: vec![IKE.to_owned()],
            esp: list.to_vec(),
        },
        Protocol::Ike => Lists {
            ike: list.to_vec(),
            esp: vec![ESP.to_owned()],
        },
    };
    Pair {
        id: format!("{}/{responder}", initiator.join(",")),
        initiator: lists(initiator),
        responder: lists(&[responder.to_owned()]),
        responder_prefers_own: true,
    }
}

/// The proposals of `default`, as the daemon logs them.
pub(crate) fn of_daemon(lab: &mut Lab, protocol: Protocol) -> Result<Vec<String>> {
    let nothing_in_common = match protocol {
        Protocol::Esp => "null-md5",
        Protocol::Ike => "null-md5-modp768",
    };
    let pair = meeting(protocol, &[nothing_in_common.to_owned()], "default");
    refusing_list(lab, &pair, protocol)
}

/// The proposals of `default`, as the program's choices show them.
pub(crate) fn of_program(protocol: Protocol) -> Result<Vec<String>> {
    let mut proposals = Vec::new();
    for tables in kinds(protocol) {
        let named = (0..tables.len()).map(|place| named(protocol, &tables, place));
        let members = chosen(protocol, &tables, named.collect::<Result<_>>()?)?.concat();
        if !members.is_empty() {
            proposals.push((written(&tables, 0, &[usual(tables[0])]), members));
        }
    }
    // Both kinds at once show which stands first.
    if let [(classic, members), (aead, _)] = proposals.as_slice() {
        let both = [classic.clone(), aead.clone()];
        let answers = predict(&[meeting(protocol, &both, "default")])?;
        let first = suite(protocol, &answers[0]).context("no suite with `default`")?;
        if !members.contains(&first[0]) {
            proposals.reverse();
        }
    }
    Ok(proposals
        .into_iter()
        .map(|(_, members)| members.join("/"))
        .collect())
}

/// A keyword with the name that its transform has in a suite.
type Named = (&'static str, String);

/// The keywords at one place of a kind of proposal that the program can agree on, one for each name.
fn named(protocol: Protocol, tables: &[Table], place: usize) -> Result<Vec<Named>> {
    let alone = tables[place]
        .iter()
        .map(|keyword| written(tables, place, &[*keyword]));
    let pairs: Vec<_> = alone
        .map(|own| meeting(protocol, from_ref(&own), &own))
        .collect();
    let mut named: Vec<Named> = Vec::new();
    for (keyword, answer) in tables[place].iter().zip(&predict(&pairs)?) {
        let name = suite(protocol, answer).and_then(|members| members.get(place).cloned());
        // Another word for the same transform tells nothing more.
        let name = name.filter(|name| named.iter().all(|(_, other)| other != name));
        named.extend(name.map(|name| (*keyword, name)));
    }
    Ok(named)
}

/// The transforms of each type that a responder with `default` accepts, in its order.
fn chosen(
    protocol: Protocol,
    tables: &[Table],
    mut left: Vec<Vec<Named>>,
) -> Result<Vec<Vec<String>>> {
    let mut chosen = vec![Vec::new(); left.len()];
    loop {
        // One question for each type that is not through.
        let asked: Vec<_> = (0..left.len())
            .filter(|place| !left[*place].is_empty())
            .collect();
        if asked.is_empty() {
            return Ok(chosen);
        }
        let pair = |place: &usize| {
            let keywords: Vec<_> = left[*place].iter().map(|(keyword, _)| *keyword).collect();
            meeting(protocol, &[written(tables, *place, &keywords)], "default")
        };
        let pairs: Vec<_> = asked.iter().map(pair).collect();
        for (place, answer) in asked.into_iter().zip(&predict(&pairs)?) {
            match suite(protocol, answer).and_then(|members| members.get(place).cloned()) {
                Some(name) => {
                    left[place].retain(|(_, other)| *other != name);
                    chosen[place].push(name);
                }
                None => left[place].clear(),
            }
        }
    }
}

/// A proposal with these keywords at one place, and something usual at the others: charon reads no
/// proposal of more than 511 characters.
fn written(tables: &[Table], place: usize, keywords: &[&str]) -> String {
    let at = |(other, table): (usize, &Table)| {
        if other == place {
            keywords.join("-")
        } else {
            usual(table).to_owned()
        }
    };
    tables
        .iter()
        .enumerate()
        .map(at)
        .collect::<Vec<_>>()
        .join("-")
}

/// Something usual out of a table, which is sure to be in the list as well.
fn usual(table: Table) -> &'static str {
    let usual = [
        "aes256",
        "aes256gcm16",
        "sha256",
        "prfsha256",
        "modp2048",
        "noesn",
    ];
    usual
        .into_iter()
        .find(|keyword| table.contains(keyword))
        .expect("a usual keyword in each table")
}

fn suite(protocol: Protocol, answer: &Answer) -> Option<Vec<String>> {
    let end = match protocol {
        Protocol::Esp => &answer.esp,
        Protocol::Ike => &answer.ike,
    };
    let suite = end.suite.as_ref().filter(|_| end.result == Outcome::Ok)?;
    Some(suite.split('/').map(str::to_owned).collect())
}
