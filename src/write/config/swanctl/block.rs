//! Nested sections of settings, as swanctl.conf has them.

use super::quoted;
use crate::dialect::swan::in_name;

/// A text that grows section by section.
#[derive(Default)]
pub(super) struct Block {
    text: String,
    depth: usize,
}

impl Block {
    pub(super) fn open(&mut self, name: &str) {
        self.indent();
        self.text.push_str(&section(name));
        self.text.push_str(" {\n");
        self.depth += 1;
    }

    pub(super) fn close(&mut self) {
        self.depth -= 1;
        self.indent();
        self.text.push_str("}\n");
    }

    pub(super) fn set(&mut self, key: &str, value: &str) {
        self.indent();
        self.text.push_str(&format!("{key} = {}\n", quoted(value)));
    }

    pub(super) fn comment(&mut self, text: &str) {
        self.indent();
        self.text.push_str(&format!("# {text}\n"));
    }

    /// Settings whose keys may name sections: `cert1.file`.
    pub(super) fn nested<'s>(&mut self, settings: impl Iterator<Item = (&'s str, &'s str)>) {
        let mut open: Option<&str> = None;
        for (path, value) in settings {
            let (section, key) = match path.split_once('.') {
                Some((section, key)) => (Some(section), key),
                None => (None, path),
            };
            if open != section {
                if open.is_some() {
                    self.close();
                }
                if let Some(section) = section {
                    self.open(section);
                }
                open = section;
            }
            self.set(key, value);
        }
        if open.is_some() {
            self.close();
        }
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    fn indent(&mut self) {
        for _ in 0..self.depth {
            self.text.push_str("    ");
        }
    }
}

/// The name of a section: a character that no name has becomes `_`, since quotes are for values alone.
fn section(name: &str) -> String {
    let plain = |c: char| if in_name(c) { c } else { '_' };
    match name {
        "" => "_".to_owned(),
        _ => name.chars().map(plain).collect(),
    }
}
