//! One end of a connection: what it is configured to do, loaded over VICI.

use anyhow::{Result, anyhow};

use super::pki::Pki;
use crate::daemon::Side;
use crate::lab::Lab;
use crate::vici::Section;

/// How one side of the connection proves its identity.
#[derive(Debug, Clone)]
pub(crate) struct Proof {
    /// `psk`, `pubkey`, `eap-mschapv2`…
    pub(crate) method: &'static str,
    pub(crate) identity: &'static str,
    /// Name of the certificate, for the own proof.
    pub(crate) certificate: Option<&'static str>,
}

/// A secret and those whom it belongs to.
#[derive(Debug, Clone)]
pub(crate) struct Secret {
    pub(crate) kind: &'static str,
    pub(crate) owners: &'static [&'static str],
    pub(crate) words: &'static str,
}

/// The configuration of one end. An incident changes its fields.
#[derive(Debug, Clone)]
pub(crate) struct End {
    pub(crate) ike: &'static [&'static str],
    pub(crate) esp: &'static [&'static str],
    /// The address of the other end, if it is fixed.
    pub(crate) peer: Option<&'static str>,
    pub(crate) local: Proof,
    pub(crate) remote: Proof,
    pub(crate) networks: [&'static str; 2],
    pub(crate) secrets: Vec<Secret>,
    /// Name of the CA that is trusted.
    pub(crate) ca: Option<&'static str>,
    /// Whether the private key of the own certificate is loaded.
    pub(crate) has_key: bool,
    pub(crate) sends_certificate: bool,
    pub(crate) knows_revoked: bool,
    /// Whether it hands out or asks for an address in the tunnel.
    pub(crate) assigns: bool,
    pub(crate) asks: bool,
    pub(crate) fragments: bool,
    pub(crate) dead_peer_detection: &'static str,
}

const NETWORKS: [&str; 2] = ["192.0.2.0/25", "192.0.2.128/25"];
const SUITE: &[&str] = &["aes256-sha256-modp2048"];
const ESP: &[&str] = &["aes256-sha256"];

fn proof(method: &'static str, identity: &'static str) -> Proof {
    Proof {
        method,
        identity,
        certificate: None,
    }
}

/// Two gateways with a pre-shared key: initiator, responder.
pub(crate) fn gateways() -> (End, End) {
    const NAMES: &[&str] = &["gw-a.example.org", "gw-b.example.org"];
    let secret = Secret {
        kind: "IKE",
        owners: NAMES,
        words: "correct horse",
    };
    let end = |side: Side| {
        let (own, other) = match side {
            Side::Initiator => (0, 1),
            Side::Responder => (1, 0),
        };
        End {
            ike: SUITE,
            esp: ESP,
            peer: Some(side.other().address()),
            local: proof("psk", NAMES[own]),
            remote: proof("psk", NAMES[other]),
            networks: [NETWORKS[own], NETWORKS[other]],
            secrets: vec![secret.clone()],
            ca: None,
            has_key: true,
            sends_certificate: true,
            knows_revoked: false,
            assigns: false,
            asks: false,
            fragments: true,
            dead_peer_detection: "0",
        }
    };
    (end(Side::Initiator), end(Side::Responder))
}

/// A client with a certificate and a server that gives it an address.
pub(crate) fn certificates() -> (End, End) {
    let (mut client, mut server) = gateways();
    let of = |identity, certificate| Proof {
        certificate: Some(certificate),
        ..proof("pubkey", identity)
    };
    client.local = of("alice@example.org", "alice");
    client.remote = proof("pubkey", "vpn.example.org");
    client.networks = ["dynamic", NETWORKS[1]];
    client.asks = true;
    server.local = of("vpn.example.org", "server");
    server.remote = proof("pubkey", "%any");
    server.networks = [NETWORKS[1], "dynamic"];
    server.assigns = true;
    server.peer = None;
    for end in [&mut client, &mut server] {
        end.secrets.clear();
        end.ca = Some("ca");
    }
    (client, server)
}

