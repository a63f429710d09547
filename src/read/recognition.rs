//! How a text shows which of the formats it is.

mod marks;

use strum::VariantNames as _;

use self::marks::{
    NODES, begins_rule_of_iked, is_intune, is_nix, is_uci, is_vyos, opens_section_of_swanctl,
};
use crate::diag::nearest;
use crate::format::Format;
use crate::peer::server::Product;

/// How much of a text is looked at to recognise it.
const LOOKED_AT: usize = 1 << 20;

/// What a text is that is no configuration itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Unlike {
    /// It holds configurations: the format of the first one of a server, else of a client.
    Holder(Format),
    /// Another kind of file, with its article, and what can be done with it.
    Foreign(&'static str, &'static str),
}

impl Unlike {
    /// What `text` shows to be by its content.
    pub fn of(text: &str) -> Option<Self> {
        let text = text.trim_start_matches('\u{feff}').trim_start();
        if let Some(format) = super::embedded::first(text) {
            return Some(Self::Holder(format));
        }
        let foreign = super::foreign::of(text)?;
        Some(Self::Foreign(foreign.title, foreign.help))
    }
}

impl Format {
    /// The format that `text` shows by its content.
    pub fn of(text: &str) -> Option<Self> {
        let mut end = text.len().min(LOOKED_AT);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = text[..end].trim_start_matches('\u{feff}').trim_start();
        if super::embedded::is_container(text) {
            return None;
        }
        Self::of_piece(text)
    }

    /// Whether a text that has the form of a format is about IKE: programs, web servers and other XML have braces,
    /// keys and elements, too.
    pub fn is_about_ike(self, text: &str) -> bool {
        let mut lines = text
            .lines()
            .map(|line| line.trim_start_matches([' ', '\t', '{', '-']))
            .filter(|line| !line.trim().is_empty() && !line.starts_with(['#', ';']));
        let first = |line: &str| {
            let word = line
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .next();
            word.unwrap_or_default().to_ascii_lowercase()
        };
        match self {
            Self::PfsenseXml => text.contains("<pfsense") || text.contains("<ipsec"),
            Self::IpsecConf | Self::Libreswan => lines.any(|line| first(line) == "conn"),
            Self::Swanctl => {
                let keys = ["esp_proposals", "local_addrs", "proposals", "remote_addrs"];
                let mut includes = lines.clone();
                let is_about = |line: &str| {
                    let word = first(line);
                    let rest = line.get(word.len()..).unwrap_or_default().trim_start();
                    match rest.chars().next() {
                        // A slip of it, too: the daemon would load nothing.
                        Some('{') => nearest(&word, ["connections"]).is_some(),
                        Some('=') => keys.contains(&word.as_str()),
                        _ => false,
                    }
                };
                lines.any(is_about)
                    || includes.all(|line| first(line) == "include" && !line.ends_with(';'))
            }
            Self::ServerYaml => lines.any(|line| {
                let value = line.split_once(':').map(|(_, value)| first(value.trim()));
                match first(line).as_str() {
                    "phase1" | "phase2" => true,
                    "product" | "engine" => {
                        value.is_some_and(|value| Product::VARIANTS.contains(&value.as_str()))
                    }
                    _ => false,
                }
            }),
            Self::Iked
            | Self::Cisco
            | Self::Fortigate
            | Self::Intune
            | Self::Mikrotik
            | Self::Mobileconfig
            | Self::Nmconnection
            | Self::OpnsensePages
            | Self::OpnsenseXml
            | Self::PfsensePages
            | Self::Powershell
            | Self::Profilexml
            | Self::Rasphone
            | Self::Reg
            | Self::Rras
            | Self::Nixos
            | Self::Sswan
            | Self::Uci
            | Self::Vyos => true,
        }
    }

