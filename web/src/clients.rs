//! The door "Clients", and what can be chosen elsewhere.

use ikecompat::dialect::swan;
use ikecompat::explain;
use ikecompat::peer::server::{Nat, Product};
use ikecompat::peer::{Auth, Client};
use ikecompat::profile::selection::DEFAULT;
use ikecompat::profile::shape::Role;
use ikecompat::profile::{Broken, Database, Profile};
use ikecompat::recommend::Preference;
use ikecompat::write::database::clients::compare;
use ikecompat::write::database::holes;
use ikecompat::write::database::html::{self, Links};
use ikecompat::write::database::site::{matrix, set_ups};
use ikecompat::write::database::story::Story;
use serde_json::{Value, json};
use strum::VariantNames as _;

use crate::form::form;
use crate::reply::Reply;

/// What a question can name.
pub(crate) fn choices(database: &Database<'_>) -> String {
    let profiles: Vec<Profile> = database.profiles().flatten().collect();
    let usual = database.select(DEFAULT).unwrap_or_default();
    let usual: Vec<_> = usual.into_iter().map(|one| one.client.id).collect();
    let policies = database.policies().filter_map(|id| database.policy(id));
    let policies: Vec<_> = policies
        .map(|policy| json!({ "id": policy.id, "title": policy.title }))
        .collect();
    let products: Vec<_> = Product::VARIANTS
        .iter()
        .filter_map(|word| Some((*word, word.parse::<Product>().ok()?)))
        .map(|(id, product)| {
            let server = database.server(id).ok().flatten();
            let name = server.map_or_else(|| id.to_owned(), |server| server.name);
            json!({ "id": id, "name": name, "form": form(product, database) })
        })
        .collect();
    let clients: Vec<_> = profiles.iter().map(client).collect();
    let auths = Auth::VARIANTS.iter().filter(|word| **word != "psk");
    json!({
        "version": ikecompat::VERSION,
        "usual": usual,
        "policies": policies,
        "products": products,
        "preferences": Preference::VARIANTS,
        "auths": auths.collect::<Vec<_>>(),
        "nats": Nat::VARIANTS,
        "clients": clients,
        "example": include_str!("../../examples/before.yaml"),
    })
    .to_string()
}

fn client(profile: &Profile) -> Value {
    let file = &profile.file;
    let variants = set_ups(profile).unwrap_or_default().into_iter();
    let variants: Vec<_> = variants
        .map(|(name, client)| {
            let setup = file
                .variants
                .get(&name)
                .map(|variant| variant.setup.clone());
            json!({ "id": client.id, "setup": setup })
        })
        .collect();
    let of_variants = file.variants.values().flat_map(|variant| &variant.aliases);
    let aliases: Vec<_> = file.aliases.iter().chain(of_variants).collect();
    json!({
        "id": profile.id,
        "name": file.name,
        "label": file.label,
        "vendor": file.vendor,
        "isGateway": file.role == Role::Gateway,
        "aliases": aliases,
        "covers": file.covers,
        "variants": variants,
    })
}

/// A page of the database: nothing is the list; an id, `algorithm/KEYWORD`, `compare/ID,ID`, `matrix` and
/// `unknown` are the others.
pub(crate) fn page(address: &str, database: &Database<'_>) -> Reply {
    let made = made(address, database);
    made.unwrap_or_else(|broken| Reply::failed(broken.to_string()))
}

fn made(address: &str, database: &Database<'_>) -> Result<Reply, Broken> {
    let profiles = database.profiles().collect::<Result<Vec<_>, _>>()?;
    let links = Links::fragments(&profiles);
    let titled = |title: &str, html: String| Reply {
        ok: true,
        headline: title.to_owned(),
        html,
        ..Reply::default()
    };
    let nothing = || Reply::failed("the database has no page of this address");
    Ok(match address.split_once('/') {
        None if address.is_empty() => titled("Clients", html::list(&profiles, &links)),
        None if address == "matrix" => {
            let mut clients = Vec::new();
            for profile in &profiles {
                clients.extend(set_ups(profile)?.into_iter().map(|(_, client)| client));
            }
            titled("Which client offers which suite", matrix(&clients, &links))
        }
        None if address == "unknown" => {
            let holes = holes::unknown(&profiles)?;
            let table = html::table(&holes, "What is not known", true, &links);
            titled("What is not known of clients", table)
        }
        None => match database.profile(address).transpose()? {
            Some(profile) => {
                let story = Story::of(&profile, &set_ups(&profile)?);
                titled(&story.title, html::story(&story, &links))
            }
            None => nothing(),
        },
        Some(("algorithm", word)) => {
            let Some(transform) = swan::keyword(word) else {
                return Ok(nothing());
            };
            let policy = database.policy("rfc8247");
            let articles =
                policy.map(|policy| explain::algorithms(&[transform], database, &policy));
            match articles
                .transpose()?
                .and_then(|articles| articles.into_iter().next())
            {
                Some(article) => titled(&article.title, html::article(&article, &links)),
                None => nothing(),
            }
        }
        Some(("compare", words)) => {
            let Ok(selected) = database.select(words) else {
                return Ok(nothing());
            };
            let clients: Vec<Client> = selected.into_iter().map(|one| one.client).collect();
            let table = compare(&clients, &[1, 2], &[]);
            titled("Clients side by side", html::comparison(&table, &links))
        }
        Some(_) => nothing(),
    })
}
