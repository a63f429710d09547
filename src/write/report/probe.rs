//! What a server said to clients that were played to it.

mod document;

use std::io::{self, Write};

pub use self::document::schema;
use crate::answer::words::{self, Frame};
use crate::answer::{Conclusion, text};
use crate::compat::report::ClientReport;
use crate::diag::{Tone, and_list};
use crate::ike::Suite;
use crate::live::comparison::difference;
use crate::live::first::{First, NotPlayed};
use crate::live::heard::{Answer, Cleanup, Heard};
use crate::live::probe::Stopped;
use crate::peer::{Client, Policy};
use crate::write::grid::Grid;
use crate::write::report::frame;
use crate::write::report::heard;
use crate::write::report::table::TableStyle;

/// One client.
#[derive(Clone, Copy, Debug)]
pub struct ProbeRow<'a> {
    /// The client that was played.
    pub client: &'a Client,
    /// What was sent, or why nothing was.
    pub first: Result<&'a First, &'a NotPlayed>,
    /// What was heard; `None` if the run ended before.
    pub heard: Option<&'a Heard>,
    /// What the server's file says.
    pub expected: Option<&'a ClientReport>,
}

/// A run.
#[derive(Clone, Debug)]
pub struct ProbeReport<'a> {
    /// What was dialled.
    pub target: String,
    /// The clients.
    pub rows: Vec<ProbeRow<'a>>,
    /// Why the run ended before its end.
    pub stopped: Option<Stopped>,
    /// How many packets were sent.
    pub sent: u32,
    /// The policy that ranks.
    pub policy: &'a Policy,
}

/// Why phase 2 is not probed.
const NO_ACCOUNT: &str = "not without account";

impl ProbeRow<'_> {
    /// The suite that the server selected.
    pub(crate) fn suite(&self) -> Option<&Suite> {
        match &self.heard?.answer {
            Answer::Selected(suite) => Some(suite),
            _ => None,
        }
    }

    /// In what server and file differ.
    pub(crate) fn difference(&self) -> Option<String> {
        let verdict = &self.expected?.ike.ike_sa_init.verdict;
        difference(self.first.ok()?, verdict, self.heard?)
    }

    /// Whether the server has answered with a decision.
    fn is_decided(&self) -> bool {
        self.heard.is_some_and(|heard| heard.answer.is_one())
    }
}

