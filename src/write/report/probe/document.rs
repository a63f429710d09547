//! The report of a probe for programs.

use std::io::{self, Write};

use schemars::{JsonSchema, Schema};
use serde::Serialize;

use super::{ProbeReport, ProbeRow};
use crate::answer::words::Frame;
use crate::answer::{Conclusion, text};
use crate::live::heard::{Answer, Traits};
use crate::write::json::{self, Document, SuiteJson, Word};
use crate::write::report::heard;
use crate::write::report::json::RankJson;

impl ProbeReport<'_> {
    /// Writes it for programs.
    pub fn json(&self, out: &mut impl Write) -> io::Result<()> {
        let clients = self.rows.iter().map(|row| self.client_json(row));
        let traits = self.rows.iter().find_map(|row| row.heard?.traits.as_ref());
        let Frame { headline, next, .. } = self.frame();
        let report = ProbeJson {
            headline,
            next,
            verdict: Word(self.conclusion()),
            totals: ProbeTotals {
                clients: self.rows.len(),
                played: self.rows.iter().filter(|row| row.first.is_ok()).count(),
                answered: self.rows.iter().filter(|row| row.is_decided()).count(),
                selected: self.rows.iter().filter(|row| row.suite().is_some()).count(),
            },
            target: &self.target,
            policy: &self.policy.id,
            clients: clients.collect(),
            server: traits.map(TraitsJson::of),
            stopped: self.stopped.map(|it| it.to_string()),
            packets: self.sent,
        };
        json::write(&report, out)
    }

    fn client_json<'a>(&self, row: &ProbeRow<'a>) -> ClientJson<'a> {
        let suite = row.suite().map(SuiteJson::of);
        let (suite, proposal) = suite.map_or((None, None), |it| (Some(it.suite), it.proposal));
        let answered = row.heard.filter(|_| row.is_decided());
        ClientJson {
            id: &row.client.id,
            label: &row.client.label,
            verdict: match (row.first, answered) {
                (Err(_), _) => ProbeVerdict::NotPlayed,
                (Ok(_), None) => ProbeVerdict::NoAnswer,
                (Ok(_), Some(heard)) => match heard.answer {
                    Answer::Selected(_) => ProbeVerdict::Agree,
                    _ => ProbeVerdict::Refuse,
                },
            },
            answer: self.phase_1(row),
            suite,
            proposal,
            rank: row.suite().map(|suite| RankJson::of(suite, self.policy)),
            invalid_ke: row.heard.map(|it| {
                let wanted = it
                    .invalid_ke
                    .iter()
                    .map(|round| text::transform(round.wanted));
                wanted.collect()
            }),
            cookies: row.heard.map(|it| it.cookies),
            freed: row
                .heard
                .and_then(|it| it.cleanup.as_ref())
                .map(|it| !it.is_left()),
            difference: row.difference(),
            assumed: row.first.ok().map_or_else(Vec::new, |first| {
                first.assumed.iter().map(ToString::to_string).collect()
            }),
        }
    }
}

/// What a server said to clients that were played to it.
#[derive(Serialize, JsonSchema)]
struct ProbeJson<'a> {
    /// The answer in one line.
    headline: String,
    /// What to do or call next.
    next: String,
    /// What the exit status says: yes (0), no (1), unanswered (2).
    verdict: Word<Conclusion>,
    totals: ProbeTotals,
    /// What was dialled.
    target: &'a str,
    /// Id of the policy that ranks.
    policy: &'a str,
    clients: Vec<ClientJson<'a>>,
    /// What the first answer with a selection shows.
    server: Option<TraitsJson>,
    /// Why the run ended early.
    stopped: Option<String>,
    /// How many packets were sent.
    packets: u32,
}

impl Document for ProbeJson<'_> {
    const NAME: &'static str = "probe";
    const VERSION: u8 = 2;
    const TITLE: &'static str = "ikecompat probe --format json";
}

/// The schema of the document.
pub fn schema() -> Schema {
    json::schema::<ProbeJson<'_>>()
}

/// How many clients came how far.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Totals")]
struct ProbeTotals {
    clients: usize,
    played: usize,
    answered: usize,
    selected: usize,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Client")]
struct ClientJson<'a> {
    id: &'a str,
    label: &'a str,
    /// Of phase 1.
    verdict: ProbeVerdict,
    /// The answer in a few words.
    answer: String,
    /// The suite that the server selected, as charon's log has it.
    suite: Option<String>,
    /// The same as it is configured, in strongSwan's keywords.
    proposal: Option<String>,
    rank: Option<RankJson>,
    /// Groups that the server asked for instead, round by round.
    invalid_ke: Option<Vec<String>>,
    /// How often it asked for a cookie.
    cookies: Option<u8>,
    /// Whether it has ended the SA.
    freed: Option<bool>,
    /// In what it differs from its file.
    difference: Option<String>,
    /// What was assumed because the profile does not say it.
    assumed: Vec<String>,
}

/// What came of phase 1.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum ProbeVerdict {
    Agree,
    /// Any other answer.
    Refuse,
    NoAnswer,
    /// Too little is known of the client, or it cannot be computed.
    NotPlayed,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Server")]
struct TraitsJson {
    vendor_ids: Vec<String>,
    notifies: Vec<String>,
    nonce_octets: usize,
    certification_authorities: Option<usize>,
    behind_nat: Option<bool>,
}

impl TraitsJson {
    fn of(traits: &Traits) -> Self {
        Self {
            vendor_ids: heard::vendor_names(traits),
            notifies: traits.notifies.iter().map(|it| it.label()).collect(),
            nonce_octets: traits.nonce,
            certification_authorities: traits.authorities,
            behind_nat: traits.translated,
        }
    }
}
