//! Several files opened, asked about, and what came of each.

use std::path::PathBuf;

use ikecompat::answer::words::Frame;
use ikecompat::answer::{Answer, Question, ServerInput, ask_all};
use ikecompat::diag::{Diagnostic, Finding, Place, Severity, Sources};
use ikecompat::profile::Database;
use ikecompat::write::report::lint::LintedFile;
use ikecompat::write::report::summary::{FileRow, NOTHING_FOUND, PassedOver, Summary};

use super::inputs::{self, Input, Opened, Parallel};
use super::kind::{self, Kind};
use super::servers::{OpenedServer, ReadArgs};
use super::terminal::{self, Terminal};

/// What becomes of files that are no configurations.
#[derive(clap::Args, Clone, Copy, Debug, Default)]
pub(super) struct SkipArgs {
    /// Pass over files that are no configurations of servers, instead of failing on them: for hooks that
    /// name every file of a commit
    #[arg(long)]
    pub(super) skip_unrecognised: bool,
}

impl SkipArgs {
    /// Whether there was nothing to judge, and that is right.
    pub(super) const fn passes(self, asked: &Asked) -> bool {
        self.skip_unrecognised && asked.answers.is_empty() && asked.unreadable.is_empty()
    }
}

/// The files that the user named, and those in the folders that the user named.
pub(super) struct OpenedFiles {
    files: Vec<(Input, Opened)>,
    terminal: Terminal,
}

impl OpenedFiles {
    /// Opens them. With `skip` a file that was named need be no configuration, as those in folders.
    pub(super) fn open(
        paths: &[PathBuf],
        read: &ReadArgs,
        (skip, terminal): (SkipArgs, Terminal),
    ) -> anyhow::Result<Self> {
        let mut inputs = inputs::expand(paths)?;
        for input in &mut inputs {
            input.found |= skip.skip_unrecognised;
        }
        let inputs = inputs.into_iter();
        let open = |input: Input| {
            let opened = inputs::open(&input, read);
            (input, opened)
        };
        Ok(Self {
            files: inputs.map(open).collect(),
            terminal,
        })
    }

    /// How many files there are.
    pub(super) const fn count(&self) -> usize {
        self.files.len()
    }

    /// The files that can be read, each with whether nobody named it, and why the others cannot.
    pub(super) fn each(&self) -> impl Iterator<Item = Result<(&Input, &OpenedServer), &str>> {
        self.files
            .iter()
            .filter_map(|(input, opened)| match opened {
                Opened::File(file) => Some(Ok((input, file))),
                Opened::Failed { why, .. } => Some(Err(why.as_str())),
                Opened::Skipped(_) => None,
            })
    }

    /// Asks the same about each. `None` if the selection of clients is wrong, which has been said.
    pub(super) fn ask(&self, question: &Question<'_>, database: &Database<'_>) -> Option<Asked> {
        let texts = self.files.iter().filter_map(|(_, opened)| match opened {
            Opened::File(file) => Some(file.text()),
            Opened::Failed { .. } | Opened::Skipped(_) => None,
        });
        let questions: Vec<Question<'_>> = texts
            .map(|text| Question {
                server: ServerInput::Text(text),
                ..*question
            })
            .collect();
        let parallel = Parallel {
            quiet: self.terminal.quiet,
        };
        let answers = match ask_all(&questions, database, &parallel) {
            Ok(answers) => answers,
            Err((diagnostics, sources)) => {
                self.terminal.complain(&diagnostics, &sources);
                return None;
            }
        };
        let mut asked = Asked {
            selection: vec![(answers.selection, answers.sources)],
            ..Asked::default()
        };
        let mut each = answers.each.into_iter();
        for (input, opened) in &self.files {
            let unreadable = match opened {
                Opened::Skipped(kind) => {
                    asked.skipped.push(kind::passed_over(&input.path, *kind));
                    continue;
                }
                Opened::Failed { name, why, next } => Unreadable {
                    name: name.clone(),
                    sources: Sources::new(),
                    diagnostics: Vec::new(),
                    error: Some(why.clone()),
                    next: next.clone(),
                },
                Opened::File(file) => {
                    let Some(answered) = each.next() else {
                        break; // there is an answer for each file
                    };
                    match answered.result {
                        Ok(answer) => {
                            asked.answers.push((answer, answered.sources));
                            continue;
                        }
                        Err(diagnostics) if input.is_of_a_client(&diagnostics) => {
                            let kind = Kind::of(file.bytes());
                            asked.skipped.push(kind::passed_over(&input.path, kind));
                            continue;
                        }
                        Err(diagnostics) => Unreadable {
                            name: file.name().to_owned(),
                            sources: answered.sources,
                            diagnostics,
                            error: None,
                            next: None,
                        },
                    }
                }
            };
            asked.unreadable.push(unreadable);
        }
        Some(asked)
    }
}

