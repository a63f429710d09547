//! `ikecompat recommend`: the server settings that serve these clients, and what each client must
//! be told.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use ikecompat::answer::migration::migration;
use ikecompat::answer::plan::{PlanContext, plan};
use ikecompat::answer::text::reflow;
use ikecompat::answer::words::{self, Frame};
use ikecompat::answer::{Clients, PlanAnswer, PlanQuestion};
use ikecompat::compat::config_method::ConfigMethod;
use ikecompat::diag::{Sources, any_of, nearest};
use ikecompat::format::Format;
use ikecompat::peer::Auth;
use ikecompat::peer::server::Product;
use ikecompat::profile::Database;
use ikecompat::recommend::{self, Constraints, Frontier, Impossible, Plan};
use ikecompat::write;
use ikecompat::write::config::format::Choices;
use ikecompat::write::config::refusal::Failure;
use ikecompat::write::config::setup::Setup;
use ikecompat::write::plan::pages;
use ikecompat::write::plan::report::PlanReport;
use ikecompat::write::report::frame;

use strum::IntoEnumIterator as _;

use super::choice::choice;
use super::servers::OpenedServer;
use super::terminal::{self, Terminal};
use super::{Exit, folder};

/// Recommend server settings for a set of clients, and what to tell each client
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// What was typed.
    #[arg(skip)]
    pub(super) typed: Vec<super::typed::TypedOption>,

    /// Clients to serve: ids, aliases, globs, comma-separated [default: those of --server, else
    /// osx, android, windows, ios-26, macos-26, windows-11, android-13]
    #[arg(help_heading = super::CLIENTS, long, value_name = "LIST")]
    clients: Option<String>,

    /// The server as it is, in any format that is read: product, names, clients and authentication
    /// are taken from it
    #[arg(help_heading = "The server", long, value_name = "FILE")]
    server: Option<PathBuf>,

    /// Product that is to be configured [default: that of --server, else pfsense, with --post-quantum strongswan]
    #[arg(help_heading = "The server", long, value_name = "PRODUCT", value_parser = choice::<Product>())]
    product: Option<Product>,

    /// Leave the clients as they are, and say what that costs
    #[arg(help_heading = "What the plan keeps to", long)]
    no_client_changes: bool,

    /// Windows: use AES-GCM in phase 2 where Windows is configured anyway
    #[arg(help_heading = "What the plan keeps to", long)]
    gcm: bool,

    #[command(flatten, next_help_heading = "What the plan keeps to")]
    limits: super::limits::LimitArgs,

    /// Name of the connection on the clients [default: IKEv2 VPN]
    #[arg(help_heading = "What clients are told", long, value_name = "NAME")]
    connection_name: Option<String>,

    /// Host name or IP address that clients dial
    #[arg(help_heading = "What clients are told", long, value_name = "HOST")]
    address: Option<String>,

    /// Name in the server certificate
    #[arg(help_heading = "What clients are told", long, value_name = "NAME")]
    remote_id: Option<String>,

    /// What a client calls itself, in files for clients [default: a name of --client-cert]
    #[arg(help_heading = "What clients are told", long, value_name = "NAME")]
    local_id: Option<String>,

    /// Policy that ranks the suites: an id, or a file of your own (`*.yaml`)
    #[arg(help_heading = super::CLIENTS, long, value_name = "ID|FILE", default_value = "rfc8247")]
    policy: String,

    /// How clients authenticate [default: as --server says, else the first of eap-tls, eap-mschapv2
    /// and certificate that all clients can do, for libreswan certificate]
    #[arg(help_heading = "What clients are told",
        long,
        value_name = "eap-tls|eap-mschapv2|eap-radius|certificate",
        value_parser = auth
    )]
    auth: Option<Auth>,

    /// PowerShell: make the connection too, not only configure it
    #[arg(help_heading = super::OUTPUT, long)]
    full: bool,

    /// Output: everything as `table`, `json`, `markdown` or `html`, or one file or part alone: `pfsense` and `opnsense`
    /// are what to click
    #[arg(help_heading = super::OUTPUT, long, value_name = "FORMAT", default_value = "table")]
    format: Output,

    /// Write every file for server and clients into this folder, with a README
    #[arg(help_heading = super::OUTPUT, long, value_name = "DIR", conflicts_with = "format")]
    write: Option<PathBuf>,

    /// Overwrite files that are there already
    #[arg(help_heading = super::OUTPUT, long, requires = "write")]
    force: bool,

    #[command(flatten, next_help_heading = "Certificates")]
    certificates: super::certificate::CertificateArgs,

    #[command(flatten, next_help_heading = super::READING)]
    read: super::servers::ReadArgs,
}

