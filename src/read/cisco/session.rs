//! A text as a router carries it out: each command, what `no` and `default` take back, and blocks that are entered again.
//!
//! Notes and guides leave the indentation out, so a line without it belongs to the block before if the block
//! has such a command and no indented line.

use std::collections::HashMap;

use super::lines::{Block, Kind, Line, Word, words};
use crate::diag::Diagnostic;
use crate::read::loading;

/// Comparisons of a word that is taken back with what was there; real configurations need some thousands.
const MOST_COMPARISONS: usize = 20_000_000;

/// Reads the blocks of a text. Fails on one of more lines than are read.
pub(super) fn blocks(file: usize, text: &str) -> Result<Vec<Block>, Vec<Diagnostic>> {
    let mut session = Session::default();
    let mut start = 0;
    let mut lines = 0_usize;
    for raw in text.split('\n') {
        let at = start;
        start += raw.len() + 1;
        let line = words(file, at, raw);
        let Some(first) = line.first() else {
            continue;
        };
        if first.text.starts_with('!') {
            continue;
        }
        if lines >= loading::MOST_SETTINGS || session.comparisons > MOST_COMPARISONS {
            return Err(vec![loading::too_many_settings(&first.span)]);
        }
        lines += 1;
        session.line(line, raw.starts_with([' ', '\t']));
    }
    Ok(session.blocks.into_iter().flatten().collect())
}

/// What a command takes back.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Verb {
    /// `clear configure`: everything that begins so.
    Clear,
    /// `no`.
    No,
    /// `default`: as the release has it by itself.
    Default,
}

#[derive(Default)]
struct Session {
    /// `None` where a block was taken back.
    blocks: Vec<Option<Block>>,
    /// The block that is open.
    current: Option<usize>,
    /// Whether its lines are indented.
    indented: bool,
    /// Whether some of its lines take something back.
    has_verbs: bool,
    /// The last block of each kind and name.
    named: HashMap<(Kind, String), usize>,
    comparisons: usize,
}

impl Session {
    fn line(&mut self, line: Line, is_indented: bool) {
        let (verb, command) = verb(&line);
        let Some(first) = command.first().map(|word| word.text.as_str()) else {
            return;
        };
        let (kind, _) = Kind::of(command);
        // Below an interface `crypto map NAME` puts a map there.
        let puts_map = kind == Kind::Map && command.len() == 3 && (verb.is_none() || is_indented);
        let is_top = matches!(first, "crypto" | "tunnel-group") && !puts_map
            || matches!(kind, Kind::Pool | Kind::Interface);
        let open = self
            .current
            .and_then(|at| self.blocks.get_mut(at)?.as_mut());
        match open {
            Some(block)
                if !is_top
                    && (is_indented
                        || !self.indented && block.kind.commands().contains(&first)) =>
            {
                self.indented |= is_indented;
                if verb.is_some() || self.has_verbs {
                    self.comparisons += block.lines.len();
                }
                match verb {
                    Some(verb) => {
                        self.has_verbs = true;
                        block.take_back(verb, line);
                    }
                    None if self.has_verbs => block.add(line),
                    None => block.lines.push(line),
                }
            }
            _ => {
                self.indented = false;
                self.has_verbs = false;
                match verb {
                    Some(verb) => {
                        self.current = None;
                        self.take_back(verb, line);
                    }
                    None => self.enter(kind, line),
                }
            }
        }
    }

    /// Begins a block, or goes on with the one that has this command already.
    fn enter(&mut self, kind: Kind, header: Line) {
        let block = Block {
            kind,
            header,
            lines: Vec::new(),
        };
        let name = block.name().map(|name| (kind, name.text.clone()));
        let known = name.as_ref().and_then(|name| self.named.get(name).copied());
        let before = known.and_then(|at| self.blocks.get_mut(at)?.as_mut());
        if let Some(before) = before {
            let is_same = text_of(&before.header).eq(text_of(&block.header));
            let replaces = kind == Kind::TransformSet;
            if is_same && kind != Kind::Pool || replaces {
                before.header = block.header;
                self.has_verbs = true;
                self.current = known;
                return;
            }
        }
        self.blocks.push(Some(block));
        self.current = Some(self.blocks.len() - 1);
        if let (Some(name), Some(at)) = (name, self.current) {
            self.named.insert(name, at);
        }
    }

