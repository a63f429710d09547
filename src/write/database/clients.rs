//! The database for people: the list of clients, one client's whole story, several side by side.

use std::io::{self, Write};

use itertools::Itertools as _;

use super::story::Story;
use super::{brief, frames};
use crate::answer::words::Frame;
use crate::diag::Tone;
use crate::dialect::swan;
use crate::ike::{Proposal, Protocol, Transform, TransformType};
use crate::peer::{Client, Grade};
use crate::profile::shape::{ClientFile, Role};
use crate::profile::{Database, Profile};
use crate::write::grid::Grid;
use crate::write::report::frame;
use crate::write::report::table::TableStyle;
use crate::write::text;

/// The list, flat: a row a client, for formats that sort and filter by themselves.
pub fn list(profiles: &[Profile]) -> Grid {
    let row = |profile: &Profile| {
        let file = &profile.file;
        vec![
            profile.id.clone(),
            file.vendor.clone(),
            file.role.to_string(),
            file.covers.join(", "),
            variants(profile).join(" "),
            aliases(file).join(" "),
            grade(profile),
            newest(file),
        ]
    };
    let header = [
        "id", "vendor", "role", "versions", "variants", "aliases", "evidence", "newest",
    ];
    Grid {
        header: header.map(ToOwned::to_owned).to_vec(),
        rows: by_vendor(profiles).into_iter().map(row).collect(),
    }
}

/// The list for people, grouped by vendor: gateways behind clients, what is whose, and how to go
/// on.
pub fn grouped(
    profiles: &[Profile],
    database: &Database<'_>,
    width: u16,
    out: &mut impl Write,
) -> io::Result<()> {
    let header = ["", "versions", "evidence", "newest", "also called"];
    let mut table = Grid {
        header: header.map(ToOwned::to_owned).to_vec(),
        rows: Vec::new(),
    };
    for (vendor, group) in &by_vendor(profiles).into_iter().chunk_by(|p| &p.file.vendor) {
        let blank = || vec![String::new(); header.len()];
        if !table.rows.is_empty() {
            table.rows.push(blank());
        }
        let mut heading = blank();
        heading[0].clone_from(vendor);
        table.rows.push(heading);
        for profile in group {
            let file = &profile.file;
            let mine = if database.overlaid(&profile.id).is_some() {
                "*"
            } else {
                ""
            };
            table.rows.push(vec![
                format!("  {}{mine}", profile.id),
                file.covers.join(", "),
                grade(profile),
                newest(file),
                aliases(file).join(" "),
            ]);
            let names = variants(profile);
            for name in &names {
                let mut row = blank();
                row[0] = format!("    :{name}");
                table.rows.push(row);
            }
        }
    }
    let frame = frames::list(profiles);
    frame::headline(&frame, "", width, out)?;
    writeln!(out)?;
    // What `show` says of each is the first that there may be no room for.
    let table = match table.folds(width) {
        true => table,
        false => table.without("newest"),
    };
    let place = table.header.iter().position(|name| name == "evidence");
    let tone = |row: usize, column: usize| {
        let cell = table.rows[row]
            .get(column)
            .filter(|_| Some(column) == place);
        let grade = cell.and_then(|cell| cell.parse::<Grade>().ok());
        grade.map_or(Tone::Neutral, Grade::tone)
    };
    table.marked(width, tone, out)?;
    if profiles.iter().any(|p| database.overlaid(&p.id).is_some()) {
        writeln!(out, "\n*: from your own profiles")?;
    }
    frame::next(&frame, width, out)
}

/// Profiles by vendor, clients before gateways, then by id.
pub(super) fn by_vendor(profiles: &[Profile]) -> Vec<&Profile> {
    let key = |p: &&Profile| {
        let file = &p.file;
        (
            file.vendor.clone(),
            file.role == Role::Gateway,
            p.id.clone(),
        )
    };
    profiles.iter().sorted_by_key(key).collect()
}

/// The names of the variants, unless there is only one.
fn variants(profile: &Profile) -> Vec<&str> {
    let names: Vec<_> = profile.variants().collect();
    if names.len() > 1 { names } else { Vec::new() }
}

fn newest(file: &ClientFile) -> String {
    file.newest_evidence
        .clone()
        .unwrap_or_else(|| "-".to_owned())
}

/// Aliases, those of variants with what they mean.
pub(super) fn aliases(file: &ClientFile) -> Vec<String> {
    let own = file.aliases.iter().cloned();
    let variants = file
        .variants
        .iter()
        .flat_map(|(name, variant)| variant.aliases.iter().map(move |a| format!("{a}=:{name}")));
    own.chain(variants).collect()
}

fn grade(profile: &Profile) -> String {
    profile
        .evidence()
        .map_or_else(|| "-".to_owned(), |grade| grade.to_string())
}

