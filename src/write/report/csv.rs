//! The answer of `check` as comma-separated values, a line for each client of each server, for
//! spreadsheets and for those who sort and join.

use std::io::{self, Write};

use crate::answer::{Answer, ClientAnswer, words};
use crate::compat::report::{ClientReport, Overall};
use crate::peer::{Exchange, Grade};
use crate::write::escape::spreadsheet;
use crate::write::grid::Grid;

/// The columns. Columns may be added at the end, never changed.
const HEADER: [&str; 14] = [
    "file",
    "client",
    "label",
    "covers",
    "verdict",
    "connection",
    "phase 1",
    "phase 2",
    "child rekey by client",
    "child rekey by server",
    "ike rekey by client",
    "ike rekey by server",
    "evidence",
    "reasons and remedies",
];

/// The lines of one server.
pub fn server(answer: &Answer) -> Vec<Vec<String>> {
    let clients = answer.clients.iter();
    clients.map(|client| line(client, answer)).collect()
}

/// Writes lines of servers below the names of their columns.
pub fn write(rows: Vec<Vec<String>>, out: &mut impl Write) -> io::Result<()> {
    let header = HEADER.map(ToOwned::to_owned).to_vec();
    Grid { header, rows }.csv(out)
}

fn line(client: &ClientAnswer, answer: &Answer) -> Vec<String> {
    let report = &client.report;
    let exchanges = report.exchanges();
    let rekeying = |exchange: Exchange| {
        let judged = exchanges[exchange];
        judged.map_or_else(|| "-".to_owned(), |judged| words::outcome(Some(judged)).0)
    };
    let why = match report.verdict {
        Overall::Connects => String::new(),
        Overall::Unknown | Overall::RekeyFails | Overall::Refused => {
            words::explain(client)[1..].join("; ")
        }
    };
    let weakest = weakest(report).map_or_else(String::new, |grade| grade.to_string());
    let mut cells = vec![
        answer.server.file.clone(),
        report.client.id.clone(),
        report.client.label.clone(),
        report.client.covers.join(", "),
        report.verdict.to_string(),
        answer.connections_of(client).join(" or "),
        words::outcome(exchanges.ike_sa_init).0,
        words::child_outcome(report).0,
    ];
    cells.extend(Exchange::REKEYINGS.map(rekeying));
    cells.extend([weakest, why]);
    cells.iter().map(|cell| spreadsheet(cell)).collect()
}

/// The weakest grade on which the answer leans while the tunnel comes up.
fn weakest(report: &ClientReport) -> Option<Grade> {
    let exchanges = report.exchanges();
    let first = [exchanges.ike_sa_init, exchanges.ike_auth];
    let grades = first.into_iter().flatten().filter_map(|it| it.evidence);
    grades.max()
}
