//! Advice that shuts nobody out: every single piece is carried out, and the question asked again.
//!
//! `IKECOMPAT_ADVICE=3000 cargo test advice` tries so many generated servers, and with
//! `IKECOMPAT_SHARED=FOLDER` the files of that folder are tried too.

mod changes;
mod plans;
mod texts;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ikecompat::answer::reading;
use ikecompat::answer::remedy::{RemedyChange, RemedySide};
use ikecompat::answer::{Answer, Clients, Question, ServerInput, ServerText, ask};
use ikecompat::compat::harm::is_worse;
use ikecompat::compat::report::{ClientReport, Overall, reports};
use ikecompat::diag::Sources;
use ikecompat::peer::server::Nat;
use ikecompat::peer::{Client, Edit, Policy, Server};
use ikecompat::profile::Database;
use ikecompat::recommend::configured;
use itertools::Itertools as _;

use crate::plans::Numbers;

fn policy() -> Policy {
    Database::builtin().policy("rfc8247").unwrap()
}

/// The clients compared with a server once more.
fn again(server: &Server, clients: &[Arc<Client>], policy: &Policy) -> Vec<ClientReport> {
    let situation = reading::situation(server, &Database::builtin()).unwrap();
    reports(server, clients, &situation, policy)
}

fn changed(server: &Server, edits: &[Edit]) -> Server {
    let mut server = server.clone();
    edits.iter().for_each(|edit| edit.apply(&mut server));
    server
}

/// What went wrong when the advice of an answer was followed, and how many pieces of it there were.
fn wrong(answer: &Answer, policy: &Policy) -> (usize, Vec<String>) {
    let mut wrong = Vec::new();
    let mut tried = 0;
    let clients: Vec<Arc<Client>> = answer
        .clients
        .iter()
        .map(|one| Arc::clone(&one.report.client))
        .collect();
    let worse = |after: &[ClientReport], except: Option<usize>| {
        let both = answer.clients.iter().zip(after).enumerate();
        both.filter(|(place, (old, new))| Some(*place) != except && is_worse(&old.report, new))
            .map(|(_, (old, _))| old.report.client.id.clone())
            .collect::<Vec<_>>()
    };
    for (place, client) in answer.clients.iter().enumerate() {
        for remedy in &client.remedies {
            tried += 1;
            let (mut server, mut told) = (answer.server.clone(), clients.clone());
            for part in &remedy.parts {
                match &part.change {
                    RemedyChange::Server(edits) => server = changed(&server, edits),
                    RemedyChange::Client { method, ike, esp } => {
                        told[place] = Arc::new(configured(&told[place], *method, ike, esp));
                    }
                }
            }
            let after = again(&server, &told, policy);
            let lines = remedy.lines().join(" / ");
            if after[place].verdict != Overall::Connects {
                wrong.push(format!(
                    "{} still fails after: {lines}",
                    client.report.client.id
                ));
            }
            for id in worse(&after, Some(place)) {
                wrong.push(format!("{id} is worse off after: {lines}"));
            }
            let all = (&clients[..], &told[..]);
            let found = typed((&answer.server, &server), all, Some(place), policy);
            wrong.extend(found.into_iter().map(|what| format!("{what}: {lines}")));
        }
    }
    for help in &answer.helps {
        tried += 1;
        let server = changed(&answer.server, &help.edits);
        let after = again(&server, &clients, policy);
        for id in worse(&after, None) {
            wrong.push(format!(
                "{id} is worse off after {}: {}",
                help.code, help.message
            ));
        }
        let found = typed(
            (&answer.server, &server),
            (&clients, &clients),
            None,
            policy,
        );
        wrong.extend(
            found
                .into_iter()
                .map(|what| format!("{what}: {}", help.message)),
        );
    }
    (tried, wrong)
}

