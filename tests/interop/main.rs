//! The program's predictions against the real strongSwan daemon.
//!
//! Two charons in two network namespaces connect and rekey for every pair of lists, `ikecompat
//! negotiate --batch` predicts what they do, and every suite, every INVALID_KE_PAYLOAD round and every
//! refusal is compared. `docs/interop.md` says what that proves.
//!
//! ```text
//! IKECOMPAT_INTEROP=1 cargo test --test interop
//! ```
//!
//! It needs root, `/dev/net/tun` and the Debian packages charon-systemd, strongswan-swanctl,
//! libcharon-extra-plugins, libcharon-extauth-plugins, libstrongswan-standard-plugins,
//! libstrongswan-extra-plugins, strongswan-pki, openiked, libnss3-tools, gcc, iproute2 and nftables,
//! and the libraries of libreswan's package, which is unpacked and not installed.
//! Without the variable the tests say that they are skipped. Three more variables:
//! `IKECOMPAT_INTEROP_PAIRS` names a file of pairs to try instead, one a line, as a failing run prints
//! them; `IKECOMPAT_INTEROP_ANSWERS` one to write the daemons' answers to; `IKECOMPAT_INTEROP_RECORD`
//! one for exchanges of IKE, octet by octet.

mod algparse;
mod answer;
mod configs;
mod daemon;
mod defaults;
mod folders;
mod gate;
mod generate;
mod incidents;
mod keywords;
mod lab;
#[cfg(feature = "live")]
mod live;
mod log;
mod observe;
mod openiked;
mod pairs;
mod plan;
mod process;
mod program;
mod random;
mod run;
mod said;
mod servers;
mod swanctl;
mod vici;
mod written;

use std::env;
use std::fs;
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use answer::{Difference, differences, table};
use lab::Lab;
use log::Protocol;
use pairs::Pair;

/// What `ikecompat negotiate` predicts unless told otherwise.
const PREDICTED_VERSION: &str = "strongSwan 5.9.8";

#[test]
fn the_daemon_does_what_the_program_predicts() -> Result<()> {
    if !gate::open()? {
        return Ok(());
    }
    let start = Instant::now();
    let version = Lab::start(true)?.responder.version()?;
    gate::say(&format!(
        "interop: {version}; the predictions are for {PREDICTED_VERSION}"
    ));
    let pairs = plan::pairs()?;
    let predicted = program::predict(&pairs)?;
    let observed = run::observe_all(&pairs)?;
    if let Some(file) = env::var_os("IKECOMPAT_INTEROP_ANSWERS") {
        // With their questions, so that a line says by itself what was asked and seen.
        let line = |(pair, answer): (&Pair, &answer::Answer)| -> Result<String> {
            let mut line = serde_json::to_value(answer)?;
            line["initiator"] = serde_json::to_value(&pair.initiator)?;
            line["responder"] = serde_json::to_value(&pair.responder)?;
            line["responder_prefers_own"] = pair.responder_prefers_own.into();
            Ok(line.to_string())
        };
        let lines = pairs
            .iter()
            .zip(&observed)
            .map(line)
            .collect::<Result<Vec<_>>>()?;
        fs::write(&file, lines.join("\n") + "\n").context("cannot write the answers")?;
    }
    let differences: Vec<_> = predicted
        .iter()
        .zip(&observed)
        .flat_map(|(one, other)| differences(one, other))
        .collect();
    gate::say(&plan::summary(&observed, start.elapsed()));
    plan::check(&pairs, &observed)?;
    ensure!(differences.is_empty(), "{}", report(&pairs, &differences)?);
    Ok(())
}

#[test]
fn default_means_the_same_to_the_daemon_and_to_the_program() -> Result<()> {
    if !gate::open()? {
        return Ok(());
    }
    let mut lab = Lab::start(true)?;
    for protocol in [Protocol::Ike, Protocol::Esp] {
        let daemon = defaults::of_daemon(&mut lab, protocol)?;
        let program = defaults::of_program(protocol)?;
        assert_eq!(
            program, daemon,
            "the program's list (left) and the daemon's (right)"
        );
    }
    Ok(())
}

