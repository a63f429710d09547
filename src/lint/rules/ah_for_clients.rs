//! AH where clients dial in.

use crate::diag::Severity;
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};

/// What `ikecompat explain ah-for-clients` says.
pub(super) const AH_FOR_CLIENTS: Rule = Rule {
    name: "ah-for-clients",
    severity: Severity::Warning,
    documentation: "A child for clients is protected by AH, which none of them speaks.\n\n\
        AH covers the IP header, so it cannot pass a NAT (RFC 3715, section 2.1), and no client of \
        the database offers it.\n\n\
        Use ESP.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[AH_FOR_CLIENTS],
    check,
};

/// [`AH_FOR_CLIENTS`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    for (number, connection) in subject.for_clients() {
        for child in connection
            .children
            .iter()
            .filter(|child| !child.ah.is_empty())
        {
            let message = format!(
                "`{}` uses AH, which no client has and no NAT lets pass",
                child.name
            );
            let span = child.ah[0].origin.span().or(child.span.as_ref());
            found.push(
                AH_FOR_CLIENTS
                    .finding(message)
                    .about(number)
                    .at(span)
                    .note("RFC 3715, section 2.1: AH covers the addresses that a NAT changes")
                    .help("use ESP"),
            );
        }
    }
}
