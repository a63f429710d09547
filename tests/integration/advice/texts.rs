//! A changed server is written as a text and read again before its clients are asked: what is advised can be typed.

use ikecompat::answer::reading::{self, ServerText};
use ikecompat::diag::Sources;
use ikecompat::format::Format;
use ikecompat::peer::server::Product;
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
        auth: Auth::EapTls,
        full: true,
    };
    let text = |format: Format| {
        if !losses(format, server).is_empty() {
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
