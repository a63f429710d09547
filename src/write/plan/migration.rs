//! The way from a server as it is to a plan: what changes in its file, and in which steps.

use std::io::{self, Write};

use super::folder::PlanFile;
use crate::answer::migration::{Changed, ChangedList, Existing, Migration, Steps};
use crate::write::text::and_list;

/// Writes it for people.
pub(super) fn write(
    existing: &Existing,
    migration: &Migration,
    out: &mut impl Write,
) -> io::Result<()> {
    writeln!(out, "change in {}", existing.name)?;
    if migration.added.is_empty() && migration.removed.is_empty() && migration.beside.is_empty() {
        return writeln!(out, "  nothing: it is as the plan wants it");
    }
    match &migration.files {
        Ok(steps) => {
            for ChangedList {
                line,
                key,
                old,
                new,
            } in &steps.changed
            {
                writeln!(out, "  - {line}: {key} = {old}")?;
                writeln!(out, "  + {line}: {key} = {new}")?;
            }
        }
        Err(why) => {
            writeln!(out, "  {why}")?;
            places(migration, out)?;
        }
    }
    for sentence in &migration.beside {
        writeln!(out, "  {sentence}")?;
    }
    if let Ok(steps) = &migration.files {
        checked(steps, out)?;
    }
    Ok(())
}

/// What comes and what goes, with its places.
fn places(migration: &Migration, out: &mut impl Write) -> io::Result<()> {
    for Changed {
        phase,
        proposal,
        line,
    } in &migration.removed
    {
        match line {
            Some(line) => writeln!(out, "  - phase {phase}, line {line}: {proposal}")?,
            None => writeln!(out, "  - phase {phase}: {proposal}")?,
        }
    }
    for Changed {
        phase, proposal, ..
    } in &migration.added
    {
        writeln!(out, "  + phase {phase}, before the others: {proposal}")?;
    }
    Ok(())
}

/// What the check of the steps says.
fn checked(steps: &Steps, out: &mut impl Write) -> io::Result<()> {
    let said = |ids: &[String], nobody: &str| match ids {
        [] => nobody.to_owned(),
        ids => format!("{} would not connect", and_list(ids)),
    };
    let meanwhile = said(&steps.lost_meanwhile, "whoever connects today still does");
    let end = said(&steps.lost_at_the_end, "all connect");
    writeln!(
        out,
        "  in steps: add what comes and keep the rest ({meanwhile}), change the clients, then remove what goes ({end})"
    )
}

/// The files of the steps, or the places where something changes.
pub(super) fn files(existing: &Existing, migration: &Migration) -> Vec<PlanFile> {
    let mut text = Vec::new();
    // Writing into a vector cannot fail.
    write(existing, migration, &mut text).ok();
    let file = |path: String, purpose: &str, bytes: Vec<u8>| PlanFile {
        path,
        bytes,
        purpose: purpose.to_owned(),
        lost: Vec::new(),
    };
    let mut files = vec![file(
        "server/change.txt".to_owned(),
        "what changes in the server's own file, and in which steps",
        text,
    )];
    if let (Ok(steps), Some(name)) = (&migration.files, file_name(existing)) {
        files.push(file(
            format!("server/step-1-add/{name}"),
            "your file with the new entries before the old ones, everything else as it was",
            steps.both.clone().into_bytes(),
        ));
        files.push(file(
            end_path(&name),
            "the same without the old entries, for when all clients have been changed",
            steps.alone.clone().into_bytes(),
        ));
    }
    files
}

/// The path of the server's own file as it is at the end, if it can be written.
pub(super) fn server_path(existing: &Existing, migration: &Migration) -> Option<String> {
    migration.files.as_ref().ok()?;
    file_name(existing).map(|name| end_path(&name))
}

fn end_path(name: &str) -> String {
    format!("server/step-3-remove/{name}")
}

/// The last part of a path, where it is a word that any system takes.
fn file_name(existing: &Existing) -> Option<String> {
    let name = existing.name.rsplit(['/', '\\']).next()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let is_plain = !name.starts_with('.') && !name.is_empty() && name.chars().all(plain);
    is_plain.then(|| name.to_owned())
}
