//! The page Connections: tables that are joined by UUIDs.

use std::time::Duration;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diag::{Diagnostic, Severity};
use crate::dialect::opnsense;
use crate::ike::{Protocol, Suite};
use crate::peer::authentication::{Authentication, Method, Round};
use crate::peer::server::{IkeVersions, Product, Reauthentication, Rekey, Role, Spanned};
use crate::peer::setting::{Bearing, Pool, Setting};
use crate::peer::{Child, Connection, Engine, Entry, Origin};
use crate::read::backup::{self, Backup};
use crate::read::swanctl::connection::is_anybody;
use crate::read::swanctl::keys;
use crate::read::xml::Element;
use crate::read::{ReadCode, ReadContext, harmless, swan_version};

/// When a child SA is rekeyed if its entry does not say.
const CHILD_REKEY: u64 = 3600;

/// The connections of the model `Swanctl`.
pub(super) fn connections(backup: &mut Backup<'_>, model: Element<'_, '_>) -> Vec<Connection> {
    let table = Table::new(model);
    let entries = model.child("Connections");
    let entries = entries.into_iter().flat_map(|it| it.all("Connection"));
    let connections: Vec<_> = entries.map(|it| table.connection(backup, it)).collect();
    table.say_what_dangles(backup);
    connections
}

/// The engine inside of the release that can have written the lists, where that is a later one than
/// the usual one, with the word that shows it.
pub(super) fn later_release(
    model: Element<'_, '_>,
    context: &ReadContext<'_>,
) -> Option<(Engine, Diagnostic)> {
    let lists = model
        .all_inside()
        .filter(|it| it.is("proposals") || it.is("esp_proposals"))
        .filter_map(|it| it.value());
    let mut items = lists.flat_map(|list| backup::items(&list));
    let (item, word) = items.find_map(|item| {
        let word = swan_version::word_of_six(&item.value)?;
        Some((item, word))
    })?;
    let release = opnsense::HYBRID_RELEASE;
    let engine = (context.engines)(release).ok()?.engine;
    let word = harmless::quoted(&item.value[word]);
    let message = format!(
        "{word} is in the lists of the page since {release}, so {engine} is assumed, which is inside"
    );
    let code = ReadCode::VersionAssumed;
    let note = Diagnostic::new(Severity::Note, code, item.span, message);
    Some((engine, note))
}

/// The tables whose entries belong to connections, and what an entry is called.
const TABLES: [(&str, &str); 3] = [
    ("locals", "local"),
    ("remotes", "remote"),
    ("children", "child"),
];

struct Table<'d, 't> {
    model: Element<'d, 't>,
    /// By the UUID of their connection.
    entries: FxHashMap<String, Vec<Element<'d, 't>>>,
}

/// Whether an entry is switched on, which it is by default.
fn is_enabled(entry: Element<'_, '_>) -> bool {
    !entry.has_value("enabled") || entry.text_of("enabled") == "1"
}

/// What its owner calls it, else the name in strongSwan's log.
fn name(entry: Element<'_, '_>) -> String {
    let description = entry.text_of("description");
    match description.trim() {
        "" => entry.attribute("uuid").unwrap_or_default().to_owned(),
        description => description.to_owned(),
    }
}

fn seconds(entry: Element<'_, '_>, name: &str) -> Option<Duration> {
    let seconds = entry.text_of(name).trim().parse::<u32>().ok()?;
    Some(Duration::from_secs(seconds.into()))
}

/// Pools by the UUIDs that connections ask for.
pub(super) fn pools(model: Element<'_, '_>) -> Vec<Pool> {
    let pools = model.child("Pools");
    let pools = pools.into_iter().flat_map(|it| it.all("Pool"));
    let pool = |entry: Element<'_, '_>| Pool {
        name: entry.text_of("name").into_owned(),
        span: Some(entry.span()),
        addresses: items(entry, "addrs"),
        settings: settings(entry, &["addrs", "name"], |key| {
            (key == "dns").then_some(Bearing::Operation)
        }),
    };
    pools.map(pool).collect()
}

/// Settings of an entry that strongSwan has by the same name; `bearing` says what depends on each,
/// and names those that are kept, so that no secret is among them.
fn settings(
    entry: Element<'_, '_>,
    modelled: &[&str],
    bearing: impl Fn(&str) -> Option<Bearing>,
) -> Vec<Setting> {
    let found = entry.children().filter_map(|it| {
        let name = it.name();
        let value = it.value().filter(|_| !modelled.contains(&name))?;
        Some(Setting {
            key: name.to_owned(),
            value: value.value,
            span: value.span,
            bearing: Some(bearing(name)?),
        })
    });
    found.collect()
}

