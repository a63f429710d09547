//! A server as commands of Cisco's IOS XE.

use std::io::Write;

use super::{Device, Lists, left_out};
use crate::dialect::cisco::{Menu, expresses};
use crate::ike::{Protocol, Suite};
use crate::write::config::refusal::Failure;

pub(in crate::write::config) const DEVICE: Device = Device {
    product: "IOS XE",
    limit: "`crypto ikev2 proposal` and `crypto ipsec transform-set` have no word for it",
    source: "https://www.cisco.com/c/en/us/support/docs/field-notices/725/fn72510.html",
    expresses: says,
};

const BESIDE: &str = "authentication, certificates and addresses for clients: `authentication`, `pki trustpoint` and `aaa authorization` of the profile";

/// A suite with a PRF that is written, and no additional key exchange.
fn says(suite: &Suite) -> bool {
    suite.additional().next().is_none() && expresses(suite)
}

/// Writes the commands. Returns what they do not say.
pub(in crate::write::config) fn write(
    server: &crate::peer::Server,
    out: &mut impl Write,
) -> Result<Vec<String>, Failure> {
    let lists = DEVICE.lists(server)?;
    let mut text = String::new();
    for one in &lists {
        profile(one, &mut text)?;
    }
    out.write_all(text.as_bytes())?;
    Ok(left_out(&lists, BESIDE, false))
}

fn profile(one: &Lists<'_>, text: &mut String) -> Result<(), Failure> {
    let name = &one.name;
    for (place, suite) in one.ike.iter().enumerate() {
        text.push_str(&format!("crypto ikev2 proposal {name}-{}\n", place + 1));
        let word =
            |it: Option<crate::ike::Transform>| it.and_then(|it| Menu::IosProposal.spell(it));
        for (key, word) in [
            ("encryption", word(suite.encr())),
            ("integrity", word(suite.integ())),
            ("prf", word(suite.prf())),
            ("group", word(suite.ke())),
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
    text.push_str(&format!(
        "crypto ikev2 profile {name}\n match identity remote any\n"
    ));
    if let Some(time) = &one.connection.lifetime {
        text.push_str(&format!(" lifetime {}\n", time.value.as_secs()));
    }
    for child in &one.children {
        let own = &child.name;
        let sets = (1..=child.esp.len()).map(|place| format!("{own}-{place}"));
        let sets: Vec<String> = sets.collect();
        for (set, suite) in sets.iter().zip(&child.esp) {
            text.push_str(&format!(
                "crypto ipsec transform-set {set} {}\n mode tunnel\n",
                words(suite)
            ));
        }
        text.push_str(&format!("crypto ipsec profile {own}\n"));
        if let Some(time) = &child.child.lifetime {
            let seconds = time.value.as_secs();
            text.push_str(&format!(
                " set security-association lifetime seconds {seconds}\n"
            ));
        }
        text.push_str(&format!(" set transform-set {}\n", sets.join(" ")));
        if let Some(group) = child.pfs()?.and_then(|it| Menu::IosProposal.spell(it)) {
            text.push_str(&format!(" set pfs group{group}\n"));
        }
        text.push_str(&format!(" set ikev2-profile {name}\n"));
    }
    Ok(())
}

/// The words of a transform set.
fn words(suite: &Suite) -> String {
    debug_assert!(suite.protocol == Protocol::Esp, "transform sets are of ESP");
    let own = [suite.encr(), suite.integ()].into_iter().flatten();
    let words: Vec<_> = own.filter_map(|it| Menu::TransformSet.spell(it)).collect();
    words.join(" ")
}
