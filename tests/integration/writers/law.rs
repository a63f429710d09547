//! The law of `convert`: what a reader saw is written, or named; in every format and back the
//! connections, their authentication and their networks are the same.
//!
//! With `IKECOMPAT_SHARED=FOLDER` the files of that folder are converted too.

use std::fs;
use std::path::{Path, PathBuf};

use ikecompat::diag::Sources;
use ikecompat::format::Format;
use ikecompat::peer::authentication::{Authentication, Method};
use ikecompat::peer::setting::Setting;
use ikecompat::peer::{Connection, Server};
use ikecompat::profile::Database;
use ikecompat::read::context::NoFiles;
use ikecompat::read::{self, ReadContext};
use ikecompat::write::config::format::Choices;
use ikecompat::write::config::loss::{Loss, losses};
use ikecompat::write::config::setup::Auth;

/// Formats that hold more than negotiation and can be read.
const WHOLE: &[(Format, Format)] = &[
    (Format::Iked, Format::Iked),
    (Format::IpsecConf, Format::IpsecConf),
    (Format::Libreswan, Format::Libreswan),
    (Format::OpnsenseXml, Format::OpnsenseXml),
    (Format::PfsenseXml, Format::PfsenseXml),
    (Format::Swanctl, Format::Swanctl),
];

fn read_as(format: Format, text: &str) -> Result<Server, String> {
    let mut sources = Sources::new();
    let file = sources.add("file", text);
    let database = Database::builtin();
    let defaults = |engine, protocol| database.defaults(engine).ok().flatten()?.of(protocol);
    let context = ReadContext {
        files: &NoFiles,
        defaults: &defaults,
        engines: &|word| database.engine_named(word),
        unwritten_versions: &|engine| database.unwritten_versions(engine),
        engine: None,
    };
    let read = read::server(&mut sources, file, format, &context);
    read.map(|reading| reading.value).map_err(|wrong| {
        let style = ikecompat::diag::Style::Plain;
        wrong.iter().map(|it| sources.render(it, style)).collect()
    })
}

/// Files with the format that their folder or their name says.
fn corpus() -> Vec<(PathBuf, Format, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut found = Vec::new();
    for folder in [
        "conversion",
        "swanctl",
        "iked",
        "ipsec-conf",
        "libreswan",
        "opnsense",
        "pfsense",
    ] {
        collect(&root.join(folder), &mut found);
    }
    if let Some(shared) = std::env::var_os("IKECOMPAT_SHARED") {
        let shared = Path::new(&shared);
        for folder in ["configs", "field/configs", "field/plans"] {
            collect(&shared.join(folder), &mut found);
        }
    }
    found.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).ok()?;
        let format = format_of(&path, &text)?;
        Some((path, format, text))
    };
    found.into_iter().filter_map(read).collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("broken") {
            collect(&path, found);
        } else if path
            .extension()
            .is_some_and(|it| it == "conf" || it == "xml")
        {
            found.push(path);
        }
    }
}

fn format_of(path: &Path, text: &str) -> Option<Format> {
    let said = path.to_string_lossy();
    let is = |word: &str| said.contains(word);
    Some(if text.contains("\nikev2 ") {
        Format::Iked
    } else if is("pfsense") {
        Format::PfsenseXml
    } else if is("opnsense") {
        Format::OpnsenseXml
    } else if is("libreswan") {
        Format::Libreswan
    } else if text.contains("connections {") || text.contains("connections.") {
        Format::Swanctl
    } else if text.contains("conn ") {
        Format::IpsecConf
    } else {
        return None;
    })
}

const CHOICES: Choices = Choices {
    auth: Auth::EapTls,
    full: true,
    release: None,
};

fn methods(side: &Authentication) -> Vec<Option<Method>> {
    side.rounds
        .iter()
        .map(|round| round.method.clone())
        .collect()
}

/// What both ends of a conversion have to say alike.
fn facts(connection: &Connection) -> Vec<String> {
    let list = |networks: &[ikecompat::peer::server::Spanned<String>]| {
        let mut networks: Vec<_> = networks.iter().map(|it| it.value.clone()).collect();
        networks
            .retain(|it| it != "dynamic" && it != "%dynamic" && it != "0.0.0.0/0" && it != "::/0");
        networks.sort();
        networks.join(",")
    };
    let ike: Vec<_> = connection
        .ike
        .iter()
        .map(|it| it.proposal.clone())
        .collect();
    let mut facts = vec![
        format!("{ike:?}"),
        format!("{:?}", connection.versions),
        format!("{:?}", connection.reauthentication.is_some()),
        format!(
            "{:?} {:?}",
            methods(&connection.local),
            methods(&connection.remote)
        ),
    ];
    for child in &connection.children {
        let esp = child.esp.iter().chain(&child.ah);
        let esp: Vec<_> = esp.map(|it| it.proposal.clone()).collect();
        facts.push(format!("{esp:?}"));
        facts.push(list(&child.local_networks));
        facts.push(list(&child.remote_networks));
        let mode = child
            .mode
            .as_ref()
            .map(|mode| mode.value)
            .unwrap_or_default();
        facts.push(mode.to_string());
    }
    facts
}

