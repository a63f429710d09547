//! Lists of proposals as both of strongSwan's configuration files have them.

use crate::dialect::Inexpressible;
use crate::dialect::swan::{self, Generation};
use crate::ike::{Proposal, Protocol, Suite, TransformType};
use crate::peer::setting::KeySet;
use crate::peer::{EngineName, Entry, Origin, Server};
use crate::write::config::refusal::{Failure, Refusal, words};

/// Where the keywords are written.
const SOURCE: &str = "https://docs.strongswan.org/docs/latest/config/proposals.html";

/// A list as it goes into a file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum List {
    /// Nothing is written: the daemon's own default is meant.
    Default,
    /// These proposals.
    Written(Vec<String>),
    /// These proposals, and behind them what starter adds to a list without exclamation mark.
    BeforeDefault(Vec<String>),
}

/// The lists of one connection.
pub(super) struct Lists {
    pub(super) ike: List,
    /// One for each child.
    pub(super) children: Vec<List>,
}

/// The lists of all connections, or every proposal that strongSwan cannot read.
///
/// `default` is the word that stands for the daemon's default lists, empty if there is none.
pub(super) fn lists(server: &Server, default: &str) -> Result<Vec<Lists>, Failure> {
    let mut refused = Vec::new();
    let lists: Vec<_> = server
        .connections
        .iter()
        // One that the product discards is not written, so its proposals may be anything.
        .map(|connection| {
            if connection.not_loaded.is_some() {
                Lists {
                    ike: List::Default,
                    children: Vec::new(),
                }
            } else {
                Lists {
                    ike: list(server, &connection.ike, default, &mut refused),
                    children: connection
                        .children
                        .iter()
                        .map(|child| {
                            let own = if child.ah.is_empty() {
                                &child.esp
                            } else {
                                &child.ah
                            };
                            list(server, own, default, &mut refused)
                        })
                        .collect(),
                }
            }
        })
        .collect();
    if refused.is_empty() {
        Ok(lists)
    } else {
        Err(Failure::Refused(refused))
    }
}

/// One list. A run of entries that the product has by default becomes the word for it, because
/// what it means belongs to the daemon's version.
pub(super) fn list(
    server: &Server,
    entries: &[Entry],
    default: &str,
    refused: &mut Vec<Refusal>,
) -> List {
    let own_default = server.engine.name == EngineName::Strongswan;
    let nothing_said = |entry: &Entry| matches!(entry.origin, Origin::Default(_));
    let of_starter = server.definitions.keys == Some(KeySet::IpsecConf);
    let esp = entries
        .iter()
        .all(|it| it.proposal.protocol() == Protocol::Esp);
    if own_default && entries.iter().all(nothing_said) {
        match (default.is_empty(), of_starter && esp) {
            (true, _) if is_of_starter(entries) => return List::Default,
            (false, false) => return List::Default,
            // Until 6.0 the word has the order in which starter adds the proposals.
            (false, true) if server.engine.version.major() < 6 => {
                return List::Written(vec![default.to_owned()]);
            }
            _ => {}
        }
    }
    let is_default =
        |entry: &Entry| matches!(entry.origin, Origin::Default(_) | Origin::DefaultWord(_));
    let mut written: Vec<String> = Vec::new();
    let mut entries = entries;
    let added = own_default && default.is_empty();
    let run = entries
        .iter()
        .rev()
        .take_while(|it| added && is_default(it))
        .count();
    let (before, run) = entries.split_at(entries.len() - run);
    let added = !run.is_empty() && is_of_starter(run);
    if added {
        entries = before;
    }
    for entry in entries {
        let same_order = !(of_starter && esp) || server.engine.version.major() < 6;
        if own_default && is_default(entry) && !default.is_empty() && same_order {
            if written.last().is_none_or(|last| last != default) {
                written.push(default.to_owned());
            }
            continue;
        }
        match proposal(server, &entry.proposal) {
            Ok(text) => written.push(text),
            Err(why) => {
                let expresses = |suite: &Suite| proposal(server, &suite.to_proposal()).is_ok();
                refused.push(Refusal::of_entry(entry, why, expresses));
            }
        }
    }
    if added {
        List::BeforeDefault(written)
    } else {
        List::Written(written)
    }
}

/// Whether starter would add default proposals in this order: those of classic ciphers first
/// (`add_proposals` in `stroke_config.c`).
fn is_of_starter(run: &[Entry]) -> bool {
    let aead = |entry: &Entry| {
        let ciphers = entry.proposal.of(TransformType::ENCR);
        ciphers.first().is_some_and(|cipher| cipher.is_aead())
    };
    run.is_sorted_by_key(aead)
}

fn proposal(server: &Server, proposal: &Proposal) -> Result<String, Inexpressible> {
    let refuse = |what: String, limit| Inexpressible {
        what,
        product: "strongSwan",
        limit,
        source: SOURCE,
    };
    let Some(text) = swan::write(proposal) else {
        return Err(refuse(
            words(proposal),
            "it has no keyword for one of the algorithms",
        ));
    };
    let own = server.engine.name == EngineName::Strongswan;
    let generation = Generation::of_major(server.engine.version.major());
    let old = own && generation == Generation::Five;
    let additional = |kind| kind > TransformType::SN;
    if old && proposal.transforms().iter().any(|t| additional(t.kind)) {
        return Err(refuse(
            text,
            "version 5 has no additional key exchanges, which came with 6.0",
        ));
    }
    if let Some(place) = generation.first_unknown(&text).filter(|_| own) {
        return Err(refuse(
            text[place].to_owned(),
            "this version does not have the keyword",
        ));
    }
    // Read back: nothing is written that the daemon would understand in another way.
    if swan::parse(proposal.protocol(), &text).as_ref() != Ok(proposal) {
        return Err(refuse(
            text,
            "it has no proposal of exactly these algorithms",
        ));
    }
    // For another product's server, the shorter of the two limits fits either version.
    let reader = if own { generation } else { Generation::Five };
    if text.len() > reader.longest_proposal() {
        return Err(refuse(
            text,
            match reader {
                Generation::Five => "version 5 reads at most 511 characters of a proposal",
                Generation::Six => "version 6 reads at most 2047 characters of a proposal",
            },
        ));
    }
    Ok(text)
}
