//! The lines of an export of RouterOS: where in its menus each command stands, and its arguments.
//!
//! Nothing is run. A value that a script computes, `[…]`, `(…)` or `$name`, is known to be unknown.

use std::sync::Arc;

use crate::diag::Span;

/// Longest command that is looked at; the longest of real exports have some thousand octets.
const MOST_ARGUMENTS: usize = 1000;

/// Words of a menu at most: every line without a verb leads one menu farther. Real menus have five.
const MOST_WORDS: usize = 16;

/// One argument, `key=value` or a word.
#[derive(Clone, Debug)]
pub(super) struct Argument {
    /// Empty for a word without a key.
    pub(super) key: String,
    pub(super) value: String,
    /// Where the whole argument stands.
    pub(super) span: Span,
    /// Where the value stands.
    pub(super) place: Span,
    /// Whether only the script knows the value.
    pub(super) is_computed: bool,
}

/// One command.
#[derive(Clone, Debug)]
pub(super) struct Command {
    /// The menu, such as `ip ipsec profile`.
    pub(super) menu: String,
    /// `add`, `set` and so on.
    pub(super) verb: String,
    /// Where the verb stands.
    pub(super) span: Span,
    pub(super) arguments: Vec<Argument>,
}

/// Verbs of the console. Every other word at the beginning of a line is a part of a menu.
const VERBS: &[&str] = &[
    "add", "comment", "disable", "enable", "export", "find", "get", "move", "print", "remove",
    "set", "unset",
];

/// Reads all commands.
pub(super) fn commands(file: usize, text: &Arc<str>) -> Vec<Command> {
    let mut reader = Reader { file, text, at: 0 };
    let mut menu = Vec::new();
    let mut commands = Vec::new();
    while reader.at < text.len() {
        if let Some(command) = reader.line(&mut menu) {
            commands.push(command);
        }
    }
    commands
}

