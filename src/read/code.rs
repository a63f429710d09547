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
    /// strongSwan takes `aes` for AES with a key of 128 bits.
    ///
    /// Write the length you mean.
    AmbiguousKeyLength,
    /// A shortened name is the beginning of several names.
    ///
    /// PowerShell takes a part of a name only if it is the beginning of a single one.
    ///
    /// Write the name in full.
    AmbiguousName,
    /// The file is a property list in binary form, or signed, so it is no text.
    ///
    /// A signed profile is read if what is signed stands in it in one piece.
    ///
    /// Make text of it: the help says how.
    BinaryFile,
    /// The file begins with a byte order mark, which its program does not expect.
    ///
    /// Some editors of Windows write one. It is read here as if it were not there.
    ///
    /// Save the file as "UTF-8" without a mark.
    ByteOrderMark,
    /// Lines end with a carriage return, which the daemon does not take.
    ///
    /// Editors of Windows write one. strongSwan's starter refuses such a file as a whole.
    ///
    /// Save the file with Unix line ends: `sed -i 's/\r$//' FILE`.
    CarriageReturn,
    /// Two parts of a file say different things about the same setting.
    ///
    /// Which of them counts depends on the product, and is not what somebody meant.
    ///
    /// Remove the one that is not meant.
    Contradiction,
    /// An entry refers to another one that is not there.
    ///
    /// The product leaves it out without a word; a section that inherits from it inherits nothing.
    ///
    /// Define what is referred to, or correct the name.
    DanglingReference,
    /// A section inherits by `also` through more sections than are followed.
    ///
    /// At most 1,000 are followed for one connection, and 100 one from within the other. What stands in
    /// the others would be missing without a word, so the connection is not judged.
    ///
    /// Write the settings into the connection itself.
    InheritanceTooLong,
    /// The file is of a kind that is recognised and not read.
    ///
    /// The message names it.
    ///
    /// Give the file to the program or subcommand that the help names.
    ForeignFile,
    /// No proposals are configured, so those are assumed that the product uses by default.
    ///
    /// Defaults differ from release to release, and an upgrade changes who can connect.
    ///
    /// Write the proposals into the file, and name the release with `--engine`.
    DefaultAssumed,
    /// It is not known which proposals the product uses when none are configured.
    ///
    /// Nothing can be said about clients without them.
    ///
    /// Write them into the file.
    DefaultUnknown,
    /// An element is there twice where only one can be.
    ///
    /// pfSense refuses the whole file then; other products take one of them.
    ///
    /// Remove one of them.
    DuplicateElement,
    /// The file says nothing at all.
    ///
    /// Nothing follows from nothing; as an empty answer it would look like success.
    ///
    /// Name the file that holds the configuration.
    EmptyFile,
    /// A list of proposals has no entries.
    ///
    /// Nobody agrees on one of no entries.
    ///
    /// Remove the key if the product's defaults are meant, or list what is meant.
    EmptyList,
    /// The backup is encrypted, so nothing can be read.
    ///
    /// `openssl` decrypts an old one: pfSense uses AES-256-CBC with a key from PBKDF2 (SHA-256, 500,000
    /// rounds).
    ///
    /// Make one without a password, of the IPsec settings alone if you can.
    EncryptedBackup,
    /// A setting has no effect, because another one or the product goes over it.
    ///
    /// Whoever wrote it believes that it works.
    ///
    /// Remove it, or set what the message names.
    IgnoredSetting,
    /// Two values cannot be used together, or not with IKEv2.
    ///
    /// The daemon refuses them, or takes one of them and says nothing.
    ///
    /// Change one of the two; the message names both.
    IncompatibleValues,
    /// A value that the daemon does not take.
    ///
    /// charon discards the whole connection because of it, whatever else stands there.
    ///
    /// Write one of the values that the note names.
    InvalidValue,
    /// The file is not well-formed XML.
    ///
    /// It was cut off, edited by hand, or is of another kind than its beginning. The line is not shown,
    /// because what could not be taken apart may be a secret.
    ///
    /// Export the file again; do not paste a part of it.
    MalformedXml,
    /// A command lacks a parameter, a parameter its value, or a profile a key that it needs.
    ///
    /// PowerShell asks for it when the command runs; write all six values of a policy. The strongSwan
    /// app refuses to import a profile without its required keys.
    ///
    /// Add it; the message names it.
    MissingParameter,
    /// AEAD and classic encryption algorithms share a proposal.
    ///
    /// RFC 7296, section 3.3 has no way to send this, and strongSwan discards the whole connection.
    ///
    /// Write two proposals.
    MixedCipherModes,
    /// A connection has no child ("phase 2"), so no tunnel comes up over it.
    ///
    /// IKE comes up and then there is nothing to send traffic through.
    ///
    /// Add a child ("phase 2"), or remove the connection.
    NoChild,
    /// A proposal names no encryption algorithm.
    ///
    /// There is nothing to encrypt with, and the daemon discards the connection.
    ///
    /// Add one, such as `aes256`.
    NoCipher,
    /// The file configures no connection.
    ///
    /// It is a backup of something else, or of a firewall without IPsec; it holds secrets or settings
    /// only; or it includes files that are missing here.
    ///
    /// Name the file that holds the connections.
    NoConnection,
    /// A proposal of classic ciphers names no integrity algorithm.
    ///
    /// Without it, changed packets could not be told from good ones; the daemon discards the
    /// connection.
    ///
    /// Add one, such as `sha256`, or use an AEAD cipher such as `aes256gcm16`.
    NoIntegrity,
    /// An IKE proposal names no key exchange ("DH group").
    ///
    /// IKE cannot do without; strongSwan discards the whole connection.
    ///
    /// Add a group, such as `modp2048`.
    NoKeyExchange,
    /// A client was asked for by the name of its system or release.
    ///
    /// `ikecompat clients show` says what that profile covers and on what evidence.
    ///
    /// Choose another profile with `--clients` if that is not what you mean.
    NearestClient,
    /// An IKE proposal names no PRF, and no integrity algorithm to derive it from.
    ///
    /// strongSwan derives the PRF from the integrity algorithm where one is named, also beside an AEAD
    /// cipher, which does not need it otherwise. Without either it discards the connection.
    ///
    /// Add one, such as `prfsha256`.
    NoPrf,
    /// The file configures a server, or nothing of a client.
    ///
    /// A client is asked for here: its suites or its set-up.
    ///
    /// Give the file to `ikecompat check`, which reads servers, or name one for a client.
    NotAClient,
    /// The file configures a client, so it says nothing about a server.
    ///
    /// A server is asked for here.
    ///
    /// Give it to a client: `ikecompat check SERVER --clients windows-10=FILE`.
    NotAServer,
    /// A value is no span of time.
    ///
    /// What is not understood must not become another time.
    ///
    /// Write a number with a unit, such as `50m` or `8h`.
    NotATime,
    /// A value is no version.
    ///
    /// Answers depend on the release, and a wrong one would give wrong answers.
    ///
    /// Write it as in `strongswan@5.9.8`.
    NotAVersion,
    /// A value is no host name and no IP address.
    ///
    /// Clients dial a name or an address.
    ///
    /// Write a host name such as `vpn.example.org`, or an IP address.
    NotAnAddress,
    /// The connection does not use IKEv2.
    ///
    /// Its proposals are negotiated in another way, of which nothing is said here.
    ///
    /// Use IKEv2 on both sides.
    NotIkev2,
    /// An included file is not read.
    ///
    /// By default only files in the folder of the named file, and in folders below it, are included;
    /// `--include-anywhere` allows others.
    ///
    /// Allow it with `--include-anywhere`, or put the file beside the one that includes it.
    NotIncluded,
    /// A file for a client sets an algorithm that the release of the client is not known to have.
    ///
    /// A release that does not know a setting may leave it out, or refuse the file; no source says which.
    /// What the client then offers is not known.
    ///
    /// Name the release that the file is for, or connect such a client to `ikecompat listen`.
    NotInRelease,
    /// The product's pages have no such value, though its files can hold it.
    ///
    /// It works until somebody saves the entry in the pages, which refuse it.
    ///
    /// Choose a value that the pages have.
    NotSelectable,
    /// The product leaves an entry out when it writes the daemon's configuration.
    ///
    /// The pages show it, and nothing says that it is not there.
    ///
    /// Save the entry again in the pages and look for what they complain about.
    NotWritten,
    /// Several algorithms stand where the product takes exactly one.
    ///
    /// A row of pfSense's phase 1 has one encryption algorithm, one hash and one group, and a phase 2
    /// has one PFS group. Write one entry for each combination. A custom policy of RRAS has one value
    /// for each parameter, so one suite of IKE and one of ESP.
    ///
    /// Write one entry for each combination where the product has entries, else choose one.
    OneAlgorithmOnly,
    /// Several proposals stand where the app takes one.
    ///
    /// `ike-proposal` and `esp-proposal` of a `.sswan` profile hold one proposal each. It may list
    /// several algorithms of a kind: `aes256-aes128-sha256-modp2048`.
    ///
    /// Keep one proposal, and list the algorithms in it.
    OneProposalOnly,
    /// A proposal, or a list of them, is longer than the daemon takes.
    ///
    /// It discards the connection that has it.
    ///
    /// Write fewer algorithms, or several shorter proposals.
    ProposalTooLong,
    /// Another entry takes the place of this one.
    ///
    /// The daemon has one connection of a name; the last one that is written is the one it has.
    ///
    /// Give one of them another name, or remove it.
    Replaced,
    /// The file configures several connections where one is asked for.
    ///
    /// Which of them is meant cannot be guessed.
    ///
    /// Name one of them, or give a file with one connection.
    SeveralConnections,
    /// A parameter stands where a command should.
    ///
    /// In PowerShell a command ends with its line, unless a backtick is the last character of it.
    ///
    /// Add a backtick at the end of the line before, as its last character.
    StrayParameter,
    /// The text breaks the grammar of its format, so that nothing behind that place is certain.
    ///
    /// What stands behind could be read in several ways, and a guess would give a wrong answer.
    ///
    /// Mend the place; the message says what was expected.
    SyntaxError,
    /// The file is larger than any of its kind.
    ///
    /// Nobody writes so much by hand, and reading it would take minutes.
    ///
    /// Name the configuration itself; a log is for `ikecompat diagnose`.
    TooLarge,
    /// A word of a proposal names no algorithm that strongSwan knows.
    ///
    /// strongSwan's keywords are lower case, and it has no names such as `dh14`. One wrong word makes
    /// it discard the whole connection.
    ///
    /// Use the keyword that the help names; `ikecompat explain` knows the other names of an algorithm.
    UnknownKeyword,
    /// A key or section that the product does not know.
    ///
    /// charon discards a connection of swanctl.conf that has one; in ipsec.conf strongSwan ignores it,
    /// and libreswan refuses the file.
    ///
    /// Correct the spelling, or remove the line.
    UnknownOption,
    /// A command has no parameter of this name.
    ///
    /// PowerShell stops with an error, and nothing of the command is done.
    ///
    /// Correct the spelling; the help names the nearest one.
    UnknownParameter,
    /// A value is none of those that the product takes.
    ///
    /// The product refuses it, or takes something else in its place.
    ///
    /// Write one of the values that the note lists.
    UnknownValue,
    /// A value is computed when the script runs, or comes from outside.
    ///
    /// Scripts are read, not run.
    ///
    /// Write the value itself into the file that is read.
    UnresolvedValue,
    /// The file has words that only a certain version knows, so that version is assumed.
    ///
    /// An older release would refuse the file.
    ///
    /// Say which release it is for with `--engine`.
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
