//! Property lists in XML, with the place of every value.

use crate::diag::{Sources, Span};
use crate::peer::server::Spanned;
use crate::read::xml::Element;

/// A dictionary: pairs of `<key>` and a value.
#[derive(Clone, Copy)]
pub(super) struct Dict<'d, 't> {
    element: Element<'d, 't>,
}

/// What should be an integer.
pub(super) enum Number {
    /// It is one, or a real number or truth value that stands for one.
    Given(Spanned<i64>),
    /// It is something else.
    Other(Span),
}

impl<'d, 't> Dict<'d, 't> {
    /// The dictionary that an element is.
    pub(super) fn of(element: Element<'d, 't>) -> Option<Self> {
        element.is("dict").then_some(Self { element })
    }

    /// The key and the value of a name. Of several the last counts, as for Apple's parsers.
    fn pair(self, name: &str) -> Option<(Element<'d, 't>, Element<'d, 't>)> {
        let mut key = None;
        let mut found = None;
        for child in self.element.children() {
            match key.take() {
                _ if child.is("key") => key = Some(child),
                Some(key) if Element::text(key) == name => found = Some((key, child)),
                _ => {}
            }
        }
        found
    }

    /// The value of a name.
    pub(super) fn get(self, name: &str) -> Option<Element<'d, 't>> {
        self.pair(name).map(|(_, value)| value)
    }

    /// The place of a key.
    pub(super) fn key(self, name: &str) -> Option<Span> {
        self.pair(name).map(|(key, _)| key.value_span())
    }

    /// The dictionary under a name.
    pub(super) fn dict(self, name: &str) -> Option<Self> {
        Self::of(self.get(name)?)
    }

    /// The dictionaries in the list under a name, or the one that stands there without a list.
    pub(super) fn dicts(self, name: &str) -> Vec<Self> {
        match self.get(name) {
            Some(list) if list.is("array") => list.children().filter_map(Self::of).collect(),
            Some(one) => Self::of(one).into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// The text under a name, unless it is empty.
    pub(super) fn string(self, name: &str) -> Option<Spanned<String>> {
        self.get(name)?.value()
    }

    /// The number under a name. Profiles in use write `<true/>` and `<real>` for integers.
    pub(super) fn number(self, name: &str) -> Option<Number> {
        let element = self.get(name)?;
        Some(number(element))
    }

    /// The numbers in the list under a name; the place of what stands there without a list.
    pub(super) fn numbers(self, name: &str) -> Result<Vec<Number>, Span> {
        match self.get(name) {
            Some(list) if list.is("array") => Ok(list.children().map(number).collect()),
            Some(other) => Err(other.value_span()),
            None => Ok(Vec::new()),
        }
    }

    /// Whether a switch under a name is on.
    pub(super) fn is_on(self, name: &str) -> bool {
        matches!(self.number(name), Some(Number::Given(number)) if number.value != 0)
    }

    /// The place of the dictionary.
    pub(super) fn span(self) -> Span {
        self.element.span()
    }
}

fn number(element: Element<'_, '_>) -> Number {
    let span = element.value_span();
    let text = element.text();
    let whole = match element.name() {
        "true" => Some(1),
        "false" => Some(0),
        "integer" => text.trim().parse().ok(),
        "real" => {
            let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
            let zeros = fraction.bytes().all(|digit| digit == b'0');
            whole.parse().ok().filter(|_| zeros)
        }
        _ => None,
    };
    whole.map_or(Number::Other(span.clone()), |value| {
        Number::Given(Spanned { value, span })
    })
}

/// The names of the elements of a property list.
const ELEMENTS: [&str; 11] = [
    "array", "data", "date", "dict", "false", "integer", "key", "plist", "real", "string", "true",
];

/// Shows those keys for which `is_key` holds, and the values for which `is_shown` holds.
pub(super) fn show(
    root: Element<'_, '_>,
    sources: &mut Sources,
    is_key: impl Fn(&str) -> bool,
    is_shown: impl Fn(&str, &str) -> bool,
) {
    root.show(sources, &ELEMENTS, |element| {
        if element.is("key") {
            return is_key(&element.text());
        }
        let list = element.parent().filter(|parent| parent.is("array"));
        let key = list.unwrap_or(element).before().filter(|key| key.is("key"));
        key.is_some_and(|key| is_shown(&key.text(), &element.text()))
    });
}
