//! What `recommend` says is carried out: every optional addition alone, every step from the server as it is, every file
//! that it writes, read again.

use std::collections::BTreeMap;
use std::sync::Arc;

use ikecompat::answer::certificate::Certificates;
use ikecompat::answer::manifest::Manifest;
use ikecompat::answer::migration::{Steps, migration};
use ikecompat::answer::plan::plan;
use ikecompat::answer::reading;
use ikecompat::answer::{Clients, PlanAnswer, PlanQuestion, ServerText};
use ikecompat::compat::harm::is_worse;
use ikecompat::compat::report::{ClientReport, Overall};
use ikecompat::diag::Sources;
use ikecompat::format::Format;
use ikecompat::ike::Suite;
use ikecompat::peer::server::{Nat, Product};
use ikecompat::peer::{Client, Policy, Server};
use ikecompat::profile::Database;
use ikecompat::read::Files;
use ikecompat::read::context::{NoFiles, NotOpened, Opened};
use ikecompat::recommend::{Constraints, Names, Plan, server};
use ikecompat::write::config::format::Choices;
use ikecompat::write::plan::folder;

use super::{
    again, count, drawn, every_client, generated, nothing_is_wrong, policy, shared_files, texts,
};
use crate::plans::Numbers;

/// How much was tried, and what went wrong.
#[derive(Default)]
struct Tried {
    plans: usize,
    additions: usize,
    steps: usize,
    files: usize,
    wrong: Vec<String>,
}

impl Tried {
    /// How much of what was tried.
    fn said(&self, what: &str) -> String {
        let Self {
            plans,
            additions,
            steps,
            files,
            wrong,
        } = self;
        let wrong = wrong.len();
        format!(
            "{what}: {plans} plans, {additions} additions, {steps} steps, {files} files, {wrong} wrong"
        )
    }
}

/// The clients of a plan as they are.
fn as_they_are(answer: &PlanAnswer) -> Vec<Arc<Client>> {
    answer.clients.iter().cloned().map(Arc::new).collect()
}

/// The clients of a plan, set up as it says.
fn set_up(answer: &PlanAnswer, plan: &Plan) -> Vec<Arc<Client>> {
    let places = 0..answer.clients.len();
    let told = places.map(|place| Arc::new(plan.client(&answer.clients, place)));
    told.collect()
}

/// Those who are worse off.
fn worse(before: &[ClientReport], after: &[ClientReport]) -> Vec<String> {
    let both = before.iter().zip(after);
    let worse = both.filter(|(old, new)| is_worse(old, new));
    worse
        .map(|(old, new)| {
            format!(
                "{}, {} and then {}",
                old.client.id, old.verdict, new.verdict
            )
        })
        .collect()
}

/// The suites of phase 1 and 2 that a client settles on.
fn suites(report: &ClientReport) -> Vec<Suite> {
    let child = report.children.iter();
    let child = child.flat_map(|child| child.verdicts.ike_auth.verdict.suites());
    let ike = report.ike.ike_sa_init.verdict.suites();
    let all = ike.iter().chain(child);
    all.map(|suite| suite.without_key_exchange()).collect()
}

/// Every optional addition alone: nobody is worse off, and whom it is for gets it.
fn additions(answer: &PlanAnswer, plan: &Plan, tried: &mut Tried) {
    let told = set_up(answer, plan);
    let bare = Plan {
        ike_additions: Vec::new(),
        esp_additions: Vec::new(),
        ..plan.clone()
    };
    let ask = |plan: &Plan| {
        let mut server = server(plan, Names::default());
        server.nat = Some(Nat::Yes);
        again(&server, &told, &answer.policy)
    };
    let before = ask(&bare);
    let of_ike = plan.ike_additions.iter().map(|one| (one, true));
    let of_esp = plan.esp_additions.iter().map(|one| (one, false));
    for (addition, is_ike) in of_ike.chain(of_esp) {
        tried.additions += 1;
        let mut with = bare.clone();
        let list = match is_ike {
            true => &mut with.ike_additions,
            false => &mut with.esp_additions,
        };
        list.push(addition.clone());
        let after = ask(&with);
        let what = format!("{:?}", addition.suite);
        let found = worse(&before, &after);
        tried
            .wrong
            .extend(found.into_iter().map(|who| format!("{who} with {what}")));
        let known = !matches!(plan.product, Product::Openiked | Product::Rras);
        for place in addition.clients.iter().filter(|_| known) {
            let gets = suites(&after[*place]).contains(&addition.suite.without_key_exchange());
            if !gets {
                let id = &answer.clients[*place].id;
                tried
                    .wrong
                    .push(format!("{id} does not settle on the addition {what}"));
            }
        }
    }
}

