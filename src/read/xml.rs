//! XML with the place of every value: the backups of firewalls, and Apple's profiles.
//!
//! Reads nothing but elements and their texts. Attributes are looked up by name; namespaces,
//! external entities and processing instructions mean nothing here.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;

use roxmltree::{Document, Error, Node, ParsingOptions};

use super::{ReadCode, harmless};
use crate::diag::{Diagnostic, Excerpt, Place, Position, Sources, Span};
use crate::peer::server::Spanned;

/// More nodes than this are refused: the largest backups have some hundred thousand, and a node
/// costs about a hundred octets.
const MAX_NODES: u32 = 2_000_000;

/// Attributes of one element, and namespaces of a whole file; real elements have five.
const MOST_ATTRIBUTES: usize = 500;

/// How much before an equals sign is looked at for the name of an attribute.
const LONGEST_NAME: usize = 64;

/// Whether the format comes with a document type.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Doctype {
    /// Apple's property lists begin with one; entities of their own are limited by the parser.
    Allow,
    /// No backup has one.
    Refuse,
}

/// Parses the text numbered `file`.
///
/// A text that is not well-formed is reported without its line, because nobody knows which part
/// of it is a secret.
pub(super) fn parse<'t>(
    sources: &Sources,
    file: usize,
    text: &'t str,
    doctype: Doctype,
) -> Result<Document<'t>, Vec<Diagnostic>> {
    // An area backup of pfSense begins with an empty line, and any file may be pasted with blanks
    // before it; only behind them may a declaration stand.
    if let Some(diagnostic) = check_limits(file, text) {
        return Err(vec![diagnostic]);
    }
    let start = text.len() - text.trim_start().len();
    let options = ParsingOptions {
        allow_dtd: doctype == Doctype::Allow,
        nodes_limit: MAX_NODES,
        ..ParsingOptions::default()
    };
    let parsed = if start > 0 && text[start..].starts_with("<?xml") {
        Err(Error::UnexpectedDeclaration(roxmltree::TextPos::new(1, 1)))
    } else {
        Document::parse_with_options(text, options)
    };
    parsed.map_err(|error| vec![malformed(sources, file, text, &error)])
}

/// What is wrong with a text that the parser would take too long for, or too much memory: it expands
/// entities, compares each attribute of an element with the others, and hands each element all the
/// namespaces around it.
fn check_limits(file: usize, text: &str) -> Option<Diagnostic> {
    if let Some(at) = memchr::memmem::find(text.as_bytes(), b"<!ENTITY") {
        let place = Place::Position(Span::new(file, at..at));
        let message = "the file declares entities";
        return Some(
            Diagnostic::error(ReadCode::MalformedXml, place, message)
                .help("write out what they stand for"),
        );
    }
    let octets = text.as_bytes();
    let (mut attributes, mut namespaces) = (0_usize, 0_usize);
    for at in memchr::memchr2_iter(b'<', b'=', octets) {
        if octets.get(at) == Some(&b'<') {
            attributes = 0;
            continue;
        }
        if !matches!(
            octets.get(at + 1),
            Some(b'"' | b'\'' | b' ' | b'\t' | b'\r' | b'\n')
        ) {
            continue;
        }
        attributes += 1;
        let before = octets
            .get(at.saturating_sub(LONGEST_NAME)..at)
            .unwrap_or_default();
        let word = before
            .rsplit(u8::is_ascii_whitespace)
            .next()
            .unwrap_or_default();
        namespaces += usize::from(word.starts_with(b"xmlns"));
        if attributes.max(namespaces) > MOST_ATTRIBUTES {
            let message = format!("an element has more than {MOST_ATTRIBUTES} attributes");
            let place = Place::Position(Span::new(file, at..at));
            return Some(Diagnostic::error(ReadCode::TooLarge, place, message));
        }
    }
    None
}

