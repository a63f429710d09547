//! Algorithms that the policy phases out, discourages or prohibits.

use rustc_hash::FxHashSet;

use crate::compat::rank::{Member, Tier};
use crate::diag::{Severity, and_list};
use crate::ike::{Protocol, Transform, TransformType};
use crate::lint::place::{List, Place, spell};
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};
use crate::peer::Edit;

/// What `ikecompat explain weak-entry` says.
pub(super) const WEAK_ENTRY: Rule = Rule {
    name: "weak-entry",
    severity: Severity::Warning,
    documentation: "An entry allows an algorithm that is phasing out, discouraged or prohibited.\n\n\
        The finding says which algorithm decides, by which clause of the policy, and which of the \
        clients would have nothing left without it.\n\n\
        Remove it if nobody needs it; else change the clients that need it first: `ikecompat \
        recommend --server FILE` names the steps.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[WEAK_ENTRY],
    check,
};

/// [`WEAK_ENTRY`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    let mut seen = FxHashSet::default();
    let mut needs = Needs::default();
    for place in subject.entries() {
        let Some((worst, others)) = weak(subject, place) else {
            continue;
        };
        let span = match worst.transform {
            Some(transform) => subject.word(place.entry, transform),
            None => place.span().cloned(),
        };
        let need = worst
            .transform
            .filter(|_| !subject.served(place.list.number).is_empty())
            .map(|transform| needs.of(subject, place.list.protocol(), transform));
        let is_default = subject.is_default_list(place);
        if is_default && need.as_ref().is_none_or(|need| need.clients.is_empty()) {
            continue; // nobody wrote it, and nobody here uses it
        }
        let message = format!("{} allows {}", place.name(), worst.summary());
        // Rows of a page give several entries each; one word of it is complained about once.
        if let Some(span) = &span
            && !seen.insert((span.clone(), worst.name()))
        {
            continue;
        }
        let mut finding = WEAK_ENTRY
            .finding(message)
            .about(place.list.number)
            .at(span.as_ref())
            .note(worst.reason());
        if is_default {
            finding.diagnostic.severity = Severity::Note;
            finding = finding.note("it is in the list that the product fills in");
        }
        if !others.is_empty() {
            finding = finding.note(format!("it also allows {}", and_list(&others)));
        }
        let mut edits = Vec::new();
        if let Some(need) = need {
            finding = finding.note(need.sentence(&worst.name()));
            if need.clients.is_empty() && !need.is_all && !is_default {
                edits = need.edits;
            }
        }
        found.push_at(place.name(), finding, edits);
    }
}

/// Who needs an algorithm.
#[derive(Clone, Debug)]
struct Need {
    /// Labels of the clients that are worse off if it goes from all lists: of two entries with it either
    /// may be spared, and not both.
    clients: Vec<String>,
    /// Algorithms that are said to be needed by nobody, and without which this one is needed.
    unless: Vec<String>,
    /// The numbers of the entries with it, where they are in one list.
    bearers: Vec<String>,
    /// Removes the entry.
    edits: Vec<Edit>,
    /// A list has nothing without it.
    is_all: bool,
}

impl Need {
    fn sentence(&self, name: &str) -> String {
        let who = and_list(&self.clients);
        let verb = if self.clients.len() == 1 {
            "needs"
        } else {
            "need"
        };
        if self.clients.is_empty() && self.is_all {
            format!("none of the clients compared needs {name}, but without it nothing is left")
        } else if self.clients.is_empty() {
            format!("none of the clients compared needs {name}")
        } else if !self.unless.is_empty() {
            let others = and_list(&self.unless);
            format!("{who} {verb} {name} unless {others} stays")
        } else if self.bearers.len() > 1 {
            let entries = and_list(&self.bearers);
            format!("{who} {verb} {name} in one of the entries {entries}")
        } else {
            format!("needed by {who}")
        }
    }
}

/// What was found out already, and what was said to be needed by nobody.
#[derive(Default)]
struct Needs {
    known: Vec<((Protocol, Transform), Need)>,
    spared: Vec<Edit>,
    names: Vec<String>,
}

impl Needs {
    fn of(&mut self, subject: &LintSubject<'_>, protocol: Protocol, transform: Transform) -> Need {
        let known = self
            .known
            .iter()
            .find(|(key, _)| *key == (protocol, transform));
        if let Some((_, need)) = known {
            return need.clone();
        }
        let lists = subject.all_lists().into_iter();
        let with = |list: &List<'_>| {
            let mut entries = list.entries.iter();
            list.protocol() == protocol && entries.any(|it| it.proposal.contains(transform))
        };
        let lists: Vec<List<'_>> = lists.filter(with).collect();
        let remove = |list: &List<'_>| Edit::RemoveAlgorithm {
            list: list.place(),
            transform,
        };
        let edits: Vec<Edit> = lists.iter().map(remove).collect();
        let owned = |labels: Vec<&str>| labels.iter().map(|it| (*it).to_owned()).collect();
        let mut clients: Vec<String> = owned(subject.harmed(&edits));
        let mut unless = Vec::new();
        let is_all = subject.leaves_nothing(&edits);
        if clients.is_empty() && !is_all {
            let all = [self.spared.clone(), edits.clone()].concat();
            clients = owned(subject.harmed(&all));
            if clients.is_empty() {
                self.spared = all;
                self.names.push(spell(transform));
            } else {
                unless.clone_from(&self.names);
            }
        }
        let bearers = match lists.as_slice() {
            [list] => {
                let entries = list.entries.iter().enumerate();
                let with = entries.filter(|(_, entry)| entry.proposal.contains(transform));
                with.map(|(number, _)| (number + 1).to_string()).collect()
            }
            _ => Vec::new(),
        };
        let need = Need {
            clients,
            unless,
            bearers,
            edits,
            is_all,
        };
        self.known.push(((protocol, transform), need.clone()));
        need
    }
}

/// The member that decides, and the names of the other weak ones.
fn weak(subject: &LintSubject<'_>, place: Place<'_>) -> Option<(Member, Vec<String>)> {
    let proposal = &place.entry.proposal;
    let protocol = place.list.protocol();
    let aead = place.of(TransformType::ENCR).iter().any(|t| t.is_aead());
    let counts = |t: &&Transform| {
        let kind = t.kind;
        let idle = kind == TransformType::SN
            || (kind.is_key_exchange() && protocol != Protocol::Ike)
            || (kind == TransformType::INTEG && aead)
            || (kind.is_key_exchange() && kind != TransformType::KE);
        // Those with a rule of their own.
        let own =
            super::null_encryption::is_null(**t) || super::truncated_sha256::is_truncated(**t);
        !idle && !own && !t.is_none()
    };
    let members = proposal.transforms().iter().filter(counts);
    let mut weak: Vec<Member> = members
        .map(|t| subject.policy.alone(protocol, *t))
        .filter(|member| member.tier > Tier::Permitted)
        .collect();
    let worst = weak
        .iter()
        .map(|member| (member.tier, member.level))
        .max()?;
    let decides = weak
        .iter()
        .position(|member| (member.tier, member.level) == worst)?;
    let worst = weak.remove(decides);
    let mut others = Vec::new();
    for name in weak.iter().filter_map(|member| member.transform).map(spell) {
        let derived = name.strip_prefix("prf").unwrap_or(&name).to_owned();
        if derived != worst.name() && !others.contains(&derived) {
            others.push(derived);
        }
    }
    Some((worst, others))
}
