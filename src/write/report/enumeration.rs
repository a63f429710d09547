//! What a server accepts, found out by asking: a `server.yaml` with what is known of it.

use std::io::{self, Write};

use schemars::{JsonSchema, Schema};
use serde::Serialize;

use crate::answer::words::Frame;
use crate::answer::{text, words};
use crate::diag::Tone;
use crate::dialect::swan;
use crate::ike::Proposal;
use crate::live::enumeration::{self, Difference, Found, Unsuitable, asked_for};
use crate::live::probe::Stopped;
use crate::peer::Server;
use crate::write::config::server_yaml;
use crate::write::json::{self, Document};
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
    /// The configuration that the server is said to run, with its name.
    pub file: Option<(&'a str, &'a Server)>,
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

    /// The answer, and the next step.
    pub fn frame(&self) -> Frame {
        let found = self.found();
        let (tone, headline, next) = match (found, self.failure()) {
            (Some(found), _) if found.proposals.is_empty() => (
                Tone::Bad,
                format!(
                    "{} accepts none of the suites that are asked for",
                    self.target
                ),
                "`ikecompat probe HOST` asks as each client does",
            ),
            (Some(found), _) => (
                Tone::Neutral,
                format!(
                    "{} accepts {} in {}",
                    self.target,
                    text::count(found.suites, "suite"),
                    text::count(found.proposals.len(), "proposal")
                ),
                "who connects: keep it as `server.yaml`, and `ikecompat check server.yaml`",
            ),
            (None, why) => (
                Tone::Doubtful,
                format!("{}: {}", self.target, why.unwrap_or_default()),
                "`ikecompat probe HOST`, which asks as single clients do",
            ),
        };
        Frame {
            headline,
            next: next.to_owned(),
            tone,
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
            "{} were sent, {} asked for, with DES, Blowfish and CAST among the ciphers and ML-KEM as key \
             exchange and as additional one. Not asked for: numbers of private use, IDEA, RC5 and more \
             than one additional key exchange.",
            text::count(self.sent as usize, "packet"),
            text::count(asked_for(), "suite")
        )];
        if found.proposals.is_empty() {
            remarks.push("The server accepts none of them.".to_owned());
            return remarks;
        }
        if found.is_everything() {
            remarks.push(
                "The server accepts every suite that this program computes: it refuses nobody, the \
                 weakest suites of all included."
                    .to_owned(),
            );
        }
        remarks.push(match (found.inferred, found.samples) {
            (0, _) => format!("{} accepted, each of them tried.", count_are(found.suites)),
            (inferred, Some(samples)) => format!(
                "{} accepted. {inferred} of them were not tried one by one, since that would take too \
                 many packets; all {samples} that were tried, spread over all of them, are accepted.",
                count_are(found.suites)
            ),
            (inferred, None) => format!(
                "{} accepted. {inferred} of them were not tried one by one, since that would take too \
                 many packets; each pair of their algorithms is accepted.",
                count_are(found.suites)
            ),
        });
        if found.beyond > 0 {
            let names = enumeration::not_computed(&found.proposals);
            let names = names.into_iter().map(text::transform).collect::<Vec<_>>();
            remarks.push(format!(
                "{} what this program does not compute ({}): accepted, but never selected here, so their \
                 place in the order is not known; they stand last.",
                match found.beyond {
                    1 => "1 suite has".to_owned(),
                    many => format!("{many} suites have"),
                },
                names.join(", ")
            ));
        }
        let behind = found.proposals.len() - found.ordered;
        remarks.push(match (found.prefers_own, behind) {
            (false, _) => "The order is the client's.".to_owned(),
            (true, 0) => "The order is the server's.".to_owned(),
            (true, _) if found.ordered == 0 => {
                "The order is not known: too few packets were left to see it.".to_owned()
            }
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
        remarks.extend(match wrong {
            _ if found.ordered == 0 => None,
            0 => Some(format!("All {right} selections that were seen are those of this list.")),
            _ => Some(format!(
                "{wrong} of {} selections that were seen are others than those of this list: the server \
                 does not choose as charon and pluto do. What it accepts is right, the order is not.",
                right + wrong
            )),
        });
        remarks.extend(found.traits.iter().flat_map(heard::about).map(|line| {
            let mut letters = line.chars();
            let first = letters.next().map(|it| it.to_uppercase().to_string());
            first.unwrap_or_default() + letters.as_str() + "."
        }));
        remarks.push("Phase 2 cannot be seen without an account.".to_owned());
        remarks.extend(self.findings());
        remarks
    }

    /// Where the server and the file that it is said to run differ, as sentences.
    pub fn findings(&self) -> Vec<String> {
        let Some((name, file)) = self.file else {
            return Vec::new();
        };
        let Some(found) = self.found() else {
            return Vec::new();
        };
        let all = enumeration::differences(found, file);
        if all.is_empty() {
            return vec![format!("Server and {name} are the same in phase 1.")];
        }
        let all = all.iter();
        all.map(|it| format!("Finding: {}", difference(it, name)))
            .collect()
    }

    /// Whether the server is as the file says.
    pub fn is_as_written(&self) -> bool {
        let pair = self.found().zip(self.file);
        pair.is_none_or(|(found, (_, file))| enumeration::differences(found, file).is_empty())
    }

    /// Writes it for programs.
    pub fn json(&self, out: &mut impl Write) -> io::Result<()> {
        let found = self.found();
        let Frame { headline, next, .. } = self.frame();
        let report = EnumerationJson {
            headline,
            next,
            totals: EnumerationTotals {
                suites: found.map_or(0, |it| it.suites),
                proposals: found.map_or(0, |it| it.proposals.len()),
                packets: self.sent,
            },
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
            not_computed: found.map(|it| it.beyond),
            differences: self.file.zip(found).map(|((name, file), found)| {
                let all = enumeration::differences(found, file);
                all.iter().map(|it| difference(it, name)).collect()
            }),
            failure: self.failure(),
            packets: self.sent,
        };
        json::write(&report, out)
    }
}

