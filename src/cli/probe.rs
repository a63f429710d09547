//! `ikecompat probe`: what a running server does with each client.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use ikecompat::answer::certificate::{Certificates, Names};
use ikecompat::answer::{Answer, Clients, text};
use ikecompat::live::auth;
use ikecompat::live::datagram::{IKE_PORT, is_marked};
use ikecompat::live::enumeration::{self, Enumeration};
use ikecompat::live::first::{Ends, First, NotPlayed};
use ikecompat::live::heard::Heard;
use ikecompat::live::limits::Limits;
use ikecompat::live::probe::{Listed, Messages, Run};
use ikecompat::live::proof::Proof;
use ikecompat::peer::{Client, FirstMessage, Server};
use ikecompat::profile::{Database, Selected, selection};
use ikecompat::read::certificate::certificates;
use ikecompat::write::report::enumeration::EnumerationReport;
use ikecompat::write::report::probe::{ProbeReport, ProbeRow};
use ikecompat::write::report::proof::ProofReport;

use super::choice::choice;
use super::terminal::{Terminal, say};
use super::{Exit, Format, live};

/// Dial a running server as each client, and see which suite it selects
///
/// Sends the first message of each client, follows COOKIE and INVALID_KE_PAYLOAD as that client
/// does, and ends every IKE SA that the server begins. Nothing is ever proved: no user name, no
/// password and no certificate is sent, and EAP is refused. Only for servers that you run or may
/// test; the server's log shows each attempt.
///
/// With --enumerate no client is played: suites are asked for together and apart until all are known
/// that the server accepts, and in which order; --server FILE compares them with a configuration.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Name or address of the server; of several addresses the first one
    #[arg(value_name = "HOST")]
    host: String,

    /// UDP port; packets to any but 500 carry the marker of UDP encapsulation, as clients do it
    #[arg(long, value_name = "N", default_value_t = IKE_PORT, value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,

    /// Clients to be played: ids, aliases, globs, comma-separated
    #[arg(long, value_name = "LIST")]
    clients: Option<String>,

    /// Configuration that the server is said to run: what it does otherwise is a finding, and
    /// phase 2 comes from it; with --enumerate its suites and their order are compared
    #[arg(long, value_name = "FILE")]
    server: Option<PathBuf>,

    /// Policy that ranks the suites: an id, or a file of your own (`*.yaml`)
    #[arg(long, value_name = "ID|FILE", default_value = "rfc8247")]
    policy: String,

    /// Find out which suites the server accepts and in which order, and write it as a server.yaml
    #[arg(long, conflicts_with = "clients")]
    enumerate: bool,

    /// See the server's certificate, whether it proves to have it, and what the clients make of it
    #[arg(long, conflicts_with_all = ["enumerate", "server"])]
    certificate: bool,

    /// Say what would be sent, and send nothing
    #[arg(long)]
    dry_run: bool,

    /// Packets after which the run ends
    #[arg(long, value_name = "N", default_value_t = Limits::PACKETS)]
    max_packets: u32,

    /// Seconds after which the run ends
    #[arg(long, value_name = "N", default_value_t = Limits::DURATION.as_secs())]
    max_seconds: u64,

    /// Output format
    #[arg(long, default_value = "table", value_name = "FORMAT", value_parser = choice::<Format>())]
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
    if args.dry_run {
        live::refuse(&args.host, args.port)?;
    }
    let policy = super::policy(database, &args.policy, terminal)?;
    let server = match &args.server {
        Some(path) => match live::configuration(path, &args.read, database, terminal)? {
            Some(server) => Some(server),
            None => return Ok(Exit::Unanswered),
        },
        None => None,
    };
    if args.enumerate {
        return enumerate(args, server.as_ref(), terminal, out);
    }
    let asked = args.clients.as_deref().map(Clients::Selected);
    let words = server.as_ref();
    let words = words.and_then(|server| asked.unwrap_or_default().words(server));
    let words = args.clients.clone().or(words);
    let words = words.as_deref().unwrap_or(selection::DEFAULT);
    let Some(selected) = super::selection::select(words, database, terminal) else {
        return Ok(Exit::Unanswered);
    };
    if args.certificate {
        let clients: Vec<_> = selected.iter().map(|it| it.client.clone()).collect();
        return certificate(args, &clients, database, terminal, out);
    }
    let clients = selected.iter().map(|it| Arc::new(it.client.clone()));
    let clients: Vec<Arc<Client>> = clients.collect();
    let played: Vec<_> = selected.iter().map(|it| first(it, database)).collect();
    let firsts: Vec<First> = played.iter().flatten().cloned().collect();
    if args.dry_run {
        plan(args, &played, &clients, out)?;
        return Ok(Exit::Yes);
    }
    if firsts.is_empty() {
        say("error: none of these clients can be played");
        for (client, why) in clients.iter().zip(&played) {
            if let Err(why) = why {
                say(&format!("  {}: {why}", client.id));
            }
        }
        return Ok(Exit::Unanswered);
    }
    let expected = match &server {
        Some(server) => match live::ask(server, &clients, (database, &policy), terminal) {
            Some(answer) => Some(answer),
            None => return Ok(Exit::Unanswered),
        },
        None => None,
    };
    let what = text::count(firsts.len(), "client");
    let what = format!("{what}, one after another");
    let (run, target) = play(args, Listed::new(&firsts), (&what, auth::RESPONDER))?;
    let sent = run.sent();
    let (heard, stopped) = run.end();
    let report = ProbeReport {
        target: named(&args.host, target),
        rows: rows(&clients, &played, &heard, expected.as_ref()),
        stopped,
        sent,
        policy: &policy,
    };
    match args.format {
        Format::Table => {
            let mut text = Vec::new();
            report.table(terminal.table_style(), &mut text)?;
            terminal.show(&text, out)?;
        }
        Format::Json => {
            terminal.frame(&report.frame());
            report.json(out)?;
        }
    }
    Ok(report.conclusion().into())
}

