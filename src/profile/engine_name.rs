//! Engines as people name them: `strongswan@6.0.6`, `strongswan@6.0`, `opnsense@26.7.4`.

use super::database::{Broken, Database};
use super::names;
use super::selector::parts_of;
use super::server_shape::{EngineShape, ServerFile};
use crate::diag::any_of;
use crate::peer::server::Product;
use crate::peer::{Engine, EngineName, NamedEngine, Version};
use strum::VariantNames as _;

impl Database<'_> {
    /// The engine that `text` names, or why it names none. Case does not count.
    ///
    /// A product's release stands for the engine inside it, a version without patch level for the
    /// newest known release of its line, and one that is newer than everything known, or than
    /// everything known of its line, for the newest known; the note says so.
    pub fn engine_named(&self, text: &str) -> Result<NamedEngine, String> {
        let Some((name, written)) = text.split_once('@') else {
            return Err(without_version(text));
        };
        let lower = name.trim().to_lowercase();
        let written = written.trim().trim_start_matches(['v', 'V']);
        let version: Version = match written.parse() {
            Ok(version) => version,
            Err(()) => {
                let known = known_name(&lower).zip(numbers_of(written));
                let near = known.map(|(name, numbers)| format!("{name}@{numbers}"));
                let near = did_you_mean(near.as_deref());
                return Err(format!(
                    "`{written}` is not a version, as in `strongswan@6.0.2`{near}"
                ));
            }
        };
        let broken = |Broken { file, what }| format!("{file}: {what}");
        let file = self.server(&lower).map_err(broken)?;
        match (lower.parse::<EngineName>(), file) {
            (Ok(name), file) => Ok(in_line(name, version, written, file.as_ref())),
            (Err(_), Some(file)) => {
                let asked = format!("{lower}@{written}");
                let line = newest_of_line(written, file.engines.iter().map(|it| &*it.since));
                let version = line.unwrap_or(version);
                let inside = self.engine_in(&lower, version).map_err(broken)?;
                inside_product(&asked, version, inside, &file)
            }
            (Err(_), None) => {
                let near = nearest_name(&lower).map(|near| format!("{near}@{written}"));
                Err(no_engine(name, near.as_deref()))
            }
        }
    }
}

/// The names of engines, and of products with one inside.
fn names() -> impl Iterator<Item = &'static str> + Clone {
    let products = Product::VARIANTS.iter();
    let products = products.filter(|product| !EngineName::VARIANTS.contains(product));
    EngineName::VARIANTS.iter().chain(products).copied()
}

/// The engine, or the product with one inside, that `word` is or stands for.
fn known_name(word: &str) -> Option<&'static str> {
    let word = word.trim().to_lowercase();
    names()
        .find(|name| *name == word)
        .or_else(|| names::engine(&word))
}

/// The engine, or the product with one inside, whose name is `word` or a slip away from it.
fn nearest_name(word: &str) -> Option<&'static str> {
    known_name(word).or_else(|| crate::diag::nearest(word, names()))
}

/// The numbers that a version begins with, which something else follows: `6.0.1rc1`.
fn numbers_of(version: &str) -> Option<&str> {
    let end = version.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
    let numbers = version[..end].trim_end_matches('.');
    numbers.parse::<Version>().ok().map(|_| numbers)
}

/// Why a name without `@` names no engine: `strongswan`, `strongswan-6.0.2`.
fn without_version(text: &str) -> String {
    let start = text.find(|c: char| c.is_ascii_digit());
    // `win2019` and `Windows Server 2019` are a release of a server.
    let digits = |c: char| c.is_ascii_digit();
    let release = text.rsplit(|c: char| !digits(c)).find(|run| run.len() == 4);
    if let Some((name, release)) = names::server(text).zip(release) {
        return no_engine(text, Some(&format!("{name}@{release}")));
    }
    let (name, version) = text.split_at(start.unwrap_or(text.len()));
    let name = name.trim_end_matches([' ', '-', '_', '/', ':', 'v']);
    match (known_name(name), version.is_empty()) {
        (Some(name), true) if text.eq_ignore_ascii_case(name) => {
            format!("`{text}` has no version, as `strongswan@6.0.2` has")
        }
        (Some(name), false) => no_engine(text, Some(&format!("{name}@{version}"))),
        (near, _) => {
            let near = near.or_else(|| nearest_name(name).filter(|_| !name.is_empty()));
            no_engine(text, near.map(|name| format!("{name}@VERSION")).as_deref())
        }
    }
}

/// What was probably meant, as the end of a sentence.
fn did_you_mean(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}

