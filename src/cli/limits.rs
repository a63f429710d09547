//! What a plan has to keep to, and what goes first: options of `recommend`.

use std::path::PathBuf;

use ikecompat::diag::Sources;
use ikecompat::dialect::swan;
use ikecompat::ike::{Transform, TransformType};
use ikecompat::profile::Database;
use ikecompat::profile::fleet::{self, People};
use ikecompat::recommend::{Constraints, Preference};

use super::choice::no_algorithm;
use super::terminal::Terminal;
use super::{Exit, files};

/// Options that limit a plan.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct LimitArgs {
    /// What goes first, where plans differ in more than one thing; docs/ranking.md has the order
    #[arg(long, value_name = "GOAL", value_parser = super::choice::choice::<Preference>())]
    pub(super) prefer: Option<Preference>,

    /// No suite weaker than so many bits
    #[arg(
        long,
        value_name = "BITS",
        default_value_t = 0,
        hide_default_value = true
    )]
    min_bits: u16,

    /// The only groups that may be used, such as `modp2048,ecp256`
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = group)]
    groups: Vec<Transform>,

    /// Algorithms that may not be used, such as `sha1,modp1024`
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = algorithm)]
    forbid: Vec<Algorithm>,

    /// Clients that must keep what they offer; the others may be configured
    #[arg(long, value_name = "LIST")]
    pub(super) must_keep: Option<String>,

    /// Allow what is left out otherwise: `null` is ESP without encryption
    #[arg(long, value_name = "null", value_parser = ["null"])]
    allow: Option<String>,

    /// Give clients that can have ML-KEM an additional post-quantum key exchange in phase 1, the others what they
    /// have without
    #[arg(long)]
    pub(super) post_quantum: bool,

    /// How many people use each client, a YAML file of lines such as `windows-10: 120`
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
}

/// An algorithm by its keyword, and the pseudo-random function of the same name.
#[derive(Clone, Copy, Debug)]
struct Algorithm {
    transform: Transform,
    prf: Option<Transform>,
}

fn algorithm(word: &str) -> Result<Algorithm, String> {
    let transform = swan::keyword(word.trim());
    let transform = transform.ok_or_else(|| no_algorithm(word, None))?;
    let prf = (transform.kind == TransformType::INTEG).then(|| swan::prf_of(transform));
    Ok(Algorithm {
        transform,
        prf: prf.flatten(),
    })
}

fn group(word: &str) -> Result<Transform, String> {
    let known = swan::keyword(word.trim());
    let known = known.filter(|it| it.kind == TransformType::KE && !it.is_none());
    known.ok_or_else(|| no_algorithm(word, Some(TransformType::KE)))
}

impl LimitArgs {
    /// What the plan has to keep to.
    pub(super) fn constraints(&self) -> Constraints {
        let forbidden = self.forbid.iter();
        let forbidden = forbidden.flat_map(|it| [Some(it.transform), it.prf]);
        Constraints {
            min_bits: self.min_bits,
            groups: self.groups.clone(),
            forbidden: forbidden.flatten().collect(),
            null: self.allow.is_some(),
            post_quantum: self.post_quantum,
            ..Constraints::NONE
        }
    }

    /// How many people use each client, if a file says so.
    pub(super) fn people(
        &self,
        database: &Database<'_>,
        sources: &mut Sources,
        terminal: Terminal,
    ) -> anyhow::Result<Result<Option<People>, Exit>> {
        let Some(path) = &self.weights else {
            return Ok(Ok(None));
        };
        let (name, bytes) = files::read(path)?;
        let read = sources
            .add_octets(name, &bytes)
            .and_then(|file| fleet::read(sources, file, database));
        match read {
            Ok(people) => Ok(Ok(Some(people))),
            Err(diagnostics) => {
                terminal.complain(&diagnostics, sources);
                Ok(Err(Exit::Unanswered))
            }
        }
    }
}
