//! Lists of proposals that a program prints over several lines.

use crate::diagnose::event::{AttemptKey, Event, EventKind, ProposalRole};
use crate::ike::{Proposal, Protocol, Transform};

/// More proposals than this are in no list.
const MOST: usize = 256;

/// Proposals that are put together one transform after the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Proposals {
    done: Vec<Proposal>,
    open: Option<Protocol>,
    transforms: Vec<Transform>,
    /// A word was not understood, so the list is not what was offered.
    unread: bool,
}

impl Proposals {
    /// Begins another proposal.
    pub(super) fn begin(&mut self, protocol: Protocol) {
        self.close();
        self.open = Some(protocol);
    }

    /// Adds a transform, or remembers that one was not understood.
    pub(super) fn push(&mut self, transform: Option<Transform>) {
        match transform {
            Some(transform) if self.transforms.len() < MOST => self.transforms.push(transform),
            Some(_) => {}
            None => self.unread = true,
        }
    }

    /// Says that something in the list was not understood.
    pub(super) fn spoil(&mut self) {
        self.unread = true;
    }

    fn close(&mut self) {
        let transforms = std::mem::take(&mut self.transforms);
        if let Some(protocol) = self.open.take()
            && self.done.len() < MOST
            && !transforms.is_empty()
        {
            self.done.push(Proposal::new(protocol, transforms));
        }
    }

    /// The list, if all of it was understood.
    pub(super) fn finish(mut self) -> Option<Vec<Proposal>> {
        self.close();
        (!self.unread && !self.done.is_empty()).then_some(self.done)
    }
}

/// A list, and the line that began it.
#[derive(Clone, Debug)]
pub(super) struct Listing {
    pub(super) role: ProposalRole,
    pub(super) proposals: Proposals,
    attempt_key: AttemptKey,
    at: u64,
    text: String,
}

impl Listing {
    /// Begins a list in line `at`.
    pub(super) fn new(attempt_key: AttemptKey, role: ProposalRole, at: u64, text: &str) -> Self {
        Self {
            role,
            proposals: Proposals::default(),
            attempt_key,
            at,
            text: text.to_owned(),
        }
    }

    /// Gives the list, if all of it was understood; says for which protocol it is.
    pub(super) fn finish(self, take: &mut dyn FnMut(&Event)) -> Option<Protocol> {
        let list = self.proposals.finish()?;
        let protocol = list.first().map(Proposal::protocol);
        take(&Event {
            at: self.at,
            time: None,
            text: self.text,
            attempt_key: self.attempt_key,
            kind: EventKind::Proposals(self.role, list),
        });
        protocol
    }
}
