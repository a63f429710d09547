//! Names of what a comparison can find, each with its documentation for users.

use strum::{Display, EnumIter, EnumMessage, EnumString, IntoStaticStr};

use crate::ike::TransformType;

/// Stable name of a finding about a client and a server. The comment on a variant is its user
/// documentation; a name is never changed or used again for something else.
#[derive(
    Clone,
    Copy,
    Debug,
    Display,
    EnumIter,
    EnumMessage,
    EnumString,
    Eq,
    IntoStaticStr,
    Ord,
    PartialEq,
    PartialOrd,
    strum::VariantNames,
)]
#[non_exhaustive]
#[strum(serialize_all = "kebab-case")]
pub enum NegotiationCode {
    /// The server wants a proof of identity that the client cannot give.
    ///
    /// A connection names how clients authenticate: by certificate, by a shared key, or by a method of
    /// EAP. Windows has no shared keys for IKEv2, the strongSwan app has none either, and Android since
    /// 11 has of EAP only MSCHAPv2. charon looks for another connection then, and answers
    /// AUTHENTICATION_FAILED if there is none.
    ///
    /// Add a connection for these clients, or let all of them use a method that they have.
    AuthenticationMethodNotOffered,
    /// A certificate is refused, so nobody who looks at it connects.
    ///
    /// The findings about certificates say what is wrong with it, and for which clients.
    ///
    /// Read the findings about certificates in the same report and issue the certificate anew;
    /// `ikecompat certificate FILE` tries a new one before it is installed.
    CertificateRefused,
    /// The server takes no child SA in IKE_AUTH, which is where clients ask for it.
    ///
    /// With `childless = force` charon lets in only who makes the first child SA with CREATE_CHILD_SA
    /// (RFC 6023), and answers INVALID_SYNTAX to everybody else.
    ///
    /// Write `childless = allow`, or take the line out.
    ChildlessForced,
    /// A client does not connect or loses its tunnel, and no list of proposals is to blame.
    ///
    /// A daemon lacks what it agreed to, gives up after too many INVALID_KE_PAYLOAD rounds, or the
    /// connection has no child. The message of the finding says which.
    ///
    /// Read the message and its `help`; `ikecompat check -v` says in which exchange the client is lost.
    ClientRefused,

