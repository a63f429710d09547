//! Logs: the forms in which they come, who sent NO_PROPOSAL_CHOSEN, and what must never happen.

use serde_json::Value;

use crate::common::ikecompat;

fn json(log: &str) -> Value {
    let run = ikecompat(&["diagnose", "-", "--format", "json"], log);
    assert_eq!(run.complaints(), "");
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(answer["schema"], "ikecompat.diagnose.v1");
    let status = match answer["outcome"].as_str().unwrap() {
        "established" | "not_ike" => 0,
        _ => 1,
    };
    assert_eq!(run.status, status);
    let failed = answer["outcome"] == "failed";
    assert_eq!(failed, !answer["findings"].as_array().unwrap().is_empty());
    answer
}

/// The first finding: cause, phase, confidence.
fn top(log: &str) -> (String, String, String) {
    let answer = json(log);
    let word = |name: &str| {
        let found = answer["findings"][0][name].as_str();
        found.unwrap_or("none").to_owned()
    };
    (word("cause"), word("phase"), word("confidence"))
}

fn cause(log: &str) -> String {
    top(log).0
}

const RECEIVED: &str = "02[CFG] <44> received proposals: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048, IKE:AES_CBC_128/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024";
const CONFIGURED: &str = "02[CFG] <44> configured proposals: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_1024";

#[test]
fn both_lists_give_the_exact_change_whatever_the_prefix_and_the_spelling() {
    for end in ["unacceptable", "inacceptable"] {
        for prefix in [
            "",
            "Jul 27 19:41:30\tcharon\t",
            "Nov 23 15:30:57 fw charon[812]: ",
            "<30>1 2026-11-23T15:30:57+01:00 fw.example.net charon 812 - [meta sequenceId=\"7\"] ",
            "2026-11-23T15:30:57\tInformational\tcharon\t",
        ] {
            let log = format!(
                "{prefix}{RECEIVED}\n{prefix}{CONFIGURED}\n{prefix}02[IKE] <44> received proposals {end}\n"
            );
            let answer = json(&log);
            let finding = &answer["findings"][0];
            assert_eq!(finding["cause"], "ike_proposal_mismatch", "{log}");
            assert_eq!(finding["confidence"], "certain", "{log}");
            assert_eq!(finding["evidence"].as_array().unwrap().len(), 3);
            let message = finding["message"].as_str().unwrap();
            assert!(
                message.contains("modp1024") && message.contains("modp2048"),
                "{message}"
            );
            let fix = finding["fix"].as_str().unwrap();
            assert!(fix.contains("add aes256-sha256-modp2048"), "{fix}");
        }
    }
}

#[test]
fn no_proposal_chosen_has_several_senders() {
    let no_config =
        "14[IKE] <1> no IKE config found for 192.0.2.10...192.0.2.20, sending NO_PROPOSAL_CHOSEN\n";
    assert_eq!(
        top(no_config),
        (
            "no_peer_config".into(),
            "ike_sa_init".into(),
            "certain".into()
        )
    );
    let child = "[IKE] initiating IKE_SA gw[1] to 192.0.2.10\n\
                 [IKE] IKE_SA gw[1] established between 192.0.2.20[a]...192.0.2.10[b]\n\
                 [IKE] received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built\n";
    assert_eq!(top(child).0, "esp_proposal_mismatch");
    assert_eq!(top(child).1, "child_sa");
    let rekey = "11[ENC] <con1|1> parsed CREATE_CHILD_SA request 8 [ N(REKEY_SA) SA No TSi TSr ]\n\
                 11[CFG] <con1|1> received proposals: ESP:AES_CBC_256/HMAC_SHA2_256_128/NO_EXT_SEQ\n\
                 11[CFG] <con1|1> configured proposals: ESP:AES_CBC_256/HMAC_SHA2_256_128/MODP_2048/NO_EXT_SEQ\n\
                 11[IKE] <con1|1> no acceptable proposal found\n";
    assert_eq!(
        top(rekey),
        ("pfs_mismatch".into(), "rekey".into(), "certain".into())
    );
    let pluto = "Nov 25 15:47:02.5: packet from 192.0.2.20:500: ISAKMP_v2_IKE_SA_INIT message received on 192.0.2.10:500 but no suitable connection found with IKEv2 policy\n";
    assert_eq!(cause(pluto), "no_peer_config");
}

