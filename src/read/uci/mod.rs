//! OpenWrt's `/etc/config/ipsec`, as the file and as `uci show ipsec` prints it.
//!
//! The init script of the package strongswan writes a `swanctl.conf` out of it; so does this, with the place of every
//! word, and reads it as strongSwan does. What is written is that of `net/strongswan/files/swanctl.init` of
//! openwrt/packages at 01349432 (lists of `child`) and at 5e874849 (lists of `tunnel` and `transport`, `gateway`).

mod package;

use self::package::{Package, Value as Word, read as package};
use super::loading::{self, MOST_PROPOSALS};
use super::settings::{Section, Value};
use super::{ReadCode, ReadContext, Reading, harmless, swanctl};
use crate::diag::{Diagnostic, Place, Severity, Sources, Span, is_slip};
use crate::dialect::vyos;
use crate::peer::Server;
use crate::peer::setting::Generator;

/// Reads the text numbered `file`.
///
/// Fails if no `remote` in it is enabled, and if strongSwan loads none of them.
pub(crate) fn read(
    sources: &mut Sources,
    file: usize,
    context: &ReadContext<'_>,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    let package = package(file, &sources.text(file));
    let mut shown = Vec::new();
    for section in &package.sections {
        shown.extend(section.places.iter().cloned());
        for option in &section.options {
            shown.extend(shown_of(&option.key, &option.place, &option.values));
        }
    }
    for span in shown {
        sources.show(&span);
    }
    let mut writer = Writer {
        package: &package,
        sections: Section::default(),
        diagnostics: Vec::new(),
    };
    let off = writer.all();
    let Writer {
        sections,
        diagnostics,
        ..
    } = writer;
    let mut read =
        swanctl::of_sections(sources.name(file), &sections, diagnostics, context, || {
            let message = match off {
                0 => "the file has no section `remote`",
                _ => "no section `remote` has `option enabled '1'`",
            };
            Diagnostic::error(ReadCode::NoConnection, Place::File(file), message)
                .help("`uci export ipsec` prints what is read")
        })?;
    read.value.definitions.generator = Some(Generator::Uci);
    Ok(read)
}

/// Keys of which the values are names, addresses, numbers or choices.
const HARMLESS: &[&str] = &[
    "addrs",
    "authentication_method",
    "child",
    "crypto_proposal",
    "enabled",
    "gateway",
    "keyexchange",
    "lifetime",
    "local_addrs",
    "local_identifier",
    "local_ip",
    "local_subnet",
    "mode",
    "pools",
    "rekeytime",
    "remote_addrs",
    "remote_identifier",
    "remote_subnet",
    "transport",
    "tunnel",
    "vips",
];

/// Keys of algorithms.
const ALGORITHMS: &[&str] = &[
    "dh_group",
    "encryption_algorithm",
    "hash_algorithm",
    "prf_algorithm",
];

fn shown_of(key: &str, place: &Span, values: &[Word]) -> Vec<Span> {
    let algorithms = ALGORITHMS.contains(&key);
    if !algorithms && !HARMLESS.contains(&key) {
        return Vec::new();
    }
    let kept = values.iter().filter(|value| match algorithms {
        true => is_keyword(&value.text),
        false => harmless::is_identity(&value.text),
    });
    let spans = kept.map(|value| value.place.clone());
    std::iter::once(place.clone()).chain(spans).collect()
}

/// Whether a word is a keyword of strongSwan or a slip of one.
fn is_keyword(word: &str) -> bool {
    let groups = vyos::groups().filter_map(vyos::keyword);
    let known = vyos::CIPHERS.iter().chain(vyos::HASHES).copied();
    crate::dialect::swan::keyword(word).is_some() || is_slip(word, known.chain(groups))
}

/// What is written, and what it is made of.
struct Writer<'p> {
    package: &'p Package,
    sections: Section,
    diagnostics: Vec<Diagnostic>,
}

fn value(word: &Word, text: &str) -> Value {
    let mut value = Value::begin(word.place.file, word.place.start);
    value.push_meaning(text, &word.place);
    value
}

