//! Statements and blocks, and the commands that change the tree.

use super::lexer::{Lexer, Token};
use super::{MOST_LEVELS, NAMING, Node, Tree, Word, is_secret};
use crate::diag::{Diagnostic, Span};
use crate::read::ReadCode;
use crate::read::loading::{self, MOST_SETTINGS};

/// Reads a text in either layout.
pub(in crate::read::vyos) fn read(file: usize, text: &str) -> Tree {
    let mut root = Node::new(Span::new(file, 0..0));
    let mut parser = Parser {
        lexer: Lexer { file, text, at: 0 },
        secret: None,
        commands: Vec::new(),
        open: Vec::new(),
        refused: None,
        left: MOST_SETTINGS,
        level: Vec::new(),
        is_bare: is_bare(text),
        is_changed: false,
    };
    parser.block(&mut Scope::Top(&mut root), 0);
    Tree {
        root,
        secret: parser.secret,
        commands: parser.commands,
        open: parser.open,
        refused: parser.refused,
    }
}

/// Whether a text has what stands below `vpn ipsec` and not these words: `show vpn ipsec` prints it so.
fn is_bare(text: &str) -> bool {
    let first = |line: &'_ str| line.split_whitespace().next().map(str::to_owned);
    let is_above = |line: &str| {
        let above = ["vpn", "ipsec", "set", "delete", "edit"];
        first(line).is_some_and(|word| above.contains(&word.as_str())) || line.contains("# set ")
    };
    let is_below = |line: &str| first(line).is_some_and(|word| OF_IPSEC.contains(&word.as_str()));
    text.lines().any(is_below) && !text.lines().any(is_above)
}

/// What stands below `vpn ipsec`, and nowhere else at the beginning.
const OF_IPSEC: &[&str] = &["esp-group", "ike-group", "remote-access", "site-to-site"];

/// Where in the tree the next word belongs.
enum Scope<'n> {
    /// At the beginning of a path.
    Top(&'n mut Node),
    /// Behind `vpn`.
    Vpn(&'n mut Node),
    /// Below a node, so many words deep; whether the word is a name.
    Inside(&'n mut Node, usize, bool),
    /// In what is not read.
    Elsewhere,
}

impl Scope<'_> {
    const fn borrowed(&mut self) -> Scope<'_> {
        match self {
            Self::Top(node) => Scope::Top(node),
            Self::Vpn(node) => Scope::Vpn(node),
            Self::Inside(node, level, named) => Scope::Inside(node, *level, *named),
            Self::Elsewhere => Scope::Elsewhere,
        }
    }
}

struct Parser<'t> {
    lexer: Lexer<'t>,
    secret: Option<Span>,
    commands: Vec<Span>,
    open: Vec<Span>,
    refused: Option<Diagnostic>,
    left: usize,
    /// Where `edit` has led to.
    level: Vec<Word>,
    /// Whether the text is what stands below `vpn ipsec`.
    is_bare: bool,
    /// Whether something was changed since the last `commit`.
    is_changed: bool,
}