impl ProbeReport<'_> {
    /// Whether every client that was played got an answer.
    pub fn is_complete(&self) -> bool {
        let mut played = self.rows.iter().filter(|row| row.first.is_ok());
        played.all(ProbeRow::is_decided)
    }

    /// Whether every client that was played was given a suite, as the file says.
    pub fn all_connect(&self) -> bool {
        let mut played = self.rows.iter().filter(|row| row.first.is_ok());
        played.all(|row| row.suite().is_some() && row.difference().is_none())
    }

    /// Whether the server has answered at all.
    fn has_answered(&self) -> bool {
        let mut heard = self.rows.iter().filter_map(|row| row.heard);
        heard.any(Heard::has_answered)
    }

    /// Whether the user's own limits ended the run.
    fn is_cut_short(&self) -> bool {
        matches!(self.stopped, Some(Stopped::Packets | Stopped::Time))
    }

    /// What the first cell of a row with an answer means.
    fn tone(row: &ProbeRow<'_>) -> Tone {
        match row.heard.map(|it| &it.answer) {
            Some(Answer::Selected(_)) => Tone::Good,
            Some(answer) if answer.is_one() => Tone::Bad,
            Some(_) | None => Tone::Doubtful,
        }
    }

    fn phase_1(&self, row: &ProbeRow<'_>) -> String {
        match (row.first, row.heard) {
            (Err(NotPlayed::Unknown(_)), _) => "unknown".to_owned(),
            (Err(_), _) => "not played".to_owned(),
            (Ok(_), None) => "not asked".to_owned(),
            (Ok(_), Some(heard)) => heard::answer(&heard.answer, self.has_answered()),
        }
    }

    fn phase_2(row: &ProbeRow<'_>) -> String {
        match row.expected.and_then(|it| it.children.first()) {
            _ if row.suite().is_none() => "-".to_owned(),
            Some(child) => {
                let (text, _) = words::outcome(Some(&child.verdicts.ike_auth));
                format!("{text} (by the file)")
            }
            None => NO_ACCOUNT.to_owned(),
        }
    }

    fn rank(&self, row: &ProbeRow<'_>) -> String {
        let suite = row.suite();
        let tier = suite.map(|suite| self.policy.rank(suite).tier().word());
        tier.unwrap_or("-").to_owned()
    }

    fn grid(&self) -> Grid {
        let cells = self.rows.iter().map(|row| {
            let rounds = row.heard.filter(|_| row.suite().is_some());
            vec![
                row.client.id.clone(),
                self.phase_1(row),
                rounds.map_or_else(|| "-".to_owned(), |it| it.invalid_ke.len().to_string()),
                self.rank(row),
                Self::phase_2(row),
            ]
        });
        let header = ["client", "phase 1", "rounds", "rank", "phase 2"];
        Grid {
            header: header.map(ToOwned::to_owned).to_vec(),
            rows: cells.collect(),
        }
    }

    /// How many clients were given a suite, and the next step.
    pub fn frame(&self) -> Frame {
        let played = self.rows.iter().filter(|row| row.first.is_ok());
        let all = played.clone().count();
        let given = played.clone().filter(|row| row.suite().is_some()).count();
        let asked = played.clone().filter(|row| row.heard.is_some()).count();
        let decided = played.filter(|row| row.is_decided()).count();
        let (silent, not_asked) = (asked - decided, all - asked);
        let differ = self.differences().len();
        let are = match (given, all) {
            (1, _) | (_, 1) => "is",
            _ => "are",
        };
        let mut headline = format!(
            "{given} of {} {are} given a suite",
            text::count(all, "client")
        );
        for (number, what) in [
            (decided - given, "refused"),
            (silent, "without an answer"),
            (not_asked, "not asked"),
        ] {
            if number > 0 {
                headline += &format!("; {number} {what}");
            }
        }
        if differ > 0 {
            headline += "; the server is not as its file says";
        }
        let next = match () {
            () if silent == 0 && self.is_cut_short() => {
                "`ikecompat probe` with fewer --clients, or with more --max-packets and --max-seconds"
            }
            () if self.stopped.is_some() || silent > 0 => {
                "see whether UDP ports 500 and 4500 are open on the way, then \
                 `ikecompat diagnose` on the server's log"
            }
            () if differ > 0 => "load the file on the server, or take the one that it has loaded",
            () if given < all => {
                "`ikecompat recommend --server FILE` on the server's configuration"
            }
            () => words::NOTHING_TO_DO,
        };
        Frame {
            tone: match () {
                () if self.stopped.is_some() || silent > 0 => Tone::Doubtful,
                () if differ > 0 || given < all => Tone::Bad,
                () => Tone::Good,
            },
            headline,
            next: next.to_owned(),
        }
    }

    /// Writes it for people.
    pub fn table(&self, look: TableStyle, out: &mut impl Write) -> io::Result<()> {
        let frame = self.frame();
        frame::headline(&frame, &self.target, look.width, out)?;
        writeln!(out)?;
        let tone = |row: usize, column: usize| match self.rows.get(row) {
            Some(row) if column == 1 => Self::tone(row),
            _ => Tone::Neutral,
        };
        self.grid().painted(look.width, look.colour, tone, out)?;
        let width = look.width;
        let mut say = |heading: &str, lines: Vec<String>| {
            if lines.is_empty() {
                return Ok(());
            }
            writeln!(out, "\n{heading}")?;
            lines
                .iter()
                .try_for_each(|line| writeln!(out, "{}", text::wrap(line, width, "  ", 4)))
        };
        say("the server is not as its file says", self.differences())?;
        say("not played", self.not_played())?;
        say("answers that are none", self.malformed())?;
        say("about the server", self.about())?;
        say("left on the server", self.left())?;
        say(
            "assumed, because the profile does not say it",
            self.assumed(),
        )?;
        if let Some(stopped) = self.stopped {
            say("stopped", vec![stopped.to_string()])?;
        }
        let sent = text::count(self.sent as usize, "packet");
        writeln!(out, "\n{sent} sent")?;
        frame::next(&frame, look.width, out)
    }

    fn differences(&self) -> Vec<String> {
        let lines = self.rows.iter().filter_map(|row| {
            let what = row.difference()?;
            Some((what, row.client.id.clone()))
        });
        grouped(lines)
    }

    fn not_played(&self) -> Vec<String> {
        let lines = self.rows.iter().filter_map(|row| {
            let why = row.first.err()?.to_string();
            Some((why, row.client.id.clone()))
        });
        grouped(lines)
    }

    fn malformed(&self) -> Vec<String> {
        let lines = self.rows.iter().filter_map(|row| match row.heard?.answer {
            Answer::Malformed(what) => Some((what.to_owned(), row.client.id.clone())),
            _ => None,
        });
        grouped(lines)
    }

    fn assumed(&self) -> Vec<String> {
        let lines = self.rows.iter().filter_map(|row| {
            let first = row.first.ok()?;
            let what: Vec<_> = first.assumed.iter().map(ToString::to_string).collect();
            (!what.is_empty()).then(|| (and_list(&what), row.client.id.clone()))
        });
        grouped(lines)
    }

    /// What became of the SAs that the selections began.
    fn left(&self) -> Vec<String> {
        let lines = self.rows.iter().filter_map(|row| {
            let why = match row.heard?.cleanup.as_ref()? {
                Cleanup::Freed { .. } => return None,
                Cleanup::Silence => "IKE_AUTH was not answered".to_owned(),
                Cleanup::Unexpected => {
                    "the answer to IKE_AUTH has neither an error nor EAP".to_owned()
                }
                Cleanup::NotOpened => {
                    "IKE_AUTH was answered, but with nothing that the keys open".to_owned()
                }
                Cleanup::EapGoesOn => "it goes on with EAP, which was refused".to_owned(),
                Cleanup::NotSent => "IKE_AUTH would be longer than a message can be".to_owned(),
                Cleanup::Impossible(why) => why.to_string(),
                Cleanup::PublicValue(why) => why.to_string(),
            };
            let what = format!("a half-open IKE SA for about half a minute: {why}");
            Some((what, row.client.id.clone()))
        });
        grouped(lines)
    }

    /// What the first answer with a selection shows.
    fn about(&self) -> Vec<String> {
        let heard = || self.rows.iter().filter_map(|row| row.heard);
        let mut lines = Vec::new();
        if let Some(traits) = heard().find_map(|it| it.traits.as_ref()) {
            lines.extend(heard::about(traits));
        }
        let cookies = heard().filter(|it| it.cookies > 0).count();
        if cookies > 0 {
            lines.push(format!(
                "it asked for a cookie {}: it counts this address, or is busy",
                match cookies {
                    1 => "once".to_owned(),
                    _ => format!("{cookies} times"),
                }
            ));
        }
        if heard().any(|it| it.cleanup == Some(Cleanup::Freed { eap: true })) {
            lines.push(
                "it begins EAP for an identity that nobody has; it was refused by Nak".to_owned(),
            );
        }
        lines
    }

    /// Whether every client got a suite, as the file says, or something else, or somebody no answer.
    pub fn conclusion(&self) -> Conclusion {
        match self.is_complete() {
            true => Conclusion::of(self.all_connect()),
            false => Conclusion::Unanswered,
        }
    }
}

/// Sentences with the ids that they are about, equal ones together.
fn grouped(lines: impl Iterator<Item = (String, String)>) -> Vec<String> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for (what, id) in lines {
        match groups.iter_mut().find(|(known, _)| *known == what) {
            Some((_, ids)) => ids.push(id),
            None => groups.push((what, vec![id])),
        }
    }
    let line = |(what, ids): (String, Vec<String>)| format!("{}: {what}", ids.join(", "));
    groups.into_iter().map(line).collect()
}
