//! Logs and captures: read as a stream, packed by gzip or not, from a file or standard input.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use anyhow::Context as _;
use flate2::read::MultiGzDecoder;
use ikecompat::wire::capture::is_capture;

/// Size of a reading, in octets.
const READING: usize = 256 << 10;

/// What gzip begins with (RFC 1952, section 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A log or a capture.
pub(super) enum Stream {
    /// pcap or pcapng.
    Capture(Box<dyn Read>),
    /// Anything else.
    Text(Box<dyn BufRead>),
}

/// Opens what the user named, and looks at its beginning.
pub(super) fn open(path: &Path) -> anyhow::Result<(String, Stream)> {
    if path.as_os_str() == "-" {
        let stream = recognise(io::stdin()).context("cannot read `<stdin>`")?;
        return Ok(("<stdin>".to_owned(), stream));
    }
    let name = path.display().to_string();
    let file = File::open(path).with_context(|| format!("cannot open `{name}`"))?;
    let stream = recognise(file).with_context(|| format!("cannot read `{name}`"))?;
    Ok((name, stream))
}

fn recognise(source: impl Read + 'static) -> io::Result<Stream> {
    let (start, source) = peek(source)?;
    if start.starts_with(&GZIP) {
        let (start, source) = peek(MultiGzDecoder::new(source))?;
        return Ok(sort(&start, source));
    }
    Ok(sort(&start, source))
}

fn sort(start: &[u8], source: impl Read + 'static) -> Stream {
    if is_capture(start) {
        Stream::Capture(Box::new(source))
    } else {
        Stream::Text(Box::new(BufReader::with_capacity(READING, source)))
    }
}

/// The first octets of a source, and the source with them put back.
fn peek<R: Read>(mut source: R) -> io::Result<(Vec<u8>, impl Read + use<R>)> {
    let mut start = Vec::new();
    source.by_ref().take(4).read_to_end(&mut start)?;
    let whole = Cursor::new(start.clone()).chain(source);
    Ok((start, whole))
}
