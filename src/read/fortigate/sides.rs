//! Who the two ends are, networks, and the settings that have no field.

use std::time::Duration;

use super::blocks::{Assignment, Row, Word};
use super::{is_secret, placed};
use crate::peer::Connection;
use crate::peer::authentication::{Authentication, Method, Round};
use crate::peer::server::Spanned;
use crate::peer::setting::{Bearing, Setting};

pub(super) fn seconds(row: &Row, key: &str) -> Option<Spanned<Duration>> {
    let word = row.word(key)?;
    let value = Duration::from_secs(word.text.parse().ok()?);
    let span = word.span.clone();
    Some(Spanned { value, span })
}

/// `10.1.0.0 255.255.0.0` or `10.1.0.0/16`; everything is no network of its own.
pub(super) fn network(row: &Row, key: &str) -> Vec<Spanned<String>> {
    let Some(written) = row.setting(key) else {
        return Vec::new();
    };
    let value = match written.values.as_slice() {
        [one] => one.text.clone(),
        [address, mask] => {
            let bits = mask
                .text
                .parse::<std::net::Ipv4Addr>()
                .map(|it| it.to_bits().count_ones());
            match bits {
                Ok(bits) => format!("{}/{bits}", address.text),
                Err(_) => return Vec::new(),
            }
        }
        _ => return Vec::new(),
    };
    let span = written.values.first().map(|it| it.span.clone());
    let span = span.unwrap_or_else(|| written.key.span.clone());
    vec![Spanned { value, span }]
}

pub(super) fn sides(row: &Row, connection: &mut Connection) {
    let signature = row.value("authmethod") == Some("signature");
    let method = if signature {
        Method::PublicKey
    } else {
        Method::PreSharedKey
    };
    // FortiOS hands EAP on to whoever knows the users.
    let other = match row.value("eap") {
        Some("enable") => Method::Eap(None),
        _ => match row.value("authmethod-remote") {
            Some("signature") => Method::PublicKey,
            Some("psk") => Method::PreSharedKey,
            _ => method.clone(),
        },
    };
    let at = row
        .setting("authmethod")
        .or(row.setting("eap"))
        .map(|it| it.key.span.clone());
    let certificates = row.setting("certificate").map(|it| it.values.as_slice());
    let certificates: Vec<_> = certificates
        .unwrap_or_default()
        .iter()
        .map(placed)
        .collect();
    let side = |method: Method,
                id: Option<&Word>,
                certificates: Vec<Spanned<String>>,
                address: Option<&Word>| {
        let id = id.map(placed);
        let written = at.clone().map(|span| Spanned {
            value: method.to_string(),
            span,
        });
        Authentication {
            addresses: address.map(placed).into_iter().collect(),
            ..Authentication::of_round(Round {
                method: Some(method),
                written,
                id,
                certificates,
                ..Round::default()
            })
        }
    };
    connection.local = side(
        method,
        row.word("localid"),
        certificates,
        row.word("local-gw"),
    );
    connection.remote = side(other, row.word("peerid"), Vec::new(), row.word("remote-gw"));
}

pub(super) fn settings(row: &Row) -> Vec<Setting> {
    let kept = row.settings.iter().filter(|it| !is_secret(&it.key.text));
    let setting = |it: &Assignment| {
        let values: Vec<_> = it.values.iter().map(|word| word.text.as_str()).collect();
        Setting {
            key: it.key.text.clone(),
            value: values.join(" "),
            span: it.key.span.clone(),
            bearing: bearing(&it.key.text),
        }
    };
    kept.map(setting).collect()
}

/// What depends on a setting; `None` where the model has it, or where nothing does.
fn bearing(key: &str) -> Option<Bearing> {
    match key {
        "addke1" | "addke2" | "addke3" | "addke4" | "addke5" | "addke6" | "addke7"
        | "authmethod" | "authmethod-remote" | "certificate" | "comments" | "dhgrp"
        | "dst-subnet" | "eap" | "esn" | "ike-version" | "ipv4-end-ip" | "ipv4-start-ip"
        | "keylife" | "keylifeseconds" | "local-gw" | "localid" | "localid-type" | "mode-cfg"
        | "peerid" | "pfs" | "phase1name" | "proposal" | "remote-gw" | "src-subnet" | "type"
        | "wizard-type" => None,
        "authusrgrp"
        | "eap-cert-auth"
        | "eap-exclude-peergrp"
        | "eap-identity"
        | "peer"
        | "peergrp"
        | "peertype"
        | "ppk"
        | "qkd"
        | "reauth"
        | "usrgrp" => Some(Bearing::Security),
        "dst-addr-type" | "dst-name" | "dst-start-ip" | "dst-end-ip" | "src-addr-type"
        | "src-name" | "src-start-ip" | "src-end-ip" | "encapsulation" | "ipv4-name"
        | "protocol" | "transport" => Some(Bearing::Reachability),
        _ => Some(Bearing::Operation),
    }
}
