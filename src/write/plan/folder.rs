//! Everything that makes a plan real: files for the server, files for each client, and a README.

use super::readme;
use crate::answer::plan::PlanContext;
use crate::compat::config_method::{self, ConfigMethod};
use crate::format::Format;
use crate::ike::Suite;
use crate::peer::client::RegistryLevel;
use crate::peer::server::Product;
use crate::peer::{Client, Server};
use crate::recommend::{Names, Plan, server};
use crate::write::config::format::Choices;
use crate::write::config::refusal::Failure;
use crate::write::config::setup::{ADDRESS, Setup};
use crate::write::config::{pfsense, powershell, reg};
use crate::write::plan::text::{by_hand, of, tell};

/// A file of the folder.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PlanFile {
    /// Path below the folder, with `/`.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// What to do with it, in one line.
    pub purpose: String,
    /// What it could not carry.
    pub lost: Vec<String>,
}

/// All files, the README first.
pub fn files(
    plan: &Plan,
    context: &PlanContext<'_>,
    choices: Choices,
) -> Result<Vec<PlanFile>, Failure> {
    let names = Names {
        connection: Some(context.connection_name),
        address: context.address,
        remote_id: context.remote_id,
    };
    let server = server(plan, names);
    let mut files = of_server(plan, &server, choices)?;
    for (place, client) in context.clients.iter().enumerate() {
        files.extend(of_client(plan, place, client, context, choices)?);
    }
    let readme = readme::text(plan, context, choices, &files)?;
    files.insert(
        0,
        PlanFile {
            path: "README.md".to_owned(),
            bytes: readme.into_bytes(),
            purpose: String::new(),
            lost: Vec::new(),
        },
    );
    Ok(files)
}

fn file(
    path: impl Into<String>,
    purpose: &str,
    write: impl FnOnce(&mut Vec<u8>) -> Result<Vec<String>, Failure>,
) -> Result<PlanFile, Failure> {
    let mut bytes = Vec::new();
    let lost = write(&mut bytes)?;
    Ok(PlanFile {
        path: path.into(),
        bytes,
        purpose: purpose.to_owned(),
        lost,
    })
}

fn of_server(plan: &Plan, server: &Server, choices: Choices) -> Result<Vec<PlanFile>, Failure> {
    let write = |target: Format, path: &str, purpose: &str| {
        file(path, purpose, |out| target.write(server, choices, out))
    };
    let mut files = match plan.product {
        Product::Pfsense => vec![
            file("server/pfsense-pages.txt", "click this on pfSense", |out| {
                pfsense::write(plan, out)?;
                Ok(Vec::new())
            })?,
            write(
                Format::PfsenseXml,
                "server/pfsense-ipsec.xml",
                "the same as config.xml has it, to compare with; restoring it REPLACES the whole IPsec area",
            )?,
        ],
        Product::Opnsense => vec![
            write(
                Format::OpnsensePages,
                "server/opnsense-pages.txt",
                "pick this on OPNsense",
            )?,
            write(
                Format::OpnsenseXml,
                "server/opnsense-config.xml",
                "the same as config.xml has it, to compare with; restoring it would REPLACE the configuration",
            )?,
        ],
        Product::Strongswan => vec![
            write(
                Format::Swanctl,
                "server/swanctl.conf",
                "into /etc/swanctl/conf.d, then `swanctl --load-all`",
            )?,
            write(
                Format::IpsecConf,
                "server/ipsec.conf",
                "instead of swanctl.conf, where the server still runs on ipsec.conf",
            )?,
        ],
        Product::Libreswan => vec![write(
            Format::Libreswan,
            "server/ipsec.conf",
            "into /etc/ipsec.d, then `ipsec auto --add`",
        )?],
        Product::Openiked => vec![write(
            Format::Iked,
            "server/iked.conf",
            "as /etc/iked.conf, readable by root alone, then `iked -n` and `rcctl restart iked`",
        )?],
        Product::Rras => vec![write(
            Format::Rras,
            "server/rras.ps1",
            "run this on Windows Server as administrator; it restarts RemoteAccess and drops all tunnels",
        )?],
    };
    files.push(write(
        Format::ServerYaml,
        "server/server.yaml",
        "the same for `ikecompat check`",
    )?);
    Ok(files)
}

