//! One client against one server connection: a verdict for each exchange of the tunnel's life.
//!
//! A client whose engine is charon plays by charon's rules in every exchange. Any other client
//! offers exactly what its profile states, and chooses, where it answers, by a rule nobody knows.

mod asked;
pub(super) mod readings;
mod rekey;
mod situation;
mod versions;

pub use situation::{Assumed, Situation};

use super::closing;
use super::exchange::{self, InvalidKe, Outcome, Side};
use super::gap;
use super::possible;
use super::select::{Offer, Rule, Terms, select};
use super::verdict::{Agreed, Judged, Pair, Refusal, Verdict};
use itertools::Itertools as _;

use crate::ike::{Proposal, Suite, Transform, TransformType};
use crate::peer::client::{IkeOffer, InvalidKeRetry};
use crate::peer::{
    Build, Child, Client, Connection, EngineName, Entry, Fact, Grade, Known, Origin, Policy,
};

/// The verdicts that concern the IKE SA.
#[derive(Clone, Debug)]
pub struct IkeVerdicts {
    /// IKE_SA_INIT.
    pub ike_sa_init: Judged,
    /// Rekeying that the client asks for.
    pub ike_rekey_by_client: Judged,
    /// Rekeying that the server asks for.
    pub ike_rekey_by_server: Judged,
}

/// The verdicts that concern one child SA.
#[derive(Clone, Debug)]
pub struct ChildVerdicts {
    /// IKE_AUTH.
    pub ike_auth: Judged,
    /// Rekeying that the client asks for.
    pub child_rekey_by_client: Judged,
    /// Rekeying that the server asks for.
    pub child_rekey_by_server: Judged,
}

/// A client and a server connection.
pub(crate) struct Pairing<'a> {
    client: &'a Client,
    connection: &'a Connection,
    situation: &'a Situation,
    policy: &'a Policy,
    ike: Vec<Proposal>,
}

const NO_IKE_SA: &str = "no IKE SA comes up";
const NO_CHILD: &str = "no child SA comes up";
const SUITE_NOT_CERTAIN: &str = "the suite in use is not certain";
const MISNUMBERED: &str = "releases of the client number this proposal as the one that the server chose at first, \
    which was not the first one, and libreswan refuses that";
const ADDITIONAL_UNSEEN: &str = "whether the client offers an additional key exchange by itself was not seen; a log of its \
    IKE_SA_INIT tells, and so does the size of that message";
const PHASE_1_UNKNOWN: &str = "the server's proposals of phase 1 are not known: the complaint about the \
    configuration says why";
const PHASE_2_UNKNOWN: &str = "the server's proposals of phase 2 are not known: its configuration \
    says them, or a log of a connection at level 2 of `cfg`";
const GROUP_NOT_CERTAIN: &str = "the group of the IKE SA is not certain";

/// Whether the client's proposal of an IKE rekeying may bear a number that the server refuses.
pub(crate) fn may_be_misnumbered(
    client: &Client,
    engine: EngineName,
    ike_sa_init: &Verdict,
) -> bool {
    let Verdict::Agree(agreed) = ike_sa_init else {
        return false;
    };
    let is_late = agreed.pair.is_some_and(|pair| pair.client > 1);
    // charon takes any number (libreswan issue 1450).
    engine == EngineName::Libreswan && is_late && client.needs_first_proposal
}

impl<'a> Pairing<'a> {
    /// Pairs the two.
    pub(crate) fn new(
        client: &'a Client,
        connection: &'a Connection,
        situation: &'a Situation,
        policy: &'a Policy,
    ) -> Self {
        Self {
            client,
            connection,
            situation,
            policy,
            ike: proposals(&connection.ike),
        }
    }

    /// All suites of IKE that both sides allow, whatever is chosen.
    pub(crate) fn common_ike(&self) -> Vec<Suite> {
        let terms = self.situation.terms(Rule::CHARON, true);
        let offer = self.client.ike_sa_init.stated();
        offer.map_or_else(Vec::new, |offer| {
            possible::suites(&offer.value.proposals, &self.ike, terms)
        })
    }

