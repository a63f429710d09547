//! The way in: a file without a subcommand, help in all its forms, and slips of every kind of word.

use std::collections::HashSet;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use ikecompat::format::Format;

use crate::common::{ikecompat, path};

/// The files of a folder of the corpus that end in one of these.
fn corpus(folder: &str, endings: &[&str]) -> Vec<String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let folder = format!("tests/corpus/{folder}");
    let all = fs::read_dir(root.join(&folder)).unwrap();
    let names = all.filter_map(Result::ok).map(|it| it.file_name());
    let names = names.map(|name| format!("{folder}/{}", name.to_string_lossy()));
    let mut names: Vec<_> = names
        .filter(|name| endings.iter().any(|ending| name.ends_with(ending)))
        .collect();
    names.sort();
    assert!(!names.is_empty(), "{folder}");
    names
}

/// What the program says it did about a file.
fn said(file: &str) -> String {
    let run = ikecompat(&[file], "");
    let line = run.stderr.lines().find(|line| line.starts_with("this is "));
    line.unwrap_or(&run.stderr).to_owned()
}

/// What a file is called that says nothing of what is in it.
fn nameless(file: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("nameless");
    fs::create_dir_all(&folder).unwrap();
    let copy = folder.join(file.replace(['/', '.'], "-"));
    fs::copy(path(file), &copy).unwrap();
    copy.to_str().unwrap().to_owned()
}

#[test]
fn a_file_shows_what_is_meant() {
    let of = |folder: &str, endings: &[&str]| corpus(folder, endings);
    for (files, what, command) in [
        (of("logs", &[".log"]), "a log", "diagnose"),
        (
            of("logs/field", &[".log", ".txt", ".json"]),
            "a log",
            "diagnose",
        ),
        (of("logs", &[".pcap"]), "a capture", "diagnose"),
        (of("pcap", &[".pcap", ".pcapng"]), "a capture", "diagnose"),
        (
            of("certificates", &[".pem", ".der"]),
            "a certificate",
            "certificate",
        ),
        (
            of("embedded", &[".yaml", ".md", ".sh"]),
            "a file that holds strongSwan's",
            "check",
        ),
    ] {
        let of_others = |name: &String| !name.contains("/other-");
        for file in files.into_iter().filter(of_others) {
            let said = said(&nameless(&file));
            let line = format!("this is {what}");
            assert!(said.starts_with(&line), "{file}: {said}");
            assert!(
                said.contains(&format!("`ikecompat {command} ")),
                "{file}: {said}"
            );
        }
    }
}

/// Every format that is read is recognised as itself, whatever the file is called.
#[test]
fn every_format_shows_itself() {
    let mut seen = HashSet::new();
    for (format, files) in [
        (Format::Cisco, corpus("cisco", &[".cfg"])),
        (Format::Fortigate, corpus("fortios", &[".conf"])),
        (Format::Iked, corpus("iked", &[".conf"])),
        (
            Format::Intune,
            corpus("intune", &["e.json", "m.json", "4.json"]),
        ),
        (Format::IpsecConf, corpus("ipsec-conf", &[".conf"])),
        (Format::Libreswan, corpus("libreswan", &[".conf"])),
        (Format::Mikrotik, corpus("routeros", &[".rsc"])),
        (
            Format::Mobileconfig,
            corpus("mobileconfig", &[".mobileconfig"]),
        ),
        (Format::Nixos, corpus("nixos", &[".nix"])),
        (
            Format::Nmconnection,
            corpus("nmconnection", &[".nmconnection"]),
        ),
        (Format::OpnsenseXml, corpus("opnsense", &["backup.xml"])),
        (Format::PfsenseXml, corpus("pfsense", &["backup.xml"])),
        (Format::Powershell, corpus("powershell", &[".ps1"])),
        (Format::Profilexml, corpus("profilexml", &[".xml", ".ps1"])),
        (Format::Rasphone, corpus("rasphone", &[".pbk"])),
        (Format::Rras, vec![written(Format::Rras)]),
        (Format::ServerYaml, vec!["examples/server.yaml".to_owned()]),
        (Format::Sswan, corpus("sswan", &[".sswan"])),
        (Format::Swanctl, corpus("swanctl", &[".conf"])),
        (Format::Uci, corpus("uci", &[".uci"])),
        (Format::Vyos, corpus("vyos", &[".boot"])),
    ] {
        seen.insert(format);
        for file in files {
            let run = ikecompat(&[&nameless(&file)], "");
            let (ends, command) = match format.client() {
                Some(client) => ("client", format!("recommend --clients {client}=")),
                None => ("server", "check ".to_owned()),
            };
            let line = format!("this is {}, which configures a {ends}; ", format.title());
            assert!(run.stderr.contains(&line), "{file}: {}", run.stderr);
            assert!(
                run.stderr.contains(&format!("`ikecompat {command}")),
                "{file}: {}",
                run.stderr
            );
            assert!(run.status < 2, "{file}: {}", run.stderr);
        }
    }
    for format in Format::all_read() {
        assert!(seen.contains(&format), "{format}");
    }
}

