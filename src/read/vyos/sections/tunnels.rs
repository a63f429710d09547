//! Tunnels between sites: peers, and profiles of DMVPN.

use super::{
    DPD_ACTION, ESP_LIFETIME, Node, Section, Span, Value, Writer, certificates, interface_ids, list,
};

/// Both of every address.
const EVERYTHING: &str = "0.0.0.0/0,::/0";

impl<'n> Writer<'n> {
    /// A peer, by the name that VyOS gives its connection.
    pub(super) fn peer(&mut self, name: &str, node: &'n Node) {
        let title = name.replace('@', "").replace([':', '.'], "-");
        let ike = self.group("ike-group", node, &[&["ike-group"]]);
        let mode = node.value(&["authentication", "mode"]);
        let is_x509 = mode.is_some_and(|it| it.0 == "x509");
        let connection = self.begin(&title, node, ike);
        if let (true, Some((_, place))) = (is_x509, mode) {
            connection.put("send_cert", place, "always");
        }
        if let Some(ike) = ike {
            let is_version_1 = matches!(ike.value(&["key-exchange"]), Some(("ikev1", _)));
            if let (true, Some(("aggressive", place))) = (is_version_1, ike.value(&["mode"])) {
                connection.put("aggressive", place, "yes");
            }
            // Until 1.3 it has a value.
            let valued = ike.value(&["mobike"]);
            let valued = valued.filter(|it| it.0 == "disable").map(|it| it.1);
            let off = ike.at(&["disable-mobike"]).map(|off| &off.place);
            if let Some(off) = off.or(valued) {
                connection.put("mobike", off, "no");
            }
        }
        if let Some((address, place)) = node.value(&["local-address"]) {
            let address = if address == "any" { "%any" } else { address };
            connection.put("local_addrs", place, address);
        }
        ends(name, node, connection);
        if let Some((place, addresses)) = list(node, &["virtual-address"], str::to_owned) {
            connection.set("vips", &place, addresses);
        }
        let tries = match (name.starts_with('@'), node.value(&["connection-type"])) {
            (true, _) => Some(("0", &node.place)),
            (_, None) => Some(("0", &node.place)),
            (_, Some(("initiate", place))) => Some(("0", place)),
            (_, Some(("respond", place))) => Some(("1", place)),
            _ => None,
        };
        if let Some((tries, place)) = tries {
            connection.put("keyingtries", place, tries);
        }
        if name.starts_with('@') {
            connection.put("reauth_time", &node.place, "0");
        }
        if let Some(forced) = node.at(&["force-udp-encapsulation"]) {
            connection.put("encap", &forced.place, "yes");
        }
        sides(node, mode, connection);
        self.children_of_peer((name, &title), node, ike);
    }

    fn children_of_peer(
        &mut self,
        (name, title): (&str, &str),
        node: &'n Node,
        ike: Option<&'n Node>,
    ) {
        let own: &[&str] = &["default-esp-group"];
        if let (Some(vti), None) = (node.at(&["vti"]), node.all(&["tunnel"]).next()) {
            let esp = self.group("esp-group", node, &[&["vti", "esp-group"], own]);
            let child = self.child(title, &format!("{title}-vti"), vti, (esp, ike));
            for key in ["local_ts", "remote_ts"] {
                child.put(key, &vti.place, EVERYTHING);
            }
            of_every_child(name, node, ike, child);
            return;
        }
        for (number, tunnel) in node.all(&["tunnel"]) {
            if tunnel.has(&["disable"]) {
                continue;
            }
            let holder = if tunnel.has(&["esp-group"]) {
                tunnel
            } else {
                node
            };
            let esp = self.group("esp-group", holder, &[&["esp-group"], own]);
            let of_tunnel = format!("{title}-tunnel-{number}");
            let child = self.child(title, &of_tunnel, tunnel, (esp, ike));
            networks(node, tunnel, esp, child);
            if let Some((priority, place)) = tunnel.value(&["priority"]) {
                child.put("priority", place, priority);
            }
            of_every_child(name, node, ike, child);
            if let Some((place, networks)) = list(tunnel, &["passthrough"], str::to_owned) {
                let connections = self.sections.open("connections", &tunnel.place);
                let connection = connections.sections.entry(title.to_owned()).or_default();
                let children = connection.open("children", &tunnel.place);
                let shunt = children.open(&format!("{of_tunnel}-passthrough"), &place);
                shunt.set("local_ts", &place, networks.clone());
                shunt.set("remote_ts", &place, networks);
                shunt.put("start_action", &place, "trap");
                shunt.put("mode", &place, "pass");
            }
        }
    }

