//! One charon: its settings, its process, its log and its control socket.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::pairs::Lists;
use crate::process::Process;
use crate::vici::{Client, Section};

/// The names of the one connection and its one CHILD_SA.
const CONNECTION: &str = "tunnel";
const CHILD: &str = "net";

/// What charon loads, in the order of Debian's own configuration: with more than one plugin for an
/// algorithm, the first one serves. One that is missing is passed over. kernel-libipsec comes before
/// kernel-netlink because the first backend takes the CHILD_SAs, and needs nothing of the kernel but
/// /dev/net/tun.
pub(crate) const PLUGINS: &str = "aesni aes rc2 sha2 sha1 md5 mgf1 rdrand random nonce openssl gcrypt fips-prf \
    gmp curve25519 chapoly xcbc cmac hmac kdf ctr ccm gcm drbg kernel-libipsec kernel-netlink \
    socket-default vici";

/// The two ends of a connection. Addresses are of the documentation ranges (RFC 5737), and exist only
/// in the network namespaces of the test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Initiator,
    Responder,
}

impl Side {
    pub(crate) const BOTH: [Self; 2] = [Self::Initiator, Self::Responder];

    pub(crate) fn other(self) -> Self {
        match self {
            Self::Initiator => Self::Responder,
            Self::Responder => Self::Initiator,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Initiator => "initiator",
            Self::Responder => "responder",
        }
    }

    pub(crate) fn address(self) -> &'static str {
        match self {
            Self::Initiator => "203.0.113.5",
            Self::Responder => "203.0.113.10",
        }
    }

    /// Another address of the same machine (RFC 3849).
    pub(crate) fn address_v6(self) -> &'static str {
        match self {
            Self::Initiator => "2001:db8::5",
            Self::Responder => "2001:db8::a",
        }
    }

    /// An address inside the tunnel.
    pub(crate) fn inner_address(self) -> &'static str {
        match self {
            Self::Initiator => "192.0.2.1",
            Self::Responder => "192.0.2.129",
        }
    }

    fn inner_network(self) -> &'static str {
        match self {
            Self::Initiator => "192.0.2.0/25",
            Self::Responder => "192.0.2.128/25",
        }
    }
}

/// What a rekeying replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Child,
    Ike,
}

/// How a daemon is set up, apart from its connections.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings {
    /// `charon.prefer_configured_proposals`.
    pub(crate) prefers_own: bool,
    /// Plugins besides the usual ones.
    pub(crate) plugins: String,
    /// More lines of the section `charon`; they win over those before them.
    pub(crate) lines: String,
}

/// A running charon.
pub(crate) struct Daemon {
    side: Side,
    vici: Client,
    log: PathBuf,
    /// How much of the log has been read.
    read: u64,
    _process: Process,
}

impl Daemon {
    /// Starts a charon in the network namespace of the process `namespace`.
    pub(crate) fn start(
        side: Side,
        namespace: u32,
        folder: &Path,
        chosen: &Settings,
    ) -> Result<Self> {
        let file = |name: &str| folder.join(format!("{}-{name}", side.name()));
        let (settings, socket, log, errors) = (
            file("strongswan.conf"),
            file("vici.sock"),
            file("charon.log"),
            file("stderr.log"),
        );
        fs::write(&settings, strongswan_conf(&socket, &log, chosen))?;
        let stderr = File::create(&errors)?;
        let net = format!("--net=/proc/{namespace}/ns/net");
        let mut process = Process::start(["nsenter", &net, "charon-systemd"], |command| {
            command
                .env("STRONGSWAN_CONF", &settings)
                .env_remove("NOTIFY_SOCKET")
                .stderr(stderr)
        })?;
        let late = Instant::now() + Duration::from_secs(15);
        let vici = loop {
            match Client::connect(&socket) {
                Ok(vici) => break vici,
                Err(_) if process.ended()?.is_none() && Instant::now() < late => {
                    sleep(Duration::from_millis(10));
                }
                Err(reason) => bail!(
                    "charon does not start: {reason:#}\n{}{}",
                    fs::read_to_string(errors).unwrap_or_default(),
                    fs::read_to_string(log).unwrap_or_default()
                ),
            }
        };
        let mut daemon = Self {
            side,
            vici,
            log,
            read: 0,
            _process: process,
        };
        let secret = Section::new()
            .text("id", "psk")
            .text("type", "IKE")
            .text("data", "a secret of this test")
            .list("owners", &Side::BOTH.map(Side::name));
        daemon.vici.tell("load-shared", &secret)?;
        Ok(daemon)
    }

