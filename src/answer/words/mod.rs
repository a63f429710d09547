//! What is said of an answer, once for every renderer: words of the matrix, sentences about verdicts.

mod command;
mod comparison;
mod frame;
mod matrix;
mod problems;
mod reasons;

pub use command::Continuation;
pub(crate) use comparison::{Difference, VERDICT, changes, differences, releases};
pub use frame::Frame;
pub(crate) use frame::outcome as diagnosed;
pub(crate) use matrix::{INFERRED, cells, child_outcome, header, outcome, verdict_in_matrix};
pub(crate) use problems::{Problem, problems};
pub use reasons::{GroupedReasons, failures};
pub(crate) use reasons::{
    because, explain, helps, obstacle, obstacle_help, policy_conflicts, survival, unknowns,
};

use indexmap::IndexMap;
use itertools::Itertools as _;

use super::check::{Answer, ClientAnswer};
use super::text::and_list;
use crate::compat::config_method::ConfigMethod;
use crate::compat::report::Overall;
use crate::compat::verdict::{Refusal, Verdict};
use crate::diag::{Finding, Place, Severity, Tone};
use crate::ike::Suite;
use crate::peer::authentication::Authentication;
use crate::peer::client::RekeyOffer;
use crate::peer::server::{IkeVersions, Role, Spanned};
use crate::peer::setting::KeySet;
use crate::peer::{Client, Connection, Exchange};
use crate::recommend::{Impossible, Reconfigured};

/// A word or two, and what they mean for who reads them.
pub(crate) type Word = (String, Tone);

/// The next step where there is none.
pub const NOTHING_TO_DO: &str = "nothing has to be done";

/// The next step where the sources do not say enough.
pub(crate) const TRY_IT: &str =
    "what is not known can be tried: `ikecompat probe`, or `ikecompat learn` on a capture";

/// What is said where no connection is for clients.
pub(crate) const NOBODY: &str = "no connection here is for clients of IKEv2 that dial in";

/// What an exchange is called where a client is one side of it.
pub(crate) const fn exchange(exchange: Exchange) -> &'static str {
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
pub(crate) fn exchange_in_full(one: Exchange) -> String {
    match one {
        Exchange::IkeSaInit | Exchange::IkeAuth => exchange(one).to_owned(),
        Exchange::ChildRekeyByClient
        | Exchange::ChildRekeyByServer
        | Exchange::IkeRekeyByClient
        | Exchange::IkeRekeyByServer => format!("rekeying of the {}", exchange(one)),
    }
}

/// What an exchange is called between two daemons, neither of which need be a client.
pub(crate) const fn exchange_of_daemons(exchange: Exchange) -> &'static str {
    match exchange {
        Exchange::IkeSaInit => "IKE_SA_INIT",
        Exchange::IkeAuth => "IKE_AUTH",
        Exchange::ChildRekeyByClient => "child rekey by initiator",
        Exchange::ChildRekeyByServer => "child rekey by responder",
        Exchange::IkeRekeyByClient => "IKE rekey by initiator",
        Exchange::IkeRekeyByServer => "IKE rekey by responder",
    }
}

/// What an exchange is called as a fact of a profile.
pub(crate) const fn fact(exchange: Exchange) -> &'static str {
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
pub(crate) fn judged_as(answer: &Answer) -> String {
    let product = answer.server.product;
    let product = product.map_or_else(String::new, |product| format!("{product}, "));
    format!(
        "judged as {product}{} by {}",
        answer.server.engine, answer.policy.id
    )
}

/// The same with what is assumed, in short.
pub(crate) fn judged_in_short(answer: &Answer) -> String {
    let mut text = judged_as(answer);
    for sentence in assumptions(answer) {
        text += "; ";
        // The rest is told in full.
        text += match sentence.as_str() {
            BEHIND_NAT => "behind NAT (assumed, --nat)",
            other => other,
        };
    }
    let notes = answer
        .reading
        .iter()
        .filter(|finding| finding.is_open() && finding.diagnostic.severity == Severity::Note);
    // What has no place in a file is about the question: by what a client is judged.
    let (asked, notes): (Vec<_>, Vec<_>) = notes
        .map(|finding| &finding.diagnostic)
        .partition(|it| it.place == Place::Nowhere);
    for note in asked {
        text += &format!("; {}", note.message);
    }
    let codes: Vec<&str> = notes.iter().map(|it| it.code).unique().collect();
    if !codes.is_empty() {
        text += &format!("; notes, which -v shows: {}", codes.join(", "));
    }
    text
}

