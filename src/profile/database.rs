//! Finds profiles, those that come with the program and those laid over them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use indexmap::IndexMap;
use serde::Deserialize;

use super::convert::Profile;
use super::shape::{ClientFile, ConfigurationProfile, Role, Variant};
use crate::peer::Policy;

/// The built-in files, as `build.rs` wrote them: the path of each, its head if it is a client profile, and
/// the whole file, in JSON.
const BUILT_IN: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/profiles.rs"));

/// Where the policies are.
const POLICIES: &str = "profiles/policies/";

/// Folder of the client profiles.
const CLIENTS: &str = "profiles/clients/";

/// What is needed of every profile to find one.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Head<'a> {
    /// The profile's id.
    #[serde(skip)]
    pub(super) id: &'a str,
    #[serde(borrow)]
    pub(super) product: Cow<'a, str>,
    pub(super) role: Role,
    #[serde(default)]
    pub(super) aliases: Vec<String>,
    #[serde(default)]
    pub(super) covers: Vec<String>,
    #[serde(default)]
    pub(super) inferred_for: Vec<String>,
    #[serde(borrow)]
    pub(super) newest_evidence: Option<Cow<'a, str>>,
    pub(super) mirrors: Option<String>,
    pub(super) configuration_profile: Option<ConfigurationProfile>,
    #[serde(default)]
    pub(super) variants: IndexMap<String, VariantHead>,
}

impl<'a> Head<'a> {
    /// The head of a whole profile, still without its id.
    fn of(file: &'a ClientFile) -> Self {
        let variant = |(name, variant): (&String, &Variant)| {
            let aliases = variant.aliases.clone();
            (name.clone(), VariantHead { aliases })
        };
        Self {
            id: "",
            product: Cow::Borrowed(&file.product),
            role: file.role,
            aliases: file.aliases.clone(),
            covers: file.covers.clone(),
            inferred_for: file.inferred_for.clone(),
            newest_evidence: file.newest_evidence.as_deref().map(Cow::Borrowed),
            mirrors: file.mirrors.clone(),
            configuration_profile: file.configuration_profile.clone(),
            variants: file.variants.iter().map(variant).collect(),
        }
    }
}

/// What is needed of a variant to find it.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct VariantHead {
    #[serde(default)]
    pub(super) aliases: Vec<String>,
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

/// One file.
#[derive(Debug)]
enum File<'a> {
    /// A built-in one, in JSON, which is read when it is needed.
    BuiltIn {
        /// What finds it, if it is a client profile.
        head: &'a str,
        /// What it says.
        json: &'a str,
    },
    /// A client profile of the user's.
    Own {
        /// What the user calls it.
        name: String,
        /// What it says.
        profile: Box<ClientFile>,
    },
}

impl File<'_> {
    fn json(&self) -> Option<&str> {
        match self {
            Self::BuiltIn { json, .. } => Some(json),
            Self::Own { .. } => None,
        }
    }

    fn name(&self) -> Option<&str> {
        match self {
            Self::BuiltIn { .. } => None,
            Self::Own { name, .. } => Some(name),
        }
    }

    /// Whether a word in quotation marks stands in what finds it, as each of its names does.
    fn may_be_named(&self, quoted: &str) -> bool {
        match self {
            Self::BuiltIn { head, .. } => head.contains(quoted),
            Self::Own { .. } => true,
        }
    }
}

/// The content of a built-in file, in JSON.
pub(super) fn built_in(path: &str) -> Option<&'static str> {
    let mut files = BUILT_IN.iter();
    let (_, _, json) = files.find(|(name, _, _)| *name == path)?;
    Some(json)
}

/// All profiles.
#[derive(Debug)]
pub struct Database<'a> {
    files: BTreeMap<Cow<'a, str>, File<'a>>,
}

impl Database<'static> {
    /// The profiles that come with the program.
    pub fn builtin() -> Self {
        let entry = |&(path, head, json): &(&'static str, &'static str, &'static str)| {
            (Cow::Borrowed(path), File::BuiltIn { head, json })
        };
        Self {
            files: BUILT_IN.iter().map(entry).collect(),
        }
    }
}

