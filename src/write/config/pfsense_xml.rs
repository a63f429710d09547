//! A server as the area "IPSEC" of pfSense's `config.xml`.
//!
//! Elements and their order are those of pfSense's own pages (config version 17.5 and later,
//! checked on the release of 2026-03-31). Restoring an area replaces it as a whole, which the file
//! says in its first lines: it is for comparing, or for taking single elements over by hand.

mod ticks;

use std::io::Write;

use self::ticks::Ticks;
use crate::dialect::{Inexpressible, pfsense};
use crate::ike::{Suite, Transform};
use crate::peer::server::{IkeVersions, Product};
use crate::peer::{Child, Connection, Role, Server};
use crate::write::config::pfsense::LIFETIMES;
use crate::write::config::refusal::{Failure, Refusal, suites};
use crate::write::config::setup::{
    Auth, DNS, POOL, REFID_OF_CA, REFID_OF_CERTIFICATE, certificates, is_network, local_id,
    pool_networks, unmarked, without_addresses,
};
use crate::write::config::unique;
use crate::write::config::xml::Xml;

/// One row of phase 1.
struct Row {
    cipher: (&'static str, Option<u16>),
    hash: &'static str,
    prf: &'static str,
    group: u16,
}

/// A connection in pfSense's values.
struct Resolved<'a> {
    connection: &'a Connection,
    rows: Vec<Row>,
    children: Vec<(&'a Child, Ticks)>,
}

/// Writes the area. Returns what it could not carry.
pub fn write(server: &Server, auth: Auth, out: &mut impl Write) -> Result<Vec<String>, Failure> {
    let mut lost = Vec::new();
    let connections = resolve(server, &mut lost)?;
    if connections.iter().all(|one| one.rows.is_empty()) {
        let why = "no proposal of phase 1 is left that pfSense has a row for";
        return Err(Failure::Impossible(format!("nothing to convert: {why}")));
    }
    let mut xml = Xml::new("\t");
    xml.comment(
        "Made by ikecompat. Restoring this file as area IPSEC REPLACES every tunnel, key and setting of that area.",
    );
    xml.comment(
        "Take single elements over, or click what pfsense-pages says. Back the box up first.",
    );
    xml.open("ipsec");
    if connections.iter().any(|one| is_mobile(one.connection)) {
        let mobile = connections.iter().find(|one| is_mobile(one.connection));
        // The element of IPv6 is another one, which is not written.
        let takes = |text: &str| is_network(text) && !text.contains(':');
        let pool = mobile.and_then(|one| {
            let networks = pool_networks(server, one.connection, takes, &mut lost);
            networks.into_iter().next()
        });
        client(&mut xml, pool);
    }
    for (place, one) in connections.iter().enumerate() {
        let auth = Auth::of_clients(one.connection, auth);
        lost.extend(without_addresses(server, one.connection));
        phase1(&mut xml, server, one, place + 1, auth, &mut lost);
    }
    let mut reqid = 0;
    for (place, one) in connections.iter().enumerate() {
        for (child, ticks) in &one.children {
            reqid += 1;
            phase2(
                &mut xml,
                one.connection,
                child,
                ticks,
                (place + 1, reqid),
                &mut lost,
            );
        }
    }
    out.write_all(xml.finish().as_bytes())?;
    Ok(lost)
}

fn is_mobile(connection: &Connection) -> bool {
    connection.role == Role::RemoteAccess
}

fn resolve<'a>(server: &'a Server, lost: &mut Vec<String>) -> Result<Vec<Resolved<'a>>, Failure> {
    let mut refused = Vec::new();
    let loaded = server.connections.iter().filter(|c| c.not_loaded.is_none());
    let mobile = loaded.clone().filter(|c| is_mobile(c)).count();
    if mobile > 1 {
        return Err(Failure::Impossible(format!(
            "pfSense has one phase 1 for mobile clients, the configuration has {mobile} \
             (https://docs.netgate.com/pfsense/en/latest/vpn/ipsec/mobile-choices.html)"
        )));
    }
    let mut resolved = Vec::new();
    for connection in loaded {
        let mut rows = Vec::new();
        let mut spread = false;
        for entry in &connection.ike {
            let all = suites(&entry.proposal);
            spread |= all.len() > 1;
            for suite in all {
                match row(&suite) {
                    Ok(row) => rows.push(row),
                    Err(why) => {
                        refused.push(Refusal::of_entry(entry, why, pfsense::expresses));
                        break;
                    }
                }
            }
        }
        if spread {
            lost.push(format!(
                "a row of phase 1 is one suite, so connection `{}` prefers its suites in the order of the \
                 rows, and a client that has several of them may get another one",
                connection.name
            ));
        }
        let mut children = Vec::new();
        for child in &connection.children {
            match ticks::of(child, lost) {
                Ok(ticks) => children.push((child, ticks)),
                Err(refusals) => refused.extend(refusals),
            }
        }
        if is_mobile(connection) && children.len() > 1 {
            lost.push(format!(
                "pfSense merges the {} children of connection `{}` into one",
                children.len(),
                connection.name
            ));
        }
        resolved.push(Resolved {
            connection,
            rows,
            children,
        });
    }
    if refused.is_empty() {
        Ok(resolved)
    } else {
        Err(Failure::Refused(refused))
    }
}

