//! strongSwan's keywords where there are any, else the names of charon's log: what this program calls
//! algorithms when it speaks of no product.

use super::{charon, swan};
use crate::ike::{Proposal, Suite, Transform};

/// The name of an algorithm.
pub(crate) fn of_transform(transform: Transform) -> String {
    swan::spell(transform).unwrap_or_else(|| charon::transform(transform))
}

/// The words of a proposal.
pub(crate) fn of_proposal(proposal: &Proposal) -> String {
    swan::write(proposal).unwrap_or_else(|| charon::proposal(proposal))
}

/// The words of a suite, without what the daemon adds by itself, as it would be configured.
pub(crate) fn of_suite(suite: &Suite) -> String {
    swan::write(&suite.to_proposal()).unwrap_or_else(|| charon::suite(suite))
}
