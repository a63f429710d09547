//! One connection with its authentication and its children.

use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use super::keys::{self, Kind};
use super::{Reader, View};
use crate::diag::{Diagnostic, Span, nearest, quoted, quoted_or};
use crate::ike::Protocol;
use crate::peer::authentication::{Method, Round};
use crate::peer::server::{Authentication, IkeVersions, Reauthentication, Role, Spanned};
use crate::peer::setting::{self as kept, Bearing};
use crate::peer::{Child, Connection};
use crate::read::settings::{Setting, Value};
use crate::read::{ReadCode, loading};

/// Where a switch is on.
fn is_on(view: &View<'_>, key: &str) -> Option<Span> {
    let yes = ["yes", "true", "enabled", "1"];
    let is_on =
        text(view, key).is_some_and(|it| yes.iter().any(|word| it.eq_ignore_ascii_case(word)));
    let setting = view.setting(key)?;
    is_on.then(|| setting.key.clone())
}

impl Reader<'_> {
    /// Reads the connection `name`.
    pub(super) fn connection(&mut self, name: &str, view: &View<'_>) -> Connection {
        let mut connection = Connection {
            name: name.to_owned(),
            span: view.own().places.first().cloned(),
            repeated: view.own().places.iter().skip(1).cloned().collect(),
            versions: versions(view)
                .unwrap_or_else(|| (self.context.unwritten_versions)(self.engine)),
            role: role(view),
            without_fragmentation: without_fragmentation(view),
            ..Connection::default()
        };
        self.dangling(view);
        self.settings(view, keys::CONNECTION, &mut connection);
        connection.ike = self.list(&mut connection, Protocol::Ike, view);
        connection.rekey.ike = ike_rekey(view);
        connection.settings = kept(view, keys::of_connection);
        connection.pools = words(view, "pools");
        connection.address_request = view
            .setting("vips")
            .filter(|setting| setting.value.is_some())
            .map(|setting| setting.key.clone());
        connection.childless = parsed(view, "childless");
        connection.lifetime = lifetime(view);
        connection.reauthentication = timed(view, "reauth_time")
            .filter(|time| !time.value.is_zero())
            .map(|time| Reauthentication {
                after: time.value,
                span: Some(time.span),
            });
        connection.local.addresses = words(view, "local_addrs");
        connection.remote.addresses = words(view, "remote_addrs");
        let mut rounds = [Vec::new(), Vec::new()];
        for (name, section) in view.sections() {
            let lower = name.to_ascii_lowercase();
            self.dangling(&section);
            if lower == "children" {
                self.children(&section, &mut connection);
            } else if lower.starts_with("local") {
                self.check_round(&section, &mut connection);
                rounds[0].push(section);
            } else if lower.starts_with("remote") {
                self.check_round(&section, &mut connection);
                rounds[1].push(section);
            } else {
                self.unknown_section(name, &section, &mut connection);
            }
        }
        let [local, remote] = rounds;
        read_rounds(local, &mut connection.local);
        read_rounds(remote, &mut connection.remote);
        if connection.role == Role::SiteToSite && connection.shunts.is_empty() {
            connection.role = connection.with_known_peer();
        }
        connection
    }

    fn children(&mut self, view: &View<'_>, connection: &mut Connection) {
        for (name, section) in view.sections() {
            self.dangling(&section);
            self.settings(&section, keys::CHILD, connection);
            for (inner, section) in section.sections() {
                self.ignored_section(inner, &section);
            }
            let mode = text(&section, "mode").unwrap_or_default();
            if ["pass", "drop"]
                .iter()
                .any(|shunt| mode.eq_ignore_ascii_case(shunt))
            {
                connection.shunts.push(Child {
                    name: name.to_owned(),
                    span: section.own().places.first().cloned(),
                    settings: kept(&section, keys::of_child),
                    ..Child::default()
                });
                continue;
            }
            let ah = self.list(connection, Protocol::Ah, &section);
            let child = Child {
                name: name.to_owned(),
                span: section.own().places.first().cloned(),
                esp: if ah.is_empty() || section.setting("esp_proposals").is_some() {
                    self.list(connection, Protocol::Esp, &section)
                } else {
                    Vec::new()
                },
                ah,
                truncated_sha256: is_on(&section, "sha256_96"),
                mode: parsed(&section, "mode"),
                local_networks: words(&section, "local_ts"),
                remote_networks: words(&section, "remote_ts"),
                rekey: timed(&section, "rekey_time"),
                lifetime: timed(&section, "life_time"),
                settings: kept(&section, keys::of_child),
                ..Child::default()
            };
            if connection.children.is_empty() {
                connection.rekey.child = child.rekey.as_ref().map(|rekey| rekey.value);
            }
            connection.children.push(child);
        }
        if !connection.shunts.is_empty() && connection.children.is_empty() {
            connection.role = Role::SiteToSite;
        }
    }

    fn check_round(&mut self, view: &View<'_>, connection: &mut Connection) {
        self.settings(view, keys::ROUND, connection);
        for (name, section) in view.sections() {
            let lower = name.to_ascii_lowercase();
            if !lower.starts_with("cert") && !lower.starts_with("cacert") {
                self.unknown_section(name, &section, connection);
            }
        }
    }

    /// Says which keys and values make the daemon discard the connection.
    fn settings(&mut self, view: &View<'_>, table: &[(&str, Kind)], connection: &mut Connection) {
        for (key, setting) in view.settings() {
            if connection.not_loaded.is_some() && loading::is_enough(&self.diagnostics) {
                return;
            }
            let Some(kind) = keys::kind(table, key) else {
                let known = table.iter().map(|(name, _)| *name);
                let word = quoted_or(key, known.clone(), "this key");
                let message = format!("{word} is not an option of strongSwan here");
                let diagnostic = Diagnostic::error(ReadCode::UnknownOption, &setting.key, message)
                    .note("charon says \"unknown option: …, config discarded\"")
                    .maybe_help(nearest(key, known).map(|near| format!("did you mean `{near}`?")));
                self.discard(connection, diagnostic);
                continue;
            };
            let Some(value) = setting.value.as_ref() else {
                continue;
            };
            let old = self.engine.version <= keys::MEASURED;
            let is_later = keys::is_value_of_six(key, value) || keys::SINCE_6.contains(&key);
            if old && is_later {
                let later = "what this version knows; it came later";
                self.refuse_value((key, kind), setting, value, later, connection);
            } else if let Some(expected) = kind.refuses(value) {
                self.refuse_value((key, kind), setting, value, &expected, connection);
            }
        }
    }

    fn refuse_value(
        &mut self,
        (key, kind): (&str, Kind),
        setting: &Setting,
        value: &Value,
        expected: &str,
        connection: &mut Connection,
    ) {
        let word = match kind {
            Kind::OneOf(words) => quoted_or(value, words.iter().copied(), "this"),
            _ => "this".to_owned(),
        };
        let message = format!("{word} is no value for `{key}`");
        let mut diagnostic = Diagnostic::error(ReadCode::InvalidValue, value.span(), message)
            .note(format!(
                "charon says \"invalid value for: {key}, config discarded\""
            ))
            .note(format!("expected {expected}"));
        if value.contains('=') {
            diagnostic = diagnostic
                .context(
                    setting.key.clone(),
                    "this setting takes the rest of the line",
                )
                .help("write one setting a line");
        }
        self.discard(connection, diagnostic);
    }

    fn unknown_section(&mut self, name: &str, view: &View<'_>, connection: &mut Connection) {
        let Some(place) = view.own().places.first() else {
            return;
        };
        let message = format!("{} is not a section of strongSwan here", quoted(name));
        let near = nearest(name, ["children", "local", "remote"]);
        let diagnostic = Diagnostic::error(ReadCode::UnknownOption, place, message)
            .note(format!("charon says \"invalid section: {name}\""))
            .maybe_help(near.map(|near| format!("did you mean `{near}`?")));
        self.discard(connection, diagnostic);
    }

    /// charon passes over sections inside of a child.
    fn ignored_section(&mut self, name: &str, view: &View<'_>) {
        let Some(place) = view.own().places.first() else {
            return;
        };
        let message = format!(
            "{} is a section inside of a child, which has none",
            quoted(name)
        );
        loading::remark(
            &mut self.diagnostics,
            Diagnostic::warning(ReadCode::UnknownOption, place, message)
                .note("charon passes over it")
                .help("close the child before it with `}`"),
        );
    }

    fn dangling(&mut self, view: &View<'_>) {
        for reference in view.dangling() {
            let message = "there is no section of this name";
            loading::remark(
                &mut self.diagnostics,
                Diagnostic::warning(ReadCode::DanglingReference, &reference.place, message)
                    .note("strongSwan passes over it, nothing is inherited")
                    .help("names of sections begin at the top of the file, as `connections.base`"),
            );
        }
    }

    /// Says why the daemon does not load the connection.
    pub(super) fn discard(&mut self, connection: &mut Connection, diagnostic: Diagnostic) {
        loading::discard(connection, &mut self.diagnostics, diagnostic);
    }
}

