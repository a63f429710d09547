//! `ikecompat check --compare-engine`: who notices when the server's engine is another one?

use std::io::Write;

use ikecompat::answer::words::{Frame, NOTHING_TO_DO};
use ikecompat::answer::{Conclusion, Question, ServerInput, compare_engines};
use ikecompat::diag::{Diagnostic, Place, Severity, Sources};
use ikecompat::peer::{NamedEngine, Policy};
use ikecompat::profile::Database;
use ikecompat::read::ReadCode;
use ikecompat::write::report::{frame, upgrade};

use super::Exit;
use super::asked::OpenedFiles;
use super::check::{Args, Format};
use super::terminal::{self, Terminal};

/// Judges each server with the engine `other`, and with the one that was named or that its file
/// tells.
pub(super) fn run(
    args: &Args,
    other: &NamedEngine,
    database: &Database<'_>,
    (policy, terminal): (&Policy, Terminal),
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    if !matches!(args.format, Format::Table | Format::Json) {
        anyhow::bail!("`--compare-engine` answers as `--format table` or `json`");
    }
    if let Some(note) = &other.note {
        let (severity, code) = (Severity::Note, ReadCode::VersionAssumed);
        let note = Diagnostic::new(severity, code, Place::Nowhere, note.clone());
        terminal.complain(&[note], &Sources::new());
    }
    let (read, files) = args.read.beside(args.clients.as_deref());
    let (mut answers, mut verdicts) = (Vec::new(), Vec::new());
    let mut unreadable = false;
    let opened = OpenedFiles::open(&args.servers, &read, (args.skip, terminal))?;
    let (mut written, mut last) = (0, None);
    for file in opened.each() {
        let (input, file) = match file {
            Ok(file) => file,
            Err(why) => {
                terminal::say(&format!("error: {why}"));
                unreadable = true;
                continue;
            }
        };
        let question = Question {
            clients: args.clients(),
            files: &files,
            nat: args.place.nat,
            client_address: args.place.client_address,
            server_id: args.place.server_id.as_deref(),
            typed: &args.typed,
            ..Question::new(ServerInput::Text(file.text()), policy)
        };
        let mut sources = Sources::new();
        let comparison = match compare_engines(&question, other.engine, database, &mut sources) {
            Ok(comparison) => comparison,
            Err(diagnostics) if input.is_of_a_client(&diagnostics) => continue,
            Err(diagnostics) => {
                terminal.refuse(&diagnostics, &sources);
                unreadable = true;
                continue;
            }
        };
        let after = &comparison.after;
        let said = after.reading.iter().map(|finding| &finding.diagnostic);
        terminal.complain(&said.cloned().collect::<Vec<_>>(), &sources);
        verdicts.extend(after.clients.iter().map(|client| client.report.verdict));
        if args.format == Format::Json {
            terminal.frame(&Frame::of_engines(&comparison));
            answers.push(upgrade::server(&comparison, &sources));
            continue;
        }
        if opened.count() > 1 {
            let gap = if written > 0 { "\n" } else { "" };
            write!(out, "{gap}")?;
        }
        written += 1;
        let mut text = Vec::new();
        upgrade::write(&comparison, terminal.table_style(), &mut text)?;
        terminal.show(&text, out)?;
        // Of several files, the first that somebody loses by is what there is to do about.
        let frame = Frame::of_engines(&comparison);
        let harmless = last
            .as_ref()
            .is_none_or(|last: &Frame| last.next == NOTHING_TO_DO);
        if harmless {
            last = Some(frame);
        }
    }
    if let Some(last) = &last {
        frame::next(last, terminal.table_style().width, out)?;
    }
    let conclusion = match unreadable || verdicts.is_empty() {
        true => Conclusion::Unanswered,
        false => Conclusion::of_verdicts(verdicts, args.deny_unknown),
    };
    if args.format == Format::Json {
        upgrade::json(&answers, conclusion, out)?;
    }
    Ok(conclusion.into())
}