#[test]
fn interleaved_peers_are_kept_apart_and_repetitions_counted() {
    let mut log = String::new();
    for round in 0..3 {
        let (a, b) = (2 * round + 1, 2 * round + 2);
        log += &format!(
            "05[IKE] <{a}> 192.0.2.1 is initiating an IKE_SA\n06[IKE] <{b}> 192.0.2.2 is initiating an IKE_SA\n"
        );
        log += &format!(
            "05[IKE] <con|{a}> tried 1 shared key for 'a' - 'b', but MAC mismatched\n06[CFG] <{b}> no matching peer config found\n"
        );
    }
    let answer = json(&log);
    let attempts = answer["attempts"].as_array().unwrap();
    assert_eq!(attempts.len(), 2);
    for (attempt, (peer, cause)) in attempts.iter().zip([
        ("192.0.2.1", "psk_mismatch"),
        ("192.0.2.2", "no_peer_config"),
    ]) {
        assert_eq!(attempt["peer"], peer);
        assert_eq!(attempt["count"], 3);
        assert_eq!(attempt["findings"][0]["cause"], cause);
    }
    assert_eq!(attempts[0]["last_line"], 11);
}

#[test]
fn windows_numbers_are_read_in_a_sentence_only() {
    let event = |number: &str| {
        format!(
            "CoId={{7C4A}}: The user CORP\\eve dialed a connection named Office which has failed. The error code returned on failure is {number}.\n"
        )
    };
    for (number, expected) in [
        ("809", "no_response"),
        ("691", "eap_failed"),
        ("13801", "cert_identity"),
        ("13806", "cert_missing"),
        ("13816", "pfs_mismatch"),
        ("13819", "cert_identity"),
        ("13843", "pfs_mismatch"),
        ("13863", "pfs_mismatch"),
        ("13868", "ike_proposal_mismatch"),
        ("787", "auth_failed_opaque"),
    ] {
        let log = event(number);
        assert_eq!(cause(&log), expected, "{number}");
        let run = ikecompat(&["diagnose", "-"], &log);
        assert!(!run.stdout.contains("CORP"), "{}", run.stdout);
    }
    assert_eq!(json("took 809 ms, 13801 rows\n")["outcome"], "not_ike");
}

#[test]
fn identities_never_show_and_addresses_only_if_wished() {
    let log = "05[CFG] <1> looking for peer configs matching 192.0.2.10[%any]...192.0.2.1[bob]\n\
               05[IKE] <con|1> received EAP identity 'bob'\n\
               05[IKE] <con|1> no EAP key found for hosts 'vpn.example.org' - 'bob'\n";
    for format in ["json", "table", "markdown"] {
        let run = ikecompat(&["diagnose", "-", "--format", format], log);
        assert_eq!(run.status, 1);
        let run = ikecompat(&["diagnose", "-", "--format", format], log);
        assert!(!run.stdout.contains("bob"), "{}", run.stdout);
        assert!(run.stdout.contains("eap_failed"), "{}", run.stdout);
        let run = ikecompat(&["diagnose", "-", "--format", format, "--redact"], log);
        assert!(
            !run.stdout.contains("vpn.example.org") && !run.stdout.contains("192.0.2"),
            "{}",
            run.stdout
        );
    }
}

