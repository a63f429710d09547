//! From a server as it is to a plan, in its own file: what goes and what comes, and the file with only that changed,
//! first with both lists and then with the plan's alone. Each step is checked.

mod list;
mod opnsense;
mod patch;
mod pfsense;

use std::sync::Arc;
use std::time::Duration;

use self::list::List;
use self::patch::{Region, Step, text_at, unified};
use super::plan::PlanAnswer;
use super::question::{Question, ServerInput};
use super::reading::{ServerText, situation};
use super::remedy::hard_lifetime;
use super::selection::Clients;
use super::{Answer, ask};
use crate::compat::client::Situation;
use crate::compat::harm::is_worse;
use crate::compat::report::{ClientReport, Overall};
use crate::diag::Sources;
use crate::dialect::keyword;
use crate::format::{End, Format, ServerFile};
use crate::ike::Protocol;
use crate::peer::client::Lifetimes;
use crate::peer::lifetime::outlasting;
use crate::peer::{Client, Connection, Edit, HardLifetime, Server};
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

impl Existing {
    /// The kind of its file, where such files are written too.
    const fn written(&self) -> Option<ServerFile> {
        match self.format.row().end {
            End::Server(file) => file,
            End::Client(_) => None,
        }
    }

    /// Whether its file holds much that is not about IPsec.
    const fn holds_much_else(&self) -> bool {
        matches!(self.format, Format::PfsenseXml | Format::OpnsenseXml)
    }
}

/// A proposal of the file, or one that comes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Changed {
    /// 1 or 2.
    pub phase: u8,
    /// The list that it is in, as the format has it.
    pub setting: String,
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
    /// What has to be set besides, in sentences.
    pub beside: Vec<String>,
    /// The file with both and the file with the plan's alone, or why they cannot be written.
    pub files: Result<Steps, String>,
}

/// A setting of the file that changes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChangedSetting {
    /// The line on which it begins.
    pub line: usize,
    /// The setting, as the format has it.
    pub setting: String,
    /// What is set, without anything else that stands on its lines.
    pub old: String,
    /// What is set at the end.
    pub new: String,
}

/// The file at each step.
#[derive(Clone, Debug)]
pub struct Steps {
    /// With the new entries before the old ones.
    pub both: String,
    /// With the new entries alone.
    pub alone: String,
    /// The settings that differ at the end.
    pub changed: Vec<ChangedSetting>,
    /// For a file that holds much else, what `patch` takes: from the file as it is to both, and from there to the end.
    pub patches: Option<[String; 2]>,
    /// Ids of clients that connect today and would not while the server has both.
    pub lost_meanwhile: Vec<String>,
    /// Ids of clients that keep the tunnel while the server has both, though a rekeying fails that does not today.
    pub rekeying_fails_meanwhile: Vec<String>,
    /// Ids of clients that would not connect at the end, configured as the plan says.
    pub lost_at_the_end: Vec<String>,
}

/// What the plan lists, and the connections that get it.
struct Lists<'l> {
    connections: Vec<&'l Connection>,
    ike: Vec<Listed>,
    esp: Vec<Listed>,
    /// The server never asks for new keys of phase 2.
    never_asks: bool,
    /// Child SAs have to live at least as long then.
    lifetime: Option<Duration>,
    /// Where SAs end before a client has renewed them, in sentences.
    short: Vec<String>,
}

/// The way to a plan from the server that the question named, if it named one.
pub fn migration(answer: &PlanAnswer, plan: &Plan, database: &Database<'_>) -> Option<Migration> {
    let existing = answer.existing.as_ref()?;
    let never_asks = plan.rekeying.server.child == Some(Duration::ZERO);
    let situation = situation(&existing.server, database).ok()?;
    let lists = Lists {
        connections: serving(&existing.server).collect(),
        short: short_lifetimes(answer, plan, existing, &situation),
        ike: plan.listed_ike(),
        esp: plan.listed_esp(),
        never_asks,
        lifetime: never_asks.then(|| plan.rekeying.outlasting()),
    };
    if lists.connections.is_empty() {
        return None;
    }
    let each = List::all(existing, &lists)?;
    let by_hand = || {
        let title = existing.format.title();
        Err(format!("{title} is changed by hand, at these places"))
    };
    let regions = match existing.written() {
        Some(
            ServerFile::Swanctl
            | ServerFile::IpsecConf
            | ServerFile::Libreswan
            | ServerFile::ServerYaml,
        ) => list::regions(existing, &each),
        Some(ServerFile::OpnsenseXml) => {
            list::regions(existing, &each).map(|(mut regions, by_hand)| {
                regions.extend(opnsense::rekeying(existing, &lists));
                regions.sort_by_key(|region| region.place.start);
                (regions, by_hand)
            })
        }
        Some(ServerFile::PfsenseXml) => {
            pfsense::regions(existing, &lists).map(|regions| (regions, Vec::new()))
        }
        Some(
            ServerFile::Cisco
            | ServerFile::Fortigate
            | ServerFile::Iked
            | ServerFile::Mikrotik
            | ServerFile::OpnsensePages
            | ServerFile::PfsensePages
            | ServerFile::Rras
            | ServerFile::Vyos,
        )
        | None => by_hand(),
    };
    // pfSense's times are elements, which are among the regions.
    let beside = match &regions {
        Ok(_) if existing.format == Format::PfsenseXml => Vec::new(),
        Ok((regions, by_hand)) => {
            let settings = settings_beside(existing, &lists, regions);
            [by_hand.clone(), settings].concat()
        }
        Err(_) => settings_beside(existing, &lists, &[]),
    };
    let files = regions.and_then(|(regions, _)| steps(answer, plan, existing, &regions, database));
    Some(Migration {
        added: each.iter().flat_map(added).collect(),
        removed: each
            .iter()
            .flat_map(|list| removed(list, existing))
            .collect(),
        beside,
        files,
    })
}

