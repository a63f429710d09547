//! The control socket of strongSwan: VICI, as much of it as this test speaks.
//!
//! Packets, message elements and their numbers are those of the vici plugin's own description
//! (`src/libcharon/plugins/vici/README.md` in the strongSwan sources). The crates for it do not fit
//! here: rsvici needs an asynchronous runtime, rustici is under the LGPL.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};

// Kinds of packets.
const CMD_REQUEST: u8 = 0;
const CMD_RESPONSE: u8 = 1;
const CMD_UNKNOWN: u8 = 2;
const EVENT_REGISTER: u8 = 3;
const EVENT_CONFIRM: u8 = 5;
const EVENT: u8 = 7;

// Elements of a message.
const SECTION_START: u8 = 1;
const SECTION_END: u8 = 2;
const KEY_VALUE: u8 = 3;
const LIST_START: u8 = 4;
const LIST_ITEM: u8 = 5;
const LIST_END: u8 = 6;

/// No answer takes longer than an exchange that runs out of retransmits.
const PATIENCE: Duration = Duration::from_secs(40);

/// The value of one entry of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    List(Vec<String>),
    Section(Section),
    Text(String),
}

/// A message, or a section of one: named entries in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Section(Vec<(String, Value)>);

impl Section {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a key with its value.
    pub(crate) fn text(self, key: &str, value: &str) -> Self {
        self.with(key, Value::Text(value.to_owned()))
    }

    /// Adds a list.
    pub(crate) fn list<S: AsRef<str>>(self, key: &str, items: &[S]) -> Self {
        let items = items.iter().map(|item| item.as_ref().to_owned());
        self.with(key, Value::List(items.collect()))
    }

    /// Adds a section.
    pub(crate) fn section(self, name: &str, section: Self) -> Self {
        self.with(name, Value::Section(section))
    }

    fn with(mut self, name: &str, value: Value) -> Self {
        self.0.push((name.to_owned(), value));
        self
    }

    /// The text under `key`, or an empty one.
    pub(crate) fn word(&self, key: &str) -> &str {
        match self.0.iter().find(|(name, _)| name == key) {
            Some((_, Value::Text(text))) => text,
            _ => "",
        }
    }

    /// The sections directly in this one, with their names.
    pub(crate) fn sections(&self) -> impl Iterator<Item = (&str, &Self)> {
        self.0.iter().filter_map(|(name, value)| match value {
            Value::Section(section) => Some((name.as_str(), section)),
            Value::List(_) | Value::Text(_) => None,
        })
    }

    /// The sections inside the section `name`; none if there is no such section.
    pub(crate) fn inside(&self, name: &str) -> impl Iterator<Item = &Self> {
        let outer = self.sections().filter(move |(found, _)| *found == name);
        outer.flat_map(|(_, section)| section.sections().map(|(_, inner)| inner))
    }

    fn write(&self, out: &mut Vec<u8>) -> Result<()> {
        for (name, value) in &self.0 {
            match value {
                Value::List(items) => {
                    write_name(out, LIST_START, name)?;
                    for item in items {
                        out.push(LIST_ITEM);
                        write_text(out, item)?;
                    }
                    out.push(LIST_END);
                }
                Value::Section(section) => {
                    write_name(out, SECTION_START, name)?;
                    section.write(out)?;
                    out.push(SECTION_END);
                }
                Value::Text(text) => {
                    write_name(out, KEY_VALUE, name)?;
                    write_text(out, text)?;
                }
            }
        }
        Ok(())
    }
}

fn write_name(out: &mut Vec<u8>, kind: u8, name: &str) -> Result<()> {
    out.extend([kind, u8::try_from(name.len())?]);
    out.extend(name.as_bytes());
    Ok(())
}

fn write_text(out: &mut Vec<u8>, text: &str) -> Result<()> {
    out.extend(u16::try_from(text.len())?.to_be_bytes());
    out.extend(text.as_bytes());
    Ok(())
}

/// What is left of a message.
struct WireDetails<'a>(&'a [u8]);

impl WireDetails<'_> {
    /// Reads a whole message.
    fn message(&mut self) -> Result<Section> {
        let mut message = Section::new();
        while let Some(kind) = self.kind() {
            message = self.entry(kind, message)?;
        }
        Ok(message)
    }

    /// Reads the rest of a section.
    fn section(&mut self) -> Result<Section> {
        let mut section = Section::new();
        loop {
            match self.kind().context("a VICI section without end")? {
                SECTION_END => return Ok(section),
                kind => section = self.entry(kind, section)?,
            }
        }
    }

    fn list(&mut self) -> Result<Vec<String>> {
        let mut items = Vec::new();
        loop {
            match self.kind().context("a VICI list without end")? {
                LIST_END => return Ok(items),
                LIST_ITEM => items.push(self.text()?),
                other => bail!("VICI element {other} in a list"),
            }
        }
    }

    /// Reads an entry of that kind and adds it to `section`.
    fn entry(&mut self, kind: u8, section: Section) -> Result<Section> {
        Ok(match kind {
            KEY_VALUE => section.text(&self.name()?, &self.text()?),
            LIST_START => section.list(&self.name()?, &self.list()?),
            SECTION_START => section.section(&self.name()?, self.section()?),
            other => bail!("VICI element {other} where an entry begins"),
        })
    }

    fn kind(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn name(&mut self) -> Result<String> {
        let length = usize::from(self.take(1)?[0]);
        Ok(String::from_utf8_lossy(self.take(length)?).into_owned())
    }

    fn text(&mut self) -> Result<String> {
        let length = self.take(2)?;
        let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
        Ok(String::from_utf8_lossy(self.take(length)?).into_owned())
    }

    fn take(&mut self, length: usize) -> Result<&[u8]> {
        let (taken, rest) = self
            .0
            .split_at_checked(length)
            .context("a VICI message cut short")?;
        self.0 = rest;
        Ok(taken)
    }
}

