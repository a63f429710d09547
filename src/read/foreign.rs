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
    kind(
        "a VyOS configuration without IPsec tunnels",
        NO_IKE,
        &["// vyos-config-version"],
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
        "nothing that it writes by a here-document or `echo` is a configuration in a format that is read; give \
         the configuration itself to `ikecompat`, on standard input or in a file",
        &["#!"],
    ),
];

/// A kind of template, and whether a line has its marks.
type Template = (Foreign, fn(&str) -> bool);

/// Templates, by what stands outside of comments.
const TEMPLATES: &[Template] = &[
    (
        kind(
            "a template of ERB",
            "render it first: `erb -T - FILE`, or the catalogue of Puppet or Chef; give the result to `ikecompat`",
            &[],
        ),
        |line| line.contains("<%=") || line.contains("<%-") || line.contains("-%>"),
    ),
    (
        kind(
            "a template of Mako or ERB",
            "render it first: `mako-render FILE`, or `erb FILE`; give the result to `ikecompat`",
            &[],
        ),
        |line| line.contains("<%"),
    ),
    (
        kind(
            "a template of Jinja",
            "render it first: `jinja2 FILE VALUES`, or `ansible-playbook --check --diff` of what fills it \
             in; give the result to `ikecompat`",
            &[],
        ),
        |line| line.contains("{%") || line.contains("{#") && line.contains("#}"),
    ),
    (
        kind(
            "a template of Go (Helm, Consul)",
            "render it first: `helm template`, `consul-template` or `gomplate -f FILE`; give the result \
             to `ikecompat`",
            &[],
        ),
        |line| {
            let inside = line.split_once("{{").map_or("", |(_, inside)| inside);
            let inside = inside.trim_start_matches('-').trim_start();
            let words = [
                ".",
                "if ",
                "range ",
                "with ",
                "end ",
                "end}",
                "key ",
                "env ",
                "template ",
                "include ",
            ];
            inside.contains("}}") && words.iter().any(|word| inside.starts_with(word))
        },
    ),
    (
        kind(
            "a template of Jinja or Mustache",
            "render it first: `jinja2 FILE VALUES`, `mustache VALUES FILE`, or what fills it in where it is \
             used; give the result to `ikecompat`",
            &[],
        ),
        |line| {
            line.split_once("{{")
                .is_some_and(|(_, inside)| inside.contains("}}"))
        },
    ),
];

/// What is looked for last, because other languages have such signs of their own.
const OF_SHELL: &[Template] = &[(
    kind(
        "a template with variables of the shell",
        "render it first: `envsubst < FILE` (Mako: `mako-render FILE`; Terraform: `templatefile`); give \
             the result to `ikecompat`",
        &[],
    ),
    |line| {
        line.split_once("${")
            .is_some_and(|(_, inside)| inside.contains('}'))
    },
)];

/// The engine whose marks a text has. Scripts have such signs of their own.
fn template(text: &str, templates: &'static [Template]) -> Option<&'static Foreign> {
    let has = |mark: &str| memchr::memmem::find(text.as_bytes(), mark.as_bytes()).is_some();
    let marks = ["<%", "{%", "{#", "{{", "${"];
    let begins = marks.iter().any(|mark| text.starts_with(mark));
    if text.starts_with(['<', '{', '[']) && !begins || text.starts_with("#!") {
        return None;
    }
    if !marks.into_iter().any(has) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    if ["-vpnconnection", "-vpnserver", "vpnprofile"]
        .iter()
        .any(|it| lower.contains(it))
    {
        return None;
    }
    let lines = || {
        text.lines()
            .filter(|line| !line.trim_start().starts_with(['#', ';']))
    };
    let found = templates.iter().find(|(_, fits)| lines().any(fits));
    found.map(|(kind, _)| kind)
}
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
            return text.starts_with("#!");
        }
        kind.marks
            .iter()
            .all(|mark| lines.any(|line| line.starts_with(mark)))
    };
    let kind = template(text, TEMPLATES).or_else(|| KINDS.iter().find(fits));
    kind.or_else(|| template(text, OF_SHELL))
}

/// What is said of a text that is of no format that is read, if its kind is known.
pub(crate) fn named(file: usize, text: &str) -> Option<Diagnostic> {
    let kind = of(text)?;
    let message = format!("the file is {}", kind.title);
    let named = Diagnostic::error(ReadCode::ForeignFile, Place::File(file), message);
    let named = named.help(kind.help);
    // What a template becomes may well be read.
    if kind.title.starts_with("a template") {
        return Some(named);
    }
    Some(named.note(read_formats()))
}

/// What is said of a text that shows nothing of what it is.
pub(crate) fn unknown(file: usize) -> Diagnostic {
    let message = "the file shows by nothing that it is a configuration of IKE";
    Diagnostic::error(ReadCode::ForeignFile, Place::File(file), message)
        .note(read_formats())
        .help("`--from FORMAT` reads it as one of them all the same")
}

fn read_formats() -> String {
    let formats: Vec<_> = Format::all_read().map(Format::title).collect();
    format!("formats that are read: {}", formats.join(", "))
}

#[cfg(test)]
mod tests {
    use super::{Format, named, of};

    #[test]
    fn what_is_not_read_is_named() {
        for (text, title) in [
            (
                "set security ike proposal OFFICE dh-group group14\n",
                "Juniper",
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
