//! What there is to choose: the recommended plan in three lines, the plans that no other plan beats
//! as a table, and what weak entries and single clients cost.

use std::io::{self, Write};

use itertools::Itertools as _;

use crate::answer::plan::PlanContext;
use crate::answer::words::{Frame, short};
use crate::compat::rank::Tier;
use crate::recommend::{Costs, Frontier, Goal, LeftOut, Plan, Preference, order};
use crate::write::grid::Grid;
use crate::write::text::{and_list, count, entries, transform};

/// What a reader wants to know of a plan first, in three lines: what to do, for whom, and how good that is.
pub(crate) fn summary(plan: &Plan, context: &PlanContext<'_>) -> [String; 3] {
    let planned = (0..context.clients.len()).filter(|place| plan.tier_of(*place).is_some());
    let mut whom = vec![format!(
        "for {}",
        ids(&planned.collect::<Vec<_>>(), context)
    )];
    whom.extend(plan.left_out.iter().map(|LeftOut { client, what }| {
        let id = &context.clients[*client].id;
        format!("planned without {id}: nothing is known of {what}")
    }));
    let mut good = vec![format!("how good: {}", worst(plan, context))];
    if !plan.lost.is_empty() {
        let lost = ids(&plan.lost, context);
        good.push(format!(
            "the tunnel is known to be lost when keys are renewed: {lost}"
        ));
    }
    if !plan.is_optimal {
        good.push(
            "the search reached its limit: this is the best plan so far, and there may be a better one"
                .to_owned(),
        );
    }
    let headline = Frame::of_plan(plan, context.clients, context.typed).headline;
    [headline, whom.join("; "), good.join("; ")]
}

/// What it costs to leave the clients as they are, beside the best plan that configures them.
pub(crate) fn price_of_untouched(restricted: &Plan, free: &Plan) -> String {
    let is_about_clients = |goal: &Goal| matches!(goal, Goal::Touched | Goal::Effort);
    let more = order(None).into_iter().filter_map(|goal| {
        let (here, there) = (restricted.costs.of(goal), free.costs.of(goal));
        let is_more = !is_about_clients(&goal) && here > there;
        is_more.then(|| format!("{} {here} instead of {there}", goal.phrase()))
    });
    let more: Vec<_> = more.collect();
    match more.as_slice() {
        [] => "leaving the clients as they are costs nothing".to_owned(),
        more => format!(
            "leaving the clients as they are costs: {}; to avoid that, {} would have to be configured",
            more.join(", "),
            count(free.reconfigured.len(), "client")
        ),
    }
}

/// Why the plan is as it is: prices, and the order of the goals, each a paragraph.
pub(crate) fn why(
    frontier: &Frontier,
    context: &PlanContext<'_>,
    prefer: Option<Preference>,
) -> io::Result<Vec<String>> {
    let mut paragraphs = Vec::new();
    if !frontier.weak.is_empty() {
        let mut text = Vec::new();
        prices(frontier, context, &mut text)?;
        paragraphs.push(String::from_utf8_lossy(&text).into_owned());
    }
    if !frontier.drops.is_empty() {
        let mut text = Vec::new();
        drops(frontier, context, &mut text)?;
        paragraphs.push(String::from_utf8_lossy(&text).into_owned());
    }
    let goals = order(prefer).map(Goal::phrase).join(", ");
    paragraphs.push(format!(
        "plans are compared by, in this order, the fewest: {goals}; then by the rank of the base (docs/ranking.md)"
    ));
    Ok(paragraphs)
}

fn ids(places: &[usize], context: &PlanContext<'_>) -> String {
    let ids = places.iter();
    let ids = ids.map(|place| context.clients[*place].id.as_str());
    and_list(&ids.collect::<Vec<_>>())
}