    /// Takes blocks back: those of a name, entries of maps, and what single commands say.
    fn take_back(&mut self, verb: Verb, line: Line) {
        let (_, command) = self::verb(&line);
        let begins = command.first().map_or("", |word| word.text.as_str());
        if !["crypto", "interface", "ip", "tunnel-group"].contains(&begins) {
            return;
        }
        let (kind, _) = Kind::of(command);
        let is_default = |word: &Word| word.text == "default";
        self.comparisons += self.blocks.len();
        if verb == Verb::Default && kind == Kind::Other {
            // `default crypto ikev2 proposal` brings back what `no crypto ikev2 proposal default` takes.
            let wanted: Vec<&str> = text_of(command).collect();
            for slot in &mut self.blocks {
                let header = slot.as_ref().map(|block| block.header.as_slice());
                let off = header.unwrap_or_default();
                let is_off = off.first().is_some_and(|word| word.text == "no");
                let own: Vec<&str> = text_of(off).skip(1).collect();
                if is_off && own.starts_with(&wanted) {
                    *slot = None;
                }
            }
            return;
        }
        let wanted = Block {
            kind,
            header: command.to_vec(),
            lines: Vec::new(),
        };
        for slot in &mut self.blocks {
            let is_taken = |block: &mut Block| match verb {
                Verb::Clear => block.begins_as(command),
                Verb::No | Verb::Default => block.is_taken_by(&wanted),
            };
            if slot.as_mut().is_some_and(is_taken) {
                *slot = None;
            }
        }
        if verb == Verb::No && wanted.name().is_some_and(is_default) {
            self.blocks.push(Some(Block {
                kind: Kind::Other,
                header: line,
                lines: Vec::new(),
            }));
        }
    }
}

impl Block {
    /// Adds a line; what was taken back before is there again.
    fn add(&mut self, line: Line) {
        self.lines.retain(|own| {
            let (verb, command) = verb(own);
            verb.is_none() || !text_of(&line).take(command.len()).eq(text_of(command))
        });
        self.lines.push(line);
    }

    /// Takes back the lines that begin as a command does. Where there is none the line stays, since it may say that
    /// something is not as usual.
    fn take_back(&mut self, verb: Verb, line: Line) {
        let (_, command) = self::verb(&line);
        let before = self.lines.len();
        self.lines
            .retain(|own| !text_of(own).take(command.len()).eq(text_of(command)));
        if verb != Verb::Default && before == self.lines.len() {
            self.lines.push(line);
        }
    }

    fn begins_as(&self, command: &[Word]) -> bool {
        text_of(&self.header)
            .take(command.len())
            .eq(text_of(command))
    }

    /// Whether the whole block goes where a command takes `wanted` back; of an entry of a map single words may go.
    fn is_taken_by(&mut self, wanted: &Self) -> bool {
        if self.kind != wanted.kind {
            return false;
        }
        if self.kind == Kind::Other {
            return self.begins_as(&wanted.header);
        }
        let name = |block: &Self| block.name().map(|name| name.text.clone());
        if name(self) != name(wanted) {
            return false;
        }
        if !matches!(self.kind, Kind::Map | Kind::DynamicMap) {
            return true;
        }
        // `NUMBER set peer A B`: without words behind the number the whole entry goes, without values all of them.
        let own: Vec<&str> = text_of(self.rest()).collect();
        let gone: Vec<&str> = text_of(wanted.rest()).collect();
        let shared = own.iter().zip(&gone).take_while(|(own, gone)| own == gone);
        let shared = shared.count();
        if shared == gone.len() {
            return true;
        }
        const COMMAND: usize = 3;
        if shared < COMMAND {
            return false;
        }
        let values = gone.get(shared..).unwrap_or_default();
        let kept = self.header.len() - own.len() + shared;
        let gone: Vec<String> = values.iter().map(|word| (*word).to_owned()).collect();
        let mut place = 0;
        self.header.retain(|word| {
            place += 1;
            place <= kept || !gone.contains(&word.text)
        });
        self.header.len() == kept
    }
}

