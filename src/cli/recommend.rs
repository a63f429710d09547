//! `ikecompat recommend`: the server settings that serve these clients, and what each client must
//! be told.

use std::io::Write;
use std::str::FromStr;

use anyhow::Context as _;
use ikecompat::compat::means::Means;
use ikecompat::peer::Client;
use ikecompat::peer::server::Product;
use ikecompat::profile::shape::Enter;
use ikecompat::profile::{Database, selection};
use ikecompat::recommend::{Impossible, Plan, Request, recommend};
use ikecompat::write::plan::Context;
use ikecompat::write::text::and_list;
use ikecompat::write::{self};

use super::{Exit, files};

/// Recommend server settings for a set of clients, and what to tell each client
///
/// Exit status: 0 there is a plan that serves all of them, 1 there is none, 2 the question could
/// not be answered.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Clients to serve: ids, aliases, globs, comma-separated
    #[arg(long, value_name = "LIST", default_value = selection::DEFAULT)]
    clients: String,

    /// Product that is to be configured
    #[arg(
        long,
        value_name = "pfsense|opnsense|strongswan",
        default_value = "pfsense"
    )]
    product: Product,

    /// Leave the clients as they are, and say what that costs
    #[arg(long)]
    no_client_changes: bool,

    /// Windows: use AES-GCM in phase 2 where Windows is configured anyway
    #[arg(long)]
    gcm: bool,

    /// Name of the connection on the clients
    #[arg(long, value_name = "NAME", default_value = "IKEv2 VPN")]
    connection_name: String,

    /// Host name or IP address that clients dial
    #[arg(long, value_name = "HOST")]
    address: Option<String>,

    /// Name in the server certificate
    #[arg(long, value_name = "NAME")]
    remote_id: Option<String>,

    /// Policy that ranks the suites
    #[arg(long, value_name = "ID", default_value = "rfc8247")]
    policy: String,

    /// Output: everything, or one part alone
    #[arg(
        long,
        value_name = "table|json|pfsense|powershell",
        default_value = "table"
    )]
    format: Format,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Format {
    Json,
    Pfsense,
    Powershell,
    Table,
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "json" => Ok(Self::Json),
            "pfsense" => Ok(Self::Pfsense),
            "powershell" => Ok(Self::Powershell),
            "table" => Ok(Self::Table),
            _ => Err("expected `table`, `json`, `pfsense` or `powershell`".to_owned()),
        }
    }
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<Exit> {
    let database = Database::builtin();
    let policy = super::policy(&database, &args.policy)?;
    let selected = match files::select(&database, &args.clients)? {
        Ok(selected) => selected,
        Err(exit) => return Ok(exit),
    };
    let enter: Vec<Option<Enter>> = selected
        .iter()
        .map(|one| database.profile(&one.profile)?.ok()?.file.enter)
        .collect();
    let clients: Vec<Client> = selected.into_iter().map(|one| one.client).collect();
    let request = Request {
        clients: &clients,
        product: args.product,
        client_changes: !args.no_client_changes,
        policy: &policy,
    };
    let context = Context {
        clients: &clients,
        enter: &enter,
        connection_name: &args.connection_name,
        address: args.address.as_deref(),
        remote_id: args.remote_id.as_deref(),
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
        prefer_gcm(&mut plan);
    }
    match args.format {
        Format::Table => {
            write::plan::write(&plan, &context, out)?;
            if args.no_client_changes
                && let Ok(free) = recommend(Request {
                    client_changes: true,
                    ..request
                })
            {
                write::plan::cost(&plan, &free, out)?;
            }
        }
        Format::Json => write::plan_json::write(&plan, &context, out)?,
        Format::Pfsense => write::pfsense::write(&plan, out)?,
        Format::Powershell => {
            let mut lines: Vec<String> = Vec::new();
            for touched in plan.touched.iter().filter(|t| t.means == Means::Powershell) {
                let line =
                    write::powershell::line(&args.connection_name, &touched.ike, &touched.esp)?;
                if !lines.contains(&line) {
                    lines.push(line);
                }
            }
            if lines.is_empty() {
                // Nobody has to be told anything, but the suites may still have a command.
                let (ike, esp) = (plan.ike.first(), plan.esp.first());
                let (ike, esp) = ike.zip(esp).context("the plan has no entries")?;
                lines.push(write::powershell::line(
                    &args.connection_name,
                    &ike.suite,
                    &esp.suite,
                )?);
            }
            for line in lines {
                write::powershell::write(&line, out)?;
            }
        }
    }
    Ok(Exit::Yes)
}

/// Gives Windows the first AES-GCM addition of phase 2 that it can express.
fn prefer_gcm(plan: &mut Plan) {
    let additions = plan.esp_additions.clone();
    for touched in &mut plan.touched {
        let gcm = additions.iter().find(|addition| {
            ikecompat::compat::means::expresses(touched.means, &touched.ike, &addition.suite)
        });
        if let Some(gcm) = gcm {
            touched.esp = gcm.suite;
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
        Impossible::Unserved(labels) => {
            format!(
                "no plan: nothing that the product can select serves {}",
                and_list(labels)
            )
        }
    }
}
