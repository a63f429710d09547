//! Exports of MikroTik's RouterOS, and scripts for it: `/ip ipsec profile`, `proposal`, `peer`,
//! `identity`, `policy` and `mode-config`.
//!
//! An export leaves out what is as the router has it by default. Peers of the exchange mode `ike2` are
//! connections; before 6.43 a peer has the settings of profile and identity itself.

mod connection;
mod index;
mod script;
mod selection;
mod unread;

use std::collections::HashSet;
use std::sync::Arc;

use self::index::Index;
use self::script::{Argument, Command};
use self::selection::Selection;
use super::loading::{Found, Work};
use super::unread::Unread;
use super::{ReadCode, ReadContext, Reading, harmless, loading};
use crate::diag::{Diagnostic, Place, Severity, Sources, Span};
use crate::ike::{Proposal, Protocol};
use crate::peer::setting::{Bearing, Definitions, KeySet, Setting};
use crate::peer::surface::ConfigSurface;
use crate::peer::{Connection, Engine, EngineName, Server, Version};

/// The version that is assumed where the export does not begin with its own.
const ASSUMED: Engine = Engine {
    name: EngineName::Routeros,
    version: Version::new(7, 0, 0),
};

/// How far the export says its version, in octets.
const HEADER: usize = 4096;

/// Reads the text numbered `file`.
///
/// Fails if nothing in it is a peer, or if what a peer needs is wrong.
pub(crate) fn read(
    sources: &mut Sources,
    file: usize,
    context: &ReadContext<'_>,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    let text = sources.text(file);
    let engine = context
        .engine
        .filter(|engine| engine.name == EngineName::Routeros)
        .or_else(|| version(&text))
        .unwrap_or(ASSUMED);
    let mut reader = Reader {
        text: Arc::clone(&text),
        context,
        engine,
        items: Items::default(),
        work: Work::of_file(text.len()),
        assumed: [false; 2],
        secrets: None,
        unread: Unread::default(),
        shown: Vec::new(),
        diagnostics: Vec::new(),
    };
    for command in script::commands(file, &text) {
        let place = command.span.clone();
        reader.command(command);
        if reader.work.is_exhausted() {
            return Err(vec![
                Work::exceeded(&place).help("`/ip ipsec export` of the router has what is left"),
            ]);
        }
    }
    let items = reader.items.clone();
    let connections = reader.connections();
    if reader.work.is_exhausted() {
        let place = connections.last().and_then(|it| it.span.clone());
        let place = place.map_or(Place::File(file), |span| Place::from(&span));
        return Err(vec![Work::exceeded(place)]);
    }
    let mut unread = std::mem::take(&mut reader.unread);
    unread::look(&items, &mut unread);
    for span in std::mem::take(&mut reader.shown) {
        sources.show(&span);
    }
    let found = Found {
        product: None,
        engine,
        connections,
        definitions: Definitions {
            keys: Some(KeySet::Device),
            surface: Some(ConfigSurface::Mikrotik),
            secrets: reader.secrets,
            ..Definitions::default()
        },
        diagnostics: reader.diagnostics,
    };
    let read = found.server(sources, file, || {
        let message = "the file has no peer of `/ip ipsec peer` that is enabled";
        Diagnostic::error(ReadCode::NoConnection, Place::File(file), message)
            .help("`/export` writes the whole configuration, `/ip ipsec export` this part")
    });
    unread.of_server(read)
}

/// The version in the first lines: `# 2024-04-30 14:49:16 by RouterOS 7.14`.
fn version(text: &str) -> Option<Engine> {
    let mut head = text.len().min(HEADER);
    while !text.is_char_boundary(head) {
        head -= 1;
    }
    let lines = text.get(..head)?.lines();
    let mut lines = lines.take_while(|line| line.starts_with('#'));
    let after = lines.find_map(|line| line.split_once("by RouterOS "))?.1;
    let end = after.find(|c: char| !(c.is_ascii_digit() || c == '.'));
    let version = after.get(..end.unwrap_or(after.len()))?;
    Some(Engine {
        name: EngineName::Routeros,
        version: version.parse().ok()?,
    })
}

/// An entry of a menu.
#[derive(Clone, Debug)]
struct Item {
    arguments: Vec<Argument>,
    /// Where it begins.
    span: Span,
    /// Whether it is the entry that the router has by itself.
    is_default: bool,
}

impl Item {
    fn argument(&self, key: &str) -> Option<&Argument> {
        // The last one counts, as a later `set` does.
        let mut all = self.arguments.iter().rev();
        all.find(|argument| argument.key == key)
    }

    /// A value that is not empty.
    fn value(&self, key: &str) -> Option<&str> {
        let value = self.argument(key)?.value.as_str();
        (!value.is_empty()).then_some(value)
    }

    fn is_disabled(&self) -> bool {
        matches!(self.value("disabled"), Some("yes" | "true"))
    }

    /// How much it costs to change the entry so.
    fn steps(&self, changes: &[Argument]) -> usize {
        let looked_at = changes.len().saturating_mul(self.arguments.len());
        let copied = changes.iter().map(|it| it.key.len() + it.value.len());
        1 + looked_at + copied.sum::<usize>()
    }

