//! What is said of an answer, once for every renderer: words of the matrix, sentences about verdicts.

use std::collections::HashSet;
use std::time::Duration;

use super::check::{Answer, ClientAnswer, EngineComparison};
use super::remedy;
use super::text::{self, Sides, and_list};
use super::tone::Tone;
use crate::compat::obstacle::{CertificateSide, Obstacle};
use crate::compat::rank::Tier;
use crate::compat::reauthentication::{Reauthenticated, ReauthenticationOutcome};
use crate::compat::report::{ClientReport, Overall};
use crate::compat::survival::Survival;
use crate::compat::upgrade::Upgraded;
use crate::compat::verdict::{Judged, Refusal, Verdict};
use crate::ike::Suite;
use crate::peer::authentication::Method;
use crate::peer::server::{IkeVersions, Role};
use crate::peer::setting::KeySet;
use crate::peer::{Connection, Exchange, Grade, ReauthenticationTimes, Server};
use crate::recommend::Impossible;

/// A word or two, and what they mean for who reads them.
pub type Word = (String, Tone);

/// What is said where no connection is for clients.
pub const NOBODY: &str = "no connection here is for clients of IKEv2 that dial in";

/// What an exchange is called where a client is one side of it.
pub const fn exchange(exchange: Exchange) -> &'static str {
    match exchange {
        Exchange::IkeSaInit => "phase 1",
        Exchange::IkeAuth => "phase 2",
        Exchange::ChildRekeyByClient => "child SA, by the client",
        Exchange::ChildRekeyByServer => "child SA, by the server",
        Exchange::IkeRekeyByClient => "IKE SA, by the client",
        Exchange::IkeRekeyByServer => "IKE SA, by the server",
    }
}

/// What an exchange is called in a sentence or where no heading says what is listed.
pub fn exchange_in_full(one: Exchange) -> String {
    match one {
        Exchange::IkeSaInit | Exchange::IkeAuth => exchange(one).to_owned(),
        Exchange::ChildRekeyByClient
        | Exchange::ChildRekeyByServer
        | Exchange::IkeRekeyByClient
        | Exchange::IkeRekeyByServer => format!("rekeying of the {}", exchange(one)),
    }
}

/// What an exchange is called as a fact of a profile.
pub const fn fact(exchange: Exchange) -> &'static str {
    match exchange {
        Exchange::IkeSaInit => "phase 1",
        Exchange::IkeAuth => "phase 2",
        Exchange::ChildRekeyByClient => "child rekeying by the client",
        Exchange::ChildRekeyByServer => "child rekeying by the server",
        Exchange::IkeRekeyByClient => "IKE rekeying by the client",
        Exchange::IkeRekeyByServer => "IKE rekeying by the server",
    }
}

/// Product, engine and policy: what the judgement rests on.
pub fn judged_as(answer: &Answer) -> String {
    let product = answer.server.product;
    let product = product.map_or_else(String::new, |product| format!("{product}, "));
    format!(
        "judged as {product}{} by {}",
        answer.server.engine, answer.policy.id
    )
}

/// What is taken to be so because nobody said, where the answer depends on it.
pub fn assumptions(answer: &Answer) -> Vec<String> {
    let mut said = Vec::new();
    let behind_nat = |client: &ClientAnswer| {
        let rekeyings = client.report.rekeyings().into_iter();
        let mut verdicts = rekeyings.map(|(_, judged)| &judged.verdict);
        verdicts.any(|verdict| *verdict == Verdict::Refuse(Refusal::BehindNat))
    };
    if answer.server.nat.is_none() && answer.clients.iter().any(behind_nat) {
        said.push(
            "clients are taken to be behind NAT, as most that dial in are; --nat says otherwise"
                .to_owned(),
        );
    }
    let depends = |client: &&ClientAnswer| !client.report.alternatives.is_empty();
    if let Some(first) = answer.clients.iter().find(depends) {
        said.push(format!(
            "the address of a client decides which connection answers ({}); --client-address says it",
            answer.connections_of(first).join(" or ")
        ));
    }
    said
}

/// How many clients connect.
pub fn headline(answer: &Answer) -> String {
    if !answer.serves_clients() {
        return NOBODY.to_owned();
    }
    let (served, all) = (answer.totals().connect, answer.clients.len());
    let noun = match (served, all) {
        (_, 1) => "client connects",
        (1, _) => "clients connects",
        _ => "clients connect",
    };
    let totals = answer.totals();
    let others = [
        (totals.refused, "refused"),
        (totals.rekey_fails, "lost when keys are renewed"),
        (totals.unknown, "unknown"),
    ];
    let others: Vec<_> = others
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let rest = if others.is_empty() {
        String::new()
    } else {
        format!("; {}", others.join(", "))
    };
    format!("{served} of {all} {noun}{rest}")
}

