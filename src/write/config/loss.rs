//! What a conversion does not carry: every setting that was read and has no place in the file that
//! is written, and every part of the model that the format does not hold.

mod holds;

use std::collections::BTreeSet;
use std::time::Duration;

use itertools::Itertools as _;

use self::holds::{Holds, has_hard_lifetimes, holds};
use crate::diag::{Diagnostic, Place, Span, and_list};
use crate::dialect::DialectCode;
use crate::format::{End, Format, ServerFile};
use crate::peer::authentication::{Authentication, Method, Round};
use crate::peer::server::{IkeVersions, Mode, Spanned};
use crate::peer::setting::{Bearing, KeySet, Setting};
use crate::peer::{Child, Connection, EngineName, Server};
use crate::write::config::carry::{Scope, carried};
use crate::write::config::commands;

/// Something that was read and is not written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Loss {
    /// What it is.
    pub what: String,
    /// Where it stands.
    pub span: Option<Span>,
    /// What changes without it.
    pub bearing: Bearing,
}

/// The hard lifetimes of a server.yaml, which most formats have only together with rekey times.
fn lifetimes(format: Format, server: &Server) -> Vec<Loss> {
    if let End::Server(Some(file)) = format.row().end
        && has_hard_lifetimes(file)
    {
        return Vec::new();
    }
    let connections = server.connections.iter();
    let written = connections.flat_map(|connection| {
        let children = connection.children.iter();
        let children = children.filter_map(|child| child.lifetime.as_ref());
        connection.lifetime.as_ref().into_iter().chain(children)
    });
    let loss = |time: &Spanned<Duration>| Loss {
        what: "lifetime".to_owned(),
        span: Some(time.span.clone()),
        bearing: Bearing::Reachability,
    };
    written.map(loss).collect()
}

/// Connections that the commands of a device are not written for, and the order that they cannot ask for.
fn of_devices(format: Format, server: &Server) -> Vec<Loss> {
    let is_rras = format == Format::Rras;
    if format.device().is_none() && !is_rras {
        return Vec::new();
    }
    let serves = |one: &Connection| match is_rras {
        true => one.serves_clients(),
        false => commands::serves(one),
    };
    let others = server.connections.iter();
    let others = others.filter(|it| it.not_loaded.is_none() && !serves(it));
    let connections = others.map(|connection| Loss {
        what: format!(
            "connection `{}`: what is written is for clients of IKEv2",
            connection.name
        ),
        span: connection.span.clone(),
        bearing: Bearing::Reachability,
    });
    let order = (!server.prefers_own && !is_rras).then(|| Loss {
        what: "`prefer_configured_proposals = no`, the order of the clients".to_owned(),
        span: None,
        bearing: Bearing::Security,
    });
    connections.chain(order).collect()
}

/// Everything that `format` does not carry of what was read.
pub fn losses(format: Format, server: &Server) -> Vec<Loss> {
    let mut all = of_devices(format, server);
    all.extend(losses_of_settings(format, server));
    all.extend(replaced(format, server));
    all.extend(chosen(format, server));
    all
}

/// Commands that stand in the place of a device's own: nothing of its file but the negotiation is in them.
fn replaced(format: Format, server: &Server) -> Option<Loss> {
    let surface = server.definitions.surface?;
    let is_same = format.device().is_some() && format.surface() == Some(surface);
    let what = match server.engine.name {
        EngineName::CiscoAsa if is_same => {
            "commands of the ASA: what is written is for IOS and IOS XE"
        }
        _ if is_same => {
            "everything of the file beside the negotiation: what is written has names and entries of its own"
        }
        _ => return None,
    };
    Some(Loss {
        what: what.to_owned(),
        span: None,
        bearing: Bearing::Operation,
    })
}

/// The method of clients, where a device's text does not say it and the file that is written has to.
fn chosen(format: Format, server: &Server) -> Option<Loss> {
    let surface = server.definitions.surface;
    let of_device = surface.is_some_and(|surface| surface.row().is_of_device);
    let is_written = match format.row().end {
        End::Server(Some(ServerFile::ServerYaml | ServerFile::Rras)) => false,
        End::Server(Some(_)) => true,
        End::Server(None) | End::Client(_) => false,
    };
    let silent = |one: &&Connection| {
        one.serves_clients() && one.remote.rounds.is_empty() && one.remote.methods.is_empty()
    };
    let connection = server.connections.iter().find(silent);
    let connection = connection.filter(|_| of_device && is_written)?;
    Some(Loss {
        what: format!(
            "how clients of `{}` prove who they are is not in the text: what is written is what `--auth` says",
            connection.name
        ),
        span: connection.span.clone(),
        bearing: Bearing::Operation,
    })
}

