//! What keeps clients out, each thing once: for whom, why, and what helps, in a few lines.

use super::matrix::{INFERRED, hedge};
use super::reasons::{LOST, complaint};
use super::{exchange, verdict};
use crate::answer::check::{Answer, ClientAnswer};
use crate::answer::remedy::{Remedy, RemedySide};
use crate::answer::text::{and_list, or_list, transform, wrap};
use crate::compat::gap::{self, Gap};
use crate::compat::report::Overall;
use crate::compat::verdict::{Judged, Refusal, Verdict};
use crate::diag::Tone;
use crate::ike::Transform;
use crate::peer::Exchange;

/// One thing that keeps clients out, or costs them their tunnel.
pub(crate) struct Problem<'a> {
    /// Ids of the clients that have the problem.
    ids: Vec<&'a str>,
    /// Those of them of whom it is deduced.
    inferred: Vec<&'a str>,
    /// What happens, with its code.
    what: Vec<String>,
    /// What that means.
    tone: Tone,
    /// What the server accepts, where lists share nothing.
    accepted: Option<String>,
    /// What the clients offer in its place.
    offered: Vec<Transform>,
    /// What helps whom, part by part.
    helps: Vec<(Vec<String>, Vec<&'a str>)>,
}

/// Clients that are named in a heading before the others are counted.
const MOST_NAMED: usize = 7;

/// How much of a block is said.
#[derive(Clone, Copy)]
struct Wording {
    /// With names in the fixes, or with how many they are.
    named: bool,
    /// So many of the algorithms that they offer.
    offered: usize,
    /// So many of the fixes.
    fixes: usize,
    /// So many of the things that happen.
    whats: usize,
}

/// Algorithms, or clients of many, that are named before the others are left out.
const FEW: usize = 3;

/// What keeps clients out, in the order in which they come up first.
pub(crate) fn problems(answer: &Answer) -> Vec<Problem<'_>> {
    let mut all: Vec<Problem<'_>> = Vec::new();
    let serves = answer.serves_clients();
    let failing = answer.clients.iter().filter(|client| {
        let known = client.report.verdict != Overall::Unknown || !client.report.comes_up();
        serves && known && client.report.verdict != Overall::Connects
    });
    for client in failing {
        let one = problem(client);
        let same = all
            .iter_mut()
            .find(|it| it.what == one.what && it.accepted == one.accepted);
        match same {
            Some(it) => it.add(one),
            None => all.push(one),
        }
    }
    all
}

/// What keeps one client out.
fn problem(client: &ClientAnswer) -> Problem<'_> {
    let report = &client.report;
    let id = report.client.id.as_str();
    let first = [
        (Exchange::IkeSaInit, Some(&report.ike.ike_sa_init)),
        (Exchange::IkeAuth, report.exchanges().ike_auth),
    ];
    let refused = first.into_iter().find_map(first_gap);
    let refused = refused.filter(|_| report.verdict == Overall::Refused);
    let rekeyings = report.rekeyings().into_iter();
    let mut rekeyings = rekeyings.map(|(one, judged)| (one, Some(judged)));
    let lost = rekeyings.find_map(first_gap);
    let lost = lost.filter(|_| report.verdict == Overall::RekeyFails && report.comes_up());
    let mut problem = Problem {
        ids: vec![id],
        inferred: Vec::new(),
        what: Vec::new(),
        tone: verdict(report.verdict).1,
        accepted: None,
        offered: Vec::new(),
        helps: Vec::new(),
    };
    match refused.or(lost) {
        Some((one, judged, gaps)) => {
            let lead = match one {
                Exchange::IkeSaInit | Exchange::IkeAuth => format!("refused in {}", exchange(one)),
                _ => LOST.to_owned(),
            };
            let noun = gaps.first().map_or("algorithm", |gap| gap.kind.noun());
            problem
                .what
                .push(format!("{lead}: no {noun} in common{}", code(judged)));
            problem.accepted = Some(gap::listed(&gaps, |gap| &gap.answered));
            problem.offered = gaps.iter().flat_map(|gap| &gap.asked).copied().collect();
            if !hedge(judged).is_empty() {
                problem.inferred.push(id);
            }
        }
        None => {
            problem.what = complaint(client);
        }
    }
    let advised = client.remedies.iter().find(|one| one.is_advised());
    let help = advised.or(client.remedies.first()).map(brief);
    let help = help.or_else(|| client.helps.first().map(|help| vec![help.clone()]));
    problem.helps.extend(help.map(|help| (help, vec![id])));
    problem
}

/// What the lists of an exchange lack first, if that is why it fails.
fn first_gap((one, judged): (Exchange, Option<&Judged>)) -> Option<(Exchange, &Judged, Vec<&Gap>)> {
    let judged = judged?;
    match &judged.verdict {
        Verdict::Refuse(Refusal::NoMatch { gaps, .. }) => {
            let gaps = gap::together(gaps).into_iter().next()?;
            Some((one, judged, gaps))
        }
        _ => None,
    }
}

fn code(judged: &Judged) -> String {
    let code = judged.verdict.code();
    code.map_or_else(String::new, |code| format!(" [{code}]"))
}

/// The parts of a remedy in short: commands are left out.
fn brief(remedy: &Remedy) -> Vec<String> {
    let on_client = remedy.is_on(RemedySide::Client);
    let parts = remedy.parts.iter();
    let mut said: Vec<String> = parts
        .map(|part| match part.side {
            RemedySide::Client => format!("on the client, {}", part.brief),
            RemedySide::Server if on_client => format!("on the server, {}", part.brief),
            RemedySide::Server => part.brief.clone(),
        })
        .collect();
    if let (Some(last), Some(why)) = (said.last_mut(), &remedy.objection) {
        *last += &format!("; not advised: {why}");
    }
    said
}

