//! Many configurations at once: files against clients.

use std::io::{self, Write};

use indexmap::IndexMap;
use itertools::Itertools as _;
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::Answer;
use crate::answer::words::{self, Continuation, Frame};
use crate::compat::report::Overall;
use crate::diag::{self, Tone};
use crate::write::grid::Grid;
use crate::write::report::table::TableStyle;
use crate::write::text::wrap;

/// One configuration.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FileRow {
    /// Its file.
    pub file: String,
    /// The command that asks about it alone.
    check: String,
    /// Whether clients dial in at all.
    serves_clients: bool,
    /// Its clients, by id, with the verdict over the whole file.
    clients: Vec<(String, Overall)>,
}

impl FileRow {
    /// The row of an answer.
    pub fn of(answer: &Answer) -> Self {
        let clients = answer.clients.iter().map(|client| &client.report);
        Self {
            file: answer.server.file.clone(),
            check: Continuation::Check.typed(answer, &[]),
            serves_clients: answer.serves_clients(),
            clients: clients
                .map(|report| (report.client.id.clone(), report.verdict))
                .collect(),
        }
    }

    /// Whether every client connects, or none dials in.
    fn is_fine(&self) -> bool {
        let mut clients = self.clients.iter();
        !self.serves_clients || clients.all(|(_, verdict)| *verdict == Overall::Connects)
    }

    /// Whom it serves, and who fails how.
    fn said(&self) -> String {
        if !self.serves_clients {
            return "not for clients of IKEv2".to_owned();
        }
        let of = |wanted: Overall| -> Vec<&str> {
            let all = self
                .clients
                .iter()
                .filter(|(_, verdict)| *verdict == wanted);
            all.map(|(id, _)| id.as_str()).collect()
        };
        let happy = of(Overall::Connects).len();
        let mut said = format!("{happy} of {} ok", self.clients.len());
        for verdict in [Overall::Refused, Overall::RekeyFails, Overall::Unknown] {
            let ids = of(verdict);
            if !ids.is_empty() {
                let (word, _) = words::verdict_in_matrix(verdict);
                said += &format!("; {word}: {}", ids.join(", "));
            }
        }
        said
    }

    /// What the worst verdict means.
    fn tone(&self) -> Tone {
        let verdicts = self.clients.iter().map(|(_, verdict)| *verdict);
        let worst = verdicts.max().filter(|_| self.serves_clients);
        worst.map_or(Tone::Neutral, |worst| words::verdict_in_matrix(worst).1)
    }

    /// The word for a client, by its id.
    fn cell(&self, id: &str) -> (&'static str, Tone) {
        let own = self.clients.iter().find(|(own, _)| own == id);
        own.filter(|_| self.serves_clients)
            .map_or((ABSENT, Tone::Neutral), |(_, verdict)| {
                words::verdict_in_matrix(*verdict)
            })
    }
}

/// What stands in the matrix where there is no verdict.
const ABSENT: &str = "-";

/// A file of a folder that was passed over.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
#[schemars(rename = "SkippedFile")]
pub struct PassedOver {
    /// Its name.
    pub file: String,
    /// What it is instead of a configuration of a server.
    pub what: String,
    /// The command that reads it, if one does.
    pub command: Option<String>,
}

/// What is said where no configuration was found.
pub const NOTHING_FOUND: &str = "no configuration of a server was found";

/// What to do where nothing but such files was found.
pub fn instead(files: &[PassedOver]) -> String {
    let reads = |file: &PassedOver| file.command.clone();
    let command = files.iter().find_map(reads);
    command.map_or_else(
        || "name a file, or another folder".to_owned(),
        |command| format!("`{command}`"),
    )
}

/// Files of one kind that are named where not all are asked for.
const NAMED: usize = 5;

/// What each file is that was passed over, a line for each kind, indented; `all` names every file.
pub fn passed_over(files: &[PassedOver], all: bool) -> Vec<String> {
    let mut kinds: IndexMap<&str, Vec<&PassedOver>> = IndexMap::new();
    for file in files {
        kinds.entry(&file.what).or_default().push(file);
    }
    let line = |(what, files): (&str, Vec<&PassedOver>)| {
        let most = if all { files.len() } else { NAMED };
        let named = files.iter().map(|it| &it.file).take(most).join(", ");
        // How the first of them is asked about shows how the others are.
        let command = files.first().and_then(|it| it.command.as_ref());
        let command = command.map_or_else(String::new, |it| format!("; `{it}` reads it"));
        match files.len().saturating_sub(most) {
            0 => format!("  {what}: {named}{command}"),
            more => format!("  {what}: {named} and {more} more{command}"),
        }
    };
    kinds.into_iter().map(line).collect()
}

