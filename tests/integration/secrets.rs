//! No secret is ever shown, wherever it stands and however the file is broken.
//!
//! A token takes the place of keys, values and comments of the files of the corpus, one at a time; the
//! file is broken near it; and what the readers and the commands say is searched for the token. Names,
//! addresses, identities and algorithms are shown on purpose, so nothing is planted there.
//!
//! `cargo test` takes a sample, another one with each seed in `IKECOMPAT_SEED`;
//! `IKECOMPAT_EVERY_SECRET=1` takes all places, `IKECOMPAT_SHARED=<folder>` the files of a folder as
//! well.

use std::fs;
use std::path::{Path, PathBuf};

use ikecompat::diag::{Diagnostic, Sources, Style};
use ikecompat::format::Format;

use crate::common::ikecompat;
use crate::readers::{read_as, read_client};

/// What is planted. It is no slip of any word.
const TOKEN: &str = "ZQX7041TOKENzqx";

/// Keys whose values are shown on purpose: names, addresses, identities and algorithms.
const SHOWN: &[&str] = &[
    "add",
    "set",
    "ah",
    "ah_proposals",
    "address",
    "connection_name",
    "conn",
    "crypto",
    "esp",
    "esp_proposals",
    "ike",
    "ikev2",
    "phase2alg",
    "id",
    "left",
    "leftid",
    "leftsubnet",
    "local_addrs",
    "name",
    "proposals",
    "remote_addrs",
    "remote_id",
    "right",
    "rightid",
];

/// Parts of lines that hold names, addresses, identities or algorithms in formats without `=`.
const SHOWN_PARTS: &[&str] = &[
    " proposal ", // the name that a policy of Cisco's takes
    "_algorithm '",
    "crypto_proposal '",
    "_subnet '",
    "addrs '",
    "gateway '",
    "prefix ",     // a network of VyOS
    "encryption ", // an algorithm of Cisco's or VyOS'
    "edit \"",     // the name of a connection of a FortiGate
    "dh_group '",
    "swanctl.connections.",
    "local.",
    "remote.",
    "enc-algorithm",
    "profile=",
    "split-include",
    "aes-256-cbc",
    "policy-template",
    "mode-config=",
    "lifetime=",
    "-", // an entry of a list of proposals in YAML
    " peer ",
    "from any",
    "from $lan",
    "from 1",
    "<algorithm",
    "<descr",
    "<encryption",
    "<hash",
    "<dhgroup",
    "<local_addrs",
    "<remote_addrs",
    "<myid_data",
    "<name",
    "<pfs",
    "<prf",
    "<proposals",
    "<esp_proposals",
    "<remote-gateway",
    "<Servers",
    "&lt;Servers",
    "NativeProfile/Servers",
    "vpn.example.com",
    "<LocURI",
    "\"address\"",
    "\"connectionName\"",
    "\"displayName\"",
    "\"omaUri\"",
    "\"addr\"",
    "\"id\"",
    "\"name\"",
    "proposal\"",
    "phase1:",
    "phase2:",
    "clients:",
];

/// Keys of property lists of which the value is shown.
const SHOWN_IN_PROFILES: &[&str] = &[
    "RemoteAddress",
    "RemoteIdentifier",
    "ServerCertificateCommonName",
    "ServerCertificateIssuerCommonName",
    "UserDefinedName",
    "EncryptionAlgorithm",
    "IntegrityAlgorithm",
];

