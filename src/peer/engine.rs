//! The program that negotiates on one side, and how it chooses.

use super::server::Product;
use super::surface::ConfigSurface;
use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use strum::{Display as StrumDisplay, EnumIter, EnumString, VariantNames};

/// A version as products number them: `5.9.8`, `6.0`, `2.7.2`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Version {
    parts: [u16; 4],
}

impl Version {
    /// The version of the given parts; missing ones are 0.
    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        Self {
            parts: [major, minor, patch, 0],
        }
    }

    /// The first number.
    pub const fn major(self) -> u16 {
        self.parts[0]
    }
}

impl FromStr for Version {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = [0; 4];
        for (place, part) in text.split('.').enumerate() {
            *parts.get_mut(place).ok_or(())? = part.parse().map_err(|_| ())?;
        }
        Ok(Self { parts })
    }
}

impl Display for Version {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let [major, minor, patch, build] = self.parts;
        // Windows counts years.
        if major > 2000 && (minor, patch, build) == (0, 0, 0) {
            return write!(f, "{major}");
        }
        write!(f, "{major}.{minor}")?;
        if patch > 0 || build > 0 {
            write!(f, ".{patch}")?;
        }
        if build > 0 {
            write!(f, ".{build}")?;
        }
        Ok(())
    }
}

/// The negotiating program.
#[derive(
    Clone, Copy, Debug, EnumIter, EnumString, Eq, Hash, PartialEq, StrumDisplay, VariantNames,
)]
#[strum(serialize_all = "lowercase")]
pub enum EngineName {
    /// The IKEv2 of Cisco's ASA.
    #[strum(serialize = "cisco-asa")]
    CiscoAsa,
    /// The IKEv2 of Cisco's IOS and IOS XE.
    #[strum(serialize = "cisco-ios")]
    CiscoIos,
    /// The IKE daemon of Fortinet's FortiOS.
    Fortios,
    /// pluto.
    Libreswan,
    /// iked.
    Openiked,
    /// The IKE daemon of MikroTik's RouterOS.
    Routeros,
    /// The Windows Server routing and remote access service.
    Rras,
    /// charon; also inside pfSense, OPNsense and the strongSwan app.
    Strongswan,
}

/// How a program chooses among the proposals of a peer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Selection {
    /// As charon does.
    Charon,
    /// As charon does in nearly all answers that were seen; no source says that it always does.
    LikelyCharon,
    /// As pluto does.
    Pluto,
    /// No source says how.
    Unknown,
}

/// How a program's proposals name an additional key exchange (RFC 9370).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum AdditionalSyntax {
    /// A keyword of the proposal: `ke1_mlkem768`; `ke1_none` makes it optional.
    Keyword,
    /// An option behind the proposal: `;addke1=mlkem768`.
    Option,
    /// Commands or fields of its own, or nothing.
    Other,
}

/// What is known of a program, whatever its version.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EngineRow {
    /// The version that is assumed when none is written: the one whose behaviour was looked at.
    pub(crate) assumed_version: Option<Version>,
    /// Where it is configured unless a file or a product says otherwise.
    pub(crate) surface: ConfigSurface,
    /// The product that runs it by itself; `None` if no plans are made for it.
    pub(crate) product: Option<Product>,
    /// How it chooses.
    pub(crate) selection: Selection,
    /// How it names an additional key exchange.
    pub(crate) additional_syntax: AdditionalSyntax,
    /// Whether its lists stand beside each other and are multiplied, so that no suite can be added by itself.
    pub(crate) multiplies_lists: bool,
    /// Whether a word stands for its default list, which may stand beside others.
    pub(crate) has_default_word: bool,
    /// Whether a setting is known that keeps it from asking for new keys.
    pub(crate) can_stop_rekeying: bool,
    /// Whether entries with a group may stand beside entries without it.
    pub(crate) mixes_pfs: bool,
    /// Whether PFS is a switch beside the lists, on unless it is turned off: without a group in the list, that of the IKE SA
    /// counts.
    pub(crate) has_pfs_switch: bool,
}

/// The command line of a device: one list for each kind of algorithm.
const DEVICE: EngineRow = EngineRow {
    assumed_version: None,
    surface: ConfigSurface::Cisco,
    product: None,
    selection: Selection::Unknown,
    additional_syntax: AdditionalSyntax::Other,
    multiplies_lists: true,
    has_default_word: false,
    can_stop_rekeying: true,
    mixes_pfs: true,
    has_pfs_switch: false,
};