impl Args {
    fn limits(&self) -> Limits {
        Limits {
            packets: self.max_packets,
            duration: Duration::from_secs(self.max_seconds),
            ..Limits::default()
        }
    }
}

/// The first message of a client, with what its profile says of it.
fn first(selected: &Selected, database: &Database<'_>) -> Result<First, NotPlayed> {
    let profile = database.profile(&selected.profile);
    let known = profile.and_then(Result::ok);
    let known = known.map_or_else(FirstMessage::default, |it| it.first_message());
    First::of(&selected.client, &known)
}

/// The host as it was typed, with the address that was dialled.
fn named(host: &str, target: SocketAddr) -> String {
    if host.trim_matches(['[', ']']) == target.ip().to_string() {
        target.to_string()
    } else {
        format!("{host} ({target})")
    }
}

/// Plays messages to the server to their end, after the one line that announces it.
fn play<M: Messages>(
    args: &Args,
    messages: M,
    (what, shown): (&str, &str),
) -> anyhow::Result<(Run<M>, SocketAddr)> {
    let target = live::resolve(&args.host, args.port)?;
    let socket = live::socket(target)?;
    let ends = Ends {
        local: socket.local_addr().context("the socket has no address")?,
        remote: target,
    };
    say(&announcement(args, target, what, shown));
    let mut run = Run::new(messages, ends, args.limits());
    live::play(&mut run, &socket, is_marked(args.port))?;
    Ok((run, target))
}

/// Finds out what the server accepts.
fn enumerate(
    args: &Args,
    server: Option<&Server>,
    terminal: Terminal,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let what = format!(
        "{}, asked for together and apart",
        text::count(enumeration::asked_for(), "suite")
    );
    if args.dry_run {
        writeln!(
            out,
            "{} port {}: {what}, nothing is sent\n{ENUMERATION}; at most {}, at most 10 a \
             second, at most {} s\n{}",
            args.host,
            args.port,
            packets(args),
            args.max_seconds,
            warning(auth::RESPONDER)
        )?;
        return Ok(Exit::Yes);
    }
    let messages = Enumeration::new(args.max_packets);
    say(&format!("probe: {ENUMERATION}"));
    let (run, target) = play(args, messages, (&what, auth::RESPONDER))?;
    let sent = run.sent();
    let (messages, stopped) = run.into_messages();
    let outcome = messages.outcome();
    let report = EnumerationReport {
        target: named(&args.host, target),
        outcome: outcome.as_ref(),
        stopped,
        sent,
        file: server.map(|server| (&*server.file, server)),
    };
    terminal.frame(&report.frame());
    match args.format {
        Format::Table => report.yaml(out)?,
        Format::Json => report.json(out)?,
    }
    if let Some(why) = report.failure() {
        say(&format!("error: {why}"));
    }
    for finding in report.findings() {
        say(&finding);
    }
    Ok(match report.found() {
        Some(found) => Exit::of(!found.proposals.is_empty() && report.is_as_written()),
        None => Exit::Unanswered,
    })
}