/// Files that are none of a command's business, with what each is, and the command that reads it.
const STRANGERS: [(&str, &[u8], &str, &str); 8] = [
    (
        "sound.wav",
        b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0",
        "a recording of sound",
        "",
    ),
    (
        "screen.png",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        "a picture",
        "",
    ),
    (
        "howto.pdf",
        b"%PDF-1.7\n1 0 obj\n",
        "a PDF document",
        "pdftotext",
    ),
    (
        "conf.zip",
        b"PK\x03\x04\x14\0\0\0",
        "a ZIP archive",
        "unzip",
    ),
    (
        "events.evtx",
        b"ElfFile\0\0\0\0\0",
        "an event log of Windows in binary form",
        "wevtutil qe",
    ),
    (
        "server.key",
        b"-----BEGIN PRIVATE KEY-----\naGVsbG8=\n-----END PRIVATE KEY-----\n",
        "a private key",
        "give the certificate",
    ),
    (
        "noise",
        b"\x01\0\x02\0\xff\xfe\0\0",
        "a file in binary form",
        "",
    ),
    (
        "list.crl",
        b"-----BEGIN X509 CRL-----\n",
        "a list of revoked certificates",
        "",
    ),
];

/// A command that is given a file of another kind says what the file is and who reads it, in one line.
#[test]
fn a_file_of_another_kind_is_named() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("strangers");
    fs::create_dir_all(&folder).unwrap();
    let corpus = "tests/corpus";
    let mut files = Vec::new();
    for (name, bytes, what, help) in STRANGERS {
        let file = folder.join(name);
        fs::write(&file, bytes).unwrap();
        files.push((file.to_str().unwrap().to_owned(), what, help));
    }
    for (file, what, help) in [
        (
            "logs/eap-badpw-server-pfsense.log",
            "a log",
            "`ikecompat diagnose ",
        ),
        ("pcap/established.pcap", "a capture", "`ikecompat diagnose "),
        (
            "certificates/rsa-san-eku.pem",
            "a certificate",
            "`ikecompat certificate ",
        ),
        (
            "certificates/rsa-san-eku.der",
            "a certificate",
            "`ikecompat certificate ",
        ),
        (
            "swanctl/offices.conf",
            "strongSwan's `swanctl.conf`",
            "`ikecompat check ",
        ),
        (
            "sswan/phone.sswan",
            "a profile of the strongSwan app",
            "--clients android=",
        ),
        (
            "embedded/howto.md",
            "a file that holds strongSwan's",
            "`ikecompat check ",
        ),
    ] {
        files.push((format!("{corpus}/{file}"), what, help));
    }
    let commands: [(&[&str], &[&str]); 6] = [
        (&["check"], &["swanctl", "sswan", "howto.md"]),
        (&["lint"], &["swanctl", "sswan", "howto.md"]),
        (
            &["recommend", "--server"],
            &["swanctl", "sswan", "howto.md"],
        ),
        (&["diagnose"], &["a log", "a capture"]),
        (&["learn"], &["a log", "a capture"]),
        (&["certificate"], &["a certificate"]),
    ];
    for (command, own) in commands {
        for (file, what, help) in &files {
            if own.iter().any(|own| file.contains(own) || what == own) {
                continue;
            }
            let run = ikecompat(&[command, &[file.as_str()]].concat(), "");
            let told = (run.status, run.stdout.as_str(), run.stderr.lines().count());
            assert_eq!(told, (2, "", 1), "{command:?} {file}: {}", run.stderr);
            assert!(
                run.stderr.starts_with("error: "),
                "{command:?} {file}: {}",
                run.stderr
            );
            for words in [*what, help] {
                assert!(
                    run.stderr.contains(words),
                    "{command:?} {file}: {}",
                    run.stderr
                );
            }
        }
    }
}

