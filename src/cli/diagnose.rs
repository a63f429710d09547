//! `ikecompat diagnose`: which phase failed, why, what proves it, and the fix.

use std::io::{self, BufRead, IsTerminal as _, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use ikecompat::diag::Sources;
use ikecompat::diagnose::log::Scan;
use ikecompat::diagnose::redact::Redactor;
use ikecompat::diagnose::{Aid, Diagnosis, Event, Outcome, packet};
use ikecompat::profile::Database;
use ikecompat::write;
use indicatif::{ProgressBar, ProgressStyle};

use super::stream::{self, Stream};
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
        value_parser = ["table", "json", "markdown"]
    )]
    format: String,

    #[command(flatten)]
    read: super::servers::ReadArgs,

    #[command(flatten)]
    look: super::LookArgs,
}

pub(super) fn run(
    args: &Args,
    database: &Database<'_>,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let policy = super::policy(database, &args.policy)?;
    let mut sources = Sources::new();
    let server = match &args.server {
        Some(path) => {
            let (name, bytes) = files::read(path)?;
            let text = (name.as_str(), bytes.as_slice());
            match args.read.server(path, text, None, &mut sources, database) {
                Ok(reading) => {
                    files::complain(&reading.diagnostics, &sources, args.look.colour);
                    Some(reading.value)
                }
                Err(diagnostics) => {
                    files::complain(&diagnostics, &sources, args.look.colour);
                    return Ok(Exit::Unanswered);
                }
            }
        }
        None => None,
    };
    let clients = files::every_client(database)?;
    let mut diagnosis = Diagnosis::new(Aid {
        clients: &clients,
        server: server.as_ref(),
        policy: Some(&policy),
    });
    let (name, stream) = stream::open(&args.file)?;
    let packets = matches!(stream, Stream::Capture(_));
    let warnings = match stream {
        Stream::Capture(source) => {
            let progress = Progress::new("{human_pos} packets");
            let take = &mut |event: &_| diagnosis.take(event);
            let summary = packet::feed(source, take, &mut |packets| progress.show(packets))
                .with_context(|| format!("cannot read `{name}`"))?;
            progress.end();
            summary.warnings()
        }
        Stream::Text(source) => {
            let progress = Progress::new("{bytes}");
            let take = &mut |event: &_| diagnosis.take(event);
            read_log(source, take, &progress).with_context(|| format!("cannot read `{name}`"))?;
            progress.end();
            Vec::new()
        }
    };
    for warning in &warnings {
        files::say(&format!("warning: {name}: {warning}"));
    }
    let report = diagnosis.finish();
    let mut redactor = args.redact.then(Redactor::default);
    match args.format.as_str() {
        "json" => {
            let redactor = redactor.as_mut();
            write::report::diagnose::json(&report, &name, &warnings, redactor, out)?;
        }
        "markdown" => {
            write::report::diagnose::markdown(&report, &name, redactor.as_mut(), out)?;
        }
        _ => {
            let mut look = write::report::diagnose::DiagnosisStyle {
                file: &name,
                packets,
                width: args.look.colour.look().width,
                redactor: redactor.as_mut(),
            };
            write::report::diagnose::write(&report, &mut look, out)?;
        }
    }
    Ok(match report.outcome() {
        Outcome::Established | Outcome::NotIke => Exit::Yes,
        Outcome::Failed | Outcome::Inconclusive => Exit::No,
    })
}

/// Feeds a log to the machine, in pieces of whatever size they come.
fn read_log(
    mut source: Box<dyn BufRead>,
    take: &mut dyn FnMut(&Event),
    progress: &Progress,
) -> io::Result<()> {
    let mut scan = Scan::default();
    let mut bytes = 0;
    loop {
        let piece = match source.fill_buf() {
            Ok(piece) => piece,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if piece.is_empty() {
            break;
        }
        let length = piece.len();
        scan.feed(piece, take);
        source.consume(length);
        bytes += length as u64;
        progress.show(bytes);
    }
    scan.finish(take);
    Ok(())
}

/// How far the reading is, on a terminal and only when it is slow.
struct Progress {
    began: Instant,
    bar: ProgressBar,
}

impl Progress {
    fn new(unit: &str) -> Self {
        let bar = if std::io::stderr().is_terminal() {
            let bar = ProgressBar::no_length();
            let style = ProgressStyle::with_template(&format!("{{spinner}} {unit}"));
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar
        } else {
            ProgressBar::hidden()
        };
        Self {
            began: Instant::now(),
            bar,
        }
    }

    fn show(&self, position: u64) {
        if self.began.elapsed() > SLOW {
            self.bar.set_position(position);
        }
    }

    fn end(&self) {
        self.bar.finish_and_clear();
    }
}
