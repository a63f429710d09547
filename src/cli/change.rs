//! `ikecompat check --after FILE --require CLIENTS`: who would fail after a change of the file?

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use ikecompat::answer::selection::select;
use ikecompat::answer::{
    Answer, Clients, Conclusion, EngineComparison, Question, ReleaseDifference, ServerInput, ask,
};
use ikecompat::diag::Sources;
use ikecompat::peer::{Client, Policy};
use ikecompat::profile::{Database, selection::DEFAULT};
use ikecompat::write::report::change;

use super::Exit;
use super::check::{Args, Format};
use super::files::Folder;
use super::terminal::Terminal;

/// Compares the file with what it is to become, or, without `--after`, with itself.
pub(super) fn run(
    args: &Args,
    database: &Database<'_>,
    (policy, terminal): (&Policy, Terminal),
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    if !matches!(args.format, Format::Table | Format::Json) {
        anyhow::bail!("`--require` and `--after` answer as `--format table` or `json`");
    }
    let [before] = args.servers.as_slice() else {
        anyhow::bail!("`--require` and `--after` take one file");
    };
    let after = args.after.as_ref().unwrap_or(before);
    if before.is_dir() || after.is_dir() {
        anyhow::bail!("`--require` and `--after` take files, no folders");
    }
    if after != before && [before, after].iter().all(|path| *path == Path::new("-")) {
        anyhow::bail!("only one of two files can be standard input");
    }
    let required = args.require.as_deref();
    let others = match (required, &args.clients) {
        // Without a word about others, those who have to stay are all there is to ask about.
        (Some(_), None) if args.after.is_none() => None,
        (_, words) => Some(words.as_deref().unwrap_or(DEFAULT)),
    };
    let Some(required) = look_up(required, database, terminal) else {
        return Ok(Exit::Unanswered);
    };
    let Some(others) = look_up(others, database, terminal) else {
        return Ok(Exit::Unanswered);
    };
    let count = required.len();
    let mut clients = required;
    for client in others {
        if clients.iter().all(|known| known.id != client.id) {
            clients.push(client);
        }
    }
    let answer = |path: &Path| answer(args, path, &clients, database, (policy, terminal));
    let Some(first) = answer(before)? else {
        return Ok(Exit::Unanswered);
    };
    let second = match args.after.is_some() {
        true => answer(after)?,
        false => Some(first.clone()),
    };
    let Some(second) = second else {
        return Ok(Exit::Unanswered);
    };
    let comparison = EngineComparison {
        before: first,
        after: second,
        releases: ReleaseDifference::default(),
    };
    let clients = change::clients(&comparison, count, args.deny_unknown);
    let fails = match args.require {
        Some(_) => clients.iter().any(change::ChangedClient::fails),
        None => clients.iter().any(change::ChangedClient::loses),
    };
    let conclusion = Conclusion::of(!fails);
    if args.format == Format::Json {
        terminal.frame(&change::frame(&comparison, &clients));
        change::json(&comparison, &clients, conclusion, out)?;
    } else {
        let mut text = Vec::new();
        change::write(&comparison, &clients, terminal.table_style(), &mut text)?;
        terminal.show(&text, out)?;
    }
    Ok(conclusion.into())
}

/// The clients that words select; none without words. `None` if they mean nothing, which has been said.
fn look_up(
    words: Option<&str>,
    database: &Database<'_>,
    terminal: Terminal,
) -> Option<Vec<Arc<Client>>> {
    let Some(words) = words else {
        return Some(Vec::new());
    };
    let mut sources = Sources::new();
    match select(words, database, &Folder::none(), &mut sources) {
        Ok(selection) => {
            terminal.complain(&selection.diagnostics, &sources);
            Some(selection.shared())
        }
        Err(diagnostics) => {
            terminal.complain(&diagnostics, &sources);
            None
        }
    }
}

fn answer(
    args: &Args,
    path: &Path,
    clients: &[Arc<Client>],
    database: &Database<'_>,
    (policy, terminal): (&Policy, Terminal),
) -> anyhow::Result<Option<Answer>> {
    let opened = args.read.open(path)?;
    let certificates = args.certificates.read()?;
    let question = Question {
        clients: Clients::Given(clients),
        certificates: Some(&certificates),
        nat: args.place.nat,
        client_address: args.place.client_address,
        server_id: args.place.server_id.as_deref(),
        typed: &args.typed,
        ..Question::new(ServerInput::Text(opened.text()), policy)
    };
    let mut sources = Sources::new();
    match ask(&question, database, &mut sources) {
        Ok(answer) => {
            let said = answer.reading.iter().filter(|finding| finding.is_open());
            let said: Vec<_> = said.map(|finding| finding.diagnostic.clone()).collect();
            terminal.complain(&said, &sources);
            Ok(Some(answer))
        }
        Err(diagnostics) => {
            terminal.refuse(&diagnostics, &sources);
            Ok(None)
        }
    }
}
