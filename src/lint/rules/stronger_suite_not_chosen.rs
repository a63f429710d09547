//! Clients that could have a better suite if the server's order were another.

use crate::compat::client::Pairing;
use crate::compat::closing;
use crate::compat::rank::Tier;
use crate::diag::{Severity, and_list};
use crate::lint::place::Place;
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};
use crate::peer::Edit;

/// What `ikecompat explain stronger-suite-not-chosen` says.
pub(super) const STRONGER_SUITE_NOT_CHOSEN: Rule = Rule {
    name: "stronger-suite-not-chosen",
    severity: Severity::Warning,
    documentation: "The server's order makes a weaker suite win although a stronger one is common.\n\n\
        The responder chooses by its own order, whatever the client would like best.\n\n\
        Put the stronger entry first.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[STRONGER_SUITE_NOT_CHOSEN],
    check,
};

/// [`STRONGER_SUITE_NOT_CHOSEN`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    for one in subject.for_clients() {
        for list in subject.lists(one) {
            if list.child.is_some_and(|child| child > 0) {
                continue; // the first child decides for the clients
            }
            let mut losers = Vec::new();
            let mut wanted = None;
            for report in subject.served(one.0) {
                let pairing =
                    Pairing::new(&report.client, one.1, subject.situation, subject.policy);
                let (chosen, common) = match list.child {
                    None => (&report.ike.ike_sa_init.verdict, pairing.common_ike()),
                    Some(child) => match report.children.get(child) {
                        Some(child) => (
                            &child.verdicts.ike_auth.verdict,
                            pairing.common_esp(&one.1.children[child.number]),
                        ),
                        None => continue,
                    },
                };
                let best = closing::best(common, subject.policy);
                let tier = |suite| subject.policy.rank(suite).tier();
                // Between what is recommended and what is permitted an order is a matter of taste.
                if let (Some(chosen), Some(best)) = (chosen.suite(), best)
                    && tier(chosen) > Tier::Permitted
                    && tier(&best) < tier(chosen)
                {
                    losers.push(report.client.label.clone());
                    let has = |place: &Place<'_>| {
                        let mut all = best.transforms();
                        all.all(|t| place.entry.proposal.contains(t))
                    };
                    wanted = wanted.or_else(|| list.places().find(has));
                }
            }
            if losers.is_empty() {
                continue;
            }
            let message = format!(
                "the order of {} gives {} a weaker suite than both sides allow",
                list.name(),
                and_list(&losers)
            );
            let finding = STRONGER_SUITE_NOT_CHOSEN
                .finding(message)
                .about(one.0)
                .at(list.span().as_ref());
            match wanted.filter(|place| place.number > 0) {
                Some(place) => {
                    let help = format!("put entry {} first", place.number + 1);
                    let edit = Edit::MoveToFront {
                        list: list.place(),
                        number: place.number,
                    };
                    found.advise(subject, finding, &help, vec![edit]);
                }
                None => found.push(finding),
            }
        }
    }
}
