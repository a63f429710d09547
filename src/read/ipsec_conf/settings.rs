//! What both daemons' `ipsec.conf` say beside proposals: rounds of authentication, networks, pools,
//! and every setting as it is.

use std::time::Duration;

use super::inherit::Whole;
use super::sides::{Local, placed};
use crate::diag::Span;
use crate::peer::authentication::{Method, Round};
use crate::peer::server::{Mode, Spanned};
use crate::peer::setting::{Bearing, Setting};
use crate::peer::{Child, Connection};

/// starter's and pluto's `margintime` where nothing is written.
const MARGIN: Duration = Duration::from_secs(9 * 60);
/// starter's `ikelifetime` where nothing is written.
const IKE_LIFETIME: Duration = Duration::from_secs(3 * 60 * 60);

/// All settings of a connection, with this side as `left`; `bearing` says what depends on each.
pub(in crate::read) fn kept(
    whole: &Whole<'_>,
    local: Local,
    bearing: impl Fn(&str) -> Option<Bearing>,
) -> Vec<Setting> {
    let settings = whole.settings.iter().filter_map(|(key, setting)| {
        let key = match local {
            Local::Left => (*key).to_owned(),
            Local::Right => swapped(key),
        };
        Some(Setting {
            value: setting.value.as_ref()?.to_string(),
            span: setting.key.clone(),
            bearing: bearing(&key),
            key,
        })
    });
    settings.collect()
}

/// Where a setting has one of the words that switch it off.
pub(in crate::read) fn switched_off(whole: &Whole<'_>, key: &str, off: &[&str]) -> Option<Span> {
    let setting = whole.settings.get(key)?;
    let value = setting.value.as_ref()?;
    let is_off = off.iter().any(|word| value.eq_ignore_ascii_case(word));
    is_off.then(|| setting.key.clone())
}

/// The key of the other side.
fn swapped(key: &str) -> String {
    let other = |from: &str, to: &str| key.strip_prefix(from).map(|rest| format!("{to}{rest}"));
    other("left", "right")
        .or_else(|| other("right", "left"))
        .unwrap_or_else(|| key.to_owned())
}

/// The settings of a section that holds for the whole file, each with the section's name.
pub(in crate::read) fn global(section: &str, conn: &super::file::Conn) -> Vec<Setting> {
    let settings = conn.settings.iter().filter_map(|(key, setting)| {
        let security = [
            "cachecrls",
            "strictcrlpolicy",
            "crl-strict",
            "ocsp-strict",
            "uniqueids",
        ];
        Some(Setting {
            key: format!("{section}.{key}"),
            value: setting.value.as_ref()?.to_string(),
            span: setting.key.clone(),
            bearing: Some(if security.contains(&key.as_str()) || section != "setup" {
                Bearing::Security
            } else {
                Bearing::Operation
            }),
        })
    });
    settings.collect()
}

/// The items of a list that commas separate.
pub(in crate::read) fn items(whole: &Whole<'_>, key: &str) -> Vec<Spanned<String>> {
    let Some(value) = whole.value(key) else {
        return Vec::new();
    };
    let item = |(bytes, item): (std::ops::Range<usize>, &str)| Spanned {
        value: item.to_owned(),
        span: value.part(bytes),
    };
    value.items().map(item).collect()
}

/// What strongSwan's `authby` says of this side and of the other.
fn authby(whole: &Whole<'_>) -> [Vec<&'static str>; 2] {
    let word = whole.value("authby").map_or("pubkey", |value| &**value);
    let both = if word.contains("psk") || word == "secret" {
        "psk"
    } else {
        "pubkey"
    };
    let mut sides = [vec![both], vec![both]];
    if word.starts_with("xauth") {
        let server = whole
            .value("xauth")
            .is_some_and(|value| &**value == "server");
        sides[usize::from(server)].push("xauth");
    }
    sides
}

/// The rounds of both sides as starter understands them.
pub(super) fn rounds(whole: &Whole<'_>, local: Local) -> [Vec<Round>; 2] {
    let [own, peer] = authby(whole);
    let prefixes = local.prefixes();
    let mut sides = [
        side(whole, prefixes[0], &own),
        side(whole, prefixes[1], &peer),
    ];
    // `eap_identity` is that of the client, whichever side that is.
    if let Some(identity) = whole.value("eap_identity").map(placed) {
        let is_eap = |round: &&mut Round| matches!(round.method, Some(Method::Eap(_)));
        let mut all = sides.iter_mut().rev().flatten();
        if let Some(round) = all.find(is_eap) {
            round.eap_id = Some(identity);
        }
    }
    sides
}

