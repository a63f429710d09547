//! Addresses and names replaced by those of the documentation ranges, the same one by the same one.
//!
//! What is shown can then be posted in a forum: who talked to whom stays visible, who they are does not.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use indexmap::IndexSet;

use super::finding::DiagnosisFinding;

/// Replaces addresses and names in texts.
#[derive(Debug, Default)]
pub struct Redactor {
    seen: IndexSet<IpAddr>,
    names: IndexSet<String>,
}

impl Redactor {
    /// The text with every address and every name replaced.
    pub fn text(&mut self, text: &str) -> String {
        let text = self.names(text);
        let text = text.as_str();
        let part = |c: char| c.is_ascii_hexdigit() || matches!(c, ':' | '.');
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(part) {
            let (before, from) = rest.split_at(start);
            let length = from.find(|c| !part(c)).unwrap_or(from.len());
            let (word, after) = from.split_at(length);
            out.push_str(before);
            // A word that goes on in letters, such as `added`, is no address.
            let whole = !before.ends_with(|c: char| c.is_alphanumeric() || c == '_')
                && !after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
            match whole.then(|| self.word(word)).flatten() {
                Some(replaced) => out.push_str(&replaced),
                None => out.push_str(word),
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }

    /// A finding with every address in it replaced.
    pub fn finding(&mut self, finding: &DiagnosisFinding) -> DiagnosisFinding {
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

    /// The text with identities, certificate names, connections and hosts replaced: what stands in
    /// quotation marks, in `<name|1>`, in `SA name[1]`, in brackets behind an address, and the host of
    /// a syslog line.
    fn names(&mut self, text: &str) -> String {
        let text = self.host(text);
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(place) = rest.find(['\'', '"', '<', '[']) {
            let (before, from) = rest.split_at(place);
            out.push_str(before);
            let open = from.as_bytes()[0];
            let inner = &from[1..];
            let close = match open {
                b'<' => '|',
                b'[' => ']',
                quote => char::from(quote),
            };
            let word_before = before.ends_with(char::is_alphanumeric);
            let end = inner.find(close).filter(|end| *end > 0);
            let name = end.map(|end| &inner[..end]);
            let is_name = |name: &str| match open {
                // Behind an address stands an identity, elsewhere a group of messages or a number.
                b'[' => name.contains(['@', '.', '=']) && !name.contains(char::is_whitespace),
                b'<' => !name.contains([' ', '>']),
                b'\'' => !word_before && name != "***" && !name.starts_with('('),
                _ => !name.contains(": "),
            };
            match name.filter(|name| is_name(name)) {
                Some(name) => {
                    out.push(char::from(open));
                    out.push_str(&self.name(name));
                    rest = &inner[name.len()..];
                    // The closing sign is no opening one.
                    if let Some(after) = rest.strip_prefix(close) {
                        out.push(close);
                        rest = after;
                    }
                }
                // What is quoted and no name is left alone as a whole.
                None if matches!(open, b'\'' | b'"') && !word_before && end.is_some() => {
                    let whole = end.map_or(0, |end| end + 2);
                    out.push_str(&from[..whole]);
                    rest = &from[whole..];
                }
                None => {
                    out.push(char::from(open));
                    rest = inner;
                }
            }
        }
        out.push_str(rest);
        self.known(out)
    }

    /// Replaces the host of a syslog line: `Nov 25 15:23:09 fw01 charon: …`.
    fn host(&mut self, text: &str) -> String {
        let Some(program) = ["charon", "pluto", "neagent", "nesessionmanager"]
            .iter()
            .filter_map(|name| text.find(&format!(" {name}")))
            .min()
        else {
            return text.to_owned();
        };
        let before = &text[..program];
        let host = before
            .rsplit(char::is_whitespace)
            .next()
            .unwrap_or_default();
        let is_host = host.contains(|c: char| c.is_ascii_alphabetic())
            && !host.contains([':', '[', '>'])
            && before.len() > host.len();
        if !is_host {
            return text.to_owned();
        }
        let start = before.len() - host.len();
        format!("{}{}{}", &text[..start], self.name(host), &text[program..])
    }

    /// Replaces names that were seen in quotation marks elsewhere, where they stand without.
    fn known(&self, text: String) -> String {
        let long = self
            .names
            .iter()
            .enumerate()
            .filter(|(_, name)| name.contains(['.', '@', '=']));
        long.fold(text, |text, (place, name)| {
            text.replace(name.as_str(), &stand_in(place))
        })
    }

    fn name(&mut self, name: &str) -> String {
        if name.parse::<IpAddr>().is_ok() || name.starts_with("name-") {
            return name.to_owned();
        }
        let (place, _) = self.names.insert_full(name.to_owned());
        stand_in(place)
    }

    /// What stands for a word, if it is an address, alone or with a port or a full stop behind it.
    fn word(&mut self, word: &str) -> Option<String> {
        if let Ok(address) = word.parse() {
            return Some(self.address(address));
        }
        if let Some(inner) = word.strip_prefix('.') {
            return self.word(inner).map(|inner| format!(".{inner}"));
        }
        if let Some(inner) = word.strip_suffix([':', '.']) {
            let (_, last) = word.split_at(inner.len());
            return self.word(inner).map(|inner| inner + last);
        }
        let (address, behind) = [':', '.'].into_iter().find_map(|separator| {
            let at = word.rfind(separator)?;
            let (address, behind) = word.split_at(at);
            let port = behind.chars().skip(1).all(|c| c.is_ascii_digit());
            let address: IpAddr = address.parse().ok().filter(|_| port)?;
            Some((address, behind))
        })?;
        Some(format!("{}{behind}", self.address(address)))
    }

    /// What stands for an address: 192.0.2.1 for the first, 2001:db8::2 for the second, and so on.
    fn address(&mut self, address: IpAddr) -> String {
        if address.is_unspecified() || address.is_loopback() {
            return address.to_string();
        }
        let (place, _) = self.seen.insert_full(address);
        let number = u16::try_from(place + 1).unwrap_or(u16::MAX);
        let [high, low] = number.to_be_bytes();
        match address {
            // 198.18.0.0/15 is for benchmarks (RFC 2544) and has room for many.
            IpAddr::V4(_) if high > 0 => Ipv4Addr::new(198, 18, high, low).to_string(),
            IpAddr::V4(_) => Ipv4Addr::new(192, 0, 2, low).to_string(),
            IpAddr::V6(_) => Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, number).to_string(),
        }
    }
}

/// What stands for the name at a place.
fn stand_in(place: usize) -> String {
    format!("name-{}", place + 1)
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
}