fn losses_of_settings(format: Format, server: &Server) -> Vec<Loss> {
    let Some(keys) = server.definitions.keys else {
        let mut all = lifetimes(format, server);
        all.extend(unknown_phases(format, server));
        return all;
    };
    let mut found = Found {
        keys,
        losses: Vec::new(),
    };
    let loaded = server
        .connections
        .iter()
        .filter(|it| it.not_loaded.is_none());
    let file = match format.row().end {
        End::Server(file) => file,
        End::Client(_) => None,
    };
    match file.and_then(|file| Some((file, holds(file)?))) {
        Some((file, holds)) if holds.keys == Some(keys) && file.is_verbatim() => {}
        Some((_, holds)) => {
            for connection in loaded {
                found.connection(connection, &holds);
            }
            let to = holds.keys;
            found.settings(&server.definitions.settings, Scope::Connection, to, "");
            for pool in &server.definitions.pools {
                for setting in &pool.settings {
                    found.push(setting.bearing, &setting.key, "", &setting.span);
                }
            }
        }
        None => found.negotiation_only(format, loaded),
    }
    found.losses.extend(unknown_phases(format, server));
    for setting in &server.definitions.unknown {
        found.push(setting.bearing, &setting.key, "", &setting.span);
    }
    for setting in &server.definitions.unread {
        let bearing = setting.bearing.unwrap_or(Bearing::Operation);
        found.part(bearing, setting.key.clone(), Some(&setting.span));
    }
    if let Some(span) = &server.definitions.secrets {
        found.losses.push(Loss {
            what: "secrets".to_owned(),
            span: Some(span.clone()),
            bearing: Bearing::Operation,
        });
    }
    // What several connections have of one place is one loss.
    let what = |loss: &Loss| {
        let key = loss.what.split(" of ").next().unwrap_or_default();
        (
            key.to_owned(),
            loss.span.clone(),
            loss.span.is_none().then(|| loss.what.clone()),
        )
    };
    found.losses.into_iter().unique_by(what).collect()
}

/// A phase of which nothing is known has a word in server.yaml alone.
fn unknown_phases(format: Format, server: &Server) -> Option<Loss> {
    let mut connections = server.connections.iter();
    if let Some(connection) = connections.find(|one| one.ike_is_unknown) {
        return Some(Loss {
            what: "phase 1, of which not everything is known".to_owned(),
            span: connection.span.clone(),
            bearing: Bearing::Security,
        });
    }
    let mut children = server
        .connections
        .iter()
        .flat_map(|one| one.children.iter().map(move |child| (one, child)));
    let unknown = children.find(|(_, child)| child.is_unknown);
    unknown
        .filter(|_| format != Format::ServerYaml)
        .map(|(one, child)| Loss {
            what: "phase 2, of which nothing is known".to_owned(),
            span: child.span.clone().or_else(|| one.span.clone()),
            bearing: Bearing::Reachability,
        })
}

struct Found {
    keys: KeySet,
    losses: Vec<Loss>,
}

impl Found {
    fn push(&mut self, bearing: Option<Bearing>, what: &str, of: &str, span: &Span) {
        let Some(bearing) = bearing else {
            return;
        };
        let what = if of.is_empty() {
            format!("`{what}`")
        } else {
            format!("`{what}` of {of}")
        };
        self.losses.push(Loss {
            what,
            span: Some(span.clone()),
            bearing,
        });
    }

    /// A part of the model that the format has no place for.
    fn part(&mut self, bearing: Bearing, what: String, span: Option<&Span>) {
        self.losses.push(Loss {
            what,
            span: span.cloned(),
            bearing,
        });
    }

    fn settings(&mut self, settings: &[Setting], scope: Scope, to: Option<KeySet>, of: &str) {
        for setting in settings {
            let written = to.is_some_and(|to| carried((self.keys, to), scope, setting).is_some());
            if !written
                && !is_default(self.keys, setting)
                && !holds_by_itself(self.keys, to, setting)
            {
                self.push(setting.bearing, &setting.key, of, &setting.span);
            }
        }
    }

