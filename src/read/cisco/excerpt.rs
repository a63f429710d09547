//! Texts that have proposals and nothing that uses them: they are about the algorithms.

use super::lines::{Block, Kind, Word};
use super::{IkeList, Reader};
use crate::diag::{Diagnostic, Severity};
use crate::peer::server::{IkeVersions, Role};
use crate::peer::{Child, Connection};
use crate::read::ReadCode;

impl<'r> Reader<'r> {
    /// A connection for clients for each policy of IOS, or each proposal where there is no policy, and one
    /// for all policies of the ASA. Of a text with IKEv1 alone one that says so.
    pub(super) fn excerpt(&mut self, is_asa: bool) -> Vec<Connection> {
        let blocks = self.blocks;
        let first = blocks.all(Kind::Policy).next();
        let lists: Vec<(&Block, IkeList)> = match (is_asa, first) {
            (true, Some(first)) => vec![(first, self.asa_policies())],
            (true, None) => Vec::new(),
            (false, Some(first)) => match self.written_policies() {
                lists if lists.is_empty() => {
                    let policies = first.name().map(|name| self.policies(name));
                    let lists = policies.into_iter().flatten();
                    lists.map(|list| (first, list)).collect()
                }
                lists => lists,
            },
            (false, None) => self.lists_of_proposals(),
        };
        if lists.is_empty() {
            return self.version_1();
        }
        let children = self.children_of_excerpt();
        let mut connections = Vec::new();
        for (block, ike) in lists {
            let Some(name) = block.name() else {
                continue;
            };
            let message =
                "no profile and no crypto map uses this; it is taken to be for clients of IKEv2";
            self.complain(
                Diagnostic::new(Severity::Note, ReadCode::NoChild, &name.span, message)
                    .help("`show running-config` prints the whole configuration"),
            );
            let connection = Connection {
                name: name.text.clone(),
                span: Some(name.span.clone()),
                role: Role::RemoteAccess,
                versions: IkeVersions::Ikev2,
                ike: ike.entries,
                ike_is_unknown: ike.is_unknown,
                children: children.clone(),
                ..Connection::default()
            };
            if !self.take(connection, &mut connections) {
                break;
            }
        }
        connections
    }

    /// The proposals of IOS, each as a list.
    fn lists_of_proposals(&mut self) -> Vec<(&'r Block, IkeList)> {
        let proposals = self.blocks.all(Kind::Proposal).map(|block| {
            let mut list = IkeList::default();
            list.extend(self.ios_proposal(block));
            (block, list)
        });
        proposals.collect()
    }

    /// All transform sets as one child, because the text does not say more.
    fn children_of_excerpt(&mut self) -> Vec<Child> {
        let kinds = [Kind::TransformSet, Kind::IpsecProposal];
        let sets = self
            .blocks
            .iter()
            .filter(|block| kinds.contains(&block.kind));
        let names: Vec<&Word> = sets.filter_map(Block::name).collect();
        let Some(name) = names.first().copied() else {
            // What is not there is no statement about it.
            return vec![Child::unknown()];
        };
        let word = |text: &str| Word {
            text: text.to_owned(),
            ..name.clone()
        };
        let line = ["set", "transform-set"].map(word).into_iter();
        let block = Block {
            kind: Kind::IpsecProfile,
            header: Vec::new(),
            lines: vec![line.chain(names.into_iter().cloned()).collect()],
        };
        let child = self.child(&block, name);
        vec![Child {
            settings: Vec::new(),
            ..child
        }]
    }

    fn version_1(&self) -> Vec<Connection> {
        let first = self.blocks.all(Kind::Version1).next().and_then(Block::name);
        let connection = first.map(|name| Connection {
            name: format!("policy {}", name.text),
            span: Some(name.span.clone()),
            versions: IkeVersions::Ikev1,
            ..Connection::default()
        });
        connection.into_iter().collect()
    }
}