fn row(suite: &Suite) -> Result<Row, Inexpressible> {
    let labels = pfsense::phase1(suite)?;
    let value = |hash: Option<Transform>| hash.and_then(pfsense::hash_value).map(|v| v.0);
    let prf = value(suite.prf()).unwrap_or_default();
    Ok(Row {
        cipher: suite
            .encr()
            .and_then(pfsense::cipher_value)
            .unwrap_or((labels.cipher.algorithm, None)),
        hash: value(suite.integ()).unwrap_or(prf),
        prf,
        group: suite.ke().map_or(0, |ke| ke.id),
    })
}

fn client(xml: &mut Xml, pool: Option<String>) {
    let own = pool.as_deref().unwrap_or(POOL);
    let (address, bits) = own.split_once('/').unwrap_or((POOL, "24"));
    xml.open("client");
    xml.text("enable", "");
    xml.text("radiusaccounting", "disabled");
    xml.text("user_source", "Local Database");
    if pool.is_none() {
        xml.comment("replace: addresses that clients get inside of the tunnel");
    }
    xml.text("pool_address", address);
    xml.text("pool_netbits", bits);
    if pool.is_none() {
        xml.comment("replace: the DNS server that clients ask through the tunnel");
        xml.text("dns_server1", DNS);
    }
    xml.close();
}

fn phase1(
    xml: &mut Xml,
    server: &Server,
    one: &Resolved<'_>,
    ikeid: usize,
    auth: Auth,
    lost: &mut Vec<String>,
) {
    let connection = one.connection;
    xml.open("phase1");
    xml.text("ikeid", &ikeid.to_string());
    let version = match connection.versions {
        IkeVersions::Any => "auto",
        IkeVersions::Ikev1 => "ikev1",
        IkeVersions::Ikev2 => "ikev2",
    };
    xml.text("iketype", version);
    xml.text("interface", "wan");
    if is_mobile(connection) {
        xml.text("mobile", "");
    } else {
        let gateway = connection.remote.addresses.first();
        xml.text(
            "remote-gateway",
            gateway.map_or("REPLACE", |placed| &placed.value),
        );
    }
    xml.text("protocol", "inet");
    let id = local_id(server, connection);
    let (kind, id) = identity(&id);
    xml.text("myid_type", kind);
    xml.text("myid_data", id);
    let peer = connection.remote.id.as_ref().map(|id| id.value.as_str());
    let peer = peer.filter(|id| server.definitions.keys.is_some() && !id.starts_with('%'));
    let (kind, peer) = peer.map_or(("any", ""), identity);
    xml.text("peerid_type", kind);
    xml.text("peerid_data", peer);
    xml.open("encryption");
    for row in &one.rows {
        xml.open("item");
        cipher(xml, "encryption-algorithm", row.cipher, true);
        xml.text("hash-algorithm", row.hash);
        xml.text("prf-algorithm", row.prf);
        xml.text("dhgroup", &row.group.to_string());
        xml.close();
    }
    xml.close();
    let lifetime = connection.lifetime.as_ref().map(|it| it.value.as_secs());
    let lifetime = lifetime.unwrap_or(LIFETIMES.0);
    times(xml, connection.rekey.ike, lifetime, true);
    xml.text("pre-shared-key", "");
    xml.text("private-key", "");
    let own = certificates(server, &connection.local, Product::Pfsense);
    if auth == Auth::Psk {
        lost.push("the pre-shared key: enter it on the page Edit Phase 1".to_owned());
        xml.text("certref", "");
    } else {
        xml.text("certref", own.first().unwrap_or(&REFID_OF_CERTIFICATE));
    }
    xml.text("pkcs11certref", "");
    xml.text("pkcs11pin", "");
    let other = certificates(server, &connection.remote, Product::Pfsense);
    let ca = other.first().unwrap_or(&REFID_OF_CA);
    xml.text("caref", if auth.by_certificate() { ca } else { "" });
    let method = match auth {
        Auth::Certificate => "cert",
        Auth::EapMschapv2 => "eap-mschapv2",
        Auth::EapRadius => "eap-radius",
        Auth::EapTls => "eap-tls",
        Auth::Psk => "pre_shared_key",
    };
    xml.text("authentication_method", method);
    xml.cdata("descr", &connection.name);
    xml.text("nat_traversal", "on");
    xml.text("mobike", "on");
    xml.text("startaction", "");
    xml.text("closeaction", "");
    if one.rows.iter().any(|row| row.prf != row.hash) {
        xml.text("prfselect_enable", "yes");
    }
    xml.text("dpd_delay", "10");
    xml.text("dpd_maxfail", "5");
    xml.close();
}

