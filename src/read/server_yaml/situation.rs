//! Everything in `server.yaml` but proposals: product, engine, address, NAT, times, clients.

use std::net::IpAddr;
use std::time::Duration;

use strum::VariantNames as _;

use crate::diag::{Diagnostic, Place, Severity, Span, any_of, quoted};
use crate::peer::server::{Nat, Product, Rekey, Spanned};
use crate::peer::{Engine, EngineName, NamedEngine, Version};
use crate::read::{ReadCode, ReadContext, swan_version};
use crate::yaml::{self, FieldReader, Fields, Kind, Node, Word};

/// When SAs end that nobody renews, where the file says.
#[derive(Clone, Debug, Default)]
pub(super) struct Lifetimes {
    pub(super) ike: Option<Spanned<Duration>>,
    pub(super) child: Option<Spanned<Duration>>,
}

/// What the file says about the server as a whole.
pub(super) struct Situation {
    pub(super) product: Option<Product>,
    pub(super) engine: Engine,
    pub(super) prefers_own: bool,
    pub(super) address: Option<String>,
    pub(super) remote_id: Option<String>,
    pub(super) connection_name: Option<String>,
    pub(super) nat: Option<Nat>,
    pub(super) clients: Vec<String>,
}

impl Situation {
    pub(super) fn read(
        reader: &mut FieldReader<'_>,
        fields: &Fields<'_, '_>,
        context: &ReadContext<'_>,
    ) -> Self {
        let product = product(reader, fields);
        let engine = engine(reader, fields, product.as_ref(), context);
        Self {
            engine: engine.engine,
            product: product.map(|(product, _)| product).or(engine.product),
            prefers_own: prefers_own(reader, fields),
            address: address(reader, fields),
            remote_id: text(reader, fields, "remote_id", "the name in the certificate"),
            connection_name: text(
                reader,
                fields,
                "connection_name",
                "the name of a connection",
            ),
            nat: nat(reader, fields),
            clients: clients(reader, fields),
        }
    }
}

fn word_of<'n, 'a>(
    reader: &mut FieldReader<'_>,
    fields: &Fields<'n, 'a>,
    key: &str,
    expected: &str,
) -> Option<&'n Word<'a>> {
    reader.word(fields.get(key)?, expected)
}

/// The product, and its release where one is written: `opnsense` or `opnsense@26.7.4`.
fn product(
    reader: &mut FieldReader<'_>,
    fields: &Fields<'_, '_>,
) -> Option<(Product, Option<String>)> {
    let word = word_of(reader, fields, "product", "the name of a product")?;
    let (name, release) = match word.split_once('@') {
        Some((name, _)) => (name, Some(word.text.to_string())),
        None => (&**word, None),
    };
    let Ok(product) = name.to_lowercase().parse() else {
        let only_name = match release {
            Some(_) => part_of(word, name),
            None => word.clone(),
        };
        reader.unknown_word(&only_name, "a product", Product::VARIANTS.iter().copied());
        return None;
    };
    match release {
        Some(_) => reader.show(&part_of(word, name)),
        None => reader.show(word),
    }
    Some((product, release))
}

/// The beginning of a word as a word of its own.
fn part_of<'a>(word: &Word<'a>, name: &str) -> Word<'a> {
    let mut only_name = word.clone();
    only_name.text = name.to_owned().into();
    only_name.span = word.part(0..name.len());
    only_name
}

/// The engine, written as `strongswan@5.9.8` or `strongswan`, or as the product with one inside, or
/// that of the product.
fn engine(
    reader: &mut FieldReader<'_>,
    fields: &Fields<'_, '_>,
    product: Option<&(Product, Option<String>)>,
    context: &ReadContext<'_>,
) -> NamedEngine {
    let Some(node) = fields.get("engine") else {
        return engine_of_product(reader, fields, product, context).into();
    };
    let written = reader
        .word(node, "an engine such as `strongswan@5.9.8`")
        .and_then(|word| written_engine(reader, word, context).map(|engine| (engine, word)));
    let Some((named, word)) = written else {
        return Engine::STRONGSWAN_5_9_8.into(); // not looked at, an error was found
    };
    reader.show(word);
    if let (Some((product, _)), Some(entry)) = (product, fields.entry("product")) {
        let (inside, engine) = (product.engine(), named.engine.name);
        let message = match named.product {
            Some(other) if other != *product => Some(format!("{product} is not {other}")),
            None if inside != engine => Some(format!(
                "{product} negotiates with {inside}, not with {engine}"
            )),
            _ => None,
        };
        if let Some(message) = message {
            reader.push(
                Diagnostic::error(ReadCode::Contradiction, &word.span, message)
                    .context(entry.value.place.clone(), "the product")
                    .help("remove one of the two"),
            );
        }
    }
    named
}

