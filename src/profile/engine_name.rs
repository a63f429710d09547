//! Engines as people name them: `strongswan@6.0.6`, `strongswan@6.0`, `opnsense@26.7.4`.

use super::database::{Broken, Database};
use super::server_shape::ServerFile;
use crate::peer::server::Product;
use crate::peer::{Engine, EngineName, NamedEngine, Version};
use strum::VariantNames as _;

impl Database<'_> {
    /// The engine that `text` names, or why it names none.
    ///
    /// A product's release stands for the engine inside it, a version without patch level for the
    /// newest known release of its line, and one that is newer than everything known for the newest
    /// known; the note says so.
    pub fn engine_named(&self, text: &str) -> Result<NamedEngine, String> {
        let Some((name, written)) = text.split_once('@') else {
            return Err(match nearest_name(text) {
                Some(name) if name == text => {
                    format!("`{text}` has no version, as `strongswan@6.0.2` has")
                }
                near => no_engine(text, near.map(|name| format!("{name}@VERSION"))),
            });
        };
        let version: Version = written
            .parse()
            .map_err(|()| format!("`{written}` is not a version, as in `strongswan@6.0.2`"))?;
        let broken = |Broken { file, what }| format!("{file}: {what}");
        let file = self.server(name).map_err(broken)?;
        match (name.parse::<EngineName>(), file) {
            (Ok(name), file) => Ok(in_line(name, version, written, file.as_ref())),
            (Err(_), Some(file)) => {
                let inside = self.engine_in(name, version).map_err(broken)?;
                inside_product(text, version, inside, &file)
            }
            (Err(_), None) => {
                let near = nearest_name(name).map(|near| format!("{near}@{written}"));
                Err(no_engine(name, near))
            }
        }
    }
}

/// The engine, or the product with one inside, whose name is `word` or a slip away from it.
fn nearest_name(word: &str) -> Option<&'static str> {
    let known = EngineName::VARIANTS.iter().chain(Product::VARIANTS);
    let mut known = known.copied();
    known
        .clone()
        .find(|name| *name == word)
        .or_else(|| crate::diag::nearest(word, &mut known))
}

/// Why a name leads nowhere, and what was probably meant.
fn no_engine(name: &str, near: Option<String>) -> String {
    let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    format!("`{name}` is no engine and no product with one inside, as in `strongswan@6.0.2`{near}")
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
        _ => NamedEngine::from(engine(version)),
    }
}

/// The engine inside a release of a product.
fn inside_product(
    text: &str,
    version: Version,
    inside: Option<Engine>,
    file: &ServerFile,
) -> Result<NamedEngine, String> {
    let Some(engine) = inside else {
        let name = file.engine.as_deref().unwrap_or("its engine");
        return Err(format!("which version of {name} is in {text} is not known"));
    };
    let known = file.engines.iter().filter(|shape| shape.engine.is_some());
    let newest = known.filter_map(|shape| shape.since.parse::<Version>().ok());
    let later = newest.max().is_some_and(|newest| newest < version);
    let note = if later {
        format!(
            "{text} is newer than the releases that are known; {engine} is taken, as in the last of them"
        )
    } else {
        format!("{text} negotiates with {engine}")
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
    }
}
