//! A VPN profile of Windows as device management has it: `<VPNProfile>`, single nodes of the
//! configuration service provider VPNv2, or Intune's export.

use strum::IntoEnumIterator as _;

use super::windows_policy::{self, not_a_value};
use super::{ReadCode, Reading};
use crate::diag::{self, Diagnostic, Severity, Sources, Span, and_list, is_slip, quoted};
use crate::dialect::powershell::{Parameter, Spelling};
use crate::peer::Configuration;
use crate::peer::client::ConfigMethod;
use crate::peer::server::Spanned;

/// Larger profiles, and larger files around them, are refused.
pub(super) const MAX_PROFILE: usize = 4 << 20;

/// A profile, as far as it was found.
#[derive(Clone, Debug)]
pub(super) struct Profile {
    /// Whose words its values are.
    pub(super) spelling: Spelling,
    /// Where it begins.
    pub(super) place: Span,
    pub(super) name: Option<Spanned<String>>,
    /// What the client dials, with everything that stands beside it.
    pub(super) servers: Option<Spanned<String>>,
    pub(super) protocol: Option<Spanned<String>>,
    /// `DataEncryption`, which chooses one of the set-ups.
    pub(super) encryption: Option<Spanned<String>>,
    /// Where the cryptography suite begins.
    pub(super) suite: Option<Span>,
    pub(super) values: Vec<(Parameter, Spanned<String>)>,
    /// Where the settings of an app begin that makes the tunnel instead of Windows.
    pub(super) app: Option<Span>,
}

/// What `NativeProtocolType` and Intune's `connectionType` may be.
const PROTOCOLS: [&str; 6] = ["IKEv2", "Automatic", "ProtocolList", "L2TP", "PPTP", "SSTP"];

/// What the values of `DataEncryption` are called among the set-ups of a profile.
const LEVELS: [(&str, &str); 4] = [
    ("None", "none"),
    ("Optional", "optional"),
    ("Require", "require"),
    ("Max", "maximum"),
];

/// What was reported about a suite beside another protocol than IKEv2.
const REPORTED: &str = "reported: the suite is passed over, or AES-GCM of IKE becomes DES \
     (https://github.com/richardhicks/aovpn/issues/15)";

impl Profile {
    /// A profile that says nothing.
    pub(super) const fn new(spelling: Spelling, place: Span) -> Self {
        Self {
            spelling,
            place,
            name: None,
            servers: None,
            protocol: None,
            encryption: None,
            suite: None,
            values: Vec::new(),
            app: None,
        }
    }

    /// Puts a value where a node of this name belongs; others mean nothing here.
    pub(super) fn set(&mut self, node: &str, value: Spanned<String>) {
        match node {
            "ProfileName" => self.name = Some(value),
            "Servers" => self.servers = Some(value),
            "NativeProtocolType" => self.protocol = Some(value),
            "DataEncryption" => self.encryption = Some(value),
            _ => {
                if let Some(parameter) = self.spelling.parameter(node) {
                    self.suite.get_or_insert_with(|| value.span.clone());
                    self.values.push((parameter, value));
                }
            }
        }
    }

    /// What the profile makes of Windows.
    fn configuration(self, file: &str) -> Result<Reading<Configuration>, Vec<Diagnostic>> {
        let mut wrong = Vec::new();
        let mut configuration = Configuration::new(file, ConfigMethod::Powershell);
        if let Some(app) = &self.app {
            let message = "the tunnel is that of an app, not of Windows";
            let app = Diagnostic::error(ReadCode::NotIkev2, app, message);
            return Err(vec![app]);
        }
        let is_ikev2 = self.check_protocol(&mut wrong);
        if let Some(suite) = self.suite.as_ref().filter(|_| is_ikev2)
            && let Some(policy) = self.policy(suite, &mut wrong)
        {
            configuration.ike = vec![policy.ike];
            configuration.esp = vec![policy.esp];
        }
        if self.suite.is_none() {
            match &self.encryption {
                Some(level) => configuration.setup = setup(level, &mut wrong),
                None if wrong.is_empty() => {
                    let message = "the profile has no cryptography suite, so Windows offers what it \
                         offers by itself";
                    let code = ReadCode::DefaultAssumed;
                    wrong.push(Diagnostic::new(Severity::Note, code, &self.place, message));
                }
                None => {}
            }
        }
        configuration.address = self.servers.as_ref().and_then(first_server);
        configuration.name = self.name;
        diag::sort(&mut wrong);
        if wrong.iter().any(|it| it.severity == Severity::Error) {
            return Err(wrong);
        }
        Ok(Reading {
            value: configuration,
            diagnostics: wrong,
        })
    }