/// What shows nothing of what it is is not explained by the rules of YAML.
#[test]
fn prose_is_no_broken_yaml() {
    for command in [
        &["check"][..],
        &["lint"],
        &["recommend", "--server"],
        &["convert", "--to", "swanctl"],
    ] {
        for file in ["LICENSE-MIT", "Cargo.toml"] {
            let run = ikecompat(&[command, &[file]].concat(), "");
            let said = run.stdout + &run.stderr;
            assert_eq!(run.status, 2, "{command:?} {file}: {said}");
            assert!(
                said.contains("shows by nothing that it is a configuration"),
                "{said}"
            );
            assert!(
                !said
                    .to_lowercase()
                    .replace("server.yaml", "")
                    .contains("yaml"),
                "{said}"
            );
        }
    }
    let slip = ikecompat(&["check", "-"], "phse1: [aes256-sha256-modp2048]\n");
    assert!(slip.stderr.contains("`phase1`"), "{}", slip.stderr);
}

/// A folder says what its files are that are passed over, and what reads them.
#[test]
fn a_folder_says_why_its_files_are_passed_over() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("folders");
    let _ = fs::remove_dir_all(&folder);
    let corpus = "tests/corpus";
    let log = "logs/eap-badpw-server-pfsense.log";
    for (name, files) in [
        (
            "logs",
            &[log, "pcap/established.pcap", "sswan/phone.sswan"][..],
        ),
        (
            "certificates",
            &[
                "certificates/rsa-san-eku.pem",
                "certificates/rsa-san-eku.der",
            ],
        ),
        ("nothing", &["iana/encr.csv"]),
        (
            "mixed",
            &["swanctl/offices.conf", log, "certificates/rsa-san-eku.pem"],
        ),
        ("hidden", &[]),
    ] {
        fs::create_dir_all(folder.join(name)).unwrap();
        for file in files {
            let own = file.rsplit('/').next().unwrap();
            fs::copy(
                path(&format!("{corpus}/{file}")),
                folder.join(name).join(own),
            )
            .unwrap();
        }
    }
    let at = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let nothing = "no configuration of a server was found";
    let of_pem = [
        "a certificate: ",
        "rsa-san-eku.der",
        "next: `ikecompat certificate ",
    ];
    for (call, status, says) in [
        (
            &["check", &at("logs")][..],
            2,
            &[
                nothing,
                "a log: ",
                "a capture: ",
                "a profile of the strongSwan app, which configures a client: ",
                "next: `ikecompat diagnose ",
            ][..],
        ),
        (
            &["lint", &at("logs")],
            2,
            &[nothing, "a log: ", "next: `ikecompat diagnose "],
        ),
        (&["check", &at("certificates")], 2, &of_pem),
        (&["diagnose", &at("certificates")], 2, &of_pem),
        (&[&at("certificates")], 2, &of_pem),
        (
            &[&at("nothing")],
            2,
            &[
                "nothing that is known here: ",
                "encr.csv",
                "next: name a file, or another folder",
            ],
        ),
        (
            &["check", &at("nothing")],
            2,
            &["nothing that is known here: ", "next: name a file"],
        ),
        (&["diagnose", &at("mixed")], 1, &["failed: "]),
        (
            &[&at("hidden")],
            2,
            &["it has no files that are not hidden"],
        ),
        (
            &["check", &at("mixed")],
            1,
            &[
                "2 other files skipped, as no configuration",
                "a log: ",
                "a certificate: ",
            ],
        ),
        (
            &["lint", &at("mixed")],
            1,
            &["2 other files skipped", "a log: ", "a certificate: "],
        ),
    ] {
        let run = ikecompat(call, "");
        let said = run.stdout + &run.stderr;
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(run.status, status, "{call:?}: {said}");
        for words in says {
            assert!(said.contains(words), "{call:?}: {words}: {said}");
        }
    }
    let json = ikecompat(&["check", "--format", "json", &at("mixed")], "");
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    let (counted, named) = (&json["skipped"], json["skipped_files"].as_array().unwrap());
    assert_eq!(counted.as_u64(), Some(named.len() as u64));
    assert_eq!(named[0]["what"], "a log");
    let command = named[0]["command"].as_str().unwrap();
    assert!(command.starts_with("ikecompat diagnose "), "{command}");
}

