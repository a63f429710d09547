//! A server as commands of Cisco's IOS XE.

use std::io::Write;

use super::{Device, Lists};
use crate::dialect::cisco::{Menu, expresses};
use crate::ike::{Protocol, Suite, Transform, TransformType};
use crate::peer::{Auth, Server, Version};
use crate::write::config::format::Choices;
use crate::write::config::refusal::Failure;

/// IOS XE in a release; without one only what every release has.
pub(in crate::write::config) fn device(release: Option<Version>) -> Device {
    let has_pqc = release.is_some_and(|release| release >= FIRST_WITH_PQC);
    Device {
        product: "IOS XE",
        limit: match has_pqc {
            true => {
                "`crypto ikev2 proposal` and `crypto ipsec transform-set` have no word for it; of additional key \
                 exchanges `pqc` is one of phase 1, and none of phase 2 was found"
            }
            false => {
                "`crypto ikev2 proposal` and `crypto ipsec transform-set` have no word for it that every release \
                 has; 26.1.1 has one additional key exchange of phase 1, `pqc`, which `--to cisco@26.1.1` writes"
            }
        },
        source: "https://www.cisco.com/c/en/us/support/docs/field-notices/725/fn72510.html",
        expresses: match has_pqc {
            true => says_with_pqc,
            false => says,
        },
        // No source that was found has a limit of names or of times.
        longest_name: usize::MAX,
        // The profile that is written matches every identity.
        most: 1,
        lifetimes: [1..=u64::MAX, 1..=u64::MAX],
    }
}

/// The first release that a source gives ML-KEM to: Cisco's guide, "Post-Quantum Cryptography for IKEv2".
const FIRST_WITH_PQC: Version = Version::new(26, 1, 1);

const BESIDE: &str = "certificates or keys, users and addresses for clients: `pki trustpoint` or `keyring`, `aaa` and \
                      `virtual-template` of the profile";

/// A suite without additional key exchanges, which a release has to be known for.
fn says(suite: &Suite) -> bool {
    suite.additional().next().is_none() && expresses(suite)
}

/// A suite with one additional key exchange in IKE at most; none is written behind `set pfs`.
fn says_with_pqc(suite: &Suite) -> bool {
    let mut additional = suite.additional();
    let first = additional.next();
    let is_pqc = first.is_none_or(|it| {
        suite.protocol == Protocol::Ike && it.kind == TransformType::ADDKE1 && !it.is_none()
    });
    is_pqc && additional.next().is_none() && expresses(suite)
}

/// Writes the commands. Returns what they do not say.
pub(in crate::write::config) fn write(
    server: &Server,
    choices: Choices,
    out: &mut impl Write,
) -> Result<Vec<String>, Failure> {
    let device = device(choices.release);
    device.write(server, (BESIDE, false), out, |one, text, lost| {
        ike(one, &device, choices.auth, text, lost);
        children(one, &device, text, lost)
    })
}

/// How the server and its clients authenticate.
const fn methods(auth: Auth) -> (&'static str, &'static str) {
    match auth {
        Auth::Certificate => ("rsa-sig", "rsa-sig"),
        Auth::EapMschapv2 | Auth::EapRadius | Auth::EapTls => ("rsa-sig", "eap query-identity"),
        Auth::Psk => ("pre-share", "pre-share"),
    }
}

fn ike(one: &Lists<'_>, device: &Device, auth: Auth, text: &mut String, lost: &mut Vec<String>) {
    let name = &one.name;
    let word = |it: Option<Transform>| it.and_then(|it| Menu::IosProposal.spell(it));
    for (place, suite) in one.ike.iter().enumerate() {
        text.push_str(&format!("crypto ikev2 proposal {name}-{}\n", place + 1));
        for (key, word) in [
            ("encryption", word(suite.encr())),
            ("integrity", word(suite.integ())),
            ("prf", word(suite.prf())),
            ("group", word(suite.ke())),
            ("pqc", word(suite.additional().next())),
        ] {
            if let Some(word) = word {
                text.push_str(&format!(" {key} {word}\n"));
            }
        }
    }
    text.push_str(&format!("crypto ikev2 policy {name}\n match fvrf any\n"));
    for place in 1..=one.ike.len() {
        text.push_str(&format!(" proposal {name}-{place}\n"));
    }
    let connection = one.connection;
    let (local, remote) = methods(Auth::of_clients(connection, auth));
    text.push_str(&format!(
        "crypto ikev2 profile {name}\n match identity remote any\n authentication local {local}\n \
         authentication remote {remote}\n"
    ));
    let time = connection.lifetime.as_ref().map(|time| time.value);
    if let Some(seconds) = device.lifetime(time, Protocol::Ike, &connection.name, lost) {
        text.push_str(&format!(" lifetime {seconds}\n"));
    }
}

fn children(
    one: &Lists<'_>,
    device: &Device,
    text: &mut String,
    lost: &mut Vec<String>,
) -> Result<(), Failure> {
    for child in &one.children {
        let own = &child.name;
        let sets = (1..=child.esp.len()).map(|place| format!("{own}-{place}"));
        let sets: Vec<String> = sets.collect();
        for (set, suite) in sets.iter().zip(&child.esp) {
            let words = words(suite);
            text.push_str(&format!(
                "crypto ipsec transform-set {set} {words}\n mode tunnel\n"
            ));
        }
        text.push_str(&format!("crypto ipsec profile {own}\n"));
        let time = child.child.lifetime.as_ref().map(|time| time.value);
        if let Some(seconds) = device.lifetime(time, Protocol::Esp, &child.child.name, lost) {
            text.push_str(&format!(
                " set security-association lifetime seconds {seconds}\n"
            ));
        }
        text.push_str(&format!(" set transform-set {}\n", sets.join(" ")));
        if let Some(group) = device
            .pfs(child)?
            .and_then(|it| Menu::IosProposal.spell(it))
        {
            text.push_str(&format!(" set pfs group{group}\n"));
        }
        text.push_str(&format!(" set ikev2-profile {}\n", one.name));
    }
    Ok(())
}

/// The words of a transform set.
fn words(suite: &Suite) -> String {
    let own = [suite.encr(), suite.integ()].into_iter().flatten();
    let words: Vec<_> = own.filter_map(|it| Menu::TransformSet.spell(it)).collect();
    words.join(" ")
}
