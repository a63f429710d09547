//! Algorithms that the policy phases out, discourages or prohibits.

use rustc_hash::FxHashSet;

use crate::compat::client::Pairing;
use crate::compat::rank::{Member, Tier};
use crate::compat::report::ClientReport;
use crate::compat::verdict::{Judged, Verdict};
use crate::diag::{Finding, Severity, and_list};
use crate::ike::{Proposal, Protocol, Transform, TransformType};
use crate::lint::place::{Place, spell};
use crate::lint::rules::RuleFile;
use crate::lint::{LintSubject, Rule};
use crate::peer::{Client, Connection};

/// What `ikecompat explain weak-entry` says.
pub(super) const WEAK_ENTRY: Rule = Rule {
    name: "weak-entry",
    severity: Severity::Warning,
    documentation: "An entry allows an algorithm that is phasing out, discouraged or prohibited.\n\n\
        The finding says which algorithm decides, by which clause of the policy, and which \
        of the clients would have nothing left without it.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[WEAK_ENTRY],
    check,
};

/// [`WEAK_ENTRY`].
fn check(subject: &LintSubject<'_>, found: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    for place in subject.entries() {
        let Some((worst, others)) = weak(subject, place) else {
            continue;
        };
        let span = match worst.transform {
            Some(transform) => subject.word(place.entry, transform),
            None => place.span().cloned(),
        };
        let needs = without(subject, place, worst.transform);
        let is_default = subject.is_default_list(place);
        if is_default && needs.is_empty() {
            continue; // nobody wrote it, and nobody here uses it
        }
        let message = format!("{} allows {}", place.name(), worst.summary());
        // Rows of a page give several entries each; one word of it is complained about once.
        if let Some(span) = &span
            && !seen.insert((span.clone(), tail(&message).to_owned()))
        {
            continue;
        }
        let mut finding = WEAK_ENTRY
            .finding(message)
            .about(place.list.number)
            .at(span.as_ref())
            .note(worst.reason());
        if is_default {
            finding.diagnostic.severity = Severity::Note;
            finding = finding.note("it is in the list that the product fills in");
        }
        if !others.is_empty() {
            finding = finding.note(format!("it also allows {}", and_list(&others)));
        }
        if !subject.served(place.list.number).is_empty() {
            let bearers = bearers(place, worst.transform);
            finding = finding.note(match (needs.is_empty(), bearers.len()) {
                (true, _) => format!("none of the clients compared needs {}", worst.name()),
                (false, 0 | 1) => format!("needed by {}", and_list(&needs)),
                (false, _) => format!(
                    "{} {} {} in one of the entries {}",
                    and_list(&needs),
                    if needs.len() == 1 { "needs" } else { "need" },
                    worst.name(),
                    and_list(&bearers)
                ),
            });
        }
        found.push(finding);
    }
}

/// A message without the entry that it begins with.
fn tail(message: &str) -> &str {
    message
        .split_once(" allows ")
        .map_or(message, |(_, tail)| tail)
}

/// The member that decides, and the names of the other weak ones.
fn weak(subject: &LintSubject<'_>, place: Place<'_>) -> Option<(Member, Vec<String>)> {
    let proposal = &place.entry.proposal;
    let protocol = place.list.protocol();
    let aead = place.of(TransformType::ENCR).iter().any(|t| t.is_aead());
    let counts = |t: &&Transform| {
        let kind = t.kind;
        let idle = kind == TransformType::SN
            || (kind.is_key_exchange() && protocol != Protocol::Ike)
            || (kind == TransformType::INTEG && aead)
            || (kind.is_key_exchange() && kind != TransformType::KE);
        // Those with a rule of their own.
        let own =
            super::null_encryption::is_null(**t) || super::truncated_sha256::is_truncated(**t);
        !idle && !own && !t.is_none()
    };
    let members = proposal.transforms().iter().filter(counts);
    let mut weak: Vec<Member> = members
        .map(|t| subject.policy.alone(protocol, *t))
        .filter(|member| member.tier > Tier::Permitted)
        .collect();
    let worst = weak
        .iter()
        .map(|member| (member.tier, member.level))
        .max()?;
    let decides = weak
        .iter()
        .position(|member| (member.tier, member.level) == worst)?;
    let worst = weak.remove(decides);
    let mut others = Vec::new();
    for name in weak.iter().filter_map(|member| member.transform).map(spell) {
        let derived = name.strip_prefix("prf").unwrap_or(&name).to_owned();
        if derived != worst.name() && !others.contains(&derived) {
            others.push(derived);
        }
    }
    Some((worst, others))
}

/// Labels of the clients that lose an exchange if `transform` goes from the whole list: of two entries
/// with it either may be spared, and not both.
fn without(
    subject: &LintSubject<'_>,
    place: Place<'_>,
    transform: Option<Transform>,
) -> Vec<String> {
    let served = subject.served(place.list.number);
    let Some(transform) = transform.filter(|_| !served.is_empty()) else {
        return Vec::new();
    };
    let before = place.list.connection;
    let mut after = before.clone();
    let entries = match place.list.child {
        Some(child) => &mut after.children[child].esp,
        None => &mut after.ike,
    };
    entries.retain_mut(|entry| {
        if !entry.proposal.contains(transform) {
            return true;
        }
        let kept = entry.proposal.transforms().iter().copied();
        let kept = Proposal::new(entry.proposal.protocol(), kept.filter(|t| *t != transform));
        // What is the only one of its type cannot be taken out without the entry.
        let usable = !kept.of(transform.kind).is_empty();
        entry.proposal = kept;
        usable
    });
    let fails = |client: &Client, connection: &Connection| {
        let pairing = Pairing::new(client, connection, subject.situation, subject.policy);
        let ike = pairing.ike();
        let child = place.list.child.and_then(|at| connection.children.get(at));
        let child = child.map(|child| pairing.child(child, &ike));
        let failing = |judged: &Judged| {
            judged.verdict.fails() || matches!(judged.verdict, Verdict::NotUsed(_))
        };
        let of_child = child.iter().flat_map(|child| {
            [
                &child.ike_auth,
                &child.child_rekey_by_client,
                &child.child_rekey_by_server,
            ]
        });
        let all = [
            &ike.ike_sa_init,
            &ike.ike_rekey_by_client,
            &ike.ike_rekey_by_server,
        ];
        let all = all.into_iter().chain(of_child);
        all.map(failing).collect::<Vec<_>>()
    };
    let needs = |report: &&&ClientReport| {
        let (before, after) = (fails(&report.client, before), fails(&report.client, &after));
        before.iter().zip(&after).any(|(old, new)| !old && *new)
    };
    let labels = served.iter().filter(needs);
    labels.map(|report| report.client.label.clone()).collect()
}

/// The numbers of the entries of the same list that name the algorithm, from 1.
fn bearers(place: Place<'_>, transform: Option<Transform>) -> Vec<String> {
    let Some(transform) = transform else {
        return Vec::new();
    };
    let entries = place.list.entries.iter().enumerate();
    let with = entries.filter(|(_, entry)| entry.proposal.contains(transform));
    with.map(|(number, _)| (number + 1).to_string()).collect()
}
