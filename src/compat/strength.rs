//! Strength of suites in bits, from the numbers that a policy gives its algorithms.
//!
//! What has no number counts as 0: a private-use algorithm may be strong, but nobody says so.

use super::rank::member::{algorithms, key_exchange_counts};
use crate::ike::{Suite, Transform, TransformType};
use crate::peer::Policy;

/// How strong a suite is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Strength {
    /// The weakest member; SP 800-57 part 1, section 4.6.2 has it decide.
    pub floor: u16,
    /// All key exchanges together: a hybrid is as strong as its strongest part. `None` where there
    /// is none, or where the ranking leaves it out.
    pub key_exchange: Option<u16>,
    /// The cipher; 0 where nothing is encrypted.
    pub cipher: u16,
}

impl Strength {
    /// Measures a suite.
    pub(crate) fn of(suite: &Suite, policy: &Policy) -> Self {
        let mut floor: Option<u16> = None;
        let mut key_exchange = None;
        let mut cipher = 0;
        for transform in algorithms(suite) {
            let bits = bits(transform, policy);
            if transform.kind.is_key_exchange() {
                if key_exchange_counts(policy, suite.protocol) {
                    key_exchange = key_exchange.max(Some(bits));
                }
                continue;
            }
            if transform.kind == TransformType::ENCR {
                cipher = bits;
            }
            floor = Some(floor.map_or(bits, |floor| floor.min(bits)));
        }
        let all = [floor, key_exchange].into_iter().flatten();
        Self {
            floor: all.min().unwrap_or(0),
            key_exchange,
            cipher,
        }
    }
}

fn bits(transform: Transform, policy: &Policy) -> u16 {
    policy.strength(transform).map_or(0, |known| known.bits)
}
