//! Appliances, cloud services and clients that write logs of their own: recognised, kept apart, and answered with
//! the exact gap where both lists are printed.

use serde_json::Value;

use crate::common::ikecompat;

fn answer(log: &str) -> Value {
    let run = ikecompat(&["diagnose", "-", "--format", "json"], log);
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr))
}

/// Cause and confidence of the first finding, or the outcome.
fn top(log: &str) -> (String, String) {
    let answer = answer(log);
    let finding = &answer["findings"][0];
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match finding["cause"].as_str() {
        Some(cause) => (cause.to_owned(), word(&finding["confidence"])),
        None => (word(&answer["outcome"]), String::new()),
    }
}

/// Peer, outcome and cause of each row of attempts.
fn rows(log: &str) -> Vec<(String, String, String)> {
    let answer = answer(log);
    let rows = answer["attempts"].as_array().unwrap().iter();
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    rows.map(|row| {
        (
            word(&row["peer"]),
            word(&row["outcome"]),
            word(&row["findings"][0]["cause"]),
        )
    })
    .collect()
}

const FORTIGATE: &str = "\
2026-03-02 11:20:00.1 ike V=root:0: comes 198.51.100.8:500->192.0.2.1:500,ifindex=4,vrf=0,len=472....
2026-03-02 11:20:00.1 ike V=root:0: IKEv2 exchange=SA_INIT id=51b2d2ebab3a0fcc/0000000000000000 len=472
2026-03-02 11:20:00.1 ike V=root:0:51b2d2ebab3a0fcc/0000000000000000:94: responder received SA_INIT msg
2026-03-02 11:20:00.1 ike V=root:0:51b2d2ebab3a0fcc/0000000000000000:94: SA proposal chosen, matched gateway office
2026-03-02 11:20:00.1 ike V=root:0:office:94: sent IKE msg (SA_INIT_RESPONSE): 192.0.2.1:500->198.51.100.8:500, len=400, id=51b2d2ebab3a0fcc/5929808be8170f37
2026-03-02 11:20:00.2 ike V=root:0: comes 198.51.100.8:4500->192.0.2.1:4500,ifindex=4,vrf=0,len=472....
2026-03-02 11:20:00.2 ike V=root:0: IKEv2 exchange=AUTH id=51b2d2ebab3a0fcc/5929808be8170f37:00000001 len=472
2026-03-02 11:20:00.2 ike V=root:0:office:94: responder received AUTH msg
2026-03-02 11:20:00.2 ike V=root:0:office:94: PSK auth failed: probable pre-shared key mismatch
2026-03-02 11:20:01.1 ike V=root:0: comes 198.51.100.9:500->192.0.2.1:500,ifindex=4,vrf=0,len=472....
2026-03-02 11:20:01.1 ike V=root:0: IKEv2 exchange=SA_INIT id=61b2d2ebab3a0fcc/0000000000000000 len=472
2026-03-02 11:20:01.1 ike V=root:0:61b2d2ebab3a0fcc/0000000000000000:95: responder received SA_INIT msg
2026-03-02 11:20:01.1 ike V=root:0:home:95: responder received AUTH msg
2026-03-02 11:20:01.1 ike V=root:0:home:95: auth verify OK
2026-03-02 11:20:01.2 ike V=root:0:home:95:200: incoming child SA proposal:
2026-03-02 11:20:01.2 ike V=root:0:home:95:200: proposal id = 1:
2026-03-02 11:20:01.2 ike V=root:0:home:95:200:   protocol = ESP:
2026-03-02 11:20:01.2 ike V=root:0:home:95:200:      encapsulation = TUNNEL
2026-03-02 11:20:01.2 ike V=root:0:home:95:200:         type=ENCR, val=AES_CBC (key_len = 128)
2026-03-02 11:20:01.2 ike V=root:0:home:95:200:         type=INTEGR, val=SHA
2026-03-02 11:20:01.2 ike V=root:0:home:95:200:         type=ESN, val=NO
2026-03-02 11:20:01.2 ike V=root:0:home:95:200:         PFS is disabled
2026-03-02 11:20:01.2 ike V=root:0:home:95:200: my proposal:
2026-03-02 11:20:01.2 ike V=root:0:home:95:200: proposal id = 1:
2026-03-02 11:20:01.2 ike V=root:0:home:95:200:   protocol = ESP:
2026-03-02 11:20:01.2 ike V=root:0:home:95:200:         type=ENCR, val=AES_CBC (key_len = 256)
2026-03-02 11:20:01.2 ike V=root:0:home:95:200:         type=INTEGR, val=SHA
2026-03-02 11:20:01.2 ike V=root:0:home:95:200:         type=ESN, val=NO
2026-03-02 11:20:01.2 ike V=root:0:home:95:200: no proposal chosen
2026-03-02 11:20:02.1 ike V=root:0: comes 198.51.100.10:500->192.0.2.1:500,ifindex=4,vrf=0,len=472....
2026-03-02 11:20:02.1 ike V=root:0:road:96: established IKE SA 71b2d2ebab3a0fcc/5929808be8170f37
2026-03-02 11:20:02.1 ike V=root:0:road:96:201: added IPsec SA: SPIs=52743b85/31a8b9c5
";