fn malformed(sources: &Sources, file: usize, text: &str, error: &Error) -> Diagnostic {
    let at = error.pos();
    let place = Position {
        line: at.row as usize,
        column: at.col as usize,
    };
    let offset = sources.offset(file, place);
    let place = |offset| Place::Position(Span::new(file, offset..offset));
    let here = place(offset);
    let complain =
        |message: String| Diagnostic::error(ReadCode::MalformedXml, here.clone(), message);
    let cut = || {
        let message = "the file ends in the middle: not every element is closed";
        Diagnostic::error(ReadCode::MalformedXml, place(text.len()), message)
            .help("export it again, and compare the sizes of the two files")
    };
    match error {
        Error::UnexpectedCloseTag(..) => {
            complain("an element is closed by another name".to_owned())
                .help("write the name with which it is opened")
        }
        Error::UnclosedRootNode | Error::UnexpectedEndOfStream => cut(),
        Error::NoRootNode => complain("the file has no element".to_owned()),
        Error::DtdDetected => {
            let message = "the file has a document type, which no backup has";
            Diagnostic::error(ReadCode::MalformedXml, Place::File(file), message)
                .help("remove `<!DOCTYPE …>`")
        }
        Error::NodesLimitReached | Error::AttributesLimitReached => {
            let message = format!("the file has more than {MAX_NODES} elements and texts");
            Diagnostic::error(ReadCode::MalformedXml, Place::File(file), message)
                .help("export the IPsec settings alone")
        }
        Error::EntityReferenceLoop(_) => {
            complain("entities refer to each other too often".to_owned())
        }
        Error::UnknownEntityReference(..) | Error::MalformedEntityReference(_) => {
            complain("`&` stands for no known entity".to_owned()).help("write `&amp;` for `&`")
        }
        Error::UnexpectedDeclaration(_) => {
            complain("`<?xml …?>` is not at the start of the file".to_owned())
                .help("remove what stands before it")
        }
        Error::DuplicatedAttribute(..) => complain("an attribute is there twice".to_owned()),
        Error::NonXmlChar(..) => complain("XML cannot hold this control character".to_owned()),
        // It ends within a tag.
        _ if !text.trim_end().ends_with('>') => cut(),
        _ => complain("the file is not well-formed XML".to_owned()),
    }
}

/// An element.
#[derive(Clone, Copy)]
pub(super) struct Element<'d, 't> {
    node: Node<'d, 't>,
    file: usize,
}

impl<'d, 't> Element<'d, 't> {
    /// The outermost element.
    pub(super) fn root(document: &'d Document<'t>, file: usize) -> Self {
        Self {
            node: document.root_element(),
            file,
        }
    }

    /// Its name.
    pub(super) fn name(self) -> &'d str {
        self.node.tag_name().name()
    }

    /// Whether it has this name, whatever the case: pfSense folds names to lower case.
    pub(super) fn is(self, name: &str) -> bool {
        self.name().eq_ignore_ascii_case(name)
    }

    /// The elements directly inside.
    pub(super) fn children(self) -> impl DoubleEndedIterator<Item = Self> + use<'d, 't> {
        let file = self.file;
        let elements = self.node.children().filter(Node::is_element);
        elements.map(move |node| Self { node, file })
    }

    /// The elements of a name directly inside.
    pub(super) fn all<'n>(self, name: &'n str) -> impl Iterator<Item = Self> + use<'d, 't, 'n> {
        self.children().filter(move |child| child.is(name))
    }

    /// The first element of a name directly inside.
    pub(super) fn child(self, name: &str) -> Option<Self> {
        self.children().find(|child| child.is(name))
    }

    /// Whether an element of a name is directly inside, with or without a value.
    pub(super) fn has(self, name: &str) -> bool {
        self.child(name).is_some()
    }

    /// Whether an element of a name with a value is directly inside.
    pub(super) fn has_value(self, name: &str) -> bool {
        !self.text_of(name).trim().is_empty()
    }

    /// The value of an attribute.
    pub(super) fn attribute(self, name: &str) -> Option<&'d str> {
        self.node.attribute(name)
    }

    /// Its text, without the tabs and line breaks around it, as pfSense takes it. What is escaped
    /// inside of `CDATA` is resolved too.
    pub(super) fn text(self) -> Cow<'d, str> {
        let mut texts = self.node.children().filter(Node::is_text);
        let first = texts.next().and_then(|node| node.text()).unwrap_or("");
        let whole = texts.fold(Cow::Borrowed(first), |whole, node| {
            Cow::Owned(whole.into_owned() + node.text().unwrap_or(""))
        });
        let trim = ['\t', '\r', '\n'];
        match whole {
            Cow::Borrowed(text) => unescaped(text.trim_matches(trim)),
            Cow::Owned(text) => Cow::Owned(unescaped(text.trim_matches(trim)).into_owned()),
        }
    }

    /// Its text and the place of it; `None` if there is none.
    pub(super) fn value(self) -> Option<Spanned<String>> {
        let value = self.text().into_owned();
        (!value.is_empty()).then(|| Spanned {
            value,
            span: self.value_span(),
        })
    }

    /// The value of the first element of a name directly inside.
    pub(super) fn value_of(self, name: &str) -> Option<Spanned<String>> {
        self.child(name)?.value()
    }

    /// The text of the first element of a name directly inside; empty if there is no such element.
    pub(super) fn text_of(self, name: &str) -> Cow<'d, str> {
        self.child(name).map_or(Cow::Borrowed(""), Self::text)
    }

    /// The place of its text without blanks around it, or of its tag if it has none.
    pub(super) fn value_span(self) -> Span {
        let mut texts = self.node.children().filter(Node::is_text);
        let Some(first) = texts.next() else {
            return self.span();
        };
        let end = texts.next_back().unwrap_or(first).range().end;
        let range = first.range().start..end;
        let written = &self.node.document().input_text()[range.clone()];
        let inner = written.trim();
        let inner = inner.strip_prefix(CDATA).unwrap_or(inner);
        let inner = inner.strip_suffix("]]>").unwrap_or(inner);
        if inner.is_empty() {
            return self.span();
        }
        let start = range.start + (inner.as_ptr().addr() - written.as_ptr().addr());
        Span::new(self.file, start..start + inner.len())
    }

    /// The place of its opening tag.
    pub(super) fn span(self) -> Span {
        let range = self.node.range();
        let written = &self.node.document().input_text()[range.clone()];
        let end = written.find('>').map_or(written.len(), |end| end + 1);
        Span::new(self.file, range.start..range.start + end)
    }

    /// The place of all of it, from the opening tag to the closing one.
    pub(super) fn range(self) -> Range<usize> {
        self.node.range()
    }

    /// The element itself and all inside, in the order of the text.
    pub(super) fn all_inside(self) -> impl Iterator<Item = Self> + use<'d, 't> {
        let file = self.file;
        let elements = self.node.descendants().filter(Node::is_element);
        elements.map(move |node| Self { node, file })
    }

    /// Shows the names of those elements that are `names`, their texts where `is_shown` holds, and
    /// UUIDs. Other texts, comments and attributes may be secrets.
    pub(super) fn show(
        self,
        sources: &mut Sources,
        names: &[&str],
        is_shown: impl Fn(Self) -> bool,
    ) {
        let text = self.node.document().input_text();
        for node in self.node.document().descendants() {
            if node.is_element() {
                let name = node.tag_name().name();
                if !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                    continue;
                }
                let Range { start, end } = node.range();
                sources.show(&Span::new(self.file, start..start + 1 + name.len()));
                let closing = end.saturating_sub(name.len() + 3);
                if text
                    .get(closing..end)
                    .is_some_and(|it| it.starts_with("</"))
                {
                    sources.show(&Span::new(self.file, closing..end));
                }
                for attribute in node.attributes().filter(|it| it.name() == "uuid") {
                    if harmless::is_uuid(attribute.value()) {
                        sources.show(&Span::new(self.file, attribute.range()));
                    }
                }
                continue;
            }
            let blank = node.text().is_none_or(|text| text.trim().is_empty());
            let shown = node.is_text()
                && node.parent_element().is_some_and(|node| {
                    let file = self.file;
                    is_shown(Self { node, file })
                });
            if !blank && shown {
                sources.show(&Span::new(self.file, node.range()));
            }
        }
    }

    /// The element before it in the same element.
    pub(super) fn before(self) -> Option<Self> {
        let node = self.node.prev_sibling_element()?;
        Some(Self { node, ..self })
    }

    /// The element around it.
    pub(super) fn parent(self) -> Option<Self> {
        let node = self.node.parent_element()?;
        Some(Self { node, ..self })
    }
}

