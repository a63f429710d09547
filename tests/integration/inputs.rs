//! Every kind of input, each with what the program does to it from its first octet to what is said.
//!
//! The fuzz targets, the replay of what they found, and the tests of bounds go through these. Nothing but the
//! library is used here, since `fuzz/` takes this file as it is.

use std::io::Cursor;
use std::time::Duration;

use ikecompat::answer::certificate::{Certificates, Names};
use ikecompat::answer::diagnosis::{DiagnosisQuestion, diagnose as judge};
use ikecompat::answer::negotiation::{Daemon, negotiate};
use ikecompat::answer::selection::select;
use ikecompat::answer::{Question, ServerInput, ServerText, ask, words};
use ikecompat::crypt::Random;
use ikecompat::diag::{Sources, Style};
use ikecompat::diagnose::learn::Learner;
use ikecompat::diagnose::stream::Stream;
use ikecompat::format::Format;
use ikecompat::ike::{Ke, Notify, Protocol};
use ikecompat::live::datagram::unwrap;
use ikecompat::live::first::{Ends, First};
use ikecompat::live::initiator::{Initiator, Progress};
use ikecompat::live::responder::{Incoming, ListenOptions, Responder};
use ikecompat::peer::Engine;
use ikecompat::profile::{Database, policy};
use ikecompat::read::Files;
use ikecompat::read::certificate::{certificates, leaf};
use ikecompat::read::context::{NotOpened, Opened};
use ikecompat::wire::{Message, vendor};

/// A kind of input, by the name of its fuzz target.
pub type Kind = (&'static str, fn(&[u8]));

/// All of them.
pub const KINDS: [Kind; 12] = [
    ("capture", diagnose),
    ("certificate", certificate),
    ("client_config", client_config),
    ("client_message", client_message),
    ("log", diagnose),
    ("policy", user_policy),
    ("profile", profile),
    ("proposal", proposal),
    ("selection", selection),
    ("server_answer", server_answer),
    ("server_config", server_config),
    ("wire_message", wire_message),
];

/// Says what went wrong according to a log or a capture, and learns clients from it.
pub fn diagnose(bytes: &[u8]) {
    let stream = || Stream::of(Cursor::new(bytes.to_vec()));
    let database = Database::builtin();
    let policy = database.policy("rfc8247").expect("it is built in");
    let question = DiagnosisQuestion {
        server: None,
        policy: &policy,
    };
    let streams = [(); 2].map(|()| stream().map_err(Into::into));
    let sources = &mut Sources::new();
    let _ = judge(&question, streams, &database, sources, &mut |_| {});
    if let Ok(stream) = stream() {
        let mut learner = Learner::default();
        let _ = stream.feed(&mut |event| learner.take(event), &mut |_| {});
        let _ = learner.finish();
    }
}

/// The configuration of a server, in the format that the first octet chooses or the content shows.
pub fn server_config(bytes: &[u8]) {
    let Some((choice, bytes)) = bytes.split_first() else {
        return;
    };
    let chosen = usize::from(*choice).checked_sub(1);
    let mut formats = Format::all_read();
    configuration(chosen.and_then(|place| formats.nth(place)), bytes);
}

/// The configuration of a server in a format, or in the one that the content shows.
pub fn configuration(format: Option<Format>, bytes: &[u8]) {
    let text = ServerText {
        format,
        ..ServerText::new("input", bytes)
    };
    let database = Database::builtin();
    let policy = database.policy("rfc8247").expect("it is built in");
    let mut sources = Sources::new();
    let question = Question::new(ServerInput::Text(text), &policy);
    match ask(&question, &database, &mut sources) {
        Ok(answer) => {
            let _ = words::failures(&answer);
            for finding in answer.reading.iter().chain(&answer.findings) {
                let _ = sources.render(&finding.diagnostic, Style::Plain);
            }
        }
        Err(diagnostics) => {
            for diagnostic in &diagnostics {
                let _ = sources.render(diagnostic, Style::Plain);
            }
        }
    }
}

/// Clients that files configure, each in other ways.
const CLIENTS: [&str; 5] = [
    "windows-10",
    "ios-16",
    "macos-13",
    "android",
    "networkmanager",
];

/// The one file that there is.
struct Input<'b>(&'b [u8]);

impl Files for Input<'_> {
    fn open(&self, _: &str, _: &str) -> Result<Vec<Opened>, NotOpened> {
        Err(NotOpened::Nowhere)
    }

    fn named(&self, path: &str) -> Result<Opened, NotOpened> {
        Ok(Opened {
            name: path.to_owned(),
            bytes: self.0.to_vec(),
        })
    }
}

/// The file that configures a client, which the first octet chooses.
pub fn client_config(bytes: &[u8]) {
    if let Some((choice, bytes)) = bytes.split_first() {
        configured(CLIENTS[usize::from(*choice) % CLIENTS.len()], bytes);
    }
}

/// The file that configures this client.
pub fn configured(client: &str, bytes: &[u8]) {
    let mut sources = Sources::new();
    let words = format!("{client}=input");
    let selected = select(&words, &Database::builtin(), &Input(bytes), &mut sources);
    let diagnostics = match selected {
        Ok(selection) => selection.diagnostics,
        Err(diagnostics) => diagnostics,
    };
    for diagnostic in &diagnostics {
        let _ = sources.render(diagnostic, Style::Plain);
    }
}

