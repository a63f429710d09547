//! What two daemons make of each other: for people, and as one line of JSON a pair.
//!
//! The JSON has the words and fields in which a test bench reports what two real daemons did, so
//! that program and daemon can be compared line by line. It is written by hand: through serde, the
//! names and suites, which need no escaping, cost more than the negotiation.

use std::fmt::Write as _;
use std::io::{self, Write};

use schemars::{Schema, json_schema};
use serde_json::{Map, Value, json};
use strum::{IntoEnumIterator as _, VariantNames as _};

use crate::answer::Conclusion;
use crate::answer::negotiation::{Negotiation, by_connection};
use crate::answer::words::{Frame, exchange_of_daemons};
use crate::compat::exchange::{InvalidKe, Limit, Outcome};
use crate::dialect::charon;
use crate::dialect::swan::Generation;
use crate::ike::{Protocol, Transform};
use crate::peer::Exchange;
use crate::write::json::identified;
use crate::write::report::frame;
use crate::write::text::{self, Sides};

/// Writes the answer, then each exchange: its name, what comes out, and why.
pub fn text(negotiation: &Negotiation<'_>, width: u16, out: &mut impl Write) -> io::Result<()> {
    let frame = Frame::of_negotiation(negotiation);
    frame::headline(&frame, "", width, out)?;
    writeln!(out)?;
    let mut all = negotiation.played();
    let mut text = Vec::new();
    all.try_for_each(|(exchange, outcome)| describe(negotiation, exchange, outcome, &mut text))?;
    out.write_all(text::reflow(&String::from_utf8_lossy(&text), width).as_bytes())?;
    frame::next(&frame, width, out)
}

fn describe(
    negotiation: &Negotiation<'_>,
    exchange: Exchange,
    outcome: &Outcome,
    out: &mut impl Write,
) -> io::Result<()> {
    const INDENT: &str = "                          ";
    write!(out, "{:24}  ", exchange_of_daemons(exchange))?;
    match outcome {
        Outcome::Agree(agreement) => {
            writeln!(out, "{}", charon::suite(&agreement.selection.suite))?;
            if !agreement.invalid_ke.is_empty() {
                let rounds = text::invalid_ke(&agreement.invalid_ke);
                writeln!(out, "{INDENT}after {rounds}")?;
            }
            if !agreement.installed {
                let backend = "but the IPsec backend of this build cannot take it";
                writeln!(out, "{INDENT}{backend}")?;
            }
        }
        Outcome::NoMatch => {
            writeln!(out, "NO_PROPOSAL_CHOSEN")?;
            let sides = if exchange.is_by_server() {
                Sides::RESPONDER_INITIATOR
            } else {
                Sides::INITIATOR_RESPONDER
            };
            if let Some(nearest) = negotiation.nearest(exchange) {
                for gap in text::gaps(&nearest.gaps, sides) {
                    writeln!(out, "{INDENT}{gap}")?;
                }
                let (asked, answered) = negotiation.lengths(exchange);
                if asked + answered > 2 {
                    let (asked, answered) =
                        by_connection(exchange, nearest.initiator + 1, nearest.responder + 1);
                    writeln!(
                        out,
                        "{INDENT}nearest pair: proposal {asked} against {answered}"
                    )?;
                }
            }
        }
        Outcome::Limit {
            limit, selected, ..
        } => {
            writeln!(out, "fails: {}", text::limit(*limit))?;
            if let Some(suite) = selected {
                writeln!(out, "{INDENT}selected before: {}", charon::suite(suite))?;
            }
        }
        Outcome::NotReached => writeln!(out, "not reached")?,
    }
    Ok(())
}

/// The name of an exchange in JSON.
const fn key(exchange: Exchange) -> &'static str {
    match exchange {
        Exchange::IkeSaInit => "ike",
        Exchange::IkeAuth => "esp",
        Exchange::ChildRekeyByClient => "child_rekey_by_client",
        Exchange::ChildRekeyByServer => "child_rekey_by_server",
        Exchange::IkeRekeyByClient => "ike_rekey_by_client",
        Exchange::IkeRekeyByServer => "ike_rekey_by_server",
    }
}

