//! Which known client an offer looks like: every one is recognised by its own offer.

use ikecompat::compat::likeness::{Difference, Observed, likenesses, recognise, type_order};
use ikecompat::compat::select::Offer;
use ikecompat::dialect::swan;
use ikecompat::ike::{Proposal, Protocol, TransformType};
use ikecompat::peer::{Client, EngineName};
use ikecompat::profile::Database;

fn clients() -> Vec<Client> {
    let database = Database::builtin();
    let all = database.select("all").unwrap();
    all.into_iter().map(|selected| selected.client).collect()
}

fn offer(list: &[&str]) -> Vec<Proposal> {
    let read = |text: &&str| {
        let transforms = swan::transforms(text).unwrap();
        Proposal::new(Protocol::Ike, transforms.into_iter().map(|(_, it)| it))
    };
    list.iter().map(read).collect()
}

const OSX: [&str; 5] = [
    "aes256-sha256-prfsha256-modp2048",
    "aes256-sha256-prfsha256-ecp256",
    "aes256-sha256-prfsha256-modp1536",
    "aes128-sha1-prfsha1-modp1024",
    "3des-sha1-prfsha1-modp1024",
];

const fn seen(ike: &[Proposal]) -> Observed<'_> {
    Observed {
        ike,
        key_exchange: None,
        type_order: None,
        esp: None,
    }
}

#[test]
fn every_client_is_recognised_by_its_own_offer() {
    let clients = clients();
    let mut recognised = 0;
    for client in &clients {
        let Some(fact) = client.ike_sa_init.stated() else {
            continue;
        };
        let known = &fact.value;
        let group = known.key_exchange.or(known.proposals[0].first_ke());
        let ike = match (client.engine, group) {
            (Some(EngineName::Strongswan), Some(group)) => {
                Offer::promoting(&known.proposals, group).to_proposals()
            }
            _ => known.proposals.clone(),
        };
        let observed = Observed {
            key_exchange: group,
            type_order: client.transform_order.as_deref(),
            ..seen(&ike)
        };
        let found = recognise(&observed, &clients);
        assert!(
            found.iter().all(|it| it.is_equal()),
            "{}: {:?}",
            client.id,
            found[0].differences
        );
        assert!(found.iter().any(|it| it.client.id == client.id));
        recognised += 1;
    }
    assert!(recognised > 25, "{recognised}");
}

#[test]
fn several_releases_may_send_the_same_offer() {
    let clients = clients();
    let found = recognise(&seen(&offer(&OSX)), &clients);
    let ids: Vec<_> = found.iter().map(|it| it.client.id.as_str()).collect();
    assert!(
        ids.contains(&"osx-10.11") && ids.contains(&"ios-16"),
        "{ids:?}"
    );
    assert!(!ids.iter().any(|id| id.starts_with("windows")));
}

#[test]
fn what_differs_is_said() {
    let clients = clients();
    let osx = || clients.iter().filter(|client| client.id == "osx-10.11");
    let differences = |observed: &Observed<'_>| {
        let found = likenesses(observed, osx()).remove(0);
        let said = found.differences.iter().map(ToString::to_string);
        (found.distance, said.collect::<Vec<_>>())
    };

    let mut changed = OSX;
    changed[2] = "aes256-sha256-prfsha256-ecp384";
    assert_eq!(
        differences(&seen(&offer(&changed))),
        (
            1,
            vec![
                "key exchange of proposal 3: ecp384 here, modp1536 of the known client".to_owned()
            ]
        )
    );
    assert_eq!(
        differences(&seen(&offer(&OSX[..4]))),
        (
            3,
            vec!["the known client offers 3des-sha1-prfsha1-modp1024 too".to_owned()]
        )
    );
    let mut swapped = OSX;
    swapped.swap(0, 1);
    assert_eq!(
        differences(&seen(&offer(&swapped))).1,
        ["the same proposals stand in another order"]
    );
    let charons = [
        TransformType::ENCR,
        TransformType::INTEG,
        TransformType::PRF,
        TransformType::KE,
    ];
    let ike = offer(&OSX);
    let observed = Observed {
        type_order: Some(&charons),
        ..seen(&ike)
    };
    assert_eq!(
        differences(&observed).1,
        [
            "transforms stand in the order encr-integ-prf-ke, those of the known client in the \
             order encr-prf-integ-ke"
        ]
    );
    assert_eq!(type_order(&charons), "encr-integ-prf-ke");
}

#[test]
fn an_offer_of_nobody_looks_like_nobody() {
    let clients = clients();
    let strange = offer(&[
        "blowfish128-md5-prfmd5-modp768",
        "cast128-md5-prfmd5-modp768",
    ]);
    assert!(recognise(&seen(&strange), &clients).is_empty());
    assert!(recognise(&seen(&[]), &clients).is_empty());
    // The nearest one is known all the same, with everything that differs.
    let nearest = &likenesses(&seen(&strange), &clients)[0];
    assert!(nearest.differences.len() > 3);
    let extra =
        |it: &Difference| matches!(it, Difference::Extra { .. } | Difference::Changed { .. });
    assert!(nearest.differences.iter().any(extra));
}
