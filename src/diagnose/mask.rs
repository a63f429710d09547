//! What of a log line is never repeated: who logged in, and keys or passwords that a daemon at a high
//! log level writes down.

use std::borrow::Cow;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// What stands in the place of what is left out.
const MASK: &str = "***";

/// Words of lines in which a quoted name is that of a user.
const OF_USERS: [&str; 6] = [
    "EAP",
    "RADIUS",
    "XAuth",
    "virtual IP",
    "XAUTH",
    "eap_identity",
];

/// Words behind which a secret stands, to the end of the line.
const BEFORE_SECRETS: [&str; 9] = [
    "password=",
    "password:",
    "passwd=",
    "secret=",
    "secret:",
    "psk=",
    "shared key =>",
    "secret =>",
    "key =>",
];

/// Behind which the name of a user of Windows stands.
const USER: &str = "he user ";

/// Whether a line has one of all these words, so that most lines are looked at once.
static WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let words = OF_USERS.iter().chain(&BEFORE_SECRETS).chain([&USER]);
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(words)
        .ok()
});

/// A line as it may be kept.
pub(super) fn line(text: &str) -> Cow<'_, str> {
    if WORDS.as_ref().is_some_and(|words| !words.is_match(text)) {
        return Cow::Borrowed(text);
    }
    let mut text = Cow::Borrowed(text);
    let lower = text.to_ascii_lowercase();
    let secret = BEFORE_SECRETS
        .iter()
        .filter_map(|words| Some(lower.find(words)? + words.len()))
        .min();
    if let Some(place) = secret {
        let before = text.get(..place).unwrap_or_default();
        text = Cow::Owned(format!("{before} {MASK}"));
    }
    if OF_USERS.iter().any(|words| text.contains(words)) {
        text = Cow::Owned(quoted(&text));
    }
    if let Some(masked) = windows_user(&text) {
        text = Cow::Owned(masked);
    }
    text
}

/// Masks what stands in single quotation marks, but for words of programs.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // A closing mark is followed by no letter, an opening one preceded by none: `isn't` is neither.
    while let Some((before, inner)) = rest.split_once('\'') {
        let starts = !before.ends_with(char::is_alphanumeric);
        let Some((name, after)) = inner.split_once('\'').filter(|_| starts) else {
            out.push_str(before);
            out.push('\'');
            rest = inner;
            continue;
        };
        let of_program = name.starts_with('(') || name == "%any" || name.is_empty();
        out.push_str(before);
        out.push('\'');
        out.push_str(if of_program { name } else { MASK });
        out.push('\'');
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Masks `DOMAIN\name` in `The user DOMAIN\name dialed a connection`.
fn windows_user(text: &str) -> Option<String> {
    let (before, rest) = text.split_once(USER)?;
    let name = rest
        .find(" dialed ")
        .or_else(|| rest.find(" has "))
        .or_else(|| rest.find(" is trying"))?;
    let after = rest.get(name..)?;
    Some(format!("{before}{USER}{MASK}{after}"))
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn users_and_secrets_are_left_out() {
        for (text, expected) in [
            (
                "[IKE] received EAP identity 'alice'",
                "[IKE] received EAP identity '***'",
            ),
            (
                "no EAP key found for hosts 'vpn.example.org' - 'mallory'",
                "no EAP key found for hosts '***' - '***'",
            ),
            (
                "EAP-MS-CHAPv2 failed with error ERROR_AUTHENTICATION_FAILURE: '(null)'",
                "EAP-MS-CHAPv2 failed with error ERROR_AUTHENTICATION_FAILURE: '(null)'",
            ),
            (
                "constraint check failed: EAP identity '%any' required",
                "constraint check failed: EAP identity '%any' required",
            ),
            (
                "assigning virtual IP 10.0.0.1 to peer 'bob'",
                "assigning virtual IP 10.0.0.1 to peer '***'",
            ),
            (
                "CoId={1}: The user CORP\\bob dialed a connection named Office",
                "CoId={1}: The user *** dialed a connection named Office",
            ),
            (
                "shared Diffie Hellman secret => 32 bytes",
                "shared Diffie Hellman secret => ***",
            ),
            ("config: psk=\"hunter2\"", "config: psk= ***"),
        ] {
            assert_eq!(line(text), expected);
        }
        for kept in [
            "no trusted RSA public key found for 'vpn.example.org'",
            "peer didn't accept DH group MODP_1024, it requested MODP_2048",
            "tried 1 shared key for 'a' - 'b', but MAC mismatched",
        ] {
            assert_eq!(line(kept), kept);
        }
    }
}
