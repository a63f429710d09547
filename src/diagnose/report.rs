//! The answer about a whole file: attempts folded by what came of them, and the causes ranked.

use indexmap::IndexMap;

use super::Cause;
use super::attempt::Attempt;
use super::event::Witness;
use super::finding::{DiagnosisFinding, Outcome, Phase};
use super::judge::{self, Aid, Judgement};

/// More rows than this are only counted.
const MOST_ROWS: usize = 10_000;

/// Attempts of one peer that ended alike.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CauseRow {
    /// Who tells of them.
    pub witness: Witness,
    /// The other end, if it was named.
    pub peer: Option<String>,
    /// How many.
    pub count: u64,
    /// First line or packet of the first one.
    pub first: u64,
    /// Last line or packet of the last one.
    pub last: u64,
    /// What came of them.
    pub outcome: Outcome,
    /// How far they got, or where they failed.
    pub phase: Phase,
    /// Why, best first; those of the first one.
    pub findings: Vec<DiagnosisFinding>,
    /// What is normal although it looks odd.
    pub notes: Vec<String>,
    /// The findings count only if so many ended alike, and none came up.
    at_least: u64,
}

/// The answer.
#[derive(Clone, Debug, Default)]
pub struct DiagnosisReport {
    rows: IndexMap<RowKey, CauseRow>,
    /// Attempts that were judged before the input ended, because too many were open.
    pub evicted: u64,
    /// Attempts that found no row.
    pub uncounted: u64,
    /// There are lines of IKE programs that are about no attempt.
    idle: bool,
    /// Of the file: what came of it.
    outcome: Option<Outcome>,
    findings: Vec<DiagnosisFinding>,
    notes: Vec<String>,
}

/// What makes two attempts alike.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct RowKey {
    witness: Witness,
    peer: Option<String>,
    outcome: Outcome,
    cause: Option<(Cause, Phase)>,
}

impl DiagnosisReport {
    /// What came of the file.
    pub fn outcome(&self) -> Outcome {
        self.outcome.unwrap_or(Outcome::NotIke)
    }

    /// The causes, best first; empty unless something failed.
    pub fn findings(&self) -> &[DiagnosisFinding] {
        &self.findings
    }

    /// What is normal although it looks odd, and where to look further.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The attempts, by peer and cause, in the order of their first lines.
    pub fn attempts(&self) -> impl Iterator<Item = &CauseRow> {
        self.rows.values()
    }

    /// Counts an attempt that is over.
    pub(super) fn add(&mut self, attempt: &Attempt, judged: Judgement, aid: &Aid<'_>) {
        if attempt.is_empty() {
            self.idle = true;
            return;
        }
        let key = RowKey {
            witness: attempt.attempt_key.witness,
            peer: attempt.peer.clone(),
            outcome: judged.outcome,
            cause: judged.findings.first().map(|f| (f.cause, f.phase)),
        };
        if let Some(row) = self.rows.get_mut(&key) {
            row.count += 1;
            row.first = row.first.min(attempt.first);
            row.last = row.last.max(attempt.last);
            return;
        }
        if self.rows.len() >= MOST_ROWS {
            self.uncounted += 1;
            return;
        }
        let notes = judge::notes(attempt, &judged, aid);
        let row = CauseRow {
            witness: attempt.attempt_key.witness,
            peer: attempt.peer.clone(),
            count: 1,
            first: attempt.first,
            last: attempt.last,
            outcome: judged.outcome,
            phase: judged.phase,
            findings: judged.findings,
            notes,
            at_least: judged.at_least,
        };
        self.rows.insert(key, row);
    }

    /// Takes back what too few attempts show, or what a working one contradicts.
    fn drop_tentative(&mut self) {
        let up: Vec<Option<String>> = self
            .rows
            .values()
            .filter(|row| row.outcome == Outcome::Established)
            .map(|row| row.peer.clone())
            .collect();
        for row in self.rows.values_mut().filter(|row| row.at_least > 0) {
            let contradicted = if row.at_least == 1 {
                !up.is_empty()
            } else {
                up.contains(&row.peer)
            };
            if row.count < row.at_least || contradicted {
                row.outcome = Outcome::Inconclusive;
                row.phase = Phase::None;
                row.findings.clear();
            }
        }
    }

    /// Ranks what was counted.
    pub(super) fn close(&mut self) {
        self.rows
            .sort_by(|_, a, _, b| (a.first, a.last).cmp(&(b.first, b.last)));
        self.drop_tentative();
        // What came up decides over attempts of which nothing is known.
        let weight = |outcome: &Outcome| match outcome {
            Outcome::NotIke => 0,
            Outcome::Inconclusive => 1,
            Outcome::Established => 2,
            Outcome::Failed => 3,
        };
        let idle = self.idle.then_some(Outcome::Inconclusive);
        let outcomes = self.rows.values().map(|row| row.outcome);
        self.outcome = outcomes.chain(idle).max_by_key(weight);
        let mut ranked: Vec<_> = self.rows.values().flat_map(|row| &row.findings).collect();
        // What only the other end could explain goes behind what is explained.
        ranked.sort_by_key(|finding| (finding.confidence, finding.cause.is_opaque()));
        for finding in ranked {
            if !self.findings.iter().any(|f| f.cause == finding.cause) {
                self.findings.push(finding.clone());
            }
        }
        for note in self.rows.values().flat_map(|row| &row.notes) {
            if !self.notes.contains(note) {
                self.notes.push(note.clone());
            }
        }
    }
}
