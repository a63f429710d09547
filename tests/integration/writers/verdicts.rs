//! The law of `convert` over verdicts: in every format and back, each connection means the same to
//! every client, in every exchange.
//!
//! With `IKECOMPAT_SHARED=FOLDER` the files of that folder are converted too. `IKECOMPAT_EVERY_CONVERSION=1`
//! asks every client, and makes up 1,000 servers; that takes many minutes.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ikecompat::answer::{Clients, Question, ServerInput, ask};
use ikecompat::compat::report::ClientReport;
use ikecompat::compat::verdict::Verdict;
use ikecompat::diag::Sources;
use ikecompat::dialect::swan;
use ikecompat::format::Format;
use ikecompat::ike::Suite;
use ikecompat::peer::{Client, Connection, Engine, EngineName, Server};
use ikecompat::profile::Database;
use ikecompat::read::context::NoFiles;
use ikecompat::read::{self, ReadContext};
use ikecompat::write::config::format::Choices;
use ikecompat::write::config::loss::{Loss, losses};
use ikecompat::write::config::setup::Auth;

fn is_every() -> bool {
    std::env::var_os("IKECOMPAT_EVERY_CONVERSION").is_some_and(|value| value == "1")
}

/// The formats of servers that are written and read.
const TARGETS: [Format; 6] = [
    Format::IpsecConf,
    Format::Libreswan,
    Format::OpnsenseXml,
    Format::PfsenseXml,
    Format::ServerYaml,
    Format::Swanctl,
];

/// A longer text is no configuration of a server.
const LONGEST: usize = 300_000;

const CHOICES: Choices = Choices {
    auth: Auth::EapTls,
    full: true,
    release: None,
};

fn read_as(format: Format, text: &str, engine: Option<Engine>) -> Result<Server, String> {
    let mut sources = Sources::new();
    let file = sources.add("file", text);
    let database = Database::builtin();
    let defaults = |engine, protocol| database.defaults(engine).ok().flatten()?.of(protocol);
    let context = ReadContext {
        files: &NoFiles,
        defaults: &defaults,
        engines: &|word| database.engine_named(word),
        unwritten_versions: &|engine| database.unwritten_versions(engine),
        engine,
    };
    let read = read::server(&mut sources, file, format, &context);
    read.map(|reading| reading.value).map_err(|wrong| {
        let style = ikecompat::diag::Style::Plain;
        wrong.iter().map(|it| sources.render(it, style)).collect()
    })
}

/// Each child of each connection that serves clients, as a server of its own.
fn units(server: &Server) -> Vec<Server> {
    let serving = server.connections.iter().filter(|it| it.serves_clients());
    let alone = serving.flat_map(|connection| {
        connection.children.iter().map(|child| {
            let mut alone = Connection {
                children: vec![child.clone()],
                ..connection.clone()
            };
            let own = child.rekey.as_ref().map(|rekey| rekey.value);
            alone.rekey.child = own.or(alone.rekey.child);
            Server {
                connections: vec![alone],
                ..server.clone()
            }
        })
    });
    alone.collect()
}

/// What a verdict says, whichever entries it comes from.
fn said(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Agree(agreed) => words(&agreed.suite),
        Verdict::OneOf(suites) => {
            let suites: Vec<_> = suites.iter().map(words).collect();
            format!("one of {}", suites.join(", "))
        }
        Verdict::Refuse(_) => "refuse".to_owned(),
        Verdict::Unknown(_) => "unknown".to_owned(),
        Verdict::NotUsed(_) => "not used".to_owned(),
    }
}

fn words(suite: &Suite) -> String {
    swan::write(&suite.to_proposal()).unwrap_or_else(|| format!("{suite:?}"))
}

