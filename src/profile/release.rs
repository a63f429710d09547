//! Systems and their releases as people ask for them: `iphone`, `win11`, `Windows 11`, `macos-26`.
//!
//! Which words mean what stands in [`names`](super::names). The database has a profile for a line of releases; a word names a system, perhaps with a
//! version, and means the profile that covers it or, where none does, the nearest one of the same
//! system. What it was judged by is said, see [`Asked::judged_by`].

use super::convert::Profile;
use super::database::Head;
use super::names::System;
use super::selector::{Versions, parts_of};
use super::shape::{ClientFile, Role};
use crate::peer::Grade;

/// What a word asks for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    system: &'static System,
    /// The version, if one is named.
    version: Option<String>,
    /// The word as it was written.
    word: String,
    /// Whether the client that comes with the system is meant.
    is_native: bool,
    /// Whether a device was named, which says nothing of its release.
    is_device: bool,
    /// The words for a model, where profiles are about models.
    model: Vec<String>,
}

/// A name in the form in which the database has it: lower case, hyphens for blanks.
pub(super) fn normalized(name: &str) -> String {
    let lower = name.trim().to_lowercase();
    let parts = lower.split([' ', '_']).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-")
}

/// The profile that covers the version, else the one of the release before it, else the one after
/// it; the newest one without a version. Of several, the one with the shortest name.
pub(super) fn best<'d>(heads: Vec<Head<'d>>, version: Option<&str>) -> Option<Head<'d>> {
    let numbers = version.and_then(parts_of);
    let exact = version.and_then(|version| Versions::parse(version).ok());
    let key = |head: &Head<'_>| {
        let ends = head.covers.iter().flat_map(|text| text.split(".."));
        let ends: Vec<_> = ends.filter_map(parts_of).collect();
        let (first, last) = (ends.iter().min().cloned(), ends.into_iter().max());
        let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
        let short = std::cmp::Reverse(head.id.len());
        let covers = exact.as_ref().is_some_and(|v| v.meet(&head.covers));
        let later = std::cmp::Reverse(first.clone());
        let earlier = std::cmp::Reverse(Vec::new());
        match &numbers {
            None => (3, last, earlier, short),
            // Windows 8 is no 8.1 where there is something that covers 8 itself.
            Some(version) if covers && first <= *version => (4, last, earlier, short),
            Some(_) if covers => (3, last, earlier, short),
            Some(version) if last < *version => (2, last, earlier, short),
            Some(_) => (1, Vec::new(), later, short),
        }
    };
    heads.into_iter().max_by_key(|head| key(head))
}

impl Asked {
    /// A system, or a release of it, as `word` names it.
    pub(super) fn new(system: &'static System, version: Option<String>, word: &str) -> Self {
        Self {
            system,
            version,
            word: word.trim().to_owned(),
            is_native: false,
            is_device: false,
            model: Vec::new(),
        }
    }

    /// The client that comes with the system.
    pub(super) fn native(self) -> Self {
        Self {
            is_native: true,
            ..self
        }
    }

    /// The newest release, which is assumed of a device.
    pub(super) fn of_device(self) -> Self {
        Self {
            is_device: true,
            ..self
        }
    }

    /// The model that the words name, where profiles are about models.
    pub(super) fn of_model(self, words: &[&str]) -> Self {
        let model = words.iter().map(|word| (*word).to_owned()).collect();
        Self { model, ..self }
    }

    /// Whether a profile is about the model that is named, if there is one.
    fn is_of_model(&self, file: &ClientFile) -> bool {
        let mut covers = file.covers.iter().map(|model| normalized(model));
        let has = |cover: &str, word: &String| cover.split('-').any(|part| part == word);
        self.model.is_empty() || covers.any(|cover| self.model.iter().all(|word| has(&cover, word)))
    }

    /// The word that goes first where no version is named: it may be an alias, also of another
    /// client than the system's own.
    pub(super) fn main_word(&self) -> Option<&'static str> {
        let is_plain = self.version.is_none() && !self.system.each;
        let is_plain = is_plain && !self.is_native && !self.is_device;
        let first = self.system.words.first().map(String::as_str);
        first.filter(|_| is_plain)
    }

    /// The releases from the one that is named on, as a selection has them: `ios@15..`.
    pub(super) fn and_later(&self) -> Option<String> {
        let word = self.system.words.first()?;
        Some(format!("{word}@{}..", self.version.as_ref()?))
    }

    /// Whether a product is one of the system's.
    pub(super) fn is_product(&self, product: &str) -> bool {
        self.system.products.iter().any(|own| own == product)
    }

    /// The profiles among all that the word means.
    pub(super) fn nearest<'d>(&self, heads: Vec<Head<'d>>) -> Vec<Head<'d>> {
        let mut heads = heads;
        heads.retain(|head| head.role == Role::Client && self.is_product(&head.product));
        let version = self.version.as_deref();
        if !self.system.each {
            return best(heads, version).into_iter().collect();
        }
        let of = |product: &String| {
            let (own, others) = std::mem::take(&mut heads)
                .into_iter()
                .partition(|head| head.product == **product);
            heads = others;
            best(own, version)
        };
        self.system.products.iter().filter_map(of).collect()
    }

    /// Whether one of the versions is the one that is named.
    pub(super) fn is_among(&self, versions: &[String]) -> bool {
        let version = self.version.as_deref();
        let version = version.and_then(|version| Versions::parse(version).ok());
        version.is_some_and(|version| version.meet(versions))
    }

    /// Whether what a profile says of this release is deduced from others.
    pub(super) fn is_inferred(&self, file: &ClientFile) -> bool {
        let by_version = self.version.is_some()
            && (self.is_among(&file.inferred_for) || !self.is_among(&file.covers));
        by_version || self.is_device || !self.is_of_model(file)
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
        } else if self.version.is_some() && !self.is_among(&file.covers) || !self.is_of_model(file)
        {
            match covered.starts_with("with ") {
                true => format!("the nearest evidence, {covered}"),
                false => format!("the nearest evidence, which is about {covered}"),
            }
        } else {
            match profile.evidence() {
                Some(Grade::Inferred) => format!("inferred for {covered}"),
                Some(grade) if covered.starts_with("with ") => format!("{grade}, {covered}"),
                Some(grade) => format!("{grade} on {covered}"),
                None => "of which the first message is not known".to_owned(),
            }
        };
        let judged = format!("judged by {}, {basis}", profile.id);
        if self.is_device && title.contains(|letter: char| letter.is_ascii_digit()) {
            let system = &self.system.title;
            return format!(
                "{title}: the model says nothing of its {system}, and the newest is assumed (behind it, \
                 `{system} RELEASE` names another); {judged}"
            );
        }
        format!("{title}: {judged}")
    }
}

#[cfg(test)]
mod tests {
    use super::normalized;

    #[test]
    fn blanks_are_hyphens() {
        assert_eq!(normalized("  Windows  11 "), "windows-11");
    }
}
