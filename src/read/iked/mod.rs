//! OpenIKED's `iked.conf`.
//!
//! One wrong word makes iked refuse the whole file, so each is an error here. Of several rules that
//! fit a peer iked takes the last one, unless one before it is `quick`.

mod grammar;
mod lexer;
mod policy;

use self::grammar::words::Words;
use self::lexer::{Lexer, Macros, Statement, Token};
use super::context::NotOpened;
use super::loading::Found;
use super::{ReadCode, ReadContext, Reading, harmless, loading};
use crate::diag::{Diagnostic, Place, Sources, Span};
use crate::ike::{Proposal, Protocol};
use crate::peer::server::Product;
use crate::peer::setting::{Definitions, KeySet, Setting};
use crate::peer::surface::ConfigSurface;
use crate::peer::{Connection, Engine, EngineName, Server, Version};

/// The version whose source was read.
const READ: Engine = Engine {
    name: EngineName::Openiked,
    version: Version::new(7, 4, 0),
};

/// Files that include each other are followed so far; iked itself follows them until it has no more
/// file descriptors.
const MOST_LEVELS: usize = 10;

/// Reads the text numbered `file`, with the files that it includes.
///
/// Fails with everything that iked would refuse.
pub(crate) fn read(
    sources: &mut Sources,
    file: usize,
    context: &ReadContext<'_>,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    let engine = context
        .engine
        .filter(|engine| engine.name == EngineName::Openiked)
        .unwrap_or(READ);
    let mut reader = Reader {
        context,
        engine,
        macros: Macros::new(),
        connections: Vec::new(),
        settings: Vec::new(),
        secrets: None,
        assumed: [false; 2],
        shown: Vec::new(),
        diagnostics: Vec::new(),
    };
    reader.text(sources, file, 1);
    for span in std::mem::take(&mut reader.shown) {
        sources.show(&span);
    }
    let found = Found {
        product: Some(Product::Openiked),
        engine,
        connections: reader.connections,
        definitions: Definitions {
            keys: Some(KeySet::Iked),
            surface: Some(ConfigSurface::Iked),
            settings: reader.settings,
            secrets: reader.secrets,
            ..Definitions::default()
        },
        diagnostics: reader.diagnostics,
    };
    found.server(sources, file, || {
        let message = "the file has no rule `ikev2`";
        Diagnostic::error(ReadCode::NoConnection, Place::File(file), message)
            .note("iked says \"no valid configuration rules found\"")
    })
}

