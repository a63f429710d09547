//! Systems and their releases as people write them: `iphone`, `win11`, `Windows 11`, `macos-26`.
//!
//! The database has a profile for a line of releases; a word names a system, perhaps with a
//! version, and means the profile that covers it or, where none does, the nearest one of the same
//! system. What it was judged by is said, see [`Asked::judged_by`].

use super::convert::Profile;
use super::database::Head;
use super::selector::{Versions, parts_of};
use super::shape::{ClientFile, Role};
use crate::peer::Grade;

/// Words for the clients of one or several products.
#[derive(Debug)]
pub(super) struct System {
    /// In lower case; the first one is what other words stand for.
    words: &'static [&'static str],
    /// The products, as profiles call them.
    products: &'static [&'static str],
    /// Whether a word means a client of each of the products.
    each: bool,
}

/// The systems that have other names than their profiles, or several lines of releases.
const SYSTEMS: &[System] = &[
    System {
        words: &["ios", "iphone", "ipad", "ipados", "iphoneos"],
        products: &["iOS"],
        each: false,
    },
    System {
        words: &["macos", "mac", "macbook", "macosx", "mac-os", "osx", "os-x"],
        products: &["macOS", "OS X"],
        each: false,
    },
    System {
        words: &["apple"],
        products: &["iOS", "macOS"],
        each: true,
    },
    System {
        words: &["windows", "win"],
        products: &["Windows"],
        each: false,
    },
    // Without a version the alias of the strongSwan app goes first.
    System {
        words: &["android"],
        products: &["Android"],
        each: false,
    },
    System {
        words: &["linux"],
        products: &["NetworkManager-strongswan"],
        each: false,
    },
    System {
        words: &["strongswan"],
        products: &["strongSwan"],
        each: false,
    },
    System {
        words: &["libreswan"],
        products: &["libreswan"],
        each: false,
    },
];

/// All words for systems.
pub(super) fn words<'w>() -> impl Iterator<Item = &'w str> {
    SYSTEMS.iter().flat_map(|system| system.words).copied()
}

/// What a word asks for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    system: &'static System,
    /// The version, if one is named.
    version: Option<String>,
    /// The word as it was written.
    word: String,
}

/// A name in the form in which the database has it: lower case, hyphens for blanks.
pub(super) fn normalized(name: &str) -> String {
    let lower = name.trim().to_lowercase();
    let parts = lower.split([' ', '_']).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-")
}

