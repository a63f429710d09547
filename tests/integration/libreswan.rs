//! ipsec.conf of libreswan: what is read, where it stands, and what is said about the rest.
//!
//! `tests/corpus/libreswan/broken` holds a file a mistake, and beside it what is said about it.
//! `SNAPSHOTS=overwrite cargo test` rewrites those after a change of words.

use std::time::Duration;

use ikecompat::diag::{Sources, Style};
use ikecompat::format::Format;
use ikecompat::peer::Origin;
use ikecompat::peer::server::{IkeVersions, Role};
use snapbox::Data;

use crate::common::ikecompat;
use crate::configuration::{self, broken_files, read_text, server_of, text_of, written};

const FOLDER: &str = "tests/corpus/libreswan";

fn esp_of(lines: &str) -> Vec<String> {
    let text = format!("conn a\n\tike=aes256-sha2;modp2048\n{lines}\tauto=add\n");
    let server = server_of(Format::Libreswan, &text);
    written(&server.connections[0].children[0].esp)
}

#[test]
fn every_value_is_read_with_its_place() {
    let mut sources = Sources::new();
    let text = text_of(FOLDER, "gateway.conf");
    let reading = read_text(&mut sources, Format::Libreswan, &text).unwrap();
    let server = reading.value;
    assert_eq!(server.engine.to_string(), "libreswan@4.10");
    let [people, branch, old, lan] = server.connections.as_slice() else {
        panic!("four connections: `suites` is none");
    };
    assert_eq!(people.name, "people");
    assert_eq!(people.role, Role::RemoteAccess);
    assert_eq!(people.versions, IkeVersions::Ikev2);
    assert_eq!(
        written(&people.ike),
        ["aes256gcm16-prfsha384-ecp384", "aes256-sha256-modp2048"]
    );
    assert_eq!(
        written(&people.children[0].esp),
        ["aes256gcm16", "aes256-sha256"]
    );
    assert_eq!(people.children[0].pfs, Some(false));
    let position = sources.start(people.ike[1].origin.span().unwrap());
    assert_eq!((position.line, position.column), (15, 31));
    assert_eq!(people.remote.methods[0].value, "eaponly");
    assert_eq!(people.local.certificates[0].value, "vpn.example.com");
    assert_eq!(people.rekey.child, Some(Duration::ZERO));
    assert_eq!(
        server.remote_id.as_deref(),
        Some("CN=vpn.example.com, O=Example, C=CH")
    );

    assert_eq!(branch.role, Role::SiteToSite);
    assert_eq!(
        written(&branch.ike),
        ["aes256-sha256-modp2048-modp3072-modp4096-modp8192-ecp256-ecp384-ecp521-curve25519"]
    );
    assert_eq!(
        written(&branch.children[0].esp),
        ["aes128-aes256-sha512-sha256-modp2048-none-esn-noesn"]
    );
    assert_eq!(branch.children[0].pfs, None, "the default applies");
    assert_eq!(old.versions, IkeVersions::Ikev1);
    assert!(lan.children.is_empty() && lan.role == Role::SiteToSite);
    let said: Vec<_> = reading.diagnostics.iter().map(|one| one.code).collect();
    assert!(said.is_empty(), "{said:?}");
}

#[test]
fn sequence_numbers_are_those_of_esn() {
    let esp = |esn: &str| esp_of(&format!("\tesp=aes256-sha2\n{esn}"));
    assert_eq!(esp(""), ["aes256-sha256-esn-noesn"]);
    assert_eq!(esp("\tesn=either\n"), ["aes256-sha256-esn-noesn"]);
    assert_eq!(esp("\tesn=no\n"), ["aes256-sha256"]);
    assert_eq!(esp("\tesn=yes\n"), ["aes256-sha256-esn"]);
    assert_eq!(esp("\treplay-window=0\n"), ["aes256-sha256"]);
}

#[test]
fn without_pfs_the_groups_of_the_child_are_passed_over() {
    let lines = "\tesp=aes256-sha2;modp2048\n\tesn=no\n";
    assert_eq!(esp_of(lines), ["aes256-sha256-modp2048"]);
    assert_eq!(esp_of(&format!("{lines}\tpfs=no\n")), ["aes256-sha256"]);
    let text = format!("conn a\n{lines}\tpfs=no\n\tauto=add\n");
    let reading = read_text(&mut Sources::new(), Format::Libreswan, &text).unwrap();
    assert!(
        reading
            .diagnostics
            .iter()
            .any(|one| one.code == "ignored-setting")
    );
}

