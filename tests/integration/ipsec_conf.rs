//! ipsec.conf of strongSwan: what is read, where it stands, and what is said about the rest.
//!
//! `tests/corpus/ipsec-conf/broken` holds a file a mistake, and beside it what is said about it.
//! `SNAPSHOTS=overwrite cargo test` rewrites those after a change of words.

use std::time::Duration;

use ikecompat::diag::{Severity, Sources, Style};
use ikecompat::format::Format;
use ikecompat::peer::Origin;
use ikecompat::peer::server::{IkeVersions, Role};
use snapbox::Data;

use crate::common::ikecompat;
use crate::configuration::{self, broken_files, read_text, server_of, text_of, written};

const FOLDER: &str = "tests/corpus/ipsec-conf";

#[test]
fn every_value_is_read_with_its_place() {
    let mut sources = Sources::new();
    let text = text_of(FOLDER, "gateway.conf");
    let server = read_text(&mut sources, Format::IpsecConf, &text)
        .unwrap()
        .value;
    let names: Vec<_> = server.connections.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(
        names,
        ["people", "branch", "old", "lan", "draft"],
        "`suites` is no connection"
    );
    let [people, branch, old, lan, draft] = server.connections.as_slice() else {
        panic!("five connections");
    };
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
    let position = sources.start(people.ike[1].origin.span().unwrap());
    assert_eq!((position.line, position.column), (16, 35));
    assert_eq!(people.remote.methods[0].value, "eap-mschapv2");
    assert_eq!(people.local.certificates[0].value, "vpn.example.com.pem");
    assert_eq!(people.rekey.ike, Some(Duration::ZERO), "rekey=no");
    assert_eq!(people.rekey.child, Some(Duration::ZERO));
    assert_eq!(
        server.remote_id.as_deref(),
        Some("C=CH, O=Example, CN=vpn.example.com")
    );

    assert_eq!(branch.role, Role::SiteToSite);
    assert_eq!(branch.local.methods[0].value, "psk");
    // `ikelifetime=8h` without `margintime`, which is nine minutes.
    assert_eq!(branch.rekey.ike, Some(Duration::from_secs(8 * 3600 - 540)));
    assert_eq!(
        branch.ike.len(),
        4,
        "two are written, two are added for want of a `!`"
    );
    assert!(matches!(branch.ike[2].origin, Origin::Default(_)));
    let position = sources.start(branch.ike[1].origin.span().unwrap());
    assert_eq!((position.line, position.column), (34, 3));
    assert_eq!(old.versions, IkeVersions::Ikev1);
    assert!(lan.children.is_empty() && lan.role == Role::SiteToSite);
    assert!(draft.not_loaded.is_some(), "it has no `auto`");
}

#[test]
fn without_a_mark_the_defaults_are_added_classic_ciphers_first() {
    let server = server_of(
        Format::IpsecConf,
        "conn a\n\tesp=aes256gcm16\n\tike=aes256-sha256-modp2048!\n\tauto=add\n",
    );
    let connection = &server.connections[0];
    assert_eq!(connection.ike.len(), 1);
    let aead: Vec<_> = connection.children[0]
        .esp
        .iter()
        .map(|entry| entry.proposal.transforms()[0].is_aead())
        .collect();
    assert_eq!(aead, [true, false, true]);
}

#[test]
fn the_last_also_wins_and_own_values_before_it() {
    let text = "conn a\n\talso=b\n\talso=c\n\tauto=add\nconn b\n\tike=aes128-sha1-modp1024!\n\t\
        esp=aes128-sha1!\nconn c\n\tike=aes256-sha256-modp2048!\nconn %default\n\t\
        ike=3des-sha1-modp1024!\n\tesp=3des-sha1!\n";
    let server = server_of(Format::IpsecConf, text);
    let connection = &server.connections[0];
    assert_eq!(written(&connection.ike), ["aes256-sha256-modp2048"]);
    assert_eq!(written(&connection.children[0].esp), ["aes128-sha1"]);
}

#[test]
fn an_excerpt_without_auto_is_read_all_the_same() {
    let text = "conn a\n\tike=aes256-sha256-modp2048!\n\tesp=aes256-sha256!\n";
    let reading = read_text(&mut Sources::new(), Format::IpsecConf, text).unwrap();
    assert!(reading.value.connections[0].serves_clients());
    let said: Vec<_> = reading.diagnostics.iter().map(|one| one.code).collect();
    assert_eq!(said, ["ignored-setting"]);
}

#[test]
fn words_of_other_days_and_of_nobody_are_passed_over_with_a_warning() {
    let text = "conn a\n\tpfs=yes\n\tlefftid=@x\n\tike=aes256-sha256-modp2048!\n\t\
        esp=aes256-sha256!\n\tauto=add\n";
    let reading = read_text(&mut Sources::new(), Format::IpsecConf, text).unwrap();
    let said: Vec<_> = reading
        .diagnostics
        .iter()
        .map(|one| (one.severity, one.code, one.help.as_deref()))
        .collect();
    assert_eq!(
        said,
        [
            (Severity::Warning, "ignored-setting", None),
            (
                Severity::Warning,
                "unknown-option",
                Some("did you mean `leftid`?")
            ),
        ]
    );
}

#[test]
fn the_same_suites_are_read_as_out_of_swanctl_conf() {
    let one = server_of(
        Format::IpsecConf,
        "conn a\n\tike=aes256-sha256-modp2048!\n\tesp=aes256-sha256!\n\tauto=add\n",
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
            "ipsec-conf",
            &relative,
            "--clients",
            "osx",
        ];
        let run = ikecompat(&arguments, "");
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{name}");
        assert!(run.stderr.contains("error["), "{name}: {}", run.stderr);
        assert!(run.stderr.contains("--> "), "{name} without a place");
        assert!(!run.stderr.contains("hunter"), "{name} tells a secret");
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
        ("unknown-keyword", "unknown-keyword", 2),
        ("empty-item", "empty-list", 2),
        ("no-prf", "no-prf", 2),
        ("left-margin", "syntax-error", 2),
        ("indented-section", "syntax-error", 2),
        ("unquoted-name", "syntax-error", 2),
        ("also-nothing", "dangling-reference", 2),
        ("bad-value", "invalid-value", 3),
    ] {
        let mut sources = Sources::new();
        let text = text_of(FOLDER, &format!("broken/{name}.conf"));
        let said = read_text(&mut sources, Format::IpsecConf, &text).unwrap_err();
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
        if let Err(complaints) = read_text(&mut sources, Format::IpsecConf, &text[..cut]) {
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

/// What is inherited from too far away is missed aloud, whichever program the file is for.
#[test]
fn a_chain_that_is_too_long_is_said() {
    let chain = |length: usize, last: &str| {
        let link = |n: usize| format!("conn c{n}\n\talso=c{}\n", n + 1);
        let links: String = (0..length).map(link).collect();
        format!("{links}conn c{length}\n\tleft=203.0.113.10\n\tright=%any\n\t{last}\n\tauto=add\n")
    };
    for (format, last) in [
        ("ipsec-conf", "ike=aes256-sha256-modp2048!"),
        ("libreswan", "ike=aes256-sha2_256-modp2048"),
    ] {
        for (length, said) in [(50, false), (300, true)] {
            let arguments = ["lint", "-", "--from", format, "--format", "json"];
            let run = crate::common::ikecompat(&arguments, &chain(length, last));
            let text = format!("{}{}", run.stdout, run.stderr);
            assert_eq!(
                text.contains("inheritance-too-long"),
                said,
                "{format} {length}"
            );
        }
    }
}
