//! JSON of `recommend`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use schemars::{JsonSchema, Schema};
use serde::Serialize;
use strum::IntoEnumIterator as _;

use crate::answer::Conclusion;
use crate::answer::plan::PlanContext;
use crate::answer::words::{self, Frame};
use crate::compat::config_method::ConfigMethod;
use crate::compat::rank::Tier;
use crate::dialect::{charon, swan};
use crate::ike::Suite;
use crate::peer::Grade;
use crate::peer::server::Product;
use crate::recommend::{
    Addition, Costs, Dropped, Frontier, Goal, Impossible, LeftOut, Plan, PlanEntry, Preference,
    WeakEntry, order,
};
use crate::write::config::powershell;
use crate::write::json::{self, Document, SuiteJson, Word};
use crate::write::plan::alternatives::people;
use crate::write::report::certificate::{self, CertificateFinding};
use crate::write::report::json::RankJson;
use crate::write::text::transform;

/// What to set so that clients connect.
#[derive(Serialize, JsonSchema)]
struct Recommendation {
    /// The answer in one line.
    headline: String,
    /// What to do or call next.
    next: String,
    /// What the exit status says: yes (0), no (1).
    verdict: Word<Conclusion>,
    totals: PlanTotals,
    /// Why there is no plan.
    reason: Option<String>,
    /// The goals in their order; after them the rank of the base decides.
    goals: Vec<Word<Goal>>,
    /// The recommended plan, then the others that no plan beats.
    plans: Vec<PlanShape>,
    /// Whether there are no others.
    plans_complete: bool,
    /// Weak entries of the recommended plan, and what it takes to do without.
    weak_entries: Vec<WeakShape>,
    /// What leaving out a client buys.
    drops: Vec<DropShape>,
    certificate_findings: Vec<CertificateFinding>,
}

impl Document for Recommendation {
    const NAME: &'static str = "recommend";
    const VERSION: u8 = 2;
    const TITLE: &'static str = "ikecompat recommend --format json";
}

/// The schema of the document.
pub fn schema() -> Schema {
    json::schema::<Recommendation>()
}

/// How many there are of what the recommended plan is about; zero where there is no plan.
#[derive(Default, Serialize, JsonSchema)]
struct PlanTotals {
    /// Clients that were asked for.
    clients: usize,
    /// Those of them that have to be configured.
    to_configure: usize,
    /// Those that are known to lose the tunnel when keys are renewed.
    lost: usize,
    /// Entries of phase 1.
    phase1: usize,
    /// Entries of phase 2.
    phase2: usize,
    /// Plans, with the recommended one.
    plans: usize,
}

/// What a plan costs, goal by goal.
type CostShape = BTreeMap<&'static str, u64>;

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Plan")]
struct PlanShape {
    product: Word<Product>,
    /// The worst tier of its entries.
    tier: Word<Tier>,
    costs: CostShape,
    /// Whether no plan can be better; otherwise the search reached its limit.
    optimal: bool,
    /// Clients that are known to lose the tunnel when keys are renewed.
    lost: Vec<String>,
    /// Clients of which too little is known.
    planned_without: Vec<LeftOutShape>,
    /// How many people all that is for; null without `--weights`.
    people: Option<PeopleShape>,
    rekeying: RekeyingShape,
    phase1: Vec<EntryShape>,
    phase2: Vec<EntryShape>,
    pfs: PfsShape,
    additions: AdditionShapes,
    clients: Vec<ClientShape>,
}

