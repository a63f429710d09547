//! Algorithms that the policy phases out, discourages or prohibits.

use rustc_hash::FxHashSet;

use crate::compat::client::Pairing;
use crate::compat::rank::{Member, Tier};
use crate::compat::report::ClientReport;
use crate::diag::{Finding, Severity, and_list};
use crate::ike::{Proposal, Protocol, Transform, TransformType};
use crate::lint::place::{Place, spell};
use crate::lint::rules::RuleFile;
use crate::lint::{LintSubject, Rule};

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
            finding = finding.note(if needs.is_empty() {
                format!("none of the clients compared needs {}", worst.name())
            } else {
                format!("needed by {}", and_list(&needs))
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

/// Labels of the clients that have nothing left without `transform` in the entry.
fn without(
    subject: &LintSubject<'_>,
    place: Place<'_>,
    transform: Option<Transform>,
) -> Vec<String> {
    let served = subject.served(place.list.number);
    if served.is_empty() {
        return Vec::new();
    }
    let mut connection = place.list.connection.clone();
    let entries = match place.list.child {
        Some(child) => &mut connection.children[child].esp,
        None => &mut connection.ike,
    };
    let proposal = &entries[place.number].proposal;
    let kept = proposal.transforms().iter().copied();
    let kept = Proposal::new(proposal.protocol(), kept.filter(|t| Some(*t) != transform));
    // What is the only one of its type cannot be taken out without the entry.
    let usable = transform.is_some_and(|t| !kept.of(t.kind).is_empty());
    if usable {
        entries[place.number].proposal = kept;
    } else {
        entries.remove(place.number);
    }
    let needs = |report: &&&ClientReport| {
        let pairing = Pairing::new(
            &report.client,
            &connection,
            subject.situation,
            subject.policy,
        );
        let ike = pairing.ike();
        let left = match place.list.child {
            Some(child) => pairing.child(&connection.children[child], &ike).ike_auth,
            None => ike.ike_sa_init,
        };
        left.verdict.suites().is_empty() && super::unused_entry::uses(report, place)
    };
    let labels = served.iter().filter(needs);
    labels.map(|report| report.client.label.clone()).collect()
}
