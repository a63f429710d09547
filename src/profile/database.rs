//! Finds profiles and turns them into the model.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::shape::{
    AnswerGroup, ClientFile, EngineWord, IkeGroup, OfferGroup, RekeyGroup, RekeyWords, Variant,
};
use crate::dialect::swan;
use crate::ike::{Proposal, Protocol};
use crate::peer::client::{IkeOffer, Lifetimes, Means, RekeyAnswer, RekeyOffer};
use crate::peer::{Client, EngineName, Fact, Grade, Known, Policy};

/// The built-in profiles, as `build.rs` wrote them.
const BUILT_IN: &str = include_str!(concat!(env!("OUT_DIR"), "/profiles.json"));

/// A profile: the whole story of one client.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Its id, the stem of its file.
    pub id: String,
    /// What the file says; of a mirror, with the variants of the profile it mirrors.
    pub file: ClientFile,
}

/// What is needed of every profile to find one.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    label: Cow<'a, str>,
    #[serde(default, borrow)]
    aliases: Vec<Cow<'a, str>>,
    #[serde(default, borrow)]
    variants: IndexMap<Cow<'a, str>, VariantHead<'a>>,
}

#[derive(Deserialize)]
struct VariantHead<'a> {
    #[serde(default, borrow)]
    aliases: Vec<Cow<'a, str>>,
}

/// A broken file of the database; the built-in ones are never broken, a test sees to that.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Broken {
    /// Name of the file.
    pub file: String,
    /// What is wrong with it.
    pub what: String,
}

impl Display for Broken {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.what)
    }
}

impl std::error::Error for Broken {}

/// All profiles.
#[derive(Debug)]
pub struct Database<'a> {
    files: BTreeMap<Cow<'a, str>, Cow<'a, RawValue>>,
}

impl Database<'static> {
    /// The profiles that come with the program.
    pub fn builtin() -> Self {
        let files: BTreeMap<Cow<'static, str>, &'static RawValue> =
            serde_json::from_str(BUILT_IN).expect("build.rs wrote an object");
        Self {
            files: files
                .into_iter()
                .map(|(path, raw)| (path, Cow::Borrowed(raw)))
                .collect(),
        }
    }
}

/// Folder of the client profiles.
const CLIENTS: &str = "profiles/clients/";

impl Database<'_> {
    /// Ids of all client profiles, by vendor folder and name.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        let clients = self.files.keys().filter(|path| path.starts_with(CLIENTS));
        clients.map(|path| stem(path))
    }

    /// The content of one file, in JSON.
    pub fn json(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(|raw| raw.get())
    }

    /// The files of a folder with their content in JSON, by name.
    pub fn folder<'s>(&'s self, folder: &'s str) -> impl Iterator<Item = (&'s str, &'s str)> {
        let inside = self
            .files
            .iter()
            .filter(move |(path, _)| path.starts_with(folder));
        inside.map(|(path, raw)| (&**path, raw.get()))
    }

    /// The policy of the given id.
    pub fn policy(&self, id: &str) -> Option<Policy> {
        let json = self.json(&format!("profiles/policies/{id}.yaml"))?;
        Policy::from_json(json).ok()
    }

    fn path_of(&self, id: &str) -> Option<&str> {
        let mut clients = self.files.keys().filter(|path| path.starts_with(CLIENTS));
        clients.find(|path| stem(path) == id).map(|path| &**path)
    }

    /// The profile of the given id.
    pub fn profile(&self, id: &str) -> Option<Result<Profile, Broken>> {
        Some(self.read(self.path_of(id)?, true))
    }

    /// All profiles, by vendor folder and name.
    pub fn profiles(&self) -> impl Iterator<Item = Result<Profile, Broken>> + '_ {
        let clients = self.files.keys().filter(|path| path.starts_with(CLIENTS));
        clients.map(|path| self.read(path, true))
    }

    fn read(&self, path: &str, follow: bool) -> Result<Profile, Broken> {
        let broken = |what: String| Broken {
            file: path.to_owned(),
            what,
        };
        let json = self.json(path).unwrap_or_default();
        let mut file: ClientFile =
            serde_json::from_str(json).map_err(|error| broken(error.to_string()))?;
        if let (Some(id), true) = (file.mirrors.clone(), follow) {
            let other = self
                .path_of(&id)
                .ok_or_else(|| broken(format!("there is no profile `{id}` to mirror")))?;
            let other = self.read(other, false)?.file;
            file.variants = other.variants;
            for (key, source) in other.sources {
                file.sources.entry(key).or_insert(source);
            }
        }
        Ok(Profile {
            id: stem(path).to_owned(),
            file,
        })
    }

    /// Every word that names a client, with the id and the variant it means; `None` for all
    /// variants.
    pub(super) fn words(&self) -> Vec<(String, String, Option<String>)> {
        let mut words = Vec::new();
        for (path, raw) in self
            .files
            .iter()
            .filter(|(path, _)| path.starts_with(CLIENTS))
        {
            let id = stem(path);
            let Ok(head) = serde_json::from_str::<Head<'_>>(raw.get()) else {
                continue;
            };
            let word = |word: &str, variant: Option<&str>| {
                (
                    word.to_owned(),
                    id.to_owned(),
                    variant.map(ToOwned::to_owned),
                )
            };
            words.push(word(id, None));
            words.extend(head.aliases.iter().map(|alias| word(alias, None)));
            debug_assert!(!head.label.is_empty());
            for (name, variant) in &head.variants {
                words.push(word(&format!("{id}:{name}"), Some(name)));
                words.extend(variant.aliases.iter().map(|alias| word(alias, Some(name))));
            }
        }
        words
    }
}

