//! Reading the configurations of servers, with the files that they include.

use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use ikecompat::compat::client::{Assumed, Situation};
use ikecompat::diag::{Diagnostic, Sources};
use ikecompat::ike::Protocol;
use ikecompat::peer::{Engine, Server};
use ikecompat::profile::{self, Database};
use ikecompat::read::context::{NotOpened, Opened};
use ikecompat::read::{self, Files, Format, ReadContext, Reading};
use strum::VariantNames as _;

use super::files;

/// More files than this are not included by one file.
const MAX_INCLUDED: usize = 10_000;

/// How configurations are read.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct ReadArgs {
    /// Format of the configurations; without it their content decides
    #[arg(
        long,
        value_name = "FORMAT",
        value_parser = PossibleValuesParser::new(Format::VARIANTS).try_map(|word| word.parse::<Format>())
    )]
    from: Option<Format>,

    /// The negotiating program and its version, such as `strongswan@6.0.2`, whatever the file says
    #[arg(long, value_name = "NAME@VERSION", value_parser = engine)]
    engine: Option<Engine>,

    /// Follow `include` out of the folder of the file that is named
    #[arg(long)]
    include_anywhere: bool,
}

impl ReadArgs {
    /// The format that the user named, or the one that the text shows.
    pub(super) fn format(&self, bytes: &[u8]) -> Option<Format> {
        self.from.or_else(|| {
            let mut sources = Sources::new();
            let file = read::add(&mut sources, "", bytes).ok()?;
            Format::of(&sources.text(file))
        })
    }

    /// Reads the configuration of a server; `path` is the one the user named. An `engine` that is
    /// given goes before that of the command line.
    pub(super) fn server(
        &self,
        path: &Path,
        (name, bytes): (&str, &[u8]),
        engine: Option<Engine>,
        sources: &mut Sources,
        database: &Database<'_>,
    ) -> Result<Reading<Server>, Vec<Diagnostic>> {
        let file = read::add(sources, name, bytes)?;
        let format = self.from.or_else(|| Format::of(&sources.text(file)));
        let defaults = |engine: Engine, protocol: Protocol| {
            let lists = database.defaults(engine).ok().flatten()?;
            Some(match protocol {
                Protocol::Ike => lists.ike,
                Protocol::Ah => lists.ah(),
                Protocol::Esp => lists.esp_unset,
            })
        };
        let folder = Folder::context(path, self.include_anywhere);
        let context = ReadContext {
            files: &folder,
            defaults: &defaults,
            engine: engine.or(self.engine),
        };
        read::server(
            sources,
            file,
            format.unwrap_or(Format::ServerYaml),
            &context,
        )
    }
}

/// An engine on the command line.
pub(super) fn engine(text: &str) -> Result<Engine, String> {
    let expected = "expected a name and a version, such as `strongswan@6.0.2`";
    text.parse::<Engine>().map_err(|()| expected.to_owned())
}

/// What decides besides the lists of the server and of its clients.
pub(super) fn situation(
    server: &Server,
    database: &Database<'_>,
) -> Result<Situation, profile::Broken> {
    let defaults = database.defaults(server.engine)?;
    let assumed = defaults.map(|lists| Assumed {
        grade: lists.grade,
        proposals: [lists.ike, lists.esp, lists.esp_unset].concat(),
    });
    let build = database.build(server.engine)?;
    Ok(Situation::of(server, build).assuming(assumed))
}

/// The folder of the file that the user named, out of which no include leads.
struct Folder {
    /// `None` for standard input.
    root: Option<PathBuf>,
    anywhere: bool,
}

impl Folder {
    fn context(path: &Path, anywhere: bool) -> Self {
        let named = path.as_os_str() != "-";
        let parent = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty());
        let root = parent.unwrap_or(Path::new(".")).canonicalize().ok();
        Self {
            root: root.filter(|_| named),
            anywhere,
        }
    }
}

impl Files for Folder {
    fn open(&self, from: &str, pattern: &str) -> Result<Vec<Opened>, NotOpened> {
        let root = self.root.as_ref().ok_or(NotOpened::Nowhere)?;
        let failed = |why: &dyn std::fmt::Display| NotOpened::Failed(why.to_string());
        let base = Path::new(from).parent().unwrap_or(Path::new(""));
        let is_glob = pattern.contains(['*', '?', '[']);
        let paths: Vec<PathBuf> = if is_glob {
            let base = glob::Pattern::escape(&base.to_string_lossy());
            let pattern = Path::new(&base).join(pattern);
            let found = glob::glob(&pattern.to_string_lossy()).map_err(|error| failed(&error))?;
            let files = found.filter_map(Result::ok).filter(|path| path.is_file());
            files.take(MAX_INCLUDED).collect()
        } else {
            vec![base.join(pattern)]
        };
        let mut opened = Vec::new();
        for path in paths {
            let real = path.canonicalize().map_err(|error| failed(&error))?;
            if !self.anywhere && !real.starts_with(root) {
                return Err(NotOpened::Outside);
            }
            let (name, bytes) = files::read(&path).map_err(|error| failed(&error.root_cause()))?;
            opened.push(Opened { name, bytes });
        }
        Ok(opened)
    }
}
