//! What several targets do with their input.

use std::io::Cursor;

use ikecompat::answer::diagnosis::{DiagnosisQuestion, diagnose as ask};
use ikecompat::crypt::Random;
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

/// Octets that are no secret: each is one more than the one before it.
#[derive(Debug, Default)]
pub struct Counting(u8);

impl Random for Counting {
    fn fill(&mut self, octets: &mut [u8]) {
        for octet in octets {
            self.0 = self.0.wrapping_add(1);
            *octet = self.0;
        }
    }
}

/// Input as datagrams, each behind its length in two octets.
pub fn datagrams(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut all = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes(*length)).min(rest.len());
        let (datagram, left) = rest.split_at(length);
        all.push(datagram);
        bytes = left;
    }
    all
}
