//! The program as a black box: what its binary answers.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::pairs::{Lists, Pair};
use crate::process::run;

fn ikecompat(arguments: &[&str], input: &str) -> Result<String> {
    run(
        Command::new(env!("CARGO_BIN_EXE_ikecompat")).args(arguments),
        input,
    )
}

/// What the program says about a log: an answer, be it that something failed.
pub(crate) fn diagnose(log: &Path) -> Result<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_ikecompat"))
        .args(["diagnose", "--format", "json"])
        .arg(log)
        .output()?;
    ensure!(
        matches!(output.status.code(), Some(0 | 1)),
        "`ikecompat diagnose` ended with {}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The program's predictions, in the order of the pairs.
pub(crate) fn predict(pairs: &[Pair]) -> Result<Vec<Answer>> {
    let mut predicted = vec![Answer::default(); pairs.len()];
    for prefers_own in [true, false] {
        let alike = |pair: &&Pair| pair.responder_prefers_own == prefers_own;
        let asked: Vec<_> = pairs.iter().filter(alike).collect();
        let answers = negotiate(&asked, prefers_own)?;
        let places = predicted
            .iter_mut()
            .zip(pairs)
            .filter(|(_, pair)| alike(pair));
        for ((place, _), answer) in places.zip(answers) {
            *place = answer;
        }
    }
    Ok(predicted)
}

/// One batch: a line for every line.
fn negotiate(pairs: &[&Pair], prefers_own: bool) -> Result<Vec<Answer>> {
    let mut input = String::new();
    for Pair {
        id,
        initiator,
        responder,
        ..
    } in pairs
    {
        let line = json!({ "id": id, "initiator": initiator, "responder": responder });
        input += &format!("{line}\n");
    }
    let prefers_own = if prefers_own { "yes" } else { "no" };
    let arguments = [
        "negotiate",
        "--batch",
        "-",
        "--responder-prefers-own",
        prefers_own,
    ];
    let output = ikecompat(&arguments, &input)?;
    let answers: Vec<Answer> = output
        .lines()
        .map(|line| serde_json::from_str(line).with_context(|| format!("the answer {line}")))
        .collect::<Result<_>>()?;
    ensure!(
        pairs
            .iter()
            .map(|pair| &pair.id)
            .eq(answers.iter().map(|answer| &answer.id)),
        "`ikecompat negotiate --batch` gives {} answers to {} pairs, or others than asked for",
        answers.len(),
        pairs.len()
    );
    Ok(answers)
}

/// A client as the program knows it, in one of its variants.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    /// `id` or `id:variant`.
    pub(crate) id: String,
    /// What it offers in IKE_SA_INIT and for CHILD_SAs; `None` if the program does not know.
    pub(crate) lists: Option<Lists>,
}

/// All clients of the program in all variants.
pub(crate) fn clients() -> Result<Vec<Client>> {
    let list = ikecompat(&["clients", "list", "--format", "json"], "")?;
    let mut clients = Vec::new();
    for id in ids(&serde_json::from_str(&list)?)? {
        let shown = ikecompat(&["clients", "show", &id, "--format", "json"], "")?;
        let shown = serde_json::from_str(&shown)?;
        clients.extend(variants(shown).with_context(|| format!("client `{id}`"))?);
    }
    Ok(clients)
}

/// The identifiers in the output of `clients list`.
fn ids(list: &Value) -> Result<Vec<String>> {
    let clients = list["clients"]
        .as_array()
        .context("`clients list` has no list `clients`")?;
    let id = |client: &Value| Some(client["id"].as_str()?.to_owned());
    clients
        .iter()
        .map(id)
        .collect::<Option<_>>()
        .context("a client without `id`")
}

/// The variants in the output of `clients show`. This is the one place that knows its shape.
fn variants(shown: Value) -> Result<Vec<Client>> {
    #[derive(Deserialize)]
    struct Shown {
        offers: Vec<Offers>,
    }
    #[derive(Deserialize)]
    struct Offers {
        id: String,
        ike_sa_init: Group,
        ike_auth: Group,
    }
    #[derive(Deserialize)]
    struct Group {
        known: bool,
        #[serde(default)]
        proposals: Vec<String>,
    }
    let shown: Shown = serde_json::from_value(shown)?;
    let client = |offers: Offers| {
        let known = offers.ike_sa_init.known && offers.ike_auth.known;
        Client {
            id: offers.id,
            lists: known.then_some(Lists {
                ike: offers.ike_sa_init.proposals,
                esp: offers.ike_auth.proposals,
            }),
        }
    };
    Ok(shown.offers.into_iter().map(client).collect())
}
