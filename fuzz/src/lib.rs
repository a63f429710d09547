//! What several targets do with their input.

use std::io::Cursor;

use ikecompat::answer::diagnosis::{DiagnosisQuestion, diagnose as ask};
use ikecompat::diag::Sources;
use ikecompat::diagnose::learn::Learner;
use ikecompat::diagnose::stream::Stream;
use ikecompat::profile::Database;

/// Says what went wrong according to a log or a capture, and learns clients from it.
pub fn diagnose(bytes: &[u8]) {
    let stream = || Stream::of(Cursor::new(bytes.to_vec()));
    let database = Database::builtin();
    let policy = database.policy("rfc8247").expect("it is built in");
    let question = DiagnosisQuestion {
        server: None,
        policy: &policy,
    };
    let streams = [(); 2].map(|()| stream().map_err(Into::into));
    let sources = &mut Sources::new();
    let _ = ask(&question, streams, &database, sources, &mut |_| {});
    if let Ok(stream) = stream() {
        let mut learner = Learner::default();
        let _ = stream.feed(&mut |event| learner.take(event), &mut |_| {});
        let _ = learner.finish();
    }
}
