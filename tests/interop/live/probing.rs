//! `probe` against charon: every client whose first message is known meets many servers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail, ensure};
use ikecompat::answer::{ServerText, reading};
use ikecompat::compat::report::reports;
use ikecompat::compat::verdict::Verdict;
use ikecompat::diag::Sources;
use ikecompat::format::Format;
use ikecompat::ike::Notify;
use ikecompat::live::auth::RESPONDER;
use ikecompat::live::datagram::{IKE_PORT, NAT_PORT};
use ikecompat::live::first::{Assumption, First};
use ikecompat::live::heard::{Answer, Cleanup, Heard};
use ikecompat::peer::{Client, Engine, Server};
use ikecompat::profile::Database;

use super::wire::{Outcome, play, socket};
use crate::daemon::{Settings, Side};
use crate::gate::say;
use crate::generate::random_pairs;
use crate::lab::Lab;
use crate::pairs::Lists;
use crate::servers::SERVERS;
use crate::vici::Section;

/// How many servers are made up besides those that have names.
const RANDOM: usize = 18;
const SEED: u64 = 5903;

/// charon as it is installed, but for the file that it logs to: it counts half-open SAs, asks for
/// cookies and falls silent.
const DEFENCES: &str = "dos_protection = yes\nhalf_open_timeout = 30\nthreads = 16";

/// The port of the server, on which its charon listens.
pub(super) fn target(port: u16) -> Result<SocketAddr> {
    Ok(format!("{}:{port}", Side::Responder.address()).parse()?)
}

pub(super) fn lab(plugins: &str, lines: &str) -> Result<Lab> {
    Lab::with(|_, _| Settings {
        prefers_own: true,
        plugins: plugins.to_owned(),
        lines: format!("{DEFENCES}\n{lines}"),
    })
}

/// All clients whose first message can be played, in all set-ups, each with its message.
pub(super) fn players() -> Result<Vec<(Client, First)>> {
    let database = Database::builtin();
    let all = database.select("*:*");
    let all = all.map_err(|_| anyhow!("the selection of all clients fails"))?;
    let mut players = Vec::new();
    for selected in all {
        let profile = database
            .profile(&selected.profile)
            .context("a client without profile")??;
        if let Ok(first) = First::of(&selected.client, &profile.first_message()) {
            players.push((selected.client, first));
        }
    }
    Ok(players)
}

/// The server as the program reads its file.
fn server(lists: &Lists) -> Result<Server> {
    let text = format!(
        "connections {{\n tunnel {{\n  version = 2\n  proposals = {}\n  local {{\n   auth = psk\n  }}\n  \
         remote {{\n   auth = psk\n  }}\n  children {{\n   net {{\n    esp_proposals = {}\n   }}\n  }}\n }}\n}}\n",
        lists.ike.join(","),
        lists.esp.join(",")
    );
    let database = Database::builtin();
    let described = ServerText {
        format: Some(Format::Swanctl),
        engine: Some(Engine::STRONGSWAN_5_9_8),
        ..ServerText::new("swanctl.conf", text.as_bytes())
    };
    match reading::server(&described, &database, &mut Sources::new()) {
        Ok(reading) => Ok(reading.value),
        Err(complaints) => bail!("{text}\n{}", complaints[0].message),
    }
}

/// What came of trying all clients against all servers.
#[derive(Debug, Default)]
pub(crate) struct Tried {
    pub(crate) servers: usize,
    pub(crate) probes: usize,
    pub(crate) selected: usize,
    pub(crate) differences: Vec<String>,
}