/// Configurations with their formats, and the client that a client's file is for.
fn corpus() -> Vec<(PathBuf, Format)> {
    let mut files = Vec::new();
    for (folder, format) in [
        ("cisco", Format::Cisco),
        ("fortios", Format::Fortigate),
        ("iked", Format::Iked),
        ("intune", Format::Intune),
        ("ipsec-conf", Format::IpsecConf),
        ("libreswan", Format::Libreswan),
        ("routeros", Format::Mikrotik),
        ("mobileconfig", Format::Mobileconfig),
        ("nmconnection", Format::Nmconnection),
        ("opnsense", Format::OpnsenseXml),
        ("pfsense", Format::PfsenseXml),
        ("powershell", Format::Powershell),
        ("profilexml", Format::Profilexml),
        ("rasphone", Format::Rasphone),
        ("server-yaml", Format::ServerYaml),
        ("sswan", Format::Sswan),
        ("swanctl", Format::Swanctl),
        ("nixos", Format::Nixos),
        ("uci", Format::Uci),
        ("vyos", Format::Vyos),
    ] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/corpus")
            .join(folder);
        for folder in [folder.join("broken"), folder] {
            let named = fs::read_dir(folder).into_iter().flatten();
            files.extend(named.map(|entry| (entry.unwrap().path(), format)));
        }
    }
    if let Some(shared) = std::env::var_os("IKECOMPAT_SHARED") {
        for folder in ["configs", "field/configs", "examples"] {
            shared_files(&Path::new(&shared).join(folder), &mut files);
        }
    }
    let told = |path: &Path| {
        let name = path.to_string_lossy();
        path.is_file() && !name.ends_with(".txt") && !name.ends_with(".origin.yaml")
    };
    files.retain(|(path, _)| told(path));
    files.sort_by(|one, other| one.0.cmp(&other.0));
    assert!(files.len() > 80, "{}", files.len());
    files
}

fn shared_files(folder: &Path, files: &mut Vec<(PathBuf, Format)>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            shared_files(&path, files);
        } else if let Ok(text) = fs::read_to_string(&path)
            && let Some(format) = Format::of(&text)
        {
            files.push((path, format));
        }
    }
}

/// A text with the token in one place, and the number of its line.
struct Planted {
    lines: Vec<String>,
    line: usize,
}

/// Every place of a text where nothing is shown on purpose.
fn plant(text: &str, format: Format) -> Vec<Planted> {
    let lines: Vec<_> = text.lines().map(str::to_owned).collect();
    let mut all = Vec::new();
    let mut put = |line: usize, new: Vec<String>| {
        let mut lines = lines.clone();
        lines.splice(line..=line, new);
        let line = lines.iter().position(|line| line.contains(TOKEN)).unwrap();
        all.push(Planted { lines, line });
    };
    for (number, line) in lines.iter().enumerate() {
        let indent = &line[..line.len() - line.trim_start().len()];
        for added in added(format) {
            put(number, vec![line.clone(), format!("{indent}{added}")]);
        }
        put(number, vec![format!("{line} {}", comment(format))]);
        let before = number.checked_sub(1).map_or("", |before| &lines[before]);
        let profile = SHOWN_IN_PROFILES.iter().any(|key| before.contains(key));
        if profile || is_shown(line) {
            continue;
        }
        for (start, word) in words(line) {
            let after = line[start + word.len()..].trim_start();
            if after.starts_with('{') || word.starts_with("uuid") {
                continue;
            }
            let end = &line[start + word.len()..];
            put(number, vec![format!("{}{TOKEN}{end}", &line[..start])]);
        }
    }
    all
}

fn is_shown(line: &str) -> bool {
    let line = line.trim();
    let key = line.split(['=', ':', ' ', '\t']).next().unwrap_or_default();
    let named = ["-Name", "-ConnectionName", "-ServerAddress"];
    SHOWN.contains(&key)
        || SHOWN_PARTS
            .iter()
            .any(|part| line.starts_with(part) || line.contains(part) && *part != "-")
        || line.starts_with('[')
        || line.contains(" : ")
        || named.iter().any(|name| line.contains(name))
}

/// Keys, values and words of comments.
fn words(line: &str) -> Vec<(usize, &str)> {
    let inside = |c: char| c.is_alphanumeric() || "_-".contains(c);
    let mut words = Vec::new();
    let mut rest = line;
    while let Some(start) = rest.find(inside) {
        let from = &rest[start..];
        let end = from.find(|c| !inside(c)).unwrap_or(from.len());
        words.push((line.len() - from.len(), &from[..end]));
        rest = &from[end..];
    }
    words
}

