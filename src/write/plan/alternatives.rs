//! What there is to choose: the recommended plan in three lines, the plans that no other plan beats
//! as a table, and what weak entries and single clients cost.

use std::collections::BTreeMap;
use std::io::{self, Write};

use itertools::Itertools as _;

use crate::answer::plan::PlanContext;
use crate::answer::words::{Frame, short};
use crate::compat::rank::Tier;
use crate::recommend::{Costs, Frontier, Goal, LeftOut, Plan, Preference, order};
use crate::write::grid::Grid;
use crate::write::text::{and_list, entries, transform};

/// How many people use each client, by its id.
pub type People = BTreeMap<String, u64>;

/// Writes what a reader wants to know first, and the table of alternatives.
pub fn write(
    frontier: &Frontier,
    context: &PlanContext<'_>,
    people: Option<&People>,
    out: &mut impl Write,
) -> io::Result<()> {
    summary(frontier.recommended(), context, people, out)?;
    table(frontier, context, people, out)
}

/// Writes what a reader wants to know of a plan first.
pub(crate) fn summary(
    plan: &Plan,
    context: &PlanContext<'_>,
    people: Option<&People>,
    out: &mut impl Write,
) -> io::Result<()> {
    let ids = |places: &[usize]| -> Vec<&str> {
        places
            .iter()
            .map(|place| context.clients[*place].id.as_str())
            .collect()
    };
    let headline = Frame::of_plan(plan, context.clients).headline;
    writeln!(out, "{headline}")?;
    let planned = (0..context.clients.len()).filter(|place| plan.tier_of(*place).is_some());
    writeln!(out, "for {}", and_list(&ids(&planned.collect::<Vec<_>>())))?;
    writeln!(out, "how good: {}", worst(plan, context, people))?;
    for LeftOut { client, what } in &plan.left_out {
        let id = &context.clients[*client].id;
        writeln!(out, "planned without {id}: nothing is known of {what}")?;
    }
    if !plan.lost.is_empty() {
        let lost = and_list(&ids(&plan.lost));
        writeln!(
            out,
            "the tunnel is known to be lost when keys are renewed: {lost}"
        )?;
    }
    rekeying(plan, context, out)?;
    if !plan.is_optimal {
        writeln!(
            out,
            "the search reached its limit: this is the best plan so far, and there may be a better one"
        )?;
    }
    Ok(())
}

/// Writes why the plan is as it is: prices, and the order of the goals.
pub fn why(
    frontier: &Frontier,
    context: &PlanContext<'_>,
    prefer: Option<Preference>,
    out: &mut impl Write,
) -> io::Result<()> {
    let ids = |places: &[usize]| {
        let ids = places
            .iter()
            .map(|place| context.clients[*place].id.as_str());
        and_list(&ids.collect::<Vec<_>>())
    };
    if !frontier.weak.is_empty() {
        writeln!(out, "\nthe price of each weak entry")?;
    }
    for weak in &frontier.weak {
        let algorithm = transform(weak.algorithm);
        let clients = ids(&weak.clients);
        writeln!(
            out,
            "  {} ({}): needed by {clients}",
            short(&weak.suite),
            weak.tier.word()
        )?;
        match &weak.without {
            Ok(remedy) if remedy.touched.is_empty() => {
                writeln!(out, "    without {algorithm}: {}", costs(&remedy.costs))?
            }
            Ok(remedy) => writeln!(
                out,
                "    without {algorithm}: configure {}; then {}",
                ids(&remedy.touched),
                costs(&remedy.costs)
            )?,
            Err(_) => writeln!(
                out,
                "    without {algorithm} there is no plan that serves all"
            )?,
        }
    }
    if !frontier.drops.is_empty() {
        writeln!(out, "\nwhat leaving out one client buys")?;
    }
    for drop in &frontier.drops {
        let mut bought: Vec<String> = Vec::new();
        if !drop.entries.is_empty() {
            let suites: Vec<_> = drop.entries.iter().map(short).collect();
            bought.push(format!("no {}", and_list(&suites)));
        }
        if !drop.untouched.is_empty() {
            bought.push(format!("{} as it is", ids(&drop.untouched)));
        }
        if bought.is_empty() {
            bought.push(entries(usize::from(drop.costs.of(Goal::Entries))));
        }
        let id = &context.clients[drop.client].id;
        writeln!(out, "  without {id}: {}", bought.join(", "))?;
    }
    let goals = order(prefer).map(Goal::phrase).join(", ");
    writeln!(
        out,
        "\nplans are compared by, in this order, the fewest: {goals}; then by the rank of the base (docs/ranking.md)"
    )
}

