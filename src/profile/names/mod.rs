//! What people call clients, from `profiles/names/`: systems, devices, words that several clients
//! share, and servers that are no clients.

mod shape;

use std::sync::LazyLock;

use self::shape::NAMES;
pub(super) use self::shape::{Device, Server, Shared, System};
use super::release::{Asked, normalized};
use super::selector::{Versions, is_older, parts_of};

/// Each word and what it stands for, the longest word first.
static WORDS: LazyLock<Vec<(&'static str, Named)>> = LazyLock::new(|| {
    let names: &'static shape::Names = &NAMES;
    let mut all: Vec<(&str, Named)> = Vec::new();
    for system in &names.systems {
        let releases = system.releases.iter();
        let releases = releases.filter(|(word, _)| !word.contains(|c: char| c.is_ascii_digit()));
        all.extend(releases.map(|(word, version)| (&**word, Named::Release(system, version))));
        all.extend(
            system
                .words
                .iter()
                .map(|word| (&**word, Named::System(system))),
        );
    }
    for device in &names.devices {
        all.extend(
            device
                .words
                .iter()
                .map(|word| (&**word, Named::Device(device))),
        );
    }
    for shared in &names.several {
        all.extend(
            shared
                .words
                .iter()
                .map(|word| (&**word, Named::Shared(shared))),
        );
    }
    for server in &names.servers {
        all.extend(
            server
                .words
                .iter()
                .map(|word| (&**word, Named::Server(server))),
        );
    }
    all.extend(names.unknown.iter().map(|word| (&**word, Named::Unknown)));
    all.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    all
});

