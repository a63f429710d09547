//! A plan or a server as pfSense's pages want it: in the order of the pages, with their labels.

use std::io::{self, Write};
use std::time::Duration;

use crate::dialect::Inexpressible;
use crate::dialect::pfsense::{CipherLabel, expresses, phase1, phase2};
use crate::ike::{Proposal, Protocol, Suite, Transform};
use crate::peer::server::Spanned;
use crate::peer::{Entry, Role, Server};
use crate::recommend::{Listed, Names, Plan, server};
use crate::write::config::refusal::{Failure, Refusal, suites};

/// A suite, and a remark behind what stands for it.
type Remarked = (Suite, &'static str);

/// Seconds of life that the pages Edit Phase 1 and Edit Phase 2 propose.
pub(crate) const LIFETIMES: (u64, u64) = (28_800, 3_600);

/// What a plan is on the pages.
pub(crate) struct ConnectionPages {
    ike: Vec<Remarked>,
    esp: Vec<Remarked>,
}

impl ConnectionPages {
    /// The suites of a plan, and behind those that can be left out `optional`.
    pub(crate) fn of(plan: &Plan, optional: &'static str) -> Self {
        let remarked = |list: Vec<Listed>| -> Vec<Remarked> {
            let remark = |one: &Listed| if one.is_optional { optional } else { "" };
            list.iter().map(|one| (one.suite, remark(one))).collect()
        };
        let mut esp = remarked(plan.listed_esp());
        // The page has an order of its own; what cannot be left out is ticked first.
        esp.sort_by_key(|(_, remark)| !remark.is_empty());
        Self {
            ike: remarked(plan.listed_ike()),
            esp,
        }
    }

    /// The fields of the page Edit Phase 1 that hold the suites.
    pub(crate) fn phase1(&self) -> io::Result<String> {
        written(|out| rows(&self.ike, out))
    }

    /// The fields of the page Edit Phase 2 that hold the suites.
    pub(crate) fn phase2(&self) -> io::Result<String> {
        written(|out| ticks(&self.esp, out))
    }
}

fn written(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> io::Result<String> {
    let mut text = Vec::new();
    write(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// What goes into the field Rekey Time.
pub(crate) fn rekey_time(time: Option<Duration>) -> String {
    match time {
        None => "empty (nine tenths of the Life Time)".to_owned(),
        Some(Duration::ZERO) => "0 (never: clients ask for new keys themselves)".to_owned(),
        Some(time) => time.as_secs().to_string(),
    }
}

/// Writes the settings to click that the plan says something about. Others stay as they are.
pub fn write(plan: &Plan, out: &mut impl Write) -> io::Result<()> {
    let pages = ConnectionPages::of(plan, " (optional)");
    let server = server(plan, Names::default());
    let connection = server.connections.first();
    let child = connection.and_then(|connection| connection.children.first());
    let rekey = plan.rekeying.server;
    let seconds = |lifetime: &Spanned<Duration>| lifetime.value.as_secs();
    let ike = Times {
        lifetime: connection.and_then(|it| it.lifetime.as_ref()).map(seconds),
        rekey: rekey.ike,
    };
    let esp = Times {
        lifetime: child.and_then(|it| it.lifetime.as_ref()).map(seconds),
        rekey: rekey.child,
    };
    mobile_clients(out)?;
    phase1_page(&pages.ike, "Mobile Clients", ike, out)?;
    phase2_page(&pages.esp, esp, out)
}

/// The times that a plan says something about.
#[derive(Clone, Copy, Debug, Default)]
struct Times {
    /// Seconds.
    lifetime: Option<u64>,
    rekey: Option<Duration>,
}

impl Times {
    fn write(self, out: &mut impl Write) -> io::Result<()> {
        if let Some(lifetime) = self.lifetime {
            writeln!(out, "  Life Time: {lifetime}")?;
        }
        if self.rekey.is_some() {
            writeln!(out, "  Rekey Time: {}", rekey_time(self.rekey))?;
        }
        Ok(())
    }
}

/// Writes the settings to click for the connections of a server. Returns what the pages cannot say.
pub(crate) fn write_server(server: &Server, out: &mut impl Write) -> Result<Vec<String>, Failure> {
    let mut refused = Vec::new();
    let mut resolved = Vec::new();
    for connection in server.connections.iter().filter(|c| c.not_loaded.is_none()) {
        let ike = all(connection.ike.iter(), &mut refused);
        for child in &connection.children {
            let esp = child.esp.iter().chain(&child.ah);
            let esp = all(esp, &mut refused);
            resolved.push((connection, ike.clone(), esp));
        }
    }
    if !refused.is_empty() {
        return Err(Failure::Refused(refused));
    }
    let clients = |role: Role| role == Role::RemoteAccess;
    if server.connections.iter().any(|c| clients(c.role)) {
        mobile_clients(out)?;
    }
    for (connection, ike, esp) in &resolved {
        let tab = if clients(connection.role) {
            "Mobile Clients"
        } else {
            "Tunnels"
        };
        phase1_page(ike, tab, Times::default(), out)?;
        phase2_page(esp, Times::default(), out)?;
    }
    let secrets = server
        .connections
        .iter()
        .any(|c| !c.remote.methods.is_empty());
    Ok(if secrets {
        vec!["authentication and identities: they stay as they are on the box".to_owned()]
    } else {
        Vec::new()
    })
}

/// Every suite of a phase, or why the pages cannot select one.
fn all<'a>(entries: impl Iterator<Item = &'a Entry>, refused: &mut Vec<Refusal>) -> Vec<Remarked> {
    let mut found: Vec<Remarked> = Vec::new();
    for entry in entries {
        let proposal = &entry.proposal;
        for mut suite in suites(proposal) {
            let esp = suite.protocol != Protocol::Ike;
            if esp && suite.ke().is_some_and(Transform::is_none) {
                suite = suite.without_key_exchange();
            }
            let selectable = match suite.protocol {
                Protocol::Ike => phase1(&suite).err(),
                Protocol::Ah | Protocol::Esp => phase2(&suite).err(),
            };
            let group = found.first().and_then(|(first, _)| first.ke());
            let other = esp && !found.is_empty() && group != suite.ke();
            let why = selectable.or_else(|| other.then(|| one_group(proposal)));
            if let Some(why) = why {
                let same =
                    |s: &Suite| (!esp || found.is_empty() || s.ke() == group) && expresses(s);
                refused.push(Refusal::of_entry(entry, why, same));
                break;
            }
            if found.iter().all(|(one, _)| *one != suite) {
                found.push((suite, ""));
            }
        }
    }
    found
}

/// Why two groups cannot stand in one phase 2.
pub(super) fn one_group(proposal: &Proposal) -> Inexpressible {
    Inexpressible {
        what: crate::write::config::refusal::words(proposal),
        product: "pfSense",
        limit: "one PFS key group, or none, holds for every algorithm of a phase 2",
        source: crate::dialect::pfsense::SOURCE,
    }
}

fn mobile_clients(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "pfSense: VPN > IPsec > Mobile Clients")?;
    writeln!(
        out,
        "  IKE Extensions: Enable IPsec Mobile Client Support: ticked"
    )?;
    writeln!(
        out,
        "  Phase2 PFS Group: Provide the Phase2 PFS group to clients: unticked (it would override phase 2)"
    )?;
    writeln!(out, "  Save")
}

fn phase1_page(list: &[Remarked], tab: &str, times: Times, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "pfSense: VPN > IPsec > {tab} > Edit Phase 1")?;
    writeln!(out, "  Key Exchange version: IKEv2")?;
    rows(list, out)?;
    times.write(out)?;
    writeln!(out, "  Save")
}

/// The rows of algorithms.
fn rows(list: &[Remarked], out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "  Encryption Algorithm, one row each (Algorithm, Key length, Hash, DH Group):"
    )?;
    for (suite, remark) in list {
        row(suite, remark, out)?;
    }
    // The base comes first, as it is what cannot be left out.
    let (base, more): (Vec<_>, Vec<_>) = list.iter().partition(|(_, remark)| remark.is_empty());
    let rows = base.into_iter().chain(more);
    let rows: Vec<_> = rows.filter_map(|(suite, _)| phase1(&suite).ok()).collect();
    if rows.iter().any(|row| row.prf.is_some()) {
        writeln!(
            out,
            "  PRF Selection: ticked, then choose the PRF of each row:"
        )?;
        for row in rows {
            writeln!(
                out,
                "    {}: {}",
                row.cipher.algorithm,
                row.prf.unwrap_or(row.hash)
            )?;
        }
    }
    Ok(())
}

