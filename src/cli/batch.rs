//! `ikecompat negotiate --batch`: pairs by the thousand, one JSON object a line.
//!
//! Lists are parsed once however often they recur.

use std::borrow::Cow;
use std::io::{BufRead, Read, Write};
use std::rc::Rc;

use anyhow::{Context as _, bail};
use ikecompat::answer::negotiation::{Daemon, negotiate_childless};
use ikecompat::compat::tunnel::Childless;
use ikecompat::ike::{Proposal, Protocol};
use ikecompat::write::report::negotiation;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::value::RawValue;

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
    childless: Option<ChildlessWords<'a>>,
}

/// `childless` of each side.
#[derive(Deserialize)]
struct ChildlessWords<'a> {
    #[serde(borrow)]
    initiator: Cow<'a, str>,
    #[serde(borrow)]
    responder: Cow<'a, str>,
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

/// Answers every line of `input` for two daemons, the initiator first.
pub(super) fn run(
    input: &mut dyn BufRead,
    name: &str,
    daemons: [&Daemon; 2],
    out: &mut impl Write,
) -> anyhow::Result<()> {
    // By protocol, and by side where the sides read the same words differently.
    let mut lists: [Parsed; 4] = Default::default();
    let same = std::ptr::eq(daemons[0], daemons[1]);
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
            [0, 1].map(|side| {
                let raw = match protocol {
                    Protocol::Ike => sides[side].ike,
                    _ => sides[side].esp,
                };
                let raw = raw.map_or(r#"["default"]"#, RawValue::get);
                let place = usize::from(protocol == Protocol::Esp);
                let place = if same { place } else { place + 2 * side };
                parsed(&mut lists[place], protocol, raw, daemons[side])
            })
        });
        answer.clear();
        answer.push('{');
        if let Some(id) = pair.id {
            answer.push_str("\"id\":");
            answer.push_str(id.get());
            answer.push(',');
        }
        answer_pair(&ike, &esp, pair.childless.as_ref(), daemons, &mut answer);
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
fn parsed(lists: &mut Parsed, protocol: Protocol, raw: &str, daemon: &Daemon) -> Rc<List> {
    if let Some(list) = lists.get(raw) {
        return Rc::clone(list);
    }
    if lists.len() >= MAX_LISTS {
        lists.clear();
    }
    let list = match serde_json::from_str::<Vec<String>>(raw) {
        Ok(words) => daemon.configure(protocol, &words),
        Err(_) => Err("the list is not a list of strings".to_owned()),
    };
    let list = Rc::new(list);
    lists.insert(raw.into(), Rc::clone(&list));
    list
}

/// Appends the members of one answer.
fn answer_pair(
    ike: &[Rc<List>; 2],
    esp: &[Rc<List>; 2],
    childless: Option<&ChildlessWords<'_>>,
    daemons: [&Daemon; 2],
    out: &mut String,
) {
    let mut loaded = Vec::with_capacity(2);
    for (place, side) in ["initiator", "responder"].into_iter().enumerate() {
        let daemon = daemons[place];
        let word = childless.map(|words| [&words.initiator, &words.responder][place]);
        let mode = word.map_or(Ok(Childless::Allow), |word| daemon.childless(word));
        match (&*ike[place], &*esp[place], &mode) {
            (Ok(ike), Ok(esp), Ok(mode)) => loaded.push((daemon.side(ike, esp), *mode)),
            (Err(reason), ..) | (_, Err(reason), _) | (.., Err(reason)) => {
                return negotiation::rejected_json(side, reason, out);
            }
        }
    }
    negotiation::json(&negotiate_childless(loaded[0], loaded[1]), out);
}
