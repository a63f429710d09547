//! Logs and captures: read as a stream, packed by gzip or not, from a file or standard input.

use std::fmt::{self, Display, Formatter};
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::time::Duration;

use flate2::read::MultiGzDecoder;

use super::log::Scan;
use super::packet;
use super::{Event, EventKind, Statement};
use crate::wire::capture::{NotACapture, is_capture};

/// Size of a reading, in octets: what is read into stays in the second cache of a processor.
const READING: usize = 64 << 10;

/// What gzip begins with (RFC 1952, section 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A log or a capture.
pub enum Stream {
    /// pcap or pcapng.
    Capture(Box<dyn Read>),
    /// Anything else.
    Text(Box<dyn BufRead>),
}

impl Stream {
    /// Looks at the beginning of a source to see what it is, through gzip.
    pub fn of(source: impl Read + 'static) -> io::Result<Self> {
        let (start, source) = peek(source)?;
        if start.starts_with(&GZIP) {
            let (start, source) = peek(MultiGzDecoder::new(source))?;
            return Ok(sort(&start, source));
        }
        Ok(sort(&start, source))
    }

    /// Reads to the end and gives everything that is said. `progress` is told how far the reading is.
    pub fn feed(
        self,
        take: &mut dyn FnMut(&Event),
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Fed, Unreadable> {
        match self {
            Self::Capture(source) => {
                let summary = packet::feed(source, take, &mut |packets| {
                    progress(Progress::Packets(packets));
                })?;
                Ok(Fed {
                    packets: true,
                    warnings: summary.warnings(),
                    start: summary.start,
                    is_binary: false,
                })
            }
            Self::Text(source) => {
                let is_binary = lines(source, take, progress)?;
                Ok(Fed {
                    is_binary,
                    ..Fed::default()
                })
            }
        }
    }
}

/// How many lines of a text are about IKE, as logs have them.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogLines {
    /// Lines that say something which is understood.
    pub understood: usize,
    /// Lines of IKE programs that say nothing, as configurations may have them, too; of programs that are not read, those
    /// that tell the time.
    pub vague: usize,
}

impl LogLines {
    /// Of the beginning of a file.
    pub fn of(head: &[u8]) -> Self {
        let mut lines = Self::default();
        let mut take = |event: &Event| {
            // Configurations quote logs in their comments.
            let is_comment = event.text.trim_start().starts_with(['#', ';', '!']);
            match event.kind {
                _ if is_comment => {}
                EventKind::Statement(Statement::NotRead, _) if !tells_time(&event.text) => {}
                EventKind::Statement(Statement::NotRead | Statement::Other, _) => lines.vague += 1,
                _ => lines.understood += 1,
            }
        };
        if let Ok(stream) = Stream::of(Cursor::new(head.to_vec())) {
            // What is cut off at the end is no reason to know less of the beginning.
            let _ = stream.feed(&mut take, &mut |_| {});
        }
        lines
    }
}

/// Whether there are hours and minutes in a line.
fn tells_time(line: &str) -> bool {
    let mut windows = line.as_bytes().windows(5);
    windows.any(|it| it[2] == b':' && [0, 1, 3, 4].iter().all(|at| it[*at].is_ascii_digit()))
}

/// Why a stream could not be read to its end.
#[derive(Debug)]
pub enum Unreadable {
    /// It begins like a capture and is none.
    NotACapture(NotACapture),
    /// There is nothing in it.
    Empty,
    /// It is neither text nor a capture.
    Binary,
    /// It is something else, which this sentence says.
    Other(String),
    /// The operating system failed.
    Io(io::Error),
}

impl Display for Unreadable {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotACapture(why) => why.fmt(f),
            Self::Empty => f.write_str("there is nothing in it"),
            Self::Binary => f.write_str("this is neither text nor a capture"),
            Self::Other(what) => f.write_str(what),
            Self::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                f.write_str("it is packed by gzip and ends in the middle: copy it again")
            }
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Unreadable {}

impl From<NotACapture> for Unreadable {
    fn from(why: NotACapture) -> Self {
        Self::NotACapture(why)
    }
}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// How far the reading is.
#[derive(Clone, Copy, Debug)]
pub enum Progress {
    /// So many packets of a capture were read.
    Packets(u64),
    /// So many bytes of a log were read.
    Bytes(u64),
}

