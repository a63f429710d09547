//! swanctl.conf: what is read, where it stands, and what is said about what strongSwan refuses.
//!
//! `tests/corpus/swanctl/broken` holds a file a mistake, and beside it what is said about it.
//! `SNAPSHOTS=overwrite cargo test` rewrites those after a change of words.

use std::fs;
use std::path::Path;
use std::time::Duration;

use ikecompat::diag::{Diagnostic, Severity, Sources, Style};
use ikecompat::format::Format;
use ikecompat::ike::Proposal;
use ikecompat::peer::server::{IkeVersions, Role};
use ikecompat::peer::{Entry, Origin, Server};
use ikecompat::read::Reading;
use snapbox::Data;

use crate::common::ikecompat;
use crate::configuration::{self, broken_files, written};

const FOLDER: &str = "tests/corpus/swanctl";

fn text_of(name: &str) -> String {
    configuration::text_of(FOLDER, name)
}

fn read_text(sources: &mut Sources, text: &str) -> Result<Reading<Server>, Vec<Diagnostic>> {
    configuration::read_text(sources, Format::Swanctl, text)
}

fn server_of(text: &str) -> Server {
    configuration::server_of(Format::Swanctl, text)
}

#[test]
fn every_value_is_read_with_its_place() {
    let mut sources = Sources::new();
    let server = read_text(&mut sources, &text_of("offices.conf"))
        .unwrap()
        .value;
    assert_eq!(server.remote_id.as_deref(), Some("vpn.example.com"));
    let names: Vec<_> = server.connections.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["road-warriors", "branch", "old-router", "printers"]);
    let [people, branch, old, printers] = server.connections.as_slice() else {
        panic!("four connections");
    };
    assert_eq!(people.role, Role::RemoteAccess);
    assert_eq!(people.versions, IkeVersions::Ikev2, "inherited from `base`");
    assert_eq!(people.rekey.ike, Some(Duration::from_secs(86_400)));
    assert_eq!(people.rekey.child, Some(Duration::from_secs(28_800)));
    assert_eq!(
        written(&people.ike),
        ["aes256gcm16-prfsha384-ecp384", "aes256-sha256-modp2048"]
    );
    let children: Vec<_> = people.children.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(children, ["everything", "lan"]);
    assert_eq!(
        written(&people.children[1].esp),
        ["aes256-sha256", "aes128-sha1"]
    );
    let line = |entry: &Entry| {
        let position = sources.start(entry.origin.span().unwrap());
        (position.line, position.column)
    };
    assert_eq!(line(&people.ike[1]), (6, 51));
    assert_eq!(
        line(&people.children[1].esp[1]),
        (16, 21),
        "behind an escaped line break"
    );
    assert_eq!(people.remote.methods[0].value, "eap-mschapv2");
    assert_eq!(people.local.certificates[0].value, "vpn.example.com.pem");
    assert_eq!(people.local.addresses[0].value, "198.51.100.7");

    assert_eq!(branch.role, Role::SiteToSite);
    assert_eq!(branch.remote.addresses[0].value, "branch.example.net");
    assert!(branch.children[0].esp.is_empty());
    assert_eq!(branch.children[0].ah.len(), 1);
    assert!(matches!(branch.ike[0].origin, Origin::Default(_)));
    assert_eq!(old.versions, IkeVersions::Ikev1);
    assert!(
        printers.children.is_empty(),
        "nobody negotiates a rule that lets pass"
    );
    assert_eq!(printers.role, Role::SiteToSite);
}

#[test]
fn the_address_of_the_peer_decides_whom_a_connection_is_for() {
    let role = |settings: &str| {
        let text = format!("connections {{\n c {{\n {settings}\n }}\n}}\n");
        server_of(&text).connections[0].role
    };
    for settings in [
        "",
        "remote_addrs = %any",
        "remote_addrs = 0.0.0.0/0, ::/0",
        "remote_addrs = 10.0.0.0/8",
        "remote_addrs = 10.0.0.1-10.0.0.9",
        "remote_addrs = 203.0.113.1, %any",
        "remote_addrs = 203.0.113.1\n pools = p",
    ] {
        assert_eq!(role(settings), Role::RemoteAccess, "{settings}");
    }
    for settings in [
        "remote_addrs = 203.0.113.1",
        "remote_addrs = peer.example.net",
        "remote_addrs = road-side.example.net",
        "remote_addrs = 203.0.113.1/32, 2001:db8::1",
    ] {
        assert_eq!(role(settings), Role::SiteToSite, "{settings}");
    }
}

