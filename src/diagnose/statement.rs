//! Statements with one meaning, whatever program makes them and in whatever words.
//!
//! The words are in the readers' tables (`super::log`); what follows from a statement is decided in
//! `super::judge`.

use strum::{EnumCount, EnumIter, EnumMessage, EnumString};

/// A statement. Those of a witness about itself say *we*, those about the other end *peer*.
#[derive(
    Clone,
    Copy,
    Debug,
    EnumCount,
    EnumIter,
    EnumMessage,
    EnumString,
    Eq,
    Hash,
    Ord,
    PartialEq,
    PartialOrd,
)]
#[strum(serialize_all = "snake_case")]
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
    /// The name of the connection.
    ConnectionNamed,
    /// A request was sent again.
    Retransmit,
    /// The peer sent a request again that was answered.
    PeerRepeats,
    /// Sending again was given up.
    GaveUp,
    /// The whole attempt is begun again.
    TryingAgain,
    /// Given up before the IKE SA was up.
    NeverEstablished,
    /// The peer wants a cookie back before it works, so it did answer.
    CookieReceived,
    /// The peer names another gateway, and we go there.
    Redirected,
    /// We were sent from one gateway to the next too often, or do not let ourselves be sent.
    RedirectRefused,

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
    /// The message has a payload that is critical and that we do not know.
    UnknownCriticalPayload,

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
    /// What stands in the configuration as a proposal is none.
    ProposalStringInvalid,
    /// A connection was to be begun that is not loaded.
    ConnectionUnknown,
    /// The kernel has no IPsec that the daemon could use.
    KernelMissing,
    /// The daemon could not start.
    NotStarted,
    /// The daemon ended itself: it found a mistake of its own.
    Crashed,
    /// The firewall before the daemon dropped packets of IKE.
    FirewallDropped,

    // Keys and certificates.
    /// No pre-shared key for these identities.
    NoSharedKey,
    /// The pre-shared keys differ.
    SharedKeyDiffers,
    /// The pre-shared keys probably differ.
    SharedKeySuspected,
    /// We have no private key for our identity.
    NoPrivateKey,
    /// A file with a key or a certificate cannot be opened or read.
    KeyUnreadable,
    /// Our own key, or what we are allowed to sign with, is not what the peer or the connection demands.
    OwnMethodUnfit,
    /// No certificate of our own.
    NoOwnCertificate,
    /// A postquantum preshared key is demanded and missing.
    PpkMissing,
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
    /// We proved our identity to the peer, as far as we know.
    SelfAuthenticated,
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
    /// The EAP method ended with success.
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
    /// What the kernel answers, with its error.
    NetlinkError,
    /// The same policy is installed for another SA.
    PolicyExists,
    /// One side wants transport mode, the other one tunnel mode.
    ModeRefused,
    /// We refused the child SA in the peer's answer, and no other line says why.
    ChildAnswerRefused,
    /// The DHCP server that addresses come from did not answer.
    DhcpSilent,

    // Afterwards.
    /// A further child SA is being made.
    CreatingChild,
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
    /// A sign of life was asked for, as is done once an IKE SA is up.
    ProbeSent,
    /// Signs of life were asked for and did not come.
    PeerDead,
    /// The IKE SA was being deleted, and the peer did not confirm it.
    DeleteUnanswered,
    /// A tunnel that was up is set up anew.
    Reestablishing,
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
    /// The pre-shared keys differ, as far as that can be known in IKE version 1.
    VersionOneKeyDiffers,
    /// The first phase of IKE version 1 is over.
    VersionOneEstablished,
    /// A line that complains, in words that nobody here knows.
    Complaint,
    /// A line about IKE of a program that is not read.
    NotRead,
    /// What follows stands in the log from its end to its beginning, and is told in the order of time.
    NewestFirst,
    /// Anything else of an IKE program.
    Other,
}
