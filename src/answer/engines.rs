//! One configuration under two engines: who notices an upgrade.

use std::sync::Arc;

use super::check::{Answer, ask};
use super::question::{Question, ServerInput};
use super::reading::{self, ServerText};
use super::selection::Clients;
use crate::diag::{Diagnostic, Sources};
use crate::peer::server::IkeVersions;
use crate::peer::{Client, Connection, Engine, Server};
use crate::profile::{BehaviourChange, Database};

/// The answer about one server with another engine than before: the same file, read and judged
/// twice.
#[derive(Clone, Debug)]
pub struct EngineComparison {
    /// With the engine that is left.
    pub before: Answer,
    /// With the engine that comes.
    pub after: Answer,
    /// What is another way whatever clients there are.
    pub releases: ReleaseDifference,
}

/// What two releases of an engine make of one configuration by themselves.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ReleaseDifference {
    /// What the releases do differently.
    pub changes: Vec<BehaviourChange>,
    /// Connections of which a peer of IKEv1 gets no answer any more.
    pub without_ikev1: Vec<WithoutIkev1>,
}

/// A connection that answered IKEv1 with the engine that is left.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WithoutIkev1 {
    /// Its name.
    pub connection: String,
    /// Whether it takes nothing else, so that nobody is answered.
    pub is_all: bool,
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
    let engines = (before.server.engine, after.server.engine);
    let changes = database.behaviour_changes(engines.0, engines.1);
    let releases = ReleaseDifference {
        changes: changes.map_err(reading::broken)?,
        without_ikev1: without_ikev1(&before.server, &after.server, database),
    };
    Ok(EngineComparison {
        before,
        after,
        releases,
    })
}

/// The connections that answer IKEv1 before, and not after.
fn without_ikev1(before: &Server, after: &Server, database: &Database<'_>) -> Vec<WithoutIkev1> {
    let takes = |server: &Server, connection: &Connection| {
        connection.not_loaded.is_none()
            && connection.versions != IkeVersions::Ikev2
            && database.answers_ikev1(server.engine)
    };
    let both = before.connections.iter().zip(&after.connections);
    both.filter(|(old, new)| takes(before, old) && !takes(after, new))
        .map(|(old, _)| WithoutIkev1 {
            connection: old.name.clone(),
            is_all: old.versions == IkeVersions::Ikev1,
        })
        .collect()
}
