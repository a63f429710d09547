//! Answers to a first message.

use super::Incoming;
use crate::crypt::KeyPair;
use crate::ike::{Notify, Protocol, Transform};
use crate::live::auth::CERTREQ;
use crate::live::datagram::nat_hash;
use crate::wire::{self, Exchange, Flags, KeyExchange, Message, Payload, PayloadType, Spi, sa};

/// The nonce of a first message, if it has a length that it may have.
pub(super) fn nonce_of<'a>(message: &Message<'a>) -> Option<&'a [u8]> {
    let nonce = message.payloads.iter().find_map(|payload| match payload {
        Payload::Nonce(nonce) => Some(*nonce),
        _ => None,
    });
    nonce.filter(|nonce| (16..=256).contains(&nonce.len()))
}

/// An answer to a first message.
pub(super) fn answer_to(
    message: &Message<'_>,
    own: Spi,
    payloads: Vec<Payload<'_>>,
) -> Option<Vec<u8>> {
    let spi = message.header.initiator_spi;
    let mut answer = Message::new(Exchange::IKE_SA_INIT, spi, own, Flags(Flags::RESPONSE));
    answer.payloads = payloads;
    answer.encode()
}

pub(super) fn invalid_ke(message: &Message<'_>, wanted: Transform) -> Option<Vec<u8>> {
    let group = wanted.id.to_be_bytes();
    let notify = wire::Notify::new(Notify::INVALID_KE_PAYLOAD, &group);
    answer_to(message, Spi(0), vec![Payload::Notify(notify)])
}

/// SHA-2 with 256, 384 and 512 bits, and SHA-1 (RFC 7427, section 7).
const HASHES: [u8; 8] = [0, 1, 0, 2, 0, 3, 0, 4];

/// The answer with a suite: what makes clients show most in IKE_AUTH, and no more.
pub(super) fn selection(
    incoming: Incoming<'_>,
    message: &Message<'_>,
    (number, chosen): (u8, &[Transform]),
    pair: &KeyPair,
    (own, nonce): (Spi, &[u8]),
) -> Option<Vec<u8>> {
    let spi = message.header.initiator_spi;
    let transforms = chosen.iter().map(|transform| sa::Transform {
        transform: *transform,
        others: Vec::new(),
    });
    let proposal = sa::Proposal {
        // charon and RFC 7296, section 3.3.1 want the number of the offer.
        number,
        protocol: sa::number(Protocol::Ike),
        spi: &[],
        transforms: transforms.collect(),
    };
    let source = nat_hash(spi, own, incoming.to);
    let destination = nat_hash(spi, own, incoming.from);
    let mut payloads = vec![
        Payload::Sa(vec![proposal]),
        Payload::KeyExchange(KeyExchange {
            group: pair.method().number(),
            data: pair.public(),
        }),
        Payload::Nonce(nonce),
    ];
    let mut notify = |kind, data| payloads.push(Payload::Notify(wire::Notify::new(kind, data)));
    if message.notify(Notify::NAT_DETECTION_SOURCE_IP).is_some() {
        notify(Notify::NAT_DETECTION_SOURCE_IP, &source[..]);
        notify(Notify::NAT_DETECTION_DESTINATION_IP, &destination[..]);
    }
    for (kind, data) in [
        (Notify::FRAGMENTATION_SUPPORTED, &[][..]),
        (Notify::SIGNATURE_HASH_ALGORITHMS, &HASHES[..]),
    ] {
        if message.notify(kind).is_some() {
            notify(kind, data);
        }
    }
    payloads.push(Payload::Other {
        kind: PayloadType::CERTREQ,
        critical: false,
        data: &CERTREQ,
    });
    answer_to(message, own, payloads)
}
