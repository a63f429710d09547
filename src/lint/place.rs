//! Where an entry stands, and how findings are put together.

use super::LintSubject;
use crate::diag::Span;
use crate::dialect::swan;
use crate::ike::{Protocol, Transform, TransformType};
use crate::peer::{Connection, Entry, ListPlace, Origin};

/// A list of entries: that of phase 1, or of one child.
#[derive(Clone, Copy)]
pub(super) struct List<'a> {
    pub(super) connection: &'a Connection,
    /// Place of the connection among those of the server.
    pub(super) number: usize,
    /// Place of the child; `None` for IKE.
    pub(super) child: Option<usize>,
    pub(super) entries: &'a [Entry],
    /// Whether the server has one connection only, so that it need not be named.
    only: bool,
}

/// One entry of a list.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) list: List<'a>,
    /// From 0.
    pub(super) number: usize,
    pub(super) entry: &'a Entry,
}

impl<'a> LintSubject<'a> {
    /// The IKE list and the ESP lists of a connection.
    pub(super) fn lists(
        &self,
        (number, connection): (usize, &'a Connection),
    ) -> impl Iterator<Item = List<'a>> + use<'a> {
        let only = self.server.connections.len() == 1;
        let list = move |child, entries| List {
            connection,
            number,
            child,
            entries,
            only,
        };
        let children = connection.children.iter().enumerate();
        let esp = children.map(move |(place, child)| list(Some(place), &child.esp[..]));
        std::iter::once(list(None, &connection.ike)).chain(esp)
    }

    /// All lists of all connections that are loaded.
    pub(super) fn all_lists(&self) -> Vec<List<'a>> {
        let connections = self.connections();
        connections.flat_map(|one| self.lists(one)).collect()
    }

    /// All entries of all connections that are loaded.
    pub(super) fn entries(&self) -> Vec<Place<'a>> {
        let lists = self.all_lists();
        lists.into_iter().flat_map(List::places).collect()
    }

    /// The keyword for `transform` in the entry where it is written as one, else the entry.
    pub(super) fn word(&self, entry: &Entry, transform: Transform) -> Option<Span> {
        if let Some(span) = entry.place_of(transform) {
            return Some(span.clone());
        }
        match &entry.origin {
            Origin::Written(span) => Some(span.clone()),
            Origin::Expanded(spans) => spans.first().cloned(),
            Origin::DefaultWord(span) => Some(span.clone()),
            Origin::Default(_) | Origin::Argument => None,
        }
    }

    /// Whether the entry comes from a list that the product fills in, by the word `default` or by
    /// nothing at all.
    pub(super) fn is_default_list(&self, place: Place<'_>) -> bool {
        match &place.entry.origin {
            Origin::Default(_) | Origin::DefaultWord(_) => true,
            Origin::Expanded(_) | Origin::Written(_) | Origin::Argument => false,
        }
    }

    /// The algorithm keywords of a written proposal with their places, and whether every word of
    /// the text is one.
    pub(super) fn keywords(&self, span: &Span) -> (Vec<(Span, Transform)>, bool) {
        let text = self.sources.text(span.file);
        let text = text.get(span.bytes()).unwrap_or_default();
        let mut words = Vec::new();
        let mut start = span.start;
        for raw in text.split('-') {
            let word = raw.trim();
            let begin = start + (raw.len() - raw.trim_start().len());
            start += raw.len() + 1;
            if word.is_empty() {
                continue;
            }
            let Some(transform) = swan::keyword(word) else {
                return (Vec::new(), false);
            };
            let place = Span::new(span.file, begin..begin + word.len());
            words.push((place, transform));
        }
        (words, true)
    }
}

impl<'a> List<'a> {
    /// The entries.
    pub(super) fn places(self) -> impl Iterator<Item = Place<'a>> {
        let entries = self.entries.iter().enumerate();
        entries.map(move |(number, entry)| Place {
            list: self,
            number,
            entry,
        })
    }

    /// Which list it is.
    pub(super) const fn place(&self) -> ListPlace {
        ListPlace {
            connection: self.number,
            child: self.child,
        }
    }

    /// The protocol that the list is for.
    pub(super) const fn protocol(&self) -> Protocol {
        match self.child {
            Some(_) => Protocol::Esp,
            None => Protocol::Ike,
        }
    }

    /// `phase 1`, with the connection and the child where there are several.
    pub(super) fn name(&self) -> String {
        let connection = &self.connection.name;
        let children = &self.connection.children;
        match self.child {
            None if self.only => "phase 1".to_owned(),
            None => format!("phase 1 of `{connection}`"),
            Some(_) if self.only && children.len() == 1 => "phase 2".to_owned(),
            Some(_) if children.len() == 1 => format!("phase 2 of `{connection}`"),
            Some(child) => format!("phase 2 of `{}`", children[child].name),
        }
    }

    /// Where the list begins, if it is written.
    pub(super) fn span(&self) -> Option<Span> {
        let entries = self.entries.iter();
        entries
            .filter_map(|entry| entry.origin.span())
            .min_by_key(|span| (span.file, span.start))
            .or(match self.child {
                Some(child) => self.connection.children[child].span.as_ref(),
                None => self.connection.span.as_ref(),
            })
            .cloned()
    }
}

impl Place<'_> {
    /// `phase 1, entry 2`.
    pub(super) fn name(&self) -> String {
        format!("{}, entry {}", self.list.name(), self.number + 1)
    }

    /// Where the entry stands.
    pub(super) fn span(&self) -> Option<&Span> {
        self.entry.origin.span()
    }

    /// The alternatives of one type.
    pub(super) fn of(&self, kind: TransformType) -> &[Transform] {
        self.entry.proposal.of(kind)
    }
}

/// The name of an algorithm, in strongSwan's keywords where there is one.
pub(super) fn spell(transform: Transform) -> String {
    crate::dialect::keyword::of_transform(transform)
}

/// The names of algorithms in backticks.
pub(super) fn names(transforms: &[Transform]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for transform in transforms {
        let name = format!("`{}`", spell(*transform));
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