impl EngineName {
    /// The row of the table.
    pub(crate) const fn row(self) -> EngineRow {
        match self {
            Self::CiscoAsa => EngineRow {
                // The release with additional key exchanges.
                assumed_version: Some(Version::new(9, 20, 0)),
                ..DEVICE
            },
            Self::CiscoIos => EngineRow {
                // The line of releases whose default list was seen.
                assumed_version: Some(Version::new(17, 0, 0)),
                ..DEVICE
            },
            Self::Fortios => EngineRow {
                // The reference that was read.
                assumed_version: Some(Version::new(7, 0, 0)),
                surface: ConfigSurface::Fortigate,
                ..DEVICE
            },
            Self::Libreswan => EngineRow {
                // Debian 12 has it.
                assumed_version: Some(Version::new(4, 10, 0)),
                surface: ConfigSurface::Libreswan,
                product: Some(Product::Libreswan),
                selection: Selection::Pluto,
                additional_syntax: AdditionalSyntax::Option,
                multiplies_lists: false,
                mixes_pfs: false,
                has_pfs_switch: true,
                ..DEVICE
            },
            Self::Openiked => EngineRow {
                // The source that was read.
                assumed_version: Some(Version::new(7, 4, 0)),
                surface: ConfigSurface::Iked,
                product: Some(Product::Openiked),
                selection: Selection::LikelyCharon,
                multiplies_lists: false,
                ..DEVICE
            },
            Self::Routeros => EngineRow {
                // What the exports that were seen have alike.
                assumed_version: Some(Version::new(7, 0, 0)),
                surface: ConfigSurface::Mikrotik,
                ..DEVICE
            },
            Self::Rras => EngineRow {
                surface: ConfigSurface::Rras,
                product: Some(Product::Rras),
                multiplies_lists: false,
                can_stop_rekeying: false,
                mixes_pfs: false,
                ..DEVICE
            },
            Self::Strongswan => EngineRow {
                assumed_version: Some(Engine::STRONGSWAN_5_9_8.version),
                surface: ConfigSurface::Swanctl,
                product: Some(Product::Strongswan),
                selection: Selection::Charon,
                additional_syntax: AdditionalSyntax::Keyword,
                multiplies_lists: false,
                has_default_word: true,
                ..DEVICE
            },
        }
    }

    /// The version that is assumed when none is written: the one whose behaviour was looked at.
    pub const fn assumed_version(self) -> Option<Version> {
        self.row().assumed_version
    }
}

/// A negotiating program in one version.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Engine {
    /// The program.
    pub name: EngineName,
    /// Its version.
    pub version: Version,
}

impl Engine {
    /// The strongSwan version whose behaviour was measured pair by pair.
    pub const STRONGSWAN_5_9_8: Self = Self {
        name: EngineName::Strongswan,
        version: Version::new(5, 9, 8),
    };
}

/// An engine as somebody named it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NamedEngine {
    /// The engine that is meant.
    pub engine: Engine,
    /// The product that was named, with the engine inside.
    pub product: Option<Product>,
    /// What has to be said where it is not the one that was written.
    pub note: Option<String>,
}

impl NamedEngine {
    /// An engine that is not the one that was written.
    pub(crate) const fn noted(engine: Engine, note: String) -> Self {
        Self {
            engine,
            product: None,
            note: Some(note),
        }
    }

    /// Reads `strongswan@5.9.8`, without asking what versions and products there are.
    #[cfg(test)]
    pub(crate) fn as_written(text: &str) -> Result<Self, String> {
        let engine: Result<Engine, ()> = text.parse();
        engine
            .map(Self::from)
            .map_err(|()| format!("`{text}` is not an engine with its version"))
    }
}

impl From<Engine> for NamedEngine {
    fn from(engine: Engine) -> Self {
        Self {
            engine,
            product: None,
            note: None,
        }
    }
}

impl Display for Engine {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let [major, minor, patch, build] = self.version.parts;
        match self.name {
            // Its releases have three numbers, 6.1.0 too.
            EngineName::Strongswan if build == 0 => {
                write!(f, "{}@{major}.{minor}.{patch}", self.name)
            }
            name => write!(f, "{name}@{}", self.version),
        }
    }
}

impl FromStr for Engine {
    type Err = ();

    /// Reads `strongswan@5.9.8`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (name, version) = text.split_once('@').ok_or(())?;
        Ok(Self {
            name: name.parse().map_err(|_| ())?,
            version: version.parse()?,
        })
    }
}
