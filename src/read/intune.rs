//! Intune's exports: `windows10VpnConfiguration` of Microsoft Graph, and custom settings below VPNv2
//! (`omaSettings`), one of them or a list.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::value::RawValue;

use super::json::{Json, Object, malformed};
use super::profilexml::{Nodes, of_text};
use super::windows_profile::{self, MAX_PROFILE, Profile, is_harmless};
use super::{ReadCode, Reading};
use crate::diag::{Diagnostic, Excerpt, Place, Sources, Span};
use crate::dialect::powershell::Spelling;
use crate::peer::Configuration;

/// Keys that are shown.
const KEYS: &[&str] = &[
    "@odata.type",
    "address",
    "authenticationTransformConstants",
    "cipherTransformConstants",
    "connectionName",
    "connectionType",
    "cryptographySuite",
    "dhGroup",
    "displayName",
    "encryptionMethod",
    "integrityCheckMethod",
    "isEncrypted",
    "omaSettings",
    "omaUri",
    "pfsGroup",
    "servers",
    "value",
];

/// Reads the text numbered `file`.
///
/// Fails with everything that is wrong with the text, and with the warnings and notes about it.
pub(crate) fn client(
    sources: &mut Sources,
    file: usize,
) -> Result<Reading<Configuration>, Vec<Diagnostic>> {
    let text = sources.text(file);
    if text.len() > MAX_PROFILE {
        let message = format!("the file is larger than {} MiB", MAX_PROFILE >> 20);
        let large = Diagnostic::error(ReadCode::TooLarge, Place::File(file), message);
        return Err(vec![large]);
    }
    let root: &RawValue = serde_json::from_str(&text)
        .map_err(|error| vec![malformed(sources, file, &text, &error)])?;
    let json = Json { text: &text, file };
    let mut profiles = Vec::new();
    for object in objects(root) {
        of_object(sources, json, &object, &mut profiles)?;
    }
    let message = "the file has no VPN profile of Windows";
    let none = Diagnostic::error(ReadCode::NotAClient, Place::File(file), message).note(
        "it would be of the type `#microsoft.graph.windows10VpnConfiguration`, or have custom \
         settings below `/VPNv2/`",
    );
    windows_profile::only(profiles, none, sources, file)
}

/// The object itself, or those of a list, which may be what `value` holds.
fn objects(root: &RawValue) -> Vec<Object<'_>> {
    if let Ok(list) = serde_json::from_str::<Vec<&RawValue>>(root.get()) {
        let each = list.into_iter().map(|one| serde_json::from_str(one.get()));
        return each.filter_map(Result::ok).collect();
    }
    let Ok(object) = serde_json::from_str::<Object<'_>>(root.get()) else {
        return Vec::new();
    };
    let is_answer = !object.contains_key("omaSettings") && !object.contains_key("servers");
    match object.get("value") {
        Some(inner) if is_answer => match serde_json::from_str::<Vec<Object<'_>>>(inner.get()) {
            Ok(list) => list,
            Err(_) => serde_json::from_str(inner.get()).into_iter().collect(),
        },
        _ => vec![object],
    }
}

/// Adds the profiles of one configuration.
fn of_object<'t>(
    sources: &mut Sources,
    json: Json<'t>,
    object: &Object<'t>,
    profiles: &mut Vec<Profile>,
) -> Result<(), Vec<Diagnostic>> {
    let show = |sources: &mut Sources, object: &Object<'t>| {
        json.show(sources, object, KEYS, |key, value| match key {
            "@odata.type" => value.starts_with("#microsoft.graph.") && value.len() < 80,
            "omaUri" => super::harmless::is_word(value),
            _ => is_harmless(Spelling::Intune, key, value),
        });
    };
    let kind = json.string(object, "@odata.type");
    let kind = kind.map_or_else(String::new, |kind| kind.value.to_ascii_lowercase());
    let has_suite = object.contains_key("cryptographySuite");
    if kind.ends_with(".windows10vpnconfiguration") || kind.is_empty() && has_suite {
        show(sources, object);
        profiles.push(native(sources, json, object, &show));
    }
    let Some(settings) = object.get("omaSettings") else {
        return Ok(());
    };
    show(sources, object);
    let settings: Vec<Object<'t>> = serde_json::from_str(settings.get()).unwrap_or_default();
    let mut nodes = Nodes::default();
    for setting in &settings {
        show(sources, setting);
        let Some(address) = json.string(setting, "omaUri") else {
            continue;
        };
        if !address.value.contains("/VPNv2/") {
            continue;
        }
        let Some(value) = json.string(setting, "value") else {
            return Err(vec![no_value(&address.span)]);
        };
        if is_encrypted(setting) {
            return Err(vec![encrypted(&address.span)]);
        }
        if address.value.trim().ends_with("/ProfileXML") {
            let before = profiles.len();
            let inner = sources.add_excerpt(json.file, plain(json.text, &value.span));
            let inner = decoded(sources, inner);
            of_text(sources, inner, 0, profiles)?;
            if profiles.len() == before {
                return Err(vec![no_profile(&address.span)]);
            }
        } else {
            nodes.set(&address.value, value);
        }
    }
    profiles.extend(nodes.profiles);
    Ok(())
}

