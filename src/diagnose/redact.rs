//! Addresses replaced by those of the documentation ranges, the same one by the same one.
//!
//! What is shown can then be posted in a forum: who talked to whom stays visible, who they are does not.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use indexmap::IndexSet;

use super::finding::Finding;

/// Replaces addresses in texts.
#[derive(Debug, Default)]
pub struct Redactor {
    seen: IndexSet<IpAddr>,
}

impl Redactor {
    /// The text with every address replaced.
    pub fn text(&mut self, text: &str) -> String {
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
    pub fn finding(&mut self, finding: &Finding) -> Finding {
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

    /// What stands for a word, if it is an address, alone or with a port or a full stop behind it.
    fn word(&mut self, word: &str) -> Option<String> {
        if let Ok(address) = word.parse() {
            return Some(self.address(address));
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
}
