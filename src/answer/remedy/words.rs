//! How remedies are said: on the server in the words of its product, on the client as the command or
//! the values to enter.

use super::{Remedy, RemedySide};
use crate::answer::words::{short, without_pfs};
use crate::compat::config_method::ConfigMethod;
use crate::compat::surface::{self, only_suite};
use crate::diag::and_list;
use crate::dialect::powershell::Parameter;
use crate::dialect::{apple, keyword, pfsense, powershell};
use crate::ike::{Proposal, Protocol, Suite};
use crate::peer::surface::ConfigSurface;
use crate::peer::{Client, Edit, ListPlace, Origin, Server};
use std::time::Duration;
use strum::IntoEnumIterator as _;

/// What there is to say of a part on the server's side.
pub(super) struct ServerWords {
    pub(super) phase: Option<u8>,
    pub(super) proposal: Option<String>,
    pub(super) brief: String,
    pub(super) instruction: String,
    pub(super) commands: Vec<String>,
}

impl Remedy {
    /// The lines that tell a person what to do; what is to be typed is indented.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let on_server = self.parts.iter();
        let on_server: Vec<_> = on_server
            .filter(|part| part.side == RemedySide::Server)
            .collect();
        let objection = self.objection.as_ref();
        let objection = objection.map_or_else(String::new, |why| format!("; not advised: {why}"));
        let colon = |commands: bool| if commands { ":" } else { "" };
        if !on_server.is_empty() {
            let what: Vec<_> = on_server.iter().map(|part| &part.instruction).collect();
            let what = what.iter().map(|text| text.as_str()).collect::<Vec<_>>();
            let commands: Vec<_> = on_server.iter().flat_map(|part| &part.commands).collect();
            let colon = colon(!commands.is_empty());
            let what = what.join(", and ");
            lines.push(format!("on the server: {what}{objection}{colon}"));
            lines.extend(commands.iter().map(|command| format!("  {command}")));
        }
        let (then, mut lines) = (lines, Vec::new());
        let on_client = self.parts.iter();
        for part in on_client.filter(|part| part.side == RemedySide::Client) {
            let colon = colon(!part.commands.is_empty());
            lines.push(format!(
                "on the client, {}{objection}{colon}",
                part.instruction
            ));
            lines.extend(part.commands.iter().map(|command| format!("  {command}")));
        }
        let together = !lines.is_empty() && !then.is_empty();
        for (place, line) in then.into_iter().enumerate() {
            lines.push(match together && place == 0 {
                true => format!("and then {line}"),
                false => line,
            });
        }
        lines
    }
}

/// The lines of alternatives: where there are several, which belong to one another is said by `either`
/// and `or`.
pub(crate) fn alternatives(remedies: &[Remedy]) -> Vec<String> {
    let mut each: Vec<Vec<String>> = Vec::new();
    for remedy in remedies {
        let lines = remedy.lines();
        if !each.contains(&lines) {
            each.push(lines);
        }
    }
    let several = each.len() > 1;
    let said = each.into_iter().enumerate();
    said.flat_map(|(place, mut lines)| {
        if let Some(first) = lines.first_mut().filter(|_| several) {
            let word = if place == 0 { "either" } else { "or" };
            *first = format!("{word} {first}");
        }
        lines
    })
    .collect()
}

/// The phase that a protocol's SAs are called.
const fn phase(protocol: Protocol) -> u8 {
    match protocol {
        Protocol::Ike => 1,
        Protocol::Ah | Protocol::Esp => 2,
    }
}

