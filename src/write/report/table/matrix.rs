//! The matrix of clients, as wide as there is room for.

use itertools::Itertools as _;

use super::TableStyle;
use crate::answer::Answer;
use crate::answer::words::{self, Word};
use crate::compat::report::Overall;
use crate::diag::Tone;
use crate::write::grid::Grid;
use crate::write::text::wrap;

/// What stands for [`words::INFERRED`] where there is no room for the word.
const DEDUCED: &str = "~";

/// The matrix of clients, and what has to be said so that it can be read.
#[derive(Clone)]
pub(super) struct Matrix {
    header: Vec<String>,
    rows: Vec<Vec<Word>>,
    pub(super) legends: Vec<String>,
}

impl Matrix {
    /// A row for each client, or for each but those who are refused, with as many words as there is room for.
    pub(super) fn of(answer: &Answer, look: TableStyle, refused: bool) -> Self {
        let clients = answer.clients.iter();
        let clients = clients.filter(|it| refused || it.report.verdict != Overall::Refused);
        let mut matrix = Self::plain(answer, clients.map(|it| words::cells(it, answer)).collect());
        matrix.shorten(look.width);
        matrix
    }

    /// A row for all of whom it says the same.
    pub(super) fn merged(&self) -> Self {
        let mut rows: Vec<Vec<Word>> = Vec::new();
        for row in &self.rows {
            match rows.iter_mut().find(|it| it[1..] == row[1..]) {
                Some(same) => same[0].0 = format!("{}, {}", same[0].0, row[0].0),
                None => rows.push(row.clone()),
            }
        }
        Self {
            rows,
            ..self.clone()
        }
    }

    /// Whether nobody is in it.
    pub(super) const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn plain(answer: &Answer, rows: Vec<Vec<Word>>) -> Self {
        let header = words::header(answer).into_iter();
        Self {
            header: header.map(ToOwned::to_owned).collect(),
            rows,
            legends: Vec::new(),
        }
    }

    fn grid(&self) -> Grid {
        let rows = self.rows.iter();
        let texts = |row: &Vec<Word>| row.iter().map(|(text, _)| text.clone()).collect();
        Grid {
            header: self.header.clone(),
            rows: rows.map(texts).collect(),
        }
    }

    /// Leaves out words until every row is one line, in the order in which the least is lost.
    fn shorten(&mut self, width: u16) {
        if !self.grid().fits(width) {
            self.sign_deductions();
        }
        if !self.grid().fits(width) && self.header.get(1).is_some_and(|name| name == "connection") {
            let names = self.rows.iter().filter_map(|row| row.get(1));
            let names = names.map(|(name, _)| name.clone());
            let names: Vec<String> = names.filter(|name| name != "-").unique().collect();
            if let [one] = names.as_slice() {
                self.legends.push(format!("connection: {one}"));
                self.remove(1);
            }
        }
        let shorten: [fn(&str) -> Option<String>; 3] = [
            |cell| {
                let is_long = cell.contains("refused: ") && cell.contains(" algorithm");
                is_long.then(|| cell.replace(" algorithm", ""))
            },
            // The first thing that is not in common keeps a client out alone.
            |cell| {
                let (verdict, what) = cell.split_once("refused: ")?;
                let (first, _) = what.split_once(" and ").or_else(|| what.split_once(", "))?;
                Some(format!("{verdict}refused: {first} …"))
            },
            // What decides a rank stands in the suite.
            |cell| {
                let (tier, _) = cell.split_once(": ")?;
                (tier != "refused" && tier != "~refused").then(|| tier.to_owned())
            },
        ];
        for shorter in shorten {
            if !self.grid().fits(width) {
                for (cell, _) in self.rows.iter_mut().flat_map(|row| row.iter_mut().skip(1)) {
                    if let Some(text) = shorter(cell) {
                        *cell = text;
                    }
                }
            }
        }
        // A column in which nothing stands says nothing.
        for column in (2..self.header.len()).rev() {
            let is_empty = self.rows.iter().all(|row| row[column].0 == "-");
            if is_empty && !self.grid().fits(width) {
                self.remove(column);
            }
        }
    }

    /// Puts a sign in the place of the word for what is deduced.
    fn sign_deductions(&mut self) {
        let mut is_deduced = false;
        for (cell, _) in self.rows.iter_mut().flatten() {
            if let Some(word) = cell.strip_suffix(words::INFERRED) {
                *cell = format!("{DEDUCED}{word}");
                is_deduced = true;
            }
        }
        if is_deduced {
            let legend = format!("{DEDUCED} inferred: deduced, not observed");
            self.legends.push(legend);
        }
    }

    fn remove(&mut self, column: usize) {
        self.header.remove(column);
        for row in &mut self.rows {
            row.remove(column);
        }
    }

    /// The matrix as columns, or a paragraph for each row: where columns do not fit, or unless they are wished where
    /// paragraphs take fewer lines.
    pub(super) fn lines(&self, look: TableStyle, wishes_columns: bool) -> Vec<String> {
        let paragraphs = self.paragraphs(look.width);
        let grid = self.grid();
        if !grid.folds(look.width) {
            return paragraphs;
        }
        let mut text = Vec::new();
        let tone = |row: usize, column: usize| -> Tone { self.rows[row][column].1 };
        // A vector takes everything that is written to it.
        let _ = grid.marked(look.width, tone, &mut text);
        let text = String::from_utf8_lossy(&text);
        let columns: Vec<String> = text.lines().map(str::to_owned).collect();
        match paragraphs.len() < columns.len() && !wishes_columns {
            true => paragraphs,
            false => columns,
        }
    }

    /// For each row whom it is about, and what it says in words: where there are no columns.
    fn paragraphs(&self, width: u16) -> Vec<String> {
        let mut lines = Vec::new();
        for row in &self.rows {
            let said = row.iter().zip(&self.header).skip(1);
            let said = said.filter(|((text, _), _)| text != "-");
            let mut said = said.map(|((text, tone), name)| format!("{name} {}", tone.marked(text)));
            let said = said.join(", ");
            let whom = row.first().map_or("", |(ids, _)| ids.as_str());
            let text = wrap(&format!("{whom}: {said}"), width, "", 2);
            lines.extend(text.lines().map(str::to_owned));
        }
        lines
    }
}
