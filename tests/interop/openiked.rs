//! `iked.conf` in the hands of OpenIKED's own parser: `iked -nvv -f`, which says whether it takes a
//! file and prints the policies that it makes of it.
//!
//! The program is that of Debian, for Linux: there it leaves every child SA of AEAD ciphers out, has
//! no 64-bit sequence numbers, and no HMAC-SHA-256 in its default list of ESP. The reader is told so.

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use ikecompat::diag::Sources;
use ikecompat::dialect::swan;
use ikecompat::format::Format;
use ikecompat::ike::{Proposal, Protocol, TransformType};
use ikecompat::peer::{Connection, Engine, Server};
use ikecompat::profile::Database;
use ikecompat::read::context::NoFiles;
use ikecompat::read::{self, ReadContext};

use crate::process::Folder;
use crate::random::Random;

/// What was tried.
#[derive(Debug, Default)]
pub(crate) struct Tried {
    pub(crate) taken: usize,
    pub(crate) refused: usize,
    pub(crate) proposals: usize,
    pub(crate) differences: Vec<String>,
}

/// The default list of ESP on Linux.
const LINUX: &str = "aes256-aes192-aes128-sha384-sha512-sha1-none-noesn";

/// Whether the program is there.
pub(crate) fn is_installed() -> bool {
    let folders = env::var_os("PATH").unwrap_or_default();
    let mut folders = env::split_paths(&folders).chain(["/usr/sbin".into()]);
    folders.any(|folder| folder.join("iked").is_file())
}

/// What iked prints about a text, or `None` if it refuses it.
fn printed(folder: &Path, text: &str) -> Result<Option<String>> {
    let path = folder.join("iked.conf");
    fs::write(&path, text)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
    let output = Command::new("/usr/sbin/iked")
        .args(["-nvv", "-f"])
        .arg(&path)
        .output()
        .context("cannot run `iked`")?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    let ok = output.status.success() && said.contains("configuration OK");
    Ok(ok.then_some(said))
}

/// Reads a text as the reader does, with what iked has on Linux by itself.
fn read(text: &str) -> Result<Server, String> {
    let mut sources = Sources::new();
    let file = sources.add("iked.conf", text);
    let database = Database::builtin();
    let linux = || swan::parse(Protocol::Esp, LINUX).ok().map(|it| vec![it]);
    let defaults = |engine: Engine, protocol| match protocol {
        Protocol::Ike => database.defaults(engine).ok().flatten()?.of(protocol),
        Protocol::Ah | Protocol::Esp => linux(),
    };
    let context = ReadContext {
        files: &NoFiles,
        defaults: &defaults,
        engines: &|word| database.engine_named(word),
        unwritten_versions: &|engine| database.unwritten_versions(engine),
        engine: None,
    };
    let reading = read::server(&mut sources, file, Format::Iked, &context);
    let style = ikecompat::diag::Style::Plain;
    reading
        .map(|reading| reading.value)
        .map_err(|wrong| wrong.iter().map(|it| sources.render(it, style)).collect())
}

/// Proposals of a connection as iked has them on Linux, each type in its order.
fn of_linux(connection: &Connection) -> Vec<Proposal> {
    let children = connection.children.iter();
    let esp = children.flat_map(|child| child.esp.iter().chain(&child.ah));
    // Those that have an integrity algorithm are all that is left on Linux.
    let is_aead = |proposal: &Proposal| proposal.of(TransformType::INTEG).is_empty();
    let esp = esp.map(|entry| entry.proposal.clone());
    let ike = connection.ike.iter().map(|entry| entry.proposal.clone());
    ike.chain(esp.filter(|proposal| !is_aead(proposal)))
        .collect()
}

/// What iked printed, read as an iked.conf: one line a policy, in its own grammar.
fn of_iked(said: &str) -> Result<Vec<Connection>> {
    let policies = said.lines().filter(|line| line.starts_with("ikev2 "));
    let mut connections = Vec::new();
    for line in policies {
        // The flows of both families, and the method of EAP, are printed in words that the grammar
        // does not have; proposals are what is compared.
        let blocks = line.find(" ikesa ").or_else(|| line.find(" childsa "));
        let end = [" srcid ", " dstid ", " ikelifetime ", " lifetime "];
        let end = end.iter().filter_map(|word| line.find(word)).min();
        let (Some(from), Some(to)) = (blocks, end) else {
            continue;
        };
        let protocol = if line
            .split(" from ")
            .next()
            .is_some_and(|head| head.contains(" ah"))
        {
            "ah"
        } else {
            "esp"
        };
        let text = format!(
            "ikev2 passive {protocol} from any to any peer any{}\n",
            &line[from..to]
        );
        let read = read(&text).map_err(anyhow::Error::msg);
        let mut read = read.with_context(|| format!("iked printed {line}"))?;
        let mut connection = read.connections.remove(0);
        if !line.contains(" childsa ") {
            connection.children.clear();
        }
        connections.push(connection);
    }
    Ok(connections)
}

