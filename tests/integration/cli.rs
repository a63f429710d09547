//! Exit status, streams, usage.

use std::fs;
use std::path::PathBuf;

use crate::common::ikecompat;

#[test]
fn status_follows_the_answer_whatever_the_format() {
    for format in ["table", "json"] {
        let status = |clients: &str, extra: &[&str]| {
            let mut arguments = vec![
                "check",
                "examples/after.yaml",
                "--clients",
                clients,
                "--format",
                format,
            ];
            arguments.extend(extra);
            ikecompat(&arguments, "").status
        };
        assert_eq!(status("osx,android", &[]), 0);
        assert_eq!(status("osx,windows", &[]), 1);
        assert_eq!(status("osx,windoze", &[]), 2);
    }
    assert_eq!(ikecompat(&["recommend", "--clients", "osx"], "").status, 0);
    assert_eq!(ikecompat(&["clients", "show", "osx"], "").status, 0);
}

#[test]
fn what_cannot_be_answered_goes_to_standard_error() {
    let run = ikecompat(&["check", "no-such-file.yaml"], "");
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(
        run.stderr
            .starts_with("error: cannot open `no-such-file.yaml`: "),
        "{}",
        run.stderr
    );

    let run = ikecompat(
        &[
            "check",
            "examples/after.yaml",
            "--clients",
            "windoze-10,oxs",
        ],
        "",
    );
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert_eq!(
        run.stderr,
        "error: there is no client `windoze-10`\n  = help: did you mean `windows-10`?\n\
         error: there is no client `oxs`\n  = help: did you mean `osx`?\n"
    );
    assert_eq!(ikecompat(&["chek"], "").status, 2);
    assert_eq!(ikecompat(&["explain", "modp1025"], "").status, 2);
}

#[test]
fn help_and_version_are_answers() {
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["check", "--help"],
        &["recommend", "-h"],
    ] {
        let run = ikecompat(arguments, "");
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{arguments:?}");
    }
}

#[test]
fn a_server_may_come_from_standard_input() {
    let yaml = "phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]\n";
    let run = ikecompat(&["check", "-", "--clients", "osx"], yaml);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
}

#[test]
fn a_tunnel_that_dies_at_the_first_rekeying_is_no_success() {
    let yaml = "phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256-modp2048]\n";
    let run = ikecompat(&["check", "-", "--clients", "macos-13"], yaml);
    assert_eq!(run.status, 1);
    assert!(
        run.stdout
            .contains("connects, and loses the tunnel when keys are renewed"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("turn PFS off"), "{}", run.stdout);
    let never = "rekey: {child: 0}\nphase1: [aes256-sha1-modp1024]\nphase2: [aes256-sha1]\n";
    let run = ikecompat(
        &["check", "-", "--clients", "windows", "--format", "json"],
        never,
    );
    assert!(
        run.stdout.contains("\"verdict\": \"not-used\""),
        "{}",
        run.stdout
    );
}

#[test]
fn output_does_not_change_from_run_to_run() {
    let run = || ikecompat(&["check", "examples/before.yaml", "--format", "json"], "").stdout;
    assert_eq!(run(), run());
}

#[test]
fn a_manual_page_names_the_program_that_it_belongs_to() {
    let run = ikecompat(&["man", "check"], "");
    let title = run.stdout.lines().find(|line| line.starts_with(".TH"));
    let version = concat!("\"ikecompat ", env!("CARGO_PKG_VERSION"), "\"");
    assert_eq!(run.status, 0);
    assert!(
        title.is_some_and(|line| line.contains(version)),
        "{title:?}"
    );
}

#[test]
fn all_manual_pages_are_written_at_once() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("man-all");
    let _ = fs::remove_dir_all(&folder);
    let run = ikecompat(&["man", "--all", folder.to_str().unwrap()], "");
    assert_eq!(run.status, 0, "{}", run.stderr);
    for (page, typed) in [
        ("ikecompat.1", "ikecompat check server.yaml"),
        ("ikecompat-check.1", "\\-\\-compare\\-engine"),
        ("ikecompat-clients-show.1", "ikecompat clients show ios"),
    ] {
        let text = fs::read_to_string(folder.join(page)).unwrap();
        for section in ["EXAMPLES", "EXIT STATUS", "FILES", "ENVIRONMENT"] {
            let heading = text.lines().any(|line| {
                let title = line.strip_prefix(".SH ");
                title.is_some_and(|title| title.trim_matches('"') == section)
            });
            assert!(heading, "{page}: no {section}\n{text}");
        }
        assert!(text.contains(typed), "{page}: {typed}\n{text}");
    }
}

