//! The rekeyings of a tunnel, by either side.

use std::borrow::Cow;
use std::time::Duration;

use super::{Asks, Pairing, SUITE_NOT_CERTAIN, child, ike, judge, one_of};
use crate::compat::exchange;
use crate::compat::possible;
use crate::compat::select::Rule;
use crate::compat::verdict::{Judged, Refusal, Verdict};
use crate::ike::{Proposal, Suite, Transform};
use crate::peer::client::{RekeyAnswer, RekeyOffer};
use crate::peer::server::Nat;

const SERVER_NEVER_ASKS: &str = "the server never asks for new keys";
const GROUP_NOT_CERTAIN: &str = "the group of the IKE SA is not certain";

impl Pairing<'_> {
    pub(super) fn ike_rekey_by_client(&self, current: &Suite) -> Judged {
        if self.is_charon() {
            return judge(&self.client.ike_sa_init, |offer| {
                self.charons(Asks::Client, ike(offer), &|asking, answering| {
                    exchange::ike_rekey(asking, answering, current)
                })
            });
        }
        judge(&self.client.ike_rekey_by_client, |offer| match offer {
            RekeyOffer::List(list) | RekeyOffer::ListInIkeGroup(list) => {
                self.server_selects(list, &self.ike, true)
            }
            RekeyOffer::Negotiated | RekeyOffer::NegotiatedInIkeGroup => {
                self.server_selects(&[current.to_proposal()], &self.ike, true)
            }
        })
    }

    pub(super) fn ike_rekey_by_server(&self, current: &Suite) -> Judged {
        if self.connection.rekey.ike == Some(Duration::ZERO) {
            return Judged::plain(Verdict::NotUsed(SERVER_NEVER_ASKS));
        }
        if self.is_charon() {
            return judge(&self.client.ike_sa_init, |offer| {
                self.charons(Asks::Server, ike(offer), &|asking, answering| {
                    exchange::ike_rekey(asking, answering, current)
                })
            });
        }
        judge(&self.client.ike_rekey_by_server, |answer| {
            self.client_answers(&self.ike, answer, current.ke())
        })
    }

    pub(super) fn child_rekey_by_client(
        &self,
        esp: &[Proposal],
        first: &Verdict,
        group: Option<Transform>,
    ) -> Judged {
        if self.is_charon() {
            return judge(&self.client.ike_auth, |offer| {
                self.charons(Asks::Client, child(offer, esp), &exchange::child_rekey)
            });
        }
        judge(&self.client.child_rekey_by_client, |offer| match offer {
            RekeyOffer::List(list) => self.server_selects(list, esp, true),
            RekeyOffer::ListInIkeGroup(list) => match group {
                Some(group) => {
                    let list: Vec<_> = list.iter().map(|p| p.in_group(group)).collect();
                    self.server_selects(&list, esp, true)
                }
                None => Verdict::Unknown(GROUP_NOT_CERTAIN.to_owned()),
            },
            RekeyOffer::Negotiated => match first.suite() {
                Some(suite) => self.server_selects(&[suite.to_proposal()], esp, true),
                None => Verdict::Unknown(SUITE_NOT_CERTAIN.to_owned()),
            },
            RekeyOffer::NegotiatedInIkeGroup => match (first.suite(), group) {
                (Some(suite), Some(group)) => {
                    let mut with_group = *suite;
                    with_group.set(group);
                    let list = [with_group.to_proposal(), suite.to_proposal()];
                    self.server_selects(&list, esp, true)
                }
                (None, _) => Verdict::Unknown(SUITE_NOT_CERTAIN.to_owned()),
                (_, None) => Verdict::Unknown(GROUP_NOT_CERTAIN.to_owned()),
            },
        })
    }

    pub(super) fn child_rekey_by_server(
        &self,
        esp: &[Proposal],
        group: Option<Transform>,
    ) -> Judged {
        if self.connection.rekey.child == Some(Duration::ZERO) {
            return Judged::plain(Verdict::NotUsed(SERVER_NEVER_ASKS));
        }
        if self.is_charon() {
            return judge(&self.client.ike_auth, |offer| {
                self.charons(Asks::Server, child(offer, esp), &exchange::child_rekey)
            });
        }
        judge(&self.client.child_rekey_by_server, |answer| {
            self.client_answers(esp, answer, group)
        })
    }

    /// The client answers what the server asks for with its configured list.
    ///
    /// `group` is the one of the IKE SA, where it is certain.
    fn client_answers(
        &self,
        asked: &[Proposal],
        answer: &RekeyAnswer,
        group: Option<Transform>,
    ) -> Verdict {
        if answer.refuses_behind_nat && self.situation.nat == Nat::Yes {
            return Verdict::Refuse(Refusal::BehindNat);
        }
        let names_ke = |p: &Proposal| p.first_ke().is_some_and(|t| !t.is_none());
        if answer.refuses_any_ke && asked.iter().any(names_ke) {
            return Verdict::Refuse(Refusal::KeyExchangeUnwanted);
        }
        let accepts = match (answer.in_ike_group, group) {
            (false, _) => Cow::Borrowed(answer.accepts.as_slice()),
            (true, Some(group)) => answer.accepts.iter().map(|p| p.in_group(group)).collect(),
            (true, None) => return Verdict::Unknown(GROUP_NOT_CERTAIN.to_owned()),
        };
        let terms = self.situation.terms(Rule::CHARON, true);
        let suites = possible::suites(asked, &accepts, terms);
        match one_of(suites) {
            Some(_) if answer.refuses_behind_nat && self.situation.nat == Nat::Unknown => {
                Verdict::Unknown(
                    "whether the client is behind NAT, where it refuses rekeying by the server"
                        .to_owned(),
                )
            }
            Some(verdict) => verdict,
            None => self.no_match(&accepts, asked, terms),
        }
    }
}
