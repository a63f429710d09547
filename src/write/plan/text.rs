//! A plan for people: the settings of the server, what each client gets, what to tell each client.

use std::io::{self, Write};

use crate::answer::plan::PlanContext;
use crate::answer::words::{self, short};
use crate::compat::config_method::ConfigMethod;
use crate::compat::rank::Tier;
use crate::dialect::apple;
use crate::dialect::powershell::DATA_ENCRYPTION;
use crate::format::Format;
use crate::peer::server::Product;
use crate::peer::{Client, Grade, Server};
use crate::profile::shape::{Enter, Field};
use crate::recommend::{Addition, Names, Plan, PlanEntry, Reconfigured, server};
use crate::write::config::format::Choices;
use crate::write::config::refusal::Failure;
use crate::write::config::setup::Auth;
use crate::write::config::{pfsense, powershell};
use crate::write::text::and_list;

/// The ids of the clients at these places.
fn labels(context: &PlanContext<'_>, places: &[usize]) -> String {
    let labels: Vec<_> = places
        .iter()
        .map(|place| context.clients[*place].id.as_str())
        .collect();
    and_list(&labels)
}

/// The ids of the clients that have to be configured.
pub(super) fn told<'c>(plan: &Plan, context: &PlanContext<'c>) -> Vec<&'c str> {
    let told = plan.reconfigured.iter();
    told.map(|told| context.clients[told.client].id.as_str())
        .collect()
}

/// A part of a plan that has a heading of its own.
pub(crate) struct Part {
    /// The heading.
    pub(crate) title: String,
    /// The whole text.
    text: String,
    /// The first line of the text is the heading.
    is_headed: bool,
}

impl Part {
    /// A part whose text has no heading of its own.
    fn titled(title: &str, text: Vec<u8>) -> Self {
        Self {
            title: title.to_owned(),
            text: String::from_utf8_lossy(&text).into_owned(),
            is_headed: false,
        }
    }

    /// A part whose first line is its heading.
    pub(super) fn headed(text: Vec<u8>) -> Self {
        let text = String::from_utf8_lossy(&text).into_owned();
        let mut title = text.lines().next().unwrap_or_default().to_owned();
        if let Some(start) = title.get_mut(..1) {
            start.make_ascii_uppercase();
        }
        Self {
            title,
            text,
            is_headed: true,
        }
    }

    /// What stands below the heading, to be copied.
    pub(crate) fn body(&self) -> &str {
        match self.text.split_once('\n') {
            Some((_, rest)) if self.is_headed => rest,
            _ => &self.text,
        }
    }

    /// The language of the body, as blocks of code name it.
    pub(crate) fn language(&self) -> &'static str {
        match self.body().starts_with("Set-Vpn") {
            true => "powershell",
            false => "",
        }
    }

    /// The part as plain text.
    pub(crate) fn plain(&self) -> &str {
        &self.text
    }
}

/// What to set on the server.
pub(crate) fn settings(plan: &Plan, context: &PlanContext<'_>) -> io::Result<Vec<Part>> {
    let (mut list, mut server) = (Vec::new(), Vec::new());
    suites(plan, context, &mut list)?;
    on_server(plan, &mut server)?;
    Ok(vec![
        Part::titled("Suites", list),
        Part::titled("On the server", server),
    ])
}

/// What each client gets, and what is done on it.
pub(crate) fn clients(plan: &Plan, context: &PlanContext<'_>) -> io::Result<Vec<Part>> {
    let mut text = b"clients\n".to_vec();
    who(plan, context, &mut text)?;
    let mut parts = vec![Part::headed(text)];
    for reconfigured in &plan.reconfigured {
        let mut text = Vec::new();
        tell(reconfigured, context, &mut text)?;
        parts.push(Part::headed(text));
    }
    for (client, enter) in context.clients.iter().zip(context.enter) {
        let mut text = Vec::new();
        by_hand(client, enter.as_ref(), context, &mut text)?;
        parts.push(Part::headed(text));
    }
    Ok(parts)
}

