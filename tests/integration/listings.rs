//! The same packets as a capture in either format and as listings of tcpdump and TShark: one answer.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::common::ikecompat;

/// Outcome, causes with phase and confidence, number of attempts.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Answer {
    outcome: String,
    findings: Vec<(String, String, String)>,
    attempts: u64,
    notes: String,
}

impl Answer {
    /// The answer but for its notes, which name packets or lines.
    fn gist(&self) -> (&str, &[(String, String, String)], u64) {
        (&self.outcome, &self.findings, self.attempts)
    }
}

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/corpus")
        .join(name)
}

fn answer(file: &str) -> Answer {
    let run = ikecompat(&["diagnose", "--format", "json", file], "");
    let answer: Value =
        serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{file}: {}", run.stderr));
    let findings = answer["findings"].as_array().unwrap().iter();
    let word = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
    let attempts = answer["attempts"].as_array().unwrap().iter();
    Answer {
        outcome: answer["outcome"].as_str().unwrap().to_owned(),
        findings: findings
            .map(|it| (word(it, "cause"), word(it, "phase"), word(it, "confidence")))
            .collect(),
        attempts: attempts.filter_map(|row| row["count"].as_u64()).sum(),
        notes: answer["notes"].to_string(),
    }
}

/// The captures that have listings, with the names of these.
fn listings() -> BTreeMap<String, Vec<(String, String)>> {
    let mut listings: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for entry in fs::read_dir(folder("listings")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(stem) = name.strip_suffix(".txt.gz") else {
            continue;
        };
        let (capture, form) = stem.split_once('.').unwrap();
        let file = format!("tests/corpus/listings/{name}");
        let forms = listings.entry(capture.to_owned()).or_default();
        forms.push((form.to_owned(), file));
    }
    listings
}

fn capture(name: &str) -> PathBuf {
    ["pcap", "logs", "logs/field"]
        .into_iter()
        .map(|it| folder(it).join(format!("{name}.pcap")))
        .find(|path| path.exists())
        .unwrap()
}

/// The packets of a pcap file of this machine's byte order, as pcapng (draft-ietf-opsawg-pcapng).
fn pcapng(pcap: &[u8]) -> Vec<u8> {
    let word = |place: usize| u32::from_le_bytes(pcap[place..place + 4].try_into().unwrap());
    let mut out = Vec::new();
    let mut block = |kind: u32, body: &[u8]| {
        let mut body = body.to_vec();
        body.resize(body.len().next_multiple_of(4), 0);
        let length = u32::try_from(body.len() + 12).unwrap().to_le_bytes();
        out.extend(kind.to_le_bytes());
        out.extend(length);
        out.extend(body);
        out.extend(length);
    };
    let mut section = 0x1a2b_3c4d_u32.to_le_bytes().to_vec();
    section.extend([1, 0, 0, 0]);
    section.extend([0xff; 8]);
    block(0x0a0d_0d0a, &section);
    let mut interface = word(20).to_le_bytes().to_vec();
    interface.extend(0_u32.to_le_bytes());
    block(1, &interface);
    let mut place = 24;
    while place < pcap.len() {
        let (seconds, micros) = (word(place), word(place + 4));
        let length = word(place + 8) as usize;
        let time = u64::from(seconds) * 1_000_000 + u64::from(micros);
        let mut packet = 0_u32.to_le_bytes().to_vec();
        packet.extend(u32::try_from(time >> 32).unwrap().to_le_bytes());
        packet.extend((time as u32).to_le_bytes());
        packet.extend(&pcap[place + 8..place + 16]);
        packet.extend(&pcap[place + 16..place + 16 + length]);
        block(6, &packet);
        place += 16 + length;
    }
    out
}

