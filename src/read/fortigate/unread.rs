//! Keys of phases of which the model has nothing: known ones, and those that nobody knows.

use std::collections::HashSet;

use super::blocks::Row;
use super::is_secret;
use crate::peer::setting::Bearing;
use crate::read::unread::Unread;

/// Keys of `phase1` and `phase1-interface`, of all releases of FortiOS 6.0 to 7.6.
#[rustfmt::skip]
const PHASE_1: &[&str] = &[
    "acct-verify", "add-gw-route", "add-route", "addke1", "addke2", "addke3", "addke4", "addke5", "addke6",
    "addke7", "aggregate-member", "aggregate-weight", "assign-ip", "assign-ip-from", "authmethod",
    "authmethod-remote", "authpasswd", "authusr", "authusrgrp", "auto-discovery-crossover",
    "auto-discovery-dialup-placeholder", "auto-discovery-forwarder", "auto-discovery-offer-interval",
    "auto-discovery-psk", "auto-discovery-receiver", "auto-discovery-sender", "auto-discovery-shortcuts",
    "auto-negotiate", "auto-transport-threshold", "azure-ad-autoconnect", "backup-gateway", "banner",
    "cert-id-validation", "cert-peer-username-strip", "cert-peer-username-validation", "cert-trust-store",
    "certificate", "childless-ike", "client-auto-negotiate", "client-keep-alive", "client-resume",
    "client-resume-interval", "comments", "default-gw", "default-gw-priority", "dev-id", "dev-id-notification",
    "dhcp-ra-giaddr", "dhcp6-ra-linkaddr", "dhgrp", "digital-signature-auth", "distance", "dns-mode",
    "dns-suffix-search", "domain", "dpd", "dpd-retrycount", "dpd-retryinterval", "eap", "eap-cert-auth",
    "eap-exclude-peergrp", "eap-identity", "ems-sn-check", "encap-local-gw4", "encap-local-gw6",
    "encap-remote-gw4", "encap-remote-gw6", "encapsulation", "encapsulation-address", "enforce-unique-id", "esn",
    "exchange-fgt-device-id", "exchange-interface-ip", "exchange-ip-addr4", "exchange-ip-addr6",
    "fallback-tcp-threshold", "fec-base", "fec-codec", "fec-egress", "fec-health-check", "fec-ingress",
    "fec-mapping-profile", "fec-receive-timeout", "fec-redundant", "fec-send-timeout", "fgsp-sync",
    "forticlient-enforcement", "fortinet-esp", "fragmentation", "fragmentation-mtu", "group-authentication",
    "group-authentication-secret", "ha-sync-esp-seqno", "idle-timeout", "idle-timeoutinterval", "ike-version",
    "inbound-dscp-copy", "include-local-lan", "interface", "internal-domain-list", "ip-delay-interval",
    "ip-fragmentation", "ip-version", "ipv4-dns-server1", "ipv4-dns-server2", "ipv4-dns-server3", "ipv4-end-ip",
    "ipv4-exclude-range", "ipv4-name", "ipv4-netmask", "ipv4-split-exclude", "ipv4-split-include", "ipv4-start-ip",
    "ipv4-wins-server1", "ipv4-wins-server2", "ipv6-auto-linklocal", "ipv6-dns-server1", "ipv6-dns-server2",
    "ipv6-dns-server3", "ipv6-end-ip", "ipv6-exclude-range", "ipv6-name", "ipv6-prefix", "ipv6-split-exclude",
    "ipv6-split-include", "ipv6-start-ip", "keepalive", "keylife", "kms", "link-cost", "local-gw", "local-gw6",
    "localid", "localid-type", "loopback-asymroute", "mesh-selector-type", "mode", "mode-cfg",
    "mode-cfg-allow-client-selector", "monitor", "monitor-dict", "monitor-hold-down-delay",
    "monitor-hold-down-time", "monitor-hold-down-type", "monitor-hold-down-weekday", "monitor-min", "name",
    "nattraversal", "negotiate-timeout", "net-device", "network-id", "network-overlay", "npu-offload",
    "packet-redistribution", "passive-mode", "peer", "peer-egress-shaping", "peer-egress-shaping-value", "peergrp",
    "peerid", "peertype", "ppk", "ppk-identity", "ppk-secret", "priority", "proposal", "psksecret",
    "psksecret-remote", "qkd", "qkd-hybrid", "qkd-profile", "reauth", "rekey", "remote-gw", "remote-gw-country",
    "remote-gw-end-ip", "remote-gw-match", "remote-gw-start-ip", "remote-gw-subnet", "remote-gw-ztna-tags",
    "remote-gw6", "remote-gw6-country", "remote-gw6-end-ip", "remote-gw6-match", "remote-gw6-start-ip",
    "remote-gw6-subnet", "remotegw-ddns", "rsa-signature-format", "rsa-signature-hash-override", "save-password",
    "send-cert-chain", "shared-idle-timeout", "signature-hash-alg", "split-include-service", "suite-b",
    "transport", "tunnel-search", "type", "unity-support", "usrgrp", "vni", "wizard-type", "xauthtype",
];

