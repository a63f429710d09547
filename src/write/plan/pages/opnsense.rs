//! OPNsense: labels, options and order of the pages of `Connections`.

use super::{AUTHORITY, Pages, identity};
use crate::peer::server::Spanned;
use crate::peer::{Auth, Server};
use crate::write::config::opnsense::{self, Values};
use crate::write::config::refusal::Failure;
use crate::write::config::setup::{DNS, POOL, USER};
use crate::write::plan::secrets::PATH_OF_VALUES;

pub(super) fn text(server: &Server, auth: Auth) -> Result<(String, Vec<String>), Failure> {
    let values = opnsense::values(server)?;
    let mut pages = Pages::default();
    certificates(&mut pages, server, auth);
    users(&mut pages, auth);
    pages.page("OPNsense: VPN > IPsec > Connections > Pools > Add");
    pages.field("Enabled", "ticked");
    pages.field("Name", "clients");
    pages.field("Network", POOL);
    pages.field("DNS", DNS);
    pages.line("Save");
    let mut lost = Vec::new();
    for one in &values {
        connection(&mut pages, server, one, auth);
        lost.extend(opnsense::orders(one));
    }
    pages.page("OPNsense: VPN > IPsec > Connections");
    pages.field("Enable IPsec", "ticked");
    pages.line("Apply");
    firewall(&mut pages);
    Ok((pages.text, lost))
}

fn certificates(pages: &mut Pages, server: &Server, auth: Auth) {
    let identity = identity(server);
    pages.page("OPNsense: System > Trust > Authorities > Add (unless you have a CA)");
    pages.field("Method", "Create an internal Certificate Authority");
    pages.field("Description", AUTHORITY);
    pages.field("Common Name", AUTHORITY);
    pages.line("Save, then download it: every client has to trust this certificate");
    pages.page(
        "OPNsense: System > Trust > Certificates > Add (unless the server has a certificate)",
    );
    pages.field("Method", "Create an internal Certificate");
    pages.field("Description", &identity);
    pages.field("Type", "Server Certificate");
    pages.field("Issuer", AUTHORITY);
    pages.field("Key type", "RSA, 2048 bits or more");
    pages.field("Common Name", &identity);
    let kind = match super::is_address(&identity) {
        true => "IP addresses",
        false => "DNS domain names",
    };
    pages.field(&format!("Alternative Names, {kind}"), &identity);
    pages.line("Save");
    if auth.by_certificate() {
        pages.page("OPNsense: System > Trust > Certificates > Add, once for each user");
        pages.field("Method", "Create an internal Certificate");
        pages.field("Description", USER);
        pages.field("Type", "Client Certificate");
        pages.field("Issuer", AUTHORITY);
        pages.field("Common Name", USER);
        pages.field("Alternative Names, DNS domain names", USER);
        pages.line("Save, then download it as PKCS#12 with a password: this file goes to the user's device");
    }
}

fn users(pages: &mut Pages, auth: Auth) {
    match auth {
        Auth::EapMschapv2 => {
            pages.page("OPNsense: VPN > IPsec > Pre-Shared Keys > Add, once for each user");
            pages.field("Local Identifier", USER);
            pages.field(
                "Pre-Shared Key",
                format!("the password, see `{PATH_OF_VALUES}`"),
            );
            pages.field("Type", "EAP");
            pages.line("Save, then Apply");
        }
        Auth::EapRadius => {
            pages.page("OPNsense: System > Access > Servers > Add");
            pages.field("Descriptive name", "RADIUS");
            pages.field("Type", "Radius");
            pages.field("Hostname or IP address", format!("see `{PATH_OF_VALUES}`"));
            pages.field("Shared Secret", format!("see `{PATH_OF_VALUES}`"));
            pages.line("Save");
            pages.page("OPNsense: VPN > IPsec > Mobile & Advanced Settings > eap-radius");
            pages.field("Servers", "RADIUS");
            pages.line("Apply");
        }
        Auth::Certificate | Auth::EapTls | Auth::Psk => {}
    }
}