fn all_settings(server: &Server) -> Vec<&Setting> {
    let loaded = server
        .connections
        .iter()
        .filter(|it| it.not_loaded.is_none());
    let inner = loaded.flat_map(|connection| {
        let rounds = connection
            .local
            .rounds
            .iter()
            .chain(&connection.remote.rounds);
        let children = connection.children.iter().chain(&connection.shunts);
        let own = connection.settings.iter();
        own.chain(rounds.flat_map(|it| &it.settings))
            .chain(children.flat_map(|it| &it.settings))
    });
    inner.chain(&server.definitions.settings).collect()
}

/// Every setting that the model has no field for is in the text, or is named.
fn nothing_is_silent(server: &Server, text: &str, losses: &[Loss]) -> Vec<String> {
    let mut silent = Vec::new();
    for setting in all_settings(server)
        .into_iter()
        .filter(|it| it.bearing.is_some())
    {
        let named = losses
            .iter()
            .any(|loss| loss.span.as_ref() == Some(&setting.span));
        let value = setting.value.to_ascii_lowercase();
        let known = [
            "yes", "no", "add", "none", "ignore", "keep", "1", "0", "true", "false",
        ];
        let written = text.to_ascii_lowercase().contains(&value)
            || known.contains(&value.as_str())
            || [
                "route", "ondemand", "start", "up", "trap", "hold", "restart", "%forever",
                "replace", "push", "pull", "0.0.0.0", "::",
            ]
            .contains(&value.as_str());
        if !named && !written {
            silent.push(format!("{} = {}", setting.key, setting.value));
        }
    }
    silent
}

#[test]
fn what_was_read_is_written_or_named() {
    let mut converted = 0;
    let mut wrong = Vec::new();
    for (path, format, text) in corpus() {
        let Ok(server) = read_as(format, &text) else {
            continue;
        };
        for (target, back) in WHOLE {
            let losses = losses(*target, &server);
            let mut out = Vec::new();
            if target.write(&server, CHOICES, &mut out).is_err() {
                continue;
            }
            let out = String::from_utf8(out).unwrap();
            let silent = nothing_is_silent(&server, &out, &losses);
            if !silent.is_empty() {
                wrong.push(format!("{} to {target}: {silent:?}", path.display()));
            }
            if losses.iter().any(Loss::is_grave) {
                continue;
            }
            let again = match read_as(*back, &out) {
                Ok(again) => again,
                Err(why) => {
                    wrong.push(format!("{} to {target}: {why}\n{out}", path.display()));
                    continue;
                }
            };
            converted += 1;
            compare(&path, *target, &server, &again, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(converted > 30, "{converted} conversions");
}

/// Children of one connection are connections of their own in an ipsec.conf.
fn compare(path: &Path, target: Format, one: &Server, other: &Server, wrong: &mut Vec<String>) {
    let loaded = |server: &Server| {
        let loaded = server
            .connections
            .iter()
            .filter(|it| it.not_loaded.is_none());
        let spread = loaded.flat_map(|connection| {
            let alone = |child: &ikecompat::peer::Child| Connection {
                children: vec![child.clone()],
                ..connection.clone()
            };
            connection.children.iter().map(alone).collect::<Vec<_>>()
        });
        spread.collect::<Vec<_>>()
    };
    // libreswan without a group takes that of the IKE SA, which the others have to write.
    let groups = one.engine.name != other.engine.name;
    let (one, other) = (loaded(one), loaded(other));
    if target == Format::PfsenseXml && one.len() != other.len() {
        return; // it makes one child of several, with all their networks
    }
    if one.len() != other.len() {
        let (before, after) = (one.len(), other.len());
        wrong.push(format!(
            "{} to {target}: {before} become {after}",
            path.display()
        ));
        return;
    }
    for (one, other) in one.iter().zip(&other) {
        for (before, after) in facts(one).into_iter().zip(facts(other)) {
            let proposals =
                before.starts_with("[Proposal") && (groups || target == Format::PfsenseXml);
            if before != after && !proposals {
                let name = &one.name;
                wrong.push(format!(
                    "{} `{name}` to {target}:\n  {before}\n  {after}",
                    path.display()
                ));
            }
        }
    }
}

#[test]
fn a_format_that_holds_negotiation_says_so_once() {
    for (path, format, text) in corpus() {
        let Ok(server) = read_as(format, &text) else {
            continue;
        };
        for target in [Format::ServerYaml, Format::Sswan, Format::PfsensePages] {
            let losses = losses(target, &server);
            let unplaced = losses.iter().filter(|it| it.span.is_none()).count();
            assert!(unplaced <= 1, "{}: {losses:?}", path.display());
            assert!(!losses.iter().any(Loss::is_grave), "{}", path.display());
        }
    }
}
