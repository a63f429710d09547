//! Configurations that are packed by gzip, in a tar, or in UTF-16: they are opened wherever a
//! configuration may be given, and places are named inside of them.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::common::{Run, ikecompat};

const MAIN: &str = "include conf.d/*.conf\n";
const CONNECTION: &str = "connections {\n  office {\n    proposals = aes256-sha256-modp2048\n    \
     pools = all\n    remote_addrs = %any\n    children {\n      net {\n        \
     esp_proposals = aes256-sha256\n      }\n    }\n  }\n}\n";
const SECRETS: &str = "secrets {\n  ike-a {\n    secret = hunter2\n  }\n}\n";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn tar(files: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o600);
        header.set_cksum();
        builder
            .append_data(&mut header, path, text.as_bytes())
            .unwrap();
    }
    builder.into_inner().unwrap()
}

/// A folder for the files of one test, which goes with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ikecompat-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn put(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.0.join(name);
        fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn check(path: &str) -> Run {
    ikecompat(
        &["check", path, "--clients", "windows-10:dh2048-2,android"],
        "",
    )
}

#[test]
fn a_packed_configuration_is_the_one_inside() {
    let folder = Folder::new("packed");
    let plain = check(&folder.put("swanctl.conf", CONNECTION.as_bytes()));
    assert_ne!(plain.status, 2, "{}", plain.stderr);
    // Below the table the name of the file stands.
    let table = |run: &Run| {
        let lines = run.stdout.lines().skip(1).take(4);
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let wide = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        CONNECTION.encode_utf16().flat_map(unit).collect()
    };
    let etc = [
        ("./etc/swanctl/swanctl.conf", MAIN),
        ("./etc/swanctl/conf.d/office.conf", CONNECTION),
        ("./etc/swanctl/conf.d/secrets.conf", SECRETS),
        ("./etc/swanctl/private/key.pem", "hunter2"),
    ];
    let absolute = "include /etc/swanctl/conf.d/*.conf\n";
    for (name, bytes) in [
        ("a.conf.gz", gzip(CONNECTION.as_bytes())),
        ("little.conf", wide(u16::to_le_bytes)),
        ("big.conf", wide(u16::to_be_bytes)),
        ("etc.tar", tar(&etc)),
        ("etc.tar.gz", gzip(&tar(&etc))),
        (
            "twice.gz",
            gzip(&tar(&[
                ("swanctl.conf", MAIN),
                ("conf.d/a.conf", CONNECTION),
            ])),
        ),
        (
            "one.tar",
            tar(&[("readme.txt", "hello\n"), ("office.conf", CONNECTION)]),
        ),
        (
            "conf.d.tar",
            tar(&[("conf.d/a.conf", CONNECTION), ("conf.d/b.conf", SECRETS)]),
        ),
        (
            "absolute.tar",
            tar(&[
                ("etc/swanctl/swanctl.conf", absolute),
                ("etc/swanctl/conf.d/a.conf", CONNECTION),
            ]),
        ),
    ] {
        let run = check(&folder.put(name, &bytes));
        assert_eq!(
            (run.status, table(&run)),
            (plain.status, table(&plain)),
            "{name}: {}",
            run.stderr
        );
        assert!(!(run.stdout + &run.stderr).contains("hunter"), "{name}");
    }
}

#[test]
fn places_are_named_inside_of_the_archive() {
    let folder = Folder::new("places");
    let slip = CONNECTION.replace("modp2048", "modp2084");
    let path = folder.put(
        "etc.tar.gz",
        &gzip(&tar(&[
            ("swanctl/swanctl.conf", MAIN),
            ("swanctl/conf.d/office.conf", &slip),
        ])),
    );
    let run = ikecompat(&["lint", &path], "");
    assert_eq!(run.status, 2);
    let place = format!("{path}:swanctl/conf.d/office.conf:3:31");
    assert!(run.stdout.contains(&place), "{}", run.stdout);
    assert!(
        run.stdout.contains("did you mean `modp2048`?"),
        "{}",
        run.stdout
    );
}

