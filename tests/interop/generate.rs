//! Pairs made up by rule: one for every keyword, and random ones. The same in every run.

use crate::keywords::{AEAD, CLASSIC, GROUPS, INTEGRITY, NO_GROUP, PRF, SEQUENCE_NUMBERS, TABLES};
use crate::pairs::{Lists, Pair};
use crate::random::Random;

/// What every keyword is tried beside.
const PLAIN_IKE: &str = "aes256-sha384-ecp256";
const PLAIN_ESP: &str = "aes256-sha512";

/// A pair for every keyword, which stands in the first IKE and the first ESP proposal of both peers. A
/// plain proposal follows, so that IKE_AUTH is reached although the daemon may skip the keyword.
pub(crate) fn keyword_pairs() -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (table, keywords) in TABLES {
        for keyword in keywords {
            let (ike, esp) = context(table, keyword);
            let ike = ike.map_or_else(Vec::new, |proposal| vec![proposal]);
            let responder = Lists {
                ike: [ike, vec![PLAIN_IKE.to_owned()]].concat(),
                esp: vec![esp, PLAIN_ESP.to_owned()],
            };
            let mut initiator = responder.clone();
            if table == "group" {
                // The responder has to ask for the group by INVALID_KE_PAYLOAD.
                initiator.ike.reverse();
            }
            pairs.push(pair(format!("keyword/{keyword}"), initiator, responder));
        }
    }
    // Groups that are the first of all: some cannot be computed, some are none.
    for group in NO_GROUP.iter().chain(GROUPS) {
        let lists = Lists {
            ike: vec![format!("aes128-sha256-{group}")],
            esp: vec![PLAIN_ESP.to_owned()],
        };
        pairs.push(pair(format!("first-group/{group}"), lists.clone(), lists));
    }
    pairs
}

/// A proposal for IKE, if there is one, and one for ESP in which the keyword stands.
fn context(table: &str, keyword: &str) -> (Option<String>, String) {
    match table {
        "classic" => (
            Some(format!("{keyword}-sha256-modp2048")),
            format!("{keyword}-sha256"),
        ),
        "aead" => (
            Some(format!("{keyword}-prfsha256-modp2048")),
            keyword.to_owned(),
        ),
        // The PRF follows from the integrity algorithm.
        "integrity" => (
            Some(format!("aes128-{keyword}-modp2048")),
            format!("aes128-{keyword}"),
        ),
        "no-group" => (None, format!("aes128-sha256-{keyword}")),
        _ => {
            let group = if table == "group" { "" } else { "-modp2048" };
            let esp = format!("aes128-sha256-{keyword}");
            (Some(format!("aes128-sha256{group}-{keyword}")), esp)
        }
    }
}

/// Random pairs. The responder's lists are the initiator's, changed here and there, because lists that
/// have nothing to do with each other are nearly always refused.
pub(crate) fn random_pairs(name: &str, seed: u64, count: usize) -> Vec<Pair> {
    let mut random = Random::new(seed);
    let mut pairs = Vec::new();
    for number in 0..count {
        let [ike, esp] = [Level::Ike, Level::Esp].map(|level| {
            let offered = drafts(&mut random, level);
            let accepted = changed(&mut random, level, &offered);
            [offered, accepted].map(|drafts| drafts.iter().map(Draft::written).collect::<Vec<_>>())
        });
        let [initiator, responder] = [0, 1].map(|peer| Lists {
            ike: ike[peer].clone(),
            esp: esp[peer].clone(),
        });
        pairs.push(pair(format!("{name}/{number:03}"), initiator, responder));
    }
    pairs
}

fn pair(id: String, initiator: Lists, responder: Lists) -> Pair {
    Pair {
        id,
        initiator,
        responder,
        responder_prefers_own: true,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Esp,
    Ike,
}

/// A proposal before it is written: the keywords of each type.
#[derive(Debug, Clone)]
struct Draft {
    types: Vec<Type>,
}

#[derive(Debug, Clone)]
struct Type {
    usual: &'static [&'static str],
    all: &'static [&'static str],
    keywords: Vec<&'static str>,
}

impl Draft {
    fn written(&self) -> String {
        let keywords: Vec<_> = self
            .types
            .iter()
            .flat_map(|kind| kind.keywords.clone())
            .collect();
        keywords.join("-")
    }
}

const USUAL_CLASSIC: &[&str] = &[
    "aes256",
    "aes128",
    "aes192",
    "3des",
    "aes256ctr",
    "camellia256",
];
const USUAL_AEAD: &[&str] = &[
    "aes256gcm16",
    "aes128gcm16",
    "aes256gcm12",
    "chacha20poly1305",
];
const USUAL_INTEGRITY: &[&str] = &["sha256", "sha1", "sha384", "sha512", "md5"];
const USUAL_PRF: &[&str] = &["prfsha256", "prfsha1", "prfsha384"];
const USUAL_GROUPS: &[&str] = &[
    "modp2048",
    "ecp256",
    "modp1024",
    "ecp384",
    "curve25519",
    "modp1536",
];