/// A client profile of a user.
pub fn profile(bytes: &[u8]) {
    let mut sources = Sources::new();
    let Ok(file) = sources.add_octets("learned.yaml", bytes) else {
        return;
    };
    let mut database = Database::builtin();
    let diagnostics = match database.overlay(&mut sources, &[file]) {
        Ok(diagnostics) | Err(diagnostics) => diagnostics,
    };
    for diagnostic in &diagnostics {
        let _ = sources.render(diagnostic, Style::Plain);
    }
    let _ = database.select("all");
}

/// A policy of a user.
pub fn user_policy(bytes: &[u8]) {
    let mut sources = Sources::new();
    let Ok(file) = sources.add_octets("policy.yaml", bytes) else {
        return;
    };
    if let Err(diagnostics) = policy::read(&mut sources, file, &Database::builtin()) {
        for diagnostic in &diagnostics {
            let _ = sources.render(diagnostic, Style::Plain);
        }
    }
}

/// A certificate or a chain of them.
pub fn certificate(bytes: &[u8]) {
    let Ok(chain) = certificates(bytes) else {
        return;
    };
    let given = Certificates {
        server: leaf(&chain).cloned(),
        ..Certificates::default()
    };
    let database = Database::builtin();
    let clients = database.select("osx,windows").unwrap_or_default();
    let clients = clients.iter().map(|selected| &selected.client);
    let _ = given.rows(clients, Names::default(), &database);
}

/// Proposal words of strongSwan, and two lists of them against each other.
pub fn proposal(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let daemon = Daemon::new(Engine::STRONGSWAN_5_9_8, true).expect("it is built in");
    let (first, second) = text.split_once(';').unwrap_or((text, text));
    let list = |protocol, text: &str| {
        let words: Vec<&str> = text.split(',').collect();
        daemon.configure(protocol, &words)
    };
    let lists = [first, second].map(|text| (list(Protocol::Ike, text), list(Protocol::Esp, text)));
    if let [(Ok(ike), Ok(esp)), (Ok(other_ike), Ok(other_esp))] = &lists {
        let (initiator, responder) = (daemon.side(ike, esp), daemon.side(other_ike, other_esp));
        let _ = negotiate(initiator, responder).agrees();
    }
}

/// Words of the selection language.
pub fn selection(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Err(wrong) = Database::builtin().select(text) {
        for one in &wrong {
            let _ = (one.to_string(), one.help());
        }
    }
}

/// An IKE message: what parses is written back and read again.
pub fn wire_message(bytes: &[u8]) {
    let Ok((message, failed)) = Message::parse_start(bytes) else {
        return;
    };
    for notify in message.notifies() {
        let _ = notify.said();
    }
    for id in message.vendor_ids() {
        let _ = vendor::name(id);
    }
    if failed.is_none() && message.header.major() == 2 {
        let written = message.encode().expect("what was read fits its fields");
        let again = Message::parse(&written).expect("what was written can be read");
        assert_eq!(again.payloads, message.payloads);
    }
}

/// Where the two ends of a conversation are.
const CLIENT: &str = "192.0.2.1:40000";
const SERVER: &str = "203.0.113.10:500";

/// Octets that are no secret: each is one more than the one before it.
#[derive(Debug, Default)]
pub struct Counting(u8);

impl Random for Counting {
    fn fill(&mut self, octets: &mut [u8]) {
        for octet in octets {
            self.0 = self.0.wrapping_add(1);
            *octet = self.0;
        }
    }
}

/// Input as datagrams, each behind its length in two octets.
fn datagrams(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut all = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes(*length)).min(rest.len());
        let (datagram, left) = rest.split_at(length);
        all.push(datagram);
        bytes = left;
    }
    all
}

/// A client that asks the server for its first answer.
pub fn initiator(random: &mut Counting) -> Initiator {
    let first = First {
        group: Ke::Curve25519,
        ..First::for_proof()
    };
    let ends = Ends {
        local: CLIENT.parse().expect("an address"),
        remote: SERVER.parse().expect("an address"),
    };
    Initiator::new(first, ends, random).expect("a message")
}

/// A server that answers anybody of one network.
pub fn responder(random: &mut Counting) -> Responder {
    let options = ListenOptions {
        from: vec!["192.0.2.0/24".parse().expect("a network")],
        ..ListenOptions::default()
    };
    Responder::new(options, random)
}

/// A message of the client, in the second `now`.
pub fn incoming(now: u64, octets: &[u8]) -> Incoming<'_> {
    Incoming {
        now: Duration::from_secs(now),
        from: CLIENT.parse().expect("an address"),
        to: SERVER.parse().expect("an address"),
        octets,
    }
}

/// Answers of a server: whatever they are, the conversation ends or waits.
pub fn server_answer(bytes: &[u8]) {
    let mut random = Counting::default();
    let mut initiator = initiator(&mut random);
    for datagram in datagrams(bytes) {
        let (message, _) = unwrap(datagram);
        if initiator.take(message, &mut random) == Progress::Over {
            break;
        }
    }
}

/// COOKIE.
const COOKIE: Notify = Notify(16390);

/// Messages of clients: none gets more octets back than it sent before it proved its address.
pub fn client_message(bytes: &[u8]) {
    let mut random = Counting::default();
    let mut responder = responder(&mut random);
    for (now, datagram) in (0..).zip(datagrams(bytes)) {
        let (octets, _) = unwrap(datagram);
        let out = responder.take(incoming(now, octets), &mut random);
        let is_cookie = |message: Message<'_>| message.notifies().any(|it| it.kind == COOKIE);
        let cookie = Message::parse(octets).is_ok_and(is_cookie);
        let is_init = octets.get(18) == Some(&34);
        if let Some(reply) = out.reply.filter(|_| is_init && !cookie) {
            assert!(reply.len() <= octets.len(), "more than it sent");
        }
    }
}
