//! The corpus through the functions that the fuzz targets call: files as they are, cut, and with one thing
//! changed. What fuzzing has found lies in `tests/corpus/fuzz`, a folder for each kind of input.

use std::fs;
use std::path::{Path, PathBuf};

use ikecompat::format::Format;

use ikecompat::live::datagram::unwrap;
use ikecompat::live::initiator::Progress;

use crate::common::path;
use crate::inputs::{Counting, KINDS, Kind, incoming, initiator, responder};

/// Folders of the corpus with inputs of a kind.
const FOLDERS: [(&str, &[&str]); 4] = [
    ("capture", &["pcap"]),
    ("certificate", &["certificates"]),
    (
        "client_config",
        &[
            "intune",
            "mobileconfig",
            "nmconnection",
            "powershell",
            "profilexml",
            "rasphone",
            "sswan",
        ],
    ),
    ("log", &["logs"]),
];

/// Files longer than this are cut there.
const LONGEST: usize = 6 << 10;

/// The files of a folder and of those in it, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let inside = paths.into_iter().flat_map(|path| match path.is_dir() {
        true => files(&path),
        false => vec![path],
    });
    inside.collect()
}

/// The start of each file in some folders of the corpus.
fn starts(folders: &[&str]) -> Vec<Vec<u8>> {
    let corpus = path("tests/corpus");
    let all = folders
        .iter()
        .flat_map(|folder| files(&corpus.join(folder)));
    let start = |path: PathBuf| {
        let mut bytes = fs::read(path).unwrap();
        bytes.truncate(LONGEST);
        bytes
    };
    all.map(start).collect()
}

/// What is tried for a kind: what fuzzing has found, and the corpus.
fn seeds(kind: &str) -> Vec<Vec<u8>> {
    let mut seeds = starts(&[&format!("fuzz/{kind}")]);
    let (_, folders) = FOLDERS
        .into_iter()
        .find(|it| it.0 == kind)
        .unwrap_or_default();
    match kind {
        "client_config" => {
            let texts = starts(folders).into_iter();
            seeds.extend(texts.enumerate().map(|(at, text)| behind(at, text)));
        }
        "server_config" => {
            for (number, format) in Format::all_read().enumerate() {
                let texts = starts(&format.words().collect::<Vec<_>>());
                let read = texts.into_iter().map(|text| behind(number + 1, text));
                seeds.extend(read);
            }
        }
        "profile" => seeds.extend(profiles("clients")),
        "policy" => seeds.extend(profiles("policies")),
        "proposal" => seeds.push(b"aes256-sha256-modp2048,aes256gcm16-ecp256;aes256-sha1".to_vec()),
        "selection" => seeds.push(b"ios-16..18,windows:default,all-osx,role=client".to_vec()),
        _ => seeds.extend(starts(folders)),
    }
    seeds
}

/// A text behind the octet that chooses how it is read.
fn behind(choice: usize, text: Vec<u8>) -> Vec<u8> {
    let choice = u8::try_from(choice % 256).unwrap();
    [vec![choice], text].concat()
}

/// Some of the files of the database.
fn profiles(folder: &str) -> Vec<Vec<u8>> {
    let all = files(&path("profiles").join(folder)).into_iter();
    all.step_by(12)
        .map(|path| fs::read(path).unwrap())
        .collect()
}

/// A series of numbers that is the same in each run.
struct Series(u64);

impl Series {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    /// The input with one thing changed: cut, an octet turned, a piece taken out or twice there.
    fn changed(&mut self, bytes: &[u8]) -> Vec<u8> {
        let at = self.below(bytes.len());
        let to = at + self.below((bytes.len() - at).min(40));
        let mut changed = bytes.to_vec();
        match self.below(4) {
            0 => changed.truncate(at),
            1 => {
                if let Some(octet) = changed.get_mut(at) {
                    *octet ^= u8::try_from(1 + self.below(255)).unwrap();
                }
            }
            2 => drop(changed.drain(at..to)),
            _ => changed
                .splice(at..at, bytes[at..to].to_vec())
                .for_each(drop),
        }
        changed
    }
}

/// What a client and a server say to each other, as each of both hears it: the messages of the client, and those of the
/// server.
fn conversation() -> [Vec<Vec<u8>>; 2] {
    let [mut random, mut other] = [Counting::default(), Counting::default()];
    let (mut client, mut server) = (initiator(&mut random), responder(&mut other));
    let [mut asked, mut answered] = [Vec::new(), Vec::new()];
    for now in 0..10 {
        let request = client.request().to_vec();
        let (octets, _) = unwrap(&request);
        let reply = server.take(incoming(now, octets), &mut other).reply;
        asked.push(request);
        let Some(reply) = reply else {
            break;
        };
        let (octets, _) = unwrap(&reply);
        let progress = client.take(octets, &mut random);
        answered.push(reply);
        if progress == Progress::Over {
            break;
        }
    }
    [asked, answered]
}

/// Datagrams one behind the other, each behind its length in two octets.
fn joined(datagrams: &[Vec<u8>]) -> Vec<u8> {
    let one = |datagram: &Vec<u8>| {
        let length = u16::try_from(datagram.len()).unwrap();
        [length.to_be_bytes().to_vec(), datagram.clone()].concat()
    };
    datagrams.iter().flat_map(one).collect()
}

/// Messages in the corpus are those of a conversation, so that changing one thing in them leads deep into it.
#[test]
fn messages_of_the_corpus_are_a_conversation() {
    let [asked, answered] = conversation();
    assert!(!answered.is_empty());
    let first = unwrap(&asked[0]).0.to_vec();
    for (kind, octets) in [
        ("wire_message", first),
        ("client_message", joined(&asked)),
        ("server_answer", joined(&answered)),
    ] {
        let file = path("tests/corpus/fuzz").join(kind).join("conversation");
        if std::env::var("SNAPSHOTS").is_ok_and(|it| it == "overwrite") {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, &octets).unwrap();
        }
        assert!(
            fs::read(&file).unwrap() == octets,
            "{kind}: write it anew by SNAPSHOTS=overwrite"
        );
    }
}

fn replay((name, take): Kind) {
    let seeds = seeds(name);
    assert!(!seeds.is_empty(), "{name}");
    let mut series = Series(0x5eed ^ u64::try_from(name.len()).unwrap());
    for seed in &seeds {
        take(seed);
        take(&series.changed(seed));
    }
}

#[test]
fn no_input_of_the_corpus_is_a_reason_to_panic() {
    for kind in KINDS {
        replay(kind);
    }
}

#[test]
fn each_kind_has_its_target() {
    let targets = files(&path("fuzz/fuzz_targets"));
    let names = targets
        .iter()
        .map(|path| path.file_stem().unwrap().to_str().unwrap());
    assert!(names.eq(KINDS.map(|(name, _)| name)));
    let manifest = fs::read_to_string(path("fuzz/Cargo.toml")).unwrap();
    for (name, _) in KINDS {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
    }
}
