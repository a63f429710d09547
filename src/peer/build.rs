//! What one build of a daemon implements, and how its version behaves: knowing a keyword is not
//! having the algorithm.

use super::Connection;
use crate::ike::{Proposal, Suite, Transform, TransformType};

/// Numbers that a build implements, ascending; `None` = no limit is known.
pub(crate) type Numbers = Option<Vec<u16>>;

/// Where a daemon takes the group from when a child SA that came with IKE_AUTH is rekeyed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum ChildGroups {
    /// From its list; a list without groups means no key exchange.
    #[default]
    Listed,
    /// From its list, or from the IKE SA where the list names none (libreswan's `pfs=yes`).
    ListedOrIkeSa,
    /// From the IKE SA, whatever the list names.
    IkeSa,
}

/// Why a daemon does not load a connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NotLoaded {
    /// The build has no such algorithm.
    Lacks(Transform),
    /// The child names a group although PFS is switched off.
    GroupWithoutPfs(Transform),
}

/// A build's limits.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Build {
    /// Classic ciphers.
    pub encr: Numbers,
    /// AEAD ciphers.
    pub aead: Numbers,
    /// Integrity algorithms.
    pub integ: Numbers,
    /// Pseudo-random functions.
    pub prf: Numbers,
    /// Key exchange methods.
    pub ke: Numbers,
    /// Algorithms that the build lacks, and with which it does not load a connection.
    pub lacks: Vec<Transform>,
    /// Whether the IPsec backend can do 64-bit sequence numbers.
    pub installs_esn: bool,
    /// Whether the IPsec backend takes a classic cipher without integrity.
    pub installs_unauthenticated: bool,
    /// Integrity algorithms that the daemon has but its IPsec backend refuses.
    pub not_installed: Vec<u16>,
    /// Where the group of a rekeying comes from.
    pub child_groups: ChildGroups,
    /// A rekeying that the daemon asks for offers the suite in use only, not its list.
    pub rekeys_suite_in_use: bool,
    /// A child that names a group with PFS switched off is not loaded.
    pub refuses_group_without_pfs: bool,
    /// How many transforms of a type the daemon looks at in each proposal; `None` = all.
    pub most_transforms: Option<usize>,
    /// The daemon knows the additional key exchanges of RFC 9370. One that does not cannot match a
    /// proposal that lists any, not even NONE.
    pub additional_key_exchanges: bool,
    /// A list that begins with NONE keeps its groups when a child SA is rekeyed.
    pub keeps_groups_after_none: bool,
    /// A rekeying of a child SA is not even asked for with a group that the daemon cannot compute.
    pub child_needs_its_group: bool,
    /// The rekeying of a child SA leaves additional key exchanges out, asking and answering.
    pub child_skips_additional: bool,
    /// The word `prefer` for an IKE SA without child SA is known.
    pub prefers_childless: bool,
    /// An IKE SA does not outlive the failure to install its first child SA.
    pub ends_with_failed_child: bool,
}

fn has(numbers: &Numbers, id: u16) -> bool {
    numbers
        .as_ref()
        .is_none_or(|list| list.binary_search(&id).is_ok())
}

impl Build {
    /// A build without known limits.
    pub fn unlimited() -> Self {
        Self {
            installs_esn: true,
            installs_unauthenticated: true,
            additional_key_exchanges: true,
            ..Self::default()
        }
    }

    /// Whether the build can compute the key exchange.
    pub(crate) fn supports_ke(&self, group: Transform) -> bool {
        has(&self.ke, group.id)
    }

    /// Whether the daemon does not load a connection that names the algorithm.
    pub(crate) fn refuses(&self, transform: Transform) -> bool {
        let is_additional = transform.kind.additional_round().is_some();
        let kind = match is_additional {
            true => TransformType::KE,
            false => transform.kind,
        };
        // A method is the same in every round.
        self.lacks.contains(&Transform { kind, ..transform })
            || (is_additional && !self.additional_key_exchanges)
    }

    /// Why the daemon does not load `connection`, if it does not.
    pub(crate) fn refusal(&self, connection: &Connection) -> Option<NotLoaded> {
        let children = || connection.children.iter();
        let entries = connection.ike.iter();
        let entries = entries.chain(children().flat_map(|child| &child.esp));
        let mut transforms = entries.flat_map(|entry| entry.proposal.transforms());
        if let Some(lacking) = transforms.find(|t| self.refuses(**t)) {
            return Some(NotLoaded::Lacks(*lacking));
        }
        let mut without_pfs = children().filter(|child| child.pfs == Some(false));
        let group = without_pfs.find_map(|child| {
            let mut groups = child
                .esp
                .iter()
                .filter_map(|entry| entry.proposal.first_ke());
            groups.find(|group| !group.is_none())
        });
        let refused = group.filter(|_| self.refuses_group_without_pfs);
        refused.map(NotLoaded::GroupWithoutPfs)
    }

    /// What the daemon sees of an offer.
    pub(crate) fn seen(&self, offer: &[Proposal]) -> Option<Vec<Proposal>> {
        let most = self.most_transforms?;
        let cut = |proposal: &Proposal| proposal.with_at_most(most);
        Some(offer.iter().map(cut).collect())
    }

    fn has_ciphers(&self, suite: &Suite) -> bool {
        let aead = suite.encr().is_some_and(Transform::is_aead);
        let ciphers = if aead { &self.aead } else { &self.encr };
        suite.encr().is_none_or(|t| has(ciphers, t.id))
            && (aead || suite.integ().is_none_or(|t| has(&self.integ, t.id)))
    }

    /// Whether the daemon itself can use a suite of IKE, the first key exchange aside.
    pub(crate) fn implements(&self, suite: &Suite) -> bool {
        self.has_ciphers(suite)
            && suite.prf().is_none_or(|t| has(&self.prf, t.id))
            && self.computes_additional(suite)
    }

    /// Whether the daemon can compute every additional key exchange of a suite.
    pub(crate) fn computes_additional(&self, suite: &Suite) -> bool {
        suite.additional().all(|group| self.supports_ke(group))
    }

    /// Whether the IPsec backend can take a suite of ESP.
    pub(crate) fn installs(&self, suite: &Suite) -> bool {
        let aead = suite.encr().is_some_and(Transform::is_aead);
        let esn = suite.sn().is_some_and(|t| t.id == 1);
        self.has_ciphers(suite)
            && (aead || suite.integ().is_some() || self.installs_unauthenticated)
            && (!esn || self.installs_esn)
            && suite
                .integ()
                .is_none_or(|t| !self.not_installed.contains(&t.id))
    }
}
