//! The settings that serve a set of clients, with everything that is said beside them.

mod types;

use super::certificate::{self, Certificates, Names};
use super::check::Answer;
use super::migration::Existing;
use super::reading;
use super::selection::{self, Clients};
use super::words::Continuation;
use crate::compat::code::NegotiationCode;
use crate::compat::obstacle::may_authenticate;
use crate::diag::{Diagnostic, Place, Sources, or_list};
use crate::dialect::DialectCode;
use crate::format::Format;
use crate::peer::server::Product;
use crate::peer::{Auth, Build, Client, Engine, Server};
use crate::profile::shape::Enter;
use crate::profile::{Database, selection as words};
use crate::recommend::{Constraints, PlanRequest, frontier, recommend};

pub(crate) use types::NAME;
pub use types::{PlanAnswer, PlanContext, PlanQuestion};

/// Finds the plan that a question asks for.
///
/// Fails with everything that is wrong with the question, the server's text or the files of clients.
/// That there is no plan is an answer.
pub fn plan(
    question: &PlanQuestion<'_>,
    database: &Database<'_>,
    sources: &mut Sources,
) -> Result<PlanAnswer, Vec<Diagnostic>> {
    let mut said = Vec::new();
    let server = match &question.server {
        Some(text) => {
            let file = sources.count();
            let reading = reading::server_or_client(text, database, sources)?;
            said.extend(reading.diagnostics);
            let own = sources.text(file);
            let format = text.format.or_else(|| Format::of(&own));
            Some(Existing {
                server: reading.value,
                format: format.unwrap_or(Format::ServerYaml),
                name: text.name.to_owned(),
                text: own,
                file,
            })
        }
        None => None,
    };
    let existing = server;
    let server = existing.as_ref().map(|existing| &existing.server);
    let product = question.product.or_else(|| server?.product);
    let product = product.or_else(|| question.engine?.name.row().product);
    if let (None, Some(server)) = (product, server)
        && server.engine.name.row().product.is_none()
    {
        return Err(nowhere(format!(
            "no plans are made for {}: `--product` names the product that they are to be for",
            server.engine.name
        )));
    }
    let product = product.unwrap_or_else(|| usual_product(question));
    let named = |asked: Option<&str>, own: fn(&Server) -> &Option<String>| {
        let asked = asked.map(ToOwned::to_owned);
        asked.or_else(|| server.and_then(|server| own(server).clone()))
    };
    let address = named(question.address, |server| &server.address);
    let stated = named(question.remote_id, |server| &server.remote_id);
    let connection_name = named(question.connection_name, |server| &server.connection_name);
    let (clients, enter) = clients(question, server, database, sources, &mut said)?;
    let auth = auth(question, server, product, &clients)?;
    said.extend(clients.iter().filter_map(|client| unable(client, auth)));
    let names = Names {
        address: address.as_deref(),
        remote_id: stated.as_deref(),
    };
    let given = question.certificates;
    let certificates = given.rows(clients.iter(), names, database);
    // A file that stays what it is has to have words for the plan.
    let of_existing = existing.as_ref().map(|existing| existing.format);
    let of_existing = of_existing.filter(|_| question.product.is_none());
    let constraints = Constraints {
        kept: kept(question, &clients, database)?,
        gcm: question.gcm,
        post_quantum: wants_post_quantum(question),
        format: question.constraints.format.or(of_existing),
        ..question.constraints.clone()
    };
    let engine = engine(question, (product, server), database)?;
    let build = build(engine, product, database)?;
    let request = PlanRequest {
        client_changes: question.client_changes,
        prefer: question.prefer,
        constraints: &constraints,
        engine,
        build: build.as_ref(),
        ..PlanRequest::new(&clients, product, question.policy)
    };
    let outcome = frontier(request);
    let with_client_changes = match question.client_changes {
        true => None,
        false => recommend(PlanRequest {
            client_changes: true,
            ..request
        })
        .ok(),
    };
    let of_certificate = || given.remote_id().map(ToOwned::to_owned);
    Ok(PlanAnswer {
        typed: question.typed.to_vec(),
        outcome,
        with_client_changes,
        enter,
        product,
        existing: existing.clone(),
        connection_name: connection_name.unwrap_or_else(|| NAME.to_owned()),
        address,
        remote_id: stated.or_else(of_certificate),
        local_id: question
            .local_id
            .or_else(|| given.user_identity())
            .map(ToOwned::to_owned),
        auth,
        people: question.people.cloned(),
        policy: question.policy.clone(),
        given: given.clone(),
        certificates,
        engine,
        build,
        clients,
        reading: said,
    })
}

