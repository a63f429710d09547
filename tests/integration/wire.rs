//! IKE messages: what other programs read in the same octets, hostile octets, and round trips.

use std::fs;
use std::path::{Path, PathBuf};

use ikecompat::ike::{self, Transform, TransformType};
use ikecompat::wire::sa::{self, Attribute};
use ikecompat::wire::{
    Delete, Encrypted, Exchange, Flags, Fragment, HEADER, KeyExchange, Malformed, Message, Notify,
    NotifyData, Payload, PayloadType, Spi,
};
use proptest::prelude::*;

fn corpus(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/corpus")
        .join(folder)
}

#[test]
fn notifies_have_the_names_that_wireshark_gives_them() {
    let table = fs::read_to_string(corpus("wireshark/notify.csv")).unwrap();
    let mut compared = 0;
    for row in table.lines().skip(1) {
        let (number, name) = row.split_once(',').unwrap();
        let number: u16 = number.parse().unwrap();
        // What the origin file says about these two.
        if [46, 16429].contains(&number) {
            continue;
        }
        assert_eq!(ike::Notify(number).name(), Some(name), "{number}");
        compared += 1;
    }
    assert_eq!(compared, 68);
}

/// A message with an SA payload, a KE payload and a notify, as IKE_SA_INIT has them.
fn first_message() -> Message<'static> {
    let mut message = Message::new(
        Exchange::IKE_SA_INIT,
        Spi(0x1122_3344_5566_7788),
        Spi(0),
        Flags(Flags::INITIATOR),
    );
    let proposal = ike::Proposal::new(
        ike::Protocol::Ike,
        [
            Transform::encr(ike::Encr::AesCbc, 256),
            Transform::integ(ike::Integ::HmacSha2_256_128),
            Transform::prf(ike::Prf::HmacSha2_256),
            Transform::ke(ike::Ke::Ecp256),
        ],
    );
    message.payloads = vec![
        Payload::Sa(vec![sa::Proposal::of(1, &proposal)]),
        Payload::KeyExchange(KeyExchange {
            group: 19,
            data: &[0x5a; 64],
        }),
        Payload::Nonce(&[7; 32]),
        Payload::Notify(Notify::new(ike::Notify::FRAGMENTATION_SUPPORTED, &[])),
    ];
    message
}

#[test]
fn a_lying_length_is_refused_with_what_it_says_and_what_is_there() {
    let bytes = first_message().encode().unwrap();
    let with = |place: usize, value: &[u8]| {
        let mut bytes = bytes.clone();
        bytes[place..place + value.len()].copy_from_slice(value);
        Message::parse(&bytes).unwrap_err().to_string()
    };
    let length = bytes.len();
    for (place, value, said) in [
        // The SA payload is the first one: its length stands behind the header.
        (
            HEADER + 2,
            &[1, 0x00][..],
            format!("SA payload claims 256 octets, {} are left", length - HEADER),
        ),
        (
            HEADER + 2,
            &[0, 3],
            "SA payload claims 3 octets, its header alone takes 4".to_owned(),
        ),
        (
            HEADER + 6,
            &[0, 200],
            "a proposal claims 200 octets, 44 are left".to_owned(),
        ),
        (
            HEADER + 11,
            &[3],
            "a proposal claims 3 transforms, 4 are there".to_owned(),
        ),
        (
            HEADER + 14,
            &[0, 99],
            "a transform claims 99 octets, 36 are left".to_owned(),
        ),
        (
            HEADER + 12,
            &[9],
            "the octet before a transform is 9, which has no meaning there".to_owned(),
        ),
        (17, &[0x30], "IKE version 3 is not known".to_owned()),
        (
            24,
            &[0, 0, 1, 44],
            format!("the message claims 300 octets, {length} are left"),
        ),
        (
            24,
            &[0, 0, 0, 20],
            "the message claims 20 octets, its header alone takes 28".to_owned(),
        ),
    ] {
        assert_eq!(with(place, value), said);
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert_eq!(
        Message::parse(&longer),
        Err(Malformed::Trailing {
            what: "the message",
            left: 1
        })
    );
}

#[test]
fn what_a_snapshot_left_is_read_as_far_as_it_goes() {
    let message = first_message();
    let bytes = message.encode().unwrap();
    // Header and SA payload are there, the KE payload is cut.
    let (read, failed) = Message::parse_start(&bytes[..HEADER + 48 + 20]).unwrap();
    assert_eq!(read.payloads, message.payloads[..1]);
    assert_eq!(
        failed.unwrap().to_string(),
        "KE payload claims 72 octets, 20 are left"
    );
}

#[test]
fn the_data_of_notifies_is_read() {
    let said = |kind, data: &'static [u8]| Notify::new(kind, data).said();
    assert_eq!(
        said(ike::Notify::INVALID_KE_PAYLOAD, &[0, 14]),
        Ok(NotifyData::WantedGroup(14))
    );
    assert!(said(ike::Notify::INVALID_KE_PAYLOAD, &[14]).is_err());
    assert_eq!(
        said(ike::Notify::SIGNATURE_HASH_ALGORITHMS, &[0, 2, 0, 3]),
        Ok(NotifyData::Hashes(vec![2, 3]))
    );
    let gateway = said(ike::Notify::REDIRECT, &[1, 4, 192, 0, 2, 7, 9, 9]);
    assert_eq!(
        gateway,
        Ok(NotifyData::Gateway(ikecompat::wire::Gateway::V4(
            [192, 0, 2, 7].into()
        )))
    );
    assert!(said(ike::Notify::REDIRECT, &[2, 16, 0]).is_err());
}

#[test]
fn ikev1_is_recognised_and_named() {
    let mut bytes = first_message().encode().unwrap();
    bytes[17] = 0x10;
    bytes[18] = 4;
    let message = Message::parse(&bytes).unwrap();
    assert_eq!(message.header.major(), 1);
    assert_eq!(message.header.exchange.to_string(), "Aggressive Mode");
    assert!(message.payloads.is_empty());
}

fn bytes(most: usize) -> impl Strategy<Value = &'static [u8]> {
    proptest::collection::vec(any::<u8>(), 0..most).prop_map(|bytes| &*bytes.leak())
}

