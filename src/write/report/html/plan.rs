//! A plan: what to set on the server, what to tell each client, ready to be copied.

use std::io;

use maud::{Markup, html};

use super::{grid, outline};
use crate::answer::PlanAnswer;
use crate::recommend::Plan;
use crate::write::escape::visible;
use crate::write::plan::alternatives::{INCOMPLETE, UNBEATEN};
use crate::write::plan::report::PlanReport;
use crate::write::plan::text::{self, Part};

/// What to set on the server and what to do on clients; everything that is to be copied is a block of its own.
pub(super) fn settings(plan: &Plan, answer: &PlanAnswer) -> io::Result<Markup> {
    let context = answer.context();
    let (server, clients) = (
        text::settings(plan, &context)?,
        text::clients(plan, &context)?,
    );
    Ok(html! { (blocks(&server)) (blocks(&clients)) })
}

fn blocks(parts: &[Part]) -> Markup {
    html! {
        @for part in parts {
            h4 { (visible(&part.title)) }
            pre .wrap[part.language() == "powershell"] tabindex="0" aria-label=(visible(&part.title)) {
                @for line in part.body().lines() { (visible(line)) "\n" }
            }
        }
    }
}

/// A plan between what there is to choose and why: everything that `recommend` says.
pub fn plan_part(report: &PlanReport<'_>) -> io::Result<String> {
    let choice = report.choice();
    let why = report.why()?;
    let markup = html! {
        h3 { "In short" }
        div .summary { @for line in report.summary() { p { (outline::sentence(&line)) } } }
        @if let Some(choice) = choice {
            h3 { "What there is to choose" }
            p .soft { (outline::sentence(UNBEATEN)) }
            div .choice { (grid(&choice, ("Plans", true), |_, _, text| html! { (visible(text)) })) }
        }
        @if !report.is_complete() { p .soft { (outline::sentence(INCOMPLETE)) } }
        h3 { "What to set on the server" }
        (blocks(&report.settings()?))
        h3 { "Each client" }
        (blocks(&report.clients()?))
        h3 { "Why" }
        @for paragraph in &why { (outline::outline(paragraph, true)) }
    };
    Ok(markup.into_string())
}
