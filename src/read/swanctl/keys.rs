//! The keys of swanctl.conf, and what the daemon takes as their values.
//!
//! `swanctl.opt` of strongSwan, up to what 6.0 adds; the values are those that 5.9.8 takes where
//! it was asked. One unknown key, or one value that it does not take, discards the connection.

use std::time::Duration;

use super::values;
use crate::diag::is_slip;
use crate::peer::Version;
use crate::peer::setting::Bearing;
use crate::read::harmless;
use crate::read::settings::{Vocabulary, WHOLE};

/// What a value is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::read) enum Kind {
    /// A way to prove who one is.
    Auth,
    /// A binary number.
    Binary,
    /// A volume.
    Bytes,
    /// Addresses.
    Hosts,
    /// A mark or an interface ID, with the words that stand for one.
    Mark(&'static [&'static str]),
    /// A number, or `mtu`.
    Padding,
    /// Traffic selectors.
    Selectors,
    /// Yes or no.
    Bool,
    /// A number.
    Number,
    /// One of these words, in any case.
    OneOf(&'static [&'static str]),
    /// A list of proposals.
    Proposals,
    /// Whatever there is to say, or what depends on the version.
    Text,
    /// A span of time.
    Time,
}

use Kind::{
    Auth, Binary, Bool, Bytes, Hosts, Mark, Number, OneOf, Padding, Proposals, Selectors, Text,
    Time,
};

const BOOL: &[&str] = &[
    "yes", "no", "true", "false", "enabled", "disabled", "1", "0",
];
const ACTION: &[&str] = &[
    "none",
    "trap",
    "start",
    "clear",
    "route",
    "restart",
    "trap|start",
    "start|trap",
];
const MODE: &[&str] = &[
    "tunnel",
    "transport",
    "transport_proxy",
    "beet",
    "iptfs",
    "pass",
    "drop",
];
const CHILDLESS: &[&str] = &["allow", "prefer", "force", "never"];
const UNIQUE_ID: &[&str] = &["%unique", "%unique-dir"];
const SAME: &[&str] = &["%same"];
const UNIQUE: &[&str] = &["never", "no", "keep", "replace"];

/// Keys of a connection.
pub(in crate::read) const CONNECTION: &[(&str, Kind)] = &[
    ("version", Number),
    ("local_addrs", Text),
    ("remote_addrs", Text),
    ("local_port", Number),
    ("remote_port", Number),
    ("proposals", Proposals),
    ("vips", Hosts),
    ("aggressive", Bool),
    ("pull", Bool),
    ("dscp", Binary),
    ("encap", Bool),
    ("mobike", Bool),
    ("dpd_delay", Time),
    ("dpd_timeout", Time),
    ("fragmentation", OneOf(&["yes", "accept", "no", "force"])),
    ("childless", OneOf(CHILDLESS)),
    ("send_certreq", Bool),
    ("send_cert", OneOf(&["ifasked", "always", "never"])),
    ("ocsp", OneOf(&["never", "reply", "request", "both"])),
    ("ppk_id", Text),
    ("ppk_required", Bool),
    ("keyingtries", Number),
    ("unique", OneOf(UNIQUE)),
    ("reauth_time", Time),
    ("rekey_time", Time),
    ("over_time", Time),
    ("rand_time", Time),
    ("pools", Text),
    ("if_id_in", Mark(UNIQUE_ID)),
    ("if_id_out", Mark(UNIQUE_ID)),
    ("mediation", Bool),
    ("mediated_by", Text),
    ("mediation_peer", Text),
];

/// Keys of an authentication round, `local…` or `remote…`.
pub(in crate::read) const ROUND: &[(&str, Kind)] = &[
    ("round", Number),
    ("certs", Text),
    ("cacerts", Text),
    ("pubkeys", Text),
    ("auth", Auth),
    ("id", Text),
    ("eap_id", Text),
    ("aaa_id", Text),
    ("xauth_id", Text),
    ("ca_id", Text),
    ("groups", Text),
    ("cert_policy", Text),
    ("revocation", OneOf(&["strict", "ifuri", "relaxed"])),
];

