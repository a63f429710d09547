//! JSON of `recommend`, version 1.

use std::io::{self, Write};

use serde::Serialize;

use crate::answer::plan::PlanContext;
use crate::answer::words::Frame;
use crate::compat::config_method::ConfigMethod;
use crate::dialect::{charon, swan};
use crate::ike::Suite;
use crate::recommend::{
    Addition, Costs, Dropped, Frontier, Goal, LeftOut, Plan, PlanEntry, Preference, WeakEntry,
    order,
};
use crate::write::config::powershell;
use crate::write::report::certificate;
use crate::write::text::transform;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    headline: String,
    next: String,
    /// The goals in their order; after them the rank of the base decides.
    goals: Vec<&'static str>,
    /// The recommended plan, then the others that no plan beats.
    plans: Vec<PlanShape>,
    /// Whether there are no others.
    plans_complete: bool,
    /// Weak entries of the recommended plan, and what it takes to do without.
    weak_entries: Vec<WeakShape>,
    /// What leaving out a client buys.
    drops: Vec<DropShape>,
    certificate_findings: Vec<certificate::CertificateRowJson<'a>>,
}

#[derive(Serialize)]
struct PlanShape {
    product: String,
    tier: String,
    costs: serde_json::Map<String, serde_json::Value>,
    /// Whether no plan can be better; otherwise the search reached its limit.
    optimal: bool,
    /// Clients that are known to lose the tunnel when keys are renewed.
    lost: Vec<String>,
    /// Clients of which too little is known.
    planned_without: Vec<LeftOutShape>,
    rekeying: RekeyingShape,
    phase1: Vec<EntryShape>,
    phase2: Vec<EntryShape>,
    pfs: PfsShape,
    additions: AdditionShapes,
    clients: Vec<ClientShape>,
}

#[derive(Serialize)]
struct LeftOutShape {
    id: String,
    unknown: &'static str,
}

#[derive(Serialize)]
struct RekeyingShape {
    /// The server never asks for new keys of phase 2.
    server_never_asks: bool,
    /// Because of these clients.
    refusing: Vec<String>,
    /// A hard lifetime of phase 2, if there is one, is at least this.
    hard_lifetime_seconds: Option<u64>,
    /// Clients that renew keys after a time that is not known.
    interval_unknown: Vec<String>,
}

#[derive(Serialize)]
struct WeakShape {
    proposal: Option<String>,
    tier: String,
    clients: Vec<String>,
    /// What makes it weak.
    algorithm: String,
    /// The cheapest plan without the algorithm; `None` if there is none that serves all.
    without: Option<RemedyShape>,
}

#[derive(Serialize)]
struct RemedyShape {
    configure: Vec<String>,
    costs: serde_json::Map<String, serde_json::Value>,
}

#[derive(Serialize)]
struct DropShape {
    client: String,
    entries: Vec<Option<String>>,
    untouched: Vec<String>,
    costs: serde_json::Map<String, serde_json::Value>,
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
    /// Clients that demand a group, which stands beside the entries without.
    beside: Vec<String>,
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
pub fn write(
    frontier: &Frontier,
    prefer: Option<Preference>,
    context: &PlanContext<'_>,
    out: &mut impl Write,
) -> io::Result<()> {
    let Frame { headline, next } = Frame::of_plan(frontier.recommended(), context.clients);
    let document = Document {
        schema: "ikecompat.recommend.v1",
        headline,
        next,
        certificate_findings: certificate::shapes(context.certificates),
        goals: order(prefer).map(<&str>::from).to_vec(),
        plans: frontier
            .plans()
            .map(|plan| plan_shape(plan, context))
            .collect(),
        plans_complete: frontier.is_complete,
        weak_entries: frontier
            .weak
            .iter()
            .map(|weak| weak_shape(weak, context))
            .collect(),
        drops: frontier
            .drops
            .iter()
            .map(|dropped| drop_shape(dropped, context))
            .collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

/// Writes the document where there is no plan.
pub fn write_none(Frame { headline, next }: Frame, out: &mut impl Write) -> io::Result<()> {
    let document = Document {
        schema: "ikecompat.recommend.v1",
        headline,
        next,
        goals: order(None).map(<&str>::from).to_vec(),
        plans: Vec::new(),
        plans_complete: true,
        weak_entries: Vec::new(),
        drops: Vec::new(),
        certificate_findings: Vec::new(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn ids(places: &[usize], context: &PlanContext<'_>) -> Vec<String> {
    let ids = places.iter().map(|place| &context.clients[*place].id);
    ids.cloned().collect()
}

fn costs(costs: &Costs) -> serde_json::Map<String, serde_json::Value> {
    let goal = |goal: Goal| (<&str>::from(goal).to_owned(), costs.of(goal).into());
    order(None).into_iter().map(goal).collect()
}

fn weak_shape(weak: &WeakEntry, context: &PlanContext<'_>) -> WeakShape {
    WeakShape {
        proposal: swan::write(&weak.suite.to_proposal()),
        tier: weak.tier.to_string(),
        clients: ids(&weak.clients, context),
        algorithm: transform(weak.algorithm),
        without: weak.without.as_ref().ok().map(|remedy| RemedyShape {
            configure: ids(&remedy.touched, context),
            costs: costs(&remedy.costs),
        }),
    }
}

fn drop_shape(dropped: &Dropped, context: &PlanContext<'_>) -> DropShape {
    let entries = dropped.entries.iter();
    DropShape {
        client: context.clients[dropped.client].id.clone(),
        entries: entries
            .map(|suite| swan::write(&suite.to_proposal()))
            .collect(),
        untouched: ids(&dropped.untouched, context),
        costs: costs(&dropped.costs),
    }
}

fn plan_shape(plan: &Plan, context: &PlanContext<'_>) -> PlanShape {
    let base = |entries: &[PlanEntry]| {
        let shape = |entry: &PlanEntry| entry_shape(&entry.suite, &entry.serves, context);
        entries.iter().map(shape).collect()
    };
    let added = |entries: &[Addition]| {
        let shape = |entry: &Addition| entry_shape(&entry.suite, &entry.clients, context);
        entries.iter().map(shape).collect()
    };
    let left_out = |LeftOut { client, what }: &LeftOut| LeftOutShape {
        id: context.clients[*client].id.clone(),
        unknown: what,
    };
    PlanShape {
        product: plan.product.to_string(),
        tier: plan.tier.to_string(),
        costs: costs(&plan.costs),
        optimal: plan.is_optimal,
        lost: ids(&plan.lost, context),
        planned_without: plan.left_out.iter().map(left_out).collect(),
        rekeying: RekeyingShape {
            server_never_asks: plan.rekeying.server.child.is_some(),
            refusing: ids(&plan.rekeying.refusing, context),
            hard_lifetime_seconds: plan.rekeying.hard_lifetime().map(|it| it.as_secs()),
            interval_unknown: ids(&plan.rekeying.unknown, context),
        },
        phase1: base(&plan.ike),
        phase2: base(&plan.esp),
        pfs: PfsShape {
            group: plan.pfs.group.map(charon::transform),
            because: plan.pfs.because.clone(),
            beside: plan.pfs.beside.clone(),
            lost: plan.pfs.lost.clone(),
        },
        additions: AdditionShapes {
            phase1: added(&plan.ike_additions),
            phase2: added(&plan.esp_additions),
        },
        clients: client_shapes(plan, context),
    }
}

fn client_shapes(plan: &Plan, context: &PlanContext<'_>) -> Vec<ClientShape> {
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
    clients.collect()
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
