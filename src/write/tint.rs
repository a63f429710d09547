//! Words that mean something good or bad, coloured in a text for a terminal; without colours the words say the same.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::answer::Tone;
use crate::write::grid::painted;

/// Words of verdicts, tiers, outcomes and grades, and what they mean for who reads them.
const WORDS: [(&str, Tone); 26] = [
    ("connects", Tone::Good),
    ("connect", Tone::Good),
    ("established", Tone::Good),
    ("recommended", Tone::Good),
    ("permitted", Tone::Good),
    ("gains", Tone::Good),
    ("the peers agree", Tone::Good),
    ("nothing found", Tone::Good),
    ("MUST", Tone::Good),
    ("SHOULD", Tone::Good),
    ("phasing out", Tone::Doubtful),
    ("MUST-", Tone::Doubtful),
    ("unknown", Tone::Doubtful),
    ("not known", Tone::Doubtful),
    ("inferred", Tone::Doubtful),
    ("inconclusive", Tone::Doubtful),
    ("warning", Tone::Doubtful),
    ("warnings", Tone::Doubtful),
    ("error", Tone::Bad),
    ("errors", Tone::Bad),
    ("refused", Tone::Bad),
    ("failed", Tone::Bad),
    ("discouraged", Tone::Bad),
    ("prohibited", Tone::Bad),
    ("SHOULD NOT", Tone::Bad),
    ("MUST NOT", Tone::Bad),
];

static FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let words = WORDS.iter().map(|(word, _)| word);
    let builder = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(words);
    builder.ok()
});

/// The text with its words in colours. Lines that have colours already, and lines that are quoted from a log,
/// stay as they are.
pub fn tint(text: &str) -> String {
    let lines = text.split_inclusive('\n');
    lines
        .map(|line| match is_plain(line) {
            true => tinted(line),
            false => line.to_owned(),
        })
        .collect()
}

fn is_plain(line: &str) -> bool {
    let start = line.trim_start();
    let quoted = ["line ", "packet ", "http"]
        .iter()
        .any(|word| start.starts_with(word));
    !quoted && !line.contains('\u{1b}')
}

fn tinted(line: &str) -> String {
    let Some(finder) = FINDER.as_ref() else {
        return line.to_owned();
    };
    let mut out = String::with_capacity(line.len());
    let mut end = 0;
    for found in finder.find_iter(line) {
        let (_, tone) = WORDS[found.pattern()];
        let (start, stop) = (found.start(), found.end());
        let is_part = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        let inside = line[..start].ends_with(is_part) || line[stop..].starts_with(is_part);
        if inside {
            continue;
        }
        out.push_str(&line[end..start]);
        out.push_str(&painted(&line[start..stop], tone, true));
        end = stop;
    }
    out.push_str(&line[end..]);
    out
}

#[cfg(test)]
mod tests {
    use super::tint;

    #[test]
    fn whole_words_are_coloured_and_nothing_else() {
        let text = "1 of 2 clients connects; 1 refused\n  line 3: refused\nno-refused-word\n";
        let tinted = tint(text);
        assert!(tinted.contains("\u{1b}[32mconnects\u{1b}[0m; 1 \u{1b}[31mrefused\u{1b}[0m\n"));
        assert!(tinted.ends_with("  line 3: refused\nno-refused-word\n"));
        assert_eq!(tint(&tinted), tinted);
        assert_eq!(tint("SHOULD NOT"), "\u{1b}[31mSHOULD NOT\u{1b}[0m");
    }
}
