//! How a server proved who it is, and what clients make of its certificate.

use std::io::{self, Write};

use itertools::Itertools as _;
use schemars::{JsonSchema, Schema};
use serde::Serialize;

use crate::answer::certificate::CertificateRow;
use crate::answer::words::Frame;
use crate::answer::{text, words};
use crate::diag::Tone;
use crate::ike::Notify;
use crate::live::heard::{Answer, Heard};
use crate::live::probe::Stopped;
use crate::live::proof::Proof;
use crate::peer::certificate::Certificate;
use crate::write::json::{self, Document};
use crate::write::report::certificate::{self, CertificateFinding};
use crate::write::report::{frame, heard};

/// A probe for the server's certificate.
#[derive(Clone, Debug)]
pub struct ProofReport<'a> {
    /// What was dialled.
    pub target: String,
    /// What was heard; `None` if nothing was.
    pub heard: Option<&'a Heard>,
    /// The certificates that came, as far as they can be read.
    pub certificates: &'a [Certificate],
    /// What clients make of the first of them.
    pub rows: &'a [CertificateRow],
    /// Why the run ended before its end.
    pub stopped: Option<Stopped>,
    /// How many packets were sent.
    pub sent: u32,
}

impl ProofReport<'_> {
    fn proof(&self) -> Option<&Proof> {
        self.heard?.proof.as_ref()
    }

    /// Whether the server has shown a certificate and that it is its own.
    pub fn is_right(&self) -> bool {
        self.proof().is_some_and(Proof::is_right)
    }

    /// Whether the server has shown a certificate.
    pub fn has_certificate(&self) -> bool {
        self.proof()
            .is_some_and(|proof| !proof.certificates.is_empty())
    }

    /// Whether a client refuses the certificate.
    pub fn is_refused(&self) -> bool {
        self.rows.iter().any(CertificateRow::is_refused)
    }

    /// Ids of the clients that refuse the certificate.
    fn refusing(&self) -> Vec<&str> {
        let refused = self.rows.iter().filter(|row| row.is_refused());
        let ids = refused.flat_map(|row| &row.clients).map(String::as_str);
        ids.unique().collect()
    }

    /// The answer, and the next step.
    pub fn frame(&self) -> Frame {
        let refusing = self.refusing();
        let (tone, headline, next) = match self.has_certificate() {
            false => (
                Tone::Doubtful,
                format!("no certificate was shown: {}", self.without_proof()),
                "ask about the file of the certificate: `ikecompat certificate FILE`",
            ),
            true if !self.is_right() => (
                Tone::Bad,
                "a certificate was shown, but not that it is the server's own".to_owned(),
                "`ikecompat explain certificate-refused` says what clients demand",
            ),
            true if !refusing.is_empty() => (
                Tone::Bad,
                format!(
                    "the certificate is the server's own; {} of the clients asked about refuse it",
                    refusing.len()
                ),
                "replace the certificate that clients refuse, then probe again",
            ),
            true => (
                Tone::Good,
                "the certificate is the server's own, and no client is known to refuse it"
                    .to_owned(),
                words::NOTHING_TO_DO,
            ),
        };
        Frame {
            headline,
            next: next.to_owned(),
            tone,
        }
    }

    /// The facts, each with its name.
    fn facts(&self) -> Vec<(&'static str, String)> {
        let mut facts = Vec::new();
        if let Some(Answer::Selected(suite)) = self.heard.map(|it| &it.answer) {
            facts.push(("suite", words::short(suite)));
        }
        let Some(proof) = self.proof() else {
            facts.push(("proof", self.without_proof()));
            return facts;
        };
        let kind = id_type(proof.identity_type);
        facts.push((
            "identity",
            match &proof.identity {
                Some(text) => format!("{text} ({kind})"),
                None => kind,
            },
        ));
        facts.push(("proof", signature(proof)));
        let chain = proof.chain();
        for ((place, signed), shown) in chain.iter().enumerate().zip(self.certificates) {
            let by = match signed {
                None => "its issuer was not sent".to_owned(),
                Some((issuer, Ok(scheme))) if *issuer == place => {
                    format!("signed by itself, {scheme}, verified")
                }
                Some((issuer, Ok(scheme))) => {
                    format!("signed by the {}, {scheme}, verified", ordinal(*issuer))
                }
                Some((issuer, Err(why))) => format!("signed by the {}: {why}", ordinal(*issuer)),
            };
            let name = if place == 0 { "certificate" } else { "" };
            facts.push((name, format!("{}; {by}", certificate::summary(shown))));
        }
        if let Some(issuer) = proof.issuer() {
            facts.push(("trust", format!("clients have to have `{issuer}`")));
        }
        facts
    }

    /// Why there is no proof.
    fn without_proof(&self) -> String {
        let awaited = self.heard.filter(|it| it.answer != Answer::NotAwaited);
        let Some(it) = awaited else {
            return match self.stopped {
                Some(stopped) => stopped.to_string(),
                None => "nothing was asked".to_owned(),
            };
        };
        match (&it.answer, it.refusal) {
            (Answer::Selected(_), Some(Notify::AUTHENTICATION_FAILED)) => NO_EAP.to_owned(),
            (Answer::Selected(_), Some(other)) => {
                format!("it ends IKE_AUTH with {}", other.label())
            }
            (Answer::Selected(_), None) => "it shows no proof in IKE_AUTH".to_owned(),
            (other, _) => heard::answer(other, it.has_answered()),
        }
    }

    /// Writes it for people.
    pub fn table(&self, width: u16, out: &mut impl Write) -> io::Result<()> {
        let frame = self.frame();
        frame::headline(&frame, &self.target, width, out)?;
        writeln!(out)?;
        for (name, value) in self.facts() {
            let first = format!("{name:13}");
            writeln!(out, "{}", text::wrap(&value, width, &first, 13))?;
        }
        if let Some(leaf) = self.certificates.first() {
            certificate::write(leaf, self.rows, out)?;
        }
        let about = self.heard.and_then(|it| it.traits.as_ref());
        if let Some(traits) = about {
            writeln!(out, "\nabout the server")?;
            for line in heard::about(traits) {
                writeln!(out, "{}", text::wrap(&line, width, "  ", 4))?;
            }
        }
        writeln!(out, "\n{} sent", text::count(self.sent as usize, "packet"))?;
        frame::next(&frame, width, out)
    }

    /// Writes it for programs.
    pub fn json(&self, out: &mut impl Write) -> io::Result<()> {
        let proof = self.proof();
        let Frame { headline, next, .. } = self.frame();
        let report = ProofJson {
            headline,
            next,
            totals: ProofTotals {
                certificates: self.certificates.len(),
                refused: self.refusing().len(),
                packets: self.sent,
            },
            target: &self.target,
            facts: FactJson::all(self.facts()),
            identity: proof.and_then(|it| it.identity.as_deref()),
            method: proof.map(|it| it.method),
            verified: proof.map(Proof::is_right),
            findings: certificate::shapes(self.rows),
            packets: self.sent,
        };
        json::write(&report, out)
    }
}

