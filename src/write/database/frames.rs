//! What the reports about the database begin and end with.

use itertools::Itertools as _;

use crate::answer::words::Frame;
use crate::diag::{Tone, and_list};
use crate::peer::Client;
use crate::profile::Profile;
use crate::profile::shape::Role;
use crate::write::grid::Grid;
use crate::write::text::count;

/// Of a list of profiles.
pub fn list(profiles: &[Profile]) -> Frame {
    let of = |role| profiles.iter().filter(|p| p.file.role == role).count();
    let kinds = [(of(Role::Client), "client"), (of(Role::Gateway), "gateway")];
    let kinds = kinds.into_iter().filter(|(number, _)| *number > 0);
    let kinds: Vec<_> = kinds.map(|(number, noun)| count(number, noun)).collect();
    let dates = profiles
        .iter()
        .filter_map(|p| p.file.newest_evidence.as_ref());
    let newest = dates
        .max()
        .map_or_else(String::new, |date| format!(", newest evidence {date}"));
    match kinds.is_empty() {
        true => Frame {
            tone: Tone::Doubtful,
            headline: "no client matches".to_owned(),
            next: "`ikecompat clients list` names them all".to_owned(),
        },
        false => Frame {
            tone: Tone::Neutral,
            headline: format!("{}{newest}", and_list(&kinds)),
            next: "`ikecompat clients show ID` says what one of them offers".to_owned(),
        },
    }
}

/// Of the story of one profile, told of some of its clients.
pub fn show(profile: &Profile, clients: &[(String, Client)]) -> Frame {
    let offers = |client: &Client| {
        let ike = client.ike_sa_init.stated();
        let esp = client.ike_auth.stated();
        let said = |number: Option<usize>| match number {
            Some(number) => count(number, "proposal"),
            None => "not known".to_owned(),
        };
        format!(
            "phase 1: {}; phase 2: {}",
            said(ike.map(|it| it.value.proposals.len())),
            said(esp.map(|it| it.value.len()))
        )
    };
    let all = clients.iter().map(|(_, client)| offers(client)).unique();
    let offers = match all.collect_vec().as_slice() {
        [one] => one.clone(),
        _ => format!("{} set-ups", clients.len()),
    };
    let ids = clients.iter().map(|(_, client)| client.id.as_str());
    let id = ids.exactly_one().unwrap_or(&profile.id);
    Frame {
        tone: Tone::Neutral,
        headline: format!("{}: {offers}", profile.file.name),
        next: format!("does it connect? `ikecompat check SERVER --clients {id}`"),
    }
}

/// Of clients side by side in the rows of a table, from which `left_out` suites that one of them offers are left
/// out.
pub fn compare(clients: &[Client], table: &Grid, left_out: usize) -> Frame {
    let first = table.header.len() - clients.len();
    let cells = || table.rows.iter().map(|row| &row[first..]);
    let offered = |cells: &[String]| cells.iter().any(|cell| cell == "yes");
    let shared = |cells: &[String]| cells.iter().all(|cell| cell == "yes");
    let all = cells().filter(|row| offered(row)).count() + left_out;
    let common = cells().filter(|row| shared(row)).count();
    let ids: Vec<_> = clients.iter().map(|client| client.id.as_str()).collect();
    let not_known = clients.iter().enumerate().filter(|(place, _)| {
        let mut column = cells().map(|row| row[*place].as_str());
        table.rows.is_empty() || column.any(|cell| cell == "?")
    });
    let not_known: Vec<_> = not_known.map(|(_, client)| client.id.as_str()).collect();
    let who = and_list(&ids);
    let headline = match (ids.as_slice(), not_known.as_slice()) {
        (_, []) if all == 0 => format!("{who} {} none of these suites", offer(&ids)),
        ([one], []) => format!("{one} offers {}", count(all, "suite")),
        (_, []) => match common {
            0 => format!("{who} have no suite in common"),
            common if common == all && all == 1 => format!("{who} offer the same suite"),
            common if common == all => format!("{who} offer the same {all} suites"),
            common => format!("{who} have {common} of {} in common", count(all, "suite")),
        },
        ([one], _) => format!("what {one} offers is not known in full"),
        (_, unknown) => format!(
            "what {} {} is not known in full, so what {who} have in common is not either",
            and_list(unknown),
            offer(unknown)
        ),
    };
    let next = match ids.as_slice() {
        [one] => {
            format!("`ikecompat clients show {one}` says in which order, and on what evidence")
        }
        [one, other] => format!("`ikecompat clients diff {one} {other}` says what differs"),
        ids => format!(
            "what serves them: `ikecompat recommend --clients {}`",
            ids.join(",")
        ),
    };
    Frame {
        tone: Tone::Neutral,
        headline,
        next,
    }
}

/// The verb behind the names of so many clients.
const fn offer(ids: &[&str]) -> &'static str {
    match ids {
        [_] => "offers",
        _ => "offer",
    }
}

/// Of what is not known.
pub fn unknown(holes: &Grid) -> Frame {
    let is_inferred =
        |row: &&Vec<String>| row.last().is_some_and(|it| it == super::holes::INFERRED);
    let (inferred, missing): (Vec<_>, Vec<_>) = holes.rows.iter().partition(is_inferred);
    let clients = missing.iter().filter_map(|row| row.first());
    let clients = clients
        .map(|id| id.split(':').next().unwrap_or(id))
        .unique();
    let deduced = match inferred.len() {
        0 => String::new(),
        1 => ", 1 is deduced".to_owned(),
        many => format!(", {many} are deduced"),
    };
    Frame {
        tone: Tone::Doubtful,
        headline: format!(
            "{} of {} {} not known{deduced}",
            count(missing.len(), "fact"),
            count(clients.count(), "client"),
            if missing.len() == 1 { "is" } else { "are" }
        ),
        next: "`ikecompat learn FILE` makes a profile of a log or capture, `ikecompat listen` of a client \
               that dials"
            .to_owned(),
    }
}