/// The id that a path stands for.
fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".yaml").unwrap_or(name)
}

impl Profile {
    /// The names of its variants, the default one first.
    pub fn variants(&self) -> impl Iterator<Item = &str> {
        self.file.variants.keys().map(String::as_str)
    }

    /// The client in one variant; `None` if there is no such variant.
    pub fn client(&self, variant: &str) -> Option<Result<Client, Broken>> {
        let facts = self.file.variants.get(variant)?;
        Some(self.convert(variant, facts).map_err(|what| Broken {
            file: self.id.clone(),
            what,
        }))
    }

    fn convert(&self, name: &str, variant: &Variant) -> Result<Client, String> {
        let several = self.file.variants.len() > 1;
        let id = if several {
            format!("{}:{name}", self.id)
        } else {
            self.id.clone()
        };
        let label = if several && name != "default" {
            format!("{} {name}", self.file.label)
        } else {
            self.file.label.clone()
        };
        let lifetimes = variant.lifetimes.as_ref();
        let seconds = |pick: fn(&super::shape::LifetimeGroup) -> Option<u64>| {
            lifetimes.and_then(pick).map(Duration::from_secs)
        };
        let means = self.file.configurable.iter().map(|c| {
            c.by.parse::<Means>()
                .map_err(|_| format!("`{}` is no means of configuration", c.by))
        });
        Ok(Client {
            id,
            label,
            covers: self.file.covers.clone(),
            engine: self.file.engine.map(|engine| match engine {
                EngineWord::Charon => EngineName::Strongswan,
                EngineWord::Libreswan => EngineName::Libreswan,
            }),
            ike_sa_init: self.known(
                variant,
                "ike-sa-init",
                variant.ike_sa_init.as_ref(),
                Self::ike,
            )?,
            ike_auth: self.known(variant, "ike-auth", variant.ike_auth.as_ref(), Self::offer)?,
            child_rekey_by_client: self.known(
                variant,
                "child-rekey-by-client",
                variant.child_rekey_by_client.as_ref(),
                |profile, group| profile.rekey(Protocol::Esp, group),
            )?,
            child_rekey_by_server: self.known(
                variant,
                "child-rekey-by-server",
                variant.child_rekey_by_server.as_ref(),
                |profile, group| profile.answer(Protocol::Esp, group),
            )?,
            ike_rekey_by_client: self.known(
                variant,
                "ike-rekey-by-client",
                variant.ike_rekey_by_client.as_ref(),
                |profile, group| profile.rekey(Protocol::Ike, group),
            )?,
            ike_rekey_by_server: self.known(
                variant,
                "ike-rekey-by-server",
                variant.ike_rekey_by_server.as_ref(),
                |profile, group| profile.answer(Protocol::Ike, group),
            )?,
            lifetimes: Lifetimes {
                child: seconds(|l| l.child_rekey_seconds),
                child_mebibytes: lifetimes.and_then(|l| l.child_rekey_mebibytes),
                ike: seconds(|l| l.ike_rekey_seconds),
            },
            means: means.collect::<Result<_, _>>()?,
        })
    }

