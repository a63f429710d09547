//! `ikecompat diagnose`: which phase failed, why, what proves it, and the fix.

use std::io::{ErrorKind, IsTerminal as _, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use ikecompat::answer::Conclusion;
use ikecompat::answer::diagnosis::{DiagnosisAnswer, DiagnosisQuestion, diagnose};
use ikecompat::answer::words::Frame;
use ikecompat::diag::Sources;
use ikecompat::diagnose::redact::Redactor;
use ikecompat::diagnose::stream::{Progress, Unreadable};
use ikecompat::profile::Database;
use ikecompat::write::report::diagnose::{self as write, DiagnosedFile, DiagnosisStyle};
use indicatif::{ProgressBar, ProgressStyle};

use super::choice::choice;
use super::inputs::{self, Input};
use super::servers::OpenedServer;
use super::terminal::{self, Terminal};
use super::{Exit, files, kind};

/// Reading that takes longer than this shows how far it is.
const SLOW: Duration = Duration::from_secs(1);

/// Say why a connection failed: the phase, the cause, the lines or packets that prove it, the fix
///
/// Logs of strongSwan, libreswan, macOS, iOS, Windows and tcpdump, and captures, are recognised by
/// their content, packed by gzip or not. Of several files, and of the files of a folder, there is one answer:
/// the same attempt that both ends tell of, or a capture between them, is one story.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Logs or captures, folders of them, or `-` for standard input
    #[arg(value_name = "LOG|PCAP|DIR", required = true)]
    files: Vec<PathBuf>,

    /// Configuration of the server, for the exact gap between it and the client
    #[arg(help_heading = "The server", long, value_name = "FILE")]
    server: Option<PathBuf>,

    /// Policy that ranks the suites: an id, or a file of your own (`*.yaml`)
    #[arg(
        help_heading = "The server",
        long,
        value_name = "ID|FILE",
        default_value = "rfc8247"
    )]
    policy: String,

    /// Replace addresses and names, the same one by the same one, so that the answer can be posted
    #[arg(help_heading = super::OUTPUT, long)]
    redact: bool,

    /// Output format
    #[arg(help_heading = super::OUTPUT,
        long,
        default_value = "table",
        value_name = "FORMAT",
        value_parser = choice::<Format>()
    )]
    format: Format,

    #[command(flatten, next_help_heading = super::READING)]
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
    let inputs = inputs::expand(&args.files)?;
    let mut bar = ProgressLine::new();
    let mut sources = Sources::new();
    let progress = &mut |progress| bar.show(progress);
    let streams = inputs.iter().map(|input| files::open_stream(&input.path));
    let answer = match diagnose(&question, streams, database, &mut sources, progress) {
        Ok(answer) => answer,
        Err(diagnostics) => {
            terminal.complain(&diagnostics, &sources);
            return Ok(Exit::Unanswered);
        }
    };
    bar.end();
    terminal.complain(&answer.reading, &sources);
    let (files, all_read) = shown(&inputs, &answer, args.redact);
    let is_other = |read: &Result<_, _>| matches!(read, Err(Unreadable::Other(_)));
    // For programs it is an answer that a file is something else.
    let for_programs = args.format == Format::Json && answer.files.iter().any(is_other);
    if !answer.files.iter().any(Result::is_ok) && !for_programs {
        if all_read {
            terminal::say("error: no log and no capture was found");
            let paths = inputs.iter().map(|input| input.path.as_path());
            kind::say_instead(paths, terminal);
        }
        let mut opened = inputs.iter().zip(&answer.files);
        let missing = opened.find_map(|(input, read)| match read {
            Err(Unreadable::Io(error)) if !args.redact => {
                Some(files::CannotOpen::new(&input.path, error.kind().into()))
            }
            _ => None,
        });
        if let Some(missing) = missing {
            terminal::say(&format!("next: {}", missing.next_step()));
        }
        return Ok(Exit::Unanswered);
    }
    let conclusion = match all_read {
        true => answer.report.outcome().into(),
        false => Conclusion::Unanswered,
    };
    write(args, &answer, (&files, conclusion), terminal, out)?;
    Ok(conclusion.into())
}

/// The files as they are shown, after complaints about those that could not be read; and whether all that were named
/// could be.
fn shown(inputs: &[Input], answer: &DiagnosisAnswer, redact: bool) -> (Vec<DiagnosedFile>, bool) {
    let mut files = Vec::new();
    for (number, (input, read)) in inputs.iter().zip(&answer.files).enumerate() {
        // The path tells whose log it is.
        let name = match (redact, inputs) {
            (false, _) => files::name(&input.path),
            (true, [_]) => "the file".to_owned(),
            (true, _) => format!("file {}", number + 1),
        };
        let mut file = DiagnosedFile {
            name,
            is_read: read.is_ok(),
            is_missing: false,
            packets: false,
            warnings: Vec::new(),
        };
        match read {
            Ok(read) => {
                file.packets = read.packets;
                file.warnings.clone_from(&read.warnings);
                for warning in &file.warnings {
                    terminal::say_beside(&format!("warning: {}: {warning}", file.name));
                }
            }
            // Folders have files of all kinds.
            Err(Unreadable::Empty | Unreadable::Binary | Unreadable::Other(_)) if input.found => {}
            Err(error) if input.found => {
                terminal::say_beside(&format!("warning: {}: {error}; left out", file.name));
            }
            Err(Unreadable::Io(error)) if error.kind() == ErrorKind::NotFound && !redact => {
                file.is_missing = true;
                let what = files::cannot_open(&input.path);
                terminal::say(&format!("error: {what}: {}", files::why(error)));
            }
            Err(Unreadable::Other(why)) => {
                file.is_missing = true;
                let why = match redact {
                    true => why.replace(&files::name(&input.path), &file.name),
                    false => why.clone(),
                };
                terminal::say(&format!("error: {why}"));
            }
            Err(error) => {
                file.is_missing = true;
                terminal::say(&format!("error: cannot read `{}`: {error}", file.name));
            }
        }
        files.push(file);
    }
    let all_read = files.iter().all(|file| !file.is_missing);
    (files, all_read)
}

fn write(
    args: &Args,
    answer: &DiagnosisAnswer,
    (files, conclusion): (&[DiagnosedFile], Conclusion),
    terminal: Terminal,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let report = &answer.report;
    let mut redactor = args.redact.then(|| Redactor::of(report));
    // Else the next step has been said already.
    let is_read = answer.files.iter().any(Result::is_ok);
    if args.format == Format::Json && is_read {
        let frame = write::frame_of(report, files);
        terminal.frame(&Frame {
            headline: match &mut redactor {
                Some(redactor) => redactor.text(&frame.headline),
                None => frame.headline,
            },
            ..frame
        });
    }
    let redactor = redactor.as_mut();
    match args.format {
        Format::Json => write::json(report, files, redactor, conclusion, out)?,
        Format::Markdown => write::markdown(report, files, redactor, out)?,
        Format::Table => {
            let mut style = DiagnosisStyle {
                files,
                width: terminal.table_style().width,
                redactor,
            };
            let mut text = Vec::new();
            write::write(report, &mut style, &mut text)?;
            terminal.show(&text, out)?;
        }
    }
    Ok(())
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