/// Appends the members of an answer, without the braces around them.
pub fn json(negotiation: &Negotiation<'_>, out: &mut String) {
    for (exchange, outcome) in negotiation.outcomes.iter() {
        member(exchange, out);
        let value = out.len();
        push_outcome(negotiation, exchange, outcome, out);
        if exchange == Exchange::ChildRekeyByClient {
            let again = value..out.len();
            out.push_str(r#","rekey":"#); // the older name of the same exchange
            out.extend_from_within(again);
        }
    }
}

/// Writes the answer about one pair, with the name of its schema.
pub fn json_document(negotiation: &Negotiation<'_>, out: &mut impl Write) -> io::Result<()> {
    let conclusion = Conclusion::of(negotiation.agrees());
    let Frame { headline, next, .. } = Frame::of_negotiation(negotiation);
    let (headline, next) = (Value::from(headline), Value::from(next));
    let played = negotiation.played().count();
    let agreed = negotiation.played();
    let agreed = agreed.filter(|(_, it)| it.agreement().is_some()).count();
    let mut line = format!(
        r#"{{"schema":"{SCHEMA}","headline":{headline},"next":{next},"verdict":"{conclusion}","totals":{{"exchanges":{played},"agreed":{agreed}}},"#
    );
    json(negotiation, &mut line);
    line.push('}');
    writeln!(out, "{line}")
}

/// The name of the schema in a document.
const SCHEMA: &str = "ikecompat.negotiate.v1";

/// The schema of one answer. Lines of a batch have the `id` of the question and name neither schema nor
/// verdict.
pub fn schema() -> Schema {
    let exchanges = Exchange::iter().map(key).chain(std::iter::once("rekey"));
    let mut properties: Map<String, Value> = exchanges
        .map(|key| (key.to_owned(), json!({ "$ref": "#/$defs/Exchange" })))
        .collect();
    properties.insert("id".to_owned(), json!(true));
    properties.insert("schema".to_owned(), json!({ "const": SCHEMA }));
    for name in ["headline", "next"] {
        properties.insert(name.to_owned(), json!({ "type": "string" }));
    }
    properties.insert(
        "verdict".to_owned(),
        json!({ "enum": Conclusion::VARIANTS }),
    );
    let number = json!({ "type": "integer", "minimum": 0 });
    properties.insert(
        "totals".to_owned(),
        json!({
            "description": "How many exchanges were played, and in how many of them the peers agree.",
            "type": "object",
            "properties": { "exchanges": number, "agreed": number },
            "required": ["exchanges", "agreed"],
            "additionalProperties": false,
        }),
    );
    let required: Vec<&str> = Exchange::iter().map(key).collect();
    let schema = json_schema!({
        "title": "ikecompat negotiate --format json, and each line of --batch",
        "description": "What two daemons make of each other.",
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
        "$defs": {
            "Exchange": {
                "description": "One of the six exchanges; `pair` counts proposals from 1.",
                "type": "object",
                "properties": {
                    "result": { "enum": [
                        "ok", "NO_PROPOSAL_CHOSEN", "INITIATOR_FAILED", "FAILED_AFTER_SELECTION",
                        "NOT_REACHED", "CONFIG_REJECTED",
                    ] },
                    "suite": { "type": "string" },
                    "selected": { "type": "string" },
                    "installed": { "type": "boolean" },
                    "limit": { "enum": Limit::VARIANTS },
                    "pair": { "$ref": "#/$defs/Pair" },
                    "gaps": { "type": "array", "items": { "$ref": "#/$defs/Gap" } },
                    "invalid_ke": {
                        "description": "Groups sent and groups wanted instead, round by round.",
                        "type": "array",
                        "items": { "type": "array", "items": { "type": "string" }, "minItems": 2, "maxItems": 2 },
                    },
                    "side": { "enum": ["initiator", "responder"] },
                    "reason": { "type": "string" },
                },
                "required": ["result"],
                "additionalProperties": false,
            },
            "Gap": {
                "description": "What the nearest pair does not share.",
                "type": "object",
                "properties": {
                    "type": { "type": "string" },
                    "initiator": { "$ref": "#/$defs/Names" },
                    "responder": { "$ref": "#/$defs/Names" },
                },
                "required": ["type", "initiator", "responder"],
                "additionalProperties": false,
            },
            "Names": { "type": "array", "items": { "type": "string" } },
            "Pair": {
                "type": "object",
                "properties": {
                    "initiator": { "type": "integer", "minimum": 1 },
                    "responder": { "type": "integer", "minimum": 1 },
                },
                "required": ["initiator", "responder"],
                "additionalProperties": false,
            },
        },
    });
    identified(schema, "negotiate", 1)
}

/// Appends the members of an answer where the daemon of `side` rejects its configuration.
pub fn rejected_json(side: &str, reason: &str, out: &mut String) {
    member(Exchange::IkeSaInit, out);
    let reason = serde_json::Value::from(reason);
    let _ = write!(
        out,
        r#"{{"result":"CONFIG_REJECTED","side":"{side}","reason":{reason}}}"#
    );
    let others = std::iter::once(Exchange::IkeAuth).chain(Exchange::REKEYINGS);
    for exchange in others {
        member(exchange, out);
        out.push_str(r#"{"result":"NOT_REACHED"}"#);
    }
    out.push_str(r#","rekey":{"result":"NOT_REACHED"}"#);
}

fn member(exchange: Exchange, out: &mut String) {
    if exchange != Exchange::IkeSaInit {
        out.push(',');
    }
    out.push('"');
    out.push_str(key(exchange));
    out.push_str("\":");
}

fn push_outcome(
    negotiation: &Negotiation<'_>,
    exchange: Exchange,
    outcome: &Outcome,
    out: &mut String,
) {
    match outcome {
        Outcome::Agree(agreement) => {
            let selection = &agreement.selection;
            out.push_str(r#"{"result":"ok","suite":""#);
            charon::push_suite(&selection.suite, out);
            out.push('"');
            rounds(negotiation, exchange, &agreement.invalid_ke, out);
            if exchange.protocol() == Protocol::Esp {
                out.push_str(r#","installed":"#);
                out.push_str(if agreement.installed { "true" } else { "false" });
            }
            let (initiator, responder) =
                by_connection(exchange, selection.asked, selection.answered);
            pair(initiator, responder, out);
        }
        Outcome::NoMatch => {
            out.push_str(r#"{"result":"NO_PROPOSAL_CHOSEN""#);
            nearest(negotiation, exchange, out);
        }
        Outcome::Limit {
            limit,
            selected,
            invalid_ke,
        } => {
            out.push_str(match limit {
                Limit::FirstGroupNotImplemented => r#"{"result":"INITIATOR_FAILED""#,
                Limit::WantedGroupNotImplemented
                | Limit::InvalidKeRounds
                | Limit::SuiteNotImplemented
                | Limit::AnswerRefused
                | Limit::ChildNotInstalled
                | Limit::ChildlessNotAgreed => r#"{"result":"FAILED_AFTER_SELECTION""#,
            });
            out.push_str(r#","limit":""#);
            out.push_str(&limit.to_string());
            out.push('"');
            if let Some(suite) = selected {
                out.push_str(r#","selected":""#);
                charon::push_suite(suite, out);
                out.push('"');
            }
            rounds(negotiation, exchange, invalid_ke, out);
        }
        Outcome::NotReached => out.push_str(r#"{"result":"NOT_REACHED""#),
    }
    out.push('}');
}

/// The pair of proposals, numbered from 1 in configured order.
fn pair(initiator: usize, responder: usize, out: &mut String) {
    out.push_str(r#","pair":{"initiator":"#);
    number(initiator + 1, out);
    out.push_str(r#","responder":"#);
    number(responder + 1, out);
    out.push('}');
}

/// All gaps of the nearest pair.
fn nearest(negotiation: &Negotiation<'_>, exchange: Exchange, out: &mut String) {
    let Some(nearest) = negotiation.nearest(exchange) else {
        return;
    };
    pair(nearest.initiator, nearest.responder, out);
    out.push_str(r#","gaps":["#);
    for (place, gap) in nearest.gaps.iter().enumerate() {
        let comma = if place > 0 { "," } else { "" };
        let kind = gap.kind.name().unwrap_or("unknown");
        let (initiator, responder) = by_connection(exchange, &gap.asked, &gap.answered);
        let _ = write!(out, r#"{comma}{{"type":"{kind}","initiator":["#);
        transforms(initiator, out);
        out.push_str(r#"],"responder":["#);
        transforms(responder, out);
        out.push_str("]}");
    }
    out.push(']');
}

/// Appends a number; nearly all have one digit.
fn number(number: usize, out: &mut String) {
    match u8::try_from(number) {
        Ok(digit @ 0..=9) => out.push(char::from(b'0' + digit)),
        _ => out.push_str(&number.to_string()),
    }
}

/// The rounds, in the words of the daemon that asked for another group.
fn rounds(
    negotiation: &Negotiation<'_>,
    exchange: Exchange,
    invalid_ke: &[InvalidKe],
    out: &mut String,
) {
    if invalid_ke.is_empty() {
        return;
    }
    let (_, answering) = negotiation.sides(exchange);
    let vocabulary = if answering.build.additional_key_exchanges {
        Generation::Six
    } else {
        Generation::Five
    };
    out.push_str(r#","invalid_ke":["#);
    for (place, round) in invalid_ke.iter().enumerate() {
        out.push_str(if place > 0 { ",[\"" } else { "[\"" });
        match round.sent {
            Some(group) => charon::push_received_group(group, vocabulary, out),
            None => out.push_str("KE_NONE"), // charon's word for a request without KE payload
        }
        out.push_str("\",\"");
        charon::push_transform(round.wanted, out);
        out.push_str("\"]");
    }
    out.push(']');
}

fn transforms(list: &[Transform], out: &mut String) {
    for (place, transform) in list.iter().enumerate() {
        out.push_str(if place > 0 { ",\"" } else { "\"" });
        charon::push_transform(*transform, out);
        out.push('"');
    }
}
