//! A window that moves over a stream of octets.

use std::io::{self, ErrorKind, Read};

/// Size of the window, and of one reading, in octets.
const WINDOW: usize = 256 << 10;

/// The window never grows past this; the largest packet that any program captures is far smaller.
pub(super) const LIMIT: usize = 16 << 20;

#[derive(Debug)]
pub(super) struct Buffer<R> {
    source: R,
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

/// What became of the wish for more octets.
#[derive(Debug)]
pub(super) enum Filled {
    /// There are more.
    More,
    /// The source has ended.
    End,
    /// The window is as large as it may be.
    Full,
    /// The source cannot be read.
    Failed(io::Error),
}

impl<R: Read> Buffer<R> {
    pub(super) fn new(source: R) -> Self {
        Self {
            source,
            bytes: vec![0; WINDOW],
            start: 0,
            end: 0,
        }
    }

    /// What is in the window.
    pub(super) fn data(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }

    /// Moves the window past `count` octets.
    pub(super) fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
    }

    /// Reads more octets behind those in the window.
    pub(super) fn fill(&mut self) -> Filled {
        self.bytes.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.end == self.bytes.len() {
            if self.bytes.len() >= LIMIT {
                return Filled::Full;
            }
            self.bytes.resize(self.bytes.len() * 2, 0);
        }
        loop {
            let space = self.bytes.get_mut(self.end..).unwrap_or_default();
            match self.source.read(space) {
                Ok(0) => return Filled::End,
                Ok(count) => {
                    self.end += count;
                    return Filled::More;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Filled::Failed(error),
            }
        }
    }
}
