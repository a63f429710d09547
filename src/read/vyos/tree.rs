//! The configuration as a tree, out of commands or out of the blocks of `config.boot`.
//!
//! Commands are carried out as a router carries them out: what is deleted is not there, `edit` goes into the tree.

use std::cell::Cell;

use indexmap::IndexMap;

use crate::diag::{Diagnostic, Span, is_slip};
use crate::read::ReadCode;
use crate::read::loading::{self, MOST_SETTINGS};

/// A word of the configuration, with what stands below it; a value has nothing below it.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Where it stands, the last time.
    pub(super) place: Span,
    /// Where it stands before that.
    pub(super) before: Vec<Span>,
    below: IndexMap<String, Self>,
    /// Which of those below was set last: a value that is set again takes the place of the one before.
    last: Option<usize>,
    /// Whether it was deleted.
    is_gone: bool,
    /// Whether somebody has asked for it, so that what nobody knows can be named.
    is_read: Cell<bool>,
}

/// A word with its place, without its quotation marks.
type Word = (String, Span);

/// Keys whose values are secrets.
const SECRETS: &[&str] = &[
    "pre-shared-secret",
    "secret",
    "password",
    "passphrase",
    "key",
    "plaintext-password",
    "encrypted-password",
];

/// Keys behind which somebody's own name stands, or one of a few choices: that is no key of a secret, whatever
/// it is called.
const NAMING: &[&str] = &[
    "client-mode",
    "connection",
    "default-esp-group",
    "esp-group",
    "ike-group",
    "mode",
    "peer",
    "pool",
    "profile",
    "proposal",
    "psk",
    "server-mode",
    "tunnel",
];

/// Whether what stands behind a key is a secret: keys that nobody foresaw, and slips of known ones, count too.
pub(super) fn is_secret(key: &str) -> bool {
    const SHORT: usize = 3;
    let parts = ["secret", "passw", "passphrase"];
    parts.iter().any(|part| key.contains(part))
        || key.ends_with("key")
        || key.len() > SHORT && is_slip(key, SECRETS.iter().copied())
}

/// Words one below the other, and blocks inside of each other; real ones have a dozen.
const MOST_LEVELS: usize = 64;

impl Node {
    fn new(place: Span) -> Self {
        Self {
            place,
            before: Vec::new(),
            below: IndexMap::new(),
            last: None,
            is_gone: false,
            is_read: Cell::new(false),
        }
    }

    /// The node behind a path of words.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Self> {
        let mut node = self;
        for word in path {
            node = node.below.get(*word).filter(|node| !node.is_gone)?;
            node.is_read.set(true);
        }
        Some(node)
    }

    /// What stands right below, asked for or not.
    pub(super) fn below(&self) -> impl Iterator<Item = (&str, &Self)> {
        let all = self.below.iter().filter(|(_, node)| !node.is_gone);
        all.map(|(word, node)| (word.as_str(), node))
    }

    /// Whether somebody has asked for it.
    pub(super) const fn is_read(&self) -> bool {
        self.is_read.get()
    }

    pub(super) fn has(&self, path: &[&str]) -> bool {
        self.at(path).is_some()
    }

    /// The nodes below a path, with their words.
    pub(super) fn all(&self, path: &[&str]) -> impl Iterator<Item = (&str, &Self)> {
        let all = self.at(path).into_iter().flat_map(Self::below);
        all.inspect(|(_, node)| node.is_read.set(true))
    }

    /// The value behind a path, the last one where there are several.
    pub(super) fn value(&self, path: &[&str]) -> Option<(&str, &Span)> {
        let node = self.at(path)?;
        // Of values that were set before nobody sees anything.
        for (_, value) in node.below() {
            value.is_read.set(true);
        }
        let (word, value) = node.below.get_index(node.last?)?;
        Some((word, &value.place))
    }

    /// Takes what stands below a word out of the tree.
    fn take(&mut self, word: &str) -> Option<Self> {
        let (index, _, node) = self.below.get_full_mut(word)?;
        if node.is_gone {
            return None;
        }
        let mut left = Self::new(node.place.clone());
        left.is_gone = true;
        // A value that took the place of another one leaves none behind.
        self.last = self.last.filter(|last| *last != index);
        Some(std::mem::replace(node, left))
    }

    /// How many nodes it has with itself.
    fn size(&self) -> usize {
        1 + self.below.values().map(Self::size).sum::<usize>()
    }

    /// How many words stand one below the other in it, with itself.
    fn depth(&self) -> usize {
        let below = self.below.values().map(Self::depth);
        1 + below.max().unwrap_or_default()
    }

    fn at_mut(&mut self, path: &[String]) -> Option<&mut Self> {
        let mut node = self;
        for word in path {
            node = node.below.get_mut(word).filter(|node| !node.is_gone)?;
        }
        Some(node)
    }
}

/// What a text holds.
pub(super) struct Tree {
    pub(super) root: Node,
    /// Where the first secret stands.
    pub(super) secret: Option<Span>,
    /// Words of commands that are no part of the tree, such as `set`.
    pub(super) commands: Vec<Span>,
    /// Commands of which it is not known what they leave.
    pub(super) open: Vec<Span>,
    /// Why the text is not read to its end.
    pub(super) refused: Option<Diagnostic>,
}

/// Reads a text in either layout.
pub(super) fn read(file: usize, text: &str) -> Tree {
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

enum Token {
    Word(String, Span),
    Open,
    Close,
    Line,
    End,
}

struct Lexer<'t> {
    file: usize,
    text: &'t str,
    at: usize,
}