/// What is to be done on the server; the edits are the same in lists that are equal.
pub(super) fn on_server(step: &[Edit], server: &Server) -> ServerWords {
    let plain = |phase, instruction: String| ServerWords {
        phase: Some(phase),
        proposal: None,
        brief: instruction.clone(),
        instruction,
        commands: Vec::new(),
    };
    let Some(edit) = step.first() else {
        return plain(1, String::new());
    };
    let place = edit.list().map(|list| place(list, step, server));
    let place = place.unwrap_or_default();
    match edit {
        Edit::Add {
            list,
            proposal,
            first,
        } => ServerWords {
            proposal: Some(keyword::of_proposal(proposal)),
            brief: addition(*list, proposal, (*first, false), &place, server),
            ..plain(
                phase(proposal.protocol()),
                addition(*list, proposal, (*first, true), &place, server),
            )
        },
        Edit::Replace { .. } => replacement(step),
        Edit::DropGroups { .. } => plain(2, pfs_off(&place, server)),
        Edit::AddGroup {
            group, optional, ..
        } => {
            let group = keyword::of_transform(*group);
            let none = if *optional {
                " and, behind it, `none`"
            } else {
                ""
            };
            plain(
                2,
                match server.surface().row().sets_one_pfs_group {
                    true => format!("set PFS key group to {group} in {place}"),
                    false => format!("add the group {group}{none} to every entry of {place}"),
                },
            )
        }
        Edit::StopRekeying { protocol, .. } => {
            let what = match protocol {
                Protocol::Ike => "IKE SA",
                Protocol::Ah | Protocol::Esp => "child SA",
            };
            let never_asks = server.surface().row().never_asks;
            let how = never_asks.of_protocol(*protocol).unwrap_or("rekey time 0");
            plain(
                phase(*protocol),
                format!(
                    "never ask for new keys of the {what} ({how}); the client does it by itself"
                ),
            )
        }
        Edit::SetLifetime {
            protocol, lifetime, ..
        } => {
            let number = phase(*protocol);
            plain(number, hard_lifetime(server, *protocol, *lifetime))
        }
        // Nothing else is tried for a client.
        Edit::Remove { .. }
        | Edit::MoveToFront { .. }
        | Edit::RemoveAlgorithm { .. }
        | Edit::PutFirst { .. }
        | Edit::PutNoneLast { .. }
        | Edit::AddAlgorithm { .. }
        | Edit::PreferOwn => plain(1, String::new()),
    }
}

/// That SAs of a protocol have to live so long at least, with the setting that says so.
pub(crate) fn hard_lifetime(server: &Server, protocol: Protocol, least: Duration) -> String {
    let number = phase(protocol);
    let setting = server.surface().row().lifetime.of_protocol(protocol);
    let setting = setting.map_or_else(String::new, |setting| format!(" ({setting})"));
    format!(
        "set the hard lifetime of phase {number} to {} s at least{setting}",
        least.as_secs()
    )
}

/// `phase 2`, with the names of what it belongs to where there are several.
fn place(list: ListPlace, step: &[Edit], server: &Server) -> String {
    let number = if list.child.is_some() { 2 } else { 1 };
    let mut serving = server.connections.iter().filter(|it| it.serves_clients());
    let only = serving.next().is_some() && serving.next().is_none();
    let Some(connection) = server.connections.get(list.connection) else {
        return format!("phase {number}");
    };
    let changed = step.len();
    match list.child.and_then(|child| connection.children.get(child)) {
        Some(child) if changed < connection.children.len() => {
            format!("phase {number} of `{}`", child.name)
        }
        _ if only => format!("phase {number}"),
        _ => format!("phase {number} of `{}`", connection.name),
    }
}

/// A sentence for an entry that is added; `first` before the others, and `labelled` with what the
/// product's pages call its algorithms.
fn addition(
    list: ListPlace,
    proposal: &Proposal,
    (first, labelled): (bool, bool),
    place: &str,
    server: &Server,
) -> String {
    let is_pfsense = server.surface() == ConfigSurface::Pfsense;
    let labels = is_pfsense.then(|| pfsense::words(&only_suite(proposal)));
    let labels = labels.flatten().filter(|_| labelled);
    let labels = labels.map_or_else(String::new, |words| format!(" ({words})"));
    let front = if first {
        ", before the other entries"
    } else {
        ""
    };
    // A list that is written takes the place of the default.
    let connection = server.connections.get(list.connection);
    let entries = connection.map(|connection| match list.child {
        Some(child) => connection.children.get(child).map(|it| &it.esp[..]),
        None => Some(&connection.ike[..]),
    });
    let mut entries = entries.flatten().unwrap_or_default().iter();
    let nobody_wrote = entries.any(|entry| matches!(entry.origin, Origin::Default(_)));
    let default = match (nobody_wrote, server.engine.name.row().has_default_word) {
        (false, _) => "",
        (true, true) => ", beside `default`",
        (true, false) => ", beside its default list, which has to be written then",
    };
    format!(
        "add {} to {place}{labels}{front}{default}",
        spelling(proposal, server)
    )
}

