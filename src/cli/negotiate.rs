//! `ikecompat negotiate`: two proposal lists against each other.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use ikecompat::compat::exchange::{self, Outcome, Side};
use ikecompat::compat::gap;
use ikecompat::compat::select::Rule;
use ikecompat::compat::tunnel::tunnel;
use ikecompat::dialect::{charon, swan};
use ikecompat::ike::{Proposal, Protocol};
use ikecompat::peer::{Build, Engine, EngineName, Version};
use ikecompat::profile::servers::Defaults;
use ikecompat::profile::{Broken, Database};
use ikecompat::write::text::{self, Sides};

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
    defaults: Option<Defaults>,
    rule: Rule,
    engine: Engine,
}

impl Daemons {
    fn of(args: &Args) -> Result<Self, Broken> {
        let database = Database::builtin();
        Ok(Self {
            build: database.build(args.engine)?,
            defaults: database.defaults(args.engine)?,
            rule: Rule::Charon {
                prefers_own: args.responder_prefers_own,
            },
            engine: args.engine,
        })
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
            if word.trim().eq_ignore_ascii_case("default") {
                let engine = self.engine;
                let defaults = self.defaults.as_ref();
                let defaults =
                    defaults.ok_or_else(|| format!("the default list of {engine} is not known"))?;
                list.extend_from_slice(match protocol {
                    Protocol::Ike => &defaults.ike,
                    Protocol::Ah | Protocol::Esp => &defaults.esp,
                });
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
    let daemons = Daemons::of(args)?;
    if let Some(path) = &args.batch {
        let (mut input, name) = open(path)?;
        batch::run(&mut *input, &name, &daemons, out)?;
        return Ok(Exit::Yes);
    }
    let list = |protocol, text: &Option<String>, option: &str| {
        let text = text.as_deref().unwrap_or_default();
        let words: Vec<&str> = text
            .split(',')
            .filter(|word| !word.trim().is_empty())
            .collect();
        if words.is_empty() {
            bail!("`{option}` names no proposal");
        }
        let loaded = daemons.configure(protocol, &words);
        loaded.map_err(|why| anyhow::anyhow!("`{option}`: {why}"))
    };
    let initiator = list(Protocol::Ike, &args.initiator, "--initiator")?;
    let responder = list(Protocol::Ike, &args.responder, "--responder")?;
    if args.initiator_esp.is_none() {
        let (client, server) = (daemons.side(&initiator, &[]), daemons.side(&responder, &[]));
        let outcome = exchange::ike_sa_init(client, server);
        describe("IKE_SA_INIT", &outcome, client, server, Lists::Ike, out)?;
        return Ok(exit(&[&outcome]));
    }
    let initiator_esp = list(Protocol::Esp, &args.initiator_esp, "--initiator-esp")?;
    let responder_esp = list(Protocol::Esp, &args.responder_esp, "--responder-esp")?;
    let client = daemons.side(&initiator, &initiator_esp);
    let server = daemons.side(&responder, &responder_esp);
    let t = tunnel(client, server);
    let rows = [
        ("IKE_SA_INIT", &t.ike, client, server, Lists::Ike),
        ("IKE_AUTH", &t.esp, client, server, Lists::FirstChild),
        (
            "child rekey by initiator",
            &t.child_rekey_by_client,
            client,
            server,
            Lists::Child,
        ),
        (
            "child rekey by responder",
            &t.child_rekey_by_server,
            server,
            client,
            Lists::Child,
        ),
        (
            "IKE rekey by initiator",
            &t.ike_rekey_by_client,
            client,
            server,
            Lists::Ike,
        ),
        (
            "IKE rekey by responder",
            &t.ike_rekey_by_server,
            server,
            client,
            Lists::Ike,
        ),
    ];
    for (name, outcome, asking, answering, lists) in rows {
        describe(name, outcome, asking, answering, lists, out)?;
    }
    Ok(exit(&rows.map(|row| row.1)))
}

/// Which lists an exchange compares.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Lists {
    Ike,
    FirstChild,
    Child,
}

fn exit(outcomes: &[&Outcome]) -> Exit {
    if outcomes.iter().all(|outcome| outcome.agreement().is_some()) {
        Exit::Yes
    } else {
        Exit::No
    }
}

/// One exchange: its name, what comes out, and why.
fn describe(
    name: &str,
    outcome: &Outcome,
    asking: Side<'_>,
    answering: Side<'_>,
    lists: Lists,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    const INDENT: &str = "                          ";
    let sides = if name.ends_with("by responder") {
        Sides::RESPONDER_INITIATOR
    } else {
        Sides::INITIATOR_RESPONDER
    };
    write!(out, "{name:24}  ")?;
    match outcome {
        Outcome::Agree(agreement) => {
            writeln!(out, "{}", charon::suite(&agreement.selection.suite))?;
            if !agreement.invalid_ke.is_empty() {
                writeln!(
                    out,
                    "{INDENT}after {}",
                    text::invalid_ke(&agreement.invalid_ke)
                )?;
            }
            if !agreement.installed {
                writeln!(
                    out,
                    "{INDENT}but the IPsec backend of this build cannot take it"
                )?;
            }
        }
        Outcome::NoMatch => {
            writeln!(out, "NO_PROPOSAL_CHOSEN")?;
            let (asked, answered) = match lists {
                Lists::Ike => (asking.ike, answering.ike),
                Lists::FirstChild | Lists::Child => (asking.esp, answering.esp),
            };
            let terms = answering.terms(lists != Lists::FirstChild);
            if let Some(nearest) = gap::nearest(asked, answered, terms, |_, _, _| ()) {
                for gap in &nearest.gaps {
                    writeln!(out, "{INDENT}{}", text::gap(gap, sides))?;
                }
                if asked.len() + answered.len() > 2 {
                    let (asked, answered) = (nearest.asked + 1, nearest.answered + 1);
                    writeln!(
                        out,
                        "{INDENT}nearest pair: proposal {asked} against {answered}"
                    )?;
                }
            }
        }
        Outcome::Limit {
            limit, selected, ..
        } => {
            writeln!(out, "fails: {}", text::limit(*limit))?;
            if let Some(suite) = selected {
                writeln!(out, "{INDENT}selected before: {}", charon::suite(suite))?;
            }
        }
        Outcome::NotReached => writeln!(out, "not reached")?,
    }
    Ok(())
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
