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
            told.get("possible_connections").is_none_or(Value::is_null),
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
