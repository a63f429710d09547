//! What help and manual pages say of each subcommand beside its options: examples, exit statuses, the
//! files and variables that are looked at.

mod subcommands;

use clap::{Command, CommandFactory as _};
use ikecompat::answer::text::wrap;

pub(in crate::cli) use self::subcommands::MANUALS;

use super::Arguments;

/// Columns of help that goes nowhere in particular, and of manual pages.
const WIDTH: u16 = 80;

/// A subcommand.
pub(super) struct Manual {
    /// Its name, with that of the subcommand that it belongs to; empty for the program.
    command: &'static str,
    /// What is wanted, and what is typed for it.
    pub(super) examples: &'static [(&'static str, &'static str)],
    /// What each exit status means.
    pub(super) statuses: &'static [(&'static str, &'static str)],
}

/// Files that are looked at unasked.
pub(super) const FILES: &[(&str, &str)] = &[
    (
        ".ikecompat.yaml",
        "clients, policy, product, engine, nat and allowed rules (allow, each with rule and reason) for the files \
         in its folder and below, where the command line does not say them; looked for upwards from the file as \
         far as the root of a repository or the home folder; never one of another owner",
    ),
    (
        "$XDG_CONFIG_HOME/ikecompat/profiles",
        "client profiles of your own, laid over the built-in ones, unless --profiles names others; \
     ~/.config/ikecompat/profiles where XDG_CONFIG_HOME is not set, %APPDATA%\\ikecompat\\profiles on \
     Windows",
    ),
];

/// Variables that are looked at.
pub(super) const ENVIRONMENT: &[(&str, &str)] = &[
    (
        "COLUMNS",
        "how wide reports are, instead of what the terminal says",
    ),
    (
        "LINES",
        "how long a report of `check` may be without -v, instead of what the terminal says",
    ),
    ("NO_COLOR", "without colours, unless --color says otherwise"),
    ("CLICOLOR", "0: without colours"),
    ("CLICOLOR_FORCE", "with colours in pipes, too"),
    ("TERM", "dumb: without colours"),
    (
        "XDG_CONFIG_HOME",
        "where the folder of your own profiles is",
    ),
];

/// The manual of a subcommand.
pub(super) fn of(command: &str) -> Option<&'static Manual> {
    MANUALS.iter().find(|manual| manual.command == command)
}

/// The command line with everything that help says.
pub(crate) fn command() -> Command {
    with_help(Arguments::command(), "")
}

/// A command and its subcommands; `path` is what is typed before its name.
fn with_help(command: Command, path: &str) -> Command {
    let names: Vec<String> = command
        .get_subcommands()
        .map(|one| one.get_name().to_owned())
        .collect();
    let command = match of(path) {
        Some(manual) => command.after_help(manual.help()),
        None => command,
    };
    names.iter().fold(command, |command, name| {
        let path = match path {
            "" => name.clone(),
            _ => format!("{path} {name}"),
        };
        command.mut_subcommand(name, |one| with_help(one, &path))
    })
}

impl Manual {
    /// Examples and exit statuses.
    fn help(&self) -> String {
        let mut text = String::from("Examples:\n");
        for (what, typed) in self.examples {
            // What is to be typed is copied in one piece.
            text += &format!("{}\n      {typed}\n", wrap(what, WIDTH, "  ", 4));
        }
        text += "\nExit status:\n";
        for (status, means) in self.statuses {
            text += &wrap(means, WIDTH, &format!("  {status}  "), 5);
            text.push('\n');
        }
        text.truncate(text.trim_end().len());
        text
    }
}

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory as _};
    use ikecompat::answer::words::Continuation;

    use super::{Arguments, MANUALS, command, of};

    /// The words of each call of the program in a line of a shell.
    fn calls(line: &str) -> Vec<Vec<String>> {
        let line = line.replace("'Phone 1.2'", "Phone");
        let each = line.split(['|', '>']).map(str::trim);
        let ours = each.filter(|call| call.starts_with("ikecompat "));
        let words = |call: &str| call.split_whitespace().map(str::to_owned).collect();
        ours.map(words).collect()
    }

    #[test]
    fn every_example_can_be_typed() {
        for manual in MANUALS {
            for (_, typed) in manual.examples {
                let calls = calls(typed);
                assert!(!calls.is_empty(), "{typed}");
                for call in calls {
                    if let Err(wrong) = command().try_get_matches_from(&call) {
                        panic!("{typed}: {wrong}");
                    }
                    let own = format!("ikecompat {}", manual.command);
                    assert!(typed.contains(own.trim()), "{typed}: not of {own}");
                }
            }
        }
    }

    #[test]
    fn commands_that_continue_a_question_have_their_options() {
        let command = command();
        for one in Continuation::ALL {
            let own = command.find_subcommand(one.name()).unwrap();
            for option in one.options() {
                let all = own.get_arguments().chain(command.get_arguments());
                let mut longs = all.filter_map(clap::Arg::get_long);
                assert!(
                    longs.any(|long| long == option),
                    "{}: --{option}",
                    one.name()
                );
            }
        }
    }

    #[test]
    fn every_subcommand_has_a_manual() {
        fn visit(command: &Command, path: &str) {
            assert!(of(path).is_some(), "`{path}` has no examples");
            for below in command.get_subcommands() {
                visit(below, format!("{path} {}", below.get_name()).trim());
            }
        }
        visit(&Arguments::command(), "");
    }
}
