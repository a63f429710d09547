//! What a file is, by what stands in it: its name decides nothing.

use std::borrow::Cow;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Cursor, Read as _};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use ikecompat::answer::habits;
use ikecompat::diag::{shell_file, shell_word, text_of};
use ikecompat::diagnose::stream::{LogLines, Stream};
use ikecompat::format::Format;
use ikecompat::read::Unlike;
use ikecompat::read::certificate::certificates;
use ikecompat::write::report::summary::{self, PassedOver};
use infer::MatcherType;

use super::archive;
use super::terminal::{self, Terminal};

/// How much of a file is looked at.
const LOOKED_AT: usize = 1 << 20;

/// Files of a folder that are looked at.
pub(super) const MOST_FILES: usize = 500;

/// What a file is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// There is nothing in it, or blanks alone.
    Empty,
    /// A capture of packets.
    Capture,
    /// A log.
    Log,
    /// A configuration of a server.
    Server(Format),
    /// A configuration of a client.
    Client(Format),
    /// It is no configuration and holds one.
    Holder(Format),
    /// A profile of a client, as the database has them.
    Profile,
    /// One certificate, or a chain.
    Certificate,
    /// Files in a tar.
    Archive,
    /// Text of another kind, which readers of configurations name: what it is, and what can be done with it.
    Foreign(&'static str, &'static str),
    /// Something that no subcommand reads: what it is, and what can be done with it.
    Other(&'static str, &'static str),
}

impl Kind {
    /// What the beginning of a file shows; `None` if it shows nothing.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let head = &*unpacked(&bytes[..bytes.len().min(LOOKED_AT)]);
        if head.iter().all(u8::is_ascii_whitespace) {
            return Some(Self::Empty);
        }
        if Stream::of(Cursor::new(head.to_vec())).is_ok_and(|it| matches!(it, Stream::Capture(_))) {
            return Some(Self::Capture);
        }
        if archive::is_tar(head) {
            return Some(Self::Archive);
        }
        if let Some((what, help)) = binary(head) {
            return Some(Self::Other(what, help));
        }
        if is_apple(head) {
            return Some(Self::Client(Format::Mobileconfig));
        }
        let text = text_of(head);
        let lines = LogLines::of(head);
        if let Some(kind) = own(&text) {
            return Some(kind);
        }
        let format = Format::of(&text).filter(|format| format.is_about_ike(&text));
        let is_log = lines.understood > 0;
        Some(match format {
            _ if is_log && !is_structured(&text) => Self::Log,
            Some(Format::Powershell) if text.contains("Set-VpnServer") => {
                Self::Server(Format::Rras)
            }
            Some(format) if format.method().is_some() => Self::Client(format),
            Some(format) => Self::Server(format),
            None if certificates(head).is_ok() => Self::Certificate,
            None => without_certificate(head).or_else(|| match Unlike::of(&text) {
                Some(Unlike::Holder(format)) => Some(Self::Holder(format)),
                _ if is_log => Some(Self::Log),
                Some(Unlike::Foreign(what, help)) => Some(Self::Foreign(what, help)),
                None if lines.vague > 0 && !is_structured(&text) => Some(Self::Log),
                None if is_noise(head) => {
                    let help = "no subcommand reads it";
                    Some(Self::Other(
                        "a file in binary form that is not known here",
                        help,
                    ))
                }
                None => None,
            })?,
        })
    }

    /// What the file at `path` is; `None` if its beginning shows nothing.
    pub(super) fn of_file(path: &Path) -> io::Result<Option<Self>> {
        let head = head(&mut File::open(path)?)?;
        Ok(Self::of_named(&path.to_string_lossy(), &head))
    }

    /// The same of a file that was opened: only that of habits is one by its name.
    fn of_named(name: &str, bytes: &[u8]) -> Option<Self> {
        let name = Path::new(name).file_name();
        match name.is_some_and(|it| it == habits::FILE) {
            true => Some(HABITS),
            false => Self::of(bytes),
        }
    }

    /// It in words: `a log`.
    pub(super) fn what(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Empty => "empty, or blank",
            Self::Capture => "a capture",
            Self::Log => "a log",
            Self::Server(format) => {
                return Cow::Owned(format!("{}, which configures a server", format.title()));
            }
            Self::Client(format) => {
                return Cow::Owned(format!("{}, which configures a client", format.title()));
            }
            Self::Holder(format) => {
                return Cow::Owned(format!("a file that holds {}", format.title()));
            }
            Self::Profile => "a client profile",
            Self::Certificate => "a certificate",
            Self::Archive => "a tar archive",
            Self::Foreign(what, _) | Self::Other(what, _) => what,
        })
    }

    /// What the file `name` is instead of what was asked for, and what to do with it.
    fn instead(self, name: &str, wanted: &str) -> String {
        let what = match self {
            Self::Server(format) | Self::Client(format) => format.title().into(),
            _ => self.what(),
        };
        let is = format!("`{name}` is {what}, {wanted}");
        let file = match name {
            "<stdin>" => "-",
            name => name,
        };
        match (self.command(Path::new(file)), self) {
            (None, Self::Foreign(_, help) | Self::Other(_, help)) => format!("{is}: {help}"),
            (None, _) => format!("there is nothing in `{name}`"),
            (Some(command), Self::Client(format)) => format!(
                "{is}; `{command}` plans a server for it, `ikecompat check SERVER --clients {}={}` \
                 tries it on one",
                format.client().unwrap_or("ID"),
                shell_file(name)
            ),
            (Some(command), _) => format!("{is}; `{command}` reads it"),
        }
    }

    /// The command that reads the file at `path`, as it is typed.
    fn command(self, path: &Path) -> Option<String> {
        let words = self.arguments(path)?;
        let words = words.iter().map(|word| shell_word(&word.to_string_lossy()));
        Some(format!("ikecompat {}", words.collect::<Vec<_>>().join(" ")))
    }

    /// What stands for the file at `path` on the command line: the subcommand that reads it; `None` if there is none.
    pub(super) fn arguments(self, path: &Path) -> Option<Vec<OsString>> {
        let (words, prefix): (&[&str], _) = match self {
            Self::Capture | Self::Log => (&["diagnose"], None),
            Self::Archive | Self::Server(_) => (&["check"], None),
            Self::Holder(format) if format.method().is_none() => (&["check"], None),
            Self::Profile => (&["clients", "lint"], None),
            Self::Certificate => (&["certificate"], None),
            Self::Client(format) | Self::Holder(format) => {
                (&["recommend", "--clients"], format.client())
            }
            Self::Empty | Self::Foreign(..) | Self::Other(..) => return None,
        };
        let mut last = OsString::new();
        if let Some(client) = prefix {
            last.push(client);
            last.push("=");
        }
        last.push(path);
        let words = words.iter().map(OsString::from);
        Some(words.chain([last]).collect())
    }
}

