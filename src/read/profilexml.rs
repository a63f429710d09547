//! `<VPNProfile>` of Windows' device management: alone, in the `<Data>` of SyncML, or in a text of
//! a PowerShell script, as XML or with its signs escaped.
//!
//! Elements: the schema of ProfileXML and the nodes of the configuration service provider VPNv2 in
//! Microsoft's pages on client management.

use rustc_hash::FxHashMap;
use strum::IntoEnumIterator as _;

use super::windows_profile::{self, MAX_PROFILE, Profile, is_harmless};
use super::xml::{self, Doctype, Element};
use super::{ReadCode, Reading, powershell};
use crate::diag::{Diagnostic, Excerpt, Place, Sources, Span};
use crate::dialect::powershell::{Parameter, Spelling};
use crate::peer::Configuration;
use crate::peer::server::Spanned;

/// Elements whose names are shown.
const SHOWN: &[&str] = &[
    "AlwaysOn",
    "Authentication",
    "CryptographySuite",
    "DataEncryption",
    "DeviceTunnel",
    "MachineMethod",
    "NativeProfile",
    "NativeProtocolType",
    "PluginProfile",
    "ProfileName",
    "RoutingPolicyType",
    "Servers",
    "UserMethod",
    "VPNProfile",
];

/// Texts inside of texts are followed so deep: SyncML in a script, escaped twice, is three.
const DEEPEST: usize = 4;

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
    let mut profiles = Vec::new();
    let start = text.trim_start();
    if start.starts_with('<') && !start.starts_with("<#") {
        of_document(sources, file, 0, &mut profiles)?;
    } else {
        of_script(sources, file, &mut profiles)?;
    }
    let message = "the file has no VPN profile";
    let none = Diagnostic::error(ReadCode::NotAClient, Place::File(file), message)
        .note("it would have an element `<VPNProfile>`");
    windows_profile::only(profiles, none, sources, file)
}

/// The profiles of a script, with the values of its variables put in.
fn of_script(
    sources: &mut Sources,
    file: usize,
    profiles: &mut Vec<Profile>,
) -> Result<(), Vec<Diagnostic>> {
    let (texts, variables) = powershell::texts(sources, file, |text| next_mark(text, 0).is_some())?;
    for excerpt in texts {
        let inner = sources.add_excerpt(file, excerpt);
        let before = profiles.len();
        of_text(sources, inner, 0, profiles)?;
        for profile in &mut profiles[before..] {
            let values = profile.values.iter_mut().map(|(_, value)| value);
            let others = [
                &mut profile.name,
                &mut profile.servers,
                &mut profile.protocol,
                &mut profile.encryption,
            ];
            for value in values.chain(others.into_iter().flatten()) {
                value.value = variables.put_into(&value.value);
            }
        }
    }
    Ok(())
}

/// How a profile begins, ends, and whether its signs are escaped.
const MARKS: [(&str, &str, bool); 2] = [
    ("<vpnprofile", "</vpnprofile>", false),
    ("&lt;vpnprofile", "&lt;/vpnprofile&gt;", true),
];

/// Where the next profile begins, and which of [`MARKS`] it is.
fn next_mark(text: &str, from: usize) -> Option<(usize, usize)> {
    let name = "vpnprofile";
    let mut at = from;
    while let Some(found) = find(text, name, at) {
        for (which, (start, ..)) in MARKS.iter().enumerate() {
            let begins = (found + name.len()).checked_sub(start.len());
            let begins = begins.filter(|begins| *begins >= from);
            if let Some(begins) = begins
                && text
                    .get(begins..found + name.len())
                    .is_some_and(|it| it.eq_ignore_ascii_case(start))
            {
                return Some((begins, which));
            }
        }
        at = found + name.len();
    }
    None
}

/// Where `word`, in lower case, stands from an octet on, whatever its case.
fn find(text: &str, word: &str, from: usize) -> Option<usize> {
    let rest = text.as_bytes().get(from..)?;
    let word = word.as_bytes();
    let first = *word.first()?;
    let mut places = memchr::memchr2_iter(first, first.to_ascii_uppercase(), rest);
    let fits = |at: &usize| {
        rest.get(*at..*at + word.len())
            .is_some_and(|it| it.eq_ignore_ascii_case(word))
    };
    places.find(fits).map(|at| from + at)
}

