//! A server as the parts of OPNsense's `config.xml` that make its Connections.
//!
//! Elements of the model `Swanctl` 1.0.0 (opnsense/core f95e8151). Entries are joined by UUIDs,
//! which stay the same as long as the names do.

use std::io::Write;

use uuid::Uuid;

use crate::peer::server::{IkeVersions, Product};
use crate::peer::{Connection, Role, Server};
use crate::write::config::opnsense::{Values, values};
use crate::write::config::refusal::Failure;
use crate::write::config::setup::{Auth, POOL, certificates, local_id};
use crate::write::config::xml::Xml;

/// What stands where a certificate has to be chosen.
const CERTIFICATE: &str = "REPLACE-refid-of-the-server-certificate";
/// What stands where a certificate authority has to be chosen.
const CA: &str = "REPLACE-refid-of-the-CA-of-clients";

/// Writes the elements. Returns what they could not carry.
pub fn write(server: &Server, auth: Auth, out: &mut impl Write) -> Result<Vec<String>, Failure> {
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
    values.iter().for_each(|one| connection(&mut xml, one));
    xml.close();
    xml.open("locals");
    for one in &values {
        local(&mut xml, server, one.connection, auth, &mut lost);
    }
    xml.close();
    xml.open("remotes");
    for one in &values {
        remote(&mut xml, server, one.connection, auth);
    }
    xml.close();
    xml.open("children");
    for one in &values {
        children(&mut xml, one, &mut lost);
    }
    xml.close();
    xml.open("Pools");
    if values
        .iter()
        .any(|one| one.connection.role == Role::RemoteAccess)
    {
        xml.open_with("Pool", &uuid("pool", "clients"));
        xml.text("enabled", "1");
        xml.text("name", "clients");
        xml.comment("replace: addresses that clients get inside of the tunnel");
        xml.text("addrs", POOL);
        xml.close();
    }
    xml.close();
    out.write_all(xml.finish().as_bytes())?;
    Ok(lost)
}

fn id(kind: &str, name: &str) -> String {
    let name = format!("{kind}/{name}");
    Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()).to_string()
}

fn uuid(kind: &str, name: &str) -> String {
    format!(" uuid=\"{}\"", id(kind, name))
}

fn connection(xml: &mut Xml, one: &Values<'_>) {
    let connection = one.connection;
    xml.open_with("Connection", &uuid("connection", &connection.name));
    xml.text("enabled", "1");
    xml.text("proposals", &one.ike.join(","));
    xml.text("unique", "no");
    let version = match connection.versions {
        IkeVersions::Any => "0",
        IkeVersions::Ikev1 => "1",
        IkeVersions::Ikev2 => "2",
    };
    xml.text("version", version);
    xml.text("mobike", "1");
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
    xml.text("rekey_time", &seconds.unwrap_or_default());
    xml.text(
        "pools",
        &if clients {
            id("pool", "clients")
        } else {
            String::new()
        },
    );
    xml.text("send_certreq", "1");
    xml.text("send_cert", "always");
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
    let auth = Auth::of(&connection.remote).unwrap_or(auth);
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
        xml.text("certs", own.first().unwrap_or(&CERTIFICATE));
    }
    xml.close();
}

fn remote(xml: &mut Xml, server: &Server, connection: &Connection, auth: Auth) {
    let auth = Auth::of(&connection.remote).unwrap_or(auth);
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
        xml.text("cacerts", own.first().unwrap_or(&CA));
    }
    xml.close();
}

fn children(xml: &mut Xml, one: &Values<'_>, lost: &mut Vec<String>) {
    let connection = one.connection;
    for (child, values) in connection.children.iter().zip(&one.children) {
        let name = format!("{}/{}", connection.name, child.name);
        xml.open_with("child", &uuid("child", &name));
        xml.text("enabled", "1");
        xml.text("connection", &id("connection", &connection.name));
        xml.text("esp_proposals", &values.join(","));
        xml.text("sha256_96", "0");
        xml.text("start_action", "none");
        xml.text("close_action", "none");
        xml.text("mode", "tunnel");
        xml.text("policies", "1");
        if connection.role == Role::RemoteAccess {
            xml.text("local_ts", "0.0.0.0/0");
        } else {
            lost.push(format!("the networks of child `{}`", child.name));
            xml.text("local_ts", "");
        }
        xml.text("remote_ts", "");
        let seconds = connection
            .rekey
            .child
            .map(|time| time.as_secs().to_string());
        xml.text("rekey_time", &seconds.unwrap_or_else(|| "3600".to_owned()));
        xml.text("description", &child.name);
        xml.close();
    }
}
