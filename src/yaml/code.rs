//! What can be wrong with a YAML text, whatever it is about.

use strum::{EnumIter, EnumMessage, IntoStaticStr};

/// Stable name of a complaint about YAML. The comment on a variant is its user documentation.
#[derive(
    Clone, Copy, Debug, EnumIter, EnumMessage, Eq, IntoStaticStr, Ord, PartialEq, PartialOrd,
)]
#[non_exhaustive]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum YamlCode {
    /// YAML does not allow this character in a text.
    ///
    /// Control characters other than tab and line breaks cannot be part of a YAML file. They get
    /// into one by copying from a terminal, or when the file is damaged.
    #[strum(serialize = "yaml-character")]
    Character,
    /// A mapping has the same key twice.
    ///
    /// Other programs silently take the first or the last one. Remove one of them.
    DuplicateKey,
    /// A key of a mapping is itself a list or a mapping.
    #[strum(serialize = "yaml-key-kind")]
    KeyKind,
    /// A key that has to be there is not.
    MissingKey,
    /// The file holds several YAML documents, separated by `---`.
    ///
    /// One file is one document. Split it into several files.
    #[strum(serialize = "yaml-several-documents")]
    SeveralDocuments,
    /// The text is not YAML.
    ///
    /// The place is where reading became impossible; the cause often stands a little before it:
    /// a missing colon, a quotation mark or bracket that is not closed, a tab, or a line that is
    /// indented by one blank too many. The line is not shown, because in a broken file nobody can
    /// tell which of its words are secret.
    #[strum(serialize = "yaml-syntax")]
    Syntax,
    /// A value carries a YAML tag such as `!secret`, which has no meaning here.
    #[strum(serialize = "yaml-tag")]
    Tag,
    /// Values are nested too deeply for a configuration.
    #[strum(serialize = "yaml-too-deep")]
    TooDeep,
    /// The text is too large for a configuration.
    #[strum(serialize = "yaml-too-large")]
    TooLarge,
    /// A key has no meaning in this place.
    ///
    /// Its value is never shown, because it may be a secret that does not belong there.
    UnknownKey,
    /// A word is none of those that are possible in this place.
    UnknownWord,
    /// An alias `*name` refers to an anchor `&name` that is not defined before it.
    #[strum(serialize = "yaml-unknown-anchor")]
    UnknownAnchor,
    /// A list stands where a word or a mapping is expected, or the other way round.
    WrongKind,
}
