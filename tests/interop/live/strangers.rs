//! pluto and iked as servers of `probe`, and as clients of `listen`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use ikecompat::answer::{ServerText, reading};
use ikecompat::compat::report::reports;
use ikecompat::compat::verdict::Verdict;
use ikecompat::diag::Sources;
use ikecompat::format::Format;
use ikecompat::ike::{Notify, Protocol};
use ikecompat::live::datagram::IKE_PORT;
use ikecompat::live::heard::{Answer, Cleanup, Heard};
use ikecompat::live::responder::ListenOptions;
use ikecompat::live::visitor::{Proof, Visitor};
use ikecompat::peer::Server;
use ikecompat::profile::Database;

use super::listening::{parsed, serve, sockets};
use super::others::{iked, pluto, whack};
use super::probing::{players, target};
use super::wire::{play, socket};
use crate::daemon::Side;
use crate::gate::say;
use crate::lab::Machines;
use crate::written::Libreswan;

/// Lists of pluto, as it writes them.
const PLUTO: &[&str] = &[
    "aes256-sha2_256;modp2048",
    "aes_gcm256-sha2_256;dh20,aes128-sha1;modp2048+dh19",
    "aes256-sha2_512+sha1;dh14+dh15,3des-sha1;modp2048",
    "aes128-sha2_256;dh19",
    "aes256-sha2_384;dh20",
    "aes256-sha2_512;dh21",
    "aes_gcm128-sha2_256;dh19",
    "aes_gcm256-sha2_512;dh31,aes_gcm128-sha2_512;dh31",
    "chacha20_poly1305-sha2_256;dh31",
    "aes_ctr256-sha2_256;dh14",
    "aes128-sha1;modp1536",
    "3des-sha1;modp1536",
    "aes256-sha2_256;dh16+dh14",
    "aes128-sha2_256;dh19+dh20+dh21+dh14,aes256-sha2_512;dh16",
    "aes-sha1;dh14",
    "aes_gcm256-sha2_384;dh20,aes256-sha2_384;dh20,aes256-sha2_256;dh19",
    "aes256-sha1;dh14,aes128-sha2_256;dh14",
];

/// Proposals of iked, as it writes them.
const IKED: &[&str] = &[
    "ikesa enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group modp2048 childsa enc aes-256 auth hmac-sha2-256",
    "ikesa enc aes-256 enc aes-128 prf hmac-sha2-256 prf hmac-sha1 auth hmac-sha2-256 auth hmac-sha1 \
     group modp1024 group ecp256 childsa enc aes-128 auth hmac-sha1",
    "ikesa enc aes-128 prf hmac-sha2-256 auth hmac-sha2-256 group ecp256 childsa enc aes-128 auth hmac-sha2-256",
    "ikesa enc aes-256 prf hmac-sha2-384 auth hmac-sha2-384 group ecp384 childsa enc aes-256 auth hmac-sha2-384",
    "ikesa enc aes-256 prf hmac-sha2-512 auth hmac-sha2-512 group ecp521 childsa enc aes-256 auth hmac-sha2-512",
    "ikesa enc aes-256-gcm prf hmac-sha2-384 group ecp384 childsa enc aes-256-gcm",
    "ikesa enc aes-128-gcm prf hmac-sha2-256 group ecp256 group curve25519 childsa enc aes-128-gcm",
    "ikesa enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group curve25519 childsa enc aes-256 auth hmac-sha2-256",
    "ikesa enc 3des prf hmac-sha1 auth hmac-sha1 group modp1024 childsa enc 3des auth hmac-sha1",
    "ikesa enc aes-192 prf hmac-sha1 auth hmac-sha1 group modp1536 childsa enc aes-192 auth hmac-sha1",
    "ikesa enc aes-256 prf hmac-sha1 auth hmac-sha1 group modp1024 group modp2048 childsa enc aes-256 auth hmac-sha1",
    "ikesa enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group modp3072 group modp4096 \
     childsa enc aes-256 auth hmac-sha2-256",
    "ikesa enc aes-256 enc 3des prf hmac-sha2-256 auth hmac-sha1 group modp2048 childsa enc aes-256 auth hmac-sha1",
    "ikesa enc aes-256-gcm prf hmac-sha2-256 group ecp384 \
     ikesa enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group modp2048 childsa enc aes-256 auth hmac-sha2-256",
    "childsa enc aes-256 auth hmac-sha2-256",
];

