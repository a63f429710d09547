//! The keys of strongSwan's ipsec.conf (`keywords.txt`, `args.c`, `confread.c` of starter).

use crate::peer::setting::Bearing;

/// What a value is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// Ways to prove who one is, for both sides.
    AuthBy,
    /// Yes or no.
    Bool,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A number.
    Number,
    /// A list of proposals.
    Proposals,
    /// Whatever there is to say.
    Text,
    /// A span of time.
    Time,
}

use std::sync::LazyLock;

use crate::diag::is_slip;

use Kind::{AuthBy, Bool, Number, OneOf, Proposals, Text, Time};

const AUTHBY: &[&str] = &[
    "psk",
    "secret",
    "pubkey",
    "rsa",
    "rsasig",
    "ecdsa",
    "ecdsasig",
    "xauthpsk",
    "xauthrsasig",
    "never",
];

/// Keys of a `conn` section; those of a side are without `left` or `right`.
pub(super) const CONN: &[(&str, Kind)] = &[
    ("aaa_identity", Text),
    ("aggressive", Bool),
    ("ah", Proposals),
    ("also", Text),
    ("authby", AuthBy),
    ("auto", OneOf(&["ignore", "add", "route", "start"])),
    ("closeaction", OneOf(&["none", "clear", "hold", "restart"])),
    ("compress", Bool),
    ("dpdaction", OneOf(&["none", "clear", "hold", "restart"])),
    ("dpddelay", Time),
    ("dpdtimeout", Time),
    ("eap_identity", Text),
    ("esp", Proposals),
    ("forceencaps", Bool),
    ("fragmentation", OneOf(&["no", "yes", "accept", "force"])),
    ("ike", Proposals),
    ("ikedscp", Text),
    ("ikelifetime", Time),
    ("inactivity", Time),
    ("installpolicy", Bool),
    ("keyexchange", OneOf(&["ike", "ikev1", "ikev2"])),
    ("keyingtries", Number),
    ("keylife", Time),
    ("lifebytes", Number),
    ("lifepackets", Number),
    ("lifetime", Time),
    ("marginbytes", Number),
    ("marginpackets", Number),
    ("margintime", Time),
    ("mark", Text),
    ("mark_in", Text),
    ("mark_out", Text),
    ("me_peerid", Text),
    ("mediated_by", Text),
    ("mediation", Bool),
    ("mobike", Bool),
    ("modeconfig", OneOf(&["push", "pull"])),
    ("reauth", Bool),
    ("rekey", Bool),
    ("rekeyfuzz", Text),
    ("rekeymargin", Time),
    ("replay_window", Text),
    ("reqid", Number),
    ("sha256_96", Bool),
    ("tfc", Text),
    (
        "type",
        OneOf(&[
            "tunnel",
            "transport",
            "transport_proxy",
            "pass",
            "passthrough",
            "drop",
            "reject",
        ]),
    ),
    ("xauth", OneOf(&["server", "client"])),
    ("xauth_identity", Text),
];

/// Keys of one side, behind `left` or `right`.
pub(super) const SIDE: &[(&str, Kind)] = &[
    ("", Text),
    ("allowany", Bool),
    ("auth", Text),
    ("auth2", Text),
    ("ca", Text),
    ("ca2", Text),
    ("cert", Text),
    ("cert2", Text),
    ("certpolicy", Text),
    ("dns", Text),
    ("firewall", Bool),
    ("groups", Text),
    ("groups2", Text),
    ("hostaccess", Bool),
    ("id", Text),
    ("id2", Text),
    ("ikeport", Text),
    ("protoport", Text),
    ("rsasigkey", Text),
    (
        "sendcert",
        OneOf(&["never", "no", "ifasked", "always", "yes"]),
    ),
    ("sigkey", Text),
    ("sourceip", Text),
    ("subnet", Text),
    ("updown", Text),
];

/// What depends on a key; `None` where the model has a field for it.
pub(super) fn bearing(key: &str) -> Option<Bearing> {
    let side = key
        .strip_prefix("left")
        .or_else(|| key.strip_prefix("right"));
    if let Some(rest) = side {
        return match rest {
            "" | "auth" | "auth2" | "cert" | "cert2" | "id" | "id2" | "protoport" | "sourceip"
            | "subnet" => None,
            "ca" | "ca2" | "certpolicy" | "groups" | "groups2" | "rsasigkey" | "sigkey" => {
                Some(Bearing::Security)
            }
            "ikeport" | "updown" | "firewall" | "allowany" => Some(Bearing::Reachability),
            _ => Some(Bearing::Operation),
        };
    }
    match key {
        "ah" | "authby" | "eap_identity" | "esp" | "ike" | "ikelifetime" | "keyexchange"
        | "keylife" | "lifetime" | "margintime" | "reauth" | "rekey" | "rekeymargin"
        | "sha256_96" | "type" | "xauth" => None,
        "aaa_identity" | "aggressive" | "replay_window" | "xauth_identity" => {
            Some(Bearing::Security)
        }
        "auto" | "inactivity" | "installpolicy" | "lifebytes" | "lifepackets" | "mark"
        | "mark_in" | "mark_out" | "me_peerid" | "mediated_by" | "mediation" | "reqid" => {
            Some(Bearing::Reachability)
        }
        _ => Some(Bearing::Operation),
    }
}

