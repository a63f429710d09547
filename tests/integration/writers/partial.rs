//! What a device has no place for: refused at its place, or left out by `--partial` and named.

use ikecompat::format::Format;
use ikecompat::read::Reading;
use ikecompat::write::config::format::Choices;
use ikecompat::write::config::loss::losses;
use ikecompat::write::config::refusal::Failure;
use ikecompat::write::config::setup::Auth;

use crate::readers::read_as;

const CHOICES: Choices = Choices {
    auth: Auth::EapTls,
    full: false,
    release: None,
};

/// Two hashes and two groups in phase 1; in phase 2 suites with PFS, without, and of another group.
const SEVERAL: &str = "connections {
    people {
        version = 2
        proposals = aes256-sha256-modp2048, aes256-sha384-ecp384
        remote {
            auth = eap-mschapv2
        }
        children {
            lan {
                esp_proposals = aes256-sha256-modp2048, aes256-sha256, aes256-sha256-ecp256
            }
        }
    }
}
";

#[test]
fn partial_writes_what_a_device_can_say() {
    let read = read_as(Format::Swanctl, SEVERAL);
    let server = read.value();
    for (format, refused, kept) in [
        (
            Format::Mikrotik,
            "aes256-sha384-ecp384",
            "aes256-sha256-modp2048 / aes256-sha256-modp2048",
        ),
        (
            Format::Fortigate,
            "aes256-sha256",
            "aes256-sha256-modp2048-ecp384,aes256-sha384-modp2048-ecp384 / aes256-sha256-modp2048-ecp256",
        ),
        (
            Format::Vyos,
            "aes256-sha256",
            "aes256-sha256-modp2048,aes256-sha384-ecp384 / aes256-sha256-modp2048",
        ),
        (Format::Cisco, "aes256-sha256", "aes256-sha256-modp2048"),
    ] {
        match format.write(server, CHOICES, &mut Vec::new()) {
            Err(Failure::Refused(refusals)) => {
                assert_eq!(refusals[0].proposal, refused, "{format}");
                let span = refusals[0].span.as_ref().unwrap();
                assert_eq!(read.text_at(span), refused, "{format}");
            }
            other => panic!("{format}: {other:?}"),
        }
        let (carried, dropped) = format.carried(server, None);
        assert!(!dropped.is_empty(), "{format}");
        let mut bytes = Vec::new();
        format.write(&carried, CHOICES, &mut bytes).unwrap();
        let written = read_as(format, std::str::from_utf8(&bytes).unwrap());
        let lists = crate::readers::proposals(&written.value().connections[0]).join(" / ");
        assert!(lists.starts_with(kept), "{format}: {lists}");
    }
}

#[test]
fn what_decides_has_a_place() {
    let text = "prefer_configured_proposals: false\nphase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]\n";
    let read = read_as(Format::ServerYaml, text);
    let losses = losses(Format::Mikrotik, read.value());
    let grave: Vec<_> = losses.iter().filter(|loss| loss.is_grave()).collect();
    assert!(!grave.is_empty());
    assert!(grave.iter().all(|loss| loss.diagnostic().is_some()));
}

#[test]
fn what_stands_in_the_place_of_a_file_is_said() {
    let groups = "ike-group A {\n key-exchange ikev2\n proposal 1 {\n encryption aes256\n hash sha256\n dh-group 14\n }\n}\n\
        esp-group A {\n pfs disable\n proposal 1 {\n encryption aes256\n hash sha256\n }\n}\n";
    let asa = "crypto ikev2 policy 1\n encryption aes-256\n integrity sha256\n group 14\n prf sha256\n\
        crypto ipsec ikev2 ipsec-proposal P\n protocol esp encryption aes-256\n protocol esp integrity sha-256\n\
        crypto dynamic-map D 1 set ikev2 ipsec-proposal P\ncrypto map M 1 ipsec-isakmp dynamic D\n";
    for (from, text, to, said) in [
        (
            Format::Vyos,
            groups,
            Format::Vyos,
            "names and entries of its own",
        ),
        (Format::Vyos, groups, Format::Swanctl, "what `--auth` says"),
        (Format::Cisco, asa, Format::Cisco, "for IOS and IOS XE"),
    ] {
        let Ok(Reading { value, .. }) = read_as(from, text).result else {
            panic!("{text}");
        };
        let losses = losses(to, &value);
        assert!(
            losses.iter().any(|loss| loss.what.contains(said)),
            "{said}: {losses:#?}"
        );
    }
}
