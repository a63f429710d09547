//! What is wrong with the words of a command line, said as the rest of the program says what is wrong.

use std::num::ParseIntError;

use clap::error::{ContextKind, ContextValue, ErrorKind};

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
                Some(match (why.is::<ParseIntError>(), value) {
                    (true, Some(value)) => {
                        format!("`{option}`: `{value}` is no number, or out of range")
                    }
                    _ => format!("`{option}`: {why}"),
                })
            }
            ErrorKind::MissingRequiredArgument => {
                let missing = self.words(ContextKind::InvalidArg);
                let missing = missing.iter().map(|word| word.trim_end_matches("..."));
                let missing: Vec<_> = missing.map(|word| format!("`{word}`")).collect();
                Some(format!("{} is missing", missing.join(" and ")))
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
        let near = near.into_iter().find_map(|kind| self.word(kind));
        let mut helps = Vec::from_iter(near.map(|near| format!("did you mean `{near}`?")));
        let valid = self.words(ContextKind::ValidValue);
        if !valid.is_empty() {
            let valid: Vec<_> = valid.iter().map(|word| format!("`{word}`")).collect();
            helps.push(format!("expected {}", valid.join(", ")));
        } else if helps.is_empty() {
            helps.push(format!("`{call} --help` says what it takes"));
        }
        helps
    }
}

/// The option without the name of its value, as it is typed.
fn name(argument: &str) -> String {
    let words = argument.split([' ', '=']);
    words.into_iter().next().unwrap_or_default().to_owned()
}