    /// Name and version of the daemon.
    pub(crate) fn version(&mut self) -> Result<String> {
        let version = self.vici.answer("version")?;
        Ok(format!(
            "{} {}",
            version.word("daemon"),
            version.word("version")
        ))
    }

    /// Loads the connection with these lists; the inner error is the reason of a refusal.
    pub(crate) fn load(&mut self, lists: &Lists) -> Result<Result<(), String>> {
        let peer = self.side.other();
        let authentication =
            |side: Side| Section::new().text("auth", "psk").text("id", side.name());
        // Nothing is rekeyed unless the test says so.
        let child = Section::new()
            .list("esp_proposals", &lists.esp)
            .list("local_ts", &[self.side.inner_network()])
            .list("remote_ts", &[peer.inner_network()])
            .text("mode", "tunnel")
            .text("rekey_time", "0");
        let connection = Section::new()
            .text("version", "2")
            .list("proposals", &lists.ike)
            .list("local_addrs", &[self.side.address()])
            .list("remote_addrs", &[peer.address()])
            .text("rekey_time", "0")
            .text("mobike", "no")
            .section("local", authentication(self.side))
            .section("remote", authentication(peer))
            .section("children", Section::new().section(CHILD, child));
        self.vici
            .ask("load-conn", &Section::new().section(CONNECTION, connection))
    }

    /// Loads the one connection as `connection` has it, with its one child.
    pub(crate) fn load_as(
        &mut self,
        connection: Section,
        child: Section,
    ) -> Result<Result<(), String>> {
        let children = Section::new().section(CHILD, child);
        let connection = connection.section("children", children);
        self.vici
            .ask("load-conn", &Section::new().section(CONNECTION, connection))
    }

    /// Has the daemon do what it cannot refuse.
    pub(crate) fn tell(&mut self, command: &str, message: &Section) -> Result<()> {
        self.vici.tell(command, message)
    }

    /// Forgets the connection, if it is there.
    pub(crate) fn unload(&mut self) -> Result<()> {
        self.vici
            .ask("unload-conn", &Section::new().text("name", CONNECTION))?
            .ok();
        Ok(())
    }

    /// Brings the tunnel up, or fails to; the log says which.
    pub(crate) fn initiate(&mut self) -> Result<()> {
        let request = Section::new()
            .text("ike", CONNECTION)
            .text("child", CHILD)
            .text("timeout", "12000")
            .text("init-limits", "no")
            .text("loglevel", "-1");
        self.vici.ask("initiate", &request)?.ok();
        Ok(())
    }

    /// Asks for a rekeying and does not wait for its end.
    pub(crate) fn rekey(&mut self, what: What) -> Result<()> {
        let request = match what {
            What::Child => Section::new().text("child", CHILD),
            What::Ike => Section::new().text("ike", CONNECTION),
        };
        self.vici.tell("rekey", &request)
    }

    /// Asks for a rekeying in a connection of another name, as is its child.
    pub(crate) fn rekey_named(&mut self, what: What, name: &str) -> Result<()> {
        let request = match what {
            What::Child => Section::new().text("child", name),
            What::Ike => Section::new().text("ike", name),
        };
        self.vici.tell("rekey", &request)
    }

