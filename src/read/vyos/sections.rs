//! The sections of `swanctl.conf` that VyOS writes.

use super::tree::Node;
use crate::diag::{Diagnostic, Severity, Span, any_of, quoted_or};
use crate::dialect::vyos;
use crate::read::ReadCode;
use crate::read::loading::{self, MOST_PROPOSALS};
use crate::read::settings::{Section, Value};

/// Lifetimes of the interface definition.
const IKE_LIFETIME: &str = "28800";
const ESP_LIFETIME: &str = "3600";

/// What is written, and what it is made of.
pub(super) struct Writer<'n> {
    root: &'n Node,
    pub(super) sections: Section,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Whether something is wrong that makes every answer wrong.
    pub(super) wrong: bool,
    /// Whether nothing uses the groups.
    pub(super) is_excerpt: bool,
}

/// A value whose parts stand at their places.
fn value(place: &Span, text: &str) -> Value {
    let mut value = Value::begin(place.file, place.start);
    value.push_meaning(text, place);
    value
}

impl<'n> Writer<'n> {
    pub(super) fn new(root: &'n Node) -> Self {
        Self {
            root,
            sections: Section::default(),
            diagnostics: Vec::new(),
            wrong: false,
            is_excerpt: false,
        }
    }

    /// Writes everything; `secret` is where the first secret stands.
    pub(super) fn all(&mut self, secret: Option<Span>) {
        let of = |path: &[&str]| -> Vec<(String, &'n Node)> {
            let named = self.root.all(path).into_iter();
            let enabled = named.filter(|(_, node)| !node.has(&["disable"]));
            enabled
                .map(|(name, node)| (name.to_owned(), node))
                .collect()
        };
        let profiles = of(&["ipsec", "profile"]);
        let peers = of(&["ipsec", "site-to-site", "peer"]);
        let connections = of(&["ipsec", "remote-access", "connection"]);
        for (name, node) in profiles {
            self.profile(&name, node);
        }
        for (name, node) in peers {
            self.peer(&name, node);
        }
        for (name, node) in connections {
            self.clients(&name, node);
        }
        if self.sections.sections.is_empty() {
            self.excerpt();
        }
        self.pools();
        if let Some(place) = secret {
            self.sections.open("secrets", &place);
        }
    }

    /// Writes a connection for clients for each IKE group, where nothing uses the groups: a text that is about the
    /// algorithms.
    fn excerpt(&mut self) {
        self.is_excerpt = true;
        let root = self.root;
        let groups = root.all(&["ipsec", "esp-group"]);
        for (name, ike) in root.all(&["ipsec", "ike-group"]) {
            let message =
                "no peer and no connection uses this group; it is taken to be for clients of IKEv2";
            self.complain(
                Diagnostic::new(Severity::Note, ReadCode::NoChild, &ike.place, message).help(
                    "`show configuration commands | match ipsec` prints the whole configuration",
                ),
            );
            let connection = self.begin(name, ike, Some(ike));
            connection.set("remote_addrs", &ike.place, value(&ike.place, "%any"));
            // Of several ESP groups the one of the same name is meant.
            let own = groups.iter().find(|it| it.0 == name).or(groups.first());
            if let Some((title, esp)) = own {
                self.child(name, title, esp, (Some(*esp), Some(ike)));
            }
        }
    }

    fn complain(&mut self, diagnostic: Diagnostic) {
        self.wrong |= diagnostic.severity == Severity::Error;
        loading::remark(&mut self.diagnostics, diagnostic);
    }

