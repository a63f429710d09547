//! A plan: what to set on the server, what to tell each client, ready to be copied.

use std::io;

use maud::{Markup, html};

use crate::recommend::Plan;
use crate::write::escape::visible;
use crate::write::plan::text::{PlanContext, parts};

/// The plan in its parts; everything that is to be copied is a block of its own.
pub fn plan(plan: &Plan, context: &PlanContext<'_>) -> io::Result<Markup> {
    let parts = parts(plan, context)?;
    Ok(html! {
        @for part in &parts {
            h4 { (visible(&part.title)) }
            pre .wrap[part.language == "powershell"] tabindex="0" aria-label=(visible(&part.title)) {
                @for line in part.text.lines() { (visible(line)) "\n" }
            }
        }
    })
}