/// The verdict of every client in the exchanges that engines of other kinds have in common, or in
/// all of them.
fn verdicts(server: &Server, clients: &[Arc<Client>], all: bool) -> Vec<String> {
    let database = Database::builtin();
    let policy = database.policy("rfc8247").unwrap();
    let question = Question {
        clients: Clients::Given(clients),
        ..Question::new(ServerInput::Model(server), &policy)
    };
    let answer = ask(&question, &database, &mut Sources::new()).unwrap();
    let of = |report: &ClientReport| {
        let ike = &report.ike;
        let mut line = report.client.id.clone();
        let mut verdicts = vec![&ike.ike_sa_init.verdict];
        for child in &report.children {
            verdicts.push(&child.verdicts.ike_auth.verdict);
            if all {
                verdicts.push(&child.verdicts.child_rekey_by_client.verdict);
                verdicts.push(&child.verdicts.child_rekey_by_server.verdict);
            }
        }
        if all {
            verdicts.push(&ike.ike_rekey_by_client.verdict);
            verdicts.push(&ike.ike_rekey_by_server.verdict);
        }
        for verdict in verdicts {
            let said = match verdict {
                Verdict::Agree(_) | Verdict::OneOf(_) if !all => "agree".to_owned(),
                verdict => said(verdict),
            };
            let _ = write!(line, " | {said}");
        }
        line
    };
    answer.clients.iter().map(|it| of(&it.report)).collect()
}

/// Whether the server's own daemon lacks an algorithm of its lists, which another may have.
fn is_beyond_its_build(server: &Server) -> bool {
    let build = Database::builtin().build(server.engine).unwrap();
    let mut entries = server.connections.iter().flat_map(|it| &it.ike);
    entries.any(|entry| {
        let mut transforms = entry.proposal.transforms().iter();
        transforms.any(|transform| build.lacks.contains(transform))
    })
}

/// The exchanges in the order of [`verdicts`], behind the client's name.
const EXCHANGES: [&str; 6] = [
    "IKE_SA_INIT",
    "IKE_AUTH",
    "child by client",
    "child by server",
    "IKE by client",
    "IKE by server",
];

/// Whether a writer has said that a verdict of an exchange may become another one: of the exchange that the sentence is
/// about, and no further than it goes.
fn is_announced(exchange: &str, before: &str, after: &str, lost: &[String]) -> bool {
    let agrees = |said: &str| !["refuse", "unknown", "not used"].contains(&said);
    let says = |words: &str| lost.iter().any(|line| line.contains(words));
    let of_ike = ["IKE_SA_INIT", "IKE by client", "IKE by server"].contains(&exchange);
    // The server stops asking for more than it did.
    let stops = exchange.ends_with("by server") && says("`rekey=no` stops") && after == "not used";
    // Another suite of those that both have is chosen.
    let other = agrees(before) && agrees(after);
    let reordered = other && of_ike && says("prefers its suites in the order of");
    let of_phase_2 = other && !of_ike && (says("into an order of its own") || says("also allows"));
    let wider = before == "refuse" && !of_ike && says("also allows");
    stops || reordered || of_phase_2 || wider
}

/// Compares a server with what became of it; `lost` is what the writers have said.
fn compare(
    what: &str,
    one: &Server,
    other: &Server,
    clients: &[Arc<Client>],
    lost: &[String],
) -> Option<String> {
    let (mut before, mut after) = (units(one), units(other));
    // Several children became one; the IKE SA is the same.
    let merges = ["merges the", "stand in one list"];
    let merged = before.len() != after.len()
        && lost
            .iter()
            .any(|line| merges.iter().any(|word| line.contains(word)));
    if merged {
        for all in [&mut before, &mut after] {
            all.dedup_by(|one, other| one.connections[0].name == other.connections[0].name);
        }
    }
    if before.len() != after.len() {
        let (before, after) = (before.len(), after.len());
        return Some(format!("{what}: {before} children become {after}"));
    }
    let all = one.engine.name == other.engine.name;
    if !all && is_beyond_its_build(one) {
        return None;
    }
    for (before, after) in before.iter().zip(&after) {
        let pair = [before, after].map(|it| verdicts(it, clients, all));
        for (before_said, after_said) in pair[0].iter().zip(&pair[1]) {
            let (said, became) = (before_said.split(" | "), after_said.split(" | "));
            let client = said.clone().next();
            let pairs = EXCHANGES.iter().zip(said.skip(1).zip(became.skip(1)));
            let differ: Vec<_> = pairs
                .filter(|(exchange, (one, other))| {
                    let of_child = **exchange == "IKE_AUTH" || exchange.starts_with("child");
                    one != other
                        && !(merged && of_child)
                        && !is_announced(exchange, one, other, lost)
                })
                .collect();
            if !differ.is_empty() {
                let name = &before.connections[0].name;
                return Some(format!("{what} `{name}`: {client:?} {differ:?}"));
            }
        }
    }
    None
}

