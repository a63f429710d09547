//! Captures: every file format and link layer, and hostile files.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ikecompat::wire::Message;
use ikecompat::wire::capture::{Broken, Capture, Ending, Ike, Link, Refused, What};
use proptest::prelude::*;

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/pcap")
}

fn file(name: &str) -> Vec<u8> {
    fs::read(folder().join(name)).unwrap()
}

/// The captures of the corpus, by name.
pub(crate) fn captures() -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name.ends_with(".pcap") || name.ends_with(".pcapng") {
            let origin = path.with_extension("origin.yaml");
            let whole = folder().join(format!("{name}.origin.yaml"));
            assert!(
                origin.exists() || whole.exists(),
                "{name} does not say where it is from"
            );
            found.push((name, fs::read(path).unwrap()));
        }
    }
    found.sort();
    assert!(found.len() > 15);
    found
}

/// What is seen in a capture, a line for each, and how it ended.
fn seen(bytes: &[u8]) -> (Vec<String>, Ending) {
    let mut capture = Capture::new(bytes).unwrap();
    let mut lines = Vec::new();
    while let Some(packet) = capture.next() {
        let Some(seen) = packet.seen() else { continue };
        let what = match seen.what {
            What::Ike(Ike {
                bytes,
                length,
                marked,
                fragment,
            }) => {
                let message = Message::parse_start(bytes);
                let exchange = message.map(|(it, _)| it.header.exchange.to_string());
                let fragment = fragment.map_or("", |_| " first fragment");
                let marker = if marked { " marked" } else { "" };
                format!(
                    "{}{marker}{fragment} {}/{length}",
                    exchange.unwrap_or_else(|failed| failed.to_string()),
                    bytes.len(),
                )
            }
            What::Esp { spi, in_udp } => format!("ESP {spi:08x} in UDP: {in_udp}"),
            What::Keepalive => "keepalive".to_owned(),
            What::LaterFragment { last, .. } => format!("later fragment, last: {last}"),
            What::Unreachable(it) => format!("{} {} {}", it.why, it.from, it.to),
        };
        lines.push(format!(
            "{} {} > {}: {what}",
            seen.number, seen.source, seen.destination
        ));
    }
    (lines, capture.ending().unwrap().clone())
}

#[test]
fn a_capture_is_read_packet_by_packet() {
    let (lines, ending) = seen(&file("nat-t-blocked.pcap"));
    assert_eq!(ending, Ending::Whole);
    assert_eq!(
        lines,
        [
            "1 192.0.2.1:500 > 192.0.2.2:500: IKE_SA_INIT 464/464",
            "2 192.0.2.2:500 > 192.0.2.1:500: IKE_SA_INIT 472/472",
            "3 192.0.2.1:4500 > 192.0.2.2:4500: IKE_AUTH marked 288/288",
            "4 192.0.2.1:4500 > 192.0.2.2:4500: IKE_AUTH marked 288/288",
            "5 192.0.2.1:4500 > 192.0.2.2:4500: IKE_AUTH marked 288/288",
            "6 192.0.2.1:4500 > 192.0.2.2:4500: IKE_AUTH marked 288/288",
        ]
    );
    let (lines, _) = seen(&file("fragments-lost.pcap"));
    assert_eq!(
        lines[2..4],
        [
            "3 192.0.2.1:4500 > 192.0.2.2:4500: IKE_AUTH marked first fragment 1468/2080",
            "4 192.0.2.1:0 > 192.0.2.2:0: later fragment, last: true",
        ]
    );
    let (lines, _) = seen(&file("port-closed.pcap"));
    let refused = "2 192.0.2.2:0 > 192.0.2.1:0: port unreachable 192.0.2.1:500 192.0.2.2:500";
    assert_eq!(lines[1], refused);
    let (lines, _) = seen(&file("established-ipv6.pcap"));
    let first = "1 [2001:db8::1]:500 > [2001:db8::2]:500: IKE_SA_INIT ";
    assert!(lines[0].starts_with(first), "{}", lines[0]);
}

/// A capture in the classic format, of frames without the Ethernet header.
fn wrapped(link: u32, frames: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0];
    bytes.extend([0; 8]);
    bytes.extend(262_144_u32.to_le_bytes());
    bytes.extend(link.to_le_bytes());
    for (place, frame) in frames.iter().enumerate() {
        let length = u32::try_from(frame.len()).unwrap();
        bytes.extend(u32::try_from(place).unwrap().to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(length.to_le_bytes());
        bytes.extend(length.to_le_bytes());
        bytes.extend(frame);
    }
    bytes
}

