//! What changes in formats whose lists are words side by side.

use std::ops::Range;

use super::patch::Region;
use super::{Existing, Lists};
use crate::dialect::{iked, opnsense, pluto, swan};
use crate::format::ServerFile;
use crate::ike::{Proposal, Suite};
use crate::peer::{Entry, Origin};
use crate::recommend::Listed;

/// One list of the file and what the plan has in its place.
pub(super) struct List<'l> {
    /// The number of its connection.
    connection: usize,
    phase: u8,
    /// The setting, as the format has it.
    setting: String,
    old: &'l [Entry],
    new: Vec<(Suite, String)>,
}

/// A proposal in the words of the file; of a file that is only read in strongSwan's.
fn words(file: Option<ServerFile>, phase: u8, suite: Suite) -> Option<String> {
    match file {
        // libreswan has a switch for the group of phase 2.
        Some(ServerFile::Libreswan) if phase == 2 => {
            pluto::write(&suite.without_key_exchange().to_proposal())
        }
        Some(ServerFile::Libreswan) => pluto::write(&suite.to_proposal()),
        Some(ServerFile::OpnsenseXml | ServerFile::OpnsensePages) => opnsense::value(&suite).ok(),
        Some(ServerFile::Iked) => iked::proposal(&suite.to_proposal()).ok(),
        Some(
            ServerFile::Cisco
            | ServerFile::Fortigate
            | ServerFile::IpsecConf
            | ServerFile::Mikrotik
            | ServerFile::PfsensePages
            | ServerFile::PfsenseXml
            | ServerFile::Rras
            | ServerFile::ServerYaml
            | ServerFile::Swanctl
            | ServerFile::Vyos,
        )
        | None => swan::write(&suite.to_proposal()),
    }
}

/// The list of a connection, as the file has it, or that of a child.
fn setting(file: Option<ServerFile>, connection: &str, child: Option<&str>) -> String {
    let of_starter = |key: &str| format!("conn {connection}: {key}");
    match (file, child) {
        (Some(ServerFile::Swanctl), None) => format!("connections.{connection}.proposals"),
        (Some(ServerFile::Swanctl), Some(child)) => {
            format!("connections.{connection}.children.{child}.esp_proposals")
        }
        (Some(ServerFile::IpsecConf | ServerFile::Libreswan), None) => of_starter("ike"),
        (Some(ServerFile::IpsecConf | ServerFile::Libreswan), Some(_)) => of_starter("esp"),
        (Some(ServerFile::ServerYaml), None) => "phase1".to_owned(),
        (Some(ServerFile::ServerYaml), Some(_)) => "phase2".to_owned(),
        (Some(ServerFile::OpnsenseXml | ServerFile::OpnsensePages), None) => {
            format!("Connection `{connection}`: proposals")
        }
        (Some(ServerFile::OpnsenseXml | ServerFile::OpnsensePages), Some(child)) => {
            format!("Child `{child}`: esp_proposals")
        }
        (Some(ServerFile::Iked), None) => format!("`{connection}`: ikesa"),
        (Some(ServerFile::Iked), Some(_)) => format!("`{connection}`: childsa"),
        (
            Some(
                ServerFile::Cisco
                | ServerFile::Fortigate
                | ServerFile::Mikrotik
                | ServerFile::PfsensePages
                | ServerFile::PfsenseXml
                | ServerFile::Rras
                | ServerFile::Vyos,
            )
            | None,
            child,
        ) => {
            let phase = if child.is_some() { 2 } else { 1 };
            format!("phase {phase} of `{connection}`")
        }
    }
}

impl<'l> List<'l> {
    /// The lists of all connections for clients and of all their children; `None` if the format has no words for one.
    pub(super) fn all(existing: &Existing, lists: &Lists<'l>) -> Option<Vec<Self>> {
        let file = existing.written();
        let mut all = Vec::new();
        for (number, connection) in lists.connections.iter().enumerate() {
            let place = setting(file, &connection.name, None);
            all.push(Self::new(
                file,
                (number, 1, place),
                &connection.ike,
                &lists.ike,
            )?);
            for child in connection.children.iter().filter(|it| !it.esp.is_empty()) {
                let place = setting(file, &connection.name, Some(&child.name));
                all.push(Self::new(file, (number, 2, place), &child.esp, &lists.esp)?);
            }
        }
        Some(all)
    }

    fn new(
        file: Option<ServerFile>,
        (connection, phase, setting): (usize, u8, String),
        old: &'l [Entry],
        listed: &[Listed],
    ) -> Option<Self> {
        let suite = |suite: Suite| match file == Some(ServerFile::Libreswan) && phase == 2 {
            true => suite.without_key_exchange(),
            false => suite,
        };
        let new = listed.iter().map(|one| {
            let words = words(file, phase, one.suite)?;
            Some((suite(one.suite), words))
        });
        Some(Self {
            connection,
            phase,
            setting,
            old,
            new: new.collect::<Option<_>>()?,
        })
    }

