//! The rules by name, each with its documentation for users.

use strum::{Display, EnumIter, EnumMessage, EnumString, IntoStaticStr};

use crate::diag::Severity;

/// Stable name of a rule. The comment on a variant is its user documentation: what is wrong, why
/// it matters and where that is written, what to do. A name is never changed or used again.
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
)]
#[non_exhaustive]
#[strum(serialize_all = "kebab-case")]
pub enum Rule {
    /// A child for clients is protected by AH, which none of them speaks.
    ///
    /// AH covers the IP header, so it cannot pass a NAT (RFC 3715, section 2.1), and no client of
    /// the database offers it. Use ESP.
    AhForClients,
    /// The build of the daemon lacks an algorithm that an entry names.
    ///
    /// Knowing a keyword is not having the algorithm. libreswan since 3.30 is built without
    /// modp1024 and answers "not supported", after which the whole connection is unusable
    /// (libreswan issues 503 and 2496, NetworkManager-l2tp issue 123); charon selects such an
    /// entry and then fails. Remove the algorithm, or install the plugin or build that has it.
    AlgorithmNotInBuild,
    /// A connection for clients has no child, so no traffic can pass.
    ///
    /// The IKE SA comes up and the first child SA is refused with TS_UNACCEPTABLE. Add a child.
    ConnectionWithoutChild,
    /// A connection uses lists that its daemon fills in, and that other versions fill in
    /// differently.
    ///
    /// An upgrade then changes who connects without any change in the file. strongSwan 6.0.2 put
    /// optional groups into its ESP list, at which Windows refuses rekeying (strongSwan issue
    /// 2831) and Check Point the child (OPNsense issue 9382); libreswan 3.19 took modp1024 out of
    /// its list (libreswan issue 84). Write the lists down.
    DefaultListChanges,
    /// Two entries of a list are the same.
    ///
    /// The second one is never selected. It may have been meant to differ. Remove it.
    DuplicateEntry,
    /// A section of the same name is written twice in one file.
    ///
    /// strongSwan and libreswan take both for parts of one connection, and where both set a key
    /// the later one wins without a word. Give them different names, or make them one.
    DuplicateSection,
    /// An ESP entry encrypts with a classic cipher and protects nothing.
    ///
    /// Without an integrity algorithm whoever is on the way can change what is transmitted. RFC
    /// 8221, section 4 forbids it; strongSwan loads such an entry all the same. Add an integrity
    /// algorithm or use an AEAD cipher.
    EncryptionWithoutIntegrity,
    /// The server's product has no way to configure an entry.
    ///
    /// The entry is in `server.yaml`, but the pages of pfSense and OPNsense and the cmdlet of
    /// Windows Server offer certain values only. What is checked here cannot be set up there.
    /// Write what the product can select, or name the product that is really used.
    EntryNotSelectable,
    /// An IKE entry names a size of sequence numbers.
    ///
    /// `esn` and `noesn` belong to ESP and AH (RFC 7296, section 3.3.2). strongSwan loads the word
    /// into an IKE proposal, after which only a peer with the same mistake matches. Remove it.
    EsnInIke,
    /// Every ESP entry for clients insists on extended sequence numbers.
    ///
    /// `esn` alone, `noesn` alone, both, and neither are different proposals; neither means
    /// `noesn`. Windows, Apple's clients and Android's own offer 32-bit sequence numbers only, so
    /// `esn` alone refuses them all. Write `esn-noesn`, or leave it out.
    EsnOnly,
    /// A child names a group while PFS is switched off.
    ///
    /// libreswan since 3.25 does not load such a connection (NethServer issue 5696), and other
    /// versions drop the group without a word. Remove the group, or set `pfs=yes`.
    GroupWithoutPfs,
    /// The name that clients dial and the name that the server proves contradict each other.
    ///
    /// Windows holds the server's certificate against the address that is dialled (error 13801);
    /// Apple's clients hold it against the Remote ID that is entered. If the two differ, one
    /// certificate must carry both names as subjectAltName. Use one name for both.
    IdentityContradictsAddress,
    /// A word of a proposal has no effect.
    ///
    /// An integrity algorithm beside AEAD ciphers, a PRF in ESP, and `none` in IKE are dropped by
    /// strongSwan without a word, while libreswan refuses the first. The proposal is not what it
    /// looks like (IKEv2-setup issue 72). Remove the word.
    IgnoredKeyword,
    /// A comment that silences a finding gives no reason.
    ///
    /// Write `# ikecompat: allow(RULE): REASON`. Without a reason the comment has no effect, since
    /// nobody could tell later whether it still holds.
    IgnoreWithoutReason,
    /// A connection takes IKEv1 only.
    ///
    /// IKEv1 is historic, and its registries are closed (RFC 9395). Nothing
    /// is said about its proposals here. Move to IKEv2: `version = 2`, `keyexchange=ikev2`.
    Ikev1Only,
    /// A post-quantum key exchange travels in a message that is not fragmented.
    ///
    /// The public values of ML-KEM-768 and ML-KEM-1024 have 1184 and 1568 octets. IKE_SA_INIT
    /// cannot be fragmented by IKE, and IP fragments are often dropped on the way; an additional
    /// key exchange travels in IKE_INTERMEDIATE (RFC 9242), which can be, unless fragmentation
    /// (RFC 7383) is switched off. Use `ke1_` behind a classical group, and allow fragmentation.
    KeyExchangeNotFragmented,
    /// A client loses a round trip to INVALID_KE_PAYLOAD.
    ///
    /// The client sends a KE payload for one group and the server chooses another, so the server
    /// answers INVALID_KE_PAYLOAD and the client sends its first message again (RFC 7296, section
    /// 1.2). That is normal and costs one round trip. It goes away if the server's list starts
    /// with the group that the client guesses.
    KeyExchangeRoundTrip,
    /// A client and the server have the same cipher, with keys of different lengths.
    ///
    /// Key lengths are compared for equality by strongSwan and libreswan, although RFC 7296,
    /// section 3.3.5 would let a responder take more: `aes128` and `aes256` share nothing. Add the
    /// client's length to the entry.
    KeyLengthNotShared,
    /// Groups stand behind `none` in an ESP entry.
    ///
    /// The first choice of the preferred side wins, and `none` is a choice: with a peer that takes
    /// it PFS is off although groups are listed. strongSwan 5 moreover asks for new keys without
    /// any group and refuses the peer's answer if its other entries demand one; since 6.0.0 it
    /// lists them, and the peer may ask for one. Put `none` last, or remove it or the groups.
    NoneBeforeGroups,
    /// NULL encryption is among the ESP algorithms.
    ///
    /// NULL transmits in the clear. RFC 8221, section 5 requires implementations to have it, for
    /// traffic that is public; beside real ciphers it lets a peer choose no encryption, and
    /// Windows offers it by default. Remove `null` unless authenticity alone is wanted.
    NullEncryptionInEsp,
    /// NULL encryption is among the IKE algorithms.
    ///
    /// RFC 7296, section 5 and RFC 8247, section 2.1 forbid it, since identities and passwords go
    /// through the IKE SA; strongSwan loads it all the same. Remove it.
    NullEncryptionInIke,
    /// The server asks for new keys with optional groups, which a client refuses.
    ///
    /// Windows without `-PfsGroup` answers every rekeying of a child SA that names a group with
    /// error 13816, even if `none` is listed beside it, as strongSwan does by default since 6.0.2
    /// (strongSwan issue 2831). Remove the groups, or set the same group on the client.
    OptionalPfsRefused,
    /// The peer's order decides, and it may prefer a weaker algorithm.
    ///
    /// With `charon.prefer_configured_proposals = no` the client's list is walked first. Windows
    /// puts 3DES first. Remove the weak alternatives or let the server's order decide.
    PeerOrderWins,
    /// Groups in ESP come from the IKE SA, which a peer without groups in its list refuses.
    ///
    /// With `pfs=yes`, its default, and no group in `esp=`, libreswan uses the group of the IKE SA
    /// when a child SA is rekeyed. strongSwan without a group in its ESP list answers
    /// NO_PROPOSAL_CHOSEN, and so do iPhones set up by hand (libreswan issues 222 and 2495). Set
    /// `pfs=no`, or write the group on both sides.
    PfsFromIkeGroup,
    /// A child SA is to be rekeyed with a group that a client does not have.
    ///
    /// Groups are not compared when the first child SA is made (RFC 7296, section 1.2), so the
    /// tunnel comes up, and dies at the first rekeying, after 8 minutes to 8 hours. Turn PFS off
    /// in phase 2, or let every client use the group.
    PfsGroupNotOffered,
    /// A client rekeys child SAs with a group, and the server lists none.
    ///
    /// The tunnel comes up, since groups are not compared in IKE_AUTH (RFC 7296, section 1.2), and
    /// is lost when the client asks for new keys (algo issues 316 and 354, IKEv2-setup issue 72).
    /// Add the client's group to the ESP entries with `none` beside it, or turn PFS off on the client.
    PfsNotConfigured,
    /// The server asks for new keys with a group, which a client refuses.
    ///
    /// Windows without `-PfsGroup` answers such a request with error 13816. Turn PFS off for this
    /// connection, set the same group on the client, or never let the server ask (rekey time 0).
    PfsRefused,
    /// The groups of a child are weaker than every group of its IKE SA.
    ///
    /// PFS is there to outlive a broken IKE SA; with a weaker group it lowers what an attacker
    /// needs for the traffic. Use the same group in both phases.
    PfsWeakerThanIke,
    /// Phase 1 has a post-quantum key exchange, and the groups of phase 2 are classical.
    ///
    /// The keys of child SAs come from the IKE SA, so they are safe as long as its keys are; what
    /// PFS is for, that they stay safe when those are lost, holds against a quantum computer only
    /// with an additional key exchange there too (RFC 9370). Add it to the ESP entries.
    PostQuantumNotInPfs,
    /// Phase 1 takes nobody without a post-quantum key exchange.
    ///
    /// Few clients offer ML-KEM, and one that does not know additional key exchanges skips every
    /// proposal that lists any (RFC 7296, section 3.3.6). Add an entry without it behind the
    /// others, or `ke1_none` beside it, unless that is meant.
    PostQuantumWithoutFallback,
    /// An algorithm has a private number, which only strongSwan peers understand.
    ///
    /// charon skips private-use numbers unless the peer says that it is strongSwan
    /// (`charon.accept_private_algs`). No other client can match the entry with it.
    PrivateUseAlgorithm,
    /// A client repeats its proposal's number when it rekeys, which some servers refuse.
    ///
    /// macOS 14 to 14.1.2 numbers the proposal of an IKE rekeying as the one that the server chose
    /// at first; libreswan expects 1, answers NO_PROPOSAL_CHOSEN ("proposal number was 3 but 1
    /// expected"), and the tunnel drops after 24 or 48 minutes (libreswan issue 1450, Apple
    /// FB13453582). Let the server take the client's first proposal.
    ProposalNumberAtRekey,
    /// An algorithm stands twice in an entry.
    ///
    /// It has no effect, and may be a slip for another algorithm. Remove one.
    RepeatedAlgorithm,
    /// A connection that authenticates by certificate does not say who the server is.
    ///
    /// strongSwan then uses the subject of the certificate, or the IP address. Apple's clients
    /// hold the identity against the Remote ID that is entered, which is a name. Set `id` to the
    /// name that clients dial, and have it in the certificate as subjectAltName.
    ServerIdentityMissing,
    /// The server asks for new keys of child SAs, which a client refuses behind NAT.
    ///
    /// Windows behind NAT answers a CREATE_CHILD_SA request of the server with error 13863. Windows
    /// rekeys by itself, so the server need not: set its rekey time to 0.
    ServerInitiatedRekey,
    /// The server proves itself by EAP, which clients refuse.
    ///
    /// RFC 7296, section 2.16 has the responder use a public key when the initiator uses EAP.
    /// EAP alone on both sides (RFC 5998) is known to strongSwan only. Use a certificate.
    ServerUsesEap,
    /// An entry is never selected, because an earlier one takes everything that it would.
    ///
    /// The list is walked in its order, and all algorithms of this entry are in an earlier one too.
    /// Remove the entry, or put it before the other.
    ShadowedEntry,
    /// Clients use EAP, and the server proves itself by a shared key.
    ///
    /// RFC 7296, section 2.16 requires a public key of the responder, since everybody who knows
    /// the shared key can take the server's place and harvest passwords. Windows and Apple's
    /// clients expect a certificate beside EAP. Use a certificate.
    SharedKeyBesideEap,
    /// The server's order makes a weaker suite win although a stronger one is common.
    ///
    /// The responder chooses by its own order. Put the stronger entry first.
    StrongerSuiteNotChosen,
    /// An entry has more algorithms than a proposal can hold.
    ///
    /// RFC 7296, section 3.3.1 counts transforms and proposals in one octet: 255 at most. Write
    /// fewer.
    TooManyTransforms,
    /// A client offers more transforms of a type than the server looks at.
    ///
    /// RRAS considers the first fifteen transforms of a type in a proposal; what stands behind them
    /// is not there for it. strongSwan's default lists are longer. Let the client list what it is
    /// to use, or at least list it first.
    TransformsNotSeen,
    /// SHA-256 is truncated to 96 bits instead of 128.
    ///
    /// A draft had it so, and Android 4 and old Linux kernels did it; RFC 4868, section 2.3 says
    /// 128. With it the tunnel comes up and no packet passes: iOS 13 and 14 were cut off by
    /// servers that kept the setting (setup-ipsec-vpn issue 638). Remove `sha256_96` or
    /// `sha2-truncbug=yes`.
    TruncatedSha256,
    /// A comment allows a rule that there is not.
    ///
    /// The comment has no effect. `ikecompat explain RULE` knows every rule.
    UnknownRule,
    /// A connection is never picked, because an earlier one takes every client that it would.
    ///
    /// Both are for the same addresses and identities, and the earlier one accepts everything that
    /// this one does. Give them different identities, or remove one.
    UnreachableConnection,
    /// No client that was compared uses this entry of the server.
    ///
    /// An entry that nobody uses can only weaken the server or cost round trips. It may be there
    /// for clients that were not selected.
    UnusedEntry,
    /// A comment allows a finding that does not occur.
    ///
    /// What it excused is gone, or it stands in the wrong place: it counts for its own line, or, on
    /// a line of its own, for the next line and what is indented below it. Remove it.
    UnusedIgnore,
    /// An entry allows an algorithm that is phasing out, discouraged or prohibited.
    ///
    /// The finding says which algorithm decides, by which clause of the policy, and which of the
    /// clients would have nothing left without it.
    WeakEntry,
    /// Within an entry a weaker algorithm stands before a stronger one.
    ///
    /// The first algorithm that both sides list is chosen: 3DES where AES is common too. Put the
    /// stronger one first.
    WeakerAlgorithmFirst,
    /// An entry whose best suite is weak stands before a better one.
    ///
    /// The list is walked in its order, so peers that have both get the weak one. Put the stronger
    /// entry first.
    WeakerEntryFirst,
    /// An ESP entry lists a group that is discouraged or prohibited for IKE.
    ///
    /// RFC 8221 has no table of groups, so that of RFC 8247, section 2.4 is applied to perfect
    /// forward secrecy as well; that is this program's reading, not a clause. Use group 14 or
    /// better.
    WeakPfsGroup,
}

