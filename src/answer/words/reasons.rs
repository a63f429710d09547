//! Why an exchange fails or is not known, and what helps.

use std::collections::HashSet;
use std::time::Duration;

use super::matrix::hedge;
use super::{exchange, exchange_in_full, short};
use crate::answer::check::{Answer, ClientAnswer};
use crate::answer::remedy;
use crate::answer::text::{self, Sides, and_list};
use crate::compat::obstacle::{CertificateSide, Obstacle};
use crate::compat::reauthentication::{Reauthenticated, ReauthenticationOutcome};
use crate::compat::report::{ClientReport, Overall};
use crate::compat::survival::Survival;
use crate::compat::verdict::{Judged, Refusal, Verdict};
use crate::diag::or_list;
use crate::peer::authentication::Method;
use crate::peer::build::NotLoaded;
use crate::peer::client::Lifetimes;
use crate::peer::{Exchange, ReauthenticationTimes, Server};

/// What keeps a client out although the lists agree, in one sentence with its code.
pub(crate) fn obstacle(one: &Obstacle) -> String {
    let names = |methods: &[Method]| {
        let names: Vec<_> = methods.iter().map(ToString::to_string).collect();
        names
    };
    let what = match one {
        Obstacle::Authentication {
            wanted, offered, ..
        } => format!(
            "the server wants clients to authenticate by {wanted}, the client has {}",
            text::or_list(&names(offered))
        ),
        Obstacle::SecondRound { wanted, .. } => format!(
            "the server wants {}, one after the other (RFC 4739), which the client does not know",
            and_list(&names(wanted))
        ),
        Obstacle::NoAddressPool => "the client asks for an address, and the server has no pool: \
             INTERNAL_ADDRESS_FAILURE"
            .to_owned(),
        Obstacle::ChildlessForced { .. } => "the server takes no child SA in IKE_AUTH \
             (`childless = force`), where the client asks for it: INVALID_SYNTAX"
            .to_owned(),
        Obstacle::Certificate { side, code, why } => {
            let whose = match side {
                CertificateSide::Server => "the server's certificate",
                CertificateSide::Client => "the client's certificate",
            };
            format!("{whose} is refused: {why} ({code})")
        }
    };
    format!("{what} [{}]", one.code())
}

/// What helps against it, on the server in the words of its file.
pub(crate) fn obstacle_help(one: &Obstacle, server: &Server) -> String {
    let what = match one {
        Obstacle::Authentication { .. } => "add a connection with a method that the client has",
        Obstacle::SecondRound { .. } => "add a connection with one round for these clients",
        Obstacle::NoAddressPool => server.surface().row().address_pool,
        Obstacle::ChildlessForced { .. } => "take `childless = force` out",
        Obstacle::Certificate { .. } => "use another certificate",
    };
    let side = match one {
        Obstacle::Certificate {
            side: CertificateSide::Client,
            ..
        } => "client",
        _ => "server",
    };
    format!("on the {side}: {what}")
}

/// What helps a client beside remedies that change the lists.
pub(crate) fn helps(report: &ClientReport, server: &Server) -> Vec<String> {
    let obstacles = report.obstacles.iter();
    let mut helps: Vec<String> = obstacles.map(|one| obstacle_help(one, server)).collect();
    if let Verdict::Refuse(Refusal::NotLoaded(why)) = &report.ike.ike_sa_init.verdict {
        helps.push(format!("on the server: {}", load_help(*why)));
    }
    if has_no_child(report) {
        helps.push("on the server: add a phase 2 (a child) to the connection".to_owned());
    }
    helps
}

/// What lets the daemon load a connection.
fn load_help(why: NotLoaded) -> String {
    match why {
        NotLoaded::Lacks(one) => format!("take {} out", text::transform(one)),
        NotLoaded::GroupWithoutPfs(group) => format!(
            "take the group {} out of phase 2, or turn PFS on",
            text::transform(group)
        ),
    }
}

