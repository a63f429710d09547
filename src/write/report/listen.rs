//! What a client showed that connected to a server which lets nobody in.

pub mod json;

use std::io::{self, Write};

use crate::answer::text;
use crate::answer::words::Frame;
use crate::diag::and_list;
use crate::dialect::{charon, swan};
use crate::ike::registry;
use crate::ike::{Notify, Proposal};
use crate::live::visitor::{AuthSeen, InitSeen, Proof, Reaction, Visitor};
use crate::wire::vendor;
use crate::write::report::frame;

/// Which client it is, and the next step.
pub fn frame(visitor: &Visitor, comparison: &[String]) -> Frame {
    let count = text::count(visitor.init.proposals.len(), "proposal");
    let which = comparison.first().map_or("", String::as_str);
    let next = match visitor.is_complete() {
        true => "`ikecompat listen --learn NAME` writes a profile of it",
        false => "let it dial again: it did not come as far as its offer for ESP",
    };
    Frame {
        headline: match which {
            "" => format!("a client was seen, with {count}"),
            which => format!("a client was seen, with {count}: {which}"),
        },
        next: next.to_owned(),
    }
}

/// Writes it for people; `comparison` says which known client it is.
pub fn write(
    visitor: &Visitor,
    comparison: &[String],
    width: u16,
    out: &mut impl Write,
) -> io::Result<()> {
    let frame = frame(visitor, comparison);
    frame::headline(&frame, "", width, out)?;
    let mut say = |heading: &str, lines: &[String]| {
        if lines.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n{heading}")?;
        lines
            .iter()
            .try_for_each(|line| writeln!(out, "{}", text::wrap(line, width, "  ", 4)))
    };
    say("which client this is", comparison)?;
    say("IKE, as offered", &offered(&visitor.init.proposals))?;
    if let Some(auth) = &visitor.auth {
        say("ESP of the first child SA, as offered", &offered(&auth.esp))?;
    }
    say("first message", &first_message(visitor))?;
    say("asked for more", &reactions(visitor))?;
    let auth = visitor.auth.as_ref();
    say(
        "IKE_AUTH",
        &auth.map(|auth| ike_auth(auth, visitor)).unwrap_or_default(),
    )?;
    if visitor.refused {
        let line = "it offers nothing that this program computes, so IKE_AUTH was not reached";
        say("IKE_AUTH", &[line.to_owned()])?;
    }
    if visitor.is_unreadable {
        let line = "it came with the right keys, but its payloads cannot be read";
        say("IKE_AUTH", &[line.to_owned()])?;
    }
    frame::next(&frame, width, out)
}

/// The proposals, numbered, in strongSwan's keywords where there are some.
fn offered(proposals: &[Proposal]) -> Vec<String> {
    let numbered = written(proposals).into_iter().enumerate();
    numbered
        .map(|(place, words)| format!("{} {words}", place + 1))
        .collect()
}

/// The proposals in strongSwan's keywords where there are some.
fn written(proposals: &[Proposal]) -> Vec<String> {
    let words = |it: &Proposal| swan::write(it).unwrap_or_else(|| charon::proposal(it));
    proposals.iter().map(words).collect()
}

fn first_message(visitor: &Visitor) -> Vec<String> {
    let init = &visitor.init;
    let mut lines = vec![format!(
        "{} octets to port {}, a nonce of {}",
        init.octets, visitor.ports.0, init.nonce
    )];
    if let Some(group) = init.key_exchange {
        lines.push(format!("a KE payload for {}", text::transform(group)));
    }
    if !init.type_order.is_empty() {
        let order = crate::compat::likeness::type_order(&init.type_order);
        lines.push(format!("transforms in the order {order}"));
    }
    lines.extend(notifies("notifies", &init.notifies));
    let hashes = init.hashes.iter();
    let hashes: Vec<_> = hashes
        .map(|number| named(registry::hash(*number), "hash", u32::from(*number)))
        .collect();
    if !hashes.is_empty() {
        lines.push(format!("hash algorithms: {}", hashes.join(", ")));
    }
    let ids = vendor_names(init);
    if !ids.is_empty() {
        lines.push(format!("vendor IDs: {}", ids.join(", ")));
    }
    lines
}

fn vendor_names(init: &InitSeen) -> Vec<String> {
    let ids = init.vendor_ids.iter();
    ids.map(|id| vendor::name(id).unwrap_or_else(|| vendor::hex(id)))
        .collect()
}

fn notifies(what: &str, notifies: &[Notify]) -> Option<String> {
    let labels: Vec<_> = notifies.iter().map(|it| it.label()).collect();
    (!labels.is_empty()).then(|| format!("{what}: {}", labels.join(", ")))
}

fn named(name: Option<&str>, noun: &str, number: u32) -> String {
    name.map_or_else(|| format!("{noun} {number}"), ToOwned::to_owned)
}

