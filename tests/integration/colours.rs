//! Colours mean something, in every report, and only where they are wished.

use crate::common::{Run, ikecompat_with};

const CALLS: [&[&str]; 9] = [
    &["check", "examples/before.yaml"],
    &[
        "check",
        "examples/before.yaml",
        "--after",
        "examples/after.yaml",
    ],
    &["recommend", "--server", "examples/before.yaml"],
    &["diagnose", "tests/corpus/logs/eap-badpw-server-pfsense.log"],
    &["lint", "examples/before.yaml"],
    &["clients", "list"],
    &["clients", "show", "ios-26"],
    &["explain", "modp1024"],
    &["clients", "compare", "ios-17", "macos-14"],
];

fn run(variables: &[(&str, &str)], call: &[&str], more: &[&str]) -> Run {
    let all: Vec<&str> = call.iter().chain(more).copied().collect();
    ikecompat_with(variables, &all, "")
}

fn is_coloured(run: &Run) -> bool {
    run.stdout.contains('\u{1b}')
}

/// The text without escape sequences.
fn plain(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + part.split_once('m').map_or(part, |(_, rest)| rest)
    })
}

#[test]
fn every_report_is_coloured_where_that_is_wished() {
    for call in CALLS {
        let pipe = run(&[], call, &[]);
        assert!(!is_coloured(&pipe), "{call:?}");
        for (variables, more, wished) in [
            (&[][..], &["--color", "always"][..], true),
            (&[("CLICOLOR_FORCE", "1")], &[], true),
            (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &[], false),
            (&[("CLICOLOR_FORCE", "1")], &["--color=never"], false),
            (&[("TERM", "dumb")], &[], false),
        ] {
            let run = run(variables, call, more);
            assert_eq!(is_coloured(&run), wished, "{call:?} {variables:?} {more:?}");
            assert_eq!(plain(&run.stdout), pipe.stdout, "the words are the same");
        }
    }
}

#[test]
fn an_agreement_on_what_is_weak_is_not_green() {
    let call = [
        "check",
        "examples/before.yaml",
        "--clients",
        "windows-10:require",
        "--color",
        "always",
    ];
    let run = run(&[("COLUMNS", "160")], &call, &[]);
    let (red, green) = (
        "\u{1b}[31maes256-sha256-modp1024",
        "\u{1b}[32maes256-sha256-modp1024",
    );
    assert!(
        run.stdout.contains(red) && !run.stdout.contains(green),
        "{}",
        run.stdout
    );
}

/// Help, errors and warnings obey the same wishes, wherever the option stands.
#[test]
fn help_and_complaints_are_coloured_as_reports_are() {
    for (call, out) in [
        (&["--help"][..], true),
        (&["check", "--help"], true),
        (&["help", "check"], true),
        (&["check", "--nope"], false),
        (&["check", "nowhere.yaml"], false),
        (&["explain", "no-such-word"], false),
        (&["check", "examples/before.yaml", "--format", "csv"], false),
    ] {
        let seen = |variables: &[(&str, &str)], more: &[&str]| {
            let run = run(variables, more, call);
            if out { run.stdout } else { run.stderr }
        };
        let pipe = seen(&[], &[]);
        assert!(!pipe.contains('\u{1b}'), "{call:?}");
        for (variables, more, wished) in [
            (&[][..], &["--color", "always"][..], true),
            (&[], &["--color=always"], true),
            (&[("CLICOLOR_FORCE", "1")], &[], true),
            (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &[], false),
            (&[("NO_COLOR", "1")], &["--color=always"], true),
            (&[("CLICOLOR_FORCE", "1")], &["--color=never"], false),
            (&[("TERM", "dumb")], &[], false),
        ] {
            let text = seen(variables, more);
            assert_eq!(
                text.contains('\u{1b}'),
                wished,
                "{call:?} {variables:?} {more:?}: {text}"
            );
            assert_eq!(plain(&text), pipe, "{call:?}");
        }
    }
}

/// A word has the colour of what it means where it stands; the same word in a sentence has none.
#[test]
fn a_word_is_coloured_for_its_meaning() {
    let always = ["--color", "always"];
    let run = run(&[], &["explain", "refused"], &[]);
    let coloured = self::run(&[], &["--color", "always", "explain", "refused"], &[]);
    assert_eq!(run.stdout, coloured.stdout, "prose has no colour");
    let all = self::run(
        &[],
        &["check", "examples/after.yaml", "--clients", "ios"],
        &always,
    );
    assert!(
        all.stdout.contains("\u{1b}[32m1 of 1 client connects"),
        "{}",
        all.stdout
    );
    let some = self::run(&[], &["check", "examples/before.yaml"], &always);
    assert!(
        some.stdout
            .contains("\u{1b}[31m2 of 7 clients connect; 5 refused"),
        "{}",
        some.stdout
    );
    let json = self::run(
        &[],
        &["check", "examples/before.yaml", "--format", "json"],
        &always,
    );
    for mark in ['\u{1b}', '\u{2061}', '\u{2062}', '\u{2063}', '\u{2064}'] {
        assert!(!json.stdout.contains(mark));
    }
}

/// No report has the marks that stand for tones, with colours or without.
#[test]
fn no_mark_of_a_tone_is_left() {
    for call in CALLS {
        for more in [&[][..], &["--color", "always"], &["-v"]] {
            let run = run(&[], call, more);
            let marks = run.stdout.chars().chain(run.stderr.chars());
            assert!(
                !marks
                    .into_iter()
                    .any(|c| ('\u{2061}'..='\u{2064}').contains(&c)),
                "{call:?}"
            );
        }
    }
}

/// No report has a colour that cannot be read on a light or on a dark ground: yellow, blue, cyan, white, or a bright one.
#[test]
fn every_colour_can_be_read_on_any_ground() {
    let wrong_file: &[&str] = &["check", "tests/corpus/server-yaml/broken"];
    for call in CALLS.iter().chain([&wrong_file]) {
        let run = run(&[], call, &["--color", "always"]);
        let text = run.stdout + &run.stderr;
        let codes = text.split("\u{1b}[").skip(1);
        let codes = codes.filter_map(|part| Some(part.split_once('m')?.0));
        for code in codes.flat_map(|code| code.split(';')) {
            let is_plain = ["", "0", "1", "4", "31", "32", "35"].contains(&code);
            assert!(is_plain, "{call:?}: {code}");
        }
    }
}
