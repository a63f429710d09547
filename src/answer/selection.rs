//! The clients of a question: as the database has them, or as files configure them
//! (`windows-10=line.ps1,ios=profile.mobileconfig`).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::initiator::{self, DaemonFile};
use super::reading::broken;
use crate::compat::config_method;
use crate::diag::{Diagnostic, Place, Severity, Sources, Span, and_list};
use crate::dialect::keyword;
use crate::format::Format;
use crate::peer::client::ConfigMethod;
use crate::peer::{Client, Configuration, Evidence, Server};
use crate::profile::{Database, Profile, Selected, Unselectable, selection, unset};
use crate::read::context::NotOpened;
use crate::read::embedded::{self, Wanted};
use crate::read::{self, Files, ReadCode};

/// The clients that a question is about.
#[derive(Clone, Copy, Debug, Default)]
pub enum Clients<'q> {
    /// Those that the server's file names, else [`selection::DEFAULT`].
    #[default]
    Usual,
    /// Those that these words of the selection language mean.
    Selected(&'q str),
    /// Clients that the caller has already.
    Given(&'q [Arc<Client>]),
}

impl Clients<'_> {
    /// The words that select the clients of a server; `None` if they are given.
    pub fn words(&self, server: &Server) -> Option<String> {
        match self {
            Self::Given(_) => None,
            Self::Selected(words) => Some((*words).to_owned()),
            Self::Usual if server.clients.is_empty() => Some(selection::DEFAULT.to_owned()),
            Self::Usual => Some(server.clients.join(",")),
        }
    }
}

/// Clients that were selected.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// The clients, in the order of the words.
    pub clients: Vec<Selected>,
    /// Warnings and notes about the files that configure them.
    pub diagnostics: Vec<Diagnostic>,
}

impl Selection {
    /// The clients as they are compared.
    pub fn shared(&self) -> Vec<Arc<Client>> {
        let clients = self.clients.iter();
        clients.map(|one| Arc::new(one.client.clone())).collect()
    }
}

/// Selections that were made already, by their words.
#[derive(Clone, Debug, Default)]
pub(super) struct Selections {
    lists: BTreeMap<String, Vec<Arc<Client>>>,
}

impl Selections {
    /// Looks up the clients of a server unless that was done before. Returns what there is to say
    /// about the files that configure them.
    pub(super) fn look_up(
        &mut self,
        clients: Clients<'_>,
        server: &Server,
        database: &Database<'_>,
        files: &dyn Files,
        sources: &mut Sources,
    ) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
        let Some(words) = clients.words(server) else {
            return Ok(Vec::new());
        };
        if self.lists.contains_key(&words) {
            return Ok(Vec::new());
        }
        let selection = select(&words, database, files, sources)?;
        self.lists.insert(words, selection.shared());
        Ok(selection.diagnostics)
    }

    /// The clients of a server that was looked up.
    pub(super) fn of(&self, clients: Clients<'_>, server: &Server) -> Vec<Arc<Client>> {
        match (clients, clients.words(server)) {
            (Clients::Given(clients), _) => clients.to_vec(),
            (_, Some(words)) => self.lists.get(&words).cloned().unwrap_or_default(),
            (_, None) => Vec::new(),
        }
    }
}

/// Selects clients, and configures those that have a file.
///
/// Fails with everything that is wrong with the words or with the files.
pub fn select(
    words: &str,
    database: &Database<'_>,
    files: &dyn Files,
    sources: &mut Sources,
) -> Result<Selection, Vec<Diagnostic>> {
    let selected = database.select(words).map_err(unselectable)?;
    if selected.is_empty() {
        return Err(vec![about_the_question("no client is selected".to_owned())]);
    }
    let mut selection = Selection::default();
    let mut usable = true;
    for one in selected {
        let Some(path) = one.file.clone() else {
            selection.diagnostics.extend(judged_by(&one));
            selection.clients.push(one);
            continue;
        };
        match from_file(database, one, &path, files, sources) {
            Ok((clients, diagnostics)) => {
                selection.clients.extend(clients);
                selection.diagnostics.extend(diagnostics);
            }
            Err(diagnostics) => {
                usable = false;
                selection.diagnostics.extend(diagnostics);
            }
        }
    }
    if usable {
        Ok(selection)
    } else {
        Err(selection.diagnostics)
    }
}

