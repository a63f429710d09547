//! The traps of extended sequence numbers.

use crate::diag::Finding;
use crate::ike::{Protocol, Sn, Transform, TransformType};
use crate::lint::{LintSubject, Rule};

/// [`Rule::EsnInIke`] and [`Rule::EsnOnly`].
pub(super) fn check(subject: &LintSubject<'_>, found: &mut Vec<Finding>) {
    for list in subject.all_lists() {
        if list.protocol() == Protocol::Ike {
            found.extend(list.places().filter_map(|place| {
                let size = *place.of(TransformType::SN).first()?;
                let span = subject.word(place.entry, size);
                let message = format!(
                    "{} names a size of sequence numbers, which IKE does not have",
                    place.name()
                );
                let finding = Rule::EsnInIke.finding(message).about(list.number);
                Some(
                    finding
                        .at(span.as_ref())
                        .note("RFC 7296, section 3.3.2: transform type 5 is used in AH and ESP")
                        .help("remove the word"),
                )
            }));
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
            let finding = Rule::EsnOnly.finding(message).about(list.number);
            found.push(
                finding
                    .at(span.as_ref())
                    .help("write `esn-noesn`, or remove `esn`"),
            );
        }
    }
}
