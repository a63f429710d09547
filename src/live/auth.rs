//! IKE_AUTH of a probe: no AUTH payload, an identity that nobody has, and EAP answered by Nak.
//!
//! It frees the half-open SA on the server. No identity and no password of anybody is ever sent:
//! the two identities are constants, and whatever EAP asks for, the answer is that it is not wanted.

use super::first::Ending;
use crate::ike::{Encr, Integ, Notify, Proposal, Protocol, Sn, Transform};
use crate::wire::{self, Message, Payload, PayloadType};

/// The responder that a probe asks for, which stands in the server's log.
pub const RESPONDER: &str = "ikecompat-probe.invalid";

/// The initiator that a probe says it is.
pub const INITIATOR: &str = "ikecompat-probe@example.invalid";

const ID_FQDN: u8 = 2;
const ID_RFC822_ADDR: u8 = 3;

const EAP_REQUEST: u8 = 1;
const EAP_RESPONSE: u8 = 2;
const EAP_FAILURE: u8 = 4;

/// Type of an EAP response that refuses what was asked for (RFC 3748, section 5.3.1).
const EAP_NAK: u8 = 3;

/// Header of an EAP packet without type.
const EAP_HEADER: usize = 4;

/// A payload that is not taken apart.
fn other(kind: PayloadType, data: &[u8]) -> Payload<'_> {
    Payload::Other {
        kind,
        critical: false,
        data,
    }
}

fn identity(kind: u8, name: &str) -> Vec<u8> {
    [&[kind, 0, 0, 0], name.as_bytes()].concat()
}

/// A selector of all IPv4 addresses, all protocols and all ports (RFC 7296, section 3.13).
const ANYTHING: [u8; 20] = [
    1, 0, 0, 0, 7, 0, 0, 16, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
];

/// What the child SA is asked for where the client's list is not known.
fn usual_esp() -> Proposal {
    Proposal::new(
        Protocol::Esp,
        [
            Transform::encr(Encr::AesCbc, 256),
            Transform::integ(Integ::HmacSha2_256_128),
            Transform::sn(Sn::Sequential32),
        ],
    )
}

/// A request for X.509 certificates of nobody in particular (RFC 7296, section 3.7): charon sends
/// its certificate to nobody who does not ask.
pub(super) const CERTREQ: [u8; 1] = [X509_SIGNATURE];

/// Encoding of an X.509 certificate.
pub(super) const X509_SIGNATURE: u8 = 4;

/// The payloads of the request that begins IKE_AUTH.
///
/// A responder may answer with EAP, since there is no AUTH payload (RFC 7296, section 2.16). To be
/// refused it asks for [`RESPONDER`], whom nobody is; to see a proof it asks for nobody by name.
pub(crate) fn request(
    esp: &[Proposal],
    spi: [u8; 4],
    ending: Ending,
) -> Option<(PayloadType, Vec<u8>)> {
    let initiator = identity(ID_RFC822_ADDR, INITIATOR);
    let responder = identity(ID_FQDN, RESPONDER);
    let usual = [usual_esp()];
    let esp = if esp.is_empty() { &usual } else { esp };
    let proposals = esp.iter().zip(1_u8..).map(|(proposal, number)| {
        // Groups never stand in IKE_AUTH (RFC 7296, section 1.2).
        let plain = proposal.without_key_exchange();
        let mut wired = wire::sa::Proposal::of(number, &plain);
        wired.spi = &spi;
        wired
    });
    Message::encode_payloads(&[
        other(PayloadType::IDI, &initiator),
        match ending {
            Ending::Refusal => other(PayloadType::IDR, &responder),
            Ending::Proof => other(PayloadType::CERTREQ, &CERTREQ),
        },
        Payload::Sa(proposals.collect()),
        other(PayloadType::TSI, &ANYTHING),
        other(PayloadType::TSR, &ANYTHING),
    ])
}

