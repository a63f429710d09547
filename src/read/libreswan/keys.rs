//! The keywords of libreswan's ipsec.conf: `lib/libipsecconf/keywords.c` of 3.32, 4.10, 4.15, 5.0, 5.2
//! and 5.3, `lib/libswan/ipsecconf/conn.c` of 5.4.
//!
//! libreswan refuses a file with a keyword that it does not know.

use std::sync::LazyLock;

use crate::peer::setting::Bearing;

/// Keywords of `conn` sections; those of a side are without `left` or `right`.
pub(super) const CONN: &[&str] = &[
    "accept-redirect",
    "accept-redirect-to",
    "aggressive",
    "aggrmode",
    "ah",
    "also",
    "alsoflip",
    "authby",
    "auto",
    "cisco-split",
    "cisco-unity",
    "clientaddrfamily",
    "compress",
    "connalias",
    "debug",
    "decap-dscp",
    "dns-match-id",
    "dpdaction",
    "dpddelay",
    "dpdtimeout",
    "enable-tcp",
    "encap-dscp",
    "encapsulation",
    "esn",
    "esp",
    "failureshunt",
    "fake-strongswan",
    "forceencaps",
    "fragmentation",
    "hostaddrfamily",
    "ignore-peer-dns",
    "ike",
    "ikelifetime",
    "ikepad",
    "ikev2",
    "initial-contact",
    "intermediate",
    "ikev1-dpdtimeout",
    "ipsec-interface",
    "ipsec-lifetime",
    "ipsec-max-bytes",
    "ipsec-max-packets",
    "iptfs",
    "iptfs-drop-time",
    "iptfs-fragmentation",
    "iptfs-init-delay",
    "iptfs-max-queue-size",
    "iptfs-packet-size",
    "iptfs-reorder-window",
    "keyexchange",
    "keyingtries",
    "keylife",
    "lifetime",
    "mark",
    "mark-in",
    "mark-out",
    "metric",
    "mobike",
    "modecfgbanner",
    "modecfgdns",
    "modecfgdomains",
    "modecfgpull",
    "ms-dh-downgrade",
    "mtu",
    "nat-ikev1-method",
    "nat-keepalive",
    "nat_keepalive",
    "narrowing",
    "negotiationshunt",
    "nflog",
    "nflog-group",
    "nic-offload",
    "nm-configured",
    "nopmtudisc",
    "overlapip",
    "pam-authorize",
    "pfs",
    "pfs-rekey-workaround",
    "phase2",
    "phase2alg",
    "policy-label",
    "ppk",
    "ppk-ids",
    "priority",
    "reauth",
    "redirect-to",
    "reject-simultaneous-ike-auth",
    "rekey",
    "rekeyfuzz",
    "rekeymargin",
    "remote-peer-type",
    "remote_peer_type",
    "replay-window",
    "reqid",
    "require-id-on-certificate",
    "retransmit-interval",
    "retransmit-timeout",
    "salifetime",
    "sec-label",
    "send-esp-tfc-padding-not-supported",
    "send-no-esp-tfc",
    "send-redirect",
    "send-supported-auth-methods",
    "send-vendorid",
    "sendca",
    "session-resumption",
    "sha2-truncbug",
    "sha2_truncbug",
    "share-lease",
    "tcp-remoteport",
    "tfc",
    "type",
    "vti-interface",
    "vti-routing",
    "vti-shared",
    "xauthby",
    "xauthfail",
    "clones",
];

/// Keywords of one side, behind `left` or `right`.
pub(super) const SIDE: &[&str] = &[
    "",
    "addresspool",
    "auth",
    "autheap",
    "ca",
    "cat",
    "cert",
    "ckaid",
    "ecdsakey",
    "eddsakey",
    "groundhog",
    "id",
    "ikeport",
    "interface-ip",
    "modecfgclient",
    "modecfgserver",
    "nexthop",
    "protoport",
    "pubkey",
    "rsasigkey",
    "rsasigkey2",
    "sendcert",
    "sourceip",
    "subnet",
    "subnets",
    "updown",
    "updown-config",
    "username",
    "vti",
    "xauthclient",
    "xauthserver",
    "xauthusername",
];

/// Keywords that say how long a child SA lives.
pub(super) const LIFETIMES: &[&str] = &["salifetime", "lifetime", "keylife", "ipsec-lifetime"];

