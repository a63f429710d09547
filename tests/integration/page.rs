//! The page of `check --format html`: well-formed, without scripts, accessible, and nothing in a file
//! becomes markup.

use crate::common::ikecompat;

/// A connection whose name is markup, beside another one, so that names matter.
const HOSTILE: &str = r#"connections:
- name: "<script>alert(1)</script>\" onclick='x'\e[31m\u202e"
  phase1: [aes256-sha1-modp1024]
  phase2: [aes256-sha1]
- name: other
  phase1: [aes256-sha1-modp768]
  phase2: [aes256-sha1]
"#;

const SECRET: &str = "connections {\n  rw {\n    version = 2\n    proposals = aes256-sha1-modp1024\n    \
    children {\n      net {\n        esp_proposals = aes256-sha1\n      }\n    }\n  }\n}\n\
    secrets {\n  ike-1 {\n    secret = \"hunter2\"\n  }\n}\n";

const VOID: [&str; 2] = ["meta", "link"];

fn page(arguments: &[&str], input: &str) -> String {
    let run = ikecompat(&[arguments, &["--format", "html"]].concat(), input);
    assert_eq!(run.stderr, "");
    run.stdout
}

/// Every element closes what it opens; gives the opening tags.
fn tags(page: &str) -> Vec<String> {
    let (style, rest) = page.split_once("<style>").unwrap();
    let rest = style.to_owned() + rest.split_once("</style>").unwrap().1;
    let (mut open, mut tags): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for piece in rest.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap();
        assert!(!text.contains('>'), "{text}");
        if tag.starts_with('!') {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name));
            continue;
        }
        let name = tag.split(' ').next().unwrap();
        if !VOID.contains(&name) {
            open.push(name.to_owned());
        }
        tags.push(tag.to_owned());
    }
    assert!(open.is_empty(), "{open:?}");
    tags
}

#[test]
fn the_page_is_well_formed_and_loads_nothing() {
    let servers = ["check", "examples/before.yaml", "examples/after.yaml"];
    let page = page(&servers, "");
    let tags = tags(&page);
    assert!(tags.contains(&"html lang=\"en\"".to_owned()));
    assert_eq!(tags.iter().filter(|tag| *tag == "h1").count(), 1);
    for tag in &tags {
        let name = tag.split(' ').next().unwrap();
        assert!(
            !["script", "img", "link", "iframe"].contains(&name),
            "{tag}"
        );
        assert!(!tag.contains("src="), "{tag}");
    }
    assert!(!page.contains("url("), "no style loads anything");
    // Headings do not skip a level.
    let level = |tag: &String| {
        tag.strip_prefix('h')
            .and_then(|rest| rest.parse::<u8>().ok())
    };
    let levels: Vec<u8> = tags.iter().filter_map(level).collect();
    assert!(
        levels.windows(2).all(|pair| pair[1] <= pair[0] + 1),
        "{levels:?}"
    );
    // Every head of a table says what it heads, every link inside of the page leads somewhere.
    for tag in tags.iter().filter(|tag| tag.starts_with("th")) {
        let scoped = tag.contains("scope=\"col\"") || tag.contains("scope=\"row\"");
        assert!(scoped || tag == "thead", "{tag}");
    }
    for link in tags.iter().filter_map(|tag| tag.split_once("href=\"#")) {
        let id = link.1.trim_end_matches('"');
        let target = format!("id=\"{id}\"");
        assert_eq!(page.matches(&target).count(), 1, "{id}");
    }
    assert_eq!(page, self::page(&servers, ""), "the same octets");
}

#[test]
fn the_page_says_why_by_what_evidence_and_what_helps() {
    let clients = "osx,macos-13,ios-16,android,windows";
    let page = page(&["check", "examples/after.yaml", "--clients", clients], "");
    for text in [
        "4 of 5 clients connect",
        "no key exchange in common: the client offers modp1024, the server accepts modp2048",
        "<td data-label=\"evidence\"><span>observed</span></td>",
        "<a href=\"https://github.com/strongswan/strongswan/",
        "Set-VpnConnectionIPsecConfiguration -ConnectionName",
        "What would serve all of them",
        "pfSense",
    ] {
        assert!(page.contains(text), "{text}");
    }
    let before = self::page(&["check", "examples/before.yaml", "--clients", clients], "");
    assert!(before.contains("examples/before.yaml:"));
}

#[test]
fn names_are_no_markup_and_secrets_stay_in_the_file() {
    let page = page(&["check", "-", "--clients", "osx,windows"], HOSTILE);
    let tags = tags(&page);
    assert!(
        tags.iter()
            .all(|tag| !tag.starts_with("script") && !tag.contains("onclick='"))
    );
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(!page.contains(['\u{1b}', '\u{202e}']));
    let run = ikecompat(&["check", "-", "--format", "html"], SECRET);
    assert!(run.stdout.contains("weak-entry"));
    assert!(!run.stdout.contains("hunter2"));
}

#[test]
fn a_plan_has_a_page() {
    let page = page(&["recommend", "--clients", "osx,windows"], "");
    tags(&page);
    assert!(page.contains("<h2>Settings for pfsense</h2>"));
    assert!(page.contains("Set-VpnConnectionIPsecConfiguration"));
}
