//! What a client can be made to offer: whether a pair of suites has a spelling in the file or
//! command that configures it.

pub use crate::peer::client::Means;

use crate::dialect::{apple, powershell, swan};
use crate::ike::Suite;

/// Whether `means` can make a client offer exactly these two suites.
pub fn expresses(means: Means, ike: &Suite, esp: &Suite) -> bool {
    match means {
        Means::AppleProfile => apple::expresses(ike, esp),
        Means::Powershell => powershell::suite_arguments(ike, esp).is_ok(),
        Means::Proposals | Means::Sswan => {
            let writable = |suite: &Suite| swan::write(&suite.to_proposal()).is_some();
            writable(ike) && writable(esp)
        }
        // One fixed value, or unknown values: what they give is a variant of the profile.
        Means::Registry | Means::Settings => false,
    }
}