/// Writes what one client offers, on a screen, or its whole story.
pub fn show(
    profile: &Profile,
    clients: &[(String, Client)],
    TableStyle { width, verbose, .. }: TableStyle,
    out: &mut impl Write,
) -> io::Result<()> {
    let frame = frames::show(profile, clients);
    frame::headline(&frame, "", width, out)?;
    match verbose {
        true => Story::of(profile, clients).write(width, out)?,
        false => brief::write(profile, clients, width, out)?,
    }
    frame::next(&frame, width, out)
}

/// The proposals of an offer, numbered in wire order, a column a transform type.
pub(crate) fn offer(protocol: Protocol, proposals: &[Proposal]) -> Grid {
    let mut header = vec!["no.", "encryption", "integrity"];
    header.extend((protocol == Protocol::Ike).then_some("PRF"));
    let with_group = proposals.iter().any(|p| p.first_ke().is_some());
    header.extend(with_group.then_some("key exchange"));
    let with_esn = proposals
        .iter()
        .any(|p| p.of(TransformType::SN).iter().any(|t| t.id > 0));
    header.extend(with_esn.then_some("sequence numbers"));
    let names = |proposal: &Proposal, kind| {
        let list = proposal.of(kind).iter().map(|t| match t.kind {
            kind if kind.is_key_exchange() => group_name(*t),
            _ => text::transform(*t),
        });
        let list = list.collect::<Vec<_>>().join(" ");
        if list.is_empty() {
            "-".to_owned()
        } else {
            list
        }
    };
    let row = |(place, proposal): (usize, &Proposal)| {
        let mut row = vec![
            (place + 1).to_string(),
            names(proposal, TransformType::ENCR),
            names(proposal, TransformType::INTEG),
        ];
        if protocol == Protocol::Ike {
            row.push(names(proposal, TransformType::PRF));
        }
        if with_group {
            row.push(names(proposal, TransformType::KE));
        }
        if with_esn {
            row.push(names(proposal, TransformType::SN));
        }
        row
    };
    Grid {
        header: header.into_iter().map(ToOwned::to_owned).collect(),
        rows: proposals.iter().enumerate().map(row).collect(),
    }
}

/// `modp2048(14)`: people know groups by either.
pub(super) fn group_name(group: Transform) -> String {
    if group.is_none() || group.is_private() {
        return text::transform(group);
    }
    format!("{}({})", text::transform(group), group.id)
}

/// Rows beyond which only what several clients offer is shown, which is said then.
const MOST_ROWS: usize = 60;

/// How many suites are left out of a comparison of everything.
pub fn left_out(clients: &[Client], phases: &[u8], table: &Grid) -> usize {
    let all = compare_all(clients, phases, &[]).rows.len();
    all.saturating_sub(table.rows.len())
}

/// What is left out of a comparison, in a sentence; nothing if that is nothing.
pub fn without(left: usize) -> Option<String> {
    (left > 0).then(|| {
        format!(
            "{} that only one of them offers {} left out; `--only ALGORITHMS` shows those that are named",
            text::count(left, "suite"),
            if left == 1 { "is" } else { "are" }
        )
    })
}

/// Several clients side by side: every suite that one of them offers, in phase 1 with the PRF of its hash, or
/// every combination of the algorithms in `only`. Where these are too many, those that several offer.
pub fn compare(clients: &[Client], phases: &[u8], only: &[Transform]) -> Grid {
    let mut table = compare_all(clients, phases, only);
    if only.is_empty() && clients.len() > 1 && table.rows.len() > MOST_ROWS {
        let first = table.header.len() - clients.len();
        table.rows.retain(|row| {
            let offered = row.iter().skip(first).filter(|cell| *cell == "yes");
            offered.count() > 1
        });
    }
    table
}

