//! The words that arguments take, for shells: those that clap knows, and those that are parsed as any text.

use std::fmt::Write as _;

use clap::Command;
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap_complete::Shell;
use ikecompat::dialect::swan;
use ikecompat::ike::TransformType;
use ikecompat::peer::EngineName;
use ikecompat::profile::Database;
use strum::VariantNames as _;

use super::super::{manual, recommend};
use super::bash;

/// The words that arguments take which are parsed as any text.
pub(super) struct Values {
    clients: Vec<String>,
    engines: Vec<String>,
    policies: Vec<String>,
    rules: Vec<String>,
    topics: Vec<String>,
    /// What `recommend` writes.
    plans: Vec<String>,
    algorithms: Vec<String>,
    groups: Vec<String>,
    subcommands: Vec<String>,
}

/// Options that take several words with commas between them.
const LISTS: [&str; 6] = [
    "clients",
    "forbid",
    "groups",
    "must_keep",
    "only",
    "require",
];

impl Values {
    pub(super) fn builtin() -> Self {
        let database = Database::builtin();
        let profiles = database.profiles().filter_map(Result::ok);
        let clients = profiles.flat_map(|profile| {
            let mut words = vec![profile.id.clone()];
            words.extend(profile.file.aliases.clone());
            let variants: Vec<_> = profile.variants().collect();
            if variants.len() > 1 {
                words.extend(variants.iter().map(|name| format!("{}:{name}", profile.id)));
            }
            let variants = profile.file.variants.values();
            words.extend(variants.flat_map(|variant| variant.aliases.clone()));
            words
        });
        let engines = EngineName::VARIANTS.iter().flat_map(|name| {
            let file = database.server(name).ok().flatten();
            let releases = file.map_or_else(Vec::new, |file| file.releases);
            releases
                .into_iter()
                .map(move |release| format!("{name}@{release}"))
        });
        // What a shell would take for something else has to be quoted by who types it.
        let is_plain = |word: &String| {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.:@+/".contains(c);
            !word.is_empty() && word.chars().all(is_plain)
        };
        let topics = ikecompat::explain::topics(&database).into_iter();
        let is_group = |word: &&str| {
            let transform = swan::keyword(word);
            transform.is_some_and(|it| it.kind == TransformType::KE && !it.is_none())
        };
        let command = manual::command();
        let subcommands = command.get_subcommands();
        Self {
            plans: recommend::formats(),
            algorithms: swan::keywords().map(ToOwned::to_owned).collect(),
            groups: swan::keywords()
                .filter(is_group)
                .map(ToOwned::to_owned)
                .collect(),
            subcommands: subcommands.map(|it| it.get_name().to_owned()).collect(),
            clients: clients.filter(is_plain).collect(),
            engines: engines.collect(),
            policies: database.policies().map(ToOwned::to_owned).collect(),
            rules: ikecompat::lint::known().map(ToOwned::to_owned).collect(),
            topics: topics.filter(is_plain).collect(),
        }
    }

    /// The words for an argument of a subcommand.
    fn of(&self, command: &str, argument: &str) -> Option<&[String]> {
        Some(match (command, argument) {
            (_, "clients" | "require" | "must_keep") | ("compare", "ids") => &self.clients,
            ("show", "id") | ("diff", "before" | "after") => &self.clients,
            (_, "engine" | "compare_engine" | "responder_engine") => &self.engines,
            (_, "policy") => &self.policies,
            ("check" | "lint", "allow") | ("lint", "deny") => &self.rules,
            ("explain", "topic") => &self.topics,
            ("recommend", "format") => &self.plans,
            ("help" | "man", "command") => &self.subcommands,
            (_, "groups") => &self.groups,
            (_, "forbid") | ("compare", "only") => &self.algorithms,
            _ => return None,
        })
    }

    /// The command line with the words that shells offer; it is not parsed by.
    pub(super) fn put_into(&self, command: Command) -> Command {
        let name = command.get_name().to_owned();
        let arguments: Vec<String> = command
            .get_arguments()
            .map(|argument| argument.get_id().to_string())
            .collect();
        let command = arguments
            .iter()
            .fold(command, |command, id| match self.of(&name, id) {
                Some(words) => command.mut_arg(id, |argument| {
                    let words = words.iter().map(PossibleValue::new);
                    argument.value_parser(PossibleValuesParser::new(words))
                }),
                None => command,
            });
        let below: Vec<String> = command
            .get_subcommands()
            .map(|one| one.get_name().to_owned())
            .collect();
        below.iter().fold(command, |command, name| {
            command.mut_subcommand(name, |one| self.put_into(one))
        })
    }
}

/// An option, or where it is empty the first word, of a command, and what it takes.
struct Taken {
    /// `ikecompat;clients;show`.
    path: String,
    option: String,
    values: Vec<String>,
}

/// Everything that takes one of some words.
fn taken(command: &Command, path: &str, all: &mut Vec<Taken>) {
    for argument in command.get_arguments() {
        let values: Vec<String> = argument
            .get_possible_values()
            .iter()
            .filter(|value| !value.is_hide_set())
            .map(|value| value.get_name().to_owned())
            .collect();
        if values.is_empty() || !argument.get_action().takes_values() {
            continue;
        }
        let long = argument.get_long().map(|name| format!("--{name}"));
        let short = argument.get_short().map(|name| format!("-{name}"));
        let mut options: Vec<String> = long.into_iter().chain(short).collect();
        if argument.is_positional() {
            options.push(String::new());
        }
        all.extend(options.into_iter().map(|option| Taken {
            path: path.to_owned(),
            option,
            values: values.clone(),
        }));
    }
    for below in command.get_subcommands() {
        taken(below, &format!("{path};{}", below.get_name()), all);
    }
}