    /// All suites of the first child SA that both sides allow, whatever is chosen.
    pub(crate) fn common_esp(&self, child: &Child) -> Vec<Suite> {
        let terms = self.situation.terms(Rule::CHARON, false);
        let offer = self.client.ike_auth.stated();
        offer.map_or_else(Vec::new, |offer| {
            possible::suites(&offer.value, &proposals(&child.esp), terms)
        })
    }

    /// Judges the exchanges of the IKE SA.
    pub(crate) fn ike(&self) -> IkeVerdicts {
        if let Some(reason) = self.situation.build.refusal(self.connection) {
            let nothing = || Judged::plain(Verdict::NotUsed(NO_IKE_SA));
            return IkeVerdicts {
                ike_sa_init: Judged::plain(Verdict::Refuse(Refusal::NotLoaded(reason))),
                ike_rekey_by_client: nothing(),
                ike_rekey_by_server: nothing(),
            };
        }
        let ike_sa_init = if self.connection.ike_is_unknown {
            Judged::plain(Verdict::Unknown(PHASE_1_UNKNOWN.to_owned()))
        } else {
            self.leaning(self.ike_sa_init(), &self.connection.ike)
        };
        let reached = |rekey: &dyn Fn(&Suite) -> Judged| match &ike_sa_init.verdict {
            Verdict::Unknown(what) => Judged::plain(Verdict::Unknown(what.clone())),
            Verdict::Agree(_) | Verdict::OneOf(_) => {
                let suites = ike_sa_init.verdict.suites();
                let judged = readings::whichever(SUITE_NOT_CERTAIN, suites, rekey);
                self.leaning(judged, &self.connection.ike)
            }
            Verdict::Refuse(_) | Verdict::NotUsed(_) => Judged::plain(Verdict::NotUsed(NO_IKE_SA)),
        };
        IkeVerdicts {
            ike_rekey_by_client: if may_be_misnumbered(
                self.client,
                self.situation.engine,
                &ike_sa_init.verdict,
            ) {
                Judged::plain(Verdict::Unknown(MISNUMBERED.to_owned()))
            } else {
                reached(&|suite| self.ike_rekey_by_client(suite))
            },
            ike_rekey_by_server: reached(&|suite| self.ike_rekey_by_server(suite)),
            ike_sa_init,
        }
    }

