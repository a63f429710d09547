//! The sections of `swanctl.conf` that VyOS writes.

mod proposals;
mod tunnels;

use super::tree::Node;
use crate::diag::{Diagnostic, Severity, Span};
use crate::read::ReadCode;
use crate::read::loading::{Remarks, Room};
use crate::read::settings::{Section, Value, WHOLE};

/// Lifetimes of the interface definition.
const IKE_LIFETIME: &str = "28800";
const ESP_LIFETIME: &str = "3600";

/// Detection of dead peers, where a group has it and does not say how: how often, and when one is given up.
const DPD_INTERVAL: &str = "30";
const DPD_TIMEOUT: &str = "120";
const DPD_ACTION: &str = "clear";

/// How long the tunnel of a client may be idle.
const CLIENT_TIMEOUT: &str = "28800";

const WHOLE_CONFIGURATION: &str =
    "`show configuration commands | match ipsec` prints the whole configuration";

/// What is written, and what it is made of.
pub(super) struct Writer<'n> {
    root: &'n Node,
    pub(super) sections: Section,
    pub(super) remarks: Remarks,
    room: Room,
    /// Whether something is wrong that makes every answer wrong.
    pub(super) wrong: bool,
    /// Whether nothing uses the groups.
    pub(super) is_excerpt: bool,
}

impl<'n> Writer<'n> {
    pub(super) fn new(root: &'n Node) -> Self {
        Self {
            root,
            sections: Section::default(),
            remarks: Remarks::default(),
            room: Room::default(),
            wrong: false,
            is_excerpt: false,
        }
    }

    /// Writes everything; `secret` is where the first secret stands.
    pub(super) fn all(&mut self, secret: Option<Span>) {
        let of = |path: &[&str]| -> Vec<(&'n str, &'n Node)> {
            let named = self.root.all(path);
            named.filter(|(_, node)| !node.has(&["disable"])).collect()
        };
        let profiles = of(&["ipsec", "profile"]);
        let peers = of(&["ipsec", "site-to-site", "peer"]);
        let connections = of(&["ipsec", "remote-access", "connection"]);
        for (name, node) in profiles {
            self.profile(name, node);
        }
        for (name, node) in peers {
            self.peer(name, node);
        }
        for (name, node) in connections {
            self.clients(name, node);
        }
        if self.sections.sections.is_empty() {
            self.excerpt();
        }
        self.pools();
        self.secrets();
        if let Some(place) = secret {
            self.sections.open("secrets", &place);
        }
    }

    /// Writes a connection for clients for each IKE group, where nothing uses the groups: a text that is about the
    /// algorithms.
    fn excerpt(&mut self) {
        self.is_excerpt = true;
        let root = self.root;
        let groups = root.at(&["ipsec", "esp-group"]);
        for (name, ike) in root.all(&["ipsec", "ike-group"]) {
            let message =
                "no peer and no connection uses this group; it is taken to be for clients of IKEv2";
            self.complain(
                Diagnostic::new(Severity::Note, ReadCode::NoChild, &ike.place, message)
                    .help(WHOLE_CONFIGURATION),
            );
            let connection = self.begin(name, ike, Some(ike));
            connection.put("remote_addrs", &ike.place, "%any");
            // Of several ESP groups the one of the same name is meant.
            let of_name = groups.and_then(|groups| groups.at(&[name]));
            let own = of_name.map(|esp| (name, esp));
            let own = own.or_else(|| groups.and_then(|groups| groups.all(&[]).next()));
            if let Some((title, esp)) = own {
                self.child(name, title, esp, (Some(esp), Some(ike)));
            }
        }
    }

    /// Says of commands that what they leave is not known, and so is what there is.
    pub(super) fn leave_open(&mut self, commands: &[Span]) {
        for place in commands {
            let message =
                "what this command leaves is not known here, so there may be other connections";
            self.complain(
                Diagnostic::warning(ReadCode::UnresolvedValue, place, message)
                    .help("`show configuration commands | match ipsec` prints what the router has"),
            );
            self.sections
                .open("connections", place)
                .leave_open(WHOLE, place);
        }
    }

    /// Looks at the secrets, of which nothing is kept, and at those whom they are for.
    fn secrets(&self) {
        for (_, psk) in self.root.all(&["ipsec", "authentication", "psk"]) {
            let _identities = psk.all(&["id"]).count();
            psk.at(&["dhcp-interface"]);
        }
        let serving = self.root.all(&["ipsec", "remote-access", "connection"]);
        for (_, connection) in serving {
            let path = ["authentication", "local-users", "username"];
            for (_, user) in connection.all(&path) {
                user.at(&["disable"]);
            }
        }
    }

