//! The formats of `check`, and the answer for one file in one of them.

use std::str::FromStr;

use ikecompat::compat::report::{Overall, Report};
use ikecompat::diag::Sources;
use ikecompat::lint::{Levels, Linted};
use ikecompat::peer::server::Product;
use ikecompat::peer::{Client, EngineName, Policy};
use ikecompat::profile::Database;
use ikecompat::recommend::{PlanRequest, recommend};
use ikecompat::write;
use ikecompat::write::config::setup::NAME;
use ikecompat::write::plan::text::PlanContext;
use ikecompat::write::report::table::TableStyle;

use super::certificate::LookedAt;

/// The formats.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Format {
    /// A bill of materials of the algorithms, CycloneDX 1.6.
    Cbom,
    /// A line for each client, for spreadsheets.
    Csv,
    /// One page for a browser or a printer.
    Html,
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
            "cbom" => Ok(Self::Cbom),
            "csv" => Ok(Self::Csv),
            "html" => Ok(Self::Html),
            "json" => Ok(Self::Json),
            "markdown" => Ok(Self::Markdown),
            "sarif" => Ok(Self::Sarif),
            "table" => Ok(Self::Table),
            _ => Err(
                "expected `table`, `json`, `markdown`, `html`, `csv`, `sarif` or `cbom`".to_owned(),
            ),
        }
    }
}

/// The answer for one file, as far as it does not depend on the others.
pub(super) enum Rendered {
    File(Box<write::report::lint::LintedFile>),
    Json(Box<write::report::json::ServerJson>),
    Rows(Vec<Vec<String>>),
    Section(Box<write::report::html::PageSection>),
    Text(Vec<u8>),
}

impl Rendered {
    pub(super) fn file(self) -> Option<write::report::lint::LintedFile> {
        match self {
            Self::File(file) => Some(*file),
            _ => None,
        }
    }

    pub(super) fn json(self) -> Option<write::report::json::ServerJson> {
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

    pub(super) fn section(self) -> Option<write::report::html::PageSection> {
        match self {
            Self::Section(section) => Some(*section),
            _ => None,
        }
    }

    /// The same with what clients make of the certificates.
    pub(super) fn with(self, looked_at: &LookedAt, format: Format) -> Self {
        match self {
            Self::Json(server) => Self::Json(Box::new(server.with_certificates(&looked_at.rows))),
            Self::Text(mut text)
                if !looked_at.text.is_empty()
                    && matches!(format, Format::Markdown | Format::Table) =>
            {
                let fenced = format == Format::Markdown;
                text.extend_from_slice(if fenced { b"\n```text\n" } else { b"" });
                text.extend_from_slice(&looked_at.text);
                text.extend_from_slice(if fenced { b"```\n" } else { b"" });
                Self::Text(text)
            }
            other => other,
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
    (database, number): (&Database<'_>, usize),
    look: TableStyle,
) -> anyhow::Result<Rendered> {
    let mut text = Vec::new();
    match format {
        Format::Cbom => {} // of all servers together
        Format::Csv => return Ok(Rendered::Rows(write::report::csv::server(report, policy))),
        Format::Html => {
            let subject = write::report::html::ServerPage {
                report,
                sources,
                policy,
                database,
                plan: None,
                number,
            };
            return Ok(Rendered::Section(Box::new(section(subject)?)));
        }
        Format::Json => {
            let server = write::report::json::server(report, sources, policy);
            return Ok(Rendered::Json(Box::new(server)));
        }
        Format::Sarif => {
            let levels = Levels::default();
            let mut file = super::lint::file(report.server, sources, linted.clone(), &levels);
            let clients = report.clients.iter();
            let failures =
                clients.filter_map(|one| write::report::failure::failure(one, report, policy));
            file.said.extend(failures);
            return Ok(Rendered::File(Box::new(file)));
        }
        Format::Markdown => write::report::markdown::server(report, sources, policy, &mut text)?,
        Format::Table => write::report::table::write(report, sources, policy, look, &mut text)?,
    }
    Ok(Rendered::Text(text))
}

/// A part of the page, with settings that serve everybody if somebody is not served now.
fn section(
    subject: write::report::html::ServerPage<'_>,
) -> anyhow::Result<write::report::html::PageSection> {
    let report = subject.report;
    let server = report.server;
    let product = server.product.unwrap_or(match server.engine.name {
        EngineName::Libreswan => Product::Libreswan,
        EngineName::Rras => Product::Rras,
        _ => Product::Strongswan,
    });
    let clients: Vec<Client> = report
        .clients
        .iter()
        .map(|one| one.client.clone())
        .collect();
    let mut connect = report
        .clients
        .iter()
        .map(|one| one.verdict == Overall::Connects);
    let plan = match connect.all(|connects| connects) {
        true => None,
        false => recommend(PlanRequest {
            clients: &clients,
            product,
            client_changes: true,
            policy: subject.policy,
        })
        .ok(),
    };
    let context = PlanContext {
        user_cn: None,
        certificates: &[],
        clients: &clients,
        enter: &[], // the server is there already, and so is what is entered on its clients
        connection_name: server.connection_name.as_deref().unwrap_or(NAME),
        address: server.address.as_deref(),
        remote_id: server.remote_id.as_deref(),
        policy: subject.policy,
    };
    let plan = plan.as_ref().map(|plan| (plan, &context));
    let section =
        write::report::html::server(&write::report::html::ServerPage { plan, ..subject })?;
    Ok(section)
}