/// The methods that every client can do.
pub(super) fn auth(text: &str) -> Result<Auth, String> {
    let auth = text
        .to_lowercase()
        .parse()
        .ok()
        .filter(|auth| *auth != Auth::Psk);
    auth.ok_or_else(|| {
        let near = nearest(text, AUTH);
        let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        format!("expected {}{near}", any_of(AUTH))
    })
}

/// The methods that every client can do, as they are typed.
const AUTH: [&str; 4] = ["eap-tls", "eap-mschapv2", "eap-radius", "certificate"];

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Output {
    Html,
    Json,
    Markdown,
    Table,
    One(Format),
}

impl Output {
    /// The format of a server's file that is written.
    fn of_server(&self) -> Option<Format> {
        match self {
            Self::One(format) => Some(*format).filter(|it| it.method().is_none()),
            Self::Html | Self::Json | Self::Markdown | Self::Table => None,
        }
    }
}

/// The words that `--format` takes.
pub(super) fn formats() -> Vec<String> {
    let reports = ["table", "json", "markdown", "html"];
    let reports = reports.into_iter().map(str::to_owned);
    let pages = Product::iter().filter(|it| Format::pages_of(*it).is_some());
    let pages = pages.map(|product| product.to_string());
    let files = Format::all_written().map(|format| format.to_string());
    reports.chain(pages).chain(files).collect()
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "html" => Ok(Self::Html),
            "json" => Ok(Self::Json),
            "markdown" => Ok(Self::Markdown),
            "table" => Ok(Self::Table),
            word => match word.parse().ok().and_then(Format::pages_of) {
                Some(pages) => Ok(Self::One(pages)),
                None => Format::of_word(word)
                    .filter(|format| format.row().is_written())
                    .map(Self::One)
                    .ok_or_else(|| {
                        let all = formats();
                        let words = || all.iter().map(String::as_str);
                        let near = nearest(word, words());
                        let near = near
                            .map_or_else(String::new, |near| format!("did you mean `{near}`? "));
                        format!("{near}expected {}", any_of(words()))
                    }),
            },
        }
    }
}

