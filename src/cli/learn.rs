//! `ikecompat learn`: a client profile from what a real client offered.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use ikecompat::diag::{Sources, shell_word};
use ikecompat::diagnose::learn::{Learned, Learner};
use ikecompat::diagnose::stream::Unreadable;
use ikecompat::peer::Client;
use ikecompat::profile::Database;
use ikecompat::write::database::learned;

use super::Exit;
use super::terminal::{Terminal, say};
use super::{files, selection};

/// Make a client profile from what a real client offered
///
/// Reads a capture, a charon or pluto log with its proposal lines, or the text of `tcpdump -nvv`,
/// packed by gzip or not. The profile goes to standard output; which known client it equals, or in
/// what it differs, to standard error.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Log or capture, or `-` for standard input
    #[arg(value_name = "LOG|PCAP")]
    file: PathBuf,

    /// The client with this number, of several in the file
    #[arg(long, value_name = "NUMBER")]
    attempt: Option<usize>,

    /// The client with this address, of several in the file
    #[arg(long, value_name = "ADDRESS")]
    peer: Option<String>,

    /// Id of the profile, which is to be the name of its file
    #[arg(long, value_name = "ID", default_value = "learned")]
    id: String,

    /// What the client is called in lists
    #[arg(long, value_name = "NAME", default_value = "unnamed IKEv2 client")]
    name: String,
}

pub(super) fn run(
    args: &Args,
    database: &Database<'_>,
    terminal: Terminal,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let mut learner = Learner::default();
    let name = files::name(&args.file);
    let stream = files::open_stream(&args.file);
    let stream = match stream {
        Err(Unreadable::Other(why)) => anyhow::bail!("{why}"),
        Err(Unreadable::Io(error)) => {
            return Err(files::CannotOpen::new(&args.file, error).into());
        }
        other => other.with_context(|| files::cannot_open(&args.file))?,
    };
    let take = &mut |event: &_| learner.take(event);
    let fed = stream.feed(take, &mut |_| {});
    let fed = fed.with_context(|| format!("cannot read `{name}`"))?;
    for warning in &fed.warnings {
        say(&format!("warning: {name}: {warning}"));
    }
    if learner.dropped > 0 {
        say("warning: more attempts than 1000; the later ones were not looked at");
    }
    let clients = learner.finish();
    let Some(learned) = choose(args, &name, &clients)? else {
        return Ok(Exit::Unanswered);
    };
    let Some(known) = selection::every_client(database, terminal) else {
        return Ok(Exit::Unanswered);
    };
    write(args, learned, &known, fed.start, (database, terminal), out)
}

/// The client that was asked for; complains if that is none or several.
fn choose<'l>(
    args: &Args,
    name: &str,
    clients: &'l [Learned],
) -> anyhow::Result<Option<&'l Learned>> {
    let numbered = || {
        clients
            .iter()
            .enumerate()
            .map(|(place, it)| (place + 1, it))
    };
    let wanted = |(number, client): &(usize, &Learned)| {
        let attempt = args.attempt.is_none_or(|wanted| wanted == *number);
        let peer = args
            .peer
            .as_deref()
            .is_none_or(|p| client.peer.as_deref() == Some(p));
        attempt && peer
    };
    let found: Vec<_> = numbered().filter(wanted).collect();
    match found.as_slice() {
        [(_, client)] => return Ok(Some(client)),
        [] if clients.is_empty() => anyhow::bail!(
            "`{name}` shows no offer of a client: no IKE_SA_INIT request of IKEv2, and no \
             `received proposals` line"
        ),
        [] => say(&format!("error: `{name}` shows no such client; it shows")),
        several => say(&format!(
            "error: `{name}` shows {} clients; choose one by --attempt or --peer",
            several.len()
        )),
    }
    for (number, client) in numbered() {
        let peer = client.peer.as_deref().unwrap_or("without address");
        let lists = [("IKE", &client.ike), ("ESP", &client.esp)];
        let lists: Vec<_> = lists
            .iter()
            .filter_map(|(protocol, seen)| {
                let count = seen.as_ref()?.proposals.len();
                let plural = if count == 1 { "" } else { "s" };
                Some(format!("{count} {protocol} proposal{plural}"))
            })
            .collect();
        say(&format!(
            "  --attempt {number}  {peer}, {}",
            lists.join(", ")
        ));
    }
    Ok(None)
}