impl Asked {
    /// What a name asks for, if it begins with the word for a system.
    pub(super) fn of(name: &str) -> Option<Self> {
        let normal = normalized(name);
        let asked = |system: &'static System, version: Option<String>| Self {
            system,
            version,
            word: name.trim().to_owned(),
        };
        for system in SYSTEMS {
            for word in system.words {
                let Some(rest) = normal.strip_prefix(word) else {
                    continue;
                };
                if rest.is_empty() {
                    return Some(asked(system, None));
                }
                let rest = rest.strip_prefix('-').unwrap_or(rest);
                let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'));
                let (version, behind) = rest.split_at(end.unwrap_or(rest.len()));
                // `windows-11-24h2` is a release of 11, `windows-10-custom` something else.
                let is_build = behind.strip_prefix('-').is_none_or(|build| {
                    build.starts_with(|c: char| c.is_ascii_digit()) && build.len() <= 4
                });
                if is_build && Versions::parse(version).is_ok() {
                    return Some(asked(system, Some(version.to_owned())));
                }
            }
        }
        None
    }

    /// The word that goes first where no version is named: it may be an alias.
    pub(super) fn main_word(&self) -> Option<&'static str> {
        let is_plain = self.version.is_none() && !self.system.each;
        self.system.words.first().copied().filter(|_| is_plain)
    }

    /// Whether a product is one of the system's.
    pub(super) fn is_product(&self, product: &str) -> bool {
        self.system.products.contains(&product)
    }

    /// The profiles among all that the word means.
    pub(super) fn nearest<'d>(&self, heads: Vec<Head<'d>>) -> Vec<Head<'d>> {
        let mut heads = heads;
        heads.retain(|head| head.role == Role::Client && self.is_product(&head.product));
        if !self.system.each {
            return self.best(heads).into_iter().collect();
        }
        let of = |product: &&str| {
            let (own, others) = std::mem::take(&mut heads)
                .into_iter()
                .partition(|head| head.product == **product);
            heads = others;
            self.best(own)
        };
        self.system.products.iter().filter_map(of).collect()
    }

    /// The profile that covers the version, else the one of the release before it, else the one
    /// after it; the newest one without a version. Of several, the one with the shortest name.
    fn best<'d>(&self, heads: Vec<Head<'d>>) -> Option<Head<'d>> {
        let version = self.version.as_deref().and_then(parts_of);
        let exact = self
            .version
            .as_deref()
            .and_then(|v| Versions::parse(v).ok());
        let key = |head: &Head<'_>| {
            let ends = head.covers.iter().flat_map(|text| text.split(".."));
            let ends: Vec<_> = ends.filter_map(parts_of).collect();
            let (first, last) = (ends.iter().min().cloned(), ends.into_iter().max());
            let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
            let short = std::cmp::Reverse(head.id.len());
            let covers = exact.as_ref().is_some_and(|v| v.meet(&head.covers));
            match &version {
                None => (3, last, std::cmp::Reverse(Vec::new()), short),
                Some(_) if covers => (3, last, std::cmp::Reverse(Vec::new()), short),
                Some(version) if last < *version => (2, last, std::cmp::Reverse(Vec::new()), short),
                Some(_) => (1, Vec::new(), std::cmp::Reverse(first), short),
            }
        };
        heads.into_iter().max_by_key(|head| key(head))
    }

    /// Whether one of the versions is the one that is named.
    pub(super) fn is_among(&self, versions: &[String]) -> bool {
        let version = self.version.as_deref();
        let version = version.and_then(|version| Versions::parse(version).ok());
        version.is_some_and(|version| version.meet(versions))
    }

    /// Whether what a profile says of this release is deduced from others.
    pub(super) fn is_inferred(&self, file: &ClientFile) -> bool {
        self.version.is_some()
            && (self.is_among(&file.inferred_for) || !self.is_among(&file.covers))
    }

    /// By what the word is judged: `iOS 18.4: judged by ios-17, observed on 18`.
    pub(super) fn judged_by(&self, profile: &Profile) -> String {
        let file = &profile.file;
        let title = match &self.version {
            Some(version) => format!("{} {version}", file.product),
            None => self.word.clone(),
        };
        let direct = file.covers.iter();
        let direct = direct.filter(|version| !file.inferred_for.contains(version));
        let direct: Vec<_> = direct.map(String::as_str).collect();
        let covered = direct.join(", ");
        let basis = if self.is_among(&file.inferred_for) {
            format!("inferred from {covered}")
        } else if self.version.is_some() && !self.is_among(&file.covers) {
            format!("the nearest evidence, which is about {covered}")
        } else {
            match profile.evidence() {
                Some(Grade::Inferred) => format!("inferred for {covered}"),
                Some(grade) => format!("{grade} on {covered}"),
                None => "of which the first message is not known".to_owned(),
            }
        };
        format!("{title}: judged by {}, {basis}", profile.id)
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, normalized};

    #[test]
    fn words_are_taken_apart() {
        for (name, product, version) in [
            ("iPhone", "iOS", None),
            ("ipados-18.4", "iOS", Some("18.4")),
            ("Windows 11", "Windows", Some("11")),
            ("win11", "Windows", Some("11")),
            ("Windows 11 24H2", "Windows", Some("11")),
            ("macOS_26", "macOS", Some("26")),
            ("Mac OS X 10.15", "", None),
            ("OS X 10.15", "OS X", Some("10.15")),
            ("android-15", "Android", Some("15")),
            ("windows-10-custom", "", None),
            ("iosx", "", None),
            ("winter", "", None),
        ] {
            match Asked::of(name) {
                Some(asked) => {
                    assert!(asked.is_product(product), "{name}");
                    assert_eq!(asked.version.as_deref(), version, "{name}");
                }
                None => assert_eq!(product, "", "{name}"),
            }
        }
        assert_eq!(normalized("  Windows  11 "), "windows-11");
    }
}
