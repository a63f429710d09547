//! `probe` on ways that are not the plain one: IPv6, NAT, port 4500, a relay that lies.

use anyhow::{Result, anyhow, ensure};

use super::probing::{command, lab, target};
use super::relay::{Mischief, Relay};
use crate::daemon::Side;
use crate::gate::say;
use crate::lab::Lab;
use crate::vici::Section;
use ikecompat::live::datagram::NAT_PORT;

/// A server for whoever comes, by whatever address.
fn server() -> Result<Lab> {
    let mut lab = lab("", "")?;
    let auth = || Section::new().text("auth", "psk");
    let connection = Section::new()
        .text("version", "2")
        .list(
            "proposals",
            &["aes256-sha256-modp2048", "aes128-sha1-modp1024"],
        )
        .section("local", auth())
        .section("remote", auth());
    let child = Section::new().list("esp_proposals", &["aes256-sha256"]);
    lab.responder
        .load_as(connection, child)?
        .map_err(|why| anyhow!(why))?;
    Ok(lab)
}

/// Both ways to a server by IPv6, NAT on the way, and port 4500 from the beginning.
pub(crate) fn plain() -> Result<()> {
    let lab = server()?;
    let v6 = Side::Responder.address_v6();
    let nat_port = NAT_PORT.to_string();
    let host = Side::Responder.address();
    for (arguments, expected) in [
        (&[v6][..], "[2001:db8::a]:500"),
        (&[v6, "--port", &nat_port], "[2001:db8::a]:4500"),
        (&[host, "--port", &nat_port], "203.0.113.10:4500"),
    ] {
        let arguments = [arguments, &["--clients", "osx,macos-13"]].concat();
        let said = command(&lab, &arguments)?;
        ensure!(said.contains(expected), "{said}");
        ensure!(said.contains("no NAT changes"), "{said}");
        ensure!(said.ends_with("status 0\n"), "{said}");
    }
    let rules = "table ip test {\nchain leaving {\ntype nat hook postrouting priority 100\n\
                 udp dport { 500, 4500 } snat to 203.0.113.5:20000-30000\n}\n}\n";
    lab.run_at(Side::Initiator, &["nft", "-f", "-"], rules)?;
    for arguments in [&[host][..], &[host, "--port", &nat_port]] {
        let arguments = [arguments, &["--clients", "osx,macos-13"]].concat();
        let said = command(&lab, &arguments)?;
        ensure!(said.contains("a NAT changes"), "{said}");
        ensure!(said.ends_with("status 0\n"), "{said}");
    }
    say("interop: probe by IPv6, through NAT and to port 4500");
    Ok(())
}

/// A relay that does everything to datagrams that a network may do, and some that it should not.
pub(crate) fn relayed() -> Result<()> {
    let mut lab = server()?;
    for (mischief, port) in Mischief::ALL.into_iter().zip(45_000..) {
        let relay = Relay::start(&lab, port, target(NAT_PORT)?, mischief)?;
        let (host, port) = (Side::Initiator.address(), port.to_string());
        let said = command(
            &lab,
            &[host, "--port", &port, "--clients", "osx,macos-13,windows"],
        )?;
        let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
        ensure!(
            flat.matches("aes256-sha256-modp2048 0 recommended").count() == 2,
            "{mischief:?}: {said}"
        );
        ensure!(relay.passed() >= 8, "{mischief:?}: {}", relay.passed());
        ensure!(!said.contains("malformed"), "{mischief:?}: {said}");
        say(&format!(
            "interop: probe with {mischief:?}, {} datagrams",
            relay.passed()
        ));
        drop(relay);
        lab.responder.terminate()?;
    }
    let relay = Relay::start(&lab, 45_100, target(NAT_PORT)?, Mischief::Lies)?;
    let said = command(
        &lab,
        &[Side::Initiator.address(), "--port", "45100", "--enumerate"],
    )?;
    ensure!(said.contains("- aes256-sha256-modp2048"), "{said}");
    ensure!(said.contains("2 suites are accepted"), "{said}");
    ensure!(relay.passed() >= 60, "{}", relay.passed());
    Ok(())
}