#[test]
fn peers_of_a_fortigate_are_kept_apart() {
    let row = |peer: &str, outcome: &str, cause: &str| {
        (peer.to_owned(), outcome.to_owned(), cause.to_owned())
    };
    let expected = [
        row("198.51.100.8", "failed", "psk_mismatch"),
        row("198.51.100.9", "failed", "esp_proposal_mismatch"),
        row("198.51.100.10", "established", "-"),
    ];
    assert_eq!(rows(FORTIGATE), expected);
    // In older versions the number of the virtual domain stands alone.
    assert_eq!(
        rows(&FORTIGATE.replace("ike V=root:0:", "ike 0:")),
        expected
    );
    let said = answer(FORTIGATE)["findings"].to_string();
    assert!(
        said.contains("the client offers aes128, the server accepts aes256"),
        "{said}"
    );
}

#[test]
fn a_list_that_is_not_understood_is_no_list() {
    let strange = FORTIGATE.replace("val=AES_CBC (key_len = 128)", "val=ROT13");
    let said = answer(&strange)["findings"].to_string();
    assert!(
        said.contains("esp_proposal_mismatch") && !said.contains("accepts aes256"),
        "{said}"
    );
}

const IOS: &str = "\
*May  2 16:05:40.456: %CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is ON
IKEv2:(SESSION ID = 31,SA ID = 1):Generating IKE_SA_INIT message

IKEv2:(SESSION ID = 31,SA ID = 1):Sending Packet [To 2001:db8::1:500/From 2001:db8::2:500/VRF i0:f0]
Initiator SPI : 1D418169B24BF95A - Responder SPI : 0000000000000000 Message id: 0
IKEv2 IKE_SA_INIT Exchange REQUEST
Payload contents:
 SA KE N VID VID VID VID NOTIFY(NAT_DETECTION_SOURCE_IP) NOTIFY(NAT_DETECTION_DESTINATION_IP)

IKEv2:(SESSION ID = 31,SA ID = 1):Received Packet [From 2001:db8::1:500/To 2001:db8::2:500/VRF i0:f0]
Initiator SPI : 1D418169B24BF95A - Responder SPI : A645046F734260C6 Message id: 0
IKEv2 IKE_SA_INIT Exchange RESPONSE
Payload contents:
 SA KE N VID VID VID VID NOTIFY(NAT_DETECTION_SOURCE_IP) NOTIFY(NAT_DETECTION_DESTINATION_IP)

