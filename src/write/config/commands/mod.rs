//! Servers as commands of routers and firewalls: the algorithms of both phases and what ties them together.
//!
//! Who may log in, addresses, interfaces and certificates stay as they are on the device; each writer says so.

pub(super) mod cisco;
pub(super) mod fortigate;
pub(super) mod mikrotik;
pub(super) mod vyos;

use std::time::Duration;

use crate::dialect::Inexpressible;
use crate::ike::{Sn, Suite, Transform, TransformType};
use crate::peer::{Child, Connection, Entry, Server};
use crate::write::config::refusal::{Failure, Refusal, suites, words};

/// What a device cannot say of a proposal.
pub(super) struct Device {
    product: &'static str,
    limit: &'static str,
    source: &'static str,
    expresses: fn(&Suite) -> bool,
}

impl Device {
    /// The suites of a list, each once, or every entry with one that the device has no words for.
    fn suites(&self, entries: &[Entry], refused: &mut Vec<Refusal>) -> Vec<Suite> {
        let mut all: Vec<Suite> = Vec::new();
        for entry in entries {
            let own: Vec<Suite> = suites(&entry.proposal).into_iter().map(plain).collect();
            if !own.iter().all(|suite| self.says(suite)) {
                let why = Inexpressible {
                    what: words(&entry.proposal),
                    product: self.product,
                    limit: self.limit,
                    source: self.source,
                };
                refused.push(Refusal::of_entry(entry, why, |suite| self.says(suite)));
                continue;
            }
            for suite in own {
                if !all.contains(&suite) {
                    all.push(suite);
                }
            }
        }
        all
    }

    pub(super) fn says(&self, suite: &Suite) -> bool {
        let mut numbers = suite.transforms().filter(|it| it.kind == TransformType::SN);
        numbers.all(|it| it == Transform::sn(Sn::Sequential32)) && (self.expresses)(suite)
    }

    /// The lists of every connection that clients of IKEv2 can meet.
    fn lists<'s>(&self, server: &'s Server) -> Result<Vec<Lists<'s>>, Failure> {
        let mut refused = Vec::new();
        let serving = server.connections.iter().filter(|it| serves(it));
        let all = serving.map(|connection| Lists {
            name: name(&connection.name),
            connection,
            ike: self.suites(&connection.ike, &mut refused),
            children: connection
                .children
                .iter()
                .enumerate()
                .map(|(number, child)| ChildLists {
                    name: match number {
                        0 => name(&connection.name),
                        _ => format!("{}-{}", name(&connection.name), number + 1),
                    },
                    child,
                    esp: self.suites(&child.esp, &mut refused),
                })
                .collect(),
        });
        let all: Vec<_> = all.collect();
        match refused.is_empty() {
            true => Ok(all),
            false => Err(Failure::Refused(refused)),
        }
    }
}

/// The suites of a connection.
struct Lists<'s> {
    /// Its name, in letters that every device takes.
    name: String,
    connection: &'s Connection,
    ike: Vec<Suite>,
    children: Vec<ChildLists<'s>>,
}

struct ChildLists<'s> {
    name: String,
    child: &'s Child,
    esp: Vec<Suite>,
}

impl ChildLists<'_> {
    /// The one group for all proposals; `Err` where they differ.
    fn pfs(&self) -> Result<Option<Transform>, Failure> {
        let first = self.esp.first().and_then(Suite::ke);
        match self.esp.iter().all(|suite| suite.ke() == first) {
            true => Ok(first),
            false => Err(Failure::Impossible(format!(
                "child `{}`: the device has one PFS group for all proposals of a child, and these differ",
                self.child.name
            ))),
        }
    }
}

/// Whether clients of IKEv2 meet the connection and can have a child.
pub(super) fn serves(connection: &Connection) -> bool {
    connection.serves_clients()
        && connection.not_loaded.is_none()
        && !connection.children.is_empty()
}

/// A suite of ESP whose group is NONE has no group.
fn plain(suite: Suite) -> Suite {
    match suite.ke().is_some_and(Transform::is_none) {
        true => suite.without_key_exchange(),
        false => suite,
    }
}

/// A name without blanks and quotation marks.
fn name(text: &str) -> String {
    let letter = |c: char| match c.is_ascii_alphanumeric() || matches!(c, '-' | '_') {
        true => c,
        false => '-',
    };
    match text.is_empty() {
        true => "VPN".to_owned(),
        false => text.chars().map(letter).collect(),
    }
}

/// Each once, in order.
fn distinct<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut found = Vec::new();
    for one in all {
        if !found.contains(&one) {
            found.push(one);
        }
    }
    found
}

/// The fields of a device that has one for each kind of algorithm, and so allows every combination of what is in
/// them. Combinations that the list has not are told.
fn fields<T: PartialEq, const N: usize>(
    suites: &[Suite],
    parts: [&dyn Fn(&Suite) -> T; N],
    what: &str,
    lost: &mut Vec<String>,
) -> [Vec<T>; N] {
    let fields = parts.map(|part| distinct(suites.iter().map(part)));
    let combinations: usize = fields.iter().map(Vec::len).product();
    let listed = distinct(suites.iter().map(|suite| parts.map(|part| part(suite))));
    if listed.len() < combinations {
        lost.push(format!(
            "which algorithms go together: {what} has a field for each kind and allows all {combinations} combinations, the list has {}",
            listed.len()
        ));
    }
    fields
}

/// What stays as it is on the device, and times that it has no field for; `never` says whether it can be told never to
/// ask for new keys of a child.
fn left_out(lists: &[Lists<'_>], beside: &str, never: bool) -> Vec<String> {
    let has_no_field = |it: &&Lists<'_>| {
        let child = it.connection.rekey.child;
        let told = never && child == Some(Duration::ZERO);
        it.connection.rekey.ike.is_some() || child.is_some() && !told
    };
    let times = lists.iter().filter(has_no_field).map(|one| {
        let name = &one.connection.name;
        format!("the rekey times of connection `{name}`: the device has lifetimes alone")
    });
    std::iter::once(beside.to_owned()).chain(times).collect()
}
