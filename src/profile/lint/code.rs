//! What can be wrong with a client profile.

use strum::{EnumIter, EnumMessage, IntoStaticStr};

/// Stable name of a complaint about a profile. The comment on a variant is its user documentation.
#[derive(
    Clone, Copy, Debug, EnumIter, EnumMessage, Eq, IntoStaticStr, Ord, PartialEq, PartialOrd,
)]
#[non_exhaustive]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum ProfileCode {
    /// A fact is inferred, but the profile does not say from what.
    ///
    /// A deduction that cannot be followed cannot be doubted either. State it in `note`.
    DeductionMissing,
    /// An exchange is neither stated nor listed as unknown.
    ///
    /// There are three states: stated, stated to be empty, and unknown. A missing group would be
    /// a fourth one that says nothing. List the exchange under `unknown` with a sentence that says
    /// what was looked for.
    ExchangeMissing,
    /// An exchange is stated and listed as unknown at the same time.
    ExchangeTwice,
    /// The stated grade is not lower than that of the best source, which counts anyway.
    ///
    /// `grade` is there to say that a fact is weaker than its sources, such as one that is
    /// inferred from a capture of another release.
    GradeNotLower,
    /// The first child SA gets its keys from the IKE SA, so its offer in IKE_AUTH names no group.
    ///
    /// RFC 7296, section 1.2 leaves the key exchange out there. Only the lists of a client whose
    /// `engine` is known are stated as configured, groups included.
    GroupInIkeAuth,
    /// The KE payload is for a group that none of the proposals names.
    ///
    /// RFC 7296, section 2.7 has the initiator guess a group out of its own offer.
    GroupNotOffered,
    /// A proposal leaves something to be derived.
    ///
    /// Profiles state what is on the wire: an IKE proposal names cipher, PRF and group, and an
    /// integrity algorithm unless its ciphers authenticate; an ESP proposal names a cipher and
    /// `noesn` or `esn`.
    IncompleteProposal,
    /// Keys or keywords stand in another order than in the other profiles.
    ///
    /// The order of docs/profiles.md lets a comparison of two files show facts only.
    KeyOrder,
    /// A word of a proposal is another spelling of a keyword.
    ///
    /// One spelling for one algorithm, the same in all profiles, can be searched for.
    KeywordSpelling,
    /// The label is too long for the columns of a matrix.
    LabelTooLong,
    /// A name is not in lower case letters, digits, `-` and `.`.
    ///
    /// Names of profiles, variants, aliases and quirks are typed on the command line.
    MalformedName,
    /// A profile mirrors one that is itself a mirror, or that there is not.
    MirrorTarget,
    /// Two profiles claim the same word for `--clients`.
    NameTaken,
    /// The newest date of the evidence is not the date of any source.
    ///
    /// It is the date of the newest source that says what the client offers.
    NewestEvidence,
    /// A value is no date.
    ///
    /// A date is written `"2019-02-16"`, or without the part that the source does not give.
    NotADate,
    /// A word of a proposal is not an algorithm keyword of strongSwan.
    NotAKeyword,
    /// A source's address is no link that can be followed.
    NotALink,
    /// A policy names an algorithm in a list where it has no place.
    ///
    /// Groups and other key exchanges stand under `key-exchange`, everything else under `ike`,
    /// `esp` and `ah`.
    PolicyPlace,
    /// A policy decides twice about an algorithm.
    ///
    /// Two cells of one list may have the same name only if they hold for different `keys`.
    PolicyTwice,
    /// A source stands in the profile, but no fact names it.
    SourceNotUsed,
    /// A key stands where it says nothing, or contradicts what stands beside it.
    StrayKey,
    /// A proposal names an algorithm that has no place in it, such as a PRF in ESP.
    StrayAlgorithm,
    /// A fact names a source that the profile does not list.
    UnknownSource,
    /// A word would be read as a number or a truth value by other programs.
    ///
    /// `10.10` without quotation marks is the number 10.1, and `no` is a truth value for some
    /// programs. Put the word into quotation marks.
    UnquotedWord,
    /// What ought to be a version or a range of versions is none.
    ///
    /// A range is written `"14..16"`, `"14.."` or `"..13"`, in quotation marks.
    VersionRange,
}
