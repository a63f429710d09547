//! Clients that come up and lose the tunnel when keys of a child SA are renewed.

use crate::compat::report::ClientReport;
use crate::compat::survival::Survival;
use crate::compat::verdict::{Refusal, Verdict};
use crate::diag::{Severity, and_list};
use crate::ike::{Protocol, Transform, TransformType};
use crate::lint::place::{List, names};
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};
use crate::peer::{Edit, Exchange};

/// What `ikecompat explain optional-pfs-refused` says.
pub(super) const OPTIONAL_PFS_REFUSED: Rule = Rule {
    name: "optional-pfs-refused",
    severity: Severity::Error,
    documentation: "The server asks for new keys with optional groups, which a client refuses.\n\n\
        Windows without `-PfsGroup` answers every rekeying of a child SA that names a group with \
        error 13816, even if `none` is listed beside it, as strongSwan does by default since 6.0.2 \
        (strongSwan issue 2831).\n\n\
        Remove the groups, or set the same group on the client.",
};

/// What `ikecompat explain pfs-group-not-offered` says.
pub(super) const PFS_GROUP_NOT_OFFERED: Rule = Rule {
    name: "pfs-group-not-offered",
    severity: Severity::Error,
    documentation: "A child SA is to be rekeyed with a group that a client does not have.\n\n\
        Groups are not compared when the first child SA is made (RFC 7296, section 1.2), so the \
        tunnel comes up, and dies at the first rekeying, after 8 minutes to 8 hours.\n\n\
        Turn PFS off in phase 2, or let every client use the group.",
};

/// What `ikecompat explain pfs-not-configured` says.
pub(super) const PFS_NOT_CONFIGURED: Rule = Rule {
    name: "pfs-not-configured",
    severity: Severity::Error,
    documentation: "A client rekeys child SAs with a group, and the server lists none.\n\n\
        The tunnel comes up, since groups are not compared in IKE_AUTH (RFC 7296, section 1.2), and \
        is lost when the client asks for new keys (algo issues 316 and 354, IKEv2-setup issue 72).\n\n\
        Add the client's group to the ESP entries with `none` beside it, or turn PFS off on the \
        client.",
};

/// What `ikecompat explain pfs-refused` says.
pub(super) const PFS_REFUSED: Rule = Rule {
    name: "pfs-refused",
    severity: Severity::Error,
    documentation: "The server asks for new keys with a group, which a client refuses.\n\n\
        Windows without `-PfsGroup` answers such a request with error 13816.\n\n\
        Turn PFS off for this connection, set the same group on the client, or never let the server \
        ask (rekey time 0).",
};

/// What `ikecompat explain server-initiated-rekey` says.
pub(super) const SERVER_INITIATED_REKEY: Rule = Rule {
    name: "server-initiated-rekey",
    severity: Severity::Error,
    documentation: "The server asks for new keys of child SAs, which a client refuses behind NAT.\n\n\
        Windows behind NAT answers a CREATE_CHILD_SA request of the server with error 13863. Windows \
        rekeys by itself.\n\n\
        Set the rekey time of the child to 0 on the server.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[
        OPTIONAL_PFS_REFUSED,
        PFS_GROUP_NOT_OFFERED,
        PFS_NOT_CONFIGURED,
        PFS_REFUSED,
        SERVER_INITIATED_REKEY,
    ],
    check,
};

/// [`OPTIONAL_PFS_REFUSED`], [`PFS_GROUP_NOT_OFFERED`], [`PFS_NOT_CONFIGURED`],
/// [`PFS_REFUSED`] and [`SERVER_INITIATED_REKEY`]: five refusals of one exchange.
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    for one in subject.for_clients() {
        for list in subject.lists(one) {
            let Some(child) = list.child else {
                continue;
            };
            let served = subject.served(one.0);
            for rule in [
                PFS_GROUP_NOT_OFFERED,
                PFS_NOT_CONFIGURED,
                OPTIONAL_PFS_REFUSED,
                PFS_REFUSED,
                SERVER_INITIATED_REKEY,
            ] {
                let hit = |report: &&&ClientReport| refuses(report, child, list, rule);
                let hit: Vec<&ClientReport> = served.iter().filter(hit).copied().collect();
                if !hit.is_empty() {
                    finding(subject, rule, list, &hit, found);
                }
            }
        }
    }
}

/// Whether a rekeying of the child fails for the reason that the rule is about.
fn refuses(report: &ClientReport, child: usize, list: List<'_>, rule: Rule) -> bool {
    let Some(child) = report.children.get(child) else {
        return false;
    };
    let v = &child.verdicts;
    [&v.child_rekey_by_client, &v.child_rekey_by_server]
        .iter()
        .any(|judged| cause(&judged.verdict, list) == Some(rule))
}

