//! Upgrades that locked people out, each predicted from the data of the two versions.

use ikecompat::answer::{Clients, Question, ServerInput, ServerText, ask};
use ikecompat::compat::code::NegotiationCode;
use ikecompat::compat::report::{ClientReport, Overall};
use ikecompat::compat::verdict::Judged;
use ikecompat::diag::{Severity, Sources};
use ikecompat::dialect::charon;
use ikecompat::format::Format;
use ikecompat::peer::{Engine, Grade};
use ikecompat::profile::Database;

/// What comes out for one client.
#[derive(Debug)]
struct Answer {
    overall: Overall,
    ike: Judged,
    child_rekey_by_client: Option<Judged>,
    child_rekey_by_server: Option<Judged>,
    /// Names of the errors that lint finds.
    errors: Vec<&'static str>,
}

impl Answer {
    fn of(client: &ClientReport, errors: Vec<&'static str>) -> Self {
        let child = client.children.first().map(|child| &child.verdicts);
        Self {
            overall: client.verdict,
            ike: client.ike.ike_sa_init.clone(),
            child_rekey_by_client: child.map(|it| it.child_rekey_by_client.clone()),
            child_rekey_by_server: child.map(|it| it.child_rekey_by_server.clone()),
            errors,
        }
    }

    /// The name of what is refused when the server renews a child SA.
    fn refused_by_server(&self) -> Option<NegotiationCode> {
        self.child_rekey_by_server.as_ref()?.verdict.code()
    }

    /// The name of what is refused when the client renews a child SA.
    fn refused_by_client(&self) -> Option<NegotiationCode> {
        self.child_rekey_by_client.as_ref()?.verdict.code()
    }
}

/// A server of this version with this configuration, and one client.
fn check(engine: &str, configuration: &str, client: &str) -> Answer {
    let database = Database::builtin();
    let engine: Engine = engine.parse().unwrap();
    let text = format!("engine: {engine}\n{configuration}");
    let text = ServerText {
        engine: Some(engine),
        format: Some(Format::ServerYaml),
        ..ServerText::new("server.yaml", text.as_bytes())
    };
    let policy = database.policy("rfc8247").unwrap();
    let question = Question {
        clients: Clients::Selected(client),
        ..Question::new(ServerInput::Text(text), &policy)
    };
    let answer = ask(&question, &database, &mut Sources::new()).unwrap();
    let errors = answer.findings.iter().map(|it| &it.diagnostic);
    let errors = errors.filter(|it| it.severity == Severity::Error);
    Answer::of(
        &answer.clients[0].report,
        errors.map(|it| it.code).collect(),
    )
}

/// <https://github.com/libreswan/libreswan/issues/2496>: the advice to add MODP_1024 for Windows
/// takes the whole connection down where the group is not built in.
#[test]
fn modp1024_in_a_libreswan_that_has_none() {
    let advice = "phase1: [aes256-sha256-modp2048, aes256-sha256-modp1024]\nphase2: [aes256-sha1]\npfs: no\n";
    let old = check("libreswan@3.29", advice, "windows-10:require");
    assert_eq!(old.overall, Overall::Connects);
    let new = check("libreswan@4.15", advice, "windows-10:require");
    assert_eq!(new.overall, Overall::Refused);
    assert_eq!(new.errors, ["algorithm-not-in-build"]);
    // Not Windows alone: nobody is let in.
    assert_eq!(
        check("libreswan@4.15", advice, "macos-13").overall,
        Overall::Refused
    );
    assert_eq!(
        check("libreswan@3.29", advice, "macos-13")
            .ike
            .verdict
            .suites()
            .len(),
        1
    );
}

/// <https://github.com/libreswan/libreswan/issues/84>: 3.19 took MODP_1024 out of the default list.
#[test]
fn windows_locked_out_by_libreswan_3_19() {
    let silent = "phase2: [aes256-sha1]\npfs: no\n";
    let old = check("libreswan@3.18", silent, "windows-10:require");
    assert_eq!(old.overall, Overall::Connects);
    let suite = old.ike.verdict.suite().map(charon::suite);
    assert_eq!(
        suite.as_deref(),
        Some("3DES_CBC/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024")
    );
    // The list of 3.18 is deduced, and so is what comes of it.
    assert_eq!(old.ike.evidence, Some(Grade::Inferred));
    let new = check("libreswan@3.19", silent, "windows-10:require");
    assert_eq!(new.overall, Overall::Refused);
    assert_eq!(
        new.ike.verdict.code(),
        Some(NegotiationCode::NoCommonKeyExchange)
    );
}

/// <https://github.com/strongswan/strongswan/issues/2831>: a server that rekeys proposes groups
/// since 6.0.2, which Windows without a PFS group refuses although NONE stands beside them.
#[test]
fn windows_refuses_the_rekeying_of_strongswan_6_0_2() {
    let silent = "nat: no\nphase1: [aes256-sha256-modp1024]\n";
    let old = check("strongswan@6.0.1", silent, "windows-10:require");
    assert_eq!(old.overall, Overall::Connects);
    let suite = old.child_rekey_by_server.as_ref().unwrap().verdict.suite();
    assert_eq!(
        suite.map(charon::suite).as_deref(),
        Some("AES_CBC_256/HMAC_SHA1_96/NO_EXT_SEQ")
    );
    let new = check("strongswan@6.0.2", silent, "windows-10:require");
    // Windows renews the keys after 57 minutes, and charon gives up the old SA after 66.
    assert_eq!(new.overall, Overall::Connects);
    let short = format!("{silent}rekey: {{child: 50m}}\n");
    let short = check("strongswan@6.0.2", &short, "windows-10:require");
    assert_eq!(short.overall, Overall::RekeyFails);
    assert_eq!(
        new.refused_by_server(),
        Some(NegotiationCode::RekeyWithKeyExchangeRefused)
    );
    // The client's own rekeying still works: NONE is in the list.
    assert_eq!(new.refused_by_client(), None);
    // With a list of its own the server is as before.
    let written = format!("{silent}phase2: [aes256-sha1]\n");
    let written = check("strongswan@6.0.2", &written, "windows-10:require");
    assert_eq!(written.overall, Overall::Connects);
}

