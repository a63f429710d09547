//! Words, variables and texts in quotation marks.

use super::{Kind, Lexer, Piece, Unclosed, is_double, is_single, line_break, starts_name};

impl Lexer<'_> {
    pub(super) fn word(&mut self) -> Result<(), Unclosed> {
        let start = self.at;
        let first = self.peek().unwrap_or_default();
        if is_single(first) && !self.in_cmd || is_double(first) || self.in_cmd && first == '\'' {
            let pieces = self.quoted()?;
            self.push(
                Kind::Word {
                    pieces,
                    bare: false,
                },
                start,
            );
            return Ok(());
        }
        let in_table = self.tables.last() == Some(&true);
        let mut pieces: Vec<Piece> = Vec::new();
        let is_variable = first == '$';
        while let Some(letter) = self.peek() {
            let ends = letter.is_whitespace() || ";|&(){},".contains(letter);
            // A name is assigned to; in a bare word the sign is a letter like any other.
            let assigned = letter == '=' && (in_table || is_variable);
            if ends || assigned || self.in_cmd && matches!(letter, '"' | '^') {
                break;
            }
            match letter {
                '`' => {
                    self.at += 1;
                    match self.peek() {
                        Some(escaped) if !escaped.is_whitespace() => self.literal(&mut pieces),
                        _ => {
                            self.at -= 1;
                            break;
                        }
                    }
                }
                '$' => pieces.push(self.variable(true)?),
                _ if is_single(letter) || is_double(letter) => pieces.extend(self.quoted()?),
                _ => self.literal(&mut pieces),
            }
        }
        if self.at == start {
            self.at += self.peek().map_or(0, char::len_utf8);
            pieces.push(Piece::Computed);
        }
        if let [Piece::Literal(word)] = pieces.as_slice() {
            let program = word.rsplit(['\\', '/']).next().unwrap_or_default();
            let program = program.to_ascii_lowercase();
            let starts = matches!(
                self.tokens.list.last().map(|token| &token.kind),
                None | Some(Kind::End { .. })
            );
            let shells = ["powershell", "powershell.exe", "pwsh", "pwsh.exe"];
            self.in_cmd |= starts && shells.contains(&program.as_str());
        }
        self.push(Kind::Word { pieces, bare: true }, start);
        Ok(())
    }

    fn literal(&mut self, pieces: &mut Vec<Piece>) {
        let Some(letter) = self.peek() else {
            return;
        };
        self.at += letter.len_utf8();
        push_letter(pieces, letter);
    }

    /// A variable, with what is taken out of it: `$a`, `${a}`, `$env:a`, `$a.b`; `$(…)` and method
    /// calls are computed.
    fn variable(&mut self, with_members: bool) -> Result<Piece, Unclosed> {
        let start = self.at;
        self.at += 1;
        let mut name = match self.peek() {
            Some('(') => {
                let inside = self.parenthesised_variable();
                self.skip_parentheses(start)?;
                return Ok(inside.map_or(Piece::Computed, Piece::Variable));
            }
            Some('{') => {
                let Some(end) = self.rest().find('}') else {
                    return Err(self.unclosed(start, "brace"));
                };
                let name = self.rest()[1..end].to_lowercase();
                self.at += end + 1;
                name
            }
            Some(letter) if letter.is_alphanumeric() || letter == '_' => self.name(),
            _ => {
                let single = self.peek().filter(|c| matches!(c, '?' | '$' | '^'));
                self.at += single.map_or(0, char::len_utf8);
                let lone = single.is_none();
                return Ok(if lone {
                    Piece::Literal("$".to_owned())
                } else {
                    Piece::Computed
                });
            }
        };
        loop {
            if !with_members {
                break;
            }
            if self.peek() == Some('.') && self.second().is_some_and(starts_name) {
                self.at += 1;
                name.push('.');
                name.push_str(&self.name());
            } else if let Some((key, length)) = self.index() {
                name.push('.');
                name.push_str(&key);
                self.at += length;
            } else {
                break;
            }
        }
        // What it adds stands behind it.
        let adds = name.ends_with(".add") && self.peek() == Some('(');
        if with_members && !adds && matches!(self.peek(), Some('[' | '(')) {
            self.skip_parentheses(start)?;
            return Ok(Piece::Computed);
        }
        Ok(Piece::Variable(name))
    }

    /// The variable that alone stands in the parentheses which begin here: `($a.b)`.
    fn parenthesised_variable(&self) -> Option<String> {
        let (inside, _) = self.rest().strip_prefix('(')?.split_once(')')?;
        let name = inside.trim().strip_prefix('$')?;
        let inner = |c: char| c.is_alphanumeric() || "_:.".contains(c);
        (!name.is_empty() && name.chars().all(inner)).then(|| name.to_lowercase())
    }

    /// The key of an index that begins here, in lower case, and the length of the index: `['a']`.
    fn index(&self) -> Option<(String, usize)> {
        let rest = self.rest().strip_prefix('[')?;
        let quote = rest
            .chars()
            .next()
            .filter(|c| is_single(*c) || is_double(*c))?;
        let (key, behind) = rest.strip_prefix(quote)?.split_once(quote)?;
        let length = 1 + 2 * quote.len_utf8() + key.len() + 1;
        let plain = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        let is_key = behind.starts_with(']') && !key.is_empty() && key.chars().all(plain);
        is_key.then(|| (key.to_lowercase(), length))
    }

    /// Skips from an opening bracket to the one that closes it.
    fn skip_parentheses(&mut self, start: usize) -> Result<(), Unclosed> {
        let mut depth = 0_usize;
        while let Some(letter) = self.peek() {
            match letter {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.at += letter.len_utf8();
            if depth == 0 {
                return Ok(());
            }
        }
        Err(self.unclosed(start, "bracket"))
    }

    /// A text in quotation marks.
    fn quoted(&mut self) -> Result<Vec<Piece>, Unclosed> {
        let start = self.at;
        let quote = self.peek().unwrap_or_default();
        let same = if is_single(quote) {
            is_single
        } else {
            is_double
        };
        self.at += quote.len_utf8();
        let mut pieces = vec![Piece::Literal(String::new())];
        while let Some(letter) = self.peek() {
            if same(letter) {
                self.at += letter.len_utf8();
                // Doubled, by whichever of the marks, it stands for itself.
                match self.peek() {
                    Some(again) if same(again) => self.literal(&mut pieces),
                    _ => return Ok(pieces),
                }
            } else if is_single(quote) {
                self.literal(&mut pieces);
            } else {
                self.expanding(&mut pieces)?;
            }
        }
        Err(self.unclosed(start, "quotation mark"))
    }

    /// One letter of a text in double quotation marks.
    fn expanding(&mut self, pieces: &mut Vec<Piece>) -> Result<(), Unclosed> {
        match self.peek() {
            Some('`') => {
                self.at += 1;
                let line = line_break(self.rest());
                if line > 0 {
                    self.at += line;
                } else if let Some(letter) = self.peek() {
                    self.at += letter.len_utf8();
                    push_letter(pieces, escaped(letter));
                }
            }
            Some('$') => pieces.push(self.variable(false)?),
            _ => self.literal(pieces),
        }
        Ok(())
    }

    /// A text between `@'` and `'@`, each on its own line.
    pub(super) fn here_string(
        &mut self,
        start: usize,
        quote: char,
    ) -> Result<Vec<Piece>, Unclosed> {
        let same = if is_single(quote) {
            is_single
        } else {
            is_double
        };
        let header = self.rest().split('\n').next().unwrap_or_default();
        if !header.trim().is_empty() || header.len() == self.rest().len() {
            return Err(self.unclosed(start, "here-string"));
        }
        self.at += header.len() + 1;
        let mut pieces = vec![Piece::Literal(String::new())];
        loop {
            let mut letters = self.rest().chars();
            let closes = letters.next().is_some_and(same) && letters.next() == Some('@');
            if closes {
                self.at += self.peek().map_or(0, char::len_utf8) + 1;
                // The last line break belongs to the end.
                if let Some(Piece::Literal(text)) = pieces.last_mut() {
                    let kept = text.strip_suffix('\n').unwrap_or(text);
                    let kept = kept.strip_suffix('\r').unwrap_or(kept).len();
                    text.truncate(kept);
                }
                return Ok(pieces);
            }
            loop {
                match self.peek() {
                    None => return Err(self.unclosed(start, "here-string")),
                    Some('\n') => {
                        self.literal(&mut pieces);
                        break;
                    }
                    Some(_) if is_single(quote) => self.literal(&mut pieces),
                    Some(_) => self.expanding(&mut pieces)?,
                }
            }
        }
    }
}

fn push_letter(pieces: &mut Vec<Piece>, letter: char) {
    match pieces.last_mut() {
        Some(Piece::Literal(text)) => text.push(letter),
        _ => pieces.push(Piece::Literal(letter.into())),
    }
}

/// What a letter behind a backtick stands for.
pub(in crate::read::powershell) const fn escaped(letter: char) -> char {
    match letter {
        '0' => '\0',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        letter => letter,
    }
}
