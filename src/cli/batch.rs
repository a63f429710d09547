//! `ikecompat negotiate --batch`: pairs by the thousand, one JSON object a line.
//!
//! Words and fields are those in which a test bench reports what two real daemons did, so that
//! program and daemon can be compared line by line. Lists are parsed once however often they
//! recur, and gaps are computed only for refusals.

use std::fmt::Write as _;
use std::io::{BufRead, Read, Write};
use std::rc::Rc;

use anyhow::{Context as _, bail};
use ikecompat::compat::exchange::{InvalidKe, Limit, Outcome, Side};
use ikecompat::compat::gap;
use ikecompat::compat::tunnel::tunnel;
use ikecompat::dialect::charon;
use ikecompat::ike::{Proposal, Protocol, Transform};
use rustc_hash::FxHashMap;
use serde::Deserialize;
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

/// A list that recurs is the rule, so looking it up has to be cheap.
type Parsed = FxHashMap<Box<str>, Rc<List>>;

/// Answers every line of `input`.
pub(super) fn run(
    input: &mut dyn BufRead,
    name: &str,
    daemons: &Daemons,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let mut lists = [Parsed::default(), Parsed::default()];
    let mut line = Vec::new();
    let mut answer = String::new();
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
        let Ok(text) = std::str::from_utf8(&line) else {
            bail!("{name}:{number}: the line is not text in UTF-8");
        };
        let pair: Pair<'_> = serde_json::from_str(text).map_err(|error| {
            let (what, column) = (classify(&error), error.column());
            anyhow::anyhow!("{name}:{number}:{column}: {what}")
        })?;
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
        answer.clear();
        answer.push('{');
        if let Some(id) = pair.id {
            answer.push_str("\"id\":");
            answer.push_str(id.get());
            answer.push(',');
        }
        answer_pair(&ike, &esp, daemons, &mut answer);
        answer.push_str("}\n");
        out.write_all(answer.as_bytes())?;
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
fn parsed(lists: &mut [Parsed; 2], protocol: Protocol, raw: &str, daemons: &Daemons) -> Rc<List> {
    let lists = &mut lists[usize::from(protocol == Protocol::Esp)];
    if let Some(list) = lists.get(raw) {
        return Rc::clone(list);
    }
    if lists.len() >= MAX_LISTS {
        lists.clear();
    }
    let list = match serde_json::from_str::<Vec<String>>(raw) {
        Ok(words) => daemons.configure(protocol, &words),
        Err(_) => Err("the list is not a list of strings".to_owned()),
    };
    let list = Rc::new(list);
    lists.insert(raw.into(), Rc::clone(&list));
    list
}

/// The exchanges of an answer, in the order in which they take place.
const EXCHANGES: [&str; 6] = [
    "ike",
    "esp",
    "child_rekey_by_client",
    "child_rekey_by_server",
    "ike_rekey_by_client",
    "ike_rekey_by_server",
];

