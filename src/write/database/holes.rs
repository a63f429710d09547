//! What is not known of clients, or only deduced, and the one thing that would tell.

use crate::peer::{Exchange, Grade, Known};
use crate::profile::shape::Role;
use crate::profile::{Broken, Profile};
use crate::write::grid::Grid;
use itertools::Itertools as _;
use strum::IntoEnumIterator as _;

/// How little is known.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Evidence {
    /// The sources do not give it.
    None,
    /// It is deduced from what other releases or other exchanges do.
    Inferred,
}

/// The word of the last column for what is deduced.
pub(super) const INFERRED: &str = "inferred";

/// A row for each exchange that a client's sources do not give, and behind them one for each that is only
/// deduced; variants that share what was looked for share it.
pub fn unknown(profiles: &[Profile]) -> Result<Grid, Broken> {
    let header = [
        "client",
        "not known",
        "looked for, or deduced from",
        "what would tell",
        "evidence",
    ];
    let mut rows = Vec::new();
    let order = |profile: &&Profile| (profile.file.role == Role::Gateway, profile.id.clone());
    for evidence in [Evidence::None, Evidence::Inferred] {
        for profile in profiles.iter().sorted_by_key(order) {
            rows.extend(of_profile(profile, evidence)?);
        }
    }
    Ok(Grid {
        header: header.map(ToOwned::to_owned).to_vec(),
        rows,
    })
}

fn of_profile(profile: &Profile, evidence: Evidence) -> Result<Vec<Vec<String>>, Broken> {
    let mut found: Vec<(String, Vec<Exchange>, Vec<String>)> = Vec::new();
    let names: Vec<_> = profile.variants().collect();
    for name in &names {
        let Some(client) = profile.client(name).transpose()? else {
            continue;
        };
        let mut of_variant: Vec<(String, Vec<Exchange>)> = Vec::new();
        for exchange in Exchange::iter() {
            let what = match exchange {
                Exchange::IkeSaInit => why(&client.ike_sa_init, evidence),
                Exchange::IkeAuth => why(&client.ike_auth, evidence),
                // The rule of an engine gives the rest.
                _ if client.engine.is_some() => None,
                Exchange::ChildRekeyByClient => why(&client.child_rekey_by_client, evidence),
                Exchange::ChildRekeyByServer => why(&client.child_rekey_by_server, evidence),
                Exchange::IkeRekeyByClient => why(&client.ike_rekey_by_client, evidence),
                Exchange::IkeRekeyByServer => why(&client.ike_rekey_by_server, evidence),
            };
            let Some(what) = what else { continue };
            match of_variant.iter_mut().find(|(other, _)| other == what) {
                Some((_, exchanges)) => exchanges.push(exchange),
                None => of_variant.push((what.to_owned(), vec![exchange])),
            }
        }
        for (what, exchanges) in of_variant {
            let same = found
                .iter_mut()
                .find(|(other, all, _)| *other == what && *all == exchanges);
            match same {
                Some((_, _, variants)) => variants.push((*name).to_owned()),
                None => found.push((what, exchanges, vec![(*name).to_owned()])),
            }
        }
    }
    let row = |(what, exchanges, variants): (String, Vec<Exchange>, Vec<String>)| {
        let client = if variants.len() == names.len() {
            profile.id.clone()
        } else {
            format!("{}:{}", profile.id, variants.join(","))
        };
        let tells = exchanges.iter().map(|exchange| tells(*exchange)).unique();
        let titles = exchanges.iter().map(|exchange| title(*exchange));
        vec![
            client,
            titles.collect::<Vec<_>>().join(", "),
            what,
            tells.collect::<Vec<_>>().join("; "),
            match evidence {
                Evidence::None => "none",
                Evidence::Inferred => INFERRED,
            }
            .to_owned(),
        ]
    };
    Ok(found.into_iter().map(row).collect())
}

/// Why a fact has a row in the group.
fn why<T>(known: &Known<T>, evidence: Evidence) -> Option<&str> {
    match (known, evidence) {
        (Known::Unknown(what), Evidence::None) => Some(what),
        (Known::Stated(fact), Evidence::Inferred) if fact.grade == Grade::Inferred => {
            Some(fact.note.as_deref().unwrap_or("the sources of the profile"))
        }
        _ => None,
    }
}

const fn title(exchange: Exchange) -> &'static str {
    match exchange {
        Exchange::IkeSaInit => "IKE_SA_INIT",
        Exchange::IkeAuth => "IKE_AUTH",
        Exchange::ChildRekeyByClient => "child rekeying by the client",
        Exchange::ChildRekeyByServer => "child rekeying by the server",
        Exchange::IkeRekeyByClient => "IKE rekeying by the client",
        Exchange::IkeRekeyByServer => "IKE rekeying by the server",
    }
}

/// The one observation that would close the hole.
const fn tells(exchange: Exchange) -> &'static str {
    match exchange {
        Exchange::IkeSaInit => "a capture of the client's first packet to UDP port 500",
        Exchange::IkeAuth => {
            "a server's log of one connection with the received ESP proposals (charon: cfg = 2)"
        }
        Exchange::ChildRekeyByClient => {
            "a server's log of one connection until the client renews a child SA, with the proposals"
        }
        Exchange::IkeRekeyByClient => {
            "a server's log of one connection until the client renews the IKE SA, with the proposals"
        }
        Exchange::ChildRekeyByServer => {
            "a server's log of swanctl --rekey --child, with the client's answer"
        }
        Exchange::IkeRekeyByServer => {
            "a server's log of swanctl --rekey --ike, with the client's answer"
        }
    }
}