/// Has iked read every text, and compares.
pub(crate) fn try_all() -> Result<Tried> {
    let folder = Folder::new()?;
    let mut tried = Tried::default();
    for (name, text) in texts()? {
        let daemon = printed(folder.path(), &text)?;
        let own = read(&text);
        let (Some(said), Ok(own)) = (&daemon, &own) else {
            tried.refused += usize::from(daemon.is_none());
            let alone = name.ends_with("only-settings.conf");
            if daemon.is_some() != own.is_ok() && !alone {
                let own = own.err().unwrap_or_else(|| "it is read".to_owned());
                let daemon = daemon.map_or("refuses", |_| "takes");
                tried
                    .differences
                    .push(format!("{name}: iked {daemon} it\n{own}\n{text}"));
            }
            continue;
        };
        tried.taken += 1;
        let daemon = of_iked(said)?;
        let proposals =
            |all: &[Connection]| -> Vec<Vec<Proposal>> { all.iter().map(of_linux).collect() };
        let (daemon, own) = (proposals(&daemon), proposals(&own.connections));
        tried.proposals += daemon.iter().map(Vec::len).sum::<usize>();
        if daemon != own {
            let words = |all: &[Vec<Proposal>]| {
                let policy = |one: &Vec<Proposal>| {
                    let texts = one.iter().map(|it| swan::write(it).unwrap_or_default());
                    texts.collect::<Vec<_>>().join(", ")
                };
                all.iter().map(policy).collect::<Vec<_>>().join("\n")
            };
            let (daemon, own) = (words(&daemon), words(&own));
            let difference = format!("{name}: {daemon}\nand\n{own}\n{text}");
            tried.differences.push(difference);
        }
    }
    Ok(tried)
}

/// Files of the corpus, files that are written, and random ones.
fn texts() -> Result<Vec<(String, String)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/iked");
    let mut texts = Vec::new();
    for folder in [root.clone(), root.join("broken")] {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|it| it == "conf") {
                texts.push((path.display().to_string(), fs::read_to_string(&path)?));
            }
        }
    }
    for (number, text) in crate::written::iked()?.into_iter().enumerate() {
        texts.push((format!("written file {number}"), text));
    }
    let mut random = Random::new(14);
    for number in 0..400 {
        texts.push((format!("random file {number}"), random_file(&mut random)));
    }
    Ok(texts)
}

fn random_file(random: &mut Random) -> String {
    let mut text = String::new();
    if random.percent(40) {
        text.push_str("net = \"10.1.0.0\"\ncipher = \"aes-256\"\n");
    }
    let known = !text.is_empty();
    for number in 0..1 + random.below(3) {
        let mut words = vec!["ikev2".to_owned()];
        if random.percent(70) {
            words.push(format!("\"r{number}\""));
        }
        for flag in ["quick", "passive", "tunnel", "esp", "inet"] {
            if random.percent(40) {
                words.push(flag.to_owned());
            }
        }
        let net = if known { "$net/16" } else { "10.1.0.0/16" };
        words.push(format!("from {net} to 10.2.0.0/16"));
        if random.percent(80) {
            words.push("peer any".to_owned());
        }
        for keyword in ["ikesa", "childsa"] {
            for _ in 0..random.below(3) {
                words.push(block(random, keyword, known));
            }
        }
        for part in [
            "srcid a.example.com",
            "dstid \"b c\"",
            "ikelifetime 3h",
            "lifetime 600 bytes 1G",
        ] {
            if random.percent(25) {
                words.push(part.to_owned());
            }
        }
        words.push(
            (*random.pick(&["", "rsa", "psk \"x y\"", "eap \"mschap-v2\"", "ecdsa"])).to_owned(),
        );
        if random.percent(10) {
            let at = random.below(words.len());
            let wrong = *random.pick(&["esp", "group 14", "$none", "}", "aes-256", "peer"]);
            words.insert(at, wrong.to_owned());
        }
        let gap = *random.pick(&[" ", " \\\n\t", "\t"]);
        text.push_str(&words.join(gap));
        text.push_str(if random.percent(20) {
            " # a remark\n"
        } else {
            "\n"
        });
    }
    text
}

fn block(random: &mut Random, keyword: &str, known: bool) -> String {
    const WORDS: [(&str, &[&str]); 5] = [
        (
            "enc",
            &[
                "aes-256",
                "aes-128-gcm",
                "aes-256-gcm",
                "3des",
                "aes-128-ctr",
                "aes",
                "chacha20-poly1305",
                "null",
                "aes256",
            ],
        ),
        (
            "auth",
            &[
                "hmac-sha1",
                "hmac-sha2-256",
                "hmac-sha2-512",
                "hmac-md5",
                "sha256",
            ],
        ),
        ("prf", &["hmac-sha2-256", "hmac-sha2-384"]),
        (
            "group",
            &[
                "modp2048",
                "grp14",
                "curve25519",
                "none",
                "ecp256",
                "brainpool256",
                "modp",
            ],
        ),
        ("", &["esn", "noesn"]),
    ];
    let mut words = vec![keyword.to_owned()];
    for _ in 0..1 + random.below(4) {
        // Sequence numbers and PRFs are rarely written.
        let most = if random.percent(15) { WORDS.len() } else { 4 };
        let (kind, names) = &WORDS[random.below(most)];
        let cipher = known && *kind == "enc" && random.percent(30);
        let name = if cipher {
            "$cipher"
        } else {
            *random.pick(names)
        };
        words.push(format!("{kind} {name}"));
    }
    words.join(" ")
}
