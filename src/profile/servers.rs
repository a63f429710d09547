//! Server products as data: what they list when nobody wrote a list, and what a build implements.

use std::time::Duration;

use itertools::Itertools as _;
use serde_json::Error;

use super::convert::grade_of;
use super::database::{Broken, Database, stem};
use super::server_shape::{
    BuildShape, ChildGroupsWord, DefaultShape, EngineShape, LifetimeShape, ServerFile,
};
use crate::dialect::{charon, swan};
use crate::ike::{Proposal, Protocol, Transform};
use crate::peer::build::{Build, ChildGroups};
use crate::peer::setting::KeySet;
use crate::peer::{DefaultLifetimes, Engine, EngineName, Grade, Server, Version};

/// Folder of the server products.
const SERVERS: &str = "profiles/servers/";

/// The lists that stand for nothing configured.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Defaults {
    /// IKE.
    pub ike: Vec<Proposal>,
    /// ESP, for the keyword `default`.
    pub esp: Vec<Proposal>,
    /// ESP, where no list is configured.
    pub esp_unset: Vec<Proposal>,
    /// AH, if that is known.
    pub ah: Option<Vec<Proposal>>,
    /// How they are known.
    pub grade: Grade,
    /// What else there is to say, such as the deduction behind inferred lists.
    pub note: Option<String>,
}

impl Defaults {
    /// What stands for no list of a protocol at all; `None` if that is not known.
    pub fn of(self, protocol: Protocol) -> Option<Vec<Proposal>> {
        match protocol {
            Protocol::Ike => Some(self.ike),
            Protocol::Ah => self.ah,
            Protocol::Esp => Some(self.esp_unset),
        }
    }
}

impl Database<'_> {
    /// Ids of the server products.
    pub fn server_ids(&self) -> impl Iterator<Item = &str> {
        self.folder(SERVERS).map(|(path, _)| stem(path))
    }

    /// The server product of the given id, which may be the name of an engine.
    pub fn server(&self, id: &str) -> Result<Option<ServerFile>, Broken> {
        let path = format!("{SERVERS}{id}.yaml");
        let read = |json| {
            serde_json::from_str(json).map_err(|error: Error| Broken {
                file: path.clone(),
                what: error.to_string(),
            })
        };
        self.json(&path).map(read).transpose()
    }

    /// The engine inside a version of a product, if a source says so.
    pub fn engine_in(&self, product: &str, version: Version) -> Result<Option<Engine>, Broken> {
        let file = self.server(product)?;
        let engines = file.map(|file| file.engines).unwrap_or_default();
        let inside = newest(&engines, version, |shape| Some(&shape.since));
        let parse = |engine: &String| {
            engine.parse().map_err(|()| Broken {
                file: product.to_owned(),
                what: format!("`{engine}` is no engine"),
            })
        };
        let engine = inside.and_then(|shape: &EngineShape| shape.engine.as_ref());
        engine.map(parse).transpose()
    }

    /// The newest known release of an engine, if its releases are known.
    pub(crate) fn newest_release(&self, name: EngineName) -> Result<Option<Engine>, Broken> {
        let file = self.server(&name.to_string())?;
        let releases = file.map(|file| file.releases).unwrap_or_default();
        let newest = releases.iter().filter_map(|it| it.parse().ok()).max();
        Ok(newest.map(|version| Engine { name, version }))
    }

    /// The versions of an engine with which its default lists changed, ascending.
    pub(crate) fn default_versions(&self, engine: EngineName) -> Result<Vec<Version>, Broken> {
        let file = self.server(&engine.to_string())?;
        let defaults = file.map(|file| file.defaults).unwrap_or_default();
        let versions = defaults.iter().filter_map(|shape| shape.since.parse().ok());
        Ok(versions.sorted().collect())
    }

    /// The default lists of an engine in its version, if they are known.
    pub fn defaults(&self, engine: Engine) -> Result<Option<Defaults>, Broken> {
        let Some(file) = self.server(&engine.name.to_string())? else {
            return Ok(None);
        };
        let newest = newest(&file.defaults, engine.version, |shape| Some(&shape.since));
        let Some(newest) = newest.filter(|shape| shape.unknown.is_none()) else {
            return Ok(None);
        };
        let broken = |what| Broken {
            file: engine.name.to_string(),
            what,
        };
        lists(&file, newest).map(Some).map_err(broken)
    }

    /// What a build of the engine's version implements; without limits if none was recorded.
    pub fn build(&self, engine: Engine) -> Result<Build, Broken> {
        let file = self.server(&engine.name.to_string())?;
        let builds = file.map(|file| file.builds).unwrap_or_default();
        let is_version = |text: &Option<String>| {
            let version = text.as_deref().map(str::parse);
            version == Some(Ok(engine.version))
        };
        let exact = builds.values().find(|shape| is_version(&shape.version));
        let lines: Vec<_> = builds.values().collect();
        let line = newest(&lines, engine.version, |shape| shape.since.as_ref());
        let Some(shape) = exact.or(line.copied()) else {
            return Ok(Build::unlimited());
        };
        build(shape).map_err(|what| Broken {
            file: engine.name.to_string(),
            what,
        })
    }
}

