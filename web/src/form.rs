//! The words of each product, to fill in what stands on its pages.

use ikecompat::dialect::powershell::{self, Parameter};
use ikecompat::dialect::{opnsense, pfsense, pluto, swan};
use ikecompat::ike::{Protocol, Suite, Transform, TransformType};
use ikecompat::peer::server::Product;
use serde::Serialize;

/// What can be chosen for one product: keywords, each with what the product calls it.
#[derive(Debug, Serialize)]
pub(crate) struct Form {
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

pub(crate) fn form(product: Product) -> Form {
    let of = |kind: TransformType| -> Vec<Word> {
        let mut seen = Vec::new();
        let all = swan::keywords().filter_map(swan::keyword);
        let all = all.filter(|transform| transform.kind == kind && !transform.is_none());
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
