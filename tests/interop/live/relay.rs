//! A relay between both machines that loses, delays, repeats, reorders and makes up datagrams.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

use anyhow::Result;

use super::wire::{bound, socket};
use crate::daemon::Side;
use crate::lab::Machines;

/// What the relay does to datagrams.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Mischief {
    /// Every third one is lost, whichever way it goes.
    Loss,
    /// Each takes 700 ms, so that answers come when the question has been asked again.
    Delay,
    /// Each comes three times.
    Duplicates,
    /// Each answer comes behind the one that was asked for after it, if one is.
    Reordering,
    /// Before each answer come others that nobody gave.
    Lies,
}

impl Mischief {
    pub(crate) const ALL: [Self; 5] = [
        Self::Loss,
        Self::Delay,
        Self::Duplicates,
        Self::Reordering,
        Self::Lies,
    ];
}

/// A relay, which ends when dropped.
pub(crate) struct Relay {
    stop: Arc<AtomicBool>,
    passed: Arc<AtomicU32>,
    thread: Option<JoinHandle<()>>,
}

impl Relay {
    /// A relay on `port` of the initiator's machine, to `target`.
    pub(crate) fn start(
        machines: &Machines,
        port: u16,
        target: SocketAddr,
        mischief: Mischief,
    ) -> Result<Self> {
        let front = bound(machines, Side::Initiator, port)?;
        let back = socket(machines, Side::Initiator, target)?;
        for socket in [&front, &back] {
            socket.set_nonblocking(true)?;
        }
        let stop = Arc::new(AtomicBool::new(false));
        let passed = Arc::new(AtomicU32::new(0));
        let thread = spawn({
            let (stop, passed) = (Arc::clone(&stop), Arc::clone(&passed));
            move || relay(&front, &back, mischief, &stop, &passed)
        });
        Ok(Self {
            stop,
            passed,
            thread: Some(thread),
        })
    }

    /// How many datagrams came to it.
    pub(crate) fn passed(&self) -> u32 {
        self.passed.load(Ordering::Relaxed)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// A datagram on its way: when it goes on, whether to the server, and its octets.
type Waiting = (Instant, bool, Vec<u8>);

fn relay(
    front: &UdpSocket,
    back: &UdpSocket,
    mischief: Mischief,
    stop: &AtomicBool,
    passed: &AtomicU32,
) {
    let mut client = None;
    let mut waiting: Vec<Waiting> = Vec::new();
    let mut held: Option<Vec<u8>> = None;
    let mut buffer = vec![0; 65_536];
    while !stop.load(Ordering::Relaxed) {
        let now = Instant::now();
        let mut came = Vec::new();
        if let Ok((length, from)) = front.recv_from(&mut buffer) {
            client = Some(from);
            came.push((true, buffer[..length].to_vec()));
        }
        if let Ok(length) = back.recv(&mut buffer) {
            came.push((false, buffer[..length].to_vec()));
        }
        for (to_server, octets) in came {
            let number = passed.fetch_add(1, Ordering::Relaxed);
            let late = now + Duration::from_millis(700);
            match (mischief, to_server) {
                (Mischief::Loss, _) if number % 3 == 1 => {}
                (Mischief::Delay, _) => waiting.push((late, to_server, octets)),
                (Mischief::Duplicates, _) => {
                    waiting.extend(vec![(now, to_server, octets); 3]);
                }
                (Mischief::Reordering, false) => match held.take() {
                    Some(earlier) => {
                        waiting.extend([(now, false, octets), (now, false, earlier)]);
                    }
                    None => held = Some(octets),
                },
                (Mischief::Lies, false) => {
                    let lies = lies(&octets).into_iter().map(|lie| (now, false, lie));
                    waiting.extend(lies);
                    waiting.push((now, false, octets));
                }
                _ => waiting.push((now, to_server, octets)),
            }
        }
        let (due, later) = waiting.into_iter().partition(|(due, ..)| *due <= now);
        waiting = later;
        let due: Vec<Waiting> = due;
        for (_, to_server, octets) in due {
            // Whoever is gone gets nothing.
            match (to_server, client) {
                (true, _) => back.send(&octets).ok(),
                (false, Some(client)) => front.send_to(&octets, client).ok(),
                (false, None) => None,
            };
        }
        sleep(Duration::from_millis(2));
    }
}

/// Answers that the server did not give: cut, changed, of somebody else, from the wrong side.
fn lies(answer: &[u8]) -> Vec<Vec<u8>> {
    let changed = |place: usize, octet: u8| {
        let mut lie = answer.to_vec();
        if let Some(it) = lie.get_mut(place) {
            *it ^= octet;
        }
        lie
    };
    // Behind four octets of the marker stand SPIs, next payload, version, exchange, flags.
    let mut lies = vec![
        Vec::new(),
        vec![0; 4],
        vec![0xff; 200],
        answer[..answer.len() / 2].to_vec(),
        changed(4, 1),
        changed(4 + 17, 0x10),
        changed(4 + 19, 0x20),
        changed(4 + 23, 1),
    ];
    let is_auth = answer.get(4 + 18) == Some(&35);
    if is_auth {
        lies.extend([changed(answer.len() - 1, 1), changed(40, 1)]);
    }
    lies
}