/// The rounds of one side in their order; without a section there is one that says nothing.
fn read_rounds(mut sections: Vec<View<'_>>, into: &mut Authentication) {
    let number = |view: &View<'_>| text(view, "round").and_then(|text| keys::number(&text));
    sections.sort_by_key(|view| number(view).unwrap_or(0));
    for view in &sections {
        let round = read_round(view);
        into.methods.extend(round.written.clone());
        into.id = into.id.take().or_else(|| round.id.clone());
        into.certificates.extend(round.certificates.clone());
        into.rounds.push(round);
    }
    if into.rounds.is_empty() {
        into.rounds.push(Round {
            method: Some(Method::PublicKey),
            ..Round::default()
        });
    }
}

fn read_round(view: &View<'_>) -> Round {
    let written = placed(view, "auth");
    let mut round = Round {
        method: match &written {
            Some(written) => Method::of(&written.value),
            // swanctl.opt: `auth = pubkey`.
            None => Some(Method::PublicKey),
        },
        written,
        id: placed(view, "id"),
        eap_id: placed(view, "eap_id"),
        certificates: words(view, "certs"),
        authorities: words(view, "cacerts"),
        settings: kept(view, keys::of_round),
    };
    for (name, section) in view.sections() {
        let lower = name.to_ascii_lowercase();
        if lower.starts_with("cert") {
            round.certificates.extend(words(&section, "file"));
        } else if lower.starts_with("cacert") {
            round.authorities.extend(words(&section, "file"));
        }
        let inner = kept(&section, keys::of_token).into_iter();
        round.settings.extend(inner.map(|setting| kept::Setting {
            key: format!("{name}.{}", setting.key),
            ..setting
        }));
    }
    round
}

