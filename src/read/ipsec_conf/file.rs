//! The lines of an ipsec.conf: sections that begin at the left margin, settings that are indented.
//!
//! strongSwan and libreswan share the layout and differ in what they forgive; [`Grammar`] says
//! whose rules hold. What is refused here makes the program in question refuse the whole file.

use std::cell::Cell;

use indexmap::IndexMap;

use super::keys;
use super::lines::{Line, Lines, Unterminated};
use crate::diag::{Diagnostic, Place, Sources, Span, quoted};
use crate::read::loading::MOST_SETTINGS;
use crate::read::settings::{Included, Setting, Value, include};
use crate::read::{ReadCode, ReadContext, harmless, libreswan, loading};

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

    /// Whether a word is a key, or a slip of one.
    pub(in crate::read) fn is_slip_of_key(self, word: &str) -> bool {
        match self {
            Self::Libreswan => libreswan::keys::is_slip_of_key(word),
            Self::Starter => keys::is_slip_of_key(word),
        }
    }

    /// Whether a value is one that the program takes, and that can be no secret.
    pub(in crate::read) fn is_harmless(self, key: &str, value: &str) -> bool {
        let kind = keys::kind(key);
        match key {
            "ike" | "esp" | "ah" | "phase2alg" if self == Self::Libreswan => {
                value.split(';').all(is_harmless_part)
            }
            "ike" | "esp" | "ah" | "phase2alg" | "left" | "right" | "leftsubnet" => {
                harmless::is_list(value)
            }
            "leftid" | "rightid" => harmless::is_identity(value),
            // It names other sections, if they are there.
            "also" => false,
            _ if self == Self::Libreswan && libreswan::keys::is_value(key, value) => true,
            _ => kind.is_some_and(|kind| kind.recognises(value)),
        }
    }
}

/// Whether a part of a proposal, which may name its type as in `addke1=ml_kem_768`, is a list.
fn is_harmless_part(part: &str) -> bool {
    let named = part.split_once('=').filter(|(kind, _)| {
        let kind = kind.trim_end_matches(|digit: char| digit.is_ascii_digit());
        matches!(kind, "addke" | "encr" | "encrypt" | "integ" | "ke" | "prf")
    });
    harmless::is_list(named.map_or(part, |(_, list)| list))
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
    /// How many sections and settings have been inherited so far.
    pub(in crate::read) inherited: Cell<usize>,
}

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
        slips: 0,
    };
    let read = parser.text(file);
    parser.show_inherited();
    match read {
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
    /// Keys that are no slips of known ones.
    slips: usize,
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
        if ["config", "ca", "conn"].contains(&kind) {
            self.sources.show(place);
            if let Some(name) = &name {
                self.sources.show(name.span());
            }
        }
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
        if !matches!(self.at, At::Ca(_)) {
            // Of thousands of unknown keys nobody is shown all.
            if self.slips < loading::MOST && self.grammar.is_slip_of_key(&key) {
                self.sources.show_key(&place);
            } else {
                self.slips += 1;
            }
            let value = value.as_ref();
            if let Some(value) = value.filter(|it| self.grammar.is_harmless(&key, it)) {
                self.sources.show(value.span());
            }
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

    /// Shows the names of sections behind `also`, if they are there.
    fn show_inherited(&mut self) {
        for value in self.file.conns.values().flat_map(|conn| &conn.also) {
            if value
                .split(' ')
                .all(|name| self.file.conns.contains_key(name))
            {
                self.sources.show(value.span());
            }
        }
    }

    fn unterminated(&mut self, at: Unterminated) -> Box<Diagnostic> {
        self.wrong(
            &at.0,
            "this quoted text has no end",
            "add a quotation mark at its end",
        )
    }

    /// A mistake behind which nothing is certain.
    fn wrong(&mut self, at: &Span, message: &str, help: &str) -> Box<Diagnostic> {
        let text = self.sources.text(at.file);
        let before = text.get(..at.start).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = text[start..].lines().next().unwrap_or_default();
        let blanks = line.len() - line.trim_start().len();
        let word = line.split_whitespace().next().unwrap_or_default();
        let word = word.split('=').next().unwrap_or_default();
        if ["ca", "config", "conn"].contains(&word) || self.grammar.is_slip_of_key(word) {
            let word = start + blanks..start + blanks + word.len();
            self.sources.show_key(&Span::new(at.file, word));
        }
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
            Diagnostic::error(ReadCode::SyntaxError, at, message)
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
