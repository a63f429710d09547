//! JSON of `recommend`, version 1.

use std::io::{self, Write};

use serde::Serialize;

use crate::answer::plan::PlanContext;
use crate::compat::config_method::ConfigMethod;
use crate::dialect::{charon, swan};
use crate::ike::Suite;
use crate::recommend::{Addition, Plan, PlanEntry};
use crate::write::config::powershell;
use crate::write::report::certificate;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    plans: Vec<PlanShape>,
    certificate_findings: Vec<certificate::CertificateRowJson<'a>>,
}

#[derive(Serialize)]
struct PlanShape {
    product: String,
    tier: String,
    phase1: Vec<EntryShape>,
    phase2: Vec<EntryShape>,
    pfs: PfsShape,
    additions: AdditionShapes,
    clients: Vec<ClientShape>,
}

#[derive(Serialize)]
struct EntryShape {
    suite: String,
    proposal: Option<String>,
    tier: String,
    deciding: String,
    clause: String,
    clients: Vec<String>,
}

#[derive(Serialize)]
struct PfsShape {
    group: Option<String>,
    because: Vec<String>,
    /// Clients that demand a group all the same.
    lost: Vec<String>,
}

#[derive(Serialize)]
struct AdditionShapes {
    phase1: Vec<EntryShape>,
    phase2: Vec<EntryShape>,
}

#[derive(Serialize)]
struct ClientShape {
    id: String,
    label: String,
    version: String,
    #[serde(rename = "touched")]
    reconfigured: bool,
    #[serde(rename = "means")]
    method: Option<String>,
    ike: Option<String>,
    esp: Option<String>,
    command: Option<String>,
    /// Weakest grade of what it offers as it is.
    evidence: Option<String>,
}

/// Writes the document; the first plan is the answer.
pub fn write(plan: &Plan, context: &PlanContext<'_>, out: &mut impl Write) -> io::Result<()> {
    let clients = context.clients.iter().enumerate().map(|(place, client)| {
        let reconfigured = plan
            .reconfigured
            .iter()
            .find(|reconfigured| reconfigured.client == place);
        let gets = |entries: &[PlanEntry]| {
            let entry = entries.iter().find(|entry| entry.serves.contains(&place));
            entry.map(|entry| charon::suite(&entry.suite))
        };
        let windows =
            reconfigured.filter(|reconfigured| reconfigured.method == ConfigMethod::Powershell);
        ClientShape {
            id: client.id.clone(),
            evidence: client.evidence().map(|grade| grade.to_string()),
            label: client.label.clone(),
            version: client.covers.join(", "),
            reconfigured: reconfigured.is_some(),
            method: reconfigured.map(|reconfigured| reconfigured.method.to_string()),
            ike: reconfigured
                .map(|t| charon::suite(&t.ike))
                .or_else(|| gets(&plan.ike)),
            esp: reconfigured
                .map(|t| charon::suite(&t.esp))
                .or_else(|| gets(&plan.esp)),
            command: windows
                .and_then(|t| powershell::line(context.connection_name, &t.ike, &t.esp).ok()),
        }
    });
    let base = |entries: &[PlanEntry]| {
        let shape = |entry: &PlanEntry| entry_shape(&entry.suite, &entry.serves, context);
        entries.iter().map(shape).collect()
    };
    let added = |entries: &[Addition]| {
        let shape = |entry: &Addition| entry_shape(&entry.suite, &entry.clients, context);
        entries.iter().map(shape).collect()
    };
    let document = Document {
        schema: "ikecompat.recommend.v1",
        certificate_findings: certificate::shapes(context.certificates),
        plans: vec![PlanShape {
            product: plan.product.to_string(),
            tier: plan.tier.to_string(),
            phase1: base(&plan.ike),
            phase2: base(&plan.esp),
            pfs: PfsShape {
                group: plan.pfs.group.map(charon::transform),
                because: plan.pfs.because.clone(),
                lost: plan.pfs.lost.clone(),
            },
            additions: AdditionShapes {
                phase1: added(&plan.ike_additions),
                phase2: added(&plan.esp_additions),
            },
            clients: clients.collect(),
        }],
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn entry_shape(suite: &Suite, clients: &[usize], context: &PlanContext<'_>) -> EntryShape {
    let deciding = context.policy.deciding(suite);
    EntryShape {
        suite: charon::suite(suite),
        proposal: swan::write(&suite.to_proposal()),
        tier: context.policy.rank(suite).tier().to_string(),
        deciding: deciding.name(),
        clause: deciding.clause,
        clients: clients
            .iter()
            .map(|place| context.clients[*place].id.clone())
            .collect(),
    }
}
