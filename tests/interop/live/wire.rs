//! Sockets in the network namespaces of the lab, and runs over them without the pauses of the command.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use ikecompat::crypt::Random;
use ikecompat::live::datagram;
use ikecompat::live::first::{Ends, First};
use ikecompat::live::heard::Heard;
use ikecompat::live::limits::Limits;
use ikecompat::live::probe::{Action, Listed, Messages, Run, Stopped};
use nix::sched::{CloneFlags, setns};

use crate::daemon::Side;
use crate::lab::Machines;

/// A socket of the machine of that side, connected to `target`.
pub(crate) fn socket(lab: &Machines, side: Side, target: SocketAddr) -> Result<UdpSocket> {
    let any = if target.is_ipv4() { "0.0.0.0" } else { "::" };
    let socket = bound_to(lab, side, SocketAddr::new(any.parse()?, 0))?;
    socket.connect(target)?;
    Ok(socket)
}

/// A socket of the machine of that side, on a port of all its addresses.
pub(crate) fn bound(lab: &Machines, side: Side, port: u16) -> Result<UdpSocket> {
    bound_to(lab, side, SocketAddr::from(([0, 0, 0, 0], port)))
}

fn bound_to(lab: &Machines, side: Side, address: SocketAddr) -> Result<UdpSocket> {
    let path = format!("/proc/{}/ns/net", lab.namespace(side));
    // A thread enters the namespace and ends; the socket stays in it.
    let made = thread::spawn(move || -> Result<UdpSocket> {
        let namespace = File::open(path)?;
        setns(&namespace, CloneFlags::CLONE_NEWNET)?;
        Ok(UdpSocket::bind(address)?)
    });
    made.join()
        .map_err(|_| anyhow!("the thread of the socket panicked"))?
}

/// Random numbers of the operating system.
pub(crate) struct System;

impl Random for System {
    fn fill(&mut self, octets: &mut [u8]) {
        getrandom::fill(octets).ok();
    }
}

/// What came of a run.
pub(crate) struct Outcome {
    pub(crate) heard: Vec<Heard>,
    pub(crate) stopped: Option<Stopped>,
}

/// Plays clients to a server as fast as it answers.
pub(crate) fn play(socket: &UdpSocket, firsts: &[First]) -> Result<Outcome> {
    let (heard, stopped) = run(socket, Listed::new(firsts))?.end();
    Ok(Outcome { heard, stopped })
}

/// Plays messages to a server as fast as it answers.
pub(crate) fn run<M: Messages>(socket: &UdpSocket, messages: M) -> Result<Run<M>> {
    let ends = Ends {
        local: socket.local_addr()?,
        remote: socket.peer_addr()?,
    };
    let limits = Limits {
        interval: Duration::ZERO,
        packets: 10_000,
        duration: Duration::from_secs(120),
    };
    let mut run = Run::new(messages, ends, limits);
    let marked = datagram::is_marked(ends.remote.port());
    let start = Instant::now();
    let mut buffer = vec![0; datagram::MOST_OCTETS];
    loop {
        match run.poll(start.elapsed(), &mut System) {
            Action::End => break,
            Action::Send(message) => {
                socket.send(&datagram::wrap(&message, marked))?;
            }
            Action::Wait(until) => {
                let left = until.saturating_sub(start.elapsed());
                socket.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
                match socket.recv(&mut buffer) {
                    Ok(length) => {
                        let (message, _) = datagram::unwrap(&buffer[..length]);
                        run.take(start.elapsed(), message, &mut System);
                    }
                    // A daemon of another test that ends interrupts the waiting.
                    Err(error)
                        if matches!(
                            error.kind(),
                            ErrorKind::WouldBlock | ErrorKind::Interrupted
                        ) => {}
                    Err(error) => return Err(error).context("cannot receive"),
                }
            }
        }
    }
    Ok(run)
}

/// Takes one datagram; a daemon of another test that ends interrupts the waiting, which begins anew.
pub(super) fn receive(socket: &UdpSocket, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match socket.recv(buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            received => return received,
        }
    }
}
