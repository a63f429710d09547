//! Functions of a script, and what they are called with.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::{MAX_DEPTH, Reader, Value, literal};
use crate::read::powershell::lexer::{Kind, Piece, Token, Tokens};

/// How often the tokens of a script are looked at again because functions are called.
const MOST_PASSES: usize = 10;

/// A function.
#[derive(Clone, Debug)]
struct Function {
    /// Names of its parameters, in their order.
    parameters: Vec<String>,
    /// Where the list of its parameters begins, behind the parenthesis.
    list: Option<usize>,
    /// What stands in its braces.
    body: Range<usize>,
    is_called: bool,
}

/// The functions of a script, by their names in lower case.
#[derive(Debug, Default)]
pub(super) struct Functions {
    by_name: FxHashMap<String, Function>,
    /// Where a definition begins, and where it ends.
    definitions: FxHashMap<usize, usize>,
    /// Those that are being called.
    depth: usize,
    /// Tokens that were looked at in bodies.
    looked_at: usize,
}

impl Functions {
    /// The functions that the tokens define.
    pub(super) fn of(tokens: &[Token]) -> Self {
        let mut functions = Self::default();
        let closes = closing(tokens);
        for (at, token) in tokens.iter().enumerate() {
            let Kind::Word { pieces, bare: true } = &token.kind else {
                continue;
            };
            let word = literal(pieces).unwrap_or_default();
            if !["function", "filter"]
                .iter()
                .any(|it| word.eq_ignore_ascii_case(it))
            {
                continue;
            }
            if let Some((name, function)) = definition(tokens, &closes, at + 1) {
                functions.definitions.insert(at, function.body.end + 1);
                functions.by_name.insert(name, function);
            }
        }
        functions
    }
}

/// The function whose name stands at `at`.
fn definition(
    tokens: &[Token],
    closes: &FxHashMap<usize, usize>,
    at: usize,
) -> Option<(String, Function)> {
    let kind = |at: usize| tokens.get(at).map(|token| &token.kind);
    let Some(Kind::Word { pieces, bare: true }) = kind(at) else {
        return None;
    };
    let name = literal(pieces)?.to_ascii_lowercase();
    let mut open = at + 1;
    let mut list = None;
    let skip_ends = |mut at: usize| {
        while matches!(kind(at), Some(Kind::End { line: true, .. })) {
            at += 1;
        }
        at
    };
    open = skip_ends(open);
    // `function Name($a, $b) {` has two brackets in a row, `function Name {` one.
    let first = *closes.get(&open)?;
    let second = skip_ends(first + 1);
    if let Some(end) = closes
        .get(&second)
        .filter(|_| kind(second) == Some(&Kind::Open))
    {
        list = Some(open + 1);
        open = second;
        debug_assert!(*end > second);
    }
    let end = *closes.get(&open)?;
    let body = open + 1..end;
    if list.is_none() {
        let is_list = |at: &usize| {
            let word = matches!(kind(*at), Some(Kind::Word { pieces, bare: true })
                if literal(pieces).is_some_and(|word| word.eq_ignore_ascii_case("param")));
            word && matches!(kind(at + 1), Some(Kind::Open))
        };
        list = body.clone().find(is_list).map(|at| at + 2);
    }
    let parameters = list.map_or_else(Vec::new, |list| parameters(tokens, list));
    let function = Function {
        parameters,
        list,
        body,
        is_called: false,
    };
    Some((name, function))
}

/// Which bracket closes which.
fn closing(tokens: &[Token]) -> FxHashMap<usize, usize> {
    let mut open = Vec::new();
    let mut closes = FxHashMap::default();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Open | Kind::Table => open.push(at),
            Kind::Close => {
                if let Some(begin) = open.pop() {
                    closes.insert(begin, at);
                }
            }
            _ => {}
        }
    }
    closes
}

/// The names of the parameters of a list that begins here.
fn parameters(tokens: &[Token], list: usize) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 0_usize;
    let mut begins = true;
    for token in tokens.iter().skip(list) {
        match &token.kind {
            Kind::Open | Kind::Table => depth += 1,
            Kind::Close if depth == 0 => break,
            Kind::Close => depth -= 1,
            Kind::Comma if depth == 0 => begins = true,
            Kind::Word { pieces, bare: true } if depth == 0 && begins => {
                if let [Piece::Variable(name)] = pieces.as_slice() {
                    names.push(name.clone());
                    begins = false;
                }
            }
            _ => {}
        }
    }
    names
}

