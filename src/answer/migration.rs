//! From a server as it is to a plan, in its own file: what goes and what comes, and the file with only that changed,
//! first with both lists and then with the plan's alone. Each step is checked.

use std::ops::Range;
use std::sync::Arc;

use super::plan::PlanAnswer;
use super::question::{Question, ServerInput};
use super::reading::ServerText;
use super::selection::Clients;
use super::{Answer, ask};
use crate::compat::report::Overall;
use crate::diag::Sources;
use crate::dialect::{pluto, swan};
use crate::format::Format;
use crate::ike::{Proposal, Suite};
use crate::peer::{Client, Entry, Origin, Server};
use crate::profile::Database;
use crate::recommend::{Listed, Plan};

/// A server's configuration as it was given.
#[derive(Clone, Debug)]
pub struct Existing {
    /// Its model.
    pub server: Server,
    /// How it was read.
    pub format: Format,
    /// What it is called.
    pub name: String,
    /// Its text.
    pub text: Arc<str>,
    /// The number of the text among the sources.
    pub file: usize,
}

/// A proposal of the file, or one that comes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Changed {
    /// 1 or 2.
    pub phase: u8,
    /// The proposal, in the words of the file.
    pub proposal: String,
    /// The line on which it stands; none where it comes.
    pub line: Option<usize>,
}

/// How a server gets to a plan.
#[derive(Clone, Debug)]
pub struct Migration {
    /// What comes.
    pub added: Vec<Changed>,
    /// What goes at the end.
    pub removed: Vec<Changed>,
    /// What has to be set besides proposals.
    pub beside: Vec<&'static str>,
    /// The file with both and the file with the plan's alone, or why they cannot be written.
    pub files: Result<Steps, String>,
}

/// A list of the file that changes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChangedList {
    /// The line on which it begins.
    pub line: usize,
    /// Its setting, as the format has it.
    pub key: &'static str,
    /// The list as it is, without anything else that stands on its lines.
    pub old: String,
    /// The list at the end.
    pub new: String,
}

/// The file at each step.
#[derive(Clone, Debug)]
pub struct Steps {
    /// With the new entries before the old ones.
    pub both: String,
    /// With the new entries alone.
    pub alone: String,
    /// The lists that differ at the end.
    pub changed: Vec<ChangedList>,
    /// Ids of clients that connect today and would not while the server has both.
    pub lost_meanwhile: Vec<String>,
    /// Ids of clients that would not connect at the end, configured as the plan says.
    pub lost_at_the_end: Vec<String>,
}

/// The way to a plan from the server that the question named, if it named one.
pub fn migration(answer: &PlanAnswer, plan: &Plan, database: &Database<'_>) -> Option<Migration> {
    let existing = answer.existing.as_ref()?;
    let mut connections = existing.server.connections.iter();
    let connection = connections.find(|connection| connection.serves_clients())?;
    let child = connection.children.first()?;
    let lists = [
        List::new(1, &connection.ike, plan.listed_ike(), existing)?,
        List::new(2, &child.esp, plan.listed_esp(), existing)?,
    ];
    let mut beside = Vec::new();
    let zero = Some(std::time::Duration::ZERO);
    if plan.rekeying.server.child == zero && connection.rekey.child != zero {
        beside.push(
            "the server must never ask for new keys of phase 2: set its rekey time there to 0",
        );
    }
    let files = steps(answer, plan, existing, &lists, database);
    Some(Migration {
        added: lists.iter().flat_map(List::added).collect(),
        removed: lists
            .iter()
            .flat_map(|list| list.removed(existing))
            .collect(),
        beside,
        files,
    })
}

