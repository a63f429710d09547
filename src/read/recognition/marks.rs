//! What only one format has: the marks by which a text shows it.

/// Whether a line opens the section of connections of `swanctl.conf`, beside which any name opens another one.
pub(super) fn opens_section_of_swanctl(line: &str) -> bool {
    let rest = line.trim_start().strip_prefix("connections");
    rest.is_some_and(|rest| rest.trim_start().starts_with('{'))
}

/// Whether a line begins a rule of `iked.conf`: the word `ikev2`, perhaps a name, and one of the words
/// that may follow.
pub(super) fn begins_rule_of_iked(line: &str) -> bool {
    const NEXT: [&str; 19] = [
        "\\",
        "active",
        "ah",
        "default",
        "esp",
        "from",
        "inet",
        "inet6",
        "ipcomp",
        "natt",
        "passive",
        "proto",
        "quick",
        "rdomain",
        "skip",
        "to",
        "transport",
        "tunnel",
        "{",
    ];
    let mut words = line.split_whitespace();
    let is_next = |word: &str| NEXT.contains(&word);
    words.next() == Some("ikev2")
        && words.next().is_some_and(|name| {
            name.starts_with(['"', '\'']) || is_next(name) || words.next().is_some_and(is_next)
        })
}

/// Whether a text is a configuration of NixOS that sets strongSwan's.
pub(super) fn is_nix(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.split('#').next().unwrap_or_default();
        if let Some((before, after)) = line.split_once("strongswan-swanctl") {
            let after = after.trim_start();
            return !before.contains('"')
                && (after.starts_with('=') || after.starts_with(".swanctl"));
        }
        // The older module writes an ipsec.conf.
        let Some((before, after)) = line.split_once("strongswan") else {
            return false;
        };
        let after = after.trim_start();
        let is_own = before.trim().is_empty() || before.ends_with("services.");
        let is_set = after
            .strip_prefix('=')
            .is_some_and(|value| value.trim_start().starts_with('{'));
        let mut options = [".ca", ".connections", ".setup"].iter();
        is_own && (is_set || options.any(|option| after.starts_with(option)))
    })
}

/// Whether a text is OpenWrt's configuration of IPsec, as the file or as `uci` prints it.
pub(super) fn is_uci(text: &str) -> bool {
    let lines = || text.lines().map(str::trim_start);
    let begins = |word: &str| lines().any(|line| line.starts_with(word));
    let section = ["config remote", "config crypto_proposal"]
        .into_iter()
        .any(begins);
    let options = [
        "option crypto_proposal",
        "list crypto_proposal",
        "option authentication_method",
        "option encryption_algorithm",
    ]
    .into_iter()
    .any(begins);
    // `uci show` prints paths, scripts set them.
    let path = |line: &str| {
        let words = line.split_whitespace();
        let mut words = words.skip_while(|word| ["uci", "-q", "set"].contains(word));
        words.next().is_some_and(|path| {
            let kinds = ["remote", "'remote'", "crypto_proposal", "'crypto_proposal'"];
            let kind = path
                .strip_prefix("ipsec.")
                .and_then(|it| it.split_once('='));
            kind.is_some_and(|(name, kind)| !name.contains('.') && kinds.contains(&kind))
        })
    };
    section && options || lines().any(path)
}

/// Whether a text has commands or blocks of a router that knows groups of IKE and ESP.
pub(super) fn is_vyos(text: &str) -> bool {
    let lines = || text.lines().map(str::trim);
    let opens = |word: &str| lines().any(|line| line.starts_with(word) && line.ends_with('{'));
    let commands = |line: &str| {
        let words: Vec<&str> = line.splitn(5, char::is_whitespace).collect();
        match words.as_slice() {
            ["set" | "edit" | "delete", "vpn", "ipsec", ..] => true,
            // Behind a prompt, or behind the program that scripts call.
            [before, "set" | "edit" | "delete", "vpn", "ipsec", ..] => {
                before.ends_with(['#', '$']) || before.ends_with("vyatta-cfg-cmd-wrapper")
            }
            _ => false,
        }
    };
    // One kind of group alone is an excerpt.
    let (ike, esp) = (opens("ike-group "), opens("esp-group "));
    lines().any(commands) || ike && esp || (ike || esp) && opens("proposal ")
}

/// What the addresses of single nodes of a profile have in common.
pub(super) const NODES: &str = "/VPNv2/";

/// Whether a text in JSON is an export of a VPN profile of Windows.
pub(super) fn is_intune(text: &str) -> bool {
    let marks = [
        "microsoft.graph.windows10VpnConfiguration",
        "\"cryptographySuite\"",
        NODES,
    ];
    marks.iter().any(|mark| text.contains(mark))
}
