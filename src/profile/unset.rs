//! What a client offers when the file that configures it leaves something unset.

use super::convert::Profile;
use super::database::{Broken, Database};
use super::selector::Versions;
use crate::peer::{Client, Known};

/// The product of the profiles that describe Apple's configuration profiles.
const PRODUCT: &str = "Apple profile";

/// The profile of a client whose configuration profile sets the parameters; how it rekeys holds
/// for every release.
const SET: &str = "apple-profile-set";

/// The Apple client of `profile` with a configuration profile that sets no SA parameters: what the
/// database has for its release. Where it has nothing, the offers are unknown.
pub fn apple(database: &Database<'_>, profile: &Profile) -> Result<Client, Broken> {
    let broken = |what: &str| Broken {
        file: profile.id.clone(),
        what: what.to_owned(),
    };
    let first = |profile: Profile| {
        let variant = profile.variants().next().unwrap_or_default().to_owned();
        let client = profile.client(&variant);
        client.unwrap_or_else(|| Err(broken("it has no variants")))
    };
    let of = |id: &str| {
        database
            .profile(id)
            .unwrap_or_else(|| Err(broken("it is not there")))
    };
    let own = profile.file.product == PRODUCT;
    if own && profile.id != SET {
        return first(of(&profile.id)?);
    }
    let head = database.heads().into_iter().find(|head| {
        let is_unset = head.product == PRODUCT && head.id.split('-').any(|word| word == "unset");
        is_unset
            && !own
            && covers(
                head.covers.iter(),
                &profile.file.product,
                &profile.file.covers,
            )
    });
    if let Some(head) = head {
        return first(of(head.id)?);
    }
    let unknown = || {
        format!(
            "what {} offers when a configuration profile leaves the SA parameters unset was not \
             found",
            profile.file.label
        )
    };
    let client = first(of(SET)?)?;
    Ok(Client {
        ike_sa_init: Known::Unknown(unknown()),
        ike_auth: Known::Unknown(unknown()),
        child_rekey_by_client: Known::Unknown(unknown()),
        ..client
    })
}

/// Whether one of the lines such as `iOS 14..16` is about one of the releases of a product.
fn covers<'l>(
    mut lines: impl Iterator<Item = &'l String>,
    product: &str,
    releases: &[String],
) -> bool {
    let product = if product == "OS X" { "macOS" } else { product };
    lines.any(|line| {
        let range = line.strip_prefix(product).map(str::trim);
        let range = range.and_then(|range| Versions::parse(range).ok());
        range.is_some_and(|range| range.meet(releases))
    })
}

#[cfg(test)]
mod tests {
    use super::apple;
    use crate::profile::Database;

    #[test]
    fn the_release_decides_what_is_unset() {
        let database = Database::builtin();
        for (id, unset) in [
            ("ios-16", Some("apple-unset-14")),
            ("ios-13", Some("apple-legacy-unset")),
            ("ios-9", Some("apple-legacy-unset")),
            ("osx-10.11", Some("apple-legacy-unset")),
            ("macos-13", Some("apple-unset-14")),
            ("apple-unset-17", Some("apple-unset-17")),
            ("apple-profile-set", None),
        ] {
            let profile = database.profile(id).unwrap().unwrap();
            let client = apple(&database, &profile).unwrap();
            match unset {
                Some(unset) => assert_eq!(client.id, unset, "{id}"),
                None => assert!(client.ike_sa_init.stated().is_none(), "{id}"),
            }
        }
    }
}
