//! The two passes over a YAML text: what kind of value stands where, and which words.
//!
//! Only serde's own traits are named here, so that the parser behind them can be changed.

use std::cell::Cell;
use std::fmt::{self, Formatter};

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IgnoredAny, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

use super::tree::{Entry, Form, Kind, Node, Word};
use crate::diag::Span;

/// What kind of value stands where.
#[derive(Debug)]
pub(super) enum Shape {
    Null,
    Word(Form),
    List(Vec<Self>),
    Map(Vec<(Self, Self)>),
    Tagged(Box<Self>),
}

/// Something YAML allows and no format of ours does, with its place.
#[derive(Debug)]
pub(super) enum Oddity {
    Key(Span),
    Tag(Span),
}

impl Shape {
    pub(super) const fn is_nothing(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The first oddity of the tree `node`, which has this shape.
    pub(super) fn oddity(&self, node: &Node<'_>) -> Option<Oddity> {
        match (self, &node.kind) {
            (Self::Tagged(_), _) => Some(Oddity::Tag(node.place.clone())),
            (Self::List(shapes), Kind::List(items)) => shapes
                .iter()
                .zip(items)
                .find_map(|(shape, item)| shape.oddity(item)),
            (Self::Map(shapes), Kind::Map(entries)) => {
                let mut pairs = shapes.iter().zip(entries);
                pairs.find_map(|((key, value), entry)| match key {
                    Self::Null | Self::Word(_) => value.oddity(&entry.value),
                    Self::List(_) | Self::Map(_) => Some(Oddity::Key(entry.key.span.clone())),
                    Self::Tagged(_) => Some(Oddity::Tag(entry.key.span.clone())),
                })
            }
            _ => None,
        }
    }
}

/// First pass: finds the [`Shape`], counting `left` down for each value.
#[derive(Clone, Copy)]
pub(super) struct Find<'c> {
    pub(super) left: &'c Cell<usize>,
}

impl<'de> DeserializeSeed<'de> for Find<'_> {
    type Value = Shape;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Shape, D::Error> {
        match self.left.get().checked_sub(1) {
            Some(left) => self.left.set(left),
            None => return Err(D::Error::custom("too many values")),
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Find<'_> {
    type Value = Shape;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Shape, E> {
        Ok(Shape::Word(Form::Boolean))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Shape, E> {
        Ok(Shape::Word(Form::Number))
    }

    fn visit_i128<E>(self, _: i128) -> Result<Shape, E> {
        Ok(Shape::Word(Form::Number))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Shape, E> {
        Ok(Shape::Word(Form::Number))
    }

    fn visit_u128<E>(self, _: u128) -> Result<Shape, E> {
        Ok(Shape::Word(Form::Number))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Shape, E> {
        Ok(Shape::Word(Form::Number))
    }

    fn visit_str<E>(self, _: &str) -> Result<Shape, E> {
        Ok(Shape::Word(Form::Text))
    }

    fn visit_none<E>(self) -> Result<Shape, E> {
        Ok(Shape::Null)
    }

    fn visit_unit<E>(self) -> Result<Shape, E> {
        Ok(Shape::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Shape, A::Error> {
        let mut shapes = Vec::new();
        while let Some(shape) = items.next_element_seed(self)? {
            shapes.push(shape);
        }
        Ok(Shape::List(shapes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Shape, A::Error> {
        let mut shapes = Vec::new();
        while let Some(pair) = entries.next_entry_seed(self, self)? {
            shapes.push(pair);
        }
        Ok(Shape::Map(shapes))
    }

    /// A value with a tag of the file's own, such as `!secret`.
    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Shape, A::Error> {
        let (IgnoredAny, value) = data.variant()?;
        let shape = value.newtype_variant_seed(self)?;
        Ok(Shape::Tagged(Box::new(shape)))
    }
}

/// Second pass: fills the shape with words, asking for every scalar as a string.
pub(super) struct Fill<'s, 'de> {
    pub(super) shape: &'s Shape,
    /// The whole text: where a borrowed word stands in memory is where it stands in the text.
    pub(super) text: &'de str,
    /// Place of what has none of its own.
    pub(super) fallback: Span,
}

impl<'s, 'de> Fill<'s, 'de> {
    fn of(&self, shape: &'s Shape, fallback: &Span) -> Self {
        Self {
            shape,
            text: self.text,
            fallback: fallback.clone(),
        }
    }

    const fn form(&self) -> Form {
        match self.shape {
            Shape::Word(form) => *form,
            Shape::Null | Shape::List(_) | Shape::Map(_) | Shape::Tagged(_) => Form::Text,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Fill<'_, 'de> {
    type Value = Node<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node<'de>, D::Error> {
        match self.shape {
            Shape::Null => {
                deserializer.deserialize_str(IgnoredAny)?;
                Ok(Node::nothing(self.fallback))
            }
            Shape::Word(_) => deserializer.deserialize_str(self),
            Shape::List(_) => deserializer.deserialize_seq(self),
            Shape::Map(_) => deserializer.deserialize_map(self),
            Shape::Tagged(shape) => self.of(shape, &self.fallback).deserialize(deserializer),
        }
    }
}

impl<'de> Visitor<'de> for Fill<'_, 'de> {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("the value that was there before")
    }

    fn visit_borrowed_str<E: Error>(self, word: &'de str) -> Result<Node<'de>, E> {
        let start = word.as_ptr().addr().wrapping_sub(self.text.as_ptr().addr());
        // A word that is borrowed from elsewhere has no place here.
        if self.text.get(start..start.saturating_add(word.len())) != Some(word) {
            return self.visit_str(word);
        }
        let span = Span::new(self.fallback.file, start..start + word.len());
        Ok(Node {
            place: span.clone(),
            kind: Kind::Word(Word::exact(word, span, self.form())),
        })
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Node<'de>, E> {
        let form = self.form();
        Ok(Node {
            place: self.fallback.clone(),
            kind: Kind::Word(Word::rewritten(word, self.fallback, form)),
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Node<'de>, A::Error> {
        let Shape::List(shapes) = self.shape else {
            return Err(A::Error::custom("the shape is not a list"));
        };
        let mut items = Vec::with_capacity(shapes.len());
        for shape in shapes {
            let item = access.next_element_seed(self.of(shape, &self.fallback))?;
            items.extend(item);
        }
        let first = items.first().map(|item| item.place.clone());
        Ok(Node {
            place: first.unwrap_or(self.fallback),
            kind: Kind::List(items),
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Node<'de>, A::Error> {
        let Shape::Map(shapes) = self.shape else {
            return Err(A::Error::custom("the shape is not a mapping"));
        };
        let mut entries = Vec::with_capacity(shapes.len());
        for (key, value) in shapes {
            let Some(key) = access.next_key_seed(self.of(key, &self.fallback))? else {
                break;
            };
            let value = access.next_value_seed(self.of(value, &key.place))?;
            let key = match key.kind {
                Kind::Word(word) => word,
                Kind::Null | Kind::List(_) | Kind::Map(_) => {
                    Word::rewritten("", key.place, Form::Text)
                }
            };
            entries.push(Entry { key, value });
        }
        let first = entries.first().map(|entry| entry.key.span.clone());
        Ok(Node {
            place: first.unwrap_or(self.fallback),
            kind: Kind::Map(entries),
        })
    }
}