impl Database<'_> {
    /// What the build of a server implements.
    pub(crate) fn build_of(&self, server: &Server) -> Result<Build, Broken> {
        let mut build = self.build(server.engine)?;
        build
            .lacks
            .retain(|lacking| !server.built_with.contains(lacking));
        Ok(build)
    }

    /// When a server gives up SAs of which its file does not say it: as its product does, or else
    /// the engine inside, in files of the given format.
    pub(crate) fn lifetimes(&self, server: &Server) -> Result<DefaultLifetimes, Broken> {
        let product = server.product.map(|product| product.to_string());
        let engine = server.engine.name.to_string();
        for id in product.into_iter().chain([engine]) {
            let shapes = self.server(&id)?.map(|file| file.lifetimes);
            let shapes = shapes.unwrap_or_default();
            let of = |format: Option<KeySet>| -> Vec<_> {
                let fits = |shape: &&LifetimeShape| shape.format == format;
                shapes.iter().filter(fits).collect()
            };
            let special = of(server.definitions.keys.filter(|_| true));
            let general = of(None);
            let newest = |shapes: &[&LifetimeShape]| {
                let version = server.engine.version;
                let since = |shape: &&LifetimeShape| {
                    let since = shape.since.as_deref().unwrap_or("0");
                    since.parse::<Version>().ok()
                };
                let known = shapes.iter().filter(|shape| since(shape) <= Some(version));
                known.max_by_key(|shape| since(shape)).copied().cloned()
            };
            if let Some(shape) = newest(&special).or_else(|| newest(&general)) {
                return Ok(shape.into());
            }
        }
        Ok(DefaultLifetimes::default())
    }
}

impl From<LifetimeShape> for DefaultLifetimes {
    fn from(shape: LifetimeShape) -> Self {
        Self {
            child: shape.child_seconds.map(Duration::from_secs),
            ike: shape.ike_seconds.map(Duration::from_secs),
            percent_of_rekey: shape.percent_of_rekey,
            none_without_rekey: shape.none_without_rekey,
        }
    }
}

/// The entry of the newest version that is not after `version`.
pub(super) fn newest<T>(
    entries: &[T],
    version: Version,
    since: impl Fn(&T) -> Option<&String>,
) -> Option<&T> {
    let since = |entry: &T| since(entry)?.parse::<Version>().ok();
    let known = entries.iter();
    let known = known.filter(|entry| since(entry).is_some_and(|since| since <= version));
    known.max_by_key(|entry| since(entry))
}

fn lists(file: &ServerFile, shape: &DefaultShape) -> Result<Defaults, String> {
    let parse = |protocol, list: &[String]| -> Result<Vec<Proposal>, String> {
        let parse =
            |text: &String| swan::parse(protocol, text).map_err(|why| format!("`{text}`: {why}"));
        list.iter().map(parse).collect()
    };
    let esp_unset = shape.esp_unset.as_ref().unwrap_or(&shape.esp);
    let ah = shape.ah.as_ref().map(|list| parse(Protocol::Ah, list));
    Ok(Defaults {
        ike: parse(Protocol::Ike, &shape.ike)?,
        esp: parse(Protocol::Esp, &shape.esp)?,
        esp_unset: parse(Protocol::Esp, esp_unset)?,
        ah: ah.transpose()?,
        grade: grade_of(&file.sources, &shape.sources, shape.grade)?,
        note: shape.note.clone(),
    })
}

fn build(shape: &BuildShape) -> Result<Build, String> {
    let numbers = |names: &[String]| -> Vec<u16> {
        let transforms = names
            .iter()
            .filter_map(|name| charon::parse_transform(name));
        transforms.map(|transform| transform.id).sorted().collect()
    };
    let limit = |names: &Option<Vec<String>>| names.as_deref().map(numbers);
    let lacks = shape.lacks.iter().map(|word| -> Result<Transform, String> {
        swan::keyword(word).ok_or_else(|| format!("`{word}` is no algorithm keyword"))
    });
    Ok(Build {
        encr: limit(&shape.encr),
        aead: limit(&shape.aead),
        integ: limit(&shape.integ),
        prf: limit(&shape.prf),
        ke: limit(&shape.ke),
        lacks: lacks.collect::<Result<_, _>>()?,
        installs_esn: shape.installs_esn,
        installs_unauthenticated: shape.installs_unauthenticated,
        not_installed: numbers(&shape.not_installed),
        child_groups: match shape.child_groups {
            ChildGroupsWord::Listed => ChildGroups::Listed,
            ChildGroupsWord::ListedOrIkeSa => ChildGroups::ListedOrIkeSa,
            ChildGroupsWord::IkeSa => ChildGroups::IkeSa,
        },
        rekeys_suite_in_use: shape.rekeys_suite_in_use,
        refuses_group_without_pfs: shape.refuses_group_without_pfs,
        most_transforms: shape.most_transforms,
        additional_key_exchanges: shape.additional_key_exchanges,
        keeps_groups_after_none: shape.keeps_groups_after_none,
        child_needs_its_group: shape.child_needs_its_group,
        child_skips_additional: shape.child_skips_additional,
        prefers_childless: shape.prefers_childless,
        ends_with_failed_child: shape.ends_with_failed_child,
    })
}