fn attribute() -> impl Strategy<Value = Attribute<'static>> {
    // Type 14 is the key length, which has a field of its own.
    let kind = any::<u16>().prop_map(|kind| match kind & 0x7fff {
        14 => 15,
        other => other,
    });
    prop_oneof![
        (kind.clone(), any::<u16>()).prop_map(|(kind, value)| Attribute::Short { kind, value }),
        (kind, bytes(6)).prop_map(|(kind, value)| Attribute::Long { kind, value }),
    ]
}

fn proposal() -> impl Strategy<Value = sa::Proposal<'static>> {
    let transform = (
        any::<u8>(),
        any::<u16>(),
        any::<u16>(),
        proptest::collection::vec(attribute(), 0..2),
    );
    let transform = transform.prop_map(|(kind, id, key_bits, others)| sa::Transform {
        transform: Transform {
            kind: TransformType(kind),
            id,
            key_bits,
        },
        others,
    });
    let transforms = proptest::collection::vec(transform, 0..5);
    (any::<u8>(), any::<u8>(), bytes(9), transforms).prop_map(
        |(number, protocol, spi, transforms)| sa::Proposal {
            number,
            protocol,
            spi,
            transforms,
        },
    )
}

fn payload() -> impl Strategy<Value = Payload<'static>> {
    let other =
        (1..32_u8, any::<bool>(), bytes(9)).prop_map(|(kind, critical, data)| Payload::Other {
            kind: PayloadType(kind),
            critical,
            data,
        });
    let notify = (any::<u8>(), bytes(9), any::<u16>(), bytes(9));
    let delete = (any::<u8>(), 1..9_u8, 0..4_usize, any::<u8>());
    prop_oneof![
        proptest::collection::vec(proposal(), 1..4).prop_map(Payload::Sa),
        (any::<u16>(), bytes(40))
            .prop_map(|(group, data)| Payload::KeyExchange(KeyExchange { group, data })),
        bytes(40).prop_map(Payload::Nonce),
        bytes(20).prop_map(Payload::VendorId),
        notify.prop_map(|(protocol, spi, kind, data)| Payload::Notify(Notify {
            protocol,
            spi,
            kind: ike::Notify(kind),
            data,
        })),
        delete.prop_map(|(protocol, spi_length, count, fill)| {
            let spis = vec![fill; usize::from(spi_length) * count];
            Payload::Delete(Delete {
                protocol,
                spi_length,
                spis: spis.leak(),
            })
        }),
        other,
    ]
}

fn last_payload() -> impl Strategy<Value = Option<Payload<'static>>> {
    let encrypted = (any::<u8>(), bytes(60)).prop_map(|(inner, data)| {
        Payload::Encrypted(Encrypted {
            inner: PayloadType(inner),
            data,
        })
    });
    let fragment = (any::<u8>(), any::<u16>(), any::<u16>(), bytes(60));
    let fragment = fragment.prop_map(|(inner, number, total, data)| {
        Payload::Fragment(Fragment {
            inner: PayloadType(inner),
            number,
            total,
            data,
        })
    });
    proptest::option::of(prop_oneof![encrypted, fragment])
}

fn message() -> impl Strategy<Value = Message<'static>> {
    let header = (
        any::<u64>(),
        any::<u64>(),
        any::<u8>(),
        any::<u8>(),
        any::<u32>(),
    );
    let payloads = proptest::collection::vec(payload(), 0..6);
    (header, payloads, last_payload()).prop_map(|(header, mut payloads, last)| {
        let (initiator, responder, exchange, flags, id) = header;
        let mut message = Message::new(
            Exchange(exchange),
            Spi(initiator),
            Spi(responder),
            Flags(flags),
        );
        message.header.message_id = id;
        payloads.extend(last);
        message.payloads = payloads;
        message
    })
}

proptest! {
    #[test]
    fn what_is_encoded_parses_back(message in message()) {
        let bytes = message.encode().unwrap();
        let read = Message::parse(&bytes).unwrap();
        prop_assert_eq!(&read.payloads, &message.payloads);
        prop_assert_eq!(read.header.length as usize, bytes.len());
        prop_assert_eq!(read.encode().unwrap(), bytes);
    }

    #[test]
    fn arbitrary_octets_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Message::parse(&bytes);
        let _ = ikecompat::wire::vendor::name(&bytes);
    }

    /// Valid messages with a few octets changed reach deeper than noise does.
    #[test]
    fn damaged_messages_never_panic(
        message in message(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        keep in any::<prop::sample::Index>(),
    ) {
        let mut bytes = message.encode().unwrap();
        for (place, value) in changes {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        bytes.truncate(keep.index(bytes.len()) + 1);
        if let Ok((read, _)) = Message::parse_start(&bytes) {
            for notify in read.notifies() {
                let _ = notify.said();
            }
        }
    }
}
