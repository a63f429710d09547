//! What a reader may ask for beside the text: other files, and what products do by default.

use crate::format::Format;
use crate::ike::{Proposal, Protocol};
use crate::peer::server::IkeVersions;
use crate::peer::{Engine, NamedEngine};

/// Why a file that another one names could not be had.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum NotOpened {
    /// It lies outside of the folder of the file that was named on the command line.
    Outside,
    /// The operating system refused, in its words.
    Failed(String),
    /// There are no folders around: the text came from standard input.
    Nowhere,
}

/// A file that another one names.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Opened {
    /// Its name as it is shown to the user.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Opens files for readers, which never do it themselves.
pub trait Files: Sync {
    /// The files that `pattern`, a path that may hold `*`, `?` and `[…]`, names from the folder of
    /// the file `from`, in the order of their names. A pattern without a match is an empty list;
    /// a plain path without a file is [`NotOpened::Failed`].
    fn open(&self, from: &str, pattern: &str) -> Result<Vec<Opened>, NotOpened>;

    /// The file that the user named, wherever it lies.
    fn named(&self, path: &str) -> Result<Opened, NotOpened>;

    /// The format that the user said such a file has; without it its content decides.
    fn format_of_named(&self) -> Option<Format> {
        None
    }
}

/// Nothing can be opened.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFiles;

impl Files for NoFiles {
    fn open(&self, _from: &str, _pattern: &str) -> Result<Vec<Opened>, NotOpened> {
        Err(NotOpened::Nowhere)
    }

    fn named(&self, _path: &str) -> Result<Opened, NotOpened> {
        Err(NotOpened::Nowhere)
    }
}

/// What surrounds a text.
#[derive(Clone, Copy)]
pub struct ReadContext<'a> {
    /// Other files.
    pub files: &'a dyn Files,
    /// The lists that an engine uses when none are configured; `None` if that is not known. For
    /// ESP it is the list of a missing key.
    pub defaults: &'a dyn Fn(Engine, Protocol) -> Option<Vec<Proposal>>,
    /// The engine that a word such as `strongswan@6.0` or `opnsense@26.7.4` names, or why it names
    /// none; the engine as it is written where nobody knows versions and products.
    pub engines: &'a dyn Fn(&str) -> Result<NamedEngine, String>,
    /// The versions of IKE that a connection takes in a file of the engine's own that does not say
    /// it.
    pub unwritten_versions: &'a dyn Fn(Engine) -> IkeVersions,
    /// The engine that the user named, before which that of the file yields.
    pub engine: Option<Engine>,
}
