//! Text whose lines are indented below what they belong to, as headings and lists.

use maud::{Markup, html};

use crate::write::escape::visible;

/// Lines at the margin are headings if lines follow that are indented and the text is `titled`, and
/// paragraphs otherwise.
pub(super) fn outline(text: &str, titled: bool) -> Markup {
    let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    let is_below = |line: &&str| line.starts_with(' ');
    let mut parts = Vec::new();
    let mut rest = lines.as_slice();
    while let Some((first, after)) = rest.split_first() {
        let end = after.iter().position(|line| !is_below(line));
        let (below, others) = after.split_at(end.unwrap_or(after.len()));
        parts.push((*first, below));
        rest = others;
    }
    html! {
        @for (first, below) in parts {
            @if below.is_empty() { p { (sentence(first)) } }
            @else {
                @if titled { h4 { (visible(first)) } } @else { p { (sentence(first)) } }
                ul .plain { @for line in below { li .deeper[line.starts_with("    ")] { (visible(line.trim())) } } }
            }
        }
    }
}

/// With a capital and a full stop.
pub(super) fn sentence(text: &str) -> String {
    let mut text = visible(text);
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    if !text.ends_with(['.', ':']) {
        text.push('.');
    }
    text
}
