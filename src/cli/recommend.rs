//! `ikecompat recommend`: the server settings that serve these clients, and what each client must
//! be told.

use std::io::Write;
use std::str::FromStr;

use std::path::PathBuf;

use ikecompat::compat::config_method::ConfigMethod;
use ikecompat::diag::Sources;
use ikecompat::peer::server::Product;
use ikecompat::peer::{Client, Server};
use ikecompat::profile::shape::Enter;
use ikecompat::profile::{Database, selection};
use ikecompat::recommend::{self, Impossible, Names, Plan, PlanRequest, recommend};
use ikecompat::write::config::refusal::Failure;
use ikecompat::write::config::setup::{Auth, NAME, Setup};
use ikecompat::write::config::target::{Choices, Target};
use ikecompat::write::plan::text::PlanContext;
use ikecompat::write::text::and_list;
use ikecompat::write::{self};
use strum::VariantNames as _;

use super::files::Colour;
use super::{Exit, files, folder};

/// Recommend server settings for a set of clients, and what to tell each client
///
/// Exit status: 0 there is a plan that serves all of them, 1 there is none, or a client is known to
/// refuse the certificate, 2 the question could not be answered.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Clients to serve: ids, aliases, globs, comma-separated [default: those of --server, else
    /// osx,macos,ios,android,windows]
    #[arg(long, value_name = "LIST")]
    clients: Option<String>,

    /// The server as it is, in any format that is read: product, names, clients and authentication
    /// are taken from it
    #[arg(long, value_name = "FILE")]
    server: Option<PathBuf>,

    /// Product that is to be configured [default: that of --server, else pfsense]
    #[arg(long, value_name = "pfsense|opnsense|strongswan|libreswan|rras")]
    product: Option<Product>,

    /// Leave the clients as they are, and say what that costs
    #[arg(long)]
    no_client_changes: bool,

    /// Windows: use AES-GCM in phase 2 where Windows is configured anyway
    #[arg(long)]
    gcm: bool,

    /// Name of the connection on the clients [default: IKEv2 VPN]
    #[arg(long, value_name = "NAME")]
    connection_name: Option<String>,

    /// Host name or IP address that clients dial
    #[arg(long, value_name = "HOST")]
    address: Option<String>,

    /// Name in the server certificate
    #[arg(long, value_name = "NAME")]
    remote_id: Option<String>,

    /// Policy that ranks the suites: an id, or a file of your own (`*.yaml`)
    #[arg(long, value_name = "ID|FILE", default_value = "rfc8247")]
    policy: String,

    /// How clients authenticate [default: as --server says, else eap-tls, for
    /// libreswan certificate]
    #[arg(
        long,
        value_name = "eap-tls|eap-mschapv2|eap-radius|certificate",
        value_parser = auth
    )]
    auth: Option<Auth>,

    /// PowerShell: make the connection too, not only configure it
    #[arg(long)]
    full: bool,

    /// Output: everything as `table`, `json`, `markdown` or `html`, or one file or part alone: `pfsense` and `opnsense`
    /// are what to click
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,

    /// Write every file for server and clients into this folder, with a README
    #[arg(long, value_name = "DIR", conflicts_with = "format")]
    write: Option<PathBuf>,

    /// Overwrite files that are there already
    #[arg(long, requires = "write")]
    force: bool,

    #[command(flatten)]
    certificates: super::certificate::CertificateArgs,

    #[command(flatten)]
    read: super::servers::ReadArgs,
}

/// What the command line says, or else the server's own configuration.
struct Asked {
    clients: String,
    product: Product,
    connection_name: String,
    address: Option<String>,
    remote_id: Option<String>,
    auth: Auth,
}

