//! Words of a proposal that the daemon drops.

use crate::diag::Finding;
use crate::ike::{Protocol, TransformType};
use crate::lint::place::spell;
use crate::lint::{LintSubject, Rule};
use crate::peer::{EngineName, Origin};

/// [`Rule::IgnoredKeyword`].
pub(super) fn check(subject: &LintSubject<'_>, found: &mut Vec<Finding>) {
    if subject.server.engine.name != EngineName::Strongswan {
        return;
    }
    for place in subject.entries() {
        let Origin::Written(span) = &place.entry.origin else {
            continue;
        };
        let protocol = place.list.protocol();
        let (words, all) = subject.keywords(span);
        let dropped = words.iter().find(|(_, transform)| {
            let kind = transform.kind;
            let kept = place.entry.proposal.contains(*transform);
            // In IKE a hash beside AEAD gives the PRF.
            let gives_prf = protocol == Protocol::Ike
                && kind == TransformType::INTEG
                && !words.iter().any(|(_, t)| t.kind == TransformType::PRF);
            all && !kept && !gives_prf
        });
        let Some((word, transform)) = dropped else {
            continue;
        };
        let why = match transform.kind {
            TransformType::INTEG => "beside AEAD ciphers, which authenticate by themselves",
            TransformType::PRF => "in ESP, which has no PRF",
            _ => "in IKE, which always has a key exchange",
        };
        let message = format!("`{}` has no effect {why}", spell(*transform));
        found.push(
            Rule::IgnoredKeyword
                .finding(message)
                .about(place.list.number)
                .at(Some(word))
                .help("remove it"),
        );
    }
}