/// What is taken to be so because nobody said, where the answer depends on it.
pub(crate) fn assumptions(answer: &Answer) -> Vec<String> {
    let mut said = Vec::new();
    let behind_nat = |client: &ClientAnswer| {
        let rekeyings = client.report.rekeyings().into_iter();
        let mut verdicts = rekeyings.map(|(_, judged)| &judged.verdict);
        verdicts.any(|verdict| *verdict == Verdict::Refuse(Refusal::BehindNat))
    };
    if answer.server.nat.is_none() && answer.clients.iter().any(behind_nat) {
        said.push(BEHIND_NAT.to_owned());
    }
    // pluto passes over the request (process_v2_IKE_AUTH_request_child_sa_payloads of libreswan 5.4); what clients
    // do then no source says.
    let without_pool = |client: &ClientAnswer| {
        let connection = answer.connection_of(client);
        client.report.client.address_request.stated().is_some()
            && connection.is_some_and(|connection| connection.pools.is_empty())
    };
    if answer.server.definitions.keys == Some(KeySet::Libreswan)
        && answer.clients.iter().any(without_pool)
    {
        said.push(
            "there is no `rightaddresspool`: whether clients that ask for an address go on without is not known"
                .to_owned(),
        );
    }
    let depends = |client: &&ClientAnswer| !client.report.alternatives.is_empty();
    if let Some(first) = answer.clients.iter().find(depends) {
        said.push(deciding(answer, first));
    }
    said
}

/// What is assumed of clients where nobody says where they are.
const BEHIND_NAT: &str =
    "clients are taken to be behind NAT, as most that dial in are; --nat says otherwise";

/// What is said of that by which connections are told apart.
const DECIDES: &str = "which connection answers";

/// Names of which one is meant, the first ones of many: `a or b`, `a or b or c or one of 38 others`.
pub(super) fn any_name(names: &[&str]) -> String {
    const MOST: usize = 4;
    match names.get(..MOST - 1) {
        Some(first) if names.len() > MOST => {
            let others = names.len() - first.len();
            format!("{} or one of {others} others", first.join(" or "))
        }
        _ => names.join(" or "),
    }
}

