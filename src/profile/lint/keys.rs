//! The keys of a mapping of the file format, read off the type that it becomes: they are written
//! once, in [`crate::profile::shape`], in the order in which they ought to stand.

use std::fmt::{self, Display, Formatter};

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::forward_to_deserialize_any;

/// The keys of the shape `T`, which has to be a struct.
pub(in crate::profile) fn keys<T: Deserialize<'static>>() -> &'static [&'static str] {
    match T::deserialize(Ask) {
        Err(Answer(keys)) => keys,
        Ok(_) => &[],
    }
}

/// Stands in for a text: asked for a struct, it fails with the names of its fields.
struct Ask;

#[derive(Debug)]
struct Answer(&'static [&'static str]);

impl<'de> Deserializer<'de> for Ask {
    type Error = Answer;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Answer> {
        Err(Answer(&[]))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Answer> {
        Err(Answer(fields))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("the names of the fields")
    }
}

impl std::error::Error for Answer {}

impl de::Error for Answer {
    fn custom<T: Display>(_: T) -> Self {
        Self(&[])
    }
}

#[cfg(test)]
mod tests {
    use super::keys;
    use crate::profile::shape::{ClientFile, Field};

    #[test]
    fn keys_are_those_of_the_shape_in_its_order() {
        assert_eq!(keys::<Field>(), ["field", "value", "text", "auth", "note"]);
        assert!(keys::<ClientFile>().contains(&"newest-evidence"));
        assert_eq!(keys::<String>(), [""; 0]);
    }
}
