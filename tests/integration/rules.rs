//! Every rule of `lint`: a configuration in which it fires, and one like it in which it does not.

use std::collections::BTreeSet;
use std::sync::Arc;

use ikecompat::answer::{ServerText, reading};
use ikecompat::compat::client::Situation;
use ikecompat::compat::report::reports;
use ikecompat::diag::{Finding, Sources};
use ikecompat::lint::{self, LintSubject};
use ikecompat::peer::server::{Authentication, IkeVersions, Reauthentication, Spanned};
use ikecompat::peer::{Engine, EngineName, Server, Span, Version};
use ikecompat::profile::Database;

use crate::common::ikecompat;

/// What a text that was read is turned into before the rules see it.
type Change = fn(&mut Server, &mut Situation);

fn as_read(_: &mut Server, _: &mut Situation) {}

/// The findings about a configuration in view of `clients`, with the line of each.
fn findings(text: &str, clients: &str, change: Change) -> Vec<(Finding, Option<usize>)> {
    let database = Database::builtin();
    let policy = database.policy("rfc8247").unwrap();
    let mut sources = Sources::new();
    let input = ServerText::new("server", text.as_bytes());
    let reading = reading::server(&input, &database, &mut sources).unwrap_or_else(|diagnostics| {
        let messages: Vec<_> = diagnostics.into_iter().map(|it| it.message).collect();
        panic!("{text}\n{messages:?}")
    });
    let mut server = reading.value;
    let mut situation = Situation::of(&server, database.build(server.engine).unwrap());
    change(&mut server, &mut situation);
    let clients: Vec<_> = if clients.is_empty() {
        Vec::new()
    } else {
        let selected = database.select(clients).unwrap();
        selected
            .into_iter()
            .map(|one| Arc::new(one.client))
            .collect()
    };
    let reports = reports(&server, &clients, &situation, &policy);
    let subject = LintSubject {
        clients_chosen: true,
        server: &server,
        clients: &reports,
        situation: &situation,
        policy: &policy,
        sources: &sources,
        texts: sources.count(),
        file: 0,
        database: &database,
    };
    let linted = lint::lint(&subject, reading.diagnostics);
    let line = |finding: &Finding| {
        let span = finding.span()?;
        Some(sources.start(span).line)
    };
    let found = linted.findings.into_iter();
    found
        .map(|it| {
            let line = line(&it);
            (it, line)
        })
        .collect()
}

/// A rule, the clients, a text in which it fires on the given line, one in which it does not.
struct Case {
    rule: &'static str,
    clients: &'static str,
    change: Change,
    fires: &'static str,
    line: Option<usize>,
    silent: &'static str,
}

