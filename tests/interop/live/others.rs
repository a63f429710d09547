//! pluto and iked on the machines of the lab.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};

use crate::daemon::Side;
use crate::lab::Machines;
use crate::process::{Process, run};
use crate::written::Libreswan;

/// A running daemon other than charon.
pub(crate) struct Other {
    process: Process,
    log: std::path::PathBuf,
}

impl Other {
    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        let bytes = fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn wait(mut self, ready: &str) -> Result<Self> {
        let late = Instant::now() + Duration::from_secs(20);
        while !self.log().contains(ready) {
            if self.process.ended()?.is_some() || Instant::now() > late {
                bail!("the daemon does not start\n{}", self.log());
            }
            sleep(Duration::from_millis(20));
        }
        Ok(self)
    }
}

fn secret(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    Ok(())
}

/// Starts pluto with one connection, whose lines are `lines`.
///
/// Its programs expect each other below /usr/libexec, so it has a mount namespace of its own.
pub(crate) fn pluto(
    machines: &Machines,
    libreswan: &Libreswan,
    side: Side,
    lines: &str,
) -> Result<Other> {
    let folder = machines.folder().join(format!("pluto-{}", side.name()));
    // What another one before it has left is in the way.
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(folder.join("nss"))?;
    let path = |name: &str| folder.join(name).display().to_string();
    let own = side.address();
    let conf = format!(
        "config setup\n\tlogfile={}\nconn tunnel\n\tleft={own}\n\tauthby=secret\n\tleftid=@{}\n\tikev2=insist\n{lines}\n",
        path("log"),
        side.name()
    );
    fs::write(folder.join("ipsec.conf"), conf)?;
    secret(
        &folder.join("ipsec.secrets"),
        ": PSK \"a secret of this test that is long enough\"\n",
    )?;
    let database = format!("sql:{}", path("nss"));
    run(
        Command::new("certutil").args(["-N", "-d", &database, "--empty-password"]),
        "",
    )?;
    let programs = libreswan.programs.display();
    let script = format!(
        "mount -t tmpfs none /run && mkdir /run/pluto && mount --bind {programs}/.. /usr/libexec && \
         exec {programs}/pluto --config {conf} --nofork --rundir /run/pluto --nssdir {nss} \
         --secretsfile {secrets} --logfile {log} --no-dnssec",
        conf = path("ipsec.conf"),
        nss = path("nss"),
        secrets = path("ipsec.secrets"),
        log = path("log"),
    );
    let net = format!("--net=/proc/{}/ns/net", machines.namespace(side));
    let process = Process::start(
        ["nsenter", &net, "unshare", "--mount", "bash", "-c", &script],
        |command| command,
    )?;
    let log = folder.join("log");
    let daemon = Other { process, log }.wait("loading secrets from")?;
    whack(
        &daemon,
        libreswan,
        &["addconn", "--config", &path("ipsec.conf"), "tunnel"],
    )?;
    daemon.wait("added IKEv2 connection")
}

/// Runs one of libreswan's programs where pluto runs.
pub(crate) fn whack(daemon: &Other, libreswan: &Libreswan, command: &[&str]) -> Result<String> {
    let target = daemon.process.id().to_string();
    let (program, rest) = command.split_first().unwrap_or((&"whack", &[]));
    let program = libreswan.programs.join(program).display().to_string();
    run(
        Command::new("nsenter")
            .args(["--target", &target, "--net", "--mount", &program])
            .args(["--ctlsocket", "/run/pluto/pluto.ctl"])
            .args(rest),
        "",
    )
}

/// Starts iked with one policy, of which `lines` say the proposals.
pub(crate) fn iked(machines: &Machines, side: Side, mode: &str, lines: &str) -> Result<Other> {
    let folder = machines.folder().join(format!("iked-{}", side.name()));
    fs::create_dir_all(&folder)?;
    let conf = folder.join("iked.conf");
    let (own, peer) = (side.address(), side.other().address());
    let text = format!(
        "ikev2 \"tunnel\" {mode} esp from {own} to {peer} local {own} peer {peer} \\\n{lines} \\\n\
         srcid {} psk \"a secret of this test\"\n",
        side.name()
    );
    secret(&conf, &text)?;
    let preloaded = folder.join("pfkey.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/live/pfkey.c");
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .args([&preloaded, Path::new(source)])
        .status()?;
    ensure!(compiled.success(), "cc does not compile {source}");
    let log = folder.join("log");
    let net = format!("--net=/proc/{}/ns/net", machines.namespace(side));
    let conf = conf.display().to_string();
    let output = fs::File::create(&log)?;
    let errors = output.try_clone()?;
    let process = Process::start(["nsenter", &net, "iked", "-dvv", "-f", &conf], |command| {
        command
            .env("LD_PRELOAD", &preloaded)
            .stdout(output)
            .stderr(errors)
    })?;
    Other { process, log }.wait("config_getstatic: no stickyaddress")
}
