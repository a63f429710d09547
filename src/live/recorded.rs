//! Exchanges that charon 5.9.8 had with this program, played again octet by octet.
//!
//! Each names its offer, group, whether a proof was asked for, and both ends; then come the random
//! numbers of this side, of which all its keys are made, and the messages of both sides.

use super::first::{Ending, Ends, First};
use super::heard::{Answer, Cleanup, Heard};
use super::initiator::{Initiator, Progress};
use crate::crypt::Random;
use crate::dialect::swan;
use crate::ike::{Ke, Notify, Protocol};

const RECORDED: &str = include_str!("recorded.txt");

/// Random numbers that were drawn before; then zeros.
struct Again(std::vec::IntoIter<u8>);

impl Random for Again {
    fn fill(&mut self, octets: &mut [u8]) {
        octets.fill_with(|| self.0.next().unwrap_or(0));
    }
}

struct Exchange<'r> {
    words: &'r str,
    first: First,
    ends: Ends,
    random: Vec<u8>,
    requests: Vec<Vec<u8>>,
    answers: Vec<Vec<u8>>,
}

fn octets(hex: &str) -> Vec<u8> {
    let pairs = hex.as_bytes().chunks(2);
    let octet = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16);
    pairs.map(|pair| octet(pair).unwrap()).collect()
}

fn exchanges() -> Vec<Exchange<'static>> {
    let parts = RECORDED.split("exchange ").skip(1);
    let exchange = |part: &'static str| {
        let (head, rest) = part.split_once('\n').unwrap();
        let fields: Vec<_> = head.split(' ').collect();
        let messages = |mark| {
            let lines = rest.lines().filter_map(move |line| line.strip_prefix(mark));
            lines.map(octets).collect()
        };
        let random: Vec<Vec<u8>> = messages("random ");
        let group = swan::keyword(fields[1]).unwrap().id;
        Exchange {
            words: fields[0],
            first: First {
                proposals: vec![swan::parse(Protocol::Ike, fields[0]).unwrap()],
                group: Ke::from_repr(group).unwrap(),
                ending: match fields[2] {
                    "true" => Ending::Proof,
                    _ => Ending::Refusal,
                },
                ..First::for_proof()
            },
            ends: Ends {
                local: fields[3].parse().unwrap(),
                remote: fields[4].parse().unwrap(),
            },
            random: random.concat(),
            requests: messages("> "),
            answers: messages("< "),
        }
    };
    parts.map(exchange).collect()
}

/// Plays an exchange with these answers; gives the requests, and what was heard.
fn play(exchange: &Exchange<'_>, answers: &[Vec<u8>]) -> (Vec<Vec<u8>>, Heard) {
    let mut random = Again(exchange.random.clone().into_iter());
    let first = exchange.first.clone();
    let mut initiator = Initiator::new(first, exchange.ends, &mut random).unwrap();
    let mut requests = vec![initiator.request().to_vec()];
    for answer in answers {
        if initiator.take(answer, &mut random) == Progress::Request {
            requests.push(initiator.request().to_vec());
        }
    }
    (requests, initiator.end())
}

#[test]
fn every_octet_is_the_same_again() {
    let exchanges = exchanges();
    let (mut selected, mut cookies, mut rounds, mut proofs, mut fragments) = (0, 0, 0, 0, 0);
    for exchange in &exchanges {
        let (requests, heard) = play(exchange, &exchange.answers);
        assert_eq!(requests, exchange.requests, "{}", exchange.words);
        match &heard.answer {
            Answer::Selected(suite) => {
                selected += 1;
                assert!(
                    exchange.first.proposals[0].allows(suite),
                    "{}",
                    exchange.words
                );
                assert!(matches!(heard.cleanup, Some(Cleanup::Freed { .. })));
            }
            refused => assert_eq!(*refused, Answer::Error(Notify::NO_PROPOSAL_CHOSEN)),
        }
        cookies += heard.cookies;
        rounds += heard.invalid_ke.len();
        let asked = exchange.first.ending == Ending::Proof;
        assert_eq!(heard.proof.is_some(), asked, "{}", exchange.words);
        if let Some(proof) = &heard.proof {
            proofs += 1;
            assert!(proof.is_right(), "{proof:?}");
            assert_eq!(proof.name(), Some("vpn.example.invalid"));
            assert_eq!(proof.certificates.len(), 2, "leaf and intermediate");
            let chain = proof.chain();
            assert!(matches!(&chain[..], [Some((1, Ok(_))), None]), "{chain:?}");
            assert_eq!(proof.issuer().as_deref(), Some("CN=Root"));
            fragments += usize::from(exchange.answers.len() > requests.len());
        }
    }
    assert_eq!((exchanges.len(), selected, proofs), (11, 10, 2));
    assert!(cookies >= 5 && rounds >= 1 && fragments >= 1);
}

#[test]
fn what_is_cut_or_changed_is_not_taken_for_an_answer_of_the_server() {
    for exchange in exchanges() {
        let (_, right) = play(&exchange, &exchange.answers);
        for (place, answer) in exchange.answers.iter().enumerate() {
            let is_auth = answer[18] == 35;
            for at in (0..answer.len()).step_by(41) {
                let mut answers = exchange.answers.clone();
                answers[place].truncate(at);
                let (_, heard) = play(&exchange, &answers);
                assert_ne!(heard, right, "cut at {at}");
                if is_auth {
                    // A changed answer before the right one changes nothing.
                    let mut changed = answer.clone();
                    changed[at] ^= 0x40;
                    let mut answers = exchange.answers.clone();
                    answers.insert(place, changed);
                    let (requests, heard) = play(&exchange, &answers);
                    assert_eq!(
                        (requests, heard),
                        (exchange.requests.clone(), right.clone())
                    );
                }
            }
        }
    }
}

#[test]
fn a_signature_is_over_what_the_server_answered() {
    let mut exchanges = exchanges().into_iter();
    let exchange = exchanges
        .find(|it| it.first.ending == Ending::Proof)
        .unwrap();
    // The last octet of the answer to IKE_SA_INIT is of a notify that makes no key.
    let mut answers = exchange.answers.clone();
    let init = answers.iter_mut().rev().find(|it| it[18] == 34).unwrap();
    *init.last_mut().unwrap() ^= 1;
    let (_, heard) = play(&exchange, &answers);
    let proof = heard.proof.unwrap();
    assert!(!proof.is_right(), "{proof:?}");
    assert_eq!(proof.signature, Some(Err(crate::crypt::NotVerified::Wrong)));
}
