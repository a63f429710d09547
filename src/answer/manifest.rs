//! `ikecompat.yaml`, the manifest of a folder: which of its files is the server's, and how each client is set up.
//!
//! A written folder has one, so that it can be checked as it stands there, files that somebody has edited since
//! included. Its paths are below the folder, with `/`.

use super::selection::{Selection, select};
use crate::diag::{Diagnostic, Place, Sources, Span};
use crate::dialect::swan;
use crate::ike::{Protocol, Suite, TransformType};
use crate::peer::Client;
use crate::peer::client::ConfigMethod;
use crate::profile::Database;
use crate::read::{self, Files, ReadCode};
use crate::recommend::configured;
use crate::yaml::{self, FieldReader, Fields, Node, YamlCode};

/// What the file is called.
pub const FILE_NAME: &str = "ikecompat.yaml";

/// What it is called in messages.
const WHAT: &str = "a manifest";

/// The files of a folder, by what they are for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Manifest {
    /// The server's configuration.
    pub server: String,
    /// The engine that reads it, as `--engine` has it, where its file does not say which release that is.
    pub engine: Option<String>,
    /// The clients.
    pub clients: Vec<ManifestClient>,
}

/// A client of a folder.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ManifestClient {
    /// Its id.
    pub client: String,
    /// How it is set up.
    pub setup: ClientSetup,
    /// Where it stands in the manifest that was read.
    pub span: Option<Span>,
}

/// How a client is set up.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ClientSetup {
    /// As its profile has it.
    AsItIs,
    /// By a file.
    File(String),
    /// By hand: the suites that somebody enters. Without one of ESP it stays as it is there.
    ByHand {
        /// IKE.
        ike: Suite,
        /// ESP, with its group where PFS is on.
        esp: Option<Suite>,
    },
}

impl Manifest {
    /// Reads a manifest that is called `name`. Fails with everything that is wrong with it.
    pub fn read(sources: &mut Sources, name: &str, bytes: &[u8]) -> Result<Self, Vec<Diagnostic>> {
        let file = read::add(sources, name, bytes)?;
        let text = sources.text(file);
        let root = yaml::parse(&text, file)?;
        let mut reader = FieldReader::of_facts(sources);
        let fields = reader.fields(&root, WHAT, &["server", "engine", "clients"]);
        let mut manifest = Self {
            server: String::new(),
            engine: None,
            clients: Vec::new(),
        };
        if let Some(fields) = fields {
            match fields.get("server") {
                Some(node) => manifest.server = path(&mut reader, node).unwrap_or_default(),
                None => missing(&mut reader, &root, "server", "server/swanctl.conf"),
            }
            let engine = fields.get("engine");
            manifest.engine = engine
                .and_then(|node| reader.word(node, "an engine, NAME@VERSION"))
                .map(|it| it.text.to_string());
            match fields.get("clients") {
                Some(node) => {
                    let items = reader.list(node, "a list of clients").unwrap_or_default();
                    let clients = items.iter().filter_map(|item| client(&mut reader, item));
                    manifest.clients = clients.collect();
                }
                None => missing(&mut reader, &root, "clients", "[{client: android}]"),
            }
        }
        match reader.errors() {
            0 => Ok(manifest),
            _ => Err(reader.finish()),
        }
    }

    /// The clients as they are set up. `files` opens paths of the manifest.
    ///
    /// Fails with everything that is wrong with them or with their files.
    pub fn select(
        &self,
        database: &Database<'_>,
        files: &dyn Files,
        sources: &mut Sources,
    ) -> Result<Selection, Vec<Diagnostic>> {
        let mut selection = Selection::default();
        let mut wrong = Vec::new();
        for own in &self.clients {
            let words = match &own.setup {
                ClientSetup::File(path) => format!("{}={path}", own.client),
                ClientSetup::AsItIs | ClientSetup::ByHand { .. } => own.client.clone(),
            };
            match select(&words, database, files, sources) {
                Ok(mut selected) => {
                    if let ClientSetup::ByHand { ike, esp } = &own.setup {
                        for one in &mut selected.clients {
                            one.client = by_hand(&one.client, ike, esp.as_ref());
                        }
                    }
                    selection.clients.extend(selected.clients);
                    selection.diagnostics.extend(selected.diagnostics);
                }
                Err(diagnostics) => wrong.extend(diagnostics.into_iter().map(|it| Diagnostic {
                    place: match (it.place, &own.span) {
                        (Place::Nowhere, Some(span)) => Place::Text(span.clone()),
                        (place, _) => place,
                    },
                    ..it
                })),
            }
        }
        match wrong.is_empty() {
            true => Ok(selection),
            false => Err(wrong),
        }
    }
}

/// The client with what is entered by hand.
fn by_hand(client: &Client, ike: &Suite, esp: Option<&Suite>) -> Client {
    match esp {
        Some(esp) => configured(client, ConfigMethod::Proposals, ike, esp),
        // Its ESP is not touched by this way of configuring a client.
        None => configured(client, ConfigMethod::Registry, ike, ike),
    }
}

fn missing(reader: &mut FieldReader<'_>, root: &Node<'_>, key: &str, example: &str) {
    let message = format!("{WHAT} has no `{key}`");
    let said = Diagnostic::error(YamlCode::MissingKey, root.extent(), message);
    reader.push(said.help(format!("add `{key}: {example}`")));
}