/// The entries of both phases, PFS, and the additions.
fn suites(plan: &Plan, context: &PlanContext<'_>, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "phase 1")?;
    for entry in &plan.ike {
        base(entry, context, out)?;
    }
    writeln!(out, "phase 2")?;
    for entry in &plan.esp {
        base(entry, context, out)?;
    }
    match plan.pfs.group {
        Some(group) => {
            writeln!(
                out,
                "  PFS on, group {}: every client carries it when it rekeys",
                crate::write::text::transform(group)
            )?;
        }
        None if !plan.pfs.beside.is_empty() => writeln!(
            out,
            "  PFS with a group for {}, which demand one, and without for the others",
            and_list(&plan.pfs.beside)
        )?,
        None => writeln!(
            out,
            "  PFS off: not every client provably sends a group when it rekeys ({})",
            and_list(&plan.pfs.because)
        )?,
    }
    if !plan.pfs.lost.is_empty() {
        writeln!(
            out,
            "  the tunnel is lost at the first rekeying by {}, which demands a group",
            and_list(&plan.pfs.lost)
        )?;
    }
    rekeying(plan, context, out)?;
    additions(plan, context, out)
}

/// Who refuses what the server would ask for, and what that means for lifetimes.
fn rekeying(plan: &Plan, context: &PlanContext<'_>, out: &mut impl Write) -> io::Result<()> {
    let rekeying = &plan.rekeying;
    let never_asks = plan.product.surface().row().never_asks;
    for (what, open, how) in [
        ("the IKE SA", &rekeying.ike_open, never_asks.ike),
        ("child SAs", &rekeying.child_open, never_asks.child),
    ] {
        if let (Some(how), false) = (how, open.is_empty()) {
            writeln!(
                out,
                "  whether {} take new keys of {what} from the server is not known; with {how} it never asks",
                labels(context, open)
            )?;
        }
    }
    if rekeying.server.child.is_none() {
        return Ok(());
    }
    writeln!(
        out,
        "  the server never asks for new keys of phase 2, which {} would refuse",
        labels(context, &rekeying.refusing)
    )?;
    if let (Some((place, slowest)), Some(hard)) = (rekeying.slowest, rekeying.hard_lifetime()) {
        writeln!(
            out,
            "    a hard lifetime of phase 2 is {} s at least: {} renews its keys after {} s",
            hard.as_secs(),
            context.clients[place].id,
            slowest.as_secs()
        )?;
    }
    if !rekeying.unknown.is_empty() {
        writeln!(
            out,
            "    not known: after how long new keys are asked for by {}; a log of a tunnel that stays up for some hours shows it",
            labels(context, &rekeying.unknown)
        )?;
    }
    Ok(())
}

/// What every client gets, and whether it has to be configured.
fn who(plan: &Plan, context: &PlanContext<'_>, out: &mut impl Write) -> io::Result<()> {
    for (place, client) in context.clients.iter().enumerate() {
        let reconfigured = plan
            .reconfigured
            .iter()
            .find(|reconfigured| reconfigured.client == place);
        let ike = of(&plan.ike, place).map(|entry| short(&entry.suite));
        let esp = of(&plan.esp, place).map(|entry| short(&entry.suite));
        let what = match reconfigured {
            Some(_) => "to be configured, see below",
            // What it offers decides only where nobody configures it.
            None if client.evidence() == Some(Grade::Inferred) => "as it is (inferred)",
            None => "as it is",
        };
        let suites = [ike, esp].map(|suite| suite.unwrap_or_else(|| "-".to_owned()));
        writeln!(
            out,
            "  {:26} {} / {}; {what}",
            client.id, suites[0], suites[1]
        )?;
    }
    Ok(())
}