/// What a client is told, and both of its offers.
type AsClient = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const PLUTO_AS_CLIENT: &[AsClient] = &[
    (
        "\tike=aes_gcm256-sha2_256;dh20,aes128-sha1;modp2048\n\tesp=aes_gcm256,aes256-sha2_256",
        &["aes256gcm16-prfsha256-ecp384", "aes128-sha1-modp2048"],
        &["aes256gcm16-esn-noesn", "aes256-sha256-esn-noesn"],
    ),
    (
        "\tike=aes256-sha2_512;dh21\n\tesp=aes128-sha1",
        &["aes256-sha512-ecp521"],
        &["aes128-sha1-esn-noesn"],
    ),
    (
        "\tike=chacha20_poly1305-sha2_256;dh31\n\tesp=chacha20_poly1305",
        &["chacha20poly1305-prfsha256-curve25519"],
        &["chacha20poly1305-esn-noesn"],
    ),
    (
        "\tike=3des-sha1;modp1536\n\tesp=3des-sha1",
        &["3des-sha1-modp1536"],
        &["3des-sha1-esn-noesn"],
    ),
];

const IKED_AS_CLIENT: &[AsClient] = &[
    (
        "ikesa enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group ecp256 childsa enc aes-128 auth hmac-sha1",
        &["aes256-sha256-ecp256"],
        &["aes128-sha1"],
    ),
    (
        "ikesa enc aes-256-gcm prf hmac-sha2-384 group ecp384 childsa enc aes-256 auth hmac-sha2-384",
        &["aes256gcm16-prfsha384-ecp384"],
        &["aes256-sha384"],
    ),
    (
        "ikesa enc 3des prf hmac-sha1 auth hmac-sha1 group modp1024 childsa enc aes-256 auth hmac-sha2-256",
        &["3des-sha1-modp1024"],
        &["aes256-sha256"],
    ),
];

/// What was tried.
#[derive(Debug, Default)]
struct Tried {
    probes: usize,
    selected: usize,
    differences: Vec<String>,
}

/// Plays every client to a server of this file, and compares what is heard with what is predicted.
fn all(machines: &Machines, (format, text): (Format, &str), tried: &mut Tried) -> Result<()> {
    let (clients, firsts): (Vec<_>, Vec<_>) = players()?.into_iter().unzip();
    let clients: Vec<_> = clients.into_iter().map(Arc::new).collect();
    let database = Database::builtin();
    let policy = database.policy("rfc8247").context("no policy")?;
    let described = ServerText {
        format: Some(format),
        engine: None,
        ..ServerText::new("server", text.as_bytes())
    };
    let server: Server = match reading::server(&described, &database, &mut Sources::new()) {
        Ok(reading) => reading.value,
        Err(complaints) => bail!("{text}\n{}", complaints[0].message),
    };
    let situation = reading::situation(&server, &database);
    let situation = situation.map_err(|wrong| anyhow!("{}", wrong[0].message))?;
    let expected = reports(&server, &clients, &situation, &policy);
    let socket = socket(machines, Side::Initiator, target(IKE_PORT)?)?;
    let outcome = play(&socket, &firsts)?;
    ensure!(outcome.stopped.is_none(), "{:?}", outcome.stopped);
    for ((expected, first), heard) in expected.iter().zip(&firsts).zip(&outcome.heard) {
        tried.probes += 1;
        tried.selected += usize::from(matches!(heard.answer, Answer::Selected(_)));
        let verdict = &expected.ike.ike_sa_init.verdict;
        if !fits(verdict, heard) {
            let what = format!("{}: {verdict:?} and {heard:?}\n{text}", first.id);
            tried.differences.push(what);
        }
        if let Answer::Selected(_) = &heard.answer {
            let freed = matches!(heard.cleanup, Some(Cleanup::Freed { .. }));
            ensure!(freed, "{}: {heard:?}", first.id);
        }
    }
    Ok(())
}

fn fits(verdict: &Verdict, heard: &Heard) -> bool {
    match (verdict, &heard.answer) {
        (Verdict::Agree(agreed), Answer::Selected(suite)) => agreed.suite == *suite,
        (Verdict::OneOf(suites), Answer::Selected(suite)) => suites.contains(suite),
        (Verdict::Refuse(_), Answer::Error(Notify::NO_PROPOSAL_CHOSEN)) => true,
        // A client that does not try again.
        (_, Answer::TooManyRounds(_)) => true,
        _ => false,
    }
}

