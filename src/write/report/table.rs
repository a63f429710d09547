//! The answer of `check` for people: one matrix, then what to do for whom, then the server itself.

use std::collections::HashSet;
use std::io::{self, Write};

use crate::answer::Tone;
use crate::compat::client::ChildVerdicts;
use crate::compat::conflict::conflicts;
use crate::compat::finding::{Finding, code_of};
use crate::compat::rank::Tier;
use crate::compat::report::{ClientReport, Overall, Report};
use crate::compat::verdict::{Judged, Refusal, Verdict};
use crate::diag::{Severity, Sources};
use crate::ike::Suite;
use crate::peer::server::{IkeVersions, Role};
use crate::peer::{Connection, Grade, Policy, Server};
use crate::write::grid::Grid;
use crate::write::report::remedy;
use crate::write::text::{self, Sides, and_list};

/// How the answer looks.
#[derive(Clone, Copy, Debug)]
pub struct TableStyle {
    /// Columns of the terminal, or what a pipe is given.
    pub width: u16,
    /// With escape sequences for colours.
    pub colour: bool,
}

/// Writes the whole answer.
pub fn write(
    report: &Report<'_>,
    sources: &Sources,
    policy: &Policy,
    look: TableStyle,
    out: &mut impl Write,
) -> io::Result<()> {
    if serves_clients(report.server) {
        matrix(report, policy, look, out)?;
    } else {
        writeln!(out, "{NOBODY}")?;
    }
    for (what, ids) in failures(report, policy) {
        writeln!(out, "\n{}: {}", and_list(&ids), what.join("\n  "))?;
    }
    let policy_conflicts = policy_conflicts(report, policy);
    if !policy_conflicts.is_empty() {
        writeln!(out, "\noutside of the policy {}", policy.id)?;
    }
    for conflict in policy_conflicts {
        writeln!(out, "  {conflict}")?;
    }
    let doubts = unknowns(report);
    if !doubts.is_empty() {
        writeln!(out, "\nnot known")?;
        for (lines, ids) in doubts {
            writeln!(out, "  {}\n    {}", and_list(&ids), lines.join("\n    "))?;
        }
    }
    let not_compared = not_compared(report.server);
    if !not_compared.is_empty() {
        writeln!(out, "\nnot compared with clients")?;
    }
    for (name, why) in not_compared {
        writeln!(out, "  {name}: {why}")?;
    }
    if !report.findings.is_empty() {
        writeln!(out, "\nabout the server")?;
        for finding in &report.findings {
            say(finding, sources, out)?;
        }
    }
    Ok(())
}

/// The connections that no client is compared with, and why.
pub(crate) fn not_compared(server: &Server) -> Vec<(&str, String)> {
    let why = |connection: &Connection| match (
        &connection.not_loaded,
        connection.versions,
        connection.role,
    ) {
        (Some(why), ..) => Some(format!("not loaded: {why}")),
        (None, IkeVersions::Ikev1, _) => Some("IKEv1 only".to_owned()),
        (None, _, Role::SiteToSite) => Some("site to site".to_owned()),
        (None, _, Role::RemoteAccess) => None,
    };
    let connections = server.connections.iter();
    connections
        .filter_map(|connection| Some((connection.name.as_str(), why(connection)?)))
        .collect()
}

fn matrix(
    report: &Report<'_>,
    policy: &Policy,
    look: TableStyle,
    out: &mut impl Write,
) -> io::Result<()> {
    let several = has_several(report.server);
    let cells = report
        .clients
        .iter()
        .map(|client| cells(client, report, policy));
    let cells: Vec<_> = cells.collect();
    let colours: Vec<Vec<Tone>> = cells
        .iter()
        .map(|row| row.iter().map(|cell| cell.1).collect())
        .collect();
    let text = |row: Vec<(String, Tone)>| row.into_iter().map(|cell| cell.0).collect();
    let grid = Grid {
        header: header(several).into_iter().map(ToOwned::to_owned).collect(),
        rows: cells.into_iter().map(text).collect(),
    };
    let paint = |row: usize, column: usize| colours[row][column];
    grid.painted(look.width, look.colour, paint, out)
}

