//! Running configurations of Cisco's IOS, IOS XE and ASA, as `show running-config` prints them.
//!
//! Of IOS an IKEv2 profile is a connection, for each method by which the other side may prove itself and each
//! policy; the IPsec profiles and crypto maps that name it are its children. Of the ASA each entry of a crypto
//! map is one, with the tunnel groups that go with it.

mod algorithms;
mod asa;
mod blocks;
mod child;
mod excerpt;
mod ios;
mod lines;
mod session;
mod shown;
mod unread;

use std::time::Duration;

use self::blocks::Blocks;
use self::lines::{Block, Kind, Word};
use super::loading::{Found, MOST_CONNECTIONS, Remarks, Room};
use super::unread::Unread;
use super::{ReadCode, ReadContext, Reading};
use crate::diag::{Diagnostic, Place, Sources, Span};
use crate::peer::server::Spanned;
use crate::peer::setting::{Bearing, Definitions, KeySet, Setting};
use crate::peer::surface::ConfigSurface;
use crate::peer::{Connection, Engine, EngineName, Entry, Server, Version};

/// Reads the text numbered `file`.
///
/// Fails if it has nothing of IPsec, or if a word of a proposal is none.
pub(crate) fn read(
    sources: &mut Sources,
    file: usize,
    context: &ReadContext<'_>,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    let blocks = session::blocks(file, &sources.text(file))?;
    let blocks = Blocks::of(blocks);
    let is_asa = is_asa(&blocks);
    let name = match is_asa {
        true => EngineName::CiscoAsa,
        false => EngineName::CiscoIos,
    };
    let written = version(&blocks).map(|version| Engine { name, version });
    let own = [EngineName::CiscoAsa, EngineName::CiscoIos];
    let asked = context.engine.filter(|engine| own.contains(&engine.name));
    let assumed = Engine {
        name,
        version: name.assumed_version().unwrap_or(Version::new(0, 0, 0)),
    };
    let engine = asked.or(written).unwrap_or(assumed);
    let mut reader = Reader {
        refuses_weak: refuses_weak(engine, &blocks) && asked.or(written).is_some(),
        context,
        engine,
        version_is_written: asked.or(written).is_some(),
        lifetime: child::lifetime_of_all(&blocks),
        blocks: &blocks,
        is_down: false,
        remarks: Remarks::default(),
        room: Room::default(),
    };
    let (shown, secrets) = reader.shown();
    for span in shown {
        sources.show(&span);
    }
    let mut connections = match is_asa {
        true => reader.asa(),
        false => reader.ios(),
    };
    if connections.is_empty() && !reader.is_down {
        connections = reader.excerpt(is_asa);
    }
    let found = Found {
        product: None,
        engine: reader.engine,
        connections,
        definitions: Definitions {
            keys: Some(KeySet::Device),
            surface: Some(ConfigSurface::Cisco),
            secrets,
            ..Definitions::default()
        },
        diagnostics: reader.remarks.into_diagnostics(),
    };
    let mut unread = Unread::default();
    unread::look(&blocks, &mut unread);
    let read = found.server(sources, file, || {
        let message = "the file has nothing of IKEv2 and no crypto map with a transform set";
        Diagnostic::error(ReadCode::NoConnection, Place::File(file), message).help(
            "`show running-config | section crypto` prints what is read, with the interfaces and tunnel groups \
             of the whole `show running-config`",
        )
    });
    unread.of_server(read)
}

/// Whether only an ASA has such commands.
fn is_asa(blocks: &Blocks) -> bool {
    let has = |block: &Block, key: &str| block.after(&[key]).is_some();
    blocks.iter().any(|block| match block.kind {
        Kind::TunnelGroup | Kind::IpsecProposal => true,
        Kind::Policy => has(block, "encryption") || has(block, "integrity"),
        Kind::Map | Kind::DynamicMap => block
            .rest()
            .iter()
            .any(|word| word.text == "set" || word.text == "match"),
        Kind::Other => {
            let header: Vec<_> = block.header.iter().map(|word| word.text.as_str()).collect();
            matches!(
                header.as_slice(),
                ["ASA" | "PIX", "Version", ..]
                    | ["crypto", "ikev2", "enable", ..]
                    | ["crypto", "ikev1", ..]
                    | ["crypto", "ipsec", "ikev1", ..]
            )
        }
        _ => false,
    })
}

/// Whether a release refuses weak algorithms, which a command allows.
fn refuses_weak(engine: Engine, blocks: &Blocks) -> bool {
    const SINCE: Version = Version::new(17, 11, 0);
    let allows = |block: &Block| {
        let words: Vec<_> = block.header.iter().map(|word| word.text.as_str()).collect();
        words == ["crypto", "engine", "compliance", "shield", "disable"]
    };
    engine.name == EngineName::CiscoIos && engine.version >= SINCE && !blocks.iter().any(allows)
}

/// `version 17.9`, `ASA Version 9.16(3)`.
fn version(blocks: &Blocks) -> Option<Version> {
    blocks.iter().find_map(|block| {
        let header: Vec<_> = block.header.iter().map(|word| word.text.as_str()).collect();
        let (["version", text] | ["ASA", "Version", text]) = header.as_slice() else {
            return None;
        };
        let numbers = text
            .split(|c: char| !c.is_ascii_digit())
            .filter(|it| !it.is_empty());
        numbers.take(3).collect::<Vec<_>>().join(".").parse().ok()
    })
}

/// What reading takes and gives.
struct Reader<'r> {
    context: &'r ReadContext<'r>,
    engine: Engine,
    /// Whether file or user say the release.
    version_is_written: bool,
    /// Whether the release refuses weak algorithms.
    refuses_weak: bool,
    blocks: &'r Blocks,
    /// When every child ends that does not say it itself.
    lifetime: Option<Spanned<Duration>>,
    /// Whether something was left out because it is shut down.
    is_down: bool,
    remarks: Remarks,
    room: Room,
}

