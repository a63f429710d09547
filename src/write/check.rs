//! The answer of `check` for people: one matrix, then what to do for whom, then the server itself.

use std::io::{self, Write};

use comfy_table::presets::NOTHING;
use comfy_table::{Cell, Color, ContentArrangement, Table};

use super::fix;
use super::text::{self, Sides, and_list};
use crate::compat::client::ChildVerdicts;
use crate::compat::finding::{Finding, code_of};
use crate::compat::rank::Tier;
use crate::compat::report::{ClientReport, Overall, Report};
use crate::compat::verdict::{Judged, Refusal, Verdict};
use crate::diag::{Severity, Sources};
use crate::ike::Suite;
use crate::peer::{Grade, Policy};

/// How the answer looks.
#[derive(Clone, Copy, Debug)]
pub struct Look {
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
    look: Look,
    out: &mut impl Write,
) -> io::Result<()> {
    matrix(report, policy, look, out)?;
    for client in &report.clients {
        if client.verdict != Overall::Connects {
            writeln!(out)?;
            explain(client, report, out)?;
        }
    }
    let doubts: Vec<_> = report.clients.iter().filter_map(doubt).collect();
    if !doubts.is_empty() {
        writeln!(out, "\nnot known")?;
        for doubt in doubts {
            writeln!(out, "  {doubt}")?;
        }
    }
    if !report.findings.is_empty() {
        writeln!(out, "\nabout the server")?;
        for finding in &report.findings {
            say(finding, sources, out)?;
        }
    }
    Ok(())
}

