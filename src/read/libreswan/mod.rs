//! ipsec.conf of libreswan.
//!
//! The layout of the file is that of [`super::ipsec_conf`], with libreswan's rules; proposals are
//! those of [`crate::dialect::pluto`]. A connection that libreswan does not load is in the answer,
//! marked as not loaded, with libreswan's own message.

pub(super) mod keys;
mod list;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::ipsec_conf::file::{self, Grammar};
use super::ipsec_conf::inherit::{self, DEFAULT, Whole};
use super::ipsec_conf::sides::{asks_for_address, authentication, local, placed, role};
use super::ipsec_conf::{definitions, loaded, pass_over, settings, unexpected_octets};
use super::{ReadCode, ReadContext, Reading, loading};
use crate::diag::{Diagnostic, Severity, Sources, Span, any_of, nearest, quoted, quoted_or};
use crate::dialect::pluto::Release;
use crate::ike::Protocol;
use crate::peer::authentication::{Method, Round};
use crate::peer::server::{IkeVersions, Product, Role, Spanned};
use crate::peer::setting::KeySet;
use crate::peer::surface::ConfigSurface;
use crate::peer::{Child, Connection, Engine, EngineName, NamedEngine, Server, Version};
use crate::read::settings::{Setting, Value};

/// The version whose programs were run: that of Debian 12.
const MEASURED: Engine = Engine {
    name: EngineName::Libreswan,
    version: Version::new(4, 10, 0),
};

/// Reads the text numbered `file`, with the files that it includes.
///
/// Fails on a text that libreswan cannot read, and on one of which no connection is loaded.
pub(crate) fn read(
    sources: &mut Sources,
    file: usize,
    context: &ReadContext<'_>,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    let grammar = Grammar::Libreswan;
    let mut parsed = file::parse(sources, file, grammar, context)?;
    let mut diagnostics = std::mem::take(&mut parsed.diagnostics);
    diagnostics.extend(unexpected_octets(sources, file, grammar));
    read_parsed(sources, file, parsed, diagnostics, context)
}

/// Reads sections, about which `diagnostics` was said, wherever they come from.
pub(super) fn read_parsed(
    sources: &Sources,
    file: usize,
    parsed: file::File,
    mut diagnostics: Vec<Diagnostic>,
    context: &ReadContext<'_>,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    let grammar = Grammar::Libreswan;
    let names = parsed.conns.iter().filter(|(name, _)| *name != DEFAULT);
    if let Some(many) = loading::too_many_connections(file, parsed.conns.len()) {
        return Err(vec![many]);
    }
    // What is wrong with `also` costs the connection that inherits, no more.
    let mut wrong = HashMap::new();
    let wholes: Vec<_> = names
        .map(|(name, conn)| {
            let mut own = Vec::new();
            let whole = inherit::whole(&parsed, name, conn, grammar, &mut own);
            wrong.insert(name.as_str(), own);
            whole
        })
        .collect();
    if wholes.is_empty() {
        diagnostics.push(file::no_connection(file, &parsed, grammar));
    }
    if diagnostics.iter().any(|d| d.severity == Severity::Error) {
        return Err(diagnostics);
    }
    let mut reader = Reader {
        context,
        engine: engine(context, &wholes, &mut diagnostics),
        diagnostics,
        assumed: [false; 2],
        said: HashSet::new(),
        refused: false,
    };
    let loaded = loaded(&parsed, &wholes);
    let excerpt = loaded.iter().all(|(_, complaint)| complaint.is_some());
    let mut connections = Vec::new();
    for (whole, complaint) in loaded {
        let inherits = wrong.remove(whole.name).unwrap_or_default();
        connections.push(reader.connection(whole, complaint, excerpt, inherits));
    }
    let Reader {
        engine,
        mut diagnostics,
        refused,
        ..
    } = reader;
    if refused {
        crate::diag::sort(&mut diagnostics);
        return Err(diagnostics);
    }
    let diagnostics = loading::settle(&connections, diagnostics)?;
    let serving = connections.iter().find(|c| c.serves_clients());
    let id = serving.and_then(|connection| connection.local.id.as_ref());
    let id = id.filter(|id| !id.value.starts_with('%'));
    let value = Server {
        file: sources.name(file).to_owned(),
        product: Some(Product::Libreswan),
        engine,
        prefers_own: true,
        address: None,
        remote_id: id.map(|id| id.value.trim_start_matches('@').to_owned()),
        connection_name: None,
        nat: None,
        built_with: Vec::new(),
        connections,
        clients: Vec::new(),
        definitions: definitions((KeySet::Libreswan, ConfigSurface::Libreswan), &parsed),
    };
    Ok(Reading { value, diagnostics })
}

