//! The words of each product, to fill in what stands on its pages.

use ikecompat::dialect::powershell::{self, Parameter};
use ikecompat::dialect::{iked, opnsense, pfsense, pluto, swan};
use ikecompat::ike::{Protocol, Suite, Transform, TransformType};
use ikecompat::peer::server::Product;
use ikecompat::profile::Database;
use serde::Serialize;

/// What can be chosen for one product: keywords, each with what the product calls it.
#[derive(Debug, Serialize)]
pub(crate) struct Form {
    /// The newest release of each line of the engine, the newest first.
    engines: Vec<String>,
    /// Whether one of them has to be named.
    needs_engine: bool,
    encryption: Vec<Word>,
    hash: Vec<Word>,
    group: Vec<Word>,
}

/// A keyword and its label.
#[derive(Debug, Serialize)]
pub(crate) struct Word {
    keyword: String,
    label: String,
}

pub(crate) fn form(product: Product, database: &Database<'_>) -> Form {
    let name = product.engine();
    let file = database.server(&name.to_string()).ok().flatten();
    let releases = file.map(|file| file.releases).unwrap_or_default();
    let of = |kind: TransformType| -> Vec<Word> {
        let mut seen = Vec::new();
        let all = swan::keywords().filter_map(swan::keyword);
        let all = all.filter(|transform| transform.kind == kind && !transform.is_none());
        // What derives no PRF makes no entry of phase 1 alone.
        let all = all.filter(|it| kind != TransformType::INTEG || swan::prf_of(*it).is_some());
        let options = all.filter_map(|transform| {
            let keyword = swan::spell(transform)?;
            let label = label(product, transform)?;
            Some(Word { keyword, label })
        });
        for option in options {
            if !seen.iter().any(|one: &Word| one.keyword == option.keyword) {
                seen.push(option);
            }
        }
        seen
    };
    Form {
        engines: releases
            .iter()
            .rev()
            .map(|release| format!("{name}@{release}"))
            .collect(),
        needs_engine: name.assumed_version().is_none(),
        encryption: of(TransformType::ENCR),
        hash: of(TransformType::INTEG),
        group: of(TransformType::KE),
    }
}

/// What a product calls an algorithm; nothing if its pages lack it.
fn label(product: Product, transform: Transform) -> Option<String> {
    match product {
        Product::Pfsense => match transform.kind {
            TransformType::ENCR => pfsense::cipher_label(transform),
            TransformType::INTEG => pfsense::hash_label(transform),
            _ => pfsense::group_label(transform),
        },
        Product::Opnsense => opnsense_label(transform),
        Product::Strongswan => swan::spell(transform),
        Product::Libreswan => pluto::spell(transform),
        Product::Openiked => iked::label(transform),
        Product::Rras => {
            let parameters = match transform.kind {
                TransformType::ENCR => [
                    Parameter::EncryptionMethod,
                    Parameter::CipherTransformConstants,
                ],
                TransformType::INTEG => [
                    Parameter::IntegrityCheckMethod,
                    Parameter::AuthenticationTransformConstants,
                ],
                _ => [Parameter::DHGroup, Parameter::PfsGroup],
            };
            let named = |parameter: Parameter| {
                let mut values = parameter.values().iter();
                values.find(|value| powershell::transform_of(parameter, value) == Some(transform))
            };
            parameters
                .into_iter()
                .find_map(named)
                .map(|value| (*value).to_owned())
        }
    }
}

/// Its lists have whole proposals, so a word is known if one that holds it is.
fn opnsense_label(transform: Transform) -> Option<String> {
    let word = swan::spell(transform)?;
    let (value, around) = match transform.kind {
        TransformType::ENCR => (format!("{word}-sha256-modp2048"), ""),
        TransformType::INTEG => (format!("aes256-{word}-modp2048"), ""),
        _ => (format!("aes256-sha256-{word}"), "aes256-sha256-"),
    };
    // AES-GCM leaves the hash to the PRF.
    let text = match transform.is_aead() {
        true => format!("{word}-prfsha256-modp2048"),
        false => value.clone(),
    };
    let proposal = swan::parse(Protocol::Ike, &text).ok()?;
    let suite = Suite::of(Protocol::Ike, proposal.transforms().iter().copied());
    let label = match around {
        "" => word,
        _ => opnsense::option(&value)
            .trim_start_matches(around)
            .to_owned(),
    };
    opnsense::expresses(&suite).then_some(label)
}

#[cfg(test)]
mod tests {
    use ikecompat::answer::{Clients, Question, ServerInput, ServerText, ask};
    use ikecompat::diag::Sources;
    use ikecompat::peer::server::Product;
    use ikecompat::profile::Database;
    use strum::VariantNames as _;

    use super::form;

    #[test]
    fn whatever_is_chosen_can_be_read() {
        let database = Database::builtin();
        let policy = database.policy("rfc8247").unwrap();
        for name in Product::VARIANTS {
            let form = form(name.parse().unwrap(), &database);
            let engine = form.engines.first().filter(|_| form.needs_engine);
            let engine = engine.map_or_else(String::new, |engine| format!("engine: {engine}\n"));
            for list in [&form.encryption, &form.hash, &form.group] {
                assert!(!list.is_empty(), "{name}");
            }
            let hash = &form.hash[0].keyword;
            let group = &form.group[0].keyword;
            let ciphers = form
                .encryption
                .iter()
                .map(|one| (&one.keyword, hash, group));
            let cipher = &form.encryption[0].keyword;
            let hashes = form.hash.iter().map(|one| (cipher, &one.keyword, group));
            let groups = form.group.iter().map(|one| (cipher, hash, &one.keyword));
            for (cipher, hash, group) in ciphers.chain(hashes).chain(groups) {
                let entry = |key: &str| {
                    format!("{{encryption: \"{cipher}\", hash: \"{hash}\", {key}: \"{group}\"}}")
                };
                let text = format!(
                    "product: {name}\n{engine}phase1:\n  - {}\nphase2:\n  - {}\n",
                    entry("dh"),
                    entry("pfs")
                );
                let server = ServerInput::Text(ServerText::new("server.yaml", text.as_bytes()));
                let question = Question {
                    clients: Clients::Given(&[]),
                    ..Question::new(server, &policy)
                };
                let mut sources = Sources::new();
                let answer = ask(&question, &database, &mut sources);
                let wrong = answer.err().unwrap_or_default();
                let said: Vec<_> = wrong.iter().map(|one| one.message.clone()).collect();
                assert!(said.is_empty(), "{name} {cipher} {hash} {group}: {said:?}");
            }
        }
    }

    #[test]
    fn words_are_those_of_the_product() {
        let labels = |product: Product| -> Vec<String> {
            let form = form(product, &Database::builtin());
            let all = [form.encryption, form.hash, form.group];
            all.into_iter().flatten().map(|one| one.label).collect()
        };
        for (product, label) in [
            (Product::Pfsense, "14 (2048 bit)"),
            (Product::Opnsense, "ecp256 [DH19, NIST EC]"),
            (Product::Strongswan, "aes256gcm16"),
            (Product::Libreswan, "aes_gcm256"),
            (Product::Rras, "GCMAES256"),
        ] {
            let all = labels(product);
            assert!(all.iter().any(|one| one == label), "{product}: {all:?}");
        }
    }
}
