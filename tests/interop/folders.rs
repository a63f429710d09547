//! Written folders end to end: a real charon serves the emitted file as it stands, each chosen client is played by
//! another one with the client's offers, and gets exactly the suite that the plan says, before and after rekeyings
//! by either side. Where the server asks, the client chooses by its own order: an addition may give way to the base
//! then, and to nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::daemon::{Sa, Settings, Side, What};
use crate::incidents::PLUGINS;
use crate::incidents::pki::Pki;
use crate::lab::Lab;
use crate::pairs::Lists;
use crate::process::{Folder, run};
use crate::program::clients;
use crate::vici::Section;

/// Whom the plans are for, by the words of `--clients`.
const CLIENTS: &[&str] = &[
    "osx-10.11",
    "strongswan-android-2.4.1",
    "windows-10:require",
    "ios-17",
    "windows-7:optional",
    "macos-14",
    "android-13",
    "windows-11:optional",
    "charon-cmd-5.9.7",
    "ios-13",
    "strongswan-5.9.7",
    "macos-11",
    "strongswan-android-1.9.6",
];

/// As many plans as that are tried.
const PLANS: usize = 30;

/// Name of the server in the throw-away certificate.
const SERVER: &str = "vpn.example.org";

/// Name of connection and child in the written file.
const CONNECTION: &str = "roadwarriors";

/// What a plan says in JSON, as far as it is compared.
#[derive(Debug, Deserialize)]
struct Recommended {
    plans: Vec<Plan>,
}

#[derive(Debug, Deserialize)]
struct Plan {
    phase1: Vec<Entry>,
    phase2: Vec<Entry>,
    additions: Additions,
    clients: Vec<Client>,
}

#[derive(Debug, Deserialize)]
struct Additions {
    phase1: Vec<Entry>,
    phase2: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    suite: String,
    proposal: String,
    clients: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Client {
    id: String,
    touched: bool,
}

/// The entry that the plan gives to a client: an addition for it, else that of the base.
fn given<'e>(base: &'e [Entry], additions: &'e [Entry], id: &str) -> Result<&'e Entry> {
    let mut entries = additions.iter().chain(base);
    let entry = entries.find(|entry| entry.clients.iter().any(|own| own == id));
    entry.with_context(|| format!("the plan has nothing for {id}"))
}

/// The entry of the base.
fn base<'e>(entries: &'e [Entry], id: &str) -> Result<&'e Entry> {
    given(entries, &[], id)
}

/// Clients of plan number `number`, each once.
fn chosen(number: usize) -> Vec<&'static str> {
    let mut all = Vec::new();
    for (factor, offset) in [(1, 0), (3, 1), (7, 2)] {
        let place = (number * factor + offset + number / CLIENTS.len()) % CLIENTS.len();
        if !all.contains(&CLIENTS[place]) {
            all.push(CLIENTS[place]);
        }
    }
    all
}

/// Tries them, and says how many connections there were.
pub(crate) fn try_all() -> Result<(usize, usize)> {
    let files = Folder::new()?;
    let pki = Pki::new(files.path())?;
    let known = clients()?;
    let lists: BTreeMap<String, Option<Lists>> =
        known.into_iter().map(|one| (one.id, one.lists)).collect();
    let mut lab = Lab::with(|side, _| Settings {
        prefers_own: true,
        plugins: PLUGINS.to_owned(),
        // libipsec installs a route, from an address that has to be there.
        lines: match side {
            Side::Initiator => "install_virtual_ip = yes".to_owned(),
            Side::Responder => String::new(),
        },
    })?;
    trust(&mut lab, &pki)?;
    let mut connections = 0;
    for number in 0..PLANS {
        let written = files.path().join(format!("plan-{number}"));
        let plan = plan(&chosen(number), &written)?;
        serve(&lab, &written, files.path())?;
        for client in &plan.clients {
            let own = lists.get(&client.id).cloned().flatten();
            let played = meet(&mut lab, &pki, (&plan, client), own.as_ref());
            if let Err(error) = played {
                let logs = format!("{}\n{}", lab.initiator.news()?, lab.responder.news()?);
                let who = format!("plan {number}, {:?}: {}", chosen(number), client.id);
                return Err(error.context(format!("{who}\n{logs}")));
            }
            connections += 1;
        }
    }
    Ok((PLANS, connections))
}

