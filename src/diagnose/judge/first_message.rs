//! Which clients could have sent a first message of a given size.
//!
//! IKE_SA_INIT is not encrypted, and its length is the sum of its payloads: where a log says the length and
//! not the proposals, the length says how many proposals of which kind there were. That is a hint, and no more:
//! different offers can be of one length.

use super::Aid;
use crate::diagnose::attempt::{Attempt, Role};
use crate::diagnose::event::Exchange;
use crate::ike::{Ke, Proposal, Transform, TransformType};
use crate::peer::client::IkeOffer;

/// Octets of the IKE header (RFC 7296, section 3.1).
const HEADER: u32 = 28;
/// Octets before the public value (section 3.4), before a nonce (3.9) and before the proposals (3.3).
const KE: u32 = 8;
const NONCE: u32 = 4;
const SA: u32 = 4;
/// A notify without data (section 3.10), and the two of NAT detection with a hash of 20 octets each.
const NOTIFY: u32 = 8;
const NAT_DETECTION: u32 = 2 * (NOTIFY + 20);

/// What the first message of a family of clients has beside proposals and KE payload.
struct Family {
    /// How the ids of its profiles begin.
    ids: &'static [&'static str],
    /// Octets of its nonce.
    nonce: &'static [u32],
    /// Octets of the notifies and vendor IDs that it always sends.
    fixed: u32,
    /// Octets of those that some releases send.
    some: &'static [u32],
}

/// Measured on messages whose length and offer are both public.
const FAMILIES: &[Family] = &[
    Family {
        ids: &["windows-"],
        nonce: &[48],
        fixed: NAT_DETECTION + 68,
        // A fourth vendor ID, IKEV2_FRAGMENTATION_SUPPORTED, both.
        some: &[0, 20, NOTIFY, 20 + NOTIFY],
    },
    Family {
        ids: &["apple-", "ios-", "macos-", "osx-"],
        nonce: &[16, 32],
        // REDIRECT_SUPPORTED and IKEV2_FRAGMENTATION_SUPPORTED; since iOS 17 three hash algorithms.
        fixed: NAT_DETECTION + 2 * NOTIFY,
        some: &[0, NOTIFY + 6],
    },
    Family {
        ids: &["samsung-"],
        nonce: &[32],
        // REDIRECT_SUPPORTED and four hash algorithms; IKEV2_FRAGMENTATION_SUPPORTED.
        fixed: NAT_DETECTION + NOTIFY + NOTIFY + 8,
        some: &[0, NOTIFY],
    },
];

/// Octets of a public value, for groups whose messages were measured.
const fn public_value(group: Transform) -> Option<u32> {
    match Ke::from_repr(group.id) {
        Some(Ke::Modp1024) => Some(128),
        Some(Ke::Modp1536) => Some(192),
        Some(Ke::Modp2048 | Ke::Modp2048S256) => Some(256),
        Some(Ke::Modp3072) => Some(384),
        Some(Ke::Modp4096) => Some(512),
        Some(Ke::Ecp256) => Some(64),
        Some(Ke::Ecp384) => Some(96),
        Some(Ke::Ecp521) => Some(132),
        Some(Ke::Curve25519) => Some(32),
        _ => None,
    }
}

/// Octets of an SA payload with these proposals (RFC 7296, sections 3.3.1 and 3.3.2).
fn sa(proposals: &[Proposal]) -> u32 {
    let transform = |it: &Transform| if it.key_bits == 0 { 8 } else { 12 };
    let proposal = |it: &Proposal| 8 + it.transforms().iter().map(transform).sum::<u32>();
    SA + proposals.iter().map(proposal).sum::<u32>()
}

/// What a message consists of: SA, KE, and the rest.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Parts {
    sa: u32,
    ke: u32,
    rest: u32,
}

/// How a client with this offer comes to so many octets, if it does.
fn parts(id: &str, proposals: &[Proposal], group: Option<Transform>, octets: u32) -> Option<Parts> {
    let family = FAMILIES
        .iter()
        .find(|family| family.ids.iter().any(|begin| id.starts_with(begin)))?;
    let group = group.or_else(|| proposals.first()?.of(TransformType::KE).first().copied())?;
    let (sa, ke) = (sa(proposals), KE + public_value(group)?);
    // INTERMEDIATE_EXCHANGE_SUPPORTED goes with additional key exchanges (RFC 9242).
    let has_additional = |it: &Proposal| !it.of(TransformType::ADDKE1).is_empty();
    let intermediate = match proposals.iter().any(has_additional) {
        true => NOTIFY,
        false => 0,
    };
    family.nonce.iter().find_map(|nonce| {
        family.some.iter().find_map(|some| {
            let rest = NONCE + nonce + family.fixed + some + intermediate;
            (HEADER + sa + ke + rest == octets).then_some(Parts { sa, ke, rest })
        })
    })
}

