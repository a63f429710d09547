//! A client that came: what its two messages show, and nothing of who it is.
//!
//! Of identities, certificates, inner addresses and device names only the kind is taken, here, where
//! the decrypted octets are read; nothing else of them leaves this file.

use crate::diagnose::learn::{Learned, Seen};
use crate::ike::{Notify, Proposal, Protocol, Transform, TransformType};
use crate::peer::client::InvalidKeRetry;
use crate::wire::{Message, NotifyData, Payload, PayloadType, WireReader, sa, vendor};

/// What IKE_SA_INIT shows.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct InitSeen {
    /// The proposals, in wire order.
    pub proposals: Vec<Proposal>,
    /// Order of transform types in the first proposal.
    pub type_order: Vec<TransformType>,
    /// Group of the KE payload.
    pub key_exchange: Option<Transform>,
    /// Length of the nonce in octets.
    pub nonce: usize,
    /// The notifies, in order, without the cookie.
    pub notifies: Vec<Notify>,
    /// The hash algorithms of SIGNATURE_HASH_ALGORITHMS.
    pub hashes: Vec<u16>,
    /// The vendor IDs, in order.
    pub vendor_ids: Vec<Vec<u8>>,
    /// Length of the message in octets.
    pub octets: usize,
}

impl InitSeen {
    /// What a message shows.
    pub(crate) fn of(message: &Message<'_>) -> Self {
        let proposals = message.proposals().unwrap_or_default();
        let hashes = message.notify(Notify::SIGNATURE_HASH_ALGORITHMS);
        let hashes = hashes.and_then(|it| it.said().ok());
        let kinds = message.notifies().map(|it| it.kind);
        let nonce = message.payloads.iter().find_map(|payload| match payload {
            Payload::Nonce(nonce) => Some(nonce.len()),
            _ => None,
        });
        Self {
            proposals: grouped(proposals),
            type_order: proposals
                .first()
                .map(sa::Proposal::type_order)
                .unwrap_or_default(),
            key_exchange: message
                .key_exchange()
                .map(|ke| Transform::raw(TransformType::KE, ke.group)),
            nonce: nonce.unwrap_or(0),
            notifies: kinds.filter(|kind| *kind != Notify::COOKIE).collect(),
            hashes: match hashes {
                Some(NotifyData::Hashes(hashes)) => hashes,
                _ => Vec::new(),
            },
            vendor_ids: message.vendor_ids().map(<[u8]>::to_vec).collect(),
            octets: usize::try_from(message.header.length).unwrap_or(0),
        }
    }
}

impl InitSeen {
    /// Whether it offers what another message offers, in whatever order.
    pub(super) fn offers_what(&self, other: &Self) -> bool {
        fn sorted(seen: &InitSeen) -> Vec<Vec<Transform>> {
            let all = seen.proposals.iter().map(|it| {
                let mut transforms = it.transforms().to_vec();
                transforms.sort_unstable();
                transforms
            });
            let mut all: Vec<_> = all.collect();
            all.sort_unstable();
            all
        }
        sorted(self) == sorted(other)
    }
}

fn grouped(proposals: &[sa::Proposal<'_>]) -> Vec<Proposal> {
    proposals.iter().filter_map(sa::Proposal::grouped).collect()
}

/// How a client proves who it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Proof {
    /// By EAP, which it leaves to the server to begin.
    Eap,
    /// By the method with this number in its AUTH payload, whose value is not looked at.
    Method(u8),
}

/// What IKE_AUTH shows.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuthSeen {
    /// The ESP proposals, in wire order.
    pub esp: Vec<Proposal>,
    /// How the client proves who it is.
    pub proof: Proof,
    /// Type of the initiator's identity.
    pub initiator: Option<u8>,
    /// Type of the identity that it wants the responder to have; `None` if it names none.
    pub responder: Option<u8>,
    /// Whether the initiator's identity is what the user typed beforehand.
    pub is_typed: Option<bool>,
    /// How many certificates came.
    pub certificates: usize,
    /// How many certification authorities it asks for; `None` without CERTREQ.
    pub authorities: Option<usize>,
    /// Types of the configuration attributes, in order.
    pub attributes: Vec<u16>,
    /// How many traffic selectors it has for itself and for the other side.
    pub selectors: (usize, usize),
    /// The notifies, in order.
    pub notifies: Vec<Notify>,
    /// The payloads, in order.
    pub payloads: Vec<PayloadType>,
    /// Length of what came, all fragments together, in octets.
    pub octets: usize,
    /// How many messages it came in.
    pub fragments: usize,
}

