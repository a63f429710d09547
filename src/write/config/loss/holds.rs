//! What the files of servers can hold beside proposals.

use crate::format::ServerFile;
use crate::peer::setting::KeySet;
use crate::write::config::ipsec_conf::translated::ROUNDS;

/// What a format can hold beside proposals.
pub(super) struct Holds {
    pub(super) keys: Option<KeySet>,
    /// Rounds of authentication of each side.
    pub(super) rounds: usize,
    /// Methods of the server and of clients, beside certificates and pre-shared keys.
    pub(super) eap: fn(&str) -> bool,
    pub(super) xauth: bool,
    /// Networks of each side of a child.
    pub(super) networks: usize,
    pub(super) pools: bool,
    pub(super) reauthentication: bool,
    pub(super) childless: bool,
    pub(super) transport: bool,
    pub(super) other_modes: bool,
    pub(super) ikev1: bool,
    pub(super) truncated_sha256: bool,
}

const NOTHING: Holds = Holds {
    keys: None,
    rounds: 1,
    eap: |_| false,
    xauth: false,
    networks: 0,
    pools: false,
    reauthentication: false,
    childless: false,
    transport: false,
    other_modes: false,
    ikev1: false,
    truncated_sha256: false,
};

impl Holds {
    /// Whether the format has strongSwan's modes.
    pub(super) fn eap_of_strongswan(&self) -> bool {
        matches!(self.keys, Some(KeySet::Swanctl | KeySet::IpsecConf))
    }
}

/// What a file of a server holds; `None` where it holds negotiation alone.
pub(super) fn holds(file: ServerFile) -> Option<Holds> {
    let strongswan = Holds {
        rounds: usize::MAX,
        eap: |_| true,
        xauth: true,
        networks: usize::MAX,
        pools: true,
        reauthentication: true,
        transport: true,
        ikev1: true,
        truncated_sha256: true,
        ..NOTHING
    };
    Some(match file {
        ServerFile::Swanctl => Holds {
            keys: Some(KeySet::Swanctl),
            childless: true,
            other_modes: true,
            ..strongswan
        },
        ServerFile::IpsecConf => Holds {
            keys: Some(KeySet::IpsecConf),
            rounds: ROUNDS,
            ..strongswan
        },
        ServerFile::OpnsenseXml => Holds {
            keys: Some(KeySet::Opnsense),
            ..strongswan
        },
        ServerFile::Libreswan => Holds {
            keys: Some(KeySet::Libreswan),
            networks: usize::MAX,
            pools: true,
            transport: true,
            ikev1: true,
            truncated_sha256: true,
            ..NOTHING
        },
        ServerFile::PfsenseXml => Holds {
            keys: Some(KeySet::Pfsense),
            eap: |method| ["mschapv2", "radius", "tls"].contains(&method),
            networks: 1,
            pools: true,
            ikev1: true,
            ..NOTHING
        },
        ServerFile::Iked => Holds {
            keys: Some(KeySet::Iked),
            eap: |method| method == "mschapv2",
            networks: usize::MAX,
            pools: true,
            transport: true,
            ..NOTHING
        },
        ServerFile::Cisco
        | ServerFile::Fortigate
        | ServerFile::Mikrotik
        | ServerFile::OpnsensePages
        | ServerFile::PfsensePages
        | ServerFile::Rras
        | ServerFile::ServerYaml
        | ServerFile::Vyos => return None,
    })
}

/// Whether a file has hard lifetimes by themselves; others have them only together with rekey times.
pub(super) const fn has_hard_lifetimes(file: ServerFile) -> bool {
    match file {
        ServerFile::Cisco
        | ServerFile::Fortigate
        | ServerFile::Mikrotik
        | ServerFile::ServerYaml
        | ServerFile::Swanctl => true,
        ServerFile::Iked
        | ServerFile::IpsecConf
        | ServerFile::Libreswan
        | ServerFile::OpnsensePages
        | ServerFile::OpnsenseXml
        | ServerFile::PfsensePages
        | ServerFile::PfsenseXml
        | ServerFile::Rras
        | ServerFile::Vyos => false,
    }
}
