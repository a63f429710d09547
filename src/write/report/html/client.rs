//! One client: each exchange with its verdict, evidence and sources, and what helps.

use maud::{Markup, html};

use super::{class, sentences, tag};
use crate::answer::check::Citation;
use crate::answer::{Answer, ClientAnswer, words};
use crate::compat::report::Overall;
use crate::peer::Exchange;
use crate::write::escape::visible;
use crate::write::text;

/// Makes the part; its content has the id `anchor`.
pub(super) fn client(one: &ClientAnswer, answer: &Answer, anchor: &str) -> Markup {
    let report = &one.report;
    let (word, tone) = words::verdict(report.verdict);
    let lines = words::explain(one);
    html! {
        details open[report.verdict != Overall::Connects] {
            summary {
                span .name { (visible(&report.client.id)) } " " (visible(&report.client.label))
                (tag(word, class(tone)))
            }
            div .inside id=(anchor) {
                @if report.verdict != Overall::Connects {
                    h4 { "Why, and what helps" }
                    (sentences(&lines[1..]))
                }
                h4 { "Exchanges" }
                (exchanges(one, answer))
                @if !one.sources.is_empty() {
                    h4 { "Sources" }
                    ul .plain .sources {
                        @for citation in &one.sources { (source_line(citation)) }
                    }
                }
            }
        }
    }
}

fn exchanges(one: &ClientAnswer, answer: &Answer) -> Markup {
    let id = visible(&one.report.client.id);
    html! {
        div .scroll .fold tabindex="0" role="region" aria-label={ "Exchanges of " (id) } {
            table {
                thead { tr {
                    th scope="col" { "exchange" } th scope="col" { "result" }
                    th scope="col" { "because" } th scope="col" { "evidence" }
                } }
                tbody {
                    @for (exchange, judged) in one.report.exchanges().iter() {
                        @if let Some(judged) = judged {
                            @let (text, tone) = match exchange {
                                Exchange::IkeAuth => words::child_outcome(&one.report),
                                _ => words::outcome(Some(judged)),
                            };
                            @let grade = judged.evidence.map_or_else(|| "-".to_owned(), |it| it.to_string());
                            tr {
                                th scope="row" { (words::exchange_in_full(exchange)) }
                                td data-label="result" { (tag(&text, class(tone))) }
                                td data-label="because" {
                                    div {
                                        @for line in words::because(judged, answer) { div { (visible(&line)) } }
                                        @if exchange == Exchange::IkeAuth {
                                            @for obstacle in &one.report.obstacles {
                                                div { (visible(&words::obstacle(obstacle))) }
                                            }
                                        }
                                        @if let Some(survival) = &one.report.survival[exchange] {
                                            div { (visible(&words::survival(survival))) }
                                        }
                                    }
                                }
                                td data-label="evidence" { (tag(&grade, "")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn source_line(citation: &Citation) -> Markup {
    let source = &citation.source;
    let facts: Vec<_> = citation
        .exchanges
        .iter()
        .map(|one| words::fact(*one))
        .collect();
    let aside = [source.locator.as_deref(), source.date.as_deref()];
    let aside: Vec<_> = aside.into_iter().flatten().map(visible).collect();
    html! {
        li {
            (super::link(&source.url, &source.title))
            @if !aside.is_empty() { ", " (aside.join(", ")) }
            " – " span .soft { (source.grade) "; for " (text::and_list(&facts)) }
        }
    }
}