/// Plays every client to every server, and compares with what `check` says.
pub(crate) fn matrix() -> Result<Tried> {
    let players = players()?;
    let (clients, firsts): (Vec<_>, Vec<_>) = players.into_iter().unzip();
    let clients: Vec<_> = clients.into_iter().map(Arc::new).collect();
    let database = Database::builtin();
    let policy = database.policy("rfc8247").context("no policy")?;
    let mut lab = lab("", "")?;
    let socket = socket(&lab, Side::Initiator, target(IKE_PORT)?)?;
    let random = random_pairs("probe", SEED, RANDOM).into_iter();
    let named = SERVERS.iter().map(|it| (it.name.to_owned(), it.lists()));
    let lists = named.chain(random.map(|pair| (pair.id, pair.responder)));
    let mut tried = Tried::default();
    for (name, lists) in lists {
        if lab.responder.load(&lists)?.is_err() {
            continue;
        }
        tried.servers += 1;
        let server = server(&lists)?;
        let situation = reading::situation(&server, &database);
        let situation = situation.map_err(|wrong| anyhow!("{}", wrong[0].message))?;
        let expected = reports(&server, &clients, &situation, &policy);
        let Outcome { heard, stopped, .. } = play(&socket, &firsts)?;
        ensure!(stopped.is_none(), "{name}: {stopped:?}");
        let rows = expected.iter().zip(&firsts).zip(&heard);
        for ((expected, first), heard) in rows {
            tried.probes += 1;
            tried.selected += usize::from(matches!(heard.answer, Answer::Selected(_)));
            let verdict = &expected.ike.ike_sa_init.verdict;
            if let Some(what) = mistake(first, verdict, heard) {
                tried
                    .differences
                    .push(format!("{name}: {}: {what}", first.id));
            }
        }
        lab.responder.unload()?;
        ensure!(lab.responder.sas()?.is_empty(), "{name}: an SA is left");
    }
    Ok(tried)
}

/// What is wrong with a prediction or a probe.
fn mistake(first: &First, verdict: &Verdict, heard: &Heard) -> Option<String> {
    let differs = || Some(format!("{verdict:?} and {heard:?}"));
    match (verdict, &heard.answer) {
        (Verdict::Agree(agreed), Answer::Selected(suite)) if agreed.suite == *suite => {
            let freed = matches!(heard.cleanup, Some(Cleanup::Freed { .. }));
            let rounds = agreed.invalid_ke.as_ref();
            let same = first.assumed.contains(&Assumption::Group)
                || rounds.is_some_and(|rounds| *rounds == heard.invalid_ke);
            if freed && same { None } else { differs() }
        }
        (Verdict::Refuse(_), Answer::Error(Notify::NO_PROPOSAL_CHOSEN)) => None,
        (Verdict::Refuse(_), Answer::TooManyRounds(_)) => None,
        _ => differs(),
    }
}

/// The command itself, as a user runs it.
pub(super) fn command(lab: &Lab, arguments: &[&str]) -> Result<String> {
    let program = env!("CARGO_BIN_EXE_ikecompat");
    let line = format!("{program} probe {}; echo status $?", arguments.join(" "));
    lab.run_at(
        Side::Initiator,
        &["bash", "-c", &format!("{{ {line}; }} 2>&1")],
        "",
    )
}

/// What the command does over its life with one server: plain, by the port of NAT, blocked, lost.
pub(crate) fn commands() -> Result<()> {
    let start = Instant::now();
    let mut lab = lab(
        "eap-md5",
        "cookie_threshold_ip = 1\nblock_threshold = 2\nhalf_open_timeout = 12",
    )?;
    let host = Side::Responder.address();
    let proposals = ["aes256-sha256-modp2048", "aes256-sha256-ecp256"];
    let lists = Lists {
        ike: proposals.map(ToOwned::to_owned).to_vec(),
        esp: vec!["aes256-sha256".to_owned()],
    };
    lab.responder.load(&lists)?.ok();
    lab.responder.news()?;

    let said = command(&lab, &[host, "--clients", "osx,macos-13,windows"])?;
    ensure!(said.contains("aes256-sha256-modp2048"), "{said}");
    ensure!(
        said.contains("refused") && said.ends_with("status 1\n"),
        "{said}"
    );
    ensure!(said.contains("may test"), "it is not announced\n{said}");
    let log = lab.responder.news()?;
    let count = |what: &str| log.matches(what).count();
    ensure!(count("parsed IKE_SA_INIT request") == 3, "{log}");
    ensure!(count("parsed IKE_AUTH request") == 2, "{log}");
    ensure!(log.contains(RESPONDER), "its name is not in the log\n{log}");

    let port = NAT_PORT.to_string();
    let said = command(&lab, &[host, "--port", &port, "--clients", "osx"])?;
    ensure!(said.ends_with("status 0\n"), "{said}");

    // A third of all packets is lost on the way there.
    loss(&lab, "numgen inc mod 3 == 0 drop")?;
    let said = command(&lab, &[host, "--clients", "osx"])?;
    ensure!(said.ends_with("status 0\n"), "{said}");
    lab.run_at(Side::Responder, &["nft", "flush", "ruleset"], "")?;

    cookies(&mut lab)?;
    blocked(&mut lab)?;
    eap(&mut lab)?;
    say(&format!(
        "interop: the command probe in {} s",
        start.elapsed().as_secs()
    ));
    Ok(())
}