pub(super) fn run(
    args: &Args,
    database: &Database<'_>,
    terminal: Terminal,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let policy = super::policy(database, &args.policy, terminal)?;
    let (read, files) = args.read.beside(args.clients.as_deref());
    let server = args.server.as_deref();
    let server = server.map(|path| read.open(path)).transpose()?;
    let certificates = args.certificates.read()?;
    if let Some(step) = certificates.misplaced() {
        terminal::say_beside(&format!("warning: {step}"));
    }
    let clients = args.clients.as_deref().map(Clients::Selected);
    let mut sources = Sources::new();
    let people = match args.limits.people(database, &mut sources, terminal)? {
        Ok(people) => people,
        Err(exit) => return Ok(exit),
    };
    let question = PlanQuestion {
        server: server.as_ref().map(OpenedServer::text),
        clients: clients.unwrap_or_default(),
        product: product(args),
        client_changes: !args.no_client_changes,
        gcm: args.gcm,
        constraints: Constraints {
            format: args.format.of_server(),
            ..args.limits.constraints()
        },
        must_keep: args.limits.must_keep.as_deref(),
        prefer: args.limits.prefer,
        engine: args.read.engine(),
        connection_name: args.connection_name.as_deref(),
        address: args.address.as_deref(),
        remote_id: args.remote_id.as_deref(),
        local_id: args.local_id.as_deref(),
        auth: args.auth,
        people: people.as_ref(),
        policy: &policy,
        certificates: &certificates,
        files: &files,
        typed: &args.typed,
    };
    let answer = match plan(&question, database, &mut sources) {
        Ok(answer) => answer,
        Err(diagnostics) => {
            terminal.refuse(&diagnostics, &sources);
            return Ok(Exit::Unanswered);
        }
    };
    terminal.complain(&answer.reading, &sources);
    if let Some(note) = args.read.engine_note().filter(|_| server.is_none()) {
        terminal::say_beside(&format!("note: {note}"));
    }
    let frontier = match &answer.outcome {
        Ok(frontier) => frontier,
        Err(why) => {
            no_plan(args, why, &answer, terminal, out)?;
            return Ok(Exit::No);
        }
    };
    let found = frontier.recommended();
    notes(args, found);
    if let Some(path) = &args.write {
        let choices = Choices {
            auth: answer.auth,
            full: args.full,
            release: None,
        };
        return write_folder(
            path,
            args.force,
            (found, &answer, database),
            choices,
            terminal,
            out,
        );
    }
    show(args, (frontier, &answer, database), terminal, out)
}