/// Whether the lists of phase 1 agree and there is nothing that phase 2 could be about.
fn has_no_child(report: &ClientReport) -> bool {
    report.judged.is_some()
        && report.exchanges().ike_auth.is_none()
        && matches!(
            report.ike.ike_sa_init.verdict,
            Verdict::Agree(_) | Verdict::OneOf(_)
        )
}

/// Lines, and the ids of the clients about which they are said.
pub type GroupedReasons<'a> = (Vec<String>, Vec<&'a str>);

/// Clients that do not connect or do not keep their tunnel, with the reasons and remedies; those
/// of whom the same is to be said together.
pub fn failures(answer: &Answer) -> Vec<GroupedReasons<'_>> {
    let serves = answer.serves_clients();
    let clients = answer.clients.iter().filter(|_| serves);
    let failing = clients.filter(|client| client.report.verdict != Overall::Connects);
    grouped(failing.map(|client| (explain(client), client)))
}

/// What clients offer nothing of that the policy allows.
pub(crate) fn policy_conflicts(answer: &Answer) -> Vec<String> {
    let clients = answer.clients.iter();
    let all = clients.flat_map(|client| &client.conflicts);
    all.map(ToString::to_string).collect()
}

/// What is not known about clients that come up.
pub(crate) fn unknowns(answer: &Answer) -> Vec<GroupedReasons<'_>> {
    let clients = answer.clients.iter();
    let clients = clients.filter(|client| client.report.comes_up());
    let unknown = clients.map(|client| {
        let mut lines = undecided(answer, &client.report);
        lines.extend(unknown_rekeyings(&client.report));
        (lines, client)
    });
    grouped(unknown.filter(|(lines, _)| !lines.is_empty()))
}

/// What the first two exchanges settle on, where it is one of several suites.
fn undecided(answer: &Answer, report: &ClientReport) -> Vec<String> {
    let exchanges = report.exchanges();
    let first_two = [
        (Exchange::IkeSaInit, exchanges.ike_sa_init),
        (Exchange::IkeAuth, exchanges.ike_auth),
    ];
    let line = |(exchange, judged): (Exchange, Option<&Judged>)| {
        let Verdict::OneOf(suites) = &judged?.verdict else {
            return None;
        };
        let suites: Vec<_> = suites.iter().map(short).collect();
        let suites = or_list(&suites);
        Some(format!("{}: {suites}", exchange_in_full(exchange)))
    };
    let mut lines: Vec<_> = first_two.into_iter().filter_map(line).collect();
    if let Some(selection) = answer.selection.as_ref().filter(|_| !lines.is_empty()) {
        let selection = selection.trim_end_matches('.');
        lines.push(format!("the likeliest stands first: {selection}"));
    }
    lines
}

fn unknown_rekeyings(report: &ClientReport) -> Vec<String> {
    let all = report.rekeyings().into_iter();
    let unknown = all.filter_map(|(exchange, judged)| match &judged.verdict {
        Verdict::Unknown(what) => Some(format!("{}: {what}", exchange_in_full(exchange))),
        _ => None,
    });
    let again = report.reauthentication.as_ref();
    let open = again.filter(|it| matches!(it.outcome, ReauthenticationOutcome::Unknown(_)));
    unknown.chain(open.map(reauthentication)).collect()
}

/// Clients about which the same is to be said, in the order in which they come up first.
fn grouped<'r>(
    said: impl Iterator<Item = (Vec<String>, &'r ClientAnswer)>,
) -> Vec<GroupedReasons<'r>> {
    let mut groups: Vec<GroupedReasons<'r>> = Vec::new();
    for (lines, client) in said {
        let id = client.report.client.id.as_str();
        match groups.iter_mut().find(|(known, _)| *known == lines) {
            Some((_, ids)) => ids.push(id),
            None => groups.push((lines, vec![id])),
        }
    }
    groups
}

/// Why a client does not connect or does not keep its tunnel, and what would help.
pub(crate) fn explain(client: &ClientAnswer) -> Vec<String> {
    let mut lines = complaint(client);
    lines.extend(remedy::alternatives(&client.remedies));
    lines.extend(client.helps.iter().cloned());
    lines
}

