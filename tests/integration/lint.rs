//! What is said about contributors' profiles, and what laying them over the database does.

use std::fs;
use std::path::{Path, PathBuf};

use ikecompat::diag::{Diagnostic, Severity, Sources, Style};
use ikecompat::profile::Database;

/// The built-in profiles as their authors wrote them: name and text.
fn authored() -> Vec<(String, String)> {
    fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, found);
            } else {
                found.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/clients");
    collect(&folder, &mut paths);
    paths.sort();
    let read = |path: PathBuf| {
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        (name, fs::read_to_string(&path).unwrap())
    };
    paths.into_iter().map(read).collect()
}

/// What is said about files, by name and text.
fn lint(files: &[(&str, &str)]) -> (Sources, Vec<Diagnostic>) {
    let mut sources = Sources::new();
    let files: Vec<_> = files
        .iter()
        .map(|(name, text)| sources.add(*name, text))
        .collect();
    let found = Database::builtin().lint(&mut sources, &files);
    (sources, found)
}

fn said(files: &[(&str, &str)]) -> String {
    let (sources, found) = lint(files);
    found
        .iter()
        .map(|it| sources.render(it, Style::Plain))
        .collect()
}

#[test]
fn the_built_in_profiles_are_in_order() {
    let files = authored();
    let files: Vec<_> = files
        .iter()
        .map(|(n, t)| (n.as_str(), t.as_str()))
        .collect();
    let said = said(&files);
    assert!(said.is_empty(), "{said}");
}

#[test]
fn the_built_in_profiles_laid_over_themselves_are_the_same() {
    let built_in = Database::builtin();
    let mut database = Database::builtin();
    let mut sources = Sources::new();
    let files: Vec<_> = authored()
        .iter()
        .map(|(name, text)| sources.add(name.as_str(), text))
        .collect();
    database.overlay(&mut sources, &files).unwrap();
    for (old, new) in built_in.profiles().zip(database.profiles()) {
        let (old, new) = (old.unwrap(), new.unwrap());
        assert_eq!(format!("{old:?}"), format!("{new:?}"));
        let name = database.overlaid(&old.id).unwrap();
        assert!(name.ends_with(&format!("/{}.yaml", old.id)));
        assert_eq!(built_in.overlaid(&old.id), None);
    }
    assert_eq!(built_in.ids().count(), database.ids().count());
}

/// A profile without a fault.
const GOOD: &str = r#"name: Example client 1.0
vendor: Example
role: client
product: Example
label: Example 1.0
aliases: [example]
covers: ["1.0"]
newest-evidence: "2024-05-01"

sources:
  log:
    grade: observed
    title: a log of charon
    url: https://example.org/log
    date: "2024-05-01"

variants:
  default:
    setup: made by hand
    ike-sa-init:
      sources: [log]
      offers:
        - aes256-sha256-prfsha256-modp2048
        - aes256gcm16-prfsha256-ecp256
      key-exchange: modp2048
    ike-auth:
      sources: [log]
      offers: [aes256-sha256-noesn]
    child-rekey-by-client:
      sources: [log]
      grade: inferred
      note: taken to be as in IKE_AUTH
      offers: [aes256-sha256-noesn]
    unknown:
      child-rekey-by-server: no trace found
      ike-rekey-by-client: no trace found
      ike-rekey-by-server: no trace found
"#;