/// The next step: what somebody who has read the answer would do or call.
pub fn next(answer: &Answer) -> String {
    let totals = answer.totals();
    if !answer.serves_clients() {
        return "configure a connection for clients of IKEv2: `ikecompat recommend`".to_owned();
    }
    if totals.refused + totals.rekey_fails > 0 {
        let file = typed(&answer.server.file);
        return format!(
            "what serves all of them: `ikecompat recommend --server {file}`, with the same clients"
        );
    }
    if answer.refuses_certificate() {
        return "replace the certificate that clients refuse, then check again".to_owned();
    }
    if totals.unknown > 0 {
        return "what is not known can be tried: `ikecompat probe`, or `ikecompat learn` on a capture"
            .to_owned();
    }
    if answer.open_findings().next().is_some() {
        let file = typed(&answer.server.file);
        return format!("what is wrong with the configuration itself: `ikecompat lint {file}`");
    }
    "nothing has to be done".to_owned()
}

/// The name of a file as an argument is typed.
fn typed(file: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+@%:,=".contains(c);
    match file {
        "<stdin>" => "-".to_owned(),
        _ if file.chars().all(is_plain) && !file.starts_with('-') => file.to_owned(),
        _ => format!("'{}'", file.replace('\'', r"'\''")),
    }
}

/// The connections that no client is compared with, and why.
pub fn not_compared(answer: &Answer) -> Vec<(&str, String)> {
    let why = |connection: &Connection| match (
        &connection.not_loaded,
        connection.versions,
        connection.role,
    ) {
        (Some(why), ..) => Some(format!("not loaded: {why}")),
        (None, IkeVersions::Ikev1, _) => Some("IKEv1 only".to_owned()),
        (None, _, Role::SiteToSite) => Some("site to site".to_owned()),
        (None, _, Role::RemoteAccess) if connection.is_of_hosts() => {
            Some("transport mode, as for L2TP".to_owned())
        }
        (None, _, Role::RemoteAccess) => None,
    };
    let connections = answer.server.connections.iter();
    connections
        .filter_map(|connection| Some((connection.name.as_str(), why(connection)?)))
        .collect()
}

/// The columns of the matrix.
pub fn header(answer: &Answer) -> Vec<&'static str> {
    let mut header = vec!["client", "phase 1", "phase 2", "rekey", "rank"];
    if answer.has_several_connections() {
        header.insert(1, "connection");
    }
    header
}

/// The row of a client in the matrix.
pub fn cells(client: &ClientAnswer, answer: &Answer) -> Vec<Word> {
    let report = &client.report;
    let exchanges = report.exchanges();
    let mut cells = vec![
        (report.client.id.clone(), Tone::Neutral),
        outcome(exchanges.ike_sa_init),
        child_outcome(report),
        rekey(report),
        rank(client),
    ];
    if answer.has_several_connections() {
        let names = answer.connections_of(client);
        let name = match names.as_slice() {
            [] => "-".to_owned(),
            names => names.join(" or "),
        };
        cells.insert(1, (name, Tone::Neutral));
    }
    cells
}

/// The suite without what the daemon adds by itself, as it would be configured.
pub fn short(suite: &Suite) -> String {
    crate::dialect::keyword::of_suite(suite)
}

/// What comes of an exchange, in a few words; `None` is an exchange of a child that there is not.
pub fn outcome(judged: Option<&Judged>) -> Word {
    let Some(judged) = judged else {
        return ("no child".to_owned(), Tone::Bad);
    };
    let (text, tone) = match &judged.verdict {
        Verdict::Agree(agreed) => (short(&agreed.suite), Tone::Good),
        Verdict::OneOf(suites) => (format!("one of {}", suites.len()), Tone::Good),
        Verdict::Refuse(refusal) => (refusal_in_short(refusal), Tone::Bad),
        Verdict::Unknown(_) => return ("unknown".to_owned(), Tone::Doubtful),
        Verdict::NotUsed(_) => return ("-".to_owned(), Tone::Neutral),
    };
    (format!("{text}{}", hedge(judged)), tone)
}

