//! A folder with a manifest: its server, asked about with exactly its clients.

use std::path::Path;
use std::sync::Arc;

use ikecompat::answer::manifest::{FILE_NAME, Manifest};
use ikecompat::answer::{Clients, Question};
use ikecompat::diag::Sources;
use ikecompat::peer::Client;
use ikecompat::profile::Database;

use super::asked::{Asked, OpenedFiles, SkipArgs};
use super::files;
use super::servers::ReadArgs;
use super::terminal::Terminal;

/// Whether a path that the user named is a folder with a manifest.
pub(super) fn is_there(path: &Path) -> bool {
    path.is_dir() && path.join(FILE_NAME).is_file()
}

/// Asks about the server of a folder, with the clients of its manifest unless the question names others. `None` if
/// the manifest or a file of a client cannot be used, which has been said.
pub(super) fn ask(
    folder: &Path,
    question: &Question<'_>,
    database: &Database<'_>,
    (read_args, terminal): (&ReadArgs, Terminal),
) -> anyhow::Result<Option<Asked>> {
    let (name, bytes) = files::read(&folder.join(FILE_NAME))?;
    let mut sources = Sources::new();
    let files = read_args.manifest_folder(folder);
    let manifest = match Manifest::read(&mut sources, &name, &bytes) {
        Ok(manifest) => manifest,
        Err(wrong) => {
            terminal.complain(&wrong, &sources);
            return Ok(None);
        }
    };
    let given: Vec<Arc<Client>> = match question.clients {
        Clients::Usual => match manifest.select(database, &files, &mut sources) {
            Ok(selection) => {
                terminal.complain(&selection.diagnostics, &sources);
                selection.shared()
            }
            Err(wrong) => {
                terminal.complain(&wrong, &sources);
                return Ok(None);
            }
        },
        Clients::Selected(_) | Clients::Given(_) => Vec::new(),
    };
    let question = Question {
        clients: match question.clients {
            Clients::Usual => Clients::Given(&given),
            others => others,
        },
        ..*question
    };
    let server = [folder.join(&manifest.server)];
    let read_args = match &manifest.engine {
        Some(engine) => match database.engine_named(engine) {
            Ok(named) => read_args.or_engine(named),
            Err(why) => anyhow::bail!("{name}: `engine`: {why}"),
        },
        None => read_args.clone(),
    };
    let opened = OpenedFiles::open(&server, &read_args, (SkipArgs::default(), terminal))?;
    Ok(opened.ask(&question, database))
}
