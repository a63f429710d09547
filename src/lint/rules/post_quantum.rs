//! Post-quantum key exchanges: their size, their fallback, and forward secrecy without them.

use crate::diag::{Severity, and_list};
use crate::dialect::pluto;
use crate::ike::{Ke, Proposal, Transform, TransformType};
use crate::lint::place::{List, Place, names};
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};
use crate::peer::Edit;
use crate::peer::engine::AdditionalSyntax;
use crate::peer::server::Product;

/// What `ikecompat explain key-exchange-not-fragmented` says.
pub(super) const KEY_EXCHANGE_NOT_FRAGMENTED: Rule = Rule {
    name: "key-exchange-not-fragmented",
    severity: Severity::Warning,
    documentation: "A post-quantum key exchange travels in a message that is not fragmented.\n\n\
        The public values of ML-KEM-768 and ML-KEM-1024 have 1184 and 1568 octets. IKE_SA_INIT \
        cannot be fragmented by IKE, and IP fragments are often dropped on the way; an additional \
        key exchange travels in IKE_INTERMEDIATE (RFC 9242), which can be, unless fragmentation (RFC \
        7383) is switched off.\n\n\
        Use `ke1_` behind a classical group, and allow fragmentation.",
};

/// What `ikecompat explain post-quantum-not-in-pfs` says.
pub(super) const POST_QUANTUM_NOT_IN_PFS: Rule = Rule {
    name: "post-quantum-not-in-pfs",
    severity: Severity::Warning,
    documentation: "Phase 1 has a post-quantum key exchange, and the groups of phase 2 are classical.\n\n\
        The keys of child SAs come from the IKE SA, so they are safe as long as its keys are; what \
        PFS is for, that they stay safe when those are lost, holds against a quantum computer only \
        with an additional key exchange there too (RFC 9370). Where the product has no place for one it is \
        a note. libreswan 5.4 takes one in `esp=` and leaves it out when a child SA is renewed (issue 2917).\n\n\
        Add it to the ESP entries.",
};

/// What `ikecompat explain post-quantum-without-fallback` says.
pub(super) const POST_QUANTUM_WITHOUT_FALLBACK: Rule = Rule {
    name: "post-quantum-without-fallback",
    severity: Severity::Warning,
    documentation: "Phase 1 takes nobody without a post-quantum key exchange.\n\n\
        Few clients offer ML-KEM, and one that does not know additional key exchanges skips every \
        proposal that lists any (RFC 7296, section 3.3.6).\n\n\
        Add an entry without it behind the others, or `ke1_none` beside it, unless that is meant.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[
        KEY_EXCHANGE_NOT_FRAGMENTED,
        POST_QUANTUM_NOT_IN_PFS,
        POST_QUANTUM_WITHOUT_FALLBACK,
    ],
    check,
};

/// [`KEY_EXCHANGE_NOT_FRAGMENTED`], [`POST_QUANTUM_NOT_IN_PFS`] and
/// [`POST_QUANTUM_WITHOUT_FALLBACK`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    for one in subject.connections() {
        let mut lists = subject.lists(one);
        let Some(ike) = lists.next() else {
            continue;
        };
        for place in ike.places() {
            not_fragmented(subject, place, found);
        }
        let in_ike = ike.places().find_map(post_quantum);
        for list in lists {
            skipped_in_pfs(subject, list, found);
            if let Some(transform) = in_ike {
                not_in_pfs(subject, transform, list, found);
            }
        }
        if one.1.serves_clients() && subject.policy.required_key_exchange.is_none() {
            without_fallback(subject, ike, found);
        }
    }
}

fn is_post_quantum(transform: Transform) -> bool {
    let exchange = transform.kind.is_key_exchange();
    exchange && Ke::from_repr(transform.id).is_some_and(Ke::is_post_quantum)
}

/// Whether the public values fit into one packet of 1280 octets beside everything else.
fn is_large(transform: Transform) -> bool {
    is_post_quantum(transform) && transform.id != Ke::MlKem512.number()
}

fn post_quantum(place: Place<'_>) -> Option<Transform> {
    let mut transforms = place.entry.proposal.transforms().iter();
    transforms.find(|t| is_post_quantum(**t)).copied()
}

