//! Which of several connections answers: by identities, and, with `IKECOMPAT_SHARED=FOLDER`, against what real daemons
//! did with connections of different addresses.

use std::fs;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use ikecompat::answer::{Answer, Clients, Question, ServerInput, ServerText, ask};
use ikecompat::diag::Sources;
use ikecompat::dialect::{charon, swan};
use ikecompat::ike::{Proposal, Protocol};
use ikecompat::peer::{Client, Known};
use ikecompat::profile::Database;
use serde_json::Value;

use crate::common::ikecompat;

/// Compares a server with clients that dial in from an address.
fn answer(server: &str, engine: &str, clients: Clients<'_>, address: Option<&str>) -> Answer {
    let database = Database::builtin();
    let policy = database.policy("rfc8247").unwrap();
    let text = ServerText {
        engine: Some(database.engine_named(engine).unwrap().engine),
        ..ServerText::new("swanctl.conf", server.as_bytes())
    };
    let question = Question {
        clients,
        client_address: address.map(|ip| ip.parse::<IpAddr>().unwrap()),
        ..Question::new(ServerInput::Text(text), &policy)
    };
    ask(&question, &database, &mut Sources::new()).unwrap()
}

/// The name of the connection that answers, and the suite of IKE; nothing where none does.
fn met(answer: &Answer) -> (Option<String>, Option<String>) {
    let report = &answer.clients[0].report;
    assert!(report.alternatives.is_empty(), "the address is known");
    let connection = report
        .connection
        .map(|place| answer.server.connections[place].name.clone());
    let suite = report.ike.ike_sa_init.verdict.suite().map(charon::suite);
    (connection, suite)
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// A strongSwan with these lists.
fn daemon(lists: &Value) -> Arc<Client> {
    let selected = Database::builtin().select("strongswan-5.9.7").unwrap();
    let mut client = selected.into_iter().next().unwrap().client;
    let list = |protocol, name: &str| -> Vec<Proposal> {
        let words = lists[name].as_array().unwrap().iter();
        words
            .map(|word| swan::parse(protocol, word.as_str().unwrap()).unwrap())
            .collect()
    };
    if let Known::Stated(fact) = &mut client.ike_sa_init {
        fact.value.proposals = list(Protocol::Ike, "ike");
        fact.value.key_exchange = fact.value.proposals[0].first_ke();
    }
    if let Known::Stated(fact) = &mut client.ike_auth {
        fact.value = list(Protocol::Esp, "esp");
    }
    Arc::new(client)
}

#[test]
fn recorded_connections_answer_as_the_daemons_did() {
    let Some(shared) = std::env::var_os("IKECOMPAT_SHARED") else {
        return;
    };
    let folder = Path::new(&shared).join("field/negotiation");
    let (mut compared, mut wrong) = (0, Vec::new());
    for (name, engine) in [
        ("truth-598-addr.jsonl", "strongswan@5.9.8"),
        ("truth-606-addr.jsonl", "strongswan@6.0.6"),
    ] {
        for line in lines(&folder.join(name)) {
            let client: [Arc<Client>; 1] = [daemon(&line["client"])];
            let server = line["server"].as_str().unwrap();
            let address = line["client_address"].as_str();
            let said = met(&answer(server, engine, Clients::Given(&client), address));
            let seen = ["connection", "suite"].map(|key| line[key].as_str().map(str::to_owned));
            compared += 1;
            if said != (seen[0].clone(), seen[1].clone()) {
                wrong.push(format!("{name} {}: {seen:?}, said {said:?}", line["id"]));
            }
        }
    }
    let name = "truth-598-check-addrs-411299.jsonl";
    for (number, line) in lines(&folder.join(name)).iter().enumerate() {
        let server = line["server"].as_str().unwrap();
        for row in line["rows"].as_array().unwrap() {
            let client = row["client"].as_str().unwrap();
            let selected = Clients::Selected(client);
            let said = answer(server, "strongswan@5.9.8", selected, Some("203.0.113.5"));
            let report = &said.clients[0].report;
            let suite = report.ike.ike_sa_init.verdict.suite().map(charon::suite);
            let connection = report
                .connection
                .map(|place| said.server.connections[place].name.clone());
            let seen = (
                row["connection"].as_str().map(str::to_owned),
                row["ike"]["suite"].as_str().map(str::to_owned),
            );
            compared += 1;
            if (&connection, &suite) != (&seen.0, &seen.1) {
                wrong.push(format!(
                    "{name}:{} {client}: {seen:?}, said {connection:?} {suite:?}",
                    number + 1
                ));
            }
        }
    }
    println!("{compared} cells");
    assert!(compared > 300, "{compared}");
    assert!(
        wrong.is_empty(),
        "{} of {compared}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_more_exact_address_answers_as_in_the_smallest_cases() {
    let Some(shared) = std::env::var_os("IKECOMPAT_SHARED") else {
        return;
    };
    let path = Path::new(&shared).join("field/negotiation/repro.jsonl");
    let mut compared = 0;
    for line in lines(&path) {
        if !line["kind"].as_str().unwrap().starts_with("K3") {
            continue;
        }
        let client: [Arc<Client>; 1] = [daemon(&line["client"])];
        let server = line["swanctl"].as_str().unwrap();
        let real = line["real"].as_str().unwrap();
        let engine = match real.contains("6.0.6") {
            true => "strongswan@6.0.6",
            false => "strongswan@5.9.8",
        };
        let said = met(&answer(server, engine, Clients::Given(&client), None));
        let connection = real.strip_prefix("connection ").unwrap();
        let seen = connection.split([' ', '(']).next();
        assert_eq!(said.0.as_deref(), seen, "{line}");
        compared += 1;
    }
    assert!(compared > 5, "{compared}");
}

/// Two connections that differ in what the server calls itself.
const TWO: &str = "\
connections {
  office {
    version = 2
    proposals = aes256-sha256-modp2048
    pools = p
    local {
      auth = pubkey
      id = office.example.com
    }
    remote {
      auth = eap-mschapv2
    }
    children {
      net {
        esp_proposals = aes256-sha256
      }
    }
  }
  home {
    version = 2
    proposals = aes256-sha256-modp2048
    pools = p
    local {
      auth = pubkey
      id = home.example.com
    }
    remote {
      auth = eap-mschapv2
    }
    children {
      net {
        esp_proposals = aes128-sha1
      }
    }
  }
}
pools {
  p {
    addrs = 192.0.2.0/24
  }
}
";

#[test]
fn what_a_client_expects_the_server_to_be_decides() {
    let run = |more: &[&str]| {
        let arguments = ["check", "-", "--clients", "android", "--format", "json"];
        let run = ikecompat(&[&arguments[..], more].concat(), TWO);
        serde_json::from_str::<Value>(&run.stdout).expect(&run.stderr)["servers"][0]["clients"][0]
            .clone()
    };
    let open = run(&[]);
    assert_eq!(
        open["possible_connections"],
        serde_json::json!(["office", "home"])
    );
    for name in ["office", "home"] {
        let told = run(&["--server-id", &format!("{name}.example.com")]);
        assert_eq!(told["connection"], name);
        assert!(
            told["possible_connections"]
                .as_array()
                .is_none_or(Vec::is_empty),
            "{told}"
        );
    }
    let table = ikecompat(&["check", "-", "--clients", "android"], TWO);
    let words = table
        .stdout
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(
        words.contains("what a client expects the server to be decides which connection answers (office or home); --server-id says it"),
        "{}",
        table.stdout
    );
}

/// The verdict of a client about a configuration in a format.
fn verdict(format: &str, server: &str) -> String {
    let arguments = [
        "check",
        "-",
        "--from",
        format,
        "--clients",
        "android",
        "--format",
        "json",
    ];
    let run = ikecompat(&arguments, server);
    let answer = serde_json::from_str::<Value>(&run.stdout).expect(&run.stderr);
    let client = &answer["servers"][0]["clients"][0];
    client["verdict"].as_str().unwrap().to_owned()
}

#[test]
fn a_list_that_the_file_does_not_say_makes_nothing_certain() {
    let connection = |name: &str, proposals: &str, esp: &str| {
        format!(
            "{name} = {{ version = 2; pools = [ \"p\" ]; proposals = {proposals}; local.main.auth = \"pubkey\";\n\
             remote.main.auth = \"eap-mschapv2\"; children.n.esp_proposals = {esp}; }};\n"
        )
    };
    let whole = |connections: &[String]| {
        format!(
            "{{ services.strongswan-swanctl.swanctl.connections = {{\n{} }}; }}",
            connections.concat()
        )
    };
    let ike = "[ \"aes256-sha256-ecp256\" ]";
    let esp = "[ \"aes256gcm16\" ]";
    let known = connection("a", ike, esp);
    assert_eq!(
        verdict("nixos", &whole(std::slice::from_ref(&known))),
        "connects"
    );
    let half = connection("b", ike, "map f common");
    assert_eq!(
        verdict("nixos", &whole(std::slice::from_ref(&half))),
        "unknown"
    );
    // Of equals the first one answers.
    assert_eq!(verdict("nixos", &whole(&[known.clone(), half])), "connects");
    for unknown in [connection("b", "common", esp), "b = common;".to_owned()] {
        assert_eq!(
            verdict("nixos", &whole(std::slice::from_ref(&unknown))),
            "unknown",
            "{unknown}"
        );
        // It may be the one that answers.
        let both = whole(&[known.clone(), unknown.clone()]);
        assert_eq!(verdict("nixos", &both), "unknown", "{unknown}");
    }
}

#[test]
fn what_is_too_much_to_try_is_not_decided_by_the_first_of_it() {
    let connection = |number: usize, esp: &str| {
        format!(
            "c{number} {{\nversion = 2\npools = p\nproposals = aes256-sha256-ecp256\nlocal {{\nauth = pubkey\nid = n{number}.example.com\n}}\n\
             remote {{\nauth = eap-mschapv2\nid = u{number}\n}}\nchildren {{\nn {{\nesp_proposals = {esp}\n}}\n}}\n}}\n"
        )
    };
    let whole = |last: &str| {
        let most = (0..40).map(|number| connection(number, "aes256gcm16"));
        let all: String = most.chain([connection(40, last)]).collect();
        format!("connections {{\n{all}}}\n")
    };
    assert_eq!(verdict("swanctl", &whole("aes256gcm16")), "connects");
    assert_eq!(verdict("swanctl", &whole("cast128-md5")), "unknown");
}
