//! `ikecompat negotiate --batch`: pairs by the thousand, one JSON object a line.
//!
//! Words and fields are those in which a test bench reports what two real daemons did, so that
//! program and daemon can be compared line by line. Lists are parsed once however often they
//! recur, and gaps are computed only for refusals.

use std::collections::HashMap;
use std::io::{BufRead, Read, Write};
use std::rc::Rc;

use anyhow::{Context as _, bail};
use ikecompat::compat::exchange::{InvalidKe, Limit, Outcome, Side};
use ikecompat::compat::gap::{self, Gap};
use ikecompat::compat::tunnel::tunnel;
use ikecompat::dialect::charon;
use ikecompat::ike::{Proposal, Protocol, Suite, Transform};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::negotiate::Daemons;

/// Longest line that is read; no list of proposals that a daemon accepts comes near it.
const MAX_LINE: u64 = 1 << 20;

/// Lists kept parsed; beyond, the memory starts anew.
const MAX_LISTS: usize = 100_000;

#[derive(Deserialize)]
struct Pair<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    initiator: Lists<'a>,
    #[serde(borrow)]
    responder: Lists<'a>,
}

#[derive(Deserialize)]
struct Lists<'a> {
    #[serde(borrow)]
    ike: Option<&'a RawValue>,
    #[serde(borrow)]
    esp: Option<&'a RawValue>,
}

/// A parsed list, or why the daemon rejects it.
type List = Result<Vec<Proposal>, String>;

#[derive(Serialize)]
struct Answer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a RawValue>,
    ike: Exchange<'a>,
    esp: Exchange<'a>,
    rekey: &'a Exchange<'a>,
    child_rekey_by_client: &'a Exchange<'a>,
    child_rekey_by_server: Exchange<'a>,
    ike_rekey_by_client: Exchange<'a>,
    ike_rekey_by_server: Exchange<'a>,
}

/// One exchange of an answer; see [`super::negotiate`] for the words.
#[derive(Default, Serialize)]
pub(super) struct Exchange<'a> {
    result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    suite: Option<Rc<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    selected: Option<Rc<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    side: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    invalid_ke: Vec<[Option<String>; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    installed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pair: Option<PairNumbers>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gaps: Vec<GapNames>,
}

/// The pair of proposals that matched or came nearest, numbered from 1 in configured order.
#[derive(Serialize)]
struct PairNumbers {
    initiator: usize,
    responder: usize,
}

#[derive(Serialize)]
struct GapNames {
    r#type: &'static str,
    initiator: Vec<String>,
    responder: Vec<String>,
}

/// Answers every line of `input`.
pub(super) fn run(
    input: &mut dyn BufRead,
    name: &str,
    daemons: &Daemons,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let mut lists = HashMap::new();
    let mut names = SuiteNames::default();
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let read = (&mut *input).take(MAX_LINE).read_until(b'\n', &mut line);
        if read.with_context(|| format!("cannot read `{name}`"))? == 0 {
            return Ok(());
        }
        if line.len() as u64 == MAX_LINE {
            bail!("{name}:{number}: the line is longer than {MAX_LINE} octets");
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let pair: Pair<'_> = serde_json::from_slice(&line).map_err(|error| {
            let (what, column) = (classify(&error), error.column());
            anyhow::anyhow!("{name}:{number}:{column}: {what}")
        })?;
        if lists.len() > MAX_LISTS {
            lists.clear();
        }
        let sides = [&pair.initiator, &pair.responder];
        let [ike, esp] = [Protocol::Ike, Protocol::Esp].map(|protocol| {
            sides.map(|side| {
                let raw = match protocol {
                    Protocol::Ike => side.ike,
                    _ => side.esp,
                };
                let raw = raw.map_or(r#"["default"]"#, RawValue::get);
                parsed(&mut lists, protocol, raw, daemons)
            })
        });
        answer(pair.id, &ike, &esp, daemons, &mut names, out)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// What is wrong with a line, without quoting it.
fn classify(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Eof => "the JSON object ends too early",
        serde_json::error::Category::Syntax => "this is not JSON",
        serde_json::error::Category::Data | serde_json::error::Category::Io => {
            "a pair needs `initiator` and `responder`, each with lists of strings `ike` and `esp`"
        }
    }
}

/// The list that `raw` spells, from memory if it was seen before.
fn parsed(
    lists: &mut HashMap<(Protocol, Box<str>), Rc<List>>,
    protocol: Protocol,
    raw: &str,
    daemons: &Daemons,
) -> Rc<List> {
    // Looking up by reference would need a key type of its own; the copy is cheap beside parsing.
    let key = (protocol, Box::from(raw));
    if let Some(list) = lists.get(&key) {
        return Rc::clone(list);
    }
    let list = match serde_json::from_str::<Vec<String>>(raw) {
        Ok(words) => daemons.configure(protocol, &words),
        Err(_) => Err("the list is not a list of strings".to_owned()),
    };
    let list = Rc::new(list);
    lists.insert(key, Rc::clone(&list));
    list
}

