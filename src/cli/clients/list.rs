//! `ikecompat clients list`: what there is, grouped by vendor.

use std::io::Write;

use ikecompat::diag::nearest;
use ikecompat::peer::Grade;
use ikecompat::profile::{Database, Profile};
use ikecompat::write;

use super::super::choice::choice;
use super::super::terminal::{Terminal, say};
use super::{Exit, Format, grid};

#[derive(clap::Args, Debug)]
pub(super) struct ListArgs {
    /// Only those whose id, vendor, name or alias contains each of these words
    #[arg(value_name = "WORD")]
    words: Vec<String>,

    /// Only what people dial with, or only what stands in a rack
    #[arg(long, value_name = "client|gateway", value_parser = ["client", "gateway"])]
    role: Option<String>,

    /// Only where the first message is known on this evidence or better
    #[arg(
        long,
        value_name = "GRADE",
        value_parser = choice::<Grade>()
    )]
    evidence: Option<Grade>,

    /// What is not known instead, of whom, and the one capture or log that would tell
    #[arg(long)]
    unknown: bool,

    /// Output format
    #[arg(
        long,
        default_value = "table",
        value_name = "FORMAT",
        value_parser = choice::<Format>()
    )]
    format: Format,
}

impl ListArgs {
    /// Ids of the profiles that the words mean where none has them: `iphone`, `Galaxy S24`.
    fn meant(&self, database: &Database<'_>, profiles: &[Profile]) -> Vec<String> {
        if profiles.iter().any(|profile| self.has_words(profile)) {
            return Vec::new();
        }
        let selected = database.select(&self.words.join(" ")).unwrap_or_default();
        selected.into_iter().map(|one| one.profile).collect()
    }

    fn has_words(&self, profile: &Profile) -> bool {
        let file = &profile.file;
        let names = [&profile.id, &file.vendor, &file.name, &file.product];
        let aliases = file.variants.values().flat_map(|variant| &variant.aliases);
        let names: Vec<String> = names
            .into_iter()
            .chain(&file.aliases)
            .chain(aliases)
            .map(|name| name.to_lowercase())
            .collect();
        let has = |word: &String| {
            let word = word.to_lowercase();
            names.iter().any(|name| name.contains(&word))
        };
        self.words.iter().all(has)
    }

    fn wants(&self, profile: &Profile, meant: &[String]) -> bool {
        let file = &profile.file;
        (self.has_words(profile) || meant.contains(&profile.id))
            && self
                .role
                .as_ref()
                .is_none_or(|role| role.eq_ignore_ascii_case(&file.role.to_string()))
            && self
                .evidence
                .is_none_or(|least| profile.evidence().is_some_and(|grade| grade <= least))
    }
}

pub(super) fn run(
    args: &ListArgs,
    database: &Database<'_>,
    terminal: Terminal,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let mut profiles = database.profiles().collect::<Result<Vec<_>, _>>()?;
    let meant = args.meant(database, &profiles);
    profiles.retain(|profile| args.wants(profile, &meant));
    if profiles.is_empty() && args.format == Format::Table {
        let commands = ["compare", "diff", "lint", "list", "show", "site"];
        let near = args.words.first().and_then(|word| nearest(word, commands));
        if let Some(near) = near {
            say(&format!(
                "error: no client matches; did you mean `ikecompat clients {near}`?"
            ));
            return Ok(Exit::Unanswered);
        }
        say("no client matches; `ikecompat clients list` names them all");
        return Ok(Exit::Yes);
    }
    if args.unknown {
        let holes = write::database::holes::unknown(&profiles)?;
        let frame = write::database::frames::unknown(&holes);
        match args.format {
            Format::Json => {
                terminal.frame(&frame);
                write::database::json::unknown(frame, &holes, out)?;
            }
            format => grid(&holes, &frame, format, terminal, out)?,
        }
        return Ok(Exit::Yes);
    }
    match args.format {
        Format::Json => {
            terminal.frame(&write::database::frames::list(&profiles));
            write::database::json::list(&profiles, database, out)?;
        }
        Format::Table => {
            let width = terminal.table_style().width;
            let mut text = Vec::new();
            write::database::clients::grouped(&profiles, database, width, &mut text)?;
            terminal.show(&text, out)?;
        }
        format => {
            let table = write::database::clients::list(&profiles);
            let frame = write::database::frames::list(&profiles);
            grid(&table, &frame, format, terminal, out)?;
        }
    }
    Ok(Exit::Yes)
}