/// What a client offers, and what it may offer besides: each proposal with an additional key exchange, and these before
/// the others as a fallback.
fn offers(offer: &IkeOffer) -> Vec<Vec<Proposal>> {
    let plain = offer.proposals.clone();
    let Some(method) = offer.may_add.first() else {
        return vec![plain];
    };
    let additional = Transform {
        kind: TransformType::ADDKE1,
        ..Transform::ke(*method)
    };
    let hybrid = |it: &Proposal| {
        let transforms = it.transforms().iter().copied().chain([additional]);
        Proposal::new(it.protocol(), transforms)
    };
    let hybrids: Vec<_> = plain.iter().map(hybrid).collect();
    let both = [hybrids.clone(), plain.clone()].concat();
    vec![plain, hybrids, both]
}

/// The clients that could have sent the first message, where the log has its length and not its proposals.
pub(super) fn hint(attempt: &Attempt, aid: &Aid<'_>) -> Option<String> {
    if attempt.role == Some(Role::Initiator) || attempt.ike.received.is_some() {
        return None;
    }
    let mut first = attempt.of(Exchange::IKE_SA_INIT);
    let octets = first.find_map(|turn| turn.request_bytes)?;
    let mut found: Vec<(&str, Parts)> = Vec::new();
    for client in aid.clients {
        let Some(offer) = client.ike_sa_init.stated() else {
            continue;
        };
        let parts = offers(&offer.value)
            .iter()
            .find_map(|list| parts(&client.id, list, offer.value.key_exchange, octets));
        found.extend(parts.map(|parts| (client.label.as_str(), parts)));
    }
    let (_, parts) = found.first()?;
    const MOST: usize = 4;
    let names: Vec<_> = found.iter().take(MOST).map(|(name, _)| *name).collect();
    let more = match found.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!(
        "possible: by its length the first message is of {}{more}; the {octets} octets are {HEADER} of header, {} of SA, \
         {} of KE and {} of nonce, notifies and vendor IDs (other clients may come to the same length)",
        names.join(", "),
        parts.sa,
        parts.ke,
        parts.rest
    ))
}

#[cfg(test)]
mod tests {
    use super::{offers, parts};
    use crate::dialect::swan;
    use crate::ike::{Ke, Protocol, Transform};
    use crate::peer::client::IkeOffer;

    /// Four proposals with ML-KEM, and with the four without behind them.
    #[test]
    fn what_may_be_offered_besides_has_a_length_too() {
        let four = ["ecp256", "modp2048"].map(|group| {
            ["aes256gcm16-prfsha256", "aes256-sha256-prfsha256"].map(|it| format!("{it}-{group}"))
        });
        let four = four.iter().flatten();
        let four: Vec<_> = four
            .map(|it| swan::parse(Protocol::Ike, it).unwrap())
            .collect();
        let p256 = Some(Transform::ke(Ke::Ecp256));
        let offer = IkeOffer {
            proposals: four,
            key_exchange: p256,
            retries_invalid_ke: None,
            may_add: vec![Ke::MlKem768],
        };
        for (list, octets) in offers(&offer).iter().zip([370, 410, 570]) {
            assert!(parts("ios-26", list, p256, octets).is_some(), "{octets}");
        }
    }

    /// Lengths and offers that were published together.
    #[test]
    fn lengths_that_were_published_come_out() {
        let read = |list: &str| -> Vec<_> {
            let read = |text| swan::parse(Protocol::Ike, text).unwrap();
            list.split(' ').map(read).collect()
        };
        let four = "aes256gcm16-prfsha256-ecp256 aes256gcm16-prfsha256-modp2048 aes256-sha256-prfsha256-ecp256 \
                    aes256-sha256-prfsha256-modp2048";
        let five = "aes256-sha256-modp2048 aes256-sha256-ecp256 aes256-sha256-modp1536 aes128-sha1-modp1024 \
                    3des-sha1-modp1024";
        let (p256, modp2048) = (Transform::ke(Ke::Ecp256), Transform::ke(Ke::Modp2048));
        for (id, list, group, octets) in [
            ("apple-unset-17", four, p256, 370),
            ("apple-unset-14", five, modp2048, 604),
            (
                "windows-10-custom",
                "aes128gcm16-prfsha256-ecp256",
                p256,
                344,
            ),
        ] {
            let found = parts(id, &read(list), Some(group), octets);
            assert!(found.is_some(), "{id}");
            assert_eq!(parts(id, &read(list), Some(group), octets + 1), None);
            assert_eq!(parts("android-12", &read(list), Some(group), octets), None);
        }
    }
}
