//! What the daemons load and what they refuse, value by value.

use ikecompat::format::Format;

use super::read_as;

fn swanctl(connection: &str, child: &str) -> String {
    format!(
        "connections {{\n rw {{\n  version = 2\n  {connection}\n  proposals = aes256-sha256-modp2048\n  \
         local {{\n   auth = psk\n  }}\n  remote {{\n   auth = psk\n  }}\n  children {{\n   net {{\n    \
         {child}\n    esp_proposals = aes256-sha256\n   }}\n  }}\n }}\n}}\n"
    )
}

#[test]
fn a_value_that_charon_refuses_costs_the_connection() {
    for (connection, child) in [
        ("fragmentation = maybe", ""),
        ("send_cert = sometimes", ""),
        ("dscp = EF", ""),
        ("if_id_in = x", ""),
        ("vips = banana", ""),
        ("childless = maybe", ""),
        ("", "hw_offload = x"),
        ("", "copy_dscp = x"),
        ("", "rekey_bytes = 5T"),
        ("", "life_packets = x"),
        ("", "tfc_padding = x"),
        ("", "mark_in = x"),
        ("", "set_mark_in = x"),
        ("", "local_ts = LAN_HERE"),
        ("", "local_ts = 10.0.0.0/24[foo]"),
        ("", "label_mode = x"),
    ] {
        let read = read_as(Format::Swanctl, &swanctl(connection, child));
        let said = read.said();
        assert!(read.result.is_err(), "{connection}{child}");
        assert!(said.contains("invalid-value"), "{said}");
    }
}

#[test]
fn a_value_of_a_later_version_raises_the_version() {
    for (connection, child) in [
        ("childless = prefer", ""),
        ("", "mode = iptfs"),
        ("", "hw_offload = packet"),
    ] {
        let read = read_as(Format::Swanctl, &swanctl(connection, child));
        let server = read.value();
        assert_eq!(server.engine.version.major(), 6, "{connection}{child}");
        assert!(server.connections[0].not_loaded.is_none());
    }
}

#[test]
fn starter_refuses_lines_that_end_as_on_windows() {
    let text = "conn rw\n  ike=aes256-sha256-modp2048!\n  esp=aes256-sha256!\n  auto=add\n";
    assert!(read_as(Format::IpsecConf, text).result.is_ok());
    let read = read_as(Format::IpsecConf, &text.replace('\n', "\r\n"));
    assert!(read.said().contains("carriage-return"), "{}", read.said());
    assert!(read.result.is_err());
}

#[test]
fn the_include_of_a_package_costs_nothing() {
    let text = "conn rw\n  ike=aes256-sha256-modp2048!\n  esp=aes256-sha256!\n  auto=add\n\
        include /var/lib/strongswan/ipsec.conf.inc\n";
    let read = read_as(Format::IpsecConf, text);
    assert_eq!(read.said(), "");
    let other = read_as(Format::IpsecConf, &text.replace("strongswan/", "other/"));
    assert!(other.said().contains("not-included"), "{}", other.said());
}
