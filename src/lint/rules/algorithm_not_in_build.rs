//! Algorithms that the daemon was built without.

use crate::diag::{Finding, Severity, and_list};
use crate::ike::{Transform, TransformType};
use crate::lint::place::names;
use crate::lint::{LintSubject, Rule};
use crate::peer::Build;

/// [`Rule::AlgorithmNotInBuild`].
pub(super) fn check(subject: &LintSubject<'_>, found: &mut Vec<Finding>) {
    let build = &subject.situation.build;
    for place in subject
        .entries()
        .into_iter()
        .filter(|p| !subject.is_default_list(*p))
    {
        let all = place.entry.proposal.transforms().iter().copied();
        let missing: Vec<_> = all
            .filter(|t| !has(build, *t) || build.lacks.contains(t))
            .collect();
        let Some(first) = missing.first() else {
            continue;
        };
        let message = format!(
            "{} names {}, which the known build of {} lacks",
            place.name(),
            and_list(&names(&missing)),
            subject.server.engine
        );
        let span = subject.word(place.entry, *first);
        let mut finding = Rule::AlgorithmNotInBuild
            .finding(message)
            .about(place.list.number)
            .at(span.as_ref())
            .help("remove it, or use a build that has it");
        if missing.iter().any(|t| build.lacks.contains(t)) {
            finding.diagnostic.severity = Severity::Error;
            finding = finding.note("the daemon then does not load the connection at all");
        }
        found.push(finding);
    }
}

/// Whether a build has an algorithm; of a build without known limits everything is taken to be in.
fn has(build: &Build, transform: Transform) -> bool {
    let list = match transform.kind {
        TransformType::ENCR if transform.is_aead() => &build.aead,
        TransformType::ENCR => &build.encr,
        TransformType::INTEG => &build.integ,
        TransformType::PRF => &build.prf,
        kind if kind.is_key_exchange() => &build.ke,
        _ => return true,
    };
    let listed = |list: &Vec<u16>| list.contains(&transform.id);
    transform.is_none() || transform.is_private() || list.as_ref().is_none_or(listed)
}
