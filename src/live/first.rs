//! The first message of a client: what its profile says, and what is assumed where it says nothing.

use std::fmt::{self, Display, Formatter};
use std::net::SocketAddr;

use super::candidates::everything;
use super::datagram::nat_hash;
use crate::compat::exchange::IKE_ROUNDS;
use crate::compat::select::Offer;
use crate::crypt::KeyPair;
use crate::ike::{Ke, Notify, Proposal, Transform, TransformType};
use crate::peer::client::InvalidKeRetry;
use crate::peer::{Client, EngineName, FirstMessage, Known};
use crate::wire::{self, Exchange, Flags, KeyExchange, Message, Payload, Spi};

/// Length of a nonce where nothing is known: what strongSwan sends.
const NONCE: u16 = 32;

/// Rounds of INVALID_KE_PAYLOAD that a client other than charon is taken to go along with.
const ROUNDS: usize = IKE_ROUNDS;

/// The hash algorithms of SIGNATURE_HASH_ALGORITHMS: SHA-2 with 256, 384 and 512 bits (RFC 7427).
const HASHES: [u8; 6] = [0, 2, 0, 3, 0, 4];

/// What of a first message is assumed, because the profile does not say it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Assumption {
    /// The group of the KE payload: the first one that is offered.
    Group,
    /// The order of transform types inside a proposal.
    TransformOrder,
    /// The length of the nonce.
    Nonce,
    /// The notifies.
    Notifies,
    /// The hash algorithms that a notify lists.
    HashAlgorithms,
    /// That there are no vendor IDs.
    VendorIds,
}

impl Display for Assumption {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Group => "the group of the KE payload",
            Self::TransformOrder => "the order of transform types",
            Self::Nonce => "the length of the nonce",
            Self::Notifies => "the notifies",
            Self::HashAlgorithms => "the hash algorithms",
            Self::VendorIds => "the vendor IDs",
        })
    }
}

/// How a client repeats its message after INVALID_KE_PAYLOAD.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Follow {
    /// As charon: the proposals with the group go first, and the group first in each of them.
    Promoting,
    /// The list stays as it is.
    KeepingOrder,
    /// By a new message with another SPI, another nonce and no cookie, if each proposal has the group.
    Anew,
    /// Not at all.
    Never,
}

/// What IKE_AUTH is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ending {
    /// To be refused: it asks for a responder that nobody is.
    Refusal,
    /// To see how the server proves who it is, and then to be refused.
    Proof,
}

/// A first message that can be sent.
#[derive(Clone, Debug)]
pub struct First {
    /// Id of the client, or what the message is to find out.
    pub id: String,
    /// The proposals, in the order of the profile.
    pub proposals: Vec<Proposal>,
    /// The group of the first KE payload.
    pub group: Ke,
    /// Length of the nonce.
    pub nonce: u16,
    /// The notifies.
    pub notifies: Vec<Notify>,
    /// The vendor IDs.
    pub vendor_ids: Vec<Vec<u8>>,
    /// The order of transform types, if it is not this program's own.
    pub order: Option<Vec<TransformType>>,
    /// What happens after INVALID_KE_PAYLOAD.
    pub follow: Follow,
    /// What comes after a selection.
    pub ending: Ending,
    /// What of all that is assumed.
    pub assumed: Vec<Assumption>,
    /// The proposals for the first child SA, where they are known.
    pub esp: Vec<Proposal>,
}

/// Why a client cannot be played.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum NotPlayed {
    /// Its first message is not known; what was looked for in vain.
    Unknown(String),
    /// Its first KE payload is for a method that this program does not compute.
    Group(u16),
    /// It offers no group.
    NoGroup,
}

impl Display for NotPlayed {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(what) => f.write_str(what),
            Self::Group(number) => {
                let group = Transform::raw(TransformType::KE, *number);
                let name = crate::dialect::charon::transform(group);
                write!(f, "this program does not compute {name}")
            }
            Self::NoGroup => f.write_str("it offers no group"),
        }
    }
}

/// Both ends of a conversation, as the side that writes sees them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Ends {
    /// The own address and port.
    pub local: SocketAddr,
    /// The other side's.
    pub remote: SocketAddr,
}

/// The notifies where nothing is known.
fn usual_notifies() -> Vec<Notify> {
    vec![
        Notify::NAT_DETECTION_SOURCE_IP,
        Notify::NAT_DETECTION_DESTINATION_IP,
        Notify::FRAGMENTATION_SUPPORTED,
    ]
}