/// How clients authenticate: as the question says, else as the server's text does, else by the first usual method
/// that all of them may have.
fn auth(
    question: &PlanQuestion<'_>,
    server: Option<&Server>,
    product: Product,
    clients: &[Client],
) -> Result<Auth, Vec<Diagnostic>> {
    let mut connections = server.into_iter().flat_map(|server| &server.connections);
    let own = connections.find_map(|connection| Auth::of(&connection.remote));
    let usual = match product {
        // Its file is written without EAP, so its clients' are too.
        Product::Libreswan => Auth::Certificate,
        // The only method of EAP that it has would need passwords.
        Product::Openiked => Auth::Certificate,
        Product::Opnsense | Product::Pfsense | Product::Rras | Product::Strongswan => {
            let by_all = |auth: &Auth| {
                let mut clients = clients.iter();
                clients.all(|client| may_authenticate(client, &auth.method()))
            };
            let usual = [Auth::EapTls, Auth::EapMschapv2, Auth::Certificate];
            usual.into_iter().find(by_all).unwrap_or_default()
        }
    };
    // Not every client has pre-shared keys, so they are no basis for a plan.
    let own = own.filter(|auth| *auth != Auth::Psk);
    let auth = question.auth.or(own).unwrap_or(usual);
    let has = match product {
        Product::Libreswan => auth == Auth::Certificate,
        Product::Openiked => !matches!(auth, Auth::EapTls | Auth::EapRadius),
        Product::Opnsense | Product::Pfsense | Product::Rras | Product::Strongswan => true,
    };
    if !has {
        let message = format!(
            "files for {product} have no `{auth}`: clients prove themselves by `--auth certificate`"
        );
        let code = DialectCode::NotCarried;
        return Err(vec![Diagnostic::error(code, Place::Nowhere, message)]);
    }
    Ok(auth)
}

/// What is said of a client that cannot authenticate so.
fn unable(client: &Client, auth: Auth) -> Option<Diagnostic> {
    let wanted = auth.method();
    if may_authenticate(client, &wanted) {
        return None;
    }
    let has = client.authentication.stated()?.value.iter();
    let single = has.filter(|rounds| rounds.len() == 1).flatten();
    let has: Vec<String> = single.map(ToString::to_string).collect();
    let has: Vec<&str> = has.iter().map(String::as_str).collect();
    let message = format!(
        "{} cannot authenticate by {auth}, so it does not connect: it has {}",
        client.id,
        or_list(&has)
    );
    let code = NegotiationCode::AuthenticationMethodNotOffered;
    let warning = Diagnostic::warning(code, Place::Nowhere, message);
    Some(warning.help("choose another method with `--auth`, or leave the client out"))
}

type ToServe = (Vec<Client>, Vec<Option<Enter>>);

fn clients(
    question: &PlanQuestion<'_>,
    server: Option<&Server>,
    database: &Database<'_>,
    sources: &mut Sources,
    said: &mut Vec<Diagnostic>,
) -> Result<ToServe, Vec<Diagnostic>> {
    let usual = || Some(words::DEFAULT.to_owned());
    let asked = match (question.clients, server) {
        (clients, Some(server)) => clients.words(server),
        (Clients::Selected(words), None) => Some(words.to_owned()),
        (Clients::Usual, None) => usual(),
        (Clients::Given(_), None) => None,
    };
    let clients: Vec<Client> = match (asked, question.clients) {
        (Some(words), _) => {
            let selection = selection::select(&words, database, question.files, sources)?;
            said.extend(selection.diagnostics);
            let clients = selection.clients.into_iter();
            clients.map(|selected| selected.client).collect()
        }
        (None, Clients::Given(given)) => given.iter().map(|one| Client::clone(one)).collect(),
        (None, Clients::Selected(_) | Clients::Usual) => Vec::new(),
    };
    let enter = clients
        .iter()
        .map(|client| certificate::enter(client, database))
        .collect();
    Ok((clients, enter))
}

