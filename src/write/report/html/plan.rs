//! A plan: what to set on the server, what to tell each client, ready to be copied.

use std::io;

use maud::{Markup, html};

use crate::answer::PlanAnswer;
use crate::recommend::Plan;
use crate::write::escape::visible;
use crate::write::plan::text::parts;

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
