//! What went wrong according to a log or a capture.

use super::reading::{self, ServerText};
use super::selection;
use crate::diag::{Diagnostic, Sources};
use crate::diagnose::stream::{Progress, Stream, Unreadable};
use crate::diagnose::{Aid, Diagnosis, DiagnosisReport, Outcome};
use crate::peer::Policy;
use crate::profile::Database;

/// What a diagnosis is asked for, beside the log or capture itself.
#[derive(Clone, Copy)]
pub struct DiagnosisQuestion<'q> {
    /// The configuration of the server, for the exact gap between it and the client.
    pub server: Option<ServerText<'q>>,
    /// By what suites are ranked.
    pub policy: &'q Policy,
}

/// What came of a diagnosis.
pub struct DiagnosisAnswer {
    /// The attempts, their outcome, and the causes.
    pub report: DiagnosisReport,
    /// Whether packets were looked at, not lines.
    pub packets: bool,
    /// What could not be looked at.
    pub warnings: Vec<String>,
    /// Warnings and notes about the server's text.
    pub reading: Vec<Diagnostic>,
}

/// Why there is no diagnosis.
pub enum NoDiagnosis {
    /// The question is wrong, or the server's text.
    Question(Vec<Diagnostic>),
    /// The log or capture could not be read.
    Stream(Unreadable),
}

/// Reads a log or a capture to its end and says what went wrong. `progress` is told how far it is.
pub fn diagnose(
    question: &DiagnosisQuestion<'_>,
    stream: Stream,
    database: &Database<'_>,
    sources: &mut Sources,
    progress: &mut dyn FnMut(Progress),
) -> Result<DiagnosisAnswer, NoDiagnosis> {
    let server = question.server.as_ref();
    let server = server.map(|text| reading::server(text, database, sources));
    let server = server.transpose().map_err(NoDiagnosis::Question)?;
    let clients = selection::every_client(database).map_err(NoDiagnosis::Question)?;
    let mut diagnosis = Diagnosis::new(Aid {
        clients: &clients,
        server: server.as_ref().map(|reading| &reading.value),
        policy: Some(question.policy),
    });
    let take = &mut |event: &_| diagnosis.take(event);
    let fed = stream.feed(take, progress).map_err(NoDiagnosis::Stream)?;
    let report = diagnosis.finish();
    if fed.is_binary && report.outcome() == Outcome::NotIke {
        return Err(NoDiagnosis::Stream(Unreadable::Binary));
    }
    Ok(DiagnosisAnswer {
        report,
        packets: fed.packets,
        warnings: fed.warnings,
        reading: server
            .map(|reading| reading.diagnostics)
            .unwrap_or_default(),
    })
}
