//! What went wrong according to a log or a capture.

use super::reading::{self, ServerText};
use super::selection;
use crate::diag::{Diagnostic, Sources};
use crate::diagnose::stream::{Progress, Stream, Unreadable};
use crate::diagnose::{Aid, Diagnosis, DiagnosisReport};
use crate::peer::Policy;
use crate::profile::Database;

/// What a diagnosis is asked for, beside the logs and captures themselves.
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
    /// What there is to say of each log or capture, in their order, or why it could not be read.
    pub files: Vec<Result<FileRead, Unreadable>>,
    /// Warnings and notes about the server's text.
    pub reading: Vec<Diagnostic>,
}

/// What there is to say of a log or capture that was read.
pub struct FileRead {
    /// Whether packets were looked at, not lines.
    pub packets: bool,
    /// What could not be looked at.
    pub warnings: Vec<String>,
    /// Whether it has a word of IKE in it.
    pub is_ike: bool,
}

/// Reads logs and captures to their ends, one after the other, and says what went wrong. What different ends tell
/// of one attempt is one story. `progress` is told how far the reading is.
///
/// # Errors
///
/// The question is wrong, or the server's text.
pub fn diagnose(
    question: &DiagnosisQuestion<'_>,
    streams: impl IntoIterator<Item = Result<Stream, Unreadable>>,
    database: &Database<'_>,
    sources: &mut Sources,
    progress: &mut dyn FnMut(Progress),
) -> Result<DiagnosisAnswer, Vec<Diagnostic>> {
    let server = question.server.as_ref();
    let server = server.map(|text| reading::server(text, database, sources));
    let server = server.transpose()?;
    let clients = selection::every_client(database)?;
    let mut diagnosis = Diagnosis::new(Aid {
        clients: &clients,
        server: server.as_ref().map(|reading| &reading.value),
        policy: Some(question.policy),
        ..Aid::default()
    });
    let mut files = Vec::new();
    for stream in streams {
        if !files.is_empty() {
            diagnosis.next_file();
        }
        let read = stream.and_then(|stream| read(stream, &mut diagnosis, progress));
        files.push(read);
    }
    Ok(DiagnosisAnswer {
        report: diagnosis.finish(),
        files,
        reading: server
            .map(|reading| reading.diagnostics)
            .unwrap_or_default(),
    })
}

fn read(
    stream: Stream,
    diagnosis: &mut Diagnosis<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<FileRead, Unreadable> {
    let mut is_ike = false;
    let take = &mut |event: &_| {
        is_ike = true;
        diagnosis.take(event);
    };
    let fed = stream.feed(take, progress)?;
    if fed.is_binary && !is_ike {
        return Err(Unreadable::Binary);
    }
    Ok(FileRead {
        packets: fed.packets,
        warnings: fed.warnings,
        is_ike,
    })
}
