//! What can be wrong with a server's configuration.

use strum::{EnumIter, EnumMessage, IntoStaticStr};

use crate::dialect::swan::Refusal;

/// Stable name of a complaint about a configuration. The comment on a variant is its user
/// documentation.
#[derive(
    Clone, Copy, Debug, EnumIter, EnumMessage, Eq, IntoStaticStr, Ord, PartialEq, PartialOrd,
)]
#[non_exhaustive]
#[strum(serialize_all = "kebab-case")]
pub enum ReadCode {
    /// A word names a cipher, but leaves the length of its key to the product.
    ///
    /// strongSwan takes `aes` for AES with a key of 128 bits. Write the length you mean.
    AmbiguousKeyLength,
    /// A shortened name is the beginning of several names.
    ///
    /// PowerShell takes a part of a name only if it is the beginning of a single one.
    AmbiguousName,
    /// The file is a property list in binary form, or signed, so it is no text.
    ///
    /// The help says how to make text of it. A signed profile is read if what is signed stands in
    /// it in one piece.
    BinaryFile,
    /// The file begins with a byte order mark, which its program does not expect.
    ///
    /// Some editors of Windows write one. It is read here as if it were not there.
    ByteOrderMark,
    /// Lines end with a carriage return, which the daemon does not take.
    ///
    /// Editors of Windows write one. strongSwan's starter refuses such a file as a whole.
    CarriageReturn,
    /// Two parts of a file say different things about the same setting.
    Contradiction,
    /// An entry refers to another one that is not there.
    ///
    /// The product leaves it out without a word; a section that inherits from it inherits nothing.
    DanglingReference,
    /// A section inherits by `also` through more sections than are followed.
    ///
    /// At most 1,000 are followed for one connection, and 100 one from within the other. What stands
    /// in the others would be missing without a word, so the connection is not judged.
    InheritanceTooLong,
    /// The file is of a kind that is recognised and not read.
    ///
    /// The message names it, the help says what can be done with it.
    ForeignFile,
    /// No proposals are configured, so those are assumed that the product uses by default.
    DefaultAssumed,
    /// It is not known which proposals the product uses when none are configured.
    ///
    /// Write them into the file.
    DefaultUnknown,
    /// An element is there twice where only one can be.
    ///
    /// pfSense refuses the whole file then; other products take one of them.
    DuplicateElement,
    /// The file says nothing at all.
    EmptyFile,
    /// A list of proposals has no entries.
    ///
    /// Remove the key if the product's defaults are meant.
    EmptyList,
    /// The backup is encrypted, so nothing can be read.
    ///
    /// Make one without a password, of the IPsec settings alone if you can. `openssl` decrypts an
    /// old one: pfSense uses AES-256-CBC with a key from PBKDF2 (SHA-256, 500,000 rounds).
    EncryptedBackup,
    /// A setting has no effect, because another one or the product goes over it.
    IgnoredSetting,
    /// Two values cannot be used together, or not with IKEv2.
    IncompatibleValues,
    /// A value that the daemon does not take.
    ///
    /// charon discards the whole connection because of it, whatever else stands there.
    InvalidValue,
    /// The file is not well-formed XML.
    ///
    /// It was cut off, edited by hand, or is of another kind than its beginning. The line is not
    /// shown, because what could not be taken apart may be a secret.
    MalformedXml,
    /// A command lacks a parameter, a parameter its value, or a profile a key that it needs.
    ///
    /// PowerShell asks for it when the command runs; write all six values of a policy. The
    /// strongSwan app refuses to import a profile without its required keys.
    MissingParameter,
    /// AEAD and classic encryption algorithms share a proposal.
    ///
    /// RFC 7296, section 3.3 has no way to send this, and strongSwan discards the whole connection.
    /// Write two proposals.
    MixedCipherModes,
    /// A connection has no child ("phase 2"), so no tunnel comes up over it.
    NoChild,
    /// A proposal names no encryption algorithm.
    NoCipher,
    /// The file configures no connection.
    ///
    /// It is a backup of something else, or of a firewall without IPsec; it holds secrets or settings
    /// only; or it includes files that are missing here. Name the file that holds the connections.
    NoConnection,
    /// A proposal of classic ciphers names no integrity algorithm.
    NoIntegrity,
    /// An IKE proposal names no key exchange ("DH group").
    ///
    /// IKE cannot do without; strongSwan discards the whole connection.
    NoKeyExchange,
    /// A client was asked for by the name of its system or release.
    ///
    /// It is judged by the profile that covers the release, or by the nearest one of the same system.
    /// `ikecompat clients show` says what that profile covers and on what evidence.
    NearestClient,
    /// An IKE proposal names no PRF, and no integrity algorithm to derive it from.
    ///
    /// strongSwan derives the PRF from the integrity algorithm where one is named, also beside an
    /// AEAD cipher, which does not need it otherwise. Without either it discards the connection.
    NoPrf,
    /// The file configures a server, or nothing of a client.
    NotAClient,
    /// The file configures a client, so it says nothing about a server.
    ///
    /// Give it to a client: `--clients windows-10=FILE`.
    NotAServer,
    /// A value is no span of time.
    NotATime,
    /// A value is no version.
    NotAVersion,
    /// A value is no host name and no IP address.
    NotAnAddress,
    /// The connection does not use IKEv2.
    NotIkev2,
    /// An included file is not read.
    ///
    /// By default only files in the folder of the named file, and in folders below it, are
    /// included; `--include-anywhere` allows others.
    NotIncluded,
    /// The product's pages have no such value, though its files can hold it.
    ///
    /// It works until somebody saves the entry in the pages, which refuse it.
    NotSelectable,
    /// The product leaves an entry out when it writes the daemon's configuration.
    ///
    /// The pages show it, and nothing says that it is not there.
    NotWritten,
    /// Several algorithms stand where the product takes exactly one.
    ///
    /// A row of pfSense's phase 1 has one encryption algorithm, one hash and one group, and a
    /// phase 2 has one PFS group. Write one entry for each combination. A custom policy of RRAS has
    /// one value for each parameter, so one suite of IKE and one of ESP.
    OneAlgorithmOnly,
    /// Several proposals stand where the app takes one.
    ///
    /// `ike-proposal` and `esp-proposal` of a `.sswan` profile hold one proposal each. It may list
    /// several algorithms of a kind: `aes256-aes128-sha256-modp2048`.
    OneProposalOnly,
    /// A proposal, or a list of them, is longer than the daemon takes.
    ProposalTooLong,
    /// Another entry takes the place of this one.
    ///
    /// The daemon has one connection of a name; the last one that is written is the one it has.
    Replaced,
    /// The file configures several connections where one is asked for.
    SeveralConnections,
    /// A parameter stands where a command should.
    ///
    /// In PowerShell a command ends with its line, unless a backtick is the last character of it.
    StrayParameter,
    /// The text breaks the grammar of its format, so that nothing behind that place is certain.
    SyntaxError,
    /// The file is larger than any of its kind.
    TooLarge,
    /// A word of a proposal names no algorithm that strongSwan knows.
    ///
    /// strongSwan's keywords are lower case, and it has no names such as `dh14`. One wrong word
    /// makes it discard the whole connection.
    UnknownKeyword,
    /// A key or section that the product does not know.
    ///
    /// charon discards a connection of swanctl.conf that has one; in ipsec.conf strongSwan ignores
    /// it, and libreswan refuses the file.
    UnknownOption,
    /// A command has no parameter of this name.
    UnknownParameter,
    /// A value is none of those that the product takes.
    ///
    /// The note lists those that it does.
    UnknownValue,
    /// A value is computed when the script runs, or comes from outside.
    ///
    /// Scripts are read, not run. Write the value itself into the file that is read.
    UnresolvedValue,
    /// The file has words that only a certain version knows, so that version is assumed.
    VersionAssumed,
}

impl From<&Refusal> for ReadCode {
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::UnknownKeyword(_) => Self::UnknownKeyword,
            Refusal::NoCipher => Self::NoCipher,
            Refusal::NoPrf => Self::NoPrf,
            Refusal::NoKeyExchange => Self::NoKeyExchange,
            Refusal::NoIntegrity => Self::NoIntegrity,
            Refusal::MixedCipherModes => Self::MixedCipherModes,
        }
    }
}