impl Asked {
    fn of(args: &Args, server: Option<&Server>) -> Self {
        let own = |own: fn(&Server) -> &Option<String>| server.and_then(|s| own(s).clone());
        let listed = server.filter(|server| !server.clients.is_empty());
        let listed = listed.map(|server| server.clients.join(","));
        let mut connections = server.into_iter().flat_map(|server| &server.connections);
        let auth = connections.find_map(|connection| Auth::of(&connection.remote));
        let clients = args.clients.clone().or(listed);
        let product = args.product.or_else(|| server?.product);
        let product = product.unwrap_or(Product::Pfsense);
        let usual = match product {
            // Its file is written without EAP, so its clients' are too.
            Product::Libreswan => Auth::Certificate,
            _ => Auth::default(),
        };
        let name = args.connection_name.clone();
        Self {
            clients: clients.unwrap_or_else(|| selection::DEFAULT.to_owned()),
            product,
            connection_name: name
                .or_else(|| own(|server| &server.connection_name))
                .unwrap_or_else(|| NAME.to_owned()),
            address: args
                .address
                .clone()
                .or_else(|| own(|server| &server.address)),
            remote_id: args
                .remote_id
                .clone()
                .or_else(|| own(|server| &server.remote_id)),
            // Not every client has pre-shared keys, so they are no basis for a plan.
            auth: args
                .auth
                .or(auth.filter(|auth| *auth != Auth::Psk))
                .unwrap_or(usual),
        }
    }
}

/// The methods that every client can do.
pub(super) fn auth(text: &str) -> Result<Auth, String> {
    let auth = text.parse().ok().filter(|auth| *auth != Auth::Psk);
    auth.ok_or_else(|| {
        "expected `eap-tls`, `eap-mschapv2`, `eap-radius` or `certificate`".to_owned()
    })
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Format {
    Html,
    Json,
    Markdown,
    Table,
    One(Target),
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "html" => Ok(Self::Html),
            "json" => Ok(Self::Json),
            "markdown" => Ok(Self::Markdown),
            "table" => Ok(Self::Table),
            "pfsense" => Ok(Self::One(Target::PfsensePages)),
            "opnsense" => Ok(Self::One(Target::OpnsensePages)),
            _ => text.parse().map(Self::One).map_err(|_| {
                let names = ["table", "json", "markdown", "html", "pfsense", "opnsense"];
                let all = names.into_iter().chain(Target::VARIANTS.iter().copied());
                format!("expected {}", ikecompat::diag::any_of(all))
            }),
        }
    }
}

