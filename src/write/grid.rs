//! A table of words, in every format a table can have.

use std::io::{self, Write};

use comfy_table::{ContentArrangement, Table, presets};
use textwrap::core::display_width;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

use crate::diag::{Tone, shown};
use crate::dialect::swan;
use crate::write::text;

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

impl Grid {
    /// Writes the table for a terminal of `width` columns.
    pub fn table(&self, width: u16, out: &mut impl Write) -> io::Result<()> {
        self.painted(width, false, |_, _| Tone::Neutral, out)
    }

    /// Whether every row is one line of a terminal of `width` columns.
    pub(crate) fn fits(&self, width: u16) -> bool {
        let columns = 0..self.header.len();
        let all: usize = columns.map(|column| self.natural(column)).sum();
        all + self.gaps() <= usize::from(width)
    }

    /// Whether the columns fit beside each other, although words are put below each other.
    pub(crate) fn folds(&self, width: u16) -> bool {
        self.widths(usize::from(width)).is_some()
    }

    /// The table with columns in the place of rows; `what` its rows are about then.
    pub(crate) fn turned(&self, what: &str) -> Self {
        let names = self.rows.iter().filter_map(|row| row.first());
        let column = |place: usize| self.rows.iter().filter_map(move |row| row.get(place));
        let rows = self.header.iter().enumerate().skip(1);
        Self {
            header: std::iter::once(what)
                .map(ToOwned::to_owned)
                .chain(names.cloned())
                .collect(),
            rows: rows
                .map(|(place, name)| {
                    std::iter::once(name)
                        .chain(column(place))
                        .cloned()
                        .collect()
                })
                .collect(),
        }
    }

    /// Takes the column of this name out.
    pub(crate) fn without(mut self, name: &str) -> Self {
        if let Some(place) = self.header.iter().position(|it| it == name) {
            for row in std::iter::once(&mut self.header).chain(&mut self.rows) {
                row.remove(place);
            }
        }
        self
    }

    /// Writes the table with marks of the tones that `tone` gives to row and column.
    pub(crate) fn marked(
        &self,
        width: u16,
        tone: impl Fn(usize, usize) -> Tone,
        out: &mut impl Write,
    ) -> io::Result<()> {
        self.laid_out(width, tone, &mut |line| writeln!(out, "{line}"))
    }

    /// Writes the table, coloured by the tone that `tone` gives to row and column. What does not fit
    /// beside each other, although words are put below each other, is written cell by cell.
    pub(crate) fn painted(
        &self,
        width: u16,
        colour: bool,
        tone: impl Fn(usize, usize) -> Tone,
        out: &mut impl Write,
    ) -> io::Result<()> {
        self.laid_out(width, tone, &mut |line| {
            writeln!(out, "{}", shown(line, colour))
        })
    }

    /// The lines of the table, with marks of tones.
    fn laid_out(
        &self,
        width: u16,
        tone: impl Fn(usize, usize) -> Tone,
        each: &mut dyn FnMut(&str) -> io::Result<()>,
    ) -> io::Result<()> {
        let Some(widths) = self.widths(usize::from(width)) else {
            return self.in_paragraphs(width, tone, each);
        };
        let mut table = Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Disabled);
        table.add_row(cells_of(&self.header, &widths, |_| Tone::Neutral));
        for (number, row) in self.rows.iter().enumerate() {
            table.add_row(cells_of(row, &widths, |column| tone(number, column)));
        }
        for column in table.column_iter_mut() {
            column.set_padding((0, GAP));
        }
        table.lines().try_for_each(|line| each(line.trim_end()))
    }

    /// Every row as a heading, its first cell, and a line for each of the others.
    fn in_paragraphs(
        &self,
        width: u16,
        tone: impl Fn(usize, usize) -> Tone,
        each: &mut dyn FnMut(&str) -> io::Result<()>,
    ) -> io::Result<()> {
        for (number, row) in self.rows.iter().enumerate() {
            for (column, cell) in row.iter().enumerate() {
                let name = self.header.get(column).map_or("", String::as_str);
                let text = match (column, cell.as_str()) {
                    (_, "" | "-") => continue,
                    (0, cell) => cell.to_owned(),
                    (_, cell) => text::wrap(cell, width, &format!("  {name}: "), 4),
                };
                each(&tone(number, column).marked(&text))?;
            }
        }
        Ok(())
    }

    /// Columns that the longest cell of a column takes.
    fn natural(&self, column: usize) -> usize {
        let cells = std::iter::once(&self.header).chain(&self.rows);
        let lengths = cells.map(|row| row.get(column).map_or(0, |cell| display_width(cell)));
        lengths.max().unwrap_or(0)
    }

    const fn gaps(&self) -> usize {
        GAP as usize * self.header.len().saturating_sub(1)
    }

    /// Column widths that fit into `width` together with as few lines as a simple search finds: a
    /// column at a time gives way, the one that costs the fewest lines. `None` if there are none.
    fn widths(&self, width: usize) -> Option<Vec<usize>> {
        let columns = 0..self.header.len();
        let mut widths: Vec<usize> = columns.clone().map(|one| self.natural(one)).collect();
        let mut heights = vec![vec![1; widths.len()]; self.rows.len() + 1];
        while widths.iter().sum::<usize>() + self.gaps() > width {
            let over = widths.iter().sum::<usize>() + self.gaps() - width;
            // What is called by its name is found by it, so the first column stays whole.
            let narrower = columns.clone().skip(1).filter_map(|column| {
                let less = self.narrower(column, widths[column])?;
                let cells = self.column_heights(column, less);
                let lines: usize = heights
                    .iter()
                    .zip(&cells)
                    .map(|(others, own)| {
                        let others = others.iter().enumerate();
                        let others = others.filter(|(other, _)| *other != column);
                        let highest = others.map(|(_, height)| *height).max().unwrap_or(1);
                        highest.max(*own)
                    })
                    .sum();
                let saved = (widths[column] - less).min(over);
                Some((lines, usize::MAX - saved, column, less, cells))
            });
            let (_, _, column, less, cells) = narrower.min_by_key(|it| (it.0, it.1, it.2))?;
            widths[column] = less;
            for (row, height) in heights.iter_mut().zip(cells) {
                row[column] = height;
            }
        }
        Some(widths)
    }

    /// The lines of each cell of a column that is `width` wide, the header before the others.
    fn column_heights(&self, column: usize, width: usize) -> Vec<usize> {
        let rows = std::iter::once(&self.header).chain(&self.rows);
        let cells = rows.map(|row| row.get(column).map_or("", String::as_str));
        cells.map(|cell| fold(cell, width).len().max(1)).collect()
    }

    /// The next smaller width of a column in which no word is cut.
    fn narrower(&self, column: usize, width: usize) -> Option<usize> {
        let rows = std::iter::once(&self.header).chain(&self.rows);
        let cells = rows.filter_map(|row| row.get(column));
        let lines = cells.flat_map(|cell| fold(cell, width - 1));
        let widest = lines.map(|line| display_width(&line)).max()?;
        (widest < width).then_some(widest)
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
        let mut writer = csv::Writer::from_writer(out);
        for cells in std::iter::once(&self.header).chain(&self.rows) {
            writer.write_record(cells).map_err(of_csv)?;
        }
        writer.flush()
    }
}

