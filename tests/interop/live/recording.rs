//! Exchanges with charon, written down octet by octet, random numbers of this side included.
//!
//! `IKECOMPAT_INTEROP_RECORD` names the file; `src/live/recorded.txt` was made like that, and is played
//! again without any daemon.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use ikecompat::crypt::Random;
use ikecompat::dialect::swan;
use ikecompat::ike::{Ke, Protocol};
use ikecompat::live::datagram::IKE_PORT;
use ikecompat::live::first::{Ending, Ends, First};
use ikecompat::live::initiator::{Initiator, Progress};

use super::probing::{lab, target};
use super::proving::{chain, load};
use super::wire::{System, socket};
use crate::daemon::Side;
use crate::incidents::PLUGINS;
use crate::vici::Section;

/// Random numbers that are remembered.
#[derive(Default)]
struct Remembering(Vec<u8>);

impl Random for Remembering {
    fn fill(&mut self, octets: &mut [u8]) {
        System.fill(octets);
        self.0.extend_from_slice(octets);
    }
}

/// What is offered, the group of the KE payload, and whether a proof is asked for.
const OFFERS: &[(&str, &str, bool)] = &[
    ("aes256-sha256-modp2048", "modp2048", false),
    ("3des-sha1-modp1024", "modp1024", false),
    ("aes256gcm16-prfsha384-ecp384-ecp256", "ecp256", false),
    ("chacha20poly1305-prfsha256-curve25519", "curve25519", false),
    ("aes128-aesxcbc-prfaesxcbc-ecp256", "ecp256", false),
    ("aes128ctr-aescmac-prfaescmac-ecp521", "ecp521", false),
    ("camellia256-sha512-ecp384bp", "ecp384bp", false),
    ("aes256ccm16-prfsha512-x448", "x448", false),
    ("aes256-sha256-modp2048", "modp2048", true),
    ("aes256gcm16-prfsha384-ecp384", "ecp384", true),
    ("aes128-sha1-modp1024", "modp1024", false),
];

/// The server's list: of two groups it wants the one that does not come first, and one suite is missing.
const SERVER: [&str; 9] = [
    "aes256-sha256-modp2048",
    "3des-sha1-modp1024",
    "aes256gcm16-prfsha384-ecp384",
    "chacha20poly1305-prfsha256-curve25519",
    "aes128-aesxcbc-prfaesxcbc-ecp256",
    "aes128ctr-aescmac-prfaescmac-ecp521",
    "camellia256-sha512-ecp384bp",
    "aes256ccm16-prfsha512-x448",
    "aes128-sha256-ecp256",
];

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// Has all exchanges, and writes them down where that is asked for.
pub(crate) fn exchanges() -> Result<()> {
    let mut lab = lab(PLUGINS, "cookie_threshold_ip = 1")?;
    chain(lab.folder(), "ecdsa", "256")?;
    let eap = Section::new()
        .text("auth", "eap-mschapv2")
        .text("eap_id", "%any");
    let lists = SERVER.map(ToOwned::to_owned);
    load(&mut lab, eap, &lists)?;
    let mut text = String::new();
    for (words, group, proof) in OFFERS {
        let socket = socket(&lab, Side::Initiator, target(IKE_PORT)?)?;
        socket.set_read_timeout(Some(Duration::from_secs(3)))?;
        let ends = Ends {
            local: socket.local_addr()?,
            remote: socket.peer_addr()?,
        };
        let proposal = swan::parse(Protocol::Ike, words).ok().context("a list")?;
        let group_number = swan::keyword(group).context("a group")?.id;
        let first = First {
            proposals: vec![proposal],
            group: Ke::from_repr(group_number).context("a group")?,
            ending: if *proof {
                Ending::Proof
            } else {
                Ending::Refusal
            },
            ..First::for_proof()
        };
        writeln!(
            text,
            "exchange {words} {group} {proof} {} {}",
            ends.local, ends.remote
        )?;
        let mut random = Remembering::default();
        let mut lines = String::new();
        let mut initiator = Initiator::new(first, ends, &mut random).context("no message")?;
        let mut progress = Progress::Request;
        let mut buffer = vec![0; 65_536];
        while progress != Progress::Over {
            if progress == Progress::Request {
                writeln!(lines, "> {}", hex(initiator.request()))?;
                socket.send(initiator.request())?;
            }
            let length = super::wire::receive(&socket, &mut buffer)?;
            writeln!(lines, "< {}", hex(&buffer[..length]))?;
            progress = initiator.take(&buffer[..length], &mut random);
        }
        writeln!(text, "random {}\n{lines}", hex(&random.0))?;
    }
    ensure!(text.matches("exchange").count() == OFFERS.len(), "{text}");
    if let Some(file) = env::var_os("IKECOMPAT_INTEROP_RECORD") {
        fs::write(&file, text).context("cannot write the exchanges")?;
    }
    Ok(())
}