pub(super) fn run(
    args: &Args,
    database: &Database<'_>,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let policy = super::policy(database, &args.policy)?;
    let mut sources = Sources::new();
    let mut server = None;
    if let Some(path) = &args.server {
        server = super::source::read(path, &args.read, &mut sources, database, Colour::Auto)?;
        if server.is_none() {
            return Ok(Exit::Unanswered);
        }
    }
    let given = args.certificates.read()?;
    let mut asked = Asked::of(args, server.as_ref());
    let stated = asked.remote_id.clone();
    if asked.remote_id.is_none() {
        asked.remote_id = given.remote_id().map(ToOwned::to_owned);
    }
    if asked.product == Product::Libreswan && asked.auth != Auth::Certificate {
        anyhow::bail!(
            "files for libreswan have no `{}`: clients prove themselves by `--auth certificate`",
            asked.auth
        );
    }
    let selected = match files::select(database, &asked.clients, &mut sources, Colour::Auto)? {
        Ok(selected) => selected,
        Err(exit) => return Ok(exit),
    };
    let enter: Vec<Option<Enter>> = selected
        .iter()
        .map(|one| database.profile(&one.profile)?.ok()?.file.enter)
        .collect();
    let clients: Vec<Client> = selected.into_iter().map(|one| one.client).collect();
    let request = PlanRequest {
        clients: &clients,
        product: asked.product,
        client_changes: !args.no_client_changes,
        policy: &policy,
    };
    let judged: Vec<_> = clients.iter().collect();
    let names = (asked.address.as_deref(), stated.as_deref());
    let certificates = given.rows(&judged, names, database);
    let context = PlanContext {
        clients: &clients,
        enter: &enter,
        connection_name: &asked.connection_name,
        address: asked.address.as_deref(),
        remote_id: asked.remote_id.as_deref(),
        user_cn: given.user_cn(),
        certificates: &certificates,
        policy: &policy,
    };
    let mut plan = match recommend(request) {
        Ok(plan) => plan,
        Err(why) => {
            writeln!(out, "{}", sentence(&why))?;
            return Ok(Exit::No);
        }
    };
    if args.gcm {
        prefer_gcm(&mut plan, &clients);
    }
    let choices = Choices {
        auth: asked.auth,
        full: args.full,
    };
    if let Some(path) = &args.write {
        let made = match write::plan::folder::files(&plan, &context, choices) {
            Ok(made) => made,
            Err(why) => return files::cannot_write(why),
        };
        folder::write(path, &made, args.force)?;
        for file in &made {
            writeln!(out, "{}", path.join(&file.path).display())?;
        }
        return Ok(Exit::Yes);
    }
    match args.format {
        Format::Table => {
            write::plan::text::write(&plan, &context, out)?;
            if let Some(shown) = given.server.as_ref().or(given.client.as_ref()) {
                write::report::certificate::write(shown, &certificates, out)?;
            }
            if args.no_client_changes
                && let Ok(free) = recommend(PlanRequest {
                    client_changes: true,
                    ..request
                })
            {
                write::plan::text::cost(&plan, &free, out)?;
            }
        }
        Format::Html => write::report::html::plan(&plan, &context, out)?,
        Format::Json => write::plan::json::write(&plan, &context, out)?,
        Format::Markdown => write::report::markdown::plan(&plan, &context, out)?,
        Format::One(Target::PfsensePages) => write::config::pfsense::write(&plan, out)?,
        Format::One(target) => match one(target, &plan, &context, choices, out) {
            Ok(lost) => files::not_carried(&lost),
            Err(why) => return files::cannot_write(why),
        },
    }
    if super::certificate::refused(&certificates) {
        return Ok(Exit::No);
    }
    Ok(Exit::Yes)
}

/// Writes one file: for the server of the plan, or for the clients that have to be configured.
fn one(
    target: Target,
    plan: &Plan,
    context: &PlanContext<'_>,
    choices: Choices,
    out: &mut impl Write,
) -> Result<Vec<String>, Failure> {
    if !target.is_for_client() {
        let names = Names {
            connection: Some(context.connection_name),
            address: context.address,
            remote_id: context.remote_id,
        };
        let server = recommend::server(plan, context.clients, names);
        return target.write(&server, choices, out);
    }
    let method = match target {
        Target::Mobileconfig => ConfigMethod::AppleProfile,
        Target::Sswan => ConfigMethod::Sswan,
        Target::Reg => ConfigMethod::Registry,
        _ => ConfigMethod::Powershell,
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

/// Gives Windows the first AES-GCM addition of phase 2 that it can express.
fn prefer_gcm(plan: &mut Plan, clients: &[Client]) {
    let additions = plan.esp_additions.clone();
    for reconfigured in &mut plan.reconfigured {
        let client = &clients[reconfigured.client];
        let can = |esp| {
            ikecompat::compat::config_method::can(
                client,
                reconfigured.method,
                &reconfigured.ike,
                esp,
            )
        };
        let gcm = additions.iter().find(|addition| can(&addition.suite));
        if let Some(gcm) = gcm {
            reconfigured.esp = gcm.suite;
        }
    }
}

fn sentence(why: &Impossible) -> String {
    match why {
        Impossible::NoClients => "no client is selected".to_owned(),
        Impossible::TooManyClients => "a plan serves at most 128 clients".to_owned(),
        Impossible::Unknown(labels) => {
            format!("no plan: what {} offers is not known", and_list(labels))
        }
        Impossible::OutsidePolicy(reasons) => {
            format!("no plan within the policy\n  {}", reasons.join("\n  "))
        }
        Impossible::Unserved(labels) => {
            format!(
                "no plan: nothing that the product can select serves {}",
                and_list(labels)
            )
        }
    }
}
