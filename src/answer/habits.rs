//! Habits: what a folder's `.ikecompat.yaml` has for every question about the files in it.

use strum::VariantNames as _;

use crate::diag::{Diagnostic, Severity, Sources};
use crate::lint;
use crate::peer::server::{Nat, Product};
use crate::profile::Database;
use crate::yaml::{self, FieldReader, Fields, Node};

/// The name of the file.
pub const FILE: &str = ".ikecompat.yaml";

/// Its keys. None of them names a host.
pub const KEYS: &[&str] = &["clients", "policy", "product", "engine", "nat", "allow"];

/// What is wanted where the command line says nothing else.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Habits {
    /// The clients that matter, in the words of a selection.
    pub clients: Option<String>,
    /// The policy, by its id.
    pub policy: Option<String>,
    /// The product that is configured.
    pub product: Option<String>,
    /// The engine of the server, such as `strongswan@6.0.1`.
    pub engine: Option<String>,
    /// Whether clients are behind NAT.
    pub nat: Option<String>,
    /// Rules whose findings are left out, each with the reason.
    pub allow: Vec<(String, String)>,
}

/// Reads the text numbered `file`. Fails with everything that is wrong.
pub fn read(
    sources: &mut Sources,
    file: usize,
    database: &Database<'_>,
) -> Result<Habits, Vec<Diagnostic>> {
    let text = sources.text(file);
    let root = yaml::parse(&text, file)?;
    // Whoever has written nothing, or comments alone, has no habits.
    if matches!(root.kind, yaml::Kind::Null) {
        return Ok(Habits::default());
    }
    let mut reader = FieldReader::of_facts(sources);
    let habits = habits(&root, &mut reader, database);
    let said = reader.finish();
    match habits {
        Some(habits) if said.iter().all(|it| it.severity < Severity::Error) => Ok(habits),
        _ => Err(said),
    }
}

fn habits(
    root: &Node<'_>,
    reader: &mut FieldReader<'_>,
    database: &Database<'_>,
) -> Option<Habits> {
    let fields = reader.fields(root, FILE, KEYS)?;
    let mut habits = Habits {
        clients: clients(&fields, reader, database),
        ..Habits::default()
    };
    let policies: Vec<&str> = database.policies().collect();
    habits.policy = choice(&fields, "policy", "a policy", &policies, reader);
    habits.product = choice(&fields, "product", "a product", Product::VARIANTS, reader);
    habits.nat = choice(&fields, "nat", "yes, no or unknown", Nat::VARIANTS, reader);
    if let Some(node) = fields.get("engine")
        && let Some(word) = reader.word(node, "an engine such as strongswan@6.0.2")
    {
        match database.engine_named(word) {
            Ok(_) => habits.engine = Some(word.to_string()),
            Err(why) => reader.push(Diagnostic::error(
                yaml::YamlCode::UnknownWord,
                &word.span,
                why,
            )),
        }
    }
    habits.allow = allowed(&fields, reader).unwrap_or_default();
    Some(habits)
}

/// One of several words.
fn choice(
    fields: &Fields<'_, '_>,
    key: &str,
    what: &str,
    known: &[&str],
    reader: &mut FieldReader<'_>,
) -> Option<String> {
    let word = reader.word(fields.get(key)?, what)?;
    if let Some(known) = known.iter().find(|known| known.eq_ignore_ascii_case(word)) {
        return Some((*known).to_owned());
    }
    reader.unknown_word(word, what, known.iter().copied());
    None
}

/// The words of a selection, in a list or one text.
fn clients(
    fields: &Fields<'_, '_>,
    reader: &mut FieldReader<'_>,
    database: &Database<'_>,
) -> Option<String> {
    let what = "clients such as [ios, windows-11]";
    let nodes = reader.one_or_more(fields.get("clients")?, what)?;
    let mut words = Vec::new();
    for node in nodes {
        let Some(word) = reader.word(node, what) else {
            continue;
        };
        match database.select(word) {
            Ok(_) => words.push(word.to_string()),
            Err(wrong) => {
                for why in wrong {
                    let said =
                        Diagnostic::error(yaml::YamlCode::UnknownWord, &word.span, why.to_string());
                    reader.push(match why.help() {
                        Some(help) => said.help(help),
                        None => said,
                    });
                }
            }
        }
    }
    (!words.is_empty()).then(|| words.join(","))
}

/// The rules that are allowed, each with its reason.
fn allowed(fields: &Fields<'_, '_>, reader: &mut FieldReader<'_>) -> Option<Vec<(String, String)>> {
    let nodes = reader.list(
        fields.get("allow")?,
        "a list of rules with reasons, such as {rule: weak-entry, reason: until 2027}",
    )?;
    let known: Vec<&str> = lint::known().collect();
    let mut allowed = Vec::new();
    for node in nodes {
        let Some(fields) = reader.fields(node, "a rule that is allowed", &["rule", "reason"])
        else {
            continue;
        };
        let rule = choice(&fields, "rule", "a rule", &known, reader);
        let reason = fields.get("reason");
        let reason = reason.and_then(|node| reader.word(node, "a reason"));
        match (rule, reason) {
            (Some(rule), Some(reason)) => allowed.push((rule, reason.to_string())),
            (None, None) => reader.wrong_kind(node, "`rule` and `reason`"),
            (Some(_), None) => reader.wrong_kind(node, "a `reason` beside the rule"),
            (None, Some(_)) => {}
        }
    }
    Some(allowed)
}

impl Habits {
    /// The options of the command line that say the same, by the names of their arguments.
    pub fn options(&self) -> Vec<(&'static str, String)> {
        let mut all = Vec::new();
        let mut add = |name, value: &Option<String>| {
            all.extend(value.iter().map(|value| (name, value.clone())));
        };
        add("clients", &self.clients);
        add("policy", &self.policy);
        add("product", &self.product);
        add("engine", &self.engine);
        add("nat", &self.nat);
        let rules = self.allow.iter();
        all.extend(rules.map(|(rule, reason)| ("allow", format!("{rule}={reason}"))));
        all
    }
}
