//! What both daemons said during an exchange, and how the exchange ended by that.

use anyhow::{Result, ensure};

use crate::answer::{Exchange, Outcome};
use crate::daemon::{Sa, Side, What};
use crate::lab::Lab;
use crate::log::{Protocol, Word, words};

/// The words of both sides, each in its own order.
#[derive(Default)]
pub(crate) struct Said {
    initiator: Vec<Word>,
    responder: Vec<Word>,
}

impl Said {
    pub(crate) fn by(&self, side: Side) -> &[Word] {
        match side {
            Side::Initiator => &self.initiator,
            Side::Responder => &self.responder,
        }
    }

    pub(crate) fn contains(&self, word: &Word) -> bool {
        Side::BOTH
            .into_iter()
            .any(|side| self.by(side).contains(word))
    }

    fn both_say(&self, word: &Word) -> bool {
        Side::BOTH
            .into_iter()
            .all(|side| self.by(side).contains(word))
    }

    /// Adds what both logs say since they were last read.
    pub(crate) fn hear(&mut self, lab: &mut Lab) -> Result<()> {
        self.initiator.extend(words(&lab.initiator.news()?));
        self.responder.extend(words(&lab.responder.news()?));
        Ok(())
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.initiator.extend(other.initiator);
        self.responder.extend(other.responder);
    }

    /// The end of IKE_SA_INIT, or of the authentication after it.
    pub(crate) fn ike(&self) -> Result<Exchange> {
        let suite = self.selected(Side::Responder, Protocol::Ike);
        let mut end = Exchange {
            invalid_ke: self.invalid_ke(Side::Responder),
            ..Exchange::default()
        };
        if suite.is_none() {
            let compared = self.responder.contains(&Word::Unmatched(Protocol::Ike));
            end.result = if compared {
                Outcome::NoProposalChosen
            } else {
                Outcome::InitiatorFailed
            };
        } else if self.both_say(&Word::IkeUp) {
            let same = self.selected(Side::Initiator, Protocol::Ike) == suite;
            ensure!(same, "the daemons log different IKE suites");
            (end.result, end.suite) = (Outcome::Ok, suite);
        } else {
            (end.result, end.selected) = (Outcome::FailedAfterSelection, suite);
        }
        Ok(end)
    }

    /// The end of the first CHILD_SA, made in IKE_AUTH.
    pub(crate) fn esp(&self) -> Result<Exchange> {
        let mut end = Exchange::default();
        if let Some(suite) = self.selected(Side::Responder, Protocol::Esp) {
            (end.result, end.suite) = (Outcome::Ok, Some(suite));
            end.installed = Some(self.both_say(&Word::ChildUp));
        } else if self.responder.contains(&Word::Unmatched(Protocol::Esp)) {
            end.result = Outcome::NoProposalChosen;
        } else {
            ensure!(
                !self.both_say(&Word::IkeUp),
                "the responder does not speak of ESP proposals"
            );
        }
        Ok(end)
    }

    /// The end of a rekeying, if the words are of that rekeying alone. Whether the SA was `replaced`
    /// is for the lists of SAs to say.
    pub(crate) fn rekeying(&self, what: What, asks: Side, replaced: bool) -> Result<Exchange> {
        let protocol = match what {
            What::Child => Protocol::Esp,
            What::Ike => Protocol::Ike,
        };
        let answers = asks.other();
        let suite = self.selected(answers, protocol);
        let mut end = Exchange {
            invalid_ke: self.invalid_ke(answers),
            ..Exchange::default()
        };
        if replaced {
            let same = self.selected(asks, protocol) == suite;
            ensure!(same, "the daemons log different suites when rekeying");
            (end.result, end.suite) = (Outcome::Ok, suite);
            end.installed = (what == What::Child).then_some(true);
        } else if !self.by(answers).contains(&Word::RekeyRequest) {
            end.result = Outcome::InitiatorFailed;
        } else if suite.is_none() {
            end.result = Outcome::NoProposalChosen;
        } else if what == What::Child && self.contains(&Word::Uninstallable) {
            (end.result, end.suite, end.installed) = (Outcome::Ok, suite, Some(false));
        } else {
            (end.result, end.selected) = (Outcome::FailedAfterSelection, suite);
        }
        Ok(end)
    }

    /// The suite that a side selected last: after INVALID_KE_PAYLOAD it selects again.
    fn selected(&self, side: Side, protocol: Protocol) -> Option<String> {
        let mut latest = self.by(side).iter().rev().filter_map(|word| match word {
            Word::Selected(of, suite) if *of == protocol => Some(suite.clone()),
            _ => None,
        });
        latest.next()
    }

    /// The INVALID_KE_PAYLOAD rounds that a side asked for. The same one twice in a row is one request
    /// answered twice, because it was retransmitted.
    fn invalid_ke(&self, side: Side) -> Vec<[String; 2]> {
        let groups = self.by(side).iter().filter_map(|word| match word {
            Word::WrongGroup(groups) => Some(groups.clone()),
            _ => None,
        });
        let mut rounds: Vec<_> = groups.collect();
        rounds.dedup();
        rounds
    }

    /// The list that the responder compared and did not find a match for, as it logged it.
    pub(crate) fn refusing_list(&self, protocol: Protocol) -> Option<&[String]> {
        self.responder.iter().find_map(|word| match word {
            Word::Configured(of, proposals) if *of == protocol => Some(proposals.as_slice()),
            _ => None,
        })
    }
}

/// Checks that an SA has the suite that was logged for it.
pub(crate) fn check(sa: &Sa, end: &Exchange, side: Side) -> Result<()> {
    let logged = end.suite.as_deref().unwrap_or("none");
    // For an IKE_SA, sequence numbers mean nothing, and are not listed.
    let without_sn = ["/NO_EXT_SEQ", "/EXT_SEQ"]
        .iter()
        .find_map(|sn| logged.strip_suffix(sn));
    let (side, listed) = (side.name(), &sa.suite);
    ensure!(
        listed == logged || without_sn == Some(listed),
        "the {side} logs the suite {logged} and lists an SA with {listed}"
    );
    Ok(())
}
