//! Configurations that stand inside of other files: here-documents of shell scripts, block scalars
//! of YAML (cloud-init, ConfigMaps), fenced blocks of Markdown.

mod here_document;

use std::ops::Range;

use here_document::here_documents;

use super::ReadCode;
use crate::diag::{Diagnostic, Excerpt, Place, Severity, Sources, Span, and_list};
use crate::format::{End, Format};

/// More pieces than this are not looked at.
const MOST_PIECES: usize = 200;

/// Pieces that a message names.
const NAMED: usize = 5;

/// A piece that was chosen.
pub(crate) struct Chosen {
    /// The number of its text.
    pub(crate) file: usize,
    /// Its format.
    pub(crate) format: Format,
    /// What there is to say about it.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// A piece of a text that is a configuration.
struct Piece {
    excerpt: Excerpt,
    format: Format,
    /// Where it begins.
    start: usize,
    /// The file that a script writes it to.
    target: Option<String>,
    /// Names of variables whose values do not stand in the script.
    unset: Vec<String>,
}

/// Whether a text holds configurations of others instead of being one.
pub(crate) fn is_container(text: &str) -> bool {
    !pieces(text).is_empty()
}

/// The format of the first configuration in a text: of a server if there is one.
pub(super) fn first(text: &str) -> Option<Format> {
    let (of_clients, of_servers): (Vec<_>, Vec<_>) =
        pieces(text).into_iter().partition(configures_client);
    let first = of_servers.first().or(of_clients.first());
    first.map(|piece| piece.format)
}

/// Whom a configuration is looked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Wanted {
    /// A client, which may be a daemon.
    Client,
    /// A server.
    Server,
    /// A server, or a client if there is none.
    Either,
}

/// The piece that a file is about, of this format if one is asked for; `None` if the file itself is
/// the configuration.
///
/// Fails if there are several, or only those of clients where a server is looked for.
pub(crate) fn choose(
    sources: &mut Sources,
    file: usize,
    asked: Option<Format>,
    wanted: Wanted,
) -> Result<Option<Chosen>, Vec<Diagnostic>> {
    let text = sources.text(file);
    let (of_clients, of_servers): (Vec<_>, Vec<_>) = pieces(&text)
        .into_iter()
        .filter(|piece| asked.is_none_or(|asked| piece.format == asked))
        .partition(configures_client);
    if of_clients.is_empty() && of_servers.is_empty() {
        return Ok(None);
    }
    let pieces = match wanted {
        // A daemon that dials in has a file like that of a server.
        Wanted::Client if of_clients.is_empty() => of_servers,
        Wanted::Client => of_clients,
        Wanted::Either if of_servers.is_empty() => of_clients,
        Wanted::Either | Wanted::Server => of_servers,
    };
    let mut pieces = pieces.into_iter();
    let Some(first) = pieces.next() else {
        return Err(vec![of_clients_only(file)]);
    };
    let others: Vec<_> = pieces.collect();
    if !others.is_empty() {
        return Err(vec![several(sources, file, &first, &others)]);
    }
    let Piece {
        excerpt,
        format,
        start,
        unset,
        ..
    } = first;
    let file_of_piece = sources.add_excerpt(file, excerpt);
    let mut diagnostics = Vec::new();
    if !unset.is_empty() {
        let names: Vec<_> = unset.iter().map(|name| format!("`${name}`")).collect();
        let message = format!(
            "the values of {} do not stand in the script: what they are in is read as it is written",
            and_list(&names)
        );
        let place = Place::Position(Span::new(file, start..start));
        let (severity, code) = (Severity::Warning, ReadCode::UnresolvedValue);
        diagnostics.push(Diagnostic::new(severity, code, place, message));
    }
    Ok(Some(Chosen {
        file: file_of_piece,
        format,
        diagnostics,
    }))
}

/// Whether a piece configures a client, not a server.
fn configures_client(piece: &Piece) -> bool {
    let lower = || piece.excerpt.text().to_ascii_lowercase();
    matches!(piece.format.row().end, End::Client(_))
        && !(piece.format == Format::Powershell && lower().contains("set-vpnserver"))
}

fn of_clients_only(file: usize) -> Diagnostic {
    let message = "the file holds configurations of clients only";
    Diagnostic::error(ReadCode::NotAServer, Place::File(file), message)
        .help("give it to a client: `--clients ID=FILE`")
}

fn several(sources: &Sources, file: usize, first: &Piece, others: &[Piece]) -> Diagnostic {
    let place = |piece: &Piece| Span::new(file, piece.start..piece.start);
    let named = |piece: &Piece| {
        let line = sources.start(&place(piece)).line;
        format!("line {line} ({})", piece.format)
    };
    let all = std::iter::once(first).chain(others);
    let names: Vec<_> = all.take(NAMED).map(named).collect();
    let count = others.len() + 1;
    let message = format!(
        "the file holds {count} configurations: {}",
        and_list(&names)
    );
    Diagnostic::error(
        ReadCode::SeveralConnections,
        Place::Position(place(first)),
        message,
    )
    .help("choose one by `--from FORMAT`, or give one of them in a file of its own")
}

