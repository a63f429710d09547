//! `probe --enumerate` against charon, pluto and iked: what is found is what is configured.

use std::fs;

use anyhow::{Context, Result, anyhow, ensure};
use ikecompat::dialect::swan;
use ikecompat::ike::{Proposal, Protocol, Suite};
use ikecompat::live::datagram::IKE_PORT;
use ikecompat::live::enumeration::{Enumeration, Found};

use super::others;
use super::probing::{command, lab, target};
use super::wire::{run, socket};
use crate::daemon::Side;
use crate::gate::say;
use crate::lab::Machines;
use crate::pairs::Lists;
use crate::written::Libreswan;

/// Lists of charon.
const LISTS: &[&[&str]] = &[
    &["aes256-sha256-modp2048"],
    &[
        "aes256gcm16-prfsha384-ecp384",
        "aes256-aes128-sha256-sha1-modp2048-ecp256",
        "3des-sha1-modp1024",
    ],
    &[
        "aes128-aes256-sha512-sha256-prfsha256-ecp521-modp4096-curve25519",
        "aes256ccm16-chacha20poly1305-prfaescmac-x448-ecp256bp",
        "camellia256-aesxcbc-prfaesxcbc-modp2048s256-ecp224",
    ],
];

/// What a server is found to have, with how many packets.
fn found(machines: &Machines) -> Result<(Found, u32)> {
    let socket = socket(machines, Side::Initiator, target(IKE_PORT)?)?;
    let run = run(&socket, Enumeration::new(1000))?;
    let sent = run.sent();
    let (messages, stopped) = run.into_messages();
    let outcome = messages.outcome().with_context(|| format!("{stopped:?}"))?;
    Ok((outcome.map_err(|why| anyhow!("{why:?}"))?, sent))
}

fn suites<'a>(proposals: impl IntoIterator<Item = &'a Proposal>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for proposal in proposals {
        let axes = ikecompat::ike::TransformType::COMPARED.map(|kind| proposal.of(kind).to_vec());
        let mut partial = vec![Suite::empty(Protocol::Ike)];
        for values in axes.into_iter().filter(|values| !values.is_empty()) {
            let longer = partial.iter().flat_map(|suite| {
                values.iter().map(|value| {
                    let mut longer = *suite;
                    longer.set(*value);
                    longer
                })
            });
            partial = longer.collect();
        }
        all.extend(partial.iter().map(|it| format!("{it:?}")));
    }
    all.sort();
    all.dedup();
    all
}

fn parsed(words: &[&str]) -> Result<Vec<Proposal>> {
    let read = |text: &&str| swan::parse(Protocol::Ike, text);
    let all = words.iter().map(read).collect::<Result<Vec<_>, _>>();
    all.map_err(|_| anyhow!("{words:?} is no list"))
}

fn same(name: &str, found: &Found, words: &[&str]) -> Result<()> {
    let expected = parsed(words)?;
    ensure!(
        suites(&found.proposals) == suites(&expected),
        "{name}: {words:?} is seen as {:?}",
        found.proposals.iter().map(swan::write).collect::<Vec<_>>()
    );
    ensure!(found.inferred == 0, "{name}: {words:?}: inferred");
    Ok(())
}

/// charon, with its defences: every list, in its order.
pub(crate) fn charon() -> Result<()> {
    for prefers_own in [true, false] {
        let word = if prefers_own { "yes" } else { "no" };
        let mut lab = lab("", &format!("prefer_configured_proposals = {word}"))?;
        for words in LISTS {
            let lists = Lists {
                ike: words.iter().map(ToString::to_string).collect(),
                esp: vec!["aes256-sha256".to_owned()],
            };
            lab.responder.load(&lists)?.map_err(|why| anyhow!(why))?;
            let (found, sent) = found(&lab)?;
            same("charon", &found, words)?;
            ensure!(found.predicted.1 == 0, "{words:?}: {found:?}");
            let one = suites(&found.proposals).len() == 1;
            ensure!(
                one || found.prefers_own == prefers_own,
                "{words:?}: {found:?}"
            );
            if prefers_own {
                ensure!(
                    found.proposals == parsed(words)?,
                    "{words:?}: {:?}",
                    found.proposals
                );
            }
            ensure!(lab.responder.sas()?.is_empty(), "SAs are left");
            say(&format!(
                "interop: charon has {} suites, found with {sent} packets",
                found.suites
            ));
        }
    }
    Ok(())
}

