//! Notify message types (RFC 7296, section 3.10.1), by number.

/// A notify message type as on the wire; [`Self::name`] names the known ones.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Notify(pub u16);

/// Number and name, as in the IANA registry "IKEv2 Notify Message Types" and the RFC beside it.
const NAMES: &[(u16, &str)] = &[
    (1, "UNSUPPORTED_CRITICAL_PAYLOAD"),
    (4, "INVALID_IKE_SPI"),
    (5, "INVALID_MAJOR_VERSION"),
    (7, "INVALID_SYNTAX"),
    (9, "INVALID_MESSAGE_ID"),
    (11, "INVALID_SPI"),
    (14, "NO_PROPOSAL_CHOSEN"),
    (17, "INVALID_KE_PAYLOAD"),
    (24, "AUTHENTICATION_FAILED"),
    (34, "SINGLE_PAIR_REQUIRED"),
    (35, "NO_ADDITIONAL_SAS"),
    (36, "INTERNAL_ADDRESS_FAILURE"),
    (37, "FAILED_CP_REQUIRED"),
    (38, "TS_UNACCEPTABLE"),
    (39, "INVALID_SELECTORS"),
    (40, "UNACCEPTABLE_ADDRESSES"),
    (41, "UNEXPECTED_NAT_DETECTED"),
    (42, "USE_ASSIGNED_HoA"),
    (43, "TEMPORARY_FAILURE"),
    (44, "CHILD_SA_NOT_FOUND"),
    (16384, "INITIAL_CONTACT"),
    (16385, "SET_WINDOW_SIZE"),
    (16386, "ADDITIONAL_TS_POSSIBLE"),
    (16387, "IPCOMP_SUPPORTED"),
    (16388, "NAT_DETECTION_SOURCE_IP"),
    (16389, "NAT_DETECTION_DESTINATION_IP"),
    (16390, "COOKIE"),
    (16391, "USE_TRANSPORT_MODE"),
    (16392, "HTTP_CERT_LOOKUP_SUPPORTED"),
    (16393, "REKEY_SA"),
    (16394, "ESP_TFC_PADDING_NOT_SUPPORTED"),
    (16395, "NON_FIRST_FRAGMENTS_ALSO"),
    (16396, "MOBIKE_SUPPORTED"),
    (16397, "ADDITIONAL_IP4_ADDRESS"),
    (16398, "ADDITIONAL_IP6_ADDRESS"),
    (16399, "NO_ADDITIONAL_ADDRESSES"),
    (16400, "UPDATE_SA_ADDRESSES"),
    (16401, "COOKIE2"),
    (16402, "NO_NATS_ALLOWED"),
    (16403, "AUTH_LIFETIME"),
    (16404, "MULTIPLE_AUTH_SUPPORTED"),
    (16406, "REDIRECT_SUPPORTED"),
    (16407, "REDIRECT"),
    (16408, "REDIRECTED_FROM"),
    (16417, "EAP_ONLY_AUTHENTICATION"),
    (16418, "CHILDLESS_IKEV2_SUPPORTED"),
    (16420, "IKEV2_MESSAGE_ID_SYNC_SUPPORTED"),
    (16430, "IKEV2_FRAGMENTATION_SUPPORTED"),
    (16431, "SIGNATURE_HASH_ALGORITHMS"),
    (16435, "USE_PPK"),
    (16436, "PPK_IDENTITY"),
    (16437, "NO_PPK_AUTH"),
    (16438, "INTERMEDIATE_EXCHANGE_SUPPORTED"),
    (16441, "ADDITIONAL_KEY_EXCHANGE"),
];

impl Notify {
    /// A received request could not be parsed.
    pub const INVALID_SYNTAX: Self = Self(7);
    /// None of the proposals, or one of many other reasons.
    pub const NO_PROPOSAL_CHOSEN: Self = Self(14);
    /// The KE payload is for a group that was not chosen.
    pub const INVALID_KE_PAYLOAD: Self = Self(17);
    /// Authentication failed, for whatever reason.
    pub const AUTHENTICATION_FAILED: Self = Self(24);
    /// No address for the initiator.
    pub const INTERNAL_ADDRESS_FAILURE: Self = Self(36);
    /// The responder wants a configuration request.
    pub const FAILED_CP_REQUIRED: Self = Self(37);
    /// None of the traffic selectors.
    pub const TS_UNACCEPTABLE: Self = Self(38);
    /// The exchange collided with another one.
    pub const TEMPORARY_FAILURE: Self = Self(43);
    /// The child SA to be rekeyed does not exist.
    pub const CHILD_SA_NOT_FOUND: Self = Self(44);
    /// The responder asks the initiator to prove its address.
    pub const COOKIE: Self = Self(16390);
    /// The exchange rekeys a child SA.
    pub const REKEY_SA: Self = Self(16393);
    /// The sender understands IKEv2 fragmentation (RFC 7383).
    pub const FRAGMENTATION_SUPPORTED: Self = Self(16430);

    /// The name in the registry, or `None` if this program knows none.
    pub fn name(self) -> Option<&'static str> {
        let row = NAMES.iter().find(|(number, _)| *number == self.0)?;
        Some(row.1)
    }

    /// The type of the given name.
    pub fn named(name: &str) -> Option<Self> {
        let row = NAMES.iter().find(|(_, known)| *known == name)?;
        Some(Self(row.0))
    }

    /// Whether it reports an error: the numbers below 16384 do.
    pub const fn is_error(self) -> bool {
        self.0 < 16384
    }
}

#[cfg(test)]
mod tests {
    use super::{NAMES, Notify};

    #[test]
    fn names_are_sorted_by_number_and_lead_back() {
        assert!(NAMES.is_sorted_by_key(|row| row.0));
        for &(number, name) in NAMES {
            assert_eq!(Notify(number).name(), Some(name));
            assert_eq!(Notify::named(name), Some(Notify(number)));
        }
        assert_eq!(Notify(40960).name(), None);
    }
}
