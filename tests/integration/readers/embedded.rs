//! Configurations inside of other files: here-documents, YAML, Markdown; and templates of them.

use std::fs;

use ikecompat::answer::{ServerText, reading};
use ikecompat::diag::Sources;
use ikecompat::format::Format;
use ikecompat::peer::Server;
use ikecompat::profile::Database;

use super::{Read, proposals};
use crate::common::ikecompat;

fn read_with(text: &str, format: Option<Format>) -> Read<Server> {
    let mut sources = Sources::new();
    let text = ServerText {
        format,
        ..ServerText::new("file", text.as_bytes())
    };
    let result = reading::server(&text, &Database::builtin(), &mut sources);
    Read { sources, result }
}

fn read(text: &str) -> Read<Server> {
    read_with(text, None)
}

fn all() -> Vec<(String, String)> {
    let names = [
        "install.sh",
        "cloud-init.yaml",
        "config-map.yaml",
        "howto.md",
    ];
    let text = |name: &str| {
        let path = format!(
            "{}/tests/corpus/embedded/{name}",
            env!("CARGO_MANIFEST_DIR")
        );
        fs::read_to_string(path).unwrap()
    };
    names.map(|name| (name.to_owned(), text(name))).into()
}

#[test]
fn a_configuration_is_found_where_it_stands() {
    for (name, text) in all() {
        let read = read(&text);
        let server = read.value();
        assert_eq!(server.connections.len(), 1, "{name}");
        assert_eq!(
            proposals(&server.connections[0]),
            ["aes256-sha256-modp2048", "aes256-sha256"],
            "{name}"
        );
        assert!(
            !read.said().contains("does not stand"),
            "{name}: {}",
            read.said()
        );
    }
}

#[test]
fn places_are_those_of_the_outer_file() {
    for (name, text) in all() {
        let slip = text.replace("esp=aes256-sha256", "esp=aes256-sha265");
        let slip = slip.replace(
            "esp_proposals = aes256-sha256",
            "esp_proposals = aes256-sha265",
        );
        let before = &slip[..slip.find("sha265").unwrap()];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
        let read = read(&slip);
        let places = read.places();
        assert!(
            places.contains(&("unknown-keyword", line, column)),
            "{name}: {}",
            read.said()
        );
        assert!(!read.said().contains("hunter"), "{name}: {}", read.said());
    }
}

#[test]
fn variables_of_a_script_have_their_values_or_are_named() {
    let (_, text) = all().remove(0);
    let read = read(&text.replace("VPN_DOMAIN=vpn", "VPN_HOST=vpn"));
    assert!(
        read.said()
            .contains("the values of `$VPN_DOMAIN` do not stand"),
        "{}",
        read.said()
    );
    let id = read.value().connections[0].local.id.as_ref().unwrap();
    assert_eq!(id.value, "@$VPN_DOMAIN");
    // In quotation marks nothing is put in.
    let quoted = self::read(&text.replace("<<-EOF", "<<-'EOF'"));
    assert!(
        quoted.result.is_err() || quoted.said().contains("${IKE}"),
        "{}",
        quoted.said()
    );
}

#[test]
fn of_several_the_format_chooses_or_nobody() {
    let (_, howto) = all().remove(3);
    let twice = format!("{howto}\n{howto}");
    let read = read(&twice);
    assert_eq!(read.places()[0].0, "several-connections");
    assert!(
        read.said().contains("line 6 (swanctl) and line"),
        "{}",
        read.said()
    );
    let (_, script) = all().remove(0);
    let both = script.replace(
        "systemctl restart strongswan\n",
        "cat > a.conf <<X\nconnections {\n}\nX\n",
    );
    assert!(self::read(&both).result.is_err());
    let chosen = read_with(&both, Some(Format::IpsecConf));
    assert_eq!(chosen.value().connections.len(), 1);
    let only =
        "# For clients\n```\nAdd-VpnConnection -Name a -ServerAddress b -TunnelType Ikev2\n```\n";
    let read = self::read(only);
    assert!(
        read.said().contains("configurations of clients only"),
        "{}",
        read.said()
    );
}

