//! From words to sections.

use super::include::{self, Included};
use super::lexer::{Lexer, ReferenceToken, Token, Unterminated};
use super::{Reference, Section, Setting, Value};
use crate::diag::{Diagnostic, Sources, Span};
use crate::read::loading::{MOST, MOST_SETTINGS};
use crate::read::{ReadCode, ReadContext};

/// Sections inside each other; real files have five.
const MAX_NESTED: usize = 100;

/// What of a file may be shown, which only those know who know its keys.
pub(in crate::read) struct Vocabulary {
    /// Whether a word is a key, or a slip of one.
    pub(in crate::read) is_key: fn(&str) -> bool,
    /// Whether a value of a key is recognised as harmless.
    pub(in crate::read) is_harmless: fn(key: &str, value: &str) -> bool,
}

/// The section of a file of which nothing is shown but its name.
const SECRETS: &str = "secrets";

/// A file that was read to its end.
pub(in crate::read) struct Parsed {
    /// The whole file.
    pub(in crate::read) root: Section,
    /// What is to be said about its includes.
    pub(in crate::read) diagnostics: Vec<Diagnostic>,
    /// Whether it includes anything.
    pub(in crate::read) includes: bool,
}

/// Reads the text numbered `file`, and the files that it includes.
///
/// Fails on the first mistake, as strongSwan does: behind it nothing is certain.
pub(in crate::read) fn parse(
    sources: &mut Sources,
    file: usize,
    vocabulary: &Vocabulary,
    context: &ReadContext<'_>,
) -> Result<Parsed, Vec<Diagnostic>> {
    let mut parser = Parser {
        sources,
        vocabulary,
        context,
        included: Included::default(),
        open: vec![(String::new(), Section::default())],
        diagnostics: Vec::new(),
        includes: false,
        count: 0,
        slips: 0,
    };
    if let Err(diagnostic) = parser.file(file) {
        let mut diagnostics = parser.diagnostics;
        diagnostics.push(*diagnostic);
        return Err(diagnostics);
    }
    let (_, root) = parser.open.swap_remove(0);
    Ok(Parsed {
        root,
        diagnostics: parser.diagnostics,
        includes: parser.includes,
    })
}

type Step = Result<(), Box<Diagnostic>>;

struct Parser<'p, 'a> {
    sources: &'p mut Sources,
    vocabulary: &'p Vocabulary,
    context: &'p ReadContext<'a>,
    included: Included,
    /// The sections that are open, the whole file first, with their names.
    open: Vec<(String, Section)>,
    diagnostics: Vec<Diagnostic>,
    includes: bool,
    /// Settings and sections so far.
    count: usize,
    /// Keys that are no slips of known ones.
    slips: usize,
}

impl Parser<'_, '_> {
    fn file(&mut self, file: usize) -> Step {
        self.included.open.push(file);
        let text = self.sources.text(file);
        let mut lexer = Lexer::new(&text, file);
        let floor = self.open.len();
        loop {
            let (token, place) = lexer.next().map_err(|at| self.unterminated(&at))?;
            match token {
                Token::End if self.open.len() > floor => return Err(self.unclosed()),
                Token::End => break,
                Token::Close if self.open.len() > floor => self.close(),
                Token::Close => {
                    return Err(self.wrong(&place, "`}` closes nothing", "remove it"));
                }
                Token::Include(pattern) => {
                    self.includes = true;
                    let (context, diagnostics) = (self.context, &mut self.diagnostics);
                    let included = &mut self.included;
                    let files =
                        include::open(&pattern, self.sources, context, included, diagnostics);
                    for inner in files {
                        self.file(inner)?;
                    }
                }
                Token::Name(name) => self.named(&mut lexer, name, place)?,
                Token::Open => {
                    return Err(self.wrong(
                        &place,
                        "`{` has no name before it",
                        "name the section",
                    ));
                }
                Token::Equals => {
                    return Err(self.wrong(
                        &place,
                        "`=` has no name before it",
                        "name the setting",
                    ));
                }
                Token::Colon => {
                    return Err(self.wrong(
                        &place,
                        "`:` has no name before it",
                        "name the section",
                    ));
                }
                Token::Stray(stray) => {
                    let message = format!("`{stray}` cannot stand here");
                    let help = "put values with such characters in double quotes, behind `=`";
                    return Err(self.wrong(&place, &message, help));
                }
            }
        }
        self.included.open.pop();
        Ok(())
    }

    /// What follows a name: a value or a section.
    fn named(&mut self, lexer: &mut Lexer<'_>, name: String, key: Span) -> Step {
        self.count += 1;
        if self.count > MOST_SETTINGS {
            let message = format!("there are more than {MOST_SETTINGS} settings");
            return Err(self.wrong(&key, &message, "divide the file"));
        }
        let (token, place) = lexer.next().map_err(|at| self.unterminated(&at))?;
        match token {
            Token::Equals => {
                let value = lexer.value().map_err(|at| self.unterminated(&at))?;
                self.set(name, key, value);
                Ok(())
            }
            Token::Open => self.enter(name, key, Vec::new()),
            Token::Colon => {
                let references = self.references(lexer, &place)?;
                let (token, place) = lexer.next().map_err(|at| self.unterminated(&at))?;
                match token {
                    Token::Open => self.enter(name, key, references),
                    _ => Err(self.wrong(
                        &place,
                        "expected `{` behind the references",
                        "open the section with `{`, or write `=` in place of `:`",
                    )),
                }
            }
            Token::Stray('.') => Err(self.wrong(
                &place,
                "a name cannot contain a dot",
                "open sections inside each other, or write `-` or `_`",
            )),
            _ => Err(self.wrong(
                &key,
                "expected `=` or `{` behind this name",
                "write `name = value`, or `name {` for a section; one setting a line",
            )),
        }
    }