fn phase2(
    xml: &mut Xml,
    connection: &Connection,
    child: &Child,
    ticks: &Ticks,
    (ikeid, reqid): (usize, usize),
    lost: &mut Vec<String>,
) {
    xml.open("phase2");
    xml.text("ikeid", &ikeid.to_string());
    // 13 hex digits that stay the same, as PHP's uniqid() has them.
    let name = format!("{}/{}/{reqid}", connection.name, child.name);
    let unique = unique::of_name(&name).simple();
    xml.text("uniqid", &unique.to_string()[..13]);
    xml.text("mode", "tunnel");
    xml.text("reqid", &reqid.to_string());
    xml.open("localid");
    network(
        xml,
        child
            .local_networks
            .first()
            .map_or("0.0.0.0/0", |it| &it.value),
    );
    xml.close();
    xml.open("remoteid");
    if is_mobile(connection) {
        xml.text("type", "mobile");
    } else if let Some(other) = child.remote_networks.first() {
        network(xml, &other.value);
    } else {
        lost.push(format!(
            "the networks of child `{}`: enter them on the page Edit Phase 2",
            child.name
        ));
        xml.text("type", "network");
        xml.text("address", "REPLACE");
        xml.text("netbits", "24");
    }
    xml.close();
    xml.text("protocol", "esp");
    for one in &ticks.ciphers {
        cipher(xml, "encryption-algorithm-option", *one, false);
    }
    for hash in &ticks.hashes {
        xml.text("hash-algorithm-option", hash);
    }
    xml.text("pfsgroup", &ticks.group.to_string());
    let lifetime = child.lifetime.as_ref().map(|lifetime| lifetime.value);
    let lifetime = lifetime.map_or(LIFETIMES.1, |lifetime| lifetime.as_secs());
    times(xml, connection.rekey.child, lifetime, false);
    xml.text("pinghost", "");
    xml.text("keepalive", "disabled");
    xml.cdata("descr", &child.name);
    if is_mobile(connection) {
        xml.text("mobile", "");
    }
    xml.close();
}

/// An address, or a network with the length of its prefix.
fn network(xml: &mut Xml, network: &str) {
    match network.split_once('/') {
        Some((address, bits)) => {
            xml.text("type", "network");
            xml.text("address", address);
            xml.text("netbits", bits);
        }
        None => {
            xml.text("type", "address");
            xml.text("address", network);
        }
    }
}

fn cipher(xml: &mut Xml, element: &'static str, cipher: (&str, Option<u16>), empty: bool) {
    xml.open(element);
    xml.text("name", cipher.0);
    match cipher.1 {
        Some(length) => xml.text("keylen", &length.to_string()),
        // Phase 1 has the element even where there is no length to choose.
        None if empty => xml.text("keylen", ""),
        None => {}
    }
    xml.close();
}

fn times(xml: &mut Xml, rekey: Option<std::time::Duration>, lifetime: u64, with_reauth: bool) {
    let seconds = rekey.map_or(0, |time| time.as_secs());
    // The page wants the lifetime to be longer than the rekey time.
    let lifetime = lifetime.max(
        seconds
            .saturating_add(seconds / 9)
            .saturating_add(u64::from(seconds > 0)),
    );
    xml.text("lifetime", &lifetime.to_string());
    // Empty is nine tenths of the lifetime, 0 never.
    let own = rekey.map(|time| time.as_secs().to_string());
    xml.text("rekey_time", &own.unwrap_or_default());
    if with_reauth {
        xml.text("reauth_time", "");
    }
    xml.text("rand_time", "");
}

/// `myid_type` and `myid_data` of an identity.
fn identity(id: &str) -> (&'static str, &str) {
    let id = unmarked(id);
    let kind = if id.parse::<std::net::IpAddr>().is_ok() {
        "address"
    } else if id.contains('=') {
        "asn1dn"
    } else if id.contains('@') {
        "user_fqdn"
    } else {
        "fqdn"
    };
    (kind, id)
}