/// What went wrong when a change was written into a text of each format and read again. The client of `cured`
/// connects afterwards; nobody else is worse off than with the text as it was.
fn typed(
    (old, new): (&Server, &Server),
    (clients, told): (&[Arc<Client>], &[Arc<Client>]),
    cured: Option<usize>,
    policy: &Policy,
) -> Vec<String> {
    let before = texts::written(old);
    let mut wrong = Vec::new();
    for (format, new) in texts::written(new) {
        let old = before.iter().find(|(other, _)| *other == format);
        let Some((_, Ok(old))) = old else {
            continue;
        };
        let new = match new {
            Ok(new) => new,
            Err(why) => {
                wrong.push(why);
                continue;
            }
        };
        let (before, after) = (again(old, clients, policy), again(&new, told, policy));
        for (place, (old, new)) in before.iter().zip(&after).enumerate() {
            let id = &old.client.id;
            if cured == Some(place) {
                // How clients prove themselves is the text's own, and said where they cannot.
                if new.verdict != Overall::Connects && old.obstacles.is_empty() {
                    wrong.push(format!("{id} still fails after it is typed as {format}"));
                }
            } else if is_worse(old, new) {
                wrong.push(format!("{id} is worse off after it is typed as {format}"));
            }
        }
    }
    wrong
}

const IKE: [&str; 12] = [
    "aes256-sha256-modp2048",
    "aes256-sha256-modp1024",
    "aes256-sha1-modp1024",
    "3des-sha1-modp1024",
    "aes128-sha256-ecp256",
    "aes256gcm16-prfsha384-ecp384",
    "aes256-sha384-ecp384",
    "aes128-aes256-sha1-sha256-modp1024-modp2048",
    "3des-aes256-sha256-modp1024-ecp256",
    "aes256gcm16-prfsha256-ecp256",
    "aes128-sha256-x25519",
    "aes256-sha512-modp4096",
];
const ESP: [&str; 12] = [
    "aes256-sha256",
    "aes256-sha1",
    "aes128-sha1",
    "3des-sha1",
    "aes256gcm16",
    "aes128gcm16-ecp256",
    "aes256-sha256-modp2048",
    "aes256-sha256-modp1024-none",
    "aes128-sha256-none-modp2048",
    "null-sha1",
    "3des-aes256-sha1-sha256",
    "aes256gcm16-ecp384",
];
const PRODUCTS: [&str; 5] = [
    "",
    "product: libreswan\n",
    "product: strongswan\n",
    "product: opnsense\n",
    "product: pfsense\n",
];

/// The text of a server that nobody has written.
fn generated(numbers: &mut Numbers) -> String {
    let mut list = |all: &[&str]| {
        let count = 1 + numbers.below(4);
        let drawn: Vec<_> = (0..count).map(|_| all[numbers.below(all.len())]).collect();
        drawn.join(", ")
    };
    let (ike, esp) = (list(&IKE), list(&ESP));
    let product = PRODUCTS[numbers.below(PRODUCTS.len())];

    format!("{product}phase1: [{ike}]\nphase2: [{esp}]\n")
}

#[test]
fn no_advice_about_generated_servers_shuts_anybody_out() {
    let (policy, database) = (policy(), Database::builtin());
    let (count, all) = (count(), every_client());
    let mut numbers = Numbers(20_261_130);
    let (mut tried, mut failures) = (0, Vec::new());
    for _ in 0..count {
        let text = generated(&mut numbers);
        let drawn = drawn(&mut numbers, &all);
        let nat = [Nat::No, Nat::Unknown, Nat::Yes][numbers.below(3)];
        let question = Question {
            clients: Clients::Given(&drawn),
            nat: Some(nat),
            ..Question::new(
                ServerInput::Text(ServerText::new("s.yaml", text.as_bytes())),
                &policy,
            )
        };
        let Ok(answer) = ask(&question, &database, &mut Sources::new()) else {
            continue;
        };
        let (more, wrong) = wrong(&answer, &policy);
        tried += more;
        failures.extend(wrong.into_iter().map(|what| format!("{text}{nat}: {what}")));
    }
    assert!(tried >= count, "only {tried} pieces of advice");
    println!(
        "{count} servers, {tried} pieces of advice, {} wrong",
        failures.len()
    );
    nothing_is_wrong(&failures);
}

/// Fails with the first of what is wrong.
fn nothing_is_wrong(failures: &[String]) {
    let shown = failures.iter().take(10).join("\n");
    assert!(failures.is_empty(), "{} wrong:\n{shown}", failures.len());
}

/// How many servers are made up.
fn count() -> usize {
    let count = std::env::var("IKECOMPAT_ADVICE").ok();
    count.map_or(40, |count| count.parse().unwrap())
}

/// Every client in every set-up.
fn every_client() -> Vec<Arc<Client>> {
    let all = Database::builtin().select("*:*").unwrap();
    all.into_iter().map(|one| Arc::new(one.client)).collect()
}

