//! What would let a client in, or keep it: the nearest change on the server and on the client.

use super::client::{IkeVerdicts, Situation};
use super::closing::{best, every_suite, nearest_suite};
use super::config_method::{self, ConfigMethod};
use super::rank::Tier;
use super::report::ChildReport;
use super::select::{Rule, Terms};
use super::strength::Strength;
use super::verdict::{Refusal, Verdict};
use crate::ike::{Proposal, Protocol, Suite, Transform, TransformType};
use crate::peer::{Client, Connection, Policy};

/// A change on the server.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Change {
    /// Add this suite to the list of the protocol.
    Add(Suite),
    /// Turn PFS off for the child.
    DropKeyExchange,
    /// Let the child's list name this key exchange.
    RequireKeyExchange(Transform),
    /// Do not ask for new keys from the server's side.
    StopRekeying(Protocol),
}

/// One possible remedy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Fix {
    /// Change the server.
    Server {
        /// Name of the child concerned; `None` for the IKE list.
        child: Option<String>,
        /// What to change.
        change: Change,
    },
    /// Make the client offer these suites.
    Client {
        /// By which means.
        method: ConfigMethod,
        /// IKE suite.
        ike: Suite,
        /// ESP suite, with its group if the server demands one at rekeying.
        esp: Suite,
    },
}

/// The remedies for a client that does not connect, or does not keep its tunnel.
pub fn fixes(
    client: &Client,
    connection: &Connection,
    ike: &IkeVerdicts,
    children: &[ChildReport],
    situation: &Situation,
    policy: &Policy,
) -> Vec<Fix> {
    let mut fixes = Vec::new();
    let terms = |with_ke| Terms {
        rule: situation.rule.unwrap_or(Rule::CHARON),
        with_ke,
        with_private: false,
        with_additional_ke: situation.build.additional_key_exchanges,
    };
    let ike_list: Vec<_> = connection.ike.iter().map(|e| e.proposal.clone()).collect();
    if let (Verdict::Refuse(Refusal::NoMatch { .. }), Some(offer)) =
        (&ike.ike_sa_init.verdict, client.ike_sa_init.stated())
    {
        let suite = nearest_suite(&offer.value.proposals, &ike_list, terms(true), policy);
        fixes.extend(suite.map(|suite| Fix::Server {
            child: None,
            change: Change::Add(suite),
        }));
    }
    for report in children {
        let Some(child) = connection.children.get(report.number) else {
            continue;
        };
        let esp: Vec<_> = child.esp.iter().map(|e| e.proposal.clone()).collect();
        let verdicts = &report.verdicts;
        let mut on_server = |change| {
            let fix = Fix::Server {
                child: Some(child.name.clone()),
                change,
            };
            if !fixes.contains(&fix) {
                fixes.push(fix);
            }
        };
        // A refused IKE SA hides what the child would do; say it in one go.
        let child_hidden = matches!(verdicts.ike_auth.verdict, Verdict::NotUsed(_));
        let refused = matches!(
            verdicts.ike_auth.verdict,
            Verdict::Refuse(Refusal::NoMatch { .. })
        );
        if let (true, Some(offer)) = (refused || child_hidden, client.ike_auth.stated()) {
            let matches = super::select::select(
                super::select::Offer::as_listed(&offer.value),
                &esp,
                terms(false),
            );
            if matches.is_none() {
                let stripped: Vec<_> = offer
                    .value
                    .iter()
                    .map(Proposal::without_key_exchange)
                    .collect();
                let suite = nearest_suite(&stripped, &esp, terms(false), policy);
                suite
                    .into_iter()
                    .for_each(|suite| on_server(Change::Add(suite)));
            }
        }
        match &verdicts.child_rekey_by_client.verdict {
            Verdict::Refuse(Refusal::NoMatch { gaps, .. }) => {
                for gap in gaps.iter().filter(|gap| gap.kind == TransformType::KE) {
                    on_server(match gap.asked.first().filter(|t| !t.is_none()) {
                        Some(group) => Change::RequireKeyExchange(*group),
                        None => Change::DropKeyExchange,
                    });
                }
            }
            Verdict::Refuse(_) => on_server(Change::DropKeyExchange),
            _ => {}
        }
        match &verdicts.child_rekey_by_server.verdict {
            Verdict::Refuse(Refusal::BehindNat) => on_server(Change::StopRekeying(Protocol::Esp)),
            Verdict::Refuse(Refusal::KeyExchangeUnwanted) => on_server(Change::DropKeyExchange),
            Verdict::Refuse(Refusal::NoMatch { gaps, .. })
                if gaps.iter().any(|gap| gap.kind == TransformType::KE) =>
            {
                on_server(Change::DropKeyExchange);
            }
            Verdict::Refuse(_) => on_server(Change::StopRekeying(Protocol::Esp)),
            _ => {}
        }
    }
    if let Some(first) = connection.children.first() {
        let esp: Vec<_> = first.esp.iter().map(|e| e.proposal.clone()).collect();
        fixes.extend(client_fix(client, &ike_list, &esp, terms(true), policy));
    }
    // The better advice first; telling a client to use what is discouraged is no advice at all if
    // the server can do better.
    fixes.sort_by_key(|fix| tier(fix, policy));
    let best = fixes.first().map(|fix| tier(fix, policy));
    fixes.retain(|fix| {
        let tier = tier(fix, policy);
        matches!(fix, Fix::Server { .. }) || tier < Tier::Discouraged || Some(tier) == best
    });
    fixes
}

/// The worst tier that a remedy brings in.
fn tier(fix: &Fix, policy: &Policy) -> Tier {
    let tier = |suite: &Suite| policy.rank(suite).tier();
    match fix {
        Fix::Server {
            change: Change::Add(suite),
            ..
        } if Strength::of(suite, policy).cipher == 0 => Tier::Prohibited,
        Fix::Server {
            change: Change::Add(suite),
            ..
        } => tier(suite),
        Fix::Server { .. } => Tier::Recommended,
        Fix::Client { ike, esp, .. } => tier(ike).max(tier(esp)),
    }
}

/// The best suites of the server that the client can be made to offer.
fn client_fix(
    client: &Client,
    ike: &[Proposal],
    esp: &[Proposal],
    terms: Terms,
    policy: &Policy,
) -> Option<Fix> {
    let every = |list: &[Proposal]| -> Vec<Suite> {
        list.iter().flat_map(|p| every_suite(p, terms)).collect()
    };
    client.method.iter().find_map(|method| {
        let esp_of = |ike: &Suite| {
            let fits = |esp: &Suite| config_method::can(client, *method, ike, esp);
            best(every(esp).into_iter().filter(fits), policy)
        };
        let ike = every(ike).into_iter().filter(|ike| esp_of(ike).is_some());
        let ike = best(ike, policy)?;
        Some(Fix::Client {
            method: *method,
            ike,
            esp: esp_of(&ike)?,
        })
    })
}