impl Lexer<'_> {
    /// Where the next token begins.
    const fn place(&self) -> Span {
        Span::new(self.file, self.at..self.at)
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Whether a blank or the beginning of the text stands before the next token.
    fn is_after_blank(&self) -> bool {
        let before = self.text.get(..self.at).unwrap_or_default();
        before.chars().next_back().is_none_or(char::is_whitespace)
    }

    fn next(&mut self) -> Token {
        loop {
            let rest = self.rest();
            let Some(letter) = rest.chars().next() else {
                return Token::End;
            };
            match letter {
                '\n' => {
                    self.at += 1;
                    return Token::Line;
                }
                '{' => {
                    self.at += 1;
                    return Token::Open;
                }
                '}' => {
                    self.at += 1;
                    return Token::Close;
                }
                _ if letter.is_whitespace() => self.at += letter.len_utf8(),
                _ if rest.starts_with("/*") => {
                    self.at += rest.find("*/").map_or(rest.len(), |end| end + 2);
                }
                // A comment of a script, or one that somebody put behind a value; a value has no blank before it.
                '#' if self.is_after_blank() => {
                    self.at += rest.find('\n').unwrap_or(rest.len());
                }
                _ if rest.starts_with("//") => self.at += rest.find('\n').unwrap_or(rest.len()),
                '"' | '\'' => return self.quoted(letter),
                _ => {
                    let end = rest.find(|c: char| c.is_whitespace()).unwrap_or(rest.len());
                    let word = rest.get(..end).unwrap_or_default().to_owned();
                    let place = Span::new(self.file, self.at..self.at + end);
                    self.at += end;
                    return Token::Word(word, place);
                }
            }
        }
    }

    /// A word in quotation marks, which ends with its line at the latest.
    fn quoted(&mut self, mark: char) -> Token {
        let start = self.at + 1;
        let mut word = String::new();
        let mut letters = self.text.get(start..).unwrap_or_default().char_indices();
        let mut end = self.text.len();
        while let Some((at, letter)) = letters.next() {
            end = start + at;
            match letter {
                _ if letter == mark => break,
                '\n' => break,
                '\\' if mark == '"' => word.extend(letters.next().map(|(_, c)| c)),
                _ => word.push(letter),
            }
            end = start + at + letter.len_utf8();
        }
        let place = Span::new(self.file, start.min(end)..end);
        let closed = self.text.get(end..).is_some_and(|it| it.starts_with(mark));
        self.at = end + usize::from(closed);
        Token::Word(word, place)
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn both_layouts_are_the_same_tree() {
        let commands = "vyos@vyos# set vpn ipsec esp-group A proposal 1 encryption 'aes256'\n\
            set vpn ipsec esp-group A pfs disable\nset vpn ipsec site-to-site peer b disable\n\
            set system host-name x\n";
        let blocks = "system {\n host-name x\n}\nvpn {\n ipsec {\n  esp-group A {\n   proposal 1 {\n    encryption \"aes256\"\n\
            }\n   pfs disable\n  }\n  site-to-site {\n   peer b {\n    disable\n   }\n  }\n }\n}\n/* Release version: x */\n";
        let excerpt = blocks
            .replace("vpn {\n ipsec {", "ipsec {")
            .replacen("}\n/*", "/*", 1);
        for text in [commands, blocks, &excerpt] {
            let tree = read(0, text);
            let value =
                tree.root
                    .value(&["ipsec", "esp-group", "A", "proposal", "1", "encryption"]);
            let (word, place) = value.unwrap();
            assert_eq!((word, &text[place.bytes()]), ("aes256", "aes256"));
            assert!(
                tree.root
                    .has(&["ipsec", "site-to-site", "peer", "b", "disable"])
            );
            assert!(!tree.root.has(&["system"]));
        }
    }

    #[test]
    fn comments_are_no_words() {
        let text =
            "# first\nvpn {\n ipsec {\n  ike-group A {\n   lifetime 3600 # an hour\n  }\n }\n}\n";
        let group = read(0, text);
        let group = group.root.at(&["ipsec", "ike-group", "A"]).unwrap();
        assert_eq!(group.value(&["lifetime"]).unwrap().0, "3600");
    }

    #[test]
    fn secrets_are_no_part_of_the_tree() {
        let text = "set vpn ipsec authentication psk A secret 'hunter2'\n";
        let tree = read(0, text);
        assert!(tree.secret.is_some());
        assert_eq!(
            tree.root
                .value(&["ipsec", "authentication", "psk", "A", "secret"]),
            None
        );
    }

    #[test]
    fn depth_is_bounded_and_said() {
        let words = format!("set vpn ipsec {}\n", "a ".repeat(200_000));
        let blocks = format!("vpn {{\nipsec {{\n{}", "a {\n".repeat(200_000));
        for text in [words, blocks] {
            let tree = read(0, &text);
            assert!(tree.refused.is_some());
        }
    }

    #[test]
    fn secrets_of_every_key_and_depth_are_left_out() {
        for key in [
            "pre-shared-secret",
            "pre-shared-secrt",
            "private-key",
            "x y z shared-password-of-all",
            "psk A secret",
        ] {
            let text = format!("set vpn ipsec a b c {key} 'hunter2'\n");
            let tree = read(0, &text);
            assert!(tree.secret.is_some(), "{key}");
            assert!(!format!("{:?}", tree.root).contains("hunter2"), "{key}");
        }
    }

    #[test]
    fn a_name_is_no_key_of_a_secret() {
        let text = "set vpn ipsec esp-group secret pfs disable\nset vpn ipsec site-to-site peer my-key disable\n";
        let tree = read(0, text);
        let group = tree.root.value(&["ipsec", "esp-group", "secret", "pfs"]);
        assert_eq!(group.unwrap().0, "disable");
        assert!(
            tree.root
                .has(&["ipsec", "site-to-site", "peer", "my-key", "disable"])
        );
    }
}