/// A few of the clients.
fn drawn(numbers: &mut Numbers, all: &[Arc<Client>]) -> Vec<Arc<Client>> {
    let size = 2 + numbers.below(5);
    let drawn = (0..size).map(|_| Arc::clone(&all[numbers.below(all.len())]));
    drawn.collect()
}

/// The files of the folder of real files, if there is one, and those of this project, with their names.
fn shared_files() -> Vec<(String, Vec<u8>)> {
    let mut open: Vec<PathBuf> = match std::env::var_os("IKECOMPAT_SHARED") {
        Some(shared) => vec![
            Path::new(&shared).join("configs"),
            Path::new(&shared).join("field"),
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus"),
        ],
        None => Vec::new(),
    };
    let mut files = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).unwrap();
            open.extend(entries.map(|it| it.unwrap().path()));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        if bytes.len() <= LONGEST {
            files.push((path.display().to_string(), bytes));
        }
    }
    files.sort();
    files
}

/// A longer file is no configuration.
const LONGEST: usize = 200_000;

#[test]
fn no_advice_about_real_files_shuts_anybody_out() {
    let (policy, database) = (policy(), Database::builtin());
    let (mut files, mut tried, mut failures) = (0, 0, Vec::new());
    for (name, bytes) in shared_files() {
        let question = Question::new(ServerInput::Text(ServerText::new(&name, &bytes)), &policy);
        let Ok(answer) = ask(&question, &database, &mut Sources::new()) else {
            continue;
        };
        files += 1;
        let (more, wrong) = wrong(&answer, &policy);
        tried += more;
        failures.extend(wrong.into_iter().map(|what| format!("{name}: {what}")));
    }
    println!(
        "{files} files, {tried} pieces of advice, {} wrong",
        failures.len()
    );
    nothing_is_wrong(&failures);
}

/// What a rule says about a client that loses its tunnel is what helps the client, whatever program the server runs.
#[test]
fn what_a_finding_cures_is_a_remedy_of_the_client() {
    let folders = [
        ("cisco", "cfg"),
        ("fortios", "conf"),
        ("iked", "conf"),
        ("libreswan", "conf"),
        ("routeros", "rsc"),
        ("swanctl", "conf"),
    ];
    let corpus = |(folder, ending)| crate::readers::corpus(folder, ending);
    let (policy, mut cured, mut failures) = (policy(), Vec::new(), Vec::new());
    for (path, text) in folders.into_iter().flat_map(corpus) {
        let question = Question {
            clients: Clients::Selected("android-13"),
            ..Question::new(
                ServerInput::Text(ServerText::new("server", text.as_bytes())),
                &policy,
            )
        };
        let Ok(answer) = ask(&question, &Database::builtin(), &mut Sources::new()) else {
            continue;
        };
        failures.extend(wrong(&answer, &policy).1);
        let client = &answer.clients[0];
        let clients = [Arc::clone(&client.report.client)];
        let cures = answer.helps.iter().any(|help| {
            let after = again(&changed(&answer.server, &help.edits), &clients, &policy);
            after[0].verdict == Overall::Connects
        });
        if client.report.verdict == Overall::RekeyFails && cures {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if client.remedies.is_empty() {
                failures.push(format!("{name}: the client is not told what helps"));
            }
            cured.push(name);
        }
    }
    assert!(
        ["ios.cfg", "office.rsc"]
            .iter()
            .all(|name| cured.iter().any(|it| it == name)),
        "{cured:?}"
    );
    nothing_is_wrong(&failures);
}

fn check(text: &str, clients: &str) -> Answer {
    let policy = policy();
    let question = Question {
        clients: Clients::Selected(clients),
        ..Question::new(
            ServerInput::Text(ServerText::new("s.yaml", text.as_bytes())),
            &policy,
        )
    };
    ask(&question, &Database::builtin(), &mut Sources::new()).unwrap()
}

#[test]
fn what_belongs_together_is_one_remedy() {
    let text = "product: pfsense\nphase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]\n";
    let answer = check(text, "windows-10:require");
    let remedies = &answer.clients[0].remedies;
    let on_server = remedies
        .iter()
        .find(|one| one.is_on(RemedySide::Server))
        .unwrap();
    assert_eq!(on_server.parts.len(), 2);
    assert!(!on_server.is_advised());
    let phases: Vec<_> = on_server.parts.iter().map(|part| part.phase).collect();
    assert_eq!(phases, [Some(1), Some(2)]);
    assert!(
        remedies
            .iter()
            .any(|one| one.is_advised() && one.is_on(RemedySide::Client))
    );
}

