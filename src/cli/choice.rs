//! Words of the command line that stand for the variants of an enum.

use std::str::FromStr;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Command};
use ikecompat::diag;
use ikecompat::dialect::swan;
use ikecompat::format::Format;
use ikecompat::ike::{Transform, TransformType};
use ikecompat::peer::Version;
use strum::VariantNames;

/// Takes the name of a variant of `T`; case counts for nothing, see [`ignoring_case`].
pub(super) fn choice<T>() -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err = strum::ParseError> + VariantNames + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(T::VARIANTS).try_map(|word| {
        let mut names = T::VARIANTS.iter();
        let name = names.find(|name| name.eq_ignore_ascii_case(&word));
        name.copied().unwrap_or(&word).parse::<T>()
    })
}

/// The command line where the words of closed lists may be written in upper and lower case.
pub(super) fn ignoring_case(command: Command) -> Command {
    let command = command.mut_args(|argument| {
        let is_list = !argument.get_possible_values().is_empty();
        let takes_words = argument.get_action().takes_values();
        argument.ignore_case(is_list && takes_words)
    });
    command.mut_subcommands(ignoring_case)
}

/// That a word is no algorithm, and which one was probably meant.
pub(super) fn no_algorithm(word: &str, kind: Option<TransformType>) -> String {
    let word = word.trim();
    let (what, example) = match kind {
        Some(_) => ("group", "such as `modp2048` or `ecp256`"),
        None => ("algorithm", "such as `aes256`, `sha256` or `modp2048`"),
    };
    let near = algorithm_near(word, kind);
    let help = near.map_or_else(
        || example.to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    format!("`{word}` is no {what} as strongSwan spells it; {help}")
}

/// The keyword that a word was probably meant to be: another case, `AES-256`, `group 14`, a slip.
fn algorithm_near(word: &str, kind: Option<TransformType>) -> Option<String> {
    let lower = word.to_lowercase();
    let is_wanted = |word: &str| {
        let known = swan::keyword(word);
        known.is_some_and(|it| kind.is_none_or(|kind| it.kind == kind))
    };
    let joined: String = lower
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .collect();
    let written = [lower.clone(), joined.clone()]
        .into_iter()
        .find(|word| is_wanted(word));
    let number = ["dh", "group", "dhgroup", "g", ""].iter().find_map(|head| {
        let number = joined.strip_prefix(head)?.parse().ok()?;
        swan::spell(Transform {
            kind: TransformType::KE,
            id: number,
            key_bits: 0,
        })
    });
    let near = || {
        let known = swan::keywords().filter(|word| is_wanted(word));
        diag::nearest(&lower, known).map(ToOwned::to_owned)
    };
    written.or(number).or_else(near)
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
    PossibleValuesParser::new(values).try_map(|word| {
        Format::of_word(&word.to_lowercase()).ok_or_else(|| format!("no format `{word}`"))
    })
}

/// A format that is to be written, with the release of its product that the file is for: `libreswan@5.4`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    pub(super) format: Format,
    pub(super) release: Option<Version>,
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.release {
            Some(release) => write!(f, "{}@{release}", self.format),
            None => write!(f, "{}", self.format),
        }
    }
}

/// Takes a format, with a release behind `@` where its words depend on one.
#[derive(Clone)]
pub(super) struct TargetParser<P>(pub(super) P);

impl<P: TypedValueParser<Value = Format>> TypedValueParser for TargetParser<P> {
    type Value = Target;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Target, clap::Error> {
        let text = value.to_string_lossy();
        let (word, release) = match text.split_once('@') {
            Some((word, release)) => (word, Some(release)),
            None => (&*text, None),
        };
        let format = self.0.parse_ref(command, argument, word.as_ref())?;
        let wrong =
            |what: String| clap::Error::raw(ErrorKind::ValueValidation, what).with_cmd(command);
        let release = match release {
            None => None,
            Some(_) if !format.has_releases() => {
                return Err(wrong(format!(
                    "`--to {format}` writes the same for every release; `cisco`, `ipsec-conf`, `libreswan` and `swanctl` take one\n"
                )));
            }
            Some(release) => {
                let version: Result<Version, ()> = release.parse();
                let said = format!("`{release}` is not a version, as in `libreswan@5.4`\n");
                Some(version.map_err(|()| wrong(said))?)
            }
        };
        Ok(Target { format, release })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        self.0.possible_values()
    }
}
