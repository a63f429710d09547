//! Several connections that differ in addresses and identities: which one a real charon picks, and what `ask` says.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use ikecompat::answer::{Clients, Question, ServerInput, ServerText, ask};
use ikecompat::diag::Sources;
use ikecompat::dialect::swan;
use ikecompat::ike::Protocol;
use ikecompat::peer::{Client, Known};
use ikecompat::profile::Database;

use crate::daemon::{Settings, Side};
use crate::lab::Lab;
use crate::random::Random;
use crate::vici::Section;

/// As many servers as that are tried.
const SERVERS: usize = 60;

const LOCAL: [&str; 4] = ["", "%any", "203.0.113.10", "203.0.113.0/24"];
const REMOTE: [&str; 6] = [
    "",
    "%any",
    "203.0.113.5",
    "203.0.113.0/24",
    "203.0.113.0/28",
    "198.51.100.0/24",
];
const NAMES: [&str; 3] = ["", "office.example.com", "home.example.com"];
const PROPOSALS: [&str; 3] = [
    "aes256-sha256-modp2048",
    "aes128-sha256-modp2048",
    "aes256-aes128-sha256-modp2048",
];
/// What the client offers.
const OFFERED: &str = "aes256-sha256-modp2048";
const ESP: &str = "aes256-sha256";

/// One connection of a server.
struct Choice {
    local: &'static str,
    remote: &'static str,
    name: &'static str,
    proposals: &'static str,
}

impl Choice {
    fn of(random: &mut Random) -> Self {
        Self {
            local: LOCAL[random.below(LOCAL.len())],
            remote: REMOTE[random.below(REMOTE.len())],
            name: NAMES[random.below(NAMES.len())],
            proposals: PROPOSALS[random.below(PROPOSALS.len())],
        }
    }

    fn section(&self) -> Section {
        let mut local = Section::new().text("auth", "psk");
        if !self.name.is_empty() {
            local = local.text("id", self.name);
        }
        let child = Section::new()
            .list("esp_proposals", &[ESP])
            .list("local_ts", &["192.0.2.128/25"])
            .list("remote_ts", &["192.0.2.0/25"])
            .text("rekey_time", "0");
        let mut section = Section::new()
            .text("version", "2")
            .list("proposals", &[self.proposals])
            .section("local", local)
            .section("remote", Section::new().text("auth", "psk"))
            .section("children", Section::new().section("net", child));
        for (key, address) in [("local_addrs", self.local), ("remote_addrs", self.remote)] {
            if !address.is_empty() {
                section = section.list(key, &[address]);
            }
        }
        section
    }

    fn text(&self, name: &str) -> String {
        let line = |key: &str, value: &str| match value {
            "" => String::new(),
            value => format!("{key} = {value}\n"),
        };
        format!(
            "{name} {{\nversion = 2\nproposals = {}\n{}{}local {{\nauth = psk\n{}}}\nremote {{\nauth = psk\n}}\n\
             children {{\nnet {{\nesp_proposals = {ESP}\nlocal_ts = 192.0.2.128/25\nremote_ts = 192.0.2.0/25\n}}\n}}\n}}\n",
            self.proposals,
            line("local_addrs", self.local),
            line("remote_addrs", self.remote),
            line("id", self.name),
        )
    }
}

/// The client as the program knows it: a strongSwan with these lists.
fn client() -> Result<Arc<Client>> {
    let selected = Database::builtin().select("strongswan-5.9.7").ok();
    let selected = selected.and_then(|all| all.into_iter().next());
    let mut client = selected.context("no such client")?.client;
    let parse = |protocol, word| swan::parse(protocol, word).ok().context("no such proposal");
    if let Known::Stated(fact) = &mut client.ike_sa_init {
        fact.value.proposals = vec![parse(Protocol::Ike, OFFERED)?];
        fact.value.key_exchange = fact.value.proposals[0].first_ke();
    }
    if let Known::Stated(fact) = &mut client.ike_auth {
        fact.value = vec![parse(Protocol::Esp, ESP)?];
    }
    // Nobody asks for an address here.
    client.address_request = Known::Unknown("not asked".to_owned());
    Ok(Arc::new(client))
}

