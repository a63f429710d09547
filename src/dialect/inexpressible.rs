//! What a product has no words for.

use std::fmt::{self, Display, Formatter};

use strum::{EnumIter, EnumMessage, IntoStaticStr};

/// Stable name of a complaint about what is to be written. The comment on a variant is its user
/// documentation.
#[derive(
    Clone, Copy, Debug, EnumIter, EnumMessage, Eq, IntoStaticStr, Ord, PartialEq, PartialOrd,
)]
#[non_exhaustive]
#[strum(serialize_all = "kebab-case")]
pub enum DialectCode {
    /// The product has no value for a suite, or no place for so many of them.
    ///
    /// Nothing is written, because a file that says something else than it was asked for would lock
    /// somebody out. The message names the product's limit, the note where that limit is written, and
    /// the help the suite that comes nearest among those the product does have. `ikecompat convert
    /// --partial` writes what can be said and lists the rest.
    ///
    /// Take the suite that the help names, choose another product, or write the rest with `ikecompat
    /// convert --partial`.
    Inexpressible,
    /// The format has no place for something that the configuration says.
    ///
    /// The proposals are all there.
    ///
    /// Set by hand what is missing: networks, secrets, or a setting that the product keeps elsewhere.
    NotCarried,
}

/// A request that a product cannot carry out: its limit, and where that limit is written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Inexpressible {
    /// What was asked for, in strongSwan's keywords.
    pub what: String,
    /// The product or command.
    pub product: &'static str,
    /// Its limit.
    pub limit: &'static str,
    /// Where the limit is written.
    pub source: &'static str,
}

impl Display for Inexpressible {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self {
            what,
            product,
            limit,
            ..
        } = self;
        write!(f, "{product} has no value for `{what}`: {limit}")
    }
}

impl std::error::Error for Inexpressible {}