#[test]
fn a_missing_list_is_the_default_of_the_version() {
    let connection = |lines: &str| {
        let text = format!("conn a\n{lines}\tauto=add\n");
        let server = server_of(Format::Libreswan, &text);
        (server.engine.to_string(), server.connections[0].clone())
    };
    let (engine, four) = connection("");
    assert_eq!((engine.as_str(), four.ike.len()), ("libreswan@4.10", 4));
    assert!(matches!(four.ike[0].origin, Origin::Default(_)));
    assert_eq!(written(&four.children[0].esp)[0], "aes256gcm16-esn-noesn");
    let (engine, five) = connection("\tkeyexchange=ikev2\n");
    assert_eq!((engine.as_str(), five.ike.len()), ("libreswan@5.4", 5));
}

#[test]
fn phase2_says_which_protocol_the_list_is_for() {
    let text = "conn a\n\tphase2=ah\n\tphase2alg=sha1\n\tesn=no\n\tauto=add\n";
    let server = server_of(Format::Libreswan, text);
    let child = &server.connections[0].children[0];
    assert_eq!(written(&child.ah), ["sha1"]);
    assert!(child.esp.is_empty());
}

#[test]
fn own_values_go_before_those_of_also_and_default() {
    let text = "conn %default\n\tike=3des-sha1;modp2048\n\tesp=3des-sha1\n\tesn=no\nconn a\n\t\
        also=b\n\tauto=add\nconn b\n\tike=aes128-sha1;modp2048\n";
    let server = server_of(Format::Libreswan, text);
    let connection = &server.connections[0];
    assert_eq!(written(&connection.ike), ["aes128-sha1-modp2048"]);
    assert_eq!(written(&connection.children[0].esp), ["3des-sha1"]);
}

#[test]
fn the_same_suites_are_read_as_out_of_swanctl_conf() {
    let one = server_of(
        Format::Libreswan,
        "conn a\n\tike=aes256-sha2_256-modp2048\n\tesp=aes256-sha2_256\n\tpfs=no\n\tesn=no\n\tauto=add\n",
    );
    let other = server_of(
        Format::Swanctl,
        "connections {\n a {\n proposals = aes256-sha256-modp2048\n children {\n a {\n \
        esp_proposals = aes256-sha256\n }\n }\n }\n}\n",
    );
    configuration::assert_same_suites(&one, &other);
}

#[test]
fn each_mistake_is_named_with_its_place() {
    let files = broken_files(FOLDER);
    assert!(files.len() >= 15, "{} files", files.len());
    for path in files {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let relative = format!("{FOLDER}/broken/{name}.conf");
        let arguments = [
            "check",
            "--from",
            "libreswan",
            &relative,
            "--clients",
            "osx",
        ];
        let run = ikecompat(&arguments, "");
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{name}");
        assert!(run.stderr.contains("error["), "{name}: {}", run.stderr);
        assert!(run.stderr.contains("--> "), "{name} without a place");
        snapbox::Assert::new().action_env("SNAPSHOTS").eq(
            run.stderr,
            Data::read_from(&path.with_extension("txt"), None),
        );
    }
}

/// Each file with a code that is given for it, and the line it points at.
#[test]
fn mistakes_have_the_codes_of_their_kind() {
    for (name, code, line) in [
        ("strongswans-words", "unknown-keyword", 2),
        ("not-built", "unknown-keyword", 2),
        ("empty-item", "empty-list", 2),
        ("integrity-beside-aead", "mixed-cipher-modes", 2),
        ("no-integrity", "no-integrity", 2),
        ("some-groups", "contradiction", 2),
        ("two-groups", "contradiction", 2),
        ("set-twice", "contradiction", 3),
        ("bad-value", "invalid-value", 4),
        ("also-nothing", "dangling-reference", 2),
        ("left-margin", "syntax-error", 2),
        ("misspelt", "unknown-option", 2),
        ("misspelt", "unknown-keyword", 3),
    ] {
        let mut sources = Sources::new();
        let text = text_of(FOLDER, &format!("broken/{name}.conf"));
        let said = read_text(&mut sources, Format::Libreswan, &text).unwrap_err();
        let lines: Vec<_> = said
            .iter()
            .filter(|one| one.code == code)
            .filter_map(|one| Some(sources.start(one.place.span()?).line))
            .collect();
        assert!(
            lines.contains(&line),
            "{name}: {code} in the lines {lines:?}"
        );
    }
}