    /// Whether the profile uses IKEv2, so that its suite counts.
    fn check_protocol(&self, wrong: &mut Vec<Diagnostic>) -> bool {
        let key = match self.spelling {
            Spelling::Intune => "connectionType",
            Spelling::Powershell | Spelling::Profilexml => "NativeProtocolType",
        };
        let ikev2 = match self.spelling {
            Spelling::Intune => "ikEv2",
            Spelling::Powershell | Spelling::Profilexml => "IKEv2",
        };
        let Some(protocol) = &self.protocol else {
            if let Some(suite) = &self.suite {
                let message = format!("the profile has no `{key}`");
                wrong.push(
                    Diagnostic::error(ReadCode::MissingParameter, suite, message)
                        .note("whether Windows then applies the suite is not known")
                        .help(format!("set it to `{ikev2}`")),
                );
            }
            return false;
        };
        if let Some(unresolved) = unresolved(key, protocol) {
            wrong.push(unresolved);
            return false;
        }
        match protocol.value.to_ascii_lowercase().as_str() {
            "ikev2" => return true,
            "automatic" | "protocollist" => {
                if self.suite.is_some() {
                    let message = format!(
                        "beside {} Windows does not apply the suite as it is written",
                        quoted(&protocol.value)
                    );
                    wrong.push(
                        Diagnostic::error(ReadCode::IncompatibleValues, &protocol.span, message)
                            .note(REPORTED)
                            .help(format!("write `{ikev2}`")),
                    );
                }
            }
            "l2tp" | "pptp" | "sstp" => {
                let message = format!("the connection uses {}, not IKEv2", protocol.value);
                wrong.push(
                    Diagnostic::error(ReadCode::NotIkev2, &protocol.span, message)
                        .help(format!("write `{ikev2}`")),
                );
            }
            _ if self.spelling == Spelling::Intune => {
                let message = "the connection is that of an app, not of Windows' own client";
                let app = Diagnostic::error(ReadCode::NotIkev2, &protocol.span, message);
                wrong.push(app.help(format!("write `{ikev2}`")));
            }
            _ => wrong.push(not_a_value(key, protocol, PROTOCOLS.into_iter())),
        }
        false
    }

    /// The six values of the suite.
    fn policy(&self, suite: &Span, wrong: &mut Vec<Diagnostic>) -> Option<windows_policy::Policy> {
        let mut values = Vec::new();
        let mut missing = Vec::new();
        for parameter in Parameter::iter() {
            let found = self.values.iter().find(|(it, _)| *it == parameter);
            match found {
                Some((_, word)) => {
                    let value = self.value(parameter, word, wrong);
                    values.extend(value.map(|value| (parameter, value)));
                }
                None => missing.push(quoted(&self.spelling.name(parameter))),
            }
        }
        let clean = wrong.iter().all(|it| it.severity != Severity::Error);
        if !missing.is_empty() && clean {
            let message = format!("the cryptography suite lacks {}", and_list(&missing));
            wrong.push(
                Diagnostic::error(ReadCode::MissingParameter, suite, message)
                    .note("what Windows uses instead is not known"),
            );
        }
        windows_policy::of_values(self.spelling, &values, wrong)
    }