IKEv2:(SESSION ID = 31,SA ID = 1):Sending Packet [To 2001:db8::1:500/From 2001:db8::2:500/VRF i0:f0]
Initiator SPI : 1D418169B24BF95A - Responder SPI : A645046F734260C6 Message id: 1
IKEv2 IKE_AUTH Exchange REQUEST
Payload contents:
 ENCR

IKEv2:(SESSION ID = 31,SA ID = 1):Received Packet [From 2001:db8::1:500/To 2001:db8::2:500/VRF i0:f0]
Initiator SPI : 1D418169B24BF95A - Responder SPI : A645046F734260C6 Message id: 1
IKEv2 IKE_AUTH Exchange RESPONSE
Payload contents:
 VID IDr AUTH NOTIFY(NO_PROPOSAL_CHOSEN)

IKEv2-ERROR:(SESSION ID = 31,SA ID = 1):
IKEv2:(SESSION ID = 31,SA ID = 1):Session with IKE ID PAIR (2001:db8::1, 2001:db8::2) is UP
IKEv2:(SESSION ID = 31,SA ID = 1):Deleting SA
";

#[test]
fn packets_of_ios_are_read_over_their_lines() {
    assert_eq!(top(IOS), ("esp_proposal_mismatch".into(), "likely".into()));
    let answer = answer(IOS);
    assert_eq!(answer["findings"][0]["evidence"][0]["line"], 26);
    // The same numbers are given to the next negotiation.
    let twice = IOS.repeat(2);
    let [row] = &rows(&twice)[..] else {
        panic!("one row");
    };
    assert_eq!(row.2, "esp_proposal_mismatch");
}

#[test]
fn the_lists_of_an_asa_decide_which_phase_it_is() {
    let log = "\
IKEv2-PROTO-1: (45): Received Policies:
ESP: Proposal 1:  AES-CBC-256 SHA96 Don't use ESN

IKEv2-PROTO-1: (45): Failed to find a matching policy
IKEv2-PROTO-1: (45): Expected Policies:
ESP: Proposal 0:  AES-CBC-256 SHA256 Don't use ESN

ESP: Proposal 1:  AES-GCM-256 Don't use ESN
Nov 22 01:00:01 other sshd[1]: bye
";
    assert_eq!(top(log), ("esp_proposal_mismatch".into(), "certain".into()));
    let said = answer(log)["findings"].to_string();
    assert!(
        said.contains("the client offers sha1, the server accepts sha256"),
        "{said}"
    );
    // Without lists it is not known.
    let empty = "\
IKEv2-PROTO-1: (46): Received Policies:
IKEv2-PROTO-1: (46): Failed to find a matching policy
IKEv2-PROTO-1: (46): Expected Policies:
IKEv2-PROTO-1: (46): Failed to find a matching policy
";
    assert_eq!(
        top(empty),
        ("ike_proposal_mismatch".into(), "likely".into())
    );
}