/// The same with EAP-MSCHAPv2 on the client's side.
pub(crate) fn passwords() -> (End, End) {
    let (mut client, mut server) = certificates();
    client.local = proof("eap-mschapv2", "alice");
    server.remote = proof("eap-mschapv2", "%any");
    for end in [&mut client, &mut server] {
        end.secrets.push(Secret {
            kind: "EAP",
            owners: &["alice"],
            words: "wonderland",
        });
    }
    (client, server)
}

impl End {
    /// Loads everything into the daemon of that side.
    pub(crate) fn load(&self, side: Side, lab: &mut Lab, pki: &Pki) -> Result<()> {
        let daemon = lab.side(side);
        for (number, secret) in self.secrets.iter().enumerate() {
            let secret = Section::new()
                .text("id", &format!("secret-{number}"))
                .text("type", secret.kind)
                .text("data", secret.words)
                .list("owners", secret.owners);
            daemon.tell("load-shared", &secret)?;
        }
        let certificate = |kind: &str, flag: &str, file: &str| -> Result<Section> {
            let certificate = Section::new().text("type", kind).text("flag", flag);
            Ok(certificate.text("data", &pki.read(file)?))
        };
        if let Some(ca) = self.ca {
            daemon.tell(
                "load-cert",
                &certificate("X509", "CA", &format!("{ca}.crt"))?,
            )?;
        }
        if self.knows_revoked {
            daemon.tell("load-cert", &certificate("X509_CRL", "NONE", "ca.crl")?)?;
        }
        if let Some(own) = self.local.certificate.filter(|_| self.has_key) {
            let key = Section::new().text("type", "any");
            daemon.tell(
                "load-key",
                &key.text("data", &pki.read(&format!("{own}.key"))?),
            )?;
        }
        if self.assigns {
            let pool = Section::new().text("addrs", "192.0.2.200/30");
            daemon.tell("load-pool", &Section::new().section("pool", pool))?;
        }
        let (connection, child) = (self.connection(side, pki)?, self.child());
        daemon
            .load_as(connection, child)?
            .map_err(|reason| anyhow!("the {} does not load: {reason}", side.name()))
    }

    fn connection(&self, side: Side, pki: &Pki) -> Result<Section> {
        let yes_no = |yes: bool| if yes { "yes" } else { "no" };
        let send = if self.sends_certificate {
            "always"
        } else {
            "never"
        };
        let mut connection = Section::new()
            .text("version", "2")
            .list("proposals", self.ike)
            .list("local_addrs", &[side.address()])
            .text("rekey_time", "0")
            .text("mobike", "no")
            .text("fragmentation", yes_no(self.fragments))
            .text("send_cert", send)
            .text("dpd_delay", self.dead_peer_detection);
        if let Some(peer) = self.peer {
            connection = connection.list("remote_addrs", &[peer]);
        }
        if self.assigns {
            connection = connection.list("pools", &["pool"]);
        }
        if self.asks {
            connection = connection.list("vips", &["0.0.0.0"]);
        }
        let section = |proof: &Proof| -> Result<Section> {
            let mut section = Section::new()
                .text("auth", proof.method)
                .text("id", proof.identity);
            if proof.method.starts_with("eap") {
                section = section.text("eap_id", proof.identity);
            }
            if let Some(name) = proof.certificate {
                section = section.list("certs", &[pki.read(&format!("{name}.crt"))?]);
            }
            Ok(section)
        };
        Ok(connection
            .section("local", section(&self.local)?)
            .section("remote", section(&self.remote)?))
    }

    fn child(&self) -> Section {
        // Nothing is rekeyed unless the incident says so.
        Section::new()
            .list("esp_proposals", self.esp)
            .list("local_ts", &self.networks[..1])
            .list("remote_ts", &self.networks[1..])
            .text("mode", "tunnel")
            .text("rekey_time", "0")
    }
}
