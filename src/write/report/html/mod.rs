//! Answers as pages: nothing is loaded from elsewhere, nothing is run, and they can be printed. What may be too
//! much for a first look is folded.
//!
//! The parts are given too, for pages that are more than one answer.

mod client;
mod diagnosis;
mod outline;
mod plan;
mod server;

use std::io::{self, Write};

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::answer::words::Frame;
use crate::diag::Tone;
use crate::write::escape::{parts, visible};
use crate::write::grid::Grid;
use crate::write::plan::report::PlanReport;
use crate::write::report::summary::Summary;

pub use diagnosis::{diagnosis, diagnosis_part};
pub use plan::plan_part;
pub use server::{diagnostics_part, server};

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

impl PageSection {
    /// The part as HTML.
    pub fn markup(&self) -> &str {
        &self.markup
    }
}

/// What is said of pages about a configuration.
const FROM_CONFIGURATION: &str = "IKEv2, judged from the configuration alone: nothing was dialled.";

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
    let frame = summary.frame();
    let title = match sections {
        [one] if !several => format!("{}: {}", one.name, one.lead),
        _ => frame.headline.clone(),
    };
    let body = html! {
        (body)
        @if several { (next(&frame)) }
    };
    Page::new(&title, FROM_CONFIGURATION).write(&body, out)
}

/// Writes the page about a plan.
pub fn plan(report: &PlanReport<'_>, out: &mut impl Write) -> io::Result<()> {
    let frame = Frame::of_plan(
        report.plan(),
        &report.answer().clients,
        &report.answer().typed,
    );
    let body = html! {
        h2 { "Settings for " (report.plan().product) }
        (PreEscaped(plan_part(report)?))
        (next(&frame))
    };
    let title = outline::sentence(&frame.headline);
    Page::new(title.trim_end_matches('.'), FROM_CONFIGURATION).write(&body, out)
}

/// What stands around the content of a page.
pub(crate) struct Page<'a> {
    /// The heading.
    title: &'a str,
    /// What is said below it.
    lead: &'a str,
    /// What the page is about, for who looks for it.
    pub(crate) description: Option<&'a str>,
    /// Where else to go.
    pub(crate) navigation: Option<Markup>,
}

impl<'a> Page<'a> {
    /// A page that stands alone.
    pub(crate) const fn new(title: &'a str, lead: &'a str) -> Self {
        Self {
            title,
            lead,
            description: None,
            navigation: None,
        }
    }

    /// Writes the page with its content.
    pub(crate) fn write(&self, body: &Markup, out: &mut impl Write) -> io::Result<()> {
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
                    @if let Some(description) = self.description {
                        meta name="description" content=(visible(description));
                    }
                    title { (visible(self.title)) " · ikecompat" }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    a .skip href="#main" { "To the content" }
                    header {
                        @if let Some(navigation) = &self.navigation { (navigation) }
                        h1 { (visible(self.title)) }
                        p .soft { (self.lead) }
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
}

/// A table whose first column names the rows; `cell` gives what stands at row and column. Where it is to `fold`,
/// each row is a block of its own on a narrow screen.
pub(crate) fn grid(
    grid: &Grid,
    (label, fold): (&str, bool),
    cell: impl Fn(usize, usize, &str) -> Markup,
) -> Markup {
    html! {
        div .scroll .fold[fold] tabindex="0" role="region" aria-label=(visible(label)) {
            table {
                thead { tr { @for name in &grid.header { th scope="col" { (visible(name)) } } } }
                tbody {
                    @for (number, row) in grid.rows.iter().enumerate() { tr {
                        @for (place, text) in row.iter().enumerate() {
                            @if place == 0 { th scope="row" { (cell(number, place, text)) } }
                            @else { td data-label=[grid.header.get(place)] { (cell(number, place, text)) } }
                        }
                    } }
                }
            }
        }
    }
}

/// The matrix of files against clients.
fn all(summary: &Summary) -> Markup {
    let table = summary.grid();
    let sentences = summary.sentences();
    let cell = |row, place, text: &str| match place {
        0 => html! { (visible(text)) },
        _ => tag(text, class(summary.tone(row, place))),
    };
    html! {
        h2 { "All configurations" }
        @if !summary.rows.is_empty() { (grid(&table, ("Files against clients", false), cell)) }
        @for line in &sentences {
            @match line.strip_prefix("  ") {
                Some(item) => p { "• " (visible(item)) },
                None => p .soft { (visible(line)) },
            }
        }
    }
}

/// The next step, the last line of a report.
pub(crate) fn next(frame: &Frame) -> Markup {
    html! {
        p {
            strong { "Next: " }
            @for (is_code, part) in parts(&frame.next) {
                @if is_code { code { (visible(part)) } } @else { (visible(part)) }
            }
        }
    }
}

/// The class for a tone.
pub(crate) const fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Neutral => "",
        Tone::Good => "good",
        Tone::Doubtful => "doubt",
        Tone::Bad => "bad",
    }
}

/// A word on a coloured ground; the word alone says it all.
pub(crate) fn tag(text: &str, tone: &str) -> Markup {
    html! {
        @if text == "-" { span .soft { "–" } }
        @else if tone.is_empty() { span { (visible(text)) } }
        @else { span class={ "tag " (tone) } { (visible(text)) } }
    }
}

/// The title of a source, which leads to its address if that is one of the web.
pub(crate) fn link(address: &str, title: &str) -> Markup {
    let schemes = ["https://", "http://"];
    let is_web = schemes.iter().any(|scheme| address.starts_with(scheme));
    html! {
        @if is_web { a href=(address) rel="noreferrer" { (visible(title)) } }
        @else if address == title { (visible(title)) }
        @else { (visible(title)) " (" (visible(address)) ")" }
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
