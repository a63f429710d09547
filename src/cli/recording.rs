//! A capture of what was received and sent, as it went over the line.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write as _};
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

/// A new file of packets.
#[derive(Debug)]
pub(super) struct Recording {
    out: BufWriter<File>,
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
            out: BufWriter::new(file),
        };
        let versions = [2_u16, 4].map(u16::to_ne_bytes).concat();
        let rest = [0, 0, 0x4_0000, LINKTYPE_RAW]
            .map(u32::to_ne_bytes)
            .concat();
        let header = [&MAGIC.to_ne_bytes()[..], &versions, &rest].concat();
        recording.write(&header)?;
        Ok(recording)
    }

    /// Adds a datagram.
    pub(super) fn add(
        &mut self,
        from: SocketAddr,
        to: SocketAddr,
        datagram: &[u8],
    ) -> anyhow::Result<()> {
        let ip = match (from.ip().to_canonical(), to.ip().to_canonical()) {
            (IpAddr::V4(from), IpAddr::V4(to)) => {
                PacketBuilder::ipv4(from.octets(), to.octets(), HOPS)
            }
            (IpAddr::V6(from), IpAddr::V6(to)) => {
                PacketBuilder::ipv6(from.octets(), to.octets(), HOPS)
            }
            // No packet has an address of each kind.
            _ => return Ok(()),
        };
        let builder = ip.udp(from.port(), to.port());
        let mut packet = Vec::with_capacity(builder.size(datagram.len()));
        if builder.write(&mut packet, datagram).is_err() {
            return Ok(()); // longer than IP allows, so that it came in fragments
        }
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let now = now.unwrap_or_default();
        let length = u32::try_from(packet.len()).unwrap_or(u32::MAX);
        let seconds = u32::try_from(now.as_secs()).unwrap_or(u32::MAX);
        let record = [seconds, now.subsec_micros(), length, length];
        self.write(&record.map(u32::to_ne_bytes).concat())?;
        self.write(&packet)?;
        self.out.flush().context("cannot write the capture")
    }

    fn write(&mut self, octets: &[u8]) -> anyhow::Result<()> {
        self.out
            .write_all(octets)
            .context("cannot write the capture")
    }
}
