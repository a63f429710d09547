//! `ikecompat explain`: one finding code, algorithm, parameter or message in full.

use std::io::Write;

use ikecompat::diag;
use ikecompat::explain::{self, Article};
use ikecompat::profile::Database;

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
        let _ = writeln!(
            std::io::stderr(),
            "error: nothing is known about `{}`",
            topic.escape_debug()
        );
        let topics = explain::topics(database);
        if let Some(nearest) = diag::nearest(&topic, topics.iter().map(String::as_str)) {
            let _ = writeln!(std::io::stderr(), "  = help: did you mean `{nearest}`?");
        }
        return Ok(Exit::Unanswered);
    }
    for (place, article) in articles.iter().enumerate() {
        if place > 0 {
            writeln!(out)?;
        }
        write(article, out)?;
    }
    Ok(Exit::Yes)
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

fn write(article: &Article, out: &mut impl Write) -> anyhow::Result<()> {
    writeln!(out, "{}", article.title)?;
    let widest = article
        .table
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or(0);
    for (name, value) in &article.table {
        writeln!(out, "  {name:widest$}  {value}")?;
    }
    for paragraph in &article.paragraphs {
        writeln!(out)?;
        for line in wrap(paragraph, 96) {
            writeln!(out, "  {line}")?;
        }
    }
    Ok(())
}

/// Breaks a paragraph at blanks.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
