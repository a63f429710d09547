//! A policy: what some authority requires of each algorithm, cell by cell with its clause, and how
//! strong the algorithms are.
//!
//! What follows for a suite is [`crate::compat::rank`]'s business.

pub mod level;

use std::fmt::{self, Display, Formatter};

use rustc_hash::FxHashMap;
use schemars::JsonSchema;
use serde::Deserialize;

pub use level::{Known, Level, Measure};

use crate::ike::{Encr, Integ, Ke, Prf, Protocol, Transform, TransformType};

/// What is required of one algorithm.
#[derive(Clone, Debug, Deserialize, JsonSchema, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// Name in the IANA registry.
    pub name: String,
    /// Key lengths it holds for; empty for all.
    #[serde(default)]
    pub keys: Vec<u16>,
    /// The level.
    pub level: Level,
    /// How it is stated.
    pub known: Known,
    /// The level is lower than in the text's predecessor, which is the only reason to print MAY.
    #[serde(default)]
    pub downgraded: bool,
    /// Where it is stated.
    pub clause: String,
    /// What else there is to say.
    pub note: Option<String>,
}

/// How strong an algorithm is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Strength {
    /// In bits.
    pub bits: u16,
    /// How that is known.
    pub measure: Measure,
}

/// Algorithms of one strength.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct StrengthShape<'a> {
    /// As many as the key length where it is absent.
    bits: Option<u16>,
    by: Measure,
    #[serde(borrow)]
    names: Vec<&'a str>,
}

/// The file of a policy.
#[derive(Deserialize, JsonSchema)]
#[schemars(title = "Policy of ikecompat")]
#[serde(deny_unknown_fields)]
struct Shape<'a> {
    id: String,
    title: String,
    #[serde(rename = "retrieved")]
    _retrieved: &'a str,
    ike: Vec<Cell>,
    #[serde(rename = "key-exchange")]
    key_exchange: Vec<Cell>,
    esp: Vec<Cell>,
    ah: Vec<Cell>,
    #[serde(borrow)]
    strength: Vec<StrengthShape<'a>>,
}

/// The JSON Schema of a policy, for editors.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Shape<'static>)
}

/// Protocol, transform type, number, key length.
type CellKey = (Protocol, TransformType, u16, u16);

/// A policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its id, as `--policy` takes it.
    pub id: String,
    /// What it is made of.
    pub title: String,
    cells: Vec<Cell>,
    /// Places in `cells`.
    places: FxHashMap<CellKey, usize>,
    strengths: FxHashMap<(TransformType, u16), (Option<u16>, Measure)>,
}

/// Why a policy cannot be read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Unreadable {
    /// The file has not the shape of a policy; line and column in the JSON.
    Shape(usize, usize),
    /// A name is not in the registry.
    Name(String),
    /// A name has two cells for one protocol and key length, or two strengths.
    Twice(String),
}

impl Display for Unreadable {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape(line, column) => write!(f, "not a policy at line {line}, column {column}"),
            Self::Name(name) => write!(f, "`{name}` is not a name in the IANA registry"),
            Self::Twice(name) => write!(f, "`{name}` is decided twice"),
        }
    }
}

/// Stands for every key length without a cell of its own.
const ANY_KEY: u16 = u16::MAX;

/// Why the cells of groups hold outside IKE.
const INFERENCE: &str = "by inference, since RFC 8221 has no table of groups";

impl Policy {
    /// Reads a policy from JSON.
    pub fn from_json(json: &str) -> Result<Self, Unreadable> {
        let shape: Shape = serde_json::from_str(json)
            .map_err(|error| Unreadable::Shape(error.line(), error.column()))?;
        let mut policy = Self {
            id: shape.id,
            title: shape.title,
            cells: Vec::new(),
            places: FxHashMap::default(),
            strengths: FxHashMap::default(),
        };
        let rows = [
            (Protocol::Ike, shape.ike),
            (Protocol::Esp, shape.esp),
            (Protocol::Ah, shape.ah),
        ];
        for (protocol, row) in rows {
            for cell in row {
                policy.add(protocol, cell)?;
            }
        }
        for cell in shape.key_exchange {
            let note = match &cell.note {
                Some(note) => format!("{note}; {INFERENCE}"),
                None => INFERENCE.to_owned(),
            };
            let inferred = Cell {
                known: Known::Inference,
                note: Some(note),
                ..cell.clone()
            };
            policy.add(Protocol::Ike, cell)?;
            policy.add(Protocol::Esp, inferred)?;
        }
        for row in shape.strength {
            for name in row.names {
                let key = by_name(name).ok_or_else(|| Unreadable::Name(name.to_owned()))?;
                if policy.strengths.insert(key, (row.bits, row.by)).is_some() {
                    return Err(Unreadable::Twice(name.to_owned()));
                }
            }
        }
        Ok(policy)
    }

