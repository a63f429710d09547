//! What keeps clients out, each thing once: for whom, why, and what helps, in a few lines.

use itertools::Itertools as _;

use super::matrix::{INFERRED, hedge};
use super::reasons::{LOST, complaint};
use super::{exchange, verdict};
use crate::answer::check::{Answer, ClientAnswer};
use crate::answer::remedy::{Remedy, RemedyPart, RemedySide};
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
    helps: Vec<Help<'a>>,
    /// The same without what a client is set to.
    terse_helps: Vec<Help<'a>>,
    /// What is said where nothing helps.
    nothing: &'static str,
}

/// What helps, part by part, and the ids of those whom it helps.
type Help<'a> = (Vec<String>, Vec<&'a str>);

/// Joins the help of others.
fn join<'a>(all: &mut Vec<Help<'a>>, others: Vec<Help<'a>>) {
    for (help, ids) in others {
        match all.iter_mut().find(|(known, _)| *known == help) {
            Some((_, known)) => known.extend(ids),
            None => all.push((help, ids)),
        }
    }
}

/// Where changes were tried in vain.
const NONE_FOUND: &str = "no small change was found";
/// Where none could be.
const NONE_TRIED: &str = "none was tried, because each algorithm more in lists that are combined \
                          allows several suites";

/// Clients that are named in a heading before the others are counted.
const MOST_NAMED: usize = 7;

/// How much of a block is said. What happens, to whom, and what helps is said in every wording.
#[derive(Clone, Copy)]
struct Wording {
    /// With names in the fixes, or with how many they are where that says which.
    named: bool,
    /// So many of the algorithms that they offer.
    offered: usize,
    /// So many of the things that happen.
    whats: usize,
    /// With the code of what happens.
    coded: bool,
    /// What helps stands on lines of its own.
    apart: bool,
    /// With what a client is set to.
    set: bool,
}

