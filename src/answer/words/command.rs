//! Commands that continue a question: complete, so that the answer is about the same.

use crate::answer::Answer;
use crate::diag::{shell_file, shell_word};

/// Options about how configurations are read.
const READING: [&str; 4] = ["from", "engine", "built-with", "include-anywhere"];

/// Options about certificates.
const CERTIFICATES: [&str; 4] = ["server-cert", "client-cert", "ca-cert", "at"];

/// Options about the place of clients.
const PLACE: [&str; 3] = ["nat", "client-address", "server-id"];

/// The command that writes the files of a plan, for which these options were typed.
pub(super) fn of_plan(typed: &[(String, String)]) -> String {
    const OF_THIS_CALL: [&str; 6] = ["color", "force", "format", "quiet", "verbose", "write"];
    let mut command = "ikecompat recommend".to_owned();
    let mut is_input = false;
    let asked = typed
        .iter()
        .filter(|(name, _)| !OF_THIS_CALL.contains(&name.as_str()));
    for (name, value) in asked {
        command += &format!(" --{name}");
        match value.as_str() {
            "" => {}
            "-" => {
                is_input = true;
                command += " FILE";
            }
            value => {
                command.push(' ');
                command += &shell_word(value);
            }
        }
    }
    command += " --write vpn/";
    match is_input {
        true => format!("`{command}`, FILE being the input in a file"),
        false => format!("`{command}`"),
    }
}

/// A subcommand that continues a question about a server.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Continuation {
    /// `check`.
    Check,
    /// `lint`.
    Lint,
    /// `recommend`.
    Recommend,
}

impl Continuation {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Check, Self::Lint, Self::Recommend];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Lint => "lint",
            Self::Recommend => "recommend",
        }
    }

    /// The options of a question that it takes, in the order in which they are typed.
    pub fn options(self) -> impl Iterator<Item = &'static str> {
        let (own, others): (&[_], [&[&str]; 3]) = match self {
            Self::Check => (
                &["clients", "policy", "allow", "deny-unknown"],
                [&PLACE, &READING, &CERTIFICATES],
            ),
            Self::Lint => (
                &["clients", "policy", "allow", "deny", "fail-on", "pedantic"],
                [&PLACE, &READING, &[]],
            ),
            Self::Recommend => (
                &["clients", "product", "policy"],
                [&[], &READING, &CERTIFICATES],
            ),
        };
        let own = own.iter().chain(others.into_iter().flatten());
        own.copied().chain(["profiles"])
    }

    /// The command about the server of an answer, with what was asked beside it and with `more`, which goes before
    /// what was asked, as it is typed.
    pub(crate) fn typed(self, answer: &Answer, more: &[(&str, &str)]) -> String {
        let is_input = answer.server.file == "<stdin>";
        let file = match is_input {
            true => "FILE".to_owned(),
            false => shell_file(&answer.server.file),
        };
        let server = match self {
            Self::Check | Self::Lint => "",
            Self::Recommend => "--server ",
        };
        let mut command = format!("ikecompat {} {server}{file}", self.name());
        let mut add = |name: &str, value: &str| {
            command += " --";
            command += name;
            if !value.is_empty() {
                command.push(' ');
                command += &shell_word(value);
            }
        };
        for name in self.options() {
            let mut asked = answer
                .typed
                .iter()
                .filter(|(asked, _)| asked == name)
                .peekable();
            let is_replaced = more.iter().any(|(other, _)| *other == name);
            if asked.peek().is_none() && name == "clients" && !is_replaced {
                let words = answer.clients_asked.iter();
                words.for_each(|words| add(name, words));
            }
            asked
                .filter(|_| !is_replaced)
                .for_each(|(_, value)| add(name, value));
        }
        more.iter().for_each(|(name, value)| add(name, value));
        match is_input {
            true => format!("`{command}`, FILE being the input in a file"),
            false => format!("`{command}`"),
        }
    }
}