fn steps(
    answer: &PlanAnswer,
    plan: &Plan,
    existing: &Existing,
    lists: &[List<'_>],
    database: &Database<'_>,
) -> Result<Steps, String> {
    let write = |keep: bool| -> Result<(String, Vec<ChangedList>), String> {
        let mut changed = Vec::new();
        let mut text = existing.text.to_string();
        let edits: Result<Vec<_>, String> =
            lists.iter().map(|list| list.edit(existing, keep)).collect();
        let mut edits: Vec<_> = edits?.into_iter().flatten().collect();
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.place.start));
        for edit in edits {
            text.replace_range(edit.place, &edit.words);
            changed.insert(0, edit.changed);
        }
        Ok((text, changed))
    };
    let ((both, _), (alone, changed)) = (write(true)?, write(false)?);
    let as_is: Vec<Arc<Client>> = answer.clients.iter().cloned().map(Arc::new).collect();
    let places = 0..answer.clients.len();
    let planned = places.map(|place| Arc::new(plan.client(&answer.clients, place)));
    let planned: Vec<Arc<Client>> = planned.collect();
    let connects =
        |text: &str, clients: &[Arc<Client>]| verdicts(existing, text, (answer, clients), database);
    let before = connects(&existing.text, &as_is)?;
    let (meanwhile, configured) = (connects(&both, &as_is)?, connects(&both, &planned)?);
    let end = connects(&alone, &planned)?;
    let mut lost_meanwhile = Vec::new();
    let mut lost_at_the_end = Vec::new();
    for (place, client) in answer.clients.iter().enumerate() {
        let works = |all: &[Overall]| !matches!(all[place], Overall::Refused | Overall::RekeyFails);
        if works(&before) && !(works(&meanwhile) && works(&configured)) {
            lost_meanwhile.push(client.id.clone());
        }
        if !works(&end) {
            lost_at_the_end.push(client.id.clone());
        }
    }
    Ok(Steps {
        both,
        alone,
        changed,
        lost_meanwhile,
        lost_at_the_end,
    })
}

/// What each client makes of a text in the format of the file.
fn verdicts(
    existing: &Existing,
    text: &str,
    (answer, clients): (&PlanAnswer, &[Arc<Client>]),
    database: &Database<'_>,
) -> Result<Vec<Overall>, String> {
    let server = ServerText {
        format: Some(existing.format),
        ..ServerText::new(&existing.name, text.as_bytes())
    };
    let question = Question {
        clients: Clients::Given(clients),
        ..Question::new(ServerInput::Text(server), &answer.policy)
    };
    let answered: Result<Answer, _> = ask(&question, database, &mut Sources::new());
    let answered = answered.map_err(|said| {
        let why = said.first().map_or("", |first| first.message.as_str());
        format!("the changed file could not be read again: {why}")
    })?;
    let verdicts = answered.clients.iter().map(|one| one.report.verdict);
    Ok(verdicts.collect())
}

/// What goes into the place of a list.
struct ListEdit {
    place: Range<usize>,
    words: String,
    changed: ChangedList,
}

/// The setting of a list.
const fn key(format: Format, phase: u8) -> &'static str {
    match (format, phase) {
        (Format::Swanctl, 1) => "proposals",
        (Format::Swanctl, _) => "esp_proposals",
        (Format::ServerYaml, 1) => "phase1",
        (Format::ServerYaml, _) => "phase2",
        (_, 1) => "ike",
        (_, _) => "esp",
    }
}

impl Existing {
    /// The line of a place in the text.
    fn line_of(&self, place: usize) -> usize {
        self.text[..place].matches('\n').count() + 1
    }
}

/// One list of the file and what the plan has in its place.
struct List<'l> {
    phase: u8,
    old: &'l [Entry],
    new: Vec<(Suite, String)>,
}

impl<'l> List<'l> {
    fn new(phase: u8, old: &'l [Entry], listed: Vec<Listed>, existing: &Existing) -> Option<Self> {
        let libreswan = existing.format == Format::Libreswan;
        let words = |suite: Suite| {
            // libreswan has a switch for the group of phase 2.
            let suite = match libreswan && phase == 2 {
                true => suite.without_key_exchange(),
                false => suite,
            };
            let proposal = suite.to_proposal();
            let text = match libreswan {
                true => pluto::write(&proposal),
                false => swan::write(&proposal),
            };
            text.map(|text| (suite, text))
        };
        let new = listed.into_iter().map(|one| words(one.suite));
        Some(Self {
            phase,
            old,
            new: new.collect::<Option<_>>()?,
        })
    }

    fn is_planned(&self, proposal: &Proposal) -> bool {
        self.new
            .iter()
            .any(|(suite, _)| suite.to_proposal() == *proposal)
    }