    /// The format of a text that is not looked through for others.
    pub(super) fn of_piece(text: &str) -> Option<Self> {
        let text = text.trim_start();
        if super::nmconnection::Plugin::of_keyfile(text).is_some() {
            return Some(Self::Nmconnection);
        }
        if text.contains("strongswan") && text.contains("services") && is_nix(text) {
            return Some(Self::Nixos);
        }
        if is_uci(text) {
            return Some(Self::Uci);
        }
        // Where blocks and loops stand, a template is filled in first.
        if is_vyos(text) && !text.contains("{%") && !text.contains("{{") {
            return Some(Self::Vyos);
        }
        if super::foreign::of(text).is_some() {
            return None;
        }
        // Whose it is stays inside; the reader says how to make one that can be read.
        if super::backup::is_encrypted(text) {
            return Some(Self::PfsenseXml);
        }
        match text.chars().next() {
            // A script that begins with its help.
            Some('<') if !text.starts_with("<#") => Some(Self::of_xml(text)),
            Some('{' | '[') if is_intune(text) => Some(Self::Intune),
            Some('{') if text.contains("\"uuid\"") || text.contains("\"remote\"") => {
                Some(Self::Sswan)
            }
            _ => Self::of_lines(text),
        }
    }

    fn of_xml(text: &str) -> Self {
        if text.contains("<VPNProfile") || text.contains("&lt;VPNProfile") || text.contains(NODES) {
            Self::Profilexml
        } else if text.contains("<plist") {
            Self::Mobileconfig
        } else if text.contains("<opnsense") || text.contains("<Swanctl") {
            Self::OpnsenseXml
        } else {
            Self::PfsenseXml
        }
    }

    fn of_lines(text: &str) -> Option<Self> {
        let lower = text.to_ascii_lowercase();
        let lines = || {
            let lines = lower.lines();
            lines.filter(|line| !line.trim_start().starts_with(['#', ';']))
        };
        let policies = [
            "set-vpnconnectionipsecconfiguration",
            "set-vpnserveripsecconfiguration",
            "set-vpnserverconfiguration",
        ];
        let has = |words: &[&str]| lines().any(|line| words.iter().any(|it| line.contains(it)));
        if has(&policies) {
            return Some(Self::Powershell);
        }
        // A script may make a connection only to take its settings for a profile.
        if has(&["<vpnprofile", "&lt;vpnprofile"]) {
            return Some(Self::Profilexml);
        }
        if has(&["add-vpnconnection", "set-vpnconnection"]) {
            return Some(Self::Powershell);
        }
        let of_phone_book = ["customipsecpolicies=", "vpnstrategy="];
        if lines().any(|line| of_phone_book.iter().any(|key| line.starts_with(key))) {
            return Some(Self::Rasphone);
        }
        let is_routeros = |line: &str| {
            let line = line.trim_start();
            line.starts_with("/ip ipsec") || line.starts_with("/ip/ipsec")
        };
        if lines().any(is_routeros) {
            return Some(Self::Mikrotik);
        }
        if lines().any(|line| line.trim_start().starts_with("config vpn ipsec phase")) {
            return Some(Self::Fortigate);
        }
        let of_cisco = [
            "crypto ikev2 ",
            "crypto ikev1 ",
            "crypto ipsec ",
            "crypto isakmp ",
            "crypto map ",
            "crypto dynamic-map ",
        ];
        let is_cisco = |line: &str| {
            // A copied session has its prompt before the command.
            let line = line.split_once("(config)#").map_or(line, |it| it.1);
            let line = line.trim_start();
            of_cisco.iter().any(|command| line.starts_with(command))
        };
        if lines().any(is_cisco) {
            return Some(Self::Cisco);
        }
        // What a script writes is looked for in its here-documents; the script itself is no configuration.
        if text.starts_with("#!") {
            return None;
        }
        let is_swanctl = || lines().any(opens_section_of_swanctl);
        if lines().any(begins_rule_of_iked) && !is_swanctl() {
            return Some(Self::Iked);
        }
        let opens = |line: &str| {
            let mut words = line.split_whitespace();
            let section = matches!(words.next(), Some("conn" | "config" | "ca"));
            let name = words
                .next()
                .is_some_and(|name| !name.starts_with(['{', ':']));
            // Prose goes on.
            let ends = words.next().is_none_or(|word| word.starts_with('#'));
            section && name && ends && !line.contains('{')
        };
        if lines().any(opens) {
            return Some(Self::of_ipsec_conf(lines()));
        }
        let section = |line: &str| {
            let line = line.split('#').next().unwrap_or_default().trim();
            let name = |name: &str| {
                let inner = |c: char| c.is_alphanumeric() || " \t._-%:,".contains(c);
                !name.is_empty() && !name.ends_with(':') && name.chars().all(inner)
            };
            let opens = line
                .split_once('{')
                .is_some_and(|(before, _)| name(before.trim()));
            opens && !line.starts_with('-') || line.starts_with("include ")
        };
        if lines().any(section) {
            return Some(Self::Swanctl);
        }
        let keys = ["phase1:", "phase2:", "connections:", "product:", "engine:"];
        let yaml = |line: &str| {
            keys.iter()
                .any(|key| line.trim_start_matches('{').starts_with(key))
        };
        lines().any(yaml).then_some(Self::ServerYaml)
    }