    fn add(&mut self, protocol: Protocol, cell: Cell) -> Result<(), Unreadable> {
        let (kind, id) = by_name(&cell.name).ok_or_else(|| Unreadable::Name(cell.name.clone()))?;
        let keys = if cell.keys.is_empty() {
            &[ANY_KEY][..]
        } else {
            &cell.keys
        };
        for key in keys {
            let key = (protocol, kind, id, *key);
            if self.places.insert(key, self.cells.len()).is_some() {
                return Err(Unreadable::Twice(cell.name));
            }
        }
        self.cells.push(cell);
        Ok(())
    }

    /// What the policy requires of a transform in a protocol; where it says nothing particular
    /// about AH, what it requires in ESP.
    pub fn cell(&self, protocol: Protocol, transform: Transform) -> Option<&Cell> {
        let (kind, id) = identity(transform);
        let place = |protocol, key| self.places.get(&(protocol, kind, id, key));
        let of = |protocol, key| place(protocol, key).map(|place| &self.cells[*place]);
        let either = |protocol| of(protocol, transform.key_bits).or_else(|| of(protocol, ANY_KEY));
        match protocol {
            Protocol::Ike | Protocol::Esp => either(protocol),
            Protocol::Ah => either(Protocol::Ah).or_else(|| either(Protocol::Esp)),
        }
    }

    /// How strong a transform is; `None` for a number without a name, for NONE, and for the size of
    /// sequence numbers.
    pub fn strength(&self, transform: Transform) -> Option<Strength> {
        let (bits, measure) = *self.strengths.get(&identity(transform))?;
        Some(Strength {
            bits: bits.unwrap_or(transform.key_bits),
            measure,
        })
    }
}

/// Type and number under which a transform is looked up: additional key exchanges use the numbers
/// of the first one.
fn identity(transform: Transform) -> (TransformType, u16) {
    let kind = if transform.kind.is_key_exchange() {
        TransformType::KE
    } else {
        transform.kind
    };
    (kind, transform.id)
}

/// The transform that the registry calls `name`; NONE is the name of no algorithm.
fn by_name(name: &str) -> Option<(TransformType, u16)> {
    let (kind, id) = match name.split_once('_').map(|(family, _)| family) {
        Some("ENCR") => (TransformType::ENCR, name.parse::<Encr>().ok()?.number()),
        Some("PRF") => (TransformType::PRF, name.parse::<Prf>().ok()?.number()),
        Some("AUTH") => (TransformType::INTEG, name.parse::<Integ>().ok()?.number()),
        _ => (TransformType::KE, name.parse::<Ke>().ok()?.number()),
    };
    (id != 0).then_some((kind, id))
}

#[cfg(test)]
mod tests {
    use super::{Policy, Unreadable};

    fn read(ike: &str, strength: &str) -> Result<(), Unreadable> {
        let json = format!(
            r#"{{"id": "p", "title": "P", "retrieved": "2026", "key-exchange": [], "esp": [],
                "ah": [], "ike": [{ike}], "strength": [{strength}]}}"#
        );
        Policy::from_json(&json).map(|_| ())
    }

    fn cell(name: &str, rest: &str) -> String {
        format!(r#"{{"name": "{name}", "known": "table", "clause": "x", {rest}}}"#)
    }

    #[test]
    fn refuses_what_it_cannot_mean() {
        let name = |name: &str| Err(Unreadable::Name(name.to_owned()));
        let twice = |name: &str| Err(Unreadable::Twice(name.to_owned()));
        let must = r#""level": "MUST""#;
        let aes = cell("ENCR_AES_CBC", must);
        assert_eq!(read(&aes, ""), Ok(()));
        assert_eq!(read(&cell("ENCR_AES", must), ""), name("ENCR_AES"));
        assert_eq!(read(&cell("NONE", must), ""), name("NONE"));
        assert_eq!(read(&format!("{aes}, {aes}"), ""), twice("ENCR_AES_CBC"));
        let row = r#"{"bits": 80, "by": "table", "names": ["ENCR_DES", "ENCR_DES"]}"#;
        assert_eq!(read(&aes, row), twice("ENCR_DES"));
        for bad in [
            r#""level": "must""#,
            r#""level": "unregistered""#,
            r#""level": "MUST", "leve": "MUST""#,
        ] {
            let refused = read(&cell("ENCR_AES_CBC", bad), "");
            assert!(matches!(refused, Err(Unreadable::Shape(..))), "{bad}");
        }
    }
}
