//! A server as the parts of OPNsense's `config.xml` that make its Connections.
//!
//! Elements of the model `Swanctl` 1.0.0 (opnsense/core f95e8151). Entries are joined by UUIDs,
//! which stay the same as long as the names do.

use std::io::Write;

use crate::peer::authentication::{Authentication, Method};
use crate::peer::server::{IkeVersions, Product, Spanned};
use crate::peer::setting::{KeySet, Setting};
use crate::peer::{Connection, Role, Server};
use crate::write::config::carry::{Scope, carried};
use crate::write::config::opnsense::{Values, values};
use crate::write::config::refusal::Failure;
use crate::write::config::setup::{
    Auth, DNS, POOL, REFID_OF_CA, REFID_OF_CERTIFICATE, certificates, local_id, own_addresses,
    pools,
};
use crate::write::config::unique;
use crate::write::config::xml::Xml;

/// Writes the elements. Returns what they could not carry.
pub(crate) fn write(
    server: &Server,
    auth: Auth,
    out: &mut impl Write,
) -> Result<Vec<String>, Failure> {
    let values = values(server)?;
    let mut lost = Vec::new();
    let mut xml = Xml::new("  ");
    xml.line("<?xml version=\"1.0\"?>");
    xml.comment("Made by ikecompat: Connections alone. Restoring it would replace the whole configuration; pick the values on the page instead.");
    xml.open("opnsense");
    xml.open("ipsec");
    xml.text("enable", "1");
    xml.close();
    xml.open("OPNsense");
    xml.open_with("Swanctl", " version=\"1.0.0\"");
    xml.open("Connections");
    values
        .iter()
        .for_each(|one| connection(&mut xml, server, one));
    xml.close();
    xml.open("locals");
    for one in &values {
        let connection = one.connection;
        if server.definitions.keys.is_some() {
            rounds(
                &mut xml,
                server,
                connection,
                (Scope::Local, "local", &connection.local),
            );
        } else {
            local(&mut xml, server, connection, auth, &mut lost);
        }
    }
    xml.close();
    xml.open("remotes");
    for one in &values {
        let connection = one.connection;
        if server.definitions.keys.is_some() {
            rounds(
                &mut xml,
                server,
                connection,
                (Scope::Remote, "remote", &connection.remote),
            );
        } else {
            remote(&mut xml, server, connection, auth);
        }
    }
    xml.close();
    xml.open("children");
    for one in &values {
        children(&mut xml, server, one, &mut lost);
    }
    xml.close();
    xml.open("Pools");
    if server.definitions.keys.is_some() {
        named_pools(&mut xml, server, &values);
    } else if values
        .iter()
        .any(|one| one.connection.role == Role::RemoteAccess)
    {
        xml.open_with("Pool", &uuid("pool", "clients"));
        xml.text("enabled", "1");
        xml.text("name", "clients");
        xml.comment(
            "replace: addresses that clients get inside of the tunnel, and their DNS server",
        );
        xml.text("addrs", POOL);
        xml.text("dns", DNS);
        xml.close();
    }
    xml.close();
    out.write_all(xml.finish().as_bytes())?;
    Ok(lost)
}

fn id(kind: &str, name: &str) -> String {
    let name = format!("{kind}/{name}");
    unique::of_name(&name).to_string()
}

fn uuid(kind: &str, name: &str) -> String {
    format!(" uuid=\"{}\"", id(kind, name))
}

/// Settings of the source that the model has the same name for.
fn settings(xml: &mut Xml, server: &Server, scope: Scope, all: &[Setting]) -> Vec<&'static str> {
    let mut written = Vec::new();
    let Some(keys) = server.definitions.keys else {
        return written;
    };
    for setting in all {
        let carried = carried((keys, KeySet::Opnsense), scope, setting);
        if let Some(carried) = carried.filter(|it| it.scope == scope)
            && !written.contains(&carried.key)
        {
            xml.text(carried.key, &carried.value);
            written.push(carried.key);
        }
    }
    written
}

/// An element, unless a setting of the source is it.
fn unless(xml: &mut Xml, written: &[&str], name: &'static str, value: &str) {
    if !written.contains(&name) {
        xml.text(name, value);
    }
}