/// The wordings, from the fullest to the tersest.
const WORDINGS: [Wording; 8] = {
    let full = Wording {
        named: true,
        offered: usize::MAX,
        whats: usize::MAX,
        coded: true,
        apart: true,
        set: true,
    };
    let few = Wording {
        offered: FEW,
        ..full
    };
    let unnamed = Wording {
        named: false,
        ..few
    };
    let alone = Wording {
        offered: 0,
        ..unnamed
    };
    let together = Wording {
        apart: false,
        ..alone
    };
    let terse = Wording {
        whats: 2,
        ..together
    };
    let tersest = Wording {
        coded: false,
        ..terse
    };
    let unset = Wording {
        set: false,
        ..tersest
    };
    [full, few, unnamed, alone, together, terse, tersest, unset]
};

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
    let multiplies = answer.server.engine.name.row().multiplies_lists;
    for client in failing {
        let one = problem(client, multiplies);
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

/// What keeps one client out, of a server that `multiplies` its lists or does not.
fn problem(client: &ClientAnswer, multiplies: bool) -> Problem<'_> {
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
        terse_helps: Vec::new(),
        nothing: match report.verdict == Overall::Refused && multiplies {
            true => NONE_TRIED,
            false => NONE_FOUND,
        },
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
    let remedy = advised.or(client.remedies.first());
    let help = |said: fn(&Remedy) -> Vec<String>| {
        let other = || Some(vec![client.helps.first()?.replacen(": ", ", ", 1)]);
        let help: Option<Vec<String>> = remedy.map(said).or_else(other);
        help.map(|help| (help, vec![id]))
    };
    problem.helps.extend(help(brief));
    problem.terse_helps.extend(help(terse));
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

/// Where a remedy is carried out, if that is at the client; what is set there -v says.
fn terse(remedy: &Remedy) -> Vec<String> {
    let of_client = remedy.parts.iter().find(|it| it.side == RemedySide::Client);
    let Some(of_client) = of_client else {
        return brief(remedy);
    };
    let also = match remedy.is_on(RemedySide::Server) {
        true => ", and on the server",
        false => "",
    };
    let said = format!(
        "on the client, {}{also} (-v says how)",
        of_client.instruction
    );
    with_objection(vec![said], remedy)
}

/// The parts of a remedy in short: commands are left out.
fn brief(remedy: &Remedy) -> Vec<String> {
    let on_client = remedy.is_on(RemedySide::Client);
    let mut said: Vec<String> = Vec::new();
    // What the client is set to and the server gets besides is named once.
    let of_client = remedy.parts.iter().find(|it| it.side == RemedySide::Client);
    let is_same = |part: &RemedyPart| {
        let named = of_client.zip(part.proposal.as_deref());
        let is_named = named.is_some_and(|(of_client, suite)| of_client.brief.contains(suite));
        is_named && part.phase.is_some()
    };
    let of_server = remedy.parts.iter();
    let of_server: Vec<_> = of_server
        .filter(|it| it.side == RemedySide::Server)
        .collect();
    if let Some(of_client) = of_client.filter(|_| of_server.iter().all(|it| is_same(it)))
        && !of_server.is_empty()
    {
        let phases = of_server.iter().filter_map(|part| part.phase);
        let phases: Vec<_> = phases.map(|phase| format!("phase {phase}")).collect();
        said.push(format!("on the client, {}", of_client.brief));
        said.push(format!(
            "add the same to {} on the server",
            and_list(&phases)
        ));
        return with_objection(said, remedy);
    }
    // Where to go is said once; what is done there stands behind it.
    let mut place = None;
    for part in &remedy.parts {
        let is_there = place.replace(part.side) == Some(part.side);
        said.push(match part.side {
            _ if is_there => part.brief.clone(),
            RemedySide::Client => format!("on the client, {}", part.brief),
            RemedySide::Server if on_client => format!("on the server, {}", part.brief),
            RemedySide::Server => part.brief.clone(),
        });
    }
    with_objection(said, remedy)
}

/// The same with why nobody should do it.
fn with_objection(mut said: Vec<String>, remedy: &Remedy) -> Vec<String> {
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
        join(&mut self.helps, other.helps);
        join(&mut self.terse_helps, other.terse_helps);
    }

    /// The block for a terminal, of at most so many lines where that is possible without cutting a sentence: the more
    /// of it does not fit, the fewer words are used. What happens to whom and what helps is never left out.
    pub(crate) fn lines(&self, width: u16, most: usize) -> Vec<String> {
        let each = WORDINGS.map(|wording| self.said(wording, width));
        let shortest = each.iter().map(Vec::len).min().unwrap_or(0);
        let fits = |lines: &Vec<String>| lines.len() <= most.max(shortest);
        each.into_iter().find(fits).unwrap_or_default()
    }

    /// Whether each of its clients is named.
    pub(crate) const fn names_all(&self) -> bool {
        self.ids.len() <= MOST_NAMED
    }

    /// The ids, or the first ones of many.
    fn whom(&self) -> String {
        match self.ids.len() {
            0..=MOST_NAMED => and_list(&self.ids),
            all => format!("{} and {} more", self.ids[..FEW].join(", "), all - FEW),
        }
    }

    fn said(&self, wording: Wording, width: u16) -> Vec<String> {
        let mut what = self.happens(wording);
        // Of whom it is deduced, where not of all, the matrix says.
        if self.inferred.len() == self.ids.len() {
            what += INFERRED;
        }
        if wording.offered > 0 {
            what += &self.listed(wording.offered);
        }
        let lead = format!("{}: {}", self.whom(), self.tone.marked(&what));
        let whom = |ids: &[&str]| self.some(ids, wording.named);
        let helps = match wording.set {
            true => &self.helps,
            false => &self.terse_helps,
        };
        let fixes = self.fixes(helps, &whom).into_iter();
        let fixes = fixes.map(|(lead, help)| format!("{lead}: {help}"));
        let text = match wording.apart {
            true => std::iter::once(wrap(&lead, width, "", 2))
                .chain(fixes.map(|fix| wrap(&fix, width, "  ", 4)))
                .join("\n"),
            false => wrap(&std::iter::once(lead).chain(fixes).join("; "), width, "", 2),
        };
        text.lines().map(ToOwned::to_owned).collect()
    }

    /// What happens.
    fn happens(&self, wording: Wording) -> String {
        let said = self.what.iter().take(wording.whats);
        let mut said = said.map(|text| match text.rsplit_once(" [") {
            Some((bare, _)) if !wording.coded && text.ends_with(']') => bare,
            _ => text,
        });
        let mut what = said.join("; ");
        let more = self.what.len().saturating_sub(wording.whats);
        if more > 0 {
            what += &format!("; and {more} more");
        }
        what
    }

    /// What the server accepts, and so many of what the clients offer.
    fn listed(&self, most: usize) -> String {
        let Some(accepted) = &self.accepted else {
            return String::new();
        };
        let mut names: Vec<_> = self.offered.iter().map(|it| transform(*it)).collect();
        let more = names.len() > most;
        names.truncate(most);
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
        format!(": the server accepts {accepted}, {offer} {names}")
    }

    /// Some of them, by their ids, or by those that are not among them where that is shorter.
    fn some(&self, ids: &[&str], named: bool) -> String {
        let others: Vec<&str> = self
            .ids
            .iter()
            .copied()
            .filter(|id| !ids.contains(id))
            .collect();
        match (named, ids.len(), others.as_slice()) {
            (false, 2.., []) => format!("all {}", ids.len()),
            (false, many, others) if many > others.len() + 1 => {
                format!("all but {}", and_list(others))
            }
            _ => and_list(ids),
        }
    }

    /// What helps, each with the words before it: first what all of them need.
    fn fixes(&self, helps: &[Help<'_>], whom: &dyn Fn(&[&str]) -> String) -> Vec<(String, String)> {
        let joined = |parts: &[&str]| parts.join(", and ");
        let in_all = |part: &&String| {
            let everybody = helps.iter().map(|(_, ids)| ids.len()).sum::<usize>();
            everybody == self.ids.len() && helps.iter().all(|(parts, _)| parts.contains(part))
        };
        let mut fixes = Vec::new();
        let first = helps.first().map_or(&[][..], |(parts, _)| parts);
        let common: Vec<&str> = first.iter().filter(in_all).map(String::as_str).collect();
        if !common.is_empty() {
            fixes.push(("fix".to_owned(), joined(&common)));
        }
        for (parts, ids) in helps {
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
        let helped = |id: &&str| helps.iter().any(|(_, ids)| ids.contains(id));
        let helpless: Vec<&str> = self.ids.iter().copied().filter(|id| !helped(id)).collect();
        if self.tone == Tone::Bad && !helpless.is_empty() {
            let lead = match helps.is_empty() {
                true => "fix".to_owned(),
                false => format!("fix for {}", whom(&helpless)),
            };
            fixes.push((lead, self.nothing.to_owned()));
        }
        fixes
    }
}
