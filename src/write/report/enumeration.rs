//! What a server accepts, found out by asking: a `server.yaml` with what is known of it.

use std::io::{self, Write};

use serde::Serialize;

use crate::answer::text;
use crate::dialect::swan;
use crate::live::enumeration::{Found, Unsuitable, asked_for};
use crate::live::probe::Stopped;
use crate::write::config::server_yaml;
use crate::write::report::heard;

/// Width of the remarks in the file.
const WIDTH: usize = 98;

/// An enumeration that has ended.
#[derive(Clone, Debug)]
pub struct EnumerationReport<'a> {
    /// What was dialled.
    pub target: String,
    /// What was found out; `None` if the run ended before.
    pub outcome: Option<&'a Result<Found, Unsuitable>>,
    /// Why the run ended before its end.
    pub stopped: Option<Stopped>,
    /// How many packets were sent.
    pub sent: u32,
}

impl EnumerationReport<'_> {
    /// What was found out.
    pub fn found(&self) -> Option<&Found> {
        self.outcome?.as_ref().ok()
    }

    /// Why nothing is written, as a sentence without full stop.
    pub fn failure(&self) -> Option<String> {
        match self.outcome {
            Some(Ok(_)) => None,
            Some(Err(why)) => Some(unsuitable(why)),
            None => Some(match self.stopped {
                Some(stopped) => format!("not all was asked: {stopped}"),
                None => "not all was asked".to_owned(),
            }),
        }
    }

    /// Writes the file; nothing without a result.
    pub fn yaml(&self, out: &mut impl Write) -> io::Result<()> {
        let Some(found) = self.found() else {
            return Ok(());
        };
        writeln!(out, "# {}, asked by probe --enumerate.", self.target)?;
        for remark in self.remarks(found) {
            for line in textwrap::wrap(&remark, WIDTH) {
                writeln!(out, "# {line}")?;
            }
        }
        if found.proposals.is_empty() {
            return Ok(());
        }
        let written = server_yaml::write(&found.server(), out);
        written
            .map(drop)
            .map_err(|_| io::ErrorKind::InvalidData.into())
    }

    /// What the proposals do not say, in sentences.
    fn remarks(&self, found: &Found) -> Vec<String> {
        let mut remarks = vec![format!(
            "{} were sent, {} asked for. Not asked for: what this program does not compute, such as \
             DES, Blowfish, CAST and additional key exchanges.",
            text::count(self.sent as usize, "packet"),
            text::count(asked_for(), "suite")
        )];
        if found.proposals.is_empty() {
            remarks.push("The server accepts none of them.".to_owned());
            return remarks;
        }
        remarks.push(match found.inferred {
            0 => format!("{} accepted, each of them tried.", count_are(found.suites)),
            inferred => format!(
                "{} accepted. {inferred} of them were not tried one by one, since that would take too \
                 many packets; each pair of their algorithms is accepted.",
                count_are(found.suites)
            ),
        });
        let behind = found.proposals.len() - found.ordered;
        remarks.push(match (found.prefers_own, behind) {
            (false, _) => "The order is the client's.".to_owned(),
            (true, 0) => "The order is the server's.".to_owned(),
            (true, _) => format!(
                "The first {} in the server's order, the rest is accepted in an order that is not \
                 known.",
                match found.ordered {
                    1 => "proposal stands".to_owned(),
                    many => format!("{many} proposals stand"),
                }
            ),
        });
        let (right, wrong) = found.predicted;
        remarks.push(match wrong {
            0 => format!("All {right} selections that were seen are those of this list."),
            _ => format!(
                "{wrong} of {} selections that were seen are others than those of this list: the server \
                 does not choose as charon and pluto do. What it accepts is right, the order is not.",
                right + wrong
            ),
        });
        remarks.extend(found.traits.iter().flat_map(heard::about).map(|line| {
            let mut letters = line.chars();
            let first = letters.next().map(|it| it.to_uppercase().to_string());
            first.unwrap_or_default() + letters.as_str() + "."
        }));
        remarks.push("Phase 2 cannot be seen without an account.".to_owned());
        remarks
    }

    /// Writes it for programs.
    pub fn json(&self, out: &mut impl Write) -> io::Result<()> {
        let found = self.found();
        let report = ReportJson {
            schema: "ikecompat.enumeration.v1",
            target: &self.target,
            proposals: found.map(|found| {
                let words = found.proposals.iter().filter_map(swan::write);
                words.collect()
            }),
            ordered: found.map(|it| it.ordered),
            prefers_own: found.map(|it| it.prefers_own),
            suites: found.map(|it| it.suites),
            inferred: found.map(|it| it.inferred),
            selections_as_predicted: found.map(|it| it.predicted.0),
            other_selections: found.map(|it| it.predicted.1),
            failure: self.failure(),
            packets: self.sent,
        };
        serde_json::to_writer_pretty(&mut *out, &report)?;
        writeln!(out)
    }
}

fn count_are(suites: usize) -> String {
    match suites {
        1 => "1 suite is".to_owned(),
        many => format!("{many} suites are"),
    }
}

fn unsuitable(why: &Unsuitable) -> String {
    match why {
        Unsuitable::Inconsistent => {
            "the server contradicts itself: it accepts what nobody accepts, or \
            refuses what it has selected"
                .to_owned()
        }
        Unsuitable::Answer(answer) => format!(
            "the server answers a question with `{}`, so its suites cannot be told from its answers; \
             ask it as single clients do, without --enumerate",
            heard::answer(answer, true)
        ),
        Unsuitable::Packets => {
            "it accepts so much that more packets are needed than may be sent: see --max-packets"
                .to_owned()
        }
    }
}

#[derive(Serialize)]
struct ReportJson<'a> {
    schema: &'static str,
    target: &'a str,
    proposals: Option<Vec<String>>,
    ordered: Option<usize>,
    prefers_own: Option<bool>,
    suites: Option<usize>,
    inferred: Option<usize>,
    selections_as_predicted: Option<usize>,
    other_selections: Option<usize>,
    failure: Option<String>,
    packets: u32,
}
