//! PowerShell commands that configure Windows, as client or as server.
//!
//! Whole scripts, pasted lines with their prompt, commands wrapped for the command prompt. Nothing
//! is run: `script` says what that costs.

mod lexer;
mod policy;
mod script;

use self::policy::Policy;
use self::script::{Call, Script};
use super::{ReadCode, ReadContext, Reading};
use crate::diag::{self, Diagnostic, Place, Severity, Sources, Span};
use crate::dialect::powershell::Command;
use crate::peer::client::ConfigMethod;
use crate::peer::server::{Product, Spanned};
use crate::peer::{Child, Configuration, Connection, Engine, EngineName, Server, Version};

/// Larger scripts are refused.
const MAX_SCRIPT: usize = 4 << 20;

/// Parameters whose values may be shown. Every other word of a script may be a secret.
const SHOWN: &[&str] = &[
    "AuthenticationMethod",
    "AuthenticationTransformConstants",
    "CipherTransformConstants",
    "ConnectionName",
    "DHGroup",
    "EncryptionLevel",
    "EncryptionMethod",
    "EncryptionType",
    "IntegrityCheckMethod",
    "Name",
    "PfsGroup",
    "ServerAddress",
    "TunnelType",
];

/// What the values of `-EncryptionLevel` are called among the set-ups of a profile.
const LEVELS: &[(&str, Option<&str>)] = &[
    ("NoEncryption", Some("none")),
    ("Optional", Some("optional")),
    ("Required", Some("require")),
    ("Maximum", Some("maximum")),
    ("Custom", None),
];

/// Values of `-TunnelType`, and whether IKEv2 is used.
const TUNNELS: &[(&str, bool)] = &[
    ("Pptp", false),
    ("L2tp", false),
    ("Sstp", false),
    ("Ikev2", true),
    ("Automatic", true),
];

/// Reads the text numbered `file` as the configuration of Windows as a client.
///
/// Fails with everything that is wrong with the text, and with the remarks on it.
pub fn client(
    sources: &mut Sources,
    file: usize,
) -> Result<Reading<Configuration>, Vec<Diagnostic>> {
    let Script {
        calls, mut wrong, ..
    } = script(sources, file)?;
    let calls: Vec<_> = calls
        .iter()
        .filter(|call| !call.command.is_of_server())
        .collect();
    let Some(first) = calls.first() else {
        wrong.push(nothing_for(
            ReadCode::NotAClient,
            file,
            "client",
            &calls_of(false),
        ));
        return Err(wrong);
    };
    let mut configuration = Configuration::new(sources.name(file), ConfigMethod::Powershell);
    let mut names: Vec<Spanned<String>> = Vec::new();
    for call in &calls {
        if let Some(name) = name_of(call)
            && names
                .iter()
                .all(|other| !other.value.eq_ignore_ascii_case(&name.value))
        {
            names.push(name);
        }
    }
    if let [one, other, ..] = names.as_slice() {
        let message = format!("the script configures {} connections", names.len());
        wrong.push(
            Diagnostic::error(ReadCode::SeveralConnections, &other.span, message)
                .context(one.span.clone(), "first")
                .help("keep the commands of one connection in the file"),
        );
    }
    configuration.name = names.into_iter().next();
    let mut policy = None;
    for call in &calls {
        match call.command {
            Command::SetVpnConnectionIPsecConfiguration if call.has("RevertToDefault") => {
                policy = None;
            }
            Command::SetVpnConnectionIPsecConfiguration => {
                policy = policy::read(call, &mut wrong);
            }
            _ => connection(call, &mut configuration, &mut wrong),
        }
    }
    if let Some(Policy { ike, esp }) = policy {
        configuration.ike = Some(ike);
        configuration.esp = Some(esp);
        configuration.setup = None;
    } else if configuration.setup.is_none() && wrong.is_empty() {
        let message = "the script sets neither a policy nor the level of encryption";
        wrong.push(Diagnostic::new(
            Severity::Note,
            ReadCode::DefaultAssumed,
            &first.span,
            message,
        ));
    }
    finish(configuration, wrong)
}