impl First {
    /// The first message of a client.
    pub fn of(client: &Client, known: &FirstMessage) -> Result<Self, NotPlayed> {
        let offer = match &client.ike_sa_init {
            Known::Stated(fact) => &fact.value,
            Known::Unknown(what) => return Err(NotPlayed::Unknown(what.clone())),
        };
        let promotes = client.engine == Some(EngineName::Strongswan);
        let mut assumed = Vec::new();
        let mut assume = |unless: bool, what| {
            if !unless {
                assumed.push(what);
            }
        };
        // charon's guess is its rule: the first group of its first proposal.
        assume(promotes || offer.key_exchange.is_some(), Assumption::Group);
        assume(client.transform_order.is_some(), Assumption::TransformOrder);
        assume(known.nonce.is_some(), Assumption::Nonce);
        assume(known.notifies.is_some(), Assumption::Notifies);
        // How many there are may be known by the length of the message, but not which.
        let lists_hashes = |kinds: &Vec<Notify>| kinds.contains(&Notify::SIGNATURE_HASH_ALGORITHMS);
        let has_list = known.notifies.as_ref().is_some_and(lists_hashes);
        assume(!has_list || promotes, Assumption::HashAlgorithms);
        assume(known.vendor_ids.is_some(), Assumption::VendorIds);
        let first = || offer.proposals.iter().find_map(Proposal::first_ke);
        let group = offer.key_exchange.or_else(first);
        let number = group.ok_or(NotPlayed::NoGroup)?.id;
        let group = Ke::from_repr(number).filter(|ke| KeyPair::is_computable(*ke));
        let esp = client.ike_auth.stated().map(|fact| fact.value.clone());
        Ok(Self {
            id: client.id.clone(),
            proposals: offer.proposals.clone(),
            group: group.ok_or(NotPlayed::Group(number))?,
            nonce: known.nonce.unwrap_or(NONCE),
            notifies: known.notifies.clone().unwrap_or_else(usual_notifies),
            vendor_ids: known.vendor_ids.clone().unwrap_or_default(),
            order: client.transform_order.clone(),
            follow: match offer.retries_invalid_ke {
                Some(InvalidKeRetry::Never) => Follow::Never,
                Some(InvalidKeRetry::Anew) => Follow::Anew,
                _ if promotes => Follow::Promoting,
                _ => Follow::KeepingOrder,
            },
            ending: Ending::Refusal,
            assumed,
            esp: esp.unwrap_or_default(),
        })
    }

    /// A message of nobody in particular, with these proposals and a KE payload for `group`.
    pub(crate) fn plain(proposals: Vec<Proposal>, group: Ke) -> Self {
        Self {
            id: String::new(),
            proposals,
            group,
            nonce: NONCE,
            notifies: usual_notifies(),
            vendor_ids: Vec::new(),
            order: None,
            follow: Follow::KeepingOrder,
            ending: Ending::Refusal,
            assumed: Vec::new(),
            esp: Vec::new(),
        }
    }

    /// A message of nobody in particular that is to show how the server proves who it is.
    pub fn for_proof() -> Self {
        let first = Self::plain(everything().to_vec(), Ke::Modp2048);
        let hashes = [Notify::SIGNATURE_HASH_ALGORITHMS];
        Self {
            notifies: first.notifies.iter().copied().chain(hashes).collect(),
            ending: Ending::Proof,
            ..first
        }
    }

    /// Whether any proposal contains a group.
    pub(crate) fn offers(&self, group: Transform) -> bool {
        self.proposals.iter().any(|it| it.contains(group))
    }

    /// Whether the client goes along when it is asked for a group.
    pub(crate) fn goes_along(&self, group: Transform) -> bool {
        match self.follow {
            Follow::Never => false,
            Follow::Anew => self.proposals.iter().all(|it| it.contains(group)),
            Follow::Promoting | Follow::KeepingOrder => true,
        }
    }

    /// How often the group may be changed.
    pub(crate) const fn rounds(&self) -> usize {
        match self.follow {
            Follow::Never => 0,
            Follow::Promoting | Follow::KeepingOrder | Follow::Anew => ROUNDS,
        }
    }

    /// The proposals on the wire, beside a KE payload for `group`.
    pub(crate) fn on_the_wire(&self, group: Ke) -> Vec<wire::sa::Proposal<'static>> {
        let listed = match self.follow {
            Follow::Promoting => {
                Offer::promoting(&self.proposals, Transform::ke(group)).to_proposals()
            }
            Follow::KeepingOrder | Follow::Anew | Follow::Never => self.proposals.clone(),
        };
        let numbered = listed.iter().zip(1_u8..);
        let ordered = numbered.map(|(proposal, number)| {
            let mut wired = wire::sa::Proposal::of(number, proposal);
            // Without an order of its own it is that of `TransformType::COMPARED`, charon's.
            if let Some(order) = &self.order {
                let place = |kind| order.iter().position(|it| *it == kind);
                wired
                    .transforms
                    .sort_by_key(|it| place(it.transform.kind).unwrap_or(order.len()));
            }
            wired
        });
        ordered.collect()
    }

    /// The octets of the message.
    pub(crate) fn encode(
        &self,
        spi: Spi,
        pair: &KeyPair,
        nonce: &[u8],
        cookie: Option<&[u8]>,
        ends: Ends,
    ) -> Option<Vec<u8>> {
        let source = nat_hash(spi, Spi(0), ends.local);
        let destination = nat_hash(spi, Spi(0), ends.remote);
        let flags = Flags(Flags::INITIATOR);
        let mut message = Message::new(Exchange::IKE_SA_INIT, spi, Spi(0), flags);
        let payloads = &mut message.payloads;
        // RFC 7296, section 2.6: the cookie goes first, and nothing else changes.
        payloads.extend(
            cookie.map(|cookie| Payload::Notify(wire::Notify::new(Notify::COOKIE, cookie))),
        );
        payloads.push(Payload::Sa(self.on_the_wire(pair.method())));
        payloads.push(Payload::KeyExchange(KeyExchange {
            group: pair.method().number(),
            data: pair.public(),
        }));
        payloads.push(Payload::Nonce(nonce));
        for kind in &self.notifies {
            let data: &[u8] = match *kind {
                Notify::NAT_DETECTION_SOURCE_IP => &source,
                Notify::NAT_DETECTION_DESTINATION_IP => &destination,
                Notify::SIGNATURE_HASH_ALGORITHMS => &HASHES,
                _ => &[],
            };
            payloads.push(Payload::Notify(wire::Notify::new(*kind, data)));
        }
        payloads.extend(self.vendor_ids.iter().map(|id| Payload::VendorId(id)));
        message.encode()
    }
}
