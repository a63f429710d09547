//! A plan as it is read from the top: what to do, for whom and how good that is; what there is to choose; what to
//! set on the server; each client; and why. The same order in each format for people.

use std::io::{self, Write};

use crate::answer::PlanAnswer;
use crate::answer::migration::{Migration, migration};
use crate::diag::Tone;
use crate::profile::Database;
use crate::recommend::{Frontier, Plan, Preference};
use crate::write::grid::Grid;
use crate::write::plan::alternatives::{self, choice};
use crate::write::plan::migration as change;
use crate::write::plan::text::{self, Part, told};
use crate::write::report::certificate;

/// What is reported: a plan of an answer, and what could be chosen in its place.
#[derive(Clone, Debug)]
pub struct PlanReport<'a> {
    frontier: &'a Frontier,
    plan: &'a Plan,
    answer: &'a PlanAnswer,
    prefer: Option<Preference>,
    migration: Option<Migration>,
}

impl<'a> PlanReport<'a> {
    /// A report of the plan at a place of the frontier, from 0; of the recommended one where there is none.
    pub fn new(
        (frontier, place): (&'a Frontier, usize),
        answer: &'a PlanAnswer,
        prefer: Option<Preference>,
        database: &Database<'_>,
    ) -> Self {
        let plan = frontier.plans().nth(place);
        let plan = plan.unwrap_or_else(|| frontier.recommended());
        Self {
            frontier,
            plan,
            answer,
            prefer,
            migration: migration(answer, plan, database),
        }
    }

    /// The plan.
    pub const fn plan(&self) -> &'a Plan {
        self.plan
    }

    /// The answer that it is of.
    pub(crate) const fn answer(&self) -> &'a PlanAnswer {
        self.answer
    }

    /// What to do, for whom, and how good that is.
    pub(crate) fn summary(&self) -> [String; 3] {
        alternatives::summary(self.plan, &self.answer.context())
    }

    /// The plans that no other plan beats, if there is a choice.
    pub(crate) fn choice(&self) -> Option<Grid> {
        choice(self.frontier, &self.answer.context())
    }

    /// Whether there are no others.
    pub(crate) const fn is_complete(&self) -> bool {
        self.frontier.is_complete
    }

    /// What to set on the server, and what that changes in its file.
    pub(crate) fn settings(&self) -> io::Result<Vec<Part>> {
        let mut parts = text::settings(self.plan, &self.answer.context())?;
        if let Some((existing, way)) = self.answer.existing.as_ref().zip(self.migration.as_ref()) {
            let mut text = Vec::new();
            let told = told(self.plan, &self.answer.context());
            change::write(existing, way, &told, &mut text)?;
            parts.push(Part::headed(text));
        }
        Ok(parts)
    }

    /// Each client: what it gets, what is done on it, what it makes of the certificates.
    pub(crate) fn clients(&self) -> io::Result<Vec<Part>> {
        let mut parts = text::clients(self.plan, &self.answer.context())?;
        if let Some(shown) = self.answer.given.shown() {
            let mut text = Vec::new();
            certificate::write(shown, &self.answer.certificates, &mut text)?;
            parts.push(Part::headed(text));
        }
        Ok(parts)
    }

    /// Why the plan is as it is: paragraphs, of which the first line is a heading if others follow.
    pub(crate) fn why(&self) -> io::Result<Vec<String>> {
        let mut paragraphs = Vec::new();
        if let Some(free) = &self.answer.with_client_changes {
            paragraphs.push(alternatives::price_of_untouched(self.plan, free));
        }
        paragraphs.extend(alternatives::why(
            self.frontier,
            &self.answer.context(),
            self.prefer,
        )?);
        Ok(paragraphs)
    }

    /// Writes the report as plain text.
    pub fn text(&self, out: &mut impl Write) -> io::Result<()> {
        for (place, line) in self.summary().into_iter().enumerate() {
            // The first one is the answer: there is a plan.
            let tone = if place == 0 {
                Tone::Good
            } else {
                Tone::Neutral
            };
            writeln!(out, "{}", tone.marked(&line))?;
        }
        if let Some(grid) = self.choice() {
            writeln!(out, "\n{}", alternatives::UNBEATEN)?;
            for row in std::iter::once(&grid.header).chain(&grid.rows) {
                if let [number, touched, effort, entries, good] = row.as_slice() {
                    let numbers = format!("{number:>4}  {touched:>9}  {effort:>6}  {entries:>7}");
                    writeln!(out, "  {numbers}  {good}")?;
                }
            }
        }
        if !self.is_complete() {
            writeln!(out, "\n{}", alternatives::INCOMPLETE)?;
        }
        for part in self.settings()?.iter().chain(&self.clients()?) {
            writeln!(out)?;
            out.write_all(part.plain().trim_start_matches('\n').as_bytes())?;
        }
        for paragraph in self.why()? {
            writeln!(out, "\n{}", paragraph.trim_end())?;
        }
        Ok(())
    }
}