fn cause(verdict: &Verdict, list: List<'_>) -> Option<Rule> {
    match verdict {
        Verdict::Refuse(Refusal::NoMatch { gaps, .. }) => {
            let gap = gaps.first().filter(|gap| gap.kind == TransformType::KE)?;
            let named = |list: &[Transform]| list.iter().any(|t| !t.is_none());
            Some(match (named(&gap.asked), named(&gap.answered)) {
                (true, false) => PFS_NOT_CONFIGURED,
                _ => PFS_GROUP_NOT_OFFERED,
            })
        }
        Verdict::Refuse(Refusal::KeyExchangeUnwanted) => Some(if is_optional(list) {
            OPTIONAL_PFS_REFUSED
        } else {
            PFS_REFUSED
        }),
        Verdict::Refuse(Refusal::BehindNat) => Some(SERVER_INITIATED_REKEY),
        _ => None,
    }
}

/// The groups of a list.
fn groups(list: List<'_>) -> Vec<Transform> {
    let kinds = list
        .places()
        .flat_map(|place| place.of(TransformType::KE).to_vec());
    kinds.filter(|t| !t.is_none()).collect()
}

/// Whether no entry insists on a group.
fn is_optional(list: List<'_>) -> bool {
    list.places().all(|place| {
        let groups = place.of(TransformType::KE);
        groups.is_empty() || groups.iter().any(|t| t.is_none())
    })
}

fn finding(
    subject: &LintSubject<'_>,
    rule: Rule,
    list: List<'_>,
    clients: &[&ClientReport],
    found: &mut Findings,
) {
    let labels: Vec<_> = clients.iter().map(|it| it.client.label.clone()).collect();
    let (who, phase) = (and_list(&labels), list.name());
    let kept = clients.iter().all(|report| is_kept(report));
    let own = groups(list);
    let own = if own.is_empty() {
        "the group of the IKE SA".to_owned()
    } else {
        and_list(&names(&own))
    };
    let message = match rule {
        PFS_NOT_CONFIGURED => format!(
            "{who}: the client rekeys the child SA with a group, and {phase} lists none; the tunnel comes up and is lost then"
        ),
        OPTIONAL_PFS_REFUSED => format!(
            "{who}: the client refuses a rekeying that names a group, and the server's of {phase} names {own}, optional or not"
        ),
        PFS_REFUSED => format!(
            "{who}: the client refuses a rekeying that names a group, and the server's of {phase} names {own}"
        ),
        SERVER_INITIATED_REKEY => format!(
            "{who}: rekeying of the child SA that the server asks for is refused behind NAT"
        ),
        _ if kept => format!(
            "{who}: the server's rekeying of the child SA fails, for want of a common group; {phase} uses {own}"
        ),
        _ => format!(
            "{who}: the tunnel comes up and is lost at the first rekeying of the child SA, for want of a common group; {phase} uses {own}"
        ),
    };
    let place = list.place();
    let (drop, stop) = (
        ("turn PFS off in phase 2", Edit::DropGroups { list: place }),
        (
            "never let the server ask (rekey time 0)",
            Edit::StopRekeying {
                connection: list.number,
                protocol: Protocol::Esp,
            },
        ),
    );
    let tried = match rule {
        PFS_NOT_CONFIGURED => vec![],
        SERVER_INITIATED_REKEY => vec![stop],
        PFS_GROUP_NOT_OFFERED => vec![drop],
        _ => vec![drop, stop],
    };
    let mut finding = rule
        .finding(message)
        .about(list.number)
        .at(list.span().as_ref());
    if kept {
        finding.diagnostic.severity = Severity::Warning;
        finding = finding.note("the tunnel is kept, since the client renews the keys in time");
    }
    // The first that harms nobody; what helps which client is said with the client.
    let harmless =
        |(_, edit): &&(&str, Edit)| subject.harmed(std::slice::from_ref(edit)).is_empty();
    match tried.iter().find(harmless) {
        Some((help, edit)) => found.advise(subject, finding, help, vec![edit.clone()]),
        None => found.push(finding.help("`ikecompat check` says what helps each client")),
    }
}

/// Whether the tunnel outlives what the server asks for in vain.
fn is_kept(report: &ClientReport) -> bool {
    let survival = &report.survival.child_rekey_by_server;
    let by_client = report.is_lost_by(Exchange::ChildRekeyByClient);
    !by_client && matches!(survival, Some(Survival::Kept { .. }))
}
