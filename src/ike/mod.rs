//! The vocabulary of IKEv2: transforms, proposals, suites, and the numbers the IANA registry gives them.
//!
//! Pure values without text formats: how a product *spells* a transform is [`crate::dialect`]'s
//! business, and what two peers make of their proposals is [`crate::compat`]'s.

pub mod encr;
pub mod integ;
pub mod ke;
pub mod notify;
pub mod prf;
pub mod proposal;
pub mod registry;
pub mod sn;
pub mod suite;
pub mod transform;

pub use encr::{Encr, IkeUse};
pub use integ::Integ;
pub use ke::Ke;
pub use notify::Notify;
pub use prf::Prf;
pub use proposal::{Proposal, Protocol};
pub use sn::Sn;
pub use suite::Suite;
pub use transform::{Transform, TransformType};