/// A word in single quotes, which both shells double inside of them.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "''"))
}

/// The words of each option that takes several of them.
fn lists(command: &Command, all: &mut Vec<Vec<String>>) {
    for argument in command.get_arguments().filter(|it| !it.is_positional()) {
        let values = argument.get_possible_values().into_iter();
        let values: Vec<String> = values.map(|value| value.get_name().to_owned()).collect();
        let is_list = LISTS.contains(&argument.get_id().as_str());
        if is_list && !values.is_empty() && !all.contains(&values) {
            all.push(values);
        }
    }
    command
        .get_subcommands()
        .for_each(|below| lists(below, all));
}

/// The script with words offered behind each comma of a list.
fn behind_commas(script: String, shell: Shell, command: &Command) -> String {
    let mut all = Vec::new();
    lists(command, &mut all);
    all.iter().fold(script, |script, words| match shell {
        Shell::Bash => {
            let words = words.join(" ");
            script.replace(
                &format!(r#"compgen -W "{words}" -- "${{cur}}""#),
                &format!(r#"compgen -P "${{cur%"${{cur##*,}}"}}" -W "{words}" -- "${{cur##*,}}""#),
            )
        }
        Shell::Zsh => {
            let words = words.join(" ").replace(':', "\\:");
            script.replace(
                &format!(":LIST:({words})"),
                &format!(":LIST:{{_sequence compadd - {words}}}"),
            )
        }
        Shell::Fish => {
            let lines: Vec<_> = words.iter().map(|word| format!("{word}\\t''")).collect();
            script.replace(
                &format!("-a \"{}\"", lines.join("\n")),
                &format!("-a \"(__fish_append , {})\"", words.join(" ")),
            )
        }
        _ => script,
    })
}

/// Adds to the script for a shell what an option takes, where the script does not offer it by itself.
pub(super) fn complete(script: String, shell: Shell, command: &Command) -> String {
    let script = behind_commas(script, shell, command);
    let mut all = Vec::new();
    taken(command, command.get_name(), &mut all);
    let (anchor, text) = match shell {
        Shell::Bash => return bash::whole_words(&script),
        Shell::Fish => return script + &fish(&all),
        Shell::PowerShell => ("    $completions = @(switch ($command) {", powershell(&all)),
        Shell::Elvish => ("    $completions[$command]", elvish(&all)),
        _ => return script,
    };
    match shell {
        // The look-up takes the place of the last line.
        Shell::Elvish => script.replacen(anchor, &text, 1),
        _ => script.replacen(anchor, &format!("{text}{anchor}"), 1),
    }
}

/// What stands behind a subcommand by itself, which the script does not offer.
fn fish(all: &[Taken]) -> String {
    let mut text = String::new();
    for Taken { path, values, .. } in all.iter().filter(|it| it.option.is_empty()) {
        let mut below = path.split(';').skip(1);
        let Some(first) = below.next() else { continue };
        let mut when = format!("__fish_ikecompat_using_subcommand {first}");
        for name in below {
            when += &format!("; and __fish_seen_subcommand_from {name}");
        }
        let values = values.join(" ");
        let _ = writeln!(
            text,
            "complete -c ikecompat -n \"{when}\" -f -a \"{values}\""
        );
    }
    text
}

fn powershell(all: &[Taken]) -> String {
    let mut text = String::from("    $values = @{\n");
    for Taken {
        path,
        option,
        values,
    } in all
    {
        let key = quoted(&format!("{path};{option}"));
        let values: Vec<_> = values.iter().map(|value| quoted(value)).collect();
        let _ = writeln!(text, "        {key} = @({})", values.join(", "));
    }
    text += r#"    }
    $last = $commandElements.Count - 1
    if ($wordToComplete) {
        $last--
    }
    $option = $commandElements[$last].Extent.Text
    if (-not $option.StartsWith('-')) {
        $option = ''
    }
    $path = $command
    while ($path) {
        $known = $values["$path;$option"]
        if ($known -and -not $wordToComplete.StartsWith('-')) {
            return $known | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
                [CompletionResult]::new($_, $_, [CompletionResultType]::ParameterValue, $_)
            }
        }
        $cut = $path.LastIndexOf(';')
        if ($cut -lt 0) {
            $path = ''
        } else {
            $path = $path.Substring(0, $cut)
        }
    }

"#;
    text
}

fn elvish(all: &[Taken]) -> String {
    let mut text = String::from("    var values = [\n");
    for Taken {
        path,
        option,
        values,
    } in all
    {
        let key = quoted(&format!("{path};{option}"));
        let values: Vec<_> = values.iter().map(|value| quoted(value)).collect();
        let _ = writeln!(text, "        &{key}=[{}]", values.join(" "));
    }
    text += r#"    ]
    var option = ''
    if (str:has-prefix $words[-2] '-') {
        set option = $words[-2]
    }
    var path = $command
    var found = $false
    while (and (not $found) (not-eq $path '')) {
        var key = $path';'$option
        if (and (has-key $values $key) (not (str:has-prefix $words[-1] '-'))) {
            for value $values[$key] {
                edit:complex-candidate $value
            }
            set found = $true
        }
        var cut = (str:last-index $path ';')
        if (< $cut 0) {
            set path = ''
        } else {
            set path = $path[0..$cut]
        }
    }
    if (and (not $found) (has-key $completions $command)) {
        $completions[$command]
    }"#;
    text
}