    /// The setting, as the format has it.
    pub(super) fn setting(&self) -> &str {
        &self.setting
    }

    /// The old entries.
    pub(super) const fn old(&self) -> &'l [Entry] {
        self.old
    }

    /// The proposals that are not there yet.
    pub(super) fn added(&self) -> impl Iterator<Item = &str> {
        let added = self.new.iter().filter(|(suite, _)| {
            let proposal = suite.to_proposal();
            !self.old.iter().any(|entry| entry.proposal == proposal)
        });
        added.map(|(_, words)| words.as_str())
    }

    pub(super) fn is_planned(&self, proposal: &Proposal) -> bool {
        let mut suites = self.new.iter().map(|(suite, _)| suite.to_proposal());
        suites.any(|planned| planned == *proposal)
    }

    /// What changes at the place of the list, or why it cannot be changed there.
    fn region(&self, existing: &Existing) -> Result<Region, String> {
        let (setting, name) = (&self.setting, &existing.name);
        let text = &*existing.text;
        let mut places: Vec<Range<usize>> = Vec::new();
        for entry in self.old {
            match &entry.origin {
                Origin::Written(span) if span.file == existing.file => places.push(span.bytes()),
                _ => {
                    return Err(format!(
                        "{setting} has entries that are not written in `{name}` itself, so the list is changed by hand"
                    ));
                }
            }
        }
        let (Some(first), Some(last)) = (places.first(), places.last()) else {
            return Err(format!("{setting} is no list in `{name}`"));
        };
        let place = first.start..last.end;
        let ordered = places.windows(2).all(|pair| pair[0].end <= pair[1].start);
        let between = places.windows(2);
        let mut between = between.map(|pair| text.get(pair[0].end..pair[1].start).unwrap_or("#"));
        if !ordered || between.clone().any(|text| text.contains(['#', '<'])) {
            return Err(format!(
                "a comment stands within the list of {setting}, which is changed by hand"
            ));
        }
        let separator = match between.next() {
            Some(text) => text.to_owned(),
            None => lone_separator(text, place.start),
        };
        let old = self.old.iter().zip(&places);
        let old = old.map(|(entry, place)| (&entry.proposal, &text[place.clone()]));
        let old: Vec<(&Proposal, &str)> = old.collect();
        // What stays is spelt as it was.
        let spelt = |(suite, words): &(Suite, String)| {
            let proposal = suite.to_proposal();
            let same = old.iter().find(|(own, _)| **own == proposal);
            same.map_or_else(|| words.clone(), |(_, own)| (*own).to_owned())
        };
        let alone: Vec<String> = self.new.iter().map(spelt).collect();
        let rest = old.iter().filter(|(own, _)| !self.is_planned(own));
        let rest = rest.map(|(_, words)| (*words).to_owned());
        let both: Vec<String> = alone.iter().cloned().chain(rest).collect();
        let words: Vec<&str> = old.iter().map(|(_, words)| *words).collect();
        Ok(Region {
            both: both.join(&separator),
            alone: alone.join(&separator),
            setting: setting.clone(),
            old: words.join(", "),
            new: alone.join(", "),
            place,
        })
    }

    /// The phase, 1 or 2.
    pub(super) const fn phase(&self) -> u8 {
        self.phase
    }
}

/// The places that change, in the order of the text, and what is changed by hand; or why nothing can be changed in
/// its place. A connection is changed with all its children or not at all.
pub(super) fn regions(
    existing: &Existing,
    lists: &[List<'_>],
) -> Result<(Vec<Region>, Vec<String>), String> {
    let (mut regions, mut by_hand) = (Vec::new(), Vec::new());
    for own in lists.chunk_by(|one, other| one.connection == other.connection) {
        let own: Result<Vec<Region>, String> = own.iter().map(|it| it.region(existing)).collect();
        match own {
            Ok(own) => regions.extend(own),
            Err(why) => by_hand.push(why),
        }
    }
    if let (true, Some(why)) = (regions.is_empty(), by_hand.first()) {
        return Err(why.clone());
    }
    regions.retain(|region| {
        let own = &existing.text[region.place.clone()];
        region.alone != own || region.both != own
    });
    regions.sort_by_key(|region| region.place.start);
    // Several connections may have one list, such as that of `conn %default`.
    regions.dedup_by(|next, region| next.place == region.place && next.alone == region.alone);
    let mut pairs = regions.windows(2);
    match pairs.all(|two| two[0].place.end <= two[1].place.start) {
        true => Ok((regions, by_hand)),
        false => Err("lists overlap, so they are changed by hand".to_owned()),
    }
}

/// What separates the entries of a list of one: a new line of a YAML list, else a comma.
fn lone_separator(text: &str, start: usize) -> String {
    let line = text[..start].rfind('\n').map_or(0, |place| place + 1);
    let before = &text[line..start];
    match before.trim() {
        "-" => format!("\n{before}"),
        _ => ",".to_owned(),
    }
}
