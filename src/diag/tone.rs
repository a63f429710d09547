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

    /// How a terminal shows it: by named colours that can be read on a light and on a dark ground, so neither yellow nor
    /// cyan nor white. Not bold, which many terminals show as the bright colour.
    pub(super) const fn style(self) -> Style {
        match self {
            Self::Neutral => Style::new(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Doubtful => AnsiColor::Magenta.on_default(),
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
    use anstyle::{AnsiColor, Color};
    use strum::IntoEnumIterator as _;

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

    /// The named colours, black to white, as terminals have them where nobody has changed them: red, green, blue.
    const PALETTES: [(&str, [u32; 8]); 2] = [
        (
            "xterm",
            [
                0x00_0000, 0xcd_0000, 0x00_cd00, 0xcd_cd00, 0x00_00ee, 0xcd_00cd, 0x00_cdcd,
                0xe5_e5e5,
            ],
        ),
        (
            "Windows Terminal",
            [
                0x0c_0c0c, 0xc5_0f1f, 0x13_a10e, 0xc1_9c00, 0x00_37da, 0x88_1798, 0x3a_96dd,
                0xcc_cccc,
            ],
        ),
    ];

    /// How much light a colour gives, and how much two differ (WCAG 2.2, relative luminance and contrast ratio).
    fn contrast(one: u32, other: u32) -> f64 {
        let light = |colour: u32| {
            let part = |shift: u32, weight: f64| {
                let value = f64::from((colour >> shift) & 0xff) / 255.0;
                let linear = match value <= 0.04045 {
                    true => value / 12.92,
                    false => ((value + 0.055) / 1.055).powf(2.4),
                };
                weight * linear
            };
            part(16, 0.2126) + part(8, 0.7152) + part(0, 0.0722)
        };
        let (one, other) = (light(one), light(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// What of the named colours can be told from both grounds. No one of them has 3:1 on both everywhere.
    fn is_readable(colour: AnsiColor) -> bool {
        let number = usize::from(anstyle::Ansi256Color::from_ansi(colour).0);
        let mut all = PALETTES.iter().flat_map(|(_, palette)| {
            [0x00_0000, 0xff_ffff].map(|ground| contrast(palette[number], ground))
        });
        number < 8 && all.all(|contrast| contrast > 2.1)
    }

    #[test]
    fn every_tone_can_be_read_on_light_and_on_dark_ground() {
        for tone in Tone::iter() {
            let style = tone.style();
            assert_eq!(style.get_bg_color(), None, "{tone:?}");
            let Some(colour) = style.get_fg_color() else {
                assert_eq!(tone, Tone::Neutral);
                continue;
            };
            let Color::Ansi(colour) = colour else {
                panic!("{tone:?} has no named colour");
            };
            assert!(is_readable(colour), "{tone:?}");
        }
        for colour in [
            AnsiColor::Black,
            AnsiColor::Yellow,
            AnsiColor::Cyan,
            AnsiColor::White,
            AnsiColor::BrightYellow,
        ] {
            assert!(!is_readable(colour), "{colour:?}");
        }
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