#[test]
fn reauthentication_alone_means_that_the_server_never_rekeys() {
    let rekey = |settings: &str| {
        let text = format!("connections {{\n c {{\n {settings}\n }}\n}}\n");
        server_of(&text).connections[0].rekey.ike
    };
    let hours = |hours: u64| Some(Duration::from_secs(hours * 3600));
    assert_eq!(rekey(""), None);
    assert_eq!(rekey("reauth_time = 3h"), hours(0));
    assert_eq!(rekey("reauth_time = 3h\n rekey_time = 2 h"), hours(2));
    assert_eq!(rekey("reauth_time = 0s"), None);
}

#[test]
fn words_of_a_later_version_raise_the_version() {
    let engine = |list: &str| {
        let text = format!("connections {{\n c {{\n proposals = {list}\n }}\n d {{\n }}\n}}\n");
        let server = server_of(&text);
        (
            server.engine.to_string(),
            server.connections[0].not_loaded.is_none(),
        )
    };
    let is = |engine: &str, loads| (engine.to_owned(), loads);
    assert_eq!(
        engine("aes256-sha256-modp2048"),
        is("strongswan@5.9.8", true)
    );
    assert_eq!(
        engine("aes256-sha256-x25519-ke1_mlkem768"),
        is("strongswan@6.1.0", true)
    );
    assert_eq!(
        engine("aes256-sha256-ntru128"),
        is("strongswan@5.9.8", true)
    );
    assert_eq!(
        engine("aes256-sha256-ntru128, aes256-sha256-mlkem768"),
        is("strongswan@6.1.0", false),
        "no version knows both"
    );
}

/// ML-KEM belongs behind a classical group, as one of seven additional key exchanges: no help says
/// otherwise, whatever the word.
#[test]
fn help_for_ml_kem_is_an_additional_key_exchange() {
    let lint = |proposal: &str, more: &str| {
        let text = format!(
            "connections {{\n c {{\n  proposals = {proposal}\n  pools = p\n{more} }}\n}}\n"
        );
        let run = crate::common::ikecompat(&["lint", "-", "--from", "swanctl"], &text);
        let said = format!("{}{}", run.stdout, run.stderr);
        said.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    for word in ["ke8_mlkem768", "ke0_mlkem768", "ml_kem_768"] {
        let said = lint(&format!("aes256-sha256-x25519-{word}"), "");
        assert!(
            said.contains("write `ke1_mlkem768` behind a classical group"),
            "{said}"
        );
        assert!(said.contains("`ke1_` to `ke7_`"), "{said}");
    }
    let said = lint("aes256-sha256-ke9_ecp256", "");
    assert!(said.contains("write `ke1_ecp256`"), "{said}");
    // As the first key exchange it has no fallback of its own, and IKE_SA_INIT is not fragmented.
    let said = lint("aes256-sha256-mlkem768", "");
    assert!(
        said.contains("put a classical group first, and `ke1_mlkem768` behind it"),
        "{said}"
    );
    assert!(!said.contains("ke1_none"), "{said}");
    let said = lint("aes256-sha256-x25519-ke1_mlkem768", "");
    assert!(said.contains("`ke1_none` beside it"), "{said}");
    let run = crate::common::ikecompat(&["explain", "ke8_mlkem768"], "");
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("did you mean `ke1_mlkem768`"),
        "{}",
        run.stderr
    );
    let run = crate::common::ikecompat(&["explain", "mlkem768"], "");
    assert!(
        run.stdout.contains("ke1_mlkem768 in strongSwan"),
        "{}",
        run.stdout
    );
    let conn =
        "conn a\n\tike=aes_gcm256-sha2_512-dh19;addke8=ml_kem_768\n\tright=%any\n\tauto=add\n";
    let run = crate::common::ikecompat(&["lint", "-", "--from", "libreswan"], conn);
    assert!(
        run.stdout.contains("`addke1=` to `addke7=`"),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("…"), "{}", run.stdout);
}

