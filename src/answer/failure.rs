//! A client that does not connect or does not keep its tunnel, as a finding about the configuration.

use super::check::{Answer, ClientAnswer};
use super::words;
use crate::compat::code::NegotiationCode;
use crate::compat::obstacle::Obstacle;
use crate::compat::report::Overall;
use crate::diag::{Diagnostic, Finding, Place};
use crate::peer::{Exchange, Span};

/// The finding: it stands at the list that the client does not agree to, else where the connection
/// begins. Where nobody can dial in at all, no client is to be pitied.
pub fn failure(client: &ClientAnswer, answer: &Answer) -> Option<Finding> {
    let report = &client.report;
    if !answer.serves_clients() || matches!(report.verdict, Overall::Connects | Overall::Unknown) {
        return None;
    }
    let exchanges = report.exchanges();
    let code_of = |exchange: Exchange| exchanges[exchange]?.verdict.code();
    // In the order of a tunnel's life: what the lists refuse, what else stands in the way, what fails later.
    let lists = [Exchange::IkeSaInit, Exchange::IkeAuth];
    let code = lists
        .into_iter()
        .find_map(code_of)
        .or_else(|| report.obstacles.first().map(Obstacle::code))
        .or_else(|| Exchange::REKEYINGS.into_iter().find_map(code_of))
        .unwrap_or(NegotiationCode::ClientRefused);
    let lines = words::explain(client);
    let (what, why) = lines.split_first()?;
    // What was found and what helps are lines of their own, commands among them.
    let mut it = Diagnostic::error(
        code,
        place(client, answer).map_or(Place::File(0), Place::from),
        format!("{}: {what}", report.client.id),
    );
    it.notes = why.to_vec();
    Some(Finding {
        connection: report.judged,
        ..Finding::from(it)
    })
}

/// The list that the client does not agree to.
fn place(client: &ClientAnswer, answer: &Answer) -> Option<Span> {
    let report = &client.report;
    let connection = answer.server.connections.get(report.judged?)?;
    let agreed = !report
        .exchanges()
        .ike_auth
        .is_some_and(|it| it.verdict.fails());
    if let (true, [obstacle, ..]) = (agreed, report.obstacles.as_slice()) {
        return obstacle.span().or(connection.span.as_ref()).cloned();
    }
    let entries: Vec<_> = if report.ike.ike_sa_init.verdict.fails() {
        connection.ike.iter().collect()
    } else {
        let children = connection.children.iter();
        children.flat_map(|child| &child.esp).collect()
    };
    let mut spans = entries.iter().filter_map(|entry| entry.origin.span());
    spans.next().or(connection.span.as_ref()).cloned()
}
