//! A server as commands of FortiOS.

use std::io::Write;

use super::{Device, Lists, fields, left_out};
use crate::dialect::fortios::{expresses, number, spell};
use crate::ike::{Suite, Transform, TransformType};
use crate::write::config::refusal::Failure;

pub(in crate::write::config) const DEVICE: Device = Device {
    product: "FortiOS",
    limit: "`proposal` has words for a cipher with a hash, and `dhgrp` the groups beside them",
    source: "https://docs.fortinet.com/document/fortigate/6.0.0/cli-reference/791036",
    expresses,
};

const BESIDE: &str = "the interface, authentication, and addresses for clients: `set interface`, `authmethod`, `mode-cfg` of phase 1";

/// Writes the commands. Returns what they do not say.
pub(in crate::write::config) fn write(
    server: &crate::peer::Server,
    out: &mut impl Write,
) -> Result<Vec<String>, Failure> {
    let lists = DEVICE.lists(server)?;
    let mut lost = left_out(&lists, BESIDE, false);
    let mut text = String::from("config vpn ipsec phase1-interface\n");
    for one in &lists {
        let [words, groups] = fields(
            &one.ike,
            [&word, &|suite| group(suite.ke())],
            "phase 1 of FortiOS",
            &mut lost,
        );
        edit(
            &mut text,
            &one.name,
            &[
                ("type", "dynamic".to_owned()),
                ("ike-version", "2".to_owned()),
                ("proposal", words.join(" ")),
                ("dhgrp", groups.join(" ")),
                ("keylife", seconds(one.connection.lifetime.as_ref())),
            ],
        );
    }
    text.push_str("end\nconfig vpn ipsec phase2-interface\n");
    for one in &lists {
        children(one, &mut text, &mut lost)?;
    }
    text.push_str("end\n");
    out.write_all(text.as_bytes())?;
    Ok(lost)
}

fn children(one: &Lists<'_>, text: &mut String, lost: &mut Vec<String>) -> Result<(), Failure> {
    for child in &one.children {
        let [words, groups] = fields(
            &child.esp,
            [&word, &|suite| group(suite.ke())],
            "phase 2 of FortiOS",
            lost,
        );
        let has_group = groups.iter().any(|it| !it.is_empty());
        if has_group && groups.iter().any(String::is_empty) {
            return Err(Failure::Impossible(format!(
                "child `{}`: PFS of FortiOS is on or off for all proposals of a phase 2",
                child.child.name
            )));
        }
        edit(
            text,
            &child.name,
            &[
                ("phase1name", format!("\"{}\"", one.name)),
                ("proposal", words.join(" ")),
                (
                    "pfs",
                    if has_group { "enable" } else { "disable" }.to_owned(),
                ),
                ("dhgrp", groups.join(" ")),
                ("keylifeseconds", seconds(child.child.lifetime.as_ref())),
            ],
        );
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

fn seconds(time: Option<&crate::peer::server::Spanned<std::time::Duration>>) -> String {
    time.map_or_else(String::new, |time| time.value.as_secs().to_string())
}