/// Why a name leads nowhere, and what was probably meant.
fn no_engine(name: &str, near: Option<&str>) -> String {
    let help = match near {
        Some(_) => did_you_mean(near),
        None => format!("; there are {}", any_of(names())),
    };
    format!("`{name}` is no engine and no product with one inside, as in `strongswan@6.0.2`{help}")
}

/// The newest of known releases that begin with a version that is none itself: 25.10.1 of 25.
fn newest_of_line<'r>(written: &str, releases: impl Iterator<Item = &'r str>) -> Option<Version> {
    let is_year = !written.contains('.');
    let line = format!("{written}.");
    let in_line = releases.filter(|release| is_year && release.starts_with(&line));
    in_line.filter_map(|release| release.parse().ok()).max()
}

/// The newest known release before a version that is none: 5.9.14 of 5.9.88.
fn known_before(version: Version, releases: &[String]) -> Option<Version> {
    let parsed = |release: &String| Some((parts_of(release)?, release.parse::<Version>().ok()?));
    let known: Vec<_> = releases.iter().filter_map(parsed).collect();
    let own = parts_of(&version.to_string())?;
    // A line is what all numbers but the last one have alike.
    let is_line = |parts: &[u32]| own.starts_with(&parts[..parts.len() - 1]);
    let line = known.iter().find(|(parts, _)| is_line(parts));
    match line {
        Some((_, newest)) => Some(*newest).filter(|newest| *newest < version),
        None => known
            .iter()
            .map(|(_, it)| *it)
            .filter(|it| *it < version)
            .max(),
    }
}

/// The engine in the version that was written, or in the known one that it stands for.
fn in_line(
    name: EngineName,
    version: Version,
    written: &str,
    file: Option<&ServerFile>,
) -> NamedEngine {
    let engine = |version| Engine { name, version };
    let releases = file
        .map(|file| file.releases.as_slice())
        .unwrap_or_default();
    let line = format!("{written}.");
    let in_line = releases
        .iter()
        .filter(|release| release.starts_with(&line))
        .filter_map(|release| release.parse::<Version>().ok())
        .max();
    if let Some(newest) = in_line {
        let taken = engine(newest);
        let note = format!(
            "`{name}@{written}` has no patch level; {taken} is taken, the newest known of its line"
        );
        return NamedEngine::noted(taken, note);
    }
    let known = releases.iter().filter_map(|release| release.parse().ok());
    match known.max() {
        Some(newest) if newest < version => {
            let taken = engine(newest);
            let asked = engine(version);
            let note = format!(
                "{asked} is newer than what is known; it is answered as {taken}, the newest known"
            );
            NamedEngine::noted(taken, note)
        }
        _ => match known_before(version, releases) {
            Some(before) => {
                let (taken, asked) = (engine(before), engine(version));
                let note = format!(
                    "{asked} is no release that is known; it is answered as {taken}, the newest known before it"
                );
                NamedEngine::noted(taken, note)
            }
            None => NamedEngine::from(engine(version)),
        },
    }
}

/// The engine inside a release of a product.
fn inside_product(
    text: &str,
    version: Version,
    inside: Option<Engine>,
    file: &ServerFile,
) -> Result<NamedEngine, String> {
    let known = file.engines.iter().filter(|shape| shape.engine.is_some());
    let known = known.filter_map(|shape| shape.since.parse::<Version>().ok());
    let Some(engine) = inside else {
        let name = file.engine.as_deref().unwrap_or("its engine");
        let later = known.filter(|since| *since > version).min();
        let later = later.map(|since| format!("it is known since {since}"));
        let since = |shape: &EngineShape| shape.since.parse::<Version>().ok();
        let before = file.engines.iter();
        let before = before.filter(|shape| since(shape).is_some_and(|it| it <= version));
        let own = before.max_by_key(|shape| since(shape));
        let why = own.and_then(|shape| shape.unknown.clone());
        let more: String = why
            .into_iter()
            .chain(later)
            .map(|it| format!("; {it}"))
            .collect();
        return Err(format!(
            "which version of {name} is in {text} is not known{more}; name the engine itself, as `{name}@VERSION`"
        ));
    };
    let asked = text.split_once('@').map_or("", |(_, asked)| asked);
    let later = known.max().is_some_and(|newest| newest < version);
    let note = if later {
        format!(
            "{text} is newer than the releases that are known; {engine} is taken, as in the last of them"
        )
    } else if asked.parse() == Ok(version) {
        format!("{text} negotiates with {engine}")
    } else {
        format!(
            "`{text}` is no release; {version} is taken, the newest known of its line, which negotiates with {engine}"
        )
    };
    Ok(NamedEngine {
        product: text
            .split_once('@')
            .and_then(|(product, _)| product.parse().ok()),
        ..NamedEngine::noted(engine, note)
    })
}