/// The connections that the program says may answer; none where nothing agrees or nobody is called so.
fn predicted(text: &str, expected: Option<&str>) -> Result<Vec<String>> {
    let database = Database::builtin();
    let policy = database.policy("rfc8247").context("no policy")?;
    let clients = [client()?];
    let question = Question {
        clients: Clients::Given(&clients),
        client_address: Some(Side::Initiator.address().parse()?),
        server_id: expected,
        ..Question::new(
            ServerInput::Text(ServerText::new("swanctl.conf", text.as_bytes())),
            &policy,
        )
    };
    let Ok(answer) = ask(&question, &database, &mut Sources::new()) else {
        return Ok(Vec::new());
    };
    let report = &answer.clients[0].report;
    let places = report.connection.iter().chain(&report.alternatives);
    Ok(places
        .map(|place| answer.server.connections[*place].name.clone())
        .collect())
}

/// Tries them; says how many connections came up, and how many the program knew to be the only one.
pub(crate) fn try_all() -> Result<(usize, usize)> {
    let mut lab = Lab::with(|_, _| Settings::default())?;
    for side in Side::BOTH {
        let secret = Section::new().text("id", "all").text("type", "IKE");
        lab.side(side)
            .tell("load-shared", &secret.text("data", "one for all"))?;
    }
    let mut random = Random::new(20_261_130);
    let (mut up, mut certain) = (0, 0);
    for number in 0..SERVERS {
        let count = 2 + random.below(3);
        let all: BTreeMap<String, Choice> = (0..count)
            .map(|place| (format!("c{place}"), Choice::of(&mut random)))
            .collect();
        for (name, choice) in &all {
            lab.responder
                .tell("load-conn", &Section::new().section(name, choice.section()))?;
        }
        let text: String = all.iter().map(|(name, choice)| choice.text(name)).collect();
        let text = format!("connections {{\n{text}}}\n");
        for expected in [None, Some(NAMES[1]), Some(NAMES[2])] {
            let picked = pick(&mut lab, expected)?;
            let said = predicted(&text, expected)?;
            let fits = match &picked {
                Some(picked) => said.contains(picked),
                // A client that expects a name may find nobody: nothing is said of IKE_AUTH then.
                None => said.is_empty() || expected.is_some(),
            };
            ensure!(
                fits,
                "server {number}, expecting {expected:?}: charon picked {picked:?}, said {said:?}\n{text}"
            );
            up += usize::from(picked.is_some());
            certain += usize::from(picked.is_some() && said.len() == 1);
        }
        for name in all.keys() {
            let request = Section::new().text("name", name);
            lab.responder.tell("unload-conn", &request)?;
        }
    }
    Ok((up, certain))
}

/// Dials in, and gives the name of the connection on which the IKE SA came up.
fn pick(lab: &mut Lab, expected: Option<&str>) -> Result<Option<String>> {
    let connection = Section::new()
        .text("version", "2")
        .list("proposals", &[OFFERED])
        .list("local_addrs", &[Side::Initiator.address()])
        .list("remote_addrs", &[Side::Responder.address()])
        .section(
            "local",
            Section::new().text("auth", "psk").text("id", "alice"),
        )
        .section(
            "remote",
            Section::new()
                .text("auth", "psk")
                .text("id", expected.unwrap_or("%any")),
        );
    let child = Section::new()
        .list("esp_proposals", &[ESP])
        .list("local_ts", &["192.0.2.0/25"])
        .list("remote_ts", &["192.0.2.128/25"])
        .text("rekey_time", "0");
    lab.responder.news()?;
    let loaded = lab.initiator.load_as(connection, child)?;
    loaded.map_err(|why| anyhow::anyhow!("the client does not load: {why}"))?;
    lab.initiator.initiate()?;
    let established = !lab.initiator.sas()?.is_empty();
    let log = lab.responder.news()?;
    let selected = log
        .lines()
        .filter_map(|line| line.split_once("selected peer config '"));
    let name = selected
        .filter_map(|(_, rest)| rest.split('\'').next())
        .next_back();
    let name = name.map(ToOwned::to_owned);
    lab.initiator.terminate()?;
    lab.initiator.unload()?;
    Ok(name.filter(|_| established))
}
