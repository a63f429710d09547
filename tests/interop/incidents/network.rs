//! Incidents of packets, routes and silence.

use std::thread::sleep;
use std::time::Duration;

use super::end::{certificates, passwords};
use super::incident::{Incident, PLAIN, SILENT_AFTER_INIT, block, dial, says};
use crate::daemon::Side;

pub(super) const INCIDENTS: &[Incident] = &[
    Incident {
        name: "UDP 500 dropped",
        happens: |lab| {
            block(lab, Side::Responder, "udp dport 500 drop")?;
            dial(lab)
        },
        initiator: says(
            "giving up after 3 retransmits",
            &["no_response", "unreachable"],
        ),
        ..PLAIN
    },
    Incident {
        name: "no route",
        happens: |lab| {
            let route = [
                "ip",
                "route",
                "add",
                "unreachable",
                Side::Responder.address(),
            ];
            lab.run_at(Side::Initiator, &route, "")?;
            dial(lab)
        },
        initiator: says(
            "error writing to socket: No route to host",
            &["unreachable"],
        ),
        ..PLAIN
    },
    Incident {
        name: "a server name that does not resolve",
        spoil: |initiator, _| initiator.peer = Some("vpn.example.invalid"),
        initiator: says("unable to resolve vpn.example.invalid", &["unreachable"]),
        ..PLAIN
    },
    Incident {
        name: "UDP 4500 dropped",
        ends: passwords,
        happens: |lab| {
            block(lab, Side::Responder, "udp dport 4500 drop")?;
            dial(lab)?;
            sleep(Duration::from_millis(2500));
            Ok(())
        },
        initiator: says("giving up after 3 retransmits", SILENT_AFTER_INIT),
        responder: says("deleting half open IKE_SA", SILENT_AFTER_INIT),
        ..PLAIN
    },
    Incident {
        name: "IP fragments dropped",
        ends: certificates,
        spoil: |initiator, responder| {
            initiator.local.certificate = Some("alice-bulky");
            initiator.fragments = false;
            responder.fragments = false;
        },
        happens: |lab| {
            block(lab, Side::Responder, "ip frag-off & 0x3fff != 0 drop")?;
            dial(lab)
        },
        initiator: says(
            "giving up after 3 retransmits",
            &["fragmentation", "nat_t_blocked"],
        ),
        ..PLAIN
    },
    Incident {
        name: "a client that falls silent during EAP",
        ends: passwords,
        happens: |lab| {
            block(
                lab,
                Side::Responder,
                "udp dport 4500 quota over 330 bytes drop",
            )?;
            dial(lab)?;
            sleep(Duration::from_millis(2500));
            Ok(())
        },
        initiator: says(
            "giving up after 3 retransmits",
            &["half_open", "no_response", "nat_t_blocked"],
        ),
        responder: says("deleting half open IKE_SA", &["half_open"]),
        ..PLAIN
    },
    Incident {
        name: "a peer that vanishes",
        spoil: |initiator, responder| {
            initiator.dead_peer_detection = "1s";
            responder.dead_peer_detection = "1s";
        },
        happens: |lab| {
            dial(lab)?;
            for side in Side::BOTH {
                block(lab, side, "udp dport 4500 drop")?;
            }
            sleep(Duration::from_secs(4));
            Ok(())
        },
        initiator: says("giving up after 3 retransmits", &["peer_dead"]),
        responder: says("giving up after 3 retransmits", &["peer_dead"]),
        ..PLAIN
    },
    Incident {
        name: "a message that is no message",
        happens: |lab| {
            // A header for a security association, and eight octets that are none.
            let message = r"\x01\x02\x03\x04\x05\x06\x07\x08\x00\x00\x00\x00\x00\x00\x00\x00\x21\x20\x22\x08\x00\x00\x00\x00\x00\x00\x00\x24\x00\x00\x7f\xff\x00\x00\x00\x00";
            let to = Side::Responder.address();
            let send = format!("printf '{message}' > /dev/udp/{to}/500");
            lab.run_at(Side::Initiator, &["bash", "-c", &send], "")?;
            sleep(Duration::from_millis(200));
            Ok(())
        },
        responder: says("message parsing failed", &["protocol_error"]),
        ..PLAIN
    },
];
