//! One attempt that both ends tell of is one story: what one end knows explains what the other one only suffers.
//! Where it is not clear which belongs to which, both stay.

use std::net::IpAddr;

use indexmap::IndexMap;

use super::{CauseRow, RowKey};
use crate::diagnose::attempt::{Attempt, Role};
use crate::diagnose::cause::Cause;
use crate::diagnose::event::{Key, Witness};
use crate::diagnose::explanation::{Confidence, Explanation, Outcome};

/// Between whom an attempt was, and who tells of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Ends {
    /// Who tells; `None` if the log does not say who began.
    teller: Option<Teller>,
    initiator: Option<IpAddr>,
    responder: Option<IpAddr>,
    /// The initiator's SPI, where lines or packets show it.
    spi: Option<u64>,
    /// Tells programs that ran side by side apart.
    stream: u64,
}

/// Where an attempt is told from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Teller {
    Initiator,
    Responder,
    /// Somebody between them: a capture.
    Between,
}

impl Ends {
    /// Those of an attempt.
    pub(super) fn of(attempt: &Attempt) -> Self {
        let peer = attempt.peer.as_ref().and_then(|peer| peer.parse().ok());
        let teller = match attempt.role {
            _ if attempt.is_watched() => Some(Teller::Between),
            Some(Role::Initiator) => Some(Teller::Initiator),
            Some(Role::Responder) => Some(Teller::Responder),
            // Clients' own programs never are asked.
            None => matches!(
                attempt.attempt_key.witness,
                Witness::Android | Witness::Apple | Witness::Windows
            )
            .then_some(Teller::Initiator),
        };
        let (initiator, responder) = match teller {
            Some(Teller::Initiator) => (attempt.local, peer),
            _ => (peer, attempt.local),
        };
        Self {
            teller,
            initiator,
            responder,
            spi: match attempt.attempt_key.key {
                Key::Spi(spi) => Some(spi),
                _ => None,
            },
            stream: attempt.attempt_key.stream,
        }
    }

    /// Whether an address or SPI says that both are the same attempt; `None` if one says that they are not.
    fn agree(&self, other: &Self) -> Option<bool> {
        if let (Some(one), Some(another)) = (self.spi, other.spi) {
            return (one == another).then_some(true);
        }
        let addresses = [
            (self.initiator, other.initiator),
            (self.responder, other.responder),
        ];
        let mut agrees = false;
        for (one, another) in addresses.into_iter().filter_map(|(a, b)| a.zip(b)) {
            agrees |= one == another;
            // A NAT shows the same end under another address.
            if one != another && !is_private(one) && !is_private(another) {
                return None;
            }
        }
        Some(agrees)
    }
}

/// Whether an address is one that a NAT translates.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(it) => {
            it.is_private() || it.is_link_local() || matches!(it.octets(), [100, 64..=127, ..])
        }
        IpAddr::V6(it) => it.is_unique_local() || it.is_unicast_link_local(),
    }
}

/// Joins the rows that tell of the same attempt.
pub(super) fn join(rows: &mut IndexMap<RowKey, CauseRow>) {
    let failed: Vec<usize> = (0..rows.len())
        .filter(|place| rows[*place].outcome == Outcome::Failed)
        .collect();
    // Of a log that one end wrote, which may name tens of thousands of peers, no two rows are compared.
    let mut views = failed
        .iter()
        .map(|place| (rows[*place].ends.teller, rows[*place].file));
    let is_between = |(teller, _): &(Option<Teller>, _)| *teller == Some(Teller::Between);
    let first = views.next();
    if views
        .all(|view| first.is_some_and(|it| it.0 == view.0 && (it.1 == view.1 || !is_between(&it))))
    {
        return;
    }
    let mut pairs = Vec::new();
    for &suffers in &failed {
        let explains = |place: &&usize| explains(&rows[**place], &rows[suffers]);
        let causes: Vec<usize> = failed.iter().filter(explains).copied().collect();
        let agreed = |place: &&usize| rows[**place].ends.agree(&rows[suffers].ends) == Some(true);
        let sure: Vec<usize> = causes.iter().filter(agreed).copied().collect();
        match (sure.as_slice(), causes.as_slice()) {
            (&[knows], _) => pairs.push((suffers, knows)),
            // Without addresses it is the same attempt only if there is no other one.
            ([], &[knows]) if alone(rows, &failed, suffers, knows) => pairs.push((suffers, knows)),
            _ => {}
        }
    }
    for (suffers, knows) in pairs {
        let row = &mut rows[suffers];
        let teller = match row.ends.teller {
            Some(Teller::Initiator) => "the end that began saw it",
            Some(Teller::Responder) => "the end that was asked saw it",
            Some(Teller::Between) | None => "the capture shows it",
        };
        let noun = match row.witness {
            Witness::Capture => "packets",
            _ => "lines",
        };
        row.notes = vec![format!(
            "{noun} {} to {} are the same attempt, as {teller}",
            row.first, row.last
        )];
        row.joined = true;
        let proof = std::mem::take(&mut row.findings);
        let proof = proof.into_iter().next().map(|found| found.evidence);
        if let Some(found) = rows[knows].findings.first_mut() {
            found.evidence.extend(proof.unwrap_or_default());
            found.evidence.sort_by_key(|it| (it.file, it.line));
        }
    }
}

/// Whether nobody else tells of attempts from where these two do.
fn alone(
    rows: &IndexMap<RowKey, CauseRow>,
    failed: &[usize],
    suffers: usize,
    knows: usize,
) -> bool {
    let (one, another) = (&rows[suffers], &rows[knows]);
    let between = [one, another]
        .iter()
        .any(|row| row.ends.teller == Some(Teller::Between));
    let others = failed.iter().filter(|place| {
        let teller = rows[**place].ends.teller;
        teller == one.ends.teller || teller == another.ends.teller
    });
    !between && others.count() == 2 && one.count == another.count
}

/// Whether `row` says why the attempt failed that `other` only suffers from, if they are the same.
fn explains(row: &CauseRow, other: &CauseRow) -> bool {
    let (Some(knows), Some(suffers)) = (row.findings.first(), other.findings.first()) else {
        return false;
    };
    let apart =
        (row.file, row.witness, row.ends.stream) != (other.file, other.witness, other.ends.stream);
    let from_elsewhere = match (row.ends.teller, other.ends.teller) {
        (Some(Teller::Between), Some(Teller::Between)) => row.file != other.file,
        (Some(one), Some(another)) => one != another,
        _ => false,
    };
    let Some(agreed) = row.ends.agree(&other.ends) else {
        return false;
    };
    if !apart || !from_elsewhere {
        return false;
    }
    let same_phase = knows.phase == suffers.phase
        || agreed && (other.ends.teller == Some(Teller::Between) || is_silence(suffers.cause));
    same_phase && says_why(knows) && !says_why(suffers)
        || agreed && is_silence(suffers.cause) && !is_silence(knows.cause)
}

fn says_why(found: &Explanation) -> bool {
    found.confidence == Confidence::Certain && !found.cause.is_opaque()
}

/// Whether all that is known is that nothing came back.
const fn is_silence(cause: Cause) -> bool {
    matches!(cause, Cause::NoResponse | Cause::NatTBlocked)
}
