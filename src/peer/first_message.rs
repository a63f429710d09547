//! What stands in a client's first message beside its proposals and the KE payload.

use crate::ike::Notify;

/// Facts about the first message; what the sources do not say is `None`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct FirstMessage {
    /// Length of the nonce in octets.
    pub nonce: Option<u16>,
    /// The notifies, in their order.
    pub notifies: Option<Vec<Notify>>,
    /// The vendor IDs, in their order.
    pub vendor_ids: Option<Vec<Vec<u8>>>,
    /// Length of the whole message in octets.
    pub octets: Option<u16>,
}
