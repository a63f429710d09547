//! The throw-away server of `lab`, with charon as its client.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};

use super::listening::lab;
use crate::daemon::{Side, What};
use crate::gate::say;
use crate::incidents;
use crate::lab::Lab;
use crate::process::Folder;
use crate::vici::Section;

/// A server in the lab, which ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // The script ends its charon when it is told to end.
        Command::new("kill")
            .arg(self.0.id().to_string())
            .status()
            .ok();
        self.0.wait().ok();
    }
}

/// Has the server and then the client ask for new keys.
pub(crate) fn from_either_side() -> Result<()> {
    let start = Instant::now();
    for (word, line) in [
        ("server", "parsed CREATE_CHILD_SA request"),
        ("client", "generating CREATE_CHILD_SA request"),
    ] {
        let folder = Folder::new()?;
        let path = folder.path().join("rekeying");
        let text = path.display().to_string();
        let address = Side::Responder.address();
        let arguments = [
            "lab",
            &text,
            "--address",
            address,
            "--rekey-by",
            word,
            "--seconds",
            "2",
        ];
        let program = env!("CARGO_BIN_EXE_ikecompat");
        let written = Command::new(program).args(arguments).output()?;
        ensure!(written.status.success(), "{written:?}");
        let again = Command::new(program).args(arguments).output()?;
        ensure!(again.status.code() == Some(2), "a folder is overwritten");

        // Tunnels of libipsec need nothing of this kernel but /dev/net/tun.
        let settings = path.join("strongswan.conf.in");
        let text = fs::read_to_string(&settings)?;
        fs::write(
            &settings,
            text.replace("load = ", "load = kernel-libipsec "),
        )?;
        let mut lab = lab(incidents::PLUGINS)?;
        let (_server, password) = serve(&lab, &path)?;
        dial(&mut lab, &path, &password).with_context(|| {
            let log = fs::read_to_string(path.join("charon.log"));
            log.unwrap_or_default()
        })?;
        if word == "client" {
            lab.initiator.rekey(What::Child)?;
        }
        sleep(Duration::from_secs(4));
        let seen = lab.initiator.news()?;
        ensure!(
            seen.contains(line),
            "{word}: nobody asked for new keys\n{seen}"
        );
        let log = path.join("charon.log");
        let text = fs::read_to_string(&log)?;
        ensure!(!text.contains(&password), "the password is in the log");
        let learned = Command::new(program).arg("learn").arg(&log).output()?;
        let profile = String::from_utf8_lossy(&learned.stdout).into_owned();
        ensure!(learned.status.success(), "{learned:?}\n{text}");
        if word == "client" {
            ensure!(
                profile.contains("child-rekey-by-client:\n      sources"),
                "{profile}\n{text}"
            );
        }
    }
    say(&format!(
        "interop: the rekeying lab in {} s",
        start.elapsed().as_secs()
    ));
    Ok(())
}

/// Starts the script, and reads the password off what it prints.
fn serve(lab: &Lab, folder: &Path) -> Result<(Server, String)> {
    let net = format!("--net=/proc/{}/ns/net", lab.namespace(Side::Responder));
    let mut child = Command::new("nsenter")
        .arg(net)
        .arg("sh")
        .arg(folder.join("start.sh"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let output = child.stdout.take().context("a pipe was asked for")?;
    let server = Server(child);
    for line in BufReader::new(output).lines() {
        let line = line?;
        if let Some(password) = line.strip_prefix("password: ") {
            return Ok((server, password.to_owned()));
        }
    }
    Err(anyhow!("the script says no password"))
}

fn dial(lab: &mut Lab, folder: &Path, password: &str) -> Result<()> {
    let ca = fs::read_to_string(folder.join("x509ca/ca.crt"))?;
    let daemon = &mut lab.initiator;
    let certificate = Section::new().text("type", "X509").text("flag", "CA");
    daemon.tell("load-cert", &certificate.text("data", &ca))?;
    let secret = Section::new().text("id", "lab").text("type", "EAP");
    let secret = secret.text("data", password).list("owners", &["lab"]);
    daemon.tell("load-shared", &secret)?;
    let local = Section::new()
        .text("auth", "eap-mschapv2")
        .text("id", "lab");
    let remote = Section::new().text("auth", "pubkey");
    let remote = remote.text("id", Side::Responder.address());
    let connection = Section::new()
        .text("version", "2")
        .list("proposals", &["aes256-sha256-modp2048"])
        .list("remote_addrs", &[Side::Responder.address()])
        .list("vips", &["0.0.0.0"])
        .text("rekey_time", "0")
        .section("local", local)
        .section("remote", remote);
    let child = Section::new()
        .list("esp_proposals", &["aes256-sha256-modp2048"])
        .list("remote_ts", &["192.0.2.128/25"])
        .text("rekey_time", "0");
    daemon
        .load_as(connection, child)?
        .map_err(|why| anyhow!(why))?;
    daemon.initiate()?;
    let said = daemon.news()?;
    ensure!(
        said.contains("established with SPIs"),
        "no tunnel comes up\n{said}"
    );
    Ok(())
}