    fn references(
        &mut self,
        lexer: &mut Lexer<'_>,
        colon: &Span,
    ) -> Result<Vec<Reference>, Box<Diagnostic>> {
        let mut references = Vec::new();
        let mut expects_name = true;
        for (token, place) in lexer.references() {
            match token {
                ReferenceToken::Name(name) if expects_name => {
                    references.push(Reference { name, place });
                }
                ReferenceToken::Comma if !expects_name => {}
                ReferenceToken::Name(_) => {
                    let help = "write a comma between the names";
                    return Err(self.wrong(&place, "expected `,` or `{` before this name", help));
                }
                ReferenceToken::Comma => {
                    return Err(self.wrong(&place, "`,` has no name before it", "remove it"));
                }
            }
            expects_name = !expects_name;
        }
        if expects_name {
            let help = "name a section, such as `connections.base`, or remove the `:` or `,`";
            return Err(self.wrong(colon, "expected the name of a section", help));
        }
        Ok(references)
    }

    fn set(&mut self, name: String, key: Span, value: Option<Value>) {
        if !self.is_in_secrets() {
            // Of thousands of unknown keys nobody is shown all.
            if self.slips < MOST && (self.vocabulary.is_key)(&name) {
                self.sources.show_key(&key);
            } else {
                self.slips += 1;
            }
            let value = value.as_ref();
            let harmless = value.filter(|it| (self.vocabulary.is_harmless)(&name, it));
            if let Some(value) = harmless {
                self.sources.show(value.span());
            }
        }
        let Some((_, section)) = self.open.last_mut() else {
            return;
        };
        match section.settings.get_mut(&name) {
            Some(setting) => {
                let before = std::mem::replace(&mut setting.key, key);
                setting.overridden.push(before);
                setting.value = value;
            }
            None => {
                let overridden = Vec::new();
                let setting = Setting {
                    key,
                    value,
                    overridden,
                };
                section.settings.insert(name, setting);
            }
        }
    }

    fn enter(&mut self, name: String, place: Span, references: Vec<Reference>) -> Step {
        if self.open.len() > MAX_NESTED {
            let message = format!("sections are nested deeper than {MAX_NESTED} levels");
            return Err(self.wrong(&place, &message, "close sections with `}`"));
        }
        if !self.is_in_secrets() {
            self.sources.show_key(&place);
            for reference in &references {
                self.sources.show_key(&reference.place);
            }
        }
        let section = Section {
            places: vec![place],
            references,
            ..Section::default()
        };
        self.open.push((name, section));
        Ok(())
    }

    fn is_in_secrets(&self) -> bool {
        self.open.get(1).is_some_and(|(name, _)| name == SECRETS)
    }

    fn close(&mut self) {
        let Some((name, mut section)) = self.open.pop() else {
            return;
        };
        // There may be hundreds of thousands.
        section.sections.shrink_to_fit();
        section.settings.shrink_to_fit();
        if let Some((_, parent)) = self.open.last_mut() {
            add(parent, name, section);
        }
    }

    fn unclosed(&mut self) -> Box<Diagnostic> {
        let place = self.open.last().and_then(|(_, open)| open.places.first());
        let place = place.cloned().unwrap_or(Span::new(0, 0..0));
        self.wrong(&place, "this section is not closed", "add `}` at its end")
    }

    fn unterminated(&mut self, at: &Unterminated) -> Box<Diagnostic> {
        let message = "this quoted text has no end";
        self.wrong(&at.at, message, "add `\"` at its end")
    }

    /// A mistake behind which nothing is certain.
    fn wrong(&mut self, at: &Span, message: &str, help: &str) -> Box<Diagnostic> {
        let text = self.sources.text(at.file);
        let before = text.get(..at.start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = text[line_start..].lines().next().unwrap_or_default();
        let blanks = line.len() - line.trim_start().len();
        let word = line.split_whitespace().next().unwrap_or_default();
        if !self.is_in_secrets() && (self.vocabulary.is_key)(word) {
            let word = line_start + blanks..line_start + blanks + word.len();
            self.sources.show_key(&Span::new(at.file, word));
        }
        let mut diagnostic = Diagnostic::error(ReadCode::SyntaxError, at, message)
            .note("strongSwan loads nothing out of a file with a syntax error")
            .help(help);
        if ["{{", "{%", "<%", "${"]
            .iter()
            .any(|mark| line.contains(mark))
        {
            diagnostic = diagnostic.help("this is a template; fill in its placeholders first");
        }
        Box::new(diagnostic)
    }
}

/// Adds a section to another one: what is there already is extended, values are replaced.
fn add(parent: &mut Section, name: String, section: Section) {
    let Some(existing) = parent.sections.get_mut(&name) else {
        parent.sections.insert(name, Box::new(section));
        return;
    };
    existing.places.extend(section.places);
    existing.references.extend(section.references);
    for (key, setting) in section.settings {
        match existing.settings.get_mut(&key) {
            Some(old) => {
                let before = std::mem::replace(old, setting);
                let later = std::mem::replace(&mut old.overridden, before.overridden);
                old.overridden.push(before.key);
                old.overridden.extend(later);
            }
            None => {
                existing.settings.insert(key, setting);
            }
        }
    }
    for (name, inner) in section.sections {
        add(existing, name, *inner);
    }
}
