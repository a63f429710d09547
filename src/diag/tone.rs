//! What a word means for who reads it, and how that is carried to where it is shown.

use anstyle::{AnsiColor, Style};
use strum::IntoEnumIterator as _;

/// Good, doubtful or bad, whatever colour shows it. Every renderer shows it in its own way: an escape sequence, a
/// class of CSS, nothing.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, strum::EnumIter)]
pub enum Tone {
    /// Neither: a name, or nothing to be judged.
    #[default]
    Neutral,
    /// It works, and nothing is to be done.
    Good,
    /// It is not known, or will not last.
    Doubtful,
    /// It fails, or should not be used.
    Bad,
}

/// Ends what a mark of a tone begins. Marks are characters without width, so that wrapping and the layout of tables do
/// not see them; escape sequences would count as text. No report has them as text: they are among those that
/// [`super::is_steering`] names.
const END: char = '\u{2064}';

impl Tone {
    const fn mark(self) -> Option<char> {
        match self {
            Self::Neutral => None,
            Self::Good => Some('\u{2061}'),
            Self::Doubtful => Some('\u{2062}'),
            Self::Bad => Some('\u{2063}'),
        }
    }

    fn of_mark(mark: char) -> Option<Self> {
        Self::iter().find(|tone| tone.mark() == Some(mark))
    }

    const fn style(self) -> Style {
        match self {
            Self::Neutral => Style::new(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Doubtful => AnsiColor::Yellow.on_default(),
            Self::Bad => AnsiColor::Red.on_default(),
        }
    }

    /// The text with marks of the tone around it, which [`shown`] makes visible or takes out.
    pub fn marked(self, text: &str) -> String {
        match self.mark() {
            Some(mark) if !text.is_empty() => format!("{mark}{text}{END}"),
            _ => text.to_owned(),
        }
    }

    /// The text with the escape sequences of the tone.
    pub fn painted(self, text: &str) -> String {
        shown(&self.marked(text), true)
    }
}

/// A text with escape sequences in place of marks, or without either. A colour ends with each line, so that indentation
/// and what is cut out of the middle have none.
pub fn shown(text: &str, colour: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside: Option<Tone> = None;
    let mut is_open = false;
    for letter in text.chars() {
        let tone = Tone::of_mark(letter);
        if is_open && (tone.is_some() || letter == END || letter == '\n') {
            out += &inside.map_or_else(String::new, |it| format!("{:#}", it.style()));
            is_open = false;
        }
        if letter == END {
            inside = None;
        } else if tone.is_some() {
            inside = tone;
        } else {
            if let (Some(tone), false) =
                (inside.filter(|_| colour), is_open || letter.is_whitespace())
            {
                out += &tone.style().to_string();
                is_open = true;
            }
            out.push(letter);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Tone, shown};

    #[test]
    fn a_tone_is_shown_or_taken_out() {
        let text = format!(
            "1 {}, {}",
            Tone::Bad.marked("refused\n  here"),
            Tone::Neutral.marked("x")
        );
        assert_eq!(shown(&text, false), "1 refused\n  here, x");
        assert_eq!(
            shown(&text, true),
            "1 \u{1b}[31mrefused\u{1b}[0m\n  \u{1b}[31mhere\u{1b}[0m, x"
        );
        assert_eq!(shown("no mark", true), "no mark");
        assert_eq!(Tone::Good.painted("ok"), "\u{1b}[32mok\u{1b}[0m");
    }

    #[test]
    fn marks_are_not_text_of_anybody() {
        for tone in [Tone::Good, Tone::Doubtful, Tone::Bad] {
            let marked = tone.marked("x");
            assert!(
                marked
                    .chars()
                    .filter(|c| *c != 'x')
                    .all(crate::diag::is_steering)
            );
        }
    }
}