    /// Judges the exchanges of one child SA, given that an IKE SA is up.
    pub(crate) fn child(&self, child: &Child, ike: &IkeVerdicts) -> ChildVerdicts {
        let nothing = |verdict: Verdict| ChildVerdicts {
            ike_auth: Judged::plain(verdict.clone()),
            child_rekey_by_client: Judged::plain(verdict.clone()),
            child_rekey_by_server: Judged::plain(verdict),
        };
        match &ike.ike_sa_init.verdict {
            Verdict::Unknown(what) => {
                let unknown = nothing(Verdict::Unknown(what.clone()));
                return match child.is_unknown {
                    true => unknown,
                    false => self.refused_anyway(child, unknown),
                };
            }
            Verdict::Refuse(_) | Verdict::NotUsed(_) => {
                return nothing(Verdict::NotUsed(NO_IKE_SA));
            }
            Verdict::Agree(_) | Verdict::OneOf(_) => {}
        }
        if child.is_unknown {
            return nothing(Verdict::Unknown(PHASE_2_UNKNOWN.to_owned()));
        }
        let esp = proposals(&child.esp);
        let ike_auth = self.leaning(self.ike_auth(&esp), &child.esp);
        let verdict = match &ike_auth.verdict {
            Verdict::Unknown(what) => Some(Verdict::Unknown(what.clone())),
            Verdict::Refuse(_) | Verdict::NotUsed(_) => Some(Verdict::NotUsed(NO_CHILD)),
            Verdict::Agree(_) | Verdict::OneOf(_) => None,
        };
        if let Some(verdict) = verdict {
            let verdicts = ChildVerdicts {
                ike_auth,
                ..nothing(verdict.clone())
            };
            return match verdict {
                Verdict::Unknown(_) => self.refused_anyway(child, verdicts),
                _ => verdicts,
            };
        }
        let groups = ike.ike_sa_init.verdict.suites().iter().map(Suite::ke);
        let groups: Vec<_> = groups.unique().collect();
        let suites = ike_auth.verdict.suites();
        let leaning = |rekey: &dyn Fn(&Suite, Option<Transform>) -> Judged| {
            let outcomes: Vec<_> = if suites.len() * groups.len() > readings::MOST {
                Vec::new()
            } else {
                let all = suites.iter().cartesian_product(&groups);
                all.map(|(suite, group)| rekey(suite, *group)).collect()
            };
            let why = if suites.len() > 1 {
                SUITE_NOT_CERTAIN
            } else {
                GROUP_NOT_CERTAIN
            };
            let judged = match outcomes.as_slice() {
                [only] => only.clone(),
                several => readings::agreeing(why, several),
            };
            self.leaning(judged, &child.esp)
        };
        ChildVerdicts {
            child_rekey_by_client: leaning(&|suite, group| {
                self.child_rekey_by_client(child, suite, group)
            }),
            child_rekey_by_server: leaning(&|suite, group| {
                self.child_rekey_by_server(child, suite, group)
            }),
            ike_auth,
        }
    }

    /// What leans on a default list is known no better than that list.
    fn leaning(&self, judged: Judged, entries: &[Entry]) -> Judged {
        let Some(assumed) = &self.situation.assumed else {
            return judged;
        };
        let is_assumed = |entry: &Entry| {
            !matches!(entry.origin, Origin::Written(_))
                && assumed.proposals.contains(&entry.proposal)
        };
        let leans = entries.iter().any(is_assumed);
        let weaker = |grade: Grade| {
            if leans {
                grade.max(assumed.grade)
            } else {
                grade
            }
        };
        Judged {
            evidence: judged.evidence.map(weaker),
            ..judged
        }
    }

    fn is_charon(&self) -> bool {
        self.client.engine == Some(EngineName::Strongswan)
    }

    fn ike_sa_init(&self) -> Judged {
        judge(&self.client.ike_sa_init, |offer: &IkeOffer| {
            if self.is_charon() {
                return self.charons(Asks::Client, ike(offer), &exchange::ike_sa_init);
            }
            let verdict = self.server_selects(&offer.proposals, &self.ike, true);
            if verdict.fails() && self.may_be_met(offer) {
                return Verdict::Unknown(ADDITIONAL_UNSEEN.to_owned());
            }
            self.after_first_guess(verdict, offer)
        })
    }

    /// Whether the server would take the offer with additional key exchanges that the client may have.
    fn may_be_met(&self, offer: &IkeOffer) -> bool {
        let may = |t: &Transform| t.is_none() || offer.may_add.iter().any(|ke| ke.number() == t.id);
        let mut met = self.ike.clone();
        met.retain(|own| {
            let mut rounds = (1..=7).filter_map(TransformType::additional);
            rounds.all(|kind| own.of(kind).is_empty() || own.of(kind).iter().any(may))
        });
        let met: Vec<_> = met
            .iter()
            .map(Proposal::without_additional_key_exchanges)
            .collect();
        !offer.may_add.is_empty() && !self.server_selects(&offer.proposals, &met, true).fails()
    }

