//! Twice the input costs about twice as much, for every kind of input and the shapes that have cost more.
//!
//! The cost is counted by no clock: how often and how much memory is allocated, and the most that is held at a
//! time. What
//! takes time without taking memory is not seen by that; docs/testing.md says how it is looked for.

use allocation_counter::{AllocationInfo, measure};
use ikecompat::answer::{ServerText, reading};
use ikecompat::diag::Sources;
use ikecompat::diagnose::redact::Redactor;
use ikecompat::format::Format;
use ikecompat::profile::Database;

use crate::common::path;
use crate::inputs;

/// A text of so many items.
type Text = fn(usize) -> String;

/// How a text is read.
#[derive(Clone, Copy, Debug)]
enum Door {
    Client(&'static str),
    Server(Format),
    Shown,
    Of(fn(&[u8])),
}

impl Door {
    fn take(self, text: &str) {
        match self {
            Self::Client(client) => inputs::configured(client, text.as_bytes()),
            Self::Server(format) => inputs::configuration(Some(format), text.as_bytes()),
            Self::Shown => inputs::configuration(None, text.as_bytes()),
            Self::Of(take) => take(text.as_bytes()),
        }
    }
}

/// `item` so many times, with the number in place of `#` and the one before it in place of `@`.
fn many(count: usize, item: &str) -> String {
    let one = |n: usize| {
        let before = n.saturating_sub(1).to_string();
        item.replace('#', &n.to_string()).replace('@', &before)
    };
    (0..count).map(one).collect()
}

fn around(start: &str, count: usize, item: &str, end: &str) -> String {
    format!("{start}{}{end}", many(count, item))
}

const SWANCTL: &str = "c# {\n version = 2\n proposals = aes256-sha256-modp2048,aes128-sha1-modp1024\n local {\n auth = pubkey\n id = vpn.example.org\n }\n remote {\n auth = eap-mschapv2\n }\n children {\n net {\n esp_proposals = aes256-sha256\n }\n }\n}\n";
const IPSEC: &str = "conn c#\n ikev2=insist\n ike=aes256-sha256-modp2048\n esp=aes256-sha1\n left=%any\n right=%any\n auto=add\n";
const PFSENSE: &str = "<phase1><ikeid>#</ikeid><iketype>ikev2</iketype><mobile/><encryption><item><encryption-algorithm><name>aes</name><keylen>256</keylen></encryption-algorithm><hash-algorithm>sha1</hash-algorithm><dhgroup>14</dhgroup></item></encryption><authentication_method>eap-mschapv2</authentication_method></phase1><phase2><ikeid>#</ikeid><mode>tunnel</mode><encryption-algorithm-option><name>aes</name><keylen>256</keylen></encryption-algorithm-option><hash-algorithm-option>hmac_sha256</hash-algorithm-option></phase2>\n";
const OPNSENSE: &str = "<phase1><ikeid>#</ikeid><iketype>ikev2</iketype><mobile>true</mobile><encryption-algorithm><name>aes256</name></encryption-algorithm><hash-algorithm>sha256</hash-algorithm><dhgroup>14</dhgroup></phase1><phase2><ikeid>#</ikeid><mode>tunnel</mode></phase2>\n";
const IKED: &str = "ikev2 \"a#\" passive esp from 10.0.0.0/8 to 0.0.0.0/0 local any peer any ikesa enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group modp2048 childsa enc aes-256 auth hmac-sha2-256\n";
const MIKROTIK: &str = "/ip ipsec profile add name=p# enc-algorithm=aes-256 dh-group=modp2048 hash-algorithm=sha256\n/ip ipsec peer add name=q# profile=p# exchange-mode=ike2 passive=yes\n/ip ipsec identity add peer=q# auth-method=digital-signature generate-policy=port-strict\n";
const FORTIGATE: &str = "config vpn ipsec phase1-interface\nedit \"v#\"\nset type dynamic\nset ike-version 2\nset proposal aes256-sha256\nset dhgrp 14\nnext\nend\nconfig vpn ipsec phase2-interface\nedit \"w#\"\nset phase1name \"v#\"\nset proposal aes256-sha256\nset dhgrp 14\nnext\nend\n";
const RRAS: &str = "Set-VpnServerConfiguration -CustomPolicy -EncryptionMethod AES256 -IntegrityCheckMethod SHA256 -PfsGroup PFS2048 -CipherTransformConstants AES256 -DHGroup Group14 -AuthenticationTransformConstants SHA256128\n";
const VYOS: &str = "set vpn ipsec ike-group G# proposal 1 dh-group 14\nset vpn ipsec ike-group G# proposal 1 encryption aes256\nset vpn ipsec ike-group G# proposal 1 hash sha256\nset vpn ipsec esp-group E# proposal 1 encryption aes256\nset vpn ipsec esp-group E# proposal 1 hash sha256\nset vpn ipsec site-to-site peer p# authentication mode pre-shared-secret\nset vpn ipsec site-to-site peer p# ike-group G#\nset vpn ipsec site-to-site peer p# default-esp-group E#\nset vpn ipsec site-to-site peer p# remote-address 192.0.2.1\nset vpn ipsec site-to-site peer p# tunnel 1 local prefix 10.0.0.0/8\n";
const IOS: &str = "crypto ikev2 profile P#\n match identity remote any\n authentication local rsa-sig\n authentication remote rsa-sig\n aaa authorization user eap list L A#\ncrypto ikev2 authorization policy A#\n pool Q#\nip local pool Q# 10.0.0.1 10.0.0.9\ncrypto ipsec transform-set T# esp-aes 256 esp-sha256-hmac\ncrypto ipsec profile I#\n set transform-set T#\n set ikev2-profile P#\ninterface Tunnel#\n tunnel protection ipsec profile I#\n tunnel destination 192.0.2.1\n";
const IOS_PROPOSAL: &str =
    "crypto ikev2 proposal R#\n encryption aes-cbc-256\n integrity sha256\n group 14\n";
const ASA: &str = "crypto ipsec ikev2 ipsec-proposal S#\n protocol esp encryption aes-256\n protocol esp integrity sha-256\ncrypto map M # set peer 192.0.2.#\ncrypto map M # set ikev2 ipsec-proposal S#\ntunnel-group 192.0.2.# type ipsec-l2l\ntunnel-group 192.0.2.# ipsec-attributes\n ikev2 remote-authentication certificate\n";
const ASA_POLICY: &str =
    "crypto ikev2 policy #\n encryption aes-256\n integrity sha256\n prf sha256\n group 14\n";
const UCI: &str = "config remote 'r#'\n option enabled '1'\n option authentication_method 'pubkey'\n list crypto_proposal 'p#'\n list tunnel 'n#'\nconfig crypto_proposal 'p#'\n option encryption_algorithm 'aes256'\n option hash_algorithm 'sha256'\n option dh_group 'modp2048'\nconfig tunnel 'n#'\n list crypto_proposal 'p#'\n option local_subnet '10.0.0.0/8'\n";
const UCI_SHOWN: &str = "ipsec.r#=remote\nipsec.r#.enabled='1'\nipsec.r#.authentication_method='pubkey'\nipsec.r#.crypto_proposal='p#'\nipsec.p#=crypto_proposal\nipsec.p#.encryption_algorithm='aes256'\n";
const NIXOS: &str = "connections.c# = { version = 2; proposals = [ \"aes256-sha256-modp2048\" ]; local.main.auth = \"pubkey\"; remote.main.auth = \"eap-tls\"; children.n = { esp_proposals = [ \"aes256-sha256\" ]; }; };\n";
const YAML: &str = "phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]\n";
const CHARON: &str = "05[IKE] <#> 198.51.100.7 is initiating an IKE_SA\n05[CFG] <#> received proposals: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048\n05[IKE] <#> received proposals unacceptable\n";
const PLUTO: &str = "\"a\"[#] 198.51.100.7 #: proposal 1:IKE=AES_CBC_256-HMAC_SHA2_256-HMAC_SHA2_256_128-MODP2048 chosen from remote proposals 1:IKE:ENCR=AES_CBC_256;PRF=HMAC_SHA2_256;INTEG=HMAC_SHA2_256_128;DH=MODP2048[first-match]\n";
const VPN: &str = "<dict><key>PayloadType</key><string>com.apple.vpn.managed</string><key>VPNType</key><string>IKEv2</string><key>IKEv2</key><dict><key>RemoteAddress</key><string>a</string></dict></dict>";

fn connections(count: usize, item: &str) -> String {
    around("connections {\n", count, item, "}\n")
}

fn in_connection(count: usize, item: &str) -> String {
    around("connections {\na {\n", count, item, "}\n}\n")
}

fn pfsense(inside: &str) -> String {
    format!("<pfsense><version>23.3</version><ipsec>{inside}</ipsec></pfsense>")
}

/// What configures servers.
const SERVERS: &[(&str, Door, Text)] = &[
    ("swanctl: connections", Door::Server(Format::Swanctl), |n| {
        connections(n, SWANCTL)
    }),
    (
        "swanctl: empty connections",
        Door::Server(Format::Swanctl),
        |n| connections(n, "a#{\n}\n"),
    ),
    ("swanctl: children", Door::Server(Format::Swanctl), |n| {
        in_connection(1, &around("children {\n", n, "k# {\n}\n", "}\n"))
    }),
    ("swanctl: rounds", Door::Server(Format::Swanctl), |n| {
        in_connection(n, "local#{\nauth=eap\n}\n")
    }),
    (
        "swanctl: certificates",
        Door::Server(Format::Swanctl),
        |n| in_connection(1, &around("local {\n", n, "cert#{\nfile=a\n}\n", "}\n")),
    ),
    (
        "swanctl: unknown keys",
        Door::Server(Format::Swanctl),
        // So many that the connection is too far away to be shown beside the last of them.
        |n| in_connection(8 * n, "k# = 1\n"),
    ),
    ("swanctl: one key", Door::Server(Format::Swanctl), |n| {
        in_connection(2 * n, "version = 2\n")
    }),
    ("swanctl: one section", Door::Server(Format::Swanctl), |n| {
        connections(n, "a {\nversion = 2\n}\n")
    }),
    ("swanctl: references", Door::Server(Format::Swanctl), |n| {
        connections(n, "a# : connections.a@ {\n}\n")
    }),
    (
        "swanctl: dangling references",
        Door::Server(Format::Swanctl),
        |n| connections(n, "a# : b#, c# {\n}\n"),
    ),
    (
        "swanctl: a list of networks",
        Door::Server(Format::Swanctl),
        |n| {
            in_connection(
                1,
                &around("children {\nb {\nlocal_ts = ", n, "10.0.0.0/8,", "\n}\n}\n"),
            )
        },
    ),
    ("swanctl: pools", Door::Server(Format::Swanctl), |n| {
        in_connection(1, "version = 2\n")
            + &around("pools {\n", n, "p# {\naddrs = 10.0.0.0/8\n}\n", "}\n")
    }),
    ("swanctl: includes", Door::Server(Format::Swanctl), |n| {
        in_connection(1, "version = 2\n") + &many(n, "include x#\n")
    }),
    ("swanctl: comments", Door::Server(Format::Swanctl), |n| {
        in_connection(1, "version = 2\n") + &many(n, "# ikecompat: allow(weak-entry): x\n")
    }),
    (
        "swanctl: rules in one comment",
        Door::Server(Format::Swanctl),
        |n| {
            in_connection(1, "version = 2\n")
                + &around("# ikecompat: allow(", n, "weak-entry, ", "x): x\n")
        },
    ),
    (
        "ipsec.conf: connections",
        Door::Server(Format::IpsecConf),
        |n| many(n, IPSEC),
    ),
    (
        "ipsec.conf: inheritance",
        Door::Server(Format::IpsecConf),
        |n| IPSEC.replace('#', "x") + &many(n, "conn c#\n also=cx\n"),
    ),
    (
        "ipsec.conf: unknown keys",
        Door::Server(Format::IpsecConf),
        |n| around("conn a\n", 2 * n, " k#=1\n", ""),
    ),
    (
        "ipsec.conf: one section",
        Door::Server(Format::IpsecConf),
        |n| many(n, "conn a\n auto=add\n"),
    ),
    (
        "libreswan: connections",
        Door::Server(Format::Libreswan),
        |n| many(n, IPSEC),
    ),
    (
        "libreswan: inheritance",
        Door::Server(Format::Libreswan),
        |n| IPSEC.replace('#', "x") + &many(n, "conn c#\n also=cx\n auto=add\n"),
    ),
    (
        "libreswan: one section",
        Door::Server(Format::Libreswan),
        |n| many(n, "conn a\n auto=add\n"),
    ),
    ("pfSense: phases", Door::Server(Format::PfsenseXml), |n| {
        pfsense(&many(n, PFSENSE))
    }),
    ("pfSense: elements", Door::Server(Format::PfsenseXml), |n| {
        pfsense(&(PFSENSE.replace('#', "1") + &many(2 * n, "<a#/>")))
    }),
    (
        "pfSense: references to characters",
        Door::Server(Format::PfsenseXml),
        |n| pfsense(&(PFSENSE.replace('#', "1") + &around("<a>", 4 * n, "&amp;", "</a>"))),
    ),
    (
        "OPNsense: tunnels",
        Door::Server(Format::OpnsenseXml),
        |n| {
            around(
                "<opnsense><ipsec><enable>1</enable>",
                n,
                OPNSENSE,
                "</ipsec></opnsense>",
            )
        },
    ),
    ("iked: policies", Door::Server(Format::Iked), |n| {
        many(n, IKED)
    }),
    ("iked: macros", Door::Server(Format::Iked), |n| {
        many(n, "m# = \"a\"\n") + "ikev2 from any to any\n"
    }),
    ("RouterOS: peers", Door::Server(Format::Mikrotik), |n| {
        many(n, MIKROTIK)
    }),
    ("RouterOS: menus", Door::Server(Format::Mikrotik), |n| {
        MIKROTIK.replace('#', "x") + &many(16 * n, "a\n")
    }),
    (
        "RouterOS: an entry that is named again",
        Door::Server(Format::Mikrotik),
        |n| {
            let name = "set px";
            MIKROTIK.replace('#', "x")
                + &around("/ip ipsec profile ", 1, name, &",px".repeat(4 * n))
                + &around(" comment=", 16 * n, "x", "\n")
        },
    ),
    (
        "RouterOS: a setting that is set again",
        Door::Server(Format::Mikrotik),
        |n| MIKROTIK.replace('#', "x") + &many(4 * n, "/ip ipsec profile set px lifetime=1d\n"),
    ),
    (
        "RouterOS: a list of unknown words",
        Door::Server(Format::Mikrotik),
        |n| {
            MIKROTIK.replace('#', "x")
                + &around(
                    "/ip ipsec profile set px enc-algorithm=",
                    4 * n,
                    "z#,",
                    "\n",
                )
        },
    ),
    ("FortiGate: tunnels", Door::Server(Format::Fortigate), |n| {
        many(n, FORTIGATE)
    }),
    ("VyOS: peers", Door::Server(Format::Vyos), |n| many(n, VYOS)),
    ("VyOS: one group", Door::Server(Format::Vyos), |n| {
        VYOS.replace('#', "x") + &many(n, &VYOS.replace("G#", "Gx").replace("E#", "Ex"))
    }),
    (
        "VyOS: proposals of a group",
        Door::Server(Format::Vyos),
        |n| {
            VYOS.replace('#', "x")
                + &many(
                    n,
                    "set vpn ipsec ike-group Gx proposal # encryption aes256\n",
                )
        },
    ),
    (
        "VyOS: a line of many words",
        Door::Server(Format::Vyos),
        |n| around("set vpn ipsec ", 8 * n, "a# ", "\n"),
    ),
    (
        "VyOS: lines of one block",
        Door::Server(Format::Vyos),
        |n| {
            around(
                "vpn {\nipsec {\nesp-group A {\n",
                8 * n,
                "k# v\n",
                "}\n}\n}\n",
            )
        },
    ),
    ("VyOS: values of one key", Door::Server(Format::Vyos), |n| {
        VYOS.replace('#', "x")
            + &many(
                4 * n,
                "set vpn ipsec site-to-site peer px remote-address 192.0.2.#\n",
            )
    }),
    (
        "VyOS: groups that are missing",
        Door::Server(Format::Vyos),
        |n| many(n, "set vpn ipsec site-to-site peer p# ike-group G#\n"),
    ),
    ("IOS: profiles", Door::Server(Format::Cisco), |n| {
        IOS_PROPOSAL.replace('#', "x") + "crypto ikev2 policy Y\n proposal Rx\n" + &many(n, IOS)
    }),
    (
        "IOS: profiles without a policy",
        Door::Server(Format::Cisco),
        |n| many(n, IOS),
    ),
    ("IOS: proposals", Door::Server(Format::Cisco), |n| {
        many(n, IOS_PROPOSAL) + &many(n, "crypto ikev2 policy Y#\n proposal R#\n")
    }),
    ("IOS: words of a line", Door::Server(Format::Cisco), |n| {
        around(
            "crypto ikev2 proposal a\n encryption ",
            8 * n,
            "aes-cbc-256 ",
            "\n",
        )
    }),
    ("IOS: crypto maps", Door::Server(Format::Cisco), |n| {
        many(
            n,
            "crypto map M # ipsec-isakmp\n set peer 192.0.2.1\n set transform-set T\n",
        )
    }),
    ("ASA: tunnels", Door::Server(Format::Cisco), |n| {
        ASA_POLICY.replace('#', "1") + &many(n, ASA)
    }),
    ("ASA: policies", Door::Server(Format::Cisco), |n| {
        many(2 * n, ASA_POLICY) + &many(1, ASA)
    }),
    ("ASA: groups", Door::Server(Format::Cisco), |n| {
        ASA_POLICY.replace('#', "1")
            + "crypto dynamic-map D 1 set ikev2 ipsec-proposal S\ncrypto map M 1 ipsec-isakmp dynamic D\n"
            + &many(
                n,
                "tunnel-group g# type remote-access\ntunnel-group g# ipsec-attributes\n ikev2 remote-authentication eap query-identity\n",
            )
    }),
    ("ASA: dynamic maps", Door::Server(Format::Cisco), |n| {
        ASA_POLICY.replace('#', "1")
            + &many(
                n,
                "crypto dynamic-map D# 1 set ikev2 ipsec-proposal S\ncrypto map M # ipsec-isakmp dynamic D#\n",
            )
    }),
    ("UCI: remotes", Door::Server(Format::Uci), |n| many(n, UCI)),
    ("UCI: as it is printed", Door::Server(Format::Uci), |n| {
        many(n, UCI_SHOWN)
    }),
    (
        "UCI: options of a section",
        Door::Server(Format::Uci),
        |n| UCI.replace('#', "x") + &many(8 * n, " option k# 'v'\n"),
    ),
    (
        "UCI: names that are missing",
        Door::Server(Format::Uci),
        |n| UCI.replace('#', "x") + &many(4 * n, " list crypto_proposal 'm#'\n"),
    ),
    ("NixOS: connections", Door::Server(Format::Nixos), |n| {
        around(
            "{ services.strongswan-swanctl.swanctl = {\n",
            n,
            NIXOS,
            "}; }\n",
        )
    }),
    (
        "NixOS: the module's name",
        Door::Server(Format::Nixos),
        |n| many(8 * n, "strongswan-swanctl."),
    ),
    ("NixOS: brackets", Door::Server(Format::Nixos), |n| {
        around(
            "services.strongswan-swanctl.swanctl = {\n",
            8 * n,
            "a# = [ { ",
            "",
        )
    }),
    ("RRAS: commands", Door::Server(Format::Rras), |n| {
        many(n, RRAS)
    }),
    ("RRAS: variables", Door::Server(Format::Rras), |n| {
        around("$a0 = 'a'\n", n, "$a# = $a@\n", RRAS)
    }),
    ("RRAS: functions", Door::Server(Format::Rras), |n| {
        many(
            n,
            "function f# { Set-VpnServerConfiguration -TunnelType IKEv2 }\nf#\n",
        )
    }),
    (
        "server.yaml: entries",
        Door::Server(Format::ServerYaml),
        |n| {
            around(
                "phase2: [aes256-sha256]\nphase1:\n",
                n,
                "  - aes256-sha256-modp2048\n",
                "",
            )
        },
    ),
    (
        "server.yaml: unknown keys",
        Door::Server(Format::ServerYaml),
        |n| YAML.to_owned() + &many(4 * n, "k#: 1\n"),
    ),
    (
        "server.yaml: clients",
        Door::Server(Format::ServerYaml),
        |n| YAML.to_owned() + &around("clients:\n", n, "  - iosx#\n", ""),
    ),
    (
        "server.yaml: nothing but signs",
        Door::Server(Format::ServerYaml),
        |n| around("phase1: ", 8 * n, "- ", ""),
    ),
    ("here-documents", Door::Shown, |n| {
        many(
            n,
            "cat > /etc/swanctl/swanctl.conf <<EOF#\nconnections {\na# {\n}\n}\nEOF#\n",
        )
    }),
    ("here-documents without an end", Door::Shown, |n| {
        many(n, "cat > /etc/swanctl/swanctl.conf <<EOF#\n")
    }),
    ("blocks of Markdown", Door::Shown, |n| {
        many(n, "```\nconnections {\na# {\n}\n}\n```\n")
    }),
];

/// What is said once and stands for every other entry: refused where there are too many, and not before.
const PRODUCTS: &[(&str, Format, Text)] = &[
    ("RouterOS: identities and policies", Format::Mikrotik, |n| {
        MIKROTIK.replace('#', "x")
            + &many(n, "/ip ipsec identity add peer=qx\n")
            + &many(n, "/ip ipsec policy add peer=qx\n")
    }),
    ("RouterOS: a long profile", Format::Mikrotik, |n| {
        MIKROTIK.replace('#', "x")
            + &around("/ip ipsec profile set px comment=", 64 * n, "x", "\n")
            + &many(
                n,
                "/ip ipsec peer add name=r# profile=px exchange-mode=ike2\n",
            )
    }),
    ("RouterOS: all that is found", Format::Mikrotik, |n| {
        MIKROTIK.replace('#', "x")
            + &many(4 * n, "/ip pool add\n")
            + &many(4 * n, "/ip pool set [find] next-pool=1\n")
    }),
    ("swanctl: inherited values", Format::Swanctl, |n| {
        around("big {\nzz = ", 64 * n, "x", "\n}\n") + &connections(n, "a# : big {\n}\n")
    }),
    ("swanctl: inherited children", Format::Swanctl, |n| {
        around("big {\nchildren {\n", n, "k# {\n}\n", "}\n}\n") + &connections(n, "a# : big {\n}\n")
    }),
    ("swanctl: wide references", Format::Swanctl, |n| {
        connections(n, "a# {\n}\n")
            + &around("b : ", 4 * n, "connections.a#, ", "connections.a0 {\n}\n")
            + &connections(n, "c# : b {\n}\n")
    }),
];

/// Everything else.
const OTHERS: &[(&str, Door, Text)] = &[
    ("mobileconfig: payloads", Door::Client("ios-16"), |n| {
        around(
            "<plist version=\"1.0\"><dict><key>PayloadContent</key><array>",
            n,
            VPN,
            "</array></dict></plist>",
        )
    }),
    ("mobileconfig: keys", Door::Client("ios-16"), |n| {
        around(
            "<plist version=\"1.0\"><dict>",
            2 * n,
            "<key>k#</key><string/>",
            "</dict></plist>",
        )
    }),
    ("phone book: entries", Door::Client("windows-10"), |n| {
        many(n, "[A#]\nType=2\nVpnStrategy=7\n")
    }),
    ("PowerShell: commands", Door::Client("windows-10"), |n| {
        many(
            n,
            "Add-VpnConnection -Name a# -ServerAddress b -TunnelType IKEv2\n",
        )
    }),
    ("ProfileXML: elements", Door::Client("windows-10"), |n| {
        around(
            "<VPNProfile><NativeProfile>",
            2 * n,
            "<a#/>",
            "</NativeProfile></VPNProfile>",
        )
    }),
    ("sswan: keys", Door::Client("android"), |n| {
        around("{\"a\":1", 2 * n, ",\"k#\":1", "}")
    }),
    (
        "sswan: a proposal of many words",
        Door::Client("android"),
        |n| {
            around(
                "{\"type\":\"ikev2-eap\",\"ike-proposal\":\"",
                4 * n,
                "aes256-x#-",
                "\"}",
            )
        },
    ),
    (
        "NetworkManager: keys",
        Door::Client("networkmanager"),
        |n| around("[vpn]\n", 2 * n, "k#=1\n", ""),
    ),
    ("profile: unknown keys", Door::Of(inputs::profile), |n| {
        many(2 * n, "k#: 1\n")
    }),
    ("profile: sources", Door::Of(inputs::profile), |n| {
        let real = std::fs::read_to_string(path("profiles/clients/apple/apple-26.yaml")).unwrap();
        let real = real.replace("\nsources:\n", "\nsources:\n\u{1}");
        let more = many(
            n,
            "  s#: {grade: measured, title: a, url: 'https://a.example'}\n",
        );
        real.replace('\u{1}', &more)
    }),
    ("policy: unknown keys", Door::Of(inputs::user_policy), |n| {
        many(2 * n, "k#: 1\n")
    }),
    ("certificates", Door::Of(inputs::certificate), |n| {
        many(
            n,
            "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
        )
    }),
    (
        "PEM blocks without an end",
        Door::Of(inputs::certificate),
        |n| many(n, "-----BEGIN A-----\n"),
    ),
    ("selection", Door::Of(inputs::selection), |n| {
        many(n, "iosx#,")
    }),
    ("proposal words", Door::Of(inputs::proposal), |n| {
        many(4 * n, "aes256-x#,")
    }),
    ("charon's log", Door::Of(inputs::diagnose), |n| {
        many(n, CHARON)
    }),
    (
        "charon's log, one attempt",
        Door::Of(inputs::diagnose),
        |n| many(n, &CHARON.replace('#', "1")),
    ),
    ("pluto's log", Door::Of(inputs::diagnose), |n| {
        many(n, PLUTO)
    }),
    ("hosts of a log, replaced", Door::Of(redact), |n| {
        many(
            2 * n,
            "05[CFG] <c#|#> looking for peer configs matching 203.0.113.10[vpn#.example.org]...10.#.0.1[u#@example.org]\n",
        )
    }),
];

fn redact(bytes: &[u8]) {
    let mut redactor = Redactor::default();
    for line in String::from_utf8_lossy(bytes).lines() {
        let _ = redactor.text(line);
    }
}

/// Items of the smaller text: so many that what is tried at most is tried already.
const ITEMS: usize = 120;

/// What twice the items may cost, in hundredths: tables grow by doubling, and where they do is chance.
const MOST: u64 = 270;

fn cost(door: Door, text: &str) -> AllocationInfo {
    measure(|| door.take(text))
}

/// What costs more than its share, with both costs.
fn beyond(shapes: &[(&str, Door, Text)]) -> Vec<String> {
    let mut beyond = Vec::new();
    for (name, door, text) in shapes {
        let [small, large] = [ITEMS, 2 * ITEMS].map(|items| cost(*door, &text(items)));
        for (what, small, large) in [
            ("allocations", small.count_total, large.count_total),
            ("octets", small.bytes_total, large.bytes_total),
            ("octets at a time", small.bytes_max, large.bytes_max),
        ] {
            if large * 100 > small * MOST {
                beyond.push(format!(
                    "{name}: {what}: {small}, and of twice as much {large}"
                ));
            }
        }
    }
    beyond
}

/// A part of the shapes, by a word that their names have.
fn named(word: &str) -> Vec<(&'static str, Door, Text)> {
    let shapes = SERVERS.iter().filter(|(name, ..)| name.starts_with(word));
    shapes.copied().collect()
}

#[test]
#[ignore = "it takes minutes in a debug build; .ci/run asks for it"]
fn twice_the_server_costs_twice_as_much() {
    assert_eq!(beyond(SERVERS), Vec::<String>::new());
}

#[test]
fn twice_the_router_costs_twice_as_much() {
    for product in ["VyOS", "IOS", "ASA", "UCI", "NixOS"] {
        let shapes = named(product);
        assert!(!shapes.is_empty());
        assert_eq!(beyond(&shapes), Vec::<String>::new());
    }
}

/// Whether the reader says of a text that it is too large.
fn is_refused(format: Format, text: &str) -> bool {
    let text = ServerText {
        format: Some(format),
        ..ServerText::new("input", text.as_bytes())
    };
    match reading::server(&text, &Database::builtin(), &mut Sources::new()) {
        Ok(_) => false,
        Err(diagnostics) => diagnostics.iter().any(|one| one.code == "too-large"),
    }
}

#[test]
fn what_stands_for_too_much_is_refused() {
    for (name, format, text) in PRODUCTS {
        let is_too_large = |items: usize| {
            let text = text(items);
            let mut refused = false;
            let cost = measure(|| refused = is_refused(*format, &text));
            // As much as an ordinary file of ten times the size may take.
            assert!(cost.bytes_max < 300 << 20, "{name}: {}", cost.bytes_max);
            refused
        };
        assert!(!is_too_large(40), "{name}");
        assert!(is_too_large(2000), "{name}");
    }
}

#[test]
fn twice_the_mikrotik_costs_twice_as_much() {
    assert_eq!(beyond(&named("RouterOS")), Vec::<String>::new());
}

#[test]
fn twice_of_anything_else_costs_twice_as_much() {
    assert_eq!(beyond(OTHERS), Vec::<String>::new());
}
