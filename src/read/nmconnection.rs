//! Connections of NetworkManager, `.nmconnection`, of its plugins for strongSwan and for libreswan.
//!
//! What the items of `[vpn]` mean stands in `charon-nm/nm/nm_service.c` of strongSwan 6.0.6 and in
//! `shared/utils.c` of NetworkManager-libreswan, which makes an `ipsec.conf` out of them; that one
//! is read as libreswan reads it.

mod keyfile;

use std::time::Duration;

use indexmap::IndexMap;

use self::keyfile::{Item, Keyfile};
use super::ipsec_conf::file::{Conn, File};
use super::settings::{Setting, Value};
use super::{ReadCode, ReadContext, Reading, harmless, libreswan, loading, proposal, swan_version};
use crate::diag::{Diagnostic, Place, Severity, Sources, any_of, quoted_or};
use crate::dialect::swan::Generation;
use crate::ike::Protocol;
use crate::peer::authentication::{Method, Round};
use crate::peer::server::{Product, Rekey, Role, Spanned};
use crate::peer::{Child, Connection, Engine, Entry, Server};

/// The plugin that a text is a connection of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Plugin {
    /// network-manager-strongswan.
    Strongswan,
    /// NetworkManager-libreswan.
    Libreswan,
}

impl Plugin {
    /// The plugin of a text that has the sections of such a file.
    pub(crate) fn of_keyfile(text: &str) -> Option<Self> {
        let mut lines = text.lines().map(str::trim);
        lines.any(|line| line == "[vpn]").then(|| Self::of(text))?
    }

    /// The plugin that `text` names as its service.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let mut lines = text.lines().map(str::trim);
        let service = lines.find_map(|line| {
            let (key, value) = line.split_once('=')?;
            let name = value.trim().rsplit('.').next()?;
            (key.trim() == "service-type").then_some(name)
        })?;
        match service {
            "strongswan" => Some(Self::Strongswan),
            "libreswan" | "openswan" => Some(Self::Libreswan),
            _ => None,
        }
    }
}

/// Items that are shown.
const KEYS: &[&str] = &[
    "address",
    "authby",
    "encap",
    "esp",
    "id",
    "ike",
    "ikelifetime",
    "ikev2",
    "ipcomp",
    "left",
    "leftid",
    "leftmodecfgclient",
    "leftsubnet",
    "local-ts",
    "method",
    "mobike",
    "narrowing",
    "pfs",
    "proposal",
    "rekey",
    "remote-identity",
    "remote-ts",
    "right",
    "rightid",
    "rightsubnet",
    "salifetime",
    "server-port",
    "service-type",
    "type",
    "virtual",
];

/// What charon-nm sets itself: it renews an IKE SA after ten hours and a child SA after 10,200 s.
const REKEY: Rekey = Rekey {
    ike: Some(Duration::from_secs(36_000)),
    child: Some(Duration::from_secs(10_200)),
};

/// Reads the text numbered `file` as the one connection that it is.
///
/// Fails with everything that is wrong with the text, and with the warnings and notes about it.
pub(crate) fn read(
    sources: &mut Sources,
    file: usize,
    context: &ReadContext<'_>,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    let text = sources.text(file);
    let keyfile = Keyfile::parse(&text, file);
    keyfile.show(sources, KEYS);
    let Some(plugin) = Plugin::of(&text) else {
        let message = "the connection is for no plugin that speaks IKEv2";
        let place = Place::File(file);
        return Err(vec![
            Diagnostic::error(ReadCode::ForeignFile, place, message)
                .note("the plugins are those of strongSwan and libreswan"),
        ]);
    };
    let mut reading = match plugin {
        Plugin::Strongswan => strongswan(sources, file, context, &keyfile)?,
        Plugin::Libreswan => {
            let parsed = as_ipsec_conf(&keyfile);
            libreswan::read_parsed(sources, file, parsed, Vec::new(), context)?
        }
    };
    reading.value.connection_name = keyfile.text("connection", "id");
    Ok(reading)
}

