//! A policy: what some authority requires of each algorithm, cell by cell with its clause, and how
//! strong the algorithms are.
//!
//! What follows for a suite is [`crate::compat::rank`]'s business.

pub(crate) mod level;

use std::fmt::{self, Display, Formatter};

use rustc_hash::FxHashMap;
use schemars::JsonSchema;
use serde::Deserialize;

pub use level::{Known, Level, Mark, Measure};

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
    /// How well that text was read.
    #[serde(default)]
    pub mark: Mark,
    /// Where it is stated.
    pub clause: String,
    /// What else there is to say.
    pub note: Option<String>,
}

/// What holds for algorithms without a cell.
#[derive(Clone, Debug, Deserialize, JsonSchema, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Otherwise {
    /// The level.
    pub level: Level,
    /// How well that text was read.
    #[serde(default)]
    pub mark: Mark,
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
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Strengths {
    /// As many as the key length where it is absent.
    pub bits: Option<u16>,
    /// How that is known.
    pub by: Measure,
    /// Names in the IANA registry.
    pub names: Vec<String>,
}

/// The file of a policy.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(title = "Policy of ikecompat")]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct PolicyFile {
    /// What outputs call it.
    pub id: String,
    /// What it is made of.
    pub title: String,
    /// When the texts were read.
    #[expect(dead_code, reason = "for who reads the file")]
    pub retrieved: Option<String>,
    /// Whether a plan has to stay within it, even if no plan is left.
    #[serde(default = "yes")]
    pub binding: bool,
    /// What holds for algorithms that it does not name; without it, they are unregistered.
    pub otherwise: Option<Otherwise>,
    /// Encryption, integrity and pseudo-random functions of IKE.
    #[serde(default)]
    pub ike: Vec<Cell>,
    /// Groups and other key exchanges of IKE.
    #[serde(default)]
    pub key_exchange: Vec<Cell>,
    /// Where it says that those hold for ESP too; without it, they hold there by inference, and
    /// the ranking leaves them out.
    pub key_exchange_in_esp: Option<String>,
    /// Whether the group of ESP has to be that of the IKE SA.
    #[serde(default)]
    pub esp_group_of_ike: bool,
    /// A key exchange that every suite of IKE has to contain as an additional one, behind a classical first one.
    pub required_key_exchange: Option<String>,
    /// Encryption and integrity of ESP.
    #[serde(default)]
    pub esp: Vec<Cell>,
    /// What AH has different from ESP.
    #[serde(default)]
    pub ah: Vec<Cell>,
    /// Strengths; without it, those of `rfc8247`.
    #[serde(default)]
    pub strength: Vec<Strengths>,
}

const fn yes() -> bool {
    true
}

/// The JSON Schema of a policy, for editors.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(PolicyFile)
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
    /// Whether a plan has to stay within it, even if no plan is left.
    pub binding: bool,
    /// Whether it ranks the groups of ESP.
    pub groups_in_esp: bool,
    /// Whether the group of ESP has to be that of the IKE SA.
    pub esp_group_of_ike: bool,
    /// Number of the key exchange without which, behind a classical first one, no suite of IKE is in
    /// the set.
    pub required_key_exchange: Option<u16>,
    /// What holds for algorithms without a cell.
    pub otherwise: Option<Otherwise>,
    cells: Vec<Cell>,
    /// What the cells are for, in the order of the file.
    order: Vec<(CellKey, usize)>,
    /// Places in `cells`.
    places: FxHashMap<CellKey, usize>,
    strengths: FxHashMap<(TransformType, u16), (Option<u16>, Measure)>,
}