/// Clients weighed by how many people use them; a client that the weights do not name weighs nothing.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "People")]
struct PeopleShape {
    /// Who settles on something of each tier at worst.
    by_tier: BTreeMap<String, u64>,
    /// Who has to configure the client.
    to_configure: u64,
    /// Who is known to lose the tunnel when keys are renewed.
    lost: u64,
    /// Whose client is left out of the plan.
    left_out: u64,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LeftOut")]
struct LeftOutShape {
    id: String,
    unknown: &'static str,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Rekeying")]
struct RekeyingShape {
    /// The server never asks for new keys of phase 2.
    server_never_asks: bool,
    /// Because of these clients.
    refusing: Vec<String>,
    /// A hard lifetime of phase 2, if there is one, is at least this.
    hard_lifetime_seconds: Option<u64>,
    /// Clients that renew keys after a time that is not known.
    interval_unknown: Vec<String>,
    /// Clients of which it is not known what they make of new keys of the IKE SA that the server asks for.
    ike_rekey_unknown: Vec<String>,
    /// The same for child SAs.
    child_rekey_unknown: Vec<String>,
    /// Where the server never asks for new keys of the IKE SA, and the product has a hard lifetime of phase 1 even so,
    /// that is at least this.
    ike_hard_lifetime_seconds: Option<u64>,
    /// With this setting the server never asks for new keys of the IKE SA; null if none is known.
    ike_never_asks: Option<&'static str>,
    /// The same for child SAs.
    child_never_asks: Option<&'static str>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WeakEntry")]
struct WeakShape {
    proposal: Option<String>,
    tier: Word<Tier>,
    clients: Vec<String>,
    /// How many people use these clients; null without `--weights`.
    people: Option<u64>,
    /// What makes it weak.
    algorithm: String,
    /// The cheapest plan without the algorithm; `None` if there is none that serves all.
    without: Option<RemedyShape>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Without")]
struct RemedyShape {
    configure: Vec<String>,
    costs: CostShape,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Drop")]
struct DropShape {
    client: String,
    /// How many people use it; null without `--weights`.
    people: Option<u64>,
    entries: Vec<Option<String>>,
    untouched: Vec<String>,
    costs: CostShape,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Entry")]
struct EntryShape {
    #[serde(flatten)]
    suite: SuiteJson,
    #[serde(flatten)]
    rank: RankJson,
    clients: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Pfs")]
struct PfsShape {
    group: Option<String>,
    because: Vec<String>,
    /// Clients that demand a group, which stands beside the entries without.
    beside: Vec<String>,
    /// Clients that demand a group all the same.
    lost: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Additions")]
struct AdditionShapes {
    phase1: Vec<EntryShape>,
    phase2: Vec<EntryShape>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Client")]
struct ClientShape {
    id: String,
    label: String,
    /// How many people use it; null without `--weights`.
    people: Option<u64>,
    /// The versions that the profile covers.
    versions: Vec<String>,
    /// Whether it has to be configured.
    #[serde(rename = "touched")]
    reconfigured: bool,
    /// By which means.
    #[serde(rename = "means")]
    method: Option<Word<ConfigMethod>>,
    /// Its suite of phase 1.
    ike: Option<SuiteJson>,
    /// Its suite of phase 2.
    esp: Option<SuiteJson>,
    /// What is typed on it.
    command: Option<String>,
    /// Weakest grade of what it offers as it is.
    evidence: Option<Word<Grade>>,
}

/// Writes the document; the first plan is the answer.
pub fn write(
    frontier: &Frontier,
    prefer: Option<Preference>,
    context: &PlanContext<'_>,
    conclusion: Conclusion,
    out: &mut impl Write,
) -> io::Result<()> {
    let Frame { headline, next, .. } =
        Frame::of_plan(frontier.recommended(), context.clients, context.typed);
    let found = frontier.recommended();
    let weak = frontier.weak.iter();
    let drops = frontier.drops.iter();
    let document = Recommendation {
        headline,
        next,
        verdict: Word(conclusion),
        totals: PlanTotals {
            clients: context.clients.len(),
            to_configure: found.reconfigured.len(),
            lost: found.pfs.lost.len(),
            phase1: found.ike.len(),
            phase2: found.esp.len(),
            plans: frontier.plans().count(),
        },
        reason: None,
        goals: goals(prefer),
        plans: frontier
            .plans()
            .map(|plan| plan_shape(plan, context))
            .collect(),
        plans_complete: frontier.is_complete,
        weak_entries: weak.map(|weak| weak_shape(weak, context)).collect(),
        drops: drops.map(|dropped| drop_shape(dropped, context)).collect(),
        certificate_findings: certificate::shapes(context.certificates),
    };
    json::write(&document, out)
}

/// Writes that there is no plan, and why.
pub fn none(
    why: &Impossible,
    prefer: Option<Preference>,
    context: &PlanContext<'_>,
    out: &mut impl Write,
) -> io::Result<()> {
    let Frame { headline, next, .. } = Frame::of_no_plan(why);
    let document = Recommendation {
        headline,
        next,
        verdict: Word(Conclusion::No),
        totals: PlanTotals {
            clients: context.clients.len(),
            ..PlanTotals::default()
        },
        reason: Some(words::no_plan(why)),
        goals: goals(prefer),
        plans: Vec::new(),
        plans_complete: !matches!(why, Impossible::TooLong),
        weak_entries: Vec::new(),
        drops: Vec::new(),
        certificate_findings: certificate::shapes(context.certificates),
    };
    json::write(&document, out)
}

fn goals(prefer: Option<Preference>) -> Vec<Word<Goal>> {
    order(prefer).map(Word).to_vec()
}

fn ids(places: &[usize], context: &PlanContext<'_>) -> Vec<String> {
    let ids = places.iter().map(|place| &context.clients[*place].id);
    ids.cloned().collect()
}

fn costs(costs: &Costs) -> CostShape {
    let goal = |goal: Goal| (<&str>::from(goal), costs.of(goal).into());
    order(None).into_iter().map(goal).collect()
}

fn weak_shape(weak: &WeakEntry, context: &PlanContext<'_>) -> WeakShape {
    WeakShape {
        proposal: swan::write(&weak.suite.to_proposal()),
        tier: Word(weak.tier),
        clients: ids(&weak.clients, context),
        people: people(&weak.clients, context),
        algorithm: transform(weak.algorithm),
        without: weak.without.as_ref().ok().map(|remedy| RemedyShape {
            configure: ids(&remedy.reconfigured, context),
            costs: costs(&remedy.costs),
        }),
    }
}

fn drop_shape(dropped: &Dropped, context: &PlanContext<'_>) -> DropShape {
    let entries = dropped.entries.iter();
    DropShape {
        client: context.clients[dropped.client].id.clone(),
        people: people(&[dropped.client], context),
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
    let never_asks = plan.product.surface().row().never_asks;
    let lifetime_setting = plan.product.surface().row().lifetime.ike;
    let ike_lifetime = plan.rekeying.hard_lifetime_of_ike();
    let ike_lifetime = ike_lifetime.map(|it| it.as_secs());
    PlanShape {
        product: Word(plan.product),
        tier: Word(plan.tier),
        costs: costs(&plan.costs),
        optimal: plan.is_optimal,
        lost: ids(&plan.lost, context),
        planned_without: plan.left_out.iter().map(left_out).collect(),
        people: people_shape(plan, context),
        rekeying: RekeyingShape {
            server_never_asks: plan.rekeying.server.child.is_some(),
            refusing: ids(&plan.rekeying.refusing, context),
            hard_lifetime_seconds: plan.rekeying.hard_lifetime().map(|it| it.as_secs()),
            interval_unknown: ids(&plan.rekeying.unknown, context),
            ike_rekey_unknown: ids(&plan.rekeying.ike_open, context),
            child_rekey_unknown: ids(&plan.rekeying.child_open, context),
            ike_hard_lifetime_seconds: lifetime_setting.and(ike_lifetime),
            ike_never_asks: never_asks.ike,
            child_never_asks: never_asks.child,
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

fn people_shape(plan: &Plan, context: &PlanContext<'_>) -> Option<PeopleShape> {
    let of = |places: &[usize]| people(places, context);
    let by_tier = Tier::iter().map(|tier| {
        let places = 0..context.clients.len();
        let places: Vec<_> = places
            .filter(|it| plan.tier_of(*it) == Some(tier))
            .collect();
        Some((tier.to_string(), of(&places)?))
    });
    let told: Vec<_> = plan.reconfigured.iter().map(|told| told.client).collect();
    let left_out: Vec<_> = plan.left_out.iter().map(|one| one.client).collect();
    Some(PeopleShape {
        by_tier: by_tier.collect::<Option<_>>()?,
        to_configure: of(&told)?,
        lost: of(&plan.lost)?,
        left_out: of(&left_out)?,
    })
}

fn client_shapes(plan: &Plan, context: &PlanContext<'_>) -> Vec<ClientShape> {
    let clients = context.clients.iter().enumerate().map(|(place, client)| {
        let reconfigured = plan
            .reconfigured
            .iter()
            .find(|reconfigured| reconfigured.client == place);
        let gets = |entries: &[PlanEntry]| {
            let entry = entries.iter().find(|entry| entry.serves.contains(&place));
            entry.map(|entry| SuiteJson::of(&entry.suite))
        };
        let windows =
            reconfigured.filter(|reconfigured| reconfigured.method == ConfigMethod::Powershell);
        ClientShape {
            id: client.id.clone(),
            evidence: client.evidence().map(Word),
            label: client.label.clone(),
            people: people(&[place], context),
            versions: client.covers.clone(),
            reconfigured: reconfigured.is_some(),
            method: reconfigured.map(|reconfigured| Word(reconfigured.method)),
            ike: reconfigured
                .map(|t| SuiteJson::of(&t.ike))
                .or_else(|| gets(&plan.ike)),
            esp: reconfigured
                .map(|t| SuiteJson::of(&t.esp))
                .or_else(|| gets(&plan.esp)),
            command: windows
                .and_then(|t| powershell::line(context.connection_name, &t.ike, &t.esp).ok()),
        }
    });
    clients.collect()
}

fn entry_shape(suite: &Suite, clients: &[usize], context: &PlanContext<'_>) -> EntryShape {
    EntryShape {
        suite: SuiteJson::of(suite),
        rank: RankJson::of(suite, context.policy),
        clients: clients
            .iter()
            .map(|place| context.clients[*place].id.clone())
            .collect(),
    }
}