/// The verb of a command that takes something back, and what it is.
fn verb(line: &[Word]) -> (Option<Verb>, &[Word]) {
    let words: Vec<&str> = text_of(line).take(2).collect();
    let (verb, length) = match words.as_slice() {
        ["no", _, ..] => (Some(Verb::No), 1),
        ["default", _, ..] => (Some(Verb::Default), 1),
        ["clear", "configure"] => (Some(Verb::Clear), 2),
        _ => (None, 0),
    };
    (verb, line.get(length..).unwrap_or_default())
}

fn text_of(line: &[Word]) -> impl Iterator<Item = &str> {
    line.iter().map(|word| word.text.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::lines::Line;
    use super::blocks;

    fn shown(text: &str) -> Vec<String> {
        let blocks = blocks(0, text).unwrap();
        let first = |line: &Line| line[0].text.clone();
        blocks
            .iter()
            .map(|block| {
                let lines: Vec<_> = block.lines.iter().map(first).collect();
                let name = block.name().map_or("-", |name| &name.text);
                format!("{:?} {name}: {}", block.kind, lines.join(" "))
            })
            .collect()
    }

    #[test]
    fn lines_belong_to_the_command_before() {
        let text = "version 17.9\n!\ncrypto ikev2 proposal a\n encryption aes-cbc-256\n !\n group 14\n!\n\
            crypto map M 10 ipsec-isakmp\n set peer 192.0.2.1\ninterface Gi1\n ip address dhcp\n crypto map M\n\
            ip local pool P 10.0.0.1 10.0.0.9\n";
        assert_eq!(
            shown(text),
            [
                "Other -: ",
                "Proposal a: encryption group",
                "Map M: set",
                "Interface Gi1: ip crypto",
                "Pool P: ",
            ]
        );
    }

    #[test]
    fn notes_have_no_indentation_and_prompts() {
        let text = "crypto ikev2 proposal a\nencryption aes-cbc-256\nusername b password c\nencryption d\n\
            R1(config)#crypto ikev2 policy e\nR1(config-ikev2-policy)# proposal a\n";
        assert_eq!(
            shown(text)[..3],
            ["Proposal a: encryption", "Other -: ", "Other -: "]
        );
        let text = "R1(config)# crypto ikev2 policy e\nR1(config-ikev2-policy)# proposal a\n";
        assert_eq!(shown(text), ["Policy e: proposal"]);
    }

    #[test]
    fn what_is_taken_back_is_not_there() {
        let proposals = "crypto ikev2 proposal a\n encryption aes-cbc-256\n group 14 2\ncrypto ikev2 proposal b\n group 2\n";
        for (taken, expected) in [
            (
                "no crypto ikev2 proposal b\n",
                &["Proposal a: encryption group"][..],
            ),
            (
                "crypto ikev2 proposal b\n no group\n group 19\n prf sha256\n",
                &["Proposal a: encryption group", "Proposal b: group prf"],
            ),
            ("clear configure crypto\n", &[]),
            (
                "crypto ikev2 proposal a\n default encryption\n no integrity\n",
                &["Proposal a: group no", "Proposal b: group"],
            ),
            (
                "crypto ikev2 proposal a\n no integrity\n integrity sha256\n",
                &[
                    "Proposal a: encryption group integrity",
                    "Proposal b: group",
                ],
            ),
            (
                "no crypto ikev2 policy c\nno ip http server\n",
                &["Proposal a: encryption group", "Proposal b: group"],
            ),
        ] {
            assert_eq!(shown(&format!("{proposals}{taken}")), expected, "{taken}");
        }
        let entries = "crypto map M 10 set peer 192.0.2.1 192.0.2.2\ncrypto map M 10 set pfs group14\n\
            crypto map M 20 set peer 192.0.2.3\n";
        for (taken, left) in [
            ("no crypto map M 10\n", 1),
            ("no crypto map M 10 set pfs\n", 2),
            ("no crypto map M 10 set peer 192.0.2.2\n", 3),
            ("no crypto map M 10 set peer 192.0.2.2 192.0.2.1\n", 2),
            ("no crypto map M 30\n", 3),
        ] {
            assert_eq!(shown(&format!("{entries}{taken}")).len(), left, "{taken}");
        }
    }
}