/// What happens to a client that comes up and is lost later.
pub(super) const LOST: &str = "connects, and loses the tunnel when keys are renewed";

/// Why a client does not connect or does not keep its tunnel.
pub(super) fn complaint(client: &ClientAnswer) -> Vec<String> {
    let report = &client.report;
    let what = match report.verdict {
        Overall::Connects => "connects",
        Overall::Unknown if report.comes_up() => {
            "connects; whether it keeps the tunnel is not known"
        }
        Overall::Unknown => "may connect: the sources do not say enough",
        Overall::RekeyFails if report.comes_up() => LOST,
        Overall::RekeyFails => "if it connects, it loses the tunnel when keys are renewed",
        Overall::Refused => "refused",
    };
    let mut lines = vec![what.to_owned()];
    lines.extend(reason(Exchange::IkeSaInit, &report.ike.ike_sa_init));
    for child in &report.children {
        lines.extend(reason(Exchange::IkeAuth, &child.verdicts.ike_auth));
    }
    let is_loaded = !matches!(
        report.ike.ike_sa_init.verdict,
        Verdict::Refuse(Refusal::NotLoaded(_))
    );
    if report.judged.is_some() && report.children.is_empty() && is_loaded {
        lines.push("phase 2: the connection has no child".to_owned());
    }
    if matches!(report.verdict, Overall::RekeyFails | Overall::Unknown) {
        let mut said: Vec<(Vec<Exchange>, String)> = Vec::new();
        for (exchange, judged) in report.rekeyings() {
            let why = match judged.verdict.fails() {
                true => why(judged),
                false => Vec::new(),
            };
            let survival = report.survival[exchange].as_ref().map(survival);
            for what in why.into_iter().chain(survival) {
                // What is true of either side's rekeying of an SA is said once.
                let same = |(of, known): &&mut (Vec<Exchange>, String)| {
                    *known == what
                        && of
                            .iter()
                            .all(|other| other.protocol() == exchange.protocol())
                };
                match said.iter_mut().find(same) {
                    Some((of, _)) => of.push(exchange),
                    None => said.push((vec![exchange], what)),
                }
            }
        }
        lines.extend(
            said.into_iter()
                .map(|(of, what)| format!("{}: {what}", of_both(&of))),
        );
    }
    let obstacles = report.obstacles.iter();
    lines
        .extend(obstacles.map(|one| format!("{}: {}", exchange(Exchange::IkeAuth), obstacle(one))));
    // Several children with the same lists are refused, and helped, in the same words.
    let mut said = HashSet::new();
    lines.retain(|line| said.insert(line.clone()));
    lines
}

/// What becomes of an SA that the server does not renew.
pub(crate) fn survival(one: &Survival) -> String {
    let seconds = Duration::as_secs;
    match one {
        Survival::Kept {
            renewed: Some(renewed),
            lifetime: Some(lifetime),
        } => format!(
            "the tunnel is kept: the client renews keys after {} s, and the server gives the old SA up \
             after {} s",
            seconds(renewed),
            seconds(lifetime)
        ),
        Survival::Kept { .. } => "the tunnel is kept: the server never gives an SA up".to_owned(),
        Survival::Lost { renewed, lifetime } if *renewed == Lifetimes::NEVER => format!(
            "the server gives the SA up after {} s, and the client never renews it",
            seconds(lifetime)
        ),
        Survival::Lost { renewed, lifetime } => format!(
            "the server gives the SA up after {} s, and the client would renew it after {} s",
            seconds(lifetime),
            seconds(renewed)
        ),
        Survival::Unknown(what) => format!("whether the tunnel outlives it is not known: {what}"),
    }
}

/// What becomes of a client when the server wants it to authenticate again.
pub(crate) fn reauthentication(one: &Reauthenticated) -> String {
    let ReauthenticationTimes {
        earliest,
        latest,
        end,
    } = one.times;
    let outcome = match &one.outcome {
        ReauthenticationOutcome::Kept => "the client does it by itself".to_owned(),
        ReauthenticationOutcome::Lost => "the client does not follow".to_owned(),
        ReauthenticationOutcome::Unknown(what) => format!("not known: {what}"),
    };
    format!(
        "reauthentication: the server wants it after {} to {} s and ends the IKE SA after at most {} s; \
         {outcome}",
        earliest.as_secs(),
        latest.as_secs(),
        end.as_secs()
    )
}

