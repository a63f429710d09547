//! Values of which the form alone says that they may be shown.
//!
//! What a list of algorithms, an address or a distinguished name looks like: where quotation marks or
//! line ends are missing, a value runs on into the next setting, and then it does not look so.

/// Longest word of a list that is taken for one.
const LONGEST: usize = 200;

/// Whether every item between commas is one word of a proposal, an address or a host name.
pub(super) fn is_list(text: &str) -> bool {
    text.split(',').all(|item| is_word(item.trim()))
}

/// Whether the text is one word of letters, digits and the signs between them.
pub(super) fn is_word(word: &str) -> bool {
    let inside = |c: char| c.is_ascii_alphanumeric() || "-_.+:;/%*@!?|".contains(c);
    word.len() <= LONGEST && word.chars().all(inside)
}

/// A word of a list of algorithms in backticks, or `this` if it does not look like one.
pub(super) fn quoted(word: &str) -> String {
    if is_list(word) {
        crate::diag::quoted(word)
    } else {
        "this".to_owned()
    }
}

/// A list of algorithms as a daemon repeats it, or `…` if it does not look like one.
pub(super) fn said(text: &str) -> &str {
    if is_list(text) { text } else { "…" }
}

/// Words that backups of firewalls have as values of switches and choices.
const CHOICES: [&str; 44] = [
    "add",
    "address",
    "aggressive",
    "ah",
    "any",
    "asn1dn",
    "auto",
    "cert",
    "clear",
    "default",
    "disabled",
    "eap-mschapv2",
    "eap-radius",
    "eap-tls",
    "enabled",
    "esp",
    "false",
    "force",
    "fqdn",
    "ike",
    "ikev1",
    "ikev2",
    "keyid tag",
    "lan",
    "main",
    "mobile",
    "myaddress",
    "network",
    "no",
    "none",
    "off",
    "on",
    "peeraddress",
    "pre_shared_key",
    "pubkey",
    "route",
    "start",
    "transport",
    "trap",
    "true",
    "tunnel",
    "user_fqdn",
    "wan",
    "yes",
];

/// Whether the text is a number, or a word that switches and choices have as their values.
pub(super) fn is_choice(text: &str) -> bool {
    const DIGITS: usize = 10;
    let number = text.len() <= DIGITS && text.bytes().all(|digit| digit.is_ascii_digit());
    number || CHOICES.contains(&text)
}

/// Whether the text has the form of a UUID.
pub(super) fn is_uuid(text: &str) -> bool {
    const LENGTH: usize = 36;
    text.len() == LENGTH && text.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

/// Whether the text is a host name, an address, an e-mail address, or a distinguished name of which
/// each part is a name and a value.
pub(super) fn is_identity(text: &str) -> bool {
    let part = |part: &str| {
        let Some((name, value)) = part.split_once('=') else {
            return false;
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '.';
        let name = name.trim();
        !name.is_empty() && name.chars().all(plain) && !value.contains(['=', ':', '"', '{', '#'])
    };
    is_word(text) || text.split([',', '/']).filter(|it| !it.is_empty()).all(part)
}

#[cfg(test)]
mod tests {
    use super::{is_identity, is_list};

    #[test]
    fn what_runs_on_into_the_next_setting_is_not_harmless() {
        for text in [
            "aes256-sha256-modp2048, aes128gcm16",
            "%any",
            "2001:db8::1",
            "",
        ] {
            assert!(is_list(text), "{text}");
        }
        for text in ["aes256-sha256 psk", "aes256=x", "aes256, psk = x", "a\nb"] {
            assert!(!is_list(text), "{text}");
        }
        for text in [
            "vpn.example.org",
            "@a",
            "C=CH, O=An Office, CN=vpn",
            "/C=CH/CN=vpn",
        ] {
            assert!(is_identity(text), "{text}");
        }
        for text in ["vpn.example.org psk = x", "C=CH, CN=vpn psk = x", "a b"] {
            assert!(!is_identity(text), "{text}");
        }
    }
}
