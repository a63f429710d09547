//! Statements with one meaning, whatever program makes them and in whatever words.
//!
//! The words are in the readers' tables (`super::log`); what follows from a statement is decided in
//! `super::judge`.

use strum::{EnumCount, EnumIter};

/// A statement. Those of a witness about itself say *we*, those about the other end *peer*.
#[derive(Clone, Copy, Debug, EnumCount, EnumIter, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Statement {
    // Before an answer.
    /// The name of the server was not resolved.
    NameUnresolved,
    /// No route, no network, or an ICMP error: the packet cannot get there.
    PortUnreachable,
    /// We begin an IKE SA with the peer.
    Initiating,
    /// The peer begins an IKE SA with us.
    PeerInitiating,
    /// The peer's address.
    PeerNamed,
    /// A request was sent again.
    Retransmit,
    /// Sending again was given up.
    GaveUp,
    /// The whole attempt is begun again.
    TryingAgain,

    // IKE_SA_INIT.
    /// We have no connection for these addresses.
    NoIkeConfig,
    /// We accept none of the peer's IKE proposals.
    IkeProposalsRefused,
    /// The peer accepts none of ours, or has another reason for NO_PROPOSAL_CHOSEN.
    NoProposalReceived,
    /// We sent NO_PROPOSAL_CHOSEN, and no other line says why.
    NoProposalSent,
    /// NO_PROPOSAL_CHOSEN went by in a capture.
    NoProposalSeen,
    /// NO_PROPOSAL_CHOSEN, and the line does not say in which exchange.
    NoProposalChosen,
    /// What the peer chose is not what we offered.
    SelectionInvalid,
    /// We ask for another group.
    GroupRequested,
    /// The peer asks for another group, and we follow.
    GroupFollowed,
    /// The peer asks for a group that we cannot do, or asked for already.
    GroupRefused,
    /// The peer's public value is invalid.
    KeyExchangeInvalid,
    /// Several key exchanges without IKE_INTERMEDIATE.
    IntermediateMissing,
    /// Too many half-open SAs: strangers are turned away.
    Overloaded,
    /// The message could not be taken apart.
    Malformed,
    /// The message did not decrypt: keys or packets are damaged.
    IntegrityFailed,
    /// Another version of IKE.
    WrongVersion,

    /// The first exchange is over: proposals and groups agree.
    InitAnswered,
    /// The peer's IKE_AUTH arrived.
    AuthReceived,

    // Identities and configurations.
    /// We look for a connection for this pair of identities.
    LookingForPeer,
    /// None matches them.
    NoPeerConfig,
    /// A connection was found, and no firewall policy uses it.
    NoFirewallPolicy,
    /// One was chosen.
    PeerConfigChosen,
    /// A connection was tried and does not fit, with the reason.
    PeerConfigUnfit,
    /// No further one is left.
    NoAlternative,
    /// The responder calls itself otherwise than we demand.
    WrongResponderId,
    /// The peer asks for EAP and the connection has none.
    EapUnwanted,
    /// The peer's authentication is not of the demanded kind.
    MethodRefused,
    /// The connection was loaded into the daemon.
    ConnectionLoaded,
    /// A connection could not be loaded.
    ConnectionNotLoaded,

    // Keys and certificates.
    /// No pre-shared key for these identities.
    NoSharedKey,
    /// The pre-shared keys differ.
    SharedKeyDiffers,
    /// The pre-shared keys probably differ.
    SharedKeySuspected,
    /// We have no private key for our identity.
    NoPrivateKey,
    /// No certificate of our own.
    NoOwnCertificate,
    /// No trusted public key for the peer's identity.
    NoTrustedKey,
    /// The peer sent no certificate.
    NoPeerCertificate,
    /// The certificate that the peer sent.
    PeerCertificate,
    /// The certificate's time has not come or is over.
    CertificateTime,
    /// The certificate was revoked.
    CertificateRevoked,
    /// The revocation list is too old or cannot be had.
    RevocationUnknown,
    /// The issuer is not known.
    IssuerUnknown,
    /// The certificate does not stand for the identity.
    IdentityNotInCertificate,
    /// The certificate may not be used for this.
    CertificateUse,
    /// The signature is wrong.
    SignatureInvalid,
    /// A certificate was asked for that no known CA issued.
    UnknownCaRequested,
    /// We refused to authenticate the peer (AUTHENTICATION_FAILED sent).
    AuthFailedSent,
    /// The peer refused to authenticate us.
    AuthFailedReceived,
    /// Authentication failed, and the line does not say which end refused.
    AuthFailedSomewhere,
    /// The peer proved its identity.
    PeerAuthenticated,

    // EAP.
    /// The password is wrong.
    EapPasswordWrong,
    /// An EAP method ended in failure.
    EapMethodFailed,
    /// The peer said that EAP failed.
    EapFailureReceived,
    /// No password is stored for the identity.
    EapSecretMissing,
    /// The peer declined the method.
    EapNak,
    /// No method is left, or the plugin is missing.
    EapMethodUnsupported,
    /// A method began.
    EapMethodBegun,
    /// EAP worked.
    EapSucceeded,
    /// No trusted certificate for the peer in EAP-TLS.
    TlsPeerUntrusted,
    /// A TLS alert, sent.
    TlsAlertSent,
    /// A TLS alert, received.
    TlsAlertReceived,
    /// The RADIUS server did not answer.
    RadiusSilent,
    /// The RADIUS server said no.
    RadiusRejected,

    // Half-open.
    /// An unfinished IKE SA was dropped after its time.
    HalfOpenTimeout,

    // Child SA.
    /// The IKE SA is up.
    IkeEstablished,
    /// The child SA is up.
    ChildEstablished,
    /// We accept none of the peer's proposals for the child SA.
    ChildProposalsRefused,
    /// The peer accepted none of ours for the child SA, or has another reason.
    ChildNoProposalReceived,
    /// The child SA was not made.
    ChildFailed,
    /// We demand a group for the child SA, and the peer sends none.
    GroupMissing,
    /// We cannot accept the traffic selectors.
    SelectorsRefused,
    /// The peer did not accept ours.
    SelectorsRefusedByPeer,
    /// No virtual address for the peer.
    NoVirtualIp,
    /// The pool is full.
    PoolFull,
    /// No virtual address from the peer.
    NoVirtualIpReceived,
    /// The peer did not ask for one and has to.
    VirtualIpNotRequested,
    /// The kernel refused an SA or a policy.
    KernelRefused,

    // Afterwards.
    /// A child SA is being rekeyed.
    RekeyingChild,
    /// The child SA was rekeyed.
    ChildRekeyed,
    /// The IKE SA is being rekeyed.
    RekeyingIke,
    /// The IKE SA was rekeyed.
    IkeRekeyed,
    /// Rekeying a child SA failed.
    ChildRekeyFailed,
    /// Rekeying the IKE SA failed.
    IkeRekeyFailed,
    /// The peer does not know the child SA.
    ChildUnknown,
    /// Signs of life were asked for and did not come.
    PeerDead,
    /// It was taken down on purpose.
    Closed,
    /// The daemon began or ended: what was open is over.
    Restarted,

    // Clients that say little.
    /// The client could not make sense of the answer to IKE_SA_INIT.
    ClientInitFailed,
    /// The client got no answer to IKE_SA_INIT.
    ClientInitSilent,
    /// The client got no answer to IKE_AUTH.
    ClientAuthSilent,
    /// The client could not begin to authenticate.
    ClientAuthNotBegun,
    /// The client could not make sense of the answer to IKE_AUTH.
    ClientAuthFailed,
    /// The client failed inside EAP.
    ClientEapFailed,
    /// The server refused to authenticate the client.
    ClientRefused,
    /// The client's negotiation with the server failed, and it says no more.
    NegotiationFailed,
    /// The server ended the tunnel.
    ServerEnded,
    /// The server does not respond, at the beginning or later.
    ServerSilent,
    /// The tunnel is none of IKEv2.
    OtherTunnel,
    /// The client has a link.
    LinkEstablished,
    /// A client's error number, with the number.
    ErrorNumber,
    /// It has nothing to do with whether the connection works.
    RedHerring,
    /// A listing of packets that shows nothing of what is in them, with the program that made it.
    ShortListing,
    /// IKE version 1.
    VersionOne,
    /// Anything else of an IKE program.
    Other,
}