/// What came of asking about several files.
#[derive(Default)]
pub(super) struct Asked {
    /// The answers, with the texts that they point into.
    pub(super) answers: Vec<(Answer, Sources)>,
    /// What could not be read.
    pub(super) unreadable: Vec<Unreadable>,
    /// What is no configuration of a server.
    pub(super) skipped: Vec<PassedOver>,
    /// What there is to say about the words that select clients.
    selection: Vec<(Vec<Diagnostic>, Sources)>,
}

impl Asked {
    /// Adds what came of other files.
    pub(super) fn extend(&mut self, other: Self) {
        self.answers.extend(other.answers);
        self.unreadable.extend(other.unreadable);
        self.skipped.extend(other.skipped);
        self.selection.extend(other.selection);
    }

    /// Says what there is to say about the selection.
    pub(super) fn tell_selection(&self, terminal: Terminal) {
        for (said, sources) in &self.selection {
            terminal.tell(said, sources);
        }
    }

    /// Moves what there is to say about the selection into the answer, if there is one that is to say it.
    pub(super) fn say_in_answer(&mut self) {
        if let [(answer, _)] = self.answers.as_mut_slice() {
            let (said, others): (Vec<_>, Vec<_>) = self
                .selection
                .drain(..)
                .partition(|(said, _)| said.iter().all(|it| it.place == Place::Nowhere));
            self.selection = others;
            let said = said.into_iter().flat_map(|(said, _)| said);
            answer.reading.extend(said.map(Finding::from));
        }
    }

    /// All of them in short.
    pub(super) fn summary(&self, terminal: Terminal) -> Summary {
        let unreadable = self.unreadable.iter();
        Summary {
            rows: self
                .answers
                .iter()
                .map(|(answer, _)| FileRow::of(answer))
                .collect(),
            unreadable: unreadable
                .map(|file| (file.name.clone(), file.reason()))
                .collect(),
            skipped: self.skipped.clone(),
            names_all: terminal.verbose,
            is_written_out: false,
        }
    }

    /// The answer about all of them in one line, and the next step.
    pub(super) fn frame(&self, terminal: Terminal) -> Frame {
        match self.answers.as_slice() {
            [(one, _)] if self.unreadable.is_empty() => Frame::of_answer(one),
            _ => self.summary(terminal).frame(),
        }
    }

    /// What could not be opened, and why; it has no text that a finding could point into.
    pub(super) fn unopened(&self) -> Vec<(String, String)> {
        let files = self.unreadable.iter();
        files
            .filter_map(|file| Some((file.name.clone(), file.error.clone()?)))
            .collect()
    }

    /// Says where no configuration was found at all.
    pub(super) fn complain_if_nothing(&self, skip: SkipArgs) {
        if self.answers.is_empty() && self.unreadable.is_empty() && !skip.skip_unrecognised {
            terminal::say(&format!("error: {NOTHING_FOUND}"));
        }
    }

    /// Says what keeps files from being read, and what there is to say about the others; without what the report
    /// counts, which is at most so severe.
    pub(super) fn complain(&self, terminal: Terminal, counted: Option<Severity>) {
        self.tell_selection(terminal);
        for (answer, sources) in &self.answers {
            let open = answer.reading.iter().filter(|finding| finding.is_open());
            let is_counted = |severity: Severity| counted.is_some_and(|most| severity <= most);
            let open = open.filter(|finding| !is_counted(finding.diagnostic.severity));
            let open: Vec<Diagnostic> = open.map(|finding| finding.diagnostic.clone()).collect();
            terminal.tell(&open, sources);
        }
        for file in &self.unreadable {
            file.complain(terminal, self.answers.is_empty());
        }
    }
}

impl Asked {
    /// Says the next step where the one file that was named could not be opened.
    pub(super) fn say_next(&self) {
        if let ([], [file]) = (self.answers.as_slice(), self.unreadable.as_slice())
            && let Some(next) = &file.next
        {
            terminal::say_beside(&format!("next: {next}"));
        }
    }
}

/// A configuration that could not be read.
pub(super) struct Unreadable {
    name: String,
    sources: Sources,
    diagnostics: Vec<Diagnostic>,
    /// Why it could not be opened.
    pub(super) error: Option<String>,
    /// What to do about that.
    next: Option<String>,
}

impl Unreadable {
    /// Says the reason: beside a report about other files, or `alone` with what to do.
    pub(super) fn complain(&self, terminal: Terminal, alone: bool) {
        if let Some(error) = &self.error {
            terminal::say_beside(&format!("error: {error}"));
        }
        match alone {
            true => terminal.refuse(&self.diagnostics, &self.sources),
            false => terminal.tell(&self.diagnostics, &self.sources),
        }
    }

    /// The reason in one line.
    fn reason(&self) -> String {
        let first = self.diagnostics.first().map(|one| one.message.clone());
        self.error.clone().or(first).unwrap_or_default()
    }

    /// What keeps it from being read; what has no text has no place in any report.
    pub(super) fn linted(&self) -> Option<LintedFile> {
        let has_text = self.error.is_none();
        has_text.then(|| LintedFile::unreadable(&self.name, &self.sources, &self.diagnostics))
    }
}