/// The rounds of one side of a file that was read.
fn rounds(
    xml: &mut Xml,
    server: &Server,
    connection: &Connection,
    (scope, element, side): (Scope, &'static str, &Authentication),
) {
    for (place, round) in side.rounds.iter().enumerate() {
        let name = match place {
            0 => connection.name.clone(),
            _ => format!("{}/{place}", connection.name),
        };
        xml.open_with(element, &uuid(element, &name));
        xml.text("enabled", "1");
        xml.text("connection", &id("connection", &connection.name));
        xml.text("round", &place.to_string());
        let words = [KeySet::Swanctl, KeySet::IpsecConf, KeySet::Opnsense];
        let own_word = server
            .definitions
            .keys
            .is_some_and(|keys| words.contains(&keys));
        let written = round.written.as_ref().filter(|_| own_word);
        match (written, &round.method) {
            (Some(written), _) => xml.text("auth", &written.value),
            (None, Some(method)) => xml.text("auth", &method.to_string()),
            (None, None) => {}
        }
        let named = round.id.as_ref().filter(|id| !id.value.starts_with('%'));
        xml.text("id", named.map_or("", |id| &id.value));
        let eap = round
            .eap_id
            .as_ref()
            .map(|id| id.value.replace("%identity", "%any"));
        xml.text("eap_id", &eap.unwrap_or_default());
        if scope == Scope::Local && round.method == Some(Method::PublicKey) {
            let own = certificates(server, side, Product::Opnsense);
            xml.text("certs", own.first().unwrap_or(&REFID_OF_CERTIFICATE));
        }
        let authorities = round.authorities.iter().map(|it| it.value.as_str());
        let authorities: Vec<_> = authorities.collect();
        if server.definitions.keys == Some(KeySet::Opnsense) && !authorities.is_empty() {
            xml.text("cacerts", &authorities.join(","));
        }
        if place == 0 {
            settings(xml, server, scope, &connection.settings);
        }
        settings(xml, server, scope, &round.settings);
        xml.close();
    }
}

/// The pools that the connections of a file ask for.
fn named_pools(xml: &mut Xml, server: &Server, values: &[Values<'_>]) {
    let mut written: Vec<String> = Vec::new();
    for one in values {
        for pool in pools(server, one.connection, &one.connection.name).defined {
            if written.contains(&pool.name) {
                continue;
            }
            xml.open_with("Pool", &uuid("pool", &pool.name));
            xml.text("enabled", "1");
            xml.text("name", &pool.name);
            xml.text("addrs", &pool.addresses.join(","));
            xml.close();
            written.push(pool.name);
        }
    }
}

fn connection(xml: &mut Xml, server: &Server, one: &Values<'_>) {
    let connection = one.connection;
    let read = server.definitions.keys.is_some();
    xml.open_with("Connection", &uuid("connection", &connection.name));
    xml.text("enabled", "1");
    xml.text("proposals", &one.ike.join(","));
    let mut written = settings(xml, server, Scope::Connection, &connection.settings);
    written.extend(settings(
        xml,
        server,
        Scope::Connection,
        &server.definitions.settings,
    ));
    // starter's default is yes, charon's is no.
    let of_starter = server.definitions.keys == Some(KeySet::IpsecConf);
    let unique = if of_starter { "replace" } else { "no" };
    unless(xml, &written, "unique", unique);
    let version = match connection.versions {
        IkeVersions::Any => "0",
        IkeVersions::Ikev1 => "1",
        IkeVersions::Ikev2 => "2",
    };
    xml.text("version", version);
    unless(xml, &written, "mobike", "1");
    let own = own_addresses(server, connection);
    if !own.is_empty() {
        xml.text("local_addrs", &own.join(","));
    }
    let remote = connection.remote.addresses.iter();
    let remote: Vec<_> = remote.map(|placed| placed.value.as_str()).collect();
    let clients = connection.role == Role::RemoteAccess;
    xml.text(
        "remote_addrs",
        &if clients {
            String::new()
        } else {
            remote.join(",")
        },
    );
    let seconds = connection.rekey.ike.map(|time| time.as_secs().to_string());
    let reauth = connection.reauthentication.as_ref();
    xml.text(
        "rekey_time",
        &seconds.filter(|_| reauth.is_none()).unwrap_or_default(),
    );
    if let Some(reauth) = reauth {
        xml.text("reauth_time", &reauth.after.as_secs().to_string());
    } else if !read && clients {
        xml.text("reauth_time", "0");
    }
    if !read && clients {
        xml.text("dpd_delay", "30");
    }
    let asked = pools(server, connection, &connection.name).names;
    let asked: Vec<_> = asked.iter().map(|name| id("pool", name)).collect();
    xml.text(
        "pools",
        &if read {
            asked.join(",")
        } else if clients {
            id("pool", "clients")
        } else {
            String::new()
        },
    );
    unless(xml, &written, "send_certreq", "1");
    let send = if read { "ifasked" } else { "always" };
    unless(xml, &written, "send_cert", send);
    xml.text("description", &connection.name);
    xml.close();
}

fn local(
    xml: &mut Xml,
    server: &Server,
    connection: &Connection,
    auth: Auth,
    lost: &mut Vec<String>,
) {
    let auth = Auth::of_clients(connection, auth);
    xml.open_with("local", &uuid("local", &connection.name));
    xml.text("enabled", "1");
    xml.text("connection", &id("connection", &connection.name));
    xml.text("round", "0");
    let own = certificates(server, &connection.local, Product::Opnsense);
    if auth == Auth::Psk {
        lost.push("the pre-shared key: enter it under VPN > IPsec > Pre-Shared Keys".to_owned());
        xml.text("auth", "psk");
    } else {
        xml.text("auth", "pubkey");
    }
    xml.text("id", &local_id(server, connection));
    if auth != Auth::Psk {
        xml.text("certs", own.first().unwrap_or(&REFID_OF_CERTIFICATE));
    }
    xml.close();
}

fn remote(xml: &mut Xml, server: &Server, connection: &Connection, auth: Auth) {
    let auth = Auth::of_clients(connection, auth);
    let (method, eap) = match auth {
        Auth::Certificate => ("pubkey", false),
        Auth::EapMschapv2 => ("eap-mschapv2", true),
        Auth::EapRadius => ("eap-radius", true),
        Auth::EapTls => ("eap-tls", true),
        Auth::Psk => ("psk", false),
    };
    xml.open_with("remote", &uuid("remote", &connection.name));
    xml.text("enabled", "1");
    xml.text("connection", &id("connection", &connection.name));
    xml.text("round", "0");
    xml.text("auth", method);
    let own = connection.remote.id.as_ref();
    xml.text("id", own.map_or("", |placed| &placed.value));
    xml.text("eap_id", if eap { "%any" } else { "" });
    if auth.by_certificate() {
        let own = certificates(server, &connection.remote, Product::Opnsense);
        xml.text("cacerts", own.first().unwrap_or(&REFID_OF_CA));
    }
    xml.close();
}

fn children(xml: &mut Xml, server: &Server, one: &Values<'_>, lost: &mut Vec<String>) {
    let connection = one.connection;
    let read = server.definitions.keys.is_some();
    for (child, values) in connection.children.iter().zip(&one.children) {
        let name = format!("{}/{}", connection.name, child.name);
        xml.open_with("child", &uuid("child", &name));
        xml.text("enabled", "1");
        xml.text("connection", &id("connection", &connection.name));
        xml.text("esp_proposals", &values.join(","));
        let truncated = child.truncated_sha256.is_some();
        xml.text("sha256_96", if truncated { "1" } else { "0" });
        let mut written = settings(xml, server, Scope::Child, &connection.settings);
        written.extend(settings(xml, server, Scope::Child, &child.settings));
        unless(xml, &written, "start_action", "none");
        unless(xml, &written, "close_action", "none");
        let mode = child
            .mode
            .as_ref()
            .map(|mode| mode.value)
            .unwrap_or_default();
        xml.text("mode", &mode.to_string());
        unless(xml, &written, "policies", "1");
        if read {
            let list = |networks: &[Spanned<String>]| {
                let networks: Vec<_> = networks.iter().map(|it| it.value.as_str()).collect();
                networks.join(",")
            };
            xml.text("local_ts", &list(&child.local_networks));
            xml.text("remote_ts", &list(&child.remote_networks));
        } else if connection.role == Role::RemoteAccess {
            xml.text("local_ts", "0.0.0.0/0");
        } else {
            lost.push(format!("the networks of child `{}`", child.name));
            xml.text("local_ts", "");
        }
        if !read {
            xml.text("remote_ts", "");
        }
        let seconds = connection
            .rekey
            .child
            .map(|time| time.as_secs().to_string());
        xml.text("rekey_time", &seconds.unwrap_or_else(|| "3600".to_owned()));
        xml.text("description", &child.name);
        xml.close();
    }
}