/// Whether clients can meet more than one connection, so that it matters which.
pub(crate) fn has_several(server: &Server) -> bool {
    let serving = server.connections.iter();
    serving.filter(|one| one.serves_clients()).count() > 1
}

/// The columns of the matrix.
pub(crate) fn header(several: bool) -> Vec<&'static str> {
    let mut header = vec!["client", "phase 1", "phase 2", "rekey", "rank"];
    if several {
        header.insert(1, "connection");
    }
    header
}

/// The row of a client in the matrix.
pub(crate) fn cells(
    client: &ClientReport<'_>,
    report: &Report<'_>,
    policy: &Policy,
) -> Vec<(String, Tone)> {
    let first = client
        .children
        .first()
        .map(|child| &child.verdicts.ike_auth);
    let mut cells = vec![
        (client.client.id.clone(), Tone::Neutral),
        phase(Some(&client.ike.ike_sa_init)),
        phase(first),
        rekey(client),
        rank(client, policy),
    ];
    if has_several(report.server) {
        let picked = client.connection;
        let picked = picked.map(|place| &report.server.connections[place]);
        let name = picked.map_or_else(|| "-".to_owned(), |picked| picked.name.clone());
        cells.insert(1, (name, Tone::Neutral));
    }
    cells
}

/// What is said of each exchange of a client, in a few words.
pub(crate) fn exchanges(client: &ClientReport<'_>) -> Vec<(&'static str, String)> {
    let first = client.children.first();
    let first = first.map(|child| &child.verdicts.ike_auth);
    let ups = [
        ("phase 1", phase(Some(&client.ike.ike_sa_init))),
        ("phase 2", phase(first)),
    ];
    let rekeyings = rekeyings(client).into_iter();
    let rekeyings = rekeyings.map(|(name, judged)| (name, phase(Some(judged))));
    let all = ups.into_iter().chain(rekeyings);
    all.map(|(name, (text, _))| (name, text)).collect()
}

/// The suite without what the daemon adds by itself, as it would be configured.
pub(crate) fn short(suite: &Suite) -> String {
    let proposal = suite.to_proposal();
    crate::dialect::swan::write(&proposal).unwrap_or_else(|| crate::dialect::charon::suite(suite))
}

pub(crate) fn phase(judged: Option<&Judged>) -> (String, Tone) {
    let Some(judged) = judged else {
        return ("no child".to_owned(), Tone::Bad);
    };
    let (text, colour) = match &judged.verdict {
        Verdict::Agree(agreed) => (short(&agreed.suite), Tone::Good),
        Verdict::OneOf(suites) => (format!("one of {}", suites.len()), Tone::Good),
        Verdict::Refuse(refusal) => (refusal_in_short(refusal), Tone::Bad),
        Verdict::Unknown(_) => return ("unknown".to_owned(), Tone::Doubtful),
        Verdict::NotUsed(_) => return ("-".to_owned(), Tone::Neutral),
    };
    (format!("{text}{}", hedge(judged)), colour)
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

/// All rekeyings of a client with what they are called.
pub(crate) fn rekeyings<'r>(client: &'r ClientReport<'_>) -> Vec<(&'static str, &'r Judged)> {
    let mut all = Vec::new();
    if let Some(child) = client.children.first() {
        let ChildVerdicts {
            child_rekey_by_client,
            child_rekey_by_server,
            ..
        } = &child.verdicts;
        all.push(("child SA, by the client", child_rekey_by_client));
        all.push(("child SA, by the server", child_rekey_by_server));
    }
    all.push(("IKE SA, by the client", &client.ike.ike_rekey_by_client));
    all.push(("IKE SA, by the server", &client.ike.ike_rekey_by_server));
    all
}

