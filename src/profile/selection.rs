//! What people write after `--clients`: words separated by commas.
//!
//! `id`, `id:variant`, `id:*`, an alias, a glob over ids, `all`, the name of a system with or
//! without its version such as `iphone`, `win11` or `macOS 26`; behind any of them `@14..` or
//! `@12..16` for the releases of that product, and `=FILE` for a client as a file configures it.
//! Case does not count.
//!
//! `!` before a word takes out what the others chose, wherever it stands; without a variant it takes
//! out all variants.
//!
//! An id means the first variant of its profile; an alias may belong to another one, as `windows`
//! does. `all` are the profiles of clients, not those of gateways, which a glob finds.

use super::convert::Profile;
use super::database::{Broken, Database, Head};
use super::names::{self, Meaning};
use super::release::{Asked, best, normalized};
use super::selector::{Selector, is_glob, matches, parts_of};
use super::shape::Role;
use super::unselectable::Unselectable;
use crate::diag;
use crate::peer::{Client, EngineName};

/// The clients that are compared when nobody chose any: OS X 10.11, the strongSwan app and Windows
/// 10, whose lists were compared first, and this year's iOS, macOS, Windows and Android.
pub const DEFAULT: &str = "osx,android,windows,ios-26,macos-26,windows-11,android-13";

/// Letters of a word of which a slip changes the meaning.
const SHORT: usize = 4;

/// One selected client.
#[derive(Clone, Debug)]
pub struct Selected {
    /// The word that chose it.
    pub word: String,
    /// Id of the profile.
    pub profile: String,
    /// Name of the variant.
    pub variant: String,
    /// The file that configures it, as the user named it; `client` is the client without it.
    pub file: Option<String>,
    /// By what a system or a release is judged that is not itself the name of a profile: `iOS 18.4:
    /// judged by ios-17, observed on 18`.
    pub judged_by: Option<String>,
    /// The client.
    pub client: Client,
}

/// The daemon that clients of a product are, whose own file then configures them.
pub(crate) fn daemon_of(product: &str) -> Option<EngineName> {
    match product {
        "strongSwan" | "charon-cmd" | "NetworkManager-strongswan" => Some(EngineName::Strongswan),
        "libreswan" | "NetworkManager-libreswan" => Some(EngineName::Libreswan),
        _ => None,
    }
}

impl Selected {
    /// Whether the word that chose it is the id of a release.
    pub(crate) fn is_by_release(&self) -> bool {
        let selector = Selector::parse(&self.word);
        selector.is_ok_and(|it| it.name.contains(|letter: char| letter.is_ascii_digit()))
    }

    /// The versions that the word names behind `@`.
    pub(crate) fn named_versions(&self) -> Option<&str> {
        let rest = self.word.split('=').next()?.split(':').next()?;
        Some(rest.split_once('@')?.1)
    }
}

/// A profile that a name means, and the variant that it prefers.
struct Hit<'d> {
    head: Head<'d>,
    preferred: Option<String>,
    /// The system that was asked for, if it was not by a name of the profile.
    asked: Option<Asked>,
}

/// A profile that a word means.
struct Choice {
    id: String,
    variants: Vec<String>,
    asked: Option<Asked>,
}

