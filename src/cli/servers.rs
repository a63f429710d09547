//! How the configurations of servers are read.

use std::net::IpAddr;
use std::path::Path;

use ikecompat::answer::ServerText;
use ikecompat::dialect::swan;
use ikecompat::format::Format;
use ikecompat::ike::Transform;
use ikecompat::peer::server::Nat;
use ikecompat::peer::{Engine, NamedEngine};
use ikecompat::profile::Database;

use super::choice::{self, choice};
use super::files::{self, Folder, ManifestFolder};

/// How configurations are read.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct ReadArgs {
    /// Format of the configurations; without it their content decides
    #[arg(
        long,
        value_name = "FORMAT",
        value_parser = choice::file_format(Format::all_read())
    )]
    from: Option<Format>,

    /// The negotiating program and its version, such as `strongswan@6.0.2`, or a product that has
    /// one inside, such as `opnsense@26.7.4`, whatever the file says
    #[arg(long, value_name = "NAME@VERSION", value_parser = engine)]
    engine: Option<NamedEngine>,

    /// Algorithms that the build of the daemon has although its version lacks them, such as
    /// `modp1024` in a libreswan of `USE_DH2=true`
    #[arg(long, value_name = "ALGORITHMS", value_delimiter = ',', value_parser = algorithm)]
    built_with: Vec<Transform>,

    /// Follow `include` out of the folder of the file that is named
    #[arg(long)]
    include_anywhere: bool,
}

/// Where clients dial in from.
#[derive(clap::Args, Clone, Copy, Debug, Default)]
pub(crate) struct ClientPlaceArgs {
    /// Whether clients are behind NAT, whatever the file says; yes where nobody says
    #[arg(long, value_name = "yes|no|unknown", value_parser = choice::<Nat>())]
    pub(super) nat: Option<Nat>,

    /// The address from which clients dial in, where it decides which connection answers
    #[arg(long, value_name = "IP")]
    pub(super) client_address: Option<IpAddr>,
}

/// A file that was opened, with what it may include.
pub(super) struct OpenedServer {
    name: String,
    bytes: Vec<u8>,
    folder: Folder,
    format: Option<Format>,
    engine: Option<NamedEngine>,
    built_with: Vec<Transform>,
}

impl ReadArgs {
    /// The engine that the user named.
    pub(super) fn engine(&self) -> Option<Engine> {
        self.engine.as_ref().map(|named| named.engine)
    }

    /// Opens a file, or standard input for `-`.
    pub(super) fn open(&self, path: &Path) -> anyhow::Result<OpenedServer> {
        let (name, bytes) = files::read(path)?;
        Ok(self.opened(path, name, bytes))
    }

    /// What of a folder its manifest may name.
    pub(super) fn manifest_folder(&self, path: &Path) -> ManifestFolder {
        ManifestFolder::new(path, self.include_anywhere)
    }

    /// A file whose content was read already.
    pub(super) fn opened(&self, path: &Path, name: String, bytes: Vec<u8>) -> OpenedServer {
        OpenedServer {
            name,
            bytes,
            folder: Folder::around(path, self.include_anywhere),
            format: self.from,
            engine: self.engine.clone(),
            built_with: self.built_with.clone(),
        }
    }
}

impl OpenedServer {
    /// Its name, as it is shown.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The text, and how it is to be read.
    pub(super) fn text(&self) -> ServerText<'_> {
        ServerText {
            name: &self.name,
            bytes: &self.bytes,
            format: self.format,
            engine: self.engine.as_ref().map(|named| named.engine),
            engine_note: self.engine.as_ref().and_then(|named| named.note.as_deref()),
            built_with: &self.built_with,
            files: &self.folder,
        }
    }
}

/// An algorithm on the command line.
fn algorithm(word: &str) -> Result<Transform, String> {
    swan::keyword(word).ok_or_else(|| format!("`{word}` is no algorithm, as `modp1024` is"))
}

/// An engine on the command line.
pub(super) fn engine(text: &str) -> Result<NamedEngine, String> {
    Database::builtin().engine_named(text)
}