/// One line says it, whatever stands before it.
#[test]
fn what_a_program_states_is_answered() {
    for (line, cause, confidence) in [
        (
            "%ASA-4-750003: Local:192.0.2.2:500 Remote:198.51.100.5:500 Username:Unknown IKEv2 Negotiation aborted due to ERROR: Failed to receive the AUTH msg before the timer expired",
            "half_open",
            "likely",
        ),
        (
            "%ASA-5-750006: Local:192.0.2.2:4500 Remote:198.51.100.5:4500 Username:u IKEv2 SA UP. Reason: New Connection Established",
            "established",
            "",
        ),
        (
            "IKEv2:(SESSION ID = 3,SA ID = 1):: Auth exchange failed",
            "auth_failed_opaque",
            "likely",
        ),
        (
            r#"{"event_timestamp":1,"details":"AWS tunnel DPD timed out after 3 retransmits","ike_phase1_state":"down"}"#,
            "peer_dead",
            "certain",
        ),
        (
            r#"{"event_timestamp":1,"details":"No Proposal Match Found by AWS","ike_phase1_state":"negotiating"}"#,
            "ike_proposal_mismatch",
            "likely",
        ),
        (
            r#"{"event_timestamp":1,"details":"No Proposal Match Found by AWS","ike_phase1_state":"established"}"#,
            "esp_proposal_mismatch",
            "certain",
        ),
        (
            r#"{"message":"{\"details\":\"AWS tunnel detected a pre-shared key mismatch with cgw: 192.0.2.1\"}"}"#,
            "psk_mismatch",
            "certain",
        ),
        (
            r#"  "details": "AWS: Traffic Selector: TS_UNACCEPTABLE: received from responder","#,
            "ts_mismatch",
            "certain",
        ),
        (
            r#"{"details":"AWS tunnel processed request (id=5) for CREATE_CHILD_SA","ike_phase2_state":"established"}"#,
            "established",
            "",
        ),
        (
            "kmd[1]: IKE negotiation failed with error: Authentication failed. IKE Version: 2, VPN: v Gateway: g, Local: 192.0.2.5/500, Remote: 198.51.100.7/500",
            "auth_failed_opaque",
            "likely",
        ),
        (
            "kmd[1]: IKE negotiation failed with error: No proposal chosen. IKE Version: 1, VPN: v Gateway: g, Local: 192.0.2.5/500, Remote: 198.51.100.7/500",
            "inconclusive",
            "",
        ),
        (
            "srx1 kmd[1]: KMD_VPN_UP_ALARM_USER: VPN vpn1 from 198.51.100.7 is up. Local-ip: 192.0.2.5",
            "established",
            "",
        ),
        (
            "12:00:01 ipsec,error got fatal error: AUTHENTICATION_FAILED",
            "auth_failed_opaque",
            "certain",
        ),
        (
            "12:00:01 ipsec,error can't verify peer's certificate from store",
            "cert_untrusted",
            "certain",
        ),
        (
            "IKEv2 IKE SA negotiation is succeeded as responder, non-rekey. Established SA: 192.0.2.9[4500]-198.51.100.77[4500] SPI:01:02",
            "inconclusive",
            "",
        ),
        (
            "IKEv2 child SA negotiation is succeeded as responder, non-rekey. Established SA: 192.0.2.9[4500]-198.51.100.77[4500] message id:0x1, SPI:0x01/0x02",
            "established",
            "",
        ),
        (
            "IKEv2 child SA negotiation is failed as responder, non-rekey. Failed SA: 192.0.2.9[4500]-198.51.100.77[4500]. message lacks KE payload",
            "pfs_mismatch",
            "likely",
        ),
        (
            "spi=0x0011223344556677: ikev2_send_auth_failed: authentication failed for FQDN/client",
            "auth_failed_opaque",
            "certain",
        ),
        (
            "spi=0x0011223344556677: established peer 192.0.2.7:4500[FQDN/c] local 192.0.2.1:4500[FQDN/s] policy 'road' as responder (enc aes-256 auth hmac-sha2-256 group modp2048 prf hmac-sha2-256)",
            "established",
            "",
        ),
    ] {
        for line in [line.to_owned(), format!("Mar  2 11:20:00 host {line}")] {
            assert_eq!(
                top(&format!("{line}\n")),
                (cause.to_owned(), confidence.to_owned()),
                "{line}"
            );
        }
    }
}

#[test]
fn who_abstains_says_which_command_shows_more() {
    for (line, command) in [
        (
            "ike V=root:Negotiate SA Error: [11895]",
            "diagnose debug application ike -1",
        ),
        (
            "IKEv2:(SESSION ID = 3,SA ID = 1):Checking NAT discovery",
            "debug crypto ikev2",
        ),
        (
            "D IKE     : IkeMessage: Generating IKE INIT request 0",
            "adb logcat",
        ),
        ("12:00:01 ipsec,debug adding payload: SA", "/system logging"),
    ] {
        let answer = answer(&format!("{line}\n"));
        assert_eq!(answer["outcome"], "inconclusive", "{line}");
        if answer["attempts"]
            .as_array()
            .is_some_and(|rows| !rows.is_empty())
        {
            let notes = answer["notes"].to_string();
            assert!(notes.contains(command), "{line}: {notes}");
        }
    }
}

