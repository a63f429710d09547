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
        judge(&self.client.ike_rekey_by_client, |offer| {
            match list(offer, Some(current), current.ke()) {
                Ok(list) => self.server_selects(&list, &self.ike, true),
                Err(missing) => Verdict::Unknown(missing.to_owned()),
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
            self.client_answers(&self.ike, answer, Some(current), current.ke())
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
        judge(&self.client.child_rekey_by_client, |offer| {
            match list(offer, first.suite(), group) {
                Ok(list) => self.server_selects(&list, esp, true),
                Err(missing) => Verdict::Unknown(missing.to_owned()),
            }
        })
    }

    pub(super) fn child_rekey_by_server(
        &self,
        esp: &[Proposal],
        first: &Verdict,
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
            self.client_answers(esp, answer, first.suite(), group)
        })
    }

    /// The client answers what the server asks for.
    fn client_answers(
        &self,
        asked: &[Proposal],
        answer: &RekeyAnswer,
        in_use: Option<&Suite>,
        group: Option<Transform>,
    ) -> Verdict {
        if answer.refuses_behind_nat && self.situation.nat == Nat::Yes {
            return Verdict::Refuse(Refusal::BehindNat);
        }
        let names_ke = |p: &Proposal| p.first_ke().is_some_and(|t| !t.is_none());
        if answer.refuses_any_ke && asked.iter().any(names_ke) {
            return Verdict::Refuse(Refusal::KeyExchangeUnwanted);
        }
        let accepts = match list(&answer.accepts, in_use, group) {
            Ok(list) => list,
            Err(missing) => return Verdict::Unknown(missing.to_owned()),
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

/// The list that a profile's words stand for, given the suite `in_use` and the `group` of the IKE
/// SA, both where they are certain.
fn list<'o>(
    words: &'o RekeyOffer,
    in_use: Option<&Suite>,
    group: Option<Transform>,
) -> Result<Cow<'o, [Proposal]>, &'static str> {
    let in_use = in_use.ok_or(SUITE_NOT_CERTAIN);
    let group = group.ok_or(GROUP_NOT_CERTAIN);
    Ok(match words {
        RekeyOffer::List(list) => Cow::Borrowed(list),
        RekeyOffer::ListInIkeGroup(list) => {
            let group = group?;
            list.iter().map(|p| p.in_group(group)).collect()
        }
        RekeyOffer::Negotiated => Cow::Owned(vec![in_use?.to_proposal()]),
        RekeyOffer::NegotiatedInIkeGroup => {
            let mut with_group = *in_use?;
            with_group.set(group?);
            Cow::Owned(vec![with_group.to_proposal(), in_use?.to_proposal()])
        }
    })
}