/// What the good profile says, what a broken one says there, and the complaint: its code, its place,
/// and what else it says.
#[rustfmt::skip]
const FAULTS: &[(&str, &str, &str, &str, &str)] = &[
    ("vendor: Example\n", "vender: Example\n", "unknown-key", "2:1", "did you mean `vendor`?"),
    ("vendor: Example\n", "", "missing-key", "1:1", "`vendor` of a client profile is missing"),
    ("role: client", "role: clint", "unknown-word", "3:7", "did you mean `client`?"),
    ("label: Example 1.0", "label: The Example Client, version 1.0", "label-too-long", "5:8", "expected at most 24"),
    ("[\"1.0\"]", "[1.0]", "unquoted-word", "7:10", "write `\"1.0\"`"),
    ("[example]", "[Example]", "malformed-name", "6:11", "`Example` is not an alias"),
    ("[example]", "[windows]", "name-taken", "6:11", "it means `windows-10`"),
    ("[example]", "[all]", "name-taken", "6:11", "the word for all clients"),
    ("[example]", "[example, example]", "name-taken", "6:20", "first"),
    ("e: \"2024-05-01\"\n\n", "e: \"May 2024\"\n\n", "not-a-date", "8:19", "write year"),
    ("e: \"2024-05-01\"\n\n", "e: \"2023\"\n\n", "newest-evidence", "8:19", "no source is of 2023"),
    ("grade: observed", "grade: seen", "unknown-word", "12:12", "is not the grade of a source"),
    ("grade: observed", "grade: inferred", "unknown-word", "12:12", "expected `observed`"),
    ("https://example.org/log", "example.org/log", "not-a-link", "14:10", "begins with `https://`"),
    ("    url: https://example.org/log\n", "", "missing-key", "12:5", "`url` of the source `log`"),
    ("  default:\n", "  Default:\n", "malformed-name", "18:3", "the name of a variant"),
    ("    setup: made by hand\n", "", "missing-key", "19:5", "`setup` of the variant"),
    ("init:\n      sources: [log]", "init:\n      sources: [lag]", "unknown-source", "21:17", "did you mean `log`?"),
    ("init:\n      sources: [log]", "init:\n      sources: []", "unknown-source", "21:7", "names no source"),
    ("aes256-sha256-prfsha256-modp2048", "aes256-sha265-prfsha256-modp2048", "not-a-keyword", "23:18", "did you mean `sha256`?"),
    ("aes256-sha256-prfsha256-modp2048", "aes256-sha256-modp2048", "incomplete-proposal", "23:11", "such as `prfsha256`"),
    ("aes256-sha256-prfsha256-modp2048", "aes256-prfsha256-modp2048", "incomplete-proposal", "23:11", "no integrity algorithm"),
    ("gcm16-prfsha256-ecp256", "gcm16-prfsha256", "incomplete-proposal", "24:11", "no key exchange"),
    ("gcm16-prfsha256-ecp256", "gcm16-prfsha256-ecp256-noesn", "stray-algorithm", "24:40", "which IKE has not"),
    ("gcm16-prfsha256-ecp256", "gcm-prfsha256-ecp256", "keyword-spelling", "24:11", "write `aes256gcm16`"),
    ("gcm16-prfsha256-ecp256", "gcm16-ecp256-prfsha256", "key-order", "24:11", "write `aes256gcm16-prfsha256-ecp256`"),
    ("gcm16-prfsha256-ecp256", "gcm16-prfsha256-ecp256,aes128", "not-a-keyword", "24:33", "one entry for each"),
    ("change: modp2048", "change: modp1024", "group-not-offered", "25:21", "none of the proposals"),
    ("change: modp2048", "change: sha256", "not-a-keyword", "25:21", "is not a group"),
    ("change: modp2048", "change: modp2048\n      retries-invalid-ke: maybe", "wrong-kind", "26:27", "`true`, `false` or `anew`"),
    ("offers: [aes256-sha256-noesn]\n    child", "offers: [aes256-sha256]\n    child", "incomplete-proposal", "28:16", "such as `noesn`"),
    ("offers: [aes256-sha256-noesn]\n    child", "offers: [aes256-sha256-modp2048-noesn]\n    child", "group-in-ike-auth", "28:30", "remove `modp2048`"),
    ("offers: [aes256-sha256-noesn]\n    child", "offers: aes256-sha256-noesn\n    child", "wrong-kind", "28:15", "expected a list of proposals"),
    ("      note: taken to be as in IKE_AUTH\n", "", "deduction-missing", "31:14", "add a `note`"),
    ("grade: inferred", "grade: observed", "grade-not-lower", "31:14", "remove the line"),
    ("noesn]\n    unknown:\n", "noesn]\n    ike-rekey-by-client: {sources: [log], offers: in-use}\n    unknown:\n", "unknown-word", "34:51", "expected `negotiated`"),
    ("noesn]\n    unknown:\n", "noesn]\n    ike-rekey-by-server: {sources: [log], accepts: in-use}\n    unknown:\n", "unknown-word", "34:52", "expected `negotiated`"),
    ("newest-evidence: \"2024-05-01\"\n", "", "missing-key", "1:1", "`newest-evidence` of a client profile is missing"),
    ("    date: \"2024-05-01\"\n", "", "newest-evidence", "8:19", "no source has a date"),
    ("      child-rekey-by-server: no trace found\n", "", "exchange-missing", "18:3", "neither states `child-rekey-by-server`"),
    ("      child-rekey-by-server: no trace", "      ike-auth: no trace", "exchange-twice", "35:7", "stated here"),
    ("      child-rekey-by-server: no trace", "      child-rekey-by-sever: no trace", "unknown-key", "35:7", "did you mean `child-rekey-by-server`?"),
    ("title: a log of charon", "title: 2024", "unquoted-word", "13:12", "for other programs"),
    ("label: Example 1.0\naliases: [example]", "aliases: [example]\nlabel: Example 1.0", "key-order", "6:1", "move it before `aliases`"),
    ("variants:\n", "mirrors: windows-12\nvariants:\n", "mirror-target", "17:10", "did you mean `windows-1"),
    ("    date: \"2024-05-01\"\n", "    date: \"2024-05-01\"\n  other:\n    grade: source\n    title: t\n    url: https://example.org\n", "source-not-used", "16:3", "no fact names"),
];

