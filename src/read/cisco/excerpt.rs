//! Texts that have proposals and nothing that uses them: they are about the algorithms.

use super::Reader;
use super::lines::{Block, Kind};
use crate::diag::{Diagnostic, Severity};
use crate::peer::server::{IkeVersions, Role};
use crate::peer::{Child, Connection, Entry};
use crate::read::ReadCode;

impl Reader<'_> {
    /// A connection for clients for each policy of IOS, or each proposal where there is no policy, and one
    /// for all policies of the ASA. Of a text with IKEv1 alone one that says so.
    pub(super) fn excerpt(&mut self, is_asa: bool) -> Vec<Connection> {
        let policies = self.all(Kind::Policy);
        let proposals = self.all(Kind::Proposal);
        let esp = [Kind::TransformSet, Kind::IpsecProposal];
        let sets: Vec<Block> = self
            .blocks
            .iter()
            .filter(|block| esp.contains(&block.kind))
            .cloned()
            .collect();
        let lists: Vec<(Block, Vec<Entry>)> = match (is_asa, policies.first(), proposals.first()) {
            (true, Some(first), _) => {
                let entries = policies.iter().flat_map(|block| self.asa_policy(block));
                vec![(first.clone(), entries.collect())]
            }
            (false, Some(first), _) => {
                let Some(at) = first.name().cloned() else {
                    return Vec::new();
                };
                let lists = self.policies(&at);
                policies.iter().cloned().zip(lists).collect()
            }
            (false, None, Some(_)) => proposals
                .iter()
                .map(|block| (block.clone(), self.ios_proposal(block)))
                .collect(),
            _ => return self.version_1(),
        };
        let mut connections = Vec::new();
        for (block, ike) in lists {
            let Some(name) = block.name().cloned() else {
                continue;
            };
            let message =
                "no profile and no crypto map uses this; it is taken to be for clients of IKEv2";
            self.complain(
                Diagnostic::new(Severity::Note, ReadCode::NoChild, &name.span, message)
                    .help("`show running-config` prints the whole configuration"),
            );
            let children = self.children_of_excerpt(&sets);
            connections.push(Connection {
                name: name.text.clone(),
                span: Some(name.span.clone()),
                role: Role::RemoteAccess,
                versions: IkeVersions::Ikev2,
                ike,
                children,
                ..Connection::default()
            });
        }
        connections
    }

    /// All transform sets as one child, because the text does not say more.
    fn children_of_excerpt(&mut self, sets: &[Block]) -> Vec<Child> {
        let Some(name) = sets.first().and_then(Block::name).cloned() else {
            // What is not there is no statement about it.
            return vec![Child::unknown()];
        };
        let names = sets.iter().filter_map(Block::name).cloned();
        let mut line = name.clone();
        line.text = "set".to_owned();
        let mut kind = name.clone();
        kind.text = "transform-set".to_owned();
        let lines = vec![[line, kind].into_iter().chain(names).collect()];
        let block = Block {
            kind: Kind::IpsecProfile,
            header: Vec::new(),
            lines,
        };
        let child = self.child(&block, &name);
        vec![Child {
            settings: Vec::new(),
            ..child
        }]
    }

    fn version_1(&self) -> Vec<Connection> {
        let mut policies = self.blocks.iter().filter(|it| it.kind == Kind::Version1);
        let first = policies.next().and_then(Block::name);
        let connection = first.map(|name| Connection {
            name: format!("policy {}", name.text),
            span: Some(name.span.clone()),
            versions: IkeVersions::Ikev1,
            ..Connection::default()
        });
        connection.into_iter().collect()
    }
}
