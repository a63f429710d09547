//! The JSON Schema of `server.yaml`, for editors.
//!
//! It completes the names that a file should have. The reader takes more spellings than it lists,
//! and says more about a mistake; where it takes any word, so does the schema.

use schemars::{Schema, json_schema};
use serde_json::{Map, Value, json};
use strum::VariantNames as _;

use super::words::{CIPHERS, GROUPS, HASHES};
use super::{CONNECTION_KEYS, KEYS};
use crate::peer::server::{Nat, Product};

/// The schema.
pub fn schema() -> Schema {
    json_schema!({
        "title": "server.yaml",
        "description": "A VPN server as ikecompat reads it: its proposals, and what decides beside them.",
        "type": "object",
        "properties": properties(KEYS),
        "additionalProperties": false,
        "$defs": {
            "cipher": words(CIPHERS),
            "group": words(GROUPS),
            "hash": words(HASHES),
            "proposal": {
                "description": "A proposal in strongSwan's keywords, such as aes256-sha256-modp2048.",
                "type": "string",
            },
            "time": {
                "description": "Seconds, or a number with s, m, h or d; 0 means never.",
                "anyOf": [
                    { "type": "integer", "minimum": 0, "maximum": u32::MAX },
                    { "type": "string", "pattern": "^[0-9]+[smhd]?$" },
                ],
            },
        },
    })
}

/// The schemas of some keys of the file or of a connection.
fn properties(keys: &[&str]) -> Value {
    let all = keys.iter().map(|key| ((*key).to_owned(), property(key)));
    // `_` and `-` in keys are the same.
    let both = all.flat_map(|(key, value)| {
        let hyphens = key.replace('_', "-");
        let other = (hyphens != key).then(|| (hyphens, value.clone()));
        std::iter::once((key, value)).chain(other)
    });
    Value::Object(both.collect::<Map<_, _>>())
}

fn property(key: &str) -> Value {
    match key {
        "address" => text("What clients dial: a host name or an IP address."),
        "clients" => list(
            "Which clients to compare: ids, aliases, globs.",
            json!({ "type": "string" }),
        ),
        "connection_name" => text("What the connection is called on clients."),
        "connections" => json!({
            "description": "Several connections, each with its phases; then the file has none itself.",
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": properties(CONNECTION_KEYS),
                "required": ["name"],
                "additionalProperties": false,
            },
        }),
        "engine" => text("What negotiates, and its version: strongswan@5.9.8."),
        "lifetime" => json!({
            "description": "When the server gives up SAs that nobody renews.",
            "type": "object",
            "properties": {
                "ike": { "$ref": "#/$defs/time" },
                "child": { "$ref": "#/$defs/time" },
            },
        }),
        "name" => text("Name of the connection."),
        "nat" => choice(
            "Whether clients are behind NAT.",
            Nat::VARIANTS.iter().map(|word| json!(word)),
            true,
        ),
        "pfs" => choice(
            "libreswan's pfs=: whether children are rekeyed in the group of the IKE SA.",
            ["yes", "no"].map(|word| json!(word)).into_iter(),
            true,
        ),
        "phase1" => phase(
            "Proposals of phase 1 (IKE), most preferred first.",
            &["encryption", "hash", "prf", "dh", "tag"],
        ),
        "phase2" => phase(
            "Proposals of phase 2 (ESP), most preferred first; `unknown` where nothing is known of them.",
            &["encryption", "hash", "pfs", "tag"],
        ),
        "prefer_configured_proposals" => choice(
            "charon.prefer_configured_proposals of strongswan.conf.",
            ["yes", "no"].map(|word| json!(word)).into_iter(),
            true,
        ),
        "product" => json!({
            "description": "Whose pages or files configure the server, with its release where that \
                            says which engine is inside: opnsense, or opnsense@26.7.4.",
            "anyOf": [
                { "enum": Product::VARIANTS },
                {
                    "type": "string",
                    "pattern": format!("^({})@[0-9]+([.][0-9]+)*$", Product::VARIANTS.join("|")),
                },
            ],
        }),
        "rekey" => json!({
            "description": "When the server itself asks for new keys.",
            "type": "object",
            "properties": {
                "ike": { "$ref": "#/$defs/time" },
                "child": { "$ref": "#/$defs/time" },
            },
        }),
        "remote_id" => text("Identity of the server, the name in its certificate."),
        _ => json!(true),
    }
}

fn text(description: &str) -> Value {
    json!({ "description": description, "type": "string" })
}

/// One of some words; YAML takes `yes` and `no` for booleans in some editors.
fn choice(description: &str, words: impl Iterator<Item = Value>, switch: bool) -> Value {
    let words = words.chain(
        switch
            .then_some([json!(true), json!(false)])
            .into_iter()
            .flatten(),
    );
    json!({ "description": description, "enum": words.collect::<Vec<_>>() })
}

/// Words that are completed, beside any other.
fn words(known: &[&str]) -> Value {
    json!({ "anyOf": [{ "enum": known }, { "type": "string" }] })
}

/// One, or a list of several.
fn list(description: &str, item: Value) -> Value {
    json!({
        "description": description,
        "anyOf": [item.clone(), { "type": "array", "items": item }],
    })
}

fn phase(description: &str, keys: &[&str]) -> Value {
    let setting = |key: &str| match key {
        "encryption" => list("Ciphers.", json!({ "$ref": "#/$defs/cipher" })),
        "hash" => list(
            "Hashes; with AES-GCM in phase 1 the PRF.",
            json!({ "$ref": "#/$defs/hash" }),
        ),
        "prf" => list(
            "PRFs, where they are not those of the hashes.",
            json!({ "$ref": "#/$defs/hash" }),
        ),
        "tag" => {
            json!({ "description": "Length of the tag of AES-GCM in bits.", "enum": [64, 96, 128] })
        }
        _ => list(
            "Groups, by number or keyword; in phase 2 also off.",
            json!({ "anyOf": [{ "type": "integer" }, { "type": "boolean" }, { "$ref": "#/$defs/group" }] }),
        ),
    };
    let settings = keys.iter().map(|key| ((*key).to_owned(), setting(key)));
    let entry = json!({
        "anyOf": [
            { "$ref": "#/$defs/proposal" },
            {
                "type": "object",
                "properties": settings.collect::<Map<_, _>>(),
                "required": ["encryption"],
            },
        ],
    });
    list(description, entry)
}

#[cfg(test)]
mod tests {
    use super::super::{CONNECTION_KEYS, KEYS};
    use super::property;

    #[test]
    fn every_key_has_a_schema() {
        for key in KEYS.iter().chain(CONNECTION_KEYS) {
            assert!(property(key).is_object(), "{key}");
        }
    }
}
