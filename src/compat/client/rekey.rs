//! The rekeyings of a tunnel, by either side.

use std::borrow::Cow;
use std::time::Duration;

use super::readings::judge_offer;
use super::{
    Asks, GROUP_NOT_CERTAIN, Lists, Pairing, SUITE_NOT_CERTAIN, child, ike, judge, one_of, versions,
};
use crate::compat::exchange;
use crate::compat::possible;
use crate::compat::select::{Rule, Terms};
use crate::compat::verdict::{Judged, Refusal, Verdict};
use crate::ike::{Proposal, Protocol, Suite, Transform};
use crate::peer::Child;
use crate::peer::client::{Lifetimes, RekeyAnswer, RekeyOffer};
use crate::peer::lifetime::{HardLifetime, outlasting};
use crate::peer::server::Nat;

const SERVER_NEVER_ASKS: &str = "the server never asks for new keys";
const CLIENT_NEVER_ASKS: &str = "the client never asks for new keys";

impl Pairing<'_> {
    pub(super) fn ike_rekey_by_client(&self, current: &Suite) -> Judged {
        if self.client.lifetimes.ike == Some(Lifetimes::NEVER) {
            return Judged::plain(Verdict::NotUsed(CLIENT_NEVER_ASKS));
        }
        if self.is_charon() {
            return judge(&self.client.ike_sa_init, |offer| {
                self.charons(Asks::Client, ike(offer), &|asking, answering| {
                    exchange::ike_rekey(asking, answering, current)
                })
            });
        }
        let readings = &self.client.readings.ike_rekey_by_client;
        judge_offer(
            &self.client.ike_rekey_by_client,
            readings,
            |offer| match list(offer, Some(current), current.ke()) {
                Ok(list) => self.server_selects(&list, &self.ike, true),
                Err(missing) => Verdict::Unknown(missing.to_owned()),
            },
        )
    }

    pub(super) fn ike_rekey_by_server(&self, current: &Suite) -> Judged {
        if self.connection.rekey.ike == Some(Duration::ZERO) {
            return Judged::plain(Verdict::NotUsed(SERVER_NEVER_ASKS));
        }
        let asked = self.ike_asked_by_server(current);
        let list = asked.as_deref().unwrap_or(&self.ike);
        if self.is_charon() {
            let judged = judge(&self.client.ike_sa_init, |offer| {
                let lists = Lists {
                    server_ike: Some(list),
                    ..ike(offer)
                };
                self.charons(Asks::Server, lists, &|asking, answering| {
                    exchange::ike_rekey(asking, answering, current)
                })
            });
            return unpaired_if(asked.is_some(), judged);
        }
        self.avoidable(
            Protocol::Ike,
            judge(&self.client.ike_rekey_by_server, |answer| {
                self.client_answers(list, answer, Some(current), current.ke())
            }),
        )
    }

    /// What is not known of a rekeying by the server need not be known if it never asks.
    fn avoidable(&self, protocol: Protocol, mut judged: Judged) -> Judged {
        if let Verdict::Unknown(what) = &mut judged.verdict {
            let how = self.situation.never_asks.of_protocol(protocol);
            let least = self.too_slow().filter(|_| protocol == Protocol::Ike);
            let setting = self.situation.lifetime_settings.ike;
            let how = how.map(|how| match setting.zip(least) {
                Some((setting, slowest)) => {
                    let least = outlasting(slowest).as_secs();
                    format!("{how}, and {setting} {least} s at least")
                }
                None => how.to_owned(),
            });
            *what += &match (how, self.situation.engine.row().can_stop_rekeying) {
                (Some(how), _) => {
                    format!("; a server that never asks for new keys ({how}) need not know")
                }
                (None, true) => "; a server that never asks for new keys need not know".to_owned(),
                (None, false) => {
                    "; no setting of this server is known that keeps it from asking for new keys"
                        .to_owned()
                }
            };
        }
        judged
    }

    /// The time after which the slowest client renews its IKE SA, where the server has given it up by then.
    fn too_slow(&self) -> Option<Duration> {
        let mut silent = self.connection.clone();
        silent.rekey.ike = Some(Duration::ZERO);
        let end = self.situation.lifetimes.of_ike(&silent);
        let is_late =
            |slowest: &Duration| matches!(end, HardLifetime::After(end) if end <= *slowest);
        self.situation.slowest_ike.filter(is_late)
    }

    pub(super) fn child_rekey_by_client(
        &self,
        esp: &Child,
        first: &Suite,
        group: Option<Transform>,
    ) -> Judged {
        if self.client.lifetimes.child == Some(Lifetimes::NEVER) {
            return Judged::plain(Verdict::NotUsed(CLIENT_NEVER_ASKS));
        }
        let esp = match self.child_answers(esp, group) {
            Ok(list) => list,
            Err(missing) => return Judged::plain(Verdict::Unknown(missing.to_owned())),
        };
        if self.is_charon() {
            return judge(&self.client.ike_auth, |offer| {
                self.charons(Asks::Client, child(offer, &esp), &exchange::child_rekey)
            });
        }
        let readings = &self.client.readings.child_rekey_by_client;
        judge_offer(
            &self.client.child_rekey_by_client,
            readings,
            |offer| match list(offer, Some(first), group) {
                Ok(list) => self.server_selects(&list, &esp, true),
                Err(missing) => Verdict::Unknown(missing.to_owned()),
            },
        )
    }

    pub(super) fn child_rekey_by_server(
        &self,
        esp: &Child,
        first: &Suite,
        group: Option<Transform>,
    ) -> Judged {
        if self.connection.rekey.child == Some(Duration::ZERO) {
            return Judged::plain(Verdict::NotUsed(SERVER_NEVER_ASKS));
        }
        let (asked, as_configured) = match self.child_asked_by_server(esp, Some(first), group) {
            Ok(asked) => asked,
            Err(missing) => return Judged::plain(Verdict::Unknown(missing.to_owned())),
        };
        if self.is_charon() {
            let judged = judge(&self.client.ike_auth, |offer| {
                self.charons(Asks::Server, child(offer, &asked), &exchange::child_rekey)
            });
            return unpaired_if(!as_configured, judged);
        }
        self.avoidable(
            Protocol::Esp,
            judge(&self.client.child_rekey_by_server, |answer| {
                self.client_answers(&asked, answer, Some(first), group)
            }),
        )
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
        if answer.refuses_any_ke && asked.iter().any(Proposal::names_a_group) {
            return Verdict::Refuse(Refusal::KeyExchangeUnwanted);
        }
        let accepts = match list(&answer.accepts, in_use, group) {
            Ok(list) => list,
            Err(missing) => return Verdict::Unknown(missing.to_owned()),
        };
        let terms = Terms {
            with_additional_ke: true,
            ..self.situation.terms(Rule::CHARON, true)
        };
        let suites = possible::suites(asked, &accepts, terms);
        if !versions::knows_additional(self.client) {
            // A peer that does not know them takes no proposal that lists any (RFC 7296, 3.3.6).
            let terms = Terms {
                with_additional_ke: false,
                ..terms
            };
            if possible::suites(asked, &accepts, terms) != suites {
                return Verdict::Unknown(
                    "whether the client knows additional key exchanges".to_owned(),
                );
            }
        }
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

/// A suite of a list that is not the configured one has no place there.
fn unpaired_if(other: bool, mut judged: Judged) -> Judged {
    if let (true, Verdict::Agree(agreed)) = (other, &mut judged.verdict) {
        agreed.pair = None;
    }
    judged
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
        RekeyOffer::NegotiatedOnlyInIkeGroup => {
            let mut with_group = *in_use?;
            with_group.set(group?);
            Cow::Owned(vec![with_group.to_proposal()])
        }
        RekeyOffer::NegotiatedInIkeGroup => {
            let mut with_group = *in_use?;
            with_group.set(group?);
            Cow::Owned(vec![with_group.to_proposal(), in_use?.to_proposal()])
        }
    })
}
