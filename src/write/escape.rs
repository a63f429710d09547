//! Names and sentences inside of other languages: nothing that a file says becomes markup, a formula
//! or a control sequence.

use std::fmt::Write as _;

use crate::diag::is_steering;

/// Characters that end lines, move the cursor or turn the direction of writing, made visible; a tab, which only
/// keeps words apart, is a blank.
pub(crate) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\t' {
            out.push(' ');
        } else if is_steering(c) {
            let _ = write!(out, "{}", c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// The parts of a sentence, each with whether it stands between backticks, to be typed.
pub(crate) fn parts(text: &str) -> impl Iterator<Item = (bool, &str)> {
    let parts = text.split('`').enumerate();
    let parts = parts.map(|(place, part)| (place % 2 == 1, part));
    parts.filter(|(_, part)| !part.is_empty())
}

/// A sentence in Markdown; what stands between backticks is to be typed and stays code.
pub(crate) fn markdown_sentence(text: &str) -> String {
    let part = |(is_code, part)| match is_code {
        true => markdown_code(part),
        false => markdown(part),
    };
    parts(text).map(part).collect()
}

/// Text in a paragraph or a table of Markdown: what has a meaning there is escaped. Where `<`, `>` and
/// `&` begin HTML, they are written as references, which every dialect of Markdown understands.
pub(crate) fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let text = visible(text);
    let mut before = ' ';
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        let after = letters.peek().copied().unwrap_or(' ');
        let inside = before.is_alphanumeric() && after.is_alphanumeric();
        match c {
            '_' if inside => out.push(c), // as in INVALID_KE_PAYLOAD, which begins no emphasis
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '~' | '#' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
        before = c;
    }
    out
}

/// Text as a span of code in a paragraph of Markdown; never in a table, where `|` ends the cell.
pub(crate) fn markdown_code(text: &str) -> String {
    let text = visible(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if longest > 0 { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// Lines as a block of code of Markdown, indented by `indent`.
pub(crate) fn markdown_block(language: &str, lines: &[&str], indent: &str) -> String {
    let ticks = |line: &&str| line.split(|c| c != '`').map(str::len).max();
    let longest = lines.iter().filter_map(ticks).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let mut out = format!("{indent}{fence}{language}\n");
    for line in lines {
        let _ = writeln!(out, "{indent}{}", visible(line));
    }
    let _ = writeln!(out, "{indent}{fence}");
    out
}

/// A name in a cell of a spreadsheet: what would be run as a formula gets an apostrophe.
pub(crate) fn spreadsheet(text: &str) -> String {
    let text = visible(text);
    let formula = text.len() > 1 && text.starts_with(['=', '+', '-', '@']);
    if formula { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::{markdown, markdown_block, markdown_code, spreadsheet, visible};

    #[test]
    fn what_cannot_be_seen_is_shown() {
        assert_eq!(
            visible("a\u{1b}[31m\n\u{202e}b"),
            r"a\u{1b}[31m\u{a}\u{202e}b"
        );
        assert_eq!(visible("Büro"), "Büro");
        assert_eq!(visible("a\tb"), "a b");
    }

    #[test]
    fn markdown_has_no_markup_of_others() {
        assert_eq!(
            markdown("<script>|`*_[x](y)"),
            r"&lt;script&gt;\|\`\*\_\[x\](y)"
        );
        assert_eq!(markdown("NO_PROPOSAL _x_"), r"NO_PROPOSAL \_x\_");
        assert_eq!(markdown_code("a`b"), "`` a`b ``");
        assert_eq!(markdown_code("a|b"), "`a|b`");
        assert_eq!(
            markdown_block("", &["a", "````"], " "),
            " `````\n a\n ````\n `````\n"
        );
    }

    #[test]
    fn formulas_are_words() {
        assert_eq!(spreadsheet("=1+1"), "'=1+1");
        assert_eq!(spreadsheet("-"), "-");
        assert_eq!(spreadsheet("a=b"), "a=b");
    }
}
