//! The manifest of a folder: whose files they are.

use std::fmt::Write as _;

use crate::answer::manifest::{ClientSetup, Manifest};
use crate::answer::words::short;
use crate::dialect::swan;
use crate::ike::Suite;
use crate::write::config::server_yaml::quoted;

/// The text of the manifest.
pub(crate) fn text(manifest: &Manifest) -> String {
    let mut text = String::from(
        "# `ikecompat check` of this folder reads the server and, for each client, the file named here.\n",
    );
    let mut line = |line: String| {
        // Writing into a string cannot fail.
        writeln!(text, "{line}").ok();
    };
    line(format!("server: {}", path(&manifest.server)));
    if let Some(engine) = &manifest.engine {
        line(format!("engine: {}", quoted(engine)));
    }
    line(match manifest.clients.is_empty() {
        true => "clients: []".to_owned(),
        false => "clients:".to_owned(),
    });
    for own in &manifest.clients {
        line(format!("  - client: {}", id(&own.client)));
        match &own.setup {
            ClientSetup::AsItIs => {}
            ClientSetup::File(file) => line(format!("    file: {}", path(file))),
            ClientSetup::ByHand { ike, esp } => {
                line(format!("    ike: {}", keywords(ike)));
                if let Some(esp) = esp {
                    line(format!("    esp: {}", keywords(esp)));
                }
            }
        }
    }
    text
}

/// A path in words that YAML takes as they are, or in quotation marks.
fn path(path: &str) -> String {
    let plain = |part: &str| quoted(part) == part;
    match path.split('/').all(plain) {
        true => path.to_owned(),
        false => format!("\"{path}\""),
    }
}

/// An id: a colon inside of a word needs no quotation marks.
fn id(id: &str) -> String {
    match id.split(':').all(|part| quoted(part) == part) {
        true => id.to_owned(),
        false => quoted(id),
    }
}

fn keywords(suite: &Suite) -> String {
    swan::write(&suite.to_proposal()).unwrap_or_else(|| short(suite))
}
