//! What is said beside the report, and how it looks: standard error, colours, widths.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use ikecompat::answer::text::reflow;
use ikecompat::answer::words::Frame;
use ikecompat::diag::{Diagnostic, Place, Severity, Sources, Style, shown};
use ikecompat::dialect::DialectCode;
use ikecompat::write::config::refusal::Failure;
use ikecompat::write::report::table::TableStyle;
use indexmap::IndexMap;

use super::exit::Exit;

/// Columns of output that goes into a pipe.
const PIPE_WIDTH: u16 = 120;

/// Diagnostics of one severity and code that are shown; the others are counted.
const MOST_OF_A_KIND: usize = 100;

/// When to colour.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, strum::EnumString, strum::VariantNames)]
#[strum(serialize_all = "lowercase")]
pub(crate) enum Colour {
    /// On a terminal that has colours, or if `CLICOLOR_FORCE` is set; never with `NO_COLOR`.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How much is said, and in which colours.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Terminal {
    /// Only errors beside the report.
    pub(super) quiet: bool,
    /// More than usual.
    pub(super) verbose: bool,
    /// When to colour.
    pub(super) colour: Colour,
}

/// When to colour what is said beside reports, which is decided before anything is said.
static WISH: OnceLock<Colour> = OnceLock::new();

/// Says when to colour, for everything that is said from now on.
pub(super) fn wish(colour: Colour) {
    // Who asks first is right: there is one command line.
    let _ = WISH.set(colour);
}

impl Colour {
    /// Whether a stream gets colours, which is or is none of a terminal.
    fn is_wished(self, is_terminal: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                let is_forced = anstyle_query::clicolor_force();
                let is_able = is_terminal
                    && anstyle_query::term_supports_ansi_color()
                    && anstyle_query::clicolor() != Some(false);
                !anstyle_query::no_color() && (is_forced || is_able)
            }
        }
    }
}

/// Whether help on standard output is coloured.
pub(super) fn is_help_coloured() -> bool {
    let wish = WISH.get().copied().unwrap_or_default();
    wish.is_wished(io::stdout().is_terminal())
}

impl Terminal {
    fn colours(self, is_terminal: bool) -> bool {
        self.colour.is_wished(is_terminal)
    }

    /// How tables look on standard output.
    pub(super) fn table_style(self) -> TableStyle {
        let is_terminal = io::stdout().is_terminal();
        TableStyle {
            width: width(),
            colour: self.colours(is_terminal),
            verbose: self.verbose,
            height: height(),
            above: SAID.load(Ordering::Relaxed),
        }
    }

    /// Says the answer and the next step on standard error, where standard output is a file alone.
    pub(super) fn frame(self, frame: &Frame) {
        if !self.quiet {
            say(&frame.tone.marked(&frame.headline));
            say(&format!("next: {}", frame.next));
        }
    }

    /// Writes a report for people, its tones as colours where colours are wished.
    pub(super) fn show(self, text: &[u8], out: &mut impl io::Write) -> io::Result<()> {
        let text = String::from_utf8_lossy(text);
        out.write_all(shown(&text, self.table_style().colour).as_bytes())
    }

    /// How diagnostics look on standard output, where they are the report.
    pub(super) fn report_style(self) -> Style {
        style(self.colours(io::stdout().is_terminal()))
    }

    /// Prints diagnostics to standard error: the first hundred of each kind, unless all are asked
    /// for.
    pub(super) fn complain(self, diagnostics: &[Diagnostic], sources: &Sources) {
        let style = style(self.colours(io::stderr().is_terminal()));
        let loud = |it: &&Diagnostic| it.severity == Severity::Error || !self.quiet;
        let most = if self.verbose {
            usize::MAX
        } else {
            MOST_OF_A_KIND
        };
        let mut kinds: IndexMap<(Severity, &str), usize> = IndexMap::new();
        for diagnostic in diagnostics.iter().filter(loud) {
            let seen = kinds
                .entry((diagnostic.severity, diagnostic.code))
                .or_default();
            *seen += 1;
            if *seen > most {
                continue;
            }
            let text = wrapped(&sources.render(diagnostic, style));
            // What has no lines to show needs no blank line below them.
            let gap = if diagnostic.place == Place::Nowhere {
                ""
            } else {
                "\n"
            };
            write_beside(&format!("{text}{gap}"));
        }
        for ((severity, code), seen) in kinds {
            let more = seen.saturating_sub(most);
            if more > 0 {
                say(&format!(
                    "{severity}[{code}]: {more} more, which --verbose shows"
                ));
            }
        }
        let in_files: Vec<Diagnostic> = diagnostics
            .iter()
            .filter(|it| it.place != Place::Nowhere)
            .cloned()
            .collect();
        let worst = in_files.iter().map(|d| d.severity).max();
        if let (Some(Severity::Error), Some(count)) = (worst, ikecompat::diag::count(&in_files)) {
            say(&count);
        }
    }
}

