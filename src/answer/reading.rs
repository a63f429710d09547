//! Reading what a question is about: the configuration of a server, or the file of a client as the
//! server that such a client needs.

use super::initiator;
use crate::compat::client::{Assumed, Situation};
use crate::diag::{Diagnostic, Place, Severity, Sources};
use crate::dialect::keyword;
use crate::dialect::swan::Generation;
use crate::format::Format;
use crate::ike::{Protocol, Transform};
use crate::peer::client::ConfigMethod;
use crate::peer::server::Spanned;
use crate::peer::{Child, Client, Configuration, Connection, Engine, Entry, Server};
use crate::profile::{Broken, Database, unset};
use crate::read::embedded::{self, Wanted};
use crate::read::{self, Files, ReadCode, ReadContext, Reading};
use crate::recommend::CONNECTION;

/// The text of a configuration, and how it is to be read.
#[derive(Clone, Copy)]
pub struct ServerText<'q> {
    /// Its name, as it is shown.
    pub name: &'q str,
    /// What stands in it, in UTF-8 or whatever the complaint about it is.
    pub bytes: &'q [u8],
    /// Its format; `None` if its content decides.
    pub format: Option<Format>,
    /// The negotiating program, whatever the text says.
    pub engine: Option<Engine>,
    /// What has to be said about that engine, where it is not the one that was written.
    pub engine_note: Option<&'q str>,
    /// Algorithms that the build of the daemon has although its version lacks them.
    pub built_with: &'q [Transform],
    /// Opens what the text includes.
    pub files: &'q dyn Files,
}

impl<'q> ServerText<'q> {
    /// A text that includes nothing, whose content decides how it is read.
    pub const fn new(name: &'q str, bytes: &'q [u8]) -> Self {
        Self {
            name,
            bytes,
            format: None,
            engine: None,
            engine_note: None,
            built_with: &[],
            files: &read::context::NoFiles,
        }
    }

    /// Takes the text in: its number, or that of the configuration that stands in it, and the format
    /// that was asked for or that it shows.
    fn open(&self, sources: &mut Sources, wanted: Wanted) -> Result<Text, Vec<Diagnostic>> {
        let file = read::add(sources, self.name, self.bytes)?;
        Ok(
            match embedded::choose(sources, file, self.format, wanted)? {
                Some(chosen) => Text {
                    file: chosen.file,
                    format: Some(chosen.format),
                    diagnostics: chosen.diagnostics,
                },
                None => Text {
                    file,
                    format: self.format.or_else(|| Format::of(&sources.text(file))),
                    diagnostics: Vec::new(),
                },
            },
        )
    }
}

/// A text that was opened.
struct Text {
    file: usize,
    format: Option<Format>,
    /// What there is to say about where it stands.
    diagnostics: Vec<Diagnostic>,
}

impl Text {
    /// The reading with what there is to say about the text before it.
    fn noted<T>(
        self,
        read: Result<Reading<T>, Vec<Diagnostic>>,
    ) -> Result<Reading<T>, Vec<Diagnostic>> {
        let mut diagnostics = self.diagnostics;
        match read {
            Ok(reading) => {
                diagnostics.extend(reading.diagnostics);
                Ok(Reading {
                    value: reading.value,
                    diagnostics,
                })
            }
            Err(wrong) => {
                diagnostics.extend(wrong);
                Err(diagnostics)
            }
        }
    }
}

/// Reads the configuration of a server.
///
/// Fails with everything that is wrong with the text, and with the warnings about it.
pub fn server(
    text: &ServerText<'_>,
    database: &Database<'_>,
    sources: &mut Sources,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    let opened = text.open(sources, Wanted::Server)?;
    let read = server_in(text, opened.file, opened.format, database, sources);
    opened.noted(read)
}

/// Whether a file is called as `server.yaml` is, or may be called anything.
fn has_name_of_yaml(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    ["yaml", "yml"].contains(&extension.to_ascii_lowercase().as_str())
}

