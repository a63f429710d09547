//! What every report begins and ends with: the answer in one line, and the next step.

use crate::answer::check::Answer;
use crate::answer::engines::EngineComparison;
use crate::answer::negotiation::Negotiation;
use crate::answer::text::{self, Sides, and_list, entries};
use crate::compat::exchange::Outcome;
use crate::compat::report::Overall;
use crate::diag::Tone;
use crate::diagnose::{Cause, DiagnosisReport, Outcome as Diagnosed};
use crate::dialect::charon;
use crate::format::Format;
use crate::peer::{Client, Exchange};
use crate::recommend::{Impossible, Plan};

use super::{Continuation, NOTHING_TO_DO, changes, differences, headline, next, no_plan, verdict};

/// The first and the last line of a report.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Frame {
    /// The answer.
    pub headline: String,
    /// What somebody who has read it would do or call.
    pub next: String,
    /// What the answer means for who reads it.
    pub tone: Tone,
}

impl Frame {
    /// Of the answer about one server.
    pub fn of_answer(answer: &Answer) -> Self {
        Self {
            headline: headline(answer),
            next: next(answer),
            tone: worst(answer.clients.iter().map(|client| client.report.verdict)),
        }
    }

    /// Of a plan that serves these clients, for which these options were typed.
    pub fn of_plan(plan: &Plan, clients: &[Client], typed: &[(String, String)]) -> Self {
        let set = format!(
            "set {} in phase 1, {} in phase 2 on {}",
            entries(plan.ike.len()),
            entries(plan.esp.len()),
            place(plan)
        );
        let told = plan.reconfigured.iter();
        let told: Vec<_> = told.map(|told| clients[told.client].id.as_str()).collect();
        Self {
            tone: Tone::Good,
            headline: match told.as_slice() {
                [] => format!("{set}; no client has to be configured"),
                told => format!("{set}, and configure {}", and_list(told)),
            },
            next: format!(
                "every file for server and clients: {}",
                super::command::of_plan(typed)
            ),
        }
    }

    /// Where there is no plan.
    pub fn of_no_plan(why: &Impossible) -> Self {
        let next = match why {
            Impossible::NoClients => "name the clients: `ikecompat clients list` has all",
            Impossible::TooLong | Impossible::TooManyClients => {
                "ask for fewer clients with `--clients`"
            }
            Impossible::Unknown(_) => {
                "leave them out with `--clients`; `ikecompat learn` makes a profile of a capture"
            }
            Impossible::NoPostQuantum(_) => {
                "do without, or choose another product with `--product`"
            }
            Impossible::OutsidePolicy(_) => "choose another policy, or other clients",
            Impossible::Unserved(unserved) if unserved.by_limits => {
                "ask for less with `--groups`, `--forbid`, `--min-bits` or `--must-keep`, or leave them out \
                 with `--clients`"
            }
            Impossible::Unserved(_) => {
                "leave them out with `--clients`, or choose another product with `--product`"
            }
        };
        let said = no_plan(why);
        Self {
            tone: Tone::Bad,
            headline: said.lines().next().unwrap_or_default().to_owned(),
            next: next.to_owned(),
        }
    }

    /// Of one configuration with two engines.
    pub fn of_engines(comparison: &EngineComparison) -> Self {
        let EngineComparison {
            before,
            after,
            releases,
        } = comparison;
        let all = differences(comparison);
        let broken = all.iter().filter(|one| one.client.breaks()).count();
        let failing = after.totals().refused + after.totals().rekey_fails;
        let (old, new) = (before.server.engine, after.server.engine);
        let silent = releases.without_ikev1.iter().filter(|lost| lost.is_all);
        let silent: Vec<_> = silent
            .map(|lost| format!("`{}`", lost.connection))
            .collect();
        let more = match silent.as_slice() {
            [] => String::new(),
            names => format!("; {} without an answer to anybody", and_list(names)),
        };
        Self {
            tone: match broken {
                0 if silent.is_empty() => {
                    worst(after.clients.iter().map(|client| client.report.verdict))
                }
                _ => Tone::Bad,
            },
            headline: format!("from {old} to {new}: {}{more}", changes(comparison)),
            next: match (broken, failing) {
                (0, _) if !silent.is_empty() => {
                    "`ikecompat explain ikev1-only`, before the engine is renewed".to_owned()
                }
                (0, 0) => NOTHING_TO_DO.to_owned(),
                (0, _) => format!(
                    "nothing has to be done about the change; {} says why {} either way",
                    Continuation::Check.typed(after, &[]),
                    match failing {
                        1 => "1 client fails".to_owned(),
                        some => format!("{some} clients fail"),
                    }
                ),
                _ => Continuation::Recommend.typed(after, &[("engine", &new.to_string())]),
            },
        }
    }

