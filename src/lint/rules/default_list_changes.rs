//! Lists that an upgrade changes.

use crate::diag::{Severity, and_list};
use crate::ike::{Proposal, Protocol};
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};
use crate::peer::{Engine, Version};

/// What `ikecompat explain default-list-changes` says.
pub(super) const DEFAULT_LIST_CHANGES: Rule = Rule {
    name: "default-list-changes",
    severity: Severity::Note,
    documentation: "A connection uses lists that its daemon fills in, and that other versions fill in differently.\n\n\
        An upgrade then changes who connects without any change in the file. strongSwan 6.0.2 put \
        optional groups into its ESP list, at which Windows refuses rekeying (strongSwan issue 2831) \
        and Check Point the child (OPNsense issue 9382); libreswan 3.19 took modp1024 out of its \
        list (libreswan issue 84).\n\n\
        Write the lists down.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[DEFAULT_LIST_CHANGES],
    check,
};

/// [`DEFAULT_LIST_CHANGES`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    let mut lists = Vec::new();
    let mut versions: Vec<Version> = Vec::new();
    let mut first = None;
    // A file may have thousands of such lists; the answer is the same for all of a protocol.
    let mut known: Vec<(Protocol, Vec<Version>)> = Vec::new();
    for list in subject.all_lists() {
        let mut places = list.places();
        let Some(place) = places.find(|place| subject.is_default_list(*place)) else {
            continue;
        };
        let protocol = list.protocol();
        let changes = match known.iter().find(|(of, _)| *of == protocol) {
            Some((_, changes)) => changes.clone(),
            None => {
                let changes = changes(subject, protocol);
                known.push((protocol, changes.clone()));
                changes
            }
        };
        if changes.is_empty() {
            continue;
        }
        first = first.or_else(|| {
            let span = place.span().cloned().or_else(|| list.span());
            span.map(|span| (list.number, span))
        });
        lists.push(list.name());
        versions.extend(changes);
    }
    versions.sort_unstable();
    versions.dedup();
    if lists.is_empty() {
        return;
    }
    let name = subject.server.engine.name;
    let verb = if lists.len() == 1 { "uses" } else { "use" };
    lists.truncate(3);
    let versions: Vec<_> = versions.iter().map(ToString::to_string).collect();
    let message = format!(
        "{} {verb} the default list of {name}, which changed with {}",
        and_list(&lists),
        and_list(&versions)
    );
    let mut finding = DEFAULT_LIST_CHANGES
        .finding(message)
        .help("write the list down before you upgrade");
    if let Some((number, span)) = first {
        finding = finding.about(number).at(Some(&span));
    }
    found.push(finding);
}

/// The versions of the engine with which the list of its protocol changed.
fn changes(subject: &LintSubject<'_>, protocol: Protocol) -> Vec<Version> {
    let name = subject.server.engine.name;
    let versions = subject.database.default_versions(name).unwrap_or_default();
    let mut before: Option<Vec<Proposal>> = None;
    let mut changed = Vec::new();
    for version in versions {
        let engine = Engine { name, version };
        let Ok(Some(lists)) = subject.database.defaults(engine) else {
            continue;
        };
        let Some(own) = lists.of(protocol) else {
            continue;
        };
        if before.as_ref().is_some_and(|before| *before != own) {
            changed.push(version);
        }
        before = Some(own);
    }
    changed
}
