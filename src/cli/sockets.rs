//! The two sockets of a server, the machine's own addresses, and the rights that it does not need.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, bail};
use ikecompat::live::datagram::MOST_OCTETS;
use ikecompat::live::network::{Network, is_local};

use super::live::is_nothing;

/// More datagrams than this do not wait; the others are lost, as on a busy line.
const WAITING: usize = 256;

/// A datagram that came.
#[derive(Debug)]
pub(super) struct Arrived {
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    pub(super) datagram: Vec<u8>,
}

/// The sockets of both ports.
#[derive(Debug)]
pub(super) struct Sockets {
    sockets: [UdpSocket; 2],
    pub(super) ports: (u16, u16),
    arrived: Receiver<io::Result<Arrived>>,
}

impl Sockets {
    /// Opens both; of all addresses, those of IPv6 and IPv4 where the system allows it.
    pub(super) fn bind(address: Option<IpAddr>, port: u16, nat_port: u16) -> anyhow::Result<Self> {
        let open = |port: u16| match address {
            Some(address) => UdpSocket::bind((address, port)),
            // Systems without IPv6, and those where its sockets hear no IPv4, take the other one.
            None if cfg!(target_os = "linux") => UdpSocket::bind((Ipv6Addr::UNSPECIFIED, port))
                .or_else(|_| UdpSocket::bind((Ipv4Addr::UNSPECIFIED, port))),
            None => UdpSocket::bind((Ipv4Addr::UNSPECIFIED, port)),
        };
        let named = |port| open(port).map_err(|error| refused(&error, port));
        let sockets = [named(port)?, named(nat_port)?];
        let (sender, arrived) = sync_channel(WAITING);
        for socket in &sockets {
            let socket = socket.try_clone().context("cannot share a socket")?;
            let sender = sender.clone();
            thread::spawn(move || hear(&socket, &sender));
        }
        Ok(Self {
            ports: (
                sockets[0].local_addr()?.port(),
                sockets[1].local_addr()?.port(),
            ),
            sockets,
            arrived,
        })
    }