/// The version that the user named, else the one that was run, unless the file has a word that only
/// version 5 takes.
fn engine(
    context: &ReadContext<'_>,
    wholes: &[Whole<'_>],
    diagnostics: &mut Vec<Diagnostic>,
) -> Engine {
    let named = context
        .engine
        .filter(|engine| engine.name == EngineName::Libreswan);
    if let Some(engine) = named {
        return engine;
    }
    let of_five = wholes.iter().find_map(|whole| {
        let mut settings = whole.settings.iter();
        settings.find_map(|(key, setting)| {
            let of_value = |value: &&Value| keys::is_value_of_five(key, value);
            let value = setting.value.as_ref().filter(of_value);
            let key = keys::is_of_five(key).then_some(&setting.key);
            key.or_else(|| value.map(Value::span))
        })
    });
    let of_later = wholes.iter().find_map(|whole| {
        let mut lists = ["ike", "esp", "ah", "phase2alg"].into_iter();
        lists.find_map(|key| {
            let value = whole.value(key)?;
            let lower = value.to_ascii_lowercase();
            let words = ["addke", "ml_kem"];
            let is_later = words.iter().any(|word| lower.contains(word));
            is_later.then(|| value.span())
        })
    });
    let (span, release) = match (of_later, of_five) {
        // CHANGES of 5.4: ML_KEM_768, and RFC 9370.
        (Some(span), _) => (span, "5.4"),
        (None, Some(span)) => (span, "5"),
        (None, None) => return MEASURED,
    };
    let Ok(NamedEngine { engine, .. }) = (context.engines)(&format!("libreswan@{release}")) else {
        return MEASURED;
    };
    let message =
        format!("this is a word of libreswan {release}, so {engine} is assumed, the newest known");
    diagnostics.push(Diagnostic::new(
        Severity::Note,
        ReadCode::VersionAssumed,
        span,
        message,
    ));
    engine
}

/// What reading takes, besides the text.
struct Reader<'r> {
    context: &'r ReadContext<'r>,
    engine: Engine,
    diagnostics: Vec<Diagnostic>,
    /// Whether it was said already that the lists of IKE and of ESP are assumed.
    assumed: [bool; 2],
    /// Unknown keywords that were named.
    said: HashSet<Span>,
    /// Whether the daemon refuses the file as a whole.
    refused: bool,
}

