//! A client after it has been configured to offer one suite of IKE and one of ESP.

use crate::compat::config_method::ConfigMethod;
use crate::ike::{Proposal, Suite};
use crate::peer::client::{IkeOffer, RekeyAnswer, RekeyOffer};
use crate::peer::{Client, Fact, Grade, Known};

/// The client as `method` makes it. `esp` carries a key exchange if PFS is on.
///
/// That exactly these two proposals go out, and the ESP one again at rekeying with its group, was
/// seen of Windows; for Apple's profiles and the strongSwan app it is documented.
pub fn configured(client: &Client, method: ConfigMethod, ike: &Suite, esp: &Suite) -> Client {
    let fact = |sources: &[String]| (sources.to_vec(), Grade::Documented);
    let sources = client
        .ike_sa_init
        .stated()
        .map_or(&[][..], |fact| &fact.sources);
    let (sources, grade) = fact(sources);
    let stated = |list: Vec<Proposal>| Fact {
        value: list,
        grade,
        sources: sources.clone(),
        note: None,
    };
    let with_group = vec![esp.to_proposal()];
    let without_group = vec![esp.without_key_exchange().to_proposal()];
    let is_engine = client.engine.is_some();
    let mut configured = client.clone();
    configured.ike_sa_init = Known::Stated(Fact {
        value: IkeOffer {
            proposals: vec![ike.to_proposal()],
            key_exchange: ike.ke(),
            retries_invalid_ke: None,
            may_add: Vec::new(),
        },
        grade,
        sources: sources.clone(),
        note: None,
    });
    if !configured.readings.ike_rekey_by_client.is_empty() {
        configured.readings.ike_rekey_by_client = vec![RekeyOffer::Negotiated];
    }
    if method == ConfigMethod::Registry {
        return configured; // a value there leaves ESP as it is
    }
    configured.ike_auth = Known::Stated(stated(if is_engine {
        with_group.clone()
    } else {
        without_group
    }));
    if is_engine {
        return configured; // the engine's rule gives the rest
    }
    let rekey = stated(with_group.clone());
    configured.child_rekey_by_client = Known::Stated(Fact {
        value: RekeyOffer::List(rekey.value),
        grade,
        sources: sources.clone(),
        note: None,
    });
    if let Known::Stated(answer) = &client.child_rekey_by_server {
        configured.child_rekey_by_server = Known::Stated(Fact {
            value: RekeyAnswer {
                accepts: RekeyOffer::List(with_group),
                refuses_any_ke: answer.value.refuses_any_ke && esp.ke().is_none(),
                refuses_behind_nat: answer.value.refuses_behind_nat,
            },
            ..answer.clone()
        });
    }
    if method == ConfigMethod::AppleProfile {
        // Lifetimes are set by the profile too, so those of a connection made by hand are void.
        configured.lifetimes = crate::peer::client::Lifetimes::default();
    }
    configured
}