/// Sees how the server proves who it is.
fn certificate(
    args: &Args,
    clients: &[Client],
    database: &Database<'_>,
    terminal: Terminal,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let what = "the beginning of a connection with EAP, without any proof or account";
    if args.dry_run {
        writeln!(
            out,
            "{} port {}: {what}, nothing is sent\nas a rule 3 to 5 packets\n{}",
            args.host,
            args.port,
            warning(auth::INITIATOR)
        )?;
        return Ok(Exit::Yes);
    }
    let first = [First::for_proof()];
    let (run, target) = play(args, Listed::new(&first), (what, auth::INITIATOR))?;
    let sent = run.sent();
    let (heard, stopped) = run.end();
    let heard = heard.first();
    let proof = heard.and_then(|it| it.proof.as_ref());
    let sent_by_server = proof.map(|it| it.certificates.concat()).unwrap_or_default();
    let chain = certificates(&sent_by_server).unwrap_or_default();
    let given = Certificates::of_server(&chain, super::certificate::now());
    let names = Names {
        address: Some(&args.host),
        remote_id: proof.and_then(Proof::name),
    };
    let rows = given.rows(clients.iter(), names, database);
    let report = ProofReport {
        target: named(&args.host, target),
        heard,
        certificates: &chain,
        rows: &rows,
        stopped,
        sent,
    };
    match args.format {
        Format::Table => {
            let mut text = Vec::new();
            report.table(terminal.table_style().width, &mut text)?;
            terminal.show(&text, out)?;
        }
        Format::Json => {
            terminal.frame(&report.frame());
            report.json(out)?;
        }
    }
    Ok(match report.has_certificate() {
        true => Exit::of(report.is_right() && !report.is_refused()),
        false => Exit::Unanswered,
    })
}

/// How suites are asked for.
const ENUMERATION: &str = "most questions are first messages that a server refuses with \
    INVALID_KE_PAYLOAD or NO_PROPOSAL_CHOSEN, so that nothing is left on it";

/// How many packets may be sent.
fn packets(args: &Args) -> String {
    text::count(
        usize::try_from(args.max_packets).unwrap_or(usize::MAX),
        "packet",
    )
}

/// The one line before the first packet.
fn announcement(args: &Args, target: SocketAddr, what: &str, shown: &str) -> String {
    format!(
        "probe: {}: {what}, at most {}; {}",
        named(&args.host, target),
        packets(args),
        warning(shown)
    )
}

/// What the server's log will show, and who may do that.
fn warning(shown: &str) -> String {
    format!(
        "its log will show `{shown}`, and rules such as those of fail2ban may react; only for servers \
         that you run or may test"
    )
}

/// What would be sent.
fn plan(
    args: &Args,
    played: &[Result<First, NotPlayed>],
    clients: &[Arc<Client>],
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let count = played.iter().flatten().count();
    writeln!(
        out,
        "{} port {}: {}, nothing is sent",
        args.host,
        args.port,
        text::count(count, "client")
    )?;
    writeln!(
        out,
        "as a rule 2 packets for each, 1 more for each INVALID_KE_PAYLOAD, COOKIE or question of \
         EAP, 3 tries where no answer comes; at most {}, at most 10 a second, at most {} s",
        packets(args),
        args.max_seconds
    )?;
    writeln!(
        out,
        "{}",
        warning(&format!(
            "{}` asking for `{}",
            auth::INITIATOR,
            auth::RESPONDER
        ))
    )?;
    for (client, first) in clients.iter().zip(played) {
        match first {
            Ok(first) => {
                let count = first.proposals.len();
                let group = ikecompat::ike::Transform::ke(first.group);
                writeln!(
                    out,
                    "  {}: {}, a KE payload for {}, {}",
                    client.id,
                    text::count(count, "proposal"),
                    text::transform(group),
                    text::count(first.notifies.len(), "notify").replace("notifys", "notifies")
                )?;
            }
            Err(why) => writeln!(out, "  {}: not played: {why}", client.id)?,
        }
    }
    Ok(())
}

/// What was sent and heard, client by client.
fn rows<'a>(
    clients: &'a [Arc<Client>],
    played: &'a [Result<First, NotPlayed>],
    heard: &'a [Heard],
    expected: Option<&'a Answer>,
) -> Vec<ProbeRow<'a>> {
    let mut heard = heard.iter();
    let pairs = clients.iter().zip(played).enumerate();
    pairs
        .map(|(place, (client, first))| ProbeRow {
            client,
            first: first.as_ref(),
            heard: first.is_ok().then(|| heard.next()).flatten(),
            expected: expected
                .and_then(|answer| answer.clients.get(place))
                .map(|client| &client.report),
        })
        .collect()
}