#[test]
fn written_folders_serve_their_clients_as_the_plan_says() -> Result<()> {
    if !gate::open()? {
        return Ok(());
    }
    let (plans, connections) = folders::try_all()?;
    gate::say(&format!(
        "interop: charon served {plans} written folders, {connections} clients on the planned suites"
    ));
    Ok(())
}

#[test]
fn what_is_read_is_what_the_daemon_loads() -> Result<()> {
    if !gate::open()? {
        return Ok(());
    }
    let loader = swanctl::Loader::start()?;
    let included = loader.folder().join("included");
    fs::create_dir(&included)?;
    fs::write(included.join("proposals.conf"), configs::INCLUDED)?;
    let constructs = configs::CONSTRUCTS.iter();
    let constructs = constructs.map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let random = configs::random_files(4, 150).into_iter().enumerate();
    let random = random.map(|(number, text)| (format!("random file {number}"), text));
    let mut files: Vec<_> = constructs.chain(random).collect();
    if let Some(folder) = env::var_os("IKECOMPAT_INTEROP_CONFIGS") {
        let mut paths: Vec<_> = fs::read_dir(folder)?
            .map(|entry| Ok(entry?.path()))
            .collect::<Result<_>>()?;
        paths.sort();
        for path in paths {
            let text = fs::read_to_string(&path)?;
            files.push((
                path.display().to_string(),
                swanctl::without_certificates(&text),
            ));
        }
    }
    let path = loader.folder().join("swanctl.conf");
    let (mut connections, mut refused, mut differences) = (0, 0, Vec::new());
    for (name, text) in &files {
        fs::write(&path, text)?;
        let daemon = loader.load(&path)?;
        for one in daemon.iter().flat_map(|all| all.values()) {
            connections += 1;
            refused += usize::from(one.is_none());
        }
        let different = swanctl::difference(&daemon, &swanctl::read(&path)?);
        differences.extend(different.map(|what| format!("{name}\n{what}\n{text}")));
    }
    gate::say(&format!(
        "interop: {} files of swanctl.conf with {connections} connections, {refused} of them refused",
        files.len()
    ));
    ensure!(
        connections > 200 && refused > 20,
        "the files try too little"
    );
    ensure!(
        differences.is_empty(),
        "{} files are read otherwise than the daemon loads them\n{}",
        differences.len(),
        differences.join("\n")
    );
    Ok(())
}

#[test]
fn charon_loads_what_is_written_as_it_was_meant() -> Result<()> {
    if !gate::open()? {
        return Ok(());
    }
    let connections = written::swanctl()?;
    gate::say(&format!(
        "interop: charon loaded {connections} connections of written files of swanctl.conf"
    ));
    Ok(())
}

#[test]
fn libreswan_reads_what_is_written_as_it_was_meant() -> Result<()> {
    if !gate::open()? {
        return Ok(());
    }
    let (strings, files) = written::libreswan()?;
    gate::say(&format!(
        "interop: algparse read {strings} written proposals, addconn checked {files} written files"
    ));
    Ok(())
}

#[test]
fn iked_takes_and_refuses_what_the_reader_does() -> Result<()> {
    if !gate::open()? {
        return Ok(());
    }
    ensure!(
        openiked::is_installed(),
        "there is no `iked`\nhelp: on Debian, `apt-get install openiked`"
    );
    let openiked::Tried {
        taken,
        refused,
        proposals,
        differences,
    } = openiked::try_all()?;
    gate::say(&format!(
        "interop: iked took {taken} files of iked.conf with {proposals} proposals and refused {refused}, \
         {} differences",
        differences.len()
    ));
    ensure!(taken > 150 && refused > 60, "too little is tried");
    let first: Vec<_> = differences.iter().take(10).cloned().collect();
    ensure!(differences.is_empty(), "{}", first.join("\n"));
    Ok(())
}

