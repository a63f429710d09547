//! Logs: the program beside ripgrep, which looks for the same words in the same file.
//! `cargo bench --bench log`; docs/performance.md has numbers.

use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use divan::Bencher;
use divan::counter::BytesCount;
use ikecompat::diagnose::log::WORDS;

fn main() {
    divan::main();
}

/// Octets of each log.
const SIZE: usize = 256 << 20;

/// A log of other programs, in which one line of a hundred is charon's.
static OTHER: LazyLock<PathBuf> = LazyLock::new(|| log("other", 99));

/// A log of charon alone.
static CHARON: LazyLock<PathBuf> = LazyLock::new(|| log("charon", 0));

/// The words of which every line about IKE has one, for `rg -f`.
static PATTERNS: LazyLock<PathBuf> = LazyLock::new(|| {
    let path = std::env::temp_dir().join("ikecompat-bench-words");
    fs::write(&path, WORDS.join("\n")).expect("there is room");
    path
});

/// Writes a log in which `others` lines of a web server stand before each line of charon.
fn log(name: &str, others: usize) -> PathBuf {
    let path = std::env::temp_dir().join(format!("ikecompat-bench-{name}.log"));
    let mut out = BufWriter::new(fs::File::create(&path).expect("there is room"));
    let mut written = 0;
    let mut attempt = 0;
    while written < SIZE {
        attempt += 1;
        let peer = format!("198.51.100.{}", attempt % 250);
        for message in [
            format!(
                "05[NET] <{attempt}> received packet: from {peer}[500] to 203.0.113.10[500] (464 bytes)"
            ),
            format!(
                "05[ENC] <{attempt}> parsed IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) N(FRAG_SUP) N(HASH_ALG) N(REDIR_SUP) ]"
            ),
            format!("05[IKE] <{attempt}> {peer} is initiating an IKE_SA"),
            format!(
                "05[CFG] <{attempt}> received proposals: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048"
            ),
            format!(
                "05[CFG] <{attempt}> configured proposals: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_1024"
            ),
            format!("05[IKE] <{attempt}> received proposals unacceptable"),
        ] {
            for number in 0..others {
                let line = format!(
                    "Nov 23 15:30:57 web nginx[77]: 192.0.2.{} GET /picture/{}.png HTTP/1.1 200 {}\n",
                    number,
                    written,
                    number * 7
                );
                out.write_all(line.as_bytes()).expect("there is room");
                written += line.len();
            }
            let line = format!("Nov 23 15:30:57 gw charon[812]: {message}\n");
            out.write_all(line.as_bytes()).expect("there is room");
            written += line.len();
        }
    }
    out.flush().expect("there is room");
    path
}

fn timed(bencher: Bencher<'_, '_>, path: &Path, mut command: Command) {
    let bytes = fs::metadata(path).expect("it was written").len();
    command.stdout(Stdio::null()).stderr(Stdio::null());
    bencher
        .counter(BytesCount::new(bytes))
        .bench_local(|| command.status().expect("it runs"));
}

fn program(path: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ikecompat"));
    command.arg("diagnose").arg(path);
    command
}

fn ripgrep(path: &Path) -> Command {
    let mut command = Command::new("rg");
    command.args(["-c", "--no-mmap", "-F", "-f"]);
    command.arg(&*PATTERNS).arg(path);
    command
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn other_ikecompat(bencher: Bencher<'_, '_>) {
    timed(bencher, &OTHER, program(&OTHER));
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn other_ripgrep(bencher: Bencher<'_, '_>) {
    timed(bencher, &OTHER, ripgrep(&OTHER));
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn charon_ikecompat(bencher: Bencher<'_, '_>) {
    timed(bencher, &CHARON, program(&CHARON));
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn charon_ripgrep(bencher: Bencher<'_, '_>) {
    timed(bencher, &CHARON, ripgrep(&CHARON));
}