/// The profiles of clients, of which some have the words of a server or of a log.
fn profiles() -> Vec<PathBuf> {
    let folders = fs::read_dir(path("profiles/clients")).unwrap();
    let files = folders.flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap());
    let files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    assert!(files.len() > 50);
    files
}

/// No profile of a client is taken for anything else, and a folder of them not for one of servers.
#[test]
fn profiles_of_clients_are_recognised() {
    let wrong: Vec<_> = profiles()
        .iter()
        .map(|file| said(file.to_str().unwrap()))
        .filter(|said| !said.starts_with("this is a client profile; `ikecompat clients lint "))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(
        said("profiles/clients"),
        "this is a folder of client profiles; `ikecompat clients lint profiles/clients`"
    );
    let run = ikecompat(&["check", "profiles/clients"], "");
    assert_eq!(run.status, 2, "{}", run.stdout);
    assert!(run.stderr.contains("no configuration of a server"));
    assert!(!run.stderr.contains("error["), "{}", run.stderr);
}

/// A file that is given to the wrong command is told what it is, and what reads it, in one line.
#[test]
fn the_wrong_file_is_told_what_it_is() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("wrong-files");
    fs::create_dir_all(&folder).unwrap();
    let habits = folder.join(".ikecompat.yaml");
    fs::write(&habits, "clients: ios\n").unwrap();
    let habits = habits.to_str().unwrap();
    let policies = fs::read_dir(path("profiles/policies")).unwrap();
    let policies: Vec<String> = policies
        .map(|it| it.unwrap().path().to_str().unwrap().to_owned())
        .collect();
    let (server, log) = (
        "examples/before.yaml",
        "tests/corpus/logs/ok-eap-client-journal.log",
    );
    let mut calls: Vec<(Vec<&str>, &str)> = vec![
        (vec!["clients", "lint", server], "ikecompat check "),
        (vec!["clients", "lint", log], "ikecompat diagnose "),
        (vec!["clients", "lint", habits], "a file of habits"),
        (vec!["check", habits], "a file of habits"),
        (vec!["lint", habits], "a file of habits"),
        (vec!["diagnose", habits], "a file of habits"),
        (vec![habits], "a file of habits"),
        (
            vec!["check", server, "--profiles", log],
            "ikecompat diagnose ",
        ),
        (
            vec!["check", server, "--policy", server],
            "ikecompat check ",
        ),
    ];
    let profiles = profiles();
    let profiles = profiles.iter().step_by(9).map(|it| it.to_str().unwrap());
    for profile in profiles {
        for command in ["check", "lint", "diagnose", "certificate", "learn"] {
            calls.push((vec![command, profile], "ikecompat clients lint "));
        }
        calls.push((
            vec!["recommend", "--server", profile],
            "ikecompat clients lint ",
        ));
    }
    for policy in &policies {
        calls.push((vec!["check", policy], "--policy FILE"));
        calls.push((vec!["clients", "lint", policy], "--policy FILE"));
        calls.push((vec![policy], "--policy FILE"));
    }
    for (call, says) in calls {
        let run = ikecompat(&call, "");
        let lines = run.stderr.lines();
        let lines: Vec<_> = lines.filter(|it| !it.starts_with("note: taken")).collect();
        assert_eq!(run.status, 2, "{call:?}: {}", run.stdout);
        assert!(run.stdout.is_empty(), "{call:?}: {}", run.stdout);
        assert!(
            matches!(lines.as_slice(), [one] if one.starts_with("error: `") && one.contains(says)),
            "{call:?}: {lines:?}"
        );
    }
}