fn phase2_page(list: &[Remarked], times: Times, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "pfSense: VPN > IPsec > Tunnels > Edit Phase 2")?;
    ticks(list, out)?;
    times.write(out)?;
    writeln!(out, "  Save, then Apply Changes")
}

/// What is ticked.
fn ticks(list: &[Remarked], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "  Protocol: ESP")?;
    writeln!(out, "  Encryption Algorithms, ticked:")?;
    let mut ciphers: Vec<(CipherLabel, &str)> = Vec::new();
    let mut hashes = Vec::new();
    for (suite, remark) in list {
        let Ok(ticks) = phase2(suite) else {
            continue; // only suites that the pages can select become part of a plan
        };
        if ciphers.iter().all(|(label, _)| *label != ticks.cipher) {
            ciphers.push((ticks.cipher, remark));
        }
        hashes.extend(ticks.hash.filter(|hash| !hashes.contains(hash)));
    }
    for (label, remark) in &ciphers {
        let same = |(other, _): &&(CipherLabel, &str)| other.algorithm == label.algorithm;
        let lengths = ciphers.iter().filter(same).count();
        if lengths == 1 {
            writeln!(out, "    {}{remark}", cipher(*label))?;
        } else if ciphers
            .iter()
            .find(same)
            .is_some_and(|(first, _)| first == label)
        {
            writeln!(
                out,
                "    {}, Auto{remark} (the page takes one length or all of them)",
                label.algorithm
            )?;
        }
    }
    let hashes = if hashes.is_empty() {
        "none".to_owned()
    } else {
        hashes.join(", ")
    };
    writeln!(out, "  Hash Algorithms, ticked: {hashes}")?;
    let first = list.iter().find_map(|(suite, _)| phase2(suite).ok());
    writeln!(
        out,
        "  PFS key group: {}",
        first.map_or("off", |ticks| ticks.pfs)
    )
}

fn row(suite: &Suite, remark: &str, out: &mut impl Write) -> io::Result<()> {
    let Ok(row) = phase1(suite) else {
        return Ok(()); // only suites that the pages can select become part of a plan
    };
    writeln!(
        out,
        "    {}, {}, {}{remark}",
        cipher(row.cipher),
        row.hash,
        row.group
    )
}

fn cipher(label: CipherLabel) -> String {
    match label.length {
        Some(bits) => format!("{}, {bits} bits", label.algorithm),
        None => label.algorithm.to_owned(),
    }
}