impl Database<'_> {
    /// The clients that a selection means, in its order, each once; or everything that is wrong
    /// with it.
    pub fn select(&self, selection: &str) -> Result<Vec<Selected>, Vec<Unselectable>> {
        let mut chosen: Vec<Selected> = Vec::new();
        let mut wrong = Vec::new();
        let words = selection.split(',').map(str::trim);
        let words = words.filter(|word| !word.is_empty());
        let (out, words): (Vec<&str>, Vec<&str>) = words.partition(|word| word.starts_with('!'));
        for word in words {
            match self.select_word(word) {
                Ok(clients) => {
                    for client in clients {
                        let same = |other: &Selected| {
                            (&other.client.id, &other.file) == (&client.client.id, &client.file)
                        };
                        if !chosen.iter().any(same) {
                            chosen.push(client);
                        }
                    }
                }
                Err(unselectable) => wrong.push(unselectable),
            }
        }
        for word in out {
            let word = word.trim_start_matches('!').trim_start();
            match self.select_word(word) {
                Ok(clients) => chosen.retain(|own| {
                    let any_variant = !word.contains(':');
                    let is_out = |out: &Selected| {
                        own.profile == out.profile && (any_variant || own.variant == out.variant)
                    };
                    !clients.iter().any(is_out)
                }),
                Err(unselectable) => wrong.push(unselectable),
            }
        }
        if wrong.is_empty() {
            Ok(chosen)
        } else {
            Err(wrong)
        }
    }

    fn select_word(&self, word: &str) -> Result<Vec<Selected>, Unselectable> {
        let selector = Selector::parse(word).map_err(|why| Unselectable::Malformed {
            word: word.to_owned(),
            why,
        })?;
        let mut clients = Vec::new();
        for choice in self.resolve(word, &selector)? {
            let Choice {
                id,
                variants,
                asked,
            } = choice;
            let broken = |what: &str| {
                Unselectable::Broken(Broken {
                    file: id.clone(),
                    what: what.to_owned(),
                })
            };
            let profile = self.profile(&id).ok_or_else(|| broken("it is not there"))?;
            let profile: Profile = profile.map_err(Unselectable::Broken)?;
            for variant in variants {
                let client = profile.client(&variant);
                let client = client.ok_or_else(|| broken("the profile has no variants"))?;
                let client = client.map_err(Unselectable::Broken)?;
                let inferred = asked.as_ref();
                let inferred = inferred.is_some_and(|asked| asked.is_inferred(&profile.file));
                clients.push(Selected {
                    word: word.to_owned(),
                    judged_by: asked.as_ref().map(|asked| asked.judged_by(&profile)),
                    profile: id.clone(),
                    variant,
                    file: selector.file.map(ToOwned::to_owned),
                    client: if inferred { client.inferred() } else { client },
                });
            }
        }
        let product = |one: &Selected| self.product_of(&one.profile);
        let daemon = clients.first().and_then(|first| {
            let first = product(first)?;
            let same = clients
                .iter()
                .all(|one| product(one).as_ref() == Some(&first));
            daemon_of(&first).filter(|_| same && selector.versions.is_some())
        });
        // What the versions of a daemon make of its file does not depend on their profiles.
        if selector.file.is_some() && daemon.is_some() {
            clients.truncate(1);
        }
        if selector.file.is_some() && clients.len() > 1 {
            return Err(Unselectable::Several {
                word: word.to_owned(),
                ids: clients.into_iter().map(|one| one.client.id).collect(),
            });
        }
        Ok(clients)
    }

    /// The profiles and variants that a word means, at least one.
    fn resolve(&self, word: &str, selector: &Selector<'_>) -> Result<Vec<Choice>, Unselectable> {
        let mut hits = self.named(selector);
        if hits.is_empty() {
            return Err(self.unknown(word, selector));
        }
        if let Some(versions) = &selector.versions {
            let covered = hits.iter().flat_map(|hit| hit.head.covers.clone());
            let covered: Vec<String> = covered.collect();
            hits.retain(|hit| versions.meet(&hit.head.covers));
            if hits.is_empty() {
                let word = word.to_owned();
                return Err(Unselectable::NoVersion { word, covered });
            }
        }
        let mut chosen = Vec::new();
        let mut all = Vec::new();
        for Hit {
            head,
            preferred,
            asked,
        } in hits
        {
            let names = self.variants_of(&head);
            all.extend(names.iter().map(|name| format!("{}:{name}", head.id)));
            let variants: Vec<String> = match selector.variant.map(str::to_lowercase) {
                Some(variant) => {
                    let fits = |name: &String| matches(&variant, name);
                    names.into_iter().filter(fits).collect()
                }
                None => {
                    let preferred = preferred.filter(|name| names.contains(name));
                    // A profile without variants is broken, and reading it says so.
                    let first = || Some(names.first().cloned().unwrap_or_default());
                    preferred.or_else(first).into_iter().collect()
                }
            };
            if !variants.is_empty() {
                chosen.push(Choice {
                    id: head.id.to_owned(),
                    variants,
                    asked,
                });
            }
        }
        if chosen.is_empty() {
            return Err(Unselectable::UnknownVariant {
                word: word.to_owned(),
                nearest: diag::nearest(word, all.iter().map(String::as_str)).map(ToOwned::to_owned),
                variants: all,
            });
        }
        Ok(chosen)
    }

    /// The profiles that a name means, all versions of the product if it comes with versions.
    fn named(&self, selector: &Selector<'_>) -> Vec<Hit<'_>> {
        let name = normalized(selector.name);
        let any = |head| Hit {
            head,
            preferred: None,
            asked: None,
        };
        if name == "all" {
            let mut heads = self.heads();
            heads.retain(|head| head.role == Role::Client);
            return heads.into_iter().map(any).collect();
        }
        if is_glob(&name) {
            let mut heads = self.heads();
            heads.retain(|head| matches(&name, head.id));
            return heads.into_iter().map(any).collect();
        }
        let exact = self.exact(&name);
        let asked = asked(selector.name);
        if selector.versions.is_none() {
            return match (exact, asked) {
                (Some(hit), asked) => vec![Hit {
                    // An id may name a release of which others are the evidence.
                    asked: asked.filter(|asked| asked.is_among(&hit.head.inferred_for)),
                    ..hit
                }],
                (None, Some(asked)) => self.of_system(&asked),
                (None, None) => self.with_variant(&name).into_iter().collect(),
            };
        }
        let mut heads = self.heads();
        let named = || {
            let mut products = heads.iter().map(|head| slug(&head.product));
            products.find(|product| *product == name)
        };
        let product = exact.as_ref().map(|hit| slug(&hit.head.product));
        let product = product.or_else(named);
        let is_product = |product: &str| match &asked {
            Some(asked) => asked.is_product(product),
            None => slug(product) == name,
        };
        let preferred = exact.and_then(|hit| hit.preferred);
        heads.retain(|head| match &product {
            Some(product) => slug(&head.product) == *product,
            None => is_product(&head.product),
        });
        let hits = heads.into_iter().map(|head| Hit {
            preferred: preferred.clone(),
            ..any(head)
        });
        hits.collect()
    }

    /// The profile whose name stands before a variant of it, joined like other words of a name:
    /// `win11-require`.
    fn with_variant(&self, name: &str) -> Option<Hit<'_>> {
        let split = |(at, _): (usize, &str)| {
            let (before, variant) = (&name[..at], &name[at + 1..]);
            let mut hits = match self.exact(before) {
                Some(hit) => vec![hit],
                None => self.of_system(&asked(before)?),
            };
            let hit = hits.pop().filter(|_| hits.is_empty())?;
            let has = self.variants_of(&hit.head).iter().any(|own| own == variant);
            has.then(|| Hit {
                preferred: Some(variant.to_owned()),
                ..hit
            })
        };
        name.rmatch_indices('-').find_map(split)
    }

    /// The profile whose id or alias a name is.
    fn exact(&self, name: &str) -> Option<Hit<'_>> {
        self.heads_naming(name)
            .into_iter()
            .filter_map(|head| method(head, name))
            // An id goes before an alias.
            .max_by_key(|hit| hit.head.id == name)
    }

    /// The profiles that stand for a system, or for a release of one.
    fn of_system(&self, asked: &Asked) -> Vec<Hit<'_>> {
        let main = asked.main_word().and_then(|word| self.exact(word));
        if let Some(hit) = main {
            let asked = Some(asked.clone());
            return vec![Hit { asked, ..hit }];
        }
        let hits = asked.nearest(self.heads()).into_iter().map(|head| Hit {
            head,
            preferred: None,
            asked: Some(asked.clone()),
        });
        hits.collect()
    }

    /// Why a word that is no name of a profile chooses nothing.
    fn unknown(&self, word: &str, selector: &Selector<'_>) -> Unselectable {
        let word = word.to_owned();
        let ids = |heads: Vec<Head<'_>>| heads.into_iter().map(|head| head.id.to_owned()).collect();
        match names::meaning(selector.name) {
            Some(Meaning::Device { system }) => Unselectable::Undecided {
                why: format!(
                    "is a device; which client it has depends on its {}",
                    system.title
                ),
                candidates: ids(self.of_products(&system.products)),
                word,
            },
            Some(Meaning::Shared { shared, version }) => {
                let of = |product: &String| {
                    let is_packaged = shared.packaged.contains(product);
                    let version = version.filter(|_| is_packaged);
                    best(self.of_products(std::slice::from_ref(product)), version)
                };
                let why = match (version, shared.packaged.first()) {
                    (Some(version), Some(product)) => {
                        format!("is {}; its packages have {product} {version}", shared.why)
                    }
                    _ => format!("is {}", shared.why),
                };
                let candidates = shared.products.iter().filter_map(of).collect();
                Unselectable::Undecided {
                    why,
                    candidates: ids(candidates),
                    word,
                }
            }
            Some(Meaning::TooOld {
                system,
                since,
                instead,
            }) => {
                let oldest = best(self.of_products(&system.products), Some(since));
                Unselectable::TooOld {
                    system: system.title.clone(),
                    since: since.to_owned(),
                    oldest: oldest.map(|head| head.id.to_owned()),
                    instead: instead.map(ToOwned::to_owned),
                    word,
                }
            }
            Some(Meaning::Server(server)) => {
                let is_own = |head: &Head<'_>| server.profile.as_deref() == Some(&*head.product);
                let own = self.heads().into_iter().filter(is_own).collect();
                Unselectable::Server {
                    title: server.title.clone(),
                    ways: server.ways(),
                    ids: ids(own),
                    word,
                }
            }
            Some(Meaning::NoProfile) => Unselectable::NoProfile { word },
            Some(Meaning::Asked(_)) | None => Unselectable::Unknown {
                nearest: self.nearest_name(&word, selector),
                word,
            },
        }
    }

    /// The profiles of clients of some products, the newest first.
    fn of_products(&self, products: &[String]) -> Vec<Head<'_>> {
        let mut heads = self.heads();
        let is_own = |head: &Head<'_>| products.iter().any(|product| *product == head.product);
        heads.retain(|head| head.role == Role::Client && is_own(head));
        heads.sort_by_key(|head| std::cmp::Reverse(newest_covered(head)));
        heads
    }

    /// The word that was probably meant.
    fn nearest_name(&self, word: &str, selector: &Selector<'_>) -> Option<String> {
        // `iOS 15+` is a range of releases.
        let first = selector.name.trim_end().strip_suffix('+').and_then(asked);
        if let Some(range) = first.and_then(|first| first.and_later()) {
            return Some(range);
        }
        let heads = self.heads();
        let ids = heads.iter().map(|head| head.id);
        let aliases = heads.iter().flat_map(|head| {
            let of_variants = head.variants.values().flat_map(|it| &it.aliases);
            head.aliases.iter().chain(of_variants).map(String::as_str)
        });
        // Another number is another release, not a slip.
        let digits = |name: &str| -> String { name.chars().filter(char::is_ascii_digit).collect() };
        let name = normalized(selector.name);
        let wanted = digits(&name);
        let known = ids.chain(aliases).chain(["all"]).chain(names::words());
        let known = known.filter(|known| wanted.is_empty() || digits(known) == wanted);
        // Of a short word, the first letter is what it is recognised by.
        let known = known.filter(|known| {
            name.len() > SHORT || known.starts_with(name.chars().next().unwrap_or(' '))
        });
        let nearest = diag::nearest(&name, known)?;
        // The name stands first in the word.
        Some(format!("{nearest}{}", &word[selector.name.len()..]))
    }
}