/// By what a client is judged that is not itself the name of a profile.
fn judged_by(one: &Selected) -> Option<Diagnostic> {
    let judged = one.judged_by.as_deref()?;
    let code = ReadCode::NearestClient;
    Some(Diagnostic::new(
        Severity::Note,
        code,
        Place::Nowhere,
        judged,
    ))
}

/// Every client of the database, in every set-up.
pub fn every_client(database: &Database<'_>) -> Result<Vec<Client>, Vec<Diagnostic>> {
    let all = database.select("all:*").map_err(unselectable)?;
    Ok(all.into_iter().map(|selected| selected.client).collect())
}

/// Words of the question that choose no client, with what helps.
pub(super) fn unselectable(wrong: Vec<Unselectable>) -> Vec<Diagnostic> {
    let each = wrong
        .into_iter()
        .map(|one| about_the_question(one.to_string()).maybe_help(one.help()));
    each.collect()
}

/// An error about a word of the question, which stands in no file.
pub(super) fn about_the_question(message: String) -> Diagnostic {
    Diagnostic::error(ReadCode::NotAClient, Place::Nowhere, message)
}

/// The profile of a client that was selected.
pub(super) fn profile(database: &Database<'_>, id: &str) -> Result<Profile, Vec<Diagnostic>> {
    match database.profile(id) {
        Some(profile) => profile.map_err(broken),
        None => Err(vec![about_the_question(format!(
            "there is no client `{id}`"
        ))]),
    }
}

type Configured = (Vec<Selected>, Vec<Diagnostic>);

fn from_file(
    database: &Database<'_>,
    mut one: Selected,
    path: &str,
    files: &dyn Files,
    sources: &mut Sources,
) -> Result<Configured, Vec<Diagnostic>> {
    let opened = files.named(path).map_err(|why| match why {
        NotOpened::Failed(what) => vec![about_the_question(what)],
        NotOpened::Outside | NotOpened::Nowhere => {
            vec![about_the_question(format!("cannot open `{path}`"))]
        }
    })?;
    let file = read::add(sources, &opened.name, &opened.bytes)?;
    let asked = files.format_of_named();
    let mut noted = Vec::new();
    let (file, asked) = match embedded::choose(sources, file, asked, Wanted::Client)? {
        Some(chosen) => {
            noted = chosen.diagnostics;
            (chosen.file, Some(chosen.format))
        }
        None => (file, asked),
    };
    let Some(format) = asked.or_else(|| Format::of(&sources.text(file))) else {
        if let Some(foreign) = read::foreign::named(file, &sources.text(file)) {
            return Err(vec![foreign]);
        }
        let message = match sources.text(file).trim() {
            "" => "there is nothing in the file",
            _ => "the file is of no format that is known here",
        };
        let diagnostic = Diagnostic::error(ReadCode::NotAClient, Place::File(file), message).note(
            "clients are configured by PowerShell, ProfileXML, Intune, `.mobileconfig`, `.sswan`, \
             `rasphone.pbk`, `.nmconnection`, `swanctl.conf`, `ipsec.conf`",
        );
        return Err(vec![diagnostic]);
    };
    if initiator::is_of_daemon(format) {
        let daemon_file = DaemonFile {
            selected: &one,
            path,
            file,
            format,
        };
        return initiator::clients(&daemon_file, database, files, sources);
    }
    let profile = profile(database, &one.profile)?;
    let Some(method) = format.method() else {
        return Err(match read::client(sources, file, format, &one.client) {
            Ok(reading) => reading.diagnostics,
            Err(diagnostics) => diagnostics,
        });
    };
    let Some(evidence) = evidence(&profile, method)? else {
        let message = format!("{} is not configured by such a file", profile.file.label);
        let diagnostic = Diagnostic::error(ReadCode::NotAClient, Place::File(file), message).help(
            format!("`ikecompat clients show {}` says by what it is", profile.id),
        );
        return Err(vec![diagnostic]);
    };
    let base = match method {
        ConfigMethod::AppleProfile => unset::apple(database, &profile).map_err(broken)?,
        ConfigMethod::Powershell
        | ConfigMethod::Proposals
        | ConfigMethod::Registry
        | ConfigMethod::Settings
        | ConfigMethod::Sswan => one.client.clone(),
    };
    let reading = read::client(sources, file, format, &base)?;
    let mut diagnostics: Vec<_> = judged_by(&one).into_iter().collect();
    diagnostics.extend(noted);
    diagnostics.extend(reading.diagnostics);
    let configuration = reading.value;
    let base = match &configuration.setup {
        Some(setup) => match profile.client(&setup.value) {
            Some(client) => {
                one.variant.clone_from(&setup.value);
                client.map_err(broken)?
            }
            None => {
                diagnostics.push(unknown_setup(&profile, &setup.span));
                return Err(diagnostics);
            }
        },
        None => base,
    };
    let client = configuration.applied_to(&base, &evidence);
    let warning = not_in_release(&configuration, &one.client, &profile.file.label);
    let client = match &warning {
        Some(warning) => client.with_unknown_offers(&warning.message),
        None => client,
    };
    diagnostics.extend(warning);
    let sets_suites = configuration.sets_suites();
    one.client = if sets_suites || method == ConfigMethod::AppleProfile {
        Client {
            id: format!("{}={path}", one.profile),
            label: format!("{}, {}", profile.file.label, file_name(path)),
            covers: profile.file.covers.clone(),
            method: one.client.method.clone(),
            ..client
        }
    } else {
        client
    };
    Ok((vec![one], diagnostics))
}

