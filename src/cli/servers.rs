//! How the configurations of servers are read.

use std::net::IpAddr;
use std::path::Path;

use ikecompat::answer::ServerText;
use ikecompat::dialect::swan;
use ikecompat::format::Format;
use ikecompat::ike::Transform;
use ikecompat::peer::server::Nat;
use ikecompat::peer::server::Product;
use ikecompat::peer::{Engine, NamedEngine};
use ikecompat::profile::Database;

use super::archive::{self, Unpacked};
use super::choice::{self, choice, no_algorithm};
use super::files::{self, Folder, ManifestFolder};
use super::kind;

/// How configurations are read.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct ReadArgs {
    /// Format of the configurations, or of the files of `--clients ID=FILE` if it is one of
    /// clients; without it their content decides
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
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct ClientPlaceArgs {
    /// Whether clients are behind NAT, whatever the file says; yes where nobody says
    #[arg(long, value_name = "yes|no|unknown", value_parser = choice::<Nat>())]
    pub(super) nat: Option<Nat>,

    /// The address from which clients dial in, where it decides which connection answers
    #[arg(long, value_name = "IP")]
    pub(super) client_address: Option<IpAddr>,

    /// What clients expect the server to be (IDr), where it decides which connection answers
    #[arg(long, value_name = "NAME")]
    pub(super) server_id: Option<String>,
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
    /// How the servers are read where these clients are selected, and what opens the files of the
    /// clients: if there are any, a format of clients is theirs.
    pub(super) fn beside(&self, clients: Option<&str>) -> (Self, Folder) {
        let named = clients.is_some_and(|words| words.contains('='));
        let of_clients = self
            .from
            .filter(|format| named && format.method().is_some());
        let own = Self {
            from: self.from.filter(|_| of_clients.is_none()),
            ..self.clone()
        };
        (own, Folder::none().reading(of_clients))
    }

    /// The engine that the user named.
    pub(super) fn engine(&self) -> Option<Engine> {
        self.engine.as_ref().map(|named| named.engine)
    }

    /// The same with an engine, where the user named none.
    pub(super) fn or_engine(&self, named: NamedEngine) -> Self {
        Self {
            engine: self.engine.clone().or(Some(named)),
            ..self.clone()
        }
    }

    /// The product that the user named by its engine.
    pub(super) fn product(&self) -> Option<Product> {
        self.engine.as_ref()?.product
    }

    /// What has to be said of the engine that the user named.
    pub(super) fn engine_note(&self) -> Option<&str> {
        self.engine.as_ref()?.note.as_deref()
    }

    /// What of a folder its manifest may name.
    pub(super) fn manifest_folder(&self, path: &Path) -> ManifestFolder {
        ManifestFolder::new(path, self.include_anywhere)
    }

    /// Opens a file, or standard input for `-`.
    pub(super) fn open(&self, path: &Path) -> anyhow::Result<OpenedServer> {
        let (name, bytes) = files::read(path)?;
        if self.from.is_none()
            && let Some(why) = kind::no_configuration(&name, &bytes)
        {
            anyhow::bail!("{why}");
        }
        let of_client = self.from.is_some_and(|format| format.method().is_some());
        let (name, bytes, folder) = match archive::unpack(&name, bytes)? {
            Unpacked::Plain(bytes) => (name, bytes, Folder::around(path, self.include_anywhere)),
            Unpacked::Archive(archive) => {
                let (name, bytes) = archive.configuration(of_client)?;
                (name, bytes, Folder::inside(archive))
            }
        };
        Ok(OpenedServer {
            name,
            bytes,
            folder,
            format: self.from,
            engine: self.engine.clone(),
            built_with: self.built_with.clone(),
        })
    }
}

impl OpenedServer {
    /// What stands in it.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

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
    swan::keyword(word.trim()).ok_or_else(|| no_algorithm(word, None))
}

/// An engine on the command line.
pub(super) fn engine(text: &str) -> Result<NamedEngine, String> {
    Database::builtin().engine_named(text)
}
