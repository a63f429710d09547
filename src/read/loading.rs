//! Connections that a daemon does not load, and what that makes of the whole reading.

use crate::diag::{Diagnostic, Severity};
use crate::peer::Connection;

/// Notes that the daemon does not load `connection`, because of what `diagnostic` says.
pub(super) fn discard(
    connection: &mut Connection,
    remarks: &mut Vec<Diagnostic>,
    diagnostic: Diagnostic,
) {
    let diagnostic = match &connection.span {
        Some(span) if diagnostic.place.span() != Some(span) => {
            diagnostic.context(span.clone(), "this connection is not loaded")
        }
        _ => diagnostic,
    };
    let why = diagnostic.message.clone();
    connection.not_loaded.get_or_insert(why);
    remarks.push(diagnostic);
}

/// Brings the remarks on `connections` into order. Fails if none of them is loaded; else what costs
/// single connections is no error of the whole.
pub(super) fn settle(
    connections: &[Connection],
    mut remarks: Vec<Diagnostic>,
) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    crate::diag::sort(&mut remarks);
    if connections.iter().all(|one| one.not_loaded.is_some()) {
        return Err(remarks);
    }
    for remark in &mut remarks {
        remark.severity = remark.severity.min(Severity::Warning);
    }
    Ok(remarks)
}
