//! The whole story of one client, for every renderer: what it offers, how to configure and enter it,
//! oddities, sources.

mod beside;
mod offers;

use std::io::{self, Write};

use super::clients::aliases;
use crate::peer::Client;
use crate::profile::Profile;
use crate::profile::shape::SourceShape;
use crate::write::grid::Grid;
use crate::write::text::wrap;

/// The story of one client.
#[derive(Clone, Debug)]
pub struct Story {
    /// What the client is called.
    pub title: String,
    /// Everything else, in the order in which it is told.
    pub(crate) blocks: Vec<Block>,
}

/// A part of a story.
#[derive(Clone, Debug)]
pub(crate) enum Block {
    /// The heading of what follows.
    Section(String),
    /// A heading below that.
    Subsection(String),
    /// A sentence that stands alone.
    Paragraph(String),
    /// A line below what stands before it at a smaller depth.
    Line(usize, String),
    /// A table below a line.
    Table(Grid),
    /// A source, by the key that the facts cite.
    Source {
        /// The key.
        key: String,
        /// The source.
        source: SourceShape,
    },
}

impl Story {
    /// Tells of a profile and some of its clients, each with the name of its variant.
    pub fn of(profile: &Profile, clients: &[(String, Client)]) -> Self {
        let file = &profile.file;
        let mut story = Self {
            title: file.name.clone(),
            blocks: Vec::new(),
        };
        story.line(0, format!("id: {}", profile.id));
        let names = aliases(file);
        if !names.is_empty() {
            story.line(0, format!("aliases: {}", names.join(", ")));
        }
        let covers = file.covers.join(", ");
        story.line(0, format!("versions that the sources cover: {covers}"));
        for (name, client) in clients {
            offers::add(client, &file.variants[name], &mut story);
        }
        beside::add(file, &mut story);
        story
    }

    fn section(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Section(text.into()));
    }

    fn subsection(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Subsection(text.into()));
    }

    fn paragraph(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Paragraph(text.into()));
    }

    fn line(&mut self, depth: usize, text: impl Into<String>) {
        self.blocks.push(Block::Line(depth, text.into()));
    }

    /// Writes it for a terminal of `width` columns.
    pub(crate) fn write(&self, width: u16, out: &mut impl Write) -> io::Result<()> {
        for block in &self.blocks {
            match block {
                Block::Section(text) | Block::Paragraph(text) => {
                    writeln!(out, "\n{}", wrap(text, width, "", 2))?;
                }
                Block::Subsection(text) => writeln!(out, "{}", wrap(text, width, "  ", 4))?,
                Block::Line(depth, text) => {
                    let indent = "  ".repeat(*depth);
                    writeln!(out, "{}", wrap(text, width, &indent, indent.len() + 2))?;
                }
                Block::Table(grid) => {
                    let mut table = Vec::new();
                    grid.table(width.saturating_sub(4), &mut table)?;
                    for line in String::from_utf8_lossy(&table).lines() {
                        writeln!(out, "    {line}")?;
                    }
                }
                Block::Source { key, source } => write_source(key, source, width, out)?,
            }
        }
        Ok(())
    }
}

fn write_source(
    key: &str,
    source: &SourceShape,
    width: u16,
    out: &mut impl Write,
) -> io::Result<()> {
    let date = source.date.as_deref();
    let date = date.map_or_else(String::new, |date| format!(", {date}"));
    let lead = format!("  {key} ({}{date}): ", source.grade);
    writeln!(out, "{}", wrap(&source.title, width, &lead, 4))?;
    writeln!(out, "    {}", source.url)?;
    if let Some(locator) = &source.locator {
        writeln!(out, "{}", wrap(locator, width, "    ", 6))?;
    }
    if let Some(says) = &source.says {
        writeln!(out, "{}", wrap(&format!("\"{says}\""), width, "    ", 6))?;
    }
    Ok(())
}
