//! The answer of `check` as comma-separated values, a line for each client of each server, for
//! spreadsheets and for those who sort and join.

use std::io::{self, Write};

use crate::compat::report::{ClientReport, Overall, Report};
use crate::peer::{Grade, Policy};
use crate::write::escape::spreadsheet;
use crate::write::grid::Grid;
use crate::write::report::table::{explain, phase, rekeyings};

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
pub fn server(report: &Report<'_>, policy: &Policy) -> Vec<Vec<String>> {
    let clients = report.clients.iter();
    clients.map(|client| line(client, report, policy)).collect()
}

/// Writes lines of servers below the names of their columns.
pub fn write(rows: Vec<Vec<String>>, out: &mut impl Write) -> io::Result<()> {
    let header = HEADER.map(ToOwned::to_owned).to_vec();
    Grid { header, rows }.csv(out)
}

fn line(client: &ClientReport<'_>, report: &Report<'_>, policy: &Policy) -> Vec<String> {
    let picked = client
        .connection
        .and_then(|at| report.server.connections.get(at));
    let picked = picked.map_or("", |connection| connection.name.as_str());
    let first = client.children.first();
    let first = first.map(|child| &child.verdicts.ike_auth);
    let said = |name: &str| {
        let mut all = rekeyings(client).into_iter();
        let judged = all.find(|(own, _)| *own == name);
        judged.map_or_else(|| "-".to_owned(), |(_, judged)| phase(Some(judged)).0)
    };
    let why = match client.verdict {
        Overall::Connects => String::new(),
        _ => explain(client, report, policy)[1..].join("; "),
    };
    let cells = [
        report.server.file.clone(),
        client.client.id.clone(),
        client.client.label.clone(),
        client.client.covers.join(", "),
        client.verdict.to_string(),
        picked.to_owned(),
        phase(Some(&client.ike.ike_sa_init)).0,
        phase(first).0,
        said("child SA, by the client"),
        said("child SA, by the server"),
        said("IKE SA, by the client"),
        said("IKE SA, by the server"),
        weakest(client).map_or_else(String::new, |grade| grade.to_string()),
        why,
    ];
    cells.iter().map(|cell| spreadsheet(cell)).collect()
}

/// The weakest grade on which the answer leans while the tunnel comes up.
fn weakest(client: &ClientReport<'_>) -> Option<Grade> {
    let first = client.children.first();
    let first = first.and_then(|child| child.verdicts.ike_auth.evidence);
    client
        .ike
        .ike_sa_init
        .evidence
        .into_iter()
        .chain(first)
        .max()
}
