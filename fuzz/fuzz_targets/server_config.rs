//! Octets as the configuration of a server; the first one chooses the format, 0 leaves it to content.
#![no_main]

use ikecompat::diag::Sources;
use ikecompat::ike::Protocol;
use ikecompat::peer::Engine;
use ikecompat::read::context::{NotOpened, Opened};
use ikecompat::read::{self, ReadContext, Files, Format};
use libfuzzer_sys::fuzz_target;

/// No file includes another one here.
struct Nowhere;

impl Files for Nowhere {
    fn open(&self, _: &str, _: &str) -> Result<Vec<Opened>, NotOpened> {
        Err(NotOpened::Nowhere)
    }
}

const FORMATS: [Format; 8] = [
    Format::ServerYaml,
    Format::Pfsense,
    Format::Opnsense,
    Format::Swanctl,
    Format::IpsecConf,
    Format::Libreswan,
    Format::Powershell,
    Format::Mobileconfig,
];

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, bytes)) = bytes.split_first() else {
        return;
    };
    let mut sources = Sources::new();
    let Ok(file) = sources.add_octets("input", bytes) else {
        return;
    };
    let chosen = usize::from(*choice).checked_sub(1).and_then(|place| FORMATS.get(place));
    let format = chosen.copied().or_else(|| Format::of(&sources.text(file)));
    let context = ReadContext {
        files: &Nowhere,
        defaults: &|_: Engine, _: Protocol| None,
        engines: &ikecompat::peer::NamedEngine::as_written,
        engine: None,
    };
    let format = format.unwrap_or(Format::ServerYaml);
    let complaints = match read::server(&mut sources, file, format, &context) {
        Ok(reading) => reading.diagnostics,
        Err(complaints) => complaints,
    };
    for complaint in &complaints {
        let _ = sources.render(complaint, ikecompat::diag::Style::Plain);
    }
});