/// The engine where only the product is written, or not even that.
fn engine_of_product(
    reader: &mut FieldReader<'_>,
    fields: &Fields<'_, '_>,
    product: Option<&(Product, Option<String>)>,
    context: &ReadContext<'_>,
) -> Engine {
    let name = product.map_or(EngineName::Strongswan, |(product, _)| product.engine());
    let assumed = name.assumed_version();
    let place = fields.entry("product").map(|entry| &entry.value.place);
    // Whoever names the engine on the command line need not hear of the file's.
    let release = product.and_then(|(_, release)| release.as_ref());
    if let (Some(release), Some(place), None) = (release, place, context.engine) {
        match (context.engines)(release) {
            Ok(NamedEngine { engine, note, .. }) => {
                push_note(reader, place, note);
                return engine;
            }
            Err(why) => {
                let help = format!("add `engine: {name}@VERSION`");
                let diagnostic = match assumed {
                    None => Diagnostic::error(ReadCode::NotAVersion, place, why),
                    Some(assumed) => {
                        let assumed = format!("{name} {assumed} is assumed");
                        Diagnostic::new(Severity::Warning, ReadCode::VersionAssumed, place, why)
                            .note(assumed)
                    }
                };
                reader.push(diagnostic.help(help));
            }
        }
    } else if let (None, Some(place)) = (assumed, place) {
        let message = format!("which version of {name} is it?");
        reader.push(
            Diagnostic::error(yaml::YamlCode::MissingKey, place, message)
                .help(format!("add `engine: {name}@2022`")),
        );
    }
    let is_open = product.is_none_or(|(product, _)| *product == Product::Strongswan);
    if is_open && release.is_none() && context.engine.is_none() {
        let lists = ["phase1", "phase2", "connections"].into_iter();
        let mut lists = lists.filter_map(|key| fields.get(key));
        let six = lists.find_map(|list| word_of_six(list));
        let assumed = six.and_then(|(word, place)| swan_version::six(context, &word, &place));
        if let Some((engine, note)) = assumed {
            reader.push(note);
            return engine;
        }
    }
    Engine {
        name,
        version: assumed.unwrap_or(Version::new(0, 0, 0)),
    }
}

/// The first word below a node that strongSwan 5 does not know and 6 does.
fn word_of_six(node: &Node<'_>) -> Option<(String, Span)> {
    match &node.kind {
        Kind::Word(word) => {
            let found = swan_version::word_of_six(&word.text)?;
            Some((word.text[found.clone()].to_owned(), word.part(found)))
        }
        Kind::List(items) => items.iter().find_map(word_of_six),
        Kind::Map(entries) => entries.iter().find_map(|entry| word_of_six(&entry.value)),
        _ => None,
    }
}

fn written_engine(
    reader: &mut FieldReader<'_>,
    word: &Word<'_>,
    context: &ReadContext<'_>,
) -> Option<NamedEngine> {
    let (name, version) = match word.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (&**word, None),
    };
    let lower = name.to_lowercase();
    let product = lower.parse::<Product>().ok();
    let known = lower.parse::<EngineName>().ok();
    let Some(known) = known.or(product.map(Product::engine)) else {
        let products = Product::VARIANTS.iter();
        let products = products.filter(|product| !EngineName::VARIANTS.contains(product));
        let known = EngineName::VARIANTS.iter().chain(products).copied();
        reader.unknown_word(&part_of(word, name), "an engine", known);
        return None;
    };
    let place = word.part(word.len() - version.unwrap_or(word).len()..word.len());
    let mistake = match version {
        None => match known.assumed_version() {
            Some(version) => {
                let engine = Engine {
                    name: known,
                    version,
                };
                // strongSwan's name is that of the product, too.
                let product = product.filter(|product| product.to_string() != known.to_string());
                return Some(NamedEngine {
                    product,
                    ..engine.into()
                });
            }
            None => Diagnostic::error(
                ReadCode::NotAVersion,
                place,
                format!("{} has no version", quoted(word)),
            )
            .help(format!("write the version, such as `{known}@2022`")),
        },
        Some(version) => match (context.engines)(word) {
            Ok(named) => {
                if context.engine.is_none() {
                    push_note(reader, &word.span, named.note.clone());
                }
                return Some(named);
            }
            // Name and numbers are known, so that the sentence repeats nothing else.
            Err(why) if version.parse::<Version>().is_ok() => {
                Diagnostic::error(ReadCode::NotAVersion, place, why)
            }
            Err(_) => Diagnostic::error(ReadCode::NotAVersion, place, "this is not a version")
                .note("expected numbers separated by dots, such as `5.9.8`"),
        },
    };
    reader.push(mistake);
    None
}

