//! What stands around a message: the marker of UDP encapsulation, and the hashes that detect NAT.

use std::net::{IpAddr, SocketAddr};

use crate::crypt::sha1;
use crate::wire::Spi;

/// The port of IKE without marker.
pub const IKE_PORT: u16 = 500;

/// The port of IKE with marker, beside ESP in UDP.
pub const NAT_PORT: u16 = 4500;

/// Four octets of zero, where ESP has its SPI (RFC 3948, section 2.2).
const MARKER: [u8; 4] = [0; 4];

/// Length of the longest datagram there is.
pub const MOST_OCTETS: usize = 64 << 10;

/// Whether messages to a port carry the marker: to all but 500.
///
/// strongSwan sends it to any other port too, the first message included.
pub const fn is_marked(port: u16) -> bool {
    port != IKE_PORT
}

/// The message as a datagram.
pub fn wrap(message: &[u8], marked: bool) -> Vec<u8> {
    if marked {
        [&MARKER, message].concat()
    } else {
        message.to_vec()
    }
}

/// The message of a datagram, and whether it stood behind the marker.
///
/// No message begins with the marker, since the SPI of an initiator is not zero.
pub fn unwrap(datagram: &[u8]) -> (&[u8], bool) {
    match datagram.strip_prefix(&MARKER) {
        Some(message) => (message, true),
        None => (datagram, false),
    }
}

/// The data of NAT_DETECTION_SOURCE_IP and NAT_DETECTION_DESTINATION_IP (RFC 7296, section 2.23).
pub(crate) fn nat_hash(initiator: Spi, responder: Spi, end: SocketAddr) -> [u8; 20] {
    let (v4, v6);
    let address: &[u8] = match end.ip().to_canonical() {
        IpAddr::V4(address) => {
            v4 = address.octets();
            &v4
        }
        IpAddr::V6(address) => {
            v6 = address.octets();
            &v6
        }
    };
    sha1(&[
        &initiator.0.to_be_bytes(),
        &responder.0.to_be_bytes(),
        address,
        &end.port().to_be_bytes(),
    ])
}

#[cfg(test)]
mod tests {
    use super::{is_marked, nat_hash, unwrap, wrap};
    use crate::wire::Spi;

    #[test]
    fn only_port_500_goes_without_marker() {
        assert!(!is_marked(500));
        assert!(is_marked(4500) && is_marked(5500));
        let message = [1, 2, 3, 4, 5];
        for marked in [false, true] {
            let datagram = wrap(&message, marked);
            assert_eq!(unwrap(&datagram), (&message[..], marked));
        }
    }

    #[test]
    fn an_address_hashes_alike_however_it_is_written() {
        let plain = "192.0.2.1:500".parse().unwrap();
        let mapped = "[::ffff:192.0.2.1]:500".parse().unwrap();
        let hash = nat_hash(Spi(1), Spi(0), plain);
        assert_eq!(hash, nat_hash(Spi(1), Spi(0), mapped));
        let other = "192.0.2.1:4500".parse().unwrap();
        assert_ne!(hash, nat_hash(Spi(1), Spi(0), other));
        assert_ne!(hash, nat_hash(Spi(1), Spi(2), plain));
    }
}