fn style(coloured: bool) -> Style {
    if coloured {
        Style::Coloured
    } else {
        Style::Plain
    }
}

/// No screen is narrower, whatever a variable says.
const LEAST_WIDTH: u16 = 40;

/// Columns that are asked for.
fn columns() -> Option<u16> {
    let columns = std::env::var("COLUMNS").ok()?;
    columns.parse().ok()
}

/// Lines for standard error, broken at the width of its terminal; in a pipe a sentence is one line.
fn wrapped(text: &str) -> String {
    let of_terminal = || {
        let size = terminal_size::terminal_size_of(io::stderr());
        size.map(|(width, _)| width.0)
    };
    match columns().or_else(of_terminal) {
        Some(width) => reflow(text, width.max(LEAST_WIDTH)),
        None => format!("{}\n", text.trim_end_matches('\n')),
    }
}

/// Columns of the terminal, or those that are asked for.
fn width() -> u16 {
    let of_terminal = || {
        let size = terminal_size::terminal_size_of(io::stdout());
        size.map(|(width, _)| width.0)
    };
    let width: u16 = columns().or_else(of_terminal).unwrap_or(PIPE_WIDTH);
    width.max(LEAST_WIDTH)
}

/// Lines of a screen of which nothing is known, but for that of the prompt.
const LINES: usize = 23;

/// Lines of the terminal that a report may take; a pipe without a width has no height either.
fn height() -> usize {
    let asked = std::env::var("LINES")
        .ok()
        .and_then(|text| text.parse().ok());
    let size = terminal_size::terminal_size_of(io::stdout());
    let of_terminal = size.map(|(_, height)| usize::from(height.0));
    match asked.or(of_terminal) {
        Some(lines) => lines.saturating_sub(1).max(LINES),
        None if columns().is_some() => LINES,
        None => usize::MAX,
    }
}

/// Lines that were written to standard error, which stand on the same screen.
static SAID: AtomicUsize = AtomicUsize::new(0);

/// Whole lines to standard error.
fn write_beside(text: &str) {
    SAID.fetch_add(text.lines().count(), Ordering::Relaxed);
    let wish = WISH.get().copied().unwrap_or_default();
    let colour = wish.is_wished(io::stderr().is_terminal());
    let _ = write!(io::stderr(), "{}", shown(text, colour));
}

/// Writes a report to standard error, as it is, where standard output is another file.
#[cfg(feature = "live")]
pub(super) fn beside(text: &[u8]) {
    write_beside(&String::from_utf8_lossy(text));
}

/// A sentence with the tone of its severity, if it begins with one, as complaints do: `error: …`, `error[code]: …`.
fn labelled(sentence: &str) -> String {
    let severities = [Severity::Error, Severity::Warning, Severity::Note];
    let label = severities.into_iter().find_map(|severity| {
        let word = severity.to_string();
        let rest = sentence.strip_prefix(word.as_str())?;
        let is_label = rest.starts_with([':', '[']);
        is_label.then(|| (severity.tone().marked(&word), rest))
    });
    label.map_or_else(
        || sentence.to_owned(),
        |(word, rest)| format!("{word}{rest}"),
    )
}

/// One sentence to standard error, broken at the width of the terminal; what is to be typed stays whole.
pub(crate) fn say(sentence: &str) {
    write_beside(&wrapped(&labelled(sentence)));
}

/// Says on standard error what a file could not carry.
pub(super) fn not_carried(lost: &[String]) {
    let code: &str = DialectCode::NotCarried.into();
    for what in lost {
        say(&format!("warning[{code}]: {what}"));
    }
}

/// Says on standard error why nothing was written.
pub(super) fn cannot_write(why: Failure) -> anyhow::Result<Exit> {
    let refusals = match why {
        Failure::Io(error) => return Err(error.into()),
        Failure::Impossible(what) => anyhow::bail!("{what}"),
        Failure::Refused(refusals) => refusals,
    };
    let code: &str = DialectCode::Inexpressible.into();
    for refusal in refusals {
        say(&format!("error[{code}]: {refusal}"));
        say(&format!("  = note: {}", refusal.why.source));
        if let Some(nearest) = refusal.nearest {
            say(&format!("  = help: the nearest that it has is {nearest}"));
        }
    }
    Ok(Exit::Unanswered)
}
