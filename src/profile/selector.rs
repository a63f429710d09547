//! One word of what people write after `--clients`, taken apart: `NAME[@VERSIONS][:VARIANT][=FILE]`.

use std::cmp::Ordering;
use std::fmt::{self, Display, Formatter};

/// Why a word is none of a selection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Malformed {
    /// Nothing stands behind `=`.
    NoFile,
    /// Nothing stands before the other signs.
    NoName,
    /// Nothing stands behind `:`.
    NoVariant,
    /// What stands behind `@` is no range of versions.
    NoVersions,
    /// The range ends before it begins.
    Reversed,
}

impl Display for Malformed {
    /// The reason, as a part of a sentence about the word.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoFile => "names no file behind `=`",
            Self::NoName => "names no client",
            Self::NoVariant => "names no variant behind `:`",
            Self::NoVersions => "has no range of versions behind `@`",
            Self::Reversed => "has a range of versions that ends before it begins",
        })
    }
}

impl Malformed {
    /// How such a word is written.
    pub(crate) const fn form(self) -> &'static str {
        match self {
            Self::NoFile => "windows=FILE",
            Self::NoName => "windows-10",
            Self::NoVariant => "windows-10:require",
            Self::NoVersions | Self::Reversed => "ios@14..",
        }
    }
}

/// A word of a selection.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Selector<'w> {
    /// An id, an alias, a glob over ids, `all`; with versions also a product.
    pub name: &'w str,
    /// Only profiles that cover one of these.
    pub versions: Option<Versions>,
    /// A variant, or a glob over variants.
    pub variant: Option<&'w str>,
    /// The file that configures the client; reading it is the caller's business.
    pub file: Option<&'w str>,
}

impl<'w> Selector<'w> {
    /// Takes a word apart.
    pub(crate) fn parse(word: &'w str) -> Result<Self, Malformed> {
        // The name of a file comes last, because it may hold every other sign.
        let (rest, file) = match word.split_once('=') {
            Some((_, "")) => return Err(Malformed::NoFile),
            Some((rest, file)) => (rest, Some(file)),
            None => (word, None),
        };
        let (rest, variant) = match rest.split_once(':') {
            Some((_, "")) => return Err(Malformed::NoVariant),
            Some((rest, variant)) => (rest, Some(variant)),
            None => (rest, None),
        };
        let (name, versions) = match rest.split_once('@') {
            Some((name, versions)) => (name, Some(Versions::parse(versions)?)),
            None => (rest, None),
        };
        if name.is_empty() {
            return Err(Malformed::NoName);
        }
        Ok(Self {
            name,
            versions,
            variant,
            file,
        })
    }
}

/// A range of versions: `14..`, `12..16`, `..13`, or one version alone.
///
/// A version means all that begin with it: 16.5 lies in `12..16`, and a profile for 16 as a whole
/// in `16.5..`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Versions {
    lowest: Option<Vec<u32>>,
    highest: Option<Vec<u32>>,
}

impl Versions {
    pub(super) fn parse(text: &str) -> Result<Self, Malformed> {
        let version = |text: &str| {
            let parts = text.split('.').map(|part| part.parse().ok());
            parts
                .collect::<Option<Vec<u32>>>()
                .ok_or(Malformed::NoVersions)
        };
        let bound = |text: &str| {
            Some(text)
                .filter(|t| !t.is_empty())
                .map(version)
                .transpose()
        };
        let (lowest, highest) = text.split_once("..").unwrap_or((text, text));
        let versions = Self {
            lowest: bound(lowest)?,
            highest: bound(highest)?,
        };
        match (&versions.lowest, &versions.highest) {
            (None, None) => Err(Malformed::NoVersions),
            (Some(low), Some(high)) if by_common_parts(low, high).is_gt() => {
                Err(Malformed::Reversed)
            }
            _ => Ok(versions),
        }
    }

    /// Whether the versions that a profile covers, from the lowest to the highest, meet the range.
    pub(crate) fn meet(&self, covers: &[String]) -> bool {
        let ends = || covers.iter().flat_map(|text| text.split(".."));
        let versions = || ends().filter_map(parts_of);
        let (Some(first), Some(last)) = (versions().min(), versions().max()) else {
            return false;
        };
        let (low, high) = (self.lowest.as_deref(), self.highest.as_deref());
        low.is_none_or(|low| by_common_parts(&last, low).is_ge())
            && high.is_none_or(|high| by_common_parts(&first, high).is_le())
    }
}

