//! `ikecompat lint`: what is wrong with the configuration itself?

use std::io::Write;
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::bail;
use ikecompat::diag::{self, Diagnostic, Place, Severity, Sources};
use ikecompat::lint::{Levels, known};
use ikecompat::peer::Server;
use ikecompat::profile::Database;
use ikecompat::write;
use ikecompat::write::report::lint::{LintedFile, ReportedFinding};

use super::inputs::{self, Read, Unreadable};
use super::judge::{Selections, judge};
use super::{Exit, files};

/// Say what is wrong with the configuration of a server
///
/// A comment `# ikecompat: allow(RULE): REASON` allows a finding on its line or, on a line of its
/// own, on the next line and what is indented below it; `allow-file` in the whole file. In XML it
/// is `<!-- ikecompat: allow(RULE): REASON -->`. docs/rules.md lists the rules.
///
/// Exit status: 0 nothing counts, 1 a finding is as bad as `--fail-on` says or worse, 2 a
/// configuration could not be read.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Configurations of servers, folders of them, or `-` for standard input
    #[arg(required = true, value_name = "SERVER")]
    servers: Vec<PathBuf>,

    /// The mildest finding that fails: error, warning or note
    #[arg(
        long,
        value_name = "SEVERITY",
        default_value = "warning",
        value_parser = severity
    )]
    fail_on: Severity,

    /// Make findings of this rule errors
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    deny: Vec<String>,

    /// Leave out findings of this rule
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    allow: Vec<String>,

    /// Clients in view of which the server is judged: ids, aliases, globs, comma-separated
    #[arg(long, value_name = "LIST")]
    clients: Option<String>,

    /// Policy that says what is weak: an id, or a file of your own (`*.yaml`)
    #[arg(long, value_name = "ID|FILE", default_value = "rfc8247")]
    policy: String,

    /// Output format
    #[arg(long, default_value = "table", value_name = "table|json|sarif")]
    format: Format,

    #[command(flatten)]
    read: super::servers::ReadArgs,

    #[command(flatten)]
    look: super::LookArgs,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Format {
    Json,
    Sarif,
    Table,
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "json" => Ok(Self::Json),
            "sarif" => Ok(Self::Sarif),
            "table" => Ok(Self::Table),
            _ => Err("expected `table`, `json` or `sarif`".to_owned()),
        }
    }
}

fn severity(text: &str) -> Result<Severity, String> {
    match text {
        "error" => Ok(Severity::Error),
        "warning" => Ok(Severity::Warning),
        "note" => Ok(Severity::Note),
        _ => Err("expected `error`, `warning` or `note`".to_owned()),
    }
}

pub(super) fn run(
    args: &Args,
    database: &Database<'_>,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    for name in args.allow.iter().chain(&args.deny) {
        if !known().any(|rule| rule == name) {
            let help = diag::nearest(name, known());
            let help = help.map_or_else(String::new, |rule| format!("; did you mean `{rule}`?"));
            bail!("there is no rule `{}`{help}", name.escape_debug());
        }
    }
    let levels = Levels {
        allow: args.allow.clone(),
        deny: args.deny.clone(),
        fail_on: args.fail_on,
    };
    let policy = super::policy(database, &args.policy)?;
    let asked = args.clients.as_deref();
    let inputs = inputs::expand(&args.servers);
    let read = inputs::each(&inputs, "reading", |input| {
        inputs::read(input, &args.read, database)
    });
    let skipped = read
        .iter()
        .filter(|one| matches!(one, Read::Skipped))
        .count();
    let mut selections = Selections::default();
    for read in &read {
        if let Read::Server(loaded) = read
            && let Err(exit) =
                selections.look_up(&loaded.reading.value, asked, database, args.look.colour)?
        {
            return Ok(exit);
        }
    }
    let linted = inputs::each(&read, "linting", |read| match read {
        Read::Server(loaded) => judge(
            loaded,
            &selections,
            asked,
            (database, &policy),
            |report, linted, sources| Ok(Some(file(report.server, sources, linted, &levels))),
        ),
        Read::Unreadable(unreadable) => Ok(broken(unreadable)),
        Read::Skipped => Ok(None),
    });
    for read in &read {
        match read {
            // What has no text has no place in any format.
            Read::Unreadable(unreadable) if unreadable.error.is_some() => {
                unreadable.complain(args.look.colour);
            }
            _ => {}
        }
    }
    let linted: Vec<_> = linted.into_iter().collect::<anyhow::Result<_>>()?;
    let linted: Vec<LintedFile> = linted.into_iter().flatten().collect();
    match args.format {
        Format::Json => write::report::lint::json(&linted, skipped, out)?,
        Format::Sarif => write::report::sarif::write(&linted, out)?,
        Format::Table => {
            let style = args.look.colour.report_style();
            write::report::lint::text(&linted, skipped, style, files::volume().verbose, out)?;
        }
    }
    let unreadable = read.iter().any(|read| matches!(read, Read::Unreadable(_)));
    let fails = |it: &Diagnostic| it.severity >= levels.fail_on;
    Ok(if unreadable {
        Exit::Unanswered
    } else if linted.iter().flat_map(LintedFile::open).any(fails) {
        Exit::No
    } else {
        Exit::Yes
    })
}

/// What there is to say about a configuration, as far as the user wants to hear it.
pub(super) fn file(
    server: &Server,
    sources: &Sources,
    linted: ikecompat::lint::Linted,
    levels: &Levels,
) -> LintedFile {
    let name = |number: usize| {
        let connection = server.connections.get(number)?;
        Some(connection.name.clone())
    };
    let plain = |diagnostic| ReportedFinding {
        diagnostic,
        connection: None,
        suppressed: None,
    };
    let findings = linted.findings.iter().map(|finding| ReportedFinding {
        diagnostic: finding.diagnostic(0),
        connection: finding.connection.and_then(name),
        suppressed: None,
    });
    let suppressed = linted
        .suppressed
        .into_iter()
        .map(|(diagnostic, reason)| ReportedFinding {
            diagnostic,
            connection: None,
            suppressed: Some(reason),
        });
    let diagnostics = linted.diagnostics.into_iter().map(plain);
    let all = diagnostics.chain(findings).chain(suppressed);
    let heard = all.filter_map(|mut said| {
        let it = &mut said.diagnostic;
        it.severity = levels.of(it.code, it.severity)?;
        Some(said)
    });
    let mut said: Vec<_> = heard.collect();
    said.sort_by_key(|said| {
        let place = &said.diagnostic.place;
        let start = place.span().map(|span| span.start);
        (place.file(), matches!(place, Place::File(_)), start)
    });
    LintedFile {
        name: server.file.clone(),
        sources: sources.clone(),
        readable: true,
        said,
    }
}

/// What keeps a configuration from being read; nothing of it can be allowed.
pub(super) fn broken(unreadable: &Unreadable) -> Option<LintedFile> {
    let said = unreadable
        .diagnostics
        .iter()
        .map(|diagnostic| ReportedFinding {
            diagnostic: diagnostic.clone(),
            connection: None,
            suppressed: None,
        });
    unreadable.error.is_none().then(|| LintedFile {
        name: unreadable.name.clone(),
        sources: unreadable.sources.clone(),
        readable: false,
        said: said.collect(),
    })
}