/// <https://github.com/opnsense/core/issues/9382>: Check Point does not answer a child SA whose offer
/// lists groups and NONE.
#[test]
fn check_point_hangs_on_strongswan_6_0_3() {
    let silent = "phase1: [aes256gcm16-prfsha384-ecp384]\n";
    let old = check("strongswan@6.0.1", silent, "checkpoint");
    assert_eq!(
        (old.overall, old.refused_by_server()),
        (Overall::Unknown, None)
    );
    // What it offers nobody wrote down, but this it refuses whatever was agreed before.
    let new = check("strongswan@6.0.3", silent, "checkpoint");
    // Nobody wrote down either when it renews keys by itself.
    assert_eq!(new.overall, Overall::Unknown);
    assert_eq!(
        new.refused_by_server(),
        Some(NegotiationCode::RekeyWithKeyExchangeRefused)
    );
}

/// <https://github.com/libreswan/libreswan/issues/1234>: 4.6 to 4.15 renew a child SA in the group of
/// the IKE SA, whatever the groups in `esp=` are; before and since they do not.
#[test]
fn groups_that_differ_and_a_tunnel_that_survives() {
    let ours = "phase1: [aes128-sha256-ecp256]\nphase2: [aes256-sha256-ecp521]\npfs: yes\n";
    // The app renews its child SAs with groups, ECP_256 among them, or without.
    let client = "strongswan-android-2.4.1";
    let suite_of = |answer: &Answer| {
        let judged = answer.child_rekey_by_client.as_ref().unwrap();
        judged.verdict.suite().map(charon::suite)
    };
    for (engine, expected) in [
        ("libreswan@4.5", "ECP_521"),
        ("libreswan@4.6", "ECP_256"),
        ("libreswan@4.15", "ECP_256"),
        ("libreswan@5.0", "ECP_521"),
    ] {
        let answer = check(engine, ours, client);
        let expected = format!("AES_CBC_256/HMAC_SHA2_256_128/{expected}/NO_EXT_SEQ");
        assert_eq!(suite_of(&answer), Some(expected), "{engine}");
    }
    // A client that offers the group of the IKE SA only fails where the configured one counts.
    let theirs = "phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256-modp4096]\npfs: yes\n";
    for (engine, expected) in [
        ("libreswan@4.5", Some(NegotiationCode::NoCommonKeyExchange)),
        ("libreswan@4.11", None),
        ("libreswan@5.2", Some(NegotiationCode::NoCommonKeyExchange)),
    ] {
        let answer = check(engine, theirs, "libreswan-3.23");
        assert_eq!(answer.ike.verdict.suites().len(), 1, "{engine}");
        assert_eq!(answer.refused_by_client(), expected, "{engine}");
    }
}

/// <https://github.com/NethServer/dev/issues/5696>: `pfs=no` beside a group in `esp=` keeps the
/// connection from being loaded since 3.25.
#[test]
fn pfs_off_beside_a_group_since_libreswan_3_25() {
    let both = "phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256-modp2048]\npfs: no\n";
    let old = check("libreswan@3.23", both, "osx");
    assert_eq!(old.overall, Overall::Connects);
    let new = check("libreswan@3.25", both, "osx");
    assert_eq!(new.overall, Overall::Refused);
    assert_eq!(
        new.ike.verdict.code(),
        Some(NegotiationCode::ConnectionNotLoaded)
    );
    assert_eq!(new.errors, ["group-without-pfs"]);
    // Either word alone is right.
    let groupless = both.replace(
        "phase2: [aes256-sha256-modp2048]",
        "phase2: [aes256-sha256]",
    );
    assert_eq!(
        check("libreswan@3.25", &groupless, "osx").overall,
        Overall::Connects
    );
    let on = both.replace("pfs: no", "pfs: yes");
    assert_eq!(
        check("libreswan@3.25", &on, "osx").overall,
        Overall::RekeyFails
    );
}

/// <https://github.com/nm-l2tp/NetworkManager-l2tp/issues/123>: "DH algorithm 'modp1024' is not
/// supported" since 3.30.
#[test]
fn modp1024_not_built_in_since_libreswan_3_30() {
    let only = "phase1: [3des-sha1-modp1024]\nphase2: [3des-sha1]\npfs: no\n";
    let old = check("libreswan@3.29", only, "windows-10:require");
    assert_eq!(old.overall, Overall::Connects);
    let new = check("libreswan@3.30", only, "windows-10:require");
    assert_eq!(new.overall, Overall::Refused);
    assert_eq!(
        new.ike.verdict.code(),
        Some(NegotiationCode::ConnectionNotLoaded)
    );
}
