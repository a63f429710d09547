//! A changed server is written as a text and read again before its clients are asked: what is advised can be typed.

use ikecompat::answer::reading::{self, ServerText};
use ikecompat::diag::Sources;
use ikecompat::format::Format;
use ikecompat::peer::server::Product;
use ikecompat::peer::setting::KeySet;
use ikecompat::peer::{EngineName, Server};
use ikecompat::profile::Database;
use ikecompat::write::config::format::Choices;
use ikecompat::write::config::loss::losses;
use ikecompat::write::config::setup::Auth;

/// The formats that say everything a server of this product or engine does.
fn formats(server: &Server) -> Vec<Format> {
    match (server.product, server.engine.name) {
        (Some(Product::Opnsense), _) => vec![Format::OpnsenseXml, Format::ServerYaml],
        (Some(Product::Pfsense), _) => vec![Format::PfsenseXml, Format::ServerYaml],
        (_, EngineName::Strongswan) => {
            vec![Format::Swanctl, Format::IpsecConf, Format::ServerYaml]
        }
        (_, EngineName::Libreswan) => vec![Format::Libreswan, Format::ServerYaml],
        (
            _,
            EngineName::CiscoAsa
            | EngineName::CiscoIos
            | EngineName::Fortios
            | EngineName::Openiked
            | EngineName::Routeros
            | EngineName::Rras,
        ) => vec![Format::ServerYaml],
    }
}

/// The server once more, out of each text that holds the whole of it.
pub(super) fn written(server: &Server) -> Vec<(Format, Result<Server, String>)> {
    let read = |(format, text): (Format, Vec<u8>)| (format, read(format, &text, server));
    texts(server).into_iter().map(read).collect()
}

/// The texts that hold the whole of a server.
pub(super) fn texts(server: &Server) -> Vec<(Format, Vec<u8>)> {
    let choices = Choices {
        auth: auth(server),
        full: true,
        release: None,
    };
    let text = |format: Format| {
        // What was read from the same format is written as it stood there, and not as it was changed.
        let verbatim = matches!(
            (server.definitions.keys, format),
            (Some(KeySet::Swanctl), Format::Swanctl)
                | (Some(KeySet::IpsecConf), Format::IpsecConf)
                | (Some(KeySet::Libreswan), Format::Libreswan)
                | (Some(KeySet::Opnsense), Format::OpnsenseXml)
                | (Some(KeySet::Pfsense), Format::PfsenseXml)
        );
        if verbatim || !losses(format, server).is_empty() {
            return None;
        }
        let mut text = Vec::new();
        let lost = format.write(server, choices, &mut text).ok()?;
        // What the format has no words for is said, and is another server.
        if !lost.is_empty() {
            return None;
        }
        Some((format, text))
    };
    formats(server).into_iter().filter_map(text).collect()
}

/// How the server's own text wants clients to prove themselves; of one that says nothing, by what most can.
fn auth(server: &Server) -> Auth {
    let mut methods = server.connections.iter().flat_map(|it| &it.remote.methods);
    match methods.next().map(|method| method.value.as_str()) {
        Some("pubkey" | "cert" | "rsasig") => Auth::Certificate,
        Some(word) => word.parse().unwrap_or(Auth::EapMschapv2),
        None => Auth::EapMschapv2,
    }
}

/// Reads a text as the configuration of such a server.
fn read(format: Format, text: &[u8], server: &Server) -> Result<Server, String> {
    let input = ServerText {
        format: Some(format),
        engine: Some(server.engine).filter(|_| format != Format::ServerYaml),
        ..ServerText::new("again", text)
    };
    let mut sources = Sources::new();
    let reading = reading::server(&input, &Database::builtin(), &mut sources);
    let reading = reading.map_err(|wrong| {
        let style = ikecompat::diag::Style::Plain;
        let said: String = wrong.iter().map(|it| sources.render(it, style)).collect();
        format!("{said}\n{}", String::from_utf8_lossy(text))
    })?;
    Ok(Server {
        // Where clients are is no part of most formats.
        nat: server.nat,
        product: server.product,
        ..reading.value
    })
}