impl AuthSeen {
    /// What decrypted payloads show; `typed` is the identity that the user says is a dummy.
    pub(crate) fn of(payloads: &[Payload<'_>], typed: Option<&str>) -> Self {
        let data = |wanted: PayloadType| {
            payloads.iter().find_map(move |payload| match payload {
                Payload::Other { kind, data, .. } if *kind == wanted => Some(*data),
                _ => None,
            })
        };
        let first = |wanted| data(wanted)?.first().copied();
        let count = |wanted: PayloadType| {
            let kinds = payloads.iter().map(Payload::kind);
            kinds.filter(|kind| *kind == wanted).count()
        };
        let esp = payloads.iter().find_map(|payload| match payload {
            Payload::Sa(proposals) => Some(grouped(proposals)),
            _ => None,
        });
        let identity = data(PayloadType::IDI);
        let matches = |typed: &str| identity.and_then(|it| it.get(4..)) == Some(typed.as_bytes());
        let kind = |payload: &Payload<'_>| match payload {
            Payload::Notify(notify) => Some(notify.kind),
            _ => None,
        };
        Self {
            esp: esp.unwrap_or_default(),
            proof: first(PayloadType::AUTH).map_or(Proof::Eap, Proof::Method),
            initiator: first(PayloadType::IDI),
            responder: first(PayloadType::IDR),
            is_typed: typed.map(matches),
            certificates: count(PayloadType::CERT),
            authorities: data(PayloadType::CERTREQ).map(|it| it.len().saturating_sub(1) / 20),
            attributes: data(PayloadType::CP).map(attributes).unwrap_or_default(),
            selectors: (
                first(PayloadType::TSI).map_or(0, usize::from),
                first(PayloadType::TSR).map_or(0, usize::from),
            ),
            notifies: payloads.iter().filter_map(kind).collect(),
            payloads: payloads.iter().map(Payload::kind).collect(),
            octets: 0,
            fragments: 1,
        }
    }
}

/// The types of the attributes of a configuration payload (RFC 7296, section 3.15.1), as far as
/// they can be read. Their values are passed over.
fn attributes(data: &[u8]) -> Vec<u16> {
    let mut reader = WireReader::new(data);
    let mut types = Vec::new();
    if reader.u32("the header of a CP payload").is_err() {
        return types;
    }
    while !reader.is_empty() {
        let what = "a configuration attribute";
        let (Ok(kind), Ok(length)) = (reader.u16(what), reader.u16(what)) else {
            break;
        };
        types.push(kind & 0x7fff);
        if reader.take(what, usize::from(length)).is_err() {
            break;
        }
    }
    types
}

/// What a client did when it was asked for another group.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reaction {
    /// The group that it was asked for.
    pub wanted: Transform,
    /// What it sent then; `None` if nothing came.
    pub then: Option<Then>,
}

/// The message after INVALID_KE_PAYLOAD.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Then {
    /// The group of the KE payload.
    pub sent: Option<Transform>,
    /// Whether the list stood in another order.
    pub reordered: bool,
    /// Whether the SPI was the same.
    pub same_spi: bool,
}

/// A client that came.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Visitor {
    /// What its first message showed.
    pub init: InitSeen,
    /// What IKE_AUTH showed, if it got there.
    pub auth: Option<AuthSeen>,
    /// Whether it sent the cookie back; `None` if it was not asked.
    pub cookie: Option<bool>,
    /// What it did when it was asked for other groups.
    pub reactions: Vec<Reaction>,
    /// The port that it dialled with IKE_SA_INIT, and with IKE_AUTH.
    pub ports: (u16, Option<u16>),
    /// It offers nothing that this program computes.
    pub refused: bool,
    /// Its IKE_AUTH came, with the right keys, and cannot be taken apart.
    pub is_unreadable: bool,
}