#[cfg(test)]
mod tests {
    use crate::profile::Database;

    #[test]
    fn a_name_leads_to_the_engine_that_is_known() {
        let database = Database::builtin();
        for (text, engine, noted) in [
            ("strongswan@5.9.8", "strongswan@5.9.8", false),
            ("strongswan@6.0.1", "strongswan@6.0.1", false),
            ("strongswan@5.9", "strongswan@5.9.14", true),
            ("strongswan@6.0", "strongswan@6.0.7", true),
            ("strongswan@6", "strongswan@6.1.0", true),
            ("strongswan@7.3.1", "strongswan@6.1.0", true),
            ("libreswan@5", "libreswan@5.4", true),
            ("libreswan@5.3", "libreswan@5.3", false),
            ("libreswan@6.0", "libreswan@5.4", true),
            ("rras@2022", "rras@2022", false),
            // Case does not count, nor does a `v`.
            ("StrongSwan@6.0.6", "strongswan@6.0.6", false),
            ("strongswan@v6.0.1", "strongswan@6.0.1", false),
            ("OPNsense@26.7.4", "strongswan@6.1.0", true),
            // What is no release is answered as one.
            ("strongswan@5.9.88", "strongswan@5.9.14", true),
            ("strongswan@5.15.0", "strongswan@5.9.14", true),
            ("strongswan@5.8.99", "strongswan@5.8.4", true),
            ("libreswan@4.99", "libreswan@4.15", true),
            ("libreswan@5.3.1", "libreswan@5.3.1", false),
            ("strongswan@4.6.4", "strongswan@4.6.4", false),
            ("opnsense@25", "strongswan@6.0.3", true),
            ("opnsense@24.1.7", "strongswan@5.9.14", true),
            ("opnsense@25.10", "strongswan@6.0.1", true),
            ("opnsense@26.1.5", "strongswan@6.0.4", true),
            ("opnsense@26.4.1", "strongswan@6.0.7", true),
            ("opnsense@26.7.4", "strongswan@6.1.0", true),
            ("opnsense@28.1", "strongswan@6.1.0", true),
            ("pfsense@2.9.0", "strongswan@6.1.0", true),
        ] {
            let named = database.engine_named(text).unwrap();
            let said = (named.engine.to_string(), named.note.is_some());
            assert_eq!(said, (engine.to_owned(), noted), "{text}");
        }
        for text in [
            "strongswan",
            "strongswan@x",
            "charon@5.9.8",
            "pfsense@2.8.1",
            "pfsense@25.07",
            "opnsense@20.1",
        ] {
            assert!(database.engine_named(text).is_err(), "{text}");
        }
        for (text, said) in [
            ("strongSwan 6.0.1", "did you mean `strongswan@6.0.1`?"),
            ("win2019", "did you mean `rras@2019`?"),
            ("Windows Server 2019", "did you mean `rras@2019`?"),
            ("pfsense@25.11", "releases of pfSense Plus"),
            ("vyos@1.5", "a release of 1.4 and 1.5"),
            ("strongswan-6.0.1", "did you mean `strongswan@6.0.1`?"),
            ("strongswan5.9.8", "did you mean `strongswan@5.9.8`?"),
            ("strongswan@6.0.1rc1", "did you mean `strongswan@6.0.1`?"),
            ("rras@2012 R2", "did you mean `rras@2012`?"),
            ("FortiGate@7.4", "did you mean `fortios@7.4`?"),
            ("mikrotik@7", "did you mean `routeros@7`?"),
            ("windows-server@2022", "did you mean `rras@2022`?"),
            ("charon@5.9.8", "did you mean `strongswan@5.9.8`?"),
            ("strongswn@5.9.8", "did you mean `strongswan@5.9.8`?"),
            ("6.0.1", "there are `cisco-asa`, "),
            ("StrongSwan", "has no version"),
            (
                "vyos@1.4",
                "name the engine itself, as `strongswan@VERSION`",
            ),
            ("pfsense@2.8.1", "it is known since 2.9"),
        ] {
            let why = database.engine_named(text).unwrap_err();
            assert!(why.contains(said), "{text}: {why}");
        }
        let note = database.engine_named("opnsense@25").unwrap().note.unwrap();
        assert!(
            note.starts_with("`opnsense@25` is no release; 25.10.1 is taken"),
            "{note}"
        );
    }
}
