//! What a script calls: the commands that matter, with the arguments that they get.
//!
//! Nothing is run. Variables have the value that is assigned to them before, in the order of the
//! text; what is computed, or comes from outside, is a value that is not known.

mod functions;
mod values;
mod variables;

use self::functions::Functions;
pub(super) use self::variables::Value;
pub(in crate::read) use self::variables::Variables;
use super::lexer::{Kind, Piece, Token, Tokens};
use crate::diag::{Diagnostic, Span, any_of, is_slip, nearest, quoted, quoted_or};
use crate::dialect::powershell::{Command, Named, Takes, Unbound};
use crate::peer::server::Spanned;
use crate::read::ReadCode;

/// A parameter and what it gets.
#[derive(Clone, Debug)]
pub(super) struct Bound {
    pub(super) named: &'static Named,
    /// Its name as it is written, or its value if that stands without a name.
    pub(super) span: Span,
    /// Nothing for those that stand alone.
    pub(super) value: Option<Value>,
}

/// A call of a command.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) command: Command,
    /// The command's name.
    pub(super) span: Span,
    pub(super) bound: Vec<Bound>,
}

impl Call {
    /// What a parameter gets.
    pub(super) fn get(&self, name: &str) -> Option<&Bound> {
        self.bound.iter().find(|bound| bound.named.name == name)
    }

    /// Whether a parameter that stands alone is there, and not switched off.
    pub(super) fn has(&self, name: &str) -> bool {
        let off = |bound: &Bound| match &bound.value {
            Some(Value::Text(text)) => text.value.eq_ignore_ascii_case("false"),
            _ => false,
        };
        self.get(name).is_some_and(|bound| !off(bound))
    }
}

/// A script that was looked through.
#[derive(Debug, Default)]
pub(super) struct Script {
    pub(super) calls: Vec<Call>,
    /// What is wrong with the calls as such.
    pub(super) wrong: Vec<Diagnostic>,
    /// Places of parameters' names that were understood, which are no secrets.
    pub(super) shown: Vec<Span>,
    /// What the variables hold at the end.
    pub(super) variables: Variables,
}

/// Whether a name is that of a secret.
pub(super) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["psk", "pass", "pwd", "secret", "key", "credential"]
        .iter()
        .any(|word| name.contains(word))
}

/// Finds the calls in a script that begins with these variables.
pub(super) fn read(tokens: &Tokens, file: usize, variables: Variables) -> Script {
    let mut reader = Reader {
        tokens: &tokens.list,
        file,
        at: 0,
        variables,
        piped: None,
        functions: Functions::of(&tokens.list),
        script: Script::default(),
    };
    while reader.at < reader.tokens.len() {
        reader.statement(tokens);
    }
    reader.uncalled(tokens);
    reader.script.variables = reader.variables;
    reader.script
}

/// Longer texts and larger tables are no arguments of these commands. Without a limit a script
/// that appends a variable to itself would need more memory than there is.
const MAX_TEXT: usize = 4096;
const MAX_ENTRIES: usize = 100;
/// Tables inside of tables, and functions that call each other.
const MAX_DEPTH: usize = 4;
/// Words of `New-Object` before its properties.
const MAX_WORDS: usize = 8;