    fn connection(&mut self, connection: &Connection, holds: &Holds) {
        let of = format!("connection `{}`", connection.name);
        let place = connection.span.as_ref();
        self.settings(&connection.settings, Scope::Connection, holds.keys, &of);
        if connection.versions == IkeVersions::Ikev1 && !holds.ikev1 {
            self.part(Bearing::Security, format!("IKEv1 of {of}"), place);
        }
        for (scope, side) in [
            (Scope::Local, &connection.local),
            (Scope::Remote, &connection.remote),
        ] {
            self.side(scope, side, holds, &of);
        }
        if let Some(childless) = connection.childless.as_ref().filter(|_| !holds.childless) {
            let what = format!("`childless = {}` of {of}", childless.value);
            self.part(Bearing::Reachability, what, Some(&childless.span));
        }
        if let Some(reauth) = connection.reauthentication.as_ref()
            && !holds.reauthentication
        {
            let span = reauth.span.as_ref().or(place);
            self.part(Bearing::Security, format!("reauthentication of {of}"), span);
        }
        if !connection.pools.is_empty() && !holds.pools {
            let span = connection.pools.first().map(|pool| &pool.span);
            self.part(Bearing::Reachability, format!("pools of {of}"), span);
        }
        for shunt in &connection.shunts {
            let what = format!("the rule `{}` of {of}", shunt.name);
            self.part(Bearing::Reachability, what, shunt.span.as_ref());
        }
        if connection.children.is_empty() && connection.shunts.is_empty() {
            self.part(
                Bearing::Reachability,
                format!("{of}, which has no child"),
                place,
            );
        }
        for child in &connection.children {
            self.child(child, holds, &of);
        }
    }

    fn side(&mut self, scope: Scope, side: &Authentication, holds: &Holds, of: &str) {
        let span = |round: &Round| {
            let written = round.written.as_ref().map(|it| &it.span);
            written
                .or(round.settings.first().map(|it| &it.span))
                .cloned()
        };
        if side.rounds.len() > holds.rounds {
            let more = &side.rounds[holds.rounds.min(side.rounds.len())];
            let what = format!(
                "round {} of authentication of {of}",
                holds.rounds.saturating_add(1)
            );
            self.part(Bearing::Security, what, span(more).as_ref());
        }
        for (place, round) in side.rounds.iter().enumerate() {
            let taken = match &round.method {
                Some(Method::PublicKey | Method::PreSharedKey) => true,
                Some(Method::Xauth) => holds.xauth,
                Some(Method::Null) => holds.keys == Some(KeySet::Libreswan),
                Some(Method::Eap(method)) => (holds.eap)(method.as_deref().unwrap_or_default()),
                None => false,
            };
            if !taken && place < holds.rounds {
                let word = round.written.as_ref().map(|it| it.value.clone());
                let word = word.or(round.method.as_ref().map(ToString::to_string));
                let what = format!("`{}` of {of}", word.unwrap_or_default());
                self.part(Bearing::Security, what, span(round).as_ref());
            }
            let to = holds.keys.filter(|to| place == 0 || *to == self.keys);
            self.settings(&round.settings, scope, to, of);
            // References into a firewall's own file stay what they are in that file.
            let own = holds.keys == Some(self.keys);
            for authority in round.authorities.iter().filter(|_| !own) {
                let what = format!("the authority `{}` of {of}", authority.value);
                self.part(Bearing::Security, what, Some(&authority.span));
            }
        }
    }

    fn child(&mut self, child: &Child, holds: &Holds, of: &str) {
        let name = format!("child `{}`", child.name);
        let of = if child.name.is_empty() { of } else { &name };
        self.settings(&child.settings, Scope::Child, holds.keys, of);
        for networks in [&child.local_networks, &child.remote_networks] {
            let named = |it: &&Spanned<String>| !it.value.starts_with("dynamic");
            for network in networks.iter().filter(named).skip(holds.networks) {
                let what = format!("the network `{}` of {of}", network.value);
                self.part(Bearing::Reachability, what, Some(&network.span));
            }
        }
        if let Some(mode) = &child.mode {
            let taken = match mode.value {
                Mode::Tunnel => true,
                Mode::Transport => holds.transport,
                Mode::TransportProxy => holds.transport && holds.eap_of_strongswan(),
                Mode::Beet | Mode::Iptfs => holds.other_modes,
            };
            if !taken {
                let what = format!("mode {} of {of}", mode.value);
                self.part(Bearing::Reachability, what, Some(&mode.span));
            }
        }
        if let Some(span) = child
            .truncated_sha256
            .as_ref()
            .filter(|_| !holds.truncated_sha256)
        {
            self.part(
                Bearing::Security,
                format!("the truncated SHA-256 of {of}"),
                Some(span),
            );
        }
    }

