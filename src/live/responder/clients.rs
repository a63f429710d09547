//! The clients that came, from their first message until IKE_AUTH.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::Duration;

use super::{Incoming, MOST_STATES};
use crate::ike::Transform;
use crate::live::visitor::{InitSeen, Reaction, Then, Visitor};
use crate::wire::{Message, Spi};

/// Of so many clients that did not get as far as IKE_AUTH the offers are remembered to the end.
const MOST_GONE: usize = 8;

/// What is remembered of an address between its first messages.
pub(super) struct Asked {
    /// When its latest first message came.
    pub(super) seen: Duration,
    address: IpAddr,
    /// The port that it dialled.
    port: u16,
    spi: Spi,
    init: InitSeen,
    /// The group of its latest KE payload.
    latest: Option<Transform>,
    pub(super) cookie: Option<bool>,
    reactions: Vec<Reaction>,
}

impl Asked {
    /// What was seen of it.
    pub(super) fn visitor(&self) -> Visitor {
        Visitor {
            init: self.init.clone(),
            cookie: self.cookie,
            reactions: self.reactions.clone(),
            ports: (self.port, None),
            ..Visitor::default()
        }
    }
}

/// All of them.
#[derive(Default)]
pub(super) struct Clients {
    asked: VecDeque<Asked>,
    /// The latest of those that went away before IKE_AUTH.
    gone: VecDeque<Visitor>,
}

impl Clients {
    /// How many are kept.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.asked.len() + self.gone.len()
    }

    /// The clients that came and did not get as far as IKE_AUTH, those first whose offer is computed.
    pub(super) fn unfinished(&self) -> Vec<Visitor> {
        let asked = self.asked.iter().map(Asked::visitor);
        let mut all: Vec<_> = self.gone.iter().cloned().chain(asked).collect();
        all.sort_by_key(|it| it.refused);
        all
    }

    /// Forgets an address of which everything was seen.
    pub(super) fn drop(&mut self, address: IpAddr) {
        self.asked.retain(|it| it.address != address);
    }

    /// Lets those go of whom `is_gone` says so.
    pub(super) fn leave(&mut self, is_gone: impl Fn(&Asked) -> bool) {
        let all = std::mem::take(&mut self.asked);
        for asked in all {
            if is_gone(&asked) {
                self.remember(asked.visitor());
            } else {
                self.asked.push_back(asked);
            }
        }
    }

    /// Remembers a client that did not get as far as IKE_AUTH; the same one once.
    pub(super) fn remember(&mut self, visitor: Visitor) {
        self.gone.retain(|it| it.init != visitor.init);
        if self.gone.len() >= MOST_GONE {
            self.gone.pop_front();
        }
        self.gone.push_back(visitor);
    }

    /// What an address has sent before, if it has.
    pub(super) fn asked_of(&mut self, address: IpAddr) -> Option<&mut Asked> {
        self.asked.iter_mut().find(|it| it.address == address)
    }

    /// Remembers what an address has sent, and how it reacts to what it was asked for.
    pub(super) fn note(&mut self, incoming: Incoming<'_>, message: &Message<'_>, proved: bool) {
        let (now, address) = (incoming.now, incoming.from.ip());
        let spi = message.header.initiator_spi;
        let seen = InitSeen::of(message);
        // Another list is another client behind the same address.
        self.leave(|it| it.address == address && !seen.offers_what(&it.init));
        let Some(asked) = self.asked_of(address) else {
            if self.asked.len() >= MOST_STATES
                && let Some(oldest) = self.asked.pop_front()
            {
                self.remember(oldest.visitor());
            }
            self.asked.push_back(Asked {
                seen: now,
                address,
                port: incoming.to.port(),
                spi,
                latest: seen.key_exchange,
                init: seen,
                cookie: None,
                reactions: Vec::new(),
            });
            return;
        };
        asked.seen = now;
        if proved && asked.cookie.is_some() {
            asked.cookie = Some(true);
        }
        let sent = seen.key_exchange;
        let unanswered = asked.reactions.last_mut().filter(|it| it.then.is_none());
        if let Some(reaction) = unanswered
            && (sent != asked.latest || spi != asked.spi)
        {
            reaction.then = Some(Then {
                sent,
                reordered: seen.proposals != asked.init.proposals,
                same_spi: spi == asked.spi,
            });
        }
        asked.latest = sent;
    }

    /// The group that a client is to be asked for now, if it offers it.
    pub(super) fn next_group(
        &mut self,
        address: IpAddr,
        message: &Message<'_>,
        follow: &[Transform],
    ) -> Option<Transform> {
        let offered: Vec<_> = message.proposals()?.iter().collect();
        let sent = message.key_exchange()?.group;
        let asked = self.asked_of(address)?;
        if let Some(waiting) = asked.reactions.last().filter(|it| it.then.is_none()) {
            // It has sent the same again, or something in between was lost.
            return Some(waiting.wanted);
        }
        let is_offered = |group: &Transform| {
            let mut all = offered.iter().flat_map(|it| &it.transforms);
            group.id != sent && all.any(|it| it.transform == *group)
        };
        let done = |group: &Transform| asked.reactions.iter().any(|it| it.wanted == *group);
        let mut left = follow.iter();
        left.find(|group| !done(group) && is_offered(group))
            .copied()
    }

    /// Notes that an address is asked for a group.
    pub(super) fn ask_for(&mut self, address: IpAddr, wanted: Transform) {
        if let Some(asked) = self.asked_of(address)
            && asked.reactions.last().map(|it| it.wanted) != Some(wanted)
        {
            asked.reactions.push(Reaction { wanted, then: None });
        }
    }
}
