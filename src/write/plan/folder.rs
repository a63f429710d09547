//! Everything that makes a plan real: files for the server, files for each client, and a README.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::text::told;
use super::{client_files, manifest, migration, pages, readme, secrets};
use crate::answer::manifest::{FILE_NAME, Manifest};
use crate::answer::migration::{Existing, Migration};
use crate::answer::plan::PlanContext;
use crate::format::Format;
use crate::ike::Suite;
use crate::peer::certificate::Certificate;
use crate::peer::server::Product;
use crate::recommend::{Plan, server};
use crate::write::config::format::Choices;
use crate::write::config::refusal::Failure;
use crate::write::config::setup::{ADDRESS, Setup};

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
///
/// `own` is the server's own file and the way from there to the plan.
pub fn files(
    plan: &Plan,
    context: &PlanContext<'_>,
    choices: Choices,
    own: Option<(&Existing, &Migration)>,
) -> Result<Vec<PlanFile>, Failure> {
    let mut files = of_server(plan, context, choices)?;
    files.extend(
        own.into_iter()
            .flat_map(|(existing, way)| migration::files(existing, way, &told(plan, context))),
    );
    let mut manifest = Manifest {
        server: own
            .and_then(|(existing, way)| migration::server_path(existing, way))
            .unwrap_or_else(|| server_path(plan.product).to_owned()),
        engine: context.engine.map(|engine| engine.to_string()),
        clients: Vec::new(),
    };
    for (place, stem) in client_files::stems(context.clients).iter().enumerate() {
        let own = client_files::of_client(plan, place, stem, context, choices)?;
        files.extend(own.files);
        manifest.clients.extend(own.manifest);
    }
    files.extend(authorities(context));
    files.push(PlanFile {
        path: FILE_NAME.to_owned(),
        bytes: manifest::text(&manifest).into_bytes(),
        purpose: "which file is whose, for `ikecompat check` of this folder".to_owned(),
        lost: Vec::new(),
    });
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

/// Writes one file.
pub(super) fn file(
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

/// The file of the server that is checked: what is put into service, or the same as its pages have it.
const fn server_path(product: Product) -> &'static str {
    match product {
        Product::Pfsense => "server/pfsense-ipsec.xml",
        Product::Opnsense => "server/opnsense-config.xml",
        Product::Strongswan => "server/swanctl.conf",
        Product::Libreswan => "server/ipsec.conf",
        Product::Openiked => "server/iked.conf",
        Product::Rras => "server/rras.ps1",
    }
}

fn of_server(
    plan: &Plan,
    context: &PlanContext<'_>,
    choices: Choices,
) -> Result<Vec<PlanFile>, Failure> {
    let server = server(plan, context.names());
    let write = |target: Format, path: &str, purpose: &str| {
        file(path, purpose, |out| target.write(&server, choices, out))
    };
    let mut files = match plan.product {
        Product::Pfsense => vec![
            file(
                "server/pfsense-pages.txt",
                "click this on pfSense, page by page",
                |out| pages::write(plan.product, plan, context, choices.auth, out),
            )?,
            write(
                Format::PfsenseXml,
                "server/pfsense-ipsec.xml",
                "the same as config.xml has it, to compare with; restoring it REPLACES the whole IPsec area",
            )?,
        ],
        Product::Opnsense => vec![
            file(
                "server/opnsense-pages.txt",
                "pick this on OPNsense, page by page",
                |out| pages::write(plan.product, plan, context, choices.auth, out),
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
        Product::Rras => vec![
            file(
                "server/rras-before.txt",
                "what has to be there before the script runs",
                |out| pages::write(plan.product, plan, context, choices.auth, out),
            )?,
            write(
                Format::Rras,
                "server/rras.ps1",
                "run this on Windows Server as administrator; it restarts RemoteAccess and drops all tunnels",
            )?,
        ],
    };
    files.extend(secrets::files(plan.product, choices.auth));
    files.push(write(
        Format::ServerYaml,
        "server/server.yaml",
        "the same for `ikecompat check`",
    )?);
    Ok(files)
}

/// The certificates that clients have to trust, for those that import them.
fn authorities(context: &PlanContext<'_>) -> Option<PlanFile> {
    let given = &context.given.authorities;
    if given.is_empty() {
        return None;
    }
    let text: String = given.iter().map(pem).collect();
    Some(PlanFile {
        path: "clients/ca.crt".to_owned(),
        bytes: text.into_bytes(),
        purpose: "import it on every client as the certificate of a CA that is trusted; .mobileconfig and .sswan hold it already".to_owned(),
        lost: Vec::new(),
    })
}

/// A certificate as text.
fn pem(certificate: &Certificate) -> String {
    let text = BASE64.encode(&certificate.der);
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    for (place, letter) in text.chars().enumerate() {
        if place > 0 && place % 64 == 0 {
            pem.push('\n');
        }
        pem.push(letter);
    }
    pem.push_str("\n-----END CERTIFICATE-----\n");
    pem
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
            local_id: context.local_id.map(str::to_owned),
            server: context.given.server.clone(),
            authorities: context.given.authorities.clone(),
            ..Self::default()
        }
    }
}