fn server_in(
    text: &ServerText<'_>,
    file: usize,
    format: Option<Format>,
    database: &Database<'_>,
    sources: &mut Sources,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    let is_blank = sources.text(file).trim().is_empty();
    if is_blank && !text.bytes.is_empty() {
        let message = "there is nothing in the file but blanks; it says nothing about a server";
        return Err(vec![Diagnostic::error(
            ReadCode::EmptyFile,
            Place::File(file),
            message,
        )]);
    }
    if format.is_none() {
        let whole = sources.text(file);
        if let Some(foreign) = read::foreign::named(file, &whole) {
            return Err(vec![foreign]);
        }
        // What is only misspelt is best explained by the reader of the format that it nearly has.
        if !is_blank && !has_name_of_yaml(text.name) && !read::server_yaml::is_like(&whole) {
            return Err(vec![read::foreign::unknown(file)]);
        }
    }
    let defaults =
        |engine: Engine, protocol: Protocol| database.defaults(engine).ok().flatten()?.of(protocol);
    let context = ReadContext {
        files: text.files,
        defaults: &defaults,
        engines: &|word| database.engine_named(word),
        unwritten_versions: &|engine| database.unwritten_versions(engine),
        engine: text.engine,
    };
    let format = format.unwrap_or(Format::ServerYaml);
    let mut reading = read::server(sources, file, format, &context)?;
    let whole = sources.text(file);
    let annotated = read::built_with(&whole);
    reading.value.built_with = text.built_with.iter().copied().chain(annotated).collect();
    if let Some(note) = text.engine_note {
        let (severity, code) = (Severity::Note, ReadCode::VersionAssumed);
        let note = Diagnostic::new(severity, code, Place::File(file), note);
        reading.diagnostics.insert(0, note);
    }
    Ok(reading)
}

/// Reads the configuration of a server, or of a client as the server that it needs.
///
/// Fails with everything that is wrong with the text, and with the warnings about it.
pub fn server_or_client(
    text: &ServerText<'_>,
    database: &Database<'_>,
    sources: &mut Sources,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    let opened = text.open(sources, Wanted::Either)?;
    let (file, format) = (opened.file, opened.format);
    if format == Some(Format::Nmconnection) {
        let read = server_of_initiator(text, file, database, sources);
        return opened.noted(read);
    }
    let method = format.and_then(Format::method);
    let method = method.filter(|_| !configures_a_server(format, sources.text(file).as_bytes()));
    let (Some(format), Some(method)) = (format, method) else {
        let read = server_in(text, file, format, database, sources);
        return opened.noted(read);
    };
    let unset = unset_client(database, method)?;
    let reading = opened.noted(read::client(sources, file, format, &unset))?;
    match needed_server(&reading.value, engine_for(text, &reading.value, database)) {
        Some(value) => Ok(Reading {
            value,
            diagnostics: reading.diagnostics,
        }),
        None => Err(nothing_set(file, reading.diagnostics)),
    }
}

/// Reads a connection of NetworkManager as the server that it needs.
fn server_of_initiator(
    text: &ServerText<'_>,
    file: usize,
    database: &Database<'_>,
    sources: &mut Sources,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    let defaults =
        |engine: Engine, protocol: Protocol| database.defaults(engine).ok().flatten()?.of(protocol);
    let context = ReadContext {
        files: text.files,
        defaults: &defaults,
        engines: &|word| database.engine_named(word),
        unwritten_versions: &|engine| database.unwritten_versions(engine),
        engine: text.engine,
    };
    let reading = read::initiator(sources, file, Format::Nmconnection, &context)?;
    let build = database.build_of(&reading.value).map_err(broken)?;
    let Some(connection) = initiator::dialling(&reading.value, &build).first().copied() else {
        return Err(vec![initiator::none_dials(file, &reading.value, &build)]);
    };
    let made = initiator::configuration(&reading.value, connection, &build, text.name);
    match needed_server(&made, engine_for(text, &made, database)) {
        Some(value) => Ok(Reading {
            value,
            diagnostics: reading.diagnostics,
        }),
        None => Err(nothing_set(file, reading.diagnostics)),
    }
}

/// Whether the text, of a format that servers and clients share, configures a server.
fn configures_a_server(format: Option<Format>, bytes: &[u8]) -> bool {
    let command = b"set-vpnserver";
    let mut windows = bytes.windows(command.len());
    matches!(format, Some(Format::Powershell | Format::Rras))
        && windows.any(|found| found.eq_ignore_ascii_case(command))
}

