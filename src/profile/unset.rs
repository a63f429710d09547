//! What a client offers when the file that configures it leaves something unset.

use super::convert::Profile;
use super::database::{Broken, Database};
use super::selector::Versions;
use super::shape::{Parameters, Releases};
use crate::peer::{Client, Known};

/// The Apple client of `profile` with a configuration profile that sets no SA parameters: what the
/// database has for its release. Where it has nothing, the offers are unknown.
pub(crate) fn apple(database: &Database<'_>, profile: &Profile) -> Result<Client, Broken> {
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
    let own = profile.file.configuration_profile.as_ref();
    if own.is_some_and(|own| own.parameters == Parameters::Unset) {
        return first(of(&profile.id)?);
    }
    let heads = database.heads();
    let with = |parameters| {
        let heads = heads.iter().filter_map(|head| {
            let about = head.configuration_profile.as_ref()?;
            (about.parameters == parameters).then_some((head.id, &about.releases))
        });
        heads.collect::<Vec<_>>()
    };
    if own.is_none() {
        let unset = with(Parameters::Unset);
        let mut unset = unset.into_iter();
        if let Some((id, _)) = unset.find(|(_, releases)| among(releases, profile)) {
            return first(of(id)?);
        }
    }
    let unknown = || {
        format!(
            "what {} offers when a configuration profile leaves the SA parameters unset was not \
             found",
            profile.file.label
        )
    };
    // How a client rekeys whose parameters are set holds for every release.
    let set = with(Parameters::Set);
    let (set, _) = set
        .first()
        .ok_or_else(|| broken("no profile says what a configuration profile sets"))?;
    let client = first(of(set)?)?;
    Ok(Client {
        ike_sa_init: Known::Unknown(unknown()),
        ike_auth: Known::Unknown(unknown()),
        child_rekey_by_client: Known::Unknown(unknown()),
        ..client
    })
}

/// Whether a profile is about one of the releases.
fn among(releases: &[Releases], profile: &Profile) -> bool {
    let file = &profile.file;
    let mut releases = releases.iter().filter(|it| it.product == file.product);
    releases.any(|it| Versions::parse(&it.versions).is_ok_and(|range| range.meet(&file.covers)))
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
