//! `listen` and charon as its client: what is seen is what is configured.

use std::fs;
use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use ikecompat::compat::select::Offer;
use ikecompat::dialect::swan;
use ikecompat::ike::{Proposal, Protocol};
use ikecompat::live::datagram::{self, IKE_PORT, NAT_PORT};
use ikecompat::live::responder::{Incoming, ListenOptions, Responder};
use ikecompat::live::visitor::{Proof, Visitor};

use super::wire::{System, bound};
use crate::daemon::{Settings, Side};
use crate::gate::say;
use crate::incidents::{self, end, pki::Pki};
use crate::lab::{Lab, Machines};
use crate::pairs::Lists;
use crate::process::Folder;

/// What clients are configured with: every kind of cipher, PRF and group that charon has.
const CLIENTS: &[(&[&str], &[&str])] = &[
    (&["aes256-sha256-modp2048"], &["aes256-sha256"]),
    (&["aes128-sha1-modp1024"], &["aes128-sha1-modp1024"]),
    (&["3des-sha1-modp1024"], &["3des-sha1"]),
    (&["3des-md5-modp1024"], &["3des-md5"]),
    (&["aes192-sha384-modp3072"], &["aes192-sha384"]),
    (&["aes256-sha512-modp4096"], &["aes256-sha512-esn"]),
    (&["aes256-sha512-modp6144"], &["aes256-sha512-noesn-esn"]),
    (&["aes256-sha512-modp8192"], &["aes256gcm16-modp8192"]),
    (&["aes128-sha256-modp1536"], &["aes128-sha256"]),
    (&["aes128-sha256-modp1024s160"], &["aes128-sha256"]),
    (&["aes128-sha256-modp2048s224"], &["aes128-sha256"]),
    (&["aes128-sha256-modp2048s256"], &["aes128-sha256"]),
    (&["aes128-sha256-ecp192"], &["aes128-sha256"]),
    (&["aes128-sha256-ecp224"], &["aes128-sha256"]),
    (&["aes128-sha256-ecp256"], &["aes128-sha256"]),
    (&["aes256-sha384-ecp384"], &["aes256-sha384-ecp384"]),
    (&["aes256-sha512-ecp521"], &["aes256-sha512"]),
    (&["aes128-sha256-ecp224bp"], &["aes128-sha256"]),
    (&["aes128-sha256-ecp256bp"], &["aes128-sha256"]),
    (&["aes256-sha384-ecp384bp"], &["aes256-sha384"]),
    (&["aes256-sha512-ecp512bp"], &["aes256-sha512"]),
    (&["aes256-sha256-curve25519"], &["chacha20poly1305"]),
    (&["aes256-sha256-curve448"], &["aes256gcm16"]),
    (&["aes128ctr-sha256-modp2048"], &["aes128ctr-sha256"]),
    (&["camellia256-sha256-modp2048"], &["camellia256-sha256"]),
    (&["aes128gcm8-prfsha256-ecp256"], &["aes128gcm8"]),
    (&["aes256gcm12-prfsha384-ecp384"], &["aes256gcm12"]),
    (&["aes256gcm16-prfsha512-ecp521"], &["aes256gcm16"]),
    (&["aes128ccm8-prfsha256-modp2048"], &["aes128ccm8"]),
    (&["aes256ccm16-prfsha256-modp2048"], &["aes256ccm16"]),
    (
        &["chacha20poly1305-prfsha256-curve25519"],
        &["chacha20poly1305"],
    ),
    (&["aes128-aesxcbc-prfaesxcbc-modp2048"], &["aes128-aesxcbc"]),
    (&["aes128-aescmac-prfaescmac-modp2048"], &["aes128-sha256"]),
    (
        &[
            "aes256-aes128-sha256-sha1-prfsha1-modp2048-ecp256",
            "aes256gcm16-prfsha384-ecp384",
        ],
        &["aes256-aes128-sha256-sha1", "aes256gcm16-ecp384"],
    ),
    (&["default"], &["default"]),
];