/// A text in the format of the server's file, read.
fn read(answer: &PlanAnswer, text: &str) -> Server {
    let existing = answer.existing.as_ref().unwrap();
    let input = ServerText {
        format: Some(existing.format),
        engine: Some(existing.server.engine),
        ..ServerText::new(&existing.name, text.as_bytes())
    };
    let reading = reading::server(&input, &Database::builtin(), &mut Sources::new());
    let mut server = reading
        .unwrap_or_else(|why| panic!("{why:?}\n{text}"))
        .value;
    server.nat = existing.server.nat;
    server
}

/// Every step of the way: who connected stays, before and after it is set up itself, and at the end everybody who was
/// promised to connect does.
fn steps(answer: &PlanAnswer, plan: &Plan, steps: &Steps, tried: &mut Tried) {
    let (old, told) = (as_they_are(answer), set_up(answer, plan));
    let existing = &answer.existing.as_ref().unwrap().server;
    let (both, alone) = (read(answer, &steps.both), read(answer, &steps.alone));
    let ask = |server: &Server, clients: &[Arc<Client>]| again(server, clients, &answer.policy);
    let before = ask(existing, &old);
    // The plan says of them that nobody knows what becomes of them.
    let left_out = plan.left_out.iter();
    let left_out: Vec<_> = left_out
        .map(|it| answer.clients[it.client].id.as_str())
        .collect();
    let (lost, failing) = (&steps.lost_meanwhile, &steps.rekeying_fails_meanwhile);
    let meanwhile = [&lost[..], failing].concat();
    for (name, server, clients, said) in [
        ("both lists", &both, &old, &meanwhile),
        ("both lists, set up", &both, &told, &meanwhile),
        ("the plan alone", &alone, &told, &steps.lost_at_the_end),
    ] {
        tried.steps += 1;
        let after = ask(server, clients);
        for (old, new) in before.iter().zip(&after) {
            let id = &old.client.id;
            if is_worse(old, new) && !said.contains(id) && !left_out.contains(&id.as_str()) {
                let (old, new) = (old.verdict, new.verdict);
                tried.wrong.push(format!("{id} {old}, with {name} {new}"));
            }
        }
    }
    for (place, report) in ask(&alone, &told).iter().enumerate() {
        let id = &report.client.id;
        let promised = !plan.lost.contains(&place)
            && !steps.lost_at_the_end.contains(id)
            && plan.left_out.iter().all(|it| it.client != place);
        if promised && report.verdict >= Overall::RekeyFails {
            tried
                .wrong
                .push(format!("{id} {} at the end", report.verdict));
        }
    }
}

/// The files of a plan, by their paths.
struct Written(BTreeMap<String, Vec<u8>>);

impl Files for Written {
    fn open(&self, _from: &str, _pattern: &str) -> Result<Vec<Opened>, NotOpened> {
        Err(NotOpened::Nowhere)
    }

    fn named(&self, path: &str) -> Result<Opened, NotOpened> {
        let bytes = self.0.get(path).ok_or(NotOpened::Nowhere)?;
        Ok(Opened {
            name: path.to_owned(),
            bytes: bytes.clone(),
        })
    }
}