fn client(reader: &mut FieldReader<'_>, node: &Node<'_>) -> Option<ManifestClient> {
    let keys = ["client", "file", "ike", "esp"];
    let fields = reader.fields(node, "a client of a manifest", &keys)?;
    let Some(name) = fields.get("client") else {
        missing(reader, node, "client", "android");
        return None;
    };
    let name = reader.word(name, "the id of a client")?;
    let setup = setup(reader, &fields)?;
    if name.contains([',', '=', '!']) {
        let message = "one client is named here, without signs of a selection";
        reader.push(Diagnostic::error(
            YamlCode::UnknownWord,
            &name.span,
            message,
        ));
        return None;
    }
    Some(ManifestClient {
        client: name.text.to_string(),
        setup,
        span: Some(name.span.clone()),
    })
}

fn setup(reader: &mut FieldReader<'_>, fields: &Fields<'_, '_>) -> Option<ClientSetup> {
    let (file, ike, esp) = (fields.get("file"), fields.get("ike"), fields.get("esp"));
    match (file, ike, esp) {
        (None, None, None) => Some(ClientSetup::AsItIs),
        (Some(file), None, None) => path(reader, file).map(ClientSetup::File),
        (None, Some(ike), esp) => {
            let ike = suite(reader, ike, Protocol::Ike);
            let given = esp.map(|esp| suite(reader, esp, Protocol::Esp));
            let esp = match given {
                Some(esp) => Some(esp?),
                None => None,
            };
            Some(ClientSetup::ByHand { ike: ike?, esp })
        }
        (Some(other), ..) | (None, None, Some(other)) => {
            let message = "a client has a `file`, or `ike` and perhaps `esp`, or none of them";
            let code = ReadCode::Contradiction;
            reader.push(Diagnostic::error(code, other.extent(), message));
            None
        }
    }
}

/// A path below the folder.
fn path(reader: &mut FieldReader<'_>, node: &Node<'_>) -> Option<String> {
    let word = reader.word(node, "the path of a file")?;
    let path = &*word.text;
    let leads_out = path.starts_with('/')
        || path.contains(['\\', ':'])
        || path.split('/').any(|part| matches!(part, "" | "." | ".."));
    let message = if leads_out {
        "the path does not lead to a file below the folder of the manifest"
    } else if path.contains(',') {
        "a comma cannot stand in the path of a file"
    } else {
        return Some(path.to_owned());
    };
    reader.push(
        Diagnostic::error(YamlCode::UnknownWord, &word.span, message)
            .help("write a path such as `clients/windows-10.ps1`"),
    );
    None
}

/// One suite in strongSwan's keywords.
fn suite(reader: &mut FieldReader<'_>, node: &Node<'_>, protocol: Protocol) -> Option<Suite> {
    let word = reader.word(node, "a suite in strongSwan's keywords")?;
    let proposal = swan::parse(protocol, word);
    let complaint = match &proposal {
        Err(why) => why.to_string(),
        Ok(proposal) => {
            let kinds = [
                TransformType::ENCR,
                TransformType::INTEG,
                TransformType::PRF,
                TransformType::KE,
            ];
            if kinds.iter().all(|kind| proposal.of(*kind).len() < 2) {
                let transforms = proposal.transforms().iter().copied();
                return Some(Suite::of(protocol, transforms));
            }
            "one algorithm of each kind is expected".to_owned()
        }
    };
    reader.push(Diagnostic::error(
        ReadCode::UnknownValue,
        &word.span,
        complaint,
    ));
    None
}

#[cfg(test)]
mod tests {
    use super::{ClientSetup, Manifest};
    use crate::diag::{Sources, Style};

    fn read(text: &str) -> Result<Manifest, String> {
        let mut sources = Sources::new();
        Manifest::read(&mut sources, "ikecompat.yaml", text.as_bytes()).map_err(|said| {
            let each = said.iter().map(|it| sources.render(it, Style::Plain));
            each.collect()
        })
    }

    #[test]
    fn each_client_has_its_set_up() {
        let manifest = read(
            "server: server/swanctl.conf\nclients:\n  - client: osx\n  - client: windows-10:require\n    \
             file: clients/w.ps1\n  - {client: a, ike: aes256-sha256-modp2048, esp: aes256-sha256}\n",
        )
        .unwrap();
        assert_eq!(manifest.server, "server/swanctl.conf");
        let setups: Vec<_> = manifest.clients.iter().map(|own| &own.setup).collect();
        assert_eq!(setups[0], &ClientSetup::AsItIs);
        assert_eq!(setups[1], &ClientSetup::File("clients/w.ps1".to_owned()));
        assert!(matches!(
            setups[2],
            ClientSetup::ByHand { esp: Some(_), .. }
        ));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (text, said) in [
            ("clients: []", "has no `server`"),
            ("server: a.conf", "has no `clients`"),
            ("server: ../a.conf\nclients: []", "below the folder"),
            ("server: /etc/a.conf\nclients: []", "below the folder"),
            ("server: a,b\nclients: []", "a comma"),
            (
                "server: a\nclients: [{client: x, file: b, ike: c}]",
                "or none of them",
            ),
            (
                "server: a\nclients: [{client: x, esp: aes256-sha256}]",
                "or none of them",
            ),
            ("server: a\nclients: [{client: 'x,y'}]", "one client"),
            ("server: a\nclients: [{file: x}]", "has no `client`"),
            (
                "server: a\nclients: [{client: x, ike: aes256-aes128-sha256-modp2048}]",
                "one algorithm of each kind",
            ),
            ("server: a\nclients: [{client: x, ike: aes265}]", "keyword"),
            ("server: a\nclient: []", "did you mean `clients`"),
        ] {
            let complaint = read(text).unwrap_err();
            assert!(complaint.contains(said), "{text}: {complaint}");
            assert!(complaint.contains("ikecompat.yaml:"), "{complaint}");
        }
    }
}
