//! JSON of `clients`, version 1.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::frames;
use crate::answer::words::Frame;
use crate::dialect::charon;
use crate::ike::Proposal;
use crate::peer::client::{RekeyAnswer, RekeyOffer};
use crate::peer::{Client, Fact, Known};
use crate::profile::{Database, Profile};
use crate::write::grid::Grid;

#[derive(Serialize)]
struct List<'a> {
    schema: &'static str,
    headline: String,
    next: String,
    clients: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    id: &'a str,
    name: &'a str,
    vendor: &'a str,
    label: &'a str,
    product: &'a str,
    role: String,
    versions: &'a [String],
    variants: Vec<&'a str>,
    aliases: &'a [String],
    /// Of the first message.
    evidence: Option<String>,
    newest_evidence: Option<&'a str>,
    /// The user's file, if the profile is the user's.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
}

fn entry<'a>(profile: &'a Profile, own: Option<&'a str>) -> Entry<'a> {
    let file = &profile.file;
    Entry {
        id: &profile.id,
        name: &file.name,
        vendor: &file.vendor,
        label: &file.label,
        product: &file.product,
        role: file.role.to_string(),
        versions: &file.covers,
        variants: profile.variants().collect(),
        aliases: &file.aliases,
        evidence: profile.evidence().map(|grade| grade.to_string()),
        newest_evidence: file.newest_evidence.as_deref(),
        file: own,
    }
}

#[derive(Serialize)]
struct Story<'a> {
    schema: &'static str,
    headline: String,
    next: String,
    #[serde(flatten)]
    entry: Entry<'a>,
    offers: Vec<Offers<'a>>,
    sources: BTreeMap<&'a str, SourceShape<'a>>,
}

#[derive(Serialize)]
struct SourceShape<'a> {
    grade: &'a str,
    title: &'a str,
    url: &'a str,
    date: Option<&'a str>,
}

#[derive(Serialize)]
struct Offers<'a> {
    id: &'a str,
    engine: Option<String>,
    key_exchange: Option<String>,
    ike_sa_init: Group,
    ike_auth: Group,
    child_rekey_by_client: Group,
    child_rekey_by_server: Group,
    ike_rekey_by_client: Group,
    ike_rekey_by_server: Group,
}

#[derive(Default, Serialize)]
struct Group {
    known: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sources: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// Keyword strings that a strongSwan configuration takes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    proposals: Vec<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    negotiated_only: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    group_of_ike_sa: bool,
    /// The suite in use goes out with that group and not without.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    group_only: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    refuses_any_ke: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    refuses_behind_nat: bool,
}

fn group<T>(known: &Known<T>, describe: impl Fn(&T, &mut Group)) -> Group {
    match known {
        Known::Unknown(what) => Group {
            note: Some(what.clone()),
            ..Group::default()
        },
        Known::Stated(Fact {
            value,
            grade,
            sources,
            note,
        }) => {
            let mut group = Group {
                known: true,
                evidence: Some(grade.to_string()),
                sources: sources.clone(),
                note: note.clone(),
                ..Group::default()
            };
            describe(value, &mut group);
            group
        }
    }
}

fn words(list: &[Proposal]) -> Vec<String> {
    let word = |p: &Proposal| crate::dialect::keyword::of_proposal(p);
    list.iter().map(word).collect()
}

fn offers<'a>(client: &'a Client) -> Offers<'a> {
    let list = |offer: &RekeyOffer, group: &mut Group| {
        let (list, negotiated, in_ike_group) = match offer {
            RekeyOffer::List(list) => (words(list), false, false),
            RekeyOffer::ListInIkeGroup(list) => (words(list), false, true),
            RekeyOffer::Negotiated => (Vec::new(), true, false),
            RekeyOffer::NegotiatedInIkeGroup | RekeyOffer::NegotiatedOnlyInIkeGroup => {
                (Vec::new(), true, true)
            }
        };
        group.group_only = matches!(offer, RekeyOffer::NegotiatedOnlyInIkeGroup);
        group.proposals = list;
        group.negotiated_only = negotiated;
        group.group_of_ike_sa = in_ike_group;
    };
    let rekey = |known: &Known<RekeyOffer>| group(known, list);
    let answer = |known: &Known<RekeyAnswer>| {
        group(known, |answer, group| {
            list(&answer.accepts, group);
            group.refuses_any_ke = answer.refuses_any_ke;
            group.refuses_behind_nat = answer.refuses_behind_nat;
        })
    };
    let guess = client
        .ike_sa_init
        .stated()
        .and_then(|fact| fact.value.key_exchange);
    Offers {
        id: &client.id,
        engine: client.engine.map(|engine| engine.to_string()),
        key_exchange: guess.map(charon::transform),
        ike_sa_init: group(&client.ike_sa_init, |offer, group| {
            group.proposals = words(&offer.proposals);
        }),
        ike_auth: group(&client.ike_auth, |list, group| {
            group.proposals = words(list)
        }),
        child_rekey_by_client: rekey(&client.child_rekey_by_client),
        child_rekey_by_server: answer(&client.child_rekey_by_server),
        ike_rekey_by_client: rekey(&client.ike_rekey_by_client),
        ike_rekey_by_server: answer(&client.ike_rekey_by_server),
    }
}

fn document(value: &impl Serialize, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}

/// Some clients of a database.
pub fn list<'p>(
    profiles: &'p [Profile],
    database: &'p Database<'_>,
    out: &mut impl Write,
) -> io::Result<()> {
    let entry = |profile: &'p Profile| entry(profile, database.overlaid(&profile.id));
    let clients = profiles.iter().map(entry).collect();
    let Frame { headline, next } = frames::list(profiles);
    document(
        &List {
            schema: "ikecompat.clients.v1",
            headline,
            next,
            clients,
        },
        out,
    )
}

/// One client.
pub fn show(
    profile: &Profile,
    own: Option<&str>,
    clients: &[(String, Client)],
    out: &mut impl Write,
) -> io::Result<()> {
    let sources = profile.file.sources.iter().map(|(key, source)| {
        let shape = SourceShape {
            grade: source.grade.into(),
            title: &source.title,
            url: &source.url,
            date: source.date.as_deref(),
        };
        (key.as_str(), shape)
    });
    let Frame { headline, next } = frames::show(profile, clients);
    document(
        &Story {
            schema: "ikecompat.client.v1",
            headline,
            next,
            entry: entry(profile, own),
            offers: clients.iter().map(|(_, client)| offers(client)).collect(),
            sources: sources.collect(),
        },
        out,
    )
}

/// Several clients side by side.
pub fn compare(frame: Frame, table: &Grid, out: &mut impl Write) -> io::Result<()> {
    columns("ikecompat.compare.v1", frame, table, out)
}

/// What is not known of clients.
pub fn unknown(frame: Frame, table: &Grid, out: &mut impl Write) -> io::Result<()> {
    columns("ikecompat.unknown.v1", frame, table, out)
}

fn columns(
    schema: &'static str,
    Frame { headline, next }: Frame,
    table: &Grid,
    out: &mut impl Write,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Document<'a> {
        schema: &'static str,
        headline: String,
        next: String,
        columns: &'a [String],
        rows: &'a [Vec<String>],
    }
    document(
        &Document {
            schema,
            headline,
            next,
            columns: &table.header,
            rows: &table.rows,
        },
        out,
    )
}
