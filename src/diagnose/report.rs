//! The answer about a file, or about several: attempts folded by what came of them, and the causes ranked.

mod ends;

use indexmap::IndexMap;

use self::ends::Ends;
use super::Cause;
use super::attempt::Attempt;
use super::event::Witness;
use super::explanation::{Evidence, Explanation, Outcome, Phase};
use super::judge::{self, Aid, Judgement};
use super::mask;
use super::statement::Statement;

/// More rows than this are only counted.
const MOST_ROWS: usize = 10_000;

/// Attempts of one peer that ended alike.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CauseRow {
    /// Number of the file that tells of them, from 0.
    pub file: usize,
    /// Who tells of them.
    pub witness: Witness,
    /// The other end, if it was named.
    pub peer: Option<String>,
    /// Name of the connection, if it was named.
    pub connection: Option<String>,
    /// How many attempts are alike.
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
    pub findings: Vec<Explanation>,
    /// What is normal although it looks odd.
    pub notes: Vec<String>,
    /// The findings count only if so many ended alike, and none came up.
    at_least: u64,
    /// The notes are advice for an attempt of which nothing is known.
    silent: bool,
    /// It is told by a listing, not by a log.
    listed: bool,
    /// What another row explains, seen from the other end.
    joined: bool,
    /// Between whom, and who tells.
    ends: Ends,
}

impl CauseRow {
    /// Whether both are told by the same program of the same peer, or of the same connection where a peer
    /// is not named.
    fn is_of_same(&self, other: &Self) -> bool {
        let same = match (&self.peer, &other.peer) {
            (Some(one), Some(another)) => one == another,
            _ => self.connection.is_some() && self.connection == other.connection,
        };
        (self.file, self.witness) == (other.file, other.witness) && same
    }
}

/// Something that is normal although it looks odd, or where to look further.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Note {
    /// Number of the file that it is about, from 0; `None` if it is about all of them.
    pub file: Option<usize>,
    /// What there is to say.
    pub text: String,
}

/// What there is in a file beside attempts.
#[derive(Clone, Debug, Default)]
struct Beside {
    /// Lines of an IKE program that are about no attempt: of which.
    idle: Option<Witness>,
    /// What such a program complained of first.
    complaint: Option<Evidence>,
    /// The first line about IKE of a program that is not read.
    unread: Option<(u64, String)>,
    /// How many of them there are.
    unread_lines: u64,
    /// The file runs from its end to its beginning.
    newest_first: bool,
}

/// More peers than this are not named in one note.
const MOST_NAMED: usize = 5;

/// What to do where a daemon is heard and no peer is.
fn idle_note(witness: Witness) -> String {
    let load = match witness {
        Witness::Pluto => "`ipsec auto --up NAME` begins at this end",
        Witness::Charon => {
            "`swanctl --initiate --child NAME` or `ipsec up NAME` begins at this end"
        }
        // Of the others not every line is understood, so nothing follows from those that are not.
        _ => {
            return format!(
                "these are lines of an IKE program, and none that is understood is about an attempt; {}",
                judge::louder(witness)
            );
        }
    };
    format!(
        "the program is running, and this file has no attempt, neither of a client nor one that was begun here; {load}, and \
         `tcpdump -ni any udp port 500 or udp port 4500` shows whether packets arrive"
    )
}

/// The answer.
#[derive(Clone, Debug, Default)]
pub struct DiagnosisReport {
    rows: IndexMap<RowKey, CauseRow>,
    /// Attempts that were judged before the input ended, because too many were open.
    pub evicted: u64,
    /// Attempts that found no row.
    pub uncounted: u64,
    /// By the number of the file.
    files: Vec<Beside>,
    /// What came of the whole.
    outcome: Option<Outcome>,
    findings: Vec<Explanation>,
    notes: Vec<Note>,
}

/// What makes two attempts alike.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct RowKey {
    file: usize,
    witness: Witness,
    peer: Option<String>,
    outcome: Outcome,
    cause: Option<(Cause, Phase)>,
    /// What notes say of it, if nothing decides: it complains in words that are not known, is of version 1, was
    /// taken down.
    told: [bool; 3],
}

impl DiagnosisReport {
    /// What came of what was read.
    pub fn outcome(&self) -> Outcome {
        self.outcome.unwrap_or(Outcome::NotIke)
    }

    /// The causes, best first; empty unless something failed.
    pub fn findings(&self) -> &[Explanation] {
        &self.findings
    }

    /// What is normal although it looks odd, and where to look further.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// The attempts, by peer and cause, in the order of their first lines.
    pub fn attempts(&self) -> impl Iterator<Item = &CauseRow> {
        self.rows.values()
    }

    /// Remembers a line about IKE of a program that is not read.
    pub(super) fn hear_unread(&mut self, file: usize, line: u64, text: &str) {
        let beside = self.beside_in(file);
        beside.unread_lines += 1;
        if beside.unread.is_none() {
            beside.unread = Some((line, mask::line(text.trim()).into_owned()));
        }
    }

