//! Orders that let the weaker choice win.

use crate::compat::rank::{Member, Tier};
use crate::diag::Severity;
use crate::ike::{Protocol, Transform, TransformType};
use crate::lint::place::{List, Place};
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};
use crate::peer::Edit;

/// What `ikecompat explain peer-order-wins` says.
pub(super) const PEER_ORDER_WINS: Rule = Rule {
    name: "peer-order-wins",
    severity: Severity::Note,
    documentation: "The peer's order decides, and it may prefer a weaker algorithm.\n\n\
        With `charon.prefer_configured_proposals = no` the client's list is walked first. Windows \
        puts 3DES first.\n\n\
        Let the server's order decide.",
};

/// What `ikecompat explain weaker-algorithm-first` says.
pub(super) const WEAKER_ALGORITHM_FIRST: Rule = Rule {
    name: "weaker-algorithm-first",
    severity: Severity::Warning,
    documentation: "Within an entry a weaker algorithm stands before a stronger one.\n\n\
        The first algorithm that both sides list is chosen: 3DES where AES is common too.\n\n\
        Put the stronger one first.",
};

/// What `ikecompat explain weaker-entry-first` says.
pub(super) const WEAKER_ENTRY_FIRST: Rule = Rule {
    name: "weaker-entry-first",
    severity: Severity::Warning,
    documentation: "An entry whose best suite is weak stands before a better one.\n\n\
        The list is walked in its order, so peers that have both get the weak one.\n\n\
        Put the stronger entry first.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[PEER_ORDER_WINS, WEAKER_ALGORITHM_FIRST, WEAKER_ENTRY_FIRST],
    check,
};

/// The types in which a choice is made by strength.
const TYPES: [TransformType; 4] = [
    TransformType::ENCR,
    TransformType::INTEG,
    TransformType::PRF,
    TransformType::KE,
];

/// [`PEER_ORDER_WINS`], [`WEAKER_ALGORITHM_FIRST`] and [`WEAKER_ENTRY_FIRST`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    for list in subject.all_lists() {
        if subject.server.prefers_own {
            for place in list
                .places()
                .filter(|place| !subject.is_default_list(*place))
            {
                weaker_algorithm_first(subject, place, found);
            }
            weaker_entry_first(subject, list, found);
        } else {
            peer_order_wins(subject, list, found);
        }
    }
}

fn counts(protocol: Protocol, transform: Transform) -> bool {
    let group = transform.kind == TransformType::KE;
    !transform.is_none() && (!group || protocol == Protocol::Ike)
}

fn weaker_algorithm_first(subject: &LintSubject<'_>, place: Place<'_>, found: &mut Findings) {
    let protocol = place.list.protocol();
    let judged = |t: &Transform| subject.policy.alone(protocol, *t);
    let both = TYPES.into_iter().find_map(|kind| {
        let algorithms = place.of(kind);
        let algorithms = algorithms.iter().filter(|t| counts(protocol, **t));
        let members: Vec<Member> = algorithms.map(judged).collect();
        let weak = members.iter().position(|m| m.tier > Tier::PhasingOut)?;
        let strong = members[weak..].iter().find(|m| m.tier <= Tier::Permitted)?;
        Some((members[weak].clone(), strong.clone()))
    });
    let Some((weak, strong)) = both else {
        return;
    };
    let span = weak.transform.and_then(|t| subject.word(place.entry, t));
    let message = format!(
        "{} puts {} before `{}`",
        place.name(),
        weak.summary(),
        strong.name()
    );
    let finding = WEAKER_ALGORITHM_FIRST
        .finding(message)
        .about(place.list.number)
        .at(span.as_ref())
        .note(weak.reason());
    let help = format!("put `{}` first", strong.name());
    let edits = strong.transform.map(|transform| Edit::PutFirst {
        list: place.list.place(),
        number: place.number,
        transform,
    });
    found.advise(subject, finding, &help, edits.into_iter().collect());
}

/// The tier of the best suite of an entry, and the algorithm that decides it.
fn best(subject: &LintSubject<'_>, place: Place<'_>) -> Option<(Tier, Member)> {
    let protocol = place.list.protocol();
    let best_of = |kind| {
        let algorithms = place.of(kind).iter().filter(|t| counts(protocol, **t));
        let judged = algorithms.map(|t| subject.policy.alone(protocol, *t));
        judged.min_by_key(|member| (member.tier, member.level))
    };
    let members = TYPES.into_iter().filter_map(best_of);
    let worst = members.max_by_key(|member| (member.tier, member.level))?;
    Some((worst.tier, worst))
}

fn weaker_entry_first(subject: &LintSubject<'_>, list: List<'_>, found: &mut Findings) {
    let places: Vec<_> = list
        .places()
        .filter(|place| !subject.is_default_list(*place))
        .collect();
    let bests: Vec<_> = places.iter().map(|place| best(subject, *place)).collect();
    for (number, first) in bests.iter().enumerate() {
        let Some((tier, member)) = first.as_ref().filter(|(tier, _)| *tier > Tier::PhasingOut)
        else {
            continue;
        };
        let better = bests[number..].iter().position(
            |other| matches!(other, Some((other, _)) if *other <= Tier::Permitted && other < tier),
        );
        let Some(better) = better.map(|ahead| places[number + ahead]) else {
            continue;
        };
        let place = places[number];
        let message = format!(
            "{} needs {} and stands before entry {}, which is better",
            place.name(),
            member.summary(),
            better.number + 1
        );
        let finding = WEAKER_ENTRY_FIRST
            .finding(message)
            .about(list.number)
            .at(place.span())
            .with(better.span(), "the better entry")
            .note(member.reason());
        let help = format!("put entry {} first", better.number + 1);
        let edit = Edit::MoveToFront {
            list: list.place(),
            number: better.number,
        };
        found.advise(subject, finding, &help, vec![edit]);
        return;
    }
}

fn peer_order_wins(subject: &LintSubject<'_>, list: List<'_>, found: &mut Findings) {
    let protocol = list.protocol();
    let choices: Vec<Transform> = list
        .places()
        .flat_map(|place| place.entry.proposal.transforms().to_vec())
        .filter(|t| TYPES.contains(&t.kind) && counts(protocol, *t))
        .collect();
    let judged = |t: &Transform| subject.policy.alone(protocol, *t);
    let weak = choices.iter().map(judged).find(|weak| {
        let better = |t: &Transform| {
            let kind = weak.transform.map(|own| own.kind);
            Some(t.kind) == kind && judged(t).tier <= Tier::Permitted
        };
        weak.tier > Tier::PhasingOut && choices.iter().any(better)
    });
    let Some(weak) = weak else {
        return;
    };
    let message = format!(
        "the client's order decides in {}, and it may put {} first",
        list.name(),
        weak.summary()
    );
    let finding = PEER_ORDER_WINS
        .finding(message)
        .about(list.number)
        .at(list.span().as_ref());
    let help = "set charon.prefer_configured_proposals to yes";
    found.advise(subject, finding, help, vec![Edit::PreferOwn]);
}