    /// The next datagram, if one comes in time.
    pub(super) fn next(&self, patience: Duration) -> anyhow::Result<Option<Arrived>> {
        match self.arrived.recv_timeout(patience) {
            Ok(arrived) => Ok(Some(arrived.context("cannot receive")?)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => bail!("the sockets are closed"),
        }
    }

    /// Sends a datagram from the port that the other side wrote to. One that cannot be sent is lost.
    pub(super) fn reply(&self, port: u16, to: SocketAddr, datagram: &[u8]) {
        let socket = if port == self.ports.0 {
            &self.sockets[0]
        } else {
            &self.sockets[1]
        };
        socket.send_to(datagram, to).ok();
    }
}

/// Hands over what comes until nobody takes it.
fn hear(socket: &UdpSocket, sender: &SyncSender<io::Result<Arrived>>) {
    let mut buffer = vec![0; MOST_OCTETS];
    let Ok(own) = socket.local_addr() else {
        return;
    };
    loop {
        let arrived = match socket.recv_from(&mut buffer) {
            Ok((length, from)) => Ok(Arrived {
                from,
                to: SocketAddr::new(towards(from).unwrap_or(own.ip()), own.port()),
                datagram: buffer.get(..length).unwrap_or_default().to_vec(),
            }),
            // Windows says here that an earlier reply did not arrive.
            Err(error) if is_nothing(&error) || error.kind() == ErrorKind::ConnectionReset => {
                continue;
            }
            Err(error) => Err(error),
        };
        let failed = arrived.is_err();
        // One too many is dropped; nobody is left to tell if the other end is gone.
        let gone = matches!(
            sender.try_send(arrived),
            Err(std::sync::mpsc::TrySendError::Disconnected(_))
        );
        if failed || gone {
            return;
        }
    }
}

/// The own address towards another one: a socket of all addresses does not know it.
fn towards(other: SocketAddr) -> Option<IpAddr> {
    let any: IpAddr = match other.ip() {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    // It chooses a way and sends nothing.
    socket.connect(other).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// Why a port cannot be had, with what helps.
fn refused(error: &io::Error, port: u16) -> anyhow::Error {
    let help = match error.kind() {
        ErrorKind::PermissionDenied if cfg!(target_os = "linux") => {
            "run as root (rights are dropped once the port is open), or once \
             `setcap cap_net_bind_service=+ep` on the program"
        }
        ErrorKind::PermissionDenied => "run it with administrator's rights",
        ErrorKind::AddrInUse if cfg!(windows) => {
            "another program has it: `netstat -abno -p udp` names it; the service IKEEXT is stopped \
             by `net stop IKEEXT`, which also ends this machine's own VPN"
        }
        ErrorKind::AddrInUse if cfg!(target_os = "macos") => {
            "another program has it: `lsof -nP -iUDP` names it; end this machine's own VPN"
        }
        ErrorKind::AddrInUse => {
            "another program has it, such as charon or pluto: `ss -ulpn` names it"
        }
        ErrorKind::AddrNotAvailable => "it is no address of this machine",
        _ => "",
    };
    let help = if help.is_empty() {
        String::new()
    } else {
        format!("\n  = help: {help}")
    };
    anyhow::anyhow!("cannot listen on UDP port {port}: {error}{help}")
}

/// The addresses of this machine, but for those that only itself can use.
#[cfg(unix)]
fn interfaces() -> Vec<(IpAddr, Option<IpAddr>)> {
    let ip = |storage: Option<nix::sys::socket::SockaddrStorage>| {
        let storage = storage?;
        let v4 = storage.as_sockaddr_in().map(|it| IpAddr::V4(it.ip()));
        v4.or_else(|| storage.as_sockaddr_in6().map(|it| IpAddr::V6(it.ip())))
    };
    let all = nix::ifaddrs::getifaddrs().into_iter().flatten();
    all.filter_map(|it| Some((ip(it.address)?, ip(it.netmask))))
        .collect()
}

/// No library that is needed anyway names them here; what clients are to be allowed has to be typed.
#[cfg(not(unix))]
fn interfaces() -> Vec<(IpAddr, Option<IpAddr>)> {
    Vec::new()
}

/// This machine, and the private and link-local networks of its interfaces.
pub(super) fn own_networks() -> Vec<Network> {
    let mut networks = Vec::new();
    for network in ["127.0.0.0/8", "::1/128"] {
        networks.extend(network.parse::<Network>());
    }
    for (address, mask) in interfaces() {
        let network = mask.and_then(|mask| Network::of_mask(address, mask));
        let local = is_local(address) && !address.is_loopback();
        networks.extend(network.filter(|network| local && !networks.contains(network)));
    }
    networks
}

fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    }
}

/// The addresses to be typed on a client; those first from whose networks clients may come.
pub(super) fn own_addresses(from: &[Network]) -> Vec<String> {
    let all = interfaces().into_iter().map(|(address, _)| address);
    let usable = all.filter(|address| !address.is_loopback() && !is_link_local(*address));
    let (near, far): (Vec<_>, Vec<_>) =
        usable.partition(|address| from.iter().any(|network| network.contains(*address)));
    let near = near.iter().map(ToString::to_string);
    // Whoever dials one of these comes from elsewhere, and is not answered unless he was named.
    let far = far.iter().map(|address| match is_local(*address) {
        true => address.to_string(),
        false => format!("{address} (public: only for clients of --from)"),
    });
    let addresses: Vec<_> = near.chain(far).collect();
    if addresses.is_empty() {
        vec!["that of this machine".to_owned()]
    } else {
        addresses
    }
}

/// The address of this machine that a device near it is likely to reach, if it has one: that of a
/// private network, one of IPv4 first.
pub(super) fn own_address() -> Option<IpAddr> {
    let mut all: Vec<_> = interfaces().into_iter().map(|it| it.0).collect();
    all.retain(|it| is_local(*it) && !it.is_loopback() && !is_link_local(*it));
    let ipv4 = all.iter().find(|it| it.is_ipv4());
    ipv4.or_else(|| all.first()).copied()
}

/// Gives up what root may do: the ports are open.
#[cfg(unix)]
pub(super) fn drop_privileges() -> anyhow::Result<()> {
    use nix::unistd::{User, geteuid, setgid, setuid};
    if !geteuid().is_root() {
        return Ok(());
    }
    let nobody = User::from_name("nobody").context("cannot look up the user `nobody`")?;
    let nobody = nobody.context("there is no user `nobody` to whom rights are dropped")?;
    let dropped = (|| {
        #[cfg(not(target_vendor = "apple"))]
        nix::unistd::setgroups(&[nobody.gid])?;
        setgid(nobody.gid)?;
        setuid(nobody.uid)
    })();
    dropped.context("cannot drop the rights of root")?;
    // If root can be had again, nothing was dropped.
    if setuid(nix::unistd::Uid::from_raw(0)).is_ok() {
        bail!("the rights of root are not dropped");
    }
    Ok(())
}

/// Windows lets everybody open these ports.
#[cfg(not(unix))]
pub(super) fn drop_privileges() -> anyhow::Result<()> {
    Ok(())
}