/// A lab whose second charon leaves the ports of IKE to the program.
pub(super) fn lab(plugins: &str) -> Result<Lab> {
    Lab::with(|side, _| Settings {
        prefers_own: true,
        plugins: plugins.to_owned(),
        lines: match side {
            Side::Initiator => "install_virtual_ip = yes".to_owned(),
            Side::Responder => "port = 0\nport_nat_t = 0".to_owned(),
        },
    })
}

/// Serves both ports until `stop`; gives the clients that came.
pub(super) fn serve(
    sockets: &[UdpSocket; 2],
    options: ListenOptions,
    stop: &AtomicBool,
) -> Result<Vec<Visitor>> {
    let from = vec![
        "203.0.113.0/24"
            .parse()
            .map_err(|why: String| anyhow!(why))?,
    ];
    let mut responder = Responder::new(ListenOptions { from, ..options }, &mut System);
    let start = Instant::now();
    let mut visitors = Vec::new();
    let mut buffer = vec![0; datagram::MOST_OCTETS];
    while !stop.load(Ordering::Relaxed) {
        for (socket, port) in sockets.iter().zip([IKE_PORT, NAT_PORT]) {
            let Ok((length, from)) = socket.recv_from(&mut buffer) else {
                continue;
            };
            let (octets, marked) = datagram::unwrap(&buffer[..length]);
            let incoming = Incoming {
                now: start.elapsed(),
                from,
                to: SocketAddr::new(Side::Responder.address().parse()?, port),
                octets,
            };
            let out = responder.take(incoming, &mut System);
            if let Some(reply) = out.reply {
                socket.send_to(&datagram::wrap(&reply, marked), from)?;
            }
            visitors.extend(out.visitor);
        }
    }
    Ok(visitors)
}

/// The clients that come while the initiator dials.
fn dial(lab: &mut Lab, sockets: &[UdpSocket; 2], options: ListenOptions) -> Result<Vec<Visitor>> {
    let stop = AtomicBool::new(false);
    scope(|scope| {
        let server = scope.spawn(|| serve(sockets, options, &stop));
        let dialled = lab.initiator.initiate();
        stop.store(true, Ordering::Relaxed);
        let visitors = server.join().map_err(|_| anyhow!("the server panicked"))?;
        dialled?;
        visitors
    })
}

pub(super) fn sockets(lab: &Machines) -> Result<[UdpSocket; 2]> {
    let socket = |port| -> Result<UdpSocket> {
        let socket = bound(lab, Side::Responder, port)?;
        socket.set_read_timeout(Some(Duration::from_millis(1)))?;
        Ok(socket)
    };
    Ok([socket(IKE_PORT)?, socket(NAT_PORT)?])
}

pub(super) fn parsed(protocol: Protocol, list: &[String]) -> Result<Vec<Proposal>> {
    let read = |text: &String| swan::parse(protocol, text);
    let all = list.iter().map(read).collect::<Result<Vec<_>, _>>();
    all.map_err(|_| anyhow!("{list:?} is no list"))
}

/// What came of trying them all.
#[derive(Debug, Default)]
pub(crate) struct Tried {
    pub(crate) clients: usize,
    pub(crate) seen: usize,
    pub(crate) mistakes: Vec<String>,
}

/// Has charon dial with every list.
pub(crate) fn every_list() -> Result<Tried> {
    let mut lab = lab("")?;
    let sockets = sockets(&lab)?;
    let mut tried = Tried::default();
    for (ike, esp) in CLIENTS {
        let of = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        let lists = Lists {
            ike: of(ike),
            esp: of(esp),
        };
        let name = ike.join(",");
        if let Err(why) = lab.initiator.load(&lists)? {
            tried
                .mistakes
                .push(format!("{name}: charon does not load it: {why}"));
            continue;
        }
        tried.clients += 1;
        lab.initiator.news()?;
        let visitors = dial(&mut lab, &sockets, ListenOptions::default())?;
        let log = lab.initiator.news()?;
        let found = mistake(&lists, &visitors, &log)?;
        tried.seen += usize::from(found.is_none());
        tried
            .mistakes
            .extend(found.map(|what| format!("{name}: {what}")));
        lab.initiator.terminate()?;
        lab.initiator.unload()?;
    }
    Ok(tried)
}

