//! pfSense's `config.xml`. The proposals are those that pfSense's own functions write for the same
//! settings.

use ikecompat::format::Format;
use ikecompat::peer::Role;
use ikecompat::peer::server::IkeVersions;

use super::{assert_broken, assert_survives_cuts, corpus, proposals, read_as, written};

/// A row of phase 1: name, keylen, hash, PRF, group.
fn row(words: [&str; 5]) -> String {
    let [name, length, hash, prf, group] = words;
    format!(
        "<item><encryption-algorithm><name>{name}</name><keylen>{length}</keylen>\
         </encryption-algorithm><hash-algorithm>{hash}</hash-algorithm>\
         <prf-algorithm>{prf}</prf-algorithm><dhgroup>{group}</dhgroup></item>\n"
    )
}

fn phase1(rest: &str, rows: &[[&str; 5]]) -> String {
    let rows: String = rows.iter().map(|words| row(*words)).collect();
    format!(
        "<phase1>\n<ikeid>1</ikeid><iketype>ikev2</iketype>\
         <protocol>inet</protocol>{rest}\n<encryption>{rows}</encryption></phase1>\n"
    )
}

/// A phase 2: protocol, ciphers as `name/keylen`, hashes, group, and the rest.
fn phase2(protocol: &str, ciphers: &str, hashes: &str, group: &str, rest: &str) -> String {
    let ciphers: String = ciphers
        .split_whitespace()
        .map(|cipher| {
            let (name, length) = cipher.split_once('/').unwrap_or((cipher, ""));
            format!(
                "<encryption-algorithm-option><name>{name}</name><keylen>{length}</keylen>\
                 </encryption-algorithm-option>"
            )
        })
        .collect();
    let hashes: String = hashes
        .split_whitespace()
        .map(|hash| format!("<hash-algorithm-option>{hash}</hash-algorithm-option>"))
        .collect();
    format!(
        "<phase2><ikeid>1</ikeid><mode>tunnel</mode><localid><type>lan</type></localid>\
         <protocol>{protocol}</protocol>{ciphers}{hashes}<pfsgroup>{group}</pfsgroup>{rest}\
         </phase2>\n"
    )
}

const MOBILE: &str = "<mobile/>";
const CLIENT: &str = "<client><enable/></client>";
const ONE_ROW: &[[&str; 5]] = &[["aes", "256", "sha256", "sha256", "14"]];

fn fragment(parts: &[&str]) -> String {
    format!("<ipsec>\n{}</ipsec>\n", parts.concat())
}

/// IKE and ESP proposals of the only connection.
fn proposals_of(text: &str) -> Vec<String> {
    let read = read_as(Format::PfsenseXml, text);
    let server = read.value();
    assert_eq!(server.connections.len(), 1);
    let connection = &server.connections[0];
    assert_eq!(connection.not_loaded, None);
    proposals(connection)
}

const ROWS: &[[&str; 5]] = &[
    ["aes", "256", "sha256", "sha256", "14"],
    ["aes256gcm", "96", "sha384", "sha512", "20"],
    ["chacha20poly1305", "", "sha512", "aesxcbc", "31"],
];

#[test]
fn rows_of_phase_1_become_one_proposal_each() {
    let plain = fragment(&[CLIENT, &phase1(MOBILE, ROWS)]);
    let read = read_as(Format::PfsenseXml, &plain);
    assert_eq!(
        written(&read.value().connections[0].ike),
        "aes256-sha256-modp2048,aes256gcm12-prfsha384-ecp384,chacha20poly1305-prfsha512-curve25519"
    );
    let selected = phase1("<mobile/><prfselect_enable>yes</prfselect_enable>", ROWS);
    let read = read_as(Format::PfsenseXml, &fragment(&[CLIENT, &selected]));
    assert_eq!(
        written(&read.value().connections[0].ike),
        "aes256-sha256-modp2048,aes256gcm12-prfsha512-ecp384,chacha20poly1305-prfaesxcbc-curve25519"
    );
}

