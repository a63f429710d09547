//! A server as commands of FortiOS.

use std::io::Write;

use super::{Device, Lists, fields, left_out};
use crate::dialect::fortios::{expresses, number, spell};
use crate::ike::{Protocol, Suite, Transform, TransformType};
use crate::peer::{Auth, Server};
use crate::write::config::refusal::Failure;

pub(in crate::write::config) const DEVICE: Device = Device {
    product: "FortiOS",
    limit: "`proposal` has words for a cipher with a hash, and `dhgrp` the groups beside them",
    source: "https://docs.fortinet.com/document/fortigate/6.0.0/cli-reference/791036",
    expresses,
    // Fortinet's technical tip 193193; with `net-device disable` the number of a dial-up tunnel does not count.
    longest_name: 15,
    most: usize::MAX,
    // Of `keylife` and `keylifeseconds` in the CLI reference of FortiExtender 7.4.0, whose commands are these; the one of
    // FortiGate that was found has no range.
    lifetimes: [120..=172_800, 120..=172_800],
};

const BESIDE: &str = "the interface, certificate or key, users, and addresses for clients: `interface`, `certificate` or \
                      `psksecret`, `authusrgrp`, `mode-cfg` of phase 1";

/// Writes the commands. Returns what they do not say.
pub(in crate::write::config) fn write(
    server: &Server,
    auth: Auth,
    out: &mut impl Write,
) -> Result<Vec<String>, Failure> {
    let lists = DEVICE.lists(server)?;
    let mut lost = left_out(&lists, BESIDE, false);
    let mut text = String::from("config vpn ipsec phase1-interface\n");
    for one in &lists {
        phase1(one, auth, &mut text, &mut lost);
    }
    text.push_str("end\nconfig vpn ipsec phase2-interface\n");
    for one in &lists {
        children(one, &mut text, &mut lost)?;
    }
    text.push_str("end\n");
    out.write_all(text.as_bytes())?;
    Ok(lost)
}

fn phase1(one: &Lists<'_>, auth: Auth, text: &mut String, lost: &mut Vec<String>) {
    let connection = one.connection;
    let parts: [&dyn Fn(&Suite) -> String; 2] = [&word, &|suite| group(suite.ke())];
    let [words, groups] = fields(&one.ike, parts, "phase 1 of FortiOS", lost);
    let time = connection.lifetime.as_ref().map(|time| time.value);
    let time = DEVICE.lifetime(time, Protocol::Ike, &connection.name, lost);
    let auth = Auth::of_clients(connection, auth);
    let (method, by_eap) = match auth {
        Auth::Psk => ("psk", false),
        Auth::Certificate => ("signature", false),
        Auth::EapMschapv2 | Auth::EapRadius | Auth::EapTls => ("signature", true),
    };
    let eap = |word: &str| match by_eap {
        true => word.to_owned(),
        false => String::new(),
    };
    let settings = [
        ("type", "dynamic".to_owned()),
        ("net-device", "disable".to_owned()),
        ("ike-version", "2".to_owned()),
        ("authmethod", method.to_owned()),
        ("eap", eap("enable")),
        ("eap-identity", eap("send-request")),
        ("proposal", words.join(" ")),
        ("dhgrp", groups.join(" ")),
        ("keylife", seconds(time)),
    ];
    edit(text, &one.name, &settings);
}

fn children(one: &Lists<'_>, text: &mut String, lost: &mut Vec<String>) -> Result<(), Failure> {
    for child in &one.children {
        let parts: [&dyn Fn(&Suite) -> String; 2] = [&word, &|suite| group(suite.ke())];
        let [words, groups] = fields(&child.esp, parts, "phase 2 of FortiOS", lost);
        let has_group = groups.iter().any(|it| !it.is_empty());
        let limit = "PFS is on or off for all proposals of a phase 2";
        let has_own = |suite: &Suite| suite.ke().is_some();
        if let Some(refusal) = DEVICE.differing(&child.child.esp, has_own, limit) {
            return Err(refusal.into());
        }
        let pfs = if has_group { "enable" } else { "disable" };
        let time = child.child.lifetime.as_ref().map(|time| time.value);
        let time = DEVICE.lifetime(time, Protocol::Esp, &child.child.name, lost);
        let settings = [
            ("phase1name", format!("\"{}\"", one.name)),
            ("proposal", words.join(" ")),
            ("pfs", pfs.to_owned()),
            ("dhgrp", groups.join(" ")),
            ("keylifeseconds", seconds(time)),
        ];
        edit(text, &child.name, &settings);
    }
    Ok(())
}

/// An entry with its settings; what is empty is not set.
fn edit(text: &mut String, name: &str, settings: &[(&str, String)]) {
    text.push_str(&format!("    edit \"{name}\"\n"));
    for (key, value) in settings.iter().filter(|it| !it.1.is_empty()) {
        text.push_str(&format!("        set {key} {value}\n"));
    }
    text.push_str("    next\n");
}

/// The word of `proposal` for everything but the group.
fn word(suite: &Suite) -> String {
    let own = suite.transforms();
    let own = own.filter(|it| !it.kind.is_key_exchange() && it.kind != TransformType::SN);
    let own: Vec<Transform> = own.collect();
    spell(suite.protocol, &own).unwrap_or_default()
}

fn group(group: Option<Transform>) -> String {
    group.and_then(number).unwrap_or_default().to_owned()
}

fn seconds(time: Option<u64>) -> String {
    time.map_or_else(String::new, |seconds| seconds.to_string())
}
