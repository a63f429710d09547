//! The database as a folder of pages without scripts, for who looks for a client or an algorithm: one page
//! for each, who offers the usual suites, and what is not known.

use std::io::{self, Write as _};

use itertools::Itertools as _;
use maud::{Markup, PreEscaped, html};

use super::clients::usual;
use super::holes;
use super::html::{Links, article, list, story, table};
use super::story::Story;
use crate::dialect::swan;
use crate::explain::{self, Article};
use crate::ike::Transform;
use crate::peer::{Client, Policy};
use crate::profile::{Broken, Database, Profile};
use crate::write::plan::folder::PlanFile;
use crate::write::report::html::Page;
use crate::write::text::and_list;

/// So many suites of each phase are columns of the matrix.
pub(crate) const USUAL: usize = 10;

/// What is said of every page.
const LEAD: &str = "IKEv2, from public sources that each page names.";

/// Why there are no pages.
#[derive(Debug)]
pub enum NoSite {
    /// A file of the database cannot be used.
    Broken(Broken),
    /// The memory took no more text.
    Io(io::Error),
}

impl From<Broken> for NoSite {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

impl From<io::Error> for NoSite {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl std::fmt::Display for NoSite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Broken(broken) => broken.fmt(f),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for NoSite {}

/// Every set-up of a profile, with its name.
pub fn set_ups(profile: &Profile) -> Result<Vec<(String, Client)>, Broken> {
    let names = profile.variants();
    let clients = names.filter_map(|name| Some((name, profile.client(name)?)));
    clients
        .map(|(name, client)| Ok((name.to_owned(), client?)))
        .collect()
}

/// The algorithms that have a keyword, each once.
fn algorithms() -> Vec<Transform> {
    let all = swan::keywords().filter_map(swan::keyword);
    let all = all.filter(|transform| !transform.is_none());
    all.unique().collect()
}

/// All pages.
pub fn site(database: &Database<'_>, policy: &Policy) -> Result<Vec<PlanFile>, NoSite> {
    let profiles = database.profiles().collect::<Result<Vec<_>, _>>()?;
    let articles = explain::algorithms(&algorithms(), database, policy)?;
    let top = Links::files(0, &profiles);
    let below = Links::files(1, &profiles);
    let mut files = vec![index(&profiles, &articles, &top)?];
    let mut clients = Vec::new();
    for profile in &profiles {
        let own = set_ups(profile)?;
        files.push(client_page(profile, &own, &below)?);
        clients.extend(own.into_iter().map(|(_, client)| client));
    }
    for one in &articles {
        files.push(algorithm_page(one, &below)?);
    }
    files.push(matrix_page(&clients, &top)?);
    files.push(unknown_page(&profiles, &top)?);
    Ok(files)
}

/// A page with links to the others.
fn page(path: String, title: &str, description: &str, body: &Markup) -> io::Result<PlanFile> {
    let up = "../".repeat(path.matches('/').count());
    let mut page = Page::new(title, LEAD);
    page.description = Some(description);
    page.navigation = Some(html! {
        nav aria-label="Database" { ul {
            li { a href={ (up) "index.html" } { "Clients and algorithms" } }
            li { a href={ (up) "matrix.html" } { "Who offers what" } }
            li { a href={ (up) "unknown.html" } { "What is not known" } }
        } }
    });
    let mut bytes = Vec::new();
    page.write(body, &mut bytes)?;
    bytes.flush()?;
    Ok(PlanFile {
        path,
        bytes,
        purpose: title.to_owned(),
        lost: Vec::new(),
    })
}

fn index(profiles: &[Profile], articles: &[Article], links: &Links) -> io::Result<PlanFile> {
    let algorithm = |one: &Article| {
        let transform = swan::keyword(&one.title);
        transform.and_then(|transform| links.to_algorithm(transform))
    };
    let body = html! {
        h2 { "Clients" }
        (PreEscaped(list(profiles, links)))
        h2 { "Algorithms" }
        ul .words { @for one in articles { li { a href=[algorithm(one)] { (one.title) } } } }
    };
    let description = "What the IKEv2 clients of phones, computers and gateways offer: encryption, integrity, \
                       Diffie-Hellman groups, and how they renew keys.";
    page(
        "index.html".to_owned(),
        "IKEv2 clients and what they offer",
        description,
        &body,
    )
}

fn client_page(
    profile: &Profile,
    clients: &[(String, Client)],
    links: &Links,
) -> io::Result<PlanFile> {
    let told = Story::of(profile, clients);
    let body = html! { (PreEscaped(story(&told, links))) };
    let file = &profile.file;
    let description = format!(
        "Which ciphers, hashes and Diffie-Hellman groups {} {} offers in IKEv2 phase 1 and phase 2, and how it renews keys.",
        file.product,
        and_list(&file.covers)
    );
    let path = format!("clients/{}.html", profile.id);
    page(path, &told.title, &description, &body)
}

fn algorithm_page(one: &Article, links: &Links) -> io::Result<PlanFile> {
    let body = html! { (PreEscaped(article(one, links))) };
    let description = format!(
        "What {} is called by IANA, strongSwan, pfSense and Windows, how good it is, and which IKEv2 clients offer it.",
        one.title
    );
    page(
        format!("algorithms/{}.html", one.title),
        &one.title,
        &description,
        &body,
    )
}

/// Who offers the usual suites, a table a phase.
pub fn matrix(clients: &[Client], links: &Links) -> String {
    let markup = html! {
        @for phase in [1, 2] {
            @let label = format!("Phase {phase}");
            h2 { (label) }
            p .soft { "The suites that most clients offer." }
            (PreEscaped(table(&usual(clients, phase, USUAL), &label, false, links)))
        }
    };
    markup.into_string()
}

fn matrix_page(clients: &[Client], links: &Links) -> io::Result<PlanFile> {
    let body = html! { (PreEscaped(matrix(clients, links))) };
    let description = "All IKEv2 clients against the usual suites of phase 1 and phase 2.";
    page(
        "matrix.html".to_owned(),
        "Which client offers which suite",
        description,
        &body,
    )
}

fn unknown_page(profiles: &[Profile], links: &Links) -> Result<PlanFile, NoSite> {
    let holes = holes::unknown(profiles)?;
    let body = html! { (PreEscaped(table(&holes, "What is not known", true, links))) };
    let description = "What no public source says about IKEv2 clients, or what is only deduced, and the one capture or log that would tell.";
    Ok(page(
        "unknown.html".to_owned(),
        "What is not known of IKEv2 clients",
        description,
        &body,
    )?)
}