fn compare_all(clients: &[Client], phases: &[u8], only: &[Transform]) -> Grid {
    let mut header = ["phase", "encryption", "hash", "DH group"]
        .map(ToOwned::to_owned)
        .to_vec();
    header.extend(clients.iter().map(|client| client.id.clone()));
    let mut rows = Vec::new();
    for phase in phases {
        let lists: Vec<Option<&[Proposal]>> = clients
            .iter()
            .map(|client| match phase {
                1 => client
                    .ike_sa_init
                    .stated()
                    .map(|f| f.value.proposals.as_slice()),
                _ => client.ike_auth.stated().map(|f| f.value.as_slice()),
            })
            .collect();
        let axis = |kind| axis(&lists, kind, only);
        let groups = if *phase == 1 {
            axis(TransformType::KE)
        } else {
            Vec::new()
        };
        let groups: Vec<_> = if groups.is_empty() {
            vec![None]
        } else {
            groups.into_iter().map(Some).collect()
        };
        let (aead, classic): (Vec<_>, Vec<_>) = axis(TransformType::ENCR)
            .into_iter()
            .partition(|t| t.is_aead());
        let hashes = axis(TransformType::INTEG);
        let prfs = if *phase == 1 {
            axis(TransformType::PRF)
        } else {
            Vec::new()
        };
        let classic = classic.iter().cartesian_product(hashes.iter().map(Some));
        let aead_hashes: Vec<Option<&Transform>> = if *phase == 1 {
            prfs.iter().map(Some).collect()
        } else {
            vec![None]
        };
        let aead = aead.iter().cartesian_product(aead_hashes);
        for ((encr, hash), group) in classic.chain(aead).cartesian_product(&groups) {
            let mut row = vec![
                phase.to_string(),
                text::transform(*encr),
                hash.map_or_else(|| "-".to_owned(), |hash| text::transform(*hash)),
                group.map_or_else(|| "-".to_owned(), group_name),
            ];
            row.extend(lists.iter().map(|list| match list {
                None => "?".to_owned(),
                Some(list) => {
                    let offered = list.iter().any(|p| offers(p, *encr, hash.copied(), *group));
                    (if offered { "yes" } else { "-" }).to_owned()
                }
            }));
            let offered = row.iter().any(|cell| cell == "yes");
            if offered || !only.is_empty() {
                rows.push(row);
            }
        }
    }
    Grid { header, rows }
}

/// Writes a comparison; the last columns, as many as there are clients, have numbers where their ids do not fit.
pub fn side_by_side(
    table: &Grid,
    clients: usize,
    frame: &Frame,
    look: TableStyle,
    out: &mut impl Write,
) -> io::Result<()> {
    frame::headline(frame, "", look.width, out)?;
    writeln!(out)?;
    let first = table.header.len() - clients;
    let tone = |row: usize, column: usize| match table.rows[row][column].as_str() {
        "yes" => Tone::Good,
        "?" => Tone::Doubtful,
        _ => Tone::Neutral,
    };
    if table.fits(look.width) {
        table.painted(look.width, look.colour, tone, out)?;
    } else {
        let mut numbered = table.clone();
        for (place, name) in numbered.header.iter_mut().skip(first).enumerate() {
            *name = (place + 1).to_string();
        }
        numbered.painted(look.width, look.colour, tone, out)?;
        writeln!(out)?;
        for (place, name) in table.header.iter().skip(first).enumerate() {
            writeln!(out, "{}  {name}", place + 1)?;
        }
    }
    frame::next(frame, look.width, out)
}

/// All clients against the suites that most of them offer, as many as `most`: a row a client.
pub(crate) fn usual(clients: &[Client], phase: u8, most: usize) -> Grid {
    let all = compare(clients, &[phase], &[]);
    let yes = |row: &Vec<String>| row.iter().filter(|cell| *cell == "yes").count();
    let suites = all
        .rows
        .iter()
        .sorted_by_key(|row| std::cmp::Reverse(yes(row)));
    let suites: Vec<_> = suites.take(most).collect();
    let name = |row: &&Vec<String>| {
        let parts = row.iter().skip(1).take(3).filter(|part| *part != "-");
        parts
            .map(|part| part.split('(').next().unwrap_or(part))
            .join("-")
    };
    let of_client = |(place, client): (usize, &Client)| {
        let cells = suites.iter().filter_map(|row| row.get(place + 4).cloned());
        std::iter::once(client.id.clone()).chain(cells).collect()
    };
    Grid {
        header: std::iter::once("client".to_owned())
            .chain(suites.iter().map(name))
            .collect(),
        rows: clients.iter().enumerate().map(of_client).collect(),
    }
}

/// The values of one type that any client offers, or those that are asked for.
fn axis(lists: &[Option<&[Proposal]>], kind: TransformType, only: &[Transform]) -> Vec<Transform> {
    if !only.is_empty() {
        return only.iter().copied().filter(|t| t.kind == kind).collect();
    }
    let mut values: Vec<Transform> = Vec::new();
    for list in lists.iter().flatten() {
        for transform in list.iter().flat_map(|p| p.of(kind)) {
            if !values.contains(transform) {
                values.push(*transform);
            }
        }
    }
    values
}

/// Whether a proposal allows the combination; in IKE with the PRF that belongs to the hash.
fn offers(
    proposal: &Proposal,
    encr: Transform,
    hash: Option<Transform>,
    group: Option<Transform>,
) -> bool {
    let has = |transform: Option<Transform>| transform.is_none_or(|t| proposal.contains(t));
    let prf = hash
        .filter(|hash| hash.kind == TransformType::INTEG && proposal.protocol() == Protocol::Ike)
        .and_then(swan::prf_of);
    proposal.contains(encr) && has(hash) && has(prf) && has(group)
}
