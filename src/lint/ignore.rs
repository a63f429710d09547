//! Comments in the configuration that silence a finding, with the reason why.
//!
//! `# ikecompat: allow(RULE): REASON`, in XML `<!-- ikecompat: allow(RULE): REASON -->`. Behind
//! something it counts for its line; on a line of its own for the next line and what is indented
//! below it. `allow-file` counts for the whole file. `built-with(ALGORITHM)` is no business of lint.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use super::{Rule, known};
use crate::diag::{Finding, Severity, Sources, Span, nearest, quoted};

/// What `ikecompat explain ignore-without-reason` says.
pub(super) const IGNORE_WITHOUT_REASON: Rule = Rule {
    name: "ignore-without-reason",
    severity: Severity::Warning,
    documentation: "A comment that silences a finding gives no reason.\n\n\
        Without a reason it has no effect, since nobody could tell later whether it still holds.\n\n\
        Write `# ikecompat: allow(RULE): REASON`.",
};

/// What `ikecompat explain unknown-rule` says.
pub(super) const UNKNOWN_RULE: Rule = Rule {
    name: "unknown-rule",
    severity: Severity::Warning,
    documentation: "A comment allows a rule that there is not.\n\n\
        It has no effect, and the finding that was meant is still there.\n\n\
        Correct the name; `ikecompat explain RULE` knows every rule.",
};

/// What `ikecompat explain unused-ignore` says.
pub(super) const UNUSED_IGNORE: Rule = Rule {
    name: "unused-ignore",
    severity: Severity::Warning,
    documentation: "A comment allows a finding that does not occur.\n\n\
        What it excused is gone, or it stands in the wrong place: it counts for its own line, or, on a \
        line of its own, for the next line and what is indented below it.\n\n\
        Remove it.",
};

const NAME: &str = "ikecompat:";

/// What begins a comment, in one format or another.
const MARKS: [&str; 4] = ["#", "<!--", ";", "//"];

/// What can be wrong with comments themselves.
pub(super) const RULES: &[Rule] = &[IGNORE_WITHOUT_REASON, UNKNOWN_RULE, UNUSED_IGNORE];

/// One rule that a comment names.
#[derive(Debug)]
struct Allowed {
    rule: String,
    /// Where the rule's name stands.
    span: Span,
    /// Lines for which it counts, from 1; `None` for the whole file.
    lines: Option<RangeInclusive<usize>>,
    reason: String,
    used: bool,
}

/// The comments of all texts.
#[derive(Debug, Default)]
pub struct Comments {
    allowed: Vec<Allowed>,
    /// The first of `allowed` for each line of a file and rule; line 0 stands for the whole file.
    first: HashMap<(usize, &'static str, usize), usize>,
    complaints: Vec<Finding>,
}

/// More complaints about comments are not made: nobody reads them.
const MOST_COMPLAINTS: usize = 1000;

impl Comments {
    /// Finds the comments in the first `texts` of `sources`.
    pub fn of(sources: &Sources, texts: usize) -> Self {
        let mut comments = Self::default();
        for file in 0..texts {
            comments.read(file, &sources.text(file));
        }
        comments.find_first();
        comments
    }

    /// The reason for which a finding of the rule `code` is allowed, if a comment allows it. `line`
    /// is where it stands; `None` for what is about a text as a whole.
    pub fn suppress(&mut self, code: &str, file: usize, line: Option<usize>) -> Option<String> {
        let rule = known().find(|name| *name == code)?;
        let of = |line: usize| self.first.get(&(file, rule, line)).copied();
        let here = line.and_then(of);
        // The one that stands first in the text counts.
        let number = of(0).into_iter().chain(here).min()?;
        let one = self.allowed.get_mut(number)?;
        one.used = true;
        Some(one.reason.clone())
    }

    /// What is wrong with the comments themselves, once every finding has asked.
    pub fn complaints(self) -> Vec<Finding> {
        let idle = self.allowed.into_iter().filter(|one| !one.used);
        let unused = idle.map(|one| {
            let message = format!("`{}` is allowed here, and does not occur", one.rule);
            UNUSED_IGNORE
                .finding(message)
                .at(Some(&one.span))
                .help("remove the comment")
        });
        self.complaints.into_iter().chain(unused).collect()
    }