/// All configurations.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Summary {
    /// Those that were compared.
    pub rows: Vec<FileRow>,
    /// Those that could not be read: name and reason.
    pub unreadable: Vec<(String, String)>,
    /// Those that are no configurations of servers.
    pub skipped: Vec<PassedOver>,
    /// Whether all of those are named.
    pub names_all: bool,
    /// Whether each answer is written out.
    pub is_written_out: bool,
}

impl Summary {
    /// The answer about all of them, and the next step.
    pub fn frame(&self) -> Frame {
        let failing = self.rows.iter().find(|row| !row.is_fine());
        let next = match (self.unreadable.first(), failing) {
            _ if self.rows.is_empty() && self.unreadable.is_empty() => instead(&self.skipped),
            (None, Some(row)) => format!(
                "{} says why, and what helps; `-v` says it of every file",
                row.check
            ),
            (Some((name, _)), Some(row)) => format!(
                "mend {name}, which could not be read; {} says why clients of that file fail, and what helps",
                row.check
            ),
            (Some((name, _)), None) => format!("mend {name}, which could not be read"),
            (None, None) => words::NOTHING_TO_DO.to_owned(),
        };
        let mut headline = match self.rows.is_empty() {
            true => NOTHING_FOUND.to_owned(),
            false => self.served(),
        };
        if !self.unreadable.is_empty() {
            let files = number(self.unreadable.len(), "file");
            headline += &format!("; {files} could not be read");
        }
        Frame {
            headline,
            next,
            tone: match failing {
                Some(_) => Tone::Bad,
                None if self.unreadable.is_empty() => Tone::Good,
                None => Tone::Doubtful,
            },
        }
    }

    /// Writes the matrix and what is left out of it.
    pub fn write(&self, look: TableStyle, out: &mut impl Write) -> io::Result<()> {
        // One answer that is written out needs no matrix.
        if self.rows.len() > 1 || !self.is_written_out && !self.rows.is_empty() {
            writeln!(out)?;
            self.matrix(look, out)?;
        }
        let sentences = self.sentences();
        if !sentences.is_empty() {
            writeln!(out)?;
        }
        sentences
            .iter()
            .try_for_each(|line| writeln!(out, "{}", wrap(line, look.width, "", 4)))
    }

    /// How many there are, and how many of them serve everybody.
    fn served(&self) -> String {
        if let [row] = self.rows.as_slice()
            && row.serves_clients
        {
            let verdicts = row.clients.iter().map(|(_, verdict)| *verdict);
            let connect = verdicts.filter(|it| *it == Overall::Connects).count();
            return format!(
                "{}: {connect} of {} connect",
                row.file,
                number(row.clients.len(), "client")
            );
        }
        let served = self.rows.iter().filter(|row| row.serves_clients);
        let happy = served.clone().filter(|row| row.is_fine()).count();
        format!(
            "{}; {happy} of the {} for clients let every client in",
            number(self.rows.len(), "configuration"),
            served.count()
        )
    }

    /// Files against clients; where that is too wide clients against files, or a line for each file with whom it
    /// serves.
    fn matrix(&self, look: TableStyle, out: &mut impl Write) -> io::Result<()> {
        let folder = self.folder();
        if !folder.is_empty() {
            writeln!(out, "in {folder}\n")?;
        }
        let grid = self.grid();
        if grid.fits(look.width) {
            let tone = |row, column| self.tone(row, column);
            return grid.painted(look.width, look.colour, tone, out);
        }
        let turned = grid.turned("client");
        if turned.fits(look.width) {
            let tone = |row, column| match column {
                0 => Tone::Neutral,
                file => self.tone(file - 1, row + 1),
            };
            return turned.painted(look.width, look.colour, tone, out);
        }
        let shown = |row: &FileRow| row.file[folder.len()..].to_owned();
        let widest = self.rows.iter().map(|row| shown(row).chars().count()).max();
        let widest = widest.unwrap_or(0).min(usize::from(look.width) / 2);
        for row in &self.rows {
            let file = shown(row);
            let lead = format!("{file:widest$}  ");
            let text = wrap(&row.said(), look.width, &lead, 4);
            writeln!(
                out,
                "{}",
                diag::shown(&row.tone().marked(&text), look.colour)
            )?;
        }
        let clients = self.clients();
        let legend = format!(
            "{}: {}",
            number(clients.len(), "client"),
            clients.join(", ")
        );
        writeln!(out, "\n{}", wrap(&legend, look.width, "", 2))
    }