impl Writer<'_> {
    /// Writes everything; gives how many sections `remote` are not enabled.
    fn all(&mut self) -> usize {
        let mut off = 0;
        for remote in self.package.all("remote") {
            let enabled = remote.value("enabled");
            if enabled
                .is_some_and(|it| ["1", "on", "true", "yes", "enabled"].contains(&it.text.as_str()))
            {
                self.remote(remote);
            } else {
                off += 1;
            }
        }
        for pool in self.package.all("pools") {
            let pools = self.sections.open("pools", &pool.place);
            let section = pools.open(&pool.name, &pool.place);
            for key in ["addrs", "dns"] {
                if let Some((place, list)) = list(pool.values(key)) {
                    section.set(key, &place, list);
                }
            }
        }
        let mut options = self.package.sections.iter().flat_map(|it| &it.options);
        if let Some(secret) = options.find(|it| package::is_secret(&it.key)) {
            self.sections.open("secrets", &secret.place);
        }
        off
    }

    fn remote(&mut self, remote: &package::Section) {
        let proposals = self.proposals(remote, true);
        let connections = self.sections.open("connections", &remote.place);
        let connection = connections.open(&remote.name, &remote.place);
        for (key, options) in [
            ("local_addrs", ["local_addrs", "local_ip"]),
            ("remote_addrs", ["remote_addrs", "gateway"]),
            ("vips", ["vips", "local_sourceip"]),
            ("pools", ["pools", "pools"]),
        ] {
            let written = options.iter().find_map(|key| list(remote.values(key)));
            if let Some((place, list)) = written {
                connection.set(key, &place, list);
            }
        }
        if let Some(value) = proposals {
            connection.set("proposals", &remote.place, value);
        }
        for (key, option) in [
            ("rekey_time", "rekeytime"),
            ("over_time", "overtime"),
            ("dpd_delay", "dpddelay"),
            ("send_cert", "send_cert"),
        ] {
            if let Some(word) = remote.value(option) {
                connection.set(key, &word.place, value(word, &word.text));
            }
        }
        match remote.value("keyexchange") {
            Some(word) if word.text == "ikev1" => {
                connection.set("version", &word.place, value(word, "1"));
            }
            // `ike` is either.
            Some(word) if word.text == "ike" => {}
            Some(word) => connection.set("version", &word.place, value(word, "2")),
            None => {
                let place = Word {
                    text: String::new(),
                    place: remote.place.clone(),
                };
                connection.set("version", &remote.place, value(&place, "2"));
            }
        }
        if let Some(word) = remote.value("fragmentation") {
            let text = match word.text.as_str() {
                "0" => "no",
                "1" => "yes",
                other => other,
            };
            connection.set("fragmentation", &word.place, value(word, text));
        }
        authentication(remote, connection);
        let of = |key: &str, mode: Option<&'static str>| -> Vec<(Word, Option<&'static str>)> {
            let named = remote.values(key).iter();
            named.map(|name| (name.clone(), mode)).collect()
        };
        let children = [
            of("child", None),
            of("tunnel", Some("tunnel")),
            of("transport", Some("transport")),
        ];
        for (name, mode) in children.into_iter().flatten() {
            self.child(&remote.name, &name, mode);
        }
    }

    fn child(&mut self, connection: &str, name: &Word, mode: Option<&'static str>) {
        let kinds = ["child", "tunnel", "transport"];
        let mut named = self.package.sections.iter();
        let found = named.find(|it| kinds.contains(&it.kind.as_str()) && it.name == name.text);
        let Some(own) = found else {
            let message = "there is no child of this name";
            loading::remark(
                &mut self.diagnostics,
                Diagnostic::warning(ReadCode::DanglingReference, &name.place, message),
            );
            return;
        };
        let proposals = self.proposals(own, false);
        let connections = self.sections.open("connections", &own.place);
        let connection = connections
            .sections
            .entry(connection.to_owned())
            .or_default();
        let children = connection.open("children", &own.place);
        let child = children.open(&own.name, &own.place);
        if let Some(value) = proposals {
            child.set("esp_proposals", &own.place, value);
        }
        for (key, options) in [
            ("local_ts", ["local_nat", "local_subnet"]),
            ("remote_ts", ["remote_subnet", "remote_subnet"]),
        ] {
            if let Some((place, list)) = options.iter().find_map(|key| list(own.values(key))) {
                child.set(key, &place, list);
            }
        }
        for (key, option) in [("life_time", "lifetime"), ("rekey_time", "rekeytime")] {
            if let Some(word) = own.value(option) {
                child.set(key, &word.place, value(word, &word.text));
            }
        }
        match (mode, own.value("mode")) {
            (Some(mode), _) => child.set("mode", &name.place, value(name, mode)),
            (None, Some(word)) => child.set("mode", &word.place, value(word, &word.text)),
            (None, None) => {}
        }
    }

    /// The list of the sections `crypto_proposal` that a section names.
    fn proposals(&mut self, section: &package::Section, ike: bool) -> Option<Value> {
        let mut list: Option<Value> = None;
        for name in section
            .values("crypto_proposal")
            .iter()
            .take(MOST_PROPOSALS)
        {
            let mut all = self.package.all("crypto_proposal");
            let Some(proposal) = all.find(|it| it.name == name.text) else {
                let message = "there is no `crypto_proposal` of this name";
                loading::remark(
                    &mut self.diagnostics,
                    Diagnostic::warning(ReadCode::DanglingReference, &name.place, message),
                );
                continue;
            };
            let Some(cipher) = proposal.value("encryption_algorithm") else {
                continue;
            };
            let aead = ["gcm", "ccm", "gmac", "chacha20poly1305"];
            let is_aead = aead.iter().any(|word| cipher.text.contains(word));
            let mut hash = proposal.value("hash_algorithm");
            if let (true, Some(word)) = (is_aead, hash) {
                let message = "a hash stands beside AEAD, with which the service does not start";
                loading::remark(
                    &mut self.diagnostics,
                    Diagnostic::new(
                        Severity::Warning,
                        ReadCode::IncompatibleValues,
                        &word.place,
                        message,
                    )
                    .note("/etc/init.d/swanctl says \"Can't have … with …\"")
                    .help("take `hash_algorithm` out, and name a `prf_algorithm` for IKE"),
                );
                hash = None;
            }
            let prf = proposal.value("prf_algorithm").filter(|_| ike);
            let parts = [Some(cipher), hash, prf, proposal.value("dh_group")];
            let list =
                list.get_or_insert_with(|| Value::begin(cipher.place.file, cipher.place.start));
            for (count, word) in parts.into_iter().flatten().enumerate() {
                let before = match (count, list.is_empty()) {
                    (0, true) => "",
                    (0, false) => ",",
                    _ => "-",
                };
                list.push_meaning(
                    before,
                    &Span::new(word.place.file, word.place.start..word.place.start),
                );
                list.push_meaning(&word.text, &word.place);
            }
        }
        list
    }
}