/// Keys of `phase2` and `phase2-interface`.
#[rustfmt::skip]
const PHASE_2: &[&str] = &[
    "add-route", "addke1", "addke2", "addke3", "addke4", "addke5", "addke6", "addke7", "auto-discovery-forwarder",
    "auto-discovery-sender", "auto-negotiate", "comments", "dhcp-ipsec", "dhgrp", "diffserv", "diffservcode",
    "dst-addr-type", "dst-end-ip", "dst-end-ip6", "dst-name", "dst-name6", "dst-port", "dst-start-ip",
    "dst-start-ip6", "dst-subnet", "dst-subnet6", "encapsulation", "inbound-dscp-copy", "initiator-ts-narrow",
    "ipv4-df", "keepalive", "keylife-type", "keylifekbs", "keylifeseconds", "l2tp", "name", "pfs", "phase1name",
    "proposal", "protocol", "replay", "route-overlap", "selector-match", "single-source", "src-addr-type",
    "src-end-ip", "src-end-ip6", "src-name", "src-name6", "src-port", "src-start-ip", "src-start-ip6",
    "src-subnet", "src-subnet6", "use-natip",
];

/// Other tables of IPsec, and those inside of a phase.
const TABLES: &[(&str, Bearing)] = &[
    ("backup-gateway", Bearing::Reachability),
    ("dns-suffix-search", Bearing::Operation),
    ("internal-domain-list", Bearing::Operation),
    ("ipv4-exclude-range", Bearing::Reachability),
    ("ipv6-exclude-range", Bearing::Reachability),
    ("remote-gw-ztna-tags", Bearing::Security),
    ("vpn ipsec concentrator", Bearing::Operation),
    ("vpn ipsec fec", Bearing::Operation),
    ("vpn ipsec forticlient", Bearing::Operation),
    ("vpn ipsec kmip-server", Bearing::Operation),
    ("vpn ipsec manualkey", Bearing::Reachability),
    ("vpn ipsec manualkey-interface", Bearing::Reachability),
];

/// Warns of keys that nobody knows, and notes what stands beside the phases.
pub(super) fn look(rows: &[Row], unread: &mut Unread) {
    let first = |row: &&Row| row.table.starts_with("vpn ipsec phase1");
    let names = rows.iter().filter(first).map(|row| row.name.text.as_str());
    let names: HashSet<&str> = names.collect();
    for row in rows {
        let keys = match row.table.as_str() {
            "vpn ipsec phase1" | "vpn ipsec phase1-interface" => PHASE_1,
            "vpn ipsec phase2" | "vpn ipsec phase2-interface" => {
                let named = row.value("phase1name");
                if !named.is_some_and(|name| names.contains(name)) {
                    unread.of("a phase 2, which nothing uses".to_owned(), &row.name.span);
                }
                PHASE_2
            }
            table => {
                match TABLES.iter().find(|(known, _)| *known == table) {
                    Some((known, bearing)) if row.is_inner || known.starts_with("vpn ") => {
                        unread.known(known, &row.name.span, *bearing);
                    }
                    None if row.is_inner || table.starts_with("vpn ipsec ") => {
                        unread.unknown(table, &row.name.span, TABLES.iter().map(|it| it.0));
                    }
                    _ => {}
                }
                continue;
            }
        };
        for setting in &row.settings {
            let key = &setting.key;
            if !keys.contains(&key.text.as_str()) && !is_secret(&key.text) {
                unread.warn(&key.text, &key.span, keys.iter().copied());
            }
        }
    }
}
