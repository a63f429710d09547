//! The configuration as a tree, out of `set` commands or out of the blocks of `config.boot`.

use indexmap::IndexMap;

use crate::diag::Span;
use crate::read::loading::MOST_SETTINGS;

/// A word of the configuration, with what stands below it; a value has nothing below it.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Where it stands, the last time.
    pub(super) place: Span,
    /// Where it stands before that.
    pub(super) before: Vec<Span>,
    pub(super) below: IndexMap<String, Self>,
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

/// Blocks inside of each other; real ones have a dozen.
const MOST_LEVELS: usize = 64;

impl Node {
    fn new(place: Span) -> Self {
        Self {
            place,
            before: Vec::new(),
            below: IndexMap::new(),
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
    pub(super) fn all(&self, path: &[&str]) -> Vec<(&str, &Self)> {
        let below = self.at(path).into_iter().flat_map(|node| &node.below);
        below.map(|(word, node)| (word.as_str(), node)).collect()
    }

    /// The value behind a path, the last one where there are several.
    pub(super) fn value(&self, path: &[&str]) -> Option<(&str, &Span)> {
        let (word, node) = self.at(path)?.below.last()?;
        Some((word, &node.place))
    }
}

/// What a text holds.
pub(super) struct Tree {
    pub(super) root: Node,
    /// Where the first secret stands.
    pub(super) secret: Option<Span>,
    left: usize,
}

/// Reads a text in either layout.
pub(super) fn read(file: usize, text: &str) -> Tree {
    let mut tree = Tree {
        root: Node::new(Span::new(file, 0..0)),
        secret: None,
        left: MOST_SETTINGS,
    };
    let mut open: Vec<usize> = Vec::new();
    let mut path: Vec<Word> = Vec::new();
    let mut words: Vec<Word> = Vec::new();
    let mut lexer = Lexer { file, text, at: 0 };
    loop {
        match lexer.next() {
            Token::Word(word, place) => words.push((word, place)),
            Token::Open if open.len() < MOST_LEVELS => {
                open.push(path.len());
                path.append(&mut words);
                tree.put(&path);
            }
            Token::Open => words.clear(),
            Token::Close => {
                tree.statement(&path, &words);
                words.clear();
                path.truncate(open.pop().unwrap_or_default());
            }
            Token::Line => {
                tree.statement(&path, &words);
                words.clear();
            }
            Token::End => {
                tree.statement(&path, &words);
                return tree;
            }
        }
    }
}

impl Tree {
    fn statement(&mut self, path: &[Word], words: &[Word]) {
        // A copied session has a prompt before the command: `vyos@vyos#`.
        let words = match words {
            [(prompt, _), rest @ ..] if prompt.ends_with(['#', '$']) => rest,
            words => words,
        };
        match words {
            [] => {}
            [(set, _), rest @ ..] if set == "set" && path.is_empty() => self.put(rest),
            words => {
                let path: Vec<Word> = path.iter().chain(words).cloned().collect();
                self.put(&path);
            }
        }
    }

    fn put(&mut self, path: &[Word]) {
        // An excerpt may begin below `vpn`.
        let inside = match path.first() {
            Some((first, _)) if first == "vpn" => path.get(1..).unwrap_or_default(),
            Some((first, _)) if first == "ipsec" => path,
            _ => return,
        };
        if !matches!(inside.first(), Some((first, _)) if first == "ipsec" || first == "l2tp") {
            return;
        }
        let mut node = &mut self.root;
        for (word, place) in inside {
            if self.left == 0 {
                return;
            }
            let below = node.below.entry(word.clone()).or_insert_with(|| {
                self.left -= 1;
                Node::new(place.clone())
            });
            if below.place != *place {
                let before = std::mem::replace(&mut below.place, place.clone());
                below.before.push(before);
            }
            if SECRETS.contains(&word.as_str()) {
                self.secret.get_or_insert_with(|| place.clone());
                return;
            }
            node = below;
        }
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
}
