//! Words of a proposal that the daemon drops.

use crate::diag::Severity;
use crate::ike::{Protocol, TransformType};
use crate::lint::place::spell;
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};
use crate::peer::{EngineName, Origin};

/// What `ikecompat explain ignored-keyword` says.
pub(super) const IGNORED_KEYWORD: Rule = Rule {
    name: "ignored-keyword",
    severity: Severity::Note,
    documentation: "A word of a proposal has no effect.\n\n\
        An integrity algorithm beside AEAD ciphers, a PRF in ESP, and `none` in IKE are dropped by \
        strongSwan without a word, while libreswan refuses the first. The proposal is not what it \
        looks like (IKEv2-setup issue 72).\n\n\
        Remove the word.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[IGNORED_KEYWORD],
    check,
};

/// [`IGNORED_KEYWORD`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
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
            IGNORED_KEYWORD
                .finding(message)
                .about(place.list.number)
                .at(Some(word))
                .help("remove it"),
        );
    }
}