fn method(number: u8) -> String {
    named(
        registry::authentication(number),
        "method",
        u32::from(number),
    )
}

fn identity_type(number: u8) -> String {
    named(
        registry::identity(number),
        "identity type",
        u32::from(number),
    )
}

fn attribute(number: u16) -> String {
    named(registry::attribute(number), "attribute", u32::from(number))
}

fn reactions(visitor: &Visitor) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(visitor.cookie.map(|sent| {
        let what = if sent {
            "sent it back"
        } else {
            "did not send it back"
        };
        format!("COOKIE: {what}")
    }));
    lines.extend(visitor.reactions.iter().map(reaction));
    lines
}

fn reaction(reaction: &Reaction) -> String {
    let wanted = text::transform(reaction.wanted);
    let Some(then) = &reaction.then else {
        return format!("INVALID_KE_PAYLOAD for {wanted}: nothing came");
    };
    let sent = then
        .sent
        .map_or_else(|| "no group".to_owned(), text::transform);
    let order = if then.reordered {
        "reordered"
    } else {
        "as it was"
    };
    let spi = if then.same_spi {
        "the same SPI"
    } else {
        "another SPI"
    };
    format!("INVALID_KE_PAYLOAD for {wanted}: {sent} came, the list {order}, with {spi}")
}

fn ike_auth(auth: &AuthSeen, visitor: &Visitor) -> Vec<String> {
    let port = visitor.ports.1.unwrap_or_default();
    let mut lines = vec![format!(
        "{} octets in {} to port {port}",
        auth.octets,
        text::count(auth.fragments, "message")
    )];
    lines.push(match auth.proof {
        Proof::Eap => "it wants to prove itself by EAP".to_owned(),
        Proof::Method(number) => format!("it proves itself by {}", method(number)),
    });
    lines.extend(auth.initiator.map(|number| match auth.is_typed {
        Some(same) => format!(
            "its own identity is of type {} and equals what you typed: {}",
            identity_type(number),
            if same { "yes" } else { "no" }
        ),
        None => format!("its own identity is of type {}", identity_type(number)),
    }));
    lines.push(match auth.responder {
        Some(number) => format!(
            "it names the server's identity, of type {}",
            identity_type(number)
        ),
        None => "it does not name the server's identity".to_owned(),
    });
    if auth.certificates > 0 {
        lines.push(format!(
            "it sends {}",
            text::count(auth.certificates, "certificate")
        ));
    }
    lines.push(match auth.authorities {
        Some(0) => "it asks for a certificate of anybody".to_owned(),
        Some(1) => "it asks for a certificate of 1 certification authority".to_owned(),
        Some(count) => format!("it asks for a certificate of {count} certification authorities"),
        None => "it asks for no certificate".to_owned(),
    });
    let attributes = auth.attributes.iter();
    let attributes: Vec<_> = attributes.map(|number| attribute(*number)).collect();
    if !attributes.is_empty() {
        lines.push(format!("configuration: {}", attributes.join(", ")));
    }
    lines.push(format!(
        "traffic selectors: {} of its own, {} of the server",
        auth.selectors.0, auth.selectors.1
    ));
    lines.extend(notifies("notifies", &auth.notifies));
    let payloads: Vec<_> = auth.payloads.iter().map(ToString::to_string).collect();
    lines.push(format!("payloads: {}", payloads.join(", ")));
    lines
}

/// What is to be entered on a client so that it connects: words that mean nothing to anybody.
pub fn how_to_dial(addresses: &[String], port: u16, out: &mut impl Write) -> io::Result<()> {
    let any = "any words will do for user and password; never use real ones";
    if port == 500 {
        writeln!(out, "server address: {}; {any}", and_list(addresses))?;
    } else {
        writeln!(
            out,
            "server address: {}, port {port}, which only the strongSwan app can be told; {any}",
            and_list(addresses)
        )?;
    }
    for (client, what) in DIALS {
        writeln!(out, "  {client}: {what}")?;
    }
    Ok(())
}

/// The few words for each family of clients.
const DIALS: [(&str, &str); 5] = [
    (
        "iPhone, iPad, Mac",
        "Settings, VPN, add IKEv2: server, remote ID `dummy`, user name and password `dummy`",
    ),
    (
        "Android 11 and later",
        "Settings, VPN, add IKEv2/IPSec MSCHAPv2: server, identifier, user and password `dummy`",
    ),
    (
        "strongSwan app",
        "add profile, IKEv2 EAP: server, user and password `dummy`",
    ),
    (
        "Windows",
        "Add-VpnConnection dummy SERVER -TunnelType Ikev2 -AuthenticationMethod Eap; rasdial dummy dummy dummy",
    ),
    (
        "strongSwan, libreswan",
        "a connection with `auth=psk` or `authby=secret` and a secret that is used nowhere else",
    ),
];