impl Reader<'_> {
    const fn release(&self) -> Release {
        Release::of_major(self.engine.version.major())
    }

    fn connection(
        &mut self,
        whole: &Whole<'_>,
        complaint: Option<Diagnostic>,
        excerpt: bool,
        inherits: Vec<Diagnostic>,
    ) -> Connection {
        let side = local(whole);
        let [own, peer] = side.prefixes();
        let mut connection = Connection {
            name: whole.name.to_owned(),
            span: whole.place().cloned(),
            repeated: whole.conn.places.iter().skip(1).cloned().collect(),
            role: role(whole, peer, "addresspool"),
            versions: versions(whole),
            local: authentication(whole, own, &["authby"]),
            remote: authentication(whole, peer, &["authby", "autheap"]),
            without_fragmentation: settings::switched_off(whole, "fragmentation", NO),
            ..Connection::default()
        };
        connection.local.rounds = vec![round(whole, own)];
        connection.remote.rounds = vec![round(whole, peer)];
        connection.pools = settings::items(whole, &format!("{peer}addresspool"));
        connection.address_request = asks_for_address(whole, own, "modecfgclient", YES);
        if connection.role == Role::SiteToSite {
            connection.role = connection.with_known_peer();
        } else if connection.remote.is_opportunistic() {
            connection.role = Role::SiteToSite;
        }
        connection.settings = settings::kept(whole, side, keys::bearing);
        settings::times(whole, false, &mut connection);
        pass_over(&mut connection, &mut self.diagnostics, complaint, excerpt);
        for diagnostic in inherits {
            let name = whole.name;
            let note = format!("libreswan says \"cannot find conn … needed by conn '{name}'\"");
            loading::discard(
                &mut connection,
                &mut self.diagnostics,
                diagnostic.note(note),
            );
        }
        self.settings(whole, &mut connection);
        if is(whole, "rekey", NO) {
            connection.rekey.ike = Some(Duration::ZERO);
            connection.rekey.child = Some(Duration::ZERO);
        }
        if is(whole, "type", &["passthrough", "reject", "drop"]) {
            // A rule of the firewall kind: no peer ever negotiates it.
            connection.role = Role::SiteToSite;
            self.proof_of_nobody(&mut connection, whole);
            return connection;
        }
        connection.ike = self.ike(&mut connection, whole);
        let protocol = protocol(whole);
        let list = self.child(&mut connection, whole, protocol);
        let truncated = ["sha2-truncbug", "sha2_truncbug"].into_iter().find(|key| {
            let value = whole.value(key);
            value.is_some_and(|it| it.eq_ignore_ascii_case("yes"))
        });
        let truncated = truncated.and_then(|key| whole.settings.get(key));
        let mut child = Child {
            name: whole.name.to_owned(),
            span: whole.place().cloned(),
            truncated_sha256: truncated.map(|setting| setting.key.clone()),
            pfs: whole.value("pfs").map(|_| !is(whole, "pfs", NO)),
            ..Child::default()
        };
        settings::child(whole, side, keys::LIFETIMES, &mut child);
        child.local_networks.extend(subnets(whole, own));
        child.remote_networks.extend(subnets(whole, peer));
        match protocol {
            Protocol::Ah => child.ah = list,
            Protocol::Esp | Protocol::Ike => child.esp = list,
        }
        connection.children.push(child);
        connection
    }

    fn settings(&mut self, whole: &Whole<'_>, connection: &mut Connection) {
        for (key, setting) in &whole.settings {
            let known = setting
                .value
                .as_ref()
                .zip(keys::VALUES.iter().find(|(name, _)| name == key));
            if let Some((value, (_, words))) = known {
                let later = self.release() == Release::Four && keys::is_value_of_five(key, value);
                if later || !words.iter().any(|word| value.eq_ignore_ascii_case(word)) {
                    let word = quoted_or(value, words.iter().copied(), "this");
                    let message = format!("{word} is no value for `{key}`");
                    let diagnostic =
                        Diagnostic::error(ReadCode::InvalidValue, value.span(), message)
                            .note(format!(
                                "libreswan says \"keyword {key}, invalid value: …\""
                            ))
                            .note(match later {
                                true => "it came with version 5".to_owned(),
                                false => format!("expected {}", any_of(words.iter().copied())),
                            });
                    loading::discard(connection, &mut self.diagnostics, diagnostic);
                }
            }
            let later = self.release() == Release::Four && keys::is_of_five(key);
            if (later || !keys::is_known(key)) && self.said.insert(setting.key.clone()) {
                self.refuse_keyword(key, setting, later);
            }
        }
        self.set_twice(whole, connection);
    }

    /// One keyword that libreswan does not know makes it refuse the file.
    /// A rule of the firewall kind that names a method of authentication is not loaded.
    fn proof_of_nobody(&mut self, connection: &mut Connection, whole: &Whole<'_>) {
        let authby = whole.value("authby");
        let Some(authby) = authby.filter(|authby| !authby.eq_ignore_ascii_case("never")) else {
            return;
        };
        let message =
            "the connection passes or drops packets, and names a method of authentication";
        let diagnostic = Diagnostic::error(ReadCode::Contradiction, authby.span(), message)
            .note(
                "libreswan says \"shunt connection cannot have authentication method other then \
                 authby=never\"",
            )
            .help("write `authby=never`");
        loading::discard(connection, &mut self.diagnostics, diagnostic);
    }

    fn refuse_keyword(&mut self, key: &str, setting: &Setting, later: bool) {
        self.refused = true;
        if loading::is_enough(&self.diagnostics) {
            return;
        }
        let all = keys::all();
        let word = quoted_or(key, all.iter().map(String::as_str), "this");
        let near = nearest(key, all.iter().map(String::as_str)).filter(|_| !later);
        let message = match later {
            true => format!("{word} is a keyword of libreswan 5"),
            false => format!("{word} is not a keyword of libreswan"),
        };
        let other = super::ipsec_conf::keys::is_known(key);
        let diagnostic = Diagnostic::error(ReadCode::UnknownOption, &setting.key, message)
            .note("libreswan refuses a file with a keyword that it does not know")
            .maybe_help(match near {
                Some(near) => Some(format!("did you mean `{near}`?")),
                None if other => Some("strongSwan has it: `--from ipsec-conf`".to_owned()),
                None => None,
            });
        // What is inherited by several connections stands in one place.
        loading::remark(&mut self.diagnostics, diagnostic);
    }

    /// A key that a section sets twice, which version 4 does not take.
    fn set_twice(&mut self, whole: &Whole<'_>, connection: &mut Connection) {
        if self.release() == Release::Five {
            return;
        }
        for (key, setting) in &whole.conn.settings {
            let Some(before) = setting
                .overridden
                .last()
                .filter(|_| whole.conn.places.len() == 1)
            else {
                continue;
            };
            let name = whole.name;
            let word = match keys::is_known(key) {
                true => quoted(key),
                false => "the key".to_owned(),
            };
            let message = format!("{word} is set twice in this connection");
            let diagnostic = Diagnostic::error(ReadCode::Contradiction, &setting.key, message)
                .context(before.clone(), "here before")
                .note(format!(
                    "libreswan says \"duplicate key … in conn {name} while processing def {name}\""
                ))
                .help("remove one of them");
            loading::discard(connection, &mut self.diagnostics, diagnostic);
        }
    }
}