impl Database<'_> {
    /// Paths and files of the client profiles, by vendor folder and name.
    fn clients(&self) -> impl Iterator<Item = (&str, &File<'_>)> {
        let files = self.files.iter().map(|(path, file)| (&**path, file));
        files.filter(|(path, _)| path.starts_with(CLIENTS))
    }

    /// Ids of all client profiles, by vendor folder and name.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.clients().map(|(path, _)| stem(path))
    }

    /// The newest date of the evidence of all client profiles.
    pub fn newest_evidence(&self) -> Option<String> {
        let heads = self.clients().filter_map(head);
        let newest = heads.filter_map(|head| head.newest_evidence).max();
        newest.map(Cow::into_owned)
    }

    /// The content of one built-in file, in JSON.
    pub fn json(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.json()
    }

    /// The built-in files of a folder with their content in JSON, by name.
    pub fn folder<'s>(&'s self, folder: &'s str) -> impl Iterator<Item = (&'s str, &'s str)> {
        let inside = self
            .files
            .iter()
            .filter(move |(path, _)| path.starts_with(folder));
        inside.filter_map(|(path, file)| Some((&**path, file.json()?)))
    }

    /// The policy of the given id.
    pub fn policy(&self, id: &str) -> Option<Policy> {
        let json = self.json(&format!("{POLICIES}{id}.yaml"))?;
        Some(self.complete(Policy::from_json(json).ok()?))
    }

    /// Gives a policy the strengths of RFC 8247's if it has none of its own.
    pub(crate) fn complete(&self, policy: Policy) -> Policy {
        if policy.has_strengths() {
            return policy;
        }
        let json = self.json(&format!("{POLICIES}rfc8247.yaml"));
        match json.map(Policy::from_json) {
            Some(Ok(base)) => policy.with_strengths_of(&base),
            _ => policy,
        }
    }

    /// Ids of all policies.
    pub fn policies(&self) -> impl Iterator<Item = &str> {
        self.folder(POLICIES).map(|(path, _)| stem(path))
    }

    fn path_of(&self, id: &str) -> Option<&str> {
        let mut paths = self.clients().map(|(path, _)| path);
        paths.find(|path| stem(path) == id)
    }

    /// The profile of the given id.
    pub fn profile(&self, id: &str) -> Option<Result<Profile, Broken>> {
        Some(self.read(self.path_of(id)?, true))
    }

    /// All profiles, by vendor folder and name.
    pub fn profiles(&self) -> impl Iterator<Item = Result<Profile, Broken>> + '_ {
        self.clients().map(|(path, _)| self.read(path, true))
    }

    /// The user's file that a profile comes from, if it was laid over the built-in ones.
    pub fn overlaid(&self, id: &str) -> Option<&str> {
        self.files.get(self.path_of(id)?)?.name()
    }

    /// Puts a user's profile in the place of the one of its id, or beside the others.
    pub(super) fn lay(&mut self, name: &str, profile: ClientFile) {
        let id = stem(name).to_owned();
        let beside = format!("{CLIENTS}{id}.yaml");
        let path = self.path_of(&id).map_or(beside, ToOwned::to_owned);
        let file = File::Own {
            name: name.to_owned(),
            profile: Box::new(profile),
        };
        self.files.insert(Cow::Owned(path), file);
    }

    fn read(&self, path: &str, follow: bool) -> Result<Profile, Broken> {
        let stored = self.files.get(path);
        let broken = |what: String| Broken {
            file: stored.and_then(File::name).unwrap_or(path).to_owned(),
            what,
        };
        let mut file = match stored {
            Some(File::Own { profile, .. }) => (**profile).clone(),
            Some(File::BuiltIn { json, .. }) => {
                serde_json::from_str(json).map_err(|error| broken(error.to_string()))?
            }
            None => return Err(broken("it is not there".to_owned())),
        };
        if let (Some(id), true) = (file.mirrors.clone(), follow) {
            let other = self
                .path_of(&id)
                .ok_or_else(|| broken(format!("there is no profile `{id}` to mirror")))?;
            let other = self.read(other, false)?.file;
            if other.mirrors.is_some() {
                return Err(broken(format!("`{id}` is itself a mirror")));
            }
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

    /// The product of a profile.
    pub(super) fn product_of(&self, id: &str) -> Option<String> {
        let head = self.clients().find(|(path, _)| stem(path) == id);
        head.and_then(self::head)
            .map(|head| head.product.into_owned())
    }

    /// What finds each profile.
    pub(super) fn heads(&self) -> Vec<Head<'_>> {
        self.clients().filter_map(head).collect()
    }

    /// What finds the profiles that `word` may name, without reading the others: a word that
    /// names a client is the stem of its file, or stands in it in quotation marks.
    pub(super) fn heads_naming(&self, word: &str) -> Vec<Head<'_>> {
        let quoted = format!("\"{word}\"");
        let naming =
            |(path, file): &(&str, &File<'_>)| stem(path) == word || file.may_be_named(&quoted);
        self.clients().filter(naming).filter_map(head).collect()
    }

    /// The names of the variants of a profile, those of the mirrored one if it is a mirror.
    pub(super) fn variants_of(&self, head: &Head<'_>) -> Vec<String> {
        let names = |head: &Head<'_>| head.variants.keys().cloned().collect();
        let Some(id) = &head.mirrors else {
            return names(head);
        };
        let mut clients = self.clients();
        let other = clients
            .find(|(path, _)| stem(path) == id)
            .and_then(self::head);
        other.map_or_else(Vec::new, |other| names(&other))
    }
}

/// What finds a profile; nothing of a broken one, which is found by its id.
fn head<'f>((path, file): (&'f str, &'f File<'_>)) -> Option<Head<'f>> {
    let mut head = match file {
        File::BuiltIn { head, .. } => serde_json::from_str(head).ok()?,
        File::Own { profile, .. } => Head::of(profile),
    };
    head.id = stem(path);
    Some(head)
}

/// The id that a path stands for.
pub(super) fn stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.strip_suffix(".yaml").unwrap_or(name)
}