fn count_are(suites: usize) -> String {
    match suites {
        1 => "1 suite is".to_owned(),
        many => format!("{many} suites are"),
    }
}

/// One difference, as a sentence; most of them have one cause.
fn difference(difference: &Difference, name: &str) -> String {
    let list = |proposals: &[Proposal]| {
        let words = proposals.iter().filter_map(swan::write);
        words.collect::<Vec<_>>().join(", ")
    };
    match difference {
        Difference::NotInFile(more) => format!(
            "the server accepts what {name} does not have: {}. It runs something else: not reloaded, or \
             another connection answers.",
            list(more)
        ),
        Difference::NotAccepted(less) => format!(
            "{name} has what the server does not accept: {}. It was not reloaded, or its program does not \
             know the algorithms.",
            list(less)
        ),
        Difference::Preference { own } => {
            let (said, real) = match own {
                true => ("server's", "client's"),
                false => ("client's", "server's"),
            };
            format!("by {name} the {said} order decides, but it is the {real}.")
        }
        Difference::Order { server, file } => format!(
            "of two suites the server selects {} where {name} puts {} first.",
            words::short(server),
            words::short(file)
        ),
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

/// What a server accepts, found out by asking.
#[derive(Serialize, JsonSchema)]
struct EnumerationJson<'a> {
    /// The answer in one line.
    headline: String,
    /// What to do or call next.
    next: String,
    totals: EnumerationTotals,
    /// What was dialled.
    target: &'a str,
    /// What it accepts, in strongSwan's keywords; null if the run ended before.
    proposals: Option<Vec<String>>,
    /// How many of them, from the first, stand in the server's order.
    ordered: Option<usize>,
    /// Whether the order is the server's.
    prefers_own: Option<bool>,
    /// How many suites they are.
    suites: Option<usize>,
    /// How many of those were not tried one by one.
    inferred: Option<usize>,
    /// How many have algorithms that this program does not compute; they stand last, in no order.
    not_computed: Option<usize>,
    /// Where the server and the file of --server differ, as sentences; null without a file.
    differences: Option<Vec<String>>,
    /// Selections that are those of the list.
    selections_as_predicted: Option<usize>,
    /// Selections that are others.
    other_selections: Option<usize>,
    /// Why nothing was found out.
    failure: Option<String>,
    /// How many packets were sent.
    packets: u32,
}

/// How many there are of what was found out; zero where nothing was.
#[derive(Serialize, JsonSchema)]
struct EnumerationTotals {
    suites: usize,
    proposals: usize,
    packets: u32,
}

impl Document for EnumerationJson<'_> {
    const NAME: &'static str = "enumeration";
    const VERSION: u8 = 1;
    const TITLE: &'static str = "ikecompat probe --enumerate --format json";
}

/// The schema of the document.
pub fn schema() -> Schema {
    json::schema::<EnumerationJson<'_>>()
}