    /// The daemon does not load the connection, so nobody connects.
    ///
    /// libreswan refuses a connection that names an algorithm which its build lacks: MODP_1024 is not
    /// built in since 3.30, so an `ike=` with `modp1024` takes the whole connection down. Since 3.25 it
    /// also refuses `pfs=no` beside a group in `esp=`.
    ///
    /// Take the word out, or set `pfs=yes`.
    ConnectionNotLoaded,
    /// The client asks for an address, and the server has none to give.
    ///
    /// Clients that dial in ask for an address inside of the tunnel (CFG_REQUEST). charon without a
    /// pool answers INTERNAL_ADDRESS_FAILURE and makes no child SA.
    ///
    /// Define a pool and name it in the connection: `pools` in swanctl.conf, `rightsourceip` in
    /// ipsec.conf, Virtual Address Pool on pfSense.
    NoAddressPool,
    /// The peers share no additional key exchange (RFC 9370).
    ///
    /// One side lists an additional key exchange, such as ML-KEM, that the other side does not know or
    /// does not allow. The side that lists it can make it optional by listing `none` beside it
    /// (`ke1_mlkem768-ke1_none` in strongSwan).
    ///
    /// List `none` beside the additional key exchange (`ke1_mlkem768-ke1_none` in strongSwan), or a
    /// second proposal without it behind the first.
    NoCommonAdditionalKeyExchange,
    /// The peers share no encryption algorithm.
    ///
    /// Cipher, mode and key length must be equal: AES-128 and AES-256 are different transforms, and
    /// AES-GCM with a 16-octet tag is another algorithm than with 12 octets. An implementation may
    /// accept a longer key than it is configured for (RFC 7296, section 3.3.5), but neither strongSwan
    /// nor libreswan does.
    ///
    /// Add a cipher that the client offers, with its key length; the remedy in the report names one.
    NoCommonEncryption,
    /// The peers share no integrity algorithm.
    ///
    /// With a classic cipher such as AES-CBC the integrity algorithm is negotiated separately and must
    /// be equal on both sides. With an AEAD cipher such as AES-GCM there is none.
    ///
    /// Add the integrity algorithm that the client offers beside the cipher; the remedy in the report
    /// names it.
    NoCommonIntegrity,
    /// The peers share no key exchange method, also called Diffie-Hellman group.
    ///
    /// In IKE_SA_INIT the server then answers NO_PROPOSAL_CHOSEN; the client reports "policy match
    /// error" (Windows, 13868) or fails silently (Apple). When a child SA is rekeyed it is the trap of
    /// perfect forward secrecy: groups are not compared while the tunnel comes up (RFC 7296, section
    /// 1.2), so a mismatch shows only at the first rekeying, after minutes or an hour. Either both
    /// sides name a group in phase 2 ("PFS"), and the same one, or neither does.
    ///
    /// Add a group that the client offers to phase 1. For phase 2, name the same group on both sides
    /// ("PFS"), or on neither.
    NoCommonKeyExchange,
    /// The peers share no pseudo-random function.
    ///
    /// IKE proposals carry a PRF beside the integrity algorithm. strongSwan derives it from the
    /// integrity algorithms listed; Android 11 offers no SHA-2 PRF at all, so a server that derives
    /// PRF_HMAC_SHA2_256 from `sha256` refuses it although everything else fits.
    ///
    /// Add the PRF that the client offers (`prfsha1` for Android 11), or a hash from which the server
    /// derives it.
    NoCommonPrf,
    /// The peers do not agree on extended sequence numbers.
    ///
    /// An ESP proposal says whether sequence numbers have 32 bits, 64 bits (`esn`), or either. Windows,
    /// Apple and pfSense know only 32 bits; libreswan since 4.6 offers both.
    ///
    /// Write `noesn` beside `esn`, or take `esn` out.
    NoCommonSequenceNumbers,
    /// The client refuses to rekey a child SA because the server's offer names a key exchange.
    ///
    /// Windows without a `-PfsGroup` answers such a request with error 13816, even if the server lists
    /// `none` as an alternative, which strongSwan does by default since 6.0.2.
    ///
    /// Turn PFS off for this connection, or set the group on the client.
    RekeyWithKeyExchangeRefused,
    /// The server wants two proofs of identity, one after the other, and the client knows one.
    ///
    /// Several rounds of authentication (RFC 4739) are known to strongSwan's own clients, among them
    /// its app with certificate and EAP, but not to Windows, Apple's and Android's.
    ///
    /// Take the second round out, or give these clients a connection of their own.
    SecondAuthenticationRound,
    /// The client refuses every rekeying that the server asks for while it is behind NAT.
    ///
    /// Windows behind NAT answers a CREATE_CHILD_SA request of the server with error 13863. Windows
    /// rekeys by itself, so the server need not.
    ///
    /// Set the rekey time of the child to 0 on the server.
    ServerRekeyBehindNat,
}

impl NegotiationCode {
    /// The code for a transform type without agreement.
    pub(crate) const fn of_gap(kind: TransformType) -> Self {
        match kind {
            TransformType::ENCR => Self::NoCommonEncryption,
            TransformType::PRF => Self::NoCommonPrf,
            TransformType::INTEG => Self::NoCommonIntegrity,
            TransformType::KE => Self::NoCommonKeyExchange,
            TransformType::SN => Self::NoCommonSequenceNumbers,
            _ => Self::NoCommonAdditionalKeyExchange,
        }
    }
}

#[cfg(test)]
mod tests {
    use strum::{EnumMessage as _, IntoEnumIterator as _};

    use super::NegotiationCode;

    #[test]
    fn every_code_is_documented() {
        for code in NegotiationCode::iter() {
            assert!(
                code.get_documentation().is_some_and(|text| text.len() > 60),
                "{code}"
            );
        }
    }
}