/// The files that are written: the server's, each of them, with the clients as their files set them up.
fn files(answer: &PlanAnswer, plan: &Plan, tried: &mut Tried) {
    let database = Database::builtin();
    let choices = Choices {
        auth: answer.auth,
        full: true,
        release: None,
    };
    let Ok(files) = folder::files(plan, &answer.context(), choices, None) else {
        return;
    };
    let files = files.into_iter().map(|file| (file.path, file.bytes));
    let written = Written(files.collect());
    let mut sources = Sources::new();
    let manifest = &written.0["ikecompat.yaml"];
    let manifest = Manifest::read(&mut sources, "ikecompat.yaml", manifest).unwrap();
    let selected = match manifest.select(&database, &written, &mut sources) {
        Ok(selected) => selected.shared(),
        Err(why) => {
            let why: Vec<_> = why.iter().map(|it| it.message.as_str()).collect();
            tried
                .wrong
                .push(format!("the written files of clients: {why:?}"));
            return;
        }
    };
    for path in [
        manifest.server.as_str(),
        "server/server.yaml",
        "server/ipsec.conf",
    ] {
        let Some(bytes) = written.0.get(path) else {
            continue;
        };
        tried.files += 1;
        let format = (path == "server/iked.conf").then_some(Format::Iked);
        let input = ServerText {
            format,
            ..ServerText::new(path, bytes)
        };
        let mut server = match reading::server(&input, &database, &mut sources) {
            Ok(reading) => reading.value,
            Err(why) => {
                let why: Vec<_> = why.iter().map(|it| it.message.as_str()).collect();
                tried.wrong.push(format!("{path}: {why:?}"));
                continue;
            }
        };
        server.nat = Some(Nat::Yes);
        for report in again(&server, &selected, &answer.policy) {
            let own = |id: &str| {
                let id = id.split(':').next().unwrap_or_default();
                report.client.id.starts_with(id)
            };
            let places = (0..answer.clients.len()).filter(|place| own(&answer.clients[*place].id));
            let mut promised = places.filter(|place| {
                !plan.lost.contains(place) && plan.left_out.iter().all(|it| it.client != *place)
            });
            // That it cannot prove itself so is said when the plan is made.
            let said = !report.obstacles.is_empty();
            if promised.next().is_some() && !said && report.verdict >= Overall::RekeyFails {
                let id = &report.client.id;
                tried.wrong.push(format!("{path}: {id} {}", report.verdict));
            }
        }
    }
}

/// What makes these clients connect to a server?
fn question<'q>(
    text: &ServerText<'q>,
    clients: Clients<'q>,
    policy: &'q Policy,
    certificates: &'q Certificates,
) -> PlanQuestion<'q> {
    PlanQuestion {
        server: Some(*text),
        clients,
        product: None,
        client_changes: true,
        gcm: false,
        constraints: Constraints::NONE,
        must_keep: None,
        prefer: None,
        people: None,
        engine: None,
        connection_name: None,
        address: Some("vpn.example.org"),
        remote_id: Some("vpn.example.org"),
        local_id: None,
        auth: None,
        policy,
        certificates,
        files: &NoFiles,
        typed: &[],
    }
}

/// Follows the plan for a server and these clients.
fn follow(text: &ServerText<'_>, clients: Clients<'_>, policy: &Policy, tried: &mut Tried) {
    let (database, certificates) = (Database::builtin(), Certificates::default());
    let question = question(text, clients, policy, &certificates);
    let Ok(answer) = plan(&question, &database, &mut Sources::new()) else {
        return;
    };
    let Ok(frontier) = &answer.outcome else {
        return;
    };
    let plan = frontier.recommended();
    let known = tried.wrong.len();
    tried.plans += 1;
    additions(&answer, plan, tried);
    let way = migration(&answer, plan, &database);
    if let Some(Ok(way)) = way.map(|way| way.files) {
        steps(&answer, plan, &way, tried);
    }
    files(&answer, plan, tried);
    let shown = match text.bytes.len() {
        0..1_000 => String::from_utf8_lossy(text.bytes).into_owned(),
        _ => String::new(),
    };
    let ids: Vec<_> = answer.clients.iter().map(|it| it.id.as_str()).collect();
    for wrong in &mut tried.wrong[known..] {
        *wrong = format!("{}: {wrong} ({})\n{shown}", text.name, ids.join(","));
    }
}

#[test]
fn no_plan_for_generated_servers_shuts_anybody_out() {
    let (policy, all) = (policy(), every_client());
    let mut numbers = Numbers(20_261_201);
    let mut tried = Tried::default();
    for _ in 0..count() {
        let text = generated(&mut numbers);
        let clients = drawn(&mut numbers, &all);
        let text = ServerText::new("s.yaml", text.as_bytes());
        let reading = reading::server(&text, &Database::builtin(), &mut Sources::new());
        let Ok(reading) = reading else {
            continue;
        };
        let texts = texts::texts(&reading.value);
        let (format, bytes) = &texts[numbers.below(texts.len())];
        let text = ServerText {
            format: Some(*format),
            ..ServerText::new("s", bytes)
        };
        follow(&text, Clients::Given(&clients), &policy, &mut tried);
    }
    assert!(tried.steps >= count(), "only {} steps", tried.steps);
    println!("{}", tried.said("generated servers"));
    nothing_is_wrong(&tried.wrong);
}