/// What depends on a key; `None` where the model has a field for it.
pub(super) fn bearing(key: &str) -> Option<Bearing> {
    let side = key
        .strip_prefix("left")
        .or_else(|| key.strip_prefix("right"));
    if let Some(rest) = side {
        return match rest {
            "" | "addresspool" | "auth" | "autheap" | "cert" | "id" | "protoport" | "subnet"
            | "subnets" => None,
            "ca" | "ckaid" | "ecdsasigkey" | "pubkey" | "rsasigkey" | "rsasigkey2"
            | "xauthserver" | "xauthclient" => Some(Bearing::Security),
            "ikeport" | "interface-ip" | "sourceip" | "updown" | "vti" => {
                Some(Bearing::Reachability)
            }
            _ => Some(Bearing::Operation),
        };
    }
    match key {
        "ah" | "authby" | "autheap" | "esn" | "esp" | "ike" | "ikelifetime" | "ikev2"
        | "keyexchange" | "pfs" | "phase2" | "phase2alg" | "reauth" | "rekey" | "rekeymargin"
        | "sha2-truncbug" | "sha2_truncbug" | "type" => None,
        _ if LIFETIMES.contains(&key) => None,
        "aggressive"
        | "aggrmode"
        | "failureshunt"
        | "negotiationshunt"
        | "pam-authorize"
        | "policy-label"
        | "ppk"
        | "ppk-ids"
        | "replay-window"
        | "require-id-on-certificate"
        | "sec-label"
        | "xauthby"
        | "xauthfail" => Some(Bearing::Security),
        "auto" | "interface-ip" | "ipsec-interface" | "mark" | "mark-in" | "mark-out"
        | "narrowing" | "overlapip" | "priority" | "reqid" | "vti-interface" | "vti-routing"
        | "ipsec-max-bytes" | "ipsec-max-packets" => Some(Bearing::Reachability),
        _ => Some(Bearing::Operation),
    }
}

/// Whether libreswan of some version knows `key`. Keys that begin with `x-` are comments.
pub(in crate::read) fn is_known(key: &str) -> bool {
    let side = key
        .strip_prefix("left")
        .or_else(|| key.strip_prefix("right"));
    key.starts_with("x-")
        || key.starts_with("x_")
        || CONN.contains(&key)
        || side.is_some_and(|rest| SIDE.contains(&rest))
        // Without a side it is right's (`parser_find_keyword`, libreswan issue 663).
        || !key.is_empty() && SIDE.contains(&key)
}

/// Keywords that came with version 5.
const SINCE_5: &[&str] = &[
    "cisco-split",
    "clones",
    "debug",
    "encap-dscp",
    "ikev1-dpdtimeout",
    "interface-ip",
    "iptfs",
    "iptfs-drop-time",
    "iptfs-fragmentation",
    "iptfs-init-delay",
    "iptfs-max-queue-size",
    "iptfs-packet-size",
    "iptfs-reorder-window",
    "lefteddsakey",
    "leftgroundhog",
    "leftinterface-ip",
    "leftupdown-config",
    "nflog-group",
    "pfs-rekey-workaround",
    "ppk-ids",
    "reject-simultaneous-ike-auth",
    "righteddsakey",
    "rightgroundhog",
    "rightinterface-ip",
    "rightupdown-config",
    "send-esp-tfc-padding-not-supported",
    "send-supported-auth-methods",
    "session-resumption",
    "share-lease",
];

/// Whether a keyword came with version 5.
pub(super) fn is_of_five(key: &str) -> bool {
    SINCE_5.contains(&key)
}

/// Whether a keyword takes the value since version 5 only.
pub(super) fn is_value_of_five(key: &str, value: &str) -> bool {
    let versions = ["ikev1", "ikev2"];
    key == "keyexchange" && versions.iter().any(|it| value.eq_ignore_ascii_case(it))
}

/// Whether a word is a keyword, or a slip of one. What begins with `x-` is a comment.
pub(in crate::read) fn is_slip_of_key(word: &str) -> bool {
    let comment = word.starts_with("x-") || word.starts_with("x_");
    !comment && (is_known(word) || crate::diag::is_slip(word, all().iter().map(String::as_str)))
}

/// Whether `value` is one of the values of a keyword that decides.
pub(in crate::read) fn is_value(key: &str, value: &str) -> bool {
    let mut values = VALUES.iter().filter(|(name, _)| *name == key);
    values.any(|(_, words)| words.iter().any(|word| value.eq_ignore_ascii_case(word)))
}

/// All keywords in full, for suggestions.
pub(super) fn all() -> &'static [String] {
    static ALL: LazyLock<Vec<String>> = LazyLock::new(|| {
        let mut all: Vec<_> = CONN.iter().map(|key| (*key).to_owned()).collect();
        for side in ["left", "right"] {
            all.extend(SIDE.iter().map(|key| format!("{side}{key}")));
        }
        all
    });
    &ALL
}

/// Values of keywords that decide how a connection is judged.
pub(super) const VALUES: &[(&str, &[&str])] = &[
    (
        "auto",
        &["ignore", "add", "ondemand", "route", "start", "up", "keep"],
    ),
    ("esn", &["yes", "no", "either"]),
    (
        "ikev2",
        &["yes", "no", "insist", "never", "permit", "propose"],
    ),
    ("keyexchange", &["ike", "ikev1", "ikev2"]),
    ("pfs", &["yes", "no", "true", "false", "on", "off"]),
    ("phase2", &["esp", "ah"]),
    ("rekey", &["yes", "no", "true", "false", "on", "off"]),
    ("reauth", &["yes", "no", "true", "false", "on", "off"]),
];
