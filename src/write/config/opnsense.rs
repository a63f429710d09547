//! A server as OPNsense's page "Connections" wants it: the options to pick, in the order of the
//! dialog, with their texts.

use std::io::Write;

use crate::dialect::opnsense::{expresses, option, value};
use crate::ike::{Protocol, Suite, Transform};
use crate::peer::{Connection, Entry, Server};
use crate::write::config::refusal::{Failure, Refusal, suites};

/// The values of one connection.
pub(crate) struct Values<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) ike: Vec<String>,
    /// One list for each child.
    pub(crate) children: Vec<Vec<String>>,
}

/// The values of all connections, or every proposal that the lists do not have.
pub(crate) fn values(server: &Server) -> Result<Vec<Values<'_>>, Failure> {
    let mut refused = Vec::new();
    let loaded = server.connections.iter().filter(|c| c.not_loaded.is_none());
    let values: Vec<_> = loaded
        .map(|connection| Values {
            connection,
            ike: list(&connection.ike, &mut refused),
            children: connection
                .children
                .iter()
                .map(|child| {
                    list(&child.ah, &mut refused);
                    list(&child.esp, &mut refused)
                })
                .collect(),
        })
        .collect();
    if refused.is_empty() {
        Ok(values)
    } else {
        Err(Failure::Refused(refused))
    }
}

fn list(entries: &[Entry], refused: &mut Vec<Refusal>) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    for entry in entries {
        for suite in suites(&entry.proposal) {
            match value(&plain(suite)) {
                Ok(value) if !list.contains(&value) => list.push(value),
                Ok(_) => {}
                Err(why) => {
                    refused.push(Refusal::of_entry(entry, why, expresses));
                    break;
                }
            }
        }
    }
    list
}

/// A suite of ESP whose group is NONE has no group.
fn plain(suite: Suite) -> Suite {
    if suite.protocol != Protocol::Ike && suite.ke().is_some_and(Transform::is_none) {
        suite.without_key_exchange()
    } else {
        suite
    }
}

/// The options of a list, one a line.
pub(crate) fn options(values: &[String]) -> String {
    let lines = values
        .iter()
        .map(|value| format!("    {}\n", option(value)));
    lines.collect()
}

/// What is not known about the order of the lists of a connection.
pub(crate) fn orders(one: &Values<'_>) -> Vec<String> {
    let mut lost = Vec::new();
    order(&one.ike, 1, &mut lost);
    for values in &one.children {
        order(values, 2, &mut lost);
    }
    lost
}

/// Writes what to pick. Returns what the page cannot say.
pub(crate) fn write(server: &Server, out: &mut impl Write) -> Result<Vec<String>, Failure> {
    let values = values(server)?;
    let mut lost = Vec::new();
    for one in values {
        let name = &one.connection.name;
        writeln!(out, "OPNsense: VPN > IPsec > Connections > {name}")?;
        writeln!(out, "  Proposals, these and no other (not `default`):")?;
        write!(out, "{}", options(&one.ike))?;
        writeln!(out, "  Version: IKEv2")?;
        if let Some(time) = one.connection.rekey.ike {
            writeln!(
                out,
                "  Rekey time (s), with advanced mode: {}",
                time.as_secs()
            )?;
        }
        writeln!(out, "  Save")?;
        for (child, values) in one.connection.children.iter().zip(&one.children) {
            writeln!(
                out,
                "OPNsense: VPN > IPsec > Connections > {name} > Children > {}",
                child.name
            )?;
            writeln!(out, "  Start action: None")?;
            writeln!(out, "  ESP proposals, these and no other (not `default`):")?;
            write!(out, "{}", options(values))?;
            if let Some(time) = one.connection.rekey.child {
                writeln!(
                    out,
                    "  Rekey time (s), with advanced mode: {}",
                    time.as_secs()
                )?;
            }
            writeln!(out, "  Save")?;
        }
        lost.extend(orders(&one));
    }
    writeln!(out, "OPNsense: VPN > IPsec > Connections")?;
    writeln!(out, "  Enable IPsec: ticked")?;
    writeln!(out, "  Apply")?;
    Ok(lost)
}

fn order(values: &[String], phase: u8, lost: &mut Vec<String>) {
    if values.len() > 1 {
        lost.push(format!(
            "whether the page keeps the order of the {} proposals of phase {phase} is not known: compare with swanctl.conf on the box",
            values.len()
        ));
    }
}