/// Says which engine is taken where it is not the one that is written.
fn push_note(reader: &mut FieldReader<'_>, place: impl Into<Place>, note: Option<String>) {
    if let Some(note) = note {
        let code = ReadCode::VersionAssumed;
        reader.push(Diagnostic::new(Severity::Note, code, place, note));
    }
}

fn prefers_own(reader: &mut FieldReader<'_>, fields: &Fields<'_, '_>) -> bool {
    let key = "prefer_configured_proposals";
    let Some(word) = word_of(reader, fields, key, "`yes` or `no`") else {
        return true; // strongSwan's default
    };
    if ["yes", "true", "no", "false"].contains(&&**word) {
        reader.show(word);
    }
    match &**word {
        "yes" | "true" => true,
        "no" | "false" => false,
        _ => {
            reader.unknown_word(word, "a choice", ["yes", "no"]);
            true
        }
    }
}

fn nat(reader: &mut FieldReader<'_>, fields: &Fields<'_, '_>) -> Option<Nat> {
    let expected = any_of(Nat::VARIANTS.iter().copied());
    let word = word_of(reader, fields, "nat", &expected)?;
    if ["true", "false"].contains(&&**word) || word.parse::<Nat>().is_ok() {
        reader.show(word);
    }
    match &**word {
        "true" => Some(Nat::Yes),
        "false" => Some(Nat::No),
        text => {
            let nat = text.parse().ok();
            if nat.is_none() {
                reader.unknown_word(word, "a choice", Nat::VARIANTS.iter().copied());
            }
            nat
        }
    }
}

fn address(reader: &mut FieldReader<'_>, fields: &Fields<'_, '_>) -> Option<String> {
    let word = word_of(reader, fields, "address", "a host name or IP address")?;
    let label = |label: &str| {
        let inner = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_');
        !label.is_empty() && label.chars().all(inner)
    };
    let name = word.strip_suffix('.').unwrap_or(word);
    if word.parse::<IpAddr>().is_ok() || name.split('.').all(label) {
        reader.show(word);
        return Some(word.to_string());
    }
    let message = "this is not a host name and not an IP address";
    let help = if word.contains("://") || word.contains('/') {
        "write the host name alone, without protocol and path"
    } else if word.contains(':') {
        "write the address without port, IKE always uses 500 and 4500"
    } else {
        "write what clients dial, such as `vpn.example.com`"
    };
    reader.push(Diagnostic::error(ReadCode::NotAnAddress, &word.span, message).help(help));
    None
}

/// A text on one line. It goes into commands and dialogs, where no other can be entered.
fn text(
    reader: &mut FieldReader<'_>,
    fields: &Fields<'_, '_>,
    key: &str,
    expected: &str,
) -> Option<String> {
    let word = word_of(reader, fields, key, expected)?;
    if word.contains(char::is_control) {
        let message = format!("expected {expected}, found a text of several lines");
        reader.push(Diagnostic::error(
            yaml::YamlCode::WrongKind,
            &word.span,
            message,
        ));
        return None;
    }
    reader.show(word);
    Some(word.to_string())
}

fn clients(reader: &mut FieldReader<'_>, fields: &Fields<'_, '_>) -> Vec<String> {
    let expected = "a list of clients such as `windows-10:*`";
    let Some(node) = fields.get("clients") else {
        return Vec::new();
    };
    let mut clients = Vec::new();
    for item in reader.one_or_more(node, expected).unwrap_or_default() {
        let Some(word) = reader.word(item, "the name of a client") else {
            continue;
        };
        let names = word.split(',').map(str::trim);
        clients.extend(names.filter(|name| !name.is_empty()).map(str::to_owned));
    }
    clients
}