/// What has to be set besides the lists.
fn settings_beside(existing: &Existing, lists: &Lists<'_>, regions: &[Region]) -> Vec<String> {
    [
        rekeying(existing, lists, regions),
        lists.short.clone(),
        pfs(existing, lists),
    ]
    .concat()
}

/// Where the server asks for new keys and must not, in the words of the format.
fn rekeying(existing: &Existing, lists: &Lists<'_>, regions: &[Region]) -> Vec<String> {
    let zero = Some(Duration::ZERO);
    let asking = lists.connections.iter().filter(|it| it.rekey.child != zero);
    let asking = asking.filter(|it| lists.never_asks && !opnsense::is_set(it, regions));
    let never_asks = existing.server.surface().row().never_asks.child;
    let sentence = |connection: &&Connection| {
        let name = &connection.name;
        let set = match existing.written() {
            Some(ServerFile::ServerYaml) => "`rekey: {child: 0}`",
            _ => never_asks.unwrap_or("the rekey time of phase 2 to 0"),
        };
        format!("`{name}` must never ask for new keys of phase 2: set {set}")
    };
    asking.map(sentence).collect()
}

/// Where the server never asks for new keys, and SAs end before a client has renewed them.
fn short_lifetimes(
    answer: &PlanAnswer,
    plan: &Plan,
    existing: &Existing,
    situation: &Situation,
) -> Vec<String> {
    let zero = Some(Duration::ZERO);
    let mut server = existing.server.clone();
    let asked = plan.rekeying.server;
    for (protocol, rekey) in [(Protocol::Ike, asked.ike), (Protocol::Esp, asked.child)] {
        for connection in 0..server.connections.len() {
            let stop = Edit::StopRekeying {
                connection,
                protocol,
            };
            if rekey == zero {
                stop.apply(&mut server);
            }
        }
    }
    let slowest = |interval: fn(&Lifetimes) -> Option<Duration>| {
        let clients = answer.clients.iter().enumerate();
        let served =
            clients.filter(|(place, _)| plan.left_out.iter().all(|it| it.client != *place));
        let known = served.filter_map(|(_, client)| interval(&client.lifetimes));
        let known = known.filter(|interval| *interval != Lifetimes::NEVER).max();
        known.map(outlasting)
    };
    let least_ike = slowest(|times| times.ike);
    let least_child = match asked.child == zero {
        true => Some(plan.rekeying.outlasting()),
        false => slowest(|times| times.child),
    };
    let is_short = |end: HardLifetime, least: Option<Duration>| {
        let short = |least| matches!(end, HardLifetime::After(end) if end < least);
        least.filter(|least| short(*least))
    };
    let mut sentences = Vec::new();
    for connection in serving(&server) {
        let mut say = |protocol, least: Option<Duration>| {
            let set = least.map(|least| hard_lifetime(&server, protocol, least));
            sentences.extend(set.map(|set| format!("`{}`: {set}", connection.name)));
        };
        if connection.rekey.ike == zero {
            let end = situation.lifetimes.of_ike(connection);
            say(Protocol::Ike, is_short(end, least_ike));
        }
        let silent = connection.children.iter().filter(|child| {
            let own = child.rekey.as_ref().map(|written| written.value);
            own.or(connection.rekey.child) == zero
        });
        let mut short = silent.filter_map(|child| {
            let end = situation.lifetimes.of_child(connection, child);
            is_short(end, least_child)
        });
        say(Protocol::Esp, short.next());
    }
    sentences
}

/// The connections that the plan is for.
fn serving(server: &Server) -> impl Iterator<Item = &Connection> {
    let all = server.connections.iter();
    all.filter(|it| it.serves_clients() && it.not_loaded.is_none() && !it.children.is_empty())
}

