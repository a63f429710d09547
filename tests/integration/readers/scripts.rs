//! Scripts of commands: a device carries them out one after the other, and so does a reader.

use ikecompat::format::Format;
use ikecompat::peer::Server;

use super::{Read, proposals, read_as};

/// What a script leaves: the lists of each connection, or what is said where there is none.
fn left(format: Format, text: &str) -> Vec<String> {
    let read = read_as(format, text);
    match &read.result {
        Ok(reading) => {
            let connections = reading.value.connections.iter();
            connections
                .map(|it| format!("{}: {}", it.name, proposals(it).join(" / ")))
                .collect()
        }
        Err(diagnostics) => diagnostics.iter().map(|it| it.code.to_owned()).collect(),
    }
}

fn is_unknown(read: &Read<Server>) -> bool {
    let mut connections = read.value().connections.iter();
    connections.any(|it| it.ike_is_unknown || it.children.iter().any(|child| child.is_unknown))
}

const VYOS: &str = "set vpn ipsec ike-group A key-exchange ikev2
set vpn ipsec ike-group A proposal 1 encryption aes256
set vpn ipsec ike-group A proposal 1 hash sha256
set vpn ipsec ike-group A proposal 1 dh-group 14
set vpn ipsec ike-group A proposal 2 encryption 3des
set vpn ipsec ike-group A proposal 2 hash sha1
set vpn ipsec ike-group A proposal 2 dh-group 2
set vpn ipsec esp-group B pfs disable
set vpn ipsec esp-group B proposal 1 encryption aes256
set vpn ipsec esp-group B proposal 1 hash sha256
set vpn ipsec remote-access connection people ike-group A
set vpn ipsec remote-access connection people esp-group B
";

#[test]
fn vyos_deletes_what_delete_names() {
    let weak = "ra-people: aes256-sha256-modp2048,3des-sha1-modp1024 / aes256-sha256";
    let strong = "ra-people: aes256-sha256-modp2048 / aes256-sha256";
    for (commands, expected) in [
        ("", weak),
        ("delete vpn ipsec ike-group A proposal 2\n", strong),
        (
            "vyos@vyos# delete vpn ipsec ike-group A proposal 2\n",
            strong,
        ),
        ("edit vpn ipsec ike-group A\ndelete proposal 2\n", strong),
        (
            "edit vpn ipsec ike-group A proposal 1\nup\ndelete proposal 2\n",
            strong,
        ),
        (
            "edit vpn ipsec\ntop\ndelete vpn ipsec ike-group A proposal 2\n",
            strong,
        ),
        // What is not there is not deleted.
        (
            "delete vpn ipsec ike-group A proposal 3\ndelete protocols bgp\n",
            weak,
        ),
        // A value that was set again has taken the place of the one before.
        (
            "set vpn ipsec esp-group B pfs dh-group19\ndelete vpn ipsec esp-group B pfs dh-group19\n",
            "ra-people: aes256-sha256-modp2048,3des-sha1-modp1024 / aes256-sha256-modp2048",
        ),
        (
            "delete vpn ipsec ike-group A proposal 2\nset vpn ipsec ike-group A proposal 2 encryption aes128\n",
            "ra-people: aes256-sha256-modp2048,aes128-sha1-modp1024 / aes256-sha256",
        ),
        (
            "rename vpn ipsec esp-group B to vpn ipsec esp-group C\nset vpn ipsec remote-access connection people esp-group C\n",
            weak,
        ),
        ("commit\ndiscard\n", weak),
        (
            "delete vpn ipsec remote-access\n",
            "A: aes256-sha256-modp2048,3des-sha1-modp1024 / aes256-sha256",
        ),
        ("delete vpn\n", "no-connection"),
    ] {
        assert_eq!(
            left(Format::Vyos, &format!("{VYOS}{commands}")),
            [expected],
            "{commands}"
        );
    }
    for commands in [
        "discard\n",
        "delete vpn ipsec ike-group $GROUP\n",
        "load /config/old.boot\n",
    ] {
        let read = read_as(Format::Vyos, &format!("{VYOS}{commands}"));
        assert!(is_unknown(&read), "{commands}");
        assert!(
            read.said().contains("what this command leaves"),
            "{commands}"
        );
    }
}

#[test]
fn copies_of_copies_are_bounded() {
    let copy = |number| format!("copy vpn ipsec ike-group to vpn ipsec ike-group x{number}\n");
    let copies: String = (0..200).map(copy).collect();
    let read = read_as(Format::Vyos, &format!("{VYOS}{copies}"));
    assert_eq!(read.diagnostics()[0].code, "too-large");
}

const CISCO: &str = "version 17.9
crypto ikev2 proposal STRONG
 encryption aes-cbc-256
 integrity sha256
 group 14
crypto ikev2 proposal WEAK
 encryption aes-cbc-128
 integrity sha1
 group 14
