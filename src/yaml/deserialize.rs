//! A tree as serde reads it, so that a type that describes a file can be made of what was checked.

use serde::de::value::{Error, MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, Error as _, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::{Form, Kind, Node};

impl<'de> IntoDeserializer<'de, Error> for &Node<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for &Node<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.kind {
            Kind::Null => visitor.visit_unit(),
            Kind::Word(word) => match word.form {
                Form::Boolean => visitor.visit_bool(&**word == "true"),
                Form::Number => match word.parse::<u64>() {
                    Ok(number) => visitor.visit_u64(number),
                    // `10.10` keeps its spelling.
                    Err(_) => visitor.visit_str(word),
                },
                Form::Text => visitor.visit_str(word),
            },
            Kind::List(items) => visitor.visit_seq(SeqDeserializer::new(items.iter())),
            Kind::Map(entries) => {
                let entries = entries.iter().map(|entry| (&*entry.key.text, &entry.value));
                visitor.visit_map(MapDeserializer::new(entries))
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.kind {
            Kind::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.as_word() {
            Some(word) => visitor.visit_enum((&*word.text).into_deserializer()),
            None => Err(Error::custom("a word was expected")),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use crate::yaml;

    #[derive(Debug, Deserialize, Eq, PartialEq)]
    #[serde(rename_all = "kebab-case", deny_unknown_fields)]
    struct Shape {
        text: String,
        number: Option<u32>,
        flag: bool,
        list: Vec<String>,
        word: Side,
        nothing: Option<String>,
        again: Vec<String>,
    }

    #[derive(Debug, Deserialize, Eq, PartialEq)]
    #[serde(rename_all = "kebab-case")]
    enum Side {
        LeftSide,
    }

    fn read(text: &str) -> Result<Shape, String> {
        let root = yaml::parse(text, 0).unwrap();
        Shape::deserialize(&root).map_err(|error| error.to_string())
    }

    #[test]
    fn a_tree_becomes_a_type() {
        let text = "text: \"10\"\nnumber: 7\nflag: true\nlist: &l [a, 10.10]\nword: left-side\n\
                    nothing: ~\nagain: *l\n";
        let list = vec!["a".to_owned(), "10.10".to_owned()];
        let expected = Shape {
            text: "10".to_owned(),
            number: Some(7),
            flag: true,
            list: list.clone(),
            word: Side::LeftSide,
            nothing: None,
            again: list,
        };
        assert_eq!(read(text), Ok(expected));
        for (from, to) in [
            ("flag: true", "flag: 1"),
            ("left-side", "right-side"),
            ("number: 7", "number: -7"),
            ("text: ", "texts: "),
        ] {
            assert!(read(&text.replace(from, to)).is_err(), "{to}");
        }
    }
}
