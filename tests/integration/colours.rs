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
    let help = run(&[], &["--color", "always", "--help"], &[]);
    assert!(is_coloured(&help));
    assert!(!is_coloured(&run(&[], &["--help"], &[])));
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
