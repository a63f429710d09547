//! Where a server is configured: whose words help its administrator.

use super::sa_settings::SaSettings;

/// Where the administrator of a server changes it: whose words help him.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ConfigSurface {
    /// The command line of Cisco's products.
    Cisco,
    /// FortiOS' command line.
    Fortigate,
    /// `iked.conf`.
    Iked,
    /// strongSwan's `ipsec.conf`.
    IpsecConf,
    /// libreswan's `ipsec.conf`.
    Libreswan,
    /// RouterOS' command line.
    Mikrotik,
    /// The configuration of NixOS.
    Nixos,
    /// OPNsense's pages.
    Opnsense,
    /// pfSense's pages.
    Pfsense,
    /// PowerShell on Windows Server.
    Rras,
    /// `swanctl.conf`.
    Swanctl,
    /// OpenWrt's `/etc/config/ipsec`.
    Uci,
    /// VyOS' command line.
    Vyos,
}

/// What the administrator finds where the server is configured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SurfaceRow {
    /// Whether it is the text of a device or of a system, which makes the daemon's own file out of it.
    pub(crate) is_of_device: bool,
    /// Whether a phase 2 has one field for the group, beside its list.
    pub(crate) sets_one_pfs_group: bool,
    /// How it says that the server never asks for new keys.
    pub(crate) never_asks: SaSettings,
    /// Where it says when the server gives up SAs that nobody renewed.
    pub(crate) lifetime: SaSettings,
    /// How PFS is turned off in `{place}`.
    pub(crate) pfs_off: &'static str,
    /// How a connection is told to take IKEv2.
    pub(crate) ikev2: &'static str,
    /// How clients are given addresses.
    pub(crate) address_pool: &'static str,
    /// How the server is kept from authenticating again.
    pub(crate) no_reauthentication: &'static str,
}

/// A daemon's own place, where nothing but its word for IKEv2 is known.
const fn plain(ikev2: &'static str) -> SurfaceRow {
    SurfaceRow {
        is_of_device: false,
        sets_one_pfs_group: false,
        never_asks: SaSettings::UNKNOWN,
        lifetime: SaSettings::UNKNOWN,
        pfs_off: "turn PFS off: no group in {place}",
        ikev2,
        address_pool: "define a pool of addresses",
        no_reauthentication: "turn reauthentication off",
    }
}

/// The same of a device.
const fn device(ikev2: &'static str) -> SurfaceRow {
    SurfaceRow {
        is_of_device: true,
        ..plain(ikev2)
    }
}

impl ConfigSurface {
    /// The row of the table.
    pub(crate) const fn row(self) -> SurfaceRow {
        match self {
            Self::Cisco => CISCO,
            Self::Fortigate => FORTIGATE,
            Self::Iked => IKED,
            Self::IpsecConf => IPSEC_CONF,
            Self::Libreswan => LIBRESWAN,
            Self::Mikrotik => MIKROTIK,
            Self::Nixos => NIXOS,
            Self::Opnsense => OPNSENSE,
            Self::Pfsense => PFSENSE,
            Self::Rras => RRAS,
            Self::Swanctl => SWANCTL,
            Self::Uci => UCI,
            Self::Vyos => VYOS,
        }
    }
}

const CISCO: SurfaceRow = SurfaceRow {
    lifetime: SaSettings::both(
        "`lifetime` in the `crypto ikev2 profile`, on an ASA in the `crypto ikev2 policy`",
        "`set security-association lifetime seconds`",
    ),
    pfs_off: "turn PFS off: no `set pfs` for {place}",
    address_pool: "name a `pool` in the authorization policy, or an `address-pool` in the tunnel group",
    ..device("`crypto ikev2 profile` and `set ikev2-profile`; on an ASA `set ikev2 ipsec-proposal`")
};

const FORTIGATE: SurfaceRow = SurfaceRow {
    lifetime: SaSettings::both(
        "`set keylife` in phase 1",
        "`set keylifeseconds` in phase 2",
    ),
    pfs_off: "turn PFS off: `set pfs disable` in {place}",
    address_pool: "set `mode-cfg enable` with `ipv4-start-ip` and `ipv4-end-ip`",
    ..device("`set ike-version 2`")
};