/// What comes of IKE_AUTH, in a few words: of the lists, or of what keeps the client out besides.
pub fn child_outcome(report: &ClientReport) -> Word {
    let (lists, tone) = outcome(report.exchanges().ike_auth);
    match report.obstacles.first() {
        Some(first) if tone != Tone::Bad => {
            let word = match first {
                Obstacle::Authentication { .. } => "authentication",
                Obstacle::SecondRound { .. } => "second round",
                Obstacle::NoAddressPool => "no address",
                Obstacle::ChildlessForced { .. } => "childless",
                Obstacle::Certificate { .. } => "certificate",
            };
            (format!("refused: {word}"), Tone::Bad)
        }
        _ => (lists, tone),
    }
}

/// What keeps a client out although the lists agree, in one sentence with its code.
pub fn obstacle(one: &Obstacle) -> String {
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
pub fn obstacle_help(one: &Obstacle, server: &Server) -> Option<String> {
    let pool = match server.definitions.keys {
        Some(KeySet::IpsecConf) => "add `rightsourceip` with addresses for clients",
        Some(KeySet::Pfsense) => "set Virtual Address Pool under Mobile Clients",
        Some(KeySet::Swanctl) => "define a pool and name it in `pools`",
        Some(KeySet::Libreswan | KeySet::Opnsense) | None => "define a pool of addresses",
    };
    let what = match one {
        Obstacle::Authentication { .. } => "add a connection with a method that the client has",
        Obstacle::SecondRound { .. } => "add a connection with one round for these clients",
        Obstacle::NoAddressPool => pool,
        Obstacle::ChildlessForced { .. } => "take `childless = force` out",
        Obstacle::Certificate { .. } => return None,
    };
    Some(format!("on the server: {what}"))
}

/// What is added to a verdict that leans on a deduction.
fn hedge(judged: &Judged) -> &'static str {
    if judged.evidence == Some(Grade::Inferred) {
        " (inferred)"
    } else {
        ""
    }
}

fn refusal_in_short(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NoMatch { gaps, .. } => {
            let nouns: Vec<_> = gaps.iter().map(|gap| gap.kind.noun()).collect();
            if nouns.is_empty() {
                "refused".to_owned()
            } else {
                format!("refused: {}", and_list(&nouns))
            }
        }
        Refusal::KeyExchangeUnwanted => "refused: PFS".to_owned(),
        Refusal::BehindNat => "refused behind NAT".to_owned(),
        Refusal::Limit(_) => "fails".to_owned(),
        Refusal::NotLoaded(_) => "not loaded".to_owned(),
    }
}

/// What comes of all rekeyings, in a few words.
fn rekey(report: &ClientReport) -> Word {
    let all = report.rekeyings();
    if !report.comes_up() && report.verdict != Overall::RekeyFails {
        return ("-".to_owned(), Tone::Neutral);
    }
    let mut losing = all.iter().filter(|(one, _)| report.is_lost_by(*one));
    if let Some((_, first)) = losing.next() {
        let certain = losing.any(|(_, judged)| hedge(judged).is_empty());
        let hedge = if certain { "" } else { hedge(first) };
        return (format!("fails{hedge}"), Tone::Bad);
    }
    let open = |judged: &Judged| matches!(judged.verdict, Verdict::Unknown(_));
    let again = report.reauthentication.as_ref().map(|it| &it.outcome);
    if again == Some(&ReauthenticationOutcome::Lost) {
        return ("fails".to_owned(), Tone::Bad);
    }
    let asked = matches!(again, Some(ReauthenticationOutcome::Unknown(_)));
    let unknown = asked || report.verdict == Overall::Unknown || all.iter().any(|(_, it)| open(it));
    let inferred = all.iter().any(|(_, judged)| !hedge(judged).is_empty());
    let by_client = all.iter().any(|(_, judged)| judged.verdict.fails());
    match (unknown, by_client, inferred) {
        (true, ..) => ("partly unknown".to_owned(), Tone::Doubtful),
        (false, true, _) => ("by the client only".to_owned(), Tone::Good),
        (false, false, true) => ("ok (inferred)".to_owned(), Tone::Good),
        (false, false, false) => ("ok".to_owned(), Tone::Good),
    }
}

fn rank(client: &ClientAnswer) -> Word {
    let Some(rank) = &client.rank else {
        return ("-".to_owned(), Tone::Neutral);
    };
    let tone = match rank.tier {
        Tier::Recommended | Tier::Permitted => Tone::Good,
        Tier::PhasingOut => Tone::Doubtful,
        Tier::Discouraged | Tier::Prohibited => Tone::Bad,
    };
    let text = match rank.tier {
        Tier::Recommended => rank.tier.to_string(),
        Tier::Permitted | Tier::PhasingOut | Tier::Discouraged | Tier::Prohibited => {
            format!("{}: {}", rank.tier, rank.deciding.name())
        }
    };
    (text, tone)
}