/// libreswan's switch for perfect forward secrecy; elsewhere the groups of phase 2 are all there is.
pub(super) fn pfs(
    reader: &mut FieldReader<'_>,
    fields: &Fields<'_, '_>,
    engine: EngineName,
) -> Option<bool> {
    let word = word_of(reader, fields, "pfs", "`yes` or `no`")?;
    if ["yes", "true", "on", "no", "false", "off"].contains(&&**word) {
        reader.show(word);
    }
    if engine != EngineName::Libreswan {
        let message = format!("{engine} has no switch for PFS, its groups in phase 2 decide");
        reader.push(
            Diagnostic::error(ReadCode::Contradiction, &word.span, message)
                .help("write `pfs: 14` or `pfs: off` in the entries of `phase2`"),
        );
        return None;
    }
    match &**word {
        "yes" | "true" | "on" => Some(true),
        "no" | "false" | "off" => Some(false),
        _ => {
            reader.unknown_word(word, "a choice", ["yes", "no"]);
            None
        }
    }
}

/// When the server asks for new keys.
pub(super) fn rekey(reader: &mut FieldReader<'_>, fields: &Fields<'_, '_>) -> Rekey {
    let times = times(reader, fields, "rekey");
    let [ike, child] = times.map(|time| time.map(|time| time.value));
    Rekey { ike, child }
}

/// When the server gives up the IKE SA and child SAs that nobody renews.
pub(super) fn lifetimes(reader: &mut FieldReader<'_>, fields: &Fields<'_, '_>) -> Lifetimes {
    let [ike, child] = times(reader, fields, "lifetime");
    Lifetimes { ike, child }
}

/// The times of the IKE SA and of child SAs.
fn times(
    reader: &mut FieldReader<'_>,
    fields: &Fields<'_, '_>,
    key: &'static str,
) -> [Option<Spanned<Duration>>; 2] {
    let Some(node) = fields.get(key) else {
        return [None, None];
    };
    let synonyms = [("phase1", "ike"), ("phase2", "child"), ("esp", "child")];
    let keys = ["ike", "child"];
    let Some(times) = reader.fields_and_synonyms(node, key, &keys, &synonyms) else {
        return [None, None];
    };
    keys.map(|key| duration(reader, &times, key))
}

fn duration(
    reader: &mut FieldReader<'_>,
    times: &Fields<'_, '_>,
    key: &str,
) -> Option<Spanned<Duration>> {
    let word = word_of(reader, times, key, "a time such as `4h`")?;
    let duration = seconds(word).map(|seconds| Spanned {
        value: Duration::from_secs(seconds),
        span: word.span.clone(),
    });
    if duration.is_some() {
        reader.show(word);
    } else {
        let message = "this is not a time";
        reader.push(
            Diagnostic::error(ReadCode::NotATime, &word.span, message)
                .note("expected a number of seconds, or a number with `s`, `m`, `h` or `d`")
                .help("write `4h`, or `0` for never"),
        );
    }
    duration
}

/// Reads `3600`, `3600s`, `60m`, `1h`, `1d`; more than 136 years is no time.
fn seconds(text: &str) -> Option<u64> {
    let (number, unit) = match text.char_indices().last()? {
        (_, '0'..='9') => (text, 1),
        (at, 's') => (&text[..at], 1),
        (at, 'm') => (&text[..at], 60),
        (at, 'h') => (&text[..at], 60 * 60),
        (at, 'd') => (&text[..at], 24 * 60 * 60),
        _ => return None,
    };
    let digits = number.bytes().all(|digit| digit.is_ascii_digit());
    let number: u32 = number.parse().ok().filter(|_| digits)?;
    let seconds = u64::from(number) * unit;
    u32::try_from(seconds).ok().map(u64::from)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn times_have_a_unit_or_are_seconds() {
        for (text, expected) in [
            ("0", Some(0)),
            ("3600", Some(3600)),
            ("90s", Some(90)),
            ("60m", Some(3600)),
            ("4h", Some(14_400)),
            ("1d", Some(86_400)),
            ("4 h", None),
            ("h", None),
            ("-1", None),
            ("+1", None),
            ("1.5h", None),
            ("4H", None),
            ("4294967296", None),
            ("99999d", None),
            ("", None),
            ("1ü", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }
}
