//! `check --after`: who is said to gain and to lose by a change is who does.

use ikecompat::answer::{
    Clients, EngineComparison, Question, ReleaseDifference, ServerInput, ServerText, ask,
};
use ikecompat::diag::Sources;
use ikecompat::profile::Database;
use ikecompat::write::report::change;

use super::{again, count, drawn, every_client, generated, nothing_is_wrong, policy};
use crate::plans::Numbers;

#[test]
fn who_is_said_to_lose_by_a_change_does() {
    let (policy, database, all) = (policy(), Database::builtin(), every_client());
    let mut numbers = Numbers(20_261_202);
    let (mut rows, mut wrong) = (0, Vec::new());
    for _ in 0..count() {
        let clients = drawn(&mut numbers, &all);
        let texts = [generated(&mut numbers), generated(&mut numbers)];
        let answer = |text: &String| {
            let question = Question {
                clients: Clients::Given(&clients),
                ..Question::new(
                    ServerInput::Text(ServerText::new("s.yaml", text.as_bytes())),
                    &policy,
                )
            };
            ask(&question, &database, &mut Sources::new())
        };
        let [Ok(before), Ok(after)] = texts.each_ref().map(answer) else {
            continue;
        };
        let verdicts = [&before, &after].map(|answer| again(&answer.server, &clients, &policy));
        let comparison = EngineComparison {
            before,
            after,
            releases: ReleaseDifference::default(),
        };
        let said = change::clients(&comparison, 0, false);
        for (place, said) in said.iter().enumerate() {
            rows += 1;
            let [old, new] = verdicts.each_ref().map(|all| all[place].verdict);
            if said.loses() != (new > old) {
                let id = &clients[place].id;
                wrong.push(format!(
                    "{id}: {old}, then {new}\n{}\n{}",
                    texts[0], texts[1]
                ));
            }
        }
    }
    assert!(rows >= count());
    println!("{rows} rows of changes, {} wrong", wrong.len());
    nothing_is_wrong(&wrong);
}