    /// PowerShell's value for what stands under a parameter.
    fn value(
        &self,
        parameter: Parameter,
        word: &Spanned<String>,
        wrong: &mut Vec<Diagnostic>,
    ) -> Option<Spanned<&'static str>> {
        let name = self.spelling.name(parameter);
        if let Some(unresolved) = unresolved(&name, word) {
            wrong.push(unresolved);
            return None;
        }
        let span = word.span.clone();
        let tolerated = || self.spelling.tolerated(parameter, &word.value);
        if let Some(value) = self
            .spelling
            .value_of(parameter, &word.value)
            .or_else(tolerated)
        {
            let documented = self.spelling.word_of(parameter, value).unwrap_or(value);
            if documented != word.value {
                let message = format!("the documented spelling is `{documented}`");
                wrong.push(Diagnostic::warning(ReadCode::UnknownValue, &span, message));
            }
            return Some(Spanned { value, span });
        }
        // A word of PowerShell's list that this list spells in another way.
        let powershell = Spelling::Powershell.value_of(parameter, &word.value);
        let meant = powershell.and_then(|value| self.spelling.word_of(parameter, value));
        let unknown = not_a_value(&name, word, self.spelling.words(parameter));
        let unknown = unknown.note(format!("documented at {}", self.spelling.source()));
        wrong.push(match meant {
            Some(meant) => unknown.help(format!("write `{meant}`")),
            None => unknown,
        });
        None
    }
}

/// The set-up that a value of `DataEncryption` chooses.
fn setup(level: &Spanned<String>, wrong: &mut Vec<Diagnostic>) -> Option<Spanned<String>> {
    let found = LEVELS
        .iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(&level.value));
    let Some((_, setup)) = found else {
        let words = LEVELS.iter().map(|(word, _)| *word);
        wrong.push(not_a_value("DataEncryption", level, words));
        return None;
    };
    Some(Spanned {
        value: (*setup).to_owned(),
        span: level.span.clone(),
    })
}

/// The first of several servers, without the name that is shown for it: `address;name,…`. An
/// address that a script puts in is not known.
fn first_server(servers: &Spanned<String>) -> Option<Spanned<String>> {
    let first = servers.value.split([',', ';']).next().unwrap_or_default();
    let first = first.trim();
    (!first.is_empty() && !first.contains('$')).then(|| Spanned {
        value: first.to_owned(),
        span: servers.span.clone(),
    })
}

/// The complaint about a value that a script puts in.
fn unresolved(name: &str, value: &Spanned<String>) -> Option<Diagnostic> {
    value.value.contains('$').then(|| {
        let message = format!(
            "the value of `{name}` does not stand in the script: its variable is not set there"
        );
        Diagnostic::error(ReadCode::UnresolvedValue, &value.span, message)
            .help("write the value itself")
    })
}

/// Whether the value of a node may be shown: a known word, a slip of one, or a name.
pub(super) fn is_harmless(spelling: Spelling, node: &str, value: &str) -> bool {
    match node {
        "ProfileName" | "connectionName" | "displayName" => true,
        "Servers" | "address" => super::harmless::is_list(value),
        "NativeProtocolType" | "connectionType" => is_slip(value, PROTOCOLS),
        "DataEncryption" => is_slip(value, LEVELS.iter().map(|(word, _)| *word)),
        _ => spelling.parameter(node).is_some_and(|parameter| {
            let known = spelling.words(parameter);
            is_slip(value, known.chain(parameter.values().iter().copied()))
        }),
    }
}

/// The configuration of the one profile of a file.
pub(super) fn only(
    profiles: Vec<Profile>,
    none: Diagnostic,
    sources: &Sources,
    file: usize,
) -> Result<Reading<Configuration>, Vec<Diagnostic>> {
    let mut profiles = profiles.into_iter();
    match (profiles.next(), profiles.next()) {
        (None, _) => Err(vec![none]),
        (Some(one), None) => one.configuration(sources.name(file)),
        (Some(first), Some(second)) => {
            let message = format!("the file has {} VPN profiles", 2 + profiles.count());
            let several = Diagnostic::error(ReadCode::SeveralConnections, &second.place, message);
            Err(vec![
                several
                    .context(first.place, "first")
                    .help("keep one of them in the file"),
            ])
        }
    }
}