/// Both as servers.
pub(crate) fn servers() -> Result<()> {
    let libreswan = Libreswan::unpack()?;
    let machines = Machines::start()?;
    let mut tried = Tried::default();
    for list in PLUTO {
        let lines = format!("\tright=%any\n\trightid=%any\n\tike={list}\n\tauto=add");
        let daemon = pluto(&machines, &libreswan, Side::Responder, &lines)?;
        let text = format!(
            "conn tunnel\n\tleft=203.0.113.10\n\tright=%any\n\tikev2=insist\n\tauthby=secret\n\tike={list}\n\tauto=add\n"
        );
        let played = all(&machines, (Format::Libreswan, &text), &mut tried);
        played.with_context(|| daemon.log())?;
    }
    for lines in IKED {
        let daemon = iked(&machines, Side::Responder, "passive", lines)?;
        let text = format!(
            "ikev2 \"tunnel\" passive esp from 203.0.113.10 to any local 203.0.113.10 peer any {lines} psk \"x\"\n"
        );
        let played = all(&machines, (Format::Iked, &text), &mut tried);
        played.with_context(|| daemon.log())?;
    }
    say(&format!(
        "interop: {} probes of pluto and iked, {} selections, {} differences",
        tried.probes,
        tried.selected,
        tried.differences.len()
    ));
    ensure!(
        tried.differences.is_empty(),
        "{}",
        tried.differences.join("\n")
    );
    let servers = PLUTO.len() + IKED.len();
    ensure!(servers > 30, "{servers} servers");
    ensure!(
        tried.probes > 70 * servers && tried.selected > 600,
        "{tried:?}"
    );
    Ok(())
}

/// Who comes while something dials.
fn seen(
    machines: &Machines,
    dial: impl FnOnce() -> Result<Vec<super::others::Other>>,
) -> Result<Visitor> {
    let sockets = sockets(machines)?;
    let stop = AtomicBool::new(false);
    scope(|scope| {
        let server = scope.spawn(|| serve(&sockets, ListenOptions::default(), &stop));
        let daemons = dial();
        let late = Instant::now() + Duration::from_secs(5);
        let refused = || {
            let daemons = daemons.iter().flatten();
            daemons
                .map(super::others::Other::log)
                .any(|log| log.contains("AUTHENTICATION_FAILED"))
        };
        while !refused() && Instant::now() < late {
            sleep(Duration::from_millis(50));
        }
        stop.store(true, Ordering::Relaxed);
        let visitors = server
            .join()
            .map_err(|_| anyhow!("the server panicked"))??;
        let log = daemons?
            .iter()
            .map(super::others::Other::log)
            .collect::<String>();
        let mut complete = visitors.into_iter().filter(|it| it.auth.is_some());
        complete
            .next()
            .with_context(|| format!("nobody came\n{log}"))
    })
}

/// Both as clients.
pub(crate) fn clients() -> Result<()> {
    let libreswan = Libreswan::unpack()?;
    let machines = Machines::start()?;
    let same = |visitor: &Visitor, ike: &[&str], esp: &[&str]| -> Result<()> {
        let auth = visitor.auth.as_ref().context("no IKE_AUTH")?;
        let words = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        ensure!(
            visitor.init.proposals == parsed(Protocol::Ike, &words(ike))?,
            "{visitor:?}"
        );
        ensure!(auth.esp == parsed(Protocol::Esp, &words(esp))?, "{auth:?}");
        ensure!(auth.proof == Proof::Method(2), "{auth:?}");
        Ok(())
    };
    for (lists, ike, esp) in PLUTO_AS_CLIENT {
        let lines = format!("\tright=203.0.113.10\n\trightid=@responder\n{lists}\n\tauto=add");
        let visitor = seen(&machines, || {
            let daemon = pluto(&machines, &libreswan, Side::Initiator, &lines)?;
            whack(
                &daemon,
                &libreswan,
                &["whack", "--initiate", "--asynchronous", "--name", "tunnel"],
            )?;
            Ok(vec![daemon])
        })?;
        same(&visitor, ike, esp).with_context(|| lines)?;
    }
    for (lines, ike, esp) in IKED_AS_CLIENT {
        let visitor = seen(&machines, || {
            Ok(vec![iked(&machines, Side::Initiator, "active", lines)?])
        })?;
        same(&visitor, ike, esp).with_context(|| (*lines).to_owned())?;
    }
    say(&format!(
        "interop: pluto and iked seen as clients, {} lists",
        PLUTO_AS_CLIENT.len() + IKED_AS_CLIENT.len()
    ));
    Ok(())
}