/// The numbers of a version as products write it: `16.5`, `10 1803`, `21H2`, `2012 R2`.
pub(super) fn parts_of(text: &str) -> Option<Vec<u32>> {
    let start = text.find(|letter: char| letter.is_ascii_digit())?;
    let end = text[start..].find(|letter: char| !letter.is_ascii_digit() && !". ".contains(letter));
    let numbers = &text[start..end.map_or(text.len(), |end| start + end)];
    let parts = numbers.split(['.', ' ']).filter(|part| !part.is_empty());
    parts.map(|part| part.parse().ok()).collect()
}

/// Whether a version stands before another one, as far as both have numbers.
pub(super) fn is_older(version: &str, other: &str) -> bool {
    match (parts_of(version), parts_of(other)) {
        (Some(version), Some(other)) => by_common_parts(&version, &other).is_lt(),
        _ => false,
    }
}

fn by_common_parts(a: &[u32], b: &[u32]) -> Ordering {
    a.iter()
        .zip(b)
        .map(|(a, b)| a.cmp(b))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// Whether the word holds signs of a glob.
pub(super) fn is_glob(word: &str) -> bool {
    word.contains(['*', '?'])
}

/// Whether `text` matches a glob of `*` and `?`.
pub(super) fn matches(glob: &str, text: &str) -> bool {
    let (glob, text): (Vec<char>, Vec<char>) = (glob.chars().collect(), text.chars().collect());
    // Where the last star stands, and how much of the text it has taken.
    let (mut g, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match glob.get(g) {
            Some('*') => {
                star = Some((g, t));
                g += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                g += 1;
                t += 1;
            }
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    g = at + 1;
                    t = taken + 1;
                }
                None => return false,
            },
        }
    }
    glob[g..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::{Malformed, Selector, matches};

    #[test]
    fn globs_match() {
        for (glob, text, expected) in [
            ("windows-*", "windows-10", true),
            ("*-10*", "windows-10:none", true),
            ("windows-1?", "windows-11", true),
            ("windows-1?", "windows-1", false),
            ("*", "", true),
            ("a*b*c", "aXXbYYc", true),
            ("a*b*c", "aXXcYYb", false),
        ] {
            assert_eq!(matches(glob, text), expected, "{glob} {text}");
        }
    }

    #[test]
    fn a_word_is_taken_apart_from_behind() {
        let parse = |word| Selector::parse(word).map(|it| (it.name, it.variant, it.file));
        assert_eq!(parse("osx"), Ok(("osx", None, None)));
        assert_eq!(parse("windows-10:*"), Ok(("windows-10", Some("*"), None)));
        assert_eq!(
            parse(r"windows=C:\vpn\a@b=c.ps1"),
            Ok(("windows", None, Some(r"C:\vpn\a@b=c.ps1")))
        );
        assert_eq!(
            parse("windows@7..11:none=x.ps1"),
            Ok(("windows", Some("none"), Some("x.ps1")))
        );
        for (word, why) in [
            ("=x.ps1", Malformed::NoName),
            (":none", Malformed::NoName),
            ("@14..", Malformed::NoName),
            ("windows=", Malformed::NoFile),
            ("windows:", Malformed::NoVariant),
            ("ios@", Malformed::NoVersions),
            ("ios@..", Malformed::NoVersions),
            ("ios@x..", Malformed::NoVersions),
            ("ios@1..2..3", Malformed::NoVersions),
            ("ios@16..14", Malformed::Reversed),
        ] {
            assert_eq!(Selector::parse(word), Err(why), "{word}");
            assert!(Selector::parse(why.form()).is_ok());
        }
    }

    #[test]
    fn a_range_meets_what_a_profile_covers() {
        for (range, covers, expected) in [
            ("14..", &["16.5"][..], true),
            ("16..", &["16.5"], true),
            ("17..", &["16.5"], false),
            ("12..16", &["16.5"], true),
            ("12..16.4", &["16.5"], false),
            ("..16", &["16.5"], true),
            ("..13", &["12.4.1", "13.1.2", "16.5"], true),
            ("14..15", &["12.4.1", "13.1.2", "16.5"], true),
            ("16.5..", &["16"], true),
            ("10.11", &["10.11"], true),
            ("10.1", &["10.11"], false),
            ("10", &["10.11"], true),
            ("1.9.5..", &["1.7.2", "1.9.4"], false),
            ("10..11", &["10 1803"], true),
            ("2012..", &["2012 R2"], true),
            ("21", &["21H2"], true),
            ("2.2", &["2.0.0..2.2.1"], true),
            ("2.3..", &["2.0.0..2.2.1"], false),
            ("15", &["iOS 14..16"], true),
            ("1..", &[], false),
            ("1..", &["not known"], false),
        ] {
            let word = format!("x@{range}");
            let versions = Selector::parse(&word).unwrap().versions.unwrap();
            let covers: Vec<_> = covers.iter().map(ToString::to_string).collect();
            assert_eq!(versions.meet(&covers), expected, "{range} {covers:?}");
        }
    }
}
