//! The clients that the configuration of a daemon on Linux makes of its machine: `linux=FILE`.
//!
//! A connection is read as if its daemon answered, and then taken for the end that asks: the lists,
//! the version and the rules of rekeying are the same.

use super::reading::broken;
use super::selection::{about_the_question, evidence, file_name, profile};
use crate::diag::{Diagnostic, Place, Severity, Sources};
use crate::dialect::swan;
use crate::format::Format;
use crate::ike::Protocol;
use crate::peer::authentication::Method;
use crate::peer::build::NotLoaded;
use crate::peer::client::ConfigMethod;
use crate::peer::configuration::{ChildRekeying, Initiator};
use crate::peer::server::{IkeVersions, Product, Rekey, Spanned};
use crate::peer::{
    Build, Client, Configuration, Connection, Engine, EngineName, Entry, Origin, Role, Server,
    Version,
};
use crate::profile::selection::daemon_of;
use crate::profile::{Database, Profile, Selected};
use crate::read::{self, Files, ReadCode, ReadContext};

/// The clients of a file, and what is to be said about it.
type Clients = (Vec<Selected>, Vec<Diagnostic>);

/// A file of a daemon, and the word that gave it to a client.
pub(super) struct DaemonFile<'f> {
    /// What was selected, without the file.
    pub(super) selected: &'f Selected,
    /// The file as the user named it.
    pub(super) path: &'f str,
    /// Its number among the sources.
    pub(super) file: usize,
    /// Its format.
    pub(super) format: Format,
}

/// Whether files of the format are those of a daemon that may dial in itself.
pub(super) const fn is_of_daemon(format: Format) -> bool {
    matches!(
        format,
        Format::IpsecConf | Format::Libreswan | Format::Nmconnection | Format::Swanctl
    )
}

/// The clients that a file makes, one for each connection that dials in.
///
/// Fails with everything that is wrong with the file, or with the client that it was given to.
pub(super) fn clients(
    daemon_file: &DaemonFile<'_>,
    database: &Database<'_>,
    files: &dyn Files,
    sources: &mut Sources,
) -> Result<Clients, Vec<Diagnostic>> {
    let DaemonFile {
        selected,
        path,
        file,
        format,
    } = *daemon_file;
    let named = profile(database, &selected.profile)?;
    let kind = Kind::of(format, &sources.text(file));
    let Some(daemon) = daemon_of(&named.file.product) else {
        let label = &named.file.label;
        let message = format!("{label} is not configured by {}", format.title());
        return Err(vec![
            Diagnostic::error(ReadCode::NotAClient, Place::File(file), message)
                .help("give it to a client on Linux: `linux=FILE`"),
        ]);
    };
    let by_release = selected.is_by_release() && daemon == kind.daemon();
    let fixed = match (by_release, format) {
        (true, _) => Some(named),
        (false, Format::Nmconnection) => Some(nearest(database, kind, None, format)?),
        (false, _) => None,
    };
    let version = selected.named_versions();
    let version = version.map(|version| database.engine_named(&format!("{daemon}@{version}")));
    let version = version.and_then(Result::ok).map(|named| named.engine);
    let engine = version.or_else(|| fixed.as_ref().and_then(engine_of));
    let defaults =
        |engine: Engine, protocol: Protocol| database.defaults(engine).ok().flatten()?.of(protocol);
    let context = ReadContext {
        files,
        defaults: &defaults,
        engines: &|word| database.engine_named(word),
        unwritten_versions: &|engine| database.unwritten_versions(engine),
        engine,
    };
    let reading = read::initiator(sources, file, format, &context)?;
    let server = reading.value;
    let mut diagnostics = reading.diagnostics;
    let base = match fixed {
        Some(base) => base,
        None => nearest(database, kind, Some(server.engine.version), format)?,
    };
    let said = format!(
        "{path}: {} as a client, judged by {}",
        server.engine, base.id
    );
    let code = ReadCode::NearestClient;
    diagnostics.insert(
        0,
        Diagnostic::new(Severity::Note, code, Place::Nowhere, said),
    );
    let build = database.build_of(&server).map_err(broken)?;
    let dialling = dialling(&server, &build);
    if dialling.is_empty() {
        diagnostics.push(none_dials(file, &server, &build));
        return Err(diagnostics);
    }
    let Some(evidence) = evidence(&base, ConfigMethod::Proposals)? else {
        return Err(vec![about_the_question(format!(
            "{} has no proposals",
            base.id
        ))]);
    };
    let variant = base.variants().next().unwrap_or_default().to_owned();
    let own = base.client(&variant).transpose().map_err(broken)?;
    let own = own.ok_or_else(|| vec![about_the_question(format!("{} is empty", base.id))])?;
    let several = dialling.len() > 1;
    let clients = dialling.into_iter().map(|connection| {
        let behind = |word: &str| match several {
            true => format!("{word}:{}", connection.name),
            false => word.to_owned(),
        };
        let configuration = configuration(&server, connection, &build, path);
        Selected {
            profile: base.id.clone(),
            variant: variant.clone(),
            judged_by: None,
            file: Some(behind(path)),
            client: Client {
                id: behind(&format!("{}={path}", base.id)),
                label: format!("{}, {}", base.file.label, behind(file_name(path))),
                ..configuration.applied_to(&own, &evidence)
            },
            ..selected.clone()
        }
    });
    Ok((clients.collect(), diagnostics))
}

/// What a file is the configuration of.
#[derive(Clone, Copy)]
enum Kind {
    Daemon(EngineName),
    NetworkManager(EngineName),
}