#[test]
fn every_command_that_takes_a_configuration_opens_them() {
    let folder = Folder::new("commands");
    let server = folder.put("etc.tgz", &gzip(&tar(&[("swanctl.conf", CONNECTION)])));
    let script = fs::read("tests/corpus/powershell/work.ps1").unwrap();
    let client = format!("windows-10={}", folder.put("work.ps1.gz", &gzip(&script)));
    let tar = tar(&[
        ("a/work.ps1", std::str::from_utf8(&script).unwrap()),
        ("a/note.txt", "x"),
    ]);
    let packed = format!("windows-10={}", folder.put("work.tar", &tar));
    for arguments in [
        &["check", &server, "--clients", &client][..],
        &["check", &server, "--clients", &packed],
        &["lint", &server],
        &["convert", &server, "--to", "server-yaml"],
        &["recommend", "--server", &server, "--clients", &client],
    ] {
        let run = ikecompat(arguments, "");
        assert_ne!(run.status, 2, "{arguments:?}: {}", run.stderr);
    }
    // In a folder it is one of the files.
    let run = ikecompat(
        &[
            "check",
            &folder.0.display().to_string(),
            "--clients",
            "android",
        ],
        "",
    );
    assert!(
        run.stdout.contains("etc.tgz:swanctl.conf"),
        "{}{}",
        run.stdout,
        run.stderr
    );
}

#[test]
fn what_cannot_be_unpacked_is_named_in_one_line() {
    let folder = Folder::new("damaged");
    let whole = gzip(&tar(&[("swanctl.conf", CONNECTION)]));
    let mut broken = tar(&[("swanctl.conf", CONNECTION)]);
    broken[124..136].copy_from_slice(b"zzzzzzzzzzz\0");
    let several = [
        ("a.conf", CONNECTION),
        ("b/config.xml", "<pfsense><ipsec/></pfsense>"),
    ];
    for (name, bytes, said) in [
        (
            "cut.tgz",
            whole[..whole.len() / 2].to_vec(),
            "is packed by gzip and ends in the middle",
        ),
        ("broken.tar", broken, "is damaged"),
        (
            "a.zip",
            b"PK\x03\x04abc".to_vec(),
            "is a ZIP archive, which is not read",
        ),
        (
            "a.xz",
            b"\xfd7zXZ\0abc".to_vec(),
            "is packed by xz, which is not read",
        ),
        (
            "empty.tar",
            tar(&[("note.txt", "hello\n")]),
            "none of the 1 files",
        ),
        (
            "several.tar",
            tar(&several),
            "several configurations: a.conf, b/config.xml",
        ),
        (
            "bomb.gz",
            gzip(&vec![b'#'; 65 << 20]),
            "is larger than 64 MiB",
        ),
    ] {
        let run = check(&folder.put(name, &bytes));
        assert_eq!((run.status, &*run.stdout), (2, ""), "{name}");
        assert!(run.stderr.contains(said), "{name}: {}", run.stderr);
        assert_eq!(run.stderr.lines().count(), 1, "{name}: {}", run.stderr);
    }
    // Nobody named them, so they are no mistake.
    folder.put("office.conf", CONNECTION.as_bytes());
    for name in [
        "broken.tar",
        "several.tar",
        "a.zip",
        "bomb.gz",
        "cut.tgz",
        "a.xz",
        "empty.tar",
    ] {
        assert!(Path::new(&folder.0).join(name).exists());
    }
    let run = ikecompat(
        &[
            "check",
            &folder.0.display().to_string(),
            "--clients",
            "android",
        ],
        "",
    );
    assert_ne!(run.status, 2, "{}", run.stderr);
}

/// A path that leads out of the archive names what is in it, and nothing on the disk.
#[test]
fn nothing_but_the_archive_is_looked_at() {
    let folder = Folder::new("outside");
    folder.put("office.conf", CONNECTION.as_bytes());
    let main = "include ../../office.conf\n";
    let path = folder.put("etc.tar", &tar(&[("swanctl/swanctl.conf", main)]));
    let run = check(&path);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("it is not in the archive"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_client_includes_from_its_archive() {
    let folder = Folder::new("client-archive");
    let client = "connections {\n  home {\n    version = 2\n    vips = 0.0.0.0\n    remote_addrs = vpn.example.com\n    \
        proposals = aes256-sha256-modp2048\n    local {\n      auth = eap-mschapv2\n    }\n    children {\n      net {\n        \
        esp_proposals = aes128gcm16\n      }\n    }\n  }\n}\n";
    let packed = gzip(&tar(&[
        ("etc/swanctl/swanctl.conf", MAIN),
        ("etc/swanctl/conf.d/home.conf", client),
    ]));
    let client = folder.put("laptop.tgz", &packed);
    let server = folder.put("server.conf", CONNECTION.as_bytes());
    let archived = folder.put("server.tar", &tar(&[("swanctl.conf", CONNECTION)]));
    for server in [server, archived] {
        let run = ikecompat(
            &[
                "check",
                &server,
                "--clients",
                &format!("linux={client}"),
                "-v",
            ],
            "",
        );
        assert!(
            run.stdout.contains("the client offers aes128gcm16"),
            "{}{}",
            run.stdout,
            run.stderr
        );
        assert!(!run.stderr.contains("not-included"), "{}", run.stderr);
    }
}
