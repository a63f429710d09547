//! What was typed beside the files, for commands that continue the question.

use clap::parser::ValueSource;
use clap::{ArgAction, ArgMatches, Command};

/// An option and its value, which is empty where it takes none.
pub(super) type TypedOption = (String, String);

/// The options of the subcommand that were typed, or that a file of habits stands for, in the order of the help.
pub(super) fn options(command: &Command, matches: &ArgMatches) -> Vec<TypedOption> {
    let Some((name, own)) = matches.subcommand() else {
        return Vec::new();
    };
    let subcommand = command.find_subcommand(name);
    let arguments = subcommand.into_iter().flat_map(Command::get_arguments);
    let mut all = Vec::new();
    for argument in arguments.chain(command.get_arguments()) {
        let id = argument.get_id().as_str();
        let is_typed = own.try_contains_id(id).is_ok()
            && own.value_source(id) == Some(ValueSource::CommandLine);
        let Some(long) = argument.get_long().filter(|_| is_typed) else {
            continue;
        };
        if !matches!(argument.get_action(), ArgAction::Set | ArgAction::Append) {
            all.push((long.to_owned(), String::new()));
            continue;
        }
        let values = own.get_raw(id).into_iter().flatten();
        let values: Vec<_> = values
            .map(|value| value.to_string_lossy().into_owned())
            .collect();
        match argument.get_value_delimiter() {
            Some(delimiter) => all.push((long.to_owned(), values.join(&delimiter.to_string()))),
            None => all.extend(values.into_iter().map(|value| (long.to_owned(), value))),
        }
    }
    all.dedup();
    all
}
