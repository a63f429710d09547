//! Incidents of proposals, groups and child SAs, and connections that work.

use std::thread::sleep;
use std::time::Duration;

use super::end::{certificates, passwords};
use super::incident::{ESTABLISHED, Incident, NO_PROPOSAL, PLAIN, dial, rekey, says};
use crate::daemon::What;

pub(super) const INCIDENTS: &[Incident] = &[
    Incident {
        name: "nothing at all",
        happens: |_| Ok(()),
        initiator: says("loaded IKE shared key", &["inconclusive"]),
        responder: says("loaded IKE shared key", &["inconclusive"]),
        ..PLAIN
    },
    Incident {
        name: "success with a pre-shared key",
        initiator: ESTABLISHED,
        responder: ESTABLISHED,
        ..PLAIN
    },
    Incident {
        name: "success with certificates",
        ends: certificates,
        initiator: ESTABLISHED,
        responder: ESTABLISHED,
        ..PLAIN
    },
    Incident {
        name: "success with a password",
        ends: passwords,
        initiator: ESTABLISHED,
        responder: ESTABLISHED,
        ..PLAIN
    },
    Incident {
        name: "success after one INVALID_KE_PAYLOAD",
        spoil: |initiator, responder| {
            initiator.ike = &["aes256-sha256-modp2048-ecp256"];
            responder.ike = &["aes256-sha256-ecp256-modp2048"];
        },
        initiator: ESTABLISHED,
        responder: ESTABLISHED,
        ..PLAIN
    },
    Incident {
        name: "success, rekeyed and disconnected",
        happens: |lab| {
            dial(lab)?;
            rekey(lab)?;
            lab.initiator.rekey(What::Ike)?;
            sleep(Duration::from_millis(500));
            lab.initiator.terminate()
        },
        initiator: ESTABLISHED,
        responder: ESTABLISHED,
        ..PLAIN
    },
    Incident {
        name: "dead peer detection that is answered",
        spoil: |_, responder| responder.dead_peer_detection = "1s",
        happens: |lab| {
            dial(lab)?;
            sleep(Duration::from_millis(1500));
            Ok(())
        },
        initiator: ESTABLISHED,
        responder: ESTABLISHED,
        ..PLAIN
    },
    Incident {
        name: "IKE groups that differ",
        spoil: |_, responder| responder.ike = &["aes256-sha256-modp1024"],
        initiator: says("received NO_PROPOSAL_CHOSEN notify error", NO_PROPOSAL),
        responder: says("configured proposals: IKE:", &["ike_proposal_mismatch"]),
        ..PLAIN
    },
    Incident {
        name: "ESP algorithms that differ",
        spoil: |_, responder| responder.esp = &["aes256gcm16"],
        initiator: says(
            "received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built",
            &["esp_proposal_mismatch"],
        ),
        responder: says("configured proposals: ESP:", &["esp_proposal_mismatch"]),
        ..PLAIN
    },
    Incident {
        name: "PFS on one side",
        spoil: |_, responder| responder.esp = &["aes256-sha256-modp2048"],
        happens: |lab| {
            dial(lab)?;
            rekey(lab)
        },
        initiator: says(
            "CHILD_SA rekeying failed",
            &["pfs_mismatch", "esp_proposal_mismatch"],
        ),
        responder: says("no acceptable proposal found", &["pfs_mismatch"]),
        ..PLAIN
    },
    Incident {
        name: "a chain of INVALID_KE_PAYLOAD",
        // Each answer asks for another group, until the initiator has enough.
        spoil: |initiator, responder| {
            initiator.ike = &[
                "3des-sha1-modp3072",
                "aes256-sha256-ecp256-curve25519",
                "aes256-sha256-ecp384-ecp256",
                "aes256-sha256-ecp521-ecp384",
                "aes256-sha256-modp2048-ecp521",
                "aes256-sha256-modp3072-modp2048",
            ];
            responder.ike = &["aes256-sha256-curve25519-ecp256-ecp384-ecp521-modp2048-modp3072"];
        },
        initiator: says("giving up after 5 retries", &["ke_group_loop"]),
        responder: says("requesting CURVE_25519", &["ke_group_loop"]),
        ..PLAIN
    },
    Incident {
        name: "no connection for this address",
        spoil: |_, responder| responder.peer = Some("203.0.113.99"),
        initiator: says("received NO_PROPOSAL_CHOSEN notify error", NO_PROPOSAL),
        responder: says("no IKE config found for", &["no_peer_config"]),
        ..PLAIN
    },
    Incident {
        name: "networks that do not match",
        spoil: |_, responder| responder.networks = ["203.0.113.128/25", "192.0.2.64/26"],
        initiator: says("received TS_UNACCEPTABLE", &["ts_mismatch"]),
        responder: says("traffic selectors", &["ts_mismatch"]),
        ..PLAIN
    },
    Incident {
        name: "no pool for virtual addresses",
        ends: passwords,
        spoil: |_, responder| responder.assigns = false,
        initiator: says("received INTERNAL_ADDRESS_FAILURE", &["virtual_ip"]),
        responder: says("no virtual IP found for", &["virtual_ip"]),
        ..PLAIN
    },
    Incident {
        name: "a suite that the IPsec backend refuses",
        // kernel-libipsec has no extended sequence numbers.
        spoil: |initiator, responder| {
            initiator.esp = &["aes256-sha256-esn"];
            responder.esp = &["aes256-sha256-esn"];
        },
        initiator: says(
            "received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built",
            &["esp_proposal_mismatch", "kernel_sa"],
        ),
        responder: says(
            "unable to install inbound and outbound IPsec SA",
            &["kernel_sa"],
        ),
        ..PLAIN
    },
];
