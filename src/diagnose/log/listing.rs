//! What `swanctl` and `ipsec` list: connections, SAs, certificates, pools. It is about IKE, and says
//! nothing about why something failed; a child SA that is listed is up.

use crate::diagnose::Statement;
use crate::diagnose::event::{AttemptKey, EventKind, Key, Witness};

/// Reads a line; returns whether it belongs to a listing.
pub(super) fn line(line: &str, say: &mut dyn FnMut(AttemptKey, EventKind)) -> bool {
    if let Some((witness, number)) = installed(line) {
        let attempt_key = AttemptKey {
            witness,
            stream: LISTED,
            key: Key::Serial(number),
        };
        say(
            attempt_key,
            EventKind::Statement(Statement::ChildEstablished, None),
        );
        return true;
    }
    // `office[3]: IKEv1 SPIs: …` (ipsec), `office: #3, ESTABLISHED, IKEv1, …` (swanctl)
    let version_one = line.contains("]: IKEv1 SPIs: ") || line.contains(", ESTABLISHED, IKEv1, ");
    if !version_one && !is_listed(line) {
        return false;
    }
    let attempt_key = AttemptKey {
        witness: Witness::Charon,
        stream: 0,
        key: Key::Open,
    };
    let statement = if version_one {
        Statement::VersionOne
    } else {
        Statement::Other
    };
    say(attempt_key, EventKind::Statement(statement, None));
    true
}

/// What is listed is told apart from what a log tells, since its numbers may be of another time.
pub(crate) const LISTED: u64 = 2;

/// Whose child SA is up, and its number: `net: #4, reqid 1, INSTALLED, TUNNEL, ESP:…` (swanctl),
/// `office{4}:  INSTALLED, TUNNEL, reqid 1, …` (ipsec), `#4: "office", type=ESP, add_time=…` and
/// `#4: "office":500 established Child SA; …` (libreswan).
fn installed(line: &str) -> Option<(Witness, u64)> {
    let number = |text: &str| {
        let end = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        text[..end].parse().ok()
    };
    if let Some((head, _)) = line
        .split_once(" INSTALLED, TUNNEL")
        .or_else(|| line.split_once(" INSTALLED, TRANSPORT"))
    {
        let (_, digits) = head.split_once(": #").or_else(|| head.split_once('{'))?;
        return Some((Witness::Charon, number(digits)?));
    }
    let (_, rest) = line.split_once('#')?;
    let (digits, rest) = rest.split_once(": \"")?;
    const UP: [&str; 4] = [
        ", type=ESP, add_time=",
        " established Child SA; ",
        "(established Child SA)",
        "(IPsec SA established)",
    ];
    let up = UP.iter().any(|words| rest.contains(words));
    up.then_some((Witness::Pluto, number(digits)?))
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
    use super::{installed, is_listed};
    use crate::diagnose::event::Witness;

    #[test]
    fn child_sas_that_are_listed_are_up() {
        for (line, expected) in [
            (
                "  net: #4, reqid 1, INSTALLED, TUNNEL, ESP:AES_GCM_16-256",
                Some((Witness::Charon, 4)),
            ),
            (
                "office{4}:  INSTALLED, TUNNEL, reqid 1, ESP SPIs: c1_i c2_o",
                Some((Witness::Charon, 4)),
            ),
            (
                "#2: \"gw\"[1] 192.0.2.7, type=ESP, add_time=1, inBytes=0",
                Some((Witness::Pluto, 2)),
            ),
            (
                "#2: \"gw\", type=ESP, add_time=1, inBytes=0",
                Some((Witness::Pluto, 2)),
            ),
            (
                "000 #3: \"gw\":4500 established Child SA; REKEY in 9s; newest;",
                Some((Witness::Pluto, 3)),
            ),
            (
                "000 #3: \"gw\":4500 established IKE SA; REKEY in 9s; newest;",
                None,
            ),
        ] {
            assert_eq!(installed(line), expected, "{line}");
        }
    }

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
