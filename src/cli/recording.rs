//! A capture of what was received and sent, as it went over the line.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::time::SystemTime;

use anyhow::Context as _;
use etherparse::PacketBuilder;

/// pcap with microseconds, in the order of this machine's octets.
const MAGIC: u32 = 0xa1b2_c3d4;

/// Packets begin with their IP header.
const LINKTYPE_RAW: u32 = 101;

/// How many routers a packet of this file may pass: what Linux sends.
const HOPS: u8 = 64;

/// No file grows beyond this: strangers may send for as long as it listens.
const MOST_OCTETS: usize = 32 << 20;

/// A new file of packets.
#[derive(Debug)]
pub(super) struct Recording {
    /// `None` once it is full, or cannot be written any more.
    out: Option<BufWriter<File>>,
    /// How many octets may still be written.
    left: usize,
}

impl Recording {
    /// Makes the file, which its owner alone can read. One that is there is not touched.
    pub(super) fn create(path: &Path) -> anyhow::Result<Self> {
        let mut open = OpenOptions::new();
        open.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
        let file = open
            .open(path)
            .with_context(|| format!("cannot make `{}`", path.display()))?;
        let mut recording = Self {
            out: Some(BufWriter::new(file)),
            left: MOST_OCTETS,
        };
        let versions = [2_u16, 4].map(u16::to_ne_bytes).concat();
        let rest = [0, 0, 0x4_0000, LINKTYPE_RAW]
            .map(u32::to_ne_bytes)
            .concat();
        let header = [&MAGIC.to_ne_bytes()[..], &versions, &rest].concat();
        let written = recording.write(&header);
        written.with_context(|| format!("cannot write `{}`", path.display()))?;
        Ok(recording)
    }

    /// Adds a datagram. The first time that this fails gives why; what comes after it is left out.
    pub(super) fn add(
        &mut self,
        from: SocketAddr,
        to: SocketAddr,
        datagram: &[u8],
    ) -> Option<String> {
        let octets = record(from, to, datagram)?;
        let why = if self.out.is_none() {
            return None;
        } else if octets.len() > self.left {
            format!("it has {} MiB", MOST_OCTETS >> 20)
        } else {
            self.write(&octets).err()?.to_string()
        };
        self.out = None;
        Some(format!("the capture ends here: {why}"))
    }

    fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        let Some(out) = &mut self.out else {
            return Ok(());
        };
        self.left = self.left.saturating_sub(octets.len());
        out.write_all(octets)?;
        out.flush()
    }
}

/// A packet of the file; `None` if there can be no such packet.
fn record(from: SocketAddr, to: SocketAddr, datagram: &[u8]) -> Option<Vec<u8>> {
    let ip = match (from.ip().to_canonical(), to.ip().to_canonical()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => PacketBuilder::ipv4(from.octets(), to.octets(), HOPS),
        (IpAddr::V6(from), IpAddr::V6(to)) => PacketBuilder::ipv6(from.octets(), to.octets(), HOPS),
        // No packet has an address of each kind.
        _ => return None,
    };
    let builder = ip.udp(from.port(), to.port());
    let mut packet = Vec::with_capacity(builder.size(datagram.len()));
    if builder.write(&mut packet, datagram).is_err() {
        return None; // longer than IP allows, so that it came in fragments
    }
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = now.unwrap_or_default();
    let length = u32::try_from(packet.len()).unwrap_or(u32::MAX);
    let seconds = u32::try_from(now.as_secs()).unwrap_or(u32::MAX);
    let record = [seconds, now.subsec_micros(), length, length];
    Some([record.map(u32::to_ne_bytes).concat(), packet].concat())
}

#[cfg(test)]
mod tests {
    use std::fs::{self, OpenOptions};
    use std::io::BufWriter;

    use super::{MOST_OCTETS, Recording};

    #[test]
    fn a_full_file_and_a_full_disk_are_said_once_and_end_nothing() {
        let name = format!("ikecompat-full-{}.pcap", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::remove_file(&path).ok();
        let mut recording = Recording::create(&path).unwrap();
        let ends = ["192.0.2.1:500", "192.0.2.2:500"].map(|it| it.parse().unwrap());
        let said: Vec<_> = (0..600)
            .filter_map(|_| recording.add(ends[0], ends[1], &vec![0; 65_000]))
            .collect();
        assert_eq!(said, ["the capture ends here: it has 32 MiB"]);
        let length = fs::metadata(&path).unwrap().len();
        assert!(
            length <= MOST_OCTETS as u64 && length > 30 << 20,
            "{length}"
        );
        fs::remove_file(&path).unwrap();
        // Linux has a file on which nothing can be written.
        if let Ok(full) = OpenOptions::new().write(true).open("/dev/full") {
            let mut recording = Recording {
                out: Some(BufWriter::new(full)),
                left: MOST_OCTETS,
            };
            let said = recording.add(ends[0], ends[1], &[1; 100]);
            assert!(said.unwrap().starts_with("the capture ends here: "));
            assert_eq!(recording.add(ends[0], ends[1], &[1; 100]), None);
        }
    }
}