/// Writes the folder, and gives what the program says about it.
fn plan(clients: &[&str], written: &Path) -> Result<Plan> {
    let words = clients.join(",");
    let arguments = [
        "recommend",
        "--product",
        "strongswan",
        "--auth",
        "certificate",
        "--address",
        SERVER,
        "--clients",
        &words,
    ];
    let program = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ikecompat"));
        command.args(arguments);
        command
    };
    run(program().arg("--write").arg(written), "")?;
    let text = run(program().args(["--format", "json"]), "")?;
    let recommended: Recommended = serde_json::from_str(&text)?;
    recommended
        .plans
        .into_iter()
        .next()
        .context("there is no plan")
}

/// Has the responder serve the written file, unchanged, with the files that it names.
fn serve(lab: &Lab, written: &Path, pki: &Path) -> Result<()> {
    let folder = lab.folder().join("swanctl");
    let mut files = vec![(
        written.join("server/swanctl.conf"),
        "swanctl.conf".to_owned(),
    )];
    for (kind, name, made) in [
        ("x509", "server.crt", "server.crt"),
        ("x509ca", "ca.crt", "ca.crt"),
        ("private", "server.key", "server.key"),
    ] {
        files.push((pki.join(made), format!("{kind}/{name}")));
    }
    for (from, to) in files {
        let to = folder.join(to);
        fs::create_dir_all(to.parent().context("a path without a folder")?)?;
        fs::copy(&from, &to).with_context(|| format!("no {}", from.display()))?;
    }
    // swanctl parses keys before it hands them over.
    let settings = folder.join("strongswan.conf");
    fs::write(
        &settings,
        "swanctl {\n load = pem pkcs1 pkcs8 x509 pubkey openssl\n}\n",
    )?;
    let socket = lab.folder().join("responder-vici.sock");
    let mut command = Command::new("swanctl");
    command
        .env("SWANCTL_DIR", &folder)
        .env("STRONGSWAN_CONF", &settings)
        .args(["--load-all", "--noprompt", "--uri"])
        .arg(format!("unix://{}", socket.display()));
    let said = run(&mut command, "")?;
    ensure!(
        said.contains(&format!("loaded connection '{CONNECTION}'")),
        "the written file is not loaded: {said}"
    );
    Ok(())
}

/// Gives the initiator its key and the CA.
fn trust(lab: &mut Lab, pki: &Pki) -> Result<()> {
    let daemon = lab.side(Side::Initiator);
    let authority = Section::new().text("type", "X509").text("flag", "CA");
    daemon.tell("load-cert", &authority.text("data", &pki.read("ca.crt")?))?;
    let key = Section::new().text("type", "any");
    daemon.tell("load-key", &key.text("data", &pki.read("alice.key")?))
}

/// Plays one client: connects, and rekeys by either side.
fn meet(
    lab: &mut Lab,
    pki: &Pki,
    (plan, client): (&Plan, &Client),
    own: Option<&Lists>,
) -> Result<()> {
    let ike = given(&plan.phase1, &plan.additions.phase1, &client.id)?;
    let esp = given(&plan.phase2, &plan.additions.phase2, &client.id)?;
    let planned = (ike, esp);
    let offered = match (client.touched, own) {
        (false, Some(lists)) => with_group(lists, esp),
        _ => Lists {
            ike: vec![ike.proposal.clone()],
            esp: vec![esp.proposal.clone()],
        },
    };
    load(lab, pki, &offered)?;
    lab.initiator.initiate()?;
    let first = settled(lab, "nothing came up", |_| true)?;
    compare(&first, ike, esp, false)?;
    let mut before = first;
    for asks in Side::BOTH {
        for what in [What::Child, What::Ike] {
            match asks {
                Side::Initiator => lab.initiator.rekey(what)?,
                Side::Responder => lab.responder.rekey_named(what, CONNECTION)?,
            }
            let is_new = |now: &Sa| match what {
                What::Ike => now.spis != before.spis,
                What::Child => now.children[0].spis != before.children[0].spis,
            };
            let said = format!("{what:?} is not rekeyed by the {}", asks.name());
            before = settled(lab, &said, is_new)?;
            let kept = compare(&before, ike, esp, true);
            if kept.is_err() && asks == Side::Responder {
                let ike = base(&plan.phase1, &client.id)?;
                let esp = base(&plan.phase2, &client.id)?;
                let wanted = [(ike, esp), (ike, planned.1), (planned.0, esp)];
                let fits = |(ike, esp): &(&Entry, &Entry)| compare(&before, ike, esp, true).is_ok();
                ensure!(wanted.iter().any(fits), "{said}: {kept:?}");
            } else {
                kept.context(said)?;
            }
        }
    }
    lab.initiator.terminate()?;
    let late = Instant::now() + Duration::from_secs(8);
    while !lab.responder.sas()?.is_empty() || !lab.initiator.sas()?.is_empty() {
        ensure!(Instant::now() < late, "an IKE_SA cannot be terminated");
        sleep(Duration::from_millis(5));
    }
    lab.initiator.unload()
}