/// Converts a server into every format and back, and says what has changed.
fn convert(what: &str, source: Format, server: &Server, clients: &[Arc<Client>]) -> Vec<String> {
    let mut wrong = Vec::new();
    for target in TARGETS {
        if losses(target, server).iter().any(Loss::is_grave) {
            continue;
        }
        let mut text = Vec::new();
        let Ok(lost) = target.write(server, CHOICES, &mut text) else {
            continue;
        };
        let text = String::from_utf8(text).unwrap();
        let name = match target {
            Format::Libreswan => EngineName::Libreswan,
            Format::ServerYaml => server.engine.name,
            _ => EngineName::Strongswan,
        };
        let engine = Some(server.engine).filter(|engine| engine.name == name);
        let again = match read_as(target, &text, engine) {
            // Where clients are is no part of any of these formats but `server.yaml`.
            Ok(again) => Server {
                nat: server.nat,
                ..again
            },
            Err(why) => {
                wrong.push(format!("{what} to {target}: {why}\n{text}"));
                continue;
            }
        };
        let hop = format!("{what} to {target}");
        wrong.extend(compare(&hop, server, &again, clients, &lost));
        let back = losses(source, &again).iter().any(Loss::is_grave);
        let mut text = Vec::new();
        let lost_again = source.write(&again, CHOICES, &mut text);
        let Some(lost_again) = lost_again.ok().filter(|_| !back) else {
            continue;
        };
        let said = [lost, lost_again].concat();
        let text = String::from_utf8(text).unwrap();
        // A `server.yaml` names its own engine, and has keys that others have not.
        let engine = Some(server.engine).filter(|_| source != Format::ServerYaml);
        match read_as(source, &text, engine) {
            Ok(back) => {
                let nat = server.nat;
                let back = Server { nat, ..back };
                let hop = format!("{what} to {target} and back");
                wrong.extend(compare(&hop, server, &back, clients, &said));
            }
            Err(why) => wrong.push(format!("{what} to {target} and back: {why}\n{text}")),
        }
    }
    wrong
}

fn clients(selection: &str) -> Vec<Arc<Client>> {
    let database = Database::builtin();
    let selected = database.select(selection).unwrap();
    selected
        .into_iter()
        .map(|one| Arc::new(one.client))
        .collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn every_file_means_the_same_in_every_format() {
    let mut files = Vec::new();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    for folder in [
        "conversion",
        "ipsec-conf",
        "libreswan",
        "opnsense",
        "pfsense",
        "swanctl",
    ] {
        collect(&corpus.join(folder), &mut files);
    }
    let mut selection = "osx,windows,ios-26,android-13,strongswan-5.9.7";
    if is_every() {
        selection = "all";
    }
    if let Some(shared) = std::env::var_os("IKECOMPAT_SHARED") {
        for folder in ["configs", "field"] {
            collect(&Path::new(&shared).join(folder), &mut files);
        }
    }
    let clients = clients(selection);
    files.sort();
    let (mut read, mut wrong) = (0, Vec::new());
    for path in files {
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        let format = Format::of(&text).filter(|format| TARGETS.contains(format));
        let Some(format) = format.filter(|_| text.len() <= LONGEST) else {
            continue;
        };
        let Ok(server) = read_as(format, &text, None) else {
            continue;
        };
        read += 1;
        let what = path.display().to_string();
        wrong.extend(convert(&what, format, &server, &clients));
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(read > 15, "{read} files");
}

/// Numbers that look random and are the same every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn of<'w>(&mut self, words: &[&'w str]) -> &'w str {
        words[self.below(words.len())]
    }

    /// One to three of the words, each once.
    fn list(&mut self, words: &[&str]) -> String {
        let first = self.below(words.len());
        let chosen = 1 + self.below(3);
        let list: Vec<_> = (0..chosen)
            .map(|n| words[(first + n * 2) % words.len()])
            .collect();
        list.join(",")
    }
}

const IKE: &[&str] = &[
    "aes256-sha256-modp2048",
    "aes128-aes256-sha256-sha384-ecp256-modp2048",
    "aes256gcm16-prfsha384-ecp384",
    "aes128-sha1-modp1024",
    "default",
    "chacha20poly1305-prfsha256-curve25519",
    "3des-sha1-modp1536",
];

const ESP: &[&str] = &[
    "aes256-sha256",
    "aes128gcm16-aes256gcm16-ecp256",
    "aes256gcm16",
    "aes128-sha1-modp2048",
    "default",
    "aes256-aes128-sha256-sha1-none-ecp256",
    "aes256-sha1",
];