    /// The rounds that the client's guess of a group costs.
    ///
    /// RFC 7296, section 1.2 obliges the initiator to try again, so a client of which nothing else
    /// is known is taken to do so.
    fn after_first_guess(&self, verdict: Verdict, offer: &IkeOffer) -> Verdict {
        let Verdict::Agree(mut agreed) = verdict else {
            return verdict;
        };
        let Some(wanted) = agreed.suite.ke() else {
            return Verdict::Agree(agreed);
        };
        agreed.invalid_ke = offer.key_exchange.map(|sent| {
            let round = InvalidKe {
                sent: Some(sent),
                wanted,
            };
            (sent != wanted).then_some(round).into_iter().collect()
        });
        let lost = agreed
            .invalid_ke
            .as_ref()
            .is_some_and(|rounds| !rounds.is_empty());
        if lost
            && match offer.retries_invalid_ke {
                Some(InvalidKeRetry::Never) => true,
                Some(InvalidKeRetry::Anew) => !offer.proposals.iter().all(|it| it.contains(wanted)),
                Some(InvalidKeRetry::Repeats) | None => false,
            }
        {
            return Verdict::Refuse(Refusal::Limit(exchange::Limit::InvalidKeRounds));
        }
        Verdict::Agree(agreed)
    }

    fn ike_auth(&self, esp: &[Proposal]) -> Judged {
        judge(&self.client.ike_auth, |offer| {
            self.server_selects(offer, esp, false)
        })
    }

    /// The server answers an offer that goes out as listed.
    fn server_selects(&self, offer: &[Proposal], own: &[Proposal], with_ke: bool) -> Verdict {
        let seen = self.situation.build.seen(offer);
        let offer = seen.as_deref().unwrap_or(offer);
        let Some(rule) = self.situation.rule else {
            let terms = self.situation.terms(Rule::CHARON, with_ke);
            let mut suites = possible::suites(offer, own, terms);
            if let Some(rule) = self.situation.likely {
                let terms = self.situation.terms(rule, with_ke);
                let likely = select(Offer::as_listed(offer), own, terms);
                suites.sort_by_key(|suite| likely.is_none_or(|likely| likely.suite != *suite));
            }
            return one_of(suites).unwrap_or_else(|| self.no_match(offer, own, terms));
        };
        let terms = self.situation.terms(rule, with_ke);
        match select(Offer::as_listed(offer), own, terms) {
            Some(selection) => Verdict::Agree(Agreed {
                suite: selection.suite,
                pair: Some(Pair::numbered(selection.asked, selection.answered)),
                invalid_ke: None,
            }),
            None => self.no_match(offer, own, terms),
        }
    }

    fn no_match(&self, client: &[Proposal], server: &[Proposal], terms: Terms) -> Verdict {
        let nearest = gap::nearest(client, server, terms, |client, server, gaps| {
            closing::cost(client, server, gaps, terms, self.policy)
        });
        Verdict::Refuse(match nearest {
            Some(nearest) => Refusal::NoMatch {
                pair: Some(Pair::numbered(nearest.asked, nearest.answered)),
                gaps: nearest.gaps,
            },
            None => Refusal::NoMatch {
                pair: None,
                gaps: Vec::new(),
            },
        })
    }

    /// Two charons, one of which asks. Where versions 5 and 6 of the client would do otherwise and
    /// nobody said which it is, that is not known.
    fn charons(&self, asks: Asks, lists: Lists<'_>, exchange: ExchangeFn<'_>) -> Verdict {
        let builds = versions::builds(self.client);
        let mut verdicts = builds
            .iter()
            .map(|build| self.charons_as(build, asks, lists, exchange));
        let first = verdicts.next().expect("a client has a version");
        if verdicts.all(|other| other == first) {
            return first;
        }
        Verdict::Unknown("whether the client is strongSwan 5 or 6".to_owned())
    }