/// A file that is cut off, or that has nothing in it, is told so in plain words.
#[test]
fn what_is_cut_off_or_empty_is_said() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cut");
    fs::create_dir_all(&folder).unwrap();
    let put = |name: &str, bytes: &[u8]| {
        fs::write(folder.join(name), bytes).unwrap();
        folder.join(name).to_str().unwrap().to_owned()
    };
    let packed = |bytes: &[u8]| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    };
    let middle = "ends in the middle";
    for (file, is_packed, says) in [
        ("pfsense/backup.xml", false, middle),
        ("mobileconfig/office.mobileconfig", false, middle),
        ("sswan/phone.sswan", false, middle),
        ("profilexml/office.xml", false, middle),
        ("swanctl/offices.conf", true, middle),
        ("logs/eap-badpw-server-pfsense.log", true, middle),
        ("certificates/rsa-san-eku.der", false, "cut off"),
        ("certificates/rsa-san-eku.pem", false, "cut or broken"),
        ("pcap/established.pcap", false, "the capture ends inside it"),
    ] {
        let whole = fs::read(path(&format!("tests/corpus/{file}"))).unwrap();
        let whole = if is_packed { packed(&whole) } else { whole };
        let cut = put(&file.replace('/', "-"), &whole[..whole.len() * 6 / 10]);
        let run = ikecompat(&[&cut], "");
        assert!(
            run.stderr.contains(says),
            "{file}: {}{}",
            run.stdout,
            run.stderr
        );
    }
    for (name, bytes) in [("empty", &b""[..]), ("blank", b" \n\t\n")] {
        let file = put(name, bytes);
        for (call, says) in [
            (&[&*file][..], "there is nothing in `"),
            (&["check", &file], "says nothing about a server"),
            (&["lint", &file], "says nothing about a server"),
            (&["certificate", &file], "there is nothing in `"),
            (
                &[
                    "check",
                    "examples/after.yaml",
                    "--clients",
                    &format!("ios={file}"),
                ],
                "there is nothing in the file",
            ),
        ] {
            let run = ikecompat(call, "");
            assert_eq!(run.status, 2, "{call:?}");
            let said = run.stdout + &run.stderr;
            assert!(said.contains(says), "{call:?}: {said}");
        }
    }
    let empty = ikecompat(&["diagnose", folder.join("empty").to_str().unwrap()], "");
    assert!(
        empty.stderr.contains("there is nothing in it"),
        "{}",
        empty.stderr
    );
    let blank = ikecompat(&["diagnose", folder.join("blank").to_str().unwrap()], "");
    assert!(
        blank.stderr.contains("holds blanks alone"),
        "{}",
        blank.stderr
    );
}

/// A file that the program writes itself.
fn written(format: Format) -> String {
    let words = [
        "recommend",
        "--product",
        "rras",
        "--clients",
        "windows",
        "--format",
    ];
    let run = ikecompat(&[&words[..], &[&format.to_string()]].concat(), "");
    let file = format!("target/tmp/written-{format}");
    fs::create_dir_all(path("target/tmp")).unwrap();
    fs::write(path(&file), run.stdout).unwrap();
    file
}

/// Two files of which one is of a server are one question.
#[test]
fn two_files_are_one_question() {
    let server = "examples/before.yaml";
    for (other, command) in [
        (
            "tests/corpus/nmconnection/office.nmconnection",
            "check examples/before.yaml --clients linux=",
        ),
        (
            "tests/corpus/logs/eap-badpw-server-pfsense.log",
            "diagnose tests/corpus/logs/eap-badpw-server-pfsense.log --server examples/before.yaml",
        ),
        (
            "tests/corpus/certificates/rsa-san-eku.pem",
            "check examples/before.yaml --server-cert tests/corpus/certificates/rsa-san-eku.pem",
        ),
        ("examples/after.yaml", "check"),
    ] {
        for pair in [[server, other], [other, server]] {
            let run = ikecompat(&pair, "");
            assert!(
                run.stderr.contains(&format!("`ikecompat {command}")),
                "{}",
                run.stderr
            );
            assert!(run.status < 2, "{pair:?}: {}", run.stderr);
        }
    }
}