fn strongswan(
    sources: &Sources,
    file: usize,
    context: &ReadContext<'_>,
    keyfile: &Keyfile,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    let mut diagnostics = Vec::new();
    let vpn = |key: &str| keyfile.item("vpn", key);
    let configured = vpn("proposal").is_some_and(|item| &*item.value == "yes");
    let lists: Vec<_> = ["ike", "esp"].into_iter().filter_map(vpn).collect();
    if let (false, Some(item)) = (configured, lists.iter().find(|item| !item.value.is_empty())) {
        let message = "without `proposal=yes` the lists of proposals count for nothing";
        diagnostics.push(
            Diagnostic::warning(ReadCode::IgnoredSetting, &item.key, message)
                .help("set `proposal=yes` in `[vpn]`"),
        );
    }
    let values = lists.iter().map(|item| &item.value).filter(|_| configured);
    let engine = swan_version::engine(context, values, std::iter::empty(), &mut diagnostics);
    let mut list = |protocol, key: &str| match vpn(key).filter(|_| configured) {
        Some(item) => proposals(engine, protocol, &item.value, &mut diagnostics),
        None => Vec::new(),
    };
    let (ike, esp) = (list(Protocol::Ike, "ike"), list(Protocol::Esp, "esp"));
    let address = vpn("address").filter(|item| !item.value.is_empty());
    if address.is_none() {
        let message = "the connection names no server in `address`";
        let place = Place::File(file);
        diagnostics.push(
            Diagnostic::error(ReadCode::MissingParameter, place, message)
                .note("charon-nm says \"Gateway address missing.\""),
        );
    }
    let round = match vpn("method") {
        Some(item) => method(item, &mut diagnostics),
        None => {
            let message = "the connection has no `method` of authentication";
            let place = Place::File(file);
            diagnostics.push(
                Diagnostic::error(ReadCode::MissingParameter, place, message)
                    .note("charon-nm says \"Configuration parameters missing.\""),
            );
            Round::default()
        }
    };
    crate::diag::sort(&mut diagnostics);
    if diagnostics.iter().any(|it| it.severity == Severity::Error) {
        return Err(diagnostics);
    }
    let address = address.map(Item::spanned);
    let remote_id = vpn("remote-identity").map(Item::spanned);
    let mut connection = Connection {
        name: keyfile.text("connection", "id").unwrap_or_default(),
        span: Some(keyfile.header("vpn")),
        role: Role::Client,
        ike,
        rekey: REKEY,
        children: vec![Child {
            esp,
            ..Child::default()
        }],
        address_request: vpn("virtual")
            .filter(|item| &*item.value == "yes")
            .map(|item| item.key.clone()),
        ..Connection::default()
    };
    connection.local.rounds.push(round);
    connection.remote.addresses.extend(address.clone());
    connection.remote.id = remote_id;
    Ok(Reading {
        value: Server {
            file: sources.name(file).to_owned(),
            product: Some(Product::Strongswan),
            engine,
            prefers_own: true,
            address: address.map(|it| it.value),
            remote_id: None,
            connection_name: None,
            nat: None,
            built_with: Vec::new(),
            connections: vec![connection],
            clients: Vec::new(),
            definitions: Default::default(),
        },
        diagnostics,
    })
}

