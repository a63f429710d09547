//! Sockets, clock and random numbers for the conversations of the library.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs as _, UdpSocket};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use ikecompat::answer::{self, Answer, Clients, Question, ServerInput, reading};
use ikecompat::crypt::Random;
use ikecompat::diag::Sources;
use ikecompat::live::datagram::{self, MOST_OCTETS};
use ikecompat::live::probe::{Action, Messages, Run};
use ikecompat::live::target;
use ikecompat::peer::{Client, Policy, Server};
use ikecompat::profile::Database;

use super::servers::ReadArgs;
use super::terminal::Terminal;

/// The random numbers of the operating system.
#[derive(Debug, Default)]
pub(super) struct System {
    failed: bool,
}

impl Random for System {
    fn fill(&mut self, octets: &mut [u8]) {
        self.failed |= getrandom::fill(octets).is_err();
    }
}

impl System {
    /// Fails if any number was not random.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        if self.failed {
            bail!("the operating system gives no random numbers");
        }
        Ok(())
    }
}

/// The first address of what the user typed: one host, which is one machine.
pub(super) fn resolve(host: &str, port: u16) -> anyhow::Result<SocketAddr> {
    let name = one_host(host)?;
    let mut all = (name, port)
        .to_socket_addrs()
        .with_context(|| format!("cannot look up `{host}`"))?;
    let first = all
        .next()
        .with_context(|| format!("`{host}` has no address"))?;
    target::admit(first.ip(), &broadcasts()).map_err(|why| anyhow::anyhow!("`{host}` is {why}"))?;
    Ok(first)
}

/// The same refusals without a question to anybody: a name is not looked up.
pub(super) fn refuse(host: &str, port: u16) -> anyhow::Result<()> {
    let name = one_host(host)?;
    // Numbers are addresses in one of the ways in which systems read them: nobody is asked for them.
    let is_number = |part: &str| {
        let hexadecimal = part.strip_prefix("0x").or_else(|| part.strip_prefix("0X"));
        match hexadecimal {
            Some(digits) => digits.chars().all(|c| c.is_ascii_hexdigit()),
            None => !part.is_empty() && part.chars().all(|c| c.is_ascii_digit()),
        }
    };
    let parts = name.split('.');
    let is_ipv4 = parts.clone().count() <= 4 && parts.clone().all(is_number);
    if is_ipv4 || name.contains(':') {
        resolve(host, port)?;
    }
    Ok(())
}

/// What was typed, without the brackets around an address of IPv6, if it can be one host.
fn one_host(host: &str) -> anyhow::Result<&str> {
    let name = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let name = name.unwrap_or(host);
    let is_of_names = |c: char| c.is_ascii_alphanumeric() || "-._:%".contains(c);
    if name.is_empty() || !name.chars().all(is_of_names) {
        bail!("`{host}` is not the name or address of one host");
    }
    Ok(name)
}

/// The broadcast addresses of this machine's interfaces.
fn broadcasts() -> Vec<IpAddr> {
    #[cfg(unix)]
    {
        use nix::sys::socket::SockaddrStorage;
        let all = nix::ifaddrs::getifaddrs().into_iter().flatten();
        let broadcasts = all.flat_map(|it| {
            let ip = |address: Option<SockaddrStorage>| Some(address?.as_sockaddr_in()?.ip());
            let own = ip(it.address);
            let mask = ip(it.netmask);
            // Linux names an interface's own address where it has no address for broadcasts.
            let named = ip(it.broadcast).filter(|it| Some(*it) != own);
            let made = own
                .zip(mask)
                .and_then(|(own, mask)| target::broadcast(own, mask));
            named.into_iter().chain(made).map(IpAddr::V4)
        });
        broadcasts.collect()
    }
    #[cfg(not(unix))]
    Vec::new()
}

/// A socket that hears the target alone.
pub(super) fn socket(target: SocketAddr) -> anyhow::Result<UdpSocket> {
    let any: IpAddr = match target {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).context("cannot open a UDP socket")?;
    let connected = socket.connect(target);
    connected.with_context(|| format!("there is no way to {target}"))?;
    Ok(socket)
}

/// Plays a run to its end.
pub(super) fn play(
    run: &mut Run<impl Messages>,
    socket: &UdpSocket,
    marked: bool,
) -> anyhow::Result<()> {
    let start = Instant::now();
    let mut random = System::default();
    let mut buffer = vec![0; MOST_OCTETS];
    loop {
        let action = run.poll(start.elapsed(), &mut random);
        random.check()?;
        match action {
            Action::End => return Ok(()),
            Action::Send(message) => match socket.send(&datagram::wrap(&message, marked)) {
                Ok(_) => {}
                Err(error) if is_unreachable(&error) => run.unreachable(),
                Err(error) => return Err(error).context("cannot send"),
            },
            Action::Wait(until) => {
                let left = until.saturating_sub(start.elapsed());
                // A timeout of zero would be none.
                socket.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
                match socket.recv(&mut buffer) {
                    Ok(length) => {
                        let datagram = buffer.get(..length).unwrap_or_default();
                        let (message, _) = datagram::unwrap(datagram);
                        run.take(start.elapsed(), message, &mut random);
                    }
                    Err(error) if is_unreachable(&error) => run.unreachable(),
                    Err(error) if is_nothing(&error) => {}
                    Err(error) => return Err(error).context("cannot receive"),
                }
            }
        }
    }
}

/// The target's machine says that nothing listens there.
fn is_unreachable(error: &io::Error) -> bool {
    // Windows reports it as a connection that was reset.
    matches!(
        error.kind(),
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset
    )
}

/// Nothing came within the time.
pub(super) fn is_nothing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
    )
}

/// The configuration of a server. `None` if it cannot be used, which has been said.
pub(super) fn configuration(
    path: &Path,
    args: &ReadArgs,
    database: &Database<'_>,
    terminal: Terminal,
) -> anyhow::Result<Option<Server>> {
    let opened = args.open(path)?;
    let mut sources = Sources::new();
    Ok(
        match reading::server(&opened.text(), database, &mut sources) {
            Ok(reading) => {
                terminal.complain(&reading.diagnostics, &sources);
                Some(reading.value)
            }
            Err(diagnostics) => {
                terminal.complain(&diagnostics, &sources);
                None
            }
        },
    )
}

/// What a server's file says of these clients. `None` if it says nothing, which has been said.
pub(super) fn ask(
    server: &Server,
    clients: &[Arc<Client>],
    (database, policy): (&Database<'_>, &Policy),
    terminal: Terminal,
) -> Option<Answer> {
    let question = Question {
        clients: Clients::Given(clients),
        ..Question::new(ServerInput::Model(server), policy)
    };
    let mut sources = Sources::new();
    let answer = answer::ask(&question, database, &mut sources);
    answer
        .map_err(|diagnostics| terminal.complain(&diagnostics, &sources))
        .ok()
}