#[test]
fn old_algorithms_are_read_as_the_generator_writes_them() {
    let old = phase1(MOBILE, &[["3des", "", "md5", "md5", "2"]]);
    let child = phase2("esp", "3des blowfish/auto", "hmac_md5", "0", MOBILE);
    assert_eq!(
        proposals_of(&fragment(&[CLIENT, &old, &child])),
        [
            "3des-md5-modp1024",
            "3des-md5,blowfish256-md5,blowfish192-md5,blowfish128-md5"
        ]
    );
}

#[test]
fn phase_2_is_expanded_and_the_mobile_group_overrides() {
    let client = "<client><enable/><pfs_group>20</pfs_group></client>";
    let child = phase2(
        "esp",
        "aes/auto aes128gcm/128 aes256gcm/auto chacha20poly1305",
        "hmac_sha256 hmac_sha512 aesxcbc",
        "14",
        MOBILE,
    );
    assert_eq!(
        proposals_of(&fragment(&[client, &phase1(MOBILE, ONE_ROW), &child]))[1],
        "aes256gcm16-ecp384,aes256gcm12-ecp384,aes256gcm8-ecp384,aes128gcm16-ecp384,\
         aes256-sha256-ecp384,aes256-sha512-ecp384,aes256-aesxcbc-ecp384,\
         aes192-sha256-ecp384,aes192-sha512-ecp384,aes192-aesxcbc-ecp384,\
         aes128-sha256-ecp384,aes128-sha512-ecp384,aes128-aesxcbc-ecp384,\
         chacha20poly1305-ecp384"
    );
}

#[test]
fn phase_2_entries_are_merged_unless_they_are_split() {
    let two = |rest| {
        [
            phase2("esp", "aes/256", "hmac_sha256", "0", rest),
            phase2("esp", "aes128gcm/128", "", "14", rest),
        ]
        .concat()
    };
    let gateway = "<remote-gateway>198.51.100.1</remote-gateway>";
    let split = format!("{gateway}<splitconn/>");
    for (rest, of_each, expected) in [
        (gateway, "", &["aes256-sha256,aes128gcm16-modp2048"][..]),
        (&split, "", &["aes256-sha256", "aes128gcm16-modp2048"]),
        // Every mobile phase 1 merges, whatever `splitconn` says.
        (
            "<mobile/><splitconn/>",
            MOBILE,
            &["aes256-sha256,aes128gcm16-modp2048"],
        ),
    ] {
        let text = fragment(&[CLIENT, &phase1(rest, ONE_ROW), &two(of_each)]);
        assert_eq!(proposals_of(&text)[1..], *expected, "{rest}");
    }
}

#[test]
fn an_authentication_header_has_its_own_order() {
    let gateway = "<remote-gateway>198.51.100.1</remote-gateway>";
    let child = phase2("ah", "", "aesxcbc hmac_sha256 hmac_sha512", "5", "");
    for (rest, expected) in [
        (
            gateway.to_owned(),
            "sha512-modp1536,sha256-modp1536,aesxcbc-modp1536",
        ),
        (
            format!("{gateway}<splitconn/>"),
            "aesxcbc-modp1536,sha256-modp1536,sha512-modp1536",
        ),
    ] {
        let read = read_as(
            Format::PfsenseXml,
            &fragment(&[&phase1(&rest, ONE_ROW), &child]),
        );
        let children = &read.value().connections[0].children;
        assert_eq!(written(&children[0].ah), expected);
        assert_eq!(children[0].esp, []);
    }
}