/// What a server without EAP answers; which of these it is cannot be seen.
const NO_EAP: &str = "AUTHENTICATION_FAILED: it does not begin EAP with a client that it does not \
    know, so it shows no certificate; it wants a certificate or a shared secret of its clients first, \
    or has another connection for this address";

fn id_type(number: u8) -> String {
    match number {
        1 => "ID_IPV4_ADDR".to_owned(),
        2 => "ID_FQDN".to_owned(),
        3 => "ID_RFC822_ADDR".to_owned(),
        5 => "ID_IPV6_ADDR".to_owned(),
        9 => "ID_DER_ASN1_DN".to_owned(),
        11 => "ID_KEY_ID".to_owned(),
        other => format!("identity of type {other}"),
    }
}

fn ordinal(place: usize) -> String {
    match place {
        0 => "first".to_owned(),
        1 => "second".to_owned(),
        2 => "third".to_owned(),
        more => format!("{}th", more + 1),
    }
}

/// Whether the server's signature is right.
fn signature(proof: &Proof) -> String {
    let method = match proof.method {
        14 => "RFC 7427".to_owned(),
        other => format!("method {other}"),
    };
    match &proof.signature {
        _ if proof.is_of_shared_secret() => {
            "with a shared secret, which only those who have it can verify; it was not kept"
                .to_owned()
        }
        Some(Ok(scheme)) => format!("{scheme} ({method}), verified"),
        Some(Err(why)) => format!("not verified ({method}): {why}"),
        None if proof.others > 0 => {
            format!("not verified ({method}): the certificate was not sent, but where it is")
        }
        None => format!("not verified ({method}): no certificate was sent"),
    }
}

/// How a server proved who it is.
#[derive(Serialize, JsonSchema)]
struct ProofJson<'a> {
    /// The answer in one line.
    headline: String,
    /// What to do or call next.
    next: String,
    totals: ProofTotals,
    /// What was dialled.
    target: &'a str,
    /// What was seen, in its order.
    facts: Vec<FactJson>,
    /// The identity that the server states.
    identity: Option<&'a str>,
    /// The number of the authentication method (IANA, IKEv2 Authentication Method).
    method: Option<u8>,
    /// Whether the signature is that of the certificate.
    verified: Option<bool>,
    /// What clients make of the certificate.
    findings: Vec<CertificateFinding>,
    /// How many packets were sent.
    packets: u32,
}

#[derive(Serialize, JsonSchema)]
struct ProofTotals {
    /// Certificates that were sent and can be read.
    certificates: usize,
    /// Clients that refuse the first of them.
    refused: usize,
    packets: u32,
}

impl Document for ProofJson<'_> {
    const NAME: &'static str = "proof";
    const VERSION: u8 = 1;
    const TITLE: &'static str = "ikecompat probe --certificate --format json";
}

/// The schema of the document.
pub fn schema() -> Schema {
    json::schema::<ProofJson<'_>>()
}

/// A fact; one without a name of its own continues the one before.
#[derive(Serialize, JsonSchema)]
struct FactJson {
    /// What it is about.
    name: &'static str,
    /// What was seen.
    value: String,
}

impl FactJson {
    fn all(facts: Vec<(&'static str, String)>) -> Vec<Self> {
        let mut last = "";
        let fact = |(name, value): (&'static str, String)| {
            last = if name.is_empty() { last } else { name };
            Self { name: last, value }
        };
        facts.into_iter().map(fact).collect()
    }
}
