//! Names of numbers, as the IANA registry "IKEv2 Parameters" has them.

use strum::IntoEnumIterator as _;

use super::{Encr, Integ, Ke, Prf, Sn, Transform, TransformType};

/// The name of a transform; `None` for a number of private use, or one that this program does not know.
pub(crate) fn transform(transform: Transform) -> Option<String> {
    Some(match transform.kind {
        TransformType::ENCR => Encr::from_repr(transform.id)?.to_string(),
        TransformType::PRF => Prf::from_repr(transform.id)?.to_string(),
        TransformType::INTEG => Integ::from_repr(transform.id)?.to_string(),
        TransformType::SN => Sn::from_repr(transform.id)?.to_string(),
        kind if kind.is_key_exchange() => Ke::from_repr(transform.id)?.to_string(),
        _ => return None,
    })
}

/// The names of all algorithms: encryption, PRF, integrity, key exchange.
pub(crate) fn algorithms() -> impl Iterator<Item = String> {
    let encr = Encr::iter().map(|it| it.to_string());
    let prf = Prf::iter().map(|it| it.to_string());
    let integ = Integ::iter().map(|it| it.to_string());
    let ke = Ke::iter().map(|it| it.to_string());
    encr.chain(prf).chain(integ).chain(ke)
}

/// The type of an identity.
#[cfg(feature = "live")]
pub(crate) const fn identity(number: u8) -> Option<&'static str> {
    Some(match number {
        1 => "ID_IPV4_ADDR",
        2 => "ID_FQDN",
        3 => "ID_RFC822_ADDR",
        5 => "ID_IPV6_ADDR",
        9 => "ID_DER_ASN1_DN",
        10 => "ID_DER_ASN1_GN",
        11 => "ID_KEY_ID",
        12 => "ID_FC_NAME",
        13 => "ID_NULL",
        _ => return None,
    })
}

/// The method of an AUTH payload.
#[cfg(feature = "live")]
pub(crate) const fn authentication(number: u8) -> Option<&'static str> {
    Some(match number {
        1 => "RSA Digital Signature",
        2 => "Shared Key Message Integrity Code",
        3 => "DSS Digital Signature",
        9 => "ECDSA with SHA-256 on the P-256 curve",
        10 => "ECDSA with SHA-384 on the P-384 curve",
        11 => "ECDSA with SHA-512 on the P-521 curve",
        12 => "Generic Secure Password Authentication Method",
        13 => "NULL Authentication",
        14 => "Digital Signature",
        _ => return None,
    })
}

/// A hash algorithm of SIGNATURE_HASH_ALGORITHMS.
#[cfg(feature = "live")]
pub(crate) const fn hash(number: u16) -> Option<&'static str> {
    Some(match number {
        1 => "SHA1",
        2 => "SHA2-256",
        3 => "SHA2-384",
        4 => "SHA2-512",
        5 => "Identity",
        _ => return None,
    })
}

/// A configuration attribute. The last two are Microsoft's, of the private-use range.
#[cfg(feature = "live")]
pub(crate) const fn attribute(number: u16) -> Option<&'static str> {
    Some(match number {
        1 => "INTERNAL_IP4_ADDRESS",
        2 => "INTERNAL_IP4_NETMASK",
        3 => "INTERNAL_IP4_DNS",
        4 => "INTERNAL_IP4_NBNS",
        6 => "INTERNAL_IP4_DHCP",
        7 => "APPLICATION_VERSION",
        8 => "INTERNAL_IP6_ADDRESS",
        10 => "INTERNAL_IP6_DNS",
        12 => "INTERNAL_IP6_DHCP",
        13 => "INTERNAL_IP4_SUBNET",
        14 => "SUPPORTED_ATTRIBUTES",
        15 => "INTERNAL_IP6_SUBNET",
        16 => "MIP6_HOME_PREFIX",
        17 => "INTERNAL_IP6_LINK",
        18 => "INTERNAL_IP6_PREFIX",
        19 => "HOME_AGENT_ADDRESS",
        20 => "P_CSCF_IP4_ADDRESS",
        21 => "P_CSCF_IP6_ADDRESS",
        22 => "FTT_KAT",
        23 => "EXTERNAL_SOURCE_IP4_NAT_INFO",
        24 => "TIMEOUT_PERIOD_FOR_LIVENESS_CHECK",
        25 => "INTERNAL_DNS_DOMAIN",
        26 => "INTERNAL_DNSSEC_TA",
        23456 => "INTERNAL_IP4_SERVER",
        23457 => "INTERNAL_IP6_SERVER",
        _ => return None,
    })
}