#[test]
fn whether_off_overrides_depends_on_the_release() {
    let client = "<client><enable/><pfs_group>0</pfs_group></client>";
    let child = phase2("esp", "aes/256", "hmac_sha256", "14", MOBILE);
    let area = fragment(&[client, &phase1(MOBILE, ONE_ROW), &child]);
    let backup = |version| format!("<pfsense><version>{version}</version>{area}</pfsense>");
    assert_eq!(proposals_of(&area)[1], "aes256-sha256-modp2048");
    assert_eq!(proposals_of(&backup("23.3"))[1], "aes256-sha256-modp2048");
    assert_eq!(proposals_of(&backup("22.9"))[1], "aes256-sha256");
    assert_eq!(proposals_of(&backup("22.2"))[1], "aes256-sha256");
    let read = read_as(Format::PfsenseXml, &area);
    assert_eq!(read.places()[0].0, "ignored-setting");
    assert_eq!(read_as(Format::PfsenseXml, &backup("22.9")).places(), []);
}

#[test]
fn lists_that_end_up_empty_are_those_of_strongswan() {
    let child = phase2("esp", "chacha20poly1305/auto", "", "0", MOBILE);
    let incomplete = phase1(MOBILE, &[["aes", "256", "", "sha256", "14"]]);
    let read = read_as(
        Format::PfsenseXml,
        &fragment(&[CLIENT, &incomplete, &child]),
    );
    let connection = &read.value().connections[0];
    assert_eq!(connection.ike.len(), 2);
    assert_eq!(connection.children[0].esp.len(), 2);
    let codes: Vec<_> = read.places().into_iter().map(|it| it.0).collect();
    assert_eq!(codes, ["default-assumed", "not-written", "default-assumed"]);
}

#[test]
fn times_are_the_entrys_own_or_nine_tenths_of_its_life() {
    let times = |p1: &str, p2: &str| {
        let text = fragment(&[
            CLIENT,
            &phase1(&format!("{MOBILE}{p1}"), ONE_ROW),
            &phase2(
                "esp",
                "aes/256",
                "hmac_sha256",
                "0",
                &format!("{MOBILE}{p2}"),
            ),
        ]);
        let rekey = read_as(Format::PfsenseXml, &text).value().connections[0].rekey;
        (
            rekey.ike.map(|it| it.as_secs()),
            rekey.child.map(|it| it.as_secs()),
        )
    };
    let life = |seconds: u32| format!("<lifetime>{seconds}</lifetime><rekey_time></rekey_time>");
    assert_eq!(times(&life(28800), &life(3600)), (Some(25920), Some(3240)));
    assert_eq!(times("", ""), (Some(14400), None));
    let own = "<lifetime>3600</lifetime><rekey_time>0</rekey_time>";
    assert_eq!(times(own, own), (Some(0), Some(0)));
}

#[test]
fn what_is_disabled_is_there_but_never_loaded() {
    for disabled in [
        "<disabled/>",
        "<disabled></disabled>",
        "<disabled>false</disabled>",
    ] {
        let off = phase1(&format!("{MOBILE}{disabled}"), ROWS).replace(">1</ikeid>", ">2</ikeid>");
        let child = phase2("esp", "aes/256", "hmac_sha256", "0", MOBILE);
        let never = phase2(
            "esp",
            "aes/128",
            "hmac_sha1",
            "0",
            &format!("{MOBILE}{disabled}"),
        );
        let text = fragment(&[CLIENT, &off, &phase1(MOBILE, ONE_ROW), &child, &never]);
        let read = read_as(Format::PfsenseXml, &text);
        let [first, second] = &read.value().connections[..] else {
            panic!("two connections are configured");
        };
        assert_eq!(first.not_loaded.as_deref(), Some("it is disabled"));
        assert!(!first.serves_clients() && second.serves_clients());
        assert_eq!(
            proposals(second),
            ["aes256-sha256-modp2048", "aes256-sha256"]
        );
        assert_eq!(read.places(), [], "what its owner disabled needs no remark");
    }
}

#[test]
fn without_the_mobile_page_there_is_no_child() {
    let child = phase2("esp", "aes/256", "hmac_sha256", "0", MOBILE);
    let read = read_as(
        Format::PfsenseXml,
        &fragment(&[&phase1(MOBILE, ONE_ROW), &child]),
    );
    assert_eq!(read.value().connections[0].children, []);
    assert_eq!(read.places(), [("no-child", 2, 1)]);
}