const ANDROID: &str = "\
11-03 10:00:01.545  2511  3107 D IKE     : IkeSaPayload: Generate SA Request: Proposal(1) IKE: ENCR_AES_GCM_16(256)|DH_GROUP_CURVE_25519|PRF_HMAC2_256, Proposal(2) IKE: ENCR_AES_CBC(256)|AUTH_HMAC_SHA2_256_128|DH_2048_BIT_MODP|PRF_HMAC2_256
11-03 10:00:01.552  2511  3107 D IKE     : IkeMessage: Generating IKE INIT request 0
11-03 10:00:01.652  2511  3107 D IKE     : IkeSaPayload: Receive SA Response: Proposal(2) IKE: ENCR_AES_CBC(256)|AUTH_HMAC_SHA2_256_128|DH_2048_BIT_MODP|PRF_HMAC2_256
11-03 10:00:01.752  2511  3107 D IKE     : IkeSaPayload: Generate SA Request: Proposal(1) ESP: ENCR_AES_CBC(256)|AUTH_HMAC_SHA2_256_128|ESN_No_Extended
11-03 10:00:01.752  2511  3107 D IKE     : IkeMessage: Generating IKE AUTH request 1
11-03 10:00:02.551  2511  3107 E IKE     : IkeSessionStateMachine: IKE Session fatal error in CreateIkeLocalIkeAuth
11-03 10:00:02.551  2511  3107 E IKE     : android.net.ipsec.ike.exceptions.EXCEPTION
";

#[test]
fn sessions_of_android_are_judged_by_what_ended_them() {
    for (exception, cause) in [
        ("AuthenticationFailedException", "auth_failed_opaque"),
        (
            "AuthenticationFailedException: EAP Authentication Failed",
            "eap_failed",
        ),
        ("NoValidProposalChosenException", "esp_proposal_mismatch"),
        ("TsUnacceptableException", "ts_mismatch"),
        ("InternalAddressFailureException", "virtual_ip"),
        (
            "InvalidSyntaxException: SA payload missing",
            "protocol_error",
        ),
        (
            "IkeTimeoutException: Retransmitting failure",
            "nat_t_blocked",
        ),
    ] {
        let log = ANDROID.replace("EXCEPTION", exception);
        assert_eq!(top(&log).0, cause, "{exception}");
    }
    let run = ikecompat(&["learn", "-", "--id", "some-client"], ANDROID);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let said = run.stdout.to_lowercase();
    assert!(
        said.contains("curve25519") || said.contains("x25519"),
        "{said}"
    );
    assert!(
        said.contains("aes256-sha256") || said.contains("aes_cbc"),
        "{said}"
    );
}

