//! What two real daemons make of a pair: every exchange in the life of the tunnel, watched until both
//! sides have settled.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use crate::answer::{Answer, Exchange, Outcome};
use crate::daemon::{Sa, Side, What};
use crate::lab::Lab;
use crate::log::{Protocol, Word};
use crate::pairs::Pair;
use crate::said::{Said, check};

/// Between two looks at logs or SAs.
const PAUSE: Duration = Duration::from_millis(2);

/// How often a connection in which a message went unanswered is tried.
const TRIES: usize = 3;

/// A connection from its first message to its last one, with the rekeyings that one side asked for.
struct Life {
    ike: Exchange,
    esp: Exchange,
    ike_rekeying: Exchange,
    child_rekeying: Exchange,
    said: Said,
}

/// Lets the daemons go through all exchanges of a pair.
///
/// Now and then a log is read while its daemon still writes about the exchange, and the two sides
/// seem to contradict each other; then the pair is tried again from the start.
pub(crate) fn observe(lab: &mut Lab, pair: &Pair) -> Result<Answer> {
    let mut tries = 1..;
    loop {
        match exchanges(lab, pair) {
            Ok(answer) => return Ok(answer),
            Err(error) if tries.next() >= Some(TRIES) => {
                return Err(error.context(format!("pair `{}`", pair.id)));
            }
            Err(_) => disconnect(lab)?,
        }
    }
}

fn exchanges(lab: &mut Lab, pair: &Pair) -> Result<Answer> {
    let mut answer = Answer {
        id: pair.id.clone(),
        ..Answer::default()
    };
    if !load(lab, pair)? {
        answer.ike.result = Outcome::ConfigRejected;
        return Ok(answer);
    }
    let client = live(lab, Side::Initiator)?;
    answer.ike = client.ike;
    answer.esp = client.esp;
    answer.ike_rekey_by_client = client.ike_rekeying;
    answer.child_rekey_by_client = client.child_rekeying;
    if answer.ike.result == Outcome::Ok {
        let server = live(lab, Side::Responder)?;
        let alike = server.ike == answer.ike && server.esp == answer.esp;
        ensure!(alike, "the same lists do not connect alike twice");
        answer.ike_rekey_by_server = server.ike_rekeying;
        answer.child_rekey_by_server = server.child_rekeying;
    }
    Ok(answer)
}

/// Loads the lists on both sides, in place of those before; `false` if one of them is refused.
fn load(lab: &mut Lab, pair: &Pair) -> Result<bool> {
    let mut accepted = true;
    for (side, lists) in [
        (Side::Initiator, &pair.initiator),
        (Side::Responder, &pair.responder),
    ] {
        lab.side(side).unload()?;
        accepted &= lab.side(side).load(lists)?.is_ok();
    }
    Ok(accepted)
}

/// Connects, lets `asks` ask for both rekeyings, and disconnects. A message that is never answered is
/// a disturbance and no result.
fn live(lab: &mut Lab, asks: Side) -> Result<Life> {
    for _ in 0..TRIES {
        let mut life = connect(lab)?;
        if life.ike.result == Outcome::Ok {
            life.ike_rekeying = rekey(lab, What::Ike, asks, &mut life.said)?;
            if life.ike_rekeying.result != Outcome::Ok {
                // A CHILD_SA moves to the new IKE_SA as it is (RFC 7296, section 2.18), so one
                // rekeying does not depend on the other; but it does need a sound IKE_SA.
                disconnect(lab)?;
                life.said.extend(connect(lab)?.said);
            }
            life.child_rekeying = rekey(lab, What::Child, asks, &mut life.said)?;
        }
        disconnect(lab)?;
        if !life.said.contains(&Word::Unanswered) {
            return Ok(life);
        }
    }
    bail!("the daemons do not answer each other")
}

