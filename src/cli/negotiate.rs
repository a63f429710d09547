//! `ikecompat negotiate`: two proposal lists against each other.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use ikecompat::answer::negotiation::{Daemon, negotiate, negotiate_ike};
use ikecompat::answer::words::Frame;
use ikecompat::ike::Protocol;
use ikecompat::peer::{EngineName, NamedEngine};
use ikecompat::write;

use super::choice::choice;
use super::terminal::Terminal;
use super::{Exit, Format, batch, servers};

/// Negotiate two proposal lists, one pair or thousands
///
/// Both sides are strongSwan daemons: the responder chooses by its own order, the initiator sends
/// the proposals with its KE payload's group first.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// IKE proposals of the initiator, comma-separated strongSwan keywords
    #[arg(long, value_name = "PROPOSALS", required_unless_present = "batch")]
    initiator: Option<String>,

    /// IKE proposals of the responder
    #[arg(long, value_name = "PROPOSALS", required_unless_present = "batch")]
    responder: Option<String>,

    /// ESP proposals of the initiator
    #[arg(long, value_name = "PROPOSALS", requires = "responder_esp")]
    initiator_esp: Option<String>,

    /// ESP proposals of the responder
    #[arg(long, value_name = "PROPOSALS", requires = "initiator_esp")]
    responder_esp: Option<String>,

    /// Answer JSON lines from a file, or from standard input for `-`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["initiator", "responder", "initiator_esp", "responder_esp"])]
    batch: Option<PathBuf>,

    /// Output format of one pair; a batch is always JSON
    #[arg(
        long,
        default_value = "table",
        value_name = "FORMAT",
        conflicts_with = "batch",
        value_parser = choice::<Format>()
    )]
    format: Format,

    /// Program and version of both sides
    #[arg(help_heading = "Engines", long, value_name = "NAME@VERSION", default_value = "strongswan@5.9.8", value_parser = engine)]
    engine: NamedEngine,

    /// Program and version of the responder, if it is another one
    #[arg(help_heading = "Engines", long, value_name = "NAME@VERSION", value_parser = engine)]
    responder_engine: Option<NamedEngine>,

    /// Whether an answering side walks its own list first (charon.prefer_configured_proposals)
    #[arg(help_heading = "Engines", long, value_name = "yes|no", default_value = "yes", value_parser = yes_or_no, action = clap::ArgAction::Set)]
    responder_prefers_own: bool,
}

fn engine(text: &str) -> Result<NamedEngine, String> {
    let named = servers::engine(text)?;
    if named.engine.name == EngineName::Strongswan {
        Ok(named)
    } else {
        Err("only `strongswan` is modelled on both sides".to_owned())
    }
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text.to_lowercase().as_str() {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("expected `yes` or `no`".to_owned()),
    }
}

pub(super) fn run(args: &Args, terminal: Terminal, out: &mut impl Write) -> anyhow::Result<Exit> {
    let named = [Some(&args.engine), args.responder_engine.as_ref()];
    let notes = named.into_iter().flatten();
    for note in notes.filter_map(|named| named.note.as_ref()) {
        super::terminal::say_beside(&format!("note: {note}"));
    }
    let daemon = |engine| Daemon::new(engine, args.responder_prefers_own);
    let engine = args.engine.engine;
    let other = args.responder_engine.as_ref().map(|named| named.engine);
    let other = other.filter(|other| *other != engine);
    let (initiating, other) = (daemon(engine)?, other.map(daemon).transpose()?);
    let responding = other.as_ref().unwrap_or(&initiating);
    if let Some(path) = &args.batch {
        let (mut input, name) = open(path)?;
        batch::run(&mut *input, &name, [&initiating, responding], out)?;
        return Ok(Exit::Yes);
    }
    let list = |daemon: &Daemon, protocol, text: &Option<String>, option: &str| {
        let text = text.as_deref().unwrap_or_default();
        let words: Vec<&str> = text
            .split(',')
            .filter(|word| !word.trim().is_empty())
            .collect();
        if words.is_empty() {
            bail!("`{option}` names no proposal");
        }
        let loaded = daemon.configure(protocol, &words);
        loaded.map_err(|why| {
            let more = daemon.about_unknown(&words);
            let more = more.map_or_else(String::new, |more| format!("; {more}"));
            anyhow::anyhow!("`{option}`: {why}{more}")
        })
    };
    let (one, two) = (&initiating, responding);
    let initiator = list(one, Protocol::Ike, &args.initiator, "--initiator")?;
    let responder = list(two, Protocol::Ike, &args.responder, "--responder")?;
    let (initiator_esp, responder_esp) = if args.initiator_esp.is_some() {
        (
            list(one, Protocol::Esp, &args.initiator_esp, "--initiator-esp")?,
            list(two, Protocol::Esp, &args.responder_esp, "--responder-esp")?,
        )
    } else {
        (Vec::new(), Vec::new())
    };
    let client = initiating.side(&initiator, &initiator_esp);
    let server = responding.side(&responder, &responder_esp);
    let negotiation = if args.initiator_esp.is_some() {
        negotiate(client, server)
    } else {
        negotiate_ike(client, server)
    };
    match args.format {
        Format::Table => {
            let width = terminal.table_style().width;
            let mut text = Vec::new();
            write::report::negotiation::text(&negotiation, width, &mut text)?;
            terminal.show(&text, out)?;
        }
        Format::Json => {
            terminal.frame(&Frame::of_negotiation(&negotiation));
            write::report::negotiation::json_document(&negotiation, out)?;
        }
    }
    Ok(if negotiation.agrees() {
        Exit::Yes
    } else {
        Exit::No
    })
}

/// Opens a file, or standard input for `-`.
fn open(path: &Path) -> anyhow::Result<(Box<dyn BufRead>, String)> {
    if path.as_os_str() == "-" {
        super::files::wait_for_typing();
        return Ok((Box::new(io::stdin().lock()), "<stdin>".to_owned()));
    }
    let name = path.display().to_string();
    let file = File::open(path).with_context(|| super::files::cannot_open(path))?;
    Ok((Box::new(BufReader::with_capacity(1 << 16, file)), name))
}