/// The profiles that stand in a text which is none itself.
pub(super) fn of_text(
    sources: &mut Sources,
    file: usize,
    depth: usize,
    profiles: &mut Vec<Profile>,
) -> Result<(), Vec<Diagnostic>> {
    let text = sources.text(file);
    let mut at = 0;
    while let Some((start, which)) = next_mark(&text, at) {
        let (_, last, is_escaped) = MARKS[which];
        let Some(end) = find(&text, last, start) else {
            let place = Place::Position(Span::new(file, start..start));
            let message = "the profile that begins here is never closed";
            return Err(vec![Diagnostic::error(
                ReadCode::MalformedXml,
                place,
                message,
            )]);
        };
        at = end + last.len();
        let excerpt = if is_escaped {
            xml::unescape(&text, start..at)
        } else {
            Excerpt::of(&text, start..at)
        };
        let inner = sources.add_excerpt(file, excerpt);
        of_document(sources, inner, depth + 1, profiles)?;
    }
    Ok(())
}

/// The profiles of a document.
fn of_document(
    sources: &mut Sources,
    file: usize,
    depth: usize,
    profiles: &mut Vec<Profile>,
) -> Result<(), Vec<Diagnostic>> {
    let text = sources.text(file);
    let document = xml::parse(sources, file, &text, Doctype::Refuse)?;
    let root = Element::root(&document, file);
    let parameters = Parameter::iter().map(<&str>::from);
    let shown: Vec<_> = SHOWN.iter().copied().chain(parameters).collect();
    root.show(sources, &shown, |element| {
        is_harmless(Spelling::Profilexml, element.name(), element.text().trim())
    });
    let mut nodes = Nodes::default();
    for element in root.all_inside() {
        if element.is("VPNProfile") {
            profiles.push(profile(element));
        } else if element.is("Item") {
            nodes.take(element);
        } else if depth < DEEPEST && element.children().next().is_none() {
            let value = element.text();
            if next_mark(&value, 0).is_some() {
                let span = element.value_span();
                let start = span.start.saturating_sub(xml::CDATA.len());
                let excerpt = if text.get(start..span.start) == Some(xml::CDATA) {
                    Excerpt::of(&text, span.bytes())
                } else {
                    xml::unescape(&text, span.bytes())
                };
                let inner = sources.add_excerpt(file, excerpt);
                of_text(sources, inner, depth + 1, profiles)?;
            }
        }
    }
    profiles.extend(nodes.profiles);
    Ok(())
}

/// What an element `<VPNProfile>` says.
fn profile(root: Element<'_, '_>) -> Profile {
    let mut profile = Profile::new(Spelling::Profilexml, root.span());
    profile.app = root.child("PluginProfile").map(Element::span);
    let native = root.child("NativeProfile");
    let suite = native.and_then(|native| native.child("CryptographySuite"));
    profile.suite = suite.map(Element::span);
    for parent in [Some(root), native, suite].into_iter().flatten() {
        for element in parent.children() {
            if let Some(value) = value(element) {
                profile.set(element.name(), value);
            }
        }
    }
    profile
}

/// The text of an element without what stands around it.
fn value(element: Element<'_, '_>) -> Option<Spanned<String>> {
    let mut value = element.value()?;
    value.value = value.value.trim().to_owned();
    (!value.value.is_empty() && element.children().next().is_none()).then_some(value)
}

/// Profiles that are set node by node: `./…/VPNv2/NAME/NativeProfile/Servers`.
#[derive(Default)]
pub(super) struct Nodes {
    /// Which profile has which name.
    names: FxHashMap<String, usize>,
    pub(super) profiles: Vec<Profile>,
}

impl Nodes {
    /// Takes an `<Item>` of SyncML, if it sets such a node.
    fn take(&mut self, item: Element<'_, '_>) {
        let target = item.child("Target").and_then(|it| it.child("LocURI"));
        let data = item.child("Data").and_then(value);
        if let (Some(target), Some(data)) = (target, data) {
            self.set(&target.text(), data);
        }
    }

    /// Sets the node of an address, if it belongs to a profile.
    pub(super) fn set(&mut self, address: &str, value: Spanned<String>) {
        let Some((name, node)) = node_of(address) else {
            return;
        };
        let at = *self.names.entry(name.to_owned()).or_insert_with(|| {
            let place = value.span.clone();
            self.profiles
                .push(Profile::new(Spelling::Profilexml, place));
            self.profiles.len() - 1
        });
        if let Some(profile) = self.profiles.get_mut(at) {
            profile.set(node, value);
        }
    }
}

/// The name of the profile and the last part of an address below VPNv2 that is no whole profile.
fn node_of(address: &str) -> Option<(&str, &str)> {
    let (_, below) = address.trim().split_once("/VPNv2/")?;
    let (name, path) = below.split_once('/')?;
    let node = path.rsplit('/').next()?;
    (node != "ProfileXML").then_some((name, node))
}
