//! Nested sections of settings, as swanctl.conf has them.

use super::quoted;

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

/// The name of a section; signs that the syntax takes for its own stand in none that was read.
fn section(name: &str) -> String {
    let plain =
        |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '%' | '@' | '/' | '+' | ',');
    if !name.is_empty() && name.chars().all(plain) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace(['"', '\\'], "_"))
    }
}