struct Reader<'t> {
    file: usize,
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.at += letter.len_utf8();
        Some(letter)
    }

    /// Passes over a line that goes on in the next one, with the blanks that it begins with.
    fn continues(&mut self) -> bool {
        let rest = self.rest();
        let Some(after) = rest.strip_prefix('\\') else {
            return false;
        };
        let Some(after) = after.trim_start_matches('\r').strip_prefix('\n') else {
            return false;
        };
        self.at += rest.len() - after.trim_start_matches([' ', '\t']).len();
        true
    }

    fn blanks(&mut self) {
        loop {
            if self.continues() {
                continue;
            }
            match self.peek() {
                Some(' ' | '\t' | '\r') => {
                    self.take();
                }
                _ => return,
            }
        }
    }

    fn skip_line(&mut self) {
        while !matches!(self.take(), None | Some('\n')) {}
    }

    /// Reads one line, or up to the next `;`; `menu` is where the lines before have led to.
    fn line(&mut self, menu: &mut Vec<String>) -> Option<Command> {
        self.blanks();
        match self.peek()? {
            '\n' | ';' | '}' | '{' => {
                self.take();
                return None;
            }
            // A comment, or a command of the script language.
            '#' | ':' => {
                self.skip_line();
                return None;
            }
            _ => {}
        }
        let absolute = self.peek() == Some('/');
        let mut path = if absolute { Vec::new() } else { menu.clone() };
        loop {
            self.blanks();
            match self.peek() {
                None | Some('\n' | ';') => {
                    self.take();
                    *menu = path;
                    return None;
                }
                Some('/') => {
                    self.take();
                }
                Some(_) if path.len() >= MOST_WORDS => {
                    self.skip_line();
                    return None;
                }
                Some(letter) if letter.is_ascii_alphabetic() => {
                    let start = self.at;
                    let word = self.bare(|c| c.is_ascii_alphanumeric() || c == '-');
                    if VERBS.contains(&word.as_str()) {
                        let span = Span::new(self.file, start..self.at);
                        let arguments = self.arguments();
                        return Some(Command {
                            menu: path.join(" "),
                            verb: word,
                            span,
                            arguments,
                        });
                    }
                    path.push(word);
                }
                Some(_) => {
                    self.skip_line();
                    return None;
                }
            }
        }
    }

    fn bare(&mut self, inside: impl Fn(char) -> bool) -> String {
        let mut word = String::new();
        while let Some(letter) = self.peek().filter(|letter| inside(*letter)) {
            word.push(letter);
            self.take();
        }
        word
    }

    fn arguments(&mut self) -> Vec<Argument> {
        let mut arguments = Vec::new();
        loop {
            self.blanks();
            match self.peek() {
                None | Some('\n' | ';' | '}') => {
                    self.take();
                    return arguments;
                }
                _ => {}
            }
            let start = self.at;
            let key = self.bare(|c| c.is_ascii_alphanumeric() || "-._*!~".contains(c));
            let argument = if !key.is_empty() && self.peek() == Some('=') {
                self.take();
                self.argument(key, start)
            } else {
                self.at = start;
                self.argument(String::new(), start)
            };
            if arguments.len() < MOST_ARGUMENTS {
                arguments.push(argument);
            }
        }
    }

    fn argument(&mut self, key: String, start: usize) -> Argument {
        while self.continues() {}
        let from = self.at;
        let mut value = String::new();
        let mut is_computed = false;
        match self.peek() {
            Some('"') => {
                self.take();
                is_computed = self.quoted(&mut value);
            }
            Some(open @ ('[' | '(' | '{')) => {
                is_computed = true;
                self.computed(open);
            }
            _ => loop {
                if self.continues() {
                    continue;
                }
                match self.peek() {
                    None | Some(' ' | '\t' | '\r' | '\n' | ';') => break,
                    Some('$') => {
                        is_computed = true;
                        self.take();
                    }
                    Some(letter) => {
                        value.push(letter);
                        self.take();
                    }
                }
            },
        }
        if self.at == start {
            // Whatever it is, it is passed over.
            self.take();
        }
        Argument {
            key,
            value,
            span: Span::new(self.file, start..self.at),
            place: Span::new(self.file, from.min(self.at)..self.at),
            is_computed,
        }
    }

    /// Reads a string behind its first mark. Whether it has a variable in it.
    fn quoted(&mut self, value: &mut String) -> bool {
        let mut is_computed = false;
        while self.peek().is_some() {
            if self.continues() {
                continue;
            }
            match self.take() {
                None | Some('"') => break,
                Some('\\') => match self.take() {
                    Some(letter) => value.push(letter),
                    None => break,
                },
                Some('$') => is_computed = true,
                Some(letter) => value.push(letter),
            }
        }
        is_computed
    }

    /// Passes over what is in brackets, strings in it included.
    fn computed(&mut self, open: char) {
        let close = match open {
            '[' => ']',
            '(' => ')',
            _ => '}',
        };
        let mut depth = 0_usize;
        while let Some(letter) = self.take() {
            if letter == '"' {
                self.quoted(&mut String::new());
            } else if letter == open {
                depth += 1;
            } else if letter == close {
                depth = depth.saturating_sub(1);
            } else if letter == '\n' && open != '{' {
                return;
            }
            if depth == 0 {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::commands;

    fn shown(text: &str) -> Vec<String> {
        let all = commands(0, &text.into());
        let argument = |it: &super::Argument| {
            let mark = if it.is_computed { "?" } else { "" };
            format!("{}={}{mark}", it.key, it.value)
        };
        all.iter()
            .map(|one| {
                let arguments: Vec<_> = one.arguments.iter().map(argument).collect();
                format!("{} | {} | {}", one.menu, one.verb, arguments.join(" "))
            })
            .collect()
    }

    #[test]
    fn commands_are_read_as_exports_and_scripts_have_them() {
        for (text, expected) in [
            (
                "/ip ipsec profile\nset [ find default=yes ] dh-group=ecp256,modp2048 \\\n    enc-algorithm=\\\n    aes-256,aes-128\n",
                vec![
                    "ip ipsec profile | set | =? dh-group=ecp256,modp2048 enc-algorithm=aes-256,aes-128",
                ],
            ),
            (
                "# by RouterOS 7.14\r\n/ip/ipsec/peer/add name=\"a b\" address=0.0.0.0/0\r\n",
                vec!["ip ipsec peer | add | name=a b address=0.0.0.0/0"],
            ),
            (
                "/ip ipsec\npolicy group add name=x\npeer\nadd name=y !disabled\n",
                vec![
                    "ip ipsec policy group | add | name=x",
                    "ip ipsec peer | add | name=y =!disabled",
                ],
            ),
            (
                "/ip ipsec identity\nadd peer=p secret=(\"a\" . $b) my-id=$c; add peer=\"q\\\n    r\"\n",
                vec![
                    "ip ipsec identity | add | peer=p secret=? my-id=c?",
                    "ip ipsec identity | add | peer=qr",
                ],
            ),
            (":local x \"/ip ipsec peer add\"\n", vec![]),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }
}
