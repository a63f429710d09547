//! Captures: the program beside tcpdump, which looks for the same packets in the same file.
//! `cargo bench --bench capture`; docs/performance.md has numbers.

use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use divan::Bencher;
use divan::counter::BytesCount;

fn main() {
    divan::main();
}

/// Octets of each capture.
const SIZE: usize = 256 << 20;

/// A capture of other traffic, in which one packet of a thousand is IKE.
static OTHER: LazyLock<PathBuf> = LazyLock::new(|| capture("other", 6));

/// A capture at a gateway: nine packets of ten are ESP in UDP.
static GATEWAY: LazyLock<PathBuf> = LazyLock::new(|| capture("gateway", 17));

/// Writes a capture of Ethernet frames with 1,300 octets of TCP or of ESP in UDP.
fn capture(name: &str, protocol: u8) -> PathBuf {
    let path = std::env::temp_dir().join(format!("ikecompat-bench-{name}.pcap"));
    let real = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/pcap/established.pcap");
    let real = fs::read(real).expect("the corpus is there");
    let (header, messages) = real.split_at(24);
    let mut frame = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0];
    frame.extend([0x45, 0, 5, 0x30, 0, 1, 0x40, 0, 64, protocol, 0, 0]);
    frame.extend([192, 0, 2, 1, 192, 0, 2, 2]);
    // The ports of HTTPS, or those of IKE behind NAT with an SPI that is no marker.
    frame.extend(if protocol == 6 {
        [0xc0, 0, 1, 0xbb, 0, 0, 0, 0, 0, 0, 0, 1]
    } else {
        [0x11, 0x94, 0x11, 0x94, 5, 0x1c, 0, 0, 0xca, 0xfe, 0, 1]
    });
    frame.resize(14 + 1328, 0xa5);
    let length = u32::try_from(frame.len())
        .expect("a frame is short")
        .to_le_bytes();
    let mut out = BufWriter::new(fs::File::create(&path).expect("there is room"));
    out.write_all(header).expect("there is room");
    for packet in 0..SIZE / (16 + frame.len()) {
        if packet % 4000 == 0 {
            out.write_all(messages).expect("there is room");
        }
        let seconds = u32::try_from(packet / 1000).expect("not that many");
        for part in [
            &seconds.to_le_bytes()[..],
            &[0; 4],
            &length,
            &length,
            &frame,
        ] {
            out.write_all(part).expect("there is room");
        }
    }
    out.flush().expect("there is room");
    path
}

fn timed(bencher: Bencher<'_, '_>, path: &Path, command: impl Fn() -> Command + Sync) {
    let bytes = fs::metadata(path).expect("it was written").len();
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        let mut command = command();
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.status().expect("it runs")
    });
}

fn tcpdump(path: &Path) -> Command {
    let mut command = Command::new("tcpdump");
    command.arg("-r").arg(path);
    command.args(["udp port 500 or udp port 4500", "-w", "/dev/null"]);
    command
}

fn diagnose(path: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ikecompat"));
    command.arg("diagnose").arg(path);
    command
}

#[divan::bench(sample_count = 15, sample_size = 1)]
fn other_tcpdump(bencher: Bencher<'_, '_>) {
    timed(bencher, &OTHER, || tcpdump(&OTHER));
}

#[divan::bench(sample_count = 15, sample_size = 1)]
fn other_ikecompat(bencher: Bencher<'_, '_>) {
    timed(bencher, &OTHER, || diagnose(&OTHER));
}

#[divan::bench(sample_count = 15, sample_size = 1)]
fn gateway_tcpdump(bencher: Bencher<'_, '_>) {
    timed(bencher, &GATEWAY, || tcpdump(&GATEWAY));
}

#[divan::bench(sample_count = 15, sample_size = 1)]
fn gateway_ikecompat(bencher: Bencher<'_, '_>) {
    timed(bencher, &GATEWAY, || diagnose(&GATEWAY));
}
