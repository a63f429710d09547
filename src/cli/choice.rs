//! Words of the command line that stand for the variants of an enum.

use std::str::FromStr;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use ikecompat::format::Format;
use strum::VariantNames;

/// Takes the name of a variant of `T`.
pub(super) fn choice<T>() -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err = strum::ParseError> + VariantNames + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(T::VARIANTS).try_map(|word| word.parse::<T>())
}

/// Takes a word for one of these formats of files.
pub(super) fn file_format(
    formats: impl Iterator<Item = Format>,
) -> impl TypedValueParser<Value = Format> {
    let values = formats.map(|format| {
        PossibleValue::new(<&str>::from(format))
            .aliases(format.row().aliases)
            .help(format.title())
    });
    PossibleValuesParser::new(values)
        .try_map(|word| Format::of_word(&word).ok_or_else(|| format!("no format `{word}`")))
}