/// The newest version that a profile covers.
fn newest_covered(head: &Head<'_>) -> Option<Vec<u32>> {
    let ends = head.covers.iter().flat_map(|text| text.split(".."));
    ends.filter_map(parts_of).max()
}

/// The system, or the release of one, that a name means.
fn asked(name: &str) -> Option<Asked> {
    match names::meaning(name)? {
        Meaning::Asked(asked) => Some(asked),
        Meaning::Device { .. }
        | Meaning::NoProfile
        | Meaning::Server(_)
        | Meaning::Shared { .. }
        | Meaning::TooOld { .. } => None,
    }
}

/// The profile, if `name` is its id or an alias of it or of one of its variants.
fn method<'d>(head: Head<'d>, name: &str) -> Option<Hit<'d>> {
    let is_name = |alias: &String| alias == name;
    if head.id == name || head.aliases.iter().any(is_name) {
        return Some(Hit {
            head,
            preferred: None,
            asked: None,
        });
    }
    let mut variants = head.variants.iter();
    let (variant, _) = variants.find(|(_, variant)| variant.aliases.iter().any(is_name))?;
    let preferred = Some(variant.clone());
    Some(Hit {
        head,
        preferred,
        asked: None,
    })
}

/// A product's name as a word of a selection: `OS X` is `os-x`.
fn slug(product: &str) -> String {
    product.to_lowercase().replace(' ', "-")
}
