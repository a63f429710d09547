//! A server as strongSwan's `swanctl.conf`.
//!
//! What was a swanctl.conf is written as it was (`verbatim`), the file of another daemon in the words
//! of this one (`translated`), a plan with what a server of clients needs. strongSwan.conf(5) and
//! swanctl.conf(5) of 5.9.8 give the syntax.

mod block;
mod translated;
mod verbatim;

use std::io::Write;

use crate::peer::server::{IkeVersions, Product};
use crate::peer::setting::KeySet;
use crate::peer::{Child, Connection, Role, Server};
use crate::write::config::refusal::Failure;
use crate::write::config::setup::{Auth, CA, CERTIFICATE, DNS, POOL, certificates, local_id, word};
use crate::write::config::strongswan::{List, lists};

/// Writes the file. Returns what it could not carry.
pub(crate) fn write(
    server: &Server,
    auth: Auth,
    out: &mut impl Write,
) -> Result<Vec<String>, Failure> {
    let mut lost = Vec::new();
    if server.definitions.keys == Some(KeySet::Swanctl) {
        out.write_all(verbatim::write(server, &mut lost).as_bytes())?;
        return Ok(lost);
    }
    let lists = lists(server, "default")?;
    if let Some(keys) = server.definitions.keys {
        let text = translated::write(server, keys, lists, &mut lost)?;
        out.write_all(text.as_bytes())?;
        return Ok(lost);
    }
    let mut taken = Vec::new();
    let mut text = String::from("connections {\n");
    let mut pools = false;
    for (connection, lists) in server.connections.iter().zip(lists) {
        if let Some(why) = &connection.not_loaded {
            lost.push(left_out(connection, why));
            continue;
        }
        let auth = Auth::of_clients(connection, auth);
        pools |= connection.role == Role::RemoteAccess;
        let name = word(&connection.name, &mut taken);
        text.push_str(&format!("    {name} {{\n"));
        head(&mut text, connection, &lists.ike);
        sides(&mut text, server, connection, auth, &mut lost);
        text.push_str("        children {\n");
        let mut taken = Vec::new();
        for (child, list) in connection.children.iter().zip(&lists.children) {
            let name = word(&child.name, &mut taken);
            text.push_str(&format!("            {name} {{\n"));
            children(&mut text, connection, child, list, &mut lost);
            text.push_str("            }\n");
        }
        text.push_str("        }\n    }\n");
    }
    text.push_str("}\n");
    if pools {
        text.push_str(&format!(
            "\npools {{\n    clients {{\n        # replace: addresses that clients get inside of the tunnel\n        addrs = {POOL}\n        # replace: the DNS server that they ask through the tunnel\n        dns = {DNS}\n    }}\n}}\n"
        ));
    }
    out.write_all(text.as_bytes())?;
    Ok(lost)
}

/// What is said of a connection that the product never loads.
pub(super) fn left_out(connection: &Connection, why: &str) -> String {
    format!(
        "connection `{}` is left out: the product never loads it ({why})",
        connection.name
    )
}

fn head(text: &mut String, connection: &Connection, ike: &List) {
    let mut line = |key: &str, value: &str| {
        text.push_str(&format!("        {key} = {value}\n"));
    };
    // Always said: what a connection takes that does not say it depends on the release.
    match connection.versions {
        IkeVersions::Any => line("version", "0"),
        IkeVersions::Ikev1 => line("version", "1"),
        IkeVersions::Ikev2 => line("version", "2"),
    }
    if let List::Written(list) = ike {
        line("proposals", &list.join(","));
    }
    let local: Vec<_> = connection
        .local
        .addresses
        .iter()
        .map(|placed| placed.value.as_str())
        .filter(|address| !address.starts_with('%'))
        .collect();
    if !local.is_empty() {
        line("local_addrs", &local.join(","));
    }
    if connection.role != Role::RemoteAccess {
        let remote = connection.remote.addresses.iter();
        let remote: Vec<_> = remote.map(|placed| placed.value.as_str()).collect();
        if !remote.is_empty() {
            line("remote_addrs", &remote.join(","));
        }
    } else {
        line("pools", "clients");
        // Apple's clients do not ask for the certificate, and get none unless it comes unasked.
        line("send_cert", "always");
        // What charon does by itself, said for whoever reads the file; DPD alone is off by default.
        line("mobike", "yes");
        line("fragmentation", "yes");
        line("dpd_delay", "30s");
        // Clients that dial in are not authenticated again.
        line("reauth_time", "0s");
    }
    if let Some(time) = connection.rekey.ike {
        line("rekey_time", &format!("{}s", time.as_secs()));
    }
    if let Some(lifetime) = &connection.lifetime {
        let rekey = connection.rekey.ike.unwrap_or(translated::DEFAULT_REKEY);
        let over = lifetime.value.saturating_sub(rekey);
        line("over_time", &format!("{}s", over.as_secs()));
    }
}

