//! Who the two ends are and how they prove it, pools, times.

use std::time::Duration;

use super::super::{Index, Item};
use super::placed;
use crate::peer::Connection;
use crate::peer::authentication::{Authentication, Method, Round};
use crate::peer::server::{Role, Spanned};
use crate::peer::setting::Bearing;
use crate::read::loading;
use crate::read::swanctl::connection::is_anybody;

/// Whom a peer is for. One that proves itself by EAP is a client of somebody else.
pub(super) fn role(peer: &Item, identity: Option<&Item>) -> Role {
    let fixed = peer.value("address").is_some_and(|it| !is_anybody(it));
    let asks = identity.and_then(|it| it.value("auth-method")) == Some("eap");
    if fixed || asks {
        Role::SiteToSite
    } else {
        Role::RemoteAccess
    }
}

pub(super) fn sides(peer: &Item, identity: Option<&Item>, connection: &mut Connection) {
    let address = |key: &str| {
        let argument = peer
            .argument(key)
            .filter(|it| !it.value.is_empty() && !it.is_computed);
        argument.map(placed)
    };
    connection.local.addresses.extend(address("local-address"));
    let other = address("address").map(|mut one| {
        // A network of one address is that address.
        let host = one
            .value
            .trim_end_matches("/32")
            .trim_end_matches("/128")
            .to_owned();
        one.value = host;
        one
    });
    connection.remote.addresses.extend(other);
    let Some(identity) = identity else {
        return;
    };
    let written = identity.argument("auth-method").map(placed);
    let word = written
        .as_ref()
        .map_or("pre-shared-key", |it| it.value.as_str());
    let eap = || {
        let methods = identity.value("eap-methods").unwrap_or("eap-tls");
        let first = methods.split(',').next().unwrap_or_default();
        first.trim_start_matches("eap-").to_owned()
    };
    let (own, other) = match word {
        "pre-shared-key" | "pre-shared-key-xauth" => {
            (Some(Method::PreSharedKey), Some(Method::PreSharedKey))
        }
        "eap-radius" => (
            Some(Method::PublicKey),
            Some(Method::Eap(Some("radius".to_owned()))),
        ),
        "eap" => (Some(Method::Eap(Some(eap()))), Some(Method::PublicKey)),
        "digital-signature" | "rsa-signature" | "rsa-key" => {
            (Some(Method::PublicKey), Some(Method::PublicKey))
        }
        _ => (None, None),
    };
    for (side, method, id, certificate) in [
        (&mut connection.local, own, "my-id", "certificate"),
        (
            &mut connection.remote,
            other,
            "remote-id",
            "remote-certificate",
        ),
    ] {
        *side = Authentication {
            addresses: std::mem::take(&mut side.addresses),
            ..side_of(identity, method, written.clone(), (id, certificate))
        };
    }
}

fn side_of(
    identity: &Item,
    method: Option<Method>,
    written: Option<Spanned<String>>,
    (id, certificate): (&str, &str),
) -> Authentication {
    let id = identity.argument(id).filter(|it| !it.is_computed);
    let id = id.and_then(|argument| {
        // `fqdn:vpn.example.com`; `auto` and `ignore` name nobody.
        let (_, value) = argument.value.split_once(':')?;
        Some(Spanned {
            value: value.to_owned(),
            span: argument.place.clone(),
        })
    });
    let certificates = identity
        .argument(certificate)
        .filter(|it| !it.value.is_empty());
    let certificates: Vec<_> = certificates.map(placed).into_iter().collect();
    Authentication::of_round(Round {
        method,
        written,
        id,
        certificates,
        ..Round::default()
    })
}

/// Addresses for clients: those of the pool that the identity's mode-config names.
pub(super) fn pools(items: &Index<'_>, identity: &Item) -> Vec<Spanned<String>> {
    let Some(name) = identity
        .value("mode-config")
        .filter(|it| *it != "request-only")
    else {
        return Vec::new();
    };
    let Some(configuration) = items.configuration(name) else {
        return Vec::new();
    };
    let pool = configuration
        .argument("address-pool")
        .filter(|it| !it.is_computed);
    let own = configuration
        .argument("address")
        .filter(|it| !it.value.is_empty());
    let known = pool.and_then(|pool| items.pool(&pool.value));
    let ranges = known.and_then(|pool| pool.argument("ranges"));
    let found = ranges.or(own).or(pool);
    found
        .iter()
        .flat_map(|argument| {
            let each = argument.value.split(',').filter(|it| !it.is_empty());
            each.map(|value| Spanned {
                value: value.to_owned(),
                span: argument.place.clone(),
            })
        })
        .take(loading::MOST)
        .collect()
}

/// `1w2d3h4m5s`, `hh:mm:ss`, or seconds.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let mut seconds = 0_u64;
    let mut number = String::new();
    let mut rest = text;
    if let Some((days, clock)) = text.rsplit_once('d').filter(|it| it.1.contains(':')) {
        seconds = days.parse::<u64>().ok()?.checked_mul(86_400)?;
        rest = clock;
    }
    if rest.contains(':') {
        let mut parts = 0_u64;
        for part in rest.split(':') {
            parts = parts
                .checked_mul(60)?
                .checked_add(part.trim().parse().ok()?)?;
        }
        return Some(Duration::from_secs(seconds.checked_add(parts)?));
    }
    for letter in rest.chars() {
        let unit = match letter {
            'w' => 604_800,
            'd' => 86_400,
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ if letter.is_ascii_digit() => {
                number.push(letter);
                continue;
            }
            _ => return None,
        };
        let value = number.parse::<u64>().ok()?.checked_mul(unit)?;
        seconds = seconds.checked_add(value)?;
        number.clear();
    }
    if !number.is_empty() {
        seconds = seconds.checked_add(number.parse().ok()?)?;
    }
    (!text.is_empty()).then(|| Duration::from_secs(seconds))
}

/// What depends on a setting; `None` where the model has it, or where nothing does.
pub(super) fn bearing(key: &str) -> Option<Bearing> {
    match key {
        "address"
        | "auth-algorithms"
        | "auth-method"
        | "certificate"
        | "comment"
        | "dh-group"
        | "disabled"
        | "dst-address"
        | "enc-algorithm"
        | "enc-algorithms"
        | "exchange-mode"
        | "generate-policy"
        | "group"
        | "hash-algorithm"
        | "ipsec-protocols"
        | "lifetime"
        | "local-address"
        | "mode-config"
        | "my-id"
        | "name"
        | "passive"
        | "peer"
        | "pfs-group"
        | "policy-template-group"
        | "prf-algorithm"
        | "profile"
        | "proposal"
        | "remote-certificate"
        | "remote-id"
        | "src-address"
        | "template"
        | "tunnel"
        | "action"
        | "sa-dst-address"
        | "sa-src-address" => None,
        "eap-methods" | "key" | "match-by" | "ppk" | "ppk-secret" | "remote-key" | "username" => {
            Some(Bearing::Security)
        }
        "dst-port" | "level" | "port" | "protocol" | "src-port" => Some(Bearing::Reachability),
        _ => Some(Bearing::Operation),
    }
}
