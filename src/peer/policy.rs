//! A policy: what some authority requires of each algorithm, cell by cell with its clause.

use std::fmt::{self, Display, Formatter};

use rustc_hash::FxHashMap;
use serde::Deserialize;
use strum::{Display as StrumDisplay, EnumIter};

use crate::ike::{Encr, Integ, Ke, Prf, Protocol, Transform, TransformType};

/// A requirement level, most demanding first.
///
/// An order of its own: sorted as text, MUST- would come next to MUST, and MUST NOT too.
#[derive(
    Clone, Copy, Debug, Deserialize, EnumIter, Eq, Hash, Ord, PartialEq, PartialOrd, StrumDisplay,
)]
pub enum Level {
    /// Must be implemented.
    #[serde(rename = "MUST")]
    #[strum(serialize = "MUST")]
    Must,
    /// Should be, and is expected to become MUST.
    #[serde(rename = "SHOULD+")]
    #[strum(serialize = "SHOULD+")]
    ShouldPlus,
    /// Should be implemented.
    #[serde(rename = "SHOULD")]
    #[strum(serialize = "SHOULD")]
    Should,
    /// May be implemented.
    #[serde(rename = "MAY")]
    #[strum(serialize = "MAY")]
    May,
    /// The registry lists it without a reference for this use.
    #[serde(rename = "unreferenced")]
    #[strum(serialize = "listed without a reference")]
    Unreferenced,
    /// Must be implemented still, and is expected to lose that.
    #[serde(rename = "MUST-")]
    #[strum(serialize = "MUST-")]
    MustMinus,
    /// Should not be implemented.
    #[serde(rename = "SHOULD NOT")]
    #[strum(serialize = "SHOULD NOT")]
    ShouldNot,
    /// In no registry: a private-use or unassigned number.
    #[serde(skip)]
    #[strum(serialize = "unregistered")]
    Unregistered,
    /// Must not be implemented.
    #[serde(rename = "MUST NOT")]
    #[strum(serialize = "MUST NOT")]
    MustNot,
    /// The registry forbids this use.
    #[serde(rename = "not allowed")]
    #[strum(serialize = "not allowed")]
    NotAllowed,
}

/// How a level is stated.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Known {
    /// In a row of a table.
    Table,
    /// In the text around it.
    Text,
    /// Not at all, so the rule for algorithms not mentioned holds.
    Default,
    /// By the IANA registry.
    Registry,
}

/// What is required of one algorithm.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
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

/// The file of a policy.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shape {
    id: String,
    title: String,
    #[serde(rename = "retrieved")]
    _retrieved: String,
    ike: Vec<Cell>,
    #[serde(rename = "key-exchange")]
    key_exchange: Vec<Cell>,
    esp: Vec<Cell>,
}

/// A policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its id, as `--policy` takes it.
    pub id: String,
    /// What it is made of.
    pub title: String,
    cells: FxHashMap<(Protocol, TransformType, u16, u16), Cell>,
}

/// Why a policy cannot be read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Unreadable {
    /// The file has not the shape of a policy; line and column in the JSON.
    Shape(usize, usize),
    /// A name is not in the registry.
    Name(String),
}

impl Display for Unreadable {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape(line, column) => write!(f, "not a policy at line {line}, column {column}"),
            Self::Name(name) => write!(f, "`{name}` is not a name in the IANA registry"),
        }
    }
}

/// Stands for every key length without a cell of its own.
const ANY_KEY: u16 = u16::MAX;

impl Policy {
    /// Reads a policy from JSON.
    pub fn from_json(json: &str) -> Result<Self, Unreadable> {
        let shape: Shape = serde_json::from_str(json)
            .map_err(|error| Unreadable::Shape(error.line(), error.column()))?;
        let mut cells = FxHashMap::default();
        let both = [Protocol::Ike, Protocol::Esp];
        let rows = [
            (&both[..1], shape.ike),
            (&both[1..], shape.esp),
            (&both[..], shape.key_exchange),
        ];
        for (protocols, row) in rows {
            for cell in row {
                let (kind, id) =
                    by_name(&cell.name).ok_or_else(|| Unreadable::Name(cell.name.clone()))?;
                let keys = if cell.keys.is_empty() {
                    &[ANY_KEY][..]
                } else {
                    &cell.keys
                };
                for (protocol, key) in protocols
                    .iter()
                    .flat_map(|p| keys.iter().map(move |k| (*p, *k)))
                {
                    cells.insert((protocol, kind, id, key), cell.clone());
                }
            }
        }
        Ok(Self {
            id: shape.id,
            title: shape.title,
            cells,
        })
    }

    /// What the policy requires of a transform in a protocol; AH is judged like ESP.
    pub fn cell(&self, protocol: Protocol, transform: Transform) -> Option<&Cell> {
        let protocol = match protocol {
            Protocol::Ike => Protocol::Ike,
            Protocol::Ah | Protocol::Esp => Protocol::Esp,
        };
        let kind = if transform.kind.is_key_exchange() {
            TransformType::KE
        } else {
            transform.kind
        };
        let of = |key| self.cells.get(&(protocol, kind, transform.id, key));
        of(transform.key_bits).or_else(|| of(ANY_KEY))
    }
}

/// The transform that the registry calls `name`.
fn by_name(name: &str) -> Option<(TransformType, u16)> {
    if let Ok(id) = name.parse::<Encr>() {
        return Some((TransformType::ENCR, id.number()));
    }
    if let Ok(id) = name.parse::<Prf>() {
        return Some((TransformType::PRF, id.number()));
    }
    if let Ok(id) = name.parse::<Ke>()
        && id != Ke::None
    {
        return Some((TransformType::KE, id.number()));
    }
    let id = name.parse::<Integ>().ok()?;
    Some((TransformType::INTEG, id.number()))
}
