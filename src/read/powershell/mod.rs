//! PowerShell commands that configure Windows, as client or as server.
//!
//! Whole scripts, pasted lines with their prompt, commands wrapped for the command prompt. Nothing
//! is run: `script` says what that costs.

mod lexer;
mod policy;
mod script;
mod texts;
use std::ops::Range;

use self::script::{Call, Script, Variables};
pub(super) use self::texts::texts;
use super::windows_policy::{Policy, not_a_value};
use super::{ReadCode, ReadContext, Reading};
use crate::diag::{self, Diagnostic, Place, Severity, Sources, Span, is_slip};
use crate::dialect::powershell::{Command, ENCRYPTION_LEVELS, Parameter};
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

/// Parameters whose values are names.
const NAMES: &[&str] = &["ConnectionName", "Name", "ServerAddress"];

/// Values of `-AuthenticationMethod` and `-EncryptionType`.
const WORDS: &[&str] = &[
    "Certificate",
    "Eap",
    "MachineCertificate",
    "MaximumEncryption",
    "MSChapv2",
    "NoEncryption",
    "OptionalEncryption",
    "RequireEncryption",
];

/// Whether the value of a parameter is a name, or a slip of one of its values.
fn is_harmless(parameter: &str, value: &str) -> bool {
    use strum::IntoEnumIterator as _;
    let values = Parameter::iter().flat_map(|it| it.values().iter().copied());
    let tunnels = TUNNELS.iter().map(|(name, _)| *name);
    let levels = ENCRYPTION_LEVELS.iter().map(|(name, _)| *name);
    let known = values
        .chain(tunnels)
        .chain(levels)
        .chain(WORDS.iter().copied());
    let value = value.to_ascii_lowercase();
    let begins = known
        .clone()
        .any(|word| word.to_ascii_lowercase().starts_with(&value));
    // A name that runs on into a comment or the next line has lost its quotation mark.
    let is_name = NAMES.contains(&parameter) && !value.contains(['#', '`', '\n', '=']);
    is_name || SHOWN.contains(&parameter) && (begins || is_slip(&value, known))
}

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
/// Fails with everything that is wrong with the text, and with the warnings and notes about it.
pub(crate) fn client(
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
        configuration.ike = vec![ike];
        configuration.esp = vec![esp];
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
/// Fails with everything that is wrong with the text, and with the warnings and notes about it.
pub(crate) fn server(
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
        built_with: Vec::new(),
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

/// Takes the script apart.
fn tokens(text: &str, file: usize) -> Result<lexer::Tokens, Vec<Diagnostic>> {
    if text.len() > MAX_SCRIPT {
        let message = format!("the script is larger than {} MiB", MAX_SCRIPT >> 20);
        return Err(vec![Diagnostic::error(
            ReadCode::TooLarge,
            Place::File(file),
            message,
        )]);
    }
    lexer::tokens(text).map_err(|unclosed| {
        let place = Place::Position(Span::new(file, unclosed.at..unclosed.at));
        let message = format!("the {} that begins here is never closed", unclosed.what);
        vec![Diagnostic::error(ReadCode::SyntaxError, place, message)]
    })
}

/// Looks the script through, and shows of it the commands, their parameters and the values above.
fn script(sources: &mut Sources, file: usize) -> Result<Script, Vec<Diagnostic>> {
    let (mut script, variables) = one_script(sources, file, Variables::default())?;
    if script.calls.is_empty() {
        // A script that is handed on as a text: to another computer, to a task, to a file.
        let names = |text: &str| {
            let text = text.to_ascii_lowercase();
            COMMANDS_OF_TEXTS.iter().any(|it| text.contains(it))
        };
        for excerpt in texts(sources, file, names)?.0 {
            let inner = sources.add_excerpt(file, excerpt);
            if let Ok((inner, _)) = one_script(sources, inner, variables.clone()) {
                script.calls.extend(inner.calls);
                script.wrong.extend(inner.wrong);
            }
        }
    }
    Ok(script)
}

/// How the names of all commands here go on behind the verb.
const COMMANDS_OF_TEXTS: [&str; 2] = ["-vpnconnection", "-vpnserver"];

/// The same for a script without those that stand in its texts; also what its variables hold.
fn one_script(
    sources: &mut Sources,
    file: usize,
    variables: Variables,
) -> Result<(Script, Variables), Vec<Diagnostic>> {
    let tokens = tokens(&sources.text(file), file)?;
    let mut script = script::read(&tokens, file, variables);
    let values = script.calls.iter().flat_map(|call| &call.bound);
    let values = values.filter_map(|bound| match bound.value.as_ref()? {
        script::Value::Text(text) if is_harmless(bound.named.name, &text.value) => {
            Some(text.span.clone())
        }
        _ => None,
    });
    let secrets = values_of_secrets(&tokens.list);
    let is_secret = |span: &Span| {
        let next = secrets.partition_point(|secret| secret.end <= span.start);
        secrets.get(next).is_some_and(|it| it.start < span.end)
    };
    for span in script.shown.iter().cloned().chain(values) {
        if !is_secret(&span) {
            sources.show(&span);
        }
    }
    let variables = std::mem::take(&mut script.variables);
    Ok((script, variables))
}

/// Whatever stands behind the names of secrets, up to the next parameter that a command has or the
/// end of the statement, in the order of the text: a value may be quoted wrongly, or be no value at
/// all, and then its words look like parameters.
fn values_of_secrets(tokens: &[lexer::Token]) -> Vec<Range<usize>> {
    use strum::IntoEnumIterator as _;
    let is_parameter = |name: &str| Command::iter().any(|it| it.parameter(name).is_ok());
    let mut found = Vec::new();
    let mut start = None;
    for (place, token) in tokens.iter().enumerate() {
        let ends = match &token.kind {
            lexer::Kind::Parameter { name, .. } => is_parameter(name),
            lexer::Kind::End { .. } => true,
            _ => false,
        };
        if let Some(start) = start.take_if(|_| ends) {
            found.push(start..token.span.start);
        }
        if start.is_none() && names_secret(token, tokens.get(place + 1)) {
            start = Some(token.span.end);
        }
    }
    found.extend(start.map(|start| start..usize::MAX));
    found
}

/// Whether a token is the parameter of a secret, or the variable or entry that one is assigned to.
fn names_secret(token: &lexer::Token, next: Option<&lexer::Token>) -> bool {
    let assigned = matches!(next.map(|it| &it.kind), Some(lexer::Kind::Equals));
    match &token.kind {
        lexer::Kind::Parameter { name, .. } => script::is_secret(name),
        lexer::Kind::Word { pieces, .. } if assigned => pieces.iter().any(|piece| match piece {
            lexer::Piece::Literal(name) | lexer::Piece::Variable(name) => script::is_secret(name),
            lexer::Piece::Computed => false,
        }),
        _ => false,
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
                let values = TUNNELS.iter().map(|(it, _)| *it);
                wrong.push(not_a_value("-TunnelType", &tunnel, values));
            }
        }
    }
    if let Some(level) = level {
        let found = ENCRYPTION_LEVELS
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
                let values = ENCRYPTION_LEVELS.iter().map(|(it, _)| *it);
                wrong.push(not_a_value("-EncryptionLevel", &level, values));
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

#[cfg(test)]
mod tests {
    use super::{lexer, values_of_secrets};

    #[test]
    fn what_stands_behind_the_name_of_a_secret_is_one_to_the_next_parameter() {
        let text = "Add-VpnConnection -Name a -L2tpPsk -x 'y z' -ServerAddress b; $pass = c d\n\
                    $name = e; Set-VpnConnection -L2tpPsk f -Name:g -Passphrase AES256 GCMAES256";
        let tokens = lexer::tokens(text).unwrap();
        let found = values_of_secrets(&tokens.list).into_iter();
        let found: Vec<_> = found
            .map(|secret| text[secret.start..secret.end.min(text.len())].trim())
            .collect();
        assert_eq!(found, ["-x 'y z'", "= c d", "f", "AES256 GCMAES256"]);
    }
}
