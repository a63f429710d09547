//! Changes of a text at their places: the text with them, and the difference as `patch` takes it.

use std::fmt::Write as _;
use std::ops::Range;

/// A place of the text, and what stands there at each step.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Region {
    /// Its place in the text as it is.
    pub(super) place: Range<usize>,
    /// What stands there while the server has old and new.
    pub(super) both: String,
    /// What stands there at the end.
    pub(super) alone: String,
    /// The setting, as the format has it.
    pub(super) setting: String,
    /// What is set there, in words.
    pub(super) old: String,
    /// What is set there at the end.
    pub(super) new: String,
}

/// A state of the text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Step {
    AsItIs,
    Both,
    Alone,
}

impl Region {
    fn at<'r>(&'r self, text: &'r str, step: Step) -> &'r str {
        match step {
            Step::AsItIs => &text[self.place.clone()],
            Step::Both => &self.both,
            Step::Alone => &self.alone,
        }
    }
}

/// The text at a step; the regions are in its order and do not overlap.
pub(super) fn text_at(text: &str, regions: &[Region], step: Step) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for region in regions {
        out.push_str(&text[from..region.place.start]);
        out.push_str(region.at(text, step));
        from = region.place.end;
    }
    out.push_str(&text[from..]);
    out
}

/// The difference between two steps, without lines around it: those may hold secrets. `None` if something else than
/// blanks and tags stands on a line that changes.
pub(super) fn unified(
    name: &str,
    text: &str,
    regions: &[Region],
    (from, to): (Step, Step),
) -> Option<String> {
    let mut out = format!("--- {name}\n+++ {name}\n");
    let (mut old_line, mut new_line) = (1, 1);
    let mut done = 0;
    for region in regions {
        let Range { start, end } = whole_lines(text, &region.place)?;
        let before = text.get(done..start)?;
        let lines = before.matches('\n').count();
        (old_line, new_line) = (old_line + lines, new_line + lines);
        let at = |step| {
            let (prefix, suffix) = (
                &text[start..region.place.start],
                &text[region.place.end..end],
            );
            format!("{prefix}{}{suffix}", region.at(text, step))
        };
        let (old, new) = (at(from), at(to));
        let (gone, come) = (old.lines().count(), new.lines().count());
        if old != new {
            // Writing into a string cannot fail.
            writeln!(out, "@@ -{old_line},{gone} +{new_line},{come} @@").ok();
            for line in old.split_inclusive('\n') {
                write!(out, "-{line}").ok();
            }
            for line in new.split_inclusive('\n') {
                write!(out, "+{line}").ok();
            }
        }
        (old_line, new_line) = (old_line + gone, new_line + come);
        done = end;
    }
    Some(out)
}

/// The lines of a place, if nothing but blanks and the tags of its element stands beside it.
fn whole_lines(text: &str, place: &Range<usize>) -> Option<Range<usize>> {
    let start = text[..place.start].rfind('\n').map_or(0, |at| at + 1);
    let end = place.end + text[place.end..].find('\n')? + 1;
    let (before, after) = (&text[start..place.start], &text[place.end..end]);
    let is_name = |name: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        !name.is_empty() && name.chars().all(plain)
    };
    let inside = |tag: &str, opening: &str| -> Option<bool> {
        let name = tag.trim().strip_prefix(opening)?.strip_suffix('>')?;
        Some(is_name(name))
    };
    let blank = before.trim().is_empty() && after.trim().is_empty();
    let tags = inside(before, "<") == Some(true) && inside(after, "</") == Some(true);
    (blank || tags).then_some(start..end)
}
