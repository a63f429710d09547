//! What helps, in the terms of the program that wrote the log: where it has options of its own they are named, else
//! plain words say what is meant.

use crate::diagnose::event::Witness;

/// To let the traffic selectors of both sides fit.
pub(super) const fn selectors(witness: Witness) -> &'static str {
    match witness {
        Witness::Charon | Witness::Unknown => {
            "let the local networks of one side be the remote networks of the other (`local_ts`, `remote_ts`, \
             leftsubnet, rightsubnet)"
        }
        Witness::Pluto => {
            "let the local networks of one side be the remote networks of the other (leftsubnet, rightsubnet)"
        }
        Witness::FortiGate => {
            "let the local networks of one side be the remote networks of the other: the phase 2 selectors \
             (`src-subnet`, `dst-subnet`)"
        }
        Witness::Cisco => {
            "let the local networks of one side be the remote networks of the other: the access list of the crypto map \
             has to be the mirror of the peer's; a tunnel interface wants any to any"
        }
        Witness::MikroTik => {
            "let the local networks of one side be the remote networks of the other (`src-address`, `dst-address` of the \
             policy)"
        }
        Witness::PaloAlto => {
            "let the local networks of one side be the remote networks of the other: the proxy IDs have to be the \
             mirror of the peer's selectors"
        }
        Witness::Junos => {
            "let the local networks of one side be the remote networks of the other (`traffic-selector`, or \
             `proxy-identity`)"
        }
        Witness::OpenIked => {
            "let the local networks of one side be the remote networks of the other (`from` and `to`)"
        }
        Witness::Aws => {
            "let the tunnel's local and remote IPv4 network CIDR be what the customer gateway asks for; 0.0.0.0/0 on \
             both sides takes all"
        }
        _ => "let the local networks of one side be the remote networks of the other",
    }
}

/// To store a pre-shared key where the program looks for it.
pub(super) const fn shared_key(witness: Witness) -> &'static str {
    match witness {
        Witness::Charon | Witness::Unknown => {
            "store the key under the identities of both sides (`secrets` in swanctl.conf, ipsec.secrets); it is looked \
             up by identity, not by address"
        }
        Witness::Pluto => {
            "store the key under the identities of both sides (ipsec.secrets, then `ipsec auto --rereadsecrets`); it is \
             looked up by leftid and rightid"
        }
        Witness::Cisco => {
            "store the key where this peer is looked up: the tunnel group of its address (ASA), or a keyring that the \
             IKEv2 profile of this peer names (IOS, IOS XE)"
        }
        Witness::MikroTik => "store the key as `secret` of the identity that belongs to this peer",
        _ => {
            "store a pre-shared key for this peer, under the identity or the address that it comes with"
        }
    }
}

/// To find the connection that is for a peer's identity.
pub(super) const fn identities(witness: Witness) -> &'static str {
    match witness {
        Witness::Charon | Witness::Unknown => {
            "set the client's Remote ID to the server's identity (`local.id`), and let `remote.id` of the connection \
             take the client's; `%any` takes all"
        }
        Witness::Pluto => {
            "set the client's Remote ID to the server's identity (`leftid`), and let `rightid` of the connection take \
             the client's; `%fromcert` takes that of its certificate"
        }
        Witness::FortiGate => {
            "let phase 1 of the tunnel accept the identity that the peer sends (`peertype`, `peerid`), and let the peer \
             expect what `localid` sends"
        }
        Witness::Cisco => {
            "let a tunnel group (ASA) or the `match identity remote` of an IKEv2 profile (IOS, IOS XE) take the identity \
             that the peer sends"
        }
        Witness::MikroTik => {
            "give the peer an identity (`/ip ipsec identity`) whose `remote-id` takes what the peer sends, and whose \
             authentication is the peer's"
        }
        Witness::PaloAlto => {
            "enter as peer identification of the IKE gateway what the peer sends, and as local identification what the \
             peer expects"
        }
        Witness::Junos => {
            "let `remote-identity` of the IKE gateway be what the peer sends, and `local-identity` what the peer expects"
        }
        Witness::OpenIked => {
            "let a policy of iked.conf fit the peer's address and identity (`peer`, `dstid`), and let the peer expect \
             `srcid`"
        }
        _ => {
            "let each side's connection take the identity that the other one sends; the Remote ID of a client is the \
             server's own identity"
        }
    }
}

/// To make a connection for a peer's addresses known to the program.
pub(super) const fn connection(witness: Witness) -> &'static str {
    match witness {
        Witness::Charon | Witness::Unknown => {
            "load the connection (`swanctl --load-all`, `ipsec update`), and check its local and remote addresses and \
             its version of IKE"
        }
        Witness::Pluto => {
            "load the connection (`ipsec auto --add`), and check its left and right addresses, that it has IKEv2, and \
             what it authenticates by"
        }
        Witness::FortiGate => {
            "check that phase 1 is enabled on the interface where the packets arrive, has the peer's address \
             (`remote-gw`, or type dynamic), and `ike-version 2`"
        }
        Witness::Junos => {
            "check the IKE gateway: its external interface, the peer's address, and `version v2-only`"
        }
        _ => {
            "check that a connection with IKEv2 is configured for these two addresses, and that it is enabled"
        }
    }
}

