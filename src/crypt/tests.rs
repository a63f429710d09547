//! Known answers: of the RFCs and of NIST, as `vectors.txt` has them.

use zeroize::Zeroizing;

use super::sealed::SealError;
use super::{
    Algorithms, BadPublicValue, Cipher, Integrity, KeyPair, Keys, Nonces, PseudoRandom, Random,
    Reassembly, open, seal,
};
use crate::dialect::swan;
use crate::ike::{Encr, Ke, Protocol, Suite, Transform, TransformType};
use crate::wire::{Exchange, Flags, Fragment, Message, Payload, PayloadType, Spi};

const VECTORS: &str = include_str!("vectors.txt");

fn octets(hex: &str) -> Vec<u8> {
    let pairs = hex.as_bytes().chunks_exact(2);
    let pairs = pairs.map(|pair| std::str::from_utf8(pair).unwrap());
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).unwrap())
        .collect()
}

/// The rows of one kind: a number and fields of octets.
fn rows(kind: &str) -> Vec<(u16, Vec<Vec<u8>>)> {
    let lines = VECTORS.lines().filter_map(|line| {
        let mut words = line.split(' ');
        (words.next()? == kind).then_some(())?;
        let number = words.next()?.parse().ok()?;
        Some((number, words.map(octets).collect()))
    });
    let rows: Vec<_> = lines.collect();
    assert!(!rows.is_empty(), "no vectors of {kind}");
    rows
}

#[test]
fn key_exchanges_give_what_their_rfcs_say() {
    let rows = rows("ke");
    for (number, fields) in &rows {
        let method = Ke::from_repr(*number).unwrap();
        let [one, other, public, peer, shared] = fields.as_slice() else {
            panic!("five fields");
        };
        let pair = |secret: &Vec<u8>| KeyPair::of_secret(method, Zeroizing::new(secret.clone()));
        let (one, other) = (pair(one).unwrap(), pair(other).unwrap());
        assert_eq!(one.public(), public, "{method}");
        assert_eq!(other.public(), peer, "{method}");
        assert_eq!(*one.shared(peer).unwrap(), *shared, "{method}");
        assert_eq!(*other.shared(public).unwrap(), *shared, "{method}");
    }
    assert_eq!(rows.len(), 15);
}

#[test]
fn public_values_that_are_none_are_refused() {
    let mut random = Counting(1);
    for number in [1, 2, 14, 19, 21, 22, 30, 31, 32] {
        let method = Ke::from_repr(number).unwrap();
        let pair = KeyPair::new(method, &mut random).unwrap();
        let right = KeyPair::public_octets(method).unwrap();
        assert_eq!(pair.public().len(), right);
        for octet in [0, 1] {
            let mut bad = vec![0; right];
            *bad.last_mut().unwrap() = octet;
            // One is an element of order two or four of a Montgomery curve, and 256^31 is not.
            if octet == 0 || !matches!(number, 31 | 32) {
                assert_eq!(pair.shared(&bad), Err(BadPublicValue::Value), "{method}");
            }
            bad.pop();
            let found = bad.len();
            let length = BadPublicValue::Length { found, right };
            assert_eq!(pair.shared(&bad), Err(length), "{method}");
        }
        assert_eq!(format!("{pair:?}"), format!("KeyPair of group {number}"));
    }
    assert!(!KeyPair::is_computable(Ke::MlKem768));
    assert!(!KeyPair::is_computable(Ke::None));
}

#[test]
fn keyed_hashes_give_what_their_rfcs_say() {
    for (number, fields) in rows("prf") {
        let prf = PseudoRandom::of(Transform::raw(TransformType::PRF, number)).unwrap();
        let [key, data, out] = fields.as_slice() else {
            panic!("three fields");
        };
        assert_eq!(prf.compute(key, &[data]).as_slice(), out, "PRF {number}");
        let (a, b) = data.split_at(data.len() / 2);
        assert_eq!(prf.compute(key, &[a, b]).as_slice(), out, "PRF {number}");
        assert_eq!(prf.octets(), out.len());
    }
    for (number, fields) in rows("integ") {
        let integrity = Integrity::of(Transform::raw(TransformType::INTEG, number)).unwrap();
        let [key, data, tag] = fields.as_slice() else {
            panic!("three fields");
        };
        assert_eq!(&integrity.tag(key, &[data]), tag, "integrity {number}");
        assert_eq!(integrity.tag_octets(), tag.len());
    }
    for (number, fields) in rows("plus") {
        let prf = PseudoRandom::of(Transform::raw(TransformType::PRF, number)).unwrap();
        let [key, seed, out] = fields.as_slice() else {
            panic!("three fields");
        };
        let stream = prf.expand(key, &[seed], out.len()).unwrap();
        assert_eq!(stream.as_slice(), out, "PRF {number}");
        assert!(prf.expand(key, &[seed], 256 * prf.octets()).is_none());
    }
}