    fn added(&self) -> Vec<Changed> {
        let is_new = |(suite, _): &&(Suite, String)| {
            let proposal = suite.to_proposal();
            !self.old.iter().any(|entry| entry.proposal == proposal)
        };
        let added = self.new.iter().filter(is_new);
        let changed = |(_, text): &(Suite, String)| Changed {
            phase: self.phase,
            proposal: text.clone(),
            line: None,
        };
        added.map(changed).collect()
    }

    fn removed(&self, existing: &Existing) -> Vec<Changed> {
        let gone = self
            .old
            .iter()
            .filter(|entry| !self.is_planned(&entry.proposal));
        let changed = |entry: &Entry| Changed {
            phase: self.phase,
            proposal: swan::write(&entry.proposal).unwrap_or_default(),
            line: entry
                .origin
                .span()
                .filter(|span| span.file == existing.file)
                .map(|span| existing.line_of(span.start)),
        };
        gone.map(changed).collect()
    }

    /// What to put in the place of the list, if anything changes; `keep` keeps the old entries behind the new ones.
    fn edit(&self, existing: &Existing, keep: bool) -> Result<Option<ListEdit>, String> {
        let phase = self.phase;
        if !matches!(
            existing.format,
            Format::Swanctl | Format::IpsecConf | Format::Libreswan | Format::ServerYaml
        ) {
            return Err(format!(
                "{} is changed by hand, at these places",
                existing.format.title()
            ));
        }
        let mut places: Vec<Range<usize>> = Vec::new();
        for entry in self.old {
            match &entry.origin {
                Origin::Written(span) if span.file == existing.file => places.push(span.bytes()),
                _ => {
                    return Err(format!(
                        "phase {phase} has entries that are not written in `{}` itself, so the list is changed by hand",
                        existing.name
                    ));
                }
            }
        }
        let (Some(first), Some(last)) = (places.first(), places.last()) else {
            return Err(format!("phase {phase} has no list in `{}`", existing.name));
        };
        let region = first.start..last.end;
        let ordered = places.windows(2).all(|pair| pair[0].end <= pair[1].start);
        let mut between = places
            .windows(2)
            .map(|pair| existing.text.get(pair[0].end..pair[1].start).unwrap_or("#"));
        if !ordered || between.clone().any(|text| text.contains('#')) {
            return Err(format!(
                "a comment stands within the list of phase {phase}, which is changed by hand"
            ));
        }
        let separator = match between.next() {
            Some(text) => text.to_owned(),
            None => lone_separator(&existing.text, region.start),
        };
        let written = |entry: &Entry, place: &Range<usize>| {
            (
                entry.proposal.clone(),
                existing.text[place.clone()].to_owned(),
            )
        };
        let old: Vec<_> = self
            .old
            .iter()
            .zip(&places)
            .map(|(entry, place)| written(entry, place))
            .collect();
        // What stays is spelt as it was.
        let spelt = |(suite, text): &(Suite, String)| {
            let proposal = suite.to_proposal();
            let same = old.iter().find(|(own, _)| *own == proposal);
            same.map_or_else(|| text.clone(), |(_, own)| own.clone())
        };
        let mut list: Vec<String> = self.new.iter().map(spelt).collect();
        if keep {
            let rest = old.iter().filter(|(own, _)| !self.is_planned(own));
            list.extend(rest.map(|(_, text)| text.clone()));
        }
        let words = list.join(&separator);
        let changed = ChangedList {
            line: existing.line_of(region.start),
            key: key(existing.format, phase),
            old: old
                .iter()
                .map(|(_, text)| text.as_str())
                .collect::<Vec<_>>()
                .join(", "),
            new: list.join(", "),
        };
        let differs = existing.text[region.clone()] != words;
        Ok(differs.then_some(ListEdit {
            place: region,
            words,
            changed,
        }))
    }
}

/// What separates the entries of a list of one: a new line of a YAML list, else a comma.
fn lone_separator(text: &str, start: usize) -> String {
    let line = text[..start].rfind('\n').map_or(0, |place| place + 1);
    let before = &text[line..start];
    match before.trim() {
        "-" => format!("\n{before}"),
        _ => ",".to_owned(),
    }
}
