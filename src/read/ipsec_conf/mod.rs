//! ipsec.conf of strongSwan, which starter reads and hands to charon.
//!
//! The layout of the file (`file`), inheritance (`inherit`) and the two sides (`sides`) serve
//! libreswan's reader too. Starter makes children of one configuration out of connections that
//! differ in their children only; here each stays a connection of its own, which negotiates alike.

pub(super) mod file;
pub(super) mod inherit;
pub(super) mod keys;
mod lines;
mod list;
pub(super) mod settings;
pub(super) mod sides;

use std::collections::HashSet;
use std::time::Duration;

use self::file::{File, Grammar};
use self::inherit::{DEFAULT, Whole};
use self::sides::{asks_for_address, authentication, local, role};
use super::settings::Value;
use super::{ReadCode, ReadContext, Reading, loading, swan_version};
use crate::diag::{Diagnostic, Place, Severity, Sources, Span, nearest, quoted, quoted_or};
use crate::ike::Protocol;
use crate::peer::server::{IkeVersions, Product, Role};
use crate::peer::setting::{Definitions, KeySet};
use crate::peer::surface::ConfigSurface;
use crate::peer::{Child, Connection, Engine, Server};

/// Reads the text numbered `file`, with the files that it includes.
///
/// Fails on a text that starter cannot read, and on one of which no connection is loaded.
pub(crate) fn read(
    sources: &mut Sources,
    file: usize,
    context: &ReadContext<'_>,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    let grammar = Grammar::Starter;
    let mut parsed = file::parse(sources, file, grammar, context)?;
    parsed
        .diagnostics
        .extend(unexpected_octets(sources, file, grammar));
    of_file((sources, file), parsed, context)
}

/// The server of sections that are read, or that another product's tools write.
///
/// Fails on sections of which no connection is loaded.
pub(super) fn of_file(
    (sources, file): (&Sources, usize),
    mut parsed: File,
    context: &ReadContext<'_>,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    let grammar = Grammar::Starter;
    let mut diagnostics = std::mem::take(&mut parsed.diagnostics);
    if let Some(many) = loading::too_many_connections(file, parsed.conns.len()) {
        return Err(vec![many]);
    }
    let mut wrong = Vec::new();
    let names = parsed.conns.iter().filter(|(name, _)| *name != DEFAULT);
    let wholes: Vec<_> = names
        .map(|(name, conn)| inherit::whole(&parsed, name, conn, grammar, &mut wrong))
        .collect();
    if wholes.is_empty() {
        wrong.push(file::no_connection(file, &parsed, grammar));
    }
    // starter does not start with a section that inherits from nothing, or from itself.
    let refuses = |diagnostic: Diagnostic| {
        let fatal = diagnostic.code == <&str>::from(ReadCode::DanglingReference);
        let note = "strongSwan does not start with \"fatal errors in config\"";
        if fatal {
            diagnostic.note(note)
        } else {
            diagnostic
        }
    };
    diagnostics.extend(wrong.into_iter().map(refuses));
    if diagnostics.iter().any(|d| d.severity == Severity::Error) {
        return Err(diagnostics);
    }
    let lists = wholes.iter().flat_map(|whole| {
        let keys = ["ike", "esp", "ah"].into_iter();
        keys.filter_map(|key| whole.value(key))
    });
    let mut reader = Reader {
        context,
        engine: swan_version::engine(context, lists, std::iter::empty(), &mut diagnostics),
        diagnostics,
        assumed: [false; 2],
        said: HashSet::new(),
    };
    let loaded = loaded(&parsed, &wholes);
    let excerpt = loaded.iter().all(|(_, complaint)| complaint.is_some());
    let connections = loaded.into_iter();
    let connections: Vec<_> = connections
        .map(|(whole, complaint)| reader.connection(whole, complaint, excerpt))
        .collect();
    let Reader {
        engine,
        diagnostics,
        ..
    } = reader;
    let diagnostics = loading::settle(&connections, diagnostics)?;
    let serving = connections.iter().find(|c| c.serves_clients());
    let id = serving.and_then(|connection| connection.local.id.as_ref());
    let value = Server {
        file: sources.name(file).to_owned(),
        product: Some(Product::Strongswan),
        engine,
        prefers_own: true,
        address: None,
        remote_id: id.map(|id| id.value.trim_start_matches('@').to_owned()),
        connection_name: None,
        nat: None,
        built_with: Vec::new(),
        connections,
        clients: Vec::new(),
        definitions: definitions((KeySet::IpsecConf, ConfigSurface::IpsecConf), &parsed),
    };
    Ok(Reading { value, diagnostics })
}

/// What a file defines outside of its connections.
pub(super) fn definitions((keys, surface): (KeySet, ConfigSurface), file: &File) -> Definitions {
    let mut settings = settings::global("setup", &file.setup);
    for (name, ca) in &file.authorities {
        settings.extend(settings::global(&format!("ca.{name}"), ca));
    }
    Definitions {
        keys: Some(keys),
        surface: Some(surface),
        settings,
        ..Definitions::default()
    }
}

