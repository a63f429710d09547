//! `explain` knows every word that reports print.

use std::collections::BTreeSet;
use std::path::Path;

use ikecompat::explain::{explain, nearest};
use ikecompat::profile::Database;

use crate::common::ikecompat;

/// Terms that reports are full of.
const TERMS: &[&str] = &[
    "pfs",
    "PFS",
    "PRF",
    "child SA",
    "IKE SA",
    "rekey",
    "rekeying",
    "reauthentication",
    "phase 1",
    "phase 2",
    "rank",
    "tier",
    "recommended",
    "permitted",
    "phasing out",
    "discouraged",
    "prohibited",
    "inferred",
    "observed",
    "keeps the tunnel",
    "keeps",
    "ok",
    "possible",
    "partly unknown",
    "no child",
    "no address",
    "second round",
    "refused behind NAT",
    "by the client only",
    "gains",
    "loses",
    "unchanged",
    "required",
    "verdict",
    "versions",
    "also called",
    "connection",
    "client",
    "gateway",
    "tunnel",
    "assumed",
    "warning",
    "failed",
    "discouraged: modp1024",
    "~refused: DH group",
    "refused: DH group and integrity",
    "refused: no address",
    "aes256-sha256-modp1024",
    "~aes256gcm16-prfsha256-ecp256",
    "aes256-sha1 (inferred)",
    "child SA, by the client",
    "IKE SA, by the server",
    "rekeying of the child SA, by the server",
    "child rekey by initiator",
    "IKE_SA_INIT",
    "CREATE_CHILD_SA",
    "ios-17",
    "windows-10:require",
    "ios",
    "rfc8247",
    "cnsa-2.0",
    "documented",
    "source",
    "reported",
    "evidence",
    "not known",
    "unknown",
    "EAP",
    "EAP-TLS",
    "eap-mschapv2",
    "eap-radius",
    "certificate",
    "PSK",
    "AES-GCM",
    "AEAD",
    "ESN",
    "DH group",
    "key exchange",
    "KE payload",
    "NAT",
    "behind NAT",
    "SHOULD NOT",
    "MUST NOT",
    "MUST-",
    "MAY",
    "proposal",
    "suite",
    "transform",
    "integrity",
    "encryption",
    "engine",
    "policy",
    "refused",
    "loses the tunnel",
    "certain",
    "likely",
    "possible",
    "established",
    "inconclusive",
    "ruled out",
    "vendor ID",
    "notify",
    "COOKIE",
    "traffic selector",
    "address pool",
    "childless",
    "Remote ID",
    "subjectAltName",
    "serverAuth",
    "charon",
    "pluto",
    "strongswan",
    "libreswan",
    "pfsense",
    "opnsense",
    "rras",
    "transport mode",
    "lifetime",
    "MOBIKE",
    "fragmentation",
    "addition",
    "site to site",
    "remote access",
    "ESP",
    "AH",
    "SPI",
];

/// Numbers of errors and sentences of logs that `diagnose` knows.
const SAID: &[&str] = &[
    "87",
    "651",
    "691",
    "808",
    "809",
    "810",
    "error 809",
    "13803",
    "13817",
    "13822",
    "13824",
    "13825",
    "13879",
    "0x362C",
    "-2147011028",
    "ERROR_IPSEC_IKE_DH_FAIL",
    "serverAddressResolutionFailed",
    "Verifying server authentication failed",
    "Nov 30 12:00:00 gw charon: 05[IKE] <c|1> no matching peer config found",
    "Nov 30 12:00:00 gw charon: 05[IKE] <c|1> IKE_SA c[1] established between a and b",
    "13801",
    "13806",
    "13819",
    "13868",
    "NO_PROPOSAL_CHOSEN",
    "AUTHENTICATION_FAILED",
    "TS_UNACCEPTABLE",
    "no IKE config found for 192.0.2.1...198.51.100.2, sending NO_PROPOSAL_CHOSEN",
    "received NO_PROPOSAL_CHOSEN notify error",
    "no acceptable proposal found",
    "EAP-MS-CHAPv2 verification failed, retry (1)",
    "tried 1 shared key for 'a' - 'b', but MAC mismatched",
    "giving up after 5 retransmits",
    "The remote server is not responding",
    "Policy match error",
    "IKE authentication credentials are unacceptable",
];

fn is_known(topic: &str, database: &Database<'_>) -> bool {
    let policy = database.policy("rfc8247").unwrap();
    !explain(topic, database, &policy).unwrap().is_empty()
}