/// Keys of other days, which strongSwan names as deprecated and passes over.
pub(super) const DEPRECATED: &[&str] = &[
    "auth",
    "eap",
    "leftnexthop",
    "leftsubnetwithin",
    "pfs",
    "pfsgroup",
    "rightnexthop",
    "rightsubnetwithin",
];

/// The kind of a key; `None` if strongSwan does not know it.
pub(super) fn kind(key: &str) -> Option<Kind> {
    let of = |table: &[(&str, Kind)], key: &str| {
        let row = table.iter().find(|(name, _)| *name == key);
        row.map(|(_, kind)| *kind)
    };
    of(CONN, key).or_else(|| {
        let rest = key
            .strip_prefix("left")
            .or_else(|| key.strip_prefix("right"))?;
        of(SIDE, rest)
    })
}

/// Whether strongSwan knows a key, even if only to pass over it.
pub(in crate::read) fn is_known(key: &str) -> bool {
    kind(key).is_some() || DEPRECATED.contains(&key)
}

/// Whether a word is a key, or a slip of one.
pub(super) fn is_slip_of_key(word: &str) -> bool {
    kind(word).is_some()
        || DEPRECATED.contains(&word)
        || is_slip(word, all().iter().map(String::as_str))
}

/// All keys in full, for suggestions.
pub(super) fn all() -> &'static [String] {
    static ALL: LazyLock<Vec<String>> = LazyLock::new(|| {
        let mut all: Vec<_> = CONN.iter().map(|(key, _)| (*key).to_owned()).collect();
        for side in ["left", "right"] {
            all.extend(SIDE.iter().map(|(key, _)| format!("{side}{key}")));
        }
        all
    });
    &ALL
}

impl Kind {
    /// Whether `value` is one of few, or a number or a time.
    pub(super) fn recognises(self, value: &str) -> bool {
        !matches!(self, Proposals | Text) && self.refuses(value).is_none()
    }

    /// What was expected, if starter does not take `value`.
    pub(super) fn refuses(self, value: &str) -> Option<String> {
        match self {
            Bool if !["yes", "no"].contains(&value) => Some("`yes` or `no`".to_owned()),
            OneOf(words) if !words.contains(&value) => {
                Some(crate::diag::any_of(words.iter().copied()))
            }
            Time if seconds(value).is_none() => {
                Some("a number of seconds, or a number with `s`, `m`, `h` or `d`".to_owned())
            }
            Number if value != "%forever" && value.parse::<u64>().is_err() => {
                Some("a number".to_owned())
            }
            AuthBy if !value.split('|').all(|word| AUTHBY.contains(&word)) => {
                Some(crate::diag::any_of(AUTHBY.iter().copied()))
            }
            AuthBy | Bool | Number | OneOf(_) | Proposals | Text | Time => None,
        }
    }
}

/// Reads `3600`, `60m`, `1h`, `1d`.
pub(super) fn seconds(text: &str) -> Option<u64> {
    let unit = match text.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        _ => 0,
    };
    let digits = if unit == 0 {
        text
    } else {
        &text[..text.len() - 1]
    };
    let number: u64 = digits.parse().ok()?;
    Some(number.saturating_mul(unit.max(1)))
}

#[cfg(test)]
mod tests {
    use super::{CONN, DEPRECATED, SIDE, kind, seconds};

    #[test]
    fn keys_are_sorted_and_unique() {
        for table in [CONN, SIDE] {
            assert!(table.is_sorted_by(|one, other| one.0 < other.0));
        }
        assert!(DEPRECATED.is_sorted());
    }

    /// Each of these was tried on starter 5.9.8.
    #[test]
    fn values_are_taken_as_starter_takes_them() {
        for (key, value, taken) in [
            ("auto", "Add", false),
            ("auto", "start", true),
            ("keyexchange", "ikev3", false),
            ("rekey", "maybe", false),
            ("lifetime", "1w", false),
            ("lifetime", "24h", true),
            ("leftid", "anything at all", true),
            ("keyingtries", "%forever", true),
            ("keyingtries", "x", false),
            ("lifebytes", "1000k", false),
            ("authby", "foo", false),
            ("authby", "secret", true),
        ] {
            let found = kind(key).unwrap().refuses(value);
            assert_eq!(found.is_none(), taken, "{key}={value}");
        }
        assert_eq!(kind("ikev2"), None);
        assert_eq!(seconds("1h"), Some(3600));
        assert_eq!(seconds(""), None);
    }
}