/// A client that is configured by this method, as it is when its file sets nothing.
fn unset_client(database: &Database<'_>, method: ConfigMethod) -> Result<Client, Vec<Diagnostic>> {
    let alias = match method {
        ConfigMethod::AppleProfile => "ios-16",
        ConfigMethod::Sswan | ConfigMethod::Proposals => "android",
        ConfigMethod::Powershell | ConfigMethod::Registry | ConfigMethod::Settings => "windows",
    };
    let selected = database.select(alias).unwrap_or_default();
    let Some(one) = selected.into_iter().next() else {
        let message = format!("the database has no client `{alias}`");
        return Err(vec![Diagnostic::error(
            ReadCode::NotAClient,
            Place::Nowhere,
            message,
        )]);
    };
    if method != ConfigMethod::AppleProfile {
        return Ok(one.client);
    }
    let profile = super::selection::profile(database, &one.profile)?;
    unset::apple(database, &profile).map_err(broken)
}

/// The engine of a server that is made for a client: the one that was named, else a strongSwan that has what the client
/// sets.
fn engine_for(
    text: &ServerText<'_>,
    configuration: &Configuration,
    database: &Database<'_>,
) -> Engine {
    let entries = configuration.ike.iter().chain(&configuration.esp);
    let mut proposals = entries.map(|entry| keyword::of_proposal(&entry.proposal));
    let is_five = proposals.all(|words| Generation::Five.first_unknown(&words).is_none());
    let six = || database.engine_named("strongswan@6").ok();
    let newest = (!is_five).then(six).flatten();
    let assumed = newest.map_or(Engine::STRONGSWAN_5_9_8, |named| named.engine);
    text.engine.unwrap_or(assumed)
}

/// The server that a client needs which is configured by a file; `None` if the file leaves a suite
/// to the client.
fn needed_server(configuration: &Configuration, engine: Engine) -> Option<Server> {
    let text = |spanned: &Option<Spanned<String>>| spanned.as_ref().map(|it| it.value.clone());
    let set = |entries: &Vec<Entry>| Some(entries.clone()).filter(|it| !it.is_empty());
    Some(Server {
        file: configuration.file.clone(),
        product: None,
        engine,
        prefers_own: true,
        address: text(&configuration.address),
        remote_id: text(&configuration.remote_id),
        connection_name: text(&configuration.name),
        nat: None,
        connections: vec![Connection {
            name: CONNECTION.to_owned(),
            ike: set(&configuration.ike)?,
            children: vec![Child {
                name: CONNECTION.to_owned(),
                esp: set(&configuration.esp)?,
                ..Child::default()
            }],
            ..Connection::default()
        }],
        built_with: Vec::new(),
        clients: Vec::new(),
        definitions: Default::default(),
    })
}

fn nothing_set(file: usize, diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let message = "the file leaves the suites to the client, so there is nothing to convert";
    let diagnostic = Diagnostic::error(ReadCode::DefaultUnknown, Place::File(file), message)
        .help("`ikecompat clients show` says what the client offers by itself");
    diagnostics.into_iter().chain([diagnostic]).collect()
}

/// What decides besides the lists of the server and of its clients.
pub fn situation(server: &Server, database: &Database<'_>) -> Result<Situation, Vec<Diagnostic>> {
    let defaults = database.defaults(server.engine).map_err(broken)?;
    let assumed = defaults.map(|lists| Assumed {
        grade: lists.grade,
        proposals: [lists.ike, lists.esp, lists.esp_unset].concat(),
    });
    let build = database.build_of(server).map_err(broken)?;
    let lifetimes = database.lifetimes(server).map_err(broken)?;
    Ok(Situation::of(server, build)
        .assuming(assumed)
        .with_lifetimes(lifetimes))
}

/// A file of the database that cannot be used, as a diagnostic.
pub(super) fn broken(broken: Broken) -> Vec<Diagnostic> {
    let code = crate::yaml::YamlCode::WrongKind;
    vec![Diagnostic::error(code, Place::Nowhere, broken.to_string())]
}