/// The frames of a capture.
fn frames(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut capture = Capture::new(bytes).unwrap();
    let mut frames = Vec::new();
    while let Some(packet) = capture.next() {
        assert_eq!(packet.link, Link::Ethernet);
        frames.push(packet.bytes.to_vec());
    }
    frames
}

#[test]
fn every_link_layer_leads_to_the_same_messages() {
    for name in [
        "invalid-ke.pcap",
        "established-ipv6.pcap",
        "fragments-lost.pcap",
    ] {
        let bytes = file(name);
        let (expected, _) = seen(&bytes);
        let ethernet = frames(&bytes);
        let after = |cut: usize, before: &dyn Fn(&[u8]) -> Vec<u8>| -> Vec<Vec<u8>> {
            let frame = |frame: &Vec<u8>| [before(frame), frame[cut..].to_vec()].concat();
            ethernet.iter().map(frame).collect()
        };
        let kind = |frame: &[u8]| frame[12..14].to_vec();
        let six = ethernet[0][12] == 0x86;
        for (link, frames) in [
            (101, after(14, &|_| Vec::new())),
            (if six { 229 } else { 228 }, after(14, &|_| Vec::new())),
            // 2 is IPv4 everywhere, 30 is IPv6 on macOS.
            (0, after(14, &|_| vec![if six { 30 } else { 2 }, 0, 0, 0])),
            (108, after(14, &|_| vec![0, 0, 0, if six { 24 } else { 2 }])),
            (
                113,
                after(12, &|_| vec![0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0]),
            ),
            (276, after(14, &|frame| [kind(frame), vec![0; 18]].concat())),
            (
                1,
                after(12, &|_| [vec![1; 12], vec![0x81, 0, 0, 7]].concat()),
            ),
            (
                1,
                after(12, &|_| {
                    [vec![1; 12], vec![0x88, 0xa8, 0, 7, 0x81, 0, 0, 8]].concat()
                }),
            ),
            (
                1,
                after(14, &|_| {
                    let ppp = if six { 0x57 } else { 0x21 };
                    [vec![1; 12], vec![0x88, 0x64, 0x11, 0, 0, 1, 0, 9, 0, ppp]].concat()
                }),
            ),
            (
                9,
                after(14, &|_| vec![0xff, 3, 0, if six { 0x57 } else { 0x21 }]),
            ),
        ] {
            let (lines, ending) = seen(&wrapped(link, &frames));
            assert_eq!((lines, ending), (expected.clone(), Ending::Whole), "{link}");
        }
        // A layer that is not read gives no message, and says which it is.
        let bytes = wrapped(105, &ethernet);
        let mut capture = Capture::new(bytes.as_slice()).unwrap();
        let packet = capture.next().unwrap();
        assert_eq!(packet.link.to_string(), "link-layer type 105");
        assert!(packet.seen().is_none());
    }
}

#[test]
fn every_file_format_gives_the_same_packets() {
    let (expected, _) = seen(&file("invalid-ke.pcap"));
    for name in ["invalid-ke.pcapng", "invalid-ke.nsec.pcap"] {
        assert_eq!(seen(&file(name)), (expected.clone(), Ending::Whole));
    }
    let times = |name: &str| {
        let bytes = file(name);
        let mut capture = Capture::new(bytes.as_slice()).unwrap();
        let mut times: Vec<Duration> = Vec::new();
        while let Some(packet) = capture.next() {
            times.push(packet.time.unwrap());
        }
        times
    };
    assert_eq!(times("invalid-ke.pcapng"), times("invalid-ke.pcap"));
    assert_eq!(times("invalid-ke.nsec.pcap"), times("invalid-ke.pcap"));

    // The other order of octets, in which a router might write.
    let mut swapped = vec![0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4];
    swapped.extend([0; 8]);
    swapped.extend([0, 4, 0, 0, 0, 0, 0, 1]);
    for frame in frames(&file("invalid-ke.pcap")) {
        let length = u32::try_from(frame.len()).unwrap().to_be_bytes();
        swapped.extend([0; 8]);
        swapped.extend(length);
        swapped.extend(length);
        swapped.extend(frame);
    }
    assert_eq!(seen(&swapped), (expected, Ending::Whole));
}

