//! Of a server as `recommend` writes it nothing is unknown that a setting removes and the program does not name.

use std::sync::Arc;

use ikecompat::answer::reading;
use ikecompat::compat::report::reports;
use ikecompat::compat::verdict::Verdict;
use ikecompat::peer::server::{Nat, Product};
use ikecompat::peer::{Client, Exchange};
use ikecompat::profile::{Database, selection};
use ikecompat::recommend::{Names, PlanRequest, recommend, server};

use super::sets::{PRODUCTS, policy};

#[test]
fn what_is_unknown_of_a_recommended_server_names_the_setting_that_removes_it() {
    let database = Database::builtin();
    let policy = policy("rfc8247");
    let clients: Vec<Client> = database
        .select(selection::DEFAULT)
        .unwrap()
        .into_iter()
        .map(|one| one.client)
        .collect();
    let mut wrong = Vec::new();
    for product in PRODUCTS {
        let plan = recommend(PlanRequest::new(&clients, product, &policy)).unwrap();
        let mut server = server(&plan, Names::default());
        server.nat = Some(Nat::Yes);
        let told: Vec<Arc<Client>> = (0..clients.len())
            .map(|place| Arc::new(plan.client(&clients, place)))
            .collect();
        let situation = reading::situation(&server, &database).unwrap();
        for report in reports(&server, &told, &situation, &policy) {
            let left_out = plan
                .left_out
                .iter()
                .any(|it| clients[it.client].id == report.client.id);
            let exchanges = report.exchanges();
            let all = [
                Exchange::ChildRekeyByClient,
                Exchange::ChildRekeyByServer,
                Exchange::IkeRekeyByClient,
                Exchange::IkeRekeyByServer,
            ];
            let unknown =
                all.into_iter()
                    .filter_map(|exchange| match &exchanges[exchange]?.verdict {
                        Verdict::Unknown(why) => Some((exchange, why.clone())),
                        _ => None,
                    });
            for (exchange, why) in unknown.filter(|_| !left_out) {
                let by_server = matches!(
                    exchange,
                    Exchange::IkeRekeyByServer | Exchange::ChildRekeyByServer
                );
                // RRAS has no such setting, and that is said.
                let named = why.contains("`rekey")
                    || why.contains("(Rekey time (s) 0")
                    || why.contains("(Rekey Time 0")
                    || why.contains("`ikelifetime`")
                    || product == Product::Rras && why.contains("no setting of this server");
                if !(by_server && named) {
                    wrong.push(format!("{product} {} {exchange}: {why}", report.client.id));
                }
            }
            let first = exchanges.ike_sa_init;
            if first.is_some_and(|it| matches!(it.verdict, Verdict::Unknown(_))) && !left_out {
                wrong.push(format!(
                    "{product} {}: whether it comes up",
                    report.client.id
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