    /// Which of the two programs an `ipsec.conf` is for, by the words only one of them has.
    fn of_ipsec_conf<'l>(lines: impl Iterator<Item = &'l str>) -> Self {
        let mut libreswan = 0;
        let mut strongswan = 0;
        for line in lines {
            let Some((key, value)) = line.split_once('=') else {
                continue;
            };
            let (key, value) = (key.trim(), value.trim());
            let bare = key.trim_start_matches("left").trim_start_matches("right");
            let sided = bare != key;
            let of_libreswan = super::libreswan::keys::is_known(key);
            let of_strongswan = super::ipsec_conf::keys::is_known(key);
            match key {
                // strongSwan passes over it, and says so.
                "pfs" => libreswan += 2,
                "dumpdir" | "virtual-private" | "virtual_private" | "protostack" | "logfile"
                | "plutodebug" | "nhelpers" => libreswan += 2,
                "charondebug" | "strictcrlpolicy" | "cachecrls" => strongswan += 2,
                // Every daemon has these, and each a default of its own.
                "ah" | "lifetime" | "reauth" | "dpdaction" | "forceencaps" => strongswan += 2,
                _ if of_libreswan && !of_strongswan => libreswan += 2,
                _ if of_strongswan && !of_libreswan => strongswan += 2,
                "authby" if value.contains("rsa-sha") || value.contains("ecdsa-") => libreswan += 2,
                "authby" if value.contains("null") => libreswan += 2,
                "authby" if value.starts_with("secret") => libreswan += 1,
                "left" | "right" if value.starts_with("%opportunistic") => libreswan += 2,
                "left" | "right" if value.starts_with("%group") => libreswan += 2,
                // `ke1_mlkem768` is strongSwan's, so what libreswan cannot have goes first.
                "ike" | "esp" if value.ends_with('!') => strongswan += 2,
                "ike" | "esp" if value.contains(';') || value.contains('_') => libreswan += 2,
                "auto" if matches!(value, "ondemand" | "keep") => libreswan += 2,
                "auto" if value == "route" => strongswan += 1,
                "type" if value == "reject" => libreswan += 1,
                _ if sided && matches!(bare, "auth" | "sourceip") => strongswan += 1,
                _ => {}
            }
        }
        if libreswan > strongswan {
            Self::Libreswan
        } else {
            Self::IpsecConf
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn a_text_shows_its_format_by_what_only_that_format_has() {
        for (text, format) in [
            ("phase1:\n  - aes256-sha256-modp2048\n", Format::ServerYaml),
            (
                "phase1: [{encryption: aes256, hash: sha256}]\n",
                Format::ServerYaml,
            ),
            ("{phase1: [aes256-sha256-modp2048]}\n", Format::ServerYaml),
            (
                "<?xml version=\"1.0\"?>\n<pfsense></pfsense>",
                Format::PfsenseXml,
            ),
            ("<ipsec><phase1/></ipsec>", Format::PfsenseXml),
            (
                "\u{feff}<?xml version=\"1.0\"?>\n<opnsense/>",
                Format::OpnsenseXml,
            ),
            (
                "<!DOCTYPE plist PUBLIC \"\" \"\">\n<plist><dict/></plist>",
                Format::Mobileconfig,
            ),
            ("{\"uuid\": \"x\", \"remote\": {}}", Format::Sswan),
            ("connections {\n  a {\n  }\n}\n", Format::Swanctl),
            ("# made by hand\ninclude conf.d/*.conf\n", Format::Swanctl),
            ("con : base {\n}\n", Format::Swanctl),
            (
                "include \"macros.conf\"\nikev2 \"office\" passive esp \\\n  from any to dynamic\n",
                Format::Iked,
            ),
            (
                "gw=\"192.0.2.1\"\nikev2 esp from any to any peer $gw\n",
                Format::Iked,
            ),
            ("ikev2 office active from any to any\n", Format::Iked),
            (
                "# by RouterOS 7.14\r\n/ip ipsec profile\r\nadd name=a\r\n",
                Format::Mikrotik,
            ),
            ("  /ip/ipsec/peer/add name=a\n", Format::Mikrotik),
            (
                "config vpn ipsec phase1-interface\n    edit \"a\"\n",
                Format::Fortigate,
            ),
            (
                "crypto ikev2 proposal OFFICE\n encryption aes-cbc-256\n",
                Format::Cisco,
            ),
            (
                "R1(config)# crypto isakmp policy 10\nR1(config-isakmp)# group 14\n",
                Format::Cisco,
            ),
            (
                "set vpn ipsec ike-group OFFICE key-exchange 'ikev2'\n",
                Format::Vyos,
            ),
            (
                "vpn {\n ipsec {\n  esp-group a {\n  }\n  ike-group a {\n  }\n }\n}\n",
                Format::Vyos,
            ),
            (
                "ike-group a {\n proposal 1 {\n  dh-group 14\n }\n}\n",
                Format::Vyos,
            ),
            (
                "vyos@vyos# edit vpn ipsec\n[edit vpn ipsec]\nvyos@vyos# set esp-group a\n",
                Format::Vyos,
            ),
            (
                "config crypto_proposal 'a'\n\toption encryption_algorithm 'aes256'\n",
                Format::Uci,
            ),
            ("ipsec.a=remote\nipsec.a.enabled='1'\n", Format::Uci),
            (
                "{ services.strongswan-swanctl = { swanctl.connections.a = { }; }; }\n",
                Format::Nixos,
            ),
            (
                "{ services.strongswan = { connections.a = { auto = \"add\"; }; }; }\n",
                Format::Nixos,
            ),
            ("conn a\n  ike=aes256-sha256-modp2048!\n", Format::IpsecConf),
            (
                "conn a\n  ike=aes256-sha256-ecp384-ke1_mlkem768!\n  leftsubnet=10.0.0.0/8\n",
                Format::IpsecConf,
            ),
            (
                "config setup\n\tcharondebug=\"ike 2\"\nconn a\n\tkeyexchange=ikev2\n",
                Format::IpsecConf,
            ),
            (
                "conn a\n  ikev2=insist\n  phase2alg=aes_gcm256\n",
                Format::Libreswan,
            ),
            (
                "Set-VpnConnectionIPsecConfiguration -Force",
                Format::Powershell,
            ),
            (
                "$x = 1\r\nadd-vpnconnection `\r\n -Name x",
                Format::Powershell,
            ),
            (
                "[connection]\nid=a\n[vpn]\nservice-type=org.freedesktop.NetworkManager.strongswan\n",
                Format::Nmconnection,
            ),
            (
                "[VPN]\r\nEncoding=1\r\nCustomIPSecPolicies=02000000\r\n",
                Format::Rasphone,
            ),
        ] {
            assert_eq!(Format::of(text), Some(format), "{text}");
        }
        for text in ["", "hello: world\n", "Nov 24 charon[1]: 05[IKE] hi\n"] {
            assert_eq!(Format::of(text), None, "{text}");
        }
    }
}
