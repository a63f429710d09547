//! The children: what an IPsec profile or an entry of a crypto map says of ESP.

use std::time::Duration;

use super::algorithms::{Lists, origin};
use super::blocks::Blocks;
use super::lines::{Block, Kind, Word};
use super::{Reader, placed, settings};
use crate::diag::{Diagnostic, Span};
use crate::dialect::cisco::Menu;
use crate::ike::{Protocol, TransformType};
use crate::peer::server::{Mode, Spanned};
use crate::peer::{Child, EngineName, Entry, Origin};
use crate::read::{ReadCode, loading};

impl Reader<'_> {
    /// The child that a profile or an entry makes.
    pub(super) fn child(&mut self, block: &Block, name: &Word) -> Child {
        let mut child = Child {
            name: name.text.clone(),
            span: Some(name.span.clone()),
            lifetime: self.lifetime(block),
            settings: settings(&[block]),
            ..Child::default()
        };
        let groups = self.pfs(block);
        let sets: Vec<Word> = block
            .all_after(&["set", "transform-set"])
            .chain(block.all_after(&["set", "ikev2", "ipsec-proposal"]))
            .flatten()
            .cloned()
            .collect();
        if let Some(place) = sets.get(loading::MOST_PROPOSALS) {
            self.complain(loading::too_many(&place.span));
            child.is_unknown = true;
            return child;
        }
        if sets.is_empty() {
            match self.default_list(Protocol::Esp, &name.span) {
                Some(own) => {
                    let mut lists = Lists::default();
                    lists.fill(&own);
                    let engine = format!("{} {}", self.engine.name, self.engine.version);
                    lists.extend(groups.iter().flatten().cloned());
                    child.esp = lists.entries(Protocol::Esp, &Origin::Default(engine));
                }
                None => child.is_unknown = true,
            }
        }
        for set in &sets {
            self.set(set, groups.as_deref().unwrap_or_default(), &mut child);
        }
        child.is_unknown |= groups.is_none();
        if let (false, Some(no)) = (sets.is_empty(), block.line(&["no", "set", "transform-set"])) {
            let message = "what is left of `set transform-set` after this `no` is not known";
            self.complain(Diagnostic::warning(
                ReadCode::DefaultUnknown,
                &no.span,
                message,
            ));
            child.is_unknown = true;
        }
        child
    }

    /// Takes a transform set, or a proposal of the ASA.
    fn set(
        &mut self,
        name: &Word,
        groups: &[(crate::ike::Transform, Option<Span>)],
        child: &mut Child,
    ) {
        let blocks = self.blocks;
        let kinds = [Kind::TransformSet, Kind::IpsecProposal].into_iter();
        let mut found = kinds.flat_map(|kind| blocks.named(kind, &name.text));
        let Some(block) = found.next() else {
            self.dangling(
                name,
                if self.engine.name == EngineName::CiscoAsa {
                    "`ipsec-proposal`"
                } else {
                    "transform set"
                },
            );
            child.is_unknown = true;
            return;
        };
        let (protocol, mut lists) = match block.kind {
            Kind::IpsecProposal => {
                let Some(lists) = self.asa_proposal(block) else {
                    child.is_unknown = true;
                    return;
                };
                (Protocol::Esp, lists)
            }
            _ => self.transform_set(block),
        };
        child.is_unknown |= self.has_refused(&lists);
        lists.extend(groups.iter().cloned());
        let entries = lists.entries(protocol, &origin(block));
        let list: &mut Vec<Entry> = match protocol {
            Protocol::Ah => &mut child.ah,
            Protocol::Ike | Protocol::Esp => &mut child.esp,
        };
        list.extend(entries);
        if let Some([mode, ..]) = block.after(&["mode"])
            && mode.text == "transport"
        {
            child.mode.get_or_insert(Spanned {
                value: Mode::Transport,
                span: mode.span.clone(),
            });
        }
    }

    /// The group of `set pfs`, with what is exchanged beside it; `None` if it is not known.
    fn pfs(&mut self, block: &Block) -> Option<Vec<(crate::ike::Transform, Option<Span>)>> {
        let Some(words) = block.after(&["set", "pfs"]).map(<[Word]>::to_vec) else {
            return Some(Vec::new());
        };
        let mut groups = Vec::new();
        let mut additional = false;
        for mut word in words.iter().cloned() {
            if word.text == "pqc" {
                additional = true;
                continue;
            }
            let kind = if additional {
                TransformType::ADDKE1
            } else {
                TransformType::KE
            };
            if let Some(number) = word.text.strip_prefix("group").map(str::to_owned) {
                word.span.start += "group".len();
                word.text = number;
            }
            // The groups of both products have the same numbers.
            let menu = if self.engine.name == EngineName::CiscoAsa {
                Menu::AsaPolicy
            } else {
                Menu::IosProposal
            };
            groups.push(self.algorithm(menu, kind, &word)?);
        }
        if groups.is_empty() {
            let span = block.name().map_or_else(
                || block.header.first().map(|word| word.span.clone()),
                |name| Some(name.span.clone()),
            )?;
            let message = "`set pfs` names no group, and which one is meant differs by release";
            self.complain(
                Diagnostic::warning(ReadCode::DefaultUnknown, span, message)
                    .help("`show running-config all` prints it"),
            );
            return None;
        }
        Some(groups)
    }

    /// `set security-association lifetime seconds …`, of the entry or of the whole.
    fn lifetime(&self, block: &Block) -> Option<Spanned<Duration>> {
        let own = block.after(&["set", "security-association", "lifetime", "seconds"]);
        own.and_then(seconds).or_else(|| self.lifetime.clone())
    }
}

/// `crypto ipsec security-association lifetime seconds …`.
pub(super) fn lifetime_of_all(blocks: &Blocks) -> Option<Spanned<Duration>> {
    const COMMAND: [&str; 5] = [
        "crypto",
        "ipsec",
        "security-association",
        "lifetime",
        "seconds",
    ];
    let headers = blocks.iter().map(|block| &block.header);
    let mut found = headers.filter_map(|header| {
        let words: Vec<_> = header.iter().map(|word| word.text.as_str()).collect();
        let is_it = words.starts_with(&COMMAND);
        is_it.then(|| header.get(COMMAND.len()..))?
    });
    found.next().and_then(seconds)
}

/// The seconds at the beginning of words.
pub(super) fn seconds(words: &[Word]) -> Option<Spanned<Duration>> {
    let word = placed(words.first()?);
    Some(Spanned {
        value: Duration::from_secs(word.value.parse().ok()?),
        span: word.span,
    })
}