#[test]
fn the_word_default_puts_classic_ciphers_first_and_a_missing_list_aead() {
    let text = "connections {\n c {\n children {\n a {\n esp_proposals = default\n }\n b {\n }\n d {\n \
        ah_proposals = default\n }\n }\n }\n}\n";
    let server = server_of(text);
    let [a, b, d] = server.connections[0].children.as_slice() else {
        panic!("three children");
    };
    let aead = |entries: &[Entry]| -> Vec<bool> {
        let proposals = entries.iter().map(|entry| &entry.proposal);
        proposals
            .map(|p: &Proposal| p.transforms()[0].is_aead())
            .collect()
    };
    assert_eq!(aead(&a.esp), [false, true]);
    assert_eq!(aead(&b.esp), [true, false]);
    assert_eq!(written(&d.ah), ["sha256-sha384-sha512-sha1-aesxcbc"]);
}

#[test]
fn the_same_suites_are_read_out_of_swanctl_conf_and_server_yaml() {
    let swanctl = server_of(
        "connections {\n c {\n proposals = aes256-sha256-modp2048, default\n children {\n n {\n \
        esp_proposals = aes256gcm16, aes256-sha256\n }\n }\n }\n}\n",
    );
    let yaml = "engine: strongswan@5.9.8\nphase1: [aes256-sha256-modp2048, default]\n\
        phase2: [aes256gcm16, aes256-sha256]\n";
    let yaml = configuration::server_of(Format::ServerYaml, yaml);
    configuration::assert_same_suites(&swanctl, &yaml);
}

