//! `probe --certificate` against charon: every kind of key, and servers that show nothing.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, anyhow, ensure};

use super::probing::{command, lab};
use crate::daemon::Side;
use crate::gate::say;
use crate::incidents::PLUGINS;
use crate::lab::Lab;
use crate::process::run;
use crate::vici::Section;

/// Runs `pki` and keeps what it prints.
fn pki(folder: &Path, name: &str, arguments: &[&str]) -> Result<String> {
    let path = folder.join(name).display().to_string();
    let mut command = Command::new("pki");
    command.args(arguments).args(["--outform", "pem"]);
    let text = run(&mut command, "").with_context(|| format!("{name} is not made"))?;
    fs::write(&path, text)?;
    Ok(path)
}

/// A root, an intermediate authority and a server below it, with a key of this kind.
fn chain(folder: &Path, kind: &str, size: &str) -> Result<()> {
    let key = |name: &str, kind: &str, size: &str| {
        pki(folder, name, &["--gen", "--type", kind, "--size", size])
    };
    let root_key = key("root.key", "ecdsa", "384")?;
    let middle_key = key("middle.key", "rsa", "2048")?;
    let own_key = key("own.key", kind, size)?;
    let life = ["--lifetime", "900"];
    let root = ["--self", "--ca", "--in", &root_key, "--dn", "CN=Root"];
    let root = pki(folder, "root.crt", &[&root[..], &life].concat())?;
    let middle = [
        "--issue",
        "--ca",
        "--type",
        "priv",
        "--in",
        &middle_key,
        "--cacert",
        &root,
        "--cakey",
        &root_key,
        "--dn",
        "CN=Middle",
    ];
    let middle = pki(folder, "middle.crt", &[&middle[..], &life].concat())?;
    let own = [
        "--issue",
        "--type",
        "priv",
        "--in",
        &own_key,
        "--cacert",
        &middle,
        "--cakey",
        &middle_key,
        "--dn",
        "CN=vpn.example.invalid",
        "--san",
        "vpn.example.invalid",
        "--flag",
        "serverAuth",
    ];
    pki(folder, "own.crt", &[&own[..], &life].concat())?;
    Ok(())
}

/// Loads the server; `remote` is how its clients prove who they are.
fn load(lab: &mut Lab, remote: Section) -> Result<()> {
    let folder = lab.folder().to_owned();
    let read = |name: &str| fs::read_to_string(folder.join(name));
    for (name, flag) in [
        ("root.crt", "CA"),
        ("middle.crt", "CA"),
        ("own.crt", "NONE"),
    ] {
        let certificate = Section::new().text("type", "X509").text("flag", flag);
        lab.responder
            .tell("load-cert", &certificate.text("data", &read(name)?))?;
    }
    let key = Section::new().text("type", "any");
    lab.responder
        .tell("load-key", &key.text("data", &read("own.key")?))?;
    let local = Section::new()
        .text("auth", "pubkey")
        .text("id", "vpn.example.invalid")
        .list("certs", &[read("own.crt")?]);
    let connection = Section::new()
        .text("version", "2")
        .list("proposals", &["aes256-sha256-modp2048"])
        .section("local", local)
        .section("remote", remote);
    let child = Section::new().list("esp_proposals", &["aes256-sha256"]);
    lab.responder
        .load_as(connection, child)?
        .map_err(|why| anyhow!(why))
}

/// Every kind of key, by RFC 7427 and before it.
pub(crate) fn certificates() -> Result<()> {
    let cases = [
        (
            "rsa",
            "2048",
            "",
            "RSA PKCS#1 v1.5 with SHA-256 (RFC 7427), verified",
        ),
        ("rsa", "4096", "rsa_pss = yes", "RSASSA-PSS with"),
        (
            "ecdsa",
            "256",
            "",
            "ECDSA with SHA-256 (RFC 7427), verified",
        ),
        (
            "ecdsa",
            "384",
            "",
            "ECDSA with SHA-384 (RFC 7427), verified",
        ),
        (
            "ecdsa",
            "521",
            "",
            "ECDSA with SHA-512 (RFC 7427), verified",
        ),
        (
            "rsa",
            "2048",
            "signature_authentication = no",
            "RSA PKCS#1 v1.5 with SHA-1 (method 1), verified",
        ),
        (
            "ecdsa",
            "256",
            "signature_authentication = no",
            "ECDSA with SHA-256 (method 9), verified",
        ),
        (
            "ecdsa",
            "384",
            "signature_authentication = no",
            "ECDSA with SHA-384 (method 10), verified",
        ),
        (
            "ecdsa",
            "521",
            "signature_authentication = no",
            "ECDSA with SHA-512 (method 11), verified",
        ),
    ];
    for (kind, size, line, expected) in cases {
        let mut lab = lab(PLUGINS, line)?;
        chain(lab.folder(), kind, size)?;
        let eap = Section::new()
            .text("auth", "eap-mschapv2")
            .text("eap_id", "%any");
        load(&mut lab, eap)?;
        let host = Side::Responder.address();
        let said = command(
            &lab,
            &[host, "--certificate", "--clients", "macos-13,windows"],
        )?;
        let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
        let log = lab.responder.news()?;
        for part in [
            expected,
            "verified",
            "vpn.example.invalid (ID_FQDN)",
            "signed by the second",
            "clients have to have `CN=Root`",
            "address-not-dns-name",
        ] {
            ensure!(
                flat.contains(part),
                "{kind} {size} {line}: no {part} in\n{said}\n{log}"
            );
        }
        // Windows refuses a certificate without the address that was dialled.
        ensure!(said.ends_with("status 1\n"), "{said}");
        ensure!(lab.responder.sas()?.is_empty(), "an SA is left");
    }
    say("interop: nine kinds of proofs of charon are verified");
    nothing()
}

/// Servers that want a certificate or a secret first show none.
fn nothing() -> Result<()> {
    for auth in ["pubkey", "psk"] {
        let mut lab = lab(PLUGINS, "")?;
        chain(lab.folder(), "ecdsa", "256")?;
        load(&mut lab, Section::new().text("auth", auth))?;
        let said = command(&lab, &[Side::Responder.address(), "--certificate"])?;
        let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
        ensure!(flat.contains("does not begin EAP"), "{auth}: {said}");
        ensure!(said.ends_with("status 2\n"), "{said}");
        ensure!(lab.responder.sas()?.is_empty(), "an SA is left");
    }
    Ok(())
}