/// How the side `prefix` proves who it is (`authby`, `leftauth`, `leftautheap`); without a word by
/// certificate or raw key.
fn round(whole: &Whole<'_>, prefix: &str) -> Round {
    let of = |key: &str| whole.value(&format!("{prefix}{key}"));
    let eap = of("autheap").or_else(|| whole.value("autheap"));
    let eap = eap.filter(|value| !value.eq_ignore_ascii_case("none"));
    let written = of("auth").or_else(|| whole.value("authby"));
    let method = match (written, eap) {
        (_, Some(eap)) => Some(Method::Eap(Some(eap.to_ascii_lowercase()))),
        (None, None) => Some(Method::PublicKey),
        (Some(written), None) => written.split([',', '|']).find_map(Method::of),
    };
    Round {
        method,
        written: written.map(placed),
        id: of("id").map(placed),
        certificates: of("cert").map(placed).into_iter().collect(),
        ..Round::default()
    }
}

/// The networks of `leftsubnets={a, b}`, which blanks or commas separate.
fn subnets(whole: &Whole<'_>, prefix: &str) -> Vec<Spanned<String>> {
    let Some(value) = whole.value(&format!("{prefix}subnets")) else {
        return Vec::new();
    };
    let words = value.split([' ', ',', '{', '}']);
    let words = words.filter(|word| !word.is_empty());
    let placed = |word: &str| Spanned {
        value: word.to_owned(),
        span: value.span().clone(),
    };
    words.map(placed).collect()
}

/// Words that switch something on.
const YES: &[&str] = &["yes", "true", "on"];

/// Words that switch something off.
const NO: &[&str] = &["no", "false", "off"];

fn is(whole: &Whole<'_>, key: &str, words: &[&str]) -> bool {
    let value = whole.value(key);
    value.is_some_and(|value| words.iter().any(|word| value.eq_ignore_ascii_case(word)))
}

fn versions(whole: &Whole<'_>) -> IkeVersions {
    let first = ["ikev1"];
    if is(whole, "keyexchange", &first) || is(whole, "ikev2", &["no", "never"]) {
        IkeVersions::Ikev1
    } else {
        // Since 4.0 a connection takes one version alone, and that is 2 unless it says otherwise.
        IkeVersions::Ikev2
    }
}

/// What the child is for: `phase2`, or the only list that there is.
fn protocol(whole: &Whole<'_>) -> Protocol {
    let only_ah = whole.value("ah").is_some()
        && whole.value("esp").is_none()
        && whole.value("phase2alg").is_none()
        && whole.value("phase2").is_none();
    if is(whole, "phase2", &["ah"]) || only_ah {
        Protocol::Ah
    } else {
        Protocol::Esp
    }
}