    /// A fact group, or why there is none.
    fn known<G, T>(
        &self,
        variant: &Variant,
        exchange: &str,
        group: Option<&G>,
        convert: impl Fn(&Self, &G) -> Result<Fact<T>, String>,
    ) -> Result<Known<T>, String> {
        match group {
            Some(group) => convert(self, group).map(Known::Stated),
            None => {
                let reason = variant.unknown.get(exchange);
                let reason = reason.map_or("the profile does not say", String::as_str);
                Ok(Known::Unknown(reason.to_owned()))
            }
        }
    }

    fn fact<T>(
        &self,
        value: T,
        sources: &[String],
        grade: Option<&String>,
        note: Option<&String>,
    ) -> Result<Fact<T>, String> {
        Ok(Fact {
            value,
            grade: self.grade(sources, grade)?,
            sources: sources.to_vec(),
            note: note.cloned(),
        })
    }

    /// The grade of a fact: the best of its sources, or the lower one that is stated.
    pub fn grade(&self, sources: &[String], stated: Option<&String>) -> Result<Grade, String> {
        let parse = |word: &str| {
            word.parse::<Grade>()
                .map_err(|_| format!("`{word}` is no grade"))
        };
        let mut best = None;
        for key in sources {
            let source = self
                .file
                .sources
                .get(key)
                .ok_or_else(|| format!("`{key}` is no source"))?;
            let grade = parse(&source.grade)?;
            best = Some(best.map_or(grade, |best: Grade| best.min(grade)));
        }
        let best = best.ok_or_else(|| "a fact names no source".to_owned())?;
        let stated = stated.map(|word| parse(word)).transpose()?;
        Ok(stated.map_or(best, |stated| stated.max(best)))
    }

    fn ike(&self, group: &IkeGroup) -> Result<Fact<IkeOffer>, String> {
        let key_exchange = match &group.key_exchange {
            Some(word) => Some(swan::keyword(word).ok_or_else(|| format!("`{word}` is no group"))?),
            None => None,
        };
        let offer = IkeOffer {
            proposals: proposals(Protocol::Ike, &group.offers)?,
            key_exchange,
            retries_invalid_ke: group.retries_invalid_ke,
        };
        self.fact(
            offer,
            &group.sources,
            group.grade.as_ref(),
            group.note.as_ref(),
        )
    }

    fn offer(&self, group: &OfferGroup) -> Result<Fact<Vec<Proposal>>, String> {
        let list = proposals(Protocol::Esp, &group.offers)?;
        self.fact(
            list,
            &group.sources,
            group.grade.as_ref(),
            group.note.as_ref(),
        )
    }

    fn rekey(&self, protocol: Protocol, group: &RekeyGroup) -> Result<Fact<RekeyOffer>, String> {
        let offer = words(protocol, &group.offers, group.group_of_ike_sa)?;
        self.fact(
            offer,
            &group.sources,
            group.grade.as_ref(),
            group.note.as_ref(),
        )
    }

    fn answer(&self, protocol: Protocol, group: &AnswerGroup) -> Result<Fact<RekeyAnswer>, String> {
        let answer = RekeyAnswer {
            accepts: words(protocol, &group.accepts, group.group_of_ike_sa)?,
            refuses_any_ke: group.refuses_any_ke,
            refuses_behind_nat: group.refuses_behind_nat,
        };
        self.fact(
            answer,
            &group.sources,
            group.grade.as_ref(),
            group.note.as_ref(),
        )
    }
}

/// What is offered or accepted when keys are renewed.
fn words(
    protocol: Protocol,
    words: &RekeyWords,
    group_of_ike_sa: bool,
) -> Result<RekeyOffer, String> {
    Ok(match (words, group_of_ike_sa) {
        (RekeyWords::List(list), false) => RekeyOffer::List(proposals(protocol, list)?),
        (RekeyWords::List(list), true) => RekeyOffer::ListInIkeGroup(proposals(protocol, list)?),
        (RekeyWords::Negotiated, false) => RekeyOffer::Negotiated,
        (RekeyWords::Negotiated, true) => RekeyOffer::NegotiatedInIkeGroup,
        (RekeyWords::Neither, _) => {
            return Err("what is offered is neither a list nor `negotiated`".to_owned());
        }
    })
}

/// Proposals as they stand: nothing is derived.
fn proposals(protocol: Protocol, list: &[String]) -> Result<Vec<Proposal>, String> {
    list.iter()
        .map(|text| {
            let transforms = swan::transforms(text).map_err(|unknown| {
                let word = unknown.first().and_then(|place| text.get(place.clone()));
                format!("`{}` is no algorithm keyword", word.unwrap_or(text))
            })?;
            Ok(Proposal::new(protocol, transforms))
        })
        .collect()
}
