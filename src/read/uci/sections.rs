//! The sections of `swanctl.conf` that the init script writes.

use super::package::{Package, Section as Block, Value as Word, is_secret};
use crate::diag::{Diagnostic, Severity, Span};
use crate::read::ReadCode;
use crate::read::loading::{MOST_PROPOSALS, Remarks, Room};
use crate::read::settings::{Section, Value};

/// What is written, and what it is made of.
pub(super) struct Writer<'p> {
    package: &'p Package,
    sections: Section,
    remarks: Remarks,
    room: Room,
}

/// Sets keys to what stands behind options.
fn copy(from: &Block, options: &[(&str, &str)], section: &mut Section) {
    for (key, option) in options {
        if let Some(word) = from.value(option) {
            section.put(key, &word.place, &word.text);
        }
    }
}

/// Whether a switch is on, as the shell's functions of OpenWrt read it, with its place.
fn switch(block: &Block, key: &str) -> Option<(bool, Span)> {
    let word = block.value(key)?;
    let is_on = match word.text.as_str() {
        "1" | "on" | "true" | "yes" | "enabled" => true,
        "0" | "off" | "false" | "no" | "disabled" => false,
        _ => return None,
    };
    Some((is_on, word.place.clone()))
}

/// Whether a section `remote` is a connection.
pub(super) fn is_enabled(remote: &Block) -> bool {
    matches!(switch(remote, "enabled"), Some((true, _)))
}

impl<'p> Writer<'p> {
    pub(super) fn new(package: &'p Package) -> Self {
        Self {
            package,
            sections: Section::default(),
            remarks: Remarks::default(),
            room: Room::default(),
        }
    }

    /// What was written, and what is said about it.
    pub(super) fn into_parts(self) -> (Section, Vec<Diagnostic>) {
        (self.sections, self.remarks.into_diagnostics())
    }

    /// Writes everything; gives how many sections `remote` are not enabled.
    pub(super) fn all(&mut self) -> usize {
        let mut off = 0;
        for remote in self.package.all("remote") {
            match is_enabled(remote) {
                true => self.remote(remote),
                false => off += 1,
            }
        }
        for pool in self.package.all("pools") {
            let pools = self.sections.open("pools", &pool.place);
            let section = pools.open(&pool.name, &pool.place);
            for key in [
                "addrs",
                "dns",
                "nbns",
                "dhcp",
                "netmask",
                "server",
                "subnet",
                "split_include",
                "split_exclude",
            ] {
                if let Some((place, list)) = list(pool.values(key)) {
                    section.set(key, &place, list);
                }
            }
        }
        let mut options = self.package.sections.iter().flat_map(Block::options);
        if let Some(secret) = options.find(|it| is_secret(&it.key)) {
            self.sections.open("secrets", &secret.place);
        }
        off
    }

    fn remote(&mut self, remote: &Block) {
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
        let options = [
            ("rekey_time", "rekeytime"),
            ("over_time", "overtime"),
            ("send_cert", "send_cert"),
        ];
        copy(remote, &options, connection);
        // Without `overtime` it is a tenth.
        if let (Some(rekey), None) = (remote.value("rekeytime"), remote.value("overtime"))
            && let Some(seconds) = seconds(&rekey.text)
        {
            connection.put("over_time", &rekey.place, &format!("{}s", seconds / 10));
        }
        let (version, place) = match remote.value("keyexchange") {
            // `ike` is either.
            Some(word) if word.text == "ike" => (None, &word.place),
            Some(word) if word.text == "ikev1" => (Some("1"), &word.place),
            Some(word) => (Some("2"), &word.place),
            None => (Some("2"), &remote.place),
        };
        if let Some(version) = version {
            connection.put("version", place, version);
        }
        if let Some(word) = remote.value("fragmentation") {
            let text = match word.text.as_str() {
                "0" => "no",
                "1" => "yes",
                other => other,
            };
            connection.put("fragmentation", &word.place, text);
        }
        for key in ["mobike", "encap", "send_certreq"] {
            if let Some((is_on, place)) = switch(remote, key) {
                connection.put(key, &place, if is_on { "yes" } else { "no" });
            }
        }
        let tries = remote.value("keyingtries");
        let (tries, place) = tries.map_or(("3", &remote.place), |it| (&it.text, &it.place));
        let tries = if tries == "%forever" { "0" } else { tries };
        connection.put("keyingtries", place, tries);
        let delay = remote.value("dpddelay");
        let (delay, place) = delay.map_or(("30s", &remote.place), |it| (&it.text, &it.place));
        connection.put("dpd_delay", place, delay);
        authentication(remote, connection);
        for (key, mode) in [
            ("child", None),
            ("tunnel", Some("tunnel")),
            ("transport", Some("transport")),
        ] {
            for name in remote.values(key) {
                self.child(remote, name, mode);
            }
        }
        if let Some(ca) = remote.value("ca_cert") {
            let authorities = self.sections.open("authorities", &ca.place);
            let authority = authorities.open(&remote.name, &ca.place);
            authority.put("cacert", &ca.place, &ca.text);
        }
    }

