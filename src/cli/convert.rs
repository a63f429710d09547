//! `ikecompat convert`: one format into another.

use std::io::Write;
use std::path::PathBuf;

use ikecompat::answer::reading::server_or_client;
use ikecompat::answer::words::Frame;
use ikecompat::diag::{Diagnostic, Severity, Sources, Tone, shell_file};
use ikecompat::dialect::DialectCode;
use ikecompat::format::Format;
use ikecompat::peer::{Auth, EngineName, Server};
use ikecompat::profile::Database;
use ikecompat::write::config::format::Choices;
use ikecompat::write::config::loss::{Loss, losses};
use ikecompat::write::config::refusal::{Failure, Refusal};

use super::files;
use super::terminal::{self, Terminal};
use super::{Exit, choice, recommend};

/// Convert a configuration into another format
///
/// What cannot be carried is said on standard error. Secrets, certificates, address pools and
/// networks are never carried; where the format needs them, the output has words to replace.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Configuration to convert, or `-` for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Format to write; `pfsense` and `opnsense` are their config.xml, too. `libreswan@5.4`, `swanctl@6.1.0` and
    /// `cisco@26.1.1` name the release that the file is for
    #[arg(
        long,
        value_name = "FORMAT",
        value_parser = choice::TargetParser(choice::file_format(Format::all_written()))
    )]
    to: choice::Target,

    /// The connection to convert, where the file has several
    #[arg(long, value_name = "NAME")]
    connection: Option<String>,

    /// How clients authenticate, where the file does not say
    #[arg(
        long,
        value_name = "eap-tls|eap-mschapv2|eap-radius|certificate",
        default_value = "eap-tls",
        value_parser = recommend::auth
    )]
    auth: Auth,

    /// Name of the connection on clients
    #[arg(long, value_name = "NAME")]
    connection_name: Option<String>,

    /// Host name or IP address that clients dial
    #[arg(long, value_name = "HOST")]
    address: Option<String>,

    /// Name in the server certificate
    #[arg(long, value_name = "NAME")]
    remote_id: Option<String>,

    /// PowerShell: make the connection too, not only configure it
    #[arg(long)]
    full: bool,

    /// Write what the format can say where it cannot say everything
    #[arg(long)]
    partial: bool,

    #[command(flatten)]
    read: super::servers::ReadArgs,
}

pub(super) fn run(
    args: &Args,
    database: &Database<'_>,
    terminal: Terminal,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let mut sources = Sources::new();
    let opened = args.read.open(&args.file)?;
    let mut server = match server_or_client(&opened.text(), database, &mut sources) {
        Ok(reading) => {
            terminal.complain(&reading.diagnostics, &sources);
            reading.value
        }
        Err(diagnostics) => {
            terminal.refuse(&diagnostics, &sources);
            return Ok(Exit::Unanswered);
        }
    };
    choose(&mut server, args)?;
    // strongSwan's writers go by the version of the server itself.
    let is_swan = matches!(args.to.format, Format::IpsecConf | Format::Swanctl);
    if let Some(version) = args.to.release.filter(|_| is_swan)
        && server.engine.name == EngineName::Strongswan
    {
        server.engine.version = version;
    }
    let choices = Choices {
        auth: args.auth,
        full: args.full,
        release: args.to.release,
    };
    let mut lost = Vec::new();
    if args.partial {
        let (carried, dropped) = args.to.format.carried(&server, args.to.release);
        if let Some(refusals) = emptied(&server, &carried, args.to.format, choices) {
            return complain(refusals, &server, (&sources, terminal), args);
        }
        server = carried;
        lost.extend(dropped);
    }
    let mut bytes = Vec::new();
    match args.to.format.write(&server, choices, &mut bytes) {
        Ok(more) => {
            lost.extend(more);
            let losses = losses(args.to.format, &server);
            if !not_carried(&losses, (&sources, terminal), args) {
                terminal.frame(&refused(args, true));
                return Ok(Exit::Unanswered);
            }
            terminal::not_carried(&lost);
            terminal.frame(&written(args, losses.len() + lost.len()));
            out.write_all(&bytes)?;
            Ok(Exit::Yes)
        }
        Err(Failure::Refused(refusals)) => complain(refusals, &server, (&sources, terminal), args),
        Err(why) => {
            let exit = terminal::cannot_write(why)?;
            terminal.frame(&refused(args, false));
            Ok(exit)
        }
    }
}

/// That the file was written, and what is to be done with it.
fn written(args: &Args, lost: usize) -> Frame {
    let row = args.to.format.row();
    let file = files::name(&args.file);
    let is_compared =
        row.is_read && args.to.format.method().is_none() && args.file.as_os_str() != "-";
    Frame {
        headline: match lost {
            0 => format!("{file} as {}", row.title),
            1 => format!("{file} as {}; 1 thing is not carried", row.title),
            _ => format!("{file} as {}; {lost} things are not carried", row.title),
        },
        next: match is_compared {
            true => format!(
                "who gains or loses by it: `ikecompat check {} --after FILE`, FILE being the output",
                shell_file(&file)
            ),
            false => "put in what the file cannot know: names, certificates, secrets".to_owned(),
        },
        tone: match lost {
            0 => Tone::Good,
            _ => Tone::Doubtful,
        },
    }
}

