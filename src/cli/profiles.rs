//! The client profiles that a run knows: those that come with the program, and the user's own,
//! laid over them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use ikecompat::diag::Sources;
use ikecompat::profile::Database;

use super::Exit;
use super::files;
use super::kind;
use super::terminal::Terminal;

/// A folder with more profiles than this is the wrong folder.
const MAX_PROFILES: usize = 10_000;

/// Where the user's profiles are.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct ProfileArgs {
    /// Lay the client profiles of a folder over the built-in ones
    ///
    /// May be given several times; later folders go before earlier ones. Without it, the folder
    /// `ikecompat/profiles` in the user's configuration directory is used, if there is one.
    #[arg(long = "profiles", value_name = "DIR", global = true)]
    folders: Vec<PathBuf>,
}

impl ProfileArgs {
    /// The database of this run. Errors in the user's profiles go to standard error; what is only
    /// doubtful about them is said by `ikecompat clients lint`.
    pub(super) fn database(
        &self,
        terminal: Terminal,
    ) -> anyhow::Result<Result<Database<'static>, Exit>> {
        let mut database = Database::builtin();
        let folders = if self.folders.is_empty() {
            configured().into_iter().collect()
        } else {
            self.folders.clone()
        };
        for folder in folders {
            let mut sources = Sources::new();
            let texts = match texts(&folder, &mut sources, terminal)? {
                Ok(texts) => texts,
                Err(exit) => return Ok(Err(exit)),
            };
            if let Err(diagnostics) = database.overlay(&mut sources, &texts) {
                terminal.complain(&diagnostics, &sources);
                return Ok(Err(Exit::Unanswered));
            }
        }
        Ok(Ok(database))
    }
}

/// Takes the texts of all profiles of a folder, or of the one that is named. A file that is no
/// text is complained about.
pub(super) fn texts(
    folder: &Path,
    sources: &mut Sources,
    terminal: Terminal,
) -> anyhow::Result<Result<Vec<usize>, Exit>> {
    let mut paths = Vec::new();
    collect(folder, &mut paths)?;
    paths.sort();
    let mut texts = Vec::new();
    let mut unreadable = false;
    for path in paths {
        let (name, bytes) = files::read(&path)?;
        // In a folder, every file of its ending is to be one.
        if folder.is_file()
            && let Some(why) = kind::no_profile(&name, &bytes)
        {
            bail!("{why}");
        }
        match sources.add_octets(name, &bytes) {
            Ok(text) => texts.push(text),
            Err(diagnostics) => {
                terminal.complain(&diagnostics, sources);
                unreadable = true;
            }
        }
    }
    Ok(if unreadable {
        Err(Exit::Unanswered)
    } else {
        Ok(texts)
    })
}

fn collect(path: &Path, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let name = || path.display();
    if path.is_file() {
        found.push(path.to_owned());
        return Ok(());
    }
    let folder = fs::read_dir(path).with_context(|| format!("cannot read `{}`", name()))?;
    for entry in folder {
        let entry = entry.with_context(|| format!("cannot read `{}`", name()))?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        // A link to a folder may lead round in circles, and is not followed.
        if kind.is_dir() {
            collect(&path, found)?;
        } else if path.extension().is_some_and(|ending| ending == "yaml") && path.is_file() {
            found.push(path);
        }
        if found.len() > MAX_PROFILES {
            bail!("`{}` holds more than {MAX_PROFILES} profiles", name());
        }
    }
    Ok(())
}

/// The folder in the user's configuration directory, if there is one.
fn configured() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let directory = variable("XDG_CONFIG_HOME")
        .or_else(|| variable("APPDATA"))
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(variable("HOME")?).join(".config")))?;
    let folder = directory.join("ikecompat").join("profiles");
    folder.is_dir().then_some(folder)
}