/// What there is to say about a stream that was read to its end.
#[derive(Clone, Debug, Default)]
pub struct Fed {
    /// Whether packets were looked at, not lines.
    pub packets: bool,
    /// What could not be looked at.
    pub warnings: Vec<String>,
    /// When a capture begins, since 1970.
    pub start: Option<Duration>,
    /// Whether what was read as lines does not look like text.
    pub is_binary: bool,
}

/// Whether a piece is full of octets that no text has. Rotated logs begin with any number of zeros.
fn is_binary(piece: &[u8]) -> bool {
    let head = piece.get(..4096).unwrap_or(piece);
    let strange = |byte: &&u8| matches!(byte, 1..=8 | 14..=26 | 28..=31 | 127);
    head.iter().filter(strange).count() * 20 > head.len()
}

/// Reads a log to its end, in pieces of whatever size they come. Returns whether it does not look like text.
fn lines(
    mut source: Box<dyn BufRead>,
    take: &mut dyn FnMut(&Event),
    progress: &mut dyn FnMut(Progress),
) -> Result<bool, Unreadable> {
    let mut scan = Scan::default();
    let mut bytes = 0;
    let mut binary = false;
    loop {
        let piece = match source.fill_buf() {
            Ok(piece) => piece,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        if piece.is_empty() && bytes == 0 {
            return Err(Unreadable::Empty);
        }
        if piece.is_empty() {
            scan.finish(take);
            return Ok(binary);
        }
        if bytes == 0 {
            binary = is_binary(piece);
        }
        let length = piece.len();
        scan.feed(piece, take);
        source.consume(length);
        bytes += length as u64;
        progress(Progress::Bytes(bytes));
    }
}

fn sort(start: &[u8], source: impl Read + 'static) -> Stream {
    let text =
        |source: Box<dyn Read>| Stream::Text(Box::new(BufReader::with_capacity(READING, source)));
    if is_capture(start) {
        Stream::Capture(Box::new(source))
    } else if start.starts_with(&[0xff, 0xfe]) {
        text(Box::new(Utf16::new(source, u16::from_le_bytes)))
    } else if start.starts_with(&[0xfe, 0xff]) {
        text(Box::new(Utf16::new(source, u16::from_be_bytes)))
    } else {
        text(Box::new(source))
    }
}

/// Reads UTF-16, in which Windows saves logs, as UTF-8.
struct Utf16<R> {
    source: BufReader<R>,
    unit: fn([u8; 2]) -> u16,
    /// Text that is read and not yet given.
    ready: Vec<u8>,
    given: usize,
    /// The first half of a pair of surrogates.
    high: Option<u16>,
}

impl<R: Read> Utf16<R> {
    fn new(source: R, unit: fn([u8; 2]) -> u16) -> Self {
        Self {
            source: BufReader::with_capacity(READING, source),
            unit,
            ready: Vec::new(),
            given: 0,
            high: None,
        }
    }

    /// Reads some more.
    fn fill(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.given = 0;
        let mut bytes = Vec::new();
        let piece = READING as u64;
        self.source.by_ref().take(piece).read_to_end(&mut bytes)?;
        let units = bytes
            .chunks_exact(2)
            .map(|pair| (self.unit)([pair[0], pair[1]]));
        let units: Vec<u16> = self.high.take().into_iter().chain(units).collect();
        let (last, whole) = match units.split_last() {
            // A pair that the next piece completes.
            Some((last, whole))
                if (0xd800..0xdc00).contains(last) && bytes.len() as u64 == piece =>
            {
                (Some(*last), whole)
            }
            _ => (None, units.as_slice()),
        };
        self.high = last;
        let text = String::from_utf16_lossy(whole);
        self.ready
            .extend_from_slice(text.trim_start_matches('\u{feff}').as_bytes());
        Ok(())
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.given == self.ready.len() {
            self.fill()?;
        }
        let rest = &self.ready[self.given..];
        let length = rest.len().min(room.len());
        room[..length].copy_from_slice(&rest[..length]);
        self.given += length;
        Ok(length)
    }
}

/// The first octets of a source, and the source with them put back.
fn peek<R: Read>(mut source: R) -> io::Result<(Vec<u8>, impl Read + use<R>)> {
    let mut start = Vec::new();
    source.by_ref().take(4).read_to_end(&mut start)?;
    let whole = Cursor::new(start.clone()).chain(source);
    Ok((start, whole))
}
