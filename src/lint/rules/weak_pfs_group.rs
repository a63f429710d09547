//! Groups of perfect forward secrecy that IKE should not use.

use crate::diag::Severity;
use rustc_hash::FxHashSet;

use crate::compat::rank::Tier;
use crate::ike::{Protocol, TransformType};
use crate::lint::place::List;
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};

/// What `ikecompat explain weak-pfs-group` says.
pub(super) const WEAK_PFS_GROUP: Rule = Rule {
    name: "weak-pfs-group",
    severity: Severity::Warning,
    documentation: "An ESP entry lists a group that is discouraged or prohibited for IKE.\n\n\
        RFC 8221 has no table of groups, so that of RFC 8247, section 2.4 is applied to perfect \
        forward secrecy as well; that is this program's reading, not a clause.\n\n\
        Use group 14 or better.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[WEAK_PFS_GROUP],
    check,
};

/// [`WEAK_PFS_GROUP`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    let mut seen = FxHashSet::default();
    let lists = subject.all_lists();
    let esp = lists.into_iter().filter(|l| l.protocol() == Protocol::Esp);
    for place in esp
        .flat_map(List::places)
        .filter(|p| !subject.is_default_list(*p))
    {
        let groups = place.of(TransformType::KE).iter();
        let judged = groups.map(|group| subject.policy.alone(Protocol::Ike, *group));
        let weak = |member: &crate::compat::rank::Member| {
            member.tier > Tier::PhasingOut && member.transform.is_some_and(|t| !t.is_none())
        };
        let Some(member) = judged.into_iter().find(weak) else {
            continue;
        };
        let span = member.transform.and_then(|t| subject.word(place.entry, t));
        let message = format!("{} uses {} for PFS", place.name(), member.summary());
        if span.is_some() && !seen.insert(span.clone()) {
            continue; // a page sets the group once for all ciphers
        }
        let finding = WEAK_PFS_GROUP
            .finding(message)
            .about(place.list.number)
            .at(span.as_ref())
            .note(format!(
                "{}, for IKE; RFC 8221 has no table of groups",
                member.reason()
            ));
        found.push_at(place.name(), finding, Vec::new());
    }
}