const fn case(
    rule: &'static str,
    clients: &'static str,
    (fires, line): (&'static str, usize),
    silent: &'static str,
) -> Case {
    Case {
        rule,
        clients,
        change: as_read,
        fires,
        line: Some(line),
        silent,
    }
}

fn cases() -> Vec<Case> {
    let mut cases = vec![
        case(
            "algorithm-not-in-build",
            "",
            (
                "phase1: [camellia256ccm16-prfsha256-modp2048]\nphase2:\n- aes256-sha256\n- aes256-camelliaxcbc\n- aes256ctr-sha256-gost256",
                5,
            ),
            "phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256-modp2048]",
        ),
        case(
            "default-list-changes",
            "",
            (
                "phase1: [aes256-sha256-modp2048]\nphase2:\n- aes256-sha256\n- default",
                4,
            ),
            "phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]",
        ),
        case(
            "duplicate-entry",
            "",
            (
                "phase1:\n- aes256-sha256-modp2048\n- aes256-sha256-modp2048\nphase2: [aes256-sha256]",
                3,
            ),
            "phase1:\n- aes256-sha256-modp2048\n- aes256-sha256-modp3072\nphase2: [aes256-sha256]",
        ),
        case(
            "duplicate-section",
            "",
            (
                "connections {\n  rw {\n    version = 2\n    proposals = aes256-sha256-modp2048\n    children {\n      n {\n      }\n    }\n  }\n  rw {\n    proposals = aes128-sha256-modp2048\n  }\n}",
                10,
            ),
            "connections {\n  rw {\n    version = 2\n    children {\n      n {\n      }\n    }\n  }\n  rv {\n    version = 2\n    children {\n      n {\n      }\n    }\n  }\n}",
        ),
        case(
            "duplicate-section",
            "",
            (
                "conn rw\n\tright=%any\n\tauto=add\nconn rw\n\tike=aes256-sha256-modp2048!\n\testrangement=no\n",
                4,
            ),
            "conn rw\n\tright=%any\n\tauto=add\nconn other\n\tright=%any\n\tauto=add\n",
        ),
        case(
            "truncated-sha256",
            "",
            (
                "connections {\n  rw {\n    children {\n      n {\n        esp_proposals = aes256-sha256\n        sha256_96 = yes\n      }\n    }\n  }\n}",
                6,
            ),
            "connections {\n  rw {\n    children {\n      n {\n        esp_proposals = aes256-sha512\n        sha256_96 = yes\n      }\n    }\n  }\n}",
        ),
        case(
            "truncated-sha256",
            "",
            (
                "conn rw\n\tikev2=insist\n\tright=%any\n\tesp=aes256-sha2\n\tsha2-truncbug=yes\n\tauto=add\n",
                5,
            ),
            "conn rw\n\tikev2=insist\n\tright=%any\n\tesp=aes256-sha2\n\tsha2-truncbug=no\n\tauto=add\n",
        ),
        case(
            "encryption-without-integrity",
            "",
            (
                "phase1: [aes256-sha256-modp2048]\nphase2:\n- aes256-modp2048",
                3,
            ),
            "phase1: [aes256-sha256-modp2048]\nphase2: [aes256gcm16-modp2048]",
        ),
        case(
            "esn-in-ike",
            "",
            (
                "phase1:\n- aes256-sha256-modp2048-esn\nphase2: [aes256-sha256]",
                2,
            ),
            "phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256-esn-noesn]",
        ),
        case(
            "esn-only",
            "",
            (
                "phase1: [aes256-sha256-modp2048]\nphase2:\n- aes256-sha256-esn",
                3,
            ),
            "phase1: [aes256-sha256-modp2048]\nphase2:\n- aes256-sha256-esn\n- aes256-sha256",
        ),
        case(
            "group-without-pfs",
            "",
            (
                "engine: libreswan@3.25\npfs: no\nphase1: [aes256-sha256-modp2048]\nphase2:\n- aes256-sha256-modp2048",
                5,
            ),
            "engine: libreswan@3.25\npfs: yes\nphase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256-modp2048]",
        ),
        case(
            "pfs-from-ike-group",
            "",
            (
                "engine: libreswan@4.15\nphase1: [aes256-sha256-modp2048]\nphase2:\n- aes256-sha256",
                4,
            ),
            "engine: libreswan@4.15\npfs: no\nphase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]",
        ),
        case(
            "identity-contradicts-address",
            "",
            (
                "address: vpn.example.com\nremote_id: gate.example.com\nphase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]",
                2,
            ),
            "address: 192.0.2.1\nremote_id: VPN.example.com\nphase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]",
        ),
        case(
            "ignored-keyword",
            "",
            (
                "phase1: [aes256gcm16-sha256-modp2048]\nphase2:\n- aes256gcm16-sha256",
                3,
            ),
            "phase1: [aes256gcm16-sha256-modp2048]\nphase2: [aes256gcm16]",
        ),
        case(
            "ignore-without-reason",
            "",
            (
                "# ikecompat: allow(weak-entry)\nphase1: [aes256-sha1-modp2048]\nphase2: [aes256-sha256]",
                1,
            ),
            "# ikecompat: allow(weak-entry): old printers\nphase1: [aes256-sha1-modp2048]\nphase2: [aes256-sha256]",
        ),
        case(
            "key-exchange-round-trip",
            "strongswan-android-2.4.1",
            (
                "phase1:\n- aes256-sha256-modp2048\nphase2: [aes256-sha256]",
                2,
            ),
            "phase1: [aes256-sha256-ecp256]\nphase2: [aes256-sha256]",
        ),
        case(
            "key-exchange-not-fragmented",
            "",
            (
                "connections {\n c {\n proposals = aes256-sha256-ecp256-ke1_mlkem768\n fragmentation = no\n children {\n a {\n esp_proposals = aes256-sha256\n }\n }\n }\n}\n",
                3,
            ),
            "connections {\n c {\n proposals = aes256-sha256-ecp256-ke1_mlkem768\n fragmentation = yes\n children {\n a {\n esp_proposals = aes256-sha256\n }\n }\n }\n}\n",
        ),
        case(
            "key-exchange-not-fragmented",
            "",
            (
                "engine: strongswan@6.0.6\nphase1:\n- aes256-sha256-mlkem768\nphase2: [aes256-sha256]",
                3,
            ),
            "engine: strongswan@6.0.6\nphase1: [aes256-sha256-mlkem512]\nphase2: [aes256-sha256]",
        ),
        case(
            "key-exchange-not-fragmented",
            "",
            (
                "conn a\n\tike=aes_gcm256-sha2_512-dh19;addke1=ml_kem_768\n\tesp=aes_gcm256\n\tleft=192.0.2.1\n\tright=%any\n\tfragmentation=no\n\tauto=add\n",
                2,
            ),
            "conn a\n\tike=aes_gcm256-sha2_512-dh19;addke1=ml_kem_768\n\tesp=aes_gcm256\n\tleft=192.0.2.1\n\tright=%any\n\tfragmentation=yes\n\tauto=add\n",
        ),
        case(
            "key-exchange-not-fragmented",
            "",
            (
                "conn a\n\tkeyexchange=ikev2\n\tike=aes256-sha256-ecp256-ke1_mlkem768!\n\tesp=aes256-sha256!\n\tright=%any\n\trightsourceip=10.0.0.0/24\n\tfragmentation=no\n\tauto=add\n",
                3,
            ),
            "conn a\n\tkeyexchange=ikev2\n\tike=aes256-sha256-ecp256-ke1_mlkem768!\n\tesp=aes256-sha256!\n\tright=%any\n\trightsourceip=10.0.0.0/24\n\tauto=add\n",
        ),
        case(
            "intermediate-overruled",
            "",
            (
                "conn a\n\tike=aes_gcm256-sha2_512-dh19;addke1=ml_kem_768\n\tesp=aes_gcm256\n\tleft=192.0.2.1\n\tright=%any\n\tintermediate=no\n\tauto=add\n",
                6,
            ),
            "conn a\n\tike=aes_gcm256-sha2_512-dh19;addke1=ml_kem_768\n\tesp=aes_gcm256\n\tleft=192.0.2.1\n\tright=%any\n\tintermediate=yes\n\tauto=add\n",
        ),
        case(
            "post-quantum-not-in-pfs",
            "",
            (
                "engine: strongswan@6.0.6\nphase1: [aes256-sha256-ecp256-ke1_mlkem768]\nphase2:\n- aes256-sha256-ecp256",
                4,
            ),
            "engine: strongswan@6.0.6\nphase1: [aes256-sha256-ecp256-ke1_mlkem768]\nphase2: [aes256-sha256-ecp256-ke1_mlkem768]",
        ),
        case(
            "post-quantum-not-in-pfs",
            "",
            (
                "engine: libreswan@5.4\nphase1: [aes256-sha256-ecp256]\nphase2:\n- aes256-sha256-ecp256-ke1_mlkem768",
                4,
            ),
            "engine: libreswan@5.4\nphase1: [aes256-sha256-ecp256]\nphase2: [aes256-sha256-ecp256]",
        ),
        case(
            "algorithm-not-in-build",
            "",
            (
                "engine: libreswan@5.3.2\nphase1:\n- aes256-sha256-ecp256-ke1_mlkem768\nphase2: [aes256-sha256]",
                3,
            ),
            "engine: libreswan@5.4\nphase1: [aes256-sha256-ecp256-ke1_mlkem768]\nphase2: [aes256-sha256]",
        ),
        case(
            "algorithm-not-in-build",
            "",
            (
                "engine: libreswan@5.2\nphase1:\n- aes256-sha256-mlkem768\nphase2: [aes256-sha256]",
                3,
            ),
            "engine: libreswan@5.4\nphase1: [aes256-sha256-mlkem768]\nphase2: [aes256-sha256]",
        ),
        case(
            "post-quantum-without-fallback",
            "osx",
            (
                "engine: strongswan@6.0.6\nphase1:\n- aes256-sha256-ecp256-ke1_mlkem768\nphase2: [aes256-sha256]",
                3,
            ),
            "engine: strongswan@6.0.6\nphase1: [aes256-sha256-ecp256-ke1_mlkem768-ke1_none]\nphase2: [aes256-sha256]",
        ),
        case(
            "key-length-not-shared",
            "macos-13",
            (
                "phase1:\n- aes128-sha256-modp2048\nphase2: [aes256-sha256]",
                2,
            ),
            "phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]",
        ),
        case(
            "none-before-groups",
            "",
            (
                "phase1: [aes256-sha256-modp2048]\nphase2:\n- aes256-sha256-none-modp2048",
                3,
            ),
            "phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256-modp2048-none]",
        ),
        case(
            "entry-not-selectable",
            "",
            (
                "product: opnsense\nphase1: [aes256-sha256-modp2048]\nphase2:\n- aes128-sha256",
                4,
            ),
            "product: opnsense\nphase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]",
        ),
        case(
            "null-encryption-in-esp",
            "",
            (
                "phase1: [aes256-sha256-modp2048]\nphase2:\n- aes256-null-sha256",
                3,
            ),
            "phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]",
        ),
        case(
            "null-encryption-in-ike",
            "",
            (
                "phase1:\n- null-sha256-modp3072\nphase2: [aes256-sha256]",
                2,
            ),
            "phase1: [aes256-sha256-modp3072]\nphase2: [null-sha256]",
        ),
        case(
            "optional-pfs-refused",
            "windows-10:dh2048-2",
            (
                "phase1: [aes256-sha256-modp2048]\nphase2:\n- aes256-sha1-modp2048-none\nnat: no",
                3,
            ),
            "phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha1]",
        ),
        case(
            "peer-order-wins",
            "",
            (
                "prefer_configured_proposals: no\nphase1:\n- aes256-des-sha256-modp2048\nphase2: [aes256-sha256]",
                3,
            ),
            "prefer_configured_proposals: no\nphase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]",
        ),
        case(
            "pfs-group-not-offered",
            "macos-13",
            (
                "phase1: [aes256-sha256-modp2048]\nphase2:\n- aes256-sha256-modp2048",
                3,
            ),
            "phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]",
        ),
        case(
            "pfs-not-configured",
            "windows-10-custom:gcm128-ecp256-pfs",
            ("phase1: [aes128-sha384-ecp256]\nphase2:\n- aes128gcm16", 3),
            "phase1: [aes128-sha384-ecp256]\nphase2: [aes128gcm16-ecp256-none]",
        ),
        case(
            "pfs-refused",
            "windows-10:dh2048-2",
            (
                "phase1: [aes256-sha256-modp2048]\nphase2:\n- aes256-sha1-modp2048\nnat: no",
                3,
            ),
            "phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha1]",
        ),
        case(
            "pfs-weaker-than-ike",
            "",
            (
                "phase1: [aes256-sha256-ecp384]\nphase2:\n- aes256-sha256-modp2048",
                3,
            ),
            "phase1: [aes256-sha256-ecp384]\nphase2: [aes256-sha256-ecp384]",
        ),
        case(
            "private-use-algorithm",
            "",
            (
                "phase1:\n- serpent256-sha256-modp2048\nphase2: [aes256-sha256]",
                2,
            ),
            "phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]",
        ),
        case(
            "repeated-algorithm",
            "",
            (
                "phase1:\n- aes256-aes256-sha256-modp2048\nphase2: [aes256-sha256]",
                2,
            ),
            "phase1: [aes256-aes128-sha256-modp2048]\nphase2: [aes256-sha256]",
        ),
        case(
            "server-initiated-rekey",
            "windows-10:dh2048-2",
            (
                "nat: yes\nphase1: [aes256-sha256-modp2048]\nphase2:\n- aes256-sha1",
                4,
            ),
            "nat: yes\nrekey: {child: 0}\nphase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha1]",
        ),
        case(
            "shadowed-entry",
            "",
            (
                "phase1:\n- aes256-aes128-sha256-modp2048\n- aes128-sha256-modp2048\nphase2: [aes256-sha256]",
                3,
            ),
            "phase1:\n- aes128-sha256-modp2048\n- aes256-aes128-sha256-modp2048\nphase2: [aes256-sha256]",
        ),
        case(
            "stronger-suite-not-chosen",
            "ios-16",
            (
                "phase1:\n- aes128-sha1-modp1024\n- aes256-sha256-modp2048\nphase2: [aes256-sha256]",
                2,
            ),
            "phase1:\n- aes256-sha256-modp2048\n- aes128-sha1-modp1024\nphase2: [aes256-sha256]",
        ),
        case(
            "truncated-sha256",
            "",
            (
                "phase1: [aes256-sha256-modp2048]\nphase2:\n- aes256-sha256_96",
                3,
            ),
            "phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]",
        ),
        case(
            "unreachable-connection",
            "",
            (
                "connections:\n- {name: a, phase1: [aes256-sha256-modp2048], phase2: [aes256-sha256]}\n- {name: b, phase1: [aes256-sha256-modp2048], phase2: [aes128-sha256]}",
                3,
            ),
            "connections:\n- {name: a, phase1: [aes256-sha256-modp2048], phase2: [aes256-sha256]}\n- {name: b, phase1: [aes128-sha256-modp2048], phase2: [aes128-sha256]}",
        ),
        case(
            "unknown-rule",
            "",
            (
                "# ikecompat: allow(weak-entri): old\nphase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]",
                1,
            ),
            "# ikecompat is nice\nphase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]",
        ),
        case(
            "unused-entry",
            "osx-10.11",
            (
                "phase1:\n- aes256-sha256-modp2048\n- aes256-sha384-ecp521\nphase2: [aes256-sha256]",
                3,
            ),
            "phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]",
        ),
        case(
            "unused-ignore",
            "",
            (
                "phase1: [aes256-sha256-modp2048] # ikecompat: allow(weak-entry): old\nphase2: [aes256-sha256]",
                1,
            ),
            "phase1: [aes256-sha1-modp2048] # ikecompat: allow(weak-entry): old\nphase2: [aes256-sha256]",
        ),
        case(
            "weak-entry",
            "",
            (
                "phase1:\n- aes256-sha256-modp2048\n- aes256-sha256-modp1024\nphase2: [aes256-sha256]",
                3,
            ),
            "phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]",
        ),
        case(
            "weak-pfs-group",
            "",
            (
                "phase1: [aes256-sha256-modp2048]\nphase2:\n- aes256-sha256-modp1024",
                3,
            ),
            "phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256-modp2048]",
        ),
        case(
            "weaker-algorithm-first",
            "",
            (
                "phase1:\n- des-aes256-sha256-modp2048\nphase2: [aes256-sha256]",
                2,
            ),
            "phase1: [aes256-des-sha256-modp2048]\nphase2: [aes256-sha256]",
        ),
        case(
            "weaker-entry-first",
            "",
            (
                "phase1:\n- aes256-sha256-modp1024\n- aes256-sha256-modp2048\nphase2: [aes256-sha256]",
                2,
            ),
            "phase1:\n- aes256-sha256-modp2048\n- aes256-sha256-modp1024\nphase2: [aes256-sha256]",
        ),
    ];
    cases.extend(built());
    cases
}

const PLAIN: &str = "phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]";

/// Rules about what `server.yaml` cannot say: the same text, changed or not.
fn built() -> Vec<Case> {
    let of = |rule, clients, fires, change: Change| Case {
        rule,
        clients,
        change,
        fires,
        line: None,
        silent: "",
    };
    vec![
        of("ah-for-clients", "", PLAIN, |server, _| {
            let child = &mut server.connections[0].children[0];
            child.ah = std::mem::take(&mut child.esp);
        }),
        of("connection-without-child", "", PLAIN, |server, _| {
            server.connections[0].children.clear();
        }),
        of("ikev1-only", "", PLAIN, |server, _| {
            server.connections[0].versions = IkeVersions::Ikev1;
        }),
        of("reauthentication", "", PLAIN, |server, situation| {
            situation.lifetimes.percent_of_rekey = Some(110);
            server.connections[0].reauthentication = Some(Reauthentication {
                after: std::time::Duration::from_secs(7200),
                span: None,
            });
        }),
        of("server-identity-missing", "", PLAIN, |server, _| {
            server.connections[0].local = proves(&["pubkey"]);
        }),
        of("server-uses-eap", "", PLAIN, |server, _| {
            server.connections[0].local = proves(&["eap-tls"]);
        }),
        of("shared-key-beside-eap", "", PLAIN, |server, _| {
            server.connections[0].local = proves(&["psk"]);
            server.connections[0].remote = proves(&["eap-mschapv2"]);
        }),
        of(
            "proposal-number-at-rekey",
            "apple-unset-17",
            "phase1: [aes256-sha256-modp2048]\nphase2: [aes256gcm16]",
            |server, situation| {
                server.engine = Engine {
                    name: EngineName::Libreswan,
                    version: Version::new(5, 0, 0),
                };
                situation.rule = Situation::of(server, situation.build.clone()).rule;
            },
        ),
        of(
            "transforms-not-seen",
            "strongswan-android-2.4.1",
            PLAIN,
            |_, situation| situation.build.most_transforms = Some(1),
        ),
        of("too-many-transforms", "", PLAIN, |server, _| {
            let entry = server.connections[0].ike[0].clone();
            server.connections[0]
                .ike
                .extend(std::iter::repeat_n(entry, 255));
        }),
    ]
}

fn proves(methods: &[&str]) -> Authentication {
    let placed = |word: &&str| Spanned {
        value: (*word).to_owned(),
        span: Span::new(0, 0..6),
    };
    Authentication {
        methods: methods.iter().map(placed).collect(),
        ..Authentication::default()
    }
}

#[test]
fn every_rule_fires_where_it_should_and_nowhere_else() {
    let mut tried = BTreeSet::new();
    for case in cases() {
        let named = |(finding, line): &(Finding, Option<usize>)| {
            (finding.diagnostic.code == case.rule).then_some(*line)
        };
        let found = findings(case.fires, case.clients, case.change);
        let hits: Vec<_> = found.iter().filter_map(named).collect();
        let all: Vec<_> = found
            .iter()
            .map(|(it, _)| (it.diagnostic.code, &it.diagnostic.message))
            .collect();
        assert!(!hits.is_empty(), "{}: {}\n{all:?}", case.rule, case.fires);
        if case.line.is_some() {
            assert_eq!(hits, [case.line], "{}: {all:?}", case.rule);
        }
        let silent = if case.silent.is_empty() {
            PLAIN
        } else {
            case.silent
        };
        let found = findings(silent, case.clients, as_read);
        let hit = found.iter().find(|one| named(one).is_some());
        assert!(
            hit.is_none(),
            "{}: {silent}: {:?}",
            case.rule,
            hit.map(|(it, _)| &it.diagnostic.message)
        );
        tried.insert(case.rule);
    }
    let rules = lint::rules().into_iter().map(|rule| rule.name);
    let untried: Vec<_> = rules.filter(|rule| !tried.contains(rule)).collect();
    assert!(untried.is_empty(), "rules without a case: {untried:?}");
}

/// The examples that `explain` shows.
#[test]
fn every_example_fires_its_rule() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/profiles/examples/rules.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    let file: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
    let examples = file["examples"].as_sequence().unwrap();
    assert!(examples.len() > 30);
    for one in examples.iter().filter(|one| one["words"].is_null()) {
        let word = |key: &str| one[key].as_str().unwrap();
        let (rule, line) = (word("code"), one["line"].as_u64().unwrap());
        let clients = one["clients"].as_str().unwrap_or_default();
        let found = findings(word("text"), clients, as_read);
        let fires = found.iter().any(|(finding, at)| {
            finding.diagnostic.code == rule && at.map(|at| at as u64) == Some(line)
        });
        if fires {
            continue;
        }
        // What depends on the product's lifetimes is known to the program alone.
        let mut call = vec!["lint", "-", "--pedantic", "--format", "json"];
        if !clients.is_empty() {
            call.extend(["--clients", clients]);
        }
        let run = ikecompat(&call, word("text"));
        let answer: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let fires = answer["files"][0]["findings"]
            .as_array()
            .unwrap()
            .iter()
            .any(|finding| finding["code"] == rule && finding["line"].as_u64() == Some(line));
        assert!(fires, "{rule}: {}\n{}", word("text"), run.stdout);
    }
}