/// charon with ciphers that this program does not compute, beside one that it does.
pub(crate) fn beyond() -> Result<()> {
    let mut lab = lab("", "")?;
    let words = [
        "aes256-sha256-modp2048",
        "blowfish256-cast128-sha1-modp2048",
    ];
    let lists = Lists {
        ike: words.iter().map(ToString::to_string).collect(),
        esp: vec!["aes256-sha256".to_owned()],
    };
    if let Err(why) = lab.responder.load(&lists)? {
        say(&format!(
            "interop: this charon has no Blowfish or CAST: {why}"
        ));
        return Ok(());
    }
    let (found, sent) = found(&lab)?;
    same("charon", &found, &words)?;
    ensure!(found.beyond == 2 && found.ordered == 1, "{found:?}");
    ensure!(lab.responder.sas()?.is_empty(), "SAs are left");
    say(&format!(
        "interop: charon has {} suites, 2 of them not computed here, found with {sent} packets",
        found.suites
    ));
    Ok(())
}

/// The command: a file that `check` reads, and what the server's log shows.
pub(crate) fn file() -> Result<()> {
    let mut lab = lab("", "")?;
    let words = [
        "aes256gcm16-prfsha384-ecp384",
        "aes256-sha256-modp2048-modp1024",
    ];
    let lists = Lists {
        ike: words.map(ToOwned::to_owned).to_vec(),
        esp: vec!["aes256-sha256".to_owned()],
    };
    lab.responder.load(&lists)?.map_err(|why| anyhow!(why))?;
    let path = lab.folder().join("server.yaml");
    let name = path.display().to_string();
    let said = command(
        &lab,
        &[Side::Responder.address(), "--enumerate", ">", &name],
    )?;
    ensure!(
        said.contains("may test") && said.ends_with("status 0\n"),
        "{said}"
    );
    let text = fs::read_to_string(&path)?;
    for word in words
        .iter()
        .chain(&["phase2: unknown", "each of them tried"])
    {
        ensure!(text.contains(word), "{word} is missing in\n{text}");
    }
    // The file that it runs, and one that it does not.
    for (list, status, finding) in [
        (words.join(","), "status 0", "are the same in phase 1"),
        (words[1].to_owned(), "status 1", "the server accepts what"),
    ] {
        let said = lab.folder().join("said.yaml");
        let proposals = list.replace(',', "\n  - ");
        fs::write(
            &said,
            format!("phase1:\n  - {proposals}\nphase2: unknown\n"),
        )?;
        let said = said.display().to_string();
        let more = [Side::Responder.address(), "--enumerate", "--server", &said];
        let said = command(&lab, &more)?;
        ensure!(
            said.contains(finding) && said.ends_with(&format!("{status}\n")),
            "{said}"
        );
    }
    let program = env!("CARGO_BIN_EXE_ikecompat");
    let checked = std::process::Command::new(program)
        .arg("check")
        .arg(&path)
        .args(["--clients", "macos-13"])
        .output()?;
    let answer = String::from_utf8_lossy(&checked.stdout).into_owned();
    ensure!(answer.contains("aes256-sha256-modp2048"), "{checked:?}");
    ensure!(
        checked.status.code() != Some(0),
        "phase 2 is not known: {answer}"
    );
    Ok(())
}

/// pluto and iked.
pub(crate) fn others() -> Result<()> {
    let libreswan = Libreswan::unpack()?;
    let machines = Machines::start()?;
    let lines = "\tright=%any\n\trightid=%any\n\tike=aes_gcm256-sha2_256;dh20,aes128-sha1;modp2048+dh19\n\tauto=add";
    let pluto = others::pluto(&machines, &libreswan, Side::Responder, lines)?;
    let (seen, sent) = found(&machines).with_context(|| pluto.log())?;
    let words = [
        "aes256gcm16-prfsha256-ecp384",
        "aes128-sha1-modp2048-ecp256",
    ];
    same("pluto", &seen, &words)?;
    ensure!(
        seen.predicted.1 == 0 && seen.proposals == parsed(&words)?,
        "pluto: {seen:?}"
    );
    say(&format!(
        "interop: pluto has {} suites, found with {sent} packets",
        seen.suites
    ));
    drop(pluto);
    let lines = "ikesa enc aes-256 enc aes-128 prf hmac-sha2-256 prf hmac-sha1 auth hmac-sha2-256 auth \
                 hmac-sha1 group modp2048 group ecp256 ikesa enc aes-256-gcm prf hmac-sha2-384 group \
                 ecp384 childsa enc aes-256 auth hmac-sha2-256";
    let iked = others::iked(&machines, Side::Responder, "passive", lines)?;
    let (seen, sent) = found(&machines).with_context(|| iked.log())?;
    let words = [
        "aes256-aes128-sha256-sha1-prfsha256-prfsha1-modp2048-ecp256",
        "aes256gcm16-prfsha384-ecp384",
    ];
    same("iked", &seen, &words)?;
    say(&format!(
        "interop: iked has {} suites, found with {sent} packets; {} of {} selections are as charon's",
        seen.suites,
        seen.predicted.0,
        seen.predicted.0 + seen.predicted.1
    ));
    Ok(())
}