fn sides(
    text: &mut String,
    server: &Server,
    connection: &Connection,
    auth: Auth,
    lost: &mut Vec<String>,
) {
    let line = |text: &mut String, key: &str, value: &str| {
        text.push_str(&format!("            {key} = {value}\n"));
    };
    text.push_str("        local {\n");
    if auth == Auth::Psk {
        line(text, "auth", "psk");
        lost.push(format!(
            "the pre-shared key of connection `{}`: put it into a `secrets` section",
            connection.name
        ));
    } else {
        line(text, "auth", "pubkey");
        let own = certificates(server, &connection.local, Product::Strongswan);
        if own.is_empty() {
            text.push_str("            # replace: the server certificate, in swanctl/x509, its key in swanctl/private\n");
            line(text, "certs", CERTIFICATE);
        } else {
            line(text, "certs", &own.join(","));
        }
    }
    line(text, "id", &quoted(&local_id(server, connection)));
    text.push_str("        }\n        remote {\n");
    let (method, eap) = match auth {
        Auth::Certificate => ("pubkey", false),
        Auth::EapMschapv2 => ("eap-mschapv2", true),
        Auth::EapRadius => ("eap-radius", true),
        Auth::EapTls => ("eap-tls", true),
        Auth::Psk => ("psk", false),
    };
    line(text, "auth", method);
    match &connection.remote.id {
        Some(id) => line(text, "id", &quoted(&id.value)),
        None if eap => line(text, "eap_id", "%any"),
        None => {}
    }
    if auth.by_certificate() {
        let own = certificates(server, &connection.remote, Product::Strongswan);
        if own.is_empty() {
            text.push_str(
                "            # replace: the CA of the clients' certificates, in swanctl/x509ca\n",
            );
            line(text, "cacerts", CA);
        } else {
            line(text, "cacerts", &own.join(","));
        }
    }
    if auth == Auth::EapMschapv2 {
        text.push_str("            # names and passwords: a section `eap-NAME` each in `secrets`, see swanctl.conf(5)\n");
    }
    text.push_str("        }\n");
}

fn children(
    text: &mut String,
    connection: &Connection,
    child: &Child,
    own: &List,
    lost: &mut Vec<String>,
) {
    let mut line = |key: &str, value: &str| {
        text.push_str(&format!("                {key} = {value}\n"));
    };
    let key = if child.ah.is_empty() {
        "esp_proposals"
    } else {
        "ah_proposals"
    };
    if let List::Written(list) = own {
        line(key, &list.join(","));
    }
    if connection.role == Role::RemoteAccess {
        line("local_ts", "0.0.0.0/0,::/0");
        line("dpd_action", "clear");
    } else {
        lost.push(format!(
            "the networks of child `{}`: add `local_ts` and `remote_ts`",
            child.name
        ));
    }
    if let Some(time) = connection.rekey.child {
        line("rekey_time", &format!("{}s", time.as_secs()));
    }
    if let Some(time) = &child.lifetime {
        line("life_time", &format!("{}s", time.value.as_secs()));
    }
}

/// A value; one that the syntax would misread goes into double quotation marks.
fn quoted(value: &str) -> String {
    let plain = |c: char| !c.is_control() && !matches!(c, '#' | '{' | '}' | '"' | '\\' | '=');
    let spaces = value.starts_with(' ') || value.ends_with(' ') || value.contains("  ");
    if !value.is_empty() && !spaces && value.chars().all(plain) {
        return value.to_owned();
    }
    let mut text = String::from("\"");
    for c in value.chars() {
        match c {
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '"' | '\\' => text.extend(['\\', c]),
            _ => text.push(c),
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_value_that_the_syntax_would_cut_is_quoted() {
        for (value, expected) in [
            ("vpn.example.com", "vpn.example.com"),
            ("C=CH, CN=a", "\"C=CH, CN=a\""),
            ("a # b", "\"a # b\""),
            ("a\"b\\c\n", "\"a\\\"b\\\\c\\n\""),
            ("", "\"\""),
        ] {
            assert_eq!(quoted(value), expected);
        }
    }
}