fn connect(lab: &mut Lab) -> Result<Life> {
    Said::default().hear(lab)?;
    lab.initiator.initiate()?;
    let mut said = Said::default();
    said.hear(lab)?;
    let (ike, esp) = (said.ike()?, said.esp()?);
    for side in Side::BOTH {
        for sa in lab.side(side).sas()?.iter().filter(|sa| sa.live) {
            check(sa, &ike, side)?;
            sa.children
                .iter()
                .filter(|child| child.live)
                .try_for_each(|sa| check(sa, &esp, side))?;
        }
    }
    Ok(Life {
        ike,
        esp,
        ike_rekeying: Exchange::default(),
        child_rekeying: Exchange::default(),
        said,
    })
}

fn disconnect(lab: &mut Lab) -> Result<()> {
    let late = Instant::now() + Duration::from_secs(8);
    lab.initiator.terminate()?;
    while !(lab.responder.sas()?.is_empty() && lab.initiator.sas()?.is_empty()) {
        ensure!(Instant::now() < late, "an IKE_SA cannot be terminated");
        lab.responder.terminate()?;
        lab.initiator.terminate()?;
        sleep(PAUSE);
    }
    Ok(())
}

/// Rekeys the one SA of that kind, if there is one.
fn rekey(lab: &mut Lab, what: What, asks: Side, heard: &mut Said) -> Result<Exchange> {
    let sides = [asks, asks.other()];
    let old = in_use(lab, what, sides)?;
    if old.iter().any(|sas| sas.len() != 1) {
        return Ok(Exchange::default());
    }
    let mut said = Said::default();
    said.hear(lab)?;
    let mut said = Said::default();
    lab.side(asks).rekey(what)?;
    let late = Instant::now() + Duration::from_secs(30);
    while !said.by(asks).contains(&Word::RekeyOver) {
        ensure!(Instant::now() < late, "a rekeying does not end");
        sleep(PAUSE);
        said.hear(lab)?;
    }
    // The other side may take a moment longer; and the two may never agree on what is in use.
    let late = Instant::now() + Duration::from_secs(3);
    let mut new = in_use(lab, what, sides)?;
    while !settled(&old, &new) && Instant::now() < late {
        sleep(PAUSE);
        new = in_use(lab, what, sides)?;
    }
    said.hear(lab)?;
    let replaced = new
        .iter()
        .zip(&old)
        .all(|(new, old)| new.iter().any(|sa| !has(old, sa)));
    let end = said.rekeying(what, asks, replaced)?;
    if replaced {
        for (side, sas) in sides.into_iter().zip(&new) {
            sas.iter().try_for_each(|sa| check(sa, &end, side))?;
        }
    }
    heard.extend(said);
    Ok(end)
}

/// The SAs of that kind which are in use, on each of the sides.
fn in_use(lab: &mut Lab, what: What, sides: [Side; 2]) -> Result<[Vec<Sa>; 2]> {
    let mut of = |side| -> Result<Vec<Sa>> {
        let sas = lab.side(side).sas()?;
        let sas: Vec<_> = match what {
            What::Child => sas.into_iter().flat_map(|sa| sa.children).collect(),
            What::Ike => sas,
        };
        Ok(sas.into_iter().filter(|sa| sa.live).collect())
    };
    Ok([of(sides[0])?, of(sides[1])?])
}

/// Whether both sides are through: none has an SA, or each has one, and both or neither a new one.
fn settled(old: &[Vec<Sa>; 2], new: &[Vec<Sa>; 2]) -> bool {
    match [new[0].as_slice(), new[1].as_slice()] {
        [[], []] => true,
        [[one], [other]] => has(&old[0], one) == has(&old[1], other),
        _ => false,
    }
}

fn has(sas: &[Sa], sa: &Sa) -> bool {
    sas.iter().any(|other| other.spis == sa.spis)
}

/// The proposals in which the responder's daemon found no match, as it logged them.
pub(crate) fn refusing_list(lab: &mut Lab, pair: &Pair, protocol: Protocol) -> Result<Vec<String>> {
    ensure!(
        load(lab, pair)?,
        "the daemon does not accept the lists of `{}`",
        pair.id
    );
    let life = connect(lab)?;
    disconnect(lab)?;
    let list = life
        .said
        .refusing_list(protocol)
        .context("the lists match")?;
    Ok(list.to_vec())
}
