//! Notify message types (RFC 7296, section 3.10.1), by number.
//!
//! Names up to 16431 are compared with the table of Wireshark 4.0.17 by a test; the later ones are
//! of the RFC beside them.

/// A notify message type as on the wire; [`Self::name`] names the known ones.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Notify(pub u16);

/// Number and name, as in the IANA registries "IKEv2 Notify Message Error Types" and "… Status
/// Types".
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
    (45, "INVALID_GROUP_ID"),     // RFC 9838
    (46, "AUTHORIZATION_FAILED"), // RFC 9838
    (47, "STATE_NOT_FOUND"),      // RFC 9370
    (48, "TS_MAX_QUEUE"),         // RFC 9611
    (49, "REGISTRATION_FAILED"),  // RFC 9838
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
    (16405, "ANOTHER_AUTH_FOLLOWS"),
    (16406, "REDIRECT_SUPPORTED"),
    (16407, "REDIRECT"),
    (16408, "REDIRECTED_FROM"),
    (16409, "TICKET_LT_OPAQUE"),
    (16410, "TICKET_REQUEST"),
    (16411, "TICKET_ACK"),
    (16412, "TICKET_NACK"),
    (16413, "TICKET_OPAQUE"),
    (16414, "LINK_ID"),
    (16415, "USE_WESP_MODE"),
    (16416, "ROHC_SUPPORTED"),
    (16417, "EAP_ONLY_AUTHENTICATION"),
    (16418, "CHILDLESS_IKEV2_SUPPORTED"),
    (16419, "QUICK_CRASH_DETECTION"),
    (16420, "IKEV2_MESSAGE_ID_SYNC_SUPPORTED"),
    (16421, "IPSEC_REPLAY_COUNTER_SYNC_SUPPORTED"),
    (16422, "IKEV2_MESSAGE_ID_SYNC"),
    (16423, "IPSEC_REPLAY_COUNTER_SYNC"),
    (16424, "SECURE_PASSWORD_METHODS"),
    (16425, "PSK_PERSIST"),
    (16426, "PSK_CONFIRM"),
    (16427, "ERX_SUPPORTED"),
    (16428, "IFOM_CAPABILITY"),
    (16429, "GROUP_SENDER"),
    (16430, "IKEV2_FRAGMENTATION_SUPPORTED"),
    (16431, "SIGNATURE_HASH_ALGORITHMS"),
    (16432, "CLONE_IKE_SA_SUPPORTED"),          // RFC 7791
    (16433, "CLONE_IKE_SA"),                    // RFC 7791
    (16434, "PUZZLE"),                          // RFC 8019
    (16435, "USE_PPK"),                         // RFC 8784
    (16436, "PPK_IDENTITY"),                    // RFC 8784
    (16437, "NO_PPK_AUTH"),                     // RFC 8784
    (16438, "INTERMEDIATE_EXCHANGE_SUPPORTED"), // RFC 9242
    (16439, "IP4_ALLOWED"),                     // RFC 8983
    (16440, "IP6_ALLOWED"),                     // RFC 8983
    (16441, "ADDITIONAL_KEY_EXCHANGE"),         // RFC 9370
    (16442, "USE_AGGFRAG"),                     // RFC 9347
    (16443, "SUPPORTED_AUTH_METHODS"),          // RFC 9593
    (16444, "SA_RESOURCE_INFO"),                // RFC 9611
    (16445, "USE_PPK_INT"),                     // RFC 9867
    (16446, "PPK_IDENTITY_KEY"),                // RFC 9867
];

impl Notify {
    /// The version of IKE is not supported.
    pub(crate) const INVALID_MAJOR_VERSION: Self = Self(5);
    /// A received request could not be parsed.
    pub const INVALID_SYNTAX: Self = Self(7);
    /// None of the proposals, or one of many other reasons.
    pub const NO_PROPOSAL_CHOSEN: Self = Self(14);
    /// The KE payload is for a group that was not chosen.
    pub const INVALID_KE_PAYLOAD: Self = Self(17);
    /// Authentication failed, for whatever reason.
    pub(crate) const AUTHENTICATION_FAILED: Self = Self(24);
    /// No address for the initiator.
    pub(crate) const INTERNAL_ADDRESS_FAILURE: Self = Self(36);
    /// The responder wants a configuration request.
    pub(crate) const FAILED_CP_REQUIRED: Self = Self(37);
    /// None of the traffic selectors.
    pub(crate) const TS_UNACCEPTABLE: Self = Self(38);
    /// The exchange collided with another one.
    pub(crate) const TEMPORARY_FAILURE: Self = Self(43);
    /// The child SA to be rekeyed does not exist.
    pub(crate) const CHILD_SA_NOT_FOUND: Self = Self(44);
    /// The responder asks the initiator to prove its address.
    pub(crate) const COOKIE: Self = Self(16390);
    /// A second cookie, for MOBIKE (RFC 4555).
    pub(crate) const COOKIE2: Self = Self(16401);
    /// A hash of the sender's address and port, as the sender sees them.
    pub(crate) const NAT_DETECTION_SOURCE_IP: Self = Self(16388);
    /// A hash of the receiver's address and port, as the sender sees them.
    pub(crate) const NAT_DETECTION_DESTINATION_IP: Self = Self(16389);
    /// Another gateway is to be dialled (RFC 5685).
    pub const REDIRECT: Self = Self(16407);
    /// Another gateway has sent the initiator here (RFC 5685).
    pub(crate) const REDIRECTED_FROM: Self = Self(16408);
    /// Hash algorithms for signatures (RFC 7427).
    pub const SIGNATURE_HASH_ALGORITHMS: Self = Self(16431);
    /// The exchange rekeys a child SA.
    pub(crate) const REKEY_SA: Self = Self(16393);
    /// The sender understands IKEv2 fragmentation (RFC 7383).
    pub const FRAGMENTATION_SUPPORTED: Self = Self(16430);
    /// The sender knows IKE_INTERMEDIATE (RFC 9242), in which additional keys are exchanged.
    #[cfg(feature = "live")]
    pub(crate) const INTERMEDIATE_EXCHANGE_SUPPORTED: Self = Self(16438);

    /// The name in the registry, or `None` if this program knows none.
    pub fn name(self) -> Option<&'static str> {
        let row = NAMES.iter().find(|(number, _)| *number == self.0)?;
        Some(row.1)
    }

    /// The type of the given name, in any case.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let row = NAMES
            .iter()
            .find(|(_, known)| known.eq_ignore_ascii_case(name))?;
        Some(Self(row.0))
    }

    /// The name, or the number of a type without one.
    pub(crate) fn label(self) -> String {
        self.name()
            .map_or_else(|| format!("notify {}", self.0), ToOwned::to_owned)
    }

    /// Whether it reports an error: the numbers below 16384 do.
    pub(crate) const fn is_error(self) -> bool {
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
