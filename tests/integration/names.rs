//! What people call clients, as forums write it: each name means a profile, or is answered by what it may mean.

use ikecompat::diag::Sources;
use ikecompat::profile::{Database, fleet};

use crate::common::ikecompat;

/// Names that mean profiles: the name, the clients, and what is said of them.
const CLIENTS: &[(&str, &str, &str)] = &[
    // A model is no release.
    (
        "iPhone 15",
        "ios-26",
        "iPhone 15: the model says nothing of its iOS, and the newest is assumed",
    ),
    ("iphone15", "ios-26", "the newest is assumed"),
    ("iPhone 15 Pro Max", "ios-26", "the newest is assumed"),
    ("iphone 16e", "ios-26", "the newest is assumed"),
    ("iPad (8th generation)", "ios-26", "the newest is assumed"),
    ("iPhone 13 iOS 17.5", "ios-17", "iOS 17.5: judged by ios-17"),
    ("iPhone", "ios-26", "iPhone: judged by ios-26"),
    ("iPad", "ios-26", "iPad: judged by ios-26"),
    ("iPad Pro", "ios-26", "iPad Pro: judged by ios-26"),
    (
        "Pixel 8",
        "android-13",
        "Pixel 8: the model says nothing of its Android",
    ),
    ("Google Pixel 8 Pro", "android-13", "the newest is assumed"),
    (
        "Pixel 8 Android 14",
        "android-13",
        "Android 14: judged by android-13",
    ),
    ("pixel", "android-13", "pixel: judged by android-13"),
    ("MacBook", "macos-26", "MacBook: judged by macos-26"),
    (
        "MacBook Pro macOS 14",
        "macos-14",
        "macOS 14: judged by macos-14",
    ),
    ("iMac", "macos-26", "iMac: judged by macos-26"),
    (
        "Galaxy S24",
        "samsung-native",
        "Galaxy S24: judged by samsung-native, observed on",
    ),
    (
        "Samsung Galaxy S21 FE",
        "samsung-native",
        "judged by samsung-native, observed on",
    ),
    (
        "samsung galaxy s10",
        "samsung-native",
        "judged by samsung-native, the nearest evidence",
    ),
    ("samsung", "samsung-native", ""),
    (
        "Samsung phone",
        "samsung-native",
        "judged by samsung-native, observed on",
    ),
    // Releases by number and by name.
    (
        "iOS 18.4",
        "ios-17",
        "iOS 18.4: judged by ios-17, observed on 18",
    ),
    ("ios 17.x", "ios-17", "iOS 17: judged by ios-17"),
    ("iPadOS 17", "ios-17", "iOS 17: judged by ios-17"),
    ("ios 8", "ios-9", "the nearest evidence"),
    ("iOS 27", "ios-26", "the nearest evidence"),
    ("ios-26", "ios-26", ""),
    ("iOS", "ios-26", "iOS: judged by ios-26"),
    ("Tahoe", "macos-26", "macOS 26: judged by macos-26"),
    ("macOS Tahoe", "macos-26", "macOS 26: judged by macos-26"),
    ("macOS Sequoia", "macos-14", "macOS 15: judged by macos-14"),
    (
        "macOS Sequoia 15.1",
        "macos-14",
        "macOS 15.1: judged by macos-14",
    ),
    (
        "sonoma",
        "macos-14",
        "macOS 14: judged by macos-14, observed on 14",
    ),
    (
        "macOS 14 Sonoma",
        "macos-14",
        "macOS 14: judged by macos-14",
    ),
    ("Ventura", "macos-13", "macOS 13: judged by macos-13"),
    (
        "macOS Monterey",
        "macos-11",
        "macOS 12: judged by macos-11, the nearest evidence",
    ),
    ("Big Sur", "macos-11", "macOS 11: judged by macos-11"),
    (
        "macos catalina",
        "osx-10.11",
        "OS X 10.15: judged by osx-10.11, the nearest evidence",
    ),
    (
        "High Sierra",
        "osx-10.11",
        "OS X 10.13: judged by osx-10.11, the nearest evidence",
    ),
    ("El Capitan", "osx-10.11", "OS X 10.11: judged by osx-10.11"),
    ("mac", "macos-26", "mac: judged by macos-26"),
    ("osx", "osx-10.11", ""),
    ("Mac OS X", "osx-10.11", "Mac OS X: judged by osx-10.11"),
    ("apple", "ios-26 macos-26", "apple: judged by ios-26"),
    ("Windows 7", "windows-7:optional", ""),
    (
        "win7",
        "windows-7:optional",
        "Windows 7: judged by windows-7",
    ),
    (
        "Windows 8",
        "windows-7:optional",
        "Windows 8: judged by windows-7",
    ),
    (
        "win8.1",
        "windows-8.1:optional",
        "Windows 8.1: judged by windows-8.1",
    ),
    ("Windows 8.1", "windows-8.1:optional", ""),
    ("Windows 10", "windows-10:optional", ""),
    (
        "Windows 10 22H2",
        "windows-10:optional",
        "Windows 10: judged by windows-10",
    ),
    (
        "Windows 10 1709",
        "windows-10:optional",
        "Windows 10: judged by windows-10",
    ),
    (
        "Windows 10 Enterprise LTSC",
        "windows-10:optional",
        "Windows 10: judged by windows-10",
    ),
    (
        "Windows 11 Pro 24H2",
        "windows-11:optional",
        "Windows 11: judged by windows-11",
    ),
    (
        "win11",
        "windows-11:optional",
        "Windows 11: judged by windows-11",
    ),
    (
        "Win 11",
        "windows-11:optional",
        "Windows 11: judged by windows-11",
    ),
    (
        "Microsoft Windows 11",
        "windows-11:optional",
        "Windows 11: judged by windows-11",
    ),
    ("Windows 12", "windows-11:optional", "the nearest evidence"),
    ("windows", "windows-10:require", ""),
    ("android", "strongswan-android-2.4.1", ""),
    (
        "android native",
        "android-13",
        "android native: judged by android-13",
    ),
    ("Android built-in", "android-13", "judged by android-13"),
    (
        "Android (native) 15",
        "android-13",
        "Android 15: judged by android-13",
    ),
    ("Android 11", "android-11", ""),
    (
        "Android 16",
        "android-13",
        "Android 16: judged by android-13",
    ),
    // Programs.
    (
        "strongswan android",
        "strongswan-android-2.4.1",
        "judged by strongswan-android-2.4.1",
    ),
    (
        "strongSwan app",
        "strongswan-android-2.4.1",
        "judged by strongswan-android-2.4.1",
    ),
    (
        "strongSwan VPN Client",
        "strongswan-android-2.4.1",
        "judged by strongswan-android-2.4.1",
    ),
    (
        "strongswan android 2.3.3",
        "strongswan-android-2.3.0",
        "strongSwan app 2.3.3: judged by",
    ),
    (
        "strongSwan 5.9.13",
        "strongswan-5.9.10",
        "judged by strongswan-5.9.10",
    ),
    (
        "strongswan v6.0.1",
        "strongswan-6.0",
        "judged by strongswan-6.0",
    ),
    (
        "strongswan",
        "strongswan-6.0.2",
        "judged by strongswan-6.0.2",
    ),
    ("libreswan 4.12", "libreswan-4.6", "judged by libreswan-4.6"),
    (
        "charon-cmd",
        "charon-cmd-6.0.2",
        "judged by charon-cmd-6.0.2",
    ),
    (
        "linux",
        "networkmanager-strongswan-6.0.2",
        "judged by networkmanager-strongswan-6.0.2",
    ),
    (
        "nm-strongswan",
        "networkmanager-strongswan-6.0.2",
        "judged by",
    ),
    ("networkmanager-libreswan", "networkmanager-libreswan", ""),
    (
        "Chromebook",
        "chromeos",
        "Chromebook: judged by chromeos, source, with strongSwan 5.9.2",
    ),
    ("Chrome OS", "chromeos", "judged by chromeos"),
    ("OpenBSD", "openiked-7", "judged by openiked-7"),
    ("iked", "openiked-7", "judged by openiked-7"),
    (
        "strongSwan 2.5.1",
        "strongswan-android-2.4.1",
        "strongSwan app 2.5.1: judged by",
    ),
    (
        "Strongswan 5.9.8 (Debian)",
        "strongswan-5.9.7",
        "strongSwan 5.9.8: judged by",
    ),
    (
        "strongswan-nm",
        "networkmanager-strongswan-6.0.2",
        "judged by",
    ),
    ("Linux strongSwan", "strongswan-6.0.2", "judged by"),
    (
        "chromeos 120",
        "chromeos",
        "the nearest evidence, with strongSwan 5.9.2",
    ),
    ("Chromebook Plus", "chromeos", "judged by chromeos"),
    ("W11", "windows-11:optional", "Windows 11: judged by"),
    (
        "Microsoft Surface",
        "windows-11:optional",
        "judged by windows-11",
    ),
    (
        "Android 12L",
        "android-12",
        "Android 12: judged by android-12",
    ),
    ("Android 13 (Pixel)", "android-13", "Android 13: judged by"),
    ("stock Android", "android-13", "judged by android-13"),
    ("native iOS client", "ios-26", "judged by ios-26"),
    (
        "built-in Windows 11 client",
        "windows-11:optional",
        "Windows 11: judged by",
    ),
    ("Apple iPhone 15", "ios-26", "the newest is assumed"),
    ("Apple macOS 14", "macos-14", "macOS 14: judged by"),
    ("iPad Pro M4", "ios-26", "the newest is assumed"),
    ("iPad Air 5", "ios-26", "the newest is assumed"),
    ("MacBook Air M2", "macos-26", "the newest is assumed"),
    ("Xiaomi", "android-13", "judged by android-13"),
    (
        "forticlient android",
        "forticlient-android-7.4",
        "judged by forticlient-android-7.4",
    ),
    (
        "GrapheneOS",
        "android-13",
        "GrapheneOS: judged by android-13",
    ),
    // A set-up behind the name.
    ("windows-10-require", "windows-10:require", ""),
    (
        "win11-require",
        "windows-11:require",
        "judged by windows-11",
    ),
    ("Windows 11 Maximum", "windows-11:maximum", ""),
    (
        "win10 dh2048-2",
        "windows-10:dh2048-2",
        "judged by windows-10",
    ),
];