/// What depends on a key of swanctl.conf, if it is one.
fn known(
    table: &'static [(&'static str, keys::Kind)],
    of: fn(&str) -> Option<Bearing>,
) -> impl Fn(&str) -> Option<Bearing> {
    move |name| keys::kind(table, name).and_then(|_| of(name))
}

fn round(entry: Element<'_, '_>) -> Round {
    let written = entry.value_of("auth");
    Round {
        method: match &written {
            Some(written) => Method::of(&written.value),
            None => Some(Method::PublicKey),
        },
        written,
        id: entry.value_of("id"),
        eap_id: entry.value_of("eap_id"),
        certificates: items(entry, "certs"),
        authorities: items(entry, "cacerts"),
        settings: settings(entry, &[], known(keys::ROUND, keys::of_round)),
    }
}

/// Settings that say what holds anyway, in the values of the pages.
fn is_default(setting: &Setting) -> bool {
    matches!(
        (setting.key.as_str(), setting.value.as_str()),
        ("aggressive" | "encap", "0")
            | ("mobike" | "policies" | "send_certreq", "1")
            | ("unique", "no")
            | ("send_cert", "ifasked")
            | ("start_action" | "close_action", "none")
            | ("dpd_action", "clear")
    )
}

fn child_settings(child: Element<'_, '_>) -> Vec<Setting> {
    let mut settings = settings(child, &[], known(keys::CHILD, keys::of_child));
    settings.retain(|setting| !is_default(setting));
    settings
}

/// The items of a list.
fn items(entry: Element<'_, '_>, name: &str) -> Vec<Spanned<String>> {
    let list = entry.value_of(name);
    list.as_ref().map(backup::items).unwrap_or_default()
}

impl<'d, 't> Table<'d, 't> {
    fn new(model: Element<'d, 't>) -> Self {
        let mut entries: FxHashMap<String, Vec<Element<'d, 't>>> = FxHashMap::default();
        for (table, entry) in TABLES {
            let table = model.child(table);
            for it in table.into_iter().flat_map(|it| it.all(entry)) {
                let connection = it.text_of("connection").into_owned();
                entries.entry(connection).or_default().push(it);
            }
        }
        Self { model, entries }
    }

    /// The entries of a kind that belong to a connection and are switched on.
    fn of(&self, entry: &str, uuid: &str) -> Vec<Element<'d, 't>> {
        let entries = self.entries.get(uuid).into_iter().flatten().copied();
        entries
            .filter(|it| it.is(entry) && is_enabled(*it))
            .collect()
    }

    fn connection(&self, backup: &mut Backup<'_>, entry: Element<'_, '_>) -> Connection {
        let uuid = entry.attribute("uuid").unwrap_or_default();
        let peers = items(entry, "remote_addrs");
        let fixed = !peers.is_empty() && peers.iter().all(|peer| !is_anybody(&peer.value));
        let site_to_site = fixed && !entry.has_value("pools");
        let mut connection = Connection {
            name: name(entry),
            span: Some(entry.span()),
            role: if site_to_site {
                Role::SiteToSite
            } else {
                Role::RemoteAccess
            },
            versions: match &*entry.text_of("version") {
                "1" => IkeVersions::Ikev1,
                "2" => IkeVersions::Ikev2,
                _ => IkeVersions::Any,
            },
            local: self.authentication("local", uuid, "certs"),
            remote: self.authentication("remote", uuid, "cacerts"),
            ..Connection::default()
        };
        let names = self.pool_names(entry);
        connection.pools = names;
        connection.settings = settings(entry, &[], known(keys::CONNECTION, keys::of_connection));
        connection.settings.retain(|setting| !is_default(setting));
        connection.reauthentication = seconds(entry, "reauth_time")
            .filter(|time| !time.is_zero())
            .map(|after| Reauthentication {
                after,
                span: entry.child("reauth_time").map(|it| it.value_span()),
            });
        connection.local.addresses = items(entry, "local_addrs");
        connection.remote.addresses = peers;
        if !is_enabled(entry) {
            connection.not_loaded = Some("it is disabled".to_owned());
            return connection;
        }
        match self.list(backup, Protocol::Ike, entry, "proposals") {
            Ok(proposals) => connection.ike = proposals,
            Err(why) => connection.not_loaded = Some(why),
        }
        let children = self.of("child", uuid);
        for child in &children {
            match self.list(backup, Protocol::Esp, *child, "esp_proposals") {
                Ok(esp) => connection.children.push(Child {
                    name: name(*child),
                    span: Some(child.span()),
                    esp,
                    truncated_sha256: (child.text_of("sha256_96") == "1")
                        .then(|| child.child("sha256_96").map(|it| it.span()))
                        .flatten(),
                    mode: child.value_of("mode").and_then(|mode| {
                        Some(Spanned {
                            value: mode.value.parse().ok()?,
                            span: mode.span,
                        })
                    }),
                    local_networks: items(*child, "local_ts"),
                    remote_networks: items(*child, "remote_ts"),
                    settings: child_settings(*child),
                    ..Child::default()
                }),
                Err(why) => {
                    connection.not_loaded.get_or_insert(why);
                }
            }
        }
        if children.is_empty() {
            let message = "the connection has no child that is enabled";
            backup.warn(
                Diagnostic::warning(ReadCode::NoChild, entry.span(), message)
                    .help("add one under Children"),
            );
        }
        let rekey = |child: &Element<'_, '_>| seconds(*child, "rekey_time");
        let child = children.first().map(|child| {
            let default = Duration::from_secs(CHILD_REKEY);
            rekey(child).unwrap_or(default)
        });
        connection.rekey = Rekey {
            // With `reauth_time` alone charon never rekeys (`swanctl.opt`, `rekey_time`).
            ike: seconds(entry, "rekey_time").or_else(|| {
                let reauthenticates = connection.reauthentication.is_some();
                reauthenticates.then_some(Duration::ZERO)
            }),
            child,
        };
        connection
    }