/// The lists of a client as it offers them when it rekeys, where the plan has PFS.
fn with_group(lists: &Lists, esp: &Entry) -> Lists {
    let words = ["modp", "ecp", "curve", "x25519", "x448"];
    let is_group = |word: &&str| words.iter().any(|start| word.starts_with(start));
    let mut planned = esp.proposal.split('-');
    let Some(group) = planned.find(is_group) else {
        return lists.clone();
    };
    let own = |text: &String| match text.split('-').any(|word| is_group(&word)) {
        true => text.clone(),
        false => format!("{text}-{group}"),
    };
    Lists {
        ike: lists.ike.clone(),
        esp: lists.esp.iter().map(own).collect(),
    }
}

fn load(lab: &mut Lab, pki: &Pki, lists: &Lists) -> Result<()> {
    let local = Section::new()
        .text("auth", "pubkey")
        .text("id", "alice@example.org")
        .list("certs", &[pki.read("alice.crt")?]);
    let remote = Section::new().text("auth", "pubkey").text("id", SERVER);
    let connection = Section::new()
        .text("version", "2")
        .list("proposals", &lists.ike)
        .list("local_addrs", &[Side::Initiator.address()])
        .list("remote_addrs", &[Side::Responder.address()])
        .list("vips", &["0.0.0.0"])
        .text("rekey_time", "0")
        .section("local", local)
        .section("remote", remote);
    let child = Section::new()
        .list("esp_proposals", &lists.esp)
        .list("local_ts", &["dynamic"])
        // libipsec installs no route that leads to its own peer.
        .list("remote_ts", &["192.0.2.128/25"])
        .text("mode", "tunnel")
        .text("rekey_time", "0");
    let loaded = lab.initiator.load_as(connection, child)?;
    loaded.map_err(|reason| anyhow::anyhow!("the client does not load: {reason}"))
}

/// The one IKE_SA with its one CHILD_SA, as soon as both sides have the same and `wanted` is true of it.
fn settled(lab: &mut Lab, otherwise: &str, wanted: impl Fn(&Sa) -> bool) -> Result<Sa> {
    let late = Instant::now() + Duration::from_secs(15);
    loop {
        let mut both = Vec::new();
        for side in Side::BOTH {
            let sas = lab.side(side).sas()?;
            let mut live: Vec<Sa> = sas.into_iter().filter(|sa| sa.live).collect();
            for sa in &mut live {
                sa.children.retain(|child| child.live);
            }
            both.push(live);
        }
        if let [[own], [other]] = [both[0].as_slice(), both[1].as_slice()]
            && own.spis == other.spis
            && own.children.len() == 1
            && other.children.len() == 1
            && wanted(own)
        {
            return Ok(own.clone());
        }
        ensure!(Instant::now() < late, "{otherwise}: {both:?}");
        sleep(Duration::from_millis(5));
    }
}

/// Whether the suites are those of the plan; the first CHILD_SA has no group of its own.
fn compare(sa: &Sa, ike: &Entry, esp: &Entry, is_rekeyed: bool) -> Result<()> {
    ensure!(
        sa.suite == ike.suite,
        "IKE: {} and not {}",
        sa.suite,
        ike.suite
    );
    let groups = ["MODP_", "ECP_", "CURVE_"];
    let is_group = |word: &&str| groups.iter().any(|start| word.starts_with(start));
    let without: Vec<_> = esp
        .suite
        .split('/')
        .filter(|word| !is_group(word))
        .collect();
    let first = without.join("/");
    let child = &sa.children[0].suite;
    // An IKE_SA that is rekeyed keeps a CHILD_SA as it is.
    let fits = *child == esp.suite && is_rekeyed || *child == first && !is_rekeyed;
    ensure!(fits, "ESP: {child} and not {}", esp.suite);
    Ok(())
}