fn connection(pages: &mut Pages, server: &Server, one: &Values<'_>, auth: Auth) {
    let name = &one.connection.name;
    let identity = identity(server);
    let rekey = |time: Option<std::time::Duration>| match time {
        Some(time) => time.as_secs().to_string(),
        None => "empty".to_owned(),
    };
    pages.page("OPNsense: VPN > IPsec > Connections > Add, with advanced mode");
    pages.line("Proposals, these and no other (not `default`):");
    pages.text.push_str(&opnsense::options(&one.ike));
    pages.field("Unique", "No");
    pages.field("Version", "IKEv2");
    pages.field("MOBIKE", "ticked");
    pages.field("Local addresses", "empty");
    pages.field("Remote addresses", "empty");
    pages.field("Re-auth time (s)", "0");
    pages.field("Rekey time (s)", rekey(one.connection.rekey.ike));
    pages.field("DPD delay (s)", "30");
    pages.field("Pools", "clients");
    pages.field("Send certificate", "Always");
    pages.field("Description", name);
    pages.line("Save; the tables below appear then");
    pages.page(format!(
        "OPNsense: VPN > IPsec > Connections > {name} > Local Authentication > Add"
    ));
    pages.field("Round", "0");
    pages.field("Authentication", "Public Key");
    pages.field("ID", &identity);
    pages.field(
        "Certificates",
        format!("the server certificate, {identity}"),
    );
    pages.line("Save");
    pages.page(format!(
        "OPNsense: VPN > IPsec > Connections > {name} > Remote Authentication > Add"
    ));
    pages.field("Round", "0");
    let (method, is_eap) = match auth {
        Auth::Certificate => ("Public Key", false),
        Auth::EapMschapv2 => ("EAP-MSCHAPv2", true),
        Auth::EapRadius => ("EAP RADIUS", true),
        Auth::EapTls => ("EAP TLS", true),
        Auth::Psk => ("Pre-Shared Key", false),
    };
    pages.field("Authentication", method);
    pages.field("Id", "empty");
    if is_eap {
        pages.field("EAP Id", "%any");
    }
    if auth.by_certificate() {
        pages.field(
            "Certificate Authorities",
            format!("the CA of the users' certificates, {AUTHORITY}"),
        );
    }
    pages.line("Save");
    for (child, values) in one.connection.children.iter().zip(&one.children) {
        pages.page(format!(
            "OPNsense: VPN > IPsec > Connections > {name} > Children > Add"
        ));
        pages.field("Mode", "Tunnel");
        pages.field("Policies", "ticked");
        pages.field("Start action", "None");
        pages.field("DPD action", "Clear");
        pages.line("ESP proposals, these and no other (not `default`):");
        pages.text.push_str(&opnsense::options(values));
        let networks = child.local_networks.first();
        pages.field(
            "Local",
            networks.map_or("0.0.0.0/0", |it: &Spanned<String>| &it.value),
        );
        pages.field("Remote", "empty");
        let time = rekey(one.connection.rekey.child);
        pages.field("Rekey time (s), with advanced mode", time);
        pages.field("Description", &child.name);
        pages.line("Save");
    }
}

fn firewall(pages: &mut Pages) {
    pages
        .page("OPNsense: Firewall > Rules > WAN > Add, once for each of UDP 500, UDP 4500 and ESP");
    pages.field("Action", "Pass");
    pages.field("Destination", "WAN address");
    pages.line("Save, then Apply changes");
    pages.page("OPNsense: Firewall > Rules > IPsec > Add");
    pages.field("Action", "Pass");
    pages.field("Source", POOL);
    pages.field("Destination", "any");
    pages.line("Save, then Apply changes; without this rule tunnels come up and carry nothing");
    pages.page("OPNsense: Firewall > NAT > Outbound");
    pages.field("Mode", "Hybrid outbound NAT rule generation");
    pages.field(
        "Add",
        format!("Interface WAN, Source address {POOL}, Translation Interface address"),
    );
    pages.line("Save, then Apply changes");
    pages.page("OPNsense: VPN > IPsec > Status Overview");
    pages.line("shows who is connected, VPN > IPsec > Log File why somebody is not");
}