crypto ikev2 policy FIRST
 proposal STRONG
 proposal WEAK
crypto ikev2 profile PEOPLE
 match identity remote any
 authentication remote rsa-sig
 authentication local rsa-sig
crypto ipsec transform-set T esp-aes 256 esp-sha256-hmac
crypto ipsec profile P
 set transform-set T
 set pfs group14
 set ikev2-profile PEOPLE
interface Virtual-Template1 type tunnel
 tunnel protection ipsec profile P
";

#[test]
fn cisco_takes_back_what_no_and_default_name() {
    let both = "PEOPLE: aes256-sha256-modp2048,aes128-sha1-modp2048 / aes256-sha256-modp2048";
    let first = "PEOPLE: aes256-sha256-modp2048 / aes256-sha256-modp2048";
    for (commands, expected) in [
        ("", both),
        ("crypto ikev2 policy FIRST\n no proposal WEAK\n", first),
        (
            "no crypto ikev2 policy FIRST\ncrypto ikev2 policy OTHER\n proposal STRONG\n",
            first,
        ),
        (
            "crypto ipsec profile P\n no set pfs\n",
            "PEOPLE: aes256-sha256-modp2048,aes128-sha1-modp2048 / aes256-sha256",
        ),
        (
            "crypto ipsec profile P\n default set pfs\n set pfs group19\n",
            "PEOPLE: aes256-sha256-modp2048,aes128-sha1-modp2048 / aes256-sha256-ecp256",
        ),
        (
            "crypto ipsec transform-set T esp-gcm\n",
            "PEOPLE: aes256-sha256-modp2048,aes128-sha1-modp2048 / aes128gcm16-modp2048",
        ),
        ("no crypto ikev2 policy OTHER\nno ip http server\n", both),
        (
            "interface Virtual-Template1 type tunnel\n shutdown\n no shutdown\n",
            both,
        ),
    ] {
        assert_eq!(
            left(Format::Cisco, &format!("{CISCO}{commands}")),
            [expected],
            "{commands}"
        );
    }
    for commands in [
        "interface Virtual-Template1 type tunnel\n shutdown\n",
        "crypto ikev2 profile PEOPLE\n shutdown\n",
    ] {
        let left = left(Format::Cisco, &format!("{CISCO}{commands}"));
        assert_eq!(left, ["no-connection", "ignored-setting"], "{commands}");
    }
    for commands in [
        "no crypto ikev2 proposal WEAK\n",
        "crypto ikev2 proposal WEAK\n encryption aes-cbc-128 aes-cbc-192\n no encryption aes-cbc-192\n",
        "no crypto ikev2 policy FIRST\nno crypto ikev2 policy default\n",
    ] {
        let read = read_as(Format::Cisco, &format!("{CISCO}{commands}"));
        assert!(is_unknown(&read), "{commands}");
    }
}

const ROUTEROS: &str = "/ip ipsec profile
add name=a dh-group=modp2048 enc-algorithm=aes-256 hash-algorithm=sha256
/ip ipsec proposal
add name=b auth-algorithms=sha256 enc-algorithms=aes-256-cbc pfs-group=none
/ip ipsec peer
add exchange-mode=ike2 name=people passive=yes profile=a
add exchange-mode=ike2 name=others passive=yes profile=a
/ip ipsec identity
add auth-method=digital-signature generate-policy=port-strict peer=people
/ip ipsec policy
add proposal=b template=yes
";

#[test]
fn routeros_changes_the_entries_that_a_command_selects() {
    let people = "people: aes256-sha256-modp2048 / aes256-sha256";
    let others = "others: aes256-sha256-modp2048";
    for (commands, expected) in [
        ("", &[people, others][..]),
        ("/ip ipsec peer remove others\n", &[people]),
        ("/ip ipsec peer\nremove [find name=others]\n", &[people]),
        (
            "/ip ipsec peer disable [find where name=\"others\"]\n",
            &[people],
        ),
        (
            "/ip ipsec peer\ndisable [find]\nenable numbers=0\n",
            &[people],
        ),
        (
            "/ip ipsec profile set [find name=a] enc-algorithm=aes-128\n",
            &[
                "people: aes128-sha256-modp2048 / aes256-sha256",
                "others: aes128-sha256-modp2048",
            ],
        ),
        (
            "/ip ipsec profile set 1 dh-group=ecp256\n",
            &[
                "people: aes256-sha256-ecp256 / aes256-sha256",
                "others: aes256-sha256-ecp256",
            ],
        ),
        (
            "/ip ipsec profile set nobody dh-group=ecp256\n",
            &[people, others],
        ),
        (
            "/ip ipsec peer remove [find]\n",
            &["no-child", "a: aes256-sha256-modp2048 / aes256-sha256"],
        ),
        (
            "/ip ipsec peer remove [find name~\"oth\"]\n",
            &["unresolved-value"],
        ),
    ] {
        let left = left(Format::Mikrotik, &format!("{ROUTEROS}{commands}"));
        let expected: Vec<_> = expected
            .iter()
            .filter(|it| **it != "no-child")
            .copied()
            .collect();
        assert_eq!(left, expected, "{commands}");
    }
    let start = "/ip ipsec peer remove [find dynamic!=yes]\n";
    assert_eq!(
        left(Format::Mikrotik, &format!("{start}{ROUTEROS}")),
        [people, others]
    );
}

