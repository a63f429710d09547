//! What is wrong with the words of a command line, said as the rest of the program says what is wrong.

use std::net::AddrParseError;
use std::num::ParseIntError;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use ikecompat::diag::nearest;

/// The complaint about a call that clap refuses, in the form of every other one: what is wrong, the nearest right
/// word, and where all of them stand. Help and version are no complaints and stay as they are.
pub(super) fn complaint(refused: clap::Error, call: &str) -> clap::Error {
    let wrong = Wrong { refused: &refused };
    match wrong.sentence() {
        Some(what) => {
            let helps = wrong.helps(call).into_iter();
            let helps: String = helps.map(|help| format!("  = help: {help}\n")).collect();
            clap::Error::raw(refused.kind(), format!("{what}\n{helps}"))
        }
        None => refused,
    }
}

/// A call that clap refuses.
struct Wrong<'e> {
    refused: &'e clap::Error,
}

impl Wrong<'_> {
    fn words(&self, kind: ContextKind) -> Vec<String> {
        match self.refused.get(kind) {
            Some(ContextValue::String(word)) => vec![word.clone()],
            Some(ContextValue::Strings(words)) => words.clone(),
            _ => Vec::new(),
        }
    }

    fn word(&self, kind: ContextKind) -> Option<String> {
        self.words(kind).into_iter().next()
    }

    /// What was wrong; `None` of what is no mistake, or of one that clap alone knows.
    fn sentence(&self) -> Option<String> {
        let argument = self.word(ContextKind::InvalidArg);
        let value = self.word(ContextKind::InvalidValue);
        match self.refused.kind() {
            ErrorKind::UnknownArgument => {
                let argument = argument?;
                Some(match argument.starts_with('-') {
                    true => format!("there is no option `{argument}` here"),
                    false => format!("`{argument}` is one word too many"),
                })
            }
            ErrorKind::InvalidValue => {
                let option = name(&argument?);
                Some(match value.as_deref() {
                    None | Some("") => format!("`{option}` lacks its value"),
                    Some(value) => format!("`{value}` is no value of `{option}`"),
                })
            }
            ErrorKind::ValueValidation => {
                let why = std::error::Error::source(self.refused)?;
                let option = name(&argument?);
                let value = value.unwrap_or_default();
                Some(if why.is::<ParseIntError>() {
                    format!("`{option}`: `{value}` is no number, or out of range")
                } else if why.is::<AddrParseError>() {
                    format!(
                        "`{option}`: `{value}` is no IP address, as `192.0.2.1` and `2001:db8::1` are"
                    )
                } else {
                    let why = why.to_string();
                    format!("`{option}`: {}", out_of_range(&why).unwrap_or(why))
                })
            }
            ErrorKind::MissingRequiredArgument => {
                let missing = self.words(ContextKind::InvalidArg);
                let missing = missing.iter().map(|word| word.trim_end_matches("..."));
                let missing: Vec<_> = missing.map(|word| format!("`{word}`")).collect();
                let verb = if missing.len() == 1 { "is" } else { "are" };
                Some(format!("{} {verb} missing", missing.join(" and ")))
            }
            ErrorKind::ArgumentConflict => {
                let argument = name(&argument?);
                let others = self.words(ContextKind::PriorArg);
                let others: Vec<_> = others.iter().map(|word| name(word)).collect();
                Some(match others.iter().all(|other| *other == argument) {
                    true => format!("`{argument}` can be given once"),
                    false => format!(
                        "`{argument}` and `{}` exclude each other",
                        others.join("`, `")
                    ),
                })
            }
            ErrorKind::TooManyValues => Some(format!("`{}` takes no value", name(&argument?))),
            ErrorKind::InvalidSubcommand => {
                let word = self.word(ContextKind::InvalidSubcommand)?;
                Some(format!("there is no subcommand `{word}`"))
            }
            _ => None,
        }
    }

    /// What helps.
    fn helps(&self, call: &str) -> Vec<String> {
        let near = [
            ContextKind::SuggestedArg,
            ContextKind::SuggestedValue,
            ContextKind::SuggestedSubcommand,
        ];
        let valid = self.words(ContextKind::ValidValue);
        // clap compares upper with lower case.
        let value = self.word(ContextKind::InvalidValue).unwrap_or_default();
        let nearest = nearest(&value, valid.iter().map(String::as_str)).map(ToOwned::to_owned);
        let near = nearest.or_else(|| near.into_iter().find_map(|kind| self.word(kind)));
        let mut helps = Vec::from_iter(near.map(|near| format!("did you mean `{near}`?")));
        let product = value.split_once('@').map(|(product, _)| product);
        if product.is_some_and(|product| valid.iter().any(|word| word == product)) {
            helps = vec![format!(
                "a product in one of its releases is `--engine {value}`"
            )];
        }
        if !valid.is_empty() {
            let valid: Vec<_> = valid.iter().map(|word| format!("`{word}`")).collect();
            helps.push(format!("expected {}", valid.join(", ")));
        }
        let is_refused = self.refused.kind() == ErrorKind::ValueValidation;
        let argument = self.word(ContextKind::InvalidArg).filter(|_| is_refused);
        let shown = argument.filter(|argument| argument.contains('<'));
        // What the value stands for is part of the option.
        helps.extend(shown.map(|argument| format!("it is written `{argument}`")));
        if valid.is_empty() && (helps.is_empty() || is_refused) {
            helps.push(format!("`{call} --help` says what it takes"));
        }
        helps
    }
}

/// The option without the name of its value, as it is typed; the name of an argument as help has it.
fn name(argument: &str) -> String {
    let first = argument.split([' ', '=']).next().unwrap_or_default();
    let is_brackets = |c: char| "[]<>.".contains(c);
    match first.starts_with('-') {
        true => first.to_owned(),
        false => first.trim_matches(is_brackets).to_owned(),
    }
}

/// What a number is to be, of clap's sentence `3 is not in 1..=2`.
fn out_of_range(why: &str) -> Option<String> {
    let (value, range) = why.split_once(" is not in ")?;
    let (low, high) = range.split_once("..")?;
    let high = match high.strip_prefix('=') {
        Some(high) => high.parse::<u64>().ok()?,
        None => high.parse::<u64>().ok()?.checked_sub(1)?,
    };
    let between = if low.parse::<u64>().ok()? + 1 == high {
        "or"
    } else {
        "to"
    };
    Some(format!("{value} is not {low} {between} {high}"))
}

#[cfg(test)]
mod tests {
    use super::{name, out_of_range};

    #[test]
    fn claps_ranges_and_names_are_said_plainly() {
        for (why, said) in [
            ("3 is not in 1..=2", Some("3 is not 1 or 2")),
            ("0 is not in 1..=86400", Some("0 is not 1 to 86400")),
            ("0 is not in 1..65536", Some("0 is not 1 to 65535")),
            ("something else", None),
        ] {
            assert_eq!(out_of_range(why).as_deref(), said);
        }
        for (argument, said) in [
            ("--phase <1|2>", "--phase"),
            ("--format=<FORMAT>", "--format"),
            ("[NAME]", "NAME"),
            ("<SERVER>...", "SERVER"),
        ] {
            assert_eq!(name(argument), said);
        }
    }
}