/// To let the peer prove its identity by a certificate that is there.
pub(super) const fn certificate_sent(witness: Witness) -> &'static str {
    match witness {
        Witness::Charon | Witness::Unknown => {
            "let the peer send its certificate (`send_cert = always`, `leftsendcert=always`), or store it here"
        }
        Witness::Pluto => {
            "let the peer send its certificate (`leftsendcert=always`), or import it into the NSS database here"
        }
        _ => "let the peer send its certificate, or store it here",
    }
}

/// To be content although nobody knows whether a certificate was revoked.
pub(super) const fn revocation(witness: Witness) -> &'static str {
    match witness {
        Witness::Charon | Witness::Unknown => {
            "make the CRL or OCSP server reachable, publish a fresh CRL, or relax `revocation`"
        }
        Witness::Pluto => {
            "make the CRL or OCSP server reachable, publish a fresh CRL, or set `crl-strict=no` and `ocsp-strict=no`"
        }
        Witness::MikroTik => {
            "make the CRL reachable, or set `crl-use=no` in `/certificate settings`"
        }
        _ => "make the CRL or OCSP server reachable, publish a fresh CRL, or do not insist on it",
    }
}

/// To have a key of the kind that is demanded.
pub(super) const fn own_method(witness: Witness) -> &'static str {
    match witness {
        Witness::Charon | Witness::Unknown => {
            "use a key of the type that the connection names (`auth = pubkey`, `rsa`, `ecdsa`), and update the side that \
             signs with SHA-1 alone (RFC 8247 forbids it)"
        }
        Witness::Pluto => {
            "use a key of the type that the connection names (`authby=rsasig` or `ecdsa`), and update the side that \
             signs with SHA-1 alone (RFC 8247 forbids it)"
        }
        _ => {
            "use a key of the type that the connection demands, and update the side that signs with SHA-1 alone (RFC \
             8247 forbids it)"
        }
    }
}

/// To have a postquantum preshared key, or to do without.
pub(super) const fn postquantum_key(witness: Witness) -> &'static str {
    match witness {
        Witness::Charon | Witness::Unknown => {
            "store the same PPK with its identity on both sides, or require none (`ppk_required = no`)"
        }
        Witness::Pluto => {
            "store the same PPK with its identity on both sides, or require none (`ppk=no`, or `propose` for a choice)"
        }
        _ => "store the same PPK with its identity on both sides, or require none",
    }
}

/// To speak the same EAP method.
pub(super) const fn eap_method(witness: Witness) -> &'static str {
    match witness {
        Witness::Charon | Witness::Unknown => {
            "set both sides to the same method (EAP-MSCHAPv2 or EAP-TLS), and load the plugin for it \
             (libcharon-extra-plugins, libcharon-extauth-plugins on Debian)"
        }
        _ => {
            "set both sides to the same EAP method, one that both of them have (EAP-MSCHAPv2 or EAP-TLS)"
        }
    }
}

/// To use the same mode.
pub(super) const fn mode(witness: Witness) -> &'static str {
    match witness {
        Witness::Charon | Witness::Unknown => {
            "set the same mode on both sides (`mode` of the child in swanctl.conf, `type` in ipsec.conf)"
        }
        Witness::Pluto => "set the same mode on both sides (`type=tunnel` or `type=transport`)",
        _ => "set the same mode, tunnel or transport, on both sides",
    }
}

/// To let the client ask for a virtual address.
pub(super) const fn address_request(witness: Witness) -> &'static str {
    match witness {
        Witness::Charon | Witness::Unknown => {
            "let the client request an address (`vips = 0.0.0.0`, `leftsourceip=%config`)"
        }
        Witness::Pluto => {
            "let the client request an address (`leftmodecfgclient=yes`, or `leftsourceip=%config` with strongSwan)"
        }
        _ => "let the client request an address (a virtual address, mode config)",
    }
}

/// To have virtual addresses to give.
pub(super) const fn pool(witness: Witness) -> &'static str {
    match witness {
        Witness::Charon | Witness::Unknown => {
            "give the connection a pool of addresses (`pools`, `rightsourceip`) of the family that is asked for"
        }
        Witness::Pluto => {
            "give the connection a pool of addresses (`rightaddresspool`) of the family that is asked for"
        }
        _ => "give the connection a pool of addresses of the family that is asked for",
    }
}

/// To let IKE cut its messages, so that IP need not.
pub(super) const fn fragmentation(witness: Witness) -> &'static str {
    match witness {
        Witness::Charon | Witness::Unknown => {
            "switch IKEv2 fragmentation on (`fragmentation = yes`, RFC 7383) on both sides, or use smaller certificates"
        }
        Witness::Pluto => {
            "switch IKEv2 fragmentation on (`fragmentation=yes`, RFC 7383) on both sides, or use smaller certificates"
        }
        Witness::FortiGate => {
            "switch IKEv2 fragmentation on (`set fragmentation enable` in phase 1, RFC 7383) on both sides, or use \
             smaller certificates"
        }
        _ => "switch IKEv2 fragmentation (RFC 7383) on on both sides, or use smaller certificates",
    }
}

/// To let a client go where a gateway sends it.
pub(super) const fn redirection(witness: Witness) -> &'static str {
    match witness {
        Witness::Charon | Witness::Unknown => {
            "let the gateways name a target that serves the client itself, and let the client follow \
             (charon.follow_redirects)"
        }
        Witness::Pluto => {
            "let the gateways name a target that serves the client itself, and let the client follow \
             (`accept-redirect=yes`)"
        }
        _ => {
            "let the gateways name a target that serves the client itself, and let the client follow"
        }
    }
}