    fn charons_as(
        &self,
        build: &Build,
        asks: Asks,
        lists: Lists<'_>,
        exchange: ExchangeFn<'_>,
    ) -> Verdict {
        let asked = matches!(asks, Asks::Client);
        let seen = |list| self.situation.build.seen(list).filter(|_| asked);
        let [client_ike, client_esp] = [lists.client_ike, lists.client_esp].map(seen);
        let client = Side {
            ike: client_ike.as_deref().unwrap_or(lists.client_ike),
            esp: client_esp.as_deref().unwrap_or(lists.client_esp),
            build,
            rule: Rule::CHARON,
            with_private: false,
        };
        let server = Side {
            ike: lists.server_ike.unwrap_or(&self.ike),
            esp: lists.server_esp,
            build: &self.situation.build,
            rule: self.situation.rule.unwrap_or(Rule::CHARON),
            with_private: false,
        };
        let (asking, answering) = match asks {
            Asks::Client => (client, server),
            Asks::Server => (server, client),
        };
        match exchange(asking, answering) {
            Outcome::Agree(_) if self.situation.rule.is_none() => {
                // Whether they agree does not depend on the rule; on what, does.
                let terms = answering.terms(true);
                let (asked, own) = match lists.client_ike {
                    [] => (asking.esp, answering.esp),
                    _ => (asking.ike, answering.ike),
                };
                one_of(possible::suites(asked, own, terms))
                    .unwrap_or_else(|| self.no_match(asked, own, terms))
            }
            Outcome::Agree(agreement) => {
                let (asked, answered) = (agreement.selection.asked, agreement.selection.answered);
                let (client, server) = match asks {
                    Asks::Client => (asked, answered),
                    Asks::Server => (answered, asked),
                };
                Verdict::Agree(Agreed {
                    suite: agreement.selection.suite,
                    pair: Some(Pair::numbered(client, server)),
                    invalid_ke: Some(agreement.invalid_ke),
                })
            }
            Outcome::NoMatch => {
                let terms = answering.terms(true);
                if lists.client_ike.is_empty() {
                    self.no_match(client.esp, server.esp, terms)
                } else {
                    self.no_match(client.ike, server.ike, terms)
                }
            }
            Outcome::Limit { limit, .. } => Verdict::Refuse(Refusal::Limit(limit)),
            Outcome::NotReached => Verdict::NotUsed(NO_CHILD),
        }
    }
}

/// The side that sends the request.
#[derive(Clone, Copy)]
enum Asks {
    Client,
    Server,
}

/// The lists that count in an exchange of two charons; either the IKE or the ESP ones.
#[derive(Clone, Copy, Default)]
struct Lists<'a> {
    client_ike: &'a [Proposal],
    client_esp: &'a [Proposal],
    server_esp: &'a [Proposal],
    /// The list that the server sends, if it is not the configured one.
    server_ike: Option<&'a [Proposal]>,
}

fn ike(offer: &IkeOffer) -> Lists<'_> {
    Lists {
        client_ike: &offer.proposals,
        ..Lists::default()
    }
}

fn child<'a>(client_esp: &'a [Proposal], server_esp: &'a [Proposal]) -> Lists<'a> {
    Lists {
        client_esp,
        server_esp,
        ..Lists::default()
    }
}

type ExchangeFn<'f> = &'f dyn Fn(Side<'_>, Side<'_>) -> Outcome;

/// One certain suite, several possible ones, or nothing.
fn one_of(suites: Vec<Suite>) -> Option<Verdict> {
    match suites.as_slice() {
        [] => None,
        [suite] => Some(Verdict::Agree(Agreed {
            suite: *suite,
            pair: None,
            invalid_ke: None,
        })),
        _ => Some(Verdict::OneOf(suites)),
    }
}

fn proposals(entries: &[Entry]) -> Vec<Proposal> {
    entries.iter().map(|entry| entry.proposal.clone()).collect()
}

/// Judges by a fact, or says that there is none.
fn judge<T>(known: &Known<T>, verdict: impl FnOnce(&T) -> Verdict) -> Judged {
    match known {
        Known::Stated(Fact { value, grade, .. }) => Judged {
            verdict: verdict(value),
            evidence: Some(*grade),
        },
        Known::Unknown(what) => Judged::plain(Verdict::Unknown(what.clone())),
    }
}
