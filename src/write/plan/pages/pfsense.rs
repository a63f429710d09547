//! pfSense: labels, options and order of the pages of its release of 2026-03-31. No suite is optional here: files of
//! clients count on all of them.

use super::{AUTHORITY, Pages, identity, is_address};
use crate::peer::{Auth, Server};
use crate::recommend::Plan;
use crate::write::config::pfsense::{ConnectionPages, LIFETIMES, rekey_time};
use crate::write::config::refusal::Failure;
use crate::write::config::setup::{DNS, POOL, USER};
use crate::write::plan::secrets::PATH_OF_VALUES;

pub(super) fn text(plan: &Plan, server: &Server, auth: Auth) -> Result<String, Failure> {
    let mut pages = Pages::default();
    certificates(&mut pages, server, auth);
    users(&mut pages, auth);
    mobile_clients(&mut pages, auth);
    phase1(&mut pages, plan, server, auth)?;
    phase2(&mut pages, plan, server)?;
    firewall(&mut pages);
    Ok(pages.text)
}

fn certificates(pages: &mut Pages, server: &Server, auth: Auth) {
    let identity = identity(server);
    pages.page("pfSense: System > Certificates > Authorities > Add (unless you have a CA)");
    pages.field("Descriptive name", AUTHORITY);
    pages.field("Method", "Create an internal Certificate Authority");
    pages.line("Save, then Export CA: every client has to trust this certificate");
    pages.page("pfSense: System > Certificates > Certificates > Add/Sign (unless the server has a certificate)");
    pages.field("Method", "Create an internal Certificate");
    pages.field("Descriptive name", &identity);
    pages.field("Certificate authority", AUTHORITY);
    pages.field("Key type", "RSA, 2048 bits or more");
    pages.field("Common Name", &identity);
    pages.field("Certificate Type", "Server Certificate");
    let kind = match is_address(&identity) {
        true => "IP address",
        false => "FQDN or Hostname",
    };
    pages.field("Alternative Names", format!("{kind}, {identity}"));
    pages.line("Save");
    if auth.by_certificate() {
        pages.page("pfSense: System > Certificates > Certificates > Add/Sign, once for each user");
        pages.field("Method", "Create an internal Certificate");
        pages.field("Certificate authority", AUTHORITY);
        pages.field("Common Name", USER);
        pages.field("Certificate Type", "User Certificate");
        pages.field("Alternative Names", format!("FQDN or Hostname, {USER}"));
        pages
            .line("Save, then Export PKCS#12 with a password: this file goes to the user's device");
    }
}

fn users(pages: &mut Pages, auth: Auth) {
    match auth {
        Auth::EapMschapv2 => {
            pages.page("pfSense: VPN > IPsec > Pre-Shared Keys > Add, once for each user");
            pages.field("Identifier", USER);
            pages.field("Secret type", "EAP");
            pages.field(
                "Pre-Shared Key",
                format!("the password, see `{PATH_OF_VALUES}`"),
            );
            pages.line("Save, then Apply Changes");
        }
        Auth::EapRadius => {
            pages.page("pfSense: System > User Manager > Authentication Servers > Add");
            pages.field("Descriptive name", "RADIUS");
            pages.field("Type", "RADIUS");
            pages.field("Hostname or IP address", format!("see `{PATH_OF_VALUES}`"));
            pages.field("Shared Secret", format!("see `{PATH_OF_VALUES}`"));
            pages.field("Services offered", "Authentication");
            pages.line("Save");
        }
        Auth::Certificate | Auth::EapTls | Auth::Psk => {}
    }
}

fn mobile_clients(pages: &mut Pages, auth: Auth) {
    let (network, bits) = POOL.split_once('/').unwrap_or((POOL, "24"));
    pages.page("pfSense: VPN > IPsec > Mobile Clients");
    pages.field(
        "IKE Extensions",
        "Enable IPsec Mobile Client Support: ticked",
    );
    let source = match auth {
        Auth::EapRadius => "RADIUS",
        Auth::Certificate | Auth::EapMschapv2 | Auth::EapTls | Auth::Psk => "Local Database",
    };
    pages.field("User Authentication", source);
    pages.field(
        "Virtual Address Pool",
        format!("Provide a virtual IP address to clients: ticked, {network}, {bits}"),
    );
    pages.field(
        "Network List",
        "Provide a list of accessible networks to clients: unticked (everything goes through the tunnel)",
    );
    pages.field(
        "DNS Servers",
        format!("Provide a DNS server list to clients: ticked, Server #1: {DNS}"),
    );
    pages.field(
        "Phase2 PFS Group",
        "Provide the Phase2 PFS group to clients: unticked (it would override phase 2)",
    );
    pages.line("Save, then Apply Changes, then Create Phase 1");
}

