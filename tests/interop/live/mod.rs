//! The program as a peer of real daemons: `probe` and `listen`.

pub(crate) mod enumerating;
pub(crate) mod listening;
pub(crate) mod others;
pub(crate) mod probing;
pub(crate) mod proving;
pub(crate) mod rekeying;
pub(crate) mod relay;
pub(crate) mod strangers;
pub(crate) mod ways;
pub(crate) mod wire;