    fn complain(&mut self, diagnostic: Diagnostic) {
        self.wrong |= diagnostic.severity == Severity::Error;
        self.remarks.say(diagnostic);
    }

    /// The group that a connection names, of IKE or ESP. Without one its algorithms are not known.
    fn group(&mut self, kind: &str, node: &Node, keys: &[&[&str]]) -> Option<&'n Node> {
        let Some((name, place)) = keys.iter().find_map(|path| node.value(path)) else {
            let message = format!("no `{kind}` is named, so its algorithms are not known");
            self.complain(
                Diagnostic::warning(ReadCode::DefaultUnknown, &node.place, message)
                    .help(WHOLE_CONFIGURATION),
            );
            return None;
        };
        let found = self.root.at(&["ipsec", kind, name]);
        if found.is_none() {
            let message = format!("there is no `{kind}` of this name");
            self.complain(
                Diagnostic::warning(ReadCode::DanglingReference, place, message)
                    .help(WHOLE_CONFIGURATION),
            );
        }
        found
    }

    /// Begins the connection that is called `name` in the file that is written.
    fn begin(&mut self, name: &str, node: &Node, ike: Option<&'n Node>) -> &mut Section {
        let proposals = ike.and_then(|ike| self.proposals(ike, None));
        let connections = self.sections.open("connections", &node.place);
        let connection = connections.open(name, &node.place);
        let Some(ike) = ike else {
            connection.leave_open("proposals", &node.place);
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
        connection.put("version", place, version);
        let (seconds, place) = ike
            .value(&["lifetime"])
            .unwrap_or((IKE_LIFETIME, &ike.place));
        connection.put("rekey_time", place, &format!("{seconds}s"));
        if let Some(dpd) = ike.at(&["dead-peer-detection"]) {
            for (key, word, default) in [
                ("dpd_timeout", "timeout", DPD_TIMEOUT),
                ("dpd_delay", "interval", DPD_INTERVAL),
            ] {
                let (seconds, place) = dpd.value(&[word]).unwrap_or((default, &dpd.place));
                connection.put(key, place, &format!("{seconds}s"));
            }
        }
        connection
    }

    /// A connection for clients.
    fn clients(&mut self, name: &str, node: &'n Node) {
        let ike = self.group("ike-group", node, &[&["ike-group"]]);
        let esp = self.group("esp-group", node, &[&["esp-group"]]);
        let title = format!("ra-{name}");
        let connection = self.begin(&title, node, ike);
        connection.put("remote_addrs", &node.place, "%any");
        if let Some((address, place)) = node.value(&["local-address"])
            && address != "any"
        {
            connection.put("local_addrs", place, address);
        }
        connection.put("send_certreq", &node.place, "no");
        connection.put("keyingtries", &node.place, "0");
        if let Some((unique, place)) = node.value(&["unique"]) {
            connection.put("unique", place, unique);
        }
        if let Some((place, pools)) = list(node, &["pool"], str::to_owned) {
            connection.set("pools", &place, pools);
        }
        sides_of_clients(node, connection);
        let child = self.child(&title, &format!("{name}-client"), node, (esp, ike));
        child.put("dpd_action", &node.place, "clear");
        let (seconds, place) = node
            .value(&["timeout"])
            .unwrap_or((CLIENT_TIMEOUT, &node.place));
        child.put("inactivity", place, &format!("{seconds}s"));
        if let Some((window, place)) = node.value(&["replay-window"]) {
            child.put("replay_window", place, window);
        }
        let port = node.value(&["local", "port"]);
        let suffix = port.map_or_else(String::new, |(port, _)| format!("[%any/{port}]"));
        let networks = list(node, &["local", "prefix"], |it| format!("{it}{suffix}"));
        let everything = || {
            let text = format!("0.0.0.0/0{suffix},::/0{suffix}");
            (node.place.clone(), Value::meaning(&text, &node.place))
        };
        let (place, networks) = networks.unwrap_or_else(everything);
        child.set("local_ts", &place, networks);
        if let Some((bind, place)) = node.value(&["bind"]) {
            interface_ids(child, bind, place);
        }
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
            child.leave_open("esp_proposals", &node.place);
            return child;
        };
        if let Some(proposals) = proposals {
            child.set("esp_proposals", &esp.place, proposals);
        }
        // The group of `pfs enable` is the other group's.
        let borrows = !matches!(esp.value(&["pfs"]), Some((group, _)) if group != "enable");
        if ike.is_none() && borrows {
            child.leave_open("esp_proposals", &node.place);
        }
        let (seconds, place) = esp
            .value(&["lifetime"])
            .unwrap_or((ESP_LIFETIME, &esp.place));
        child.put("life_time", place, &format!("{seconds}s"));
        if let Some(off) = esp.at(&["disable-rekey"]) {
            for (key, never) in [
                ("rekey_time", "0s"),
                ("rekey_bytes", "0"),
                ("rekey_packets", "0"),
            ] {
                child.put(key, &off.place, never);
            }
        }
        for (key, word) in [
            ("mode", "mode"),
            ("life-bytes", "life_bytes"),
            ("life-packets", "life_packets"),
        ] {
            if let Some((written, place)) = esp.value(&[key]) {
                child.put(word, place, written);
            }
        }
        // Until 1.3 it has a value.
        if let Some(compression) = esp.at(&["compression"])
            && !matches!(esp.value(&["compression"]), Some(("disable", _)))
        {
            child.put("ipcomp", &compression.place, "yes");
        }
        child
    }

    fn pools(&mut self) {
        for (name, node) in self.root.all(&["ipsec", "remote-access", "pool"]) {
            let pools = self.sections.open("pools", &node.place);
            let pool = pools.open(name, &node.place);
            let range = node
                .value(&["range", "start"])
                .zip(node.value(&["range", "stop"]));
            if let Some((prefix, place)) = node.value(&["prefix"]) {
                pool.put("addrs", place, prefix);
            } else if let Some(((start, place), (stop, _))) = range {
                pool.put("addrs", place, &format!("{start}-{stop}"));
            }
            for (key, word) in [("name-server", "dns"), ("exclude", "split_exclude")] {
                if let Some((place, addresses)) = list(node, &[key], str::to_owned) {
                    pool.set(word, &place, addresses);
                }
            }
        }
    }
}

