//! Values that charon's parsers take or refuse: `parse_ts`, `parse_mark`, `parse_bytes` and others of
//! `vici_config.c`. Each limit here was tried on the daemon of 5.9.8.

use std::net::IpAddr;

use super::keys::number;

/// Names of protocols as a system without further ones knows them (IANA "Protocol Numbers").
const PROTOCOLS: &[&str] = &[
    "ah",
    "ax.25",
    "dccp",
    "ddp",
    "egp",
    "eigrp",
    "encap",
    "esp",
    "etherip",
    "fc",
    "ggp",
    "gre",
    "hip",
    "hmp",
    "icmp",
    "idpr-cmtp",
    "idrp",
    "igmp",
    "igp",
    "ip",
    "ipcomp",
    "ipencap",
    "ipip",
    "ipv6",
    "ipv6-frag",
    "ipv6-icmp",
    "ipv6-nonxt",
    "ipv6-opts",
    "ipv6-route",
    "isis",
    "iso-tp4",
    "l2tp",
    "manet",
    "mobility-header",
    "mpls-in-ip",
    "mptcp",
    "ospf",
    "ospfigp",
    "pim",
    "pup",
    "rdp",
    "rohc",
    "rspf",
    "rsvp",
    "sctp",
    "shim6",
    "skip",
    "st",
    "tcp",
    "udp",
    "udplite",
    "vmtp",
    "vrrp",
    "wesp",
    "xns-idp",
    "xtp",
    "icmpv6",
    "idp",
];

/// Whether each item of a list is an address, or one of the words for any.
pub(in crate::read) fn are_hosts(list: &str) -> bool {
    let mut items = list.split(',').map(str::trim);
    items.all(|item| item.is_empty() || is_host(item))
}

fn is_host(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok() || matches!(text, "%any" | "%any4" | "%any6")
}

/// Whether each item of a list is a traffic selector: `10.0.0.0/8[tcp/80]`.
pub(in crate::read) fn are_selectors(list: &str) -> bool {
    let mut items = list.split(',').map(str::trim);
    items.all(|item| item.is_empty() || is_selector(item))
}

fn is_selector(text: &str) -> bool {
    let (address, protocol) = match text.split_once('[') {
        Some((address, rest)) => match rest.strip_suffix(']') {
            Some(protocol) => (address.trim_end(), Some(protocol)),
            None => return false,
        },
        None => (text, None),
    };
    let is_address = || {
        if address == "dynamic" {
            return true;
        }
        if let Some((network, bits)) = address.split_once('/') {
            return is_host(network) && !bits.starts_with('-');
        }
        if let Some((from, to)) = address.split_once('-') {
            return is_host(from.trim()) && is_host(to.trim());
        }
        is_host(address)
    };
    is_address() && protocol.is_none_or(is_protocol)
}

fn is_protocol(text: &str) -> bool {
    let (name, port) = match text.split_once('/') {
        Some((name, port)) => (name, Some(port)),
        None => (text, None),
    };
    let lower = name.to_ascii_lowercase();
    let named = name.is_empty()
        || lower == "any"
        || PROTOCOLS.contains(&lower.as_str())
        || name.parse::<u8>().is_ok();
    let is_number = |port: &str| port.parse::<u16>().is_ok();
    // Names of services are those of the machine, which is not asked.
    let is_name = |port: &str| port.starts_with(|c: char| c.is_ascii_alphabetic());
    let port_is_taken = |port: &str| {
        let range = port.split_once('-');
        // `vici_config.c` looks at a port that is not empty.
        port.is_empty()
            || is_number(port)
            || is_name(port)
            || range.is_some_and(|(from, to)| is_number(from) && is_number(to))
    };
    named && port.is_none_or(port_is_taken)
}

/// Whether the text is a mark with an optional mask.
pub(in crate::read) fn is_mark(text: &str, words: &[&str]) -> bool {
    let (mark, mask) = text.split_once('/').unwrap_or((text, ""));
    let is_number = |text: &str| text.is_empty() || number(text).is_some();
    (words.contains(&mark) || is_number(mark)) && is_number(mask)
}

/// Whether the text is a number of bytes: `500M`, `5 G`.
pub(in crate::read) fn is_volume(text: &str) -> bool {
    let text = text.trim_end_matches(['k', 'K', 'm', 'M', 'g', 'G']);
    number(text.trim_end()).is_some()
}

/// Whether the text is a binary number.
pub(in crate::read) fn is_binary(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|digit| matches!(digit, b'0' | b'1'))
}

#[cfg(test)]
mod tests {
    use super::{are_hosts, are_selectors, is_binary, is_mark, is_volume};

    /// Each of these was tried on the daemon.
    #[test]
    fn values_are_taken_as_the_daemon_takes_them() {
        for taken in [
            "0.0.0.0/0,::/0",
            "dynamic[tcp/80]",
            "10.0.0.0/8[tcp/http]",
            "10.0.0.0/8[tcp/80-90]",
            "10.0.0.0/8[/80]",
            "10.0.0.0/8[17/1701]",
            "10.0.0.0/8[any/any]",
            "10.0.0.0/8[gre/]",
            "10.0.0.0/8[TCP]",
            "10.0.0.0/8 [tcp]",
            "10.0.0.1-10.0.0.9",
            "10.0.0.0/255.0.0.0",
            "%any",
        ] {
            assert!(are_selectors(taken), "{taken}");
        }
        for refused in [
            "LAN_HERE",
            "banana",
            "10.0.0.0/24[foo]",
            "10.0.0.0/8[%any]",
            "10.1/16",
            "%dynamic",
            "300.1.1.1",
            "host.example.com",
            "10.0.0.0/8[tcp",
            "10.0.0.0/8[300]",
            "Dynamic",
            "dynamic/24",
            "10.0.0.0/8[tcp/99999]",
            "10.0.0.0/-1",
            "0/0",
        ] {
            assert!(!are_selectors(refused), "{refused}");
        }
        assert!(are_hosts("0.0.0.0, ::") && !are_hosts("banana") && !are_hosts("10.1"));
        for (text, taken) in [("5G", true), ("5 M", true), ("500", true), ("5T", false)] {
            assert_eq!(is_volume(text), taken, "{text}");
        }
        let unique = &["%unique", "%unique-dir"];
        for (text, taken) in [
            ("7", true),
            ("0x7/0xff", true),
            ("/7", true),
            ("x/y", false),
        ] {
            assert_eq!(is_mark(text, unique), taken, "{text}");
        }
        assert!(!is_mark("%same", unique) && is_mark("%same/0xff", &["%same"]));
        assert!(is_binary("101110") && !is_binary("46") && !is_binary("0b10"));
    }
}