/// Names that mean no profile: the name, what is said, and what helps.
const OTHERS: &[(&str, &str, &str)] = &[
    (
        "iPhone 6s",
        "is a device; which client it has depends on its iOS",
        "`ios-17`",
    ),
    (
        "iPhone X",
        "depends on its iOS",
        "`ios-26`, `ios-17`, `ios-16`",
    ),
    ("iPhone SE", "depends on its iOS", "`ios-17`"),
    (
        "win2012",
        "is a server product (Windows Server)",
        "`--engine rras@",
    ),
    (
        "win2022",
        "is a server product (Windows Server)",
        "`--engine rras@",
    ),
    (
        "linux 6.12",
        "a kernel or a desktop, whose version",
        "`networkmanager-strongswan-6.0.2`",
    ),
    (
        "debian 12",
        "its packages have strongSwan 5.9.8",
        "`networkmanager-strongswan-5.9.7`",
    ),
    ("iPad Air 2", "depends on its iOS", "`ios-26`"),
    ("iPad Pro 12.9", "depends on its iOS", "`ios-26`"),
    ("OnePlus 12", "depends on its Android", "`android-13`"),
    ("Huawei P30", "depends on its Android", "`android-13`"),
    ("iOS 15+", "there is no client", "did you mean `ios@15..`?"),
    (
        "Linux Ubuntu 22.04",
        "its packages have strongSwan 5.9.5",
        "`strongswan-5.9.0`",
    ),
    ("pop!_os", "is a distribution of Linux", ""),
    (
        "Always On VPN",
        "is a way to configure the client of Windows",
        "name `windows-11`",
    ),
    (
        "Cisco AnyConnect",
        "no profile of `Cisco AnyConnect` is known",
        "",
    ),
    ("Azure VPN client", "no profile of", ""),
    ("FRITZ!Box 7590", "no profile of", ""),
    ("Android TV", "no profile of", ""),
    ("pfSense+", "is a server product (pfSense)", ""),
    ("native", "there is no client `native`", ""),
    ("stock", "there is no client `stock`", ""),
    ("Pixel 3", "depends on its Android", "`android-12`"),
    ("MacBook Pro 2015", "depends on its macOS", "`osx-10.11`"),
    ("Surface Pro 9", "depends on its Windows", "`windows-11`"),
    (
        "Android 9",
        "has no built-in IKEv2 client: Android has one since 11",
        "`android` is the strongSwan app",
    ),
    ("android-10", "Android has one since 11", "`android-11`"),
    ("Android Pie", "Android has one since 11", "`android-11`"),
    (
        "iOS 7",
        "has no built-in IKEv2 client: iOS has one since 8",
        "`ios-9`",
    ),
    (
        "Windows XP",
        "has no built-in IKEv2 client: Windows has one since 7",
        "`windows-7`",
    ),
    ("winxp", "Windows has one since 7", "`windows-7`"),
    ("Windows Vista", "Windows has one since 7", "`windows-7`"),
    ("Windows 2000", "Windows has one since 7", "`windows-7`"),
    ("OS X 10.9", "OS X has one since 10.11", "`osx-10.11`"),
    ("Yosemite", "macOS has one since 10.11", "`osx-10.11`"),
    (
        "Windows Server 2022",
        "is a server product (Windows Server), no client",
        "`--engine rras@VERSION`",
    ),
    (
        "Windows Server 2025",
        "is a server product",
        "as the side that begins it is `windows-rras`",
    ),
    ("server 2019", "is a server product", "`--from rras`"),
    (
        "vyos",
        "is a server product (VyOS), no client",
        "`--from vyos` reads its configuration",
    ),
    (
        "OPNsense",
        "is a server product (OPNsense)",
        "`--engine opnsense@VERSION`",
    ),
    (
        "pfSense 2.7",
        "is a server product (pfSense)",
        "`pfsense-default`",
    ),
    ("MikroTik", "is a server product", "`--from mikrotik`"),
    (
        "Cisco",
        "is a server product",
        "`--engine cisco-ios@VERSION`",
    ),
    (
        "Ubiquiti",
        "is a server product (UniFi), no client",
        "`unifi`",
    ),
    (
        "ubuntu",
        "is a distribution of Linux with several IKEv2 clients",
        "`networkmanager-strongswan-6.0.2`",
    ),
    (
        "Ubuntu 24.04",
        "its packages have strongSwan 5.9.13",
        "`strongswan-5.9.10`",
    ),
    (
        "Debian 12",
        "its packages have strongSwan 5.9.8",
        "`strongswan-5.9.7`",
    ),
    ("Fedora 43", "is a distribution of Linux", "`libreswan-5.0`"),
    (
        "Linux Mint",
        "is a distribution of Linux",
        "`strongswan-6.0.2`",
    ),
    (
        "NetworkManager",
        "is no client itself; a plug-in of it is",
        "`networkmanager-libreswan`",
    ),
    (
        "FortiClient",
        "is known on Android only",
        "`forticlient-android-7.4`",
    ),
    ("phone", "is a device of any system", "`ios-26`"),
    (
        "AnyConnect",
        "no profile of `AnyConnect` is known",
        "`ikecompat learn`",
    ),
    (
        "Windows Phone 8.1",
        "no profile of `Windows Phone 8.1` is known",
        "",
    ),
    ("Apple Watch", "no profile of `Apple Watch` is known", ""),
    ("vyso", "there is no client `vyso`", "did you mean `vyos`?"),
    ("iphnoe", "there is no client", "did you mean `iphone`?"),
    (
        "windws 11",
        "there is no client",
        "did you mean `windows-11`?",
    ),
    ("winter", "there is no client", "names them all"),
    ("win11-requires", "there is no client", ""),
    (
        "tvOS 26",
        "without a configuration profile was not seen",
        "`apple-26`",
    ),
    (
        "visionOS 2",
        "without a configuration profile was not seen",
        "`apple-26`",
    ),
    ("macOS Sonoma 15", "there is no client", ""),
];