fn swanctl(numbers: &mut Numbers) -> String {
    let mut text = "connections {\n".to_owned();
    for number in 0..=numbers.below(2) {
        let _ = write!(
            text,
            "  c{number} {{\n    version = 2\n    pools = p\n    proposals = {}\n    {}\n    {}\n    \
             local {{ auth = pubkey\n certs = a.pem }}\n    remote {{ auth = {}\n id = c{number} }}\n    \
             children {{\n",
            numbers.list(IKE),
            numbers.of(&["", "rekey_time = 0", "rekey_time = 7200s"]),
            numbers.of(&["", "reauth_time = 9000s", ""]),
            numbers.of(&["pubkey", "psk", "eap-tls", "eap-mschapv2", "eap-radius"]),
        );
        for child in 0..=numbers.below(2) {
            let _ = write!(
                text,
                "      n{child} {{\n        esp_proposals = {}\n        {}\n      }}\n",
                numbers.list(ESP),
                numbers.of(&[
                    "",
                    "rekey_time = 0",
                    "rekey_time = 1800s",
                    "local_ts = 0.0.0.0/0"
                ]),
            );
        }
        text.push_str("    }\n  }\n");
    }
    text + "}\npools {\n  p { addrs = 192.0.2.0/24 }\n}\n"
}

fn ipsec_conf(numbers: &mut Numbers) -> String {
    let mut text = String::new();
    for number in 0..=numbers.below(2) {
        let plain = |list: String| list.replace(",default", "").replace("default,", "");
        let list = |key: &str, list: String, strict: &str| match plain(list).as_str() {
            "default" => String::new(),
            list => format!("  {key}={list}{strict}\n"),
        };
        let ike = numbers.list(IKE);
        let ike = list("ike", ike, numbers.of(&["", "!", "!"]));
        let esp = numbers.list(ESP);
        let esp = list("esp", esp, numbers.of(&["", "!"]));
        let _ = write!(
            text,
            "conn c{number}\n  keyexchange=ikev2\n  right=%any\n  rightid=c{number}\n  rightsourceip=192.0.2.0/24\n  \
             leftcert=a.pem\n{ike}{esp}  {}\n  {}\n  {}\n  auto=add\n",
            numbers.of(&[
                "rightauth=eap-tls",
                "rightauth=eap-mschapv2",
                "rightauth=pubkey"
            ]),
            numbers.of(&["reauth=no", "rekey=no", "dpdaction=clear"]),
            numbers.of(&["lifetime=2h", "ikelifetime=4h", "type=tunnel"]),
        );
    }
    text
}

fn libreswan(numbers: &mut Numbers) -> String {
    let ike = [
        "aes256-sha2_256;dh14",
        "aes_gcm256-sha2_256;dh19+dh14",
        "aes256-sha1;dh14",
        "aes256+aes128-sha2_512+sha2_256;dh20",
    ];
    let esp = [
        "aes256-sha2_256",
        "aes_gcm256",
        "aes128-sha1",
        "aes256+aes128-sha2_256",
    ];
    format!(
        "conn c\n  ikev2=insist\n  left=192.0.2.1\n  right=%any\n  rightaddresspool=192.0.2.10-192.0.2.20\n  \
         authby=rsasig\n  leftcert=a\n  ike={}\n  esp={}\n  {}\n  {}\n  auto=add\n",
        numbers.list(&ike),
        numbers.list(&esp),
        numbers.of(&["pfs=no", "pfs=yes", ""]),
        numbers.of(&["rekey=no", "salifetime=2h", ""]),
    )
}

#[test]
fn what_is_made_up_means_the_same_in_every_format() {
    let clients = clients("osx,windows,ios-26,strongswan-5.9.7");
    let mut numbers = Numbers(20_261_130);
    let (mut read, mut wrong) = (0, Vec::new());
    for number in 0..if is_every() { 1000 } else { 15 } {
        let (format, text) = match number % 3 {
            0 => (Format::Swanctl, swanctl(&mut numbers)),
            1 => (Format::IpsecConf, ipsec_conf(&mut numbers)),
            _ => (Format::Libreswan, libreswan(&mut numbers)),
        };
        let Ok(server) = read_as(format, &text, None) else {
            continue;
        };
        read += 1;
        let what = format!("{text}{format}");
        wrong.extend(convert(&what, format, &server, &clients));
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(read > 10, "{read} servers");
}
