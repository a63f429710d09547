//! Files that are not read, by what only they have: they are named in one line, instead of being
//! met with the complaints of a reader that was not meant.

use super::ReadCode;
use crate::diag::{Diagnostic, Place};
use crate::format::Format;

/// A kind of file that is recognised and not read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Foreign {
    /// What it is, with its article.
    pub title: &'static str,
    /// What can be done with it.
    pub help: &'static str,
    /// Beginnings of lines of which each has to be there, in lower case and without indentation.
    marks: &'static [&'static str],
}

const SERVER_YAML: &str =
    "write its proposals into a `server.yaml`, as `examples/server.yaml` explains";

/// Each kind; the first that fits is it.
const KINDS: &[Foreign] = &[
    kind("a template (ERB or Mako)", TEMPLATE, &["<%"]),
    kind("a template (Jinja)", TEMPLATE, &["{%"]),
    kind(
        "a FortiGate configuration",
        SERVER_YAML,
        &["config vpn ipsec"],
    ),
    kind("a Cisco configuration", SERVER_YAML, &["crypto ikev2 "]),
    kind("a Cisco configuration", SERVER_YAML, &["crypto ipsec "]),
    kind("a Cisco configuration", SERVER_YAML, &["crypto isakmp "]),
    kind(
        "a VyOS or EdgeOS configuration",
        SERVER_YAML,
        &["set vpn ipsec "],
    ),
    kind(
        "a Juniper configuration",
        SERVER_YAML,
        &["set security ike "],
    ),
    kind(
        "an OpenWrt configuration (UCI)",
        SERVER_YAML,
        &["config ", "option "],
    ),
    kind(
        "a NixOS configuration",
        SERVER_YAML,
        &["{ services.strongswan"],
    ),
    kind(
        "a NixOS configuration",
        SERVER_YAML,
        &["services.strongswan"],
    ),
    kind(
        "an L2TP connection of NetworkManager",
        NO_IKEV2,
        &["service-type=org.freedesktop.networkmanager.l2tp"],
    ),
    kind(
        "a connection of NetworkManager that knows no IKEv2",
        NO_IKE,
        &["[connection]", "service-type="],
    ),
    kind(
        "a WireGuard profile, which knows no IKE",
        NO_IKE,
        &["[interface]", "[peer]"],
    ),
    kind(
        "an OpenVPN profile, which knows no IKE",
        NO_IKE,
        &["client", "dev t", "remote "],
    ),
    kind("an L2TP configuration", NO_IKEV2, &["[lns "]),
    kind("an L2TP configuration", NO_IKEV2, &["[lac "]),
    kind(
        "a shell script",
        "give the text between `<<END` and `END` to `ikecompat`, on standard input or in a file",
        &["#!"],
    ),
];

const TEMPLATE: &str = "render it first, and give the result to `ikecompat`";
const NO_IKE: &str = "there is no suite of IKEv2 in it";
const NO_IKEV2: &str = "its tunnel is IKEv1's; IKEv2 has addresses for clients without L2TP";

const fn kind(title: &'static str, help: &'static str, marks: &'static [&'static str]) -> Foreign {
    Foreign { title, help, marks }
}

/// Which kind a text is, if it is one.
pub(super) fn of(text: &str) -> Option<&'static Foreign> {
    let fits = |kind: &&Foreign| {
        let mut lines = text
            .lines()
            .map(|line| line.trim_start().to_ascii_lowercase());
        if kind.marks == ["#!"] {
            // A script alone says nothing; one that writes a configuration does.
            return text.starts_with("#!") && text.contains("<<");
        }
        kind.marks
            .iter()
            .all(|mark| lines.any(|line| line.starts_with(mark)))
    };
    KINDS.iter().find(fits)
}

/// What is said of a text that is of no format that is read, if its kind is known.
pub(crate) fn named(file: usize, text: &str) -> Option<Diagnostic> {
    let kind = of(text)?;
    let formats: Vec<_> = Format::all_read().map(Format::title).collect();
    let message = format!("the file is {}", kind.title);
    Some(
        Diagnostic::error(ReadCode::ForeignFile, Place::File(file), message)
            .note(format!("formats that are read: {}", formats.join(", ")))
            .help(kind.help),
    )
}

#[cfg(test)]
mod tests {
    use super::{Format, named, of};

    #[test]
    fn what_is_not_read_is_named() {
        for (text, title) in [
            (
                "crypto ikev2 proposal OFFICE\n encryption aes-cbc-256\n",
                "Cisco",
            ),
            (
                "set vpn ipsec ike-group OFFICE key-exchange 'ikev2'\n",
                "VyOS",
            ),
            (
                "config vpn ipsec phase1-interface\n    edit \"office\"\n",
                "FortiGate",
            ),
            ("config remote 'a'\n\toption enabled '1'\n", "OpenWrt"),
            ("[Interface]\nPrivateKey = x\n[Peer]\n", "WireGuard"),
            ("<%- if @secure -%>\nconn rw\n<%- end -%>\n", "template"),
            (
                "{% for c in all %}\nconn {{ c }}\n{% endfor %}\n",
                "template",
            ),
            (
                "#!/bin/sh\ncat > /etc/ipsec.conf <<END\nconn rw\nEND\n",
                "shell script",
            ),
        ] {
            assert!(
                of(text).is_some_and(|kind| kind.title.contains(title)),
                "{text}"
            );
            assert_eq!(Format::of(text), None, "{text}");
            let said = named(0, text).unwrap();
            assert!(said.message.contains(title) && !said.message.contains("YAML"));
        }
        for text in [
            "conn rw\n  # config vpn ipsec\n  auto=add\n",
            "config setup\n  uniqueids=no\n",
            "connections {\n  a {\n  }\n}\n",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
