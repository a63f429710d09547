//! The door "Check": a configuration, and who connects.

use ikecompat::answer::{Clients, Conclusion, Question, ServerInput, ServerText, ask, words};
use ikecompat::diag::{Diagnostic, Sources};
use ikecompat::peer::Policy;
use ikecompat::profile::Database;
use ikecompat::write::report::html::{self, diagnostics_part};
use ikecompat::write::report::summary::{FileRow, Summary};
use ikecompat::write::report::{csv, json, markdown};

use crate::reply::{File, Reply, Request, word};

pub(crate) fn check(
    request: &Request,
    text: &[u8],
    database: &Database<'_>,
    policy: &Policy,
) -> Reply {
    answer(request, text, database, policy).unwrap_or_else(|reply| reply)
}

fn answer(
    request: &Request,
    text: &[u8],
    database: &Database<'_>,
    policy: &Policy,
) -> Result<Reply, Reply> {
    let name = request.name.as_deref().unwrap_or("the text");
    let clients = request.clients.as_deref().map(Clients::Selected);
    let server = ServerInput::Text(ServerText::new(name, text));
    let question = Question {
        clients: clients.unwrap_or_default(),
        product: word(&request.product, "product")?,
        nat: word(&request.nat, "answer to whether clients are behind NAT")?,
        in_full: true,
        ..Question::new(server, policy)
    };
    let mut sources = Sources::new();
    let answer = ask(&question, database, &mut sources);
    let answer = answer.map_err(|wrong| Reply::complaints(&wrong, &sources))?;
    let open = answer.reading.iter().filter(|finding| finding.is_open());
    let open: Vec<Diagnostic> = open.map(|finding| finding.diagnostic.clone()).collect();
    let failed = |error: std::io::Error| Reply::failed(error.to_string());
    let section = html::server(&answer, &sources, 1).map_err(failed)?;
    let summary = || Summary {
        is_written_out: false,
        rows: vec![FileRow::of(&answer)],
        ..Summary::default()
    };
    let html = section.markup().to_owned();
    let files = [
        File::written("answer.html", "a page to keep or print", |out| {
            html::check(&[section], &summary(), out)
        }),
        File::written("answer.md", "Markdown for a ticket", |out| {
            markdown::server(&answer, &sources, out)
        }),
        File::written("answer.csv", "a line for each client", |out| {
            csv::write(csv::server(&answer), out)
        }),
        File::written("answer.json", "for programs", |out| {
            let conclusion = Conclusion::of_answers(std::iter::once(&answer), false, false);
            let server = json::server(&answer, &sources);
            json::check(&[server], &summary(), conclusion, out)
        }),
    ];
    Ok(Reply {
        ok: true,
        headline: words::headline(&answer),
        html,
        remarks: diagnostics_part(&open, &sources),
        files: files.into_iter().flatten().collect(),
    })
}
