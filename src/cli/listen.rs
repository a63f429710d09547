//! `ikecompat listen`: what a phone or laptop offers, seen without letting it in.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use ikecompat::answer::Answer;
use ikecompat::compat::report::Overall;
use ikecompat::crypt::computes;
use ikecompat::diag::Sources;
use ikecompat::diagnose::learn::Learned;
use ikecompat::dialect::swan;
use ikecompat::ike::{Transform, TransformType};
use ikecompat::live::datagram::{self, IKE_PORT, NAT_PORT};
use ikecompat::live::network::Network;
use ikecompat::live::responder::{Incoming, ListenOptions, Responder};
use ikecompat::live::visitor::Visitor;
use ikecompat::peer::client::{IkeOffer, Lifetimes};
use ikecompat::peer::{Client, Fact, Grade, Known, PerExchange};
use ikecompat::profile::Database;
use ikecompat::write::database::learned;
use ikecompat::write::report::{json, listen, table};
use itertools::Itertools as _;

use super::choice::choice;
use super::live::{self, System};
use super::servers::ReadArgs;
use super::sockets::{self, Arrived, Sockets};
use super::terminal::{self, Terminal, say};
use super::{Exit, Format, recording, selection};

/// How long nobody has to come until it ends.
const PATIENCE: Duration = Duration::from_secs(300);

/// How long a client that has shown everything still gets the same answer again.
const GRACE: Duration = Duration::from_millis(1500);

/// See what a phone or laptop offers: wait for it, read both of its offers, and refuse it
///
/// Answers IKE_SA_INIT, decrypts the first IKE_AUTH and ends it with AUTHENTICATION_FAILED. Nobody
/// can be let in, since there is no secret and no certificate. A client shows its identity to any
/// server it dials, so enter dummies: any user name and password will do, and a pre-shared key that
/// is used nowhere else. What was seen is printed; names, inner addresses and certificates are not.
///
/// It ends after the first client, or after five minutes.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Address to listen on [default: all]
    #[arg(long, value_name = "ADDR")]
    bind: Option<IpAddr>,

    /// UDP port of IKE
    #[arg(long, value_name = "N", default_value_t = IKE_PORT)]
    port: u16,

    /// UDP port that clients change to behind NAT
    #[arg(long, value_name = "N", default_value_t = NAT_PORT)]
    nat_port: u16,

    /// Networks from which clients may come [default: this machine, and the private and link-local
    /// networks of its interfaces]
    #[arg(long, value_name = "CIDR", value_delimiter = ',', num_args = 1.., value_parser = |text: &str| text.parse::<Network>())]
    from: Vec<Network>,

    /// Dummy identity that you enter on the client: says whether it arrives
    #[arg(long, value_name = "NAME")]
    id: Option<String>,

    /// Ask for these groups by INVALID_KE_PAYLOAD, one after another, to see what the client does
    #[arg(long, value_name = "GROUP", value_delimiter = ',', num_args = 1.., value_parser = group)]
    follow: Vec<Transform>,

    /// Ask for a cookie, to see what the client does
    #[arg(long)]
    cookie: bool,

    /// Write the packets to this new file, encrypted as they are
    #[arg(long, value_name = "FILE")]
    pcap: Option<PathBuf>,

    /// Configuration of a server: does this client connect to it?
    #[arg(long, value_name = "FILE")]
    server: Option<PathBuf>,

    /// Write a client profile to standard output, as `learn` does; say product and version, such as
    /// `iOS 26.1`
    #[arg(long, value_name = "PRODUCT")]
    learn: Option<String>,

    /// Output format
    #[arg(long, default_value = "table", value_name = "FORMAT", value_parser = choice::<Format>())]
    format: Format,

    /// Policy that ranks the suites: an id, or a file of your own (`*.yaml`)
    #[arg(long, value_name = "ID|FILE", default_value = "rfc8247")]
    policy: String,
}

/// A group that this program computes.
fn group(word: &str) -> Result<Transform, String> {
    let groups = || {
        let all = swan::KEYWORDS.iter();
        let groups = all.filter(|(_, it)| it.kind == TransformType::KE && computes(*it));
        groups.unique_by(|(_, it)| *it).map(|(word, _)| *word)
    };
    match swan::keyword(word).filter(|it| it.kind == TransformType::KE) {
        Some(group) if computes(group) => Ok(group),
        found => Err(format!(
            "{}: {}",
            match found {
                Some(_) => "this program does not compute that group, but these",
                None => "expected one of the groups that this program computes",
            },
            groups().join(", ")
        )),
    }
}

