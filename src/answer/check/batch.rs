//! Several questions at once: a folder of configurations.

use super::{judge, read};
use crate::answer::Answer;
use crate::answer::question::Question;
use crate::answer::selection::Selections;
use crate::diag::{Diagnostic, Sources};
use crate::profile::Database;

/// What came of one of several questions.
pub struct Answered {
    /// The texts that places point into.
    pub sources: Sources,
    /// The answer, or everything that is wrong.
    pub result: Result<Answer, Vec<Diagnostic>>,
}

/// The answers to several questions.
pub struct Answers {
    /// One for each question, in their order.
    pub each: Vec<Answered>,
    /// Warnings and notes about the files that configure clients.
    pub selection: Vec<Diagnostic>,
    /// The texts that they point into.
    pub sources: Sources,
}

/// Applies work to many items, at once or one after the other.
pub trait Executor {
    /// Returns the results in the order of `items`; `what` names the work for who waits for it.
    fn map<T: Sync, R: Send>(
        &self,
        items: &[T],
        what: &'static str,
        work: impl Fn(&T) -> R + Sync,
    ) -> Vec<R>;
}

/// One after the other.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sequential;

impl Executor for Sequential {
    fn map<T: Sync, R: Send>(
        &self,
        items: &[T],
        _what: &'static str,
        work: impl Fn(&T) -> R + Sync,
    ) -> Vec<R> {
        items.iter().map(work).collect()
    }
}

/// Answers several questions; the clients of equal words are looked up once.
///
/// Fails where the words of a selection mean nothing, since that concerns every question.
pub fn ask_all(
    questions: &[Question<'_>],
    database: &Database<'_>,
    executor: &impl Executor,
) -> Result<Answers, (Vec<Diagnostic>, Sources)> {
    let read = executor.map(questions, "reading", |question| {
        let mut sources = Sources::new();
        let reading = read(question, database, &mut sources);
        (reading, sources)
    });
    let read: Vec<_> = questions.iter().zip(read).collect();
    let mut selections = Selections::default();
    let (mut selection, mut sources) = (Vec::new(), Sources::new());
    for (question, (reading, _)) in &read {
        let Ok(reading) = reading else {
            continue;
        };
        let server = &reading.value;
        let looked_up = selections.look_up(
            question.clients,
            server,
            database,
            question.files,
            &mut sources,
        );
        match looked_up {
            Ok(said) => selection.extend(said),
            Err(wrong) => return Err((wrong, sources)),
        }
    }
    let each = executor.map(&read, "comparing", |(question, (reading, sources))| {
        let result = reading.clone().and_then(|reading| {
            let texts = (sources, sources.count());
            judge(question, reading, &selections, database, texts)
        });
        Answered {
            sources: sources.clone(),
            result,
        }
    });
    Ok(Answers {
        each,
        selection,
        sources,
    })
}