#[test]
fn each_mistake_is_named_with_its_place() {
    let files = broken_files(FOLDER);
    assert!(files.len() >= 20, "{} files", files.len());
    for path in files {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let relative = format!("{FOLDER}/broken/{name}.conf");
        let run = ikecompat(&["check", &relative, "--clients", "osx"], "");
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

#[test]
fn one_wrong_word_costs_only_its_own_connection() {
    let text = "connections {\n a {\n proposals = aes265-sha256-modp2048\n }\n b {\n \
        proposals = aes256-sha256-modp2048\n }\n}\n";
    let reading = read_text(&mut Sources::new(), text).unwrap();
    let [a, b] = reading.value.connections.as_slice() else {
        panic!("two connections");
    };
    let why = a.not_loaded.as_deref();
    assert_eq!(why, Some("`aes265` is not an algorithm keyword"));
    assert!(!a.serves_clients() && b.serves_clients() && b.not_loaded.is_none());
    let said: Vec<_> = reading
        .diagnostics
        .iter()
        .map(|one| (one.severity, one.code))
        .collect();
    assert!(
        said.contains(&(Severity::Warning, "unknown-keyword")),
        "{:?}",
        reading.diagnostics
    );
    let notes = reading.diagnostics.iter().flat_map(|one| &one.notes);
    assert!(
        notes
            .into_iter()
            .any(|note| note.contains("algorithm 'aes265' not recognized"))
    );
}

/// Each file with the code of the first complaint, and the line it points at.
#[test]
fn mistakes_have_the_codes_of_their_kind() {
    for (name, code, line) in [
        ("unknown-keyword", "unknown-keyword", 3),
        ("no-group", "no-key-exchange", 3),
        ("mixed-cipher-modes", "mixed-cipher-modes", 5),
        ("unknown-option", "unknown-option", 3),
        ("one-setting-a-line", "invalid-value", 3),
        ("not-closed", "syntax-error", 1),
        ("dot-in-name", "syntax-error", 2),
        ("template", "syntax-error", 4),
        ("bom-crlf", "unknown-keyword", 3),
    ] {
        let mut sources = Sources::new();
        let said = match read_text(&mut sources, &text_of(&format!("broken/{name}.conf"))) {
            Ok(reading) => reading.diagnostics,
            Err(complaints) => complaints,
        };
        let found = said.iter().find(|one| one.code == code);
        let found = found.unwrap_or_else(|| panic!("{name} without {code}"));
        let span = found.place.span().unwrap();
        assert_eq!(sources.start(span).line, line, "{name}");
    }
}

#[test]
fn what_strongswan_loads_is_not_complained_about() {
    let text = text_of("offices.conf");
    let reading = read_text(&mut Sources::new(), &text).unwrap();
    let said: Vec<_> = reading.diagnostics.iter().map(|one| one.code).collect();
    assert!(said.is_empty(), "{said:?}");
}

#[test]
fn a_file_cut_anywhere_is_read_or_refused_but_never_fatal() {
    let text = text_of("offices.conf");
    for cut in (0..text.len()).filter(|cut| text.is_char_boundary(*cut)) {
        let mut sources = Sources::new();
        let said = match read_text(&mut sources, &text[..cut]) {
            Ok(reading) => reading.diagnostics,
            Err(complaints) => {
                assert!(!complaints.is_empty(), "cut at {cut} without a reason");
                complaints
            }
        };
        for one in &said {
            let shown = sources.render(one, Style::Plain);
            assert!(!shown.contains("hunter"), "cut at {cut}: {shown}");
        }
    }
}

/// However a secret is quoted, and whatever is wrong beside it.
#[test]
fn secrets_are_never_shown() {
    for secret in [
        "hunter2",
        "\"hunter2\"",
        "\"hunter2",
        "hunter2 hunter3",
        "\"hun\\\"ter2 hunter2\"",
        "\"hunter2 \\\n hunter3\"",
        "\"hunter2\n hunter3\"",
        "hunter2 } hunter3",
        "hunter2 # hunter3",
        "= hunter2",
        "{ hunter2",
        "0shunter2==",
    ] {
        for before in [
            "secret = ",
            "secret ",
            "secret: ",
            "secret2=",
            "secret {",
            "",
            "pin = ",
        ] {
            for rest in [
                "\n }\n}\n",
                "\n}\n",
                "",
                "\n }\n}\nconnections {\n c {\n x = 1\n }\n}\n",
            ] {
                let text = format!("secrets {{\n ike {{\n  {before}{secret}{rest}");
                let mut sources = Sources::new();
                let said = match read_text(&mut sources, &text) {
                    Ok(reading) => reading.diagnostics,
                    Err(complaints) => complaints,
                };
                for one in said {
                    let shown = sources.render(&one, Style::Plain);
                    assert!(!shown.contains("hunter"), "{text}\n{shown}");
                }
            }
        }
    }
}

#[test]
fn included_files_are_read_where_they_stand() {
    let run = ikecompat(
        &[
            "check",
            &format!("{FOLDER}/included/main.conf"),
            "--clients",
            "osx",
        ],
        "",
    );
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    let main = format!("{FOLDER}/included/main.conf");
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&main)).unwrap();
    let run = ikecompat(
        &["check", "-", "--from", "swanctl", "--clients", "osx"],
        &text,
    );
    assert_eq!(run.status, 1, "standard input has no folder");
    assert!(run.stderr.contains("not-included"), "{}", run.stderr);
}

#[test]
fn connections_that_no_client_meets_are_named_and_not_compared() {
    let offices = format!("{FOLDER}/offices.conf");
    let run = ikecompat(&["check", &offices, "--clients", "osx"], "");
    assert_eq!(run.status, 0, "{}", run.stderr);
    for line in [
        "branch and printers: site to site",
        "old-router: IKEv1 only",
    ] {
        assert!(run.stdout.contains(line), "{}", run.stdout);
    }
    let run = ikecompat(
        &["check", &offices, "--clients", "osx", "--format", "json"],
        "",
    );
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let connections = &json["servers"][0]["connections"];
    let roles: Vec<_> = connections
        .as_array()
        .unwrap()
        .iter()
        .map(|c| &c["role"])
        .collect();
    assert_eq!(
        roles,
        [
            "remote-access",
            "site-to-site",
            "site-to-site",
            "site-to-site"
        ]
    );
    assert_eq!(connections[2]["versions"], "ikev1");
    assert_eq!(
        json["servers"][0]["clients"][0]["connection"],
        "road-warriors"
    );
}