/// What there is to say where a file sets algorithms that the release of its client is not known to have.
/// No source says of any client whether it leaves them out or refuses the file.
fn not_in_release(
    configuration: &Configuration,
    client: &Client,
    label: &str,
) -> Option<Diagnostic> {
    let method = configuration.method;
    let mut lacking = Vec::new();
    let mut span = None;
    for entry in configuration.ike.iter().chain(&configuration.esp) {
        for transform in config_method::not_in_release(client, method, &entry.proposal) {
            span = span.or_else(|| entry.place_of(transform).or(entry.origin.span()));
            let word = keyword::of_transform(transform);
            if !lacking.contains(&word) {
                lacking.push(word);
            }
        }
    }
    let (words, is, it) = match lacking.len() {
        0 => return None,
        1 => (lacking.remove(0), "is", "it"),
        _ => (and_list(&lacking), "are", "them"),
    };
    let message = format!(
        "{words}, which the file sets, {is} not among what is known of {label}; whether such a client takes {it}, \
         leaves {it} out or refuses the file was not found"
    );
    let place = span.map_or(Place::Nowhere, Into::into);
    let warning = Diagnostic::warning(ReadCode::NotInRelease, place, message);
    let help =
        "connect such a client with this file to `ikecompat listen`, which shows what it offers";
    Some(warning.help(help))
}

/// How it is known that a file of this kind configures the client.
pub(super) fn evidence(
    profile: &Profile,
    method: ConfigMethod,
) -> Result<Option<Evidence>, Vec<Diagnostic>> {
    let mut ways = profile.file.configurable.iter();
    let configurable = ways.find(|way| way.by == method);
    let Some(configurable) = configurable else {
        return Ok(None);
    };
    let sources = configurable.sources.clone();
    let grade = profile.grade(&sources, configurable.grade);
    let grade = grade.map_err(|what| vec![about_the_question(what)])?;
    Ok(Some(Evidence { grade, sources }))
}

/// Why the set-up that a file chooses is no client.
fn unknown_setup(profile: &Profile, span: &Span) -> Diagnostic {
    let message = format!(
        "what {} offers in this set-up is not in its profile",
        profile.file.label
    );
    Diagnostic::error(ReadCode::DefaultUnknown, span, message).note(variants(profile))
}

fn variants(profile: &Profile) -> String {
    let names: Vec<_> = profile.variants().collect();
    format!("it has {}", crate::diag::any_of(names))
}

/// The last part of a path, for tables.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}