    /// Carries out a command that changes the entry.
    fn change(&mut self, verb: &str, changes: Vec<Argument>) {
        if verb == "unset" {
            let is_unset = |own: &Argument| changes.iter().any(|it| it.value == own.key);
            self.arguments.retain(|own| !is_unset(own));
            return;
        }
        for change in changes {
            let mut own = self.arguments.iter_mut();
            match own.find(|own| own.key == change.key) {
                Some(own) => *own = change,
                None => self.arguments.push(change),
            }
        }
    }

    fn is_template(&self) -> bool {
        matches!(self.value("template"), Some("yes" | "true"))
    }

    fn is_named(&self, name: &str) -> bool {
        match self.value("name") {
            Some(own) => own == name,
            None => self.is_default && name == "default",
        }
    }
}

/// The entries of the menus that count.
#[derive(Clone, Debug, Default)]
struct Items {
    profiles: Vec<Item>,
    proposals: Vec<Item>,
    peers: Vec<Item>,
    identities: Vec<Item>,
    policies: Vec<Item>,
    configurations: Vec<Item>,
    pools: Vec<Item>,
}

impl Items {
    fn of_menu(&mut self, menu: &str) -> Option<&mut Vec<Item>> {
        Some(match menu {
            "ip ipsec profile" | "ip ipsec peer profile" => &mut self.profiles,
            "ip ipsec proposal" => &mut self.proposals,
            "ip ipsec peer" => &mut self.peers,
            "ip ipsec identity" => &mut self.identities,
            "ip ipsec policy" => &mut self.policies,
            "ip ipsec mode-config" => &mut self.configurations,
            "ip pool" => &mut self.pools,
            _ => return None,
        })
    }
}

/// Values that are secrets wherever they stand.
const SECRETS: &[&str] = &["secret", "password"];

/// Keys that are read, whose values are names, addresses, numbers or algorithms.
const HARMLESS: &[&str] = &[
    "address",
    "address-pool",
    "auth-algorithms",
    "auth-method",
    "dh-group",
    "disabled",
    "dst-address",
    "eap-methods",
    "enc-algorithm",
    "enc-algorithms",
    "exchange-mode",
    "generate-policy",
    "group",
    "hash-algorithm",
    "lifetime",
    "local-address",
    "mode-config",
    "name",
    "passive",
    "peer",
    "pfs-group",
    "policy-template-group",
    "prf-algorithm",
    "profile",
    "proposal",
    "ranges",
    "src-address",
    "template",
    "tunnel",
];

/// What reading takes and gives.
struct Reader<'r> {
    text: Arc<str>,
    context: &'r ReadContext<'r>,
    engine: Engine,
    items: Items,
    work: Work,
    /// Whether it was said already that values of IKE and of ESP are assumed.
    assumed: [bool; 2],
    secrets: Option<Span>,
    unread: Unread,
    shown: Vec<Span>,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn complain(&mut self, diagnostic: Diagnostic) {
        loading::remark(&mut self.diagnostics, diagnostic);
    }

    fn command(&mut self, command: Command) {
        let Command {
            menu,
            verb,
            span,
            arguments,
        } = command;
        if self.items.of_menu(&menu).is_none() {
            if ["add", "set"].contains(&verb.as_str()) {
                unread::menu(&menu, &span, &mut self.unread);
            }
            return;
        }
        self.shown.push(span.clone());
        for argument in &arguments {
            self.look_at(argument);
        }
        // `set numbers=0` is `set 0`.
        let first = arguments
            .iter()
            .find(|it| it.key.is_empty() || it.key == "numbers");
        let raw = first.and_then(|it| self.text.get(it.place.bytes()));
        let raw = raw.unwrap_or_default().trim_matches('"').to_owned();
        let Some(items) = self.items.of_menu(&menu) else {
            return;
        };
        if verb == "add" {
            if items.len() < loading::MOST_SETTINGS {
                items.push(Item {
                    arguments,
                    span,
                    is_default: false,
                });
            }
            return;
        }
        if !["disable", "enable", "remove", "set", "unset"].contains(&verb.as_str()) {
            return;
        }
        let changes = changes(&verb, first, &arguments);
        let words = raw.split([' ', ',', '=']).count();
        if !self.work.takes(words.saturating_mul(items.len())) {
            return;
        }
        match Selection::of(&menu, items, first, &raw) {
            Selection::Nothing => {
                if let Some(which) = first {
                    let message = "there is no entry of this name, so nothing is changed";
                    self.complain(Diagnostic::warning(
                        ReadCode::DanglingReference,
                        &which.place,
                        message,
                    ));
                }
            }
            Selection::Default => {
                if let (Some(item), true) = (Items::default_of(items, &span), verb != "remove")
                    && self.work.takes(item.steps(&changes))
                {
                    item.change(&verb, changes);
                }
            }
            Selection::These(these) if verb == "remove" => {
                let these: HashSet<usize> = these.into_iter().collect();
                let mut place = 0;
                items.retain(|item| {
                    place += 1;
                    item.is_default || !these.contains(&(place - 1))
                });
            }
            Selection::These(these) => {
                for place in these {
                    if let Some(item) = items.get_mut(place)
                        && self.work.takes(item.steps(&changes))
                    {
                        item.change(&verb, changes.clone());
                    }
                }
            }
            // Before anything is there nothing is changed.
            Selection::Unknown if items.iter().all(|item| item.is_default) => {}
            Selection::Unknown => {
                let message = "which entries this changes is known when the script runs";
                self.complain(
                    Diagnostic::error(ReadCode::UnresolvedValue, &span, message)
                        .help("`/ip ipsec export` of the router has what is left"),
                );
            }
        }
    }

    /// Notes a secret, and shows what is none.
    fn look_at(&mut self, argument: &Argument) {
        let key = argument.key.as_str();
        if SECRETS.contains(&key) {
            let start = argument.span.start;
            let key = Span::new(argument.span.file, start..start + key.len());
            self.shown.push(key);
            self.secrets.get_or_insert_with(|| argument.span.clone());
            return;
        }
        let is_id = ["my-id", "remote-id"].contains(&key) && harmless::is_identity(&argument.value);
        let value = HARMLESS.contains(&key) && harmless::is_list(&argument.value);
        if (is_id || value) && !argument.is_computed {
            self.shown.push(argument.span.clone());
        }
    }

    /// The default objects of this version.
    fn defaults(&self, protocol: Protocol) -> Option<Proposal> {
        (self.context.defaults)(self.engine, protocol)?
            .into_iter()
            .next()
    }

    fn connections(&mut self) -> Vec<Connection> {
        let mut items = std::mem::take(&mut self.items);
        let mut connections = Vec::new();
        if items.peers.is_empty() {
            self.excerpt(&mut items);
        }
        let index = Index::of(&items);
        let peers = items.peers.iter();
        for peer in peers.filter(|it| !it.is_disabled() && !it.is_default) {
            self.peer(&index, peer, &mut connections);
            if self.work.is_exhausted() {
                break;
            }
        }
        connections
    }
}

