//! A table of words, in every format a table can have.

use std::io::{self, Write};

use comfy_table::presets::NOTHING;
use comfy_table::{Cell, Color, ContentArrangement, Table};

/// A table: a header and rows of as many cells.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Grid {
    /// Column headings.
    pub header: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<String>>,
}

/// Blanks between columns.
const GAP: u16 = 2;

/// No column is made narrower than this.
const LEAST: usize = 7;

impl Grid {
    /// Writes the table for a terminal of `width` columns.
    pub fn table(&self, width: u16, out: &mut impl Write) -> io::Result<()> {
        self.painted(width, false, |_, _| None, out)
    }

    /// Writes the table with the colours that `paint` gives to row and column.
    pub fn painted(
        &self,
        width: u16,
        colour: bool,
        paint: impl Fn(usize, usize) -> Option<Color>,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let widths = self.widths(usize::from(width));
        let mut table = Table::new();
        table.load_style(NOTHING);
        table.set_content_arrangement(ContentArrangement::Disabled);
        if colour {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        let fold = |column: usize, cell: &String| fold(cell, widths[column]);
        table.set_header(
            self.header
                .iter()
                .enumerate()
                .map(|(c, cell)| fold(c, cell)),
        );
        for (r, row) in self.rows.iter().enumerate() {
            table.add_row(row.iter().enumerate().map(|(c, cell)| {
                let shown = Cell::new(fold(c, cell));
                match paint(r, c).filter(|_| colour) {
                    Some(colour) => shown.fg(colour),
                    None => shown,
                }
            }));
        }
        for column in table.column_iter_mut() {
            column.set_padding((0, GAP));
        }
        for line in table.to_string().lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    /// Column widths that fit into `width` together: the widest column gives way first.
    fn widths(&self, width: usize) -> Vec<usize> {
        let longest = |column: usize| {
            let cells = std::iter::once(&self.header).chain(&self.rows);
            cells
                .map(|row| row.get(column).map_or(0, |cell| cell.chars().count()))
                .max()
        };
        let mut widths: Vec<usize> = (0..self.header.len())
            .map(|column| longest(column).unwrap_or(0))
            .collect();
        let gaps = usize::from(GAP) * widths.len().saturating_sub(1);
        while widths.iter().sum::<usize>() + gaps > width {
            match widths.iter_mut().max() {
                Some(widest) if *widest > LEAST => *widest -= 1,
                _ => break,
            }
        }
        widths
    }

    /// Writes the table as Markdown.
    pub fn markdown(&self, out: &mut impl Write) -> io::Result<()> {
        let row = |cells: &[String]| {
            let cells: Vec<_> = cells
                .iter()
                .map(|cell| crate::write::escape::markdown(cell))
                .collect();
            format!("| {} |", cells.join(" | "))
        };
        writeln!(out, "{}", row(&self.header))?;
        let rule: Vec<_> = self.header.iter().map(|_| "---".to_owned()).collect();
        writeln!(out, "{}", row(&rule))?;
        self.rows
            .iter()
            .try_for_each(|cells| writeln!(out, "{}", row(cells)))
    }

    /// Writes the table as comma-separated values (RFC 4180, with line feeds).
    pub fn csv(&self, out: &mut impl Write) -> io::Result<()> {
        for cells in std::iter::once(&self.header).chain(&self.rows) {
            let cells: Vec<_> = cells.iter().map(|cell| csv_cell(cell)).collect();
            writeln!(out, "{}", cells.join(","))?;
        }
        Ok(())
    }
}

/// Breaks a cell into lines of at most `width` characters, after a blank, a hyphen, a comma or a
/// colon where there is one.
fn fold(text: &str, width: usize) -> String {
    let mut lines: Vec<String> = vec![String::new()];
    for piece in text.split_inclusive([' ', '-', ',', ':']) {
        let line = lines.last().map_or(0, |line| line.chars().count());
        if line > 0 && line + piece.trim_end().chars().count() > width {
            lines.push(String::new());
        }
        for c in piece.chars() {
            if lines
                .last()
                .is_some_and(|line| line.chars().count() >= width.max(1))
                && c != ' '
            {
                lines.push(String::new());
            }
            if let Some(line) = lines.last_mut() {
                line.push(c);
            }
        }
    }
    let lines: Vec<_> = lines.iter().map(|line| line.trim_end()).collect();
    lines.join("\n")
}

fn csv_cell(cell: &str) -> String {
    if cell.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{Grid, fold};

    #[test]
    fn cells_break_where_people_would_break_them() {
        assert_eq!(
            fold("aes256-sha256-modp2048", 14),
            "aes256-sha256-\nmodp2048"
        );
        assert_eq!(fold("refused: key exchange", 12), "refused: key\nexchange");
        assert_eq!(fold("abcdefgh", 3), "abc\ndef\ngh");
        assert_eq!(fold("", 3), "");
    }

    fn grid() -> Grid {
        Grid {
            header: vec!["a".to_owned(), "b".to_owned()],
            rows: vec![vec!["1, \"2\"".to_owned(), "x|y".to_owned()]],
        }
    }

    #[test]
    fn cells_are_escaped() {
        let mut out = Vec::new();
        grid().csv(&mut out).unwrap();
        grid().markdown(&mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "a,b\n\"1, \"\"2\"\"\",x|y\n| a | b |\n| --- | --- |\n| 1, \"2\" | x\\|y |\n"
        );
    }
}