#[test]
fn every_form_of_the_same_packets_gives_the_same_answer() {
    let mut compared = 0;
    for (name, forms) in listings() {
        let path = capture(&name);
        let of_capture = answer(path.to_str().unwrap());
        let converted = std::env::temp_dir().join(format!("ikecompat-{name}.pcapng"));
        fs::write(&converted, pcapng(&fs::read(&path).unwrap())).unwrap();
        let of_pcapng = answer(converted.to_str().unwrap());
        fs::remove_file(&converted).unwrap();
        assert_eq!(of_pcapng, of_capture, "{name}");
        for (form, file) in forms {
            let of_listing = answer(&file);
            if matches!(form.as_str(), "tcpdump-nvv" | "tshark-V") {
                assert_eq!(of_listing.gist(), of_capture.gist(), "{name}, {form}");
                compared += 1;
                continue;
            }
            // Less is shown: it may abstain or be less sure, and never says that something else happened.
            if of_listing.gist() == of_capture.gist() {
                continue;
            }
            if of_listing.outcome == "inconclusive" {
                let says = [
                    "-nvv",
                    "diagnose FILE.pcap",
                    "encrypted",
                    "one direction",
                    "normal",
                    "child SA",
                ];
                let helps = says.iter().any(|words| of_listing.notes.contains(words));
                assert!(
                    helps || form == "tcpdump-nv",
                    "{name}, {form}: {}",
                    of_listing.notes
                );
                continue;
            }
            assert_eq!(of_listing.outcome, of_capture.outcome, "{name}, {form}");
            for (_, phase, confidence) in &of_listing.findings {
                assert_eq!(*phase, of_capture.findings[0].1, "{name}, {form}");
                assert_ne!(confidence, "certain", "{name}, {form}");
            }
        }
    }
    assert!(compared > 30, "{compared}");
}

#[test]
fn a_packet_that_was_copied_without_its_frame_is_read() {
    let text = "\
Internet Protocol Version 4, Src: 192.0.2.1, Dst: 192.0.2.2
User Datagram Protocol, Src Port: 500, Dst Port: 500
Internet Security Association and Key Management Protocol
    Initiator SPI: 865bf30deeef54db
    Responder SPI: 0000000000000000
    Version: 2.0
    Exchange type: IKE_SA_INIT (34)
    Flags: 0x08 (Initiator, No higher version, Request)
    Message ID: 0x00000000
    Length: 464
Internet Protocol Version 4, Src: 192.0.2.2, Dst: 192.0.2.1
User Datagram Protocol, Src Port: 500, Dst Port: 500
Internet Security Association and Key Management Protocol
    Initiator SPI: 865bf30deeef54db
    Responder SPI: 0000000000000000
    Version: 2.0
    Exchange type: IKE_SA_INIT (34)
    Flags: 0x20 (Responder, No higher version, Response)
    Message ID: 0x00000000
    Length: 36
    Payload: Notify (41) - NO_PROPOSAL_CHOSEN
        Payload length: 8
        Protocol ID: RESERVED (0)
        Notify Message Type: NO_PROPOSAL_CHOSEN (14)
";
    let run = ikecompat(&["diagnose", "-", "--format", "json"], text);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(answer["findings"][0]["cause"], "ike_proposal_mismatch");
    assert_eq!(answer["findings"][0]["evidence"][0]["line"], 24);
}

/// Three lines that a log can have; each is IKEv1, and no cause of IKEv2.
#[test]
fn version_one_in_a_listing_is_said_to_be_version_one() {
    for text in [
        "12:00:00.000000 IP 192.0.2.1.500 > 192.0.2.2.500: isakmp: phase 1 I ident",
        "    1   0.000000   192.0.2.1 → 192.0.2.2   ISAKMP 174 Identity Protection (Main Mode)",
    ] {
        let run = ikecompat(&["diagnose", "-", "--format", "json"], &format!("{text}\n"));
        let answer: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(answer["outcome"], "inconclusive", "{text}");
        assert_eq!(run.status, 1, "{text}");
        let notes = answer["notes"].to_string();
        assert!(notes.contains("IKEv1"), "{text}: {notes}");
    }
}