    /// Of two lists against each other.
    pub fn of_negotiation(negotiation: &Negotiation<'_>) -> Self {
        let suite = |exchange: Exchange| {
            let mut played = negotiation.played();
            let (_, outcome) = played.find(|(one, _)| *one == exchange)?;
            let agreed = outcome.agreement()?;
            Some(charon::suite(&agreed.selection.suite))
        };
        let failing = |(_, outcome): &(Exchange, &Outcome)| outcome.agreement().is_none();
        let Some((exchange, outcome)) = negotiation.played().find(failing) else {
            let suites = [Exchange::IkeSaInit, Exchange::IkeAuth];
            let suites: Vec<_> = suites.into_iter().filter_map(suite).collect();
            return Self {
                tone: Tone::Good,
                headline: format!("the peers agree: {}", and_list(&suites)),
                next: NOTHING_TO_DO.to_owned(),
            };
        };
        let sides = match exchange.is_by_server() {
            true => Sides::RESPONDER_INITIATOR,
            false => Sides::INITIATOR_RESPONDER,
        };
        let why = match outcome {
            Outcome::Limit { limit, .. } => text::limit(*limit).to_owned(),
            _ => {
                let nearest = negotiation.nearest(exchange);
                let gap = nearest.and_then(|it| text::gaps(&it.gaps, sides).into_iter().next());
                gap.unwrap_or_else(|| "NO_PROPOSAL_CHOSEN".to_owned())
            }
        };
        let place = super::exchange_of_daemons(exchange);
        Self {
            tone: Tone::Bad,
            headline: format!("the peers do not agree: {place}: {why}"),
            next: "give either side what the other one has, and try again".to_owned(),
        }
    }

    /// Of logs and captures. The headline names no file.
    pub fn of_diagnosis(report: &DiagnosisReport) -> Self {
        let finding = report.findings().first();
        let [up, failed] = [Diagnosed::Established, Diagnosed::Failed].map(|it| report.ended(it));
        let outcome = match (up, failed) {
            (0, _) | (_, 0) => outcome(report).to_owned(),
            // Who reads no further learns that it works for others.
            _ => format!("{failed} of {} attempts failed, {up} came up", up + failed),
        };
        Self {
            tone: match report.outcome() {
                Diagnosed::NotIke => Tone::Neutral,
                Diagnosed::Established => Tone::Good,
                Diagnosed::Inconclusive => Tone::Doubtful,
                Diagnosed::Failed => Tone::Bad,
            },
            headline: match finding {
                Some(finding) => format!("{outcome}: {} [{}]", finding.message, finding.cause),
                None => outcome,
            },
            next: match (report.outcome(), finding.map(|it| it.cause)) {
                (Diagnosed::Established, _) => NOTHING_TO_DO.to_owned(),
                (Diagnosed::NotIke, _) => {
                    "`ikecompat help diagnose` names the logs and captures that are read".to_owned()
                }
                (_, None) => {
                    "look at the log of the other side at the same time; `ikecompat diagnose` takes \
                     both at once"
                        .to_owned()
                }
                (_, Some(cause)) => after_fix(cause),
            },
        }
    }
}

/// What the worst of these verdicts means; nothing where there is none.
fn worst(verdicts: impl Iterator<Item = Overall>) -> Tone {
    verdicts
        .max()
        .map_or(Tone::Neutral, |worst| verdict(worst).1)
}

/// What to do when the fix is known.
fn after_fix(cause: Cause) -> String {
    match cause {
        Cause::IkeProposalMismatch
        | Cause::EspProposalMismatch
        | Cause::KeGroupLoop
        | Cause::PfsMismatch => format!(
            "`ikecompat check SERVER` says who else is refused by that configuration; `ikecompat explain \
             {cause}` says more"
        ),
        _ => format!("do what the fix says and try again; `ikecompat explain {cause}` says more"),
    }
}

/// What came of the file.
pub(crate) fn outcome(report: &DiagnosisReport) -> &'static str {
    match report.outcome() {
        Diagnosed::NotIke => "nothing in it is about IKE",
        Diagnosed::Established => "established; nothing is wrong",
        Diagnosed::Inconclusive => "inconclusive; nothing in it decides",
        Diagnosed::Failed => "failed",
    }
}

/// What is configured: the product, or the device whose commands are written.
fn place(plan: &Plan) -> String {
    let device = plan.format.and_then(Format::device);
    device.map_or_else(|| plan.product.to_string(), str::to_owned)
}
