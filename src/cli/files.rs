//! Opening what the user named: files, standard input, and the terminal's properties.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::path::Path;
use std::sync::OnceLock;

use anyhow::Context as _;
use ikecompat::compat::report::Overall;
use ikecompat::diag::{Diagnostic, Severity, Sources, Style};
use ikecompat::peer::Client;
use ikecompat::profile::{Database, Selected, Unselectable};
use ikecompat::write::config::refusal::Failure;
use ikecompat::write::report::table::TableStyle;
use indexmap::IndexMap;

use super::{Exit, configured};

/// Larger configurations are refused; the largest backup seen has a few megabytes.
const MAX_FILE: u64 = 64 << 20;

/// Columns of output that goes into a pipe.
const PIPE_WIDTH: u16 = 120;

/// Reads a file whole, or standard input for `-`.
pub(super) fn read(path: &Path) -> anyhow::Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let (name, read) = if path.as_os_str() == "-" {
        let read = io::stdin()
            .lock()
            .take(MAX_FILE + 1)
            .read_to_end(&mut bytes);
        ("<stdin>".to_owned(), read)
    } else {
        let name = path.display().to_string();
        let file = File::open(path).with_context(|| format!("cannot open `{name}`"))?;
        (name, file.take(MAX_FILE + 1).read_to_end(&mut bytes))
    };
    read.with_context(|| format!("cannot read `{name}`"))?;
    if bytes.len() as u64 > MAX_FILE {
        anyhow::bail!("`{name}` is larger than {} MiB", MAX_FILE >> 20);
    }
    Ok((name, bytes))
}

/// How much is said, the same for the whole run.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Volume {
    /// Only errors beside the report.
    pub(super) quiet: bool,
    /// More than usual.
    pub(super) verbose: bool,
}

static VOLUME: OnceLock<Volume> = OnceLock::new();

/// Sets how much is said; the first call counts.
pub(super) fn set_volume(volume: Volume) {
    VOLUME.get_or_init(|| volume);
}

/// How much is said.
pub(super) fn volume() -> Volume {
    VOLUME.get().copied().unwrap_or_default()
}

/// When to colour.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl std::str::FromStr for Colour {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "always" => Ok(Self::Always),
            "never" => Ok(Self::Never),
            _ => Err("expected `auto`, `always` or `never`".to_owned()),
        }
    }
}

impl Colour {
    fn on(self, terminal: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
        }
    }

    /// How tables look on standard output.
    pub(super) fn look(self) -> TableStyle {
        let terminal = io::stdout().is_terminal();
        let width = if terminal {
            terminal_width()
        } else {
            PIPE_WIDTH
        };
        TableStyle {
            width,
            colour: self.on(terminal),
        }
    }

    /// How diagnostics look on standard output, where they are the report.
    pub(super) fn report_style(self) -> Style {
        if self.on(io::stdout().is_terminal()) {
            Style::Coloured
        } else {
            Style::Plain
        }
    }

    /// How diagnostics look on standard error.
    pub(super) fn style(self) -> Style {
        if self.on(io::stderr().is_terminal()) {
            Style::Coloured
        } else {
            Style::Plain
        }
    }
}

fn terminal_width() -> u16 {
    let columns = std::env::var("COLUMNS")
        .ok()
        .and_then(|text| text.parse().ok());
    columns
        .or_else(|| terminal_size::terminal_size().map(|(width, _)| width.0))
        .unwrap_or(80)
}

/// Diagnostics of one severity and code that are shown; the others are counted.
const MOST_OF_A_KIND: usize = 100;

