//! One server: the matrix, every client, findings, and what would serve everybody.

use std::io;

use maud::{Markup, html};

use super::client::client;
use super::{PageSection, class, plan_section, sentences, tag};
use crate::compat::finding::Finding;
use crate::compat::report::{Overall, Report};
use crate::diag::{Sources, Style};
use crate::peer::Policy;
use crate::profile::Database;
use crate::recommend::Plan;
use crate::write::escape::visible;
use crate::write::plan::text::PlanContext;
use crate::write::report::markdown::judged_as;
use crate::write::report::table::{
    NOBODY, cells, has_several, header, not_compared, policy_conflicts, serves_clients, unknowns,
};
use crate::write::text::and_list;

/// What a section is made of.
pub struct ServerPage<'a> {
    /// The answer.
    pub report: &'a Report<'a>,
    /// The texts that findings point into.
    pub sources: &'a Sources,
    /// By what suites are ranked.
    pub policy: &'a Policy,
    /// Where the sources of profiles are found.
    pub database: &'a Database<'a>,
    /// Settings that serve all clients, if somebody is not served now and there are any.
    pub plan: Option<(&'a Plan, &'a PlanContext<'a>)>,
    /// The number of the section on the page, from 1.
    pub number: usize,
}

/// Makes the section.
pub fn server(subject: &ServerPage<'_>) -> io::Result<PageSection> {
    let report = subject.report;
    let connects = |verdict| verdict == Overall::Connects;
    let served = report.clients.iter().filter(|one| connects(one.verdict));
    let lead = if serves_clients(report.server) {
        let (served, all) = (served.count(), report.clients.len());
        let noun = if all == 1 {
            "client connects"
        } else {
            "clients connect"
        };
        format!("{served} of {all} {noun}")
    } else {
        NOBODY.to_owned()
    };
    let policy_conflicts = policy_conflicts(report, subject.policy);
    let doubts = unknowns(report);
    let not_compared = not_compared(report.server);
    let number = subject.number;
    let markup = html! {
        h2 { (visible(&report.server.file)) }
        p .soft { (visible(&judged_as(report.server, subject.policy))) }
        p .lead { (lead) "." }
        @if serves_clients(report.server) {
            (matrix(subject))
            h3 { "Why" }
            @for (place, one) in report.clients.iter().enumerate() {
                (client(one, subject, &format!("s{number}-c{}", place + 1)))
            }
        }
        @if !policy_conflicts.is_empty() {
            h3 { "Outside of the policy " (visible(&subject.policy.id)) }
            (sentences(&policy_conflicts))
        }
        @if !doubts.is_empty() {
            h3 { "Not known" }
            @for (lines, ids) in &doubts {
                p { strong { (visible(&and_list(ids))) } }
                (sentences(lines))
            }
        }
        @if !not_compared.is_empty() {
            h3 { "Not compared with clients" }
            ul .plain { @for (name, why) in &not_compared { li { code { (visible(name)) } ": " (visible(why)) } } }
        }
        @if !report.findings.is_empty() {
            h3 { "About the server" }
            @for finding in &report.findings { (say(finding, subject.sources)) }
        }
        @if let Some((plan, context)) = subject.plan {
            h3 { "What would serve all of them" }
            (plan_section(plan, context)?)
        }
    };
    Ok(PageSection {
        name: report.server.file.clone(),
        lead,
        markup: markup.into_string(),
    })
}

fn matrix(subject: &ServerPage<'_>) -> Markup {
    let report = subject.report;
    let header = header(has_several(report.server));
    html! {
        div .scroll .fold tabindex="0" role="region" aria-label="Clients and what they agree to" {
            table {
                thead { tr { @for name in &header { th scope="col" { (name) } } } }
                tbody {
                    @for (place, one) in report.clients.iter().enumerate() {
                        @let cells = cells(one, report, subject.policy);
                        tr {
                            th scope="row" {
                                a href={ "#s" (subject.number) "-c" (place + 1) } { (visible(&one.client.id)) }
                                small { (visible(&one.client.label)) }
                            }
                            @for ((text, tone), name) in cells.iter().zip(&header).skip(1) {
                                td data-label=(name) { (tag(text, class(*tone))) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A finding with its lines of the file, in which secrets are masked.
fn say(finding: &Finding, sources: &Sources) -> Markup {
    let severity = finding.severity.to_string();
    html! {
        div class={ "finding " (severity) } {
            p { strong { (severity) } " " code { (finding.code) } }
            p { (visible(&finding.message)) }
            @if finding.span.is_some() {
                pre tabindex="0" aria-label="Place in the file" {
                    @for line in place(finding, sources) { (visible(&line)) "\n" }
                }
            }
            @for note in &finding.notes { p .soft { (visible(note)) } }
            @if let Some(help) = &finding.help { p { strong { "Help: " } (visible(help)) } }
        }
    }
}

/// The place with its line and carets, without the sentences around them.
fn place(finding: &Finding, sources: &Sources) -> Vec<String> {
    let mut bare = finding.diagnostic(0);
    bare.notes.clear();
    bare.help = None;
    let text = sources.render(&bare, Style::Plain);
    let lines = text.lines().skip(1).map(ToOwned::to_owned);
    lines.filter(|line| !line.trim().is_empty()).collect()
}