impl Parser<'_> {
    /// Takes what stands in a block, up to its end; `level` blocks are open around it.
    fn block(&mut self, scope: &mut Scope<'_>, level: usize) {
        let mut words: Vec<Word> = Vec::new();
        loop {
            match self.lexer.next() {
                Token::Word(word, place) => words.push((word, place)),
                Token::Open if level < MOST_LEVELS => {
                    let mut inner = self.put(scope.borrowed(), &words);
                    words.clear();
                    self.block(&mut inner, level + 1);
                }
                Token::Open => {
                    let place = words.last().map(|word| word.1.clone());
                    self.too_deep(&place.unwrap_or_else(|| self.lexer.place()));
                    words.clear();
                    self.pass_over();
                }
                Token::Close => {
                    self.statement(scope.borrowed(), &words);
                    words.clear();
                    if level > 0 {
                        return;
                    }
                }
                Token::Line => {
                    self.statement(scope.borrowed(), &words);
                    words.clear();
                }
                Token::End => {
                    self.statement(scope.borrowed(), &words);
                    return;
                }
            }
        }
    }

    /// Passes over a block to its end.
    fn pass_over(&mut self) {
        let mut open = 1_usize;
        while open > 0 {
            match self.lexer.next() {
                Token::Open => open += 1,
                Token::Close => open -= 1,
                Token::End => return,
                Token::Word(..) | Token::Line => {}
            }
        }
    }

    fn statement(&mut self, scope: Scope<'_>, words: &[Word]) {
        let words = command(words);
        match (words, scope) {
            ([], _) => {}
            ([(verb, place), rest @ ..], Scope::Top(root)) if COMMANDS.contains(&verb.as_str()) => {
                self.commands.push(place.clone());
                self.carry_out(root, (verb, place), rest);
            }
            (words, scope) => {
                self.put(scope, words);
            }
        }
    }

    /// Carries out a command of the configuration mode.
    fn carry_out(&mut self, root: &mut Node, (verb, place): (&str, &Span), rest: &[Word]) {
        if self.left == 0 {
            return;
        }
        self.left -= 1;
        let is_changed = std::mem::replace(&mut self.is_changed, verb != "commit");
        match verb {
            "commit" => {}
            "set" => {
                let words = [self.level.as_slice(), rest].concat();
                self.put(Scope::Top(root), &words);
            }
            "edit" => self.level.extend(rest.iter().take(MOST_LEVELS).cloned()),
            "top" | "exit" => self.level.clear(),
            "up" => {
                self.level.pop();
                // A name goes with its key.
                let key = self.level.last().map(|word| word.0.as_str());
                if key.is_some_and(|key| NAMING.contains(&key)) {
                    self.level.pop();
                }
            }
            "delete" | "rename" | "copy" => {
                let is_computed = |word: &Word| word.0.contains(['$', '*', '`']);
                if self.level.iter().chain(rest).any(is_computed) {
                    self.open.push(place.clone());
                    return;
                }
                match verb {
                    "delete" => {
                        self.delete(root, rest);
                    }
                    _ => self.move_to(root, rest, verb == "copy"),
                }
            }
            "discard" if !is_changed => {}
            // What comes back, or in, stands elsewhere.
            _ if root.below().next().is_some() => self.open.push(place.clone()),
            _ => {}
        }
    }

    /// The path below the root that words mean where `edit` has led to; `None` if it is not read.
    fn path(&self, words: &[Word]) -> Option<Vec<String>> {
        let words = self.level.iter().chain(words).map(|word| word.0.clone());
        let mut words: Vec<_> = words.take(MOST_LEVELS).collect();
        let is_known = |word: &String| ["vpn", "ipsec", "l2tp"].contains(&word.as_str());
        if !words.first().is_some_and(is_known) {
            return None;
        }
        if words.first().is_some_and(|first| first == "vpn") {
            words.remove(0);
        }
        Some(words)
    }

    /// Deletes what words name, as the router does: of what is not there it says that, and goes on.
    fn delete(&self, root: &mut Node, words: &[Word]) -> Option<Node> {
        let path = self.path(words)?;
        let Some((last, before)) = path.split_last() else {
            // All of `vpn`.
            let words: Vec<String> = root.below.keys().cloned().collect();
            for word in words {
                root.take(&word);
            }
            return None;
        };
        root.at_mut(before)?.take(last)
    }

    /// `rename ike-group A to ike-group B`, `copy …`.
    fn move_to(&mut self, root: &mut Node, words: &[Word], is_copy: bool) {
        let Some(to) = words.iter().position(|word| word.0 == "to") else {
            return;
        };
        let (from, to) = (words.get(..to), words.get(to + 1..));
        let (Some(from), Some(to)) = (from, to) else {
            return;
        };
        let Some((name, path)) = to.split_last().and_then(|(last, before)| {
            let path = self.path(before)?;
            Some((last, path))
        }) else {
            return;
        };
        let moved = match is_copy {
            true => self.path(from).and_then(|path| root.at_mut(&path).cloned()),
            false => self.delete(root, from),
        };
        if let (Some(mut moved), Some(holder)) = (moved, root.at_mut(&path)) {
            if path.len() + moved.depth() > MOST_LEVELS {
                self.too_deep(&name.1);
                return;
            }
            let Some(left) = self.left.checked_sub(moved.size()) else {
                self.left = 0;
                self.refused
                    .get_or_insert_with(|| loading::too_many_settings(&name.1));
                return;
            };
            self.left = left;
            moved.place = name.1.clone();
            holder.below.insert(name.0.clone(), moved);
        }
    }

    /// Puts words one below the other into the tree; gives where the next one belongs.
    fn put<'n>(&mut self, mut scope: Scope<'n>, words: &[Word]) -> Scope<'n> {
        for (word, place) in words {
            scope = match (scope, word.as_str()) {
                (Scope::Top(root), "vpn") => {
                    self.commands.push(place.clone());
                    Scope::Vpn(root)
                }
                // `show vpn ipsec` prints what stands below.
                (Scope::Top(root), key) if self.is_bare || OF_IPSEC.contains(&key) => {
                    let ipsec = self.enter(root, (1, false), ("ipsec", place));
                    let Scope::Inside(ipsec, ..) = ipsec else {
                        return Scope::Elsewhere;
                    };
                    self.enter(ipsec, (2, false), (word, place))
                }
                // An excerpt may begin below `vpn`.
                (Scope::Top(root), "ipsec") | (Scope::Vpn(root), "ipsec" | "l2tp") => {
                    self.enter(root, (1, false), (word, place))
                }
                (Scope::Inside(node, level, named), _) => {
                    self.enter(node, (level + 1, named), (word, place))
                }
                _ => return Scope::Elsewhere,
            };
        }
        scope
    }

    fn enter<'n>(
        &mut self,
        node: &'n mut Node,
        (level, named): (usize, bool),
        (word, place): (&str, &Span),
    ) -> Scope<'n> {
        if level > MOST_LEVELS {
            self.too_deep(place);
            return Scope::Elsewhere;
        }
        if self.left == 0 && !node.below.contains_key(word) {
            self.refused
                .get_or_insert_with(|| loading::too_many_settings(place));
            return Scope::Elsewhere;
        }
        let entry = node.below.entry(word.to_owned());
        node.last = Some(entry.index());
        let below = entry.or_insert_with(|| {
            self.left -= 1;
            Node::new(place.clone())
        });
        if below.is_gone {
            *below = Node::new(place.clone());
        }
        if below.place != *place {
            let before = std::mem::replace(&mut below.place, place.clone());
            below.before.push(before);
        }
        if !named && is_secret(word) {
            self.secret.get_or_insert_with(|| place.clone());
            return Scope::Elsewhere;
        }
        Scope::Inside(below, level, !named && NAMING.contains(&word))
    }

    fn too_deep(&mut self, place: &Span) {
        self.refused.get_or_insert_with(|| {
            let message = format!("more than {MOST_LEVELS} words stand one below the other");
            Diagnostic::error(ReadCode::TooLarge, place, message)
        });
    }
}

/// Commands that change the tree, or of which it is not known how.
const COMMANDS: &[&str] = &[
    "commit", "copy", "delete", "discard", "edit", "exit", "load", "merge", "rename", "rollback",
    "set", "top", "up",
];

/// A line without what stands before its command: the prompt of a copied session, or the program that scripts call.
fn command(words: &[Word]) -> &[Word] {
    match words {
        [(first, _), rest @ ..]
            if first.ends_with(['#', '$']) || first.ends_with("vyatta-cfg-cmd-wrapper") =>
        {
            rest
        }
        words => words,
    }
}
