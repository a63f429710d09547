//! Addresses and names replaced by others, the same one by the same one.
//!
//! What is shown can then be posted in a forum: who talked to whom stays visible, who they are does not.
//! Replaced are addresses of every kind, host names, distinguished names, e-mail addresses, users,
//! identities, names of connections, MAC addresses, UUIDs, key identifiers and serial numbers, and
//! paths of files. Numbers of what stands for them follow the order in which they come up, and tell
//! nothing else. What stays: times, ports, SPIs and message numbers, algorithms, notifications, names of
//! programs and of their parts, and the words of the messages.

mod scan;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use indexmap::IndexSet;
use rustc_hash::FxHashSet;

use self::scan::{Found, Scanner};
use super::DiagnosisReport;
use super::explanation::Explanation;

/// Replaces addresses and names in texts.
#[derive(Debug, Default)]
pub struct Redactor {
    seen: IndexSet<IpAddr>,
    names: IndexSet<String>,
    /// Those of the names that are replaced where they stand without quotation marks as well.
    words: FxHashSet<String>,
}

/// Shorter names are replaced only where their place shows that they are names.
const SHORTEST: usize = 3;

impl Redactor {
    /// The text with every address and every name replaced.
    pub fn text(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let host = scan::host(text);
        let mut scanner = Scanner::new(text);
        while let Some((at, piece, found)) = scanner.next() {
            let is_host = host.as_ref().is_some_and(|host| host.start == at);
            match found {
                _ if is_host => out.push_str(&self.name(piece, true)),
                Found::Plain => out.push_str(piece),
                Found::Address(address) => out.push_str(&self.address(address)),
                Found::Name => out.push_str(&self.name(piece, true)),
                Found::Quoted => out.push_str(&self.name(piece, false)),
                Found::Word if self.words.contains(piece) => out.push_str(&self.name(piece, true)),
                Found::Word => out.push_str(piece),
            }
        }
        out
    }

    /// One that knows the names in `report`, so that a name that is quoted late is replaced early as
    /// well.
    pub fn of(report: &DiagnosisReport) -> Self {
        let mut redactor = Self::default();
        let rows = report.attempts().flat_map(|row| &row.findings);
        for finding in report.findings().iter().chain(rows) {
            redactor.finding(finding);
        }
        redactor
    }

    /// A finding with every address in it replaced.
    pub(crate) fn finding(&mut self, finding: &Explanation) -> Explanation {
        let mut redacted = finding.clone();
        for evidence in &mut redacted.evidence {
            evidence.text = self.text(&evidence.text);
        }
        for clause in &mut redacted.ruled_out {
            *clause = self.text(clause);
        }
        redacted.message = self.text(&redacted.message);
        redacted.fix = self.text(&redacted.fix);
        redacted
    }

    /// What stands for a name. It is found again as a word if it `is_word`, or looks like nothing else
    /// than a name.
    fn name(&mut self, name: &str, is_word: bool) -> String {
        if let Ok(address) = name.parse() {
            return self.address(address);
        }
        let one = !name.contains(char::is_whitespace) && name.len() >= SHORTEST;
        if one && (is_word || name.contains(['.', '@', '-', '_', '\\'])) {
            self.words.insert(name.to_owned());
        }
        let (place, _) = self.names.insert_full(name.to_owned());
        format!("name-{}", place + 1)
    }