#[test]
fn of_two_mobile_entries_the_last_is_the_one() {
    let other = phase1(MOBILE, ROWS).replace(">1</ikeid>", ">2</ikeid>");
    let child = phase2("esp", "aes/256", "hmac_sha256", "0", MOBILE);
    let text = fragment(&[CLIENT, &other, &phase1(MOBILE, ONE_ROW), &child]);
    let read = read_as(Format::PfsenseXml, &text);
    let serving: Vec<_> = read
        .value()
        .connections
        .iter()
        .filter(|it| it.serves_clients())
        .collect();
    assert_eq!(serving.len(), 1);
    assert_eq!(written(&serving[0].ike), "aes256-sha256-modp2048");
    assert_eq!(read.places()[0], ("replaced", 2, 27));
}

#[test]
fn a_bad_entry_costs_its_own_connection_only() {
    let gateway = "<remote-gateway>198.51.100.1</remote-gateway>";
    let bad = phase1(gateway, &[["aes", "auto", "sha256", "sha256", "14"]]);
    let bad = bad.replace(">1</ikeid>", ">2</ikeid>");
    let child = phase2("esp", "aes/256", "hmac_sha256", "0", MOBILE);
    let text = fragment(&[CLIENT, &bad, &phase1(MOBILE, ONE_ROW), &child]);
    let read = read_as(Format::PfsenseXml, &text);
    let connections = &read.value().connections;
    assert_eq!(
        connections[0].not_loaded.as_deref(),
        Some("`aesauto` is not an algorithm keyword")
    );
    assert!(connections[1].serves_clients());
}

#[test]
fn the_layout_before_rows_is_brought_up_to_date_in_whole_backups_only() {
    let old = "<phase1><ikeid>1</ikeid><iketype>ikev2</iketype><protocol>inet</protocol><mobile/>\
               <encryption-algorithm><name>aes</name><keylen>256</keylen></encryption-algorithm>\
               <hash-algorithm>sha256</hash-algorithm><dhgroup>14</dhgroup></phase1>";
    let area = fragment(&[CLIENT, old]);
    let whole = format!("<pfsense><version>15.5</version>{area}</pfsense>");
    let read = read_as(Format::PfsenseXml, &whole);
    assert_eq!(
        written(&read.value().connections[0].ike),
        "aes256-sha256-modp2048"
    );
    let read = read_as(Format::PfsenseXml, &area);
    assert!(read.result.is_err());
    assert_eq!(read.places()[0].0, "not-written");
}

#[test]
fn a_backup_as_the_pages_write_it_has_everything_in_its_place() {
    let (_, text) = corpus("pfsense", "xml").remove(0);
    for text in [
        text.clone(),
        text.replace('\n', "\r\n"),
        text.replace(['\n', '\t'], ""),
        format!("\n{}", text.split_once("?>\n").unwrap().1),
        format!("\u{feff}{text}"),
    ] {
        let read = read_as(Format::PfsenseXml, &text);
        let server = read.value();
        let [road, branch] = &server.connections[..] else {
            panic!("two connections are configured");
        };
        assert_eq!(road.name, "Road warriors & friends");
        assert_eq!(
            (road.role, branch.role),
            (Role::RemoteAccess, Role::SiteToSite)
        );
        assert_eq!(
            (road.versions, branch.versions),
            (IkeVersions::Ikev2, IkeVersions::Any)
        );
        assert_eq!(server.remote_id.as_deref(), Some("vpn.example.org"));
        assert_eq!(road.local.methods[0].value, "pubkey");
        assert_eq!(road.remote.methods[0].value, "eap-mschapv2");
        assert_eq!(branch.remote.methods[0].value, "psk");
        assert_eq!(branch.remote.addresses[0].value, "192.0.2.7");
        let place = |span: &ikecompat::diag::Span| read.text_at(span);
        assert_eq!(place(&road.local.certificates[0].span), "5f0c1e2d3b4a5");
        assert_eq!(place(&road.remote.methods[0].span), "eap-mschapv2");
        assert_eq!(place(road.span.as_ref().unwrap()), "<phase1>");
        let spans = |origin: &ikecompat::peer::Origin| match origin {
            ikecompat::peer::Origin::Expanded(spans) => spans.iter().map(place).collect(),
            _ => Vec::new(),
        };
        let of_row = spans(&road.ike[0].origin);
        assert_eq!(of_row, ["aes256gcm", "128", "sha384", "20"]);
        assert_eq!(read.places(), []);
    }
}