/// The rekeyings of one SA, by one side or by both.
fn of_both(exchanges: &[Exchange]) -> String {
    match exchanges {
        [first, _, ..] => {
            let first = exchange_in_full(*first);
            let (what, _) = first.rsplit_once(", ").unwrap_or((&first, ""));
            format!("{what}, by either side")
        }
        [one] => exchange_in_full(*one),
        [] => String::new(),
    }
}

/// Why an exchange fails, or what is not known about it.
fn reason(exchange: Exchange, judged: &Judged) -> Vec<String> {
    let place = exchange_in_full(exchange);
    let why = why(judged).into_iter();
    why.map(|line| format!("{place}: {line}")).collect()
}

/// The same without naming the exchange.
fn why(judged: &Judged) -> Vec<String> {
    match &judged.verdict {
        Verdict::Refuse(refusal) => {
            let code = judged.verdict.code();
            let code = code.map_or_else(String::new, |code| format!(" [{code}]"));
            let lines = reasons(refusal).into_iter();
            lines
                .map(|line| format!("{line}{}{code}", hedge(judged)))
                .collect()
        }
        Verdict::Unknown(what) => vec![format!("not known: {what}")],
        Verdict::Agree(_) | Verdict::OneOf(_) | Verdict::NotUsed(_) => Vec::new(),
    }
}

/// Why an exchange is refused.
pub(crate) fn reasons(refusal: &Refusal) -> Vec<String> {
    match refusal {
        Refusal::NoMatch { gaps, .. } if gaps.is_empty() => {
            vec!["the server has no entry for remote access".to_owned()]
        }
        Refusal::NoMatch { gaps, .. } => text::gaps(gaps, Sides::CLIENT_SERVER),
        Refusal::KeyExchangeUnwanted => {
            vec!["the server's offer names a key exchange, which the client refuses".to_owned()]
        }
        Refusal::BehindNat => vec!["the client refuses it while it is behind NAT".to_owned()],
        Refusal::Limit(limit) => vec![text::limit(*limit).to_owned()],
        Refusal::NotLoaded(why) => {
            let why = match why {
                NotLoaded::Lacks(one) => format!("which lacks {}", text::transform(*one)),
                NotLoaded::GroupWithoutPfs(group) => format!(
                    "because phase 2 names the group {} although PFS is off",
                    text::transform(*group)
                ),
            };
            vec![format!(
                "the server's daemon does not load the connection, {why}"
            )]
        }
    }
}

/// Why an exchange ends as it does.
pub(crate) fn because(judged: &Judged, answer: &Answer) -> Vec<String> {
    match &judged.verdict {
        Verdict::Agree(agreed) => {
            let mut lines = Vec::new();
            if let Some(pair) = agreed.pair {
                let (client, server) = (pair.client, pair.server);
                lines.push(format!(
                    "proposal {client} of the client, entry {server} of the server"
                ));
            }
            if let Some(rounds) = agreed.invalid_ke.as_deref().filter(|it| !it.is_empty()) {
                lines.push(text::invalid_ke(rounds));
            }
            let policy = &answer.policy;
            let tier = policy.rank(&agreed.suite).tier();
            let deciding = policy.deciding(&agreed.suite);
            lines.push(format!("{tier}: {}", deciding.reason()));
            lines
        }
        Verdict::OneOf(suites) => {
            let suites: Vec<_> = suites.iter().map(short).collect();
            vec![format!(
                "the choice is not known: {}",
                text::or_list(&suites)
            )]
        }
        Verdict::Refuse(refusal) => reasons(refusal),
        Verdict::Unknown(what) => vec![what.clone()],
        Verdict::NotUsed(why) => vec![(*why).to_owned()],
    }
}