impl Reader<'_> {
    /// Passes over a definition, or calls a function, if that is what stands here.
    pub(super) fn function(&mut self, all: &Tokens) -> bool {
        if let Some(end) = self.functions.definitions.get(&self.at) {
            self.at = *end;
            return true;
        }
        let Some(Kind::Word { pieces, bare: true }) = self.peek() else {
            return false;
        };
        let name = literal(pieces).unwrap_or_default().to_ascii_lowercase();
        let Some(function) = self.functions.by_name.get_mut(&name) else {
            return false;
        };
        function.is_called = true;
        let function = function.clone();
        self.at += 1;
        let given = self.arguments(&function.parameters);
        self.run(&function, given, all);
        true
    }

    /// What a call gives to parameters: by name, by a part of a name, or by place.
    fn arguments(&mut self, parameters: &[String]) -> Vec<(String, Value)> {
        let mut given: Vec<(String, Value)> = Vec::new();
        let mut nameless = Vec::new();
        let named = |name: &str| {
            let name = name.to_lowercase();
            let exact = parameters.iter().find(|it| **it == name);
            exact.or_else(|| parameters.iter().find(|it| it.starts_with(&name)))
        };
        while !self.is_end() {
            match self.peek() {
                Some(Kind::Parameter { name, .. }) => {
                    self.at += 1;
                    let follows =
                        !self.is_end() && !matches!(self.peek(), Some(Kind::Parameter { .. }));
                    let value = follows.then(|| self.value());
                    if let (Some(name), Some(value)) = (named(name), value) {
                        given.push((name.clone(), value));
                    }
                }
                Some(Kind::Splat(table)) => {
                    self.at += 1;
                    if let Some(Value::Table(entries)) = self.variables.get(table).cloned() {
                        let entries = entries.into_iter();
                        given.extend(
                            entries.filter_map(|(key, value)| {
                                Some((named(&key.value)?.clone(), value))
                            }),
                        );
                    }
                }
                Some(Kind::Comma | Kind::Equals) => self.at += 1,
                _ => nameless.push(self.value()),
            }
        }
        let free = parameters.iter();
        let free: Vec<_> = free
            .filter(|name| given.iter().all(|(it, _)| it != *name))
            .cloned()
            .collect();
        given.extend(free.into_iter().zip(nameless));
        given
    }

    /// Reads the body of a function as it is called.
    fn run(&mut self, function: &Function, given: Vec<(String, Value)>, all: &Tokens) {
        let most = self.tokens.len().saturating_mul(MOST_PASSES);
        self.functions.looked_at += function.body.len();
        if self.functions.depth >= MAX_DEPTH || self.functions.looked_at > most {
            return;
        }
        self.functions.depth += 1;
        let (back, begun) = (self.at, self.variables.enter());
        if let Some(list) = function.list {
            self.at = list;
            self.parameter_list();
        }
        for (name, value) in given {
            self.variables.set(&name, value);
        }
        // A list in the body was read already.
        self.at = function.body.start.max(match function.list {
            Some(list) if function.body.contains(&list) => self.at,
            _ => 0,
        });
        while self.at < function.body.end {
            self.statement(all);
        }
        self.variables.leave(begun);
        self.functions.depth -= 1;
        self.at = back;
    }

    /// Reads the functions that nobody calls, in the order of the text: somebody will, with values
    /// that do not stand in it.
    pub(super) fn uncalled(&mut self, all: &Tokens) {
        let functions = self.functions.by_name.values();
        let mut uncalled: Vec<_> = functions.filter(|it| !it.is_called).cloned().collect();
        uncalled.sort_by_key(|function| function.body.start);
        for function in uncalled {
            self.run(&function, Vec::new(), all);
        }
    }

    /// Whether a word is the `param` before the parameters of a script or a function.
    pub(super) fn is_parameter_list(&self, pieces: &[Piece]) -> bool {
        let opens = matches!(
            self.tokens.get(self.at + 1).map(|it| &it.kind),
            Some(Kind::Open)
        );
        opens && literal(pieces).is_some_and(|word| word.eq_ignore_ascii_case("param"))
    }

    /// The parameters of a script or a function, which have their defaults until somebody calls it
    /// with other values: up to and with the closing parenthesis.
    pub(super) fn parameter_list(&mut self) {
        loop {
            match self.peek() {
                None => return,
                Some(Kind::Close) => {
                    self.at += 1;
                    return;
                }
                Some(Kind::Open | Kind::Table) => self.skip(),
                Some(Kind::Word { pieces, bare: true }) => {
                    let next = self.tokens.get(self.at + 1).map(|it| &it.kind);
                    match (pieces.as_slice(), next) {
                        ([Piece::Variable(name)], Some(Kind::Equals)) => {
                            self.at += 2;
                            let value = self.default();
                            self.variables.set(name, value);
                        }
                        _ => self.at += 1,
                    }
                }
                Some(_) => self.at += 1,
            }
        }
    }

    /// The default of a parameter, up to the comma behind it or the end of the list.
    pub(super) fn default(&mut self) -> Value {
        let start = self.at;
        let value = match self.peek() {
            Some(Kind::Table) => {
                self.at += 1;
                Value::Table(self.table())
            }
            Some(Kind::Word { pieces, bare }) => {
                self.at += 1;
                if !*bare || pieces.iter().all(|it| matches!(it, Piece::Variable(_))) {
                    self.resolve(pieces, start)
                } else {
                    self.unknown(start..self.at)
                }
            }
            _ => self.unknown(start..start + 1),
        };
        let is_over = |kind: Option<&Kind>| {
            matches!(
                kind,
                None | Some(Kind::Close | Kind::Comma | Kind::End { .. })
            )
        };
        if is_over(self.peek()) {
            return value;
        }
        while !is_over(self.peek()) {
            match self.peek() {
                Some(Kind::Open | Kind::Table) => self.skip(),
                _ => self.at += 1,
            }
        }
        self.unknown(start..self.at)
    }
}
