//! A client profile from what was seen of a client.
//!
//! What was not seen stands under `unknown`. Addresses and names of hosts are left out: a profile is
//! meant to be shared.

use std::io::{self, Write};

use crate::compat::likeness::{Observed, resemblance, type_order};
use crate::diag::and_list;
use crate::diagnose::learn::{Learned, Seen};
use crate::dialect::{charon, swan};
use crate::ike::{Proposal, Protocol, TransformType};
use crate::peer::Client;
use crate::peer::client::InvalidKeRetry;

/// Longest label of a profile, in characters.
const LONGEST_LABEL: usize = 24;

/// What is known beside the log or capture.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// Name of the file, without its folder.
    pub file: &'a str,
    /// Date of the capture, `YYYY-MM-DD`.
    pub date: Option<&'a str>,
    /// What the client is called.
    pub name: &'a str,
    /// Version of the program.
    pub version: &'a str,
    /// Product and version, of a client that connected to this program.
    pub listened: Option<&'a str>,
}

/// What the offer has to do with the known clients, as sentences without full stop.
pub fn comparison<'c>(
    learned: &Learned,
    clients: impl IntoIterator<Item = &'c Client>,
) -> Vec<String> {
    let Some(ike) = &learned.ike else {
        return vec!["no offer of IKE_SA_INIT was seen, so it is compared with nobody".to_owned()];
    };
    let order = Some(learned.type_order.as_slice()).filter(|order| !order.is_empty());
    let observed = Observed {
        ike: &ike.proposals,
        key_exchange: learned.key_exchange,
        type_order: order,
        esp: learned.esp.as_ref().map(|seen| seen.proposals.as_slice()),
    };
    match resemblance(&observed, clients) {
        Some(found) => found.sentences(|client| format!("{} ({})", client.label, client.id)),
        None => vec!["no known client offers this or nearly this".to_owned()],
    }
}

/// Writes the profile.
pub fn write(
    learned: &Learned,
    comparison: &[String],
    origin: &Origin<'_>,
    out: &mut impl Write,
) -> io::Result<()> {
    let Origin {
        file,
        date,
        name,
        version,
        ..
    } = *origin;
    writeln!(
        out,
        "# Learned by ikecompat {version} from {}.",
        one_line(file)
    )?;
    for sentence in comparison {
        writeln!(out, "# {sentence}")?;
    }
    writeln!(
        out,
        "# What is to be filled in: vendor, product, label, covers, setup, and where the evidence is published."
    )?;
    writeln!(out, "name: {}", quoted(name))?;
    writeln!(out, "vendor: unknown")?;
    writeln!(out, "role: client")?;
    writeln!(out, "product: unknown")?;
    let label: String = name.chars().take(LONGEST_LABEL).collect();
    writeln!(out, "label: {}", quoted(label.trim_end()))?;
    writeln!(out, "covers: []")?;
    if let Some(date) = date {
        writeln!(out, "newest-evidence: {}", quoted(date))?;
    }
    let order = order(learned);
    if let Some(order) = &order {
        writeln!(out, "transform-order: {order}")?;
        writeln!(out, "transform-order-source: seen")?;
    }
    writeln!(out)?;
    source(learned, origin, out)?;
    writeln!(out)?;
    writeln!(out, "variants:")?;
    writeln!(out, "  default:")?;
    writeln!(out, "    setup: not visible in what was seen")?;
    let unknown = groups(learned, out)?;
    writeln!(out, "    unknown:")?;
    for (exchange, reason) in unknown {
        writeln!(out, "      {exchange}: {}", quoted(&reason))?;
    }
    first_message(learned, out)
}