fn mistake(lists: &Lists, visitors: &[Visitor], log: &str) -> Result<Option<String>> {
    let Some(visitor) = visitors.last() else {
        return Ok(Some(format!("nobody came\n{log}")));
    };
    let Some(auth) = &visitor.auth else {
        return Ok(Some(format!("no IKE_AUTH: {visitor:?}\n{log}")));
    };
    if !log.contains("received AUTHENTICATION_FAILED") {
        return Ok(Some(format!("the client is not refused\n{log}")));
    }
    if auth.proof != Proof::Method(2) {
        return Ok(Some(format!("{:?} instead of a shared key", auth.proof)));
    }
    let is_default = lists.ike.iter().any(|it| it == "default");
    if is_default {
        return Ok(None); // what that means another test says
    }
    let ike = parsed(Protocol::Ike, &lists.ike)?;
    let group = visitor.init.key_exchange.context("no KE payload")?;
    let sent = Offer::promoting(&ike, group).to_proposals();
    if visitor.init.proposals != sent {
        return Ok(Some(format!("IKE: {:?}", visitor.init.proposals)));
    }
    let esp = parsed(Protocol::Esp, &lists.esp)?;
    let sent: Vec<_> = esp.iter().map(Proposal::without_key_exchange).collect();
    Ok((auth.esp != sent).then(|| format!("ESP: {:?}", auth.esp)))
}

/// Has clients with a certificate and with a password dial, and asks for cookies and groups.
pub(crate) fn kinds() -> Result<()> {
    let folder = Folder::new()?;
    let pki = Pki::new(folder.path())?;
    let ends = [
        (end::certificates as fn() -> _, Proof::Method(14), 1),
        (end::passwords, Proof::Eap, 0),
    ];
    for (ends, proof, certificates) in ends {
        let mut lab = lab(incidents::PLUGINS)?;
        let sockets = sockets(&lab)?;
        let (mut client, _): (end::End, end::End) = ends();
        client.ike = &["aes256-sha256-modp2048", "aes128-sha256-ecp256"];
        client.load(Side::Initiator, &mut lab, &pki)?;
        let options = ListenOptions {
            identity: Some("alice".to_owned()),
            follow: vec![swan::keyword("ecp256").context("a group")?],
            cookie: true,
            ..ListenOptions::default()
        };
        let visitors = dial(&mut lab, &sockets, options)?;
        let log = lab.initiator.news()?;
        let visitor = visitors.last().with_context(|| log.clone())?;
        let auth = visitor.auth.as_ref().with_context(|| log.clone())?;
        ensure!(auth.proof == proof, "{auth:?}\n{log}");
        ensure!(auth.certificates >= certificates, "{auth:?}\n{log}");
        ensure!(auth.attributes.contains(&1), "{auth:?}");
        ensure!(visitor.cookie == Some(true), "{visitor:?}");
        let then = visitor.reactions.first().and_then(|it| it.then.as_ref());
        let then = then.with_context(|| format!("{visitor:?}"))?;
        ensure!(then.reordered && then.same_spi, "charon reorders its list");
        ensure!(auth.is_typed == Some(proof == Proof::Eap), "{auth:?}");
        ensure!(!format!("{visitor:?}").contains("alice"), "a name is kept");
    }
    Ok(())
}

