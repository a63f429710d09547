//! One server: the matrix, every client, findings, and what would serve everybody.

use std::io;

use maud::{Markup, html};

use super::client::client;
use super::{PageSection, class, plan, sentences, tag};
use crate::answer::{Answer, words};
use crate::diag::{Diagnostic, Finding, Sources, Style};
use crate::write::escape::visible;
use crate::write::text::and_list;

/// Makes the section about one server; `number` is its place on the page, from 1.
pub fn server(answer: &Answer, sources: &Sources, number: usize) -> io::Result<PageSection> {
    let lead = words::headline(answer);
    let conflicts = words::policy_conflicts(answer);
    let unknowns = words::unknowns(answer);
    let not_compared = words::not_compared(answer);
    let allowed = words::allowed_in(answer);
    let assumptions = words::assumptions(answer);
    let plan = answer.plan.as_deref();
    let markup = html! {
        h2 { (visible(&answer.server.file)) }
        p .soft { (visible(&words::judged_as(answer))) }
        @for assumption in &assumptions { p .soft { (visible(assumption)) } }
        p .lead { (lead) "." }
        @if answer.serves_clients() {
            (matrix(answer, number))
            h3 { "Why" }
            @for (place, one) in answer.clients.iter().enumerate() {
                (client(one, answer, &format!("s{number}-c{}", place + 1)))
            }
        }
        @if !conflicts.is_empty() {
            h3 { "Outside of the policy " (visible(&answer.policy.id)) }
            (sentences(&conflicts))
        }
        @if !unknowns.is_empty() {
            h3 { "Not known" }
            @for (lines, ids) in &unknowns {
                p { strong { (visible(&and_list(ids))) } }
                (sentences(lines))
            }
        }
        @if !not_compared.is_empty() {
            h3 { "Not compared with clients" }
            ul .plain { @for (name, why) in &not_compared { li { code { (visible(name)) } ": " (visible(why)) } } }
        }
        @if answer.open_findings().next().is_some() {
            h3 { "About the server" }
            @for finding in answer.open_findings() { (finding_part(finding, sources)) }
        }
        @if !allowed.is_empty() {
            h3 { "Allowed about the server" }
            ul .plain { @for line in &allowed { li { (visible(line)) } } }
        }
        @if let Some(plan) = plan {
            @if let Ok(found) = &plan.outcome {
                h3 { "What would serve all of them" }
                (plan::settings(found.recommended(), plan)?)
            }
        }
        (super::next(&words::Frame::of_answer(answer)))
    };
    Ok(PageSection {
        name: answer.server.file.clone(),
        lead,
        markup: markup.into_string(),
    })
}

fn matrix(answer: &Answer, number: usize) -> Markup {
    let header = words::header(answer);
    html! {
        div .scroll .fold tabindex="0" role="region" aria-label="Clients and what they agree to" {
            table {
                thead { tr { @for name in &header { th scope="col" { (name) } } } }
                tbody {
                    @for (place, one) in answer.clients.iter().enumerate() {
                        @let cells = words::cells(one, answer);
                        @let client = &one.report.client;
                        tr {
                            th scope="row" {
                                a href={ "#s" (number) "-c" (place + 1) } { (visible(&client.id)) }
                                small { (visible(&client.label)) }
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

/// Complaints and remarks about a text, each with its place in it.
pub fn diagnostics_part(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let findings = diagnostics.iter().cloned().map(Finding::from);
    let parts = findings.map(|finding| finding_part(&finding, sources).into_string());
    parts.collect()
}

/// A finding with its lines of the file, in which secrets are masked.
fn finding_part(finding: &Finding, sources: &Sources) -> Markup {
    let it = &finding.diagnostic;
    let severity = it.severity.to_string();
    html! {
        div class={ "finding " (severity) } {
            p { strong { (severity) } " " code { (it.code) } }
            p { (visible(&it.message)) }
            @if finding.span().is_some() {
                pre tabindex="0" aria-label="Place in the file" {
                    @for line in place(finding, sources) { (visible(&line)) "\n" }
                }
            }
            @for note in &it.notes { p .soft { (visible(note)) } }
            @if let Some(help) = &it.help { p { strong { "Help: " } (visible(help)) } }
        }
    }
}

/// The place with its line and carets, without the sentences around them.
fn place(finding: &Finding, sources: &Sources) -> Vec<String> {
    let mut bare = finding.diagnostic.clone();
    bare.notes.clear();
    bare.help = None;
    let text = sources.render(&bare, Style::Plain);
    let lines = text.lines().skip(1).map(ToOwned::to_owned);
    lines.filter(|line| !line.trim().is_empty()).collect()
}
