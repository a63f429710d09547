//! Entries that the product's pages and commands have no values for.

use crate::compat::closing;
use crate::compat::select::{Rule as Selection, Terms};
use crate::diag::Severity;
use crate::dialect::{opnsense, pfsense, powershell, swan};
use crate::ike::{Protocol, Suite};
use crate::lint::place::Place;
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};
use crate::peer::Engine;
use crate::peer::server::Product;

/// What `ikecompat explain entry-not-selectable` says.
pub(super) const ENTRY_NOT_SELECTABLE: Rule = Rule {
    name: "entry-not-selectable",
    severity: Severity::Warning,
    documentation: "The server's product has no way to configure an entry.\n\n\
        The entry is in `server.yaml`, but the pages of pfSense and OPNsense and the cmdlet of \
        Windows Server offer certain values only. What is checked here cannot be set up there.\n\n\
        Write what the product can select, or name the product that is really used.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[ENTRY_NOT_SELECTABLE],
    check,
};

const OPNSENSE: &str = "https://github.com/opnsense/core/blob/f95e8151/src/opnsense/mvc/app/models/OPNsense/IPsec/FieldTypes/IPsecProposalField.php";

/// [`ENTRY_NOT_SELECTABLE`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    let Some(product) = subject.server.product else {
        return;
    };
    // What the product itself has stored it could express.
    let stored = subject
        .sources
        .text(subject.file)
        .trim_start()
        .starts_with('<');
    if stored
        || matches!(
            product,
            Product::Libreswan | Product::Openiked | Product::Strongswan
        )
    {
        return;
    }
    for place in subject.entries() {
        if subject.is_default_list(place) {
            continue;
        }
        let Some((why, source)) = limit((product, subject.server.engine), place) else {
            continue;
        };
        let message = format!("{} cannot be set up: {why}", place.name());
        found.push(
            ENTRY_NOT_SELECTABLE
                .finding(message)
                .about(place.list.number)
                .at(place.span())
                .note(format!("source: {source}")),
        );
    }
}

/// The first limit of the product that the entry exceeds, and where it is written.
fn limit((product, engine): (Product, Engine), place: Place<'_>) -> Option<(String, &'static str)> {
    let terms = Terms {
        rule: Selection::CHARON,
        with_ke: true,
        with_private: true,
        with_additional_ke: true,
    };
    let suites = closing::every_suite(&place.entry.proposal, terms);
    let is_ike = |suite: &Suite| suite.protocol == Protocol::Ike;
    let refused = |suite: &Suite| match product {
        Product::Pfsense if is_ike(suite) => pfsense::phase1(suite).err(),
        Product::Pfsense => pfsense::phase2(suite).err(),
        Product::Rras => {
            let ike = plain(Protocol::Ike, "aes256-sha256-modp2048");
            let esp = plain(Protocol::Esp, "aes256-sha256");
            let (ike, esp) = if is_ike(suite) {
                (suite, &esp)
            } else {
                (&ike, suite)
            };
            powershell::suite_arguments(ike, esp).err()
        }
        Product::Libreswan | Product::Openiked | Product::Opnsense | Product::Strongswan => None,
    };
    if let Some(refused) = suites.iter().find_map(refused) {
        return Some((refused.to_string(), refused.source));
    }
    let has_hybrids = product.has_hybrids(engine);
    let unlisted =
        |suite: &&Suite| product == Product::Opnsense && !opnsense::lists(suite, has_hybrids);
    let unlisted = suites.iter().find(unlisted)?;
    let value = swan::write(&unlisted.to_proposal()).unwrap_or_default();
    Some((
        format!("the list of OPNsense's page has no value `{value}`"),
        OPNSENSE,
    ))
}

/// A suite that every product has.
fn plain(protocol: Protocol, text: &str) -> Suite {
    let proposal = swan::parse(protocol, text).ok();
    let transforms = proposal.iter().flat_map(|p| p.transforms()).copied();
    Suite::of(protocol, transforms)
}