/// All settings of a section as they are; `bearing` says what depends on each.
pub(super) fn kept(
    view: &View<'_>,
    bearing: impl Fn(&str) -> Option<Bearing>,
) -> Vec<kept::Setting> {
    let settings = view.settings().into_iter();
    let kept = settings.filter_map(|(key, setting)| {
        Some(kept::Setting {
            key: key.to_owned(),
            value: setting.value.as_ref()?.to_string(),
            span: setting.key.clone(),
            bearing: bearing(key),
        })
    });
    kept.collect()
}

fn placed(view: &View<'_>, key: &str) -> Option<Spanned<String>> {
    let value = view.setting(key)?.value.as_ref()?;
    Some(Spanned {
        value: value.to_string(),
        span: value.span().clone(),
    })
}

fn parsed<T: FromStr>(view: &View<'_>, key: &str) -> Option<Spanned<T>> {
    let Spanned { value, span } = placed(view, key)?;
    let value = value.parse().ok()?;
    Some(Spanned { value, span })
}

fn timed(view: &View<'_>, key: &str) -> Option<Spanned<Duration>> {
    let Spanned { value, span } = placed(view, key)?;
    let value = keys::time(&value)?;
    Some(Spanned { value, span })
}

/// When the IKE SA ends: `over_time` behind the time of its renewal.
fn lifetime(view: &View<'_>) -> Option<Spanned<Duration>> {
    let over = timed(view, "over_time")?;
    let times = ["rekey_time", "reauth_time"].map(|key| timed(view, key).map(|it| it.value));
    let renewal = match times {
        [None, None] => keys::DEFAULT_REKEY,
        [one, other] => one.max(other).unwrap_or_default(),
    };
    Some(Spanned {
        value: renewal.saturating_add(over.value),
        span: over.span,
    })
}

/// The items of a list with their places.
pub(super) fn words(view: &View<'_>, key: &str) -> Vec<Spanned<String>> {
    let Some(value) = view.setting(key).and_then(|setting| setting.value.as_ref()) else {
        return Vec::new();
    };
    let placed = |(bytes, item): (std::ops::Range<usize>, &str)| Spanned {
        value: item.to_owned(),
        span: value.part(bytes),
    };
    value.items().map(placed).collect()
}

fn text(view: &View<'_>, key: &str) -> Option<String> {
    let value = view.setting(key)?.value.as_ref()?;
    Some(value.to_string())
}

fn without_fragmentation(view: &View<'_>) -> Option<Span> {
    let off = text(view, "fragmentation")? == "no";
    view.setting("fragmentation")
        .filter(|_| off)
        .map(|setting| setting.key.clone())
}

fn versions(view: &View<'_>) -> Option<IkeVersions> {
    let number = text(view, "version").and_then(|text| keys::number(&text))?;
    Some(match number {
        1 => IkeVersions::Ikev1,
        2 => IkeVersions::Ikev2,
        _ => IkeVersions::Any,
    })
}

/// Whom a connection is for: a peer whose address is known, or whoever dials in.
fn role(view: &View<'_>) -> Role {
    let peers = words(view, "remote_addrs");
    let gives_addresses = !words(view, "pools").is_empty();
    let fixed = |address: &Spanned<String>| !is_anybody(&address.value);
    if !peers.is_empty() && peers.iter().all(fixed) && !gives_addresses {
        Role::SiteToSite
    } else {
        Role::RemoteAccess
    }
}

/// Whether an address stands for more than one peer: `%any`, a network, a range.
pub(in crate::read) fn is_anybody(address: &str) -> bool {
    let ip = address.parse::<IpAddr>();
    if let Ok(ip) = ip {
        return ip.is_unspecified();
    }
    if let Some((network, bits)) = address.split_once('/') {
        let host = if network.contains(':') { "128" } else { "32" };
        return bits != host;
    }
    let range = address.split_once('-').is_some_and(|(from, to)| {
        from.trim().parse::<IpAddr>().is_ok() && to.trim().parse::<IpAddr>().is_ok()
    });
    range || address.starts_with("%any")
}

/// When the server asks for new keys of the IKE SA: with `reauth_time` alone it never does
/// (`swanctl.opt`, `rekey_time`).
fn ike_rekey(view: &View<'_>) -> Option<Duration> {
    let time = |key| text(view, key).and_then(|text| keys::time(&text));
    let reauth = time("reauth_time").filter(|time| !time.is_zero());
    time("rekey_time").or_else(|| reauth.map(|_| Duration::ZERO))
}