/// Reads the text numbered `file` as the configuration of Routing and Remote Access.
///
/// Fails with everything that is wrong with the text, and with the remarks on it.
pub fn server(
    sources: &mut Sources,
    file: usize,
    context: &ReadContext<'_>,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    let Script {
        calls, mut wrong, ..
    } = script(sources, file)?;
    let mut of_server = calls.iter().filter(|call| call.command.is_of_server());
    let ikev2 = |call: &&Call| {
        let tunnel = call.get("TunnelType").and_then(|it| it.value.as_ref());
        !matches!(tunnel, Some(script::Value::Text(text))
            if !text.value.eq_ignore_ascii_case("IKEv2"))
    };
    let Some(call) = of_server.rfind(ikev2) else {
        let complaint = nothing_for(ReadCode::NotAServer, file, "server", &calls_of(true));
        let client = !calls.is_empty();
        let help = "give it to a client instead: `--clients windows-10=FILE`";
        wrong.push(complaint.maybe_help(client.then(|| help.to_owned())));
        return Err(wrong);
    };
    if !call.has("CustomPolicy") {
        let message = "what the server takes without a custom policy is not known";
        wrong.push(
            Diagnostic::error(ReadCode::DefaultUnknown, &call.span, message)
                .help("add `-CustomPolicy` and its six values"),
        );
        return Err(wrong);
    }
    let policy = policy::read(call, &mut wrong);
    let connection = policy.map(|Policy { ike, esp }| Connection {
        name: "RRAS".to_owned(),
        span: Some(call.span.clone()),
        ike: vec![ike],
        children: vec![Child {
            name: "RRAS".to_owned(),
            span: Some(call.span.clone()),
            esp: vec![esp],
            ..Child::default()
        }],
        ..Connection::default()
    });
    let server = Server {
        file: sources.name(file).to_owned(),
        product: Some(Product::Rras),
        engine: context.engine.unwrap_or(Engine {
            name: EngineName::Rras,
            // The sets of values are those of all releases up to this one.
            version: Version::new(2025, 0, 0),
        }),
        prefers_own: true,
        address: None,
        remote_id: None,
        connection_name: None,
        nat: Default::default(),
        connections: connection.into_iter().collect(),
        clients: Vec::new(),
        definitions: Default::default(),
    };
    finish(server, wrong)
}

fn finish<T>(value: T, mut diagnostics: Vec<Diagnostic>) -> Result<Reading<T>, Vec<Diagnostic>> {
    diag::sort(&mut diagnostics);
    if diagnostics.iter().any(|it| it.severity == Severity::Error) {
        return Err(diagnostics);
    }
    Ok(Reading { value, diagnostics })
}

/// Looks the script through, and makes secrets of all words that are none of the values above.
fn script(sources: &mut Sources, file: usize) -> Result<Script, Vec<Diagnostic>> {
    let text = sources.text(file);
    if text.len() > MAX_SCRIPT {
        let message = format!("the script is larger than {} MiB", MAX_SCRIPT >> 20);
        return Err(vec![Diagnostic::error(
            ReadCode::TooLarge,
            Place::File(file),
            message,
        )]);
    }
    let tokens = lexer::tokens(&text).map_err(|unclosed| {
        let place = Place::Position(Span::new(file, unclosed.at..unclosed.at));
        let message = format!("the {} that begins here is never closed", unclosed.what);
        vec![Diagnostic::error(ReadCode::SyntaxError, place, message)]
    })?;
    let script = script::read(&tokens, file);
    let values = script.calls.iter().flat_map(|call| &call.bound);
    let values = values
        .filter(|bound| SHOWN.contains(&bound.named.name))
        .filter_map(|bound| bound.value.as_ref())
        .map(script::Value::span);
    let mut shown: Vec<_> = script.shown.iter().cloned().chain(values).collect();
    shown.sort();
    for token in &tokens.list {
        let hidden = shown
            .binary_search_by_key(&token.span.start, |span| span.start)
            .is_err();
        let lexer::Kind::Word { pieces, .. } = &token.kind else {
            continue;
        };
        let variable = matches!(pieces.as_slice(), [lexer::Piece::Variable(_)]);
        if hidden && !variable {
            sources.hide(&Span::new(file, token.span.clone()));
        }
    }
    hide_values_of_secrets(sources, file, &tokens.list, &text);
    for comment in &tokens.comments {
        sources.hide(&Span::new(file, comment.clone()));
    }
    Ok(script)
}

