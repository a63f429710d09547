//! Connections that an earlier one hides.

use crate::diag::Severity;
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};
use crate::peer::server::{Authentication, Spanned};
use crate::peer::setting::KeySet;
use crate::peer::{Connection, EngineName};

/// What `ikecompat explain unreachable-connection` says.
pub(super) const UNREACHABLE_CONNECTION: Rule = Rule {
    name: "unreachable-connection",
    severity: Severity::Warning,
    documentation: "A connection is never picked, because an earlier one takes every client that it would.\n\n\
        Both are for the same addresses and identities, and the earlier one accepts everything that \
        this one does.\n\n\
        Give them different identities, or remove one.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[UNREACHABLE_CONNECTION],
    check,
};

/// How many earlier connections are held against each later one.
const MOST: usize = 200;

/// [`UNREACHABLE_CONNECTION`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    if subject.server.engine.name != EngineName::Strongswan {
        return; // how pluto picks is another story
    }
    // Earlier connections that are not hidden themselves.
    let mut open: Vec<(usize, &Connection)> = Vec::new();
    for (number, late) in subject.for_clients() {
        let merges = subject.server.definitions.keys == Some(KeySet::IpsecConf);
        let hides = |(_, early): &&(usize, &Connection)| {
            let merged = merges && one_configuration(early, late);
            same_peers(early, late) && takes(early, late) && !merged
        };
        let Some((_, early)) = open.iter().find(hides) else {
            // Whoever has more than these writes them by a program.
            if open.len() < MOST {
                open.push((number, late));
            }
            continue;
        };
        let message = format!(
            "`{}` is never picked: `{}` is for the same peers and takes all its proposals",
            late.name, early.name
        );
        found.push(
            UNREACHABLE_CONNECTION
                .finding(message)
                .about(number)
                .at(late.span.as_ref())
                .with(early.span.as_ref(), "the earlier connection")
                .help("give them different identities, or remove one"),
        );
    }
}

/// Whether addresses, identities and methods are the same.
fn same_peers(early: &Connection, late: &Connection) -> bool {
    fn values(list: &[Spanned<String>]) -> Vec<&str> {
        let mut values: Vec<_> = list.iter().map(|one| one.value.as_str()).collect();
        values.sort_unstable();
        values
    }
    fn same(a: &Authentication, b: &Authentication) -> bool {
        let id = |side: &Authentication| side.id.as_ref().map(|id| id.value.clone());
        id(a) == id(b)
            && values(&a.methods) == values(&b.methods)
            && values(&a.addresses) == values(&b.addresses)
            && values(&a.certificates) == values(&b.certificates)
    }
    early.versions == late.versions
        && same(&early.local, &late.local)
        && same(&early.remote, &late.remote)
}

/// Whether starter makes one configuration of both, whose children differ in their networks: charon
/// says "added child to existing configuration".
fn one_configuration(early: &Connection, late: &Connection) -> bool {
    let ike = |one: &Connection| -> Vec<_> {
        let entries = one.ike.iter();
        entries.map(|entry| entry.proposal.clone()).collect()
    };
    let networks = |one: &Connection| -> Vec<String> {
        let sides = one.children.iter().flat_map(|child| {
            let local = child
                .local_networks
                .iter()
                .map(|it| format!("local {}", it.value));
            let remote = child
                .remote_networks
                .iter()
                .map(|it| format!("remote {}", it.value));
            local.chain(remote).collect::<Vec<_>>()
        });
        sides.collect()
    };
    ike(early) == ike(late) && networks(early) != networks(late)
}

/// Whether every IKE entry of the later connection is in the earlier one too.
fn takes(early: &Connection, late: &Connection) -> bool {
    !late.ike.is_empty()
        && late.ike.iter().all(|entry| {
            let mut earlier = early.ike.iter();
            earlier.any(|other| super::shadowed_entry::covers(&other.proposal, &entry.proposal))
        })
}
