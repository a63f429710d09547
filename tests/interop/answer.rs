//! What a pair of peers agrees on in each exchange, in the same words for the daemon and for the
//! program, and where two such answers differ.

use comfy_table::{Table, presets::ASCII_MARKDOWN};
use serde::{Deserialize, Serialize};

/// How an exchange ends. The words are those of `ikecompat negotiate --batch`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Outcome {
    /// A daemon refuses its own configuration.
    ConfigRejected,
    /// A suite is chosen, and the exchange fails all the same.
    FailedAfterSelection,
    /// Nothing is sent.
    InitiatorFailed,
    NoProposalChosen,
    /// An exchange before this one fails.
    #[default]
    NotReached,
    #[serde(rename = "ok")]
    #[strum(serialize = "ok")]
    Ok,
}

/// The end of one exchange.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Exchange {
    pub(crate) result: Outcome,
    /// The suite as charon logs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) suite: Option<String>,
    /// The suite chosen before the exchange failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) selected: Option<String>,
    /// Whether the IPsec backend took the CHILD_SA.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) installed: Option<bool>,
    /// The INVALID_KE_PAYLOAD rounds: group sent, group wanted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) invalid_ke: Vec<[String; 2]>,
}

/// The ends of all exchanges in the life of one tunnel. Client is the initiator of the connection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) id: String,
    pub(crate) ike: Exchange,
    pub(crate) esp: Exchange,
    pub(crate) child_rekey_by_client: Exchange,
    pub(crate) child_rekey_by_server: Exchange,
    pub(crate) ike_rekey_by_client: Exchange,
    pub(crate) ike_rekey_by_server: Exchange,
}

impl Answer {
    /// The exchanges with their names.
    pub(crate) fn exchanges(&self) -> [(&'static str, &Exchange); 6] {
        [
            ("ike", &self.ike),
            ("esp", &self.esp),
            ("child_rekey_by_client", &self.child_rekey_by_client),
            ("child_rekey_by_server", &self.child_rekey_by_server),
            ("ike_rekey_by_client", &self.ike_rekey_by_client),
            ("ike_rekey_by_server", &self.ike_rekey_by_server),
        ]
    }
}

/// One fact on which prediction and daemon disagree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) pair: String,
    pub(crate) exchange: &'static str,
    pub(crate) fact: &'static str,
    pub(crate) predicted: String,
    pub(crate) observed: String,
}

/// Compares a prediction with what the daemon did, fact by fact.
pub(crate) fn differences(predicted: &Answer, observed: &Answer) -> Vec<Difference> {
    let id = &observed.id;
    let mut differences = Vec::new();
    let exchanges = predicted.exchanges().into_iter().zip(observed.exchanges());
    for ((exchange, predicted), (_, observed)) in exchanges {
        // Both sides of each fact. What the program may leave unsaid counts only where it is said.
        let mut facts = vec![
            (
                "result",
                predicted.result.to_string(),
                observed.result.to_string(),
            ),
            ("suite", word(&predicted.suite), word(&observed.suite)),
            (
                "invalid_ke",
                rounds(&predicted.invalid_ke),
                rounds(&observed.invalid_ke),
            ),
        ];
        if predicted.selected.is_some() {
            facts.push((
                "selected",
                word(&predicted.selected),
                word(&observed.selected),
            ));
        }
        if predicted.installed.is_some() || exchange == "esp" {
            facts.push((
                "installed",
                word(&predicted.installed),
                word(&observed.installed),
            ));
        }
        for (fact, predicted, observed) in facts {
            if predicted != observed {
                let pair = id.clone();
                differences.push(Difference {
                    pair,
                    exchange,
                    fact,
                    predicted,
                    observed,
                });
            }
        }
    }
    differences
}

fn word<T: ToString>(fact: &Option<T>) -> String {
    fact.as_ref().map_or_else(|| "-".to_owned(), T::to_string)
}

fn rounds(invalid_ke: &[[String; 2]]) -> String {
    let rounds: Vec<_> = invalid_ke.iter().map(|round| round.join(" -> ")).collect();
    if rounds.is_empty() {
        "-".to_owned()
    } else {
        rounds.join(", ")
    }
}

/// The differences as a table.
pub(crate) fn table(differences: &[Difference]) -> String {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN);
    table.set_header(["pair", "exchange", "fact", "predicted", "daemon"]);
    for difference in differences {
        table.add_row([
            difference.pair.as_str(),
            difference.exchange,
            difference.fact,
            &difference.predicted,
            &difference.observed,
        ]);
    }
    table.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(json: &str) -> Answer {
        serde_json::from_str(json).expect("an answer")
    }

    const NOT_REACHED: &str = r#""child_rekey_by_client": {"result": "NOT_REACHED"},
        "child_rekey_by_server": {"result": "NOT_REACHED"},
        "ike_rekey_by_client": {"result": "NOT_REACHED"},
        "ike_rekey_by_server": {"result": "NOT_REACHED"}"#;

    #[test]
    fn every_fact_that_differs_is_reported_by_itself() {
        let predicted = answer(&format!(
            r#"{{"id": "a", "ike": {{"result": "ok", "suite": "X", "invalid_ke": [["G", "H"]]}},
            "esp": {{"result": "ok", "suite": "Y"}}, {NOT_REACHED}}}"#
        ));
        let observed = answer(&format!(
            r#"{{"id": "a", "ike": {{"result": "ok", "suite": "Z"}},
            "esp": {{"result": "ok", "suite": "Y", "installed": true}}, {NOT_REACHED}}}"#
        ));
        let differences = differences(&predicted, &observed);
        let facts: Vec<_> = differences.iter().map(|d| (d.exchange, d.fact)).collect();
        assert_eq!(
            facts,
            [
                ("ike", "suite"),
                ("ike", "invalid_ke"),
                ("esp", "installed")
            ]
        );
        assert!(table(&differences).contains("G -> H"));
    }

    #[test]
    fn equal_answers_do_not_differ() {
        let one = answer(&format!(
            r#"{{"id": "a", "ike": {{"result": "FAILED_AFTER_SELECTION", "selected": "X"}},
            "esp": {{"result": "NOT_REACHED"}}, {NOT_REACHED}}}"#
        ));
        assert_eq!(differences(&one, &one), []);
    }
}
