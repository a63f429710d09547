//! What public logs print is what the profiles say that cite them.

use std::fs;
use std::path::Path;

use ikecompat::dialect::{charon, pluto};
use ikecompat::ike::Proposal;
use ikecompat::peer::Client;
use ikecompat::peer::client::RekeyOffer;
use ikecompat::profile::Database;
use serde::Deserialize;

/// Where a list of proposals comes from, and who sent it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Origin {
    from: String,
    daemon: Daemon,
    profile: String,
    variant: String,
    exchange: String,
    /// Whether the log shows the list to its end.
    whole: bool,
    how: String,
    licence: String,
    removed: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Daemon {
    Charon,
    Pluto,
}

/// The proposals of a line, in their order.
fn read(daemon: Daemon, line: &str) -> Vec<Proposal> {
    let (head, list) = line.split_once(':').unwrap();
    match daemon {
        Daemon::Charon => {
            assert_eq!(head, "received proposals");
            let list = list.trim().split(", ");
            list.map(|text| charon::parse_proposal(text).unwrap())
                .collect()
        }
        Daemon::Pluto => {
            let first = line.find("1:").unwrap();
            let list = line[first..].split_whitespace();
            list.map(|text| pluto::logged::parse_offered(text).unwrap())
                .collect()
        }
    }
}

/// The types of the first proposal in the order in which they came, as profiles name them.
fn order_of(line: &str) -> Vec<&'static str> {
    let first = &line[line.find("1:").unwrap()..];
    let first = first.split_whitespace().next().unwrap();
    let mut order: Vec<&str> = Vec::new();
    for item in first.split([':', ';']) {
        let kind = match item.split('=').next().unwrap() {
            "ENCR" => "encr",
            "INTEG" => "integ",
            "PRF" => "prf",
            "DH" | "KE" => "ke",
            "ESN" | "SN" => "sn",
            _ => continue,
        };
        if order.last() != Some(&kind) {
            order.push(kind);
        }
    }
    order
}

/// Whether `seen` is in the order of `types`; a proposal need not have every type.
fn fits(seen: &[&str], types: &[&str]) -> bool {
    let places = seen
        .iter()
        .filter_map(|kind| types.iter().position(|it| it == kind));
    places.is_sorted()
}

/// What the profile says of the exchange.
fn stated(client: &Client, exchange: &str) -> Vec<Proposal> {
    match exchange {
        "ike-sa-init" => client.ike_sa_init.stated().unwrap().value.proposals.clone(),
        "ike-auth" => client.ike_auth.stated().unwrap().value.clone(),
        "child-rekey-by-client" => match &client.child_rekey_by_client.stated().unwrap().value {
            RekeyOffer::List(list) => list.clone(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other}"),
    }
}

#[test]
fn the_log_says_what_the_profile_says_that_cites_it() {
    let database = Database::builtin();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/offers");
    let mut compared = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "log") {
            continue;
        }
        let name = path.display();
        let origin = fs::read_to_string(path.with_extension("origin.yaml")).unwrap();
        let origin: Origin = serde_yaml::from_str(&origin).unwrap();
        for remark in [&origin.how, &origin.licence, &origin.removed] {
            assert!(!remark.is_empty(), "{name}");
        }
        let profile = database.profile(&origin.profile).unwrap().unwrap();
        let mut sources = profile.file.sources.values();
        assert!(
            sources.any(|source| source.url == origin.from),
            "{name}: {} does not cite it",
            origin.profile
        );
        let client = profile.client(&origin.variant).unwrap().unwrap();
        let stated = stated(&client, &origin.exchange);
        let seen = read(origin.daemon, fs::read_to_string(&path).unwrap().trim());
        let comparable = stated.get(..seen.len()).unwrap_or(&stated);
        let words = |list: &[Proposal]| list.iter().map(charon::proposal).collect::<Vec<_>>();
        assert_eq!(words(&seen), words(comparable), "{name}");
        assert!(!origin.whole || seen.len() == stated.len(), "{name}");
        if let (Daemon::Pluto, Some(order)) = (origin.daemon, &profile.file.transform_order) {
            let types: Vec<_> = order.split('-').collect();
            assert!(
                fits(&order_of(&fs::read_to_string(&path).unwrap()), &types),
                "{name}"
            );
        }
        compared += 1;
    }
    assert!(compared >= 20, "{compared}");
}