/// What a plan costs besides its length.
fn costs(costs: &Costs) -> String {
    let said = costs.with(Goal::Entries, 0).to_string();
    let length = entries(usize::from(costs.of(Goal::Entries)));
    if said.is_empty() {
        length
    } else {
        format!("{said}, {length}")
    }
}

/// The worst tier of a plan, and for whom.
fn worst(plan: &Plan, context: &PlanContext<'_>, people: Option<&People>) -> String {
    let places = 0..context.clients.len();
    let tiers = places.filter_map(|place| Some((plan.tier_of(place)?, place)));
    let by_tier = tiers.into_group_map();
    let Some((tier, places)) = by_tier.into_iter().max_by_key(|(tier, _)| *tier) else {
        return "nothing is served".to_owned();
    };
    if tier == Tier::Recommended {
        return "everything is recommended".to_owned();
    }
    let ids = places
        .iter()
        .map(|place| context.clients[*place].id.as_str());
    let whom = and_list(&ids.clone().collect::<Vec<_>>());
    match people {
        Some(people) => {
            let affected: u64 = ids.filter_map(|id| people.get(id)).sum();
            format!("{} at worst, for {whom}: {affected} people", tier.word())
        }
        None => format!("{} at worst, for {whom}", tier.word()),
    }
}

/// Who refuses what the server would ask for, and what that means for lifetimes.
fn rekeying(plan: &Plan, context: &PlanContext<'_>, out: &mut impl Write) -> io::Result<()> {
    let rekeying = &plan.rekeying;
    if rekeying.server.child.is_none() {
        return Ok(());
    }
    let ids = |places: &[usize]| {
        let ids = places
            .iter()
            .map(|place| context.clients[*place].id.as_str());
        and_list(&ids.collect::<Vec<_>>())
    };
    writeln!(
        out,
        "the server never asks for new keys of phase 2, which {} would refuse",
        ids(&rekeying.refusing)
    )?;
    if let (Some((place, slowest)), Some(hard)) = (rekeying.slowest, rekeying.hard_lifetime()) {
        writeln!(
            out,
            "  a hard lifetime of phase 2, if there is one, is at least {} s: {} renews its keys after {} s",
            hard.as_secs(),
            context.clients[place].id,
            slowest.as_secs()
        )?;
    }
    if !rekeying.unknown.is_empty() {
        writeln!(
            out,
            "  when {} renew keys is not known; a log of a tunnel that stays up for some hours shows it",
            ids(&rekeying.unknown)
        )?;
    }
    Ok(())
}

/// What is said before the plans that no other plan beats.
pub(crate) const UNBEATEN: &str = "plans that no other plan beats, the recommended one first";

/// What is said where there may be more of them.
pub(crate) const INCOMPLETE: &str =
    "there may be more plans that no other plan beats: the search for them reached its limit";

/// The plans that no other plan beats, if there is a choice.
pub(crate) fn choice(
    frontier: &Frontier,
    context: &PlanContext<'_>,
    people: Option<&People>,
) -> Option<Grid> {
    frontier.plans().nth(1)?;
    let header = ["plan", "configure", "effort", "entries", "how good"];
    let row = |(number, plan): (usize, &Plan)| {
        let cost = |goal| plan.costs.of(goal).to_string();
        vec![
            (number + 1).to_string(),
            cost(Goal::Touched),
            cost(Goal::Effort),
            cost(Goal::Entries),
            worst(plan, context, people),
        ]
    };
    Some(Grid {
        header: header.map(ToOwned::to_owned).to_vec(),
        rows: frontier.plans().enumerate().map(row).collect(),
    })
}

fn table(
    frontier: &Frontier,
    context: &PlanContext<'_>,
    people: Option<&People>,
    out: &mut impl Write,
) -> io::Result<()> {
    if let Some(grid) = choice(frontier, context, people) {
        writeln!(out, "\n{UNBEATEN}")?;
        for row in std::iter::once(&grid.header).chain(&grid.rows) {
            if let [number, touched, effort, entries, good] = row.as_slice() {
                writeln!(
                    out,
                    "  {number:>4}  {touched:>9}  {effort:>6}  {entries:>7}  {good}"
                )?;
            }
        }
    }
    if !frontier.is_complete {
        writeln!(out, "{INCOMPLETE}")?;
    }
    writeln!(out)
}
