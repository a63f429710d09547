//! What a product has no words for.

use std::fmt::{self, Display, Formatter};

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