#[test]
fn names_of_forums_mean_profiles() {
    let database = Database::builtin();
    for (name, ids, said) in CLIENTS {
        let selected = database
            .select(name)
            .unwrap_or_else(|wrong| panic!("{name}: {wrong:?}"));
        let found: Vec<_> = selected.iter().map(|one| one.client.id.as_str()).collect();
        assert_eq!(found.join(" "), *ids, "{name}");
        let judged: Vec<_> = selected
            .iter()
            .filter_map(|one| one.judged_by.as_deref())
            .collect();
        let judged = judged.join("; ");
        assert!(judged.contains(said), "{name}: {judged}");
        assert_eq!(judged.is_empty(), said.is_empty(), "{name}: {judged}");
    }
}

#[test]
fn names_of_no_client_are_answered_by_what_they_may_mean() {
    let database = Database::builtin();
    for (name, what, help) in OTHERS {
        let wrong = database.select(name).expect_err(name);
        let said = wrong[0].to_string();
        assert!(said.contains(what), "{name}: {said}");
        let said = wrong[0].help().unwrap_or_default();
        assert!(said.contains(help), "{name}: {said}");
        // What is named can be selected.
        for (place, id) in said
            .split('`')
            .enumerate()
            .filter(|(place, _)| place % 2 == 1)
        {
            let is_client =
                !id.contains(' ') && !id.starts_with('-') && *what != "there is no client `vyso`";
            assert!(
                !is_client || database.select(id).is_ok(),
                "{name}: {id} at {place}"
            );
        }
    }
}

