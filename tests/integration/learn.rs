//! `learn`: profiles that pass the lint, and say what was seen and nothing else.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use ikecompat::diag::Sources;
use ikecompat::profile::Database;

use crate::common::ikecompat;

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/pcap"))
}

/// What the lint says about a profile of this name.
fn complaints(name: &str, profile: &str) -> Vec<String> {
    let mut sources = Sources::new();
    let file = sources.add_octets(name, profile.as_bytes()).unwrap();
    let found = Database::builtin().lint(&mut sources, &[file]);
    found.into_iter().map(|it| it.message).collect()
}

#[test]
fn every_capture_gives_a_profile_without_complaint() {
    let mut learned = 0;
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_none_or(|it| it != "pcap" && it != "pcapng")
        {
            continue;
        }
        let run = ikecompat(
            &["learn", path.to_str().unwrap(), "--id", "some-client"],
            "",
        );
        assert_eq!(run.status, 0, "{}: {}", path.display(), run.stderr);
        assert_eq!(
            complaints("some-client.yaml", &run.stdout),
            [""; 0],
            "{}",
            path.display()
        );
        assert!(!run.stdout.contains("192.0.2."), "addresses stay out");
        learned += 1;
    }
    assert!(learned > 15);
}

#[test]
fn a_profile_says_what_was_seen_in_the_order_of_the_wire() {
    let arguments = [
        "learn",
        "tests/corpus/pcap/ike-mismatch.pcap",
        "--name",
        "My client 1.0",
    ];
    let run = ikecompat(&arguments, "");
    for line in [
        "name: \"My client 1.0\"\n",
        "newest-evidence: \"2026-11-25\"\n",
        "transform-order: encr-integ-prf-ke\n",
        "    url: \"file:ike-mismatch.pcap\"\n    locator: \"packet 1\"\n",
        concat!(
            "      offers:\n",
            "        - aes256-sha256-prfsha256-modp2048\n",
            "        - aes256-sha256-prfsha256-ecp256\n",
            "        - aes256-sha256-prfsha256-modp1536\n",
            "        - aes128-sha1-prfsha1-modp1024\n",
            "        - 3des-sha1-prfsha1-modp1024\n",
            "      key-exchange: modp2048\n",
        ),
        "      ike-auth: \"IKE_AUTH is encrypted in a capture\"\n",
        "IKE_SA_INIT carries a nonce of 32 octets; the notifies NAT_DETECTION_SOURCE_IP, ",
    ] {
        assert!(
            run.stdout.contains(line),
            "{line} is not in\n{}",
            run.stdout
        );
    }
    let said = run.stderr.lines().next().unwrap();
    assert!(said.starts_with("the offer is that of "), "{said}");
    assert!(said.contains("OS X 10.11 (osx-10.11)"), "{said}");
    assert!(run.stdout.contains(&format!("# {said}\n")));
    let retries = ikecompat(&["learn", "tests/corpus/pcap/invalid-ke.pcap"], "");
    assert!(retries.stdout.contains("      retries-invalid-ke: true\n"));
}

#[test]
fn a_learned_profile_is_a_client_like_any_other() {
    let folder = std::env::temp_dir().join(format!("ikecompat-learn-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let run = ikecompat(
        &[
            "learn",
            "tests/corpus/pcap/ike-mismatch.pcap",
            "--id",
            "mine",
        ],
        "",
    );
    fs::write(folder.join("mine.yaml"), run.stdout).unwrap();
    let server = "phase1: [aes256-sha256-modp1024]\nphase2: [aes256-sha256]\n";
    let profiles = folder.to_str().unwrap();
    let run = ikecompat(
        &[
            "check",
            "-",
            "-v",
            "--profiles",
            profiles,
            "--clients",
            "mine",
        ],
        server,
    );
    fs::remove_dir_all(&folder).unwrap();
    assert_eq!(run.status, 1, "{}", run.stderr);
    let gap = "no key exchange in common: the client offers modp2048, the server accepts modp1024";
    assert!(run.stdout.contains(gap), "{}", run.stdout);
}

#[test]
fn several_clients_are_listed_and_one_is_chosen() {
    let first = fs::read(folder().join("ike-mismatch.pcap")).unwrap();
    let second = fs::read(folder().join("established-ipv6.pcap")).unwrap();
    let both = [first.as_slice(), &second[24..]].concat();
    let file = std::env::temp_dir().join(format!("ikecompat-two-{}.pcap.gz", std::process::id()));
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&both).unwrap();
    fs::write(&file, packed.finish().unwrap()).unwrap();
    let path = file.to_str().unwrap();

    let run = ikecompat(&["learn", path], "");
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    let listed: Vec<_> = run.stderr.lines().skip(1).collect();
    assert_eq!(
        listed,
        [
            "  --attempt 1  192.0.2.1, 5 IKE proposals",
            "  --attempt 2  2001:db8::1, 1 IKE proposal",
        ]
    );
    let run = ikecompat(&["learn", path, "--peer", "2001:db8::1"], "");
    assert!(
        run.stdout.contains("- aes256gcm16-prfsha384-ecp384\n"),
        "{}",
        run.stdout
    );
    let same = ikecompat(&["learn", path, "--attempt", "2"], "");
    assert_eq!(same.stdout, run.stdout);
    let none = ikecompat(&["learn", path, "--attempt", "3"], "");
    assert_eq!(none.status, 2);
    assert!(
        none.stderr.contains("shows no such client"),
        "{}",
        none.stderr
    );
    fs::remove_file(&file).unwrap();
}