#[test]
fn a_file_cut_anywhere_is_read_or_refused_but_never_fatal() {
    let text = text_of(FOLDER, "gateway.conf");
    for cut in (0..text.len()).filter(|cut| text.is_char_boundary(*cut)) {
        let mut sources = Sources::new();
        if let Err(complaints) = read_text(&mut sources, Format::Libreswan, &text[..cut]) {
            assert!(!complaints.is_empty(), "cut at {cut} without a reason");
            for one in complaints {
                sources.render(&one, Style::Plain);
            }
        }
    }
}

#[test]
fn the_file_is_recognised_by_its_content() {
    let run = ikecompat(
        &[
            "check",
            &format!("{FOLDER}/gateway.conf"),
            "--clients",
            "osx",
        ],
        "",
    );
    assert_eq!(run.status, 0, "{}", run.stderr);
    for line in ["branch and lan: site to site", "old: IKEv1 only"] {
        assert!(run.stdout.contains(line), "{}", run.stdout);
    }
}

#[test]
fn complaints_of_a_kind_beyond_a_hundred_are_counted_unless_all_are_asked_for() {
    let run = |keys: usize, more: &[&str]| {
        let keys: String = (0..keys).map(|n| format!("\tx{n}=1\n")).collect();
        let text = format!("conn a\n\tike=aes256-sha2;modp2048\n{keys}\tauto=add\n");
        let arguments = ["check", "-", "--from", "libreswan", "--clients", "ios-16"];
        let run = ikecompat(&[&arguments, more].concat(), &text);
        let shown = run.stderr.matches("is not a keyword of libreswan").count();
        (shown, run.stderr)
    };
    let (shown, said) = run(100, &[]);
    assert_eq!(shown, 100);
    assert!(!said.contains(" more, which"), "{said}");
    let (shown, said) = run(250, &[]);
    assert_eq!(shown, 100);
    let counted = "error[unknown-option]: 150 more, which --verbose shows\n";
    assert!(said.contains(counted), "{said}");
    let (shown, said) = run(250, &["--verbose"]);
    assert_eq!(shown, 250);
    assert!(!said.contains(" more, which"), "{said}");
}

/// Installers build libreswan with `USE_DH2=true`; the file alone does not show it.
#[test]
fn a_build_with_group_2_is_said_by_option_or_comment() {
    let text = "conn rw\n\tleft=192.0.2.1\n\tright=%any\n\trightaddresspool=192.0.2.10-192.0.2.20\n\
         \tikev2=insist\n\tauthby=rsasig\n\tleftcert=a\n\tike=aes256-sha2;modp2048,aes256-sha1;dh2\n\
         \tesp=aes256-sha1\n\tpfs=no\n\trekey=no\n\tauto=add\n";
    let annotated = format!("# ikecompat: built-with(modp1024)\n{text}");
    let clients = "--clients=windows-10:require";
    for (text, options, status, finding) in [
        (text, &[][..], 1, true),
        (text, &["--built-with", "modp1024"], 0, false),
        (&annotated, &[], 0, false),
        (text, &["--engine", "libreswan@3.29"], 0, false),
    ] {
        let arguments = [&["check", "-", "--from", "libreswan", clients][..], options].concat();
        let run = ikecompat(&arguments, text);
        assert_eq!(
            run.status, status,
            "{options:?}: {}{}",
            run.stdout, run.stderr
        );
        assert_eq!(run.stdout.contains("algorithm-not-in-build"), finding);
        assert!(!run.stdout.contains("unknown-rule"), "{}", run.stdout);
    }
}