    fn child(&mut self, remote: &Block, name: &Word, mode: Option<&'static str>) {
        let kinds = ["child", "tunnel", "transport"];
        let Some(own) = self.package.named(&kinds, &name.text) else {
            let message = "there is no child of this name";
            self.remarks.say(Diagnostic::warning(
                ReadCode::DanglingReference,
                &name.place,
                message,
            ));
            return;
        };
        let proposals = self.proposals(own, false);
        let connections = self.sections.open("connections", &own.place);
        let connection = connections.sections.entry(remote.name.clone()).or_default();
        // The script's variables are the same in both sections: a child without detection ends it for all.
        if own.value("dpdaction").is_none_or(|it| it.text == "none") {
            let place = own.value("dpdaction").map_or(&own.place, |it| &it.place);
            connection.put("dpd_delay", place, "0s");
        }
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
        let options = [
            ("life_time", "lifetime"),
            ("rekey_time", "rekeytime"),
            ("life_bytes", "lifebytes"),
            ("rekey_bytes", "rekeybytes"),
            ("life_packets", "lifepackets"),
            ("rekey_packets", "rekeypackets"),
            ("interface", "interface"),
            ("hw_offload", "hw_offload"),
            ("priority", "priority"),
            ("replay_window", "replay_window"),
            ("if_id_in", "if_id"),
            ("if_id_out", "if_id"),
            ("updown", "updown"),
        ];
        copy(own, &options, child);
        copy(remote, &[("inactivity", "inactivity")], child);
        lives(own, child);
        if let Some((true, place)) = switch(own, "ipcomp") {
            child.put("ipcomp", &place, "1");
        }
        actions(own, child);
        match (mode, own.value("mode")) {
            (Some(mode), _) => child.put("mode", &name.place, mode),
            (None, Some(word)) => child.put("mode", &word.place, &word.text),
            (None, None) => {}
        }
    }

    /// The list of the sections `crypto_proposal` that a section names.
    fn proposals(&mut self, section: &Block, ike: bool) -> Option<Value> {
        let mut list: Option<Value> = None;
        // Of one too many strongSwan complains.
        let names = section.values("crypto_proposal").iter();
        for name in names.take(MOST_PROPOSALS + 1) {
            if !self.room.takes(1) {
                self.remarks.say(Room::exceeded(&name.place));
                return None;
            }
            let Some(proposal) = self.package.named(&["crypto_proposal"], &name.text) else {
                let message = "there is no `crypto_proposal` of this name";
                self.remarks.say(Diagnostic::warning(
                    ReadCode::DanglingReference,
                    &name.place,
                    message,
                ));
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
                self.remarks.say(
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
            let parts = parts.into_iter().flatten();
            list.append_proposal(parts.map(|word| (word.text.as_str(), &word.place)));
        }
        list
    }
}

/// When a child ends, where only its renewal is said: a tenth later.
fn lives(own: &Block, child: &mut Section) {
    let later = |number: u64| number.saturating_mul(110) / 100;
    if let (Some(rekey), None) = (own.value("rekeytime"), own.value("lifetime"))
        && let Some(seconds) = seconds(&rekey.text)
    {
        child.put("life_time", &rekey.place, &format!("{}s", later(seconds)));
    }
    for (key, rekey, life) in [
        ("life_bytes", "rekeybytes", "lifebytes"),
        ("life_packets", "rekeypackets", "lifepackets"),
    ] {
        if let (Some(rekey), None) = (own.value(rekey), own.value(life))
            && let Ok(number) = rekey.text.parse()
        {
            child.put(key, &rekey.place, &later(number).to_string());
        }
    }
}

/// The seconds of a time as the script reads it: a number with `s`, `m`, `h`, `d` or nothing behind it.
fn seconds(text: &str) -> Option<u64> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let each = match unit {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(each)
}

/// What is done when a child is loaded, closed, and when its peer is dead: words of ipsec.conf mean others.
fn actions(own: &Block, child: &mut Section) {
    let place = |key: &str| own.value(key).map_or(&own.place, |it| &it.place);
    let word = |key: &str| own.value(key).map(|it| it.text.as_str());
    let start = match word("startaction").unwrap_or("route") {
        "add" => "none",
        "route" => "trap",
        other => other,
    };
    if start != "none" {
        child.put("start_action", place("startaction"), start);
    }
    let close = match word("closeaction").unwrap_or("none") {
        "clear" => "none",
        "hold" => "trap",
        "restart" => "start",
        other => other,
    };
    if close != "none" {
        child.put("close_action", place("closeaction"), close);
    }
    match word("dpdaction").unwrap_or("none") {
        "none" => {}
        "hold" => child.put("dpd_action", place("dpdaction"), "trap"),
        other => child.put("dpd_action", place("dpdaction"), other),
    }
}

fn authentication(remote: &Block, connection: &mut Section) {
    let method = remote.value("authentication_method");
    let word = method.map_or("", |it| it.text.as_str());
    let by_eap = ["eap-mschapv2", "eap-tls"].contains(&word);
    for (side, id) in [
        ("local", "local_identifier"),
        ("remote", "remote_identifier"),
    ] {
        let section = connection.open(side, &remote.place);
        // With EAP the server proves itself by its certificate.
        let auth = match (side, by_eap) {
            ("local", true) => "pubkey",
            _ => word,
        };
        match method {
            Some(method) => section.put("auth", &method.place, auth),
            // The service does not start without one.
            None => section.leave_open("auth", &remote.place),
        }
        if let Some(word) = remote.value(id) {
            section.put("id", &word.place, &word.text);
        }
        if let (Some(word), "local", "pubkey") = (remote.value("local_cert"), side, auth) {
            section.put("certs", &word.place, &word.text);
        }
        if side == "local" {
            continue;
        }
        if let Some((place, list)) = list(remote.values("remote_ca_certs")) {
            section.set("cacerts", &place, list);
        }
        if by_eap {
            let id = remote.value("eap_id");
            let (id, place) = id.map_or(("%any", &remote.place), |it| (&it.text, &it.place));
            section.put("eap_id", place, id);
        }
    }
}

/// Values as one list; `any` stands for everybody.
fn list(values: &[Word]) -> Option<(Span, Value)> {
    Value::list(values.iter().map(|word| match word.text.as_str() {
        "any" => ("%any", &word.place),
        text => (text, &word.place),
    }))
}
