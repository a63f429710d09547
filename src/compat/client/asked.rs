//! What a server sends and accepts when keys are renewed: its lists, with the groups that its
//! engine puts into them.

use std::time::Duration;

use super::{ChildVerdicts, GROUP_NOT_CERTAIN, Pairing, SUITE_NOT_CERTAIN, proposals};
use crate::compat::verdict::{Judged, Refusal, Verdict};
use crate::ike::{Proposal, Suite, Transform, TransformType};
use crate::peer::Child;
use crate::peer::build::ChildGroups;

/// A list of proposals, and whether they stand in it as they are configured.
type Asked = (Vec<Proposal>, bool);

impl Pairing<'_> {
    /// The list that the server sends to renew an IKE SA, if it is not the configured one.
    pub(super) fn ike_asked_by_server(&self, current: &Suite) -> Option<Vec<Proposal>> {
        let narrow = self.situation.build.rekeys_suite_in_use;
        narrow.then(|| vec![current.to_proposal()])
    }

    /// The list that the server holds against a rekeying of the client, where `group` is that of
    /// the IKE SA.
    pub(super) fn child_answers(
        &self,
        child: &Child,
        group: Option<Transform>,
    ) -> Result<Vec<Proposal>, &'static str> {
        let mut esp = proposals(&child.esp);
        if self.situation.build.child_skips_additional {
            let additional = |kind: TransformType| kind.additional_round().is_some();
            esp = esp.iter().map(|p| p.without(additional)).collect();
        }
        Ok(match self.groups_of(child, &esp, group)? {
            Groups::Listed => esp,
            Groups::None => esp.iter().map(Proposal::without_key_exchange).collect(),
            Groups::Only(group) => esp.iter().map(|p| p.only_in_group(group)).collect(),
        })
    }

    /// The list that the server sends to renew a child SA of the suite `in_use`.
    pub(super) fn child_asked_by_server(
        &self,
        child: &Child,
        in_use: Option<&Suite>,
        group: Option<Transform>,
    ) -> Result<Asked, &'static str> {
        let esp = proposals(&child.esp);
        let groups = self.groups_of(child, &esp, group)?;
        let narrow = self.situation.build.rekeys_suite_in_use;
        // Which of the listed groups was accepted nobody knows before the first rekeying.
        if !narrow || groups == Groups::Listed {
            return Ok((self.child_answers(child, group)?, true));
        }
        let suite = in_use.ok_or(SUITE_NOT_CERTAIN)?.to_proposal();
        let suite = match groups {
            Groups::Only(group) => suite.only_in_group(group),
            Groups::Listed | Groups::None => suite,
        };
        Ok((vec![suite], false))
    }

    fn groups_of(
        &self,
        child: &Child,
        esp: &[Proposal],
        group: Option<Transform>,
    ) -> Result<Groups, &'static str> {
        let listed = esp.iter().any(Proposal::names_a_group);
        Ok(match (child.pfs, self.situation.build.child_groups) {
            (Some(false), _) => Groups::None,
            (_, ChildGroups::Listed) => Groups::Listed,
            (_, ChildGroups::ListedOrIkeSa) if listed => Groups::Listed,
            (_, ChildGroups::ListedOrIkeSa | ChildGroups::IkeSa) => {
                Groups::Only(group.ok_or(GROUP_NOT_CERTAIN)?)
            }
        })
    }

    /// The verdicts, with what the client refuses whatever suite is in use.
    pub(super) fn refused_anyway(&self, child: &Child, verdicts: ChildVerdicts) -> ChildVerdicts {
        let Some(answer) = self.client.child_rekey_by_server.stated() else {
            return verdicts;
        };
        let asks = self.connection.rekey.child != Some(Duration::ZERO);
        let groups =
            child.pfs != Some(false) && child.esp.iter().any(|it| it.proposal.names_a_group());
        if !(asks && groups && answer.value.refuses_any_ke) {
            return verdicts;
        }
        let judged = Judged {
            verdict: Verdict::Refuse(Refusal::KeyExchangeUnwanted),
            evidence: Some(answer.grade),
        };
        ChildVerdicts {
            child_rekey_by_server: self.leaning(judged, &child.esp),
            ..verdicts
        }
    }
}

/// The groups of a rekeying.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Groups {
    /// As the list has them.
    Listed,
    /// None.
    None,
    /// This one.
    Only(Transform),
}
