//! A client that does not connect or does not keep its tunnel, as a finding about the configuration.

use crate::compat::code::NegotiationCode;
use crate::compat::finding::code_of;
use crate::compat::report::{ClientReport, Overall, Report};
use crate::diag::{Diagnostic, Place};
use crate::peer::{Policy, Span};
use crate::write::report::lint::ReportedFinding;
use crate::write::report::table::{explain, rekeyings, serves_clients};

/// The finding: it stands at the list that the client does not agree to, else where the connection
/// begins. Where nobody can dial in at all, no client is to be pitied.
pub fn failure(
    client: &ClientReport<'_>,
    report: &Report<'_>,
    policy: &Policy,
) -> Option<ReportedFinding> {
    let connections = &report.server.connections;
    let connection = client.judged.and_then(|at| connections.get(at));
    if !serves_clients(report.server)
        || matches!(client.verdict, Overall::Connects | Overall::Unknown)
    {
        return None;
    }
    let first = client.children.first();
    let first = first.map(|child| &child.verdicts.ike_auth);
    let up = [Some(&client.ike.ike_sa_init), first].into_iter().flatten();
    let all = up.chain(rekeyings(client).into_iter().map(|(_, judged)| judged));
    let mut codes = all.filter_map(|judged| code_of(&judged.verdict));
    let code = codes.next().unwrap_or(NegotiationCode::ClientRefused);
    let lines = explain(client, report, policy);
    let (what, why) = lines.split_first()?;
    // What was found and what helps are lines of their own, commands among them.
    let mut it = Diagnostic::error(
        code,
        place(client, report).map_or(Place::File(0), Place::from),
        format!("{}: {what}", client.client.id),
    );
    it.notes = why.to_vec();
    if client.children.is_empty() {
        it.notes.push("the connection has no child".to_owned());
    }
    Some(ReportedFinding {
        diagnostic: it,
        connection: connection.map(|connection| connection.name.clone()),
        suppressed: None,
    })
}

/// The list that the client does not agree to.
fn place(client: &ClientReport<'_>, report: &Report<'_>) -> Option<Span> {
    let connection = report.server.connections.get(client.judged?)?;
    let ike = connection.ike.iter();
    let esp = client.children.iter().flat_map(|child| &child.child.esp);
    let failed_in_phase_1 = client.ike.ike_sa_init.verdict.fails();
    let entries: Vec<_> = if failed_in_phase_1 {
        ike.collect()
    } else {
        esp.collect()
    };
    let mut spans = entries.iter().filter_map(|entry| entry.origin.span());
    spans.next().or(connection.span.as_ref()).cloned()
}