    /// Connections of DMVPN, one for each interface.
    pub(super) fn profile(&mut self, name: &str, node: &'n Node) {
        for (interface, bound) in node.all(&["bind", "tunnel"]) {
            let ike = self.group("ike-group", node, &[&["ike-group"]]);
            let esp = self.group("esp-group", node, &[&["esp-group"]]);
            let title = format!("dmvpn-{name}-{interface}");
            let connection = self.begin(&title, bound, ike);
            connection.put("keyingtries", &bound.place, "0");
            let mode = node.value(&["authentication", "mode"]);
            for side in ["local", "remote"] {
                let section = connection.open(side, &bound.place);
                match mode {
                    Some(("pre-shared-secret", place)) => section.put("auth", place, "psk"),
                    _ => section.leave_open("auth", &bound.place),
                }
            }
            let dpd = ike.and_then(|ike| ike.at(&["dead-peer-detection"]));
            let child = self.child(&title, "dmvpn", bound, (esp, ike));
            // Here the lifetime of the group is when keys are renewed.
            child.settings.shift_remove("life_time");
            let own = esp.and_then(|esp| esp.value(&["lifetime"]));
            let (seconds, place) = own.unwrap_or((ESP_LIFETIME, &bound.place));
            child.put("rekey_time", place, &format!("{seconds}s"));
            child.put("rand_time", &bound.place, "540s");
            for key in ["local_ts", "remote_ts"] {
                child.put(key, &bound.place, "dynamic[gre]");
            }
            if let Some(dpd) = dpd {
                let (action, place) = dpd.value(&["action"]).unwrap_or((DPD_ACTION, &dpd.place));
                child.put("dpd_action", place, action);
            }
        }
    }
}

/// The address of the other end; until 1.3 a peer has the name of its address.
fn ends(name: &str, node: &Node, connection: &mut Section) {
    let is_address = name.parse::<std::net::IpAddr>().is_ok();
    let anybody = node.all(&["remote-address"]).find(|it| it.0 == "any");
    match (anybody, list(node, &["remote-address"], str::to_owned)) {
        (Some((_, any)), _) => connection.put("remote_addrs", &any.place, "%any"),
        (None, Some((place, addresses))) => connection.set("remote_addrs", &place, addresses),
        (None, None) if is_address => connection.put("remote_addrs", &node.place, name),
        (None, None) => {}
    }
}

/// Both sides of a peer; VyOS takes none without a mode.
fn sides(node: &Node, mode: Option<(&str, &Span)>, connection: &mut Section) {
    for (side, ids, key) in [
        ("local", ["local-id", "id"], "local-key"),
        ("remote", ["remote-id", "remote-id"], "remote-key"),
    ] {
        let section = connection.open(side, &node.place);
        match mode {
            Some(("pre-shared-secret", place)) => section.put("auth", place, "psk"),
            Some((_, place)) => section.put("auth", place, "pubkey"),
            None => section.leave_open("auth", &node.place),
        }
        let id = ids
            .iter()
            .find_map(|id| node.value(&["authentication", id]));
        if let Some((id, place)) = id {
            section.put("id", place, id);
        }
        match mode {
            Some(("x509", _)) if side == "local" => certificates(node, section),
            // Where keys are is nobody's business: the place is enough.
            Some(("rsa", _)) => {
                if let Some(key) = node.at(&["authentication", "rsa", key]) {
                    section.leave_open("pubkeys", &key.place);
                }
            }
            _ => {}
        }
    }
}

/// The networks of a tunnel; in transport mode the addresses of both ends.
fn networks(node: &Node, tunnel: &Node, esp: Option<&Node>, child: &mut Section) {
    let mode = esp.and_then(|esp| esp.value(&["mode"]));
    let is_transport = matches!(mode, Some(("transport", _)));
    for (key, side, address) in [
        ("local_ts", "local", "local-address"),
        ("remote_ts", "remote", "remote-address"),
    ] {
        let suffix = suffix(tunnel, side);
        let path: &[&str] = &[side, "prefix"];
        let (holder, path) = match is_transport {
            true => (node, &[address][..]),
            false => (tunnel, path),
        };
        let everybody = holder.all(path).find(|it| it.0 == "any" && !is_transport);
        let networks = match everybody {
            Some((_, any)) => {
                let text = format!("0.0.0.0/0{suffix},::/0{suffix}");
                Some((any.place.clone(), Value::meaning(&text, &any.place)))
            }
            None => list(holder, path, |it| format!("{it}{suffix}")),
        };
        if let Some((place, networks)) = networks {
            child.set(key, &place, networks);
        }
    }
}

/// What every child of a peer has.
fn of_every_child(name: &str, node: &Node, ike: Option<&Node>, child: &mut Section) {
    let start = match (name.starts_with('@'), node.value(&["connection-type"])) {
        (true, _) => ("none", &node.place),
        (_, None) => ("start", &node.place),
        (_, Some(("initiate", place))) => ("start", place),
        (_, Some(("respond", place))) => ("trap", place),
        (_, Some((_, place))) => ("none", place),
    };
    child.put("start_action", start.1, start.0);
    if let Some(dpd) = ike.and_then(|ike| ike.at(&["dead-peer-detection"])) {
        let (action, place) = dpd.value(&["action"]).unwrap_or((DPD_ACTION, &dpd.place));
        child.put("dpd_action", place, action);
    }
    if let Some((action, place)) = ike.and_then(|ike| ike.value(&["close-action"])) {
        child.put("close_action", place, action);
    }
    if let Some((window, place)) = node.value(&["replay-window"]) {
        child.put("replay_window", place, window);
    }
    if let Some((bind, place)) = node.value(&["vti", "bind"]) {
        child.put("updown", place, &format!("/etc/ipsec.d/vti-up-down {bind}"));
        interface_ids(child, bind, place);
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
