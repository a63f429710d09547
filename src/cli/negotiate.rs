//! `ikecompat negotiate`: two proposal lists against each other.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use ikecompat::compat::exchange::Side;
use ikecompat::compat::select::Rule;
use ikecompat::dialect::swan;
use ikecompat::ike::{Proposal, Protocol};
use ikecompat::peer::{Build, Engine, EngineName, Version};

use super::{Exit, batch};

/// Negotiate two proposal lists, one pair or thousands
///
/// Both sides are strongSwan daemons: the responder chooses by its own order, the initiator sends
/// the proposals with its KE payload's group first. Exit status: 0 the peers agree (a batch: every
/// line was answered), 1 they do not, 2 the question could not be read.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// IKE proposals of the initiator, comma-separated strongSwan keywords
    #[arg(long, value_name = "PROPOSALS", required_unless_present = "batch")]
    initiator: Option<String>,

    /// IKE proposals of the responder
    #[arg(long, value_name = "PROPOSALS", required_unless_present = "batch")]
    responder: Option<String>,

    /// ESP proposals of the initiator
    #[arg(long, value_name = "PROPOSALS", requires = "responder_esp")]
    initiator_esp: Option<String>,

    /// ESP proposals of the responder
    #[arg(long, value_name = "PROPOSALS", requires = "initiator_esp")]
    responder_esp: Option<String>,

    /// Answer JSON lines from a file, or from standard input for `-`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["initiator", "responder", "initiator_esp", "responder_esp"])]
    batch: Option<PathBuf>,

    /// Program and version of both sides
    #[arg(long, value_name = "NAME@VERSION", default_value = "strongswan@5.9.8", value_parser = engine)]
    engine: Engine,

    /// Whether an answering side walks its own list first (charon.prefer_configured_proposals)
    #[arg(long, value_name = "yes|no", default_value = "yes", value_parser = yes_or_no, action = clap::ArgAction::Set)]
    responder_prefers_own: bool,
}

fn engine(text: &str) -> Result<Engine, String> {
    let engine: Engine = text
        .parse()
        .map_err(|()| "expected a name and a version, such as `strongswan@5.9.8`".to_owned())?;
    if engine.name == EngineName::Strongswan {
        Ok(engine)
    } else {
        Err("only `strongswan` is modelled on both sides".to_owned())
    }
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("expected `yes` or `no`".to_owned()),
    }
}

/// Two daemons of one build and configuration.
pub(super) struct Daemons {
    build: Build,
    rule: Rule,
    engine: Engine,
}

impl Daemons {
    fn of(args: &Args) -> Self {
        Self {
            build: Build::unlimited(),
            rule: Rule::Charon {
                prefers_own: args.responder_prefers_own,
            },
            engine: args.engine,
        }
    }

    /// Loads a list as the daemon does: one bad proposal discards it.
    pub(super) fn configure(
        &self,
        protocol: Protocol,
        words: &[impl AsRef<str>],
    ) -> Result<Vec<Proposal>, String> {
        let generation = swan::Generation::of_major(self.engine.version.major());
        let mut list = Vec::new();
        for word in words {
            let word = word.as_ref();
            if word.eq_ignore_ascii_case("default") {
                continue;
            }
            if let Some(unknown) = generation.first_unknown(word) {
                return Err(format!("algorithm '{}' not recognized", &word[unknown]));
            }
            list.push(swan::parse(protocol, word).map_err(|why| why.to_string())?);
        }
        Ok(list)
    }

    /// One side with these lists.
    pub(super) fn side<'a>(&'a self, ike: &'a [Proposal], esp: &'a [Proposal]) -> Side<'a> {
        Side {
            ike,
            esp,
            build: &self.build,
            rule: self.rule,
            with_private: false,
            with_additional_ke: self.engine.version >= Version::new(6, 0, 0),
        }
    }
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<Exit> {
    let daemons = Daemons::of(args);
    if let Some(path) = &args.batch {
        let (mut input, name) = open(path)?;
        batch::run(&mut *input, &name, &daemons, out)?;
        return Ok(Exit::Yes);
    }
    bail!("single form")
}

/// Opens a file, or standard input for `-`.
fn open(path: &Path) -> anyhow::Result<(Box<dyn BufRead>, String)> {
    if path.as_os_str() == "-" {
        return Ok((Box::new(io::stdin().lock()), "<stdin>".to_owned()));
    }
    let name = path.display().to_string();
    let file = File::open(path).with_context(|| format!("cannot open `{name}`"))?;
    Ok((Box::new(BufReader::with_capacity(1 << 16, file)), name))
}