/// The proposals of a list, which semicolons separate; one wrong word ends the attempt to connect.
fn proposals(
    engine: Engine,
    protocol: Protocol,
    value: &Value,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Entry> {
    let generation = Generation::of_major(engine.version.major());
    let mut entries = Vec::new();
    let mut start = 0;
    for (number, item) in value.split(';').enumerate() {
        let begin = start;
        start += item.len() + 1;
        if item.is_empty() {
            continue;
        }
        if number >= loading::MOST_PROPOSALS {
            diagnostics.push(loading::too_many(value.span()));
            break;
        }
        let part = |part: std::ops::Range<usize>| value.part(begin + part.start..begin + part.end);
        let said = match protocol {
            Protocol::Ike => "charon-nm says \"Invalid IKE proposal.\"",
            Protocol::Ah | Protocol::Esp => "charon-nm says \"Invalid ESP proposal.\"",
        };
        match proposal::read(protocol, generation.read_part(item), part) {
            Ok(entry) => {
                let other = swan_version::other_version(engine, item, part);
                diagnostics.extend(other.map(|it| it.note(said)));
                entries.push(entry);
            }
            Err(complaints) => {
                let comma = item.contains(',');
                let complain = |it: Diagnostic| {
                    let it = it.note(said);
                    if comma {
                        it.help("separate proposals with `;`")
                    } else {
                        it
                    }
                };
                diagnostics.extend(complaints.into_iter().map(complain));
            }
        }
    }
    entries
}

/// The ways in which charon-nm lets users prove who they are.
const METHODS: [&str; 7] = ["agent", "cert", "eap", "eap-tls", "key", "psk", "smartcard"];

/// How the user proves who they are.
fn method(item: &Item, diagnostics: &mut Vec<Diagnostic>) -> Round {
    const METHODS: [&str; 7] = ["agent", "cert", "eap", "eap-tls", "key", "psk", "smartcard"];
    let method = match &*item.value {
        "agent" | "cert" | "key" | "smartcard" => Some(Method::PublicKey),
        "eap" => Some(Method::Eap(None)),
        "eap-tls" => Some(Method::Eap(Some("tls".to_owned()))),
        "psk" => Some(Method::PreSharedKey),
        other => {
            let word = quoted_or(other, METHODS, "this");
            let message = format!("{word} is no method of authentication");
            diagnostics.push(
                Diagnostic::error(ReadCode::UnknownValue, item.value.span(), message)
                    .note(format!("the methods are {}", any_of(METHODS)))
                    .note("charon-nm says \"Configuration parameters missing.\""),
            );
            None
        }
    };
    Round {
        method,
        written: Some(item.spanned()),
        ..Round::default()
    }
}

/// The items that the plugin for libreswan writes into its `ipsec.conf`.
const WRITTEN: [&str; 34] = [
    "clientaddrfamily",
    "dpdaction",
    "dpddelay",
    "dpdtimeout",
    "esp",
    "fragmentation",
    "hostaddrfamily",
    "ike",
    "ikelifetime",
    "ikev2",
    "ipsec-interface",
    "left",
    "leftcert",
    "leftid",
    "leftmodecfgclient",
    "leftrsasigkey",
    "leftsendcert",
    "leftsubnet",
    "leftsubnets",
    "leftusername",
    "leftxauthusername",
    "mobike",
    "narrowing",
    "pfs",
    "rekey",
    "require-id-on-certificate",
    "right",
    "rightca",
    "rightcert",
    "rightid",
    "rightrsasigkey",
    "rightsubnet",
    "salifetime",
    "type",
];

/// The `ipsec.conf` that the plugin for libreswan makes of a connection.
fn as_ipsec_conf(keyfile: &Keyfile) -> File {
    let header = keyfile.header("vpn");
    let mut settings = IndexMap::new();
    for (key, item) in keyfile.items("vpn") {
        if WRITTEN.contains(&key) && !item.value.is_empty() {
            settings.insert(key.to_owned(), item.setting());
        }
    }
    let filled_in = |value: &str| {
        let mut text = Value::begin(header.file, header.start);
        text.push(value, header.start);
        text.reach(header.end);
        Setting {
            key: header.clone(),
            value: Some(text),
            overridden: Vec::new(),
        }
    };
    let keys = ["leftcert", "rightcert", "leftrsasigkey", "rightrsasigkey"];
    let with_key = keys.iter().any(|key| settings.contains_key(*key));
    let auto_defaults = keyfile.text("vpn", "nm-auto-defaults");
    if !auto_defaults.is_some_and(|word| matches!(word.as_str(), "no" | "false" | "0")) {
        let mut default = |key: &str, value: &str| {
            let entry = settings.entry(key.to_owned());
            entry.or_insert_with(|| filled_in(value));
        };
        default("ikev2", "never");
        default("left", "%defaultroute");
        default("leftmodecfgclient", "yes");
        if !with_key {
            default("authby", "secret");
        }
    }
    settings.insert("auto".to_owned(), filled_in("add"));
    let name = keyfile.text("connection", "id");
    let conn = Conn {
        places: vec![header],
        settings,
        also: Vec::new(),
    };
    let mut file = File::default();
    file.conns
        .insert(name.unwrap_or_else(|| "vpn".to_owned()), conn);
    file
}

impl Item {
    fn spanned(&self) -> Spanned<String> {
        Spanned {
            value: self.value.to_string(),
            span: self.value.span().clone(),
        }
    }

    fn setting(&self) -> Setting {
        Setting {
            key: self.key.clone(),
            value: Some(self.value.clone()),
            overridden: Vec::new(),
        }
    }

    /// Whether the value is a list, a name or a choice, and looks like no secret.
    fn is_harmless(&self, key: &str) -> bool {
        const WORDS: [&str; 4] = ["insist", "never", "permit", "propose"];
        match key {
            "address" | "esp" | "ike" | "left" | "right" | "service-type" => {
                harmless::is_list(&self.value)
            }
            "id" | "leftid" | "remote-identity" | "rightid" => harmless::is_identity(&self.value),
            _ => {
                let word = &*self.value;
                harmless::is_choice(word) || WORDS.contains(&word) || METHODS.contains(&word)
            }
        }
    }
}
