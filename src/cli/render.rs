//! The formats of `check`, and the answer for one file in one of them.

use std::str::FromStr;

use ikecompat::compat::report::Report;
use ikecompat::diag::Sources;
use ikecompat::lint::{Levels, Linted};
use ikecompat::peer::Policy;
use ikecompat::write;
use ikecompat::write::check::Look;

/// The formats.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Format {
    /// A line for each client, for spreadsheets.
    Csv,
    /// For programs.
    Json,
    /// For a ticket.
    Markdown,
    /// Findings, for code scanning.
    Sarif,
    /// For people at a terminal.
    Table,
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "csv" => Ok(Self::Csv),
            "json" => Ok(Self::Json),
            "markdown" => Ok(Self::Markdown),
            "sarif" => Ok(Self::Sarif),
            "table" => Ok(Self::Table),
            _ => Err("expected `table`, `json`, `markdown`, `csv` or `sarif`".to_owned()),
        }
    }
}

/// The answer for one file, as far as it does not depend on the others.
pub(super) enum Rendered {
    File(Box<write::lint::File>),
    Json(Box<write::json::Server>),
    Rows(Vec<Vec<String>>),
    Text(Vec<u8>),
}

impl Rendered {
    pub(super) fn file(self) -> Option<write::lint::File> {
        match self {
            Self::File(file) => Some(*file),
            _ => None,
        }
    }

    pub(super) fn json(self) -> Option<write::json::Server> {
        match self {
            Self::Json(server) => Some(*server),
            _ => None,
        }
    }

    pub(super) fn rows(self) -> Vec<Vec<String>> {
        match self {
            Self::Rows(rows) => rows,
            _ => Vec::new(),
        }
    }

    pub(super) fn text(self) -> Option<Vec<u8>> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Renders the answer for one file.
pub(super) fn render(
    format: Format,
    report: &Report<'_>,
    linted: &Linted,
    (sources, policy): (&Sources, &Policy),
    look: Look,
) -> anyhow::Result<Rendered> {
    let mut text = Vec::new();
    match format {
        Format::Csv => return Ok(Rendered::Rows(write::csv::server(report, policy))),
        Format::Json => {
            let server = write::json::server(report, sources, policy);
            return Ok(Rendered::Json(Box::new(server)));
        }
        Format::Sarif => {
            let levels = Levels::default();
            let mut file = super::lint::file(report.server, sources, linted.clone(), &levels);
            let clients = report.clients.iter();
            let failures = clients.filter_map(|one| write::failure::failure(one, report, policy));
            file.said.extend(failures);
            return Ok(Rendered::File(Box::new(file)));
        }
        Format::Markdown => write::markdown::server(report, sources, policy, &mut text)?,
        Format::Table => write::check::write(report, sources, policy, look, &mut text)?,
    }
    Ok(Rendered::Text(text))
}
