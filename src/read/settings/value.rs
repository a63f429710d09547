//! The value of a setting, and where each part of it stands.

use std::ops::{Deref, Range};

use crate::diag::Span;

/// A value after quotes and escapes have been taken away.
///
/// Words that are not quoted are joined by one blank, whatever stands between them in the file.
#[derive(Clone, Debug)]
pub(in crate::read) struct Value {
    text: String,
    /// The whole value in the file, quotes included.
    span: Span,
    /// Where runs of octets of `text` stand in the file, ascending.
    runs: Vec<Run>,
}

#[derive(Clone, Copy, Debug)]
struct Run {
    /// Place in the text.
    at: usize,
    /// Place in the file.
    source: usize,
    /// How many octets of the file it stands for; fewer than those of the text where a word of the file means
    /// another one.
    length: usize,
}

impl Value {
    /// A value that begins at `start` of the file and is empty so far.
    pub(in crate::read) const fn begin(file: usize, start: usize) -> Self {
        Self {
            text: String::new(),
            span: Span::new(file, start..start),
            runs: Vec::new(),
        }
    }

    /// Adds octets that stand in the file at `source` as they are.
    pub(in crate::read) fn push(&mut self, text: &str, source: usize) {
        if !text.is_empty() {
            let at = self.text.len();
            let length = text.len();
            self.runs.push(Run { at, source, length });
            self.text.push_str(text);
        }
    }

    /// Adds what a word of the file means, whatever the word is.
    pub(in crate::read) fn push_meaning(&mut self, text: &str, place: &Span) {
        if !text.is_empty() {
            self.runs.push(Run {
                at: self.text.len(),
                source: place.start,
                length: place.end - place.start,
            });
            self.text.push_str(text);
        }
        self.span.start = self.span.start.min(place.start);
        self.span.end = self.span.end.max(place.end);
    }

    /// What a word of the file, or what stands there, means.
    pub(in crate::read) fn meaning(text: &str, place: &Span) -> Self {
        let mut value = Self::begin(place.file, place.start);
        value.push_meaning(text, place);
        value
    }

    /// A list of what words mean, with the place of the first; `None` where there is none.
    pub(in crate::read) fn list<'w>(
        words: impl IntoIterator<Item = (impl AsRef<str>, &'w Span)>,
    ) -> Option<(Span, Self)> {
        let mut list: Option<(Span, Self)> = None;
        for (text, place) in words {
            let (_, list) = list.get_or_insert_with(|| {
                let value = Self::begin(place.file, place.start);
                (place.clone(), value)
            });
            list.append(",", text.as_ref(), place);
        }
        list
    }

    /// Adds what a word means behind a sign that stands nowhere; the first one has none before it.
    pub(in crate::read) fn append(&mut self, sign: &str, text: &str, place: &Span) {
        if !self.text.is_empty() {
            self.push_meaning(sign, &Span::new(place.file, place.start..place.start));
        }
        self.push_meaning(text, place);
    }

    /// Adds a proposal of these words behind those that are there.
    pub(in crate::read) fn append_proposal<'w>(
        &mut self,
        words: impl IntoIterator<Item = (&'w str, &'w Span)>,
    ) {
        for (count, (text, place)) in words.into_iter().enumerate() {
            self.append(if count == 0 { "," } else { "-" }, text, place);
        }
    }

    /// Says how far the value reaches in the file.
    pub(in crate::read) const fn reach(&mut self, end: usize) {
        self.span.end = end;
    }

    /// The value without room for more.
    pub(in crate::read) fn ended(mut self) -> Self {
        self.text.shrink_to_fit();
        self.runs.shrink_to_fit();
        self
    }

    /// The whole value in the file, quotes included.
    pub(in crate::read) const fn span(&self) -> &Span {
        &self.span
    }

    /// Where the octets `part` of the text stand in the file.
    pub(in crate::read) fn part(&self, part: Range<usize>) -> Span {
        let run = |before: usize| {
            let index = self.runs.partition_point(|run| run.at < before);
            self.runs[..index].last()
        };
        let within = |run: &Run, place: usize| run.source + (place - run.at).min(run.length);
        let start = run(part.start + 1).map_or(self.span.start, |run| within(run, part.start));
        let end = run(part.end).map_or(start, |run| within(run, part.end));
        let start = start.min(self.span.end);
        Span::new(self.span.file, start..end.clamp(start, self.span.end))
    }

    /// The items of a list, with blanks around them dropped and empty ones left out, as swanctl
    /// splits them; each with its octets in the text.
    pub(in crate::read) fn items(&self) -> impl Iterator<Item = (Range<usize>, &str)> {
        let mut next = 0;
        self.text.split(',').filter_map(move |raw| {
            let start = next;
            next += raw.len() + 1;
            let item = raw.trim_matches(' ');
            let start = start + raw.len() - raw.trim_start_matches(' ').len();
            (!item.is_empty()).then(|| (start..start + item.len(), item))
        })
    }
}

impl Deref for Value {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}