/// The proposals of IKE of a connection.
#[derive(Clone, Debug, Default)]
struct IkeList {
    entries: Vec<Entry>,
    /// When the IKE SA ends, where every policy says the same.
    lifetime: Option<Spanned<Duration>>,
    /// What policies say of it where they differ.
    settings: Vec<Setting>,
    /// Whether the product has others, or may have, that the file does not say.
    is_unknown: bool,
}

impl IkeList {
    /// Adds the proposals of one name; `None` where they are not known.
    fn extend(&mut self, entries: Option<Vec<Entry>>) {
        self.is_unknown |= entries.is_none();
        self.entries.extend(entries.unwrap_or_default());
    }
}

impl Reader<'_> {
    /// Takes a connection; gives whether there is room for more.
    fn take(&mut self, connection: Connection, connections: &mut Vec<Connection>) -> bool {
        if connections.len() > MOST_CONNECTIONS {
            return false;
        }
        let children = connection.children.iter();
        let proposals = children.map(|child| child.esp.len() + child.ah.len());
        let proposals = connection.ike.len() + proposals.sum::<usize>();
        if !self.room.takes(proposals) {
            let place = connection.span.unwrap_or_else(|| Span::new(0, 0..0));
            self.remarks.say(Room::exceeded(&place));
            return false;
        }
        connections.push(connection);
        true
    }

    /// Says something, unless it was said already: a proposal may be used several times.
    fn complain(&mut self, diagnostic: Diagnostic) {
        self.remarks.say(diagnostic);
    }

    /// Says that something names another thing that is not there.
    fn dangling(&mut self, word: &Word, what: &str) {
        let message = format!("there is no {what} of this name");
        self.complain(
            Diagnostic::warning(ReadCode::DanglingReference, &word.span, message)
                .help("`show running-config` prints the whole configuration"),
        );
    }
}

fn placed(word: &Word) -> Spanned<String> {
    Spanned {
        value: word.text.clone(),
        span: word.span.clone(),
    }
}

/// Words between which keys and passwords stand.
const SECRETS: &[&str] = &[
    "key",
    "pre-shared-key",
    "password",
    "secret",
    "key-string",
    "community",
    "shared-secret",
];

/// Whether a line has a key or a password in it.
fn is_secret(line: &[Word]) -> bool {
    line.iter()
        .any(|word| SECRETS.contains(&word.text.as_str()))
}

/// The settings of blocks, so that a conversion names what it does not carry.
fn settings(blocks: &[&Block]) -> Vec<Setting> {
    let lines = blocks.iter().flat_map(|block| &block.lines);
    let setting = |line: &Vec<Word>| {
        let (first, last) = (line.first()?, line.last()?);
        let words: Vec<_> = line.iter().map(|it| it.text.as_str()).collect();
        // Such commands are of many kinds, which their second word says.
        let many = ["aaa", "default", "ikev1", "ikev2", "match", "no", "set"]
            .contains(&first.text.as_str());
        let key = words.get(..if many { 2 } else { 1 }).unwrap_or(&words);
        Some(Setting {
            key: key.join(" "),
            value: words.get(key.len()..).unwrap_or_default().join(" "),
            span: Span::new(first.span.file, first.span.start..last.span.end),
            bearing: bearing(line, &words),
        })
    };
    lines
        .filter(|line| !is_secret(line))
        .filter_map(setting)
        .collect()
}

/// What depends on a command; `None` where the model has it, or where nothing does.
fn bearing(line: &[Word], words: &[&str]) -> Option<Bearing> {
    match words {
        ["no", rest @ ..] if !rest.is_empty() => bearing(line.get(1..).unwrap_or_default(), rest),
        [
            "encryption"
            | "integrity"
            | "prf"
            | "group"
            | "pqc"
            | "proposal"
            | "lifetime"
            | "mode"
            | "protocol"
            | "description"
            | "authentication"
            | "address-pool"
            | "pool"
            | "additional-key-exchange"
            | "key-exchange-method"
            | "virtual-template"
            | "exit"
            | "shutdown"
            | "keyring",
            ..,
        ]
        | [
            "set",
            "peer"
            | "pfs"
            | "transform-set"
            | "ikev2-profile"
            | "ikev1"
            | "ikev2"
            | "security-association",
            ..,
        ]
        | ["identity", "local", ..]
        | ["pki", "trustpoint", ..]
        | ["ipsec-isakmp", "dynamic", ..]
        | [
            "ikev2",
            "local-authentication" | "remote-authentication",
            ..,
        ]
        | ["match", "identity", "remote", "any"] => None,
        ["match", "identity", "remote", ..] if ios::is_one(line.get(3..).unwrap_or_default()) => {
            None
        }
        ["match", "address", ..] => Some(Bearing::Reachability),
        ["match" | "identity" | "pki" | "aaa" | "ikev1" | "ikev2", ..]
        | ["set", "trustpoint" | "identity" | "isakmp-profile", ..] => Some(Bearing::Security),
        ["set", "security-policy" | "mixed-mode", ..] => Some(Bearing::Reachability),
        _ => Some(Bearing::Operation),
    }
}

/// Makes the names of connections different from each other.
fn name_apart(connections: &mut [Connection]) {
    let mut seen = std::collections::HashMap::<String, usize>::new();
    for connection in connections {
        let times = seen.entry(connection.name.clone()).or_default();
        *times += 1;
        if *times > 1 {
            connection.name = format!("{}-{times}", connection.name);
        }
    }
}
