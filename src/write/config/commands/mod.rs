//! Servers as commands of routers and firewalls: the algorithms of both phases and what ties them together.
//!
//! Who may log in, addresses, interfaces and certificates stay as they are on the device; each writer says so.

pub(super) mod cisco;
pub(super) mod fortigate;
pub(super) mod mikrotik;
pub(super) mod vyos;

use std::collections::HashSet;
use std::io::Write;
use std::ops::RangeInclusive;
use std::time::Duration;

use crate::dialect::Inexpressible;
use crate::ike::{Protocol, Sn, Suite, Transform, TransformType};
use crate::peer::{Child, Connection, Entry, Server};
use crate::write::config::refusal::{Failure, Refusal, suites, words};
use crate::write::config::setup::version_one;

/// What a device cannot say of a proposal.
pub(super) struct Device {
    product: &'static str,
    limit: &'static str,
    source: &'static str,
    expresses: fn(&Suite) -> bool,
    /// How long a name may be.
    longest_name: usize,
    /// How many connections for clients of any address it can tell apart, and children of each of them.
    most: usize,
    /// Seconds that a lifetime of IKE and of ESP may have.
    lifetimes: [RangeInclusive<u64>; 2],
}

/// More proposals of a list than any of the devices can be thought to take; 255 are what a message can number.
const MOST_PROPOSALS: usize = 255;

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
        if suite.protocol == Protocol::Ah {
            return false;
        }
        let mut numbers = suite.transforms().filter(|it| it.kind == TransformType::SN);
        numbers.all(|it| it == Transform::sn(Sn::Sequential32)) && (self.expresses)(suite)
    }

    /// The lists of every connection that clients of IKEv2 can meet.
    fn lists<'s>(&self, server: &'s Server) -> Result<Vec<Lists<'s>>, Failure> {
        let mut refused = Vec::new();
        let mut used = HashSet::new();
        let serving = server.connections.iter().filter(|it| serves(it));
        let all = serving.map(|connection| {
            let name = self.unused(&connection.name, &mut used);
            Lists {
                ike: self.suites(&connection.ike, &mut refused),
                children: connection
                    .children
                    .iter()
                    .enumerate()
                    .map(|(number, child)| {
                        self.suites(&child.ah, &mut refused);
                        ChildLists {
                            name: match number {
                                0 => name.clone(),
                                _ => self.unused(&format!("{name}-{}", child.name), &mut used),
                            },
                            child,
                            esp: self.suites(&child.esp, &mut refused),
                        }
                    })
                    .collect(),
                name,
                connection,
            }
        });
        let all: Vec<_> = all.collect();
        if !refused.is_empty() {
            return Err(Failure::Refused(refused));
        }
        self.fits(&all)?;
        Ok(all)
    }

    /// Writes each connection behind the others; `beside` is what stays as it is on the device.
    fn write(
        &self,
        server: &Server,
        (beside, has_rekey_times): (&str, bool),
        out: &mut impl Write,
        mut each: impl FnMut(&Lists<'_>, &mut String, &mut Vec<String>) -> Result<(), Failure>,
    ) -> Result<Vec<String>, Failure> {
        let lists = self.lists(server)?;
        let mut lost = left_out(&lists, beside, has_rekey_times);
        let mut text = String::new();
        for one in &lists {
            each(one, &mut text, &mut lost)?;
        }
        out.write_all(text.as_bytes())?;
        Ok(lost)
    }

    /// Refuses what the device has no place for, however it is spelt.
    fn fits(&self, all: &[Lists<'_>]) -> Result<(), Failure> {
        let product = self.product;
        let most = |lists: &Lists<'_>| {
            let children = lists.children.iter().map(|child| child.esp.len());
            children.chain([lists.ike.len()]).max().unwrap_or(0)
        };
        let children = all.iter().map(|lists| lists.children.len()).max();
        let empty = all.iter().flat_map(|lists| &lists.children);
        let empty = empty.map(|child| &child.esp).any(Vec::is_empty);
        let why = if all.iter().any(|lists| most(lists) > MOST_PROPOSALS) {
            format!("a list has more than {MOST_PROPOSALS} proposals")
        } else if empty || all.iter().any(|lists| lists.ike.is_empty()) {
            format!(
                "{product} has no list by itself that is known, and the configuration writes none"
            )
        } else if all.len() > self.most || children > Some(self.most) {
            format!(
                "{product} cannot tell several connections or children for clients of any address apart"
            )
        } else {
            return Ok(());
        };
        Err(Failure::Impossible(why))
    }

    /// The refusal of the first proposal that has another value of something than the first suite of the list, where
    /// the device has one for all of them.
    fn differing<T: PartialEq>(
        &self,
        entries: &[Entry],
        part: impl Fn(&Suite) -> T,
        limit: &'static str,
    ) -> Option<Refusal> {
        let own = |entry: &Entry| suites(&entry.proposal).into_iter().map(plain);
        let first = entries.iter().flat_map(own).next().map(|it| part(&it))?;
        let differs = |entry: &&Entry| own(entry).any(|suite| part(&suite) != first);
        let entry = entries.iter().find(differs)?;
        let why = Inexpressible {
            what: words(&entry.proposal),
            product: self.product,
            limit,
            source: self.source,
        };
        let fits = |suite: &Suite| self.says(suite) && part(&plain(*suite)) == first;
        Some(Refusal::of_entry(entry, why, fits))
    }

    /// The one PFS group for all proposals of a child; refuses the first one that has another.
    fn pfs(&self, child: &ChildLists<'_>) -> Result<Option<Transform>, Failure> {
        let limit = "a child has one PFS group for all of its proposals";
        match self.differing(&child.child.esp, Suite::ke, limit) {
            Some(refusal) => Err(refusal.into()),
            None => Ok(child.esp.first().and_then(Suite::ke)),
        }
    }

    /// A name that nothing else has, in letters that every device takes.
    fn unused(&self, text: &str, used: &mut HashSet<String>) -> String {
        let plain: String = name(text).chars().take(self.longest_name).collect();
        let mut own = plain.clone();
        let mut number = 2;
        while !used.insert(own.to_lowercase()) {
            let end = format!("_{number}");
            let length = self.longest_name.saturating_sub(end.len());
            own = plain.chars().take(length).chain(end.chars()).collect();
            number += 1;
        }
        own
    }

    /// The seconds of a hard lifetime of IKE or ESP, if the device can have as many.
    fn lifetime(
        &self,
        time: Option<Duration>,
        protocol: Protocol,
        name: &str,
        lost: &mut Vec<String>,
    ) -> Option<u64> {
        let seconds = time?.as_secs();
        let [ike, esp] = &self.lifetimes;
        let (phase, range) = match protocol {
            Protocol::Ike => (1, ike),
            Protocol::Ah | Protocol::Esp => (2, esp),
        };
        if range.contains(&seconds) {
            return Some(seconds);
        }
        let (least, most) = (range.start(), range.end());
        lost.push(match seconds {
            0 => format!("the lifetime of phase {phase} of `{name}`, which has no end: the device's own counts"),
            _ => format!(
                "the lifetime of phase {phase} of `{name}`, {seconds} s: the device takes {least} to {most}"
            ),
        });
        None
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

/// What stays as it is on the device, and rekey times, of which a device without a field for them has none.
fn left_out(lists: &[Lists<'_>], beside: &str, has_rekey_times: bool) -> Vec<String> {
    let version_one = lists.iter().filter_map(|one| version_one(one.connection));
    let is_told = |it: &&Lists<'_>| {
        let rekey = it.connection.rekey;
        !has_rekey_times && (rekey.ike.is_some() || rekey.child.is_some())
    };
    let times = lists.iter().filter(is_told).map(|one| {
        let name = &one.connection.name;
        format!("the rekey times of connection `{name}`: the device has lifetimes alone")
    });
    let all = std::iter::once(beside.to_owned()).chain(version_one);
    all.chain(times).collect()
}
