//! Incidents of identities, keys, certificates and passwords.

use super::end::{certificates, passwords};
use super::incident::{EAP_FAILURE, Incident, PLAIN, REFUSED, says};

pub(super) const INCIDENTS: &[Incident] = &[
    Incident {
        name: "an identity that the responder does not have",
        spoil: |initiator, _| initiator.remote.identity = "203.0.113.77",
        ends: passwords,
        initiator: says("received AUTHENTICATION_FAILED", REFUSED),
        responder: says("no matching peer config found", &["no_peer_config"]),
        ..PLAIN
    },
    Incident {
        name: "EAP where a certificate is wanted",
        ends: passwords,
        spoil: |_, responder| responder.remote.method = "pubkey",
        initiator: says("received AUTHENTICATION_FAILED", REFUSED),
        responder: says(
            "peer requested EAP, config unacceptable",
            &["auth_method_mismatch"],
        ),
        ..PLAIN
    },
    Incident {
        name: "another pre-shared key",
        spoil: |_, responder| responder.secrets[0].words = "battery staple",
        initiator: says(
            "received AUTHENTICATION_FAILED",
            &["auth_failed_opaque", "psk_mismatch"],
        ),
        responder: says("but MAC mismatched", &["psk_mismatch"]),
        ..PLAIN
    },
    Incident {
        name: "no pre-shared key",
        spoil: |initiator, _| initiator.secrets.clear(),
        initiator: says("no shared key found for", &["psk_mismatch"]),
        ..PLAIN
    },
    Incident {
        name: "a client certificate of a stranger",
        ends: certificates,
        spoil: |initiator, _| initiator.local.certificate = Some("alice-stranger"),
        initiator: says("received AUTHENTICATION_FAILED", REFUSED),
        responder: says("no issuer certificate found for", &["cert_untrusted"]),
        ..PLAIN
    },
    Incident {
        name: "a server certificate of a stranger",
        ends: passwords,
        spoil: |_, responder| responder.local.certificate = Some("server-stranger"),
        initiator: says("no issuer certificate found for", &["cert_untrusted"]),
        responder: says("N(AUTH_FAILED)", &["auth_failed_opaque", "cert_untrusted"]),
        ..PLAIN
    },
    Incident {
        name: "a client certificate that has expired",
        ends: certificates,
        spoil: |initiator, _| initiator.local.certificate = Some("alice-over"),
        initiator: says("received AUTHENTICATION_FAILED", REFUSED),
        responder: says("subject certificate invalid", &["cert_validity"]),
        ..PLAIN
    },
    Incident {
        name: "a server certificate of the future",
        ends: passwords,
        spoil: |_, responder| responder.local.certificate = Some("server-to-come"),
        initiator: says("subject certificate invalid", &["cert_validity"]),
        ..PLAIN
    },
    Incident {
        name: "a revoked client certificate",
        ends: certificates,
        spoil: |initiator, responder| {
            initiator.local.certificate = Some("alice-revoked");
            responder.knows_revoked = true;
        },
        initiator: says("received AUTHENTICATION_FAILED", REFUSED),
        responder: says("certificate was revoked", &["cert_validity"]),
        ..PLAIN
    },
    Incident {
        name: "a server certificate for another name",
        ends: passwords,
        spoil: |_, responder| responder.local.certificate = Some("server-misnamed"),
        initiator: says(
            "no trusted ECDSA public key found for 'vpn.example.org'",
            &["cert_identity"],
        ),
        ..PLAIN
    },
    Incident {
        name: "an identity that is not in the client's certificate",
        ends: certificates,
        spoil: |initiator, _| initiator.local.identity = "laptop.example.org",
        initiator: says("received AUTHENTICATION_FAILED", REFUSED),
        responder: says(
            "no trusted ECDSA public key found for 'laptop.example.org'",
            &["cert_identity", "cert_untrusted"],
        ),
        ..PLAIN
    },
    Incident {
        name: "no private key on the server",
        ends: passwords,
        spoil: |_, responder| responder.has_key = false,
        initiator: says("received AUTHENTICATION_FAILED", REFUSED),
        responder: says(
            "no private key found for 'vpn.example.org'",
            &["cert_missing"],
        ),
        ..PLAIN
    },
    Incident {
        name: "a certificate that is not sent",
        ends: certificates,
        spoil: |initiator, _| initiator.sends_certificate = false,
        initiator: says("received AUTHENTICATION_FAILED", REFUSED),
        responder: says(
            "no trusted ECDSA public key found for 'alice@example.org'",
            &["cert_missing", "cert_untrusted", "cert_identity"],
        ),
        ..PLAIN
    },
    Incident {
        name: "a wrong password",
        ends: passwords,
        spoil: |initiator, _| initiator.secrets[0].words = "looking glass",
        // The responder takes two seconds to say no.
        settings: "retransmit_timeout = 4",
        initiator: says("EAP-MS-CHAPv2 failed with error", &["eap_failed"]),
        responder: says("EAP-MS-CHAPv2 verification failed", &["eap_failed"]),
        ..PLAIN
    },
    Incident {
        name: "EAP methods that differ",
        ends: passwords,
        spoil: |_, responder| responder.remote.method = "eap-md5",
        initiator: says("sending EAP_NAK", &["eap_method"]),
        responder: says("received EAP_NAK", &["eap_method"]),
        ..PLAIN
    },
    Incident {
        name: "a RADIUS server that does not answer",
        ends: passwords,
        spoil: |_, responder| responder.remote.method = "eap-radius",
        settings: "plugins {
                eap-radius {
                    retransmit_timeout = 0.1
                    retransmit_tries = 2
                    servers {
                        primary {
                            address = 203.0.113.53
                            secret = test
                        }
                    }
                }
            }",
        initiator: says("received EAP_FAILURE", EAP_FAILURE),
        responder: says("RADIUS Access-Request timed out", &["aaa_unreachable"]),
        ..PLAIN
    },
];
