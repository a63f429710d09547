//! One configuration under two engines: who notices an upgrade.

use std::sync::Arc;

use super::check::{Answer, ask};
use super::question::{Question, ServerInput};
use super::reading::ServerText;
use super::selection::Clients;
use crate::diag::{Diagnostic, Sources};
use crate::peer::{Client, Engine};
use crate::profile::Database;

/// The answer about one server with another engine than before: the same file, read and judged
/// twice.
#[derive(Clone, Debug)]
pub struct EngineComparison {
    /// With the engine that is left.
    pub before: Answer,
    /// With the engine that comes.
    pub after: Answer,
}

/// Answers a question for two engines: `other`, and the one that the question or its text names.
/// Of two versions of one engine the older one is left and the newer one comes; otherwise `other` is
/// left.
pub fn compare_engines(
    question: &Question<'_>,
    other: Engine,
    database: &Database<'_>,
    sources: &mut Sources,
) -> Result<EngineComparison, Vec<Diagnostic>> {
    let named = ask(question, database, sources)?;
    let server = match question.server {
        ServerInput::Text(text) => ServerInput::Text(ServerText {
            engine: Some(other),
            engine_note: None,
            ..text
        }),
        ServerInput::Model(server) => ServerInput::Model(server),
    };
    let clients: Vec<Arc<Client>> = named
        .clients
        .iter()
        .map(|one| Arc::clone(&one.report.client))
        .collect();
    let question = Question {
        server,
        clients: Clients::Given(&clients),
        ..*question
    };
    // What there is to say about the text was said for the other engine.
    let others = ask(&question, database, &mut Sources::new())?;
    let (own, other) = (named.server.engine, others.server.engine);
    let (before, after) = if other.name == own.name && other.version > own.version {
        (named, others)
    } else {
        (others, named)
    };
    Ok(EngineComparison { before, after })
}