impl Rule {
    /// The name.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// How bad a finding is, unless the rule says otherwise for a certain case.
    pub const fn severity(self) -> Severity {
        match self {
            Self::EncryptionWithoutIntegrity
            | Self::GroupWithoutPfs
            | Self::NullEncryptionInIke
            | Self::TooManyTransforms => Severity::Error,
            Self::DefaultListChanges
            | Self::IgnoredKeyword
            | Self::KeyExchangeRoundTrip
            | Self::PeerOrderWins
            | Self::PfsFromIkeGroup
            | Self::PfsWeakerThanIke
            | Self::PostQuantumNotInPfs
            | Self::PrivateUseAlgorithm
            | Self::RepeatedAlgorithm
            | Self::ServerIdentityMissing
            | Self::TransformsNotSeen
            | Self::UnusedEntry => Severity::Note,
            _ => Severity::Warning,
        }
    }
}

#[cfg(test)]
mod tests {
    use strum::{EnumMessage as _, IntoEnumIterator as _};

    use super::Rule;

    #[test]
    fn every_rule_says_what_why_and_what_to_do() {
        for rule in Rule::iter() {
            let text = rule.get_documentation().unwrap_or_default();
            let paragraphs: Vec<_> = text.split("\n\n").collect();
            assert!(paragraphs.len() >= 2, "{rule}");
            assert!(paragraphs[0].ends_with('.'), "{rule}");
            assert!(paragraphs[1].len() > 40, "{rule}");
        }
    }

    #[test]
    fn rules_are_in_the_order_of_the_alphabet() {
        let names: Vec<_> = Rule::iter()
            .map(|rule| rule.name().replace('-', ""))
            .collect();
        assert!(names.is_sorted(), "{names:?}");
    }
}
