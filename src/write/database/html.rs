//! The database as parts of pages: clients, algorithms, who offers what, what is not known.

use std::collections::BTreeSet;

use itertools::Itertools as _;
use maud::{Markup, html};

use super::clients::by_vendor;
use super::story::{Block, Story};
use crate::dialect::swan;
use crate::explain::Article;
use crate::ike::Transform;
use crate::profile::Profile;
use crate::profile::shape::SourceShape;
use crate::write::escape::visible;
use crate::write::grid::Grid;
use crate::write::report::html::{grid, link, tag};

/// How the parts lead to each other.
#[derive(Clone, Debug)]
pub struct Links {
    /// What stands before the id of a client.
    client: (String, &'static str),
    /// What stands before the keyword of an algorithm.
    algorithm: (String, &'static str),
    /// Ids of the clients.
    ids: BTreeSet<String>,
}

impl Links {
    /// Links to files of a folder, from a page that lies so many folders below it.
    pub(super) fn files<'p>(depth: usize, profiles: impl IntoIterator<Item = &'p Profile>) -> Self {
        let up = "../".repeat(depth);
        Self {
            client: (format!("{up}clients/"), ".html"),
            algorithm: (format!("{up}algorithms/"), ".html"),
            ids: ids(profiles),
        }
    }

    /// Links to fragments of one page.
    pub fn fragments<'p>(profiles: impl IntoIterator<Item = &'p Profile>) -> Self {
        Self {
            client: ("#clients/".to_owned(), ""),
            algorithm: ("#clients/algorithm/".to_owned(), ""),
            ids: ids(profiles),
        }
    }

    /// Where a client is, by its id, with or without a variant.
    pub(super) fn to_client(&self, id: &str) -> Option<String> {
        let id = id.split(':').next().unwrap_or(id);
        let (before, after) = &self.client;
        let known = self.ids.contains(id);
        known.then(|| format!("{before}{id}{after}"))
    }

    /// Where an algorithm is; none is no algorithm.
    pub(super) fn to_algorithm(&self, transform: Transform) -> Option<String> {
        let (before, after) = &self.algorithm;
        let transform = Some(transform).filter(|transform| !transform.is_none())?;
        Some(format!("{before}{}{after}", swan::spell(transform)?))
    }

    /// A sentence whose words lead to clients where they are ids.
    fn sentence(&self, text: &str) -> Markup {
        html! {
            @for (place, word) in text.split(' ').enumerate() {
                @if place > 0 { " " }
                @let bare = word.trim_end_matches([',', '.', ';']);
                @match self.to_client(bare) {
                    Some(address) => { a href=(address) { (visible(bare)) } (&word[bare.len()..]) }
                    None => (visible(word)),
                }
            }
        }
    }

    /// The words of a cell, which lead to algorithms where they name some.
    fn algorithms(&self, text: &str) -> Markup {
        html! {
            @for (place, word) in text.split(' ').enumerate() {
                @if place > 0 { " " }
                @let name = word.split('(').next().unwrap_or(word);
                @match swan::keyword(name).and_then(|transform| self.to_algorithm(transform)) {
                    Some(address) => a href=(address) { (visible(word)) },
                    None => (visible(word)),
                }
            }
        }
    }
}

fn ids<'p>(profiles: impl IntoIterator<Item = &'p Profile>) -> BTreeSet<String> {
    let ids = profiles.into_iter().map(|profile| profile.id.clone());
    ids.collect()
}

/// The list of clients, by vendor.
pub fn list(profiles: &[Profile], links: &Links) -> String {
    let vendors = by_vendor(profiles).into_iter();
    let vendors = vendors.chunk_by(|profile| profile.file.vendor.clone());
    let markup = html! {
        @for (vendor, group) in &vendors {
            h3 { (visible(&vendor)) }
            ul .plain {
                @for profile in group {
                    li data-id=(profile.id) {
                        a href=[links.to_client(&profile.id)] { (visible(&profile.file.name)) }
                        " " code { (profile.id) }
                        " " span .soft { (evidence(profile)) }
                    }
                }
            }
        }
    };
    markup.into_string()
}

/// The grade of the first message's evidence, and the newest date.
fn evidence(profile: &Profile) -> String {
    let grade = profile.evidence().map(|grade| grade.to_string());
    let parts = grade
        .into_iter()
        .chain(profile.file.newest_evidence.clone());
    parts.collect::<Vec<_>>().join(", ")
}

