//! A server as this program's own `server.yaml`.

use std::fmt::Write as _;
use std::io::Write;
use std::time::Duration;

use crate::peer::server::{Rekey, Spanned};
use crate::peer::{Child, Connection, EngineName, Role, Server, Version};
use crate::write::config::refusal::Failure;
use crate::write::config::setup::version_one;
use crate::write::config::strongswan::{List, lists};

/// The word for the engine's own list.
const DEFAULT: &str = "default";

/// Writes the file. Returns what it could not carry.
pub(crate) fn write(server: &Server, out: &mut impl Write) -> Result<Vec<String>, Failure> {
    let lists = lists(server, DEFAULT)?;
    let mut lost = Vec::new();
    let mut text = String::new();
    let mut line = |key: &str, value: String| {
        // Writing into a string cannot fail.
        writeln!(text, "{key}: {value}").ok();
    };
    if let Some(product) = server.product {
        line("product", product.to_string());
    }
    let known = server.engine.version != Version::new(0, 0, 0);
    if known || server.product.is_none() && server.engine.name != EngineName::Strongswan {
        line("engine", server.engine.to_string());
    }
    if !server.prefers_own {
        line("prefer_configured_proposals", "no".to_owned());
    }
    for (key, value) in [
        ("address", &server.address),
        ("remote_id", &server.remote_id),
        ("connection_name", &server.connection_name),
    ] {
        if let Some(value) = value {
            line(key, quoted(value));
        }
    }
    if let Some(nat) = server.nat {
        line("nat", nat.to_string());
    }
    if !server.clients.is_empty() {
        let clients: Vec<_> = server.clients.iter().map(|word| quoted(word)).collect();
        line("clients", format!("[{}]", clients.join(", ")));
    }
    let kept: Vec<_> = server
        .connections
        .iter()
        .zip(&lists)
        .filter(|(connection, _)| {
            let kept = connection.serves_clients() && !connection.children.is_empty();
            if !kept {
                let why = match (&connection.not_loaded, connection.role) {
                    (Some(why), _) => format!("the product never loads it ({why})"),
                    _ if connection.children.is_empty() => "it has no child".to_owned(),
                    (None, Role::Client | Role::SiteToSite) => {
                        "server.yaml describes servers of clients".to_owned()
                    }
                    (None, Role::RemoteAccess) => "server.yaml has no IKEv1".to_owned(),
                };
                lost.push(format!(
                    "connection `{}` is left out: {why}",
                    connection.name
                ));
            }
            lost.extend(version_one(connection).filter(|_| kept));
            kept
        })
        .collect();
    match kept.as_slice() {
        [(connection, lists)] => {
            rekey(&mut text, "", connection);
            pfs(&mut text, "", server, connection);
            phases(
                &mut text,
                "",
                connection,
                &lists.ike,
                &lists.children,
                &mut lost,
            );
        }
        several => {
            text.push_str("connections:\n");
            for (connection, lists) in several {
                writeln!(text, "  - name: {}", quoted(&connection.name)).ok();
                rekey(&mut text, "    ", connection);
                pfs(&mut text, "    ", server, connection);
                phases(
                    &mut text,
                    "    ",
                    connection,
                    &lists.ike,
                    &lists.children,
                    &mut lost,
                );
            }
        }
    }
    out.write_all(text.as_bytes())?;
    Ok(lost)
}

/// When new keys are asked for, and when SAs end without them.
fn rekey(text: &mut String, indent: &str, connection: &Connection) {
    let first = connection.children.first();
    let written = |time: Option<&Spanned<Duration>>| time.map(|time| time.value);
    let lifetimes = [
        written(connection.lifetime.as_ref()),
        written(first.and_then(|child| child.lifetime.as_ref())),
    ];
    let Rekey { ike, child } = connection.rekey;
    for (key, times) in [("rekey", [ike, child]), ("lifetime", lifetimes)] {
        let named = ["ike", "child"].into_iter().zip(times);
        let times = named.filter_map(|(sa, time)| Some(format!("{sa}: {}", time?.as_secs())));
        let times: Vec<_> = times.collect();
        if !times.is_empty() {
            writeln!(text, "{indent}{key}: {{{}}}", times.join(", ")).ok();
        }
    }
}

