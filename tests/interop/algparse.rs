//! The dialect of libreswan against libreswan's own reader of proposals, `algparse`.
//!
//! It runs when `IKECOMPAT_ALGPARSE` names the program of libreswan 4.10, which Debian has in
//! `/usr/libexec/ipsec`. The package conflicts with strongswan-starter; unpacking it is enough:
//!
//! ```text
//! apt-get download libreswan && dpkg -x libreswan_*.deb unpacked
//! IKECOMPAT_ALGPARSE=unpacked/usr/libexec/ipsec/algparse cargo test --test interop algparse
//! ```

use std::env;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use ikecompat::dialect::pluto::{self, Refusal, Release};
use ikecompat::ike::{Proposal, Protocol};

use crate::gate;
use crate::random::Random;

#[rustfmt::skip]
const CIPHERS: &[&str] = &[
    "aes", "aes128", "aes_256", "aes-192", "aes_gcm", "aes_gcm256", "aes_gcm_c_128", "aes_gcm_8",
    "aes_gcm_b256", "3des", "3des_cbc", "camellia256", "camellia", "aes_ctr", "aesctr256",
    "aes_ccm", "aes_ccm_a_128", "chacha20_poly1305", "chacha20poly1305", "chacha20_poly1305256",
    "null", "aes_gmac", "null_auth_aes_gmac256", "aes512", "AES_CBC_256", "aes256gcm16", "cast",
    "twofish", "serpent128", "des", "aes0", "aes-", "", "aes_cbc", "aes_gcm-256", "aes_", "_128",
    "128", "camellia_ctr256", "aes_gcm_16_256", "aes_gcm_16",
];
#[rustfmt::skip]
const HASHES: &[&str] = &[
    "sha1", "sha", "sha2", "sha256", "sha2_256", "sha2_512", "sha512", "sha384", "md5", "aes_xcbc",
    "aes128_xcbc", "aes_cmac", "hmac_sha1_96", "sha2_256_128", "hmac_sha2_512_256", "none", "null",
    "hmac_sha1", "HMAC_SHA2_256", "sha2_384_192", "sha3", "", "prfsha256", "aes_cmac_96", "sha1_96",
];
#[rustfmt::skip]
const GROUPS: &[&str] = &[
    "modp2048", "dh14", "dh5", "modp1536", "dh19", "ecp_256", "ecp256", "dh31", "curve25519",
    "x25519", "dh22", "modp1024", "dh2", "none", "dh0", "null", "", "dh21", "ecp_521", "modp8192",
    "dh18", "modp2048!",
];

#[test]
fn algparse_reads_what_the_dialect_reads() -> Result<()> {
    let Some(program) = env::var_os("IKECOMPAT_ALGPARSE") else {
        gate::say("skipped: IKECOMPAT_ALGPARSE names no algparse of libreswan 4.10");
        return Ok(());
    };
    let mut differences = Vec::new();
    let asked = questions();
    for part in asked.chunks(100) {
        let answers = answers(Path::new(&program), part)?;
        for ((protocol, text), answer) in part.iter().zip(answers) {
            let ours = pluto::parse(*protocol, text, Release::Four);
            if !same(*protocol, &ours, &answer) {
                differences.push(format!("{protocol} `{text}`: {answer:?} and {ours:?}"));
            }
        }
    }
    gate::say(&format!("interop: {} proposals of libreswan", asked.len()));
    ensure!(
        differences.is_empty(),
        "{} proposals are read otherwise\n{}",
        differences.len(),
        differences.join("\n")
    );
    Ok(())
}

/// The same transforms, or the same words of refusal. What algparse prints is in its own grammar.
fn same(protocol: Protocol, ours: &Result<Proposal, Refusal>, answer: &str) -> bool {
    match (ours, answer.strip_prefix("ERROR: ")) {
        (Ok(proposal), None) => {
            pluto::parse(protocol, answer, Release::Four).as_ref() == Ok(proposal)
        }
        (Err(refusal), Some(said)) => refusal.said == said,
        _ => false,
    }
}

/// Proposals by rule, and random ones.
fn questions() -> Vec<(Protocol, String)> {
    let mut questions = Vec::new();
    for protocol in [Protocol::Ike, Protocol::Esp] {
        for cipher in CIPHERS.iter().filter(|cipher| !cipher.is_empty()) {
            questions.push((protocol, (*cipher).to_owned()));
            for hash in HASHES {
                questions.push((protocol, format!("{cipher}-{hash}")));
            }
        }
    }
    let mut random = Random::new(11);
    while questions.len() < 8000 {
        let protocol = *random.pick(&[Protocol::Ike, Protocol::Esp, Protocol::Ah]);
        let mut parts = Vec::new();
        if protocol != Protocol::Ah || random.percent(10) {
            parts.push(some(&mut random, CIPHERS));
        }
        for _ in 0..random.below(3) {
            parts.push(some(&mut random, HASHES));
        }
        let mut text = parts.join("-");
        if random.percent(50) {
            text.push_str(random.pick::<&str>(&["-", ";"]));
            text += &some(&mut random, GROUPS);
        }
        if random.percent(3) {
            text.push_str(random.pick::<&str>(&["-dh14", ";", "+", "-sha1"]));
        }
        if !text.is_empty() {
            questions.push((protocol, text));
        }
    }
    questions
}

fn some(random: &mut Random, words: &[&str]) -> String {
    let mut text = (*random.pick(words)).to_owned();
    if random.percent(20) {
        text += "+";
        text.push_str(random.pick::<&str>(words));
    }
    text
}

fn answers(program: &Path, asked: &[(Protocol, String)]) -> Result<Vec<String>> {
    let arguments = asked
        .iter()
        .map(|(protocol, text)| format!("{}={text}", protocol.to_string().to_lowercase()));
    let output = Command::new(program)
        .args(["-v2", "-pfs"])
        .args(arguments)
        .output()
        .context("cannot run algparse")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut answers: Vec<String> = Vec::new();
    for line in text.lines() {
        if line.starts_with("algparse ") {
            answers.push(String::new());
        } else if let Some(answer) = answers.last_mut().filter(|answer| answer.is_empty()) {
            line.trim().clone_into(answer);
        }
    }
    ensure!(
        answers.len() == asked.len(),
        "algparse answers {} of {}",
        answers.len(),
        asked.len()
    );
    Ok(answers)
}
