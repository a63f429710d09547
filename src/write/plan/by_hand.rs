//! What each client is told: commands, files, and the fields of its own dialogs.

use std::io::{self, Write};

use crate::answer::plan::PlanContext;
use crate::answer::words::{self, short};
use crate::compat::config_method::ConfigMethod;
use crate::dialect::apple;
use crate::dialect::powershell::DATA_ENCRYPTION;
use crate::peer::Client;
use crate::profile::shape::{Enter, Field};
use crate::recommend::Reconfigured;
use crate::write::config::powershell;

/// What a touched client must be told.
pub(crate) fn tell(
    reconfigured: &Reconfigured,
    context: &PlanContext<'_>,
    out: &mut impl Write,
) -> io::Result<()> {
    let client = &context.clients[reconfigured.client];
    match reconfigured.method {
        ConfigMethod::Powershell => {
            writeln!(out, "on {}, in PowerShell", client.id)?;
            match powershell::line(
                context.connection_name,
                &reconfigured.ike,
                &reconfigured.esp,
            ) {
                Ok(line) => writeln!(out, "{line}"),
                Err(why) => writeln!(out, "  {why}"),
            }
        }
        ConfigMethod::AppleProfile => {
            writeln!(out, "on {}, by a configuration profile", client.id)?;
            for (name, suite) in [
                ("IKESecurityAssociationParameters", &reconfigured.ike),
                ("ChildSecurityAssociationParameters", &reconfigured.esp),
            ] {
                if let Ok(p) = apple::parameters(suite) {
                    writeln!(out, "  {name}: EncryptionAlgorithm {}", p.encryption)?;
                    if let Some(integrity) = p.integrity {
                        writeln!(out, "    IntegrityAlgorithm {integrity}")?;
                    }
                    if let Some(group) = p.group {
                        writeln!(out, "    DiffieHellmanGroup {group}")?;
                    }
                    if !p.post_quantum.is_empty() {
                        let methods: Vec<_> = p.post_quantum.iter().map(u16::to_string).collect();
                        let methods = methods.join(", ");
                        writeln!(out, "    PostQuantumKeyExchangeMethods {methods}")?;
                    }
                }
            }
            writeln!(
                out,
                "  EnablePFS {}",
                u8::from(reconfigured.esp.ke().is_some())
            )
        }
        ConfigMethod::Registry => {
            writeln!(out, "on {}, in the registry", client.id)?;
            writeln!(out, "  {}", crate::dialect::powershell::REGISTRY_ENFORCE)
        }
        ConfigMethod::Sswan | ConfigMethod::Proposals | ConfigMethod::Settings => {
            let is_setting = reconfigured.method == ConfigMethod::Settings;
            let place = if is_setting {
                "in its settings"
            } else {
                "as its own proposals"
            };
            writeln!(out, "on {}, {place}", client.id)?;
            writeln!(out, "  IKE {}", short(&reconfigured.ike))?;
            let pfs = words::without_pfs(client, reconfigured.method, &reconfigured.esp);
            let pfs = pfs.map_or_else(String::new, |pfs| format!(", {pfs}"));
            writeln!(out, "  ESP {}{pfs}", short(&reconfigured.esp))
        }
    }?;
    match words::release_needed(client, reconfigured) {
        Some(release) => writeln!(out, "  {release}"),
        None => Ok(()),
    }
}

/// What to enter on a client, in the order of its dialog, for the authentication in use.
pub(crate) fn by_hand(
    client: &Client,
    enter: Option<&Enter>,
    context: &PlanContext<'_>,
    out: &mut impl Write,
) -> io::Result<()> {
    let Some(enter) = enter else {
        return without_menus(client, context, out);
    };
    let auth = context.auth.map(|auth| auth.to_string());
    let applies = |only: &[String]| {
        let own = auth.as_ref();
        only.is_empty() || own.is_none_or(|own| only.contains(own))
    };
    writeln!(out, "enter on {} ({})", client.id, client.label)?;
    if let Some(open) = &enter.open {
        writeln!(out, "  open: {open}")?;
    }
    for field in enter.fields.iter().filter(|field| applies(&field.auth)) {
        writeln!(out, "  {}: {}", field.field, value(field, client, context))?;
        if let Some(note) = &field.note {
            writeln!(out, "    {note}")?;
        }
    }
    for thing in enter.import.iter().filter(|thing| applies(thing.auth())) {
        writeln!(out, "  import: {}", thing.what())?;
    }
    for thing in &enter.trust {
        writeln!(out, "  mark as trusted: {thing}")?;
    }
    if let Some(note) = &enter.note {
        writeln!(out, "  note: {note}")?;
    }
    Ok(())
}

/// What a client has to be told whose menus are not known.
fn without_menus(
    client: &Client,
    context: &PlanContext<'_>,
    out: &mut impl Write,
) -> io::Result<()> {
    writeln!(out, "enter on {} ({})", client.id, client.label)?;
    writeln!(
        out,
        "  open: not known; no source for the names of its menus was found, so these are no labels:"
    )?;
    let known = |value: &str| {
        let field = Field {
            field: String::new(),
            value: value.to_owned(),
            text: None,
            auth: Vec::new(),
            note: None,
        };
        self::value(&field, client, context)
    };
    writeln!(out, "  what it dials: {}", known("server-address"))?;
    let name = known("server-certificate-name");
    writeln!(out, "  what the server calls itself: {name}")?;
    let Some(auth) = context.auth else {
        return Ok(());
    };
    writeln!(out, "  how it authenticates: {auth}")?;
    if auth.by_certificate() {
        writeln!(out, "  what it calls itself: {}", known("local-identity"))?;
        writeln!(out, "  import: user certificate with its private key")?;
    } else {
        writeln!(out, "  user name: {}", known("user-name"))?;
        writeln!(out, "  password: {}", known("password"))?;
    }
    writeln!(out, "  import: CA certificate")
}

/// What goes into a field of a dialog.
fn value(field: &Field, client: &Client, context: &PlanContext<'_>) -> String {
    let known = match field.value.as_str() {
        "server-address" => context
            .address
            .unwrap_or("host name or IP address of the server"),
        "server-certificate-name" => context
            .remote_id
            .or(context.address)
            .unwrap_or("name in the server certificate"),
        "user-certificate-cn" => context.user_cn.unwrap_or("CN of the user certificate"),
        "local-identity" => context.local_id.unwrap_or("name in the user certificate"),
        "user-name" => context.local_id.unwrap_or("user name"),
        "user-certificate" => "the user certificate",
        "password" => "the password of the user",
        "connection-name" => context.connection_name,
        "data-encryption" => {
            let variant = client.id.split(':').nth(1);
            let label = DATA_ENCRYPTION
                .iter()
                .find(|(name, _)| Some(*name) == variant);
            label.map_or("as it is", |(_, label)| label)
        }
        _ => field.text.as_deref().unwrap_or(&field.value),
    };
    known.to_owned()
}