#[test]
fn a_capture_that_is_cut_off_gives_what_is_whole() {
    for (name, bytes) in captures() {
        if bytes.len() > 2500 {
            continue;
        }
        let (all, _) = seen(&bytes);
        for end in 24..bytes.len() {
            let Ok(mut capture) = Capture::new(&bytes[..end]) else {
                continue;
            };
            while let Some(packet) = capture.next() {
                let _ = packet.seen();
            }
            let packets = capture.packets();
            match capture.ending().unwrap() {
                Ending::Whole => {}
                Ending::CutOff { packet } => assert_eq!(*packet, packets + 1),
                other => panic!("{name} cut at {end}: {other}"),
            }
            assert!(packets <= all.len() as u64);
        }
    }
}

#[test]
fn a_packet_that_lies_about_its_length_ends_the_capture() {
    let mut bytes = file("invalid-ke.pcap");
    let first = u32::from_le_bytes(bytes[32..36].try_into().unwrap());
    let second = 24 + 16 + usize::try_from(first).unwrap();
    bytes[second + 8..second + 12].copy_from_slice(&0xffff_ff00_u32.to_le_bytes());
    let (lines, ending) = seen(&bytes);
    assert_eq!(lines.len(), 1);
    let said = ending.to_string();
    assert!(
        said.starts_with("packet 2: it claims 42949") && said.ends_with("which no packet has"),
        "{said}"
    );

    let unknown = Ending::Broken {
        packet: 1,
        why: Broken::UnknownInterface(0),
    };
    // A section header, and a packet before any interface is described.
    let mut bytes = vec![0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a];
    bytes.extend([
        1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 28, 0, 0, 0,
    ]);
    bytes.extend([6, 0, 0, 0, 32, 0, 0, 0]);
    bytes.extend([0; 20]);
    bytes.extend([32, 0, 0, 0]);
    assert_eq!(seen(&bytes), (Vec::new(), unknown));
}

#[test]
fn what_is_no_capture_is_refused() {
    for bytes in [
        &b""[..],
        b"\xd4\xc3",
        b"Nov 24 charon[1]: 05[IKE] hi",
        b"\xd4\xc3\xb2\xa1\x02",
    ] {
        assert!(Capture::new(bytes).is_err());
    }
}

/// Gives one octet at a time, as a slow pipe does, and fails in the end.
struct Dripping<'a>(&'a [u8]);

impl Read for Dripping<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let (first, rest) = self.0.split_first().ok_or(io::ErrorKind::ConnectionReset)?;
        out[0] = *first;
        self.0 = rest;
        Ok(1)
    }
}

#[test]
fn a_slow_source_that_fails_is_read_as_far_as_it_goes() {
    let bytes = file("invalid-ke.pcapng");
    let mut capture = Capture::new(Dripping(&bytes)).unwrap();
    while capture.next().is_some() {}
    assert_eq!(capture.packets(), 8);
    let said = capture.ending().unwrap().to_string();
    assert!(said.starts_with("the capture cannot be read further: "));
}

#[test]
fn refusals_say_what_they_quote() {
    let bytes = file("port-closed.pcap");
    let mut capture = Capture::new(bytes.as_slice()).unwrap();
    let mut refused = 0;
    while let Some(packet) = capture.next() {
        if let Some(What::Unreachable(it)) = packet.seen().map(|seen| seen.what) {
            assert_eq!((it.why, it.to.port()), (Refused::Port, 500));
            refused += 1;
        }
    }
    assert_eq!(refused, 4);
    assert_eq!(
        Refused::TooBig { mtu: 1400 }.to_string(),
        "packet too big, at most 1400 octets"
    );
}

proptest! {
    #[test]
    fn damaged_captures_never_panic(
        which in any::<prop::sample::Index>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let all = captures();
        let (_, mut bytes) = which.get(&all).clone();
        for (place, value) in changes {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if let Ok(mut capture) = Capture::new(bytes.as_slice()) {
            while let Some(packet) = capture.next() {
                if let Some(What::Ike(ike)) = packet.seen().map(|seen| seen.what) {
                    let _ = Message::parse_start(ike.bytes);
                }
            }
        }
    }

    #[test]
    fn arbitrary_frames_never_panic(
        link in prop::sample::select(vec![0_u32, 1, 9, 101, 108, 113, 276]),
        frame in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        seen(&wrapped(link, &[frame]));
    }
}
