//! The traps of extended sequence numbers.

use crate::diag::Severity;
use crate::ike::{Protocol, Sn, Transform, TransformType};
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};
use crate::peer::Edit;

/// What `ikecompat explain esn-in-ike` says.
pub(super) const ESN_IN_IKE: Rule = Rule {
    name: "esn-in-ike",
    severity: Severity::Warning,
    documentation: "An IKE entry names a size of sequence numbers.\n\n\
        `esn` and `noesn` belong to ESP and AH (RFC 7296, section 3.3.2). strongSwan loads the word \
        into an IKE proposal, after which only a peer with the same mistake matches.\n\n\
        Remove it.",
};

/// What `ikecompat explain esn-only` says.
pub(super) const ESN_ONLY: Rule = Rule {
    name: "esn-only",
    severity: Severity::Warning,
    documentation: "Every ESP entry for clients insists on extended sequence numbers.\n\n\
        `esn` alone, `noesn` alone, both, and neither are different proposals; neither means \
        `noesn`. Windows, Apple's clients and Android's own offer 32-bit sequence numbers only, so \
        `esn` alone refuses them all.\n\n\
        Write `esn-noesn`, or leave it out.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[ESN_IN_IKE, ESN_ONLY],
    check,
};

/// [`ESN_IN_IKE`] and [`ESN_ONLY`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    for list in subject.all_lists() {
        if list.protocol() == Protocol::Ike {
            for place in list.places() {
                let Some(size) = place.of(TransformType::SN).first().copied() else {
                    continue;
                };
                let span = subject.word(place.entry, size);
                let message = format!(
                    "{} names a size of sequence numbers, which IKE does not have",
                    place.name()
                );
                let finding = ESN_IN_IKE.finding(message).about(list.number);
                let finding = finding
                    .at(span.as_ref())
                    .note("RFC 7296, section 3.3.2: transform type 5 is used in AH and ESP");
                let remove = Edit::RemoveAlgorithm {
                    list: list.place(),
                    transform: size,
                };
                found.advise(subject, finding, "remove the word", vec![remove]);
            }
            continue;
        }
        let esn = Transform::sn(Sn::Sequential64);
        let insists = list
            .places()
            .all(|place| place.of(TransformType::SN) == [esn]);
        let Some(first) = list.places().next().filter(|_| insists) else {
            continue;
        };
        if list.connection.serves_clients() {
            let span = subject.word(first.entry, esn);
            let message = format!(
                "{} insists on extended sequence numbers, which Windows, Apple's clients and Android lack",
                list.name()
            );
            let finding = ESN_ONLY.finding(message).about(list.number);
            let finding = finding.at(span.as_ref());
            let both = list.places().map(|place| Edit::AddAlgorithm {
                list: list.place(),
                number: place.number,
                transform: Transform::sn(Sn::Sequential32),
            });
            let remove = Edit::RemoveAlgorithm {
                list: list.place(),
                transform: esn,
            };
            let ways = vec![
                ("write `esn-noesn`".to_owned(), both.collect()),
                ("remove `esn`".to_owned(), vec![remove]),
            ];
            found.advise_any(subject, finding, ways);
        }
    }
}
