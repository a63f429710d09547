//! Reading configurations: a text in, a [`peer`](crate::peer) out.
//!
//! One file a format. A reader opens no files; it is given a text of [`Sources`](crate::diag::Sources)
//! and says everything that is wrong with it at once. It knows the words of its format and what
//! the server's engine makes of them, but not what is wise: that is for lint and rank.

mod code;
pub mod pfsense;
pub mod proposal;
pub mod server_yaml;

use crate::diag::Diagnostic;

pub use code::Code;

/// What was read, and what is to be said about it that does not make it unusable.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reading<T> {
    /// What was read.
    pub value: T,
    /// Notes and warnings, in the order of the text.
    pub remarks: Vec<Diagnostic>,
}