    /// What stands for an address: 192.0.2.1 for the first, 2001:db8::2 for the second, and so on.
    fn address(&mut self, address: IpAddr) -> String {
        // An address of version 4 in the form of version 6 is the same address.
        let address = address.to_canonical();
        if address.is_unspecified() || address.is_loopback() {
            return address.to_string();
        }
        let (place, _) = self.seen.insert_full(address);
        let number = u32::try_from(place + 1).unwrap_or(u32::MAX);
        let [highest, high, middle, low] = number.to_be_bytes();
        match address {
            IpAddr::V4(_) if number <= u32::from(u8::MAX) => {
                Ipv4Addr::new(192, 0, 2, low).to_string()
            }
            // 198.18.0.0/15 is for benchmarks (RFC 2544) and has room for many.
            IpAddr::V4(_) if number <= u32::from(u16::MAX) => {
                Ipv4Addr::new(198, 18, middle, low).to_string()
            }
            // What comes then looks like no address of anybody.
            IpAddr::V4(_) => format!("address-{number}"),
            IpAddr::V6(_) => {
                let [high, low] = [[highest, high], [middle, low]].map(u16::from_be_bytes);
                Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, high, low).to_string()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Redactor;

    #[test]
    fn one_address_is_replaced_by_one_address() {
        let mut redactor = Redactor::default();
        for (text, expected) in [
            (
                "10.1.2.3:500 > 172.16.0.9:4500: IKE_AUTH, 10.1.2.3.",
                "192.0.2.1:500 > 192.0.2.2:4500: IKE_AUTH, 192.0.2.1.",
            ),
            (
                "[2003:e1::7]:500 is dead, 10.1.2.3.",
                "[2001:db8::3]:500 is dead, 192.0.2.1.",
            ),
            (
                "from 10.1.2.3[500] to 172.16.0.9.4500",
                "from 192.0.2.1[500] to 192.0.2.2.4500",
            ),
            ("added 12:30:01 abc 1.2.3 ::", "added 12:30:01 abc 1.2.3 ::"),
        ] {
            assert_eq!(redactor.text(text), expected);
        }
    }

    #[test]
    fn one_name_is_replaced_by_one_name() {
        let mut redactor = Redactor::default();
        for (text, expected) in [
            (
                "Nov 25 15:23:09 fw01 charon: 07[CFG] <con1|1> no shared key found for 'gw-b.acme.test' - 'gw-a.acme.test'",
                "Nov 25 15:23:09 name-1 charon: 07[CFG] <name-2|1> no shared key found for 'name-3' - 'name-4'",
            ),
            (
                "looking for peer configs matching 10.1.2.3[gw-b.acme.test]...10.1.2.4[carol@acme.test]",
                "looking for peer configs matching 192.0.2.1[name-3]...192.0.2.2[name-5]",
            ),
            (
                "pluto[3]: \"acme\" #1: peer didn't answer at gw-a.acme.test",
                "pluto[3]: \"name-6\" #1: peer didn't answer at name-4",
            ),
            (
                "05[IKE] giving up after 5 retransmits",
                "05[IKE] giving up after 5 retransmits",
            ),
        ] {
            assert_eq!(redactor.text(text), expected);
        }
    }

    /// Lines as other programs and other settings write them, with what has to go and what stays.
    #[test]
    fn names_of_every_kind_are_replaced() {
        for (text, gone) in [
            (
                "no IKE config found for 10.1.2.3...172.16.0.9, sending",
                "10.1.2.3 172.16.0.9",
            ),
            ("pool 10.1.2.3..10.1.2.99 is empty", "10.1.2.3 10.1.2.99"),
            ("from ::ffff:10.1.2.3 port 500", "10.1.2.3"),
            ("[2003:e1::7]:4500 answered", "2003:e1::7"),
            (
                "matching 10.1.2.3[secretary]...10.1.2.4[%any]",
                "10.1.2.3 10.1.2.4 secretary",
            ),
            ("resolving gw.acme.test failed", "gw.acme.test"),
            ("mail to carol@acme.test", "carol acme"),
            (
                "received cert \"C=CH, O=Acme AG, CN=gw.acme.test\"",
                "Acme gw.acme.test C=CH",
            ),
            (
                "certificate E=it@acme.test,CN=gw,O=Acme invalid: x",
                "acme gw, Acme",
            ),
            ("identity [C=CH, O=Acme AG] not found", "C=CH Acme"),
            ("peer 00:1b:44:11:3a:b7 left", "00:1b:44:11:3a:b7"),
            ("keyid 5f:2a:88:01:cc:0d:ee:12:90 unknown", "5f:2a:88:01"),
            (
                "CoId={AB12CD34-0000-0000-0000-000000000001}: The user ACME\\carol dialed a connection \
              named Head Office which has failed",
                "AB12CD34 ACME carol Head Office",
            ),
            (
                "NESMIKEv2VPNSession[Primary Tunnel:Head Office:0A0A0A0A-0000-0000-0000-000000000001:(null)]",
                "Head Office 0A0A0A0A",
            ),
            ("User-Name=carol, NAS-Port=3", "carol"),
            (
                "loaded private key from /etc/swanctl/private/acme.key",
                "acme swanctl",
            ),
        ] {
            let redacted = Redactor::default().text(text);
            for word in gone.split(' ') {
                assert!(!redacted.contains(word), "{word}: {redacted}");
            }
        }
    }

    #[test]
    fn what_is_no_name_stays() {
        for text in [
            "05[IKE] giving up after 5 retransmits",
            "proposal IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048",
            "2026-03-02 11:20:45.290251+0100 9c1a2b3c4d5e6f70_i is closed",
            "[eaptls_plugin.c:397] SSLHandshake failed",
            "Failed to find the plugin com.apple.neplugin.IKEv2",
            "identity '%any' required, strongSwan 5.9.8, ipsec.conf, RFC 7296, section 2.4",
        ] {
            assert_eq!(Redactor::default().text(text), text);
        }
    }

    #[test]
    fn a_name_that_is_learned_late_is_replaced_early() {
        let mut redactor = Redactor::default();
        redactor.text("no key for 'gw-a'");
        assert_eq!(redactor.text("gw-a is here"), "name-1 is here");
    }

    #[test]
    fn many_addresses_stay_apart() {
        let mut redactor = Redactor::default();
        let all: std::collections::HashSet<_> = (0..70_000_u32)
            .map(|number| {
                redactor.text(&std::net::Ipv4Addr::from(0x0a00_0001 + number).to_string())
            })
            .collect();
        assert_eq!(all.len(), 70_000);
    }
}