fn source(learned: &Learned, origin: &Origin<'_>, out: &mut impl Write) -> io::Result<()> {
    let noun = noun(learned);
    let what = match (learned.by_packet, learned.watched) {
        (true, _) => "packet capture",
        (false, true) => "listing of tcpdump",
        (false, false) => "log",
    };
    writeln!(out, "sources:")?;
    writeln!(out, "  seen:")?;
    writeln!(out, "    grade: observed")?;
    let title = match origin.listened {
        Some(product) => format!("{product}, connected to ikecompat listen"),
        None => format!("{what} {}", origin.file),
    };
    writeln!(out, "    title: {}", quoted(&title))?;
    let url = format!("file:{}", origin.file.replace(' ', "%20"));
    writeln!(out, "    url: {}", quoted(&url))?;
    let lists = [&learned.ike, &learned.esp, &learned.rekey];
    let mut places: Vec<u64> = lists.into_iter().flatten().map(|seen| seen.at).collect();
    places.dedup();
    let places: Vec<_> = places.iter().map(ToString::to_string).collect();
    let plural = if places.len() == 1 { "" } else { "s" };
    let locator = format!("{noun}{plural} {}", and_list(&places));
    writeln!(out, "    locator: {}", quoted(&locator))?;
    if let Some(date) = origin.date {
        writeln!(out, "    date: {}", quoted(date))?;
    }
    if let Some(seen) = learned.ike.as_ref().or(learned.esp.as_ref()) {
        let listed: Vec<_> = seen.proposals.iter().map(charon::proposal).collect();
        writeln!(out, "    says: {}", quoted(&listed.join(", ")))?;
    }
    Ok(())
}

const fn noun(learned: &Learned) -> &'static str {
    if learned.by_packet { "packet" } else { "line" }
}

/// The order of types, if it was seen and consists of types that profiles name.
fn order(learned: &Learned) -> Option<String> {
    const NAMED: [TransformType; 5] = [
        TransformType::ENCR,
        TransformType::PRF,
        TransformType::INTEG,
        TransformType::KE,
        TransformType::SN,
    ];
    let order = &learned.type_order;
    let known = !order.is_empty() && order.iter().all(|kind| NAMED.contains(kind));
    known.then(|| type_order(order))
}

/// Writes the exchanges that were seen; gives the others with what was looked for.
fn groups(learned: &Learned, out: &mut impl Write) -> io::Result<Vec<(&'static str, String)>> {
    let noun = noun(learned);
    let mut unknown = Vec::new();
    let nothing = |what: &str| format!("no {noun} with {what} was seen");
    match listed(learned.ike.as_ref(), Protocol::Ike) {
        Ok(Some(offers)) => {
            writeln!(out, "    ike-sa-init:")?;
            writeln!(out, "      sources: [seen]")?;
            offered(&offers, out)?;
            if let Some(group) = learned.key_exchange.and_then(swan::spell)
                && named_in(learned.ike.as_ref(), learned.key_exchange)
            {
                writeln!(out, "      key-exchange: {group}")?;
            }
            if let Some(retries) = learned.retries {
                let retries = match retries {
                    InvalidKeRetry::Never => "false",
                    InvalidKeRetry::Repeats => "true",
                    InvalidKeRetry::Anew => "anew",
                };
                writeln!(out, "      retries-invalid-ke: {retries}")?;
            }
        }
        Ok(None) => unknown.push(("ike-sa-init", nothing("the offer of IKE_SA_INIT"))),
        Err(why) => unknown.push(("ike-sa-init", why)),
    }
    let encrypted = learned.watched;
    match listed(learned.esp.as_ref(), Protocol::Esp) {
        Ok(Some(offers)) => {
            writeln!(out, "    ike-auth:")?;
            writeln!(out, "      sources: [seen]")?;
            offered(&offers, out)?;
        }
        Ok(None) if encrypted => {
            unknown.push(("ike-auth", "IKE_AUTH is encrypted in a capture".to_owned()));
        }
        Ok(None) => unknown.push(("ike-auth", nothing("the ESP proposals of IKE_AUTH"))),
        Err(why) => unknown.push(("ike-auth", why)),
    }
    match listed(learned.rekey.as_ref(), Protocol::Esp) {
        Ok(Some(offers)) => {
            writeln!(out, "    child-rekey-by-client:")?;
            writeln!(out, "      sources: [seen]")?;
            offered(&offers, out)?;
        }
        Ok(None) => unknown.push((
            "child-rekey-by-client",
            nothing("a rekeying of a child SA by the client"),
        )),
        Err(why) => unknown.push(("child-rekey-by-client", why)),
    }
    for (exchange, what) in [
        (
            "child-rekey-by-server",
            "a rekeying of a child SA by the server",
        ),
        (
            "ike-rekey-by-client",
            "a rekeying of the IKE SA by the client",
        ),
        (
            "ike-rekey-by-server",
            "a rekeying of the IKE SA by the server",
        ),
    ] {
        unknown.push((exchange, nothing(what)));
    }
    Ok(unknown)
}

