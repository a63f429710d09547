//! JSON of `clients`.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema};
use serde::Serialize;

use super::frames;
use crate::answer::words::Frame;
use crate::dialect::charon;
use crate::ike::Proposal;
use crate::peer::client::{RekeyAnswer, RekeyOffer};
use crate::peer::{Client, Fact, Grade, Known};
use crate::profile::shape::Role;
use crate::profile::{Database, Profile};
use crate::write::grid::Grid;
use crate::write::json::{self, Document, SourceJson, Word};

#[derive(Serialize, JsonSchema)]
struct List<'a> {
    /// The answer in one line.
    headline: String,
    /// What to do or call next.
    next: String,
    totals: ListTotals,
    clients: Vec<Entry<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct ListTotals {
    /// Profiles of clients.
    clients: usize,
    /// Profiles of gateways.
    gateways: usize,
}

#[derive(Serialize, JsonSchema)]
struct Entry<'a> {
    id: &'a str,
    name: &'a str,
    vendor: &'a str,
    label: &'a str,
    product: &'a str,
    role: Word<Role>,
    versions: &'a [String],
    variants: Vec<&'a str>,
    aliases: &'a [String],
    /// Of the first message.
    evidence: Option<Word<Grade>>,
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
        role: Word(file.role),
        versions: &file.covers,
        variants: profile.variants().collect(),
        aliases: &file.aliases,
        evidence: profile.evidence().map(Word),
        newest_evidence: file.newest_evidence.as_deref(),
        file: own,
    }
}

#[derive(Serialize, JsonSchema)]
struct Story<'a> {
    /// The answer in one line.
    headline: String,
    /// What to do or call next.
    next: String,
    totals: StoryTotals,
    #[serde(flatten)]
    entry: Entry<'a>,
    offers: Vec<Offers<'a>>,
    /// Sources by the keys that the facts name.
    sources: BTreeMap<&'a str, SourceJson>,
}

#[derive(Serialize, JsonSchema)]
struct StoryTotals {
    /// Set-ups that are shown.
    offers: usize,
    sources: usize,
}

impl Document for List<'_> {
    const NAME: &'static str = "clients-list";
    const VERSION: u8 = 1;
    const TITLE: &'static str = "ikecompat clients list --format json";
}

impl Document for Story<'_> {
    const NAME: &'static str = "clients-show";
    const VERSION: u8 = 1;
    const TITLE: &'static str =
        "ikecompat clients show --format json, one document for each client";
}

/// The schema of the list of clients.
pub fn list_schema() -> Schema {
    json::schema::<List<'_>>()
}

/// The schema of one client.
pub fn show_schema() -> Schema {
    json::schema::<Story<'_>>()
}

/// The schema of clients side by side.
pub fn compare_schema() -> Schema {
    json::schema::<Columns<'_, Compare>>()
}

/// The schema of what is not known.
pub fn unknown_schema() -> Schema {
    json::schema::<Columns<'_, Unknown>>()
}

#[derive(Serialize, JsonSchema)]
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

#[derive(Default, Serialize, JsonSchema)]
struct Group {
    known: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<Word<Grade>>,
    /// Keys of sources.
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
                evidence: Some(Word(*grade)),
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

/// Some clients of a database.
pub fn list<'p>(
    profiles: &'p [Profile],
    database: &'p Database<'_>,
    out: &mut impl Write,
) -> io::Result<()> {
    let entry = |profile: &'p Profile| entry(profile, database.overlaid(&profile.id));
    let clients: Vec<_> = profiles.iter().map(entry).collect();
    let of = |role| profiles.iter().filter(|it| it.file.role == role).count();
    let Frame { headline, next, .. } = frames::list(profiles);
    let list = List {
        headline,
        next,
        totals: ListTotals {
            clients: of(Role::Client),
            gateways: of(Role::Gateway),
        },
        clients,
    };
    json::write(&list, out)
}

/// One client.
pub fn show(
    profile: &Profile,
    own: Option<&str>,
    clients: &[(String, Client)],
    out: &mut impl Write,
) -> io::Result<()> {
    let sources = profile.file.sources.iter();
    let sources = sources.map(|(key, source)| (key.as_str(), SourceJson::of(source)));
    let Frame { headline, next, .. } = frames::show(profile, clients);
    let story = Story {
        headline,
        next,
        totals: StoryTotals {
            offers: clients.len(),
            sources: profile.file.sources.len(),
        },
        entry: entry(profile, own),
        offers: clients.iter().map(|(_, client)| offers(client)).collect(),
        sources: sources.collect(),
    };
    json::write(&story, out)
}

/// A table: names of columns, and cells.
#[derive(Serialize, JsonSchema)]
#[serde(bound = "")]
struct Columns<'a, T> {
    /// The answer in one line.
    headline: String,
    /// What to do or call next.
    next: String,
    totals: TableTotals,
    columns: &'a [String],
    rows: &'a [Vec<String>],
    #[serde(skip)]
    of: PhantomData<T>,
}

#[derive(Serialize, JsonSchema)]
struct TableTotals {
    rows: usize,
}

impl<'a, T> Columns<'a, T> {
    fn of(Frame { headline, next, .. }: Frame, table: &'a Grid) -> Self {
        Self {
            headline,
            next,
            totals: TableTotals {
                rows: table.rows.len(),
            },
            columns: table.header.as_slice(),
            rows: table.rows.as_slice(),
            of: PhantomData,
        }
    }
}

/// What a table is of.
#[derive(JsonSchema)]
enum Compare {}

/// What a table is of.
#[derive(JsonSchema)]
enum Unknown {}

impl Document for Columns<'_, Compare> {
    const NAME: &'static str = "clients-compare";
    const VERSION: u8 = 1;
    const TITLE: &'static str = "ikecompat clients compare --format json";
}

impl Document for Columns<'_, Unknown> {
    const NAME: &'static str = "clients-unknown";
    const VERSION: u8 = 1;
    const TITLE: &'static str = "ikecompat clients list --unknown --format json";
}

/// Several clients side by side.
pub fn compare(frame: Frame, table: &Grid, out: &mut impl Write) -> io::Result<()> {
    json::write(&Columns::<Compare>::of(frame, table), out)
}

/// What is not known of clients.
pub fn unknown(frame: Frame, table: &Grid, out: &mut impl Write) -> io::Result<()> {
    json::write(&Columns::<Unknown>::of(frame, table), out)
}
