//! The answer of `check`, and a plan, as one page: nothing is loaded from elsewhere, nothing is run,
//! and it can be printed. What may be too much for a first look is folded.

mod client;
mod plan;
mod server;

use std::io::{self, Write};

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::answer::{PlanAnswer, Tone};
use crate::recommend::Plan;
use crate::write::escape::visible;
use crate::write::report::summary::Summary;

pub use plan::plan as plan_section;
pub use server::server;

const STYLE: &str = include_str!("style.css");

/// A server's part of the page.
#[derive(Clone, Debug)]
pub struct PageSection {
    /// Its file.
    name: String,
    /// How many clients it serves, in words.
    lead: String,
    markup: String,
}

/// Writes the page about servers.
pub fn check(sections: &[PageSection], summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    let several = sections.len() > 1 || !summary.unreadable.is_empty();
    let body = html! {
        @if several {
            nav aria-label="Servers" { ul {
                @for (place, section) in sections.iter().enumerate() {
                    li { a href={ "#s" (place + 1) } { (visible(&section.name)) } " – " (section.lead) }
                }
            } }
            (all(summary))
        }
        @for (place, section) in sections.iter().enumerate() {
            section id={ "s" (place + 1) } { (PreEscaped(&section.markup)) }
        }
    };
    page("Which clients connect", &body, out)
}

/// Writes the page about a plan.
pub fn plan(plan: &Plan, answer: &PlanAnswer, out: &mut impl Write) -> io::Result<()> {
    let body = html! {
        h2 { "Settings for " (plan.product) }
        h3 { "What to set where" }
        (plan::plan(plan, answer)?)
    };
    page("Settings that serve these clients", &body, out)
}

fn page(title: &str, body: &Markup, out: &mut impl Write) -> io::Result<()> {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta http-equiv="Content-Security-Policy"
                    content="default-src 'none'; style-src 'unsafe-inline'";
                title { (title) " · ikecompat" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a .skip href="#main" { "To the content" }
                header {
                    h1 { (title) }
                    p .soft { "IKEv2, judged from the configuration alone: nothing was dialled." }
                }
                main id="main" { (body) }
                footer {
                    p {
                        "Made by " (env!("CARGO_PKG_NAME")) " " (env!("CARGO_PKG_VERSION"))
                        ". What no source says is called unknown; what is deduced is called inferred."
                    }
                }
            }
        }
    };
    writeln!(out, "{}", page.into_string())
}

/// The matrix of files against clients.
fn all(summary: &Summary) -> Markup {
    let grid = summary.grid();
    let sentences = summary.sentences();
    html! {
        h2 { "All configurations" }
        @if !summary.rows.is_empty() {
            div .scroll tabindex="0" role="region" aria-label="Files against clients" {
                table {
                    thead { tr { @for name in &grid.header { th scope="col" { (visible(name)) } } } }
                    tbody {
                        @for (number, row) in grid.rows.iter().enumerate() { tr {
                            @for (place, cell) in row.iter().enumerate() {
                                @if place == 0 { th scope="row" { (visible(cell)) } }
                                @else { td { (tag(cell, class(summary.tone(number, place)))) } }
                            }
                        } }
                    }
                }
            }
        }
        @for line in &sentences {
            @match line.strip_prefix("  ") {
                Some(item) => p { "• " (visible(item)) },
                None => p .soft { (visible(line)) },
            }
        }
    }
}

/// The class for a tone.
const fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Neutral => "",
        Tone::Good => "good",
        Tone::Doubtful => "doubt",
        Tone::Bad => "bad",
    }
}

/// A word on a coloured ground; the word alone says it all.
fn tag(text: &str, tone: &str) -> Markup {
    html! {
        @if text == "-" { span .soft { "–" } }
        @else if tone.is_empty() { span { (visible(text)) } }
        @else { span class={ "tag " (tone) } { (visible(text)) } }
    }
}

/// Sentences, with what is to be typed as blocks.
fn sentences(lines: &[String]) -> Markup {
    html! {
        ul .plain {
            @for (line, code) in crate::write::report::markdown::with_code(lines) {
                li {
                    (visible(line))
                    @if !code.is_empty() {
                        pre .wrap { @for line in code { (visible(line)) "\n" } }
                    }
                }
            }
        }
    }
}