    /// Remembers that a program is running, whatever comes of it.
    pub(super) fn hear_idle(&mut self, file: usize, witness: Witness) {
        self.beside_in(file).idle.get_or_insert(witness);
    }

    /// Remembers that a file runs from its end to its beginning.
    pub(super) fn turn_around(&mut self, file: usize) {
        self.beside_in(file).newest_first = true;
    }

    fn beside_in(&mut self, file: usize) -> &mut Beside {
        if self.files.len() <= file {
            self.files.resize_with(file + 1, Beside::default);
        }
        &mut self.files[file]
    }

    /// Counts an attempt that is over.
    pub(super) fn add(
        &mut self,
        file: usize,
        attempt: &Attempt,
        mut judged: Judgement,
        aid: &Aid<'_>,
    ) {
        if attempt.is_empty() {
            self.hear_idle(file, attempt.attempt_key.witness);
            if let Some(complaint) = attempt.complaints.first() {
                self.beside_in(file).complaint = Some(complaint.clone());
            }
            return;
        }
        for evidence in judged.findings.iter_mut().flat_map(|it| &mut it.evidence) {
            evidence.file = file;
        }
        let key = RowKey {
            file,
            witness: attempt.attempt_key.witness,
            peer: attempt.peer.clone(),
            outcome: judged.outcome,
            cause: judged.findings.first().map(|f| (f.cause, f.phase)),
            told: [
                !attempt.complaints.is_empty(),
                attempt.version_one,
                attempt.has(Statement::Closed),
            ]
            .map(|told| told && judged.outcome == Outcome::Inconclusive),
        };
        let (first, last) = if attempt.newest_first {
            (attempt.last, attempt.first)
        } else {
            (attempt.first, attempt.last)
        };
        if let Some(row) = self.rows.get_mut(&key) {
            row.count += 1;
            row.first = row.first.min(first);
            row.last = row.last.max(last);
            return;
        }
        if self.rows.len() >= MOST_ROWS {
            self.uncounted += 1;
            return;
        }
        let notes = judge::notes(attempt, &judged, aid);
        let row = CauseRow {
            file,
            witness: attempt.attempt_key.witness,
            peer: attempt.peer.clone(),
            connection: attempt.connection.clone(),
            count: 1,
            first,
            last,
            outcome: judged.outcome,
            phase: judged.phase,
            findings: judged.findings,
            notes,
            at_least: judged.at_least,
            listed: attempt.is_listed(),
            joined: false,
            ends: Ends::of(attempt),
            silent: judged.outcome == Outcome::Inconclusive
                && !attempt.version_one
                && attempt.watched.redirect().is_none(),
        };
        self.rows.insert(key, row);
    }

    /// A listing beside a log that decides shows a state of that log, and is no attempt of its own.
    fn drop_listed(&mut self) {
        let decided = |row: &CauseRow| {
            !row.listed && matches!(row.outcome, Outcome::Established | Outcome::Failed)
        };
        let told: Vec<_> = self
            .rows
            .values()
            .filter(|row| decided(row))
            .map(|row| (row.file, row.witness))
            .collect();
        self.rows
            .retain(|_, row| !(row.listed && told.contains(&(row.file, row.witness))));
    }

    /// Takes back what too few attempts show, or what a working one contradicts.
    fn drop_tentative(&mut self) {
        let up: Vec<(usize, Option<String>)> = self
            .rows
            .values()
            .filter(|row| row.outcome == Outcome::Established)
            .map(|row| (row.file, row.peer.clone()))
            .collect();
        for row in self.rows.values_mut().filter(|row| row.at_least > 0) {
            let contradicted = up
                .iter()
                .any(|(file, peer)| *file == row.file && (row.at_least == 1 || *peer == row.peer));
            if row.count < row.at_least || contradicted {
                let seen = row.findings.first().map(|found| {
                    format!(
                        "what is seen would fit {} (line {}: {}), and is too little to tell: the lines behind it, or \
                         the other end's log, decide",
                        found.cause,
                        found.evidence.first().map_or(row.first, |line| line.line),
                        found.message
                    )
                });
                row.outcome = Outcome::Inconclusive;
                row.phase = Phase::None;
                row.findings.clear();
                row.notes.extend(seen);
                row.silent = true;
            }
        }
    }