#[test]
fn clients_that_say_little_are_told_from_other_tunnels() {
    let apple = |name: &str, rest: &str| {
        format!(
            "2026-03-02 11:20:45.3+0100 mac1 nesessionmanager[301]: {name}[Primary Tunnel:Office:0A:(null)]: {rest}\n"
        )
    };
    let silent = "status changed to disconnected, last stop reason Server is not responding";
    assert_eq!(top(&apple("NESMIKEv2VPNSession", silent)).0, "no_response");
    assert_eq!(top(&apple("NESMVPNSession", silent)).0, "inconclusive");
    let connected = apple("NESMIKEv2VPNSession", "status changed to connected");
    assert_eq!(top(&connected).0, "established");
    let error = |domain: &str, code: u32| {
        apple(
            "NESMIKEv2VPNSession",
            &format!("disconnect error: Error Domain={domain} Code={code} \"(null)\""),
        )
    };
    assert_eq!(
        top(&error("NEVPNConnectionErrorDomain", 5)).0,
        "unreachable"
    );
    assert_eq!(
        top(&error("NEVPNConnectionErrorDomain", 19)).0,
        "cert_validity"
    );
    assert_eq!(
        top(&error("IKEv2ProviderDisconnectionErrorDomain", 3)).0,
        "auth_failed_opaque"
    );

    let id = "CoId={AB12CD34-0000-0000-0000-000000000001}";
    let failed = format!(
        "{id}: The user E\\u dialed a connection named O which has failed. The error code returned on failure is 809.\n"
    );
    let sstp =
        format!("{id}: The user is trying to establish a link. Device = WAN Miniport (SSTP)\n");
    assert_eq!(top(&failed).0, "no_response");
    assert_eq!(top(&format!("{sstp}{failed}")).0, "inconclusive");
    for (number, cause) in [
        ("-2147011095", "cert_identity"),
        ("-2146762487", "cert_untrusted"),
        ("0x800B0101", "cert_validity"),
        ("842", "ts_mismatch"),
        ("87", "inconclusive"),
    ] {
        assert_eq!(top(&failed.replace("809", number)).0, cause, "{number}");
    }
}

/// What is not understood proves nothing, not even that no client came.
#[test]
fn lines_that_say_nothing_known_lead_to_the_command_that_says_more() {
    for (line, command) in [
        ("ike V=root:0:office: some news", "application ike -1"),
        (
            "Nov 29 10:00:00 gw kmd[77]: some news",
            "request security ike",
        ),
    ] {
        let answer = answer(&format!("{line}\n"));
        assert_eq!(answer["outcome"], "inconclusive", "{line}");
        let notes = answer["notes"].to_string();
        assert!(
            notes.contains(command) && !notes.contains("has no attempt"),
            "{line}: {notes}"
        );
    }
}

#[test]
fn what_a_program_calls_an_error_is_quoted_where_its_words_are_not_known() {
    let log = "09:14:02 ipsec,error initiator can't find identity for peer: branch\n";
    let run = crate::common::ikecompat(&["diagnose", "-"], log);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("can't find identity"), "{}", run.stdout);
    assert!(run.stdout.contains("/system logging"), "{}", run.stdout);
}

#[test]
fn a_connection_that_windows_calls_connected_is_established() {
    let link =
        "CoId={D1A7}: The link to the Remote Access Server has been established by user SYSTEM.\n";
    let up = "CoId={D1A7}: The user SYSTEM has dialed a connection named Office to the Remote Access Server which has \
              successfully connected.\n";
    assert_eq!(crate::common::ikecompat(&["diagnose", "-"], link).status, 1);
    let both = format!("{link}{up}");
    assert_eq!(
        crate::common::ikecompat(&["diagnose", "-"], &both).status,
        0
    );
}

#[test]
fn a_child_sa_that_is_refused_beside_one_that_is_up_is_a_note() {
    let log = "\"road/0x1\" #1: initiating IKEv2 connection to 192.0.2.9 using UDP\n\
               \"road/0x1\" #1: initiator established IKE SA; authenticated peer using authby=secret and FQDN '@gw'\n\
               \"road/0x1\" #2: initiator established Child SA using #1; IPsec tunnel [10.1.0.0/16===10.2.0.0/16] {ESP/ESN=>0x1 <0x2}\n\
               \"road/0x2\" #3: initiating Child SA using IKE SA #1\n\
               \"road/0x2\" #3: CREATE_CHILD_SA failed with error notification TS_UNACCEPTABLE\n\
               \"road/0x3\" #4: initiator established Child SA using #1; IPsec tunnel [10.1.0.0/16===10.3.0.0/16] {ESP/ESN=>0x3 <0x4}\n";
    let run = crate::common::ikecompat(&["diagnose", "-"], log);
    assert_eq!(run.status, 0, "{}", run.stdout);
    assert!(
        run.stdout.contains("another one was refused once (line 5"),
        "{}",
        run.stdout
    );
}
