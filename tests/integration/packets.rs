//! Captures of real daemons, each with the cause that is known because it was made on purpose.

use std::fs;
use std::path::Path;

use ikecompat::diagnose::packet::{Summary, feed};
use ikecompat::diagnose::{Aid, Confidence, Diagnosis, DiagnosisReport, Outcome, Phase};
use ikecompat::format::Format;
use ikecompat::peer::{Client, Server};
use ikecompat::profile::Database;

use crate::common::ikecompat;
use crate::configuration::server_of;

fn file(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/pcap");
    fs::read(folder.join(name)).unwrap()
}

fn clients() -> Vec<Client> {
    let all = Database::builtin().select("all").unwrap();
    all.into_iter().map(|selected| selected.client).collect()
}

/// A server with this phase 1 and phase 2.
fn server(ike: &str, esp: &str) -> Server {
    let text = format!("phase1: [{ike}]\nphase2: [{esp}]\n");
    server_of(Format::ServerYaml, &text)
}

fn diagnosed(bytes: &[u8], server: Option<&Server>) -> (DiagnosisReport, Summary) {
    let clients = clients();
    let policy = Database::builtin().policy("rfc8247").unwrap();
    let mut diagnosis = Diagnosis::new(Aid {
        clients: &clients,
        server,
        policy: Some(&policy),
        ..Aid::default()
    });
    let summary = feed(bytes, &mut |event| diagnosis.take(event), &mut |_| {}).unwrap();
    (diagnosis.finish(), summary)
}

#[test]
fn every_capture_is_answered_with_the_cause_it_was_made_with() {
    use Confidence::{Certain, Likely, Possible};
    for (name, cause, phase, confidence, packet) in [
        ("eap-badpw", "eap_failed", Phase::IkeAuth, Likely, 8),
        (
            "esp-mismatch",
            "esp_proposal_mismatch",
            Phase::ChildSa,
            Possible,
            3,
        ),
        ("fragments-lost", "fragmentation", Phase::IkeAuth, Likely, 3),
        (
            "ike-mismatch",
            "ike_proposal_mismatch",
            Phase::IkeSaInit,
            Likely,
            2,
        ),
        ("peer-dead", "peer_dead", Phase::Network, Likely, 7),
        ("nat-t-blocked", "nat_t_blocked", Phase::Network, Likely, 3),
        ("no-config", "no_peer_config", Phase::IkeSaInit, Possible, 2),
        ("no-response", "no_response", Phase::Network, Likely, 1),
        ("pfs-rekey", "pfs_mismatch", Phase::Rekey, Possible, 5),
        ("port-closed", "unreachable", Phase::Network, Certain, 2),
        ("psk-wrong", "auth_failed_opaque", Phase::IkeAuth, Likely, 3),
    ] {
        let (report, _) = diagnosed(&file(&format!("{name}.pcap")), None);
        assert_eq!(report.outcome(), Outcome::Failed, "{name}");
        let [finding] = report.findings() else {
            panic!("{name} has one cause: {:?}", report.findings());
        };
        assert_eq!(
            (
                finding.cause.to_string().as_str(),
                finding.phase,
                finding.confidence
            ),
            (cause, phase, confidence),
            "{name}"
        );
        assert_eq!(finding.evidence[0].line, packet, "{name}");
        assert!(!finding.fix.is_empty());
    }
}

#[test]
fn success_has_no_finding_and_what_is_encrypted_stays_open() {
    for (name, outcome, note) in [
        (
            "established",
            Outcome::Established,
            "the length of its last answer says that the server made the child SA",
        ),
        (
            "established-ipv6",
            Outcome::Established,
            "the length of its last answer",
        ),
        (
            "invalid-ke",
            Outcome::Established,
            "the length of its last answer",
        ),
        (
            "rekey",
            Outcome::Established,
            "the length of its last answer",
        ),
        (
            "traffic",
            Outcome::Established,
            "packets of a child SA follow",
        ),
        // With certificates a refusal is as long as a success.
        (
            "cert-ok",
            Outcome::Inconclusive,
            "whether with a child SA is encrypted",
        ),
        (
            "cert-untrusted-by-client",
            Outcome::Inconclusive,
            "it closed the connection, or refused the server's certificate",
        ),
    ] {
        let (report, _) = diagnosed(&file(&format!("{name}.pcap")), None);
        assert_eq!(report.outcome(), outcome, "{name}");
        assert!(report.findings().is_empty(), "{name}");
        let said = report.notes().iter().any(|it| it.text.contains(note));
        assert!(said, "{name}: {:?}", report.notes());
    }
}