fn loss(lab: &Lab, rule: &str) -> Result<()> {
    let rules = format!(
        "table ip test {{\nchain arriving {{\ntype filter hook prerouting priority -500\n{rule}\n}}\n}}\n"
    );
    lab.run_at(Side::Responder, &["nft", "-f", "-"], &rules)?;
    Ok(())
}

/// The first message of one client.
fn one(word: &str) -> Result<First> {
    let players = players()?.into_iter();
    let mut firsts = players.map(|(_, first)| first);
    firsts.find(|it| it.id == word).context("no such client")
}

/// A client that leaves an SA half-open, as somebody else at this address may.
fn leave_half_open(lab: &Lab, count: usize) -> Result<()> {
    use ikecompat::live::first::Ends;
    use ikecompat::live::initiator::Initiator;
    let first = one("osx-10.11")?;
    for _ in 0..count {
        let socket = socket(lab, Side::Initiator, target(IKE_PORT)?)?;
        let ends = Ends {
            local: socket.local_addr()?,
            remote: socket.peer_addr()?,
        };
        let mut random = super::wire::System;
        let mut initiator =
            Initiator::new(first.clone(), ends, &mut random).context("no message")?;
        let mut buffer = [0; 2000];
        socket.set_read_timeout(Some(std::time::Duration::from_secs(2)))?;
        while !initiator.is_cleaning_up() {
            socket.send(initiator.request())?;
            let length = super::wire::receive(&socket, &mut buffer)?;
            initiator.take(&buffer[..length], &mut random);
        }
    }
    Ok(())
}

/// charon asks for a cookie once another SA of this address is half-open.
fn cookies(lab: &mut Lab) -> Result<()> {
    leave_half_open(lab, 1)?;
    let said = command(lab, &[Side::Responder.address(), "--clients", "osx"])?;
    ensure!(said.contains("asked for a cookie once"), "{said}");
    ensure!(said.ends_with("status 0\n"), "{said}");
    Ok(())
}

/// charon is silent once too many SAs of this address are half-open, and silence is no refusal.
fn blocked(lab: &mut Lab) -> Result<()> {
    leave_half_open(lab, 1)?;
    let said = command(lab, &[Side::Responder.address(), "--clients", "osx"])?;
    ensure!(said.contains("blocked"), "{said}");
    ensure!(!said.contains("refused"), "{said}");
    ensure!(said.ends_with("status 2\n"), "{said}");
    lab.responder.terminate()?;
    Ok(())
}

/// A server that begins EAP with anybody is told that nothing is wanted.
fn eap(lab: &mut Lab) -> Result<()> {
    lab.responder.unload()?;
    let local = Section::new().text("auth", "psk");
    let remote = Section::new()
        .text("auth", "eap-md5")
        .text("eap_id", "%any");
    let connection = Section::new()
        .text("version", "2")
        .list("proposals", &["aes256-sha256-modp2048"])
        .section("local", local)
        .section("remote", remote);
    let child = Section::new().list("esp_proposals", &["aes256-sha256"]);
    let secret = Section::new()
        .text("id", "anybody")
        .text("type", "IKE")
        .text("data", "a secret of this test");
    lab.responder.tell("load-shared", &secret)?;
    lab.responder
        .load_as(connection, child)?
        .map_err(|why| anyhow!(why))?;
    wait_until_empty(lab)?;
    lab.responder.news()?;
    let said = command(lab, &[Side::Responder.address(), "--clients", "osx"])?;
    let log = lab.responder.news()?;
    ensure!(said.contains("refused by Nak"), "{said}\n{log}");
    ensure!(said.ends_with("status 0\n"), "{said}");
    ensure!(lab.responder.sas()?.is_empty(), "an SA is left");
    Ok(())
}

/// Waits until the server has forgotten what was left half-open.
fn wait_until_empty(lab: &mut Lab) -> Result<()> {
    let late = Instant::now() + std::time::Duration::from_secs(40);
    while !lab.responder.sas()?.is_empty() {
        ensure!(Instant::now() < late, "half-open SAs stay");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    Ok(())
}