/// The pieces of a text that are configurations.
fn pieces(text: &str) -> Vec<Piece> {
    let start = text.trim_start();
    if start.starts_with(['<', '{', '[']) {
        return Vec::new();
    }
    let has = |mark: &str| memchr::memmem::find(text.as_bytes(), mark.as_bytes()).is_some();
    let here = has("<<") || has("echo ");
    let [fence, scalar] = [has("```") || has("~~~"), has(": |")];
    if !(here || fence || scalar) {
        return Vec::new();
    }
    let lines = lines(text);
    let kinds = [
        (
            here,
            here_documents as fn(&str, &[Range<usize>]) -> Vec<Piece>,
        ),
        (fence, fenced),
        (scalar, block_scalars),
    ];
    let mut found = kinds.into_iter().filter(|(has, _)| *has);
    let found = found.find_map(|(_, of)| Some(of(text, &lines)).filter(|it| !it.is_empty()));
    found.unwrap_or_default()
}

/// Where each line stands, without its end.
fn lines(text: &str) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.trim_end_matches(['\n', '\r']).len();
        lines.push(start..end);
        start += line.len();
    }
    lines
}

/// Adds the lines `range` to an excerpt, each without its first `indent` octets.
fn push_lines(
    excerpt: &mut Excerpt,
    text: &str,
    lines: &[Range<usize>],
    range: Range<usize>,
    indent: impl Fn(&str) -> usize,
) {
    for at in range {
        let line = &lines[at];
        let next = lines.get(at + 1).map_or(text.len(), |next| next.start);
        let own = text.get(line.clone()).unwrap_or_default();
        excerpt.push(text, line.start + indent(own).min(own.len())..next);
    }
}

/// A piece, if its text is a configuration.
fn piece(excerpt: Excerpt, start: usize, target: Option<String>) -> Option<Piece> {
    // These hold settings of daemons and secrets, and look like configurations.
    const OTHERS: [&str; 5] = [
        "charon",
        "secrets",
        "strongswan.conf",
        "sysctl",
        "starter.conf",
    ];
    let text = excerpt.text();
    let is_other = target.as_ref().is_some_and(|target| {
        let name = target.rsplit('/').next().unwrap_or(target);
        OTHERS.iter().any(|other| name.contains(other))
    });
    let format = Format::of_piece(text).filter(|_| !is_other)?;
    format.is_about_ike(text).then_some(Piece {
        excerpt,
        format,
        start,
        target,
        unset: Vec::new(),
    })
}

/// The fenced blocks of a Markdown document.
fn fenced(text: &str, lines: &[Range<usize>]) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut open: Option<(usize, usize, &str)> = None;
    for (at, line) in lines.iter().enumerate() {
        let line = text.get(line.clone()).unwrap_or_default();
        let inner = line.trim_start();
        let fence = ["```", "~~~"]
            .into_iter()
            .find(|fence| inner.starts_with(fence));
        match (open, fence) {
            (None, Some(fence)) => open = Some((at + 1, line.len() - inner.len(), fence)),
            (Some((first, indent, mark)), Some(fence)) if mark == fence => {
                open = None;
                let mut excerpt = Excerpt::new();
                push_lines(&mut excerpt, text, lines, first..at, |line| {
                    indent.min(line.len() - line.trim_start().len())
                });
                let start = lines.get(first).map_or(text.len(), |line| line.start);
                if found.len() < MOST_PIECES {
                    found.extend(piece(excerpt, start, None));
                }
            }
            _ => {}
        }
    }
    found
}

/// The block scalars of a YAML document: lines that are indented further than their key, which ends
/// with `|`.
fn block_scalars(text: &str, lines: &[Range<usize>]) -> Vec<Piece> {
    let mut found: Vec<Piece> = Vec::new();
    let line_of = |at: usize| text.get(lines[at].clone()).unwrap_or_default();
    let indent_of = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let mut at = 0;
    let mut path = None;
    while at < lines.len() && found.len() < MOST_PIECES {
        let line = line_of(at);
        at += 1;
        let key = line.trim_start_matches([' ', '-']);
        if let Some(value) = key.strip_prefix("path:") {
            path = Some(value.trim().trim_matches(['"', '\'']).to_owned());
        }
        let Some((name, sign)) = key.rsplit_once(": ") else {
            continue;
        };
        let sign = sign.trim();
        if !sign.starts_with('|') || !sign[1..].chars().all(|c| "+-0123456789".contains(c)) {
            continue;
        }
        let own = indent_of(line);
        let first = at;
        while at < lines.len() && (line_of(at).trim().is_empty() || indent_of(line_of(at)) > own) {
            at += 1;
        }
        let indent = (first..at)
            .map(line_of)
            .find(|line| !line.trim().is_empty())
            .map_or(0, indent_of);
        let mut excerpt = Excerpt::new();
        push_lines(&mut excerpt, text, lines, first..at, |line| {
            indent.min(indent_of(line))
        });
        let start = lines.get(first).map_or(text.len(), |line| line.start);
        let target = if name == "content" {
            path.take()
        } else {
            Some(name.to_owned())
        };
        found.extend(piece(excerpt, start, target));
    }
    found
}
