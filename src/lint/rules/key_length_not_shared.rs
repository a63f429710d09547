//! Ciphers in common, with keys that are not.

use crate::compat::gap::Gap;
use crate::compat::verdict::{Refusal, Verdict};
use crate::diag::{Severity, and_list, or_list};
use crate::ike::{Transform, TransformType};
use crate::lint::place::{List, names};
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};
use crate::peer::Edit;

/// What `ikecompat explain key-length-not-shared` says.
pub(super) const KEY_LENGTH_NOT_SHARED: Rule = Rule {
    name: "key-length-not-shared",
    severity: Severity::Error,
    documentation: "A client and the server have the same cipher, with keys of different lengths.\n\n\
        Key lengths are compared for equality by strongSwan and libreswan, although RFC 7296, \
        section 3.3.5 would let a responder take more: `aes128` and `aes256` share nothing.\n\n\
        Add the client's length to the entry.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[KEY_LENGTH_NOT_SHARED],
    check,
};

/// [`KEY_LENGTH_NOT_SHARED`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    for one in subject.for_clients() {
        for list in subject.lists(one) {
            check_list(subject, list, found);
        }
    }
}

fn check_list(subject: &LintSubject<'_>, list: List<'_>, found: &mut Findings) {
    let mut labels = Vec::new();
    let mut clients: Vec<Transform> = Vec::new();
    let mut own = None;
    let judged = subject
        .clients
        .iter()
        .filter(|c| c.judged == Some(list.number));
    for report in judged {
        let verdict = match list.child {
            None => &report.ike.ike_sa_init.verdict,
            Some(child) => match report.children.get(child) {
                Some(child) => &child.verdicts.ike_auth.verdict,
                None => continue,
            },
        };
        let Verdict::Refuse(Refusal::NoMatch { gaps, .. }) = verdict else {
            continue;
        };
        // Where more is missing, another length would not help.
        let [gap] = gaps.as_slice() else {
            continue;
        };
        let Some((asked, answered)) = near(gap) else {
            continue;
        };
        labels.push(report.client.label.clone());
        clients.extend(asked);
        own = own.or(Some(answered));
    }
    let Some(own) = own else {
        return;
    };
    let message = format!(
        "{} has {}, and {} {} {}: key lengths must be equal",
        list.name(),
        or_list(&names(&own)),
        and_list(&labels),
        if labels.len() == 1 { "offers" } else { "offer" },
        or_list(&names(&clients))
    );
    let holder = list
        .places()
        .find(|place| own.iter().any(|t| place.entry.proposal.contains(*t)));
    let span = holder.and_then(|place| subject.word(place.entry, own[0]));
    let finding = KEY_LENGTH_NOT_SHARED
        .finding(message)
        .about(list.number)
        .at(span.as_ref());
    let Some(holder) = holder else {
        found.push(finding);
        return;
    };
    let add = |transform: &Transform| Edit::AddAlgorithm {
        list: list.place(),
        number: holder.number,
        transform: *transform,
    };
    let help = format!("add {}", or_list(&names(&clients)));
    found.advise(subject, finding, &help, clients.iter().map(add).collect());
}

/// The ciphers of a gap that differ in the length of the key only: the client's and the server's.
fn near(gap: &Gap) -> Option<(Vec<Transform>, Vec<Transform>)> {
    let pair = |of: &[Transform], others: &[Transform]| -> Vec<Transform> {
        let shared = |t: &&Transform| others.iter().any(|other| other.id == t.id);
        of.iter().filter(shared).copied().collect()
    };
    let asked = pair(&gap.asked, &gap.answered);
    let near = gap.kind == TransformType::ENCR && !asked.is_empty();
    near.then(|| (asked, pair(&gap.answered, &gap.asked)))
}
