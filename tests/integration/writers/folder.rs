//! `ikecompat recommend --write`: what is in the folder, and that it is all or nothing.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{Run, ikecompat};

/// A folder of a test's own, gone when the test ends.
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    pub(super) fn new(name: &str) -> Self {
        let folder = format!("ikecompat-folder-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(folder);
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(super) fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

fn write(folder: &str, product: &str, more: &[&str]) -> Run {
    let mut arguments = vec![
        "recommend",
        "--clients",
        "osx,android,windows,windows-10:dh2048-2",
        "--product",
        product,
        "--write",
        folder,
    ];
    arguments.extend(more);
    ikecompat(&arguments, "")
}

/// Every path below a folder, sorted.
fn below(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(below(&path));
        }
        found.push(path.display().to_string());
    }
    found.sort();
    found
}

fn files(folder: &Folder) -> Vec<String> {
    let all = below(&folder.0).into_iter();
    let all = all.filter(|path| Path::new(path).is_file());
    let prefix = format!("{}/", folder.path());
    all.map(|path| path.strip_prefix(&prefix).unwrap().to_owned())
        .collect()
}

#[test]
fn each_product_and_each_client_gets_its_files() {
    for (product, expected) in [
        ("pfsense", vec!["pfsense-ipsec.xml", "pfsense-pages.txt"]),
        (
            "opnsense",
            vec!["opnsense-config.xml", "opnsense-pages.txt"],
        ),
        ("strongswan", vec!["ipsec.conf", "swanctl.conf"]),
    ] {
        let folder = Folder::new(product);
        let run = write(folder.path(), product, &[]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{product}");
        let files = files(&folder);
        let written = |line: &&str| line.starts_with(folder.path());
        let printed: Vec<_> = run.stdout.lines().filter(written).collect();
        assert_eq!(printed.len(), files.len());
        for file in expected.iter().map(|name| format!("server/{name}")).chain(
            [
                "README.md",
                "ikecompat.yaml",
                "server/server.yaml",
                "clients/osx-10.11.mobileconfig",
                "clients/osx-10.11.txt",
                "clients/windows-10-require.ps1",
            ]
            .map(str::to_owned),
        ) {
            assert!(files.contains(&file), "{product}: no {file} in {files:?}");
        }
        assert!(files.iter().any(|file| file.ends_with(".sswan")));
        let readme = fs::read_to_string(folder.0.join("README.md")).unwrap();
        for file in files.iter().filter(|file| *file != "README.md") {
            assert!(readme.contains(&format!("`{file}`")), "README lacks {file}");
        }
        for heading in [
            "## What goes where",
            "## What to fill in",
            "## In which order",
        ] {
            assert!(readme.contains(heading));
        }
    }
}

/// The folder's own server.yaml lets in the clients as its files make them.
#[test]
fn the_folder_serves_those_it_was_made_for() {
    let folder = Folder::new("check");
    assert_eq!(write(folder.path(), "strongswan", &[]).status, 0);
    let server = folder.0.join("server/server.yaml");
    let server = server.to_str().unwrap();
    let check = ikecompat(&["check", server, "--clients", "osx,android"], "");
    assert_eq!(
        (check.status, check.stderr.as_str()),
        (0, ""),
        "{}",
        check.stdout
    );
}

#[test]
fn placeholders_are_named_with_the_files_they_are_in() {
    let folder = Folder::new("placeholders");
    assert_eq!(write(folder.path(), "strongswan", &[]).status, 0);
    let readme = fs::read_to_string(folder.0.join("README.md")).unwrap();
    for (word, file) in [
        ("vpn.example.com", "server/swanctl.conf"),
        ("server.crt", "server/swanctl.conf"),
        ("ca.crt", "server/swanctl.conf"),
        ("10.99.0.0/24", "server/ipsec.conf"),
    ] {
        let line = readme
            .lines()
            .find(|line| line.starts_with(&format!("* `{word}`: ")));
        assert!(line.unwrap().contains(&format!("`{file}`")), "{word}");
    }
    // With an address given there is nothing to replace.
    let other = Folder::new("address");
    let given = ["--address", "vpn.acme.test"];
    assert_eq!(write(other.path(), "strongswan", &given).status, 0);
    let readme = fs::read_to_string(other.0.join("README.md")).unwrap();
    assert!(!readme.contains("vpn.example.com"));
}

#[test]
fn nothing_is_overwritten_without_being_told() {
    let folder = Folder::new("force");
    assert_eq!(write(folder.path(), "pfsense", &[]).status, 0);
    let own = folder.0.join("clients/osx-10.11.txt");
    fs::write(&own, "mine").unwrap();
    let before = below(&folder.0);
    let run = write(folder.path(), "pfsense", &[]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(
        run.stderr
            .contains("would be overwritten; nothing was written"),
        "{}",
        run.stderr
    );
    assert_eq!(below(&folder.0), before);
    assert_eq!(fs::read_to_string(&own).unwrap(), "mine");

    let run = write(folder.path(), "pfsense", &["--force"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert_eq!(below(&folder.0), before);
    assert_ne!(fs::read_to_string(&own).unwrap(), "mine");
}

/// Whatever stops it, what was there before is there again and nothing else.
#[test]
fn an_error_leaves_everything_as_it_was() {
    let folder = Folder::new("half");
    let path = folder.0.join("vpn");
    // The files of the server are complete when those of the clients find no folder.
    fs::create_dir(&path).unwrap();
    fs::write(path.join("README.md"), "mine").unwrap();
    fs::write(path.join("clients"), "a file").unwrap();
    let before = below(&folder.0);
    let run = write(path.to_str().unwrap(), "pfsense", &["--force"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(
        run.stderr.starts_with("error: cannot make `"),
        "{}",
        run.stderr
    );
    assert_eq!(below(&folder.0), before);
    assert_eq!(fs::read_to_string(path.join("README.md")).unwrap(), "mine");

    fs::remove_file(path.join("clients")).unwrap();
    fs::create_dir_all(path.join("clients/osx-10.11.txt")).unwrap();
    let before = below(&folder.0);
    let run = write(path.to_str().unwrap(), "pfsense", &["--force"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(
        run.stderr.contains("is a folder; nothing was written"),
        "{}",
        run.stderr
    );
    assert_eq!(below(&folder.0), before);

    let deeper = folder.0.join("new/deeper");
    let run = write(deeper.to_str().unwrap(), "rras", &["--no-client-changes"]);
    assert_eq!(run.status, 1, "{}", run.stdout);
    assert!(!folder.0.join("new").exists());
}

pub(super) fn readme_of(folder: &Folder, arguments: &[&str]) -> String {
    let run = ikecompat(
        &[&["recommend", "--write", folder.path()], arguments].concat(),
        "",
    );
    assert_eq!(run.status, 0, "{}", run.stderr);
    fs::read_to_string(folder.0.join("README.md")).unwrap()
}

#[test]
fn one_policy_is_never_said_to_be_two() {
    let clients = ["--clients", "windows,windows-11:require,macos"];
    for (product, both) in [("rras", false), ("strongswan", true)] {
        let folder = Folder::new(&format!("order-{product}"));
        let text = readme_of(&folder, &[&["--product", product], &clients[..]].concat());
        assert_eq!(text.contains("the server has both"), both, "{text}");
        assert_eq!(
            text.contains("cut off until they are changed"),
            !both,
            "{text}"
        );
    }
}

#[test]
fn a_client_without_a_registry_file_stops_nothing() {
    let folder = Folder::new("no-reg");
    let clients = ["--clients", "windows-10:dh2048-1,windows-7:require"];
    let text = readme_of(&folder, &clients);
    assert!(text.contains("clients/windows-10-dh2048-1.ps1"), "{text}");
}

/// The file that an untouched client of Windows gets makes the connection that the plan counts on.
#[test]
fn a_script_that_changes_no_suite_keeps_the_data_encryption() {
    let folder = Folder::new("level");
    let clients = ["--no-client-changes", "--clients", "windows-10:maximum,osx"];
    readme_of(
        &folder,
        &[&clients[..], &["--product", "strongswan"]].concat(),
    );
    let script = fs::read_to_string(folder.0.join("clients/windows-10-maximum.ps1")).unwrap();
    assert!(script.contains(" -EncryptionLevel Maximum "), "{script}");
    assert!(!script.contains("Set-VpnConnectionIPsecConfiguration"));
}

fn text(folder: &Folder, path: &str) -> String {
    fs::read_to_string(folder.0.join(path)).unwrap()
}

/// The titles of pages and the labels of their fields, in their order.
#[test]
fn pages_are_complete_and_in_order() {
    for (product, auth, pages) in [
        (
            "pfsense",
            "eap-mschapv2",
            &[
                "Authorities > Add",
                "Certificate Type: Server Certificate",
                "Pre-Shared Keys > Add",
                "Secret type: EAP",
                "Virtual Address Pool",
                "Server #1: 192.0.2.53",
                "Authentication Method: EAP-MSChapv2",
                "My identifier: Fully qualified domain name, vpn.acme.test",
                "Peer identifier: Any",
                "Encryption Algorithm",
                "Life Time: 28800",
                "Rekey Time: ",
                "Reauth Time: 0",
                "MOBIKE: Enable",
                "Dead Peer Detection",
                "Edit Phase 2",
                "Local Network: Network, 0.0.0.0 / 0",
                "PFS key group",
                "Life Time: ",
                "Rekey Time: 0",
                "Firewall > Rules > IPsec",
                "Outbound",
            ][..],
        ),
        (
            "opnsense",
            "eap-tls",
            &[
                "Authorities > Add",
                "Type: Server Certificate",
                "Type: Client Certificate",
                "Pools > Add",
                "DNS: 192.0.2.53",
                "Proposals, these",
                "MOBIKE: ticked",
                "Re-auth time (s): 0",
                "DPD delay (s): 30",
                "Pools: clients",
                "Send certificate: Always",
                "ID: vpn.acme.test",
                "Authentication: EAP TLS",
                "EAP Id: %any",
                "Certificate Authorities",
                "Children > Add",
                "Start action: None",
                "ESP proposals",
                "Local: 0.0.0.0/0",
                "Rekey time (s), with advanced mode: 0",
                "Enable IPsec: ticked",
                "Rules > WAN",
                "Rules > IPsec",
                "Outbound",
            ],
        ),
        (
            "rras",
            "eap-mschapv2",
            &[
                "Install-RemoteAccess -VpnType Vpn",
                "vpn.acme.test",
                "Set-VpnAuthProtocol",
                "EAP-MSCHAP v2",
            ],
        ),
    ] {
        let folder = Folder::new(&format!("pages-{product}"));
        let arguments = [
            "--clients",
            "osx,android,windows",
            "--product",
            product,
            "--auth",
            auth,
            "--address",
            "vpn.acme.test",
        ];
        readme_of(&folder, &arguments);
        let path = match product {
            "rras" => "server/rras-before.txt".to_owned(),
            _ => format!("server/{product}-pages.txt"),
        };
        let text = text(&folder, &path);
        let mut rest = text.as_str();
        for part in pages {
            let at = rest.find(part);
            let at = at.unwrap_or_else(|| panic!("{product}: no `{part}` in\n{rest}"));
            rest = &rest[at + part.len()..];
        }
        assert!(!text.contains("REPLACE-password"), "{text}");
    }
}

/// A full tunnel without DNS is no working VPN; nobody who dials in is authenticated again.
#[test]
fn files_of_servers_have_dns_and_never_reauthenticate() {
    for (product, path, lines) in [
        (
            "strongswan",
            "server/swanctl.conf",
            &[
                "dns = 192.0.2.53",
                "reauth_time = 0s",
                "dpd_delay = 30s",
                "mobike = yes",
                "fragmentation = yes",
            ][..],
        ),
        (
            "strongswan",
            "server/ipsec.conf",
            &[
                "rightdns=192.0.2.53",
                "reauth=no",
                "dpddelay=30s",
                "mobike=yes",
                "fragmentation=yes",
            ],
        ),
        (
            "libreswan",
            "server/ipsec.conf",
            &[
                "modecfgdns=192.0.2.53",
                "dpddelay=30s",
                "mobike=yes",
                "fragmentation=yes",
                "ikelifetime=86400s",
            ],
        ),
        (
            "pfsense",
            "server/pfsense-ipsec.xml",
            &[
                "<dns_server1>192.0.2.53</dns_server1>",
                "<rekey_time>0</rekey_time>",
                "<mobike>on</mobike>",
            ],
        ),
        (
            "opnsense",
            "server/opnsense-config.xml",
            &[
                "<dns>192.0.2.53</dns>",
                "<reauth_time>0</reauth_time>",
                "<dpd_delay>30</dpd_delay>",
            ],
        ),
    ] {
        let folder = Folder::new(&format!("dns-{product}-{}", path.len()));
        let readme = readme_of(&folder, &["--clients", "osx,windows", "--product", product]);
        let text = text(&folder, path);
        for line in lines {
            assert!(text.contains(line), "{path}: no `{line}` in\n{text}");
        }
        assert!(
            readme.contains("* `192.0.2.53`: the DNS server"),
            "{readme}"
        );
        assert!(readme.contains("`resolvectl dns`"), "{readme}");
    }
}

/// Placeholders of secrets stand in one file, which is no configuration.
#[test]
fn secrets_have_a_file_of_their_own() {
    for (product, auth, path, word) in [
        (
            "strongswan",
            "eap-mschapv2",
            "server/swanctl-secrets.conf",
            "REPLACE-password-of-user-1",
        ),
        (
            "strongswan",
            "eap-radius",
            "server/eap-radius.conf",
            "REPLACE-secret-of-the-RADIUS-server",
        ),
        (
            "pfsense",
            "eap-mschapv2",
            "server/secrets.txt",
            "REPLACE-password-of-user-1",
        ),
        (
            "opnsense",
            "eap-radius",
            "server/secrets.txt",
            "REPLACE-secret-of-the-RADIUS-server",
        ),
        (
            "rras",
            "eap-radius",
            "server/secrets.txt",
            "REPLACE-secret-of-the-RADIUS-server",
        ),
    ] {
        let folder = Folder::new(&format!("secrets-{product}-{auth}"));
        let arguments = [
            "--clients",
            "osx,windows",
            "--product",
            product,
            "--auth",
            auth,
        ];
        let readme = readme_of(&folder, &arguments);
        assert!(readme.contains(&format!("* `{word}`")), "{readme}");
        for file in files(&folder) {
            let holds = file != "README.md" && text(&folder, &file).contains(word);
            let is_own = file == path || file == "server/ipsec.secrets";
            assert_eq!(holds, is_own, "{product} {auth}: {file}");
        }
    }
}

#[test]
fn the_usual_authentication_is_one_that_all_clients_have() {
    for (clients, auth) in [
        ("osx,windows", "eap-tls"),
        ("osx,android-13", "eap-mschapv2"),
    ] {
        let folder = Folder::new(&format!("auth-{auth}"));
        let readme = readme_of(&folder, &["--clients", clients, "--product", "strongswan"]);
        let sentence = format!("Clients authenticate by {auth}.");
        assert!(readme.contains(&sentence), "{readme}");
    }
    let arguments = [
        "recommend",
        "--clients",
        "osx,android-13",
        "--auth",
        "eap-tls",
    ];
    let run = ikecompat(&arguments, "");
    assert!(
        run.stderr
            .contains("android-13 cannot authenticate by eap-tls"),
        "{}",
        run.stderr
    );
}