#[test]
fn diagnose_names_the_cause_from_either_end() -> Result<()> {
    if !gate::open()? {
        return Ok(());
    }
    let start = Instant::now();
    let incidents::Tried {
        incidents,
        logs,
        mistakes,
    } = incidents::try_all()?;
    gate::say(&format!(
        "interop: {incidents} incidents in {} s, {logs} logs diagnosed, {} mistakes",
        start.elapsed().as_secs(),
        mistakes.len()
    ));
    ensure!(incidents > 35 && logs > 100, "too little is tried");
    ensure!(
        mistakes.is_empty(),
        "{} of {logs} logs are read wrongly\n{}",
        mistakes.len(),
        mistakes.join("\n")
    );
    Ok(())
}

#[cfg(feature = "live")]
#[test]
fn clients_that_are_played_get_what_check_says() -> Result<()> {
    if !gate::open()? {
        return Ok(());
    }
    let start = Instant::now();
    let live::probing::Tried {
        servers,
        probes,
        selected,
        differences,
    } = live::probing::matrix()?;
    gate::say(&format!(
        "interop: {probes} probes of {servers} servers in {} s, {selected} selected, {} differences",
        start.elapsed().as_secs(),
        differences.len()
    ));
    ensure!(servers >= 30 && selected > 500, "too little is tried");
    ensure!(differences.is_empty(), "{}", differences.join("\n"));
    Ok(())
}

#[cfg(feature = "live")]
#[test]
fn the_command_probe_keeps_its_manners() -> Result<()> {
    if !gate::open()? {
        return Ok(());
    }
    live::probing::commands()
}

#[cfg(feature = "live")]
#[test]
fn what_is_listened_to_is_what_is_configured() -> Result<()> {
    if !gate::open()? {
        return Ok(());
    }
    let start = Instant::now();
    let live::listening::Tried {
        clients,
        seen,
        mistakes,
    } = live::listening::every_list()?;
    live::listening::kinds()?;
    gate::say(&format!(
        "interop: {seen} of {clients} clients seen as configured in {} s",
        start.elapsed().as_secs()
    ));
    ensure!(mistakes.is_empty(), "{}", mistakes.join("\n"));
    ensure!(clients >= 30, "too little is tried");
    live::listening::command()
}

#[cfg(feature = "live")]
#[test]
fn what_is_enumerated_is_what_the_daemons_have() -> Result<()> {
    if !gate::open()? {
        return Ok(());
    }
    live::enumerating::charon()?;
    live::enumerating::beyond()?;
    live::enumerating::file()?;
    live::enumerating::others()
}

#[cfg(feature = "live")]
#[test]
fn a_proof_of_the_server_is_seen_and_verified() -> Result<()> {
    if !gate::open()? {
        return Ok(());
    }
    live::proving::certificates()?;
    live::recording::exchanges()
}

#[cfg(feature = "live")]
#[test]
fn whatever_way_packets_take_the_server_is_the_same() -> Result<()> {
    if !gate::open()? {
        return Ok(());
    }
    live::ways::plain()?;
    live::ways::relayed()
}

#[cfg(feature = "live")]
#[test]
fn pluto_and_iked_are_met_as_predicted() -> Result<()> {
    if !gate::open()? {
        return Ok(());
    }
    live::strangers::servers()?;
    live::strangers::clients()
}

#[cfg(feature = "live")]
#[test]
fn the_rekeying_lab_shows_rekeyings() -> Result<()> {
    if !gate::open()? {
        return Ok(());
    }
    live::rekeying::from_either_side()
}

/// What differs, and the pairs to try again.
fn report(pairs: &[Pair], differences: &[Difference]) -> Result<String> {
    const SHOWN: usize = 20;
    let differs = |pair: &&Pair| {
        differences
            .iter()
            .any(|difference| difference.pair == pair.id)
    };
    let lines = pairs.iter().filter(differs).map(serde_json::to_string);
    let lines = lines.collect::<Result<Vec<_>, _>>()?;
    Ok(format!(
        "the daemon does not do what the program predicts for {} of {} pairs\n{}\n\
        the first of these pairs, for a file that IKECOMPAT_INTEROP_PAIRS names:\n{}",
        lines.len(),
        pairs.len(),
        table(differences),
        lines[..lines.len().min(SHOWN)].join("\n")
    ))
}