fn matrix(
    report: &Report<'_>,
    policy: &Policy,
    look: Look,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut table = Table::new();
    table.load_style(NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(look.width);
    if look.colour {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    table.set_header(["client", "phase 1", "phase 2", "rekey", "rank"]);
    for client in &report.clients {
        let (rekey, rekey_colour) = rekey(client);
        let (rank, rank_colour) = rank(client, policy);
        let cell = |(text, colour): (String, Color)| {
            let cell = Cell::new(text);
            if look.colour { cell.fg(colour) } else { cell }
        };
        let first = client
            .children
            .first()
            .map(|child| &child.verdicts.ike_auth);
        table.add_row([
            Cell::new(&client.client.id),
            cell(phase(Some(&client.ike.ike_sa_init))),
            cell(phase(first)),
            cell((rekey, rekey_colour)),
            cell((rank, rank_colour)),
        ]);
    }
    for line in table.to_string().lines() {
        writeln!(
            out,
            "{}",
            line.trim_end().strip_prefix(' ').unwrap_or(line.trim_end())
        )?;
    }
    Ok(())
}

/// The suite without what the daemon adds by itself, as it would be configured.
pub(super) fn short(suite: &Suite) -> String {
    let proposal = suite.to_proposal();
    crate::dialect::swan::write(&proposal).unwrap_or_else(|| crate::dialect::charon::suite(suite))
}

fn phase(judged: Option<&Judged>) -> (String, Color) {
    let Some(judged) = judged else {
        return ("no child".to_owned(), Color::Red);
    };
    match &judged.verdict {
        Verdict::Agree(agreed) => (short(&agreed.suite), Color::Green),
        Verdict::OneOf(suites) => (format!("one of {}", suites.len()), Color::Green),
        Verdict::Refuse(refusal) => (refusal_in_short(refusal), Color::Red),
        Verdict::Unknown(_) => ("unknown".to_owned(), Color::Yellow),
        Verdict::NotUsed(_) => ("-".to_owned(), Color::Reset),
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
    }
}

/// All rekeyings of a client with what they are called.
fn rekeyings<'r>(client: &'r ClientReport<'_>) -> Vec<(&'static str, &'r Judged)> {
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

fn comes_up(client: &ClientReport<'_>) -> bool {
    let child = client
        .children
        .first()
        .map(|child| &child.verdicts.ike_auth.verdict);
    child.is_some_and(|verdict| !verdict.suites().is_empty())
}

fn rekey(client: &ClientReport<'_>) -> (String, Color) {
    if !comes_up(client) {
        return ("-".to_owned(), Color::Reset);
    }
    let all = rekeyings(client);
    if all.iter().any(|(_, judged)| judged.verdict.fails()) {
        return ("fails".to_owned(), Color::Red);
    }
    let unknown = all
        .iter()
        .any(|(_, judged)| matches!(judged.verdict, Verdict::Unknown(_)));
    let inferred = all
        .iter()
        .any(|(_, judged)| judged.evidence == Some(Grade::Inferred));
    match (unknown, inferred) {
        (true, _) => ("partly unknown".to_owned(), Color::Yellow),
        (false, true) => ("ok (inferred)".to_owned(), Color::Green),
        (false, false) => ("ok".to_owned(), Color::Green),
    }
}

fn rank(client: &ClientReport<'_>, policy: &Policy) -> (String, Color) {
    let ike = client.ike.ike_sa_init.verdict.suites().iter();
    let esp = client
        .children
        .first()
        .map(|c| c.verdicts.ike_auth.verdict.suites());
    let suites: Vec<_> = ike.chain(esp.unwrap_or_default()).collect();
    if !comes_up(client) {
        return ("-".to_owned(), Color::Reset);
    }
    let worst = suites
        .into_iter()
        .max_by_key(|suite| policy.rank(suite).tier());
    let Some(suite) = worst else {
        return ("-".to_owned(), Color::Reset);
    };
    let tier = policy.rank(suite).tier();
    let colour = match tier {
        Tier::Recommended | Tier::Permitted => Color::Green,
        Tier::PhasingOut => Color::Yellow,
        Tier::Discouraged | Tier::Prohibited => Color::Red,
    };
    let deciding = policy.deciding(suite);
    let text = match tier {
        Tier::Recommended => tier.to_string(),
        _ => format!("{tier}: {}", deciding.name()),
    };
    (text, colour)
}

/// Why a client does not connect or does not keep its tunnel, and what would help.
fn explain(client: &ClientReport<'_>, report: &Report<'_>, out: &mut impl Write) -> io::Result<()> {
    let what = match client.verdict {
        Overall::Connects => "connects",
        Overall::Unknown => "may connect: the sources do not say enough",
        Overall::RekeyFails => "connects, and loses the tunnel when keys are renewed",
        Overall::Refused => "is refused",
    };
    writeln!(out, "{} ({}) {what}", client.client.id, client.client.label)?;
    let mut reason = |place: &str, judged: &Judged| -> io::Result<()> {
        match &judged.verdict {
            Verdict::Refuse(refusal) => {
                for line in reasons(refusal) {
                    let code = code_of(&judged.verdict);
                    let code = code.map_or_else(String::new, |code| format!(" [{code}]"));
                    writeln!(out, "  {place}: {line}{code}")?;
                }
            }
            Verdict::Unknown(what) => writeln!(out, "  {place}: not known: {what}")?,
            Verdict::Agree(_) | Verdict::OneOf(_) | Verdict::NotUsed(_) => {}
        }
        Ok(())
    };
    reason("phase 1", &client.ike.ike_sa_init)?;
    for child in &client.children {
        reason("phase 2", &child.verdicts.ike_auth)?;
    }
    if client.verdict == Overall::RekeyFails {
        for (name, judged) in rekeyings(client) {
            if judged.verdict.fails() {
                reason(&format!("rekeying of the {name}"), judged)?;
            }
        }
    }
    for fix in &client.fixes {
        for line in fix::lines(fix, report.server) {
            writeln!(out, "  {line}")?;
        }
    }
    Ok(())
}

fn reasons(refusal: &Refusal) -> Vec<String> {
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
    }
}

/// What is not known about a client that comes up.
fn doubt(client: &ClientReport<'_>) -> Option<String> {
    if !comes_up(client) {
        return None;
    }
    let mut unknown: Vec<(&str, Vec<&str>)> = Vec::new();
    for (name, judged) in rekeyings(client) {
        if let Verdict::Unknown(what) = &judged.verdict {
            match unknown.iter_mut().find(|(known, _)| known == what) {
                Some((_, names)) => names.push(name),
                None => unknown.push((what, vec![name])),
            }
        }
    }
    if unknown.is_empty() {
        return None;
    }
    let each: Vec<_> = unknown
        .iter()
        .map(|(what, names)| format!("rekeying of the {}: {what}", and_list(names)))
        .collect();
    Some(format!("{}: {}", client.client.id, each.join("\n    ")))
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