#[test]
fn each_fault_is_named_with_its_place_and_its_remedy() {
    assert_eq!(said(&[("example-1.0.yaml", GOOD)]), "");
    for (right, wrong, code, place, words) in FAULTS {
        assert!(GOOD.contains(right), "{right}");
        let text = GOOD.replacen(right, wrong, 1);
        let said = said(&[("example-1.0.yaml", &text)]);
        assert!(said.contains(&format!("[{code}]")), "{wrong}\n{said}");
        assert!(
            said.contains(&format!("example-1.0.yaml:{place}\n")),
            "{wrong}\n{said}"
        );
        assert!(said.contains(words), "{wrong}\n{said}");
    }
}

#[test]
fn what_no_source_has_need_not_be_stated() {
    let undated = GOOD
        .replace("newest-evidence: \"2024-05-01\"\n", "")
        .replace("    date: \"2024-05-01\"\n", "");
    assert_eq!(said(&[("example-1.0.yaml", &undated)]), "");
    let by_server = "      ike-rekey-by-server: no trace found\n";
    let in_use = "    ike-rekey-by-server: {sources: [log], accepts: negotiated}\n    unknown:\n";
    let answering = GOOD
        .replace(by_server, "")
        .replace("    unknown:\n", in_use);
    assert_eq!(said(&[("example-1.0.yaml", &answering)]), "");
}

/// What a gateway has beside the others.
const GATEWAY: &str = r#"    responder:
      sources: [log]
      ike: [aes256-sha256-prfsha256-modp2048]
      esp: [aes256-sha256-modp2048-noesn]
"#;

/// What can be chosen.
const CHOICE: &str = r#"
configurable:
  - by: settings
    sources: [log]
    how: a page of settings
    values:
      ike: {encryption: [aes256], integrity: [sha256], key-exchange: [modp2048]}

selection:
  sources: [log]
  rule: own-order
  text: It takes the first of its own.
"#;