/// The verdict in a word for a matrix of files against clients.
pub const fn verdict_in_matrix(verdict: Overall) -> (&'static str, Tone) {
    match verdict {
        Overall::Connects => ("ok", Tone::Good),
        Overall::Unknown => ("unknown", Tone::Doubtful),
        Overall::RekeyFails => ("rekey", Tone::Bad),
        Overall::Refused => ("refused", Tone::Bad),
    }
}

/// The verdict in a word or two.
pub const fn verdict(verdict: Overall) -> (&'static str, Tone) {
    match verdict {
        Overall::Connects => ("connects", Tone::Good),
        Overall::Unknown => ("unknown", Tone::Doubtful),
        Overall::RekeyFails => ("loses the tunnel", Tone::Bad),
        Overall::Refused => ("refused", Tone::Bad),
    }
}

/// Lines, and the ids of the clients about which they are said.
pub type Said<'a> = (Vec<String>, Vec<&'a str>);

/// Clients that do not connect or do not keep their tunnel, with the reasons and remedies; those
/// of whom the same is to be said together.
pub fn failures(answer: &Answer) -> Vec<Said<'_>> {
    let serves = answer.serves_clients();
    let clients = answer.clients.iter().filter(|_| serves);
    let failing = clients.filter(|client| client.report.verdict != Overall::Connects);
    grouped(failing.map(|client| (explain(client), client)))
}

/// What clients offer nothing of that the policy allows.
pub fn policy_conflicts(answer: &Answer) -> Vec<String> {
    let clients = answer.clients.iter();
    let all = clients.flat_map(|client| &client.conflicts);
    all.map(ToString::to_string).collect()
}

/// What is not known about clients that come up.
pub fn unknowns(answer: &Answer) -> Vec<Said<'_>> {
    let clients = answer.clients.iter();
    let clients = clients.filter(|client| client.report.comes_up());
    let unknown = clients.map(|client| (unknown_rekeyings(&client.report), client));
    grouped(unknown.filter(|(lines, _)| !lines.is_empty()))
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
fn grouped<'r>(said: impl Iterator<Item = (Vec<String>, &'r ClientAnswer)>) -> Vec<Said<'r>> {
    let mut groups: Vec<Said<'r>> = Vec::new();
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
pub fn explain(client: &ClientAnswer) -> Vec<String> {
    let report = &client.report;
    let what = match report.verdict {
        Overall::Connects => "connects",
        Overall::Unknown if report.comes_up() => {
            "connects; whether it keeps the tunnel is not known"
        }
        Overall::Unknown => "may connect: the sources do not say enough",
        Overall::RekeyFails if report.comes_up() => {
            "connects, and loses the tunnel when keys are renewed"
        }
        Overall::RekeyFails => "if it connects, it loses the tunnel when keys are renewed",
        Overall::Refused => "refused",
    };
    let mut lines = vec![what.to_owned()];
    lines.extend(reason(Exchange::IkeSaInit, &report.ike.ike_sa_init));
    for child in &report.children {
        lines.extend(reason(Exchange::IkeAuth, &child.verdicts.ike_auth));
    }
    if matches!(report.verdict, Overall::RekeyFails | Overall::Unknown) {
        for (exchange, judged) in report.rekeyings() {
            if judged.verdict.fails() {
                lines.extend(reason(exchange, judged));
            }
            let place = exchange_in_full(exchange);
            let survival = report.survival[exchange].as_ref().map(survival);
            lines.extend(survival.map(|what| format!("{place}: {what}")));
        }
    }
    let obstacles = report.obstacles.iter();
    lines
        .extend(obstacles.map(|one| format!("{}: {}", exchange(Exchange::IkeAuth), obstacle(one))));
    // Several children with the same lists are refused, and helped, in the same words.
    let mut said = HashSet::new();
    lines.retain(|line| said.insert(line.clone()));
    lines.extend(remedy::alternatives(&client.remedies));
    lines.extend(client.helps.iter().cloned());
    lines
}

/// What becomes of an SA that the server does not renew.
pub fn survival(one: &Survival) -> String {
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
        Survival::Lost { renewed, lifetime } => format!(
            "the server gives the SA up after {} s, and the client would renew it after {} s",
            seconds(lifetime),
            seconds(renewed)
        ),
        Survival::Unknown(what) => format!("whether the tunnel outlives it is not known: {what}"),
    }
}

