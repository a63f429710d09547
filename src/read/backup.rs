//! What the backups of pfSense and OPNsense have in common: several connections, of which each may
//! be discarded by strongSwan without harm to the others.

use super::{Around, Code, Reading};
use crate::diag::{self, Diagnostic, Place, Severity, Span};
use crate::ike::Protocol;
use crate::peer::{Engine, Entry, Origin, Server};

/// A backup while it is read.
pub(super) struct Backup<'a> {
    /// What negotiates.
    pub(super) engine: Engine,
    around: &'a Around<'a>,
    remarks: Vec<Diagnostic>,
    /// Places of those remarks that say why a connection is discarded.
    discarding: Vec<usize>,
}

impl<'a> Backup<'a> {
    pub(super) fn new(around: &'a Around<'a>) -> Self {
        Self {
            engine: around.engine.unwrap_or(Engine::STRONGSWAN_5_9_8),
            around,
            remarks: Vec::new(),
            discarding: Vec::new(),
        }
    }

    /// Says something about the file.
    pub(super) fn warn(&mut self, remark: Diagnostic) {
        self.remarks.push(remark);
    }

    /// Says why a connection is not there in the end. That is a warning as long as another
    /// connection is. Gives the reason.
    pub(super) fn discard(&mut self, remark: Diagnostic) -> String {
        let message = remark.message.clone();
        self.discarding.push(self.remarks.len());
        self.remarks.push(Diagnostic {
            severity: Severity::Warning,
            ..remark
        });
        message
    }

    /// The engine's own proposals, because the entry at `place` configures none.
    pub(super) fn default_proposals(
        &mut self,
        protocol: Protocol,
        place: &Span,
        what: &str,
    ) -> Vec<Entry> {
        let Engine { name, version } = self.engine;
        let Some(proposals) = (self.around.defaults)(self.engine, protocol) else {
            let message =
                format!("{what}, and it is not known what {name} {version} uses by default");
            self.discard(Diagnostic::error(Code::DefaultUnknown, place, message));
            return Vec::new();
        };
        let message = format!("{what}, so {name} {version} uses its default proposals");
        self.warn(Diagnostic::new(
            Severity::Note,
            Code::DefaultAssumed,
            place,
            message,
        ));
        let entry = |proposal| Entry {
            proposal,
            origin: Origin::Default(format!("{name} {version}")),
        };
        proposals.into_iter().map(entry).collect()
    }

    /// The server, or everything that is wrong, `errors` included. A file of which no connection
    /// is left, because each was discarded, is not usable.
    pub(super) fn finish(
        mut self,
        server: Server,
        errors: Vec<Diagnostic>,
    ) -> Result<Reading<Server>, Vec<Diagnostic>> {
        let loaded = server.connections.iter().any(|it| it.not_loaded.is_none());
        if !loaded {
            for place in &self.discarding {
                self.remarks[*place].severity = Severity::Error;
            }
        }
        self.remarks.extend(errors);
        diag::sort(&mut self.remarks);
        if self.remarks.iter().any(|it| it.severity == Severity::Error) {
            return Err(self.remarks);
        }
        Ok(Reading {
            value: server,
            remarks: self.remarks,
        })
    }
}

/// Refuses a backup that is encrypted: both products begin it with the same line.
pub(super) fn refuse_encrypted(text: &str, file: usize) -> Result<(), Vec<Diagnostic>> {
    if !text.trim_start().starts_with("---- BEGIN config.xml ----") {
        return Ok(());
    }
    let message = "the backup is encrypted";
    Err(vec![
        Diagnostic::error(Code::EncryptedBackup, Place::File(file), message)
            .help("make a backup without encryption, of the IPsec settings alone if you can"),
    ])
}