#[test]
fn no_secret_of_a_backup_is_ever_shown() {
    let (_, text) = corpus("pfsense", "xml").remove(0);
    let minified = text.replace(['\n', '\t'], "");
    // A complaint shows its line: all of them, for a file of one line.
    let wrong = minified.replacen("<keylen>128</keylen>", "<keylen>129</keylen>", 1);
    for text in [
        &wrong,
        &text.replacen("<keylen>128</keylen>", "<keylen>129</keylen>", 1),
    ] {
        let read = read_as(Format::PfsenseXml, text);
        let said = read.said();
        assert!(
            said.contains("`aes256gcm129` is not an algorithm keyword"),
            "{said}"
        );
        assert!(!said.contains("hunter"), "{said}");
    }
}

#[test]
fn a_backup_cut_anywhere_is_read_or_refused() {
    let (_, text) = corpus("pfsense", "xml").remove(0);
    assert_survives_cuts(&text, |text| read_as(Format::PfsenseXml, text));
}

#[test]
fn each_mistake_is_named_with_its_place() {
    assert_broken(
        Format::PfsenseXml,
        "xml",
        |text| read_as(Format::PfsenseXml, text),
        &[
            ("auto-length-in-phase-1", "unknown-keyword", 10, 13),
            ("encrypted", "encrypted-backup", 0, 0),
            ("entity", "malformed-xml", 4, 26),
            ("no-ipsec", "no-connection", 0, 0),
            ("no-phase-1", "no-connection", 0, 0),
            ("not-closed", "malformed-xml", 7, 1),
            ("repeated-element", "duplicate-element", 14, 4),
            ("unknown-group", "no-key-exchange", 13, 13),
            ("unknown-hash-in-phase-2", "unknown-keyword", 27, 26),
            ("wrong-end", "malformed-xml", 6, 11),
        ],
    );
}

#[test]
fn a_file_that_multiplies_without_end_is_refused() {
    let ciphers = "aes/auto ".repeat(400);
    let hashes = "hmac_sha256 ".repeat(400);
    let child = phase2("esp", &ciphers, &hashes, "0", MOBILE);
    let read = read_as(
        Format::PfsenseXml,
        &fragment(&[CLIENT, &phase1(MOBILE, ONE_ROW), &child]),
    );
    assert!(read.result.is_err());
    assert_eq!(read.places()[0].0, "too-large");
}

#[test]
fn of_a_thousand_complaints_the_rest_is_counted() {
    let bad: String = (0..1000)
        .map(|number| {
            let row = [["aes", "255", "sha256", "sha256", "14"]];
            phase1("<remote-gateway>192.0.2.1</remote-gateway>", &row)
                .replace(">1</ikeid>", &format!(">{number}</ikeid>"))
        })
        .collect();
    let read = read_as(Format::PfsenseXml, &fragment(&[&bad]));
    assert!(read.result.is_err());
    assert_eq!(read.diagnostics().len(), 50);
    assert!(read.said().contains("more remarks are left out"));
}

#[test]
fn a_whole_backup_without_tunnels_is_named_as_such() {
    for ipsec in ["", "<ipsec/>", "<ipsec><client/></ipsec>"] {
        let text = format!(
            "<pfsense><version>23.3</version><system><hostname>a</hostname></system>{ipsec}</pfsense>"
        );
        let read = super::read_as(ikecompat::format::Format::PfsenseXml, &text);
        let said = read.said();
        assert!(
            said.contains("without IPsec tunnels") && !said.contains("choose the backup area"),
            "{said}"
        );
    }
}