/// Appends the members of one answer.
///
/// Written by hand: through serde the names and suites, which need no escaping, cost more than the
/// negotiation.
fn answer_pair(ike: &[Rc<List>; 2], esp: &[Rc<List>; 2], daemons: &Daemons, out: &mut String) {
    let mut loaded = Vec::with_capacity(2);
    for (place, side) in ["initiator", "responder"].into_iter().enumerate() {
        match (&*ike[place], &*esp[place]) {
            (Ok(ike), Ok(esp)) => loaded.push(daemons.side(ike, esp)),
            (Err(reason), _) | (_, Err(reason)) => {
                let reason = serde_json::Value::from(reason.as_str());
                out.push_str(r#""ike":{"result":"CONFIG_REJECTED","side":""#);
                out.push_str(side);
                out.push_str(r#"","reason":"#);
                out.push_str(&reason.to_string());
                out.push('}');
                for name in &EXCHANGES[1..] {
                    member(name, out);
                    out.push_str(r#"{"result":"NOT_REACHED"}"#);
                }
                out.push_str(r#","rekey":{"result":"NOT_REACHED"}"#);
                return;
            }
        }
    }
    let (client, server) = (loaded[0], loaded[1]);
    let t = tunnel(client, server);
    let exchanges = [
        (&t.ike, Protocol::Ike, client, server),
        (&t.esp, Protocol::Esp, client, server),
        (&t.child_rekey_by_client, Protocol::Esp, client, server),
        (&t.child_rekey_by_server, Protocol::Esp, server, client),
        (&t.ike_rekey_by_client, Protocol::Ike, client, server),
        (&t.ike_rekey_by_server, Protocol::Ike, server, client),
    ];
    for (place, (outcome, protocol, asking, answering)) in exchanges.into_iter().enumerate() {
        let start = out.len();
        member(EXCHANGES[place], out);
        let exchange = Exchange {
            protocol,
            asking,
            answering,
            with_ke: place != 1,
            by_server: place == 3 || place == 5,
        };
        let value = out.len();
        exchange.write(outcome, out);
        if place == 0 {
            out.remove(start); // the comma before the first member
        }
        if place == 2 {
            let again = value..out.len();
            out.push_str(r#","rekey":"#); // the older name of the same exchange
            out.extend_from_within(again);
        }
    }
}

fn member(name: &str, out: &mut String) {
    out.push_str(",\"");
    out.push_str(name);
    out.push_str("\":");
}

/// One exchange to be described.
struct Exchange<'a> {
    protocol: Protocol,
    asking: Side<'a>,
    answering: Side<'a>,
    with_ke: bool,
    /// The connection's responder asks.
    by_server: bool,
}

impl Exchange<'_> {
    fn write(&self, outcome: &Outcome, out: &mut String) {
        match outcome {
            Outcome::Agree(agreement) => {
                let selection = &agreement.selection;
                out.push_str(r#"{"result":"ok","suite":""#);
                charon::push_suite(&selection.suite, out);
                out.push('"');
                rounds(&agreement.invalid_ke, out);
                if self.protocol == Protocol::Esp {
                    out.push_str(r#","installed":"#);
                    out.push_str(if agreement.installed { "true" } else { "false" });
                }
                self.pair(selection.asked, selection.answered, out);
            }
            Outcome::NoMatch => {
                out.push_str(r#"{"result":"NO_PROPOSAL_CHOSEN""#);
                self.nearest(out);
            }
            Outcome::Limit {
                limit,
                selected,
                invalid_ke,
            } => {
                out.push_str(match limit {
                    Limit::FirstGroupNotImplemented => r#"{"result":"INITIATOR_FAILED""#,
                    _ => r#"{"result":"FAILED_AFTER_SELECTION""#,
                });
                out.push_str(r#","limit":""#);
                out.push_str(&limit.to_string());
                out.push('"');
                if let Some(suite) = selected {
                    out.push_str(r#","selected":""#);
                    charon::push_suite(suite, out);
                    out.push('"');
                }
                rounds(invalid_ke, out);
            }
            Outcome::NotReached => out.push_str(r#"{"result":"NOT_REACHED""#),
        }
        out.push('}');
    }

    /// The pair of proposals, numbered from 1 in configured order.
    fn pair(&self, asked: usize, answered: usize, out: &mut String) {
        let (initiator, responder) = self.by_connection(asked, answered);
        out.push_str(r#","pair":{"initiator":"#);
        number(initiator + 1, out);
        out.push_str(r#","responder":"#);
        number(responder + 1, out);
        out.push('}');
    }

    /// All gaps of the nearest pair.
    fn nearest(&self, out: &mut String) {
        let (asked, answered) = match self.protocol {
            Protocol::Ike => (self.asking.ike, self.answering.ike),
            _ => (self.asking.esp, self.answering.esp),
        };
        let terms = self.answering.terms(self.with_ke);
        let Some(nearest) = gap::nearest(asked, answered, terms, |_, _, _| ()) else {
            return;
        };
        self.pair(nearest.asked, nearest.answered, out);
        out.push_str(r#","gaps":["#);
        for (place, gap) in nearest.gaps.iter().enumerate() {
            let comma = if place > 0 { "," } else { "" };
            let kind = gap.kind.name().unwrap_or("unknown");
            let (initiator, responder) = self.by_connection(&gap.asked, &gap.answered);
            let _ = write!(out, r#"{comma}{{"type":"{kind}","initiator":["#);
            transforms(initiator, out);
            out.push_str(r#"],"responder":["#);
            transforms(responder, out);
            out.push_str("]}");
        }
        out.push(']');
    }

    /// What belongs to the asking and the answering side, as initiator's and responder's.
    fn by_connection<T>(&self, asking: T, answering: T) -> (T, T) {
        if self.by_server {
            (answering, asking)
        } else {
            (asking, answering)
        }
    }
}

/// Appends a number; nearly all have one digit.
fn number(number: usize, out: &mut String) {
    match u8::try_from(number) {
        Ok(digit @ 0..=9) => out.push(char::from(b'0' + digit)),
        _ => out.push_str(&number.to_string()),
    }
}

fn rounds(invalid_ke: &[InvalidKe], out: &mut String) {
    if invalid_ke.is_empty() {
        return;
    }
    out.push_str(r#","invalid_ke":["#);
    for (place, round) in invalid_ke.iter().enumerate() {
        out.push_str(if place > 0 { ",[" } else { "[" });
        match round.sent {
            Some(group) => transforms(&[group], out),
            None => out.push_str(r#""KE_NONE""#), // charon's word for a request without KE payload
        }
        out.push(',');
        transforms(&[round.wanted], out);
        out.push(']');
    }
    out.push(']');
}

fn transforms(list: &[Transform], out: &mut String) {
    for (place, transform) in list.iter().enumerate() {
        out.push_str(if place > 0 { ",\"" } else { "\"" });
        charon::push_transform(*transform, out);
        out.push('"');
    }
}