/// Keys of a child.
pub(in crate::read) const CHILD: &[(&str, Kind)] = &[
    ("ah_proposals", Proposals),
    ("esp_proposals", Proposals),
    ("sha256_96", Bool),
    ("local_ts", Selectors),
    ("remote_ts", Selectors),
    ("rekey_time", Time),
    ("life_time", Time),
    ("rand_time", Time),
    ("rekey_bytes", Bytes),
    ("life_bytes", Bytes),
    ("rand_bytes", Bytes),
    ("rekey_packets", Number),
    ("life_packets", Number),
    ("rand_packets", Number),
    ("updown", Text),
    ("hostaccess", Bool),
    ("mode", OneOf(MODE)),
    ("policies", Bool),
    ("policies_fwd_out", Bool),
    (
        "dpd_action",
        OneOf(&["none", "clear", "trap", "start", "route", "restart"]),
    ),
    ("ipcomp", Bool),
    ("inactivity", Time),
    ("reqid", Number),
    ("priority", Number),
    ("interface", Text),
    ("mark_in", Mark(UNIQUE_ID)),
    ("mark_in_sa", Bool),
    ("mark_out", Mark(UNIQUE_ID)),
    ("set_mark_in", Mark(SAME)),
    ("set_mark_out", Mark(SAME)),
    ("if_id_in", Mark(UNIQUE_ID)),
    ("if_id_out", Mark(UNIQUE_ID)),
    ("label", Text),
    ("label_mode", OneOf(&["system", "simple", "selinux"])),
    ("tfc_padding", Padding),
    ("replay_window", Number),
    (
        "hw_offload",
        OneOf(&["no", "yes", "auto", "crypto", "packet"]),
    ),
    ("copy_df", Bool),
    ("copy_ecn", Bool),
    ("copy_dscp", OneOf(&["out", "in", "yes", "no"])),
    ("start_action", OneOf(ACTION)),
    ("close_action", OneOf(ACTION)),
    (
        "per_cpu_sas",
        OneOf(&[
            "yes", "no", "true", "false", "enabled", "disabled", "1", "0", "encap",
        ]),
    ),
    ("icmp", Bool),
];

/// When charon asks for new keys of the IKE SA where nothing is written (`swanctl.opt`).
pub(in crate::read) const DEFAULT_REKEY: Duration = Duration::from_secs(4 * 60 * 60);

/// What depends on a key of a connection; `None` where the model has a field for it.
pub(in crate::read) fn of_connection(key: &str) -> Option<Bearing> {
    match key {
        "version" | "local_addrs" | "remote_addrs" | "proposals" | "childless" | "reauth_time"
        | "rekey_time" | "over_time" | "pools" => None,
        "aggressive" | "ocsp" | "ppk_id" | "ppk_required" => Some(Bearing::Security),
        "if_id_in" | "if_id_out" | "local_port" | "mediated_by" | "mediation"
        | "mediation_peer" | "remote_port" | "vips" => Some(Bearing::Reachability),
        _ => Some(Bearing::Operation),
    }
}

/// The same for an authentication round.
pub(in crate::read) fn of_round(key: &str) -> Option<Bearing> {
    match key {
        "auth" | "cacerts" | "certs" | "eap_id" | "id" | "round" => None,
        _ => Some(Bearing::Security),
    }
}

/// The same for a section `cert…` or `cacert…` of a round: where a certificate is.
pub(in crate::read) fn of_token(key: &str) -> Option<Bearing> {
    (key != "file").then_some(Bearing::Security)
}

/// The same for a child.
pub(in crate::read) fn of_child(key: &str) -> Option<Bearing> {
    match key {
        "ah_proposals" | "esp_proposals" | "life_time" | "local_ts" | "mode" | "rekey_time"
        | "remote_ts" | "sha256_96" => None,
        "label" | "label_mode" | "replay_window" => Some(Bearing::Security),
        "if_id_in" | "if_id_out" | "inactivity" | "interface" | "life_bytes" | "life_packets"
        | "mark_in" | "mark_in_sa" | "mark_out" | "policies" | "policies_fwd_out" | "priority"
        | "rekey_bytes" | "rekey_packets" | "reqid" | "set_mark_in" | "set_mark_out"
        | "start_action" | "updown" => Some(Bearing::Reachability),
        _ => Some(Bearing::Operation),
    }
}

/// The keys of sections of every kind.
pub(in crate::read) fn all() -> impl Iterator<Item = &'static str> + Clone {
    TABLES.into_iter().flatten().map(|(key, _)| *key)
}

/// Whether a section of any kind has the key.
pub(in crate::read) fn is_key(word: &str) -> bool {
    all().any(|key| key == word)
}