    /// The group that a connection names, of IKE or ESP.
    fn group(&mut self, kind: &str, node: &Node, keys: &[&[&str]]) -> Option<&'n Node> {
        let (name, place) = keys.iter().find_map(|path| node.value(path))?;
        let found = self.root.at(&["ipsec", kind, name]);
        if found.is_none() {
            let message = format!("there is no `{kind}` of this name");
            self.complain(
                Diagnostic::warning(ReadCode::DanglingReference, place, message).help(
                    "`show configuration commands | match ipsec` prints the whole configuration",
                ),
            );
        }
        found
    }

    /// The name of a connection in the file that is written.
    fn begin(&mut self, name: &str, node: &Node, ike: Option<&'n Node>) -> &mut Section {
        let proposals = ike.and_then(|ike| self.proposals(ike, None));
        let connections = self.sections.open("connections", &node.place);
        let connection = connections.open(name, &node.place);
        let Some(ike) = ike else {
            return connection;
        };
        if let Some(proposals) = proposals {
            connection.set("proposals", &ike.place, proposals);
        }
        let (version, place) = match ike.value(&["key-exchange"]) {
            Some(("ikev1", place)) => ("1", place),
            Some(("ikev2", place)) => ("2", place),
            _ => ("0", &ike.place),
        };
        connection.set("version", place, value(place, version));
        let (seconds, place) = ike
            .value(&["lifetime"])
            .unwrap_or((IKE_LIFETIME, &ike.place));
        connection.set("rekey_time", place, value(place, &format!("{seconds}s")));
        if let Some(delay) = ike.at(&["dead-peer-detection"]) {
            let (seconds, place) = delay.value(&["interval"]).unwrap_or(("30", &delay.place));
            connection.set("dpd_delay", place, value(place, &format!("{seconds}s")));
        }
        if let Some(off) = ike.at(&["disable-mobike"]) {
            connection.set("mobike", &off.place, value(&off.place, "no"));
        }
        connection
    }

    /// Writes `version 1` where an aggressive mode would be lost, the addresses and the authentication.
    fn peer(&mut self, name: &str, node: &'n Node) {
        let ike = self.group("ike-group", node, &[&["ike-group"]]);
        let mode = node.value(&["authentication", "mode"]);
        let auth = match mode {
            Some(("pre-shared-secret", _)) => "psk",
            _ => "pubkey",
        };
        let connection = self.begin(name, node, ike);
        if let Some((address, place)) = node.value(&["local-address"]) {
            let address = if address == "any" { "%any" } else { address };
            connection.set("local_addrs", place, value(place, address));
        }
        // Until 1.3 a peer has the name of its address.
        let named = name.parse::<std::net::IpAddr>().is_ok();
        let addresses = list(node, &["remote-address"], |it| match it {
            "any" => "%any".to_owned(),
            other => other.to_owned(),
        });
        match addresses {
            Some((place, addresses)) => connection.set("remote_addrs", &place, addresses),
            None if named => {
                connection.set("remote_addrs", &node.place, value(&node.place, name));
            }
            None => {}
        }
        if let Some((place, addresses)) = list(node, &["virtual-address"], str::to_owned) {
            connection.set("vips", &place, addresses);
        }
        if let Some(forced) = node.at(&["force-udp-encapsulation"]) {
            connection.set("encap", &forced.place, value(&forced.place, "yes"));
        }
        let place = mode.map_or(&node.place, |it| it.1);
        for (side, ids) in [
            ("local", ["local-id", "id"]),
            ("remote", ["remote-id", "remote-id"]),
        ] {
            let section = connection.open(side, &node.place);
            section.set("auth", place, value(place, auth));
            let id = ids
                .iter()
                .find_map(|id| node.value(&["authentication", id]));
            if let Some((id, place)) = id {
                section.set("id", place, value(place, id));
            }
            if side == "local" {
                certificates(node, section);
            }
        }
        self.children_of_peer(name, node, ike);
    }

    fn children_of_peer(&mut self, name: &str, node: &'n Node, ike: Option<&'n Node>) {
        let own: &[&str] = &["default-esp-group"];
        let tunnels: Vec<(String, &'n Node)> = node
            .all(&["tunnel"])
            .into_iter()
            .filter(|(_, tunnel)| !tunnel.has(&["disable"]))
            .map(|(name, tunnel)| (name.to_owned(), tunnel))
            .collect();
        if let (Some(vti), true) = (node.at(&["vti"]), tunnels.is_empty()) {
            let esp = match self.group("esp-group", node, &[&["vti", "esp-group"]]) {
                Some(esp) => Some(esp),
                None => self.group("esp-group", node, &[own]),
            };
            let child = self.child(name, &format!("{name}-vti"), vti, (esp, ike));
            for key in ["local_ts", "remote_ts"] {
                child.set(key, &vti.place, value(&vti.place, "0.0.0.0/0,::/0"));
            }
            return;
        }
        for (number, tunnel) in tunnels {
            let esp = match self.group("esp-group", tunnel, &[&["esp-group"]]) {
                Some(esp) => Some(esp),
                None => self.group("esp-group", node, &[own]),
            };
            let title = format!("{name}-tunnel-{number}");
            let child = self.child(name, &title, tunnel, (esp, ike));
            for (key, side) in [("local_ts", "local"), ("remote_ts", "remote")] {
                let suffix = suffix(tunnel, side);
                let networks = list(tunnel, &[side, "prefix"], |it| match it {
                    "any" => format!("0.0.0.0/0{suffix},::/0{suffix}"),
                    other => format!("{other}{suffix}"),
                });
                if let Some((place, networks)) = networks {
                    child.set(key, &place, networks);
                }
            }
        }
    }

    /// A connection of DMVPN.
    fn profile(&mut self, name: &str, node: &'n Node) {
        let ike = self.group("ike-group", node, &[&["ike-group"]]);
        let esp = self.group("esp-group", node, &[&["esp-group"]]);
        let title = format!("dmvpn-{name}");
        let connection = self.begin(&title, node, ike);
        for side in ["local", "remote"] {
            let section = connection.open(side, &node.place);
            section.set("auth", &node.place, value(&node.place, "psk"));
        }
        let child = self.child(&title, "dmvpn", node, (esp, ike));
        for key in ["local_ts", "remote_ts"] {
            child.set(key, &node.place, value(&node.place, "dynamic[gre]"));
        }
    }

    fn clients(&mut self, name: &str, node: &'n Node) {
        let ike = self.group("ike-group", node, &[&["ike-group"]]);
        let esp = self.group("esp-group", node, &[&["esp-group"]]);
        let connection = self.begin(name, node, ike);
        connection.set("remote_addrs", &node.place, value(&node.place, "%any"));
        if let Some((address, place)) = node.value(&["local-address"])
            && address != "any"
        {
            connection.set("local_addrs", place, value(place, address));
        }
        if let Some((unique, place)) = node.value(&["unique"]) {
            connection.set("unique", place, value(place, unique));
        }
        if let Some((place, pools)) = list(node, &["pool"], str::to_owned) {
            connection.set("pools", &place, pools);
        }
        let authentication = |key: &str| node.value(&["authentication", key]);
        let local = connection.open("local", &node.place);
        let (auth, place) = match authentication("server-mode") {
            Some(("pre-shared-secret", place)) => ("psk", place),
            Some((_, place)) => ("pubkey", place),
            None => ("pubkey", &node.place),
        };
        local.set("auth", place, value(place, auth));
        if let Some((id, place)) = authentication("local-id") {
            local.set("id", place, value(place, id));
        }
        certificates(node, local);
        let remote = connection.open("remote", &node.place);
        let (mode, place) = authentication("client-mode").unwrap_or(("eap-mschapv2", &node.place));
        let auth = if mode == "x509" { "pubkey" } else { mode };
        remote.set("auth", place, value(place, auth));
        if mode.starts_with("eap") {
            let (id, place) = authentication("eap-id").unwrap_or(("any", &node.place));
            let id = if id == "any" { "%any" } else { id };
            remote.set("eap_id", place, value(place, id));
        }
        let authorities = list(node, &["authentication", "x509", "ca-certificate"], |it| {
            format!("{it}.pem")
        });
        if let (Some((place, names)), "eap-tls" | "x509") = (authorities, mode) {
            remote.set("cacerts", &place, names);
        }
        let child = self.child(name, &format!("{name}-client"), node, (esp, ike));
        let networks = list(node, &["local", "prefix"], str::to_owned);
        let (place, networks) =
            networks.unwrap_or_else(|| (node.place.clone(), value(&node.place, "0.0.0.0/0,::/0")));
        child.set("local_ts", &place, networks);
    }

    /// A child with what its group says.
    fn child(
        &mut self,
        connection: &str,
        name: &str,
        node: &Node,
        (esp, ike): (Option<&'n Node>, Option<&'n Node>),
    ) -> &mut Section {
        let proposals = esp.and_then(|esp| self.proposals(esp, Some(ike)));
        let connections = self.sections.open("connections", &node.place);
        let connection = connections
            .sections
            .entry(connection.to_owned())
            .or_default();
        let children = connection.open("children", &node.place);
        let child = children.open(name, &node.place);
        let Some(esp) = esp else {
            return child;
        };
        if let Some(proposals) = proposals {
            child.set("esp_proposals", &esp.place, proposals);
        }
        let (seconds, place) = esp
            .value(&["lifetime"])
            .unwrap_or((ESP_LIFETIME, &esp.place));
        child.set("life_time", place, value(place, &format!("{seconds}s")));
        if let Some(off) = esp.at(&["disable-rekey"]) {
            child.set("rekey_time", &off.place, value(&off.place, "0s"));
        }
        if let Some((mode, place)) = esp.value(&["mode"]) {
            child.set("mode", place, value(place, mode));
        }
        for (key, word) in [
            ("life-bytes", "life_bytes"),
            ("life-packets", "life_packets"),
        ] {
            if let Some((number, place)) = esp.value(&[key]) {
                child.set(word, place, value(place, number));
            }
        }
        child
    }

    /// The list of a group: with the group of `pfs` where `ike` is the IKE group beside an ESP group.
    fn proposals(&mut self, group: &'n Node, ike: Option<Option<&'n Node>>) -> Option<Value> {
        let (pfs, place) = match (ike, group.value(&["pfs"])) {
            (None, _) | (Some(_), Some(("disable", _))) => (None, &group.place),
            (Some(ike), None | Some(("enable", _))) => match ike.and_then(first_group) {
                Some((number, place)) => (Some(number), place),
                None => (Some("2"), &group.place),
            },
            (Some(_), Some((number, place))) => (Some(number), place),
        };
        let mut value: Option<Value> = None;
        // Without one VyOS writes an empty list, which to strongSwan is none.
        let proposals = group.all(&["proposal"]);
        for (_, proposal) in proposals.into_iter().take(MOST_PROPOSALS) {
            let mut parts: Vec<(&str, &Span)> = Vec::new();
            for (key, default) in [("encryption", "aes128"), ("hash", "sha1")] {
                match proposal.value(&[key]) {
                    Some(part) => parts.push(part),
                    None => {
                        self.assume(proposal, key, default);
                        parts.push((default, &proposal.place));
                    }
                }
            }
            if ike.is_none() {
                parts.extend(proposal.value(&["prf"]));
            }
            let number = match (proposal.value(&["dh-group"]), ike) {
                (Some(written), None) => Some(written),
                (None, None) => {
                    self.assume(proposal, "dh-group", "2");
                    Some(("2", &proposal.place))
                }
                (_, Some(_)) => pfs.map(|number| (number, place)),
            };
            if let Some((number, place)) = number {
                parts.push((self.keyword(number, place)?, place));
            }
            let first = parts.first().map_or(&proposal.place, |part| part.1);
            let value = value.get_or_insert_with(|| Value::begin(first.file, first.start));
            for (count, (text, place)) in parts.into_iter().enumerate() {
                let before = match (count, value.is_empty()) {
                    (0, true) => "",
                    (0, false) => ",",
                    _ => "-",
                };
                value.push_meaning(before, &Span::new(place.file, place.start..place.start));
                value.push_meaning(text, place);
            }
        }
        value
    }

    fn assume(&mut self, proposal: &Node, key: &str, default: &str) {
        let message =
            format!("`{key}` is missing, so `{default}` is assumed, as VyOS has it since 1.4");
        self.complain(Diagnostic::new(
            Severity::Note,
            ReadCode::DefaultAssumed,
            &proposal.place,
            message,
        ));
    }

    /// strongSwan's keyword for the number of a group.
    fn keyword(&mut self, number: &str, place: &Span) -> Option<&'static str> {
        if let Some(keyword) = vyos::keyword(number) {
            return Some(keyword);
        }
        let bare = number.strip_prefix("dh-group").unwrap_or(number);
        let complaint = if vyos::UNKNOWN.contains(&bare) {
            let message = "which key exchange this number of VyOS's own is was not found";
            Diagnostic::error(ReadCode::UnknownKeyword, place, message)
                .help("`swanctl --list-conns` on the router says it")
        } else {
            let said = quoted_or(number, vyos::groups(), "this");
            let message = format!("{said} is no group");
            Diagnostic::error(ReadCode::UnknownKeyword, place, message)
                .note(format!("expected {}", any_of(vyos::groups())))
        };
        self.complain(complaint);
        None
    }

    fn pools(&mut self) {
        for (name, node) in self.root.all(&["ipsec", "remote-access", "pool"]) {
            let pools = self.sections.open("pools", &node.place);
            let pool = pools.open(name, &node.place);
            let range = node
                .value(&["range", "start"])
                .zip(node.value(&["range", "stop"]));
            if let Some((prefix, place)) = node.value(&["prefix"]) {
                pool.set("addrs", place, value(place, prefix));
            } else if let Some(((start, place), (stop, _))) = range {
                pool.set("addrs", place, value(place, &format!("{start}-{stop}")));
            }
            if let Some((place, servers)) = list(node, &["name-server"], str::to_owned) {
                pool.set("dns", &place, servers);
            }
        }
    }
}

