//! What `swanctl` and `ipsec` list: connections, SAs, certificates, pools. It is about IKE, and says
//! nothing about why something failed.

use crate::diagnose::Statement;
use crate::diagnose::event::{AttemptKey, EventKind, Key, Witness};

/// Reads a line; returns whether it belongs to a listing.
pub(super) fn line(line: &str, say: &mut dyn FnMut(AttemptKey, EventKind)) -> bool {
    if !is_listed(line) {
        return false;
    }
    let attempt_key = AttemptKey {
        witness: Witness::Charon,
        stream: 0,
        key: Key::Open,
    };
    say(attempt_key, EventKind::Statement(Statement::Other, None));
    true
}

fn is_listed(line: &str) -> bool {
    const WORDS: [&str; 3] = ["List of X.509 ", "IKE_SAs: ", "Security Associations ("];
    if WORDS.iter().any(|words| line.starts_with(words)) {
        return true;
    }
    // `name: #1, ESTABLISHED, IKEv2, …`, `name: IKEv1/2, no reauthentication, rekeying every …`
    let listed = |rest: &str| {
        rest.starts_with("IKEv2, ")
            || rest.starts_with("IKEv1/2, ")
            || rest.starts_with('#') && rest.contains(", IKEv2, ")
    };
    if line.split_once(": ").is_some_and(|(_, rest)| listed(rest)) {
        return true;
    }
    // A pool: `mobile   192.0.2.16   1 / 0 / 14`.
    let words: Vec<_> = line.split_whitespace().take(8).collect();
    match words.as_slice() {
        [_, base, online, "/", offline, "/", size] => {
            let number = |word: &str| word.bytes().all(|b| b.is_ascii_digit());
            base.parse::<std::net::IpAddr>().is_ok()
                && [online, offline, size].iter().all(|w| number(w))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_listed;

    #[test]
    fn listings_are_recognised_by_their_form() {
        for line in [
            "rw: #1, ESTABLISHED, IKEv2, 0d27d0af317a022f_i 3cd205297c68945c_r*",
            "rw: IKEv2, no reauthentication, rekeying every 14400s",
            "List of X.509 End Entity Certificates",
            "mobile               192.0.2.16                           1 / 0 / 14",
            "IKE_SAs: 1 total, 0 half-open",
        ] {
            assert!(is_listed(line), "{line}");
        }
        for line in [
            "GET / HTTP/1.1",
            "a: IKEv2 is a protocol",
            "one two 3 / 4 / 5",
            "",
        ] {
            assert!(!is_listed(line), "{line}");
        }
    }
}