    /// The names of the pools of a connection, which it has by their UUIDs.
    fn pool_names(&self, entry: Element<'_, '_>) -> Vec<Spanned<String>> {
        let pools = self.model.child("Pools");
        let pools: Vec<_> = pools.into_iter().flat_map(|it| it.all("Pool")).collect();
        let mut names = items(entry, "pools");
        for name in &mut names {
            let is_it = |pool: &&Element<'_, '_>| pool.attribute("uuid") == Some(&name.value);
            if let Some(pool) = pools.iter().find(is_it) {
                name.value = pool.text_of("name").into_owned();
            }
        }
        names
    }

    fn list(
        &self,
        backup: &mut Backup<'_>,
        protocol: Protocol,
        entry: Element<'_, '_>,
        key: &str,
    ) -> Result<Vec<Entry>, String> {
        let Some(list) = entry.value_of(key) else {
            // An empty value is left out, and the model's own default is the word `default`.
            let what = format!("no {key} are chosen");
            return Ok(backup.default_proposals(protocol, &entry.span(), &what));
        };
        let entries = backup.list(protocol, &list)?;
        let has_hybrids = Product::Opnsense.has_hybrids(backup.engine);
        for entry in &entries {
            let Origin::Written(span) = &entry.origin else {
                continue;
            };
            let transforms = entry.proposal.transforms().iter().copied();
            let single = entry.proposal.transforms().len()
                == Suite::of(protocol, transforms.clone()).transforms().count();
            if !single || !opnsense::lists(&Suite::of(protocol, transforms), has_hybrids) {
                let message = "the page has no such option";
                backup.warn(
                    Diagnostic::new(Severity::Note, ReadCode::NotSelectable, span, message).note(
                        "it works as it is, but the page refuses to save the entry until the \
                         value is replaced",
                    ),
                );
            }
        }
        Ok(entries)
    }

    fn authentication(&self, entry: &str, uuid: &str, certificates: &str) -> Authentication {
        let mut rounds = self.of(entry, uuid);
        rounds.sort_by_key(|round| round.text_of("round").parse::<u8>().unwrap_or(0));
        let id = rounds.iter().find_map(|round| round.value_of("id"));
        let mut side = Authentication {
            methods: rounds.iter().filter_map(|it| it.value_of("auth")).collect(),
            id,
            certificates: rounds
                .iter()
                .flat_map(|it| items(*it, certificates))
                .collect(),
            addresses: Vec::new(),
            rounds: rounds.into_iter().map(round).collect(),
        };
        if side.rounds.is_empty() {
            side.rounds.push(Round {
                method: Some(Method::PublicKey),
                ..Round::default()
            });
        }
        side
    }

    /// Entries of a connection that is not there are written nowhere.
    fn say_what_dangles(&self, backup: &mut Backup<'_>) {
        let connections = self.model.child("Connections");
        let uuids: FxHashSet<_> = connections
            .into_iter()
            .flat_map(|it| it.all("Connection"))
            .filter_map(|it| it.attribute("uuid"))
            .collect();
        for (table, entry) in TABLES {
            let entries = self.model.child(table);
            for it in entries.into_iter().flat_map(|it| it.all(entry)) {
                let Some(connection) = it.value_of("connection").filter(|_| is_enabled(it)) else {
                    continue;
                };
                if !uuids.contains(connection.value.as_str()) {
                    let message = "no connection has this UUID, so this entry is left out";
                    backup.warn(Diagnostic::warning(
                        ReadCode::DanglingReference,
                        &connection.span,
                        message,
                    ));
                }
            }
        }
    }
}