fn authentication(remote: &package::Section, connection: &mut Section) {
    let method = remote.value("authentication_method");
    let word = method.map_or("", |it| it.text.as_str());
    for (side, id) in [
        ("local", "local_identifier"),
        ("remote", "remote_identifier"),
    ] {
        let section = connection.open(side, &remote.place);
        // With EAP the server proves itself by its certificate.
        let auth = match (side, word) {
            ("local", "eap-mschapv2" | "eap-tls") => "pubkey",
            _ => word,
        };
        if let Some(method) = method {
            section.set("auth", &method.place, value(method, auth));
        }
        if let Some(word) = remote.value(id) {
            section.set("id", &word.place, value(word, &word.text));
        }
        if let (Some(word), "local", "pubkey") = (remote.value("local_cert"), side, auth) {
            section.set("certs", &word.place, value(word, &word.text));
        }
        if let (Some((place, list)), "remote") = (list(remote.values("remote_ca_certs")), side) {
            section.set("cacerts", &place, list);
        }
    }
}

/// Values as one list; `any` stands for everybody.
fn list(values: &[Word]) -> Option<(Span, Value)> {
    let first = values.first()?;
    let mut list = Value::begin(first.place.file, first.place.start);
    for (count, word) in values.iter().enumerate() {
        if count > 0 {
            list.push_meaning(
                ",",
                &Span::new(word.place.file, word.place.start..word.place.start),
            );
        }
        let text = if word.text == "any" {
            "%any"
        } else {
            &word.text
        };
        list.push_meaning(text, &word.place);
    }
    Some((first.place.clone(), list))
}