fn comment(format: Format) -> String {
    match format {
        Format::Mobileconfig | Format::OpnsenseXml | Format::PfsenseXml | Format::Profilexml => {
            format!("<!-- psk {TOKEN} -->")
        }
        Format::Intune | Format::Sswan => format!("// {TOKEN}"),
        _ => format!("# psk {TOKEN}"),
    }
}

/// Lines that people write where they belong to nothing.
fn added(format: Format) -> Vec<String> {
    match format {
        Format::Mobileconfig => vec![
            format!("<key>SharedSecret</key><string>{TOKEN}</string>"),
            format!("<key>{TOKEN}</key>"),
        ],
        Format::OpnsenseXml | Format::PfsenseXml | Format::Profilexml => vec![
            format!("<pre-shared-key>{TOKEN}</pre-shared-key>"),
            format!("<{TOKEN}/>"),
        ],
        Format::Powershell => vec![
            format!("  -L2tpPsk {TOKEN} `"),
            format!("$psk = \"{TOKEN}\""),
        ],
        Format::ServerYaml => vec![
            format!("psk: {TOKEN}"),
            format!("{TOKEN}: yes"),
            format!("nat: {{psk: {TOKEN}}}"),
            format!("psk: |\n    {TOKEN}"),
        ],
        Format::Intune | Format::Sswan => vec![format!("\"psk\": \"{TOKEN}\",")],
        _ => vec![
            format!("psk = {TOKEN}"),
            format!("psk={TOKEN}"),
            format!("password = \"{TOKEN}\""),
            format!("auth = psk:{TOKEN}"),
            format!("leftauth={TOKEN}"),
            format!("{TOKEN} = yes"),
            TOKEN.to_owned(),
        ],
    }
}

/// How many ways there are to break a file.
const WAYS: usize = 13;

/// The text, broken in one way near the token.
fn broken(planted: &Planted, way: usize) -> String {
    let mut lines = planted.lines.clone();
    let at = planted.line;
    match way {
        0 => {}
        1 => lines[at] = lines[at].replace(['"', '\''], ""),
        2 => lines[at] = lines[at].replacen(['=', ':'], " ", 1),
        3 if at + 1 < lines.len() => {
            let next = lines.remove(at + 1);
            lines[at] = format!("{} {}", lines[at], next.trim_start());
        }
        4 if at > 0 => {
            let line = lines.remove(at);
            lines[at - 1] = format!("{} {}", lines[at - 1], line.trim_start());
        }
        5 => lines.insert(at, "}".to_owned()),
        6 => lines.insert(at, "{ [ <a>".to_owned()),
        7 => lines.truncate(at + 1),
        8 => lines.insert(at, lines[at].clone()),
        9 => lines[at] = format!("xyzzy plugh=1 {}", lines[at]),
        10 => lines[at] = format!("\"{}", lines[at]),
        11 => lines[at] = lines[at].trim_start().to_owned(),
        12 => lines[at] = format!("      {} aes256-foo-modp2048", lines[at]),
        _ => {}
    }
    lines.join("\n") + "\n"
}

/// Whether the way in which the file is broken has made a name out of the token.
fn is_named_so(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| line.contains(TOKEN));
    lines.any(|line| {
        let word = line.trim_start();
        word.starts_with("conn ") || word.starts_with('[') || line.contains(&format!("{TOKEN} {{"))
    })
}

/// What a reader says about a text.
fn said(text: &str, format: Format) -> String {
    let render = |sources: &Sources, diagnostics: &[Diagnostic]| -> String {
        let shown = diagnostics
            .iter()
            .map(|it| sources.render(it, Style::Plain));
        shown.collect()
    };
    let client = match format {
        Format::Mobileconfig => "ios",
        Format::Sswan => "android",
        Format::Intune | Format::Profilexml | Format::Rasphone => "windows-10",
        Format::Nmconnection => {
            let read = crate::readers::nmconnection::read(text);
            return render(&read.sources, read.diagnostics());
        }
        Format::Powershell => {
            let read = read_client(format, text, "windows-10");
            let of_client = render(&read.sources, read.diagnostics());
            let read = read_as(format, text);
            return of_client + &render(&read.sources, read.diagnostics());
        }
        _ => {
            let read = read_as(format, text);
            return render(&read.sources, read.diagnostics());
        }
    };
    let read = read_client(format, text, client);
    render(&read.sources, read.diagnostics())
}

