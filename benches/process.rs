//! What a user waits for: whole runs of the program. `cargo bench`; docs/performance.md has numbers.

use std::hint::black_box;
use std::io::Write as _;
use std::process::{Command, Stdio};

use divan::Bencher;
use divan::counter::ItemsCount;

fn main() {
    divan::main();
}

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ikecompat"));
    command
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

/// The process alone.
#[divan::bench]
fn version() -> Vec<u8> {
    program(&["--version"]).output().expect("it runs").stdout
}

/// The example with every key, against its five clients.
#[divan::bench]
fn check() -> Vec<u8> {
    program(&["check", "examples/server.yaml"])
        .output()
        .expect("it runs")
        .stdout
}

/// The same server against the whole database.
#[divan::bench]
fn check_all_clients() -> Vec<u8> {
    let arguments = ["check", "examples/server.yaml", "--clients", "all"];
    program(&arguments).output().expect("it runs").stdout
}

#[divan::bench]
fn recommend() -> Vec<u8> {
    program(&["recommend", "--clients", "osx,android,windows"])
        .output()
        .expect("it runs")
        .stdout
}

/// Pairs a second of `negotiate --batch`, over the recorded pairs repeated.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn negotiate_batch(bencher: Bencher<'_, '_>) {
    const REPEATED: usize = 50;
    let path = "/tests/corpus/negotiation/strongswan-5.9.8.jsonl";
    let path = [env!("CARGO_MANIFEST_DIR"), path].concat();
    let pairs = std::fs::read_to_string(path).expect("the corpus is there");
    let input = pairs.repeat(REPEATED);
    bencher
        .counter(ItemsCount::new(pairs.lines().count() * REPEATED))
        .bench(|| {
            let mut child = program(&["negotiate", "--batch", "-"])
                .stdin(Stdio::piped())
                .spawn()
                .expect("it runs");
            let mut stdin = child.stdin.take().expect("it was piped");
            std::thread::scope(|scope| {
                let writer =
                    scope.spawn(|| stdin.write_all(input.as_bytes()).map(|()| drop(stdin)));
                let output = child.wait_with_output().expect("it ends");
                writer
                    .join()
                    .expect("it does not panic")
                    .expect("everything is read");
                black_box(output.stdout.len())
            })
        });
}