fn side(whole: &Whole<'_>, prefix: &str, defaults: &[&str]) -> Vec<Round> {
    let of = |key: &str| whole.value(&format!("{prefix}{key}"));
    let explicit = of("auth").is_some() || of("auth2").is_some();
    let mut rounds = Vec::new();
    for (place, suffix) in ["", "2"].into_iter().enumerate() {
        let written = of(&format!("auth{suffix}")).map(placed);
        let default = defaults.get(place).filter(|_| !explicit || place == 0);
        if written.is_none() && default.is_none() {
            continue;
        }
        rounds.push(Round {
            method: match (&written, default) {
                (Some(written), _) => Method::of(&written.value),
                (None, default) => default.and_then(|word| Method::of(word)),
            },
            written,
            id: of(&format!("id{suffix}")).map(placed),
            eap_id: None,
            certificates: of(&format!("cert{suffix}"))
                .map(placed)
                .into_iter()
                .collect(),
            authorities: Vec::new(),
            settings: Vec::new(),
        });
    }
    rounds
}

/// The networks of a side; without one, what is said of protocol and port.
pub(in crate::read) fn networks(whole: &Whole<'_>, prefix: &str) -> Vec<Spanned<String>> {
    let mut networks = items(whole, &format!("{prefix}subnet"));
    if let Some(port) = whole.value(&format!("{prefix}protoport")) {
        if networks.is_empty() {
            networks.push(Spanned {
                value: "dynamic".to_owned(),
                span: port.span().clone(),
            });
        }
        for network in &mut networks {
            if !network.value.contains('[') {
                network.value.push_str(&format!("[{}]", &**port));
            }
        }
    }
    for network in &mut networks {
        // The same in the words of swanctl.conf.
        let plain = network
            .value
            .replace("/%any]", "/any]")
            .replace("[%any]", "");
        network.value = plain.strip_prefix('%').map_or(plain.clone(), |rest| {
            let is_dynamic = rest.starts_with("dynamic");
            if is_dynamic {
                rest.to_owned()
            } else {
                plain.clone()
            }
        });
    }
    networks
}

/// Fills in what a child says beside its proposals.
pub(in crate::read) fn child(
    whole: &Whole<'_>,
    local: Local,
    lifetimes: &[&str],
    child: &mut Child,
) {
    let [own, peer] = local.prefixes();
    child.local_networks = networks(whole, own);
    child.remote_networks = networks(whole, peer);
    child.mode = whole.value("type").and_then(|value| {
        let value = placed(value);
        let mode: Mode = value.value.parse().ok()?;
        Some(Spanned {
            value: mode,
            span: value.span,
        })
    });
    child.lifetime = lifetimes.iter().find_map(|key| time(whole, key));
}

/// Fills in when the IKE SA ends, and whether another one takes its place.
pub(in crate::read) fn times(whole: &Whole<'_>, by_default: bool, connection: &mut Connection) {
    connection.lifetime = time(whole, "ikelifetime");
    let word = |key: &str, words: &[&str]| {
        let value = whole.value(key);
        value.is_some_and(|value| words.iter().any(|word| value.eq_ignore_ascii_case(word)))
    };
    let no = &["no", "false", "off"];
    let set = whole.settings.get("reauth");
    let reauthenticates = match set {
        Some(_) => !word("reauth", no),
        None => by_default,
    };
    if !reauthenticates || word("rekey", no) {
        return;
    }
    let lifetime = connection.lifetime.as_ref().map(|time| time.value);
    let after = lifetime
        .unwrap_or(IKE_LIFETIME)
        .saturating_sub(margin(whole));
    connection.reauthentication = Some(crate::peer::server::Reauthentication {
        after,
        span: set.map(|setting| setting.key.clone()),
    });
}

/// How long before the end of a lifetime new keys are asked for.
pub(in crate::read) fn margin(whole: &Whole<'_>) -> Duration {
    let keys = ["margintime", "rekeymargin"];
    let written = keys.iter().find_map(|key| time(whole, key));
    written.map_or(MARGIN, |margin| margin.value)
}

fn time(whole: &Whole<'_>, key: &str) -> Option<Spanned<Duration>> {
    let value = whole.value(key)?;
    Some(Spanned {
        value: Duration::from_secs(super::keys::seconds(value)?),
        span: value.span().clone(),
    })
}
