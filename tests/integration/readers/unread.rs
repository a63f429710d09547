//! A key that nobody knows is warned of and named by a conversion, wherever it stands.

use ikecompat::diag::Span;
use ikecompat::format::Format;
use ikecompat::write::config::loss::losses;

use super::{corpus, read_as};

/// A key that no product has.
const PLANTED: &str = "xyzzyplugh";

/// Where in a text the key is planted: the text before, what is put there, and the text behind.
type Places = fn(&str) -> Vec<String>;

/// A planted line behind each line that `takes` says, made of it by `line`.
fn behind(text: &str, line: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let each = lines.iter().enumerate().filter_map(|(place, own)| {
        let planted = line(own)?;
        let (before, after) = lines.split_at(place + 1);
        Some(format!(
            "{}\n{planted}\n{}\n",
            before.join("\n"),
            after.join("\n")
        ))
    });
    each.collect()
}

/// Behind each brace that opens a block, from `begin` to `end` inside of the file.
fn in_blocks(text: &str, begin: &str, end: &str, planted: &str) -> Vec<String> {
    let start = text.find(begin).unwrap();
    let until = text[start..].find(end).map_or(text.len(), |at| start + at);
    let opened = text[start..until]
        .match_indices("{\n")
        .map(|(at, _)| start + at + 2);
    opened
        .map(|at| format!("{}{planted}\n{}", &text[..at], &text[at..]))
        .collect()
}

fn vyos_blocks(text: &str) -> Vec<String> {
    in_blocks(text, "    ipsec {", "\n}\n", &format!("{PLANTED} yes"))
}

fn vyos_commands(text: &str) -> Vec<String> {
    // Behind each word of a path that others stand below.
    let mut all = Vec::new();
    let paths: std::collections::BTreeSet<Vec<&str>> = text
        .lines()
        .filter_map(|line| line.strip_prefix("set vpn ipsec "))
        .flat_map(|path| {
            let words: Vec<&str> = path.split(' ').collect();
            // The last two words are a key and its value.
            (0..words.len().saturating_sub(1)).map(move |length| words[..length].to_vec())
        })
        .collect();
    let naming = |word: &&str| -> bool {
        [
            "connection",
            "esp-group",
            "ike-group",
            "peer",
            "pool",
            "profile",
            "proposal",
            "psk",
            "tunnel",
            "username",
        ]
        .contains(word)
    };
    for path in paths {
        // Behind such a word a name stands.
        if !path
            .last()
            .is_some_and(|word| naming(word) || *word == "secret")
        {
            all.push(format!(
                "{text}set vpn ipsec {} {PLANTED} yes\n",
                path.join(" ")
            ));
        }
    }
    all
}

fn uci(text: &str) -> Vec<String> {
    behind(text, |line| {
        line.starts_with("config ")
            .then(|| format!("\toption {PLANTED} 'yes'"))
    })
}

fn cisco(text: &str) -> Vec<String> {
    let mut is_inside = false;
    let mut all = behind(text, |line| {
        let crypto = line.starts_with("crypto ikev2") || line.starts_with("crypto ipsec");
        Some(format!("crypto ikev2 {PLANTED} yes")).filter(|_| crypto)
    });
    let lines: Vec<&str> = text.lines().collect();
    for (place, line) in lines.iter().enumerate() {
        let begins = [
            "crypto ikev2 pro",
            "crypto ikev2 policy",
            "crypto ipsec profile",
            "crypto map",
        ];
        if !line.starts_with(' ') {
            is_inside = begins.iter().any(|begin| line.starts_with(begin));
        } else if is_inside {
            let (before, after) = lines.split_at(place + 1);
            all.push(format!(
                "{}\n {PLANTED} yes\n{}\n",
                before.join("\n"),
                after.join("\n")
            ));
        }
    }
    all
}

