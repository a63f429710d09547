//! The library as a WebAssembly module: questions of the page come in as JSON, answers go back as JSON that
//! holds the parts of the page and the files to be saved.
//!
//! Nothing here touches the network, and nothing that was pasted is kept but what an answer needs.

mod check;
mod clients;
mod diagnosis;
mod form;
mod recommend;
mod reply;

use std::cell::RefCell;

use ikecompat::peer::Policy;
use ikecompat::profile::Database;
use wasm_bindgen::prelude::*;

use reply::{Reply, Request};

thread_local! {
    static DATABASE: Database<'static> = Database::builtin();
    /// The files of the last plan, which are fetched one by one or together.
    static FILES: RefCell<Vec<recommend::Made>> = const { RefCell::new(Vec::new()) };
    /// The last diagnosis, so that it can be shown redacted or not.
    static DIAGNOSIS: RefCell<Option<diagnosis::Kept>> = const { RefCell::new(None) };
}

/// What can be chosen: clients, policies, products, formats, the words of each product.
#[wasm_bindgen]
pub fn choices() -> String {
    DATABASE.with(clients::choices)
}

/// Which clients connect to the server of a configuration.
#[wasm_bindgen]
pub fn check(request: &str, text: &[u8]) -> String {
    answered(request, |request, database, policy| {
        check::check(request, text, database, policy)
    })
}

/// The settings that serve a set of clients. Of the server as it is, its configuration and its certificates may be
/// given; empty ones are not.
#[wasm_bindgen]
pub fn recommend(request: &str, server: &[u8], certificates: &[u8]) -> String {
    answered(request, |request, database, policy| {
        let (reply, made) = recommend::recommend(request, (server, certificates), database, policy);
        FILES.with_borrow_mut(|files| *files = made);
        reply
    })
}

/// A file of the last plan, by its place.
#[wasm_bindgen]
pub fn plan_file(place: usize) -> Vec<u8> {
    FILES.with_borrow(|files| {
        files
            .get(place)
            .map(|file| file.bytes.clone())
            .unwrap_or_default()
    })
}

/// All files of the last plan in one archive.
#[wasm_bindgen]
pub fn plan_archive() -> Result<Vec<u8>, JsError> {
    FILES.with_borrow(|files| {
        recommend::archive(files).map_err(|error| JsError::new(&error.to_string()))
    })
}

/// Reads a log or a capture. `read` gives at most so many octets from an offset on, and nothing at the end;
/// `progress` is told how far it is: a number, and whether it counts packets.
#[wasm_bindgen]
pub fn diagnose(
    request: &str,
    server: &[u8],
    read: js_sys::Function,
    progress: &js_sys::Function,
) -> String {
    answered(request, |request, database, policy| {
        let source = diagnosis::Source::new(read);
        let (reply, kept) =
            diagnosis::diagnose(request, server, (source, progress), database, policy);
        DIAGNOSIS.with_borrow_mut(|last| *last = kept);
        reply
    })
}

/// Shows the last diagnosis, redacted or not.
#[wasm_bindgen]
pub fn show_diagnosis(redact: bool) -> String {
    DIAGNOSIS.with_borrow(|last| match last {
        Some(kept) => kept.show(redact).text(),
        None => Reply::failed("there is no diagnosis").text(),
    })
}

/// A page of the database, by its address within the page.
#[wasm_bindgen]
pub fn clients(address: &str) -> String {
    DATABASE.with(|database| clients::page(address, database).text())
}

/// Reads a request and looks up its policy.
fn answered(
    request: &str,
    answer: impl FnOnce(&Request, &Database<'_>, &Policy) -> Reply,
) -> String {
    let request: Request = match serde_json::from_str(request) {
        Ok(request) => request,
        Err(error) => return Reply::failed(error.to_string()).text(),
    };
    DATABASE.with(|database| {
        let id = request.policy.as_deref().unwrap_or("rfc8247");
        match database.policy(id) {
            Some(policy) => answer(&request, database, &policy).text(),
            None => Reply::failed(format!("there is no policy `{id}`")).text(),
        }
    })
}
