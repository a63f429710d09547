//! Servers that want their clients to authenticate again.

use crate::diag::Severity;
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};

/// What `ikecompat explain reauthentication` says.
pub(super) const REAUTHENTICATION: Rule = Rule {
    name: "reauthentication",
    severity: Severity::Warning,
    documentation: "The server wants clients that dial in to authenticate again, and ends their IKE SA if they do not.\n\n\
        strongSwan's ipsec.conf does so by default (`reauth=yes`), swanctl.conf and pfSense where \
        `reauth_time` is set. As responder charon can only tell its wish (AUTH_LIFETIME, RFC 4478), \
        and few clients act on it; the others are cut off some three hours later.\n\n\
        Write `reauth=no`, so that the IKE SA is rekeyed instead.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[REAUTHENTICATION],
    check,
};

/// [`REAUTHENTICATION`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    for (number, connection) in subject.for_clients() {
        let times = subject.situation.lifetimes.of_reauthentication(connection);
        let (Some(times), Some(set)) = (times, &connection.reauthentication) else {
            continue;
        };
        let message = format!(
            "`{}` wants clients to authenticate again after {} to {} s, and ends the IKE SA after at most {} s",
            connection.name,
            times.earliest.as_secs(),
            times.latest.as_secs(),
            times.end.as_secs()
        );
        let help = subject.server.surface().row().no_reauthentication;
        let finding = REAUTHENTICATION
            .finding(message)
            .about(number)
            .at(set.span.as_ref().or(connection.span.as_ref()))
            .help(help);
        found.push_at(format!("`{}`", connection.name), finding, Vec::new());
    }
}
