//! `ikecompat diagnose`: which phase failed, why, what proves it, and the fix.

use std::io::{IsTerminal as _, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use ikecompat::answer::diagnosis::{DiagnosisQuestion, NoDiagnosis, diagnose};
use ikecompat::diag::Sources;
use ikecompat::diagnose::Outcome;
use ikecompat::diagnose::redact::Redactor;
use ikecompat::diagnose::stream::Progress;
use ikecompat::profile::Database;
use ikecompat::write::report::diagnose::{self as write, DiagnosisStyle};
use indicatif::{ProgressBar, ProgressStyle};

use super::choice::choice;
use super::servers::OpenedServer;
use super::terminal::{self, Terminal};
use super::{Exit, files};

/// Reading that takes longer than this shows how far it is.
const SLOW: Duration = Duration::from_secs(1);

/// Say why a connection failed: the phase, the cause, the lines or packets that prove it, the fix
///
/// Logs of strongSwan, libreswan, macOS, iOS, Windows and tcpdump, and captures, are recognised by
/// their content, packed by gzip or not.
///
/// Exit status: 0 the connection is established, or nothing in the file is about IKE, 1 it failed or
/// nothing decides, 2 the file could not be read.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Log or capture, or `-` for standard input
    #[arg(value_name = "LOG|PCAP")]
    file: PathBuf,

    /// Configuration of the server, for the exact gap between it and the client
    #[arg(long, value_name = "FILE")]
    server: Option<PathBuf>,

    /// Policy that ranks the suites: an id, or a file of your own (`*.yaml`)
    #[arg(long, value_name = "ID|FILE", default_value = "rfc8247")]
    policy: String,

    /// Replace addresses and names, the same one by the same one, so that the answer can be posted
    #[arg(long)]
    redact: bool,

    /// Output format
    #[arg(
        long,
        default_value = "table",
        value_name = "FORMAT",
        value_parser = choice::<Format>()
    )]
    format: Format,

    #[command(flatten)]
    read: super::servers::ReadArgs,
}

pub(super) fn run(
    args: &Args,
    database: &Database<'_>,
    terminal: Terminal,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let policy = super::policy(database, &args.policy, terminal)?;
    let server = args.server.as_deref();
    let server = server.map(|path| args.read.open(path)).transpose()?;
    let question = DiagnosisQuestion {
        server: server.as_ref().map(OpenedServer::text),
        policy: &policy,
    };
    let (name, stream) = files::open_stream(&args.file)?;
    // The path tells whose log it is.
    let name = if args.redact {
        "the file".to_owned()
    } else {
        name
    };
    let mut bar = ProgressLine::new();
    let mut sources = Sources::new();
    let progress = &mut |progress| bar.show(progress);
    let answer = match diagnose(&question, stream, database, &mut sources, progress) {
        Ok(answer) => answer,
        Err(NoDiagnosis::Question(diagnostics)) => {
            terminal.complain(&diagnostics, &sources);
            return Ok(Exit::Unanswered);
        }
        Err(NoDiagnosis::Stream(error)) => {
            return Err(error).with_context(|| format!("cannot read `{name}`"));
        }
    };
    bar.end();
    terminal.complain(&answer.reading, &sources);
    for warning in &answer.warnings {
        terminal::say(&format!("warning: {name}: {warning}"));
    }
    let mut redactor = args.redact.then(|| Redactor::of(&answer.report));
    let redactor = redactor.as_mut();
    let report = &answer.report;
    match args.format {
        Format::Json => write::json(report, &name, &answer.warnings, redactor, out)?,
        Format::Markdown => write::markdown(report, &name, redactor, out)?,
        Format::Table => {
            let mut style = DiagnosisStyle {
                file: &name,
                packets: answer.packets,
                width: terminal.table_style().width,
                redactor,
            };
            write::write(report, &mut style, out)?;
        }
    }
    Ok(match report.outcome() {
        Outcome::Established | Outcome::NotIke => Exit::Yes,
        Outcome::Failed | Outcome::Inconclusive => Exit::No,
    })
}

/// The formats of the answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq, strum::EnumString, strum::VariantNames)]
#[strum(serialize_all = "lowercase")]
enum Format {
    /// For people at a terminal.
    Table,
    /// For programs.
    Json,
    /// For a ticket.
    Markdown,
}

/// How far the reading is, on a terminal and only when it is slow.
struct ProgressLine {
    began: Instant,
    bar: Option<ProgressBar>,
}

impl ProgressLine {
    fn new() -> Self {
        Self {
            began: Instant::now(),
            bar: None,
        }
    }

    fn show(&mut self, progress: Progress) {
        if self.began.elapsed() <= SLOW || !std::io::stderr().is_terminal() {
            return;
        }
        let (unit, position) = match progress {
            Progress::Packets(packets) => ("{spinner} {human_pos} packets", packets),
            Progress::Bytes(bytes) => ("{spinner} {bytes}", bytes),
        };
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::no_length();
            let style = ProgressStyle::with_template(unit);
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar
        });
        bar.set_position(position);
    }

    fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