    /// Notes for each line which comment comes first. What is covered already is leapt over, so that
    /// many comments on the same lines cost no more than one.
    fn find_first(&mut self) {
        // For lines that are covered: the next line that may not be.
        let mut leaps: HashMap<(usize, &str, usize), usize> = HashMap::new();
        for (number, one) in self.allowed.iter().enumerate() {
            let Some(rule) = known().find(|name| *name == one.rule) else {
                continue;
            };
            let file = one.span.file;
            let Some(lines) = &one.lines else {
                self.first.entry((file, rule, 0)).or_insert(number);
                continue;
            };
            let mut line = *lines.start();
            let mut passed = Vec::new();
            while line <= *lines.end() {
                match leaps.get(&(file, rule, line)) {
                    Some(next) => {
                        passed.push(line);
                        line = *next;
                    }
                    None => {
                        self.first.insert((file, rule, line), number);
                        passed.push(line);
                        line += 1;
                    }
                }
            }
            for covered in passed {
                leaps.insert((file, rule, covered), line);
            }
        }
    }

    fn read(&mut self, file: usize, text: &str) {
        let mut start = 0;
        let mut lines = Vec::new();
        for line in text.split_inclusive('\n') {
            lines.push((start, line));
            start += line.len();
        }
        let blocks = Blocks::of(&lines);
        for (number, (start, line)) in lines.iter().enumerate() {
            let Some(at) = line.find(NAME) else {
                continue;
            };
            let before = line[..at].trim_end();
            let Some(mark) = MARKS.iter().find(|mark| before.ends_with(**mark)) else {
                continue;
            };
            let alone = before[..before.len() - mark.len()].trim().is_empty();
            let covered = if alone {
                blocks.below(number)
            } else {
                number + 1..=number + 1
            };
            let rest = start + at + NAME.len()..start + line.len();
            self.comment(&Span::new(file, rest.clone()), &text[rest], covered);
        }
    }

    /// `text` is what follows the program's name.
    fn comment(&mut self, span: &Span, text: &str, lines: RangeInclusive<usize>) {
        let text = text.split("-->").next().unwrap_or_default();
        let word = text.trim_start();
        if crate::read::algorithms(&format!("{NAME}{text}")).is_some() {
            return; // it is about the daemon
        }
        let whole = word.starts_with("allow-file");
        let opened = text.split_once('(').filter(|_| word.starts_with("allow"));
        let Some((rules, after)) = opened.and_then(|(_, rest)| rest.split_once(')')) else {
            let message = format!("{} is no comment for this program", quoted(text.trim()));
            self.complaints.push(
                UNKNOWN_RULE
                    .finding(message)
                    .at(Some(&trimmed(span, text)))
                    .help(
                        "write `ikecompat: allow(RULE): REASON`, or of the daemon's build \
                         `ikecompat: built-with(ALGORITHM)`",
                    ),
            );
            return;
        };
        let reason = after
            .trim()
            .trim_start_matches([':', '-'])
            .trim()
            .to_owned();
        let mut start = span.start + text.find('(').map_or(0, |place| place + 1);
        for raw in rules.split(',') {
            let place = trimmed(&Span::new(span.file, start..start + raw.len()), raw);
            start += raw.len() + 1;
            let rule = raw.trim();
            if self.complaints.len() >= MOST_COMPLAINTS {
                return;
            }
            if !known().any(|name| name == rule) {
                let message = format!("there is no rule {}", quoted(rule));
                let mut finding = UNKNOWN_RULE.finding(message).at(Some(&place));
                finding.diagnostic.help =
                    nearest(rule, known()).map(|name| format!("did you mean `{name}`?"));
                self.complaints.push(finding);
            } else if reason.is_empty() {
                let message = format!("`{rule}` is allowed without a reason");
                self.complaints.push(
                    IGNORE_WITHOUT_REASON
                        .finding(message)
                        .at(Some(&place))
                        .help(format!("write `ikecompat: allow({rule}): REASON`")),
                );
            } else {
                self.allowed.push(Allowed {
                    rule: rule.to_owned(),
                    span: place,
                    lines: (!whole).then(|| lines.clone()),
                    reason: reason.clone(),
                    used: false,
                });
            }
        }
    }
}

/// The span of `text` without blanks around it.
fn trimmed(span: &Span, text: &str) -> Span {
    let start = span.start + (text.len() - text.trim_start().len());
    Span::new(span.file, start..start + text.trim().len())
}

/// Which lines belong together by their indentation.
struct Blocks {
    /// For each line the first from there on that says something.
    says: Vec<Option<usize>>,
    /// For each line that says something the last one that is indented deeper below it.
    last: Vec<usize>,
}

impl Blocks {
    fn of(lines: &[(usize, &str)]) -> Self {
        let says = |line: &str| {
            let line = line.trim();
            !line.is_empty() && !MARKS.iter().any(|mark| line.starts_with(mark))
        };
        let indent = |line: &str| line.len() - line.trim_start().len();
        let mut blocks = Self {
            says: vec![None; lines.len()],
            last: (0..lines.len()).collect(),
        };
        // From the end: lines that nothing of less indentation has closed, the nearest last.
        let mut open: Vec<(usize, usize)> = Vec::new();
        let mut next = None;
        for (number, (_, line)) in lines.iter().enumerate().rev() {
            if says(line) {
                let depth = indent(line);
                while open.last().is_some_and(|(_, other)| *other > depth) {
                    open.pop();
                }
                // Up to the line before the next one that is not deeper.
                let end = open.last().map_or(lines.len(), |(number, _)| *number);
                if let Some(last) = blocks.last.get_mut(number) {
                    *last = end.saturating_sub(1);
                }
                open.push((number, depth));
                next = Some(number);
            }
            if let Some(says) = blocks.says.get_mut(number) {
                *says = next;
            }
        }
        blocks
    }