#[test]
fn what_teaches_nothing_is_refused() {
    let run = ikecompat(
        &[
            "learn",
            "tests/corpus/pcap/established.pcap",
            "--id",
            "Not Typed",
        ],
        "",
    );
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    let run = ikecompat(&["learn", "examples/server.yaml"], "");
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    let run = ikecompat(&["learn", "there-is-no-such-file"], "");
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("cannot open `there-is-no-such-file`"));
}

#[test]
fn logs_teach_what_is_encrypted_in_a_capture() {
    let charon = "\
Nov 25 12:00:00 gw charon: 05[IKE] <7> 192.0.2.5 is initiating an IKE_SA
Nov 25 12:00:00 gw charon: 05[CFG] <7> received proposals: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048
Nov 25 12:00:00 gw charon: 06[ENC] <vpn|7> parsed IKE_AUTH request 1 [ IDi AUTH SA TSi TSr ]
Nov 25 12:00:00 gw charon: 06[CFG] <vpn|7> received proposals: ESP:AES_CBC_256/HMAC_SHA2_256_128/NO_EXT_SEQ, ESP:3DES_CBC/HMAC_SHA1_96/NO_EXT_SEQ
Nov 25 12:00:00 gw charon: 06[CFG] <vpn|7> configured proposals: ESP:AES_GCM_16_256/NO_EXT_SEQ
";
    let run = ikecompat(&["learn", "-", "--id", "from-charon"], charon);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(complaints("from-charon.yaml", &run.stdout), [""; 0]);
    for line in [
        "        - aes256-sha256-prfsha256-modp2048\n",
        "    ike-auth:\n      sources: [seen]\n      offers:\n        - aes256-sha256-noesn\n        - 3des-sha1-noesn\n",
        "    locator: \"lines 2 and 4\"\n",
    ] {
        assert!(
            run.stdout.contains(line),
            "{line} is not in\n{}",
            run.stdout
        );
    }
    // charon sorts by type, so the order of types was not seen.
    assert!(!run.stdout.contains("transform-order"));

    let pluto = "\
Nov 25 15:45:29.153529: \"vpn\" #1: no local proposal matches remote proposals 1:IKE:ENCR=AES_CBC_256;PRF=HMAC_SHA2_256;INTEG=HMAC_SHA2_256_128;DH=MODP2048
";
    let run = ikecompat(&["learn", "-", "--id", "from-pluto"], pluto);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(complaints("from-pluto.yaml", &run.stdout), [""; 0]);
    assert!(
        run.stdout.contains("transform-order: encr-prf-integ-ke\n"),
        "{}",
        run.stdout
    );

    let tcpdump = "\
12:00:00.000000 IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 632)
    192.0.2.5.500 > 192.0.2.10.500: [udp sum ok] isakmp 2.0 msgid 00000000 cookie 4b0bd8cb99e5f6ac->0000000000000000: parent_sa ikev2_init[I]:
    (sa: len=40
        (p: #1 protoid=isakmp transform=4 len=40
            (t: #1 type=encr id=3des )
            (t: #2 type=prf id=hmac-sha )
            (t: #3 type=integ id=hmac-sha )
            (t: #4 type=dh id=modp1024 )))
    (v2ke: len=128 group=modp1024)
    (n: prot_id=#0 type=16430(status))
";
    let run = ikecompat(&["learn", "-", "--id", "from-text"], tcpdump);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(complaints("from-text.yaml", &run.stdout), [""; 0]);
    for line in [
        "        - 3des-sha1-prfsha1-modp1024\n      key-exchange: modp1024\n",
        "    title: \"listing of tcpdump standard-input\"\n",
        "      ike-auth: \"IKE_AUTH is encrypted in a capture\"\n",
    ] {
        assert!(
            run.stdout.contains(line),
            "{line} is not in\n{}",
            run.stdout
        );
    }
}