/// Why a policy cannot be read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Unreadable {
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
    pub(crate) fn from_json(json: &str) -> Result<Self, Unreadable> {
        let file: PolicyFile = serde_json::from_str(json)
            .map_err(|error| Unreadable::Shape(error.line(), error.column()))?;
        Self::new(file)
    }

    /// Makes a policy of its file.
    pub(crate) fn new(file: PolicyFile) -> Result<Self, Unreadable> {
        let required = file.required_key_exchange.as_ref().map(|name| {
            let known = by_name(name).filter(|(kind, _)| *kind == TransformType::KE);
            known.ok_or_else(|| Unreadable::Name(name.clone()))
        });
        let mut policy = Self {
            required_key_exchange: required.transpose()?.map(|(_, id)| id),
            id: file.id,
            title: file.title,
            binding: file.binding,
            groups_in_esp: file.key_exchange_in_esp.is_some(),
            esp_group_of_ike: file.esp_group_of_ike,
            otherwise: file.otherwise,
            cells: Vec::new(),
            order: Vec::new(),
            places: FxHashMap::default(),
            strengths: FxHashMap::default(),
        };
        let rows = [
            (Protocol::Ike, file.ike),
            (Protocol::Esp, file.esp),
            (Protocol::Ah, file.ah),
        ];
        for (protocol, row) in rows {
            for cell in row {
                policy.add(protocol, cell)?;
            }
        }
        for cell in file.key_exchange {
            let in_esp = match &file.key_exchange_in_esp {
                Some(clause) => Cell {
                    clause: clause.clone(),
                    ..cell.clone()
                },
                None => Cell {
                    known: Known::Inference,
                    note: Some(match &cell.note {
                        Some(note) => format!("{note}; {INFERENCE}"),
                        None => INFERENCE.to_owned(),
                    }),
                    ..cell.clone()
                },
            };
            policy.add(Protocol::Ike, cell)?;
            policy.add(Protocol::Esp, in_esp)?;
        }
        for row in file.strength {
            for name in row.names {
                let key = by_name(&name).ok_or_else(|| Unreadable::Name(name.clone()))?;
                if policy.strengths.insert(key, (row.bits, row.by)).is_some() {
                    return Err(Unreadable::Twice(name));
                }
            }
        }
        Ok(policy)
    }

    /// Takes the strengths of another policy if it has none of its own.
    #[must_use]
    pub(crate) fn with_strengths_of(mut self, other: &Self) -> Self {
        if self.strengths.is_empty() {
            self.strengths.clone_from(&other.strengths);
        }
        self
    }

    /// Whether it has strengths of its own.
    pub fn has_strengths(&self) -> bool {
        !self.strengths.is_empty()
    }

    /// Whether nothing but what it names is allowed.
    pub(crate) fn is_closed(&self) -> bool {
        let level = self.otherwise.as_ref().map(|otherwise| otherwise.level);
        level == Some(Level::NotInSet)
    }

    /// The transforms that it names in a protocol, by their type, in the order of the file; a key
    /// length of 0 where it names none.
    pub(crate) fn named(
        &self,
        protocol: Protocol,
        kind: TransformType,
    ) -> impl Iterator<Item = (Transform, &Cell)> {
        let of = move |(key, _): &&(CellKey, usize)| (key.0, key.1) == (protocol, kind);
        self.order.iter().filter(of).map(|(key, place)| {
            let transform = Transform {
                kind: key.1,
                id: key.2,
                key_bits: if key.3 == ANY_KEY { 0 } else { key.3 },
            };
            (transform, &self.cells[*place])
        })
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
            self.order.push((key, self.cells.len()));
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

/// Whether the registry knows the number, and the cipher a key of the length; a cipher whose length
/// is fixed is sent with and without it.
pub(crate) fn is_registered(transform: Transform) -> bool {
    match transform.kind {
        TransformType::ENCR => Encr::from_repr(transform.id).is_some_and(|encr| {
            let lengths = encr.key_lengths();
            lengths.is_empty() || lengths.contains(&transform.key_bits)
        }),
        TransformType::PRF => Prf::from_repr(transform.id).is_some(),
        TransformType::INTEG => Integ::from_repr(transform.id).is_some(),
        kind if kind.is_key_exchange() => Ke::from_repr(transform.id).is_some(),
        _ => false,
    }
}

/// The transform that the registry calls `name`; NONE is the name of no algorithm.
pub(crate) fn by_name(name: &str) -> Option<(TransformType, u16)> {
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