/// The command itself, with charon as its client.
pub(crate) fn command() -> Result<()> {
    let mut lab = lab("")?;
    let lists = Lists {
        ike: vec!["aes256-sha256-modp2048".to_owned()],
        esp: vec!["aes256-sha256".to_owned()],
    };
    lab.initiator.load(&lists)?.map_err(|why| anyhow!(why))?;
    let folder = std::env::temp_dir().join(format!("ikecompat-listen-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let ended = commands(&mut lab, &folder);
    fs::remove_dir_all(&folder).ok();
    ended
}

fn commands(lab: &mut Lab, folder: &Path) -> Result<()> {
    let capture = folder.join("seen.pcap");
    let server = folder.join("swanctl.conf");
    fs::write(
        &server,
        "connections {\n rw {\n  version = 2\n  proposals = aes256-sha256-modp2048\n  children {\n   \
         net {\n    esp_proposals = aes256-sha256\n   }\n  }\n }\n}\n",
    )?;
    let arguments = [
        "--from",
        "203.0.113.0/24",
        "--id",
        "initiator",
        "--pcap",
        &capture.display().to_string(),
        "--server",
        &server.display().to_string(),
    ];
    let start = Instant::now();
    let child = listen(lab, &arguments)?;
    lab.initiator.initiate()?;
    let output = child.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(
        output.status.code() == Some(0),
        "{:?}\n{told}{said}",
        output.status
    );
    ensure!(start.elapsed() < Duration::from_secs(30), "it does not end");
    for part in [
        "aes256-sha256-modp2048",
        "aes256-sha256",
        "what you typed: yes",
        "seen",
    ] {
        ensure!(said.contains(part), "{part} is missing in\n{said}{told}");
    }
    ensure!(told.contains("nobody is let in"), "{told}");
    // Neither the identity that came nor a proof of the secret is printed.
    ensure!(
        !said.contains("initiator:") && !said.contains("203.0.113.5"),
        "{said}"
    );
    capture_is_private(&capture)?;

    // A capture that is there is not overwritten, and nothing is waited for.
    let again = listen(lab, &arguments)?.wait_with_output()?;
    ensure!(again.status.code() == Some(2), "{again:?}");

    // Somebody from elsewhere gets no answer. A second program does not get the ports.
    let child = listen(lab, &["--from", "198.51.100.0/24"])?;
    let second = listen(lab, &[])?.wait_with_output()?;
    let told = String::from_utf8_lossy(&second.stderr).into_owned();
    ensure!(told.contains("another program has it"), "{told}");
    lab.initiator.news()?;
    lab.initiator.initiate()?;
    let request = lab.initiator.news()?;
    ensure!(request.contains("giving up after"), "{request}");
    let mut child = child;
    child.kill()?;
    child.wait()?;
    say("interop: the command listen");
    Ok(())
}

/// Starts the command on the machine of the responder, and waits until it listens.
fn listen(lab: &Lab, arguments: &[&str]) -> Result<Child> {
    let net = format!("--net=/proc/{}/ns/net", lab.namespace(Side::Responder));
    let child = Command::new("nsenter")
        .arg(net)
        .args([env!("CARGO_BIN_EXE_ikecompat"), "listen"])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let late = Instant::now() + Duration::from_secs(10);
    let listening = || -> Result<bool> {
        let list = lab.run_at(Side::Responder, &["ss", "-uln"], "")?;
        Ok(list.contains(":4500 "))
    };
    while !listening()? && Instant::now() < late {
        sleep(Duration::from_millis(20));
    }
    // It drops its rights and speaks before it answers.
    sleep(Duration::from_millis(300));
    Ok(child)
}

#[cfg(unix)]
fn capture_is_private(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path)?.permissions().mode() & 0o777;
    ensure!(mode == 0o600, "others can read the capture: {mode:o}");
    let program = env!("CARGO_BIN_EXE_ikecompat");
    let learned = Command::new(program).arg("learn").arg(path).output()?;
    ensure!(learned.status.success(), "the capture is none: {learned:?}");
    Ok(())
}