#[test]
fn shells_are_offered_every_kind_of_word() {
    for shell in ["bash", "zsh", "fish"] {
        let run = ikecompat(&["completions", shell], "");
        assert_eq!(run.status, 0, "{}", run.stderr);
        for word in [
            "strongswan-android-2.4.1",
            "libreswan@5.4",
            "rfc8247",
            "weak-entry",
            "modp1024",
            "swanctl",
            "opnsense",
            "few-entries",
        ] {
            assert!(run.stdout.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn help_fits_a_screen_and_says_how_it_is_used() {
    let pages = ikecompat(&["--help"], "").stdout;
    let commands = pages
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1);
    let commands = commands.take_while(|line| !line.is_empty());
    let names: Vec<&str> = commands
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(names.len() > 15, "{names:?}");
    for name in names {
        let help = ikecompat(&[name, "--help"], "").stdout;
        for heading in ["Examples:", "Exit status:", "Options of every subcommand:"] {
            assert!(
                help.lines().any(|line| line == heading),
                "{name}: {heading}\n{help}"
            );
        }
        for line in help.lines() {
            // What is typed is copied in one piece.
            let typed = line.contains("ikecompat ");
            assert!(typed || line.chars().count() <= 80, "{name}: {line}");
        }
    }
}

#[test]
fn one_line_of_a_log_is_not_a_range() {
    let log = "\
Jul 28 22:55:03 mac neagent[14562]: Failed to create IKE Auth packet
Jul 28 23:03:44 05[TLS] <con1|66> no trusted certificate found for '192.0.2.7' to verify TLS peer
";
    let run = ikecompat(&["diagnose", "-"], log);
    assert_eq!(run.status, 1, "{}", run.stdout);
    let says = |words: &str| assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    says("the identity that the client claims: 192.0.2.7, its IP address");
    says("1 attempt, line 1: failed, cert_identity");
    says("1 attempt, line 2: failed, cert_identity");
}

#[test]
fn errors_of_the_protocol_are_explained() {
    for (notify, about) in [
        ("NO_PROPOSAL_CHOSEN", "proposals"),
        ("received NO_PROPOSAL_CHOSEN notify error", "proposals"),
        ("INVALID_KE_PAYLOAD", "group"),
        ("AUTHENTICATION_FAILED", "identity"),
        ("TS_UNACCEPTABLE", "traffic selectors"),
    ] {
        let run = ikecompat(&["explain", notify], "");
        assert_eq!(run.status, 0, "{notify}: {}", run.stderr);
        assert!(run.stdout.contains(about), "{notify}: {}", run.stdout);
    }
    assert_eq!(ikecompat(&["explain", "NO_SUCH_NOTIFY"], "").status, 2);
}

/// By name in any case, by number, and as logs shorten it: always the same article of one table.
#[test]
fn a_notify_is_explained_by_each_of_its_names() {
    let told = |topic: &str| {
        let run = ikecompat(&["explain", topic], "");
        assert_eq!(run.status, 0, "{topic}: {}", run.stderr);
        run.stdout
    };
    for (name, number, short) in [
        ("NO_PROPOSAL_CHOSEN", "14", "N(NO_PROP)"),
        ("INVALID_KE_PAYLOAD", "17", "N(INVAL_KE)"),
        ("AUTHENTICATION_FAILED", "24", "AUTH_FAILED"),
        ("INTERNAL_ADDRESS_FAILURE", "36", "INT_ADDR_FAIL"),
        ("TS_UNACCEPTABLE", "38", "n(ts_unaccept)"),
        ("INVALID_SYNTAX", "7", "INVAL_SYN"),
        ("TEMPORARY_FAILURE", "43", "TEMP_FAIL"),
        ("COOKIE", "16390", "N(COOKIE)"),
        ("ADDITIONAL_KEY_EXCHANGE", "16441", "ADD_KE"),
    ] {
        let article = told(&format!("notify {number}"));
        assert!(article.starts_with(&format!("{name}\n")), "{article}");
        assert!(
            article.contains(&format!("notify type   {number}\n")),
            "{article}"
        );
        let words = name.replace('_', " ").to_lowercase();
        for topic in [
            name,
            &name.to_lowercase(),
            &name.replace('_', "-"),
            number,
            short,
            &words,
        ] {
            assert!(
                told(topic).contains(article.trim_end()),
                "{topic}: {}",
                told(topic)
            );
        }
    }
    // Every number of the registry that is known has an article, and every error says what to do.
    for number in (1..49).chain(16384..16447) {
        let run = ikecompat(&["explain", &format!("notify {number}")], "");
        let is_error = run.stdout.contains("error: the exchange");
        let says = run.stdout.contains("IANA, registry");
        assert!(
            run.status == 2 || !is_error || !says || [42, 45, 46, 48, 49].contains(&number),
            "{number}"
        );
    }
}

/// `ikecompat … 2>&1 | head -1` is no reason to panic.
#[test]
fn a_standard_error_that_nobody_reads_is_no_failure() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_ikecompat"))
        .args(["check", "no/such/file.yaml"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_clear()
        .stderr(writer)
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(2));
}