/// Shows the plan in the format that is asked for.
fn show(
    args: &Args,
    (frontier, answer, database): (&Frontier, &PlanAnswer, &Database<'_>),
    terminal: Terminal,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let found = frontier.recommended();
    let choices = Choices {
        auth: answer.auth,
        full: args.full,
        release: None,
    };
    let frame = Frame::of_plan(found, &answer.clients, &answer.typed);
    let conclusion = answer.conclusion();
    let report = || PlanReport::new((frontier, 0), answer, args.limits.prefer, database);
    match args.format {
        Output::Table => {
            let mut text = Vec::new();
            report().text(&mut text)?;
            let width = terminal.table_style().width;
            let text = reflow(&String::from_utf8_lossy(&text), width);
            let mut text = text.into_bytes();
            frame::next(&frame, width, &mut text)?;
            terminal.show(&text, out)?;
        }
        Output::Html => write::report::html::plan(&report(), out)?,
        Output::Json => {
            terminal.frame(&frame);
            let (prefer, context) = (args.limits.prefer, answer.context());
            write::plan::json::write(frontier, prefer, &context, conclusion, out)?;
        }
        Output::Markdown => write::report::markdown::plan(&report(), out)?,
        Output::One(format) => {
            let mut text = Vec::new();
            let context = answer.context();
            let written = match format {
                Format::PfsensePages | Format::OpnsensePages => {
                    let product = format.row().product.unwrap_or(found.product);
                    pages::write(product, found, &context, answer.auth, &mut text)
                }
                _ => one(format, found, &context, choices, &mut text),
            };
            match written {
                Ok(lost) => {
                    // The answer is that there is a plan, which a file that cannot be written would belie.
                    terminal.frame(&frame);
                    out.write_all(&text)?;
                    terminal::not_carried(&lost);
                }
                Err(why) => return terminal::cannot_write(why),
            }
        }
    }
    Ok(conclusion.into())
}

/// The product to plan for: the one that was said, or else the one that the file or the pages belong to.
fn product(args: &Args) -> Option<Product> {
    let of_format = args.format.of_server();
    let of_format = of_format.and_then(|format| format.row().product);
    let said = args.product.or_else(|| args.read.product());
    // The configuration of a server that exists says whose it is.
    said.or_else(|| of_format.filter(|_| args.server.is_none()))
}

/// Says that there is no plan, and why; a file that was asked for stays empty.
fn no_plan(
    args: &Args,
    why: &Impossible,
    answer: &PlanAnswer,
    terminal: Terminal,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let frame = Frame::of_no_plan(why);
    match args.format {
        Output::Json => {
            terminal.frame(&frame);
            let context = answer.context();
            write::plan::json::none(why, args.limits.prefer, &context, out)?;
        }
        Output::One(_) => terminal.frame(&frame),
        Output::Html | Output::Markdown | Output::Table => {
            let said = words::no_plan(why);
            let said = match args.format {
                Output::Table => frame.tone.marked(&said),
                _ => said,
            };
            let width = terminal.table_style().width;
            let mut text = reflow(&said, width).into_bytes();
            frame::next(&frame, width, &mut text)?;
            terminal.show(&text, out)?;
        }
    }
    Ok(())
}

/// What the output itself does not say, on standard error.
fn notes(args: &Args, plan: &Plan) {
    let powershell = |told: &recommend::Reconfigured| told.method == ConfigMethod::Powershell;
    if args.gcm && !plan.reconfigured.iter().any(powershell) {
        let note = "note: `--gcm` changes nothing: no Windows client has to be configured";
        terminal::say_beside(note);
    }
    let hybrid = |entry: &recommend::PlanEntry| entry.suite.additional().next().is_some();
    if args.limits.post_quantum && !plan.ike.iter().any(hybrid) {
        let note = "note: `--post-quantum` changes nothing: for none of these clients a way to ML-KEM is known that may \
                    be taken here";
        terminal::say_beside(note);
    }
    if args.format != Output::Table && !plan.is_optimal {
        let note = "note: the search reached its limit; this is the best plan so far";
        terminal::say_beside(note);
    }
}

/// Writes every file for server and clients, and lists them.
fn write_folder(
    path: &Path,
    force: bool,
    (found, answer, database): (&Plan, &PlanAnswer, &Database<'_>),
    choices: Choices,
    terminal: Terminal,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let way = migration(answer, found, database);
    let own = answer.existing.as_ref().zip(way.as_ref());
    let made = match write::plan::folder::files(found, &answer.context(), choices, own) {
        Ok(made) => made,
        Err(why) => return terminal::cannot_write(why),
    };
    folder::write(path, &made, force)?;
    let width = terminal.table_style().width;
    let readme = path.join("README.md");
    let frame = Frame {
        next: format!("read {}: what to do with each file", readme.display()),
        ..Frame::of_plan(found, &answer.clients, &answer.typed)
    };
    let mut text = Vec::new();
    frame::headline(&frame, "", width, &mut text)?;
    for file in &made {
        writeln!(text, "{}", path.join(&file.path).display())?;
    }
    frame::next(&frame, width, &mut text)?;
    terminal.show(&text, out)?;
    Ok(Exit::Yes)
}

/// Writes one file: for the server of the plan, or for the clients that have to be configured.
fn one(
    target: Format,
    plan: &Plan,
    context: &PlanContext<'_>,
    choices: Choices,
    out: &mut impl Write,
) -> Result<Vec<String>, Failure> {
    let Some(method) = target.method() else {
        let server = recommend::server(plan, context.names());
        return target.write(&server, choices, out);
    };
    let reconfigured = plan
        .reconfigured
        .iter()
        .filter(|reconfigured| reconfigured.method == method);
    let mut pairs: Vec<_> = reconfigured
        .map(|reconfigured| (reconfigured.ike, reconfigured.esp))
        .collect();
    pairs.dedup();
    if pairs.is_empty() {
        // Nobody has to be told anything, but the base may still have a file.
        let base = plan.ike.first().zip(plan.esp.first());
        pairs.extend(base.map(|(ike, esp)| (ike.suite, esp.suite)));
    }
    let mut lost = Vec::new();
    let mut texts: Vec<Vec<u8>> = Vec::new();
    for (ike, esp) in pairs {
        let setup = Setup::of_client(context, choices.auth, &ike, &esp);
        let mut text = Vec::new();
        lost.extend(target.write_setup(&setup, choices, &mut text)?);
        texts.push(text);
    }
    for text in texts {
        out.write_all(&text)?;
    }
    Ok(lost)
}
