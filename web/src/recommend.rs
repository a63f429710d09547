//! The door "Recommend": clients, and the settings that serve them.

use std::io::{Cursor, Write as _};

use ikecompat::answer::certificate::Certificates;
use ikecompat::answer::migration::migration;
use ikecompat::answer::plan::plan;
use ikecompat::answer::{Clients, PlanAnswer, PlanQuestion, ServerText, words};
use ikecompat::diag::Sources;
use ikecompat::dialect::swan;
use ikecompat::ike::TransformType;
use ikecompat::peer::Policy;
use ikecompat::profile::Database;
use ikecompat::read::certificate;
use ikecompat::read::context::NoFiles;
use ikecompat::recommend::{Constraints, Frontier, Plan};
use ikecompat::write::config::format::Choices;
use ikecompat::write::config::refusal::Failure;
use ikecompat::write::plan::report::PlanReport;
use ikecompat::write::plan::{folder, json};
use ikecompat::write::report::html::{self, diagnostics_part};
use ikecompat::write::report::markdown;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::reply::{File, Reply, Request, word};

/// A file of a plan.
pub(crate) struct Made {
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) fn recommend(
    request: &Request,
    given: (&[u8], &[u8]),
    database: &Database<'_>,
    policy: &Policy,
) -> (Reply, Vec<Made>) {
    answer(request, given, database, policy).unwrap_or_else(|reply| (reply, Vec::new()))
}

fn answer(
    request: &Request,
    (server, chain): (&[u8], &[u8]),
    database: &Database<'_>,
    policy: &Policy,
) -> Result<(Reply, Vec<Made>), Reply> {
    let given = |text: &'_ Option<String>| text.clone().filter(|text| !text.is_empty());
    let (address, remote_id) = (given(&request.address), given(&request.remote_id));
    let connection_name = given(&request.connection_name);
    let prefer = word(&request.prefer, "preference")?;
    let certificates = certificates(chain, request.now)?;
    let server = (!server.is_empty()).then(|| ServerText::new("configuration", server));
    let clients = request.clients.as_deref().map(Clients::Selected);
    let question = PlanQuestion {
        server,
        clients: clients.unwrap_or_default(),
        product: word(&request.product, "product")?,
        client_changes: !request.untouched,
        gcm: request.gcm,
        constraints: constraints(request)?,
        must_keep: request.must_keep.as_deref(),
        prefer,
        engine: None,
        connection_name: connection_name.as_deref(),
        address: address.as_deref(),
        remote_id: remote_id.as_deref(),
        local_id: None,
        auth: word(&request.auth, "way to authenticate")?,
        people: None,
        policy,
        certificates: &certificates,
        files: &NoFiles,
        typed: &[],
    };
    let mut sources = Sources::new();
    let answer = plan(&question, database, &mut sources);
    let answer = answer.map_err(|wrong| Reply::complaints(&wrong, &sources))?;
    let frontier = match &answer.outcome {
        Ok(frontier) => frontier,
        Err(why) => return Err(Reply::failed(words::no_plan(why))),
    };
    let failed = |error: std::io::Error| Reply::failed(error.to_string());
    let report = PlanReport::new((frontier, request.plan), &answer, prefer, database);
    let html = html::plan_part(&report).map_err(failed)?;
    let (mut listed, made) = files(frontier, request.plan, &answer, database)?;
    let reports = [
        File::written("plan.md", "Markdown for a ticket", |out| {
            markdown::plan(&report, out)
        }),
        File::written("plan.json", "for programs", |out| {
            json::write(
                frontier,
                prefer,
                &answer.context(),
                answer.conclusion(),
                out,
            )
        }),
    ];
    listed.extend(reports.into_iter().flatten());
    let served = answer.clients.len();
    let product = answer.product;
    Ok((
        Reply {
            ok: true,
            headline: format!("settings of {product} for {served} clients"),
            html,
            remarks: diagnostics_part(&answer.reading, &sources),
            files: listed,
        },
        made,
    ))
}

fn chosen(frontier: &Frontier, place: usize) -> &Plan {
    frontier
        .plans()
        .nth(place)
        .unwrap_or_else(|| frontier.recommended())
}

/// The certificates that the server sends, if they were pasted.
fn certificates(chain: &[u8], now: i64) -> Result<Certificates, Reply> {
    if chain.is_empty() {
        return Ok(Certificates::default());
    }
    match certificate::certificates(chain) {
        Ok(chain) => Ok(Certificates::of_server(&chain, now)),
        Err(why) => Err(Reply::failed(format!("the server's certificate: {why}"))),
    }
}

fn constraints(request: &Request) -> Result<Constraints, Reply> {
    let mut forbidden = Vec::new();
    let words = request.forbid.as_deref().unwrap_or_default().split(',');
    for word in words.map(str::trim).filter(|word| !word.is_empty()) {
        let transform = swan::keyword(word);
        let transform = transform
            .ok_or_else(|| Reply::failed(format!("`{word}` is not an algorithm keyword")))?;
        forbidden.push(transform);
        let is_hash = transform.kind == TransformType::INTEG;
        forbidden.extend(is_hash.then(|| swan::prf_of(transform)).flatten());
    }
    Ok(Constraints {
        min_bits: request.min_bits.unwrap_or_default(),
        forbidden,
        post_quantum: request.post_quantum,
        ..Constraints::NONE
    })
}

/// The files of the folder, as they are listed and as they are.
fn files(
    frontier: &Frontier,
    place: usize,
    answer: &PlanAnswer,
    database: &Database<'_>,
) -> Result<(Vec<File>, Vec<Made>), Reply> {
    let plan = chosen(frontier, place);
    let way = migration(answer, plan, database);
    let own = answer.existing.as_ref().zip(way.as_ref());
    let choices = Choices {
        auth: answer.auth,
        full: true,
        release: None,
    };
    let files = folder::files(plan, &answer.context(), choices, own);
    let files = files.map_err(|why| match why {
        Failure::Io(error) => Reply::failed(error.to_string()),
        Failure::Impossible(what) => Reply::failed(what),
        Failure::Refused(refusals) => {
            let all: Vec<_> = refusals.iter().map(ToString::to_string).collect();
            Reply::failed(all.join("; "))
        }
    })?;
    let each = files.into_iter().map(|file| {
        let listed = File {
            path: file.path.clone(),
            purpose: file.purpose,
            text: None,
        };
        let made = Made {
            path: file.path,
            bytes: file.bytes,
        };
        (listed, made)
    });
    Ok(each.unzip())
}

/// The files in one archive.
pub(crate) fn archive(files: &[Made]) -> zip::result::ZipResult<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for file in files {
        archive.start_file(format!("ikecompat/{}", file.path), options)?;
        archive.write_all(&file.bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}