#[test]
fn null_encryption_is_prohibited_by_a_rule_of_our_own() {
    let answer = check(
        "phase1: [aes256-sha256-modp1024]\nphase2: [null-sha1]\n",
        "windows-10:none",
    );
    let rank = answer.clients[0].rank.as_ref().unwrap();
    assert_eq!(rank.tier.word(), "prohibited");
    assert_eq!(rank.deciding.reason(), "null: nothing is encrypted");
    assert!(!rank.deciding.clause.contains("RFC"));
}

/// libreswan ends an IKE SA after eight hours, and the app renews it after ten.
const NEVER_ASKS: &str = "conn people\n\tleft=%defaultroute\n\tleftid=@vpn.example.com\n\tleftcert=x\n\t\
    right=%any\n\trightaddresspool=10.99.0.10-10.99.0.250\n\trekey=no\n\tike=aes256-sha2_256;modp2048\n\t\
    esp=aes_gcm256\n\tpfs=no\n\tauto=add\n";

#[test]
fn a_lifetime_that_ends_too_soon_is_made_longer() {
    let (policy, database) = (policy(), Database::builtin());
    let ask = |text: &str| {
        let input = ServerInput::Text(ServerText::new("ipsec.conf", text.as_bytes()));
        let question = Question {
            clients: Clients::Selected("strongswan-android-2.4.1"),
            ..Question::new(input, &policy)
        };
        ask(&question, &database, &mut Sources::new()).unwrap()
    };
    let answer = ask(NEVER_ASKS);
    assert_eq!(answer.clients[0].report.verdict, Overall::RekeyFails);
    let [remedy] = &answer.clients[0].remedies[..] else {
        panic!("{:?}", answer.clients[0].remedies);
    };
    let said = "set the hard lifetime of phase 1 to 39600 s at least (`ikelifetime`)";
    assert_eq!(remedy.parts[0].instruction, said);
    let (_, wrong) = wrong(&answer, &policy);
    nothing_is_wrong(&wrong);
    let longer = NEVER_ASKS.replace("rekey=no", "rekey=no\n\tikelifetime=39600s");
    let after = ask(&longer).clients[0].report.verdict;
    assert_eq!(after, Overall::Connects);
}

/// What is to be added is spelt as the file that was read spells it, and as data in strongSwan's keywords.
#[test]
fn a_fix_can_be_pasted_where_it_was_asked() {
    let text = |product: &str| {
        format!("product: {product}\nphase1: [aes256-sha256-ecp384]\nphase2: [aes256-sha256]\n")
    };
    let conf = "conn people\n  ikev2=insist\n  ike=aes256-sha2_256-dh20\n  esp=aes256-sha2_256\n  left=%defaultroute\n  \
                right=%any\n  authby=rsasig\n  leftid=@vpn.example.com\n  rightaddresspool=10.9.0.2-10.9.0.9\n  auto=add\n";
    let texts = ["libreswan", "opnsense", "openiked", "strongswan"].map(text);
    for text in texts.iter().map(String::as_str).chain([conf]) {
        let answer = check(text, "ios-17");
        let remedy = answer.clients[0].remedies.first().unwrap();
        let part = &remedy.parts[0];
        let keywords = part.proposal.as_deref().unwrap();
        assert!(
            ikecompat::dialect::swan::parse(ikecompat::ike::Protocol::Ike, keywords).is_ok(),
            "{keywords}"
        );
        let is_described = text.starts_with("product");
        assert_eq!(
            part.instruction.contains(keywords),
            is_described,
            "{}",
            part.instruction
        );
        if is_described {
            let fixed = text.replace("-ecp384]", &format!("-ecp384, {keywords}]"));
            let verdict = check(&fixed, "ios-17").clients[0].report.verdict;
            assert_eq!(verdict, Overall::Connects, "{fixed}");
        }
    }
    let answer = check(
        "product: libreswan\nphase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]\n",
        "android-13",
    );
    let said = answer.clients[0].remedies[0].lines().join(" ");
    assert!(said.contains("`pfs: no`"), "{said}");
    assert!(!said.contains("pfs=no"), "{said}");
}