/// Prints diagnostics to standard error: the first hundred of each kind, unless all are asked for.
pub(super) fn complain(diagnostics: &[Diagnostic], sources: &Sources, colour: Colour) {
    let loud = |it: &&Diagnostic| it.severity == Severity::Error || !volume().quiet;
    let most = if volume().verbose {
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
        if *seen <= most {
            let _ = writeln!(
                std::io::stderr(),
                "{}",
                sources.render(diagnostic, colour.style())
            );
        }
    }
    for ((severity, code), seen) in kinds {
        let more = seen.saturating_sub(most);
        if more > 0 {
            let _ = writeln!(
                std::io::stderr(),
                "{severity}[{code}]: {more} more, which --verbose shows"
            );
        }
    }
    let worst = diagnostics.iter().map(|d| d.severity).max();
    if let (Some(Severity::Error), Some(count)) = (worst, ikecompat::diag::count(diagnostics)) {
        let _ = writeln!(std::io::stderr(), "{count}");
    }
}

/// The selected clients, configured by the files that the selection names; what is wrong with
/// either goes to standard error.
pub(super) fn select(
    database: &Database<'_>,
    selection: &str,
    sources: &mut Sources,
    colour: Colour,
) -> anyhow::Result<Result<Vec<Selected>, Exit>> {
    let selected = match choose(database, selection)? {
        Ok(selected) => selected,
        Err(exit) => return Ok(Err(exit)),
    };
    let configured = configured::configure(database, selected, sources, colour)?;
    Ok(configured.ok_or(Exit::Unanswered))
}

fn choose(database: &Database<'_>, selection: &str) -> anyhow::Result<Result<Vec<Selected>, Exit>> {
    match database.select(selection) {
        Ok(selected) if selected.is_empty() => {
            let _ = writeln!(std::io::stderr(), "error: no client is selected");
            Ok(Err(Exit::Unanswered))
        }
        Ok(selected) => Ok(Ok(selected)),
        Err(wrong) => {
            for one in wrong {
                if let Unselectable::Broken(broken) = one {
                    return Err(broken.into());
                }
                let _ = writeln!(std::io::stderr(), "error: {one}");
                if let Some(help) = one.help() {
                    let _ = writeln!(std::io::stderr(), "  = help: {help}");
                }
            }
            Ok(Err(Exit::Unanswered))
        }
    }
}

/// Says on standard error what a file could not carry.
pub(super) fn not_carried(lost: &[String]) {
    let code: &str = ikecompat::dialect::DialectCode::NotCarried.into();
    for what in lost {
        let _ = writeln!(std::io::stderr(), "warning[{code}]: {what}");
    }
}

/// Says on standard error why nothing was written.
pub(super) fn cannot_write(why: Failure) -> anyhow::Result<Exit> {
    let refusals = match why {
        Failure::Io(error) => return Err(error.into()),
        Failure::Impossible(what) => anyhow::bail!("{what}"),
        Failure::Refused(refusals) => refusals,
    };
    let code: &str = ikecompat::dialect::DialectCode::Inexpressible.into();
    for refusal in refusals {
        let _ = writeln!(std::io::stderr(), "error[{code}]: {refusal}");
        let _ = writeln!(std::io::stderr(), "  = note: {}", refusal.why.source);
        if let Some(nearest) = refusal.nearest {
            let _ = writeln!(
                std::io::stderr(),
                "  = help: the nearest that it has is {nearest}"
            );
        }
    }
    Ok(Exit::Unanswered)
}

/// The status of a report.
pub(super) fn exit(verdicts: impl IntoIterator<Item = Overall>, deny_unknown: bool) -> Exit {
    let fails = |verdict: Overall| match verdict {
        Overall::Connects => false,
        Overall::Unknown => deny_unknown,
        Overall::RekeyFails | Overall::Refused => true,
    };
    if verdicts.into_iter().any(fails) {
        Exit::No
    } else {
        Exit::Yes
    }
}

/// Every client of the database, in every set-up.
pub(super) fn every_client(database: &Database<'_>) -> anyhow::Result<Vec<Client>> {
    let all = database.select("all");
    let all = all.map_err(|_| anyhow::anyhow!("this is a bug in ikecompat; please report it"))?;
    Ok(all.into_iter().map(|selected| selected.client).collect())
}

/// One sentence to standard error.
pub(super) fn say(sentence: &str) {
    let _ = writeln!(std::io::stderr(), "{sentence}");
}