/// RFC 4615, section 4: keys of 18, 16 and 10 octets. RFC 4434, section 2: the same for XCBC.
#[test]
fn keys_of_other_lengths_are_brought_to_sixteen_octets() {
    let key = octets("000102030405060708090a0b0c0d0e0fedcb");
    let data = octets("000102030405060708090a0b0c0d0e0f10111213");
    let of = |number, length: usize| {
        let prf = PseudoRandom::of(Transform::raw(TransformType::PRF, number)).unwrap();
        prf.compute(&key[..length], &[&data]).to_vec()
    };
    for (number, length, out) in [
        (8, 18, "84a348a4a45d235babfffc0d2b4da09a"),
        (8, 16, "980ae87b5f4c9c5214f5b6a8455e4c2d"),
        (8, 10, "290d9e112edb09ee141fcf64c0b72f3d"),
        (4, 18, "8cd3c93ae598a9803006ffb67c40e9e4"),
        (4, 16, "47f51b4564966215b8985c63055ed308"),
        (4, 10, "0fa087af7d866e7653434e602fdde835"),
    ] {
        assert_eq!(of(number, length), octets(out), "PRF {number}, {length}");
    }
}

fn sized(number: u16, key: usize) -> Cipher {
    let encr = Encr::from_repr(number).unwrap();
    let salt = match encr {
        Encr::AesCbc | Encr::CamelliaCbc | Encr::TripleDes => 0,
        Encr::AesCcm8 | Encr::AesCcm12 | Encr::AesCcm16 => 3,
        _ => 4,
    };
    let bits = u16::try_from((key - salt) * 8).unwrap();
    let sent = !encr.key_lengths().is_empty();
    let cipher = Cipher::of(Transform::encr(encr, if sent { bits } else { 0 })).unwrap();
    assert_eq!(cipher.key_octets(), key);
    cipher
}

#[test]
fn ciphers_give_what_their_texts_say() {
    for (number, fields) in rows("encr") {
        let [key, iv, plain, text] = fields.as_slice() else {
            panic!("four fields");
        };
        let cipher = sized(number, key.len());
        let mut data = plain.clone();
        assert_eq!(cipher.encrypt(key, iv, &[], &mut data), Ok(vec![]));
        assert_eq!(&data, text, "cipher {number}");
        cipher.decrypt(key, iv, &[], &mut data, &[]).unwrap();
        assert_eq!(&data, plain, "cipher {number}");
    }
    for (number, fields) in rows("aead") {
        let [key, iv, aad, plain, text] = fields.as_slice() else {
            panic!("five fields");
        };
        let cipher = sized(number, key.len());
        let mut data = plain.clone();
        let mut tag = cipher.encrypt(key, iv, aad, &mut data).unwrap();
        assert_eq!(
            [data.clone(), tag.clone()].concat(),
            *text,
            "cipher {number}"
        );
        let mut again = data.clone();
        cipher.decrypt(key, iv, aad, &mut again, &tag).unwrap();
        assert_eq!(&again, plain, "cipher {number}");
        tag[0] ^= 1;
        assert!(cipher.decrypt(key, iv, aad, &mut data, &tag).is_err());
    }
}

/// Random numbers that are not.
struct Counting(u8);

impl Random for Counting {
    fn fill(&mut self, octets: &mut [u8]) {
        for octet in octets {
            self.0 = self.0.wrapping_mul(73).wrapping_add(41);
            *octet = self.0;
        }
    }
}

fn suite(words: &str) -> Suite {
    let proposal = swan::parse(Protocol::Ike, words).unwrap();
    Suite::of(Protocol::Ike, proposal.transforms().iter().copied())
}

fn keys(words: &str) -> Keys {
    let nonces = Nonces {
        initiator: &[7; 32],
        responder: &[9; 16],
    };
    let algorithms = Algorithms::of(&suite(words)).unwrap();
    Keys::new(algorithms, &[5; 256], nonces, (1, 2)).unwrap()
}

const SUITES: [&str; 12] = [
    "aes256-sha256-modp2048",
    "aes192-sha1-modp1024",
    "3des-md5-modp1024",
    "camellia256-sha512-prfsha384-ecp521",
    "aes128ctr-sha384-modp2048",
    "aes128-aesxcbc-prfaesxcbc-modp2048",
    "aes128-aescmac-prfaescmac-modp2048",
    "aes128gcm8-prfsha256-ecp256",
    "aes256gcm12-prfsha384-ecp384",
    "aes256gcm16-prfsha512-x25519",
    "aes128ccm8-prfsha256-x448",
    "chacha20poly1305-prfsha256-x25519",
];