#[test]
fn with_the_server_the_gap_is_exact() {
    let bytes = file("ike-mismatch.pcap");
    let (report, _) = diagnosed(
        &bytes,
        Some(&server("aes256-sha256-modp1024", "aes256-sha256")),
    );
    let [finding] = report.findings() else {
        panic!("one cause");
    };
    assert_eq!(finding.confidence, Confidence::Certain);
    assert_eq!(
        finding.message,
        "the server accepts none of the client's proposals: no key exchange in common: the client \
         offers modp2048, the server accepts modp1024"
    );
    assert_eq!(
        finding.fix,
        "add aes256-sha256-modp2048 (AES 256 bits, SHA256, DH Group 14 (2048 bit)) to phase 1 of the \
         server"
    );

    // Of a server that would accept, it was not this configuration that answered.
    let (report, _) = diagnosed(
        &bytes,
        Some(&server("aes256-sha256-modp2048", "aes256-sha256")),
    );
    assert_eq!(report.findings()[0].cause.to_string(), "no_peer_config");

    // Phase 2 is encrypted; the known client that this looks like says what it would offer.
    let bytes = file("esp-mismatch.pcap");
    let (report, _) = diagnosed(
        &bytes,
        Some(&server("aes256-sha256-modp2048", "aes256-sha1")),
    );
    let finding = &report.findings()[0];
    assert_eq!(finding.confidence, Confidence::Likely);
    assert!(
        finding.message.contains("no integrity algorithm in common"),
        "{}",
        finding.message
    );
    assert_eq!(
        finding.fix,
        "add aes256-sha256 (AES 256 bits, SHA256) to phase 2 of the server"
    );
}

#[test]
fn whom_the_client_looks_like_is_said_with_what_speaks_against_it() {
    let (report, _) = diagnosed(&file("ike-mismatch.pcap"), None);
    let note = report
        .notes()
        .iter()
        .find(|it| it.text.starts_with("the offer is that of"));
    let note = &note.unwrap().text;
    assert!(
        note.contains("OS X 10.11") && note.contains("iOS 16"),
        "{note}"
    );
    assert!(
        note.contains("transforms stand in the order encr-integ-prf-ke"),
        "{note}"
    );
}

#[test]
fn what_cannot_be_read_is_said() {
    let bytes = file("ike-mismatch.pcap");
    let (report, summary) = diagnosed(&bytes[..bytes.len() - 10], None);
    assert_eq!(summary.packets, 1);
    assert_eq!(
        summary.warnings(),
        ["packet 2: the capture ends inside it; what stands before was read"]
    );
    assert_eq!(report.outcome(), Outcome::Inconclusive);

    // The SA payload of the first packet lies: file, record, Ethernet, IP, UDP and IKE headers.
    let mut lying = bytes;
    lying[24 + 16 + 14 + 20 + 8 + 28 + 2] = 0xff;
    let (_, summary) = diagnosed(&lying, None);
    assert_eq!(summary.counts.malformed, 1);
    assert_eq!(
        summary.warnings(),
        ["packet 1: SA payload claims 65500 octets, 608 are left"]
    );
}

#[test]
fn the_command_answers_with_the_exact_gap() {
    let path = "tests/corpus/pcap/ike-mismatch.pcap";
    let server = "phase1: [aes256-sha256-modp1024]\nphase2: [aes256-sha256]\n";
    let file = std::env::temp_dir().join(format!("ikecompat-server-{}.yaml", std::process::id()));
    fs::write(&file, server).unwrap();
    let of_server = file.to_str().unwrap();
    let table = ikecompat(&["diagnose", path, "--server", of_server], "");
    let arguments = ["diagnose", path, "--server", of_server, "--format", "json"];
    let json = ikecompat(&arguments, "");
    fs::remove_file(&file).unwrap();
    assert_eq!((table.status, json.status), (1, 1), "{}", table.stderr);
    assert!(table.stdout.contains("modp2048"), "{}", table.stdout);

    let answer: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(answer["schema"], "ikecompat.diagnose.v1");
    assert_eq!(answer["outcome"], "failed");
    let finding = &answer["findings"][0];
    assert_eq!(finding["cause"], "ike_proposal_mismatch");
    assert_eq!(finding["phase"], "ike_sa_init");
    assert_eq!(finding["confidence"], "certain");
    assert_eq!(finding["evidence"][0]["line"], 2);
    assert_eq!(
        finding["fix"],
        "add aes256-sha256-modp2048 (AES 256 bits, SHA256, DH Group 14 (2048 bit)) to phase 1 of the \
         server"
    );
    assert_eq!(answer["attempts"][0]["count"], 1);

    let works = ikecompat(&["diagnose", "tests/corpus/pcap/traffic.pcap"], "");
    assert_eq!(works.status, 0, "{}", works.stdout);
    assert_eq!(ikecompat(&["diagnose", "no-such-file"], "").status, 2);
}

#[test]
fn the_recorded_failures_are_answered_as_labelled() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/logs");
    let labels = fs::read_to_string(folder.join("labels.yaml")).unwrap();
    let mut answered = 0;
    for label in labels
        .split_inclusive(".pcap:\n")
        .collect::<Vec<_>>()
        .windows(2)
    {
        let name = label[0].lines().next_back().unwrap().trim_end_matches(':');
        let value = |key: &str| {
            let line = label[1].lines().take_while(|line| line.starts_with(' '));
            let mut lines = line.filter_map(|line| line.trim().split_once(": "));
            lines
                .find(|(found, _)| *found == key)
                .map(|(_, value)| value.to_owned())
        };
        let bytes = fs::read(folder.join(name)).unwrap();
        let (report, _) = diagnosed(&bytes, None);
        let (cause, phase) = match report.findings().first() {
            Some(finding) => (finding.cause.to_string(), Some(finding.phase.to_string())),
            None => (report.outcome().to_string(), None),
        };
        assert_eq!(Some(cause), value("cause"), "{name}");
        assert_eq!(phase, value("phase"), "{name}");
        answered += 1;
    }
    assert!(answered >= 6, "{answered}");
}