#[test]
fn no_plan_for_real_files_shuts_anybody_out() {
    let policy = policy();
    let mut tried = Tried::default();
    for (name, bytes) in shared_files() {
        let text = ServerText::new(&name, &bytes);
        follow(&text, Clients::Usual, &policy, &mut tried);
    }
    println!("{}", tried.said("real files"));
    nothing_is_wrong(&tried.wrong);
}

/// The smallest servers for which a plan was once wrong.
#[test]
fn plans_for_libreswan_with_groups_in_phase_2_shut_nobody_out() {
    let (policy, database) = (policy(), Database::builtin());
    let mut tried = Tried::default();
    for (clients, lists) in [
        (
            "strongswan-android-2.4.0,pfsense-default,macos-11,apple-profile-set:aes256-modp2048",
            "phase1: [3des-aes256-sha256-modp1024-ecp256]\nphase2: [aes128-sha256-none-modp2048]\n",
        ),
        (
            "ios-17,libreswan-4.0,pfsense-default",
            "phase1: [aes256-sha256-modp1024]\nphase2: [3des-aes256-sha1-sha256, aes256-sha1]\n",
        ),
        (
            "macos-26,samsung-native,strongswan-5.9.10,android-13,strongswan-android-2.3.0,charon-cmd-6.0.2",
            "phase1: [aes256gcm16-prfsha384-ecp384, aes128-sha256-curve25519, aes128-sha256-ecp256, \
             aes256gcm16-prfsha256-ecp256]\nphase2: [3des-sha1, aes128-sha1, aes256gcm16]\n",
        ),
    ] {
        let text = format!("product: libreswan\nengine: libreswan@4.10\n{lists}");
        let text = ServerText::new("s.yaml", text.as_bytes());
        let clients = database.select(clients).unwrap();
        let clients: Vec<_> = clients
            .into_iter()
            .map(|one| Arc::new(one.client))
            .collect();
        follow(&text, Clients::Given(&clients), &policy, &mut tried);
    }
    println!("{}", tried.said("libreswan"));
    assert_eq!(tried.plans, 3);
    nothing_is_wrong(&tried.wrong);
}

#[test]
fn what_a_plan_wants_of_lifetimes_is_said_beside_its_steps() {
    let (policy, database) = (policy(), Database::builtin());
    let text = ServerText::new("ipsec.conf", super::NEVER_ASKS.as_bytes());
    let clients = Clients::Selected("strongswan-android-2.4.1,macos-26");
    let certificates = Certificates::default();
    let question = question(&text, clients, &policy, &certificates);
    let answer = plan(&question, &database, &mut Sources::new()).unwrap();
    let recommended = answer.outcome.as_ref().unwrap().recommended();
    let way = migration(&answer, recommended, &database).unwrap();
    let said = "`people`: set the hard lifetime of phase 1 to 39600 s at least (`ikelifetime`)";
    assert!(
        way.beside.iter().any(|sentence| sentence == said),
        "{:?}",
        way.beside
    );
}

/// Once it never asks, charon ends no child SA, whatever the rekey time was before.
#[test]
fn no_lifetime_is_wanted_of_a_server_that_has_none_without_rekeying() {
    let (policy, database) = (policy(), Database::builtin());
    let text = "connections { people { version = 2\n proposals = aes256-sha256-modp2048\n pools = p\n \
                local { auth = pubkey }\n remote { auth = eap-mschapv2 }\n \
                children { net { local_ts = 0.0.0.0/0\n esp_proposals = aes256-sha256\n rekey_time = 1h } } } }\n\
                pools { p { addrs = 10.99.0.0/24 } }\n";
    let text = ServerText::new("swanctl.conf", text.as_bytes());
    let clients = Clients::Selected("windows-10:require,strongswan-android-2.4.1");
    let certificates = Certificates::default();
    let question = question(&text, clients, &policy, &certificates);
    let answer = plan(&question, &database, &mut Sources::new()).unwrap();
    let recommended = answer.outcome.as_ref().unwrap().recommended();
    let way = migration(&answer, recommended, &database).unwrap();
    let said = "`people` must never ask for new keys of phase 2: set `rekey_time = 0s` in each of its children";
    assert_eq!(way.beside, [said]);
}