/// The switch beside the groups, which libreswan alone has.
fn pfs(text: &mut String, indent: &str, server: &Server, connection: &Connection) {
    let switch = connection.children.iter().find_map(|child| child.pfs);
    if let Some(on) = switch.filter(|_| server.engine.name == EngineName::Libreswan) {
        let word = if on { "yes" } else { "no" };
        writeln!(text, "{indent}pfs: {word}").ok();
    }
}

fn phases(
    text: &mut String,
    indent: &str,
    connection: &Connection,
    ike: &List,
    children: &[List],
    lost: &mut Vec<String>,
) {
    if children.len() > 1 {
        lost.push(format!(
            "that connection `{}` has {} children: their proposals stand in one list",
            connection.name,
            children.len()
        ));
    }
    if connection.children.iter().any(|child| !child.ah.is_empty()) {
        lost.push(format!("AH of connection `{}`", connection.name));
    }
    let nothing_known = |child: &Child| child.is_unknown;
    if !connection.children.is_empty() && connection.children.iter().all(nothing_known) {
        write_list(text, indent, "phase1", &[ike]);
        writeln!(text, "{indent}phase2: unknown").ok();
        return;
    }
    let phase2 = connection.children.iter().zip(children);
    let phase2 = phase2.filter(|(child, _)| child.ah.is_empty());
    let phase2: Vec<_> = phase2.map(|(_, list)| list).collect();
    write_list(text, indent, "phase1", &[ike]);
    write_list(text, indent, "phase2", &phase2);
}

/// A list of proposals, each once; several lists are written as one.
fn write_list(text: &mut String, indent: &str, key: &str, lists: &[&List]) {
    if lists.iter().all(|list| matches!(list, List::Default)) {
        return; // a missing key means the same: the engine's own list
    }
    let default = [DEFAULT.to_owned()];
    let mut seen: Vec<&str> = Vec::new();
    for list in lists {
        let list = match list {
            List::Written(list) | List::BeforeDefault(list) => list.as_slice(),
            List::Default => &default,
        };
        for word in list {
            if !seen.contains(&word.as_str()) {
                seen.push(word);
            }
        }
    }
    if seen.is_empty() {
        return;
    }
    writeln!(text, "{indent}{key}:").ok();
    for word in seen {
        writeln!(text, "{indent}  - {}", quoted(word)).ok();
    }
}

/// A text as YAML: plain where nothing could be misread, else in double quotation marks.
pub(crate) fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ' | '@');
    let starts = value.starts_with(|c: char| c.is_ascii_alphanumeric()) && !value.ends_with(' ');
    let number = value.starts_with(|c: char| c.is_ascii_digit()) && !value.contains('-');
    let word = matches!(
        value.to_ascii_lowercase().as_str(),
        "null" | "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n"
    );
    if starts && !number && !word && value.chars().all(plain) {
        return value.to_owned();
    }
    let mut text = String::from("\"");
    for c in value.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            c if c.is_control() => text.push(' '),
            c => text.push(c),
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn nothing_is_misread_as_another_kind() {
        for (value, expected) in [
            ("aes256-sha256", "aes256-sha256"),
            ("Work VPN", "Work VPN"),
            ("null", "\"null\""),
            ("10.10", "\"10.10\""),
            ("3des-sha1", "3des-sha1"),
            ("a: b", "\"a: b\""),
            ("windows-10:*", "\"windows-10:*\""),
            ("- x", "\"- x\""),
        ] {
            assert_eq!(quoted(value), expected);
        }
    }
}