impl Reader<'_> {
    /// Puts in a peer for each profile that somebody made, where the text has no peers at all: an
    /// excerpt, which is about the algorithms.
    fn excerpt(&mut self, items: &mut Items) {
        let algorithms = ["enc-algorithm", "hash-algorithm", "dh-group"];
        for profile in &items.profiles {
            let says = algorithms.iter().any(|key| profile.argument(key).is_some());
            let Some(name) = profile
                .argument("name")
                .filter(|_| says && !profile.is_default)
            else {
                continue;
            };
            let message = "there is no peer; this profile is taken to be for clients of IKEv2";
            self.complain(
                Diagnostic::new(Severity::Note, ReadCode::NoChild, &name.place, message)
                    .help("`/ip ipsec export` writes peers, identities and policies too"),
            );
            let own = |key: &str, value: &str| Argument {
                key: key.to_owned(),
                value: value.to_owned(),
                ..name.clone()
            };
            let item = |arguments| Item {
                arguments,
                span: profile.span.clone(),
                is_default: false,
            };
            let value = name.value.as_str();
            items.peers.push(item(vec![
                own("name", value),
                own("profile", value),
                own("exchange-mode", "ike2"),
            ]));
            // Of several proposals the one of the same name is meant.
            let made = || items.proposals.iter().filter_map(|it| it.value("name"));
            let proposal = made().find(|it| *it == value).or_else(|| made().next());
            items.policies.push(item(vec![
                own("peer", value),
                own("proposal", proposal.unwrap_or("default")),
                own("tunnel", "yes"),
            ]));
        }
    }
}

/// What a command changes of an entry: settings, or for `unset` the names of settings.
fn changes(verb: &str, which: Option<&Argument>, arguments: &[Argument]) -> Vec<Argument> {
    let switch = |value: &str| {
        let own = which.map(|it| Argument {
            key: "disabled".to_owned(),
            value: value.to_owned(),
            is_computed: false,
            ..it.clone()
        });
        own.into_iter().collect()
    };
    match verb {
        "disable" => switch("yes"),
        "enable" => switch("no"),
        "unset" => {
            let rest = arguments.get(1..).unwrap_or_default();
            let names = rest.iter().flat_map(|it| {
                let names = it.value.split(',');
                names.map(|name| Argument {
                    value: name.to_owned(),
                    ..it.clone()
                })
            });
            names.collect()
        }
        _ => {
            let settings = arguments
                .iter()
                .filter(|it| !it.key.is_empty() && it.key != "numbers");
            settings.cloned().collect()
        }
    }
}

/// The settings of entries, so that a conversion names what it does not carry.
fn settings(items: &[&Item], bearing: fn(&str) -> Option<Bearing>) -> Vec<Setting> {
    let arguments = items.iter().flat_map(|item| &item.arguments);
    let kept = arguments.filter(|it| !it.key.is_empty() && !SECRETS.contains(&it.key.as_str()));
    let setting = |argument: &Argument| Setting {
        key: argument.key.clone(),
        value: argument.value.clone(),
        span: argument.span.clone(),
        bearing: bearing(&argument.key),
    };
    kept.map(setting).collect()
}
