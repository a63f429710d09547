//! Vendor IDs that are known by name.
//!
//! Most are the MD5 of a text, which the comment gives and `md5sum` confirms. Sources: strongSwan
//! (`ike_vendor.c`, `isakmp_vendor.c`) and libreswan (`vendor.c`), whose tables agree on these.

use std::fmt::Write as _;

/// Octets, and whether more may follow them.
struct Row {
    bytes: &'static [u8],
    prefix: bool,
    name: &'static str,
}

const fn exact(bytes: &'static [u8], name: &'static str) -> Row {
    Row {
        bytes,
        prefix: false,
        name,
    }
}

const fn prefix(bytes: &'static [u8], name: &'static str) -> Row {
    Row {
        bytes,
        prefix: true,
        name,
    }
}

/// MD5 of "MS NT5 ISAKMPOAKLEY"; a version of four octets follows.
const WINDOWS: &[u8] = b"\x1e\x2b\x51\x69\x05\x99\x1c\x7d\x7c\x96\xfc\xbf\xb5\x87\xe4\x61";

const KNOWN: &[Row] = &[
    // MD5 of "strongSwan".
    exact(
        b"\x88\x2f\xe5\x6d\x6f\xd2\x0d\xbc\x22\x51\x61\x3b\x2e\xbe\x5b\xeb",
        "strongSwan",
    ),
    // MD5 of "FRAGMENTATION"; Cisco and strongSwan add four octets.
    prefix(
        b"\x40\x48\xb7\xd5\x6e\xbc\xe8\x85\x25\xe7\xde\x7f\x00\xd6\xc2\xd3",
        "IKE fragmentation",
    ),
    // MD5 of "MS-Negotiation Discovery Capable".
    exact(
        b"\xfb\x1d\xe3\xcd\xf3\x41\xb7\xea\x16\xb7\xe5\xbe\x08\x55\xf1\x20",
        "MS-Negotiation Discovery Capable",
    ),
    // MD5 of "Vid-Initial-Contact".
    exact(
        b"\x26\x24\x4d\x38\xed\xdb\x61\xb3\x17\x2a\x36\xe3\xd0\xcf\xb8\x19",
        "Vid-Initial-Contact",
    ),
    // MD5 of "IKE CGA version 1".
    exact(
        b"\xe3\xa5\x96\x6a\x76\x37\x9f\xe7\x07\x22\x82\x31\xe5\xce\x86\x52",
        "IKE CGA version 1",
    ),
    exact(
        b"\x01\x52\x8b\xbb\xc0\x06\x96\x12\x18\x49\xab\x9a\x1c\x5b\x2a\x51\x00\x00\x00\x02",
        "Windows KEY_MODS (IKEv2)",
    ),
    // MD5 of "KAME/racoon".
    exact(
        b"\x70\x03\xcb\xc1\x09\x7d\xbe\x9c\x26\x00\xba\x69\x83\xbc\x8b\x35",
        "racoon",
    ),
    exact(
        b"\x12\xf5\xf2\x8c\x45\x71\x68\xa9\x70\x2d\x9f\xe2\x74\xcc\x01\x00",
        "Cisco Unity",
    ),
    // Truncated MD5 of "ALTIGA GATEWAY"; two octets of version follow.
    prefix(
        b"\x1f\x07\xf7\x0e\xaa\x65\x14\xd3\xb0\xfa\x96\x54\x2a\x50",
        "Cisco VPN Concentrator",
    ),
    exact(
        b"\xaf\xca\xd7\x13\x68\xa1\xf1\xc9\x6b\x86\x96\xfc\x77\x57\x01\x00",
        "Dead Peer Detection",
    ),
    exact(b"\x09\x00\x26\x89\xdf\xd6\xb7\x12", "XAUTH"),
    // MD5 of "RFC 3947".
    exact(
        b"\x4a\x13\x1c\x81\x07\x03\x58\x45\x5c\x57\x28\xf2\x0e\x95\x45\x2f",
        "NAT-T (RFC 3947)",
    ),
];

/// The name of a vendor ID: of a known one, or the text that it is.
pub fn name(bytes: &[u8]) -> Option<String> {
    if let Some(version) = bytes.strip_prefix(WINDOWS) {
        return Some(match windows(version) {
            Some(release) => format!("Windows ({release})"),
            None => "Windows".to_owned(),
        });
    }
    let known = KNOWN.iter().find(|row| {
        let rest = bytes.strip_prefix(row.bytes);
        rest.is_some_and(|rest| row.prefix || rest.is_empty())
    });
    if let Some(row) = known {
        return Some(row.name.to_owned());
    }
    // Cisco, libreswan and OpenIKED send plain text.
    let text = std::str::from_utf8(bytes).ok()?;
    let plain = text.len() >= 4 && text.chars().all(|c| c == ' ' || c.is_ascii_graphic());
    plain.then(|| text.to_owned())
}

/// Which Windows sends this version behind its vendor ID ("MS-IKEE", section 2.2.2).
fn windows(version: &[u8]) -> Option<&'static str> {
    Some(match version {
        [0, 0, 0, 2] => "2000",
        [0, 0, 0, 3] => "XP",
        [0, 0, 0, 4] => "Server 2003",
        [0, 0, 0, 5] => "Vista",
        [0, 0, 0, 6] => "Server 2008",
        [0, 0, 0, 7] => "7",
        [0, 0, 0, 8] => "Server 2008 R2",
        [0, 0, 0, 9] => "8 or later",
        _ => return None,
    })
}

/// A vendor ID in hexadecimal, for those without a name.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, octet| {
        let _ = write!(text, "{octet:02x}"); // a String takes everything
        text
    })
}

#[cfg(test)]
mod tests {
    use super::{KNOWN, WINDOWS, hex, name};

    #[test]
    fn every_row_is_found_by_its_octets() {
        for row in KNOWN {
            assert_eq!(name(row.bytes).as_deref(), Some(row.name));
            let longer = [row.bytes, &[0x80]].concat();
            assert_eq!(name(&longer).is_some(), row.prefix, "{}", row.name);
        }
    }

    #[test]
    fn windows_says_its_version_and_text_is_itself() {
        let nine = [WINDOWS, &[0, 0, 0, 9]].concat();
        assert_eq!(name(&nine).as_deref(), Some("Windows (8 or later)"));
        let unknown = [WINDOWS, &[0, 0, 1, 0]].concat();
        assert_eq!(name(&unknown).as_deref(), Some("Windows"));
        assert_eq!(
            name(b"FLEXVPN-SUPPORTED").as_deref(),
            Some("FLEXVPN-SUPPORTED")
        );
        assert_eq!(name(b"\x01\x02\x03\x04\x05"), None);
        assert_eq!(hex(b"\x01\xab"), "01ab");
    }
}