    /// The lines below a comment on line `number` (from 0) for which it counts: the next one that
    /// says something, and those that are indented deeper below it.
    fn below(&self, number: usize) -> RangeInclusive<usize> {
        let first = self.says.get(number + 1).copied().flatten();
        let Some(first) = first else {
            return number + 1..=number + 1;
        };
        let last = self.last.get(first).copied().unwrap_or(first);
        first + 1..=last + 1
    }
}

#[cfg(test)]
mod tests {
    use super::Comments;
    use crate::diag::Sources;

    fn comments(text: &str) -> Comments {
        let mut sources = Sources::new();
        sources.add("f", text);
        Comments::of(&sources, sources.count())
    }

    fn codes(comments: Comments) -> Vec<&'static str> {
        comments
            .complaints()
            .iter()
            .map(|it| it.diagnostic.code)
            .collect()
    }

    #[test]
    fn a_comment_counts_for_its_line_or_for_what_is_below() {
        let mut behind = comments("a\nb # ikecompat: allow(weak-entry): old printers\nc\n");
        assert_eq!(behind.suppress("weak-entry", 0, Some(1)), None);
        let reason = behind.suppress("weak-entry", 0, Some(2));
        assert_eq!(reason.as_deref(), Some("old printers"));
        assert_eq!(behind.suppress("weak-entry", 0, Some(3)), None);
        assert_eq!(behind.suppress("esn-only", 0, Some(2)), None);
        assert!(codes(behind).is_empty());

        let xml = "<a>\n  <!-- ikecompat: allow(weak-entry, esn-only): why -->\n\n  <b>\n    <c/>\n  </b>\n  <d/>\n</a>\n";
        let mut above = comments(xml);
        let lines = [3, 4, 5, 6, 7];
        let found = lines.map(|line| above.suppress("weak-entry", 0, Some(line)).is_some());
        assert_eq!(found, [false, true, true, false, false]);
        assert_eq!(
            above.suppress("esn-only", 0, Some(5)).as_deref(),
            Some("why")
        );
        assert_eq!(above.suppress("esn-only", 1, Some(5)), None, "another file");
    }

    #[test]
    fn a_whole_file_is_excused_by_its_own_word() {
        let mut whole = comments("# ikecompat: allow-file(weak-entry): a laboratory\na\nb\n");
        assert!(whole.suppress("weak-entry", 0, None).is_some());
        assert!(whole.suppress("weak-entry", 0, Some(3)).is_some());
        let mut line = comments("# ikecompat: allow(weak-entry): a laboratory\na\n");
        assert_eq!(line.suppress("weak-entry", 0, None), None);
    }

    #[test]
    fn comments_that_do_nothing_are_named() {
        assert_eq!(
            codes(comments("# ikecompat: allow(weak-entry): x\na")),
            ["unused-ignore"]
        );
        assert_eq!(
            codes(comments("# ikecompat: allow(weak-entry)\na")),
            ["ignore-without-reason"]
        );
        assert_eq!(
            codes(comments("# ikecompat: allow(weak-entri): x\na")),
            ["unknown-rule"]
        );
        assert_eq!(
            codes(comments("# ikecompat: ignore all\na")),
            ["unknown-rule"]
        );
        assert!(codes(comments("see ikecompat: the manual\n")).is_empty());
    }
}
