//! A plan as pfSense's pages want it: in the order of the pages, with their labels.

use std::io::{self, Write};

use crate::dialect::pfsense::{CipherLabel, phase1, phase2};
use crate::ike::Suite;
use crate::recommend::{Addition, Plan, PlanEntry};

/// Writes the settings to click. What the plan says nothing about stays as it is.
pub fn write(plan: &Plan, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "pfSense: VPN > IPsec > Mobile Clients")?;
    writeln!(
        out,
        "  IKE Extensions: Enable IPsec Mobile Client Support: ticked"
    )?;
    writeln!(
        out,
        "  Phase2 PFS Group: Provide the Phase2 PFS group to clients: unticked (it would override phase 2)"
    )?;
    writeln!(out, "  Save")?;

    writeln!(out, "pfSense: VPN > IPsec > Mobile Clients > Edit Phase 1")?;
    writeln!(out, "  Key Exchange version: IKEv2")?;
    writeln!(
        out,
        "  Encryption Algorithm, one row each (Algorithm, Key length, Hash, DH Group):"
    )?;
    for addition in &plan.ike_additions {
        row(&addition.suite, " (optional)", out)?;
    }
    for entry in &plan.ike {
        row(&entry.suite, "", out)?;
    }
    let suites = plan
        .ike
        .iter()
        .map(|e| &e.suite)
        .chain(plan.ike_additions.iter().map(|a| &a.suite));
    let rows: Vec<_> = suites.filter_map(|suite| phase1(suite).ok()).collect();
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
    writeln!(out, "  Save")?;

    writeln!(out, "pfSense: VPN > IPsec > Tunnels > Edit Phase 2")?;
    writeln!(out, "  Protocol: ESP")?;
    let ticks = |suite: &Suite| phase2(suite).ok();
    writeln!(out, "  Encryption Algorithms, ticked:")?;
    let mut hashes = Vec::new();
    for PlanEntry { suite, .. } in &plan.esp {
        if let Some(ticks) = ticks(suite) {
            writeln!(out, "    {}", cipher(ticks.cipher))?;
            hashes.extend(ticks.hash);
        }
    }
    for Addition { suite, .. } in &plan.esp_additions {
        if let Some(ticks) = ticks(suite) {
            writeln!(out, "    {} (optional)", cipher(ticks.cipher))?;
            hashes.extend(ticks.hash);
        }
    }
    hashes.dedup();
    writeln!(out, "  Hash Algorithms, ticked: {}", hashes.join(", "))?;
    let pfs = plan
        .esp
        .first()
        .and_then(|entry| ticks(&entry.suite))
        .map_or("off", |t| t.pfs);
    writeln!(out, "  PFS key group: {pfs}")?;
    writeln!(out, "  Save, then Apply Changes")
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