/// What the server says in IKE_AUTH.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum AuthAnswer {
    /// It is over, and the SA is gone: by an error, or by a failure of EAP.
    Over(Option<Notify>),
    /// It asks for something by EAP, with this identifier.
    Eap(u8),
    /// It says neither.
    Nothing,
}

/// What the payloads of an answer say.
pub(crate) fn read(payloads: &[Payload<'_>]) -> AuthAnswer {
    for payload in payloads {
        match payload {
            Payload::Notify(notify) if notify.kind.is_error() => {
                return AuthAnswer::Over(Some(notify.kind));
            }
            Payload::Other {
                kind: PayloadType::EAP,
                data,
                ..
            } => match (data.first(), data.get(1)) {
                (Some(&EAP_REQUEST), Some(identifier)) => return AuthAnswer::Eap(*identifier),
                (Some(&EAP_FAILURE), _) => return AuthAnswer::Over(None),
                _ => {}
            },
            _ => {}
        }
    }
    AuthAnswer::Nothing
}

/// The payloads that refuse whatever EAP asked for, an identity too.
pub(crate) fn refusal(identifier: u8) -> Option<(PayloadType, Vec<u8>)> {
    // The one octet of data says that no method is wanted instead.
    let length = u16::try_from(EAP_HEADER + 2).ok()?.to_be_bytes();
    let packet = [EAP_RESPONSE, identifier, length[0], length[1], EAP_NAK, 0];
    Message::encode_payloads(&[other(PayloadType::EAP, &packet)])
}

#[cfg(test)]
mod tests {
    use super::{AuthAnswer, Ending, INITIATOR, RESPONDER, read, refusal, request};
    use crate::wire::{Message, Payload, PayloadType};

    #[test]
    fn nobodys_identity_and_no_proof_is_sent() {
        let (first, octets) = request(&[], [1, 2, 3, 4], Ending::Refusal).unwrap();
        let payloads = Message::parse_payloads(first, &octets).unwrap();
        let kinds: Vec<_> = payloads.iter().map(Payload::kind).collect();
        assert_eq!(
            kinds,
            [
                PayloadType::IDI,
                PayloadType::IDR,
                PayloadType::SA,
                PayloadType::TSI,
                PayloadType::TSR
            ]
        );
        for (payload, name) in payloads.iter().zip([INITIATOR, RESPONDER]) {
            let Payload::Other { data, .. } = payload else {
                panic!("an identity");
            };
            assert_eq!(&data[4..], name.as_bytes());
            assert!(name.ends_with(".invalid"), "RFC 2606 gives it to nobody");
        }
    }

    #[test]
    fn who_wants_to_see_a_proof_asks_for_certificates_and_gives_none() {
        let (first, octets) = request(&[], [1, 2, 3, 4], Ending::Proof).unwrap();
        let payloads = Message::parse_payloads(first, &octets).unwrap();
        let kinds: Vec<_> = payloads.iter().map(Payload::kind).collect();
        assert_eq!(kinds[..2], [PayloadType::IDI, PayloadType::CERTREQ]);
        for kind in [PayloadType::AUTH, PayloadType::CERT, PayloadType::IDR] {
            assert!(!kinds.contains(&kind), "{kinds:?}");
        }
    }

    #[test]
    fn every_question_of_eap_is_answered_by_nak() {
        // Identity, MD5, TLS, MSCHAPv2, and one that nobody has.
        for method in [1, 4, 13, 26, 254] {
            let packet = [1, 77, 0, 6, method, 0];
            let asked = [Payload::Other {
                kind: PayloadType::EAP,
                critical: false,
                data: &packet,
            }];
            assert_eq!(read(&asked), AuthAnswer::Eap(77));
        }
        let (first, octets) = refusal(77).unwrap();
        let payloads = Message::parse_payloads(first, &octets).unwrap();
        let [Payload::Other { kind, data, .. }] = payloads.as_slice() else {
            panic!("one payload");
        };
        assert_eq!((*kind, *data), (PayloadType::EAP, &[2, 77, 0, 6, 3, 0][..]));
    }
}