pub(crate) fn comes_up(client: &ClientReport<'_>) -> bool {
    let child = client
        .children
        .first()
        .map(|child| &child.verdicts.ike_auth.verdict);
    child.is_some_and(|verdict| !verdict.suites().is_empty())
}

fn rekey(client: &ClientReport<'_>) -> (String, Tone) {
    let all = rekeyings(client);
    if !comes_up(client) && client.verdict != Overall::RekeyFails {
        return ("-".to_owned(), Tone::Neutral);
    }
    let mut failing = all.iter().filter(|(_, judged)| judged.verdict.fails());
    if let Some((_, first)) = failing.next() {
        let certain = failing.any(|(_, judged)| hedge(judged).is_empty());
        let hedge = if certain { "" } else { hedge(first) };
        return (format!("fails{hedge}"), Tone::Bad);
    }
    let unknown = all
        .iter()
        .any(|(_, judged)| matches!(judged.verdict, Verdict::Unknown(_)));
    let inferred = all.iter().any(|(_, judged)| !hedge(judged).is_empty());
    match (unknown, inferred) {
        (true, _) => ("partly unknown".to_owned(), Tone::Doubtful),
        (false, true) => ("ok (inferred)".to_owned(), Tone::Good),
        (false, false) => ("ok".to_owned(), Tone::Good),
    }
}

fn rank(client: &ClientReport<'_>, policy: &Policy) -> (String, Tone) {
    let ike = client.ike.ike_sa_init.verdict.suites().iter();
    let esp = client
        .children
        .first()
        .map(|c| c.verdicts.ike_auth.verdict.suites());
    let suites: Vec<_> = ike.chain(esp.unwrap_or_default()).collect();
    if !comes_up(client) {
        return ("-".to_owned(), Tone::Neutral);
    }
    let worst = suites
        .into_iter()
        .max_by_key(|suite| policy.rank(suite).tier());
    let Some(suite) = worst else {
        return ("-".to_owned(), Tone::Neutral);
    };
    let tier = policy.rank(suite).tier();
    let colour = match tier {
        Tier::Recommended | Tier::Permitted => Tone::Good,
        Tier::PhasingOut => Tone::Doubtful,
        Tier::Discouraged | Tier::Prohibited => Tone::Bad,
    };
    let deciding = policy.deciding(suite);
    let text = match tier {
        Tier::Recommended => tier.to_string(),
        _ => format!("{tier}: {}", deciding.name()),
    };
    (text, colour)
}

/// Clients that do not connect or do not keep their tunnel, with the reasons and remedies; those
/// of whom the same is to be said together.
pub(crate) fn failures<'r>(
    report: &'r Report<'_>,
    policy: &Policy,
) -> Vec<(Vec<String>, Vec<&'r str>)> {
    let serves = serves_clients(report.server);
    let clients = report.clients.iter().filter(|_| serves);
    let failures = clients.filter(|client| client.verdict != Overall::Connects);
    by_text(failures.map(|client| (explain(client, report, policy), client)))
}

/// What clients offer nothing of that the policy allows.
pub(crate) fn policy_conflicts(report: &Report<'_>, policy: &Policy) -> Vec<String> {
    let clients = report.clients.iter();
    let all = clients.flat_map(|client| conflicts(client.client, policy));
    all.map(|conflict| conflict.to_string()).collect()
}

/// What is not known about clients that come up.
pub(crate) fn unknowns<'r>(report: &'r Report<'_>) -> Vec<(Vec<String>, Vec<&'r str>)> {
    let clients = report.clients.iter().filter(|client| comes_up(client));
    let doubts = clients.map(|client| (doubts(client), client));
    by_text(doubts.filter(|(lines, _)| !lines.is_empty()))
}

/// Whether clients can meet a connection at all.
pub(crate) fn serves_clients(server: &Server) -> bool {
    server.connections.iter().any(Connection::serves_clients)
}

