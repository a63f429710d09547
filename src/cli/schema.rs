//! `ikecompat schema`: the JSON Schemas of files that people write and of documents that programs read.

use std::io::Write;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use ikecompat::peer::policy;
use ikecompat::profile::shape;
use ikecompat::read::server_yaml;
use ikecompat::write::json::{Schema, identified};
use ikecompat::write::{database, plan, report};

use super::Exit;

/// Print the JSON Schema of a file that people write, or of the JSON that a command prints
///
/// `client`, `policy` and `server` are for editors that complete and check YAML; the others say what
/// `--format json` prints. Without a name, all are listed.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Which; without it, all are listed
    #[arg(
        value_name = "NAME",
        value_parser = PossibleValuesParser::new(ALL.iter().map(|one| one.name)).map(|word| named(&word.to_lowercase()))
    )]
    schema: Option<&'static Published>,
}

/// A schema that is printed.
#[derive(Debug)]
struct Published {
    name: &'static str,
    make: fn() -> Schema,
}

const fn row(name: &'static str, make: fn() -> Schema) -> Published {
    Published { name, make }
}

/// The version of the files that people write.
const OF_FILES: u8 = 1;

/// All of them, by name.
const ALL: &[Published] = &[
    row("change", report::change::schema),
    row("check", report::json::schema),
    row("client", || identified(shape::schema(), "client", OF_FILES)),
    row("clients-compare", database::json::compare_schema),
    row("clients-diff", database::diff::schema),
    row("clients-list", database::json::list_schema),
    row("clients-show", database::json::show_schema),
    row("clients-unknown", database::json::unknown_schema),
    row("diagnose", report::diagnose::schema),
    #[cfg(feature = "live")]
    row("enumeration", report::enumeration::schema),
    row("lint", report::lint::schema),
    #[cfg(feature = "live")]
    row("listen", report::listen::json::schema),
    row("negotiate", report::negotiation::schema),
    row("policy", || {
        identified(policy::schema(), "policy", OF_FILES)
    }),
    #[cfg(feature = "live")]
    row("probe", report::probe::schema),
    #[cfg(feature = "live")]
    row("proof", report::proof::schema),
    row("recommend", plan::json::schema),
    row("server", || {
        identified(server_yaml::schema(), "server", OF_FILES)
    }),
    row("upgrade", report::upgrade::schema),
];

fn named(name: &str) -> &'static Published {
    let found = ALL.iter().find(|one| one.name == name);
    found.unwrap_or(&ALL[0]) // clap lets through no other name
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<Exit> {
    let Some(published) = args.schema else {
        for one in ALL {
            let schema = (one.make)();
            let title = schema.get("title").and_then(|title| title.as_str());
            writeln!(out, "{:16}  {}", one.name, title.unwrap_or_default())?;
        }
        return Ok(Exit::Yes);
    };
    serde_json::to_writer_pretty(&mut *out, &(published.make)())?;
    writeln!(out)?;
    Ok(Exit::Yes)
}