#[test]
fn what_is_recognised_is_done() {
    let run = ikecompat(&["examples/before.yaml", "--clients", "ios"], "");
    let same = ikecompat(&["check", "examples/before.yaml", "--clients", "ios"], "");
    assert_eq!((run.stdout, run.status), (same.stdout, same.status));
    let line = "this is `server.yaml`, which configures a server; `ikecompat check examples/before.yaml --clients ios`\n";
    assert!(run.stderr.contains(line), "{}", run.stderr);
    assert!(said("examples").contains("a folder of configurations"));
    assert!(said("tests/corpus/pcap").contains("a folder of logs or captures"));
    let quiet = ikecompat(&["-q", "examples/after.yaml"], "");
    assert_eq!(quiet.stderr, "");
    let neither = ikecompat(&["LICENSE-MIT"], "");
    assert_eq!(neither.status, 2);
    assert!(
        neither.stderr.contains("name the subcommand"),
        "{}",
        neither.stderr
    );
    let input = ikecompat(&["-"], "");
    assert!(
        input.stderr.contains("`ikecompat check -`"),
        "{}",
        input.stderr
    );
}

#[test]
fn a_certificate_alone_is_described() {
    let folder = "tests/corpus/certificates";
    let day = ["--at", "2026-11-30"];
    let run = |file: &str, more: &[&str]| {
        let file = format!("{folder}/{file}");
        let all: Vec<&str> = ["certificate", &file].into_iter().chain(day).collect();
        ikecompat(&[&all, more].concat(), "")
    };
    let good = run("rsa-san-eku.pem", &[]);
    assert_eq!(good.status, 0, "{}", good.stdout);
    for words in [
        "is known to refuse it",
        "extended key usage: serverAuth",
        "the name as subjectAltName",
    ] {
        assert!(good.stdout.contains(words), "{words}: {}", good.stdout);
    }
    let bad = run("rsa-no-san.pem", &["--clients", "ios-17"]);
    assert_eq!(bad.status, 1, "{}", bad.stdout);
    assert!(
        bad.stdout.contains("1 of 1 client would refuse it"),
        "{}",
        bad.stdout
    );
    assert!(bad.stdout.contains("[san-missing]"), "{}", bad.stdout);
}

/// A certificate in the place of another is told where it belongs, as the next step.
#[test]
fn a_certificate_in_the_wrong_place_is_told_where_it_belongs() {
    let of = |name: &str| format!("tests/corpus/certificates/{name}.pem");
    let (server, client) = (of("rsa-san-eku"), of("client-alice"));
    let day = ["--at", "2026-11-30"];
    for (options, says) in [
        (
            &["--server-cert", &client][..],
            "next: what `--server-cert` names is a client's",
        ),
        (
            &["--client-cert", &server],
            "next: what `--client-cert` names is a server's",
        ),
        (
            &["--server-cert", &client, "--client-cert", &server],
            "next: exchange the files of",
        ),
        (
            &["--server-cert", &server, "--client-cert", &client],
            "next: ",
        ),
    ] {
        let check = ["check", "examples/after.yaml", "--clients", "ios"];
        let run = ikecompat(&[&check, &day[..], options].concat(), "");
        let flat = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(says), "{options:?}: {flat}");
        let plan = ikecompat(&[&["recommend"][..], &day, options].concat(), "");
        let is_misplaced = says != "next: ";
        let said = plan.stderr.contains("warning: ");
        assert_eq!(said, is_misplaced, "{options:?}: {}", plan.stderr);
    }
    for (file, option) in [(&server, "--server-cert"), (&client, "--client-cert")] {
        let run = ikecompat(&[&["certificate", file.as_str()][..], &day].concat(), "");
        let flat = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        let next = format!("next: with the server: `ikecompat check SERVER {option} {file}`");
        assert!(flat.contains(&next), "{flat}");
    }
}