impl<'a> Problem<'a> {
    /// Joins another client's.
    fn add(&mut self, other: Self) {
        self.ids.extend(other.ids);
        self.inferred.extend(other.inferred);
        for group in other.offered {
            if !self.offered.contains(&group) {
                self.offered.push(group);
            }
        }
        for (help, ids) in other.helps {
            match self.helps.iter_mut().find(|(known, _)| *known == help) {
                Some((_, all)) => all.extend(ids),
                None => self.helps.push((help, ids)),
            }
        }
    }

    /// Whom it is about.
    pub(crate) fn ids(&self) -> &[&'a str] {
        &self.ids
    }

    /// The block for a terminal, of at most so many lines where that is possible without cutting a sentence: the more
    /// of it does not fit, the less is said. Ids are never left out for that.
    pub(crate) fn lines(&self, width: u16, most: usize) -> Vec<String> {
        let all = Wording {
            named: true,
            offered: usize::MAX,
            fixes: self.helps.len(),
            whats: self.what.len(),
        };
        let wordings = [
            all,
            Wording {
                offered: FEW,
                ..all
            },
            Wording {
                named: false,
                offered: FEW,
                ..all
            },
            Wording {
                named: false,
                offered: 0,
                ..all
            },
            Wording {
                named: false,
                offered: 0,
                fixes: 1,
                ..all
            },
            Wording {
                named: false,
                offered: 0,
                fixes: 1,
                whats: 2,
            },
            Wording {
                named: false,
                offered: 0,
                fixes: 0,
                whats: 2,
            },
        ];
        let each = wordings.map(|wording| self.said(wording, width));
        let shortest = each.iter().map(Vec::len).min().unwrap_or(0);
        let fits = |lines: &Vec<String>| lines.len() <= most.max(shortest);
        each.into_iter().find(fits).unwrap_or_default()
    }

    /// The ids, or the first ones of many.
    fn whom(&self) -> String {
        match self.ids.len() {
            0..=MOST_NAMED => and_list(&self.ids),
            all => format!("{} and {} more", self.ids[..FEW].join(", "), all - FEW),
        }
    }

    fn said(&self, wording: Wording, width: u16) -> Vec<String> {
        let whom = |ids: &[&str]| match (wording.named, ids.len() == self.ids.len()) {
            (false, true) if ids.len() > 1 => format!("all {}", ids.len()),
            (false, false) if ids.len() > 1 => format!("{} of them", ids.len()),
            _ => and_list(ids),
        };
        let mut what = self.what[..wording.whats.min(self.what.len())].join("; ");
        let more = self.what.len().saturating_sub(wording.whats);
        if more > 0 {
            what += &format!("; and {more} more");
        }
        // Of whom it is deduced, where not of all, the matrix says.
        if self.inferred.len() == self.ids.len() {
            what += INFERRED;
        }
        if let Some(accepted) = self.accepted.as_ref().filter(|_| wording.offered > 0) {
            let mut names: Vec<_> = self.offered.iter().map(|it| transform(*it)).collect();
            let more = names.len() > wording.offered;
            names.truncate(wording.offered);
            let names = match (more, names.is_empty()) {
                (true, _) => format!("{} …", names.join(", ")),
                (false, true) => "none".to_owned(),
                (false, false) => or_list(&names),
            };
            let offer = if self.ids.len() == 1 {
                "the client offers"
            } else {
                "they offer"
            };
            what += &format!(": the server accepts {accepted}, {offer} {names}");
        }
        if wording.fixes == 0 && !self.helps.is_empty() {
            what += "; -v says what helps";
        }
        let what = self.tone.marked(&what);
        let mut text = wrap(&format!("{}: {what}", self.whom()), width, "", 2);
        for (lead, help) in self.fixes(&whom).into_iter().take(wording.fixes) {
            text.push('\n');
            text.push_str(&wrap(&format!("{lead}: {help}"), width, "  ", 4));
        }
        if (1..self.helps.len()).contains(&wording.fixes) {
            text.push_str("\n  -v has the fixes for the others");
        }
        text.lines().map(ToOwned::to_owned).collect()
    }

    /// What helps, each with the words before it: first what all of them need.
    fn fixes(&self, whom: &dyn Fn(&[&str]) -> String) -> Vec<(String, String)> {
        let joined = |parts: &[&str]| parts.join(", and ");
        let in_all = |part: &&String| {
            let everybody = self.helps.iter().map(|(_, ids)| ids.len()).sum::<usize>();
            everybody == self.ids.len() && self.helps.iter().all(|(parts, _)| parts.contains(part))
        };
        let mut fixes = Vec::new();
        let first = self.helps.first().map_or(&[][..], |(parts, _)| parts);
        let common: Vec<&str> = first.iter().filter(in_all).map(String::as_str).collect();
        if !common.is_empty() {
            fixes.push(("fix".to_owned(), joined(&common)));
        }
        for (parts, ids) in &self.helps {
            let rest = parts.iter().map(String::as_str);
            let rest: Vec<_> = rest.filter(|part| !common.contains(part)).collect();
            if rest.is_empty() {
                continue;
            }
            let lead = match common.is_empty() {
                true => format!("fix for {}", whom(ids)),
                false => format!("and for {}", whom(ids)),
            };
            fixes.push((lead, joined(&rest)));
        }
        fixes
    }
}