#[test]
fn what_a_gateway_takes_and_can_choose_is_read_word_for_word() {
    let unknown = "    unknown:\n";
    let good = GOOD.replace(unknown, &format!("{GATEWAY}{unknown}")) + CHOICE;
    assert_eq!(said(&[("example-1.0.yaml", &good)]), "");
    for (right, wrong, code, words) in [
        (
            "      ike: [aes256-sha256-prf",
            "      ike: [aes256-sha265-prf",
            "not-a-keyword",
            "did you mean `sha256`?",
        ),
        (
            "modp2048-noesn]",
            "modp2048]",
            "incomplete-proposal",
            "such as `noesn`",
        ),
        (
            "      esp: [",
            "      exp: [",
            "unknown-key",
            "did you mean `esp`?",
        ),
        (
            "key-exchange: [modp2048]",
            "key-exchange: [modp2084]",
            "not-a-keyword",
            "did you mean `modp2048`?",
        ),
        (
            "encryption: [aes256]",
            "encryption: [sha256]",
            "not-a-keyword",
            "`sha256` is no encryption algorithm",
        ),
        (
            "rule: own-order",
            "rule: own",
            "unknown-word",
            "expected `own-order` or `peer-order`",
        ),
        (
            "  text: It takes the first of its own.\n",
            "",
            "missing-key",
            "`text` of `selection`",
        ),
        (
            "selection:\n  sources: [log]",
            "selection:\n  sources: [lag]",
            "unknown-source",
            "did you mean `log`?",
        ),
    ] {
        assert!(good.contains(right), "{right}");
        let said = said(&[("example-1.0.yaml", &good.replacen(right, wrong, 1))]);
        assert!(said.contains(&format!("[{code}]")), "{wrong}\n{said}");
        assert!(said.contains(words), "{wrong}\n{said}");
    }
}

#[test]
fn a_group_only_is_for_the_suite_in_use() {
    let unknown = "      ike-rekey-by-client: no trace found\n";
    let only = |words: &str| {
        let fact = format!("    ike-rekey-by-client: {{sources: [log], {words}}}\n    unknown:\n");
        let text = GOOD.replace(unknown, "").replace("    unknown:\n", &fact);
        said(&[("example-1.0.yaml", &text)])
    };
    let right = "offers: negotiated, group-of-ike-sa: true, group-only: true";
    assert_eq!(only(right), "");
    assert!(only("offers: negotiated, group-only: true").contains("[stray-key]"));
    let list =
        "offers: [aes256-sha256-prfsha256-modp2048], group-of-ike-sa: true, group-only: true";
    assert!(only(list).contains("[stray-key]"));
}

#[test]
fn everything_wrong_is_said_at_once() {
    let text = GOOD
        .replace("role: client", "role: clint")
        .replace("noesn", "no-esn")
        .replace("label: Example 1.0", "label: 1.0");
    let (_, found) = lint(&[("Example.yaml", &text), ("example-1.0.yaml", GOOD)]);
    let mut codes: Vec<_> = found.iter().map(|it| it.code).collect();
    codes.dedup();
    assert_eq!(
        codes,
        [
            "malformed-name",
            "unknown-word",
            "unquoted-word",
            "not-a-keyword",
            "name-taken"
        ]
    );
    assert!(found.iter().all(|it| it.severity == Severity::Error));
}

#[test]
fn a_profile_takes_the_place_of_the_one_of_its_id() {
    let mut database = Database::builtin();
    let mut sources = Sources::new();
    let file = sources.add("mine/osx-10.11.yaml", &GOOD.replace("[example]", "[osx]"));
    let other = sources.add("mine/example-1.0.yaml", GOOD);
    assert!(
        database
            .overlay(&mut sources, &[file, other])
            .unwrap()
            .is_empty()
    );
    let selected = database.select("osx,example").unwrap();
    assert_eq!(selected[0].client.id, "osx-10.11");
    assert_eq!(selected[0].client.label, "Example 1.0");
    assert_eq!(selected[1].client.id, "example-1.0");
    assert_eq!(database.overlaid("osx-10.11"), Some("mine/osx-10.11.yaml"));
}

#[test]
fn nothing_is_laid_where_something_is_wrong() {
    let mut database = Database::builtin();
    let mut sources = Sources::new();
    let good = sources.add("example-1.0.yaml", GOOD);
    let bad = sources.add("bad.yaml", "name: [");
    let complaints = database.overlay(&mut sources, &[good, bad]).unwrap_err();
    assert_eq!(complaints.len(), 1);
    assert!(database.profile("example-1.0").is_none());
}