pub(super) fn run(
    args: &Args,
    database: &Database<'_>,
    terminal: Terminal,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let server = match &args.server {
        Some(path) => match live::configuration(path, &ReadArgs::default(), database, terminal)? {
            Some(server) => Some(server),
            None => return Ok(Exit::Unanswered),
        },
        None => None,
    };
    let policy = super::policy(database, &args.policy, terminal)?;
    if args.port == args.nat_port && args.port != 0 {
        anyhow::bail!(
            "--port and --nat-port are the same port, {}; IKE needs one for each",
            args.port
        );
    }
    let mut random = System::default();
    let from = if args.from.is_empty() {
        sockets::own_networks()
    } else {
        args.from.clone()
    };
    let sockets = Sockets::bind(args.bind, args.port, args.nat_port)?;
    let mut recording = args.pcap.as_deref().map(recording::Recording::create);
    let mut recording = recording.take().transpose()?;
    sockets::drop_privileges()?;
    announce(args, &from, &sockets)?;
    let options = ListenOptions {
        from,
        identity: args.id.clone(),
        follow: args.follow.clone(),
        cookie: args.cookie,
    };
    let mut responder = Responder::new(options, &mut random);
    random.check()?;
    let visitor = wait(&sockets, &mut responder, &mut random, recording.as_mut())?;
    let (visitor, whole) = match visitor {
        Some(visitor) => (visitor, true),
        None => match responder.unfinished().into_iter().next() {
            Some(visitor) => (visitor, false),
            None => {
                say("nobody came in five minutes; ended");
                return Ok(Exit::Unanswered);
            }
        },
    };
    say(match () {
        () if whole => "one client was seen; ended",
        () if visitor.refused => {
            "a client offers nothing that this program computes; ended after five minutes"
        }
        () if visitor.is_unreadable => {
            "a client sent an IKE_AUTH that cannot be read; ended after five minutes"
        }
        () => "a client began and did not go on to IKE_AUTH; ended after five minutes",
    });
    let answer = server.as_ref().map(|server| {
        let clients = [Arc::new(client(&visitor))];
        live::ask(server, &clients, (database, &policy), terminal)
    });
    let asked = answer.as_ref().and_then(Option::as_ref);
    show(args, (&visitor, asked), (database, terminal), out)?;
    let client = asked.and_then(|answer| answer.clients.first());
    Ok(match client.map(|it| it.report.verdict) {
        _ if !whole || matches!(answer, Some(None)) => Exit::Unanswered,
        Some(Overall::Refused | Overall::RekeyFails) => Exit::No,
        Some(Overall::Connects | Overall::Unknown) | None => Exit::Yes,
    })
}

/// Says where it listens, for whom, for how long, and what to enter.
fn announce(args: &Args, from: &[Network], sockets: &Sockets) -> anyhow::Result<()> {
    let addresses = match args.bind.filter(|it| !it.is_unspecified()) {
        Some(address) => vec![address.to_string()],
        None => sockets::own_addresses(from),
    };
    let from: Vec<_> = from.iter().map(ToString::to_string).collect();
    say(&format!(
        "listening on UDP {} and {}, for clients from {}; ends after the first one, or after five \
         minutes; nobody is let in",
        sockets.ports.0,
        sockets.ports.1,
        from.join(", ")
    ));
    let mut text = Vec::new();
    listen::how_to_dial(&addresses, args.port, &mut text)?;
    say(String::from_utf8_lossy(&text).trim_end());
    Ok(())
}

/// Waits for the first client that shows everything.
fn wait(
    sockets: &Sockets,
    responder: &mut Responder,
    random: &mut System,
    mut recording: Option<&mut recording::Recording>,
) -> anyhow::Result<Option<Visitor>> {
    let start = Instant::now();
    let mut end = PATIENCE;
    let mut seen: Option<Visitor> = None;
    let mut said = false;
    loop {
        let now = start.elapsed();
        if now >= end {
            return Ok(seen);
        }
        let Some(Arrived { from, to, datagram }) = sockets.next(end - now)? else {
            continue;
        };
        let (octets, marked) = datagram::unwrap(&datagram);
        let incoming = Incoming {
            now: start.elapsed(),
            from: canonical(from),
            to: canonical(to),
            octets,
        };
        let outgoing = responder.take(incoming, random);
        random.check()?;
        let mut record = |from, to, datagram: &[u8]| {
            let recording = recording.as_mut().filter(|_| outgoing.admitted);
            let failed = recording.and_then(|it| it.add(from, to, datagram));
            failed.iter().for_each(|why| say(why));
        };
        record(from, to, &datagram);
        if let Some(reply) = &outgoing.reply {
            let reply = datagram::wrap(reply, marked);
            sockets.reply(to.port(), from, &reply);
            record(to, from, &reply);
        }
        if outgoing.not_computed && !said {
            said = true;
            say("a client offers nothing that this program computes; others are waited for");
        }
        if let (Some(visitor), None) = (outgoing.visitor, &seen) {
            seen = Some(visitor);
            end = (start.elapsed() + GRACE).min(PATIENCE);
        }
    }
}

