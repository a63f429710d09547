//! Writing a folder of files: all of them or none.
//!
//! Every file is written under a temporary name first, beside the place where it belongs. Only when
//! all are complete are they given their names; if that fails half-way, those that were in the way
//! get theirs back and the new ones are removed.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use ikecompat::write::plan::folder::PlanFile;

/// A file on its way.
struct Step {
    /// Where it belongs.
    path: PathBuf,
    /// Where it waits.
    new: PathBuf,
    /// Where the file that was there waits, in case of need.
    old: PathBuf,
    /// It has its name.
    placed: bool,
    /// There was a file before.
    replaces: bool,
}

/// Writes the files below `folder`, which is made if need be.
pub(super) fn write(folder: &Path, files: &[PlanFile], force: bool) -> anyhow::Result<()> {
    let mut made = Vec::new();
    let mut steps = Vec::new();
    watch_interruption();
    let written =
        prepare(folder, files, force, &mut made, &mut steps).and_then(|()| place(&mut steps));
    if written.is_err() {
        undo(&steps, &made);
    } else {
        for step in steps.iter().filter(|step| step.replaces) {
            // What was there before is not needed any more.
            fs::remove_file(&step.old).ok();
        }
    }
    written
}

/// Writes everything under temporary names.
fn prepare(
    folder: &Path,
    files: &[PlanFile],
    force: bool,
    made: &mut Vec<PathBuf>,
    steps: &mut Vec<Step>,
) -> anyhow::Result<()> {
    let there: Vec<_> = files
        .iter()
        .map(|file| folder.join(&file.path))
        .filter(|path| path.symlink_metadata().is_ok())
        .collect();
    if let (Some(first), false) = (there.first(), force) {
        let more = match there.len() {
            1 => String::new(),
            count => format!(" and {} more", count - 1),
        };
        anyhow::bail!(
            "`{}`{more} would be overwritten; nothing was written (use --force, or another folder)",
            first.display()
        );
    }
    if let Some(folder) = there.iter().find(|path| path.is_dir()) {
        anyhow::bail!("`{}` is a folder; nothing was written", folder.display());
    }
    let process = std::process::id();
    for file in files {
        unless_interrupted()?;
        let path = folder.join(&file.path);
        let parent = path.parent().unwrap_or(folder);
        // A link below the folder leads to where the user did not ask to write.
        if parent != folder && parent.is_symlink() {
            anyhow::bail!(
                "`{}` is a link to another place; nothing was written",
                parent.display()
            );
        }
        make_folders(parent, made)
            .with_context(|| format!("cannot make `{}`", parent.display()))?;
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let step = Step {
            new: parent.join(format!(".{name}.{process}.new")),
            old: parent.join(format!(".{name}.{process}.old")),
            // What another program put there since it was looked at is not replaced.
            replaces: force && path.symlink_metadata().is_ok(),
            path,
            placed: false,
        };
        let mut open = OpenOptions::new();
        let opened = open.write(true).create_new(true).open(&step.new);
        let written = opened.and_then(|mut out| {
            out.write_all(&file.bytes)?;
            out.sync_all()
        });
        let what = format!("cannot write `{}`", step.path.display());
        steps.push(step);
        written.context(what)?;
    }
    Ok(())
}

/// Makes a folder and those it lies in, and remembers which were not there.
fn make_folders(folder: &Path, made: &mut Vec<PathBuf>) -> io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent() {
        make_folders(parent, made)?;
    }
    fs::create_dir(folder)?;
    made.push(folder.to_owned());
    Ok(())
}

/// Gives every file its name.
fn place(steps: &mut [Step]) -> anyhow::Result<()> {
    for step in steps {
        unless_interrupted()?;
        let cannot = || format!("cannot write `{}`", step.path.display());
        if step.replaces {
            fs::rename(&step.path, &step.old).with_context(cannot)?;
        }
        let renamed = name(step);
        if renamed.is_err() && step.replaces {
            // The old one goes back at once, so that undoing need not tell the two cases apart.
            fs::rename(&step.old, &step.path).ok();
        }
        renamed.with_context(cannot)?;
        step.placed = true;
    }
    Ok(())
}

/// Gives a file its name. One that is new must not take the place of what another program put there
/// meanwhile, which a link refuses and a renaming does not.
fn name(step: &Step) -> io::Result<()> {
    if step.replaces {
        return fs::rename(&step.new, &step.path);
    }
    match fs::hard_link(&step.new, &step.path) {
        Ok(()) => fs::remove_file(&step.new),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // Not every file system has links.
        Err(_) => fs::rename(&step.new, &step.path),
    }
}

/// Set when the user interrupts the program.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Lets an interruption end the writing at the next file, so that nothing half-written stays.
fn watch_interruption() {
    // There may be a handler already, which is as good.
    ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::SeqCst)).ok();
}

/// Fails if the user has interrupted the program.
fn unless_interrupted() -> anyhow::Result<()> {
    anyhow::ensure!(
        !INTERRUPTED.load(Ordering::SeqCst),
        "interrupted; nothing was written"
    );
    Ok(())
}

/// Leaves everything as it was.
fn undo(steps: &[Step], made: &[PathBuf]) {
    for step in steps.iter().rev() {
        // Each of these may be gone already, and there is nobody left to complain to.
        fs::remove_file(&step.new).ok();
        if step.placed {
            fs::remove_file(&step.path).ok();
            if step.replaces {
                fs::rename(&step.old, &step.path).ok();
            }
        }
    }
    for folder in made.iter().rev() {
        fs::remove_dir(folder).ok();
    }
}
