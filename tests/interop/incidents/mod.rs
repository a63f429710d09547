//! Connections that fail for a known reason, and what the program reads out of the daemons' logs.
//!
//! Each incident starts from two ends that would connect, spoils one thing, and has the initiator
//! dial. Both daemons log at the default level and at a raised one; `ikecompat diagnose` must name the
//! cause from every log that shows it, and nothing where nothing failed.

mod authentication;
pub(crate) mod end;
mod incident;
mod negotiation;
mod network;
pub(crate) mod pki;

use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{available_parallelism, scope, sleep};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use serde_json::Value;

use crate::daemon::{Settings, Side};
use crate::lab::Lab;
use crate::process::Folder;
use crate::program::diagnose;

use incident::{Incident, Says};
use pki::Pki;

/// What the daemons need besides the plugins of every test here.
pub(crate) const PLUGINS: &str = "pem pkcs1 pkcs8 x509 revocation constraints pubkey eap-identity eap-md5 \
    eap-mschapv2 eap-radius";

/// The levels at which a daemon logs at once.
const LEVELS: [&str; 2] = ["default", "raised"];

/// What came of trying them all.
#[derive(Debug, Default)]
pub(crate) struct Tried {
    pub(crate) incidents: usize,
    pub(crate) logs: usize,
    pub(crate) mistakes: Vec<String>,
}

/// Has every incident happen.
pub(crate) fn try_all() -> Result<Tried> {
    let folder = Folder::new()?;
    let pki = Pki::new(folder.path())?;
    let incidents: Vec<_> = [
        negotiation::INCIDENTS,
        authentication::INCIDENTS,
        network::INCIDENTS,
    ]
    .concat();
    let next = AtomicUsize::new(0);
    let work = || -> Result<Tried> {
        let mut tried = Tried::default();
        while let Some(incident) = incidents.get(next.fetch_add(1, Ordering::Relaxed)) {
            attempt(incident, &pki, &mut tried)
                .with_context(|| format!("incident `{}`", incident.name))?;
        }
        Ok(tried)
    };
    let workers = available_parallelism().map_or(1, NonZero::get).min(4);
    let all = scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let ended = workers
            .into_iter()
            .map(|worker| worker.join().map_err(|_| anyhow!("a worker panicked"))?);
        ended.collect::<Result<Vec<_>>>()
    })?;
    let mut sum = Tried::default();
    for tried in all {
        sum.incidents += tried.incidents;
        sum.logs += tried.logs;
        sum.mistakes.extend(tried.mistakes);
    }
    Ok(sum)
}

/// Has one incident happen, and diagnoses the logs of both ends.
fn attempt(incident: &Incident, pki: &Pki, tried: &mut Tried) -> Result<()> {
    let (mut initiator, mut responder) = (incident.ends)();
    (incident.spoil)(&mut initiator, &mut responder);
    let mut lab = Lab::with(|side, folder| settings(side, folder, incident))?;
    responder.load(Side::Responder, &mut lab, pki)?;
    initiator.load(Side::Initiator, &mut lab, pki)?;
    (incident.happens)(&mut lab)?;
    // The last lines of the other end may still be on their way.
    sleep(Duration::from_millis(200));

    tried.incidents += 1;
    for (side, says) in [
        (Side::Initiator, incident.initiator),
        (Side::Responder, incident.responder),
    ] {
        if says.answers.is_empty() {
            continue;
        }
        for level in LEVELS {
            tried.logs += 1;
            let file = log_file(lab.folder(), side, level);
            let log = fs::read_to_string(&file)?;
            let mistake = if log.contains(says.line) {
                misread(&diagnose(&file)?, says)?
            } else {
                Some(format!("no line with `{}`", says.line))
            };
            if let Some(mistake) = mistake {
                let (name, side) = (incident.name, side.name());
                tried.mistakes.push(format!(
                    "{name}, {level} log of the {side}: {mistake}\n{log}"
                ));
            }
        }
    }
    Ok(())
}

/// What is wrong with the answer about a log.
fn misread(answer: &Value, says: Says) -> Result<Option<String>> {
    let top = answer["findings"].get(0);
    let word = top.map_or(&answer["outcome"], |finding| &finding["cause"]);
    let word = word.as_str().context("an answer without outcome")?;
    if !says.answers.contains(&word) {
        let answers = says.answers.join(" or ");
        return Ok(Some(format!("`{word}` instead of {answers}")));
    }
    let proved = top.is_none_or(|finding| {
        let quoted = finding["evidence"].as_array();
        quoted.is_some_and(|lines| !lines.is_empty())
    });
    Ok((!proved).then(|| format!("`{word}` without evidence")))
}

fn log_file(folder: &Path, side: Side, level: &str) -> PathBuf {
    folder.join(format!("{}-{level}.log", side.name()))
}

/// Settings with a log for each level, and patience that a test can afford.
fn settings(side: Side, folder: &Path, incident: &Incident) -> Settings {
    let file = |level: &str| log_file(folder, side, level).display().to_string();
    let [default, raised] = LEVELS.map(file);
    Settings {
        prefers_own: true,
        plugins: PLUGINS.to_owned(),
        lines: format!(
            "install_virtual_ip = yes
            retransmit_timeout = 0.3
            retransmit_tries = 3
            half_open_timeout = 3
            filelog {{
                default {{
                    path = {default}
                    flush_line = yes
                    ike_name = yes
                    default = 1
                }}
                raised {{
                    path = {raised}
                    flush_line = yes
                    ike_name = yes
                    default = 1
                    cfg = 2
                    ike = 2
                }}
            }}
            {}",
            incident.settings
        ),
    }
}