/// A `windows10VpnConfiguration`.
fn native<'t>(
    sources: &mut Sources,
    json: Json<'t>,
    object: &Object<'t>,
    show: &impl Fn(&mut Sources, &Object<'t>),
) -> Profile {
    let place = object.values().next().map_or_else(
        || Span::new(json.file, 0..0),
        |first| json.span(first.get()),
    );
    let mut profile = Profile::new(Spelling::Intune, place);
    profile.name = json.string(object, "connectionName");
    profile.protocol = json.string(object, "connectionType");
    let servers = object.get("servers").map(|servers| servers.get());
    let servers: Vec<Object<'t>> = servers
        .and_then(|servers| serde_json::from_str(servers).ok())
        .unwrap_or_default();
    let is_default = |server: &&Object<'t>| {
        let default = server.get("isDefaultServer");
        default.is_some_and(|it| it.get() == "true")
    };
    let server = servers.iter().find(is_default).or(servers.first());
    if let Some(server) = server {
        show(sources, server);
        profile.servers = json.string(server, "address");
    }
    if let Some(suite) = json.object(object, "cryptographySuite") {
        show(sources, &suite);
        profile.suite = object
            .get("cryptographySuite")
            .map(|suite| json.span(suite.get()))
            .map(|span| Span::new(span.file, span.start..span.start + 1));
        for key in suite.keys() {
            if let Some(value) = json.string(&suite, key) {
                profile.set(key, value);
            }
        }
    }
    profile
}

fn is_encrypted(setting: &Object<'_>) -> bool {
    let flag = setting.get("isEncrypted");
    flag.is_some_and(|flag| flag.get() == "true")
}

fn encrypted(address: &Span) -> Diagnostic {
    let message = "Intune exports the value of this setting encrypted";
    Diagnostic::error(ReadCode::UnresolvedValue, address, message).help(
        "ask Graph for `getOmaSettingPlainTextValue` of the setting, and give what it says to \
         `ikecompat`",
    )
}

fn no_value(address: &Span) -> Diagnostic {
    let message = "the setting has no value";
    Diagnostic::error(ReadCode::MissingParameter, address, message)
}

fn no_profile(address: &Span) -> Diagnostic {
    let message = "the value of the setting holds no `<VPNProfile>`";
    Diagnostic::error(ReadCode::NotAClient, address, message)
}

/// The characters of a text in JSON, whose place is that between its quotation marks.
fn plain(text: &str, place: &Span) -> Excerpt {
    let mut excerpt = Excerpt::new();
    let raw = text.get(place.bytes()).unwrap_or_default();
    let mut verbatim = place.start;
    let mut at = 0;
    while let Some(found) = raw.get(at..).and_then(|rest| rest.find('\\')) {
        let start = at + found;
        let length = escape_length(&raw[start..]);
        let end = (start + length).min(raw.len());
        let meaning = serde_json::from_str::<String>(&format!("\"{}\"", &raw[start..end]));
        excerpt.push(text, verbatim..place.start + start);
        verbatim = place.start + end;
        let range = place.start + start..verbatim;
        excerpt.push_as(&meaning.unwrap_or_default(), range);
        at = end;
    }
    excerpt.push(text, verbatim..place.end);
    excerpt
}

/// How many octets of an escape there are at the start: `\n`, `\u003c`, or a pair of surrogates.
fn escape_length(raw: &str) -> usize {
    const UNIT: usize = 6;
    let is_unit = |at: usize| raw.get(at..at + 2) == Some("\\u");
    let is_high = raw.get(2..4).is_some_and(|digits| {
        digits.starts_with(['d', 'D']) && digits[1..].starts_with(['8', '9', 'a', 'A', 'b', 'B'])
    });
    match (is_unit(0), is_high && is_unit(UNIT)) {
        (false, _) => 2,
        (true, false) => UNIT,
        (true, true) => 2 * UNIT,
    }
}

/// The text itself, or what it stands for if it is in base64, as Graph has the content of files.
fn decoded(sources: &mut Sources, file: usize) -> usize {
    let text = sources.text(file);
    let trimmed = text.trim();
    if trimmed.is_empty() || trimmed.contains('<') || trimmed.contains('&') {
        return file;
    }
    let octets = BASE64_STANDARD.decode(trimmed).ok();
    let Some(inner) = octets.and_then(|octets| String::from_utf8(octets).ok()) else {
        return file;
    };
    let start = text.len() - text.trim_start().len();
    let mut excerpt = Excerpt::new();
    let mut at = 0;
    for line in inner.trim_start_matches('\u{feff}').split_inclusive('\n') {
        // Three octets are four characters.
        let place = |octet: usize| (start + octet / 3 * 4).min(text.len());
        excerpt.push_as(line, place(at)..place(at + line.len() + 2));
        at += line.len();
    }
    sources.add_excerpt(file, excerpt)
}