impl Kind {
    fn of(format: Format, text: &str) -> Self {
        if format == Format::Nmconnection {
            return Self::NetworkManager(match read::nmconnection::Plugin::of(text) {
                Some(read::nmconnection::Plugin::Libreswan) => EngineName::Libreswan,
                Some(read::nmconnection::Plugin::Strongswan) | None => EngineName::Strongswan,
            });
        }
        let product = format.row().product.unwrap_or(Product::Strongswan);
        Self::Daemon(product.engine())
    }

    const fn daemon(self) -> EngineName {
        match self {
            Self::Daemon(name) | Self::NetworkManager(name) => name,
        }
    }

    /// The word of the selection language for its clients.
    fn word(self) -> String {
        match self {
            Self::Daemon(name) => name.to_string(),
            Self::NetworkManager(EngineName::Strongswan) => "linux".to_owned(),
            Self::NetworkManager(name) => format!("networkmanager-{name}"),
        }
    }
}

/// The profile of such a client in a version, or that of its newest one.
fn nearest(
    database: &Database<'_>,
    kind: Kind,
    version: Option<Version>,
    format: Format,
) -> Result<Profile, Vec<Diagnostic>> {
    let word = kind.word();
    let of_version = version.map(|version| format!("{word}@{version}"));
    let chosen = of_version.and_then(|word| database.select(&word).ok());
    let chosen = chosen.filter(|all| !all.is_empty());
    let mut chosen = match chosen {
        Some(chosen) => chosen,
        None => database.select(&word).unwrap_or_default(),
    };
    // The lists of an ipsec.conf that has none are those of starter.
    let of_starter = |one: &Selected| one.profile.contains("ipsec-conf");
    chosen.sort_by_key(|one| of_starter(one) != (format == Format::IpsecConf));
    match chosen.first() {
        Some(one) => profile(database, &one.profile),
        None => Err(vec![about_the_question(format!(
            "the database has no client `{word}`"
        ))]),
    }
}

/// The engine of the oldest version that a profile covers.
fn engine_of(profile: &Profile) -> Option<Engine> {
    let first = profile.file.covers.first()?.split("..").next()?;
    let digits = first.find(|letter: char| letter.is_ascii_digit())?;
    Some(Engine {
        name: daemon_of(&profile.file.product)?,
        version: first[digits..].parse().ok()?,
    })
}

/// What is said of a file in which nothing is a client of IKEv2.
pub(super) fn none_dials(file: usize, server: &Server, build: &Build) -> Diagnostic {
    let message = "no connection of the file dials in with IKEv2";
    let wrong = Diagnostic::error(ReadCode::NotAClient, Place::File(file), message);
    let lacking = server.connections.iter().find_map(|one| build.refusal(one));
    if let Some(NotLoaded::Lacks(lacking)) = lacking {
        let name = swan::spell(lacking).unwrap_or_default();
        return wrong.note(format!(
            "the known build of {} lacks `{name}`, so it does not load the connection",
            server.engine
        ));
    }
    wrong
        .note("a client's connection has a peer of a known address")
        .help("name a server's file without `ID=`")
}

/// The connections in which this machine is the client, or else those in which it could be.
pub(super) fn dialling<'s>(server: &'s Server, build: &Build) -> Vec<&'s Connection> {
    let of = |role: Role| {
        let connections = server.connections.iter();
        let dials = connections.filter(|one| {
            one.role == role
                && one.not_loaded.is_none()
                && one.versions != IkeVersions::Ikev1
                && one.children.iter().any(|child| child.ah.is_empty())
                && build.refusal(one).is_none()
        });
        dials.collect::<Vec<_>>()
    };
    let clients = of(Role::Client);
    if clients.is_empty() {
        of(Role::SiteToSite)
    } else {
        clients
    }
}

/// What a connection makes of the client that it is.
pub(super) fn configuration(
    server: &Server,
    connection: &Connection,
    build: &Build,
    path: &str,
) -> Configuration {
    let is_charon = server.engine.name == EngineName::Strongswan;
    // What the daemon offers without a list is in its profile, with what is known of that.
    let list = |entries: &[Entry]| {
        let unset = entries
            .iter()
            .all(|it| matches!(it.origin, Origin::Default(_)));
        if unset && is_charon {
            Vec::new()
        } else {
            entries.to_vec()
        }
    };
    let child = connection.children.iter().find(|child| child.ah.is_empty());
    let rounds = connection.local.rounds.iter();
    let methods: Option<Vec<Method>> = rounds.map(|round| round.method.clone()).collect();
    let methods = methods.filter(|all| !all.is_empty());
    let pfs = child.and_then(|child| child.pfs);
    let name = server.connection_name.as_ref().unwrap_or(&connection.name);
    Configuration {
        name: connection.span.as_ref().map(|span| Spanned {
            value: name.clone(),
            span: span.clone(),
        }),
        address: connection.remote.addresses.first().cloned(),
        remote_id: connection.remote.id.clone(),
        ike: list(&connection.ike),
        esp: child.map_or_else(Vec::new, |child| list(&child.esp)),
        daemon: Some(Initiator {
            rekey: Rekey {
                // A new authentication takes the place of the rekeying.
                ike: match connection.rekey.ike {
                    Some(time) if time.is_zero() && connection.reauthentication.is_some() => None,
                    time => time,
                },
                child: connection.rekey.child,
            },
            reauthenticates: connection.reauthentication.is_some(),
            asks_for_address: connection.address_request.is_some(),
            authentication: methods,
            child_rekeying: (!is_charon).then(|| ChildRekeying {
                groups: (pfs != Some(false)).then_some(build.child_groups),
                suite_in_use: build.rekeys_suite_in_use,
            }),
        }),
        ..Configuration::new(path, ConfigMethod::Proposals)
    }
}