struct Reader<'t> {
    tokens: &'t [Token],
    file: usize,
    at: usize,
    variables: Variables,
    functions: Functions,
    /// What the statement before hands over, if it ends with `|`.
    piped: Option<Vec<(Spanned<String>, Value)>>,
    script: Script,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<&'t Kind> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    fn span(&self, at: usize) -> Span {
        let last = self.tokens.last().map_or(0, |token| token.span.end);
        let range = self
            .tokens
            .get(at)
            .map_or(last..last, |token| token.span.clone());
        Span::new(self.file, range)
    }

    fn is_end(&self) -> bool {
        matches!(self.peek(), None | Some(Kind::End { .. } | Kind::Close))
    }

    /// Reads one statement, or skips the sign before one. What stands in brackets is statements
    /// too, so brackets are passed over like ends.
    fn statement(&mut self, all: &Tokens) {
        let start = self.at;
        let piped = self.piped.take();
        match self.peek() {
            Some(Kind::Table) => {
                self.at += 1;
                let entries = self.table();
                self.pipe(entries);
            }
            Some(Kind::Word { pieces, bare: true }) => {
                if let [Piece::Variable(name)] = pieces.as_slice()
                    && let Some(Kind::End { pipe: true, .. }) =
                        self.tokens.get(start + 1).map(|it| &it.kind)
                {
                    self.at += 1;
                    if let Some(Value::Table(entries)) = self.variables.get(name).cloned() {
                        self.pipe(entries);
                    }
                    return;
                }
                if let [Piece::Variable(name)] = pieces.as_slice()
                    && let Some(Kind::Equals) = self.tokens.get(start + 1).map(|it| &it.kind)
                {
                    self.assignment(name.clone(), start + 1);
                } else if let Some(command) = command_of(pieces) {
                    self.call(command, piped);
                } else if self.is_parameter_list(pieces) {
                    self.at += 2;
                    self.parameter_list();
                } else if let Some(entries) = self.new_object() {
                    self.pipe(entries);
                } else if self.adds_entry(pieces) || self.function(all) {
                } else {
                    self.other(is_shell(pieces));
                }
            }
            Some(Kind::Parameter { .. }) => self.stray(all),
            _ => self.at += 1,
        }
    }

    /// Hands a table over to the command behind `|`, whose parameters take what has their names.
    fn pipe(&mut self, entries: Vec<(Spanned<String>, Value)>) {
        if matches!(self.peek(), Some(Kind::End { pipe: true, .. })) {
            self.at += 1;
            while matches!(self.peek(), Some(Kind::End { line: true, .. })) {
                self.at += 1;
            }
            self.piped = Some(entries);
        }
    }

    /// The properties of an object that is made here: `New-Object PSObject -Property @{…}`.
    fn new_object(&mut self) -> Option<Vec<(Spanned<String>, Value)>> {
        let Some(Kind::Word { pieces, bare: true }) = self.peek() else {
            return None;
        };
        let is_new = literal(pieces)?.eq_ignore_ascii_case("New-Object");
        let rest = self.tokens.get(self.at..).filter(|_| is_new)?;
        let properties = rest.iter().take(MAX_WORDS).position(|token| {
            matches!(&token.kind, Kind::Parameter { name, .. }
                if name.to_ascii_lowercase().starts_with("prop"))
        })?;
        let table = self.at + properties + 1;
        let ends = |token: &Token| matches!(token.kind, Kind::End { .. });
        let opens = matches!(self.tokens.get(table)?.kind, Kind::Table);
        if !opens || self.tokens[self.at..table].iter().any(ends) {
            return None;
        }
        self.at = table + 1;
        Some(self.table())
    }

    /// Reads `$table.Add('key', 'value')`, if that is what stands here.
    fn adds_entry(&mut self, pieces: &[Piece]) -> bool {
        let [Piece::Variable(name)] = pieces else {
            return false;
        };
        let Some(table) = name.strip_suffix(".add") else {
            return false;
        };
        let kinds: Vec<_> = (1..4)
            .map(|next| self.tokens.get(self.at + next).map(|it| &it.kind))
            .collect();
        let [
            Some(Kind::Open),
            Some(Kind::Word { pieces: key, .. }),
            Some(Kind::Comma),
        ] = kinds.as_slice()
        else {
            return false;
        };
        let span = self.span(self.at + 2);
        let key = literal(key);
        self.at += 4;
        let value = self.default();
        if let Some(value_of) = key {
            let key = Spanned {
                value: value_of,
                span,
            };
            self.variables.set_entry(table, key, value);
        }
        true
    }

    /// A statement that is no call: passed over up to its end or to what it holds in brackets. A
    /// shell, or the prompt that was pasted with the line, may have a call behind it.
    fn other(&mut self, shell: bool) {
        while !self.is_end() && !matches!(self.peek(), Some(Kind::Open)) {
            if shell
                && let Some(Kind::Word { pieces, bare: true }) = self.peek()
                && let Some(command) = command_of(pieces)
            {
                return self.call(command, None);
            }
            self.at += 1;
        }
    }

    /// A parameter where a statement should begin: the line before lacks its backtick.
    fn stray(&mut self, all: &Tokens) {
        let before = self.at.checked_sub(1).map(|at| &self.tokens[at]);
        let broken = matches!(
            before.map(|it| &it.kind),
            Some(Kind::End { line: true, .. })
        );
        if let (true, Some(call)) = (broken, self.script.calls.last()) {
            let here = self.span(self.at);
            let gap = call.span.end..here.start;
            let loose = all.loose_backticks.iter().rev();
            let loose = loose.clone().find(|it| gap.contains(&it.start));
            let message = "this parameter belongs to no command: the line before is over";
            let stray = Diagnostic::error(ReadCode::StrayParameter, &here, message);
            self.script.wrong.push(match loose {
                Some(loose) => stray
                    .context(
                        Span::new(self.file, loose.clone()),
                        "blanks stand behind this",
                    )
                    .help("remove the blanks behind the backtick"),
                None => stray.help("end the line before with a backtick"),
            });
        }
        self.other(false);
    }

    fn assignment(&mut self, name: String, equals: usize) {
        let plain = self.tokens[equals].span.len() == 1;
        self.at = equals + 1;
        let value = match self.expression() {
            value if plain => value,
            Value::Table(more) if self.variables.extend(&name, more.clone()) => return,
            _ => Value::Unknown(Spanned {
                value: format!("${name}"),
                span: self.span(equals),
            }),
        };
        match name.rsplit_once('.') {
            Some((table, key)) => {
                let key = Spanned {
                    value: key.to_owned(),
                    span: Span::new(self.file, self.tokens[equals - 1].span.clone()),
                };
                self.variables.set_entry(table, key, value);
            }
            None => self.variables.set(&name, value),
        }
    }

    /// Passes over an opening bracket and all up to the one that closes it.
    fn skip(&mut self) {
        let mut depth = 0_usize;
        while let Some(kind) = self.peek() {
            match kind {
                Kind::Open | Kind::Table => depth += 1,
                Kind::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }

    fn call(&mut self, command: Command, piped: Option<Vec<(Spanned<String>, Value)>>) {
        let span = self.span(self.at);
        self.script.shown.push(span.clone());
        self.at += 1;
        let mut call = Call {
            command,
            span,
            bound: Vec::new(),
        };
        let mut nameless = Vec::new();
        while !self.is_end() {
            let start = self.at;
            match self.peek() {
                Some(Kind::Parameter { name, colon }) => {
                    self.at += 1;
                    self.named(&mut call, name, *colon, start);
                }
                Some(Kind::Splat(name)) => {
                    self.at += 1;
                    self.splat(&mut call, name, start);
                }
                Some(Kind::Comma | Kind::Equals) => self.at += 1,
                _ => nameless.push(self.value()),
            }
        }
        for (key, value) in piped.into_iter().flatten() {
            // What no parameter takes goes by.
            if let Ok(named) = command.parameter(&key.value)
                && call.get(named.name).is_none()
            {
                self.script.shown.push(key.span.clone());
                call.bound.push(Bound {
                    named,
                    span: key.span,
                    value: Some(value),
                });
            }
        }
        let mut places: Vec<&'static Named> = command
            .parameters()
            .filter(|named| named.position.is_some() && call.get(named.name).is_none())
            .collect();
        places.sort_by_key(|named| named.position);
        for (named, value) in places.into_iter().zip(nameless) {
            let span = value.span();
            let value = Some(value);
            call.bound.push(Bound { named, span, value });
        }
        self.script.calls.push(call);
    }

    fn named(&mut self, call: &mut Call, name: &str, colon: bool, start: usize) {
        let span = self.span(start);
        let Some(named) = self.find(call.command, name, &span) else {
            // What follows is most probably its value.
            if matches!(
                self.peek(),
                Some(Kind::Word { .. } | Kind::Open | Kind::Table)
            ) {
                self.value();
            }
            return;
        };
        let takes = named.takes == Takes::Value || colon;
        let follows = !self.is_end() && !matches!(self.peek(), Some(Kind::Parameter { .. }));
        let value = (takes && follows).then(|| self.value());
        if value.is_some() && is_secret(named.name) {
            self.rest_of_word();
        }
        if takes && value.is_none() {
            // What was meant as the value of a secret may look like a parameter.
            if is_secret(named.name)
                && let Some(Kind::Parameter { name, .. }) = self.peek()
                && matches!(call.command.parameter(name), Err(Unbound::Unknown))
            {
                self.at += 1;
            }
            let message = format!("`-{}` has no value", named.name);
            let wrong = Diagnostic::error(ReadCode::MissingParameter, &span, message);
            self.script.wrong.push(wrong);
            return;
        }
        if let Some(first) = call.get(named.name) {
            let message = format!("`-{}` is given twice", named.name);
            let wrong = Diagnostic::error(ReadCode::Contradiction, &span, message)
                .context(first.span.clone(), "first")
                .help("remove one of the two");
            self.script.wrong.push(wrong);
            return;
        }
        call.bound.push(Bound { named, span, value });
    }

    /// Passes over what is glued to the value of a secret, whatever it looks like.
    fn rest_of_word(&mut self) {
        while !self.is_end() && self.tokens[self.at].span.start == self.tokens[self.at - 1].span.end
        {
            self.at += 1;
        }
    }

    fn splat(&mut self, call: &mut Call, name: &str, start: usize) {
        let span = self.span(start);
        let Some(Value::Table(entries)) = self.variables.get(name).cloned() else {
            let message = format!("what `@{name}` holds does not stand in the script");
            let wrong = Diagnostic::error(ReadCode::UnresolvedValue, &span, message)
                .help(format!("add `${name} = @{{ … }}` before this line"));
            self.script.wrong.push(wrong);
            return;
        };
        for (key, value) in entries {
            if let Some(named) = self.find(call.command, &key.value, &key.span)
                && call.get(named.name).is_none()
            {
                call.bound.push(Bound {
                    named,
                    span: key.span,
                    value: Some(value),
                });
            }
        }
    }

    /// The parameter of a name or a part of it.
    fn find(&mut self, command: Command, name: &str, span: &Span) -> Option<&'static Named> {
        let known = || command.parameters().map(|named| named.name);
        let unknown = matches!(command.parameter(name), Err(Unbound::Unknown));
        if !unknown || is_slip(name, known()) {
            self.script.shown.push(span.clone());
        }
        let wrong = match command.parameter(name) {
            Ok(named) => return Some(named),
            Err(Unbound::Ambiguous(names)) => {
                let names: Vec<_> = names.iter().map(|name| format!("-{name}")).collect();
                let message = format!("{} is the beginning of several names", quoted(name));
                Diagnostic::error(ReadCode::AmbiguousName, span, message).help(format!(
                    "write {}",
                    any_of(names.iter().map(String::as_str))
                ))
            }
            Err(Unbound::Unknown) => {
                let word = quoted_or(name, known(), "of this name");
                let message = format!("{command} has no parameter {word}");
                let near = nearest(name, known());
                let help = near.map(|near| format!("did you mean `-{near}`?"));
                Diagnostic::error(ReadCode::UnknownParameter, span, message).maybe_help(help)
            }
        };
        self.script.wrong.push(wrong);
        None
    }
}

/// The text of a word without variables.
fn literal(pieces: &[Piece]) -> Option<String> {
    match pieces {
        [Piece::Literal(text)] => Some(text.clone()),
        _ => None,
    }
}

/// The command that a word names, the prompt that was pasted with it cut off.
fn command_of(pieces: &[Piece]) -> Option<Command> {
    let word = literal(pieces)?;
    Command::named(word.rsplit('>').next().unwrap_or(&word))
}

/// Whether a word is a shell or a prompt, behind which a call may stand.
fn is_shell(pieces: &[Piece]) -> bool {
    let Some(word) = literal(pieces) else {
        return false;
    };
    let word = word
        .rsplit(['\\', '/'])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    matches!(
        word.as_str(),
        "ps" | "powershell" | "powershell.exe" | "pwsh" | "pwsh.exe"
    )
}