/// Where the group of phase 2 is a switch that stands otherwise.
fn pfs(existing: &Existing, lists: &Lists<'_>) -> Vec<String> {
    let wanted = lists.esp.iter().any(|one| one.suite.ke().is_some());
    let is_otherwise = |connection: &&&Connection| {
        let mut children = connection.children.iter();
        existing.format == Format::Libreswan
            && children.any(|child| child.pfs.unwrap_or(true) != wanted)
    };
    let word = if wanted { "yes" } else { "no" };
    let others = lists.connections.iter().filter(is_otherwise);
    others
        .map(|connection| format!("`{}`: set `pfs={word}`", connection.name))
        .collect()
}

/// What a list gets.
fn added(list: &List<'_>) -> Vec<Changed> {
    let changed = |words: &str| Changed {
        phase: list.phase(),
        setting: list.setting().to_owned(),
        proposal: words.to_owned(),
        line: None,
    };
    list.added().map(changed).collect()
}

/// What goes from a list.
fn removed(list: &List<'_>, existing: &Existing) -> Vec<Changed> {
    let gone = list.old().iter();
    let gone = gone.filter(|entry| !list.is_planned(&entry.proposal));
    let changed = gone.map(|entry| Changed {
        phase: list.phase(),
        setting: list.setting().to_owned(),
        proposal: keyword::of_proposal(&entry.proposal),
        line: entry
            .origin
            .span()
            .filter(|span| span.file == existing.file)
            .map(|span| existing.line_of(span.start)),
    });
    changed.collect()
}

fn steps(
    answer: &PlanAnswer,
    plan: &Plan,
    existing: &Existing,
    regions: &[Region],
    database: &Database<'_>,
) -> Result<Steps, String> {
    let text = &*existing.text;
    let both = text_at(text, regions, Step::Both);
    let alone = text_at(text, regions, Step::Alone);
    let patches = match existing.holds_much_else() {
        true => {
            let name = existing.name.rsplit(['/', '\\']).next().unwrap_or_default();
            let way = |from, to| {
                let patch = unified(name, text, regions, (from, to));
                patch.ok_or(
                    "other settings stand on the lines that change, so they are changed by hand",
                )
            };
            Some([
                way(Step::AsItIs, Step::Both)?,
                way(Step::Both, Step::Alone)?,
            ])
        }
        false => None,
    };
    let as_is: Vec<Arc<Client>> = answer.clients.iter().cloned().map(Arc::new).collect();
    let places = 0..answer.clients.len();
    let planned = places.map(|place| Arc::new(plan.client(&answer.clients, place)));
    let planned: Vec<Arc<Client>> = planned.collect();
    let connects =
        |text: &str, clients: &[Arc<Client>]| reports(existing, text, (answer, clients), database);
    let before = connects(text, &as_is)?;
    let (meanwhile, configured) = (connects(&both, &as_is)?, connects(&both, &planned)?);
    let end = connects(&alone, &planned)?;
    let mut lost_meanwhile = Vec::new();
    let mut rekeying_fails_meanwhile = Vec::new();
    let mut lost_at_the_end = Vec::new();
    for (place, client) in answer.clients.iter().enumerate() {
        let works = |all: &[ClientReport]| {
            !matches!(all[place].verdict, Overall::Refused | Overall::RekeyFails)
        };
        let is_worse = |all: &[ClientReport]| is_worse(&before[place], &all[place]);
        if works(&before) && !(works(&meanwhile) && works(&configured)) {
            lost_meanwhile.push(client.id.clone());
        } else if is_worse(&meanwhile) || is_worse(&configured) {
            rekeying_fails_meanwhile.push(client.id.clone());
        }
        if !works(&end) {
            lost_at_the_end.push(client.id.clone());
        }
    }
    let changed = regions.iter().map(|region| ChangedSetting {
        line: existing.line_of(region.place.start),
        setting: region.setting.clone(),
        old: region.old.clone(),
        new: region.new.clone(),
    });
    Ok(Steps {
        both,
        alone,
        changed: changed.collect(),
        patches,
        lost_meanwhile,
        rekeying_fails_meanwhile,
        lost_at_the_end,
    })
}

/// What each client makes of a text in the format of the file.
fn reports(
    existing: &Existing,
    text: &str,
    (answer, clients): (&PlanAnswer, &[Arc<Client>]),
    database: &Database<'_>,
) -> Result<Vec<ClientReport>, String> {
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
    let reports = answered.clients.into_iter().map(|one| one.report);
    Ok(reports.collect())
}

impl Existing {
    /// The line of a place in the text.
    fn line_of(&self, place: usize) -> usize {
        self.text[..place].matches('\n').count() + 1
    }
}
