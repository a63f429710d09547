//! What libreswan reads and refuses, in its own words.

use super::{parse, parse_with_places};
use crate::dialect::pluto::Release::{Five, Four};
use crate::dialect::swan;
use crate::ike::Protocol::{Ah, Esp, Ike};

#[test]
fn every_word_has_its_place_behind_the_name_of_its_type_too() {
    let text = "aes-256-sha2_256-dh19;addke1=ml_kem_768+none";
    let (_, places) = parse_with_places(Ike, text, Five).unwrap();
    let found: Vec<_> = places
        .into_iter()
        .map(|(at, transform)| (&text[at], transform.kind.additional_round()))
        .collect();
    let expected = [
        ("aes-256", None),
        ("sha2_256", None),
        ("dh19", None),
        ("ml_kem_768", Some(1)),
        ("none", Some(1)),
    ];
    assert_eq!(found, expected);
}

/// What libreswan 4.10 makes of a proposal (`algparse -v2`), in strongSwan's keywords.
#[test]
fn reads_what_libreswan_reads() {
    for (protocol, text, expected) in [
        (Ike, "aes256-sha1-modp2048", "aes256-sha1-modp2048"),
        (Ike, "aes256-sha2_256;dh14", "aes256-sha256-modp2048"),
        (
            Ike,
            "AES_CBC_256-HMAC_SHA2_256-DH19",
            "aes256-sha256-ecp256",
        ),
        (Ike, "aes-256-sha1-dh14", "aes256-sha1-modp2048"),
        (
            Ike,
            "aes_gcm_c_256-hmac_sha2_256-ecp_256",
            "aes256gcm16-prfsha256-ecp256",
        ),
        (
            Ike,
            "aes_gcm-none-sha2-dh31",
            "aes256gcm16-aes128gcm16-prfsha256-curve25519",
        ),
        (
            Ike,
            "aes256+aes128-sha1+sha2-dh14+dh19",
            "aes256-aes128-sha1-sha256-modp2048-ecp256",
        ),
        (
            Ike,
            "aes256-sha2_256_128-sha2_512-dh14",
            "aes256-sha256-prfsha512-modp2048",
        ),
        (Ike, "3des-sha1-dh14", "3des-sha1-modp2048"),
        (Esp, "aes128-sha1", "aes128-sha1"),
        (Esp, "aes", "aes128-aes256-sha512-sha256"),
        (Esp, "aes_gcm-null", "aes128gcm16-aes256gcm16"),
        (
            Esp,
            "aes-sha2_256;dh14+none",
            "aes128-aes256-sha256-modp2048-none",
        ),
        (Esp, "null", "null-sha512-sha256"),
        (Esp, "aes_gmac", "aes128gmac-aes256gmac"),
        (Ah, "sha1-dh14", "sha1-modp2048"),
    ] {
        let read = parse(protocol, text, Four).map(|proposal| swan::write(&proposal));
        // strongSwan's keywords leave 32-bit sequence numbers out, as this grammar does.
        assert_eq!(read, Ok(Some(expected.to_owned())), "{text}");
    }
}

#[test]
fn refuses_what_libreswan_refuses_in_its_words() {
    for (protocol, text, said) in [
        (
            Ike,
            "aes128-aes256",
            "IKE PRF algorithm 'aes256' is not recognized",
        ),
        (
            Ike,
            "aes256-sha1-modp1024",
            "IKE DH algorithm 'modp1024' is not supported",
        ),
        (
            Ike,
            "aes256-sha1-dh2",
            "IKE DH algorithm 'dh2' is not recognized",
        ),
        (
            Ike,
            "aes256-sha1-modp2048!",
            "IKE DH algorithm 'modp2048!' is not recognized",
        ),
        (
            Ike,
            "aes256-sha1;dh14+none",
            "IKE DH algorithm 'none' not permitted",
        ),
        (Ike, "", "IKE proposal is empty"),
        (Ike, "-sha1", "IKE encryption algorithm is empty"),
        (
            Ike,
            "aes256gcm16",
            "IKE encryption algorithm 'aes256gcm16' is not recognized",
        ),
        (
            Ike,
            "aes_ccm-sha1",
            "IKE encryption algorithm 'aes_ccm' is not supported",
        ),
        (
            Ike,
            "aes256-sha1-sha2-dh14",
            "IKE DH algorithm 'sha2' is not recognized",
        ),
        (
            Ike,
            "aes512-sha1",
            "IKE encryption algorithm AES_CBC with key length 512 invalid; valid key lengths: 128, 192, 256",
        ),
        (
            Ike,
            "3des256-sha1",
            "IKE encryption algorithm 3DES_CBC does not allow a key lengths",
        ),
        (
            Ike,
            "aes256+aes_gcm-sha2",
            "AEAD and non-AEAD IKE encryption algorithm cannot be combined",
        ),
        (
            Esp,
            "aes_gcm-sha1",
            "AEAD ESP encryption algorithm AES_GCM_16 must have 'NONE' as the integrity algorithm",
        ),
        (
            Esp,
            "aes-none",
            "non-AEAD ESP encryption algorithm AES_CBC cannot have 'NONE' as the integrity algorithm",
        ),
        (
            Esp,
            "aes256-hmac_sha2_256_truncbug",
            "ESP integrity algorithm 'hmac_sha2_256_truncbug' is not supported by IKEv2",
        ),
        (
            Esp,
            "aes256-sha1-dh14-dh19",
            "ESP proposal contains unexpected 'dh19'",
        ),
        (
            Ah,
            "aes-sha1",
            "AH integrity algorithm 'aes' is not recognized",
        ),
        (
            Ah,
            "none",
            "AH cannot have 'none' as the integrity algorithm",
        ),
    ] {
        let refused = parse(protocol, text, Four).map_err(|refused| refused.said);
        assert_eq!(refused, Err(said.to_owned()), "{text}");
    }
}