#[test]
fn hostile_octets_do_no_harm() {
    let pieces: &[&[u8]] = &[
        b"\xff\xfe\x00\x00charon\x00[IKE]\xf0\x9f",
        b"05[IKE] <con|99999999999999999999> giving up after",
        b"{\"MESSAGE\":\"",
        b"\xef\xbb\xbf05[IKE] initiating IKE_SA gw[1] to 192.0.2.1\r\n",
        b"\"[\" #1: \"x\"[1] ::1 #18446744073709551616: y",
        b"192.0.2.1.500 > 192.0.2.2.500: isakmp 2.0 msgid zz cookie ->: parent_sa ikev2_init[I]:\n    (sa: (p: (t: #1 type= id=",
        b"generating IKE_AUTH request 4294967296 [ EF(/) N( ]",
    ];
    for (place, piece) in pieces.iter().enumerate() {
        let mut scan = ikecompat::diagnose::log::Scan::default();
        let mut diagnosis =
            ikecompat::diagnose::Diagnosis::new(ikecompat::diagnose::Aid::default());
        for other in pieces.iter().cycle().skip(place).take(pieces.len()) {
            scan.feed(other, &mut |event| diagnosis.take(event));
        }
        scan.feed(piece, &mut |event| diagnosis.take(event));
        scan.finish(&mut |event| diagnosis.take(event));
        let report = diagnosis.finish();
        assert!(report.attempts().count() < 100);
    }
}

#[test]
fn the_page_lists_every_cause_and_explain_knows_it() {
    use ikecompat::diagnose::Cause;
    use strum::{EnumMessage as _, IntoEnumIterator as _};

    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/diagnose.md");
    let page = std::fs::read_to_string(page).unwrap();
    for cause in Cause::iter() {
        let text = cause.get_documentation().unwrap();
        let first = text.split("\n\n").next().unwrap();
        let first = first.split_whitespace().collect::<Vec<_>>().join(" ");
        let row = format!("| `{cause}` | {first} |");
        assert!(page.contains(&row), "docs/diagnose.md lacks: {row}");
        let run = ikecompat(&["explain", &cause.to_string()], "");
        assert_eq!(run.status, 0, "{cause}");
    }
}

/// One client that cannot connect does not drown among those that can.
#[test]
fn one_client_that_is_refused_among_a_hundred_is_named() {
    let client = |number: usize, address: &str, rest: &str| {
        let line = |message: &str| format!("05[IKE] <rw|{number}> {message}\n");
        let begins = line(&format!("{address} is initiating an IKE_SA"));
        format!("{begins}{}", line(rest))
    };
    let mut log: String = (1..=100)
        .map(|number| {
            let up = format!("CHILD_SA rw{{{number}}} established with SPIs c1_i c2_o and TS 0.0.0.0/0 === 10.0.0.1/32");
            client(number, &format!("198.51.100.{number}"), &up)
        })
        .collect();
    log += &client(101, "203.0.113.9", "received proposals unacceptable");
    let run = ikecompat(&["diagnose", "-"], &log);
    assert_eq!(run.status, 1, "{}", run.stdout);
    for words in [
        "100 of 101 attempts came up",
        "203.0.113.9 (1 of them)",
        "ike_proposal_mismatch",
    ] {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
}

/// Where no proposals are logged, the length of the first message says who could have sent it.
#[test]
fn the_length_of_the_first_message_is_a_hint_and_no_more() {
    let log = "05[NET] received packet: from 198.51.100.7[500] to 192.0.2.1[500] (604 bytes)\n\
05[ENC] parsed IKE_SA_INIT request 0 [ SA KE No N(REDIR_SUP) N(NATD_S_IP) N(NATD_D_IP) N(FRAG_SUP) ]\n\
05[IKE] 198.51.100.7 is initiating an IKE_SA\n";
    let run = ikecompat(&["diagnose", "-"], log);
    let said = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "possible: by its length",
        "iOS 14 and 15",
        "the 604 octets are 28 of header",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert_eq!(run.status, 1);
}
