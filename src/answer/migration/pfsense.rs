//! What changes in pfSense's `config.xml`: the rows of phase 1, the ticks of each phase 2, the group, Rekey Time.

use std::ops::Range;

use super::patch::Region;
use super::{Existing, Lists};
use crate::dialect::{keyword, pfsense, swan};
use crate::ike::{Suite, Transform};
use crate::peer::Entry;
use crate::read::pfsense::places::{ElementValue, Phase2Places, PlacedCipher, places};
use crate::recommend::Listed;

/// Elements as they are written.
enum Node {
    Text(&'static str, String),
    Inside(&'static str, Vec<Self>),
}

impl Node {
    /// The element; `lead` is what stands before each one of its level.
    fn text(&self, lead: &str) -> String {
        match self {
            Self::Text(name, value) => format!("<{name}>{value}</{name}>"),
            Self::Inside(name, nodes) => {
                let deeper = match lead.contains('\n') {
                    true => format!("{lead}\t"),
                    false => String::new(),
                };
                let nodes = nodes.iter();
                let nodes: String = nodes
                    .map(|node| format!("{deeper}{}", node.text(&deeper)))
                    .collect();
                format!("<{name}>{nodes}{lead}</{name}>")
            }
        }
    }
}

/// The places that change, in the order of the text, or why they cannot be changed there.
pub(super) fn regions(existing: &Existing, lists: &Lists<'_>) -> Result<Vec<Region>, String> {
    let by_hand = |what: &str| format!("{what}, so config.xml is changed by hand, at these places");
    let text = &*existing.text;
    let found = places(text).ok_or_else(|| by_hand("no mobile clients are found in it"))?;
    let [connection] = lists.connections.as_slice() else {
        return Err(by_hand("it has several connections for clients"));
    };
    let old = &connection.ike;
    if old.len() != found.rows.len() || old.is_empty() {
        return Err(by_hand("a row of phase 1 is not complete"));
    }
    let mut regions = vec![];
    let rows = rows(text, &found.rows, (old, &lists.ike), found.selects_prf);
    let (both, alone) = rows.map_err(|why| by_hand(&why))?;
    let words = |entry: &Entry| keyword::of_proposal(&entry.proposal);
    regions.push(Region {
        place: together(text, &found.rows).ok_or_else(|| by_hand("a comment stands in phase 1"))?,
        both,
        alone,
        setting: format!("{}/encryption/item", found.path),
        old: joined(old.iter().map(words)),
        new: joined(
            lists
                .ike
                .iter()
                .filter_map(|one| swan::write(&one.to_proposal())),
        ),
    });
    for entry in &found.phase2 {
        let changes = phase2(text, entry, lists);
        regions.extend(changes.ok_or_else(|| by_hand("a comment stands in phase 2"))?);
    }
    regions.retain(|region| region.alone != text[region.place.clone()]);
    regions.sort_by_key(|region| region.place.start);
    Ok(regions)
}

fn joined(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

/// From the first of these places to the last, if nothing but blanks stands between them.
fn together(text: &str, places: &[Range<usize>]) -> Option<Range<usize>> {
    let (first, last) = (places.first()?, places.last()?);
    let mut gaps = places.windows(2).map(|two| &text[two[0].end..two[1].start]);
    gaps.all(|gap| gap.trim().is_empty())
        .then_some(first.start..last.end)
}

/// What stands before each element of a level: a line break and the indentation, or nothing.
fn lead(text: &str, start: usize) -> &str {
    let before = &text[..start];
    &before[before.trim_end().len()..]
}

/// The rows of phase 1, with the old ones behind the new ones and without.
fn rows(
    text: &str,
    places: &[Range<usize>],
    (old, new): (&[Entry], &[Listed]),
    selects_prf: bool,
) -> Result<(String, String), String> {
    let lead = lead(text, places[0].start);
    let written = |place: &Range<usize>| text[place.clone()].to_owned();
    let row = |listed: &Listed| -> Result<String, String> {
        let proposal = listed.to_proposal();
        // What stays is spelt as it was.
        let same = old.iter().position(|entry| entry.proposal == proposal);
        match same {
            Some(place) => Ok(written(&places[place])),
            None => Ok(item(&listed.suite, selects_prf)?.text(lead)),
        }
    };
    let rows = new.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    let is_planned = |entry: &Entry| new.iter().any(|one| one.to_proposal() == entry.proposal);
    let others = old.iter().zip(places);
    let others = others.filter(|(entry, _)| !is_planned(entry));
    let both: Vec<_> = rows
        .iter()
        .cloned()
        .chain(others.map(|(_, place)| written(place)))
        .collect();
    Ok((both.join(lead), rows.join(lead)))
}

/// A row of phase 1.
fn item(suite: &Suite, selects_prf: bool) -> Result<Node, String> {
    let value = |hash: Option<Transform>| hash.and_then(pfsense::hash_value).map(|value| value.0);
    let cipher = suite.encr().and_then(pfsense::cipher_value);
    let prf = value(suite.prf());
    let (Some(cipher), Some(prf)) = (cipher, prf) else {
        return Err("pfSense has no such row".to_owned());
    };
    let hash = value(suite.integ()).unwrap_or(prf);
    if hash != prf && !selects_prf {
        return Err("PRF Selection has to be enabled first".to_owned());
    }
    let length = cipher
        .1
        .map_or_else(String::new, |length| length.to_string());
    let group = suite.ke().map_or(0, |group| group.id);
    Ok(Node::Inside(
        "item",
        vec![
            Node::Inside(
                "encryption-algorithm",
                vec![
                    Node::Text("name", cipher.0.to_owned()),
                    Node::Text("keylen", length),
                ],
            ),
            Node::Text("hash-algorithm", hash.to_owned()),
            Node::Text("prf-algorithm", prf.to_owned()),
            Node::Text("dhgroup", group.to_string()),
        ],
    ))
}

/// What changes in a phase 2; `None` if a comment stands between what is ticked.
fn phase2(text: &str, entry: &Phase2Places, lists: &Lists<'_>) -> Option<Vec<Region>> {
    let setting = |name: &str| format!("{}/{name}", entry.path);
    let (ciphers, hashes, group) = ticks(&lists.esp);
    let mut regions = vec![of_ciphers(text, entry, &ciphers, &hashes)?];
    if !entry.hashes.is_empty() && !hashes.is_empty() {
        let places: Vec<_> = entry.hashes.iter().map(|it| it.place.clone()).collect();
        let place = together(text, &places)?;
        let lead = lead(text, place.start);
        let element = |value: &String| Node::Text(HASH, value.clone()).text(lead);
        let old = entry.hashes.iter().map(|it| &it.value);
        let more = old.clone().filter(|old| !hashes.contains(old));
        let order = |value: &&String| {
            let mut page = pfsense::hashes_of_page();
            page.position(|(_, own)| own == value.as_str())
        };
        let mut both: Vec<&String> = hashes.iter().chain(more).collect();
        both.sort_by_key(order);
        let list = |all: &[&String]| -> String {
            let each: Vec<_> = all.iter().map(|value| element(value)).collect();
            each.join(lead)
        };
        regions.push(Region {
            place,
            both: list(&both),
            alone: list(&hashes.iter().collect::<Vec<_>>()),
            setting: setting(HASH),
            old: joined(old.cloned()),
            new: hashes.join(", "),
        });
    }
    // There is one group, so the old one stays while clients are changed.
    let one =
        |placed: &ElementValue, name: &'static str, new: String, both: Option<String>| Region {
            place: placed.place.clone(),
            both: both.unwrap_or_else(|| text[placed.place.clone()].to_owned()),
            alone: Node::Text(name, new.clone()).text(""),
            setting: setting(name),
            old: match placed.value.as_str() {
                "" => "(empty)".to_owned(),
                value => value.to_owned(),
            },
            new,
        };
    let off = |value: &str| value.is_empty() || value == "0";
    if let Some(own) = &entry.group
        && own.value != group.to_string()
        && !(off(&own.value) && group == 0)
    {
        regions.push(one(own, "pfsgroup", group.to_string(), None));
    }
    if let Some(own) = entry
        .rekey_time
        .as_ref()
        .filter(|it| lists.never_asks && it.value != "0")
    {
        let never = Node::Text("rekey_time", "0".to_owned()).text("");
        regions.push(one(own, "rekey_time", "0".to_owned(), Some(never)));
    }
    if let (Some(own), Some(least)) = (&entry.lifetime, lists.lifetime)
        && own
            .value
            .parse()
            .is_ok_and(|seconds: u64| seconds < least.as_secs())
    {
        let least = least.as_secs().to_string();
        let longer = Node::Text("lifetime", least.clone()).text("");
        regions.push(one(own, "lifetime", least, Some(longer)));
    }
    Some(regions)
}

const HASH: &str = "hash-algorithm-option";

/// A cipher of the page: name and length.
type Tick = (String, String);

/// What is ticked for these suites, in the order of the page, and the number of the group.
fn ticks(esp: &[Listed]) -> (Vec<Tick>, Vec<String>, u16) {
    let suites = || esp.iter().map(|one| &one.suite);
    let ciphers = pfsense::ciphers_of_page()
        .filter(|(encr, ..)| suites().any(|suite| suite.encr() == Some(*encr)))
        .map(|(_, name, length)| {
            let length = length.map_or_else(String::new, |length| length.to_string());
            (name.to_owned(), length)
        });
    let hashes = pfsense::hashes_of_page()
        .filter(|(integ, _)| suites().any(|suite| suite.integ() == Some(*integ)))
        .map(|(_, value)| value.to_owned());
    let group = suites().find_map(Suite::ke).map_or(0, |group| group.id);
    (ciphers.collect(), hashes.collect(), group)
}

/// The ciphers, and behind them the hashes where there were none.
fn of_ciphers(text: &str, entry: &Phase2Places, new: &[Tick], hashes: &[String]) -> Option<Region> {
    let places: Vec<_> = entry.ciphers.iter().map(|it| it.place.clone()).collect();
    let place = together(text, &places)?;
    let lead = lead(text, place.start);
    let of = |one: &PlacedCipher| (one.name.clone(), one.length.clone());
    let element = |tick: &Tick| {
        // What stays is spelt as it was.
        let same = entry.ciphers.iter().find(|one| of(one) == *tick);
        if let Some(same) = same {
            return text[same.place.clone()].to_owned();
        }
        let length = (!tick.1.is_empty()).then(|| Node::Text("keylen", tick.1.clone()));
        let name = Node::Text("name", tick.0.clone());
        let nodes = [name].into_iter().chain(length).collect();
        Node::Inside("encryption-algorithm-option", nodes).text(lead)
    };
    let order = |tick: &Tick| {
        let mut page = pfsense::ciphers_of_page();
        page.position(|(_, name, length)| {
            let length = length.map_or_else(String::new, |length| length.to_string());
            name == tick.0 && (tick.1 == "auto" || length == tick.1)
        })
    };
    let mut both = new.to_vec();
    let more = entry.ciphers.iter().map(of);
    both.extend(more.filter(|tick| !new.contains(tick)));
    both.sort_by_key(order);
    let missing = entry.hashes.is_empty();
    let hashes = hashes.iter().filter(|_| missing);
    let list = |ticks: &[Tick]| {
        let ticks = ticks.iter().map(element);
        let hashes = hashes
            .clone()
            .map(|value| Node::Text(HASH, value.clone()).text(lead));
        ticks.chain(hashes).collect::<Vec<_>>().join(lead)
    };
    let words = |tick: &Tick| format!("{} {}", tick.0, tick.1).trim_end().to_owned();
    Some(Region {
        place,
        both: list(&both),
        alone: list(new),
        setting: format!("{}/encryption-algorithm-option", entry.path),
        old: joined(entry.ciphers.iter().map(|one| words(&of(one)))),
        new: joined(new.iter().map(words)),
    })
}