/// What a word stands for.
#[derive(Clone, Copy, Debug)]
enum Named {
    Device(&'static Device),
    Release(&'static System, &'static str),
    Server(&'static Server),
    Shared(&'static Shared),
    System(&'static System),
    Unknown,
}

/// What a name means.
#[derive(Clone, Debug)]
pub(super) enum Meaning {
    /// A system, or a release of one.
    Asked(Asked),
    /// A device of which the release has to be named.
    Device {
        /// What it runs.
        system: &'static System,
    },
    /// Something of which no profile is known.
    NoProfile,
    /// A server.
    Server(&'static Server),
    /// One of several clients.
    Shared {
        /// Which.
        shared: &'static Shared,
        /// The version of the packaged product, if it is known.
        version: Option<&'static str>,
    },
    /// A release without a client of its own.
    TooOld {
        /// The system.
        system: &'static System,
        /// The first release with one.
        since: &'static str,
        /// What there is for older ones.
        instead: Option<&'static str>,
    },
}

/// All words of the file.
pub(super) fn words<'w>() -> impl Iterator<Item = &'w str> {
    WORDS.iter().map(|(word, _)| *word)
}

/// The engine, or the product with one inside, that a word means which is not its name.
pub(super) fn engine(word: &str) -> Option<&'static str> {
    let word = normalized(word);
    let mut servers = NAMES.servers.iter();
    let server = servers.find(|server| server.words.contains(&word));
    let named = server.and_then(|server| server.engine.as_ref().or(server.product.as_ref()));
    named
        .or_else(|| NAMES.engines.get(&word))
        .map(String::as_str)
}

/// The engine, or the product with one inside, of the server that a name is about.
pub(super) fn server(name: &str) -> Option<&'static str> {
    match meaning(name)? {
        Meaning::Server(server) => server.engine.as_deref().or(server.product.as_deref()),
        _ => None,
    }
}

/// What a name means that is no name of a profile.
pub(super) fn meaning(name: &str) -> Option<Meaning> {
    let normal = normalized(name);
    let words: Vec<&str> = normal.split('-').collect();
    let is_native = |word: &&str| NAMES.native.iter().any(|native| native == word);
    let is_lead = |word: &&&str| is_native(word) || **word == "in";
    // `built-in android` is `android built-in`.
    let lead = words.iter().take_while(is_lead).count();
    let (lead, rest) = words.split_at(if is_native(&words[0]) { lead } else { 0 });
    let normal = [rest, lead].concat().join("-");
    looked_up(name, &normal).or_else(|| {
        let (maker, rest) = normal.split_once('-')?;
        let is_maker = NAMES.makers.iter().any(|word| word == maker);
        is_maker.then(|| looked_up(name, rest)).flatten()
    })
}

/// What a name means by the longest word that it begins with and what stands behind that.
fn looked_up(name: &str, normal: &str) -> Option<Meaning> {
    let fits = |(word, named): &(&'static str, Named)| {
        let rest = normal.strip_prefix(word)?;
        // `win11` and `winxp`, but not `winter`.
        let is_end = rest.is_empty()
            || rest.starts_with(|c: char| c == '-' || c.is_ascii_digit())
            || matches!(named, Named::System(system) if system.has_release(rest));
        let tokens = rest.split(['-', '(', ')', '/', '"']);
        let tokens: Vec<&str> = tokens.filter(|token| !token.is_empty()).collect();
        is_end.then(|| behind(name, *named, &tokens)).flatten()
    };
    WORDS.iter().find_map(fits)
}

/// What a word means with what stands behind it.
fn behind(name: &str, named: Named, tokens: &[&str]) -> Option<Meaning> {
    match named {
        Named::Device(device) => device.meaning(name, tokens),
        Named::Release(system, version) => system.meaning(name, tokens, Some(version)),
        Named::Server(server) => Some(Meaning::Server(server)),
        Named::Shared(shared) => {
            let release = tokens.iter().find_map(|token| shared.releases.get(*token));
            let version = release.map(String::as_str);
            Some(Meaning::Shared { shared, version })
        }
        Named::System(system) => system.meaning(name, tokens, None),
        Named::Unknown => Some(Meaning::NoProfile),
    }
}

impl System {
    fn of_word(word: &str) -> Option<&'static Self> {
        let mut systems = NAMES.systems.iter();
        systems.find(|system| system.words.iter().any(|own| own == word))
    }

    /// Whether a word is a release of it.
    fn has_release(&self, word: &str) -> bool {
        let built_in = self.built_in.iter();
        let mut before = built_in.flat_map(|built_in| &built_in.before);
        self.releases.contains_key(word) || before.any(|release| release == word)
    }

    /// What it means with what stands behind it, where a word may have named the release already.
    fn meaning(
        &'static self,
        name: &str,
        tokens: &[&str],
        release: Option<&'static str>,
    ) -> Option<Meaning> {
        let mut release = release.map(ToOwned::to_owned);
        let (all, mut tokens) = (tokens, tokens.to_vec());
        // The longest name first: `high-sierra` before `sierra`.
        let mut releases: Vec<_> = self.releases.iter().collect();
        releases.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        for (word, version) in releases {
            let parts: Vec<&str> = word.split('-').collect();
            let at = tokens
                .windows(parts.len())
                .position(|window| *window == parts);
            if let (Some(at), None) = (at, &release) {
                tokens.drain(at..at + parts.len());
                release = Some(version.clone());
            }
        }
        let is_native = tokens
            .iter()
            .any(|token| NAMES.native.iter().any(|word| word == token));
        let mut number = None;
        let mut too_old = false;
        for token in tokens {
            let built_in = self.built_in.as_ref();
            if built_in.is_some_and(|it| it.before.iter().any(|word| word == token)) {
                too_old = true;
            } else if let (Some(version), None) = (version_of(token), &number) {
                number = Some(version.to_owned());
            } else if !(self.models
                || self.is_ignored(token)
                || number.is_some() && self.is_build(token))
            {
                return None;
            }
        }
        if self.models {
            let asked = Asked::new(self, None, name);
            let model: Vec<&str> = all
                .iter()
                .copied()
                .filter(|word| !self.is_ignored(word))
                .collect();
            return Some(Meaning::Asked(asked.of_model(&model)));
        }
        let version = match (number, release) {
            // `macOS Sonoma 14.5` names one release, `macOS Sonoma 15` does not.
            (Some(number), Some(release)) if !is_same_line(&number, &release) => return None,
            (number, release) => number.or(release),
        };
        if let (Some(word), Some(_)) = (&self.numbered, &version) {
            let mut several = NAMES.several.iter();
            let shared = several.find(|shared| shared.words.contains(word))?;
            let version = None;
            return Some(Meaning::Shared { shared, version });
        }
        if let (Some(lower), Some(own)) = (&self.lower, &version)
            && is_older(own, &lower.than)
        {
            let other = Self::of_word(&lower.system)?;
            return Some(Meaning::Asked(Asked::new(other, version, name)));
        }
        if let Some(built_in) = &self.built_in {
            let is_older = version
                .as_deref()
                .is_some_and(|own| is_older(own, &built_in.since));
            if too_old || is_older {
                return Some(Meaning::TooOld {
                    system: self,
                    since: &built_in.since,
                    instead: built_in.instead.as_deref(),
                });
            }
        }
        let asked = Asked::new(self, version, name);
        Some(Meaning::Asked(if is_native {
            asked.native()
        } else {
            asked
        }))
    }

    fn is_ignored(&self, token: &str) -> bool {
        let common = NAMES.ignored.iter().chain(&NAMES.native);
        let mut words = common.chain(&self.ignored).flat_map(|word| word.split('-'));
        words.any(|word| word == token)
    }

    fn is_build(&self, token: &str) -> bool {
        self.builds && token.len() == 4 && token.starts_with(|c: char| c.is_ascii_digit())
    }
}

impl Device {
    fn meaning(&'static self, name: &str, tokens: &[&str]) -> Option<Meaning> {
        let system = System::of_word(&self.system)?;
        // `iPhone 13 iOS 17.5` names its release.
        let named = tokens
            .iter()
            .position(|token| system.words.iter().any(|word| word == token));
        if let Some(at) = named {
            return system.meaning(name, &tokens[at + 1..], None);
        }
        let (mut model, mut is_known) = (None, true);
        for token in tokens {
            let end = token
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(token.len());
            let (number, letters) = token.split_at(end);
            let is_word = |word: &str| self.ignored.iter().any(|own| own == word);
            match number.parse::<u32>() {
                Ok(number) if model.is_none() && (letters.is_empty() || is_word(letters)) => {
                    model = Some(number);
                }
                _ if number.is_empty()
                    && (is_word(token) || NAMES.ignored.iter().any(|word| word == token)) => {}
                _ => is_known = false,
            }
        }
        let runs_newest = match (model, self.newest_since) {
            (None, _) => is_known,
            (Some(model), Some(since)) => is_known && model >= since,
            (Some(_), None) => false,
        };
        Some(if runs_newest {
            Meaning::Asked(Asked::new(system, None, name).of_device())
        } else {
            Meaning::Device { system }
        })
    }
}

/// The version that a token is: `14`, `v5.9.8`, `17.x`.
fn version_of(token: &str) -> Option<&str> {
    let token = token.strip_suffix(".x").unwrap_or(token);
    let number = token.strip_prefix('v').unwrap_or(token);
    Versions::parse(number)
        .is_ok()
        .then_some(number)
        .filter(|it| !it.contains(".."))
}

/// Whether one version begins with the other.
fn is_same_line(a: &str, b: &str) -> bool {
    match (parts_of(a), parts_of(b)) {
        (Some(a), Some(b)) => a.iter().zip(&b).all(|(a, b)| a == b),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::shape::{FILE, Names};
    use super::{Meaning, NAMES, WORDS, meaning};
    use crate::profile::{Database, database};

    #[test]
    fn the_file_is_read_and_names_only_what_there_is() {
        let names: Names = serde_json::from_str(database::built_in(FILE).unwrap()).unwrap();
        let built_in = names.systems.iter().filter_map(|it| it.built_in.as_ref());
        let sources = built_in.flat_map(|it| &it.sources);
        let sources = sources.chain(names.devices.iter().flat_map(|it| &it.sources));
        let sources = sources.chain(names.several.iter().flat_map(|it| &it.sources));
        let used: BTreeSet<_> = sources.collect();
        assert_eq!(used, names.sources.keys().collect());
        let database = Database::builtin();
        let products: BTreeSet<_> = database
            .heads()
            .into_iter()
            .map(|head| head.product)
            .collect();
        let named = names.systems.iter().flat_map(|it| &it.products);
        let named = named.chain(names.several.iter().flat_map(|it| &it.products));
        let named = named.chain(names.servers.iter().filter_map(|it| it.profile.as_ref()));
        for product in named {
            assert!(products.contains(product.as_str()), "{product}");
        }
        let engines = names
            .servers
            .iter()
            .flat_map(|it| [&it.engine, &it.product]);
        let engines = engines.flatten().chain(names.engines.values());
        for engine in engines {
            assert!(database.server(engine).unwrap().is_some(), "{engine}");
        }
        for device in &NAMES.devices {
            assert!(
                super::System::of_word(&device.system).is_some(),
                "{device:?}"
            );
            assert!(
                device.newest_since.is_none() || !device.sources.is_empty(),
                "{device:?}"
            );
        }
    }

    #[test]
    fn a_word_means_one_thing_however_it_is_written() {
        let words: BTreeSet<_> = WORDS.iter().map(|(word, _)| *word).collect();
        // `osx` and its kin know the releases of `macos`, so those words are there twice.
        let releases = NAMES
            .systems
            .iter()
            .map(|it| it.releases.len())
            .max()
            .unwrap();
        assert_eq!(words.len() + releases, WORDS.len());
        for word in words {
            let title = meaning(word).map(|it| format!("{it:?}"));
            assert!(title.is_some(), "{word}");
            let shouted = meaning(&word.to_uppercase().replace('-', " "));
            let same =
                matches!(shouted, Some(Meaning::Asked(_))) == title.unwrap().starts_with("Asked");
            assert!(same, "{word}");
        }
    }
}
