//! libreswan's setting for IKE_INTERMEDIATE, which additional key exchanges overrule.

use crate::diag::Severity;
use crate::ike::Transform;
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};
use crate::peer::setting::KeySet;

/// What `ikecompat explain intermediate-overruled` says.
pub(super) const INTERMEDIATE_OVERRULED: Rule = Rule {
    name: "intermediate-overruled",
    severity: Severity::Warning,
    documentation: "A connection of libreswan has `intermediate=no` and an additional key exchange.\n\n\
        Additional key exchanges take place in IKE_INTERMEDIATE (RFC 9370, section 2.2.2), so libreswan \
        5.4 switches it on where `ike=` lists one, whatever `intermediate=` says (ipsec.conf(5), \
        algorithm proposals; extract.c): the connection does something else than the file says.\n\n\
        Leave `intermediate=no` out, or `addke1=` if IKE_INTERMEDIATE is not wanted.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[INTERMEDIATE_OVERRULED],
    check,
};

/// [`INTERMEDIATE_OVERRULED`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    if subject.server.definitions.keys != Some(KeySet::Libreswan) {
        return;
    }
    for (number, connection) in subject.connections() {
        let mut settings = connection.settings.iter();
        let off = settings.find(|setting| {
            let value = setting.value.to_ascii_lowercase();
            setting.key == "intermediate" && ["no", "false", "off"].contains(&value.as_str())
        });
        let is_additional = |t: &&Transform| t.kind.additional_round().is_some() && !t.is_none();
        let mut entries = connection.ike.iter();
        let first = entries.find_map(|entry| {
            let mut transforms = entry.proposal.transforms().iter();
            transforms.find(is_additional).map(|t| (entry, *t))
        });
        let (Some(off), Some((entry, method))) = (off, first) else {
            continue;
        };
        let message = format!(
            "`{}` switches IKE_INTERMEDIATE off, and lists an additional key exchange, which \
             switches it on",
            connection.name
        );
        let finding = INTERMEDIATE_OVERRULED
            .finding(message)
            .about(number)
            .at(Some(&off.span))
            .with(subject.word(entry, method).as_ref(), "this counts")
            .help("leave `intermediate=no` out");
        found.push(finding);
    }
}
