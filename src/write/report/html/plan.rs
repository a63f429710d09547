//! A plan: what to set on the server, what to tell each client, ready to be copied.

use std::io;

use maud::{Markup, html};

use super::{grid, outline};
use crate::answer::PlanAnswer;
use crate::recommend::{Frontier, Plan, Preference};
use crate::write::escape::visible;
use crate::write::plan::alternatives;
use crate::write::plan::text::{cost, parts};

/// The plan in its parts; everything that is to be copied is a block of its own.
pub fn plan(plan: &Plan, answer: &PlanAnswer) -> io::Result<Markup> {
    let parts = parts(plan, &answer.context())?;
    Ok(html! {
        @for part in &parts {
            h4 { (visible(&part.title)) }
            pre .wrap[part.language == "powershell"] tabindex="0" aria-label=(visible(&part.title)) {
                @for line in part.text.lines() { (visible(line)) "\n" }
            }
        }
    })
}

/// One of the plans of an answer, from 0, between what there is to choose and why: everything that
/// `recommend` says.
pub fn choice_part(
    frontier: &Frontier,
    chosen: usize,
    answer: &PlanAnswer,
    prefer: Option<Preference>,
) -> io::Result<String> {
    let context = answer.context();
    let recommended = frontier.recommended();
    let chosen = frontier.plans().nth(chosen).unwrap_or(recommended);
    let written = |titled, write: &dyn Fn(&mut Vec<u8>) -> io::Result<()>| -> io::Result<Markup> {
        let mut text = Vec::new();
        write(&mut text)?;
        Ok(outline::outline(&String::from_utf8_lossy(&text), titled))
    };
    let summary = written(false, &|out| {
        alternatives::summary(chosen, &context, None, out)
    })?;
    let why = written(true, &|out| {
        alternatives::why(frontier, &context, prefer, out)
    })?;
    let untouched = match &answer.with_client_changes {
        Some(free) => Some(written(false, &|out| cost(chosen, free, out))?),
        None => None,
    };
    let choice = alternatives::choice(frontier, &context, None);
    let markup = html! {
        h3 { "In short" }
        div .summary { (summary) }
        @if let Some(choice) = choice {
            h3 { "What there is to choose" }
            p .soft { (outline::sentence(alternatives::UNBEATEN)) }
            div .choice { (grid(&choice, ("Plans", true), |_, _, text| html! { (visible(text)) })) }
            @if !frontier.is_complete { p .soft { (outline::sentence(alternatives::INCOMPLETE)) } }
        }
        h3 { "What to set where" }
        (plan(chosen, answer)?)
        h3 { "Why" }
        @if let Some(untouched) = untouched { (untouched) }
        (why)
    };
    Ok(markup.into_string())
}