/// Keys without which it is not known what a connection, a round or a child takes.
pub(in crate::read) const DECISIVE: &[&str] = &[
    WHOLE,
    "ah_proposals",
    "auth",
    "childless",
    "esp_proposals",
    "life_time",
    "mode",
    "over_time",
    "pools",
    "ppk_required",
    "proposals",
    "reauth_time",
    "rekey_time",
    "remote_addrs",
    "round",
    "sha256_96",
    "version",
    "vips",
];

/// Keys without which it is not known which connection of several answers.
pub(in crate::read) const SELECTING: &[&str] = &["id", "local_addrs"];

/// Keys that strongSwan 5.9.8 does not know and 6.0 does.
pub(in crate::read) const SINCE_6: &[&str] = &["icmp", "ocsp", "per_cpu_sas"];

/// What of a swanctl.conf may be shown.
pub(in crate::read) const VOCABULARY: Vocabulary = Vocabulary {
    is_key: |word| is_slip(word, all()),
    is_harmless,
};

/// Values of `auth` as people write them; behind a colon or a dash anything may stand.
const AUTH: &[&str] = &[
    "pubkey",
    "psk",
    "rsa",
    "ecdsa",
    "ed25519",
    "ed448",
    "xauth",
    "eap",
    "eap-md5",
    "eap-mschapv2",
    "eap-tls",
    "eap-ttls",
    "eap-peap",
    "eap-radius",
    "eap-dynamic",
    "eap-gtc",
    "eap-sim",
    "eap-aka",
    "xauth-eap",
    "xauth-generic",
    "xauth-pam",
];

const TABLES: [&[(&str, Kind)]; 3] = [CONNECTION, ROUND, CHILD];

/// Whether a value is one that the daemon takes, and that can be no secret.
fn is_harmless(key: &str, value: &str) -> bool {
    let mut kinds = TABLES.into_iter().filter_map(|table| kind(table, key));
    kinds.any(|kind| match kind {
        Proposals => harmless::is_list(value),
        Text => match key {
            "id" => harmless::is_identity(value),
            "local_addrs" | "remote_addrs" => harmless::is_list(value),
            _ => false,
        },
        Auth => AUTH.iter().any(|word| word.eq_ignore_ascii_case(value)),
        Hosts | Selectors => harmless::is_list(value) && kind.refuses(value).is_none(),
        Binary | Bool | Bytes | Mark(_) | Number | OneOf(_) | Padding | Time => {
            kind.refuses(value).is_none()
        }
    })
}

/// The kinds of a table of keys, by name.
pub(in crate::read) fn kind(table: &[(&str, Kind)], key: &str) -> Option<Kind> {
    let row = table.iter().find(|(name, _)| *name == key);
    row.map(|(_, kind)| *kind)
}

impl Kind {
    /// What was expected, if the daemon does not take `value`.
    pub(in crate::read) fn refuses(self, value: &str) -> Option<String> {
        let one_of = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(value));
        match self {
            Bool if !one_of(BOOL) => Some("`yes` or `no`".to_owned()),
            Number if number(value).is_none() => Some("a number".to_owned()),
            Time if time(value).is_none() => {
                Some("a number of seconds, or a number with `s`, `m`, `h` or `d`".to_owned())
            }
            OneOf(words) if !one_of(words) => Some(crate::diag::any_of(words.iter().copied())),
            Binary if !values::is_binary(value) => Some("a binary number".to_owned()),
            Bytes if !values::is_volume(value) => {
                Some("a number of bytes, or a number with `K`, `M` or `G`".to_owned())
            }
            Hosts if !values::are_hosts(value) => Some("addresses".to_owned()),
            Mark(words) if !values::is_mark(value, words) => {
                Some(format!("a number, or {}", crate::diag::any_of(words.iter().copied())))
            }
            Padding if value != "mtu" && number(value).is_none() => {
                Some("a number, or `mtu`".to_owned())
            }
            Selectors if !values::are_selectors(value) => {
                Some("`dynamic`, an address, a network or a range, each with `[protocol/port]` or without".to_owned())
            }
            Auth if !is_auth(value) => Some("`pubkey`, `psk`, `eap-…` or `xauth`".to_owned()),
            Auth | Binary | Bool | Bytes | Hosts | Mark(_) | Number | OneOf(_) | Padding
            | Proposals | Selectors | Text | Time => None,
        }
    }
}