/// Both sides of a connection for clients.
fn sides_of_clients(node: &Node, connection: &mut Section) {
    let authentication = |key: &str| node.value(&["authentication", key]);
    let local = connection.open("local", &node.place);
    let (auth, place) = match authentication("server-mode") {
        Some(("pre-shared-secret", place)) => ("psk", place),
        Some((_, place)) => ("pubkey", place),
        None => ("pubkey", &node.place),
    };
    local.put("auth", place, auth);
    if let (Some((id, place)), false) = (
        authentication("local-id"),
        node.has(&["authentication", "use-x509-id"]),
    ) {
        local.put("id", place, id);
    }
    certificates(node, local);
    let remote = connection.open("remote", &node.place);
    let (mode, place) = authentication("client-mode").unwrap_or(("eap-mschapv2", &node.place));
    let auth = if mode == "x509" { "pubkey" } else { mode };
    remote.put("auth", place, auth);
    if mode.starts_with("eap") {
        let (id, place) = authentication("eap-id").unwrap_or(("any", &node.place));
        let id = if id == "any" { "%any" } else { id };
        remote.put("eap_id", place, id);
    }
    let authorities = list(node, &["authentication", "x509", "ca-certificate"], |it| {
        format!("{it}.pem")
    });
    if let (Some((place, names)), "eap-tls" | "x509") = (authorities, mode) {
        remote.set("cacerts", &place, names);
    }
}

/// The interface of a tunnel: `vti0` is the number 1, since 0 is none.
fn interface_ids(child: &mut Section, bind: &str, place: &Span) {
    let number = bind
        .strip_prefix("vti")
        .and_then(|it| it.parse::<u32>().ok());
    if let Some(number) = number.and_then(|number| number.checked_add(1)) {
        for key in ["if_id_in", "if_id_out"] {
            child.put(key, place, &number.to_string());
        }
    }
}

/// All values behind a path as a list, each at its place.
fn list(node: &Node, path: &[&str], word: impl Fn(&str) -> String) -> Option<(Span, Value)> {
    let all = node.all(path);
    Value::list(all.map(|(text, node)| (word(text), &node.place)))
}

fn certificates(node: &Node, section: &mut Section) {
    if let Some((name, place)) = node.value(&["authentication", "x509", "certificate"]) {
        section.put("certs", place, &format!("{name}.pem"));
    }
}