/// What some editors put into files, and starter takes for a part of names and values.
pub(super) fn unexpected_octets(
    sources: &Sources,
    file: usize,
    grammar: Grammar,
) -> Option<Diagnostic> {
    let what = if sources.had_byte_order_mark(file) {
        "the file begins with a byte order mark"
    } else if sources.text(file).contains("\r\n") {
        let what = "the lines of the file end as on Windows, with a carriage return";
        let help = "save the file with line ends of Unix: `sed -i 's/\\r$//' FILE`";
        let place = Place::File(file);
        return Some(match grammar {
            Grammar::Starter => Diagnostic::error(ReadCode::CarriageReturn, place, what)
                .note("starter says \"syntax error, unexpected STRING\" and loads nothing")
                .help(help),
            Grammar::Libreswan => Diagnostic::warning(ReadCode::CarriageReturn, place, what)
                .note("the daemon takes it for a part of the words beside it")
                .help(help),
        });
    } else {
        return None;
    };
    Some(
        Diagnostic::warning(ReadCode::ByteOrderMark, Place::File(file), what)
            .note("the daemon takes it for a part of the words beside it, and refuses them")
            .help("save the file as UTF-8 without byte order mark, with line ends of Unix"),
    )
}

/// Which of the sections are connections: all but those that exist to be inherited from. With each,
/// what is to be said if nothing says that it is to be loaded.
pub(super) fn loaded<'w, 'f>(
    file: &File,
    wholes: &'w [Whole<'f>],
) -> Vec<(&'w Whole<'f>, Option<Diagnostic>)> {
    let loads = |whole: &Whole<'_>| whole.value("auto").is_some_and(|auto| &**auto != "ignore");
    let templates = inherit::templates(file);
    let is_template = |whole: &Whole<'_>| !loads(whole) && templates.contains(whole.name);
    let nothing_else = wholes.iter().all(is_template);
    let kept = wholes
        .iter()
        .filter(|whole| nothing_else || !is_template(whole));
    let complaint = |whole: &Whole<'_>| {
        let place = whole.place().filter(|_| !loads(whole))?;
        let message = format!("{} has no `auto` that loads it", quoted(whole.name));
        Some(
            Diagnostic::warning(ReadCode::IgnoredSetting, place, message)
                .note("without it `auto=ignore` holds, and the daemon passes over the connection")
                .help("add `auto=add`"),
        )
    };
    kept.map(|whole| (whole, complaint(whole))).collect()
}

/// Notes that nothing says that `connection` is to be loaded. A file in which no connection says so
/// is taken for an `excerpt`, and read all the same.
pub(super) fn pass_over(
    connection: &mut Connection,
    diagnostics: &mut Vec<Diagnostic>,
    complaint: Option<Diagnostic>,
    excerpt: bool,
) {
    match complaint {
        Some(complaint) if excerpt => {
            let said = "no connection has an `auto` that loads it: they are judged as if they had";
            if !diagnostics.iter().any(|it| it.message == said) {
                let note = Diagnostic::new(
                    Severity::Note,
                    ReadCode::IgnoredSetting,
                    complaint.place,
                    said,
                );
                loading::remark(diagnostics, note.maybe_help(complaint.help));
            }
        }
        Some(complaint) => loading::discard(connection, diagnostics, complaint),
        None => {}
    }
}

/// What reading takes, besides the text.
struct Reader<'r> {
    context: &'r ReadContext<'r>,
    engine: Engine,
    diagnostics: Vec<Diagnostic>,
    /// Whether it was said already that the lists of IKE and of ESP are assumed.
    assumed: [bool; 2],
    /// Inherited settings about which something was said.
    said: HashSet<Span>,
}

