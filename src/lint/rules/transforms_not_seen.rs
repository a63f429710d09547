//! Offers that are longer than what the server looks at.

use crate::compat::report::ClientReport;
use crate::diag::{Severity, and_list};
use crate::ike::Proposal;
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};

/// What `ikecompat explain transforms-not-seen` says.
pub(super) const TRANSFORMS_NOT_SEEN: Rule = Rule {
    name: "transforms-not-seen",
    severity: Severity::Warning,
    documentation: "A client offers more transforms of a type than the server looks at.\n\n\
        RRAS considers the first fifteen transforms of a type in a proposal; what stands behind them \
        is not there for it. strongSwan's default lists are longer.\n\n\
        Let the client list what it is to use, or at least list it first.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[TRANSFORMS_NOT_SEEN],
    check,
};

/// [`TRANSFORMS_NOT_SEEN`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    let build = &subject.situation.build;
    let Some(most) = build.most_transforms else {
        return;
    };
    let is_cut = |offer: &[Proposal]| build.seen(offer).is_some_and(|it| it != offer);
    let cut = |report: &&ClientReport| {
        let client = &report.client;
        let ike = client.ike_sa_init.stated();
        let esp = client.ike_auth.stated();
        ike.is_some_and(|fact| is_cut(&fact.value.proposals))
            || esp.is_some_and(|fact| is_cut(&fact.value))
    };
    let clients = subject.clients.iter().filter(cut);
    let labels: Vec<_> = clients.map(|report| report.client.label.clone()).collect();
    if labels.is_empty() {
        return;
    }
    let message = format!(
        "the server looks at the first {most} transforms of a type, and more are offered by {}",
        and_list(&labels)
    );
    found.push(
        TRANSFORMS_NOT_SEEN
            .finding(message)
            .help("let the client list fewer algorithms"),
    );
}