    /// Ends all IKE_SAs, without their peer's consent if need be.
    pub(crate) fn terminate(&mut self) -> Result<()> {
        let request = Section::new()
            .text("ike", CONNECTION)
            .text("force", "yes")
            .text("timeout", "1000")
            .text("loglevel", "-1");
        // Refused if there is none.
        self.vici.ask("terminate", &request)?.ok();
        Ok(())
    }

    /// The IKE_SAs and their CHILD_SAs.
    pub(crate) fn sas(&mut self) -> Result<Vec<Sa>> {
        Ok(self.vici.list_sas()?.iter().map(Sa::ike).collect())
    }

    /// What the log says since the last call.
    pub(crate) fn news(&mut self) -> Result<String> {
        let mut log = File::open(&self.log).context("charon writes no log")?;
        log.seek(SeekFrom::Start(self.read))?;
        let mut bytes = Vec::new();
        self.read += u64::try_from(log.read_to_end(&mut bytes)?)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// An SA as the daemon reports it, apart from its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sa {
    /// The SPIs of both sides.
    pub(crate) spis: String,
    /// In use, not on its way in or out.
    pub(crate) live: bool,
    /// Its suite, in the words and the order of the log.
    pub(crate) suite: String,
    pub(crate) children: Vec<Self>,
}

impl Sa {
    fn ike(section: &Section) -> Self {
        let members = [
            &sized_cipher(section),
            section.word("integ-alg"),
            section.word("prf-alg"),
        ];
        Self {
            spis: format!(
                "{}/{}",
                section.word("initiator-spi"),
                section.word("responder-spi")
            ),
            live: section.word("state") == "ESTABLISHED",
            suite: suite(&[&members[..], &[section.word("dh-group")]].concat()),
            children: section.inside("child-sas").map(Self::child).collect(),
        }
    }

    fn child(section: &Section) -> Self {
        let sn = if section.word("esn").is_empty() {
            "NO_EXT_SEQ"
        } else {
            "EXT_SEQ"
        };
        let cipher = sized_cipher(section);
        Self {
            spis: format!("{}/{}", section.word("spi-in"), section.word("spi-out")),
            live: section.word("state") == "INSTALLED",
            suite: suite(&[
                &cipher,
                section.word("integ-alg"),
                section.word("dh-group"),
                sn,
            ]),
            children: Vec::new(),
        }
    }
}

fn sized_cipher(section: &Section) -> String {
    suite(&[section.word("encr-alg"), section.word("encr-keysize")]).replace('/', "_")
}

fn suite(members: &[&str]) -> String {
    let members: Vec<_> = members
        .iter()
        .copied()
        .filter(|member| !member.is_empty())
        .collect();
    members.join("/")
}

/// The settings of one daemon.
///
/// `threads`: with 8, the control socket never answers. `retransmit_*`: charon now and then drops
/// the second IKE_SA_INIT request after INVALID_KE_PAYLOAD when it comes very fast, so there are
/// four tries, the first after half a second. `dos_protection`: refused tries in a row would be
/// answered with cookies, then not at all.
fn strongswan_conf(socket: &Path, log: &Path, settings: &Settings) -> String {
    let prefers_own = if settings.prefers_own { "yes" } else { "no" };
    let Settings { plugins, lines, .. } = settings;
    let (socket, log) = (socket.display(), log.display());
    format!(
        "charon-systemd {{
            journal {{
                default = -1
            }}
        }}
        charon {{
            load = {plugins} {PLUGINS}
            plugins {{
                kernel-libipsec {{
                    allow_peer_ts = yes
                }}
                vici {{
                    socket = unix://{socket}
                }}
            }}
            filelog {{
                main {{
                    path = {log}
                    flush_line = yes
                    ike_name = yes
                    default = 1
                    net = 0
                }}
            }}
            prefer_configured_proposals = {prefers_own}
            install_routes = no
            install_virtual_ip = no
            threads = 24
            retransmit_tries = 4
            retransmit_timeout = 0.5
            retransmit_base = 1.4
            half_open_timeout = 5
            dos_protection = no
            dh_exponent_ansi_x9_42 = no
            {lines}
        }}
        "
    )
}
