//! Clients that come up and lose the tunnel when keys of a child SA are renewed.

use crate::compat::report::ClientReport;
use crate::compat::verdict::{Refusal, Verdict};
use crate::diag::{Finding, and_list};
use crate::ike::{Transform, TransformType};
use crate::lint::place::{List, names};
use crate::lint::{LintSubject, Rule};

/// [`Rule::OptionalPfsRefused`], [`Rule::PfsGroupNotOffered`], [`Rule::PfsNotConfigured`],
/// [`Rule::PfsRefused`] and [`Rule::ServerInitiatedRekey`]: five refusals of one exchange.
pub(super) fn check(subject: &LintSubject<'_>, found: &mut Vec<Finding>) {
    for one in subject.for_clients() {
        for list in subject.lists(one) {
            let Some(child) = list.child else {
                continue;
            };
            let served = subject.served(one.0);
            for rule in [
                Rule::PfsGroupNotOffered,
                Rule::PfsNotConfigured,
                Rule::OptionalPfsRefused,
                Rule::PfsRefused,
                Rule::ServerInitiatedRekey,
            ] {
                let hit = |report: &&&ClientReport| refuses(report, child, list, rule);
                let labels = served.iter().filter(hit).map(|r| r.client.label.clone());
                let labels: Vec<_> = labels.collect();
                if !labels.is_empty() {
                    found.push(finding(rule, list, &labels));
                }
            }
        }
    }
}

/// Whether a rekeying of the child fails for the reason that the rule is about.
fn refuses(report: &ClientReport, child: usize, list: List<'_>, rule: Rule) -> bool {
    let Some(child) = report.children.get(child) else {
        return false;
    };
    let v = &child.verdicts;
    [&v.child_rekey_by_client, &v.child_rekey_by_server]
        .iter()
        .any(|judged| cause(&judged.verdict, list) == Some(rule))
}

fn cause(verdict: &Verdict, list: List<'_>) -> Option<Rule> {
    match verdict {
        Verdict::Refuse(Refusal::NoMatch { gaps, .. }) => {
            let gap = gaps.first().filter(|gap| gap.kind == TransformType::KE)?;
            let named = |list: &[Transform]| list.iter().any(|t| !t.is_none());
            Some(match (named(&gap.asked), named(&gap.answered)) {
                (true, false) => Rule::PfsNotConfigured,
                _ => Rule::PfsGroupNotOffered,
            })
        }
        Verdict::Refuse(Refusal::KeyExchangeUnwanted) => Some(if is_optional(list) {
            Rule::OptionalPfsRefused
        } else {
            Rule::PfsRefused
        }),
        Verdict::Refuse(Refusal::BehindNat) => Some(Rule::ServerInitiatedRekey),
        _ => None,
    }
}

/// The groups of a list.
fn groups(list: List<'_>) -> Vec<Transform> {
    let kinds = list
        .places()
        .flat_map(|place| place.of(TransformType::KE).to_vec());
    kinds.filter(|t| !t.is_none()).collect()
}

/// Whether no entry insists on a group.
fn is_optional(list: List<'_>) -> bool {
    list.places().all(|place| {
        let groups = place.of(TransformType::KE);
        groups.is_empty() || groups.iter().any(|t| t.is_none())
    })
}

fn finding(rule: Rule, list: List<'_>, labels: &[String]) -> Finding {
    let (who, phase) = (and_list(labels), list.name());
    let own = groups(list);
    let own = if own.is_empty() {
        "the group of the IKE SA".to_owned()
    } else {
        and_list(&names(&own))
    };
    let (message, help) = match rule {
        Rule::PfsNotConfigured => (
            format!(
                "{who}: the client rekeys the child SA with a group, and {phase} lists none; the tunnel comes up and is lost then"
            ),
            "add the client's group and `none` to the entries of phase 2, or turn PFS off on the client",
        ),
        Rule::OptionalPfsRefused => (
            format!(
                "{who}: the client refuses a rekeying that names a group, and the server's of {phase} names {own}, optional or not"
            ),
            "list no group in phase 2, or never let the server ask (rekey time 0)",
        ),
        Rule::PfsRefused => (
            format!(
                "{who}: the client refuses a rekeying that names a group, and the server's of {phase} names {own}"
            ),
            "turn PFS off in phase 2, or never let the server ask (rekey time 0)",
        ),
        Rule::ServerInitiatedRekey => (
            format!(
                "{who}: rekeying of the child SA that the server asks for is refused behind NAT"
            ),
            "never let the server ask (rekey time 0); the clients rekey by themselves",
        ),
        _ => (
            format!(
                "{who}: the tunnel comes up and is lost at the first rekeying of the child SA, for want of a common group; {phase} uses {own}"
            ),
            "turn PFS off in phase 2, or let every client use the group",
        ),
    };
    rule.finding(message)
        .about(list.number)
        .at(list.span().as_ref())
        .help(help)
}