#[test]
fn help_and_version_are_words_too() {
    for (words, option) in [
        (&["help"][..], &["--help"][..]),
        (&["help", "check"], &["check", "--help"]),
        (&["help", "clients", "show"], &["clients", "show", "--help"]),
        (&["version"], &["--version"]),
    ] {
        let run = ikecompat(words, "");
        assert_eq!(run.status, 0, "{words:?}: {}", run.stderr);
        assert_eq!(run.stdout, ikecompat(option, "").stdout, "{words:?}");
    }
    let slip = ikecompat(&["help", "chek"], "");
    assert_eq!(slip.status, 2);
    assert!(
        slip.stderr.contains("did you mean `check`?"),
        "{}",
        slip.stderr
    );
}

#[test]
fn a_slip_is_answered_by_the_nearest_right_word() {
    let server = "examples/before.yaml";
    for (call, near) in [
        (&["chek", server][..], "`check`"),
        (&["check", server, "--client", "ios"], "--clients"),
        (&["check", server, "--clients", "andriod"], "`android`"),
        (&["check", server, "--format", "markdwon"], "markdown"),
        (&["check", server, "--policy", "rfc8427"], "`rfc8247`"),
        (
            &["check", server, "--engine", "strongwsan@6.0.1"],
            "`strongswan@6.0.1`",
        ),
        (&["recommend", "--product", "pfsens"], "pfsense"),
        (&["recommend", "--prefer", "securty"], "security"),
        (&["recommend", "--format", "swanctrl"], "`swanctl`"),
        (&["recommend", "--auth", "eap-tsl"], "eap-tls"),
        (&["lint", server, "--allow", "weak-entyr"], "`weak-entry`"),
        (&["explain", "modp1204"], "`modp1024`"),
        (&["clients", "shwo", "ios"], "show"),
        (&["check", "examples/befor.yaml"], "`examples/before.yaml`"),
        (
            &["diagnose", "examples/befor.yaml"],
            "`examples/before.yaml`",
        ),
        (&["examples/befor.yaml"], "`examples/before.yaml`"),
        (&["convert", server, "--to", "swanclt"], "swanctl"),
        (&["schema", "sever"], "server"),
    ] {
        let run = ikecompat(call, "");
        assert_eq!(run.status, 2, "{call:?}: {}", run.stdout);
        assert!(run.stderr.contains(near), "{call:?}: {}", run.stderr);
        assert!(
            !run.stderr.contains("variant not found"),
            "{call:?}: {}",
            run.stderr
        );
    }
}

/// What is wrong with a call is said in the program's words, with the right word beside it.
#[test]
fn a_wrong_call_is_answered_by_the_right_word() {
    let server = "examples/after.yaml";
    for (call, what, help) in [
        (
            &["check", "--clinets", "osx", server][..],
            "error: there is no option `--clinets` here",
            "did you mean `--clients`?",
        ),
        (
            &["check", server, "--format", "jsn"],
            "error: `jsn` is no value of `--format`",
            "did you mean `json`?",
        ),
        (
            &["check", server, "--engine", "strongswn"],
            "`strongswn` is no engine and no product with one inside",
            "did you mean `strongswan@VERSION`?",
        ),
        (
            &["check"],
            "error: `<SERVER>` is missing",
            "`ikecompat check --help` says what it takes",
        ),
        (
            &["recommend", "--clients"],
            "error: `--clients` lacks its value",
            "`ikecompat recommend --help` says what it takes",
        ),
        (
            &["recommend", "--min-bits", "many"],
            "error: `--min-bits`: `many` is no number, or out of range",
            "`ikecompat recommend --help` says what it takes",
        ),
        (
            &["check", server, "--clients", "osx", "--clients", "ios"],
            "error: `--clients` can be given once",
            "`ikecompat check --help` says what it takes",
        ),
        (
            &["check", server, "--verbose=3"],
            "error: `--verbose` takes no value",
            "`ikecompat check --help` says what it takes",
        ),
    ] {
        let run = ikecompat(call, "");
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{call:?}");
        assert!(run.stderr.contains(what), "{call:?}: {}", run.stderr);
        assert!(run.stderr.contains(help), "{call:?}: {}", run.stderr);
        for library in ["Usage:", "tip:", "possible values", "try '--help'"] {
            assert!(!run.stderr.contains(library), "{call:?}: {}", run.stderr);
        }
    }
}
