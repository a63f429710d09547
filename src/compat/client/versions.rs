//! What is not said of a client, and what its versions would do.

use crate::ike::{Proposal, TransformType};
use crate::peer::{Build, Client};

/// Whether any of the proposals lists an additional key exchange.
pub(super) fn lists_additional(proposals: &[Proposal]) -> bool {
    let is_additional = |kind: TransformType| kind.additional_round().is_some();
    let mut transforms = proposals.iter().flat_map(Proposal::transforms);
    transforms.any(|transform| is_additional(transform.kind))
}

/// Whether the client itself offers additional key exchanges, so that it knows them.
pub(super) fn knows_additional(client: &Client) -> bool {
    let ike = client.ike_sa_init.stated();
    let esp = client.ike_auth.stated();
    ike.is_some_and(|fact| lists_additional(&fact.value.proposals))
        || esp.is_some_and(|fact| lists_additional(&fact.value))
}

/// The builds that a client may be whose engine is charon: as version 5, as version 6, or either.
pub(super) fn builds(client: &Client) -> Vec<Build> {
    let six = Build {
        keeps_groups_after_none: true,
        child_needs_its_group: true,
        ..Build::unlimited()
    };
    let five = Build {
        additional_key_exchanges: false,
        ..Build::unlimited()
    };
    let covers = |major: &str| {
        let mut covers = client.covers.iter();
        !client.covers.is_empty() && covers.all(|version| version.starts_with(major))
    };
    if knows_additional(client) || covers("6.") {
        vec![six]
    } else if covers("5.") {
        vec![five]
    } else {
        vec![five, six]
    }
}