/// A connection to the control socket of one daemon.
pub(crate) struct Client {
    stream: UnixStream,
}

impl Client {
    /// Connects, and asks for the events that carry the answers of `list-sas`.
    pub(crate) fn connect(socket: &Path) -> Result<Self> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut client = Self { stream };
        client.send(EVENT_REGISTER, "list-sa", &Section::new())?;
        let (kind, _) = client.receive()?;
        ensure!(kind == EVENT_CONFIRM, "the daemon knows no event `list-sa`");
        Ok(client)
    }

    /// Sends a command and waits for its answer. The outer error is a broken conversation, the inner
    /// one the reason of a daemon that says no.
    pub(crate) fn ask(&mut self, command: &str, message: &Section) -> Result<Result<(), String>> {
        let (answer, _) = self.converse(command, message)?;
        Ok(match answer.word("success") {
            "no" => Err(answer.word("errmsg").to_owned()),
            _ => Ok(()),
        })
    }

    /// Sends a command that the daemon cannot refuse.
    pub(crate) fn tell(&mut self, command: &str, message: &Section) -> Result<()> {
        self.ask(command, message)?
            .map_err(|reason| anyhow!("{command}: {reason}"))
    }

    /// The answer to a question.
    pub(crate) fn answer(&mut self, command: &str) -> Result<Section> {
        Ok(self.converse(command, &Section::new())?.0)
    }

    /// The IKE_SAs of the daemon with their CHILD_SAs.
    pub(crate) fn list_sas(&mut self) -> Result<Vec<Section>> {
        let (_, events) = self.converse("list-sas", &Section::new())?;
        let sas = events.iter().flat_map(Section::sections);
        Ok(sas.map(|(_, section)| section.clone()).collect())
    }

    fn converse(&mut self, command: &str, message: &Section) -> Result<(Section, Vec<Section>)> {
        self.send(CMD_REQUEST, command, message)?;
        let mut events = Vec::new();
        loop {
            let (kind, message) = self
                .receive()
                .with_context(|| format!("after `{command}`"))?;
            match kind {
                EVENT => events.push(message),
                CMD_RESPONSE => return Ok((message, events)),
                CMD_UNKNOWN => bail!("the daemon knows no command `{command}`"),
                other => bail!("a VICI packet of kind {other} instead of an answer"),
            }
        }
    }

    fn send(&mut self, kind: u8, name: &str, message: &Section) -> Result<()> {
        let mut packet = Vec::new();
        write_name(&mut packet, kind, name)?;
        message.write(&mut packet)?;
        let length = u32::try_from(packet.len())?.to_be_bytes();
        self.stream
            .write_all(&[&length, packet.as_slice()].concat())?;
        Ok(())
    }

    fn receive(&mut self) -> Result<(u8, Section)> {
        let mut length = [0; 4];
        self.stream
            .read_exact(&mut length)
            .context("no answer from the daemon")?;
        let mut packet = vec![0; usize::try_from(u32::from_be_bytes(length))?];
        self.stream.read_exact(&mut packet)?;
        let mut rest = WireDetails(&packet);
        let kind = rest.kind().context("an empty VICI packet")?;
        if kind == EVENT {
            rest.name()?;
        }
        Ok((kind, rest.message()?))
    }
}

#[test]
fn a_message_survives_the_wire() -> Result<()> {
    let children = Section::new().section("net", Section::new().text("mode", "tunnel"));
    let message = Section::new()
        .text("version", "2")
        .list("proposals", &["aes256-sha256-modp2048", ""])
        .section("children", children)
        .list::<&str>("vips", &[]);
    let mut bytes = Vec::new();
    message.write(&mut bytes)?;
    assert_eq!(WireDetails(&bytes).message()?, message);
    assert_eq!(
        message
            .inside("children")
            .next()
            .map(|child| child.word("mode")),
        Some("tunnel")
    );
    Ok(())
}

#[test]
fn octets_of_a_message_are_those_of_the_description() -> Result<()> {
    let mut bytes = Vec::new();
    let section = Section::new().section("s", Section::new().text("k", "v").list("l", &["i"]));
    section.write(&mut bytes)?;
    let expected = [
        &[1, 1, b's'][..],               // section s
        &[3, 1, b'k', 0, 1, b'v'],       // k = v
        &[4, 1, b'l', 5, 0, 1, b'i', 6], // l = [ i ]
        &[2],                            // end of s
    ];
    assert_eq!(bytes, expected.concat());
    Ok(())
}

#[test]
fn a_message_cut_short_is_an_error() {
    let whole = [
        1, 1, b's', 3, 1, b'k', 0, 1, b'v', 4, 1, b'l', 5, 0, 1, b'i',
    ];
    for cut in 1..=whole.len() {
        assert!(
            WireDetails(&whole[..cut]).message().is_err(),
            "cut after {cut} octets"
        );
    }
}
