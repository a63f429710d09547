//! Plans that once were wrong, and what limits and preferences do to them.

use std::fs;

use serde_json::Value;

use crate::common::{Run, ikecompat};

fn recommend(arguments: &str) -> Run {
    let arguments: Vec<_> = std::iter::once("recommend")
        .chain(arguments.split(' '))
        .collect();
    ikecompat(&arguments, "")
}

fn json(arguments: &str) -> Value {
    let run = recommend(&format!("{arguments} --format json"));
    assert_eq!(run.status, 0, "{arguments}: {}{}", run.stdout, run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

/// The proposals of a phase of the recommended plan.
fn phase(document: &Value, phase: &str) -> Vec<String> {
    let entries = document["plans"][0][phase].as_array().unwrap();
    let proposals = entries
        .iter()
        .map(|entry| entry["proposal"].as_str().unwrap());
    proposals.map(ToOwned::to_owned).collect()
}

/// Whether each client has to be configured.
fn touched(document: &Value) -> Vec<bool> {
    let clients = document["plans"][0]["clients"].as_array().unwrap();
    clients
        .iter()
        .map(|client| client["touched"].as_bool().unwrap())
        .collect()
}

/// The lists of a file for strongSwan: of IKE and of ESP.
fn lists(arguments: &str) -> [String; 2] {
    let run = recommend(&format!(
        "{arguments} --product strongswan --format swanctl"
    ));
    assert_eq!(run.status, 0, "{arguments}: {}{}", run.stdout, run.stderr);
    let value = |key: &str| {
        let line = run
            .stdout
            .lines()
            .find_map(|line| line.trim().strip_prefix(key));
        line.unwrap().trim_start_matches([' ', '=']).to_owned()
    };
    [value("proposals"), value("esp_proposals")]
}

#[test]
fn nothing_is_opened_that_nobody_needs() {
    let [ike, esp] = lists("--clients osx,windows --no-client-changes");
    assert!(
        !ike.contains("3des") && !esp.contains("3des"),
        "{ike} / {esp}"
    );
}

#[test]
fn additions_obey_the_group_of_the_plan() {
    // One of them renews keys in the group of its IKE SA, which an addition would change.
    let document = json("--clients apple-unset-17,ios-16 --product strongswan");
    assert_eq!(phase(&document, "phase1"), ["aes256-sha256-modp2048"]);
    let plan = &document["plans"][0];
    assert_eq!(plan["additions"]["phase1"], Value::Array(Vec::new()));
    assert_eq!(plan["lost"], Value::Array(Vec::new()));
}

#[test]
fn entries_stand_in_the_order_of_their_rank() {
    let [ike, esp] = lists("--clients osx,windows-7:require,android");
    let best_first = "aes256gcm16-prfsha256-ecp256,aes256-sha256-modp2048,aes256-sha256-modp1024";
    assert_eq!(ike.replace(' ', ""), best_first);
    assert_eq!(
        esp.replace(' ', ""),
        "aes256gcm16,aes256-sha256,aes256-sha1"
    );
}

#[test]
fn one_suite_for_all_may_be_one_that_somebody_offers() {
    let document = json("--clients windows-7:maximum,android --product rras");
    assert_eq!(phase(&document, "phase1"), ["aes256-sha256-modp1024"]);
    assert_eq!(phase(&document, "phase2"), ["aes256-sha1"]);
    assert_eq!(touched(&document), [false, true]);
}

#[test]
fn two_clients_that_can_do_one_thing_each_have_a_plan() {
    let profiles = "--profiles tests/corpus/plans/esp-first";
    let document = json(&format!(
        "{profiles} --clients box-a,box-b --product strongswan"
    ));
    assert_eq!(phase(&document, "phase1"), ["aes256-sha256-modp2048"]);
    assert_eq!(
        phase(&document, "phase2"),
        ["aes256-sha256", "aes128-sha256"]
    );
}

#[test]
fn a_group_stands_beside_none_where_that_keeps_everybody() {
    let clients = "--clients android-11,libreswan-4.6";
    let document = json(&format!("{clients} --product strongswan"));
    assert_eq!(
        phase(&document, "phase2"),
        ["aes256gcm16-ecp256", "aes256gcm16"]
    );
    assert_eq!(document["plans"][0]["lost"], Value::Array(Vec::new()));
    // pfSense has one setting for all, so one of them is configured, or its loss is no success.
    let run = recommend(&format!("{clients} --product pfsense --no-client-changes"));
    assert_eq!(run.status, 1, "{}", run.stdout);
    let plan = json(&format!("{clients} --product pfsense"));
    assert_eq!(plan["plans"][0]["lost"], Value::Array(Vec::new()));
}

#[test]
fn nothing_goes_out_in_the_clear_unless_that_is_allowed() {
    let run = recommend("--clients windows-7:none --product strongswan");
    assert_eq!(run.status, 1, "{}", run.stdout);
    let document = json("--clients windows-7:none --product strongswan --allow null");
    assert_eq!(phase(&document, "phase2"), ["null-sha1"]);
    let document = json("--clients windows-10:none --product strongswan");
    assert_eq!(touched(&document), [true]);
}

#[test]
fn one_weak_client_does_not_leave_the_others_there() {
    let document = json("--clients osx,android,windows,windows-7:require --product strongswan");
    assert_eq!(touched(&document), [false, false, true, false]);
    assert_eq!(
        phase(&document, "phase1"),
        ["aes256-sha256-modp2048", "aes256-sha256-modp1024"]
    );
    let weak = document["weak_entries"].as_array().unwrap();
    assert_eq!(weak[0]["clients"][0], "windows-7:require");
    assert_eq!(weak[0]["algorithm"], "modp1024");
    assert_eq!(
        weak[0]["without"],
        Value::Null,
        "nothing configures Windows 7"
    );
    let drop = &document["drops"][0];
    assert_eq!(drop["client"], "windows-7:require");
    assert_eq!(drop["entries"][0], "aes256-sha256-modp1024");
}

#[test]
fn what_a_configured_client_needs_is_no_option() {
    let document = json("--gcm --clients osx,android,windows");
    assert!(phase(&document, "phase2").contains(&"aes256gcm16".to_owned()));
    let run = recommend("--gcm --clients osx,android --format json");
    assert!(
        run.stderr.contains("`--gcm` changes nothing"),
        "{}",
        run.stderr
    );
}

#[test]
fn an_unknown_client_is_planned_without() {
    let run = recommend("--clients osx,samsung-native");
    assert_eq!(run.status, 0, "{}", run.stdout);
    let said = "planned without samsung-native: nothing is known of its ESP\n";
    assert!(run.stdout.contains(said), "{}", run.stdout);
    let run = recommend("--clients osx,samsung-native,!samsung-native");
    assert!(!run.stdout.contains("planned without"), "{}", run.stdout);
    let run = recommend("--clients android:*,!samsung-native");
    assert!(!run.stdout.contains("planned without"), "{}", run.stdout);
    let run = recommend("--clients samsung-native");
    assert_eq!(run.status, 1, "{}", run.stdout);
    let run = recommend("--clients osx,!nonsense");
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
}

#[test]
fn the_engine_that_is_named_counts() {
    let run = recommend("--clients osx --product pfsense --engine libreswan@5.0");
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(
        run.stderr.contains("`--engine libreswan@5.0`"),
        "{}",
        run.stderr
    );
    // An engine that stands for another one is said.
    let newer = recommend("--clients osx --engine strongswan@99.1");
    assert!(
        newer.stderr.contains("newer than what is known"),
        "{}",
        newer.stderr
    );
    let inside = recommend("--clients osx --engine opnsense@26.7.4");
    assert!(inside.stdout.contains("on opnsense;"), "{}", inside.stdout);
    // Without a product it names one.
    let run = recommend("--clients osx --engine libreswan@5.0");
    assert!(run.stdout.contains("on libreswan;"), "{}", run.stdout);
    let run = recommend("--clients osx --engine strongswan@6.0.2 --format server-yaml");
    assert!(run.stdout.contains("strongswan@6.0.2"), "{}", run.stdout);
}

#[test]
fn limits_are_kept() {
    let windows = "--clients osx,windows --product strongswan";
    let document = json(&format!("{windows} --forbid sha1,modp1024,3des"));
    assert_eq!(touched(&document), [false, true]);
    let kept = recommend(&format!("{windows} --must-keep windows --forbid modp1024"));
    assert_eq!(kept.status, 1, "{}", kept.stdout);
    let kept = json(&format!("{windows} --must-keep windows"));
    assert_eq!(touched(&kept), [false, false]);
    let document = json("--clients android,windows --product strongswan --groups ecp384");
    for proposal in phase(&document, "phase1") {
        assert!(proposal.ends_with("-ecp384"), "{proposal}");
    }
    let document = json("--clients android --product strongswan --min-bits 192");
    for proposal in [phase(&document, "phase1"), phase(&document, "phase2")].concat() {
        assert!(proposal.contains("256"), "{proposal}");
    }
    let wrong = recommend(&format!("{windows} --must-keep android"));
    assert_eq!((wrong.status, wrong.stdout.as_str()), (2, ""));
    let wrong = recommend(&format!("{windows} --groups sha1"));
    assert_eq!(wrong.status, 2);
}

#[test]
fn a_binding_policy_is_kept() {
    let clients = "--clients osx,android --product strongswan";
    let document = json(&format!("{clients} --policy cnsa-1.0"));
    assert_eq!(phase(&document, "phase1"), ["aes256gcm16-prfsha384-ecp384"]);
    assert_eq!(phase(&document, "phase2"), ["aes256gcm16-ecp384"]);
    assert_ne!(phase(&json(clients), "phase1"), phase(&document, "phase1"));
    let kept = recommend(&format!("{clients} --policy cnsa-1.0 --must-keep osx"));
    assert_eq!(kept.status, 1, "{}", kept.stdout);
    assert!(kept.stdout.contains("within the policy"), "{}", kept.stdout);
}

#[test]
fn a_preference_changes_the_order() {
    let plan = |prefer: &str| {
        json(&format!(
            "--clients osx,windows --product strongswan{prefer}"
        ))
    };
    assert_eq!(touched(&plan("")), [false, true]);
    let untouched = plan(" --prefer untouched-clients");
    assert_eq!(touched(&untouched), [false, false]);
    assert_eq!(untouched["goals"][1], "touched");
    let few = plan(" --prefer few-entries");
    assert_eq!(
        (phase(&few, "phase1").len(), phase(&few, "phase2").len()),
        (1, 1)
    );
    assert_eq!(
        few["plans"][0]["additions"]["phase1"],
        Value::Array(Vec::new())
    );
}

#[test]
fn people_are_counted_where_a_file_says_how_many() {
    let name = format!("ikecompat-fleet-{}.yaml", std::process::id());
    let path = std::env::temp_dir().join(name);
    fs::write(&path, "windows-7:require: 120\nosx: 30\n").unwrap();
    let clients = "--clients osx,windows-7:require --product strongswan";
    let arguments = format!("{clients} --weights {}", path.display());
    let run = recommend(&arguments);
    let said = "for windows-7:require: 120 people";
    assert!(run.stdout.contains(said), "{}{}", run.stdout, run.stderr);
    let document = json(&arguments);
    let people = &document["plans"][0]["people"];
    assert_eq!(people["by_tier"]["recommended"], 30, "{people}");
    assert_eq!(people["by_tier"]["discouraged"], 120, "{people}");
    assert_eq!(people["to_configure"], 0, "{people}");
    assert_eq!(document["weak_entries"][0]["people"], 120);
    let drops = document["drops"].as_array().unwrap();
    let dropped = |drop: &&Value| drop["client"] == "windows-7:require";
    assert_eq!(drops.iter().find(dropped).unwrap()["people"], 120);
    fs::write(&path, "windows: 7\n").unwrap();
    let weights = format!("--weights {}", path.display());
    let told = json(&format!(
        "--clients osx,windows --product strongswan {weights}"
    ));
    assert_eq!(told["plans"][0]["people"]["to_configure"], 7);
    assert_eq!(told["plans"][0]["clients"][0]["people"], 0);
    assert_eq!(
        told["plans"][1]["people"]["by_tier"]["discouraged"], 7,
        "the alternative leaves it"
    );
    assert_eq!(json(clients)["plans"][0]["people"], Value::Null);
    fs::write(&path, "windows-7:require: many\nnobody: 3\n").unwrap();
    let run = recommend(&arguments);
    fs::remove_file(&path).unwrap();
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(
        run.stderr.contains("has no number of people"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("there is no client `nobody`"),
        "{}",
        run.stderr
    );
}

/// The places of `words` in a text, which has to have each of them after the one before.
fn in_order(text: &str, words: &[&str]) {
    let mut from = 0;
    for word in words {
        let place = text[from..].find(word);
        from += place.unwrap_or_else(|| panic!("no `{word}` after {from} in:\n{text}"));
    }
}

#[test]
fn what_is_read_first_stands_first() {
    let arguments = "--clients osx,windows,windows-7:require --product strongswan";
    let run = recommend(arguments);
    let first: Vec<&str> = run.stdout.lines().take(3).collect();
    assert!(
        first[0].starts_with("set 2 entries in phase 1"),
        "{first:?}"
    );
    assert!(first[1].starts_with("for osx-10.11, "), "{first:?}");
    assert!(
        first[2].starts_with("how good: discouraged at worst"),
        "{first:?}"
    );
    let parts = [
        "set 2 entries",
        "plans that no other plan beats",
        "phase 1\n",
        "proposals = ",
        "\nclients\n",
        "in PowerShell",
        "enter on osx-10.11",
        "the price of each weak entry",
        "what leaving out one client buys",
        "plans are compared by",
    ];
    in_order(&run.stdout, &parts);
    let run = recommend(&format!("{arguments} --format markdown"));
    let parts = [
        "## set 2 entries",
        "for osx-10.11, ",
        "how good: ",
        "### plans that no other plan beats",
        "| plan | configure |",
        "### Suites",
        "### On the server",
        "### Clients",
        "### Enter on osx-10.11",
        "### Why",
        "the price of each weak entry",
    ];
    in_order(&run.stdout, &parts);
    let run = recommend(&format!("{arguments} --format html"));
    let parts = [
        ">In short<",
        "How good: discouraged at worst",
        ">What there is to choose<",
        ">What to set on the server<",
        ">Each client<",
        ">Why<",
    ];
    in_order(&run.stdout, &parts);
}

#[test]
fn leaving_clients_as_they_are_has_a_price() {
    let price = |clients: &str| {
        let run = recommend(&format!(
            "--clients {clients} --product strongswan --no-client-changes"
        ));
        let line = run
            .stdout
            .lines()
            .find(|line| line.starts_with("leaving the clients"));
        line.unwrap().to_owned()
    };
    assert_eq!(
        price("osx,android"),
        "leaving the clients as they are costs nothing"
    );
    let said = "clients on something discouraged 1 instead of 0";
    assert!(
        price("osx,windows").contains(said),
        "{}",
        price("osx,windows")
    );
}

#[test]
fn many_clients_that_share_little_have_a_plan() {
    let profiles = "--profiles tests/corpus/plans/adversarial-40";
    let document = json(&format!("{profiles} --clients adv-* --product strongswan"));
    assert_eq!(phase(&document, "phase1").len(), 11);
    assert_eq!(document["plans"][0]["optimal"], true);
}

/// What a plan leaves unknown of a rekeying by the server is removed by the setting that it names, in
/// the words of the product, and so do `check` and the file that the plan writes.
#[test]
fn what_is_open_about_a_rekeying_is_closed_by_the_setting_that_is_named() {
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let open = "rekeying of the IKE SA, by the server";
    for (product, format, setting, written, set) in [
        (
            "pfsense",
            "pfsense-xml",
            "Rekey Time 0 in phase 1",
            "<rekey_time></rekey_time>",
            "<rekey_time>0</rekey_time>",
        ),
        (
            "opnsense",
            "opnsense-xml",
            "Rekey time (s) 0 in the connection",
            "<rekey_time></rekey_time>",
            "<rekey_time>0</rekey_time>",
        ),
        (
            "strongswan",
            "swanctl",
            "`rekey_time = 0s` in the connection",
            "proposals =",
            "rekey_time = 0s\nproposals =",
        ),
        (
            "libreswan",
            "libreswan",
            "`rekey=no`",
            "\tike=",
            "\trekey=no\n\tike=",
        ),
    ] {
        let recommend = ["recommend", "--product", product, "--clients", "osx,ios-26"];
        let plan = flat(&ikecompat(&recommend, "").stdout);
        let named = format!("from the server is not known; with {setting} it never asks");
        assert!(plan.contains(&named), "{product}: {plan}");
        let file = ikecompat(&[&recommend[..], &["--format", format]].concat(), "").stdout;
        let check = |text: &str| {
            let arguments = [
                "check",
                "-",
                "-v",
                "--from",
                format,
                "--clients",
                "osx,ios-26",
            ];
            flat(&ikecompat(&arguments, text).stdout)
        };
        let before = check(&file);
        assert!(before.contains(open), "{product}: {before}");
        assert!(
            before.contains(&format!("({setting}) need not know")),
            "{product}: {before}"
        );
        let after = check(&file.replacen(written, set, 1));
        assert!(!after.contains(open), "{product}: {after}");
    }
}

/// pfSense ends an IKE SA by its Life Time also where it never asks for new keys; a client that renews them later
/// than the page proposes would lose the tunnel by the advice.
#[test]
fn who_never_asks_on_pfsense_needs_a_longer_life_time() {
    const CLIENTS: &str = "strongswan-android-2.4.1,ios-26";
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let recommend = ["recommend", "--product", "pfsense", "--clients", CLIENTS];
    let plan = flat(&ikecompat(&recommend, "").stdout);
    assert!(
        plan.contains(
            "with Rekey Time 0 in phase 1 it never asks then Life Time in phase 1 is 39600 s at \
             least: strongswan-android-2.4.1 renews its keys after 36000 s"
        ),
        "{plan}"
    );
    let xml = ikecompat(&[&recommend[..], &["--format", "pfsense-xml"]].concat(), "").stdout;
    let check = |text: &str| {
        let arguments = [
            "check",
            "-",
            "-v",
            "--from",
            "pfsense",
            "--clients",
            CLIENTS,
        ];
        flat(&ikecompat(&arguments, text).stdout)
    };
    let open = check(&xml);
    let settings =
        "(Rekey Time 0 in phase 1, and Life Time in phase 1 39600 s at least) need not know";
    assert!(open.contains(settings), "{open}");
    // Both settings carried out: nobody loses the tunnel. The first alone: the other client does.
    let never = xml.replacen("<rekey_time></rekey_time>", "<rekey_time>0</rekey_time>", 1);
    let lost = "would renew it after 36000 s";
    assert!(check(&never).contains(lost), "{never}");
    let both = never.replacen("<lifetime>28800<", "<lifetime>39600<", 1);
    assert_ne!(both, never);
    assert!(!check(&both).contains(lost), "{both}");
}