impl Visitor {
    /// What of it makes a profile.
    pub fn learned(&self) -> Learned {
        let seen = |proposals: &Vec<Proposal>, at| {
            let there = !proposals.is_empty();
            there.then(|| Seen {
                proposals: proposals.clone(),
                at,
            })
        };
        let init = &self.init;
        let asked = self.reactions.first();
        let auth = self.auth.as_ref();
        let names = init.vendor_ids.iter();
        Learned {
            attempts: 1,
            first: 1,
            ike: seen(&init.proposals, 1),
            esp: auth.and_then(|auth| seen(&auth.esp, 2)),
            key_exchange: init.key_exchange,
            retries: asked.map(|it| {
                let then = it.then.as_ref();
                match then.filter(|then| then.sent == Some(it.wanted)) {
                    None => InvalidKeRetry::Never,
                    Some(then) if then.same_spi => InvalidKeRetry::Repeats,
                    Some(_) => InvalidKeRetry::Anew,
                }
            }),
            type_order: init.type_order.clone(),
            nonce: u32::try_from(init.nonce).ok().filter(|nonce| *nonce > 0),
            notifies: init.notifies.clone(),
            vendor_ids: names
                .map(|id| vendor::name(id).unwrap_or_else(|| vendor::hex(id)))
                .collect(),
            watched: true,
            by_packet: true,
            ..Learned::default()
        }
    }

    /// Whether everything was seen that can be.
    pub(crate) const fn is_complete(&self) -> bool {
        self.auth.is_some()
    }
}

/// The first suite of an offer with a KE payload of `group`, or without one, that `can` makes keys.
pub(super) fn choose(
    proposals: &[sa::Proposal<'_>],
    group: Option<Transform>,
    can: impl Fn(Transform) -> bool,
) -> Option<(u8, Vec<Transform>)> {
    proposals.iter().find_map(|wired| {
        let plain = wired
            .grouped()
            .filter(|it| it.protocol() == Protocol::Ike)?;
        if !plain.of_unknown_types().is_empty() {
            return None;
        }
        let mut chosen = Vec::new();
        for kind in TransformType::COMPARED {
            let listed = plain.of(kind);
            let aead = chosen.iter().copied().any(Transform::is_aead);
            let usable = |it: &&Transform| match kind {
                TransformType::KE => group.is_none_or(|group| **it == group) && can(**it),
                TransformType::INTEG if aead => it.is_none(),
                TransformType::ENCR | TransformType::PRF | TransformType::INTEG => can(**it),
                // Additional key exchanges are not done here, and NONE is one that is not.
                _ => it.is_none(),
            };
            match listed.iter().find(usable) {
                Some(transform) => chosen.push(*transform),
                None if listed.is_empty() || kind == TransformType::INTEG && aead => {}
                None => return None,
            }
        }
        Some((wired.number, chosen))
    })
}

#[cfg(test)]
mod tests {
    use super::{AuthSeen, Proof, attributes};
    use crate::wire::{Payload, PayloadType};

    /// Nothing of a name, a password's proof, an inner address or a device's name is kept.
    #[test]
    fn who_the_client_is_stays_where_it_came_from() {
        let other = |kind, data| Payload::Other {
            kind,
            critical: false,
            data,
        };
        let identity = b"\x03\x00\x00\x00alice@example.invalid";
        let proof = b"\x02\x00\x00\x00proof-of-a-secret";
        let certificate = b"\x04CN=Alice";
        let cp = b"\x01\x00\x00\x00\x00\x01\x00\x04\xc0\x00\x02\x63\x00\x07\x00\x0eAlice's device\x00\x03\x00\x00";
        let payloads = [
            other(PayloadType::IDI, identity),
            other(PayloadType::CERT, certificate),
            other(PayloadType::AUTH, proof),
            other(PayloadType::CP, cp),
        ];
        let seen = AuthSeen::of(&payloads, Some("alice@example.invalid"));
        assert_eq!(seen.is_typed, Some(true));
        assert_eq!(seen.proof, Proof::Method(2));
        assert_eq!(seen.attributes, [1, 7, 3]);
        assert_eq!((seen.initiator, seen.certificates), (Some(3), 1));
        let shown = format!("{seen:?}").to_lowercase();
        for secret in ["alice", "proof-of", "device", "192", "99"] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
        let other_name = AuthSeen::of(&payloads, Some("bob"));
        assert_eq!(other_name.is_typed, Some(false));
        let longer = AuthSeen::of(&payloads, Some("alice@example.invalid."));
        assert_eq!(longer.is_typed, Some(false));
        assert_eq!(AuthSeen::of(&payloads, None).is_typed, None);
        assert_eq!(AuthSeen::of(&payloads[..2], None).proof, Proof::Eap);
    }

    #[test]
    fn attributes_that_lie_about_their_length_end_the_list() {
        assert!(attributes(&[1, 0, 0]).is_empty());
        assert_eq!(attributes(&[1, 0, 0, 0, 0, 1, 0, 9, 1]), [1]);
        assert_eq!(attributes(&[1, 0, 0, 0, 0, 1, 0, 0, 0]), [1]);
    }
}
