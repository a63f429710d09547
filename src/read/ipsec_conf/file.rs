//! The lines of an ipsec.conf: sections that begin at the left margin, settings that are indented.
//!
//! strongSwan and libreswan share the layout and differ in what they forgive; [`Grammar`] says
//! whose rules hold. What is refused here makes the program in question refuse the whole file.

use indexmap::IndexMap;

use super::lines::{Line, Lines, Unterminated};
use crate::diag::{Diagnostic, Place, Sources, Span, quoted};
use crate::read::loading::MOST_SETTINGS;
use crate::read::settings::{Included, Setting, Value, include};
use crate::read::{ReadCode, ReadContext};

/// Whose rules a file follows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::read) enum Grammar {
    /// `libipsecconf` of libreswan.
    Libreswan,
    /// `starter` of strongSwan.
    Starter,
}

impl Grammar {
    /// The program, as the subject of a sentence.
    pub(in crate::read) const fn program(self) -> &'static str {
        match self {
            Self::Libreswan => "libreswan",
            Self::Starter => "strongSwan",
        }
    }
}

/// A `conn` section, merged from all places where it is opened.
#[derive(Clone, Debug, Default)]
pub(in crate::read) struct Conn {
    /// The places of its name.
    pub(in crate::read) places: Vec<Span>,
    /// Its own settings, in the order of their first appearance.
    pub(in crate::read) settings: IndexMap<String, Setting>,
    /// The sections that it names by `also`.
    pub(in crate::read) also: Vec<Value>,
}

/// A file that was read to its end.
#[derive(Debug, Default)]
pub(in crate::read) struct File {
    /// `config setup`.
    pub(in crate::read) setup: Conn,
    /// All `conn` sections, `%default` among them.
    pub(in crate::read) conns: IndexMap<String, Conn>,
    /// All `ca` sections.
    pub(in crate::read) authorities: IndexMap<String, Conn>,
    /// What is to be said about its includes.
    pub(in crate::read) diagnostics: Vec<Diagnostic>,
    /// Whether it includes anything.
    pub(in crate::read) includes: bool,
}

/// Words in a line that may hold what nobody may see.
const SECRET_WORDS: [&str; 5] = ["secret", "pass", "psk", "pin", "xauth"];

/// Reads the text numbered `file`, and the files that it includes.
///
/// Fails on the first mistake: behind it nothing is certain.
pub(in crate::read) fn parse(
    sources: &mut Sources,
    file: usize,
    grammar: Grammar,
    context: &ReadContext<'_>,
) -> Result<File, Vec<Diagnostic>> {
    let mut parser = Parser {
        sources,
        grammar,
        context,
        included: Included::default(),
        file: File::default(),
        at: At::Nowhere,
        count: 0,
    };
    match parser.text(file) {
        Ok(()) => Ok(parser.file),
        Err(diagnostic) => {
            parser.file.diagnostics.push(*diagnostic);
            Err(parser.file.diagnostics)
        }
    }
}

/// The section that settings go into.
#[derive(Clone, Debug, Eq, PartialEq)]
enum At {
    Conn(String),
    Ca(String),
    Nowhere,
    Setup,
}

type Step = Result<(), Box<Diagnostic>>;

struct Parser<'p, 'a> {
    sources: &'p mut Sources,
    grammar: Grammar,
    context: &'p ReadContext<'a>,
    included: Included,
    file: File,
    at: At,
    /// Lines that said something so far.
    count: usize,
}

impl Parser<'_, '_> {
    fn text(&mut self, file: usize) -> Step {
        self.included.open.push(file);
        let text = self.sources.text(file);
        let mut lines = Lines::new(&text, file, self.grammar);
        while let Some(line) = lines.next().map_err(|at| self.unterminated(at))? {
            self.count += 1;
            if self.count > MOST_SETTINGS {
                let message = format!("there are more than {MOST_SETTINGS} settings");
                let place = Span::new(file, 0..0);
                return Err(self.wrong(&place, &message, "divide the file"));
            }
            match line {
                Line::Include(pattern) => self.include(&pattern)?,
                Line::Section {
                    kind,
                    kind_place,
                    name,
                } => self.section(kind, &kind_place, name)?,
                Line::Setting { key, place, value } => self.setting(key, place, value),
                Line::Wrong {
                    place,
                    message,
                    help,
                } => {
                    return Err(self.wrong(&place, &message, help));
                }
            }
        }
        self.included.open.pop();
        Ok(())
    }