impl Reader<'_> {
    fn connection(
        &mut self,
        whole: &Whole<'_>,
        complaint: Option<Diagnostic>,
        excerpt: bool,
    ) -> Connection {
        let side = local(whole);
        let [own, peer] = side.prefixes();
        let text = |key: &str| whole.value(key).map(|value| &**value);
        let mut connection = Connection {
            name: whole.name.to_owned(),
            span: whole.place().cloned(),
            repeated: whole.conn.places.iter().skip(1).cloned().collect(),
            role: role(whole, peer, "sourceip"),
            versions: match text("keyexchange") {
                Some("ikev1") => IkeVersions::Ikev1,
                Some("ikev2") => IkeVersions::Ikev2,
                _ => IkeVersions::Any,
            },
            local: authentication(whole, own, &["authby"]),
            remote: authentication(whole, peer, &["authby"]),
            without_fragmentation: settings::switched_off(whole, "fragmentation", &["no"]),
            ..Connection::default()
        };
        [connection.local.rounds, connection.remote.rounds] = settings::rounds(whole, side);
        connection.pools = settings::items(whole, &format!("{peer}sourceip"));
        connection.address_request = asks_for_address(whole, own, "sourceip", &["%config"]);
        if connection.role == Role::SiteToSite {
            connection.role = connection.with_known_peer();
        }
        connection.settings = settings::kept(whole, side, keys::bearing);
        settings::times(whole, true, &mut connection);
        pass_over(&mut connection, &mut self.diagnostics, complaint, excerpt);
        self.settings(whole, &mut connection);
        connection.rekey.ike = ike_rekey(whole);
        connection.rekey.child = child_rekey(whole);
        if matches!(
            text("type"),
            Some("pass" | "passthrough" | "drop" | "reject")
        ) {
            // A rule of the firewall kind: no peer ever negotiates it.
            connection.role = Role::SiteToSite;
            return connection;
        }
        connection.ike = self.list(&mut connection, Protocol::Ike, whole);
        let ah = whole.value("ah").is_some();
        let protocol = if ah { Protocol::Ah } else { Protocol::Esp };
        let list = self.list(&mut connection, protocol, whole);
        let truncated = whole.settings.get("sha256_96").filter(|setting| {
            let value = setting.value.as_ref();
            value.is_some_and(|it| it.eq_ignore_ascii_case("yes"))
        });
        let mut child = Child {
            name: whole.name.to_owned(),
            span: whole.place().cloned(),
            truncated_sha256: truncated.map(|setting| setting.key.clone()),
            ..Child::default()
        };
        settings::child(whole, side, &["lifetime", "keylife"], &mut child);
        if ah {
            child.ah = list;
        } else {
            child.esp = list;
        }
        connection.children.push(child);
        connection
    }

    fn settings(&mut self, whole: &Whole<'_>, connection: &mut Connection) {
        for (key, setting) in &whole.settings {
            if loading::is_enough(&self.diagnostics) && connection.not_loaded.is_some() {
                return;
            }
            let own = whole.conn.settings.contains_key(*key);
            if !own && self.said.contains(&setting.key) {
                continue;
            }
            if keys::DEPRECATED.contains(key) {
                let message = format!("strongSwan passes over {}", quoted(key));
                let diagnostic =
                    Diagnostic::warning(ReadCode::IgnoredSetting, &setting.key, message);
                let diagnostic = match *key {
                    "pfs" | "pfsgroup" => diagnostic.note(
                        "PFS is configured by a group in `esp`, such as `aes256-sha256-modp2048`",
                    ),
                    _ => diagnostic.note("it is a key of other days"),
                };
                self.once(own, diagnostic);
                continue;
            }
            let Some(kind) = keys::kind(key) else {
                if loading::is_enough(&self.diagnostics) {
                    continue;
                }
                let all = keys::all();
                let word = quoted_or(key, all.iter().map(String::as_str), "this");
                let message = format!("{word} is not a key of strongSwan");
                let near = nearest(key, all.iter().map(String::as_str));
                let diagnostic =
                    Diagnostic::warning(ReadCode::UnknownOption, &setting.key, message)
                        .note("starter says \"unknown keyword\" and passes over it")
                        .maybe_help(near.map(|near| format!("did you mean `{near}`?")));
                self.once(own, diagnostic);
                continue;
            };
            let value = setting.value.as_ref();
            let Some((value, expected)) = value.and_then(|v| Some((v, kind.refuses(v)?))) else {
                continue;
            };
            let word = match kind {
                keys::Kind::OneOf(words) => quoted_or(value, words.iter().copied(), "this"),
                _ => "this".to_owned(),
            };
            let message = format!("{word} is no value for `{key}`");
            let diagnostic = Diagnostic::error(ReadCode::InvalidValue, value.span(), message)
                .note(format!(
                    "starter says \"bad value: {key}=…\" and ignores the connection"
                ))
                .note(format!("expected {expected}"));
            loading::discard(connection, &mut self.diagnostics, diagnostic);
        }
    }

    /// What is inherited was said before, or will be, where it stands.
    fn once(&mut self, own: bool, diagnostic: Diagnostic) {
        let place = diagnostic.place.span().cloned();
        if own || place.is_none_or(|place| self.said.insert(place)) {
            loading::remark(&mut self.diagnostics, diagnostic);
        }
    }
}

/// When the server asks for new keys of the IKE SA. With `reauth`, the default, it never does: it
/// makes a new IKE SA instead, and lets clients do so.
fn ike_rekey(whole: &Whole<'_>) -> Option<Duration> {
    let is = |key: &str, word: &str| whole.value(key).is_some_and(|value| &**value == word);
    if is("rekey", "no") || !is("reauth", "no") {
        return Some(Duration::ZERO);
    }
    seconds(whole, whole.value("ikelifetime"))
}

fn child_rekey(whole: &Whole<'_>) -> Option<Duration> {
    if whole.value("rekey").is_some_and(|value| &**value == "no") {
        return Some(Duration::ZERO);
    }
    seconds(
        whole,
        whole.value("lifetime").or_else(|| whole.value("keylife")),
    )
}

/// New keys are asked for before the end of the lifetime.
fn seconds(whole: &Whole<'_>, value: Option<&Value>) -> Option<Duration> {
    let lifetime = keys::seconds(value?).map(Duration::from_secs)?;
    Some(lifetime.saturating_sub(settings::margin(whole)))
}