/// What to set on the server, in the words of its product.
fn on_server(plan: &Plan, out: &mut impl Write) -> io::Result<()> {
    let server = server(plan, Names::default());
    if let Some((format, device)) = plan.format.and_then(|it| Some((it, it.device()?))) {
        return commands(&server, (format, device), out);
    }
    if plan.product == Product::Pfsense {
        return pfsense::write(plan, out);
    }
    let target = match plan.product {
        Product::Opnsense => Format::OpnsensePages,
        Product::Rras => Format::Rras,
        Product::Libreswan => Format::Libreswan,
        Product::Openiked => Format::Iked,
        Product::Pfsense | Product::Strongswan => Format::Swanctl,
    };
    let choices = Choices {
        auth: Auth::default(),
        full: false,
        release: None,
    };
    let mut text = Vec::new();
    // A plan has only suites that its product can say.
    let written = target.write(&server, choices, &mut text);
    written.map_err(io::Error::other)?;
    let text = String::from_utf8_lossy(&text);
    match plan.product {
        Product::Pfsense | Product::Opnsense | Product::Rras => out.write_all(text.as_bytes()),
        Product::Strongswan => {
            writeln!(
                out,
                "strongSwan: swanctl.conf; `--format swanctl` prints the whole file"
            )?;
            lines_of(&text, &["proposals", "esp_proposals", "rekey_time"], out)
        }
        Product::Libreswan => {
            writeln!(
                out,
                "libreswan: ipsec.conf; `--format libreswan` prints the whole file"
            )?;
            lines_of(&text, &["ikev2", "ike", "esp", "pfs", "esn", "rekey"], out)
        }
        Product::Openiked => {
            writeln!(
                out,
                "OpenIKED: iked.conf; `--format iked` prints the whole file"
            )?;
            let blocks = text.lines().map(str::trim);
            let mut blocks =
                blocks.filter(|it| it.starts_with("ikesa ") || it.starts_with("childsa "));
            blocks.try_for_each(|it| writeln!(out, "  {}", it.trim_end_matches([' ', '\\'])))
        }
    }
}

/// The commands of a device, or why there are none.
fn commands(
    server: &Server,
    (format, device): (Format, &str),
    out: &mut impl Write,
) -> io::Result<()> {
    let choices = Choices {
        auth: Auth::default(),
        full: false,
        release: None,
    };
    let mut text = Vec::new();
    match format.write(server, choices, &mut text) {
        Err(Failure::Io(error)) => Err(error),
        Err(why) => writeln!(out, "{device}: {why}"),
        Ok(lost) => {
            writeln!(out, "{device}; `--format {format}` prints this alone")?;
            let text = String::from_utf8_lossy(&text);
            text.lines()
                .try_for_each(|line| writeln!(out, "  {line}"))?;
            lost.iter()
                .try_for_each(|what| writeln!(out, "  besides: {what}"))
        }
    }
}

/// The lines of a file that set one of `keys`.
fn lines_of(text: &str, keys: &[&str], out: &mut impl Write) -> io::Result<()> {
    let set = |line: &&str| {
        let key = line.split('=').next().unwrap_or_default().trim();
        keys.contains(&key)
    };
    text.lines()
        .filter(set)
        .try_for_each(|line| writeln!(out, "  {}", line.trim()))
}

pub(crate) fn of(entries: &[PlanEntry], place: usize) -> Option<&PlanEntry> {
    entries.iter().find(|entry| entry.serves.contains(&place))
}

fn base(entry: &PlanEntry, context: &PlanContext<'_>, out: &mut impl Write) -> io::Result<()> {
    let deciding = context.policy.deciding(&entry.suite);
    let tier = entry.rank.tier();
    let why = match tier {
        Tier::Recommended => format!(
            "{tier}; weakest level {} ({})",
            deciding.level,
            deciding.reason()
        ),
        _ => format!("{tier} because of {}", deciding.reason()),
    };
    writeln!(out, "  {}", short(&entry.suite))?;
    writeln!(out, "    {why}")
}

fn additions(plan: &Plan, context: &PlanContext<'_>, out: &mut impl Write) -> io::Result<()> {
    if plan.ike_additions.is_empty() && plan.esp_additions.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "optional additions, each in its place by rank; they change nothing for the others"
    )?;
    let mut each = |phase: u8, list: &[Addition], base: &[PlanEntry]| -> io::Result<()> {
        for addition in list {
            let gets = |place: &usize| of(base, *place);
            let gets = addition.clients.iter().find_map(gets);
            let against = gets.map_or("", |b| addition.rank.decided_against(&b.rank));
            writeln!(
                out,
                "  phase {phase}: {} for {} (ahead of the base by: {against})",
                short(&addition.suite),
                labels(context, &addition.clients)
            )?;
        }
        Ok(())
    };
    each(1, &plan.ike_additions, &plan.ike)?;
    each(2, &plan.esp_additions, &plan.esp)
}

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
            writeln!(out, "  ESP {}", short(&reconfigured.esp))
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