/// How many people use the clients at these places, where that was said.
pub(super) fn people(places: &[usize], context: &PlanContext<'_>) -> Option<u64> {
    let known = context.people?;
    let ids = places.iter().map(|place| &context.clients[*place].id);
    Some(ids.filter_map(|id| known.get(id)).sum())
}

/// What each weak entry is needed for, and what it takes to do without.
fn prices(frontier: &Frontier, context: &PlanContext<'_>, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "the price of each weak entry")?;
    for weak in &frontier.weak {
        let algorithm = transform(weak.algorithm);
        let people = people(&weak.clients, context);
        let people = people.map_or_else(String::new, |people| format!(": {people} people"));
        writeln!(
            out,
            "  {} ({}): needed by {}{people}",
            short(&weak.suite),
            weak.tier.word(),
            ids(&weak.clients, context)
        )?;
        match &weak.without {
            Ok(remedy) if remedy.reconfigured.is_empty() => {
                writeln!(out, "    without {algorithm}: {}", costs(&remedy.costs))?;
            }
            Ok(remedy) => writeln!(
                out,
                "    without {algorithm}: configure {}; then {}",
                ids(&remedy.reconfigured, context),
                costs(&remedy.costs)
            )?,
            Err(_) => writeln!(
                out,
                "    without {algorithm} there is no plan that serves all"
            )?,
        }
    }
    Ok(())
}

/// What leaving out a client buys.
fn drops(frontier: &Frontier, context: &PlanContext<'_>, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "what leaving out one client buys")?;
    for drop in &frontier.drops {
        let mut bought: Vec<String> = Vec::new();
        if !drop.entries.is_empty() {
            let suites: Vec<_> = drop.entries.iter().map(short).collect();
            bought.push(format!("no {}", and_list(&suites)));
        }
        if !drop.untouched.is_empty() {
            bought.push(format!("{} as it is", ids(&drop.untouched, context)));
        }
        if bought.is_empty() {
            bought.push(entries(usize::from(drop.costs.of(Goal::Entries))));
        }
        let id = &context.clients[drop.client].id;
        let people = people(&[drop.client], context);
        let people = people.map_or_else(String::new, |people| format!(" ({people} people)"));
        writeln!(out, "  without {id}{people}: {}", bought.join(", "))?;
    }
    Ok(())
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
fn worst(plan: &Plan, context: &PlanContext<'_>) -> String {
    let places = 0..context.clients.len();
    let tiers = places.filter_map(|place| Some((plan.tier_of(place)?, place)));
    let by_tier = tiers.into_group_map();
    let Some((tier, places)) = by_tier.into_iter().max_by_key(|(tier, _)| *tier) else {
        return "nothing is served".to_owned();
    };
    if tier == Tier::Recommended {
        return "everything is recommended".to_owned();
    }
    let whom = ids(&places, context);
    match people(&places, context) {
        Some(people) => format!("{} at worst, for {whom}: {people} people", tier.word()),
        None => format!("{} at worst, for {whom}", tier.word()),
    }
}

/// What is said before the plans that no other plan beats.
pub(crate) const UNBEATEN: &str = "plans that no other plan beats, the recommended one first";

/// What is said where there may be more of them.
pub(crate) const INCOMPLETE: &str =
    "there may be more plans that no other plan beats: the search for them reached its limit";

/// The plans that no other plan beats, if there is a choice.
pub(crate) fn choice(frontier: &Frontier, context: &PlanContext<'_>) -> Option<Grid> {
    frontier.plans().nth(1)?;
    let header = ["plan", "configure", "effort", "entries", "how good"];
    let row = |(number, plan): (usize, &Plan)| {
        let cost = |goal| plan.costs.of(goal).to_string();
        vec![
            (number + 1).to_string(),
            cost(Goal::Touched),
            cost(Goal::Effort),
            cost(Goal::Entries),
            worst(plan, context),
        ]
    };
    Some(Grid {
        header: header.map(ToOwned::to_owned).to_vec(),
        rows: frontier.plans().enumerate().map(row).collect(),
    })
}