#[test]
fn what_is_sealed_opens_again_and_nothing_else_does() {
    let message = Message::new(Exchange::IKE_AUTH, Spi(1), Spi(2), Flags(Flags::INITIATOR));
    for words in SUITES {
        let (keys, mut random) = (keys(words), Counting(3));
        for length in [0, 1, 15, 16, 31, 300] {
            let plain = vec![0xab; length];
            let first = PayloadType(35);
            let sealed = seal(
                &keys.initiator,
                &message.header,
                (first, &plain),
                &mut random,
            );
            let mut sealed = sealed.unwrap();
            let read = Message::parse(&sealed).unwrap();
            let [Payload::Encrypted(it)] = read.payloads.as_slice() else {
                panic!("an SK payload");
            };
            assert_eq!(it.inner, first);
            assert_eq!(
                *open(&keys.initiator, &sealed, it).unwrap(),
                plain,
                "{words}"
            );
            let wrong = open(&keys.responder, &sealed, it);
            assert_eq!(wrong, Err(SealError::Integrity), "{words}");
            // Every octet counts, those of the header too.
            for place in [0, 20, 23, sealed.len() / 2, sealed.len() - 1] {
                sealed[place] ^= 0x10;
                let data = sealed[32..].to_vec();
                let changed = crate::wire::Encrypted {
                    inner: first,
                    data: &data,
                };
                let refused = open(&keys.initiator, &sealed, &changed);
                assert_eq!(refused, Err(SealError::Integrity), "{words}, {place}");
                sealed[place] ^= 0x10;
            }
        }
        let short = crate::wire::Encrypted {
            inner: PayloadType(35),
            data: &[0; 10],
        };
        assert_eq!(
            open(&keys.initiator, &[0; 42], &short),
            Err(SealError::Length)
        );
    }
}

#[test]
fn keys_are_never_shown() {
    let shown = format!("{:?}", keys(SUITES[0]));
    assert_eq!(shown, "Keys");
    assert_eq!(format!("{:?}", keys(SUITES[0]).initiator), "SideKeys");
}

#[test]
fn a_suite_with_further_key_exchanges_is_not_computed() {
    let wanted = suite("aes256gcm16-prfsha384-ecp384-ke1_mlkem768");
    let said = Algorithms::of(&wanted).unwrap_err().to_string();
    assert!(said.starts_with("this program does not compute"), "{said}");
    assert!(Algorithms::of(&suite("aes256gcm16-prfsha384-ecp384-ke1_none")).is_ok());
}

#[test]
fn fragments_come_in_any_order_and_within_limits() {
    let fragment = |number, total| Fragment {
        inner: PayloadType(if number == 1 { 35 } else { 0 }),
        number,
        total,
        data: &[],
    };
    let mut parts = Reassembly::default();
    let part = |octet: u8| Zeroizing::new(vec![octet]);
    assert_eq!(parts.take(&fragment(2, 2), part(2)), None);
    assert_eq!(format!("{parts:?}"), "Reassembly of 1 of 2");
    assert_eq!(parts.take(&fragment(2, 2), part(7)), None, "twice");
    assert_eq!(parts.take(&fragment(3, 2), part(3)), None, "3 of 2");
    assert_eq!(parts.take(&fragment(0, 2), part(3)), None, "0 of 2");
    assert_eq!(parts.sent_octets(), 36, "what comes again counts once");
    let whole = parts.take(&fragment(1, 2), part(1));
    assert_eq!(whole, Some((PayloadType(35), Zeroizing::new(vec![1, 2]))));

    let mut parts = Reassembly::default();
    let part = |octet: u8| Zeroizing::new(vec![octet]);
    assert_eq!(parts.take(&fragment(2, 2), part(2)), None);
    assert_eq!(format!("{parts:?}"), "Reassembly of 1 of 2");
    assert_eq!(parts.take(&fragment(1, 3), part(1)), None, "smaller ones");
    assert_eq!((parts.progress(), parts.sent_octets()), ((1, 3), 36));
    assert_eq!(parts.take(&fragment(1, 2), part(1)), None, "the older ones");
    assert_eq!(parts.take(&fragment(2, 3), vec![0; 70_000].into()), None);
    assert_eq!(parts.progress(), (1, 3), "too long");
    assert_eq!(parts.take(&fragment(1, 129), part(1)), None);
    assert_eq!(parts.progress(), (1, 3), "too many");
}
