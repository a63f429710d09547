//! docs/rules.md: every rule of `lint`, from the comments that `explain` prints too.

use std::io::{self, Write};

use crate::lint;

/// Incidents that a look at the configuration would have prevented: where they are told, what
/// happened, and what `lint` says.
const INCIDENTS: &[(&str, &str, &[&str])] = &[
    (
        "https://github.com/jawj/IKEv2-setup/issues/72",
        "Windows 10 connects and drops later: the client uses PFS, the server's ESP list has no group; an integrity algorithm stands beside AEAD",
        &["pfs-not-configured", "ignored-keyword"],
    ),
    (
        "https://github.com/jawj/IKEv2-setup/issues/151",
        "a pasted line of proposals keeps the connection from being loaded",
        &[
            "unknown-keyword",
            "mixed-cipher-modes",
            "no-prf",
            "no-key-exchange",
            "no-integrity",
        ],
    ),
    (
        "https://github.com/libreswan/libreswan/issues/503",
        "`modp1024` is not compiled in since libreswan 3.30, and the connection is unusable",
        &["algorithm-not-in-build"],
    ),
    (
        "https://github.com/hwdsl2/setup-ipsec-vpn/issues/638",
        "iOS 13 and 14 are connected and pass no traffic: SHA-256 truncated to 96 bits on the server",
        &["truncated-sha256"],
    ),
    (
        "https://github.com/openwrt/packages/issues/22245",
        "an AEAD proposal of IKE lost its PRF, and the connection is silently not loaded",
        &["no-prf"],
    ),
    (
        "https://github.com/NethServer/dev/issues/5696",
        "`pfs=no` beside a group in `esp=` is refused since libreswan 3.25",
        &["group-without-pfs"],
    ),
    (
        "https://github.com/nm-l2tp/NetworkManager-l2tp/issues/123",
        "\"DH algorithm 'modp1024' is not supported\": a build without group 2",
        &["algorithm-not-in-build"],
    ),
    (
        "https://github.com/vyos/vyos-1x/pull/5284",
        "`esn`, `noesn`, none and both are different proposals, and none belongs into IKE",
        &["esn-only", "esn-in-ike"],
    ),
];

/// Writes the page.
pub fn write(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "# Rules\n")?;
    writeln!(
        out,
        "What `ikecompat lint` says about a configuration, and `check` as well. `ikecompat explain RULE` \
         prints\nthe same texts. This page is written by `IKECOMPAT_WRITE_DOCS=1 cargo test documentation`.\n"
    )?;
    writeln!(
        out,
        "`--allow RULE=REASON` allows a rule in every file, `--deny RULE` makes its findings errors, `--fail-on SEVERITY` \
         says what\nfails (default: warning). A comment allows a finding where it stands, with the reason:\n"
    )?;
    writeln!(
        out,
        "```yaml\n- aes256-sha1-modp1024  # ikecompat: allow(weak-entry): scanner in the cellar\n```\n"
    )?;
    writeln!(
        out,
        "On a line of its own it counts for the next line and what is indented below it; `allow-file` counts \
         for\nthe whole file. XML has `<!-- ikecompat: allow(RULE): REASON -->`. A comment without a reason, \
         with an\nunknown rule, or without anything to allow is itself a finding.\n"
    )?;
    writeln!(out, "## Rules about the configuration\n")?;
    for rule in lint::rules() {
        let severity = rule.severity.to_string();
        article(rule.name, Some(&severity), rule.documentation, out)?;
    }
    writeln!(out, "## What readers say\n")?;
    writeln!(
        out,
        "These are part of the output of `lint`, and obey the same options.\n"
    )?;
    for (name, text) in lint::readers() {
        article(name, None, text, out)?;
    }
    writeln!(out, "## Incidents\n")?;
    writeln!(
        out,
        "| incident | what happened | found by |\n| --- | --- | --- |"
    )?;
    for (link, what, codes) in INCIDENTS {
        let name = link.trim_start_matches("https://github.com/");
        let codes: Vec<_> = codes
            .iter()
            .map(|code| format!("[{code}](#{code})"))
            .collect();
        writeln!(out, "| [{name}]({link}) | {what} | {} |", codes.join(", "))?;
    }
    Ok(())
}

fn article(name: &str, severity: Option<&str>, text: &str, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "### {name}\n")?;
    let paragraphs = text.split("\n\n");
    for (place, paragraph) in paragraphs.enumerate() {
        let words: Vec<_> = paragraph.split_whitespace().collect();
        match severity.filter(|_| place == 0) {
            Some(severity) => writeln!(out, "*{severity}*: {}\n", words.join(" "))?,
            None => writeln!(out, "{}\n", words.join(" "))?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::INCIDENTS;
    use crate::lint::known;

    #[test]
    fn incidents_name_rules_that_there_are() {
        for (link, _, codes) in INCIDENTS {
            for code in *codes {
                assert!(known().any(|name| name == *code), "{link}: {code}");
            }
        }
    }
}