/// Hides whatever stands behind the name of a secret, up to the next parameter that a command has or
/// the end of the statement: a value may be quoted wrongly, or be no value at all.
fn hide_values_of_secrets(sources: &mut Sources, file: usize, tokens: &[lexer::Token], text: &str) {
    use strum::IntoEnumIterator as _;
    let is_parameter = |name: &str| Command::iter().any(|it| it.parameter(name).is_ok());
    for (place, token) in tokens.iter().enumerate() {
        let rest = &tokens[place + 1..];
        let assigned = matches!(rest.first().map(|it| &it.kind), Some(lexer::Kind::Equals));
        let secret = match &token.kind {
            lexer::Kind::Parameter { name, .. } => script::is_secret(name),
            lexer::Kind::Word { pieces, .. } if assigned => {
                pieces.iter().any(|piece| match piece {
                    lexer::Piece::Literal(name) | lexer::Piece::Variable(name) => {
                        script::is_secret(name)
                    }
                    lexer::Piece::Computed => false,
                })
            }
            _ => false,
        };
        if !secret {
            continue;
        }
        let end = rest.iter().find(|it| match &it.kind {
            lexer::Kind::Parameter { name, .. } => is_parameter(name),
            lexer::Kind::End { .. } => true,
            _ => false,
        });
        let end = end.map_or(text.len(), |it| it.span.start);
        let value = &text[token.span.end.min(end)..end];
        let start = end - value.trim_start_matches([' ', '\t', '=', ':']).len();
        let end = start + text[start..end].trim_end().len();
        if end > start {
            sources.hide(&Span::new(file, start..end));
        }
    }
}

/// The name of the connection that a call is about; a variable counts by its own name.
fn name_of(call: &Call) -> Option<Spanned<String>> {
    let bound = call.get("Name").or_else(|| call.get("ConnectionName"))?;
    match bound.value.as_ref()? {
        script::Value::Text(text) | script::Value::Unknown(text) => Some(text.clone()),
        script::Value::List(_) | script::Value::Table(_) => None,
    }
}

/// What a call says about the connection besides its policy.
fn connection(call: &Call, configuration: &mut Configuration, wrong: &mut Vec<Diagnostic>) {
    let mut text = |name: &'static str| {
        let bound = call.get(name)?;
        policy::text_of(name, bound.value.as_ref(), &bound.span, wrong).cloned()
    };
    let (tunnel, level) = (text("TunnelType"), text("EncryptionLevel"));
    let address = call.get("ServerAddress").and_then(|it| it.value.as_ref());
    if let Some(script::Value::Text(address)) = address {
        configuration.address = Some(address.clone());
    }
    if let Some(tunnel) = tunnel {
        let found = TUNNELS
            .iter()
            .find(|(it, _)| it.eq_ignore_ascii_case(&tunnel.value));
        match found {
            Some((_, true)) => {}
            Some((name, false)) => {
                let message = format!("the connection uses {name}, not IKEv2");
                wrong.push(
                    Diagnostic::error(ReadCode::NotIkev2, &tunnel.span, message)
                        .help("write `-TunnelType Ikev2`"),
                );
            }
            None => {
                let values: Vec<_> = TUNNELS.iter().map(|(it, _)| *it).collect();
                wrong.push(policy::not_a_value("TunnelType", &tunnel, &values));
            }
        }
    }
    if let Some(level) = level {
        let found = LEVELS
            .iter()
            .find(|(it, _)| it.eq_ignore_ascii_case(&level.value));
        match found {
            Some((_, setup)) => {
                configuration.setup = setup.map(|value| Spanned {
                    value: value.to_owned(),
                    span: level.span.clone(),
                });
            }
            None => {
                let values: Vec<_> = LEVELS.iter().map(|(it, _)| *it).collect();
                wrong.push(policy::not_a_value("EncryptionLevel", &level, &values));
            }
        }
    }
}

/// The commands that configure a server, or a client.
fn calls_of(server: bool) -> Vec<String> {
    use strum::IntoEnumIterator as _;
    Command::iter()
        .filter(|command| command.is_of_server() == server)
        .map(|command| command.to_string())
        .collect()
}

fn nothing_for(code: ReadCode, file: usize, side: &str, commands: &[String]) -> Diagnostic {
    let message = format!("the script configures no {side}");
    let commands = diag::any_of(commands.iter().map(String::as_str));
    Diagnostic::error(code, Place::File(file), message).note(format!("it would call {commands}"))
}