/// A proposal as it is written where the server was read: a description of a server has keywords, whatever the
/// program's own file has.
fn spelling(proposal: &Proposal, server: &Server) -> String {
    match server.definitions.surface {
        Some(surface) => surface::spelling(surface, proposal),
        None => keyword::of_proposal(proposal),
    }
}

/// How PFS is turned off in a place.
fn pfs_off(place: &str, server: &Server) -> String {
    let is_described = server.definitions.surface.is_none();
    let words = match is_described && server.engine.name.row().has_pfs_switch {
        true => "turn PFS off: `pfs: no`, and no group in {place}",
        false => server.surface().row().pfs_off,
    };
    words.replace("{place}", place)
}

/// What is to be typed on a server that has one suite of each phase.
fn replacement(step: &[Edit]) -> ServerWords {
    let suite = |protocol| {
        let mut all = step.iter().filter_map(|edit| match edit {
            Edit::Replace { proposal, .. } if proposal.protocol() == protocol => Some(proposal),
            _ => None,
        });
        let proposal = all.next()?;
        let transforms = proposal.transforms().iter().copied();
        Some(Suite::of(protocol, transforms))
    };
    let (ike, esp) = (suite(Protocol::Ike), suite(Protocol::Esp));
    let arguments = ike.zip(esp);
    let arguments = arguments.and_then(|(ike, esp)| powershell::suite_arguments(&ike, &esp).ok());
    let command = arguments.map(|arguments| {
        let values = Parameter::iter()
            .map(|parameter| format!(" -{parameter} {}", arguments.value(parameter)))
            .collect::<String>();
        format!("Set-VpnServerConfiguration -TunnelType Ikev2 -CustomPolicy{values}")
    });
    let suites: Vec<_> = [ike, esp].iter().flatten().map(short).collect();
    ServerWords {
        phase: None,
        proposal: Some(suites.join(" / ")),
        brief: format!("in PowerShell, set {} for everybody", and_list(&suites)),
        instruction: format!("in PowerShell, set {} for everybody", and_list(&suites)),
        commands: command.into_iter().collect(),
    }
}

/// By what a client is configured, and what is typed or entered there; `None` if its product cannot
/// say the suites.
pub(super) fn on_client(
    (client, method): (&Client, ConfigMethod),
    ike: &Suite,
    esp: &Suite,
    server: &Server,
) -> Option<(&'static str, Vec<String>)> {
    let plain = || {
        let pfs = without_pfs(client, method, esp);
        let pfs = pfs.map_or_else(String::new, |pfs| format!(", {pfs}"));
        vec![format!("IKE {}, ESP {}{pfs}", short(ike), short(esp))]
    };
    Some(match method {
        ConfigMethod::Powershell => {
            let name = server.connection_name.as_deref();
            let line = powershell::line(name.unwrap_or("VPN connection"), ike, esp);
            ("in PowerShell", vec![line.ok()?])
        }
        ConfigMethod::AppleProfile => {
            let words = |suite: &Suite| {
                let p = apple::parameters(suite).ok()?;
                let mut words = vec![format!("EncryptionAlgorithm {}", p.encryption)];
                words.extend(p.integrity.map(|i| format!("IntegrityAlgorithm {i}")));
                words.extend(p.group.map(|g| format!("DiffieHellmanGroup {g}")));
                Some(words.join(", "))
            };
            let pfs = u8::from(esp.ke().is_some());
            let (ike, esp) = (words(ike)?, words(esp)?);
            (
                "by a configuration profile",
                vec![
                    format!("IKESecurityAssociationParameters: {ike}"),
                    format!("ChildSecurityAssociationParameters: {esp}; EnablePFS {pfs}"),
                ],
            )
        }
        ConfigMethod::Sswan | ConfigMethod::Proposals => ("as its own proposals", plain()),
        ConfigMethod::Registry => (
            "in the registry",
            vec![powershell::REGISTRY_ENFORCE.to_owned()],
        ),
        ConfigMethod::Settings => ("in its settings", plain()),
    })
}