/// One to four proposals.
fn drafts(random: &mut Random, level: Level) -> Vec<Draft> {
    (0..=random.below(4))
        .map(|_| draft(random, level))
        .collect()
}

fn draft(random: &mut Random, level: Level) -> Draft {
    let aead = random.percent(35);
    let (usual, all) = if aead {
        (USUAL_AEAD, AEAD)
    } else {
        (USUAL_CLASSIC, CLASSIC)
    };
    let mut types = vec![kind(random, usual, all, 1, 4)];
    // An integrity keyword in an AEAD proposal only names a PRF.
    let integrity = if !aead {
        (1, 3)
    } else if random.percent(15) {
        (1, 1)
    } else {
        (0, 0)
    };
    types.push(kind(
        random,
        USUAL_INTEGRITY,
        INTEGRITY,
        integrity.0,
        integrity.1,
    ));
    if level == Level::Ike {
        let needed = usize::from(aead && integrity == (0, 0));
        let most = if needed == 1 || random.percent(40) {
            3
        } else {
            0
        };
        types.push(kind(random, USUAL_PRF, PRF, needed, most));
        types.push(kind(random, USUAL_GROUPS, GROUPS, 1, 4));
    } else {
        let most = if random.percent(50) { 3 } else { 0 };
        types.push(kind(random, USUAL_GROUPS, GROUPS, most.min(1), most));
        if random.percent(12) {
            let place = random.below(2) * types[2].keywords.len();
            types[2].keywords.insert(place, *random.pick(NO_GROUP));
        }
        let most = if random.percent(25) { 2 } else { 0 };
        types.push(kind(
            random,
            SEQUENCE_NUMBERS,
            SEQUENCE_NUMBERS,
            most.min(1),
            most,
        ));
    }
    Draft { types }
}

/// `least` to `most` keywords of one type, mostly usual ones.
fn kind(
    random: &mut Random,
    usual: &'static [&'static str],
    all: &'static [&'static str],
    least: usize,
    most: usize,
) -> Type {
    let count = least + random.below(most - least + 1);
    let keywords = (0..count).map(|_| keyword(random, usual, all)).collect();
    Type {
        usual,
        all,
        keywords,
    }
}

fn keyword(
    random: &mut Random,
    usual: &'static [&'static str],
    all: &'static [&'static str],
) -> &'static str {
    let usual = random.percent(85).then_some(usual);
    random.pick::<&str>(usual.unwrap_or(all))
}

/// The same list as somebody else might have written it.
fn changed(random: &mut Random, level: Level, drafts: &[Draft]) -> Vec<Draft> {
    let mut drafts = drafts.to_vec();
    for draft in &mut drafts {
        for kind in &mut draft.types {
            if kind.keywords.is_empty() {
                continue;
            }
            if random.percent(40) {
                random.shuffle(&mut kind.keywords);
            }
            if random.percent(15) {
                let place = random.below(kind.keywords.len());
                kind.keywords[place] = keyword(random, kind.usual, kind.all);
            }
            if random.percent(15) && kind.keywords.len() > 1 {
                kind.keywords.pop();
            }
            if random.percent(15) {
                kind.keywords.push(keyword(random, kind.usual, kind.all));
            }
        }
    }
    if random.percent(50) {
        random.shuffle(&mut drafts);
    }
    if random.percent(20) && drafts.len() > 1 {
        drafts.pop();
    }
    if random.percent(30) {
        let place = random.below(drafts.len() + 1);
        drafts.insert(place, draft(random, level));
    }
    if random.percent(10) {
        // The same proposal twice.
        let twice = random.pick(&drafts).clone();
        drafts.push(twice);
    }
    drafts
}

#[test]
fn generated_pairs_are_the_same_each_time_and_all_different() {
    let pairs = random_pairs("random", 7, 300);
    assert_eq!(pairs, random_pairs("random", 7, 300));
    let mut lists: Vec<_> = pairs
        .iter()
        .map(|pair| (&pair.initiator, &pair.responder))
        .collect();
    lists.sort_by_key(|(initiator, _)| initiator.ike.clone());
    lists.dedup();
    assert_eq!(lists.len(), 300);
}

#[test]
fn every_keyword_stands_in_a_pair_of_its_own() {
    let pairs = keyword_pairs();
    for (table, keywords) in TABLES {
        for keyword in keywords {
            let id = format!("keyword/{keyword}");
            let pair = pairs
                .iter()
                .find(|pair| pair.id == id)
                .expect("a pair for the keyword");
            let stands = |list: &[String]| list[0].split('-').any(|word| word == *keyword);
            assert!(stands(&pair.responder.esp), "{id}");
            assert!(table == "no-group" || stands(&pair.responder.ike), "{id}");
        }
    }
}