/// Whether nothing but post-quantum methods satisfies the proposal.
fn demands_post_quantum(proposal: &Proposal) -> bool {
    let mut kinds = TransformType::COMPARED
        .iter()
        .filter(|kind| kind.is_key_exchange());
    kinds.any(|kind| {
        let methods = proposal.of(*kind);
        !methods.is_empty() && methods.iter().all(|t| is_post_quantum(*t))
    })
}

/// How the server's file says a method behind a classical group.
fn behind_another(subject: &LintSubject<'_>, method: Transform) -> String {
    let additional = Transform {
        kind: TransformType::ADDKE1,
        ..method
    };
    match subject.server.engine.name.row().additional_syntax {
        AdditionalSyntax::Option => {
            let word = pluto::spell(additional).unwrap_or_default();
            format!("`;addke1={word}`")
        }
        AdditionalSyntax::Keyword | AdditionalSyntax::Other => names(&[additional]).remove(0),
    }
}

fn not_fragmented(subject: &LintSubject<'_>, place: Place<'_>, found: &mut Findings) {
    let large = place.entry.proposal.transforms().iter();
    let large = large.filter(|t| is_large(**t));
    for transform in large {
        let name = &names(&[*transform])[0];
        let finding = if transform.kind == TransformType::KE {
            let message = format!(
                "{} has {name} as its first key exchange, in IKE_SA_INIT, which cannot be fragmented",
                place.name()
            );
            KEY_EXCHANGE_NOT_FRAGMENTED.finding(message).help(format!(
                "put a classical group first, and {} behind it",
                behind_another(subject, *transform)
            ))
        } else if let Some(off) = &place.list.connection.without_fragmentation {
            let message = format!(
                "{} has {name}, whose IKE_INTERMEDIATE does not fit into one packet, and IKE fragmentation is off",
                place.name()
            );
            KEY_EXCHANGE_NOT_FRAGMENTED
                .finding(message)
                .with(Some(off), "switched off here")
                .help("allow fragmentation")
        } else {
            continue;
        };
        let span = subject.word(place.entry, *transform);
        found.push(finding.about(place.list.number).at(span.as_ref()));
        return; // once an entry
    }
}

/// An additional key exchange of phase 2 that the daemon leaves out whenever it would count: the first child SA has none.
fn skipped_in_pfs(subject: &LintSubject<'_>, list: List<'_>, found: &mut Findings) {
    if !subject.situation.build.child_skips_additional {
        return;
    }
    let is_additional = |t: &Transform| t.kind.additional_round().is_some() && !t.is_none();
    let found_in = list.places().find_map(|place| {
        let mut transforms = place.entry.proposal.transforms().iter().copied();
        Some((place.entry, transforms.find(is_additional)?))
    });
    let Some((entry, skipped)) = found_in else {
        return;
    };
    let message = format!(
        "{} has {}, which is left out whenever a child SA is renewed",
        list.name(),
        names(&[skipped])[0]
    );
    let mut finding = POST_QUANTUM_NOT_IN_PFS
        .finding(message)
        .about(list.number)
        .at(subject.word(entry, skipped).as_ref())
        .help("nothing of a child SA is post-quantum but the keys of the IKE SA; take it out, it changes nothing");
    if let Some(why) = no_place_in_pfs(subject) {
        finding = finding.note(why);
    }
    found.push(finding);
}

