//! Profiles of the user's own, laid over the built-in ones.

use std::fmt::Write as _;

use super::database::Database;
use super::lint;
use crate::diag::{Diagnostic, Sources};
use crate::yaml::{self, Form, Kind, Node};

impl Database<'_> {
    /// Lays client profiles over this database: the texts numbered `files`, whose names end in
    /// `<id>.yaml`. Each takes the place of the profile of its id, or stands beside the others.
    ///
    /// Gives what is doubtful about them, or everything that is wrong; then nothing is laid.
    pub fn overlay(
        &mut self,
        sources: &mut Sources,
        files: &[usize],
    ) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
        let diagnostics = self.lint(sources, files);
        if !lint::usable(&diagnostics) {
            return Err(diagnostics);
        }
        for file in files {
            let text = sources.text(*file);
            let root = yaml::parse(&text, *file)?;
            let mut json = String::new();
            write(&root, &mut json);
            self.lay(sources.name(*file), json);
        }
        Ok(diagnostics)
    }
}

/// The tree in JSON, in its own order.
fn write(node: &Node<'_>, out: &mut String) {
    match &node.kind {
        Kind::Null => out.push_str("null"),
        Kind::Word(word) => match word.form {
            // YAML writes whole numbers as JSON does, but for a sign or a base.
            Form::Number if word.bytes().all(|b| b.is_ascii_digit()) => out.push_str(word),
            Form::Boolean => out.push_str(word),
            Form::Number | Form::Text => string(word, out),
        },
        Kind::List(items) => {
            for (place, item) in items.iter().enumerate() {
                out.push(if place == 0 { '[' } else { ',' });
                write(item, out);
            }
            out.push_str(if items.is_empty() { "[]" } else { "]" });
        }
        Kind::Map(entries) => {
            for (place, entry) in entries.iter().enumerate() {
                out.push(if place == 0 { '{' } else { ',' });
                string(&entry.key, out);
                out.push(':');
                write(&entry.value, out);
            }
            out.push_str(if entries.is_empty() { "{}" } else { "}" });
        }
    }
}

fn string(text: &str, out: &mut String) {
    // Writing into a text does not fail.
    let _ = write!(out, "{}", serde_json::Value::from(text));
}

#[cfg(test)]
mod tests {
    use super::write;
    use crate::yaml;

    #[test]
    fn a_tree_is_written_in_its_order() {
        let text = "b: [1, '2', true, \"a\\\"b\\n\"]\na: {}\nc: []\nd: ~\ne: &x {f: g}\nh: *x\n";
        let mut json = String::new();
        write(&yaml::parse(text, 0).unwrap(), &mut json);
        assert_eq!(
            json,
            r#"{"b":[1,"2",true,"a\"b\n"],"a":{},"c":[],"d":null,"e":{"f":"g"},"h":{"f":"g"}}"#
        );
    }
}