/// What a client gets: the suites it is configured for, or those that it settles on as it is.
fn suites(plan: &Plan, place: usize) -> Option<(Suite, Suite)> {
    match plan
        .reconfigured
        .iter()
        .find(|reconfigured| reconfigured.client == place)
    {
        Some(reconfigured) => Some((reconfigured.ike, reconfigured.esp)),
        None => {
            let (ike, esp) = (of(&plan.ike, place), of(&plan.esp, place));
            ike.zip(esp).map(|(ike, esp)| (ike.suite, esp.suite))
        }
    }
}

fn of_client(
    plan: &Plan,
    place: usize,
    client: &Client,
    context: &PlanContext<'_>,
    choices: Choices,
) -> Result<Vec<PlanFile>, Failure> {
    let mut files = Vec::new();
    let reconfigured = plan
        .reconfigured
        .iter()
        .find(|reconfigured| reconfigured.client == place);
    let stem = format!("clients/{}", client.id.replace(':', "-"));
    if let Some((ike, esp)) = suites(plan, place) {
        let setup = Setup::of_client(context, choices.auth, &ike, &esp);
        let by = match reconfigured {
            Some(reconfigured) => Some(reconfigured.method),
            None => client
                .method
                .iter()
                .copied()
                .filter(|method| *method != ConfigMethod::Registry)
                .find(|method| config_method::can(client, *method, &ike, &esp)),
        };
        let needed = if reconfigured.is_some() {
            "needed"
        } else {
            "not needed, the client connects as it is; an alternative to entering by hand"
        };
        match by {
            Some(ConfigMethod::AppleProfile) => files.push(file(
                format!("{stem}.mobileconfig"),
                &format!("open it on the Mac, iPhone or iPad ({needed})"),
                |out| Format::Mobileconfig.write_setup(&setup, choices, out),
            )?),
            Some(ConfigMethod::Powershell) => {
                let configure = reconfigured.is_some();
                files.push(file(
                    format!("{stem}.ps1"),
                    if configure {
                        "run it in PowerShell on the client (needed)"
                    } else {
                        "run it in PowerShell on the client; it makes the connection and changes no suite"
                    },
                    |out| powershell::script(&setup, (true, configure), out),
                )?);
            }
            Some(ConfigMethod::Sswan) => files.push(file(
                format!("{stem}.sswan"),
                &format!("open it with the strongSwan app ({needed})"),
                |out| Format::Sswan.write_setup(&setup, choices, out),
            )?),
            Some(ConfigMethod::Proposals | ConfigMethod::Registry | ConfigMethod::Settings)
            | None => {}
        }
        let by_registry = by == Some(ConfigMethod::Registry);
        if by_registry {
            files.push(file(
                format!("{stem}.ps1"),
                "run it in PowerShell on the client; it makes the connection and changes no suite",
                |out| powershell::script(&setup, (true, false), out),
            )?);
        }
        let level = client.registry.filter(|_| reconfigured.is_none());
        if let Some(level) = level.or(by_registry.then_some(RegistryLevel::Enforce)) {
            files.push(file(
                format!("{stem}.reg"),
                "import it on the client as administrator, then restart the client (needed: what it offers comes from this value)",
                |out| reg::write(&setup, level, out),
            )?);
        }
    }
    let enter = context.enter.get(place).and_then(Option::as_ref);
    let by_hand_too = |method| matches!(method, ConfigMethod::Proposals | ConfigMethod::Settings);
    let own = reconfigured.filter(|reconfigured| by_hand_too(reconfigured.method));
    if enter.is_some() || own.is_some() {
        files.push(file(
            format!("{stem}.txt"),
            "what to enter by hand",
            |out| {
                if let Some(own) = own {
                    tell(own, context, out)?;
                }
                if let Some(enter) = enter {
                    by_hand(client, enter, context, out)?;
                }
                Ok(Vec::new())
            },
        )?);
    }
    Ok(files)
}

impl Setup {
    /// The set-up of one client of a plan.
    pub fn of_client(
        context: &PlanContext<'_>,
        auth: crate::write::config::setup::Auth,
        ike: &Suite,
        esp: &Suite,
    ) -> Self {
        let address = context.address.unwrap_or(ADDRESS);
        Self {
            name: context.connection_name.to_owned(),
            address: address.to_owned(),
            remote_id: context.remote_id.unwrap_or(address).to_owned(),
            auth,
            ike: vec![ike.to_proposal()],
            esp: vec![esp.to_proposal()],
        }
    }
}