/// What becomes of a client when the server wants it to authenticate again.
pub fn reauthentication(one: &Reauthenticated) -> String {
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

/// Why an exchange fails, or what is not known about it.
fn reason(exchange: Exchange, judged: &Judged) -> Vec<String> {
    let place = exchange_in_full(exchange);
    match &judged.verdict {
        Verdict::Refuse(refusal) => {
            let code = judged.verdict.code();
            let code = code.map_or_else(String::new, |code| format!(" [{code}]"));
            let lines = reasons(refusal).into_iter();
            lines
                .map(|line| format!("{place}: {line}{}{code}", hedge(judged)))
                .collect()
        }
        Verdict::Unknown(what) => vec![format!("{place}: not known: {what}")],
        Verdict::Agree(_) | Verdict::OneOf(_) | Verdict::NotUsed(_) => Vec::new(),
    }
}

/// Why an exchange is refused.
pub fn reasons(refusal: &Refusal) -> Vec<String> {
    match refusal {
        Refusal::NoMatch { gaps, .. } if gaps.is_empty() => {
            vec!["the server has no entry for remote access".to_owned()]
        }
        Refusal::NoMatch { gaps, .. } => gaps
            .iter()
            .map(|gap| text::gap(gap, Sides::CLIENT_SERVER))
            .collect(),
        Refusal::KeyExchangeUnwanted => {
            vec!["the server's offer names a key exchange, which the client refuses".to_owned()]
        }
        Refusal::BehindNat => vec!["the client refuses it while it is behind NAT".to_owned()],
        Refusal::Limit(limit) => vec![text::limit(*limit).to_owned()],
        Refusal::NotLoaded(_) => {
            vec!["the server's daemon does not load the connection".to_owned()]
        }
    }
}

/// Why an exchange ends as it does.
pub fn because(judged: &Judged, answer: &Answer) -> Vec<String> {
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

/// A client of a comparison of engines: its place, and what is said otherwise of it.
pub struct Difference<'a> {
    /// With either engine.
    pub client: Upgraded<'a>,
    /// What is said of it by the engine that comes.
    pub after: &'a ClientAnswer,
    /// What differs, before, after; the verdict over the whole comes first.
    pub rows: Vec<[String; 3]>,
}

/// The heading of the verdict over the whole.
pub const VERDICT: &str = "verdict";

/// What is said otherwise of each client, exchange by exchange.
pub fn differences(comparison: &EngineComparison) -> Vec<Difference<'_>> {
    let both = comparison
        .before
        .clients
        .iter()
        .zip(&comparison.after.clients);
    let all = both.map(|(before, after)| {
        let said = |report: &ClientReport| {
            let verdict = (VERDICT, report.verdict.to_string());
            // What there is no child for has no second phase to speak of, but a row all the same.
            let exchanges = report.exchanges();
            let exchanges = exchanges
                .iter()
                .filter(|(one, judged)| judged.is_some() || *one == Exchange::IkeAuth)
                .map(|(one, judged)| match one {
                    Exchange::IkeAuth => (exchange(one), child_outcome(report).0),
                    _ => (exchange(one), outcome(*judged).0),
                });
            std::iter::once(verdict)
                .chain(exchanges)
                .collect::<Vec<_>>()
        };
        let (old, new) = (said(&before.report), said(&after.report));
        let rows = old.into_iter().zip(new);
        let rows = rows
            .filter(|((_, first), (_, second))| first != second)
            .map(|((what, first), (_, second))| [what.to_owned(), first, second]);
        Difference {
            client: Upgraded {
                before: &before.report,
                after: &after.report,
            },
            after,
            rows: rows.collect(),
        }
    });
    all.collect()
}

/// Why there is no plan.
pub fn no_plan(why: &Impossible) -> String {
    match why {
        Impossible::NoClients => "no client is selected".to_owned(),
        Impossible::TooLong => "no plan: the search reached its limit".to_owned(),
        Impossible::TooManyClients => "a plan serves at most 128 clients".to_owned(),
        Impossible::Unknown(labels) => {
            format!("no plan: what {} offers is not known", and_list(labels))
        }
        Impossible::OutsidePolicy(reasons) => {
            format!("no plan within the policy\n  {}", reasons.join("\n  "))
        }
        Impossible::Unserved(labels) => format!(
            "no plan: nothing that the product can select serves {}",
            and_list(labels)
        ),
    }
}