fn not_in_pfs(subject: &LintSubject<'_>, in_ike: Transform, list: List<'_>, found: &mut Findings) {
    if list.places().any(|place| post_quantum(place).is_some()) {
        return;
    }
    let classical = |place: &Place<'_>| place.of(TransformType::KE).iter().any(|t| !t.is_none());
    let place = list.places().find(classical);
    let child = list.child.map(|child| &list.connection.children[child]);
    let switch = subject.server.engine.name.row().has_pfs_switch;
    let by_switch = switch && child.is_some_and(|child| child.pfs != Some(false));
    let groups = match &place {
        Some(_) if !switch || by_switch => "uses classical groups alone for PFS",
        None if by_switch => "uses the first group of the IKE SA alone for PFS",
        _ => return,
    };
    let message = format!(
        "phase 1 has {}, and {} {groups}",
        names(&[in_ike])[0],
        list.name()
    );
    let group = place.map(|place| (place.entry, place.of(TransformType::KE)[0]));
    let span = match group {
        Some((entry, group)) => subject.word(entry, group),
        None => list.span(),
    };
    let mut finding = POST_QUANTUM_NOT_IN_PFS
        .finding(message)
        .about(list.number)
        .at(span.as_ref());
    // Nobody can do anything about it there.
    if let Some(why) = no_place_in_pfs(subject) {
        finding.diagnostic.severity = Severity::Note;
        found.push(finding.note(why));
        return;
    }
    let kind = match in_ike.kind {
        TransformType::KE => TransformType::ADDKE1,
        additional => additional,
    };
    let both = |place: Place<'_>| {
        let none = Transform::ke(Ke::None);
        [in_ike, none]
            .map(|exchange| Transform { kind, ..exchange })
            .map(|transform| Edit::AddAlgorithm {
                list: list.place(),
                number: place.number,
                transform,
            })
    };
    let edits = list.places().flat_map(both).collect();
    let help = "add the additional key exchange to the entries of phase 2 too, and none beside it";
    found.advise(subject, finding, help, edits);
}

/// Why phase 2 has no place for an additional key exchange; `None` where it has one.
fn no_place_in_pfs(subject: &LintSubject<'_>) -> Option<&'static str> {
    match (
        subject.server.engine.name.row().additional_syntax,
        subject.server.product,
    ) {
        (AdditionalSyntax::Option, _) => Some(
            "libreswan leaves additional key exchanges out when a child SA is renewed (issue 2917)",
        ),
        (_, Some(Product::Opnsense)) => {
            Some("whether OPNsense's page of phase 2 has additional key exchanges was not seen")
        }
        _ => None,
    }
}

fn without_fallback(subject: &LintSubject<'_>, ike: List<'_>, found: &mut Findings) {
    let mut places = ike.places().peekable();
    if places.peek().is_none() || !places.all(|place| demands_post_quantum(&place.entry.proposal)) {
        return;
    }
    let offers = |proposals: &[Proposal]| {
        let mut transforms = proposals.iter().flat_map(Proposal::transforms);
        transforms.any(|t| is_post_quantum(*t))
    };
    let lost: Vec<String> = subject
        .clients
        .iter()
        .filter(|report| {
            let offer = report.client.ike_sa_init.stated();
            offer
                .is_some_and(|fact| fact.value.may_add.is_empty() && !offers(&fact.value.proposals))
        })
        .map(|report| report.client.label.clone())
        .collect();
    let message = format!(
        "{} takes no client without a post-quantum key exchange",
        ike.name()
    );
    let mut finding = POST_QUANTUM_WITHOUT_FALLBACK
        .finding(message)
        .about(ike.number)
        .at(ike.span().as_ref());
    if !lost.is_empty() {
        finding = finding.note(format!("offered by none of {}", and_list(&lost)));
    }
    let first = ike.places().next();
    let alone = first.and_then(|place| {
        let mut groups = place.entry.proposal.of(TransformType::KE).iter().copied();
        groups.find(|group| is_post_quantum(*group))
    });
    let product = subject.server.product;
    let syntax = subject.server.engine.name.row().additional_syntax;
    let help = match (alone, syntax) {
        (Some(method), _) => format!(
            "put a classical group first and {} behind it, and add an entry without it",
            behind_another(subject, method)
        ),
        // The lists of OPNsense's page have no such value.
        (None, AdditionalSyntax::Keyword) if product != Some(Product::Opnsense) => {
            "add an entry without it, or `ke1_none` beside it".to_owned()
        }
        (None, AdditionalSyntax::Keyword | AdditionalSyntax::Option | AdditionalSyntax::Other) => {
            "add an entry without it".to_owned()
        }
    };
    let classical = first.map(|place| place.entry.proposal.without_additional_key_exchanges());
    let classical = classical.filter(|it| !it.transforms().iter().any(|t| is_post_quantum(*t)));
    let add = classical.map(|proposal| Edit::Add {
        list: ike.place(),
        proposal,
        first: false,
    });
    found.advise(subject, finding, &help, add.into_iter().collect());
}
