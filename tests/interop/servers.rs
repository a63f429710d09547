//! The spread of server settings that every client meets.

use crate::pairs::Lists;

/// A server by name.
pub(crate) struct Server {
    pub(crate) name: &'static str,
    ike: &'static [&'static str],
    esp: &'static [&'static str],
}

impl Server {
    pub(crate) fn lists(&self) -> Lists {
        let [ike, esp] =
            [self.ike, self.esp].map(|list| list.iter().map(ToString::to_string).collect());
        Lists { ike, esp }
    }
}

/// Weak and strong, one proposal and several, with and without groups for the CHILD_SA. The first
/// three are those that are also tried with the client's preference first.
pub(crate) const SERVERS: &[Server] = &[
    Server {
        name: "several-weak-first",
        ike: &[
            "aes256-sha1-modp1024",
            "aes256-sha256-modp2048",
            "aes256gcm16-prfsha384-ecp384",
        ],
        esp: &["3des-sha1", "aes256-sha256-sha1", "aes256gcm16-ecp384"],
    },
    Server {
        name: "one-proposal-many-transforms",
        ike: &["aes128-aes256-3des-sha1-sha256-sha384-modp1024-modp2048-ecp256-ecp384"],
        esp: &["aes128-aes256-3des-sha1-sha256-modp1024-modp2048-ecp256"],
    },
    Server {
        name: "strongswan-default",
        ike: &["default"],
        esp: &["default"],
    },
    Server {
        name: "group-2",
        ike: &["aes256-sha256-modp1024"],
        esp: &["aes256-sha1"],
    },
    Server {
        name: "group-14",
        ike: &["aes256-sha256-modp2048"],
        esp: &["aes256-sha256", "aes128gcm16"],
    },
    Server {
        name: "group-14-with-pfs",
        ike: &["aes256-sha256-modp2048"],
        esp: &["aes256-sha256-modp2048", "aes256gcm16-modp2048"],
    },
    Server {
        name: "group-14-with-or-without-pfs",
        ike: &["aes256-aes128-sha256-sha384-modp2048"],
        esp: &["aes256-aes128-sha256-sha1-modp2048-modpnone"],
    },
    Server {
        name: "elliptic-curves-with-pfs",
        ike: &["aes256-sha256-ecp256", "aes256gcm16-prfsha384-ecp384"],
        esp: &["aes256-sha256-ecp256", "aes256gcm16-ecp384"],
    },
    Server {
        name: "aead-only",
        ike: &["aes256gcm16-aes128gcm16-prfsha384-prfsha256-ecp384-ecp256-modp2048"],
        esp: &["aes256gcm16-aes128gcm16", "chacha20poly1305"],
    },
    Server {
        name: "curve25519",
        ike: &[
            "chacha20poly1305-prfsha256-curve25519",
            "aes256-sha512-curve25519",
        ],
        esp: &[
            "chacha20poly1305-curve25519",
            "aes256gcm16-curve25519",
            "aes256-sha512",
        ],
    },
    Server {
        name: "3des-only",
        ike: &["3des-sha1-modp1024"],
        esp: &["3des-sha1"],
    },
    Server {
        name: "extended-sequence-numbers",
        ike: &["aes256-sha384-sha256-modp1024-modp1536-modp2048"],
        esp: &["aes256-sha256-noesn-esn", "aes128-sha1-esn"],
    },
    Server {
        name: "phase-2-as-a-long-list",
        ike: &["aes256-sha256-modp2048-modp1024-ecp256"],
        esp: &[
            "aes256-sha256-sha1-modp2048",
            "aes192-sha256-sha1-modp2048",
            "aes128-sha256-sha1-modp2048",
            "aes256gcm16-modp2048",
            "aes128-sha1",
        ],
    },
];

#[test]
fn the_spread_is_wide_and_its_names_are_different() {
    let mut names: Vec<_> = SERVERS.iter().map(|server| server.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), SERVERS.len());
    assert!(names.len() >= 10);
}