/// Wherever a client can be named, a name that means none is answered alike.
#[test]
fn every_command_answers_a_name_alike() {
    let server = "examples/after.yaml";
    for call in [
        &["check", server, "--clients", "Android 9"][..],
        &[
            "check",
            server,
            "--clients",
            "android",
            "--require",
            "Android 9",
        ],
        &["recommend", "--clients", "Android 9"],
        &["recommend", "--must-keep", "Android 9"],
        &["clients", "show", "Android 9"],
        &["clients", "compare", "Android 9", "android"],
        &["clients", "diff", "Android 9", "android"],
        &["explain", "Android 9"],
        &["lint", server, "--clients", "Android 9"],
    ] {
        let run = ikecompat(call, "");
        assert_eq!(run.status, 2, "{call:?}");
        for said in [
            "has no built-in IKEv2 client: Android has one since 11",
            "`android-11`",
        ] {
            assert!(run.stderr.contains(said), "{call:?}: {}", run.stderr);
        }
    }
    let run = ikecompat(&["explain", "iPhone 15"], "");
    assert!(
        run.stdout.contains("`ikecompat clients show ios-26`"),
        "{}",
        run.stdout
    );
    for (words, id) in [
        (&["iphone"][..], "ios-26"),
        (&["Galaxy", "S24"], "samsung-native"),
        (&["sonoma"], "macos-14"),
    ] {
        let call = [&["clients", "list"], words].concat();
        let run = ikecompat(&call, "");
        assert!(run.stdout.contains(id), "{call:?}: {}", run.stdout);
    }
}

/// People of several devices of one client are all counted.
#[test]
fn people_of_one_client_are_added() {
    let database = Database::builtin();
    let mut sources = Sources::new();
    let text = "iPhone 15: 5\nios-26: 10\niPhone 16: 2\nwindows-11: 3\n";
    let file = sources.add("people.yaml", text);
    let people = fleet::read(&mut sources, file, &database).unwrap();
    assert_eq!(people["ios-26"], 17);
    assert_eq!(people["windows-11:optional"], 3);
}
