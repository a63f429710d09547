//! What all documents of JSON share: the name of their schema, words of closed lists, suites, sources;
//! and the published schemas, which are derived from the types that are written.

use std::fmt::Display;
use std::io::{self, Write};

pub use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use serde_json::Value;
use strum::VariantNames;

use crate::dialect::{charon, swan};
use crate::ike::Suite;
use crate::peer::Grade;
use crate::profile::shape::SourceShape;

/// A document that a command writes.
pub(crate) trait Document: Serialize + JsonSchema {
    /// What `ikecompat schema` calls it.
    const NAME: &'static str;
    /// Raised when a member is removed or changes its meaning, not when one is added.
    const VERSION: u8;
    /// What it is.
    const TITLE: &'static str;
}

/// What stands in the member `schema` of a document.
fn id_of<T: Document>() -> String {
    format!("ikecompat.{}.v{}", T::NAME, T::VERSION)
}

/// The first member of every document, and the others.
#[derive(Serialize)]
struct Envelope<'a, T> {
    schema: String,
    #[serde(flatten)]
    document: &'a T,
}

/// Writes a document, in lines.
pub(crate) fn write<T: Document>(document: &T, out: &mut impl Write) -> io::Result<()> {
    let schema = id_of::<T>();
    serde_json::to_writer_pretty(&mut *out, &Envelope { schema, document })?;
    writeln!(out)
}

/// The schema of a document: nothing that it does not name is written.
pub(crate) fn schema<T: Document>() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    Strict.transform(&mut schema);
    let name = json_schema!({ "const": id_of::<T>() });
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.insert("schema".to_owned(), name.to_value());
    }
    match schema.get_mut("required") {
        Some(Value::Array(required)) => required.insert(0, "schema".into()),
        _ => {
            schema.insert("required".to_owned(), Value::from(vec!["schema"]));
        }
    }
    schema.insert("title".to_owned(), T::TITLE.into());
    identified(schema, T::NAME, T::VERSION)
}

/// Puts the name of a schema into it.
pub fn identified(mut schema: Schema, name: &str, version: u8) -> Schema {
    const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
    let object = schema.ensure_object();
    let id = format!("urn:ikecompat:{name}:v{version}");
    object.insert("$schema".to_owned(), DIALECT.into());
    object.insert("$id".to_owned(), id.into());
    schema
}

/// Lets no object have members that its schema does not name.
struct Strict;

impl Transform for Strict {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        let is_object = schema.get("properties").is_some();
        if is_object && schema.get("additionalProperties").is_none() {
            schema.insert("additionalProperties".to_owned(), false.into());
        }
    }
}

/// A word of a closed list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word<T>(pub T);

impl<T: Display> Serialize for Word<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<T: VariantNames> JsonSchema for Word<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Word".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": T::VARIANTS })
    }
}

/// A suite in both spellings.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Suite")]
pub(crate) struct SuiteJson {
    /// As charon's log has it, with everything that is negotiated.
    pub suite: String,
    /// As it is configured, in strongSwan's keywords, which the tables have, too; null if strongSwan has none.
    pub proposal: Option<String>,
}

impl SuiteJson {
    /// The suite as charon logs it and as it is configured.
    pub(crate) fn of(suite: &Suite) -> Self {
        Self {
            suite: charon::suite(suite),
            proposal: swan::write(&suite.to_proposal()),
        }
    }
}

/// A public place where a fact can be looked up.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Source")]
pub(crate) struct SourceJson {
    /// How the source knows it.
    pub grade: Word<Grade>,
    /// Title of the page, file or thread.
    pub title: String,
    /// Address.
    pub url: String,
    /// Date of the page, log or commit.
    pub date: Option<String>,
}

impl SourceJson {
    /// A source of a profile.
    pub(crate) fn of(source: &SourceShape) -> Self {
        Self {
            grade: Word(source.grade),
            title: source.title.clone(),
            url: source.url.clone(),
            date: source.date.clone(),
        }
    }
}
