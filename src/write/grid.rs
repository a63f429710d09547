//! A table of words, in every format a table can have.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use comfy_table::presets::NOTHING;
use comfy_table::{Cell, ContentArrangement, Table};

use crate::answer::Tone;

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
        self.painted(width, false, |_, _| Tone::Neutral, out)
    }

    /// Writes the table, coloured by the tone that `tone` gives to row and column.
    pub(crate) fn painted(
        &self,
        width: u16,
        colour: bool,
        tone: impl Fn(usize, usize) -> Tone,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let widths = self.widths(usize::from(width));
        let folded = |row: &Vec<String>| -> Vec<String> {
            let cells = row.iter().enumerate();
            cells.map(|(c, cell)| fold(cell, widths[c])).collect()
        };
        let header = folded(&self.header);
        let rows: Vec<Vec<String>> = self.rows.iter().map(folded).collect();
        let mut table = Table::new();
        table.load_style(NOTHING);
        table.set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(&header);
        for row in &rows {
            table.add_row(row.iter().map(Cell::new));
        }
        for column in table.column_iter_mut() {
            column.set_padding((0, GAP));
        }
        let text = table.to_string();
        let mut lines = text.lines();
        let height = |row: &Vec<String>| row.iter().map(|cell| cell.lines().count()).max();
        let height = |row: &Vec<String>| height(row).unwrap_or(0).max(1);
        for line in lines.by_ref().take(height(&header)) {
            writeln!(out, "{}", line.trim_end())?;
        }
        for (r, row) in rows.iter().enumerate() {
            for (place, line) in lines.by_ref().take(height(row)).enumerate() {
                if !colour {
                    writeln!(out, "{}", line.trim_end())?;
                    continue;
                }
                let cells = row.iter().enumerate().map(|(c, cell)| {
                    let shown = cell.lines().nth(place).unwrap_or_default();
                    (shown, tone(r, c))
                });
                writeln!(out, "{}", painted_line(line, cells))?;
            }
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

/// How a tone looks on a terminal.
const fn style(tone: Tone) -> Style {
    match tone {
        Tone::Neutral => Style::new(),
        Tone::Good => AnsiColor::Green.on_default(),
        Tone::Doubtful => AnsiColor::Yellow.on_default(),
        Tone::Bad => AnsiColor::Red.on_default(),
    }
}

/// A line of a table with the words of its cells, which stand in it in this order, coloured.
fn painted_line<'t>(line: &str, cells: impl Iterator<Item = (&'t str, Tone)>) -> String {
    let mut painted = String::new();
    let mut rest = line;
    for (text, tone) in cells {
        let Some((before, after)) = rest.split_once(text).filter(|_| !text.is_empty()) else {
            continue;
        };
        let style = style(tone);
        painted.push_str(before);
        painted.push_str(&format!("{style}{text}{style:#}"));
        rest = after;
    }
    painted.push_str(rest.trim_end());
    painted
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