    /// One line for everything that is no proposal.
    fn negotiation_only<'c>(
        &mut self,
        format: Format,
        loaded: impl Iterator<Item = &'c Connection>,
    ) {
        let mut names: BTreeSet<&str> = BTreeSet::new();
        let mut others = 0_usize;
        for connection in loaded {
            for (is_there, name) in [
                (
                    !connection.remote.rounds.is_empty() || !connection.remote.methods.is_empty(),
                    "authentication",
                ),
                (
                    connection.local.id.is_some() || connection.remote.id.is_some(),
                    "identities",
                ),
                (!connection.pools.is_empty(), "pools"),
                (connection.reauthentication.is_some(), "reauthentication"),
                (
                    connection.children.iter().any(|child| {
                        !child.local_networks.is_empty() || !child.remote_networks.is_empty()
                    }),
                    "networks",
                ),
                (
                    connection.children.iter().any(|child| child.mode.is_some()),
                    "the mode",
                ),
            ] {
                if is_there {
                    names.insert(name);
                }
            }
            let rounds = connection
                .local
                .rounds
                .iter()
                .chain(&connection.remote.rounds);
            let children = connection.children.iter().chain(&connection.shunts);
            let inner = rounds.flat_map(|round| &round.settings);
            let inner = inner.chain(children.flat_map(|child| &child.settings));
            let all = connection.settings.iter().chain(inner);
            others += all.filter(|setting| setting.bearing.is_some()).count();
        }
        let mut list: Vec<_> = names.into_iter().map(str::to_owned).collect();
        match others {
            0 => {}
            1 => list.push("1 other setting".to_owned()),
            _ => list.push(format!("{others} other settings")),
        }
        if !list.is_empty() {
            let what = format!("{}: {format} holds negotiation alone", and_list(&list));
            self.part(Bearing::Operation, what, None);
        }
    }
}

impl Loss {
    /// Whether nothing may be written because of it, unless the user says so.
    pub fn is_grave(&self) -> bool {
        self.bearing > Bearing::Operation
    }

    /// The complaint about it, at its place if it has one in a file. What decides has one in any case: that of the file.
    pub fn diagnostic(&self) -> Option<Diagnostic> {
        let place = match &self.span {
            Some(span) => Place::from(span),
            None if self.is_grave() => Place::File(0),
            None => return None,
        };
        Some(match self.bearing {
            Bearing::Operation => {
                Diagnostic::warning(DialectCode::NotCarried, place, self.what.clone())
            }
            Bearing::Reachability | Bearing::Security => {
                Diagnostic::error(DialectCode::NotCarried, place, self.what.clone()).note(format!(
                    "the format has no place for it, and it is a matter of {}",
                    self.bearing
                ))
            }
        })
    }
}

/// Whether the program behind the other file does by itself what a setting asks for: charon narrows traffic
/// selectors whenever it answers, and has IKE_INTERMEDIATE wherever a proposal has additional key exchanges.
fn holds_by_itself(keys: KeySet, to: Option<KeySet>, setting: &Setting) -> bool {
    let charon = [KeySet::IpsecConf, KeySet::Opnsense, KeySet::Swanctl];
    keys == KeySet::Libreswan
        && to.is_some_and(|to| charon.contains(&to))
        && ["intermediate", "narrowing"].contains(&setting.key.as_str())
        && ["force", "on", "yes"].contains(&setting.value.to_lowercase().as_str())
}

/// Whether a setting says what holds anyway.
fn is_default(keys: KeySet, setting: &Setting) -> bool {
    let value = setting.value.as_str();
    match (keys, setting.key.as_str()) {
        (KeySet::Libreswan | KeySet::IpsecConf, "auto") => {
            ["add", "ignore", "keep"].contains(&value)
        }
        (KeySet::Swanctl | KeySet::Opnsense, "start_action") => value.eq_ignore_ascii_case("none"),
        _ => false,
    }
}
