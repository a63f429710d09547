//! `ikecompat explain`: one finding code, algorithm, parameter or message in full.

use std::io::Write;

use ikecompat::answer::text::wrap;
use ikecompat::diag::any_of;
use ikecompat::explain::{self, Article};
use ikecompat::profile::{Database, Unselectable};

use super::Exit;
use super::terminal::Terminal;

/// Explain a finding, an algorithm by any of its names, a PowerShell parameter, a message, a server
///
/// Examples: no-common-key-exchange, modp1024, aes128gcm16, "group 14", -CipherTransformConstants,
/// "Failed to process IKE Auth packet", 13868, opnsense.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// What to explain
    #[arg(allow_hyphen_values = true, required = true, value_name = "TOPIC")]
    topic: Vec<String>,

    /// Policy that is quoted: an id, or a file of your own (`*.yaml`)
    #[arg(long, value_name = "ID|FILE", default_value = "rfc8247")]
    policy: String,
}

/// Longer lines of prose are hard to follow.
const READABLE: u16 = 100;

pub(super) fn run(
    args: &Args,
    database: &Database<'_>,
    terminal: Terminal,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let (words, policy) = split(&args.topic);
    let policy = super::policy(database, policy.unwrap_or(&args.policy), terminal)?;
    let topic = words.join(" ");
    let articles = explain::explain(&topic, database, &policy)?;
    if articles.is_empty() {
        if let Some(said) = as_client(&topic, database) {
            let _ = writeln!(std::io::stderr(), "{said}");
            return Ok(Exit::Unanswered);
        }
        let _ = writeln!(
            std::io::stderr(),
            "error: nothing is known about `{}`",
            topic.escape_debug()
        );
        let near = explain::nearest(&topic, database);
        if !near.is_empty() {
            let near = any_of(near.iter().map(String::as_str));
            let _ = writeln!(std::io::stderr(), "  = help: did you mean {near}?");
        }
        return Ok(Exit::Unanswered);
    }
    let width = terminal.table_style().width.min(READABLE);
    for (place, article) in articles.iter().enumerate() {
        if place > 0 {
            writeln!(out)?;
        }
        let mut text = Vec::new();
        write(article, width, &mut text)?;
        terminal.show(&text, out)?;
    }
    Ok(Exit::Yes)
}

/// What there is to say of a topic that names a client, or what is known to be none.
fn as_client(topic: &str, database: &Database<'_>) -> Option<String> {
    let name = topic.escape_debug();
    match database.select(topic) {
        Ok(selected) => {
            // A glob is no name, and `all` is no client.
            let first = selected.first().filter(|_| selected.len() <= 2)?;
            Some(format!(
                "error: `{name}` is a client, not a word of reports\n  = help: `ikecompat clients show {}` says what it offers",
                first.profile
            ))
        }
        Err(wrong) => {
            let why = wrong.first()?;
            let is_known = !matches!(
                why,
                Unselectable::Unknown { .. } | Unselectable::Malformed { .. }
            );
            is_known.then(|| {
                let help = why
                    .help()
                    .map_or_else(String::new, |help| format!("\n  = help: {help}"));
                format!("error: {}{help}", why.to_string().escape_debug())
            })
        }
    }
}

/// The words of the topic, and the policy if it is named after them: a topic may begin with a
/// hyphen, so the command line is read as a part of it.
fn split(words: &[String]) -> (&[String], Option<&str>) {
    match words {
        [topic @ .., option, policy] if option == "--policy" && !topic.is_empty() => {
            (topic, Some(policy))
        }
        [topic @ .., last] if !topic.is_empty() => match last.strip_prefix("--policy=") {
            Some(policy) => (topic, Some(policy)),
            None => (words, None),
        },
        _ => (words, None),
    }
}

fn write(article: &Article, width: u16, out: &mut impl Write) -> anyhow::Result<()> {
    writeln!(out, "{}", wrap(&article.title, width, "", 2))?;
    let widest = article
        .table
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or(0);
    for (name, value) in &article.table {
        let lead = format!("  {name:widest$}  ");
        writeln!(out, "{}", wrap(value, width, &lead, widest + 4))?;
    }
    for paragraph in &article.paragraphs {
        // An example is a text of several lines, which stay as they are.
        let mut lines = paragraph.lines();
        let first = lines.next().unwrap_or_default();
        writeln!(out, "\n{}", wrap(first, width, "  ", 2))?;
        for line in lines {
            writeln!(out, "  {line}")?;
        }
    }
    Ok(())
}
