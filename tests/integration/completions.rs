//! Completions: every script is one that its shell reads, and offers what options take.

use std::process::Command;

use tree_sitter::Parser;

use crate::common::ikecompat;

const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

fn script(shell: &str) -> String {
    let run = ikecompat(&["completions", shell], "");
    assert_eq!(run.status, 0, "{shell}: {}", run.stderr);
    run.stdout
}

#[test]
fn every_shell_is_offered_what_options_take() {
    for shell in SHELLS {
        // zsh has a meaning of its own for a colon.
        let script = script(shell).replace("\\:", ":");
        for word in [
            "ios-17",
            "windows-10:require",
            "windows",
            "cnsa-2.0",
            "strongswan@6.0.7",
            "libreswan@5.4",
            "sarif",
            "powershell",
            "weak-entry",
            "modp1024",
        ] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}

/// Reads the script by the shell, where it is at hand.
#[test]
fn every_script_can_be_read_by_its_shell() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    for (shell, program, check) in [
        ("bash", "bash", "-n"),
        ("zsh", "zsh", "-n"),
        ("fish", "fish", "--no-execute"),
        ("elvish", "elvish", "-compileonly"),
    ] {
        let file = folder.join(format!("completions.{shell}"));
        std::fs::write(&file, script(shell)).unwrap();
        match Command::new(program).arg(check).arg(&file).output() {
            Ok(done) => {
                let said = String::from_utf8_lossy(&done.stderr);
                assert!(done.status.success(), "{shell}: {said}");
            }
            Err(why) => assert_ne!(shell, "bash", "{why}"),
        }
    }
    let mut parser = Parser::new();
    let language = tree_sitter_powershell::LANGUAGE.into();
    parser.set_language(&language).unwrap();
    // What clap writes around it, the grammar does not know in full.
    let script = script("powershell");
    let (_, rest) = script.split_once("    $values = ").unwrap();
    let (own, _) = rest.split_once("    $completions = ").unwrap();
    let text = format!("$values = {own}");
    let tree = parser.parse(&text, None).unwrap();
    let end = &text[text.len() - 900..];
    assert!(!tree.root_node().has_error(), "{end}");
}

/// The words of a line as bash has them, which are broken at these signs.
fn broken(line: &str, breaks: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in line.split(' ') {
        words.push(String::new());
        for c in word.chars() {
            let last = words.last_mut().unwrap();
            let is_other = last.chars().any(|it| breaks.contains(it)) != breaks.contains(c);
            match !last.is_empty() && is_other {
                true => words.push(c.into()),
                false => last.push(c),
            }
        }
    }
    words
}

/// What bash offers at the end of a line, where it breaks words at these signs.
fn offered(words: &str, breaks: &str) -> Vec<String> {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("offered.bash");
    std::fs::write(&file, script("bash")).unwrap();
    let line = format!("ikecompat {words}");
    let parts = broken(&line, breaks);
    let (last, before) = (&parts[parts.len() - 1], &parts[parts.len() - 2]);
    let quoted = parts.iter().map(|it| format!("'{it}'"));
    let source = format!(
        "source {}; COMP_WORDBREAKS=$' \\t\\n;|&(<>{breaks}'; COMP_LINE='{line}'; COMP_POINT={}; \
         COMP_WORDS=({}); COMP_CWORD={}; _ikecompat ikecompat '{last}' '{before}'; \
         printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        file.display(),
        line.len(),
        quoted.collect::<Vec<_>>().join(" "),
        parts.len() - 1,
    );
    let done = Command::new("bash").args(["-c", &source]).output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(said.is_empty(), "{words}: {said}");
    let offered = String::from_utf8_lossy(&done.stdout);
    offered.lines().map(ToOwned::to_owned).collect()
}

/// What bash offers behind an option.
#[test]
fn bash_offers_clients_policies_and_formats() {
    for (words, expected) in [
        ("check a.yaml --clients ios-1", "ios-17"),
        ("check a.yaml --policy cnsa", "cnsa-2.0"),
        ("check a.yaml --engine strongswan@6.0", "strongswan@6.0.7"),
        ("check a.yaml --format sa", "sarif"),
        ("explain modp10", "modp1024"),
        ("recommend --format sw", "swanctl"),
        ("help ex", "explain"),
        ("check a.yaml --clients ios,wind", "ios,windows-10"),
        ("check a.yaml --clients ios,macos,ios-1", "ios,macos,ios-17"),
        ("recommend --groups mod", "modp2048"),
        ("recommend --groups modp2048,ecp2", "modp2048,ecp256"),
        ("--color always check a.yaml --clients ios-1", "ios-17"),
        (
            "check a.yaml --clients windows-10:req",
            "windows-10:require",
        ),
        (
            "check a.yaml --clients ios,windows-10:",
            "ios,windows-10:require",
        ),
        ("check a.yaml --clients=ios-1", "ios-17"),
        (
            "check a.yaml --clients=windows-10:req",
            "windows-10:require",
        ),
        ("check a.yaml --engine=strongswan@6.0", "strongswan@6.0.7"),
        ("check a.yaml --policy=", "cnsa-2.0"),
        ("--color=always check a.yaml --policy cnsa", "cnsa-2.0"),
        ("clients show windows-10:req", "windows-10:require"),
    ] {
        for breaks in [":=@", "@", ":=", ""] {
            let all = offered(words, breaks);
            // What stands before the last break is on the line already.
            let typed = words.rsplit(' ').next().unwrap();
            let typed = match typed.strip_prefix("--") {
                Some(option) => option.split_once('=').unwrap().1,
                None => typed,
            };
            let kept = typed.rfind(|c| breaks.contains(c)).map_or(0, |at| at + 1);
            let expected = &expected[kept..];
            assert!(
                all.iter().any(|it| it == expected),
                "{words}, {breaks}: {expected}: {all:?}"
            );
        }
    }
}

/// What fish offers, where it is at hand.
#[test]
fn fish_offers_words_behind_commas() {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("offered.fish");
    std::fs::write(&file, script("fish")).unwrap();
    for (words, expected) in [
        ("recommend --format sw", "swanctl"),
        ("help ex", "explain"),
        ("check a.yaml --clients wind", "windows-10"),
        ("check a.yaml --clients ios,wind", "ios,windows-10"),
        ("recommend --groups modp2048,ecp2", "modp2048,ecp256"),
        ("--color always check a.yaml --clients wind", "windows-10"),
        ("--color=always check a.yaml --clients wind", "windows-10"),
        ("--color always explain modp10", "modp1024"),
        ("--color always ex", "explain"),
    ] {
        let source = format!("source {}; complete -C 'ikecompat {words}'", file.display());
        let Ok(done) = Command::new("fish")
            .args(["--private", "-c", &source])
            .output()
        else {
            return;
        };
        let offered = String::from_utf8_lossy(&done.stdout);
        let is_offered = offered
            .lines()
            .any(|line| line.split('\t').next() == Some(expected));
        assert!(is_offered, "{words}: {offered}");
    }
}

/// zsh asks for a sequence of words where a list is taken.
#[test]
fn zsh_offers_words_behind_commas() {
    let script = script("zsh");
    let lists = script.matches(":LIST:{_sequence compadd - ").count();
    assert!(lists > 5, "{lists}");
    assert!(!script.contains(":LIST:("), "a list of one word only");
}
