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
    /// A deduction that cannot be followed cannot be doubted either.
    ///
    /// State it in `note`.
    DeductionMissing,
    /// An exchange is neither stated nor listed as unknown.
    ///
    /// There are three states: stated, stated to be empty, and unknown. A missing group would be a
    /// fourth one that says nothing.
    ///
    /// List the exchange under `unknown` with a sentence that says what was looked for.
    ExchangeMissing,
    /// An exchange is stated and listed as unknown at the same time.
    ///
    /// It cannot be both.
    ///
    /// Remove one of them.
    ExchangeTwice,
    /// The stated grade is not lower than that of the best source, which counts anyway.
    ///
    /// `grade` is there to say that a fact is weaker than its sources, such as one that is inferred
    /// from a capture of another release.
    ///
    /// Remove `grade`, or name the lower one.
    GradeNotLower,
    /// The first child SA gets its keys from the IKE SA, so its offer in IKE_AUTH names no group.
    ///
    /// RFC 7296, section 1.2 leaves the key exchange out there. Only the lists of a client whose
    /// `engine` is known are stated as configured, groups included.
    ///
    /// Remove the groups, or state `engine`.
    GroupInIkeAuth,
    /// The KE payload is for a group that none of the proposals names.
    ///
    /// RFC 7296, section 2.7 has the initiator guess a group out of its own offer.
    ///
    /// Correct `key-exchange`, or add the missing offer.
    GroupNotOffered,
    /// A proposal leaves something to be derived.
    ///
    /// Profiles state what is on the wire: an IKE proposal names cipher, PRF and group, and an
    /// integrity algorithm unless its ciphers authenticate; an ESP proposal names a cipher and `noesn`
    /// or `esn`.
    ///
    /// Name what is on the wire.
    IncompleteProposal,
    /// Keys or keywords stand in another order than in the other profiles.
    ///
    /// The order of docs/profiles.md lets a comparison of two files show facts only.
    ///
    /// Order them as in docs/profiles.md.
    KeyOrder,
    /// A word of a proposal is another spelling of a keyword.
    ///
    /// One spelling for one algorithm, the same in all profiles, can be searched for.
    ///
    /// Use the spelling that the finding names.
    KeywordSpelling,
    /// The label is too long for the columns of a matrix.
    ///
    /// A label of more than 24 characters pushes the other columns off the screen.
    ///
    /// Shorten it.
    LabelTooLong,
    /// A name is not in lower case letters, digits, `-` and `.`.
    ///
    /// Names of profiles, variants, aliases and quirks are typed on the command line.
    ///
    /// Spell it in lower case letters, digits, `-` and `.`.
    MalformedName,
    /// A profile mirrors one that is itself a mirror, or that there is not.
    ///
    /// A chain of mirrors, or one that leads nowhere, says nothing.
    ///
    /// Name a profile that states its offers itself.
    MirrorTarget,
    /// Two profiles claim the same word for `--clients`.
    ///
    /// One word has to mean one client.
    ///
    /// Choose another word for one of them.
    NameTaken,
    /// The newest date of the evidence is not the date of any source.
    ///
    /// It is the date of the newest source that says what the client offers.
    ///
    /// Set it to the newest date among the sources.
    NewestEvidence,
    /// A value is no date.
    ///
    /// A date is written `"2019-02-16"`, or without the part that the source does not give.
    ///
    /// Write the date in that form.
    NotADate,
    /// A word of a proposal is not an algorithm keyword of strongSwan.
    ///
    /// Profiles are written in the words that strongSwan understands, and in no others.
    ///
    /// Look the algorithm up with `ikecompat explain` and write strongSwan's keyword.
    NotAKeyword,
    /// A source's address is no link that can be followed.
    ///
    /// A fact is worth what its source is worth, and nobody can look at this one.
    ///
    /// Write the address with `http://` or `https://`.
    NotALink,
    /// A policy names an algorithm in a list where it has no place.
    ///
    /// Groups and other key exchanges stand under `key-exchange`, everything else under `ike`, `esp`
    /// and `ah`.
    ///
    /// Move it there.
    PolicyPlace,
    /// A policy decides twice about an algorithm.
    ///
    /// Two cells of one list may have the same name only if they hold for different `keys`.
    ///
    /// Remove one of them, or say for which `keys` each holds.
    PolicyTwice,
    /// A source stands in the profile, but no fact names it.
    ///
    /// Nobody can tell what it proves.
    ///
    /// Name it beside the fact that it is the source of, or remove it.
    SourceNotUsed,
    /// A key stands where it says nothing, or contradicts what stands beside it.
    ///
    /// It would be passed over in silence, as if it were a fact.
    ///
    /// Remove it, or move it to where it means something.
    StrayKey,
    /// A proposal names an algorithm that has no place in it, such as a PRF in ESP.
    ///
    /// Such a proposal cannot be on the wire.
    ///
    /// Remove it.
    StrayAlgorithm,
    /// A fact names a source that the profile does not list.
    ///
    /// Nobody can look at a source that is not there.
    ///
    /// Add it to `sources`, or correct the name.
    UnknownSource,
    /// A word would be read as a number or a truth value by other programs.
    ///
    /// `10.10` without quotation marks is the number 10.1, and `no` is a truth value for some programs.
    ///
    /// Put the word into quotation marks.
    UnquotedWord,
    /// What ought to be a version or a range of versions is none.
    ///
    /// A range is written `"14..16"`, `"14.."` or `"..13"`, in quotation marks.
    ///
    /// Write it in that form.
    VersionRange,
}