fn answer(
    id: Option<&RawValue>,
    ike: &[Rc<List>; 2],
    esp: &[Rc<List>; 2],
    daemons: &Daemons,
    names: &mut SuiteNames,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let not_reached = || Exchange {
        result: "NOT_REACHED",
        ..Exchange::default()
    };
    let mut sides = [("initiator", None), ("responder", None)];
    for (place, (side, loaded)) in sides.iter_mut().enumerate() {
        match (&*ike[place], &*esp[place]) {
            (Ok(ike), Ok(esp)) => *loaded = Some(daemons.side(ike, esp)),
            (Err(reason), _) | (_, Err(reason)) => {
                let rejected = Exchange {
                    result: "CONFIG_REJECTED",
                    side: Some(side),
                    reason: Some(reason),
                    ..Exchange::default()
                };
                let nothing = not_reached();
                let answer = Answer {
                    id,
                    ike: rejected,
                    esp: not_reached(),
                    rekey: &nothing,
                    child_rekey_by_client: &nothing,
                    child_rekey_by_server: not_reached(),
                    ike_rekey_by_client: not_reached(),
                    ike_rekey_by_server: not_reached(),
                };
                return Ok(serde_json::to_writer(out, &answer)?);
            }
        }
    }
    let [(_, Some(client)), (_, Some(server))] = sides else {
        return Ok(()); // both sides are loaded, or the loop has returned
    };
    let t = tunnel(client, server);
    let mut describe = |outcome, of, with_ke, swapped| {
        let (asking, answering) = if swapped {
            (server, client)
        } else {
            (client, server)
        };
        exchange(outcome, of, asking, answering, with_ke, swapped, names)
    };
    let child_rekey = describe(&t.child_rekey_by_client, Protocol::Esp, true, false);
    let answer = Answer {
        id,
        ike: describe(&t.ike, Protocol::Ike, true, false),
        esp: describe(&t.esp, Protocol::Esp, false, false),
        rekey: &child_rekey,
        child_rekey_by_client: &child_rekey,
        child_rekey_by_server: describe(&t.child_rekey_by_server, Protocol::Esp, true, true),
        ike_rekey_by_client: describe(&t.ike_rekey_by_client, Protocol::Ike, true, false),
        ike_rekey_by_server: describe(&t.ike_rekey_by_server, Protocol::Ike, true, true),
    };
    Ok(serde_json::to_writer(out, &answer)?)
}

/// Describes one exchange. *Swapped* means that the server, the connection's responder, asks.
fn exchange(
    outcome: &Outcome,
    protocol: Protocol,
    asking: Side<'_>,
    answering: Side<'_>,
    with_ke: bool,
    swapped: bool,
    names: &mut SuiteNames,
) -> Exchange<'static> {
    let mut shown = Exchange::default();
    let numbers = |asked: usize, answered: usize| {
        let (initiator, responder) = if swapped {
            (answered, asked)
        } else {
            (asked, answered)
        };
        Some(PairNumbers {
            initiator: initiator + 1,
            responder: responder + 1,
        })
    };
    match outcome {
        Outcome::Agree(agreement) => {
            let selection = &agreement.selection;
            shown.result = "ok";
            shown.suite = Some(names.of(&selection.suite));
            shown.invalid_ke = rounds(&agreement.invalid_ke);
            shown.installed = (protocol == Protocol::Esp).then_some(agreement.installed);
            shown.pair = numbers(selection.asked, selection.answered);
        }
        Outcome::NoMatch => {
            shown.result = "NO_PROPOSAL_CHOSEN";
            let (asked, answered) = match protocol {
                Protocol::Ike => (asking.ike, answering.ike),
                _ => (asking.esp, answering.esp),
            };
            let terms = answering.terms(with_ke);
            if let Some(nearest) = gap::nearest(asked, answered, terms, |_, _, _| ()) {
                shown.pair = numbers(nearest.asked, nearest.answered);
                shown.gaps = nearest.gaps.iter().map(|gap| named(gap, swapped)).collect();
            }
        }
        Outcome::Limit {
            limit,
            selected,
            invalid_ke,
        } => {
            shown.result = match limit {
                Limit::FirstGroupNotImplemented => "INITIATOR_FAILED",
                _ => "FAILED_AFTER_SELECTION",
            };
            shown.limit = Some(limit.to_string());
            shown.selected = selected.as_ref().map(|suite| names.of(suite));
            shown.invalid_ke = rounds(invalid_ke);
        }
        Outcome::NotReached => shown.result = "NOT_REACHED",
    }
    shown
}

fn rounds(invalid_ke: &[InvalidKe]) -> Vec<[Option<String>; 2]> {
    let name = |group: Transform| Some(charon::transform(group).to_string());
    let round = |round: &InvalidKe| [round.sent.and_then(name), name(round.wanted)];
    invalid_ke.iter().map(round).collect()
}

fn named(gap: &Gap, swapped: bool) -> GapNames {
    let name = |list: &[Transform]| {
        list.iter()
            .map(|t| charon::transform(*t).to_string())
            .collect()
    };
    let (asked, answered) = (name(&gap.asked), name(&gap.answered));
    let (initiator, responder) = if swapped {
        (answered, asked)
    } else {
        (asked, answered)
    };
    GapNames {
        r#type: gap.kind.name().unwrap_or("unknown"),
        initiator,
        responder,
    }
}

/// Suites in charon's words; few are different, many are printed.
#[derive(Default)]
struct SuiteNames(HashMap<Suite, Rc<str>>);

impl SuiteNames {
    fn of(&mut self, suite: &Suite) -> Rc<str> {
        if self.0.len() > MAX_LISTS {
            self.0.clear();
        }
        let name = self
            .0
            .entry(*suite)
            .or_insert_with(|| charon::suite(suite).into());
        Rc::clone(name)
    }
}
