//! Files that the program writes, in the hands of the programs that read them.
//!
//! swanctl hands every plan and every suite to charon, whose log has to name exactly the proposals
//! that were planned. libreswan's package conflicts with strongSwan's, so it is unpacked into a
//! folder and never installed; its `algparse` has to make of every string the algorithms that were
//! meant, and its `addconn` has to find nothing wrong with any file.
//! `IKECOMPAT_INTEROP_LIBRESWAN` names a folder where it is unpacked already.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use ikecompat::dialect::{charon, pluto, swan};
use ikecompat::format::Format;
use ikecompat::ike::{Proposal, Protocol, Suite, Transform, TransformType};
use ikecompat::peer::server::Product;
use ikecompat::peer::{Child, Connection, Engine, Entry, Origin, Server};
use ikecompat::profile::Database;
use ikecompat::recommend::{self, Names, PlanRequest, recommend};
use ikecompat::write::config::format::Choices;
use ikecompat::write::config::setup::Auth;

use crate::keywords::{AEAD, CLASSIC, GROUPS, INTEGRITY};
use crate::process::Folder;
use crate::swanctl::{Loader, connections, difference, without_certificates};

const CHOICES: Choices = Choices {
    auth: Auth::EapTls,
    full: true,
    release: None,
};

/// What was written, octets that are text.
fn written(target: Format, server: &Server) -> Result<Option<String>> {
    let mut text = Vec::new();
    match target.write(server, CHOICES, &mut text) {
        Ok(_) => Ok(Some(String::from_utf8(text)?)),
        Err(_) => Ok(None),
    }
}

/// The servers of all plans for one client of the database each.
fn planned(product: Product) -> Result<Vec<Server>> {
    let database = Database::builtin();
    let policy = database.policy("rfc8247").context("the built-in policy")?;
    let all = database.select("all").unwrap_or_default();
    let mut servers = Vec::new();
    for one in all {
        let clients = [one.client];
        let request = PlanRequest::new(&clients, product, &policy);
        if let Ok(plan) = recommend(request) {
            servers.push(recommend::server(&plan, Names::default()));
        }
    }
    Ok(servers)
}

/// Proposals of one suite each: every cipher with every hash, and every group.
fn proposals(protocol: Protocol) -> Vec<Proposal> {
    let groups = GROUPS.iter().filter(|group| !group.contains("none"));
    let classic = itertools::iproduct!(CLASSIC, INTEGRITY).map(|(c, i)| format!("{c}-{i}"));
    let aead = itertools::iproduct!(AEAD, INTEGRITY).map(|(c, i)| format!("{c}-{i}"));
    let grouped = groups.map(|group| format!("aes256-sha256-{group}"));
    let ciphers = classic.chain(aead).map(|text| match protocol {
        Protocol::Ike => format!("{text}-modp2048"),
        Protocol::Ah | Protocol::Esp => text,
    });
    let mut all: Vec<Proposal> = Vec::new();
    for text in ciphers.chain(grouped) {
        if let Ok(proposal) = swan::parse(protocol, &text)
            && !all.contains(&proposal)
        {
            all.push(proposal);
        }
    }
    all
}

/// A server with a connection for each proposal.
fn one_each(proposals: &[Proposal], usual: &Proposal) -> Server {
    let entry = |proposal: &Proposal| Entry::new(proposal.clone(), Origin::Argument);
    let connection = |(number, proposal): (usize, &Proposal)| {
        let ike = proposal.protocol() == Protocol::Ike;
        let (first, second) = if ike {
            (proposal, usual)
        } else {
            (usual, proposal)
        };
        Connection {
            name: format!("c{number}"),
            ike: vec![entry(first)],
            children: vec![Child {
                name: "n".to_owned(),
                esp: vec![entry(second)],
                ..Child::default()
            }],
            ..Connection::default()
        }
    };
    Server {
        file: String::new(),
        product: None,
        engine: Engine::STRONGSWAN_5_9_8,
        prefers_own: true,
        address: None,
        remote_id: None,
        connection_name: None,
        nat: None,
        built_with: Vec::new(),
        connections: proposals.iter().enumerate().map(connection).collect(),
        clients: Vec::new(),
        definitions: Default::default(),
    }
}

fn usual(protocol: Protocol) -> Result<Proposal> {
    let text = match protocol {
        Protocol::Ike => "aes256-sha256-modp2048",
        Protocol::Ah | Protocol::Esp => "aes256-sha256",
    };
    swan::parse(protocol, text).ok().context("a usual proposal")
}

/// Has charon load every plan and every suite as swanctl.conf; returns how many connections.
pub(crate) fn swanctl() -> Result<usize> {
    let loader = Loader::start()?;
    let path = loader.folder().join("written.conf");
    let mut servers = planned(Product::Strongswan)?;
    servers.extend(planned(Product::Pfsense)?);
    servers.push(one_each(&proposals(Protocol::Ike), &usual(Protocol::Esp)?));
    servers.push(one_each(&proposals(Protocol::Esp), &usual(Protocol::Ike)?));
    let mut count = 0;
    for server in &servers {
        let text = written(Format::Swanctl, server)?.context("strongSwan has words for all")?;
        // charon wants to see certificates, and the names of those are for the user to fill in.
        fs::write(&path, without_certificates(&text))?;
        let daemon = loader.load(&path)?;
        let different = difference(&daemon, &Ok(connections(server)));
        ensure!(
            different.is_none(),
            "{}\n{text}",
            different.unwrap_or_default()
        );
        count += server.connections.len();
    }
    Ok(count)
}