    /// The ids of all clients.
    fn clients(&self) -> Vec<&str> {
        let mut clients: Vec<&str> = Vec::new();
        for (id, _) in self.rows.iter().flat_map(|row| &row.clients) {
            if !clients.contains(&id.as_str()) {
                clients.push(id);
            }
        }
        clients
    }

    /// The folder that all files are in, with its last `/`.
    fn folder(&self) -> &str {
        let Some(first) = self.rows.first() else {
            return "";
        };
        let ends = first.file.match_indices('/').map(|(place, _)| place + 1);
        let shared = |end: &usize| {
            let folder = &first.file[..*end];
            self.rows.iter().all(|row| row.file.starts_with(folder))
        };
        ends.rev().find(shared).map_or("", |end| &first.file[..end])
    }

    /// The matrix without what is shared by all names and without colours.
    pub(crate) fn grid(&self) -> Grid {
        let clients = self.clients();
        let mut grid = Grid::default();
        grid.header.push("file".to_owned());
        grid.header
            .extend(clients.iter().map(|id| (*id).to_owned()));
        for row in &self.rows {
            let cells = clients.iter().map(|id| row.cell(id).0.to_owned());
            let file = row.file[self.folder().len()..].to_owned();
            grid.rows.push(std::iter::once(file).chain(cells).collect());
        }
        grid
    }

    /// The tone of a cell of the matrix, by row and column.
    pub(crate) fn tone(&self, row: usize, column: usize) -> Tone {
        let clients = self.clients();
        let id = column.checked_sub(1).and_then(|place| clients.get(place));
        let row = self.rows.get(row).zip(id);
        row.map_or(Tone::Neutral, |(row, id)| row.cell(id).1)
    }

    /// What an empty cell of the matrix says, if there is one.
    fn absence(&self) -> Option<String> {
        let clients = self.clients();
        let asked = |row: &FileRow| row.clients.len() == clients.len();
        let (own, idle) = (
            self.rows
                .iter()
                .any(|row| row.serves_clients && !asked(row)),
            self.rows.iter().any(|row| !row.serves_clients),
        );
        let why = match (own, idle) {
            _ if self.rows.len() < 2 => return None,
            (true, true) => {
                "the client was not asked about for this file, or nobody dials in there"
            }
            (true, false) => "the client was not asked about for this file",
            (false, true) => "no client dials in there",
            (false, false) => return None,
        };
        Some(format!("`{ABSENT}`: {why}"))
    }

    /// What the matrix does not show; reasons are indented.
    pub fn sentences(&self) -> Vec<String> {
        let mut said = Vec::new();
        let idle = self.rows.iter().filter(|row| !row.serves_clients).count();
        if idle > 0 {
            let are = if idle == 1 { "is" } else { "are" };
            let configurations = number(idle, "configuration");
            said.push(format!("{configurations} {are} not for clients of IKEv2"));
        }
        said.extend(self.absence());
        if !self.unreadable.is_empty() {
            let files = number(self.unreadable.len(), "configuration");
            said.push(format!("{files} could not be read:"));
            let each = self.unreadable.iter();
            said.extend(each.map(|(name, reason)| format!("  {name}: {reason}")));
        }
        if !self.skipped.is_empty() {
            let files = number(self.skipped.len(), "other file");
            said.push(format!("{files} skipped, as no configuration of a server:"));
            said.extend(passed_over(&self.skipped, self.names_all));
        }
        said
    }
}

/// `1 file`, `2 files`.
pub(crate) fn number(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
