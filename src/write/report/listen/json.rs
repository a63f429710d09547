//! What a client showed, for programs.

use std::io::{self, Write};

use schemars::{JsonSchema, Schema};
use serde::Serialize;

use super::{named, vendor_names, written};
use crate::answer::text;
use crate::answer::words::Frame;
use crate::compat::likeness::type_order;
use crate::ike::{Notify, registry};
use crate::live::visitor::{AuthSeen, InitSeen, Proof, Reaction, Visitor};
use crate::write::json::{self, Document};
use crate::write::report::json::ServerJson;

/// What a client showed.
#[derive(Serialize, JsonSchema)]
struct ListenJson<'a> {
    /// The answer in one line.
    headline: String,
    /// What to do or call next.
    next: String,
    totals: ListenTotals,
    /// The profiles that are nearest, in sentences.
    comparison: &'a [String],
    /// Whether IKE_AUTH was seen.
    complete: bool,
    /// Whether the keys could be made.
    computable: bool,
    ports: PortsJson,
    ike_sa_init: InitJson,
    cookie_returned: Option<bool>,
    invalid_ke: Vec<ReactionJson>,
    ike_auth: Option<AuthJson>,
    /// Whether the client connects to the server that was named.
    server: Option<&'a ServerJson>,
}

#[derive(Serialize, JsonSchema)]
struct ListenTotals {
    /// Proposals of IKE.
    ike_proposals: usize,
    /// Proposals of ESP.
    esp_proposals: usize,
}

impl Document for ListenJson<'_> {
    const NAME: &'static str = "listen";
    const VERSION: u8 = 2;
    const TITLE: &'static str = "ikecompat listen --format json";
}

/// The schema of the document.
pub fn schema() -> Schema {
    json::schema::<ListenJson<'_>>()
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Ports")]
struct PortsJson {
    ike_sa_init: u16,
    ike_auth: Option<u16>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Init")]
struct InitJson {
    octets: usize,
    proposals: Vec<String>,
    transform_order: Option<String>,
    key_exchange: Option<String>,
    nonce_octets: usize,
    notifies: Vec<String>,
    hash_algorithms: Vec<String>,
    vendor_ids: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Reaction")]
struct ReactionJson {
    wanted: String,
    answered: bool,
    sent: Option<String>,
    reordered: Option<bool>,
    same_spi: Option<bool>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Auth")]
struct AuthJson {
    octets: usize,
    messages: usize,
    proposals: Vec<String>,
    eap: bool,
    authentication_method: Option<String>,
    initiator_identity_type: Option<String>,
    initiator_identity_as_typed: Option<bool>,
    responder_identity_type: Option<String>,
    certificates: usize,
    certification_authorities: Option<usize>,
    configuration_attributes: Vec<String>,
    initiator_traffic_selectors: usize,
    responder_traffic_selectors: usize,
    notifies: Vec<String>,
    payloads: Vec<String>,
}

fn labels(notifies: &[Notify]) -> Vec<String> {
    notifies.iter().map(|it| it.label()).collect()
}

impl InitJson {
    fn of(init: &InitSeen) -> Self {
        let hashes = init.hashes.iter();
        let order = &init.type_order;
        Self {
            octets: init.octets,
            proposals: written(&init.proposals),
            transform_order: (!order.is_empty()).then(|| type_order(order)),
            key_exchange: init.key_exchange.map(text::transform),
            nonce_octets: init.nonce,
            notifies: labels(&init.notifies),
            hash_algorithms: hashes
                .map(|number| named(registry::hash(*number), "hash", u32::from(*number)))
                .collect(),
            vendor_ids: vendor_names(init),
        }
    }
}

impl ReactionJson {
    fn of(reaction: &Reaction) -> Self {
        let then = reaction.then.as_ref();
        Self {
            wanted: text::transform(reaction.wanted),
            answered: then.is_some(),
            sent: then.and_then(|then| then.sent).map(text::transform),
            reordered: then.map(|then| then.reordered),
            same_spi: then.map(|then| then.same_spi),
        }
    }
}

impl AuthJson {
    fn of(auth: &AuthSeen) -> Self {
        let identity = |number: Option<u8>| number.map(super::identity_type);
        let attributes = auth.attributes.iter();
        Self {
            octets: auth.octets,
            messages: auth.fragments,
            proposals: written(&auth.esp),
            eap: auth.proof == Proof::Eap,
            authentication_method: match auth.proof {
                Proof::Eap => None,
                Proof::Method(number) => Some(super::method(number)),
            },
            initiator_identity_type: identity(auth.initiator),
            initiator_identity_as_typed: auth.is_typed,
            responder_identity_type: identity(auth.responder),
            certificates: auth.certificates,
            certification_authorities: auth.authorities,
            configuration_attributes: attributes.map(|number| super::attribute(*number)).collect(),
            initiator_traffic_selectors: auth.selectors.0,
            responder_traffic_selectors: auth.selectors.1,
            notifies: labels(&auth.notifies),
            payloads: auth.payloads.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Writes what was seen; `server` says whether the client connects there.
pub fn write(
    visitor: &Visitor,
    comparison: &[String],
    server: Option<&ServerJson>,
    out: &mut impl Write,
) -> io::Result<()> {
    let Frame { headline, next, .. } = super::frame(visitor, comparison);
    let report = ListenJson {
        headline,
        next,
        totals: ListenTotals {
            ike_proposals: visitor.init.proposals.len(),
            esp_proposals: visitor.auth.as_ref().map_or(0, |it| it.esp.len()),
        },
        comparison,
        complete: visitor.is_complete(),
        computable: !visitor.refused,
        ports: PortsJson {
            ike_sa_init: visitor.ports.0,
            ike_auth: visitor.ports.1,
        },
        ike_sa_init: InitJson::of(&visitor.init),
        cookie_returned: visitor.cookie,
        invalid_ke: visitor.reactions.iter().map(ReactionJson::of).collect(),
        ike_auth: visitor.auth.as_ref().map(AuthJson::of),
        server,
    };
    json::write(&report, out)
}