/// Every plan and every suite as iked.conf.
pub(crate) fn iked() -> Result<Vec<String>> {
    let mut servers = planned(Product::Openiked)?;
    let expressed = |protocol| -> Vec<Proposal> {
        let all = proposals(protocol).into_iter();
        let suite = |it: &Proposal| Suite::of(protocol, it.transforms().iter().copied());
        all.filter(|it| Format::Iked.expresses(&suite(it)))
            .collect()
    };
    servers.push(one_each(&expressed(Protocol::Ike), &usual(Protocol::Esp)?));
    servers.push(one_each(&expressed(Protocol::Esp), &usual(Protocol::Ike)?));
    let mut texts = Vec::new();
    for server in &servers {
        let mut text = Vec::new();
        let choices = Choices {
            auth: Auth::Certificate,
            ..CHOICES
        };
        Format::Iked
            .write(server, choices, &mut text)
            .map_err(|why| anyhow::anyhow!("{why:?}"))?;
        texts.push(String::from_utf8(text)?);
    }
    Ok(texts)
}

/// libreswan's programs.
pub(crate) struct Libreswan {
    pub(crate) programs: PathBuf,
    folder: Folder,
}

impl Libreswan {
    /// Unpacks the distribution's package, without installing it.
    pub(crate) fn unpack() -> Result<Self> {
        let folder = Folder::new()?;
        let root = match env::var_os("IKECOMPAT_INTEROP_LIBRESWAN") {
            Some(root) => PathBuf::from(root),
            None => {
                let run = |program: &str, arguments: &[&str]| -> Result<()> {
                    let output = Command::new(program)
                        .args(arguments)
                        .current_dir(folder.path())
                        .output()
                        .with_context(|| format!("cannot run `{program}`"))?;
                    ensure!(
                        output.status.success(),
                        "`{program} {}`: {}",
                        arguments.join(" "),
                        String::from_utf8_lossy(&output.stderr)
                    );
                    Ok(())
                };
                run("apt-get", &["download", "libreswan"])?;
                let found = fs::read_dir(folder.path())?.filter_map(Result::ok);
                let mut paths = found.map(|entry| entry.path());
                let package = paths.find(|path| path.extension().is_some_and(|e| e == "deb"));
                let package = package.context("apt-get left no package")?;
                run("dpkg", &["-x", &package.display().to_string(), "root"])?;
                folder.path().join("root")
            }
        };
        Ok(Self {
            programs: root.join("usr/libexec/ipsec"),
            folder,
        })
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<String> {
        let output = Command::new(self.programs.join(program))
            .args(arguments)
            .output()
            .with_context(|| format!("cannot run libreswan's `{program}`"))?;
        let said = [output.stdout, output.stderr].concat();
        Ok(String::from_utf8_lossy(&said).into_owned())
    }
}

/// What `algparse` prints for a proposal of one suite. Its names are neither those of pluto's log
/// nor those of charon's.
fn printed(proposal: &Proposal) -> String {
    let suite = Suite::of(proposal.protocol(), proposal.transforms().iter().copied());
    let name = |transform: Option<Transform>| transform.and_then(pluto::logged::name);
    let hash = match proposal.protocol() {
        Protocol::Ike => name(suite.prf()).map(|prf| prf.replace("AES128_", "AES_")),
        Protocol::Ah | Protocol::Esp => {
            let none = || Some("NONE".to_owned());
            name(suite.integ()).or_else(none)
        }
    };
    let cipher = suite.encr().map(charon::transform);
    let cipher = cipher.map(|name| name.replace("NULL_AES_GMAC", "NULL_AUTH_AES_GMAC"));
    let group = suite.ke().map(|ke| match name(Some(ke)) {
        Some(modp) if modp.starts_with("MODP") => modp,
        _ => format!("DH{}", ke.id),
    });
    let members = [cipher, hash, group];
    members.into_iter().flatten().collect::<Vec<_>>().join("-")
}

/// Holds every string that is written against `algparse`, and every file against `addconn`; returns
/// how many of each.
pub(crate) fn libreswan() -> Result<(usize, usize)> {
    let libreswan = Libreswan::unpack()?;
    let (mut strings, mut differences) = (0, Vec::new());
    for protocol in [Protocol::Ike, Protocol::Esp] {
        let key = if protocol == Protocol::Ike {
            "ike"
        } else {
            "esp"
        };
        for proposal in proposals(protocol) {
            let suite = Suite::of(protocol, proposal.transforms().iter().copied());
            if !pluto::expresses(&suite) {
                continue;
            }
            let plain = proposal.without(|kind| kind == TransformType::SN);
            let text = pluto::write(&plain).context("there are words for it")?;
            let said = libreswan.run("algparse", &["-v2", "-pfs", &format!("{key}={text}")])?;
            let lines: Vec<_> = said.lines().skip(1).map(str::trim).collect();
            if lines != [printed(&plain)] {
                differences.push(format!("{key}={text}: {lines:?}, not {}", printed(&plain)));
            }
            strings += 1;
        }
    }
    ensure!(differences.is_empty(), "{}", differences.join("\n"));
    let path = libreswan.folder.path().join("ipsec.conf");
    let mut files = 0;
    for server in planned(Product::Libreswan)? {
        let text = written(Format::Libreswan, &server)?.context("libreswan has words for it")?;
        fs::write(&path, &text)?;
        let said = check(&libreswan, &path)?;
        ensure!(said.is_empty(), "{said}\n{text}");
        files += 1;
    }
    // It does find what is wrong.
    fs::write(
        &path,
        "config setup\nconn a\n\tike=aes256gcm16\n\tnonsense=yes\n",
    )?;
    ensure!(
        !check(&libreswan, &path)?.is_empty(),
        "addconn finds no fault"
    );
    Ok((strings, files))
}

fn check(libreswan: &Libreswan, path: &Path) -> Result<String> {
    let path = path.display().to_string();
    libreswan.run("addconn", &["--config", &path, "--checkconfig"])
}