/// What is said where they cannot.
pub(crate) const NOBODY: &str = "no connection here is for clients of IKEv2 that dial in";

/// Clients about which the same is to be said, in the order in which they come up first.
fn by_text<'r>(
    said: impl Iterator<Item = (Vec<String>, &'r ClientReport<'r>)>,
) -> Vec<(Vec<String>, Vec<&'r str>)> {
    let mut groups: Vec<(Vec<String>, Vec<&str>)> = Vec::new();
    for (lines, client) in said {
        let id = client.client.id.as_str();
        match groups.iter_mut().find(|(known, _)| *known == lines) {
            Some((_, ids)) => ids.push(id),
            None => groups.push((lines, vec![id])),
        }
    }
    groups
}

/// Why a client does not connect or does not keep its tunnel, and what would help.
pub(crate) fn explain(
    client: &ClientReport<'_>,
    report: &Report<'_>,
    policy: &Policy,
) -> Vec<String> {
    let what = match client.verdict {
        Overall::Connects => "connects",
        Overall::Unknown => "may connect: the sources do not say enough",
        Overall::RekeyFails if comes_up(client) => {
            "connects, and loses the tunnel when keys are renewed"
        }
        Overall::RekeyFails => "if it connects, it loses the tunnel when keys are renewed",
        Overall::Refused => "refused",
    };
    let mut lines = vec![what.to_owned()];
    let mut reason = |place: &str, judged: &Judged| match &judged.verdict {
        Verdict::Refuse(refusal) => {
            let code = code_of(&judged.verdict);
            let code = code.map_or_else(String::new, |code| format!(" [{code}]"));
            lines.extend(
                reasons(refusal)
                    .iter()
                    .map(|line| format!("{place}: {line}{}{code}", hedge(judged))),
            );
        }
        Verdict::Unknown(what) => lines.push(format!("{place}: not known: {what}")),
        Verdict::Agree(_) | Verdict::OneOf(_) | Verdict::NotUsed(_) => {}
    };
    reason("phase 1", &client.ike.ike_sa_init);
    for child in &client.children {
        reason("phase 2", &child.verdicts.ike_auth);
    }
    if client.verdict == Overall::RekeyFails {
        for (name, judged) in rekeyings(client) {
            if judged.verdict.fails() {
                reason(&format!("rekeying of the {name}"), judged);
            }
        }
    }
    // Several children with the same lists are refused, and helped, in the same words.
    let mut said = HashSet::new();
    lines.retain(|line| said.insert(line.clone()));
    let fixes = client.fixes.iter();
    let mut remedies: Vec<_> = fixes
        .map(|one| remedy::lines(one, report.server, policy))
        .collect();
    let mut said = HashSet::new();
    remedies.retain(|lines| said.insert(lines.clone()));
    lines.extend(remedies.into_iter().flatten());
    lines
}

pub(crate) fn reasons(refusal: &Refusal) -> Vec<String> {
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

/// What is not known about a client that comes up.
fn doubts(client: &ClientReport<'_>) -> Vec<String> {
    let unknown = |(name, judged): (&str, &Judged)| match &judged.verdict {
        Verdict::Unknown(what) => Some(format!("rekeying of the {name}: {what}")),
        _ => None,
    };
    rekeyings(client).into_iter().filter_map(unknown).collect()
}

fn say(finding: &Finding, sources: &Sources, out: &mut impl Write) -> io::Result<()> {
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    write!(out, "  {severity}[{}]", finding.code)?;
    if let Some(span) = &finding.span {
        let position = sources.start(span);
        write!(
            out,
            " {}:{}:{}",
            sources.name(span.file),
            position.line,
            position.column
        )?;
    }
    writeln!(out, ": {}", finding.message)?;
    for note in &finding.notes {
        writeln!(out, "    {note}")?;
    }
    if let Some(help) = &finding.help {
        writeln!(out, "    help: {help}")?;
    }
    Ok(())
}
