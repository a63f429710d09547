//! The door "Diagnose": a log or a capture, and why it failed.

use std::io::{self, Read};

use ikecompat::answer::ServerText;
use ikecompat::answer::diagnosis::{self, DiagnosisAnswer, DiagnosisQuestion};
use ikecompat::diag::Sources;
use ikecompat::diagnose::redact::Redactor;
use ikecompat::diagnose::stream::{Progress, Stream, Unreadable};
use ikecompat::peer::Policy;
use ikecompat::profile::Database;
use ikecompat::write::report::diagnose::{DiagnosedFile, DiagnosisStyle, json, markdown, write};
use ikecompat::write::report::html::{self, diagnostics_part};
use js_sys::{Function, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};

use crate::reply::{File, Reply, Request};

/// So many octets are asked for at once.
const PIECE: usize = 1 << 20;

/// The columns of the text.
const WIDTH: u16 = 100;

/// Octets that the page holds, a file of any size among them.
pub(crate) struct Source {
    read: Function,
    piece: Vec<u8>,
    given: usize,
    offset: usize,
}

impl Source {
    pub(crate) const fn new(read: Function) -> Self {
        Self {
            read,
            piece: Vec::new(),
            given: 0,
            offset: 0,
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        let (offset, length) = (JsValue::from(self.offset), JsValue::from(PIECE));
        let failed = |_| io::Error::other("the browser could not read the file");
        let piece = self
            .read
            .call2(&JsValue::NULL, &offset, &length)
            .map_err(failed)?;
        let piece = piece.dyn_into::<Uint8Array>().map_err(failed)?;
        self.piece = piece.to_vec();
        self.given = 0;
        self.offset += self.piece.len();
        Ok(())
    }
}

impl Read for Source {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.given == self.piece.len() {
            self.fill()?;
        }
        let rest = &self.piece[self.given..];
        let length = rest.len().min(room.len());
        room[..length].copy_from_slice(&rest[..length]);
        self.given += length;
        Ok(length)
    }
}

/// A diagnosis with what is shown beside it.
pub(crate) struct Kept {
    answer: DiagnosisAnswer,
    name: String,
    remarks: String,
}

pub(crate) fn diagnose(
    request: &Request,
    server: &[u8],
    (source, progress): (Source, &Function),
    database: &Database<'_>,
    policy: &Policy,
) -> (Reply, Option<Kept>) {
    let question = DiagnosisQuestion {
        server: (!server.is_empty()).then(|| ServerText::new("the configuration", server)),
        policy,
    };
    let mut sources = Sources::new();
    let mut last = 0;
    let tell = &mut |far: Progress| {
        let (number, packets) = match far {
            Progress::Packets(number) => (number, true),
            Progress::Bytes(number) => (number, false),
        };
        // A page need not be told of every piece.
        let step = if packets { 50_000 } else { 1 << 20 };
        if number >= last + step {
            last = number;
            // Who does not listen misses nothing else.
            let _ = progress.call2(
                &JsValue::NULL,
                &JsValue::from(number as f64),
                &JsValue::from(packets),
            );
        }
    };
    let stream = Stream::of(source).map_err(Unreadable::Io);
    let diagnosed = diagnosis::diagnose(&question, [stream], database, &mut sources, tell);
    let name = request.name.as_deref().unwrap_or("the log").to_owned();
    let answer = match diagnosed {
        Ok(answer) => answer,
        Err(wrong) => return (Reply::complaints(&wrong, &sources), None),
    };
    if let Some(Err(why)) = answer.files.first() {
        return (Reply::failed(format!("{name} cannot be read: {why}")), None);
    }
    let remarks = diagnostics_part(&answer.reading, &sources);
    let kept = Kept {
        answer,
        name,
        remarks,
    };
    (kept.show(request.redact), Some(kept))
}

impl Kept {
    /// The answer; redacted, not even the name of the file is told.
    pub(crate) fn show(&self, redact: bool) -> Reply {
        let report = &self.answer.report;
        let name = if redact {
            "the file"
        } else {
            self.name.as_str()
        };
        let read = self.answer.files.iter().flatten().next();
        let shown = [DiagnosedFile {
            name: name.to_owned(),
            is_read: true,
            is_missing: false,
            packets: read.is_some_and(|read| read.packets),
            warnings: read.map(|read| read.warnings.clone()).unwrap_or_default(),
        }];
        let redactor = || redact.then(|| Redactor::of(report));
        let mut redacts = redactor();
        let mut look = DiagnosisStyle {
            files: &shown,
            width: WIDTH,
            redactor: redacts.as_mut(),
        };
        let html = html::diagnosis_part(report, &mut look);
        let files = [
            File::written("diagnosis.html", "a page to keep or print", |out| {
                html::diagnosis(report, &mut look, out)
            }),
            File::written("diagnosis.txt", "text", |out| write(report, &mut look, out)),
            File::written("diagnosis.md", "Markdown for a ticket", |out| {
                markdown(report, &shown, redactor().as_mut(), out)
            }),
            File::written("diagnosis.json", "for programs", |out| {
                let verdict = report.outcome().into();
                json(report, &shown, redactor().as_mut(), verdict, out)
            }),
        ];
        let first = report.findings().first();
        let cause = first.map_or_else(String::new, |finding| format!(": {}", finding.cause));
        Reply {
            ok: true,
            headline: format!("{}{cause}", report.outcome()),
            html,
            remarks: self.remarks.clone(),
            files: files.into_iter().flatten().collect(),
        }
    }
}