/// The error of the output, of which only the writer made another one: a closed pipe stays a closed pipe.
fn of_csv(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// The cells of a row, each folded to the width of its column, with marks around what has a tone.
fn cells_of(row: &[String], widths: &[usize], tone: impl Fn(usize) -> Tone) -> Vec<String> {
    let cells = row.iter().zip(widths).enumerate();
    let lines = |(column, (cell, width)): (usize, (&String, &usize))| {
        let folded = match column {
            0 => vec![cell.clone()],
            _ => fold(cell, *width),
        };
        let marked = folded.iter().map(|line| tone(column).marked(line));
        marked.collect::<Vec<_>>().join("\n")
    };
    cells.map(lines).collect()
}

/// Breaks a cell into lines of at most `width` columns at blanks, and a suite behind its hyphens. No word and no
/// name is cut, so a line may be longer.
pub(crate) fn fold(text: &str, width: usize) -> Vec<String> {
    let options = Options::new(width.max(1))
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .wrap_algorithm(WrapAlgorithm::FirstFit)
        .word_splitter(WordSplitter::Custom(between_algorithms));
    let lines = textwrap::wrap(text, options).into_iter();
    lines.map(|line| line.trim_end().to_owned()).collect()
}

/// Behind which hyphens a word may be broken: those of a suite, whose parts are words of their own.
fn between_algorithms(word: &str) -> Vec<usize> {
    let suite = word.trim_start_matches('~');
    let is_suite = suite.split('-').all(|part| swan::keyword(part).is_some());
    let hyphens = word.match_indices('-').filter(|_| is_suite);
    hyphens.map(|(place, _)| place + 1).collect()
}

#[cfg(test)]
mod tests {
    use super::{Grid, fold};

    #[test]
    fn cells_break_at_blanks_and_suites_between_their_algorithms() {
        assert_eq!(
            fold("aes256-sha256-modp2048", 14),
            ["aes256-sha256-", "modp2048"]
        );
        assert_eq!(
            fold("refused: key exchange", 12),
            ["refused: key", "exchange"]
        );
        for name in ["windows-10:require", "strongswan-android-2.4.1", "abcdefgh"] {
            assert_eq!(fold(name, 3), [name]);
        }
        assert_eq!(fold("", 3), [""]);
    }

    fn wide() -> Grid {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        Grid {
            header: row(["client", "phase 1", "what is known"]),
            rows: vec![row([
                "windows-10:require",
                "aes256-sha256-modp1024",
                "discouraged: modp1024",
            ])],
        }
    }

    fn shown(width: u16) -> String {
        let mut out = Vec::new();
        wide().table(width, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn no_line_is_wider_than_the_terminal_and_no_name_is_cut() {
        for width in 34..80 {
            let text = shown(width);
            assert!(text.contains("windows-10:require"), "{text}");
            for line in text.lines() {
                assert!(line.len() <= usize::from(width), "{width}: {line}");
            }
        }
        let one_line = "\
client              phase 1                 what is known
windows-10:require  aes256-sha256-modp1024  discouraged: modp1024
";
        assert_eq!(shown(80), one_line);
        assert!(!wide().fits(60) && wide().fits(65));
    }

    #[test]
    fn what_does_not_fit_is_turned() {
        let turned = "\
windows-10:require
  phase 1: aes256-sha256-modp1024
  what is known: discouraged:
    modp1024
";
        assert_eq!(shown(28), turned);
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
