//! The vocabulary of IKEv2: transforms, proposals, suites, and the numbers the IANA registry gives them.
//!
//! Pure values without text formats: how a product *spells* a transform is [`crate::dialect`]'s
//! business, and what two peers make of their proposals is [`crate::compat`]'s.

pub(crate) mod encr;
pub(crate) mod integ;
pub(crate) mod ke;
pub(crate) mod notify;
pub(crate) mod prf;
pub(crate) mod proposal;
pub(crate) mod registry;
pub(crate) mod sn;
pub(crate) mod suite;
pub(crate) mod transform;

pub use encr::{Encr, IkeUse};
pub use integ::Integ;
pub use ke::Ke;
pub use notify::Notify;
pub use prf::Prf;
pub use proposal::{Proposal, Protocol};
pub use sn::Sn;
pub use suite::Suite;
pub use transform::{Transform, TransformType};