fn routeros(text: &str) -> Vec<String> {
    let joined = text.replace("\\\n    ", "");
    let lines: Vec<&str> = joined.lines().collect();
    let mut is_inside = false;
    let mut all = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        if line.starts_with('/') {
            is_inside = line.starts_with("/ip ipsec ") && !line.ends_with("group");
        } else if is_inside && line.starts_with("add ") {
            let (before, after) = lines.split_at(place);
            let rest = after[1..].join("\n");
            all.push(format!(
                "{}\n{line} {PLANTED}=yes\n{rest}\n",
                before.join("\n")
            ));
        }
    }
    all
}

fn fortios(text: &str) -> Vec<String> {
    let mut is_inside = false;
    let lines: Vec<&str> = text.lines().collect();
    let mut all = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        if line.starts_with("config ") {
            is_inside = line.starts_with("config vpn ipsec phase");
        }
        if is_inside && line.trim_start().starts_with("edit ") {
            let (before, after) = lines.split_at(place + 1);
            all.push(format!(
                "{}\nset {PLANTED} yes\n{}\n",
                before.join("\n"),
                after.join("\n")
            ));
        }
    }
    all
}

fn nixos(text: &str) -> Vec<String> {
    let all = in_blocks(
        text,
        "services.strongswan-swanctl",
        "\n}\n",
        &format!("{PLANTED} = \"yes\";"),
    );
    // Secrets are named as a whole.
    let of_secrets = format!("secrets = {{\n{PLANTED}");
    all.into_iter()
        .filter(|it| !it.contains(&of_secrets))
        .collect()
}

#[test]
fn a_key_that_nobody_knows_is_named_wherever_it_stands() {
    let kinds: [(&str, &str, Format, Places); 7] = [
        ("vyos", "boot", Format::Vyos, |text| {
            match text.contains("ipsec {") {
                true => vyos_blocks(text),
                false => vyos_commands(text),
            }
        }),
        ("uci", "uci", Format::Uci, uci),
        ("cisco", "cfg", Format::Cisco, cisco),
        ("routeros", "rsc", Format::Mikrotik, routeros),
        ("fortios", "conf", Format::Fortigate, fortios),
        ("nixos", "nix", Format::Nixos, nixos),
        ("swanctl", "conf", Format::Swanctl, |text| {
            match text.contains("connections {\n") {
                true => in_blocks(text, "connections {", "\n}\n", &format!("{PLANTED} = yes")),
                false => Vec::new(),
            }
        }),
    ];
    let mut planted = 0;
    let mut silent = Vec::new();
    for (folder, ending, format, places) in kinds {
        let mut of_kind = 0;
        for (name, text) in corpus(folder, ending) {
            for text in places(&text) {
                of_kind += 1;
                let at = text.find(PLANTED).unwrap();
                let line = text[..at].matches('\n').count();
                let read = read_as(format, &text);
                let is_there = |span: &Span| {
                    let start = text[..span.start].matches('\n').count();
                    start == line
                };
                let said = read.diagnostics().iter();
                let said = said.filter_map(|one| one.place.span()).any(is_there);
                let (mut named, mut is_elsewhere) = (true, false);
                if let Ok(reading) = &read.result {
                    let losses = losses(Format::Libreswan, &reading.value);
                    let spans = || losses.iter().filter_map(|loss| loss.span.as_ref());
                    named = spans().any(is_there);
                    // In what is disabled or unused, and in what is not loaded because of it.
                    let parts = reading.value.definitions.unread.iter();
                    is_elsewhere = parts
                        .filter(|it| it.key.contains("which "))
                        .any(|part| part.span.start < at);
                    named |= reading
                        .value
                        .connections
                        .iter()
                        .any(|it| it.not_loaded.is_some());
                }
                if !(is_elsewhere || said && named) {
                    let own = text.lines().nth(line).unwrap_or_default();
                    silent.push(format!(
                        "{}:{}: {own} ({said}, {named})",
                        name.display(),
                        line + 1
                    ));
                }
            }
        }
        assert!(of_kind > 4, "{folder}: {of_kind}");
        planted += of_kind;
    }
    assert!(
        silent.is_empty(),
        "{} of {planted}:\n{}",
        silent.len(),
        silent.join("\n")
    );
}