/// The first group of an IKE group, which `pfs enable` takes.
fn first_group(ike: &Node) -> Option<(&str, &Span)> {
    let proposals = ike.all(&["proposal"]);
    let (_, first) = proposals.first()?;
    first.value(&["dh-group"])
}

/// All values behind a path as a list, each at its place.
fn list(node: &Node, path: &[&str], word: impl Fn(&str) -> String) -> Option<(Span, Value)> {
    let all = node.all(path);
    let (_, first) = all.first()?;
    let place = first.place.clone();
    let mut list = Value::begin(place.file, place.start);
    for (count, (text, node)) in all.iter().enumerate() {
        if count > 0 {
            list.push_meaning(
                ",",
                &Span::new(place.file, node.place.start..node.place.start),
            );
        }
        list.push_meaning(&word(text), &node.place);
    }
    Some((place, list))
}

fn certificates(node: &Node, section: &mut Section) {
    if let Some((name, place)) = node.value(&["authentication", "x509", "certificate"]) {
        section.set("certs", place, value(place, &format!("{name}.pem")));
    }
}

/// Protocol and port behind a network: `[tcp/443]`.
fn suffix(tunnel: &Node, side: &str) -> String {
    let protocol = tunnel.value(&["protocol"]).map_or("", |it| it.0);
    let port = tunnel.value(&[side, "port"]).map_or("", |it| it.0);
    match (protocol, port) {
        ("", "") => String::new(),
        _ => format!("[{protocol}/{port}]"),
    }
}