    /// Ranks what was counted.
    pub(super) fn close(&mut self) {
        self.rows
            .sort_by(|_, a, _, b| (a.file, a.first, a.last).cmp(&(b.file, b.first, b.last)));
        self.drop_listed();
        self.drop_tentative();
        self.settle();
        ends::join(&mut self.rows);
        // What came up decides over attempts of which nothing is known.
        let weight = |outcome: &Outcome| match outcome {
            Outcome::NotIke => 0,
            Outcome::Inconclusive => 1,
            Outcome::Established => 2,
            Outcome::Failed => 3,
        };
        let heard = |beside: &Beside| beside.idle.is_some() || beside.unread.is_some();
        let idle = self
            .files
            .iter()
            .any(heard)
            .then_some(Outcome::Inconclusive);
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
        // Where something decides, advice for what does not is of no use.
        let decided = self.outcome != Some(Outcome::Inconclusive);
        let told =
            |row: &&CauseRow| !(decided && row.outcome == Outcome::Inconclusive && row.silent);
        for row in self.rows.values().filter(told) {
            for text in &row.notes {
                // What two files have in common is said once.
                if !self.notes.iter().any(|note| note.text == *text) {
                    self.notes.push(Note {
                        file: Some(row.file),
                        text: text.clone(),
                    });
                }
            }
        }
        self.notes.extend(self.beside());
    }

    /// What failed and came up afterwards, and what strangers tried beside working tunnels, is a note.
    fn settle(&mut self) {
        let up: Vec<CauseRow> = self
            .rows
            .values()
            .filter(|row| row.outcome == Outcome::Established)
            .cloned()
            .collect();
        let newest_first: Vec<bool> = self.files.iter().map(|it| it.newest_first).collect();
        let later = |one: &CauseRow, than: &CauseRow| {
            if newest_first.get(than.file) == Some(&true) {
                one.first < than.first
            } else {
                one.last > than.last
            }
        };
        for row in self.rows.values_mut() {
            if row.outcome != Outcome::Failed {
                continue;
            }
            let Some(found) = row.findings.first() else {
                continue;
            };
            let recovered = up
                .iter()
                .any(|other| other.is_of_same(row) && later(other, row));
            let stranger = up.iter().any(|other| other.file == row.file)
                && found.phase == Phase::IkeSaInit
                && matches!(found.cause, Cause::NoPeerConfig | Cause::ProtocolError)
                && !up.iter().any(|other| other.is_of_same(row));
            let whose = row.peer.as_deref().unwrap_or("an unnamed peer");
            let times = match row.count {
                1 => "once".to_owned(),
                count => format!("{count} times"),
            };
            let note = if recovered {
                format!(
                    "{whose} failed {times} ({}, up to line {}) and connected afterwards: {}",
                    found.cause, row.last, found.message
                )
            } else if stranger {
                format!(
                    "{whose} was turned away {times} ({}, line {}) beside tunnels that work: a stranger's probe or scan, \
                     unless it is to be a client: {}",
                    found.cause, row.first, found.message
                )
            } else {
                continue;
            };
            row.outcome = Outcome::Inconclusive;
            row.phase = Phase::None;
            row.findings.clear();
            row.notes = vec![note];
            row.silent = false;
        }
    }

    /// How many attempts ended so, each once although both ends tell of it.
    pub(crate) fn ended(&self, outcome: Outcome) -> u64 {
        let rows = self.rows.values();
        let rows = rows.filter(|row| row.outcome == outcome && !row.joined);
        rows.map(|row| row.count).sum()
    }

    /// What there is to say of the file beside its attempts.
    fn beside(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        let [up, failed] = [Outcome::Established, Outcome::Failed].map(|it| self.ended(it));
        if up > 0 && failed > 0 {
            let mut peers: Vec<_> = self
                .rows
                .values()
                .filter(|row| row.outcome == Outcome::Failed)
                .map(|row| {
                    let whose = row.peer.as_deref().unwrap_or("an unnamed peer");
                    format!("{whose} ({} of them)", row.count)
                })
                .collect();
            peers.truncate(MOST_NAMED);
            notes.push(Note {
                file: None,
                text: format!(
                    "{up} of {} attempts came up, {failed} failed: {}",
                    up + failed,
                    peers.join(", ")
                ),
            });
        }
        for (file, beside) in self.files.iter().enumerate() {
            let text = beside.unread_note().or_else(|| beside.idle_note());
            let without = !self.rows.values().any(|row| row.file == file);
            notes.extend(text.filter(|_| without).map(|text| Note {
                file: Some(file),
                text,
            }));
        }
        notes
    }
}

impl Beside {
    fn idle_note(&self) -> Option<String> {
        let note = idle_note(self.idle?);
        Some(match &self.complaint {
            Some(it) => format!(
                "{note}; it complains in line {}: {}",
                it.line,
                it.text.trim()
            ),
            None => note,
        })
    }

    fn unread_note(&self) -> Option<String> {
        let (line, text) = self.unread.as_ref().filter(|_| self.idle.is_none())?;
        Some(format!(
            "IKE lines of a program that is not read ({} of them, first line {line}: {text}); capture instead, at either \
             end: `tcpdump -ni any -w FILE.pcap 'udp port 500 or udp port 4500'`, and `ikecompat diagnose FILE.pcap`; \
             or give the log of the other end, if that is strongSwan, libreswan, Windows or macOS",
            self.unread_lines
        ))
    }
}