    fn include(&mut self, pattern: &Value) -> Step {
        self.file.includes = true;
        let (context, diagnostics) = (self.context, &mut self.file.diagnostics);
        let files = include::open(
            pattern,
            self.sources,
            context,
            &mut self.included,
            diagnostics,
        );
        for inner in files {
            self.text(inner)?;
        }
        Ok(())
    }

    fn section(&mut self, kind: &str, place: &Span, name: Option<Value>) -> Step {
        self.at = match (kind, name) {
            ("config", _) => At::Setup,
            ("ca", Some(name)) => {
                let authority = self.file.authorities.entry(name.to_string()).or_default();
                authority.places.push(name.span().clone());
                At::Ca(name.to_string())
            }
            ("conn", Some(name)) => {
                let conn = self.file.conns.entry(name.to_string()).or_default();
                conn.places.push(name.span().clone());
                At::Conn(name.to_string())
            }
            _ => {
                let help = "write the name of the connection behind it";
                return Err(self.wrong(place, "the section has no name", help));
            }
        };
        Ok(())
    }

    fn setting(&mut self, key: String, place: Span, value: Option<Value>) {
        let secret = SECRET_WORDS.iter().any(|word| key.contains(word));
        let harmless = ["xauth", "authby", "secretsfile", "auth"];
        if let Some(value) = value
            .as_ref()
            .filter(|_| secret && !harmless.contains(&key.as_str()))
        {
            self.sources.hide(value.span());
        }
        let conn = match &self.at {
            At::Conn(name) => self.file.conns.get_mut(name),
            At::Setup => Some(&mut self.file.setup),
            At::Ca(name) => self.file.authorities.get_mut(name),
            At::Nowhere => None,
        };
        let Some(conn) = conn else {
            return;
        };
        if key == "also" {
            conn.also.extend(value);
            return;
        }
        match conn.settings.get_mut(&key) {
            Some(setting) => {
                let before = std::mem::replace(&mut setting.key, place);
                setting.overridden.push(before);
                setting.value = value;
            }
            None => {
                let overridden = Vec::new();
                let setting = Setting {
                    key: place,
                    value,
                    overridden,
                };
                conn.settings.insert(key, setting);
            }
        }
    }

    fn unterminated(&self, at: Unterminated) -> Box<Diagnostic> {
        self.wrong(
            &at.0,
            "this quoted text has no end",
            "add a quotation mark at its end",
        )
    }

    /// A mistake behind which nothing is certain. Its line is shown unless it may hold a secret.
    fn wrong(&self, at: &Span, message: &str, help: &str) -> Box<Diagnostic> {
        let text = self.sources.text(at.file);
        let before = text.get(..at.start).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = text[start..].lines().next().unwrap_or_default();
        let line = line.to_ascii_lowercase();
        let secret = SECRET_WORDS.iter().any(|word| line.contains(word));
        let inside = matches!(self.at, At::Conn(_) | At::Setup | At::Ca(_));
        let place = if secret || !inside && !line.starts_with("con") {
            Place::Position(at.clone())
        } else {
            Place::Text(at.clone())
        };
        let note = format!(
            "{} loads nothing out of a file with a syntax error",
            self.grammar.program()
        );
        let help = match ["{{", "{%", "<%", "${"]
            .iter()
            .any(|mark| line.contains(mark))
        {
            true => "this is a template; fill in its placeholders first",
            false => help,
        };
        Box::new(
            Diagnostic::error(ReadCode::SyntaxError, place, message)
                .note(note)
                .help(help),
        )
    }
}

/// A file without any connection to judge.
pub(in crate::read) fn no_connection(file: usize, parsed: &File, grammar: Grammar) -> Diagnostic {
    let message = "no connection is configured";
    let diagnostic = Diagnostic::error(ReadCode::NoConnection, Place::File(file), message);
    if parsed.includes {
        return diagnostic
            .note("neither the file nor what it includes has a section `conn NAME`")
            .help("name the file that holds the connections");
    }
    if !parsed.conns.is_empty() {
        return diagnostic
            .note(format!(
                "{} has nothing but `conn %default`",
                quoted("conn")
            ))
            .help("add a section `conn NAME`");
    }
    diagnostic
        .note(format!(
            "{} would load nothing out of it",
            grammar.program()
        ))
        .help("add a section `conn NAME`, or force another format with `--from`")
}