/// What a file of a folder is that was passed over.
pub(super) fn passed_over(path: &Path, kind: Option<Kind>) -> PassedOver {
    let what = kind.map_or(Cow::Borrowed("nothing that is known here"), Kind::what);
    PassedOver {
        file: path.display().to_string(),
        what: what.into_owned(),
        command: kind.and_then(|kind| kind.command(path)),
    }
}

/// Says on standard error what files are instead of what was looked for, and the next step.
pub(super) fn say_instead<'p>(paths: impl Iterator<Item = &'p Path>, terminal: Terminal) {
    // A pipe or a device in a folder is nothing to look into.
    let paths = paths.filter(|path| fs::metadata(path).is_ok_and(|it| it.is_file()));
    let look = |path| passed_over(path, Kind::of_file(path).ok().flatten());
    let files: Vec<_> = paths.take(MOST_FILES).map(look).collect();
    for line in summary::passed_over(&files, terminal.verbose) {
        terminal::say(&line);
    }
    terminal::say(&format!("next: {}", summary::instead(&files)));
}

/// As much of a source as is looked at.
pub(super) fn head(source: &mut impl io::Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    source.take(LOOKED_AT as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// Why the file `name` is no configuration, and what to do with it; `None` if a reader of configurations is to say so
/// itself.
pub(super) fn no_configuration(name: &str, bytes: &[u8]) -> Option<String> {
    let head = &bytes[..bytes.len().min(LOOKED_AT)];
    let called = Kind::of_named(name, b"");
    let own = called.filter(|kind| *kind == HABITS);
    if let Some(kind) = own.or_else(|| self::own(&text_of(head))) {
        return Some(kind.instead(name, NO_CONFIGURATION));
    }
    // Somebody has written what happened between the settings.
    if Format::of(&text_of(head)).is_some_and(|format| format != Format::Swanctl) {
        return None;
    }
    let kind = Kind::of(head).filter(|_| !archive::is_packed(bytes))?;
    let is_configuration = match kind {
        Kind::Archive
        | Kind::Client(_)
        | Kind::Empty
        | Kind::Foreign(..)
        | Kind::Holder(_)
        | Kind::Server(_) => true,
        Kind::Capture | Kind::Certificate | Kind::Log | Kind::Other(..) | Kind::Profile => false,
    };
    (!is_configuration).then(|| kind.instead(name, NO_CONFIGURATION))
}

/// Why the file `name` is no profile of a client, and what to do with it; `None` if it may be one.
pub(super) fn no_profile(name: &str, bytes: &[u8]) -> Option<String> {
    not_own(name, bytes, Kind::Profile, "no client profile")
}

/// Why the file `name` is no policy, and what to do with it; `None` if it may be one.
pub(super) fn no_policy(name: &str, bytes: &[u8]) -> Option<String> {
    not_own(name, bytes, POLICY, "no policy")
}

fn not_own(name: &str, bytes: &[u8], own: Kind, wanted: &str) -> Option<String> {
    let kind = Kind::of_named(name, bytes).filter(|kind| *kind != own && *kind != Kind::Empty)?;
    Some(kind.instead(name, wanted))
}

/// What a file is not that was to be a configuration.
const NO_CONFIGURATION: &str = "no configuration of a server";

/// Why the file `name` that begins with `head` is no log and no capture, and what to do with it; `None` if it may be
/// one.
pub(super) fn no_log(name: &str, head: &[u8]) -> Option<String> {
    let kind = Kind::of_named(name, head)?;
    let is_log = match kind {
        // Of a file of blanks it is the answer that there is nothing about IKE.
        Kind::Capture | Kind::Empty | Kind::Log => true,
        // Reports have the configuration before the log.
        Kind::Client(_) | Kind::Holder(_) | Kind::Server(_) => {
            LogLines::of(head).understood > 0 || head.len() >= LOOKED_AT
        }
        Kind::Foreign(..) => LogLines::of(head).understood > 0,
        Kind::Archive | Kind::Certificate | Kind::Other(..) | Kind::Profile => false,
    };
    (!is_log).then(|| kind.instead(name, "no log and no capture"))
}

/// Why the file `name` is no certificate, and what to do with it; `why` if nothing more is known.
pub(super) fn no_certificate(name: &str, bytes: &[u8], why: &str) -> String {
    match Kind::of_named(name, bytes) {
        None | Some(Kind::Certificate) => format!("`{name}`: {why}"),
        Some(kind) => kind.instead(name, "no certificate"),
    }
}

/// The beginning of what is packed by gzip, else the beginning itself.
fn unpacked(head: &[u8]) -> Cow<'_, [u8]> {
    if !head.starts_with(&archive::GZIP) {
        return Cow::Borrowed(head);
    }
    let mut inflated = Vec::new();
    // What is cut off or damaged ends it.
    let _ = MultiGzDecoder::new(head)
        .take(LOOKED_AT as u64)
        .read_to_end(&mut inflated);
    Cow::Owned(inflated)
}

/// What a file is that is neither text nor anything that is read, and what can be done with it.
fn binary(head: &[u8]) -> Option<(&'static str, &'static str)> {
    const COPY: &str = "copy the lines themselves into a file of text";
    if head.starts_with(b"ElfFile\0") {
        let help = "export it as text: `wevtutil qe FILE /lf:true /f:text`";
        return Some(("an event log of Windows in binary form", help));
    }
    if head.starts_with(b"LPKSHHRH") {
        let help = "print it as text: `journalctl --file FILE`";
        return Some(("a journal of systemd in binary form", help));
    }
    if head.starts_with(b"%PDF-") {
        return Some((
            "a PDF document",
            "take the text out of it: `pdftotext FILE`",
        ));
    }
    let kind = infer::get(head)?;
    Some(match (kind.matcher_type(), kind.extension()) {
        (MatcherType::Archive, "sqlite") => ("a database", "export what is wanted as text"),
        (MatcherType::Archive, "zip") => ("a ZIP archive", "unpack it first: `unzip FILE`"),
        (MatcherType::Archive, _) => ("an archive", "unpack it first"),
        (MatcherType::Image, _) => ("a picture", COPY),
        (MatcherType::Audio, _) => ("a recording of sound", "no subcommand reads it"),
        (MatcherType::Video, _) => ("a film", COPY),
        (MatcherType::Font, _) => ("a font", "no subcommand reads it"),
        (MatcherType::Book, _) => ("a book", COPY),
        (MatcherType::Doc, _) => ("an office document", COPY),
        (MatcherType::App, "der" | "pem") | (MatcherType::Text | MatcherType::Custom, _) => {
            return None;
        }
        (MatcherType::App, _) => ("a program", "no subcommand reads it"),
    })
}

/// Whether octets are of no text, not even of one in UTF-16 with a slip.
fn is_noise(head: &[u8]) -> bool {
    let is_wide = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    !is_wide && head.contains(&0) && str::from_utf8(head).is_err()
}

/// Whether a file is a profile of Apple in binary form, or within a signature (CMS).
fn is_apple(head: &[u8]) -> bool {
    let has = |mark: &[u8]| memchr::memmem::find(head, mark).is_some();
    head.starts_with(b"bplist") || head.starts_with(b"0") && has(b"<plist")
}

/// What belongs to a certificate and holds none that is read: blocks of PEM (RFC 7468), PKCS #12.
fn without_certificate(head: &[u8]) -> Option<Kind> {
    const ISSUED: &str = "give the certificate that belongs to it";
    let has = |label: &str| memchr::memmem::find(head, label.as_bytes()).is_some();
    let begins = |label: &str| has(&format!("-----BEGIN {label}-----"));
    if begins("CERTIFICATE REQUEST") || begins("NEW CERTIFICATE REQUEST") {
        let help = "give the certificate that the CA makes of it";
        return Some(Kind::Other("a request for a certificate", help));
    }
    if begins("X509 CRL") {
        return Some(Kind::Other("a list of revoked certificates", ISSUED));
    }
    if has("-----BEGIN ") && has("PRIVATE KEY-----") {
        let help = "nobody needs to see it; give the certificate that belongs to it";
        return Some(Kind::Other("a private key", help));
    }
    if begins("PUBLIC KEY") {
        return Some(Kind::Other("a public key", ISSUED));
    }
    // A SEQUENCE of two octets of length, and version 3 (RFC 7292, section 4).
    if head.starts_with(b"\x30\x82") && head.get(4..7) == Some(b"\x02\x01\x03") {
        let help = "take the certificate out of it: `openssl pkcs12 -in FILE -nokeys`";
        return Some(Kind::Other("a PKCS #12 file with a private key", help));
    }
    // The length of the sequence that a certificate is, in two octets.
    if let [0x30, 0x82, high, low, rest @ ..] = head
        && rest.len() < usize::from(u16::from_be_bytes([*high, *low]))
        && str::from_utf8(head).is_err()
    {
        let what = "the beginning of a file in DER, which is cut off";
        return Some(Kind::Other(what, "copy the whole file again"));
    }
    let is_broken = begins("CERTIFICATE") || begins("X509 CERTIFICATE");
    let help = "copy the whole block, from BEGIN to END";
    let what = "a PEM block of a certificate that is cut or broken";
    is_broken.then_some(Kind::Other(what, help))
}

/// A file of the program's own that configures no server, if it is one, by the keys at its left edge: what it is, and
/// what can be done with it.
fn own(text: &str) -> Option<Kind> {
    let keys = || {
        text.lines()
            .filter_map(|line| Some(line.split_once(':')?.0))
    };
    let has = |key: &str| keys().any(|it| it == key);
    let of_profile = ["covers", "label", "role", "sources", "variants"];
    let of_profile = of_profile.iter().filter(|key| has(key)).count();
    // A profile that is being written has not all of its keys.
    if has("vendor") && of_profile > 1 {
        return Some(Kind::Profile);
    }
    let of_policy = ["binding", "ike", "key-exchange", "otherwise", "retrieved"];
    let of_policy = of_policy.iter().filter(|key| has(key)).count();
    if has("title") && of_policy > 1 {
        return Some(POLICY);
    }
    let of_habits = |key: &str| habits::KEYS.contains(&key);
    let are_habits = (has("policy") || has("allow"))
        && keys().all(|key| of_habits(key) || key.starts_with([' ', '#', '-']));
    are_habits.then_some(HABITS)
}

/// Whether a file is of the program's own and configures no server.
pub(super) fn is_own(text: &str) -> bool {
    own(text).is_some()
}

/// How algorithms are judged.
const POLICY: Kind = Kind::Other(
    "a policy",
    "name it beside a server: `ikecompat check SERVER --policy FILE`",
);

/// What is taken from it, and where it has to be.
const HABITS: Kind = Kind::Other(
    "a file of habits",
    "it counts by itself for the files beside it and below: `ikecompat check SERVER`",
);

/// Whether a text is markup or sections, which logs are not, although configurations may quote their words.
fn is_structured(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    // Lines of syslog begin with a number in the same brackets.
    let is_syslog = text
        .strip_prefix('<')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let is_markup =
        text.starts_with('<') && !is_syslog || text.starts_with("{\n") || text.starts_with("{\"");
    let lines = || text.lines().map(str::trim_end);
    let opens = lines().any(|line| {
        let name = line.strip_suffix('{').map(str::trim);
        name.is_some_and(|name| !name.is_empty() && !name.contains([' ', ':', '[']))
    });
    let section = |line: &str| {
        ["conn ", "config "]
            .iter()
            .any(|word| line.starts_with(word))
    };
    is_markup || opens || lines().any(section)
}