fn write(
    args: &Args,
    learned: &Learned,
    known: &[Client],
    start: Option<Duration>,
    (database, terminal): (&Database<'_>, Terminal),
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let file = args.file.file_name().map(|it| it.to_string_lossy());
    let file = file.filter(|it| it != "-");
    let time = start.map(|start| start.saturating_add(learned.time.unwrap_or_default()));
    let date = time.and_then(date);
    let origin = learned::Origin {
        file: file.as_deref().unwrap_or("standard-input"),
        date: date.as_deref(),
        name: &args.name,
        version: env!("CARGO_PKG_VERSION"),
        listened: None,
    };
    let comparison = learned::comparison(learned, known);
    let profile = profile(
        learned,
        &comparison,
        &origin,
        (&args.id, terminal),
        database,
    )?;
    let Some(profile) = profile else {
        return Ok(Exit::Unanswered);
    };
    comparison.iter().for_each(|sentence| say(sentence));
    let id = shell_word(&args.id);
    terminal.next(&format!(
        "keep it as `{id}.yaml`; `ikecompat check SERVER --profiles . --clients {id}` says whether it connects"
    ));
    out.write_all(&profile)?;
    Ok(Exit::Yes)
}

/// The profile of what was learned. `None` where the lint would refuse it, such as for its id, which
/// has been said.
pub(super) fn profile(
    learned: &Learned,
    comparison: &[String],
    origin: &learned::Origin<'_>,
    (id, terminal): (&str, Terminal),
    database: &Database<'_>,
) -> anyhow::Result<Option<Vec<u8>>> {
    let mut profile = Vec::new();
    learned::write(learned, comparison, origin, &mut profile)?;
    let mut sources = Sources::new();
    let of_file = format!("{id}.yaml");
    let complaints = match sources.add_octets(&of_file, &profile) {
        Ok(file) => database.lint(&mut sources, &[file]),
        Err(complaints) => complaints,
    };
    if !ikecompat::profile::lint::usable(&complaints) {
        terminal.complain(&complaints, &sources);
        return Ok(None);
    }
    Ok(Some(profile))
}

/// The day of a time since 1970, as `YYYY-MM-DD`; nothing beyond the year 9999.
pub(super) fn date(since_1970: Duration) -> Option<String> {
    const LAST: u64 = 253_402_300_799;
    let seconds = Some(since_1970.as_secs()).filter(|seconds| *seconds <= LAST)?;
    let mut days = seconds / 86_400;
    let mut year = 1970;
    let leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    loop {
        let length = if leap(year) { 366 } else { 365 };
        if days < length {
            break;
        }
        days -= length;
        year += 1;
    }
    let february = if leap(year) { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    Some(format!("{year:04}-{month:02}-{:02}", days + 1))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::date;

    #[test]
    fn days_are_counted_over_leap_years() {
        for (seconds, expected) in [
            (0, "1970-01-01"),
            (951_782_399, "2000-02-28"),
            (951_782_400, "2000-02-29"),
            (1_709_251_200, "2024-03-01"),
            (1_767_225_599, "2025-12-31"),
        ] {
            assert_eq!(
                date(Duration::from_secs(seconds)).as_deref(),
                Some(expected)
            );
        }
        assert_eq!(
            date(Duration::from_secs(253_402_300_799)).as_deref(),
            Some("9999-12-31")
        );
        assert_eq!(date(Duration::MAX), None);
    }
}