/// What one version takes and another does not, as the programs of each do.
#[test]
fn keywords_and_values_are_those_of_the_version() {
    let text = |line: &str| {
        format!(
            "conn a\n\tleft=192.0.2.1\n\tright=%any\n\tauthby=rsasig\n\tike=aes_gcm;dh20\n\t{line}\n\tauto=add\n"
        )
    };
    for (line, engine, loads) in [
        ("keyexchange=ikev2", "libreswan@4.10", false),
        ("keyexchange=ikev2", "libreswan@5.0", true),
        ("nonsense=1", "libreswan@4.10", false),
        ("nonsense=1", "libreswan@5.4", false),
        ("interface-ip=10.0.0.1/24", "libreswan@4.10", false),
        ("leftinterface-ip=10.0.0.1/24", "libreswan@4.10", false),
        ("leftinterface-ip=10.0.0.1/24", "libreswan@5.0", true),
        ("session-resumption=yes", "libreswan@4.10", false),
        ("session-resumption=yes", "libreswan@5.2", true),
        ("x-comment=1", "libreswan@4.10", true),
    ] {
        let run = ikecompat(
            &["check", "-", "--from", "libreswan", "--engine", engine],
            &text(line),
        );
        assert_eq!(run.status != 2, loads, "{line} {engine}: {}", run.stderr);
    }
    for (line, version) in [
        ("session-resumption=yes", "5.4"),
        ("keyexchange=ikev2", "5.4"),
        ("ikev2=insist", "4.10"),
        ("esp=aes_gcm", "4.10"),
    ] {
        let server = server_of(Format::Libreswan, &text(line));
        assert_eq!(
            server.engine.to_string(),
            format!("libreswan@{version}"),
            "{line}"
        );
    }
    let later = text("").replace("aes_gcm;dh20", "aes_gcm;dh20;addke1=ml_kem_768");
    let server = server_of(Format::Libreswan, &later);
    assert_eq!(server.engine.to_string(), "libreswan@5.4");
}

#[test]
fn hosts_that_encrypt_where_they_can_are_no_server_of_clients() {
    let text = "conn all\n\tleft=%defaultroute\n\tright=%opportunisticgroup\n\tauthby=null\n\
         \tleftauth=null\n\trightauth=null\n\tfailureshunt=passthrough\n\tikev2=insist\n\tauto=route\n";
    assert_eq!(Format::of(text), Some(Format::Libreswan));
    let run = ikecompat(&["check", "-"], text);
    assert!(
        run.stdout
            .contains("all: opportunistic encryption between hosts"),
        "{}{}",
        run.stdout,
        run.stderr
    );
}

/// A rule of the firewall kind has nobody to authenticate.
#[test]
fn a_rule_that_passes_packets_is_loaded_with_authby_never_alone() {
    for (authby, loads) in [("authby=never", true), ("authby=secret", false)] {
        let text = format!(
            "conn a\n\tleft=192.0.2.1\n\tright=192.0.2.2\n\ttype=passthrough\n\t{authby}\n\tauto=add\n\n\
             conn b\n\tleft=192.0.2.1\n\tright=%any\n\tauto=add\n"
        );
        let server = server_of(Format::Libreswan, &text);
        assert_eq!(
            server.connections[0].not_loaded.is_none(),
            loads,
            "{authby}"
        );
        assert!(server.connections[1].not_loaded.is_none());
    }
}

/// What pluto 4.10 loaded and what it refused. Needs the folder of recorded truths:
/// `IKECOMPAT_SHARED=FOLDER cargo test libreswan`.
#[test]
fn what_pluto_loads_is_loaded_and_what_it_refuses_is_not() {
    let Some(shared) = std::env::var_os("IKECOMPAT_SHARED") else {
        return;
    };
    let path = std::path::Path::new(&shared).join("field/negotiation/truth-pluto-410-loads.jsonl");
    let truths = std::fs::read_to_string(path).unwrap();
    let mut wrong = Vec::new();
    for line in truths.lines() {
        let truth: serde_json::Value = serde_json::from_str(line).unwrap();
        let mut lines = String::new();
        for (key, value) in truth["setting"].as_object().unwrap() {
            let value = value.as_str().unwrap();
            lines += &match key.as_str() {
                "more" => value.to_owned(),
                _ => format!("\t{key}={value}\n"),
            };
        }
        let text = format!(
            "conn pair\n\tleft=192.0.2.1\n\tright=%any\n\tauthby=secret\n\tikev2=insist\n{lines}\tauto=add\n"
        );
        let arguments = [
            "check",
            "-",
            "--from",
            "libreswan",
            "--engine",
            "libreswan@4.10",
        ];
        let run = ikecompat(&[&arguments[..], &["--clients", "osx"]].concat(), &text);
        // One connection that is not loaded is a file without any, or an answer that says so.
        let loaded = run.status != 2 && !run.stdout.contains("not loaded");
        if truth["loaded"] != loaded {
            wrong.push(format!("{}: {}", truth["setting"], run.stderr));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