fn phase1(pages: &mut Pages, plan: &Plan, server: &Server, auth: Auth) -> Result<(), Failure> {
    let identity = identity(server);
    pages.page("pfSense: VPN > IPsec > Mobile Clients > Edit Phase 1");
    pages.field("Description", plan_name(server));
    pages.field("Key Exchange version", "IKEv2");
    pages.field("Internet Protocol", "IPv4");
    pages.field("Interface", "WAN");
    let method = match auth {
        Auth::Certificate => "Mutual Certificate",
        Auth::EapMschapv2 => "EAP-MSChapv2",
        Auth::EapRadius => "EAP-RADIUS",
        Auth::EapTls => "EAP-TLS",
        Auth::Psk => "Mutual PSK",
    };
    pages.field("Authentication Method", method);
    let kind = match is_address(&identity) {
        true => "IP address",
        false => "Fully qualified domain name",
    };
    pages.field("My identifier", format!("{kind}, {identity}"));
    pages.field("Peer identifier", "Any");
    pages.field(
        "My Certificate",
        format!("the server certificate, {identity}"),
    );
    if auth.by_certificate() {
        pages.field(
            "Peer Certificate Authority",
            format!("the CA of the users' certificates, {AUTHORITY}"),
        );
    }
    let connection = ConnectionPages::of(plan, "");
    pages.text.push_str(&connection.phase1()?);
    let first = server.connections.first();
    let rekey = first.and_then(|connection| connection.rekey.ike);
    let lifetime = first.and_then(|connection| connection.lifetime.as_ref());
    let lifetime = lifetime.map_or(LIFETIMES.0, |lifetime| lifetime.value.as_secs());
    pages.field("Life Time", lifetime);
    pages.field("Rekey Time", rekey_time(rekey));
    pages.field(
        "Reauth Time",
        "0 (never: clients that dial in do not do it)",
    );
    pages.field("Rand Time", "empty");
    pages.field("NAT Traversal", "Auto");
    pages.field("MOBIKE", "Enable");
    pages.field(
        "Dead Peer Detection",
        "Enable DPD: ticked, Delay 10, Max failures 5",
    );
    pages.line("Save");
    Ok(())
}

fn phase2(pages: &mut Pages, plan: &Plan, server: &Server) -> Result<(), Failure> {
    pages.page("pfSense: VPN > IPsec > Tunnels > Show Phase 2 Entries > Add P2 > Edit Phase 2");
    pages.field("Description", plan_name(server));
    pages.field("Mode", "Tunnel IPv4");
    pages.field("Local Network", "Network, 0.0.0.0 / 0");
    pages.field("NAT/BINAT translation", "None");
    pages
        .text
        .push_str(&ConnectionPages::of(plan, "").phase2()?);
    let first = server.connections.first();
    let child = first.and_then(|connection| connection.children.first());
    let lifetime = child.and_then(|child| child.lifetime.as_ref());
    let lifetime = lifetime.map_or(LIFETIMES.1, |lifetime| lifetime.value.as_secs());
    pages.field("Life Time", lifetime);
    let rekey = first.and_then(|connection| connection.rekey.child);
    pages.field("Rekey Time", rekey_time(rekey));
    pages.field("Rand Time", "empty");
    pages.line("Save, then Apply Changes");
    Ok(())
}

fn firewall(pages: &mut Pages) {
    pages.page("pfSense: Firewall > Rules > IPsec > Add");
    pages.field("Action", "Pass");
    pages.field("Address Family", "IPv4");
    pages.field("Protocol", "Any");
    pages.field("Source", format!("Network, {POOL}"));
    pages.field("Destination", "Any");
    pages.line("Save, then Apply Changes; without this rule tunnels come up and carry nothing");
    pages.page("pfSense: Firewall > NAT > Outbound");
    pages.line(format!(
        "see that {POOL} is translated on WAN; with Manual Outbound NAT add a rule for it"
    ));
    pages.page("pfSense: System > Advanced > Firewall & NAT");
    pages.field(
        "Disable Auto-added VPN rules",
        "unticked; else allow UDP 500, UDP 4500 and ESP to WAN yourself",
    );
    pages.page("pfSense: Status > IPsec");
    pages.line("shows who is connected, Status > System Logs > IPsec why somebody is not");
}

/// What the connection is called in lists.
fn plan_name(server: &Server) -> String {
    let first = server.connections.first();
    first.map_or_else(String::new, |connection| connection.name.clone())
}
