//! What can be wrong with a text as such, before any format is looked at.

use strum::{EnumIter, EnumMessage, IntoStaticStr};

/// Stable name of a complaint about a text. The comment on a variant is its user documentation.
#[derive(
    Clone, Copy, Debug, EnumIter, EnumMessage, Eq, IntoStaticStr, Ord, PartialEq, PartialOrd,
)]
#[non_exhaustive]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum SourceCode {
    /// The file is not text in UTF-8.
    ///
    /// Configuration files are read as UTF-8, with or without a byte order mark. UTF-16 is read if it
    /// begins with a byte order mark, as Windows PowerShell writes it when output is redirected with
    /// `>`, and ISO-8859-1 if an XML declaration says so. Some editors save in the code page of the
    /// system: save the file again with the encoding "UTF-8".
    ///
    /// Save the file again with the encoding "UTF-8".
    NotUtf8,
    /// The file contains a NUL character, which no configuration file has.
    ///
    /// It is a binary file, or text in UTF-16 without a byte order mark, or it was damaged.
    ///
    /// Export it again as text, or save it with the encoding "UTF-8".
    NulCharacter,
}