#[test]
fn terms_numbers_and_sentences_are_explained() {
    let database = Database::builtin();
    let missing: Vec<_> = TERMS
        .iter()
        .chain(SAID)
        .filter(|topic| !is_known(topic, &database))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_oddity_of_a_client_is_explained() {
    let database = Database::builtin();
    let ids: BTreeSet<String> = database
        .profiles()
        .filter_map(Result::ok)
        .flat_map(|profile| profile.file.quirks.into_iter().map(|quirk| quirk.id))
        .collect();
    assert!(ids.len() > 20, "{ids:?}");
    for id in ids {
        assert!(is_known(&id, &database), "{id}");
    }
}

/// What stands in brackets in a report, and the words of its matrix.
fn codes(text: &str) -> BTreeSet<String> {
    let parts = text.split(['[', ']']).skip(1).step_by(2);
    let is_code = |part: &&str| {
        part.len() > 3
            && part.contains(['-', '_'])
            && part
                .chars()
                .all(|c| c.is_ascii_lowercase() || c == '-' || c == '_')
    };
    parts.filter(is_code).map(ToOwned::to_owned).collect()
}

#[test]
fn every_code_of_a_report_is_explained_in_five_parts() {
    let database = Database::builtin();
    let policy = database.policy("rfc8247").unwrap();
    let mut all = BTreeSet::new();
    for call in [
        &["check", "examples", "-v"][..],
        &["lint", "examples", "--pedantic"],
        &["lint", "tests/corpus/swanctl", "--pedantic"],
        &["lint", "tests/corpus/libreswan", "--pedantic"],
        &[
            "diagnose",
            "tests/corpus/logs/ike-mismatch-server-syslog.log",
        ],
        &["diagnose", "tests/corpus/logs/eap-badpw-server-pfsense.log"],
    ] {
        let run = ikecompat(call, "");
        all.extend(codes(&run.stdout));
        all.extend(codes(&run.stderr));
    }
    assert!(all.len() > 15, "{all:?}");
    for code in all {
        let articles = explain(&code, &database, &policy).unwrap();
        let first = articles.first().unwrap_or_else(|| panic!("{code}"));
        for part in ["What: ", "Fix: ", "Source: "] {
            let has = first.paragraphs.iter().any(|text| text.starts_with(part));
            assert!(has, "{code}: no {part}\n{:#?}", first.paragraphs);
        }
    }
}

/// The examples of a file of `profiles/examples/`.
fn examples(file: &str) -> Vec<serde_yaml::Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/profiles/examples");
    let text = std::fs::read_to_string(format!("{folder}/{file}")).unwrap();
    let file: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
    file["examples"].as_sequence().unwrap().clone()
}

/// What `explain` shows as an example of a complaint brings about that complaint.
#[test]
fn every_text_of_an_example_is_an_example() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("examples-of-findings");
    std::fs::create_dir_all(&folder).unwrap();
    let mut tried = 0;
    for one in ["reading.yaml", "refusals.yaml"]
        .into_iter()
        .flat_map(examples)
    {
        let word = |key: &str| one[key].as_str().unwrap_or_default();
        if word("text").is_empty() {
            continue;
        }
        let (code, clients) = (word("code"), word("clients"));
        let path = folder.join(word("file"));
        std::fs::write(&path, word("text")).unwrap();
        let file = path.to_str().unwrap();
        let configured = format!("{}={file}", word("client"));
        let calls = if word("client").is_empty() {
            let mut check = vec!["check", file, "--format", "sarif"];
            if !clients.is_empty() {
                check.extend(["--clients", clients]);
            }
            vec![check, vec!["lint", "--pedantic", file]]
        } else {
            vec![vec![
                "check",
                "examples/after.yaml",
                "--clients",
                &configured,
            ]]
        };
        let runs: Vec<_> = calls.iter().map(|call| ikecompat(call, "")).collect();
        let complains = runs.iter().any(|run| {
            let bracketed = format!("[{code}]");
            run.stdout.contains(&format!("\"ruleId\": \"{code}\""))
                || run.stdout.contains(&bracketed)
                || run.stderr.contains(&bracketed)
        });
        assert!(complains, "{code}: {}\n{}", runs[0].stdout, runs[0].stderr);
        tried += 1;
    }
    assert!(tried > 50, "{tried}");
}

#[test]
fn every_log_of_an_example_leads_to_its_cause_alone() {
    let all = examples("diagnoses.yaml");
    assert!(all.len() > 25, "{}", all.len());
    for one in all {
        let run = ikecompat(
            &["diagnose", "-", "--format", "json"],
            one["text"].as_str().unwrap(),
        );
        let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let findings = json["findings"].as_array().unwrap().iter();
        let causes: BTreeSet<_> = findings
            .map(|finding| finding["cause"].as_str().unwrap())
            .collect();
        let wanted = BTreeSet::from([one["code"].as_str().unwrap()]);
        assert_eq!(causes, wanted, "{}", run.stdout);
    }
}

