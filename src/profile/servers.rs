//! Server products as data: what they list when nobody wrote a list, and what a build implements.

use itertools::Itertools as _;
use serde::Deserialize;

use super::database::{Broken, Database};
use crate::dialect::{charon, swan};
use crate::ike::{Proposal, Protocol, TransformType};
use crate::peer::{Build, Engine, EngineName, Version};

/// A file `profiles/servers/<engine>.yaml`.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ServerFile {
    #[serde(rename = "name")]
    _name: String,
    #[serde(rename = "sources")]
    _sources: serde_json::Value,
    #[serde(default)]
    defaults: Vec<DefaultShape>,
    #[serde(default)]
    builds: std::collections::BTreeMap<String, BuildShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct DefaultShape {
    since: String,
    #[serde(rename = "sources")]
    _sources: Vec<String>,
    ike: Vec<String>,
    esp: Vec<String>,
    esp_unset: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct BuildShape {
    version: String,
    #[serde(rename = "sources")]
    _sources: Vec<String>,
    encr: Vec<String>,
    aead: Vec<String>,
    integ: Vec<String>,
    prf: Vec<String>,
    ke: Vec<String>,
    installs_esn: bool,
    installs_unauthenticated: bool,
    not_installed: Vec<String>,
}

/// The lists that stand for nothing configured.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Defaults {
    /// IKE.
    pub ike: Vec<Proposal>,
    /// ESP, for the keyword `default`.
    pub esp: Vec<Proposal>,
    /// ESP, where no list is configured.
    pub esp_unset: Vec<Proposal>,
}

impl Defaults {
    /// AH, for the keyword `default`: the integrity algorithms and groups of the classic ESP
    /// proposal (`proposal_create_default` in `proposal.c`).
    pub fn ah(&self) -> Vec<Proposal> {
        let classic = |proposal: &&Proposal| !proposal.of(TransformType::INTEG).is_empty();
        let without_cipher = |proposal: &Proposal| {
            let rest = proposal.transforms().iter().copied();
            Proposal::new(Protocol::Ah, rest.filter(|t| t.kind != TransformType::ENCR))
        };
        let classic = self.esp.iter().filter(classic);
        classic.map(without_cipher).collect()
    }
}

impl Database<'_> {
    fn server_file(&self, engine: EngineName) -> Result<Option<ServerFile>, Broken> {
        let path = format!("profiles/servers/{engine}.yaml");
        let read = |json| {
            serde_json::from_str(json).map_err(|error: serde_json::Error| Broken {
                file: path.clone(),
                what: error.to_string(),
            })
        };
        self.json(&path).map(read).transpose()
    }

    /// The default lists of an engine in its version, if they are known.
    pub fn defaults(&self, engine: Engine) -> Result<Option<Defaults>, Broken> {
        let Some(file) = self.server_file(engine.name)? else {
            return Ok(None);
        };
        let since = |shape: &DefaultShape| shape.since.parse::<Version>().ok();
        let newest = file
            .defaults
            .iter()
            .filter(|shape| since(shape).is_some_and(|since| since <= engine.version))
            .max_by_key(|shape| since(shape));
        let Some(newest) = newest else {
            return Ok(None);
        };
        let parse = |protocol, list: &[String]| -> Result<Vec<Proposal>, Broken> {
            let parse = |text: &String| {
                swan::parse(protocol, text).map_err(|why| Broken {
                    file: engine.name.to_string(),
                    what: format!("`{text}`: {why}"),
                })
            };
            list.iter().map(parse).collect()
        };
        Ok(Some(Defaults {
            ike: parse(Protocol::Ike, &newest.ike)?,
            esp: parse(Protocol::Esp, &newest.esp)?,
            esp_unset: parse(Protocol::Esp, &newest.esp_unset)?,
        }))
    }

    /// What a build of the engine's version implements; without limits if none was recorded.
    pub fn build(&self, engine: Engine) -> Result<Build, Broken> {
        let file = self.server_file(engine.name)?;
        let builds = file.map(|file| file.builds).unwrap_or_default();
        let of_version = |shape: &&BuildShape| shape.version.parse() == Ok(engine.version);
        let Some(shape) = builds.values().find(of_version) else {
            return Ok(Build::unlimited());
        };
        let numbers = |names: &[String]| -> Vec<u16> {
            let transforms = names
                .iter()
                .filter_map(|name| charon::parse_transform(name));
            transforms.map(|transform| transform.id).sorted().collect()
        };
        Ok(Build {
            encr: Some(numbers(&shape.encr)),
            aead: Some(numbers(&shape.aead)),
            integ: Some(numbers(&shape.integ)),
            prf: Some(numbers(&shape.prf)),
            ke: Some(numbers(&shape.ke)),
            installs_esn: shape.installs_esn,
            installs_unauthenticated: shape.installs_unauthenticated,
            not_installed: numbers(&shape.not_installed),
        })
    }
}
