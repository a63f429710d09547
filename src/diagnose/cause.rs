//! The catalogue of causes: why IKEv2 connections fail, each with its documentation for users.

use strum::{Display, EnumIter, EnumMessage, EnumString, IntoStaticStr, VariantNames};

/// Why a connection failed. The comment on a variant is its user documentation; a name is never
/// changed or used again for something else.
#[derive(
    Clone,
    Copy,
    Debug,
    Display,
    EnumIter,
    EnumMessage,
    EnumString,
    Eq,
    Hash,
    IntoStaticStr,
    Ord,
    PartialEq,
    PartialOrd,
    VariantNames,
)]
#[strum(serialize_all = "snake_case")]
pub enum Cause {
    /// The user database (RADIUS) does not answer, so nobody can be authenticated.
    ///
    /// The VPN server passes EAP on to a RADIUS server and got no usable answer: wrong address or port,
    /// a firewall between them, a wrong shared secret, or the server is down. Credentials were never
    /// judged.
    ///
    /// Test it from the VPN server itself (`radtest`, Diagnostics > Authentication on pfSense), and
    /// look into the RADIUS server's log for unknown clients.
    AaaUnreachable,
    /// Authentication failed, and this log does not say why; the other end's log does.
    ///
    /// RFC 7296, section 2.21.2 has the side that refuses send AUTHENTICATION_FAILED without a reason,
    /// so that nobody can probe it. A wrong password, an unknown identity, an untrusted certificate and
    /// a wrong pre-shared key look the same from here.
    ///
    /// Look at the log of the side that sent it, at the same second.
    AuthFailedOpaque,
    /// One side wants a pre-shared key, a certificate or EAP, the other side does something else.
    ///
    /// The client decides how it proves its identity by what it puts into IKE_AUTH: no AUTH payload
    /// asks for EAP (RFC 7296, section 2.16). A connection that expects certificates refuses a client
    /// that asks for EAP, and the other way round. Both sides have to be set to the same method,
    /// separately for either direction.
    ///
    /// Set both sides to the same method, separately for either direction.
    AuthMethodMismatch,
    /// A certificate does not stand for the identity that its owner claims, or may not be used.
    ///
    /// The identity in IKE_AUTH (IDi, IDr) has to be in the certificate, as subjectAltName or as the
    /// whole subject; a name only in the CN does not count for most implementations. Apple's client
    /// sends its IP address unless a Local ID is set, and demands the Remote ID in the server
    /// certificate; Windows compares the server name that was typed. Extended key usage counts:
    /// serverAuth for servers.
    ///
    /// Issue the certificate with the name that is claimed as subjectAltName, or enter the name that
    /// stands in it as Local ID or Remote ID.
    CertIdentity,
    /// A certificate or its private key is absent, or was not sent.
    ///
    /// Whoever has to sign needs its certificate with the private key; whoever has to verify needs the
    /// certificate of the peer, sent or stored. A certificate imported without its key, a file that was
    /// not loaded, and a peer that sends none because the request named another CA, all end here.
    ///
    /// Import the certificate with its private key on the side that signs, and the CA on the side that
    /// verifies.
    CertMissing,
    /// The issuer of a certificate is unknown or not trusted.
    ///
    /// The chain from the certificate to a CA that the verifying side trusts is broken: the CA was not
    /// imported or not marked as trusted, an intermediate is not sent, or an old CA was replaced.
    ///
    /// Install the CA on the side that complains, as trusted for VPNs, and let the other side send its
    /// intermediates.
    CertUntrusted,
    /// A certificate has expired, is not yet valid, or was revoked.
    ///
    /// Compare its dates with the clock of the side that complains; a wrong clock is as common as an
    /// old certificate. A revocation list that has expired or cannot be fetched counts as well where
    /// the check is strict.
    ///
    /// Issue a new certificate, correct the clock, or renew the revocation list, as the line says.
    CertValidity,
    /// The user name or password (EAP) was refused.
    ///
    /// Certificates, keys and proposals are fine: the peers got as far as the password.
    ///
    /// Check the spelling of the user name with and without domain, and that the server's secrets or
    /// the RADIUS server have that user.
    EapFailed,
    /// The peers have no EAP method in common, or the server lacks the plugin for it.
    ///
    /// The server offers one method, the client declines it (EAP-NAK) and asks for another one that the
    /// server cannot do or was not configured for. Windows and Apple speak EAP-MSCHAPv2 and EAP-TLS.
    ///
    /// Let both sides use one method, such as EAP-MSCHAPv2, and install its plugin on the server
    /// (`libcharon-extra-plugins` on Debian).
    EapMethod,
    /// The algorithms of ESP ("phase 2", the child SA) do not overlap.
    ///
    /// IKE itself came up. Encryption with its key length, integrity and extended sequence numbers have
    /// to agree; the group is not compared in IKE_AUTH, only when the child SA is rekeyed (RFC 7296,
    /// section 1.2).
    ///
    /// Add to phase 2 of the server what the client offers; the finding names it where the log shows
    /// both lists.
    EspProposalMismatch,
    /// Large IKE_AUTH messages get lost as IP fragments.
    ///
    /// Certificates make IKE_AUTH larger than a packet. Some routers and NATs drop IP fragments, so the
    /// small first messages pass and this one does not. IKEv2 fragmentation (RFC 7383) avoids it:
    /// Windows has it since Windows 10 1803, strongSwan by default (`fragmentation = yes`). Smaller
    /// certificates (ECDSA) and fewer intermediates help too.
    ///
    /// Turn IKE fragmentation on at both ends (`fragmentation = yes`), and use smaller certificates.
    Fragmentation,
    /// The peer went silent in the middle of IKE_AUTH, and nothing here says why.
    ///
    /// The server answered IKE_SA_INIT and then heard nothing, or waits for an answer of the client
    /// until its timeout. The client gave up for a reason of its own: it could not begin to
    /// authenticate, it did not like the certificate, or its packets on UDP 4500 were lost.
    ///
    /// Look at the client's log.
    HalfOpen,
    /// The algorithms of IKE ("phase 1") do not overlap.
    ///
    /// Encryption with its key length, integrity, PRF and group of one proposal of the client must all
    /// be in one proposal of the server. NO_PROPOSAL_CHOSEN alone does not prove it: charon sends that
    /// for nineteen reasons.
    ///
    /// Add to phase 1 of the server what the client offers; the finding names it where the log shows
    /// both lists.
    IkeProposalMismatch,
    /// INVALID_KE_PAYLOAD is repeated until one side gives up.
    ///
    /// The client guesses a group, the server asks for another one (RFC 7296, section 1.2), and the
    /// client does not follow: it cannot do that group, or repeats its guess. One such round is normal.
    ///
    /// Add the group that the client guesses to the server, or one that both have in common to the
    /// front of the list of the client.
    KeGroupLoop,
    /// Everything was negotiated, but the kernel refuses the SA or its policies.
    ///
    /// The kernel lacks the algorithm or a module, another IPsec daemon holds the policy, or the
    /// process has not the right to install it (containers).
    ///
    /// Load the module, stop the other daemon, or give the container `CAP_NET_ADMIN`, as the line says.
    KernelSa,
    /// One side wants transport mode, the other one tunnel mode.
    ///
    /// The initiator asks for transport mode by a notify (RFC 7296, section 1.3.1); a side that is set
    /// to one mode can refuse the other one. libreswan answers, or takes back the child SA with,
    /// NO_PROPOSAL_CHOSEN then, although all algorithms agree.
    ///
    /// Set `type=` (libreswan) or `mode=` (swanctl) alike on both sides.
    ModeMismatch,
    /// UDP 500 works, UDP 4500 does not.
    ///
    /// Behind NAT, and with MOBIKE always, the peers move to UDP 4500 after IKE_SA_INIT (RFC 7296,
    /// section 2.23). If IKE_SA_INIT is answered and IKE_AUTH is not, a firewall or a missing port
    /// forwarding for UDP 4500 is the first thing to look at; the second one is fragmentation.
    ///
    /// Open and forward UDP 4500 as well as UDP 500, then capture on the server to see whether the
    /// packet arrives.
    NatTBlocked,
    /// No connection or identity on the responder matches the peer.
    ///
    /// The responder has no connection for these addresses or for this pair of identities, or it was
    /// never loaded. Proposals have not been compared. charon answers NO_PROPOSAL_CHOSEN when no
    /// connection matches the addresses and AUTHENTICATION_FAILED when none matches the identities.
    ///
    /// Load the connection, and compare addresses and identities with those in the line.
    NoPeerConfig,
    /// The peer never answers the first message.
    ///
    /// Nothing came back for IKE_SA_INIT: wrong address, a firewall on UDP 500, nothing listening, or a
    /// peer that ignores strangers.
    ///
    /// Capture on the other end to see whether the packet arrives: `tcpdump -ni any udp port 500`.
    NoResponse,
    /// The tunnel was up, then the peer stopped answering.
    ///
    /// Dead peer detection (RFC 7296, section 2.4) got no answer: the peer was switched off, changed
    /// its network without MOBIKE, or a NAT forgot the mapping.
    ///
    /// Look at the other end at that time; turn MOBIKE on for clients that change networks, and keep
    /// NAT mappings alive.
    PeerDead,
    /// Rekeying a child SA fails because the groups for perfect forward secrecy differ.
    ///
    /// The tunnel comes up without comparing groups and dies at the first rekeying, after minutes or an
    /// hour. Either both sides name the same group in phase 2, or neither does.
    ///
    /// Name the same group in phase 2 on both sides, or on neither.
    PfsMismatch,
    /// A message could not be parsed, or breaks the protocol.
    ///
    /// Truncated or damaged packets, a peer that speaks IKEv1 only, or something else on the port.
    ///
    /// Compare the versions of both ends, and capture the packets that are refused.
    ProtocolError,
    /// The pre-shared key is wrong or missing.
    ///
    /// The keys differ, or none is stored for this pair of identities: charon looks it up by the
    /// identities, not by the addresses.
    ///
    /// Enter the same key on both sides, for the identities that the log names.
    PskMismatch,
    /// The traffic selectors (the networks of the tunnel) are not acceptable.
    ///
    /// The subnets of either side have to overlap the other's: local here is remote there. A client
    /// that asks for `0.0.0.0/0` or for its own LAN address needs a server that narrows it (RFC 7296,
    /// section 2.9).
    ///
    /// Enter the networks the other way round on the other side, or let the server narrow what clients
    /// ask for (`0.0.0.0/0`).
    TsMismatch,
    /// The server's name does not resolve, no route leads there, or the port is closed.
    ///
    /// Nothing was sent, or an ICMP error came back.
    ///
    /// Check the name with `nslookup`, the route, and whether the daemon listens on UDP 500.
    Unreachable,
    /// No virtual address: no pool, the pool is full, or none was requested.
    ///
    /// A client asks for an inner address in IKE_AUTH (RFC 7296, section 2.19); a server without a
    /// pool, with an exhausted pool or without one for that family answers INTERNAL_ADDRESS_FAILURE.
    ///
    /// Define a pool that is large enough, and name it in the connection: `pools` in swanctl.conf,
    /// `rightsourceip` in ipsec.conf, Virtual Address Pool on pfSense.
    VirtualIp,
}

impl Cause {
    /// Whether it only says that the other end knows the reason.
    pub(crate) const fn is_opaque(self) -> bool {
        matches!(
            self,
            Self::AuthFailedOpaque | Self::HalfOpen | Self::NoResponse
        )
    }
}