/// The product that is planned for where nobody names one. pfSense has no words for post-quantum key
/// exchanges, and who asks for them has not asked for pfSense.
fn usual_product(question: &PlanQuestion<'_>) -> Product {
    if wants_post_quantum(question) {
        Product::Strongswan
    } else {
        Product::Pfsense
    }
}

/// Whether the question asks for a post-quantum key exchange, or its policy has nothing without.
fn wants_post_quantum(question: &PlanQuestion<'_>) -> bool {
    question.constraints.post_quantum || question.policy.required_key_exchange.is_some()
}

/// The engine that is asked for, else that of the server as it is; for post-quantum key exchanges the newest known,
/// since the product's usual one has none.
fn engine(
    question: &PlanQuestion<'_>,
    (product, server): (Product, Option<&Server>),
    database: &Database<'_>,
) -> Result<Option<Engine>, Vec<Diagnostic>> {
    let name = product.engine();
    // The usual one may only be assumed, and is what a plan is made for anyway.
    let own = server
        .map(|server| server.engine)
        .filter(|own| own.name == name && Some(own.version) != name.assumed_version());
    match (question.engine.or(own), wants_post_quantum(question)) {
        (None, true) => {
            let newest = database.newest_release(name);
            newest.map_err(|broken| nowhere(broken.to_string()))
        }
        (asked, _) => Ok(asked),
    }
}

/// How the engine of the plan behaves: the one that was asked for, else the product's usual one.
fn build(
    asked: Option<Engine>,
    product: Product,
    database: &Database<'_>,
) -> Result<Option<Build>, Vec<Diagnostic>> {
    let name = product.engine();
    if let Some(engine) = asked.filter(|engine| engine.name != name) {
        return Err(nowhere(format!(
            "`--engine {engine}` is none of {product}, which runs {name}"
        )));
    }
    let usual = || {
        Some(Engine {
            name,
            version: name.assumed_version()?,
        })
    };
    let engine = asked.or_else(usual);
    let build = engine.map(|engine| database.build(engine)).transpose();
    build.map_err(|broken| nowhere(broken.to_string()))
}

/// Places of the clients that have to stay as they are.
fn kept(
    question: &PlanQuestion<'_>,
    clients: &[Client],
    database: &Database<'_>,
) -> Result<Vec<usize>, Vec<Diagnostic>> {
    let selected = match question.must_keep {
        Some(words) => database
            .select(words)
            .map_err(super::selection::unselectable)?,
        None => Vec::new(),
    };
    let place = |one: words::Selected| {
        let id = one.client.id;
        let place = clients.iter().position(|client| client.id == id);
        place.ok_or_else(|| nowhere(format!("`{id}` is kept, but is none of the clients")))
    };
    selected.into_iter().map(place).collect()
}

/// What is wrong with the question itself.
fn nowhere(message: String) -> Vec<Diagnostic> {
    let code = DialectCode::NotCarried;
    vec![Diagnostic::error(code, Place::Nowhere, message)]
}

/// Settings that serve all clients of an answer, if there are any. The server is there already, and so is
/// what is entered on its clients.
pub(super) fn for_server(answer: &Answer) -> Option<PlanAnswer> {
    let server = &answer.server;
    let product = server
        .product
        .or_else(|| server.engine.name.row().product)?;
    let clients: Vec<Client> = answer
        .clients
        .iter()
        .map(|one| Client::clone(&one.report.client))
        .collect();
    let plan = frontier(PlanRequest::new(&clients, product, &answer.policy));
    let name = server.connection_name.clone();
    let named = ("server".to_owned(), answer.server.file.clone());
    let asked = answer.typed.iter().filter(|(asked, _)| {
        let mut taken = Continuation::Recommend.options();
        taken.any(|name| name == asked)
    });
    Some(PlanAnswer {
        typed: std::iter::once(named).chain(asked.cloned()).collect(),
        outcome: Ok(plan.ok()?),
        with_client_changes: None,
        clients,
        enter: Vec::new(),
        product,
        existing: None,
        connection_name: name.unwrap_or_else(|| NAME.to_owned()),
        address: server.address.clone(),
        remote_id: server.remote_id.clone(),
        local_id: None,
        auth: Auth::default(),
        people: None,
        policy: answer.policy.clone(),
        engine: Some(server.engine),
        build: None,
        given: Certificates::default(),
        certificates: Vec::new(),
        reading: Vec::new(),
    })
}