#[test]
fn a_client_is_found_too() {
    let client = "windows-10=tests/corpus/embedded/howto.md";
    let run = ikecompat(
        &[
            "check",
            "tests/corpus/embedded/install.sh",
            "--clients",
            client,
        ],
        "",
    );
    assert!(
        run.stdout.contains("aes256-sha256-modp2048  aes256-sha256"),
        "{}{}",
        run.stdout,
        run.stderr
    );
}

#[test]
fn templates_are_named_with_what_renders_them() {
    for (text, engine, help) in [
        (
            "<%- if @secure -%>\nconn rw\n<%- end -%>\n",
            "ERB",
            "`erb -T - FILE`",
        ),
        ("conn <%= @name %>\n  auto=add\n", "ERB", "`erb"),
        (
            "<%! import os %>\nconn rw\n  auto=add\n",
            "Mako",
            "`mako-render FILE`",
        ),
        (
            "config setup\n\n{% for c in all %}\nconn {{ c }}\n{% endfor %}\n",
            "Jinja",
            "`jinja2",
        ),
        ("{# the office #}\nconn rw\n", "Jinja", "`jinja2"),
        (
            "connections {\n  {{ name }} {\n  }\n}\n",
            "Jinja or Mustache",
            "`jinja2",
        ),
        (
            "conn rw\n  ike={{ .Values.ike }}\n",
            "Go",
            "`helm template`",
        ),
        (
            "connections {\n{{- range $c := .all }}\n{{- end }}\n}\n",
            "Go",
            "gomplate",
        ),
        (
            "conn rw\n  ike=${IKE}\n",
            "variables of the shell",
            "`envsubst < FILE`",
        ),
    ] {
        let read = read(text);
        assert_eq!(read.places(), [("foreign-file", 0, 0)], "{text}");
        assert!(read.said().contains(engine), "{text}: {}", read.said());
        assert!(read.said().contains(help), "{text}: {}", read.said());
    }
    for text in [
        "# {{ ansible_managed }}\nconn rw\n  keyexchange=ikev2\n  right=%any\n  auto=add\n",
        "connections {a {b {proposals = default}}}\n",
    ] {
        assert!(!read(text).said().contains("template"), "{text}");
    }
}

/// What opens and never closes, and what closes without end: a square of its length would not end.
#[test]
fn hostile_containers_end() {
    let piece = "connections {\n}\n";
    for text in [
        "cat <<A\n".repeat(20_000),
        (0..10_000).map(|n| format!("cat <<A{n}\n")).collect(),
        format!("{}{}", "cat <<A\n".repeat(10_000), "A\n".repeat(10_000)),
        format!("cat <<A\n{piece}A\n").repeat(4_000),
        "```\n".repeat(40_000),
        format!("```\n{piece}```\n").repeat(4_000),
        (0..3_000)
            .map(|n| format!("{}a: |\n", " ".repeat(n % 1000)))
            .collect(),
        format!("a: |\n  {}\n", piece.replace('\n', "\n  ")).repeat(4_000),
        format!("A=b\ncat <<A\nconn rw\n{}\nA\n", "${A}".repeat(20_000)),
    ] {
        let _ = read(&text);
    }
}

#[test]
fn what_echo_writes_is_read_too() {
    let script = "#!/bin/bash\nNAME=vpn.example.com\necho \"config setup\n    charondebug=\"ike 1\"\n\nconn rw\n    auto=add\n    \
        keyexchange=ikev2\n    leftid=$NAME\n    leftcert=a.pem\n    right=%any\n    rightauth=eap-mschapv2\n    \
        rightsourceip=192.0.2.0/24\n    ike=aes256-sha256-modp2048!\n    esp=aes256-sha256!\" > /etc/ipsec.conf\n\
        echo \": RSA key.pem\n\" > /etc/ipsec.secrets\nipsec start\n";
    let run = crate::common::ikecompat(&["check", "-", "--clients", "android"], script);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    let run = crate::common::ikecompat(&["check", "-"], "#!/bin/sh\necho hello\n");
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("the file is a shell script"),
        "{}",
        run.stderr
    );
}
