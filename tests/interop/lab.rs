//! Two charons in two network namespaces with a cable between them.

use std::fs;
use std::ops::Deref;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::daemon::{Daemon, Settings, Side};
use crate::process::{Folder, Process, run};

/// Two machines with a cable between them, and a folder; gone when dropped.
pub(crate) struct Machines {
    namespaces: [Process; 2],
    folder: Folder,
}

impl Machines {
    /// Machines on which nothing runs.
    pub(crate) fn start() -> Result<Self> {
        let folder = Folder::new()?;
        let namespaces = [namespace()?, namespace()?];
        let [initiator, responder] = [namespaces[0].id(), namespaces[1].id()];
        let cable = format!("link add cable type veth peer name cable netns {responder}\n");
        configure(initiator, &(cable + &addresses(Side::Initiator)))?;
        configure(responder, &addresses(Side::Responder))?;
        Ok(Self { namespaces, folder })
    }

    /// Where the daemons have their files.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The process that holds the network namespace of that side.
    pub(crate) fn namespace(&self, side: Side) -> u32 {
        let place = match side {
            Side::Initiator => 0,
            Side::Responder => 1,
        };
        self.namespaces[place].id()
    }

    /// Runs a command on the machine of that side.
    pub(crate) fn run_at(&self, side: Side, command: &[&str], input: &str) -> Result<String> {
        let net = format!("--net=/proc/{}/ns/net", self.namespace(side));
        run(Command::new("nsenter").arg(net).args(command), input)
    }
}

/// A laboratory: everything one pair of daemons needs, gone when dropped.
pub(crate) struct Lab {
    // Dropped from the top: daemons first, then what they run in.
    pub(crate) initiator: Daemon,
    pub(crate) responder: Daemon,
    machines: Machines,
}

impl Deref for Lab {
    type Target = Machines;

    fn deref(&self) -> &Machines {
        &self.machines
    }
}

impl Lab {
    /// Starts both daemons. `prefers_own` is `charon.prefer_configured_proposals`.
    ///
    /// Everything ends with the calling thread, see [`Process`].
    pub(crate) fn start(prefers_own: bool) -> Result<Self> {
        Self::with(|_, _| Settings {
            prefers_own,
            ..Settings::default()
        })
    }

    /// Starts both daemons with settings that depend on the side; files may be put into the folder.
    pub(crate) fn with(settings: impl Fn(Side, &Path) -> Settings) -> Result<Self> {
        let machines = Machines::start()?;
        let start = |side: Side| {
            let settings = settings(side, machines.folder());
            Daemon::start(side, machines.namespace(side), machines.folder(), &settings)
                .with_context(|| format!("the {}", side.name()))
        };
        Ok(Self {
            initiator: start(Side::Initiator)?,
            responder: start(Side::Responder)?,
            machines,
        })
    }

    pub(crate) fn side(&mut self, side: Side) -> &mut Daemon {
        match side {
            Side::Initiator => &mut self.initiator,
            Side::Responder => &mut self.responder,
        }
    }
}

/// A process that does nothing but hold a network namespace without a name, which goes with it.
fn namespace() -> Result<Process> {
    let of = |process: &str| fs::read_link(format!("/proc/{process}/ns/net"));
    let ours = of("self")?;
    let mut process = Process::start(["unshare", "--net", "sleep", "infinity"], |command| command)?;
    let late = Instant::now() + Duration::from_secs(5);
    while of(&process.id().to_string()).is_ok_and(|theirs| theirs == ours) {
        let ended = process.ended()?.is_some();
        ensure!(
            !ended && Instant::now() < late,
            "`unshare --net` gives no network namespace"
        );
        sleep(Duration::from_millis(1));
    }
    Ok(process)
}

fn addresses(side: Side) -> String {
    let (outer, inner, v6) = (side.address(), side.inner_address(), side.address_v6());
    format!(
        "addr add {outer}/24 dev cable\naddr add {v6}/64 dev cable nodad\n\
        addr add {inner}/32 dev lo\n\
        link set lo up\nlink set cable up\n"
    )
}

/// Runs lines of `ip` in the network namespace of a process.
fn configure(namespace: u32, lines: &str) -> Result<()> {
    let net = format!("--net=/proc/{namespace}/ns/net");
    run(
        Command::new("nsenter").args([&net, "ip", "-batch", "-"]),
        lines,
    )?;
    Ok(())
}
