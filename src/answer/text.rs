//! Sentences that several outputs share: lists, counts, and what two lists lack in common.

use std::borrow::Cow;

use crate::compat::exchange::{InvalidKe, Limit};
pub use crate::compat::gap::{Sides, sentences as gaps, transform};
pub use crate::diag::{and_list, or_list};

/// `1 proposal`, `2 proposals`.
pub fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// Where the project is kept, as the manifest says; empty until it says so.
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

/// The address of a page of the project; `None` as long as the project has none.
pub(crate) fn address(page: &str) -> Option<String> {
    (!REPOSITORY.is_empty()).then(|| format!("{REPOSITORY}/blob/HEAD/{page}"))
}

/// `1 entry`, `2 entries`.
pub(crate) fn entries(number: usize) -> String {
    match number {
        1 => "1 entry".to_owned(),
        _ => format!("{number} entries"),
    }
}

/// Breaks a sentence into lines of at most `width` columns where there are blanks. The first line is
/// indented by `first`, the others by as many blanks as `rest`.
pub fn wrap(text: &str, width: u16, first: &str, rest: usize) -> String {
    let indent = " ".repeat(rest);
    let options = textwrap::Options::new(usize::from(width).max(rest + 20))
        .initial_indent(first)
        .subsequent_indent(&indent)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
    // textwrap leaves out the indentation of nothing.
    if text.is_empty() {
        return first.to_owned();
    }
    let text = with_whole_commands(text);
    let text = textwrap::wrap(&text, options).join("\n");
    text.replace(NO_BREAK, " ")
}

/// Stands for a blank of a command while its sentence is broken. It is a private letter of one column.
const NO_BREAK: char = '\u{10fffd}';

/// The text with commands of this program as one word each: a line of a shell that is broken is another one.
fn with_whole_commands(text: &str) -> Cow<'_, str> {
    const COMMAND: &str = "`ikecompat ";
    if !text.contains(COMMAND) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, command)) = rest.split_once(COMMAND) {
        let end = command.find('`').map_or(command.len(), |end| end + 1);
        let (command, after) = command.split_at(end);
        out.push_str(before);
        out.extend(
            COMMAND
                .chars()
                .chain(command.chars())
                .map(|letter| match letter {
                    ' ' => NO_BREAK,
                    letter => letter,
                }),
        );
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Breaks the lines of a text that are wider than a terminal at blanks; what is to be typed stays whole.
pub fn reflow(text: &str, width: u16) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let trimmed = line.trim_start();
        let indent = line.len() - trimmed.len();
        let fits = textwrap::core::display_width(line) <= usize::from(width);
        if fits || stays(trimmed) {
            out.push_str(line);
        } else {
            out.push_str(&wrap(trimmed, width, &line[..indent], indent + 2));
        }
        out.push('\n');
    }
    out
}

/// The line without the escape sequences of colours.
fn without_colours(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + part.split_once('m').map_or(part, |(_, rest)| rest)
    })
}

/// Whether a line is to be typed into a shell, or is a line of a file beside its number.
fn stays(line: &str) -> bool {
    let line = without_colours(line);
    let line = line.trim_start();
    if line
        .trim_start_matches(|c: char| c.is_ascii_digit())
        .trim_start()
        .starts_with('|')
    {
        return true;
    }
    let verbs = [
        "Set-Vpn",
        "Add-Vpn",
        "New-ItemProperty ",
        "reg ",
        "ikecompat ",
    ];
    verbs.iter().any(|verb| line.starts_with(verb))
}

/// `1 INVALID_KE_PAYLOAD round: modp4096 sent, curve25519 wanted`.
pub(crate) fn invalid_ke(rounds: &[InvalidKe]) -> String {
    let each: Vec<_> = rounds
        .iter()
        .map(|round| {
            let sent = round.sent.map_or_else(|| "no group".to_owned(), transform);
            format!("{sent} sent, {} wanted", transform(round.wanted))
        })
        .collect();
    let rounds = count(rounds.len(), "INVALID_KE_PAYLOAD round");
    format!("{rounds}: {}", each.join("; "))
}

/// What a daemon's limit means.
pub(crate) const fn limit(limit: Limit) -> &'static str {
    match limit {
        Limit::FirstGroupNotImplemented => {
            "the asking side cannot compute the group it would send first, so nothing is sent"
        }
        Limit::WantedGroupNotImplemented => {
            "the asking side cannot compute the group that the answering side wants"
        }
        Limit::InvalidKeRounds => {
            "the asking side gives up after too many INVALID_KE_PAYLOAD rounds"
        }
        Limit::SuiteNotImplemented => "a side has no implementation of the suite it agreed to",
        Limit::ChildNotInstalled => {
            "the IPsec backend cannot take the suite of the first child SA, and the IKE SA ends with it"
        }
        Limit::ChildlessNotAgreed => {
            "the sides do not agree on whether the IKE SA comes up without a child SA"
        }
        Limit::AnswerRefused => {
            "the asking side refuses the answer, because its list demands a key exchange"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Sides, and_list, count, gaps, or_list, wrap};
    use crate::compat::gap::Gap;
    use crate::ike::{Ke, Transform, TransformType};

    #[test]
    fn long_sentences_are_broken_at_blanks() {
        let text = "one two three four five six seven";
        assert_eq!(
            wrap(text, 24, "  fix: ", 4),
            "  fix: one two three\n    four five six seven"
        );
        assert_eq!(wrap("", 24, "  ", 2), "  ");
        assert_eq!(
            wrap("averyveryverylongwordthatdoesnotfit", 20, "", 0),
            "averyveryverylongwordthatdoesnotfit"
        );
    }

    #[test]
    fn lists_and_counts_read_well() {
        assert_eq!(or_list::<&str>(&[]), "");
        assert_eq!(or_list(&["a"]), "a");
        assert_eq!(or_list(&["a", "b", "c"]), "a, b or c");
        assert_eq!(and_list(&["a", "b"]), "a and b");
        assert_eq!(count(1, "proposal"), "1 proposal");
        assert_eq!(count(0, "proposal"), "0 proposals");
    }

    #[test]
    fn a_gap_is_a_sentence() {
        let first = Gap {
            kind: TransformType::KE,
            asked: vec![Transform::ke(Ke::Modp1024)],
            answered: vec![Transform::ke(Ke::Ecp256), Transform::ke(Ke::Modp2048)],
        };
        let additional = |round, ke| {
            let kind = TransformType::additional(round).unwrap();
            Gap {
                kind,
                asked: Vec::new(),
                answered: vec![Transform {
                    kind,
                    ..Transform::ke(ke)
                }],
            }
        };
        let all = [
            first,
            additional(1, Ke::MlKem768),
            additional(2, Ke::Ecp384),
        ];
        // Those of additional key exchanges are one, so that seven are not seven sentences.
        assert_eq!(
            gaps(&all, Sides::CLIENT_SERVER),
            [
                "no key exchange in common: the client offers modp1024, the server accepts ecp256 or modp2048",
                "no additional key exchange in common: the client offers none, the server accepts \
                 ke1_mlkem768 and ke2_ecp384",
            ]
        );
    }
}
