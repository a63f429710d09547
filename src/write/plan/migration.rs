//! The way from a server as it is to a plan: what changes in its file, and in which steps.

use std::io::{self, Write};

use super::folder::PlanFile;
use crate::answer::migration::{Changed, ChangedSetting, Existing, Migration, Steps};
use crate::write::text::and_list;

/// Writes it for people.
pub(super) fn write(
    existing: &Existing,
    migration: &Migration,
    told: &[&str],
    out: &mut impl Write,
) -> io::Result<()> {
    writeln!(out, "change in {}", existing.name)?;
    let changes = migration.files.as_ref().map(|steps| &steps.changed);
    let is_nothing = migration.added.is_empty() && migration.removed.is_empty();
    if is_nothing && migration.beside.is_empty() && changes.is_ok_and(Vec::is_empty) {
        return writeln!(out, "  nothing: it is as the plan wants it");
    }
    match &migration.files {
        Ok(steps) => {
            for ChangedSetting {
                line,
                setting,
                old,
                new,
            } in &steps.changed
            {
                writeln!(out, "  - line {line}, {setting}: {old}")?;
                writeln!(out, "  + line {line}, {setting}: {new}")?;
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
    match &migration.files {
        Ok(steps) if !steps.changed.is_empty() => checked(steps, told, out),
        _ => Ok(()),
    }
}

/// What comes and what goes, with its places.
fn places(migration: &Migration, out: &mut impl Write) -> io::Result<()> {
    for Changed {
        setting,
        proposal,
        line,
        ..
    } in &migration.removed
    {
        match line {
            Some(line) => writeln!(out, "  - line {line}, {setting}: {proposal}")?,
            None => writeln!(out, "  - {setting}: {proposal}")?,
        }
    }
    for Changed {
        setting, proposal, ..
    } in &migration.added
    {
        writeln!(out, "  + {setting}, before the others: {proposal}")?;
    }
    Ok(())
}

/// The steps, and what the check of each says.
fn checked(steps: &Steps, told: &[&str], out: &mut impl Write) -> io::Result<()> {
    let said = |ids: &[String], nobody: &str| match ids {
        [] => nobody.to_owned(),
        ids => format!("{} would not connect or lose the tunnel", and_list(ids)),
    };
    let mut meanwhile = said(&steps.lost_meanwhile, "whoever connects today still does");
    if let [_, ..] = &steps.rekeying_fails_meanwhile[..] {
        let whose = and_list(&steps.rekeying_fails_meanwhile);
        meanwhile.push_str("; a rekeying fails for ");
        meanwhile.push_str(&whose);
        meanwhile.push_str(", and the tunnel is kept");
    }
    let end = said(&steps.lost_at_the_end, "all connect");
    writeln!(out, "  in steps, each of them tried on the changed file:")?;
    writeln!(
        out,
        "    1. add what comes, before what is there ({meanwhile})"
    )?;
    let clients = match told {
        [] => "no client has to be changed".to_owned(),
        told => format!("change {}", and_list(told)),
    };
    writeln!(out, "    2. {clients}")?;
    writeln!(out, "    3. remove what goes ({end})")
}

/// The files of the steps, or the places where something changes.
pub(super) fn files(existing: &Existing, migration: &Migration, told: &[&str]) -> Vec<PlanFile> {
    let mut text = Vec::new();
    // Writing into a vector cannot fail.
    write(existing, migration, told, &mut text).ok();
    let file = |path: String, purpose: String, bytes: &str| PlanFile {
        path,
        bytes: bytes.as_bytes().to_vec(),
        purpose,
        lost: Vec::new(),
    };
    let text = String::from_utf8_lossy(&text);
    let mut files = vec![file(
        "server/change.txt".to_owned(),
        "what changes in the server's own file, and in which steps".to_owned(),
        &text,
    )];
    let (Ok(steps), Some(name)) = (&migration.files, file_name(existing)) else {
        return files;
    };
    if steps.changed.is_empty() {
        return files;
    }
    let (first, last) = (first_path(&name), end_path(&name));
    match &steps.patches {
        Some([both, alone]) => {
            let purpose = |path: &str| {
                format!(
                    "`patch {name} {path}.patch` makes this step of a backup of today, which is restored then"
                )
            };
            files.push(file(format!("{first}.patch"), purpose(&first), both));
            files.push(file(
                format!("{last}.patch"),
                format!(
                    "{}; after step 1, when all clients have been changed",
                    purpose(&last)
                ),
                alone,
            ));
        }
        None => {
            let whole = "your file with the new entries before the old ones, everything else as it was, secrets too";
            files.push(file(first, whole.to_owned(), &steps.both));
            let end = "the same without the old entries, for when all clients have been changed";
            files.push(file(last, end.to_owned(), &steps.alone));
        }
    }
    files
}

/// The path of the server's own file as it is at the end, if it can be written.
pub(super) fn server_path(existing: &Existing, migration: &Migration) -> Option<String> {
    let steps = migration.files.as_ref().ok()?;
    if steps.changed.is_empty() || steps.patches.is_some() {
        return None;
    }
    file_name(existing).map(|name| end_path(&name))
}

fn first_path(name: &str) -> String {
    format!("server/step-1-add/{name}")
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