/// How a part begins in which signs mean themselves.
pub(super) const CDATA: &str = "<![CDATA[";

/// The part of a text at `range`, the references to characters in it resolved.
pub(super) fn unescape(text: &str, range: Range<usize>) -> Excerpt {
    const LONGEST: usize = 10;
    let mut excerpt = Excerpt::new();
    let mut plain = range.start;
    let part = text.get(range.clone()).unwrap_or_default();
    for (at, _) in part.match_indices('&') {
        let start = range.start + at;
        let end = part.as_bytes()[at..].iter().take(LONGEST);
        let end = end.clone().position(|octet| *octet == b';');
        let reference = end.map(|end| start..start + end + 1);
        let Some((reference, letter)) = reference.and_then(|reference| {
            let letter = character(text.get(reference.start + 1..reference.end - 1)?)?;
            Some((reference, letter))
        }) else {
            continue;
        };
        excerpt.push(text, plain..start);
        plain = reference.end;
        excerpt.push_as(letter.encode_utf8(&mut [0; 4]), reference);
    }
    excerpt.push(text, plain..range.end);
    excerpt
}

/// The character that a reference stands for, by what is between `&` and `;`.
fn character(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

/// Resolves what pfSense escapes once more inside of `CDATA`.
fn unescaped(text: &str) -> Cow<'_, str> {
    const ENTITIES: [(&str, char); 6] = [
        ("amp;", '&'),
        ("lt;", '<'),
        ("gt;", '>'),
        ("quot;", '"'),
        ("apos;", '\''),
        ("#039;", '\''),
    ];
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut parts = text.split('&');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match ENTITIES.iter().find(|(name, _)| part.starts_with(name)) {
            Some((name, letter)) => {
                plain.push(*letter);
                plain.push_str(&part[name.len()..]);
            }
            None => {
                plain.push('&');
                plain.push_str(part);
            }
        }
    }
    Cow::Owned(plain)
}