#[test]
fn every_rule_has_a_reason_and_what_to_do() {
    let database = Database::builtin();
    let policy = database.policy("rfc8247").unwrap();
    for rule in ikecompat::lint::rules().into_iter().map(|rule| rule.name) {
        let articles = explain(rule, &database, &policy).unwrap();
        let paragraphs = &articles[0].paragraphs;
        for part in ["What: ", "Why: ", "Fix: "] {
            let has = paragraphs.iter().any(|text| text.starts_with(part));
            assert!(has, "{rule}: no {part}\n{paragraphs:#?}");
        }
    }
}

#[test]
fn the_nearest_words_are_named_where_there_is_none() {
    let database = Database::builtin();
    assert_eq!(nearest("modp1204", &database)[0], "modp1024");
    let near = nearest("forward secrecy", &database);
    assert!(
        near.iter().any(|word| word == "perfect forward secrecy"),
        "{near:?}"
    );
    assert!(nearest("qqqqqqqqqqq", &database).is_empty());
    let run = ikecompat(&["explain", "forward secrecy"], "");
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("perfect forward secrecy"),
        "{}",
        run.stderr
    );
}

/// No report names an address of the project, which has none.
#[test]
fn no_address_is_invented() {
    assert!(env!("CARGO_PKG_REPOSITORY").is_empty());
    let run = ikecompat(&["lint", "examples/before.yaml", "--format", "sarif"], "");
    for word in ["helpUri", "informationUri"] {
        assert!(!run.stdout.contains(word), "{word}");
    }
}

/// Numbers of errors are looked up whole, and in every way in which Windows writes them.
#[test]
fn a_number_of_an_error_is_explained_with_its_name() {
    let database = Database::builtin();
    let policy = database.policy("rfc8247").unwrap();
    let title = |topic: &str| explain(topic, &database, &policy).unwrap()[0].title.clone();
    assert_eq!(title("13822"), "13822 ERROR_IPSEC_IKE_DH_FAIL");
    for topic in [
        "0x35FE",
        "0x800735fe",
        "error 13822",
        "Windows error 13822",
        "13822.",
    ] {
        assert_eq!(title(topic), "13822 ERROR_IPSEC_IKE_DH_FAIL", "{topic}");
    }
    assert_eq!(title("14"), "modp2048");
    for topic in ["138", "1382", "refuse", "87654"] {
        let articles = explain(topic, &database, &policy).unwrap();
        assert!(
            articles.iter().all(|it| !it.title.contains("ERROR_")),
            "{topic}: {articles:?}"
        );
    }
}

/// An article is called what was asked for.
#[test]
fn an_article_has_the_word_as_its_title() {
    let database = Database::builtin();
    let policy = database.policy("rfc8247").unwrap();
    for word in [
        "possible",
        "likely",
        "IKE_AUTH",
        "DH group",
        "partly unknown",
    ] {
        assert_eq!(explain(word, &database, &policy).unwrap()[0].title, word);
    }
    for product in database.server_ids() {
        let said = format!("{:?}", explain(product, &database, &policy).unwrap());
        assert!(!said.contains("()"), "{product}: {said}");
    }
}

/// Words that are listed are explained, and what is not known leads to them.
#[test]
fn every_listed_word_is_explained() {
    let run = ikecompat(&["explain"], "");
    assert_eq!(run.status, 0);
    for word in [
        "rank",
        "13822",
        "ios-17",
        "pfsense",
        "rfc8247",
        "modp1024",
        "no-common-key-exchange",
    ] {
        assert!(run.stdout.contains(word), "{word}");
    }
    let database = Database::builtin();
    let missing: Vec<_> = ikecompat::explain::topics(&database)
        .into_iter()
        .filter(|topic| !is_known(topic, &database))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    let run = ikecompat(&["explain", "reked"], "");
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("did you mean `rekey`"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr
            .contains("`ikecompat explain` alone lists every word"),
        "{}",
        run.stderr
    );
}

/// Exchanges, and keys of configuration files, that the output names.
#[test]
fn what_the_output_names_is_explained() {
    let words = [
        "IKE_INTERMEDIATE",
        "IKE_FOLLOWUP_KE",
        "PostQuantumKeyExchangeMethods",
        "AllowPostQuantumKeyExchangeFallback",
        "addke1",
        "ke1",
        "intermediate",
        "pqc",
        "CertificateType",
        "EnablePFS",
        "NegotiateDH2048_AES256",
        "rekey_time",
        "reauth_time",
        "proposals",
        "esp_proposals",
        "rekeymargin",
        "salifetime",
        "narrowing",
    ];
    for word in words {
        let run = ikecompat(&["explain", word], "");
        assert_eq!(run.status, 0, "{word}: {}", run.stderr);
        let first = run.stdout.lines().next().unwrap();
        assert_eq!(first.to_lowercase(), word.to_lowercase());
        assert!(run.stdout.contains("Source: "), "{word}: {}", run.stdout);
        assert!(
            !run.stdout.contains("of a program that is not read"),
            "{word}"
        );
    }
}
