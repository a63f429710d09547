//! `ikecompat schema`: what editors want to know about the files people write.

use std::io::Write;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use ikecompat::peer::policy;
use ikecompat::profile::shape;
use ikecompat::read::server_yaml;
use strum::{EnumString, VariantNames};

use super::Exit;

/// Print the JSON Schema of a file format, for editors that complete and check YAML
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// A client profile, a policy or server.yaml
    #[arg(
        value_name = "client|policy|server",
        value_parser = PossibleValuesParser::new(Kind::VARIANTS).try_map(|word| word.parse::<Kind>())
    )]
    kind: Kind,
}

#[derive(Clone, Copy, Debug, EnumString, VariantNames)]
#[strum(serialize_all = "lowercase")]
enum Kind {
    Client,
    Policy,
    Server,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<Exit> {
    let schema = match args.kind {
        Kind::Client => shape::schema(),
        Kind::Policy => policy::schema(),
        Kind::Server => server_yaml::schema(),
    };
    serde_json::to_writer_pretty(&mut *out, &schema)?;
    writeln!(out)?;
    Ok(Exit::Yes)
}
