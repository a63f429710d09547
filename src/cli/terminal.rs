//! What is said beside the report, and how it looks: standard error, colours, widths.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

use ikecompat::answer::text::reflow;
use ikecompat::answer::words::Frame;
use ikecompat::diag::{Diagnostic, Place, Severity, Sources, Style, Tone, shown};
use ikecompat::dialect::DialectCode;
use ikecompat::write::config::refusal::Failure;
use ikecompat::write::report::table::TableStyle;
use indexmap::IndexMap;

use super::exit::Exit;

/// How the last line of a report begins.
const LEAD: &str = "next: ";

/// What stands before it, apart from the report.
const NEXT: &str = "\n\nnext: ";

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
            self.next(&frame.next);
        }
    }

    /// Says the next step on standard error.
    pub(super) fn next(self, next: &str) {
        if !self.quiet {
            say(&format!("{LEAD}{next}"));
        }
    }

    /// Writes a report for people, its tones as colours where colours are wished. Its first line is the answer and its
    /// last one the next step, also where both streams go to one screen: what is said beside stands between them.
    pub(super) fn show(self, text: &[u8], out: &mut impl io::Write) -> io::Result<()> {
        let text = String::from_utf8_lossy(text);
        let text = shown(&text, self.table_style().colour);
        let place = text.rfind(NEXT).map_or(text.len(), |place| place + 1);
        let (report, next) = text.split_at(place);
        out.write_all(report.as_bytes())?;
        if is_anything_postponed() {
            out.flush()?;
            say_postponed();
        }
        out.write_all(next.as_bytes())
    }

    /// How diagnostics look on standard output, where they are the report.
    pub(super) fn report_style(self) -> Style {
        style(self.colours(io::stdout().is_terminal()))
    }

    /// Prints diagnostics to standard error: what keeps from an answer at once, the others beside the report.
    pub(super) fn complain(self, diagnostics: &[Diagnostic], sources: &Sources) {
        self.tell(diagnostics, sources);
        if is_failure(diagnostics) {
            if let Some(count) = ikecompat::diag::count(&in_files(diagnostics)) {
                say_beside(&count);
            }
            say_postponed();
        }
    }

    /// Says what is wrong with a file that cannot be read, what that comes to, and what to do.
    pub(super) fn refuse(self, diagnostics: &[Diagnostic], sources: &Sources) {
        self.tell(diagnostics, sources);
        if let Some(frame) = unreadable(diagnostics, sources) {
            say_beside(&frame.tone.marked(&frame.headline));
            say_beside(&format!("{LEAD}{}", frame.next));
        }
        say_postponed();
    }

    /// Says diagnostics beside the report: the first hundred of each kind, unless all are asked for.
    pub(super) fn tell(self, diagnostics: &[Diagnostic], sources: &Sources) {
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
            postpone(&format!("{text}{gap}"));
        }
        for ((severity, code), seen) in kinds {
            let more = seen.saturating_sub(most);
            if more > 0 {
                let text = format!("{severity}[{code}]: {more} more, which --verbose shows");
                say_beside(&text);
            }
        }
    }
}

/// Whether there is an error among them.
fn is_failure(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|it| it.severity == Severity::Error)
}

/// Those that are about files.
fn in_files(diagnostics: &[Diagnostic]) -> Vec<Diagnostic> {
    let in_files = diagnostics.iter();
    in_files
        .filter(|it| it.place != Place::Nowhere)
        .cloned()
        .collect()
}

/// What a file that cannot be read comes to, and what to do. `None` if nothing is wrong in a file.
fn unreadable(diagnostics: &[Diagnostic], sources: &Sources) -> Option<Frame> {
    let mut errors = in_files(diagnostics);
    errors.retain(|it| it.severity == Severity::Error);
    let first = errors.first()?;
    let (name, next) = match &first.place {
        Place::Position(span) | Place::Text(span) => {
            let (name, line) = (sources.name(span.file), sources.start(span).line);
            let first = if errors.len() > 1 { " first" } else { "" };
            let next = format!("correct line {line} of {name}{first}, and ask again");
            (name, next)
        }
        Place::File(file) => {
            let next = first.help.clone();
            let next =
                next.unwrap_or_else(|| "`ikecompat help check` names what is read".to_owned());
            (sources.name(*file), next)
        }
        Place::Nowhere => return None,
    };
    let wrong = ikecompat::diag::count(diagnostics).unwrap_or_default();
    Some(Frame {
        headline: format!("{name}: no answer; {wrong}"),
        next,
        tone: Tone::Bad,
    })
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

/// What is said beside a report that has not been written yet.
static POSTPONED: Mutex<String> = Mutex::new(String::new());

/// Whole lines to standard error, as soon as the report is written: nobody has to read them first.
fn postpone(text: &str) {
    SAID.fetch_add(text.lines().count(), Ordering::Relaxed);
    if let Ok(mut postponed) = POSTPONED.lock() {
        *postponed += text;
    }
}

fn is_anything_postponed() -> bool {
    POSTPONED.lock().is_ok_and(|it| !it.is_empty())
}

/// Writes what was postponed; nothing comes before it any more.
pub(crate) fn say_postponed() {
    let text = POSTPONED.lock().map(|mut it| std::mem::take(&mut *it));
    colourfully(&text.unwrap_or_default());
}

/// Whole lines to standard error, behind what was postponed.
fn write_now(text: &str) {
    say_postponed();
    SAID.fetch_add(text.lines().count(), Ordering::Relaxed);
    colourfully(text);
}

fn colourfully(text: &str) {
    let wish = WISH.get().copied().unwrap_or_default();
    let colour = wish.is_wished(io::stderr().is_terminal());
    let _ = write!(io::stderr(), "{}", shown(text, colour));
}

/// Writes a report to standard error, as it is, where standard output is another file.
#[cfg(feature = "live")]
pub(super) fn beside(text: &[u8]) {
    write_now(&String::from_utf8_lossy(text));
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
    write_now(&wrapped(&labelled(sentence)));
}

/// The same for what need not be read before the report.
pub(super) fn say_beside(sentence: &str) {
    postpone(&wrapped(&labelled(sentence)));
}

/// Says on standard error what a file could not carry.
pub(super) fn not_carried(lost: &[String]) {
    let code: &str = DialectCode::NotCarried.into();
    for what in lost {
        say_beside(&format!("warning[{code}]: {what}"));
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
