//! The keyword `default`: what it means to the daemon, and what it means to the program.
//!
//! The daemon logs its list when it finds no match in it. The program is only asked to negotiate: as
//! the responder's order decides, a responder with `default` shows by its choice which transform stands
//! first. Without that one it shows the second, and so on, until nothing is left that it accepts.

use std::collections::HashMap;
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

/// The kinds of proposals that there are, by the tables of their types, in the order of a suite.
fn kinds(protocol: Protocol) -> [Vec<&'static [&'static str]>; 2] {
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
        let known = known(protocol, &tables)?;
        let chosen = chosen(protocol, &known)?;
        proposals.push((written(&known), chosen.concat().join("/")));
    }
    // Both kinds at once show which stands first.
    proposals.retain(|(_, members)| !members.is_empty());
    if let [(one, _), (other, _)] = proposals.as_slice() {
        let answers = predict(&[meeting(protocol, &[one.clone(), other.clone()], "default")])?;
        let first = suite(protocol, &answers[0]).context("no suite with `default`")?;
        if !proposals[0].1.split('/').any(|member| member == first[0]) {
            proposals.reverse();
        }
    }
    Ok(proposals.into_iter().map(|(_, members)| members).collect())
}

/// A keyword with the name that its transform has in a suite.
type Named = (&'static str, String);

/// The keywords of each table that the program can agree on, with the names it gives their transforms.
fn known(protocol: Protocol, tables: &[&'static [&'static str]]) -> Result<Vec<Vec<Named>>> {
    // Something usual in the place of every type but the one asked about.
    let usual = |table: &[&'static str]| {
        let usual = [
            "aes256",
            "aes256gcm16",
            "sha256",
            "prfsha256",
            "modp2048",
            "noesn",
        ];
        *usual
            .iter()
            .find(|keyword| table.contains(keyword))
            .expect("a usual keyword for each table")
    };
    let mut known = Vec::new();
    for (place, table) in tables.iter().enumerate() {
        let proposal = |keyword: &'static str| {
            let of = |(at, other): (usize, &&'static [&'static str])| {
                if at == place { keyword } else { usual(other) }
            };
            tables
                .iter()
                .enumerate()
                .map(of)
                .collect::<Vec<_>>()
                .join("-")
        };
        let proposals: Vec<_> = table.iter().map(|keyword| proposal(keyword)).collect();
        let pairs: Vec<_> = proposals
            .iter()
            .map(|own| meeting(protocol, from_ref(own), own))
            .collect();
        let answers = predict(&pairs)?;
        let names = table.iter().zip(&answers).filter_map(|(keyword, answer)| {
            Some((*keyword, suite(protocol, answer)?.get(place)?.clone()))
        });
        known.push(names.collect());
    }
    Ok(known)
}

/// The transforms of each type that a responder with `default` accepts, in its order.
fn chosen(protocol: Protocol, known: &[Vec<Named>]) -> Result<Vec<Vec<String>>> {
    let mut chosen = vec![Vec::new(); known.len()];
    let mut left: HashMap<usize, Vec<Named>> = known.iter().cloned().enumerate().collect();
    while !left.is_empty() {
        // One question for every type at a time.
        let places: Vec<_> = (0..known.len())
            .filter(|place| left.contains_key(place))
            .collect();
        let pairs: Vec<_> = places
            .iter()
            .map(|place| {
                let mut keywords = known.to_vec();
                keywords[*place].clone_from(&left[place]);
                meeting(protocol, &[written(&keywords)], "default")
            })
            .collect();
        for (place, answer) in places.into_iter().zip(&predict(&pairs)?) {
            let name = suite(protocol, answer).and_then(|members| members.get(place).cloned());
            let rest = left.get_mut(&place).filter(|_| name.is_some());
            match (name, rest) {
                (Some(name), Some(rest)) => {
                    rest.retain(|(_, other)| *other != name);
                    chosen[place].push(name);
                    if rest.is_empty() {
                        left.remove(&place);
                    }
                }
                _ => {
                    left.remove(&place);
                }
            }
        }
    }
    Ok(chosen)
}

fn written(types: &[Vec<Named>]) -> String {
    let keywords: Vec<_> = types
        .iter()
        .flatten()
        .map(|(keyword, _)| *keyword)
        .collect();
    keywords.join("-")
}

fn suite(protocol: Protocol, answer: &Answer) -> Option<Vec<String>> {
    let end = match protocol {
        Protocol::Esp => &answer.esp,
        Protocol::Ike => &answer.ike,
    };
    let suite = end.suite.as_ref().filter(|_| end.result == Outcome::Ok)?;
    Some(suite.split('/').map(str::to_owned).collect())
}