/// By what it is decided which of several connections answers a client, and how that can be said.
fn deciding(answer: &Answer, client: &ClientAnswer) -> String {
    let places = client
        .report
        .connection
        .iter()
        .chain(&client.report.alternatives);
    let all: Vec<_> = places
        .filter_map(|place| answer.server.connections.get(*place))
        .collect();
    let values =
        |list: &[Spanned<String>]| list.iter().map(|it| it.value.clone()).collect::<Vec<_>>();
    let id = |side: &Authentication| side.id.as_ref().map(|id| id.value.clone());
    let by_address = !all
        .iter()
        .map(|it| (values(&it.local.addresses), values(&it.remote.addresses)))
        .all_equal();
    let (what, how) = if by_address {
        (
            "the address of a client decides",
            "; --client-address says it",
        )
    } else if !all.iter().map(|it| id(&it.local)).all_equal() {
        (
            "what a client expects the server to be decides",
            "; --server-id says it",
        )
    } else {
        ("what a client calls itself decides", "")
    };
    let names = any_name(&answer.connections_of(client));
    format!("{what} {DECIDES} ({names}){how}")
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
pub(crate) fn next(answer: &Answer) -> String {
    let totals = answer.totals();
    if !answer.serves_clients() {
        return "configure a connection for clients of IKEv2: `ikecompat recommend`".to_owned();
    }
    let certificates = answer.certificates.as_ref();
    if let Some(step) = certificates.and_then(|it| it.given.misplaced()) {
        return step.to_owned();
    }
    if totals.refused + totals.rekey_fails > 0 && answer.server.is_planned() {
        return Continuation::Recommend.typed(answer, &[("write", "vpn/")]);
    }
    if answer.refuses_certificate() {
        return "replace the certificate that clients refuse, then check again".to_owned();
    }
    if totals.refused + totals.rekey_fails > 0 {
        let check = Continuation::Check.typed(answer, &[]);
        return format!("change the server or the clients as said, and ask again: {check}");
    }
    if totals.unknown > 0 && is_left_open(answer) {
        let lint = Continuation::Lint.typed(answer, &[]);
        return format!("{lint} shows what the configuration leaves open; say it, and check again");
    }
    if totals.unknown > 0 {
        return TRY_IT.to_owned();
    }
    if answer.open_findings().next().is_some() {
        let lint = Continuation::Lint.typed(answer, &[]);
        return format!("what is wrong with the configuration itself: {lint}");
    }
    NOTHING_TO_DO.to_owned()
}

/// Whether of some client nobody knows enough because the configuration leaves open what it takes.
fn is_left_open(answer: &Answer) -> bool {
    let is_unsaid = |client: &ClientAnswer| {
        let report = &client.report;
        let places = report.judged.iter().chain(&report.alternatives);
        let mut all = places.filter_map(|place| answer.server.connections.get(*place));
        let is_open =
            |it: &Connection| it.ike_is_unknown || it.children.iter().any(|child| child.is_unknown);
        report.verdict == Overall::Unknown && all.any(is_open)
    };
    answer.clients.iter().any(is_unsaid) && answer.told().next().is_some()
}

/// Which findings about a server are allowed that would be told otherwise.
pub(crate) fn allowed_in(answer: &Answer) -> Vec<String> {
    let all = answer.reading.iter().chain(&answer.findings);
    allowed(all.filter(|finding| finding.diagnostic.severity > Severity::Note))
}

/// Which findings are allowed, by whom, and why: a line for each rule and reason.
pub(crate) fn allowed<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Vec<String> {
    let mut kinds: IndexMap<(&str, &str, &str), usize> = IndexMap::new();
    for finding in findings {
        if let Some(it) = &finding.suppressed {
            let kind = (finding.diagnostic.code, it.by(), it.reason());
            *kinds.entry(kind).or_default() += 1;
        }
    }
    let line = |((code, by, reason), number)| format!("{number} {code} {by}: {reason}");
    kinds.into_iter().map(line).collect()
}

/// How many findings there are of which kind, and how to see them.
pub(crate) fn counted(answer: &Answer, findings: &[&Finding]) -> String {
    let lint = Continuation::Lint.typed(answer, &[]);
    format!("{}; {lint} shows the lines", kinds(findings))
}

/// How many findings there are of which kind.
pub(crate) fn kinds(findings: &[&Finding]) -> String {
    let mut kinds: Vec<(Severity, &str, usize)> = Vec::new();
    for finding in findings {
        let it = &finding.diagnostic;
        let same = kinds
            .iter_mut()
            .find(|(severity, code, _)| *severity == it.severity && *code == it.code);
        match same {
            Some((.., number)) => *number += 1,
            None => kinds.push((it.severity, it.code, 1)),
        }
    }
    kinds.sort_by_key(|(severity, ..)| std::cmp::Reverse(*severity));
    let said = kinds.iter().map(|(severity, code, number)| match number {
        1 => format!("{severity} {code}"),
        _ => format!("{number} {severity}s {code}"),
    });
    let said: Vec<_> = said.collect();
    said.join(", ")
}

/// The connections that no client is compared with, and why.
pub(crate) fn not_compared(answer: &Answer) -> Vec<(&str, String)> {
    let why = |connection: &Connection| match (
        &connection.not_loaded,
        connection.versions,
        connection.role,
    ) {
        (Some(why), ..) => Some(format!("not loaded: {why}")),
        (None, IkeVersions::Ikev1, _) => Some("IKEv1 only".to_owned()),
        (None, _, Role::Client) => Some(
            "this machine is the client: give the file to a server, `--clients linux=FILE`"
                .to_owned(),
        ),
        (None, _, Role::SiteToSite) if connection.remote.is_opportunistic() => {
            Some("opportunistic encryption between hosts".to_owned())
        }
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

/// The suite without what the daemon adds by itself, as it would be configured.
pub(crate) fn short(suite: &Suite) -> String {
    crate::dialect::keyword::of_suite(suite)
}

/// The verdict in a word or two.
pub(crate) const fn verdict(verdict: Overall) -> (&'static str, Tone) {
    match verdict {
        Overall::Connects => ("connects", Tone::Good),
        Overall::Unknown => ("unknown", Tone::Doubtful),
        Overall::RekeyFails => ("loses the tunnel", Tone::Bad),
        Overall::Refused => ("refused", Tone::Bad),
    }
}

/// Which release a client has to be for what a plan tells it, if not every one that it stands for.
pub(crate) fn release_needed(client: &Client, told: &Reconfigured) -> Option<String> {
    told.ike.additional().next()?;
    let choices = client.choices.get(&told.method)?;
    let since = choices.additional_since.as_ref()?;
    Some(format!("needs {since} or later, which has ML-KEM"))
}

/// The switch beside proposals without a group on a client that renews child SAs with the group of its IKE SA unless
/// it is told otherwise, as libreswan does.
pub(crate) fn without_pfs(
    client: &Client,
    method: ConfigMethod,
    esp: &Suite,
) -> Option<&'static str> {
    let offer = client.child_rekey_by_client.stated();
    let takes_it = offer.is_some_and(|offer| match offer.value {
        RekeyOffer::ListInIkeGroup(_)
        | RekeyOffer::NegotiatedInIkeGroup
        | RekeyOffer::NegotiatedOnlyInIkeGroup => true,
        RekeyOffer::List(_) | RekeyOffer::Negotiated => false,
    });
    let is_list = method == ConfigMethod::Proposals;
    (is_list && takes_it && esp.ke().is_none()).then_some("`pfs=no`")
}

/// Why there is no plan.
pub fn no_plan(why: &Impossible) -> String {
    match why {
        Impossible::NoClients => "no client is selected".to_owned(),
        Impossible::NoPostQuantum(why) => {
            format!("no plan with a post-quantum key exchange: {why}")
        }
        Impossible::TooLong => "no plan: the search reached its limit".to_owned(),
        Impossible::TooManyClients => "a plan serves at most 128 clients".to_owned(),
        Impossible::Unknown(labels) => {
            format!("no plan: what {} offers is not known", and_list(labels))
        }
        Impossible::OutsidePolicy(reasons) => {
            format!("no plan within the policy\n  {}", reasons.join("\n  "))
        }
        Impossible::Unserved(unserved) => {
            let clients = and_list(&unserved.clients);
            let what = match (unserved.by_limits, unserved.together) {
                (true, false) => "nothing that the options leave serves",
                (true, true) => "nothing that the options leave serves together",
                (false, false) => "nothing that the product can select serves",
                (false, true) => "nothing that the product can select serves together",
            };
            format!("no plan: {what} {clients}")
        }
    }
}
