//! README shows what the program prints.
//!
//! `IKECOMPAT_WRITE_DOCS=1 cargo test documentation` writes the output into README anew.

use std::fs;

use crate::common::{ikecompat, path, words};

/// README with every transcript and every included file as it has to be.
fn current(readme: &str) -> String {
    let mut text = String::new();
    let mut lines = readme.lines();
    while let Some(line) = lines.next() {
        text += line;
        text += "\n";
        let content = match line {
            "```console" => {
                let command = lines.next().unwrap();
                let arguments = words(command.strip_prefix("$ ikecompat ").unwrap());
                let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
                let run = ikecompat(&arguments, "");
                assert_eq!(run.stderr, "", "{command}");
                format!("{command}\n{}", run.stdout)
            }
            "```yaml" => {
                let name = lines.next().unwrap();
                let file = name.strip_prefix("# ").unwrap();
                format!("{name}\n{}", fs::read_to_string(path(file)).unwrap())
            }
            _ => continue,
        };
        text += &content;
        text += "```\n";
        for line in lines.by_ref() {
            if line == "```" {
                break;
            }
        }
    }
    text
}

#[test]
fn readme_shows_what_the_program_prints() {
    let readme = fs::read_to_string(path("README.md")).unwrap();
    let current = current(&readme);
    if std::env::var_os("IKECOMPAT_WRITE_DOCS").is_some() {
        fs::write(path("README.md"), &current).unwrap();
        return;
    }
    for (there, here) in readme.lines().zip(current.lines()) {
        assert_eq!(
            there, here,
            "README is out of date: IKECOMPAT_WRITE_DOCS=1 cargo test documentation"
        );
    }
    assert_eq!(readme.lines().count(), current.lines().count());
}

#[test]
fn every_file_that_readme_points_at_is_there() {
    let readme = fs::read_to_string(path("README.md")).unwrap();
    let links = readme
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    for link in links.filter(|link| !link.starts_with("http")) {
        assert!(path(link).exists(), "{link}");
    }
}

/// What stands before and behind the table of docs/profiles.md that the database gives.
const HOLES: [&str; 2] = ["<!-- what is not known -->\n", "<!-- end -->\n"];

#[test]
fn the_table_of_holes_is_what_the_database_lacks() {
    use ikecompat::profile::Database;
    use ikecompat::profile::shape::Role;

    let database = Database::builtin();
    let mut profiles: Vec<_> = database.profiles().map(Result::unwrap).collect();
    profiles.retain(|profile| profile.file.role == Role::Client);
    let holes = ikecompat::write::database::holes::unknown(&profiles).unwrap();
    let mut table = Vec::new();
    holes.markdown(&mut table).unwrap();
    let table = String::from_utf8(table).unwrap();
    let file = path("docs/profiles.md");
    let page = fs::read_to_string(&file).unwrap();
    let (before, rest) = page.split_once(HOLES[0]).unwrap();
    let (there, behind) = rest.split_once(HOLES[1]).unwrap();
    if std::env::var_os("IKECOMPAT_WRITE_DOCS").is_some() {
        let page = format!("{before}{}{table}{}{behind}", HOLES[0], HOLES[1]);
        fs::write(file, page).unwrap();
        return;
    }
    assert!(
        there == table,
        "docs/profiles.md is out of date: IKECOMPAT_WRITE_DOCS=1 cargo test documentation"
    );
}

#[test]
fn the_page_of_rules_is_what_the_rules_say() {
    let mut page = Vec::new();
    ikecompat::write::database::rules::write(&mut page).unwrap();
    let page = String::from_utf8(page).unwrap();
    let file = path("docs/rules.md");
    if std::env::var_os("IKECOMPAT_WRITE_DOCS").is_some() {
        fs::write(file, &page).unwrap();
        return;
    }
    let there = fs::read_to_string(file).unwrap_or_default();
    assert!(
        there == page,
        "docs/rules.md is out of date: IKECOMPAT_WRITE_DOCS=1 cargo test documentation"
    );
}