const FORTIGATE: &str = "config vpn ipsec phase1-interface
edit people
set type dynamic
set ike-version 2
set proposal aes256-sha256 aes128-sha1
set dhgrp 14 5
next
end
config vpn ipsec phase2-interface
edit people
set phase1name people
set proposal aes256-sha256
set dhgrp 14
next
end
";

#[test]
fn fortigate_unsets_and_deletes() {
    let all = "people: aes256-sha256-modp2048-modp1536,aes128-sha1-modp2048-modp1536 / aes256-sha256-modp2048";
    for (commands, expected) in [
        ("", all),
        (
            "config vpn ipsec phase1-interface\nedit people\nunselect dhgrp 5\nset proposal aes256-sha256\nend\n",
            "people: aes256-sha256-modp2048 / aes256-sha256-modp2048",
        ),
        (
            "config vpn ipsec phase2-interface\nedit people\nunset dhgrp\nset pfs disable\nend\n",
            "people: aes256-sha256-modp2048-modp1536,aes128-sha1-modp2048-modp1536 / aes256-sha256",
        ),
        (
            "config vpn ipsec phase1-interface\ndelete people\nend\n",
            "no-connection",
        ),
        (
            "config system interface\nedit people\nset status down\nend\n",
            "no-connection ignored-setting",
        ),
        (
            "config system interface\nedit people\nset status down\nset status up\nend\n",
            all,
        ),
    ] {
        let left = left(Format::Fortigate, &format!("{FORTIGATE}{commands}"));
        assert_eq!(left.join(" "), expected, "{commands}");
    }
}

const UCI: &str = "uci set ipsec.people=remote
uci set ipsec.people.enabled='1'
uci set ipsec.people.authentication_method='pubkey'
uci add_list ipsec.people.crypto_proposal='a'
uci add_list ipsec.people.crypto_proposal='b'
uci add_list ipsec.people.child='lan'
uci set ipsec.lan=child
uci set ipsec.lan.mode='tunnel'
uci add_list ipsec.lan.crypto_proposal='a'
uci set ipsec.a=crypto_proposal
uci set ipsec.a.encryption_algorithm='aes256'
uci set ipsec.a.hash_algorithm='sha256'
uci set ipsec.a.dh_group='modp2048'
uci set ipsec.b=crypto_proposal
uci set ipsec.b.encryption_algorithm='aes128'
uci set ipsec.b.hash_algorithm='sha1'
uci set ipsec.b.dh_group='modp2048'
";

#[test]
fn uci_deletes_what_delete_names() {
    assert_eq!(Format::of(UCI), Some(Format::Uci));
    let both = "people: aes256-sha256-modp2048,aes128-sha1-modp2048 / aes256-sha256-modp2048";
    let one = "people: aes256-sha256-modp2048 / aes256-sha256-modp2048";
    for (commands, expected) in [
        ("uci commit\n", both),
        ("uci del_list ipsec.people.crypto_proposal='b'\n", one),
        ("uci -q delete ipsec.b\n", one),
        ("uci delete ipsec.people.enabled\n", "no-connection"),
        ("uci set ipsec.people.enabled=0\n", "no-connection"),
        (
            "while uci -q delete ipsec.@remote[0]; do :; done\n",
            "no-connection",
        ),
    ] {
        let mut left = left(Format::Uci, &format!("{UCI}{commands}"));
        left.retain(|it| it != "dangling-reference");
        assert_eq!(left, [expected], "{commands}");
    }
}

#[test]
fn nixos_starts_nothing_that_is_not_enabled() {
    let of = |options: &str| {
        format!(
            "{{ services.strongswan-swanctl = {{ {options}\n swanctl.connections.people = {{ version = 2;\n\
             proposals = [ \"aes256-sha256-modp2048\" ];\n children.all.esp_proposals = [ \"aes256-sha256\" ]; }}; }}; }}\n"
        )
    };
    let list = "people: aes256-sha256-modp2048 / aes256-sha256";
    assert_eq!(left(Format::Nixos, &of("enable = true;")), [list]);
    assert_eq!(
        left(Format::Nixos, &of("enable = false;")),
        ["no-connection"]
    );
    let read = read_as(Format::Nixos, &of("includes = [ ./more.conf ];"));
    assert!(is_unknown(&read), "{}", read.said());
}
