//! The groups of a server as commands of VyOS.

use std::io::Write;
use std::time::Duration;

use super::{Device, Lists};
use crate::dialect::swan;
use crate::dialect::vyos::{HASHES, expresses, number, spell};
use crate::ike::{Protocol, Suite};
use crate::write::config::refusal::Failure;

pub(in crate::write::config) const DEVICE: Device = Device {
    product: "VyOS",
    limit: "a proposal has one encryption, one hash and one group, and no additional key exchange",
    source: "https://github.com/vyos/vyos-1x/blob/02043297/interface-definitions/vpn_ipsec.xml.in",
    expresses: says,
    longest_name: usize::MAX,
    most: usize::MAX,
    // The ranges of the interface definition.
    lifetimes: [0..=86_400, 30..=86_400],
};

const BESIDE: &str = "the connection itself: name the groups in it, `set vpn ipsec remote-access connection NAME ike-group` and `esp-group`";

/// The hash: the integrity algorithm, or beside AEAD the one that has the PRF.
fn hash(suite: &Suite) -> Option<&'static str> {
    if let Some(integ) = suite.integ() {
        return spell(integ);
    }
    let Some(prf) = suite.prf() else {
        // ESP beside AEAD has no hash, and VyOS takes SHA-1 where none is written.
        return Some("sha256");
    };
    let has_prf = |word: &&str| swan::keyword(word).and_then(swan::prf_of) == Some(prf);
    HASHES.iter().copied().find(has_prf)
}

/// The word of `prf`, where it is not that of the hash.
fn prf(suite: &Suite) -> Option<String> {
    let own = suite.prf()?;
    let integ = suite.integ()?;
    (swan::prf_of(integ) != Some(own)).then(|| swan::spell(own))?
}

fn says(suite: &Suite) -> bool {
    let is_of_hash = suite
        .integ()
        .is_none_or(|it| swan::prf_of(it) == suite.prf());
    let has_prf = suite.prf().is_none() || is_of_hash || prf(suite).is_some();
    expresses(suite) && hash(suite).is_some() && has_prf
}

/// Writes the commands. Returns what they do not say.
pub(in crate::write::config) fn write(
    server: &crate::peer::Server,
    out: &mut impl Write,
) -> Result<Vec<String>, Failure> {
    DEVICE.write(server, (BESIDE, true), out, groups)
}

fn groups(one: &Lists<'_>, text: &mut String, lost: &mut Vec<String>) -> Result<(), Failure> {
    let mut set = |group: &str, words: &str| {
        text.push_str(&format!("set vpn ipsec {group} {words}\n"));
    };
    let ike = format!("ike-group {}", one.name);
    set(&ike, "key-exchange ikev2");
    let connection = one.connection;
    // VyOS writes it as strongSwan's rekey_time (`peer.j2`).
    let renewed = connection.rekey.ike;
    let renewed = DEVICE.lifetime(renewed, Protocol::Ike, &connection.name, lost);
    if let Some(seconds) = renewed {
        set(&ike, &format!("lifetime {seconds}"));
    }
    if connection.lifetime.is_some() {
        lost.push(format!(
            "the hard lifetime of phase 1 of `{}`: VyOS has the time of rekeying alone",
            connection.name
        ));
    }
    for (place, suite) in one.ike.iter().enumerate() {
        for words in proposal(suite) {
            set(&ike, &format!("proposal {} {words}", place + 1));
        }
    }
    for child in &one.children {
        let esp = format!("esp-group {}", child.name);
        match DEVICE.pfs(child)? {
            Some(group) => {
                let number = number(group).unwrap_or_default();
                set(&esp, &format!("pfs dh-group{number}"));
            }
            None => set(&esp, "pfs disable"),
        }
        let time = child.child.lifetime.as_ref().map(|time| time.value);
        if let Some(seconds) = DEVICE.lifetime(time, Protocol::Esp, &child.child.name, lost) {
            set(&esp, &format!("lifetime {seconds}"));
        }
        let own = child.child.rekey.as_ref().map(|time| time.value);
        match own.or(connection.rekey.child) {
            Some(Duration::ZERO) => set(&esp, "disable-rekey"),
            Some(_) => lost.push(format!(
                "the rekey time of child `{}`: VyOS has lifetimes, and switches rekeying off",
                child.child.name
            )),
            None => {}
        }
        for (place, suite) in child.esp.iter().enumerate() {
            for words in proposal(suite) {
                set(&esp, &format!("proposal {} {words}", place + 1));
            }
        }
    }
    Ok(())
}

/// The settings of a proposal; the group of a child is set beside its proposals.
fn proposal(suite: &Suite) -> Vec<String> {
    let group = suite.ke().filter(|_| suite.protocol == Protocol::Ike);
    [
        (
            "encryption",
            suite.encr().and_then(spell).map(str::to_owned),
        ),
        ("hash", hash(suite).map(str::to_owned)),
        ("prf", prf(suite)),
        ("dh-group", group.and_then(number).map(str::to_owned)),
    ]
    .into_iter()
    .filter_map(|(key, word)| Some(format!("{key} {}", word?)))
    .collect()
}