/// The story of a client without its title.
pub fn story(story: &Story, links: &Links) -> String {
    let markup = html! {
        @for (heading, blocks) in sections(&story.blocks) {
            @if let Some(heading) = heading { h2 .small { (visible(heading)) } }
            @for (place, block) in blocks.iter().enumerate() {
                @match block {
                    Block::Section(_) => {}
                    Block::Subsection(text) => h3 { (visible(text)) },
                    Block::Paragraph(text) => p { (links.sentence(text)) },
                    Block::Line(0, text) => p { (visible(text)) },
                    Block::Line(depth, text) => p .deep[*depth == 1] .deeper[*depth > 1] { (links.sentence(text)) },
                    Block::Table(table) => (offers(table, &label(heading, &blocks[..place]), links)),
                    Block::Source { key, source } => (source_part(key, source)),
                }
            }
        }
    };
    markup.into_string()
}

/// Headings with what stands below them.
fn sections(blocks: &[Block]) -> Vec<(Option<&str>, &[Block])> {
    let mut sections = Vec::new();
    let is_heading = |block: &Block| matches!(block, Block::Section(_));
    let mut rest = blocks;
    while let Some(first) = rest.first() {
        let heading = match first {
            Block::Section(text) => Some(text.as_str()),
            _ => None,
        };
        let end = rest.iter().skip(1).position(is_heading);
        let (section, others) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
        sections.push((heading, section));
        rest = others;
    }
    sections
}

/// What a table is called where only names are heard: the headings above it, without what they explain.
fn label(heading: Option<&str>, before: &[Block]) -> String {
    let below = before.iter().rev().find_map(|block| match block {
        Block::Subsection(text) => Some(text.as_str()),
        _ => None,
    });
    let short = |text: &str| text.split([' ', '(']).next().unwrap_or(text).to_owned();
    let below = below.map(|text| text.split(" (").next().unwrap_or(text).to_owned());
    let parts = heading.map(short).into_iter().chain(below);
    parts.collect::<Vec<_>>().join(" ")
}

fn offers(table: &Grid, label: &str, links: &Links) -> Markup {
    grid(table, (label, false), |_, place, text| match place {
        0 => html! { (text) },
        _ => links.algorithms(text),
    })
}

fn source_part(key: &str, source: &SourceShape) -> Markup {
    html! {
        div .source {
            p { code { (key) } " " (link(&source.url, &source.title)) }
            p .soft {
                (source.grade)
                @if let Some(date) = &source.date { ", " (visible(date)) }
                @if let Some(locator) = &source.locator { ": " (visible(locator)) }
            }
            @if let Some(says) = &source.says { blockquote { (visible(says)) } }
        }
    }
}

/// An article without its title.
pub fn article(article: &Article, links: &Links) -> String {
    let markup = html! {
        div .scroll tabindex="0" role="region" aria-label="Names and levels" {
            table {
                tbody {
                    @for (name, value) in &article.table { tr {
                        th scope="row" { (visible(name)) }
                        td { (visible(value)) }
                    } }
                }
            }
        }
        @for paragraph in &article.paragraphs { p { (links.sentence(paragraph)) } }
    };
    markup.into_string()
}

/// A table of the database whose first column names clients: who offers what, or what is not known.
pub fn table(table: &Grid, label: &str, fold: bool, links: &Links) -> String {
    let cell = |_, place, text: &str| match place {
        0 => links.sentence(text),
        _ if text == "yes" => tag(text, "good"),
        _ if text == "?" => tag("unknown", "doubt"),
        _ if text == "-" => tag(text, ""),
        _ => html! { (visible(text)) },
    };
    grid(table, (label, fold), cell).into_string()
}

/// Several clients side by side, a row a combination of algorithms.
pub fn comparison(table: &Grid, links: &Links) -> String {
    let cell = |_, place: usize, text: &str| match (place, text) {
        (0, _) => html! { (text) },
        (1..=3, "-") => html! { span .soft { "–" } },
        (1..=3, _) => links.algorithms(text),
        (_, "yes") => tag(text, "good"),
        (_, "?") => tag("unknown", "doubt"),
        _ => tag(text, ""),
    };
    grid(table, ("Clients side by side", false), cell).into_string()
}