/// An IPv4 address as such, whatever socket it came through.
fn canonical(end: SocketAddr) -> SocketAddr {
    SocketAddr::new(end.ip().to_canonical(), end.port())
}

/// Prints what was seen, the profile if it is asked for, and what the server's file says.
fn show(
    args: &Args,
    (visitor, answer): (&Visitor, Option<&Answer>),
    (database, terminal): (&Database<'_>, Terminal),
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let known = selection::every_client(database, terminal).unwrap_or_default();
    let learned = visitor.learned();
    let comparison = learned::comparison(&learned, &known);
    let mut text = Vec::new();
    let style = terminal.table_style();
    match args.format {
        Format::Table => listen::write(visitor, &comparison, style.width, &mut text)?,
        Format::Json => {
            terminal.frame(&listen::frame(visitor, &comparison));
            let server = answer.map(|answer| json::server(answer, &Sources::new()));
            listen::json::write(visitor, &comparison, server.as_ref(), &mut text)?;
        }
    }
    if let Some(product) = &args.learn {
        terminal::beside(&text);
        profile(product, (&learned, &comparison), (database, terminal), out)?;
    } else {
        terminal.show(&text, out)?;
    }
    if let (Format::Table, Some(answer)) = (args.format, answer) {
        writeln!(out)?;
        let mut text = Vec::new();
        table::write(answer, &Sources::new(), style, &mut text)?;
        terminal.show(&text, out)?;
    }
    Ok(())
}

/// Writes the profile of what was seen.
fn profile(
    product: &str,
    (learned, comparison): (&Learned, &[String]),
    (database, terminal): (&Database<'_>, Terminal),
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let date = now.ok().and_then(super::learn::date);
    let origin = learned::Origin {
        file: "ikecompat-listen",
        date: date.as_deref(),
        name: product,
        version: env!("CARGO_PKG_VERSION"),
        listened: Some(product),
    };
    let id = ("learned", terminal);
    if let Some(profile) = super::learn::profile(learned, comparison, &origin, id, database)? {
        out.write_all(&profile)?;
    }
    Ok(())
}

/// The client that was seen.
fn client(visitor: &Visitor) -> Client {
    let unknown = || "a rekeying needs a tunnel, and none came up".to_owned();
    let fact = |value| Fact {
        value,
        grade: Grade::Observed,
        sources: Vec::new(),
        note: None,
    };
    let esp = visitor.auth.as_ref().map(|auth| auth.esp.clone());
    Client {
        id: "seen".to_owned(),
        label: "the client seen".to_owned(),
        covers: Vec::new(),
        engine: None,
        transform_order: Some(visitor.init.type_order.clone()),
        ike_sa_init: Known::Stated(Fact {
            value: IkeOffer {
                proposals: visitor.init.proposals.clone(),
                key_exchange: visitor.init.key_exchange,
                retries_invalid_ke: visitor.learned().retries,
                may_add: Vec::new(),
            },
            grade: Grade::Observed,
            sources: Vec::new(),
            note: None,
        }),
        ike_auth: esp.map_or_else(
            || Known::Unknown("IKE_AUTH was not reached".to_owned()),
            |esp| Known::Stated(fact(esp)),
        ),
        child_rekey_by_client: Known::Unknown(unknown()),
        child_rekey_by_server: Known::Unknown(unknown()),
        ike_rekey_by_client: Known::Unknown(unknown()),
        ike_rekey_by_server: Known::Unknown(unknown()),
        readings: PerExchange::default(),
        lifetimes: Lifetimes::default(),
        method: Vec::new(),
        choices: BTreeMap::new(),
        registry: None,
        reauthentication: Known::Unknown(unknown()),
        address_request: Known::Unknown(unknown()),
        needs_first_proposal: false,
        authentication: Known::Unknown(unknown()),
        server_key: Known::Unknown("no certificate was shown to it".to_owned()),
    }
}