/// Numbers that look random, the same ones for the same seed (splitmix64).
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap()
    }
}

fn seeded() -> Seeded {
    let seed = std::env::var("IKECOMPAT_SEED").ok();
    Seeded(seed.and_then(|seed| seed.parse().ok()).unwrap_or(17))
}

fn is_every() -> bool {
    std::env::var_os("IKECOMPAT_EVERY_SECRET").is_some()
}

/// Tries one text of a file in a sample, or all.
fn each_text(in_sample: usize, mut check: impl FnMut(&Path, Format, usize, &str)) {
    let mut seeded = seeded();
    for (path, format) in corpus() {
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        let all = plant(&text, format);
        if is_every() {
            for planted in &all {
                for way in 0..WAYS {
                    check(&path, format, way, &broken(planted, way));
                }
            }
        } else if !all.is_empty() {
            for _ in 0..in_sample {
                let planted = &all[seeded.below(all.len())];
                let way = seeded.below(WAYS);
                check(&path, format, way, &broken(planted, way));
            }
        }
    }
}

#[test]
fn no_reader_shows_a_planted_secret() {
    let mut shown = Vec::new();
    let mut texts = 0;
    each_text(20, |path, format, way, text| {
        texts += 1;
        if is_named_so(text) {
            return;
        }
        let said = said(text, format);
        if said.contains(TOKEN) {
            let line = text
                .lines()
                .find(|line| line.contains(TOKEN))
                .unwrap_or_default();
            shown.push(format!("{} way {way}: {line}\n{said}", path.display()));
        }
    });
    assert!(texts > 1000, "{texts}");
    let first: Vec<_> = shown.iter().take(20).cloned().collect();
    assert!(
        shown.is_empty(),
        "{} of {texts}:\n{}",
        shown.len(),
        first.join("\n")
    );
}

#[test]
fn no_command_shows_a_planted_secret() {
    let commands: &[&[&str]] = &[
        &["check", "-", "--clients", "ios,windows-10"],
        &["check", "-", "--clients", "ios", "--format", "json"],
        &["check", "-", "--clients", "ios", "--format", "html"],
        &["check", "-", "--clients", "ios", "--format", "sarif"],
        &["check", "-", "--clients", "ios", "--format", "markdown"],
        &["check", "-", "--clients", "ios", "--format", "csv", "-v"],
        &["lint", "-"],
        &["lint", "-", "--format", "json"],
        &["check", "-", "--clients", "ios", "--format", "junit"],
        &["lint", "-", "--format", "sarif"],
        &["lint", "-", "--format", "github"],
        &["lint", "-", "--format", "junit"],
        &["convert", "-", "--to", "server-yaml"],
        &["convert", "-", "--to", "swanctl"],
        &["convert", "-", "--to", "pfsense-pages"],
        &["recommend", "--clients", "ios", "--server", "-"],
    ];
    let mut shown = Vec::new();
    let mut turn = 0;
    each_text(1, |path, format, way, text| {
        turn += 1;
        if is_named_so(text) {
            return;
        }
        let from = format.to_string();
        let arguments = [commands[turn % commands.len()], &["--from", &from]].concat();
        let run = ikecompat(&arguments, text);
        if run.stdout.contains(TOKEN) || run.stderr.contains(TOKEN) {
            let line = text
                .lines()
                .find(|line| line.contains(TOKEN))
                .unwrap_or_default();
            let said = run.stdout + &run.stderr;
            let said: Vec<_> = said.lines().filter(|line| line.contains(TOKEN)).collect();
            shown.push(format!(
                "{} way {way} {arguments:?}: {line}\n{}",
                path.display(),
                said.join("\n")
            ));
        }
    });
    assert!(shown.is_empty(), "{}:\n{}", shown.len(), shown.join("\n"));
}
