//! Running configurations of Cisco's IOS, IOS XE and ASA, as `show running-config` prints them.
//!
//! Of IOS an IKEv2 profile is a connection, for each method by which the other side may prove itself and each
//! policy; the IPsec profiles and crypto maps that name it are its children. Of the ASA each entry of a crypto
//! map is one, with the tunnel groups that go with it.

mod algorithms;
mod asa;
mod child;
mod excerpt;
mod ios;
mod lines;
mod shown;

use self::lines::{Block, Kind, Word};
use super::loading::Found;
use super::{ReadCode, ReadContext, Reading, loading};
use crate::diag::{Diagnostic, Place, Sources, Span};
use crate::peer::server::Spanned;
use crate::peer::setting::{Bearing, Definitions, KeySet, Setting};
use crate::peer::{Connection, Engine, EngineName, Server, Version};

/// Reads the text numbered `file`.
///
/// Fails if it has nothing of IPsec, or if a word of a proposal is none.
pub(crate) fn read(
    sources: &mut Sources,
    file: usize,
    context: &ReadContext<'_>,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    let blocks = lines::blocks(file, &sources.text(file));
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
    let mut reader = Reader {
        context,
        engine: asked.or(written).unwrap_or(assumed),
        version_is_written: asked.or(written).is_some(),
        blocks,
        diagnostics: Vec::new(),
    };
    let (shown, secrets) = reader.shown();
    for span in shown {
        sources.show(&span);
    }
    let mut connections = match is_asa {
        true => reader.asa(),
        false => reader.ios(),
    };
    if connections.is_empty() {
        connections = reader.excerpt(is_asa);
    }
    connections.truncate(loading::MOST);
    let found = Found {
        product: None,
        engine: reader.engine,
        connections,
        definitions: Definitions {
            keys: Some(KeySet::Cisco),
            secrets,
            ..Definitions::default()
        },
        diagnostics: reader.diagnostics,
    };
    found.server(sources, file, || {
        let message = "the file has nothing of IKEv2 and no crypto map with a transform set";
        Diagnostic::error(ReadCode::NoConnection, Place::File(file), message).help(
            "`show running-config | section crypto` prints what is read, with the interfaces and tunnel groups \
             of the whole `show running-config`",
        )
    })
}

/// Whether only an ASA has such commands.
fn is_asa(blocks: &[Block]) -> bool {
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

/// `version 17.9`, `ASA Version 9.16(3)`.
fn version(blocks: &[Block]) -> Option<Version> {
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
    blocks: Vec<Block>,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    /// Says something, unless it was said already: a proposal may be used several times.
    fn complain(&mut self, diagnostic: Diagnostic) {
        if !self.diagnostics.contains(&diagnostic) {
            loading::remark(&mut self.diagnostics, diagnostic);
        }
    }

    /// Says something of one kind once for the whole file.
    fn complain_once(&mut self, diagnostic: Diagnostic) {
        let mut said = self.diagnostics.iter();
        if !said.any(|it| it.code == diagnostic.code && it.message == diagnostic.message) {
            self.complain(diagnostic);
        }
    }

    /// The blocks of a kind, in their order.
    fn all(&self, kind: Kind) -> Vec<Block> {
        let all = self.blocks.iter();
        all.filter(|block| block.kind == kind).cloned().collect()
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
        let many = ["aaa", "ikev1", "ikev2", "match", "set"].contains(&first.text.as_str());
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