fn offered(offers: &[String], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "      offers:")?;
    for offer in offers {
        writeln!(out, "        - {offer}")?;
    }
    Ok(())
}

fn named_in(seen: Option<&Seen>, group: Option<crate::ike::Transform>) -> bool {
    let named = |proposal: &Proposal| group.is_some_and(|group| proposal.contains(group));
    seen.is_some_and(|seen| seen.proposals.iter().any(named))
}

/// The proposals in strongSwan's keywords; fails with what a profile cannot say.
fn listed(seen: Option<&Seen>, protocol: Protocol) -> Result<Option<Vec<String>>, String> {
    let Some(seen) = seen else {
        return Ok(None);
    };
    let spelled = seen.proposals.iter().enumerate().map(|(place, proposal)| {
        let number = place + 1;
        let words: Result<Vec<_>, String> = proposal
            .transforms()
            .iter()
            .map(|t| {
                swan::spell(*t).ok_or_else(|| {
                    format!(
                        "proposal {number} offers {}, for which there is no keyword",
                        charon::transform(*t)
                    )
                })
            })
            .collect();
        if let Some(kind) = lacks(proposal, protocol) {
            let noun = kind.noun();
            return Err(format!(
                "proposal {number} names no {noun}, and profiles need one"
            ));
        }
        Ok(words?.join("-"))
    });
    spelled.collect::<Result<_, _>>().map(Some)
}

/// A type that a proposal of a profile names and this one does not.
fn lacks(proposal: &Proposal, protocol: Protocol) -> Option<TransformType> {
    let classic = proposal
        .of(TransformType::ENCR)
        .iter()
        .any(|t| !t.is_aead());
    let needed: &[TransformType] = match protocol {
        Protocol::Ike if classic => &[
            TransformType::ENCR,
            TransformType::INTEG,
            TransformType::PRF,
            TransformType::KE,
        ],
        Protocol::Ike => &[TransformType::ENCR, TransformType::PRF, TransformType::KE],
        Protocol::Ah | Protocol::Esp => &[TransformType::ENCR, TransformType::SN],
    };
    needed
        .iter()
        .copied()
        .find(|kind| proposal.of(*kind).is_empty())
}

/// Everything else that the first message shows.
fn first_message(learned: &Learned, out: &mut impl Write) -> io::Result<()> {
    let mut parts = Vec::new();
    if let Some(nonce) = learned.nonce {
        parts.push(format!("a nonce of {nonce} octets"));
    }
    if !learned.notifies.is_empty() {
        let names: Vec<_> = learned.notifies.iter().map(|it| it.label()).collect();
        parts.push(format!("the notifies {}, in this order", and_list(&names)));
    }
    if !learned.vendor_ids.is_empty() {
        parts.push(format!("the vendor IDs {}", and_list(&learned.vendor_ids)));
    }
    if parts.is_empty() {
        return Ok(());
    }
    let text = format!("IKE_SA_INIT carries {}.", parts.join("; "));
    writeln!(out)?;
    writeln!(out, "quirks:")?;
    writeln!(out, "  - id: first-message")?;
    writeln!(out, "    sources: [seen]")?;
    writeln!(out, "    text: {}", quoted(&text))?;
    if let Some(nonce) = learned.nonce {
        writeln!(out, "    nonce-octets: {nonce}")?;
    }
    // A profile names notifies, and has no word for those without a name.
    let names = learned.notifies.iter().map(|it| it.name());
    if let Some(names) = names
        .collect::<Option<Vec<_>>>()
        .filter(|it| !it.is_empty())
    {
        writeln!(out, "    notifies: [{}]", names.join(", "))?;
    }
    Ok(())
}

/// A text without line breaks and control characters.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// A YAML scalar in double quotation marks.
fn quoted(text: &str) -> String {
    let text = one_line(text).replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{text}\"")
}