/// The version whose values were tried.
pub(in crate::read) const MEASURED: Version = Version::new(5, 9, 8);

/// Values that strongSwan 5.9.8 does not know and 6.0 does.
pub(in crate::read) fn is_value_of_six(key: &str, value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    matches!(
        (key, lower.as_str()),
        ("childless", "prefer") | ("hw_offload", "crypto" | "packet") | ("mode", "iptfs")
    )
}

fn is_auth(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let exact = [
        "ike:", "pubkey", "rsa", "ecdsa", "bliss", "ed25519", "ed448",
    ];
    // In version 5.9.8 the words of Edwards curves alone are refused; that they are here errs on
    // the side of later versions.
    exact.iter().any(|word| value.starts_with(word))
        || lower == "psk"
        || lower.starts_with("eap")
        || lower.starts_with("xauth")
}

/// Reads a number as C does: decimal, with `0x` hexadecimal, with `0` octal.
pub(in crate::read) fn number(text: &str) -> Option<u64> {
    let (number, rest) = leading_number(text);
    (rest.is_empty() && text.len() < 16).then_some(number)
}

/// Reads a span of time: a number, or one with a unit.
pub(in crate::read) fn time(text: &str) -> Option<Duration> {
    if text.len() >= 16 {
        return None;
    }
    let (number, rest) = leading_number(text);
    let unit = match rest.trim_start_matches(' ').to_ascii_lowercase().as_str() {
        "" | "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return None,
    };
    Some(Duration::from_secs(number.saturating_mul(unit)))
}

fn leading_number(text: &str) -> (u64, &str) {
    let trimmed = text.trim_start();
    let unsigned = trimmed.trim_start_matches(['+', '-']);
    let (digits, radix) = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', next, ..] if next.is_ascii_hexdigit() => (&unsigned[2..], 16),
        [b'0', ..] => (unsigned, 8),
        _ => (unsigned, 10),
    };
    let end = digits
        .find(|c: char| !c.is_digit(radix))
        .unwrap_or(digits.len());
    let number = u64::from_str_radix(&digits[..end], radix).unwrap_or(0);
    (number, if end == 0 { text } else { &digits[end..] })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{CHILD, CONNECTION, Kind, ROUND, SINCE_6, kind, number, time};

    #[test]
    fn keys_are_unique() {
        for table in [CONNECTION, ROUND, CHILD] {
            for (place, (key, _)) in table.iter().enumerate() {
                assert!(
                    table[..place].iter().all(|(other, _)| other != key),
                    "{key}"
                );
            }
        }
        for key in SINCE_6 {
            assert!(
                [CONNECTION, CHILD]
                    .iter()
                    .any(|table| kind(table, key).is_some())
            );
        }
    }

    /// Each of these was tried on the daemon.
    #[test]
    fn values_are_taken_as_the_daemon_takes_them() {
        for (key, value, taken) in [
            ("rekey_time", "1 h", true),
            ("rekey_time", "1.5h", false),
            ("rekey_time", "-1", true),
            ("rekey_time", "1week", false),
            ("life_time", "60min", false),
            ("reqid", "010", true),
            ("mode", "Beet", true),
            ("mode", "bypass", false),
            ("policies", "On", false),
            ("start_action", "trap|start", true),
            ("start_action", "trap,start", false),
            ("dpd_action", "hold", false),
        ] {
            let found = kind(CHILD, key).unwrap().refuses(value);
            assert_eq!(found.is_none(), taken, "{key} = {value}");
        }
        for (value, taken) in [
            ("psk", true),
            ("eap-foo", true),
            ("any", false),
            ("Pubkey", false),
            ("none", false),
        ] {
            assert_eq!(Kind::Auth.refuses(value).is_none(), taken, "{value}");
        }
    }

    #[test]
    fn numbers_and_times_are_those_of_c() {
        assert_eq!(number("0x10"), Some(16));
        assert_eq!(number("ikev2"), None);
        assert_eq!(number("2 proposals"), None);
        assert_eq!(time("4h"), Some(Duration::from_secs(14_400)));
        assert_eq!(time("1D"), Some(Duration::from_secs(86_400)));
        assert_eq!(time("90"), Some(Duration::from_secs(90)));
        assert_eq!(time("99999999999999999h"), None);
    }
}
