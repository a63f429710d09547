//! Which pairs are tried, and whether as many were tried as promised.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::answer::{Answer, Outcome};
use crate::gate::say;
use crate::generate::{keyword_pairs, random_pairs};
use crate::keywords::TABLES;
use crate::pairs::Pair;
use crate::program::clients;
use crate::servers::SERVERS;

const PAIRS_FILE: &str = "IKECOMPAT_INTEROP_PAIRS";

/// How many random pairs there are, with the responder's and with the initiator's order first.
const RANDOM: usize = 200;
const RANDOM_INITIATOR_FIRST: usize = 60;

/// How many servers each client also meets with its own order first.
const SERVERS_INITIATOR_FIRST: usize = 3;

/// The seeds of the random pairs. Any others will do.
const SEED: u64 = 7296;
const SEED_INITIATOR_FIRST: u64 = 8247;

/// A test that tries fewer than that fails.
const PROMISED_GENERATED: usize = 200;
const PROMISED_SERVERS: usize = 10;

/// All pairs, or those of the file that the user names.
pub(crate) fn pairs() -> Result<Vec<Pair>> {
    if let Some(file) = env::var_os(PAIRS_FILE) {
        let text = fs::read_to_string(&file).context("cannot read the file of pairs")?;
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        return lines
            .map(|line| serde_json::from_str(line).context("a pair in the file"))
            .collect();
    }
    let mut pairs = keyword_pairs();
    pairs.extend(random_pairs("random", SEED, RANDOM));
    let initiator_first = random_pairs(
        "initiator-first",
        SEED_INITIATOR_FIRST,
        RANDOM_INITIATOR_FIRST,
    );
    pairs.extend(initiator_first.into_iter().map(prefer_initiator));
    let mut unknown = Vec::new();
    for client in clients()? {
        let Some(lists) = client.lists else {
            unknown.push(client.id);
            continue;
        };
        for (number, server) in SERVERS.iter().enumerate() {
            let pair = Pair {
                id: format!("client/{}/{}", client.id, server.name),
                initiator: lists.clone(),
                responder: server.lists(),
                responder_prefers_own: true,
            };
            if number < SERVERS_INITIATOR_FIRST {
                let id = format!("initiator-first/{}", pair.id);
                pairs.push(prefer_initiator(Pair { id, ..pair.clone() }));
            }
            pairs.push(pair);
        }
    }
    if !unknown.is_empty() {
        say(&format!(
            "interop: left out, their offers are not known: {}",
            unknown.join(", ")
        ));
    }
    Ok(pairs)
}

fn prefer_initiator(pair: Pair) -> Pair {
    Pair {
        responder_prefers_own: false,
        ..pair
    }
}

/// Checks that as much was tried as this test promises.
pub(crate) fn check(pairs: &[Pair], observed: &[Answer]) -> Result<()> {
    if env::var_os(PAIRS_FILE).is_some() {
        return Ok(());
    }
    let answered: BTreeSet<_> = observed.iter().map(|answer| answer.id.as_str()).collect();
    ensure!(
        answered.len() == pairs.len(),
        "{} pairs, {} answers",
        pairs.len(),
        answered.len()
    );
    let generated = answered.iter().filter(|id| !id.contains("client/")).count();
    ensure!(
        generated >= PROMISED_GENERATED,
        "only {generated} generated pairs were tried"
    );
    for (_, keywords) in TABLES {
        for keyword in keywords {
            let id = format!("keyword/{keyword}");
            ensure!(
                answered.contains(id.as_str()),
                "the keyword {keyword} was not tried"
            );
        }
    }
    let mut servers: BTreeMap<&str, usize> = BTreeMap::new();
    for id in answered.iter().filter_map(|id| id.strip_prefix("client/")) {
        let (client, _) = id.rsplit_once('/').context("a client without server")?;
        *servers.entry(client).or_default() += 1;
    }
    ensure!(!servers.is_empty(), "no client was tried");
    for (client, count) in servers {
        ensure!(
            count >= PROMISED_SERVERS,
            "{client} met {count} servers only"
        );
    }
    Ok(())
}

/// What was tried, in a few lines.
pub(crate) fn summary(observed: &[Answer], time: Duration) -> String {
    let mut ends: BTreeMap<(&str, String), usize> = BTreeMap::new();
    let mut rounds = 0;
    for (name, end) in observed.iter().flat_map(Answer::exchanges) {
        let taken = if end.installed == Some(false) {
            ", not installed"
        } else {
            ""
        };
        *ends
            .entry((name, format!("{}{taken}", end.result)))
            .or_default() += 1;
        rounds += end.invalid_ke.len();
    }
    let not_reached = Outcome::NotReached.to_string();
    let ends = ends.iter().filter(|((_, end), _)| *end != not_reached);
    let lines: Vec<_> = ends
        .map(|((name, end), count)| format!("\n  {name}: {end}: {count}"))
        .collect();
    format!(
        "interop: {} pairs, {rounds} INVALID_KE_PAYLOAD rounds, {:.1} s{}",
        observed.len(),
        time.as_secs_f64(),
        lines.concat()
    )
}
