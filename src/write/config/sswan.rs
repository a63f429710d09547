//! A profile of the strongSwan app for Android, a `.sswan` file.
//!
//! Keys are those that the app's import reads. Each of the two proposals goes straight to the
//! library's parser: a comma separates nothing there, so there is one proposal a key, which may
//! list several algorithms of one kind.

use std::io::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Serialize;

use crate::dialect::{Inexpressible, swan};
use crate::ike::{Proposal, Protocol, Suite, TransformType};
use crate::write::config::refusal::{Failure, Refusal, suites, words};
use crate::write::config::setup::{Auth, Setup};
use crate::write::config::unique;

const PRODUCT: &str = "a .sswan profile";
const SOURCE: &str = "https://docs.strongswan.org/docs/latest/os/androidVpnClientProfiles.html";

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Profile<'a> {
    uuid: String,
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    remote: Remote<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    local: Option<Local<'a>>,
    ike_proposal: String,
    esp_proposal: String,
}

#[derive(Serialize)]
struct Remote<'a> {
    addr: &'a str,
    id: &'a str,
    /// The certificate that the app trusts for this profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    cert: Option<String>,
}

#[derive(Serialize)]
struct Local<'a> {
    /// The user name.
    #[serde(skip_serializing_if = "Option::is_none")]
    eap_id: Option<&'a str>,
    /// The identity, which the user's certificate has to prove.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
}

/// Writes the profile. Returns what it could not carry.
pub fn write(setup: &Setup, out: &mut impl Write) -> Result<Vec<String>, Failure> {
    let (mut refused, mut lost) = (Vec::new(), Vec::new());
    let mut one = |proposals: &[Proposal]| match proposal(proposals) {
        Ok(text) => text,
        Err(why) => {
            refused.push(why);
            String::new()
        }
    };
    let (ike_proposal, esp_proposal) = (one(&setup.ike), one(&setup.esp));
    if !refused.is_empty() {
        return Err(Failure::Refused(refused));
    }
    let kind = match setup.auth {
        Auth::Certificate => "ikev2-cert",
        Auth::EapTls => "ikev2-eap-tls",
        Auth::EapMschapv2 | Auth::EapRadius => "ikev2-eap",
        Auth::Psk => {
            return Err(Failure::Impossible(format!(
                "the strongSwan app has no pre-shared keys ({SOURCE})"
            )));
        }
    };
    if setup.auth == Auth::EapRadius {
        lost.push(
            "that a RADIUS server asks for the password: the app takes what is asked for"
                .to_owned(),
        );
    }
    let name = format!("{}\n{}", setup.address, setup.name);
    let profile = Profile {
        uuid: unique::of_name(&name).to_string(),
        name: &setup.name,
        kind,
        remote: Remote {
            addr: &setup.address,
            id: &setup.remote_id,
            cert: setup.trusted().map(|it| BASE64.encode(&it.der)),
        },
        local: setup.local_id.as_deref().map(|own| Local {
            eap_id: (!setup.auth.by_certificate()).then_some(own),
            id: setup.auth.by_certificate().then_some(own),
        }),
        ike_proposal,
        esp_proposal,
    };
    let text = serde_json::to_string_pretty(&profile).map_err(std::io::Error::from)?;
    writeln!(out, "{text}")?;
    Ok(lost)
}

/// Whether a key can hold the suite.
pub(crate) fn expresses(suite: &Suite) -> bool {
    proposal(&[suite.to_proposal()]).is_ok()
}

/// The text of a key.
fn proposal(proposals: &[Proposal]) -> Result<String, Refusal> {
    let refuse = |limit, nearest: Option<String>| {
        let each: Vec<_> = proposals.iter().map(words).collect();
        let protocol = proposals.first().map_or(Protocol::Ike, Proposal::protocol);
        Refusal {
            phase: crate::write::config::refusal::phase(protocol),
            proposal: each.join(", "),
            why: Box::new(Inexpressible {
                what: each.join(","),
                product: PRODUCT,
                limit,
                source: SOURCE,
            }),
            nearest,
            span: None,
        }
    };
    let [one] = proposals else {
        let limit = "each of its two keys holds one proposal, a comma separates nothing there";
        let first = proposals.first().map(words);
        return Err(refuse(
            limit,
            merged(proposals).map(|p| words(&p)).or(first),
        ));
    };
    let text = swan::write(one).filter(|text| {
        let read = swan::parse(one.protocol(), text);
        read.as_ref() == Ok(one)
    });
    text.ok_or_else(|| refuse("strongSwan has no keyword for one of the algorithms", None))
}

/// The one proposal that allows exactly what the list does, if there is one.
fn merged(proposals: &[Proposal]) -> Option<Proposal> {
    let first = proposals.first()?;
    let mut transforms = Vec::new();
    for transform in proposals.iter().flat_map(Proposal::transforms) {
        if !transforms.contains(transform) {
            transforms.push(*transform);
        }
    }
    let merged = Proposal::new(first.protocol(), transforms);
    let aead = merged
        .of(TransformType::ENCR)
        .iter()
        .filter(|t| t.is_aead());
    let mixed = ![0, merged.of(TransformType::ENCR).len()].contains(&aead.count());
    let all: Vec<_> = proposals.iter().flat_map(suites).collect();
    let made = suites(&merged);
    let same = made.len() == all.len() && made.iter().all(|suite| all.contains(suite));
    (same && !mixed).then_some(merged)
}