const IKED: SurfaceRow = SurfaceRow {
    lifetime: SaSettings {
        ike: None,
        child: Some("`lifetime`"),
    },
    never_asks: SaSettings::both("no `ikelifetime`", "`lifetime 0 bytes 0`"),
    address_pool: "add `config address` with addresses for clients",
    ..plain("`ikev2`")
};

const IPSEC_CONF: SurfaceRow = SurfaceRow {
    lifetime: SaSettings {
        ike: None,
        child: Some("`lifetime`"),
    },
    never_asks: SaSettings::both("`rekey=no`", "`rekey=no`"),
    address_pool: "add `rightsourceip` with addresses for clients",
    no_reauthentication: "write `reauth=no`",
    ..plain("`keyexchange=ikev2`")
};

const LIBRESWAN: SurfaceRow = SurfaceRow {
    lifetime: SaSettings::both("`ikelifetime`", "`salifetime`"),
    never_asks: SaSettings::both("`rekey=no`", "`rekey=no`"),
    pfs_off: "turn PFS off: pfs=no, and no group in {place}",
    ..plain("`ikev2=insist`")
};

const MIKROTIK: SurfaceRow = SurfaceRow {
    lifetime: SaSettings::both("`lifetime` of the profile", "`lifetime` of the proposal"),
    pfs_off: "turn PFS off: `pfs-group=none` in {place}",
    address_pool: "name a mode-config with `address-pool` in the identity",
    ..device("`exchange-mode=ike2`")
};

const NIXOS: SurfaceRow = SurfaceRow {
    lifetime: SaSettings {
        ike: None,
        child: Some("`life_time` in each of its children"),
    },
    never_asks: SaSettings::both(
        "`rekey_time = \"0s\"` in the connection",
        "`rekey_time = \"0s\"` in each of its children",
    ),
    address_pool: POOL_OF_SWANCTL,
    no_reauthentication: REAUTH_OF_SWANCTL,
    ..device("`version = 2;`")
};

const OPNSENSE: SurfaceRow = SurfaceRow {
    never_asks: SaSettings::both(
        "Rekey time (s) 0 in the connection",
        "Rekey time (s) 0 in each of its children",
    ),
    no_reauthentication: "leave Reauth Time empty",
    ..plain("Version IKEv2")
};

const PFSENSE: SurfaceRow = SurfaceRow {
    lifetime: SaSettings::both("Life Time in phase 1", "Life Time in each of its phase 2"),
    sets_one_pfs_group: true,
    never_asks: SaSettings::both(
        "Rekey Time 0 in phase 1",
        "Rekey Time 0 in each of its phase 2",
    ),
    pfs_off: "set PFS key group to off in phase 2, and untick Phase2 PFS Group under Mobile Clients",
    address_pool: "set Virtual Address Pool under Mobile Clients",
    no_reauthentication: "leave Reauth Time empty",
    ..plain("Key Exchange version IKEv2 in phase 1")
};

const RRAS: SurfaceRow = SurfaceRow {
    ..plain("the tunnel type IKEv2")
};

const SWANCTL: SurfaceRow = SurfaceRow {
    lifetime: SaSettings {
        ike: None,
        child: Some("`life_time` in each of its children"),
    },
    never_asks: SaSettings::both(
        "`rekey_time = 0s` in the connection",
        "`rekey_time = 0s` in each of its children",
    ),
    address_pool: POOL_OF_SWANCTL,
    no_reauthentication: REAUTH_OF_SWANCTL,
    ..plain("`version = 2`")
};

const UCI: SurfaceRow = SurfaceRow {
    address_pool: "add a section `config pools` and name it with `list pools`",
    ..device("`option keyexchange 'ikev2'`")
};

const VYOS: SurfaceRow = SurfaceRow {
    lifetime: SaSettings::both("`lifetime` of its IKE group", "`lifetime` of its ESP group"),
    never_asks: SaSettings {
        ike: None,
        child: Some("`disable-rekey` in its ESP group"),
    },
    pfs_off: "turn PFS off: `set vpn ipsec esp-group NAME pfs disable` for {place}",
    address_pool: "set a `remote-access pool` and name it with `pool` in the connection",
    no_reauthentication: "delete `ikev2-reauth` of the IKE group",
    ..device("`set vpn ipsec ike-group NAME key-exchange ikev2`")
};

const POOL_OF_SWANCTL: &str = "define a pool and name it in `pools`";

const REAUTH_OF_SWANCTL: &str = "take `reauth_time` out";
