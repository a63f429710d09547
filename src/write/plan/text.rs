//! A plan for people: the settings of the server, what each client gets, what to tell each client.

use std::io::{self, Write};

use super::by_hand::{by_hand, tell};
use crate::answer::plan::PlanContext;
use crate::answer::words::short;
use crate::compat::rank::Tier;
use crate::format::Format;
use crate::peer::server::Product;
use crate::peer::{Grade, Server};
use crate::recommend::{Addition, Names, Plan, PlanEntry, server};
use crate::write::config::format::Choices;
use crate::write::config::pfsense;
use crate::write::config::refusal::Failure;
use crate::write::config::setup::Auth;
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

const IKE_SA: &str = "the IKE SA";

/// How long an IKE SA has to live on a server that never asks for its keys and ends it even so.
fn life_time_of_ike(
    plan: &Plan,
    context: &PlanContext<'_>,
    out: &mut impl Write,
) -> io::Result<()> {
    let rekeying = &plan.rekeying;
    let never_asks = rekeying.server.ike.is_some() || !rekeying.ike_open.is_empty();
    let row = plan.product.surface().row();
    let field = row.lifetime.ike.filter(|_| row.never_asks.ike.is_some());
    let (Some(field), Some((place, slowest)), Some(hard), true) = (
        field,
        rekeying.slowest_ike,
        rekeying.hard_lifetime_of_ike(),
        never_asks,
    ) else {
        return Ok(());
    };
    writeln!(
        out,
        "    then {field} is {} s at least: {} renews its keys after {} s",
        hard.as_secs(),
        context.clients[place].id,
        slowest.as_secs()
    )
}

/// Who refuses what the server would ask for, and what that means for lifetimes.
fn rekeying(plan: &Plan, context: &PlanContext<'_>, out: &mut impl Write) -> io::Result<()> {
    let rekeying = &plan.rekeying;
    let never_asks = plan.product.surface().row().never_asks;
    for (what, open, how) in [
        (IKE_SA, &rekeying.ike_open, never_asks.ike),
        ("child SAs", &rekeying.child_open, never_asks.child),
    ] {
        if let (Some(how), false) = (how, open.is_empty()) {
            writeln!(
                out,
                "  whether {} take new keys of {what} from the server is not known; with {how} it never asks",
                labels(context, open)
            )?;
        }
        if what == IKE_SA {
            life_time_of_ike(plan, context, out)?;
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