/// That nothing was written, and what is left to do.
fn refused(args: &Args, is_partly_possible: bool) -> Frame {
    let file = files::name(&args.file);
    let title = args.to.format.row().title;
    Frame {
        headline: format!("{file}: nothing is written, {title} cannot say all of it"),
        next: match is_partly_possible && !args.partial {
            true => format!(
                "`ikecompat convert {} --to {} --partial` writes the rest",
                shell_file(&file),
                args.to
            ),
            false => "change what is marked, or choose another format: `ikecompat help convert`"
                .to_owned(),
        },
        tone: Tone::Bad,
    }
}

/// Says what the format does not carry. Whether the file is to be written all the same.
fn not_carried(losses: &[Loss], (sources, terminal): (&Sources, Terminal), args: &Args) -> bool {
    let grave = losses.iter().any(Loss::is_grave) && !args.partial;
    let mut diagnostics: Vec<_> = losses.iter().filter_map(Loss::diagnostic).collect();
    for diagnostic in &mut diagnostics {
        if args.partial {
            diagnostic.severity = diagnostic.severity.min(Severity::Warning);
        } else if diagnostic.severity == Severity::Error {
            diagnostic.help = Some("`--partial` writes the rest".to_owned());
        }
    }
    ikecompat::diag::sort(&mut diagnostics);
    terminal.complain(&diagnostics, sources);
    let unplaced = losses.iter().filter(|loss| loss.diagnostic().is_none());
    let unplaced: Vec<_> = unplaced.map(|loss| loss.what.clone()).collect();
    terminal::not_carried(&unplaced);
    !grave
}

/// Leaves the connection that is asked for, and puts in the names that were given.
fn choose(server: &mut Server, args: &Args) -> anyhow::Result<()> {
    if let Some(name) = &args.connection {
        server
            .connections
            .retain(|connection| connection.name == *name);
        if server.connections.is_empty() {
            anyhow::bail!("there is no connection `{name}` in `{}`", server.file);
        }
    }
    let given = |given: &Option<String>, own: &mut Option<String>| {
        if given.is_some() {
            own.clone_from(given);
        }
    };
    given(&args.connection_name, &mut server.connection_name);
    given(&args.address, &mut server.address);
    given(&args.remote_id, &mut server.remote_id);
    Ok(())
}

/// The refusals of a server of which nothing is left in some phase.
fn emptied(
    server: &Server,
    carried: &Server,
    target: Format,
    choices: Choices,
) -> Option<Vec<Refusal>> {
    let nothing_left = carried.connections.iter().any(|connection| {
        let loaded = connection.serves_clients();
        let children = connection.children.iter();
        let mut empty = children.map(|child| child.esp.is_empty() && child.ah.is_empty());
        loaded && (connection.ike.is_empty() || empty.any(|empty| empty))
    });
    if !nothing_left {
        return None;
    }
    match target.write(server, choices, &mut Vec::new()) {
        Err(Failure::Refused(refusals)) => Some(refusals),
        _ => None,
    }
}

/// Says what the format has no words for, at the places where it stands.
fn complain(
    refusals: Vec<Refusal>,
    server: &Server,
    (sources, terminal): (&Sources, Terminal),
    args: &Args,
) -> anyhow::Result<Exit> {
    let (carried, _) = args.to.format.carried(server, args.to.release);
    let left = carried.connections.iter().any(|connection| {
        let esp = connection
            .children
            .iter()
            .any(|child| !child.esp.is_empty());
        esp && !connection.ike.is_empty()
    });
    let mut unplaced = Vec::new();
    let mut diagnostics = Vec::new();
    for refusal in refusals {
        let Some(span) = refusal.span.clone() else {
            unplaced.push(refusal);
            continue;
        };
        let nearest = refusal.nearest.as_ref();
        let nearest = nearest.map(|nearest| format!("the nearest that it has is {nearest}"));
        let partial = "`--partial` writes what can be said, and lists the rest";
        let help = match nearest {
            Some(nearest) if left && !args.partial => Some(format!("{nearest}; {partial}")),
            None if left && !args.partial => Some(partial.to_owned()),
            nearest => nearest,
        };
        diagnostics.push(
            Diagnostic::error(DialectCode::Inexpressible, span, refusal.to_string())
                .note(refusal.why.source)
                .maybe_help(help),
        );
    }
    terminal.tell(&diagnostics, sources);
    let exit = match unplaced.is_empty() {
        true => Exit::Unanswered,
        false => terminal::cannot_write(Failure::Refused(unplaced))?,
    };
    terminal.frame(&refused(args, left));
    Ok(exit)
}
