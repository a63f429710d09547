//! The configuration as a tree, out of `set` commands or out of the blocks of `config.boot`.

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
    pub(super) below: IndexMap<String, Self>,
    /// Which of those below was set last: a value that is set again takes the place of the one before.
    last: usize,
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
fn is_secret(key: &str) -> bool {
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
            last: 0,
        }
    }

    /// The node behind a path of words.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Self> {
        let mut node = self;
        for word in path {
            node = node.below.get(*word)?;
        }
        Some(node)
    }

    pub(super) fn has(&self, path: &[&str]) -> bool {
        self.at(path).is_some()
    }

    /// The nodes below a path, with their words.
    pub(super) fn all(&self, path: &[&str]) -> impl Iterator<Item = (&str, &Self)> {
        let below = self.at(path).into_iter().flat_map(|node| &node.below);
        below.map(|(word, node)| (word.as_str(), node))
    }

    /// The value behind a path, the last one where there are several.
    pub(super) fn value(&self, path: &[&str]) -> Option<(&str, &Span)> {
        let node = self.at(path)?;
        let (word, value) = node.below.get_index(node.last)?;
        Some((word, &value.place))
    }
}

/// What a text holds.
pub(super) struct Tree {
    pub(super) root: Node,
    /// Where the first secret stands.
    pub(super) secret: Option<Span>,
    /// Words of commands that are no part of the tree, such as `set`.
    pub(super) commands: Vec<Span>,
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
        refused: None,
        left: MOST_SETTINGS,
    };
    parser.block(&mut Scope::Top(&mut root), 0);
    Tree {
        root,
        secret: parser.secret,
        commands: parser.commands,
        refused: parser.refused,
    }
}

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
    refused: Option<Diagnostic>,
    left: usize,
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
        // A copied session has a prompt before the command: `vyos@vyos#`.
        let words = match words {
            [(prompt, _), rest @ ..] if prompt.ends_with(['#', '$']) => rest,
            words => words,
        };
        match (words, &scope) {
            ([], _) => {}
            ([(set, place), rest @ ..], Scope::Top(_)) if set == "set" => {
                self.commands.push(place.clone());
                self.put(scope, rest);
            }
            (words, _) => {
                self.put(scope, words);
            }
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
        node.last = entry.index();
        let below = entry.or_insert_with(|| {
            self.left -= 1;
            Node::new(place.clone())
        });
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