/// What reading takes and gives.
struct Reader<'r> {
    context: &'r ReadContext<'r>,
    engine: Engine,
    macros: Macros,
    connections: Vec<Connection>,
    /// What `set` says.
    settings: Vec<Setting>,
    /// The first secret.
    secrets: Option<Span>,
    /// Whether it was said already that the lists of IKE and of ESP are assumed.
    assumed: [bool; 2],
    /// Words that may be shown.
    shown: Vec<Span>,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn complain(&mut self, diagnostic: Diagnostic) {
        loading::remark(&mut self.diagnostics, diagnostic);
    }

    /// Reads one file, which is the `level`th inside of each other.
    fn text(&mut self, sources: &mut Sources, file: usize, level: usize) {
        let text = sources.text(file);
        if let Some(at) = text.find("\r\n") {
            let span = Span::new(file, at..at + 1);
            let message = "the lines end with a carriage return, as on Windows";
            self.complain(
                Diagnostic::error(ReadCode::CarriageReturn, &span, message)
                    .note("iked says \"syntax error\", and refuses the whole file")
                    .help("save the file with the line ends of Unix"),
            );
            return;
        }
        let mut lexer = Lexer::new(file, text);
        while let Some(statement) = lexer.statement(&self.macros) {
            match statement {
                Statement::Words(words) => {
                    self.show(&words);
                    if let Err(wrong) = self.statement(sources, &words, level) {
                        self.complain(*wrong);
                    }
                }
                Statement::Skipped(first) => self.passed_over(&first),
                Statement::Broken => {}
            }
            if let Some(many) = loading::too_many_connections(file, self.connections.len()) {
                self.diagnostics.push(many);
                break;
            }
        }
        for diagnostic in lexer.diagnostics {
            self.complain(diagnostic);
        }
    }

    /// Keywords, numbers and the words of tables are harmless wherever they stand, except where a
    /// secret is asked for.
    fn show(&mut self, words: &[Token]) {
        let mut before: Option<&Token> = None;
        for token in words {
            let secret = before.is_some_and(|it| it.is("psk") || it.is("user"));
            let known = token.kind == lexer::Kind::Word && grammar::is_keyword(&token.text);
            if known && !secret {
                self.shown.push(token.span.clone());
            }
            before = Some(token);
        }
    }

    fn passed_over(&mut self, first: &Token) {
        let message = format!(
            "iked passes over this line, which begins with `{}`",
            first.text
        );
        self.shown.push(first.span.clone());
        self.complain(
            Diagnostic::warning(ReadCode::IgnoredSetting, &first.span, message)
                .note("it takes such a line for a rule of ipsec.conf, which is ipsecctl's")
                .help("end the line before it with `\\`, if it belongs to a rule `ikev2`"),
        );
    }

    fn statement(
        &mut self,
        sources: &mut Sources,
        tokens: &[Token],
        level: usize,
    ) -> Result<(), Box<Diagnostic>> {
        if let Some(definition) = grammar::definition(tokens) {
            let (name, value) = definition?;
            self.macros.insert(name, value.into());
            return Ok(());
        }
        let Some(words) = Words::behind_first(tokens) else {
            return Ok(());
        };
        let first = &tokens[0];
        match first.text.as_str() {
            "ikev2" if first.is("ikev2") => {
                let rule = grammar::rule(words)?;
                self.rule(first, rule);
            }
            "set" if first.is("set") => {
                let setting = grammar::setting(words)?;
                // The last word on a subject counts.
                let positive = |key: &str| key.strip_prefix("no").unwrap_or(key).to_owned();
                self.settings
                    .retain(|it| positive(&it.key) != positive(&setting.key));
                self.settings.push(setting);
            }
            "user" if first.is("user") => {
                let mut words = words;
                words.strings(2)?;
                self.secrets.get_or_insert_with(|| first.span.clone());
            }
            "include" if first.is("include") => {
                let mut words = words;
                let path = words.strings(1)?.clone();
                self.include(sources, &path, level);
            }
            _ => {
                let word = crate::diag::quoted_or(&first.text, STATEMENTS.iter().copied(), "this");
                let near = crate::diag::nearest(&first.text, STATEMENTS.iter().copied());
                let near = near.filter(|near| *near != first.text);
                let message = format!("{word} begins no statement of iked.conf");
                return Err(Box::new(
                    Diagnostic::error(ReadCode::SyntaxError, &first.span, message)
                        .note("iked says \"syntax error\", and refuses the whole file")
                        .note("expected `ikev2`, `set`, `user`, `include` or a macro `name = \"value\"`")
                        .maybe_help(near.map(|near| format!("did you mean `{near}`?"))),
                ));
            }
        }
        Ok(())
    }

    fn include(&mut self, sources: &mut Sources, path: &Token, level: usize) {
        let place = &path.span;
        if level >= MOST_LEVELS {
            let message = "this file is included in the tenth level";
            self.complain(
                Diagnostic::error(ReadCode::NotIncluded, place, message)
                    .help("look for files that include each other"),
            );
            return;
        }
        let opened = match self
            .context
            .files
            .open(sources.name(place.file), &path.text)
        {
            Ok(opened) => opened,
            Err(why) => {
                // The name is not repeated: where quotation marks are missing, it may be anything.
                let (message, help) = match &why {
                    NotOpened::Outside => (
                        "an included file lies outside of the folder of the file that is read"
                            .to_owned(),
                        "allow it with `--include-anywhere`",
                    ),
                    NotOpened::Failed(reason) => (
                        format!("a file cannot be included: {reason}"),
                        "iked refuses the whole file without it",
                    ),
                    NotOpened::Nowhere => (
                        "nothing is included: standard input has no folder".to_owned(),
                        "name the file on the command line instead",
                    ),
                };
                self.complain(
                    Diagnostic::warning(ReadCode::NotIncluded, place, message)
                        .note("macros and rules of that file are missing here")
                        .help(help),
                );
                return;
            }
        };
        for one in opened {
            match sources.add_octets(one.name, &one.bytes) {
                Ok(number) => self.text(sources, number, level + 1),
                Err(unreadable) => self.diagnostics.extend(unreadable),
            }
        }
    }

    /// The default lists of this version; those of AH are those of ESP (`create_ike`).
    fn defaults(&self, protocol: Protocol) -> Option<Vec<Proposal>> {
        let protocol = match protocol {
            Protocol::Ike => Protocol::Ike,
            Protocol::Ah | Protocol::Esp => Protocol::Esp,
        };
        (self.context.defaults)(self.engine, protocol)
    }

    /// Says that a word may be shown, where it looks like what is asked for.
    fn show_if(&mut self, span: &Span, is_harmless: bool) {
        if is_harmless {
            self.shown.push(span.clone());
        }
    }

    fn show_host(&mut self, host: &crate::peer::server::Spanned<String>) {
        self.show_if(&host.span, harmless::is_word(&host.value));
    }
}

/// First words of statements.
const STATEMENTS: &[&str] = &["ikev2", "set", "user", "include"];
